//! The outputs that the pages for readers show are those of the program.

use std::fs;

use crate::checkout::{Checkout, contract_text};
use crate::support::{Fixture, Run, workspace};

/// Returns the blocks of code of a page. Lines have no indentation, which lists add to.
fn blocks(page: &str) -> Vec<String> {
    let text = plain(&fs::read_to_string(workspace().join(page)).unwrap());
    let lines: Vec<_> = text.lines().collect();
    lines.split(|line| line.starts_with("```")).skip(1).step_by(2).map(|lines| lines.join("\n")).collect()
}

fn plain(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

/// Asserts that a block of a page is a part of what the program prints.
#[track_caller]
fn assert_shown(page: &str, begin: &str, run: &Run) {
    let blocks = blocks(page);
    let block = blocks.iter().find(|block| block.starts_with(begin)).unwrap_or_else(|| panic!("{page} has no {begin}"));
    let printed = plain(&format!("{}{}", run.stdout, run.stderr));
    assert!(printed.contains(block), "{page} shows\n{block}\nand the program prints\n{printed}");
}

#[test]
fn the_readme_shows_the_summary_of_a_crate_without_changes() {
    let checkout = Checkout::generated();
    let run = checkout.run(&["generate"]).exits(0, "nothing to change");
    let without_time = |line: &str| line.rsplit_once(" (").map(|(line, _)| line.to_owned());
    let blocks = blocks("README.md");
    let shown = blocks.iter().flat_map(|block| block.lines()).find(|line| line.starts_with("generated: ")).unwrap();
    assert_eq!(without_time(shown), without_time(run.stdout.trim_end()));
}

#[test]
fn the_readme_shows_an_error_of_the_contract() {
    let checkout = Checkout::generated();
    fs::write(checkout.spec(), contract_text().replace("maximum: 60", "maximum: x")).unwrap();
    let run = checkout.run(&["generate"]).exits(2, "a bound is a text");
    assert_shown("README.md", "error[wrong-kind]", &run);
}

#[test]
fn the_page_of_the_generator_shows_a_finding() {
    let fixture = Fixture::new();
    fixture.write(
        "api.yaml",
        "\
openapi: 3.0.3
info: {title: Orders, version: '1'}
paths:
  /orders:
    get:
      operationId: list_orders
      responses:
        '200':
          description: The orders.
          content:
            application/json:
              schema:
                type: object
                properties:
                  total: {type: integer}
              example:
                total: 12.5 SAR
",
    );
    let run =
        fixture.run(&["check", "--spec", "api.yaml", "--out", "out", "--strict"]).exits(2, "the example is wrong");
    assert_shown("xtask/README.md", "error[example-mismatch]", &run);
}

/// The old document of the changes that the page shows.
const ORDERS: &str = "\
openapi: 3.0.3
info: {title: Orders, version: '1'}
paths:
  /orders/{id}:
    get:
      operationId: get_order
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: The order.
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
components:
  schemas:
    Order:
      type: object
      required: [total, status]
      properties:
        total: {type: integer}
        status: {$ref: '#/components/schemas/Status'}
    Status:
      type: string
      enum: [open, paid]
";

#[test]
fn the_page_of_the_generator_shows_changes() {
    let fixture = Fixture::new();
    fixture.write("old.yaml", ORDERS);
    fixture.write("new.yaml", ORDERS.replace("{type: integer}", "{type: string}").replace("paid]", "paid, refunded]"));
    let run = fixture.run(&["diff", "old.yaml", "new.yaml"]).exits(1, "a type changed");
    assert_shown("xtask/README.md", "new.yaml:", &run);
}
