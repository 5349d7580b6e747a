//! The crate is a pure function of the document and the generator.

use std::fs;

use serde_yaml::Value;

use crate::checkout::{Checkout, assert_same, committed, contract_text, operation, write};
use crate::support::{Run, run, xtask};

#[test]
fn a_deleted_crate_is_generated_again_byte_for_byte() {
    let checkout = Checkout::generated();
    assert_same(&checkout.tree(), &committed(), "a new checkout");
    fs::remove_dir_all(checkout.out()).unwrap();
    let lines = checkout.generate("a deleted folder");
    assert_eq!(lines, committed().keys().map(|path| format!("created generated/{path}")).collect::<Vec<_>>());
    assert_same(&checkout.tree(), &committed(), "a deleted folder");
}

#[test]
fn the_layout_of_the_document_does_not_change_the_crate() {
    let wanted = Checkout::generated().tree();
    let text = contract_text();
    let comments =
        text.replace("type: integer\n", "type: integer # a number\n").replace("\ninfo:", "\n# About it.\n\ninfo:");
    assert_ne!(comments, text);
    let without_comments: String =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    // Not a `serde_json::Value`, which may not keep the order of the fields.
    let contract: Value = serde_yaml::from_str(&text).unwrap();
    for (what, name, text) in [
        ("the document as it is", "api.yaml", text.clone()),
        ("a file name in Arabic, with a space", "نقاط الولاء.yaml", text.clone()),
        ("a folder", "deep/down/api.yaml", text.clone()),
        ("CRLF", "api.yaml", text.replace('\n', "\r\n")),
        ("a byte order mark", "api.yaml", format!("\u{FEFF}{text}")),
        ("comments", "api.yaml", comments),
        ("no comments", "api.yaml", without_comments),
        ("a document start", "api.yaml", format!("%YAML 1.2\n---\n{text}...\n")),
        ("another layout of YAML", "api.yml", serde_yaml::to_string(&contract).unwrap()),
        ("JSON", "api.json", serde_json::to_string_pretty(&contract).unwrap()),
        ("JSON in one line", "api.json", serde_json::to_string(&contract).unwrap()),
        ("JSON in a file that is named `.yaml`", "api.yaml", serde_json::to_string(&contract).unwrap()),
    ] {
        let checkout = Checkout::new();
        write(checkout.root(), name, &text);
        checkout.run(&["generate", "--spec", name, "--out", "generated"]).exits(0, what);
        assert_same(&checkout.tree(), &wanted, what);
        checkout.run(&["check", "--spec", name, "--out", "generated"]).exits(0, what);
    }
}

#[test]
fn the_environment_does_not_change_the_crate() {
    let wanted = Checkout::generated().tree();
    for (what, folder, variables) in [
        ("a Turkish locale", "", &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")][..]),
        ("no locale", "", &[("LC_ALL", "C"), ("LANG", "")]),
        ("a locale that does not exist", "", &[("LC_ALL", "xx_XX.nothing")]),
        ("another time zone", "", &[("TZ", "Pacific/Kiritimati")]),
        ("another user", "", &[("HOME", "/nowhere"), ("USER", "someone"), ("CARGO_HOME", "/nowhere")]),
        ("a fixed date of the build", "", &[("SOURCE_DATE_EPOCH", "0")]),
        ("a narrow terminal in colour", "", &[("COLUMNS", "20"), ("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]),
        ("a folder further down", "spec", &[]),
    ] {
        let checkout = Checkout::new();
        let mut command = xtask(&checkout.root().join(folder), &["generate"]);
        Run::of(command.envs(variables.iter().copied())).exits(0, what);
        assert_same(&checkout.tree(), &wanted, what);
    }
}

#[test]
fn the_folder_can_be_named_by_any_path() {
    let checkout = Checkout::generated();
    let absolute = checkout.out().display().to_string();
    for out in ["generated", "./generated", "generated/", "spec/../generated", &absolute] {
        checkout.run(&["check", "--out", out]).exits(0, out);
    }
    run(&checkout.root().join("generated/src"), &["check", "--out", ".."]).exits(0, "from inside");
}

#[test]
fn every_change_of_the_documents_content_is_drift() {
    let checkout = Checkout::generated();
    for (what, edit) in EDITS {
        checkout.reset();
        checkout.edit(edit);
        let run = checkout.assert_drift(&["stale: generated/Cargo.toml"], what);
        assert!(run.stdout.contains("\n-fingerprint = \"") && run.stdout.contains("\n+fingerprint = \""), "{run:#?}");
        checkout.generate(what);
    }
    checkout.assert_clean("after the last of them");
}

/// A kind of change, and the change.
type Edit = (&'static str, fn(&mut Value));

const EDITS: &[Edit] = &[
    ("title", |contract| contract["info"]["title"] = "Points".into()),
    ("description", |contract| contract["info"]["description"] = "Points.".into()),
    ("version", |contract| contract["info"]["version"] = "0.1.1".into()),
    ("server URL", |contract| contract["servers"][0]["url"] = "https://api.salla.dev/admin/v3".into()),
    ("description of a server", |contract| contract["servers"][1]["description"] = "Another.".into()),
    ("added server", |contract| push(&mut contract["servers"], yaml("{url: 'https://example.com'}"))),
    ("security removed", |contract| remove(contract, "security")),
    ("security scheme", |contract| {
        contract["components"]["securitySchemes"]["bearer"]["bearerFormat"] = "opaque".into();
    }),
    ("scope", |contract| operation(contract)["x-required-scopes"] = yaml("[customers.read_write]")),
    ("pagination", |contract| remove(operation(contract), "x-pagination")),
    ("summary", |contract| operation(contract)["summary"] = "List the points.".into()),
    ("description of an operation", |contract| operation(contract)["description"] = "Points.".into()),
    ("deprecated", |contract| operation(contract)["deprecated"] = true.into()),
    ("operation id", |contract| operation(contract)["operationId"] = "list_points".into()),
    ("tag of an operation", |contract| operation(contract)["tags"][0] = "Points".into()),
    ("tag", |contract| contract["tags"][0]["name"] = "Points".into()),
    ("description of a parameter", |contract| parameter(contract, 1)["description"] = "The page.".into()),
    ("maximum", |contract| parameter(contract, 2)["schema"]["maximum"] = 50.into()),
    ("minimum", |contract| parameter(contract, 1)["schema"]["minimum"] = 0.into()),
    ("name of a parameter", |contract| parameter(contract, 2)["name"] = "page_size".into()),
    ("parameter that is required", |contract| parameter(contract, 2)["required"] = true.into()),
    ("example of a parameter", |contract| parameter(contract, 0)["example"] = "1257881497".into()),
    ("value in an example", |contract| {
        let media = &mut operation(contract)["responses"]["200"]["content"]["application/json"];
        media["examples"]["documented"]["value"]["data"][0]["points"] = 901.into();
    }),
    ("summary of an example", |contract| {
        let media = &mut operation(contract)["responses"]["200"]["content"]["application/json"];
        media["examples"]["documented"]["summary"] = "Another.".into();
    }),
    ("response header", |contract| {
        contract["components"]["responses"]["RateLimited"]["headers"]["X-RateLimit-Scope"] =
            yaml("{schema: {type: string}}");
    }),
    ("response header removed", |contract| {
        remove(&mut contract["components"]["responses"]["RateLimited"]["headers"], "Retry-After");
    }),
    ("description of a response", |contract| {
        contract["components"]["responses"]["Unauthorized"]["description"] = "No.".into();
    }),
    ("new response status", |contract| {
        operation(contract)["responses"]["403"] = yaml("{$ref: '#/components/responses/OtherFailure'}");
    }),
    ("new success status in place of the old", |contract| {
        let page = operation(contract)["responses"]["200"].clone();
        remove(&mut operation(contract)["responses"], "200");
        operation(contract)["responses"]["203"] = page;
    }),
    ("enum of a property", |contract| property(contract, "name")["enum"] = yaml("[مخصصة, نقاط]")),
    ("format of a property", |contract| property(contract, "notes")["format"] = "password".into()),
    ("pattern of a property", |contract| property(contract, "name")["pattern"] = "^م".into()),
    ("default of a property", |contract| property(contract, "notes")["default"] = "none".into()),
    ("property that is nullable", |contract| property(contract, "name")["nullable"] = true.into()),
    ("deviation", |contract| property(contract, "notes")["x-deviation"]["why"] = "It is so.".into()),
    ("order of properties", |contract| {
        let properties = &mut contract["components"]["schemas"]["LoyaltyPointsEntry"]["properties"];
        let name = properties["name"].clone();
        remove(properties, "name");
        properties["name"] = name;
    }),
    ("list of what is required", |contract| {
        let required = contract["components"]["schemas"]["LoyaltyPointsEntry"]["required"].as_sequence_mut();
        required.unwrap().retain(|name| name != "used_points");
    }),
    ("new property", |contract| {
        contract["components"]["schemas"]["LoyaltyPointsEntry"]["properties"]["source"] = yaml("{type: string}");
    }),
    ("new schema that nothing uses", |contract| {
        contract["components"]["schemas"]["Unused"] = yaml("{type: string}");
    }),
    ("external documentation", |contract| contract["externalDocs"] = yaml("{url: 'https://example.com'}")),
];

fn parameter(contract: &mut Value, index: usize) -> &mut Value {
    &mut operation(contract)["parameters"][index]
}

fn property<'c>(contract: &'c mut Value, name: &str) -> &'c mut Value {
    &mut contract["components"]["schemas"]["LoyaltyPointsEntry"]["properties"][name]
}

fn push(list: &mut Value, value: Value) {
    list.as_sequence_mut().expect("a list").push(value);
}

fn remove(object: &mut Value, key: &str) {
    object.as_mapping_mut().expect("an object").shift_remove(key).expect("the key is there");
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("the edit is YAML")
}
