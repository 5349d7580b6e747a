//! The features of schemas that the Rust types of the client do not express.
//!
//! A client does not check what it receives: the server has to keep the rules for values that it sends. A rule for
//! values that the client sends is lost unless the documentation of the crate repeats it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::feature::Feature;
use super::survey::{Fields, Schema, Survey, Use, elements, entries, is_of_type};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::media_type::{Format, is_file};
use crate::openapi::references::resolve;

pub(super) const FEATURES: &[Feature] = &[
    Feature {
        name: "`discriminator` of alternatives without tags",
        find: |survey| places(survey, "discriminator", |schema| has_unread_discriminator(survey, schema)),
        counted: ["choice has alternatives", "choices have alternatives"],
        message: "`discriminator` is not read: {} that are not all objects with a tag, and are distinguished by their \
                  properties, or are one type with the properties of all",
        help: "refer to a schema of an object in each alternative",
    },
    Feature {
        name: "null and absence outside of patches",
        find: null_and_absence,
        counted: ["optional property that is sent", "optional properties that are sent"],
        message: "null and absence are one value, `None`, in {}: a caller can send only one of the two",
        help: "add an example with null and one without the property: its type then distinguishes the two",
    },
    Feature {
        name: "`not`",
        find: |survey| sent(survey, "not", |_| true),
        counted: ["`not` is", "`not`s are"],
        message: "{} not checked: the API refuses such a value",
        help: "repeat the exclusion in the description, where a caller sees it",
    },
    Feature {
        name: "conditions",
        find: conditions,
        counted: ["condition is", "conditions are"],
        message: "{} not read: what it requires is not checked, and a property that it describes is any JSON",
        help: "describe the properties of all cases under `properties`, and the conditions in words",
    },
    Feature {
        name: "`dependentRequired`",
        find: |survey| sent(survey, "dependentRequired", |_| true),
        counted: ["`dependentRequired` is", "`dependentRequired`s are"],
        message: "{} not checked: the API refuses an object without such a property",
        help: "repeat the rule in the description, where a caller sees it",
    },
    Feature {
        name: "`patternProperties`",
        find: |survey| places(survey, "patternProperties", |_| true),
        counted: ["object has", "objects have"],
        message: "the patterns of property names are not read: {} one type for all properties that are not described, \
                  which is any JSON where they have several schemas",
        help: "write `additionalProperties: false` if no name is without a pattern, and one schema for all patterns",
    },
    Feature {
        name: "`propertyNames`",
        find: |survey| sent(survey, "propertyNames", |_| true),
        counted: ["rule for property names is", "rules for property names are"],
        message: "{} not checked: the API refuses an object with another name",
        help: "repeat the rule in the description, where a caller sees it",
    },
    Feature {
        name: "`prefixItems`",
        find: |survey| places(survey, "prefixItems", |schema| !is_uniform(schema)),
        counted: ["tuple is", "tuples are"],
        message: "{} a list with one type for all items: where `items` describes the rest, a value of another type \
                  does not decode",
        help: "write an `anyOf` of all types under `items`, or an object with a name for each place",
    },
    Feature {
        name: "`contains`",
        find: |survey| sent(survey, "contains", |_| true),
        counted: ["`contains` is", "`contains` are"],
        message: "{} not checked: the API refuses a list without such an item",
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
        counted: ["schema of unevaluated values is", "schemas of unevaluated values are"],
        message: "{} not read: further properties are any JSON, and further items have another type",
        help: "write `additionalProperties` or `items`",
    },
    Feature {
        name: "`$dynamicRef`",
        find: |survey| places(survey, "$dynamicRef", |_| true),
        counted: ["`$dynamicRef` is", "`$dynamicRef`s are"],
        message: "{} not followed: the value is any JSON",
        help: "write a `$ref`",
    },
    Feature {
        name: "several choices for one value",
        find: |survey| survey.schemas.iter().filter_map(|schema| several_choices(survey, schema)).collect(),
        counted: ["schema has", "schemas have"],
        message: "{} more than one `oneOf` or `anyOf`: the type has only one of the choices",
        help: "write one `oneOf` of the combinations",
    },
    Feature {
        name: "encoded texts",
        find: encoded_texts,
        counted: ["encoded text is", "encoded texts are"],
        message: "{} neither encoded nor decoded, and sent as text",
        help: "encode and decode the text by hand; write `format: binary` for a file in a form",
    },
];

/// Returns the places of encoded texts, apart from the files of multipart forms.
fn encoded_texts(survey: &Survey<'_>) -> Vec<Pointer> {
    let files = files(survey);
    let is_sent_as_file = |schema: &Schema<'_>| files.iter().any(|file| std::ptr::eq(*file, schema.value));
    let of = |schema: &Schema<'_>| {
        let key = ["contentEncoding", "contentMediaType"].into_iter().find(|key| schema.has(key))?;
        (!is_sent_as_file(schema)).then(|| schema.at.key(key))
    };
    survey.schemas.iter().filter_map(of).collect()
}

/// Returns the schemas of the files, and of the items of lists of files, in the multipart forms that are sent.
fn files<'d>(survey: &Survey<'d>) -> Vec<&'d Value> {
    let forms = survey.bodies.iter().filter(|body| body.is_sent() && body.chosen.2 == Format::Multipart);
    let schemas = forms.filter_map(|body| body.chosen.1.field("schema"));
    let fields = schemas.flat_map(|schema| survey.flat(&(), schema).properties);
    let fields = fields.filter_map(|(_, (), schema)| resolve(survey.root, schema));
    let items = |field: &'d Value| field.field("items").and_then(|items| resolve(survey.root, items));
    fields.flat_map(|field| [Some(field), items(field)]).flatten().filter(|schema| is_file(schema, None)).collect()
}

/// Returns the places of a keyword in the schemas that match.
fn places(survey: &Survey<'_>, keyword: &str, matches: impl Fn(&Schema<'_>) -> bool) -> Vec<Pointer> {
    let schemas = survey.schemas.iter().filter(|_| survey.has_keyword(keyword));
    schemas.filter(|schema| schema.has(keyword) && matches(schema)).map(|schema| schema.at.key(keyword)).collect()
}

/// Returns the places of a keyword in the schemas of values that are sent.
fn sent(survey: &Survey<'_>, keyword: &str, matches: impl Fn(&Schema<'_>) -> bool) -> Vec<Pointer> {
    places(survey, keyword, |schema| schema.is_sent() && matches(schema))
}

/// Returns the properties that match, of the objects with this use, each with its place. `matches` takes whether the
/// property is required, and its schema.
fn properties<'d>(
    survey: &Survey<'d>,
    used: Use,
    matches: impl Fn(bool, &'d Value) -> bool,
) -> BTreeSet<(Pointer, &'d str)> {
    let mut found = BTreeSet::new();
    for schema in survey.schemas.iter().filter(|schema| schema.is_used(used)) {
        // Few objects have such a property, and only those need the places of their properties.
        let flat = survey.flat(&(), schema.value);
        if flat.properties.iter().any(|(name, (), property)| matches(flat.required.contains(name), property)) {
            let properties = survey.flat(&schema.at, schema.value).properties.into_iter();
            let matching = properties.filter(|(name, _, property)| matches(flat.required.contains(name), property));
            found.extend(matching.map(|(name, at, _)| (at, name)));
        }
    }
    found
}

/// Returns whether the schema is a choice with a discriminator that the client cannot use: one of the alternatives is not
/// an object, or has no tag.
fn has_unread_discriminator(survey: &Survey<'_>, schema: &Schema<'_>) -> bool {
    let discriminator = schema.fields.field("discriminator");
    let Some(tag) = discriminator.and_then(|of| of.field("propertyName")?.as_str()) else { return false };
    let alternatives = ["oneOf", "anyOf"].into_iter().flat_map(|key| elements(schema.fields.field(key)));
    let others = alternatives.filter(|alternative| alternative.field("type").is_none_or(|kind| kind != "null"));
    let found: Vec<_> = others.map(|alternative| is_tagged(survey, alternative, tag)).collect();
    found.len() > 1 && found.contains(&false)
}

/// Returns whether an alternative is an object that has a tag: its name, its title, or the texts of its property.
fn is_tagged(survey: &Survey<'_>, alternative: &Value, tag: &str) -> bool {
    let flat = survey.flat(&(), alternative);
    let (mut is_object, mut is_named) = (!flat.properties.is_empty(), alternative.field("$ref").is_some());
    survey.flatten(&(), alternative, &mut |(), fields| {
        is_object |= is_of_type(fields, "object") || (is_choice(fields) && fields.has("discriminator"));
        is_named |= fields.has("title") || fields.has("$ref");
    });
    let lists = |property| {
        let mut lists = false;
        survey.flatten(&(), property, &mut |(), fields| lists |= fields.has("enum") || fields.has("const"));
        lists
    };
    is_object && (is_named || flat.properties.iter().any(|(name, (), property)| *name == tag && lists(property)))
}

fn is_choice(fields: &Fields) -> bool {
    ["oneOf", "anyOf"].iter().any(|key| fields.has(key))
}

/// Returns the places of the properties that are sent and may be both null and absent, unless examples have both cases, a
/// patch sends them, or they have a default.
fn null_and_absence(survey: &Survey<'_>) -> Vec<Pointer> {
    let places = properties(survey, Use::Sent, |is_required, property| {
        let has_default =
            survey.any_part(property, |fields| fields.field("default").is_some_and(|value| !value.is_null()));
        !is_required && is_nullable(survey, property) && !survey.has_flag(property, "readOnly") && !has_default
    });
    if places.is_empty() {
        return Vec::new();
    }
    let survey_of_patches = Survey::of_patches(survey.root);
    let patched = properties(&survey_of_patches, Use::Sent, |is_required, property| {
        !is_required && is_nullable(&survey_of_patches, property)
    });
    let objects = example_objects(survey.root);
    let is_both = |name: &str| {
        objects.iter().any(|object| object.field(name).is_some_and(Value::is_null))
            && objects.iter().any(|object| !object.has(name))
    };
    places.into_iter().filter(|place| !patched.contains(place) && !is_both(place.1)).map(|(at, _)| at).collect()
}

fn is_nullable<'d>(survey: &Survey<'d>, schema: &'d Value) -> bool {
    let is_null = |part: &Value| part.field("type").is_some_and(|kind| kind == "null");
    let among = |key: &str| elements(schema.field(key)).any(is_null);
    survey.has_flag(schema, "nullable") || survey.has_type(schema, "null") || among("oneOf") || among("anyOf")
}

/// Returns the objects in the examples of a document.
fn example_objects(root: &Value) -> Vec<&Map<String, Value>> {
    let (mut objects, mut open) = (Vec::new(), vec![(root, false)]);
    while let Some((value, is_in_example)) = open.pop() {
        match value {
            Value::Object(fields) => {
                if is_in_example {
                    objects.push(fields);
                }
                let is_example = |key: &str| matches!(key, "example" | "examples");
                open.extend(fields.iter().map(|(key, inner)| (inner, is_in_example || is_example(key))));
            }
            Value::Array(items) => open.extend(items.iter().map(|item| (item, is_in_example))),
            _ => {}
        }
    }
    objects
}

/// Returns the places of the conditions: all of those in schemas that are sent, and those that describe properties in
/// schemas that are received.
fn conditions(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut places = Vec::new();
    for schema in &survey.schemas {
        for key in ["if", "dependentSchemas", "oneOf", "anyOf"] {
            let Some(value) = schema.fields.field(key) else { continue };
            let is_condition = match key {
                "oneOf" | "anyOf" => schema.is_sent() && !is_empty(value) && elements(Some(value)).all(only_requires),
                "if" => {
                    schema.is_sent()
                        || ["then", "else"].iter().any(|key| may_describe_properties(schema.fields.field(key)))
                }
                _ => schema.is_sent() || entries(Some(value)).any(|(_, part)| may_describe_properties(Some(part))),
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

/// Returns whether an alternative only lists required properties, and does not describe any.
fn only_requires(alternative: &Value) -> bool {
    let Some(fields) = alternative.as_object().filter(|fields| !fields.is_empty()) else { return false };
    fields.keys().all(|key| matches!(key.as_str(), "required" | "not" | "title" | "description"))
}

/// Returns whether a schema describes properties, or may do so by a `$ref` or a composition.
fn may_describe_properties(schema: Option<&Value>) -> bool {
    schema.is_some_and(|schema| {
        ["properties", "$ref", "allOf", "oneOf", "anyOf"].iter().any(|key| schema.field(key).is_some())
    })
}

/// Returns whether all items of a tuple have the same schema, which is then that of the list's items.
fn is_uniform(schema: &Schema<'_>) -> bool {
    let mut items = elements(schema.fields.field("prefixItems"));
    let Some(first) = items.next() else { return true };
    let rest = schema.fields.field("items").filter(|items| items.is_object());
    items.all(|item| item == first) && rest.is_none_or(|rest| rest == first)
}

/// Returns whether a value is a schema with keywords.
fn is_schema(value: Option<&Value>) -> bool {
    value.and_then(Value::as_object).is_some_and(|fields| !fields.is_empty())
}

/// Returns the place of the last choice of a schema with more than one.
fn several_choices(survey: &Survey<'_>, schema: &Schema<'_>) -> Option<Pointer> {
    let is_value = [Use::Sent, Use::SentForm, Use::Received].iter().any(|used| schema.is_used(*used));
    let may_have_several = is_value && (survey.has_keyword("oneOf") || survey.has_keyword("anyOf"));
    let mut places = Vec::new();
    survey.flatten(&schema.at, Some(schema.value).filter(|_| may_have_several)?, &mut |at, fields| {
        for key in ["oneOf", "anyOf"] {
            let is_shape =
                fields.field(key).is_some_and(|list| !is_empty(list) && !elements(Some(list)).all(only_requires));
            places.extend(is_shape.then(|| at.key(key)));
        }
    });
    (places.len() > 1).then(|| places.pop()).flatten()
}
