//! The rules: what each kind of change means to those who depend on the crate. A table in `xtask/README.md` has them.

use std::fmt;

/// The step of semantic versioning that a release of the crate needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// No release.
    None,
    /// The documentation or the values change, and no signature.
    Patch,
    /// Code that compiles with the old crate compiles with the new one.
    Minor,
    /// Code that compiles with the old crate may not compile with the new one.
    Major,
}

impl Level {
    /// Returns the level as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The effect on programs that were built with the old crate, once the server follows the new document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wire {
    /// They work as before.
    Untouched,
    /// They work, but may get or do something else.
    Surprised,
    /// They fail.
    Broken,
}

impl Wire {
    /// Returns the effect in words, as the predicate of "it".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Untouched => "does not touch them",
            Self::Surprised => "may surprise them",
            Self::Broken => "breaks them",
        }
    }
}

/// The direction in which a value of a type travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Answer,
}

impl Direction {
    /// Returns the direction as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
        }
    }
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table has the words of each kind")]
pub enum Kind {
    ServerAdded,
    ServerRemoved,
    ServerMoved,
    ServerVariableAdded,
    ServerVariableRemoved,
    ServerValuesExtended,
    ServerValuesRestricted,
    VersionChanged,
    CredentialsReplaced,
    SchemeAdded,
    SchemeRemoved,
    SchemeReplaced,
    SchemeMoved,
    OperationAdded,
    OperationRemoved,
    OperationRenamed,
    OperationMoved,
    OperationServerChanged,
    OperationDeprecated,
    OperationRestored,
    ScopeAdded,
    ScopeRemoved,
    ScopesRemoved,
    SecurityChanged,
    SecurityLoosened,
    PagesAdded,
    PagesRemoved,
    PagesChanged,
    OptionalParameterAdded,
    RequiredParameterAdded,
    ConstantParameterAdded,
    ParameterSetByBuilder,
    ParameterNotSetByBuilder,
    ParameterConstantChanged,
    ParameterRemoved,
    ParameterRenamed,
    ParameterMoved,
    ParameterRequired,
    ParameterOptional,
    EmptyValueAllowed,
    EmptyValueRefused,
    ParameterTypeChanged,
    ParameterDeprecated,
    ParameterRestored,
    OptionalBodyAdded,
    RequiredBodyAdded,
    BodyRemoved,
    BodyRequired,
    BodyOptional,
    BodyTypeChanged,
    MediaTypeChanged,
    SuccessAdded,
    SuccessRemoved,
    SuccessTypeChanged,
    FailureAdded,
    FailureRemoved,
    FailureTypeChanged,
    AnswerRenamed,
    HeaderAdded,
    HeaderRemoved,
    HeaderTypeChanged,
    TypeAdded,
    TypeRemoved,
    TypeReplaced,
    TypeDeprecated,
    TypeRestored,
    TraitAdded,
    TraitRemoved,
    OptionalFieldAdded,
    RequiredFieldAdded,
    ConstantFieldAdded,
    OptionalFieldRemoved,
    RequiredFieldRemoved,
    FieldRenamed,
    FieldRequired,
    FieldOptional,
    FieldTypeChanged,
    FieldDecodingChanged,
    FieldSetByBuilder,
    FieldNotSetByBuilder,
    FieldConstantChanged,
    FieldDeprecated,
    FieldRestored,
    FieldLeftOut,
    FieldSent,
    FurtherFieldsKept,
    FurtherFieldsDropped,
    ValueAdded,
    ValueRemoved,
    ValueRenamed,
    EnumerationOpened,
    EnumerationClosed,
    AlternativeAdded,
    TaggedAlternativeAdded,
    AlternativeRemoved,
    AlternativeRenamed,
    AlternativeTypeChanged,
    TagMoved,
    TagsChanged,
    WordsChanged,
    ExamplesChanged,
    BoundsChanged,
}

/// The meaning of a kind of change, in one direction or in both.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The kind.
    pub kind: Kind,
    /// What it is about.
    pub area: &'static str,
    /// What happened to it.
    pub what: &'static str,
    /// The direction in which the rule holds; none if it holds in both.
    pub direction: Option<Direction>,
    /// The step of the version.
    pub level: Level,
    /// The effect on programs that are built already.
    pub wire: Wire,
    /// Why.
    pub reason: &'static str,
}

/// Returns the rules of a kind.
pub fn of(kind: Kind) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.kind == kind)
}

const REQUEST: Option<Direction> = Some(Direction::Request);
const ANSWER: Option<Direction> = Some(Direction::Answer);

const fn rule(
    kind: Kind,
    (area, what): (&'static str, &'static str),
    direction: Option<Direction>,
    (level, wire): (Level, Wire),
    reason: &'static str,
) -> Rule {
    Rule { kind, area, what, direction, level, wire, reason }
}

use Level::{Major, Minor, Patch};
use Wire::{Broken, Surprised, Untouched};

/// All rules, by their areas.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    rule(Kind::ServerAdded, ("server", "added"), None, (Minor, Untouched), "there is a `BASE_URL` now"),
    rule(Kind::ServerRemoved, ("server", "removed"), None, (Major, Surprised), "`BASE_URL` is gone"),
    rule(Kind::ServerMoved, ("server", "changed"), None, (Minor, Surprised), "requests go to another address"),
    rule(Kind::ServerVariableAdded, ("server variable", "added"), None, (Minor, Untouched), "there is a new setter of `ServerVariables`"),
    rule(Kind::ServerVariableRemoved, ("server variable", "removed"), None, (Major, Surprised), "its setter is gone"),
    rule(Kind::ServerValuesExtended, ("values of a server variable", "extended"), None, (Minor, Untouched), "the client accepts other values too"),
    rule(Kind::ServerValuesRestricted, ("values of a server variable", "restricted"), None, (Minor, Surprised), "the client refuses values that it accepted"),
    rule(Kind::VersionChanged, ("version", "changed"), None, (Patch, Untouched), "only the documentation shows it"),
    rule(Kind::CredentialsReplaced, ("credentials of the client", "of another type"), None, (Major, Untouched), "`Client::new` takes other arguments; the operations decide about the rest"),
    rule(Kind::SchemeAdded, ("security scheme", "added"), None, (Minor, Untouched), "there is a new setter of `Credentials`"),
    rule(Kind::SchemeRemoved, ("security scheme", "removed"), None, (Major, Untouched), "its setter is gone; the operations decide about the rest"),
    rule(Kind::SchemeReplaced, ("security scheme", "replaced"), None, (Major, Untouched), "its setter has another name or takes other credentials; the operations decide about the rest"),
    rule(Kind::SchemeMoved, ("security scheme", "sent differently"), None, (Minor, Broken), "the setter stays, and the request has the key in another place"),

    rule(Kind::OperationAdded, ("operation", "added"), None, (Minor, Untouched), "there is a new method"),
    rule(Kind::OperationRemoved, ("operation", "removed"), None, (Major, Broken), "its method and its builder are gone"),
    rule(Kind::OperationRenamed, ("operation", "renamed"), None, (Major, Untouched), "its method and its builder have other names"),
    rule(Kind::OperationMoved, ("operation", "moved"), None, (Minor, Broken), "the signatures stay, and the request goes elsewhere"),
    rule(Kind::OperationServerChanged, ("server of an operation", "changed"), None, (Minor, Surprised), "its requests go to another address"),
    rule(Kind::OperationDeprecated, ("operation", "deprecated"), None, (Minor, Untouched), "callers get a warning of the compiler"),
    rule(Kind::OperationRestored, ("operation", "no longer deprecated"), None, (Patch, Untouched), "a warning of the compiler is gone"),
    rule(Kind::ScopeAdded, ("scope", "added"), None, (Minor, Surprised), "a token without the scope is refused"),
    rule(Kind::ScopeRemoved, ("scope", "removed"), None, (Patch, Untouched), "`SCOPES` is shorter"),
    rule(Kind::ScopesRemoved, ("scopes", "removed"), None, (Major, Untouched), "`SCOPES` is gone"),
    rule(Kind::SecurityChanged, ("credentials of an operation", "changed"), None, (Minor, Broken), "a request with the old credentials is refused"),
    rule(Kind::SecurityLoosened, ("credentials of an operation", "extended"), None, (Patch, Untouched), "a request with the old credentials is still accepted"),
    rule(Kind::PagesAdded, ("pages", "added"), None, (Minor, Untouched), "the builder has streams of pages and items now"),
    rule(Kind::PagesRemoved, ("pages", "removed"), None, (Major, Surprised), "the builder has no streams any more"),
    rule(Kind::PagesChanged, ("pages", "changed"), None, (Major, Surprised), "the streams have other items, or find them elsewhere"),

    rule(Kind::OptionalParameterAdded, ("optional parameter", "added"), None, (Minor, Untouched), "there is a new setter"),
    rule(Kind::RequiredParameterAdded, ("required parameter", "added"), None, (Major, Broken), "a request without it is an error"),
    rule(Kind::ConstantParameterAdded, ("required parameter with a single value", "added"), None, (Minor, Broken), "the builder sets it; the old crate does not send it"),
    rule(Kind::ParameterSetByBuilder, ("required parameter", "has a single value"), None, (Minor, Untouched), "the builder sets it; a caller may"),
    rule(Kind::ParameterNotSetByBuilder, ("required parameter", "no longer has a single value"), None, (Major, Untouched), "the builder does not set it any more: a request without it is an error"),
    rule(Kind::ParameterConstantChanged, ("single value of a parameter", "changed"), None, (Minor, Broken), "the builder sets the new value, and the server refuses the old one"),
    rule(Kind::ParameterRemoved, ("parameter", "removed"), None, (Major, Surprised), "its setter is gone; a server may ignore or refuse the parameter"),
    rule(Kind::ParameterRenamed, ("parameter", "renamed in Rust"), None, (Major, Untouched), "its setter has another name"),
    rule(Kind::ParameterMoved, ("parameter", "written differently"), None, (Minor, Broken), "the setter stays, and the request has the value in another place or form"),
    rule(Kind::ParameterRequired, ("parameter", "required"), None, (Major, Broken), "a request without it is an error"),
    rule(Kind::ParameterOptional, ("parameter", "optional"), None, (Minor, Untouched), "the setter takes what it took"),
    rule(Kind::EmptyValueAllowed, ("empty value of a parameter", "allowed"), None, (Minor, Untouched), "there is a new setter"),
    rule(Kind::EmptyValueRefused, ("empty value of a parameter", "no longer allowed"), None, (Major, Surprised), "its setter is gone; the old crate may still send it"),
    rule(Kind::ParameterTypeChanged, ("type of a parameter", "changed"), None, (Major, Broken), "its setter takes another type"),
    rule(Kind::ParameterDeprecated, ("parameter", "deprecated"), None, (Minor, Untouched), "callers get a warning of the compiler"),
    rule(Kind::ParameterRestored, ("parameter", "no longer deprecated"), None, (Patch, Untouched), "a warning of the compiler is gone"),

    rule(Kind::OptionalBodyAdded, ("optional request body", "added"), None, (Minor, Untouched), "there is a new setter"),
    rule(Kind::RequiredBodyAdded, ("required request body", "added"), None, (Major, Broken), "a request without it is an error"),
    rule(Kind::BodyRemoved, ("request body", "removed"), None, (Major, Surprised), "its setter is gone; a server may ignore or refuse the body"),
    rule(Kind::BodyRequired, ("request body", "required"), None, (Major, Broken), "a request without it is an error"),
    rule(Kind::BodyOptional, ("request body", "optional"), None, (Major, Untouched), "its setter `body_map` is gone"),
    rule(Kind::BodyTypeChanged, ("type of a request body", "changed"), None, (Major, Broken), "its setter takes another type"),
    rule(Kind::MediaTypeChanged, ("media type", "changed"), None, (Patch, Surprised), "a header of the request has another value"),

    rule(Kind::SuccessAdded, ("success", "added"), None, (Minor, Surprised), "the old crate reports its status as unexpected"),
    rule(Kind::SuccessRemoved, ("success", "removed"), None, (Major, Untouched), "its variant is gone, and its status is unexpected"),
    rule(Kind::SuccessTypeChanged, ("type of a success", "changed"), None, (Major, Broken), "`send` returns another type"),
    rule(Kind::FailureAdded, ("failure", "added"), None, (Minor, Untouched), "the enumeration of failures is not exhaustive"),
    rule(Kind::FailureRemoved, ("failure", "removed"), None, (Major, Untouched), "its variant is gone"),
    rule(Kind::FailureTypeChanged, ("type of a failure", "changed"), None, (Major, Surprised), "its variant holds another type; the old crate still reports the status"),
    rule(Kind::AnswerRenamed, ("answer", "renamed in Rust"), None, (Major, Untouched), "its variant has another name"),

    rule(Kind::HeaderAdded, ("header of a success", "added"), None, (Minor, Untouched), "there is a new getter"),
    rule(Kind::HeaderRemoved, ("header of a success", "removed"), None, (Major, Surprised), "its getter is gone; the old crate may not find the header"),
    rule(Kind::HeaderTypeChanged, ("header of a success", "read differently"), None, (Major, Surprised), "its getter has another name, or returns another type"),

    rule(Kind::TypeAdded, ("type", "added"), None, (Minor, Untouched), "no code names it yet"),
    rule(Kind::TypeRemoved, ("type", "removed"), None, (Major, Untouched), "code that names it does not compile; the fields that held it decide about the rest"),
    rule(Kind::TypeReplaced, ("type", "defined differently"), None, (Major, Broken), "it is another kind of type"),
    rule(Kind::TypeDeprecated, ("type", "deprecated"), None, (Patch, Untouched), "only the documentation shows it"),
    rule(Kind::TypeRestored, ("type", "no longer deprecated"), None, (Patch, Untouched), "only the documentation showed it"),
    rule(Kind::TraitAdded, ("trait", "added"), None, (Minor, Untouched), "the type can do more"),
    rule(Kind::TraitRemoved, ("trait", "removed"), None, (Major, Untouched), "code that relies on it does not compile"),

    rule(Kind::OptionalFieldAdded, ("optional field", "added"), None, (Minor, Untouched), "structs are not exhaustive, and requests are made by builders"),
    rule(Kind::RequiredFieldAdded, ("required field", "added"), REQUEST, (Major, Broken), "a request without it is an error"),
    rule(Kind::RequiredFieldAdded, ("required field", "added"), ANSWER, (Minor, Untouched), "structs are not exhaustive, and an unknown field is ignored"),
    rule(Kind::ConstantFieldAdded, ("required field with a single value", "added"), REQUEST, (Minor, Broken), "the builder sets it; the old crate does not send it"),
    rule(Kind::ConstantFieldAdded, ("required field with a single value", "added"), ANSWER, (Minor, Untouched), "structs are not exhaustive, and an unknown field is ignored"),
    rule(Kind::OptionalFieldRemoved, ("optional field", "removed"), None, (Major, Surprised), "code that names it does not compile; the old crate reads it as absent, and still sends it"),
    rule(Kind::RequiredFieldRemoved, ("required field", "removed"), REQUEST, (Major, Surprised), "code that names it does not compile; the old crate still sends it"),
    rule(Kind::RequiredFieldRemoved, ("required field", "removed"), ANSWER, (Major, Broken), "code that names it does not compile; the old crate does not decode an answer without it"),
    rule(Kind::FieldRenamed, ("field", "renamed in Rust"), None, (Major, Untouched), "code that names it does not compile"),
    rule(Kind::FieldRequired, ("field", "required"), REQUEST, (Major, Broken), "a request without it is an error"),
    rule(Kind::FieldRequired, ("field", "required"), ANSWER, (Major, Untouched), "its type no longer has the case of a value that is absent, or that case no longer decodes"),
    rule(Kind::FieldOptional, ("field", "optional"), REQUEST, (Major, Untouched), "its type is an `Option` now"),
    rule(Kind::FieldOptional, ("field", "optional"), ANSWER, (Major, Broken), "its type has the case of a value that is absent, which the old crate does not decode"),
    rule(Kind::FieldTypeChanged, ("type of a field", "changed"), None, (Major, Broken), "code that uses it does not compile"),
    rule(Kind::FieldDecodingChanged, ("decoding of a field", "changed"), None, (Patch, Surprised), "its type stays, and other values decode"),
    rule(Kind::FieldSetByBuilder, ("required field", "has a single value"), REQUEST, (Minor, Untouched), "the builder sets it; a caller may"),
    rule(Kind::FieldNotSetByBuilder, ("required field", "no longer has a single value"), REQUEST, (Major, Untouched), "the builder does not set it any more: a request without it is an error"),
    rule(Kind::FieldConstantChanged, ("single value of a field", "changed"), REQUEST, (Minor, Broken), "the builder sets the new value, and the server refuses the old one"),
    rule(Kind::FieldDeprecated, ("field", "deprecated"), None, (Minor, Untouched), "callers get a warning of the compiler, or of the documentation"),
    rule(Kind::FieldRestored, ("field", "no longer deprecated"), None, (Patch, Untouched), "a warning is gone"),
    rule(Kind::FieldLeftOut, ("field", "left out of requests"), None, (Patch, Surprised), "the old crate still sends it"),
    rule(Kind::FieldSent, ("field", "sent in requests"), None, (Minor, Surprised), "the old crate does not send it"),
    rule(Kind::FurtherFieldsKept, ("fields that are not described", "kept"), None, (Minor, Untouched), "the struct has the new field `extra`"),
    rule(Kind::FurtherFieldsDropped, ("fields that are not described", "dropped or of another type"), None, (Major, Surprised), "the field `extra` is gone, or has another type"),

    rule(Kind::ValueAdded, ("value of an enumeration", "added"), None, (Minor, Untouched), "the enumeration is not exhaustive, and an unknown value decodes"),
    rule(Kind::ValueRemoved, ("value of an enumeration", "removed"), REQUEST, (Major, Broken), "its variant is gone, and the server may refuse it"),
    rule(Kind::ValueRemoved, ("value of an enumeration", "removed"), ANSWER, (Major, Untouched), "its variant is gone"),
    rule(Kind::ValueRenamed, ("value of an enumeration", "renamed in Rust"), None, (Major, Untouched), "its variant has another name"),
    rule(Kind::EnumerationOpened, ("enumeration or choice", "opened"), None, (Minor, Untouched), "it has the new variant `Unknown`"),
    rule(Kind::EnumerationClosed, ("enumeration or choice", "closed"), None, (Major, Surprised), "its variant `Unknown` is gone"),
    rule(Kind::AlternativeAdded, ("alternative of a choice", "added"), REQUEST, (Minor, Untouched), "the choice is not exhaustive"),
    rule(Kind::AlternativeAdded, ("alternative of a choice", "added"), ANSWER, (Minor, Surprised), "the choice is not exhaustive; the old crate may not decode the new alternative"),
    rule(Kind::TaggedAlternativeAdded, ("alternative with a tag", "added"), None, (Minor, Untouched), "the choice is not exhaustive, and an unknown tag decodes"),
    rule(Kind::AlternativeRemoved, ("alternative of a choice", "removed"), REQUEST, (Major, Broken), "its variant is gone, and the server may refuse it"),
    rule(Kind::AlternativeRemoved, ("alternative of a choice", "removed"), ANSWER, (Major, Untouched), "its variant is gone"),
    rule(Kind::AlternativeRenamed, ("alternative of a choice", "renamed in Rust"), None, (Major, Untouched), "its variant has another name"),
    rule(Kind::AlternativeTypeChanged, ("type of an alternative", "changed"), None, (Major, Broken), "its variant holds another type"),
    rule(Kind::TagMoved, ("tag of a choice", "moved"), None, (Minor, Broken), "another property tells the alternatives apart"),
    rule(Kind::TagsChanged, ("tags of an alternative", "changed"), None, (Minor, Surprised), "other values of the tag choose the alternative"),

    rule(Kind::WordsChanged, ("words", "changed"), None, (Patch, Untouched), "only the documentation shows them"),
    rule(Kind::ExamplesChanged, ("examples", "changed"), None, (Patch, Untouched), "they serve documentation and tests"),
    rule(Kind::BoundsChanged, ("bounds", "changed"), None, (Patch, Surprised), "the client does not check them; the server may"),
];
