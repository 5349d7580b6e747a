//! `generate --watch` runs once for every save of the document, however it is saved, and for nothing else. Everything
//! runs the built xtask and waits for what it prints, and for nothing else.

mod support;

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;
use std::time::Duration;

use support::{run, xtask};
use tempfile::TempDir;

// The ways in which a document is saved.

/// What a save is called, and how it is done.
type Save = (&'static str, fn(&Path, &str));

const SAVES: &[Save] = &[
    ("written in place", |path, text| fs::write(path, text).unwrap()),
    ("overwritten without being emptied", |path, text| {
        let mut file = OpenOptions::new().write(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.set_len(text.len() as u64).unwrap();
    }),
    ("emptied, and written with another handle", |path, text| {
        File::create(path).unwrap();
        OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
    }),
    ("replaced by a rename", |path, text| {
        let new = path.with_extension("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, path).unwrap();
    }),
    ("replaced by a rename, the old one kept", |path, text| {
        fs::rename(path, path.with_extension("yaml~")).unwrap();
        fs::write(path, text).unwrap();
    }),
    ("deleted and created", |path, text| {
        fs::remove_file(path).unwrap();
        fs::write(path, text).unwrap();
    }),
    ("removed with its folder, and made again", |path, text| {
        let folder = path.parent().unwrap();
        fs::remove_dir_all(folder).unwrap();
        fs::create_dir(folder).unwrap();
        fs::write(path, text).unwrap();
    }),
    ("in another folder of the same name", |path, text| {
        let folder = path.parent().unwrap();
        let old = folder.with_extension("old");
        fs::rename(folder, &old).unwrap();
        fs::create_dir(folder).unwrap();
        fs::write(path, text).unwrap();
        fs::remove_dir_all(&old).unwrap();
    }),
];

#[test]
fn every_way_of_saving_leads_to_one_run() {
    for (how, save) in SAVES {
        let watching = Watching::begun("spec/api.yaml", "out");
        for which in [2, 3, 4] {
            save(&watching.spec(), &document(which));
            watching.assert_saved(which, how);
        }
        save(&watching.spec(), BROKEN);
        watching.assert_broken(how);
        save(&watching.spec(), &document(5));
        watching.assert_saved(5, how);
    }
}

#[test]
fn what_the_program_writes_leads_to_no_run() {
    for (spec, out) in [("api.yaml", "out"), ("spec/api.yaml", "spec/out"), ("spec/api.yaml", "spec/deep/out")] {
        let watching = Watching::begun(spec, out);
        for which in [2, 3, 4, 5] {
            replace(&watching.spec(), &document(which));
            watching.assert_saved(which, out);
            watching.assert_quiet(which, out);
        }
    }
}

#[test]
fn what_says_nothing_new_leads_to_no_run() {
    let watching = Watching::begun("api.yaml", "out");
    for (which, (how, save)) in (2..).zip(SAVES.iter().take(6)) {
        watching.write("notes.txt", how);
        watching.write("api.yaml.swp", how);
        save(&watching.spec(), &document(which - 1));
        watching.assert_quiet(which - 1, how);
        fs::remove_file(watching.root().join("notes.txt")).unwrap();
        fs::remove_dir_all(watching.root().join("out/src")).unwrap();
        run(watching.root(), &["generate", "--spec", "api.yaml", "--out", "out"]).exits(0, "another generator");
        watching.assert_quiet(which - 1, how);
        save(&watching.spec(), &document(which));
        watching.assert_saved(which, how);
    }
}

#[test]
fn a_broken_document_is_told_once_and_changes_nothing() {
    let watching = Watching::begun("api.yaml", "out");
    let wrong = document(2).replace("operationId: get_a0", "operationId: {}");
    for text in [BROKEN, &wrong, "{"] {
        replace(&watching.spec(), text);
        watching.assert_broken(text);
        replace(&watching.spec(), text);
        fs::write(watching.spec(), text).unwrap();
        for _ in 0..10 {
            run(watching.root(), &["check", "--spec", "api.yaml", "--out", "out"]).exits(2, "time for a run");
        }
        assert_eq!(watching.lines.try_recv(), Err(TryRecvError::Empty), "{text}");
    }
    replace(&watching.spec(), &document(1));
    let run = watching.run();
    assert!(run.ends_with(&["api.yaml was saved".to_owned(), nothing_to_change(&run)]), "{run:#?}");
}

#[test]
fn a_document_that_is_gone_is_told_once_and_awaited() {
    let watching = Watching::begun("deep/down/api.yaml", "out");
    let mut which = 1;
    for gone in ["deep/down/api.yaml", "deep/down", "deep"] {
        let gone = watching.root().join(gone);
        let removed = if gone.is_dir() { fs::remove_dir_all(&gone) } else { fs::remove_file(&gone) };
        removed.unwrap();
        assert_eq!(watching.line(), "deep/down/api.yaml is gone: waiting for it to come back");
        watching.write("notes.txt", "time goes by");
        which += 1;
        watching.write("deep/down/api.yaml", &document(which));
        watching.assert_saved(which, &gone.display().to_string());
    }
}

#[test]
fn a_document_may_be_missing_at_the_start() {
    let watching = Watching::start("spec/api.yaml", "out");
    let run = watching.run();
    assert!(run[0].contains("the document cannot be read") && run[1].trim() == "--> spec/api.yaml", "{run:#?}");
    assert_eq!(watching.line(), "watching spec/api.yaml (Ctrl-C ends it)");
    watching.write("spec/api.yaml", &document(3));
    watching.assert_saved(3, "made after the start");
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_wherever_it_leads() {
    use std::os::unix::fs::symlink;
    let watching = Watching::prepared("links/current/api.yaml", "out", |root| {
        for folder in ["links", "versions/1", "versions/2", "texts"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        symlink("../versions/1", root.join("links/current")).unwrap();
        symlink("../../texts/a.yaml", root.join("versions/1/api.yaml")).unwrap();
        fs::write(root.join("versions/2/api.yaml"), document(3)).unwrap();
        fs::write(root.join("texts/a.yaml"), document(1)).unwrap();
        fs::write(root.join("texts/b.yaml"), document(4)).unwrap();
    });
    watching.assert_begun();
    let relink = |target: &str, link: &str| {
        let (new, link) = (watching.root().join("new-link"), watching.root().join(link));
        symlink(target, &new).unwrap();
        fs::rename(&new, link).unwrap();
    };
    replace(&watching.root().join("texts/a.yaml"), &document(2));
    watching.assert_saved(2, "the file at the end is replaced");
    relink("../versions/2", "links/current");
    watching.assert_saved(3, "the link to the folder leads to another");
    relink("../../texts/b.yaml", "versions/2/api.yaml");
    watching.assert_saved(4, "a link takes the place of the file");
    fs::write(watching.root().join("texts/a.yaml"), document(9)).unwrap();
    watching.assert_quiet(4, "what a link led to once does not count");
    replace(&watching.root().join("texts/b.yaml"), &document(5));
    watching.assert_saved(5, "the file at the new end is replaced");
    relink("../versions/1", "links/current");
    watching.assert_saved(9, "the link to the folder leads back");
    fs::remove_file(watching.spec()).unwrap();
    fs::write(watching.spec(), document(6)).unwrap();
    watching.assert_saved(6, "a file takes the place of the link");
}

#[test]
fn a_run_that_fails_is_told_and_watching_goes_on() {
    let watching = Watching::prepared("api.yaml", "out", |root| {
        fs::write(root.join("api.yaml"), document(1)).unwrap();
        fs::create_dir(root.join("out")).unwrap();
        fs::write(root.join("out/thesis.txt"), "years of work").unwrap();
    });
    let run = watching.run();
    assert!(run[0].contains("out holds files and is no crate that was generated"), "{run:#?}");
    assert_eq!(watching.line(), "watching api.yaml (Ctrl-C ends it)");
    fs::remove_file(watching.root().join("out/thesis.txt")).unwrap();
    replace(&watching.spec(), &document(2));
    watching.assert_saved(2, "once the folder is empty");
}

#[test]
fn wrong_arguments_end_the_program_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), document(1)).unwrap();
    for (arguments, expected) in [
        (&["check", "--watch"][..], "error: `check` compares once: `--watch` is for `cargo xtask generate`"),
        (&["generate", "--watch", "--spec", "api.yaml", "--out", "."], "cannot be the folder of a crate"),
    ] {
        let run = run(folder.path(), arguments).exits(3, expected);
        assert!(run.stdout.is_empty() && run.stderr.contains(expected), "{run:#?}");
    }
}

// A program that watches, in a folder of its own.

struct Watching {
    child: Child,
    lines: Receiver<String>,
    folder: TempDir,
    spec: &'static str,
    out: &'static str,
}

impl Watching {
    /// Longer than any run takes, also on a machine that is busy: what is not printed by then never is.
    const LONGEST: Duration = Duration::from_secs(60);

    /// Watches the first document, its first run done.
    fn begun(spec: &'static str, out: &'static str) -> Self {
        let watching = Self::prepared(spec, out, |root| write(&root.join(spec), &document(1)));
        watching.assert_begun();
        watching
    }

    fn start(spec: &'static str, out: &'static str) -> Self {
        Self::prepared(spec, out, |_| {})
    }

    fn prepared(spec: &'static str, out: &'static str, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        prepare(folder.path());
        // Both outputs in one pipe, so that their lines come in their order.
        let (reader, writer) = std::io::pipe().expect("there is a pipe");
        let mut command = xtask(folder.path(), &["generate", "--watch", "--spec", spec, "--out", out]);
        let child = command.stdout(writer.try_clone().unwrap()).stderr(writer).spawn().expect("the xtask starts");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(reader).lines().map_while(Result::ok);
            lines.try_for_each(|line| sender.send(line))
        });
        Self { child, lines, folder, spec, out }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn spec(&self) -> PathBuf {
        self.root().join(self.spec)
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.root().join(path), text);
    }

    #[track_caller]
    fn line(&self) -> String {
        self.lines.recv_timeout(Self::LONGEST).expect("the program prints another line")
    }

    /// The lines of the next run, to the one that says how it ended.
    ///
    /// On a busy machine, a test may be stopped for longer than a document may be missing or empty, between two steps
    /// of one save: what is told of that is true, and skipped.
    #[track_caller]
    fn run(&self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            let is_last = line.starts_with(&format!("{}: ", self.out)) || line.starts_with("error: ");
            let is_gone = line == format!("{} is gone: waiting for it to come back", self.spec);
            lines.push(line);
            let is_empty = lines.iter().any(|line| line.ends_with("the document is empty"));
            if is_gone || is_last && is_empty {
                lines.clear();
            } else if is_last {
                return lines;
            }
        }
    }

    #[track_caller]
    fn assert_begun(&self) {
        let run = self.run();
        assert!(run[0] == format!("created {}/Cargo.toml", self.out), "{run:#?}");
        assert!(run.last().unwrap().starts_with(&format!("{}: 1 operation, ", self.out)), "{run:#?}");
        assert_eq!(self.line(), format!("watching {} (Ctrl-C ends it)", self.spec));
    }

    /// Asserts that the next run is that of this document, and that it did what it says.
    #[track_caller]
    fn assert_saved(&self, which: usize, why: &str) {
        let run = self.run();
        assert_eq!(run[0], format!("{} was saved", self.spec), "{why}: {run:#?}");
        let summary = format!("{}: {which} operations, ", self.out);
        assert!(run.last().unwrap().starts_with(&summary), "{why}: no run of document {which}: {run:#?}");
        assert!(run[1].ends_with(&format!("ated {}/Cargo.toml", self.out)), "{why}: {run:#?}");
        self.assert_true(which, why);
    }

    /// Asserts that nothing is printed while other runs of the program take their time. Where that is too short for a
    /// run that should not be, it is found in the place of the next one.
    #[track_caller]
    fn assert_quiet(&self, which: usize, why: &str) {
        for _ in 0..10 {
            self.assert_true(which, why);
        }
        assert_eq!(self.lines.try_recv(), Err(TryRecvError::Empty), "{why}");
    }

    /// Asserts that the crate is that of this document, by another run of the program.
    #[track_caller]
    fn assert_true(&self, which: usize, why: &str) {
        let run = run(self.root(), &["check", "--spec", self.spec, "--out", self.out]).exits(0, why);
        assert!(run.stdout.contains(&format!(": {which} operation")), "{why}: {run:#?}");
    }

    #[track_caller]
    fn assert_broken(&self, why: &str) {
        let run = self.run();
        assert_eq!(run[0], format!("{} was saved", self.spec), "{why}: {run:#?}");
        let place = format!("--> {}", self.spec);
        assert!(run[1].starts_with("error[") && run[2].trim_start().starts_with(&place), "{why}: {run:#?}");
        let last = run.last().unwrap();
        let begins = last.starts_with(&format!("error: {} has ", self.spec));
        assert!(begins && last.ends_with(": nothing was generated"), "{why}: {run:#?}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.child.kill().expect("the xtask can be stopped");
        self.child.wait().expect("the xtask ends");
    }
}

const BROKEN: &str = "openapi: 3.0.3\ninfo: {title: Broken\npaths: {}\n";

/// A document with so many operations.
fn document(which: usize) -> String {
    let mut text = format!("openapi: 3.0.3\ninfo: {{title: Watched, version: 0.{which}.0}}\npaths:\n");
    for number in 0..which {
        text += &format!(
            "  /a{number}:\n    get:\n      operationId: get_a{number}\n      responses: {{'204': {{description: d}}}}\n"
        );
    }
    text
}

/// Puts a file in the place of another in one step.
fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(&new, path).unwrap();
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn nothing_to_change(run: &[String]) -> String {
    let summary = run.last().unwrap();
    assert!(summary.contains(", nothing to change ("), "{run:#?}");
    summary.clone()
}
