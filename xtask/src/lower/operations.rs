//! Lowerings of paths and operations: what is shared goes to where it is used, and every operation gets a name.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;
use serde_json::{Value, json};

use super::changes::{Changes, Steps as _, remember};
use super::crumb;
use super::visit::{elements, entries, operations};
use crate::document::Pointer;
use crate::lower::rust_name::{Names, builder_companion, builder_name, value_name};
use crate::openapi::extensions::{PAGINATION, PAGINATION_KEYS, always_there};
use crate::openapi::references::resolve;
use crate::openapi::shapes::METHODS;

/// A path whose item is described elsewhere in the document gets a copy of it: progenitor reads no item that is a
/// reference. What the path says itself goes before what it refers to.
pub fn inline_path_items(root: &mut Value, _: &mut Changes) {
    let mut copied = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        if item.get("$ref").is_some()
            && let Some(Value::Object(target)) = resolve(root, item)
        {
            copied.push((path.clone(), target.clone(), origin(root, item)));
        }
    }
    for (path, target, origin) in copied {
        let Some(item) = root["paths"][&path].as_object_mut() else { continue };
        item.shift_remove("$ref");
        for (key, mut value) in target {
            remember(&mut value, &origin.key(&key));
            item.entry(key).or_insert(value);
        }
    }
}

/// Shared parameters, bodies and responses are copied to where they are used: progenitor looks them up by what stands
/// behind the last slash of the `$ref`, and panics where that is escaped.
pub fn inline_shared_parts(root: &mut Value, _: &mut Changes) {
    beside_components(root, |document, root| {
        let inline = |value: &mut Value| inline_part(document, value);
        for (_, item) in entries(root.get_mut("paths")) {
            elements(item.get_mut("parameters")).for_each(inline);
            for method in METHODS {
                let Some(operation) = item.get_mut(method) else { continue };
                elements(operation.get_mut("parameters")).for_each(inline);
                operation.get_mut("requestBody").into_iter().for_each(inline);
                entries(operation.get_mut("responses")).for_each(|(_, response)| inline(response));
            }
        }
    });
}

/// The part itself in the place of a reference to it.
fn inline_part(document: &Value, value: &mut Value) {
    let Some(name) = value.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference) else { return };
    if let Some(target) = resolve(document, value) {
        let origin = origin(document, value);
        *value = target.clone();
        value[crumb::COMPONENT] = name.last().into();
        remember(value, &origin);
    }
}

/// Where the value stands that a reference leads to, through any number of hops.
fn origin(root: &Value, reference: &Value) -> Pointer {
    let (mut value, mut at) = (reference, Pointer::root());
    while let Some(next) = value.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference) {
        let Some(target) = next.lookup(root) else { break };
        (value, at) = (target, next);
    }
    at
}

/// Headers of answers, links and callbacks are left out, and their schemas with them: headers stay reachable as they
/// came, links say nothing that a type could hold, and callbacks are requests of the server.
pub fn drop_unspoken_parts(root: &mut Value, changes: &mut Changes) {
    operations(root, &mut |_, _, at, operation| {
        let Some(fields) = operation.as_object_mut() else { return };
        if let Some(callbacks) = fields.shift_remove("callbacks") {
            changes.report(
                &at.key("callbacks", &callbacks),
                "callbacks are requests that the server sends: the client has no method for them",
            );
        }
        for (_, response) in entries(fields.get_mut("responses")) {
            if let Some(fields) = response.as_object_mut() {
                fields.shift_remove("headers");
                fields.shift_remove("links");
            }
        }
    });
}

/// A list whose pages cannot be told by their types, since what is shown of them lacks what `x-pagination` reads,
/// comes as a page at a time.
pub fn drop_unreadable_pages(root: &mut Value, changes: &mut Changes) {
    let mut unreadable = BTreeSet::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if item.get(method).is_some_and(|operation| !has_readable_pages(root, operation)) {
                unreadable.insert((path.clone(), method));
            }
        }
    }
    operations(root, &mut |path, method, at, operation| {
        let is_unreadable = unreadable.iter().any(|(known, of)| known == path && *of == method);
        if is_unreadable && operation.as_object_mut().and_then(|fields| fields.shift_remove(PAGINATION)).is_some() {
            changes.report(at, "its pages lack what tells one from the next: they are asked for one by one");
        }
    });
}

fn has_readable_pages(root: &Value, operation: &Value) -> bool {
    let Some(extension) = operation.get(PAGINATION) else { return true };
    let success = operation["responses"].as_object().into_iter().flatten().find(|(status, _)| status.starts_with('2'));
    let content = success.and_then(|(_, response)| response["content"].as_object()?.values().next());
    let Some(body) = content.and_then(|media| media.get("schema")) else { return false };
    PAGINATION_KEYS.iter().all(|key| {
        let Some(pointer) = extension.get(key.name).and_then(Value::as_str) else { return true };
        // A choice is one here: nothing is decoded into its first form any more.
        let found = always_there(root, body, pointer, resolve, &["nullable", crumb::NULLABLE])
            .and_then(|schema| resolve(root, schema));
        found.is_some_and(|schema| schema["type"] == key.kind)
    })
}

/// Every operation gets a name of its own, which names its method, its module and its types: what its id makes, or
/// where there is none, or another operation has it, what its method and its path make. Operations that are named by
/// their ids come first, so that those names do not depend on the others.
pub fn name_operations(root: &mut Value, changes: &mut Changes) {
    let mut taken = OperationNames::new();
    operations(root, &mut |_, _, _, operation| {
        if let Some(name) = operation["operationId"].as_str().and_then(name_of_id)
            && taken.take(&name)
        {
            operation[crumb::MODULE] = name.into();
        }
    });
    operations(root, &mut |path, method, at, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let fallback = name_of_path(method, path);
        let name = match operation[crumb::MODULE].as_str() {
            Some(name) => name.to_owned(),
            None => {
                let name = taken.unique(&fallback);
                let why = if id.is_empty() {
                    "the operation has no `operationId`".to_owned()
                } else {
                    format!("the `operationId` `{id}` makes no name that is free")
                };
                changes.report(at, format_args!("{why}: it is called `{name}` by its method and its path"));
                name
            }
        };
        operation[crumb::MODULE] = taken.module(&name, &fallback).into();
        operation["operationId"] = name.into();
    });
}

/// The name that an id makes. One that the client uses itself is an operation's with a word behind it.
fn name_of_id(id: &str) -> Option<String> {
    if !id.chars().any(char::is_alphanumeric) {
        return None;
    }
    let name = value_name(id);
    let is_free = !METHODS_IN_USE.contains(&name.as_str()) && Names::of_builders().take(&builder_name(&name));
    Some(if is_free { name } else { format!("{}_operation", name.trim_end_matches('_')) })
}

/// `get /orders/{id}/items` is called `get_orders_id_items`: its words, and none of them twice in a row.
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

/// The methods that a client has for itself, and those that the traits of the prelude would give it.
const METHODS_IN_USE: &[&str] =
    &["builder", "clone", "from", "from_env", "into", "new", "try_from", "try_into", "to_owned"];

/// The most characters that a module's name has.
const LONGEST_FILE_NAME: usize = 120;

/// The names that were given to operations.
struct OperationNames {
    methods: BTreeSet<String>,
    builders: Names,
    modules: BTreeSet<String>,
}

impl OperationNames {
    fn new() -> Self {
        Self { methods: BTreeSet::new(), builders: Names::of_builders(), modules: BTreeSet::new() }
    }

    /// Whether a name is free; it is taken then. It names a method, a builder, its errors and its successes, and all of
    /// them have to be free.
    fn take(&mut self, name: &str) -> bool {
        let builder = builder_name(name);
        let types = [builder_companion(name, "Error"), builder_companion(name, "Success"), builder];
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

    /// The name, with a number behind it if it is not free.
    fn unique(&mut self, name: &str) -> String {
        let mut candidate = name.to_owned();
        let mut number = 2;
        while !self.take(&candidate) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        candidate
    }

    /// The name of an operation's file: in ASCII, not too long, and none that Windows keeps for a device.
    fn module(&mut self, name: &str, fallback: &str) -> String {
        const DEVICES: &[&str] = &["aux", "con", "nul", "prn"];
        // The module that all of them are in.
        const PARENT: &str = "operations";
        let number = format!("operation_number_{}", self.modules.len() + 1);
        let named = [name, fallback, &number].into_iter().find(|name| name.is_ascii()).unwrap_or(&number);
        // A file system has an end, and a name in ASCII has a character at every byte.
        let named = &named[..named.len().min(LONGEST_FILE_NAME)];
        let is_reserved = named == PARENT
            || DEVICES.contains(&named)
            || named.strip_prefix("com").or(named.strip_prefix("lpt")).is_some_and(|rest| rest.len() == 1);
        let mut module = if is_reserved { format!("{named}_operation") } else { named.to_owned() };
        // A name that another operation has is that operation's file, wherever it stands in the document.
        while self.modules.contains(&module) || (module != name && self.methods.contains(&module)) {
            module += "_2";
        }
        self.modules.insert(module.clone());
        module
    }
}

/// Changes a document with its components at hand, as what references lead into.
pub fn beside_components(root: &mut Value, change: impl FnOnce(&Value, &mut Value)) {
    let mut document = json!({"components": root["components"].take()});
    if leads_into_paths(&root["paths"]) {
        document["paths"] = root["paths"].clone();
    }
    change(&document, root);
    let Value::Object(mut document) = document else { return };
    root["components"] = document.remove("components").unwrap_or_default();
}

/// Whether something in the paths refers to something in the paths.
fn leads_into_paths(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.get("$ref").and_then(Value::as_str).is_some_and(|target| target.starts_with("#/paths/"))
                || fields.values().any(leads_into_paths)
        }
        Value::Array(items) => items.iter().any(leads_into_paths),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &mut Value) -> Vec<String> {
        name_operations(root, &mut Changes::default());
        let mut names = Vec::new();
        operations(root, &mut |_, _, _, operation| {
            let text = |key: &str| operation[key].as_str().unwrap().to_owned();
            let (name, module) = (text("operationId"), text(crumb::MODULE));
            names.push(if name == module { name } else { format!("{name} in {module}") });
        });
        names
    }

    #[test]
    fn shared_parts_are_copied_through_any_number_of_hops() {
        let mut root = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"$ref": "#/components/parameters/P%20q"}],
                "responses": {"401": {"$ref": "#/components/responses/A"}},
            }}},
            "components": {
                "parameters": {"P q": {"name": "p"}},
                "responses": {"A": {"$ref": "#/components/responses/B"}, "B": {"description": "b"}},
            },
        });
        inline_shared_parts(&mut root, &mut Changes::default());
        assert_eq!(
            root["paths"]["/a"]["get"]["parameters"],
            json!([{"name": "p", crumb::COMPONENT: "P q", crumb::ORIGIN: "/components/parameters/P q"}])
        );
        let response = &root["paths"]["/a"]["get"]["responses"]["401"];
        assert_eq!(
            response,
            &json!({"description": "b", crumb::COMPONENT: "A", crumb::ORIGIN: "/components/responses/B"})
        );
    }

    #[test]
    fn pages_that_cannot_be_told_apart_are_not_streamed() {
        let page = |required: &[&str]| {
            json!({"200": {"content": {"application/json": {"schema": {
                "required": required,
                "properties": {"data": {"type": "array"}, "pages": {"type": "integer"}},
            }}}}})
        };
        let paged = |required: &[&str]| json!({"get": {PAGINATION: {"items": "/data", "total_pages": "/pages"}, "responses": page(required)}});
        let mut root = json!({"paths": {"/a": paged(&["data", "pages"]), "/b": paged(&["data"])}});
        let mut changes = Changes::default();
        drop_unreadable_pages(&mut root, &mut changes);
        assert!(root["paths"]["/a"]["get"].get(PAGINATION).is_some());
        assert_eq!(root["paths"]["/b"]["get"].get(PAGINATION), None);
        assert_eq!(changes.list().len(), 1);
    }

    #[test]
    fn a_part_of_another_operation_can_be_shared() {
        let mut root = json!({"paths": {
            "/a": {"get": {"parameters": [{"name": "p"}]}},
            "/b": {"get": {"parameters": [{"$ref": "#/paths/~1a/get/parameters/0"}]}},
        }});
        inline_shared_parts(&mut root, &mut Changes::default());
        assert_eq!(root["paths"]["/b"]["get"]["parameters"][0]["name"], "p");
    }

    #[test]
    fn a_path_that_is_described_elsewhere_gets_a_copy() {
        let mut root = json!({"paths": {
            "/a": {"get": {"operationId": "a"}},
            "/b": {"$ref": "#/paths/~1a", "summary": "kept"},
        }});
        inline_path_items(&mut root, &mut Changes::default());
        let copy = json!({"summary": "kept", "get": {"operationId": "a", crumb::ORIGIN: "/paths/~1a/get"}});
        assert_eq!(root["paths"]["/b"], copy);
    }

    #[test]
    fn what_a_type_cannot_hold_is_left_out() {
        let mut root = json!({"paths": {"/a": {"get": {
            "callbacks": {"done": {}},
            "responses": {"200": {"description": "d", "headers": {"X": {}}, "links": {"y": {}}}},
        }}}});
        let mut changes = Changes::default();
        drop_unspoken_parts(&mut root, &mut changes);
        assert_eq!(root["paths"]["/a"]["get"], json!({"responses": {"200": {"description": "d"}}}));
        assert!(changes.list()[0].starts_with("/paths/~1a/get/callbacks "), "{:?}", changes.list());
    }

    #[test]
    fn operations_are_named_by_their_ids_or_by_method_and_path() {
        let mut root = json!({"paths": {
            "/": {"get": {}},
            "/orders/{id}/items": {"get": {}, "put": {"operationId": "putItems"}},
            "/orders/{id}/Items": {"get": {}, "put": {"operationId": "put_items"}},
            "/a/a/{a}": {"get": {"operationId": "@"}},
        }});
        assert_eq!(
            names(&mut root),
            ["get_root", "get_orders_id_items", "put_items", "get_orders_id_items_2", "put_orders_id_items", "get_a"]
        );
    }

    #[test]
    fn a_made_up_name_leaves_the_ids_of_others_alone() {
        let mut root = json!({"paths": {"/b": {"get": {}}, "/c": {"get": {"operationId": "get_b"}}}});
        assert_eq!(names(&mut root), ["get_b_2", "get_b"]);
    }

    #[test]
    fn names_that_the_client_uses_itself_are_kept_apart() {
        let mut root = json!({"paths": {
            "/a": {"get": {"operationId": "new"}, "put": {"operationId": "error"}, "post": {"operationId": "type"}},
            "/b": {"get": {"operationId": "a"}, "put": {"operationId": "a_error"}, "post": {"operationId": "client"}},
        }});
        let expected = ["new_operation", "error_operation", "type_", "a", "put_b", "client_operation"];
        assert_eq!(names(&mut root).iter().map(|name| name.split(' ').next().unwrap()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn files_of_operations_have_names_that_every_system_takes() {
        let mut root = json!({"paths": {
            "/a": {"get": {"operationId": "نقاط"}, "put": {"operationId": "con"}, "post": {"operationId": "COM1"}},
            "/ق": {"get": {"operationId": "ق"}, "put": {"operationId": "get_a"}},
        }});
        assert_eq!(
            names(&mut root),
            ["نقاط in get_a_2", "con in con_operation", "com1 in com1_operation", "ق in operation_number_4", "get_a"]
        );
    }
}
