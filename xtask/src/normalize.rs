//! Rewrites the document into the standard form, along the [shapes](crate::openapi::shapes) of OpenAPI.
//!
//! Takes the document as it was written, and gives the standard form and a finding for each change. A value that has
//! only one possible meaning is rewritten as the specification requires; any other violation is an error. For example,
//! authors write numbers as strings, empty arrays for empty objects, and keywords of another version. The later stages
//! see only the standard form. Keywords of OpenAPI 3.1 are rewritten to those of 3.0, without a finding if the document
//! follows 3.1.
//!
//! Apart from `bundle`, this is the only stage that changes a document. It does not know the checks of `validate`, or what is generated.

mod schemas;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::moves::Moves;
use crate::document::{Document, Pointer};
use crate::openapi::own_extensions;
use crate::openapi::shapes::{DOCUMENT, EXAMPLE, Field, KeyRule, Kind, PATH_ITEM, Presence, RESPONSE, SCHEMA, Shape};
use crate::openapi::trail::Trail;
use crate::openapi::version::Version;
use crate::openapi::walk::{into_extension, is_extension, kind_of};

/// Rewrites the document into the standard form, and returns a finding for each violation of OpenAPI.
pub fn normalize(document: &mut Document) -> Vec<Diagnostic> {
    let mut normalizer = Normalizer {
        version: Version::of(&document.root),
        findings: Vec::new(),
        moves: Moves::default(),
        in_extensions: Vec::new(),
    };
    normalizer.value(Kind::Object(&DOCUMENT), &Trail::root(), &mut document.root);
    let mut seen = BTreeSet::new();
    while let Some((pointer, shape)) = normalizer.in_extensions.pop() {
        if seen.insert(pointer.clone())
            && let Some(value) = document.root.pointer_mut(pointer.as_str())
        {
            normalizer.value(Kind::ObjectOrRef(shape), &Trail::from(pointer), value);
        }
    }
    document.source.set_moves(normalizer.moves);
    normalizer.findings
}

struct Normalizer {
    version: Version,
    findings: Vec<Diagnostic>,
    moves: Moves,
    /// Targets of references into extensions that have not been walked yet.
    in_extensions: Vec<(Pointer, &'static Shape)>,
}

/// An unknown field, and the field that was probably meant.
struct Misspelt {
    key: String,
    meant: &'static str,
    /// Whether the object cannot be used without the field.
    is_fatal: bool,
}

/// The result of normalizing a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// The value has the expected kind, perhaps after a rewrite.
    Good,
    /// The value cannot be read, which was reported as an error.
    Bad,
}

impl Normalizer {
    fn is_newer(&self) -> bool {
        self.version == Version::V3_1
    }

    /// Normalizes a value that should have this kind.
    fn value(&mut self, kind: Kind, at: &Trail<'_>, value: &mut Value) -> Fit {
        self.absent_reference(kind, at, value);
        self.scalar(kind, at, value);
        self.collection(kind, at, value);
        match (kind, value) {
            (Kind::Any, _)
            | (Kind::Text, Value::String(_))
            | (Kind::Flag | Kind::FlagOr(_), Value::Bool(_))
            | (Kind::Number, Value::Number(_)) => Fit::Good,
            (Kind::Count, Value::Number(number)) if number.is_u64() => Fit::Good,
            (Kind::Word(words), Value::String(word)) if words.contains(&word.as_str()) => Fit::Good,
            (Kind::Word(words), Value::String(word)) => self.report_unknown_word(words, word, at),
            (Kind::FlagOr(kind), value) => self.value(*kind, at, value),
            (Kind::List(kind), Value::Array(items)) => self.list(*kind, at, items),
            (Kind::Map(kind), Value::Object(entries)) => self.map(*kind, at, entries),
            (Kind::ObjectOrRef(shape), Value::Object(fields)) if fields.has("$ref") => {
                self.reference(shape, at, fields)
            }
            (Kind::Object(shape) | Kind::ObjectOrRef(shape), Value::Object(fields)) => self.object(shape, at, fields),
            (kind, value) => self.report_wrong_kind(kind, at, value),
        }
    }

    /// Normalizes the items of a list. A schema that cannot be read is replaced by one that allows any value.
    fn list(&mut self, kind: Kind, at: &Trail<'_>, items: &mut [Value]) -> Fit {
        for (index, item) in items.iter_mut().enumerate() {
            let at = at.item(index);
            if self.value(kind, &at, item) == Fit::Bad && kind.is_schema() {
                *item = json!({});
            }
        }
        Fit::Good
    }

    /// Removes an empty `$ref`, so that the fields beside it are read.
    fn absent_reference(&mut self, kind: Kind, at: &Trail<'_>, value: &mut Value) {
        let is_absent = |target: &Value| target.is_null() || target.as_str().is_some_and(str::is_empty);
        if matches!(kind, Kind::ObjectOrRef(_)) && value.field("$ref").is_some_and(is_absent) {
            let target = value.as_object_mut().and_then(|fields| fields.shift_remove("$ref")).unwrap_or_default();
            let at = at.below("$ref");
            self.report_nonconforming(Kind::Text, &at, &target, "it is ignored");
        }
    }

    /// Replaces a scalar of another type, if it has only one possible meaning.
    fn scalar(&mut self, kind: Kind, at: &Trail<'_>, value: &mut Value) {
        let read = match (kind, &*value) {
            (Kind::Text, Value::Number(number)) => Some(Value::String(number.to_string())),
            (Kind::Text, Value::Bool(flag)) => Some(Value::String(flag.to_string())),
            (Kind::Flag | Kind::FlagOr(_), Value::String(word)) => match word.as_str() {
                "true" | "yes" | "required" => Some(Value::Bool(true)),
                "false" | "no" | "optional" | "" => Some(Value::Bool(false)),
                _ => None,
            },
            (Kind::Flag, Value::Number(number)) => number.as_u64().filter(|n| *n < 2).map(|n| Value::Bool(n == 1)),
            (Kind::Number | Kind::Count, Value::String(text)) => serde_json::from_str(text).ok().map(Value::Number),
            (Kind::Count, Value::Number(number)) if number.is_f64() => whole(number.as_f64()),
            _ => None,
        };
        if let Some(read) = read {
            self.report_nonconforming(kind, at, value, &format!("it is read as `{read}`"));
            *value = read;
        }
    }

    /// Replaces an empty array by an empty object (PHP has one empty array for both), and a scalar by a list of one.
    fn collection(&mut self, kind: Kind, at: &Trail<'_>, value: &mut Value) {
        if matches!(kind, Kind::Map(Kind::ObjectOrRef(shape)) if std::ptr::eq(*shape, &raw const EXAMPLE)) {
            self.named_examples(at, value);
        }
        let read = match (kind, &*value) {
            (Kind::Map(_) | Kind::Object(_) | Kind::ObjectOrRef(_), Value::Array(items)) if items.is_empty() => {
                Value::Object(Map::new())
            }
            (Kind::List(_), Value::Object(fields)) if fields.is_empty() => Value::Array(Vec::new()),
            (Kind::List(Kind::Text | Kind::Any), Value::String(_) | Value::Number(_)) => {
                Value::Array(vec![value.clone()])
            }
            (kind, Value::Bool(_)) if kind.is_schema() => {
                // `true` and `false` are schemas since JSON Schema's draft 6.
                if !self.is_newer() {
                    self.report_nonconforming(kind, at, value, "it is read as `{}`");
                }
                *value = Value::Object(Map::new());
                return;
            }
            (kind, Value::Null) if kind.is_schema() || is_described_by_key(kind) => Value::Object(Map::new()),
            _ => return,
        };
        self.report_nonconforming(kind, at, value, &format!("it is read as `{read}`"));
        *value = read;
    }

    /// Replaces a list of examples by a map, and a bare value by an Example object. The names are the indices of the
    /// list, so that pointers to the examples stay valid.
    fn named_examples(&mut self, at: &Trail<'_>, value: &mut Value) {
        if let Value::Array(items) = &*value
            && !items.is_empty()
        {
            self.report_nonconforming(Kind::Map(&Kind::Any), at, value, "each is read as an example");
            *value = items.iter().cloned().enumerate().map(|(index, item)| (index.to_string(), item)).collect();
        }
        for (name, entry) in value.as_object_mut().into_iter().flatten() {
            const WORDS: &[&str] = &["$ref", "value", "externalValue", "summary", "description"];
            let is_word = |key: &String| WORDS.contains(&key.as_str());
            let is_slip = |key: &String| nearest(key, WORDS.iter().copied()).is_some();
            let is_example = entry.as_object().is_some_and(|fields| {
                fields.keys().any(is_word) || fields.keys().all(|key| is_extension(key) || is_slip(key))
            });
            if !is_example && !is_extension(name) {
                let place = Place::Key(at.below(name).pointer());
                let message = format!("the example `{name}` has no `value`");
                let help = "it is read as the value: write it under `value`";
                self.findings.push(Diagnostic::nonconforming(Code::AmbiguousExample, place, message, help));
                *entry = json!({"value": entry.take()});
            }
        }
    }

    /// Normalizes the entries of an object whose keys are chosen by the author.
    fn map(&mut self, kind: Kind, at: &Trail<'_>, entries: &mut Map<String, Value>) -> Fit {
        let mut absent = Vec::new();
        for (key, value) in entries.iter_mut() {
            let place = at.below(key);
            if value.is_null() && !kind.is_schema() && !is_described_by_key(kind) && !matches!(kind, Kind::Any) {
                self.report_nonconforming(kind, &place, value, "it is ignored");
                absent.push(key.clone());
            } else if is_extension(key) && kind.has_objects() && !value.is_object() {
                // A name that the author chooses may begin with `x-`. If the value is not an object, the key is an
                // extension.
                self.report_nonconforming(kind, &place, value, "it is read as an extension");
                absent.push(key.clone());
            } else if self.value(kind, &place, value) == Fit::Bad && kind.is_schema() {
                *value = json!({});
            }
        }
        for key in &absent {
            entries.shift_remove(key);
        }
        Fit::Good
    }

    /// Normalizes an object of a shape.
    fn object(&mut self, shape: &'static Shape, at: &Trail<'_>, fields: &mut Map<String, Value>) -> Fit {
        let misspelt = misspelt(shape, fields, self.version);
        self.other_version(shape, at, fields);
        if std::ptr::eq(shape, &raw const SCHEMA) {
            self.schema(at, fields, &misspelt);
        }
        if shape.field("$ref").is_some() {
            self.in_extensions.extend(into_extension(shape, fields));
        }
        self.missing_fields(shape, at, fields, &misspelt);
        // Later stages would read an extension here as a path or a status.
        if shape.others.is_some() && fields.keys().any(|key| is_extension(key)) {
            self.findings.extend(own_extensions::of_object(shape, &at.pointer(), fields));
            fields.retain(|key, _| !is_extension(key));
        }
        let mut unreadable = Vec::new();
        let mut renamed = Vec::new();
        for (key, value) in fields.iter_mut().filter(|(key, _)| !is_extension(key)) {
            let place = at.below(key);
            match (shape.field(key), &shape.others) {
                (Some(field), _) => {
                    if self.field(field, &place, value) == Fit::Bad {
                        unreadable.push(key.clone());
                    }
                }
                (None, Some((rule, kind))) => {
                    if let Some(name) = self.key(shape, *rule, key, &place) {
                        renamed.push((key.clone(), name));
                    }
                    self.value(*kind, &place, value);
                }
                (None, None) => self.report_unknown(shape, key, value, &place, &misspelt),
            }
        }
        for key in &unreadable {
            fields.shift_remove(key);
        }
        for (written, name) in renamed.iter().filter(|(_, name)| !fields.has(name)) {
            self.moves.add(at.pointer(), Pointer::root().key(name), Pointer::root().key(written));
        }
        rename(fields, &renamed);
        Fit::Good
    }

    /// Normalizes the value of a field. A null value counts as absent.
    fn field(&mut self, field: &Field, at: &Trail<'_>, value: &mut Value) -> Fit {
        let may_be_null =
            field.presence == Presence::Required || matches!(field.kind, Kind::Any) || field.kind.is_schema();
        if value.is_null() && !may_be_null {
            self.report_nonconforming(field.kind, at, value, "it is ignored");
            return Fit::Bad;
        }
        self.value(field.kind, at, value)
    }

    /// Reports the fields that belong to the other version of the specification.
    fn other_version(&mut self, shape: &Shape, at: &Trail<'_>, fields: &Map<String, Value>) {
        let known = fields.keys().filter_map(|key| shape.field(key));
        for field in known.filter(|field| !field.is_in(self.version)) {
            let version = self.version.as_str();
            self.findings.push(Diagnostic::nonconforming(
                Code::UnknownField,
                Place::Key(at.below(field.name).pointer()),
                format!("unknown field `{}` in {} of OpenAPI {version}", field.name, an_object(shape)),
                match self.version {
                    Version::V3_0 => {
                        "it is read as in OpenAPI 3.1: begin the document with `openapi: 3.1.0`, or remove it"
                    }
                    Version::V3_1 => "it is read as in OpenAPI 3.0: write it as OpenAPI 3.1 does, or remove it",
                },
            ));
        }
    }

    /// Normalizes an object with a `$ref`.
    fn reference(&mut self, shape: &'static Shape, at: &Trail<'_>, fields: &mut Map<String, Value>) -> Fit {
        if !fields["$ref"].is_string() {
            let wrong = fields["$ref"].clone();
            self.report_wrong_kind(Kind::Text, &at.below("$ref"), &wrong);
        }
        self.in_extensions.extend(into_extension(shape, fields));
        if std::ptr::eq(shape, &raw const SCHEMA) && self.is_newer() {
            return self.described_reference(shape, at, fields);
        }
        let is_newer = self.is_newer();
        let is_allowed = |key: &str| is_newer && matches!(key, "summary" | "description");
        for (key, value) in fields.iter_mut().filter(|(key, _)| is_allowed(key)) {
            let at = at.below(key);
            self.value(Kind::Text, &at, value);
        }
        for key in fields.keys().filter(|key| *key != "$ref" && !is_allowed(key)) {
            self.findings.push(Diagnostic::nonconforming(
                Code::RefSibling,
                Place::Key(at.below(key).pointer()),
                format!("`{key}` beside a `$ref` has no effect in OpenAPI {}", self.version.as_str()),
                "it is ignored: remove it, or write `allOf: [{$ref: …}]` and put it beside that",
            ));
        }
        Fit::Good
    }

    /// Rewrites a `$ref` with fields beside it, as OpenAPI 3.1 allows it, as a part of `allOf`, as in 3.0.
    fn described_reference(&mut self, shape: &'static Shape, at: &Trail<'_>, fields: &mut Map<String, Value>) -> Fit {
        if fields.keys().all(|key| key == "$ref" || is_extension(key)) {
            return Fit::Good;
        }
        let reference = json!({"$ref": fields.shift_remove("$ref").unwrap_or_default()});
        // `summary` is a field of a Reference object, and not of a schema.
        fields.shift_remove("summary");
        let fit = self.object(shape, at, fields);
        let parts = fields.entry("allOf").or_insert_with(|| json!([]));
        if let Some(parts) = parts.as_array_mut() {
            let now = Pointer::root().key("allOf").index(parts.len());
            self.moves.add(at.pointer(), now, Pointer::root());
            // The reference is the last part, so that the indices of the others stay.
            parts.push(reference);
        }
        fit
    }

    /// Checks a key that is data. Returns the key that was meant, if that is another one.
    fn key(&mut self, shape: &Shape, rule: KeyRule, key: &str, at: &Trail<'_>) -> Option<String> {
        let (meant, help) = match rule {
            KeyRule::Path => (Some(format!("/{key}")), "begin the path with `/`"),
            KeyRule::Status => (
                Some(key.to_ascii_uppercase()).filter(|upper| rule.admits(upper)),
                "write a status as `200`, a range as `4XX`, all others as `default`",
            ),
            KeyRule::Any => (None, ""),
        };
        if rule.admits(key) {
            return None;
        }
        let (place, message) = (Place::Key(at.pointer()), format!("invalid key `{key}` in {}", an_object(shape)));
        match meant {
            Some(meant) => {
                self.findings.push(Diagnostic::nonconforming(
                    Code::InvalidKey,
                    place,
                    message,
                    format!("it is read as `{meant}`: {help}"),
                ));
                Some(meant)
            }
            None => {
                self.findings.push(Diagnostic::error(Code::InvalidKey, place, message, help));
                None
            }
        }
    }

    /// Reports the missing fields of an object.
    fn missing_fields(
        &mut self,
        shape: &'static Shape,
        at: &Trail<'_>,
        fields: &mut Map<String, Value>,
        misspelt: &[Misspelt],
    ) {
        // The finding about a misspelt field already has the missing name, and the target of a reference may have the
        // field.
        let is_meant = |name: &str| misspelt.iter().any(|misspelt| [name, "$ref"].contains(&misspelt.meant));
        for field in shape.fields.iter().filter(|field| !fields.has(field.name)) {
            if !is_meant(field.name) {
                self.report_missing(shape, field, at);
            }
        }
        if std::ptr::eq(shape, &raw const RESPONSE) && !fields.has("description") {
            fields.insert("description".to_owned(), "".into());
        }
    }

    /// Reports a missing field, unless it is optional.
    fn report_missing(&mut self, shape: &Shape, field: &Field, at: &Trail<'_>) {
        // OpenAPI 3.1 requires neither field.
        let is_optional = self.is_newer() && matches!(field.name, "paths" | "responses");
        if field.presence == Presence::Optional || is_optional {
            return;
        }
        let place = Place::Key(at.pointer());
        let message = format!("this {} object has no `{}`", shape.name, field.name);
        let help = format!("add `{}`, {}", field.name, described(field.kind));
        self.findings.push(match field.presence {
            Presence::Required => Diagnostic::error(Code::MissingField, place, message, help),
            _ => Diagnostic::nonconforming(Code::MissingField, place, message, help),
        });
    }

    /// Reports a field that the shape does not have.
    fn report_unknown(&mut self, shape: &Shape, key: &str, value: &Value, at: &Trail<'_>, misspelt: &[Misspelt]) {
        let place = Place::Key(at.pointer());
        let message = format!("unknown field `{key}` in {} of OpenAPI {}", an_object(shape), self.version.as_str());
        let meant = misspelt.iter().find(|misspelt| misspelt.key == key);
        self.findings.push(match meant {
            Some(Misspelt { meant: name, is_fatal, .. }) => {
                let message = format!("{message}; did you mean `{name}`?");
                let help = format!("it is ignored: rename it to `{name}`");
                if *is_fatal {
                    Diagnostic::error(Code::UnknownField, place, message, help)
                } else {
                    Diagnostic::nonconforming(Code::UnknownField, place, message, help)
                }
            }
            None => Diagnostic::nonconforming(
                Code::UnknownField,
                place,
                message,
                format!("it is ignored: {}", where_to(shape, key, value)),
            ),
        });
    }

    /// Reports a string that is not one of the allowed words.
    fn report_unknown_word(&mut self, words: &[&'static str], word: &str, at: &Trail<'_>) -> Fit {
        let at = at.pointer();
        let name = at.last().unwrap_or_default();
        let listed = format!("write one of {}", words.join(", "));
        let (message, help) = match nearest(word, words.iter().copied()) {
            Some(known) => (format!("unknown {name} `{word}`; did you mean `{known}`?"), listed),
            None => (format!("unknown {name} `{word}`"), listed),
        };
        self.findings.push(Diagnostic::error(Code::UnknownWord, Place::Value(at), message, help));
        Fit::Bad
    }

    /// Reports a value of another kind that cannot be read.
    fn report_wrong_kind(&mut self, kind: Kind, at: &Trail<'_>, value: &Value) -> Fit {
        self.findings.push(Diagnostic::error(
            Code::WrongKind,
            Place::Value(at.pointer()),
            misfit(kind, at, value),
            format!("write {} here", described(kind)),
        ));
        Fit::Bad
    }

    /// Reports a value of another kind that can still be read. `reading` describes how it is read.
    fn report_nonconforming(&mut self, kind: Kind, at: &Trail<'_>, value: &Value, reading: &str) {
        self.findings.push(Diagnostic::nonconforming(
            Code::WrongKind,
            Place::Value(at.pointer()),
            misfit(kind, at, value),
            format!("{reading}: write {} here", described(kind)),
        ));
    }
}

/// Returns the message about a value of another kind.
fn misfit(kind: Kind, at: &Trail<'_>, value: &Value) -> String {
    let name = at.pointer().last().unwrap_or_else(|| "the document".to_owned());
    let found = match (kind, value) {
        (Kind::Count, Value::Number(number)) if number.is_i64() => number.to_string(),
        _ => kind_of(value).to_owned(),
    };
    format!("`{name}` must be {}, found {found}", described(kind))
}

/// Returns the unknown fields of an object that are probably misspelt, each with a missing field of a similar name.
fn misspelt(shape: &'static Shape, fields: &Map<String, Value>, version: Version) -> Vec<Misspelt> {
    if shape.others.is_some() {
        return Vec::new();
    }
    let unknown = fields.keys().filter(|key| !is_extension(key) && shape.field(key).is_none());
    let missing = || {
        let known = shape.fields.iter().filter(|field| field.is_in(version));
        let reference = shape.section.map(|_| "$ref");
        known.map(|field| field.name).chain(reference).filter(|name| !fields.has(name))
    };
    let is_fatal = |meant: &str| {
        let mut missing = shape.fields.iter().filter(|field| !fields.has(field.name));
        missing.any(|field| field.presence == Presence::Required && ["$ref", field.name].contains(&meant))
    };
    let slip = |key: &String| {
        let meant = nearest(key, missing())?;
        Some(Misspelt { key: key.clone(), meant, is_fatal: is_fatal(meant) })
    };
    unknown.filter_map(slip).collect()
}

/// Returns a suggestion for an unknown field: the place where it probably belongs.
fn where_to(shape: &Shape, key: &str, value: &Value) -> String {
    if let Some(field) = shape.fields.iter().find(|field| field.kind.shape().is_some_and(|inner| inner.takes(key))) {
        return format!("move it below `{}` if it belongs there", field.name);
    }
    if std::ptr::eq(shape, &raw const SCHEMA) && value.is_object() {
        return "move it below `properties` if it is a property".to_owned();
    }
    "remove it, or begin its name with `x-` if it is an extension".to_owned()
}

/// Returns the name of an object in the specification, with its article.
fn an_object(shape: &Shape) -> String {
    let article = if shape.name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {} object", shape.name)
}

/// Returns a float without a fraction as an unsigned integer.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn whole(number: Option<f64>) -> Option<Value> {
    number.filter(|number| number.fract() == 0.0 && (0.0..1e15).contains(number)).map(|number| (number as u64).into())
}

/// Returns whether an entry has a meaning by its key alone, as a response or a path has.
fn is_described_by_key(kind: Kind) -> bool {
    match kind {
        Kind::Object(shape) | Kind::ObjectOrRef(shape) => {
            std::ptr::eq(shape, &raw const RESPONSE) || std::ptr::eq(shape, &raw const PATH_ITEM)
        }
        _ => false,
    }
}

/// Renames keys, and keeps their order.
fn rename(fields: &mut Map<String, Value>, names: &[(String, String)]) {
    if names.is_empty() {
        return;
    }
    let mut out = Map::with_capacity(fields.len());
    for (key, value) in std::mem::take(fields) {
        let name = names.iter().find(|(old, _)| *old == key).map_or(key.clone(), |(_, new)| new.clone());
        // An entry that already has the right name stays.
        out.entry(name).or_insert(value);
    }
    *fields = out;
}

/// Returns the name of a kind, for a message.
fn described(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Word(_) => "a string".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Count => "an integer of 0 or more".to_owned(),
        Kind::Any => "a value".to_owned(),
        Kind::FlagOr(kind) => format!("`true`, `false` or {}", described(*kind)),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "an object".to_owned(),
        Kind::Object(shape) | Kind::ObjectOrRef(shape) => format!("an object ({})", shape.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    const V3_0: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";

    fn messages(text: &str) -> Vec<String> {
        let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        normalize(&mut document).into_iter().map(|finding| format!("{}; {}", finding.message, finding.help)).collect()
    }

    #[test]
    fn each_nonconforming_value_is_reported_with_a_remedy() {
        let text = "openapi: 3.0.3\ninfo: {size: x}\npaths:\n  a:\n    get: {responses: {2000: {}}}\n";
        assert_eq!(
            messages(text),
            [
                "this Info object has no `title`; add `title`, a string",
                "this Info object has no `version`; add `version`, a string",
                "unknown field `size` in an Info object of OpenAPI 3.0; it is ignored: remove it, or begin its name with `x-` if it is an extension",
                "invalid key `a` in a Paths object; it is read as `/a`: begin the path with `/`",
                "invalid key `2000` in a Responses object; write a status as `200`, a range as `4XX`, all others as `default`",
                "this Response object has no `description`; add `description`, a string",
            ]
        );
    }

    #[test]
    fn a_misspelt_field_is_the_only_finding_about_its_meaning() {
        assert_eq!(
            messages("openapi: 3.0.3\ninfo: {titel: x, version: '1'}\npaths: {}\n"),
            [
                "unknown field `titel` in an Info object of OpenAPI 3.0; did you mean `title`?; it is ignored: rename it to `title`"
            ]
        );
    }

    #[test]
    fn a_field_at_the_wrong_level_has_a_suggested_place() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: d}}, '422': {description: d}}}}\n\
                    components: {schemas: {A: {type: object, properties: {a: {}}, b: {type: string}}}}\n";
        assert_eq!(
            messages(text),
            [
                "unknown field `422` in an Operation object of OpenAPI 3.0; it is ignored: move it below `responses` if it belongs there",
                "unknown field `b` in a Schema object of OpenAPI 3.0; it is ignored: move it below `properties` if it is a property",
            ]
        );
    }

    #[test]
    fn fields_of_the_other_version_are_reported_and_read() {
        let text = |version: &str, schema: &str| {
            format!(
                "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"
            )
        };
        for (version, schema, field) in
            [("3.0.3", "{const: 1}", "const"), ("3.1.0", "{type: string, nullable: true}", "nullable")]
        {
            let expected = format!("unknown field `{field}` in a Schema object of OpenAPI {}", &version[..3]);
            let found = messages(&text(version, schema));
            assert!(found.len() == 1 && found[0].starts_with(&expected), "{found:?}");
        }
        for (version, schema) in [
            ("3.1.0", "{const: 1, examples: [1], if: {type: string}, $defs: {b: true}}"),
            ("3.1.0", "{$ref: '#/components/schemas/B', summary: s, description: d, x-a: 1}"),
            ("3.0.3", "{type: string, nullable: true}"),
        ] {
            assert_eq!(messages(&text(version, schema)), [""; 0], "{version} {schema}");
        }
    }

    #[test]
    fn fields_beside_a_reference_count_in_3_1() {
        let text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B', description: d}, B: {}}}\n";
        let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        assert!(normalize(&mut document).is_empty());
        assert_eq!(
            document.root["components"]["schemas"]["A"],
            json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/B"}]})
        );
    }

    #[test]
    fn examples_in_a_list_and_bare_values_are_read() {
        let media = "application/json: {examples: [{value: 1}, {a: 2}]}, text/json: {examples: {x: [3], y: null}}";
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post: {{responses: {{default: {{description: d}}}}, requestBody: {{content: {{{media}}}}}}}\n"
        );
        let mut document = crate::source::parse(Source::new("api.yaml", text.as_str())).unwrap();
        let found: Vec<_> = normalize(&mut document).into_iter().map(|finding| finding.message).collect();
        assert_eq!(
            found.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            [
                "`examples` must be an object, found an array",
                "the example `1` has no `value`",
                "the example `x` has no `value`",
                "the example `y` has no `value`",
            ]
        );
        let content = &document.root["paths"]["/a"]["post"]["requestBody"]["content"];
        assert_eq!(
            *content,
            json!({
                "application/json": {"examples": {"0": {"value": 1}, "1": {"value": {"a": 2}}}},
                "text/json": {"examples": {"x": {"value": [3]}, "y": {"value": null}}},
            })
        );
    }

    #[test]
    fn a_type_that_does_not_exist_is_reported() {
        let schema = "components: {schemas: {A: {type: bool}, B: {type: picture}}}";
        assert_eq!(
            messages(&format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\n{schema}\n")),
            [
                "unknown type `bool`; did you mean `boolean`?; it is read as `boolean`: write that",
                "unknown type `picture`; write one of array, boolean, integer, number, object, string",
            ]
        );
    }

    #[test]
    fn the_target_of_a_reference_into_an_extension_is_normalized() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {$ref: '#/x-items/a'}}\nx-items: {a: {put: 3.5}, b: 1}\n";
        assert_eq!(
            messages(text),
            ["`put` must be an object (Operation), found a number; write an object (Operation) here"]
        );
    }

    #[test]
    fn a_misspelt_reference_is_the_only_finding_about_its_object() {
        let parameter = "unknown field `ref` in a Parameter object of OpenAPI 3.0; did you mean `$ref`?; \
                         it is ignored: rename it to `$ref`";
        for parameters in ["{ref: '#/components/parameters/p'}", "{name: a, in: query, schema: {}, ref: x}"] {
            let text = format!(
                "{V3_0}paths: {{/a: {{get: {{parameters: [{parameters}], responses: {{'200': {{$erf: x}}}}}}}}}}\n"
            );
            let response = parameter.replace("`ref`", "`$erf`").replace("Parameter", "Response");
            assert_eq!(messages(&text), [parameter, &response], "{parameters}");
        }
    }

    #[test]
    fn only_a_reference_that_an_object_needs_is_an_error_when_it_is_misspelt() {
        for (parameter, is_error) in [("{ref: x}", true), ("{name: a, in: query, ref: x}", false)] {
            let text = format!("{V3_0}paths: {{}}\ncomponents: {{parameters: {{p: {parameter}}}}}\n");
            let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
            assert_eq!(normalize(&mut document).iter().any(Diagnostic::is_error), is_error, "{parameter}");
        }
    }

    #[test]
    fn a_misspelt_field_of_an_example_is_not_its_value() {
        let text = format!("{V3_0}paths: {{}}\ncomponents: {{examples: {{a: {{valeu: 1}}, b: {{c: 1}}}}}}\n");
        assert_eq!(
            messages(&text),
            [
                "the example `b` has no `value`; it is read as the value: write it under `value`",
                "unknown field `valeu` in an Example object of OpenAPI 3.0; did you mean `value`?; it is ignored: rename it to `value`",
            ]
        );
    }

    #[test]
    fn own_extensions_among_paths_and_statuses_are_checked() {
        let text = format!(
            "{V3_0}paths: {{x-deviation: 5, x-other: 5, /a: {{get: {{responses: {{x-deviaton: {{}}, '200': {{description: d}}}}}}}}}}\n"
        );
        assert_eq!(
            messages(&text),
            [
                "`x-deviation` must be an object, found an integer; write `{differs: [ASPECT], page: TEXT, why: TEXT}`",
                "unknown extension `x-deviaton`; did you mean `x-deviation`?",
            ]
        );
    }

    #[test]
    fn extensions_among_names_are_reported_and_ignored() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n\
                    components: {schemas: {A: {properties: {x-order: 1, x-list: [], x-name: {type: string}}}}}\n"
            .replace(
                "paths: {}",
                "paths: {x-paths: {get: 5}, /a: {get: {responses: {x-b: {}, '204': {description: d}}}}}",
            );
        let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found: Vec<_> = normalize(&mut document).into_iter().map(|finding| finding.message).collect();
        let message = |name: &str, kind: &str| format!("`{name}` must be an object (Schema), found {kind}");
        assert_eq!(
            found.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            [message("x-order", "an integer"), message("x-list", "an array")]
        );
        let responses = json!({"204": {"description": "d"}});
        assert_eq!(document.root["paths"], json!({"/a": {"get": {"responses": responses}}}));
        let properties = &document.root["components"]["schemas"]["A"]["properties"];
        assert_eq!(*properties, json!({"x-name": {"type": "string"}}));
    }

    #[test]
    fn values_of_the_wrong_kind_are_reported() {
        let text = "openapi: 3.0.3\ninfo: [1]\npaths: {/a: {get: {deprecated: 'yes', responses: {default: {description: d}}}}}\n";
        assert_eq!(
            messages(text),
            [
                "`info` must be an object (Info), found an array; write an object (Info) here",
                "`deprecated` must be `true` or `false`, found a string; it is read as `true`: write `true` or `false` here",
            ]
        );
    }
}
