//! Mutations of a document, of its values and of its bytes.

use serde_json::{Map, Value, json};

use super::documents::Dice;

/// Names that have no meaning here, or a meaning elsewhere.
const NAMES: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "type",
    "Self",
    "self",
    "_",
    "__",
    "-",
    "1",
    "1a",
    "a b",
    "a-b",
    "aB",
    "a_b",
    "a/b",
    "a~b",
    "a.b",
    "$ref",
    "{id}",
    "/{id}",
    "/a/{id}/{id}",
    "/",
    "200",
    "2XX",
    "default",
    "404",
    "x-rust-type",
    "x-rust-decode",
    "x-pagination",
    "application/json",
    "text/plain",
    "get",
    "post",
    "head",
    "patch",
    "اسم",
    "ß",
    "ǅ",
    "é",
    "\u{301}",
    "\u{200f}",
    "😀",
    "gen",
    "builder",
    "error",
    "String",
    "Option",
    "Vec",
    "Result",
    "Error",
    "Client",
    "send",
    "new",
    "body",
    "client",
    "extra",
    "value",
    "super",
    "crate",
    "async",
    "r#type",
    "\"",
    "\\",
    "\n",
    "#",
    "*/",
    "{",
    "}",
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "~",
    "<<",
    "&a",
];

/// Returns a value of any kind. It is wrong in most places.
fn odd_value(dice: &mut Dice) -> Value {
    match dice.below(16) {
        0 => Value::Null,
        1 => json!(dice.chance(2)),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(3.5),
        5 => json!(1e300),
        6 => json!(u64::MAX),
        7 => json!(i64::MIN),
        8 => json!(""),
        9 => json!("قائمة الطلبات"),
        10 => json!([]),
        11 => json!({}),
        12 => json!([[]]),
        13 => json!({"a": {"b": [null]}}),
        14 => json!("x".repeat(300)),
        _ => json!(*dice.pick(NAMES)),
    }
}

/// Returns a keyword of OpenAPI with a value. Most of them are valid in some object.
fn keyword(dice: &mut Dice) -> (&'static str, Value) {
    const WORDS: &[(&str, &[&str])] = &[
        ("type", &["string", "integer", "number", "boolean", "array", "object", "null", "file", "any"]),
        (
            "format",
            &["int32", "int64", "uint8", "double", "float", "date", "date-time", "uuid", "byte", "binary", "ip", "uri"],
        ),
        ("in", &["query", "path", "header", "cookie", "body", "formData"]),
        ("style", &["form", "simple", "label", "matrix", "deepObject", "spaceDelimited", "pipeDelimited"]),
        ("pattern", &["^a+$", "(", "(?=a)", "\\p{L}", "[[:alpha:]]", "", "a{1000}", "(a*)*b"]),
        ("title", &["Card", "", "String", "اسم", "1"]),
        ("description", &["", "```", "`", "[x]", "<b>", "*/", "\"", "a\r\nb", "\u{202e}x", "- a\n- b"]),
        ("operationId", &["a", "A", "list_book", "new", "builder", "self", "", "1", "اسم", "type"]),
        ("name", &["a", "id", "page", "", "sort[]", "send", "self", "اسم", "a b"]),
    ];
    const FLAGS: &[&str] = &[
        "nullable",
        "required",
        "explode",
        "deprecated",
        "readOnly",
        "writeOnly",
        "uniqueItems",
        "additionalProperties",
        "exclusiveMinimum",
    ];
    const NUMBERS: &[&str] = &[
        "minimum",
        "maximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ];
    match dice.below(6) {
        0 => (FLAGS[dice.below(FLAGS.len())], json!(dice.chance(2))),
        1 => (
            NUMBERS[dice.below(NUMBERS.len())],
            [json!(0), json!(1), json!(1e20), json!(0.1), json!(-5)][dice.below(5)].clone(),
        ),
        2 => (
            "enum",
            [json!(["a", "b"]), json!([null]), json!([1, "1"]), json!(["a", "A", "a-", "_a"]), json!([{}])]
                [dice.below(5)]
            .clone(),
        ),
        3 => ("default", odd_value(dice)),
        _ => {
            let (key, words) = WORDS[dice.below(WORDS.len())];
            (key, json!(words[dice.below(words.len())]))
        }
    }
}

/// Makes one change to the values of a document. `other` is a document to take parts from.
pub fn mutate(root: &mut Value, other: &Value, dice: &mut Dice) {
    let places = places(root);
    let at = &places[dice.below(places.len())];
    match dice.below(14) {
        0 | 1 => drop(remove(root, at)),
        2 => duplicate(root, at, dice),
        3 => swap(root, at, &places[dice.below(places.len())]),
        4 | 5 => put(root, at, odd_value(dice)),
        6 => rename(root, at, dice),
        7 => wrap(root, at, dice),
        8 => refer(root, at, &places[dice.below(places.len())], dice),
        9 | 10 => set_keyword(root, at, dice),
        11 => nest(root, at, dice),
        12 => {
            let part = root.pointer(&places[dice.below(places.len())]).cloned().unwrap_or_default();
            put(root, at, part);
        }
        _ => {
            let others = self::places(other);
            put(root, at, other.pointer(&others[dice.below(others.len())]).cloned().unwrap_or_default());
        }
    }
}

/// Returns the pointers to all values below the root, or to the root itself if there are none.
pub fn places(root: &Value) -> Vec<String> {
    let mut places = Vec::new();
    collect(root, "", &mut places);
    if places.is_empty() { vec![String::new()] } else { places }
}

fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut below = |key: String, value: &Value| {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        collect(value, &at, places);
        places.push(at);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| below(index.to_string(), value)),
        _ => {}
    }
}

/// Removes a value with its key, and returns it.
pub fn remove(root: &mut Value, at: &str) -> Option<Value> {
    let (parent, key) = at.rsplit_once('/')?;
    match root.pointer_mut(parent)? {
        Value::Object(fields) => fields.shift_remove(&unescaped(key)),
        Value::Array(items) => {
            key.parse().ok().filter(|index| *index < items.len()).map(|index: usize| items.remove(index))
        }
        _ => None,
    }
}

fn unescaped(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

fn put(root: &mut Value, at: &str, value: Value) {
    if let Some(place) = root.pointer_mut(at) {
        *place = value;
    }
}

fn parent<'v>(root: &'v mut Value, at: &str) -> Option<&'v mut Value> {
    root.pointer_mut(at.rsplit_once('/')?.0)
}

fn duplicate(root: &mut Value, at: &str, dice: &mut Dice) {
    let Some(value) = root.pointer(at).cloned() else { return };
    match parent(root, at) {
        Some(Value::Object(fields)) => drop(fields.insert((*dice.pick(NAMES)).to_owned(), value)),
        Some(Value::Array(items)) => items.push(value),
        _ => {}
    }
}

fn swap(root: &mut Value, at: &str, other: &str) {
    let (Some(a), Some(b)) = (root.pointer(at).cloned(), root.pointer(other).cloned()) else { return };
    put(root, at, b);
    put(root, other, a);
}

/// Renames a key, and keeps its position.
fn rename(root: &mut Value, at: &str, dice: &mut Dice) {
    let Some((_, key)) = at.rsplit_once('/') else { return };
    let (old, new) = (unescaped(key), *dice.pick(NAMES));
    if let Some(Value::Object(fields)) = parent(root, at) {
        let renamed: Map<_, _> = std::mem::take(fields)
            .into_iter()
            .map(|(key, value)| (if key == old { new.to_owned() } else { key }, value))
            .collect();
        *fields = renamed;
    }
}

fn wrap(root: &mut Value, at: &str, dice: &mut Dice) {
    let Some(place) = root.pointer_mut(at) else { return };
    let inner = place.take();
    *place = match dice.below(7) {
        0 => json!({"allOf": [inner]}),
        1 => json!({"oneOf": [inner]}),
        2 => json!({"anyOf": [inner, {"type": "string"}]}),
        3 => json!({"allOf": [inner.clone(), inner]}),
        4 => json!({"not": inner}),
        5 => json!({"oneOf": [inner, {"type": "object", "properties": {"a": {"type": "integer"}}}]}),
        _ => json!({"type": "array", "items": inner}),
    };
}

/// Replaces a value by a reference to a component, to any place, or to nothing.
fn refer(root: &mut Value, at: &str, target: &str, dice: &mut Dice) {
    let components: Vec<String> = ["schemas", "responses", "parameters"]
        .iter()
        .flat_map(|section| {
            let names = root["components"][section].as_object();
            names.into_iter().flat_map(|names| names.keys()).map(move |name| format!("/components/{section}/{name}"))
        })
        .collect();
    let target = match dice.below(4) {
        0 => target.to_owned(),
        1 => "/components/schemas/Nothing".to_owned(),
        _ if components.is_empty() => String::new(),
        _ => dice.pick(&components).clone(),
    };
    put(root, at, json!({"$ref": format!("#{target}")}));
}

fn set_keyword(root: &mut Value, at: &str, dice: &mut Dice) {
    let (key, value) = keyword(dice);
    let place = if root.pointer(at).is_some_and(Value::is_object) { root.pointer_mut(at) } else { parent(root, at) };
    if let Some(Value::Object(fields)) = place {
        fields.insert(key.to_owned(), value);
    }
}

/// Wraps a value in fifty levels.
fn nest(root: &mut Value, at: &str, dice: &mut Dice) {
    let Some(place) = root.pointer_mut(at) else { return };
    let kind = dice.below(4);
    for _ in 0..50 {
        let inner = place.take();
        *place = match kind {
            0 => json!({"type": "object", "properties": {"a": inner}}),
            1 => json!({"type": "array", "items": inner}),
            2 => json!({"allOf": [inner]}),
            _ => json!({"oneOf": [inner, {"type": "string"}]}),
        };
    }
}

/// Makes one change to the bytes of a document.
pub fn mutate_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.is_empty() {
        return;
    }
    match dice.below(5) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
        2 => {
            let at = dice.below(bytes.len());
            bytes.insert(at, *dice.pick(b"\0\t\n\r \"'#:{}[],&*!|>%@`\\-~\xFF"));
        }
        kind => {
            let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            let (at, to) = (dice.below(lines.len()), dice.below(lines.len()));
            if kind == 3 {
                lines.insert(to, lines[at]);
            } else {
                lines.remove(at);
            }
            *bytes = lines.join(&b'\n');
        }
    }
}
