//! A consumer of the client crate compiles without a change after the document got what the publisher adds at any time:
//! a field of a response, a value of an enumeration, an optional parameter and a documented failure.

use std::fs;

use serde_yaml::Value;

use crate::crates::{folder, tested, write_if_changed};
use crate::support::{run, workspace};

/// The names of the crates and of the packages that compile the consumer against them.
pub const MEMBERS: &[&str] = &["before", "after", "consumer-before", "consumer-after"];

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
    tested();
    let text = |name: &str| fs::read_to_string(folder().join(name).join("src/types.rs")).expect("it is generated");
    assert!(!text("before").contains("pub added:") && text("after").contains("pub added:"));
}

/// Generates both crates, and for each a package whose test is the consumer. It is compiled with the other tests.
pub fn generate() {
    let before = document();
    let mut after = before.clone();
    for (what, edit) in EDITS {
        let unchanged = after.clone();
        edit(&mut after);
        assert_ne!(after, unchanged, "{what} is added");
    }
    let consumer = workspace().join("xtask/tests/emitted/consumer/lib.rs");
    let consumer = consumer.to_str().expect("it is Unicode");
    for (name, document) in [("before", &before), ("after", &after)] {
        let spec = folder().join(format!("{name}.yaml"));
        fs::write(&spec, serde_yaml::to_string(document).expect("a document is YAML")).expect("it can be written");
        let out = folder().join(name);
        let [spec, out] = [&spec, &out].map(|path| path.to_str().expect("it is Unicode"));
        run(&workspace(), &["generate", "--spec", spec, "--out", out, "--name", name]).exits(0, name);
        let package = folder().join(format!("consumer-{name}"));
        fs::create_dir_all(package.join("src")).expect("a folder can be made");
        let manifest = format!(
            "[package]\nname = \"consumer-{name}\"\nedition = \"2024\"\n\n[[test]]\nname = \"consumer\"\npath = {consumer:?}\n\n\
             [dev-dependencies]\nclient = {{ package = {name:?}, path = \"../{name}\", features = [\"mock\"] }}\n"
        );
        write_if_changed(&package.join("Cargo.toml"), &manifest);
        write_if_changed(&package.join("src/lib.rs"), "//! Only its test is of interest.\n");
    }
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
