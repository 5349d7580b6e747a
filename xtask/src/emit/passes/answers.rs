//! What becomes of an operation's answers: the type of its successes, the type of its errors, and the code that tells
//! one status from another.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Item, parse_quote};

use super::docs;
use crate::lower::notes::{Body, OperationNote, ResponseNote};
use crate::lower::rust_name::{Names, builder_companion, type_name};

/// The answers of one operation, and the names of the types that tell them apart.
pub struct Answers<'n> {
    note: &'n OperationNote,
    success: Option<Body>,
    /// The type of the successes, where they differ.
    pub successes: Option<Ident>,
    /// The type of the errors, where any is documented.
    pub error: Option<Ident>,
}

impl<'n> Answers<'n> {
    /// The answers that the note is about.
    pub fn new(note: &'n OperationNote) -> Self {
        let success = note.success();
        let named = |suffix: &str| format_ident!("{}", builder_companion(&note.name, suffix));
        Self {
            successes: success.is_none().then(|| named("Success")),
            error: note.failures().next().is_some().then(|| named("Error")),
            note,
            success,
        }
    }

    /// The type of what a success holds.
    pub fn success_type(&self) -> TokenStream {
        match (&self.success, &self.successes) {
            (None, Some(successes)) => quote!(#successes),
            (success, _) => body_type(success.as_ref().unwrap_or(&Body::Nothing)),
        }
    }

    /// The name of the type of a success that is JSON and nothing else.
    pub fn json_success(&self) -> Option<&str> {
        match &self.success {
            Some(Body::Json(name)) => Some(name),
            _ => None,
        }
    }

    /// What a mock has to know of the success, the first of those that are documented.
    pub fn mocked(&self) -> TokenStream {
        let first = self.note.successes().next();
        let status = first.and_then(|response| response.status.parse().ok()).unwrap_or(200);
        let status = Literal::u16_unsuffixed(status);
        let body = first.map_or(&Body::Nothing, |response| &response.body);
        let media_type = first.and_then(|response| response.media_type.as_deref()).filter(|name| !name.contains('*'));
        let sent = match body {
            Body::Json(_) => None,
            Body::Nothing => Some(quote!(MockBody::empty())),
            Body::Text => {
                let media_type = media_type.unwrap_or("text/plain");
                Some(quote!(MockBody::text(#media_type, success.as_str())))
            }
            Body::Bytes => {
                let media_type = media_type.unwrap_or("application/octet-stream");
                Some(quote!(MockBody::bytes(#media_type, success.clone())))
            }
        };
        let success = body_type(body);
        let argument =
            if *body == Body::Nothing { quote!((): &Self::Success) } else { quote!(success: &Self::Success) };
        let encoded = sent.map(|sent| {
            quote! {
                fn body(#argument) -> salla_runtime::mock::MockBody {
                    salla_runtime::mock::#sent
                }
            }
        });
        quote! {
            type Success = #success;
            const STATUS: u16 = #status;

            #encoded
        }
    }

    /// The type of what `send` fails with.
    pub fn error_type(&self) -> TokenStream {
        self.error.as_ref().map_or_else(|| quote!(Error), |error| quote!(Error<#error>))
    }

    /// What each status means, the exact ones before the ranges and those before the rest.
    pub fn arms(&self) -> Vec<TokenStream> {
        let failures = variants(self.note.failures())
            .into_iter()
            .map(|(response, variant)| (response, self.failed(&response.body, &variant)));
        let successes = variants(self.note.successes())
            .into_iter()
            .map(|(response, variant)| (response, self.succeeded(&response.body, &variant)));
        let mut outcomes: Vec<_> =
            failures.chain(successes).filter(|(response, _)| response.status != "default").collect();
        outcomes.sort_by_key(|(response, _)| (response.status.ends_with("XX"), response.status.clone()));
        let mut arms: Vec<_> = outcomes
            .into_iter()
            .map(|(response, outcome)| {
                let pattern = pattern(&response.status);
                quote!(#pattern => #outcome,)
            })
            .collect();
        arms.extend(self.undocumented_success());
        arms.extend(self.rest());
        arms
    }

    /// Whether a status is documented beside the range that it is in.
    pub fn overlap(&self) -> bool {
        let class = |response: &ResponseNote| response.status.chars().next();
        let (ranges, exact): (Vec<_>, Vec<_>) =
            self.note.responses.iter().partition(|response| response.status.ends_with("XX"));
        ranges.iter().any(|range| exact.iter().any(|response| class(response) == class(range)))
    }

    /// Where no success is documented, any is one.
    fn undocumented_success(&self) -> Option<TokenStream> {
        let is_documented = self.note.responses.iter().any(ResponseNote::is_success);
        let outcome = read(self.success.as_ref().unwrap_or(&Body::Nothing));
        (!is_documented).then(|| quote!(200..=299 => #outcome,))
    }

    fn rest(&self) -> Vec<TokenStream> {
        let rest = variants(self.note.failures()).into_iter().find(|(response, _)| response.status == "default");
        let Some((response, variant)) = rest else { return vec![quote!(_ => Err(response.unexpected()),)] };
        let outcome = self.failed(&response.body, &variant);
        vec![
            // What is no failure (a success that is not documented, a redirect) has not the failure's body.
            quote!(status if !(400..=599).contains(&status) => Err(response.unexpected()),),
            quote!(_ => #outcome,),
        ]
    }

    fn succeeded(&self, body: &Body, variant: &Ident) -> TokenStream {
        let read = read(body);
        match (&self.successes, body) {
            (None, _) => read,
            (Some(of), Body::Nothing) => quote!(#read.map(|response| response.map(|()| #of::#variant))),
            (Some(of), Body::Bytes) => quote!(Ok(response.bytes().map(#of::#variant))),
            (Some(of), Body::Json(name)) => {
                let body = type_path(name);
                quote!(#read.map(|response: Response<#body>| response.map(#of::#variant)))
            }
            (Some(of), Body::Text) => quote!(#read.map(|response| response.map(#of::#variant))),
        }
    }

    fn failed(&self, body: &Body, variant: &Ident) -> TokenStream {
        let error = &self.error;
        let by = match body {
            Body::Nothing => quote!(bare_api_error),
            Body::Json(_) => quote!(api_error),
            Body::Text => quote!(text_api_error),
            Body::Bytes => quote!(bytes_api_error),
        };
        quote!(Err(response.#by(#error::#variant)))
    }

    /// The types of the successes and of the errors, where there are any.
    pub fn types(&self, hashable: &BTreeSet<String>) -> Vec<Item> {
        let method = &self.note.name;
        let successes = self.successes.as_ref().map(|ident| {
            let text = format!("What the API answers to a request of [`Client::{method}`], by status.");
            enumeration(ident, &text, &variants(self.note.successes()), hashable)
        });
        let errors = self.error.as_ref().map(|ident| {
            let text = format!("How the API refuses a request of [`Client::{method}`], by status.");
            enumeration(ident, &text, &variants(self.note.failures()), hashable)
        });
        successes.into_iter().chain(errors).collect()
    }
}

/// How the body of a success is read.
fn read(body: &Body) -> TokenStream {
    match body {
        Body::Nothing => quote!(response.without_body()),
        Body::Json(_) => quote!(response.decode()),
        Body::Text => quote!(response.text()),
        Body::Bytes => quote!(Ok(response.bytes())),
    }
}

fn body_type(body: &Body) -> TokenStream {
    match body {
        Body::Nothing => quote!(()),
        Body::Json(name) => type_path(name),
        Body::Text => quote!(String),
        Body::Bytes => quote!(salla_runtime::Bytes),
    }
}

/// A type of the module `types`, as the other modules name it.
pub fn type_path(name: &str) -> TokenStream {
    let ident = Ident::new(name, Span::call_site());
    quote!(types::#ident)
}

/// A type with a variant for each of these responses.
fn enumeration(ident: &Ident, text: &str, variants: &[(&ResponseNote, Ident)], hashable: &BTreeSet<String>) -> Item {
    let is_hashable = |body: &Body| !matches!(body, Body::Json(name) if !hashable.contains(name));
    let eq = variants.iter().all(|(response, _)| is_hashable(&response.body)).then(|| quote!(, Eq, Hash));
    let doc = docs::attributes(text);
    let variants = variants.iter().map(|(response, variant)| {
        let doc = docs::attributes(&variant_docs(response));
        let body = (response.body != Body::Nothing).then(|| body_type(&response.body)).map(|of| quote!((#of)));
        quote!(#(#doc)* #variant #body,)
    });
    parse_quote! {
        #(#doc)*
        #[derive(Clone, Debug, PartialEq #eq)]
        #[non_exhaustive]
        pub enum #ident {
            #(#variants)*
        }
    }
}

/// The responses with the names of their variants.
fn variants<'r>(responses: impl Iterator<Item = &'r ResponseNote>) -> Vec<(&'r ResponseNote, Ident)> {
    let mut names = Names::default();
    responses
        .map(|response| {
            let name = response.name.clone().unwrap_or_else(|| reason(&response.status));
            (response, Ident::new(&names.unique(&type_name(&name)), Span::call_site()))
        })
        .collect()
}

fn variant_docs(response: &ResponseNote) -> String {
    let description = docs::markdown(&response.description);
    match (response.status.as_str(), description.is_empty()) {
        ("default", true) => "Any other failure.".to_owned(),
        ("default", false) => description,
        (status, true) => format!("`{status}`."),
        (status, false) => format!("`{status}`: {description}"),
    }
}

/// The status as the name of a variant, by its reason phrase (RFC 9110, section 15).
fn reason(status: &str) -> String {
    match status {
        "default" => "Other".to_owned(),
        "2XX" => "Success".to_owned(),
        "3XX" => "Redirection".to_owned(),
        "4XX" => "ClientError".to_owned(),
        "5XX" => "ServerError".to_owned(),
        _ => {
            let code = status.parse().ok().and_then(|code| http::StatusCode::from_u16(code).ok());
            let reason = code.and_then(|code| code.canonical_reason());
            reason.map_or_else(|| format!("Status{status}"), str::to_owned)
        }
    }
}

fn pattern(status: &str) -> TokenStream {
    let number = |text: &str| Literal::u16_unsuffixed(text.parse().unwrap_or_default());
    match status.strip_suffix("XX") {
        Some(class) => {
            let (first, last) = (number(&format!("{class}00")), number(&format!("{class}99")));
            quote!(#first..=#last)
        }
        None => number(status).to_token_stream(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(responses: &[(&str, Body)]) -> OperationNote {
        let mut note = OperationNote { name: "a".to_owned(), ..OperationNote::default() };
        for (status, body) in responses {
            note.responses.push(ResponseNote {
                status: (*status).to_owned(),
                name: None,
                description: "d".to_owned(),
                body: body.clone(),
                media_type: None,
            });
        }
        note
    }

    fn text(tokens: &impl quote::ToTokens) -> String {
        tokens.to_token_stream().to_string().replace(' ', "")
    }

    fn arms(responses: &[(&str, Body)]) -> Vec<String> {
        Answers::new(&note(responses)).arms().iter().map(text).collect()
    }

    #[test]
    fn successes_of_one_body_are_one_type_and_others_an_enumeration() {
        let json = || Body::Json("A".to_owned());
        for (responses, expected) in [
            (vec![("200", json()), ("201", json())], "types::A"),
            (vec![("200", json()), ("204", Body::Nothing)], "ASuccess"),
            (vec![("200", Body::Text), ("404", json())], "String"),
            (vec![("2XX", Body::Bytes)], "salla_runtime::Bytes"),
            (vec![("404", json())], "()"),
            (vec![("default", json())], "types::A"),
            (vec![], "()"),
        ] {
            assert_eq!(text(&Answers::new(&note(&responses)).success_type()), expected, "{responses:?}");
        }
    }

    #[test]
    fn exact_statuses_go_before_ranges() {
        assert_eq!(
            arms(&[("2XX", Body::Text), ("200", Body::Nothing), ("4XX", Body::Bytes), ("404", Body::Text)]),
            [
                "200=>response.without_body().map(|response|response.map(||ASuccess::Ok)),".replace("||", "|()|"),
                "404=>Err(response.text_api_error(AError::NotFound)),".to_owned(),
                "200..=299=>response.text().map(|response|response.map(ASuccess::Success)),".to_owned(),
                "400..=499=>Err(response.bytes_api_error(AError::ClientError)),".to_owned(),
                "_=>Err(response.unexpected()),".to_owned(),
            ]
        );
    }

    #[test]
    fn a_status_in_a_range_is_an_overlap() {
        let overlap = |statuses: &[&str]| {
            let responses: Vec<_> = statuses.iter().map(|status| (*status, Body::Nothing)).collect();
            Answers::new(&note(&responses)).overlap()
        };
        assert!(overlap(&["404", "4XX"]));
        assert!(!overlap(&["200", "4XX", "default"]));
    }

    #[test]
    fn where_no_success_is_documented_any_is_one() {
        assert_eq!(
            arms(&[("default", Body::Json("A".to_owned()))]),
            [
                "200..=299=>response.decode(),",
                "statusif!(400..=599).contains(&status)=>Err(response.unexpected()),",
                "_=>Err(response.api_error(AError::Other)),",
            ]
        );
        assert_eq!(arms(&[])[0], "200..=299=>response.without_body(),");
    }

    #[test]
    fn the_first_success_is_the_one_to_mock() {
        let mocked = |responses: &[(&str, Body)]| text(&Answers::new(&note(responses)).mocked());
        let json = mocked(&[("201", Body::Json("A".to_owned())), ("204", Body::Nothing)]);
        assert_eq!(json, "typeSuccess=types::A;constSTATUS:u16=201;");
        let bytes = mocked(&[("2XX", Body::Bytes)]);
        assert!(bytes.starts_with("typeSuccess=salla_runtime::Bytes;constSTATUS:u16=200;"), "{bytes}");
        assert!(bytes.contains("MockBody::bytes(\"application/octet-stream\",success.clone())"), "{bytes}");
        assert!(mocked(&[]).contains("MockBody::empty()"));
    }

    #[test]
    fn a_type_is_hashable_where_all_bodies_are() {
        let responses = [("400", Body::Json("A".to_owned())), ("401", Body::Text), ("402", Body::Bytes)];
        let types = |hashable: &BTreeSet<String>| text(&Answers::new(&note(&responses)).types(hashable)[0]);
        assert!(types(&BTreeSet::from(["A".to_owned()])).contains("Eq,Hash"));
        assert!(!types(&BTreeSet::new()).contains("Eq,Hash"));
    }
}
