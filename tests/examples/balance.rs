//! Calculates the balance of one customer's loyalty points from the complete history, and prints the calculation.
//!
//! The API has no documented balance. This example adds the points of every entry that is confirmed and has not
//! expired, and subtracts the used points. The status is free text in the language of the store, and expiry dates have
//! no time zone, so both are arguments. The output lists the entries that do not count, with the reason.
//!
//! ```console
//! $ cargo run -p salla-loyalty-points-tests --example balance -- --fake
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example balance -- 1257881496
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use lexopt::{Arg, ValueExt as _};
use salla_loyalty_points::salla_runtime::jiff::{Timestamp, Zoned, tz::TimeZone};
use salla_loyalty_points::types::LoyaltyPointsEntry;
use salla_loyalty_points::{Client, DateTime};
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

const USAGE: &str = "\
Calculates the balance of one customer's loyalty points, and prints the calculation.

Usage: balance [OPTIONS] [CUSTOMER]

Reads the token from SALLA_ACCESS_TOKEN. CUSTOMER is the customer's id.

Options:
  --confirmed <TEXT>  Status of the entries that count (default: مؤكدة, \"confirmed\")
  --zone <NAME>       Time zone of the store, for its expiry dates (default: Asia/Riyadh)
  --at <TIME>         Time of the balance, such as \"2026-12-31 23:59:59\" in that zone (default: now)
  --fake              Use a fake server on this machine instead of Salla. It needs no account, no token and no CUSTOMER
  --help              Print this help
";

struct Arguments {
    customer: String,
    rules: Rules,
    fake: bool,
}

/// The rules that decide which entries count.
struct Rules {
    confirmed: String,
    zone: String,
    at: Zoned,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, print_balance).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Arguments> {
    let (mut customer, mut at, mut fake) = (None, None, false);
    let (mut confirmed, mut zone) = ("مؤكدة".to_owned(), "Asia/Riyadh".to_owned());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("confirmed") => confirmed = arguments.value()?.string()?,
            Arg::Long("zone") => zone = arguments.value()?.string()?,
            Arg::Long("at") => at = Some(arguments.value()?.parse::<DateTime>()?),
            Arg::Long("fake") => fake = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(value) => example::set_customer(&mut customer, value)?,
            other => return Err(other.unexpected()),
        }
    }
    let at = time_in_zone(at, &zone).map_err(lexopt::Error::Custom)?;
    let rules = Rules { confirmed, zone, at };
    Ok(Some(Arguments { customer: example::customer(customer, fake)?, rules, fake }))
}

/// Returns the time in the zone, or the current time in whole seconds.
fn time_in_zone(at: Option<DateTime>, zone: &str) -> Result<Zoned, Box<dyn std::error::Error + Send + Sync>> {
    match at {
        Some(at) => Ok(at.to_zoned_in(zone)?),
        None => Ok(Timestamp::from_second(Timestamp::now().as_second())?.to_zoned(TimeZone::get(zone)?)),
    }
}

async fn print_balance(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { customer, rules, fake } = arguments;
    let api = Api::connect(fake, Client::builder()).await?;
    let mut history = api.client.list_customer_loyalty_points().customer_id(&customer).stream();
    let mut balance = Balance::default();
    while let Some(entry) = history.try_next().await? {
        balance.add(&entry, &rules)?;
    }
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "Balance of customer {customer}: {} points\n", balance.counted.balance())?;
    writeln!(stdout, "Counted: {}", balance.counted)?;
    writeln!(stdout, "    status {:?}, not expired at {}", rules.confirmed, rules.at)?;
    writeln!(stdout, "    expiry dates read in {}; negative points counted as they are", rules.zone)?;
    writeln!(stdout, "{}", if balance.left_out.is_empty() { "Left out: nothing" } else { "Left out:" })?;
    for (reason, tally) in &balance.left_out {
        writeln!(stdout, "    {reason}: {tally}")?;
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Default)]
struct Balance {
    counted: Tally,
    left_out: BTreeMap<Reason, Tally>,
}

/// The reason why an entry does not count.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Expired,
    Status(String),
}

/// Totals of entries. The sums have 128 bits, so they cannot overflow.
#[derive(Default)]
struct Tally {
    entries: u64,
    points: i128,
    used: i128,
}

impl Balance {
    fn add(&mut self, entry: &LoyaltyPointsEntry, rules: &Rules) -> Result<(), Failure> {
        let tally = match rules.exclusion(entry)? {
            None => &mut self.counted,
            Some(reason) => self.left_out.entry(reason).or_default(),
        };
        tally.entries += 1;
        tally.points += i128::from(entry.points);
        tally.used += i128::from(entry.used_points);
        Ok(())
    }
}

impl Rules {
    /// Returns the reason why an entry does not count, or `None` if it counts.
    fn exclusion(&self, entry: &LoyaltyPointsEntry) -> Result<Option<Reason>, Failure> {
        if entry.status != self.confirmed {
            return Ok(Some(Reason::Status(entry.status.clone())));
        }
        let expiry = entry.expiry_date.as_ref().map(|date| date.to_zoned_in(&self.zone)).transpose()?;
        Ok(expiry.is_some_and(|expiry| expiry <= self.at).then_some(Reason::Expired))
    }
}

impl Tally {
    fn balance(&self) -> i128 {
        self.points - self.used
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = if self.entries == 1 { "entry" } else { "entries" };
        write!(f, "{} {entries}, {} points less {} used", self.entries, self.points, self.used)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("expired"),
            Self::Status(text) => write!(f, "status {text:?}"),
        }
    }
}
