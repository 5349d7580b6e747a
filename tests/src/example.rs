//! What the examples share: how they begin, which server they talk to, and how they end.

use std::error::Error;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use salla_loyalty_points::{Client, ClientBuilder};

use crate::mock::Mock;

/// What can go wrong in an example.
pub type Failure = Box<dyn Error>;

/// What came of the arguments: nothing, if they ask for help.
pub type Parsed<A> = Result<Option<A>, lexopt::Error>;

/// The customer of the documented request. To the mock, every customer is one.
const DOCUMENTED_CUSTOMER: &str = "1257881496";

/// The server that an example talks to.
pub struct Api {
    /// A client of it.
    pub client: Client,
    _mock: Option<Mock>,
}

impl Api {
    /// Salla, by what the environment says (`SALLA_ACCESS_TOKEN`, `SALLA_BASE_URL`), or a mock on this machine.
    ///
    /// # Errors
    ///
    /// When the client cannot be built: the token is missing, for one.
    pub async fn start(mock: bool, builder: ClientBuilder<Client>) -> Result<Self, Failure> {
        if !mock {
            return Ok(Self { client: builder.env().build()?, _mock: None });
        }
        let mock = Mock::builder().try_start().await?;
        let client = builder.token("any").base_url(mock.base_url()).build()?;
        Ok(Self { client, _mock: Some(mock) })
    }
}

/// Runs an example with the arguments of this program. Exits with its code, with 1 if it fails, and with 2 if the
/// arguments cannot be used.
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
        // Whoever reads the output has had enough of it, as `head` has.
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

/// The customer that the arguments name, once and not more. With a mock it need not be named.
///
/// # Errors
///
/// When no customer is named.
pub fn customer(named: Option<String>, mock: bool) -> Result<String, lexopt::Error> {
    let default = mock.then(|| DOCUMENTED_CUSTOMER.to_owned());
    named.or(default).ok_or_else(|| "which customer? Give the id, or --mock to try".into())
}

/// Puts the one argument that has no name where it belongs.
///
/// # Errors
///
/// When there is one already, or it is not UTF-8.
pub fn only(place: &mut Option<String>, value: OsString) -> Result<(), lexopt::Error> {
    let text = value.into_string().map_err(lexopt::Error::NonUnicodeValue)?;
    match place.replace(text) {
        None => Ok(()),
        Some(_) => Err("one customer at a time".into()),
    }
}
