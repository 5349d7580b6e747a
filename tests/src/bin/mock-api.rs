//! The mock of the API as a program: prints its address and what to set to use it, and serves until it is stopped.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::{Arg, ValueExt as _};
use salla_loyalty_points_tests::mock::{Mock, MockBuilder, RateLimit};

const USAGE: &str = "\
A mock of Salla's loyalty points API on this machine.

Usage: mock-api [OPTIONS]

Options:
  --port <N>        Port to listen on, instead of a free one
  --entries <N>     How many entries every customer has
  --per-page <N>    How many entries a page holds when the request does not say
  --latency-ms <N>  How long every answer takes to begin, in milliseconds
  --rate-limit <N>  How many requests a minute are let through; after that, one a second
  --help            Print this
";

#[tokio::main]
async fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()) {
        Ok(Some(builder)) => serve(builder).await,
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("mock-api: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// The mock that the arguments describe, or nothing if they ask for help.
fn parse(mut arguments: lexopt::Parser) -> Result<Option<MockBuilder>, lexopt::Error> {
    let mut builder = Mock::builder();
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Arg::Long("port") => builder.port(arguments.value()?.parse()?),
            Arg::Long("entries") => builder.entries(arguments.value()?.parse()?),
            Arg::Long("per-page") => builder.per_page(positive(&arguments.value()?)?),
            Arg::Long("latency-ms") => builder.latency(Duration::from_millis(arguments.value()?.parse()?)),
            Arg::Long("rate-limit") => builder.rate_limit(RateLimit::of_store(positive(&arguments.value()?)?)),
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        };
    }
    Ok(Some(builder))
}

fn positive(value: &OsString) -> Result<u64, lexopt::Error> {
    value.parse_with(|text| match text.parse::<u64>() {
        Ok(0) => Err("it must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    })
}

async fn serve(builder: MockBuilder) -> ExitCode {
    let mock = match builder.unrecorded().try_start().await {
        Ok(mock) => mock,
        Err(error) => {
            eprintln!("mock-api: cannot listen: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Ctrl-C is listened for before anyone is told that the mock is there.
    let (stopped, ()) = tokio::join!(biased; tokio::signal::ctrl_c(), async { announce(&mock) });
    if let Err(error) = stopped {
        eprintln!("mock-api: cannot wait for Ctrl-C: {error}");
        return ExitCode::FAILURE;
    }
    mock.stop().await;
    ExitCode::SUCCESS
}

/// Says where the mock is. A reader that has seen enough (`| head -3`) does not stop the mock.
fn announce(mock: &Mock) {
    let base_url = mock.base_url();
    let text = format!(
        "Serving until stopped (Ctrl-C). Use it with:\n\nexport SALLA_BASE_URL={base_url}\nexport SALLA_ACCESS_TOKEN=any\n"
    );
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
