//! The emitted package: its name, its licence, its place in a workspace, and the report of the decisions.
//! Cargo reads its manifest.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::Fixture;

/// A document with one schema, which has a bound that no type expresses.
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
fn the_name_of_the_option_is_the_name_of_the_package_and_part_of_the_remedy() {
    let fixture = Fixture::with(DOCUMENT);
    fixture.generate(&["--name", "orders_client"]).exits(0, "a name");
    assert_eq!(cargo_reads(&fixture.out()), Ok(("orders_client".to_owned(), "1.0.0".to_owned())));
    assert!(fixture.read("out/README.md").contains("use orders_client::Client;"));
    fixture.check(&["--name", "orders_client"]).exits(0, "the same name");
    let run = fixture.check(&["--name=other"]).exits(1, "another name");
    assert!(run.stderr.ends_with("cargo xtask generate --spec api.yaml --out out --name other\n"), "{run:#?}");
    fixture.check(&[]).exits(1, "no name");
}

#[test]
fn without_a_name_the_package_is_named_after_the_document() {
    for (title, version, name, cargos) in [
        ("Order Lines", "1.0", "order-lines", "1.0.0"),
        ("", "", "get-orders", "0.1.0"),
        ("نقاط الولاء", "٣", "get-orders", "0.1.0"),
        ("Test", "v2", "test-client", "2.0.0"),
        ("serde", "2024-01-01", "serde-client", "0.1.0"),
        ("Self", "1.2.3-beta+5", "self-client", "1.2.3-beta+5"),
    ] {
        let fixture = Fixture::with(DOCUMENT);
        let info = format!("info: {{title: '{title}', version: '{version}'}}");
        fixture.write("api.yaml", DOCUMENT.replace("info: {title: Order Lines, version: '1.0'}", &info));
        fixture.generate(&[]).exits(0, title);
        assert_eq!(cargo_reads(&fixture.out()), Ok((name.to_owned(), cargos.to_owned())), "{title:?}");
    }
}

#[test]
fn a_document_without_a_title_is_described_by_its_server() {
    for (server, sentence) in [
        ("servers: [{url: 'https://api.example.com/v1'}]\n", "A client of the API at api.example.com."),
        ("", "A client generated from an OpenAPI document."),
    ] {
        let fixture = Fixture::with(DOCUMENT);
        let text = DOCUMENT.replace("title: Order Lines", "title: ''");
        fixture.write("api.yaml", text.replace("servers: [{url: 'https://api.example.com/v1'}]\n", server));
        fixture.generate(&[]).exits(0, sentence);
        for (file, expected) in [
            ("out/Cargo.toml", format!("description = \"{sentence}\"\n")),
            ("out/README.md", format!("# get-orders\n\n{sentence}\n")),
            ("out/src/client.rs", format!("/// {sentence}\n")),
        ] {
            assert!(fixture.read(file).contains(&expected), "{file} has no {expected:?}");
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
        let fixture = Fixture::with(DOCUMENT);
        let text = DOCUMENT.replace("version: '1.0'", &format!("version: '1.0'{license}"));
        fixture.write("api.yaml", text.replace("3.0.3", version));
        fixture.generate(&[]).exits(0, license);
        let manifest = fixture.read("out/Cargo.toml");
        let found = manifest.lines().find_map(|line| line.strip_prefix("license = "));
        assert_eq!(found, expected.map(|text| format!("{text:?}")).as_deref(), "{license}: {manifest}");
        assert!(cargo_reads(&fixture.out()).is_ok(), "{license}: {manifest}");
    }
}

// Where it is put.

#[test]
fn cargo_reads_the_package_inside_of_any_workspace() {
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
        let fixture = Fixture::with(DOCUMENT);
        if let Some(manifest) = manifest {
            fixture.write("Cargo.toml", manifest);
        }
        let what = &format!("{out} in {manifest:?}");
        fixture.run(&["generate", "--spec", "api.yaml", "--out", out]).exits(0, what);
        let out = fixture.path().join(out);
        assert_eq!(fs::read_to_string(out.join("Cargo.toml")).unwrap().ends_with(TABLE), has_table, "{what}");
        assert_eq!(cargo_reads(&out).map(|(name, _)| name), Ok("order-lines".to_owned()), "{what}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_with_spaces_quotes_and_other_letters_is_accepted() {
    let fixture = Fixture::with(DOCUMENT);
    let folder = "a b/it's \"نقاط\"\\ $x";
    fixture.run(&["generate", "--spec", "api.yaml", "--out", folder]).exits(0, folder);
    let out = fixture.path().join(folder);
    assert!(cargo_reads(&out).is_ok(), "{:?}", cargo_reads(&out));
    fixture.run(&["check", "--spec", "api.yaml", "--out", folder]).exits(0, folder);
    // The command of the remedy can be copied.
    fs::remove_file(out.join("README.md")).unwrap();
    let run = fixture.run(&["check", "--spec", "api.yaml", "--out", folder]).exits(1, folder);
    let quoted = format!("--out '{}'\n", folder.replace('\'', "'\\''"));
    assert!(run.stderr.ends_with(&quoted), "{run:#?}");
}

// The decisions.

const WHAT: &str = "bounds become words of the documentation";

#[test]
fn verbose_output_has_each_decision_with_its_place_and_its_reason() {
    let fixture = Fixture::with(DOCUMENT);
    assert_eq!(fixture.generate(&[]).exits(0, "without the option").stderr, "");
    for verbose in ["--verbose", "-v"] {
        let run = fixture.check(&[verbose]).exits(0, verbose);
        assert!(run.stderr.contains(WHAT) && run.stderr.contains("api.yaml:14:9"), "{run:#?}");
        assert!(run.stderr.contains("an answer that breaks a bound would not decode"), "{run:#?}");
        assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
    }
}

#[test]
fn the_report_has_every_decision_and_is_written_only_for_a_valid_document() {
    let fixture = Fixture::with(DOCUMENT);
    fixture.generate(&["--report", "report.md"]).exits(0, "a report");
    let report = fixture.read("report.md");
    assert!(report.contains("| [`loosen_scalars`](#loosen_scalars) | 1 | an answer that breaks"), "{report}");
    let line = format!("| `api.yaml:14:9` | `/components/schemas/A/properties/points` | {WHAT} |\n");
    assert!(report.contains(&line), "{report}");
    fixture.write("report.md", "old");
    fixture.check(&["--report", "report.md"]).exits(0, "`check` writes one as well");
    assert_eq!(fixture.read("report.md"), report);
    fixture.write("api.yaml", "openapi: 3.0.3\npaths: 7\n");
    fixture.generate(&["--report", "report.md"]).exits(2, "a document with errors");
    assert_eq!(fixture.read("report.md"), report);
}

#[test]
fn a_report_that_would_overwrite_a_file_is_refused() {
    let fixture = Fixture::with(DOCUMENT);
    fixture.generate(&[]).exits(0, "no report");
    let text = fixture.read("api.yaml");
    for (path, expected) in [
        ("out/report.md", "is in the folder of the crate"),
        ("./out/src/../new.md", "is in the folder of the crate"),
        ("out", "is in the folder of the crate"),
        ("api.yaml", "is a folder or the document"),
        (".", "is a folder or the document"),
    ] {
        let run = fixture.generate(&["--report", path]).exits(3, path);
        assert!(run.stderr.contains(expected) && run.stdout.is_empty(), "{path}: {run:#?}");
    }
    fixture.check(&[]).exits(0, "nothing was changed");
    assert_eq!(fixture.read("api.yaml"), text);
}

/// Returns the name and the version of a package, as cargo reads its manifest, or the message of cargo.
fn cargo_reads(package: &Path) -> Result<(String, String), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1", "--manifest-path"]);
    let output = cargo.arg(package.join("Cargo.toml")).current_dir(package).output().expect("cargo starts");
    if output.status.success() {
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let text = |key: &str| metadata["packages"][0][key].as_str().unwrap_or_default().to_owned();
        Ok((text("name"), text("version")))
    } else {
        // Cargo prints no package only if it cannot read the workspace.
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
