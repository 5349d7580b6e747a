//! The error of an operation: an [`Error`] whose documented failure has a known type.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::error::Error;

/// The error of one operation: an [`Error`], to which it dereferences, whose documented failures are of type `E`.
///
/// [`api`](Self::api) returns the decoded failure, to match on it. `?` converts the error into an [`Error`], so one
/// function can build a client and call several operations:
///
/// ```
/// use salla_runtime::{CallError, Error};
///
/// # #[derive(Debug)]
/// # enum ShowError {}
/// # impl std::fmt::Display for ShowError {
/// #     fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { match *self {} }
/// # }
/// # impl std::error::Error for ShowError {}
/// # #[derive(Debug)]
/// # enum AddError {}
/// # impl std::fmt::Display for AddError {
/// #     fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { match *self {} }
/// # }
/// # impl std::error::Error for AddError {}
/// # struct Client;
/// # impl Client {
/// #     fn new() -> Result<Self, Error> { Ok(Self) }
/// #     fn show(&self) -> Result<i64, CallError<ShowError>> { Ok(7) }
/// #     fn add(&self, _: i64) -> Result<(), CallError<AddError>> { Ok(()) }
/// # }
/// fn copy() -> Result<(), Error> {
///     let client = Client::new()?;
///     let points = client.show()?;
///     client.add(points)?;
///     Ok(())
/// }
/// # copy().unwrap();
/// ```
///
/// `Display` and `Debug` are those of the [`Error`]. `E` is in neither of them.
pub struct CallError<E> {
    error: Error,
    /// The type of the documented failures that `error` may hold.
    api: PhantomData<fn() -> E>,
}

impl<E> CallError<E> {
    /// Returns the error without the type of its documented failures. It still holds the decoded one.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }
}

impl<E: StdError + 'static> CallError<E> {
    /// Returns the decoded failure that the API documents for the status of the response.
    #[must_use]
    pub fn api(&self) -> Option<&E> {
        self.error.downcast_ref()
    }

    /// Returns the decoded failure that the API documents, by value.
    ///
    /// # Errors
    ///
    /// Returns the error unchanged when [`api`](Self::api) is `None`.
    pub fn into_api(self) -> Result<E, Self> {
        self.error.downcast().map_err(Self::from)
    }
}

impl<E: StdError + Send + Sync + 'static> CallError<E> {
    pub(crate) fn documented(error: Error, api: E) -> Self {
        error.with_api(api).into()
    }
}

impl<E> Deref for CallError<E> {
    type Target = Error;

    fn deref(&self) -> &Error {
        &self.error
    }
}

/// Serves inside of an operation, whose other errors have no documented failure.
impl<E> From<Error> for CallError<E> {
    fn from(error: Error) -> Self {
        Self { error, api: PhantomData }
    }
}

impl<E> From<CallError<E>> for Error {
    fn from(error: CallError<E>) -> Self {
        error.error
    }
}

impl<E> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl<E> fmt::Debug for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl<E> StdError for CallError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
