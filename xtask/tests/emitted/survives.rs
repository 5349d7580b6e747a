//! A consumer of the client crate compiles without a change after the document got what the publisher adds at any time:
//! a field of a response, a value of an enumeration, an optional parameter and a documented failure.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_yaml::Value;

use crate::support::{run, workspace};

/// A kind of change, and the change.
type Edit = (&'static str, fn(&mut Value));

const EDITS: &[Edit] = &[
    ("an optional field of a response", |document| {
        add_property(document, "LoyaltyPointsEntry", "{type: string, description: The channel.}");
    }),
    ("a required field of a response", |document| {
        add_property(document, "Pagination", "{type: boolean, description: Whether more pages follow.}");
        push(&mut document["components"]["schemas"]["Pagination"]["required"], "added");
    }),
    ("an optional field of a request", |document| {
        add_property(document, "LoyaltyPointsUpdate", "{type: string, description: A note.}");
    }),
    ("a value of each enumeration", |document| {
        for name in ["PointsChange", "NotificationChannel"] {
            push(&mut document["components"]["schemas"][name]["enum"], "added");
        }
    }),
    ("an optional parameter", |document| {
        let parameter = "{name: added, in: query, description: A filter., schema: {type: string}}";
        push(&mut operation(document, "get")["parameters"], yaml(parameter));
    }),
    ("a documented failure of each operation", |document| {
        for method in ["get", "post"] {
            let schema = "{$ref: '#/components/schemas/ErrorBody'}";
            let failure = format!("{{description: Gone., content: {{application/json: {{schema: {schema}}}}}}}");
            operation(document, method)["responses"]["410"] = yaml(&failure);
        }
    }),
];

#[test]
fn a_consumer_compiles_unchanged_after_additions_to_the_document() {
    let before = document();
    let mut after = before.clone();
    for (what, edit) in EDITS {
        let unchanged = after.clone();
        edit(&mut after);
        assert_ne!(after, unchanged, "{what} is added");
    }
    prepare();
    for (name, document) in [("before", &before), ("after", &after)] {
        let spec = folder().join(format!("{name}.yaml"));
        fs::write(&spec, serde_yaml::to_string(document).expect("a document is YAML")).expect("it can be written");
        let out = folder().join(name);
        let (spec, out) = (spec.to_str().expect("it is Unicode"), out.to_str().expect("it is Unicode"));
        run(&workspace(), &["generate", "--spec", spec, "--out", out, "--name", name]).exits(0, name);
    }
    check("before");
    check("after");
}

/// Returns the folder of the workspace of the crates and their consumers.
fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/survives"))
}

/// Writes the workspace: for each crate, a package that compiles the consumer against it.
fn prepare() {
    let source = workspace().join("xtask/tests/emitted/consumer/lib.rs");
    let source = source.to_str().expect("it is Unicode");
    for name in ["before", "after"] {
        let consumer = folder().join(format!("consumer-{name}"));
        fs::create_dir_all(&consumer).expect("a folder can be made");
        let manifest = format!(
            "[package]\nname = \"consumer-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = {source:?}\n\n\
             [dependencies]\nclient = {{ package = \"{name}\", path = \"../{name}\", features = [\"mock\"] }}\n"
        );
        fs::write(consumer.join("Cargo.toml"), manifest).expect("a manifest can be written");
    }
    let members = "\"before\", \"after\", \"consumer-before\", \"consumer-after\"";
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n[profile.dev]\ndebug = false\n");
    fs::write(folder().join("Cargo.toml"), manifest).expect("the manifest can be written");
    fs::copy(workspace().join("Cargo.lock"), folder().join("Cargo.lock")).expect("the versions can be copied");
}

/// Checks the consumer of a crate. Everything that cargo needs was fetched for the workspace.
#[track_caller]
fn check(name: &str) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--target-dir", "target", "--manifest-path"])
        .arg(folder().join(format!("consumer-{name}/Cargo.toml")))
        .env_remove("RUSTFLAGS")
        .current_dir(folder())
        .stdin(Stdio::null())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "consumer-{name}: {}", String::from_utf8_lossy(&output.stderr));
}

fn document() -> Value {
    let text = fs::read_to_string(workspace().join("spec/loyalty-points.yaml")).expect("the document can be read");
    yaml(&text)
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("it is YAML")
}

fn operation<'a>(document: &'a mut Value, method: &str) -> &'a mut Value {
    &mut document["paths"]["/customers/loyalty/points"][method]
}

fn add_property(document: &mut Value, schema: &str, property: &str) {
    document["components"]["schemas"][schema]["properties"]["added"] = yaml(property);
}

fn push(list: &mut Value, value: impl Into<Value>) {
    list.as_sequence_mut().expect("it is a list").push(value.into());
}
