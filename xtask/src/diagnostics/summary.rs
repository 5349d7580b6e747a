//! The summary of a run: its outcome and its numbers.

use std::fmt;

use super::diagnostic::{Diagnostic, Severity};

/// The numbers of what was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The operations of the document.
    pub operations: usize,
    /// Its schemas.
    pub schemas: usize,
    /// The examples that were checked against their schemas.
    pub examples: usize,
    /// The files of the crate.
    pub files: usize,
    /// The numbers of examples with and without a test in the crate, if tests were requested.
    pub tested: Option<(usize, usize)>,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operations, schemas, examples, tested, .. } = *self;
        let (operations, schemas) = (counted(operations, "operation"), counted(schemas, "schema"));
        write!(f, "{operations}, {schemas}, {} checked", counted(examples, "example"))?;
        match tested {
            Some((tested, left_out)) => write!(f, ", {tested} tested, {left_out} left out"),
            None => Ok(()),
        }
    }
}

/// The numbers of errors and warnings that were reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

impl Tally {
    /// Adds the findings to these numbers. Notes are not counted.
    pub(super) fn plus(self, findings: &[Diagnostic]) -> Self {
        let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self { errors: self.errors + number(Severity::Error), warnings: self.warnings + number(Severity::Warning) }
    }
}

/// Writes the numbers that are not 0: `3 errors and 1 warning`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (errors, warnings) = (counted(self.errors, "error"), counted(self.warnings, "warning"));
        match (self.errors, self.warnings) {
            (0, 0) => Ok(()),
            (_, 0) => f.write_str(&errors),
            (0, _) => f.write_str(&warnings),
            _ => write!(f, "{errors} and {warnings}"),
        }
    }
}

/// Returns a number with the noun that it counts.
#[must_use]
pub fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document has errors, and nothing was generated.
    Wrong,
    /// The document cannot be read, and nothing was generated.
    Unreadable,
    /// The folder has the generated crate.
    Generated,
    /// The folder is up to date.
    Clean,
    /// The folder differs from the crate.
    Drifted,
}

impl Outcome {
    /// Returns the outcome as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Unreadable => "unreadable",
            Self::Generated => "generated",
            Self::Clean => "clean",
            Self::Drifted => "drifted",
        }
    }

    pub(super) fn is_failure(self) -> bool {
        matches!(self, Self::Wrong | Self::Unreadable | Self::Drifted)
    }
}

/// The summary of a run, which is its last line.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// The document.
    pub spec: &'a str,
    /// The folder of the crate.
    pub out: &'a str,
    /// The numbers of what was built, if the document has no errors.
    pub counts: Option<Counts>,
    /// The number of files that differed.
    pub drift: usize,
    /// The numbers of errors and warnings.
    pub tally: Tally,
    /// The summary as a sentence.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Place};

    #[test]
    fn errors_and_warnings_are_counted_and_notes_are_not() {
        let error = Diagnostic::error(Code::EmptyEnum, Place::File, "m", "h");
        let warning = Diagnostic::warning(Code::RefSibling, Place::File, "m", "h");
        let note = Diagnostic::note(Code::Decision("name_schemas"), Place::File, "m", "because");
        let tally = Tally::default().plus(&[error.clone(), warning.clone()]).plus(&[error, note]);
        assert_eq!(tally, Tally { errors: 2, warnings: 1 });
    }

    #[test]
    fn a_tally_leaves_out_numbers_of_zero() {
        for (errors, warnings, expected) in
            [(0, 0, ""), (1, 0, "1 error"), (3, 1, "3 errors and 1 warning"), (0, 2, "2 warnings")]
        {
            assert_eq!(Tally { errors, warnings }.to_string(), expected);
        }
    }

    #[test]
    fn counts_are_written_in_words() {
        let counts = Counts { operations: 1, schemas: 0, examples: 2, files: 3, tested: None };
        assert_eq!(counts.to_string(), "1 operation, 0 schemas, 2 examples checked");
    }
}
