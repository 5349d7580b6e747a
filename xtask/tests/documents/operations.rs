//! The operations of a resource, and the parts that they share.

use serde_json::{Map, Value, json};

use super::{Dice, Flavour, Maker, Resource, reference};

/// An operation of a resource: its method, whether its path names one resource, and the function that makes it.
type Operation = (&'static str, bool, fn(&mut Maker, &Resource) -> Value);

const OPERATIONS: &[Operation] = &[
    ("get", false, list),
    ("get", true, show),
    ("post", false, create),
    ("put", true, update),
    ("delete", true, delete),
];

impl Maker {
    /// Adds at most `most` operations about a resource, and returns their number.
    pub fn operations(&mut self, resource: &Resource, most: usize) -> usize {
        let many = format!("/{}", resource.word.replace('_', "-"));
        let one = format!("{many}/{{id}}");
        for (method, is_one, make) in OPERATIONS.iter().take(most) {
            let mut operation = make(self, resource);
            operation["tags"] = json!(["library"]);
            self.failures(&mut operation);
            let path = if *is_one { &one } else { &many };
            let item = self.paths.entry(path.clone()).or_insert_with(|| path_item(*is_one));
            item[*method] = operation;
        }
        OPERATIONS.len().min(most)
    }

    /// Adds the error responses of an operation. Those of plain documents have one type.
    fn failures(&mut self, operation: &mut Value) {
        let mut add = |status: &str, name: &str| {
            operation["responses"][status] = json!({"$ref": format!("#/components/responses/{name}")});
        };
        add("401", "Unauthorized");
        if self.flavour == Flavour::Plain {
            return;
        }
        add("422", "Invalid");
        for (status, name) in [("404", "Missing"), ("429", "Limited"), ("5XX", "Broken"), ("default", "Other")] {
            if self.dice.chance(2) {
                add(status, name);
            }
        }
        if self.dice.chance(12) {
            operation["deprecated"] = true.into();
        }
    }
}

fn path_item(is_one: bool) -> Value {
    let id = json!([{"$ref": "#/components/parameters/Id"}]);
    if is_one { json!({"parameters": id}) } else { json!({}) }
}

fn list(maker: &mut Maker, resource: &Resource) -> Value {
    let page = json!({
        "status": 200,
        "success": true,
        "data": [resource.example],
        "pagination": {"total": 1, "total_pages": 1, "current_page": 1, "links": {"next": null}},
    });
    let mut parameters = vec![
        json!({"$ref": "#/components/parameters/Page"}),
        json!({"$ref": "#/components/parameters/PerPage"}),
        json!({"name": "q", "in": "query", "description": "What is looked for.", "schema": {"type": "string"}}),
    ];
    if maker.flavour == Flavour::Wild {
        parameters.extend(odd_parameters(&mut maker.dice));
    }
    json!({
        "operationId": format!("list_{}", resource.word),
        "summary": format!("Lists all of type {}.", resource.name),
        "description": "In the order in which they were made.\n\nترتيب الإنشاء.",
        "x-pagination": {
            "page": "page",
            "items": "/data",
            "total_pages": "/pagination/total_pages",
            "total": "/pagination/total",
            "current_page": "/pagination/current_page",
        },
        "parameters": parameters,
        "responses": {"200": answer("A page.", &format!("{}Page", resource.name), &page)},
    })
}

/// Returns parameters with unusual names or values.
fn odd_parameters(dice: &mut Dice) -> Vec<Value> {
    let all = [
        json!({"name": "sort[]", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}),
        json!({"name": "send", "in": "query", "schema": {"type": "boolean"}}),
        json!({"name": "X-Request-Id", "in": "header", "schema": {"type": "string", "format": "uuid"}}),
        json!({"name": "from-date", "in": "query", "schema": {"type": "string", "format": "date"}, "example": "2024-12-17"}),
        json!({"name": "state", "in": "query", "schema": {"type": "string", "enum": ["new", "جديد"]}}),
    ];
    all.into_iter().filter(|_| dice.chance(3)).collect()
}

fn show(_: &mut Maker, resource: &Resource) -> Value {
    json!({
        "operationId": format!("show_{}", resource.word),
        "summary": format!("Shows one of type {}.", resource.name),
        "responses": {"200": one_answer("It.", resource)},
    })
}

fn create(_: &mut Maker, resource: &Resource) -> Value {
    json!({
        "operationId": format!("create_{}", resource.word),
        "summary": format!("Creates one of type {}.", resource.name),
        "requestBody": body(resource),
        "responses": {"201": one_answer("It, as it was created.", resource)},
    })
}

fn update(_: &mut Maker, resource: &Resource) -> Value {
    json!({
        "operationId": format!("update_{}", resource.word),
        "summary": format!("Changes one of type {}.", resource.name),
        "requestBody": body(resource),
        "responses": {"200": one_answer("It, as it is now.", resource)},
    })
}

fn delete(_: &mut Maker, resource: &Resource) -> Value {
    json!({
        "operationId": format!("delete_{}", resource.word),
        "summary": format!("Removes one of type {}.", resource.name),
        "responses": {"204": {"description": "It is gone."}},
    })
}

fn body(resource: &Resource) -> Value {
    let schema = json!({"$ref": reference(&format!("{}Input", resource.name))});
    let content = json!({"schema": schema, "example": resource.input_example});
    json!({"required": true, "content": {"application/json": content}})
}

fn one_answer(description: &str, resource: &Resource) -> Value {
    let value = json!({"status": 200, "success": true, "data": resource.example});
    answer(description, &format!("{}Answer", resource.name), &value)
}

fn answer(description: &str, schema: &str, example: &Value) -> Value {
    let examples = json!({"documented": {"summary": "The documented answer.", "value": example}});
    let content = json!({"schema": {"$ref": reference(schema)}, "examples": examples});
    json!({"description": description, "content": {"application/json": content}})
}

/// Returns the parameters that operations refer to.
pub fn shared_parameters() -> Value {
    let integer = json!({"type": "integer", "format": "int64"});
    json!({
        "Id": {"name": "id", "in": "path", "required": true, "description": "Which one.", "schema": {"type": "string"}},
        "Page": {"name": "page", "in": "query", "description": "Counted from 1.", "schema": integer},
        "PerPage": {"name": "per_page", "in": "query", "description": "How many a page holds.", "schema": integer},
    })
}

/// Returns the error responses that operations refer to.
pub fn shared_responses() -> Map<String, Value> {
    let refusal = |(name, description, schema): (&str, &str, &str)| {
        let content = json!({"application/json": {"schema": {"$ref": reference(schema)}}});
        (name.to_owned(), json!({"description": description, "content": content}))
    };
    [
        ("Unauthorized", "The token is missing or no longer valid: رمز غير صالح.", "Failure"),
        ("Invalid", "A field was refused.", "Refusal"),
        ("Missing", "There is no such thing.", "Failure"),
        ("Limited", "Too many requests.", "Failure"),
        ("Broken", "The server failed.", "Failure"),
        ("Other", "Anything else.", "Failure"),
    ]
    .map(refusal)
    .into_iter()
    .collect()
}
