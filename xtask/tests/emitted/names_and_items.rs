//! A crate of a document with rules that Rust types do not express: every valid value decodes, and stays as it is.

use rules_for_names::types::Entry;
use serde_json::{Value, json};

#[track_caller]
fn round_trips(key: &str, value: Value) -> Entry {
    let entry = json!({"id": 1, key: value});
    let decoded: Entry = serde_json::from_value(entry.clone()).unwrap_or_else(|error| panic!("{entry}: {error}"));
    assert_eq!(serde_json::to_value(&decoded).unwrap(), entry);
    decoded
}

#[test]
fn properties_with_a_pattern_have_their_type_where_there_are_no_others() {
    let closed = round_trips("closed", json!({"a1": {"n": 1}, "a2": {"n": 2}})).closed.unwrap();
    assert_eq!(closed["a2"].n, 2);
    assert_eq!(round_trips("twice", json!({"a": 1, "b": 2})).twice.unwrap()["b"], 2_i64);
    let grouped = round_trips("grouped", json!({"g1": {"size": "s"}, "g2": {"size": "xl"}})).grouped.unwrap();
    assert_eq!(grouped["g1"].size.as_ref().unwrap().as_str(), "s");
}

#[test]
fn properties_of_several_types_are_any_json() {
    round_trips("mixed", json!({"a": 1, "b": "text"}));
    round_trips("open", json!({"a": 1, "other": {"deep": [true]}}));
    round_trips("typed", json!({"a": 1, "other": "text"}));
}

#[test]
fn properties_beside_the_fields_of_an_object_are_kept() {
    let fields = round_trips("fields", json!({"n": 1, "x-note": "n"})).fields.unwrap();
    assert_eq!((fields.n, fields.extra["x-note"].as_str()), (Some(1), "n"));
    round_trips("cased", json!({"kind": "a", "a": 1}));
    round_trips("cased", json!({"kind": "b", "b": "text"}));
    round_trips("extended", json!({"a": "text", "c": 1}));
    round_trips("rest", json!({"base": "text", "more": 1}));
}

#[test]
fn rules_that_are_not_checked_change_no_type() {
    round_trips("named", json!({"abc": 1}));
    round_trips("dependent", json!({"a": "text", "b": "text"}));
    round_trips("dependent", json!({"b": "text"}));
    round_trips("some", json!([1, "text", {"any": null}]));
}
