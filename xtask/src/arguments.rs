//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

/// What `--help` prints.
pub const HELP: &str = "\
cargo xtask: keeps the client crate true to its OpenAPI document

Usage:
  cargo xtask generate [--spec PATH] [--out DIR] [--watch]   writes the crate
  cargo xtask check    [--spec PATH] [--out DIR]             says whether the crate is what would be written

  --spec PATH   the OpenAPI 3.0 document, YAML or JSON
  --out DIR     the folder of the crate
  --watch       writes it again after every save of the document, until Ctrl-C; the folder is not watched

Exit status:
  0  done, or nothing to do
  1  check: the crate has drifted from the document
  2  the document is wrong
  3  anything else: the arguments, a file that cannot be read or written, a folder that cannot be watched
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
    /// Whether to write the crate again after every save of the document.
    pub watch: bool,
}

/// Reads the arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut command, mut spec, mut out, mut watch) = (None, None, None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                return Ok(Arguments { command: Command::Help, spec: None, out: None, watch: false });
            }
            Long("spec") => spec = Some(PathBuf::from(parser.value()?)),
            Long("watch") => watch = true,
            Long("out") => out = Some(PathBuf::from(parser.value()?)),
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
        Some(Command::Check) if watch => {
            bail!("`check` compares once: `--watch` is for `cargo xtask generate`, which keeps the crate up to date")
        }
        Some(command) => Ok(Arguments { command, spec, out, watch }),
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
        let (spec, out) = (Some("a.yaml".into()), Some("b".into()));
        let expected = Arguments { command: Command::Check, spec, out, watch: false };
        assert_eq!(parsed(&["check", "--spec", "a.yaml", "--out=b"]).unwrap(), expected);
        assert_eq!(parsed(&["--out", "b", "--spec=a.yaml", "check"]).unwrap(), expected);
        let expected = Arguments { command: Command::Generate, watch: true, ..expected };
        assert_eq!(parsed(&["--watch", "generate", "--spec", "a.yaml", "--out=b"]).unwrap(), expected);
        assert_eq!(parsed(&["generate", "--help"]).unwrap().command, Command::Help);
    }

    #[test]
    fn wrong_arguments_say_what_is_wrong() {
        for (arguments, expected) in [
            (&[][..], "say what to do"),
            (&["regenerate"], "there is no command `regenerate`"),
            (&["check", "--spec"], "missing argument for option '--spec'"),
            (&["check", "--verbose"], "invalid option '--verbose'"),
            (&["--watch", "check"], "`--watch` is for `cargo xtask generate`"),
            (&["check", "generate"], "unexpected argument \"generate\""),
        ] {
            let error = parsed(arguments).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
