//! Writes the loyalty points histories of many customers to a file. It reads several at a time, within Salla's rate
//! limit.
//!
//! ```console
//! $ printf '%s\n' 1257881496 1257881497 | cargo run -p salla-loyalty-points-tests --example export -- --fake points.csv
//! $ SALLA_ACCESS_TOKEN=… cargo run -p salla-loyalty-points-tests --example export -- --input customers.csv points.csv
//! ```
//!
//! Ctrl-C stops at once: the output has the complete histories, and the incomplete ones are discarded. The same command
//! continues from there, to the same output as without the interruption. After a run with failed customers, the same
//! command retries only those.

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
use salla_loyalty_points::{CallError, Client, ListCustomerLoyaltyPointsError};
use salla_loyalty_points_tests::example::{self, Api, Failure, Parsed};

const USAGE: &str = "\
Exports the loyalty points histories of many customers to a file.

Usage: export [OPTIONS] OUTPUT

Reads the token from SALLA_ACCESS_TOKEN, and the customers' ids from a CSV: the column `customer_id` if there is one,
else the first field of every line. OUTPUT is the file to write, as CSV if its name ends in .csv, else as JSON lines.

Options:
  --input <FILE>       CSV file with the ids (default: stdin)
  --concurrency <N>    Number of customers that are read at a time (default: 4)
  --fake               Use a fake server on this machine instead of Salla. It needs no account and no token
  --help               Print this help

Ctrl-C stops at once. The same command continues from there, with the help of OUTPUT.journal. After a run with failed
customers, it retries those. It sends at most 500 requests in 10 minutes, Salla's limit.

Exit status: 0: all customers are in OUTPUT; 1: some are not, and the reasons are printed; 2: invalid arguments;
130: stopped by Ctrl-C.
";

/// The timeout of a call. It allows for a wait of Salla's whole window of 10 minutes.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

type ApiError = CallError<ListCustomerLoyaltyPointsError>;
type History = Result<Vec<LoyaltyPointsEntry>, ApiError>;

struct Arguments {
    input: Option<PathBuf>,
    output: PathBuf,
    concurrency: NonZeroUsize,
    fake: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    example::run(USAGE, parse, export).await
}

fn parse(mut arguments: lexopt::Parser) -> Parsed<Arguments> {
    let (mut input, mut output, mut fake) = (None, None, false);
    let mut concurrency = NonZeroUsize::MIN.saturating_add(3);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("input") => input = Some(arguments.value()?.into()),
            Arg::Long("concurrency") => concurrency = arguments.value()?.parse()?,
            Arg::Long("fake") => fake = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(path) if output.is_none() => output = Some(path.into()),
            other => return Err(other.unexpected()),
        }
    }
    let output = output.ok_or("missing OUTPUT; add the file to write")?;
    Ok(Some(Arguments { input, output, concurrency, fake }))
}

async fn export(arguments: Arguments) -> Result<ExitCode, Failure> {
    let pacing = Pacing::observed().quota(Quota::CUSTOMERS);
    let api = Api::connect(arguments.fake, Client::builder().pacing(pacing).timeout(TIMEOUT)).await?;
    let customers = customers::read(arguments.input.as_deref())?;
    let format = Format::of(&arguments.output);
    let mut export = Export::open(&arguments.output, &format.header()?)?;
    let mut report = Report { customers: customers.len(), ..Report::default() };
    let missing: Vec<_> = customers.into_iter().filter(|customer| !export.contains(customer)).collect();
    report.before = report.customers - missing.len();

    let bar = progress_bar(&report);
    let histories = histories(&api.client, missing, arguments.concurrency);
    let written = write(histories, format, &mut export, &mut report, &bar).await;
    bar.finish_and_clear();
    eprint!("{}", report.text());
    written?;
    if report.is_complete() {
        export.finish()?;
    }
    Ok(report.exit_code())
}

/// Returns the histories in the order of the customers. Reads several at a time.
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

/// Writes histories to the output until there are no more, Ctrl-C is pressed, or the next ones would fail too.
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
                let affects_all = affects_all_customers(&error);
                report.failed.push((customer, error));
                if affects_all {
                    return Ok(());
                }
            }
        }
        bar.inc(1);
    }
}

/// Reports whether other customers would fail for the same reason: the token is refused, or the API cannot be reached.
fn affects_all_customers(error: &ApiError) -> bool {
    error.is_connect() || error.status().is_some_and(|status| status == 401 || status == 403)
}

/// Returns a progress bar. It is hidden if stderr is not a terminal.
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

/// The results of the run.
#[derive(Default)]
struct Report {
    customers: usize,
    /// The number of customers that earlier runs exported.
    before: usize,
    exported: usize,
    entries: usize,
    failed: Vec<(String, ApiError)>,
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
            (true, _) => text += "stopped: run the same command again to continue\n",
            (false, false) => text += "incomplete: run the same command again to retry the missing customers\n",
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
