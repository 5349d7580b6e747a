//! The client: a transport, and a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Expr, File, ImplItem, ImplItemConst, ImplItemFn, Item, ItemImpl, ItemStruct, ReturnType, Stmt, Visibility,
    parse_quote,
};

use super::markdown::{code, markdown};
use super::syntax::{ident, import, path, type_at, word};
use super::{calls, docs};
use crate::emit::package_name::library;
use crate::model::{Api, Info, Operation, Server};
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
    docs::set(&mut client.attrs, &client_docs(&api.info));
    Item::Struct(client)
}

fn implementation(api: &Api, package: &str) -> ItemImpl {
    let (constant, reason) = match &api.info.server {
        Ok(server) => (Some(base_url(server)), None),
        Err(reason) => (None, Some(reason)),
    };
    let constructors = constructors(reason);
    let mut implementation: ItemImpl = parse_quote! {
        impl Client {
            #constructors
        }
    };
    // Documentation takes long to parse.
    let documented = constructor_docs(reason.map(ToString::to_string).as_deref());
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
    let methods = api.operations.iter().map(|operation| ImplItem::Fn(method(&template, operation, package)));
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

fn client_docs(info: &Info) -> String {
    let sentence = markdown(&info.sentence());
    format!(
        "{sentence}\n\nIt is cheap to clone: clones share one connection pool and one configuration.\n\
         Its `Debug` never shows the token."
    )
}

fn base_url(server: &Server) -> ImplItemConst {
    let (url, described) = (&server.url, server.description.as_deref());
    let text = format!("The default base URL. {}", described.map(markdown).unwrap_or_default());
    let attrs = docs::attributes(text.trim());
    let constant = parse_quote!(pub const BASE_URL: &'static str = #url;);
    ImplItemConst { attrs, ..constant }
}

/// Returns the constructors. `missing` is the reason why there is no default base URL; the caller gives one then.
fn constructors(missing: Option<&NoBaseUrl>) -> TokenStream {
    let (parameter, setter) = match missing {
        None => (None, None),
        Some(_) => (Some(quote!(base_url: impl AsRef<str>,)), Some(quote!(.base_url(base_url)))),
    };
    let reason = missing.map(ToString::to_string);
    let start = match &reason {
        Some(reason) => quote!(without_base_url(#reason)),
        None => quote!(new(Self::BASE_URL)),
    };
    quote! {
        pub fn new(#parameter token: impl Into<String>) -> Result<Self, Error> {
            Self::builder() #setter .token(token).build()
        }

        pub fn from_env() -> Result<Self, Error> {
            Self::builder().env().build()
        }

        pub fn builder() -> ClientBuilder<Self> {
            ClientBuilder::#start
        }
    }
}

/// Returns the documentation of `new`, `from_env` and `builder`. `reason` is why there is no default base URL.
fn constructor_docs(reason: Option<&str>) -> [String; 3] {
    let new = match reason {
        None => {
            "Creates a client with this access token and the defaults of [`ClientBuilder`].\n\n\
             # Errors\n\nA configuration error if the token is not a valid header value, or TLS cannot be set up."
        }
        Some(_) => {
            "Creates a client for this base URL, with this access token and the defaults of [`ClientBuilder`].\n\n\
             # Errors\n\nA configuration error if the base URL or the token is invalid, or TLS cannot be set up."
        }
    };
    let env = "Creates a client from environment variables: see [`ClientBuilder::env`].\n\n\
               # Errors\n\nA configuration error that names the missing or invalid variable.";
    let builder = match reason {
        None => "Returns a builder for all settings.".to_owned(),
        Some(reason) => {
            format!("Returns a builder for all settings. It needs a base URL: {}.", markdown(reason))
        }
    };
    [new.to_owned(), env.to_owned(), builder]
}

/// Returns the method of an operation: the template with its names and documentation.
fn method(template: &ImplItemFn, operation: &Operation, package: &str) -> ImplItemFn {
    let mut method = template.clone();
    method.attrs = docs::attributes(&method_docs(operation, package));
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

fn method_docs(operation: &Operation, package: &str) -> String {
    let request = code(&operation.request_line());
    let summary = operation.summary.as_deref().map_or(request.clone(), markdown);
    let mut text = format!("{summary}\n\n");
    if let Some(description) = &operation.description {
        text += &format!("{}\n\n", markdown(description));
    }
    text += &format!("{request}\n");
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
