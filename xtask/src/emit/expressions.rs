//! Expressions, patterns and statements.
//!
//! They are built and not parsed, as in `syntax`.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{
    Arm, ClosureModifiers, Expr, ExprCall, ExprClosure, ExprField, ExprLit, ExprMethodCall, ExprParen, ExprPath,
    ExprRange, ExprReference, ExprTry, ExprUnary, Lit, LitInt, Local, LocalInit, LocalModifiers, Member, Pat, PatGuard,
    PatIdent, PatTuple, PatType, PatWild, RangeLimits, ReturnType, Stmt, Token, Type, UnOp, token,
};

use super::syntax::{ident, path, string};

/// Returns a variable.
pub fn name(name: &str) -> Expr {
    at(&[name])
}

/// Returns a path of these names.
pub fn at(names: &[&str]) -> Expr {
    Expr::Path(ExprPath { attrs: Vec::new(), qself: None, path: path(names) })
}

/// Returns a string literal.
pub fn text(text: &str) -> Expr {
    Expr::Lit(literal(string(text)))
}

/// Returns a number without a suffix, which is an expression and a pattern.
pub fn number(number: u16) -> ExprLit {
    literal(Lit::Int(LitInt::new(&number.to_string(), Span::call_site())))
}

/// Returns an index.
pub fn index(index: usize) -> Expr {
    Expr::Lit(literal(Lit::Int(LitInt::new(&index.to_string(), Span::call_site()))))
}

fn literal(lit: Lit) -> ExprLit {
    ExprLit { attrs: Vec::new(), lit }
}

/// Returns `&of`.
pub fn reference(of: Expr) -> Expr {
    let and_token = Token![&](Span::call_site());
    Expr::Reference(ExprReference { attrs: Vec::new(), and_token, mutability: None, expr: Box::new(of) })
}

/// Returns `of.name`.
pub fn field(of: Expr, name: &str) -> Expr {
    let dot_token = Token![.](Span::call_site());
    Expr::Field(ExprField { attrs: Vec::new(), base: Box::new(of), dot_token, member: Member::Named(ident(name)) })
}

/// Returns `function(arguments)`, where `function` is a path.
pub fn call(function: &[&str], arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(ExprCall {
        attrs: Vec::new(),
        func: Box::new(at(function)),
        paren_token: token::Paren::default(),
        args: arguments.into_iter().collect(),
    })
}

/// Returns `of.name(arguments)`.
pub fn method(of: Expr, name: &str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::MethodCall(ExprMethodCall {
        attrs: Vec::new(),
        receiver: Box::new(of),
        dot_token: Token![.](Span::call_site()),
        method: ident(name),
        turbofish: None,
        paren_token: token::Paren::default(),
        args: arguments.into_iter().collect(),
    })
}

/// Returns `of?`.
pub fn or_return(of: Expr) -> Expr {
    Expr::Try(ExprTry { attrs: Vec::new(), expr: Box::new(of), question_token: Token![?](Span::call_site()) })
}

/// Returns `|inputs| body`.
pub fn closure(inputs: impl IntoIterator<Item = Pat>, body: Expr) -> Expr {
    Expr::Closure(ExprClosure {
        attrs: Vec::new(),
        lifetimes: None,
        modifiers: ClosureModifiers::default(),
        constness: None,
        asyncness: None,
        capture: None,
        inputs_begin: Token![|](Span::call_site()),
        inputs: inputs.into_iter().collect(),
        inputs_end: Token![|](Span::call_site()),
        output: ReturnType::Default,
        body: Box::new(body),
    })
}

/// Returns `!of`.
pub fn not(of: Expr) -> Expr {
    Expr::Unary(ExprUnary { attrs: Vec::new(), op: UnOp::Not(Token![!](Span::call_site())), expr: Box::new(of) })
}

/// Returns `(of)`.
pub fn group(of: Expr) -> Expr {
    Expr::Paren(ExprParen { attrs: Vec::new(), paren_token: token::Paren::default(), expr: Box::new(of) })
}

/// Returns `first..=last`, which is an expression and a pattern.
pub fn range(first: u16, last: u16) -> ExprRange {
    ExprRange {
        attrs: Vec::new(),
        start: Some(Box::new(Expr::Lit(number(first)))),
        limits: RangeLimits::Closed(Token![..=](Span::call_site())),
        end: Some(Box::new(Expr::Lit(number(last)))),
    }
}

/// Returns the pattern that binds a variable.
pub fn binding(name: &str) -> Pat {
    Pat::Ident(PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: ident(name), subpat: None })
}

/// Returns the pattern `()`.
pub fn unit() -> Pat {
    Pat::Tuple(PatTuple { attrs: Vec::new(), paren_token: token::Paren::default(), elems: Punctuated::new() })
}

/// Returns the pattern `_`.
pub fn anything() -> Pat {
    Pat::Wild(PatWild { attrs: Vec::new(), underscore_token: Token![_](Span::call_site()) })
}

/// Returns the pattern `pat: of`.
pub fn typed(pat: Pat, of: Type) -> Pat {
    let colon_token = Token![:](Span::call_site());
    Pat::Type(PatType { attrs: Vec::new(), pat: Box::new(pat), colon_token, ty: Box::new(of) })
}

/// Returns the pattern `pat if condition`.
pub fn guarded(pat: Pat, condition: Expr) -> Pat {
    let if_token = Token![if](Span::call_site());
    Pat::Guard(PatGuard { attrs: Vec::new(), pat: Box::new(pat), if_token, guard: Box::new(condition) })
}

/// Returns `pat => body,`.
pub fn arm(pat: Pat, body: Expr) -> Arm {
    let fat_arrow_token = Token![=>](Span::call_site());
    Arm { attrs: Vec::new(), pat, fat_arrow_token, body: Box::new(body), comma: Some(Token![,](Span::call_site())) }
}

/// Returns `let name = value;`.
pub fn bind(name: &str, value: Expr) -> Stmt {
    Stmt::Local(Local {
        attrs: Vec::new(),
        let_token: Token![let](Span::call_site()),
        modifiers: LocalModifiers::default(),
        pat: binding(name),
        init: Some(LocalInit { eq_token: Token![=](Span::call_site()), expr: Box::new(value), diverge: None }),
        semi_token: Token![;](Span::call_site()),
    })
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::{ToTokens as _, quote};
    use syn::{Block, File, Item, parse_quote};

    use super::super::syntax::{no_value, type_at};
    use super::*;

    /// Returns a function with these statements as it is printed.
    fn printed(stmts: Vec<Stmt>) -> String {
        let function = syn::ItemFn {
            block: Box::new(Block { brace_token: token::Brace::default(), stmts }),
            ..parse_quote!(
                fn f() {}
            )
        };
        prettyplease::unparse(&File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: vec![Item::Fn(function)],
        })
    }

    fn matched(arms: Vec<Arm>) -> Expr {
        let Expr::Match(of) = parse_quote!(match a {}) else { return name("a") };
        Expr::Match(syn::ExprMatch { arms, ..of })
    }

    #[test]
    fn what_is_built_is_what_parsing_gives() {
        let inside = call(&["a", "b"], [reference(field(name("self"), "c")), text("d\"e"), text("f")]);
        let inputs = [binding("g"), typed(binding("h"), type_at(&["i", "J"])), typed(unit(), no_value())];
        let range_of_status = method(group(Expr::Range(range(400, 499))), "contains", [reference(name("s"))]);
        let arms = vec![
            arm(Pat::Lit(number(200)), name("k")),
            arm(Pat::Range(range(300, 399)), at(&["L", "M"])),
            arm(guarded(binding("s"), not(range_of_status)), name("k")),
            arm(anything(), name("n")),
        ];
        let built = vec![
            bind("o", or_return(method(name("p"), "map", [closure(inputs, inside)]))),
            Stmt::Expr(matched(arms), None),
        ];
        let tokens: TokenStream = built.iter().map(Stmt::to_token_stream).collect();
        let parsed: Block = parse_quote!({ #tokens });
        assert_eq!(printed(built), printed(parsed.stmts));
        let expected = quote! {
            let o = p.map(|g, h: i::J, (): ()| a::b(&self.c, "d\"e", "f"))?;
            match a { 200 => k, 300..=399 => L::M, s if !(400..=499).contains(&s) => k, _ => n, }
        };
        assert_eq!(tokens.to_string(), expected.to_string());
    }
}
