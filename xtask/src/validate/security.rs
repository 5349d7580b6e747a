//! Checks security: that requirements name schemes of the document, and that each scheme has the fields of its type.

use serde_json::{Map, Value};

use super::operations::is_3_0;
use crate::diagnostics::nearest::{did_you_mean, nearest};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::parameter_name::is_sendable;
use crate::openapi::shapes::{DOCUMENT, OPERATION};
use crate::openapi::walk::Met;

/// Returns the findings about security requirements and security schemes.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let is_3_0 = is_3_0(document);
    let mut findings = Vec::new();
    for met in objects {
        if met.is(&OPERATION) || met.is(&DOCUMENT) {
            findings.extend(requirements(document, met));
        }
        if met.shape.name == "Security Scheme" {
            findings.extend(scheme(met, is_3_0));
        }
    }
    findings
}

/// Checks that each name in `security` is that of a scheme.
fn requirements(document: &Document, holder: &Met<'_>) -> Vec<Diagnostic> {
    let schemes = document.root["components"]["securitySchemes"].as_object();
    let requirements = holder.fields.field("security").and_then(Value::as_array);
    let mut findings = Vec::new();
    for (index, requirement) in requirements.into_iter().flatten().enumerate() {
        for name in requirement.as_object().into_iter().flat_map(Map::keys) {
            if schemes.is_some_and(|schemes| schemes.has(name)) {
                continue;
            }
            let known = schemes.into_iter().flat_map(Map::keys).map(String::as_str);
            findings.push(Diagnostic::nonconforming(
                Code::UndefinedSecurityScheme,
                Place::Key(holder.at.key("security").index(index).key(name)),
                format!("unknown security scheme `{name}`{}", did_you_mean(name, known)),
                "the client sends a token for it: define it under `components/securitySchemes`",
            ));
        }
    }
    findings
}

/// A type of security schemes, or a flow of OAuth.
struct Kind {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const TYPES: &[Kind] = &[
    Kind { name: "apiKey", required: &["name", "in"], optional: &[] },
    Kind { name: "http", required: &["scheme"], optional: &["bearerFormat"] },
    Kind { name: "mutualTLS", required: &[], optional: &[] },
    Kind { name: "oauth2", required: &["flows"], optional: &[] },
    Kind { name: "openIdConnect", required: &["openIdConnectUrl"], optional: &[] },
];

const FLOWS: &[Kind] = &[
    Kind { name: "implicit", required: &["authorizationUrl", "scopes"], optional: &["refreshUrl"] },
    Kind { name: "password", required: &["tokenUrl", "scopes"], optional: &["refreshUrl"] },
    Kind { name: "clientCredentials", required: &["tokenUrl", "scopes"], optional: &["refreshUrl"] },
    Kind {
        name: "authorizationCode",
        required: &["authorizationUrl", "tokenUrl", "scopes"],
        optional: &["refreshUrl"],
    },
];

/// The fields that some type of security schemes has.
const FIELDS_OF_TYPES: &[&str] = &["name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"];

fn finding(place: Place, message: String, help: &str) -> Diagnostic {
    Diagnostic::nonconforming(Code::InvalidSecurityScheme, place, message, help)
}

/// Checks a security scheme by the rules of its type.
fn scheme(scheme: &Met<'_>, is_3_0: bool) -> Vec<Diagnostic> {
    let Some(name) = scheme.fields.field("type").and_then(Value::as_str) else { return Vec::new() };
    let at = Place::Value(scheme.at.key("type"));
    let Some(kind) = TYPES.iter().find(|kind| kind.name == name) else {
        let known = TYPES.iter().map(|kind| kind.name).filter(|name| !is_3_0 || *name != "mutualTLS");
        let message = format!("unknown type `{name}` of a security scheme{}", did_you_mean(name, known));
        return vec![finding(at, message, "the client does not know how to send it: write a type of OpenAPI")];
    };
    if is_3_0 && name == "mutualTLS" {
        let message = "`mutualTLS` is a type of security schemes only since OpenAPI 3.1".to_owned();
        return vec![finding(at, message, "remove the scheme, or write the document as OpenAPI 3.1")];
    }
    let owner = format!("`{name}` security scheme");
    let mut findings = missing(kind, &scheme.at, scheme.fields, &owner);
    findings.extend(foreign_fields(scheme, kind, &owner));
    findings.extend(key_place(scheme, kind));
    findings.extend(key_name(scheme, kind));
    findings.extend(http_scheme(scheme, kind));
    if kind.name == "oauth2" {
        findings.extend(flows(scheme));
    }
    findings
}

/// Checks that the required fields of a type or a flow are present.
fn missing(kind: &Kind, at: &Pointer, fields: &Map<String, Value>, owner: &str) -> Vec<Diagnostic> {
    let missing = kind.required.iter().filter(|field| !fields.has(field));
    missing
        .map(|field| {
            let message = format!("this {owner} has no `{field}`");
            finding(Place::Key(at.clone()), message, &format!("add `{field}`"))
        })
        .collect()
}

/// Checks that a scheme has no fields of other types. A format of tokens belongs to those of a bearer.
fn foreign_fields(scheme: &Met<'_>, kind: &Kind, owner: &str) -> Vec<Diagnostic> {
    let is_bearer = scheme
        .fields
        .field("scheme")
        .and_then(Value::as_str)
        .is_none_or(|scheme| scheme.eq_ignore_ascii_case("bearer"));
    let is_own = |field: &str| {
        (kind.required.contains(&field) || kind.optional.contains(&field)) && (field != "bearerFormat" || is_bearer)
    };
    let present = FIELDS_OF_TYPES.iter().filter(|field| scheme.fields.has(field));
    present
        .filter(|field| !is_own(field))
        .map(|field| {
            let message = format!("`{field}` does not belong to this {owner}");
            let place = Place::Key(scheme.at.key(field));
            finding(place, message, "it has no effect: remove it")
                .with_related(Place::Value(scheme.at.key("type")), "the type")
        })
        .collect()
}

/// Checks where an API key is sent.
fn key_place(scheme: &Met<'_>, kind: &Kind) -> Option<Diagnostic> {
    const PLACES: [&str; 3] = ["query", "header", "cookie"];
    let place = scheme.fields.field("in").filter(|_| kind.name == "apiKey")?.as_str()?;
    (!PLACES.contains(&place)).then(|| {
        let message = format!("unknown place `{place}` of an API key{}", did_you_mean(place, PLACES));
        finding(Place::Value(scheme.at.key("in")), message, "write `query`, `header` or `cookie`")
    })
}

/// Checks that a request can carry the name of an API key.
fn key_name(scheme: &Met<'_>, kind: &Kind) -> Option<Diagnostic> {
    let name = scheme.fields.field("name").filter(|_| kind.name == "apiKey")?.as_str()?;
    let place = scheme.fields.field("in").and_then(Value::as_str).unwrap_or_default();
    (!is_sendable(place, name)).then(|| {
        let message = format!("`{name}` cannot be the name of this API key");
        finding(Place::Value(scheme.at.key("name")), message, "write the name that requests use")
    })
}

/// Checks that the scheme of HTTP authentication is not a misspelling of a common one. Other names are allowed.
fn http_scheme(scheme: &Met<'_>, kind: &Kind) -> Option<Diagnostic> {
    const COMMON: &[&str] = &["basic", "bearer", "digest"];
    let name = scheme.fields.field("scheme").filter(|_| kind.name == "http")?.as_str()?;
    if COMMON.iter().any(|common| name.eq_ignore_ascii_case(common)) {
        return None;
    }
    let meant = nearest(name, COMMON.iter().copied())?;
    let place = Place::Value(scheme.at.key("scheme"));
    let message = format!("unknown scheme `{name}` of HTTP authentication; did you mean `{meant}`?");
    Some(finding(place, message, "write the name as it is sent in the header `Authorization`"))
}

/// Checks the flows of an OAuth scheme; their names and the kinds of their values are those of the shapes.
fn flows(scheme: &Met<'_>) -> Vec<Diagnostic> {
    let at = scheme.at.key("flows");
    let flows = scheme.fields.field("flows").and_then(Value::as_object);
    let known = FLOWS.iter().filter_map(|kind| Some((kind, flows?.get(kind.name)?.as_object()?)));
    known.flat_map(|(kind, fields)| flow(&at.key(kind.name), kind, fields)).collect()
}

fn flow(at: &Pointer, kind: &Kind, fields: &Map<String, Value>) -> Vec<Diagnostic> {
    let owner = format!("`{}` flow", kind.name);
    let mut findings = missing(kind, at, fields, &owner);
    let is_own = |field: &&str| kind.required.contains(field) || kind.optional.contains(field);
    let foreign = FIELDS_OF_FLOWS.iter().filter(|field| fields.has(field) && !is_own(field));
    findings.extend(foreign.map(|field| {
        let message = format!("`{field}` does not belong to this {owner}");
        finding(Place::Key(at.key(field)), message, "it has no effect: remove it")
    }));
    findings
}

/// The fields that some flow has and others do not.
const FIELDS_OF_FLOWS: &[&str] = &["authorizationUrl", "tokenUrl"];

#[cfg(test)]
mod tests {
    use super::super::testing::{V3_0, V3_1, found};
    use super::*;

    fn of(head: &str, text: &str) -> Vec<String> {
        found(&format!("{head}{text}"), check)
    }

    fn of_scheme(head: &str, scheme: &str) -> Vec<String> {
        of(head, &format!("paths: {{}}\ncomponents:\n  securitySchemes:\n    s:\n      {scheme}\n"))
    }

    fn of_flow(flow: &str) -> Vec<String> {
        of_scheme(V3_0, &format!("type: oauth2\n      flows:\n        {flow}"))
    }

    #[test]
    fn requirements_name_schemes_of_the_document() {
        let operation = "{security: [{tokn: []}], responses: {}}";
        let text = format!("security: [{{tokn: []}}, {{}}, {{token: []}}]\npaths:\n  /a:\n    get: {operation}\n");
        let schemes = "components: {securitySchemes: {token: {type: http, scheme: bearer}}}\n";
        let message = "unknown security scheme `tokn`";
        let meant = format!("{message}; did you mean `token`?");
        assert_eq!(of(V3_0, &format!("{text}{schemes}")), [format!("3:13 {meant}"), format!("6:23 {meant}")]);
        assert_eq!(
            of(V3_0, &text.replace(", {token: []}", "")),
            [format!("3:13 {message}"), format!("6:23 {message}")]
        );
        assert_eq!(of(V3_0, "paths: {}\nsecurity: []\n"), [""; 0]);
    }

    #[test]
    fn requirements_in_callbacks_are_checked() {
        let callback = "callbacks: {c: {'{$url}': {post: {security: [{s: []}], responses: {}}}}}";
        let text = format!("paths:\n  /a:\n    get:\n      {callback}\n      responses: {{}}\n");
        assert_eq!(of(V3_0, &text), ["6:53 unknown security scheme `s`"]);
    }

    #[test]
    fn valid_schemes_are_accepted() {
        let urls = "authorizationUrl: /a, tokenUrl: /t, refreshUrl: /r, scopes: {a: '', x-b: 1}";
        for scheme in [
            "{type: apiKey, name: k, in: cookie, x-a: 1}",
            "{type: apiKey, name: 'a key', in: query}",
            "{type: http, scheme: basic, description: d}",
            "{type: http, scheme: Bearer, bearerFormat: JWT}",
            "{type: http, scheme: other}",
            "{type: openIdConnect, openIdConnectUrl: /a}",
            "{type: oauth2, flows: {}}",
            &format!("{{type: oauth2, flows: {{authorizationCode: {{{urls}}}, x-a: 1}}}}"),
        ] {
            for head in [V3_0, V3_1] {
                assert_eq!(of_scheme(head, scheme), [""; 0], "{scheme}");
            }
        }
        assert_eq!(of_scheme(V3_1, "type: mutualTLS"), [""; 0]);
    }

    #[test]
    fn a_slip_in_the_scheme_of_http_is_reported() {
        for (scheme, expected) in [
            ("Bearer", None),
            ("oauth2", None),
            ("token", None),
            ("bearre", Some("7:28 unknown scheme `bearre` of HTTP authentication; did you mean `bearer`?")),
            ("beare", Some("7:28 unknown scheme `beare` of HTTP authentication; did you mean `bearer`?")),
        ] {
            let found = of_scheme(V3_0, &format!("{{type: http, scheme: {scheme}}}"));
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{scheme}");
        }
    }

    #[test]
    fn a_scheme_has_a_type_of_its_version() {
        let unknown = "7:13 unknown type `apikey` of a security scheme; did you mean `apiKey`?";
        assert_eq!(of_scheme(V3_0, "type: apikey"), [unknown]);
        let newer = "7:13 `mutualTLS` is a type of security schemes only since OpenAPI 3.1";
        assert_eq!(of_scheme(V3_0, "type: mutualTLS"), [newer]);
    }

    #[test]
    fn a_scheme_has_the_fields_of_its_type_and_no_others() {
        for (scheme, expected) in [
            ("{type: apiKey, in: query}", "7:7 this `apiKey` security scheme has no `name`"),
            ("{type: http}", "7:7 this `http` security scheme has no `scheme`"),
            ("{type: oauth2}", "7:7 this `oauth2` security scheme has no `flows`"),
            ("{type: openIdConnect}", "7:7 this `openIdConnect` security scheme has no `openIdConnectUrl`"),
            ("{type: apiKey, name: k, in: path}", "7:35 unknown place `path` of an API key"),
            ("{type: apiKey, name: k, in: headr}", "7:35 unknown place `headr` of an API key; did you mean `header`?"),
            ("{type: apiKey, name: 'X Key', in: header}", "7:28 `X Key` cannot be the name of this API key"),
            ("{type: apiKey, name: 'X;Key', in: cookie}", "7:28 `X;Key` cannot be the name of this API key"),
            ("{type: apiKey, name: '', in: query}", "7:28 `` cannot be the name of this API key"),
            ("{type: http, scheme: basic, in: query}", "7:35 `in` does not belong to this `http` security scheme (7)"),
            (
                "{type: http, scheme: basic, bearerFormat: JWT}",
                "7:35 `bearerFormat` does not belong to this `http` security scheme (7)",
            ),
        ] {
            let expected = expected.replace("7:7 this", "6:5 this");
            assert_eq!(of_scheme(V3_0, scheme), [expected], "{scheme}");
        }
    }

    #[test]
    fn a_flow_has_its_urls_and_scopes() {
        for (flow, expected) in [
            ("implicit: {authorizationUrl: /a}", "9:9 this `implicit` flow has no `scopes`"),
            ("implicit: {scopes: {}}", "9:9 this `implicit` flow has no `authorizationUrl`"),
            ("password: {scopes: {}}", "9:9 this `password` flow has no `tokenUrl`"),
            ("clientCredentials: {scopes: {}}", "9:9 this `clientCredentials` flow has no `tokenUrl`"),
            (
                "authorizationCode: {tokenUrl: /t, scopes: {}}",
                "9:9 this `authorizationCode` flow has no `authorizationUrl`",
            ),
            (
                "password: {tokenUrl: /t, scopes: {}, authorizationUrl: /a}",
                "9:46 `authorizationUrl` does not belong to this `password` flow",
            ),
        ] {
            assert_eq!(of_flow(flow), [expected], "{flow}");
        }
    }
}
