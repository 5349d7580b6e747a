//! Prints the whole history of one customer's loyalty points, a line for each entry.
//!
//! ```console
//! $ cargo run -p salla-loyalty-points-tests --example history -- --mock
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example history -- 1257881496
//! ```

use std::io::Write as _;
use std::process::ExitCode;

use futures_util::TryStreamExt as _;
use lexopt::Arg;
use salla_loyalty_points::Client;
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

const USAGE: &str = "\
Prints the history of one customer's loyalty points.

Usage: history [OPTIONS] [CUSTOMER]

Reads the token from SALLA_ACCESS_TOKEN. CUSTOMER is the customer's id.

Options:
  --mock  Talk to a mock on this machine instead of Salla: no account, no token, and CUSTOMER may be left out
  --help  Print this
";

struct Arguments {
    customer: String,
    mock: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, print_history).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Arguments> {
    let (mut customer, mut mock) = (None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("mock") => mock = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(value) => example::only(&mut customer, value)?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(Arguments { customer: example::customer(customer, mock)?, mock }))
}

async fn print_history(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::start(arguments.mock, Client::builder()).await?;
    let mut history = api.client.list_customer_loyalty_points().customer_id(arguments.customer).stream();
    let mut stdout = std::io::stdout().lock();
    while let Some(entry) = history.try_next().await? {
        let made = entry.created_at.to_zoned()?;
        writeln!(stdout, "{made}  {:>8}  {}  {}", entry.points, entry.status, entry.name)?;
    }
    Ok(ExitCode::SUCCESS)
}
