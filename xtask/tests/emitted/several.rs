//! A crate that is made of several documents and of the files that they refer to.

use crate::crates::{self, Made, crates};
use crate::support::Fixture;

/// The name of the crate.
pub const NAME: &str = "several";

/// Returns a document of OpenAPI 3.0 or 3.1 with one operation, as publishers write a page for each operation.
fn document(version: &str, name: &str, method: &str, item: &str) -> String {
    format!(
        "openapi: {version}
info: {{title: '', version: 1.0.0}}
servers: [{{url: 'https://api.example.com/v2'}}]
security: [{{bearer: []}}]
paths:
  /{name}s:
    {method}:
      operationId: {method}_{name}s
      tags: [Shop]
      parameters: [{{$ref: 'parts/common.yaml#/components/parameters/Page'}}]
      responses:
        '200':
          description: d
          content:
            application/json:
              schema:
                type: object
                required: [data]
                properties: {{data: {{type: array, items: {{$ref: '#/components/schemas/Item'}}}}, pages: {{$ref: parts/pages.json}}}}
              example: {{data: [{{id: 1, status: new, tree: {{below: [{{below: []}}]}}}}], pages: {{total: 2}}}}
        '401':
          description: d
          content:
            application/json:
              schema: {{$ref: '#/components/schemas/Error'}}
              example: {{code: '{name}', message: m}}
components:
  securitySchemes: {{bearer: {{type: http, scheme: bearer}}}}
  schemas:
    Error: {{type: object, description: The error of {name}., required: [code], properties: {{code: {{type: string}}}}}}
    Item: {item}
"
    )
}

/// Generates the crate, whose tests are run with those of the other crates.
pub fn generate() -> Made {
    let fixture = Fixture::new();
    let order = "{type: object, required: [id], properties: {id: {type: integer}, status: {type: string, enum: [new, paid]}, tree: {$ref: 'parts/common.yaml#/components/schemas/Tree'}}}";
    let product = "{type: object, required: [id], properties: {id: {type: integer}, status: {type: string, enum: [new, sold]}, tree: {$ref: './parts/common.yaml#/components/schemas/Tree'}}}";
    fixture.write("pages/a.yaml", document("3.0.1", "order", "get", order));
    fixture.write("pages/b.md", format!("# Orders\n\n```yaml\n{}```\n", document("3.1.0", "order", "put", order)));
    fixture.write("pages/c.yaml", document("3.0.3", "product", "get", product));
    fixture.write(
        "pages/parts/common.yaml",
        "components:\n  parameters: {Page: {name: page, in: query, schema: {type: integer}}}\n  schemas:\n    \
         Tree: {type: object, properties: {below: {type: array, items: {$ref: 'common.yaml#/components/schemas/Tree'}}}}\n",
    );
    fixture.write(
        "pages/parts/pages.json",
        "{\"type\": \"object\", \"properties\": {\"total\": {\"type\": \"integer\"}}}",
    );
    crates::generate(&fixture.path().join("pages"), NAME)
}

#[test]
fn several_documents_make_one_crate_with_their_operations_and_examples() {
    let made = &crates().made[NAME];
    let summary = made.summary();
    assert_eq!((&summary["operations"], &summary["examples"], made.tests), (&3.into(), &6.into(), 6), "{summary}");
}
