//! The mock as a program: it says how to use it, serves, and ends when it is told to.

use std::process::Stdio;
use std::time::Duration;

use salla_loyalty_points::RetryPolicy;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{SHORT, ask, builder};

fn mock_api(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-api"));
    command.args(arguments).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// What the program says about `variable`. It serves once it has said so.
async fn printed(program: &mut Child, variable: &str) -> String {
    let start = format!("export {variable}=");
    let mut lines = BufReader::new(program.stdout.as_mut().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("the program says how to use it");
        if let Some(value) = line.strip_prefix(&start) {
            return value.to_owned();
        }
    }
}

#[tokio::test]
async fn it_serves_what_its_arguments_say() {
    let mut program = mock_api(&["--entries", "7", "--per-page", "5", "--rate-limit", "9", "--latency-ms", "1"]);
    let base_url = printed(&mut program, "SALLA_BASE_URL").await;
    let answer = ask(&builder(&base_url).build().unwrap()).await.unwrap();
    let pagination = &answer.pagination;
    assert_eq!((pagination.count, pagination.total, pagination.per_page), (5, 7, 5));
    assert_eq!(answer.headers()["x-ratelimit-limit"], "9");
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_it_cleanly() {
    let mut program = mock_api(&[]);
    let base_url = printed(&mut program, "SALLA_BASE_URL").await;
    let client = builder(&base_url).build().unwrap();
    ask(&client).await.unwrap();
    let id = program.id().unwrap().to_string();
    Command::new("kill").args(["-s", "INT", &id]).status().await.unwrap();
    let end = tokio::time::timeout(Duration::from_secs(30), program.wait()).await;
    assert_eq!(end.expect("it ends").unwrap().code(), Some(0));
    assert!(ask(&client).await.unwrap_err().is_connect());
}

#[tokio::test]
async fn it_serves_on_when_nobody_reads_what_it_says() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut program = mock_api(&["--port", &port.to_string()]);
    drop(program.stdout.take());
    let patient = RetryPolicy::new().max_attempts(50).base_delay(Duration::from_millis(50));
    let client = builder(&format!("http://127.0.0.1:{port}/admin/v2")).retry(patient).build().unwrap();
    ask(&client).await.unwrap();
    let end = tokio::time::timeout(SHORT, program.wait()).await;
    assert!(end.is_err(), "it ended: {end:?}");
}

#[tokio::test]
async fn arguments_it_does_not_know_are_refused() {
    for (arguments, code, said) in [
        (&["--help"][..], 0, ""),
        (&["--port"], 2, "--port"),
        (&["--entries", "many"], 2, "many"),
        (&["--per-page", "0"], 2, "at least 1"),
        (&["--colour"], 2, "--colour"),
        (&["now"], 2, "now"),
    ] {
        let output = mock_api(arguments).wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains(said), "{arguments:?}");
    }
}
