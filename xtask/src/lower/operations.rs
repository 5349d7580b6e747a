//! Lowerings of operations and their parameters.

use serde_json::{Value, json};

use super::changes::Changes;
use super::crumb;
use super::visit::{METHODS, elements, entries, operations};
use crate::document::Pointer;
use crate::resolve::resolve;
use crate::rust_name::{Names, builder_name, value_name};

/// Shared parameters, bodies, responses, headers and path-wide parameters are copied to where they are used:
/// progenitor looks them up by what stands behind the last slash of the `$ref`, and panics where that is escaped.
pub fn inline_shared_parts(root: &mut Value, _: &mut Changes) {
    let document = json!({"components": root["components"].take()});
    let inline = |value: &mut Value| {
        let Some(name) = value.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference) else { return };
        if let Some(target) = resolve(&document, value) {
            *value = target.clone();
            value[crumb::COMPONENT] = name.last().into();
        }
    };
    for (_, item) in entries(root.get_mut("paths")) {
        elements(item.get_mut("parameters")).for_each(inline);
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            elements(operation.get_mut("parameters")).for_each(inline);
            operation.get_mut("requestBody").into_iter().for_each(inline);
            for (_, response) in entries(operation.get_mut("responses")) {
                inline(response);
                entries(response.get_mut("headers")).for_each(|(_, header)| inline(header));
            }
        }
    }
    let Value::Object(mut document) = document else { return };
    root["components"] = document.remove("components").unwrap_or_default();
}

/// Parameters of a path become parameters of its operations, so that one list tells them all. progenitor would
/// also sort them by name.
pub fn merge_path_parameters(root: &mut Value, _: &mut Changes) {
    for (_, item) in entries(root.get_mut("paths")) {
        let Some(shared) = item.as_object_mut().and_then(|item| item.shift_remove("parameters")) else { continue };
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            let own = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
            let replaced = |parameter: &&Value| {
                own.iter().any(|other| other["name"] == parameter["name"] && other["in"] == parameter["in"])
            };
            let inherited = shared.as_array().into_iter().flatten().filter(|parameter| !replaced(parameter)).cloned();
            operation["parameters"] = inherited.chain(own.iter().cloned()).collect();
        }
    }
}

/// Operation ids become the names of their methods.
pub fn name_operations(root: &mut Value, _: &mut Changes) {
    let (mut methods, mut types) = (methods_in_use(), Names::of_types());
    operations(root, &mut |_, _, _, operation| {
        let Some(id) = operation["operationId"].as_str() else { return };
        let id = value_name(id);
        // The id names a method, a builder and its errors, and all three have to be free.
        let mut is_free = |name: &str| {
            let builder = builder_name(name);
            methods.take(name) && types.take(&builder) && types.take(&format!("{builder}Error"))
        };
        let mut name = id.clone();
        let mut number = 1;
        while !is_free(&name) {
            name = if number == 1 { format!("{id}_operation") } else { format!("{id}_operation_{number}") };
            number += 1;
        }
        operation["operationId"] = name.into();
    });
}

/// Parameters are called what their setters will be called; the name on the wire stays beside. Two parameters may
/// share a name on the wire (one in the path, one in the query), but not in a builder.
pub fn name_parameters(root: &mut Value, _: &mut Changes) {
    for (path, item) in root["paths"].as_object_mut().map(std::mem::take).into_iter().flatten() {
        let mut path_now = path.clone();
        let mut item = item;
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            let mut names = reserved();
            for parameter in elements(operation.get_mut("parameters")) {
                let wire = parameter["name"].as_str().unwrap_or_default().to_owned();
                let name = names.unique(&value_name(&wire));
                if parameter["in"] == "path" {
                    path_now = path_now.replace(&format!("{{{wire}}}"), &format!("{{{name}}}"));
                }
                parameter["name"] = name.into();
                parameter[crumb::WIRE_NAME] = wire.into();
            }
        }
        item[crumb::WIRE_NAME] = path.into();
        root["paths"][path_now] = item;
    }
}

/// The names that a client has for itself.
fn methods_in_use() -> Names {
    let mut names = Names::default();
    for name in ["builder", "clone", "from_env", "new"] {
        names.take(name);
    }
    names
}

/// The names that a builder has for itself.
fn reserved() -> Names {
    let mut names = Names::default();
    for name in [
        "body",
        "body_map",
        "client",
        "clone",
        "new",
        "overrides",
        "pages",
        "request",
        "response",
        "retry",
        "send",
        "stream",
        "timeout",
    ] {
        names.unique(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(root["paths"]["/a"]["get"]["parameters"], json!([{"name": "p", crumb::COMPONENT: "P q"}]));
        let response = &root["paths"]["/a"]["get"]["responses"]["401"];
        assert_eq!(response, &json!({"description": "b", crumb::COMPONENT: "A"}));
    }

    #[test]
    fn an_operation_replaces_the_parameters_of_its_path() {
        let mut root = json!({"paths": {"/a": {
            "parameters": [{"name": "x", "in": "query", "shared": true}, {"name": "y", "in": "query"}],
            "get": {"parameters": [{"name": "x", "in": "query"}]},
        }}});
        merge_path_parameters(&mut root, &mut Changes::default());
        assert_eq!(
            root["paths"]["/a"],
            json!({"get": {"parameters": [{"name": "y", "in": "query"}, {"name": "x", "in": "query"}]}})
        );
    }

    #[test]
    fn parameters_and_operations_get_names_of_their_own() {
        let mut root = json!({"paths": {"/a/{some-id}": {"get": {
            "operationId": "getA",
            "parameters": [{"name": "some-id", "in": "path"}, {"name": "send", "in": "query"}],
        }}}});
        name_operations(&mut root, &mut Changes::default());
        name_parameters(&mut root, &mut Changes::default());
        let operation = &root["paths"]["/a/{some_id}"]["get"];
        assert_eq!(operation["operationId"], "get_a");
        assert_eq!(operation["parameters"][0][crumb::WIRE_NAME], "some-id");
        assert_eq!(operation["parameters"][1]["name"], "send2");
    }
}
