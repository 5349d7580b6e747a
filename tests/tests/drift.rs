//! The crate in `generated/` is the one that the contract gives. `check` reports every difference, `generate` fixes it,
//! and neither an interruption nor a foreign file in the folder leads to a loss. Everything runs the built xtask.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime};

use salla_loyalty_points_tests::documented;
use serde_yaml::Value;
use support::{Run, run, workspace, xtask};
use tempfile::TempDir;

#[test]
fn the_committed_crate_is_what_the_contract_says() {
    let run = run(&workspace(), &["check"]).exits(0, "the crate has drifted: `cargo xtask generate` fixes it");
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
    assert!(run.stdout.starts_with("generated is what spec/loyalty-points.yaml says: 1 operation, "), "{run:#?}");
}

// What `check` reports, and `generate` fixes.

#[test]
fn a_changed_byte_in_any_file_is_reported_and_fixed() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    for (path, bytes) in &good {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(checkout.out().join(path), &changed).unwrap();
            let what = &format!("byte {at} of {path}");
            let run = checkout.assert_drift(&[&format!("stale: generated/{path}")], what);
            assert_diff(&run, path, what);
            assert_eq!(checkout.generate(what), [format!("updated generated/{path}")], "{what}");
            assert_same(&checkout.tree(), &good, what);
        }
    }
    checkout.assert_clean("after all of them");
}

#[test]
fn a_deleted_file_is_reported_and_fixed() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    for path in good.keys() {
        fs::remove_file(checkout.out().join(path)).unwrap();
        let run = checkout.assert_drift(&[&format!("missing: generated/{path}")], path);
        assert_diff(&run, path, path);
        assert_eq!(checkout.generate(path), [format!("created generated/{path}")]);
        assert_same(&checkout.tree(), &good, path);
    }
    checkout.assert_clean("after all of them");
}

#[test]
fn every_other_change_of_generated_files_is_reported_and_fixed() {
    for (what, spoil, findings) in SPOILT {
        let checkout = Checkout::generated();
        let good = checkout.tree();
        spoil(&checkout.out());
        let run = checkout.assert_drift(findings, what);
        assert!(run.stderr.ends_with("; to fix it: cargo xtask generate\n"), "{what}: {run:#?}");
        checkout.generate(what);
        assert_same(&checkout.tree(), &good, what);
        checkout.assert_clean(what);
        checkout.assert_nothing_beside(what);
    }
}

/// The name of a change, the change, and lines that `check` prints then.
type Spoilt = (&'static str, fn(&Path), &'static [&'static str]);

const SPOILT: &[Spoilt] = &[
    (
        "a generated file that the crate no longer has",
        |out| write(out, "src/old.rs", &generated("mod a;\n")),
        &["extra: generated/src/old.rs", "-mod a;"],
    ),
    (
        "a generated file deep down that the crate no longer has",
        |out| write(out, "src/a/b/c.rs", &generated("")),
        &["extra: generated/src/a/b/c.rs"],
    ),
    (
        "a test of an example, with its JSON, that the crate no longer has",
        |out| {
            write(out, "tests/examples.rs", &generated("include_str!(\"examples/a.json\")"));
            write(out, "tests/examples/a.json", "{}");
        },
        &["extra: generated/tests/examples.rs", "extra: generated/tests/examples/a.json"],
    ),
    ("an emptied file", |out| write(out, "src/types.rs", ""), &["stale: generated/src/types.rs"]),
    (
        "a truncated file",
        |out| File::options().write(true).open(out.join("src/types.rs")).unwrap().set_len(20).unwrap(),
        &["stale: generated/src/types.rs"],
    ),
    (
        "a file rewritten below its banner",
        |out| write(out, "src/lib.rs", &generated("mod mine;\n")),
        &["stale: generated/src/lib.rs", "-mod mine;"],
    ),
    (
        "a file that is not text below its banner",
        |out| fs::write(out.join("src/lib.rs"), [generated("").as_bytes(), &[0xFF, 0xFE]].concat()).unwrap(),
        &["stale: generated/src/lib.rs", "generated/src/lib.rs is not text"],
    ),
    (
        "a file replaced by a folder with a generated file",
        |out| {
            fs::remove_file(out.join("src/lib.rs")).unwrap();
            write(out, "src/lib.rs/mod.rs", &generated(""));
        },
        &["missing: generated/src/lib.rs", "extra: generated/src/lib.rs/mod.rs"],
    ),
    (
        "a folder replaced by a generated file",
        |out| {
            fs::remove_dir_all(out.join("src/operations")).unwrap();
            write(out, "src/operations", &generated(""));
        },
        &["missing: generated/src/operations/list_customer_loyalty_points.rs", "extra: generated/src/operations"],
    ),
    (
        "two files that changed places",
        |out| {
            fs::rename(out.join("src/lib.rs"), out.join("aside")).unwrap();
            fs::rename(out.join("src/client.rs"), out.join("src/lib.rs")).unwrap();
            fs::rename(out.join("aside"), out.join("src/client.rs")).unwrap();
        },
        &["stale: generated/src/client.rs", "stale: generated/src/lib.rs"],
    ),
    (
        "a file under another name",
        |out| fs::rename(out.join("src/types.rs"), out.join("src/Types.rs")).unwrap(),
        &["extra: generated/src/Types.rs", "missing: generated/src/types.rs"],
    ),
    (
        "a folder half deleted",
        |out| {
            fs::remove_dir_all(out.join("src/operations")).unwrap();
            fs::remove_file(out.join("Cargo.toml")).unwrap();
        },
        &["missing: generated/Cargo.toml", "missing: generated/src/operations/list_customer_loyalty_points.rs"],
    ),
    (
        "a folder emptied",
        |out| {
            fs::remove_dir_all(out.join("src/operations")).unwrap();
            fs::create_dir(out.join("src/operations")).unwrap();
        },
        &["missing: generated/src/operations/list_customer_loyalty_points.rs"],
    ),
    (
        "everything but the folder deleted",
        |out| {
            fs::remove_dir_all(out).unwrap();
            fs::create_dir(out).unwrap();
        },
        &["missing: generated/Cargo.toml", "missing: generated/src/lib.rs"],
    ),
    (
        "the folder deleted",
        |out| fs::remove_dir_all(out).unwrap(),
        &["missing: generated/Cargo.toml", "missing: generated/src/lib.rs"],
    ),
];

// What was not generated: `check` reports it, and `generate` leaves it.

#[test]
fn a_foreign_entry_is_drift_and_is_left_by_every_run() {
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
fn a_run_with_nothing_to_do_but_to_leave_a_foreign_file_touches_no_file() {
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
fn what_cargo_and_version_control_keep_in_the_folder_is_no_drift_and_is_kept() {
    let checkout = Checkout::new();
    let crate_of = |spec: &str| ["generate", "--spec", spec, "--out", "elsewhere"].map(str::to_owned);
    for which in [0, 1] {
        write(checkout.root(), &format!("documents/{which}.yaml"), &large_document(which));
    }
    let runs = |spec| run(checkout.root(), &crate_of(spec).each_ref().map(String::as_str)).exits(0, spec);
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
    run(checkout.root(), &["check", "--spec", "documents/0.yaml", "--out", "elsewhere"]).exits(0, "after a build");
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
fn a_path_that_the_crate_needs_and_something_else_has_taken_is_an_error() {
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
        let run = support::run(checkout.root(), &["generate"]).exits(3, what);
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
    ("a file of somebody else", |out| write(out, "src/lib.rs", "//! Mine.\n"), "src/lib.rs", NO_BANNER),
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
fn several_foreign_entries_are_reported_each() {
    let checkout = Checkout::generated();
    write(&checkout.out(), "notes.txt", "mine");
    write(&checkout.out(), "src/lib.rs", "mine");
    fs::remove_file(checkout.out().join("src/client.rs")).unwrap();
    let lines = ["missing: generated/src/client.rs", "taken: generated/src/lib.rs", "extra: generated/notes.txt"];
    let run = checkout.assert_drift(&lines, "three kinds");
    let fix = "in 3 files; to fix it: move or remove the 2 files that were not generated, then cargo xtask generate\n";
    assert!(run.stderr.ends_with(fix), "{run:#?}");
    assert_diff(&run, "src/lib.rs", "a file in a needed place is compared");
    let run = support::run(checkout.root(), &["check", "--message-format", "json"]).exits(1, "JSON");
    let foreign = r#"{"kind":"drift","path":"generated/notes.txt","change":"extra","generated":false}"#;
    assert!(run.stdout.lines().any(|line| line == foreign), "{run:#?}");
}

#[test]
fn a_checkout_with_crlf_is_no_drift_and_a_single_carriage_return_is() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    let crlf = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace('\n', "\r\n");
    for (path, bytes) in &good {
        fs::write(checkout.out().join(path), crlf(bytes)).unwrap();
    }
    checkout.assert_clean("every line of every file ends in CRLF");
    assert_eq!(checkout.generate("CRLF"), [""; 0], "nor is there anything to fix");
    for (path, bytes) in &good {
        let once = String::from_utf8(bytes.clone()).unwrap().replacen('\n', "\r\n", 1);
        fs::write(checkout.out().join(path), once).unwrap();
        checkout.assert_drift(&[&format!("stale: generated/{path}")], "the first line of a file ends in CRLF");
        let but_one = crlf(bytes).replacen("\r\n", "\n", 1);
        fs::write(checkout.out().join(path), but_one).unwrap();
        checkout.assert_drift(&[&format!("stale: generated/{path}")], "all lines of a file but the first end in CRLF");
        fs::write(checkout.out().join(path), bytes).unwrap();
    }
}

// What `generate` leaves alone.

#[test]
fn a_second_run_changes_nothing_says_so_and_touches_no_file() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    checkout.age();
    let run = run(checkout.root(), &["generate"]).exits(0, "a second run");
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""), "{run:#?}");
    assert!(run.stdout.contains(", nothing to change ("), "{run:#?}");
    assert_same(&checkout.tree(), &good, "a second run");
    assert_eq!(checkout.touched(), [""; 0]);
    checkout.assert_clean("a second run");
    assert_eq!(checkout.touched(), [""; 0], "nor does `check` touch one");
}

#[test]
fn only_the_files_that_change_are_touched() {
    let checkout = Checkout::generated();
    checkout.age();
    write(&checkout.out(), "src/client.rs", &generated("// mine\n"));
    fs::remove_file(checkout.out().join("README.md")).unwrap();
    write(&checkout.out(), "src/extra.rs", &generated(""));
    let told = checkout.generate("three kinds of drift");
    let expected = ["created generated/README.md", "updated generated/src/client.rs", "removed generated/src/extra.rs"];
    assert_eq!(told, expected);
    assert_eq!(checkout.touched(), ["README.md", "src/client.rs"]);
}

#[test]
fn a_changed_document_touches_only_the_files_that_it_changes() {
    let checkout = Checkout::generated();
    checkout.age();
    checkout.edit(|contract| {
        contract["components"]["securitySchemes"]["bearer"]["bearerFormat"] = "opaque".into();
    });
    assert_eq!(checkout.generate("another format of the token"), ["updated generated/Cargo.toml"]);
    assert_eq!(checkout.touched(), ["Cargo.toml"]);
}

// The crate is a pure function of the document and the generator.

#[test]
fn the_crate_deleted_and_generated_again_is_the_committed_one_byte_for_byte() {
    let checkout = Checkout::generated();
    assert_same(&checkout.tree(), &committed(), "a new checkout");
    fs::remove_dir_all(checkout.out()).unwrap();
    let told = checkout.generate("a deleted folder");
    assert_eq!(told, committed().keys().map(|path| format!("created generated/{path}")).collect::<Vec<_>>());
    assert_same(&checkout.tree(), &committed(), "a deleted folder");
}

#[test]
fn the_layout_of_the_document_does_not_count() {
    let wanted = Checkout::generated().tree();
    let text = contract_text();
    let comments =
        text.replace("type: integer\n", "type: integer # a number\n").replace("\ninfo:", "\n# About it.\n\ninfo:");
    assert_ne!(comments, text);
    let without_comments: String =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    // Straight to the text: a `serde_json::Value` may not keep the order, which counts.
    let contract: Value = serde_yaml::from_str(&text).unwrap();
    for (what, name, text) in [
        ("the document as it is", "api.yaml", text.clone()),
        ("a file name in Arabic, with a space", "نقاط الولاء.yaml", text.clone()),
        ("a folder", "deep/down/api.yaml", text.clone()),
        ("CRLF", "api.yaml", text.replace('\n', "\r\n")),
        ("a byte order mark", "api.yaml", format!("\u{FEFF}{text}")),
        ("comments", "api.yaml", comments),
        ("no comments", "api.yaml", without_comments),
        ("a document start", "api.yaml", format!("%YAML 1.2\n---\n{text}...\n")),
        ("another layout of YAML", "api.yml", serde_yaml::to_string(&contract).unwrap()),
        ("JSON", "api.json", serde_json::to_string_pretty(&contract).unwrap()),
        ("JSON in one line", "api.json", serde_json::to_string(&contract).unwrap()),
        ("JSON under a name that says YAML", "api.yaml", serde_json::to_string(&contract).unwrap()),
    ] {
        let checkout = Checkout::new();
        write(checkout.root(), name, &text);
        run(checkout.root(), &["generate", "--spec", name, "--out", "generated"]).exits(0, what);
        assert_same(&checkout.tree(), &wanted, what);
        run(checkout.root(), &["check", "--spec", name, "--out", "generated"]).exits(0, what);
    }
}

#[test]
fn the_machine_does_not_count() {
    let wanted = Checkout::generated().tree();
    for (what, folder, variables) in [
        ("a Turkish locale", "", &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")][..]),
        ("no locale", "", &[("LC_ALL", "C"), ("LANG", "")]),
        ("a locale that does not exist", "", &[("LC_ALL", "xx_XX.nothing")]),
        ("another time zone", "", &[("TZ", "Pacific/Kiritimati")]),
        ("another user", "", &[("HOME", "/nowhere"), ("USER", "someone"), ("CARGO_HOME", "/nowhere")]),
        ("a fixed date of the build", "", &[("SOURCE_DATE_EPOCH", "0")]),
        ("a narrow terminal in colour", "", &[("COLUMNS", "20"), ("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]),
        ("a folder further down", "spec", &[]),
    ] {
        let checkout = Checkout::new();
        let mut command = xtask(&checkout.root().join(folder), &["generate"]);
        Run::of(command.envs(variables.iter().copied())).exits(0, what);
        assert_same(&checkout.tree(), &wanted, what);
    }
}

#[test]
fn the_folder_may_be_named_in_any_way() {
    let checkout = Checkout::generated();
    let absolute = checkout.out().display().to_string();
    for out in ["generated", "./generated", "generated/", "spec/../generated", &absolute] {
        run(checkout.root(), &["check", "--out", out]).exits(0, out);
    }
    run(&checkout.root().join("generated/src"), &["check", "--out", ".."]).exits(0, "from inside");
}

#[test]
fn every_change_of_the_documents_content_is_drift() {
    let checkout = Checkout::generated();
    for (what, edit) in EDITS {
        checkout.reset();
        checkout.edit(edit);
        let run = checkout.assert_drift(&["stale: generated/Cargo.toml"], what);
        assert!(run.stdout.contains("\n-fingerprint = \"") && run.stdout.contains("\n+fingerprint = \""), "{run:#?}");
        checkout.generate(what);
    }
    checkout.assert_clean("after the last of them");
}

/// A kind of change, and the change.
type Edit = (&'static str, fn(&mut Value));

const EDITS: &[Edit] = &[
    ("title", |contract| contract["info"]["title"] = "Points".into()),
    ("description", |contract| contract["info"]["description"] = "Points.".into()),
    ("version", |contract| contract["info"]["version"] = "0.1.1".into()),
    ("server URL", |contract| contract["servers"][0]["url"] = "https://api.salla.dev/admin/v3".into()),
    ("description of a server", |contract| contract["servers"][1]["description"] = "Another.".into()),
    ("added server", |contract| push(&mut contract["servers"], yaml("{url: 'https://example.com'}"))),
    ("security removed", |contract| remove(contract, "security")),
    ("security scheme", |contract| {
        contract["components"]["securitySchemes"]["bearer"]["bearerFormat"] = "opaque".into();
    }),
    ("scope", |contract| operation(contract)["x-required-scopes"] = yaml("[customers.read_write]")),
    ("pagination", |contract| remove(operation(contract), "x-pagination")),
    ("summary", |contract| operation(contract)["summary"] = "List the points.".into()),
    ("description of an operation", |contract| operation(contract)["description"] = "Points.".into()),
    ("deprecated", |contract| operation(contract)["deprecated"] = true.into()),
    ("operation id", |contract| operation(contract)["operationId"] = "list_points".into()),
    ("tag of an operation", |contract| operation(contract)["tags"][0] = "Points".into()),
    ("tag", |contract| contract["tags"][0]["name"] = "Points".into()),
    ("description of a parameter", |contract| parameter(contract, 1)["description"] = "The page.".into()),
    ("maximum", |contract| parameter(contract, 2)["schema"]["maximum"] = 50.into()),
    ("minimum", |contract| parameter(contract, 1)["schema"]["minimum"] = 0.into()),
    ("name of a parameter", |contract| parameter(contract, 2)["name"] = "page_size".into()),
    ("parameter that is required", |contract| parameter(contract, 2)["required"] = true.into()),
    ("example of a parameter", |contract| parameter(contract, 0)["example"] = "1257881497".into()),
    ("value in an example", |contract| {
        let media = &mut operation(contract)["responses"]["200"]["content"]["application/json"];
        media["examples"]["documented"]["value"]["data"][0]["points"] = 901.into();
    }),
    ("summary of an example", |contract| {
        let media = &mut operation(contract)["responses"]["200"]["content"]["application/json"];
        media["examples"]["documented"]["summary"] = "Another.".into();
    }),
    ("response header", |contract| {
        contract["components"]["responses"]["RateLimited"]["headers"]["X-RateLimit-Scope"] =
            yaml("{schema: {type: string}}");
    }),
    ("response header removed", |contract| {
        remove(&mut contract["components"]["responses"]["RateLimited"]["headers"], "Retry-After");
    }),
    ("description of a response", |contract| {
        contract["components"]["responses"]["Unauthorized"]["description"] = "No.".into();
    }),
    ("new response status", |contract| {
        operation(contract)["responses"]["403"] = yaml("{$ref: '#/components/responses/OtherFailure'}");
    }),
    ("new success status in place of the old", |contract| {
        let page = operation(contract)["responses"]["200"].clone();
        remove(&mut operation(contract)["responses"], "200");
        operation(contract)["responses"]["203"] = page;
    }),
    ("enum of a property", |contract| property(contract, "name")["enum"] = yaml("[مخصصة, نقاط]")),
    ("format of a property", |contract| property(contract, "notes")["format"] = "password".into()),
    ("pattern of a property", |contract| property(contract, "name")["pattern"] = "^م".into()),
    ("default of a property", |contract| property(contract, "notes")["default"] = "none".into()),
    ("property that is nullable", |contract| property(contract, "name")["nullable"] = true.into()),
    ("deviation", |contract| property(contract, "notes")["x-deviation"]["why"] = "It is so.".into()),
    ("order of properties", |contract| {
        let properties = &mut contract["components"]["schemas"]["LoyaltyPointsEntry"]["properties"];
        let name = properties["name"].clone();
        remove(properties, "name");
        properties["name"] = name;
    }),
    ("list of what is required", |contract| {
        let required = contract["components"]["schemas"]["LoyaltyPointsEntry"]["required"].as_sequence_mut();
        required.unwrap().retain(|name| name != "used_points");
    }),
    ("new property", |contract| {
        contract["components"]["schemas"]["LoyaltyPointsEntry"]["properties"]["source"] = yaml("{type: string}");
    }),
    ("new schema that nothing uses", |contract| {
        contract["components"]["schemas"]["Unused"] = yaml("{type: string}");
    }),
    ("external documentation", |contract| contract["externalDocs"] = yaml("{url: 'https://example.com'}")),
];

// Whatever happens on the way: the old crate or the new one.

#[test]
fn a_crash_at_any_moment_leaves_the_old_crate_or_the_new_one() {
    let checkout = Checkout::new();
    let trees = checkout.two_documents();
    let (mut interrupted, mut before) = (0, 0);
    for round in 0..40 {
        let wanted = round % 2;
        let mut child = checkout.start_generate(wanted);
        // Killed at a moment that comes later from round to round, from the first file of the new folder on.
        let is_running = await_staging(&checkout, &mut child);
        spin(round * 400);
        child.kill().unwrap();
        child.wait().unwrap();
        let left = checkout.tree();
        assert!(trees.contains(&left), "round {round}: neither the old crate nor the new one is there");
        interrupted += usize::from(is_running && checkout.beside() != [""; 0]);
        before += usize::from(left != trees[wanted]);
        Run::of(&mut checkout.generate_command(wanted)).exits(0, "the run after a crash");
        assert_same(&checkout.tree(), &trees[wanted], &format!("round {round}: the run after a crash"));
        checkout.assert_nothing_beside("the run after a crash");
    }
    println!("{interrupted} of 40 runs were interrupted while they built the folder, {before} before it was in place");
}

#[test]
fn two_runs_at_once_end_in_one_good_crate() {
    let checkout = Checkout::new();
    let trees = checkout.two_documents();
    for round in 0..20 {
        Run::of(&mut checkout.generate_command(0)).exits(0, "the crate of the first document");
        // The first run has one file to fix and all others to keep, while the second writes every file.
        write(&checkout.out(), "README.md", &generated("mine\n"));
        for mut child in [0, 1].map(|which| checkout.start_generate(which)) {
            assert!(child.wait().unwrap().success(), "round {round}");
        }
        assert!(trees.contains(&checkout.tree()), "round {round}: a mixture of two crates is left");
        checkout.assert_nothing_beside("two runs at once");
    }
}

#[test]
fn many_runs_of_the_same_document_at_once_all_succeed() {
    let wanted = Checkout::generated().tree();
    let checkout = Checkout::new();
    let children: Vec<Child> = (0..6).map(|_| checkout.start(&["generate"])).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_same(&checkout.tree(), &wanted, "many runs at once");
    checkout.assert_nothing_beside("many runs at once");
}

#[test]
fn a_crash_at_any_moment_keeps_what_was_not_generated_in_its_place() {
    let checkout = Checkout::new();
    let trees = checkout.two_documents();
    let kept = ["target/debug/client.rlib", "Cargo.lock", ".git/HEAD", "notes.txt", "src/notes.txt"];
    for path in kept {
        write(&checkout.out(), path, path);
    }
    let mut interrupted = 0;
    for round in 0..40 {
        let wanted = round % 2;
        let mut child = checkout.start_generate(wanted);
        let is_running = await_staging(&checkout, &mut child);
        spin(round * 400);
        child.kill().unwrap();
        child.wait().unwrap();
        interrupted += usize::from(is_running && checkout.beside() != [""; 0]);
        for path in kept {
            assert_eq!(fs::read_to_string(checkout.out().join(path)).unwrap(), path, "round {round}: {path}");
        }
        Run::of(&mut checkout.generate_command(wanted)).exits(0, "the run after a crash");
        let mut left = checkout.tree();
        left.retain(|path, _| !kept.contains(&&**path));
        assert_same(&left, &trees[wanted], &format!("round {round}: the run after a crash"));
        checkout.assert_nothing_beside("the run after a crash");
    }
    println!("{interrupted} of 40 runs were interrupted while they built the crate");
}

#[test]
fn the_files_that_a_crash_left_beside_are_removed_by_a_run_with_nothing_else_to_do() {
    let checkout = Checkout::generated();
    write(
        checkout.root(),
        ".generated.new/generated-files.txt",
        "# @generated by `cargo xtask generate`\nsrc/lib.rs\n",
    );
    write(checkout.root(), ".generated.new/new/src/lib.rs", "half");
    assert_eq!(checkout.generate("a half built folder beside"), [""; 0]);
    checkout.assert_clean("a half built folder beside");
    checkout.assert_nothing_beside("a half built folder beside");
}

#[test]
fn a_document_with_an_error_changes_no_file() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    checkout.age();
    checkout.edit(|contract| operation(contract)["operationId"] = 7.into());
    for command in ["generate", "check"] {
        let run = run(checkout.root(), &[command]).exits(2, command);
        assert_eq!(run.stdout, "", "{command}");
        assert!(
            run.stderr.ends_with("error: spec/loyalty-points.yaml has 1 error: nothing was generated\n"),
            "{run:#?}"
        );
    }
    assert_same(&checkout.tree(), &good, "a wrong document");
    assert_eq!(checkout.touched(), [""; 0]);
    checkout.assert_nothing_beside("a wrong document");
}

// Folders that cannot be, or must not be, the crate's.

#[test]
fn a_folder_of_somebody_else_is_refused_and_left_alone() {
    let checkout = Checkout::new();
    write(checkout.root(), "work/thesis.txt", "years of work");
    write(checkout.root(), "work/deep/notes.txt", "more of it");
    let before = tree_of(checkout.root());
    let run = run(checkout.root(), &["generate", "--out", "work"]).exits(3, "somebody else's folder");
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.starts_with("error: ") && run.stderr.contains("work holds files and is no crate that was generated"),
        "{run:#?}"
    );
    assert_same(&tree_of(checkout.root()), &before, "somebody else's folder");
}

#[test]
fn a_folder_that_holds_the_crate_among_other_things_is_refused_and_left_alone() {
    let checkout = Checkout::generated();
    let before = tree_of(checkout.root());
    for (out, folder) in [(".", ""), ("..", "spec"), ("../", "generated")] {
        let run = run(&checkout.root().join(folder), &["generate", "--out", out]);
        assert_same(&tree_of(checkout.root()), &before, &format!("--out {out} from {folder:?}: {run:#?}"));
        run.exits(3, "the whole workspace is no place for the crate");
    }
}

#[test]
fn obstacles_in_the_place_of_the_folder_are_told_and_left_alone() {
    let checkout = Checkout::new();
    write(checkout.root(), "a-file", "mine");
    let before = tree_of(checkout.root());
    for (out, expected) in [
        ("a-file", "a-file is not a folder: remove it, or name another with `--out DIR`"),
        ("a-file/generated", "a-file"),
        ("a-file/deep/generated", "a-file"),
        ("/", "/ cannot be the folder of a crate"),
        ("", ""),
    ] {
        for command in ["generate", "check"] {
            let run = run(checkout.root(), &[command, "--out", out]).exits(3, out);
            assert_eq!((run.stdout.as_str(), run.stderr.lines().count()), ("", 1), "{run:#?}");
            assert!(run.stderr.starts_with("error: ") && run.stderr.contains(expected), "{run:#?}");
            assert_same(&tree_of(checkout.root()), &before, &format!("{command} --out {out:?}"));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_told_and_nothing_is_changed() {
    use std::os::unix::fs::PermissionsExt as _;
    let checkout = Checkout::generated();
    write(&checkout.out(), "src/lib.rs", &generated("// mine\n"));
    let before = tree_of(checkout.root());
    let mode = |mode| fs::set_permissions(checkout.root(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let is_obeyed = File::create(checkout.root().join("probe")).is_err();
    let run = run(checkout.root(), &["generate"]);
    mode(0o755);
    if !is_obeyed {
        eprintln!("permissions do not bind this user (root?): there is nothing to see here");
        return;
    }
    let run = run.exits(3, "a read-only folder");
    assert!(run.stderr.starts_with("error: cannot ") && run.stderr.contains("Nothing was changed"), "{run:#?}");
    assert_same(&tree_of(checkout.root()), &before, "a read-only folder");
}

#[test]
fn an_entry_in_the_place_of_the_folder_beside_is_an_error_and_is_left() {
    for path in [".generated.new", ".generated.new/notes.txt", ".generated.new/new/src/lib.rs"] {
        let checkout = Checkout::generated();
        write(&checkout.out(), "src/lib.rs", &generated("// mine\n"));
        write(checkout.root(), path, "mine");
        let before = tree_of(checkout.root());
        let run = run(checkout.root(), &["generate"]).exits(3, path);
        for expected in [".generated.new", "it was not generated: move or remove it", "Nothing was changed"] {
            assert!(run.stderr.contains(expected), "{path}: {run:#?}");
        }
        assert_same(&tree_of(checkout.root()), &before, path);
    }
}

// The workspace's own crate is made from its own document.

#[test]
fn another_document_without_a_folder_is_an_error() {
    let checkout = Checkout::generated();
    write(checkout.root(), "documents/other.yaml", &large_document(0));
    let before = tree_of(checkout.root());
    for arguments in [
        &["generate", "--spec", "documents/other.yaml"][..],
        &["generate", "--spec", "documents/missing.yaml", "--strict"],
        &["check", "--spec", "documents/other.yaml"],
        &["generate", "--watch", "--spec", "documents/other.yaml"],
    ] {
        let run = run(checkout.root(), arguments).exits(3, "no `--out`");
        let expected = format!(
            "error: missing option `--out DIR`: generated is the crate of spec/loyalty-points.yaml, and `--spec {}` is \
             another document\n",
            arguments.iter().find(|argument| argument.starts_with("documents/")).unwrap()
        );
        assert_eq!((&*run.stdout, &*run.stderr), ("", &*expected), "{arguments:?}");
        assert_same(&tree_of(checkout.root()), &before, "no `--out`");
    }
}

#[test]
fn the_workspaces_own_document_is_the_same_by_every_path_and_always_held_to_the_specification() {
    let checkout = Checkout::generated();
    let absolute = checkout.spec().display().to_string();
    let mut names = vec!["spec/loyalty-points.yaml", "./spec/../spec/loyalty-points.yaml", &absolute];
    #[cfg(unix)]
    {
        fs::create_dir(checkout.root().join("documents")).unwrap();
        std::os::unix::fs::symlink("../spec/loyalty-points.yaml", checkout.root().join("documents/link.yaml")).unwrap();
        names.push("documents/link.yaml");
    }
    for name in &names {
        run(checkout.root(), &["check", "--spec", name]).exits(0, name);
    }
    // A departure from the specification that has only one meaning.
    checkout.edit(|contract| operation(contract)["operationId"] = 7.into());
    for name in names {
        for arguments in [&["check", "--spec", name][..], &["generate", "--spec", name, "--out", "elsewhere"]] {
            run(checkout.root(), arguments).exits(2, name);
        }
    }
    write(checkout.root(), "documents/copy.yaml", &fs::read_to_string(checkout.spec()).unwrap());
    run(checkout.root(), &["generate", "--spec", "documents/copy.yaml", "--out", "elsewhere"]).exits(0, "a copy");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_folder_is_followed() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    fs::create_dir(checkout.root().join("elsewhere")).unwrap();
    fs::rename(checkout.out(), checkout.root().join("elsewhere/crate")).unwrap();
    std::os::unix::fs::symlink("elsewhere/crate", checkout.out()).unwrap();
    run(checkout.root(), &["generate"]).exits(0, "a link");
    assert!(fs::symlink_metadata(checkout.out()).unwrap().is_symlink(), "the link stays");
    let moved = checkout.tree();
    assert_eq!(moved.keys().collect::<Vec<_>>(), good.keys().collect::<Vec<_>>());
    run(checkout.root(), &["check"]).exits(0, "a link");
}

// A checkout of the project in a folder of its own.

struct Checkout(TempDir);

impl Checkout {
    /// The manifest and the contract, and no crate yet.
    fn new() -> Self {
        let checkout = Self(tempfile::tempdir().expect("there is a folder for temporary files"));
        fs::copy(workspace().join("Cargo.toml"), checkout.root().join("Cargo.toml")).unwrap();
        fs::create_dir(checkout.root().join("spec")).unwrap();
        checkout.reset();
        checkout
    }

    fn generated() -> Self {
        let checkout = Self::new();
        checkout.generate("a new checkout");
        checkout
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn out(&self) -> PathBuf {
        self.root().join("generated")
    }

    fn spec(&self) -> PathBuf {
        self.root().join("spec/loyalty-points.yaml")
    }

    fn tree(&self) -> Tree {
        tree_of(&self.out())
    }

    /// The contract as it is in the repository.
    fn reset(&self) {
        fs::write(self.spec(), contract_text()).unwrap();
    }

    fn edit(&self, edit: impl Fn(&mut Value)) {
        let text = fs::read_to_string(self.spec()).unwrap();
        let before: Value = serde_yaml::from_str(&text).unwrap();
        let mut contract = before.clone();
        edit(&mut contract);
        let (before, after) = (serde_yaml::to_string(&before).unwrap(), serde_yaml::to_string(&contract).unwrap());
        assert_ne!(before, after, "the edit changes something");
        fs::write(self.spec(), after).unwrap();
    }

    /// Runs `generate`, and gives the lines about files.
    fn generate(&self, why: &str) -> Vec<String> {
        let run = run(self.root(), &["generate"]).exits(0, why);
        assert!(!run.stderr.contains("error"), "{why}: {run:#?}");
        let mut lines: Vec<_> = run.stdout.lines().map(str::to_owned).collect();
        let summary = lines.pop().unwrap_or_default();
        assert!(summary.starts_with("generated: ") && summary.ends_with(" ms)"), "{why}: {run:#?}");
        lines
    }

    fn assert_clean(&self, why: &str) {
        let run = run(self.root(), &["check"]).exits(0, why);
        assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""), "{why}");
    }

    fn assert_drift(&self, lines: &[&str], why: &str) -> Run {
        let run = run(self.root(), &["check"]).exits(1, why);
        for line in lines {
            assert!(run.stdout.lines().any(|found| found == *line), "{why}: `{line}` is missing in {run:#?}");
        }
        assert!(run.stderr.contains("error: generated has drifted from spec/loyalty-points.yaml in "), "{run:#?}");
        assert!(run.stderr.ends_with(" cargo xtask generate\n"), "{why}: {run:#?}");
        run
    }

    /// What is in the folder of the checkout, and was not put there.
    fn beside(&self) -> Vec<String> {
        let known = ["Cargo.toml", "spec", "generated", "elsewhere", "elsewhere.rs", "documents"];
        let names = fs::read_dir(self.root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !known.contains(&name.as_str())).collect()
    }

    fn assert_nothing_beside(&self, why: &str) {
        assert_eq!(self.beside(), [""; 0], "{why}: something is left beside the folder");
    }

    /// Gives all files of the crate a time long ago.
    fn age(&self) {
        for path in self.files() {
            File::options().append(true).open(self.out().join(path)).unwrap().set_modified(long_ago()).unwrap();
        }
        assert_eq!(self.touched(), [""; 0]);
    }

    /// The files that were written since.
    fn touched(&self) -> Vec<String> {
        let is_touched = |path: &String| fs::metadata(self.out().join(path)).unwrap().modified().unwrap() != long_ago();
        self.files().into_iter().filter(is_touched).collect()
    }

    /// The paths of the files of the crate.
    fn files(&self) -> Vec<String> {
        self.tree().into_keys().filter(|path| self.out().join(path).is_file()).collect()
    }

    /// Two documents that differ in every file of many, and the crates that come of them; the second is in place.
    fn two_documents(&self) -> [Tree; 2] {
        [0, 1].map(|which| {
            write(self.root(), &format!("documents/{which}.yaml"), &large_document(which));
            Run::of(&mut self.generate_command(which)).exits(0, "a large document");
            self.tree()
        })
    }

    fn generate_command(&self, which: usize) -> std::process::Command {
        xtask(self.root(), &["generate", "--spec", &format!("documents/{which}.yaml"), "--out", "generated"])
    }

    fn start_generate(&self, which: usize) -> Child {
        self.start(&["generate", "--spec", &format!("documents/{which}.yaml"), "--out", "generated"])
    }

    fn start(&self, arguments: &[&str]) -> Child {
        xtask(self.root(), arguments).stdout(Stdio::null()).spawn().unwrap()
    }
}

type Tree = BTreeMap<String, Vec<u8>>;

/// The files below a folder; empty folders and what is neither file nor folder count by a name that says so.
fn tree_of(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    collect(folder, "", &mut tree);
    tree
}

fn collect(folder: &Path, prefix: &str, tree: &mut Tree) {
    let entries: Vec<_> =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).collect();
    if entries.is_empty() {
        tree.insert(format!("{prefix} (empty)"), Vec::new());
    }
    for entry in entries {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), tree);
        } else if kind.is_file() {
            tree.insert(name, fs::read(entry.path()).unwrap());
        } else {
            tree.insert(format!("{name} (other)"), Vec::new());
        }
    }
}

/// Asserts that two trees are the same to the last byte, and names the files that are not.
#[track_caller]
fn assert_same(found: &Tree, wanted: &Tree, why: &str) {
    let paths: BTreeSet<_> = found.keys().chain(wanted.keys()).collect();
    let different: Vec<_> = paths.into_iter().filter(|path| found.get(*path) != wanted.get(*path)).collect();
    assert!(different.is_empty(), "{why}: not as it should be: {different:?}");
}

fn committed() -> Tree {
    tree_of(&workspace().join("generated"))
}

fn contract_text() -> String {
    fs::read_to_string(documented::contract_path()).unwrap().replace("\r\n", "\n")
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = if path.is_empty() { folder.to_owned() } else { folder.join(path) };
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A text below the banner of a generated file.
fn generated(text: &str) -> String {
    format!("// @generated by `cargo xtask generate`. Do not edit.\n{text}")
}

/// The lines in the order of the paths that they are about.
fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort_by(|a, b| a.split(' ').nth(1).cmp(&b.split(' ').nth(1)));
    lines
}

fn assert_diff(run: &Run, path: &str, why: &str) {
    let header = format!("--- a/generated/{path}\n+++ b/generated/{path}\n@@ -");
    assert!(run.stdout.contains(&header), "{why}: there is no unified diff in {run:#?}");
}

fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

/// Operations that each have a file of their own, all of which change with `which`.
fn large_document(which: usize) -> String {
    let mut text = format!("openapi: 3.0.3\ninfo: {{title: Large, version: 0.{which}.0}}\npaths:\n");
    for number in 0..20 {
        text += &format!(
            "  /a{number}:\n    get:\n      operationId: get_a{number}\n      summary: Of document {which}.\n      \
             responses: {{'204': {{description: d}}}}\n"
        );
    }
    text
}

/// Waits until the folder is being built; whether the run still goes on then.
fn await_staging(checkout: &Checkout, child: &mut Child) -> bool {
    let staging = checkout.root().join(".generated.new");
    while child.try_wait().unwrap().is_none() {
        if staging.exists() {
            return true;
        }
    }
    false
}

/// Lets some time go by that is shorter than any clock's sleep.
fn spin(turns: usize) {
    for turn in 0..turns {
        std::hint::black_box(turn);
    }
}

// Edits of the contract.

fn operation(contract: &mut Value) -> &mut Value {
    &mut contract["paths"]["/customers/loyalty/points"]["get"]
}

fn parameter(contract: &mut Value, index: usize) -> &mut Value {
    &mut operation(contract)["parameters"][index]
}

fn property<'c>(contract: &'c mut Value, name: &str) -> &'c mut Value {
    &mut contract["components"]["schemas"]["LoyaltyPointsEntry"]["properties"][name]
}

fn push(list: &mut Value, value: Value) {
    list.as_sequence_mut().expect("a list").push(value);
}

fn remove(object: &mut Value, key: &str) {
    object.as_mapping_mut().expect("an object").shift_remove(key).expect("the key is there");
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("the edit is YAML")
}
