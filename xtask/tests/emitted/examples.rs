//! Examples that contradict their schemas. A crate that was generated with `--examples widen --emit-tests` decodes all
//! examples of its document, and its own tests assert that.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Fixture, workspace};

/// A document whose examples contradict its schemas in every known way.
const CONTRADICTIONS: &str = r#"
openapi: 3.0.3
info: {title: Contradictions, version: '1'}
servers: [{url: 'https://api.example'}]
paths:
  /orders/{id}:
    put:
      operationId: putOrder
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}, example: 525144736}
        - {name: limit, in: query, schema: {type: integer}, example: "{{limit}}"}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Change'}
            examples:
              all: {value: {note: null, tags: [], total: 1}}
              some: {value: {total: "1.50"}}
              bare: {total: 2.5}
      responses:
        '200':
          description: the order
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Order'}
              example: |
                {"id": 7, "status": "sent", "price": {"amount": "9.50", "currency": "SAR"}, "customer": [], "url": {},
                 "created": "2024-12-17 17:42:14", "items": [{"sku": 1, "size": null}, {"sku": "b", "extra": {"a": [1, 2.5]}}],
                 "{field-name}": true, "big": 18446744073709551615, "quantity": 30.0, "payload": {"x": null}}
        '404':
          description: a failure
          content:
            application/json:
              schema: {type: object, required: [error], properties: {error: {type: string}}}
              example: []
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: the order
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Order'}
              examples:
                first:
                  value: {id: "7", status: paid, price: {amount: 9}, customer: {name: A}, url: u, nothing: null, shape: {radius: 1, side: 2}}
                second: {$ref: '#/components/examples/Second'}
  /lists:
    get:
      operationId: getLists
      responses:
        '200':
          description: lists
          content:
            application/json:
              schema: {type: array, items: {type: string}}
              example: {data: [a, 1, [], null]}
components:
  examples:
    Second: {value: {id: 1, status: new, nothing: {}, shape: {side: 2}, quantity: 3}}
  schemas:
    Change:
      type: object
      required: [total]
      properties:
        total: {type: integer}
        note: {type: string, nullable: true}
        tags: {type: string, deprecated: true}
    Order:
      type: object
      required: [id, status, price, customer]
      properties:
        id: {type: integer}
        status: {$ref: '#/components/schemas/Status'}
        price: {type: object, required: [amount, currency], properties: {amount: {type: number}, currency: {type: string}}}
        customer: {type: object, required: [name], properties: {name: {type: string}}}
        url: {type: string}
        created: {type: string, format: date-time}
        items: {type: array, items: {$ref: '#/components/schemas/Item'}}
        big: {type: integer}
        quantity: {type: integer}
        payload: {type: object, additionalProperties: {type: string}}
        nothing: {type: string, nullable: true}
        shape: {oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]}
    Status: {type: string, enum: [new, paid], example: open}
    Item:
      type: object
      properties:
        sku: {type: string, example: 12}
        size: {type: integer, example: [1]}
      example: {sku: "c", size: 3}
    Circle: {type: object, required: [radius], properties: {radius: {type: integer}}}
    Square: {type: object, required: [side], properties: {side: {type: integer}}}
"#;

#[test]
fn examples_that_contradict_their_schemas_round_trip_through_the_crate() {
    let fixture = Fixture::new();
    fixture.write("api.yaml", CONTRADICTIONS);
    let generate = ["generate", "--spec", "api.yaml", "--out", "crate", "--examples", "widen", "--emit-tests"];
    let generated = fixture.run(&generate).exits(0, "contradictions are not errors");
    assert!(generated.stdout.contains("14 tested, 0 left out"), "{generated:#?}");
    let library = fixture.path().join("crate");
    let tests = cargo_test(&library);
    assert!(tests.contains("test result: ok. 14 passed; 0 failed"), "{tests}");
    // `check` expects the same files, and its remedy has the same options.
    fs::remove_file(library.join("tests/examples.rs")).expect("the tests were written");
    let check = [&["check"], &generate[1..]].concat();
    let drifted = fixture.run(&check).exits(1, "a file is missing");
    assert!(drifted.stderr.contains("--examples widen --emit-tests"), "{drifted:#?}");
}

#[test]
fn a_contradiction_is_an_error_a_warning_or_no_finding() {
    let fixture = Fixture::new();
    fixture.write("api.yaml", CONTRADICTIONS);
    let generate =
        |options: &[&str]| fixture.run(&[&["generate", "--spec", "api.yaml", "--out", "crate"], options].concat());
    let message = "the example does not fit its schema";
    let strict = generate(&["--strict"]).exits(2, "nonconforming values are errors");
    assert!(strict.stderr.contains(&format!("error[example-mismatch]: {message}")), "{strict:#?}");
    generate(&["--examples", "error"]).exits(2, "where it is asked for");
    let warned = generate(&[]).exits(0, "by default");
    assert!(
        warned.stderr.contains(&format!("warning[example-mismatch]: {message}"))
            && warned.stderr.contains("the schema"),
        "{warned:#?}"
    );
    let widened = generate(&["--examples", "widen"]).exits(0, "the types accept the examples");
    assert!(!widened.stderr.contains(message), "{widened:#?}");
}

/// Runs `cargo test` on a crate, without a network, and returns its output.
pub fn cargo_test(library: &Path) -> String {
    let lock = workspace().join("Cargo.lock");
    fs::copy(lock, library.join("Cargo.lock")).expect("the versions of the workspace can be copied");
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--test", "examples", "--target-dir"])
        .arg(workspace().join("target/emitted"))
        .env("RUSTFLAGS", "-Dwarnings")
        .current_dir(library)
        .output()
        .expect("cargo starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}
