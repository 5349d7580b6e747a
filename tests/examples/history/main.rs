//! Prints the complete loyalty points history of one customer, one line per entry.
//!
//! ```console
//! $ cargo run -p salla-loyalty-points-tests --example history -- --fake
//! $ cargo run -p salla-loyalty-points-tests --example history -- --fake --svg target/balance.svg
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example history -- 1257881496
//! ```

mod chart;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::Arg;
use salla_loyalty_points::Client;
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

use self::chart::Change;

const USAGE: &str = "\
Prints the history of one customer's loyalty points.

Usage: history [OPTIONS] [CUSTOMER]

Reads the token from SALLA_ACCESS_TOKEN. CUSTOMER is the customer's id.

Options:
  --svg <FILE>  Also draw the balance over time into this file. It counts each entry, whatever its status
  --fake        Use a fake server on this machine instead of Salla. It needs no account, no token and no CUSTOMER
  --help        Print this help
";

struct Arguments {
    customer: String,
    svg: Option<PathBuf>,
    fake: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, print_history).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Arguments> {
    let (mut customer, mut svg, mut fake) = (None, None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("svg") => svg = Some(arguments.value()?.into()),
            Arg::Long("fake") => fake = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(value) => example::set_customer(&mut customer, value)?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(Arguments { customer: example::customer(customer, fake)?, svg, fake }))
}

async fn print_history(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::connect(arguments.fake, Client::builder()).await?;
    let mut history = api.client.list_customer_loyalty_points().customer_id(arguments.customer).stream();
    let mut stdout = std::io::stdout().lock();
    let mut changes = Vec::new();
    while let Some(entry) = history.try_next().await? {
        let created = entry.created_at.to_zoned()?;
        writeln!(stdout, "{created}  {:>8}  {}  {}", entry.points, entry.status, entry.name)?;
        changes.push(Change { at: created, points: entry.points });
    }
    if let Some(path) = arguments.svg {
        fs::write(path, chart::svg(changes))?;
    }
    Ok(ExitCode::SUCCESS)
}
