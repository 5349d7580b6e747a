//! What a paginated operation has besides: its pages and its items as streams.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, GenericArgument, Ident, Item, PathArguments, Type, parse_quote};

use super::docs;
use super::syntax::{Structs, unknown_shape};
use super::types::{type_ident, wire_name};
use crate::diagnostics::Diagnostic;
use crate::lower::notes::PaginationNote;

/// The items that make the builder `builder` of a request for pages of type `page` a source of streams.
///
/// # Errors
///
/// A diagnostic when the types do not have the fields that the document's pointers lead to.
pub fn items(
    note: &PaginationNote,
    builder: &Ident,
    page: &str,
    error: Option<&Ident>,
    types: &Structs<'_>,
) -> Result<Vec<Item>, Diagnostic> {
    let field = |pointer: &str| {
        resolve(types, page, pointer).ok_or_else(|| unknown_shape(&format!("{page} has no field at {pointer}")))
    };
    let (items, list) = field(&note.items)?;
    let item = element(&list).ok_or_else(|| unknown_shape(&format!("{} is no list", note.items)))?;
    let (pages, _) = field(&note.total_pages)?;
    let optional = |pointer: &Option<String>| match pointer {
        Some(pointer) => field(pointer).map(|(path, _)| quote!(Some(page #path))),
        None => Ok(quote!(None)),
    };
    let (total, number) = (optional(&note.total)?, optional(&note.current_page)?);
    let (page, setter) = (format_ident!("{page}"), format_ident!("{}", note.page));
    let api = error.map_or_else(|| quote!(std::convert::Infallible), |error| quote!(#error));
    let item = in_types(&item);
    let deprecated = note.page_is_deprecated.then(|| quote!(#[allow(deprecated)]));
    let implementation = parse_quote! {
        impl Paged for #builder {
            type Page = types::#page;
            type Item = #item;
            type Api = #api;

            fn operation(&self) -> &'static Operation {
                &OPERATION
            }

            fn start(&self) -> Option<i64> {
                self.#setter.clone().ok().flatten()
            }

            #deprecated
            fn fetch(
                &self,
                number: i64,
            ) -> impl Future<Output = Result<Response<Self::Page>, Error<Self::Api>>> + Send {
                self.clone().#setter(number).send()
            }

            fn extent(page: &Self::Page) -> Extent {
                Extent { number: #number, pages: page #pages, items: #total }
            }

            fn items(page: &Self::Page) -> &[Self::Item] {
                &page #items
            }

            fn into_items(page: Self::Page) -> Vec<Self::Item> {
                page #items
            }
        }
    };
    Ok(vec![streams(builder, &note.page), implementation])
}

fn streams(builder: &Ident, setter: &str) -> Item {
    let pages = docs::attributes(&format!(
        "The pages of the whole list, in order, as a stream; from the page set with [`{setter}`](Self::{setter}), if \
         one was.\n\nPages are asked for by number, one ahead unless [`Pages::concurrency`] says otherwise."
    ));
    let stream = docs::attributes(&format!(
        "The items of the whole list, in order, as a stream; from the page set with [`{setter}`](Self::{setter}), if \
         one was.\n\nIt ends in all of the items or in an error: see [`Items`]."
    ));
    parse_quote! {
        impl #builder {
            #(#pages)*
            pub fn pages(self) -> Pages<Self> {
                Pages::new(self)
            }

            #(#stream)*
            pub fn stream(self) -> Items<Self> {
                self.pages().items()
            }
        }
    }
}

/// The fields that a JSON pointer leads through, and the type at its end.
fn resolve(types: &Structs<'_>, root: &str, pointer: &str) -> Option<(TokenStream, Type)> {
    let (mut path, mut name, mut found) = (TokenStream::new(), root.to_owned(), None);
    for segment in pointer.strip_prefix('/')?.split('/') {
        let (ident, of) = field(types, &name, segment)?;
        path.extend(quote!(.#ident));
        name = type_ident(&of)?;
        found = Some(of);
    }
    Some((path, found?))
}

fn field(types: &Structs<'_>, name: &str, wire: &str) -> Option<(Ident, Type)> {
    let Fields::Named(named) = &types.get(name)?.fields else { return None };
    let field = named.named.iter().find(|field| wire_name(field) == wire)?;
    Some((field.ident.clone()?, field.ty.clone()))
}

/// The `T` of a `Vec<T>`.
fn element(list: &Type) -> Option<Type> {
    let Type::Path(path) = list else { return None };
    let vec = path.path.segments.last().filter(|segment| segment.ident == "Vec")?;
    match &vec.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(of) => Some(of.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A type of the module `types` as another module names it.
fn in_types(of: &Type) -> TokenStream {
    match of {
        Type::Path(path) if path.path.get_ident().is_some_and(|ident| !is_primitive(ident)) => quote!(types::#of),
        _ => quote!(#of),
    }
}

fn is_primitive(ident: &Ident) -> bool {
    ["String", "bool", "i64", "f64"].iter().any(|name| ident == name)
}
