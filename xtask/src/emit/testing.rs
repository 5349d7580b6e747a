//! Small values of the model for tests.

use quote::ToTokens;

pub use crate::model::testing::{alternative, api, body, field, operation, parameter, rust, sent};
use crate::model::{Answer, Body, Definition, Field, Operation, Status, Type};

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

/// Returns a type with these fields that a request sends.
pub fn structure(name: &str, fields: Vec<Field>) -> Type {
    let definition = Definition::Struct { fields, extra: None };
    sent(name, definition)
}

/// Returns tokens as text without blanks.
pub fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}
