//! Builds requests for generated code: an [`Operation`] of the API with its parameters and its body. The transport
//! sends them.

mod content;
mod part_encoding;
mod style;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Serialize;
use serde_json::Value;

pub(crate) use self::content::join;
use self::content::{Content, Part, header_value, media_type};
pub use self::part_encoding::PartEncoding;
pub use self::style::Style;
pub(crate) use self::style::{cookie_pair, pair as query_pair};
use crate::file::Files;
use crate::operation::Operation;
use crate::retry::RetryPolicy;
use crate::sending::sending;

/// A request under construction. Its first invalid value is reported when the request is sent.
///
/// An optional parameter, field or part that is `None` adds nothing. A whole body may be `null`, so an optional body is
/// set with [`when`](Self::when).
///
/// Its contents are boxed: every setter and several futures move the request.
#[derive(Clone)]
pub struct Request(Box<Contents>);

#[derive(Clone)]
struct Contents {
    operation: Operation,
    draft: Draft,
    overrides: Overrides,
    failure: Option<String>,
}

/// The settings of one request that override its client's.
#[derive(Clone, Default)]
pub struct Overrides {
    /// The retry policy.
    pub retry: Option<RetryPolicy>,
    /// The timeout of the call. It covers retries and waits.
    pub timeout: Option<Duration>,
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl Overrides {
    /// Adds a header that the operation does not declare: see [`Request::extra_header`].
    pub fn extra_header(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a parameter that the operation does not declare to the end of the query. It replaces no declared one.
    pub fn extra_query(&mut self, name: &str, value: impl fmt::Display) {
        self.query.push((name.to_owned(), value.to_string()));
    }
}

/// Shows the number of headers and parameters instead of their values, which may be secrets or personal data.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides")
            .field("retry", &self.retry)
            .field("timeout", &self.timeout)
            .field("headers", &self.headers.len())
            .field("query", &self.query.len())
            .finish()
    }
}

/// The headers that an extra header cannot set: the client sets them for every request, or HTTP needs them.
const OWN_HEADERS: [HeaderName; 8] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
];

/// The parts that were set so far.
#[derive(Clone, Default)]
struct Draft {
    path: Cow<'static, str>,
    query: String,
    headers: HeaderMap,
    accept: Option<HeaderValue>,
    cookies: String,
    content: Content,
    extra_headers: HeaderMap,
}

/// The finished parts of a request, without the ones that the client adds to every request.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) path: Cow<'static, str>,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Request {
    /// Creates a request of `operation` without parameters and body.
    #[must_use]
    pub fn new(operation: &Operation) -> Self {
        let draft = Draft { path: operation.path().into(), ..Draft::default() };
        let overrides = Overrides::default();
        Self(Box::new(Contents { operation: operation.clone(), draft, overrides, failure: None }))
    }

    /// Sets `{name}` in the path, in OpenAPI's default style, [`Style::Simple`].
    #[must_use]
    pub fn path_param<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.path_param_as(Style::Simple, name, value)
    }

    /// Sets `{name}` in the path, in a given style.
    #[must_use]
    pub fn path_param_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            let text = style::path(style, name, to_json(value)?)?;
            draft.fill(name, &text.ok_or("a path parameter needs a value")?)
        })
    }

    /// Adds a parameter to the query, in OpenAPI's default style, [`Style::FormExploded`]. An array repeats the name,
    /// an object uses its own names; null, `None`, empty arrays and empty objects add nothing.
    #[must_use]
    pub fn query<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.query_as(Style::FormExploded, name, value)
    }

    /// Adds a parameter to the query, in a given style. Null, `None`, empty arrays and empty objects add nothing.
    #[must_use]
    pub fn query_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            join(&mut draft.query, "&", &style::query(style, name, to_json(value)?)?);
            Ok(())
        })
    }

    /// Adds a parameter to the query, in a given style, as `allowReserved` of OpenAPI describes it: reserved characters in
    /// its value, and percent-encoded triples such as `%2F`, are sent as they are. `#`, `[`, `]`, `&` and `+` are
    /// percent-encoded, since a query cannot hold them as a part of a value.
    #[must_use]
    pub fn query_reserved<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            join(&mut draft.query, "&", &style::reserved_query(style, name, to_json(value)?)?);
            Ok(())
        })
    }

    /// Adds a header, in OpenAPI's default style, [`Style::Simple`]. Null, `None`, empty arrays and empty objects add
    /// nothing.
    #[must_use]
    pub fn header<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.header_as(Style::Simple, name, value)
    }

    /// Adds a header, in a given style. Null, `None`, empty arrays and empty objects add nothing.
    #[must_use]
    pub fn header_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            let Some(value) = style::header(style, to_json(value)?)? else {
                return Ok(());
            };
            let name = HeaderName::try_from(name).map_err(|_| "is not the name of a header")?;
            let value = header_value(&value)?;
            draft.headers.append(name, value);
            Ok(())
        })
    }

    /// Adds a cookie, in OpenAPI's default style, [`Style::FormExploded`]. Null, `None`, empty arrays and empty objects
    /// add nothing.
    #[must_use]
    pub fn cookie<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.cookie_as(Style::FormExploded, name, value)
    }

    /// Adds a cookie, in a given style. Null, `None`, empty arrays and empty objects add nothing. All cookies are in
    /// one header (RFC 6265 section 5.4). Characters that a cookie cannot hold are percent-encoded.
    #[must_use]
    pub fn cookie_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            join(&mut draft.cookies, "; ", &style::cookie(style, name, to_json(value)?)?);
            Ok(())
        })
    }

    /// Sets the `Accept` header to the documented media types of the responses. Default: `application/json`.
    #[must_use]
    pub fn accept(self, media_types: &'static str) -> Self {
        self.try_set("accept", |draft| {
            draft.accept = Some(header_value(media_types)?);
            Ok(())
        })
    }

    /// Sets the body as JSON. `None` is sent as `null`; set an optional body with [`when`](Self::when).
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets the body as JSON of another media type, such as `application/merge-patch+json`.
    #[must_use]
    pub fn json_as<T: Serialize + ?Sized>(self, content_type: &'static str, body: &T) -> Self {
        let json = sending(|| serde_json::to_vec(body)).map_err(|error| error.to_string());
        self.whole_body(content_type, json.map(Bytes::from))
    }

    /// Sets the body as text in UTF-8. The charset is added to a `text/…` without one, whose default is another charset
    /// (RFC 2046 section 4.1.2).
    #[must_use]
    pub fn text(self, content_type: &'static str, body: impl Into<String>) -> Self {
        self.whole_body(&with_charset(content_type), Ok(body.into().into()))
    }

    /// Sets the body as bytes.
    #[must_use]
    pub fn bytes(self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.whole_body(content_type, Ok(body.into()))
    }

    /// Calls `set` with `value`, if there is one. Used for optional bodies.
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

    /// Adds a field to a body of `application/x-www-form-urlencoded`. An array repeats the name; entries of an object
    /// are written as PHP reads them: `name[key]=value`. Null, `None`, empty arrays and empty objects add no field, but
    /// make the body a form.
    #[must_use]
    pub fn form_field<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_pairs(&style::field(name, to_json(value)?)))
    }

    /// Adds a field to a body of `application/x-www-form-urlencoded`, in a given style.
    #[must_use]
    pub fn form_field_as<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_pairs(&style::query(style, name, to_json(value)?)?))
    }

    /// Adds a field to a body of `application/x-www-form-urlencoded`, in a given style, with the characters of
    /// [`query_reserved`](Self::query_reserved). [`Style::FormExploded`] writes objects as
    /// [`form_field`](Self::form_field) does.
    #[must_use]
    pub fn form_field_reserved<T: Serialize + ?Sized>(self, style: Style, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            let value = to_json(value)?;
            let pairs = match style {
                Style::FormExploded => style::reserved_field(name, value)?,
                style => style::reserved_query(style, name, value)?,
            };
            draft.content.add_pairs(&pairs)
        })
    }

    /// Adds all entries of an object to a body of `application/x-www-form-urlencoded`, as
    /// [`form_field`](Self::form_field) does.
    #[must_use]
    pub fn form<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.try_set("body", |draft| draft.content.add_pairs(&style::form(to_json(body)?)?))
    }

    /// Adds a part to a body of `multipart/form-data` (RFC 7578). A scalar is text, an object is `application/json`,
    /// and each element of an array is a part of its own. Null and `None` add no part, but make the body multipart.
    #[must_use]
    pub fn part<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_parts(Part::from_value(name, to_json(value)?, None)))
    }

    /// Adds a part of a given media type. The value is JSON if the type is; otherwise it is as for
    /// [`part`](Self::part).
    #[must_use]
    pub fn part_as<T: Serialize + ?Sized>(self, content_type: &'static str, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| {
            let content_type = media_type(content_type)?;
            draft.content.add_parts(Part::from_value(name, to_json(value)?, Some(&content_type)))
        })
    }

    /// Adds one file, several or none to a body of `multipart/form-data`.
    #[must_use]
    pub fn file(self, name: &str, files: &impl Files) -> Self {
        self.try_set(name, |draft| {
            let parts = files.files().iter().map(|file| Part::file(name, file)).collect::<Result<_, _>>()?;
            draft.content.add_parts(parts)
        })
    }

    /// Adds parts of a given encoding to a body of `multipart/form-data`. Without a media type and a style, the value is
    /// as for [`part`](Self::part).
    #[must_use]
    pub fn part_with<T: Serialize + ?Sized>(self, encoding: &PartEncoding, name: &str, value: &T) -> Self {
        self.try_set(name, |draft| draft.content.add_parts(Part::encoded(name, to_json(value)?, encoding)?))
    }

    /// Adds one file, several or none of a given encoding to a body of `multipart/form-data`.
    #[must_use]
    pub fn file_with(self, encoding: &PartEncoding, name: &str, files: &impl Files) -> Self {
        self.try_set(name, |draft| {
            let parts = files.files().iter().map(|file| Part::encoded_file(name, file, encoding));
            draft.content.add_parts(parts.collect::<Result<_, _>>()?)
        })
    }

    /// Sets a header that the operation does not declare. It replaces a header of the operation and of the client with
    /// that name. The request is refused if the client sets the header itself, such as `Authorization` or `Host`.
    #[must_use]
    pub fn extra_header(self, name: &str, value: &str) -> Self {
        self.try_set(name, |draft| {
            let name = HeaderName::try_from(name).map_err(|_| "is not the name of a header")?;
            if OWN_HEADERS.contains(&name) {
                return Err("is set by the client and cannot be changed for one request".to_owned());
            }
            draft.extra_headers.append(name, header_value(value)?);
            Ok(())
        })
    }

    /// Marks the operation of this request as idempotent.
    pub(crate) fn idempotent(mut self) -> Self {
        self.0.operation = self.0.operation.clone().idempotent();
        self
    }

    /// Overrides the client's retry policy for this request.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.0.overrides.retry = Some(policy);
        self.refuse_if("retry", policy.invalid_reason())
    }

    /// Disables retries of this request.
    #[must_use]
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::none())
    }

    /// Overrides the client's timeout for this request. It covers retries and waits.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.overrides.timeout = Some(timeout);
        self.refuse_if("timeout", timeout.is_zero().then_some("is zero"))
    }

    /// Applies the settings in `overrides` that are not `None`, and adds its headers and parameters.
    #[must_use]
    pub fn overridden(self, overrides: Overrides) -> Self {
        let Overrides { retry, timeout, headers, query } = overrides;
        let request = retry.into_iter().fold(self, Self::retry);
        let request = timeout.into_iter().fold(request, Self::timeout);
        let request = headers.iter().fold(request, |request, (name, value)| request.extra_header(name, value));
        query.iter().fold(request, |request, (name, value)| request.query(name, value))
    }

    /// Returns the retry policy and the timeout.
    pub(crate) fn overrides(&self) -> &Overrides {
        &self.0.overrides
    }

    pub(crate) fn operation(&self) -> &Operation {
        &self.0.operation
    }

    /// Returns the finished parts, or the reason why the request cannot be sent.
    pub(crate) fn into_parts(self) -> Result<Parts, String> {
        match self.0.failure {
            Some(reason) => Err(reason),
            None => self.0.draft.finish(),
        }
    }

    /// Sets a body that is complete, in contrast to a form or parts.
    fn whole_body(self, content_type: &str, body: Result<Bytes, String>) -> Self {
        self.try_set("body", |draft| draft.content.set(media_type(content_type)?, body?))
    }

    /// Records the reason why a setting is invalid, if there is one.
    pub(crate) fn refuse_if(self, name: &str, invalid: Option<&str>) -> Self {
        self.try_set(name, |_| invalid.map_or(Ok(()), |reason| Err(reason.to_owned())))
    }

    /// Sets a part of the request. Records the error, unless there is an earlier one.
    fn try_set(mut self, name: &str, set: impl FnOnce(&mut Draft) -> Result<(), String>) -> Self {
        if self.0.failure.is_none() {
            self.0.failure = set(&mut self.0.draft).err().map(|reason| format!("{name}: {reason}"));
        }
        self
    }
}

impl Draft {
    /// Replaces `{name}` in the path by `text`, which is encoded.
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
        self.path = self.path.replace(&placeholder, text).into();
        Ok(())
    }

    /// Builds the finished parts.
    fn finish(self) -> Result<Parts, String> {
        check_path(&self.path)?;
        let Self { path, query, mut headers, accept, cookies, content, extra_headers } = self;
        let body = content.finish()?.map(|(content_type, body)| {
            headers.insert(header::CONTENT_TYPE, content_type);
            body
        });
        // OpenAPI ignores a header parameter named `Accept` (section "Parameter Object").
        headers.remove(header::ACCEPT);
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, accept);
        }
        if !cookies.is_empty() {
            let mut cookies = HeaderValue::try_from(cookies).map_err(|error| format!("cookies: {error}"))?;
            cookies.set_sensitive(true);
            headers.insert(header::COOKIE, cookies);
        }
        if !extra_headers.is_empty() {
            // The first value of a name replaces the values that are there.
            headers.extend(extra_headers);
        }
        Ok(Parts { path, query, headers, body })
    }
}

/// Checks that a path has all parameters, and no segment `.` or `..`, which would change the path.
fn check_path(path: &str) -> Result<(), String> {
    if let Some((_, rest)) = path.split_once('{') {
        let name = rest.split('}').next().unwrap_or(rest);
        return Err(format!("{name}: the path parameter is missing"));
    }
    if path.contains('.') && path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("the path has a segment `.` or `..`".to_owned());
    }
    Ok(())
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    sending(|| serde_json::to_value(value)).map_err(|error| error.to_string())
}

/// Appends `charset=utf-8` to `content_type`, if that is text without a charset.
fn with_charset(content_type: &str) -> String {
    let lower = content_type.to_ascii_lowercase();
    let needs_charset = lower.starts_with("text/") && !lower.contains("charset=");
    if needs_charset { format!("{content_type}; charset=utf-8") } else { content_type.to_owned() }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::file::File;

    const OPERATION: Operation = Operation::new("show", Method::GET, "/orders/{id}/items/{item}");
    const PLAIN: Operation = Operation::new("list", Method::GET, "/orders");

    fn path(id: &str) -> Result<String, String> {
        let request = Request::new(&OPERATION).path_param("id", id).path_param("item", &7);
        Ok(request.into_parts()?.path.into_owned())
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
    fn invalid_path_parameters_are_named() {
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
    fn reserved_characters_of_a_query_and_a_form_are_sent_as_they_are() {
        let request = Request::new(&PLAIN).query("a", "/").query_reserved(Style::FormExploded, "b", "/%2F&");
        assert_eq!(request.into_parts().unwrap().query, "a=%2F&b=/%2F%26");
        let request = Request::new(&PLAIN)
            .form_field_reserved(Style::FormExploded, "at", &json!({"a": "b/c"}))
            .form_field_reserved(Style::Form, "list", &["a/b", "c"])
            .form_field_reserved(Style::Form, "none", &None::<u8>);
        assert_eq!(body(request).unwrap().unwrap().1, "at%5Ba%5D=b/c&list=a/b,c");
    }

    #[test]
    fn the_first_invalid_parameter_is_reported() {
        let request = Request::new(&PLAIN).header("x-note", "a\nb").query_as(Style::Simple, "filter", "a");
        assert!(request.into_parts().err().unwrap().starts_with("x-note: cannot be sent in a header"));
        let request = Request::new(&PLAIN).header("x-note", "ش");
        assert!(request.into_parts().err().unwrap().starts_with("x-note: cannot be sent in a header"));
        let request = Request::new(&PLAIN).query_as(Style::Simple, "filter", "a");
        assert!(request.into_parts().err().unwrap().starts_with("filter: "));
    }

    #[test]
    fn invalid_overrides_are_named() {
        let error = |request: Request| request.into_parts().err().unwrap();
        let plain = || Request::new(&PLAIN);
        assert_eq!(error(plain().timeout(Duration::ZERO)), "timeout: is zero");
        assert!(
            error(plain().retry(RetryPolicy::new().max_attempts(0))).starts_with("retry: has max_attempts of zero")
        );
        assert_eq!(plain().no_retry().overrides().retry, Some(RetryPolicy::none()));
        let both = Overrides {
            retry: Some(RetryPolicy::none()),
            timeout: Some(Duration::from_secs(1)),
            ..Overrides::default()
        };
        let overridden = plain().overridden(both.clone());
        let overridden = overridden.overrides();
        assert_eq!((overridden.retry, overridden.timeout), (both.retry, both.timeout));
        assert_eq!(plain().overridden(Overrides::default()).overrides().timeout, None);
    }

    #[test]
    fn extra_headers_and_parameters_are_added_to_the_declared_ones() {
        let mut overrides = Overrides::default();
        overrides.extra_header("accept", "text/marked");
        overrides.extra_header("X-Note", "marked-1");
        overrides.extra_header("x-note", "marked-2");
        overrides.extra_query("with", "a&marked");
        overrides.extra_query("limit", 5);
        let debug = format!("{overrides:?}");
        assert!(debug.contains("headers: 3") && debug.contains("query: 2") && !debug.contains("marked"), "{debug}");
        let request = Request::new(&PLAIN).accept("text/csv").header("x-note", "declared").query("page", &1);
        let parts = request.overridden(overrides).into_parts().unwrap();
        assert_eq!(parts.query, "page=1&with=a%26marked&limit=5");
        let all: Vec<_> = parts.headers.get_all("x-note").iter().collect();
        assert_eq!(all, ["marked-1", "marked-2"]);
        assert_eq!(parts.headers["accept"], "text/marked");
    }

    #[test]
    fn an_extra_header_cannot_replace_a_header_of_the_client() {
        let error = |name, value| Request::new(&PLAIN).extra_header(name, value).into_parts().err().unwrap();
        for name in ["Authorization", "HOST", "content-length", "transfer-encoding", "connection", "user-agent"] {
            assert_eq!(
                error(name, "marked"),
                format!("{name}: is set by the client and cannot be changed for one request")
            );
        }
        assert_eq!(error("a b", "marked"), "a b: is not the name of a header");
        assert!(error("x-note", "marked\n").starts_with("x-note: cannot be sent in a header"));
    }

    /// Returns the type and the text of the body.
    fn body(request: Request) -> Result<Option<(String, String)>, String> {
        let Parts { headers, body, .. } = request.into_parts()?;
        let text = |bytes: Bytes| String::from_utf8(bytes.into()).unwrap();
        Ok(body.map(|body| (headers[header::CONTENT_TYPE].to_str().unwrap().to_owned(), text(body))))
    }

    #[test]
    fn bodies_are_sent_with_their_type() {
        let plain = || Request::new(&PLAIN);
        for (request, content_type, text) in [
            (plain().json(&None::<u8>), "application/json", "null"),
            (plain().json_as("application/merge-patch+json", &[1]), "application/merge-patch+json", "[1]"),
            (plain().text("text/plain", "ش"), "text/plain; charset=utf-8", "ش"),
            (plain().text("text/csv; Charset=utf-8", ""), "text/csv; Charset=utf-8", ""),
            (plain().text("application/xml", "<a/>"), "application/xml", "<a/>"),
            (plain().bytes("image/png", vec![b'P']), "image/png", "P"),
            (plain().json(&1).header("content-type", "text/plain"), "application/json", "1"),
            (plain().when(Some("a"), |request, text| request.text("text/a;charset=x", text)), "text/a;charset=x", "a"),
        ] {
            assert_eq!(body(request).unwrap().unwrap(), (content_type.to_owned(), text.to_owned()));
        }
        assert_eq!(body(plain().when(None::<&str>, |request, text| request.text("text/plain", text))), Ok(None));
        for wrong in ["png", "image/", "/png", "image/png\r\nx: y", "", "صورة/png"] {
            assert_eq!(body(plain().bytes(wrong, "")).unwrap_err(), "body: has an invalid content type", "{wrong}");
        }
    }

    #[test]
    fn a_form_is_encoded_as_php_reads_it() {
        let form = |request| body(request).unwrap().unwrap();
        let request = Request::new(&PLAIN)
            .form_field("name", "a b&c=ش")
            .form_field("none", &None::<u8>)
            .form_field("tags", &["x", "y"])
            .form_field("none", &[0_u8; 0])
            .form_field("at", &json!({"city": "Mecca", "codes": [1, null, {"a": true}], "none": null}))
            .form_field("rows", &json!([{"id": 1}, {"id": 2}]))
            .form_field_as(Style::Form, "list", &[1, 2]);
        let text = "name=a+b%26c%3D%D8%B4&tags=x&tags=y&at%5Bcity%5D=Mecca&at%5Bcodes%5D%5B0%5D=1\
                    &at%5Bcodes%5D%5B2%5D%5Ba%5D=true&rows%5B0%5D%5Bid%5D=1&rows%5B1%5D%5Bid%5D=2&list=1,2";
        let content_type = "application/x-www-form-urlencoded";
        assert_eq!(form(request), (content_type.to_owned(), text.to_owned()));
        let whole = json!({"a": 1, "b": [1, 2], "c": {"d": "e"}, "none": null});
        assert_eq!(form(Request::new(&PLAIN).form(&whole)).1, "a=1&b=1&b=2&c%5Bd%5D=e");
        for empty in [Request::new(&PLAIN).form_field("a", &None::<u8>), Request::new(&PLAIN).form(&None::<u8>)] {
            assert_eq!(form(empty), (content_type.to_owned(), String::new()));
        }
        assert_eq!(body(Request::new(&PLAIN).form(&1)).unwrap_err(), "body: a form needs an object");
    }

    /// Returns the body of a multipart, with `B` for its boundary.
    fn multipart(request: Request) -> String {
        let (content_type, body) = body(request).unwrap().unwrap();
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert_eq!(boundary.len(), 32);
        body.replace(boundary, "B").replace("\r\n", "\n")
    }

    #[test]
    fn a_multipart_has_a_part_for_each_value() {
        let request = Request::new(&PLAIN)
            .part("name", "a&b\r\nش")
            .part("none", &None::<u8>)
            .part("tags", &json!([1, null, {"a": 1}]))
            .part("at", &json!({"city": "Mecca"}))
            .part_as("application/vnd.x+json", "quoted", "a")
            .part_as("text/csv", "table", "1;2");
        let expected = "--B\nContent-Disposition: form-data; name=\"name\"\n\na&b\nش\n\
            --B\nContent-Disposition: form-data; name=\"tags\"\n\n1\n\
            --B\nContent-Disposition: form-data; name=\"tags\"\nContent-Type: application/json\n\n{\"a\":1}\n\
            --B\nContent-Disposition: form-data; name=\"at\"\nContent-Type: application/json\n\n{\"city\":\"Mecca\"}\n\
            --B\nContent-Disposition: form-data; name=\"quoted\"\nContent-Type: application/vnd.x+json\n\n\"a\"\n\
            --B\nContent-Disposition: form-data; name=\"table\"\nContent-Type: text/csv\n\n1;2\n\
            --B--\n";
        assert_eq!(multipart(request), expected);
    }

    #[test]
    fn files_are_parts_with_a_name_and_a_type() {
        let png = File::new("a \"b\"\r\nش.png", "PNG").content_type("image/png");
        let request = Request::new(&PLAIN)
            .file("photo", &png)
            .file("none", &None::<File>)
            .file("scan\"", &Some(File::from(b"x".to_vec())))
            .file("none", &None::<Vec<File>>)
            .file("more", &vec![File::from(("1", "one")), File::from(("2", "two"))])
            .file("last", &Some(vec![File::from(Bytes::from_static(b"3"))]));
        let file = |name: &str, file: &str, media_type: &str, text: &str| {
            let disposition = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"");
            format!("--B\n{disposition}\nContent-Type: {media_type}\n\n{text}\n")
        };
        let octets = "application/octet-stream";
        let expected = [
            file("photo", "a %22b%22%0D%0Aش.png", "image/png", "PNG"),
            file("scan%22", "file", octets, "x"),
            file("more", "1", octets, "one"),
            file("more", "2", octets, "two"),
            file("last", "file", octets, "3"),
            "--B--\n".to_owned(),
        ];
        assert_eq!(multipart(request), expected.concat());
        let wrong = Request::new(&PLAIN).file("photo", &png.content_type("png\r\nx: y"));
        assert_eq!(body(wrong).unwrap_err(), "photo: has an invalid content type");
    }

    #[test]
    fn a_multipart_without_parts_has_only_its_closing_line() {
        for request in
            [Request::new(&PLAIN).part("a", &None::<u8>), Request::new(&PLAIN).file("a", &Vec::<File>::new())]
        {
            assert_eq!(multipart(request), "--B--\n");
        }
    }

    #[test]
    fn a_request_cannot_have_two_kinds_of_body() {
        let plain = || Request::new(&PLAIN);
        for request in [
            plain().form_field("a", &1).json(&1),
            plain().json(&1).form_field("a", &1),
            plain().form_field("b", &1).part("a", &1),
            plain().part("b", &1).form(&json!({})),
            plain().text("text/plain", "").file("a", &None::<File>),
        ] {
            let reason = body(request).unwrap_err();
            assert!(reason.ends_with("the request already has another kind of body"), "{reason}");
        }
    }

    #[test]
    fn all_cookies_are_in_one_sensitive_header() {
        let request = Request::new(&PLAIN)
            .cookie("session", "a b;c,\"d\"\\%ش/+=")
            .cookie("none", &None::<u8>)
            .cookie("ids", &[1, 2])
            .cookie_as(Style::Form, "list", &[1, 2])
            .cookie_as(Style::Json, "at", &json!({"a": 1}));
        let headers = request.into_parts().unwrap().headers;
        let all: Vec<_> = headers.get_all(header::COOKIE).iter().collect();
        let expected = "session=a%20b%3Bc%2C%22d%22%5C%25%D8%B4/+=; ids=1; ids=2; list=1%2C2; at={%22a%22:1}";
        assert_eq!(all, [expected]);
        assert!(all[0].is_sensitive());
        let wrong = Request::new(&PLAIN).cookie("a b", &1).into_parts().err().unwrap();
        assert_eq!(wrong, "a b: `a b` is not the name of a cookie");
    }

    #[test]
    fn only_the_operation_sets_accept() {
        let accept = |request: Request| request.into_parts().map(|parts| parts.headers.get(header::ACCEPT).cloned());
        let plain = || Request::new(&PLAIN);
        assert_eq!(accept(plain().accept("text/csv, */*")).unwrap().unwrap(), "text/csv, */*");
        assert_eq!(accept(plain().header("Accept", "text/csv")), Ok(None));
        assert!(accept(plain().accept("a\n")).unwrap_err().starts_with("accept: "));
    }

    #[test]
    fn headers_and_body_are_unchanged() {
        let parts =
            Request::new(&PLAIN).header("x-page", &3).header("x-none", &None::<&str>).json(&[1]).into_parts().unwrap();
        let headers: Vec<_> =
            parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(headers, [("x-page", "3"), ("content-type", "application/json")]);
        assert_eq!(parts.body.unwrap(), "[1]");
    }
}
