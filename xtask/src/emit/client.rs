//! The client: a transport, and a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Expr, File, ImplItem, ImplItemConst, ImplItemFn, Item, ItemImpl, ItemStruct, ReturnType, Stmt, Visibility,
    parse_quote,
};

use super::markdown::{code, markdown};
use super::syntax::{ident, import, path, type_at, word};
use super::{calls, credentials, docs, links, servers};
use crate::emit::package_name::library;
use crate::model::{Api, Operation, Security, Server};
use crate::openapi::servers::NoBaseUrl;

/// Returns the file `client.rs`. `package` is the name of the package.
pub fn file(api: &Api, package: &str) -> File {
    let mut items = vec![Item::Use(parse_quote!(
        use salla_runtime::{ClientBuilder, Error, Transport};
    ))];
    if !api.operations.is_empty() {
        let builders = api.operations.iter().map(|operation| operation.builder.as_str());
        items.push(Item::Use(import(Visibility::Inherited, &["crate", "operations"], builders)));
    }
    items.extend([definition(api), Item::Impl(implementation(api, package)), conversion()]);
    docs::file("The client, which creates all requests.", items)
}

fn definition(api: &Api) -> Item {
    let mut client: ItemStruct = parse_quote! {
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) transport: Transport,
        }
    };
    docs::set(&mut client.attrs, &client_docs(api));
    Item::Struct(client)
}

fn implementation(api: &Api, package: &str) -> ItemImpl {
    let (constant, reason) = match &api.info.server {
        Ok(server) => (Some(base_url(server, api.servers.base.is_some())), None),
        Err(reason) => (None, Some(reason)),
    };
    let constructors = constructors(api, reason);
    let mut implementation: ItemImpl = parse_quote! {
        impl Client {
            #constructors
        }
    };
    // Documentation takes long to parse.
    let documented = constructor_docs(&api.security, reason.map(ToString::to_string).as_deref());
    for (item, text) in implementation.items.iter_mut().zip(documented) {
        if let ImplItem::Fn(function) = item {
            function.attrs = docs::attributes(&text);
        }
    }
    implementation.items.splice(0..0, constant.map(ImplItem::Const));
    let template = parse_quote! {
        pub fn name(&self) -> Builder {
            Builder::new(self.clone())
        }
    };
    let methods = api.operations.iter().map(|operation| ImplItem::Fn(method(&template, operation, api, package)));
    implementation.items.extend(methods);
    implementation.items.push(transport());
    implementation
}

/// Returns the method that gives access to the transport.
fn transport() -> ImplItem {
    let doc = docs::attributes(
        "Returns the transport, for requests to endpoints that the client does not have: see [`Transport::request`].",
    );
    parse_quote! {
        #(#doc)*
        pub fn transport(&self) -> &Transport {
            &self.transport
        }
    }
}

fn conversion() -> Item {
    parse_quote! {
        impl From<Transport> for Client {
            fn from(transport: Transport) -> Self {
                Self { transport }
            }
        }
    }
}

fn client_docs(api: &Api) -> String {
    let sentence = markdown(&api.info.sentence());
    let hidden = match &api.security {
        Security::Token => "the token",
        Security::Schemes { .. } => "the credentials",
    };
    format!(
        "{sentence}\n\nIt is cheap to clone: clones share one connection pool and one configuration.\n\
         Its `Debug` never shows {hidden}."
    )
}

fn base_url(server: &Server, has_variables: bool) -> ImplItemConst {
    let (url, described) = (&server.url, server.description.as_deref());
    let mut text = format!("The default base URL. {}", described.map(markdown).unwrap_or_default());
    if has_variables {
        text = format!("{}\n\nIts variables have their defaults: see `ServerVariables`.", text.trim_end());
    }
    let attrs = docs::attributes(text.trim());
    let constant = parse_quote!(pub const BASE_URL: &'static str = #url;);
    ImplItemConst { attrs, ..constant }
}

/// Returns the constructors. `missing` is the reason why there is no default base URL; the caller gives one then.
fn constructors(api: &Api, missing: Option<&NoBaseUrl>) -> TokenStream {
    let (parameter, setter) = match missing {
        None => (None, None),
        Some(_) => (Some(quote!(base_url: impl AsRef<str>,)), Some(quote!(.base_url(base_url)))),
    };
    let reason = missing.map(ToString::to_string);
    let start = match &reason {
        Some(reason) => quote!(without_base_url(#reason)),
        None => quote!(new(Self::BASE_URL)),
    };
    let Authentication { parameter: own_parameter, setter: own_setter, schemes } = authentication(&api.security);
    let servers = servers::builder_call(&api.servers);
    quote! {
        pub fn new(#parameter #own_parameter) -> Result<Self, Error> {
            Self::builder() #setter #own_setter.build()
        }

        pub fn from_env() -> Result<Self, Error> {
            Self::builder().env().build()
        }

        pub fn builder() -> ClientBuilder<Self> {
            ClientBuilder::#start #schemes #servers
        }
    }
}

/// The parts of the constructors that depend on the security of the API.
struct Authentication {
    /// The parameter of `new`.
    parameter: Option<TokenStream>,
    /// The setter of the builder for that parameter.
    setter: Option<TokenStream>,
    /// The call that gives the builder the schemes.
    schemes: Option<TokenStream>,
}

fn authentication(security: &Security) -> Authentication {
    match security {
        Security::Token => Authentication {
            parameter: Some(quote!(token: impl Into<String>)),
            setter: Some(quote!(.token(token))),
            schemes: None,
        },
        Security::Schemes { schemes, .. } if schemes.is_empty() => Authentication {
            parameter: None,
            setter: None,
            schemes: Some(quote!(.secured(&salla_runtime::codegen::Security::NONE))),
        },
        // An operation may have a builder with the name of the type.
        Security::Schemes { .. } => Authentication {
            parameter: Some(quote!(credentials: crate::credentials::Credentials)),
            setter: Some(quote!(.credentials(credentials))),
            schemes: Some(quote!(.secured(&crate::credentials::SECURITY))),
        },
    }
}

/// Returns the documentation of `new`, `from_env` and `builder`. `reason` is why there is no default base URL.
fn constructor_docs(security: &Security, reason: Option<&str>) -> [String; 3] {
    let env = format!(
        "Creates a client from environment variables: see [`ClientBuilder::env`].\n\n\
         # Errors\n\nA configuration error that names the {} variable.",
        // Credentials are missing when a call needs them.
        if security.schemes().is_empty() { "missing or invalid" } else { "invalid" }
    );
    let builder = match reason {
        None => "Returns a builder for all settings.".to_owned(),
        Some(reason) => {
            format!("Returns a builder for all settings. It needs a base URL: {}.", markdown(reason))
        }
    };
    [new_docs(security, reason.is_some()), env, builder]
}

/// Returns the documentation of `new`.
fn new_docs(security: &Security, needs_base_url: bool) -> String {
    let (given, of_credentials) = match security {
        Security::Token if needs_base_url => ("this access token and ", "the token is invalid"),
        Security::Token => ("this access token and ", "the token is not a valid header value"),
        Security::Schemes { schemes, .. } if schemes.is_empty() => ("", ""),
        Security::Schemes { .. } => ("these credentials and ", "one of the credentials is invalid"),
    };
    let (url, of_url) = if needs_base_url { (" for this base URL,", "the base URL is invalid") } else { ("", "") };
    let reasons = match (of_url.is_empty(), of_credentials.is_empty()) {
        // The two have a verb in common.
        (false, false) => format!("the base URL or {of_credentials}, or "),
        (true, true) => String::new(),
        _ => format!("{of_url}{of_credentials}, or "),
    };
    format!(
        "Creates a client{url} with {given}the defaults of [`ClientBuilder`].\n\n\
         # Errors\n\nA configuration error if {reasons}TLS cannot be set up."
    )
}

/// Returns the method of an operation: the template with its names and documentation.
fn method(template: &ImplItemFn, operation: &Operation, api: &Api, package: &str) -> ImplItemFn {
    let mut method = template.clone();
    method.attrs = docs::attributes(&method_docs(operation, api, package));
    if operation.deprecated {
        method.attrs.push(word(&["deprecated"]));
    }
    method.sig.ident = ident(&operation.name);
    if let ReturnType::Type(_, of) = &mut method.sig.output {
        **of = type_at(&[&operation.builder]);
    }
    if let Some(Stmt::Expr(Expr::Call(call), _)) = method.block.stmts.last_mut()
        && let Expr::Path(new) = &mut *call.func
    {
        new.path = path(&[&operation.builder, "new"]);
    }
    method
}

fn method_docs(operation: &Operation, api: &Api, package: &str) -> String {
    let request = code(&operation.request_line());
    let summary = operation.summary.as_deref().map_or(request.clone(), markdown);
    let mut text = format!("{summary}\n\n");
    if let Some(description) = &operation.description {
        text += &format!("{}\n\n", markdown(description));
    }
    if let Some(words) = credentials::own_words(&api.security, operation) {
        text += &format!("{words}\n\n");
    }
    if let Some(words) = servers::own_words(&api.servers, operation) {
        text += &format!("{words}\n\n");
    }
    text += &format!("{request}\n");
    links::add_see_also(&mut text, operation.see_also.as_ref());
    let links = links::section(&operation.links);
    if !links.is_empty() {
        text = format!("{}\n\n{links}", text.trim_end());
    }
    if let Some(example) = calls::example(operation) {
        let library = library(package);
        text += &format!(
            "\n# Example\n\n```no_run\n# async fn example(client: {library}::Client) -> Result<(), Box<dyn std::error::Error>> {{\n\
             let answer = {example}.send().await?;\nprintln!(\"{{:?}}\", *answer);\n# Ok(())\n# }}\n```"
        );
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, operation, text};
    use super::*;

    #[test]
    fn each_operation_has_a_method_that_makes_its_builder() {
        let mut api = api();
        api.operations.push(Operation { deprecated: true, ..operation("list") });
        let found = text(&file(&api, "a-client"));
        assert!(found.contains("usecrate::operations::{List};"), "{found}");
        assert!(found.contains("#[deprecated]pubfnlist(&self)->List{List::new(self.clone())}"), "{found}");
    }

    #[test]
    fn a_client_without_a_server_takes_a_base_url() {
        let found = text(&file(&api(), "a-client"));
        assert!(found.contains("pubfnnew(base_url:implAsRef<str>,token:"), "{found}");
        assert!(found.contains("ClientBuilder::without_base_url(\"thedocumentnamesnoserver\")"), "{found}");
    }
}
