//! Lowerings of schemas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::changes::{Changes, Trail};
use super::crumb;
use super::visit::{METHODS, Site, children, components, elements, entries, schemas};
use crate::document::Pointer;
use crate::rust_name::{Names, type_name};

/// Every component gets a name that is a Rust type's, and that no other has; references follow. progenitor does
/// not decode escaped references, and gives two components that differ only in case the same type.
pub fn name_schemas(root: &mut Value, _: &mut Changes) {
    let mut names = Names::of_types();
    let renamed: BTreeMap<String, String> = entries(root["components"].get_mut("schemas"))
        .map(|(name, _)| (name.clone(), names.unique(&type_name(name))))
        .collect();
    if let Some(components) = components(root) {
        *components =
            std::mem::take(components).into_iter().map(|(name, schema)| (renamed[&name].clone(), schema)).collect();
    }
    schemas(root, &mut |_, _, schema| {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
        if let Some(name) = target.and_then(|target| renamed.get(&target.last()?)) {
            schema["$ref"] = reference_to(name).into();
        }
    });
}

/// `allOf` with one part, the way to describe a reference in OpenAPI 3.0, becomes the part; what was said beside
/// it stays beside it.
pub fn unwrap_references(root: &mut Value, _: &mut Changes) {
    schemas(root, &mut |_, _, schema| {
        let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) else { return };
        if schema.get("properties").is_some() || only.get("properties").is_some() {
            return;
        }
        let mut part = crumb::overriding(schema, only);
        if crumb::is_set(schema, "nullable") {
            part[crumb::NULLABLE] = true.into();
        }
        *schema = part;
    });
}

/// A schema with `x-rust-decode` is its first alternative in Rust, and the function decodes the others into it.
/// The function decodes fields, so the schema goes to where it is used, unless it is a type of its own.
pub fn take_decoded_alternative(root: &mut Value, _: &mut Changes) {
    let mut used = BTreeMap::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if schema.get(crumb::DECODE).is_some() {
            used.insert(reference_to(name), decoded(schema, name));
        }
    }
    schemas(root, &mut |site, _, schema| {
        if matches!(site, Site::Component(_)) {
            if let Some(fields) = schema.as_object_mut()
                && fields.shift_remove(crumb::DECODE).is_some()
                && !fields.contains_key(crumb::RUST_TYPE)
            {
                *schema = first_alternative(schema);
            }
        } else if let Some(form) = schema.get("$ref").and_then(Value::as_str).and_then(|target| used.get(target)) {
            *schema = crumb::overriding(schema, form);
        } else if schema.get(crumb::DECODE).is_some() && schema.get(crumb::RUST_TYPE).is_none() {
            *schema = crumb::overriding(schema, &first_alternative(schema));
        }
    });
    if let Some(components) = components(root) {
        components.retain(|name, _| used.get(&reference_to(name)).is_none_or(|form| form.get("$ref").is_some()));
    }
}

/// What a use of the component `name` becomes.
fn decoded(schema: &Value, name: &str) -> Value {
    let first = first_alternative(schema);
    let has_type = schema.get(crumb::RUST_TYPE).is_some() || is_struct(&first);
    let mut form = if has_type { json!({"$ref": reference_to(name)}) } else { first };
    if admits_null(schema) {
        form[crumb::NULLABLE] = true.into();
    }
    crumb::carry(schema, &mut form);
    form
}

fn first_alternative(schema: &Value) -> Value {
    let mut first = schema.get("oneOf").map_or_else(|| schema.clone(), |alternatives| alternatives[0].clone());
    // An alternative inside the first may have alternatives of its own: the function knows them as well.
    for key in ["additionalProperties", "items"] {
        if first.get(key).is_some_and(|inner| inner.get("oneOf").is_some()) {
            first[key] = first_alternative(&first[key]);
        }
    }
    first
}

/// A Rust type that exists already is named where it is used: typify wraps a component with `x-rust-type` in a
/// newtype unless the two happen to have the same name.
pub fn inline_rust_types(root: &mut Value, _: &mut Changes) {
    let mut types = BTreeMap::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if let Some(rust_type) = schema.get(crumb::RUST_TYPE) {
            let mut form = json!({crumb::RUST_TYPE: rust_type});
            if admits_null(schema) {
                form[crumb::NULLABLE] = true.into();
            }
            crumb::carry(schema, &mut form);
            types.insert(reference_to(name), form);
        }
    }
    schemas(root, &mut |_, _, schema| {
        let target = schema.get("$ref").and_then(Value::as_str);
        let Some(form) = target.and_then(|target| types.get(target)) else { return };
        *schema = crumb::overriding(schema, form);
    });
    if let Some(components) = components(root) {
        components.retain(|name, _| !types.contains_key(&reference_to(name)));
    }
}

/// Null is a property of the place, not of the type: where a component admits null, its uses do instead, so that
/// a field is an `Option` of the type and no type is an `Option` inside.
pub fn lift_null(root: &mut Value, _: &mut Changes) {
    let mut nullable = Vec::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if admits_null(schema) {
            nullable.push(reference_to(name));
        }
    }
    schemas(root, &mut |site, _, schema| {
        let is_nullable = admits_null(schema)
            || schema.get("$ref").is_some_and(|target| nullable.iter().any(|name| target == name.as_str()));
        if !is_nullable {
            return;
        }
        remove_null(schema);
        if !matches!(site, Site::Component(_)) {
            schema[crumb::NULLABLE] = true.into();
        }
    });
    schemas(root, &mut |site, _, schema| {
        // A property that is not required is an `Option` anyway.
        let shown = !matches!(site, Site::Component(_) | Site::Property { required: false });
        if shown && crumb::is_set(schema, crumb::NULLABLE) {
            show_null(schema);
        }
    });
}

fn admits_null(schema: &Value) -> bool {
    let among = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten().any(admits_null);
    crumb::is_set(schema, "nullable") || crumb::is_set(schema, crumb::NULLABLE) || among("oneOf") || among("anyOf")
}

fn remove_null(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut() {
        fields.shift_remove("nullable");
        fields.shift_remove(crumb::NULLABLE);
    }
    for key in ["oneOf", "anyOf"] {
        elements(schema.get_mut(key)).for_each(remove_null);
    }
    if let Some(listed) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        listed.retain(|value| !value.is_null());
    }
}

/// Writes null in the way that progenitor reads.
fn show_null(schema: &mut Value) {
    if schema.get("type").is_some() {
        schema["nullable"] = true.into();
        return;
    }
    let mut wrapper = json!({"nullable": true});
    crumb::carry(schema, &mut wrapper);
    wrapper["allOf"] = json!([schema.take()]);
    *schema = wrapper;
}

/// Bounds of numbers and strings become words for the documentation. In types they would turn an integer into
/// `NonZeroU64`, which `page(2)` cannot be, and text into a checked newtype; and an answer that breaks a bound
/// would not decode at all.
pub fn loosen_scalars(root: &mut Value, _: &mut Changes) {
    schemas(root, &mut |_, _, schema| {
        let words = bounds(schema);
        let Some(fields) = schema.as_object_mut() else { return };
        let is_scalar = matches!(fields.get("type").and_then(Value::as_str), Some("integer" | "number" | "string"));
        if !is_scalar {
            return;
        }
        for key in SCALAR_BOUNDS {
            fields.shift_remove(*key);
        }
        if fields.get("type") == Some(&json!("integer")) {
            fields.insert("format".to_owned(), json!("int64"));
        } else if fields.get("type") == Some(&json!("string")) {
            fields.shift_remove("format");
        }
        if let Some(words) = words {
            schema[crumb::BOUNDS] = words.into();
        }
    });
}

const SCALAR_BOUNDS: &[&str] =
    &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"];

fn bounds(schema: &Value) -> Option<String> {
    let least = if crumb::is_set(schema, "exclusiveMinimum") { "more than" } else { "at least" };
    let most = if crumb::is_set(schema, "exclusiveMaximum") { "less than" } else { "at most" };
    let parts: Vec<_> = [
        ("minimum", least, ""),
        ("maximum", most, ""),
        ("multipleOf", "a multiple of", ""),
        ("minLength", "at least", " characters"),
        ("maxLength", "at most", " characters"),
    ]
    .into_iter()
    .filter_map(|(key, before, after)| schema.get(key).map(|bound| format!("{before} {bound}{after}")))
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Schemas that need a type and stand inside another get a name of their own, made from where they stand.
/// progenitor would make one up, which may be another schema's, and then emits two types of the same name.
pub fn pull_out_inline_schemas(root: &mut Value, _: &mut Changes) {
    let mut pulled = Pulled { names: Names::of_types(), components: Map::new() };
    if let Some(components) = components(root) {
        for name in components.keys() {
            pulled.names.unique(name);
        }
        for (name, schema) in components.iter_mut() {
            pulled.inside(schema, name);
        }
    }
    for (_, item) in entries(root.get_mut("paths")) {
        for method in METHODS {
            item.get_mut(method).into_iter().for_each(|operation| pulled.of_operation(operation));
        }
    }
    if pulled.components.is_empty() {
        return;
    }
    let components = &mut root["components"]["schemas"];
    for (name, schema) in pulled.components {
        components[name] = schema;
    }
}

struct Pulled {
    names: Names,
    components: Map<String, Value>,
}

impl Pulled {
    fn of_operation(&mut self, operation: &mut Value) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        for parameter in elements(operation.get_mut("parameters")) {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            self.nested(&mut parameter["schema"], &type_name(&format!("{id}_{name}")));
        }
        self.bodies(operation.get_mut("requestBody"), &type_name(&format!("{id}_body")));
        for (status, response) in entries(operation.get_mut("responses")) {
            self.bodies(Some(response), &type_name(&format!("{id}_{}", status_word(status))));
        }
    }

    /// Bodies always have a name, so that the passes know their type whatever it is.
    fn bodies(&mut self, holder: Option<&mut Value>, name: &str) {
        for (_, media) in entries(holder.and_then(|holder| holder.get_mut("content"))) {
            let schema = &mut media["schema"];
            self.inside(schema, name);
            if schema.get("$ref").is_none() {
                self.pull(schema, name);
            }
        }
    }

    fn inside(&mut self, schema: &mut Value, name: &str) {
        for (property, inner) in entries(schema.get_mut("properties")) {
            self.nested(inner, &type_name(&format!("{name}_{property}")));
        }
        for (key, suffix) in [("items", "item"), ("additionalProperties", "value"), ("not", "not")] {
            if let Some(inner @ Value::Object(_)) = schema.get_mut(key) {
                self.nested(inner, &type_name(&format!("{name}_{suffix}")));
            }
        }
        for key in ["oneOf", "anyOf"] {
            for (index, inner) in elements(schema.get_mut(key)).enumerate() {
                let title = inner.get("title").and_then(Value::as_str).map_or((index + 1).to_string(), str::to_owned);
                self.nested(inner, &type_name(&format!("{name}_{title}")));
            }
        }
        // The parts of `allOf` are merged into one type, and need none of their own.
        for part in elements(schema.get_mut("allOf")) {
            self.inside(part, name);
        }
    }

    fn nested(&mut self, schema: &mut Value, name: &str) {
        self.inside(schema, name);
        if needs_type(schema) {
            self.pull(schema, name);
        }
    }

    fn pull(&mut self, schema: &mut Value, name: &str) {
        let name = self.names.unique(name);
        let mut reference = json!({"$ref": reference_to(&name)});
        crumb::carry(schema, &mut reference);
        self.components.insert(name, std::mem::replace(schema, reference));
    }
}

/// An enumeration becomes a type only where each of its values makes a name of its own: `<` and `>` do not, nor do
/// numbers. The others stay what they are, and keep their values as words.
pub fn loosen_enumerations(root: &mut Value, _: &mut Changes) {
    schemas(root, &mut |_, _, schema| {
        let Some(listed) = schema.get("enum").and_then(Value::as_array) else { return };
        let mut names = Names::default();
        let are_names = listed.iter().filter(|value| !value.is_null()).all(|value| {
            let text = value.as_str().filter(|text| text.chars().any(char::is_alphanumeric));
            text.is_some_and(|text| names.take(&type_name(text)))
        });
        if are_names && !listed.is_empty() {
            return;
        }
        let words: Vec<_> = listed.iter().map(|value| format!("`{value}`")).collect();
        schema[crumb::BOUNDS] = format!("one of {}", words.join(", ")).into();
        if let Some(fields) = schema.as_object_mut() {
            fields.shift_remove("enum");
        }
    });
}

/// What a schema excludes has no word in Rust: a value is checked by the server.
pub fn drop_exclusions(root: &mut Value, _: &mut Changes) {
    schemas(root, &mut |_, _, schema| {
        if let Some(fields) = schema.as_object_mut() {
            fields.shift_remove("not");
        }
    });
}

fn needs_type(schema: &Value) -> bool {
    let several = |key: &str| schema.get(key).and_then(Value::as_array).is_some_and(|parts| parts.len() > 1);
    schema.get("$ref").is_none()
        && schema.get(crumb::RUST_TYPE).is_none()
        && (is_struct(schema)
            || schema.get("enum").is_some()
            || several("oneOf")
            || several("anyOf")
            || several("allOf"))
}

fn is_struct(schema: &Value) -> bool {
    schema.get("properties").and_then(Value::as_object).is_some_and(|properties| !properties.is_empty())
}

fn status_word(status: &str) -> String {
    if status.starts_with('2') { "response".to_owned() } else { format!("{status}_response") }
}

fn reference_to(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// The components that can be reached from these schemas.
pub fn reachable(root: &Value, from: &[&Value]) -> std::collections::BTreeSet<String> {
    let mut reached = std::collections::BTreeSet::new();
    let mut open: Vec<Value> = from.iter().map(|schema| (*schema).clone()).collect();
    while let Some(mut schema) = open.pop() {
        if let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference) {
            if pointer.last().is_some_and(|name| reached.insert(name)) {
                open.extend(pointer.lookup(root).cloned());
            }
            continue;
        }
        children(&Trail::root(), &mut schema, &mut |_, _, child| open.push(child.clone()));
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(lowering: fn(&mut Value, &mut Changes), schemas: &Value) -> Value {
        let mut root = json!({"paths": {}, "components": {"schemas": schemas}});
        lowering(&mut root, &mut Changes::default());
        root["components"]["schemas"].take()
    }

    #[test]
    fn colliding_and_escaped_names_become_types_of_their_own() {
        let schemas = lowered(
            name_schemas,
            &json!({"percentage": {}, "Percentage": {"items": {"$ref": "#/components/schemas/Not%20Found(404)"}}, "Not Found(404)": {}}),
        );
        assert_eq!(
            schemas,
            json!({"Percentage": {}, "Percentage2": {"items": {"$ref": "#/components/schemas/NotFound404"}}, "NotFound404": {}})
        );
    }

    #[test]
    fn a_described_reference_keeps_its_description() {
        let schemas = lowered(
            unwrap_references,
            &json!({"A": {"properties": {"b": {"description": "d", "allOf": [{"$ref": "#/x"}]}}}}),
        );
        assert_eq!(schemas["A"]["properties"]["b"], json!({"$ref": "#/x", "description": "d"}));
    }

    #[test]
    fn a_decoded_scalar_goes_to_where_it_is_used() {
        let schemas = lowered(
            take_decoded_alternative,
            &json!({
                "Integer": {"description": "n", "oneOf": [{"type": "integer"}, {"type": "string"}], "x-rust-decode": "r::i"},
                "A": {"properties": {"b": {"$ref": "#/components/schemas/Integer", "description": "d"}}},
            }),
        );
        assert_eq!(
            schemas,
            json!({"A": {"properties": {"b": {"type": "integer", "description": "d", "x-rust-decode": "r::i"}}}})
        );
    }

    #[test]
    fn a_rust_type_is_named_at_the_field_which_gets_its_null_and_its_function() {
        let rust_type = json!({"crate": "r", "version": "*", "path": "r::D"});
        let schemas = lowered(
            |root, changes| {
                take_decoded_alternative(root, changes);
                inline_rust_types(root, changes);
                lift_null(root, changes);
            },
            &json!({
                "D": {"oneOf": [{"type": "string", "nullable": true}], "x-rust-type": rust_type, "x-rust-decode": "r::d"},
                "A": {"required": ["b"], "properties": {"b": {"$ref": "#/components/schemas/D"}, "c": {"$ref": "#/components/schemas/D"}}},
            }),
        );
        let field = json!({"x-rust-type": rust_type, "x-rust-decode": "r::d", crumb::NULLABLE: true});
        let shown = json!({"nullable": true, "x-rust-decode": "r::d", crumb::NULLABLE: true, "allOf": [field]});
        assert_eq!(schemas, json!({"A": {"required": ["b"], "properties": {"b": shown, "c": field}}}));
    }

    #[test]
    fn enumerations_of_signs_and_exclusions_are_loosened() {
        let schemas = lowered(
            |root, changes| {
                loosen_enumerations(root, changes);
                drop_exclusions(root, changes);
            },
            &json!({
                "Sign": {"type": "string", "enum": ["<", ">"]},
                "Case": {"type": "string", "enum": ["a", "A"]},
                "Word": {"type": "string", "enum": ["a", "b"], "not": {"type": "string"}},
            }),
        );
        assert_eq!(
            schemas,
            json!({
                "Sign": {"type": "string", crumb::BOUNDS: "one of `\"<\"`, `\">\"`"},
                "Case": {"type": "string", crumb::BOUNDS: "one of `\"a\"`, `\"A\"`"},
                "Word": {"type": "string", "enum": ["a", "b"]},
            })
        );
    }

    #[test]
    fn bounds_become_words() {
        let schemas = lowered(
            loosen_scalars,
            &json!({"A": {"type": "integer", "minimum": 1, "maximum": 60, "format": "int32"}, "B": {"type": "string", "format": "uuid"}}),
        );
        assert_eq!(
            schemas,
            json!({"A": {"type": "integer", "format": "int64", crumb::BOUNDS: "at least 1, at most 60"}, "B": {"type": "string"}})
        );
    }

    #[test]
    fn inline_types_are_named_after_their_place_and_avoid_taken_names() {
        let schemas = lowered(
            pull_out_inline_schemas,
            &json!({
                "Order": {"properties": {"status": {"description": "s", "properties": {"x": {"type": "string"}}}}},
                "OrderStatus": {"type": "string"},
            }),
        );
        assert_eq!(
            schemas["Order"]["properties"]["status"],
            json!({"$ref": "#/components/schemas/OrderStatus2", "description": "s"})
        );
        assert_eq!(schemas["OrderStatus2"]["properties"]["x"], json!({"type": "string"}));
    }
}
