//! The codes of findings: one for each kind of thing that can be wrong, stable across versions.
//!
//! A code is what one searches for and links to, while the words of a message may get better. Each says why its
//! findings matter to a generated client; the tables of `xtask/README.md` are held to this list by a test.

use std::fmt;

/// Defines [`Code`] with a variant for each line: the variant, its name, and why it matters.
macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal)*) => {
        /// What kind of finding a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
            /// A note about what a lowering, which it names, has changed for progenitor.
            Lowering(&'static str),
        }

        impl Code {
            /// Every code of a finding, those of lowerings excepted, by subject.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it is printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Lowering(name) => name,
                }
            }

            /// Why findings of this kind matter to a generated client.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                    Self::Lowering(_) =>
                        "progenitor does not take the document as it is; the client still does what the document says",
                }
            }
        }
    };
}

codes! {
    // The file.
    UnreadableDocument "unreadable-document"
        "the client is made from this file alone: without it there is nothing to make"
    DocumentTooLarge "document-too-large"
        "what would take all memory is refused before it is read, so that a wrong file cannot stop the machine"
    NotUtf8 "not-utf8"
        "names and texts of the document end up in Rust source, which is UTF-8"
    EmptyDocument "empty-document"
        "an empty document describes no operation, so the client would have no method"
    // YAML and JSON.
    InvalidYaml "invalid-yaml"
        "a reader would have to guess what is meant, and two readers guess differently"
    InvalidJson "invalid-json"
        "a reader would have to guess what is meant, and two readers guess differently"
    SeveralDocuments "several-documents"
        "a client is made from one document, and which of these is meant cannot be told"
    ControlCharacter "control-character"
        "YAML does not allow it, and other readers of the document would stop here"
    DuplicateKey "duplicate-key"
        "a reader keeps one of the two, and not every reader the same one: half of what is written would be lost silently"
    NestedTooDeeply "nested-too-deeply"
        "each level of the document is a level of the generator's recursion, and of the types in the client"
    AliasExpansion "alias-expansion"
        "a short text that stands for an endless one would take all memory"
    BeyondJson "beyond-json"
        "an OpenAPI document has the values of JSON, and the client's examples, defaults and names are made of those"
    // The version and the structure.
    NotOpenapi "not-openapi"
        "only what OpenAPI describes can be turned into operations and types"
    UnsupportedVersion "unsupported-version"
        "the same words mean other things in other versions: read as 3.0, the document would give a client with wrong types"
    WrongKind "wrong-kind"
        "another kind of value is expected here, and what cannot be read as that would be missing from the client"
    MissingField "missing-field"
        "the specification requires the field, and the client is made of what it says"
    InvalidKey "invalid-key"
        "the key is data here, such as a path or a status, and the client could never send or receive this one"
    UnknownField "unknown-field"
        "nothing reads the field: if it is a slip, what it should have said is missing from the client"
    UnknownWord "unknown-word"
        "the specification lists the words that may stand here, and tools differ in how they read another one"
    ConflictingFields "conflicting-fields"
        "the specification allows only one of these fields, and tools differ in which one they use"
    InvalidComponentName "invalid-component-name"
        "the specification allows ASCII letters, digits, `.`, `-` and `_` only; other tools reject the reference"
    DuplicateTag "duplicate-tag"
        "the name of a tag must be unique, and a reader shows only one of the two descriptions"
    // References.
    RefSibling "ref-sibling"
        "OpenAPI 3.0 ignores what is written beside a reference, and tools differ in what they read there"
    ExternalReference "external-reference"
        "the client is made from one file, so that it changes only when that file does; nothing is fetched"
    MisplacedReference "misplaced-reference"
        "what the reference leads to cannot stand here, so there is no type to be used"
    UnresolvedReference "unresolved-reference"
        "the client would need a type that is described nowhere"
    CircularDefinition "circular-definition"
        "a type that consists of itself has no size and no value, and Rust cannot express it"
    // Schemas.
    EmptyComposition "empty-composition"
        "no value fits an empty list of schemas, so the client ignores the list"
    ContradictoryTypes "contradictory-types"
        "no JSON value is of two types, so no value fits the schema"
    EmptyEnum "empty-enum"
        "no value fits an empty list, so the client ignores the list"
    DuplicateEnumValue "duplicate-enum-value"
        "the second entry was probably meant to be another value, which the client does not know"
    MisfitEnumValue "misfit-enum-value"
        "the schema excludes a value that it lists, so the value cannot occur or the schema is wrong"
    InvalidPattern "invalid-pattern"
        "examples are checked against the pattern, unless it is no regular expression; the client does not check patterns"
    ArrayWithoutItems "array-without-items"
        "the items decide the type of the list's elements"
    InvertedBounds "inverted-bounds"
        "no value lies between the bounds, which the documentation of the client states"
    NullableWithoutType "nullable-without-type"
        "`nullable` has an effect only beside `type` in OpenAPI 3.0, so tools differ in whether null is allowed"
    UndefinedRequiredProperty "undefined-required-property"
        "the name does not match a property: after a rename, the client would treat a required property as optional"
    DuplicateRequiredName "duplicate-required-name"
        "the second entry was probably meant to be another property, which the client treats as optional"
    // Examples.
    ExampleMismatch "example-mismatch"
        "an example is what the API really says: where it does not fit, the client would fail to decode the real answer"
    DefaultMismatch "default-mismatch"
        "the server would use a value that its schema excludes; the client itself sends no defaults"
    AmbiguousExample "ambiguous-example"
        "tools differ in what they read as the example"
    ExampleSpelling "example-spelling"
        "the text stands for a value of another kind, and other tools read it as text"
    UndescribedProperty "undescribed-property"
        "the API sends the property, and the client has no field for it"
    // Extensions.
    InvalidRustType "invalid-rust-type"
        "the generated code names this type, and would not compile"
    InvalidDecode "invalid-decode"
        "the generated code calls this function to decode a value, and would not compile or would have nothing to decode"
    InvalidPagination "invalid-pagination"
        "the stream of all pages is made from the extension; what is misspelt or missing there would end in no stream"
    PaginationParameter "pagination-parameter"
        "the stream asks for the next page by setting this parameter"
    PaginationPointer "pagination-pointer"
        "the stream reads entries and the number of pages there, and would find nothing"
    UnknownExtension "unknown-extension"
        "the generator ignores extensions it does not know, so a misspelt one has no effect"
    // Servers and security.
    InvalidServerUrl "invalid-server-url"
        "the server's URL is where the client sends its requests unless it is told another"
    UndefinedServerVariable "undefined-server-variable"
        "without a value for the variable the URL is incomplete, so the client does not use the server"
    UndefinedSecurityScheme "undefined-security-scheme"
        "how a request has to show who sends it is said nowhere"
    InvalidSecurityScheme "invalid-security-scheme"
        "without all its fields the scheme does not say how to authenticate a request"
    // Operations.
    NoOperations "no-operations"
        "each operation becomes a method: the client would have none"
    DuplicateOperationId "duplicate-operation-id"
        "each operation becomes a method, and two methods cannot share a name"
    IdenticalPaths "identical-paths"
        "the paths match the same URLs, so the server cannot tell their operations apart"
    ReferencedPath "referenced-path"
        "the operations of the path would be missing from the client"
    InvalidPath "invalid-path"
        "the client writes parameters into the path, and would ask for something that the server does not have"
    InvalidParameterName "invalid-parameter-name"
        "the name is sent as it is, and no request can carry this one"
    UnknownParameterPlace "unknown-parameter-place"
        "the client would not know where in the request to write it"
    UndefinedPathParameter "undefined-path-parameter"
        "the client needs a value for each name in braces to build the URL"
    UnusedPathParameter "unused-path-parameter"
        "the path has no place for the value, so the client cannot send it"
    OptionalPathParameter "optional-path-parameter"
        "a URL cannot leave out a part of its path"
    DuplicateParameter "duplicate-parameter"
        "a request carries one value for a parameter, and the client has one setter for it"
    InvalidStyle "invalid-style"
        "the style does not say how to write a value in this place"
    // What the client does not do.
    UnsupportedFeature "unsupported-feature"
        "the document is valid, but the client does not do what it says here"
    // The generator itself.
    GeneratorGap "generator-gap"
        "the document is right as far as the checks can tell, and the generator still cannot make a client of it"
    UnknownShape "unknown-shape"
        "the passes rewrite what they know, and guessing at the rest could give a client that does the wrong thing"
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
        let codes: Vec<_> = Code::ALL.iter().map(|code| format!("| `{code}` | {} |", code.meaning())).collect();
        assert_eq!(rows, codes);
    }

    #[test]
    fn the_code_of_a_lowering_is_its_name() {
        assert_eq!(Code::Lowering("lift_null").to_string(), "lift_null");
    }
}
