//! `cargo xtask upstream`: what a page of the publisher says that the contract neither says nor records.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use xtask::openapi::references::resolve;
use xtask::source;

use crate::fixture::contract;
use crate::small_documents::{HEAD, operation, operation_with};
use crate::support::{Fixture, Run, workspace};

/// Reads a page of the operation with this method. The examples on it are those of the contract.
fn page(name: &str, method: &str) -> String {
    let text = fs::read_to_string(workspace().join("tests/pages").join(name)).expect("it is there");
    let contract = source::load(&workspace().join("spec/loyalty-points.yaml"), "contract").expect("it is YAML").root;
    let operation = &contract["paths"]["/customers/loyalty/points"][method];
    let lines = text.replace("\r\n", "\n");
    let lines = lines.lines().map(|line| match line.split_once("EXAMPLE ") {
        Some((head, part)) => format!("{head}{}\n", example(&contract, operation, part)),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// Returns the documented example of the body of a request, or of the response with this status.
fn example(contract: &Value, operation: &Value, part: &str) -> Value {
    let part = if part == "body" { &operation["requestBody"] } else { &operation["responses"][part] };
    let examples = &resolve(contract, part).expect("it is there")["content"]["application/json"]["examples"];
    let is_update = operation.get("requestBody").is_some();
    let of_update = examples.get("documented_update").filter(|_| is_update);
    let example = of_update.unwrap_or(&examples["documented"])["value"].clone();
    assert!(example.is_object(), "{part}");
    example
}

/// Compares a page with a contract.
fn compare(page: &str, contract: &str) -> Run {
    let fixture = Fixture::new();
    fixture.write("page.md", page);
    fixture.write("contract.yaml", contract);
    fixture.run(&["upstream", "page.md", "--spec", "contract.yaml", "--message-format", "json"])
}

/// Returns the differences and the stale deviations of a run: the aspect, and the subject or the place.
fn found(run: &Run) -> BTreeSet<(String, String)> {
    let lines = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let named = lines.filter_map(|line| match line["kind"].as_str() {
        Some("difference") => Some((text(&line["aspect"]), text(&line["subject"]))),
        Some("stale") => Some((format!("stale {}", text(&line["aspect"])), text(&line["contract"]["pointer"]))),
        _ => None,
    });
    named.collect()
}

#[test]
fn the_contract_says_or_records_all_that_the_pages_say() {
    for (name, method) in [("customer-loyalty-points.md", "get"), ("update-customer-loyalty-points.md", "post")] {
        let run = compare(&page(name, method), &contract()).exits(0, name);
        assert_eq!(found(&run), BTreeSet::new(), "{name}");
        let summary: Value = serde_json::from_str(run.stdout.trim()).expect("it is one line of JSON");
        assert!(summary["covered"].as_u64() > Some(10), "{summary}");
    }
}

/// An edit of the page of the history: the text, its replacement, and what is found.
type Edit = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const EDITS: &[Edit] = &[
    ("\"used_at\":null", "\"used_at\":{}", &[]),
    ("\"used_at\":null", "\"used_at\":\"2025-12-31 23:59:59\"", &[]),
    ("summary: Customer Loyalty Points", "summary: Points", &[]),
    ("operationId: get-customers-loyalty-points", "operationId: other", &[]),
    ("maximum: 65", "maximum: 70", &[]),
    ("description: Production", "description: Production server", &[]),
    ("\"used_at\":null", "\"used_at\":5", &[("example", "`data[].used_at` in the response 200")]),
    ("\"points\":900", "\"points\":900.5", &[("example", "`data[].points` in the response 200")]),
    ("\"notes\":\"reason text\"", "\"notes\":[\"a\"]", &[("example", "`data[].notes` in the response 200")]),
    ("\"notes\":\"reason text\"", "\"remark\":\"reason text\"", &[("example", "`data[].remark` in the response 200")]),
    (
        "\"name\":\"مخصصة\"",
        "\"title\":\"a\"",
        &[("example", "`data[].name` in the response 200"), ("example", "`data[].title` in the response 200")],
    ),
    (
        "        name:\n          type: string\n",
        "        name:\n          type: string\n          nullable: true\n",
        &[("nullable", "`data[].name` in the response 200")],
    ),
    (
        "        status:\n          type: string\n",
        "        status:\n          type: string\n          enum: [مؤكدة]\n",
        &[("values", "`data[].status` in the response 200")],
    ),
    (
        "        used_points:\n          type: integer\n",
        "        used_points:\n          type: boolean\n",
        &[("type", "`data[].used_points` in the response 200")],
    ),
    (
        "        name:\n          type: string\n",
        "        name:\n          type: integer\n",
        &[("type", "`data[].name` in the response 200")],
    ),
    ("        - used_points\n", "", &[("required", "`data[].used_points` in the response 200")]),
    (
        "        - order_id\n",
        "",
        &[("stale required", "/components/schemas/LoyaltyPointsEntry/properties/order_id/x-deviation")],
    ),
    (
        "        expiry_date:\n",
        "        used_at:\n          type: string\n        expiry_date:\n",
        &[
            ("nullable", "`data[].used_at` in the response 200"),
            ("stale absent", "/components/schemas/LoyaltyPointsEntry/properties/used_at/x-deviation"),
        ],
    ),
    (
        "        expiry_date:\n",
        "        store_id:\n          type: integer\n        expiry_date:\n",
        &[("new", "`data[].store_id` in the response 200")],
    ),
    (
        "          schema:\n            type: string\n",
        "          schema:\n            type: integer\n",
        &[("type", "the query parameter `customer_id`")],
    ),
    ("          required: true\n", "          required: false\n", &[("required", "the query parameter `customer_id`")]),
    (
        "- name: customer_id",
        "- name: customer",
        &[("absent", "the query parameter `customer_id`"), ("new", "the query parameter `customer`")],
    ),
    (
        "      parameters:\n",
        "      parameters:\n        - {name: page, in: query, schema: {type: integer}}\n",
        &[("stale absent", "/paths/~1customers~1loyalty~1points/get/parameters/1/x-deviation")],
    ),
    ("        '401':\n", "        '403':\n", &[("absent", "the response 401"), ("new", "the response 403")]),
    (
        "        '401':\n",
        "        '429': {description: slow down}\n        '401':\n",
        &[("stale absent", "/components/responses/RateLimited/x-deviation")],
    ),
    ("        - bearer: []\n", "        - {}\n", &[("security", "the credentials")]),
    ("scheme: bearer", "scheme: basic", &[("security", "the credentials")]),
    ("  /customers/loyalty/points:", "  /customers/points:", &[("new", "GET /customers/points")]),
];

#[test]
fn each_edit_of_the_page_is_found() {
    let (page, contract) = (page("customer-loyalty-points.md", "get"), contract());
    for (old, new, expected) in EDITS {
        assert!(page.contains(old), "{old}");
        let run = compare(&page.replacen(old, new, 1), &contract);
        let found = found(&run);
        let subject = |(aspect, subject): &(String, String)| {
            (aspect.clone(), subject.split(" of GET").next().unwrap_or_default().to_owned())
        };
        let found: BTreeSet<_> = found.iter().map(subject).collect();
        let expected: BTreeSet<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, expected, "{old} became {new}: {run:#?}");
        assert_eq!(run.code, Some(i32::from(!expected.is_empty())), "{old}");
    }
}

#[test]
fn a_difference_has_both_places_and_help() {
    let fixture = Fixture::new();
    let contract = contract();
    let edited = page("customer-loyalty-points.md", "get").replace("        - used_points\n", "");
    fixture.write("page.md", &edited);
    fixture.write("contract.yaml", &contract);
    let run = fixture.run(&["upstream", "page.md", "--spec", "contract.yaml"]).exits(1, "there is a difference");
    let line = |text: &str, word: &str| text.lines().position(|line| line.trim() == word).expect("it is there") + 1;
    let expected = format!(
        "difference[required]: `data[].used_points` in the response 200 of GET /customers/loyalty/points: the contract \
         requires it, and the page does not\n  --> page.md:{}:9\n  --> contract.yaml:{}:9\n   = help: follow the page, or \
         record there why not: an `x-deviation` with `required` in its `differs`\n\npage.md and contract.yaml: 1 \
         difference, 0 stale deviations, ",
        line(&edited, "used_points:"),
        line(&contract, "used_points:"),
    );
    assert!(run.stdout.starts_with(&expected), "{}", run.stdout);
}

/// The work grows with the number of schemas, and not with the number of ways that lead to one.
#[test]
fn schemas_that_refer_to_themselves_or_share_their_parts_are_compared_once() {
    let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let answer = format!("content: {{application/json: {{schema: {}}}}}", reference("S0"));
    let head = operation_with("a", "/a", "", &format!("responses: {{'200': {{description: d, {answer}}}}}"));
    let document = |schemas: &str| format!("{head}components:\n  schemas:\n{schemas}");
    let shared = |last: &str| {
        let both = |next: &str| format!("{{type: object, properties: {{p: {next}, q: {next}}}}}");
        let schemas =
            (0..40).map(|number| format!("    S{number}: {}\n", both(&reference(&format!("S{}", number + 1)))));
        document(&(schemas.collect::<String>() + &format!("    S40: {{type: {last}}}\n")))
    };
    let own = document(&format!("    S0: {{oneOf: [{0}, {0}, {{type: string}}]}}\n", reference("S0")));
    compare(&own, &own).exits(0, "a choice of itself");
    compare(&shared("string"), &shared("string")).exits(0, "shared parts");
    let run = compare(&shared("string"), &shared("integer")).exits(1, "the last part differs");
    assert!(found(&run).iter().all(|(aspect, subject)| aspect == "type" && subject.contains("p.p.p.")), "{run:#?}");
}

#[test]
fn a_page_that_cannot_be_compared_is_refused() {
    let fixture = Fixture::with(operation(""));
    fixture.write("page.md", "# A page\n\n```sh\ncurl\n```\n");
    fixture.write("other.yaml", "a: 1\n");
    for (arguments, code, expected) in [
        (&["upstream", "page.md", "--spec", "api.yaml"][..], 3, "error: page.md has 1 error: nothing was compared"),
        (&["upstream", "none.md", "--spec", "api.yaml"], 3, "error: none.md has 1 error: nothing was compared"),
        (&["upstream", "other.yaml", "--spec", "api.yaml"], 2, "error: other.yaml has 1 error: nothing was compared"),
        (&["upstream", "api.yaml", "--spec", "other.yaml"], 2, "error: other.yaml has 1 error: nothing was compared"),
        (&["upstream"], 3, "missing document; expected `cargo xtask upstream PAGE`"),
        (&["upstream", "a", "b"], 3, "unexpected argument \"b\""),
        (&["upstream", "a", "--out", "b"], 3, "unexpected option; `upstream` takes"),
    ] {
        let run = fixture.run(arguments).exits(code, expected);
        assert!(run.stderr.contains(expected), "{run:#?}");
    }
}

#[test]
fn a_page_in_markdown_is_a_document_for_every_command() {
    let document = operation("summary: s");
    let fixture = Fixture::with(format!("# A\n\nText.\n\n```yaml\n{document}```\n\n- more\n"));
    fixture.generate(&["--strict"]).exits(0, "the page has a valid document");
    fixture.check(&[]).exits(0, "nothing changed");
    let misspelt = document.replace("summary", "sumary");
    let line = 5 + misspelt.lines().position(|line| line.contains("sumary")).expect("it is there") + 1;
    let run = Fixture::with(format!("# A\n\nText.\n\n```yaml\n{misspelt}```\n")).generate(&["--strict"]);
    assert!(run.stderr.contains(&format!("--> api.yaml:{line}:7\n")), "{run:#?}");
    assert!(run.stderr.contains(HEAD.lines().next().expect("a line")) || run.stderr.contains("sumary"), "{run:#?}");
}
