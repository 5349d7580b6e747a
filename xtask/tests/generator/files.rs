//! References to other files: what they may lead to, what is refused, and where findings about those files are.

use std::fs;

use serde_json::Value;

use crate::small_documents::{HEAD, OK, body};
use crate::support::{Fixture, Run};

/// The beginning of a document, and an operation whose answer has a reference as its schema, on line 12.
fn document(reference: &str) -> String {
    body(&format!("{{$ref: '{reference}'}}"))
}

/// Returns a folder with a document and other files, each with its name and its text.
fn folder(document: &str, files: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::with(document);
    for (name, text) in files {
        fixture.write(name, text);
    }
    fixture
}

#[test]
fn parts_of_every_kind_are_found_in_other_files() {
    let api = format!(
        "{HEAD}paths:
  /orders/{{id}}: {{$ref: paths/order.yaml}}
  /orders:
    post:
      operationId: create_order
      requestBody: {{$ref: 'parts/all.yaml#/components/requestBodies/Order'}}
      responses:
        '201': {{$ref: parts/created.json}}
        default: {{$ref: 'parts/all.yaml#/components/responses/Problem'}}
components:
  schemas:
    Order: {{$ref: parts/order.yaml}}
    Status: {{type: string, enum: [new, paid]}}
"
    );
    let fixture = folder(
        &api,
        &[
            (
                "paths/order.yaml",
                "parameters: [{$ref: '../parts/all.yaml#/components/parameters/Id'}]
get: {operationId: get_order, responses: {'200': {$ref: '../parts/created.json'}}}
delete: {operationId: delete_order, responses: {'204': {description: d}}}
",
            ),
            (
                "parts/all.yaml",
                "components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/OrderId'}}
  requestBodies:
    Order: {required: true, content: {application/json: {schema: {$ref: order.yaml}}}}
  responses:
    Problem:
      description: d
      headers: {X-Id: {$ref: '#/components/headers/Id'}}
      content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}, examples: {e: {$ref: '#/components/examples/E'}}}}
  headers:
    Id: {schema: {type: string}}
  examples:
    E: {value: {code: 7}}
  schemas:
    OrderId: {type: integer}
    Problem: {type: object, required: [code], properties: {code: {type: integer}, order: {$ref: './order.yaml'}}}
",
            ),
            (
                "parts/created.json",
                "{\"description\": \"d\", \"content\": {\"application/json\": {\"schema\": {\"$ref\": \"order.yaml\"}}}}",
            ),
            (
                "parts/order.yaml",
                "type: object
properties:
  id: {$ref: 'all.yaml#/components/schemas/OrderId'}
  status: {$ref: '../api.yaml#/components/schemas/Status'}
  parent: {$ref: '../parts/../parts/order.yaml'}
  pet: {oneOf: [{$ref: 'pets/cat.yaml'}, {$ref: 'pets/dog.yaml'}], discriminator: {propertyName: kind, mapping: {cat: pets/cat.yaml, dog: pets/dog.yaml}}}
",
            ),
            ("parts/pets/cat.yaml", "{type: object, required: [kind], properties: {kind: {type: string}}}"),
            ("parts/pets/dog.yaml", "{type: object, required: [kind], properties: {kind: {type: string}, age: {type: integer}}}"),
        ],
    );
    let run = fixture.generate(&["--strict"]).exits(0, "all files are there");
    assert!(run.stdout.contains("out: 3 operations, "), "{run:#?}");
    let types = fixture.read("out/src/types.rs");
    for name in ["struct Order ", "enum Status ", "struct Problem ", "struct Cat ", "struct Dog "] {
        assert_eq!(types.matches(&format!("\npub {name}")).count(), 1, "{name}: {types}");
    }
    assert!(types.contains("pub parent: Option<Box<Order>>") || types.contains("Box<Order>"), "{types}");
    assert!(types.contains("pub status: Option<Status>"), "{types}");
    fixture.check(&["--strict"]).exits(0, "the same files");
}

#[test]
fn a_cycle_of_files_is_followed_and_a_circle_of_references_is_refused() {
    let node = "type: object\nproperties: {next: {$ref: 'b.yaml#/B'}}\n";
    let fixture =
        folder(&document("a.yaml"), &[("a.yaml", node), ("b.yaml", "B: {type: array, items: {$ref: a.yaml}}")]);
    fixture.assert_generates("a cycle through a property");
    let fixture = folder(&document("a.yaml"), &[("a.yaml", "$ref: b.yaml"), ("b.yaml", "$ref: a.yaml")]);
    let run = fixture.generate(&[]).exits(2, "a circle");
    let expected = "api.yaml:12:30: error: `$ref: a.yaml` cannot be followed: it leads back to itself";
    assert_eq!(run.messages(), [expected]);
    let items = format!("{HEAD}paths: {{/a: {{$ref: a.yaml}}}}\n");
    let fixture = folder(&items, &[("a.yaml", "$ref: b.yaml"), ("b.yaml", "$ref: a.yaml")]);
    let run = fixture.generate(&[]).exits(2, "a circle of path items");
    assert!(run.stderr.contains("it leads back to itself"), "{run:#?}");
}

#[test]
fn a_part_has_one_type_by_any_spelling_of_its_path() {
    let properties = ["b.yaml", "./b.yaml", "none/../b.yaml", "sub/../b.yaml", "%62.yaml", "b.yaml#"];
    let properties: Vec<_> =
        properties.iter().enumerate().map(|(index, path)| format!("p{index}: {{$ref: '{path}'}}")).collect();
    let a = format!("{{type: object, properties: {{{}}}}}", properties.join(", "));
    let fixture = folder(&document("a.yaml"), &[("a.yaml", &a), ("b.yaml", "{type: object, properties: {x: {}}}")]);
    fixture.assert_generates("one file");
    let types = fixture.read("out/src/types.rs");
    assert_eq!(types.matches("pub struct ").count(), 2, "{types}");
}

#[test]
fn a_name_that_is_taken_does_not_hide_the_part_of_a_file() {
    let api = format!(
        "{}components:\n  schemas:\n    Money: {{type: object, properties: {{own: {{type: string}}}}}}\n    Own: {{type: object, properties: {{m: {{$ref: '#/components/schemas/Money'}}}}}}\n",
        document("b.yaml#/Money")
    );
    let fixture = folder(&api, &[("b.yaml", "Money: {type: object, properties: {other: {type: string}}}")]);
    fixture.assert_generates("two of one name");
    let types = fixture.read("out/src/types.rs");
    assert!(types.contains("pub struct Money ") && types.contains("pub struct BMoney "), "{types}");
}

#[test]
fn a_reference_that_cannot_be_followed_is_reported_at_its_place() {
    let files: &[(&str, &str)] = &[
        ("b.yaml", "A: {type: string}\nB: {$ref: '#/none'}\nC: {$ref: 'none.yaml'}\nD: 7\n"),
        ("broken.yaml", "a: [1\n"),
        ("logo.png", "\u{89}PNG\u{1}"),
        ("folder/c.yaml", "{}"),
    ];
    for (reference, expected) in [
        ("none.yaml#/A", "there is no file `none.yaml`"),
        ("b.yaml#/X", "b.yaml has nothing at `#/X`"),
        ("b.yaml#/B", "in b.yaml: b.yaml has nothing at `#/none`"),
        ("b.yaml#/C", "in b.yaml: there is no file `none.yaml`"),
        ("b.yaml#A", "`#A` is not a JSON pointer, and anchors are not followed"),
        ("broken.yaml", "`broken.yaml` cannot be used at line 1, column 4: invalid YAML: unclosed `[`"),
        ("logo.png", "`logo.png` cannot be used at line 1, column 5: the document cannot be read as YAML: control"),
        ("folder", "`folder` is not a file"),
        ("https://example.com/a.yaml#/A", "`https://example.com/a.yaml` is a URL, and nothing is fetched"),
        ("//example.com/a.yaml", "`//example.com/a.yaml` is a URL, and nothing is fetched"),
        ("file:///etc/passwd", "`file:///etc/passwd` is a URL, and nothing is fetched"),
        ("/etc/passwd", "`/etc/passwd` is an absolute path"),
        ("%2fetc/passwd", "`/etc/passwd` is an absolute path"),
    ] {
        let run = folder(&document(reference), files).generate(&[]).exits(2, reference);
        let expected = format!("api.yaml:12:30: error: `$ref: {reference}` cannot be followed: {expected}");
        if reference != "folder" {
            assert!(run.first_line().starts_with(&expected), "{reference}: {run:#?}");
        }
        assert_eq!(run.messages().len(), 1, "{reference}: {run:#?}");
    }
}

#[test]
fn nothing_outside_of_the_folder_of_the_document_is_read_unless_an_option_allows_it() {
    let fixture = Fixture::new();
    fixture.write("secret.yaml", "{type: object, properties: {secret: {type: string}}}");
    fixture.write("specs/api.yaml", document("part.yaml"));
    fixture.write("specs/climbs.yaml", document("x/../../secret.yaml"));
    fixture.write("specs/part.yaml", "{type: object, properties: {s: {$ref: ../secret.yaml}}}");
    let mut cases = vec![("specs/climbs.yaml", "specs/climbs.yaml:12:30"), ("specs/api.yaml", "specs/part.yaml:1:39")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.yaml", fixture.path().join("specs/link.yaml")).unwrap();
        std::os::unix::fs::symlink("..", fixture.path().join("specs/up")).unwrap();
        fixture.write("specs/linked.yaml", document("link.yaml"));
        fixture.write("specs/linked_folder.yaml", document("up/secret.yaml"));
        cases.push(("specs/linked.yaml", "specs/linked.yaml:12:30"));
        cases.push(("specs/linked_folder.yaml", "specs/linked_folder.yaml:12:30"));
    }
    for (spec, place) in cases {
        let run = |options: &[&str]| fixture.run(&[&["generate", "--spec", spec, "--out", "out"], options].concat());
        let refused = run(&[]).exits(2, spec);
        assert!(refused.first_line().starts_with(&format!("{place}: error: `$ref: ")), "{refused:#?}");
        assert!(refused.first_line().ends_with("is outside of the folder of the document"), "{refused:#?}");
        assert!(refused.stderr.contains("--ref-root DIR"), "{refused:#?}");
        run(&["--ref-root", "specs"]).exits(2, "another folder is allowed");
        run(&["--ref-root", "."]).exits(0, "the folder around both is allowed");
        assert!(fixture.read("out/src/types.rs").contains("pub secret: "), "{spec}");
    }
    let arguments = ["generate", "--spec", "specs/api.yaml", "--out", "out", "--ref-root", "secret.yaml"];
    let run = fixture.run(&arguments).exits(3, "a file is no folder");
    assert!(run.stderr.contains("secret.yaml is not a folder"), "{run:#?}");
}

#[test]
fn a_finding_names_the_file_that_it_is_in() {
    let part = "type: object\nproperties:\n  a: {type: string, example: 7}\n  b: {type: strng}\n";
    let fixture = folder(&document("sub/part.yaml"), &[("sub/part.yaml", part)]);
    let run = fixture.generate(&["--strict"]).exits(2, "a word that is misspelt");
    assert!(
        run.messages().contains(&"sub/part.yaml:4:13: error: unknown type `strng`; did you mean `string`?".to_owned()),
        "{run:#?}"
    );
    assert!(run.messages().iter().any(|line| line.starts_with("sub/part.yaml:3:30: error: ")), "{run:#?}");
    assert!(run.stderr.contains("4 |   b: {type: strng}"), "the line is that of the file: {run:#?}");
    let json = fixture.generate(&["--message-format", "json"]).exits(2, "the same as JSON");
    let finding: Value = serde_json::from_str(json.stdout.lines().next().unwrap()).unwrap();
    let related = &finding["related"][0];
    assert_eq!((&finding["file"], &related["file"]), (&"sub/part.yaml".into(), &"sub/part.yaml".into()), "{json:#?}");
    assert_eq!(finding["pointer"], "/properties/a/example");
    let github = fixture.generate(&["--message-format", "github"]).exits(2, "the same for GitHub");
    assert!(github.stdout.contains("::error file=sub/part.yaml,line=4,"), "{github:#?}");
}

#[test]
fn a_change_of_a_referenced_file_is_drift() {
    let part = "# here\nA: {type: string}\nUnused: {type: string}\n";
    let fixture = folder(&document("part.yaml#/A"), &[("part.yaml", part)]);
    fixture.assert_generates("two files");
    fixture.write("part.yaml", part.replace("# here", "# there"));
    fixture.check(&[]).exits(0, "a comment does not count");
    // The value is not used, and the crate has the same code.
    fixture.write("part.yaml", part.replace("Unused: {type: string}", "Unused: {type: integer}"));
    fixture.check(&[]).exits(1, "any value counts");
    fixture.generate(&[]).exits(0, "it is written again");
    fixture.check(&[]).exits(0, "and is up to date");
}

#[test]
fn the_crate_of_a_document_without_references_to_files_does_not_depend_on_its_folder() {
    let text = body("{type: string}");
    let (alone, beside) = (Fixture::with(&text), folder(&text, &[("other.yaml", "a: [")]));
    for fixture in [&alone, &beside] {
        fixture.assert_generates("the same document");
    }
    assert_eq!(alone.read("out/Cargo.toml"), beside.read("out/Cargo.toml"));
}

/// Asserts that a run was refused for this reason.
#[track_caller]
fn assert_refused_with(run: Run, expected: &str) {
    let run = run.exits(2, expected);
    assert!(run.stderr.contains(expected), "{run:#?}");
}

#[test]
fn files_that_would_exhaust_memory_or_time_are_refused() {
    let huge = folder(&document("huge.yaml"), &[("huge.yaml", "")]);
    fs::File::create(huge.path().join("huge.yaml")).unwrap().set_len((64 << 20) + 1).unwrap();
    assert_refused_with(huge.generate(&[]), "files or 64 MiB");
    // Each level refers to the next one twice.
    let level = |number: usize| {
        let next = format!("{{$ref: 'b.yaml#/l{}'}}", number + 1);
        format!("l{number}: {{type: object, properties: {{a: {next}, b: {{type: array, items: {next}}}}}}}\n")
    };
    let levels: String = (0..60).map(level).collect();
    folder(&document("b.yaml#/l0"), &[("b.yaml", &format!("{levels}l60: {{type: string}}\n"))])
        .assert_generates("each part is copied once");
    let item = format!("get: {{{OK}, x-a: [{}]}}\n", "1, ".repeat(1_500));
    let path = |number: usize| format!("  /a{number}: {{$ref: item.yaml}}\n");
    let paths: String = (0..2_000).map(path).collect();
    let many = folder(&format!("{HEAD}paths:\n{paths}"), &[("item.yaml", &item)]);
    assert_refused_with(many.generate(&[]), "the references lead to too many values");
    // Each level of a deep schema is a part of its own.
    let depth = 100;
    let inner = format!("{{x-a: [{}]}}", "1, ".repeat(22_000));
    let deep = format!("{}{inner}{}", "{not: ".repeat(depth), "}".repeat(depth));
    let not = |number: usize| vec!["not"; number + 1].join("/");
    let part = |number: usize| format!("p{number}: {{$ref: 'deep.yaml#/{}'}}, ", not(number));
    let parts: String = (0..depth).map(part).collect();
    let deep = folder(&body(&format!("{{type: object, properties: {{{parts}}}}}")), &[("deep.yaml", &deep)]);
    assert_refused_with(deep.generate(&[]), "the references lead to too many values");
}

#[test]
fn a_comparison_follows_references_and_a_revision_has_none() {
    let fixture = folder(&document("part.yaml"), &[("part.yaml", "{type: object, properties: {a: {type: string}}}")]);
    fixture.write("new/api.yaml", document("part.yaml"));
    fixture.write("new/part.yaml", "{type: object, properties: {a: {type: integer}}}");
    let run = fixture.run(&["diff", "api.yaml", "new/api.yaml"]).exits(1, "the type of a field changed");
    assert!(run.stdout.starts_with("new/part.yaml:1:"), "{run:#?}");
    assert!(run.stdout.contains("`types::Part::a`"), "{run:#?}");
    let run = fixture.run(&["diff", "api.yaml", "api.yaml"]).exits(0, "the same");
    assert!(run.stdout.contains("verdict: none"), "{run:#?}");
}
