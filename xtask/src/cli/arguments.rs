//! The command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::diagnostics::Format;
use crate::emit::package_name;
use crate::openapi::examples::Policy;

/// The text that `--help` prints.
pub const HELP: &str = "\
cargo xtask: keeps the client crate true to its OpenAPI document

Usage:
  cargo xtask generate [OPTIONS]   writes the crate
  cargo xtask check    [OPTIONS]   says whether the crate is what would be written

Options:
  --spec PATH               the OpenAPI document, 3.0 or 3.1, YAML or JSON; without it, the workspace's own document
  --out DIR                 the folder of the crate: new, empty, or that of a generated crate; without it, that of the
                            workspace's own crate. Required for any other document. Entries of the folder that were
                            not generated are never changed
  --name NAME               the name of the package; without it the document gives one: its title, else its only
                            operation, else the host of its server
  --strict                  refuses a document that departs from OpenAPI in any way, or has a probable slip; without
                            it, these are warnings where the meaning is certain. Always on for the workspace's own
                            document, by whichever path it is named
  --examples HOW            what it means that an example contradicts its schema:
                            error   an error (the default with `--strict` and for the workspace's own document)
                            warn    a warning (the default otherwise)
                            widen   no finding: the types accept what the example shows as well
  --emit-tests              gives the crate a test of each documented example: it decodes, and encodes to the same
                            JSON
  --watch                   writes the crate again after every save of the document, until Ctrl-C; the folder is not
                            watched
  -v, --verbose             shows what was changed in the document for progenitor, and why
  --report FILE             writes the same to a file, as Markdown
  --message-format FORMAT   human   text (the default)
                            json    a JSON object a line on standard output, and nothing else there
                            github  text and annotations (the default where GITHUB_ACTIONS is `true`)

Text has colours on a terminal, unless NO_COLOR is set.

Exit status:
  0  done, or nothing to do
  1  check: the crate has drifted from the document
  2  the document has errors
  3  anything else: the arguments, a document that cannot be read or is larger than 64 MiB, a folder that cannot be
     written or is not that of a crate, a path of the crate that is taken by what was not generated
";

/// The command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Command {
    /// Write it.
    Generate,
    /// Compare it.
    Check,
    /// Print the help.
    #[default]
    Help,
}

/// The command line, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line that has no value")]
pub struct Arguments {
    /// The command.
    pub command: Command,
    /// The document, if not the workspace's.
    pub spec: Option<PathBuf>,
    /// The folder, if not the workspace's.
    pub out: Option<PathBuf>,
    /// Whether every departure from the specification is an error.
    pub strict: bool,
    /// Whether to write the crate again after every save of the document.
    pub watch: bool,
    /// The name of the package, if not the one that the document gives.
    pub name: Option<String>,
    /// Whether the decisions are printed.
    pub verbose: bool,
    /// The file that the decisions are written to.
    pub report: Option<PathBuf>,
    /// The form of what is told, if not the one that suits where the program runs.
    pub format: Option<Format>,
    /// The policy for examples that contradict their schemas; `None` means unset.
    pub examples: Option<Policy>,
    /// Whether the crate gets tests of the examples.
    pub emit_tests: bool,
}

/// Reads the arguments, without the program's name.
///
/// # Errors
///
/// A message that names the invalid argument.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut command, mut read) = (None, Arguments::default());
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Arguments::default()),
            Long("spec") => read.spec = Some(PathBuf::from(parser.value()?)),
            Long("out") => read.out = Some(PathBuf::from(parser.value()?)),
            Long("strict") => read.strict = true,
            Long("message-format") => read.format = Some(message_format(&parser.value()?)?),
            Long("watch") => read.watch = true,
            Long("name") => read.name = Some(checked_name(parser.value()?.string()?)?),
            Short('v') | Long("verbose") => read.verbose = true,
            Long("report") => read.report = Some(PathBuf::from(parser.value()?)),
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
        Some(Command::Check) if read.watch => {
            bail!("`check` compares once: `--watch` is for `cargo xtask generate`, which keeps the crate up to date")
        }
        Some(command) => Ok(Arguments { command, ..read }),
        None => bail!("say what to do: `cargo xtask generate` or `cargo xtask check`"),
    }
}

fn message_format(name: &OsStr) -> Result<Format> {
    match name.to_str().and_then(Format::named) {
        Some(format) => Ok(format),
        None => bail!("there is no message format `{}`: it is `human`, `json` or `github`", name.display()),
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
        let (spec, out) = (Some("a.yaml".into()), Some("b".into()));
        let expected = Arguments { command: Command::Check, spec, out, strict: true, ..Arguments::default() };
        assert_eq!(parsed(&["check", "--strict", "--spec", "a.yaml", "--out=b"]).unwrap(), expected);
        assert_eq!(parsed(&["--out", "b", "--spec=a.yaml", "check", "--strict"]).unwrap(), expected);
        let expected = Arguments { command: Command::Generate, watch: true, ..expected };
        assert_eq!(parsed(&["--watch", "--strict", "generate", "--spec", "a.yaml", "--out=b"]).unwrap(), expected);
        let expected = Arguments {
            command: Command::Check,
            examples: Some(Policy::Widen),
            emit_tests: true,
            ..Arguments::default()
        };
        assert_eq!(parsed(&["check", "--examples", "widen", "--emit-tests"]).unwrap(), expected);
        assert_eq!(parsed(&["generate", "--help"]).unwrap().command, Command::Help);
        let (name, report) = (Some("c".to_owned()), Some("d.md".into()));
        let expected = Arguments { command: Command::Check, name, verbose: true, report, ..Arguments::default() };
        assert_eq!(parsed(&["check", "--name", "c", "-v", "--report=d.md"]).unwrap(), expected);
        assert_eq!(parsed(&["--verbose", "--report", "d.md", "--name=c", "check"]).unwrap(), expected);
    }

    #[test]
    fn wrong_arguments_say_what_is_wrong() {
        for (arguments, expected) in [
            (&[][..], "say what to do"),
            (&["regenerate"], "there is no command `regenerate`"),
            (&["check", "--spec"], "missing argument for option '--spec'"),
            (&["check", "--message-format", "xml"], "there is no message format `xml`"),
            (&["check", "--loud"], "invalid option '--loud'"),
            (&["check", "--name", "serde"], "`serde` cannot be the name of the package: the crate depends on one"),
            (&["check", "--name="], "`` cannot be the name of the package: it is empty"),
            (&["check", "--examples", "believe"], "`believe` is no way to take examples"),
            (&["check", "generate"], "unexpected argument \"generate\""),
        ] {
            let error = parsed(arguments).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
