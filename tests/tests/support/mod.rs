//! The built xtask, for the tests that run it as a user does.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use escargot::CargoBuild;
use escargot::format::Message;

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are in a folder of the workspace").to_owned()
}

/// A command that runs the built xtask in this folder, as anywhere but on GitHub.
pub fn xtask(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder).args(arguments).env_remove("GITHUB_ACTIONS");
    command
}

/// Runs the built xtask in this folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Run {
    Run::of(&mut xtask(folder, arguments))
}

/// What a run of the xtask came to.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Longer than any run takes, also on a machine that is busy: what is not done by then never ends.
    const LONGEST: Duration = Duration::from_secs(20);

    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the xtask starts");
        let stdout = reader(child.stdout.take().expect("it is piped"));
        let stderr = reader(child.stderr.take().expect("it is piped"));
        let Ok(texts) =
            stdout.recv_timeout(Self::LONGEST).and_then(|out| Ok((out, stderr.recv_timeout(Self::LONGEST)?)))
        else {
            child.kill().expect("the xtask can be stopped");
            child.wait().expect("the xtask ends");
            panic!("{command:?} does not end");
        };
        let run = Self { code: child.wait().expect("the xtask ends").code(), stdout: texts.0, stderr: texts.1 };
        let shown = format!("{}{}", run.stdout, run.stderr);
        assert!(!shown.contains("panicked at") && !shown.contains("RUST_BACKTRACE"), "{command:?} panicked: {run:#?}");
        run
    }

    /// Asserts the exit code, and shows the whole run where it is another.
    #[track_caller]
    pub fn exits(self, code: i32, why: &str) -> Self {
        assert_eq!(self.code, Some(code), "{why}: {self:#?}");
        self
    }
}

/// The whole text of a pipe, once the other side has closed it.
fn reader(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("the xtask writes UTF-8");
        sender.send(text)
    });
    receiver
}

/// The binary, built once for each test program.
fn binary() -> &'static Path {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    BINARY.get_or_init(build).as_ref().unwrap_or_else(|error| panic!("cargo cannot build the xtask: {error}"))
}

/// Builds it as part of the workspace and beside this test program: the set of what is built decides with which
/// features the dependencies are built, and after `cargo test --workspace` all but the binary itself is there.
fn build() -> Result<PathBuf, String> {
    let messages = CargoBuild::new()
        .manifest_path(workspace().join("Cargo.toml"))
        .arg("--workspace")
        .test(env!("CARGO_CRATE_NAME"))
        .bin("xtask")
        .exec()
        .map_err(|error| error.to_string())?;
    let mut binary = None;
    for message in messages {
        let message = message.map_err(|error| error.to_string())?;
        binary = message.decode().ok().as_ref().and_then(executable).or(binary);
    }
    binary.ok_or_else(|| "it names no binary".to_owned())
}

fn executable(message: &Message<'_>) -> Option<PathBuf> {
    match message {
        Message::CompilerArtifact(artifact) if artifact.target.name == "xtask" && !artifact.profile.test => {
            artifact.executable.as_deref().map(Path::to_owned)
        }
        _ => None,
    }
}
