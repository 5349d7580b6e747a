//! Access tokens that refresh themselves: OAuth 2.0 refresh tokens, for authorization servers that accept a refresh
//! token once and revoke all tokens derived from it after a second use.
//!
//! [`RefreshingToken`] is a [`TokenSource`](crate::TokenSource). It refreshes the access token before it expires, and
//! when the API refuses it. It protects the refresh token:
//!
//! - **One refresh at a time.** All tasks that need a token wait for the same refresh. It runs as a separate task, so
//!   dropping a caller does not cancel it. Share one source (it is cheap to clone) between all clients of a store, and
//!   use a refresh token in one process only.
//! - **Saved before used.** The function that saves tokens is awaited before any caller gets the new access token. If
//!   it fails or takes longer than [`SAVE_TIMEOUT`], the new tokens stay in memory, and the next caller saves them again
//!   instead of refreshing again.
//! - **Sent once.** A refresh token is sent again only if the first request cannot have used it: the connection failed,
//!   or the server refused the request (4xx) or was busy (429, 503). If the connection was interrupted after sending, a
//!   timeout passed, or the response is invalid (any other 5xx, HTML with a 200), the refresh token may be used up. It
//!   is not sent again: the current access token is used until it expires, and after that every caller gets an error
//!   ([`TokenError::must_reauthorize`], [`TokenError::is_outcome_unknown`]) until the app acts. It can
//!   [`replace`](RefreshingToken::replace) the tokens after a new authorization, or
//!   [`try_again`](RefreshingToken::try_again) with the old ones. The latter succeeds if the server had not processed
//!   the request. Otherwise, it revokes the tokens of the lost response.
//! - **No loops.** A new token that the API refuses within [`MIN_AGE`] is not refreshed, since another one would be
//!   refused too. After a failed refresh there is a pause for all callers: the `Retry-After` of the response, or
//!   [`RETRY_PAUSE`]. Meanwhile, callers get the current access token if it is valid, and otherwise the error of that
//!   refresh with the remaining time ([`TokenError::retry_after`](crate::TokenError::retry_after)).
//!   [`try_again`](RefreshingToken::try_again) ends the pause.
//! - **No waiting for a slow refresh.** While the current access token is valid, a caller waits for a refresh for half
//!   a second at most, and then gets the current token.
//!
//! A process that ends between sending and saving loses the response, as after an interrupted connection. After a
//! restart it knows only the old refresh token, and sends it.
//!
//! The refresh token and the client secret are wiped from memory when they are dropped. The copies that the HTTP client
//! makes to send them are not.
//!
//! ```
//! use salla_runtime::AccessToken;
//! use salla_runtime::oauth::{RefreshingToken, Tokens};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The saved tokens, or those of the webhook `app.store.authorize`.
//! let tokens = Tokens::new("ory_rt_0123").with_access_token(AccessToken::parse("ory_at_0123")?, Some(1_734_446_534));
//! let source = RefreshingToken::builder("client-id", "client-secret", tokens, |tokens: Tokens| async move {
//!     let access_token = tokens.access_token().map(AccessToken::expose_secret);
//!     let row = (access_token, tokens.refresh_token(), tokens.expires_at());
//!     // … write the row, and wait until it is on the disk.
//!     # let _ = row;
//!     Ok::<(), std::io::Error>(())
//! })
//! .build()?;
//! # let _ = source;
//! # Ok(())
//! # }
//! ```
//!
//! [`TokenError::must_reauthorize`]: crate::TokenError::must_reauthorize
//! [`TokenError::is_outcome_unknown`]: crate::TokenError::is_outcome_unknown

// The crate `oauth2` is not used. It would only build the form of four fields; Salla's field `expires`, the single
// refresh and the order of saving would remain to be done here. It also depends on chrono, rand 0.8 and sha2.
mod builder;
mod endpoint;
mod pending;
mod source;
mod state;
mod task;
mod tokens;

pub use builder::{DEFAULT_MARGIN, DEFAULT_TIMEOUT, DEFAULT_TOKEN_URL, RefreshingTokenBuilder};
pub use secrecy::SecretString;
pub use source::RefreshingToken;
pub use state::{MIN_AGE, RETRY_PAUSE};
pub use task::SAVE_TIMEOUT;
pub use tokens::Tokens;
