//! The configuration of a client. [`ClientBuilder`] checks each setting when it is set, and reports the first invalid
//! one when the client is built.

use std::ffi::OsString;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderValue;
use url::Url;

use crate::auth::TokenSource;
use crate::base_url;
use crate::call::Context;
use crate::credentials::{Auth, CredentialSet, Credentials};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::http_client::HttpClient;
use crate::pacing::{Pacer, Pacing};
use crate::retry::RetryPolicy;
use crate::security::Security;
use crate::servers::{ServerSettings, Servers, VariableSet};
use crate::setting::{Checked, InvalidSetting};
use crate::token::AccessToken;
use crate::transport::Transport;

/// Default of [`ClientBuilder::timeout`]: 2 minutes. It is longer than the minute in which Salla counts a store's
/// requests.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// Default of [`ClientBuilder::attempt_timeout`]: 30 seconds.
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Default of [`ClientBuilder::connect_timeout`]: 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Default of [`ClientBuilder::max_body_bytes`]: 16 MiB.
pub const DEFAULT_MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

const PRODUCT: &str = concat!("salla-runtime/", env!("CARGO_PKG_VERSION"));
const TOKEN_VARIABLE: &str = "SALLA_ACCESS_TOKEN";
const BASE_URL_VARIABLE: &str = "SALLA_BASE_URL";

/// A builder of a generated client `C`: set a [`token`](Self::token) or [`credentials`](Self::credentials) (or read the
/// [environment](Self::env)), then call [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
///
/// use salla_runtime::{ClientBuilder, Transport};
///
/// // A generated client's `builder()` returns such a builder.
/// let builder = ClientBuilder::<Transport>::new("https://api.salla.dev/admin/v2");
/// let client = builder.token("ory_at_0123").timeout(Duration::from_secs(5)).base_url("http://salla.example").build();
/// assert!(client.is_err_and(|error| error.is_configuration()), "the token would cross the network in clear text");
/// ```
pub struct ClientBuilder<C> {
    /// The default base URL, or the reason why there is none.
    default_base_url: Result<&'static str, &'static str>,
    /// The security schemes of the API, unless all requests carry one token.
    security: Option<&'static Security>,
    servers: ServerSettings,
    given: Settings,
    from_env: Option<Settings>,
    user_agent: Checked<HeaderValue>,
    language: Checked<Option<HeaderValue>>,
    timeout: Checked<Duration>,
    attempt_timeout: Checked<Duration>,
    connect_timeout: Option<Checked<Duration>>,
    max_body_bytes: usize,
    retry: Checked<RetryPolicy>,
    pacing: Checked<Pacing>,
    http: Option<reqwest::Client>,
    /// Replaces the network. The feature `mock` sets it.
    pub(crate) exchange: Option<Arc<dyn Exchange>>,
    client: PhantomData<fn() -> C>,
}

/// The settings that the caller and the environment can set. `None` means unset.
#[derive(Default)]
struct Settings {
    token: Option<Checked<Arc<dyn TokenSource>>>,
    base_url: Option<Checked<Url>>,
    credentials: Option<CredentialSet>,
}

impl<C> ClientBuilder<C> {
    /// Creates a builder with `base_url` as the default base URL. Generated clients call this.
    #[must_use]
    pub fn new(base_url: &'static str) -> Self {
        Self::with_default(Ok(base_url))
    }

    /// Creates a builder without a default base URL, so that one must be set. `reason` explains why there is none, such
    /// as "the document names no server". The error of [`build`](Self::build) contains it. Generated clients call this.
    #[must_use]
    pub fn without_base_url(reason: &'static str) -> Self {
        Self::with_default(Err(reason))
    }

    fn with_default(default_base_url: Result<&'static str, &'static str>) -> Self {
        Self {
            default_base_url,
            security: None,
            servers: ServerSettings::default(),
            given: Settings::default(),
            from_env: None,
            user_agent: Ok(HeaderValue::from_static(PRODUCT)),
            language: Ok(None),
            timeout: Ok(DEFAULT_TIMEOUT),
            attempt_timeout: Ok(DEFAULT_ATTEMPT_TIMEOUT),
            connect_timeout: None,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            retry: Ok(RetryPolicy::new()),
            pacing: Ok(Pacing::observed()),
            http: None,
            exchange: None,
            client: PhantomData,
        }
    }

    /// Sets the security of the API. Without it, all requests carry one token. Generated clients call this.
    #[doc(hidden)]
    #[must_use]
    pub fn secured(mut self, security: &'static Security) -> Self {
        self.security = Some(security);
        self
    }

    /// Sets the servers of the API. Generated clients call this.
    #[doc(hidden)]
    #[must_use]
    pub fn served_by(mut self, servers: &'static Servers) -> Self {
        self.servers.documented = Some(servers);
        self
    }

    /// Sets the variables in the URLs of servers, for a client whose crate has the type `ServerVariables`. Replaces all
    /// that were set before. A variable without a value has its documented default. The error of [`build`](Self::build)
    /// names a variable whose value is not one of those that the API lists, or does not fit its place in the URL.
    ///
    /// A [`base_url`](Self::base_url) and the URL of a [`server`](Self::server) have no variables.
    #[must_use]
    pub fn server_variables(mut self, variables: impl Into<VariableSet>) -> Self {
        self.servers.set_variables(variables.into());
        self
    }

    /// Replaces the server of the operations that document their own, for example by that of a sandbox or a test.
    /// `documented` is its URL as the documentation of these operations has it, with the names of variables in braces.
    /// `url` is one as for [`base_url`](Self::base_url), which replaces the server of all other operations.
    ///
    /// Requests of an operation carry its credentials to its own server. All servers share the rate limits of the client.
    #[must_use]
    pub fn server(mut self, documented: &str, url: impl AsRef<str>) -> Self {
        self.servers.replace(documented, parse_base_url("server", url.as_ref()));
        self
    }

    /// Sets the credentials of a client whose crate has the type `Credentials`. Replaces all that were set before. Each
    /// request carries those that its operation documents, and no others.
    #[must_use]
    pub fn credentials(mut self, credentials: impl Into<CredentialSet>) -> Self {
        let credentials = credentials.into();
        self.security.get_or_insert(credentials.security);
        self.given.credentials = Some(credentials);
        self
    }

    /// Sets the access token, without the word `Bearer`. Replaces a [`token_source`](Self::token_source).
    ///
    /// If the crate of the client has the type `Credentials`, this is the token of all its schemes that take a token and
    /// have none of their own.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.given.token = Some(parse_token("token", &token.into()));
        self
    }

    /// Sets a source of access tokens, for tokens that change. Replaces a [`token`](Self::token).
    ///
    /// The client gets a token from it before every request. When the API refuses a token as invalid or expired, the
    /// client gets a new one and sends the request again, with any method, once per call. It does not get a new token
    /// because of a missing scope or a disabled user.
    #[must_use]
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.given.token = Some(Ok(Arc::new(source)));
        self
    }

    /// Sets the base URL of the API, such as `https://api.salla.dev/admin/v2`. It has no user, query or fragment; a
    /// trailing slash makes no difference. Plain `http` is accepted for this machine only (`localhost`, `127.0.0.0/8`,
    /// `[::1]`), since the token would cross the network in clear text; such requests use no proxy.
    ///
    /// Operations that document their own server with an absolute URL do not use the base URL: see
    /// [`server`](Self::server).
    #[must_use]
    pub fn base_url(mut self, base_url: impl AsRef<str>) -> Self {
        self.given.base_url = Some(parse_base_url("base_url", base_url.as_ref()));
        self
    }

    /// Reads the token from `SALLA_ACCESS_TOKEN` and the base URL, if it is set, from `SALLA_BASE_URL`.
    /// [`token`](Self::token) and [`base_url`](Self::base_url) take precedence over the environment.
    ///
    /// If the crate of the client has the type `Credentials`, this also reads the variables of its schemes, whose names are
    /// in the documentation of that type. The credentials of a scheme that were [set](Self::credentials) take precedence.
    #[must_use]
    pub fn env(self) -> Self {
        self.env_from(|name| std::env::var_os(name))
    }

    fn env_from(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let token = read_variable(TOKEN_VARIABLE, &lookup).map(|text| parse_token(TOKEN_VARIABLE, &text?));
        let base_url = read_variable(BASE_URL_VARIABLE, &lookup).map(|text| parse_base_url(BASE_URL_VARIABLE, &text?));
        let credentials = self.security.map(|security| CredentialSet::from_env(security, &lookup));
        self.from_env = Some(Settings { token, base_url, credentials });
        self
    }

    /// Sets the timeout of a call. It covers all attempts, and the waits for a token, for the [`pacing`](Self::pacing)
    /// and between attempts. A call that would have to wait longer fails at once. For an answer that is a stream of
    /// items, it is the longest wait for the headers, and then for the next bytes. Default: [`DEFAULT_TIMEOUT`].
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = not_zero("timeout", timeout);
        self
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response, or to the headers of a stream
    /// of items. The remaining time of [`timeout`](Self::timeout) limits it too. Default: [`DEFAULT_ATTEMPT_TIMEOUT`].
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = not_zero("attempt_timeout", timeout);
        self
    }

    /// Sets the timeout of connecting. It cannot be combined with [`http_client`](Self::http_client), which has its
    /// own. Default: [`DEFAULT_CONNECT_TIMEOUT`].
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(not_zero("connect_timeout", timeout));
        self
    }

    /// Sets the policy for retries. Default: [`RetryPolicy::new`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = checked("retry", policy, policy.invalid_reason());
        self
    }

    /// Sets the rate limits. Default: [`Pacing::observed`].
    #[must_use]
    pub fn pacing(mut self, pacing: Pacing) -> Self {
        let invalid = pacing.invalid_reason();
        self.pacing = checked("pacing", pacing, invalid);
        self
    }

    /// Sets the language of responses, such as `ar` or `en`, in the header `Accept-Language` (RFC 9110 section 12.5.4).
    /// Without it, no such header is sent and Salla responds in Arabic.
    #[must_use]
    pub fn language(mut self, language: &str) -> Self {
        self.language = parse_language(language).map(Some);
        self
    }

    /// Sets the HTTP client (of the [`reqwest`] that this crate uses), for settings that this builder does not have:
    /// proxies, certificates, a shared connection pool, middleware (`reqwest::ClientBuilder::connector_layer`).
    ///
    /// The timeouts of this builder apply, except the one for connecting; so do retries, pacing and the limit of the
    /// body. Configure the client as this builder would:
    ///
    /// - `redirect(Policy::none())`. A client that follows redirects sends the request to another address. `reqwest`
    ///   removes the token when scheme, host or port change, but neither an API key in a header of its own nor the query. A
    ///   response from another scheme, host or port than those of the request is an [error](Error::is_redirected) and is
    ///   not decoded.
    /// - `https_only(true)`, or `no_proxy()` for plain HTTP on this machine: a proxy would get the token in clear text.
    /// - `retry(reqwest::retry::never())`: retries of the client are neither counted nor paced, and may repeat a POST.
    /// - No `danger_accept_invalid_certs(true)`: anyone on the way could read the token. Add the certificate that you
    ///   trust instead.
    /// - No `connection_verbose(true)`: it would log the token.
    ///
    /// With this crate's feature `rustls`, `reqwest` has no cryptography of its own: install a provider for rustls
    /// before you build such a client (`rustls::crypto::ring::default_provider().install_default()`), or give the client
    /// a TLS configuration.
    ///
    /// ```no_run
    /// use salla_runtime::{ClientBuilder, Transport, reqwest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let http = reqwest::Client::builder()
    ///     .proxy(reqwest::Proxy::all("http://proxy.example:3128")?)
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .retry(reqwest::retry::never())
    ///     .https_only(true)
    ///     .build()?;
    /// let builder = ClientBuilder::new("https://api.salla.dev/admin/v2").token("ory_at_0123").http_client(http);
    /// let client: Transport = builder.build()?; // or a generated client, from its own `builder()`
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Sets the largest accepted body; a larger one is an error. Default: [`DEFAULT_MAX_BODY_BYTES`].
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Appends a product such as `my-app/1.0` to the `User-Agent` header, after this crate's own.
    #[must_use]
    pub fn user_agent(mut self, suffix: &str) -> Self {
        let invalid = InvalidSetting { setting: "user_agent", reason: "cannot be sent in a header" };
        self.user_agent = HeaderValue::try_from(format!("{PRODUCT} {suffix}")).map_err(|_| invalid);
        self
    }

    /// Builds the client. It makes no connection yet.
    ///
    /// # Errors
    ///
    /// A [configuration error](Error::is_configuration) that names the first missing or invalid setting and the reason.
    pub fn build(self) -> Result<C, Error>
    where
        C: From<Transport>,
    {
        Ok(self.transport()?.into())
    }

    fn transport(self) -> Result<Transport, Error> {
        let (missing, url_missing) = match self.from_env {
            Some(_) => {
                (InvalidSetting { setting: TOKEN_VARIABLE, reason: "is not set" }, (BASE_URL_VARIABLE, "is not set"))
            }
            None => (InvalidSetting { setting: "token", reason: "is missing" }, ("base_url", "is missing")),
        };
        let from_env = self.from_env.unwrap_or_default();
        let token = self.given.token.or(from_env.token);
        let auth = match self.security {
            None => Auth::Token(token.unwrap_or(Err(missing))?),
            Some(security) => {
                let (given, from_env) = (self.given.credentials.as_ref(), from_env.credentials.as_ref());
                Auth::Schemes(Credentials::new(security, given, from_env, token.as_ref())?)
            }
        };
        // A mock answers for all servers.
        let settings = if self.exchange.is_some() { ServerSettings::default() } else { self.servers };
        let base_url = match (self.given.base_url.or(from_env.base_url), self.default_base_url) {
            (Some(base_url), _) => base_url?,
            (None, default) => match (settings.base_url()?, default) {
                (Some(base_url), _) => base_url,
                (None, Ok(default)) => parse_base_url("base_url", default)?,
                (None, Err(reason)) => {
                    let (setting, missing) = url_missing;
                    return Err(Error::configuration(setting, &format!("{missing}: {reason}")));
                }
            },
        };
        let servers = if self.exchange.is_some() { None } else { Some(settings.own(&base_url)?) };
        let attempt_timeout = self.attempt_timeout?;
        let (client, connect_timeout, limit) = (self.http, self.connect_timeout, self.max_body_bytes);
        let network = match (client, connect_timeout) {
            (Some(_), Some(_)) => return Err(CONNECT_TIMEOUT_OF_CUSTOM_CLIENT.into()),
            (Some(client), None) => HttpClient::custom(client, limit),
            (None, timeout) => {
                let connect_timeout = timeout.unwrap_or(Ok(DEFAULT_CONNECT_TIMEOUT))?;
                let own: Vec<&Url> = servers.iter().flatten().flatten().collect();
                HttpClient::new(&base_url, &own, limit, attempt_timeout, connect_timeout)?
            }
        };
        Ok(Transport::new(Context {
            exchange: self.exchange.unwrap_or_else(|| Arc::new(network)),
            base_url,
            servers,
            last_url: Mutex::default(),
            auth,
            user_agent: self.user_agent?,
            language: self.language?,
            timeout: self.timeout?,
            attempt_timeout,
            retry: self.retry?,
            pacer: Pacer::new(&self.pacing?),
        }))
    }
}

const CONNECT_TIMEOUT_OF_CUSTOM_CLIENT: InvalidSetting =
    InvalidSetting { setting: "connect_timeout", reason: "cannot be combined with http_client; set it on that client" };

/// Returns the value of an environment variable, if it is set.
fn read_variable(name: &'static str, lookup: impl Fn(&str) -> Option<OsString>) -> Option<Checked<String>> {
    let invalid = InvalidSetting { setting: name, reason: "is not UTF-8" };
    lookup(name).map(|value| value.into_string().map_err(|_| invalid))
}

fn parse_token(setting: &'static str, text: &str) -> Checked<Arc<dyn TokenSource>> {
    match AccessToken::parse(text) {
        Ok(token) => Ok(Arc::new(token)),
        Err(invalid) => Err(InvalidSetting { setting, reason: invalid.reason() }),
    }
}

/// Checks a list of language ranges with optional weights: letters, digits and some punctuation.
fn parse_language(text: &str) -> Checked<HeaderValue> {
    let invalid = |reason| InvalidSetting { setting: "language", reason };
    if text.trim().is_empty() {
        return Err(invalid("is empty"));
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || "-*,;=. ".contains(c)) {
        return Err(invalid("is not a language such as `ar` or `en`"));
    }
    HeaderValue::from_str(text.trim()).map_err(|_| invalid("cannot be sent in a header"))
}

fn parse_base_url(setting: &'static str, text: &str) -> Checked<Url> {
    base_url::parse(text).map_err(|reason| InvalidSetting { setting, reason })
}

fn not_zero(setting: &'static str, duration: Duration) -> Checked<Duration> {
    checked(setting, duration, duration.is_zero().then_some("is zero"))
}

/// Returns `value`, or the setting as invalid if there is a reason.
fn checked<T>(setting: &'static str, value: T, invalid: Option<&'static str>) -> Checked<T> {
    invalid.map_or(Ok(value), |reason| Err(InvalidSetting { setting, reason }))
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("default_base_url", &self.default_base_url)
            .field("servers", &self.servers)
            .field("given", &self.given)
            .field("from_env", &self.from_env)
            .field("user_agent", &self.user_agent)
            .field("language", &self.language)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("retry", &self.retry)
            .field("pacing", &self.pacing)
            .field("http_client", &self.http.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("token", &self.token.as_ref().map(|token| token.as_ref().map(|_| "hidden")))
            .field("credentials", &self.credentials)
            .field("base_url", &self.base_url.as_ref().map(|url| url.as_ref().map(Url::as_str)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_client;
    use crate::pacing::Quota;

    type Builder = ClientBuilder<Transport>;

    const DEFAULT: &str = "http://localhost:1/default";

    fn builder() -> Builder {
        Builder::new(DEFAULT)
    }

    fn with_env(builder: Builder, variables: &'static [(&str, &str)]) -> Builder {
        builder.env_from(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    fn refusal(builder: Builder) -> String {
        let error = builder.build().unwrap_err();
        assert!(error.is_configuration() && error.status().is_none());
        error.to_string()
    }

    fn base_url_of(builder: Builder) -> String {
        builder.transport().ok().unwrap().base_url().to_string()
    }

    #[test]
    fn without_a_default_base_url_the_error_gives_the_reason() {
        let bare = || Builder::without_base_url("the document names no server");
        let message = refusal(bare().token("t"));
        assert_eq!(message, "configuration: base_url is missing: the document names no server");
        let from_env = refusal(with_env(bare(), &[(TOKEN_VARIABLE, "t")]));
        assert_eq!(from_env, "configuration: SALLA_BASE_URL is not set: the document names no server");
        let named = with_env(bare(), &[(TOKEN_VARIABLE, "t"), (BASE_URL_VARIABLE, "https://a.b")]);
        assert_eq!(base_url_of(named), "https://a.b/");
        assert_eq!(base_url_of(bare().token("t").base_url("https://c.d")), "https://c.d/");
    }

    #[test]
    fn invalid_base_urls_are_refused_and_not_quoted() {
        for (url, reason) in [
            ("", "is empty"),
            ("secret", "absolute URL"),
            ("//secret.example", "absolute URL"),
            ("https://", "absolute URL"),
            ("ftp://secret.example", "scheme"),
            ("localhost:8080", "scheme"),
            ("http://secret.example", "plain `http`"),
            ("http://localhost.secret.example", "plain `http`"),
            ("http://10.0.0.1", "plain `http`"),
            ("http://[::2]", "plain `http`"),
            ("https://secret@example.com", "user name"),
            ("https://:secret@example.com", "password"),
            ("https://example.com/?secret", "query"),
            ("https://example.com/#secret", "fragment"),
        ] {
            let message = refusal(builder().token("t").base_url(url));
            assert!(message.starts_with("configuration: base_url ") && message.contains(reason), "{url}: {message}");
            assert!(!message.contains("secret") && !format!("{:?}", builder().base_url(url)).contains("secret"));
        }
    }

    #[test]
    fn a_missing_or_invalid_token_is_named() {
        assert_eq!(refusal(builder()), "configuration: token is missing");
        assert_eq!(refusal(builder().token("a b")), "configuration: token contains a space");
        assert_eq!(refusal(with_env(builder(), &[])), "configuration: SALLA_ACCESS_TOKEN is not set");
        let broken = with_env(builder(), &[(TOKEN_VARIABLE, "secret\n")]);
        assert_eq!(refusal(broken), "configuration: SALLA_ACCESS_TOKEN contains a line break");
        let broken = with_env(builder(), &[(TOKEN_VARIABLE, "t"), (BASE_URL_VARIABLE, "")]);
        assert_eq!(refusal(broken), "configuration: SALLA_BASE_URL is empty");
    }

    #[cfg(unix)]
    #[test]
    fn variables_that_are_not_utf8_are_named() {
        use std::os::unix::ffi::OsStringExt as _;
        let invalid = builder().env_from(|_| Some(OsString::from_vec(vec![0xff])));
        assert_eq!(refusal(invalid), "configuration: SALLA_ACCESS_TOKEN is not UTF-8");
    }

    #[test]
    fn explicit_settings_take_precedence_over_the_environment_in_any_order() {
        const ENV: &[(&str, &str)] = &[(TOKEN_VARIABLE, "a b"), (BASE_URL_VARIABLE, "http://localhost:1/env")];
        let given = |builder: Builder| builder.token("t").base_url("http://localhost:1/given");
        assert_eq!(base_url_of(given(with_env(builder(), ENV))), "http://localhost:1/given");
        assert_eq!(base_url_of(with_env(given(builder()), ENV)), "http://localhost:1/given");
        assert_eq!(base_url_of(with_env(builder().token("t"), ENV)), "http://localhost:1/env");
        assert_eq!(base_url_of(with_env(builder().token("t"), &[])), DEFAULT);
    }

    #[test]
    fn other_invalid_settings_are_named() {
        let with = |change: fn(Builder) -> Builder| refusal(change(builder().token("t")));
        for (refused, message) in [
            (with(|builder| builder.timeout(Duration::ZERO)), "timeout is zero"),
            (with(|builder| builder.attempt_timeout(Duration::ZERO)), "attempt_timeout is zero"),
            (with(|builder| builder.connect_timeout(Duration::ZERO)), "connect_timeout is zero"),
            (with(|builder| builder.user_agent("a\nb")), "user_agent cannot be sent in a header"),
            (with(|builder| builder.language(" ")), "language is empty"),
            (with(|builder| builder.language("en\r\nx: y")), "language is not a language such as `ar` or `en`"),
            (with(|builder| builder.language("عربي")), "language is not a language such as `ar` or `en`"),
            (with(|builder| builder.retry(RetryPolicy::new().max_attempts(0))), "retry has max_attempts of zero"),
            (
                with(|builder| builder.pacing(Pacing::none().quota(Quota::new(0, Duration::MAX)))),
                "pacing has a quota of zero requests",
            ),
            (
                with(|builder| builder.pacing(Pacing::none().quota(Quota::new(1, Duration::ZERO)))),
                "pacing has a quota with a period of zero",
            ),
        ] {
            assert_eq!(refused, format!("configuration: {message}"));
        }
    }

    #[test]
    fn a_custom_client_has_its_own_connect_timeout() {
        let custom = || {
            builder()
                .token("t")
                .http_client(http_client::build(&DEFAULT.parse().unwrap(), Duration::MAX, Duration::MAX).ok().unwrap())
        };
        custom().build().unwrap();
        let refused = refusal(custom().connect_timeout(Duration::MAX));
        assert!(refused.starts_with("configuration: connect_timeout cannot be combined"), "{refused}");
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[test]
    fn a_client_for_https_can_be_built() {
        builder().token("t").base_url("https://api.salla.dev/admin/v2").build().unwrap();
    }

    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    #[test]
    fn https_without_tls_is_refused() {
        let refused = refusal(builder().token("t").base_url("https://api.salla.dev/admin/v2"));
        assert!(refused.contains("needs TLS") && refused.contains("`rustls`"), "{refused}");
    }
}
