//! Rewrites schemas with the keywords of OpenAPI 3.0: the keywords of newer drafts of JSON Schema, and common mistakes.

use serde_json::{Map, Value, json};

use super::{Misspelt, Normalizer};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::shapes::{Kind, SCHEMA, TYPES};
use crate::openapi::trail::Trail;

type Fields = Map<String, Value>;

/// Words that authors write instead of a type, each with the type and the format that they mean.
const SLIPS: &[(&str, &str, Option<&str>)] = &[
    ("bool", "boolean", None),
    ("int", "integer", None),
    ("int32", "integer", None),
    ("int64", "integer", None),
    ("long", "integer", None),
    ("float", "number", None),
    ("double", "number", None),
    ("decimal", "number", None),
    ("str", "string", None),
    ("date", "string", Some("date")),
    ("datetime", "string", Some("date-time")),
    ("date-time", "string", Some("date-time")),
    ("uuid", "string", Some("uuid")),
    ("file", "string", Some("binary")),
    ("binary", "string", Some("binary")),
    ("list", "array", None),
    ("dict", "object", None),
    ("map", "object", None),
];

/// The keywords that apply to values of one type only.
const OF_TYPE: &[(&str, &[&str])] = &[
    ("string", &["minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"]),
    ("array", &["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]),
    (
        "object",
        &["properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties"],
    ),
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("integer", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
];

impl Normalizer {
    /// Normalizes the parts of a schema that the shapes cannot describe, before its fields are walked.
    pub(super) fn schema(&mut self, at: &Trail<'_>, fields: &mut Fields, misspelt: &[Misspelt]) {
        self.nullable_alone(at, fields, misspelt);
        self.types(at, fields);
        self.required_flags(at, fields);
        self.exclusive_bounds(at, fields);
        self.constant(at, fields);
        self.examples(at, fields);
        self.required_names(at, fields);
        self.step(at, fields);
        if misspelt.iter().all(|misspelt| misspelt.meant != "items") {
            self.items(at, fields);
        }
        self.alternatives(at, fields);
        self.listed_values(at, fields);
        if fields.field("discriminator").is_some_and(Value::is_string) {
            let name = fields["discriminator"].take();
            self.report(
                Code::WrongKind,
                at,
                "discriminator",
                "`discriminator` must be an object, found a string",
                "write `{propertyName: …}`",
            );
            fields.insert("discriminator".to_owned(), json!({"propertyName": name}));
        }
    }

    /// Reports `nullable` without `type` (OpenAPI 3.0.3, "Schema Object": it applies only to a schema with a type).
    fn nullable_alone(&mut self, at: &Trail<'_>, fields: &Fields, misspelt: &[Misspelt]) {
        let has_type = fields.has("type") || misspelt.iter().any(|misspelt| misspelt.meant == "type");
        if !self.is_newer() && fields.field("nullable").is_some_and(|flag| flag == true) && !has_type {
            let message = "`nullable` has no effect without `type` beside it";
            let help = "null is accepted: add `type` to this schema, or put `nullable` into the schema that has it";
            self.report(Code::NullableWithoutType, at, "nullable", message, help);
        }
    }

    /// Rewrites `type` as one type of OpenAPI 3.0, or removes it.
    fn types(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        match fields.field("type") {
            Some(Value::String(word)) if word == "null" => {
                self.newer(
                    Code::UnknownWord,
                    at,
                    "type",
                    "unknown type `null` in OpenAPI 3.0",
                    "write `nullable: true`",
                );
                fields.shift_remove("type");
                fields.insert("nullable".to_owned(), true.into());
            }
            Some(Value::String(word)) if matches!(word.as_str(), "any" | "mixed" | "") => {
                let message = format!("unknown type `{word}`");
                self.report(Code::UnknownWord, at, "type", &message, "it is read as any value: leave `type` out");
                fields.shift_remove("type");
            }
            Some(Value::String(word)) => {
                let lower = word.to_ascii_lowercase();
                let known = TYPES.iter().find(|known| **known == lower).map(|known| (*known, None));
                let slip = SLIPS.iter().find(|(slip, ..)| *slip == lower).map(|(_, known, format)| (*known, *format));
                let Some((known, format)) = known.or(slip).filter(|(known, _)| known != word) else { return };
                let (message, help) = (
                    format!("unknown type `{word}`; did you mean `{known}`?"),
                    format!("it is read as `{known}`: write that"),
                );
                self.report(Code::UnknownWord, at, "type", &message, &help);
                fields.insert("type".to_owned(), known.into());
                if let Some(format) = format {
                    fields.entry("format").or_insert_with(|| format.into());
                }
            }
            Some(Value::Array(words)) if words.iter().all(|word| word.is_string() || word.is_null()) => {
                let words = words.clone();
                self.listed_types(at, &words);
                for index in 0..type_list(&words, fields) {
                    let now = Pointer::root().key("oneOf").index(index);
                    self.moves.add(at.pointer(), now, Pointer::root());
                }
            }
            Some(Value::Null) => {
                let help = if self.is_newer() { "write `type: 'null'`" } else { "write `nullable: true`" };
                self.report(Code::UnknownWord, at, "type", "`type` must be a string, found null", help);
                fields.shift_remove("type");
                fields.insert("nullable".to_owned(), true.into());
            }
            _ => {}
        }
    }

    /// Reports a list of types that OpenAPI 3.0 does not have, or that 3.1 has in another form.
    fn listed_types(&mut self, at: &Trail<'_>, words: &[Value]) {
        let is_twice = (1..words.len()).any(|index| words[..index].contains(&words[index]));
        let (message, help) = if !self.is_newer() {
            ("`type` must be a string in OpenAPI 3.0, found an array", "write `oneOf`, and `nullable: true`")
        } else if words.is_empty() {
            ("`type` must name at least one type", "it is read as any value: list the types, or remove it")
        } else if is_twice {
            ("`type` names a type twice", "keep one of the two")
        } else if words.iter().any(Value::is_null) {
            ("`type` must be a list of strings, found null", "write `'null'` in quotes")
        } else {
            return;
        };
        self.report(Code::UnknownWord, at, "type", message, help);
    }

    /// Moves a `required: true` of a property, as in older drafts of JSON Schema, to the list of the object around it.
    fn required_flags(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        if matches!(fields.field("required"), Some(Value::Bool(_))) {
            // In a property, this was done for the object around it.
            self.report(
                Code::WrongKind,
                at,
                "required",
                "`required` must be a list, found a boolean",
                "list the names of the properties",
            );
            fields.shift_remove("required");
        }
        let mut names = Vec::new();
        for (name, property) in fields.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let property_at = at.below("properties");
            let property_at = property_at.below(name);
            let flag = match property.field("required") {
                Some(Value::Bool(flag)) => *flag,
                Some(Value::String(flag)) if flag == "true" || flag == "false" => flag == "true",
                _ => continue,
            };
            let reading = if flag { "it is read as a required property" } else { "it is ignored" };
            let help = format!("{reading}: list `{name}` under `required` of the object around it if it is");
            self.report(Code::WrongKind, &property_at, "required", "`required` must be a list, found a boolean", &help);
            property.as_object_mut().map(|property| property.shift_remove("required"));
            if flag {
                names.push(Value::from(name.clone()));
            }
        }
        if !names.is_empty() {
            let listed = fields.entry("required").or_insert_with(|| json!([]));
            listed.as_array_mut().into_iter().for_each(|listed| listed.append(&mut names));
        }
    }

    /// Rewrites a numeric exclusive bound, as in JSON Schema since draft 6, as a bound and a flag, as in OpenAPI 3.0.
    fn exclusive_bounds(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if self.is_newer() && fields.field(exclusive).is_some_and(Value::is_boolean) {
                let message = format!("`{exclusive}` must be a number in OpenAPI 3.1, found a boolean");
                let help = format!("it is read as in OpenAPI 3.0: write `{exclusive}` with the number of `{bound}`");
                self.report(Code::WrongKind, at, exclusive, &message, &help);
            }
            if let Some(Value::Number(number)) = fields.field(exclusive).cloned() {
                let message = format!(
                    "`{exclusive}` must be `true` or `false` in OpenAPI 3.0, found {}",
                    super::kind_of(&fields[exclusive])
                );
                self.newer(
                    Code::WrongKind,
                    at,
                    exclusive,
                    &message,
                    &format!("write `{bound}` with the number, and `{exclusive}: true`"),
                );
                fields.insert(bound.to_owned(), Value::Number(number));
                fields.insert(exclusive.to_owned(), true.into());
            }
        }
    }

    /// Reports `examples` that are not a list. Only other objects than schemas have a map of examples.
    fn examples(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        if let Some(examples) = fields.field("examples").filter(|examples| !examples.is_array()) {
            let message = format!("`examples` must be a list, found {}", super::kind_of(examples));
            self.report(Code::WrongKind, at, "examples", &message, "it is ignored: list the values");
            fields.shift_remove("examples");
        }
    }

    /// Writes `const` as an `enum` of one value.
    fn constant(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        let Some(constant) = fields.shift_remove("const") else { return };
        if !fields.has("enum") {
            let (now, written) = (Pointer::root().key("enum"), Pointer::root().key("const"));
            self.moves.add(at.pointer(), now.index(0), written.clone());
            self.moves.add(at.pointer(), now, written);
            fields.insert("enum".to_owned(), json!([constant]));
        }
    }

    /// Reports a `multipleOf` that is not above 0 (JSON Schema Wright-00, section 5.1).
    fn step(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        if let Some(step) = fields.field("multipleOf").and_then(Value::as_f64).filter(|step| *step <= 0.0) {
            let message = format!("`multipleOf` must be greater than 0, found {step}");
            self.report(Code::WrongKind, at, "multipleOf", &message, "it is ignored: write the step, or remove it");
            fields.shift_remove("multipleOf");
        }
    }

    /// Reports an empty list of required names in OpenAPI 3.0 (JSON Schema Wright-00, section 5.15).
    fn required_names(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        if !self.is_newer() && fields.field("required").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            let message = "`required` must name at least one property in OpenAPI 3.0";
            self.report(Code::WrongKind, at, "required", message, "it is ignored: remove it, or list the names");
            fields.shift_remove("required");
        }
    }

    /// Rewrites a list of schemas, one for each item, as one schema for all items. Adds a missing `items`, which allows
    /// any value.
    fn items(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        let tuple = match (fields.field("items"), fields.field("prefixItems")) {
            (Some(Value::Array(schemas)), _) => {
                self.report(
                    Code::WrongKind,
                    at,
                    "items",
                    "`items` must be an object (Schema), found an array",
                    "write one schema for all items",
                );
                Some(schemas.clone())
            }
            (None, Some(Value::Array(schemas))) => Some(schemas.clone()),
            _ => None,
        };
        if let Some(mut schemas) = tuple {
            let first = schemas.first().cloned();
            let are_alike = schemas.iter().all(|schema| Some(schema) == first.as_ref());
            let list = Pointer::root().key(if fields.has("items") { "items" } else { "prefixItems" });
            let now = Pointer::root().key("items");
            let items = match schemas.len() {
                0 => json!({}),
                _ if are_alike => {
                    // A finding about a written `items` keeps its place.
                    if list != now {
                        self.moves.add(at.pointer(), now, list.index(0));
                    }
                    schemas.remove(0)
                }
                _ => {
                    self.moves.add(at.pointer(), now.key("anyOf"), list);
                    json!({"anyOf": schemas})
                }
            };
            fields.insert("items".to_owned(), items);
        }
        let is_array = fields.field("type").is_some_and(|word| word == "array");
        if is_array && !fields.has("items") {
            if !self.is_newer() {
                let message = "an array has no `items`, which OpenAPI 3.0 requires";
                self.report(
                    Code::ArrayWithoutItems,
                    at,
                    "type",
                    message,
                    "describe the items; `items: {}` allows any JSON value",
                );
            }
            fields.insert("items".to_owned(), json!({}));
        }
    }

    /// Rewrites alternatives with `type: null` as `nullable`. Removes compositions without a part.
    fn alternatives(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        for key in ["allOf", "oneOf", "anyOf"] {
            let Some(parts) = fields.get_mut(key).and_then(Value::as_array_mut) else { continue };
            let before = parts.len();
            if key != "allOf" {
                self.null_parts(&at.pointer().key(key), parts);
            }
            let (has_null, is_empty) = (parts.len() < before, parts.is_empty());
            if has_null {
                fields.insert("nullable".to_owned(), true.into());
            }
            if is_empty {
                if !has_null {
                    let message = format!("`{key}` has no schema to choose from");
                    self.report(Code::EmptyComposition, at, key, &message, "list at least one schema, or remove it");
                }
                fields.shift_remove(key);
            }
        }
    }

    /// Removes the parts that allow only null, also a part that is itself null instead of a schema.
    fn null_parts(&mut self, at: &Pointer, parts: &mut Vec<Value>) {
        let (kept, removed): (Vec<_>, Vec<_>) =
            std::mem::take(parts).into_iter().enumerate().partition(|(_, part)| !is_null_only(part));
        if removed.is_empty() {
            *parts = kept.into_iter().map(|(_, part)| part).collect();
            return;
        }
        // The removed parts get places after the others, which no other part has.
        for (now, (written, _)) in kept.iter().chain(&removed).enumerate() {
            self.moves.add(at.clone(), Pointer::root().index(now), Pointer::root().index(*written));
        }
        for (index, (written, part)) in removed.into_iter().enumerate() {
            self.null_part(at.index(kept.len() + index), written, part);
        }
        *parts = kept.into_iter().map(|(_, part)| part).collect();
    }

    /// Normalizes a part that allows only null, so that it is checked like any other schema.
    fn null_part(&mut self, at: Pointer, written: usize, mut part: Value) {
        if part.is_null() {
            self.findings.push(Diagnostic::nonconforming(
                Code::WrongKind,
                Place::Value(at),
                format!("item {written} must be an object (Schema), found null"),
                "it is read as a schema that allows null: write `nullable: true`, or in OpenAPI 3.1 `type: 'null'`",
            ));
        } else {
            self.value(Kind::ObjectOrRef(&SCHEMA), &Trail::from(at), &mut part);
        }
    }

    /// Removes duplicate values from `enum`, and an `enum` without values.
    fn listed_values(&mut self, at: &Trail<'_>, fields: &mut Fields) {
        let Some(listed) = fields.get_mut("enum").and_then(Value::as_array_mut) else { return };
        let (mut kept, mut written) = (Vec::with_capacity(listed.len()), Vec::new());
        let mut removed = Vec::new();
        for (index, value) in listed.drain(..).enumerate() {
            if kept.contains(&value) {
                removed.push((index, value));
            } else {
                kept.push(value);
                written.push(index);
            }
        }
        self.duplicate_values(&at.pointer().key("enum"), &written, &removed);
        if kept.is_empty() {
            let place = Place::Value(at.pointer().key("enum"));
            let (message, help) =
                ("`enum` lists no value, so none fits", "it is ignored: list the values, or remove it");
            self.findings.push(Diagnostic::nonconforming(Code::EmptyEnum, place, message, help));
            fields.shift_remove("enum");
        } else {
            *listed = kept;
        }
    }

    /// Reports the duplicate values of an `enum`. They get places after the values that are kept.
    fn duplicate_values(&mut self, at: &Pointer, kept: &[usize], removed: &[(usize, Value)]) {
        if removed.is_empty() {
            return;
        }
        let all = kept.iter().chain(removed.iter().map(|(written, _)| written));
        for (now, written) in all.enumerate() {
            self.moves.add(at.clone(), Pointer::root().index(now), Pointer::root().index(*written));
        }
        for (now, (_, value)) in removed.iter().enumerate() {
            self.findings.push(Diagnostic::nonconforming(
                Code::DuplicateEnumValue,
                Place::Value(at.index(kept.len() + now)),
                format!("duplicate value {value} in `enum`"),
                "keep one of the two",
            ));
        }
    }

    /// Reports a nonconforming field of the schema.
    fn report(&mut self, code: Code, at: &Trail<'_>, key: &str, message: &str, help: &str) {
        self.findings.push(Diagnostic::nonconforming(code, Place::Value(at.pointer().key(key)), message, help));
    }

    /// Reports a nonconforming field, unless the document follows OpenAPI 3.1, which allows it.
    fn newer(&mut self, code: Code, at: &Trail<'_>, key: &str, message: &str, help: &str) {
        if !self.is_newer() {
            self.report(code, at, key, message, help);
        }
    }
}

/// Returns whether a schema allows only null. A null instead of a schema counts as one.
fn is_null_only(schema: &Value) -> bool {
    match schema.as_object() {
        Some(fields) => {
            let allows_only_null = fields.field("type").is_some_and(|word| word == "null" || *word == json!(["null"]))
                || fields.field("enum").is_some_and(|listed| *listed == json!([null]))
                || fields.field("const").is_some_and(Value::is_null);
            allows_only_null && !fields.has("properties") && !fields.has("items")
        }
        None => schema.is_null(),
    }
}

/// Replaces a list of types by `nullable`, and by alternatives if more than one type is left. Returns the number of
/// alternatives.
fn type_list(words: &[Value], fields: &mut Fields) -> usize {
    let mut types: Vec<&str> = Vec::new();
    for word in words.iter().filter_map(Value::as_str).filter(|word| *word != "null") {
        if !types.contains(&word) {
            types.push(word);
        }
    }
    if types.contains(&"number") {
        types.retain(|word| *word != "integer");
    }
    if words.iter().any(|word| word == "null" || word.is_null()) {
        fields.insert("nullable".to_owned(), true.into());
    }
    fields.shift_remove("type");
    match &types[..] {
        [] => 0,
        [only] => {
            fields.insert("type".to_owned(), (*only).into());
            0
        }
        // The parts of a composition have types of their own.
        _ if ["oneOf", "anyOf", "allOf"].iter().any(|key| fields.has(key)) => 0,
        several => {
            let alternatives: Vec<Value> = several.iter().map(|word| of_one_type(word, fields)).collect();
            for (_, keys) in OF_TYPE {
                keys.iter().for_each(|key| drop(fields.shift_remove(*key)));
            }
            fields.shift_remove("enum");
            fields.insert("oneOf".to_owned(), alternatives.into());
            several.len()
        }
    }
}

/// Returns the schema of one type: the type, with the keywords and the listed values that apply to it.
fn of_one_type(word: &str, fields: &Fields) -> Value {
    let mut out = json!({"type": word});
    let keys = OF_TYPE.iter().find(|(known, _)| *known == word).map_or(&[][..], |(_, keys)| keys);
    for key in keys {
        if let Some(value) = fields.field(key) {
            out[*key] = value.clone();
        }
    }
    let listed = fields.field("enum").and_then(Value::as_array).into_iter().flatten();
    let listed: Vec<_> = listed.filter(|value| is_of_type(value, word)).cloned().collect();
    if !listed.is_empty() {
        out["enum"] = listed.into();
    }
    out
}

fn is_of_type(value: &Value, word: &str) -> bool {
    match value {
        Value::String(_) => word == "string",
        Value::Bool(_) => word == "boolean",
        Value::Number(_) => matches!(word, "number" | "integer"),
        Value::Array(_) => word == "array",
        Value::Object(_) => word == "object",
        Value::Null => false,
    }
}
