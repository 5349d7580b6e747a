//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::shown::Policy;

/// What `--help` prints.
pub const HELP: &str = "\
cargo xtask: keeps the client crate true to its OpenAPI document

Usage:
  cargo xtask generate [OPTIONS]   writes the crate
  cargo xtask check [OPTIONS]      says whether the crate is what would be written

  --spec PATH   the OpenAPI 3.0 document, YAML or JSON
  --out DIR     the folder of the crate
  --strict      takes no document that departs from the specification, also where it is plain what it means;
                always so for the workspace's own document, the one without `--spec`
  --examples HOW
                what it means that an example contradicts its schema: `error`, nothing is generated (the default
                with `--strict` and for the workspace's own document); `warn`, both places are named (the default
                otherwise); `widen`, the types take what is shown as well
  --emit-tests  gives the crate a test of each documented example: it decodes, and encodes to the same JSON

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
    /// What it means that an example contradicts its schema, if that was said.
    pub examples: Option<Policy>,
    /// Whether the crate gets tests of the examples.
    pub emit_tests: bool,
}

/// Reads the arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut command = None;
    let mut read =
        Arguments { command: Command::Help, spec: None, out: None, strict: false, examples: None, emit_tests: false };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                return Ok(Arguments { command: Command::Help, ..read });
            }
            Long("spec") => read.spec = Some(PathBuf::from(parser.value()?)),
            Long("out") => read.out = Some(PathBuf::from(parser.value()?)),
            Long("strict") => read.strict = true,
            Long("examples") => read.examples = Some(parser.value()?.parse()?),
            Long("emit-tests") => read.emit_tests = true,
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
            examples: Some(Policy::Widen),
            emit_tests: true,
        };
        let examples = ["--examples", "widen", "--emit-tests"];
        let before = [&["check", "--strict", "--spec", "a.yaml", "--out=b"], &examples[..]].concat();
        assert_eq!(parsed(&before).unwrap(), expected);
        let after = [&examples[..], &["--out", "b", "--spec=a.yaml", "check", "--strict"]].concat();
        assert_eq!(parsed(&after).unwrap(), expected);
        assert_eq!(parsed(&["generate", "--help"]).unwrap().command, Command::Help);
    }

    #[test]
    fn wrong_arguments_say_what_is_wrong() {
        for (arguments, expected) in [
            (&[][..], "say what to do"),
            (&["regenerate"], "there is no command `regenerate`"),
            (&["check", "--spec"], "missing argument for option '--spec'"),
            (&["check", "--verbose"], "invalid option '--verbose'"),
            (&["check", "--examples", "believe"], "`believe` is no way to take examples"),
            (&["check", "generate"], "unexpected argument \"generate\""),
        ] {
            let error = parsed(arguments).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
