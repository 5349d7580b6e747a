//! Mistakes that a person makes in the contract: each is refused at its line. A valid edit changes the crate as
//! described.
//!
//! An edit replaces the first occurrence of a text after the first occurrence of another. A slip changes or adds one
//! line, whose number is the expected one unless the case names another line.

use std::fs;

use crate::findings::Finding;
use crate::fixture::contract;
use crate::support::Fixture;

/// The line of the finding that a slip leads to.
#[derive(Clone, Copy)]
enum At {
    /// The edited line.
    Edit,
    /// The line with this text. The edited line is a related place.
    Shown(&'static str),
    /// The line with this text, because the document does not determine which line was edited.
    Line(&'static str),
}

use At::{Edit, Line, Shown};

/// A slip: the text that precedes it, the right text, the wrong text, the code of the finding, and its line.
type Slip = (&'static str, &'static str, &'static str, &'static str, At);

const YAML: &[Slip] = &[
    ("info:", "  title", "\ttitle", "invalid-yaml", Edit),
    ("info:", "  version", " version", "invalid-yaml", Edit),
    ("", "openapi: 3.0.3", "  openapi: 3.0.3", "invalid-yaml", Edit),
    ("", "\npaths:", "\n---\npaths:", "several-documents", Line("---")),
    ("", "\"Invalid-token\"", "\"Invalid-token", "invalid-yaml", Edit),
    ("", "servers:", "servers", "invalid-yaml", Edit),
    ("operationId:", "      tags", "      operationId: list_points\n      tags", "duplicate-key", Edit),
    ("The number of this page", "\n    PaginationLinks:", "\n    Pagination:", "duplicate-key", Edit),
];

const WORDS: &[Slip] = &[
    ("", "openapi: 3.0.3", "openapi: 3.O.3", "unsupported-version", Edit),
    ("", "openapi:", "openAPI:", "not-openapi", Line("openAPI:")),
    ("", "\nservers:", "\nserver:", "unknown-field", Edit),
    ("info:", "version:", "versoin:", "unknown-field", Edit),
    ("", "- url: https://echo", "- ulr: https://echo", "unknown-field", Edit),
    ("", "operationId:", "operationID:", "unknown-field", Edit),
    ("operationId:", "summary:", "sumary:", "unknown-field", Edit),
    ("operationId:", "parameters:", "parametres:", "unknown-field", Edit),
    ("operationId:", "responses:", "respones:", "unknown-field", Edit),
    ("- name: customer_id", "example:", "exmaple:", "unknown-field", Edit),
    ("- name: customer_id", "required: true", "requried: true", "unknown-field", Edit),
    ("    LoyaltyPointsPage:", "required:", "requird:", "unknown-field", Edit),
    ("    LoyaltyPointsEntry:", "required:", "requird:", "unknown-field", Edit),
    ("    PaginationLinks:\n", "properties:", "propertis:", "unknown-field", Edit),
    ("    PaginationLinks:\n", "          description:", "          descripton:", "unknown-field", Edit),
    ("    PaginationLinks:\n", "type: string", "type: string\n          enmu: [a]", "unknown-field", Edit),
    ("        notes:\n", "nullable:", "nullabel:", "unknown-field", Edit),
    ("    FieldMessages:\n", "additionalProperties:", "additionalProperty:", "unknown-field", Edit),
    ("    ErrorCode:\n", "oneOf:", "onOf:", "unknown-field", Edit),
    ("    LoyaltyPointsPage:", "items:", "itmes:", "unknown-field", Edit),
    ("    Integer:\n", "format:", "fromat:", "unknown-field", Edit),
    ("    Integer:\n", "oneOf:", "onOf:", "unknown-field", Edit),
    ("    PageSize:\n", "maximum:", "maxinum:", "unknown-field", Edit),
    ("        used_points:\n", "allOf:", "allof:", "unknown-field", Edit),
    ("        success:\n", "boolean", "bolean", "unknown-word", Edit),
    ("    Integer:\n", "type: integer", "type: integr", "unknown-word", Edit),
    ("", "\"401\":\n          $ref", "\"4O1\":\n          $ref", "invalid-key", Edit),
    ("operationId:", "\"200\":", "\"20O\":", "invalid-key", Edit),
    ("operationId:", "application/json", "application-json", "invalid-key", Edit),
    ("    Unauthorized:", "application/json", "aplication/json", "invalid-key", Edit),
    ("\"401\":", "$ref", "$erf", "unknown-field", Edit),
    ("    LoyaltyPointsPage:", "$ref", "ref", "unknown-field", Edit),
    ("", "\ncomponents:", "\ncomponets:", "unknown-field", Edit),
    ("components:", "  responses:", "  respones:", "unknown-field", Edit),
    ("components:", "securitySchemes:", "securitySchema:", "unknown-field", Edit),
    ("    OptionalDateTime:\n", "oneOf:", "onOf:", "unknown-field", Edit),
    ("    DateTime:\n", "schemas/Date\"", "schemas/Dat\"", "unresolved-reference", Edit),
    ("    Date:\n", "type: object", "type: objct", "unknown-word", Edit),
];

const LEVELS: &[Slip] = &[
    ("operationId:", "        default:", "      default:", "unknown-field", Edit),
    ("", "  /customers/loyalty/points:", "/customers/loyalty/points:", "unknown-field", Edit),
    ("    LoyaltyPointsPage:", "        pagination:", "      pagination:", "unknown-field", Edit),
    ("    Identifier:", "        path:", "      path:", "unknown-field", Edit),
    ("", "        previous:\n", "      previous:\n", "unknown-field", Edit),
    ("- name: per_page", "            maximum:", "          maximum:", "unknown-field", Edit),
    (
        "- name: page",
        "            minimum: 1",
        "            style: form\n            minimum: 1",
        "unknown-field",
        Edit,
    ),
];

const KINDS: &[Slip] = &[
    ("    UnauthorizedDetail:\n", "[code, message]", "code", "wrong-kind", Edit),
    ("- name: per_page", "minimum: 1", "minimum: \"1\"", "wrong-kind", Edit),
    ("- name: customer_id", "required: true", "required: \"true\"", "wrong-kind", Edit),
    ("        notes:\n", "nullable: true", "nullable: yes", "wrong-kind", Edit),
    ("operationId:", "[Loyalty Points]", "Loyalty Points", "wrong-kind", Edit),
    ("    OptionalDateTime:\n", "maxItems: 0", "maxItems: -1", "wrong-kind", Edit),
    ("", "x-required-scopes: [customers.read]", "x-required-scopes: customers.read", "wrong-kind", Edit),
    ("        notes:\n", "page: Not in", "page: [Not] #", "wrong-kind", Edit),
];

const COPIES: &[Slip] = &[
    ("", "- name: per_page", "- name: page", "duplicate-parameter", Edit),
    ("\ntags:", "\n\n", "\n  - name: Loyalty Points\n\n", "duplicate-tag", Edit),
    ("/OtherFailure\"", "\n\n", SECOND_OPERATION, "duplicate-operation-id", Edit),
    ("    LoyaltyPointsEntry:", "created_at]", "created_at, name]", "duplicate-required-name", Edit),
    ("    ErrorDetail:", "required: [code, message]", "required: [code, code]", "duplicate-required-name", Edit),
];

const SECOND_OPERATION: &str =
    "\n    delete: {operationId: list_customer_loyalty_points, responses: {'204': {description: d}}}\n\n";

const REFERENCES: &[Slip] = &[
    ("", "schemas/LoyaltyPointsPage", "schemas/LoyaltyPointPage", "unresolved-reference", Edit),
    ("", "schemas/Pagination\"", "schemas/pagination\"", "unresolved-reference", Edit),
    ("", "#/components/schemas/ErrorBody", "#/components/schema/ErrorBody", "misplaced-reference", Edit),
    ("", "#/components/schemas/FieldMessages", "#/component/schemas/FieldMessages", "misplaced-reference", Edit),
    ("", "#/components/schemas/ErrorDetail", "#/components/responses/ErrorDetail", "misplaced-reference", Edit),
    ("", "#/components/responses/RateLimited", "#/components/responses/RateLimitd", "unresolved-reference", Edit),
    ("", "#/components/responses/RateLimited", "components/responses/RateLimited", "external-reference", Edit),
    ("", "\n    ErrorBody:", "\n    ErorBody:", "unresolved-reference", Shown("schemas/ErrorBody")),
    ("", "\n    Unauthorized:", "\n    Unauthorised:", "unresolved-reference", Shown("responses/Unauthorized")),
];

const OPERATIONS: &[Slip] = &[
    ("- name: per_page", "in: query", "in: qurey", "unknown-parameter-place", Edit),
    ("- name: per_page", "in: query", "in: query\n          style: from", "invalid-style", Edit),
    ("- name: per_page", "in: query", "in: query\n          style: matrix", "invalid-style", Edit),
    ("", "/customers/loyalty/points:", "/customers/{id}/points:", "undefined-path-parameter", Edit),
    ("", "/customers/loyalty/points:", "customers/loyalty/points:", "invalid-key", Edit),
    ("", "/customers/loyalty/points:", "/customers/{loyalty/points:", "invalid-path", Edit),
    ("- name: customer_id", "in: query", "in: path", "unused-path-parameter", Line("- name: customer_id")),
    ("", "https://api.salla.dev/admin/v2", "https://api.salla.dev/{v2}", "undefined-server-variable", Edit),
    ("", "https://api.salla.dev/admin/v2", "https//api.salla.dev/admin/v2", "invalid-server-url", Edit),
    ("", "- bearer:", "- baerer:", "undefined-security-scheme", Edit),
    ("securitySchemes:", "scheme: bearer", "scheme: barer", "invalid-security-scheme", Edit),
    ("securitySchemes:", "bearer:", "token:", "undefined-security-scheme", Line("  - bearer: []")),
    ("", "\n    Date:", "\n    Un used: {}\n    Date:", "invalid-component-name", Edit),
];

const EXTENSIONS: &[Slip] = &[
    ("", "items: /data", "items: /dta", "pagination-pointer", Edit),
    ("", "total_pages: /pagination/totalPages", "total_pages: /pagination/totalPage", "pagination-pointer", Edit),
    ("x-pagination:", "page: page", "page: pgae", "pagination-parameter", Edit),
    ("x-pagination:", "page: page", "pgae: page", "invalid-pagination", Edit),
    ("x-pagination:", "total_pages:", "total_page:", "invalid-pagination", Edit),
    ("x-pagination:", "total: /pagination/total", "total: 39", "invalid-pagination", Edit),
    ("", "x-pagination:", "x-paginaton:", "unknown-extension", Edit),
    ("", "x-required-scopes:", "x-required-scope:", "unknown-extension", Edit),
    ("", "x-required-scopes: [customers.read]", "x-required-scopes: [1]", "wrong-kind", Edit),
    ("    Identifier:", "x-rust-type:", "x-rust-typ:", "unknown-extension", Edit),
    ("    Identifier:", "salla_runtime::Id", "salla_runtime::Idd", "invalid-rust-type", Edit),
    ("    Identifier:", "crate: salla-runtime", "crate: salla-runtim", "invalid-rust-type", Edit),
    ("    Identifier:", "crate:", "craet:", "invalid-rust-type", Edit),
    ("    Identifier:", "version: \"*\"", "version: 1", "invalid-rust-type", Edit),
    ("    Identifier:", "version: \"*\"", "version: any", "invalid-rust-type", Edit),
    ("    Identifier:", "path: \"salla_runtime::Id\"", "path: Id", "invalid-rust-type", Edit),
    ("x-pagination:", "page: page", "page: 1", "invalid-pagination", Edit),
    ("operationId:", "\"401\":", "x-deviaton: {page: a, why: b}\n        \"401\":", "unknown-extension", Edit),
    ("paths:", "\n", "\n  x-deviation: a slip\n", "wrong-kind", Edit),
    ("    ErrorCode:", "x-deviation:", "x-deviations:", "unknown-extension", Edit),
    ("    ErrorCode:", "why:", "wy:", "unknown-field", Edit),
    ("    ErrorCode:", "differs:", "difers:", "unknown-field", Edit),
    ("    ErrorCode:", "type string", "type strin", "unknown-field", Edit),
    ("    ErrorCode:", "differs: [type string]", "differs: type string", "wrong-kind", Edit),
    ("    ErrorCode:", "x-deviation:", "x-pagination: {}\n      x-deviation:", "unknown-extension", Edit),
    ("    Integer:", "x-rust-decode:", "x-rust-decoder:", "unknown-extension", Edit),
    ("    Integer:", "php::integer", "php::intger", "invalid-decode", Edit),
];

const VALUES: &[Slip] = &[
    (
        "    LoyaltyPointsEntry:",
        "        name:",
        "        nmae:",
        "undefined-required-property",
        Shown("[name, points"),
    ),
    ("    LoyaltyPointsEntry:", "[name,", "[nmae,", "undefined-required-property", Edit),
    ("    Pagination:", "totalPages:", "totalPage:", "undefined-required-property", Shown("[count, total, perPage")),
    ("    LoyaltyPointsEntry:", "        notes:", "        note:", "undescribed-property", Shown("\"reason text\"")),
    ("    LoyaltyPointsEntry:", "        notes:", "        text:", "undescribed-property", Line("\"reason text\"")),
    ("value:", "notes:", "note:", "undescribed-property", Edit),
    ("value:", "used_points:", "usedpoints:", "undescribed-property", Edit),
    ("value:", "timezone_type:", "timezonetype:", "undescribed-property", Edit),
    ("value:", "data:", "dta:", "undescribed-property", Edit),
    ("value:", "points: 900", "points: many", "example-mismatch", Edit),
    ("value:", "status: 401", "status: \"401\"", "example-mismatch", Edit),
    ("- name: per_page", "maximum: 60", "maximum: 60\n            default: all", "default-mismatch", Edit),
    ("- name: per_page", "minimum: 1", "minimum: 61", "inverted-bounds", Line("            maximum: 60")),
    ("    Integer:", "\"^-?[0-9]+$\"", "\"^-?[0-9+$\"", "invalid-pattern", Edit),
];

/// A valid edit: the changes of the contract, a file of the crate, a text that the file has afterwards, and one that it
/// does not have.
type ValidEdit = (&'static [Change], &'static str, &'static str, &'static str);

/// A change: the text that precedes it, a text, and the text in its place.
type Change = (&'static str, &'static str, &'static str);

const OPERATION: &str = "src/operations/list_customer_loyalty_points.rs";

const VALID: &[ValidEdit] = &[
    (RENAMED_PROPERTY, "src/types.rs", "pub remarks: Option<String>", "pub notes:"),
    (&[("", "version: 0.1.0", "version: 0.2.0")], "Cargo.toml", "version = \"0.2.0\"", ""),
    (&[("", "https://api.salla.dev/admin/v2", "https://api.salla.dev/v3")], "src/client.rs", "api.salla.dev/v3", ""),
    (&[("operationId:", "list_customer_loyalty_points", "list_points")], "src/client.rs", "fn list_points(", ""),
    (
        &[("operationId:", "of one customer", "of a customer")],
        "src/client.rs",
        "history of a customer",
        "of one customer",
    ),
    (&[("", "      summary:", "      deprecated: true\n      summary:")], "src/client.rs", "#[deprecated", ""),
    (&[("- name: per_page", "maximum: 60", "maximum: 100")], OPERATION, "at most 100.", "at most 60."),
    (&[("    PaginationLinks:", NEXT_DESCRIPTION, "")], "src/types.rs", "pub next:", "address of the next page"),
    (&[("    LoyaltyPointsEntry:", "used_points, ", "")], "src/types.rs", "pub used_points: Option<i64>", ""),
    (
        &[("- name: page", "minimum: 1", "minimum: 0")],
        OPERATION,
        "does not check: at least 0.",
        "does not check: at least 1.",
    ),
    (&[("    ErrorDetail:", "code, message", "code")], "src/types.rs", "pub message: Option<String>", ""),
    (&[("", "        previous:", "        last: {type: string}\n        previous:")], "src/types.rs", "pub last:", ""),
];

const RENAMED_PROPERTY: &[Change] = &[
    ("    LoyaltyPointsEntry:", "        notes:", "        remarks:"),
    ("value:", "notes:", "remarks:"),
    ("\"reason text\"", "notes:", "remarks:"),
];

const NEXT_DESCRIPTION: &str = "          description: The address of the next page. It is absent on the last page.\n";

#[test]
fn slips_in_the_yaml_are_refused() {
    assert_refused(YAML);
}

#[test]
fn misspelt_words_are_refused() {
    assert_refused(WORDS);
}

#[test]
fn fields_at_the_wrong_level_are_refused() {
    assert_refused(LEVELS);
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    assert_refused(KINDS);
}

#[test]
fn copied_names_are_refused() {
    assert_refused(COPIES);
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    assert_refused(REFERENCES);
}

#[test]
fn slips_in_operations_and_servers_are_refused() {
    assert_refused(OPERATIONS);
}

#[test]
fn slips_in_extensions_are_refused() {
    assert_refused(EXTENSIONS);
}

#[test]
fn slips_in_properties_and_values_are_refused() {
    assert_refused(VALUES);
}

#[test]
fn there_are_at_least_100_slips() {
    let all = [YAML, WORDS, LEVELS, KINDS, COPIES, REFERENCES, OPERATIONS, EXTENSIONS, VALUES];
    assert!(all.iter().map(|slips| slips.len()).sum::<usize>() >= 100);
}

#[test]
fn a_valid_edit_changes_the_crate() {
    let contract = contract();
    let mut wrong = String::new();
    for (changes, file, present, absent) in VALID {
        let edited = changes.iter().fold(contract.clone(), |text, change| edit(&text, change));
        let fixture = Fixture::with(&edited);
        fixture.generate(&["--strict"]).exits(0, &format!("{changes:?}"));
        let code = fs::read_to_string(fixture.out().join(file)).unwrap_or_default();
        if !code.contains(present) || (!absent.is_empty() && code.contains(absent)) {
            wrong += &format!("{changes:?}: expected `{present}` in {file}, and not `{absent}`\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Returns the text with one change.
#[track_caller]
fn edit(text: &str, (behind, old, new): &Change) -> String {
    let start = text.find(behind).unwrap_or_else(|| panic!("the contract has no `{behind}`")) + behind.len();
    let found = text[start..].find(old).unwrap_or_else(|| panic!("the contract has no `{old}` behind `{behind}`"));
    let at = start + found;
    format!("{}{new}{}", &text[..at], &text[at + old.len()..])
}

#[track_caller]
fn assert_refused(slips: &[Slip]) {
    let contract = contract();
    let wrong: String = slips.iter().filter_map(|slip| misjudged(&contract, slip)).collect();
    assert!(wrong.is_empty(), "other findings than expected:\n{wrong}");
}

/// Returns the difference from the expected findings of a slip. The first finding must be the expected one.
fn misjudged(contract: &str, (behind, old, new, code, at): &Slip) -> Option<String> {
    let text = edit(contract, &(behind, old, new));
    let run = Fixture::with(&text).check(&["--strict", "--message-format", "json"]);
    let errors: Vec<Finding> = run.findings().into_iter().filter(|finding| finding.severity == "error").collect();
    let edited = edited_line(contract, &text);
    let (line, must_name_edit) = match at {
        Edit => (edited, true),
        Shown(other) => (line_of(&text, other), true),
        Line(other) => (line_of(&text, other), false),
    };
    let is_right = errors.first().is_some_and(|first| {
        let names_edit = first.line == Some(edited) || first.related.contains(&edited);
        first.code == *code && first.line == Some(line) && (names_edit || !must_name_edit)
    });
    let found: Vec<_> = errors.iter().map(|error| format!("    {error:?}\n")).collect();
    let found = found.concat();
    let is_refused = run.code == Some(2) && is_right;
    (!is_refused).then(|| format!("{old:?} -> {new:?} on line {edited}: expected {code} on line {line}\n{found}"))
}

/// Returns the number of the first line that differs.
fn edited_line(before: &str, after: &str) -> usize {
    before.lines().zip(after.lines()).take_while(|(before, after)| before == after).count() + 1
}

/// Returns the number of the first line with this text.
fn line_of(text: &str, part: &str) -> usize {
    let found = text.lines().position(|line| line.contains(part));
    found.unwrap_or_else(|| panic!("no line has `{part}`")) + 1
}
