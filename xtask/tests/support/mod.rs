//! The built generator, run as a user runs it: a folder with a document, a run in it, and the output of the run.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// Returns the folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in the workspace").to_owned()
}

/// Returns a command that runs the generator in this folder, outside of GitHub.
pub fn xtask(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(folder).args(arguments).env_remove("GITHUB_ACTIONS");
    command
}

/// Runs the generator in this folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Run {
    Run::of(&mut xtask(folder, arguments))
}

/// A folder of its own, which is removed at the end of the test.
pub struct Fixture(TempDir);

impl Fixture {
    /// Returns an empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("there is a folder for temporary files"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and makes the folders that it needs.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("the file is in a folder")).expect("the folder can be made");
        fs::write(path, content).expect("the file can be written");
    }

    /// Runs the generator in the folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run(self.path(), arguments)
    }
}

/// The result of a run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The limit of a run. It is longer than any run takes on a busy machine.
    const LONGEST: Duration = Duration::from_secs(20);

    /// Runs the command to its end. Fails if it panics, or does not end in time.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the generator starts");
        let stdout = reader(child.stdout.take().expect("it is piped"));
        let stderr = reader(child.stderr.take().expect("it is piped"));
        let Ok(texts) =
            stdout.recv_timeout(Self::LONGEST).and_then(|out| Ok((out, stderr.recv_timeout(Self::LONGEST)?)))
        else {
            child.kill().expect("the generator can be stopped");
            child.wait().expect("the generator ends");
            panic!("{command:?} does not end");
        };
        let run = Self { code: child.wait().expect("the generator ends").code(), stdout: texts.0, stderr: texts.1 };
        let output = format!("{}{}", run.stdout, run.stderr);
        assert!(
            !output.contains("panicked at") && !output.contains("RUST_BACKTRACE"),
            "{command:?} panicked: {run:#?}"
        );
        run
    }

    /// Asserts the exit status. Shows the whole run if it differs.
    #[track_caller]
    pub fn exits(self, code: i32, why: &str) -> Self {
        assert_eq!(self.code, Some(code), "{why}: {self:#?}");
        self
    }
}

/// Returns the receiver of the whole text of a pipe, which arrives when the other side closes it.
fn reader(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("the generator writes UTF-8");
        sender.send(text)
    });
    receiver
}
