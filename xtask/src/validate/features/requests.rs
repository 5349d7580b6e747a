//! The features of requests and answers: operations, parameters, bodies and their media types.

use serde_json::Value;

use super::feature::Feature;
use super::survey::{Body, Fields, Placed, Survey, entries, is_json};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::media_type::{self, Format, Framing};
use crate::openapi::part_headers;
use crate::openapi::payloads::callback_places;
use crate::openapi::references::resolve;

pub(super) const FEATURES: &[Feature] = &[
    Feature {
        name: "`webhooks`",
        find: webhooks,
        counted: ["webhook has", "webhooks have"],
        message: "{} no handler in the client, which has types of the payloads",
        help: "decode the body of such a request as the type of its payload, in a server of your own",
    },
    Feature {
        name: "`callbacks`",
        find: |survey| callback_places(survey.root),
        counted: ["callback has", "callbacks have"],
        message: "{} no handler in the client, which has types of the payloads",
        help: "decode the body of such a request as the type of its payload, in a server of your own",
    },
    Feature {
        name: "`content` of parameters that is not JSON",
        find: |survey| survey.parameters.iter().filter_map(untyped_parameter).collect(),
        counted: ["parameter with a media type is", "parameters with media types are"],
        message: "{} sent as text: a caller has to encode the value",
        help: "encode the value in this media type before setting it",
    },
    Feature {
        name: "several media types",
        find: |survey| survey.bodies.iter().filter_map(several_types).collect(),
        counted: ["body has", "bodies have"],
        message: "{} several media types, and the client uses one: JSON if it is there, else a form, text or bytes",
        help: "no change is needed unless a caller needs another representation",
    },
    Feature {
        name: "XML",
        find: |survey| bodies(survey, |body| is_xml(body) && has_structure(survey, body)),
        counted: ["body has", "bodies have"],
        message: "XML is sent and read as text: {} no types",
        help: "encode and decode the text with a library for XML",
    },
    Feature {
        name: "event streams in failures",
        find: |survey| bodies(survey, |body| is_unread_stream(survey, body, Framing::Events)),
        counted: ["event stream is", "event streams are"],
        message: "{} read to its end as one text: a caller sees no event before that",
        help: "split the text of the failure",
    },
    Feature {
        name: "sequences of JSON values in requests and failures",
        find: |survey| bodies(survey, |body| is_unread_stream(survey, body, Framing::Lines)),
        counted: ["body has", "bodies have"],
        message: "sequences of JSON values are one text: {} no types",
        help: "split the text, and decode each value",
    },
    Feature {
        name: "`multipart` other than a form that is sent",
        find: |survey| bodies(survey, is_multipart),
        counted: ["body has", "bodies have"],
        message: "`multipart` is bytes, except for a form that is sent: {} no parts",
        help: "encode and decode the parts with a library for MIME",
    },
    Feature {
        name: "structured bodies in other media types",
        find: |survey| bodies(survey, |body| is_otherwise_structured(survey, body)),
        counted: ["body has", "bodies have"],
        message: "the schemas of other media types than JSON are not used: {} no types",
        help: "encode and decode the text or the bytes by hand",
    },
    Feature {
        name: "parameters of media types",
        find: |survey| bodies(survey, has_parameters),
        counted: ["answer", "answers"],
        message: "the client asks for `application/json` without parameters: the server chooses the form of {}",
        help: "give the form a media type of its own, such as `application/vnd.example.v2+json`",
    },
    Feature {
        name: "ranges of media types",
        find: |survey| bodies(survey, |body| body.is_sent() && is_range(body)),
        counted: ["body with a range of media types is", "bodies with ranges of media types are"],
        message: "{} sent as `application/octet-stream` or `text/plain`: a caller cannot name the media type",
        help: "name the media type that the API expects",
    },
    Feature {
        name: "`headers` of parts",
        find: |survey| parts(survey, |part| part.lacks_header(survey)),
        counted: ["part has", "parts have"],
        message: "headers of parts without a fixed value are not sent: {} such a header",
        help: "write the value as `const`, a single `enum` or `default` if it is always the same",
    },
    Feature {
        name: "`contentType` of fields and parts",
        find: |survey| parts(survey, |part| part.ignores_content_type(survey)),
        counted: ["field of a form is", "fields of forms are"],
        message: "{} a list or an object that is sent as JSON, and not with the documented type",
        help: "describe the part as a string, which is sent with the type: a caller encodes the value",
    },
    Feature {
        name: "`externalValue`",
        find: external_examples,
        counted: ["example is", "examples are"],
        message: "examples outside of the document are not fetched: {} neither checked nor tested",
        help: "write the example into the document, under `value`",
    },
];

fn webhooks(survey: &Survey<'_>) -> Vec<Pointer> {
    let at = Pointer::root().key("webhooks");
    let webhooks = survey.root.field("webhooks").filter(|_| survey.is_newer);
    entries(webhooks).map(|(name, _)| at.key(name)).collect()
}

fn untyped_parameter(parameter: &Placed<'_>) -> Option<Pointer> {
    let (name, media) = entries(parameter.fields.field("content")).next()?;
    let is_text = media.field("schema").is_none_or(|schema| schema.field("type").is_some_and(|kind| kind == "string"));
    (!is_json(name) && !is_text).then(|| parameter.at.key("content"))
}

/// Returns the places of the chosen media types of the bodies that match.
fn bodies(survey: &Survey<'_>, matches: impl Fn(&Body<'_>) -> bool) -> Vec<Pointer> {
    survey.bodies.iter().filter(|body| matches(body)).map(Body::chosen_at).collect()
}

/// Returns the place of a body with several media types. Two names of one representation count as one.
fn several_types(body: &Body<'_>) -> Option<Pointer> {
    let (chosen, media, format) = body.chosen;
    let is_other = |(name, other): &(&String, &Value)| {
        let is_alike =
            media_type::essence(name) == media_type::essence(chosen) || (is_json(name) && format == Format::Json);
        *name != chosen && !(is_alike && other.field("schema") == media.field("schema"))
    };
    body.content.iter().find(is_other).map(|_| body.at.clone())
}

/// Returns whether the schema of a body describes more than a string.
fn has_structure(survey: &Survey<'_>, body: &Body<'_>) -> bool {
    const KEYWORDS: [&str; 5] = ["properties", "items", "oneOf", "anyOf", "additionalProperties"];
    body.chosen.1.field("schema").is_some_and(|schema| {
        survey.any_part(schema, |fields| {
            let is_structured = |kind: &str| matches!(kind, "object" | "array");
            fields.field("type").and_then(Value::as_str).is_some_and(is_structured)
                || KEYWORDS.iter().any(|key| fields.has(key))
        })
    })
}

/// Returns whether the client handles a body as text or as bytes.
fn is_raw(body: &Body<'_>) -> bool {
    match body.chosen.2 {
        Format::Text | Format::Bytes => true,
        Format::Form | Format::Multipart => !body.is_sent(),
        Format::Json | Format::Any => false,
    }
}

fn is_xml(body: &Body<'_>) -> bool {
    let essence = body.essence();
    let is_xml = essence.ends_with("/xml") || essence.ends_with("+xml");
    is_xml && !essence.starts_with("image/") && is_raw(body)
}

/// Returns whether a body is a stream of items that the client sends or reads as one text.
fn is_unread_stream(survey: &Survey<'_>, body: &Body<'_>, framing: Framing) -> bool {
    let is_stream = media_type::framing(body.chosen.0) == Some(framing) && survey.items(body).is_none();
    is_stream && !(framing == Framing::Events && body.is_sent())
}

fn is_multipart(body: &Body<'_>) -> bool {
    body.essence().starts_with("multipart/") && is_raw(body)
}

fn is_otherwise_structured(survey: &Survey<'_>, body: &Body<'_>) -> bool {
    let has_own_row = is_xml(body) || is_multipart(body) || media_type::framing(body.chosen.0).is_some();
    is_raw(body) && !has_own_row && has_structure(survey, body)
}

/// Returns whether the media type of an answer has parameters that the client does not ask for.
fn has_parameters(body: &Body<'_>) -> bool {
    let is_success = body.status.is_some_and(|status| status.starts_with('2') || status == "default");
    let mut parameters = body.chosen.0.split(';').skip(1).map(|parameter| parameter.trim().to_ascii_lowercase());
    let names_form = parameters.any(|parameter| !parameter.is_empty() && !parameter.starts_with("charset="));
    is_success && body.essence() == "application/json" && names_form
}

fn is_range(body: &Body<'_>) -> bool {
    body.chosen.0.contains('*') && matches!(body.chosen.2, Format::Text | Format::Bytes)
}

/// A field of a form, and its encoding.
struct Part<'d> {
    at: Pointer,
    encoding: &'d Fields,
    /// The schema of the field.
    schema: &'d Value,
    is_multipart: bool,
}

/// Returns the places of the encodings of the fields that match, in the forms that are sent.
fn parts(survey: &Survey<'_>, matches: impl Fn(&Part<'_>) -> bool) -> Vec<Pointer> {
    let mut places = Vec::new();
    for body in survey.bodies.iter().filter(|body| body.is_sent() && !is_raw(body)) {
        let (_, media, format) = body.chosen;
        let is_multipart = format == Format::Multipart;
        if !is_multipart && format != Format::Form {
            continue;
        }
        let Some(schema) = media.field("schema") else { continue };
        let flat = survey.flat(&(), schema);
        for (name, encoding) in entries(media.field("encoding")) {
            let field = flat.properties.iter().find(|(known, ..)| known == name);
            let (Some((_, (), schema)), Some(encoding)) = (field, encoding.as_object()) else { continue };
            let at = body.chosen_at().key("encoding").key(name);
            let part = Part { at, encoding, schema, is_multipart };
            if matches(&part) {
                places.push(part.at);
            }
        }
    }
    places
}

impl Part<'_> {
    /// Returns whether a header has no value that the client could send.
    fn lacks_header(&self, survey: &Survey<'_>) -> bool {
        let headers = part_headers::headers(survey.root, self.encoding.field("headers"));
        self.is_multipart && headers.iter().any(|header| header.value.is_none())
    }

    fn has_style(&self) -> bool {
        ["style", "explode", "allowReserved"].iter().any(|field| self.encoding.has(field))
    }

    fn ignores_content_type(&self, survey: &Survey<'_>) -> bool {
        let Some(types) = self.encoding.field("contentType").and_then(Value::as_str) else { return false };
        let first = types.split(',').next().unwrap_or_default().trim();
        let Some(schema) = resolve(survey.root, self.schema) else { return false };
        let items = schema.field("items").and_then(|items| resolve(survey.root, items));
        let is_file = self.is_multipart
            && (media_type::is_file(schema, Some(types))
                || items.is_some_and(|items| media_type::is_file(items, Some(types))));
        let is_scalar =
            |schema| ["string", "integer", "number", "boolean"].iter().any(|word| survey.has_type(schema, word));
        let is_text = is_scalar(schema) || items.is_some_and(is_scalar);
        // OpenAPI 3.1 ignores the media type beside a style.
        let is_styled = survey.is_newer && self.is_multipart && self.has_style();
        !is_file && !is_text && !is_styled && !media_type::is_json(first)
    }
}

fn external_examples(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut places = Vec::new();
    let holders = survey.parameters.iter().map(|parameter| (parameter.at.clone(), parameter.fields));
    let media = survey
        .bodies
        .iter()
        .flat_map(|body| body.content.iter().filter_map(|(name, media)| Some((body.at.key(name), media.as_object()?))));
    for (at, fields) in holders.chain(media) {
        let at = at.key("examples");
        for (name, example) in entries(fields.field("examples")) {
            let Some((at, example)) = survey.resolve(&at.key(name), example) else { continue };
            if example.field("externalValue").is_some() && !places.contains(&at.key("externalValue")) {
                places.push(at.key("externalValue"));
            }
        }
    }
    places
}
