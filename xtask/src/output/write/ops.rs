//! The changes of the file system that write a crate. Each one happens completely or not at all, except that a file may
//! be written in part. The tests can stop the program after each of them.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Returns the result of an action, with the action and the path in its error.
pub(super) fn during<T>(action: &str, path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot {action} {}: {error}. Nothing was changed", path.display()))
    })
}

/// Creates a folder, and those above it.
pub(super) fn create_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    interruption::step()?;
    fs::create_dir_all(path)
}

/// Creates a folder that does not exist.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    interruption::step()?;
    fs::create_dir(path)
}

/// Creates a file that does not exist.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    if let Err(error) = interruption::step() {
        file.write_all(&bytes[..bytes.len() / 2])?;
        return Err(error);
    }
    file.write_all(bytes)
}

/// Gives a file a second name.
pub(super) fn link(file: &Path, name: &Path) -> io::Result<()> {
    interruption::step()?;
    fs::hard_link(file, name)
}

/// Moves a file or a folder. A file at the new path is replaced.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    interruption::step()?;
    fs::rename(from, to)
}

/// Removes a file.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    interruption::step()?;
    fs::remove_file(path)
}

/// Removes an empty folder.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    interruption::step()?;
    fs::remove_dir(path)
}

/// Exchanges two entries in one step. Returns whether the file system can do that.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn exchange(a: &Path, b: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    if !interruption::can_exchange() {
        return Ok(false);
    }
    interruption::step()?;
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Returns `false`: this system cannot exchange two entries in one step.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(not(test))]
mod interruption {
    #[expect(clippy::unnecessary_wraps, reason = "a step fails in tests only")]
    pub(super) fn step() -> std::io::Result<()> {
        Ok(())
    }

    pub(super) fn can_exchange() -> bool {
        true
    }
}

/// An interruption of this thread after a number of steps. Every later step fails, so that a clean-up cannot run
/// either.
#[cfg(test)]
pub(super) mod interruption {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static STEPS_LEFT: Cell<Option<usize>> = const { Cell::new(None) };
        static CAN_EXCHANGE: Cell<bool> = const { Cell::new(true) };
    }

    pub(in crate::output::write) fn step() -> io::Result<()> {
        match STEPS_LEFT.get() {
            Some(0) => Err(io::Error::other("interrupted")),
            left => {
                STEPS_LEFT.set(left.map(|left| left - 1));
                Ok(())
            }
        }
    }

    pub(in crate::output::write) fn can_exchange() -> bool {
        CAN_EXCHANGE.get()
    }

    /// Runs `action` with an interruption after so many steps.
    pub(in crate::output::write) fn after<T>(steps: usize, action: impl FnOnce() -> T) -> T {
        STEPS_LEFT.set(Some(steps));
        let result = action();
        STEPS_LEFT.set(None);
        result
    }

    /// Runs `action` as on a file system that cannot exchange two entries.
    pub(in crate::output::write) fn without_exchange<T>(action: impl FnOnce() -> T) -> T {
        CAN_EXCHANGE.set(false);
        let result = action();
        CAN_EXCHANGE.set(true);
        result
    }
}
