//! The answers of an operation: its successes and its failures, and what a request accepts.

use super::draft::{Content, Operation, Response};
use super::names::{Names, builder_companion, type_name};
use crate::model::{Answer, Body, Failures, Status, Successes};
use crate::openapi::media_type;

/// Returns the successes and the failures of an operation. Where no success is documented, the answer to all other
/// statuses describes the success as well.
pub fn of(operation: &Operation) -> (Successes, Failures) {
    // Informational answers never reach a caller.
    let responses = || operation.responses.iter().filter(|response| response.status.class() != Some(1));
    let has_success = responses().any(|response| response.status.is_success());
    let is_success =
        |response: &&Response| response.status.is_success() || (!has_success && response.status == Status::Default);
    let successes = answers(responses().filter(is_success), Content::body);
    let failures = answers(responses().filter(|response| !response.status.is_success()), Content::whole_body);
    let differ = successes.windows(2).any(|pair| pair[0].body != pair[1].body);
    let name = |suffix: &str| builder_companion(&operation.name, suffix);
    (
        Successes { name: differ.then(|| name("Success")), answers: successes },
        Failures { name: name("Error"), answers: failures },
    )
}

fn answers<'r>(responses: impl Iterator<Item = &'r Response>, body: fn(&Content) -> Body) -> Vec<Answer> {
    let mut names = Names::default();
    responses
        .map(|response| {
            let name = response.component.clone().unwrap_or_else(|| reason(response.status));
            Answer {
                at: response.at.clone(),
                variant: names.unique(&type_name(&name)),
                status: response.status,
                description: response.description.clone(),
                body: body(&response.content),
                media_type: response.media_type.clone(),
            }
        })
        .collect()
}

/// Returns the name of a status: its reason phrase, or that of its class.
fn reason(status: Status) -> String {
    let name = match status {
        Status::Default => "Other",
        Status::Class(2) => "Success",
        Status::Class(3) => "Redirection",
        Status::Class(4) => "ClientError",
        Status::Class(5) => "ServerError",
        Status::Code(_) | Status::Class(_) => {
            return status.reason().map_or_else(|| format!("Status{status}"), str::to_owned);
        }
    };
    name.to_owned()
}

/// Returns the media types that a request accepts, unless they are what the client accepts without being told.
pub fn accepted(operation: &Operation) -> Option<String> {
    let responses = &operation.responses;
    let has_success = responses.iter().any(|response| response.status.is_success());
    let mut types: Vec<&str> = Vec::new();
    for response in responses {
        let counts = if has_success { response.status.is_success() } else { response.status == Status::Default };
        let name = response.media_type.as_deref().filter(|name| counts && name.contains('/') && !types.contains(name));
        types.extend(name);
    }
    let is_other = |content: &Content| matches!(content, Content::Text | Content::Bytes | Content::TextEvents);
    let has_only_json = || responses.iter().all(|response| !is_other(&response.content));
    let is_plain = |name: &&str| matches!(media_type::essence(name).as_str(), "application/json" | "application/*");
    let is_any_json = |name: &&str| *name == "*/*" && has_only_json();
    (!types.iter().all(|name| is_plain(name) || is_any_json(name))).then(|| types.join(", "))
}
