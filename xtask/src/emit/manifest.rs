//! The manifest of the package.

use std::fmt::Write as _;

use super::files::BANNER;
use super::package::Package;
use super::{rust_types, workspace};
use crate::RUNTIME;
use crate::model::Api;

/// Returns the manifest. It inherits nothing from a workspace, so the crate builds in any folder.
pub fn manifest(api: &Api, package: &Package) -> String {
    let uses_json = rust_types::uses_json(api);
    let mut out = format!("# {BANNER}. Do not edit.\n\n");
    package_table(&mut out, api, package);
    out += &format!(
        "\n[features]\ndefault = [\"rustls\"]\n\
         # TLS by rustls, or by the operating system.\n\
         rustls = [\"{RUNTIME}/rustls\"]\nnative-tls = [\"{RUNTIME}/native-tls\"]\n\
         # Access tokens that are refreshed automatically.\noauth = [\"{RUNTIME}/oauth\"]\n\
         # Responses without a network, for tests.\nmock = [\"{RUNTIME}/mock\"]\n\
         \n[package.metadata.docs.rs]\nall-features = true\n"
    );
    dependencies(&mut out, package, uses_json);
    if package.is_alone {
        out += "\n# The folder is inside another workspace. Without this table, cargo expects the crate among its members.\n\
                [workspace]\n";
    }
    if package.emit_tests && !api.examples.is_empty() && !uses_json {
        let _ = write!(out, "\n[dev-dependencies]\nserde_json = {}\n", toml_text(workspace::version("serde_json")));
    }
    out
}

fn package_table(out: &mut String, api: &Api, package: &Package) {
    out.push_str("[package]\n");
    for (key, value) in [
        ("name", Some(package.name.as_str())),
        ("version", Some(&*semantic_version(&api.info.version))),
        ("description", Some(&*api.info.sentence())),
        ("edition", Some(workspace::package("edition"))),
        ("rust-version", Some(workspace::package("rust-version"))),
        ("license", api.info.license.as_deref()),
        ("readme", Some("README.md")),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", toml_text(value));
        }
    }
    let _ = write!(
        out,
        "\n# The document of the crate. The fingerprint changes with every change of the document.\n\
         [package.metadata.openapi]\nversion = {}\nfingerprint = {}\n",
        toml_text(&api.info.version),
        toml_text(&package.fingerprint),
    );
}

fn dependencies(out: &mut String, package: &Package, uses_json: bool) {
    let _ = write!(
        out,
        "\n[dependencies]\n{RUNTIME} = {{ path = {}, version = {}, default-features = false }}\n\
         serde = {{ version = {}, features = [\"derive\"] }}\n",
        toml_text(&package.runtime),
        toml_text(workspace::version(RUNTIME)),
        toml_text(workspace::version("serde")),
    );
    if uses_json {
        let _ = writeln!(out, "serde_json = {}", toml_text(workspace::version("serde_json")));
    }
}

/// Returns the version of the document in the form that cargo reads, with zeros for missing numbers. Returns `0.1.0`
/// for a text that is no version.
fn semantic_version(version: &str) -> String {
    let version = version.trim();
    let plain = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let (numbers, more) = plain.split_at(plain.find(['-', '+']).unwrap_or(plain.len()));
    let mut parts: Vec<_> = numbers.split('.').collect();
    let is_date = parts.len() < 3 && more.get(1..).is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit()));
    if is_date || parts.len() > 3 || !parts.iter().all(|part| is_number(part)) || !is_suffix(more) {
        return "0.1.0".to_owned();
    }
    parts.resize(3, "0");
    parts.join(".") + more
}

fn is_number(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|number| number.to_string() == text)
}

/// Returns whether a text can follow the numbers of a version: as a pre-release, a build, or both.
fn is_suffix(text: &str) -> bool {
    let (before, build) = text.split_once('+').map_or((text, None), |(before, build)| (before, Some(build)));
    let has_words = |text: &str| {
        let is_word_character = |c: char| c.is_ascii_alphanumeric() || c == '-';
        text.split('.').all(|word| !word.is_empty() && word.chars().all(is_word_character))
    };
    let has_numbers =
        |text: &str| text.split('.').all(|word| is_number(word) || word.contains(|c: char| !c.is_ascii_digit()));
    let before = before.strip_prefix('-');
    before.is_none_or(|before| has_words(before) && has_numbers(before)) && build.is_none_or(has_words)
}

/// Returns a text as a string of TOML.
fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, field, structure};
    use super::*;
    use crate::model::{Form, TypeUse};

    fn package() -> Package {
        Package {
            name: "a".to_owned(),
            fingerprint: "f".to_owned(),
            runtime: "../runtime".to_owned(),
            is_alone: false,
            emit_tests: false,
        }
    }

    #[test]
    fn the_package_depends_on_serde_json_if_a_type_holds_any_value() {
        let mut api = api();
        assert!(!manifest(&api, &package()).contains("serde_json"));
        api.types = [structure("A", vec![field("a", TypeUse::of(Form::Any))])].into_iter().collect();
        let found = manifest(&api, &package());
        assert!(found.contains("\nserde_json = ") && !found.contains("[dev-dependencies]"), "{found}");
    }

    #[test]
    fn whatever_the_documents_version_is_the_crates_is_one_that_cargo_reads() {
        for (version, expected) in [
            ("1.2.3", "1.2.3"),
            ("1.0", "1.0.0"),
            ("v2", "2.0.0"),
            (" 1.2.3-beta+5 ", "1.2.3-beta+5"),
            ("1-rc.1", "1.0.0-rc.1"),
            ("1.0.0-2024", "1.0.0-2024"),
            ("2.0.0+05", "2.0.0+05"),
            ("2024-01-01", "0.1.0"),
            ("1.0.0-01", "0.1.0"),
            ("1.0.0-", "0.1.0"),
            ("1.0.0-a..b", "0.1.0"),
            ("1.0.0+a+b", "0.1.0"),
            ("1.2.3.4", "0.1.0"),
            ("1..2", "0.1.0"),
            ("99999999999999999999.0.0", "0.1.0"),
            ("v", "0.1.0"),
            ("٣", "0.1.0"),
            ("", "0.1.0"),
            ("1.0.0-β", "0.1.0"),
            ("01.0.0", "0.1.0"),
        ] {
            assert_eq!(semantic_version(version), expected);
        }
    }

    #[test]
    fn text_is_quoted_for_the_manifest() {
        assert_eq!(toml_text("a \"b\"\\\n"), r#""a \"b\"\\\u000A""#);
    }
}
