//! The credentials of an API with security schemes: a type with a setter for each scheme, and the table of the schemes.
//! The crate of an API with one token has none of this.

use quote::quote;
use syn::{Expr, File, ImplItem, Item, ItemImpl, ItemStatic, ItemStruct, parse_quote};

use super::markdown::{cell, code, in_cell, markdown};
use super::syntax::{ident, import, string};
use super::wrapper::Wrapper;
use super::{docs, expressions};
use crate::model::{Credential, KeyPlace, Operation, Requirement, Scheme, Security, source_setter};

const WRAPPER: Wrapper = Wrapper { name: "Credentials", set: "CredentialSet", table: "SECURITY", noun: "credentials" };

/// Returns the file `credentials.rs`, unless the API has no schemes.
pub fn file(security: &Security) -> Option<File> {
    let Security::Schemes { schemes, default } = security else { return None };
    if schemes.is_empty() {
        return None;
    }
    let imported = ["CredentialSet", "Scheme", "Security"];
    let imports = Item::Use(import(syn::Visibility::Inherited, &["salla_runtime", "codegen"], imported));
    let mut items = vec![
        imports,
        Item::Static(table(schemes, default)),
        Item::Struct(definition(schemes, default)),
        Item::Impl(setters(schemes)),
    ];
    items.extend(WRAPPER.conversions());
    Some(docs::file("The credentials of the API, by security scheme.", items))
}

/// Returns the alternatives of an operation as an expression, if they are not those of the API.
pub fn own_requirement(security: &Security, operation: &Operation) -> Option<Expr> {
    is_own(security, operation).then(|| expression(&operation.security))
}

/// Returns the sentence about the credentials of an operation, if they are not those of the API.
pub fn own_words(security: &Security, operation: &Operation) -> Option<String> {
    let schemes = security.schemes();
    is_own(security, operation).then(|| format!("Credentials: {}.", words(schemes, &operation.security)))
}

fn is_own(security: &Security, operation: &Operation) -> bool {
    matches!(security, Security::Schemes { default, .. } if *default != operation.security)
}

/// Returns a requirement in words: `` `key`, or `user` and `token`, or none``.
fn words(schemes: &[Scheme], requirement: &Requirement) -> String {
    let name = |index: &usize| schemes.get(*index).map(|scheme| code(&scheme.setter));
    let all = |set: &Vec<usize>| set.iter().filter_map(name).collect::<Vec<_>>().join(" and ");
    // A request without credentials is the last alternative, wherever the document has it.
    let mut alternatives: Vec<_> = requirement.iter().filter(|set| !set.is_empty()).map(all).collect();
    if alternatives.len() < requirement.len() || requirement.is_empty() {
        alternatives.push("none".to_owned());
    }
    alternatives.join(", or ")
}

/// Returns a requirement as the runtime has it.
fn expression(requirement: &Requirement) -> Expr {
    let sets = requirement.iter().map(|set| {
        let indices = set.iter().map(|index| expressions::index(*index));
        quote!(&[#(#indices),*])
    });
    parse_quote!(&[#(#sets),*])
}

/// Returns the table of the schemes.
fn table(schemes: &[Scheme], default: &Requirement) -> ItemStatic {
    let (schemes, default) = (schemes.iter().map(scheme), expression(default));
    parse_quote! {
        pub(crate) static SECURITY: Security = Security {
            schemes: &[#(#schemes),*],
            default: #default,
        };
    }
}

/// Returns a scheme as the runtime has it.
fn scheme(scheme: &Scheme) -> Expr {
    let mut arguments = vec![expressions::text(&scheme.setter)];
    let kind = match &scheme.credential {
        Credential::Basic => {
            let variables = scheme.variables.iter().map(|name| string(name));
            arguments.push(parse_quote!([#(#variables),*]));
            "basic"
        }
        credential => {
            arguments.extend(scheme.variables.iter().map(|name| expressions::text(name)));
            kind_of(credential, &mut arguments)
        }
    };
    expressions::call(&["Scheme", kind], arguments)
}

/// Returns the constructor of a scheme with one secret. Adds the name of a key to its arguments.
fn kind_of(credential: &Credential, arguments: &mut Vec<Expr>) -> &'static str {
    let Credential::Key(place, name) = credential else { return "token" };
    arguments.push(expressions::text(name));
    match place {
        KeyPlace::Header => "header",
        KeyPlace::Query => "query",
        KeyPlace::Cookie => "cookie",
    }
}

fn definition(schemes: &[Scheme], default: &Requirement) -> ItemStruct {
    let mut definition: ItemStruct = parse_quote! {
        #[derive(Clone, Debug)]
        pub struct Credentials(CredentialSet);
    };
    let text = format!(
        "The credentials of the API, by security scheme. `Debug` does not show them.\n\n\
         A request carries those that its operation documents, and no others: the first of its alternatives whose \
         credentials are all set. If there is none, the call is an error, and nothing is sent. Where the method of an \
         operation does not name its credentials, they are {}.\n\n\
         A parameter that a caller sets takes precedence over a key of the same name and place.\n\n\
         [`Client::from_env`](crate::Client::from_env) reads them from the environment variables of the setters.",
        words(schemes, default)
    );
    docs::set(&mut definition.attrs, &text);
    definition
}

fn setters(schemes: &[Scheme]) -> ItemImpl {
    let new = docs::attributes("Creates a set without credentials.");
    let setters = schemes.iter().enumerate().flat_map(|(index, scheme)| of_scheme(index, scheme));
    let mut setters: Vec<_> = setters.collect();
    setters.insert(
        0,
        parse_quote! {
            #(#new)*
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }
        },
    );
    parse_quote! {
        impl Credentials {
            #(#setters)*
        }
    }
}

/// Returns the setters of a scheme.
fn of_scheme(index: usize, scheme: &Scheme) -> Vec<ImplItem> {
    let (name, attributes) = (ident(&scheme.setter), docs::attributes(&setter_docs(scheme)));
    let index = expressions::index(index);
    if scheme.credential == Credential::Basic {
        return vec![parse_quote! {
            #(#attributes)*
            #[must_use]
            pub fn #name(self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
                Self(self.0.set_basic(#index, user, password))
            }
        }];
    }
    let argument = ident(if scheme.credential == Credential::Token { "token" } else { "key" });
    let mut setters = vec![parse_quote! {
        #(#attributes)*
        #[must_use]
        pub fn #name(self, #argument: impl Into<String>) -> Self {
            Self(self.0.set(#index, #argument))
        }
    }];
    if scheme.credential == Credential::Token {
        let (source, name) = (ident(&source_setter(&scheme.setter)), code(&scheme.name));
        let attributes = docs::attributes(&format!(
            "Sets the source of the tokens of the scheme {name}, for tokens that change: see \
             [`ClientBuilder::token_source`](crate::ClientBuilder::token_source)."
        ));
        setters.push(parse_quote! {
            #(#attributes)*
            #[must_use]
            pub fn #source(self, source: impl salla_runtime::TokenSource) -> Self {
                Self(self.0.set_source(#index, source))
            }
        });
    }
    setters
}

fn setter_docs(scheme: &Scheme) -> String {
    let name = code(&scheme.name);
    let mut text = format!("Sets {} of the scheme {name}, {}.", noun(scheme), sent(scheme));
    if let Some(description) = &scheme.description {
        text += &format!("\n\n{}", markdown(description));
    }
    let plural = if scheme.variables.len() == 1 { "variable" } else { "variables" };
    format!("{text}\n\nEnvironment {plural}: {}.", variables(scheme))
}

/// Returns the noun for the credentials of a scheme.
fn noun(scheme: &Scheme) -> &'static str {
    match scheme.credential {
        Credential::Basic => "the user and the password",
        Credential::Key(..) => "the API key",
        _ => "the token",
    }
}

/// Returns how the credentials of a scheme are sent, as the end of a sentence.
fn sent(scheme: &Scheme) -> String {
    match &scheme.credential {
        Credential::Basic => "sent as `Authorization: Basic`".to_owned(),
        Credential::Key(KeyPlace::Header, name) => format!("sent in the header {}", code(name)),
        Credential::Key(KeyPlace::Query, name) => format!("sent in the parameter {} of the query", code(name)),
        Credential::Key(KeyPlace::Cookie, name) => format!("sent in the cookie {}", code(name)),
        _ => "sent as `Authorization: Bearer`".to_owned(),
    }
}

/// Returns the environment variables of a scheme.
fn variables(scheme: &Scheme) -> String {
    scheme.variables.iter().map(|name| code(name)).collect::<Vec<_>>().join(" and ")
}

/// Returns the section of the README about the credentials, unless the API has no schemes.
pub fn readme(security: &Security) -> Option<String> {
    let Security::Schemes { schemes, default } = security else { return None };
    if schemes.is_empty() {
        return None;
    }
    let row = |scheme: &Scheme| {
        let (name, setter) = (cell(&scheme.name), code(&scheme.setter));
        let credential = in_cell(&format!("{}, {}", noun(scheme), sent(scheme)));
        format!("| {name} | {setter} | {} | {credential} |\n", variables(scheme))
    };
    let rows: String = schemes.iter().map(row).collect();
    Some(format!(
        "\n`Credentials` has a setter for each security scheme, and `Client::from_env` reads the environment variables. \
         Each request carries the credentials that its operation documents, and no others. Where the method of an \
         operation does not name them, they are {}.\n\n\
         | scheme | setter | environment | credentials |\n|---|---|---|---|\n{rows}",
        words(schemes, default)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{operation, text};
    use super::*;
    use crate::document::Pointer;

    fn scheme_of(setter: &str, credential: Credential, variables: &[&str]) -> Scheme {
        Scheme {
            at: Pointer::root(),
            name: setter.to_owned(),
            setter: setter.to_owned(),
            variables: variables.iter().map(|name| (*name).to_owned()).collect(),
            credential,
            description: None,
        }
    }

    fn security() -> Security {
        let schemes = vec![
            scheme_of("key", Credential::Key(KeyPlace::Query, "a\"k".to_owned()), &["A_KEY"]),
            scheme_of("user", Credential::Basic, &["A_USER", "A_PASSWORD"]),
            scheme_of("type_", Credential::Token, &["A_TOKEN"]),
        ];
        Security::Schemes { schemes, default: vec![vec![0], vec![1, 2]] }
    }

    #[test]
    fn each_scheme_has_a_row_and_its_setters() {
        let found = text(&file(&security()).unwrap());
        for expected in [
            r#"Scheme::query("key","A_KEY","a\"k"),Scheme::basic("user",["A_USER","A_PASSWORD"]),"#,
            r#"Scheme::token("type_","A_TOKEN")],default:&[&[0],&[1,2]]"#,
            "pubfnkey(self,key:implInto<String>)->Self{Self(self.0.set(0,key))}",
            "pubfnuser(self,user:implAsRef<str>,password:implAsRef<str>)->Self{Self(self.0.set_basic(1,user,password))}",
            "pubfntype_(self,token:implInto<String>)->Self{Self(self.0.set(2,token))}",
            "pubfntype_source(self,source:implsalla_runtime::TokenSource)->Self{Self(self.0.set_source(2,source))}",
        ] {
            assert!(found.contains(expected), "{expected} is not in {found}");
        }
    }

    #[test]
    fn an_operation_names_its_credentials_where_they_are_not_those_of_the_api() {
        let of = |requirement: &[&[usize]]| {
            let security_of = requirement.iter().map(|set| set.to_vec()).collect();
            let operation = Operation { security: security_of, ..operation("a") };
            let code = own_requirement(&security(), &operation).map(|code| text(&code));
            (code.unwrap_or_default(), own_words(&security(), &operation).unwrap_or_default())
        };
        let of = |requirement| {
            let (code, words) = of(requirement);
            format!("{code} {words}")
        };
        assert_eq!(of(&[&[0], &[1, 2]]), " ");
        assert_eq!(of(&[]), "&[] Credentials: none.");
        assert_eq!(of(&[&[], &[2]]), "&[&[],&[2]] Credentials: `type_`, or none.");
        assert_eq!(of(&[&[1, 2], &[0]]), "&[&[1,2],&[0]] Credentials: `user` and `type_`, or `key`.");
    }

    #[test]
    fn a_client_with_one_token_has_no_credentials() {
        assert!(file(&Security::Token).is_none() && readme(&Security::Token).is_none());
        assert!(own_requirement(&Security::Token, &operation("a")).is_none());
        let none = Security::Schemes { schemes: Vec::new(), default: Vec::new() };
        assert!(file(&none).is_none() && readme(&none).is_none());
    }
}
