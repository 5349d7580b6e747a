//! The program `fake-api`: it prints how to use it, serves, and stops on Ctrl-C.

use std::process::Stdio;
use std::time::Duration;

use salla_loyalty_points::RetryPolicy;
use salla_loyalty_points::types::PointsChange;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{SHORT_TIMEOUT, builder, fetch};

fn start_fake_api(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-api"));
    command.args(arguments).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Returns the value that the program prints for `variable`. It serves from then on.
async fn printed_value(program: &mut Child, variable: &str) -> String {
    let start = format!("export {variable}=");
    let mut lines = BufReader::new(program.stdout.as_mut().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("the program prints the variable");
        if let Some(value) = line.strip_prefix(&start) {
            return value.to_owned();
        }
    }
}

#[tokio::test]
async fn arguments_change_the_served_pages() {
    let mut program = start_fake_api(&["--entries", "7", "--per-page", "5", "--rate-limit", "9", "--latency-ms", "1"]);
    let base_url = printed_value(&mut program, "SALLA_BASE_URL").await;
    let response = fetch(&builder(&base_url).build().unwrap()).await.unwrap();
    let pagination = &response.pagination;
    assert_eq!((pagination.count, pagination.total, pagination.per_page), (5, 7, 5));
    assert_eq!(response.headers()["x-ratelimit-limit"], "9");
}

#[tokio::test]
async fn the_program_serves_updates_and_checks_scopes() {
    let mut program = start_fake_api(&["--entries", "0", "--scopes", "customers.read,customers.read_write"]);
    let base_url = printed_value(&mut program, "SALLA_BASE_URL").await;
    let client = builder(&base_url).build().unwrap();
    let update = client.update_customer_loyalty_points().body_map(|update| {
        update.points(5).type_(PointsChange::Plus).reason("a gift").channel_send([]).customers([1_257_881_496])
    });
    update.send().await.unwrap();
    assert_eq!(fetch(&client).await.unwrap().data[0].points, 5);

    let mut program = start_fake_api(&["--scopes", "customers.read_write"]);
    let base_url = printed_value(&mut program, "SALLA_BASE_URL").await;
    let error = fetch(&builder(&base_url).build().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("one of those scopes: customers.read)"), "{error}");
}

#[tokio::test]
async fn the_program_accepts_only_the_token_that_it_is_given() {
    let mut program = start_fake_api(&["--token", "secret"]);
    let base_url = printed_value(&mut program, "SALLA_BASE_URL").await;
    for (token, is_accepted) in [("secret", true), ("another", false)] {
        let client = builder(&base_url).token(token).build().unwrap();
        assert_eq!(fetch(&client).await.is_ok(), is_accepted, "{token}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_stops_the_program_with_exit_code_0() {
    let mut program = start_fake_api(&[]);
    let base_url = printed_value(&mut program, "SALLA_BASE_URL").await;
    let client = builder(&base_url).build().unwrap();
    fetch(&client).await.unwrap();
    let id = program.id().unwrap().to_string();
    Command::new("kill").args(["-s", "INT", &id]).status().await.unwrap();
    let exit = tokio::time::timeout(Duration::from_secs(30), program.wait()).await;
    assert_eq!(exit.expect("the program stops").unwrap().code(), Some(0));
    assert!(fetch(&client).await.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_closed_output_does_not_stop_the_program() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut program = start_fake_api(&["--port", &port.to_string()]);
    drop(program.stdout.take());
    let retry = RetryPolicy::new().max_attempts(50).base_delay(Duration::from_millis(50));
    let client = builder(&format!("http://127.0.0.1:{port}/admin/v2")).retry(retry).build().unwrap();
    fetch(&client).await.unwrap();
    let exit = tokio::time::timeout(SHORT_TIMEOUT, program.wait()).await;
    assert!(exit.is_err(), "the program stopped: {exit:?}");
}

#[tokio::test]
async fn invalid_arguments_are_refused() {
    for (arguments, code, message) in [
        (&["--help"][..], 0, ""),
        (&["--port"], 2, "--port"),
        (&["--entries", "many"], 2, "many"),
        (&["--per-page", "0"], 2, "at least 1"),
        (&["--colour"], 2, "--colour"),
        (&["now"], 2, "now"),
    ] {
        let output = start_fake_api(arguments).wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains(message), "{arguments:?}");
    }
}
