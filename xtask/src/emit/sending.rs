//! The code that makes a request of the values of a builder.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::syntax::ident;
use crate::model::{Encoding, Location, Operation, Parameter, RequestBody, Style};

/// Returns the statements that make `request` of the fields of the builder. If the body `is_built`, its field is a
/// builder, which may lack a value.
pub fn request(operation: &Operation, is_built: bool) -> TokenStream {
    let unwrapped = operation.parameters.iter().map(|parameter| unwrap(&parameter.name, &parameter.wire_name, None));
    let body = operation.body.as_ref().map(|body| {
        let of = ident(&body.type_name);
        let convert = quote!(.and_then(|body| types::#of::try_from(body).map_err(|error| error.to_string())));
        unwrap("body", "body", is_built.then_some(&convert))
    });
    let added = operation.parameters.iter().map(added);
    let json = operation.body.as_ref().map(json);
    let fixed = operation.fixed_query.iter().map(|(name, value)| quote!(.query(#name, #value)));
    let accept = operation.accept.as_ref().map(|types| quote!(.accept(#types)));
    let parts = operation.parameters.iter().find(|parameter| parameter.location == Location::Parts).map(parts);
    quote! {
        #(#unwrapped)*
        #body
        let request = Request::new(&OPERATION) #accept #(#fixed)* #(#added)* #json .overridden(self.overrides);
        #parts
    }
}

/// Returns whether a value of the builder can be refused before the request is sent.
pub fn can_refuse(operation: &Operation) -> bool {
    !operation.parameters.is_empty() || operation.body.is_some()
}

/// Returns whether the request names a style.
pub fn names_style(operation: &Operation) -> bool {
    let has_style = |parameter: &Parameter| !is_unstyled(&parameter.location) && style(parameter.encoding).is_some();
    operation.parameters.iter().any(has_style)
}

/// Returns the statement that takes a value out of the builder, or fails with what is wrong with it.
fn unwrap(name: &str, wire_name: &str, convert: Option<&TokenStream>) -> TokenStream {
    let name = ident(name);
    quote!(let #name = self.#name #convert .map_err(|reason| Error::invalid_request(&OPERATION, #wire_name, reason))?;)
}

/// Returns the call that sets the JSON body.
fn json(body: &RequestBody) -> TokenStream {
    let set = match body.media_type.as_str() {
        "application/json" => quote!(json(&body)),
        media_type => quote!(json_as(#media_type, &body)),
    };
    set_body(body.required, &set)
}

/// Returns the call `set` on the request, for an optional body only if there is one.
fn set_body(is_required: bool, set: &TokenStream) -> TokenStream {
    if is_required { quote!(.#set) } else { quote!(.when(body, |request, body| request.#set)) }
}

/// Returns the call that adds a parameter to the request.
fn added(parameter: &Parameter) -> TokenStream {
    let (name, wire_name) = (ident(&parameter.name), &parameter.wire_name);
    match &parameter.location {
        Location::Path => styled("path_param", parameter),
        Location::Query => styled("query", parameter),
        Location::Header => styled("header", parameter),
        Location::Cookie => styled("cookie", parameter),
        Location::FormField => styled("form_field", parameter),
        Location::File => quote!(.file(#wire_name, &#name)),
        Location::Part => quote!(.part(#wire_name, &#name)),
        Location::Text(media_type) => set_body(parameter.required, &quote!(text(#media_type, body))),
        Location::Bytes(media_type) => set_body(parameter.required, &quote!(bytes(#media_type, body))),
        Location::Form => set_body(parameter.required, &quote!(form(&body))),
        // A statement of its own adds them.
        Location::Parts => TokenStream::new(),
    }
}

/// Returns whether parameters of this location have no style.
fn is_unstyled(location: &Location) -> bool {
    location.is_body() || matches!(location, Location::File | Location::Part)
}

/// Returns a call of the method `plain`, or of its variant that takes a style.
fn styled(plain: &str, parameter: &Parameter) -> TokenStream {
    let (name, wire_name) = (ident(&parameter.name), &parameter.wire_name);
    match style(parameter.encoding) {
        None => {
            let add = ident(plain);
            quote!(.#add(#wire_name, &#name))
        }
        Some(style) => {
            let (add, style) = (format_ident!("{plain}_as"), ident(style));
            quote!(.#add(Style::#style, #wire_name, &#name))
        }
    }
}

/// Returns the statement that adds all parts of a multipart form whose names the caller chooses.
fn parts(parameter: &Parameter) -> TokenStream {
    let flat = (!parameter.required).then(|| quote!(.flatten()));
    quote!(let request = body.iter() #flat .fold(request, |request, (name, value)| request.part(name, value));)
}

/// Returns the runtime's name of a style, unless it is the default of all locations that have it.
fn style(encoding: Encoding) -> Option<&'static str> {
    match (encoding.style, encoding.explode) {
        (Style::Json, _) => Some("Json"),
        (Style::Simple, true) => Some("SimpleExploded"),
        (Style::Label, false) => Some("Label"),
        (Style::Label, true) => Some("LabelExploded"),
        (Style::Matrix, false) => Some("Matrix"),
        (Style::Matrix, true) => Some("MatrixExploded"),
        (Style::Form, false) => Some("Form"),
        (Style::SpaceDelimited, false) => Some("SpaceDelimited"),
        (Style::PipeDelimited, false) => Some("PipeDelimited"),
        (Style::DeepObject, _) => Some("DeepObject"),
        // All styles of the query repeat the name when they are written item by item.
        (Style::Simple, false) | (Style::Form | Style::SpaceDelimited | Style::PipeDelimited, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{operation, parameter, text};
    use super::*;
    use crate::model::{Form, TypeUse};

    fn sent(location: Location, style: Style, explode: bool) -> Parameter {
        let encoding = Encoding { style, explode };
        let of = TypeUse::of(Form::Text);
        Parameter { wire_name: "A".to_owned(), location, encoding, required: true, ..parameter("a", of) }
    }

    #[test]
    fn every_location_and_style_has_its_call() {
        let media_type = || "x/y".to_owned();
        for (location, style, explode, expected) in [
            (Location::Path, Style::Simple, false, ".path_param(\"A\",&a)"),
            (Location::Path, Style::Simple, true, ".path_param_as(Style::SimpleExploded,\"A\",&a)"),
            (Location::Path, Style::Matrix, true, ".path_param_as(Style::MatrixExploded,\"A\",&a)"),
            (Location::Path, Style::Label, false, ".path_param_as(Style::Label,\"A\",&a)"),
            (Location::Query, Style::Form, true, ".query(\"A\",&a)"),
            (Location::Query, Style::Form, false, ".query_as(Style::Form,\"A\",&a)"),
            (Location::Query, Style::PipeDelimited, true, ".query(\"A\",&a)"),
            (Location::Query, Style::SpaceDelimited, false, ".query_as(Style::SpaceDelimited,\"A\",&a)"),
            (Location::Query, Style::DeepObject, true, ".query_as(Style::DeepObject,\"A\",&a)"),
            (Location::Query, Style::Json, false, ".query_as(Style::Json,\"A\",&a)"),
            (Location::Header, Style::Simple, false, ".header(\"A\",&a)"),
            (Location::Cookie, Style::Form, true, ".cookie(\"A\",&a)"),
            (Location::Cookie, Style::Form, false, ".cookie_as(Style::Form,\"A\",&a)"),
            (Location::FormField, Style::Form, true, ".form_field(\"A\",&a)"),
            (Location::FormField, Style::Json, false, ".form_field_as(Style::Json,\"A\",&a)"),
            (Location::Part, Style::Form, true, ".part(\"A\",&a)"),
            (Location::File, Style::Form, true, ".file(\"A\",&a)"),
            (Location::Text(media_type()), Style::Form, true, ".text(\"x/y\",body)"),
            (Location::Bytes(media_type()), Style::Form, true, ".bytes(\"x/y\",body)"),
            (Location::Form, Style::Form, true, ".form(&body)"),
            (Location::Parts, Style::Form, true, ""),
        ] {
            let mut operation = operation("a");
            operation.parameters.push(sent(location, style, explode));
            let call = text(&added(&operation.parameters[0]));
            assert_eq!(call, expected);
            assert_eq!(names_style(&operation), call.contains("Style::"), "{call}");
        }
    }

    #[test]
    fn a_part_of_a_form_names_no_style() {
        let mut operation = operation("a");
        operation.parameters.push(sent(Location::Part, Style::Form, false));
        assert!(!names_style(&operation));
    }

    #[test]
    fn an_optional_body_is_set_if_there_is_one() {
        let body = |required: bool, media_type: &str| RequestBody {
            type_name: "A".to_owned(),
            required,
            description: None,
            media_type: media_type.to_owned(),
        };
        for (body, expected) in [
            (body(true, "application/json"), ".json(&body)"),
            (body(false, "application/json"), ".when(body,|request,body|request.json(&body))"),
            (body(true, "application/hal+json"), ".json_as(\"application/hal+json\",&body)"),
        ] {
            assert_eq!(text(&json(&body)), expected);
        }
    }
}
