//! The token endpoint (RFC 6749, section 6): one form out, and what its answer means for the refresh token that
//! was in it. Nothing that the server says is shown before our secrets are taken out of it.

use std::error::Error as StdError;
use std::fmt;

use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::auth::{AccessToken, Kind, TokenError};
use crate::text::presentable;

use super::Tokens;
use super::state::Grant;

/// The largest answer that is read. Real ones have a few hundred bytes.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Where tokens are refreshed, and as whom.
pub(super) struct Endpoint {
    pub(super) http: reqwest::Client,
    pub(super) url: Url,
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
}

/// New tokens as the server words them.
pub(super) struct Granted {
    access_token: AccessToken,
    refresh_token: Option<SecretString>,
    /// Seconds from now.
    expires_in: Option<u64>,
    /// Unix seconds.
    expires: Option<u64>,
}

impl Granted {
    /// With the expiry in Unix seconds, given that they came `now`. Expired on arrival is a wrong clock, here or
    /// there: to believe it would be to refresh for every request.
    pub(super) fn at(self, now: u64) -> Grant {
        let relative = self.expires_in.map(|seconds| now.saturating_add(seconds));
        let expires_at = [self.expires, relative].into_iter().flatten().find(|at| *at > now);
        Grant { access_token: self.access_token, refresh_token: self.refresh_token, expires_at }
    }
}

/// A 2xx. `token_type` is not looked at: the API takes no tokens but bearer tokens.
#[derive(Deserialize)]
struct GrantBody {
    access_token: String,
    refresh_token: Option<String>,
    // Salla says when, the RFC says how long. Neither is worth losing new tokens over, whatever is in it.
    #[serde(default)]
    expires: Value,
    #[serde(default)]
    expires_in: Value,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    error_description: Option<String>,
}

impl Endpoint {
    /// Exchanges the refresh token. The error says whether it may be sent again.
    pub(super) async fn refresh(&self, tokens: &Tokens) -> Result<Granted, TokenError> {
        let response = self.request(tokens).send().await.map_err(broken)?;
        let status = response.status();
        let body = match read(response).await {
            Ok(body) => body,
            // The status says it all.
            Err(_) if is_unused(status) => Bytes::new(),
            Err(Some(error)) => return Err(broken(error)),
            Err(None) => return Err(lost(&format!("{status}, but the body is too large"), None)),
        };
        understand(status, &body, |text| self.redacted(text, tokens))
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
            // A connection of its own: on one that was kept open, a request can get lost without being answered.
            .header(header::CONNECTION, "close")
            .body(form)
    }

    /// `text` on one short line, without what is ours to keep, be it as it is or as the form has it.
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

/// What an answer means: new tokens, or why there are none and what became of the refresh token.
fn understand(status: StatusCode, body: &[u8], clean: impl Fn(&str) -> String) -> Result<Granted, TokenError> {
    let granted = if status.is_success() { granted(body) } else { Err("") };
    let fault = match granted {
        Ok(granted) => return Ok(granted),
        Err(fault) => fault,
    };
    let told = serde_json::from_slice::<ErrorBody>(body).ok().filter(|told| !told.error.is_empty());
    let code = told.as_ref().map(|told| told.error.clone());
    let said = told.map_or_else(|| not_json(body).unwrap_or(fault).to_owned(), |told| clean(&told.to_string()));
    let answer = if said.is_empty() { status.to_string() } else { format!("{status} ({said})") };
    Err(match code.as_deref() {
        _ if is_busy(status) => temporary(&format!("the authorization server has no time: {answer}"), None),
        // The second is what Ory's server says of a token that was used.
        Some("invalid_grant" | "token_inactive") if !status.is_server_error() => revoked(&answer),
        Some(_) if !status.is_server_error() => refused(&answer),
        _ if is_unused(status) => refused(&answer),
        _ => lost(&answer, None),
    })
}

/// Whether a server that answers this has done nothing, and may do it later (RFC 9110, RFC 6585).
fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// Whether a server that answers this has not used the refresh token.
fn is_unused(status: StatusCode) -> bool {
    is_busy(status) || status.is_redirection() || status.is_client_error()
}

fn granted(body: &[u8]) -> Result<Granted, &'static str> {
    // Serde's own words could quote a token.
    let body: GrantBody = serde_json::from_slice(body).map_err(|_| "no access token in it")?;
    let access_token = AccessToken::parse(&body.access_token).map_err(|_| "the access token in it cannot be sent")?;
    let refresh_token = body.refresh_token.filter(|token| !token.is_empty()).map(SecretString::from);
    Ok(Granted { access_token, refresh_token, expires_in: seconds(&body.expires_in), expires: seconds(&body.expires) })
}

/// A number of seconds, be it a number or a string.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// What came instead of JSON.
fn not_json(body: &[u8]) -> Option<&'static str> {
    match body.trim_ascii_start().first() {
        None => Some("empty body"),
        Some(b'<') => Some("HTML instead of JSON"),
        Some(_) => None,
    }
}

/// The body, or what stopped it: the connection, or its size.
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

/// There is no whole answer. Only without a connection is it sure that nothing was sent.
fn broken(error: reqwest::Error) -> TokenError {
    let error = error.without_url();
    match (error.is_connect(), error.is_timeout()) {
        (true, _) => temporary("no connection to the authorization server", Some(Box::new(error))),
        (false, true) => lost("timed out", Some(Box::new(error))),
        (false, false) => lost("the connection broke", Some(Box::new(error))),
    }
}

type Source = Option<Box<dyn StdError + Send + Sync>>;

/// Nothing was sent, or nothing was done.
fn temporary(reason: &str, source: Source) -> TokenError {
    let message = format!("cannot refresh the access token: {reason}; nothing is lost, try again later");
    TokenError::of(Kind::Temporary, message, source)
}

/// The request was sent, and what came of it is not known.
pub(super) fn lost(reason: &str, source: Source) -> TokenError {
    let message = format!(
        "cannot refresh the access token: the answer was lost: {reason}; the refresh token may be used up and is not \
         sent again, so the merchant has to authorize the app again"
    );
    TokenError::of(Kind::Lost, message, source)
}

fn revoked(answer: &str) -> TokenError {
    let message = format!(
        "cannot refresh the access token: the refresh token was refused: {answer}; the merchant has to authorize the \
         app again"
    );
    TokenError::of(Kind::Revoked, message, None)
}

fn refused(answer: &str) -> TokenError {
    let message =
        format!("cannot refresh the access token: refused: {answer}; check the client id and secret and the token URL");
    TokenError::of(Kind::Refused, message, None)
}

impl fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        self.error_description.iter().filter(|text| !text.is_empty()).try_for_each(|text| write!(f, ": {text}"))
    }
}
