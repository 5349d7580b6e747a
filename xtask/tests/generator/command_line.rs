//! The arguments of the program, and its help.

use crate::small_documents::operation;
use crate::support::Fixture;

#[test]
fn wrong_arguments_are_reported_and_change_nothing() {
    let fixture = Fixture::with(operation(""));
    for (arguments, expected) in [
        (&[][..], "error: missing command; expected `cargo xtask generate`, `check`, `diff` or `upstream`\n"),
        (&["regenerate"], "error: unknown command `regenerate`; expected `generate`, `check`, `diff` or `upstream`\n"),
        (&["generate", "check"], "error: unexpected argument \"check\"\n"),
        (&["generate", "--spec"], "error: missing argument for option '--spec'\n"),
        (&["generate", "--force"], "error: invalid option '--force'\n"),
        (
            &["check", "--message-format", "xml"],
            "error: unknown message format `xml`; expected `human`, `json` or `github`\n",
        ),
        (
            &["generate", "--name", "serde"],
            "error: invalid package name `serde`: the crate depends on one of the name `serde`; give another with \
             `--name NAME`\n",
        ),
        (&["check", "-x"], "error: invalid option '-x'\n"),
        (&["generate", "--out", "/"], "error: / cannot be the folder of a crate\n"),
    ] {
        if cfg!(windows) && arguments.contains(&"/") {
            continue;
        }
        let run = fixture.run(arguments).exits(3, "wrong arguments");
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", expected), "{arguments:?}");
    }
    fixture.assert_untouched("wrong arguments");
}

#[test]
fn help_names_the_commands_the_options_and_the_exit_statuses() {
    let fixture = Fixture::with("");
    for arguments in [&["--help"][..], &["-h"], &["help"], &["generate", "--help"]] {
        let run = fixture.run(arguments).exits(0, "help");
        assert_eq!(run.stderr, "");
        for word in [
            "cargo xtask generate",
            "cargo xtask check",
            "--spec PATH",
            "--out DIR",
            "--name NAME",
            "--verbose",
            "--report FILE",
            "--message-format FORMAT",
            "Exit status:",
        ] {
            assert!(run.stdout.contains(word), "{arguments:?}: {word}");
        }
    }
}
