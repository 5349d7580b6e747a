//! Settings into a [`Transport`]: [`ClientBuilder`] checks each of them when it is given and reports the first
//! that cannot be used when the client is built.

use std::ffi::OsString;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use http::HeaderValue;
use url::{Host, Url};

use crate::error::{Error, Failure};
use crate::tls;
use crate::token::Token;
use crate::transport::{self, Transport};

/// How long a request may take, from connecting to the last byte of the answer, unless
/// [`ClientBuilder::timeout`] says otherwise: 30 seconds.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long connecting may take, unless [`ClientBuilder::connect_timeout`] says otherwise: 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest body that is read, unless [`ClientBuilder::max_body_bytes`] says otherwise: 16 MiB.
pub const DEFAULT_MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

const PRODUCT: &str = concat!("salla-runtime/", env!("CARGO_PKG_VERSION"));
const TOKEN_VARIABLE: &str = "SALLA_ACCESS_TOKEN";
const BASE_URL_VARIABLE: &str = "SALLA_BASE_URL";

/// Builds a generated client `C`: give it a [`token`](Self::token) (or read the [environment](Self::env)), then
/// [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
///
/// use salla_runtime::{ClientBuilder, Transport};
///
/// // A generated client's `builder()` gives one of these.
/// let builder = ClientBuilder::<Transport>::new("https://api.salla.dev/admin/v2");
/// let client = builder.token("ory_at_0123").timeout(Duration::from_secs(5)).base_url("http://salla.example").build();
/// assert!(client.is_err_and(|error| error.is_configuration()), "the token would cross the network in clear text");
/// ```
pub struct ClientBuilder<C> {
    default_base_url: &'static str,
    given: Settings,
    from_env: Option<Settings>,
    user_agent: Checked<HeaderValue>,
    timeout: Checked<Duration>,
    connect_timeout: Checked<Duration>,
    max_body_bytes: usize,
    client: PhantomData<fn() -> C>,
}

/// What the caller and the environment can both say. `None` is: not said.
#[derive(Default)]
struct Settings {
    token: Option<Checked<Token>>,
    base_url: Option<Checked<Url>>,
}

type Checked<T> = Result<T, Fault>;

/// A setting that cannot be used, and why. Never its value: that may be a secret in the wrong place.
#[derive(Clone, Copy, Debug)]
struct Fault {
    setting: &'static str,
    reason: &'static str,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::configuration(fault.setting, fault.reason)
    }
}

impl<C> ClientBuilder<C> {
    /// A builder of clients that talk to `base_url` unless told otherwise. Generated clients call this.
    #[must_use]
    pub fn new(base_url: &'static str) -> Self {
        Self {
            default_base_url: base_url,
            given: Settings::default(),
            from_env: None,
            user_agent: Ok(HeaderValue::from_static(PRODUCT)),
            timeout: Ok(DEFAULT_TIMEOUT),
            connect_timeout: Ok(DEFAULT_CONNECT_TIMEOUT),
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            client: PhantomData,
        }
    }

    /// The access token, without the word `Bearer`.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.given.token = Some(parse_token("token", &token.into()));
        self
    }

    /// Where the API is, such as `https://api.salla.dev/admin/v2`. It has neither user, query nor fragment; a slash
    /// at its end makes no difference. Plain `http` is accepted for this machine only (`localhost`, `127.0.0.0/8`,
    /// `[::1]`), since the token would cross the network in clear text; such requests use no proxy.
    #[must_use]
    pub fn base_url(mut self, base_url: impl AsRef<str>) -> Self {
        self.given.base_url = Some(parse_base_url("base_url", base_url.as_ref()));
        self
    }

    /// Reads the token from `SALLA_ACCESS_TOKEN` and the base URL, if it is set, from `SALLA_BASE_URL`.
    /// What [`token`](Self::token) and [`base_url`](Self::base_url) say wins over the environment.
    #[must_use]
    pub fn env(self) -> Self {
        self.env_from(|name| std::env::var_os(name))
    }

    fn env_from(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let token = read_variable(TOKEN_VARIABLE, &lookup).map(|text| parse_token(TOKEN_VARIABLE, &text?));
        let base_url = read_variable(BASE_URL_VARIABLE, &lookup).map(|text| parse_base_url(BASE_URL_VARIABLE, &text?));
        self.from_env = Some(Settings { token, base_url });
        self
    }

    /// How long a request may take, from connecting to the last byte of the answer. [`DEFAULT_TIMEOUT`] otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = not_zero("timeout", timeout);
        self
    }

    /// How long connecting may take. [`DEFAULT_CONNECT_TIMEOUT`] otherwise.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = not_zero("connect_timeout", timeout);
        self
    }

    /// The largest body that is read; a larger one is an error. [`DEFAULT_MAX_BODY_BYTES`] otherwise.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// What the `User-Agent` header says after this crate's own name, such as `my-app/1.0`.
    #[must_use]
    pub fn user_agent(mut self, suffix: &str) -> Self {
        let fault = Fault { setting: "user_agent", reason: "cannot be sent in a header" };
        self.user_agent = HeaderValue::try_from(format!("{PRODUCT} {suffix}")).map_err(|_| fault);
        self
    }

    /// Builds the client. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// A configuration error that names the setting that is missing or cannot be used, and why.
    pub fn build(self) -> Result<C, Error>
    where
        C: From<Transport>,
    {
        Ok(self.transport()?.into())
    }

    fn transport(self) -> Result<Transport, Failure> {
        let default = parse_base_url("base_url", self.default_base_url);
        let missing = match self.from_env {
            Some(_) => Fault { setting: TOKEN_VARIABLE, reason: "is not set" },
            None => Fault { setting: "token", reason: "is missing" },
        };
        let from_env = self.from_env.unwrap_or_default();
        let token = self.given.token.or(from_env.token).unwrap_or(Err(missing))?;
        let base_url = self.given.base_url.or(from_env.base_url).unwrap_or(default)?;
        let http = http_client(&base_url, self.timeout?, self.connect_timeout?)?;
        let (user_agent, max_body_bytes) = (self.user_agent?, self.max_body_bytes);
        Ok(Transport::new(transport::Inner { http, base_url, token, user_agent, max_body_bytes }))
    }
}

/// A client that sends what it is told to, where it is told to, once: no redirects, no repetition, and nothing added,
/// whichever features other crates switch on in `reqwest`.
fn http_client(base_url: &Url, timeout: Duration, connect_timeout: Duration) -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .http1_only()
        .timeout(timeout)
        .connect_timeout(connect_timeout);
    let builder = match base_url.scheme() {
        "https" => builder.https_only(true),
        // A proxy would get the token in clear text: what is meant for this machine stays on it.
        _ => builder.no_proxy(),
    };
    let client = tls::for_url(builder, base_url)?.build();
    client.map_err(|error| Failure::setup("the HTTP client", error.without_url()))
}

/// The value of an environment variable, if it is set.
fn read_variable(name: &'static str, lookup: impl Fn(&str) -> Option<OsString>) -> Option<Checked<String>> {
    let fault = Fault { setting: name, reason: "is not UTF-8" };
    lookup(name).map(|value| value.into_string().map_err(|_| fault))
}

fn parse_token(setting: &'static str, text: &str) -> Checked<Token> {
    Token::parse(text).map_err(|reason| Fault { setting, reason })
}

fn parse_base_url(setting: &'static str, text: &str) -> Checked<Url> {
    base_url(text).map_err(|reason| Fault { setting, reason })
}

fn base_url(text: &str) -> Result<Url, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    let url = Url::parse(text).map_err(|_| "is not an absolute URL such as `https://api.salla.dev/admin/v2`")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("needs the scheme `https`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not contain a query or fragment");
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(
            "needs the scheme `https`: plain `http` is for this machine (`localhost`, `127.0.0.1`, `[::1]`) only",
        );
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn not_zero(setting: &'static str, duration: Duration) -> Checked<Duration> {
    if duration.is_zero() { Err(Fault { setting, reason: "is zero" }) } else { Ok(duration) }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("default_base_url", &self.default_base_url)
            .field("given", &self.given)
            .field("from_env", &self.from_env)
            .field("user_agent", &self.user_agent)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("max_body_bytes", &self.max_body_bytes)
            .finish()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("token", &self.token)
            .field("base_url", &self.base_url.as_ref().map(|url| url.as_ref().map(Url::as_str)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn base_urls_are_https_or_on_this_machine() {
        for url in [
            "https://api.salla.dev/admin/v2",
            "https://api.salla.dev/admin/v2/",
            "HTTPS://api.salla.dev:8443",
            "http://localhost:80",
            "http://127.0.0.1/x",
            "http://127.9.9.9",
            "http://[::1]:8080/admin/v2",
        ] {
            assert!(base_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn base_urls_that_cannot_be_used_are_refused_and_not_repeated() {
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
    fn a_token_that_is_missing_or_broken_is_named() {
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
        let odd = builder().env_from(|_| Some(OsString::from_vec(vec![0xff])));
        assert_eq!(refusal(odd), "configuration: SALLA_ACCESS_TOKEN is not UTF-8");
    }

    #[test]
    fn what_is_said_wins_over_the_environment_in_any_order() {
        const ENV: &[(&str, &str)] = &[(TOKEN_VARIABLE, "a b"), (BASE_URL_VARIABLE, "http://localhost:1/env")];
        let given = |builder: Builder| builder.token("t").base_url("http://localhost:1/given");
        assert_eq!(base_url_of(given(with_env(builder(), ENV))), "http://localhost:1/given");
        assert_eq!(base_url_of(with_env(given(builder()), ENV)), "http://localhost:1/given");
        assert_eq!(base_url_of(with_env(builder().token("t"), ENV)), "http://localhost:1/env");
        assert_eq!(base_url_of(with_env(builder().token("t"), &[])), DEFAULT);
    }

    #[test]
    fn other_settings_are_checked_too() {
        assert_eq!(refusal(builder().token("t").timeout(Duration::ZERO)), "configuration: timeout is zero");
        assert_eq!(
            refusal(builder().token("t").connect_timeout(Duration::ZERO)),
            "configuration: connect_timeout is zero"
        );
        let refused = refusal(builder().token("t").user_agent("a\nb"));
        assert_eq!(refused, "configuration: user_agent cannot be sent in a header");
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
