//! Lowerings of responses.

use serde_json::Value;

use super::changes::Changes;
use super::crumb;
use super::visit::operations;

/// progenitor is shown the success response only, and the others stay beside: it cannot give different statuses
/// different types (`assertion failed: response_types.len() <= 1`), which is what the error enums are for.
pub fn keep_success_only(root: &mut Value, _: &mut Changes) {
    operations(root, &mut |_, _, _, operation| {
        let Some(Value::Object(responses)) = operation.get_mut("responses") else { return };
        let all = responses.clone();
        responses.retain(|status, _| status.starts_with('2'));
        operation[crumb::RESPONSES] = all.into();
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn failures_are_taken_aside() {
        let mut root = json!({"paths": {"/a": {"get": {"responses": {"200": {}, "401": {}, "default": {}}}}}});
        keep_success_only(&mut root, &mut Changes::default());
        assert_eq!(
            root["paths"]["/a"]["get"],
            json!({"responses": {"200": {}}, crumb::RESPONSES: {"200": {}, "401": {}, "default": {}}})
        );
    }
}
