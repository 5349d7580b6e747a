//! The output, and beside it a journal of what is complete in it, so that an export can go on where it was stopped.
//!
//! A customer's history is appended to the output as a whole and brought to the disk; then a line in the journal says
//! whose it is and where the output ends now, and is brought to the disk as well. Whatever happens in between, the next
//! run cuts the output back to the last end that the journal knows: no entry is ever half there, or there twice.
//! When all is done, the journal goes.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use salla_loyalty_points_tests::example::Failure;
use serde::{Deserialize, Serialize};

/// An output that is being written, and its journal.
pub struct Export {
    output: File,
    journal: File,
    journal_path: PathBuf,
    done: HashSet<String>,
    end: u64,
}

/// A line of the journal: whose history was appended to the output, and where the output ends since. What the output
/// begins with is nobody's.
#[derive(Serialize, Deserialize)]
struct Appended {
    customer: Option<String>,
    end: u64,
}

/// What a journal says.
#[derive(Default)]
struct Past {
    done: HashSet<String>,
    end: u64,
    /// How long the journal is, up to the end of its last whole line.
    length: u64,
}

impl Export {
    /// Begins an export with this header, or goes on with the one whose journal is there.
    pub fn open(output: &Path, header: &[u8]) -> Result<Self, Failure> {
        let journal_path = journal_path(output);
        if output.exists() && !journal_path.exists() {
            return Err(format!("{} is there already: it is not written over", output.display()).into());
        }
        let mut journal = open(&journal_path)?;
        let past = Past::read(&mut journal).map_err(|error| format!("{}: {error}", journal_path.display()))?;
        let mut export = Self { output: open(output)?, journal, journal_path, done: past.done, end: past.end };
        export.cut_back(past.length)?;
        if past.length == 0 {
            export.commit(None, header)?;
        }
        Ok(export)
    }

    /// Whether the customer's history is in the output.
    pub fn has(&self, customer: &str) -> bool {
        self.done.contains(customer)
    }

    /// Appends the whole history of a customer.
    pub fn append(&mut self, customer: String, history: &[u8]) -> Result<(), Failure> {
        self.commit(Some(customer.clone()), history)?;
        self.done.insert(customer);
        Ok(())
    }

    /// All is done: the journal is not needed any more.
    pub fn finish(self) -> Result<(), Failure> {
        Ok(fs::remove_file(self.journal_path)?)
    }

    /// Takes back what the journal does not know of, and a line of the journal that was not finished.
    fn cut_back(&mut self, journal_length: u64) -> Result<(), Failure> {
        if self.output.metadata()?.len() < self.end {
            return Err(format!("the output is shorter than {} says", self.journal_path.display()).into());
        }
        for (file, length) in [(&mut self.output, self.end), (&mut self.journal, journal_length)] {
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
        }
        Ok(())
    }

    fn commit(&mut self, customer: Option<String>, bytes: &[u8]) -> Result<(), Failure> {
        self.output.write_all(bytes)?;
        self.output.sync_data()?;
        self.end += u64::try_from(bytes.len())?;
        note(&mut self.journal, &Appended { customer, end: self.end })
    }
}

impl Past {
    fn read(journal: &mut File) -> Result<Self, Failure> {
        let mut text = String::new();
        journal.read_to_string(&mut text)?;
        let mut past = Self::default();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            past.length += u64::try_from(line.len())?;
            let appended: Appended = serde_json::from_str(line)?;
            past.done.extend(appended.customer);
            past.end = appended.end;
        }
        Ok(past)
    }
}

fn note(journal: &mut File, line: &Appended) -> Result<(), Failure> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    journal.write_all(&text)?;
    Ok(journal.sync_data()?)
}

fn open(path: &Path) -> Result<File, Failure> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    file.map_err(|error: io::Error| format!("{}: {error}", path.display()).into())
}

fn journal_path(output: &Path) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(".journal");
    name.into()
}
