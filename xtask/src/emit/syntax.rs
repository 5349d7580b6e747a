//! Small pieces of syntax trees.
//!
//! They are built and not parsed, because a crate has thousands of them and parsing takes about ten times as long.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, AttrStyle, Attribute, Expr, ExprLit, GenericArgument, Generics, ImplItem, ItemUse,
    Lit, LitStr, MacroDelimiter, Meta, MetaList, MetaNameValue, Path, PathArguments, PathSegment, Token, Type,
    TypePath, TypeTuple, UseGroup, UseName, UsePath, UseTree, Visibility, token,
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

/// Returns the type `name<arguments>`.
pub fn type_with(name: &str, arguments: impl IntoIterator<Item = Type>) -> Type {
    let mut segment = PathSegment::from(ident(name));
    segment.arguments = PathArguments::AngleBracketed(AngleBracketedGenericArguments {
        colon2_token: None,
        lt_token: Token![<](Span::call_site()),
        args: arguments.into_iter().map(GenericArgument::Type).collect(),
        gt_token: Token![>](Span::call_site()),
    });
    Type::Path(TypePath { attrs: Vec::new(), qself: None, path: Path::from(segment) })
}

/// Returns the type `()`.
pub fn no_value() -> Type {
    Type::Tuple(TypeTuple { attrs: Vec::new(), paren_token: token::Paren::default(), elems: Punctuated::new() })
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

/// Returns a string literal. Escaping takes several times as long as parsing, and most texts have nothing to escape.
pub fn string(text: &str) -> Lit {
    let is_plain = !text.bytes().any(|byte| matches!(byte, b'"' | b'\\') || byte.is_ascii_control());
    let plain = is_plain.then(|| ["\"", text, "\""].concat().parse::<Literal>().ok()).flatten();
    plain.map_or_else(|| Lit::Str(LitStr::new(text, Span::call_site())), Lit::new)
}

/// Returns the attribute `#[name = "text"]`.
pub fn name_value(style: AttrStyle, name: &str, text: &str) -> Attribute {
    let value = Expr::Lit(ExprLit { attrs: Vec::new(), lit: string(text) });
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
    let names: Punctuated<UseTree, Token![,]> = names.into_iter().map(use_name).collect();
    use_tree(vis, module, UseTree::Group(UseGroup { brace_token: token::Brace::default(), items: names }))
}

/// Returns `use module::name`, where `module` is a path.
pub fn import_one(module: &[&str], name: &str) -> ItemUse {
    use_tree(Visibility::Inherited, module, use_name(name))
}

fn use_name(name: &str) -> UseTree {
    UseTree::Name(UseName { ident: ident(name) })
}

fn use_tree(vis: Visibility, module: &[&str], last: UseTree) -> ItemUse {
    let tree = module.iter().rev().fold(last, |tree, name| {
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
