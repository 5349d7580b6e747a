//! The decisions of `resolve`: what Rust forces a client to decide, and what was decided where.

use std::fmt;

use crate::document::Pointer;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The rule that was followed.
    pub rule: Rule,
    /// The place in the document that it is about.
    pub at: Pointer,
    /// What was decided, in one sentence.
    pub what: String,
}

/// The decisions so far.
#[derive(Debug)]
pub struct Decisions {
    made: Vec<Decision>,
    /// Whether they are kept. A decision costs as much as its text.
    are_kept: bool,
}

impl Decisions {
    /// An empty list, which keeps decisions only if it is asked to.
    #[must_use]
    pub fn new(are_kept: bool) -> Self {
        Self { made: Vec::new(), are_kept }
    }

    /// Adds a decision.
    pub fn add(&mut self, rule: Rule, at: &Pointer, what: impl fmt::Display) {
        if self.are_kept {
            self.made.push(Decision { rule, at: at.clone(), what: what.to_string() });
        }
    }

    /// Returns the decisions in the order in which they were made.
    #[must_use]
    pub fn into_list(self) -> Vec<Decision> {
        self.made
    }

    /// Returns each decision as its place and its text.
    #[cfg(test)]
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        self.made.iter().map(|decision| format!("{} {}", decision.at.as_str(), decision.what)).collect()
    }
}

/// Declares the rules, each with its name and its reason.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $name:literal $reason:literal,)*) => {
        /// A rule that decisions follow.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[$doc])* $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$rule),*];

            /// Returns the name of the rule.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// Returns why the rule is needed, in one sentence without a full stop.
            #[must_use]
            pub fn reason(self) -> &'static str {
                match self { $(Self::$rule => $reason,)* }
            }
        }
    };
}

rules! {
    /// A part that is referred to becomes a component.
    NameReferencedParts "name_referenced_parts" "typify knows components only, and a `$ref` may lead to any part of a document",
    /// Callbacks are sent by the server.
    DropCallbacks "drop_unspoken_parts" "a client does not receive requests: only the payloads of callbacks are types",
    /// Each operation gets a name.
    NameOperations "name_operations" "an operation needs a name that no other has, for its method, its module and its types",
    /// A parameter is listed once.
    DropRepeatedParameters "drop_repeated_parameters" "a request has one value for a parameter",
    /// A parameter has a name.
    DropNamelessParameters "drop_nameless_parameters" "a request says of every value what it is",
    /// Some headers are no parameters.
    DropIgnoredHeaders "drop_ignored_headers" "the client sets these headers itself, by the body and by its token",
    /// A path parameter stands in the path.
    DropParametersWithoutPlace "drop_parameters_without_place" "there is nowhere in the path to put the value",
    /// A name in a path is a parameter.
    DescribePathParameters "describe_path_parameters" "without a value for the name in braces there is no URL",
    /// A path parameter is required.
    RequirePathParameters "require_path_parameters" "a path has no place for nothing",
    /// A parameter has a schema.
    SettleParameterSchemas "settle_parameter_schemas" "a parameter needs a schema, which is the type of its setter",
    /// A parameter has a style of its location.
    SettleStyles "settle_styles" "a style that the place does not have says nothing of how to write the value",
    /// A request is sent in one media type.
    ChooseRequestTypes "choose_request_types" "a method sends its body in one media type",
    /// An answer is read in one media type.
    ChooseResponseTypes "choose_response_types" "a method returns one type for a status",
    /// Each component gets the name of a type.
    NameSchemas "name_schemas" "each schema needs a name that is a Rust type's and that no other has, also in another case",
    /// A component that is another one is replaced by it.
    UnwrapReferences "unwrap_references" "typify would make types that only hold others",
    /// Types of other crates are ignored.
    DropForeignTypes "drop_foreign_types" "a type of a crate that the client does not depend on is for another generator",
    /// Excluded values are ignored.
    DropExclusions "drop_exclusions" "no type can say what it excludes: the server checks it",
    /// Objects accept properties that are not described.
    LoosenObjects "loosen_objects" "servers add properties before documents do, and a client should not fail then",
    /// Listed values are texts.
    LoosenEnumerations "loosen_enumerations" "a variant is named by its text, and other values have none",
    /// Enumerations that tell alternatives apart are closed.
    CloseEnumerations "close_enumerations" "the first alternative that fits is decoded, so it has to refuse the texts of the others",
    /// Inline schemas get names.
    PullOutInlineSchemas "pull_out_inline_schemas" "a schema that needs a type gets a name from where it stands; progenitor would give two the same",
    /// Compositions become one schema.
    MergeCompositions "merge_compositions" "typify merges `allOf` in its own way, and panics on some",
    /// A base that others extend is a choice.
    TurnBasesIntoChoices "turn_bases_into_choices" "a value of a base is one of the objects that extend it, and its tag decides which",
    /// The tag of a value decides its alternative.
    ChooseAlternativesByTag "choose_alternatives_by_tag" "the document names the property that decides the alternative of a value, and may get more alternatives",
    /// Properties of one direction are optional in types of both.
    SeparateDirections "separate_directions" "one type serves requests and answers, and a read-only or a write-only property is in one of the two",
    /// Alternatives are ordered, or merged.
    SettleAlternatives "settle_alternatives" "the first alternative that fits has to be the one that was meant",
    /// The fields of a form become parameters.
    SpreadForms "spread_forms" "a form is no value that is encoded as a whole: each of its names gets a setter",
    /// Integers that may be greater than an `i64` get another type.
    WidenIntegers "widen_integers" "an `i64` holds no greater integer, and would neither send it nor decode it",
    /// Schemas are widened to their examples.
    WidenToExamples "widen_to_examples" "what a publisher shows is often truer than what its schema says",
    /// Pages that cannot be read are not streamed.
    DropUnreadablePages "drop_unreadable_pages" "a stream of pages ends where the types say that it does",
    /// Bounds are documented, not enforced.
    LoosenScalars "loosen_scalars" "an answer that breaks a bound would not decode, and the server checks what is sent",
    /// Examples show how a field without a value is written.
    TellNullFromAbsence "tell_null_from_absence" "a field that may be null and may be absent is written as in the examples; in a patch, the two differ",
    /// Each listed text gets the name of a variant.
    NameListedValues "name_listed_values" "each listed text needs a variant of its own, and typify finds no name for some of them",
    /// Each property gets the name of a field.
    NameProperties "name_properties" "typify gives `perPage` and `per_page` one field, and fails",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_rule_has_its_own_name_and_a_reason() {
        let names: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        for rule in Rule::ALL {
            let reason = rule.reason();
            assert!(reason.split(' ').count() > 3 && !reason.ends_with('.'), "{}: {reason:?}", rule.name());
        }
    }
}
