//! The names of operations: of their methods, their builders and their modules.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;

use super::decisions::{Decisions, Rule};
use super::draft::Operation;
use super::names::{Names, builder_companion, builder_name, numbered, value_name};

/// Names each operation after its id, or after its method and its path where there is no id or another operation has
/// the name. Operations that are named by their ids come first, so that those names do not depend on the others.
pub fn name(operations: &mut [Operation], ids: &[Option<&str>], decisions: &mut Decisions) {
    let (mut taken, reserved) = (OperationNames::new(), Names::of_builders());
    for (operation, id) in operations.iter_mut().zip(ids) {
        if let Some(name) = id.and_then(|id| name_of_id(id, &reserved)).filter(|name| taken.take(name)) {
            operation.name = name;
        }
    }
    for (operation, id) in operations.iter_mut().zip(ids) {
        let fallback = name_of_path(operation.method.key(), &operation.path);
        if operation.name.is_empty() {
            operation.name = taken.unique(&fallback);
            let why = match id.unwrap_or_default() {
                "" => "the operation has no `operationId`".to_owned(),
                id => format!("the `operationId` `{id}` makes no name that is free"),
            };
            let what = format_args!("{why}: it is called `{}` by its method and its path", operation.name);
            decisions.add(Rule::NameOperations, &operation.at, what);
        }
        operation.module = taken.module(&operation.name, &fallback);
    }
}

/// Returns the name that an id makes. A name that the client uses itself, or whose builder has a reserved name, gets a
/// suffix.
fn name_of_id(id: &str, reserved: &Names) -> Option<String> {
    if !id.chars().any(char::is_alphanumeric) {
        return None;
    }
    let name = value_name(id);
    let is_free = !METHODS_IN_USE.contains(&name.as_str()) && !reserved.has(&builder_name(&name));
    Some(if is_free { name } else { format!("{}_operation", name.trim_end_matches('_')) })
}

/// Returns the name that a method and a path make: `get /orders/{id}/items` is `get_orders_id_items`. No word is
/// repeated.
fn name_of_path(method: &str, path: &str) -> String {
    let text: String = path.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let snake = text.to_snake_case();
    let mut words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    words.dedup();
    if words.is_empty() {
        words.push("root");
    }
    value_name(&format!("{method}_{}", words.join("_")))
}

/// The methods that a client has for itself, and those that the traits of the prelude give it.
const METHODS_IN_USE: &[&str] =
    &["builder", "clone", "from", "from_env", "into", "new", "transport", "try_from", "try_into", "to_owned"];

/// The most characters of a module's name.
const LONGEST_FILE_NAME: usize = 120;

/// The names that operations have.
struct OperationNames {
    methods: BTreeSet<String>,
    builders: Names,
    modules: BTreeSet<String>,
}

impl OperationNames {
    fn new() -> Self {
        Self { methods: BTreeSet::new(), builders: Names::of_builders(), modules: BTreeSet::new() }
    }

    /// Takes a name if it is free, and returns whether it was. It names a method, a builder, its errors and its
    /// successes, and all of them have to be free.
    fn take(&mut self, name: &str) -> bool {
        let types = [builder_companion(name, "Error"), builder_companion(name, "Success"), builder_name(name)];
        let is_free = !METHODS_IN_USE.contains(&name)
            && !self.methods.contains(name)
            && types.iter().all(|name| !self.builders.has(name));
        if is_free {
            self.methods.insert(name.to_owned());
            for name in &types {
                self.builders.take(name);
            }
        }
        is_free
    }

    /// Returns the name, with a number behind it if it is not free.
    fn unique(&mut self, name: &str) -> String {
        numbered(name, "_", |name| self.take(name))
    }

    /// Returns the name of an operation's file: in ASCII, not too long, and none that Windows reserves for a device.
    fn module(&mut self, name: &str, fallback: &str) -> String {
        const DEVICES: &[&str] = &["aux", "con", "nul", "prn"];
        // The module that all of them are in.
        const PARENT: &str = "operations";
        let number = format!("operation_number_{}", self.modules.len() + 1);
        let named = [name, fallback, &number].into_iter().find(|name| name.is_ascii()).unwrap_or(&number);
        // A file system limits the length of names; a name in ASCII can be cut at every byte.
        let named = &named[..named.len().min(LONGEST_FILE_NAME)];
        let is_reserved = named == PARENT
            || DEVICES.contains(&named)
            || named.strip_prefix("com").or(named.strip_prefix("lpt")).is_some_and(|rest| rest.len() == 1);
        let mut module = if is_reserved { format!("{named}_operation") } else { named.to_owned() };
        // The name of another operation is that operation's file, wherever it stands in the document.
        while self.modules.contains(&module) || (module != name && self.methods.contains(&module)) {
            module += "_2";
        }
        self.modules.insert(module.clone());
        module
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::read::Reader;

    /// Returns the name of each operation, and that of its module if it is another one.
    fn names(paths: &Value) -> Vec<String> {
        let root = json!({"paths": paths});
        let operations = Reader::new(&root).operations(&mut Decisions::new(false));
        let named = operations.into_iter().map(
            |Operation { name, module, .. }| {
                if name == module { name } else { format!("{name} in {module}") }
            },
        );
        named.collect()
    }

    #[test]
    fn operations_are_named_by_their_ids_or_by_method_and_path() {
        let paths = json!({
            "/": {"get": {}},
            "/orders/{id}/items": {"get": {}, "put": {"operationId": "putItems"}},
            "/orders/{id}/Items": {"get": {}, "put": {"operationId": "put_items"}},
            "/a/a/{a}": {"get": {"operationId": "@"}},
        });
        assert_eq!(
            names(&paths),
            ["get_root", "get_orders_id_items", "put_items", "get_orders_id_items_2", "put_orders_id_items", "get_a"]
        );
    }

    #[test]
    fn a_made_up_name_leaves_the_ids_of_others_alone() {
        assert_eq!(names(&json!({"/b": {"get": {}}, "/c": {"get": {"operationId": "get_b"}}})), ["get_b_2", "get_b"]);
    }

    #[test]
    fn names_that_the_client_uses_itself_get_a_suffix() {
        let paths = json!({
            "/a": {"get": {"operationId": "new"}, "put": {"operationId": "error"}, "post": {"operationId": "type"}},
            "/b": {"get": {"operationId": "a"}, "put": {"operationId": "a_error"}, "post": {"operationId": "client"}},
            "/c": {"get": {"operationId": "transport"}},
        });
        let expected =
            ["new_operation", "error_operation", "type_", "a", "put_b", "client_operation", "transport_operation"];
        assert_eq!(names(&paths).iter().map(|name| name.split(' ').next().unwrap()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn files_of_operations_have_names_that_every_system_accepts() {
        let paths = json!({
            "/a": {"get": {"operationId": "نقاط"}, "put": {"operationId": "con"}, "post": {"operationId": "COM1"}},
            "/ق": {"get": {"operationId": "ق"}, "put": {"operationId": "get_a"}},
        });
        assert_eq!(
            names(&paths),
            ["نقاط in get_a_2", "con in con_operation", "com1 in com1_operation", "ق in operation_number_4", "get_a"]
        );
    }
}
