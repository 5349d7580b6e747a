//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::package_name;

/// What `--help` prints.
pub const HELP: &str = "\
cargo xtask: keeps the client crate true to its OpenAPI document

Usage:
  cargo xtask generate [OPTIONS]   writes the crate
  cargo xtask check [OPTIONS]      says whether the crate is what would be written

  --spec PATH   the OpenAPI 3.0 document, YAML or JSON
  --out DIR     the folder of the crate
  --name NAME   the name of the package, if not the one that the document gives: its title, else its only operation,
                else the host of its server
  --strict      takes no document that departs from the specification, also where it is plain what it means;
                always so for the workspace's own document, the one without `--spec`
  --verbose     (-v) shows what was changed in the document for progenitor, and why
  --report FILE writes the same to a file, as Markdown

Exit status:
  0  done, or nothing to do
  1  check: the crate has drifted from the document
  2  the document is wrong
  3  anything else: the arguments, a file that cannot be read or written
";

/// What to do with the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Write it.
    Generate,
    /// Compare it.
    Check,
    /// Print the help.
    Help,
}

/// The command line, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// What to do.
    pub command: Command,
    /// The document, if not the workspace's.
    pub spec: Option<PathBuf>,
    /// The folder, if not the workspace's.
    pub out: Option<PathBuf>,
    /// Whether every departure from the specification is an error.
    pub strict: bool,
    /// The name of the package, if not the one that the document gives.
    pub name: Option<String>,
    /// Whether what was lowered is shown.
    pub verbose: bool,
    /// The file that tells what was lowered.
    pub report: Option<PathBuf>,
}

/// Reads the arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut command = None;
    let mut read = Arguments {
        command: Command::Help,
        spec: None,
        out: None,
        strict: false,
        name: None,
        verbose: false,
        report: None,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                return Ok(Arguments { command: Command::Help, ..read });
            }
            Long("spec") => read.spec = Some(PathBuf::from(parser.value()?)),
            Long("out") => read.out = Some(PathBuf::from(parser.value()?)),
            Long("strict") => read.strict = true,
            Long("name") => read.name = Some(checked_name(parser.value()?.string()?)?),
            Short('v') | Long("verbose") => read.verbose = true,
            Long("report") => read.report = Some(PathBuf::from(parser.value()?)),
            Value(name) if command.is_none() => {
                command = Some(match name.to_str() {
                    Some("generate") => Command::Generate,
                    Some("check") => Command::Check,
                    Some("help") => Command::Help,
                    _ => bail!("there is no command `{}`: it is `generate` or `check`", name.display()),
                });
            }
            other => return Err(other.unexpected().into()),
        }
    }
    match command {
        Some(command) => Ok(Arguments { command, ..read }),
        None => bail!("say what to do: `cargo xtask generate` or `cargo xtask check`"),
    }
}

fn checked_name(name: String) -> Result<String> {
    match package_name::check(&name) {
        Ok(()) => Ok(name),
        Err(reason) => bail!("`{name}` cannot be the name of the package: {reason}. Give another with `--name NAME`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Arguments> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn commands_and_options_are_read_in_any_order() {
        let expected = Arguments {
            command: Command::Check,
            spec: Some("a.yaml".into()),
            out: Some("b".into()),
            strict: true,
            name: Some("c".to_owned()),
            verbose: true,
            report: Some("d.md".into()),
        };
        let more = ["--name", "c", "-v", "--report=d.md"];
        let before = [&more[..], &["check", "--strict", "--spec", "a.yaml", "--out=b"]].concat();
        assert_eq!(parsed(&before).unwrap(), expected);
        let after = [&["--out", "b", "--verbose", "--spec=a.yaml", "check", "--strict"], &more[..]].concat();
        assert_eq!(parsed(&after).unwrap(), expected);
        assert_eq!(parsed(&["generate", "--help"]).unwrap().command, Command::Help);
    }

    #[test]
    fn wrong_arguments_say_what_is_wrong() {
        for (arguments, expected) in [
            (&[][..], "say what to do"),
            (&["regenerate"], "there is no command `regenerate`"),
            (&["check", "--spec"], "missing argument for option '--spec'"),
            (&["check", "--loud"], "invalid option '--loud'"),
            (&["check", "--name", "serde"], "`serde` cannot be the name of the package: the crate depends on one"),
            (&["check", "--name="], "`` cannot be the name of the package: it is empty"),
            (&["check", "generate"], "unexpected argument \"generate\""),
        ] {
            let error = parsed(arguments).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
