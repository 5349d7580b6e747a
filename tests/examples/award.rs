//! Adds loyalty points to customers, or deducts them. Without `--apply`, it prints what it would do and sends nothing.
//!
//! An update that is sent twice changes the points twice. So this example sends one request for all customers, refuses a
//! customer that is named twice, and after a failure prints whether the points can have changed.
//!
//! ```console
//! $ cargo run -p salla-loyalty-points-tests --example award -- --fake --add 900 --reason "A gift" --apply
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example award -- --deduct 50 --reason "A mistake" 1257881496
//! ```

use std::io::Write as _;
use std::process::ExitCode;

use lexopt::{Arg, ValueExt as _};
use salla_loyalty_points::types::{NotificationChannel, PointsChange, ValidationFailedBody};
use salla_loyalty_points::{Client, UpdateCustomerLoyaltyPoints, UpdateCustomerLoyaltyPointsError as ApiError};
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

const USAGE: &str = "\
Adds loyalty points to customers, or deducts them.

Usage: award [OPTIONS] (--add <N> | --deduct <N>) --reason <TEXT> CUSTOMER...

Prints what it would do. With --apply, it does it, and reads the token from SALLA_ACCESS_TOKEN. CUSTOMER is a
customer's id.

Options:
  --add <N>        Add this number of points to each customer
  --deduct <N>     Deduct this number of points from each customer
  --reason <TEXT>  Reason for the update
  --notify <LIST>  Notify the customers by these channels: email, sms, mobile, with commas between them
  --apply          Send the update
  --fake           Use a fake server on this machine instead of Salla. It needs no account, no token and no CUSTOMER
  --help           Print this help
";

#[derive(Default)]
struct Arguments {
    add: Option<i64>,
    deduct: Option<i64>,
    reason: Option<String>,
    channels: Vec<NotificationChannel>,
    customers: Vec<i64>,
    apply: bool,
    fake: bool,
}

/// An update that the arguments describe completely.
struct Update {
    points: i64,
    change: PointsChange,
    reason: String,
    channels: Vec<NotificationChannel>,
    customers: Vec<i64>,
    apply: bool,
    fake: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, award).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Update> {
    let mut parsed = Arguments::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("add") => parsed.add = Some(arguments.value()?.parse_with(number_of_points)?),
            Arg::Long("deduct") => parsed.deduct = Some(arguments.value()?.parse_with(number_of_points)?),
            Arg::Long("reason") => parsed.reason = Some(arguments.value()?.string()?),
            Arg::Long("notify") => parsed.channels = arguments.value()?.parse_with(channels)?,
            Arg::Long("apply") => parsed.apply = true,
            Arg::Long("fake") => parsed.fake = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(customer) => parsed.add_customer(customer.parse()?)?,
            other => return Err(other.unexpected()),
        }
    }
    parsed.complete().map(Some)
}

/// Parses a number of points. The sign is that of `--add` or `--deduct`.
fn number_of_points(text: &str) -> Result<i64, String> {
    match text.parse() {
        Ok(points) if points > 0 => Ok(points),
        Ok(_) => Err("expected at least 1".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn channels(text: &str) -> Result<Vec<NotificationChannel>, String> {
    let channel = |name: &str| match name.trim() {
        "email" => Ok(NotificationChannel::Email),
        "sms" => Ok(NotificationChannel::Sms),
        "mobile" => Ok(NotificationChannel::Mobile),
        other => Err(format!("unknown channel `{other}`; expected `email`, `sms` or `mobile`")),
    };
    text.split(',').map(channel).collect()
}

impl Arguments {
    fn add_customer(&mut self, customer: i64) -> Result<(), lexopt::Error> {
        if self.customers.contains(&customer) {
            return Err(format!("expected each CUSTOMER once, found {customer} twice").into());
        }
        self.customers.push(customer);
        Ok(())
    }

    fn complete(mut self) -> Result<Update, lexopt::Error> {
        let (points, change) = match (self.add, self.deduct) {
            (Some(points), None) => (points, PointsChange::Plus),
            (None, Some(points)) => (points, PointsChange::Minus),
            _ => return Err("expected one of --add and --deduct".into()),
        };
        if self.customers.is_empty() {
            self.customers.push(example::customer(None, self.fake)?.parse().map_err(|_| "the id is not a number")?);
        }
        Ok(Update {
            points,
            change,
            reason: self.reason.ok_or("missing --reason")?,
            channels: self.channels,
            customers: self.customers,
            apply: self.apply,
            fake: self.fake,
        })
    }
}

impl Update {
    /// Prints the update.
    fn print(&self) -> std::io::Result<()> {
        let is_added = self.change == PointsChange::Plus;
        let (verb, preposition) = if is_added { ("Add", "to") } else { ("Deduct", "from") };
        let list = |items: Vec<String>| if items.is_empty() { "nothing".to_owned() } else { items.join(", ") };
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{verb} {} points {preposition} each of these customers:", self.points)?;
        writeln!(stdout, "    {}", list(self.customers.iter().map(ToString::to_string).collect()))?;
        writeln!(stdout, "Reason: {}", self.reason)?;
        writeln!(stdout, "Notify by: {}", list(self.channels.iter().map(ToString::to_string).collect()))
    }

    /// Builds the request.
    fn request(self, client: &Client) -> UpdateCustomerLoyaltyPoints {
        client.update_customer_loyalty_points().body_map(|update| {
            update
                .points(self.points)
                .type_(self.change)
                .reason(self.reason)
                .channel_send(self.channels)
                .customers(self.customers)
        })
    }
}

async fn award(update: Update) -> Result<ExitCode, Failure> {
    update.print()?;
    if !update.apply {
        println!("\nNothing was sent. Add --apply to send the update.");
        return Ok(ExitCode::SUCCESS);
    }
    let api = Api::connect(update.fake, Client::builder()).await?;
    let error = match update.request(&api.client).send().await {
        Ok(answer) => {
            println!("\n{}", answer.data.message);
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => error,
    };
    eprintln!("error: {error}");
    if let Some(explanation) = error.api().and_then(explain) {
        eprintln!("{explanation}");
    }
    let is_refused = error.status().is_some_and(|status| status.is_client_error());
    let is_unsent = error.is_connect() || error.is_token() || error.is_invalid_request();
    if is_refused || is_unsent {
        eprintln!("No points were changed.");
    } else {
        eprintln!("The points may have been changed. Read the history before you send the update again.");
    }
    Ok(ExitCode::FAILURE)
}

/// Returns the remedy for a documented failure.
fn explain(failure: &ApiError) -> Option<String> {
    match failure {
        ApiError::BadRequest(body) => {
            let detail = body.error.as_ref().map(|error| &error.message);
            let message = detail.or(body.data.as_ref().map(|data| &data.message))?;
            Some(format!("The API could not update the points: {message}"))
        }
        ApiError::Unauthorized(_) => {
            let scopes = UpdateCustomerLoyaltyPoints::SCOPES.join(", ");
            Some(format!("Use a valid token with the scope {scopes}."))
        }
        ApiError::ValidationFailed(body) => Some(invalid_values(body)),
        ApiError::RateLimited(_) => {
            Some("Too many requests were sent. Wait, and run the same command again.".to_owned())
        }
        _ => None,
    }
}

/// Returns a line for each invalid value.
fn invalid_values(body: &ValidationFailedBody) -> String {
    let lines = body.error.fields.iter().map(|(field, messages)| format!("    {field}: {}", messages.join(", ")));
    std::iter::once("These values are not valid:".to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}
