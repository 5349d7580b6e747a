//! The documents' own examples: a crate made with `--examples widen --emit-tests` decodes whatever its document shows,
//! and its own tests say so.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{run, workspace};
use tempfile::TempDir;

/// A document that contradicts itself in every way that is known.
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
fn whatever_a_document_shows_its_crate_decodes_and_gives_back() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("api.yaml"), CONTRADICTIONS).expect("the document can be written");
    let generate = ["generate", "--spec", "api.yaml", "--out", "crate", "--examples", "widen", "--emit-tests"];
    let generated = run(folder.path(), &generate).exits(0, "contradictions are no errors");
    assert!(generated.stdout.contains("14 tested, 0 left out"), "{generated:#?}");
    let library = folder.path().join("crate");
    let tests = cargo_test(&library);
    assert!(tests.contains("test result: ok. 14 passed; 0 failed"), "{tests}");
    // The check asks for the same files, and says how they are made.
    fs::remove_file(library.join("tests/examples.rs")).expect("the tests were written");
    let check = [&["check"], &generate[1..]].concat();
    let drifted = run(folder.path(), &check).exits(1, "a file is missing");
    assert!(drifted.stderr.contains("--examples widen --emit-tests"), "{drifted:#?}");
}

#[test]
fn a_contradiction_is_an_error_a_warning_or_neither() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("api.yaml"), CONTRADICTIONS).expect("the document can be written");
    let generate = |options: &[&str]| {
        run(folder.path(), &[&["generate", "--spec", "api.yaml", "--out", "crate"], options].concat())
    };
    let message = "the example does not fit its schema";
    let strict = generate(&["--strict"]).exits(2, "where departures are errors");
    assert!(strict.stderr.contains(&format!("error[example-mismatch]: {message}")), "{strict:#?}");
    generate(&["--examples", "error"]).exits(2, "where it is asked for");
    let warned = generate(&[]).exits(0, "by default");
    assert!(
        warned.stderr.contains(&format!("warning[example-mismatch]: {message}"))
            && warned.stderr.contains("the schema"),
        "{warned:#?}"
    );
    let widened = generate(&["--examples", "widen"]).exits(0, "the types take what is shown");
    assert!(!widened.stderr.contains(message), "{widened:#?}");
}

/// What `cargo test` says of a crate, which is built where the workspace is, without a network.
fn cargo_test(library: &Path) -> String {
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
