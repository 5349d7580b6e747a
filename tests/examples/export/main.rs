//! Writes the loyalty points histories of many customers to a file, several at a time and at the pace that Salla allows.
//!
//! ```console
//! $ printf '%s\n' 1257881496 1257881497 | cargo run -p salla-loyalty-points-tests --example export -- --mock points.csv
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example export -- --input customers.csv points.csv
//! ```
//!
//! Ctrl-C stops at once: what is complete is in the output, what is not is given up. The same command goes on from
//! there, and what it writes in the end is what it would have written without a stop. After a run in which customers
//! failed, the same command tries only those again.

mod customers;
mod format;
mod journal;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use format::Format;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use journal::Export;
use lexopt::{Arg, ValueExt as _};
use salla_loyalty_points::salla_runtime::{Pacing, Quota};
use salla_loyalty_points::types::LoyaltyPointsEntry;
use salla_loyalty_points::{Client, Error, ListCustomerLoyaltyPointsError};
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

const USAGE: &str = "\
Exports the loyalty points histories of many customers to a file.

Usage: export [OPTIONS] OUTPUT

Reads the token from SALLA_ACCESS_TOKEN, and the customers' ids from a CSV: the column `customer_id` if there is one,
else the first field of every line. OUTPUT is the file to write, as CSV if its name ends in .csv, else as JSON lines.

Options:
  --input <FILE>       The CSV (default: stdin)
  --concurrency <N>    How many customers are read at a time (default: 4)
  --mock               Talk to a mock on this machine instead of Salla: no account, no token
  --help               Print this

Ctrl-C stops at once. The same command goes on from there, as OUTPUT.journal tells it; after a run in which customers
failed, it tries those again. No more than 500 requests are sent in 10 minutes, as Salla allows.

Exit status: 0 all customers are in OUTPUT; 1 some are not, or none, and why is said; 2 the arguments cannot be used;
130 stopped by Ctrl-C.
";

/// Time for a request to wait for its turn: Salla's window of 10 minutes, and some more for the rest.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

type Refusal = Error<ListCustomerLoyaltyPointsError>;
type History = Result<Vec<LoyaltyPointsEntry>, Refusal>;

struct Arguments {
    input: Option<PathBuf>,
    output: PathBuf,
    concurrency: NonZeroUsize,
    mock: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, export).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Arguments> {
    let (mut input, mut output, mut mock) = (None, None, false);
    let mut concurrency = NonZeroUsize::MIN.saturating_add(3);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("input") => input = Some(arguments.value()?.into()),
            Arg::Long("concurrency") => concurrency = arguments.value()?.parse()?,
            Arg::Long("mock") => mock = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(path) if output.is_none() => output = Some(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    let output = output.ok_or("which file is to be written?")?;
    Ok(Some(Arguments { input, output, concurrency, mock }))
}

async fn export(arguments: Arguments) -> Result<ExitCode, Failure> {
    let pacing = Pacing::observed().quota(Quota::CUSTOMERS);
    let api = Api::start(arguments.mock, Client::builder().pacing(pacing).timeout(PATIENCE)).await?;
    let customers = customers::read(arguments.input.as_deref())?;
    let format = Format::of(&arguments.output);
    let mut export = Export::open(&arguments.output, &format.header()?)?;
    let mut report = Report { customers: customers.len(), ..Report::default() };
    let todo: Vec<_> = customers.into_iter().filter(|customer| !export.has(customer)).collect();
    report.before = report.customers - todo.len();

    let bar = progress_bar(&report);
    let histories = histories(&api.client, todo, arguments.concurrency);
    let written = write(histories, format, &mut export, &mut report, &bar).await;
    bar.finish_and_clear();
    eprint!("{}", report.text());
    written?;
    if report.is_complete() {
        export.finish()?;
    }
    Ok(report.exit_code())
}

/// Histories in the order of their customers, several of them being read at a time.
fn histories(
    client: &Client,
    customers: Vec<String>,
    concurrency: NonZeroUsize,
) -> impl Stream<Item = (String, History)> {
    let read = move |customer: String| {
        let request = client.list_customer_loyalty_points().customer_id(&customer);
        async move { (customer, request.stream().try_collect().await) }
    };
    stream::iter(customers).map(read).buffered(concurrency.get())
}

/// Writes histories as they come, until there are no more, or it makes no sense to go on.
async fn write(
    histories: impl Stream<Item = (String, History)>,
    format: Format,
    export: &mut Export,
    report: &mut Report,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    let (mut histories, mut ctrl_c) = (pin!(histories), pin!(tokio::signal::ctrl_c()));
    loop {
        let (customer, history) = tokio::select! {
            biased;
            stop = &mut ctrl_c => {
                report.interrupted = true;
                return Ok(stop?);
            }
            history = histories.next() => match history {
                Some(history) => history,
                None => return Ok(()),
            },
        };
        match history {
            Ok(entries) => {
                export.append(customer.clone(), &format.history(&customer, &entries)?)?;
                report.entries += entries.len();
                report.exported += 1;
            }
            Err(error) => {
                let hopeless = concerns_everyone(&error);
                report.failed.push((customer, error));
                if hopeless {
                    return Ok(());
                }
            }
        }
        bar.inc(1);
    }
}

/// Whether the next customer would fail for the same reason: the token is no good, or the API is not to be reached.
fn concerns_everyone(error: &Refusal) -> bool {
    error.is_connect() || error.status().is_some_and(|status| status == 401 || status == 403)
}

/// Not shown where nobody looks at it.
fn progress_bar(report: &Report) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(u64::try_from(report.customers).ok(), target);
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} customers, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_position(u64::try_from(report.before).unwrap_or_default());
    bar
}

/// What became of the customers.
#[derive(Default)]
struct Report {
    customers: usize,
    /// By earlier runs.
    before: usize,
    exported: usize,
    entries: usize,
    failed: Vec<(String, Refusal)>,
    interrupted: bool,
}

impl Report {
    fn is_complete(&self) -> bool {
        self.before + self.exported == self.customers
    }

    fn text(&self) -> String {
        let Self { customers, before, exported, entries, .. } = self;
        let mut text = format!("{} of {customers} customers are exported", before + exported);
        text += &format!(": {exported} by this run with {entries} entries, {before} before\n");
        for (customer, error) in &self.failed {
            text += &format!("failed: {customer}: {error}\n");
        }
        let not_tried = customers - before - exported - self.failed.len();
        if not_tried > 0 {
            text += &format!("not tried: {not_tried} customers\n");
        }
        match (self.interrupted, self.is_complete()) {
            (true, _) => text += "stopped: the same command goes on from here\n",
            (false, false) => text += "not complete: the same command tries again what is missing\n",
            (false, true) => {}
        }
        text
    }

    fn exit_code(&self) -> ExitCode {
        match (self.interrupted, self.is_complete()) {
            (true, _) => ExitCode::from(130),
            (false, true) => ExitCode::SUCCESS,
            (false, false) => ExitCode::FAILURE,
        }
    }
}
