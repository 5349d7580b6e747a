//! Lowerings of parameters: one list for each operation, in which every parameter has a place, a style and a schema.

use serde_json::{Value, json};

use super::changes::{Changes, Steps as _, Trail, remember};
use super::crumb;
use super::operations::beside_components;
use super::visit::{elements, entries, operations};
use crate::document::Pointer;
use crate::lower::rust_name::{Names, value_name};
use crate::openapi::media_type::{self, Format};
use crate::openapi::references::resolve;
use crate::openapi::shapes::METHODS;
use crate::openapi::template::template_names;

/// The place of a parameter that is the whole body of a request, as text.
pub const TEXT_BODY: &str = "text";
/// The place of a parameter that is the whole body of a request, as bytes.
pub const BYTES_BODY: &str = "bytes";
/// The place of a parameter that is a field of a form.
pub const FIELD: &str = "form";
/// The place of a parameter that is a part of a multipart form.
pub const PART: &str = "part";
/// The place of a parameter that is a file, or a list of files, of a multipart form.
pub const FILE: &str = "file";
/// The place of a parameter that holds all fields of a form by their names.
pub const FIELDS: &str = "forms";
/// The place of a parameter that holds all parts of a multipart form by their names.
pub const PARTS: &str = "parts";

/// Whether a parameter in this place is the whole body.
#[must_use]
pub fn is_body(place: &str) -> bool {
    [TEXT_BODY, BYTES_BODY, FIELDS, PARTS].contains(&place)
}

/// Parameters of a path become parameters of its operations, so that one list tells them all. progenitor would
/// also sort them by name.
pub fn merge_path_parameters(root: &mut Value, _: &mut Changes) {
    let paths = Pointer::root().key("paths");
    for (path, item) in entries(root.get_mut("paths")) {
        let at = paths.key(path).key("parameters");
        let Some(mut shared) = item.as_object_mut().and_then(|item| item.shift_remove("parameters")) else { continue };
        for (index, parameter) in elements(Some(&mut shared)).enumerate() {
            remember(parameter, &at.index(index));
        }
        for method in METHODS {
            let Some(operation) = item.get_mut(method) else { continue };
            let own = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
            let replaced = |parameter: &&Value| own.iter().any(|other| are_same(parameter, other));
            let inherited = shared.as_array().into_iter().flatten().filter(|parameter| !replaced(parameter)).cloned();
            operation["parameters"] = inherited.chain(own.iter().cloned()).collect();
        }
    }
}

fn are_same(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && one["in"] == other["in"]
}

/// A parameter that stands in the list twice is the last of the two: a request has one value for it.
pub fn drop_repeated_parameters(root: &mut Value, changes: &mut Changes) {
    retain(root, changes, |parameter, _, later| {
        let is_repeated = later.iter().any(|other| are_same(parameter, other));
        is_repeated.then(|| format!("the parameter `{}` stands here twice: the last one counts", name(parameter)))
    });
}

/// A parameter without a name cannot be sent.
pub fn drop_nameless_parameters(root: &mut Value, changes: &mut Changes) {
    retain(root, changes, |parameter, _, _| {
        name(parameter).is_empty().then(|| "a parameter without a name cannot be sent: it is left out".to_owned())
    });
}

/// Headers that have a place of their own in OpenAPI are no parameters (OpenAPI 3.0.3, "Parameter Object", `name`): the
/// client sets them by the bodies and by its token.
pub fn drop_ignored_headers(root: &mut Value, changes: &mut Changes) {
    retain(root, changes, |parameter, _, _| {
        let is_ignored = ["accept", "content-type", "authorization"].contains(&name(parameter).to_lowercase().as_str());
        (is_ignored && parameter["in"] == "header").then(|| {
            format!("`{}` is no parameter: the client sends the header by itself, as OpenAPI has it", name(parameter))
        })
    });
}

/// A parameter of the path that the path has no place for is left out: there is nowhere to put its value.
pub fn drop_parameters_without_place(root: &mut Value, changes: &mut Changes) {
    retain(root, changes, |parameter, path, _| {
        let has_place = template_names(path).is_none_or(|names| names.contains(&name(parameter)));
        (parameter["in"] == "path" && !has_place)
            .then(|| format!("the path has no `{{{}}}` for this parameter: it is left out", name(parameter)))
    });
}

/// Keeps the parameters that `fault` has nothing to say about; it sees the path, and the parameters behind.
fn retain(root: &mut Value, changes: &mut Changes, fault: impl Fn(&Value, &str, &[Value]) -> Option<String>) {
    operations(root, &mut |path, _, at, operation| {
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else { return };
        let list = at.key("parameters", &Value::Null);
        let mut kept = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            match fault(parameter, path, &parameters[index + 1..]) {
                Some(what) => changes.report(&list.index(index, parameter), what),
                None => kept.push(parameter.clone()),
            }
        }
        *parameters = kept;
    });
}

/// A name in braces that no parameter describes is a text that has to be given: without it there is no URL.
pub fn describe_path_parameters(root: &mut Value, changes: &mut Changes) {
    operations(root, &mut |path, _, at, operation| {
        let mut names = template_names(path).unwrap_or_default();
        let known: Vec<Value> = operation["parameters"].as_array().cloned().unwrap_or_default();
        names.retain(|name| !known.iter().any(|other| other["in"] == "path" && other["name"] == *name));
        let mut missing: Vec<Value> = Vec::new();
        for name in names {
            let parameter = json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
            if !missing.contains(&parameter) {
                changes.report(at, format_args!("no parameter describes the `{{{name}}}` of the path: it is a text"));
                missing.push(parameter);
            }
        }
        if !missing.is_empty() {
            operation["parameters"] = missing.into_iter().chain(known).collect();
        }
    });
}

/// A parameter of the path is required, whatever is said of it: a path has no place for nothing.
pub fn require_path_parameters(root: &mut Value, changes: &mut Changes) {
    each(root, &mut |at, parameter| {
        if parameter["in"] == "path" && !crumb::is_set(parameter, "required") {
            changes.report(at, format_args!("the path parameter `{}` is required: every one is", name(parameter)));
            parameter["required"] = true.into();
        }
    });
}

/// A style that its place does not have becomes the one that the place has by default.
pub fn settle_styles(root: &mut Value, changes: &mut Changes) {
    each(root, &mut |at, parameter| {
        let styles: &[&str] = match parameter["in"].as_str().unwrap_or_default() {
            "path" => &["simple", "label", "matrix"],
            "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
            "header" => &["simple"],
            _ => &["form"],
        };
        let Some(style) = parameter.get("style").and_then(Value::as_str).map(str::to_owned) else { return };
        if !styles.contains(&style.as_str()) {
            let what = format!("the place of this parameter has no style `{style}`: it is written as `{}`", styles[0]);
            changes.report(&at.key("style", &Value::Null), what);
            parameter["style"] = styles[0].into();
        }
    });
}

/// The style of a parameter that is written as JSON.
pub const JSON: &str = "json";

/// A parameter with a media type has the schema of that media type, and is written as JSON if that is what it is. One
/// that says nothing of its values is a text.
pub fn settle_parameter_schemas(root: &mut Value, changes: &mut Changes) {
    each(root, &mut |at, parameter| {
        let Some(fields) = parameter.as_object_mut() else { return };
        let content = fields.shift_remove("content");
        if fields.contains_key("schema") {
            return;
        }
        let media = content.as_ref().and_then(Value::as_object).and_then(|content| content.iter().next());
        let mut schema = json!({"type": "string"});
        match media {
            Some((name, media)) => {
                let is_json = matches!(media_type::format(name), Format::Json | Format::Any);
                if is_json {
                    fields.insert("style".to_owned(), JSON.into());
                    schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
                    let at = at.pointer().key("content").key(name).key("schema");
                    remember(&mut schema, &at);
                } else {
                    changes
                        .report(at, format_args!("a parameter of the media type `{name}` is sent as the text it is"));
                }
            }
            None => changes.report(at, "the parameter has no `schema`: it is a text"),
        }
        fields.insert("schema".to_owned(), schema);
    });
}

/// Null is no value of a parameter: one that may be null may be left out, unless it is part of the path.
pub fn leave_out_null_parameters(root: &mut Value, _: &mut Changes) {
    beside_components(root, |document, root| {
        each(root, &mut |_, parameter| {
            let is_nullable = resolve(document, &parameter["schema"]).is_some_and(|schema| schema["nullable"] == true);
            if is_nullable && parameter["in"] != "path" && parameter["style"] != JSON {
                parameter["required"] = false.into();
            }
        });
    });
}

/// Parameters are called what their setters will be called; the name on the wire stays beside. Two parameters may
/// share a name on the wire (one in the path, one in the query), but not in a builder.
pub fn name_parameters(root: &mut Value, _: &mut Changes) {
    operations(root, &mut |_, _, _, operation| {
        let mut names = reserved();
        for parameter in elements(operation.get_mut("parameters")) {
            let wire = name(parameter).to_owned();
            let is_body = is_body(parameter["in"].as_str().unwrap_or_default());
            parameter["name"] = if is_body { "body".into() } else { names.unique(&value_name(&wire)).into() };
            parameter[crumb::WIRE_NAME] = wire.into();
        }
    });
}

fn each(root: &mut Value, f: &mut dyn FnMut(&Trail<'_>, &mut Value)) {
    operations(root, &mut |_, _, at, operation| {
        let list = at.key("parameters", &Value::Null);
        for (index, parameter) in elements(operation.get_mut("parameters")).enumerate() {
            let at = list.index(index, parameter);
            f(&at, parameter);
        }
    });
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}

/// The names that a builder has for itself: its fields, its methods, and what its `send` calls things.
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

    type Lowering = fn(&mut Value, &mut Changes);

    /// The parameters of `get` on the path after the lowering, and what it reported.
    fn lowered(lowering: Lowering, path: &str, parameters: &Value) -> (Value, Vec<String>) {
        let mut root = json!({"paths": {path: {"get": {"parameters": parameters}}}});
        let mut changes = Changes::default();
        lowering(&mut root, &mut changes);
        (root["paths"][path]["get"]["parameters"].take(), changes.list())
    }

    #[test]
    fn an_operation_replaces_the_parameters_of_its_path() {
        let mut root = json!({"paths": {"/a": {
            "parameters": [{"name": "x", "in": "query", "shared": true}, {"name": "y", "in": "query"}],
            "get": {"parameters": [{"name": "x", "in": "query"}]},
        }}});
        merge_path_parameters(&mut root, &mut Changes::default());
        let shared = json!({"name": "y", "in": "query", crumb::ORIGIN: "/paths/~1a/parameters/1"});
        assert_eq!(root["paths"]["/a"], json!({"get": {"parameters": [shared, {"name": "x", "in": "query"}]}}));
    }

    #[test]
    fn the_last_of_two_parameters_counts() {
        let (parameters, changes) = lowered(
            drop_repeated_parameters,
            "/a",
            &json!([{"name": "q", "in": "query", "a": 1}, {"name": "q", "in": "header"}, {"name": "q", "in": "query"}]),
        );
        assert_eq!(parameters, json!([{"name": "q", "in": "header"}, {"name": "q", "in": "query"}]));
        assert_eq!(changes, ["/paths/~1a/get/parameters/0 the parameter `q` stands here twice: the last one counts"]);
    }

    #[test]
    fn headers_that_the_client_sends_by_itself_are_no_parameters() {
        let (parameters, changes) = lowered(
            drop_ignored_headers,
            "/a",
            &json!([{"name": "ACCEPT", "in": "header"}, {"name": "accept", "in": "query"}, {"name": "X", "in": "header"}]),
        );
        assert_eq!(parameters, json!([{"name": "accept", "in": "query"}, {"name": "X", "in": "header"}]));
        assert_eq!(changes.len(), 1);
    }

    #[test]
    fn the_path_and_its_parameters_are_made_to_agree() {
        let (parameters, changes) = lowered(
            |root, changes| {
                drop_parameters_without_place(root, changes);
                describe_path_parameters(root, changes);
                require_path_parameters(root, changes);
            },
            "/a/{x}/{y}/{y}",
            &json!([{"name": "x", "in": "path"}, {"name": "z", "in": "path"}]),
        );
        let y = json!({"name": "y", "in": "path", "required": true, "schema": {"type": "string"}});
        assert_eq!(parameters, json!([y, {"name": "x", "in": "path", "required": true}]));
        assert_eq!(
            changes,
            [
                "/paths/~1a~1{x}~1{y}~1{y}/get/parameters/1 the path has no `{z}` for this parameter: it is left out",
                "/paths/~1a~1{x}~1{y}~1{y}/get no parameter describes the `{y}` of the path: it is a text",
                "/paths/~1a~1{x}~1{y}~1{y}/get/parameters/1 the path parameter `x` is required: every one is",
            ]
        );
    }

    #[test]
    fn a_style_of_another_place_becomes_the_default() {
        for (place, style, expected) in [
            ("query", "deepObject", "deepObject"),
            ("query", "simple", "form"),
            ("path", "matrix", "matrix"),
            ("path", "form", "simple"),
            ("header", "form", "simple"),
            ("cookie", "deepObject", "form"),
        ] {
            let (parameters, changes) = lowered(settle_styles, "/a", &json!([{"in": place, "style": style}]));
            assert_eq!(parameters[0]["style"], expected, "{place} {style}");
            assert_eq!(changes.len(), usize::from(style != expected), "{place} {style}");
        }
    }

    #[test]
    fn every_parameter_gets_a_schema() {
        for (parameter, expected) in [
            (json!({}), json!({"schema": {"type": "string"}})),
            (json!({"schema": {"type": "integer"}}), json!({"schema": {"type": "integer"}})),
            (json!({"content": {"text/plain": {"schema": {"type": "object"}}}}), json!({"schema": {"type": "string"}})),
            (
                json!({"content": {"application/json": {"schema": {"type": "object"}}}}),
                json!({"style": "json", "schema": {"type": "object",
                    crumb::ORIGIN: "/paths/~1a/get/parameters/0/content/application~1json/schema"}}),
            ),
        ] {
            assert_eq!(lowered(settle_parameter_schemas, "/a", &json!([parameter])).0[0], expected);
        }
    }

    #[test]
    fn a_parameter_that_may_be_null_may_be_left_out() {
        let parameter = |place: &str| json!({"in": place, "required": true, "schema": {"nullable": true}});
        let (parameters, _) = lowered(leave_out_null_parameters, "/a", &json!([parameter("query"), parameter("path")]));
        assert_eq!((&parameters[0]["required"], &parameters[1]["required"]), (&false.into(), &true.into()));
    }

    #[test]
    fn parameters_get_names_of_their_own() {
        let (parameters, _) = lowered(
            name_parameters,
            "/a/{some-id}",
            &json!([
                {"name": "some-id", "in": "path"}, {"name": "send", "in": "query"}, {"name": "some_id", "in": "query"},
                {"name": "body", "in": "query"}, {"name": "body", "in": "text"}, {"name": "self", "in": "query"},
            ]),
        );
        let names: Vec<_> = parameters.as_array().unwrap().iter().map(name).collect();
        assert_eq!(names, ["some_id", "send2", "some_id2", "body2", "body", "self_"]);
        assert_eq!(parameters[0][crumb::WIRE_NAME], "some-id");
    }
}
