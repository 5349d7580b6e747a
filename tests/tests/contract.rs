//! Compares the table of deviations in `spec/README.md` with the contract.

use salla_loyalty_points_tests::documented;
use serde_yaml::Value;

const BEGIN: &str = "<!-- deviations:begin -->\n";
const END: &str = "<!-- deviations:end -->";

#[test]
fn the_table_of_deviations_matches_the_contract() {
    let readme = documented::contract_path().with_file_name("README.md");
    let readme = std::fs::read_to_string(readme).expect("spec/ has a README").replace("\r\n", "\n");
    let (_, behind) = readme.split_once(BEGIN).expect("spec/README.md has the mark at the start of the table");
    let (table, _) = behind.split_once(END).expect("spec/README.md has the mark at the end of the table");
    let expected = table_of_deviations();
    assert!(
        table == expected,
        "the table in spec/README.md does not match the contract; put this between the marks:\n\n{expected}"
    );
}

#[test]
fn every_deviation_has_exactly_a_difference_a_page_and_a_why() {
    let rows = deviations();
    assert_eq!(rows.len(), contract_text().matches("x-deviation:").count(), "the walk finds all deviations");
    for (at, deviation) in rows {
        let fields = deviation.as_mapping().unwrap_or_else(|| panic!("{at}: the x-deviation is an object"));
        let keys: Vec<_> = fields.keys().filter_map(Value::as_str).collect();
        assert_eq!(keys, ["differs", "page", "why"], "{at}");
        assert!(!differs(&deviation).is_empty(), "{at}");
        let has_text = |key: &str| deviation[key].as_str().is_some_and(|text| !text.trim().is_empty());
        assert!(has_text("page") && has_text("why"), "{at}");
    }
}

fn table_of_deviations() -> String {
    let head = "| Where | Differs in | The page says | Why this contract differs |\n| --- | --- | --- | --- |\n";
    let mut table = head.to_owned();
    for (at, deviation) in deviations() {
        let (page, why) = (cell(&deviation["page"]), cell(&deviation["why"]));
        table += &format!("| `{at}` | {} | {page} | {why} |\n", differs(&deviation));
    }
    table
}

/// Returns the aspects that a deviation names.
fn differs(deviation: &Value) -> String {
    let words = deviation["differs"].as_sequence().into_iter().flatten().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join(", ")
}

/// Returns a text for a cell of a Markdown table.
fn cell(text: &Value) -> String {
    let words: Vec<_> = text.as_str().unwrap_or_default().split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// Returns the deviations in the order of the document, each with the JSON pointer of its object.
fn deviations() -> Vec<(String, Value)> {
    // `serde_json::Value` would lose the order of keys, unless another crate enables its feature for that.
    let contract = serde_yaml::from_str(&contract_text()).expect("the contract is YAML");
    let mut found = Vec::new();
    collect(&contract, "", &mut found);
    found
}

fn contract_text() -> String {
    std::fs::read_to_string(documented::contract_path()).expect("the contract is in spec/")
}

/// Collects the deviations in `value`, whose JSON pointer is `at`.
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
