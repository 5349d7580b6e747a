//! Serializes parameters in the styles of OpenAPI, most of which are expansions of RFC 6570. A value is JSON; the
//! result is text, encoded for its location in the request.

use http::HeaderName;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::form_urlencoded;

/// All characters except the unreserved ones of RFC 3986 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// All characters except the unreserved ones, and those reserved ones that can stand in a value of a query (RFC 3986 section
/// 3.4): `#` ends a query, `[` and `]` are not allowed in it, and servers read `&` and `+` as a separator and a space.
const NOT_IN_QUERY_VALUES: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// The characters that RFC 6265 section 4.1.1 does not allow in a cookie's value, and `%`.
const NOT_IN_COOKIES: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

/// The style of a parameter: `style` and `explode` of OpenAPI 3.0 (section "Parameter Object"), or JSON for a parameter
/// with `content`. A scalar can be sent in every style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// In paths and headers: `a,b` and `key,value`.
    Simple,
    /// In paths and headers: `a,b` and `key=value,key=value`.
    SimpleExploded,
    /// In paths: `.a,b` and `.key,value`, by RFC 6570 section 3.2.5.
    Label,
    /// In paths: `.a.b` and `.key=value`.
    LabelExploded,
    /// In paths: `;name=a,b` and `;name=key,value`.
    Matrix,
    /// In paths: `;name=a;name=b` and `;key=value`.
    MatrixExploded,
    /// In queries, cookies and forms: `name=a,b` and `name=key,value`.
    Form,
    /// In queries, cookies and forms: `name=a&name=b` and `key=value`.
    FormExploded,
    /// In queries and forms: `name=a%20b` and `name=key%20value`.
    SpaceDelimited,
    /// In queries and forms: `name=a%7Cb` and `name=key%7Cvalue`.
    PipeDelimited,
    /// In queries and forms: `name[key]=value`. OpenAPI does not define nested values; they are written
    /// as PHP reads them: `name[key][0]=a` and `name[key][inner]=value`.
    DeepObject,
    /// Anywhere: JSON text.
    Json,
}

impl Style {
    /// Returns the character between the elements of one value.
    fn delimiter(self) -> char {
        match self {
            Self::SpaceDelimited => ' ',
            Self::PipeDelimited => '|',
            _ => ',',
        }
    }

    /// Returns the error of a style in a place that does not support it.
    fn unsupported(self, place: &str) -> String {
        format!("the style {self:?} cannot be used in {place}")
    }
}

/// A name and the elements of its value.
type Pair = (String, Vec<String>);

/// Serializes `value` for a query or a form: encoded pairs, separated by `&`, or an empty text if there is nothing to
/// send. The delimiters of the style are not encoded; the same characters in values are.
pub(super) fn query(style: Style, name: &str, value: Value) -> Result<String, String> {
    if style == Style::FormExploded && is_scalar(&value) {
        return Ok(text_of(value).map(|text| pair(name, &text)).unwrap_or_default());
    }
    Ok(joined(pairs(style, name, value)?, style, encode))
}

/// Serializes `value` as [`query`] does, but reserved characters in values, and percent-encoded triples, are not encoded
/// (RFC 6570 section 3.2.3). `#`, `[`, `]`, `&`, `+`, and the delimiter in the elements of a list are.
pub(super) fn reserved_query(style: Style, name: &str, value: Value) -> Result<String, String> {
    let is_scalar = is_scalar(&value);
    let pairs = pairs(style, name, value)?;
    reserved(pairs, style, is_scalar)
}

/// Serializes `value` as [`field`] does, with the characters of [`reserved_query`].
pub(super) fn reserved_field(name: &str, value: Value) -> Result<String, String> {
    let mut pairs = Vec::new();
    add_repeated(name, value, &mut pairs);
    reserved(pairs, Style::FormExploded, true)
}

fn reserved(pairs: Vec<Pair>, style: Style, is_scalar: bool) -> Result<String, String> {
    let is_delimited = matches!(style, Style::Form | Style::SpaceDelimited | Style::PipeDelimited) && !is_scalar;
    if !is_delimited {
        return Ok(joined(pairs, style, encode_reserved));
    }
    // A server may decode the value before it splits it.
    let delimiter = format!("%{:02X}", u32::from(style.delimiter()));
    if pairs.iter().flat_map(|(_, elements)| elements).any(|element| element.to_ascii_uppercase().contains(&delimiter))
    {
        return Err(format!("cannot be sent: a value contains the encoded delimiter `{delimiter}`"));
    }
    let encode = |part: &str, text: &mut String| {
        for (index, piece) in part.split(',').enumerate() {
            text.push_str(if index == 0 { "" } else { "%2C" });
            encode_reserved(piece, text);
        }
    };
    Ok(joined(pairs, style, encode))
}

/// Appends `part` to `text`, with its reserved characters and percent-encoded triples.
fn encode_reserved(part: &str, text: &mut String) {
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('%') {
        text.extend(utf8_percent_encode(before, NOT_IN_QUERY_VALUES));
        let is_triple = after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
        text.push_str(if is_triple { "%" } else { "%25" });
        rest = after;
    }
    text.extend(utf8_percent_encode(rest, NOT_IN_QUERY_VALUES));
}

/// Encodes a name and one value. Most parameters of a query are such a pair.
pub(crate) fn pair(name: &str, value: &str) -> String {
    let mut text = String::with_capacity(name.len() + 1 + value.len());
    encode(name, &mut text);
    text.push('=');
    encode(value, &mut text);
    text
}

/// Appends `part`, encoded for a query or a form, to `text`.
fn encode(part: &str, text: &mut String) {
    // Names, numbers and ids stay as they are.
    if part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        text.push_str(part);
    } else {
        text.extend(form_urlencoded::byte_serialize(part.as_bytes()));
    }
}

/// Serializes `value` as a field of a form. A scalar and the elements of an array have the field's name; entries of
/// objects are written as PHP reads them: `name[key]=value`.
pub(super) fn field(name: &str, value: Value) -> String {
    let mut pairs = Vec::new();
    add_repeated(name, value, &mut pairs);
    joined(pairs, Style::FormExploded, encode)
}

/// Serializes an object as a form: each entry is a [`field`].
pub(super) fn form(value: Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Object(_) => query(Style::FormExploded, "", value),
        _ => Err("a form needs an object".to_owned()),
    }
}

/// Serializes `value` for the parts of a form: names and texts, which are not encoded.
pub(super) fn plain(style: Style, name: &str, value: Value) -> Result<Vec<(String, String)>, String> {
    let delimiter = style.delimiter().to_string();
    let pairs = pairs(style, name, value)?.into_iter();
    Ok(pairs.map(|(name, elements)| (name, elements.join(&delimiter))).collect())
}

/// Encodes `pairs`, the values by `encode_value`, and joins them by `&`.
fn joined(pairs: Vec<Pair>, style: Style, encode_value: impl Fn(&str, &mut String)) -> String {
    // A URL can hold neither a space nor a `|`.
    let delimiter = match style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        _ => ",",
    };
    let mut text = String::new();
    for (name, elements) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode(&name, &mut text);
        text.push('=');
        for (index, element) in elements.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { delimiter });
            encode_value(element, &mut text);
        }
    }
    text
}

/// Serializes `value` as cookies, separated by `; `, or as an empty text if there is nothing to send.
pub(super) fn cookie(style: Style, name: &str, value: Value) -> Result<String, String> {
    if matches!(style, Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject) {
        return Err(style.unsupported("a cookie"));
    }
    let several = !is_scalar(&value);
    let mut cookies = Vec::new();
    for (name, elements) in pairs(style, name, value)? {
        // The name of a cookie, like the name of a header, is a token of RFC 9110.
        HeaderName::try_from(&name).map_err(|_| format!("`{name}` is not the name of a cookie"))?;
        // Commas in elements and between them are encoded alike, so an element must not contain one.
        refuse_delimiter(several && style == Style::Form, &elements, ',')?;
        let value = elements.join(",");
        cookies.push(format!("{name}={}", utf8_percent_encode(&value, NOT_IN_COOKIES)));
    }
    Ok(cookies.join("; "))
}

/// Encodes a name and one value as a cookie.
pub(crate) fn cookie_pair(name: &str, value: &str) -> Result<String, String> {
    cookie(Style::FormExploded, name, Value::from(value))
}

/// Returns the pairs of `value`, not encoded.
fn pairs(style: Style, name: &str, value: Value) -> Result<Vec<Pair>, String> {
    let mut pairs = Vec::new();
    match style {
        Style::FormExploded => add_exploded(name, value, &mut pairs),
        Style::DeepObject => add_nested(name, value, &mut pairs),
        Style::Form | Style::SpaceDelimited | Style::PipeDelimited => {
            let ambiguous = style != Style::Form && !is_scalar(&value);
            let elements = Shape::new(value)?.elements();
            refuse_delimiter(ambiguous, &elements, style.delimiter())?;
            if !elements.is_empty() {
                pairs.push((name.to_owned(), elements));
            }
        }
        Style::Json if value.is_null() => {}
        Style::Json => pairs.push((name.to_owned(), vec![value.to_string()])),
        _ => return Err(style.unsupported("a query, a cookie or a form")),
    }
    Ok(pairs)
}

/// Adds each entry of an object under its own name, or another value under `name`.
fn add_exploded(name: &str, value: Value, pairs: &mut Vec<Pair>) {
    match value {
        Value::Object(entries) => entries.into_iter().for_each(|(key, value)| add_repeated(&key, value, pairs)),
        value => add_repeated(name, value, pairs),
    }
}

/// Adds each scalar of an array under the same name, and nested values as PHP reads them.
fn add_repeated(name: &str, value: Value, pairs: &mut Vec<Pair>) {
    match value {
        Value::Array(values) => {
            for (index, value) in values.into_iter().enumerate() {
                let inner = if is_scalar(&value) { name.to_owned() } else { format!("{name}[{index}]") };
                add_nested(&inner, value, pairs);
            }
        }
        value => add_nested(name, value, pairs),
    }
}

/// Adds each scalar in `value` under its path: `name[key][0]`.
fn add_nested(name: &str, value: Value, pairs: &mut Vec<Pair>) {
    match value {
        Value::Array(values) => {
            for (index, value) in values.into_iter().enumerate() {
                add_nested(&format!("{name}[{index}]"), value, pairs);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                add_nested(&format!("{name}[{key}]"), value, pairs);
            }
        }
        scalar => pairs.extend(text_of(scalar).map(|text| (name.to_owned(), vec![text]))),
    }
}

/// Serializes `value` for a path. `None` means that there is nothing to send.
pub(super) fn path(style: Style, name: &str, value: Value) -> Result<Option<String>, String> {
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let expansion = match style {
        Style::Simple | Style::SimpleExploded => Expansion { separator: ",", ..Expansion::default() },
        Style::Label | Style::LabelExploded => Expansion { first: ".", separator: ".", ..Expansion::default() },
        Style::Matrix | Style::MatrixExploded => Expansion { first: ";", separator: ";", ..Expansion::default() },
        Style::Json => return Ok(json(&value).as_deref().map(encode)),
        _ => return Err(style.unsupported("a path")),
    };
    let exploded = matches!(style, Style::SimpleExploded | Style::LabelExploded | Style::MatrixExploded);
    let named = matches!(style, Style::Matrix | Style::MatrixExploded).then(|| encode(name));
    Ok(Expansion { exploded, name: named, ..expansion }.expand(Shape::new(value)?.map(encode)))
}

/// Serializes `value` for a header, which has no encoding of its own. `None` means that there is nothing to send.
pub(super) fn header(style: Style, value: Value) -> Result<Option<String>, String> {
    let exploded = match style {
        Style::Simple => false,
        Style::SimpleExploded => true,
        Style::Json => return Ok(json(&value)),
        _ => return Err(style.unsupported("a header")),
    };
    let several = !is_scalar(&value);
    let shape = Shape::new(value)?;
    refuse_delimiter(several, &shape.clone().elements(), ',')?;
    Ok(Expansion { separator: ",", exploded, ..Expansion::default() }.expand(shape))
}

/// Serializes `value` as JSON, `None` for null.
pub(super) fn json(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}

/// One of the expansions of RFC 6570 appendix A.
#[derive(Default)]
struct Expansion {
    first: &'static str,
    separator: &'static str,
    exploded: bool,
    /// The name, if it is part of the expansion.
    name: Option<String>,
}

impl Expansion {
    fn expand(&self, shape: Shape) -> Option<String> {
        let items = match shape {
            Shape::List(values) if self.exploded => values.iter().map(|value| self.item(value)).collect(),
            Shape::Entries(entries) if self.exploded => {
                entries.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
            }
            shape => match shape.elements() {
                elements if elements.is_empty() => vec![],
                elements => vec![self.item(&elements.join(","))],
            },
        };
        (!items.is_empty()).then(|| format!("{}{}", self.first, items.join(self.separator)))
    }

    fn item(&self, value: &str) -> String {
        match &self.name {
            None => value.to_owned(),
            Some(name) if value.is_empty() => name.clone(),
            Some(name) => format!("{name}={value}"),
        }
    }
}

/// A value without nested values. Null elements are left out.
#[derive(Clone)]
enum Shape {
    Scalar(Option<String>),
    List(Vec<String>),
    Entries(Vec<(String, String)>),
}

impl Shape {
    fn new(value: Value) -> Result<Self, String> {
        let nested = |value: &Value| !is_scalar(value);
        let unsupported = || "cannot be sent: this style does not support nested values".to_owned();
        match value {
            Value::Array(values) if values.iter().any(nested) => Err(unsupported()),
            Value::Object(entries) if entries.values().any(nested) => Err(unsupported()),
            Value::Array(values) => Ok(Self::List(values.into_iter().filter_map(text_of).collect())),
            Value::Object(entries) => {
                let entry = |(key, value)| Some((key, text_of(value)?));
                Ok(Self::Entries(entries.into_iter().filter_map(entry).collect()))
            }
            scalar => Ok(Self::Scalar(text_of(scalar))),
        }
    }

    fn map(self, encode: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Scalar(value) => Self::Scalar(value.as_deref().map(encode)),
            Self::List(values) => Self::List(values.iter().map(|value| encode(value)).collect()),
            Self::Entries(entries) => {
                Self::Entries(entries.iter().map(|(key, value)| (encode(key), encode(value))).collect())
            }
        }
    }

    /// Returns all texts, keys included.
    fn elements(self) -> Vec<String> {
        match self {
            Self::Scalar(value) => value.into_iter().collect(),
            Self::List(values) => values,
            Self::Entries(entries) => entries.into_iter().flat_map(|(key, value)| [key, value]).collect(),
        }
    }
}

/// Refuses an element that contains the delimiter, since the server would split it there.
fn refuse_delimiter(ambiguous: bool, elements: &[String], delimiter: char) -> Result<(), String> {
    if ambiguous && elements.iter().any(|element| element.contains(delimiter)) {
        return Err(format!("cannot be sent: a value contains the delimiter `{delimiter}`"));
    }
    Ok(())
}

pub(super) fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Returns the text of a scalar, JSON for an array or an object, and `None` for null.
pub(super) fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn array() -> Value {
        json!(["blue", "a,b;c.d=e", null, "ش"])
    }

    fn object() -> Value {
        json!({"B": "x y", "G": null, "R": 100})
    }

    #[test]
    fn each_style_in_a_path() {
        let text = |style, value| path(style, "id", value).unwrap().unwrap();
        for (style, scalar, array_text, object_text, empty) in [
            (Style::Simple, "5", "blue,a%2Cb%3Bc.d%3De,%D8%B4", "B,x%20y,R,100", ""),
            (Style::SimpleExploded, "5", "blue,a%2Cb%3Bc.d%3De,%D8%B4", "B=x%20y,R=100", ""),
            (Style::Label, ".5", ".blue,a%2Cb%3Bc.d%3De,%D8%B4", ".B,x%20y,R,100", "."),
            (Style::LabelExploded, ".5", ".blue.a%2Cb%3Bc.d%3De.%D8%B4", ".B=x%20y.R=100", "."),
            (Style::Matrix, ";id=5", ";id=blue,a%2Cb%3Bc.d%3De,%D8%B4", ";id=B,x%20y,R,100", ";id"),
            (Style::MatrixExploded, ";id=5", ";id=blue;id=a%2Cb%3Bc.d%3De;id=%D8%B4", ";B=x%20y;R=100", ";id"),
        ] {
            assert_eq!(text(style, json!(5)), scalar, "{style:?}");
            assert_eq!(text(style, array()), array_text, "{style:?}");
            assert_eq!(text(style, object()), object_text, "{style:?}");
            assert_eq!(text(style, json!("")), empty, "{style:?}");
            for nothing in [json!(null), json!([]), json!([null]), json!({}), json!({"a": null})] {
                assert_eq!(path(style, "id", nothing).unwrap(), None, "{style:?}");
            }
        }
        assert_eq!(text(Style::Json, json!({"a": 1})), "%7B%22a%22%3A1%7D");
    }

    #[test]
    fn each_style_in_a_query() {
        let text = |style, value| query(style, "q[]", value).unwrap();
        let plain = || json!(["blue", null, "ش"]);
        for (style, scalar, array_text, object_text) in [
            (Style::Form, "q%5B%5D=5", "q%5B%5D=blue,%D8%B4", "q%5B%5D=B,x+y,R,100"),
            (Style::FormExploded, "q%5B%5D=5", "q%5B%5D=blue&q%5B%5D=%D8%B4", "B=x+y&R=100"),
            (Style::PipeDelimited, "q%5B%5D=5", "q%5B%5D=blue%7C%D8%B4", "q%5B%5D=B%7Cx+y%7CR%7C100"),
        ] {
            assert_eq!(text(style, json!(5)), scalar, "{style:?}");
            assert_eq!(text(style, plain()), array_text, "{style:?}");
            assert_eq!(text(style, object()), object_text, "{style:?}");
            for nothing in [json!(null), json!([]), json!([null]), json!({}), json!({"a": null})] {
                assert_eq!(text(style, nothing), "", "{style:?}");
            }
        }
        assert_eq!(text(Style::Form, json!(["a,b", "c"])), "q%5B%5D=a%2Cb,c");
        assert_eq!(text(Style::SpaceDelimited, plain()), "q%5B%5D=blue%20%D8%B4");
        assert_eq!(text(Style::SpaceDelimited, json!("a b")), "q%5B%5D=a+b");
        assert_eq!(text(Style::Json, json!({"a": [1]})), "q%5B%5D=%7B%22a%22%3A%5B1%5D%7D");
        assert_eq!(text(Style::Json, json!(null)), "");
    }

    #[test]
    fn reserved_characters_stay_where_they_do_not_break_the_query() {
        let text = |style, value| reserved_query(style, "q&", value).unwrap();
        assert_eq!(text(Style::FormExploded, json!("a/b?c:d@!$'()*,;=")), "q%26=a/b?c:d@!$'()*,;=");
        assert_eq!(text(Style::FormExploded, json!("#[]&+ \"ش")), "q%26=%23%5B%5D%26%2B%20%22%D8%B4");
        assert_eq!(text(Style::FormExploded, json!("100% %2f %2 %zz%")), "q%26=100%25%20%2f%20%252%20%25zz%25");
        assert_eq!(text(Style::FormExploded, json!(["a/b", null, "c,d"])), "q%26=a/b&q%26=c,d");
        assert_eq!(text(Style::FormExploded, json!({"x/y": "a/b"})), "x%2Fy=a/b");
        assert_eq!(text(Style::Form, json!(["a/b", "c,d"])), "q%26=a/b,c%2Cd");
        assert_eq!(text(Style::Form, json!("a,b")), "q%26=a,b");
        assert_eq!(text(Style::PipeDelimited, json!(["a/b", "c"])), "q%26=a/b%7Cc");
        assert_eq!(text(Style::DeepObject, json!({"a": "b/c"})), "q%26%5Ba%5D=b/c");
        for nothing in [json!(null), json!([]), json!({"a": null})] {
            assert_eq!(text(Style::Form, nothing), "");
        }
        for (style, triple) in [(Style::Form, "%2c"), (Style::SpaceDelimited, "%20"), (Style::PipeDelimited, "%7C")] {
            assert!(reserved_query(style, "q", json!([triple])).unwrap_err().contains("delimiter"));
            assert_eq!(reserved_query(style, "q", json!(triple)).unwrap(), format!("q={triple}"));
        }
        assert_eq!(reserved_field("q", json!({"a": ["b/c"]})).unwrap(), "q%5Ba%5D%5B0%5D=b/c");
    }

    #[test]
    fn nested_values_are_encoded_as_php_reads_them() {
        let value = json!({"a": {"b": 1, "c": [2, {"d": 3}]}, "e": [4, 5], "f": null});
        let text = |style| query(style, "q", value.clone()).unwrap().replace("%5B", "[").replace("%5D", "]");
        assert_eq!(text(Style::DeepObject), "q[a][b]=1&q[a][c][0]=2&q[a][c][1][d]=3&q[e][0]=4&q[e][1]=5");
        assert_eq!(text(Style::FormExploded), "a[b]=1&a[c][0]=2&a[c][1][d]=3&e=4&e=5");
        assert_eq!(query(Style::DeepObject, "q", json!(7)).unwrap(), "q=7");
    }

    #[test]
    fn each_style_in_a_header() {
        let text = |style, value| header(style, value).unwrap().unwrap();
        for style in [Style::Simple, Style::SimpleExploded] {
            assert_eq!(text(style, json!("a, b%")), "a, b%");
            assert_eq!(text(style, json!([1, null, "b"])), "1,b");
            assert_eq!(header(style, json!([])).unwrap(), None);
        }
        assert_eq!(text(Style::Simple, object()), "B,x y,R,100");
        assert_eq!(text(Style::SimpleExploded, object()), "B=x y,R=100");
        assert_eq!(text(Style::Json, json!({"a": 1})), r#"{"a":1}"#);
    }

    #[test]
    fn an_element_that_contains_the_delimiter_is_refused() {
        for (text, delimiter) in [
            (header(Style::Simple, json!(["a,b"])).map(|_| ()), ','),
            (header(Style::SimpleExploded, json!({"a": "a,b"})).map(|_| ()), ','),
            (query(Style::SpaceDelimited, "q", json!(["a b", "c"])).map(|_| ()), ' '),
            (query(Style::PipeDelimited, "q", json!({"a|b": 1})).map(|_| ()), '|'),
            (cookie(Style::Form, "q", json!(["a,b"])).map(|_| ()), ','),
        ] {
            let reason = format!("cannot be sent: a value contains the delimiter `{delimiter}`");
            assert_eq!(text, Err(reason));
        }
        assert_eq!(cookie(Style::Form, "q", json!("a,b")).unwrap(), "q=a%2Cb");
        assert_eq!(cookie(Style::FormExploded, "q", json!(["a,b"])).unwrap(), "q=a%2Cb");
    }

    #[test]
    fn a_style_is_refused_in_other_locations_and_most_refuse_nested_values() {
        for result in [
            path(Style::Form, "a", json!(1)).map(|_| ()),
            header(Style::Matrix, json!(1)).map(|_| ()),
            query(Style::Label, "a", json!(1)).map(|_| ()),
            cookie(Style::DeepObject, "a", json!(1)).map(|_| ()),
        ] {
            assert!(result.unwrap_err().contains(" cannot be used in a "));
        }
        for nested in [json!([[1]]), json!({"a": {"b": 1}})] {
            for result in [
                path(Style::Simple, "a", nested.clone()).map(|_| ()),
                header(Style::Simple, nested.clone()).map(|_| ()),
                query(Style::Form, "a", nested.clone()).map(|_| ()),
            ] {
                assert!(result.unwrap_err().ends_with("does not support nested values"));
            }
        }
    }
}
