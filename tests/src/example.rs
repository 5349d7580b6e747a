//! The parts that the examples share: their arguments, their connection to the API, and their exit codes.

use std::error::Error;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use salla_loyalty_points::{Client, ClientBuilder};

use crate::fake::FakeApi;

/// Any error of an example.
pub type Failure = Box<dyn Error>;

/// The parsed arguments. `None` means that the user asked for help.
pub type Parsed<A> = Result<Option<A>, lexopt::Error>;

/// The customer of the documented request. The fake server accepts any customer.
const DOCUMENTED_CUSTOMER: &str = "1257881496";

/// A connection to the API: a client, and the fake server if the example uses one.
pub struct Api {
    /// The client.
    pub client: Client,
    /// Stops the fake server when it is dropped.
    _fake: Option<FakeApi>,
}

impl Api {
    /// Builds a client. With `fake`, starts a fake server on this machine and connects to it. Otherwise, the
    /// environment (`SALLA_ACCESS_TOKEN`, `SALLA_BASE_URL`) chooses the server.
    ///
    /// # Errors
    ///
    /// When the client cannot be built, for example because the token is missing, or the fake server cannot be started.
    pub async fn connect(fake: bool, builder: ClientBuilder<Client>) -> Result<Self, Failure> {
        if !fake {
            return Ok(Self { client: builder.env().build()?, _fake: None });
        }
        let fake = FakeApi::builder().try_start().await?;
        let client = builder.token("any").base_url(fake.base_url()).build()?;
        Ok(Self { client, _fake: Some(fake) })
    }
}

/// Parses the arguments of this program and runs an example with them. Returns the example's exit code, 1 if the
/// example fails, or 2 if the arguments are invalid.
pub async fn run<A>(
    usage: &str,
    parse: impl FnOnce(lexopt::Parser) -> Parsed<A>,
    work: impl AsyncFnOnce(A) -> Result<ExitCode, Failure>,
) -> ExitCode {
    let arguments = match parse(lexopt::Parser::from_env()) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{usage}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{usage}");
            return ExitCode::from(2);
        }
    };
    match work(arguments).await {
        Ok(code) => code,
        // The reader of the output, such as `head`, has closed it: that is no error.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Returns the customer from the arguments. With the fake server, the customer of the documented request is the
/// default.
///
/// # Errors
///
/// When there is no customer and no default.
pub fn customer(argument: Option<String>, fake: bool) -> Result<String, lexopt::Error> {
    let default = fake.then(|| DOCUMENTED_CUSTOMER.to_owned());
    argument.or(default).ok_or_else(|| "missing CUSTOMER; add a customer id, or --fake to try the example".into())
}

/// Stores the positional argument CUSTOMER.
///
/// # Errors
///
/// When there is more than one, or it is not UTF-8.
pub fn set_customer(customer: &mut Option<String>, value: OsString) -> Result<(), lexopt::Error> {
    let text = value.into_string().map_err(lexopt::Error::NonUnicodeValue)?;
    match customer.replace(text) {
        None => Ok(()),
        Some(_) => Err("expected one CUSTOMER, found two".into()),
    }
}
