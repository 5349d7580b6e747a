//! Small pieces of syntax trees.
//!
//! They are built and not parsed, because a crate has thousands of them and parsing takes about ten times as long.

use proc_macro2::{Ident, Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::{
    AttrStyle, Attribute, Expr, ExprLit, Generics, ImplItem, ItemUse, Lit, LitStr, MacroDelimiter, Meta, MetaList,
    MetaNameValue, Path, PathSegment, Token, Type, TypePath, UseGroup, UseName, UsePath, UseTree, Visibility, token,
};

/// Returns an identifier.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Returns a path of these names.
pub fn path(names: &[&str]) -> Path {
    Path { leading_colon: None, segments: names.iter().map(|name| PathSegment::from(ident(name))).collect() }
}

/// Returns a type by its path.
pub fn type_at(names: &[&str]) -> Type {
    Type::Path(TypePath { attrs: Vec::new(), qself: None, path: path(names) })
}

/// Returns the attribute `#[path]`.
pub fn word(names: &[&str]) -> Attribute {
    attribute(AttrStyle::Outer, Meta::Path(path(names)))
}

/// Returns the attribute `#[name(tokens)]`.
pub fn list(name: &str, tokens: TokenStream) -> Attribute {
    let delimiter = MacroDelimiter::Paren(token::Paren::default());
    attribute(AttrStyle::Outer, Meta::List(MetaList { path: path(&[name]), delimiter, tokens }))
}

/// Returns the attribute `#[name = "text"]`.
pub fn name_value(style: AttrStyle, name: &str, text: &str) -> Attribute {
    let value = Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Str(LitStr::new(text, Span::call_site())) });
    let eq_token = Token![=](Span::call_site());
    attribute(style, Meta::NameValue(MetaNameValue { path: path(&[name]), eq_token, value }))
}

fn attribute(style: AttrStyle, meta: Meta) -> Attribute {
    Attribute { pound_token: Token![#](Span::call_site()), style, bracket_token: token::Bracket::default(), meta }
}

/// Returns `pub`.
pub fn public() -> Visibility {
    Visibility::Public(Token![pub](Span::call_site()))
}

/// Returns `use module::{names}`, where `module` is a path.
pub fn import<'n>(vis: Visibility, module: &[&str], names: impl IntoIterator<Item = &'n str>) -> ItemUse {
    let names: Punctuated<UseTree, Token![,]> =
        names.into_iter().map(|name| UseTree::Name(UseName { ident: ident(name) })).collect();
    let group = UseTree::Group(UseGroup { brace_token: token::Brace::default(), items: names });
    let tree = module.iter().rev().fold(group, |tree, name| {
        let colon2_token = Token![::](Span::call_site());
        UseTree::Path(UsePath { ident: ident(name), colon2_token, tree: Box::new(tree) })
    });
    ItemUse {
        attrs: Vec::new(),
        vis,
        use_token: Token![use](Span::call_site()),
        leading_colon: None,
        tree,
        semi_token: Token![;](Span::call_site()),
    }
}

/// Returns no generics.
pub fn no_generics() -> Generics {
    Generics::default()
}

/// Returns the last name of the path of a type.
pub fn type_ident(of: &Type) -> Option<&Ident> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

/// Returns whether an item is the function of this name.
pub fn is_function(item: &ImplItem, name: &str) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == name)
}
