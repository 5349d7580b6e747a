//! Forms: each field of a form becomes a parameter of its operation.

use super::decisions::{Decisions, Rule};
use super::draft::{Body, Draft, FieldEncoding, Operation, Parameter};
use super::schema::{Additional, Components, Kind, RustType, Schema};
use super::text::not_blank;
use crate::model::{Access, Encoding, Location, PartEncoding, Style};
use crate::openapi::media_type::{self, Format};

/// Turns the properties of forms into parameters, with a setter each: a form is no value that is encoded as a whole, it
/// is a list of names with values, some of which are files. A form without properties is a map from names to texts.
pub fn spread(draft: &mut Draft, decisions: &mut Decisions) {
    for operation in &mut draft.operations {
        let is_form = |body: &mut Body| matches!(body.format, Format::Form | Format::Multipart);
        if let Some(body) = operation.body.take_if(is_form) {
            spread_form(&draft.components, operation, &body, decisions);
        }
    }
}

fn spread_form(components: &Components, operation: &mut Operation, body: &Body, decisions: &mut Decisions) {
    let form = Form { components, body };
    let fields = form.fields(&body.schema, DEEPEST);
    if fields.is_empty() {
        let is_text = form.resolved(&body.schema).kind == Some(Kind::Text);
        let location = match (body.format, is_text) {
            (Format::Multipart, _) => Location::Parts,
            (_, true) => Location::Text(body.media_type.clone()),
            _ => Location::Form,
        };
        decisions.add(Rule::SpreadForms, &body.schema.at, "the form names no fields: it is sent as it is given");
        operation.parameters.push(whole_body(location, body));
    }
    operation.parameters.extend(fields.into_iter().map(|(name, field)| form.parameter(name, field)));
}

/// Returns the parameter that is the whole body of a request.
pub fn whole_body(location: Location, body: &Body) -> Parameter {
    let at = &body.at;
    let schema = match location {
        Location::Bytes(_) => runtime_type(at, "Bytes"),
        Location::Form | Location::Parts => Schema {
            additional: Some(Additional::Schema(Box::new(Schema::of_kind(at, Kind::Text)))),
            ..Schema::of_kind(at, Kind::Object)
        },
        _ => Schema::of_kind(at, Kind::Text),
    };
    Parameter {
        at: at.clone(),
        wire_name: "body".to_owned(),
        name: String::new(),
        location,
        encoding: Encoding::new(Style::Form, None),
        part: PartEncoding::default(),
        empty_setter: None,
        required: body.required,
        deprecated: false,
        description: body.description.clone(),
        schema,
        example: None,
        examples: Vec::new(),
    }
}

/// Returns the schema of a type of the runtime.
fn runtime_type(at: &crate::document::Pointer, name: &str) -> Schema {
    Schema { rust_type: Some(RustType::of_runtime(name)), ..Schema::any(at) }
}

/// A form.
struct Form<'f> {
    components: &'f Components,
    body: &'f Body,
}

/// A field of a form.
struct Field {
    schema: Schema,
    /// Whether the form is invalid without it.
    required: bool,
}

/// The number of schemas that are followed into each other: more is a circle.
const DEEPEST: usize = 32;

impl Form<'_> {
    fn resolved<'s>(&'s self, schema: &'s Schema) -> &'s Schema {
        let mut schema = schema;
        for _ in 0..DEEPEST {
            match schema.reference.as_ref().and_then(|name| self.components.get(name)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// Returns the fields of a schema: its own, those of what it is composed of, and those of its alternatives, of which
    /// none is required that another alternative does not have.
    fn fields(&self, schema: &Schema, depth: usize) -> Vec<(String, Field)> {
        let mut fields: Vec<(String, Field)> = Vec::new();
        if depth == 0 {
            return fields;
        }
        let schema = self.resolved(schema);
        let is_sent = |property: &Schema| property.place.access != Access::ReadOnly;
        for (name, property) in schema.properties.iter().flatten().filter(|(_, property)| is_sent(property)) {
            let is_required = schema.requires(name) || property.place.access == Access::WriteOnly { required: true };
            fields.push((name.clone(), Field { schema: property.clone(), required: is_required }));
        }
        for part in schema.all_of.iter().flatten() {
            for (name, field) in self.fields(part, depth - 1) {
                let is_required = field.required || schema.requires(&name);
                merge(&mut fields, name, field, is_required);
            }
        }
        for alternative in schema.one_of.iter().flatten().chain(schema.any_of.iter().flatten()) {
            for (name, field) in self.fields(alternative, depth - 1) {
                let is_required = schema.requires(&name);
                merge(&mut fields, name, field, is_required);
            }
        }
        fields
    }

    fn parameter(&self, name: String, field: Field) -> Parameter {
        let encoding = self.body.encodings.get(&name).cloned().unwrap_or_default();
        let resolved = self.resolved(&field.schema);
        let description = field.schema.place.description.as_ref().or(resolved.place.description.as_ref());
        let (sent_as, encoding_of) = (self.file(resolved, &encoding), self.encoding(resolved, &encoding));
        let is_multipart = self.body.format == Format::Multipart;
        Parameter {
            at: field.schema.at.clone(),
            wire_name: name,
            name: String::new(),
            location: match (&sent_as, is_multipart) {
                (Some(_), _) => Location::File,
                (None, true) => Location::Part,
                (None, false) => Location::FormField,
            },
            encoding: encoding_of,
            part: self.part(resolved, sent_as.is_some(), &encoding),
            empty_setter: None,
            required: field.required,
            deprecated: field.schema.place.deprecated == Some(true),
            description: not_blank(description.map(String::as_str)).map(str::to_owned),
            schema: sent_as.unwrap_or(field.schema),
            example: None,
            examples: Vec::new(),
        }
    }

    fn encoding(&self, schema: &Schema, encoding: &FieldEncoding) -> Encoding {
        let is_json = match &encoding.content_type {
            Some(name) => media_type::is_json(name),
            None => self.body.format == Format::Multipart && self.is_structured(schema),
        };
        if is_json && !self.has_styled_parts(encoding) {
            return Encoding::new(Style::Json, encoding.explode);
        }
        // Nothing is percent-encoded in a part.
        let allow_reserved = self.body.format == Format::Form && encoding.allow_reserved == Some(true);
        Encoding { allow_reserved, ..Encoding::new(encoding.style.unwrap_or(Style::Form), encoding.explode) }
    }

    /// Returns whether the parts of a field have a style.
    fn has_styled_parts(&self, encoding: &FieldEncoding) -> bool {
        let FieldEncoding { style, explode, allow_reserved, .. } = encoding;
        let has_style = style.is_some() || explode.is_some() || allow_reserved.is_some();
        self.body.format == Format::Multipart && encoding.has_styled_parts && has_style
    }

    /// Returns the encoding of the parts of a field. One that is neither a scalar nor JSON nor a file stays as it is by
    /// default, since only text is written in any media type.
    fn part(&self, schema: &Schema, is_file: bool, encoding: &FieldEncoding) -> PartEncoding {
        if self.body.format != Format::Multipart {
            return PartEncoding::default();
        }
        let is_styled = self.has_styled_parts(encoding) && !is_file;
        let is_structured = self.is_structured(schema) && !is_styled;
        let documented = encoding.content_type.as_deref();
        let documented = documented.or_else(|| self.raw_media_type(schema).filter(|_| is_file));
        let mut types = documented.into_iter().flat_map(|types| types.split(',').map(str::trim));
        let several = documented.is_some_and(|types| types.contains(','));
        let content_type = types.find(|name| name.contains('/') && !name.contains('*')).filter(|name| {
            let is_default = is_structured && *name == "application/json";
            let is_chosen_by_caller = is_file && several;
            let is_unsupported = is_structured && !media_type::is_json(name);
            // OpenAPI ignores the media type beside a style.
            !(is_default || is_chosen_by_caller || is_unsupported || is_styled)
        });
        PartEncoding { content_type: content_type.map(str::to_owned), headers: encoding.headers.clone(), is_styled }
    }

    /// Returns the `contentMediaType` of a file, or of the files of a list, that is not encoded as a text.
    fn raw_media_type<'s>(&'s self, schema: &'s Schema) -> Option<&'s str> {
        let file = schema.items.as_deref().map_or(schema, |items| self.resolved(items));
        file.content_media_type.as_deref().filter(|_| file.format.is_none())
    }

    /// Returns the schema of a field that is a file, or a list of files; none for all others.
    fn file(&self, schema: &Schema, encoding: &FieldEncoding) -> Option<Schema> {
        if self.body.format != Format::Multipart {
            return None;
        }
        let content_type = encoding.content_type.as_deref();
        if is_file(schema, content_type) {
            return Some(runtime_type(&schema.at, "File"));
        }
        let items = self.resolved(schema.items.as_deref()?);
        is_file(items, content_type).then(|| Schema {
            items: Some(Box::new(runtime_type(&items.at, "File"))),
            ..Schema::of_kind(&schema.at, Kind::List)
        })
    }

    /// Returns whether a part is JSON unless the document states otherwise: an object, or a list of them (OpenAPI 3.0.3,
    /// "Encoding Object").
    fn is_structured(&self, schema: &Schema) -> bool {
        let is_object = |schema: &Schema| {
            schema.kind == Some(Kind::Object)
                || schema.properties.is_some()
                || schema.additional.is_some()
                || [&schema.all_of, &schema.one_of, &schema.any_of].into_iter().any(Option::is_some)
        };
        let items = schema.items.as_deref().map(|items| self.resolved(items));
        is_object(schema) || items.is_some_and(|items| is_object(items) || items.kind == Some(Kind::List))
    }
}

/// Returns whether a value is a file: it is declared as binary, or its media type is none of text.
fn is_file(schema: &Schema, content_type: Option<&str>) -> bool {
    let first = content_type.map(|types| types.split(',').next().unwrap_or_default());
    let is_binary_type = first.is_some_and(|name| media_type::format(name) == Format::Bytes);
    let format = schema.format.as_deref();
    let is_text = matches!(schema.kind, Some(Kind::Text) | None) && schema.properties.is_none();
    let is_encoded = format == Some("byte") && schema.content_media_type.is_some();
    let is_raw = media_type::is_of_raw_bytes(schema.content_media_type.as_deref(), format);
    is_text && (format == Some("binary") || is_encoded || is_binary_type || is_raw) && schema.values.is_none()
}

/// Adds a field; of two of one name the first stays, and is required if either is.
fn merge(fields: &mut Vec<(String, Field)>, name: String, field: Field, required: bool) {
    match fields.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => known.required |= required,
        None => fields.push((name, Field { required, ..field })),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::read::Reader;

    /// Returns the parameters that a form becomes.
    fn parameters(name: &str, media: &Value) -> Vec<Parameter> {
        let root = json!({
            "paths": {"/a": {"post": {"requestBody": {"content": {name: media}}}}},
            "components": {"schemas": {
                "File": {"type": "string", "format": "binary"},
                "Named": {"properties": {"name": {"type": "string"}}, "required": ["name"]},
            }},
        });
        let (reader, mut decisions) = (Reader::new(&root), Decisions::new(false));
        let components = reader.components(&mut decisions);
        let mut draft = Draft { components, operations: reader.operations(&mut decisions), ..Draft::default() };
        spread(&mut draft, &mut decisions);
        let operation = draft.operations.remove(0);
        assert!(operation.body.is_none());
        operation.parameters
    }

    #[test]
    fn fields_of_a_form_are_parameters() {
        let schema = json!({
            "allOf": [{"$ref": "#/components/schemas/Named"}],
            "properties": {
                "age": {"type": "integer", "description": "d", "deprecated": true},
                "id": {"type": "string", "readOnly": true},
            },
        });
        let read = parameters("application/x-www-form-urlencoded", &json!({"schema": schema}));
        let names: Vec<_> = read.iter().map(|one| (&*one.wire_name, one.required)).collect();
        assert_eq!(names, [("age", false), ("name", true)]);
        let age = &read[0];
        assert_eq!((&age.location, age.schema.kind, age.deprecated), (&Location::FormField, Some(Kind::Integer), true));
        assert_eq!(age.description.as_deref(), Some("d"));
    }

    #[test]
    fn files_differ_from_fields_and_objects() {
        let schema = json!({"properties": {
            "a": {"$ref": "#/components/schemas/File"},
            "b": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "c": {"type": "string"},
            "d": {"$ref": "#/components/schemas/Named"},
            "e": {"type": "string"},
            "f": {"contentMediaType": "image/png"},
            "g": {"type": "string", "contentMediaType": "text/csv"},
        }});
        let media = json!({"schema": schema, "encoding": {"e": {"contentType": "image/png, image/jpeg"}}});
        let read = parameters("multipart/form-data", &media);
        let locations: Vec<_> = read.iter().map(|one| format!("{:?}", one.location)).collect();
        assert_eq!(locations, ["File", "File", "Part", "Part", "File", "File", "Part"]);
        assert_eq!(read[0].schema.rust_type.as_ref().unwrap().name(), "File");
        assert_eq!(read[1].schema.items.as_ref().unwrap().rust_type.as_ref().unwrap().name(), "File");
        assert_eq!(read[3].encoding.style, Style::Json);
    }

    #[test]
    fn reserved_characters_of_a_field_are_sent_as_they_are_where_something_is_encoded() {
        let media = json!({
            "schema": {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
            "encoding": {"a": {"allowReserved": true}},
        });
        let allowed = |name| parameters(name, &media).iter().map(|one| one.encoding.allow_reserved).collect::<Vec<_>>();
        assert_eq!(allowed("application/x-www-form-urlencoded"), [true, false]);
        assert_eq!(allowed("multipart/form-data"), [false, false]);
    }

    #[test]
    fn a_field_that_an_alternative_lacks_is_not_required() {
        let schema = json!({"oneOf": [{"$ref": "#/components/schemas/Named"}, {"properties": {"id": {}}}]});
        let read = parameters("multipart/form-data", &json!({"schema": schema}));
        let names: Vec<_> = read.iter().map(|one| (&*one.wire_name, one.required)).collect();
        assert_eq!(names, [("name", false), ("id", false)]);
    }

    #[test]
    fn a_form_without_fields_is_a_map() {
        let (form, multipart) = ("application/x-www-form-urlencoded", "multipart/form-data");
        for (name, schema, expected) in [
            (form, json!({"type": "object"}), Location::Form),
            (form, json!({"type": "string"}), Location::Text(form.to_owned())),
            (multipart, json!({}), Location::Parts),
        ] {
            assert_eq!(parameters(name, &json!({"schema": schema}))[0].location, expected);
        }
    }
}
