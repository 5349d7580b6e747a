//! The corpus has a small document for each feature of OpenAPI. The crates of the documents and their documentation
//! compile without a warning, and the examples of a document round-trip through its crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use xtask::resolve::decisions::Rule;

use crate::crates::{self, Made, cargo, crates, tested};
use crate::support::workspace;

/// Code that a file of a crate must have. White space does not count.
const FACTS: &[(&str, &str, &str)] = &[
    ("alternatives", "src/types.rs", "pub enum TextOrTexts { /// `Text` Text(String), /// `List` List(Vec<String>), }"),
    ("alternatives", "src/types.rs", "pub enum Animal { /// `Cat` Cat(Cat), /// `Fish` Fish(Fish), /// An object"),
    ("answers_that_differ", "src/operations/lend_book.rs", "/// `200`: it was lent to the same reader before"),
    ("answers_that_differ", "src/operations/lend_book.rs", "Created(types::NewLoan), }"),
    ("answers_that_differ", "src/operations/lend_book.rs", "UnprocessableEntity(types::LendBook422Response), }"),
    ("answers_that_differ", "src/operations/show_loan.rs", "/// `204`: it was given back NoContent,"),
    ("answers_that_differ", "src/operations/show_loan.rs", "ServiceUnavailable(String),"),
    ("answers_that_differ", "src/operations/return_book.rs", "Result<Response<types::Loan>,"),
    ("arabic", "src/types.rs", "pub struct كتاب {"),
    ("bases_of_choices", "src/types.rs", "pub tows: Option<::std::boxed::Box<Vehicle>>,"),
    ("bases_of_choices", "src/types.rs", "Some(\"Vehicle\") => tagged.decode().map(Self::Vehicle),"),
    ("choices_by_tags", "src/types.rs", "Some(\"dog\" | \"puppy\") => tagged.decode().map(Self::Dog),"),
    ("choices_by_tags", "src/types.rs", "pub struct Drive(pub BTreeMap<String, i64>);"),
    ("choices_by_tags", "src/operations/move_.rs", "body: Result<Option<types::Move>, String>,"),
    ("constraints", "src/types.rs", "/// `to` /// /// Matches the pattern `^[\\p{Script=Arabic}A-Za-z*_<>]+$`."),
    (
        "constraints",
        "src/types.rs",
        "/// At most 40 items. Documented bounds of each item: at least 1 characters. Each item matches the",
    ),
    (
        "constraints",
        "src/types.rs",
        "/// Each item has at most 2 items. Documented bounds of each item of an item: at least 1.",
    ),
    ("constraints", "src/types.rs", "of each value: at most 9 characters. Each value matches the"),
    ("constraints", "src/types.rs", "/// A code. /// /// Documented bounds: at least 3 characters."),
    ("constraints", "src/types.rs", "kind: Ok(super::LetterKind::Letter),"),
    (
        "constraints",
        "src/operations/list_letters.rs",
        "/// At least 1 item. All items are different. Each item matches",
    ),
    ("constraints", "src/operations/list_letters.rs", "at most 50. /// /// The default is `10`."),
    ("deprecated", "src/client.rs", "#[deprecated]"),
    ("deprecated", "src/types.rs", "/// `Paper` /// /// Deprecated."),
    ("deprecated", "src/types.rs", "/// `Old` /// /// Deprecated. Old(SheetOld),"),
    ("deprecated", "src/types.rs", "/// `Fax` /// /// Deprecated. #[derive"),
    (
        "directions",
        "src/types.rs",
        "skip_serializing_if = \"salla_runtime::codegen::is_none_or_sending\")] pub id: Option<Id>,",
    ),
    ("directions", "src/types.rs", "/// Write-only: a request has it, and an answer comes without it."),
    ("directions", "src/types.rs", "password: Err(\"no value supplied for password\".to_string()),"),
    ("directions", "src/types.rs", "pub code: Option<String>,"),
    ("directions", "src/types.rs", "pub number: i64,"),
    ("enumerations", "src/types.rs", "pub state: Option<MoveState>,"),
    ("enumerations", "src/types.rs", "pub dice: Option<i64>,"),
    ("enumerations", "src/types.rs", "#[serde(rename = \"sold\")] Sold, }"),
    ("enumerations", "src/types.rs", "/// `unknown` Unknown2, /// A value that is not listed here."),
    ("enumerations", "src/types.rs", "#[non_exhaustive] pub struct Move {"),
    ("enumerations", "src/types.rs", "Serialize)] #[non_exhaustive] pub struct Board {"),
    ("escaped_references", "src/types.rs", "pub struct ObjectNotFound404 {"),
    ("escaped_references", "src/types.rs", "pub struct RoomHall {"),
    (
        "examples_of_parameters",
        "README.md",
        "client.in_path().number(289032373).price(2.5).lent(false).day(\"2024-05-01\")",
    ),
    ("examples_of_parameters", "README.md", ".kind(\"short story\").pages2(vec![1_i64, 2_i64]).send()"),
    ("foreign_types", "src/types.rs", "pub metal: Option<Metal>,"),
    (
        "further_documentation",
        "README.md",
        "See also [The \\[guide\\] of \\`all\\` things](https://register.example/docs).",
    ),
    ("further_documentation", "README.md", "### Users See also <https://register.example/docs/users%5F%28new%29>."),
    ("further_documentation", "src/client.rs", "/// See also `docs/users.md`: How to add. /// /// # Links"),
    (
        "further_documentation",
        "src/client.rs",
        "where `user_id` is `/id` of the body of the answer, and `fields` is `all`. The new user, if `id` is *there*.",
    ),
    (
        "further_documentation",
        "src/client.rs",
        "/// - `201`: [`log`](Self::log), where `unknown` is `7`, and `body` is the body of the answer.",
    ),
    ("further_documentation", "src/client.rs", "where `user_id` is the header `Location` of the answer."),
    (
        "further_documentation",
        "src/types.rs",
        "/// See also [All about \\<users\\>\\_ and more](https://register.example/docs/user).",
    ),
    ("further_documentation", "src/types.rs", "/// Its id. /// /// See also [Ids](https://register.example/docs/id)."),
    ("headers", "src/operations/list_crates.rs", "pub fn x_total(&self) -> Result<i64, salla_runtime::HeaderError> {"),
    ("integers", "src/types.rs", "pub id: u64,"),
    ("integers", "src/types.rs", "pub size: Option<i64>,"),
    ("integers", "src/types.rs", "pub wide: Option<salla_runtime::Number>,"),
    ("integers", "tests/examples.rs", "let decoded: T = salla_runtime::codegen::decode_json(example)"),
    ("json_parameters", "src/operations/search.rs", ".header_as(Style::Json, \"X-Word\", &x_word)"),
    ("maps", "src/types.rs", "#[serde(flatten)] pub extra: BTreeMap<String, String>,"),
    ("media_types", "src/operations/label_as_json.rs", "Result<Response<salla_runtime::Bytes>,"),
    ("names_of_fields", "src/types.rs", "#[serde(rename = \"@type\")] pub type_: String,"),
    ("names_of_fields", "src/types.rs", "skip_serializing_if = \"Option::is_none\")] pub field_name: Option<String>,"),
    ("names_of_fields", "src/types.rs", "#[serde(rename = \"per_page\", default,"),
    ("names_of_fields", "src/types.rs", "extra: Ok(Default::default()),"),
    ("names_of_types", "src/types.rs", "pub sales: Option<Percentage2>,"),
    ("names_of_types", "src/types.rs", "pub office: Option<RatesOffice2>,"),
    ("names_of_values", "src/types.rs", "Self::Greater => \">\","),
    ("names_of_values", "src/types.rs", "Self::Percentage2 => \"percentage\","),
    ("names_of_values", "src/types.rs", "Self::Self2 => \"Self\","),
    ("null_in_requests", "src/types.rs", "pub tags: Option<salla_runtime::php::Nullable<Vec<String>>>,"),
    (
        "null_in_requests",
        "src/types.rs",
        "pub next: Option<salla_runtime::php::Nullable<::std::boxed::Box<ProfileChange>>>,",
    ),
    (
        "null_in_requests",
        "src/types.rs",
        "pub struct NewProfile { /// `nickname` #[serde(default)] pub nickname: Option<String>,",
    ),
    ("callbacks", "src/types.rs", "/// The end of a draw. /// /// The payload of the callback `closed`."),
    ("callbacks", "src/types.rs", "pub struct ClosedPutPayload(pub Vec<Draw>);"),
    ("numbers_and_dates", "src/types.rs", "pub opened: Option<String>,"),
    ("only_schemas", "src/types.rs", "pub enum Kind {"),
    ("open_api_3_1", "src/types.rs", "/// The payload of the webhook `play.moved`."),
    ("open_api_3_1", "src/types.rs", "pub year: Option<i64>,"),
    ("operation_ids", "src/client.rs", "pub fn get_places_id_cars(&self)"),
    ("operation_ids", "src/client.rs", "pub fn put_barriers(&self)"),
    ("operation_ids", "src/client.rs", "pub fn n123_go(&self)"),
    ("pages", "src/operations/files.rs", "impl Paged for"),
    (
        "parameters",
        "src/operations/in_query.rs",
        "pub fn stops<V>(mut self, value: V) -> Self where V: TryInto<Vec<String>>",
    ),
    ("parts", "src/operations/add_report.rs", ".file(\"photo\", &photo)"),
    ("paths", "README.md", "### Places | operation | request | summary | |---|---|---| | `one` |"),
    ("paths", "src/operations/streets_by_name.rs", "/streets"),
    ("queries", "src/operations/find.rs", "/// Sends `type` with an empty value: `type=`."),
    ("queries", "src/operations/find.rs", "/// Reserved characters and percent-encoded triples are sent as they are,"),
    ("recursion", "src/types.rs", "pub next: Option<::std::boxed::Box<House>>,"),
    ("recursion", "src/types.rs", "pub home: Option<::std::boxed::Box<House>>,"),
    ("recursion", "src/types.rs", "pub annex: Option<salla_runtime::php::Nullable<::std::boxed::Box<House>>>,"),
    ("security", "src/operations/without.rs", ".secured(&[]);"),
    ("security", "src/operations/by_all.rs", ".secured(&[&[0, 1, 2, 4]]);"),
    ("security", "src/client.rs", "/// Credentials: `session` and `oauth`, or `basic_auth`, or `query_key`."),
    ("servers_of_operations", "src/operations/stock.rs", "Operation::new(\"stock\", Method::GET, \"/stock\");"),
    ("servers_of_operations", "src/operations/read_file.rs", ".secured(&[&[1]]) .served_by(0);"),
    ("servers_of_operations", "src/client.rs", "/// Server: `https://files.example/v1`. Files."),
    ("servers_of_operations", "src/client.rs", "/// Server: `/admin`, relative to the base URL."),
    ("servers_of_operations", "README.md", "| `https://files.example/v1` | `replace_stock`, `read_file`, `list` |"),
    ("servers_of_operations", "README.md", "`https://{region}.depot.example/{base}` | `eu` or `us`; default `eu` |"),
    ("streams", "src/operations/list_readings.rs", "Response<salla_runtime::ItemStream<types::Reading>>,"),
    ("streams", "src/operations/list_readings.rs", "ServiceUnavailable(String),"),
    ("streams", "src/operations/watch_readings.rs", "ItemStream<salla_runtime::Event<types::Reading>>"),
    ("streams", "src/operations/follow_reports.rs", "ItemStream<salla_runtime::Event<String>>"),
    ("streams", "src/operations/follow_alarms.rs", "ItemStream<salla_runtime::Event<types::Problem>>"),
    ("streams", "src/operations/list_both.rs", "Response<types::ListBothResponse>,"),
    ("streams", "README.md", "`list_readings`, `measure`, `watch_readings`, `follow_reports`, `follow_alarms`."),
    (
        "single_values",
        "src/operations/list.rs",
        "/// The format. /// /// It is `18446744073709551615` unless it is set.",
    ),
    (
        "uploads",
        "src/operations/add_photo.rs",
        "pub fn more<V>(mut self, value: V) -> Self where V: TryInto<Vec<salla_runtime::File>>",
    ),
];

/// The tests of a crate that uses the crates of the corpus, by the names of their files.
pub const CONSUMER: &[(&str, &str)] = &[
    ("consumer", include_str!("consumer.rs")),
    ("choices", include_str!("choices.rs")),
    ("credentials", include_str!("credentials.rs")),
    ("documented", include_str!("documented.rs")),
    ("headers", include_str!("headers.rs")),
    ("names_and_items", include_str!("names_and_items.rs")),
    ("payloads", include_str!("payloads.rs")),
    ("queries", include_str!("queries.rs")),
    ("servers", include_str!("servers.rs")),
    ("single_values", include_str!("single_values.rs")),
    ("streams", include_str!("streams.rs")),
    ("values", include_str!("values.rs")),
];

/// The crates that it uses.
pub const CONSUMED: &[&str] = &[
    "bases_of_choices",
    "callbacks",
    "choices_by_tags",
    "constraints",
    "directions",
    "enumerations",
    "headers",
    "integers",
    "json_parameters",
    "null_in_requests",
    "open_api_3_1",
    "parts",
    "queries",
    "rules_for_names",
    "security",
    "servers_of_operations",
    "single_values",
    "streams",
];

#[test]
fn every_document_begins_with_a_comment_and_nothing_else_is_in_the_folder() {
    for entry in fs::read_dir(folder()).expect("the corpus is there") {
        let path = entry.expect("it can be listed").path();
        assert!(path.extension().is_some_and(|extension| extension == "yaml"), "{} is not a document", path.display());
        let name = crates::name(&path);
        assert!(crates().made.contains_key(&name), "{name} is not generated");
        let text = fs::read_to_string(&path).expect("it is text");
        assert!(
            text.starts_with("# ") && text.lines().count() < 100,
            "{name}: expected a small document that begins with a comment"
        );
    }
}

#[test]
fn each_rule_of_a_decision_is_exercised() {
    let made: BTreeSet<&str> = crates().made.values().flat_map(Made::rules).collect();
    let missing: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).filter(|name| !made.contains(name)).collect();
    assert!(missing.is_empty(), "no document exercises {missing:?}: add one to {}", folder().display());
}

#[test]
fn each_crate_has_the_code_that_its_document_is_about() {
    crates();
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    for (name, file, fact) in FACTS {
        let text = fs::read_to_string(crates::folder().join(name).join(file))
            .unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
        assert!(plain(&text).contains(&plain(fact)), "{name}/{file} has no `{fact}`:\n{text}");
    }
}

#[test]
#[ignore = "a part of the step `lint` of `.ci/run`, which has built what clippy needs"]
fn the_crates_are_without_warnings_of_clippy() {
    cargo(&["clippy", "--all-targets", "--keep-going"], &["--", "--deny", "warnings"]);
}

#[test]
#[ignore = "a part of the step `docs` of `.ci/run`"]
fn the_documentation_of_the_crates_is_without_warnings() {
    cargo(&["doc", "--no-deps", "--keep-going"], &[]);
}

#[test]
fn the_calls_in_the_documentation_compile() {
    cargo(&["test", "--doc", "--no-fail-fast"], &[]);
}

#[test]
fn the_examples_of_the_documents_round_trip_through_their_crates() {
    let made = &crates().made;
    for (name, made) in made {
        assert_eq!(made.tests > 0, made.examples > 0, "{name}: {} examples, {} tests", made.examples, made.tests);
    }
    let emitted: usize = made.values().map(|made| made.tests).sum();
    let of_consumer: usize = CONSUMER.iter().map(|(_, text)| text.matches("test]\n").count()).sum();
    let text = tested();
    let results = text.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    let passed: usize = results.filter_map(|count| count.parse::<usize>().ok()).sum();
    assert_eq!(passed, emitted + of_consumer, "{text}");
}

/// Returns the folder of the documents.
pub fn folder() -> PathBuf {
    workspace().join("xtask/tests/corpus")
}
