//! Validates a JSON value against a schema of OpenAPI.
//!
//! The rules are those of the OpenAPI Specification 3.0.3 ("Schema Object"), which are JSON Schema's (Wright draft 00)
//! with `nullable`, and the rules of OpenAPI 3.1 about properties and items. A mismatch has two places: one in the
//! value, and one in the schema.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

use super::pattern;
use super::scope::Scope;
use super::trail::Trail;
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::references::resolve;
use crate::openapi::walk::kind_of;

/// A rule of a schema that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The place in the value.
    pub at: Pointer,
    /// The place of the rule in the schema.
    pub schema_at: Pointer,
    /// What is wrong with the value.
    pub message: String,
}

/// The direction in which a value is sent. It determines which properties are required (OpenAPI 3.0.3, "Schema
/// Object"): `readOnly` properties in responses only, `writeOnly` properties in requests only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Response,
    /// Either.
    Unknown,
}

impl Direction {
    /// Returns the direction of a media type, a parameter or a header at this place.
    #[must_use]
    pub fn at(place: &Pointer) -> Self {
        let direction = |segment: &str| match segment {
            "requestBody" | "requestBodies" | "parameters" => Some(Self::Request),
            "responses" => Some(Self::Response),
            _ => None,
        };
        place.as_str().split('/').find_map(direction).unwrap_or(Self::Unknown)
    }

    /// Returns the flags of the properties that may be missing although they are required.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Request => &["readOnly"],
            Self::Response => &["writeOnly"],
            Self::Unknown => &["readOnly", "writeOnly"],
        }
    }
}

/// Validates values against the schemas of one document.
pub struct Validator<'d> {
    root: &'d Value,
    direction: Direction,
    patterns: RefCell<BTreeMap<String, Option<Regex>>>,
}

/// A value and a schema, each with its place.
#[derive(Clone, Copy)]
struct Pair<'v> {
    value: &'v Value,
    at: &'v Trail<'v>,
    schema: &'v Map<String, Value>,
    schema_at: &'v Trail<'v>,
    /// The outermost schema of the value, whose compositions contain this one. `None` if every required property counts
    /// in any direction.
    outer: Option<&'v Value>,
}

impl Pair<'_> {
    /// Returns a mismatch of the value with a keyword of the schema.
    fn mismatch(&self, rule: &str, message: impl Into<String>) -> Mismatch {
        Mismatch { at: self.at.pointer(), schema_at: self.schema_at.below(rule).pointer(), message: message.into() }
    }

    fn text(&self, rule: &str) -> Option<&str> {
        self.schema.field(rule).and_then(Value::as_str)
    }

    fn flag(&self, rule: &str) -> bool {
        self.schema.field(rule) == Some(&Value::Bool(true))
    }

    fn count(&self, rule: &str) -> Option<usize> {
        self.schema.field(rule).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok())
    }

    fn number(&self, rule: &str) -> Option<f64> {
        self.schema.field(rule).and_then(Value::as_f64)
    }
}

impl<'d> Validator<'d> {
    /// Creates a validator for the schemas of a document, given its root, and for values of any direction.
    #[must_use]
    pub fn new(root: &'d Value) -> Self {
        Self::of_direction(root, Direction::Unknown)
    }

    /// Creates a validator for values that are sent in one direction.
    #[must_use]
    pub fn of_direction(root: &'d Value, direction: Direction) -> Self {
        Self { root, direction, patterns: RefCell::default() }
    }

    /// Returns the rules of `schema` that `value` breaks; none if it fits.
    #[must_use]
    pub fn validate(&self, value: &Value, at: &Pointer, schema: &Value, schema_at: &Pointer) -> Vec<Mismatch> {
        let (at, schema_at) = (Trail::from(at.clone()), Trail::from(schema_at.clone()));
        self.validate_part(Some(schema), value, &at, schema, &schema_at)
    }

    /// Validates a value against one of the schemas that `outer` is composed of.
    fn validate_part(
        &self,
        outer: Option<&Value>,
        value: &Value,
        at: &Trail<'_>,
        schema: &Value,
        schema_at: &Trail<'_>,
    ) -> Vec<Mismatch> {
        // A reference without a target has a finding of its own, so its values are not checked.
        let Some(Value::Object(fields)) = resolve(self.root, schema) else { return Vec::new() };
        let target = schema.field("$ref").and_then(Value::as_str).map(Trail::of_reference);
        let schema_at = target.as_ref().unwrap_or(schema_at);
        self.validate_pair(&Pair { value, at, schema: fields, schema_at, outer })
    }

    /// Validates a value inside of the pair's value against a schema of its own.
    fn validate_inner(
        &self,
        pair: &Pair<'_>,
        value: &Value,
        at: &Trail<'_>,
        schema: &Value,
        schema_at: &Trail<'_>,
    ) -> Vec<Mismatch> {
        self.validate_part(pair.outer.map(|_| schema), value, at, schema, schema_at)
    }

    /// Validates a value against the keywords of its schema.
    fn validate_pair(&self, pair: &Pair<'_>) -> Vec<Mismatch> {
        if pair.value.is_null() && pair.flag("nullable") {
            return Vec::new();
        }
        if let Some(mismatch) = wrong_type(pair) {
            return vec![mismatch];
        }
        let mut mismatches = Vec::new();
        mismatches.extend(not_listed(pair));
        match pair.value {
            Value::String(text) => self.check_string(pair, text, &mut mismatches),
            Value::Number(_) => number(pair, &mut mismatches),
            Value::Array(items) => self.check_array(pair, items, &mut mismatches),
            Value::Object(fields) => self.check_object(pair, fields, &mut mismatches),
            Value::Null | Value::Bool(_) => {}
        }
        self.check_compositions(pair, &mut mismatches);
        mismatches
    }

    fn check_string(&self, pair: &Pair<'_>, text: &str, mismatches: &mut Vec<Mismatch>) {
        let length = text.chars().count();
        if pair.count("minLength").is_some_and(|least| length < least) {
            mismatches.push(pair.mismatch("minLength", format!("the string is too short with {length} characters")));
        }
        if pair.count("maxLength").is_some_and(|most| length > most) {
            mismatches.push(pair.mismatch("maxLength", format!("the string is too long with {length} characters")));
        }
        if let Some(pattern) = pair.text("pattern")
            && !self.matches(pattern, text)
        {
            mismatches.push(pair.mismatch("pattern", format!("{} does not match `{pattern}`", printed(pair.value))));
        }
        if let Some(format) = pair.text("format")
            && let Some(pattern) = format_pattern(format)
            && !self.matches(pattern, text)
        {
            mismatches
                .push(pair.mismatch("format", format!("{} is not of the format `{format}`", printed(pair.value))));
        }
    }

    /// Returns whether `text` matches a pattern. An invalid pattern, which has a finding of its own, matches
    /// everything. So does a pattern with look-around or back-references, which cannot be matched in linear time.
    fn matches(&self, pattern: &str, text: &str) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        let compiled =
            patterns.entry(pattern.to_owned()).or_insert_with(|| Regex::new(&pattern::translated(pattern)).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    fn check_array(&self, pair: &Pair<'_>, items: &[Value], mismatches: &mut Vec<Mismatch>) {
        if pair.count("minItems").is_some_and(|least| items.len() < least) {
            mismatches.push(pair.mismatch("minItems", format!("the array has too few items: {}", items.len())));
        }
        if pair.count("maxItems").is_some_and(|most| items.len() > most) {
            mismatches.push(pair.mismatch("maxItems", format!("the array has too many items: {}", items.len())));
        }
        if pair.flag("uniqueItems") && (1..items.len()).any(|index| items[..index].contains(&items[index])) {
            mismatches.push(pair.mismatch("uniqueItems", "the array has a duplicate item"));
        }
        for (index, item) in items.iter().enumerate() {
            let (at, list) = (pair.at.item(index), pair.schema_at.below("prefixItems"));
            if let Some((schema, is_of_place)) = item_schema(pair, index) {
                let schema_at = if is_of_place { list.item(index) } else { pair.schema_at.below("items") };
                mismatches.extend(self.validate_inner(pair, item, &at, schema, &schema_at));
            }
        }
    }

    fn check_object(&self, pair: &Pair<'_>, fields: &Map<String, Value>, mismatches: &mut Vec<Mismatch>) {
        for name in pair.schema.field("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(name) = name.as_str().filter(|name| !fields.has(name) && !self.may_be_missing(pair, name)) {
                mismatches.push(pair.mismatch("required", format!("the required property `{name}` is missing")));
            }
        }
        if pair.count("minProperties").is_some_and(|least| fields.len() < least) {
            mismatches.push(pair.mismatch("minProperties", "the object has too few properties"));
        }
        if pair.count("maxProperties").is_some_and(|most| fields.len() > most) {
            mismatches.push(pair.mismatch("maxProperties", "the object has too many properties"));
        }
        for (name, value) in fields {
            self.check_property(pair, name, value, mismatches);
        }
    }

    /// Returns whether a required property may be missing in this direction.
    fn may_be_missing(&self, pair: &Pair<'_>, name: &str) -> bool {
        let Some(outer) = pair.outer else { return false };
        let scope = Scope::of(self.root, outer, &());
        let mut scopes = scope.property(name).map(|(schema, ())| Scope::of(self.root, schema, &()));
        scopes.any(|scope| self.direction.flags().iter().any(|flag| scope.has_flag(flag)))
    }

    fn check_property(&self, pair: &Pair<'_>, name: &str, value: &Value, mismatches: &mut Vec<Mismatch>) {
        let at = pair.at.below(name);
        let mut is_described = false;
        for (section, key, schema) in self.named_schemas(pair, name) {
            let section_at = pair.schema_at.below(section);
            mismatches.extend(self.validate_inner(pair, value, &at, schema, &section_at.below(key)));
            is_described = true;
        }
        match pair.schema.field("additionalProperties").filter(|_| !is_described) {
            Some(Value::Bool(false)) => mismatches.push(Mismatch {
                at: at.pointer(),
                ..pair.mismatch("additionalProperties", format!("the schema does not allow the property `{name}`"))
            }),
            Some(schema) => {
                let schema_at = pair.schema_at.below("additionalProperties");
                mismatches.extend(self.validate_inner(pair, value, &at, schema, &schema_at));
            }
            None => {}
        }
    }

    /// Returns the schemas for a property by its name or by a pattern, each with its section and its key there.
    fn named_schemas<'v>(
        &self,
        pair: &Pair<'v>,
        name: &str,
    ) -> impl Iterator<Item = (&'static str, &'v str, &'v Value)> {
        let section = |section: &'static str| pair.schema.field(section).and_then(Value::as_object);
        let named = section("properties").and_then(|properties| properties.get_key_value(name));
        let fitting = section("patternProperties").into_iter().flatten();
        let fitting = fitting.filter(move |(pattern, _)| self.matches(pattern, name));
        let named = named.into_iter().map(|(key, schema)| ("properties", key.as_str(), schema));
        named.chain(fitting.map(|(pattern, schema)| ("patternProperties", pattern.as_str(), schema)))
    }

    /// Validates the value against the parts of the schema's compositions.
    fn check_compositions(&self, pair: &Pair<'_>, mismatches: &mut Vec<Mismatch>) {
        for (_, alternative) in self.alternatives(pair, "allOf") {
            mismatches.extend(alternative);
        }
        if pair.schema.has("oneOf") {
            self.check_one_of(pair, mismatches);
        }
        if pair.schema.has("anyOf") {
            let alternatives = self.alternatives(pair, "anyOf");
            if !alternatives.iter().any(|(_, found)| found.is_empty()) {
                mismatches.extend(closest(pair, "anyOf", alternatives));
            }
        }
        // A value must not fit an excluded schema only because a required property may be missing.
        if let Some(schema) = pair.schema.field("not")
            && self.validate_part(None, pair.value, pair.at, schema, &pair.schema_at.below("not")).is_empty()
        {
            mismatches.push(pair.mismatch("not", format!("{} is excluded by `not`", printed(pair.value))));
        }
    }

    fn check_one_of(&self, pair: &Pair<'_>, mismatches: &mut Vec<Mismatch>) {
        let alternatives = self.alternatives(pair, "oneOf");
        let fitting: Vec<_> =
            alternatives.iter().filter(|(_, found)| found.is_empty()).map(|(index, _)| index.to_string()).collect();
        match fitting.len() {
            1 => {}
            0 => mismatches.extend(closest(pair, "oneOf", alternatives)),
            // The tag of the value decides between them.
            _ if pair.schema.has("discriminator") => {}
            // Alternatives may differ in the required properties that may be missing.
            _ if pair.outer.is_some() && !self.fits_several(pair) => {}
            _ => mismatches.push(pair.mismatch(
                "oneOf",
                format!("{} fits more than one alternative of `oneOf` ({})", printed(pair.value), fitting.join(", ")),
            )),
        }
    }

    /// Returns whether the value fits more than one alternative of `oneOf` where every required property counts.
    fn fits_several(&self, pair: &Pair<'_>) -> bool {
        let alternatives = self.alternatives(&Pair { outer: None, ..*pair }, "oneOf");
        alternatives.iter().filter(|(_, found)| found.is_empty()).count() > 1
    }

    /// Returns the mismatches of each alternative under a keyword, with its index.
    fn alternatives(&self, pair: &Pair<'_>, rule: &str) -> Vec<(usize, Vec<Mismatch>)> {
        let schemas = pair.schema.field(rule).and_then(Value::as_array);
        let at = pair.schema_at.below(rule);
        schemas
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, schema)| {
                (index, self.validate_part(pair.outer, pair.value, pair.at, schema, &at.item(index)))
            })
            .collect()
    }
}

/// Returns the schema of the item at this index, and whether it is an entry of `prefixItems` for this index. Otherwise,
/// it is the schema of all further items.
fn item_schema<'v>(pair: &Pair<'v>, index: usize) -> Option<(&'v Value, bool)> {
    let items = pair.schema.field("items");
    let Some(places) = pair.schema.field("prefixItems").and_then(Value::as_array) else { return Some((items?, false)) };
    match places.get(index) {
        Some(schema) => Some((schema, true)),
        None => items.filter(|schema| !is_made_of(schema, places)).map(|schema| (schema, false)),
    }
}

/// Returns whether normalization made `items` from `prefixItems`, so that it has no rule for further items.
fn is_made_of(items: &Value, places: &[Value]) -> bool {
    items["anyOf"].as_array().is_some_and(|parts| parts == places) || places.iter().all(|place| place == items)
}

/// Returns the mismatches of the alternative that the author probably meant. It is the one that the value fits best:
/// its mismatch is the deepest in the value.
fn closest(pair: &Pair<'_>, rule: &str, alternatives: Vec<(usize, Vec<Mismatch>)>) -> Vec<Mismatch> {
    let at = pair.at.pointer();
    let depth = |found: &[Mismatch]| found.iter().map(|mismatch| mismatch.at.as_str().len()).max().unwrap_or(0);
    let inner = alternatives
        .into_iter()
        .map(|(_, found)| found)
        .filter(|found| found.iter().all(|mismatch| mismatch.at != at))
        .max_by_key(|found| depth(found));
    match inner {
        Some(found) if !found.is_empty() => found,
        _ => vec![pair.mismatch(rule, format!("{} fits no alternative of `{rule}`", printed(pair.value)))],
    }
}

/// Returns the mismatch of a value of another type.
fn wrong_type(pair: &Pair<'_>) -> Option<Mismatch> {
    let expected = pair.text("type")?;
    let fits = match (expected, pair.value) {
        ("integer", Value::Number(_)) => is_integer(pair.value),
        ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("boolean", Value::Bool(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        _ => false,
    };
    if fits {
        return None;
    }
    let found = match pair.value {
        value @ (Value::Array(_) | Value::Object(_)) => kind_of(value).to_owned(),
        value => format!("{} ({})", kind_of(value), printed(value)),
    };
    let article = if matches!(expected, "integer" | "array" | "object") { "an" } else { "a" };
    Some(pair.mismatch("type", format!("expected {article} {expected}, found {found}")))
}

/// Returns the mismatch of a value that `enum` does not list.
fn not_listed(pair: &Pair<'_>) -> Option<Mismatch> {
    let listed = pair.schema.field("enum")?.as_array()?;
    (!listed.iter().any(|value| is_same(value, pair.value)))
        .then(|| pair.mismatch("enum", format!("{} is not one of the listed values", printed(pair.value))))
}

/// Returns whether a value is an integer. `5.0` is one (JSON Schema since draft 6).
fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Returns whether two values are equal. Numbers are compared by value: `1` and `1.0` are equal.
fn is_same(one: &Value, other: &Value) -> bool {
    one == other || (one.is_f64() != other.is_f64() && one.is_number() && one.as_f64() == other.as_f64())
}

const TWO_31: f64 = 2_147_483_648.0;
const TWO_63: f64 = 9_223_372_036_854_775_808.0;

fn number(pair: &Pair<'_>, mismatches: &mut Vec<Mismatch>) {
    let Some(value) = pair.value.as_f64() else { return };
    let below = |least: f64| if pair.flag("exclusiveMinimum") { value <= least } else { value < least };
    let above = |most: f64| if pair.flag("exclusiveMaximum") { value >= most } else { value > most };
    let too_wide = match pair.text("format") {
        Some("int32") => !is_integer(pair.value) || !(-TWO_31..TWO_31).contains(&value),
        Some("int64") => match pair.value.as_u64() {
            Some(count) => i64::try_from(count).is_err(),
            None => !is_integer(pair.value) || !(-TWO_63..TWO_63).contains(&value),
        },
        _ => false,
    };
    let is_no_multiple = |step: f64| step > 0.0 && !is_whole(value / step);
    for (is_broken, rule, fault) in [
        (pair.number("minimum").is_some_and(below), "minimum", "is below the minimum"),
        (pair.number("maximum").is_some_and(above), "maximum", "is above the maximum"),
        (pair.number("multipleOf").is_some_and(is_no_multiple), "multipleOf", "is not a multiple"),
        (too_wide, "format", "does not fit the integer's format"),
    ] {
        if is_broken {
            mismatches.push(pair.mismatch(rule, format!("{} {fault}", printed(pair.value))));
        }
    }
}

/// Returns whether a quotient is an integer, apart from a rounding error: 0.3 is a multiple of 0.1.
fn is_whole(quotient: f64) -> bool {
    (quotient - quotient.round()).abs() <= quotient.abs().max(1.0) * 1e-9
}

/// Returns the pattern of a format that restricts the form of a string (OpenAPI 3.0.3, "Data Types", and the registry
/// it refers to).
fn format_pattern(format: &str) -> Option<&'static str> {
    Some(match format {
        "date-time" => r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$",
        "date" => r"^\d{4}-\d{2}-\d{2}$",
        "uuid" => r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        "email" => r"^[^@\s]+@[^@\s]+$",
        "uri" | "url" => r"^[A-Za-z][A-Za-z0-9+.\-]*:\S*$",
        "byte" => r"^[A-Za-z0-9+/\s]*={0,2}$",
        "ipv4" => r"^\d{1,3}(\.\d{1,3}){3}$",
        _ => return None,
    })
}

/// Returns the value for a message: short, and on one line.
fn printed(value: &Value) -> String {
    const LONGEST: usize = 40;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    format!("`{}…`", text.chars().take(LONGEST).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn messages(schema: &Value, value: &Value) -> Vec<String> {
        let root = json!({"components": {"schemas": {
            "Text": {"type": "string", "nullable": true},
            "Tree": {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
        }}});
        Validator::new(&root)
            .validate(value, &Pointer::root(), schema, &Pointer::root())
            .into_iter()
            .map(|mismatch| format!("{} {}", mismatch.at.as_str(), mismatch.message))
            .collect()
    }

    #[test]
    fn values_that_fit_have_no_mismatch() {
        for (schema, value) in [
            (json!({}), json!({"anything": [1]})),
            (json!({"$ref": "#/components/schemas/Text"}), json!(null)),
            (json!({"$ref": "#/components/schemas/Tree"}), json!({"below": [{"below": []}]})),
            (json!({"type": "string", "pattern": "^حقل"}), json!("حقل order")),
            (json!({"type": "integer", "format": "int64"}), json!(98_787_845_454_i64)),
            (json!({"type": "number", "multipleOf": 0.5, "minimum": 1, "exclusiveMinimum": true}), json!(1.5)),
            (json!({"oneOf": [{"type": "string"}, {"type": "array", "maxItems": 0}]}), json!([])),
            (json!({"oneOf": [{"type": "object"}, {}], "discriminator": {"propertyName": "a"}}), json!({"a": "b"})),
            (json!({"type": "string", "format": "date-time"}), json!("2024-12-17T17:42:14+03:00")),
            (json!({"type": "object", "additionalProperties": {"type": "integer"}}), json!({"a": 1})),
            (json!({"type": "integer", "format": "int64", "minimum": 1}), json!(5.0)),
            (json!({"type": "integer", "format": "int32"}), json!(-5.0)),
            (json!({"enum": [1, 2]}), json!(1.0)),
            (
                json!({"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": false}),
                json!({"a": 1, "x1": 2}),
            ),
            (json!({"prefixItems": [{"type": "string"}, {"type": "integer"}]}), json!(["a", 1, null])),
            (json!({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}), json!(["a", 1])),
            // As `normalize` rewrites them.
            (json!({"prefixItems": [{"type": "string"}], "items": {"type": "string"}}), json!(["a", null])),
            (
                json!({"prefixItems": [{"type": "string"}, {}], "items": {"anyOf": [{"type": "string"}, {}]}}),
                json!(["a", 1, null]),
            ),
            (json!({"unevaluatedProperties": false, "properties": {"a": {}}}), json!({"a": 1})),
            (json!({"dependentRequired": {"a": ["b"]}, "if": {}, "then": {}, "else": {}}), json!({"a": 1, "b": 1})),
        ] {
            assert_eq!(messages(&schema, &value), Vec::<String>::new(), "{schema} {value}");
        }
    }

    #[test]
    fn a_value_that_breaks_a_rule_has_a_mismatch() {
        for (schema, value, expected) in [
            (json!({"type": "integer"}), json!("900"), " expected an integer, found a string (`\"900\"`)"),
            (json!({"type": "string"}), json!(null), " expected a string, found null (`null`)"),
            (json!({"type": "string", "maxLength": 2}), json!("abc"), " the string is too long with 3 characters"),
            (json!({"type": "string", "minLength": 2}), json!("ق"), " the string is too short with 1 characters"),
            (json!({"type": "string", "pattern": "^a+$"}), json!("b"), " `\"b\"` does not match `^a+$`"),
            (
                json!({"type": "string", "format": "date-time"}),
                json!("2024-12-17 17:42:14"),
                " `\"2024-12-17 17:42:14\"` is not of the format `date-time`",
            ),
            (json!({"maximum": 65}), json!(66), " `66` is above the maximum"),
            (json!({"minimum": 1, "exclusiveMinimum": true}), json!(1), " `1` is below the minimum"),
            (json!({"multipleOf": 2}), json!(3), " `3` is not a multiple"),
            (
                json!({"type": "integer", "format": "int32"}),
                json!(3_000_000_000_i64),
                " `3000000000` does not fit the integer's format",
            ),
            (json!({"enum": ["a"]}), json!("b"), " `\"b\"` is not one of the listed values"),
            (json!({"minItems": 1}), json!([]), " the array has too few items: 0"),
            (json!({"maxItems": 0}), json!([1]), " the array has too many items: 1"),
            (json!({"uniqueItems": true}), json!([1, 2, 1]), " the array has a duplicate item"),
            (json!({"required": ["a"]}), json!({}), " the required property `a` is missing"),
            (json!({"minProperties": 1}), json!({}), " the object has too few properties"),
            (json!({"maxProperties": 0}), json!({"a": 1}), " the object has too many properties"),
            (json!({"additionalProperties": false}), json!({"a": 1}), "/a the schema does not allow the property `a`"),
            (json!({"items": {"type": "string"}}), json!(["a", 1]), "/1 expected a string, found an integer (`1`)"),
            (json!({"allOf": [{"type": "string"}]}), json!(1), " expected a string, found an integer (`1`)"),
            (
                json!({"anyOf": [{"type": "string"}, {"type": "boolean"}]}),
                json!(1),
                " `1` fits no alternative of `anyOf`",
            ),
            (
                json!({"oneOf": [{"type": "string"}, {"minLength": 1}]}),
                json!("a"),
                " `\"a\"` fits more than one alternative of `oneOf` (0, 1)",
            ),
            (
                json!({"oneOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "array"}]}),
                json!({"a": 1}),
                "/a expected a string, found an integer (`1`)",
            ),
            (json!({"not": {"type": "string"}}), json!("a"), " `\"a\"` is excluded by `not`"),
            (json!({"type": "integer"}), json!(1.5), " expected an integer, found a number (`1.5`)"),
            (json!({"type": "integer", "format": "int64"}), json!(1e19), " `1e+19` does not fit the integer's format"),
            (
                json!({"patternProperties": {"^x": {"type": "string"}}}),
                json!({"x1": 1}),
                "/x1 expected a string, found an integer (`1`)",
            ),
            (json!({"prefixItems": [{"type": "string"}]}), json!([1]), "/0 expected a string, found an integer (`1`)"),
        ] {
            assert_eq!(messages(&schema, &value), [expected], "{schema} {value}");
        }
    }
    #[test]
    fn a_required_property_may_be_missing_in_one_direction() {
        let id = json!({"required": ["id"], "properties": {"id": {"allOf": [{"$ref": "#/Id"}]}}});
        let secret = json!({"required": ["secret"], "properties": {"secret": {"writeOnly": true}}});
        let apart = json!({"allOf": [{"properties": {"id": {"readOnly": true}}}, {"required": ["id"]}]});
        let nested = json!({"properties": {"a": {"items": apart}}});
        let exclusive = json!({
            "properties": {"id": {"readOnly": true}, "name": {}},
            "oneOf": [{"required": ["id"]}, {"required": ["name"]}],
        });
        let excluded = json!({"properties": {"id": {"readOnly": true}}, "not": {"required": ["id"]}});
        let root = json!({"Id": {"type": "integer", "readOnly": true}});
        for (schema, value, request, response) in [
            (&id, json!({}), true, false),
            (&secret, json!({}), false, true),
            (&apart, json!({}), true, false),
            (&nested, json!({"a": [{}]}), true, false),
            (&exclusive, json!({"name": 1}), true, true),
            (&excluded, json!({}), true, true),
        ] {
            for (direction, fits) in
                [(Direction::Request, request), (Direction::Response, response), (Direction::Unknown, true)]
            {
                let validator = Validator::of_direction(&root, direction);
                let found = validator.validate(&value, &Pointer::root(), schema, &Pointer::root());
                assert_eq!(found.is_empty(), fits, "{direction:?} {schema}: {found:?}");
            }
        }
    }

    #[test]
    fn the_place_of_an_example_decides_about_its_direction() {
        for (place, expected) in [
            ("/paths/~1a/post/requestBody/content/application~1json", Direction::Request),
            ("/paths/~1a/post/responses/200/content/application~1json", Direction::Response),
            ("/paths/~1responses/post/parameters/0", Direction::Request),
            ("/paths/~1a/get/responses/200/headers/X-A", Direction::Response),
            ("/components/requestBodies/responses/content/application~1json", Direction::Request),
            ("/components/headers/X-A", Direction::Unknown),
        ] {
            assert_eq!(Direction::at(&Pointer::from_text(place)), expected, "{place}");
        }
    }
}
