//! Drift of generated files: `check` reports it, `generate` fixes it, and no other file is touched.

use std::fs::{self, File};
use std::path::Path;

use crate::checkout::{Checkout, assert_diff, assert_same, generated, write};
use crate::support::{run, workspace};

#[test]
fn the_committed_crate_is_the_crate_of_the_contract() {
    let run = run(&workspace(), &["check"]).exits(0, "the crate has drifted: `cargo xtask generate` fixes it");
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
    assert!(
        run.stdout.starts_with("generated is up to date with spec/loyalty-points.yaml: 2 operations, "),
        "{run:#?}"
    );
}

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

#[test]
fn a_checkout_with_crlf_is_not_drift_and_a_single_carriage_return_is() {
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

#[test]
fn a_second_run_touches_no_file_and_reports_that() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    checkout.age();
    let run = checkout.run(&["generate"]).exits(0, "a second run");
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
    let lines = checkout.generate("three kinds of drift");
    let expected = ["created generated/README.md", "updated generated/src/client.rs", "removed generated/src/extra.rs"];
    assert_eq!(lines, expected);
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
