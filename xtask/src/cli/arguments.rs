//! Parses the arguments of the command line, and has the text of `--help`.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::diagnostics::Format;
use crate::emit::package_name;
use crate::openapi::examples::Policy;

/// The text that `--help` prints.
pub const HELP: &str = "\
cargo xtask: generates the client crate of an OpenAPI document

Usage:
  cargo xtask generate [OPTIONS]   writes the crate
  cargo xtask check    [OPTIONS]   checks whether the crate is up to date
  cargo xtask diff     [OPTIONS] OLD [NEW]
                                   lists the changes from one document to another, and what each means to those who
                                   depend on the crate. OLD and NEW are documents; OLD may also be a git revision, such
                                   as HEAD~3 or v0.1.0: the workspace's own document there. Without NEW, it is compared
                                   with the workspace's own document
  cargo xtask upstream [OPTIONS] PAGE
                                   lists what a page of the publisher says that the document neither says nor records as
                                   an `x-deviation`. PAGE is a document, or a Markdown page with one

Options:
  --spec PATH               the OpenAPI document, 3.0 or 3.1, YAML or JSON, or a Markdown page with one in a fenced
                            block; without it, the workspace's own document. Given several times, the documents become
                            one crate. A folder stands for the documents in it, without those of its subfolders
  --ref-root DIR            a folder that `$ref`s may lead to as well, with its subfolders; without it, they lead to
                            files in the folder of their document and its subfolders only
  --out DIR                 the folder of the crate: new, empty, or with a generated crate; without it, the folder of
                            the workspace's own crate. Required for any other document. Entries of the folder that
                            were not generated are never changed
  --name NAME               the name of the package; without it the document gives one: its title, else its only
                            operation, else the host of its server
  --strict                  rejects a document that breaks a rule of OpenAPI, or has a probable mistake; without it,
                            these are warnings if the meaning is certain. Always on for the workspace's own document
  --examples HOW            the result of an example that contradicts its schema:
                            error   an error (the default with `--strict` and for the workspace's own document)
                            warn    a warning (the default otherwise)
                            widen   no finding: the types accept the example as well
  --emit-tests              adds a test of each documented example to the crate: it decodes, and encodes to the same
                            JSON
  --watch                   writes the crate again after every save of the document, until Ctrl-C; the folder is not
                            watched
  -v, --verbose             prints the decisions that Rust forces on the client, each with its reason
  --report FILE             writes the decisions to a file, as Markdown
  --message-format FORMAT   human   text (the default)
                            json    a JSON object a line on standard output, and nothing else there
                            github  text and annotations (the default where GITHUB_ACTIONS is `true`)

`diff` takes `--examples`, `--ref-root`, `--report`, whose file has the changes instead of the decisions, `--message-format`, and:
  --require-version         fails if `info.version` was not raised by the step that the changes need, and only then
`upstream` takes `--spec`, `--ref-root` and `--message-format`.

Text has colours on a terminal, unless NO_COLOR is set.

Exit status:
  0  done, or nothing to do
  1  check: the crate has drifted from the document; diff: a change needs a major release of the crate, or, with
     `--require-version`, a higher version of the document; upstream: there is a difference, or a stale deviation
  2  the document has errors
  3  anything else: the arguments, a document that cannot be read or is larger than 64 MiB, a folder that cannot be
     written or is not that of a crate, a path of the crate at which there is another entry
";

/// A command of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Command {
    /// Write the crate.
    Generate,
    /// Compare the crate with the document.
    Check,
    /// Compare two documents.
    Diff,
    /// Compare a page of the publisher with the document.
    Upstream,
    /// Print the help.
    #[default]
    Help,
}

/// The parsed arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line that has no value")]
pub struct Arguments {
    /// The command.
    pub command: Command,
    /// The documents that `diff` compares: the old one, and the new one if it is given. The page of `upstream`.
    pub documents: Vec<OsString>,
    /// Whether `diff` fails if the version was not raised enough.
    pub require_version: bool,
    /// The paths of the documents, and of folders with documents; none means the workspace's own.
    pub specs: Vec<PathBuf>,
    /// The folder that references to files may lead to, besides those of the documents.
    pub ref_root: Option<PathBuf>,
    /// The folder of the crate; `None` means the workspace's own.
    pub out: Option<PathBuf>,
    /// Whether every nonconforming value is an error.
    pub strict: bool,
    /// Whether to write the crate again after every save of the document.
    pub watch: bool,
    /// The name of the package; `None` means the name that the document gives.
    pub name: Option<String>,
    /// Whether the decisions are printed.
    pub verbose: bool,
    /// The file that the decisions are written to.
    pub report: Option<PathBuf>,
    /// The format of the output; `None` means the default of the environment.
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
            Long("spec") => read.specs.push(PathBuf::from(parser.value()?)),
            Long("ref-root") => read.ref_root = Some(PathBuf::from(parser.value()?)),
            Long("out") => read.out = Some(PathBuf::from(parser.value()?)),
            Long("require-version") => read.require_version = true,
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
                    Some("diff") => Command::Diff,
                    Some("upstream") => Command::Upstream,
                    Some("help") => Command::Help,
                    _ => bail!(
                        "unknown command `{}`; expected `generate`, `check`, `diff` or `upstream`",
                        name.display()
                    ),
                });
            }
            Value(document) if read.documents.len() < most_documents(command) => {
                read.documents.push(document);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    check_documents(command, &read)?;
    match command {
        Some(Command::Generate | Command::Check) if read.require_version => {
            bail!("`--require-version` is an option of `cargo xtask diff`")
        }
        Some(Command::Check) if read.watch => {
            bail!("`--watch` is an option of `cargo xtask generate`, and `check` compares once")
        }
        Some(command) => Ok(Arguments { command, ..read }),
        None => bail!("missing command; expected `cargo xtask generate`, `check`, `diff` or `upstream`"),
    }
}

/// Returns the number of documents that a command takes without an option.
fn most_documents(command: Option<Command>) -> usize {
    match command {
        Some(Command::Diff) => 2,
        Some(Command::Upstream) => 1,
        _ => 0,
    }
}

/// Returns an error if the arguments are not those of `diff` or `upstream`, where one of these is the command.
fn check_documents(command: Option<Command>, arguments: &Arguments) -> Result<()> {
    let Arguments { documents, require_version, examples, report, format, specs, ref_root, .. } = arguments.clone();
    let (usage, options, known) = match command {
        Some(Command::Diff) => (
            "cargo xtask diff OLD [NEW]",
            "`diff` takes `--examples`, `--ref-root`, `--report`, `--message-format` and `--require-version` only",
            Arguments { require_version, ref_root, report, format, examples, ..Arguments::default() },
        ),
        Some(Command::Upstream) => (
            "cargo xtask upstream PAGE",
            "`upstream` takes `--spec`, `--ref-root` and `--message-format` only",
            Arguments { specs, ref_root, format, ..Arguments::default() },
        ),
        _ => return Ok(()),
    };
    if documents.is_empty() {
        bail!("missing document; expected `{usage}`");
    }
    if *arguments != (Arguments { documents, ..known }) {
        bail!("unexpected option; {options}");
    }
    if arguments.specs.len() > 1 {
        bail!("`upstream` compares the page with one document: name one with `--spec PATH`");
    }
    Ok(())
}

/// Parses the value of `--message-format`.
fn message_format(name: &OsStr) -> Result<Format> {
    match name.to_str().and_then(Format::named) {
        Some(format) => Ok(format),
        None => bail!("unknown message format `{}`; expected `human`, `json` or `github`", name.display()),
    }
}

/// Returns the value of `--name` if a package can have it.
fn checked_name(name: String) -> Result<String> {
    match package_name::check(&name) {
        Ok(()) => Ok(name),
        Err(reason) => bail!("invalid package name `{name}`: {reason}; give another with `--name NAME`"),
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
        let (specs, out) = (vec!["a.yaml".into()], Some("b".into()));
        let expected = Arguments { command: Command::Check, specs, out, strict: true, ..Arguments::default() };
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
    fn an_invalid_argument_is_named() {
        for (arguments, expected) in [
            (&[][..], "missing command"),
            (&["regenerate"], "unknown command `regenerate`"),
            (&["check", "--spec"], "missing argument for option '--spec'"),
            (&["check", "--message-format", "xml"], "unknown message format `xml`"),
            (&["check", "--loud"], "invalid option '--loud'"),
            (&["check", "--name", "serde"], "invalid package name `serde`: the crate depends on one"),
            (&["check", "--name="], "invalid package name ``: it is empty"),
            (&["check", "--examples", "believe"], "unknown policy for examples `believe`"),
            (&["check", "generate"], "unexpected argument \"generate\""),
        ] {
            let error = parsed(arguments).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
