//! One file an operation: progenitor's builder with its setters, what it does when it is sent, and its errors.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Fields, File, ImplItem, Item, ItemImpl, ItemStruct, Type, Visibility, parse_quote};

use super::unknown_shape;
use super::{docs, paging};
use crate::diagnostics::Diagnostic;
use crate::lower::notes::{OperationNote, ParameterNote, ResponseNote};
use crate::rust_name::{Names, builder_name, type_name};
use crate::tidy;

/// The file of one operation.
///
/// # Errors
///
/// A diagnostic when progenitor's builder is not of the shape that the passes know.
pub fn file(
    builders: &[Item],
    note: &OperationNote,
    types: &[Item],
    hashable: &BTreeSet<String>,
) -> Result<File, Diagnostic> {
    let mut operation = Operation::new(note);
    let builder = operation.builder(builders)?;
    operation.body_is_built = tidy::names(builder.fields.to_token_stream()).contains("builder");
    let implementation = operation.implementation(builders)?;
    let errors = operation.errors(hashable);
    let (id, path) = (&note.name, &note.path);
    let method = format_ident!("{}", note.method.to_uppercase());
    let streams = operation.streams(types)?;
    let (codegen, root): (TokenStream, TokenStream) = if streams.is_empty() {
        (quote!(Method, Operation, Overrides, Request), quote!(Error, Response, RetryPolicy))
    } else {
        (
            quote!(Extent, Method, Operation, Overrides, Paged, Request),
            quote!(Error, Items, Pages, Response, RetryPolicy),
        )
    };
    let mut items: Vec<Item> = vec![
        parse_quote!(
            use std::time::Duration;
        ),
        parse_quote!(use salla_runtime::codegen::{#codegen};),
        parse_quote!(use salla_runtime::{#root};),
        parse_quote!(
            use crate::Client;
        ),
    ];
    if note.body.is_some() || note.responses.iter().any(|response| response.body.is_some()) {
        items.push(parse_quote!(
            use crate::types;
        ));
    }
    items.push(parse_quote!(static OPERATION: Operation = Operation::new(#id, Method::#method, #path);));
    items.push(Item::Struct(builder));
    items.push(Item::Impl(implementation));
    items.extend(streams);
    items.extend(operation.mocked());
    items.extend(errors);
    Ok(super::source(&format!("`{} {}`", note.method.to_uppercase(), note.path), items))
}

/// The names that belong to one operation.
struct Operation<'n> {
    note: &'n OperationNote,
    builder: Ident,
    error: Option<Ident>,
    /// Whether the request's body is set field by field.
    body_is_built: bool,
}

impl<'n> Operation<'n> {
    fn new(note: &'n OperationNote) -> Self {
        let name = builder_name(&note.name);
        let has_errors = note.responses.iter().any(|response| !response.is_success());
        Self {
            note,
            error: has_errors.then(|| format_ident!("{name}Error")),
            builder: Ident::new(&name, Span::call_site()),
            body_is_built: false,
        }
    }

    fn builder_type(&self) -> Type {
        let builder = &self.builder;
        parse_quote!(#builder)
    }

    fn error_type(&self) -> TokenStream {
        match &self.error {
            Some(error) => quote!(Error<#error>),
            None => quote!(Error),
        }
    }

    fn builder(&self, builders: &[Item]) -> Result<ItemStruct, Diagnostic> {
        let found = builders.iter().find_map(|item| match item {
            Item::Struct(item) if item.ident == self.builder => Some(item.clone()),
            _ => None,
        });
        let mut item = found.ok_or_else(|| unknown_shape(&format!("there is no builder {}", self.builder)))?;
        let text = format!("A request of [`Client::{}`], to be filled and [sent](Self::send).", self.note.name);
        item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        item.attrs.splice(0..0, docs::attributes(&text));
        item.attrs.push(parse_quote!(#[must_use = "nothing is sent before `send`"]));
        // A request that owns its client (a clone is a counter) can be sent from another task, and paged by a stream.
        item.generics = syn::Generics::default();
        if let Fields::Named(fields) = &mut item.fields {
            for field in &mut fields.named {
                field.vis = Visibility::Inherited;
                if field.ident.as_ref().is_some_and(|ident| ident == "client") {
                    field.ty = parse_quote!(Client);
                }
            }
            let overrides: syn::FieldsNamed = parse_quote!({ overrides: Overrides });
            fields.named.extend(overrides.named);
        }
        Ok(item)
    }

    fn implementation(&self, builders: &[Item]) -> Result<ItemImpl, Diagnostic> {
        let found = builders.iter().find_map(|item| match item {
            Item::Impl(item) if is_for(&item.self_ty, &self.builder) => Some(item.clone()),
            _ => None,
        });
        let mut item = found.ok_or_else(|| unknown_shape(&format!("{} has no methods", self.builder)))?;
        item.generics = syn::Generics::default();
        *item.self_ty = self.builder_type();
        item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "send" || function.sig.ident == "new"));
        for function in &mut item.items {
            if let ImplItem::Fn(function) = function {
                let text = self.setter_docs(&function.sig.ident.to_string());
                function.attrs = docs::attributes(&text);
            }
        }
        item.items.insert(0, self.constructor(builders)?);
        item.items.extend(Self::override_setters());
        item.items.push(self.send());
        Ok(item)
    }

    /// progenitor's constructor, seen by the crate only: the client makes builders.
    fn constructor(&self, builders: &[Item]) -> Result<ImplItem, Diagnostic> {
        let mut function = builders
            .iter()
            .find_map(|item| match item {
                Item::Impl(item) if is_for(&item.self_ty, &self.builder) => {
                    item.items.iter().find_map(|item| match item {
                        ImplItem::Fn(function) if function.sig.ident == "new" => Some(function.clone()),
                        _ => None,
                    })
                }
                _ => None,
            })
            .ok_or_else(|| unknown_shape(&format!("{} has no `new`", self.builder)))?;
        function.vis = parse_quote!(pub(crate));
        function.sig.inputs = parse_quote!(client: Client);
        function.sig.output = parse_quote!(-> Self);
        function.block = self.initial(&function.block)?;
        Ok(ImplItem::Fn(function))
    }

    /// The body of progenitor's constructor, and no overrides.
    fn initial(&self, block: &syn::Block) -> Result<syn::Block, Diagnostic> {
        let mut block = block.clone();
        match block.stmts.last_mut() {
            Some(syn::Stmt::Expr(syn::Expr::Struct(value), _)) => {
                value.fields.push(parse_quote!(overrides: Overrides::default()));
                Ok(block)
            }
            _ => Err(unknown_shape(&format!("{} is not made by its fields", self.builder))),
        }
    }

    /// What every request can have otherwise than its client.
    fn override_setters() -> Vec<ImplItem> {
        let retry = docs::attributes(
            "Repeats this request by `policy`, not by its client's; `RetryPolicy::none()` sends it once.",
        );
        let timeout =
            docs::attributes("How long this request may take, retries and waiting included; not what its client says.");
        vec![
            parse_quote! {
                #(#retry)*
                pub fn retry(mut self, policy: RetryPolicy) -> Self {
                    self.overrides.retry = Some(policy);
                    self
                }
            },
            parse_quote! {
                #(#timeout)*
                pub fn timeout(mut self, timeout: Duration) -> Self {
                    self.overrides.timeout = Some(timeout);
                    self
                }
            },
        ]
    }

    fn setter_docs(&self, name: &str) -> String {
        match name {
            "body" => "Sets the body.".to_owned(),
            "body_map" => "Changes the body's builder.".to_owned(),
            _ => self
                .note
                .parameters
                .iter()
                .find(|known| known.name == name)
                .map_or_else(|| format!("Sets `{name}`."), parameter_docs),
        }
    }

    fn send(&self) -> ImplItem {
        let text = self.send_docs();
        let doc = docs::attributes(&text);
        let success = self.note.responses.iter().find(|response| response.is_success());
        let body =
            success.and_then(|response| response.body.as_ref()).map_or_else(|| quote!(()), |name| type_path(name));
        let error = self.error_type();
        let request = self.request();
        let arms = self.arms();
        parse_quote! {
            #(#doc)*
            pub async fn send(self) -> Result<Response<#body>, #error> {
                #request
                let response = self.client.transport.call(request).await?;
                match response.status().as_u16() {
                    #(#arms)*
                }
            }
        }
    }

    fn send_docs(&self) -> String {
        let mut text =
            format!("Sends the request: `{} {}`.\n\n# Errors\n\n", self.note.method.to_uppercase(), self.note.path);
        text += &match &self.error {
            Some(error) => format!(
                "[`Error::api`] is a [`{error}`] when the API refuses the request in a documented way.\n\
                 The other failures are described at [`Error`]."
            ),
            None => "The failures are described at [`Error`].".to_owned(),
        };
        text
    }

    fn request(&self) -> TokenStream {
        let unwrapped = self.note.parameters.iter().map(|parameter| {
            let (ident, wire) = (format_ident!("{}", parameter.name), &parameter.wire_name);
            quote!(let #ident = self.#ident.map_err(|reason| Error::invalid_request(&OPERATION, #wire, reason))?;)
        });
        let added = self.note.parameters.iter().map(|parameter| {
            let (ident, wire) = (format_ident!("{}", parameter.name), &parameter.wire_name);
            let add = format_ident!("{}", if parameter.place == "path" { "path_param" } else { &parameter.place });
            quote!(.#add(#wire, &#ident))
        });
        let body = self.note.body.as_ref().map(|name| {
            let body_type = type_path(name);
            // A body with fields comes as its builder, which may lack one.
            let built = self
                .body_is_built
                .then(|| quote!(.and_then(|body| #body_type::try_from(body).map_err(|error| error.to_string()))));
            quote!(let body = self.body #built .map_err(|reason| Error::invalid_request(&OPERATION, "body", reason))?;)
        });
        let add_body = body.is_some().then(|| quote!(.json(&body)));
        quote! {
            #(#unwrapped)*
            #body
            let request = Request::new(&OPERATION) #(#added)* #add_body .overridden(self.overrides);
        }
    }

    /// What each status means, the exact ones before the ranges and those before the rest.
    fn arms(&self) -> Vec<TokenStream> {
        let mut responses: Vec<_> = self.variants();
        responses.sort_by_key(|(response, _)| (specificity(&response.status), response.status.clone()));
        let mut arms: Vec<_> = responses
            .iter()
            .filter(|(response, _)| response.status != "default")
            .map(|(response, variant)| {
                let pattern = pattern(&response.status);
                let outcome = self.outcome(response, variant);
                quote!(#pattern => #outcome,)
            })
            .collect();
        let rest = responses.iter().find(|(response, _)| response.status == "default");
        match rest {
            Some((response, variant)) => {
                let outcome = self.outcome(response, variant);
                // What is no failure (a success that is not documented, a redirect) has not the failure's body.
                arms.push(quote! {
                    status if !(400..=599).contains(&status) => Err(response.unexpected()),
                });
                arms.push(quote!(_ => #outcome,));
            }
            None => arms.push(quote!(_ => Err(response.unexpected()),)),
        }
        arms
    }

    fn outcome(&self, response: &ResponseNote, variant: &Ident) -> TokenStream {
        let error = &self.error;
        match (response.is_success(), &response.body) {
            (true, Some(_)) => quote!(response.decode()),
            (true, None) => quote!(response.without_body()),
            (false, Some(_)) => quote!(Err(response.api_error(#error::#variant))),
            (false, None) => quote!(Err(response.bare_api_error(#error::#variant))),
        }
    }

    /// What makes the operation one that a test can mock.
    fn mocked(&self) -> Option<Item> {
        let (builder, success) = (&self.builder, self.note.responses.iter().find(|response| response.is_success())?);
        let body = success.body.as_ref().map_or_else(|| quote!(()), |name| type_path(name));
        let status = proc_macro2::Literal::u16_unsuffixed(success.status.parse().unwrap_or(200));
        Some(parse_quote! {
            #[cfg(feature = "mock")]
            impl salla_runtime::mock::Mocked for #builder {
                type Success = #body;
                const STATUS: u16 = #status;

                fn operation() -> &'static Operation {
                    &OPERATION
                }
            }
        })
    }

    /// The pages and the items as streams, where the document says how the list comes in pages.
    fn streams(&self, types: &[Item]) -> Result<Vec<Item>, Diagnostic> {
        let success = self.note.responses.iter().find(|response| response.is_success());
        match (&self.note.pagination, success.and_then(|response| response.body.as_deref())) {
            (Some(note), Some(page)) => paging::items(note, &self.builder, page, self.error.as_ref(), types),
            _ => Ok(Vec::new()),
        }
    }

    /// The responses with the names of their variants; that of the success is not used.
    fn variants(&self) -> Vec<(&'n ResponseNote, Ident)> {
        let mut names = Names::default();
        let mut variant = |response: &ResponseNote| {
            let name = response.name.clone().unwrap_or_else(|| reason(&response.status));
            Ident::new(&names.unique(&type_name(&name)), Span::call_site())
        };
        let failures = self.note.responses.iter().filter(|response| !response.is_success());
        let successes = self.note.responses.iter().filter(|response| response.is_success());
        failures.chain(successes).map(|response| (response, variant(response))).collect()
    }

    fn errors(&self, hashable: &BTreeSet<String>) -> Option<Item> {
        let error = self.error.as_ref()?;
        let failures: Vec<_> = self.variants().into_iter().filter(|(response, _)| !response.is_success()).collect();
        let is_hashable =
            failures.iter().all(|(response, _)| response.body.as_ref().is_none_or(|body| hashable.contains(body)));
        let eq = is_hashable.then(|| quote!(, Eq, Hash));
        let doc =
            docs::attributes(&format!("How the API refuses a request of [`Client::{}`], by status.", self.note.name));
        let variants = failures.iter().map(|(response, variant)| {
            let doc = docs::attributes(&variant_docs(response));
            let body = response.body.as_ref().map(|name| type_path(name)).map(|path| quote!((#path)));
            quote!(#(#doc)* #variant #body,)
        });
        Some(parse_quote! {
            #(#doc)*
            #[derive(Clone, Debug, PartialEq #eq)]
            #[non_exhaustive]
            pub enum #error {
                #(#variants)*
            }
        })
    }
}

fn type_path(name: &str) -> TokenStream {
    let ident = Ident::new(name, Span::call_site());
    quote!(types::#ident)
}

fn variant_docs(response: &ResponseNote) -> String {
    let description = docs::markdown(&response.description);
    match response.status.as_str() {
        "default" => description,
        status => format!("`{status}`: {description}"),
    }
}

fn parameter_docs(parameter: &ParameterNote) -> String {
    let what = parameter
        .description
        .as_deref()
        .map_or_else(|| format!("Sets {}.", docs::code(&parameter.wire_name)), docs::markdown);
    let mut text = what;
    let bounds = parameter.bounds.as_deref().map(|bounds| format!("; {}", docs::markdown(bounds))).unwrap_or_default();
    let required = if parameter.required { "Required" } else { "Optional" };
    text += &format!("\n\n{required}{bounds}.");
    text
}

fn is_for(of: &Type, ident: &Ident) -> bool {
    matches!(of, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == *ident))
}

/// The status as the name of a variant, by its reason phrase (RFC 9110, section 15).
fn reason(status: &str) -> String {
    match status {
        "default" => "Other".to_owned(),
        "4XX" => "ClientError".to_owned(),
        "5XX" => "ServerError".to_owned(),
        _ => {
            let code = status.parse().ok().and_then(|code| http::StatusCode::from_u16(code).ok());
            let reason = code.and_then(|code| code.canonical_reason());
            reason.map_or_else(|| format!("Status{status}"), str::to_owned)
        }
    }
}

fn specificity(status: &str) -> u8 {
    match status {
        "default" => 2,
        range if range.ends_with("XX") => 1,
        _ => 0,
    }
}

fn pattern(status: &str) -> TokenStream {
    let number = |text: &str| proc_macro2::Literal::u16_unsuffixed(text.parse().unwrap_or_default());
    match status.strip_suffix("XX") {
        Some(class) => {
            let (first, last) = (number(&format!("{class}00")), number(&format!("{class}99")));
            quote!(#first..=#last)
        }
        None => number(status).to_token_stream(),
    }
}

/// A call of the operation as an example shows it; nothing where an example of a required value is not known.
#[must_use]
pub fn example_call(note: &OperationNote) -> Option<String> {
    if note.body.is_some() {
        return None;
    }
    let mut call = format!("client.{}()", note.name);
    for parameter in note.parameters.iter().filter(|parameter| parameter.required) {
        call += &format!(".{}({:?})", parameter.name, parameter.example.as_ref()?);
    }
    Some(call)
}
