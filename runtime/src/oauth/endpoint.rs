//! The token endpoint (RFC 6749, section 6): sends the form of a refresh and determines from the response whether the
//! refresh token was used. Errors quote the server's text without secrets.

use std::error::Error as StdError;
use std::fmt;

use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::auth::{Kind, TokenError};
use crate::limits;
use crate::text::{presentable, without_bom};
use crate::token::AccessToken;

use super::state::Grant;
use super::tokens::Tokens;

/// The largest body that is read. Real ones have a few hundred bytes.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A token endpoint and the credentials for it.
pub(super) struct Endpoint {
    pub(super) http: reqwest::Client,
    pub(super) url: Url,
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

/// New tokens with the expiry as the server sent it.
pub(super) struct Granted {
    access_token: AccessToken,
    refresh_token: Option<SecretString>,
    /// Seconds from now.
    expires_in: Option<u64>,
    /// Unix seconds.
    expires: Option<u64>,
}

impl Granted {
    /// Converts the expiry into Unix seconds for tokens that were received at `now`. An expiry in the past is ignored:
    /// it comes from a wrong clock and would cause a refresh for every request.
    pub(super) fn at(self, now: u64) -> Grant {
        let relative = self.expires_in.map(|seconds| now.saturating_add(seconds));
        let expires_at = [self.expires, relative].into_iter().flatten().find(|at| *at > now);
        Grant { access_token: self.access_token, refresh_token: self.refresh_token, expires_at }
    }
}

/// The body of a 2xx. `token_type` is not read, since the API only accepts bearer tokens.
#[derive(Deserialize)]
struct GrantBody {
    access_token: String,
    refresh_token: Option<String>,
    // Salla sends a time, the RFC a duration. An invalid value must not lose the new tokens, so both are any JSON.
    #[serde(default)]
    expires: Value,
    #[serde(default)]
    expires_in: Value,
}

/// The body of an error (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    error_description: Option<String>,
}

impl Endpoint {
    /// Exchanges the refresh token for new tokens. The kind of the error determines whether it may be sent again.
    pub(super) async fn refresh(&self, tokens: &Tokens) -> Result<Granted, TokenError> {
        let response = self.request(tokens).send().await.map_err(broken)?;
        let status = response.status();
        let retry_after = limits::retry_after(response.headers());
        let body = match read(response).await {
            Ok(body) => body,
            // The status alone determines the error.
            Err(_) if is_unused(status) => Bytes::new(),
            Err(Some(error)) => return Err(broken(error)),
            Err(None) => return Err(lost(&format!("{status}, but the body is too large"), None)),
        };
        let granted = interpret(status, &body, |text| self.redacted(text, tokens));
        granted.map_err(|error| retry_after.into_iter().fold(error, TokenError::with_retry_after))
    }

    fn request(&self, tokens: &Tokens) -> reqwest::RequestBuilder {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", tokens.refresh_token())
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .finish();
        self.http
            .post(self.url.clone())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::USER_AGENT, concat!("salla-runtime/", env!("CARGO_PKG_VERSION")))
            // The connection is not reused: a request on a kept-alive connection can be lost without a response.
            .header(header::CONNECTION, "close")
            .body(form)
    }

    /// Returns `text` on one short line, without the secrets, plain or form-encoded.
    fn redacted(&self, text: &str, tokens: &Tokens) -> String {
        let access_token = tokens.access_token().map(AccessToken::expose_secret);
        let secrets = [Some(tokens.refresh_token()), Some(self.client_secret.expose_secret()), access_token];
        let clean = secrets.into_iter().flatten().fold(text.to_owned(), |text, secret| {
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            text.replace(secret, "[secret]").replace(&encoded, "[secret]")
        });
        presentable(&clean, None)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// Interprets a response: new tokens, or an error whose kind shows whether the refresh token was used.
fn interpret(status: StatusCode, body: &[u8], clean: impl Fn(&str) -> String) -> Result<Granted, TokenError> {
    let body = without_bom(body);
    let granted = if status.is_success() { granted(body) } else { Err("") };
    let reason = match granted {
        Ok(granted) => return Ok(granted),
        Err(reason) => reason,
    };
    let error = serde_json::from_slice::<ErrorBody>(body).ok().filter(|error| !error.error.is_empty());
    let code = error.as_ref().map(|error| error.error.clone());
    let message =
        error.map_or_else(|| describe_non_json(body).unwrap_or(reason).to_owned(), |error| clean(&error.to_string()));
    let response = if message.is_empty() { status.to_string() } else { format!("{status} ({message})") };
    Err(match code.as_deref() {
        _ if is_busy(status) => temporary(&format!("the authorization server is busy: {response}"), None),
        // `token_inactive` is the error of Ory's server for a used token.
        Some("invalid_grant" | "token_inactive") if !status.is_server_error() => revoked(&response),
        Some(_) if !status.is_server_error() => refused(&response),
        _ if is_unused(status) => refused(&response),
        _ => lost(&response, None),
    })
}

/// Reports whether the server did nothing and may accept the request later (RFC 9110, RFC 6585).
fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// Reports whether the server did not use the refresh token.
fn is_unused(status: StatusCode) -> bool {
    is_busy(status) || status.is_redirection() || status.is_client_error()
}

/// Parses new tokens. The error is a reason that quotes nothing of the body.
fn granted(body: &[u8]) -> Result<Granted, &'static str> {
    // Serde's messages could quote a token.
    let body: GrantBody = serde_json::from_slice(body).map_err(|_| "the body has no access token")?;
    let access_token = AccessToken::parse(&body.access_token).map_err(|_| "its access token is invalid")?;
    let refresh_token = body.refresh_token.filter(|token| !token.is_empty()).map(SecretString::from);
    Ok(Granted { access_token, refresh_token, expires_in: seconds(&body.expires_in), expires: seconds(&body.expires) })
}

/// Reads a number of seconds from a number or a string.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Describes a body that is certainly not JSON.
fn describe_non_json(body: &[u8]) -> Option<&'static str> {
    match body.trim_ascii_start().first() {
        None => Some("empty body"),
        Some(b'<') => Some("HTML instead of JSON"),
        Some(_) => None,
    }
}

/// Reads the body. Returns the error of the connection, or `None` as the error if the body is too large.
async fn read(mut response: reqwest::Response) -> Result<Bytes, Option<reqwest::Error>> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(Some)? {
        if chunk.len() > MAX_BODY_BYTES - body.len() {
            return Err(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Creates the error of an incomplete response. Only after a failed connection is it certain that nothing was sent.
fn broken(error: reqwest::Error) -> TokenError {
    let error = error.without_url();
    match (error.is_connect(), error.is_timeout()) {
        (true, _) => temporary("no connection to the authorization server", Some(Box::new(error))),
        (false, true) => lost("timed out", Some(Box::new(error))),
        (false, false) => lost("the connection was interrupted", Some(Box::new(error))),
    }
}

type Source = Option<Box<dyn StdError + Send + Sync>>;

/// Creates the error of a refresh that was not sent or not processed.
fn temporary(reason: &str, source: Source) -> TokenError {
    let message = format!("cannot refresh the access token: {reason}; no token was lost, try again later");
    TokenError::of(Kind::Temporary, message, source)
}

/// Creates the error of a refresh that was sent and whose response was lost.
pub(super) fn lost(reason: &str, source: Source) -> TokenError {
    let message = format!(
        "cannot refresh the access token: the response was lost: {reason}; the refresh token may be used up and is not \
         sent again, so the merchant has to authorize the app again"
    );
    TokenError::of(Kind::Lost, message, source)
}

/// Creates the error of a refused refresh token.
fn revoked(response: &str) -> TokenError {
    let message = format!(
        "cannot refresh the access token: the refresh token was refused: {response}; the merchant has to authorize the \
         app again"
    );
    TokenError::of(Kind::Revoked, message, None)
}

/// Creates the error of refused settings.
fn refused(response: &str) -> TokenError {
    let message = format!(
        "cannot refresh the access token: refused: {response}; check the client id and secret and the token URL"
    );
    TokenError::of(Kind::Refused, message, None)
}

impl fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        self.error_description.iter().filter(|text| !text.is_empty()).try_for_each(|text| write!(f, ": {text}"))
    }
}
