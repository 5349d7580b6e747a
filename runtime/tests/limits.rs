//! The memory that a hostile body costs. This file has one test, since the peak of memory is that of the whole process.

#![cfg(target_os = "linux")]

use std::fmt;

use salla_runtime::codegen::{Method, Operation, Request};
use salla_runtime::mock::{Mock, MockBody, Mocked};
use salla_runtime::{CallError, RawResponse, Transport};
use serde::Deserialize;
use serde::de::IgnoredAny;

static OPERATION: Operation = Operation::new("list", Method::GET, "/points");

struct List;

impl Mocked for List {
    type Success = ();
    const STATUS: u16 = 200;

    fn operation() -> &'static Operation {
        &OPERATION
    }
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoded")]
struct Documented {
    error: Message,
}

impl fmt::Display for Documented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a documented failure")
    }
}

impl std::error::Error for Documented {}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only decoded")]
struct Message {
    message: String,
}

/// Returns the peak of this process's memory in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

async fn answer(status: u16, body: String) -> RawResponse {
    let mock = Mock::new();
    mock.refuse_with::<List>(status, &MockBody::bytes("application/json", body));
    let transport: Transport = mock.client().unwrap();
    transport.call(Request::new(&OPERATION)).await.unwrap()
}

#[tokio::test]
async fn a_large_body_of_small_objects_costs_no_memory() {
    // A tree of these objects takes more than 400 MB.
    let objects = r#"{"a":1},"#.repeat(512 * 1024);
    let before = peak();
    let body = format!(r#"{{"data":[{objects}0],"success":false}}"#);
    let error = answer(200, body).await.json::<IgnoredAny>().unwrap_err();
    assert!(error.is_reported_failure());
    for status in [401, 422, 500] {
        let error: CallError<Documented> = answer(status, format!(r#"{{"error":[{objects}0]}}"#)).await.unexpected();
        assert!(error.is_api() && !error.is_missing_scope());
        let error = answer(status, format!(r#"{{"error":{{"fields":[{objects}0]}}}}"#)).await;
        assert!(error.api_error(|body: Documented| body).is_api());
    }
    assert!(peak() - before < 64, "{before} MiB before, {} MiB after", peak());
}
