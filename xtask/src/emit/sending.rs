//! The code that makes a request of the values of a builder.

use quote::quote;
use syn::{Expr, Stmt, parse_quote};

use super::expressions::{at, bind, binding, call, closure, field, method, name, number, or_return, reference, text};
use super::syntax::ident;
use crate::RUNTIME_LIBRARY;
use crate::model::{Encoding, Framing, Location, Operation, Parameter, PartEncoding, RequestBody, Style};

/// Returns the statements that make `request` of the fields of the builder. If the body `is_built`, its field is a
/// builder, which may lack a value.
pub fn request(operation: &Operation, is_built: bool) -> Vec<Stmt> {
    let mut statements: Vec<Stmt> = operation.parameters.iter().map(unwrap_parameter).collect();
    statements.extend(operation.body.as_ref().map(|body| unwrap_body(body, is_built)));
    statements.push(bind("request", filled(operation)));
    statements.extend(operation.parameters.iter().find(|parameter| parameter.location == Location::Parts).map(parts));
    statements
}

/// Returns whether a value of the builder can be refused before the request is sent.
pub fn can_refuse(operation: &Operation) -> bool {
    !operation.parameters.is_empty() || operation.body.is_some()
}

/// Returns whether the request names a style.
pub fn names_style(operation: &Operation) -> bool {
    let has_style = |parameter: &Parameter| {
        let Encoding { allow_reserved, .. } = parameter.encoding;
        !is_unstyled(&parameter.location) && (allow_reserved || style(parameter.encoding).is_some())
    };
    operation.parameters.iter().any(has_style)
}

/// Returns the field of the builder of this name.
fn own(field: &str) -> Expr {
    self::field(name("self"), field)
}

/// Returns the expression that takes a value out of the builder, or fails with what is wrong with it.
fn unwrapped(wire_name: &str, value: Expr) -> Expr {
    let operation = reference(self::name("OPERATION"));
    let error = call(&["Error", "invalid_request"], [operation, text(wire_name), self::name("reason")]);
    or_return(method(value, "map_err", [closure([binding("reason")], error)]))
}

/// Returns the statement that takes the value of a parameter out of the builder. There is none if the value is empty.
fn unwrap_parameter(parameter: &Parameter) -> Stmt {
    let Parameter { name, wire_name, .. } = parameter;
    let value = unwrapped(wire_name, own(name));
    let Some(is_empty) = &parameter.empty_setter else { return bind(name, value) };
    let value = if parameter.required { quote!(Some(#value)) } else { quote!(#value) };
    let (name, is_empty) = (ident(name), ident(is_empty));
    parse_quote!(let #name = if self.#is_empty { None } else { #value };)
}

/// Returns the statement that takes the body out of the builder. If it `is_built`, its field is converted.
fn unwrap_body(body: &RequestBody, is_built: bool) -> Stmt {
    let mut value = own("body");
    if is_built {
        let converted = call(&["types", &body.type_name, "try_from"], [name("body")]);
        let reason = closure([binding("error")], method(name("error"), "to_string", []));
        value = method(value, "and_then", [closure([binding("body")], method(converted, "map_err", [reason]))]);
    }
    bind("body", unwrapped("body", value))
}

/// Returns the statement that sends the request, and leaves the body of its answer open for the items of a stream.
pub fn open() -> Stmt {
    parse_quote!(let (response, items) = self.client.transport.open(request, STREAMED).await?;)
}

/// Returns the constant with the answers that are streams, if there are any.
pub fn streamed(operation: &Operation) -> Option<syn::Item> {
    let statuses = operation.streamed_statuses().into_iter().map(|(first, last, framing)| {
        let [first, last] = [first, last].map(number);
        let framing = match framing {
            Framing::Lines => "Lines",
            Framing::Events => "Events",
        };
        let framing = at(&[RUNTIME_LIBRARY, "codegen", "Framing", framing]);
        quote!((#first, #last, #framing))
    });
    operation.has_stream().then(|| {
        parse_quote! {
            const STREAMED: salla_runtime::codegen::Streamed = salla_runtime::codegen::Streamed(&[#(#statuses),*]);
        }
    })
}

/// Returns the request with all of its values.
fn filled(operation: &Operation) -> Expr {
    let mut request = call(&["Request", "new"], [reference(name("OPERATION"))]);
    if let Some(types) = &operation.accept {
        request = method(request, "accept", [text(types)]);
    }
    for (name, value) in &operation.fixed_query {
        request = method(request, "query", [text(name), text(value)]);
    }
    request = operation.parameters.iter().fold(request, added);
    if let Some(body) = &operation.body {
        request = json(request, body);
    }
    method(request, "overridden", [own("overrides")])
}

/// Sets the JSON body of a request.
fn json(request: Expr, body: &RequestBody) -> Expr {
    let value = reference(name("body"));
    match body.media_type.as_str() {
        "application/json" => set_body(request, body.required, "json", vec![value]),
        media_type => set_body(request, body.required, "json_as", vec![text(media_type), value]),
    }
}

/// Calls the method `set` on a request, for an optional body only if there is one.
fn set_body(request: Expr, is_required: bool, set: &str, arguments: Vec<Expr>) -> Expr {
    if is_required {
        return method(request, set, arguments);
    }
    let setter = closure([binding("request"), binding("body")], method(name("request"), set, arguments));
    method(request, "when", [name("body"), setter])
}

/// Adds a parameter to a request.
fn added(request: Expr, parameter: &Parameter) -> Expr {
    let required = parameter.required;
    let whole = |media_type: &str| vec![text(media_type), name("body")];
    match &parameter.location {
        Location::Path => styled(request, "path_param", parameter),
        Location::Query => query(request, parameter),
        Location::Header => styled(request, "header", parameter),
        Location::Cookie => styled(request, "cookie", parameter),
        Location::FormField => styled(request, "form_field", parameter),
        Location::File => part(request, "file", parameter),
        Location::Part => part(request, "part", parameter),
        Location::Text(media_type) => set_body(request, required, "text", whole(media_type)),
        Location::Bytes(media_type) => set_body(request, required, "bytes", whole(media_type)),
        Location::Form => set_body(request, required, "form", vec![reference(name("body"))]),
        // A statement of its own adds them.
        Location::Parts => request,
    }
}

/// Adds a parameter to the query, with an empty value if the caller chose that.
fn query(request: Expr, parameter: &Parameter) -> Expr {
    let request = styled(request, "query", parameter);
    let Some(is_empty) = &parameter.empty_setter else { return request };
    let empty = method(own(is_empty), "then_some", [text("")]);
    let set = method(name("request"), "query", [text(&parameter.wire_name), name("empty")]);
    method(request, "when", [empty, closure([binding("request"), binding("empty")], set)])
}

/// Calls the method `plain` on a request, or its variant that takes the encoding of parts.
fn part(request: Expr, plain: &str, parameter: &Parameter) -> Expr {
    let (wire_name, value) = (text(&parameter.wire_name), reference(name(&parameter.name)));
    if parameter.part == PartEncoding::default() {
        return method(request, plain, [wire_name, value]);
    }
    let PartEncoding { content_type, headers, is_styled } = &parameter.part;
    let mut encoding = call(&[RUNTIME_LIBRARY, "codegen", "PartEncoding", "new"], []);
    if let Some(content_type) = content_type {
        encoding = method(encoding, "content_type", [text(content_type)]);
    }
    if *is_styled {
        let style = style(parameter.encoding).unwrap_or("FormExploded");
        encoding = method(encoding, "style", [at(&[RUNTIME_LIBRARY, "codegen", "Style", style])]);
    }
    for (name, value) in headers {
        encoding = method(encoding, "header", [text(name), text(value)]);
    }
    method(request, &format!("{plain}_with"), [reference(encoding), wire_name, value])
}

/// Returns whether parameters of this location have no style.
fn is_unstyled(location: &Location) -> bool {
    location.is_body() || matches!(location, Location::File | Location::Part)
}

/// Calls the method `plain` on a request, or its variant that takes a style.
fn styled(request: Expr, plain: &str, parameter: &Parameter) -> Expr {
    let (wire_name, value) = (text(&parameter.wire_name), reference(name(&parameter.name)));
    match style(parameter.encoding) {
        style if parameter.encoding.allow_reserved => {
            let style = at(&["Style", style.unwrap_or("FormExploded")]);
            method(request, &format!("{plain}_reserved"), [style, wire_name, value])
        }
        None => method(request, plain, [wire_name, value]),
        Some(style) => method(request, &format!("{plain}_as"), [at(&["Style", style]), wire_name, value]),
    }
}

/// Returns the statement that adds all parts of a multipart form whose names the caller chooses.
fn parts(parameter: &Parameter) -> Stmt {
    let flat = (!parameter.required).then(|| quote::quote!(.flatten()));
    parse_quote!(let request = body.iter() #flat .fold(request, |request, (name, value)| request.part(name, value));)
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
    use super::super::testing::{self, operation, parameter};
    use super::*;
    use crate::model::{Body, Form, Item, TypeUse};

    fn sent(location: Location, style: Style, explode: bool) -> Parameter {
        let encoding = Encoding::new(style, Some(explode));
        let of = TypeUse::of(Form::Text);
        Parameter { wire_name: "A".to_owned(), location, encoding, required: true, ..parameter("a", of) }
    }

    #[test]
    fn only_the_statuses_of_streams_are_left_open() {
        let stream = || Body::Stream(Framing::Lines, Item::Text);
        let events = || Body::Stream(Framing::Events, Item::Text);
        for (answers, expected) in [
            (&[("200", stream())][..], "&[(200,200,Lines)]"),
            (&[("2XX", stream()), ("204", Body::Nothing)], "&[(200,203,Lines),(205,299,Lines)]"),
            (&[("default", stream())], "&[(200,299,Lines)]"),
            (&[("200", stream()), ("2XX", Body::Text)], "&[(200,200,Lines)]"),
            (&[("200", stream()), ("201", events())], "&[(200,200,Lines),(201,201,Events)]"),
        ] {
            let found = testing::text(&streamed(&testing::with_answers(answers)).unwrap());
            let found = found.replace("salla_runtime::codegen::Framing::", "");
            assert!(found.contains(expected), "{found}");
        }
        assert!(streamed(&operation("a")).is_none());
    }

    #[test]
    fn parts_have_the_encoding_of_the_document() {
        let headers = vec![("X-A".to_owned(), "b".to_owned())];
        let encoding = PartEncoding { content_type: Some("text/csv".to_owned()), headers, is_styled: true };
        let part = Parameter { part: encoding, ..sent(Location::Part, Style::Form, true) };
        let found = testing::text(&added(name("request"), &part));
        let expected = "PartEncoding::new().content_type(\"text/csv\").style(salla_runtime::codegen::Style::FormExploded)\
                        .header(\"X-A\",\"b\")";
        assert!(
            found.starts_with("request.part_with(&salla_runtime::codegen::") && found.contains(expected),
            "{found}"
        );
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
            let call = testing::text(&added(name("request"), &operation.parameters[0]));
            assert_eq!(call.strip_prefix("request"), Some(expected));
            assert_eq!(names_style(&operation), call.contains("Style::"), "{call}");
        }
    }

    #[test]
    fn reserved_characters_are_sent_in_the_style_of_the_parameter() {
        for (location, style, explode, expected) in [
            (Location::Query, Style::Form, true, ".query_reserved(Style::FormExploded,\"A\",&a)"),
            (Location::Query, Style::Form, false, ".query_reserved(Style::Form,\"A\",&a)"),
            (Location::FormField, Style::DeepObject, true, ".form_field_reserved(Style::DeepObject,\"A\",&a)"),
        ] {
            let sent = sent(location, style, explode);
            let encoding = Encoding { allow_reserved: true, ..sent.encoding };
            let mut operation = operation("a");
            operation.parameters.push(Parameter { encoding, ..sent });
            let call = testing::text(&added(name("request"), &operation.parameters[0]));
            assert_eq!(call.strip_prefix("request"), Some(expected));
            assert!(names_style(&operation));
        }
    }

    #[test]
    fn an_empty_value_is_sent_instead_of_another_one() {
        let of = TypeUse::of(Form::Integer);
        let parameter = Parameter { empty_setter: Some("a_empty".to_owned()), required: true, ..parameter("a", of) };
        let found = testing::text(&added(name("request"), &parameter));
        let expected = ".query(\"a\",&a).when(self.a_empty.then_some(\"\"),|request,empty|request.query(\"a\",empty))";
        assert_eq!(found, format!("request{expected}"));
        let found = testing::text(&unwrap_parameter(&parameter));
        assert!(found.starts_with("leta=ifself.a_empty{None}else{Some(self.a.map_err("), "{found}");
    }

    #[test]
    fn a_part_of_a_form_names_no_style() {
        let mut operation = operation("a");
        operation.parameters.push(sent(Location::Part, Style::Form, false));
        assert!(!names_style(&operation));
    }

    #[test]
    fn an_optional_body_is_set_if_there_is_one() {
        let body = |required: bool, media_type: &str| testing::body("A", required, media_type);
        for (body, expected) in [
            (body(true, "application/json"), ".json(&body)"),
            (body(false, "application/json"), ".when(body,|request,body|request.json(&body))"),
            (body(true, "application/hal+json"), ".json_as(\"application/hal+json\",&body)"),
        ] {
            assert_eq!(testing::text(&json(name("request"), &body)), format!("request{expected}"));
        }
    }
}
