//! Runs the fake server of the API: prints the environment variables that a client needs, and serves until Ctrl-C.

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::{Arg, ValueExt as _};
use salla_loyalty_points_tests::fake::{FakeApi, FakeApiBuilder, RateLimit};

const USAGE: &str = "\
A fake server of Salla's loyalty points API on this machine.

Usage: fake-api [OPTIONS]

Options:
  --port <N>        Port to listen on (default: any free port)
  --entries <N>     Number of entries of every customer
  --per-page <N>    Page size for requests without `per_page`
  --latency-ms <N>  Delay before each response, in milliseconds
  --token <TEXT>    The only token that is accepted (default: any)
  --scopes <LIST>   Scopes of every token, with commas between them (default: all)
  --rate-limit <N>  Requests per minute; after that, one per second is accepted
  --help            Print this
";

#[tokio::main]
async fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()) {
        Ok(Some(settings)) => serve(settings).await,
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fake-api: {error}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// A server to start, and a token that it accepts.
struct Settings {
    builder: FakeApiBuilder,
    token: String,
}

/// Parses the arguments. Returns `None` if the user asked for help.
fn parse(mut arguments: lexopt::Parser) -> Result<Option<Settings>, lexopt::Error> {
    let (mut builder, mut accepted) = (FakeApi::builder(), "any".to_owned());
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Arg::Long("port") => builder.port(arguments.value()?.parse()?),
            Arg::Long("entries") => builder.entries(arguments.value()?.parse()?),
            Arg::Long("per-page") => builder.per_page(positive(&arguments.value()?)?),
            Arg::Long("latency-ms") => builder.latency(Duration::from_millis(arguments.value()?.parse()?)),
            Arg::Long("token") => {
                accepted = arguments.value()?.string()?;
                builder.token(&accepted)
            }
            Arg::Long("scopes") => builder.scopes(arguments.value()?.string()?.split(',')),
            Arg::Long("rate-limit") => builder.rate_limit(RateLimit::for_store(positive(&arguments.value()?)?)),
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        };
    }
    Ok(Some(Settings { builder, token: accepted }))
}

fn positive(value: &OsString) -> Result<u64, lexopt::Error> {
    value.parse_with(|text| match text.parse::<u64>() {
        Ok(0) => Err("expected at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    })
}

async fn serve(Settings { builder, token }: Settings) -> ExitCode {
    let fake = match builder.unrecorded().try_start().await {
        Ok(fake) => fake,
        Err(error) => {
            eprintln!("fake-api: cannot listen: {error}");
            return ExitCode::FAILURE;
        }
    };
    // Waits for Ctrl-C before the address is printed, so that a Ctrl-C after the address is not missed.
    let (stopped, ()) = tokio::join!(biased; tokio::signal::ctrl_c(), async { announce(&fake, &token) });
    if let Err(error) = stopped {
        eprintln!("fake-api: cannot wait for Ctrl-C: {error}");
        return ExitCode::FAILURE;
    }
    fake.stop().await;
    ExitCode::SUCCESS
}

/// Prints the environment variables for a client. A reader that closes the output (`| head -3`) does not stop the
/// server.
fn announce(fake: &FakeApi, token: &str) {
    let base_url = fake.base_url();
    let text = format!(
        "Serving until stopped (Ctrl-C). Use it with:\n\nexport SALLA_BASE_URL={base_url}\nexport SALLA_ACCESS_TOKEN={token}\n"
    );
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
