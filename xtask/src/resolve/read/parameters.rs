//! Reads the parameters of an operation: one list, in which every parameter has a location, an encoding and a schema.

use serde_json::{Map, Value};

use super::Reader;
use super::operations::words;
use super::schemas::{is_set, text};
use crate::document::Pointer;
use crate::model::{Encoding, Location, PartEncoding, Style};
use crate::openapi::media_type::{self, Format};
use crate::openapi::parameter_name::is_token;
use crate::openapi::template::template_names;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Parameter;
use crate::resolve::schema::{Kind, Schema};

/// A parameter as the document has it.
struct Written<'d> {
    at: Pointer,
    fields: &'d Map<String, Value>,
    name: &'d str,
    location: &'d str,
}

impl Written<'_> {
    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.location == other.location
    }
}

impl<'d> Reader<'d> {
    /// Reads the parameters of an operation, those of its path before its own.
    pub(super) fn parameters(
        &self,
        path: &str,
        operation: &'d Map<String, Value>,
        at: &Pointer,
        shared: Option<(&'d Value, Pointer)>,
        decisions: &mut Decisions,
    ) -> Vec<Parameter> {
        let own = self.written(operation.get("parameters"), &at.key("parameters"));
        let mut all = shared.map_or_else(Vec::new, |(list, at)| self.written(Some(list), &at));
        all.retain(|parameter| !own.iter().any(|other| other.is_same(parameter)));
        all.extend(own);
        let kept = sendable(all, path, decisions);
        let names = template_names(path).unwrap_or_default();
        let mut parameters = undescribed(&names, &kept, at, decisions);
        parameters.extend(kept.iter().map(|written| self.parameter(written, decisions)));
        parameters
    }

    /// Reads the headers of the successes of an operation. Of two with one name, the first counts.
    pub(super) fn headers(
        &self,
        operation: &'d Map<String, Value>,
        at: &Pointer,
        decisions: &mut Decisions,
    ) -> Vec<Parameter> {
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let mut found: Vec<Parameter> = Vec::new();
        for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            let (response, at) = self.followed(response, at.key("responses").key(status));
            let at = at.key("headers");
            for (name, header) in response.get("headers").and_then(Value::as_object).into_iter().flatten() {
                let (header, at) = self.followed(header, at.key(name));
                let is_known = found.iter().any(|known| known.wire_name.eq_ignore_ascii_case(name));
                // OpenAPI 3.0.3, "Response Object", `headers`.
                let is_ignored = name.eq_ignore_ascii_case("content-type");
                if let Some(fields) = header.as_object().filter(|_| !is_known && !is_ignored && is_token(name)) {
                    let header = self.parameter(&Written { at, fields, name, location: "header" }, decisions);
                    found.push(as_text_if_structured(header));
                }
            }
        }
        found
    }

    fn written(&self, list: Option<&'d Value>, at: &Pointer) -> Vec<Written<'d>> {
        let list = list.and_then(Value::as_array).into_iter().flatten().enumerate();
        list.filter_map(|(index, value)| {
            let (value, at) = self.followed(value, at.index(index));
            let fields = value.as_object()?;
            let of = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
            Some(Written { at, fields, name: of("name"), location: of("in") })
        })
        .collect()
    }

    fn parameter(&self, written: &Written<'d>, decisions: &mut Decisions) -> Parameter {
        let Written { at, fields, name, location } = written;
        let location = match *location {
            "path" => Location::Path,
            "header" => Location::Header,
            "cookie" => Location::Cookie,
            _ => Location::Query,
        };
        if location == Location::Path && !is_set(fields, "required") {
            let what = format_args!("the path parameter `{name}` is required: every one is");
            decisions.add(Rule::RequirePathParameters, at, what);
        }
        let encoding = encoding(written, &location, decisions);
        let may_be_empty = encoding.style == Style::Form && is_set(fields, "allowEmptyValue");
        Parameter {
            at: at.clone(),
            wire_name: (*name).to_owned(),
            name: String::new(),
            encoding,
            part: PartEncoding::default(),
            empty_setter: (may_be_empty && location == Location::Query).then(String::new),
            required: location == Location::Path || is_set(fields, "required"),
            location,
            deprecated: is_set(fields, "deprecated"),
            description: words(fields, "description"),
            schema: self.parameter_schema(fields, at, decisions),
            example: example(fields),
            examples: self.examples_of_holder(fields, at),
        }
    }

    /// Reads the schema of a parameter, or that of its media type if that is JSON. Any other parameter is a text.
    fn parameter_schema(&self, fields: &'d Map<String, Value>, at: &Pointer, decisions: &mut Decisions) -> Schema {
        if let Some(schema) = fields.get("schema") {
            return self.schema(schema, &at.key("schema"), decisions);
        }
        let media = fields.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
        match media {
            Some((name, media)) if matches!(media_type::format(name), Format::Json | Format::Any) => {
                let at = at.keys(["content", name, "schema"]);
                media.get("schema").map_or_else(|| Schema::any(&at), |schema| self.schema(schema, &at, decisions))
            }
            media => {
                let what = match media {
                    Some((name, _)) => format!("a parameter of the media type `{name}` is sent as the text it is"),
                    None => "the parameter has no `schema`: it is a text".to_owned(),
                };
                decisions.add(Rule::SettleParameterSchemas, at, what);
                Schema::of_kind(at, Kind::Text)
            }
        }
    }
}

/// Returns the first documented example, as it is written.
fn example(fields: &Map<String, Value>) -> Option<Value> {
    let named = fields.get("examples").and_then(Value::as_object).and_then(|examples| examples.values().next());
    fields.get("example").or_else(|| named.and_then(|example| example.get("value"))).cloned()
}

/// Returns whether a parameter has no schema of its own and is written as JSON.
fn is_json(fields: &Map<String, Value>) -> bool {
    let media = fields.get("content").and_then(Value::as_object).and_then(|content| content.keys().next());
    !fields.contains_key("schema") && media.is_some_and(|name| media_type::is_json(name))
}

/// Returns the encoding of a parameter: JSON if its content is, its style if its location has that, or else the default
/// of the location.
fn encoding(written: &Written<'_>, location: &Location, decisions: &mut Decisions) -> Encoding {
    if is_json(written.fields) {
        return Encoding::new(Style::Json, None);
    }
    let styles: &[Style] = match location {
        Location::Path => &[Style::Simple, Style::Label, Style::Matrix],
        Location::Query => &[Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject],
        Location::Header => &[Style::Simple],
        _ => &[Style::Form],
    };
    let explode = written.fields.get("explode").and_then(Value::as_bool);
    let allow_reserved = *location == Location::Query && is_set(written.fields, "allowReserved");
    let Some(word) = text(written.fields, "style") else {
        return Encoding { allow_reserved, ..Encoding::new(styles[0], explode) };
    };
    let style = Style::parse(&word).filter(|style| styles.contains(style));
    if style.is_none() {
        let default = if styles[0] == Style::Simple { "simple" } else { "form" };
        let what = format_args!("the place of this parameter has no style `{word}`: it is written as `{default}`");
        decisions.add(Rule::SettleStyles, &written.at.key("style"), what);
    }
    Encoding { allow_reserved, ..Encoding::new(style.unwrap_or(styles[0]), explode) }
}

/// Reads a header with a structured value as text, unless it is a list of scalars. Cookies have commas of their own.
fn as_text_if_structured(header: Parameter) -> Parameter {
    let is_scalar = |schema: &Schema| schema.values.is_some() || schema.structural_words() == 0;
    let is_list = header.schema.kind == Some(Kind::List) && header.schema.structural_words() == 1;
    let is_split = header.encoding.style == Style::Simple && !header.wire_name.eq_ignore_ascii_case("set-cookie");
    let has_scalars = header.schema.items.as_deref().is_some_and(is_scalar);
    if is_scalar(&header.schema) || (is_list && is_split && has_scalars) {
        return header;
    }
    let text = Schema::of_kind(&header.schema.at, Kind::Text);
    Parameter { schema: Schema { place: header.schema.place, ..text }, ..header }
}

/// Returns the parameters that a request can have.
fn sendable<'d>(parameters: Vec<Written<'d>>, path: &str, decisions: &mut Decisions) -> Vec<Written<'d>> {
    let names = template_names(path);
    let mut kept: Vec<Written<'_>> = Vec::with_capacity(parameters.len());
    // From the end, since of two parameters of one name the last one counts.
    for parameter in parameters.into_iter().rev() {
        let is_repeated = kept.iter().any(|other| other.is_same(&parameter));
        match reason_to_drop(&parameter, is_repeated, names.as_deref()) {
            Some((rule, what)) => decisions.add(rule, &parameter.at, what),
            None => kept.push(parameter),
        }
    }
    kept.reverse();
    kept
}

/// Returns why a request cannot have a parameter. `names` are those in the braces of the path.
fn reason_to_drop(parameter: &Written<'_>, is_repeated: bool, names: Option<&[&str]>) -> Option<(Rule, String)> {
    // OpenAPI 3.0.3, "Parameter Object", `name`.
    const IGNORED: &[&str] = &["accept", "content-type", "authorization"];
    let name = parameter.name;
    if is_repeated {
        let what = format!("the parameter `{name}` stands here twice: the last one counts");
        return Some((Rule::DropRepeatedParameters, what));
    }
    if name.is_empty() {
        let what = "a parameter without a name cannot be sent: it is left out".to_owned();
        return Some((Rule::DropNamelessParameters, what));
    }
    if parameter.location == "header" && IGNORED.contains(&name.to_lowercase().as_str()) {
        let what = format!("`{name}` is no parameter: the client sends the header by itself, as OpenAPI has it");
        return Some((Rule::DropIgnoredHeaders, what));
    }
    let has_place = names.is_none_or(|names| names.contains(&name));
    (parameter.location == "path" && !has_place).then(|| {
        let what = format!("the path has no `{{{name}}}` for this parameter: it is left out");
        (Rule::DropParametersWithoutPlace, what)
    })
}

/// Returns a parameter for each name in the braces of the path that no parameter describes.
fn undescribed(names: &[&str], described: &[Written<'_>], at: &Pointer, decisions: &mut Decisions) -> Vec<Parameter> {
    let mut missing: Vec<Parameter> = Vec::new();
    for name in names {
        let is_described = described.iter().any(|other| other.location == "path" && other.name == *name);
        if is_described || missing.iter().any(|other| other.wire_name == *name) {
            continue;
        }
        let what = format_args!("no parameter describes the `{{{name}}}` of the path: it is a text");
        decisions.add(Rule::DescribePathParameters, at, what);
        missing.push(Parameter {
            at: at.clone(),
            wire_name: (*name).to_owned(),
            name: String::new(),
            location: Location::Path,
            encoding: Encoding::new(Style::Simple, None),
            part: PartEncoding::default(),
            empty_setter: None,
            required: true,
            deprecated: false,
            description: None,
            schema: Schema::of_kind(at, Kind::Text),
            example: None,
            examples: Vec::new(),
        });
    }
    missing
}
