//! The names of the functions that return examples.

use super::address::{Holder, Step};
use super::sites::Site;
use crate::document::Pointer;
use crate::model::Status;
use crate::resolve::draft::{Draft, Operation, Payload};
use crate::resolve::names::{Names, value_name};

/// The names that are taken.
pub struct FunctionNames<'d> {
    operations: &'d [Operation],
    payloads: &'d [Payload],
    names: Names,
}

impl<'d> FunctionNames<'d> {
    /// The names of the examples of this draft.
    pub fn of(draft: &'d Draft) -> Self {
        Self { operations: &draft.operations, payloads: &draft.payloads, names: Names::default() }
    }

    /// Returns the name of the function that returns this example; none for that of a parameter.
    ///
    /// The first example of a place is named after the place, so that the name stays when the document gets more. The
    /// others have the keys of the document in their names.
    pub fn name(&mut self, site: &Site<'_>) -> Option<String> {
        let words = self.holder_words(site.address.holder())? + &step_words(site.address.steps());
        let name = value_name(&words);
        if self.names.take(&name) {
            return Some(name);
        }
        let key = key(&site.example.at).map(|key| format!("{words}_{key}"));
        Some(self.names.unique(&key.map_or(name, |words| value_name(&words))))
    }

    /// Returns the words for a part of the draft. A response that operations share has the name of its component.
    fn holder_words(&self, holder: &Holder) -> Option<String> {
        match holder {
            Holder::Component(name) => Some(name.clone()),
            Holder::Parameter(..) => None,
            Holder::Body(operation) => Some(format!("{}_body", self.operations.get(*operation)?.name)),
            Holder::Payload(payload) => Some(self.payloads.get(*payload)?.words.clone()),
            Holder::Response(operation, response) => {
                let operation = self.operations.get(*operation)?;
                let response = operation.responses.get(*response)?;
                let own = || format!("{}_{}", operation.name, status_word(response.status));
                Some(response.component.clone().unwrap_or_else(own))
            }
        }
    }
}

fn status_word(status: Status) -> String {
    status.to_string().to_lowercase()
}

fn step_words(steps: &[Step]) -> String {
    let words = steps.iter().map(|step| match step {
        Step::Property(name) => format!("_{name}"),
        Step::Items => "_item".to_owned(),
        Step::Extra => "_value".to_owned(),
        Step::Alternative(index) => format!("_{}", index + 1),
    });
    words.collect()
}

/// Returns the key of a named example, which is behind `examples` and before `value`.
fn key(at: &Pointer) -> Option<String> {
    let segments: Vec<String> = at.segments().collect();
    match &segments[..] {
        [.., examples, key, value] if examples == "examples" && value == "value" => Some(key.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sites;
    use super::super::testing::{draft, example, operation, parameter, response};
    use super::*;
    use crate::resolve::schema::Schema;

    #[test]
    fn functions_are_named_after_the_place_of_the_example() {
        let mut draft = draft(&json!({
            "Type": {"type": "object", "properties": {"a-b": {"type": "string", "example": "x"}}, "examples": [{}, {"a-b": "y"}]},
        }));
        let named = |at: &str| example(at, json!({}));
        let reference = || Schema::reference(&Pointer::root(), "Type");
        let mut get = operation();
        get.parameters.push(parameter("string", json!("a")));
        get.responses.push(response(
            reference(),
            vec![named("/a/examples/first/value"), named("/a/examples/no more/value"), named("/a/example")],
        ));
        let mut shared = response(reference(), vec![named("/b/example")]);
        shared.component = Some("NotFound".to_owned());
        get.responses.push(shared);
        draft.operations.push(get);
        let mut functions = FunctionNames::of(&draft);
        let found: Vec<_> = sites::of(&draft).iter().map(|site| functions.name(site)).collect();
        let expected = ["", "a_200", "a_200_no_more", "a_2002", "not_found", "type_", "type_2", "type_a_b"]
            .map(|name| (!name.is_empty()).then(|| name.to_owned()));
        assert_eq!(found, expected);
    }
}
