//! Builds the input of progenitor from the model.
//!
//! progenitor makes the types, and for each operation a structure with its setters. It gets no more than these are made
//! of: the code that sends a request is written elsewhere. The types and the operations are in documents of their own.

use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, BooleanType, Components, IntegerFormat, IntegerType, MediaType,
    ObjectType, OpenAPI, Operation, Parameter, ParameterData, ParameterSchemaOrContent, PathItem, Paths, QueryStyle,
    ReferenceOr, RequestBody, Response, Responses, Schema, SchemaData, SchemaKind, StatusCode, StringType, Type,
    VariantOrUnknownOrEmpty,
};
use serde_json::{Value, json};

use super::boxes::{self, Circles};
use crate::model::{self, Absence, Definition, Field, Form, RustType, TypeUse, Types};
use crate::openapi::extensions::RUST_TYPE;
use crate::{RUNTIME, runtime_path};

/// The name by which a parameter names the module of the types. progenitor accepts a crate of that name, and its leading
/// colons are removed when the tokens are simplified.
pub const TYPES: &str = "types";

/// Builds the document of types. `circles` are those of all types.
#[must_use]
pub fn types<'t>(types: impl Iterator<Item = &'t model::Type>, circles: &Circles<'_>) -> OpenAPI {
    document(Paths::default(), types.map(|of| (of.name.clone(), definition(of, circles))).collect())
}

/// Builds the document of operations. In the place of the types that they refer to, it has stubs.
///
/// Each operation has a path of its own: paths may hold what progenitor does not parse, and two that differ only in the
/// names of their parameters would become one. All parameters are in the query, which is the one place in which
/// progenitor takes any schema and distinguishes required from optional. There is one answer, without a body, because
/// progenitor knows at most one type of answers of an operation.
#[must_use]
pub fn operations(operations: &[model::Operation], types: &Types) -> OpenAPI {
    let paths = operations.iter().enumerate().map(|(index, of)| (format!("/{index}"), path(of))).collect();
    let names = operations.iter().flat_map(references);
    let schemas = names.filter_map(|name| types.get(name)).map(|of| (of.name.clone(), stub(of))).collect();
    document(Paths { paths, ..Paths::default() }, schemas)
}

fn document(paths: Paths, schemas: IndexMap<String, ReferenceOr<Schema>>) -> OpenAPI {
    OpenAPI {
        openapi: "3.0.3".to_owned(),
        paths,
        components: Some(Components { schemas, ..Components::default() }),
        ..OpenAPI::default()
    }
}

/// Returns the names of the types that an operation refers to.
fn references(of: &model::Operation) -> impl Iterator<Item = &str> {
    let body = of.body.as_ref().map(|body| body.type_name.as_str());
    of.parameters.iter().filter_map(|parameter| name_in(&parameter.of.form)).chain(body)
}

/// Returns the name of a type of the crate in a form.
fn name_in(of: &Form) -> Option<&str> {
    match of {
        Form::Named(name) => Some(name),
        Form::List(of) | Form::Map(of) => name_in(&of.form),
        _ => None,
    }
}

/// Builds a schema in the place of that of a type, where it only matters whether the type has a builder.
fn stub(of: &model::Type) -> ReferenceOr<Schema> {
    typed(match &of.definition {
        Definition::Struct { fields, .. } if !fields.is_empty() => Type::Object(ObjectType {
            additional_properties: Some(AdditionalProperties::Any(false)),
            ..ObjectType::default()
        }),
        _ => Type::Boolean(BooleanType::default()),
    })
}

fn path(of: &model::Operation) -> ReferenceOr<PathItem> {
    ReferenceOr::Item(PathItem { get: Some(operation(of)), ..PathItem::default() })
}

fn operation(of: &model::Operation) -> Operation {
    let mut parameters: Vec<_> = of.parameters.iter().map(parameter).collect();
    let mut request_body = None;
    if let Some(body) = &of.body {
        if body.required {
            request_body = Some(ReferenceOr::Item(json_body(&body.type_name)));
        } else {
            // progenitor knows no optional body.
            parameters.push(query("body", false, types_path(&body.type_name)));
        }
    }
    Operation {
        operation_id: Some(of.name.clone()),
        parameters,
        request_body,
        responses: empty_response(),
        ..Operation::default()
    }
}

fn json_body(type_name: &str) -> RequestBody {
    let media_type = MediaType { schema: Some(reference(type_name)), ..MediaType::default() };
    RequestBody { content: IndexMap::from([("application/json".to_owned(), media_type)]), ..RequestBody::default() }
}

fn empty_response() -> Responses {
    let response = ReferenceOr::Item(Response::default());
    Responses { responses: IndexMap::from([(StatusCode::Code(200), response)]), ..Responses::default() }
}

fn parameter(of: &model::Parameter) -> ReferenceOr<Parameter> {
    let name = if of.location.is_body() { "body" } else { &of.name };
    // progenitor takes no parameter whose type has a builder, so a type is named as one that exists already.
    let schema = match &of.of.form {
        Form::Named(type_name) => types_path(type_name),
        form => self::form(form),
    };
    query(name, of.required, schema)
}

fn types_path(type_name: &str) -> ReferenceOr<Schema> {
    existing(json!({"crate": TYPES, "version": "*", "path": format!("{TYPES}::{type_name}")}))
}

fn query(name: &str, required: bool, schema: ReferenceOr<Schema>) -> ReferenceOr<Parameter> {
    let parameter_data = ParameterData {
        name: name.to_owned(),
        description: None,
        required,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema),
        example: None,
        examples: IndexMap::new(),
        explode: None,
        extensions: IndexMap::new(),
    };
    ReferenceOr::Item(Parameter::Query {
        parameter_data,
        allow_reserved: false,
        style: QueryStyle::Form,
        allow_empty_value: None,
    })
}

fn definition(of: &model::Type, circles: &Circles<'_>) -> ReferenceOr<Schema> {
    match &of.definition {
        Definition::Struct { fields, extra } if fields.is_empty() => typed(map(extra.as_ref())),
        Definition::Struct { fields, extra } => typed(Type::Object(ObjectType {
            properties: fields
                .iter()
                .map(|field| (field.name.clone(), property(field, circles.are_closed_by(&of.name, field))))
                .collect(),
            required: fields.iter().filter(|field| field.required).map(|field| field.name.clone()).collect(),
            additional_properties: extra.as_ref().map(additional),
            ..ObjectType::default()
        })),
        Definition::Enumeration { values, .. } => typed(Type::String(StringType {
            enumeration: values.iter().map(|value| Some(value.name.clone())).collect(),
            ..StringType::default()
        })),
        Definition::Choice(alternatives) => {
            let one_of = alternatives.iter().map(|alternative| form(&alternative.of)).collect();
            item(SchemaKind::OneOf { one_of })
        }
        // It is replaced by a type that exists already.
        Definition::Tagged(_) => item(any()),
        Definition::Wrapper(of) => form(of),
    }
}

/// Builds the schema of a field.
///
/// A field that is not required is an `Option`. typify makes no `Option` of a list or a map, which would be left out
/// when it is empty; and `[]` is a value. A field that a function of the document decodes has the type that the function
/// returns.
fn property(field: &Field, is_boxed: bool) -> ReferenceOr<Box<Schema>> {
    let plain = || if is_boxed { existing(boxed_extension(&field.of.form)) } else { form(&field.of.form) };
    let schema = if field.required {
        if field.of.nullable { nullable(plain()) } else { plain() }
    } else if field.absence == Absence::Distinct {
        distinct(field, is_boxed)
    } else if !field.is_custom && matches!(field.of.form, Form::List(_) | Form::Map(_)) {
        nullable(plain())
    } else {
        plain()
    };
    boxed(schema)
}

/// Builds the schema of a field for which null and absence are two values: an option of an option.
fn distinct(field: &Field, is_boxed: bool) -> ReferenceOr<Schema> {
    let of = &field.of.form;
    let parameter = if is_boxed { json!({RUST_TYPE: boxed_extension(of)}) } else { extension(of) };
    let path = runtime_path("php::Nullable");
    existing(json!({"crate": RUNTIME, "version": "*", "path": path, "parameters": [parameter]}))
}

/// Builds the Rust type of a value in a box.
fn boxed_extension(of: &Form) -> serde_json::Value {
    json!({"crate": boxes::STD, "version": "*", "path": "std::boxed::Box", "parameters": [extension(of)]})
}

/// Builds the schema of a type, nullable if null is one of its values.
fn type_use(of: &TypeUse) -> ReferenceOr<Schema> {
    if of.nullable { nullable(form(&of.form)) } else { form(&of.form) }
}

fn form(of: &Form) -> ReferenceOr<Schema> {
    match of {
        Form::Named(name) => reference(name),
        Form::Rust(of) => existing(rust_type(of)),
        Form::Text => typed(Type::String(StringType::default())),
        Form::Boolean => typed(Type::Boolean(BooleanType::default())),
        Form::Integer => typed(Type::Integer(IntegerType {
            format: VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64),
            ..IntegerType::default()
        })),
        Form::Unsigned => typed(Type::Integer(IntegerType {
            format: VariantOrUnknownOrEmpty::Unknown("uint64".to_owned()),
            ..IntegerType::default()
        })),
        Form::List(items) => typed(Type::Array(ArrayType {
            items: Some(boxed(type_use(items))),
            min_items: None,
            max_items: None,
            unique_items: false,
        })),
        Form::Map(values) => typed(map(Some(values))),
        Form::Any => item(any()),
    }
}

fn map(values: Option<&TypeUse>) -> Type {
    let any = TypeUse::of(Form::Any);
    Type::Object(ObjectType {
        additional_properties: Some(additional(values.unwrap_or(&any))),
        ..ObjectType::default()
    })
}

fn additional(values: &TypeUse) -> AdditionalProperties {
    AdditionalProperties::Schema(Box::new(type_use(values)))
}

fn any() -> SchemaKind {
    SchemaKind::Any(AnySchema::default())
}

fn rust_type(of: &RustType) -> Value {
    json!({"crate": RUNTIME, "version": "*", "path": of.path})
}

/// Builds the schema of a Rust type that exists already.
fn existing(rust_type: Value) -> ReferenceOr<Schema> {
    let extensions = IndexMap::from([(RUST_TYPE.to_owned(), rust_type)]);
    let schema_data = SchemaData { extensions, ..SchemaData::default() };
    ReferenceOr::Item(Schema { schema_data, schema_kind: any() })
}

/// Adds null in the way that progenitor reads it.
fn nullable(schema: ReferenceOr<Schema>) -> ReferenceOr<Schema> {
    let schema_data = SchemaData { nullable: true, ..SchemaData::default() };
    match schema {
        ReferenceOr::Item(Schema { schema_kind: schema_kind @ SchemaKind::Type(_), .. }) => {
            ReferenceOr::Item(Schema { schema_data, schema_kind })
        }
        // Null is one of any values.
        ReferenceOr::Item(of) if of.schema_data.extensions.is_empty() && of.schema_kind == any() => {
            ReferenceOr::Item(of)
        }
        of => ReferenceOr::Item(Schema { schema_data, schema_kind: SchemaKind::AllOf { all_of: vec![of] } }),
    }
}

/// Builds a form as it has to be in an extension. progenitor copies extensions, and typify reads JSON Schema in them,
/// which does not have `nullable`.
fn extension(of: &Form) -> Value {
    match of {
        Form::Named(name) => json!({"$ref": target(name)}),
        Form::Rust(of) => json!({RUST_TYPE: rust_type(of)}),
        Form::Text => json!({"type": "string"}),
        Form::Boolean => json!({"type": "boolean"}),
        Form::Integer => json!({"type": "integer", "format": "int64"}),
        Form::Unsigned => json!({"type": "integer", "format": "uint64"}),
        Form::List(items) => json!({"type": "array", "items": extension_use(items)}),
        Form::Map(values) => json!({"type": "object", "additionalProperties": extension_use(values)}),
        Form::Any => json!({}),
    }
}

fn extension_use(of: &TypeUse) -> Value {
    let form = extension(&of.form);
    if of.nullable && of.form != Form::Any { json!({"oneOf": [form, {"type": "null"}]}) } else { form }
}

fn target(type_name: &str) -> String {
    format!("#/components/schemas/{type_name}")
}

fn reference(type_name: &str) -> ReferenceOr<Schema> {
    ReferenceOr::Reference { reference: target(type_name) }
}

fn item(schema_kind: SchemaKind) -> ReferenceOr<Schema> {
    ReferenceOr::Item(Schema { schema_data: SchemaData::default(), schema_kind })
}

fn typed(of: Type) -> ReferenceOr<Schema> {
    item(SchemaKind::Type(of))
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::boxed_item(schema),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        body, choice, distinct, enumeration, field, fields, list, map, named, nullable, operation, optional, parameter,
        received, rust,
    };
    use super::*;
    use crate::model::Location;

    /// Returns the input for one operation with these parameters, the last of which is a body if it is one.
    fn input(of: model::Operation) -> Value {
        serde_json::to_value(operations(&[of], &Types::default())).unwrap()["paths"]["/0"]["get"].take()
    }

    /// Returns the schema of one type among others.
    fn schema_of(definition: Definition) -> Value {
        let only: Types = [received("A", definition)].into_iter().collect();
        serde_json::to_value(types(only.iter(), &Circles::of(&only))).unwrap()["components"]["schemas"]["A"].take()
    }

    fn property_of(field: Field) -> Value {
        schema_of(fields(vec![field]))["properties"]["a"].take()
    }

    #[test]
    fn operations_on_paths_that_progenitor_takes_for_one_stay_two() {
        let three = ["a", "b", "c"].map(|name| operation(name, Vec::new()));
        assert_eq!(operations(&three, &Types::default()).paths.paths.len(), 3);
    }

    #[test]
    fn parameters_of_all_places_are_in_the_query() {
        let mut cookie = parameter("y", named("A"), false);
        cookie.location = Location::Cookie;
        let mut bytes = parameter("z", rust("salla_runtime::Bytes"), true);
        bytes.location = Location::Bytes("image/png".to_owned());
        let input = input(operation("a", vec![parameter("x", Form::Text, true), cookie, bytes]));
        let named = json!({"x-rust-type": {"crate": "types", "version": "*", "path": "types::A"}});
        let bytes = json!({"x-rust-type": {"crate": "salla-runtime", "version": "*", "path": "salla_runtime::Bytes"}});
        assert_eq!(
            input["parameters"],
            json!([
                {"name": "x", "in": "query", "required": true, "schema": {"type": "string"}, "style": "form"},
                {"name": "y", "in": "query", "schema": named, "style": "form"},
                {"name": "body", "in": "query", "required": true, "schema": bytes, "style": "form"},
            ])
        );
        assert_eq!(input["operationId"], "a");
        assert_eq!(input["responses"], json!({"200": {"description": ""}}));
    }

    #[test]
    fn an_optional_body_is_a_parameter() {
        let with = |required| input(model::Operation { body: Some(body("A", required)), ..operation("a", Vec::new()) });
        let content = &with(true)["requestBody"]["content"]["application/json"];
        assert_eq!(content["schema"]["$ref"], "#/components/schemas/A");
        let optional = with(false);
        assert_eq!(optional.get("requestBody"), None);
        assert_eq!(optional["parameters"][0]["name"], "body");
        assert_eq!(optional["parameters"][0].get("required"), None);
    }

    #[test]
    fn the_types_that_operations_refer_to_are_stubs() {
        let of_a = fields(vec![field("b", named("B"))]);
        let types = [received("A", of_a), received("B", enumeration(&["X"])), received("C", enumeration(&["Y"]))];
        let list = parameter("x", list(named("B")), true);
        let of = model::Operation { body: Some(body("A", true)), ..operation("a", vec![list]) };
        let document = serde_json::to_value(operations(&[of], &types.into_iter().collect())).unwrap();
        assert_eq!(
            document["components"]["schemas"],
            json!({"B": {"type": "boolean"}, "A": {"type": "object", "additionalProperties": false}})
        );
    }

    #[test]
    fn each_form_has_its_schema() {
        let existing = json!({"x-rust-type": {"crate": "salla-runtime", "version": "*", "path": "salla_runtime::Id"}});
        for (form, expected) in [
            (Form::Text, json!({"type": "string"})),
            (Form::Boolean, json!({"type": "boolean"})),
            (Form::Integer, json!({"type": "integer", "format": "int64"})),
            (Form::Unsigned, json!({"type": "integer", "format": "uint64"})),
            (Form::Any, json!({})),
            (named("B"), json!({"$ref": "#/components/schemas/B"})),
            (rust("salla_runtime::Id"), existing),
            (list(Form::Any), json!({"type": "array", "items": {}})),
            (map(Form::Text), json!({"type": "object", "additionalProperties": {"type": "string"}})),
            (
                Form::List(Box::new(nullable(Form::Text))),
                json!({"type": "array", "items": {"type": "string", "nullable": true}}),
            ),
        ] {
            assert_eq!(schema_of(Definition::Wrapper(form)), expected);
        }
    }

    #[test]
    fn each_definition_has_its_schema() {
        let of_extra = Definition::Struct { fields: vec![field("a", Form::Text)], extra: Some(nullable(Form::Any)) };
        assert_eq!(schema_of(of_extra)["additionalProperties"], json!({}));
        assert_eq!(schema_of(fields(vec![field("a", Form::Text)]))["required"], json!(["a"]));
        assert_eq!(schema_of(fields(Vec::new())), json!({"type": "object", "additionalProperties": {}}));
        assert_eq!(schema_of(enumeration(&["X", "Y"])), json!({"type": "string", "enum": ["X", "Y"]}));
        assert_eq!(
            schema_of(choice([("Text", Form::Text), ("Flag", Form::Boolean)])),
            json!({"oneOf": [{"type": "string"}, {"type": "boolean"}]})
        );
    }

    #[test]
    fn null_is_one_of_the_values_of_required_fields_only() {
        let required = |form| property_of(Field { of: nullable(form), ..field("a", Form::Any) });
        assert_eq!(required(named("B")), json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]}));
        assert_eq!(required(Form::Text), json!({"nullable": true, "type": "string"}));
        assert_eq!(required(rust("a::B"))["nullable"], json!(true));
        assert_eq!(required(Form::Any), json!({}));
        let absent = Field { of: nullable(Form::Text), ..optional("a", Form::Any) };
        assert_eq!(property_of(absent), json!({"type": "string"}));
    }

    #[test]
    fn an_optional_list_can_be_absent_and_a_required_one_cannot() {
        assert_eq!(property_of(field("a", list(Form::Any))), json!({"type": "array", "items": {}}));
        let absent = json!({"type": "array", "items": {}, "nullable": true});
        assert_eq!(property_of(optional("a", list(Form::Any))), absent);
        assert_eq!(property_of(optional("a", map(Form::Text)))["nullable"], json!(true));
        let custom = Field { is_custom: true, ..optional("a", list(Form::Any)) };
        assert_eq!(property_of(custom), json!({"type": "array", "items": {}}));
    }

    #[test]
    fn null_in_an_extension_is_that_of_json_schema() {
        let list = Form::List(Box::new(nullable(Form::Integer)));
        let either = json!({"oneOf": [{"type": "integer", "format": "int64"}, {"type": "null"}]});
        let property = property_of(distinct("a", list));
        assert_eq!(property["x-rust-type"]["path"], "salla_runtime::php::Nullable");
        assert_eq!(property["x-rust-type"]["parameters"], json!([{"type": "array", "items": either}]));
    }

    #[test]
    fn a_field_that_closes_a_circle_has_a_box_in_its_extension() {
        let parameter = |form| property_of(distinct("a", form))["x-rust-type"]["parameters"][0].take();
        let boxed = parameter(named("A"));
        assert_eq!(boxed["x-rust-type"]["path"], "std::boxed::Box");
        assert_eq!(boxed["x-rust-type"]["parameters"], json!([{"$ref": "#/components/schemas/A"}]));
        assert_eq!(parameter(list(named("A")))["type"], "array");
    }
}
