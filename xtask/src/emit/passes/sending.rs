//! How the values of a builder get into the request: each to its place, in its style.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::answers::type_path;
use crate::lower::notes::{BodyNote, OperationNote, ParameterNote};
use crate::lower::parameters::{BYTES_BODY, FIELD, FIELDS, FILE, JSON, PART, PARTS, TEXT_BODY};

/// The statements that make `request` of the builder's fields. A body that `is_built` comes as its builder, which may
/// lack a field.
pub fn request(note: &OperationNote, is_built: bool) -> TokenStream {
    let unwrapped = note.parameters.iter().map(|parameter| unwrap(&parameter.name, &parameter.wire_name, None));
    let body = note.body.as_ref().map(|body| {
        let of = type_path(&body.type_name);
        let built = is_built.then(|| quote!(.and_then(|body| #of::try_from(body).map_err(|error| error.to_string()))));
        unwrap("body", "body", built.as_ref())
    });
    let added = note.parameters.iter().map(added);
    let json = note.body.as_ref().map(json);
    let fixed = note.fixed_query.iter().map(|(name, value)| quote!(.query(#name, #value)));
    let accept = note.accept.as_ref().map(|types| quote!(.accept(#types)));
    let parts = note.parameters.iter().find(|parameter| parameter.place == PARTS).map(parts);
    quote! {
        #(#unwrapped)*
        #body
        let request = Request::new(&OPERATION) #accept #(#fixed)* #(#added)* #json .overridden(self.overrides);
        #parts
    }
}

fn unwrap(name: &str, wire: &str, built: Option<&TokenStream>) -> TokenStream {
    let ident = Ident::new(name, Span::call_site());
    quote!(let #ident = self.#ident #built .map_err(|reason| Error::invalid_request(&OPERATION, #wire, reason))?;)
}

fn json(body: &BodyNote) -> TokenStream {
    let media_type = &body.media_type;
    let set = match media_type.as_str() {
        "application/json" => quote!(json(&body)),
        media_type => quote!(json_as(#media_type, &body)),
    };
    if body.required { quote!(.#set) } else { quote!(.when(body, |request, body| request.#set)) }
}

/// The call that adds a parameter to the request.
fn added(parameter: &ParameterNote) -> TokenStream {
    let (ident, wire) = (format_ident!("{}", parameter.name), &parameter.wire_name);
    let styled = |plain: &str| match style(parameter) {
        None => {
            let add = format_ident!("{plain}");
            quote!(.#add(#wire, &#ident))
        }
        Some(style) => {
            let (add, style) = (format_ident!("{plain}_as"), format_ident!("{style}"));
            quote!(.#add(Style::#style, #wire, &#ident))
        }
    };
    match parameter.place.as_str() {
        "path" => styled("path_param"),
        FIELD => styled("form_field"),
        FILE => quote!(.file(#wire, &#ident)),
        PART => quote!(.part(#wire, &#ident)),
        PARTS => TokenStream::new(),
        TEXT_BODY | BYTES_BODY | FIELDS => whole(parameter),
        place => styled(place),
    }
}

/// The call that sets a whole body.
fn whole(parameter: &ParameterNote) -> TokenStream {
    let media_type = &parameter.media_type;
    let set = match parameter.place.as_str() {
        TEXT_BODY => quote!(text(#media_type, body)),
        BYTES_BODY => quote!(bytes(#media_type, body)),
        _ => quote!(form(&body)),
    };
    if parameter.required { quote!(.#set) } else { quote!(.when(body, |request, body| request.#set)) }
}

/// The statement that adds all parts of a multipart form whose names are the caller's.
fn parts(parameter: &ParameterNote) -> TokenStream {
    let flat = (!parameter.required).then(|| quote!(.flatten()));
    quote!(let request = body.iter() #flat .fold(request, |request, (name, value)| request.part(name, value));)
}

/// The style of a parameter, unless it is the one that its place has by default.
fn style(parameter: &ParameterNote) -> Option<&'static str> {
    match (parameter.style.as_str(), parameter.explode) {
        (JSON, _) => Some("Json"),
        ("simple", true) => Some("SimpleExploded"),
        ("label", false) => Some("Label"),
        ("label", true) => Some("LabelExploded"),
        ("matrix", false) => Some("Matrix"),
        ("matrix", true) => Some("MatrixExploded"),
        ("form", false) => Some("Form"),
        ("spaceDelimited", false) => Some("SpaceDelimited"),
        ("pipeDelimited", false) => Some("PipeDelimited"),
        ("deepObject", _) => Some("DeepObject"),
        // Written item by item, all styles of the query repeat the name.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(place: &str, style: &str, explode: bool) -> String {
        let parameter = ParameterNote {
            name: "a".to_owned(),
            wire_name: "A".to_owned(),
            place: place.to_owned(),
            style: style.to_owned(),
            explode,
            required: true,
            media_type: Some("x/y".to_owned()),
            ..ParameterNote::default()
        };
        added(&parameter).to_string().replace(' ', "")
    }

    #[test]
    fn every_place_and_style_has_its_call() {
        for (place, style, explode, expected) in [
            ("path", "simple", false, ".path_param(\"A\",&a)"),
            ("path", "simple", true, ".path_param_as(Style::SimpleExploded,\"A\",&a)"),
            ("path", "matrix", true, ".path_param_as(Style::MatrixExploded,\"A\",&a)"),
            ("path", "label", false, ".path_param_as(Style::Label,\"A\",&a)"),
            ("query", "form", true, ".query(\"A\",&a)"),
            ("query", "form", false, ".query_as(Style::Form,\"A\",&a)"),
            ("query", "pipeDelimited", true, ".query(\"A\",&a)"),
            ("query", "spaceDelimited", false, ".query_as(Style::SpaceDelimited,\"A\",&a)"),
            ("query", "deepObject", true, ".query_as(Style::DeepObject,\"A\",&a)"),
            ("query", "json", false, ".query_as(Style::Json,\"A\",&a)"),
            ("header", "simple", false, ".header(\"A\",&a)"),
            ("cookie", "form", true, ".cookie(\"A\",&a)"),
            ("cookie", "form", false, ".cookie_as(Style::Form,\"A\",&a)"),
            ("form", "form", true, ".form_field(\"A\",&a)"),
            ("form", "json", false, ".form_field_as(Style::Json,\"A\",&a)"),
            ("part", "form", true, ".part(\"A\",&a)"),
            ("file", "form", true, ".file(\"A\",&a)"),
            ("text", "form", true, ".text(\"x/y\",body)"),
            ("bytes", "form", true, ".bytes(\"x/y\",body)"),
            ("forms", "form", true, ".form(&body)"),
            ("parts", "form", true, ""),
        ] {
            assert_eq!(call(place, style, explode), expected, "{place} {style} {explode}");
        }
    }

    #[test]
    fn a_body_that_may_be_missing_is_set_when_it_is_there() {
        let body = |required: bool, media_type: &str| BodyNote {
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
            assert_eq!(json(&body).to_string().replace(' ', ""), expected);
        }
    }
}
