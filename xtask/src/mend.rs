//! From the document as it was read to the document as the specification would have it, along the
//! [outline](crate::check::outline): what can mean one thing only is read so, and everything else is an error.
//!
//! Documents in the wild write numbers as strings, empty arrays for empty objects, and JSON Schema's newer words. The
//! stages that follow see none of it. What OpenAPI 3.1 says in other words is said in 3.0's, without a finding.

mod schemas;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::check::outline::{DOCUMENT, EXAMPLE, Field, KeyRule, Kind, Lack, PATH_ITEM, RESPONSE, SCHEMA, Shape};
use crate::check::structure::{into_extension, is_extension, kind_of};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};
use crate::lower::changes::Trail;
use crate::nearest::nearest;

/// Mends the document in place, and says where it left the specification.
pub fn mend(document: &mut Document) -> Vec<Diagnostic> {
    let version = document.root["openapi"].as_str().unwrap_or_default();
    let mut mender = Mender { is_newer: !version.starts_with("3.0"), findings: Vec::new(), in_extensions: Vec::new() };
    mender.value(Kind::Object(&DOCUMENT), &Trail::root(), &mut document.root);
    let mut seen = BTreeSet::new();
    while let Some((pointer, shape)) = mender.in_extensions.pop() {
        if seen.insert(pointer.clone())
            && let Some(value) = document.root.pointer_mut(pointer.as_str())
        {
            mender.value(Kind::ObjectOrRef(shape), &Trail::from(pointer), value);
        }
    }
    mender.findings
}

struct Mender {
    /// Whether the document follows OpenAPI 3.1 or newer.
    is_newer: bool,
    findings: Vec<Diagnostic>,
    /// What is referred to in extensions, and has not been mended yet.
    in_extensions: Vec<(Pointer, &'static Shape)>,
}

impl Mender {
    fn value(&mut self, kind: Kind, at: &Trail<'_>, value: &mut Value) {
        self.absent_reference(kind, at, value);
        self.scalar(kind, at, value);
        self.collection(kind, at, value);
        match (kind, value) {
            (Kind::Any, _)
            | (Kind::Text, Value::String(_))
            | (Kind::Flag | Kind::FlagOr(_), Value::Bool(_))
            | (Kind::Number, Value::Number(_)) => {}
            (Kind::Count, Value::Number(number)) if number.is_u64() => {}
            (Kind::Word(words), Value::String(word)) if words.contains(&word.as_str()) => {}
            (Kind::Word(words), Value::String(word)) => self.unknown_word(words, word, at),
            (Kind::FlagOr(kind), value) => self.value(*kind, at, value),
            (Kind::List(kind), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let at = at.index(index, item);
                    self.value(*kind, &at, item);
                }
            }
            (Kind::Map(kind), Value::Object(entries)) => self.map(*kind, at, entries),
            (Kind::ObjectOrRef(shape), Value::Object(fields)) if fields.contains_key("$ref") => {
                self.reference(shape, at, fields);
            }
            (Kind::Object(shape) | Kind::ObjectOrRef(shape), Value::Object(fields)) => {
                self.object(shape, at, fields);
            }
            (kind, value) => self.wrong_kind(kind, at, value),
        }
    }

    /// A `$ref` that says nothing: what stands beside it counts.
    fn absent_reference(&mut self, kind: Kind, at: &Trail<'_>, value: &mut Value) {
        let is_absent = |target: &Value| target.is_null() || target.as_str().is_some_and(str::is_empty);
        if matches!(kind, Kind::ObjectOrRef(_)) && value.get("$ref").is_some_and(is_absent) {
            let target = value.as_object_mut().and_then(|fields| fields.shift_remove("$ref")).unwrap_or_default();
            let at = at.key("$ref", &Value::Null);
            self.departs(Kind::Text, &at, &target, "it is read as if it were not there");
        }
    }

    /// A scalar of another type than the field's, of which there is only one reading.
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
            self.departs(kind, at, value, &format!("it is read as `{read}`"));
            *value = read;
        }
    }

    /// An empty array for an empty object (PHP knows one empty array only), and what should be a list of one.
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
                if !self.is_newer {
                    self.departs(kind, at, value, "it is read as `{}`");
                }
                *value = Value::Object(Map::new());
                return;
            }
            (kind, Value::Null) if kind.is_schema() || is_described_by_key(kind) => Value::Object(Map::new()),
            _ => return,
        };
        self.departs(kind, at, value, &format!("it is read as `{read}`"));
        *value = read;
    }

    /// Examples in a list, or without the object that should be around each. Those of a list are named by their
    /// indices, so that they are found where they stand.
    fn named_examples(&mut self, at: &Trail<'_>, value: &mut Value) {
        if let Value::Array(items) = &*value
            && !items.is_empty()
        {
            self.departs(Kind::Map(&Kind::Any), at, value, "each is read as an example");
            *value = items.iter().cloned().enumerate().map(|(index, item)| (index.to_string(), item)).collect();
        }
        for (name, entry) in value.as_object_mut().into_iter().flatten() {
            const WORDS: &[&str] = &["$ref", "value", "externalValue", "summary", "description"];
            let is_example =
                entry.as_object().is_some_and(|fields| WORDS.iter().any(|word| fields.contains_key(*word)));
            if !is_example && !is_extension(name) {
                let place = Place::Key(at.key(name, entry).pointer());
                let message = format!("the example `{name}` has no `value`");
                let help = "it is read as the value: write it under `value`";
                self.findings.push(Diagnostic::departure(Code::AmbiguousExample, place, message, help));
                *entry = json!({"value": entry.take()});
            }
        }
    }

    fn map(&mut self, kind: Kind, at: &Trail<'_>, entries: &mut Map<String, Value>) {
        let mut absent = Vec::new();
        for (key, value) in entries.iter_mut() {
            let place = at.key(key, value);
            if value.is_null() && !kind.is_schema() && !is_described_by_key(kind) && !matches!(kind, Kind::Any) {
                self.departs(kind, &place, value, "it is read as if it were not there");
                absent.push(key.clone());
            } else if is_extension(key) && kind.has_objects() && !value.is_object() {
                // A name may begin with `x-` where names are the author's; what is no object is an extension.
                absent.push(key.clone());
            } else {
                self.value(kind, &place, value);
            }
        }
        for key in &absent {
            entries.shift_remove(key);
        }
    }

    fn object(&mut self, shape: &'static Shape, at: &Trail<'_>, fields: &mut Map<String, Value>) {
        if std::ptr::eq(shape, &raw const SCHEMA) {
            self.schema(at, fields);
        }
        if shape.field("$ref").is_some() {
            self.in_extensions.extend(into_extension(shape, fields));
        }
        for field in shape.fields.iter().filter(|field| !fields.contains_key(field.name)) {
            self.missing(shape, field, at);
        }
        if std::ptr::eq(shape, &raw const RESPONSE) && !fields.contains_key("description") {
            fields.insert("description".to_owned(), "".into());
        }
        // Among paths and statuses, an extension would be taken for one of them.
        if shape.others.is_some() {
            fields.retain(|key, _| !is_extension(key));
        }
        let mut absent = Vec::new();
        let mut renamed = Vec::new();
        for (key, value) in fields.iter_mut().filter(|(key, _)| !is_extension(key)) {
            let place = at.key(key, value);
            match (shape.field(key), &shape.others) {
                (Some(field), _)
                    if value.is_null()
                        && field.lack != Lack::Fatal
                        && !matches!(field.kind, Kind::Any)
                        && !field.kind.is_schema() =>
                {
                    self.departs(field.kind, &place, value, "it is read as if it were not there");
                    absent.push(key.clone());
                }
                (Some(field), _) => self.value(field.kind, &place, value),
                (None, Some((rule, kind))) => {
                    if let Some(name) = self.key(shape, *rule, key, &place) {
                        renamed.push((key.clone(), name));
                    }
                    self.value(*kind, &place, value);
                }
                (None, None) => self.unknown(shape, key, &place),
            }
        }
        for key in &absent {
            fields.shift_remove(key);
        }
        rename(fields, &renamed);
    }

    fn reference(&mut self, shape: &'static Shape, at: &Trail<'_>, fields: &mut Map<String, Value>) {
        if !fields["$ref"].is_string() {
            let wrong = fields["$ref"].clone();
            self.wrong_kind(Kind::Text, &at.key("$ref", &wrong), &wrong);
        }
        self.in_extensions.extend(into_extension(shape, fields));
        let is_schema = std::ptr::eq(shape, &raw const SCHEMA);
        for key in fields.keys().filter(|key| *key != "$ref" && !is_extension(key) && !(is_schema && self.is_newer)) {
            self.findings.push(Diagnostic::warning(
                Code::RefSibling,
                Place::Key(at.key(key, &Value::Null).pointer()),
                format!("`{key}` beside a `$ref` has no effect in OpenAPI 3.0"),
                "remove it, or write `allOf: [{$ref: …}]` and put it beside that",
            ));
        }
    }

    /// Checks a key that is data; gives the key that was meant where that is another.
    fn key(&mut self, shape: &Shape, rule: KeyRule, key: &str, at: &Trail<'_>) -> Option<String> {
        let (fits, meant, help) = match rule {
            KeyRule::Path => (key.starts_with('/'), Some(format!("/{key}")), "begin the path with `/`"),
            KeyRule::Status => (
                is_status(key),
                Some(key.to_ascii_uppercase()).filter(|upper| is_status(upper)),
                "write a status as `200`, a range as `4XX`, all others as `default`",
            ),
            KeyRule::Any => (true, None, ""),
        };
        if fits {
            return None;
        }
        let (place, message) =
            (Place::Key(at.pointer()), format!("`{key}` cannot be a key of a {} object", shape.name));
        match meant {
            Some(meant) => {
                self.findings.push(Diagnostic::departure(
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

    fn missing(&mut self, shape: &Shape, field: &Field, at: &Trail<'_>) {
        // A document of OpenAPI 3.1 may consist of components alone.
        if field.lack == Lack::Fine || (self.is_newer && field.name == "paths") {
            return;
        }
        let place = Place::Key(at.pointer());
        let message = format!("this {} object has no `{}`", shape.name, field.name);
        let help = format!("add `{}`, {}", field.name, described(field.kind));
        self.findings.push(match field.lack {
            Lack::Fatal => Diagnostic::error(Code::MissingField, place, message, help),
            _ => Diagnostic::departure(Code::MissingField, place, message, help),
        });
    }

    fn unknown(&mut self, shape: &Shape, key: &str, at: &Trail<'_>) {
        let help = match nearest(key, shape.fields.iter().map(|field| field.name)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "remove it, or begin its name with `x-` if it is an extension".to_owned(),
        };
        let message = format!("{} objects have no field `{key}` in OpenAPI 3.0: it is not read", shape.name);
        self.findings.push(Diagnostic::warning(Code::UnknownField, Place::Key(at.pointer()), message, help));
    }

    fn unknown_word(&mut self, words: &[&'static str], word: &str, at: &Trail<'_>) {
        let at = at.pointer();
        let name = at.last().unwrap_or_default();
        let help = match nearest(word, words.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        self.findings.push(Diagnostic::error(
            Code::UnknownWord,
            Place::Value(at),
            format!("`{word}` is no `{name}`"),
            help,
        ));
    }

    fn wrong_kind(&mut self, kind: Kind, at: &Trail<'_>, value: &Value) {
        self.findings.push(Diagnostic::error(
            Code::WrongKind,
            Place::Value(at.pointer()),
            misfit(kind, at, value),
            format!("write {} here", described(kind)),
        ));
    }

    /// A value of the wrong kind that can be read nevertheless.
    fn departs(&mut self, kind: Kind, at: &Trail<'_>, value: &Value, reading: &str) {
        self.findings.push(Diagnostic::departure(
            Code::WrongKind,
            Place::Value(at.pointer()),
            misfit(kind, at, value),
            format!("{reading}: write {} here", described(kind)),
        ));
    }
}

fn misfit(kind: Kind, at: &Trail<'_>, value: &Value) -> String {
    let name = at.pointer().last().unwrap_or_else(|| "the document".to_owned());
    let found = match (kind, value) {
        (Kind::Count, Value::Number(number)) if number.is_i64() => number.to_string(),
        _ => kind_of(value).to_owned(),
    };
    format!("`{name}` has to be {}, and is {found}", described(kind))
}

/// A float without a fraction, as a count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn whole(number: Option<f64>) -> Option<Value> {
    number.filter(|number| number.fract() == 0.0 && (0.0..1e15).contains(number)).map(|number| (number as u64).into())
}

/// Whether the key alone says something: a response of this status, a path.
fn is_described_by_key(kind: Kind) -> bool {
    match kind {
        Kind::Object(shape) | Kind::ObjectOrRef(shape) => {
            std::ptr::eq(shape, &raw const RESPONSE) || std::ptr::eq(shape, &raw const PATH_ITEM)
        }
        _ => false,
    }
}

/// Gives keys their new names, and leaves the order.
fn rename(fields: &mut Map<String, Value>, names: &[(String, String)]) {
    if names.is_empty() {
        return;
    }
    let mut out = Map::with_capacity(fields.len());
    for (key, value) in std::mem::take(fields) {
        let name = names.iter().find(|(old, _)| *old == key).map_or(key.clone(), |(_, new)| new.clone());
        // What stands there already under the right name stays.
        out.entry(name).or_insert(value);
    }
    *fields = out;
}

fn is_status(key: &str) -> bool {
    let mut characters = key.chars();
    let class = characters.next().is_some_and(|c| ('1'..='5').contains(&c));
    let rest: String = characters.collect();
    class && (rest == "XX" || (rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit())))
}

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

    fn messages(text: &str) -> Vec<String> {
        let mut document = crate::load::parse(Source::new("api.yaml", text)).unwrap();
        mend(&mut document).into_iter().map(|finding| format!("{}; {}", finding.message, finding.help)).collect()
    }

    #[test]
    fn all_departures_are_reported_at_once_each_with_a_remedy() {
        let text = "openapi: 3.0.3\ninfo: {titel: x}\npaths:\n  a:\n    get: {responses: {2000: {}}}\n";
        assert_eq!(
            messages(text),
            [
                "this Info object has no `title`; add `title`, a string",
                "this Info object has no `version`; add `version`, a string",
                "Info objects have no field `titel` in OpenAPI 3.0: it is not read; did you mean `title`?",
                "`a` cannot be a key of a Paths object; it is read as `/a`: begin the path with `/`",
                "`2000` cannot be a key of a Responses object; write a status as `200`, a range as `4XX`, all others as `default`",
                "this Response object has no `description`; add `description`, a string",
            ]
        );
    }

    #[test]
    fn examples_in_a_list_and_bare_values_are_read() {
        let media = "application/json: {examples: [{value: 1}, {a: 2}]}, text/json: {examples: {x: [3], y: null}}";
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post: {{responses: {{}}, requestBody: {{content: {{{media}}}}}}}\n"
        );
        let mut document = crate::load::parse(Source::new("api.yaml", text.as_str())).unwrap();
        let found: Vec<_> = mend(&mut document).into_iter().map(|finding| finding.message).collect();
        assert_eq!(
            found.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            [
                "`examples` has to be an object, and is an array",
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
                "`bool` is no `type`; it is read as `boolean`: write that",
                "`picture` is no `type`; write one of array, boolean, integer, number, object, string",
            ]
        );
    }

    #[test]
    fn what_is_referred_to_in_an_extension_is_held_to_the_outline() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {$ref: '#/x-items/a'}}\nx-items: {a: {put: 3.5}, b: 1}\n";
        assert_eq!(
            messages(text),
            ["`put` has to be an object (Operation), and is a number; write an object (Operation) here"]
        );
    }

    #[test]
    fn extensions_among_names_are_no_entries() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n\
                    components: {schemas: {A: {properties: {x-order: 1, x-list: [], x-name: {type: string}}}}}\n"
            .replace(
                "paths: {}",
                "paths: {x-paths: {get: 5}, /a: {get: {responses: {x-b: {}, '204': {description: d}}}}}",
            );
        let mut document = crate::load::parse(Source::new("api.yaml", text)).unwrap();
        assert!(mend(&mut document).is_empty());
        let responses = json!({"204": {"description": "d"}});
        assert_eq!(document.root["paths"], json!({"/a": {"get": {"responses": responses}}}));
        let properties = &document.root["components"]["schemas"]["A"]["properties"];
        assert_eq!(*properties, json!({"x-name": {"type": "string"}}));
    }

    #[test]
    fn values_of_the_wrong_kind_are_reported() {
        let text = "openapi: 3.0.3\ninfo: [1]\npaths: {/a: {get: {deprecated: 'yes', responses: {}}}}\n";
        assert_eq!(
            messages(text),
            [
                "`info` has to be an object (Info), and is an array; write an object (Info) here",
                "`deprecated` has to be `true` or `false`, and is a string; it is read as `true`: write `true` or `false` here",
            ]
        );
    }
}
