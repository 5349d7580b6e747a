//! Schemas: what no Rust type of the client says.
//!
//! A client does not check what it receives: a rule for values that the server sends is the server's to keep. A rule for
//! values that the client sends is lost where the documentation of the crate does not repeat it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::feature::{Feature, plural};
use super::survey::{Fields, Schema, Site, Survey, Use, elements, entries, is_of_type, is_set};
use crate::document::Pointer;
use crate::document::fields::Fields as _;

pub(super) const FEATURES: &[Feature] = &[
    Feature {
        name: "required `readOnly` properties in requests",
        find: |survey| required_with(survey, Use::Sent, "readOnly"),
        message: |count| {
            format!(
                "{} required in requests too, where the API expects none: a caller has to give a value",
                plural(count, "`readOnly` property is", "`readOnly` properties are")
            )
        },
        help: "give requests a schema of their own, or do not require the property",
    },
    Feature {
        name: "required `writeOnly` properties in answers",
        find: |survey| required_with(survey, Use::Received, "writeOnly"),
        message: |count| {
            format!(
                "{} required in answers too, where the API sends none: the answer does not decode",
                plural(count, "`writeOnly` property is", "`writeOnly` properties are")
            )
        },
        help: "give answers a schema of their own, or do not require the property",
    },
    Feature {
        name: "`discriminator` of a choice",
        find: |survey| places(survey, "discriminator", |schema| has_unread_discriminator(survey, schema)),
        message: |count| {
            format!(
                "`discriminator` is not read: {} that cannot be told apart by their properties, and are one type with \
                 the properties of all",
                plural(count, "choice has alternatives", "choices have alternatives")
            )
        },
        help: "require the property in each alternative, with an `enum` of the values that belong to it",
    },
    Feature {
        name: "`discriminator` of a base schema",
        find: |survey| places(survey, "discriminator", |schema| is_base(survey, schema)),
        message: |count| {
            format!(
                "`discriminator` is not read: {} without the properties of the schemas that extend it",
                plural(count, "schema has its own properties only,", "schemas have their own properties only,")
            )
        },
        help: "write a `oneOf` of the schemas that extend it, and use that",
    },
    Feature {
        name: "integers above `i64`",
        find: |survey| survey.schemas.iter().filter_map(above_i64).collect(),
        message: |count| {
            format!(
                "{} an `i64`: a value above 9223372036854775807 is not sent, and does not decode",
                plural(count, "unsigned integer is", "unsigned integers are")
            )
        },
        help: "describe the integer as a string, or without a type, if it can be so large",
    },
    Feature {
        name: "integers with a fraction of zero",
        find: |survey| survey.schemas.iter().filter_map(|schema| whole_float(survey, schema)).collect(),
        message: |count| {
            format!(
                "an integer that is written as `5.0` does not decode: {} written so",
                plural(count, "value is", "values are")
            )
        },
        help: "write `type: number` if the API sends fractions of zero",
    },
    Feature {
        name: "null and absence in requests",
        find: null_and_absence,
        message: |count| {
            format!(
                "null and absence are one value, `None`, in {}: a caller can send only one of the two",
                plural(count, "optional property that is sent", "optional properties that are sent")
            )
        },
        help: "show the property both as null and left out in examples: its type then tells the two apart",
    },
    Feature {
        name: "`default`",
        find: |survey| places(survey, "default", has_default),
        message: |count| {
            format!(
                "{} neither filled in nor documented: a value that is left out is `None`",
                plural(count, "default is", "defaults are")
            )
        },
        help: "repeat the default in the description, where a caller sees it",
    },
    Feature {
        name: "`pattern`",
        find: |survey| sent(survey, "pattern", |_| true),
        message: |count| {
            format!(
                "{} neither checked nor documented: the API refuses a text that does not match",
                plural(count, "pattern of a text that is sent is", "patterns of texts that are sent are")
            )
        },
        help: "repeat the pattern in the description, where a caller sees it",
    },
    Feature {
        name: "sizes of lists and objects",
        find: |survey| {
            ["minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"]
                .iter()
                .flat_map(|key| sent(survey, key, |schema| is_limit(schema, key)))
                .collect()
        },
        message: |count| {
            format!(
                "{} neither checked nor documented: the API refuses a list or an object that breaks it",
                plural(count, "limit of what is sent is", "limits of what is sent are")
            )
        },
        help: "repeat the limit in the description, where a caller sees it",
    },
    Feature {
        name: "`not`",
        find: |survey| sent(survey, "not", |_| true),
        message: |count| {
            format!("{} not checked: the API refuses such a value", plural(count, "`not` is", "`not`s are"))
        },
        help: "repeat the exclusion in the description, where a caller sees it",
    },
    Feature {
        name: "conditions",
        find: conditions,
        message: |count| {
            format!(
                "{} not read: what it requires is not checked, and what it describes has no field",
                plural(count, "condition is", "conditions are")
            )
        },
        help: "describe the properties of all cases under `properties`, and the conditions in words",
    },
    Feature {
        name: "`dependentRequired`",
        find: |survey| sent(survey, "dependentRequired", |_| true),
        message: |count| {
            format!(
                "{} not checked: the API refuses an object that lacks a property",
                plural(count, "`dependentRequired` is", "`dependentRequired`s are")
            )
        },
        help: "repeat the rule in the description, where a caller sees it",
    },
    Feature {
        name: "`patternProperties`",
        find: |survey| places(survey, "patternProperties", |_| true),
        message: |count| {
            format!(
                "the patterns of property names are not read: {} a map for all names or none",
                plural(count, "object has", "objects have")
            )
        },
        help: "write `additionalProperties` with the schema of the values",
    },
    Feature {
        name: "`propertyNames`",
        find: |survey| sent(survey, "propertyNames", |_| true),
        message: |count| {
            format!(
                "{} not checked: the API refuses an object with another name",
                plural(count, "rule for property names is", "rules for property names are")
            )
        },
        help: "repeat the rule in the description, where a caller sees it",
    },
    Feature {
        name: "`prefixItems`",
        find: |survey| places(survey, "prefixItems", |schema| !is_uniform(schema)),
        message: |count| {
            format!(
                "{} a list with one type for all items: where `items` describes the rest, a value of another type does \
                 not decode",
                plural(count, "tuple is", "tuples are")
            )
        },
        help: "write an `anyOf` of all types under `items`, or an object with a name for each place",
    },
    Feature {
        name: "`contains`",
        find: |survey| sent(survey, "contains", |_| true),
        message: |count| {
            format!(
                "{} not checked: the API refuses a list without such an item",
                plural(count, "`contains` is", "`contains` are")
            )
        },
        help: "repeat the rule in the description, where a caller sees it",
    },
    Feature {
        name: "schemas of unevaluated values",
        find: |survey| {
            ["unevaluatedProperties", "unevaluatedItems"]
                .iter()
                .flat_map(|key| places(survey, key, |schema| is_schema(schema.fields.field(key))))
                .collect()
        },
        message: |count| {
            format!(
                "{} not read: further properties are dropped, and further items have another type",
                plural(count, "schema of unevaluated values is", "schemas of unevaluated values are")
            )
        },
        help: "write `additionalProperties` or `items`",
    },
    Feature {
        name: "`$dynamicRef`",
        find: |survey| places(survey, "$dynamicRef", |_| true),
        message: |count| {
            format!("{} not followed: the value is any JSON", plural(count, "`$dynamicRef` is", "`$dynamicRef`s are"))
        },
        help: "write a `$ref`",
    },
    Feature {
        name: "several choices for one value",
        find: |survey| survey.schemas.iter().filter_map(|schema| several_choices(survey, schema)).collect(),
        message: |count| {
            format!(
                "{} more than one `oneOf` or `anyOf`: the type is a single choice, which lacks what the other says",
                plural(count, "schema has", "schemas have")
            )
        },
        help: "write one `oneOf` of the combinations",
    },
    Feature {
        name: "encoded texts",
        find: |survey| {
            let keys = ["contentEncoding", "contentMediaType"];
            survey
                .schemas
                .iter()
                .filter_map(|schema| Some(schema.at.key(keys.iter().find(|key| schema.has(key))?)))
                .collect()
        },
        message: |count| {
            format!(
                "{} neither encoded nor decoded, and sent as text",
                plural(count, "encoded text is", "encoded texts are")
            )
        },
        help: "encode and decode the text by hand; write `format: binary` for a file in a form",
    },
    Feature {
        name: "`deprecated` schemas",
        find: |survey| {
            places(survey, "deprecated", |schema| is_set(schema.fields, "deprecated") && schema.site == Site::Other)
        },
        message: |count| {
            format!(
                "{} not marked as deprecated: only properties, parameters and operations are",
                plural(count, "deprecated schema is", "deprecated schemas are")
            )
        },
        help: "mark the properties and the parameters that have the schema",
    },
];

/// The places of a keyword in the schemas that are such.
fn places(survey: &Survey<'_>, keyword: &str, is_such: impl Fn(&Schema<'_>) -> bool) -> Vec<Pointer> {
    let schemas = survey.schemas.iter().filter(|schema| schema.has(keyword) && is_such(schema));
    schemas.map(|schema| schema.at.key(keyword)).collect()
}

/// The places of a keyword in the schemas of what is sent.
fn sent(survey: &Survey<'_>, keyword: &str, is_such: impl Fn(&Schema<'_>) -> bool) -> Vec<Pointer> {
    places(survey, keyword, |schema| schema.is_sent() && is_such(schema))
}

/// The required properties with the flag of this word, of the objects that are used so.
fn required_with(survey: &Survey<'_>, used: Use, word: &str) -> Vec<Pointer> {
    let mut places = BTreeSet::new();
    for schema in survey.schemas.iter().filter(|schema| schema.is_used(used)) {
        let Some(value) = schema.at.lookup(survey.root) else { continue };
        let flat = survey.flat(&schema.at, value);
        for (name, at, property) in &flat.properties {
            if flat.required.contains(name) && survey.has_flag(at, property, word) {
                places.insert(at.clone());
            }
        }
    }
    places.into_iter().collect()
}

/// Whether the schema is a choice whose alternatives the client cannot tell apart without the discriminator.
fn has_unread_discriminator(survey: &Survey<'_>, schema: &Schema<'_>) -> bool {
    let mut shapes = Vec::new();
    for key in ["oneOf", "anyOf"] {
        let at = schema.at.key(key);
        let count = elements(schema.fields.field(key)).count();
        shapes.extend((0..count).filter_map(|index| Shape::of(survey, &at.index(index))));
    }
    // The client tries them in this order.
    shapes.sort_by_key(|shape| Reverse(shape.required.len()));
    (1..shapes.len()).any(|second| {
        let (before, rest) = shapes.split_at(second);
        rest.first().is_some_and(|second| before.iter().any(|first| !first.is_told_from(second)))
    })
}

/// The properties of an alternative, which tell its values from those of others.
struct Shape<'d> {
    required: BTreeSet<&'d str>,
    properties: BTreeMap<&'d str, Mark<'d>>,
}

/// The values by which a property is told apart from others.
#[derive(Default)]
struct Mark<'d> {
    /// The texts that it can be; none if it can be any.
    words: BTreeSet<&'d str>,
    /// Its type, if it has one.
    kind: Option<&'d str>,
}

impl<'d> Shape<'d> {
    fn of(survey: &Survey<'d>, at: &Pointer) -> Option<Self> {
        let flat = survey.flat(at, at.lookup(survey.root)?);
        let properties = flat.properties.iter().map(|(name, at, property)| (*name, Mark::of(survey, at, property)));
        Some(Self { properties: properties.collect(), required: flat.required })
    }

    /// Whether no value of `other` is taken for one of this.
    fn is_told_from(&self, other: &Self) -> bool {
        self.required.iter().any(|name| match (self.properties.get(name), other.properties.get(name)) {
            (Some(_), None) => true,
            (Some(own), Some(other)) => own.excludes(other),
            (None, _) => false,
        })
    }
}

impl<'d> Mark<'d> {
    fn of(survey: &Survey<'d>, at: &Pointer, schema: &'d Value) -> Self {
        let mut mark = Self::default();
        survey.flatten(at, schema, &mut |_, fields| {
            let listed = elements(fields.field("enum")).chain(fields.field("const"));
            mark.words.extend(listed.filter_map(Value::as_str));
            mark.kind = mark.kind.or(fields.field("type").and_then(Value::as_str));
        });
        mark
    }

    fn excludes(&self, other: &Self) -> bool {
        let have_words = !self.words.is_empty() && !other.words.is_empty();
        let have_types = self.kind.is_some() && other.kind.is_some();
        (have_words && self.words.is_disjoint(&other.words)) || (have_types && self.kind != other.kind)
    }
}

fn is_choice(fields: &Fields) -> bool {
    ["oneOf", "anyOf"].iter().any(|key| fields.has(key))
}

/// Whether the schema is the type of a value, and other schemas extend it.
fn is_base(survey: &Survey<'_>, schema: &Schema<'_>) -> bool {
    let is_value = schema.is_used(Use::Sent) || schema.is_used(Use::Received);
    is_value && !is_choice(schema.fields) && is_extended(survey, &schema.at)
}

fn is_extended(survey: &Survey<'_>, base: &Pointer) -> bool {
    let schemas = Pointer::root().keys(["components", "schemas"]);
    let is_base = |part: &Value| {
        part.field("$ref")
            .and_then(Value::as_str)
            .and_then(Pointer::from_reference)
            .is_some_and(|target| target == *base)
    };
    entries(schemas.lookup(survey.root)).any(|(_, schema)| elements(schema.field("allOf")).any(is_base))
}

fn above_i64(schema: &Schema<'_>) -> Option<Pointer> {
    let is_above =
        |key: &str| schema.fields.field(key).and_then(Value::as_u64).is_some_and(|bound| i64::try_from(bound).is_err());
    let is_unsigned = schema.fields.field("format").is_some_and(|format| format == "uint64");
    let key = if is_unsigned { "format" } else { "maximum" };
    (is_of_type(schema.fields, "integer") && (is_unsigned || is_above(key))).then(|| schema.at.key(key))
}

/// An integer that is written with a fraction of zero, which is an integer since OpenAPI 3.1.
fn whole_float(survey: &Survey<'_>, schema: &Schema<'_>) -> Option<Pointer> {
    let is_whole = |value: &Value| value.is_f64() && value.as_f64().is_some_and(|number| number.fract() == 0.0);
    let has_it = |key: &str| {
        schema.fields.field(key).is_some_and(|value| is_whole(value) || elements(Some(value)).any(is_whole))
    };
    let is_integer = survey.is_newer && is_of_type(schema.fields, "integer");
    let key = ["const", "default", "enum", "example", "examples"].into_iter().find(|key| is_integer && has_it(key))?;
    Some(schema.at.key(key))
}

/// The properties that are sent, and may be null as well as left out, unless both are shown.
fn null_and_absence(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut places = BTreeSet::new();
    for schema in survey.schemas.iter().filter(|schema| schema.is_used(Use::Sent)) {
        let Some(value) = schema.at.lookup(survey.root) else { continue };
        let flat = survey.flat(&schema.at, value);
        for (name, at, property) in &flat.properties {
            if !flat.required.contains(name) && is_nullable(survey, at, property) {
                places.insert((at.clone(), *name));
            }
        }
    }
    if places.is_empty() {
        return Vec::new();
    }
    let shown = shown_objects(survey.root);
    let is_both = |name: &str| {
        shown.iter().any(|object| object.field(name).is_some_and(Value::is_null))
            && shown.iter().any(|object| !object.has(name))
    };
    places.into_iter().filter(|(_, name)| !is_both(name)).map(|(at, _)| at).collect()
}

fn is_nullable<'d>(survey: &Survey<'d>, at: &Pointer, schema: &'d Value) -> bool {
    let is_null = |part: &Value| part.field("type").is_some_and(|kind| kind == "null");
    let among = |key: &str| elements(schema.field(key)).any(is_null);
    survey.has_flag(at, schema, "nullable") || survey.has_type(at, schema, "null") || among("oneOf") || among("anyOf")
}

/// The objects in the examples of a document.
fn shown_objects(root: &Value) -> Vec<&Map<String, Value>> {
    let (mut shown, mut open) = (Vec::new(), vec![(root, false)]);
    while let Some((value, is_shown)) = open.pop() {
        match value {
            Value::Object(fields) => {
                if is_shown {
                    shown.push(fields);
                }
                let is_example = |key: &str| matches!(key, "example" | "examples");
                open.extend(fields.iter().map(|(key, inner)| (inner, is_shown || is_example(key))));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (item, is_shown))),
            _ => {}
        }
    }
    shown
}

/// Whether a default says something: null is what is left out anyway, and what is required is always there.
fn has_default(schema: &Schema<'_>) -> bool {
    schema.site != Site::Required && schema.fields.field("default").is_some_and(|value| !value.is_null())
}

fn is_limit(schema: &Schema<'_>, key: &str) -> bool {
    match schema.fields.field(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => !(key.starts_with("min") && number.as_u64() == Some(0)),
        _ => false,
    }
}

/// The conditions: of what is sent all of them, of what is received those that describe properties.
fn conditions(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut places = Vec::new();
    for schema in &survey.schemas {
        for key in ["if", "dependentSchemas", "oneOf", "anyOf"] {
            let Some(value) = schema.fields.field(key) else { continue };
            let is_condition = match key {
                "oneOf" | "anyOf" => schema.is_sent() && !is_empty(value) && elements(Some(value)).all(only_requires),
                "if" => schema.is_sent() || ["then", "else"].iter().any(|key| describes(schema.fields.field(key))),
                _ => schema.is_sent() || entries(Some(value)).any(|(_, part)| describes(Some(part))),
            };
            if is_condition {
                places.push(schema.at.key(key));
            }
        }
    }
    places
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

/// Whether an alternative has no shape, and only says which properties have to be there.
fn only_requires(alternative: &Value) -> bool {
    let Some(fields) = alternative.as_object().filter(|fields| !fields.is_empty()) else { return false };
    fields.keys().all(|key| matches!(key.as_str(), "required" | "not" | "title" | "description"))
}

/// Whether a schema describes properties.
fn describes(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| {
        ["properties", "$ref", "allOf", "oneOf", "anyOf"].iter().any(|key| schema.field(key).is_some())
    })
}

/// Whether all items of a tuple have one schema, which is then that of the list's items.
fn is_uniform(schema: &Schema<'_>) -> bool {
    let mut items = elements(schema.fields.field("prefixItems"));
    let Some(first) = items.next() else { return true };
    let rest = schema.fields.field("items").filter(|items| items.is_object());
    items.all(|item| item == first) && rest.is_none_or(|rest| rest == first)
}

/// Whether a value is a schema that says something.
fn is_schema(value: Option<&Value>) -> bool {
    value.and_then(Value::as_object).is_some_and(|fields| !fields.is_empty())
}

/// A schema that is a choice in more than one way.
fn several_choices(survey: &Survey<'_>, schema: &Schema<'_>) -> Option<Pointer> {
    let is_value = [Use::Sent, Use::SentForm, Use::Received].iter().any(|used| schema.is_used(*used));
    let value = schema.at.lookup(survey.root).filter(|_| is_value)?;
    let mut places = Vec::new();
    survey.flatten(&schema.at, value, &mut |at, fields| {
        for key in ["oneOf", "anyOf"] {
            let is_shape =
                fields.field(key).is_some_and(|list| !is_empty(list) && !elements(Some(list)).all(only_requires));
            places.extend(is_shape.then(|| at.key(key)));
        }
    });
    (places.len() > 1).then(|| places.pop()).flatten()
}
