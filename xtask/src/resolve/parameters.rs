//! The parameters of operations: which of them may be missing, and what their setters are called.

use super::draft::{Draft, Parameter};
use super::names::{Names, value_name};
use super::schema::{Components, Schema};
use crate::model::{Location, Style};

/// Lets a parameter that may be null be missing instead, unless it is part of the path: null is no value of a parameter.
pub fn omit_null(draft: &mut Draft) {
    for parameter in draft.operations.iter_mut().flat_map(|operation| &mut operation.parameters) {
        let can_be_missing = parameter.location != Location::Path && parameter.encoding.style != Style::Json;
        if can_be_missing && is_nullable(&draft.components, &parameter.schema) {
            parameter.required = false;
        }
    }
}

fn is_nullable(components: &Components, schema: &Schema) -> bool {
    let target = schema.reference.as_ref().and_then(|name| components.get(name));
    target.unwrap_or(schema).nullable
}

/// Names the setters of parameters. Two parameters may have one name in a request (one in the path, one in the query),
/// but not in a builder.
pub fn name(draft: &mut Draft) {
    for operation in &mut draft.operations {
        let mut names = Names::of_setters();
        for parameter in &mut operation.parameters {
            parameter.name = setter(parameter, &mut names);
        }
        for parameter in &mut operation.parameters {
            if let Some(name) = &mut parameter.empty_setter {
                *name = names.unique(&value_name(&format!("{} empty", parameter.wire_name)));
            }
        }
    }
}

fn setter(parameter: &Parameter, names: &mut Names) -> String {
    if parameter.location.is_body() { "body".to_owned() } else { names.unique(&value_name(&parameter.wire_name)) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::decisions::Decisions;
    use crate::resolve::read::Reader;

    /// Reads the parameters of `GET` on a path.
    fn draft(path: &str, parameters: &Value) -> Draft {
        let root = json!({"paths": {path: {"get": {"parameters": parameters}}}});
        let operations = Reader::new(&root).operations(&mut Decisions::new(false));
        Draft { operations, ..Draft::default() }
    }

    #[test]
    fn a_parameter_that_may_be_null_may_be_missing_unless_it_is_in_the_path() {
        let parameter =
            |place: &str| json!({"name": place, "in": place, "required": true, "schema": {"nullable": true}});
        let mut draft = draft("/{path}", &json!([parameter("query"), parameter("path")]));
        omit_null(&mut draft);
        let required: Vec<_> = draft.operations[0].parameters.iter().map(|parameter| parameter.required).collect();
        assert_eq!(required, [false, true]);
    }

    #[test]
    fn each_setter_has_a_name_of_its_own() {
        let mut draft = draft(
            "/a/{some-id}",
            &json!([
                {"name": "some-id", "in": "path"}, {"name": "send", "in": "query"}, {"name": "some_id", "in": "query"},
                {"name": "body", "in": "query"}, {"name": "self", "in": "query"},
            ]),
        );
        name(&mut draft);
        let names: Vec<_> = draft.operations[0].parameters.iter().map(|parameter| &*parameter.name).collect();
        assert_eq!(names, ["some_id", "send2", "some_id2", "body2", "self_"]);
    }

    #[test]
    fn a_parameter_that_may_be_empty_has_a_second_setter() {
        let parameter = |name: &str, style: &str| json!({"name": name, "in": "query", "allowEmptyValue": true, "style": style, "schema": {"type": "array"}});
        let list = json!([parameter("type", "form"), parameter("type_empty", "form"), parameter("a", "deepObject")]);
        let mut draft = draft("/", &list);
        name(&mut draft);
        let names: Vec<_> = draft.operations[0].parameters.iter().map(|one| one.empty_setter.as_deref()).collect();
        assert_eq!(names, [Some("type_empty2"), Some("type_empty_empty"), None]);
    }
}
