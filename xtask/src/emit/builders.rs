//! The files of the operations: progenitor's builder with its setters, the request that it sends, and its answers.

use std::cell::LazyCell;

use proc_macro2::Ident;
use quote::quote;
use syn::{
    Attribute, Block, Expr, Field, FieldValue, Fields, FieldsNamed, File, FnArg, ImplItem, ImplItemFn, Item, ItemImpl,
    ItemStatic, ItemStruct, ItemUse, Member, ReturnType, Stmt, Token, Visibility, parse_quote,
};

use super::answers::Answers;
use super::markdown::{code, markdown};
use super::syntax::{
    ident, import, import_one, is_function, list, name_value, no_generics, type_at, type_ident, type_with, word,
};
use super::{
    constants, constraints, credentials, docs, empty_setters, expressions, headers, paging, rust_types, scopes, sending,
};
use crate::diagnostics::Diagnostic;
use crate::model::{Definition, Operation, Parameter, RequestBody, Security, Types};
use crate::progenitor::unknown_shape;

/// The setters that have the name and the form of a method of the standard library's traits.
const OPERATORS: &[&str] =
    &["add", "bitand", "bitor", "bitxor", "cmp", "div", "eq", "index", "mul", "rem", "shl", "shr", "sub"];

/// Writes the files of operations. It holds the syntax trees that all of them have, so that each is parsed once.
pub struct Writer<'a> {
    /// How requests are authenticated.
    security: &'a Security,
    /// The setters of the choices that every request has.
    setters: [ImplItem; 4],
    /// The field with these choices.
    field: Option<Field>,
    /// The initial value of that field.
    value: FieldValue,
    /// The parameter of the constructor.
    client: FnArg,
    /// The visibility of the constructor.
    crate_only: Visibility,
    /// The result of the constructor.
    output: ReturnType,
    /// The import of `Duration`.
    duration: ItemUse,
    /// The constant with the facts of an operation, which lacks its value.
    constant: ItemStatic,
    /// The method that sends a request, which lacks the request and the answers.
    send: ImplItemFn,
    /// The implementation for mocks, which lacks the success.
    mocked: ItemImpl,
    paging: LazyCell<paging::Writer>,
}

impl<'a> Writer<'a> {
    pub fn new(security: &'a Security) -> Self {
        let field: FieldsNamed = parse_quote!({ overrides: Overrides });
        Self {
            security,
            setters: override_setters(),
            field: field.named.into_iter().next(),
            value: parse_quote!(overrides: Overrides::default()),
            client: parse_quote!(client: Client),
            crate_only: parse_quote!(pub(crate)),
            output: parse_quote!(-> Self),
            duration: import_one(&["std", "time"], "Duration"),
            constant: parse_quote!(
                static OPERATION: Operation = operation;
            ),
            send: empty_send(),
            mocked: empty_mocked(),
            paging: LazyCell::new(paging::Writer::new),
        }
    }

    /// Returns the file of an operation. `items` are those of its builder.
    ///
    /// # Errors
    ///
    /// A diagnostic if the builder has an unknown shape.
    pub fn file(&self, mut items: Vec<Item>, operation: &Operation, types: &Types) -> Result<File, Diagnostic> {
        let is_body_built = is_body_built(operation, types);
        let answers = Answers::new(operation);
        let subject = Subject { operation, builder: ident(&operation.builder), answers, is_body_built };
        let builder = self.builder(&subject, &mut items)?;
        let implementation = self.implementation(&subject, &mut items)?;
        let mut all: Vec<Item> = self.imports(operation);
        all.push(self.constant(operation));
        all.extend(sending::streamed(operation));
        all.extend([Item::Struct(builder), Item::Impl(implementation)]);
        if let Some(pagination) = &operation.pagination {
            all.extend(self.paging.items(pagination, &operation.builder, subject.answers.error));
        }
        all.push(Item::Impl(self.mocked(&subject)));
        all.extend(subject.answers.types());
        all.extend(headers::items(operation));
        Ok(docs::file(&code(&operation.request_line()), all))
    }

    /// Returns the imports of the file of an operation.
    fn imports(&self, operation: &Operation) -> Vec<Item> {
        let private = || Visibility::Inherited;
        let is_paged = operation.pagination.is_some();
        let mut codegen = vec!["Method", "Operation", "Overrides", "Request"];
        let mut root = vec!["CallError", "Response", "RetryPolicy"];
        if is_paged {
            codegen = vec!["Extent", "Method", "Operation", "Overrides", "Paged", "Request"];
            root = vec!["CallError", "Items", "Pages", "Response", "RetryPolicy"];
        }
        if sending::can_refuse(operation) {
            root.insert(1, "Error");
        }
        if sending::names_style(operation) {
            codegen.push("Style");
        }
        let map = needs_map(operation).then(rust_types::map_import);
        let types = needs_types(operation).then(|| import_one(&["crate"], "types"));
        let always = [
            self.duration.clone(),
            import(private(), &["salla_runtime", "codegen"], codegen),
            import(private(), &["salla_runtime"], root),
            import_one(&["crate"], "Client"),
        ];
        map.into_iter().chain(always).chain(types).map(Item::Use).collect()
    }

    /// Returns the builder, which owns its client: clients are cheap to clone, and a request can move to another task.
    fn builder(&self, subject: &Subject<'_>, items: &mut Vec<Item>) -> Result<ItemStruct, Diagnostic> {
        let is_builder = |item: &Item| matches!(item, Item::Struct(item) if item.ident == subject.builder);
        let Some(Item::Struct(mut item)) = take(items, is_builder) else {
            return Err(unknown_shape(&format!("there is no builder {}", subject.builder)));
        };
        let text = format!(
            "A builder of requests for [`Client::{}`]. [`send`](Self::send) sends the request.",
            subject.operation.name
        );
        docs::set(&mut item.attrs, &text);
        item.attrs.push(name_value(syn::AttrStyle::Outer, "must_use", "nothing is sent before `send`"));
        item.generics = no_generics();
        if let Fields::Named(fields) = &mut item.fields {
            for field in &mut fields.named {
                field.vis = Visibility::Inherited;
                if field.ident.as_ref().is_some_and(|ident| ident == "client") {
                    field.ty = type_at(&["Client"]);
                }
            }
            fields.named.extend(self.field.clone());
            fields.named.extend(empty_setters::fields(subject.operation));
        }
        Ok(item)
    }

    fn implementation(&self, subject: &Subject<'_>, items: &mut Vec<Item>) -> Result<ItemImpl, Diagnostic> {
        let is_methods =
            |item: &Item| matches!(item, Item::Impl(item) if type_ident(&item.self_ty) == Some(&subject.builder));
        let Some(Item::Impl(mut item)) = take(items, is_methods) else {
            return Err(unknown_shape(&format!("{} has no methods", subject.builder)));
        };
        let constructor = take(&mut item.items, |item| is_function(item, "new"));
        item.generics = no_generics();
        *item.self_ty = type_at(&[&subject.operation.builder]);
        item.items.retain(|item| !is_function(item, "send"));
        for function in &mut item.items {
            if let ImplItem::Fn(function) = function {
                function.attrs = subject.setter_attributes(&function.sig.ident.to_string());
            }
        }
        empty_setters::add(&mut item.items, subject.operation);
        item.items.insert(0, self.constructor(subject, constructor)?);
        item.items.splice(0..0, scopes::constant(subject.operation));
        item.items.extend_from_slice(&self.setters);
        item.items.push(ImplItem::Fn(self.send(subject)));
        Ok(item)
    }

    /// Returns progenitor's constructor, visible in the crate only: the client makes builders.
    fn constructor(&self, subject: &Subject<'_>, found: Option<ImplItem>) -> Result<ImplItem, Diagnostic> {
        let Some(ImplItem::Fn(mut function)) = found else {
            return Err(unknown_shape(&format!("{} has no `new`", subject.builder)));
        };
        function.vis = self.crate_only.clone();
        function.sig.inputs = std::iter::once(self.client.clone()).collect();
        function.sig.output = self.output.clone();
        begin_with_constants(&mut function.block, subject.operation);
        self.initialize(&mut function.block, empty_setters::values(subject.operation))
            .ok_or_else(|| unknown_shape(&format!("{} is not made by its fields", subject.builder)))?;
        Ok(ImplItem::Fn(function))
    }

    /// Adds the initial values of the own fields to progenitor's constructor.
    fn initialize(&self, block: &mut Block, others: impl Iterator<Item = FieldValue>) -> Option<()> {
        let Some(Stmt::Expr(Expr::Struct(value), _)) = block.stmts.last_mut() else { return None };
        value.fields.push(self.value.clone());
        value.fields.extend(others);
        Some(())
    }

    /// Returns the constant with the facts of an operation.
    fn constant(&self, operation: &Operation) -> Item {
        let method = expressions::at(&["Method", operation.method.as_str()]);
        let facts = [expressions::text(&operation.name), method, expressions::text(&operation.path)];
        let mut expr = expressions::call(&["Operation", "new"], facts);
        if let Some(requirement) = credentials::own_requirement(self.security, operation) {
            expr = expressions::method(expr, "secured", [requirement]);
        }
        if let Some(server) = operation.server {
            expr = expressions::method(expr, "served_by", [expressions::index(server)]);
        }
        Item::Static(ItemStatic { expr: Box::new(expr), ..self.constant.clone() })
    }

    /// Returns the method that sends the request, and reads its answer by the status.
    fn send(&self, subject: &Subject<'_>) -> ImplItemFn {
        let mut send = self.send.clone();
        let answers = &subject.answers;
        send.attrs = docs::attributes(&subject.send_docs());
        // Exact statuses go before the ranges that contain them.
        if answers.overlap() {
            send.attrs.push(list("allow", quote!(clippy::match_overlapping_arm)));
        }
        let result = type_with("Result", [type_with("Response", [answers.success_type()]), answers.error_type()]);
        send.sig.output = ReturnType::Type(<Token![->]>::default(), Box::new(result));
        if let Some(Stmt::Expr(Expr::Match(by_status), _)) = send.block.stmts.last_mut() {
            by_status.arms = answers.arms();
        }
        if let Some(call) = send.block.stmts.first_mut().filter(|_| subject.operation.has_stream()) {
            *call = sending::open();
        }
        send.block.stmts.splice(0..0, sending::request(subject.operation, subject.is_body_built));
        send
    }

    /// Returns the implementation for mocks.
    fn mocked(&self, subject: &Subject<'_>) -> ItemImpl {
        let mut mocked = self.mocked.clone();
        *mocked.self_ty = type_at(&[&subject.operation.builder]);
        let of = subject.answers.mocked();
        if let [ImplItem::Type(success), ImplItem::Const(status), ..] = mocked.items.as_mut_slice() {
            success.ty = of.success;
            status.expr = Expr::Lit(expressions::number(of.status));
        }
        let before_operation = mocked.items.len().saturating_sub(1);
        mocked.items.splice(before_operation..before_operation, of.body);
        mocked
    }
}

/// Lets a builder begin with the parameters that have only one value, so that they need not be set.
fn begin_with_constants(block: &mut Block, operation: &Operation) {
    let Some(Stmt::Expr(Expr::Struct(begun), _)) = block.stmts.last_mut() else { return };
    for parameter in &operation.parameters {
        let Some(constant) = &parameter.constant else { continue };
        let is_it = |field: &&mut FieldValue| matches!(&field.member, Member::Named(name) if *name == parameter.name);
        if let Some(field) = begun.fields.iter_mut().find(is_it) {
            field.expr = constants::beginning(constant, &parameter.of.form, "types");
        }
    }
}

/// An operation with its names.
struct Subject<'a> {
    operation: &'a Operation,
    builder: Ident,
    answers: Answers<'a>,
    /// Whether the body is set field by field.
    is_body_built: bool,
}

impl<'a> Subject<'a> {
    fn parameter(&self, name: &str) -> Option<&'a Parameter> {
        self.operation.parameters.iter().find(|known| known.name == name)
    }

    fn setter_attributes(&self, name: &str) -> Vec<Attribute> {
        let mut attributes = docs::attributes(&self.setter_docs(name));
        if OPERATORS.contains(&name) {
            attributes.push(list("allow", quote!(clippy::should_implement_trait)));
        }
        if self.parameter(name).is_some_and(|parameter| parameter.deprecated) {
            attributes.push(word(&["deprecated"]));
        }
        attributes
    }

    fn setter_docs(&self, name: &str) -> String {
        match (name, &self.operation.body) {
            ("body_map", Some(_)) => "Changes the body's builder.".to_owned(),
            ("body", Some(body)) => body_docs(body),
            _ => self.parameter(name).map_or_else(|| format!("Sets `{name}`."), parameter_docs),
        }
    }

    fn send_docs(&self) -> String {
        let mut text = format!("Sends the request: {}.\n\n# Errors\n\n", code(&self.operation.request_line()));
        text += &format!(
            "[`CallError::api`] returns a [`{}`] if the API refuses the request with a documented status.\n\
             All failures are described at [`Error`](crate::Error), into which `?` converts the error.",
            self.answers.error
        );
        if self.operation.has_stream() {
            text += "\n\nThe items of a success arrive while the caller reads them from the \
                     [`ItemStream`](salla_runtime::ItemStream), which has errors of its own.";
        }
        text
    }
}

/// Returns the method `send` without its result, without the statements that make the request, and without arms.
fn empty_send() -> ImplItemFn {
    parse_quote! {
        pub async fn send(self) {
            let response = self.client.transport.call(request).await?;
            match response.status().as_u16() {}
        }
    }
}

/// Returns the implementation of the trait `Mocked` without its type, and without what depends on the success.
fn empty_mocked() -> ItemImpl {
    parse_quote! {
        #[cfg(feature = "mock")]
        impl salla_runtime::mock::Mocked for Builder {
            type Success = ();
            const STATUS: u16 = 0;
            fn operation() -> &'static Operation {
                &OPERATION
            }
        }
    }
}

/// Returns the setters of the choices that every request has.
fn override_setters() -> [ImplItem; 4] {
    let retry = docs::attributes(
        "Overrides the client's retry policy for this request. `RetryPolicy::none()` disables retries.",
    );
    let timeout =
        docs::attributes("Overrides the client's timeout for this request. The timeout covers retries and waits.");
    let header = docs::attributes(
        "Adds a header that the operation does not have. The request is refused if `name` is one of the headers that \
         the client sets itself, such as `Authorization`.",
    );
    let query = docs::attributes("Adds a parameter to the query that the operation does not have.");
    let mut setters: [ImplItemFn; 4] = [
        parse_quote! {
            pub fn extra_header(mut self, name: &str, value: &str) -> Self {
                self.overrides.extra_header(name, value);
                self
            }
        },
        parse_quote! {
            pub fn extra_query(mut self, name: &str, value: impl std::fmt::Display) -> Self {
                self.overrides.extra_query(name, value);
                self
            }
        },
        parse_quote! {
            pub fn retry(mut self, policy: RetryPolicy) -> Self {
                self.overrides.retry = Some(policy);
                self
            }
        },
        parse_quote! {
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.overrides.timeout = Some(timeout);
                self
            }
        },
    ];
    for (setter, attrs) in setters.iter_mut().zip([header, query, retry, timeout]) {
        setter.attrs = attrs;
    }
    setters.map(ImplItem::Fn)
}

/// Returns whether the body is set field by field: progenitor has a builder for a required body that is a struct.
fn is_body_built(operation: &Operation, types: &Types) -> bool {
    let body = operation.body.as_ref().filter(|body| body.required);
    let of = body.and_then(|body| types.get(&body.type_name));
    of.is_some_and(|of| matches!(of.definition, Definition::Struct { .. }))
}

/// Returns whether the file of an operation names `BTreeMap`.
fn needs_map(operation: &Operation) -> bool {
    let items = operation.pagination.as_ref().map(|pagination| &pagination.item);
    operation.parameters.iter().map(|parameter| &parameter.of).chain(items).any(rust_types::has_map)
}

/// Returns whether the file of an operation names the module of the types.
fn needs_types(operation: &Operation) -> bool {
    let headers = operation.headers.iter().flat_map(|headers| &headers.list);
    operation.body.is_some()
        || headers.into_iter().any(|header| rust_types::has_named(&header.of))
        || operation.parameters.iter().any(|parameter| rust_types::has_named(&parameter.of))
        || operation.answers().any(|answer| answer.body.type_name().is_some())
}

fn body_docs(body: &RequestBody) -> String {
    let text = body.description.as_deref().map_or_else(|| "Sets the body.".to_owned(), markdown);
    if body.required { text } else { format!("{text}\n\nOptional.") }
}

fn parameter_docs(parameter: &Parameter) -> String {
    let name = || if parameter.location.is_body() { "the body".to_owned() } else { code(&parameter.wire_name) };
    let mut text = parameter.description.as_deref().map_or_else(|| format!("Sets {}.", name()), markdown);
    text += &match &parameter.constant {
        Some(constant) => format!("\n\nIt is {} unless it is set.", constraints::constant(constant)),
        None if parameter.required => "\n\nRequired.".to_owned(),
        None => "\n\nOptional.".to_owned(),
    };
    if let Some(bounds) = &parameter.bounds {
        // The server checks them, and may change them before the document does.
        text += &format!(" Documented bounds, which the client does not check: {}.", markdown(bounds));
    }
    constraints::add(&mut text, &parameter.constraints);
    if parameter.encoding.allow_reserved {
        text += "\n\nReserved characters and percent-encoded triples are sent as they are, except for `#`, `[`, `]`, `&` \
                 and `+`, which are percent-encoded.";
    }
    text
}

/// Removes and returns the first element that a condition holds for.
fn take<T>(from: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    from.iter().position(is_it).map(|at| from.remove(at))
}
