//! What a reader is told about the contract is what the contract says.

use salla_loyalty_points_tests::documented;
use serde_yaml::Value;

const BEGIN: &str = "<!-- deviations:begin -->\n";
const END: &str = "<!-- deviations:end -->";

#[test]
fn the_table_of_deviations_is_what_the_contract_records_beside_each_place() {
    let readme = documented::contract_path().with_file_name("README.md");
    let readme = std::fs::read_to_string(readme).expect("spec/ has a README").replace("\r\n", "\n");
    let (_, behind) = readme.split_once(BEGIN).expect("spec/README.md says where the table begins");
    let (table, _) = behind.split_once(END).expect("spec/README.md says where the table ends");
    let expected = table_of_deviations();
    assert!(
        table == expected,
        "the table in spec/README.md is not what the contract says. Put this between the marks:\n\n{expected}"
    );
}

#[test]
fn every_deviation_says_what_the_page_has_and_why_the_contract_differs_and_no_more() {
    let rows = deviations();
    assert_eq!(rows.len(), contract_text().matches("x-deviation:").count(), "the walk finds them all");
    for (at, deviation) in rows {
        let fields = deviation.as_mapping().unwrap_or_else(|| panic!("{at}: the x-deviation is an object"));
        let keys: Vec<_> = fields.keys().filter_map(Value::as_str).collect();
        assert_eq!(keys, ["page", "why"], "{at}");
        assert!(fields.values().all(|text| text.as_str().is_some_and(|text| !text.trim().is_empty())), "{at}");
    }
}

fn table_of_deviations() -> String {
    let mut table = "| Where | The page says | Why this contract differs |\n| --- | --- | --- |\n".to_owned();
    for (at, deviation) in deviations() {
        table += &format!("| `{at}` | {} | {} |\n", cell(&deviation["page"]), cell(&deviation["why"]));
    }
    table
}

fn cell(text: &Value) -> String {
    let words: Vec<_> = text.as_str().unwrap_or_default().split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// The deviations in the order of the document, each with the pointer of the object that it stands in.
fn deviations() -> Vec<(String, Value)> {
    // Not `serde_json::Value`, which keeps no order unless some other crate of the build asks it to.
    let contract = serde_yaml::from_str(&contract_text()).expect("the contract is YAML");
    let mut found = Vec::new();
    collect(&contract, "", &mut found);
    found
}

fn contract_text() -> String {
    std::fs::read_to_string(documented::contract_path()).expect("the contract is in spec/")
}

fn collect(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Mapping(fields) => {
            found.extend(fields.get("x-deviation").map(|deviation| (at.to_owned(), deviation.clone())));
            for (key, field) in fields {
                let key = key.as_str().expect("every key of the contract is text");
                collect(field, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}
