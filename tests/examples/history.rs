//! Prints the complete loyalty points history of one customer, one line per entry.
//!
//! ```console
//! $ cargo run -p salla-loyalty-points-tests --example history -- --fake
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example history -- 1257881496
//! ```

use std::io::Write as _;
use std::process::ExitCode;

use lexopt::Arg;
use salla_loyalty_points::Client;
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

const USAGE: &str = "\
Prints the history of one customer's loyalty points.

Usage: history [OPTIONS] [CUSTOMER]

Reads the token from SALLA_ACCESS_TOKEN. CUSTOMER is the customer's id.

Options:
  --fake  Use a fake server on this machine instead of Salla. It needs no account, no token and no CUSTOMER
  --help  Print this help
";

struct Arguments {
    customer: String,
    fake: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, print_history).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Arguments> {
    let (mut customer, mut fake) = (None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("fake") => fake = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(value) => example::set_customer(&mut customer, value)?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(Arguments { customer: example::customer(customer, fake)?, fake }))
}

async fn print_history(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::connect(arguments.fake, Client::builder()).await?;
    let mut history = api.client.list_customer_loyalty_points().customer_id(arguments.customer).stream();
    let mut stdout = std::io::stdout().lock();
    while let Some(entry) = history.try_next().await? {
        let created = entry.created_at.to_zoned()?;
        writeln!(stdout, "{created}  {:>8}  {}  {}", entry.points, entry.status, entry.name)?;
    }
    Ok(ExitCode::SUCCESS)
}
