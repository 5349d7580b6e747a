//! The pages and the items of a paginated operation as streams.

use quote::quote;
use syn::{Expr, ImplItem, ImplItemFn, Item, ItemImpl, Member, Stmt, Type, parse_quote};

use super::expressions::{call, field, method, name, reference};
use super::syntax::{list, type_at};
use super::{docs, rust_types};
use crate::model::{FieldPath, Pagination};

/// Writes the implementations of paginated operations: copies of those below, which lack what the operation decides.
pub struct Writer {
    /// The methods that return the streams, without their documentation.
    streams: ItemImpl,
    /// The implementation of the trait `Paged`, without its types and its expressions.
    paged: ItemImpl,
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
        Self { streams, paged: empty_paged() }
    }

    /// Returns the implementations of a builder for the streams. `error` is the enumeration of its failures.
    pub fn items(&self, pagination: &Pagination, builder: &str, error: &str) -> [Item; 2] {
        let streams = self.streams(builder, &pagination.page);
        [Item::Impl(streams), Item::Impl(self.paged(pagination, builder, error))]
    }

    fn streams(&self, builder: &str, setter: &str) -> ItemImpl {
        let mut streams = self.streams.clone();
        *streams.self_ty = type_at(&[builder]);
        for (item, text) in streams.items.iter_mut().zip(stream_docs(setter)) {
            if let ImplItem::Fn(function) = item {
                function.attrs = docs::attributes(&text);
            }
        }
        streams
    }

    /// Returns the implementation of the trait `Paged`.
    fn paged(&self, pagination: &Pagination, builder: &str, error: &str) -> ItemImpl {
        let mut paged = self.paged.clone();
        *paged.self_ty = type_at(&[builder]);
        for item in &mut paged.items {
            match item {
                ImplItem::Type(of) => of.ty = type_of(&of.ident.to_string(), pagination, error),
                ImplItem::Fn(function) => fill(function, pagination),
                _ => {}
            }
        }
        paged
    }
}

/// Returns the associated type of this name.
fn type_of(name: &str, pagination: &Pagination, error: &str) -> Type {
    match name {
        "Page" => type_at(&["types", &pagination.page_type]),
        "Item" => rust_types::in_crate(&pagination.item),
        _ => type_at(&[error]),
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
             [`{setter}`](Self::{setter}), or at the first.\n\nThe stream ends with an error if it finds repeated pages or missing items: \
             see [`Items`]."
        ),
    ]
}

/// Returns an implementation of the trait `Paged` with empty values for what depends on the operation.
fn empty_paged() -> ItemImpl {
    parse_quote! {
        impl Paged for Builder {
            type Page = ();
            type Item = ();
            type Api = ();

            fn operation(&self) -> &'static Operation {
                &OPERATION
            }

            fn start(&self) -> Option<i64> {}

            fn fetch(
                &self,
                number: i64,
            ) -> impl Future<Output = Result<Response<Self::Page>, CallError<Self::Api>>> + Send {}

            fn extent(page: &Self::Page) -> Extent {
                Extent { number: (), pages: (), items: () }
            }

            fn items(page: &Self::Page) -> &[Self::Item] {}

            fn into_items(page: Self::Page) -> Vec<Self::Item> {}
        }
    }
}

/// Writes the facts of the pages into a function of the trait `Paged`.
fn fill(function: &mut ImplItemFn, pagination: &Pagination) {
    let setter = pagination.page.as_str();
    let value = match function.sig.ident.to_string().as_str() {
        "start" => method(method(method(field(name("self"), setter), "clone", []), "ok", []), "flatten", []),
        "fetch" => method(method(method(name("self"), "clone", []), setter, [name("number")]), "send", []),
        "items" => reference(at_path(&pagination.items)),
        "into_items" => at_path(&pagination.items),
        "extent" => return fill_extent(function, pagination),
        _ => return,
    };
    function.block.stmts = vec![Stmt::Expr(value, None)];
    if function.sig.ident == "fetch" && pagination.page_is_deprecated {
        function.attrs.push(list("allow", quote!(deprecated)));
    }
}

/// Writes where a page has its number and the numbers of all pages and items.
fn fill_extent(function: &mut ImplItemFn, pagination: &Pagination) {
    let Some(Stmt::Expr(Expr::Struct(extent), _)) = function.block.stmts.last_mut() else { return };
    for field in &mut extent.fields {
        let Member::Named(member) = &field.member else { continue };
        field.expr = match member.to_string().as_str() {
            "number" => optional(pagination.current_page.as_ref()),
            "items" => optional(pagination.total.as_ref()),
            _ => at_path(&pagination.total_pages),
        };
    }
}

/// Returns the field of a page at this path.
fn at_path(path: &FieldPath) -> Expr {
    path.0.iter().fold(name("page"), |of, name| field(of, name))
}

fn optional(path: Option<&FieldPath>) -> Expr {
    path.map_or_else(|| name("None"), |path| call(&["Some"], [at_path(path)]))
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
        text(&Writer::new().paged(pagination, "List", "ListError"))
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
        let found = text(&Writer::new().streams("List", "number"));
        assert!(found.starts_with("implList{") && found.contains("[`number`](Self::number)"), "{found}");
    }
}
