//! A request as generated code writes it: an [`Operation`] of the API, filled with parameters.
//! The transport turns it into bytes on the wire.

mod content;
mod style;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;
use serde_json::Value;

use self::content::{Content, Part, media_type};
pub use self::style::Style;
use crate::file::Files;
use crate::retry::RetryPolicy;

/// One operation of the API: what all its requests have in common.
#[derive(Clone, Debug)]
pub struct Operation {
    id: &'static str,
    method: Method,
    path: &'static str,
    idempotent: bool,
}

impl Operation {
    /// An operation named `id`: `method` on `path`, a template such as `/orders/{id}` below the base URL.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self { id, method, path, idempotent: false }
    }

    /// The same operation, which has the same effect however often it is sent: it may be repeated whatever its method.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The operation's name.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The method of its requests.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The template of its path. It holds names, no values, so it can be shown.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Whether its requests may be repeated: those whose method is safe (RFC 9110 section 9.2.1: `GET`, `HEAD`,
    /// `OPTIONS`, `TRACE`), and those that are marked. `PUT` and `DELETE` should be idempotent, but nothing says that
    /// they are.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.idempotent || self.method.is_safe()
    }
}

/// A request under construction. The first thing that cannot be sent is remembered, and reported when it is sent.
///
/// What is optional in an operation is `None` when it is not set: parameters, fields and parts then add nothing. A body
/// as a whole may well be `null`, so that one that is optional is set [when it is there](Self::when).
#[derive(Clone)]
pub struct Request {
    operation: Operation,
    draft: Draft,
    overrides: Overrides,
    failure: Option<String>,
}

/// What one request has otherwise than its client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides {
    /// How it is repeated.
    pub retry: Option<RetryPolicy>,
    /// How long it may take, retries and waiting included.
    pub timeout: Option<Duration>,
}

/// What was filled in so far.
#[derive(Clone, Default)]
struct Draft {
    path: String,
    query: String,
    headers: HeaderMap,
    accept: Option<HeaderValue>,
    cookies: String,
    content: Content,
}

/// What goes on the wire, save what the transport adds to every request.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Request {
    /// A request of `operation`, with nothing filled in.
    #[must_use]
    pub fn new(operation: &Operation) -> Self {
        let draft = Draft { path: operation.path.to_owned(), ..Draft::default() };
        Self { operation: operation.clone(), draft, overrides: Overrides::default(), failure: None }
    }

    /// Fills `{name}` in the path: [`Style::Simple`], OpenAPI's default.
    #[must_use]
    pub fn path_param<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.path_param_as(Style::Simple, name, value)
    }

    /// Fills `{name}` in the path.
    #[must_use]
    pub fn path_param_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            let text = style::path(style, name, to_json(value)?)?;
            draft.fill(name, &text.ok_or("a path parameter needs a value")?)
        })
    }

    /// Adds `name=value` to the query: [`Style::FormExploded`], OpenAPI's default. An array repeats the name, an object
    /// has its own names, null, `None` and what is empty add nothing.
    #[must_use]
    pub fn query<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.query_as(Style::FormExploded, name, value)
    }

    /// Adds a parameter to the query; null, `None` and what is empty add nothing.
    #[must_use]
    pub fn query_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            join(&mut draft.query, "&", &style::query(style, name, to_json(value)?)?);
            Ok(())
        })
    }

    /// Adds a header: [`Style::Simple`], OpenAPI's default. Null, `None` and what is empty add nothing.
    #[must_use]
    pub fn header<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.header_as(Style::Simple, name, value)
    }

    /// Adds a header; null, `None` and what is empty add nothing.
    #[must_use]
    pub fn header_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            let Some(value) = style::header(style, to_json(value)?)? else {
                return Ok(());
            };
            let name = HeaderName::try_from(name).map_err(|_| "is not the name of a header")?;
            let value = HeaderValue::from_str(&value)
                .map_err(|_| "cannot be sent in a header: only visible ASCII characters can")?;
            draft.headers.append(name, value);
            Ok(())
        })
    }

    /// Adds a cookie: [`Style::FormExploded`], OpenAPI's default. Null, `None` and what is empty add nothing.
    #[must_use]
    pub fn cookie<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.cookie_as(Style::FormExploded, name, value)
    }

    /// Adds a cookie; null, `None` and what is empty add nothing. All cookies go into one header (RFC 6265 section
    /// 5.4), percent-encoded where a cookie cannot hold the character.
    #[must_use]
    pub fn cookie_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            join(&mut draft.cookies, "; ", &style::cookie(style, name, to_json(value)?)?);
            Ok(())
        })
    }

    /// The types that the operation's answers are documented to have: what `Accept` says, `application/json` otherwise.
    #[must_use]
    pub fn accept(self, media_types: &'static str) -> Self {
        self.try_set("accept", |draft| {
            draft.accept = Some(HeaderValue::from_str(media_types).map_err(|error| error.to_string())?);
            Ok(())
        })
    }

    /// Sets the body: JSON. `None` is `null`; a body that is optional is set [when it is there](Self::when).
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets the body: JSON by another name, such as `application/merge-patch+json`.
    #[must_use]
    pub fn json_as<T: Serialize + ?Sized>(self, content_type: &'static str, body: &T) -> Self {
        let json = serde_json::to_vec(body).map_err(|error| error.to_string());
        self.whole(content_type, json.map(Bytes::from))
    }

    /// Sets the body: text, in UTF-8. A `text/…` that does not name its charset is sent with it: its default is another
    /// one (RFC 2046 section 4.1.2).
    #[must_use]
    pub fn text(self, content_type: &'static str, body: impl Into<String>) -> Self {
        self.whole(&with_charset(content_type), Ok(body.into().into()))
    }

    /// Sets the body: bytes as they are.
    #[must_use]
    pub fn bytes(self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.whole(content_type, Ok(body.into()))
    }

    /// Calls `set` with `value`, if there is one: for a body that is optional.
    ///
    /// ```
    /// # use salla_runtime::codegen::{Method, Operation, Request};
    /// # static OPERATION: Operation = Operation::new("note", Method::PUT, "/note");
    /// let note: Option<String> = None;
    /// let request = Request::new(&OPERATION).when(note, |request, note| request.text("text/plain", note));
    /// ```
    #[must_use]
    pub fn when<T>(self, value: Option<T>, set: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => set(self, value),
            None => self,
        }
    }

    /// Adds a field to a body of `application/x-www-form-urlencoded`. An array repeats the name; what is inside of an
    /// object is written as PHP reads it: `name[key]=value`. Null, `None` and what is empty add nothing, but make the
    /// body a form.
    #[must_use]
    pub fn form_field<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_pairs(&style::field(name, to_json(value)?)))
    }

    /// Adds a field to a body of `application/x-www-form-urlencoded`, in the style that its encoding asks for.
    #[must_use]
    pub fn form_field_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_pairs(&style::query(style, name, to_json(value)?)?))
    }

    /// Adds all that an object holds to a body of `application/x-www-form-urlencoded`, each entry as
    /// [`form_field`](Self::form_field) does.
    #[must_use]
    pub fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.try_set("body", |draft| draft.content.add_pairs(&style::form(to_json(body)?)?))
    }

    /// Adds a part to a body of `multipart/form-data` (RFC 7578): text for a scalar, `application/json` for an object,
    /// and one each for the elements of an array. Null and `None` add nothing, but make the body a multipart.
    #[must_use]
    pub fn part<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_parts(Part::all_of(name, to_json(value)?)))
    }

    /// Adds files to a body of `multipart/form-data`: one, several, or none.
    #[must_use]
    pub fn file(self, name: &str, files: &impl Files) -> Self {
        self.try_set(name, |draft| {
            let parts = files.files().iter().map(|file| Part::file(name, file)).collect::<Result<_, _>>()?;
            draft.content.add_parts(parts)
        })
    }

    /// Retries this request by `policy`, not by its client's.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.overrides.retry = Some(policy);
        self.refuse_if("retry", policy.fault())
    }

    /// Sends this request once.
    #[must_use]
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::none())
    }

    /// How long this request may take, retries and waiting included; not what its client says.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.overrides.timeout = Some(timeout);
        self.refuse_if("timeout", timeout.is_zero().then_some("is zero"))
    }

    /// Sends this request as `overrides` say, where they say something.
    #[must_use]
    pub fn overridden(self, overrides: Overrides) -> Self {
        let request = match overrides.retry {
            Some(policy) => self.retry(policy),
            None => self,
        };
        match overrides.timeout {
            Some(timeout) => request.timeout(timeout),
            None => request,
        }
    }

    pub(crate) fn overrides(&self) -> Overrides {
        self.overrides
    }

    pub(crate) fn operation(&self) -> &Operation {
        &self.operation
    }

    /// What to send, or why it cannot be sent.
    pub(crate) fn into_parts(self) -> Result<Parts, String> {
        match self.failure {
            Some(reason) => Err(reason),
            None => self.draft.finish(),
        }
    }

    fn whole(self, content_type: &str, body: Result<Bytes, String>) -> Self {
        self.try_set("body", |draft| {
            draft.content = Content::Whole(media_type(content_type)?, body?);
            Ok(())
        })
    }

    fn refuse_if(self, name: &str, fault: Option<&str>) -> Self {
        self.try_set(name, |_| fault.map_or(Ok(()), |reason| Err(reason.to_owned())))
    }

    fn try_set(mut self, name: &str, set: impl FnOnce(&mut Draft) -> Result<(), String>) -> Self {
        if self.failure.is_none() {
            self.failure = set(&mut self.draft).err().map(|reason| format!("{name}: {reason}"));
        }
        self
    }
}

impl Draft {
    /// Puts `text`, which is encoded, into the path.
    fn fill(&mut self, name: &str, text: &str) -> Result<(), String> {
        let placeholder = format!("{{{name}}}");
        if !self.path.contains(&placeholder) {
            return Err("the path has no such parameter".to_owned());
        }
        if text.is_empty() {
            return Err("a path parameter cannot be empty".to_owned());
        }
        if matches!(text, "." | "..") {
            return Err("a path parameter cannot be `.` or `..`".to_owned());
        }
        self.path = self.path.replace(&placeholder, text);
        Ok(())
    }

    /// What is sent of it.
    fn finish(self) -> Result<Parts, String> {
        check_path(&self.path)?;
        let Self { path, query, mut headers, accept, cookies, content } = self;
        let body = content.finish()?.map(|(content_type, body)| {
            headers.insert(header::CONTENT_TYPE, content_type);
            body
        });
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, accept);
        }
        if !cookies.is_empty() {
            let mut cookies = HeaderValue::try_from(cookies).map_err(|error| format!("cookies: {error}"))?;
            cookies.set_sensitive(true);
            headers.insert(header::COOKIE, cookies);
        }
        Ok(Parts { path, query, headers, body })
    }
}

/// Refuses a path that is not filled, or that would climb: `.` and `..` mean "here" and "up" in a URL,
/// percent-encoded or not.
fn check_path(path: &str) -> Result<(), String> {
    if let Some((_, rest)) = path.split_once('{') {
        let name = rest.split('}').next().unwrap_or(rest);
        return Err(format!("{name}: the path parameter is missing"));
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("the path would leave its place".to_owned());
    }
    Ok(())
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

/// Appends `more`, with `separator` between what is there and what comes.
fn join(text: &mut String, separator: &str, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(separator);
    }
    text.push_str(more);
}

/// `content_type` with `charset=utf-8`, if it is text of no named charset.
fn with_charset(content_type: &str) -> String {
    let lower = content_type.to_ascii_lowercase();
    let silent = lower.starts_with("text/") && !lower.contains("charset=");
    if silent { format!("{content_type}; charset=utf-8") } else { content_type.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATION: Operation = Operation::new("show", Method::GET, "/orders/{id}/items/{item}");
    const PLAIN: Operation = Operation::new("list", Method::GET, "/orders");

    fn path(id: &str) -> Result<String, String> {
        let request = Request::new(&OPERATION).path_param("id", id).path_param("item", &7);
        Ok(request.into_parts()?.path)
    }

    #[test]
    fn path_parameters_stay_in_their_segment() {
        for (id, segment) in [
            ("A-z0.9_~", "A-z0.9_~"),
            ("a/b", "a%2Fb"),
            ("a%2Fb", "a%252Fb"),
            ("%2e%2e", "%252e%252e"),
            (r"a\b", "a%5Cb"),
            ("a b?c#d{item}", "a%20b%3Fc%23d%7Bitem%7D"),
            ("...", "..."),
            ("ش", "%D8%B4"),
        ] {
            assert_eq!(path(id).unwrap(), format!("/orders/{segment}/items/7"));
        }
    }

    #[test]
    fn path_parameters_that_cannot_be_sent_are_named() {
        for (id, reason) in [("", "id: "), (".", "`.`"), ("..", "`..`")] {
            let error = path(id).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
        let error = |request: Request| request.into_parts().err().unwrap();
        assert_eq!(error(Request::new(&OPERATION).path_param("item", "1")), "id: the path parameter is missing");
        assert_eq!(
            error(Request::new(&OPERATION).path_param("id", &None::<&str>)),
            "id: a path parameter needs a value"
        );
        assert_eq!(error(Request::new(&PLAIN).path_param("id", "1")), "id: the path has no such parameter");
    }

    #[test]
    fn query_parameters_are_encoded_as_a_form() {
        let request = Request::new(&PLAIN)
            .query("a", "x y&z=1+%")
            .query("none", &None::<i64>)
            .query("page", &Some(2))
            .query("flag", &true)
            .query("list[]", &["1", "2"])
            .query("empty", "")
            .query("name", "مخصصة")
            .query("id", &crate::Id::from(98_787_845_454_i64));
        assert_eq!(
            request.into_parts().unwrap().query,
            "a=x+y%26z%3D1%2B%25&page=2&flag=true&list%5B%5D=1&list%5B%5D=2&empty=\
             &name=%D9%85%D8%AE%D8%B5%D8%B5%D8%A9&id=98787845454"
        );
    }

    #[test]
    fn the_first_parameter_that_cannot_be_sent_is_reported() {
        let request = Request::new(&PLAIN).header("x-note", "a\nb").query_as(Style::Simple, "filter", "a");
        assert!(request.into_parts().err().unwrap().starts_with("x-note: cannot be sent in a header"));
        let request = Request::new(&PLAIN).query_as(Style::Simple, "filter", "a");
        assert!(request.into_parts().err().unwrap().starts_with("filter: "));
    }

    #[test]
    fn overrides_that_cannot_be_used_are_named() {
        let error = |request: Request| request.into_parts().err().unwrap();
        let plain = || Request::new(&PLAIN);
        assert_eq!(error(plain().timeout(Duration::ZERO)), "timeout: is zero");
        assert!(error(plain().retry(RetryPolicy::new().max_attempts(0))).starts_with("retry: allows no attempt"));
        assert_eq!(plain().no_retry().overrides().retry, Some(RetryPolicy::none()));
        let both = Overrides { retry: Some(RetryPolicy::none()), timeout: Some(Duration::from_secs(1)) };
        let overridden = plain().overridden(both).overrides();
        assert_eq!((overridden.retry, overridden.timeout), (both.retry, both.timeout));
        assert_eq!(plain().overridden(Overrides::default()).overrides().timeout, None);
    }

    #[test]
    fn only_what_may_be_repeated_is_repeatable() {
        let of = |method| Operation::new("x", method, "/");
        assert!([Method::GET, Method::HEAD, Method::OPTIONS].map(of).iter().all(Operation::is_repeatable));
        let others = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].map(of);
        assert!(!others.iter().any(Operation::is_repeatable));
        assert!(others.map(Operation::idempotent).iter().all(Operation::is_repeatable));
    }

    #[test]
    fn headers_and_body_are_sent_as_given() {
        let parts =
            Request::new(&PLAIN).header("x-page", &3).header("x-none", &None::<&str>).json(&[1]).into_parts().unwrap();
        let headers: Vec<_> =
            parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(headers, [("x-page", "3"), ("content-type", "application/json")]);
        assert_eq!(parts.body.unwrap(), "[1]");
    }
}
