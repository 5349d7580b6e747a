//! Watches the documents, and the files that they refer to, and calls the generator after every save.
//!
//! The files are polled. That finds every way to save it: in place, by a rename, through a link, in a folder that is
//! replaced, and on a network drive. Only a change of content counts, so no file that the generator writes starts a
//! run.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{mem, thread};

use crate::source::MAX_BYTES;

/// The time between two looks at the document.
const INTERVAL: Duration = Duration::from_millis(100);

/// The number of looks that an unfinished save may take. An editor that replaces a file removes or empties it first.
const LONGEST_SAVE: u32 = 10;

/// The number of looks that read the content after the metadata changed. Some drives count time in steps of two
/// seconds, so a second save within one step leaves the metadata as it was.
const COARSE_TIME: u32 = 30;

/// The content of a document that does not exist.
const MISSING: Content = Err(io::ErrorKind::NotFound);

/// An event of a watched file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first run is done, and the watch begins.
    Watching,
    /// The content changed. A run follows.
    Saved,
    /// The file no longer exists.
    Removed,
    /// The file is no longer one of the files of a folder of documents. A run follows.
    Dropped,
}

impl Event {
    /// Returns the line that reports the event; `name` is how the user wrote the document's path.
    #[must_use]
    pub fn message(self, name: &str) -> String {
        match self {
            Self::Watching => format!("watching {name} (Ctrl-C to stop)"),
            Self::Saved => format!("{name} was saved"),
            Self::Removed => format!("{name} was removed: waiting for it"),
            Self::Dropped => format!("{name} was removed"),
        }
    }
}

/// Calls `run` at once, and again after every save of a file. `named` returns the paths of the documents, or nothing if
/// they cannot be found now, and `run` the paths of the files that they refer to. Each event is passed to `report`, with
/// its file, before the run that it causes. Never returns: Ctrl-C ends the program.
pub fn watch(
    named: impl Fn() -> Option<Vec<PathBuf>>,
    mut report: impl FnMut(Event, Option<&Path>),
    mut run: impl FnMut() -> Vec<PathBuf>,
) -> ! {
    let mut files = Files::default();
    files.set_documents(named().unwrap_or_default(), now);
    files.set_referenced(run());
    report(Event::Watching, None);
    loop {
        thread::sleep(INTERVAL);
        let mut events = Vec::new();
        if let Some(documents) = named() {
            events.extend(files.set_documents(documents, |_| Watched::new(None, MISSING)));
        }
        events.extend(files.look());
        for (path, event) in &events {
            report(*event, Some(path));
        }
        if events.iter().any(|(_, event)| *event != Event::Removed) {
            files.set_referenced(run());
        }
    }
}

/// The watched files, by their paths.
#[derive(Debug, Default)]
struct Files {
    documents: BTreeMap<PathBuf, Watched>,
    referenced: BTreeMap<PathBuf, Watched>,
}

impl Files {
    /// Sets the paths of the documents. Returns those that are no longer there.
    fn set_documents(&mut self, paths: Vec<PathBuf>, new: impl Fn(&Path) -> Watched) -> Vec<(PathBuf, Event)> {
        let dropped: Vec<_> = self.documents.keys().filter(|path| !paths.contains(path)).cloned().collect();
        for path in &dropped {
            self.documents.remove(path);
        }
        for path in paths {
            self.documents.entry(path).or_insert_with_key(|path| new(path));
        }
        dropped.into_iter().map(|path| (path, Event::Dropped)).collect()
    }

    /// Sets the paths of the files that the documents refer to.
    fn set_referenced(&mut self, paths: Vec<PathBuf>) {
        self.referenced.retain(|path, _| paths.contains(path));
        for path in paths {
            self.referenced.entry(path).or_insert_with_key(|path| now(path));
        }
    }

    /// Looks at each file once.
    fn look(&mut self) -> Vec<(PathBuf, Event)> {
        let files = self.documents.iter_mut().chain(&mut self.referenced);
        files.filter_map(|(path, file)| Some((path.clone(), file.look(stamp(path), || content(path))?))).collect()
    }
}

/// Returns the state of a file as it is now.
fn now(path: &Path) -> Watched {
    Watched::new(stamp(path), content(path))
}

/// The content of the document, as one look found it.
type Content = Result<Vec<u8>, io::ErrorKind>;

/// Reads the file, up to the size from which on the generator rejects it.
fn content(spec: &Path) -> Content {
    let mut bytes = Vec::new();
    let read = File::open(spec).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| error.kind())
}

/// The metadata that a save changes: the length, and the times when the file was written and created.
type Stamp = (u64, Option<SystemTime>, Option<SystemTime>);

/// Reads the metadata of the file, or of the file that a link leads to.
fn stamp(spec: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(spec).ok()?;
    Some((metadata.len(), metadata.modified().ok(), metadata.created().ok()))
}

/// The state of a watched document. It changes by looks alone, without a clock or a file system.
#[derive(Debug)]
struct Watched {
    /// The content of the last event.
    reported: Content,
    /// The number of looks since the content differs from that.
    differing: u32,
    /// The metadata and the content of the last look.
    stamp: Option<Stamp>,
    content: Content,
    /// The number of looks since the metadata changed.
    unchanged: u32,
}

impl Watched {
    fn new(stamp: Option<Stamp>, content: Content) -> Self {
        Self { reported: content.clone(), differing: 0, stamp, content, unchanged: 0 }
    }

    /// Takes what one look found, and returns the event that it completes. `read` is called only if the content may
    /// have changed.
    fn look(&mut self, stamp: Option<Stamp>, read: impl FnOnce() -> Content) -> Option<Event> {
        self.unchanged = if stamp == self.stamp { self.unchanged.saturating_add(1) } else { 0 };
        self.stamp = stamp;
        let may_differ = self.unchanged < COARSE_TIME || !self.has_text();
        let is_repeated = !may_differ || mem::replace(&mut self.content, read()) == self.content;
        if self.content == self.reported {
            self.differing = 0;
            return None;
        }
        self.differing += 1;
        if !(is_repeated && self.has_text()) && self.differing < LONGEST_SAVE {
            return None;
        }
        self.differing = 0;
        self.reported.clone_from(&self.content);
        Some(if self.content == MISSING { Event::Removed } else { Event::Saved })
    }

    /// Returns whether the last look found text. If not, a save may be in progress.
    fn has_text(&self) -> bool {
        self.content.as_ref().is_ok_and(|bytes| !bytes.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks once for each content, each time with the metadata of another save, and returns the events.
    fn events(document: &mut Watched, found: &[Content]) -> Vec<Option<Event>> {
        let next = |stamp: Option<Stamp>| Some((stamp.map_or(0, |(length, ..)| length + 1), None, None));
        found.iter().map(|content| document.look(next(document.stamp), || content.clone())).collect()
    }

    fn texts<const COUNT: usize>(texts: [&str; COUNT]) -> [Content; COUNT] {
        texts.map(|text| Ok(text.into()))
    }

    #[test]
    fn a_save_is_reported_once_and_only_when_its_content_is_complete_and_new() {
        let mut document = Watched::new(None, Ok("a".into()));
        let saved = Some(Event::Saved);
        let found = texts(["b", "bc", "bc", "bc", "a", "a", "a"]);
        assert_eq!(events(&mut document, &found), [None, None, saved, None, None, saved, None]);
        assert_eq!(events(&mut document, &texts(["b", "a", "a"])), [None; 3], "the content came back");
        let growing: Vec<_> = (1..=LONGEST_SAVE as usize).map(|length| Ok(b"b".repeat(length))).collect();
        assert_eq!(events(&mut document, &growing).last(), Some(&saved), "a file that never rests is reported too");
    }

    #[test]
    fn a_document_without_text_is_reported_once_after_the_time_of_a_save() {
        let unreadable = Err(io::ErrorKind::PermissionDenied);
        for (found, event) in [(MISSING, Event::Removed), (Ok(Vec::new()), Event::Saved), (unreadable, Event::Saved)] {
            let mut document = Watched::new(None, Ok("a".into()));
            let looks = vec![found; LONGEST_SAVE as usize];
            assert_eq!(events(&mut document, &looks[1..]), vec![None; looks.len() - 1], "a save may be in progress");
            assert_eq!(events(&mut document, &texts(["a", "a"])), [None; 2], "it ended without a change");
            assert_eq!(events(&mut document, &looks).last(), Some(&Some(event)));
            assert_eq!(events(&mut document, &looks), vec![None; looks.len()]);
            assert_eq!(events(&mut document, &texts(["a", "a"])), [None, Some(Event::Saved)]);
        }
    }

    #[test]
    fn the_content_is_read_while_it_may_change_without_the_metadata() {
        let looks_that_read = |content: Content| {
            let mut document = Watched::new(None, content.clone());
            let mut reads = 0;
            for _ in 0..2 * COARSE_TIME {
                document.look(None, || {
                    reads += 1;
                    content.clone()
                });
            }
            reads
        };
        assert_eq!(looks_that_read(Ok("a".into())), COARSE_TIME - 1, "the clock of the drive may be coarse");
        assert_eq!(looks_that_read(MISSING), 2 * COARSE_TIME, "there is no metadata");
    }
}
