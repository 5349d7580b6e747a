//! Folders that cannot be the folder of the crate, and the document that the crate belongs to.

use std::fs::{self, File};

use crate::checkout::{Checkout, assert_same, generated, large_document, operation, tree_of, write};
use crate::support::run;

#[test]
fn a_folder_that_is_not_a_generated_crate_is_refused_and_not_changed() {
    let checkout = Checkout::new();
    write(checkout.root(), "work/thesis.txt", "years of work");
    write(checkout.root(), "work/deep/notes.txt", "more of it");
    let before = tree_of(checkout.root());
    let run = checkout.run(&["generate", "--out", "work"]).exits(3, "a folder with other files");
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.starts_with("error: ") && run.stderr.contains("work has files, but is not a generated crate"),
        "{run:#?}"
    );
    assert_same(&tree_of(checkout.root()), &before, "a folder with other files");
}

#[test]
fn a_folder_around_the_crate_is_refused_and_not_changed() {
    let checkout = Checkout::generated();
    let before = tree_of(checkout.root());
    for (out, folder) in [(".", ""), ("..", "spec"), ("../", "generated")] {
        let run = run(&checkout.root().join(folder), &["generate", "--out", out]);
        assert_same(&tree_of(checkout.root()), &before, &format!("--out {out} from {folder:?}: {run:#?}"));
        run.exits(3, "the crate cannot be the whole workspace");
    }
}

#[test]
fn a_file_in_the_place_of_the_folder_is_reported_and_not_changed() {
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
            let run = checkout.run(&[command, "--out", out]).exits(3, out);
            assert_eq!((run.stdout.as_str(), run.stderr.lines().count()), ("", 1), "{run:#?}");
            assert!(run.stderr.starts_with("error: ") && run.stderr.contains(expected), "{run:#?}");
            assert_same(&tree_of(checkout.root()), &before, &format!("{command} --out {out:?}"));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_reported_and_not_changed() {
    use std::os::unix::fs::PermissionsExt as _;
    let checkout = Checkout::generated();
    write(&checkout.out(), "src/lib.rs", &generated("// mine\n"));
    let before = tree_of(checkout.root());
    let mode = |mode| fs::set_permissions(checkout.root(), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let is_obeyed = File::create(checkout.root().join("probe")).is_err();
    let run = checkout.run(&["generate"]);
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
fn an_entry_in_the_place_of_the_temporary_folder_is_an_error_and_is_kept() {
    for path in [".generated.new", ".generated.new/notes.txt", ".generated.new/new/src/lib.rs"] {
        let checkout = Checkout::generated();
        write(&checkout.out(), "src/lib.rs", &generated("// mine\n"));
        write(checkout.root(), path, "mine");
        let before = tree_of(checkout.root());
        let run = checkout.run(&["generate"]).exits(3, path);
        for expected in [".generated.new", "it was not generated: move or remove it", "Nothing was changed"] {
            assert!(run.stderr.contains(expected), "{path}: {run:#?}");
        }
        assert_same(&tree_of(checkout.root()), &before, path);
    }
}

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
        let run = checkout.run(arguments).exits(3, "no `--out`");
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
fn the_contract_is_checked_strictly_by_every_path() {
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
        checkout.run(&["check", "--spec", name]).exits(0, name);
    }
    // A nonconforming value, which has only one meaning.
    checkout.edit(|contract| operation(contract)["operationId"] = 7.into());
    for name in names {
        for arguments in [&["check", "--spec", name][..], &["generate", "--spec", name, "--out", "elsewhere"]] {
            checkout.run(arguments).exits(2, name);
        }
    }
    write(checkout.root(), "documents/copy.yaml", &fs::read_to_string(checkout.spec()).unwrap());
    checkout.run(&["generate", "--spec", "documents/copy.yaml", "--out", "elsewhere"]).exits(0, "a copy");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_folder_is_followed() {
    let checkout = Checkout::generated();
    let good = checkout.tree();
    fs::create_dir(checkout.root().join("elsewhere")).unwrap();
    fs::rename(checkout.out(), checkout.root().join("elsewhere/crate")).unwrap();
    std::os::unix::fs::symlink("elsewhere/crate", checkout.out()).unwrap();
    checkout.run(&["generate"]).exits(0, "a link");
    assert!(fs::symlink_metadata(checkout.out()).unwrap().is_symlink(), "the link stays");
    let moved = checkout.tree();
    assert_eq!(moved.keys().collect::<Vec<_>>(), good.keys().collect::<Vec<_>>());
    checkout.run(&["check"]).exits(0, "a link");
}
