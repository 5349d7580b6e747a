//! The answers of an operation: the types that hold them, and the code that reads them by status.

use proc_macro2::Span;
use quote::quote;
use syn::{
    Arm, Expr, Field, FieldModifiers, Fields, FieldsUnnamed, ImplItem, Item, ItemEnum, Pat, Token, Type, Variant,
    Visibility, parse_quote, token,
};

use super::docs;
use super::expressions::{
    anything, arm, at, binding, call, closure, group, guarded, method, name, not, number, range, reference, typed, unit,
};
use super::markdown::markdown;
use super::syntax::{ident, list, no_generics, no_value, public, type_at, type_with, word};
use crate::model::{self, Answer, Body, Framing, Operation, Status};

/// The success that mocks answer with.
pub struct Mocked {
    /// Its type.
    pub success: Type,
    /// Its status.
    pub status: u16,
    /// The function that encodes it, unless it is JSON, which the trait itself encodes.
    pub body: Option<ImplItem>,
}

/// The answers of one operation, and the enumerations that hold them.
pub struct Answers<'a> {
    operation: &'a Operation,
    /// The body that all successes have in common.
    success: Option<&'a Body>,
    /// The enumeration of the successes, if their bodies differ.
    successes: Option<&'a str>,
    /// The enumeration of the failures.
    pub error: &'a str,
}

impl<'a> Answers<'a> {
    /// The answers of this operation.
    pub fn new(operation: &'a Operation) -> Self {
        let success = operation.success();
        Self {
            operation,
            successes: operation.successes.name.as_deref().filter(|_| success.is_none()),
            error: &operation.failures.name,
            success,
        }
    }

    /// Returns the type of a success.
    pub fn success_type(&self) -> Type {
        match (self.success, self.successes) {
            (None, Some(successes)) => type_at(&[successes]),
            (success, _) => body_type(success.unwrap_or(&Body::Nothing)),
        }
    }

    /// Returns the type of the error of `send`.
    pub fn error_type(&self) -> Type {
        type_with("CallError", [type_at(&[self.error])])
    }

    /// Returns the success that mocks answer with: the first of the documented ones.
    pub fn mocked(&self) -> Mocked {
        let first = self.operation.successes.answers.first();
        let status = match first.map(|answer| answer.status) {
            Some(Status::Code(status)) => status,
            _ => 200,
        };
        let success = match first.map_or(&Body::Nothing, |answer| &answer.body) {
            Body::Stream(framing, item) => type_with("Vec", [item_type(*framing, item)]),
            body => body_type(body),
        };
        Mocked { success, status, body: mocked_body(first) }
    }

    /// Returns the arms of the match on the status: exact statuses first, then ranges, then all others.
    pub fn arms(&self) -> Vec<Arm> {
        let failures = self.operation.failures.answers.iter().map(|answer| (answer.status, self.failed(answer)));
        let successes = self.operation.successes.answers.iter().map(|answer| (answer.status, self.succeeded(answer)));
        let mut outcomes: Vec<_> = failures.chain(successes).filter(|(status, _)| *status != Status::Default).collect();
        outcomes.sort_by_key(|(status, _)| *status);
        let arms = outcomes.into_iter().filter_map(|(status, outcome)| Some(arm(pattern(status)?, outcome)));
        arms.chain(self.undocumented_success()).chain(self.rest()).collect()
    }

    /// Returns whether the range of an answer contains the status of another one.
    pub fn overlap(&self) -> bool {
        let (ranges, exact): (Vec<_>, Vec<_>) =
            self.operation.answers().map(|answer| answer.status).partition(|status| matches!(status, Status::Class(_)));
        ranges.iter().any(|range| exact.iter().any(|status| status.class() == range.class()))
    }

    /// Returns the arm of all successes if none is documented.
    fn undocumented_success(&self) -> Option<Arm> {
        let read = || read(self.success.unwrap_or(&Body::Nothing));
        (!self.operation.has_documented_success()).then(|| arm(Pat::Range(range(200, 299)), read()))
    }

    /// Returns the arms of all statuses that are not documented.
    fn rest(&self) -> Vec<Arm> {
        let unexpected = call(&["Err"], [method(name("response"), "unexpected", [])]);
        let rest = self.operation.failures.answers.iter().find(|answer| answer.status == Status::Default);
        let Some(answer) = rest else { return vec![arm(anything(), unexpected)] };
        // A success that is not documented and a redirect do not have the body of a failure.
        let failures = group(Expr::Range(range(400, 599)));
        let is_failure = method(failures, "contains", [reference(name("status"))]);
        vec![arm(guarded(binding("status"), not(is_failure)), unexpected), arm(anything(), self.failed(answer))]
    }

    fn succeeded(&self, answer: &Answer) -> Expr {
        let Some(of) = self.successes else { return read(&answer.body) };
        let variant = at(&[of, &answer.variant]);
        let map = |input: Pat, by: Expr| {
            let mapped = closure([input], method(name("response"), "map", [by]));
            method(read(&answer.body), "map", [mapped])
        };
        match &answer.body {
            Body::Nothing => map(binding("response"), closure([unit()], variant)),
            Body::Bytes => call(&["Ok"], [method(method(name("response"), "bytes", []), "map", [variant])]),
            Body::Json(_) | Body::Stream(..) => {
                map(typed(binding("response"), type_with("Response", [body_type(&answer.body)])), variant)
            }
            Body::Text => map(binding("response"), variant),
        }
    }

    fn failed(&self, answer: &Answer) -> Expr {
        let by = match answer.body {
            Body::Nothing => "bare_api_error",
            Body::Json(_) => "api_error",
            // The body of a failure is read as a whole.
            Body::Text | Body::Stream(..) => "text_api_error",
            Body::Bytes => "bytes_api_error",
        };
        let variant = at(&[self.error, &answer.variant]);
        call(&["Err"], [method(name("response"), by, [variant])])
    }

    /// Returns the enumerations of the successes and of the failures, which are errors.
    pub fn types(&self) -> impl Iterator<Item = Item> {
        let method = &self.operation.name;
        let successes = self.successes.map(|name| {
            let text = format!("The documented successes of [`Client::{method}`], by status.");
            enumeration(name, &text, &self.operation.successes.answers, self.operation.has_stream())
        });
        let failures = &self.operation.failures.answers;
        let none = if failures.is_empty() { " There are none yet." } else { "" };
        let text = format!("The documented failures of [`Client::{method}`], by status.{none}");
        let errors =
            [enumeration(self.error, &text, failures, false), display(self.error, failures), error(self.error)];
        successes.into_iter().chain(errors)
    }
}

/// Returns the names of the enumerations of an operation.
pub fn type_names(operation: &Operation) -> impl Iterator<Item = &str> {
    let successes = operation.successes.name.as_deref().filter(|_| operation.success().is_none());
    successes.into_iter().chain([operation.failures.name.as_str()])
}

/// Returns the function of the trait `Mocked` that encodes a success. The trait itself encodes JSON.
fn mocked_body(answer: Option<&Answer>) -> Option<ImplItem> {
    let body = answer.map_or(&Body::Nothing, |answer| &answer.body);
    let media_type = answer.and_then(|answer| answer.media_type.as_deref()).filter(|name| !name.contains('*'));
    let (argument, made) = match body {
        Body::Json(_) => return None,
        Body::Nothing => (quote!((): &Self::Success), quote!(empty())),
        Body::Text => {
            let media_type = media_type.unwrap_or("text/plain");
            (quote!(success: &Self::Success), quote!(text(#media_type, success.as_str())))
        }
        Body::Bytes => {
            let media_type = media_type.unwrap_or("application/octet-stream");
            (quote!(success: &Self::Success), quote!(bytes(#media_type, success.clone())))
        }
        Body::Stream(Framing::Lines, _) => {
            let media_type = media_type.unwrap_or("application/x-ndjson");
            (quote!(success: &Self::Success), quote!(json_lines(#media_type, success)))
        }
        Body::Stream(Framing::Events, model::Item::Json(_)) => {
            (quote!(success: &Self::Success), quote!(json_events(success)))
        }
        Body::Stream(Framing::Events, model::Item::Text) => {
            (quote!(success: &Self::Success), quote!(text_events(success)))
        }
    };
    Some(parse_quote! {
        fn body(#argument) -> salla_runtime::mock::MockBody {
            salla_runtime::mock::MockBody::#made
        }
    })
}

/// Returns the expression that reads the body of a success.
fn read(body: &Body) -> Expr {
    let by = |reader: &str| method(name("response"), reader, []);
    match body {
        Body::Nothing => by("without_body"),
        Body::Json(_) => by("decode"),
        Body::Text => by("decode_text"),
        Body::Bytes => call(&["Ok"], [by("bytes")]),
        Body::Stream(framing, item) => {
            let reader = match (framing, item) {
                (Framing::Lines, _) => "json_lines",
                (Framing::Events, model::Item::Json(_)) => "json_events",
                (Framing::Events, model::Item::Text) => "text_events",
            };
            method(name("response"), reader, [name("items")])
        }
    }
}

fn body_type(body: &Body) -> Type {
    match body {
        Body::Nothing => no_value(),
        Body::Json(name) => type_at(&["types", name]),
        Body::Text => type_at(&["String"]),
        Body::Bytes => type_at(&["salla_runtime", "Bytes"]),
        Body::Stream(framing, item) => {
            let item = item_type(*framing, item);
            parse_quote!(salla_runtime::ItemStream<#item>)
        }
    }
}

/// Returns the type of the items of a stream.
fn item_type(framing: Framing, item: &model::Item) -> Type {
    let data = match item {
        model::Item::Json(name) => type_at(&["types", name]),
        model::Item::Text => type_at(&["String"]),
    };
    match framing {
        Framing::Lines => data,
        Framing::Events => parse_quote!(salla_runtime::Event<#data>),
    }
}

/// Returns an enumeration with a variant for each of these answers. A stream cannot be cloned or compared.
fn enumeration(name: &str, text: &str, answers: &[Answer], has_stream: bool) -> Item {
    let mut attrs = docs::attributes(text);
    let traits = if has_stream { quote!(Debug) } else { quote!(Clone, Debug, PartialEq, Eq, Hash) };
    attrs.push(list("derive", traits));
    attrs.push(word(&["non_exhaustive"]));
    Item::Enum(ItemEnum {
        attrs,
        vis: public(),
        enum_token: Token![enum](Span::call_site()),
        ident: ident(name),
        generics: no_generics(),
        brace_token: token::Brace::default(),
        variants: answers.iter().map(variant).collect(),
    })
}

fn variant(answer: &Answer) -> Variant {
    let fields = match &answer.body {
        Body::Nothing => Fields::Unit,
        body => Fields::Unnamed(FieldsUnnamed {
            paren_token: token::Paren::default(),
            unnamed: std::iter::once(unnamed_field(body_type(body))).collect(),
        }),
    };
    Variant {
        attrs: docs::attributes(&variant_docs(answer)),
        ident: ident(&answer.variant),
        fields,
        discriminant: None,
    }
}

fn unnamed_field(ty: Type) -> Field {
    Field {
        attrs: Vec::new(),
        vis: Visibility::Inherited,
        modifiers: FieldModifiers::default(),
        ident: None,
        colon_token: None,
        ty,
        default: None,
    }
}

/// Returns the implementation of `Display` for the enumeration of failures: the status, and never the body, which may
/// hold personal data.
fn display(name: &str, failures: &[Answer]) -> Item {
    let name = ident(name);
    let arms = failures.iter().map(|answer| {
        let (variant, text) = (ident(&answer.variant), phrase(answer.status));
        let fields = (answer.body != Body::Nothing).then(|| quote!((_)));
        quote!(Self::#variant #fields => #text,)
    });
    let (formatter, body) = if failures.is_empty() {
        (quote!(_), quote!(match *self {}))
    } else {
        (quote!(f), quote!(f.write_str(match self { #(#arms)* })))
    };
    parse_quote! {
        impl std::fmt::Display for #name {
            fn fmt(&self, #formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                #body
            }
        }
    }
}

/// Returns the implementation of the trait `Error`.
fn error(name: &str) -> Item {
    let name = ident(name);
    parse_quote!(impl std::error::Error for #name {})
}

/// Returns a status with its reason phrase.
fn phrase(status: Status) -> String {
    match status {
        Status::Default => "another failure".to_owned(),
        status => status.reason().map_or_else(|| status.to_string(), |reason| format!("{status} {reason}")),
    }
}

fn variant_docs(answer: &Answer) -> String {
    let description = markdown(&answer.description);
    match (answer.status, description.is_empty()) {
        (Status::Default, true) => "Any other failure.".to_owned(),
        (Status::Default, false) => description,
        (status, true) => format!("`{status}`."),
        (status, false) => format!("`{status}`: {description}"),
    }
}

/// Returns the pattern of a status; none of the default, which is all others.
fn pattern(status: Status) -> Option<Pat> {
    match status {
        Status::Code(code) => Some(Pat::Lit(number(code))),
        Status::Class(class) => {
            let first = class.saturating_mul(100);
            Some(Pat::Range(range(first, first.saturating_add(99))))
        }
        Status::Default => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{text, with_answers};
    use super::*;

    fn arms(answers: &[(&str, Body)]) -> Vec<String> {
        Answers::new(&with_answers(answers)).arms().iter().map(text).collect()
    }

    fn json() -> Body {
        Body::Json("A".to_owned())
    }

    #[test]
    fn successes_of_one_body_are_one_type_and_others_an_enumeration() {
        for (answers, expected) in [
            (vec![("200", json()), ("201", json())], "types::A"),
            (vec![("200", json()), ("204", Body::Nothing)], "ASuccess"),
            (vec![("200", Body::Text), ("404", json())], "String"),
            (vec![("2XX", Body::Bytes)], "salla_runtime::Bytes"),
            (vec![("404", json())], "()"),
            (vec![("default", json())], "types::A"),
            (vec![], "()"),
        ] {
            assert_eq!(text(&Answers::new(&with_answers(&answers)).success_type()), expected, "{answers:?}");
        }
    }

    #[test]
    fn exact_statuses_go_before_ranges() {
        assert_eq!(
            arms(&[("2XX", Body::Text), ("200", Body::Nothing), ("4XX", Body::Bytes), ("404", Body::Text)]),
            [
                "200=>response.without_body().map(|response|response.map(||ASuccess::V200)),".replace("||", "|()|"),
                "404=>Err(response.text_api_error(AError::V404)),".to_owned(),
                "200..=299=>response.decode_text().map(|response|response.map(ASuccess::V2XX)),".to_owned(),
                "400..=499=>Err(response.bytes_api_error(AError::V4XX)),".to_owned(),
                "_=>Err(response.unexpected()),".to_owned(),
            ]
        );
    }

    #[test]
    fn each_kind_of_stream_is_read_by_its_function() {
        let items = || model::Item::Json("A".to_owned());
        for (framing, items, success, reader) in [
            (Framing::Lines, items(), "types::A", "json_lines"),
            (Framing::Events, items(), "salla_runtime::Event<types::A>", "json_events"),
            (Framing::Events, model::Item::Text, "salla_runtime::Event<String>", "text_events"),
        ] {
            let operation = with_answers(&[("200", Body::Stream(framing, items))]);
            let answers = Answers::new(&operation);
            assert_eq!(text(&answers.success_type()), format!("salla_runtime::ItemStream<{success}>"));
            assert_eq!(text(&answers.arms()[0]), format!("200=>response.{reader}(items),"));
            assert_eq!(text(&answers.mocked().success), format!("Vec<{success}>"));
        }
    }

    #[test]
    fn an_enumeration_with_a_stream_is_not_cloned() {
        let stream = Body::Stream(Framing::Lines, model::Item::Json("A".to_owned()));
        let operation = with_answers(&[("200", stream), ("204", Body::Nothing)]);
        let types: Vec<_> = Answers::new(&operation).types().map(|item| text(&item)).collect();
        assert!(types[0].contains("#[derive(Debug)]") && types[1].contains("#[derive(Clone,Debug,"), "{types:?}");
    }

    #[test]
    fn a_status_in_a_range_is_an_overlap() {
        let overlap = |statuses: &[&str]| {
            let answers: Vec<_> = statuses.iter().map(|status| (*status, Body::Nothing)).collect();
            Answers::new(&with_answers(&answers)).overlap()
        };
        assert!(overlap(&["404", "4XX"]));
        assert!(!overlap(&["200", "4XX", "default"]));
    }

    #[test]
    fn every_success_is_read_if_none_is_documented() {
        assert_eq!(
            arms(&[("default", json())]),
            [
                "200..=299=>response.decode(),",
                "statusif!(400..=599).contains(&status)=>Err(response.unexpected()),",
                "_=>Err(response.api_error(AError::Vdefault)),",
            ]
        );
        assert_eq!(arms(&[])[0], "200..=299=>response.without_body(),");
    }

    #[test]
    fn the_first_success_is_the_one_to_mock() {
        let mocked = |answers: &[(&str, Body)]| {
            let found = Answers::new(&with_answers(answers)).mocked();
            (text(&found.success), found.status, found.body.map(|body| text(&body)).unwrap_or_default())
        };
        let of_json = mocked(&[("201", json()), ("204", Body::Nothing)]);
        assert_eq!(of_json, ("types::A".to_owned(), 201, String::new()));
        let (success, status, body) = mocked(&[("2XX", Body::Bytes)]);
        assert_eq!((success.as_str(), status), ("salla_runtime::Bytes", 200));
        assert!(body.contains("MockBody::bytes(\"application/octet-stream\",success.clone())"), "{body}");
        assert!(mocked(&[]).2.contains("MockBody::empty()"));
    }

    #[test]
    fn the_enumerations_have_a_variant_for_each_answer() {
        let operation = with_answers(&[("200", json()), ("204", Body::Nothing), ("400", Body::Text)]);
        let types: Vec<String> = Answers::new(&operation).types().map(|item| text(&item)).collect();
        assert!(types[0].contains("#[derive(Clone,Debug,PartialEq,Eq,Hash)]#[non_exhaustive]pubenumASuccess{"));
        assert!(types[0].contains("V200(types::A)") && types[0].ends_with("V204}"), "{}", types[0]);
        assert!(types[1].contains("pubenumAError{") && types[1].ends_with("V400(String)}"), "{}", types[1]);
        assert!(types[2].contains("f.write_str(matchself{Self::V400(_)=>\"400BadRequest\",})"), "{}", types[2]);
        assert_eq!(types[3], "implstd::error::ErrorforAError{}");
        assert_eq!(type_names(&operation).collect::<Vec<_>>(), ["ASuccess", "AError"]);
    }

    #[test]
    fn an_operation_without_documented_failures_has_an_error_of_its_own() {
        let operation = with_answers(&[("200", json())]);
        assert_eq!(text(&Answers::new(&operation).error_type()), "CallError<AError>");
        let types: Vec<String> = Answers::new(&operation).types().map(|item| text(&item)).collect();
        assert!(types[0].ends_with("#[non_exhaustive]pubenumAError{}"), "{}", types[0]);
        assert!(types[1].ends_with("{match*self{}}}"), "{}", types[1]);
        assert_eq!(type_names(&operation).collect::<Vec<_>>(), ["AError"]);
    }

    #[test]
    fn a_failure_is_displayed_as_its_status() {
        for (status, expected) in
            [("404", "404 Not Found"), ("599", "599"), ("5XX", "5XX"), ("default", "another failure")]
        {
            assert_eq!(Status::parse(status).map(phrase).as_deref(), Some(expected));
        }
    }
}
