//! The emitted package: it has a name that cargo takes, builds wherever it is put, and what was changed in the document
//! to make it can be read. Everything runs the built xtask, and cargo where it is to judge.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Run, run};
use tempfile::TempDir;

/// A document whose one schema has a bound, which no type can say.
const DOCUMENT: &str = "openapi: 3.0.3
info: {title: Order Lines, version: '1.0'}
servers: [{url: 'https://api.example.com/v1'}]
paths:
  /a:
    get:
      operationId: get-orders
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  schemas:
    A:
      type: object
      properties:
        points: {type: integer, minimum: 1}
";

// Its name.

#[test]
fn a_name_that_was_asked_for_is_the_packages_and_part_of_the_remedy() {
    let desk = Desk::new();
    desk.generate(&["--name", "orders_client"]).exits(0, "a name");
    assert_eq!(cargo_reads(&desk.out()), Ok(("orders_client".to_owned(), "1.0.0".to_owned())));
    assert!(desk.read("out/README.md").contains("use orders_client::Client;"));
    desk.check(&["--name", "orders_client"]).exits(0, "the same name");
    let run = desk.check(&["--name=other"]).exits(1, "another name");
    assert!(run.stderr.ends_with("cargo xtask generate --spec api.yaml --out out --name other\n"), "{run:#?}");
    desk.check(&[]).exits(1, "no name");
}

#[test]
fn without_a_name_the_document_gives_one_whatever_its_file_is_called() {
    for (title, version, name, cargos) in [
        ("Order Lines", "1.0", "order-lines", "1.0.0"),
        ("", "", "get-orders", "0.1.0"),
        ("نقاط الولاء", "٣", "get-orders", "0.1.0"),
        ("Test", "v2", "test-client", "2.0.0"),
        ("serde", "2024-01-01", "serde-client", "0.1.0"),
        ("Self", "1.2.3-beta+5", "self-client", "1.2.3-beta+5"),
    ] {
        let desk = Desk::new();
        let info = format!("info: {{title: '{title}', version: '{version}'}}");
        desk.write("api.yaml", &DOCUMENT.replace("info: {title: Order Lines, version: '1.0'}", &info));
        desk.generate(&[]).exits(0, title);
        assert_eq!(cargo_reads(&desk.out()), Ok((name.to_owned(), cargos.to_owned())), "{title:?}");
    }
}

#[test]
fn a_document_without_a_title_is_described_by_its_server() {
    for (server, sentence) in [
        ("servers: [{url: 'https://api.example.com/v1'}]\n", "A client of the API at api.example.com."),
        ("", "A client generated from an OpenAPI document."),
    ] {
        let desk = Desk::new();
        let text = DOCUMENT.replace("title: Order Lines", "title: ''");
        desk.write("api.yaml", &text.replace("servers: [{url: 'https://api.example.com/v1'}]\n", server));
        desk.generate(&[]).exits(0, sentence);
        for (file, expected) in [
            ("out/Cargo.toml", format!("description = \"{sentence}\"\n")),
            ("out/README.md", format!("# get-orders\n\n{sentence}\n")),
            ("out/src/client.rs", format!("/// {sentence}\n")),
        ] {
            assert!(desk.read(file).contains(&expected), "{file} has no {expected:?}");
        }
    }
}

// Its licence.

#[test]
fn the_package_has_the_licence_of_the_document_and_no_other() {
    for (version, license, expected) in [
        ("3.0.3", "", None),
        ("3.0.3", ", license: {name: MIT OR Apache-2.0}", Some("MIT OR Apache-2.0")),
        ("3.0.3", ", license: {name: Proprietary}", None),
        ("3.1.0", ", license: {name: The licence, identifier: BSD-3-Clause}", Some("BSD-3-Clause")),
    ] {
        let desk = Desk::new();
        let text = DOCUMENT.replace("version: '1.0'", &format!("version: '1.0'{license}"));
        desk.write("api.yaml", &text.replace("3.0.3", version));
        desk.generate(&[]).exits(0, license);
        let manifest = desk.read("out/Cargo.toml");
        let found = manifest.lines().find_map(|line| line.strip_prefix("license = "));
        assert_eq!(found, expected.map(|text| format!("{text:?}")).as_deref(), "{license}: {manifest}");
        assert!(cargo_reads(&desk.out()).is_ok(), "{license}: {manifest}");
    }
}

// Where it is put.

#[test]
fn cargo_takes_the_package_inside_of_any_workspace() {
    const TABLE: &str = "\n[workspace]\n";
    for (manifest, out, has_table) in [
        (None, "out", false),
        (Some("[workspace]\n"), "out", true),
        (Some("[workspace]\n"), "crates/deep/out", true),
        (Some("[workspace]\nmembers = ['out']\n"), "out", false),
        (Some("[workspace]\nmembers = ['crates/*']\n"), "crates/out", false),
        (Some("[workspace]\nmembers = ['crates/*']\n"), "out", true),
        (Some("[workspace]\nmembers = ['crates/*']\nexclude = ['crates/out']\n"), "crates/out", false),
        (Some("[workspace]\nexclude = ['out']\n"), "out", false),
        (Some("[workspace\n"), "out", true),
    ] {
        let desk = Desk::new();
        if let Some(manifest) = manifest {
            desk.write("Cargo.toml", manifest);
        }
        let what = &format!("{out} in {manifest:?}");
        run(desk.path(), &["generate", "--spec", "api.yaml", "--out", out]).exits(0, what);
        let out = desk.path().join(out);
        assert_eq!(fs::read_to_string(out.join("Cargo.toml")).unwrap().ends_with(TABLE), has_table, "{what}");
        assert_eq!(cargo_reads(&out).map(|(name, _)| name), Ok("order-lines".to_owned()), "{what}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_with_spaces_quotes_and_other_letters_is_no_obstacle() {
    let desk = Desk::new();
    let folder = "a b/it's \"نقاط\"\\ $x";
    run(desk.path(), &["generate", "--spec", "api.yaml", "--out", folder]).exits(0, folder);
    let out = desk.path().join(folder);
    assert!(cargo_reads(&out).is_ok(), "{:?}", cargo_reads(&out));
    run(desk.path(), &["check", "--spec", "api.yaml", "--out", folder]).exits(0, folder);
    // What the remedy says can be copied.
    fs::remove_file(out.join("README.md")).unwrap();
    let run = run(desk.path(), &["check", "--spec", "api.yaml", "--out", folder]).exits(1, folder);
    let quoted = format!("--out '{}'\n", folder.replace('\'', "'\\''"));
    assert!(run.stderr.ends_with(&quoted), "{run:#?}");
}

// What was changed in the document.

const WHAT: &str = "bounds become words of the documentation";

#[test]
fn what_was_lowered_is_shown_with_its_place_and_its_reason_when_asked_for() {
    let desk = Desk::new();
    assert_eq!(desk.generate(&[]).exits(0, "not asked for").stderr, "");
    for verbose in ["--verbose", "-v"] {
        let run = desk.check(&[verbose]).exits(0, verbose);
        assert!(run.stderr.contains(WHAT) && run.stderr.contains("api.yaml:14:9"), "{run:#?}");
        assert!(run.stderr.contains("an answer that breaks a bound would not decode"), "{run:#?}");
        assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
    }
}

#[test]
fn the_report_has_every_change_and_is_written_only_for_a_document_that_is_right() {
    let desk = Desk::new();
    desk.generate(&["--report", "report.md"]).exits(0, "a report");
    let report = desk.read("report.md");
    assert!(report.contains("| [`loosen_scalars`](#loosen_scalars) | 1 | an answer that breaks"), "{report}");
    let line = format!("| `api.yaml:14:9` | `/components/schemas/A/properties/points` | {WHAT} |\n");
    assert!(report.contains(&line), "{report}");
    desk.write("report.md", "old");
    desk.check(&["--report", "report.md"]).exits(0, "`check` writes one as well");
    assert_eq!(desk.read("report.md"), report);
    desk.write("api.yaml", "openapi: 3.0.3\npaths: 7\n");
    desk.generate(&["--report", "report.md"]).exits(2, "a wrong document");
    assert_eq!(desk.read("report.md"), report);
}

#[test]
fn a_report_is_refused_where_it_would_destroy_something() {
    let desk = Desk::new();
    desk.generate(&[]).exits(0, "no report");
    let text = desk.read("api.yaml");
    for (path, expected) in [
        ("out/report.md", "is in the folder of the crate"),
        ("./out/src/../new.md", "is in the folder of the crate"),
        ("out", "is in the folder of the crate"),
        ("api.yaml", "cannot be the file of the report"),
        (".", "cannot be the file of the report"),
    ] {
        let run = desk.generate(&["--report", path]).exits(3, path);
        assert!(run.stderr.contains(expected) && run.stdout.is_empty(), "{path}: {run:#?}");
    }
    desk.check(&[]).exits(0, "nothing was changed");
    assert_eq!(desk.read("api.yaml"), text);
}

/// The name and the version of a package, as cargo reads its manifest; else what cargo says.
fn cargo_reads(package: &Path) -> Result<(String, String), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1", "--manifest-path"]);
    let output = cargo.arg(package.join("Cargo.toml")).current_dir(package).output().expect("cargo starts");
    if output.status.success() {
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let text = |key: &str| metadata["packages"][0][key].as_str().unwrap_or_default().to_owned();
        Ok((text("name"), text("version")))
    } else {
        // In a workspace that cargo cannot read, and nowhere else, there is no package.
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// A folder with the document and nothing else.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("there is a folder for temporary files"));
        desk.write("api.yaml", DOCUMENT);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn generate(&self, arguments: &[&str]) -> Run {
        run(self.path(), &[&["generate", "--spec", "api.yaml", "--out", "out"], arguments].concat())
    }

    fn check(&self, arguments: &[&str]) -> Run {
        run(self.path(), &[&["check", "--spec", "api.yaml", "--out", "out"], arguments].concat())
    }
}
