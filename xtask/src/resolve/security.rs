//! Decides how the client authenticates its requests: with one token, or with the credentials of schemes.

use serde_json::Value;

use super::draft::Draft;
use super::names::{Names, numbered, value_name};
use super::text::not_blank;
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::model::{Credential, Requirement, Scheme, Security, source_setter};
use crate::openapi::references::resolve;
use crate::openapi::security::{alternatives, credential};
use crate::runtime_variable;

/// Returns the security of the API, and the requirement of each operation. A document that states none for any operation
/// does not say that none is needed, so all requests carry a token.
pub fn security(root: &Value, draft: &Draft) -> (Security, Vec<Requirement>) {
    let own = root.field("security").and_then(Value::as_array).map(|list| alternatives(root, list));
    let of_operations: Vec<Option<&[Vec<String>]>> =
        draft.operations.iter().map(|operation| operation.security.as_deref()).collect();
    let stated = || own.as_deref().into_iter().chain(of_operations.iter().copied().flatten());
    let names = names_in_use(root, stated().flatten().flatten().map(String::as_str));
    let indices = |list: &[Vec<String>]| indices(&names, list);
    let requirements: Vec<_> = of_operations.iter().map(|list| list.map(indices).unwrap_or_default()).collect();
    let is_token = names.first().is_some_and(|name| credential(root, name) == Credential::Token);
    let is_one_token = |list: &Requirement| is_token && *list == [[0]];
    if stated().next().is_none() || own.as_deref().map(indices).iter().chain(&requirements).all(is_one_token) {
        return (Security::Token, requirements);
    }
    let default = own.as_deref().map_or_else(|| every_alternative(&requirements), indices);
    (Security::Schemes { schemes: schemes(root, &names), default }, requirements)
}

/// Returns the names of the schemes in use, in the order of the document. Those that it does not define are the last.
fn names_in_use<'d>(root: &'d Value, used: impl Iterator<Item = &'d str>) -> Vec<&'d str> {
    let defined = root.field("components").and_then(|components| components.field("securitySchemes"));
    let defined: Vec<&str> =
        defined.and_then(Value::as_object).into_iter().flat_map(|all| all.keys()).map(String::as_str).collect();
    let mut names: Vec<&str> = Vec::new();
    for name in used {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| defined.iter().position(|known| known == name).unwrap_or(defined.len()));
    names
}

/// Returns alternatives by the indices of their schemes, each once.
fn indices(names: &[&str], list: &[Vec<String>]) -> Requirement {
    let mut requirement = Requirement::new();
    for alternative in list {
        let index = |name: &String| names.iter().position(|known| known == name);
        let mut set: Vec<_> = alternative.iter().filter_map(index).collect();
        set.sort_unstable();
        if !requirement.contains(&set) {
            requirement.push(set);
        }
    }
    simplified(requirement)
}

/// Returns a requirement without alternatives if a request without credentials is the only one.
fn simplified(requirement: Requirement) -> Requirement {
    if requirement.iter().all(Vec::is_empty) { Requirement::new() } else { requirement }
}

/// Returns the alternatives of all operations, and after them a request without credentials.
fn every_alternative(requirements: &[Requirement]) -> Requirement {
    let mut every = Requirement::new();
    for alternative in requirements.iter().flatten().filter(|alternative| !alternative.is_empty()) {
        if !every.contains(alternative) {
            every.push(alternative.clone());
        }
    }
    every.push(Vec::new());
    simplified(every)
}

/// Returns the schemes with these names.
fn schemes(root: &Value, names: &[&str]) -> Vec<Scheme> {
    let (mut setters, mut variables) = (Names::of_credentials(), Names::default());
    let mut scheme = |name: &&str| {
        let at = Pointer::root().keys(["components", "securitySchemes", name]);
        let described = at.lookup(root).and_then(|scheme| resolve(root, scheme)?.field("description"));
        let credential = credential(root, name);
        let setter = setter(name, &credential, &mut setters);
        Scheme {
            variables: variables_of(&setter, &credential, &mut variables),
            description: not_blank(described.and_then(Value::as_str)).map(str::to_owned),
            name: (*name).to_owned(),
            at,
            setter,
            credential,
        }
    };
    names.iter().map(&mut scheme).collect()
}

/// Returns the name of the setter of a scheme. A scheme with a token has a second setter, for a source of tokens.
fn setter(name: &str, credential: &Credential, taken: &mut Names) -> String {
    let names = |name: &str| match credential {
        Credential::Token => vec![name.to_owned(), source_setter(name)],
        _ => vec![name.to_owned()],
    };
    numbered(&value_name(name), "_", |name| take_all(&names(name), taken))
}

/// Takes names if all of them are free, and returns whether they were.
fn take_all(names: &[String], taken: &mut Names) -> bool {
    let are_free = names.iter().all(|name| !taken.has(name));
    if are_free {
        for name in names {
            taken.take(name);
        }
    }
    are_free
}

/// Returns the environment variables of a scheme: `API_KEY` of `api_key`, and `SHOP_TOKEN` of a token `shop`.
fn variables_of(setter: &str, credential: &Credential, taken: &mut Names) -> Vec<String> {
    let suffixes: &[&str] = match credential {
        Credential::Token => &["TOKEN"],
        Credential::Basic => &["USER", "PASSWORD"],
        _ => &["KEY"],
    };
    let stem = setter.trim_end_matches('_').to_ascii_uppercase();
    let stem = if stem.is_ascii() { stem } else { "SCHEME".to_owned() };
    let mut variables = Vec::new();
    numbered(&stem, "_", |stem| {
        variables = suffixes.iter().map(|suffix| runtime_variable(&with_suffix(stem, suffix))).collect();
        take_all(&variables, taken)
    });
    variables
}

/// Returns the words of a variable with this word at the end.
fn with_suffix(stem: &str, suffix: &str) -> String {
    let ends_with_it = stem.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'));
    if ends_with_it { stem.to_owned() } else { format!("{stem}_{suffix}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::decisions::Decisions;
    use crate::resolve::read::Reader;

    fn of(security: &Value, operations: &[Value]) -> (Security, Vec<Requirement>) {
        let schemes = json!({
            "api_key": {"type": "apiKey", "in": "query", "name": "k"},
            "bearer": {"type": "http", "scheme": "bearer", "description": "d"},
            "basic": {"type": "http", "scheme": "basic"},
            "unused": {"type": "oauth2", "flows": {}},
            "digest": {"type": "http", "scheme": "digest"},
        });
        let mut root = json!({"paths": {}, "components": {"securitySchemes": schemes}});
        if !security.is_null() {
            root["security"] = security.clone();
        }
        for (index, own) in operations.iter().enumerate() {
            let operation = if own.is_null() { json!({}) } else { json!({"security": own}) };
            root["paths"][format!("/{index}")]["get"] = operation;
        }
        let mut decisions = Decisions::new(false);
        let operations = Reader::new(&root).operations(&mut decisions);
        super::security(&root, &Draft { operations, ..Draft::default() })
    }

    fn default(security: Security) -> Requirement {
        match security {
            Security::Schemes { default, .. } => default,
            Security::Token => panic!("expected schemes"),
        }
    }

    #[test]
    fn one_token_for_all_operations_needs_no_schemes() {
        let bearer = || json!([{"bearer": ["a"]}, {"bearer": []}]);
        for (security, operations) in [
            (json!(null), vec![json!(null)]),
            (json!(null), vec![]),
            (bearer(), vec![json!(null), bearer()]),
            (json!(null), vec![bearer(), bearer()]),
            (json!([{"undefined": []}]), vec![json!(null)]),
        ] {
            assert!(matches!(of(&security, &operations).0, Security::Token), "{security} {operations:?}");
        }
        for (security, operations) in [
            (bearer(), vec![json!([])]),
            (json!(null), vec![bearer(), json!(null)]),
            (bearer(), vec![json!([{}, {"bearer": []}])]),
            (json!([{"api_key": []}]), vec![json!(null)]),
            (bearer(), vec![json!([{"unused": []}])]),
            (json!([{"digest": []}]), vec![]),
            (json!([]), vec![]),
        ] {
            assert!(matches!(of(&security, &operations).0, Security::Schemes { .. }), "{security} {operations:?}");
        }
    }

    #[test]
    fn the_schemes_in_use_have_setters_and_variables() {
        let used = json!([{"undefined token": []}, {"basic": [], "api_key": [], "bearer": []}]);
        let (security, requirements) = of(&used, &[json!(null), json!([])]);
        let of = |scheme: &Scheme| format!("{} {} {}", scheme.name, scheme.setter, scheme.variables.join(" "));
        assert_eq!(
            security.schemes().iter().map(of).collect::<Vec<_>>(),
            [
                "api_key api_key SALLA_API_KEY",
                "bearer bearer SALLA_BEARER_TOKEN",
                "basic basic SALLA_BASIC_USER SALLA_BASIC_PASSWORD",
                "undefined token undefined_token SALLA_UNDEFINED_TOKEN",
            ]
        );
        assert_eq!(security.schemes()[1].description.as_deref(), Some("d"));
        assert_eq!(requirements, [vec![vec![3], vec![0, 1, 2]], vec![]]);
        assert_eq!(default(security), requirements[0]);
    }

    #[test]
    fn without_a_requirement_of_the_document_other_requests_may_have_any() {
        let (security, requirements) =
            of(&json!(null), &[json!([{"basic": []}, {}]), json!(null), json!([{"api_key": []}, {"basic": []}])]);
        assert_eq!(requirements, [vec![vec![1], vec![]], vec![], vec![vec![0], vec![1]]]);
        assert_eq!(default(security), [vec![1], vec![0], vec![]]);
    }

    #[test]
    fn no_two_schemes_have_a_setter_or_a_variable_in_common() {
        let (mut setters, mut variables) = (Names::of_credentials(), Names::default());
        let key = Credential::Key(crate::model::KeyPlace::Query, "k".to_owned());
        let mut found = Vec::new();
        for (name, credential) in [
            ("a", &Credential::Token),
            ("a_source", &key),
            ("A", &key),
            ("a key", &key),
            ("new", &key),
            ("type", &Credential::Token),
            ("مفتاح", &key),
        ] {
            let setter = setter(name, credential, &mut setters);
            let variables = variables_of(&setter, credential, &mut variables);
            found.push(format!("{setter} {}", variables.join(" ").replace("SALLA_", "")));
        }
        assert_eq!(
            found,
            [
                "a A_TOKEN",
                "a_source_2 A_SOURCE_2_KEY",
                "a_2 A_2_KEY",
                "a_key A_KEY",
                "new_2 NEW_2_KEY",
                "type_ TYPE_TOKEN",
                "مفتاح SCHEME_KEY"
            ]
        );
    }
}
