use std::path::PathBuf;

use super::*;
use crate::emit::files::BANNER;
use crate::output::tree::{compare, read};

/// A folder for temporary files, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("xtask-write-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn out(&self) -> PathBuf {
        self.0.join("out")
    }

    fn beside(&self) -> PathBuf {
        Beside::of(&self.out()).path().to_owned()
    }

    fn assert_nothing_beside(&self, why: &str) {
        assert_eq!(fs::read_dir(&self.0).unwrap().count(), 1, "{why}: something is left beside the folder");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Returns a tree whose files have the banner, except for JSON.
fn tree(files: &[(&str, &str)]) -> Tree {
    let bytes = |path: &str, text: &str| {
        if path.contains(".json") { text.to_owned() } else { format!("// {BANNER}\n{text}") }
    };
    files.iter().map(|(path, text)| ((*path).to_owned(), bytes(path, text).into_bytes())).collect()
}

fn put(folder: &Path, wanted: &Tree) -> io::Result<Vec<String>> {
    let lock = Lock::take(folder)?;
    let disk = read(folder, wanted)?;
    let drift = compare(wanted, &disk);
    write(&lock, folder, wanted, &disk, &drift)?;
    Ok(drift.iter().map(|drift| drift.action("out")).collect())
}

fn put_file(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Returns the files below a folder.
fn files(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(below).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                tree.insert(name, fs::read(path).unwrap());
            }
        }
    }
    tree
}

#[test]
fn changed_missing_and_extra_files_are_fixed_and_the_others_keep_their_times() {
    let temp = Folder::new("fix");
    let out = temp.0.join("deep/out");
    assert_eq!(put(&out, &tree(&[("a", "1"), ("src/b", "2"), ("src/c", "3")])).unwrap().len(), 3);
    let modified = |path: &str| fs::metadata(out.join(path)).unwrap().modified().unwrap();
    let before = modified("a");
    fs::remove_file(out.join("src/c")).unwrap();
    let wanted = tree(&[("a", "1"), ("src/b", "changed"), ("src/d/e", "3")]);
    assert_eq!(put(&out, &wanted).unwrap(), ["updated out/src/b", "created out/src/d/e"]);
    assert_eq!(files(&out), wanted);
    assert_eq!(modified("a"), before);
    let wanted = tree(&[("a", "1")]);
    assert_eq!(put(&out, &wanted).unwrap(), ["removed out/src/b", "removed out/src/d/e"]);
    assert_eq!(put(&out, &wanted).unwrap(), [""; 0]);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1, "no empty folder is left");
    assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 1, "nothing is left beside");
}

/// The foreign entries of a folder, which an interrupted run must keep, and what they are.
type Scene = (&'static str, &'static [&'static str]);

const SCENES: &[Scene] = &[
    ("only generated files", &[]),
    ("what cargo makes", &["target/debug/deps/a.rlib", "Cargo.lock"]),
    ("version control", &[".git/HEAD", ".gitignore"]),
    ("a note at the top", &["notes.txt"]),
    ("notes everywhere", &["src/notes.txt", "src/kept/notes.txt", "tests/notes.txt", "tests/examples/mine.json"]),
    ("a note in a folder that is no longer part of the crate", &["src/gone/notes.txt"]),
    ("a note among the examples, and a lock", &["tests/examples/mine.json", "Cargo.lock"]),
];

fn old_crate() -> Tree {
    tree(&[
        ("Cargo.toml", "old"),
        ("src/lib.rs", "old"),
        ("src/same.rs", "same"),
        ("src/kept/a.rs", "old"),
        ("src/gone/b.rs", "old"),
        ("src/swapped", "old"),
        ("src/turned/c.rs", "old"),
        ("tests/examples.rs", "include_str!(\"examples/a.json\") include_str!(\"examples/b.json\")"),
        ("tests/examples/a.json", "1"),
        ("tests/examples/b.json", "2"),
    ])
}

fn new_crate() -> Tree {
    tree(&[
        ("Cargo.toml", "new"),
        ("src/lib.rs", "new"),
        ("src/same.rs", "same"),
        ("src/kept/a.rs", "new"),
        ("src/swapped/d.rs", "new"),
        ("src/turned", "new"),
        ("src/added/e.rs", "new"),
        ("tests/examples.rs", "include_str!(\"examples/b.json\") include_str!(\"examples/c.json\")"),
        ("tests/examples/b.json", "3"),
        ("tests/examples/c.json", "4"),
    ])
}

/// Interrupts a run after each of its steps, and then lets a run come to its end.
fn interrupt_everywhere(temp: &Folder, scene: &Scene, old: &Tree, new: &Tree, is_atomic: bool) {
    let (what, foreign) = scene;
    let foreign: Tree = foreign.iter().map(|path| ((*path).to_owned(), path.as_bytes().to_vec())).collect();
    let with_foreign = |tree: &Tree| tree.iter().chain(&foreign).map(|(p, b)| (p.clone(), b.clone())).collect::<Tree>();
    let out = temp.out();
    fs::remove_dir_all(&out).ok();
    put(&out, old).unwrap();
    for path in foreign.keys() {
        put_file(&out.join(path), path);
    }
    for next in [old, new] {
        for steps in 0.. {
            let why = format!("{what}, interrupted after {steps} steps");
            put(&out, old).unwrap();
            let is_done = ops::interruption::after(steps, || put(&out, new)).is_ok();
            let left = files(&out);
            for (path, bytes) in &foreign {
                assert_eq!(left.get(path), Some(bytes), "{why}: {path} is not in its place");
            }
            for (path, bytes) in left.iter().filter(|(path, _)| !foreign.contains_key(*path)) {
                assert!([old, new].iter().any(|tree| tree.get(path) == Some(bytes)), "{why}: {path} is neither");
            }
            if is_atomic && foreign.is_empty() {
                assert!(left == *old || left == *new, "{why}: a mixture of both crates is left");
            }
            put(&out, next).unwrap_or_else(|error| panic!("{why}: {error}"));
            assert_eq!(files(&out), with_foreign(next), "{why}: the next run completes the crate");
            temp.assert_nothing_beside(&why);
            if is_done {
                assert!(steps > 10, "{why}: there are more steps than that");
                break;
            }
        }
    }
}

#[test]
fn an_interruption_after_any_step_loses_nothing_and_the_next_run_completes_the_crate() {
    let temp = Folder::new("interrupted");
    for scene in SCENES {
        interrupt_everywhere(&temp, scene, &old_crate(), &new_crate(), true);
    }
    for scene in SCENES.iter().step_by(4) {
        interrupt_everywhere(&temp, scene, &new_crate(), &old_crate(), true);
    }
}

#[test]
fn an_interruption_loses_nothing_where_folders_cannot_be_exchanged() {
    let temp = Folder::new("in-steps");
    ops::interruption::without_exchange(|| {
        for scene in SCENES.iter().step_by(2) {
            interrupt_everywhere(&temp, scene, &old_crate(), &new_crate(), false);
        }
    });
}

#[test]
fn an_interrupted_run_may_be_followed_by_another_that_is_interrupted() {
    let temp = Folder::new("twice");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    for path in ["target/a", "src/notes.txt"] {
        put_file(&out.join(path), path);
    }
    for (first, second) in (0..60).step_by(3).flat_map(|first| (0..12).step_by(2).map(move |second| (first, second))) {
        put(&out, &old_crate()).unwrap();
        let _ = ops::interruption::after(first, || put(&out, &new_crate()));
        let _ = ops::interruption::after(second, || put(&out, &old_crate()));
        put(&out, &new_crate()).unwrap();
        for path in ["target/a", "src/notes.txt"] {
            assert_eq!(fs::read_to_string(out.join(path)).unwrap(), path, "{first}, {second}");
        }
        assert_eq!(files(&out).len(), new_crate().len() + 2, "{first}, {second}");
        temp.assert_nothing_beside("two interruptions");
    }
}

#[test]
fn an_entry_that_appears_while_the_folder_is_exchanged_is_moved_back() {
    let temp = Folder::new("race");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    let lock = Lock::take(&out).unwrap();
    let disk = read(&out, &new_crate()).unwrap();
    let drift = compare(&new_crate(), &disk);
    // After the folder was read.
    for path in ["target/debug/a", "src/notes.txt", "src/gone/deep/notes.txt"] {
        put_file(&out.join(path), path);
    }
    write(&lock, &out, &new_crate(), &disk, &drift).unwrap();
    for path in ["target/debug/a", "src/notes.txt", "src/gone/deep/notes.txt"] {
        assert_eq!(fs::read_to_string(out.join(path)).unwrap(), path);
    }
    temp.assert_nothing_beside("a race");
}

#[test]
fn an_entry_whose_place_was_taken_meanwhile_is_kept_beside() {
    let temp = Folder::new("kept");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    let disk = read(&out, &new_crate()).unwrap();
    Beside::of(&out).build(&new_crate(), &disk).unwrap();
    put_file(&temp.beside().join("new/target/a"), "mine");
    put_file(&out.join("target/b"), "mine");
    let error = put(&out, &new_crate()).unwrap_err().to_string();
    assert!(error.contains("target was not generated") && error.contains("move or remove it"), "{error}");
    assert_eq!(fs::read_to_string(temp.beside().join("new/target/a")).unwrap(), "mine");
    fs::remove_dir_all(temp.beside().join("new/target")).unwrap();
    put(&out, &new_crate()).unwrap();
    temp.assert_nothing_beside("once it is moved");
}

#[test]
fn a_file_or_folder_of_another_origin_beside_is_refused_and_kept() {
    for (what, path, text) in [
        ("a file", "", "mine"),
        ("a folder", "precious.txt", "mine"),
        ("a folder with a list of another origin", "generated-files.txt", "mine"),
        ("a folder with a folder", "new/src/lib.rs", "mine"),
    ] {
        let temp = Folder::new("beside");
        let target = if path.is_empty() { temp.beside() } else { temp.beside().join(path) };
        put_file(&target, text);
        let error = put(&temp.out(), &new_crate()).unwrap_err().to_string();
        assert!(error.contains("move or remove it") && error.contains("Nothing was changed"), "{what}: {error}");
        assert_eq!(fs::read_to_string(target).unwrap(), text, "{what}");
    }
}

#[test]
fn foreign_entries_are_left_and_reported() {
    let temp = Folder::new("left");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    put_file(&out.join("src/notes.txt"), "mine");
    fs::create_dir(out.join("empty")).unwrap();
    let expected = ["left out/empty/: it was not generated", "left out/src/notes.txt: it was not generated"];
    assert_eq!(put(&out, &old_crate()).unwrap(), expected);
    assert!(out.join("empty").is_dir());
}

#[test]
fn a_package_in_the_folder_is_foreign_even_if_it_was_generated() {
    let temp = Folder::new("nested");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    put(&out.join("nested"), &old_crate()).unwrap();
    assert_eq!(put(&out, &old_crate()).unwrap(), ["left out/nested/: it was not generated"]);
    put(&out, &new_crate()).unwrap();
    assert_eq!(files(&out.join("nested")), old_crate());
}

#[test]
fn a_needed_path_that_is_taken_is_refused_with_every_such_path() {
    let temp = Folder::new("taken");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    fs::write(out.join("src/lib.rs"), "mine").unwrap();
    fs::remove_file(out.join("Cargo.toml")).unwrap();
    fs::create_dir(out.join("Cargo.toml")).unwrap();
    let before = files(&out);
    let error = put(&out, &new_crate()).unwrap_err().to_string();
    for expected in [
        "Cargo.toml: a folder that was not generated\n",
        "lib.rs: a file without the banner of generated files\n",
        "help: move or remove it, then generate again",
        "Nothing was changed",
    ] {
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(files(&out), before);
    temp.assert_nothing_beside("a refusal");
}

#[test]
fn json_is_the_generators_while_a_generated_file_includes_it() {
    let temp = Folder::new("json");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    fs::write(out.join("tests/examples/a.json"), "edited").unwrap();
    assert_eq!(put(&out, &old_crate()).unwrap(), ["updated out/tests/examples/a.json"]);
    // No generated file includes the JSON file any more.
    fs::write(out.join("tests/examples.rs"), format!("// {BANNER}\n")).unwrap();
    fs::write(out.join("tests/examples/a.json"), "edited").unwrap();
    let error = put(&out, &old_crate()).unwrap_err().to_string();
    assert!(error.contains("a.json: a file without the banner"), "{error}");
}

#[test]
fn an_empty_or_truncated_file_is_completed() {
    let temp = Folder::new("truncated");
    let out = temp.out();
    put(&out, &old_crate()).unwrap();
    for bytes in [&b""[..], b"// @gen"] {
        fs::write(out.join("src/lib.rs"), bytes).unwrap();
        assert_eq!(put(&out, &old_crate()).unwrap(), ["updated out/src/lib.rs"]);
    }
    assert_eq!(files(&out), old_crate());
}

#[test]
fn a_folder_without_a_generated_file_is_refused() {
    let temp = Folder::new("foreign");
    fs::write(temp.0.join("precious.txt"), "x").unwrap();
    put(&temp.out(), &old_crate()).unwrap();
    let error = put(&temp.0, &old_crate()).unwrap_err();
    assert!(error.to_string().contains("is not a generated crate"), "{error}");
    assert_eq!(files(&temp.0).len(), old_crate().len() + 1);
}

#[test]
fn a_new_repository_is_a_place_for_a_crate() {
    let temp = Folder::new("repository");
    put_file(&temp.out().join(".git/HEAD"), "ref: refs/heads/main");
    put(&temp.out(), &old_crate()).unwrap();
    assert_eq!(files(&temp.out()).len(), old_crate().len() + 1);
}

#[test]
fn a_crate_without_its_manifest_is_completed() {
    let temp = Folder::new("half");
    put(&temp.out(), &old_crate()).unwrap();
    fs::remove_file(temp.out().join("Cargo.toml")).unwrap();
    assert_eq!(put(&temp.out(), &old_crate()).unwrap(), ["created out/Cargo.toml"]);
}

#[test]
fn a_failure_leaves_the_old_folder() {
    let temp = Folder::new("failure");
    let old = tree(&[("a", "1")]);
    put(&temp.out(), &old).unwrap();
    // A file and a folder of the same name cannot both be written.
    let error = put(&temp.out(), &tree(&[("a", "2"), ("b", "1"), ("b/c", "1")])).unwrap_err();
    assert!(error.to_string().contains("Nothing was changed"), "{error}");
    assert_eq!(files(&temp.out()), old);
    temp.assert_nothing_beside("a failure");
}

#[test]
fn a_file_is_written_as_a_whole_or_not_at_all() {
    let temp = Folder::new("file");
    let path = temp.0.join("report.md");
    for text in ["a longer text", "short"] {
        file(&path, text.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::create_dir(temp.0.join("folder")).unwrap();
    assert!(file(&temp.0.join("folder"), b"x").unwrap_err().to_string().contains("Nothing was changed"));
    assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 2, "nothing is left beside");
}
