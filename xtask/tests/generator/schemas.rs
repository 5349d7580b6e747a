//! Schemas, and the examples, defaults and patterns that belong to them.

use crate::fixture::assert_all_refused;
use crate::small_documents::{OK, body, example, operation, operation_with};
use crate::support::Fixture;

#[test]
fn an_example_that_does_not_fit_its_schema_is_reported_with_the_rule_and_the_place() {
    for (schema, value, column, expected) in [
        ("{type: integer}", "'900'", 24, ": expected an integer, found a string (`\"900\"`)"),
        ("{type: integer}", "1.5", 24, ": expected an integer, found a number (`1.5`)"),
        ("{type: string}", "900", 24, ": expected a string, found an integer (`900`)"),
        ("{type: string}", "null", 24, ": expected a string, found null (`null`)"),
        ("{type: boolean}", "'yes'", 24, ": expected a boolean, found a string (`\"yes\"`)"),
        ("{type: array, items: {}}", "{}", 24, ": expected an array, found an object"),
        ("{type: object}", "[]", 24, ": expected an object, found an array"),
        ("{type: array, items: {type: string}}", "[a, 1]", 28, " at `/1`: expected a string, found an integer (`1`)"),
        (
            "{properties: {data: {type: array, items: {properties: {points: {type: integer}}}}}}",
            "{data: [{points: 1}, {points: x}]}",
            54,
            " at `/data/1/points`: expected an integer, found a string (`\"x\"`)",
        ),
        ("{required: [a, b]}", "{a: 1}", 24, ": the required property `b` is missing"),
        (
            "{properties: {a: {}}, additionalProperties: false}",
            "{a: 1, b: 2}",
            34,
            " at `/b`: the schema does not allow the property `b`",
        ),
        (
            "{additionalProperties: {type: integer}}",
            "{a: x}",
            28,
            " at `/a`: expected an integer, found a string (`\"x\"`)",
        ),
        ("{maximum: 65}", "66", 24, ": `66` is above the maximum"),
        ("{maximum: 65, exclusiveMaximum: true}", "65", 24, ": `65` is above the maximum"),
        ("{minimum: 1}", "0", 24, ": `0` is below the minimum"),
        ("{minimum: 1, exclusiveMinimum: true}", "1", 24, ": `1` is below the minimum"),
        ("{multipleOf: 5}", "7", 24, ": `7` is not a multiple"),
        ("{maxLength: 2}", "abc", 24, ": the string is too long with 3 characters"),
        ("{minLength: 2}", "ق", 24, ": the string is too short with 1 characters"),
        ("{pattern: '^a$'}", "b", 24, ": `\"b\"` does not match `^a$`"),
        ("{enum: [a, b]}", "c", 24, ": `\"c\"` is not one of the listed values"),
        ("{maxItems: 1}", "[1, 2]", 24, ": the array has too many items: 2"),
        ("{minItems: 1}", "[]", 24, ": the array has too few items: 0"),
        ("{uniqueItems: true}", "[1, 1]", 24, ": the array has a duplicate item"),
        ("{maxProperties: 0}", "{a: 1}", 24, ": the object has too many properties"),
        ("{minProperties: 1}", "{}", 24, ": the object has too few properties"),
        ("{type: integer, format: int32}", "3000000000", 24, ": `3000000000` does not fit the integer's format"),
        ("{type: string, format: date}", "yesterday", 24, ": `\"yesterday\"` is not of the format `date`"),
        (
            "{type: string, format: date-time}",
            "'2024-12-17 17:42:14'",
            24,
            ": `\"2024-12-17 17:42:14\"` is not of the format `date-time`",
        ),
        ("{type: string, format: uuid}", "x", 24, ": `\"x\"` is not of the format `uuid`"),
        ("{oneOf: [{type: string}, {type: boolean}]}", "1", 24, ": `1` fits no alternative of `oneOf`"),
        (
            "{oneOf: [{type: string}, {minLength: 1}]}",
            "a",
            24,
            ": `\"a\"` fits more than one alternative of `oneOf` (0, 1)",
        ),
        ("{anyOf: [{type: string}, {type: boolean}]}", "1", 24, ": `1` fits no alternative of `anyOf`"),
        ("{allOf: [{required: [a]}, {required: [b]}]}", "{a: 1}", 24, ": the required property `b` is missing"),
        ("{not: {type: string}}", "a", 24, ": `\"a\"` is excluded by `not`"),
    ] {
        let expected = format!("api.yaml:13:{column}: error: the example does not fit its schema{expected}");
        Fixture::with(example(schema, value)).assert_refused(schema, &expected);
    }
}

#[test]
fn an_example_that_fits_its_schema_is_accepted() {
    let mut refused = Vec::new();
    for (schema, value) in [
        ("{type: number, multipleOf: 0.1}", "0.3"),
        ("{type: number, multipleOf: 0.01}", "19.99"),
        ("{type: integer, maximum: 18446744073709551615}", "18446744073709551615"),
        ("{type: string, nullable: true}", "null"),
        ("{type: string, format: date-time}", "'2024-12-17T17:42:14+03:00'"),
        ("{type: string, maxLength: 5}", "مخصصة"),
        ("{type: string, pattern: '^[0-9]{4}-'}", "'2024-12-17'"),
        ("{type: object}", "{unknown: [keys]}"),
        ("{}", "null"),
    ] {
        let run = Fixture::with(example(schema, value)).generate(&[]);
        if run.code != Some(0) {
            refused.push(format!("{value} against {schema}: {}", run.first_line()));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn examples_and_defaults_are_checked_everywhere() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let named = |named: &str| example("{type: integer}", "x").replace("example: x", named);
    assert_all_refused(&[
        (
            "of a schema",
            &body("{type: integer, example: x}"),
            "api.yaml:12:48: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "of a parameter",
            &parameter("name: q, in: query, schema: {type: integer}, example: x"),
            "api.yaml:8:66: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "named",
            &named("examples: {e: {value: x}}"),
            "api.yaml:13:37: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "shared",
            &format!(
                "{}components: {{examples: {{E: {{value: x}}}}}}\n",
                named("examples: {e: {$ref: '#/components/examples/E'}}")
            ),
            "api.yaml:14:36: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "a default of a schema",
            &body("{type: integer, default: x}"),
            "api.yaml:12:48: error: the default does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "both forms at once",
            &named("example: 1\n              examples: {e: {value: 2}}"),
            "api.yaml:13:15: error: `example` and `examples` exclude each other",
        ),
        (
            "a value and a link to one",
            &named("examples: {e: {value: 2, externalValue: 'https://example.com/e'}}"),
            "api.yaml:13:40: error: `value` and `externalValue` exclude each other",
        ),
        (
            "a pattern that is none",
            &body("{type: string, pattern: '['}"),
            "api.yaml:12:47: error: this pattern is not a regular expression: Unbalanced bracket",
        ),
    ]);
}

#[test]
fn a_pattern_with_excessive_backtracking_does_not_stop_the_generator() {
    let pattern = example("{type: string, pattern: '^(a+)+$'}", &format!("{}b", "a".repeat(32)));
    Fixture::with(pattern).generate(&["--strict"]).exits(2, "an expensive pattern");
}

#[test]
fn an_unusual_schema_is_never_reported_as_a_gap_of_the_generator() {
    let mut blamed = Vec::new();
    for (what, text) in [
        ("a value listed twice", body("{type: string, enum: [a, a]}")),
        ("a value of another type", body("{type: string, enum: [1]}")),
        ("no values", body("{type: string, enum: []}")),
        ("parts of nothing", body("{allOf: []}")),
        ("alternatives of nothing", body("{oneOf: []}")),
        ("parts that exclude each other", body("{allOf: [{type: string}, {type: integer}]}")),
        ("all but a string", body("{not: {type: string}}")),
        ("bounds that leave nothing", body("{type: integer, minimum: 5, maximum: 1}")),
        ("a list without items", body("{type: array}")),
        (
            "an object in the query",
            operation("parameters: [{name: q, in: query, schema: {type: object, properties: {a: {type: string}}}}]"),
        ),
        (
            "a list in the path",
            operation_with(
                "a",
                "'/a/{id}'",
                "parameters: [{name: id, in: path, required: true, schema: {type: array, items: {type: string}}}]",
                OK,
            ),
        ),
    ] {
        let run = Fixture::with(text).generate(&[]);
        let is_blamed = run.stderr.contains("this is a gap in the generator") || run.stderr.contains("progenitor");
        if is_blamed || !matches!(run.code, Some(0 | 2)) {
            blamed.push(format!("{what}: {}", run.first_line()));
        }
    }
    assert!(blamed.is_empty(), "neither generated nor refused: {blamed:#?}");
}
