//! Checks parameters and headers: their names and places, how their values are described and written, and whether the
//! parameters of a path agree with its template.

use serde_json::{Map, Value};

use super::paths::{Item, Part};
use crate::diagnostics::nearest::did_you_mean;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::parameter_name::is_sendable;
use crate::openapi::references::resolve;
use crate::openapi::shapes::{HEADER, OPERATION, PARAMETER, PATH_ITEM};
use crate::openapi::walk::Met;

/// The styles of OpenAPI.
const STYLES: &[&str] = &["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject"];
/// The styles of a query and of the encoding of a form; the first is the default.
const OF_FORMS: &[&str] = &["form", "spaceDelimited", "pipeDelimited", "deepObject"];
/// The places of parameters.
const PLACES: &[&str] = &["query", "path", "header", "cookie"];

/// Returns the findings about parameters, and about what headers and encodings share with them.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>], items: &[Item<'_>], is_3_0: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for met in objects {
        if met.is(&PARAMETER) {
            findings.extend(name(met));
            findings.extend(place(met));
            findings.extend(required(met));
        }
        if met.is(&PARAMETER) || met.is(&HEADER) {
            findings.extend(schema_or_content(met));
            if !is_3_0 {
                findings.extend(only_in_queries(met));
            }
        }
        findings.extend(style(met));
        if met.is(&OPERATION) || met.is(&PATH_ITEM) {
            findings.extend(duplicates(document, met));
        }
    }
    for item in items {
        findings.extend(unused(document, item));
        findings.extend(undefined(document, item));
    }
    findings
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.field(name).and_then(Value::as_str).unwrap_or_default()
}

/// Checks that a request can carry the parameter's name.
fn name(parameter: &Met<'_>) -> Option<Diagnostic> {
    let name = parameter.fields.field("name")?.as_str()?;
    let place = Place::Value(parameter.at.key("name"));
    if name.is_empty() {
        return Some(Diagnostic::nonconforming(
            Code::InvalidParameterName,
            place,
            "`` cannot be the name of this parameter",
            "the parameter is left out: write the name that requests use",
        ));
    }
    (!is_sendable(text(parameter.fields, "in"), name)).then(|| {
        Diagnostic::error(
            Code::InvalidParameterName,
            place,
            format!("`{name}` cannot be the name of this parameter"),
            "write the name that requests use",
        )
    })
}

/// Checks that `in` is a place of parameters.
fn place(parameter: &Met<'_>) -> Option<Diagnostic> {
    let place = text(parameter.fields, "in");
    // A missing field has a finding already.
    if PLACES.contains(&place) || !parameter.fields.has("in") {
        return None;
    }
    let help = match place {
        "body" => "describe the body as the `requestBody` of the operation",
        "formData" => {
            "describe the form as the `requestBody` of the operation, as `multipart/form-data` or \
             `application/x-www-form-urlencoded`"
        }
        _ => "write `query`, `path`, `header` or `cookie`",
    };
    Some(Diagnostic::error(
        Code::UnknownParameterPlace,
        Place::Value(parameter.at.key("in")),
        format!("unknown place `{place}` of a parameter{}", did_you_mean(place, PLACES.iter().copied())),
        help,
    ))
}

/// Checks that a path parameter is required.
fn required(parameter: &Met<'_>) -> Option<Diagnostic> {
    let required = parameter.fields.field("required");
    if text(parameter.fields, "in") != "path" || required == Some(&Value::Bool(true)) {
        return None;
    }
    let place = match required {
        Some(_) => Place::Value(parameter.at.key("required")),
        None => Place::Key(parameter.at.clone()),
    };
    let name = text(parameter.fields, "name");
    Some(Diagnostic::nonconforming(
        Code::OptionalPathParameter,
        place,
        format!("the path parameter `{name}` is not required"),
        "the client requires it nevertheless: write `required: true`",
    ))
}

/// Checks that a parameter or a header has either a `schema` or a `content` with one media type.
fn schema_or_content(met: &Met<'_>) -> Vec<Diagnostic> {
    let kind = met.shape.name.to_lowercase();
    let content = met.fields.field("content");
    match (met.fields.has("schema"), content) {
        (true, None) => Vec::new(),
        (true, Some(_)) => vec![
            Diagnostic::nonconforming(
                Code::ConflictingFields,
                Place::Key(met.at.key("content")),
                format!("this {kind} has both `schema` and `content`"),
                "`schema` is used: remove one of the two",
            )
            .with_related(Place::Key(met.at.key("schema")), "the other field"),
        ],
        (false, None) => vec![Diagnostic::nonconforming(
            Code::MissingField,
            Place::Key(met.at.clone()),
            format!("this {kind} has neither `schema` nor `content`"),
            "its value is taken as a string: add `schema`",
        )],
        (false, Some(content)) => {
            let beside = ["style", "explode", "allowReserved", "example", "examples"].into_iter();
            let beside = beside.filter(|field| met.fields.has(field)).map(|field| beside_content(met, field));
            one_media_type(met, content).into_iter().chain(beside).collect()
        }
    }
}

fn beside_content(met: &Met<'_>, field: &str) -> Diagnostic {
    Diagnostic::nonconforming(
        Code::ConflictingFields,
        Place::Key(met.at.key(field)),
        format!("`{field}` is not allowed beside `content`"),
        match field {
            "example" | "examples" => "move it to the media type in `content`",
            _ => "it has no effect: remove it, or describe the value by `schema` instead of `content`",
        },
    )
    .with_related(Place::Key(met.at.key("content")), "the other field")
}

fn one_media_type(met: &Met<'_>, content: &Value) -> Option<Diagnostic> {
    let kind = met.shape.name.to_lowercase();
    let at = met.at.key("content");
    let mut names = content.as_object()?.keys();
    if names.next().is_none() {
        return Some(Diagnostic::nonconforming(
            Code::MissingField,
            Place::Key(at),
            format!("the `content` of this {kind} has no media type; expected one"),
            "the value is taken as a string: add a media type, or write `schema` instead of `content`",
        ));
    }
    let second = names.next()?;
    Some(Diagnostic::nonconforming(
        Code::ConflictingFields,
        Place::Key(at.key(second)),
        format!("the `content` of this {kind} has more than one media type; expected one"),
        "the first is used: remove the others",
    ))
}

/// Checks the fields that only parameters of the query have in OpenAPI 3.1.
fn only_in_queries(met: &Met<'_>) -> Vec<Diagnostic> {
    let place = text(met.fields, "in");
    if met.is(&PARAMETER) && (place == "query" || !PLACES.contains(&place)) {
        return Vec::new();
    }
    let owner = if met.is(&HEADER) { "header".to_owned() } else { format!("{place} parameter") };
    let is_reported = |field: &&str| *field == "allowEmptyValue" || met.fields.has("schema");
    let fields = ["allowEmptyValue", "allowReserved"].into_iter().filter(is_reported);
    fields
        .filter(|field| met.fields.has(field))
        .map(|field| {
            Diagnostic::nonconforming(
                Code::UnknownField,
                Place::Key(met.at.key(field)),
                format!("`{field}` applies only to query parameters, found it in a {owner}"),
                "it has no effect: remove it",
            )
        })
        .collect()
}

/// Checks that the place of the parameter allows the style.
fn style(met: &Met<'_>) -> Option<Diagnostic> {
    let style = met.fields.field("style")?.as_str()?;
    let (styles, owner) = styles(met)?;
    // Beside `content`, `style` itself is the finding.
    let has_only_content = met.fields.has("content") && !met.fields.has("schema");
    if styles.contains(&style) || (has_only_content && owner != "an encoding") {
        return None;
    }
    let message = if STYLES.contains(&style) {
        format!("`{style}` is not a style of {owner}; expected {}", listed(styles))
    } else {
        format!("unknown style `{style}`{}", did_you_mean(style, styles.iter().copied()))
    };
    let help = if met.is(&PARAMETER) {
        format!("the value is written as `{}`: write one of {}", styles[..1].concat(), listed(styles))
    } else {
        format!("write {}, or remove it", listed(styles))
    };
    Some(Diagnostic::nonconforming(Code::InvalidStyle, Place::Value(met.at.key("style")), message, help))
}

/// Returns the styles that an object of this kind can have, and the kind with its article.
fn styles(met: &Met<'_>) -> Option<(&'static [&'static str], &'static str)> {
    match (met.shape.name, text(met.fields, "in")) {
        ("Parameter", "path") => Some((&["simple", "label", "matrix"], "a path parameter")),
        ("Parameter", "query") => Some((OF_FORMS, "a query parameter")),
        ("Parameter", "header") => Some((&["simple"], "a header parameter")),
        ("Parameter", "cookie") => Some((&["form"], "a cookie parameter")),
        ("Header", _) => Some((&["simple"], "a header")),
        ("Encoding", _) => Some((OF_FORMS, "an encoding")),
        _ => None,
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A parameter in a list, or behind a `$ref` there.
struct Entry<'d> {
    name: &'d str,
    place: &'d str,
    /// The place of its name, or of the `$ref` in the list.
    at: Pointer,
}

/// Returns the parameters of a list, and whether all of them have a name and a place. A parameter without one has
/// another finding.
fn entries<'d>(document: &'d Document, at: &Pointer, list: &'d Value) -> (Vec<Entry<'d>>, bool) {
    let mut entries = Vec::new();
    let mut is_complete = true;
    for (index, value) in list.as_array().into_iter().flatten().enumerate() {
        let field = if value.field("$ref").is_some() { "$ref" } else { "name" };
        let found = resolve(&document.root, value);
        let word = |key: &str| found.and_then(|parameter| parameter.field(key)?.as_str());
        match (word("name"), word("in")) {
            (Some(name), Some(place)) => entries.push(Entry { name, place, at: at.index(index).key(field) }),
            _ => is_complete = false,
        }
    }
    (entries, is_complete)
}

/// Checks that no parameter is twice in the list of a path item or an operation.
fn duplicates(document: &Document, met: &Met<'_>) -> Vec<Diagnostic> {
    let Some(list) = met.fields.field("parameters") else { return Vec::new() };
    let (entries, _) = entries(document, &met.at.key("parameters"), list);
    let mut findings = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let is_same = |other: &&Entry<'_>| other.name == entry.name && other.place == entry.place;
        let Some(first) = entries.iter().take(index).find(is_same) else { continue };
        findings.push(
            Diagnostic::nonconforming(
                Code::DuplicateParameter,
                Place::Value(entry.at.clone()),
                format!("duplicate parameter `{}` in `{}`", entry.name, entry.place),
                "the client uses the last one: remove the others",
            )
            .with_related(Place::Value(first.at.clone()), "the first one"),
        );
    }
    findings
}

/// The parameters of a path in the list of an item or an operation.
struct PathParameters<'d> {
    entries: Vec<Entry<'d>>,
    is_complete: bool,
}

impl<'d> PathParameters<'d> {
    fn of(document: &'d Document, list: Option<(Pointer, &'d Value)>) -> Self {
        let Some((at, list)) = list else { return Self { entries: Vec::new(), is_complete: true } };
        let (mut entries, is_complete) = entries(document, &at, list);
        entries.retain(|entry| entry.place == "path");
        Self { entries, is_complete }
    }

    fn of_item(document: &'d Document, item: &Item<'d>) -> Self {
        Self::of(document, item.field("parameters").map(|part| (part.at, part.value)))
    }

    fn of_operation(document: &'d Document, operation: &Part<'d>) -> Self {
        let list = operation.value.field("parameters");
        Self::of(document, list.map(|list| (operation.at.key("parameters"), list)))
    }

    /// Returns whether a parameter has this name, or may have it, because a parameter with an error is in the list.
    fn may_have(&self, name: &str) -> bool {
        !self.is_complete || self.entries.iter().any(|entry| entry.name == name)
    }
}

/// Checks that the template has a place for each parameter of the path.
fn unused<'d>(document: &'d Document, item: &Item<'d>) -> Vec<Diagnostic> {
    let Some(names) = item.names() else { return Vec::new() };
    let mut findings = Vec::new();
    let mut report = |part: &Part<'_>, parameters: &PathParameters<'_>| {
        for entry in &parameters.entries {
            if !has_name(item.key, &names, entry.name) {
                let finding = no_place(entry, item, part, &names);
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
    };
    if let Some(part) = item.field("parameters") {
        report(&part, &PathParameters::of_item(document, item));
    }
    for operation in item.operations() {
        report(&operation, &PathParameters::of_operation(document, &operation));
    }
    findings
}

/// Returns whether the template has this name, with or without a pattern behind it.
fn has_name(template: &str, names: &[&str], name: &str) -> bool {
    names.contains(&name) || template.contains(&format!("{{{name}}}"))
}

fn no_place(entry: &Entry<'_>, item: &Item<'_>, part: &Part<'_>, names: &[&str]) -> Diagnostic {
    let (name, path) = (entry.name, item.key);
    Diagnostic::nonconforming(
        Code::UnusedPathParameter,
        item.place(part, Place::Value(entry.at.clone())),
        format!("`{path}` has no `{{{name}}}` for this parameter{}", did_you_mean(name, names.iter().copied())),
        format!("the client leaves the parameter out: rename it, or add `{{{name}}}` to the path"),
    )
    .with_related(Place::Key(item.at.clone()), "the path")
}

/// Checks that each name in the template has a parameter, in the list of the path item or of each operation.
fn undefined<'d>(document: &'d Document, item: &Item<'d>) -> Vec<Diagnostic> {
    let shared = PathParameters::of_item(document, item);
    let operations: Vec<_> =
        item.operations().into_iter().map(|part| (PathParameters::of_operation(document, &part), part)).collect();
    let mut findings = Vec::new();
    // A name with a pattern behind it is another finding.
    let is_plain = |name: &str| item.key.contains(&format!("{{{name}}}"));
    let names = item.names().unwrap_or_default().into_iter();
    for name in names.filter(|name| is_plain(name) && !shared.may_have(name)) {
        let without_it: Vec<_> = operations.iter().filter(|(own, _)| !own.may_have(name)).collect();
        let known = shared.entries.iter().chain(without_it.iter().flat_map(|(own, _)| &own.entries));
        let hint = did_you_mean(name, known.map(|entry| entry.name));
        if without_it.len() == operations.len() && !operations.is_empty() {
            findings.push(not_described(Place::Key(item.at.clone()), item, name, &hint));
            continue;
        }
        for (_, part) in without_it {
            let place = item.place(part, Place::Key(part.at.clone()));
            findings.push(not_described(place, item, name, &hint));
        }
    }
    findings
}

fn not_described(place: Place, item: &Item<'_>, name: &str, hint: &str) -> Diagnostic {
    Diagnostic::nonconforming(
        Code::UndefinedPathParameter,
        place,
        format!("no parameter describes `{{{name}}}` of the path `{}`{hint}", item.key),
        format!("it is taken as a string: add `{{name: {name}, in: path, required: true, schema: …}}` to `parameters`"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::paths::items;
    use super::super::testing::{V3_0, V3_1, found};
    use super::*;

    fn of(head: &str, text: &str) -> Vec<String> {
        found(&format!("{head}{text}"), |document, objects| {
            check(document, objects, &items(document, objects), head == V3_0)
        })
    }

    /// Returns the findings about parameters in the list of an operation, each on a line of its own from line 7.
    fn of_operation(head: &str, path: &str, parameters: &[&str]) -> Vec<String> {
        of(head, &format!("paths:\n  '{path}':\n    get: {}\n", operation(parameters)))
    }

    fn operation(parameters: &[&str]) -> String {
        let lines: Vec<_> = parameters.iter().map(|parameter| format!("        - {{{parameter}}}\n")).collect();
        let list = lines.concat();
        format!("\n      parameters:\n{list}      responses: {{'200': {{description: d}}}}")
    }

    const ID: &str = "name: id, in: path, required: true, schema: {}";

    #[test]
    fn a_path_and_its_parameters_agree() {
        assert_eq!(of_operation(V3_0, "/a/{id}/{id}", &[ID]), [""; 0]);
        assert_eq!(of_operation(V3_0, "/a/{id}", &[]), ["4:3 no parameter describes `{id}` of the path `/a/{id}`"]);
        assert_eq!(of_operation(V3_0, "/a", &[ID]), ["7:18 `/a` has no `{id}` for this parameter (4)"]);
        let misspelt = [
            "4:3 no parameter describes `{ids}` of the path `/a/{ids}`; did you mean `id`?",
            "7:18 `/a/{ids}` has no `{id}` for this parameter; did you mean `ids`? (4)",
        ];
        assert_eq!(of_operation(V3_0, "/a/{ids}", &[ID]), misspelt);
    }

    #[test]
    fn the_help_for_a_place_of_swagger_names_the_request_body() {
        let help = |place: &str| {
            let parameter = format!("name: a, in: {place}, schema: {{}}");
            let text = format!("{V3_0}paths:\n  /a:\n    get: {}\n", operation(&[&parameter]));
            let document = crate::source::parse(crate::document::Source::new("api.yaml", text)).unwrap();
            let objects = crate::openapi::walk::walk(&document).objects;
            let findings = check(&document, &objects, &items(&document, &objects), true);
            findings.into_iter().map(|finding| finding.help.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(help("body"), ["describe the body as the `requestBody` of the operation"]);
        assert!(help("formData")[0].starts_with("describe the form as the `requestBody`"));
        assert_eq!(help("url"), ["write `query`, `path`, `header` or `cookie`"]);
    }

    #[test]
    fn only_a_parameter_of_the_query_has_the_fields_of_one() {
        for (place, expected) in
            [("query", None), ("cookie", Some("cookie parameter")), ("header", Some("header parameter"))]
        {
            let parameter = format!("name: a, in: {place}, schema: {{}}, allowReserved: true");
            let found = of_operation(V3_1, "/a", &[&parameter]);
            let message = |owner| format!("`allowReserved` applies only to query parameters, found it in a {owner}");
            assert_eq!(found.len(), expected.iter().count(), "{found:?}");
            assert!(found.iter().zip(expected).all(|(found, owner)| found.ends_with(&message(owner))), "{found:?}");
        }
    }

    #[test]
    fn a_pattern_in_the_braces_does_not_cause_a_second_finding() {
        let with_pattern = ID.replace("id,", "'id:[0-9]+',");
        for parameter in [ID, &with_pattern] {
            assert_eq!(of_operation(V3_0, "/a/{id:[0-9]+}", &[parameter]), [""; 0]);
        }
    }

    #[test]
    fn parameters_of_the_path_item_count_for_each_operation() {
        let item = |path: &str| {
            let operation = "{responses: {'200': {description: d}}}";
            format!("paths:\n  '{path}':\n    parameters: [{{{ID}}}]\n    get: {operation}\n    put: {operation}\n")
        };
        assert_eq!(of(V3_0, &item("/a/{id}")), [""; 0]);
        assert_eq!(of(V3_0, &item("/a")), ["5:25 `/a` has no `{id}` for this parameter (4)"]);
    }

    #[test]
    fn only_the_operation_without_the_parameter_is_reported() {
        let other = "    put: {responses: {'200': {description: d}}}";
        let text = format!("paths:\n  '/a/{{id}}':\n    get: {}\n{other}\n", operation(&[ID]));
        assert_eq!(of(V3_0, &text), ["9:5 no parameter describes `{id}` of the path `/a/{id}`"]);
    }

    #[test]
    fn shared_parameters_are_reported_where_they_are_referred_to() {
        let shared = "components: {parameters: {P: {name: id, in: path, schema: {}}}}\n";
        let reference = "$ref: '#/components/parameters/P'";
        let text = format!("paths:\n  /a:\n    get: {}\n{shared}", operation(&[reference, reference]));
        let unused = "`/a` has no `{id}` for this parameter (4)";
        let expected = [
            format!("7:18 {unused}"),
            format!("8:18 {unused}"),
            "8:18 duplicate parameter `id` in `path` (7)".to_owned(),
            "10:27 the path parameter `id` is not required".to_owned(),
        ];
        assert_eq!(of(V3_0, &text), expected);
        assert_eq!(of_operation(V3_0, "/a/{id}", &["$ref: '#/components/parameters/No'"]), [""; 0], "another finding");
    }

    #[test]
    fn a_shared_path_item_is_checked_with_each_path() {
        let get = format!("    get: {}", operation(&[ID]));
        let text = format!("paths:\n  '/a/{{id}}':\n{get}\n  /b: {{$ref: '#/paths/~1a~1{{id}}'}}\n");
        assert_eq!(of(V3_0, &text), ["9:14 `/b` has no `{id}` for this parameter (9)"]);
    }

    #[test]
    fn paths_of_callbacks_and_webhooks_are_templates_and_expressions_are_not() {
        let post = "{post: {responses: {'200': {description: d}}}}";
        let callbacks = format!("callbacks: {{c: {{'{{$request.body#/url}}': {post}, '/{{x}}': {post}}}}}");
        let text =
            format!("paths:\n  /a:\n    get:\n      {callbacks}\n      responses: {{'200': {{description: d}}}}\n");
        assert_eq!(of(V3_0, &text), ["6:95 no parameter describes `{x}` of the path `/{x}`"]);
        let text = format!("webhooks:\n  'w/{{x}}': {post}\n");
        assert_eq!(of(V3_1, &text), ["4:3 no parameter describes `{x}` of the path `w/{x}`"]);
    }

    #[test]
    fn a_path_without_operations_needs_no_parameters() {
        assert_eq!(of(V3_0, "paths: {'/a/{id}': {summary: s}}\n"), [""; 0]);
    }

    #[test]
    fn a_path_parameter_is_required() {
        let optional = "the path parameter `id` is not required";
        let with = |required: &str| ID.replace("required: true, ", required);
        assert_eq!(of_operation(V3_0, "/{id}", &[&with("")]), [format!("7:11 {optional}")]);
        assert_eq!(of_operation(V3_1, "/{id}", &[&with("required: false, ")]), [format!("7:42 {optional}")]);
    }

    #[test]
    fn a_parameter_is_in_a_list_once() {
        let q = "name: q, in: query, schema: {}";
        let duplicate = "8:18 duplicate parameter `q` in `query` (7)";
        assert_eq!(of_operation(V3_0, "/a", &[q, q]), [duplicate]);
        let others = [q, "name: q, in: header, schema: {}", "name: Q, in: header, schema: {}"];
        assert_eq!(of_operation(V3_0, "/a", &others), [""; 0]);
        let item = format!("paths:\n  /a:\n    parameters:\n      - {{{q}}}\n      - {{{q}}}\n");
        assert_eq!(of(V3_0, &item), ["7:16 duplicate parameter `q` in `query` (6)"]);
        let get = format!("    get: {}", operation(&[q]));
        let overridden = format!("paths:\n  /a:\n    parameters: [{{{q}}}]\n{get}\n");
        assert_eq!(of(V3_0, &overridden), [""; 0]);
    }

    #[test]
    fn a_parameter_has_a_schema_or_one_media_type() {
        let media = "content: {application/json: {}}";
        for (fields, expected) in [
            ("schema: {}", None),
            (media, None),
            ("deprecated: true", Some("7:11 this parameter has neither `schema` nor `content`")),
            (&format!("schema: {{}}, {media}"), Some("7:44 this parameter has both `schema` and `content` (7)")),
            ("content: {}", Some("7:32 the `content` of this parameter has no media type; expected one")),
            (
                "content: {a/b: {}, c/d: {}}",
                Some("7:51 the `content` of this parameter has more than one media type; expected one"),
            ),
            (&format!("{media}, style: form"), Some("7:65 `style` is not allowed beside `content` (7)")),
            (&format!("{media}, example: 1"), Some("7:65 `example` is not allowed beside `content` (7)")),
        ] {
            for head in [V3_0, V3_1] {
                let found = of_operation(head, "/a", &[&format!("name: q, in: query, {fields}")]);
                assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{fields}");
            }
        }
    }

    #[test]
    fn headers_have_the_same_rules() {
        let with = |header: &str| format!("paths: {{}}\ncomponents:\n  headers:\n    H: {{{header}}}\n");
        assert_eq!(of(V3_0, &with("description: d")), ["6:5 this header has neither `schema` nor `content`"]);
        assert_eq!(
            of(V3_0, &with("schema: {}, style: form")),
            ["6:28 `form` is not a style of a header; expected `simple`"]
        );
        assert_eq!(of(V3_0, &with("schema: {}, style: simple, allowReserved: true")), [""; 0]);
        let reserved = "6:21 `allowReserved` applies only to query parameters, found it in a header";
        assert_eq!(of(V3_1, &with("schema: {}, allowReserved: true")), [reserved]);
    }

    #[test]
    fn a_style_is_one_of_its_place() {
        for (place, styles) in [
            ("path", &["matrix", "label", "simple"][..]),
            ("query", OF_FORMS),
            ("header", &["simple"]),
            ("cookie", &["form"]),
        ] {
            for style in STYLES {
                let parameter = format!("name: id, in: {place}, required: true, schema: {{}}, style: {style}");
                let path = if place == "path" { "/{id}" } else { "/" };
                let found = of_operation(V3_0, path, &[&parameter]);
                assert_eq!(found.is_empty(), styles.contains(style), "{place} {style}: {found:?}");
            }
        }
        let misspelt = of_operation(V3_0, "/a", &["name: q, in: query, schema: {}, style: deepobject"]);
        assert_eq!(misspelt, ["7:51 unknown style `deepobject`; did you mean `deepObject`?"]);
    }

    #[test]
    fn an_encoding_has_a_style_of_forms() {
        let media = |style: &str| format!("{{multipart/form-data: {{encoding: {{p: {{style: {style}}}}}}}}}");
        let with =
            |style: &str| format!("paths: {{}}\ncomponents:\n  requestBodies:\n    B: {{content: {}}}\n", media(style));
        assert_eq!(of(V3_0, &with("deepObject")), [""; 0]);
        assert_eq!(of(V3_0, &with("simple")).len(), 1);
    }

    #[test]
    fn fields_of_the_query_have_no_effect_elsewhere_in_openapi_3_1() {
        let parameter = "name: q, in: cookie, schema: {}, allowEmptyValue: false";
        assert_eq!(of_operation(V3_0, "/a", &[parameter]), [""; 0]);
        let expected = "7:45 `allowEmptyValue` applies only to query parameters, found it in a cookie parameter";
        assert_eq!(of_operation(V3_1, "/a", &[parameter]), [expected]);
        assert_eq!(of_operation(V3_1, "/a", &[&parameter.replace("cookie", "query")]), [""; 0]);
    }

    #[test]
    fn an_unknown_place_is_reported() {
        let place = |place: &str| of_operation(V3_0, "/a", &[&format!("name: q, in: {place}, schema: {{}}")]);
        assert_eq!(place("body"), ["error 7:25 unknown place `body` of a parameter"]);
        assert_eq!(place("qeury"), ["error 7:25 unknown place `qeury` of a parameter; did you mean `query`?"]);
    }
}
