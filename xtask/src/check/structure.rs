//! Walks a document along the [outline](super::outline) of OpenAPI 3.0, and says where it leaves it.
//!
//! The walk also collects the objects and the references that it met, for the checks that follow.

use serde_json::{Map, Value};

use super::outline::{DOCUMENT, Field, KeyRule, Kind, Shape};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};

/// What the walk met.
#[derive(Debug, Default)]
pub struct Inventory<'d> {
    /// Every object that has a shape, in the order of the document.
    pub objects: Vec<Met<'d>>,
    /// Every `$ref`.
    pub references: Vec<Reference<'d>>,
    /// Where the document leaves the outline.
    pub findings: Vec<Diagnostic>,
}

/// An object of a known shape.
#[derive(Debug)]
pub struct Met<'d> {
    /// What it is.
    pub shape: &'static Shape,
    /// Where it is.
    pub at: Pointer,
    /// Its fields.
    pub fields: &'d Map<String, Value>,
}

impl Met<'_> {
    /// Whether the object is of this shape.
    #[must_use]
    pub fn is(&self, shape: &'static Shape) -> bool {
        std::ptr::eq(self.shape, shape)
    }
}

/// A `$ref` that stands where an object of a shape is expected.
#[derive(Debug)]
pub struct Reference<'d> {
    /// What it has to lead to.
    pub shape: &'static Shape,
    /// Where the object with the `$ref` is.
    pub at: Pointer,
    /// What it says.
    pub target: &'d str,
}

/// Walks the whole document.
#[must_use]
pub fn walk(document: &Document) -> Inventory<'_> {
    let mut inventory = Inventory::default();
    inventory.value(Kind::Object(&DOCUMENT), &Pointer::root(), &document.root);
    inventory
}

impl<'d> Inventory<'d> {
    fn value(&mut self, kind: Kind, at: &Pointer, value: &'d Value) {
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
                for (index, item) in items.iter().enumerate() {
                    self.value(*kind, &at.index(index), item);
                }
            }
            (Kind::Map(kind), Value::Object(entries)) => {
                for (key, value) in entries {
                    self.value(*kind, &at.key(key), value);
                }
            }
            (Kind::ObjectOrRef(shape), Value::Object(fields)) if fields.contains_key("$ref") => {
                self.reference(shape, at, fields);
            }
            (Kind::Object(shape) | Kind::ObjectOrRef(shape), Value::Object(fields)) => {
                self.object(shape, at, fields);
            }
            (kind, value) => self.wrong_kind(kind, at, value),
        }
    }

    fn object(&mut self, shape: &'static Shape, at: &Pointer, fields: &'d Map<String, Value>) {
        self.objects.push(Met { shape, at: at.clone(), fields });
        for field in shape.fields.iter().filter(|field| field.required && !fields.contains_key(field.name)) {
            self.missing(shape, field, at);
        }
        for (key, value) in fields.iter().filter(|(key, _)| !is_extension(key)) {
            let place = at.key(key);
            match (shape.fields.iter().find(|field| field.name == key), &shape.others) {
                (Some(field), _) => self.value(field.kind, &place, value),
                (None, Some((rule, kind))) => {
                    self.key(shape, *rule, key, &place);
                    self.value(*kind, &place, value);
                }
                (None, None) => self.unknown(shape, key, place),
            }
        }
    }

    fn reference(&mut self, shape: &'static Shape, at: &Pointer, fields: &'d Map<String, Value>) {
        match &fields["$ref"] {
            Value::String(target) => self.references.push(Reference { shape, at: at.clone(), target }),
            other => self.wrong_kind(Kind::Text, &at.key("$ref"), other),
        }
        for key in fields.keys().filter(|key| *key != "$ref" && !is_extension(key)) {
            self.findings.push(Diagnostic::warning(
                Code::RefSibling,
                Place::Key(at.key(key)),
                format!("`{key}` beside a `$ref` has no effect in OpenAPI 3.0"),
                "remove it, or write `allOf: [{$ref: …}]` and put it beside that",
            ));
        }
    }

    fn key(&mut self, shape: &Shape, rule: KeyRule, key: &str, at: &Pointer) {
        let (fits, help) = match rule {
            KeyRule::Path => (key.starts_with('/'), "begin the path with `/`"),
            KeyRule::Status => (is_status(key), "write a status as `200`, a range as `4XX`, all others as `default`"),
            KeyRule::Any => (true, ""),
        };
        if !fits {
            self.findings.push(Diagnostic::error(
                Code::InvalidKey,
                Place::Key(at.clone()),
                format!("`{key}` cannot be a key of a {} object", shape.name),
                help,
            ));
        }
    }

    fn missing(&mut self, shape: &Shape, field: &Field, at: &Pointer) {
        self.findings.push(Diagnostic::error(
            Code::MissingField,
            Place::Key(at.clone()),
            format!("this {} object has no `{}`", shape.name, field.name),
            format!("add `{}`, {}", field.name, described(field.kind)),
        ));
    }

    fn unknown(&mut self, shape: &Shape, key: &str, at: Pointer) {
        let help = match nearest(key, shape.fields.iter().map(|field| field.name)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "remove it, or begin its name with `x-` if it is an extension".to_owned(),
        };
        let message = format!("{} objects have no field `{key}` in OpenAPI 3.0: it is not read", shape.name);
        self.findings.push(Diagnostic::warning(Code::UnknownField, Place::Key(at), message, help));
    }

    fn unknown_word(&mut self, words: &[&'static str], word: &str, at: &Pointer) {
        let name = at.last().unwrap_or_default();
        let help = match nearest(word, words.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        self.findings.push(Diagnostic::error(
            Code::UnknownWord,
            Place::Value(at.clone()),
            format!("`{word}` is no `{name}`"),
            help,
        ));
    }

    fn wrong_kind(&mut self, kind: Kind, at: &Pointer, value: &Value) {
        let name = at.last().unwrap_or_else(|| "the document".to_owned());
        let found = match (kind, value) {
            (Kind::Count, Value::Number(number)) if number.is_i64() => number.to_string(),
            _ => kind_of(value).to_owned(),
        };
        self.findings.push(Diagnostic::error(
            Code::WrongKind,
            Place::Value(at.clone()),
            format!("`{name}` has to be {}, and is {found}", described(kind)),
            format!("write {} here", described(kind)),
        ));
    }
}

/// Whether a key is an extension, whose value is its author's business.
#[must_use]
pub fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

fn is_status(key: &str) -> bool {
    let mut characters = key.chars();
    let class = characters.next().is_some_and(|c| ('1'..='5').contains(&c));
    let rest: String = characters.collect();
    class && (rest == "XX" || (rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit())))
}

/// What a value is, with its article.
#[must_use]
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
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

/// The name that `word` is a slip away from.
fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    names
        .map(|name| (strsim::normalized_levenshtein(word, name), name))
        .filter(|(ratio, _)| *ratio > 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    fn messages(text: &str) -> Vec<String> {
        let document = crate::load::parse(Source::new("api.yaml", text)).unwrap();
        walk(&document).findings.into_iter().map(|finding| format!("{}; {}", finding.message, finding.help)).collect()
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
                "`a` cannot be a key of a Paths object; begin the path with `/`",
                "`2000` cannot be a key of a Responses object; write a status as `200`, a range as `4XX`, all others as `default`",
                "this Response object has no `description`; add `description`, a string",
            ]
        );
    }

    #[test]
    fn a_type_that_does_not_exist_is_reported() {
        let schema = "components: {schemas: {A: {type: bool}, B: {type: file}}}";
        assert_eq!(
            messages(&format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\n{schema}\n")),
            [
                "`bool` is no `type`; did you mean `boolean`?",
                "`file` is no `type`; write one of array, boolean, integer, number, object, string",
            ]
        );
    }

    #[test]
    fn values_of_the_wrong_kind_are_reported() {
        let text = "openapi: 3.0.3\ninfo: []\npaths: {/a: {get: {deprecated: 'yes', responses: {}}}}\n";
        assert_eq!(
            messages(text),
            [
                "`info` has to be an object (Info), and is an array; write an object (Info) here",
                "`deprecated` has to be `true` or `false`, and is a string; write `true` or `false` here",
            ]
        );
    }
}
