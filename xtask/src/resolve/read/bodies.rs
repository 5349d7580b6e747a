//! Reads the bodies of an operation. Of all media types that are documented for one, the client uses one: JSON if
//! there is such a one, else a form, text or bytes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Reader;
use super::operations::words;
use super::schemas::is_set;
use crate::document::Pointer;
use crate::model::{Location, Status, Style};
use crate::openapi::examples::is_held;
use crate::openapi::media_type::{Format, by_preference};
use crate::openapi::part_headers;
use crate::openapi::streams::{self, Items};
use crate::openapi::version::Version;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::{Body, Content, FieldEncoding, Operation, Response};
use crate::resolve::forms::whole_body;
use crate::resolve::schema::{Example, Schema};
use crate::resolve::text::not_blank;

/// The media type that the client uses for a body.
struct Chosen<'d> {
    name: &'d str,
    format: Format,
    media: &'d Value,
    at: Pointer,
}

impl<'d> Reader<'d> {
    /// Reads the request body of an operation. Text and bytes become a parameter, since they have no type of their own.
    pub(super) fn read_request_body(
        &self,
        operation: &mut Operation,
        fields: &'d Map<String, Value>,
        decisions: &mut Decisions,
    ) {
        let Some(body) = fields.get("requestBody") else { return };
        let (body, at) = self.followed(body, operation.at.key("requestBody"));
        let Some(fields) = body.as_object() else { return };
        let Some(chosen) = self.choose_media_type(Rule::ChooseRequestTypes, fields, &at, decisions) else { return };
        let body = Body {
            at,
            media_type: chosen.name.to_owned(),
            format: chosen.format,
            required: is_set(fields, "required"),
            description: words(fields, "description"),
            schema: self.body_schema(&chosen, decisions),
            examples: self.body_examples(&chosen),
            encodings: encodings(self.root, chosen.media),
        };
        match chosen.format {
            Format::Text => operation.parameters.push(whole_body(Location::Text(text_type(chosen.name)), &body)),
            Format::Bytes => operation.parameters.push(whole_body(Location::Bytes(bytes_type(chosen.name)), &body)),
            _ => operation.body = Some(body),
        }
    }

    /// Reads the responses of an operation.
    pub(super) fn responses(
        &self,
        operation: &'d Map<String, Value>,
        at: &Pointer,
        decisions: &mut Decisions,
    ) -> Vec<Response> {
        let at = at.key("responses");
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        responses
            .filter_map(|(status, response)| {
                let component = response.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
                let (response, at) = self.followed(response, at.key(status));
                let fields = response.as_object()?;
                let status = Status::parse(status)?;
                let component =
                    component.and_then(|pointer| pointer.last()).filter(|name| not_blank(Some(name)).is_some());
                Some(self.response(status, component, fields, at, decisions))
            })
            .collect()
    }

    fn response(
        &self,
        status: Status,
        component: Option<String>,
        fields: &'d Map<String, Value>,
        at: Pointer,
        decisions: &mut Decisions,
    ) -> Response {
        let chosen = self.choose_media_type(Rule::ChooseResponseTypes, fields, &at, decisions);
        let content = match &chosen {
            None => Content::Nothing,
            Some(chosen) => match self.stream(status, chosen, decisions) {
                Some(stream) => stream,
                None => self.content(chosen, decisions),
            },
        };
        Response {
            at,
            status,
            component,
            description: words(fields, "description").unwrap_or_default(),
            media_type: chosen.map(|chosen| chosen.name.to_owned()),
            content,
        }
    }

    fn content(&self, chosen: &Chosen<'d>, decisions: &mut Decisions) -> Content {
        match chosen.format {
            Format::Json => Content::Json {
                schema: Box::new(self.body_schema(chosen, decisions)),
                examples: self.body_examples(chosen),
                framing: None,
            },
            Format::Text | Format::Form => Content::Text,
            Format::Multipart | Format::Bytes | Format::Any => Content::Bytes,
        }
    }

    /// Returns the stream of items that an answer is, if it is one.
    fn stream(&self, status: Status, chosen: &Chosen<'d>, decisions: &mut Decisions) -> Option<Content> {
        let can_succeed = status.is_success() || status == Status::Default;
        let found = streams::items(self.root, chosen.name, chosen.media, &chosen.at).filter(|_| can_succeed);
        let (framing, items) = found?;
        Some(match items {
            Items::Json(schema, at) => Content::Json {
                schema: Box::new(self.schema(schema, &at, decisions)),
                examples: Vec::new(),
                framing: Some(framing),
            },
            Items::Text => Content::TextEvents,
        })
    }

    /// Returns the media type that the client uses for a body, and reports those that it does not use.
    fn choose_media_type(
        &self,
        rule: Rule,
        holder: &'d Map<String, Value>,
        at: &Pointer,
        decisions: &mut Decisions,
    ) -> Option<Chosen<'d>> {
        let content = holder.get("content")?.as_object()?;
        let usable = by_preference(self.root, content);
        let (name, media, format) = *usable.first()?;
        if usable.len() > 1 {
            let others: Vec<_> = usable[1..].iter().map(|(name, ..)| format!("`{name}`")).collect();
            let what = format!("the body is `{name}` for the client, which does not speak {}", others.join(", "));
            decisions.add(rule, &at.key("content"), what);
        }
        Some(Chosen { name, format, media, at: at.keys(["content", name]) })
    }

    fn body_schema(&self, chosen: &Chosen<'d>, decisions: &mut Decisions) -> Schema {
        let at = chosen.at.key("schema");
        chosen.media.get("schema").map_or_else(|| Schema::any(&chosen.at), |schema| self.schema(schema, &at, decisions))
    }

    fn body_examples(&self, chosen: &Chosen<'d>) -> Vec<Example> {
        let media = chosen.media.as_object().filter(|_| is_held(chosen.name));
        media.map_or_else(Vec::new, |media| self.examples_of_holder(media, &chosen.at))
    }
}

/// Returns the media type of a text that is sent: one with a star stands for many.
fn text_type(name: &str) -> String {
    if name.contains('*') { "text/plain".to_owned() } else { name.to_owned() }
}

/// Returns the media type of bytes that are sent.
fn bytes_type(name: &str) -> String {
    let is_one = name.contains('/') && !name.contains('*');
    if is_one { name.to_owned() } else { "application/octet-stream".to_owned() }
}

fn encodings(root: &Value, media: &Value) -> BTreeMap<String, FieldEncoding> {
    let encodings = media.get("encoding").and_then(Value::as_object).into_iter().flatten();
    encodings.map(|(name, encoding)| (name.clone(), field_encoding(root, encoding))).collect()
}

fn field_encoding(root: &Value, encoding: &Value) -> FieldEncoding {
    let headers = part_headers::headers(root, encoding.get("headers")).into_iter();
    FieldEncoding {
        content_type: encoding.get("contentType").and_then(Value::as_str).map(str::to_owned),
        style: encoding.get("style").and_then(Value::as_str).and_then(Style::parse),
        explode: encoding.get("explode").and_then(Value::as_bool),
        allow_reserved: encoding.get("allowReserved").and_then(Value::as_bool),
        headers: headers.filter_map(|header| Some((header.name, header.value?))).collect(),
        has_styled_parts: Version::of(root) == Version::V3_1,
    }
}
