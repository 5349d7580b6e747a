//! Small values of the model for tests.

use quote::ToTokens;

use crate::model::{
    Absence, Answer, Api, Body, Definition, Encoding, Failures, Field, Form, Info, Location, Method, Operation,
    Parameter, RustType, Status, Style, Successes, Type, TypeUse, Types,
};
use crate::openapi::servers::NoBaseUrl;

/// Returns an API without operations and types.
pub fn api() -> Api {
    let info = Info {
        title: "t".to_owned(),
        version: "1".to_owned(),
        description: None,
        license: None,
        host: None,
        server: Err(NoBaseUrl::Missing),
    };
    Api { info, operations: Vec::new(), types: Types::default(), examples: Vec::new(), skipped_examples: 0 }
}

/// Returns the operation `GET /a` with this name, without parameters and answers.
pub fn operation(name: &str) -> Operation {
    Operation {
        at: crate::document::Pointer::root(),
        name: name.to_owned(),
        module: name.to_owned(),
        builder: builder(name),
        method: Method::Get,
        path: "/a".to_owned(),
        fixed_query: Vec::new(),
        summary: None,
        description: None,
        deprecated: false,
        scopes: Vec::new(),
        parameters: Vec::new(),
        body: None,
        pagination: None,
        successes: Successes::default(),
        failures: Failures { name: format!("{}Error", builder(name)), answers: Vec::new() },
        accept: None,
    }
}

fn builder(name: &str) -> String {
    name.chars().next().map(|c| c.to_uppercase().collect::<String>() + &name[c.len_utf8()..]).unwrap_or_default()
}

/// Returns the operation `a` with these answers by their status; the variant of each is `V` and the status.
pub fn with_answers(answers: &[(&str, Body)]) -> Operation {
    let mut operation = operation("a");
    for (status, body) in answers {
        let status = Status::parse(status).expect("it is a status");
        let answer = || Answer {
            at: crate::document::Pointer::root(),
            variant: format!("V{status}"),
            status,
            description: "d".to_owned(),
            body: body.clone(),
            media_type: None,
        };
        if status.is_success() {
            operation.successes.answers.push(answer());
        } else {
            operation.failures.answers.push(answer());
        }
        if status == Status::Default && !answers.iter().any(|(status, _)| status.starts_with('2')) {
            operation.successes.answers.push(answer());
        }
    }
    operation.successes.name = operation.success().is_none().then(|| "ASuccess".to_owned());
    operation
}

/// Returns an optional parameter of the query.
pub fn parameter(name: &str, of: TypeUse) -> Parameter {
    Parameter {
        at: crate::document::Pointer::root(),
        name: name.to_owned(),
        wire_name: name.to_owned(),
        location: Location::Query,
        encoding: Encoding { style: Style::Form, explode: true },
        of,
        required: false,
        deprecated: false,
        description: None,
        bounds: None,
        example: None,
    }
}

/// Returns a type with these fields that a request sends.
pub fn structure(name: &str, fields: Vec<Field>) -> Type {
    let definition = Definition::Struct { fields, extra: None };
    Type { name: name.to_owned(), description: None, definition, is_sent: true }
}

/// Returns an optional field.
pub fn field(name: &str, of: TypeUse) -> Field {
    Field {
        name: name.to_owned(),
        wire_name: name.to_owned(),
        of,
        required: false,
        absence: Absence::ByType,
        decode: None,
        is_custom: false,
        description: None,
        bounds: None,
        deprecated: false,
    }
}

/// Returns the Rust type at this path.
pub fn rust(path: &str) -> Form {
    Form::Rust(RustType { path: path.to_owned() })
}

/// Returns tokens as text without blanks.
pub fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}
