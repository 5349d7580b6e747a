//! The licence of the emitted package: that of the document, where it is an SPDX expression, as cargo requires.

use serde_json::Value;
use spdx::Expression;

/// Returns the SPDX expression of a License object: its `identifier` (OpenAPI 3.1), or else its `name`.
///
/// A name such as `Proprietary` or `Apache 2.0` is no such expression, and the package then states no licence.
#[must_use]
pub fn expression(license: &Value) -> Option<String> {
    let texts = ["identifier", "name"].into_iter().filter_map(|key| license.get(key)?.as_str());
    texts.map(str::trim).find(|text| is_expression(text)).map(str::to_owned)
}

/// Returns whether a text is an SPDX expression that names licences. `NOASSERTION` is in the list of SPDX and names none.
fn is_expression(text: &str) -> bool {
    let Ok(expression) = Expression::parse(text) else { return false };
    expression.requirements().all(|required| required.req.license.id().is_none_or(|id| id.name != "NOASSERTION"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_spdx_expression_is_a_licence() {
        for (license, expected) in [
            (json!({"name": "MIT OR Apache-2.0"}), Some("MIT OR Apache-2.0")),
            (
                json!({"name": " GPL-3.0-only WITH Classpath-exception-2.0 "}),
                Some("GPL-3.0-only WITH Classpath-exception-2.0"),
            ),
            (json!({"name": "The licence", "identifier": "Apache-2.0"}), Some("Apache-2.0")),
            (json!({"name": "MIT", "identifier": "Apache-2.0"}), Some("Apache-2.0")),
            (json!({"name": "MIT", "identifier": "mine"}), Some("MIT")),
            (json!({"name": "LicenseRef-Mine"}), Some("LicenseRef-Mine")),
            (json!({"name": "Proprietary"}), None),
            (json!({"name": "Apache 2.0"}), None),
            (json!({"name": "MIT OR"}), None),
            (json!({"name": "NOASSERTION"}), None),
            (json!({"name": "NONE"}), None),
            (json!({"name": ""}), None),
            (json!({"name": 7}), None),
            (json!({}), None),
            (json!(null), None),
        ] {
            assert_eq!(expression(&license).as_deref(), expected, "{license}");
        }
    }
}
