//! Parses functions that have one shape only once.
//!
//! progenitor's setters differ in a name and in a type, and there are thousands of them. A copy of a syntax tree costs a
//! tenth of parsing it. Two functions have one shape if their tokens are the same but for their own name. The first is
//! parsed; the others are its copies under their names. The same holds for the fields of structures.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::{
    Expr, ExprStruct, Field, FieldValue, Fields, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Member, Stmt,
};

use super::findings::unknown_shape;
use super::tokens::{Token, close_of, nest, split, text};
use crate::diagnostics::Diagnostic;

/// The beginning of typify's messages that name a setter.
const MESSAGE: &str = "\"error converting supplied value for ";

/// The shapes that were parsed.
#[derive(Default)]
pub struct Shapes {
    functions: HashMap<String, ImplItemFn>,
    values: HashMap<String, Expr>,
    fields: HashMap<String, Field>,
}

impl Shapes {
    /// Parses an item.
    ///
    /// # Errors
    ///
    /// A diagnostic when the tokens are no item.
    pub fn item(&mut self, tokens: &[Token]) -> Result<Item, Diagnostic> {
        let body = tokens.iter().position(is_open_brace).unwrap_or(tokens.len());
        if tokens.first().is_some_and(|first| first.is_word("impl")) {
            return self.implementation(tokens).map(Item::Impl);
        }
        let is_struct = tokens[..body].iter().any(|token| token.is_word("struct"));
        match close_of(tokens, body).filter(|_| is_struct) {
            Some(end) => self.structure(tokens, body + 1, end).map(Item::Struct),
            None => parse(tokens),
        }
    }

    /// Parses a structure whose fields are from `start` to `end`.
    fn structure(&mut self, tokens: &[Token], start: usize, end: usize) -> Result<ItemStruct, Diagnostic> {
        let mut item: ItemStruct = parse_without(tokens, start, end)?;
        let Fields::Named(fields) = &mut item.fields else { return parse(tokens) };
        let mut angles = 0_usize;
        let ends = |token: &Token| {
            angles = (angles + usize::from(token.is_punct('<'))).saturating_sub(usize::from(token.is_punct('>')));
            angles == 0 && token.is_punct(',')
        };
        for field in split(&tokens[start..end], ends) {
            let (field, has_comma) = without_comma(field);
            fields.named.push_value(self.declared(field)?);
            if has_comma {
                fields.named.push_punct(syn::token::Comma::default());
            }
        }
        Ok(item)
    }

    /// Parses a field of a structure, or copies one that differs in the name only.
    fn declared(&mut self, tokens: &[Token]) -> Result<Field, Diagnostic> {
        let parse = || Field::parse_named.parse2(nest(tokens.iter().cloned())).map_err(|error| no_rust(&error));
        let mut depth = 0_usize;
        let colon = tokens.iter().position(|token| {
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth = depth.saturating_sub(1),
                Token::One(_) => {}
            }
            depth == 0 && token.is_punct(':')
        });
        let Some(at) = colon.and_then(|colon| colon.checked_sub(1)) else { return parse() };
        let Token::One(TokenTree::Ident(name)) = &tokens[at] else { return parse() };
        let key = text(&tokens[..at], |_, _| false) + &text(&tokens[at + 1..], |_, _| false);
        if let Some(known) = self.fields.get(&key) {
            return Ok(Field { ident: Some(name.clone()), ..known.clone() });
        }
        let field = parse()?;
        self.fields.insert(key, field.clone());
        Ok(field)
    }

    /// Parses an implementation.
    ///
    /// # Errors
    ///
    /// A diagnostic when the tokens are no implementation.
    fn implementation(&mut self, tokens: &[Token]) -> Result<ItemImpl, Diagnostic> {
        let body = tokens.iter().position(is_open_brace).unwrap_or(tokens.len());
        let Some(end) = close_of(tokens, body) else { return parse(tokens) };
        let mut item: ItemImpl = parse_without(tokens, body + 1, end)?;
        let members = split(&tokens[body + 1..end], |token| is_close_brace(token) || token.is_punct(';'));
        item.items = members.into_iter().map(|member| self.member(member)).collect::<Result<_, _>>()?;
        Ok(item)
    }

    fn member(&mut self, tokens: &[Token]) -> Result<ImplItem, Diagnostic> {
        let name = tokens.iter().position(|token| token.is_word("fn")).and_then(|at| match tokens.get(at + 1) {
            Some(Token::One(TokenTree::Ident(name))) => Some(name),
            _ => None,
        });
        match (name, fields(tokens)) {
            (None, _) => parse(tokens),
            (Some(_), Some((start, end))) => self.with_fields(tokens, start, end),
            (Some(name), None) => self.function(tokens, name).map(ImplItem::Fn),
        }
    }

    /// Parses a function that ends in `Self { … }`, field by field.
    fn with_fields(&mut self, tokens: &[Token], start: usize, end: usize) -> Result<ImplItem, Diagnostic> {
        let mut function = self.without_fields(tokens, start, end)?;
        let Some(value) = constructed(&mut function) else { return parse(tokens) };
        for field in split(&tokens[start..end], |token| token.is_punct(',')) {
            let (field, has_comma) = without_comma(field);
            value.fields.push_value(self.field(field)?);
            if has_comma {
                value.fields.push_punct(syn::token::Comma::default());
            }
        }
        Ok(ImplItem::Fn(function))
    }

    /// Parses a function without its fields, or copies one that is the same without them.
    fn without_fields(&mut self, tokens: &[Token], start: usize, end: usize) -> Result<ImplItemFn, Diagnostic> {
        let key = text(&tokens[..start], |_, _| false) + &text(&tokens[end..], |_, _| false);
        if let Some(known) = self.functions.get(&key) {
            return Ok(known.clone());
        }
        let function: ImplItemFn = parse_without(tokens, start, end)?;
        self.functions.insert(key, function.clone());
        Ok(function)
    }

    fn field(&mut self, tokens: &[Token]) -> Result<FieldValue, Diagnostic> {
        let [Token::One(TokenTree::Ident(name)), colon, value @ ..] = tokens else { return parse(tokens) };
        if !colon.is_punct(':') {
            return parse(tokens);
        }
        let key = text(value, |_, _| false);
        let expr = match self.values.get(&key) {
            Some(known) => known.clone(),
            None => {
                let expr: Expr = parse(value)?;
                self.values.insert(key, expr.clone());
                expr
            }
        };
        let member = Member::Named(name.clone());
        Ok(FieldValue { attrs: Vec::new(), member, colon_token: Some(syn::token::Colon::default()), expr })
    }

    /// Parses a function, or copies one of its shape.
    fn function(&mut self, tokens: &[Token], name: &Ident) -> Result<ImplItemFn, Diagnostic> {
        let (key, places) = shape(tokens, name);
        if let Some(known) = self.functions.get(&key) {
            let mut function = known.clone();
            rename(&mut function, name);
            return Ok(function);
        }
        let function: ImplItemFn = parse(tokens)?;
        // A shape with the name in a place where it is not replaced has no copies.
        let mut copy = function.clone();
        if rename(&mut copy, name) == places {
            self.functions.insert(key, copy);
        }
        Ok(function)
    }
}

/// Returns the text of a function without its name, and the number of places that have the name.
fn shape(tokens: &[Token], name: &Ident) -> (String, usize) {
    let plain = name.to_string();
    let mut places = 0;
    let key = text(tokens, |token, text| {
        let is_hole = match token {
            TokenTree::Ident(ident) => ident == name,
            TokenTree::Literal(literal) => rest_of_message(literal, &plain).is_some_and(|rest| {
                text.push_str(&rest);
                true
            }),
            _ => false,
        };
        if is_hole {
            text.push('\u{0}');
            places += 1;
        }
        is_hole
    });
    (key, places)
}

/// Returns what follows the name of the setter in typify's message about it.
fn rest_of_message(literal: &Literal, name: &str) -> Option<String> {
    let message = literal.to_string();
    let rest = message.strip_prefix(MESSAGE)?.strip_prefix(name)?;
    rest.starts_with(": ").then(|| rest.to_owned())
}

/// Gives a setter another name, and returns the number of places that have it.
fn rename(function: &mut ImplItemFn, name: &Ident) -> usize {
    let mut places = 1;
    let old = std::mem::replace(&mut function.sig.ident, name.clone());
    for statement in &mut function.block.stmts {
        let Stmt::Expr(Expr::Assign(assign), _) = statement else { continue };
        if let Expr::Field(field) = &mut *assign.left
            && let Member::Named(member) = &mut field.member
            && *member == old
        {
            *member = name.clone();
            places += 1;
        }
        places += usize::from(rename_in_message(&mut assign.right, &old, name));
    }
    places
}

/// Gives a setter another name in the message of `.map_err(|e| format!(…))`, and returns whether there is one.
fn rename_in_message(expr: &mut Expr, old: &Ident, name: &Ident) -> bool {
    let Expr::MethodCall(call) = expr else { return false };
    let Some(Expr::Closure(closure)) = call.args.last_mut() else { return false };
    let Expr::Macro(format) = &mut *closure.body else { return false };
    let mut tokens = format.mac.tokens.clone().into_iter();
    let (Some(TokenTree::Literal(literal)), None) = (tokens.next(), tokens.next()) else { return false };
    let Some(rest) = rest_of_message(&literal, &old.to_string()) else { return false };
    let Ok(message) = format!("{MESSAGE}{name}{rest}").parse::<Literal>() else { return false };
    format.mac.tokens = TokenStream::from(TokenTree::Literal(message));
    true
}

/// Returns where the fields of `Self { … }` begin and end.
fn fields(tokens: &[Token]) -> Option<(usize, usize)> {
    let body = tokens.iter().position(is_open_brace)? + 1;
    let at = tokens[body..].windows(2).position(|pair| pair[0].is_word("Self") && is_open_brace(&pair[1]))?;
    let open = body + at + 1;
    Some((open + 1, close_of(tokens, open)?))
}

/// Returns the value of `Self { … }` at the end of a function, alone or in `Ok(…)`.
fn constructed(function: &mut ImplItemFn) -> Option<&mut ExprStruct> {
    match function.block.stmts.as_mut_slice() {
        [Stmt::Expr(Expr::Struct(value), None)] => Some(value),
        [Stmt::Expr(Expr::Call(call), None)] => match call.args.first_mut() {
            Some(Expr::Struct(value)) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the tokens without the comma at their end, and whether there is one.
fn without_comma(tokens: &[Token]) -> (&[Token], bool) {
    match tokens {
        [tokens @ .., comma] if comma.is_punct(',') => (tokens, true),
        tokens => (tokens, false),
    }
}

fn is_open_brace(token: &Token) -> bool {
    matches!(token, Token::Open(proc_macro2::Delimiter::Brace))
}

fn is_close_brace(token: &Token) -> bool {
    matches!(token, Token::Close(proc_macro2::Delimiter::Brace))
}

/// Parses tokens.
///
/// # Errors
///
/// A diagnostic when they are of another kind.
pub fn parse<T: syn::parse::Parse>(tokens: &[Token]) -> Result<T, Diagnostic> {
    parsed(nest(tokens.iter().cloned()))
}

/// Parses tokens without those from `start` to `end`.
fn parse_without<T: syn::parse::Parse>(tokens: &[Token], start: usize, end: usize) -> Result<T, Diagnostic> {
    parsed(nest(tokens[..start].iter().chain(&tokens[end..]).cloned()))
}

fn parsed<T: syn::parse::Parse>(tokens: TokenStream) -> Result<T, Diagnostic> {
    syn::parse2(tokens).map_err(|error| no_rust(&error))
}

fn no_rust(error: &syn::Error) -> Diagnostic {
    unknown_shape(&format!("it is not Rust: {error}"))
}

#[cfg(test)]
mod tests {
    use progenitor::InterfaceStyle;
    use quote::ToTokens;

    use super::super::boxes::Circles;
    use super::super::testing::{api, body, field, fields as of, list, named, operation, optional, parameter, sent};
    use super::super::{input, modules, post_process};
    use super::*;
    use crate::model::{Form, Operation};
    use crate::progenitor::tokens::flatten;

    fn list_of(code: &str) -> Vec<Token> {
        flatten(code.parse::<TokenStream>().unwrap())
    }

    fn written(item: &impl ToTokens) -> String {
        item.to_token_stream().to_string()
    }

    /// Returns the implementations that progenitor and typify write for setters of all shapes, each twice.
    fn implementations() -> Vec<Vec<Token>> {
        let is_implementation = |tokens: &Vec<Token>| tokens.first().is_some_and(|first| first.is_word("impl"));
        made().into_iter().filter(is_implementation).collect()
    }

    /// Returns the items that progenitor and typify write.
    fn made() -> Vec<Vec<Token>> {
        let of_a = vec![
            field("a", Form::Text),
            field("value", Form::Text),
            field("b", Form::Text),
            optional("c", Form::Text),
            optional("e", list(named("B"))),
        ];
        let parameters = || {
            let shapes = [("a", true), ("b", true), ("value", true), ("c", false), ("d", false), ("map", false)];
            shapes.map(|(name, required)| parameter(name, Form::Integer, required)).into()
        };
        let send = |name, required| Operation { body: Some(body("A", required)), ..operation(name, parameters()) };
        let types = vec![sent("A", of(of_a)), sent("B", of(vec![field("a", Form::Text)]))];
        let model = api(vec![send("one", true), send("two", false), operation("three", parameters())], types);
        let made = |document| super::super::tokens(document, InterfaceStyle::Builder, &model.types).ok().unwrap();
        let types = made(input::types(model.types.iter(), &Circles::of(&model.types)));
        let operations = made(input::operations(&model.operations, &model.types));
        let modules = [(types, "types"), (operations, "builder")];
        let modules = modules.map(|(tokens, name)| modules::items(modules::module(tokens, name).ok().unwrap()));
        let items = modules.into_iter().flatten().flat_map(|item| match item.as_slice() {
            [.., TokenTree::Group(body)] if modules::is_module(&item, "builder") => {
                modules::items(body.stream()).collect()
            }
            _ => vec![item],
        });
        items.map(|item| post_process::simplify(flatten(item))).collect()
    }

    #[test]
    fn a_copy_of_a_shape_is_what_parsing_it_gives() {
        let (mut shapes, mut functions) = (Shapes::default(), 0);
        for tokens in implementations() {
            let copied = shapes.implementation(&tokens).ok().unwrap();
            assert_eq!(written(&copied), written(&parse::<ItemImpl>(&tokens).ok().unwrap()));
            functions += copied.items.len();
        }
        assert!(shapes.functions.len() < functions / 2, "{} of {functions}", shapes.functions.len());
        assert!(!shapes.values.is_empty());
    }

    #[test]
    fn a_copy_of_a_field_is_what_parsing_it_gives() {
        let (mut shapes, mut fields) = (Shapes::default(), 0);
        for tokens in made() {
            let copied = shapes.item(&tokens).ok().unwrap();
            assert_eq!(written(&copied), written(&parse::<Item>(&tokens).ok().unwrap()));
            if let Item::Struct(item) = &copied {
                fields += item.fields.len();
            }
        }
        assert!(!shapes.fields.is_empty() && shapes.fields.len() < fields / 2, "{} of {fields}", shapes.fields.len());
        let maps = list_of("pub struct A { #[x(a, b)] pub a: Map<A, B>, pub(crate) b: Map<A, B>, c: Map<A, B> }");
        let item = Shapes::default().item(&maps).ok().unwrap();
        assert_eq!(written(&item), written(&parse::<Item>(&maps).ok().unwrap()));
    }

    #[test]
    fn a_function_with_its_name_in_another_place_is_not_copied() {
        let code = |name: &str| list_of(&format!("impl A {{ fn {name}(self) {{ self.{name} = {name}(); }} }}"));
        let mut shapes = Shapes::default();
        for name in ["a", "b"] {
            let tokens = code(name);
            let item = shapes.implementation(&tokens).ok().unwrap();
            assert_eq!(written(&item), written(&parse::<ItemImpl>(&tokens).ok().unwrap()));
        }
        assert!(shapes.functions.is_empty());
    }

    #[test]
    fn tokens_of_another_kind_are_a_finding() {
        let finding = Shapes::default().implementation(&list_of("impl A { fn (); }")).err().unwrap();
        assert!(finding.message.contains("it is not Rust: "), "{}", finding.message);
    }
}
