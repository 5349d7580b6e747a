//! Makes documents of any size, for benchmarks and tests. A document is determined by its number of operations and a
//! seed.
//!
//! The documents resemble published ones: resources that are listed, read, created, updated and deleted, with common
//! envelopes, pages and errors. A flavour determines how much of OpenAPI they use. This is a module and not a package,
//! because the tests and the benchmarks of one package have no other way to share code that is not shipped. The test
//! `mutated` declares it as a module, the others use `#[path]`.

mod fields;
mod operations;

use serde_json::{Map, Value, json};

use fields::Field;

/// How much of OpenAPI a document uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Only what progenitor accepts without changes: one type of errors, names that are valid in Rust, JSON only.
    Plain,
    /// Everything that the generator accepts.
    Wild,
}

/// Returns a document with this number of operations.
pub fn document(flavour: Flavour, operations: usize, seed: u64) -> Value {
    let mut maker = Maker { flavour, dice: Dice::new(seed), schemas: shared_schemas(), paths: Map::new() };
    let mut left = operations;
    for number in 0.. {
        if left == 0 {
            break;
        }
        let resource = maker.resource(number);
        left -= maker.operations(&resource, left);
    }
    maker.finished()
}

/// A document under construction.
struct Maker {
    flavour: Flavour,
    dice: Dice,
    schemas: Map<String, Value>,
    paths: Map<String, Value>,
}

/// A resource, which operations list, read and change.
struct Resource {
    /// The name of its type.
    name: String,
    /// Its name in the names of operations and in paths.
    word: String,
    /// An example of it.
    example: Value,
    /// An example of the request body that creates it.
    input_example: Value,
}

const FIRST_WORDS: &[&str] = &["", "Store", "Guest", "Night", "Paper", "Local", "Draft", "Daily", "Open", "Spare"];
const SECOND_WORDS: &[&str] =
    &["Book", "Member", "Loan", "Shelf", "Branch", "Notice", "Review", "Parcel", "Ticket", "Event", "Room", "Invoice"];

impl Maker {
    /// Adds the schemas of a resource, of its request body and of its answers, and returns the resource.
    fn resource(&mut self, number: usize) -> Resource {
        let words = FIRST_WORDS.len() * SECOND_WORDS.len();
        let (first, second) =
            (FIRST_WORDS[number / SECOND_WORDS.len() % FIRST_WORDS.len()], SECOND_WORDS[number % SECOND_WORDS.len()]);
        let round = if number < words { String::new() } else { (number / words + 1).to_string() };
        let name = format!("{first}{second}{round}");
        let word = format!("{first}_{second}{round}").trim_start_matches('_').to_lowercase();
        let fields = Field::some(self.flavour, &mut self.dice);
        let input: Vec<_> = fields.iter().filter(|field| field.is_input).cloned().collect();
        let mut schema = Field::object(&fields, &format!("One {}.", second.to_lowercase()));
        let mut example = Field::example(&fields);
        self.identify(&mut schema, &mut example, &name);
        self.schemas.insert(name.clone(), schema);
        self.schemas.insert(format!("{name}Input"), Field::object(&input, "What can be set."));
        self.schemas.insert(format!("{name}Answer"), envelope(&json!({"$ref": reference(&name)})));
        self.schemas.insert(format!("{name}Page"), page(&name));
        Resource { name, word, example, input_example: Field::example(&input) }
    }

    /// Adds an id to a schema. Some resources get it from a common schema by `allOf`.
    fn identify(&mut self, schema: &mut Value, example: &mut Value, name: &str) {
        example["id"] = json!(self.dice.below(1_000_000));
        if self.dice.chance(4) {
            schema["description"] = format!("One {name}, with its history.").into();
            let own = schema.take();
            *schema = json!({"allOf": [{"$ref": reference("Entity")}, own]});
            example["created_at"] = "2024-12-17T17:42:14+03:00".into();
        } else {
            schema["properties"]["id"] = json!({"type": "integer", "format": "int64", "description": "Its number."});
            schema["required"].as_array_mut().into_iter().for_each(|required| required.push("id".into()));
        }
    }

    fn finished(self) -> Value {
        json!({
            "openapi": "3.0.3",
            "info": {
                "title": "Lending Library",
                "version": "1.2.0",
                "description": "A library that lends books: مكتبة تعير الكتب.",
            },
            "servers": [{"url": "https://api.example.com/v1", "description": "Production."}],
            "security": [{"bearer": []}],
            "tags": [{"name": "library", "description": "All of it."}],
            "paths": self.paths,
            "components": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
                "parameters": operations::shared_parameters(),
                "responses": operations::shared_responses(),
                "schemas": self.schemas,
            },
        })
    }
}

/// Returns the schemas that resources have in common.
fn shared_schemas() -> Map<String, Value> {
    let schemas = json!({
        "Pagination": {
            "type": "object",
            "description": "Where a page stands.",
            "required": ["total", "total_pages", "current_page"],
            "properties": {
                "total": {"type": "integer", "format": "int64", "description": "How many there are."},
                "total_pages": {"type": "integer", "format": "int64"},
                "current_page": {"type": "integer", "format": "int64"},
                "links": {"type": "object", "properties": {"next": {"type": "string", "nullable": true}}},
            },
        },
        "Entity": {
            "type": "object",
            "required": ["id", "created_at"],
            "properties": {
                "id": {"type": "integer", "format": "int64", "description": "Its number."},
                "created_at": {"type": "string", "description": "When it was made."},
            },
        },
        "Money": {
            "type": "object",
            "description": "An amount: مبلغ.",
            "required": ["amount", "currency"],
            "properties": {
                "amount": {"type": "number", "format": "double"},
                "currency": {"type": "string", "enum": ["SAR", "AED", "KWD", "EUR"], "description": "ISO 4217."},
            },
        },
        "Failure": {
            "type": "object",
            "description": "Why something was refused.",
            "required": ["status", "success", "error"],
            "properties": {
                "status": {"type": "integer", "format": "int64"},
                "success": {"type": "boolean"},
                "error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                        "code": {"type": "string", "example": "invalid_token"},
                        "message": {"type": "string", "example": "رمز غير صالح"},
                    },
                },
            },
        },
        "Refusal": {
            "type": "object",
            "description": "Which fields were refused, and why.",
            "properties": {
                "fields": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            },
        },
    });
    schemas.as_object().cloned().unwrap_or_default()
}

fn envelope(data: &Value) -> Value {
    json!({
        "type": "object",
        "description": "An answer.",
        "required": ["status", "success", "data"],
        "properties": {
            "status": {"type": "integer", "format": "int64", "description": "The status once more."},
            "success": {"type": "boolean", "description": "Whether the request succeeded."},
            "data": data,
        },
    })
}

fn page(name: &str) -> Value {
    let mut schema = envelope(&json!({"type": "array", "items": {"$ref": reference(name)}}));
    schema["description"] = format!("One page of type {name}.").into();
    schema["properties"]["pagination"] = json!({"$ref": reference("Pagination")});
    schema["required"] = json!(["status", "success", "data", "pagination"]);
    schema
}

/// Returns a reference to a schema.
fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

/// A generator of pseudo-random numbers, which are the same in every run (xorshift).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Creates dice. The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        // Consecutive seeds get different states. None is 0, which xorshift would never leave.
        Self((seed.wrapping_add(1)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below the limit; 0 if the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The low bits are the least random ones.
        usize::try_from((self.0 >> 16) % (limit.max(1) as u64)).unwrap_or_default()
    }

    /// Returns `true` once in this number of times, on average.
    pub fn chance(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Returns one of these items.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}
