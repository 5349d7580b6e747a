//! The smallest values of the model, for tests.

use std::collections::BTreeMap;

use super::{
    Absence, Access, Alternative, Api, Constraints, Definition, Encoding, Failures, Field, Form, Info, Location,
    Method, Operation, Parameter, PartEncoding, RequestBody, RustType, Security, Servers, Style, Successes, Type,
    TypeUse, Types,
};
use crate::document::Pointer;
use crate::openapi::servers::NoBaseUrl;

/// Returns an API without operations and types.
pub fn api() -> Api {
    let info = Info {
        title: "t".to_owned(),
        version: "1".to_owned(),
        description: None,
        license: None,
        see_also: None,
        host: None,
        server: Err(NoBaseUrl::Missing),
    };
    Api {
        info,
        security: Security::Token,
        servers: Servers::default(),
        operations: Vec::new(),
        group_links: BTreeMap::new(),
        types: Types::default(),
        examples: Vec::new(),
        left_out: Vec::new(),
    }
}

/// Returns the operation `GET /a` with this name, without parameters and answers.
pub fn operation(name: &str) -> Operation {
    let builder = heck::ToUpperCamelCase::to_upper_camel_case(name);
    Operation {
        at: Pointer::root(),
        name: name.to_owned(),
        module: name.to_owned(),
        failures: Failures { name: format!("{builder}Error"), answers: Vec::new() },
        builder,
        method: Method::Get,
        path: "/a".to_owned(),
        fixed_query: Vec::new(),
        group: None,
        summary: None,
        description: None,
        see_also: None,
        links: Vec::new(),
        deprecated: false,
        scopes: Vec::new(),
        security: Vec::new(),
        server: None,
        parameters: Vec::new(),
        body: None,
        pagination: None,
        successes: Successes::default(),
        headers: None,
        accept: None,
    }
}

/// Returns an optional parameter of the query.
pub fn parameter(name: &str, of: TypeUse) -> Parameter {
    Parameter {
        at: Pointer::root(),
        name: name.to_owned(),
        wire_name: name.to_owned(),
        location: Location::Query,
        encoding: Encoding::new(Style::Form, None),
        part: PartEncoding::default(),
        empty_setter: None,
        of,
        required: false,
        deprecated: false,
        description: None,
        bounds: None,
        constraints: Constraints::default(),
        constant: None,
        example: None,
    }
}

/// Returns an optional field.
pub fn field(name: &str, of: TypeUse) -> Field {
    Field {
        at: Pointer::root(),
        name: name.to_owned(),
        wire_name: name.to_owned(),
        of,
        required: false,
        absence: Absence::ByType,
        access: Access::Both,
        decode: None,
        is_custom: false,
        description: None,
        bounds: None,
        constraints: Constraints::default(),
        constant: None,
        deprecated: false,
    }
}

/// Returns a type that a request sends.
pub fn sent(name: &str, definition: Definition) -> Type {
    Type {
        at: Pointer::root(),
        name: name.to_owned(),
        description: None,
        bounds: None,
        constraints: Constraints::default(),
        deprecated: false,
        definition,
        is_sent: true,
    }
}

/// Returns an alternative of a choice.
pub fn alternative(name: &str, of: Form) -> Alternative {
    Alternative { at: Pointer::root(), name: name.to_owned(), of, description: None, deprecated: false }
}

/// Returns a body of this type.
pub fn body(type_name: &str, required: bool, media_type: &str) -> RequestBody {
    RequestBody {
        at: Pointer::root(),
        type_name: type_name.to_owned(),
        required,
        description: None,
        media_type: media_type.to_owned(),
    }
}

/// Returns the Rust type at this path.
pub fn rust(path: &str) -> Form {
    Form::Rust(RustType { path: path.to_owned() })
}
