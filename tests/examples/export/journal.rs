//! The output file and its journal, with which an interrupted export can continue.
//!
//! The export appends the history of a customer to the output and syncs it to the disk. Then it writes a line to the
//! journal, with the customer and the new length of the output, and syncs that too. After a crash, the next run
//! truncates the output to the last length in the journal, so no entry is incomplete or duplicated. A complete export
//! deletes the journal.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use salla_loyalty_points_tests::example::Failure;
use serde::{Deserialize, Serialize};

/// An output file that is being written, and its journal.
pub struct Export {
    output: File,
    journal: File,
    journal_path: PathBuf,
    done: HashSet<String>,
    end: u64,
}

/// A line of the journal: the customer whose history was appended to the output (none for the header), and the length
/// of the output after it.
#[derive(Serialize, Deserialize)]
struct Record {
    customer: Option<String>,
    end: u64,
}

/// The state of the export according to the journal.
#[derive(Default)]
struct Progress {
    done: HashSet<String>,
    end: u64,
    /// The length of the journal up to its last complete line.
    journal_length: u64,
}

impl Export {
    /// Starts an export with this header. If there is a journal, continues the export that it describes.
    pub fn open(output: &Path, header: &[u8]) -> Result<Self, Failure> {
        let journal_path = journal_path(output);
        if output.exists() && !journal_path.exists() {
            return Err(format!("{} exists already, and is not overwritten", output.display()).into());
        }
        let mut journal = open(&journal_path)?;
        let progress = Progress::read(&mut journal).map_err(|error| format!("{}: {error}", journal_path.display()))?;
        let mut export = Self { output: open(output)?, journal, journal_path, done: progress.done, end: progress.end };
        export.truncate(progress.journal_length)?;
        if progress.journal_length == 0 {
            export.commit(None, header)?;
        }
        Ok(export)
    }

    /// Reports whether the customer's history is in the output.
    pub fn contains(&self, customer: &str) -> bool {
        self.done.contains(customer)
    }

    /// Appends the complete history of a customer.
    pub fn append(&mut self, customer: String, history: &[u8]) -> Result<(), Failure> {
        self.commit(Some(customer.clone()), history)?;
        self.done.insert(customer);
        Ok(())
    }

    /// Deletes the journal of a complete export.
    pub fn finish(self) -> Result<(), Failure> {
        Ok(fs::remove_file(self.journal_path)?)
    }

    /// Truncates the output to the length in the journal, and the journal to its last complete line.
    fn truncate(&mut self, journal_length: u64) -> Result<(), Failure> {
        if self.output.metadata()?.len() < self.end {
            return Err(format!("the output is shorter than its length in {}", self.journal_path.display()).into());
        }
        for (file, length) in [(&mut self.output, self.end), (&mut self.journal, journal_length)] {
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
        }
        Ok(())
    }

    /// Appends bytes to the output, and a record of them to the journal. Both are synced to the disk.
    fn commit(&mut self, customer: Option<String>, bytes: &[u8]) -> Result<(), Failure> {
        self.output.write_all(bytes)?;
        self.output.sync_data()?;
        self.end += u64::try_from(bytes.len())?;
        write_record(&mut self.journal, &Record { customer, end: self.end })
    }
}

impl Progress {
    fn read(journal: &mut File) -> Result<Self, Failure> {
        let mut text = String::new();
        journal.read_to_string(&mut text)?;
        let mut progress = Self::default();
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            progress.journal_length += u64::try_from(line.len())?;
            let record: Record = serde_json::from_str(line)?;
            progress.done.extend(record.customer);
            progress.end = record.end;
        }
        Ok(progress)
    }
}

fn write_record(journal: &mut File, line: &Record) -> Result<(), Failure> {
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
