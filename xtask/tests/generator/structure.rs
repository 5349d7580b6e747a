//! The structure of the source folders: no module imports a module that imports it, directly or through
//! others, and the rooms of the generator depend on each other in one direction.
//!
//! A module is a file. Every path that begins with `crate`, `self`, `super` or the name of a submodule counts as an
//! import, in a `use` as well as inside of a function. Tests inside of a file and doc comments do not count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::support::{Fixture, workspace};

/// The folders without import cycles, relative to the workspace.
const FOLDERS: &[&str] = &["runtime/src", GENERATOR];

#[test]
fn no_module_imports_a_module_that_imports_it() {
    for folder in FOLDERS {
        let found = cycles(&imports(&workspace().join(folder)));
        assert!(found.is_empty(), "import cycles in {folder}:\n\n{}", found.join("\n\n"));
    }
}

/// The generator's folder, relative to the workspace.
const GENERATOR: &str = "xtask/src";

/// The rooms of the generator, which are the folders below its source folder. A room imports only rooms before it.
const ROOMS: &[&str] = &[
    "document",
    "diagnostics",
    "source",
    "openapi",
    "bundle",
    "normalize",
    "validate",
    "model",
    "resolve",
    "progenitor",
    "emit",
    "output",
    "change",
    "upstream",
    "cli",
];

/// The libraries that one room of the generator keeps to itself, each with the most modules that may name it.
const LIBRARIES: &[(&str, &str, usize)] = &[
    ("openapiv3", "progenitor", usize::MAX),
    ("progenitor", "progenitor", usize::MAX),
    ("typify", "progenitor", usize::MAX),
    ("serde_yaml", "source", usize::MAX),
    ("prettyplease", "emit", 1),
];

#[test]
fn a_room_of_the_generator_imports_only_rooms_before_it() {
    let modules = modules(&workspace().join(GENERATOR));
    let found = later_rooms(&modules);
    assert!(found.is_empty(), "imports of later rooms in {GENERATOR}:\n\n{}", found.join("\n"));
}

#[test]
fn each_folder_of_the_generator_is_a_room() {
    let modules = modules(&workspace().join(GENERATOR));
    let found: BTreeSet<&str> = modules.keys().filter_map(|module| room(module)).collect();
    assert_eq!(found, ROOMS.iter().copied().chain(["main"]).collect());
}

#[test]
fn a_library_is_named_in_its_room_only() {
    let modules = modules(&workspace().join(GENERATOR));
    let found = strayed_libraries(&modules);
    assert!(found.is_empty(), "libraries outside of their rooms in {GENERATOR}:\n\n{}", found.join("\n"));
}

/// Returns a description of each import of a room that is not before the module's own room.
fn later_rooms(modules: &Modules) -> Vec<String> {
    let place = |module: &ModulePath| ROOMS.iter().position(|name| room(module) == Some(*name));
    let mut found = Vec::new();
    for (module, contents) in modules {
        // The root of the crate only declares the rooms, and has what all of them share.
        let Some(own) = place(module) else { continue };
        let is_later = |imported: &ModulePath| !imported.is_empty() && place(imported).is_none_or(|place| place > own);
        let later = contents.imports.iter().filter(|(imported, _)| is_later(imported));
        found.extend(later.map(|(_, text)| format!("{} imports {text}", module.join("::"))));
    }
    found
}

/// Returns a description of each library that a module of another room names, or too many modules of its own.
fn strayed_libraries(modules: &Modules) -> Vec<String> {
    let mut found = Vec::new();
    for (library, home, most) in LIBRARIES {
        let naming = modules.iter().filter(|(_, contents)| contents.libraries.contains(*library));
        let (inside, outside): (Vec<_>, Vec<_>) =
            naming.map(|(module, _)| module).partition(|module| room(module) == Some(*home));
        let strayed = if inside.len() > *most { [inside, outside].concat() } else { outside };
        found.extend(strayed.into_iter().map(|module| format!("{} names {library}", module.join("::"))));
    }
    found
}

/// Returns the first name of a module's path.
fn room(module: &ModulePath) -> Option<&str> {
    module.first().map(String::as_str)
}

/// The path of a module: its names without the leading `crate`.
type ModulePath = Vec<String>;

/// For each module the modules that it imports, each with the first path that names it.
type Imports = BTreeMap<ModulePath, BTreeMap<ModulePath, String>>;

/// The contents of a module that the tests are about.
#[derive(Debug, Default)]
struct Contents {
    /// The modules of the crate that it imports, each with the first path that names it.
    imports: BTreeMap<ModulePath, String>,
    /// The libraries that it names, of those in [`LIBRARIES`].
    libraries: BTreeSet<String>,
    /// Its submodules that are tests.
    tests: BTreeSet<ModulePath>,
}

/// The modules of a crate, without its tests.
type Modules = BTreeMap<ModulePath, Contents>;

/// Returns the imports of all modules in `folder`.
fn imports(folder: &Path) -> Imports {
    modules(folder).into_iter().map(|(module, contents)| (module, contents.imports)).collect()
}

/// Reads all modules in `folder`.
fn modules(folder: &Path) -> Modules {
    let mut files = Vec::new();
    collect_files(folder, &mut files);
    let files: BTreeMap<ModulePath, PathBuf> =
        files.into_iter().map(|file| (module_path(folder, &file), file)).collect();
    let known: BTreeSet<ModulePath> = files.keys().cloned().collect();
    let mut modules: Modules =
        files.iter().map(|(module, file)| (module.clone(), contents(module, file, &known))).collect();
    let tests: BTreeSet<ModulePath> = modules.values().flat_map(|contents| contents.tests.clone()).collect();
    modules.retain(|module, _| (0..=module.len()).all(|length| !tests.contains(&module[..length])));
    modules
}

fn contents(module: &ModulePath, file: &Path, known: &BTreeSet<ModulePath>) -> Contents {
    let text = fs::read_to_string(file).expect("a source file is text");
    let tokens = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut scan = Scan { known, module, contents: Contents::default() };
    scan.items(module, tokens);
    scan.contents
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            collect_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Returns the path of the module in `file`. `lib.rs` is the root, `a/mod.rs` is `a`.
fn module_path(folder: &Path, file: &Path) -> ModulePath {
    let relative = file.strip_prefix(folder).expect("the file is in the folder").with_extension("");
    let mut names: ModulePath = relative.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|last| ["lib", "mod"].contains(&last.as_str())) {
        names.pop();
    }
    names
}

/// Collects the contents of one file.
struct Scan<'a> {
    known: &'a BTreeSet<ModulePath>,
    module: &'a ModulePath,
    contents: Contents,
}

impl Scan<'_> {
    /// Scans the tokens of the module `scope`, which is the file's or one inside of the file.
    fn items(&mut self, scope: &[String], tokens: TokenStream) {
        let mut tokens: VecDeque<TokenTree> = tokens.into_iter().collect();
        let mut colons = 0;
        while let Some(token) = tokens.pop_front() {
            if let TokenTree::Ident(ident) = &token {
                self.library(&ident.to_string(), colons < 2 && is_path_separator(&tokens));
            }
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' && is_test_attribute(tokens.front()) => {
                    self.skip_test(scope, &mut tokens);
                }
                TokenTree::Ident(ident) if ident == "mod" => self.inline_module(scope, &mut tokens),
                TokenTree::Ident(ident) if colons < 2 => self.path(scope, &ident.to_string(), &mut tokens),
                TokenTree::Group(group) => self.items(scope, group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                _ => {}
            }
            colons = 0;
        }
    }

    /// Records a library. The paths of the room of the same name begin with `crate`.
    fn library(&mut self, name: &str, begins_path: bool) {
        let is_library = LIBRARIES.iter().any(|(library, ..)| *library == name);
        if is_library && (begins_path || !ROOMS.contains(&name)) {
            self.contents.libraries.insert(name.to_owned());
        }
    }

    /// Skips a test. Its file is known from then on, if it is a module with one.
    fn skip_test(&mut self, scope: &[String], tokens: &mut VecDeque<TokenTree>) {
        let skipped = skip_item(tokens);
        if let [.., TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Punct(_)] = &skipped[..]
            && keyword == "mod"
        {
            self.contents.tests.insert([scope, &[name.to_string()]].concat());
        }
    }

    fn inline_module(&mut self, scope: &[String], tokens: &mut VecDeque<TokenTree>) {
        if let Some(TokenTree::Group(body)) = tokens.get(1) {
            let (name, body) = (tokens[0].to_string(), body.stream());
            tokens.drain(..2);
            self.items(&[scope, &[name]].concat(), body);
        }
    }

    /// Records the path that begins with `first`, if it leads to a module of the crate.
    fn path(&mut self, scope: &[String], first: &str, tokens: &mut VecDeque<TokenTree>) {
        let mut at = match first {
            "crate" => Vec::new(),
            "self" => scope.to_vec(),
            "super" => scope[..scope.len().saturating_sub(1)].to_vec(),
            child if self.known.contains(&[scope, &[child.to_owned()]].concat()) => {
                [scope, &[child.to_owned()]].concat()
            }
            _ => return,
        };
        if is_path_separator(tokens) {
            self.segments(&mut at, first.to_owned(), tokens);
        }
    }

    /// Follows a path from the module `at` segment by segment; `text` is the part that was read.
    fn segments(&mut self, at: &mut ModulePath, mut text: String, tokens: &mut VecDeque<TokenTree>) {
        while is_path_separator(tokens) {
            tokens.drain(..2);
            match tokens.pop_front() {
                Some(TokenTree::Ident(ident)) if ident == "super" => drop(at.pop()),
                Some(TokenTree::Ident(ident)) => {
                    at.push(ident.to_string());
                    text += &format!("::{ident}");
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    return self.branches(at, &text, group.stream());
                }
                _ => break,
            }
        }
        self.record(at, text);
    }

    /// Follows each path of `{a, b::c}`.
    fn branches(&mut self, at: &ModulePath, text: &str, tokens: TokenStream) {
        let mut tokens: VecDeque<TokenTree> = tokens.into_iter().collect();
        while let Some(token) = tokens.pop_front() {
            if let TokenTree::Ident(ident) = token {
                let mut branch = at.clone();
                if ident != "self" {
                    branch.push(ident.to_string());
                }
                self.segments(&mut branch, format!("{text}::{ident}"), &mut tokens);
                while tokens.front().is_some_and(|token| !matches!(token, TokenTree::Punct(p) if p.as_char() == ',')) {
                    tokens.pop_front();
                }
            }
        }
    }

    /// Records the innermost module that `path` leads through.
    fn record(&mut self, path: &[String], text: String) {
        let lengths = (0..=path.len()).rev();
        let module = lengths.map(|length| &path[..length]).find(|prefix| self.known.contains(*prefix));
        if let Some(module) = module.filter(|module| *module != self.module.as_slice()) {
            self.contents.imports.entry(module.to_vec()).or_insert(text);
        }
    }
}

fn is_path_separator(tokens: &VecDeque<TokenTree>) -> bool {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    tokens.len() > 2 && tokens.iter().take(2).all(is_colon)
}

fn is_test_attribute(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Skips the item behind an attribute, up to its body or its semicolon, and returns its tokens.
fn skip_item(tokens: &mut VecDeque<TokenTree>) -> Vec<TokenTree> {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(is_end).map_or(tokens.len(), |end| end + 1);
    tokens.drain(..end).collect()
}

/// Returns a description of each cycle: for each module the shortest one that it is part of.
fn cycles(imports: &Imports) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for module in imports.keys() {
        let Some(cycle) = shortest_cycle(imports, module) else { continue };
        if seen.insert(cycle.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect::<Vec<_>>()) {
            found.push(describe(imports, &cycle));
        }
    }
    found
}

/// Returns the modules of the shortest cycle through `start`, in the order of their imports.
fn shortest_cycle(imports: &Imports, start: &ModulePath) -> Option<Vec<ModulePath>> {
    let mut paths = VecDeque::from([vec![start.clone()]]);
    let mut visited = BTreeSet::new();
    while let Some(path) = paths.pop_front() {
        for next in imports.get(path.last()?).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                return Some(path);
            }
            if visited.insert(next) {
                paths.push_back([path.as_slice(), std::slice::from_ref(next)].concat());
            }
        }
    }
    None
}

fn describe(imports: &Imports, cycle: &[ModulePath]) -> String {
    let name = |module: &ModulePath| if module.is_empty() { "crate".to_owned() } else { module.join("::") };
    let following = cycle.iter().cycle().skip(1);
    let line =
        |(from, to): (&ModulePath, &ModulePath)| format!("{} imports {}: {}", name(from), name(to), imports[from][to]);
    cycle.iter().zip(following).map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the cycles of a crate with these files.
fn cycles_of(files: &[(&str, &str)]) -> Vec<String> {
    cycles(&modules_of(files).into_iter().map(|(module, contents)| (module, contents.imports)).collect())
}

/// Returns the modules of a crate with these files.
fn modules_of(files: &[(&str, &str)]) -> Modules {
    let fixture = Fixture::new();
    for (name, text) in files {
        fixture.write(name, text);
    }
    modules(fixture.path())
}

#[test]
fn a_cycle_is_reported_with_each_of_its_imports() {
    let found = cycles_of(&[
        ("lib.rs", "mod a; mod b; mod c; pub use a::A;"),
        ("a.rs", "use crate::{c, b::{self, B}}; pub struct A(c::C, B);"),
        ("b.rs", "pub struct B; fn f() { crate::a::A::new() }"),
        ("c.rs", "pub struct C { b: super::b::B }"),
    ]);
    let first = "a imports b: crate::b::self\nb imports a: crate::a::A::new";
    let second = "c imports b: super::b::B\nb imports a: crate::a::A::new\na imports c: crate::c";
    assert_eq!(found, [first, second]);
}

#[test]
fn a_cycle_of_a_module_and_its_submodule_is_reported() {
    let found = cycles_of(&[
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; use self::b::B; pub const A: u8 = 1;"),
        ("a/b.rs", "mod inner { use super::super::A; } pub struct B;"),
    ]);
    assert_eq!(found, ["a imports a::b: self::b::B\na::b imports a: super::A"]);
    let found = cycles_of(&[("lib.rs", "mod a; pub use a::A; pub const B: u8 = 1;"), ("a/mod.rs", "use crate::B;")]);
    assert_eq!(found, ["crate imports a: a::A\na imports crate: crate::B"]);
}

#[test]
fn tests_comments_and_paths_of_other_crates_are_not_imports() {
    let found = cycles_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "//! [`crate::b`]\nuse crate::b::B;\n/// `crate::b`\npub struct A(B);"),
        ("b.rs", "use other::a; pub struct B; #[cfg(test)] mod tests { use crate::a::A; } fn f() { x::a::b(); }"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_import_of_a_later_room_is_reported_and_one_of_an_earlier_room_is_not() {
    let found = later_rooms(&modules_of(&[
        ("lib.rs", "pub mod openapi; pub mod normalize; pub mod lower; pub const A: u8 = 1;"),
        ("openapi.rs", "pub struct B; #[cfg(test)] mod tests;"),
        ("openapi/tests.rs", "use crate::lower::C;"),
        ("normalize.rs", "mod a; use crate::openapi::B;"),
        (
            "normalize/a.rs",
            "use crate::A; fn f() { super::super::lower::C::new() } #[cfg(test)] mod tests { use crate::lower::C; }",
        ),
        ("lower.rs", "use crate::normalize; pub struct C;"),
    ]));
    assert_eq!(found, ["normalize::a imports super::lower::C::new"]);
}

#[test]
fn a_library_outside_of_its_room_is_reported() {
    let found = strayed_libraries(&modules_of(&[
        ("lib.rs", "pub mod progenitor; pub mod lower; pub mod emit;"),
        ("progenitor.rs", "use openapiv3::OpenAPI; use progenitor::Generator;"),
        ("lower.rs", "use crate::progenitor::f; fn g() { ::openapiv3::f(); prettyplease::unparse() }"),
        ("emit/mod.rs", "mod a; use {prettyplease::unparse, other::Value};"),
        ("emit/a.rs", "#[cfg(test)] use serde_yaml::Value; fn f() { prettyplease::unparse() }"),
    ]));
    assert_eq!(
        found,
        ["lower names openapiv3", "emit names prettyplease", "emit::a names prettyplease", "lower names prettyplease"]
    );
}
