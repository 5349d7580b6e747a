//! The fields of a resource. Each kind of field is a function that returns a schema and an example that fits it.
//!
//! To use more of OpenAPI in the documents, write a function and add it to one of the two lists.

use serde_json::{Map, Value, json};

use super::{Dice, Flavour, reference};

/// A property of an object.
#[derive(Clone, Debug)]
pub struct Field {
    name: String,
    schema: Value,
    example: Value,
    required: bool,
    /// Whether a request that creates the resource may set it.
    pub is_input: bool,
}

/// A schema, and a value that fits it.
type Made = (Value, Value);

/// The kinds of fields that progenitor accepts without changes.
const PLAIN: &[fn(&mut Dice) -> Made] = &[
    text,
    text,
    integer,
    integer,
    number,
    flag,
    word,
    moment,
    text_or_null,
    texts,
    map,
    money,
    monies,
    address,
    lines,
    either,
];

/// The kinds that only the generator accepts.
const WILD: &[fn(&mut Dice) -> Made] = &[
    bounded,
    matched,
    described,
    sign,
    anything,
    null_listed,
    identified,
    titled,
    parts,
    nothing_else,
    text_or_number,
];

const NAMES: &[&str] = &[
    "name", "title", "notes", "points", "price", "weight", "status", "state", "due_at", "sold_at", "tags", "labels",
    "totals", "fee", "fees", "address", "lines", "owner", "size", "color", "rank", "score", "visible", "locked",
    "source", "target", "summary", "level", "unit", "origin",
];

const ODD_NAMES: &[&str] = &[
    "type",
    "perPage",
    "X-Code",
    "2fa",
    "self",
    "order id",
    "اسم",
    "gen",
    "@id",
    "is_ok?",
    "URL",
    "content-type",
    "ref",
    "match",
    "crate",
    "a.b",
    "extra",
    "_",
    "value",
    "builder",
];

impl Field {
    /// Returns four to twelve fields.
    pub fn some(flavour: Flavour, dice: &mut Dice) -> Vec<Self> {
        let (count, first) = (4 + dice.below(9), dice.below(NAMES.len()));
        (0..count)
            .map(|index| {
                let is_wild = flavour == Flavour::Wild && dice.chance(3);
                let make = dice.pick(if is_wild { WILD } else { PLAIN });
                let (schema, example) = make(dice);
                let name = match flavour {
                    Flavour::Wild if dice.chance(5) => ODD_NAMES[(first + index) % ODD_NAMES.len()],
                    _ => NAMES[(first + index) % NAMES.len()],
                };
                Self { name: name.to_owned(), schema, example, required: dice.chance(2), is_input: dice.chance(2) }
            })
            .collect()
    }

    /// Returns the schema of an object with these fields.
    pub fn object(fields: &[Self], description: &str) -> Value {
        let properties: Map<_, _> = fields.iter().map(|field| (field.name.clone(), field.schema.clone())).collect();
        let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| &field.name).collect();
        let mut schema = json!({"type": "object", "description": description, "properties": properties});
        schema["required"] = json!(required);
        schema
    }

    /// Returns an object that fits that schema.
    pub fn example(fields: &[Self]) -> Value {
        fields.iter().map(|field| (field.name.clone(), field.example.clone())).collect()
    }
}

fn text(dice: &mut Dice) -> Made {
    let example = dice.pick(&["red", "رواية", "a \"quoted\" word", "", "two\nlines"]);
    (json!({"type": "string", "description": "What people read: ما يقرأه الناس."}), json!(example))
}

fn integer(dice: &mut Dice) -> Made {
    let format = dice.pick(&["int32", "int64"]);
    (json!({"type": "integer", "format": format, "description": "How many."}), json!(dice.below(5000)))
}

fn number(dice: &mut Dice) -> Made {
    (json!({"type": "number", "format": "double"}), json!(f64::from(u16::try_from(dice.below(900)).unwrap_or(1)) / 8.0))
}

fn flag(dice: &mut Dice) -> Made {
    (json!({"type": "boolean", "description": "Whether it is so."}), json!(dice.chance(2)))
}

fn word(dice: &mut Dice) -> Made {
    let words = ["new", "used", "lost", "sold", "on_hold", "gone"];
    let listed = &words[..2 + dice.below(words.len() - 2)];
    (json!({"type": "string", "enum": listed, "description": "Its state."}), json!(dice.pick(listed)))
}

fn moment(_: &mut Dice) -> Made {
    (json!({"type": "string", "description": "A time of the store."}), json!("2024-12-17 17:42:14"))
}

fn text_or_null(dice: &mut Dice) -> Made {
    let example = if dice.chance(2) { Value::Null } else { json!("a note") };
    (json!({"type": "string", "nullable": true, "description": "Null where nobody wrote one."}), example)
}

fn texts(_: &mut Dice) -> Made {
    (json!({"type": "array", "items": {"type": "string"}}), json!(["first", "ثاني"]))
}

fn map(_: &mut Dice) -> Made {
    let value = json!({"type": "integer", "format": "int64"});
    (json!({"type": "object", "additionalProperties": value}), json!({"north": 3, "شمال": 4}))
}

fn money(_: &mut Dice) -> Made {
    (json!({"$ref": reference("Money")}), json!({"amount": 12.5, "currency": "SAR"}))
}

fn monies(_: &mut Dice) -> Made {
    (json!({"type": "array", "items": {"$ref": reference("Money")}}), json!([{"amount": 0.5, "currency": "EUR"}]))
}

fn address(dice: &mut Dice) -> Made {
    let mut schema = json!({
        "type": "object",
        "description": "Where it is.",
        "required": ["street", "city"],
        "properties": {
            "street": {"type": "string"},
            "city": {"type": "string", "description": "المدينة"},
            "country": {"type": "object", "required": ["code"], "properties": {
                "code": {"type": "string"},
                "name": {"type": "string"},
            }},
        },
    });
    if dice.chance(2) {
        schema["properties"]["zip"] = json!({"type": "string", "nullable": true});
    }
    (schema, json!({"street": "King Fahd Road", "city": "الرياض", "country": {"code": "SA"}}))
}

fn lines(_: &mut Dice) -> Made {
    let line = json!({
        "type": "object",
        "required": ["sku", "count"],
        "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "format": "int64"}},
    });
    (json!({"type": "array", "items": line, "description": "Its lines."}), json!([{"sku": "A-1", "count": 2}]))
}

fn either(_: &mut Dice) -> Made {
    let object = json!({"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}});
    (json!({"oneOf": [{"type": "string"}, object]}), json!({"code": "k"}))
}

fn bounded(dice: &mut Dice) -> Made {
    let schema = json!({"type": "integer", "minimum": 1, "maximum": 60, "exclusiveMaximum": true, "default": 15});
    (schema, json!(1 + dice.below(58)))
}

fn matched(_: &mut Dice) -> Made {
    let schema = json!({"type": "string", "pattern": "^[A-Z]{2}\\d+$", "minLength": 3, "maxLength": 12});
    (schema, json!("SA100"))
}

fn described(dice: &mut Dice) -> Made {
    let example = if dice.chance(2) { Value::Null } else { json!({"amount": 1.0, "currency": "KWD"}) };
    let schema = json!({"description": "What is owed [see](https://example.com).", "nullable": true, "type": "object"});
    let mut schema = schema;
    schema["allOf"] = json!([{"$ref": reference("Money")}]);
    (schema, example)
}

fn sign(_: &mut Dice) -> Made {
    (json!({"type": "string", "enum": ["<", ">", "="]}), json!(">"))
}

fn anything(_: &mut Dice) -> Made {
    (json!({"description": "Whatever a shop stores here."}), json!({"a": [1, null, "x"]}))
}

fn null_listed(_: &mut Dice) -> Made {
    (json!({"type": "string", "nullable": true, "enum": ["جديد", "قديم", null]}), Value::Null)
}

fn identified(_: &mut Dice) -> Made {
    (json!({"type": "string", "format": "uuid"}), json!("3fa85f64-5717-4562-b3fc-2c963f66afa6"))
}

fn titled(_: &mut Dice) -> Made {
    let titled = |title: &str, key: &str| {
        let properties = json!({(key): {"type": "string"}});
        json!({"title": title, "type": "object", "required": [key], "properties": properties})
    };
    (json!({"oneOf": [titled("Card", "pan"), titled("Transfer", "iban")]}), json!({"iban": "SA03"}))
}

fn parts(_: &mut Dice) -> Made {
    let own = json!({"type": "object", "properties": {"taxed": {"type": "boolean"}}});
    (json!({"allOf": [{"$ref": reference("Money")}, own]}), json!({"amount": 2.5, "currency": "AED", "taxed": true}))
}

fn nothing_else(_: &mut Dice) -> Made {
    let properties = json!({"x": {"type": "number"}, "y": {"type": "number", "deprecated": true}});
    (json!({"type": "object", "properties": properties, "additionalProperties": false}), json!({"x": 1.5}))
}

fn text_or_number(_: &mut Dice) -> Made {
    (json!({"anyOf": [{"type": "integer"}, {"type": "string"}], "not": {"type": "boolean"}}), json!("12"))
}
