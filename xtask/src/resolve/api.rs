//! Assembles the model from a draft whose choices are made.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answers;
use super::decisions::Decisions;
use super::directions::Directions;
use super::draft::{self, Content, Draft};
use super::integers::whole;
use super::license;
use super::literal::literal;
use super::names::builder_name;
use super::pages;
use super::schema::{Components, Kind, Schema};
use super::security::security;
use super::servers::servers;
use super::shape::Shape;
use super::text::not_blank;
use super::types::{form, type_use};
use crate::model::{
    self, Absence, Alternative, Api, Constant, Constraints, Definition, Encoding, Example, Field, Form, Info, LeftOut,
    ListedValue, Location, Operation, Parameter, Part, RequestBody, Server, TagHolder, TaggedAlternative, TaggedChoice,
    Type, Types,
};
use crate::openapi::media_type::Framing;
use crate::openapi::servers::{base_url, url};
use crate::runtime_path;

/// Assembles the model. `examples` are those that the crate's tests decode, and those that they leave out.
pub fn assemble(root: &Value, draft: &Draft, examples: (Vec<Example>, Vec<LeftOut>), decisions: &mut Decisions) -> Api {
    let directions = Directions::of(draft);
    let types: Types =
        draft.components.iter().map(|(name, schema)| definition(draft, name, schema, &directions)).collect();
    let (security, requirements) = security(root, draft);
    let (servers, own_servers) = servers(root, draft);
    let operations = draft.operations.iter().zip(requirements).zip(own_servers);
    let operations = operations
        .map(|((operation, security), server)| {
            let assembled = assemble_operation(draft, operation, decisions);
            Operation { security, server, ..assembled }
        })
        .collect();
    let (examples, left_out) = examples;
    Api { info: info(root), security, servers, operations, group_links: BTreeMap::new(), types, examples, left_out }
}

fn info(root: &Value) -> Info {
    let (info, server) = (&root["info"], &root["servers"][0]);
    Info {
        title: words(&info["title"]).unwrap_or_default(),
        version: words(&info["version"]).unwrap_or_default(),
        description: words(&info["description"]),
        see_also: None,
        license: license::expression(&info["license"]),
        host: url(server).as_deref().and_then(host),
        server: base_url(root).map(|url| Server { url, description: words(&server["description"]) }),
    }
}

/// Returns the host of a URL, if it has a name or an address.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    host.starts_with(|c: char| c.is_alphanumeric()).then(|| host.to_owned())
}

fn words(value: &Value) -> Option<String> {
    not_blank(value.as_str()).map(str::to_owned)
}

fn definition(draft: &Draft, name: &str, schema: &Schema, directions: &Directions) -> Type {
    let description = not_blank(schema.place.description.as_deref()).or(not_blank(schema.title.as_deref()));
    Type {
        at: schema.at.clone(),
        name: name.to_owned(),
        description: description.map(str::to_owned),
        bounds: not_blank(schema.place.bounds.as_deref()).map(str::to_owned),
        constraints: constraints(schema),
        deprecated: schema.place.deprecated == Some(true),
        definition: definition_of(&draft.components, name, schema, directions),
        is_sent: directions.sent.contains(name),
    }
}

fn definition_of(components: &Components, name: &str, schema: &Schema, directions: &Directions) -> Definition {
    if schema.reference.is_some() || schema.rust_type.is_some() {
        return Definition::Wrapper(form(schema));
    }
    if let (Some(tag), Some(alternatives)) = (&schema.tag, &schema.one_of) {
        let variants = alternatives.iter().zip(&schema.variants);
        let alternatives = variants.map(|(of, name)| tagged_alternative(components, tag, name, of)).collect();
        return Definition::Tagged(TaggedChoice { tag: tag.clone(), alternatives, is_open: schema.is_open });
    }
    if let Some(alternatives) = &schema.one_of {
        let variants = alternatives.iter().zip(&schema.variants);
        return Definition::Choice(variants.map(|(of, name)| alternative(components, name, of)).collect());
    }
    if schema.values.is_some() {
        let variants = schema.values.iter().flatten().filter_map(Value::as_str).zip(&schema.texts);
        let listed = variants.map(|(name, text)| ListedValue { name: name.to_owned(), text: text.clone() });
        return Definition::Enumeration { values: listed.collect(), is_open: schema.is_open };
    }
    if schema.is_struct() && schema.kind == Some(Kind::Object) {
        let properties = schema.properties.iter().flatten();
        let fields = properties.map(|(field_name, property)| Field {
            access: directions.access(name, property),
            ..field(components, schema, field_name, property)
        });
        let fields = fields.collect();
        return Definition::Struct { fields, extra: schema.extra().map(type_use) };
    }
    Definition::Wrapper(form(schema))
}

fn alternative(components: &Components, name: &str, schema: &Schema) -> Alternative {
    let description = described(components, schema);
    let deprecated = schema.place.deprecated == Some(true);
    Alternative { at: schema.at.clone(), name: name.to_owned(), of: form(schema), description, deprecated }
}

fn tagged_alternative(components: &Components, tag: &str, name: &str, schema: &Schema) -> TaggedAlternative {
    TaggedAlternative {
        alternative: alternative(components, name, schema),
        texts: schema.place.tags.texts.clone(),
        holder: tag_holder(components, tag, schema),
    }
}

/// Returns where a value of an alternative keeps its tag.
fn tag_holder(components: &Components, tag: &str, schema: &Schema) -> TagHolder {
    let resolved = |schema: &Schema| schema.reference.as_ref().and_then(|name| components.get(name));
    let Some(object) = resolved(schema) else { return TagHolder::Variant };
    if object.tag.is_some() {
        return TagHolder::Type;
    }
    let is_tag = |name: &str, property: &Schema| property.wire_name.as_deref().unwrap_or(name) == tag;
    let Some((name, property)) = object.properties.iter().flatten().find(|(name, property)| is_tag(name, property))
    else {
        return TagHolder::Variant;
    };
    let is_text =
        matches!(resolved(property).unwrap_or(property).shape(), Shape::Values(_) | Shape::Scalar(Kind::Text));
    let is_always_there = object.requires(name) && !property.place.nullable;
    if is_text && !is_always_there { TagHolder::OptionalField } else { TagHolder::Type }
}

fn field(components: &Components, object: &Schema, name: &str, property: &Schema) -> Field {
    let place = &property.place;
    Field {
        at: property.at.clone(),
        name: name.to_owned(),
        wire_name: property.wire_name.clone().unwrap_or_else(|| name.to_owned()),
        of: type_use(property),
        required: object.requires(name),
        absence: place.absence,
        access: place.access,
        decode: not_blank(place.decode.as_deref()).map(str::to_owned).or_else(|| decoding_of_absence(property)),
        is_custom: property.has_custom_decoding(),
        description: described(components, property),
        bounds: not_blank(place.bounds.as_deref()).map(str::to_owned),
        constraints: constraints(property),
        constant: constant(components, object, name, property),
        deprecated: place.deprecated == Some(true),
    }
}

/// Returns the constraints of a value, those of its items, and those of its values if it is a map.
fn constraints(schema: &Schema) -> Constraints {
    let is_map = !schema.is_struct() && schema.reference.is_none();
    let each = schema.items.as_deref().and_then(part);
    let values = schema.extra().filter(|_| is_map).and_then(part);
    Constraints { each, values, ..schema.place.constraints.clone() }
}

/// Returns the facts about the parts of a value, if there are any. No part has a default: the server adds none.
fn part(schema: &Schema) -> Option<Box<Part>> {
    let bounds = not_blank(schema.place.bounds.as_deref()).map(str::to_owned);
    let part = Part { bounds, constraints: Constraints { default: None, ..constraints(schema) } };
    (part != Part::default()).then(|| Box::new(part))
}

/// Returns the only value of a required property, if there is one.
fn constant(components: &Components, object: &Schema, name: &str, property: &Schema) -> Option<Constant> {
    only_value(components, property).filter(|_| object.requires(name))
}

/// Returns the only value of a schema, if there is one.
fn only_value(components: &Components, schema: &Schema) -> Option<Constant> {
    let of = match &schema.reference {
        Some(name) => components.get(name)?,
        None => schema,
    };
    let constant = schema.place.constant.as_ref().or(of.place.constant.as_ref());
    if schema.has_custom_decoding() {
        return None;
    }
    if schema.place.nullable {
        let is_null = constant.is_some_and(Value::is_null) && matches!(of.shape(), Shape::Any);
        return is_null.then(|| Constant::Json("null".to_owned()));
    }
    if let (Shape::Values([only]), [text]) = (of.shape(), &*of.texts) {
        return Some(Constant::Variant(only.as_str()?.to_owned(), text.clone()));
    }
    let only = constant?;
    match of.shape() {
        Shape::Scalar(Kind::Boolean) => only.as_bool().map(Constant::Boolean),
        Shape::Scalar(Kind::Integer) => whole(only)?.as_i64().map(Constant::Integer),
        Shape::Scalar(Kind::Unsigned) => whole(only)?.as_u64().map(Constant::Unsigned),
        Shape::Rust(rust_type) if rust_type.is_number() => Some(Constant::Number(only.as_number()?.to_string())),
        _ => (only.is_array() || only.is_object()).then(|| Constant::Json(only.to_string())),
    }
}

/// Returns the function of the runtime that decodes a field without a value, where serde alone cannot.
fn decoding_of_absence(property: &Schema) -> Option<String> {
    let is_distinct = property.place.absence == Absence::Distinct;
    let function = match (is_distinct, property.place.empty_as_none) {
        (true, false) => "nullable",
        (false, true) => "empty_as_none",
        (true, true) => "nullable_empty_as_none",
        (false, false) => return None,
    };
    Some(runtime_path(&format!("php::{function}")))
}

/// Returns the description of a schema, or that of the component it refers to.
fn described(components: &Components, schema: &Schema) -> Option<String> {
    let target = schema.reference.as_ref().map_or(Some(schema), |name| components.get(name));
    let of_target = target.and_then(|target| not_blank(target.place.description.as_deref()));
    let own = not_blank(schema.place.description.as_deref());
    let title = not_blank(schema.title.as_deref());
    own.or(of_target).or(title).map(str::to_owned)
}

fn assemble_operation(draft: &Draft, operation: &draft::Operation, decisions: &mut Decisions) -> Operation {
    let (successes, failures) = answers::of(operation);
    let parameters: Vec<_> = operation.parameters.iter().map(|one| parameter(&draft.components, one)).collect();
    Operation {
        at: operation.at.clone(),
        builder: builder_name(&operation.name),
        name: operation.name.clone(),
        module: operation.module.clone(),
        method: operation.method,
        path: operation.path.split(['?', '#']).next().unwrap_or_default().to_owned(),
        fixed_query: fixed_query(&operation.path),
        group: None,
        summary: operation.summary.clone(),
        description: operation.description.clone(),
        see_also: None,
        links: Vec::new(),
        deprecated: operation.deprecated,
        scopes: operation.scopes.clone(),
        security: Vec::new(),
        server: None,
        pagination: pages::pagination(draft, operation, &parameters, decisions),
        parameters,
        body: operation.body.as_ref().and_then(request_body),
        successes,
        failures,
        headers: None,
        accept: answers::accepted(operation),
    }
}

/// Returns the parameters of the query that a path has written behind it.
fn fixed_query(path: &str) -> Vec<(String, String)> {
    let query = path.split('#').next().and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

fn request_body(body: &draft::Body) -> Option<RequestBody> {
    let is_pattern = body.media_type.contains('*');
    Some(RequestBody {
        at: body.at.clone(),
        type_name: body.schema.reference.clone()?,
        required: body.required,
        description: body.description.clone(),
        media_type: if is_pattern { "application/json".to_owned() } else { body.media_type.clone() },
    })
}

/// Assembles a parameter.
pub fn parameter(components: &Components, parameter: &draft::Parameter) -> Parameter {
    let schema = &parameter.schema;
    let example = parameter.example.as_ref().or(schema.example.as_ref());
    let description = parameter.description.as_deref().or(not_blank(schema.place.description.as_deref()));
    Parameter {
        at: parameter.at.clone(),
        name: parameter.name.clone(),
        wire_name: parameter.wire_name.clone(),
        location: location(parameter),
        encoding: encoding(parameter),
        part: parameter.part.clone(),
        empty_setter: parameter.empty_setter.clone().filter(|_| form(schema) != Form::Text),
        of: type_use(schema),
        required: parameter.required,
        deprecated: parameter.deprecated || schema.place.deprecated == Some(true),
        description: description.map(str::to_owned),
        bounds: not_blank(schema.place.bounds.as_deref()).map(str::to_owned),
        constraints: constraints(schema),
        constant: only_value(components, schema).filter(|_| parameter.required && !parameter.location.is_body()),
        example: example.and_then(|example| literal(components, schema, example)),
    }
}

/// Returns the encoding of a parameter. Numbers and booleans have no reserved characters.
fn encoding(parameter: &draft::Parameter) -> Encoding {
    let is_plain = matches!(parameter.schema.kind, Some(Kind::Integer | Kind::Unsigned | Kind::Number | Kind::Boolean));
    Encoding { allow_reserved: parameter.encoding.allow_reserved && !is_plain, ..parameter.encoding }
}

/// Returns the location of a parameter: that of files if it is one, or a list of them.
fn location(parameter: &draft::Parameter) -> Location {
    let is_file = |schema: &Schema| type_use(schema).form.is_of_runtime("File");
    let schema = &parameter.schema;
    if is_file(schema) || schema.items.as_deref().is_some_and(is_file) {
        return Location::File;
    }
    parameter.location.clone()
}

impl Content {
    /// Returns the body of an answer in the model.
    pub(super) fn body(&self) -> model::Body {
        match self {
            Self::Json { schema, framing, .. } => match (&schema.reference, framing) {
                (Some(name), None) => model::Body::Json(name.clone()),
                (Some(name), Some(framing)) => model::Body::Stream(*framing, model::Item::Json(name.clone())),
                (None, _) => model::Body::Nothing,
            },
            Self::Text => model::Body::Text,
            Self::TextEvents => model::Body::Stream(Framing::Events, model::Item::Text),
            Self::Bytes => model::Body::Bytes,
            Self::Nothing => model::Body::Nothing,
        }
    }

    /// Returns the body of a failure in the model, which is read as a whole.
    pub(super) fn whole_body(&self) -> model::Body {
        match self.body() {
            model::Body::Stream(..) => model::Body::Text,
            body => body,
        }
    }
}
