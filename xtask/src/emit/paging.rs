//! The pages and the items of a paginated operation as streams.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{ImplItem, Item, ItemImpl, parse_quote};

use super::syntax::{ident, type_at};
use super::{docs, rust_types};
use crate::model::{FieldPath, Pagination};

/// The methods that return the streams, without their documentation, which are the same for all operations.
pub struct Writer {
    streams: ItemImpl,
}

impl Writer {
    pub fn new() -> Self {
        let streams = parse_quote! {
            impl Builder {
                pub fn pages(self) -> Pages<Self> {
                    Pages::new(self)
                }
                pub fn stream(self) -> Items<Self> {
                    self.pages().items()
                }
            }
        };
        Self { streams }
    }

    /// Returns the implementations of a builder for the streams. `error` is the enumeration of its failures.
    pub fn items(&self, pagination: &Pagination, builder: &Ident, error: &Ident) -> [Item; 2] {
        [Item::Impl(self.streams(builder, &pagination.page)), paged(pagination, builder, error)]
    }

    fn streams(&self, builder: &Ident, setter: &str) -> ItemImpl {
        let mut streams = self.streams.clone();
        *streams.self_ty = type_at(&[&builder.to_string()]);
        for (item, text) in streams.items.iter_mut().zip(stream_docs(setter)) {
            if let ImplItem::Fn(function) = item {
                function.attrs = docs::attributes(&text);
            }
        }
        streams
    }
}

fn stream_docs(setter: &str) -> [String; 2] {
    [
        format!(
            "Returns a stream of the pages of the whole list, in order. It starts at the page set with \
             [`{setter}`](Self::{setter}), or at the first.\n\nPages are requested by number, one ahead unless \
             [`Pages::concurrency`] sets another number."
        ),
        format!(
            "Returns a stream of the items of the whole list, in order. It starts at the page set with \
             [`{setter}`](Self::{setter}), or at the first.\n\nThe stream yields every item or ends with an error: see \
             [`Items`]."
        ),
    ]
}

/// Returns the implementation of the trait `Paged`.
fn paged(pagination: &Pagination, builder: &Ident, error: &Ident) -> Item {
    let field = |path: &FieldPath| -> TokenStream {
        let names = path.0.iter().map(|name| ident(name));
        quote!(page #(.#names)*)
    };
    let optional = |path: &Option<FieldPath>| match path {
        Some(path) => {
            let field = field(path);
            quote!(Some(#field))
        }
        None => quote!(None),
    };
    let (items, pages) = (field(&pagination.items), field(&pagination.total_pages));
    let (total, number) = (optional(&pagination.total), optional(&pagination.current_page));
    let (page, setter) = (type_at(&["types", &pagination.page_type]), ident(&pagination.page));
    let item = rust_types::tokens(&pagination.item);
    let deprecated = pagination.page_is_deprecated.then(|| quote!(#[allow(deprecated)]));
    parse_quote! {
        impl Paged for #builder {
            type Page = #page;
            type Item = #item;
            type Api = #error;

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
            ) -> impl Future<Output = Result<Response<Self::Page>, CallError<Self::Api>>> + Send {
                self.clone().#setter(number).send()
            }

            fn extent(page: &Self::Page) -> Extent {
                Extent { number: #number, pages: #pages, items: #total }
            }

            fn items(page: &Self::Page) -> &[Self::Item] {
                &#items
            }

            fn into_items(page: Self::Page) -> Vec<Self::Item> {
                #items
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::text;
    use super::*;
    use crate::model::{Form, TypeUse};

    fn pagination() -> Pagination {
        let path = |names: &[&str]| FieldPath(names.iter().map(|name| (*name).to_owned()).collect());
        Pagination {
            page: "page".to_owned(),
            page_is_deprecated: false,
            page_type: "Books".to_owned(),
            item: TypeUse::of(Form::Named("Book".to_owned())),
            items: path(&["data"]),
            total_pages: path(&["meta", "pages"]),
            total: None,
            current_page: Some(path(&["meta", "page"])),
        }
    }

    fn paged(pagination: &Pagination) -> String {
        text(&super::paged(pagination, &ident("List"), &ident("ListError")))
    }

    #[test]
    fn the_fields_of_a_page_say_where_it_is_in_the_list() {
        let found = paged(&pagination());
        assert!(found.contains("typePage=types::Books;typeItem=types::Book;typeApi=ListError;"), "{found}");
        assert!(found.contains("Extent{number:Some(page.meta.page),pages:page.meta.pages,items:None}"), "{found}");
        assert!(found.contains("{&page.data}") && found.contains("{page.data}"), "{found}");
        assert!(!found.contains("deprecated"), "{found}");
    }

    #[test]
    fn a_deprecated_setter_is_called_without_a_warning() {
        let found = paged(&Pagination { page_is_deprecated: true, ..pagination() });
        assert!(found.contains("#[allow(deprecated)]fnfetch("), "{found}");
    }

    #[test]
    fn the_streams_link_to_the_setter_of_the_page() {
        let found = text(&Writer::new().streams(&ident("List"), "number"));
        assert!(found.starts_with("implList{") && found.contains("[`number`](Self::number)"), "{found}");
    }
}
