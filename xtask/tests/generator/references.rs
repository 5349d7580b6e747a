//! References: those that lead nowhere, those that lead in circles, and shared components.

use crate::fixture::assert_all_refused;
use crate::small_documents::{HEAD, OK, body, operation, operation_with};
use crate::support::Fixture;

#[test]
fn a_reference_without_a_usable_target_is_refused() {
    let schema = |reference: &str| body(&format!("{{$ref: '{reference}'}}"));
    let with = |reference: &str, components: &str| format!("{}components: {components}\n", schema(reference));
    assert_all_refused(&[
        (
            "nothing there",
            &schema("#/components/schemas/A"),
            "api.yaml:12:30: error: `$ref: #/components/schemas/A` leads to nothing",
        ),
        (
            "nothing behind another reference",
            &with("#/components/schemas/A", "{schemas: {A: {$ref: '#/components/schemas/B'}}}"),
            "api.yaml:13:34: error: `$ref: #/components/schemas/B` leads to nothing",
        ),
        (
            "another file",
            &schema("other.yaml#/A"),
            "api.yaml:12:30: error: `$ref: other.yaml#/A` cannot be followed: there is no file `other.yaml`",
        ),
        (
            "another machine",
            &schema("https://example.com/a.json"),
            "api.yaml:12:30: error: `$ref: https://example.com/a.json` cannot be followed: `https://example.com/a.json` is a URL, and nothing is fetched",
        ),
        (
            "something of another kind",
            &with("#/components/responses/R", "{responses: {R: {description: d}}}"),
            "api.yaml:12:30: error: expected a reference to a Schema object; `$ref: #/components/responses/R` does not lead to one",
        ),
        (
            "the whole document",
            &schema("#"),
            "api.yaml:12:30: error: expected a reference to a Schema object; `$ref: #` does not lead to one",
        ),
        (
            "what holds all schemas",
            &with("#/components/schemas", "{schemas: {A: {}}}"),
            "api.yaml:12:30: error: expected a reference to a Schema object; `$ref: #/components/schemas` does not lead to one",
        ),
        (
            "a part of another kind",
            &schema("#/paths/~1a/get/responses/200"),
            "api.yaml:12:30: error: expected a reference to a Schema object; `$ref: #/paths/~1a/get/responses/200` does not lead to one",
        ),
        (
            "a part that is not there",
            &with("#/components/schemas/A/properties/c", "{schemas: {A: {properties: {b: {}}}}}"),
            "api.yaml:12:30: error: expected a reference to a Schema object; `$ref: #/components/schemas/A/properties/c` does not lead to one",
        ),
        ("a number", &body("{$ref: 7}"), "api.yaml:12:30: error: `$ref` must be a string, found an integer"),
    ]);
    let run = Fixture::with(with("#/components/schemas/Entrie", "{schemas: {Entry: {}}}")).generate(&["--strict"]);
    assert!(run.stderr.contains("help: did you mean `#/components/schemas/Entry`?"), "{run:#?}");
}

#[test]
fn a_definition_that_consists_of_itself_is_refused() {
    let schemas =
        |schemas: &str| body(&format!("{{$ref: '#/components/schemas/A'}}\ncomponents:\n  schemas:\n    {schemas}"));
    let a = "{$ref: '#/components/schemas/A'}";
    assert_all_refused(&[
        ("a reference to itself", &schemas(&format!("A: {a}")), "api.yaml:15:5: error: `A` is made of itself"),
        ("by allOf", &schemas(&format!("A: {{allOf: [{a}]}}")), "api.yaml:15:5: error: `A` is made of itself"),
        (
            "by oneOf",
            &schemas(&format!("A: {{oneOf: [{{type: string}}, {a}]}}")),
            "api.yaml:15:5: error: `A` is made of itself",
        ),
        (
            "by anyOf",
            &schemas(&format!("A: {{anyOf: [{{type: string}}, {a}]}}")),
            "api.yaml:15:5: error: `A` is made of itself",
        ),
        ("by not", &schemas(&format!("A: {{not: {a}}}")), "api.yaml:15:5: error: `A` is made of itself"),
        (
            "through another",
            &schemas(&format!("A: {{$ref: '#/components/schemas/B'}}\n    B: {{allOf: [{a}]}}")),
            "api.yaml:15:5: error: `A` is made of itself",
        ),
        (
            "of responses",
            &format!(
                "{}components:\n  responses:\n    R: {{$ref: '#/components/responses/S'}}\n    S: {{$ref: '#/components/responses/R'}}\n",
                operation_with("a", "/a", "", "responses: {'200': {$ref: '#/components/responses/R'}}")
            ),
            "api.yaml:10:5: error: `R` is made of itself",
        ),
        (
            "of parameters",
            &format!(
                "{}components:\n  parameters:\n    P: {{$ref: '#/components/parameters/P'}}\n",
                operation("parameters: [{$ref: '#/components/parameters/P'}]")
            ),
            "api.yaml:11:5: error: `P` is made of itself",
        ),
        (
            "of headers",
            &format!("{}components: {{headers: {{H: {{$ref: '#/components/headers/H'}}}}}}\n", operation("")),
            "api.yaml:8:24: error: `H` is made of itself",
        ),
    ]);
}

#[test]
fn a_recursive_schema_that_can_end_is_generated() {
    let a = "{$ref: '#/components/schemas/A'}";
    for (what, schema) in [
        ("a tree", format!("{{type: object, properties: {{below: {{type: array, items: {a}}}}}}}")),
        ("a chain", format!("{{type: object, properties: {{next: {a}}}}}")),
        ("a map", format!("{{type: object, additionalProperties: {a}}}")),
        ("a list of lists", format!("{{type: array, items: {a}}}")),
        ("a described property", format!("{{type: object, properties: {{next: {{description: d, allOf: [{a}]}}}}}}")),
        ("an alternative", format!("{{oneOf: [{{type: string}}, {{type: object, properties: {{a: {a}}}}}]}}")),
    ] {
        let text = body(&format!("{a}\ncomponents:\n  schemas:\n    A: {schema}"));
        Fixture::with(text).assert_generates(what);
    }
}

#[test]
fn a_component_that_is_referenced_twice_has_one_finding() {
    let schema = "schema: {type: integer}, examples: {e: {$ref: '#/components/examples/E'}}";
    let uses = format!("parameters: [{{name: q, in: query, {schema}}}]");
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get: {{operationId: a, {uses}, {OK}}}\n  /b:\n    get: {{operationId: b, {uses}, {OK}}}\n\
         components:\n  examples:\n    E: {{value: x}}\n"
    );
    let fixture = Fixture::with(text);
    let run = fixture.refuse("api.yaml", "an example behind two references");
    assert_eq!(run.messages().len(), 1, "{run:#?}");
    let run = fixture.generate(&[]).exits(0, "the same as a warning");
    assert_eq!(run.messages().len(), 1, "{run:#?}");
    assert!(run.stdout.lines().last().is_some_and(|line| line.contains(" files, 1 warning, ")), "{run:#?}");
}
