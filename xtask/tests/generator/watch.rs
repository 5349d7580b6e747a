//! `generate --watch`, run as a user runs it. The test saves a document and reads line by line what the program prints.

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::support::{Fixture, xtask};

/// A way to save a document: a name for it, and a function that takes the path and the text.
type Save = (&'static str, fn(&Path, &str));

const SAVES: &[Save] = &[
    ("written in place", |path, text| fs::write(path, text).unwrap()),
    ("emptied, and appended to", |path, text| {
        fs::write(path, "").unwrap();
        OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
    }),
    ("replaced by a rename", |path, text| {
        fs::write(path.with_extension("new"), text).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    }),
    ("written again after the old file was renamed", |path, text| {
        fs::rename(path, path.with_extension("old")).unwrap();
        fs::write(path, text).unwrap();
    }),
    ("removed with its folder and made again", |path, text| {
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        write(path, text);
    }),
    #[cfg(unix)]
    ("replaced by a link", |path, text| {
        fs::write(path.with_extension("target"), text).unwrap();
        fs::remove_file(path).unwrap();
        std::os::unix::fs::symlink("api.target", path).unwrap();
    }),
    #[cfg(unix)]
    ("written through the link", |path, text| fs::write(path, text).unwrap()),
];

#[test]
fn only_a_save_of_the_document_starts_a_run() {
    let fixture = Fixture::new();
    let (root, spec) = (fixture.path(), fixture.path().join("spec/api.yaml"));
    let program = Program::start(root, &["--spec", "spec/api.yaml", "--out", "out"]);
    program.expect_run(&[
        "error[unreadable-document]: ",
        "--> spec/api.yaml",
        "error: spec/api.yaml cannot be read: nothing was ",
    ]);
    assert_eq!(program.line(), "watching spec/api.yaml (Ctrl-C to stop)");
    write(&spec, &document(1));
    program.expect_run(&["spec/api.yaml was saved", "created out/Cargo.toml", "out: 1 operation, "]);
    for (count, (_, save)) in (2..).zip(SAVES) {
        // Neither the program's own output nor a file beside the document starts a run.
        fs::remove_file(root.join("out/README.md")).unwrap();
        write(&spec.with_extension("yaml.swp"), "not the document");
        save(&spec, &document(count));
        let summary = format!("out: {count} operations, ");
        program.expect_run(&["spec/api.yaml was saved", "updated out/Cargo.toml", "created out/README.md", &summary]);
    }
    fs::write(&spec, "openapi: 3.0.3\ninfo: {title: Broken\npaths: {}\n").unwrap();
    program.expect_run(&[
        "spec/api.yaml was saved",
        "error[",
        "--> spec/api.yaml",
        "error: spec/api.yaml has 1 error: ",
    ]);
    fs::remove_dir_all(root.join("spec")).unwrap();
    assert_eq!(program.line(), "spec/api.yaml was removed: waiting for it");
    write(&spec, &document(1));
    program.expect_run(&["spec/api.yaml was saved", "updated out/Cargo.toml", "out: 1 operation, "]);
}

#[test]
fn a_save_of_a_referenced_file_and_another_document_of_a_folder_start_a_run() {
    let fixture = Fixture::new();
    let root = fixture.path();
    let referring = document(1).replace("{'204': {description: d}}", "{'204': {$ref: 'parts/none.yaml'}}");
    write(&root.join("spec/api.yaml"), &referring);
    write(&root.join("spec/parts/none.yaml"), "description: d\n");
    let program = Program::start(root, &["--spec", "spec", "--out", "out"]);
    program.expect_run(&["created out/Cargo.toml", "out: 1 operation, "]);
    assert_eq!(program.line(), "watching spec (Ctrl-C to stop)");
    write(&root.join("spec/parts/none.yaml"), "description: e\n");
    program.expect_run(&["spec/parts/none.yaml was saved", "updated out/Cargo.toml", "out: 1 operation, "]);
    write(&root.join("spec/more.yaml"), &document(1).replace("a0", "b0"));
    program.expect_run(&["spec/more.yaml was saved", "updated out/Cargo.toml", "out: 2 operations, "]);
    fs::remove_file(root.join("spec/more.yaml")).unwrap();
    program.expect_run(&["spec/more.yaml was removed", "updated out/Cargo.toml", "out: 1 operation, "]);
    fs::remove_file(root.join("spec/parts/none.yaml")).unwrap();
    assert_eq!(program.line(), "spec/parts/none.yaml was removed: waiting for it");
    write(&root.join("spec/parts/none.yaml"), "description: f\n");
    program.expect_run(&["spec/parts/none.yaml was saved", "updated out/Cargo.toml", "out: 1 operation, "]);
}

#[test]
fn wrong_arguments_of_watch_end_the_program_at_once() {
    let fixture = Fixture::with(document(1));
    for (arguments, expected) in [
        (&["check", "--watch"][..], "error: `--watch` is an option of `cargo xtask generate`"),
        (&["generate", "--watch", "--spec", "api.yaml", "--out", "."], "cannot be the folder of a crate"),
    ] {
        let run = fixture.run(arguments).exits(3, expected);
        assert!(run.stdout.is_empty() && run.stderr.contains(expected), "{run:#?}");
    }
}

/// A running `generate --watch`, and the lines of both of its outputs.
struct Program(Child, Receiver<String>);

impl Program {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = xtask(folder, &[&["generate", "--watch"], arguments].concat());
        let child = command.stdout(writer.try_clone().unwrap()).stderr(writer).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let mut printed = BufReader::new(reader).lines().map_while(Result::ok);
        thread::spawn(move || printed.try_for_each(|line| sender.send(line)));
        Self(child, lines)
    }

    /// Returns the next line. The limit is longer than a run takes on a busy machine.
    #[track_caller]
    fn line(&self) -> String {
        self.1.recv_timeout(Duration::from_secs(60)).expect("the program prints another line")
    }

    /// Reads the lines of the next run, and asserts that some begin with these texts, in this order, the first and the
    /// last included. Skips the report of an unfinished save, which a busy machine may hold up for a second.
    #[track_caller]
    fn expect_run(&self, starts: &[&str]) {
        let mut lines = vec![self.line()];
        while !lines.last().is_some_and(|line| line.starts_with("out: ") || line.starts_with("error: ")) {
            lines.push(self.line().trim_start().to_owned());
        }
        if lines.iter().any(|line| line.contains("the document is empty")) {
            return self.expect_run(starts);
        }
        lines.retain(|line| !line.contains(" is gone: "));
        let mut rest = lines.iter();
        let are_found = starts.iter().all(|start| rest.any(|line| line.starts_with(start)));
        let is_whole = lines[0].starts_with(starts[0]) && rest.len() == 0;
        assert!(are_found && is_whole, "expected {starts:#?}, found {lines:#?}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Returns a document with this number of operations.
fn document(count: usize) -> String {
    let operations = (0..count).map(|number| {
        format!("  /a{number}: {{get: {{operationId: get_a{number}, responses: {{'204': {{description: d}}}}}}}}\n")
    });
    format!("openapi: 3.0.3\ninfo: {{title: T, version: 0.{count}.0}}\npaths:\n{}", operations.collect::<String>())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
