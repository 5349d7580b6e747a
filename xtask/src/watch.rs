//! The document under watch: a run of the generator for every save that says something new, until Ctrl-C.
//!
//! The system's events only say when to look: what counts is whether the bytes are others than those of the last run.
//! So neither what the generator writes nor a file beside the document leads to a run, however the events are spelt.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::load::MAX_BYTES;

/// How long nothing has to happen before the document is looked at: a save is several events, all within a few
/// milliseconds.
const QUIET: Duration = Duration::from_millis(50);

/// When it is looked at although things go on happening: another file of the folder may be written without a pause.
const LONGEST_NOISE: Duration = Duration::from_secs(1);

/// How long the document may be missing, empty or locked before that is told: an editor that replaces it lets it be
/// so for a moment.
const GRACE: Duration = Duration::from_secs(1);

/// What there is to tell of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The watch has begun, after a first run.
    Watching,
    /// It says something else than at the last run: one follows.
    Saved,
    /// It is no longer there.
    Gone,
}

impl News {
    /// The line that tells it; `name` is what the reader calls the document.
    #[must_use]
    pub fn told(self, name: &str) -> String {
        match self {
            Self::Watching => format!("watching {name} (Ctrl-C ends it)"),
            Self::Saved => format!("{name} was saved"),
            Self::Gone => format!("{name} is gone: waiting for it to come back"),
        }
    }
}

/// Calls `run` now, and again whenever the document at `spec` has other bytes than at the last run. What happens is
/// told to `tell` before that. Returns only when the document can be watched no longer.
///
/// # Errors
///
/// [`Unwatchable`] when the system does not watch a folder.
pub fn watch(spec: &Path, mut tell: impl FnMut(News), mut run: impl FnMut()) -> Result<Infallible, Unwatchable> {
    // Before the first look: a save that comes later than that is an event.
    let mut watch = Watch::over(spec)?;
    let mut document = Watched::new(Contents::of(spec));
    run();
    tell(News::Watching);
    loop {
        if watch.notices_something(document.due())? {
            document.stirred(Instant::now());
            continue;
        }
        watch.follow(spec)?;
        let news = document.look(Instant::now(), Contents::of(spec));
        news.into_iter().for_each(&mut tell);
        if news == Some(News::Saved) {
            run();
        }
    }
}

/// What a look at the document found.
#[derive(Debug, PartialEq, Eq)]
enum Contents {
    Bytes(Vec<u8>),
    Missing,
    Unreadable(io::ErrorKind),
}

impl Contents {
    fn of(spec: &Path) -> Self {
        let mut bytes = Vec::new();
        match File::open(spec).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)) {
            Ok(_) => Self::Bytes(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::Missing,
            Err(error) => Self::Unreadable(error.kind()),
        }
    }

    /// Whether it may be half of a save.
    fn may_pass(&self) -> bool {
        !matches!(self, Self::Bytes(bytes) if !bytes.is_empty())
    }
}

/// When to look at the document, and what to make of it: no clock and no file system.
#[derive(Debug)]
struct Watched {
    /// What the last news were about.
    known: Contents,
    /// When something happened for the first and for the last time since the last look.
    noise: Option<(Instant, Instant)>,
    /// Since when it is what it may not stay.
    passing: Option<Instant>,
}

impl Watched {
    fn new(known: Contents) -> Self {
        Self { known, noise: None, passing: None }
    }

    /// Something happened that may be a save.
    fn stirred(&mut self, now: Instant) {
        let (first, _) = self.noise.unwrap_or((now, now));
        self.noise = Some((first, now));
    }

    /// When to look, if nothing else happens until then.
    fn due(&self) -> Option<Instant> {
        match self.noise {
            Some((first, last)) => Some((last + QUIET).min(first + LONGEST_NOISE)),
            None => self.passing.map(|since| since + GRACE),
        }
    }

    fn look(&mut self, now: Instant, found: Contents) -> Option<News> {
        self.noise = None;
        if found == self.known {
            self.passing = None;
            return None;
        }
        if found.may_pass() && now < *self.passing.get_or_insert(now) + GRACE {
            return None;
        }
        self.passing = None;
        self.known = found;
        Some(if self.known == Contents::Missing { News::Gone } else { News::Saved })
    }
}

/// The system's watch over the folders that decide what the document is.
struct Watch {
    folders: BTreeSet<PathBuf>,
    /// Whether one of the folders may be another one by now.
    is_stale: bool,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    /// It watches until it is dropped.
    watcher: RecommendedWatcher,
}

impl Watch {
    fn over(spec: &Path) -> Result<Self, Unwatchable> {
        let (sender, events) = mpsc::channel();
        let (folders, watcher) = armed(spec, &sender)?;
        Ok(Self { folders, is_stale: false, sender, events, watcher })
    }

    /// Watches what decides by now what the document is. That is folders and never the file, whose watch would go with
    /// it when an editor replaces it; the same becomes of a folder that is replaced.
    fn follow(&mut self, spec: &Path) -> Result<(), Unwatchable> {
        if self.is_stale || self.folders != folders(spec) {
            (self.folders, self.watcher) = armed(spec, &self.sender)?;
            self.is_stale = false;
        }
        Ok(())
    }

    /// Whether something happened before `due`.
    fn notices_something(&mut self, due: Option<Instant>) -> Result<bool, Unwatchable> {
        loop {
            let received = match due {
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => match due.checked_duration_since(Instant::now()) {
                    // Even if events are waiting: they would never let it be due.
                    None | Some(Duration::ZERO) => return Ok(false),
                    Some(left) => self.events.recv_timeout(left),
                },
            };
            match received {
                Ok(event) if is_change(&event) => {
                    self.is_stale |= may_replace_a_folder(&event);
                    return Ok(true);
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(false),
                Err(RecvTimeoutError::Disconnected) => return Err(Unwatchable::stopped(&self.folders)),
            }
        }
    }
}

/// Reading is none, and the generator reads the document itself. An error is one: whatever was missed is found by
/// looking.
fn is_change(event: &notify::Result<Event>) -> bool {
    match event.as_ref().map(|event| event.kind) {
        Ok(EventKind::Access(kind)) => kind == AccessKind::Close(AccessMode::Write),
        Ok(_) | Err(_) => true,
    }
}

/// A watch stays with a folder that was removed or renamed. Which folder an event is about is not compared: names
/// come as the file system spells them.
fn may_replace_a_folder(event: &notify::Result<Event>) -> bool {
    match event {
        Ok(event) => {
            matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))) || event.need_rescan()
        }
        Err(_) => true,
    }
}

/// A new watch over the folders, which takes the old one's place: where it fails because they are others by now,
/// over those.
fn armed(
    spec: &Path,
    sender: &Sender<notify::Result<Event>>,
) -> Result<(BTreeSet<PathBuf>, RecommendedWatcher), Unwatchable> {
    loop {
        let folders = folders(spec);
        match watcher(&folders, sender.clone()) {
            Ok(watcher) => return Ok((folders, watcher)),
            Err(unwatchable) if folders == self::folders(spec) => return Err(unwatchable),
            Err(_) => {}
        }
    }
}

fn watcher(
    folders: &BTreeSet<PathBuf>,
    sender: Sender<notify::Result<Event>>,
) -> Result<RecommendedWatcher, Unwatchable> {
    let mut watcher = notify::recommended_watcher(sender).map_err(|error| Unwatchable::new(folders, &error))?;
    for folder in folders {
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .map_err(|error| Unwatchable::new(&BTreeSet::from([folder.clone()]), &error))?;
    }
    Ok(watcher)
}

/// The folders in which it can change what a path leads to: that of the file, and that of every link on the way. In
/// the place of a folder that is missing stands the nearest one around it.
fn folders(path: &Path) -> BTreeSet<PathBuf> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;
    let parts = |path: &Path| -> Vec<OsString> {
        path.components().rev().filter(|part| *part != Component::CurDir).map(|part| part.as_os_str().into()).collect()
    };
    let mut ahead = parts(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let (mut folders, mut links, mut at) = (BTreeSet::new(), 0, PathBuf::new());
    while let Some(part) = ahead.pop() {
        if part == ".." {
            at.pop();
            continue;
        }
        let next = at.join(part);
        match fs::read_link(&next) {
            Ok(target) if links < MOST_LINKS => {
                links += 1;
                folders.insert(at.clone());
                ahead.extend(parts(&target));
            }
            _ => at = next,
        }
    }
    folders.extend(at.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned));
    folders
}

/// Why a document cannot be watched.
#[derive(Debug)]
pub struct Unwatchable(String);

impl Unwatchable {
    fn new(folders: &BTreeSet<PathBuf>, error: &notify::Error) -> Self {
        let reason = match &error.kind {
            notify::ErrorKind::Io(error) => error.to_string(),
            notify::ErrorKind::MaxFilesWatch => "the system watches as many folders as it may".to_owned(),
            _ => error.to_string(),
        };
        Self(format!("{} cannot be watched: {reason}{}", listed(folders), remedy(&error.kind)))
    }

    fn stopped(folders: &BTreeSet<PathBuf>) -> Self {
        Self(format!("{} cannot be watched any longer: the system's events have ended", listed(folders)))
    }
}

/// Linux counts watches, and those who watch, for each user.
fn remedy(kind: &notify::ErrorKind) -> &'static str {
    const TOO_MANY_OPEN_FILES: i32 = 24;
    match kind {
        _ if !cfg!(target_os = "linux") => "",
        notify::ErrorKind::MaxFilesWatch => {
            ". End a program that watches files, or raise the limit: `sudo sysctl fs.inotify.max_user_watches=524288`"
        }
        notify::ErrorKind::Io(error) if error.raw_os_error() == Some(TOO_MANY_OPEN_FILES) => {
            ". End a program that watches files, or raise the limit: `sudo sysctl fs.inotify.max_user_instances=1024` \
             (and see `ulimit -n`)"
        }
        _ => "",
    }
}

fn listed(folders: &BTreeSet<PathBuf>) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(" and ")
}

impl fmt::Display for Unwatchable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwatchable {}

#[cfg(test)]
mod tests {
    use notify::event::{DataChange, MetadataKind, RemoveKind, RenameMode};

    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// A watched document with the time that goes by.
    struct Story {
        document: Watched,
        now: Instant,
    }

    impl Story {
        fn of(text: &str) -> Self {
            Self { document: Watched::new(bytes(text)), now: Instant::now() }
        }

        fn after(&mut self, time: Duration) -> &mut Self {
            self.now += time;
            self
        }

        fn stirred(&mut self) -> &mut Self {
            self.document.stirred(self.now);
            self
        }

        /// Lets time go by until a look is due, and looks.
        fn finds(&mut self, found: Contents) -> Option<News> {
            self.now = self.document.due().expect("a look is due");
            self.document.look(self.now, found)
        }
    }

    fn bytes(text: &str) -> Contents {
        Contents::Bytes(text.into())
    }

    #[test]
    fn nothing_is_due_until_something_happens() {
        let mut story = Story::of("a");
        assert_eq!(story.document.due(), None);
        assert_eq!(story.stirred().finds(bytes("b")), Some(News::Saved));
        assert_eq!(story.document.due(), None, "and once it was told, nothing is");
    }

    #[test]
    fn the_events_of_one_save_lead_to_one_look() {
        let mut story = Story::of("a");
        let last = story.stirred().after(QUIET / 2).stirred().after(QUIET / 2).stirred().now;
        assert_eq!(story.document.due(), Some(last + QUIET));
    }

    #[test]
    fn noise_without_an_end_does_not_put_the_look_off() {
        let mut story = Story::of("a");
        let first = story.stirred().now;
        for _ in 0..500 {
            story.after(10 * MILLISECOND).stirred();
        }
        assert_eq!(story.document.due(), Some(first + LONGEST_NOISE));
    }

    #[test]
    fn the_same_bytes_are_no_news_whatever_happened() {
        let mut story = Story::of("a");
        assert_eq!(story.stirred().finds(bytes("a")), None);
        assert_eq!(story.document.due(), None);
        assert_eq!(story.stirred().finds(bytes("b")), Some(News::Saved));
        assert_eq!(story.stirred().finds(bytes("b")), None);
        assert_eq!(story.stirred().finds(bytes("a")), Some(News::Saved), "compared with the last, not with the first");
    }

    #[test]
    fn what_may_pass_is_not_told_while_it_may() {
        for passing in [Contents::Missing, bytes(""), Contents::Unreadable(io::ErrorKind::PermissionDenied)] {
            let mut story = Story::of("a");
            assert_eq!(story.stirred().finds(passing), None);
            let since = story.now;
            assert_eq!(story.document.due(), Some(since + GRACE));
            assert_eq!(story.after(GRACE / 2).stirred().finds(bytes("b")), Some(News::Saved));
            assert_eq!(story.document.due(), None);
        }
    }

    #[test]
    fn a_document_that_comes_back_as_it_was_is_no_news() {
        let mut story = Story::of("a");
        assert_eq!(story.stirred().finds(Contents::Missing), None);
        assert_eq!(story.stirred().finds(bytes("a")), None);
        assert_eq!(story.document.due(), None);
        // The next time that it is missing, it has its whole grace again.
        assert_eq!(story.after(2 * GRACE).stirred().finds(Contents::Missing), None);
    }

    #[test]
    fn what_does_not_pass_is_told_once() {
        let folder = || Contents::Unreadable(io::ErrorKind::IsADirectory);
        let cases: [(fn() -> Contents, News); 3] =
            [(|| Contents::Missing, News::Gone), (|| bytes(""), News::Saved), (folder, News::Saved)];
        for (stays, news) in cases {
            let mut story = Story::of("a");
            assert_eq!(story.stirred().finds(stays()), None);
            assert_eq!(story.finds(stays()), Some(news));
            assert_eq!(story.document.due(), None);
            assert_eq!(story.stirred().finds(stays()), None);
            assert_eq!(story.stirred().finds(bytes("a")), Some(News::Saved), "also as it was before");
        }
    }

    #[test]
    fn events_do_not_prolong_the_grace() {
        let mut story = Story::of("a");
        assert_eq!(story.stirred().finds(Contents::Missing), None);
        assert_eq!(story.after(GRACE * 99 / 100).stirred().finds(bytes("")), Some(News::Saved));
    }

    #[test]
    fn reading_is_no_change_and_everything_else_is_one() {
        let event = |kind| Ok(Event::new(kind));
        for kind in [
            EventKind::Access(AccessKind::Open(AccessMode::Any)),
            EventKind::Access(AccessKind::Read),
            EventKind::Access(AccessKind::Close(AccessMode::Read)),
        ] {
            assert!(!is_change(&event(kind)), "{kind:?}");
        }
        for kind in [
            EventKind::Any,
            EventKind::Other,
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
        ] {
            assert!(is_change(&event(kind)) && !may_replace_a_folder(&event(kind)), "{kind:?}");
        }
        for kind in [EventKind::Remove(RemoveKind::Any), EventKind::Modify(ModifyKind::Name(RenameMode::From))] {
            assert!(is_change(&event(kind)) && may_replace_a_folder(&event(kind)), "{kind:?}");
        }
        let lost = || Err(notify::Error::generic("lost"));
        assert!(is_change(&lost()) && may_replace_a_folder(&lost()));
    }

    #[test]
    fn the_nearest_folder_stands_for_one_that_is_missing() {
        let temp = std::env::temp_dir().canonicalize().unwrap();
        let missing = temp.join(format!("xtask-watch-{}-missing", std::process::id()));
        assert_eq!(folders(&temp.join("api.yaml")), BTreeSet::from([temp.clone()]));
        assert_eq!(folders(&missing.join("deep/./down/api.yaml")), BTreeSet::from([temp.clone()]));
        assert_eq!(folders(&missing.join("../api.yaml")), BTreeSet::from([temp]));
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_of_every_link_on_the_way_counts() {
        use std::os::unix::fs::symlink;
        let temp = std::env::temp_dir().canonicalize().unwrap();
        let root = temp.join(format!("xtask-watch-{}-links", std::process::id()));
        for folder in ["by", "real/deep", "links"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        symlink("../real/deep", root.join("by/folder")).unwrap();
        symlink(root.join("links/last.yaml"), root.join("real/deep/api.yaml")).unwrap();
        symlink("last.yaml", root.join("links/last.yaml")).unwrap();
        let expected = ["by", "real/deep", "links"].map(|folder| root.join(folder));
        assert_eq!(folders(&root.join("by/folder/api.yaml")), BTreeSet::from(expected), "a loop is no obstacle");
        fs::remove_dir_all(&root).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_limit_of_the_system_is_told_with_what_raises_it() {
        let folders = BTreeSet::from([PathBuf::from("/a"), PathBuf::from("/b")]);
        for (error, expected) in [
            (notify::Error::new(notify::ErrorKind::MaxFilesWatch), "fs.inotify.max_user_watches="),
            (notify::Error::io(io::Error::from_raw_os_error(24)), "fs.inotify.max_user_instances="),
        ] {
            let told = Unwatchable::new(&folders, &error).to_string();
            assert!(told.starts_with("/a and /b cannot be watched: ") && told.contains(expected), "{told}");
        }
        let told = Unwatchable::new(&folders, &notify::Error::io(io::ErrorKind::PermissionDenied.into())).to_string();
        assert_eq!(told, "/a and /b cannot be watched: permission denied");
    }
}
