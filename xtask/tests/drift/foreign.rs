//! Entries that were not generated: `check` reports them, and `generate` leaves them.

use std::fs;
use std::path::Path;

use crate::checkout::{Checkout, Tree, assert_diff, assert_same, generated, large_document, sorted, tree_of, write};

#[test]
fn a_foreign_entry_is_drift_and_is_never_removed() {
    for (what, add, path) in FOREIGN {
        let checkout = Checkout::generated();
        add(&checkout.out());
        let with_it = checkout.tree();
        let run = checkout.assert_drift(&[&format!("extra: generated/{path}")], what);
        let fix = "in 1 file; to fix it: move or remove the file that was not generated, then cargo xtask generate\n";
        assert!(run.stderr.ends_with(fix), "{what}: {run:#?}");
        assert!(!run.stdout.contains("--- a/"), "{what}: no diff that would remove it: {run:#?}");
        let left = format!("left generated/{path}: it was not generated");
        checkout.edit(|contract| contract["info"]["version"] = "0.1.1".into());
        assert_eq!(checkout.generate(what), sorted(&["updated generated/Cargo.toml".to_owned(), left]), "{what}");
        let but_the_manifest = |mut tree: Tree| tree.remove("Cargo.toml").map(|_| tree);
        assert_eq!(but_the_manifest(checkout.tree()), but_the_manifest(with_it), "{what}");
        checkout.assert_nothing_beside(what);
    }
}

#[test]
fn a_run_that_finds_only_a_foreign_file_touches_no_file() {
    let checkout = Checkout::generated();
    write(&checkout.out(), "notes.txt", "mine");
    checkout.age();
    assert_eq!(checkout.generate("a note"), ["left generated/notes.txt: it was not generated"]);
    assert_eq!(checkout.touched(), [""; 0]);
}

/// A kind of entry, what creates it, and its path.
type Foreign = (&'static str, fn(&Path), &'static str);

const FOREIGN: &[Foreign] = &[
    ("a file", |out| write(out, "src/extra.rs", "//! Mine.\n"), "src/extra.rs"),
    ("a file at the top", |out| write(out, "build.rs", "fn main() {}\n"), "build.rs"),
    ("a file that is hidden", |out| write(out, ".editorconfig", "root = true\n"), ".editorconfig"),
    ("a file that is empty", |out| write(out, "src/empty.rs", ""), "src/empty.rs"),
    ("a file in a folder of its own", |out| write(out, "src/a/b/c.rs", "\n"), "src/a/b/c.rs"),
    ("a file of version control deeper down", |out| write(out, "src/.gitkeep", ""), "src/.gitkeep"),
    ("a folder `target` deeper down", |out| write(out, "src/target/a", ""), "src/target/a"),
    (
        "a file that quotes the banner",
        |out| write(out, "notes.txt", &format!("{:600}{}", "", generated(""))),
        "notes.txt",
    ),
    ("JSON that no test includes", |out| write(out, "tests/examples/a.json", "{}"), "tests/examples/a.json"),
    ("a file that is not text", |out| fs::write(out.join("logo.png"), [0x89, b'P', 0, 0xFF]).unwrap(), "logo.png"),
    ("a file with a name in Arabic", |out| write(out, "src/نقاط الولاء.rs", "\n"), "src/نقاط الولاء.rs"),
    ("an empty folder", |out| fs::create_dir(out.join("empty")).unwrap(), "empty/"),
    ("empty folders in each other", |out| fs::create_dir_all(out.join("src/a/b")).unwrap(), "src/a/b/"),
    ("a package", |out| write(out, "fuzz/Cargo.toml", "[package]\nname = \"fuzz\"\n"), "fuzz/"),
    (
        "a generated package",
        |out| write(out, "other/Cargo.toml", &generated("[package]\nname = \"other\"\n")),
        "other/",
    ),
    #[cfg(unix)]
    ("a link that leads nowhere", |out| std::os::unix::fs::symlink("nowhere", out.join("link")).unwrap(), "link"),
    #[cfg(unix)]
    ("a link to a folder", |out| std::os::unix::fs::symlink("src", out.join("link")).unwrap(), "link"),
    #[cfg(unix)]
    ("a socket", |out| drop(std::os::unix::net::UnixListener::bind(out.join("socket")).unwrap()), "socket"),
    #[cfg(target_os = "linux")]
    (
        "a generated file whose name is not text",
        |out| {
            use std::os::unix::ffi::OsStrExt as _;
            write(&out.join(std::ffi::OsStr::from_bytes(b"\xFF")), "", &generated(""));
        },
        "\u{FFFD}",
    ),
];

#[test]
fn files_of_cargo_and_version_control_are_not_drift_and_are_kept() {
    let checkout = Checkout::new();
    let crate_of = |spec: &str| ["generate", "--spec", spec, "--out", "elsewhere"].map(str::to_owned);
    for which in [0, 1] {
        write(checkout.root(), &format!("documents/{which}.yaml"), &large_document(which));
    }
    let runs = |spec| checkout.run(&crate_of(spec).each_ref().map(String::as_str)).exits(0, spec);
    runs("documents/0.yaml");
    let out = checkout.root().join("elsewhere");
    let kept = [
        "Cargo.lock",
        "target/CACHEDIR.TAG",
        "target/debug/deps/client.rlib",
        ".git/HEAD",
        ".git/objects/00/1234",
        ".gitignore",
        ".gitattributes",
        ".github/workflows/ci.yml",
    ];
    for path in kept {
        write(&out, path, path);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // It is not read either.
        fs::set_permissions(out.join("target"), fs::Permissions::from_mode(0o000)).unwrap();
    }
    checkout.run(&["check", "--spec", "documents/0.yaml", "--out", "elsewhere"]).exits(0, "after a build");
    let run = runs("documents/0.yaml");
    assert_eq!(run.stdout.lines().count(), 1, "there is nothing to report: {run:#?}");
    let run = runs("documents/1.yaml");
    assert!(run.stdout.contains("updated elsewhere/src/") && !run.stdout.contains("left "), "{run:#?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(out.join("target"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    for path in kept {
        assert_eq!(fs::read_to_string(out.join(path)).unwrap(), path);
    }
    checkout.assert_nothing_beside("a crate that was built in place");
}

#[test]
fn a_foreign_entry_at_a_path_of_the_crate_is_an_error() {
    for (what, take, path, is) in TAKEN {
        let checkout = Checkout::generated();
        write(checkout.root(), "elsewhere.rs", "mine");
        take(&checkout.out());
        // Something to write, were it not for the obstacle.
        checkout.edit(|contract| contract["info"]["version"] = "0.1.1".into());
        let before = tree_of(checkout.root());
        let run = checkout.assert_drift(&[&format!("taken: generated/{path}")], what);
        let about = run.stdout.lines().filter(|line| line.split_once(": generated/").is_some_and(|(_, p)| p == *path));
        assert_eq!(about.count(), 1, "{what}: it is reported once: {run:#?}");
        let run = checkout.run(&["generate"]).exits(3, what);
        assert_eq!(run.stdout, "", "{what}");
        for expected in
            [&format!("/generated/{path}: {is}\n"), "Nothing was changed", "move or remove it, then generate again"]
        {
            assert!(run.stderr.contains(expected), "{what}: no {expected:?} in {run:#?}");
        }
        assert_same(&tree_of(checkout.root()), &before, what);
        let obstacle = checkout.out().join(path);
        let aside = checkout.root().join("elsewhere");
        fs::rename(obstacle, aside).unwrap();
        checkout.generate("once it was moved");
        checkout.assert_clean("once it was moved");
    }
}

/// An obstacle, what puts it in place, its path, and what the error calls it.
type Taken = (&'static str, fn(&Path), &'static str, &'static str);

const NO_BANNER: &str = "a file without the banner of generated files";

const TAKEN: &[Taken] = &[
    ("a file without the banner", |out| write(out, "src/lib.rs", "//! Mine.\n"), "src/lib.rs", NO_BANNER),
    (
        "a file whose banner was removed",
        |out| {
            let text = fs::read_to_string(out.join("src/lib.rs")).unwrap();
            write(out, "src/lib.rs", text.split_once('\n').unwrap().1);
        },
        "src/lib.rs",
        NO_BANNER,
    ),
    (
        "a file that is not text",
        |out| fs::write(out.join("src/lib.rs"), [0xFF, 0xFE]).unwrap(),
        "src/lib.rs",
        NO_BANNER,
    ),
    (
        "an empty folder",
        |out| {
            fs::remove_file(out.join("src/lib.rs")).unwrap();
            fs::create_dir(out.join("src/lib.rs")).unwrap();
        },
        "src/lib.rs",
        "a folder that was not generated",
    ),
    (
        "a folder with a file",
        |out| {
            fs::remove_file(out.join("src/lib.rs")).unwrap();
            write(out, "src/lib.rs/mod.rs", "\n");
        },
        "src/lib.rs",
        "a folder that was not generated",
    ),
    (
        "a file in the place of a folder",
        |out| {
            fs::remove_dir_all(out.join("src/operations")).unwrap();
            write(out, "src/operations", "\n");
        },
        "src/operations",
        NO_BANNER,
    ),
    #[cfg(unix)]
    (
        "a link to a file of the same content",
        |out| {
            let elsewhere = out.with_file_name("elsewhere.rs");
            fs::rename(out.join("src/lib.rs"), &elsewhere).unwrap();
            std::os::unix::fs::symlink(&elsewhere, out.join("src/lib.rs")).unwrap();
        },
        "src/lib.rs",
        "a symbolic link",
    ),
    #[cfg(unix)]
    (
        "a link to a file outside",
        |out| {
            fs::remove_file(out.join("src/lib.rs")).unwrap();
            std::os::unix::fs::symlink(out.with_file_name("elsewhere.rs"), out.join("src/lib.rs")).unwrap();
        },
        "src/lib.rs",
        "a symbolic link",
    ),
    #[cfg(unix)]
    (
        "a link to a folder of the same content",
        |out| {
            let documents = out.with_file_name("documents");
            fs::rename(out.join("src"), &documents).unwrap();
            std::os::unix::fs::symlink(&documents, out.join("src")).unwrap();
        },
        "src",
        "a symbolic link",
    ),
    #[cfg(unix)]
    (
        "a socket",
        |out| {
            fs::remove_file(out.join("src/lib.rs")).unwrap();
            drop(std::os::unix::net::UnixListener::bind(out.join("src/lib.rs")).unwrap());
        },
        "src/lib.rs",
        "not a regular file",
    ),
];

#[test]
fn each_foreign_entry_is_reported() {
    let checkout = Checkout::generated();
    write(&checkout.out(), "notes.txt", "mine");
    write(&checkout.out(), "src/lib.rs", "mine");
    fs::remove_file(checkout.out().join("src/client.rs")).unwrap();
    let lines = ["missing: generated/src/client.rs", "taken: generated/src/lib.rs", "extra: generated/notes.txt"];
    let run = checkout.assert_drift(&lines, "three kinds");
    let fix = "in 3 files; to fix it: move or remove the 2 files that were not generated, then cargo xtask generate\n";
    assert!(run.stderr.ends_with(fix), "{run:#?}");
    assert_diff(&run, "src/lib.rs", "a file in a needed place is compared");
    let run = checkout.run(&["check", "--message-format", "json"]).exits(1, "JSON");
    let foreign = r#"{"kind":"drift","path":"generated/notes.txt","change":"extra","generated":false}"#;
    assert!(run.stdout.lines().any(|line| line == foreign), "{run:#?}");
}
