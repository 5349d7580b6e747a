//! The codes of findings: one for each kind of thing that can be wrong, stable across versions.
//!
//! Users search for codes and link to them, so a code never changes; a message may improve. Each code has a reason: why
//! its findings matter to a generated client. A test compares the tables of `xtask/README.md` with this list.

use std::fmt;

/// Defines [`Code`] with a variant for each line: the variant, its name, and why it matters.
macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal)*) => {
        /// The kind of a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
            /// A note about a decision of `resolve`, with the name of its rule.
            Decision(&'static str),
        }

        impl Code {
            /// All codes of findings by subject, without those of decisions.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the printed form of the code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Decision(name) => name,
                }
            }

            /// Returns why findings of this kind matter to a generated client.
            #[must_use]
            pub const fn why(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                    Self::Decision(_) =>
                        "Rust forces the client to decide this; the client still follows the document",
                }
            }
        }
    };
}

codes! {
    // The file.
    UnreadableDocument "unreadable-document"
        "the client is made from its documents alone"
    DocumentTooLarge "document-too-large"
        "the generator reads no more than 64 MiB, so that the wrong file cannot use up the memory"
    NotUtf8 "not-utf8"
        "names and texts of the document end up in Rust source, which is UTF-8"
    NoDocumentInPage "no-document-in-page"
        "a Markdown page is read if it has exactly one fenced block with an OpenAPI document"
    EmptyDocument "empty-document"
        "an empty document describes no operation, so the client would have no method"
    // YAML and JSON.
    InvalidYaml "invalid-yaml"
        "a reader would have to guess what is meant, and two readers guess differently"
    InvalidJson "invalid-json"
        "a reader would have to guess what is meant, and two readers guess differently"
    SeveralDocuments "several-documents"
        "a file has one document, and this one does not say which of these is meant"
    ControlCharacter "control-character"
        "YAML does not allow it, and other readers of the document would stop here"
    DuplicateKey "duplicate-key"
        "a reader keeps only one of the two values, and readers differ in which one"
    NestedTooDeeply "nested-too-deeply"
        "the generator follows each level by recursion, and a document without a limit could exhaust its stack"
    AliasExpansion "alias-expansion"
        "a short text with aliases can expand to one that uses up the memory"
    BeyondJson "beyond-json"
        "an OpenAPI document has the values of JSON, and the client's examples, defaults and names are made of those"
    // The version and the structure.
    NotOpenapi "not-openapi"
        "only what OpenAPI describes can be turned into operations and types"
    UnsupportedVersion "unsupported-version"
        "the generator reads OpenAPI 3.0 and 3.1; in other versions the same words can mean something else"
    WrongKind "wrong-kind"
        "another kind of value is expected here: tools ignore this one, or differ in how they read it"
    MissingField "missing-field"
        "a field that is required here is missing, so the document is incomplete for a client or its readers"
    InvalidKey "invalid-key"
        "the key is data here, such as a path or a status, and no request or response has this one"
    UnknownField "unknown-field"
        "no such field is defined here, so tools may ignore the field; often the name is misspelt"
    UnknownWord "unknown-word"
        "the specification allows only certain words here, and tools differ in how they read others"
    ConflictingFields "conflicting-fields"
        "the specification does not allow these together, and tools differ in which one they use"
    InvalidComponentName "invalid-component-name"
        "the specification allows ASCII letters, digits, `.`, `-` and `_` only; other tools reject the name"
    DuplicateTag "duplicate-tag"
        "the names of tags must be unique; tools drop one of the two, or show the operation twice"
    // References.
    RefSibling "ref-sibling"
        "OpenAPI ignores this field beside a reference, and tools differ in whether they read it"
    ExternalReference "external-reference"
        "references are followed to files in the folder of the document; nothing is fetched, and nothing outside is read"
    MisplacedReference "misplaced-reference"
        "an object of a certain kind is needed here, and the reference does not lead to one"
    UnresolvedReference "unresolved-reference"
        "the document does not contain what is named here, so the client cannot use it"
    CircularDefinition "circular-definition"
        "a definition that refers to itself, other than through a property or an item, cannot be a Rust type"
    // Schemas.
    EmptyComposition "empty-composition"
        "the list must have at least one schema; the client ignores an empty one"
    ContradictoryTypes "contradictory-types"
        "no JSON value is of two types, so no value fits the schema"
    EmptyEnum "empty-enum"
        "no value fits an empty list, so the client ignores the list"
    DuplicateEnumValue "duplicate-enum-value"
        "the second entry may be a mistake for another value, which the client would not know"
    MisfitEnumValue "misfit-enum-value"
        "the schema excludes a value that it lists, so the value cannot occur or the schema is wrong"
    InvalidPattern "invalid-pattern"
        "an example cannot be checked against an invalid regular expression; the client itself checks no patterns"
    ArrayWithoutItems "array-without-items"
        "`items` gives the type of the elements; without it, they are any JSON value"
    InvertedBounds "inverted-bounds"
        "no value lies between the two bounds, so one of them is wrong"
    NullableWithoutType "nullable-without-type"
        "`nullable` has an effect only beside `type` in OpenAPI 3.0, so tools differ in whether null is allowed"
    UndefinedRequiredProperty "undefined-required-property"
        "no property has this name: after a rename, the client would treat a required property as optional"
    DuplicateRequiredName "duplicate-required-name"
        "the second entry may be a mistake for another property, which the client treats as optional"
    // Examples.
    ExampleMismatch "example-mismatch"
        "examples often show real data: if this one is right, the client may fail to decode or to send it"
    DefaultMismatch "default-mismatch"
        "the server would use a value that its schema excludes; the client itself sends no defaults"
    AmbiguousExample "ambiguous-example"
        "tools differ in which value they read as the example"
    ExampleSpelling "example-spelling"
        "the schema does not allow text, and other tools read the example as text"
    UndescribedProperty "undescribed-property"
        "the example has the property, and the client has no field for it"
    // Extensions.
    InvalidRustType "invalid-rust-type"
        "generated code can use only the types of the runtime that it depends on"
    InvalidDecode "invalid-decode"
        "the generated code calls this function to decode one of several forms; both must be there"
    InvalidPagination "invalid-pagination"
        "the stream of all pages is made from the extension, and needs each of its keys to be right"
    PaginationParameter "pagination-parameter"
        "the stream asks for the next page by setting this parameter"
    PaginationPointer "pagination-pointer"
        "the stream reads the entries and the number of pages there, and must always find them"
    UnknownExtension "unknown-extension"
        "the generator does not know this extension, or does not read it here, so it has no effect"
    // Servers and security.
    InvalidServerUrl "invalid-server-url"
        "the first server is the client's base URL; a URL and the variables of its server must be right and agree"
    UndefinedServerVariable "undefined-server-variable"
        "without a value for the variable the URL is incomplete, so no request can be sent there"
    UndefinedSecurityScheme "undefined-security-scheme"
        "the document does not say how this scheme authenticates a request"
    InvalidSecurityScheme "invalid-security-scheme"
        "the type of a scheme, with its fields, determines how a request is authenticated"
    // Operations.
    NoOperations "no-operations"
        "each operation under `paths` becomes a method, so the client has none"
    DuplicateOperationId "duplicate-operation-id"
        "an id names one operation: a method of the client, or the target of a link"
    IdenticalPaths "identical-paths"
        "the paths match the same URLs, so a server cannot determine which of them a request is for"
    ReferencedPath "referenced-path"
        "the operations of the path item are not found in the document"
    InvalidPath "invalid-path"
        "the client builds URLs from the path, and would request a URL that the server does not have"
    InvalidParameterName "invalid-parameter-name"
        "the name is sent as it is, and no request can carry this one"
    UnknownParameterPlace "unknown-parameter-place"
        "the client does not know where in the request to write the value"
    UndefinedPathParameter "undefined-path-parameter"
        "the client needs a value for each name in braces to build the URL"
    UnusedPathParameter "unused-path-parameter"
        "the path has no place for the value, so the client cannot send it"
    OptionalPathParameter "optional-path-parameter"
        "a request always has a value for each parameter of its path"
    DuplicateParameter "duplicate-parameter"
        "a request carries one value for a parameter, and the client has one setter for it"
    InvalidStyle "invalid-style"
        "the style does not define how to write a value in this place"
    // Unsupported features.
    UnsupportedFeature "unsupported-feature"
        "the document is valid, but the client does not support what is written here"
    // Several documents.
    ConflictingComponents "conflicting-components"
        "several documents give one name to different things, so the names of the client's types depend on documents"
    DuplicateOperation "duplicate-operation"
        "the client has one method for a method and a path, and the documents disagree about it"
    // The generator itself.
    UntestedExample "untested-example"
        "`--emit-tests` makes a test of each example, and none shows whether the client decodes this one"
    GeneratorGap "generator-gap"
        "the checks found no error, and the generator still cannot make a client of the document"
    UnknownShape "unknown-shape"
        "progenitor wrote code that the generator does not know, and a guess could give a wrong client"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_words_joined_by_hyphens_and_each_is_there_once() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            assert!(name.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric())));
            assert_eq!(name, name.to_lowercase());
        }
    }

    #[test]
    fn the_tables_of_the_readme_are_this_list() {
        let (_, tables) = include_str!("../../README.md").split_once("## Codes").unwrap();
        let rows: Vec<_> = tables.lines().filter(|line| line.starts_with("| `")).collect();
        let codes: Vec<_> = Code::ALL.iter().map(|code| format!("| `{code}` | {} |", code.why())).collect();
        assert_eq!(rows, codes);
    }

    #[test]
    fn the_code_of_a_decision_is_the_name_of_its_rule() {
        assert_eq!(Code::Decision("name_schemas").to_string(), "name_schemas");
    }
}
