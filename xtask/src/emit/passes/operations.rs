//! One file an operation: progenitor's builder with its setters, what it does when it is sent, and its errors.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Fields, File, ImplItem, Item, ItemImpl, ItemStruct, Type, Visibility, parse_quote};

use super::answers::Answers;
use super::syntax::{self, Structs, unknown_shape};
use super::{docs, paging, sending};
use crate::diagnostics::Diagnostic;
use crate::lower::notes::{BodyNote, OperationNote, ParameterNote};
use crate::lower::parameters::is_body;
use crate::lower::rust_name::builder_name;

/// The file of one operation.
///
/// # Errors
///
/// A diagnostic when progenitor's builder is not of the shape that the passes know.
pub fn file(
    mut builders: Vec<Item>,
    note: &OperationNote,
    types: &Structs<'_>,
    hashable: &BTreeSet<String>,
    overrides: &[ImplItem],
) -> Result<File, Diagnostic> {
    let mut operation = Operation::new(note);
    let builder = operation.builder(&mut builders)?;
    operation.body_is_built = is_body_built(&builder);
    let implementation = operation.implementation(&mut builders, overrides)?;
    let streams = operation.streams(types)?;
    let mut items = vec![operation.constant(), Item::Struct(builder), Item::Impl(implementation)];
    let is_paged = !streams.is_empty();
    items.extend(streams);
    items.push(operation.mocked());
    items.extend(operation.answers.types(hashable));
    let mut all = imports(&items, is_paged);
    all.append(&mut items);
    let call = docs::code(&format!("{} {}", note.method.to_uppercase(), note.path));
    Ok(syntax::source(&call, all))
}

/// The setters that have the name and the form of a method of the standard library's traits.
const OPERATORS: &[&str] =
    &["add", "bitand", "bitor", "bitxor", "cmp", "div", "eq", "index", "mul", "rem", "shl", "shr", "sub"];

/// What the items of an operation need from elsewhere.
fn imports(items: &[Item], is_paged: bool) -> Vec<Item> {
    let mut used = Used::default();
    for item in items {
        used.look_at_item(item);
    }
    let mut imports: Vec<Item> = Vec::new();
    if used.map {
        imports.push(parse_quote!(
            use std::collections::BTreeMap;
        ));
    }
    let style = used.style.then(|| quote!(, Style));
    let (codegen, root): (TokenStream, TokenStream) = if is_paged {
        (
            quote!(Extent, Method, Operation, Overrides, Paged, Request #style),
            quote!(Error, Items, Pages, Response, RetryPolicy),
        )
    } else {
        (quote!(Method, Operation, Overrides, Request #style), quote!(Error, Response, RetryPolicy))
    };
    imports.extend::<[Item; 4]>([
        parse_quote!(
            use std::time::Duration;
        ),
        parse_quote!(use salla_runtime::codegen::{#codegen};),
        parse_quote!(use salla_runtime::{#root};),
        parse_quote!(
            use crate::Client;
        ),
    ]);
    if used.types {
        imports.push(parse_quote!(
            use crate::types;
        ));
    }
    imports
}

/// What is named in tokens: a map, and paths that begin with `Style`, `types` and `builder`. A field may have the name
/// of one of these, and is no path.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "four names, each there or not")]
struct Used {
    map: bool,
    style: bool,
    types: bool,
    builder: bool,
}

impl Used {
    /// What is written of an item as tokens again is written at some cost: words of documentation name nothing, and
    /// setters nothing but what the fields do.
    fn look_at_item(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => item.fields.iter().for_each(|field| self.look_at(field.ty.to_token_stream())),
            Item::Enum(item) => {
                let fields = item.variants.iter().flat_map(|variant| &variant.fields);
                fields.for_each(|field| self.look_at(field.ty.to_token_stream()));
            }
            Item::Impl(item) if item.trait_.is_none() => {
                for function in &item.items {
                    match function {
                        ImplItem::Fn(function) if function.sig.ident == "send" => {
                            self.look_at(function.sig.to_token_stream());
                            self.look_at(function.block.to_token_stream());
                        }
                        _ => {}
                    }
                }
            }
            Item::Static(_) => {}
            item => self.look_at(item.to_token_stream()),
        }
    }

    fn look_at(&mut self, tokens: TokenStream) {
        let mut colons = 0_u8;
        let mut last = None;
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let inside = group.stream();
                    // What stands inside is copied to be taken apart, unless it is held once only.
                    drop(group);
                    self.look_at(inside);
                    last = None;
                }
                TokenTree::Ident(ident) => {
                    self.map |= ident == "BTreeMap";
                    (last, colons) = (Some(ident), 0);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' && last.is_some() => {
                    colons += 1;
                    if colons == 2 {
                        last.take().iter().for_each(|ident| self.path(ident));
                    }
                }
                _ => last = None,
            }
        }
    }

    fn path(&mut self, first: &Ident) {
        self.style |= first == "Style";
        self.types |= first == "types";
        self.builder |= first == "builder";
    }
}

/// Whether the request's body is set field by field.
fn is_body_built(builder: &ItemStruct) -> bool {
    let body = builder.fields.iter().find(|field| field.ident.as_ref().is_some_and(|ident| ident == "body"));
    let mut used = Used::default();
    if let Some(body) = body {
        used.look_at(body.ty.to_token_stream());
    }
    used.builder
}

/// The setters of what every request can have otherwise than its client: the same for all, and parsed once.
pub fn override_setters() -> Vec<ImplItem> {
    let retry =
        docs::attributes("Repeats this request by `policy`, not by its client's; `RetryPolicy::none()` sends it once.");
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

/// The names that belong to one operation.
struct Operation<'n> {
    note: &'n OperationNote,
    builder: Ident,
    answers: Answers<'n>,
    /// Whether the request's body is set field by field.
    body_is_built: bool,
}

impl<'n> Operation<'n> {
    fn new(note: &'n OperationNote) -> Self {
        let builder = Ident::new(&builder_name(&note.name), Span::call_site());
        Self { note, answers: Answers::new(note), builder, body_is_built: false }
    }

    fn constant(&self) -> Item {
        let (id, path) = (&self.note.name, &self.note.path);
        let method = format_ident!("{}", self.note.method.to_uppercase());
        parse_quote!(static OPERATION: Operation = Operation::new(#id, Method::#method, #path);)
    }

    fn builder_type(&self) -> Type {
        let builder = &self.builder;
        parse_quote!(#builder)
    }

    fn builder(&self, builders: &mut Vec<Item>) -> Result<ItemStruct, Diagnostic> {
        let is_builder = |item: &Item| matches!(item, Item::Struct(item) if item.ident == self.builder);
        let Some(Item::Struct(mut item)) = take(builders, is_builder) else {
            return Err(unknown_shape(&format!("there is no builder {}", self.builder)));
        };
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

    fn implementation(&self, builders: &mut Vec<Item>, overrides: &[ImplItem]) -> Result<ItemImpl, Diagnostic> {
        let is_methods = |item: &Item| matches!(item, Item::Impl(item) if is_for(&item.self_ty, &self.builder));
        let Some(Item::Impl(mut item)) = take(builders, is_methods) else {
            return Err(unknown_shape(&format!("{} has no methods", self.builder)));
        };
        let constructor = take(&mut item.items, |item| is_named(item, "new"));
        item.generics = syn::Generics::default();
        *item.self_ty = self.builder_type();
        item.items.retain(|item| !is_named(item, "send"));
        for function in &mut item.items {
            if let ImplItem::Fn(function) = function {
                let name = function.sig.ident.to_string();
                function.attrs = docs::attributes(&self.setter_docs(&name));
                if OPERATORS.contains(&name.as_str()) {
                    function.attrs.push(parse_quote!(#[allow(clippy::should_implement_trait)]));
                }
                if self.parameter(&name).is_some_and(|parameter| parameter.deprecated) {
                    function.attrs.push(parse_quote!(#[deprecated]));
                }
            }
        }
        item.items.insert(0, self.constructor(constructor)?);
        item.items.extend_from_slice(overrides);
        item.items.push(self.send());
        Ok(item)
    }

    /// progenitor's constructor, seen by the crate only: the client makes builders.
    fn constructor(&self, found: Option<ImplItem>) -> Result<ImplItem, Diagnostic> {
        let Some(ImplItem::Fn(mut function)) = found else {
            return Err(unknown_shape(&format!("{} has no `new`", self.builder)));
        };
        function.vis = parse_quote!(pub(crate));
        function.sig.inputs = parse_quote!(client: Client);
        function.sig.output = parse_quote!(-> Self);
        self.initialize(&mut function.block)?;
        Ok(ImplItem::Fn(function))
    }

    /// The body of progenitor's constructor, and no overrides.
    fn initialize(&self, block: &mut syn::Block) -> Result<(), Diagnostic> {
        match block.stmts.last_mut() {
            Some(syn::Stmt::Expr(syn::Expr::Struct(value), _)) => {
                value.fields.push(parse_quote!(overrides: Overrides::default()));
                Ok(())
            }
            _ => Err(unknown_shape(&format!("{} is not made by its fields", self.builder))),
        }
    }

    fn parameter(&self, name: &str) -> Option<&'n ParameterNote> {
        self.note.parameters.iter().find(|known| known.name == name)
    }

    fn setter_docs(&self, name: &str) -> String {
        match (name, &self.note.body) {
            ("body_map", Some(_)) => "Changes the body's builder.".to_owned(),
            ("body", Some(body)) => body_docs(body),
            _ => self.parameter(name).map_or_else(|| format!("Sets `{name}`."), parameter_docs),
        }
    }

    fn send(&self) -> ImplItem {
        let doc = docs::attributes(&self.send_docs());
        let (success, error) = (self.answers.success_type(), self.answers.error_type());
        let request = sending::request(self.note, self.body_is_built);
        let arms = self.answers.arms();
        // The exact statuses go before the ranges that they are in.
        let overlap = self.answers.overlap().then(|| quote!(#[allow(clippy::match_overlapping_arm)]));
        parse_quote! {
            #(#doc)*
            #overlap
            pub async fn send(self) -> Result<Response<#success>, #error> {
                #request
                let response = self.client.transport.call(request).await?;
                match response.status().as_u16() {
                    #(#arms)*
                }
            }
        }
    }

    fn send_docs(&self) -> String {
        let call = docs::code(&format!("{} {}", self.note.method.to_uppercase(), self.note.path));
        let mut text = format!("Sends the request: {call}.\n\n# Errors\n\n");
        text += &match &self.answers.error {
            Some(error) => format!(
                "[`Error::api`] is a [`{error}`] when the API refuses the request in a documented way.\n\
                 The other failures are described at [`Error`]."
            ),
            None => "The failures are described at [`Error`].".to_owned(),
        };
        text
    }

    /// What makes the operation one that a test can mock.
    fn mocked(&self) -> Item {
        let (builder, mocked) = (&self.builder, self.answers.mocked());
        parse_quote! {
            #[cfg(feature = "mock")]
            impl salla_runtime::mock::Mocked for #builder {
                #mocked

                fn operation() -> &'static Operation {
                    &OPERATION
                }
            }
        }
    }

    /// The pages and the items as streams, where the document says how the list comes in pages.
    fn streams(&self, types: &Structs<'_>) -> Result<Vec<Item>, Diagnostic> {
        match (&self.note.pagination, self.answers.json_success()) {
            (Some(note), Some(page)) => paging::items(note, &self.builder, page, self.answers.error.as_ref(), types),
            _ => Ok(Vec::new()),
        }
    }
}

fn body_docs(body: &BodyNote) -> String {
    let what = body.description.as_deref().map_or_else(|| "Sets the body.".to_owned(), docs::markdown);
    if body.required { what } else { format!("{what}\n\nOptional.") }
}

fn parameter_docs(parameter: &ParameterNote) -> String {
    let name = || if is_body(&parameter.place) { "the body".to_owned() } else { docs::code(&parameter.wire_name) };
    let mut text = parameter.description.as_deref().map_or_else(|| format!("Sets {}.", name()), docs::markdown);
    let bounds = parameter.bounds.as_deref().map(|bounds| format!("; {}", docs::markdown(bounds))).unwrap_or_default();
    let required = if parameter.required { "Required" } else { "Optional" };
    text += &format!("\n\n{required}{bounds}.");
    text
}

/// The first one that is looked for, out of the others: what is used once need not be copied.
fn take<T>(from: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    from.iter().position(is_it).map(|at| from.remove(at))
}

fn is_named(item: &ImplItem, name: &str) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == name)
}

fn is_for(of: &Type, ident: &Ident) -> bool {
    matches!(of, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == *ident))
}

/// A call of the operation as an example shows it; nothing where an example of a required value is not known, or the
/// operation should not be called any more.
#[must_use]
pub fn example_call(note: &OperationNote) -> Option<String> {
    if note.deprecated || note.body.as_ref().is_some_and(|body| body.required) {
        return None;
    }
    let mut call = format!("client.{}()", note.name);
    for parameter in note.parameters.iter().filter(|parameter| parameter.required) {
        call += &format!(".{}({})", parameter.name, parameter.example.as_ref().filter(|_| !parameter.deprecated)?);
    }
    Some(call)
}
