//! Reads the headers about limits from a response: `Retry-After` and the `X-RateLimit-…` family.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, header};
use tokio::time::Instant;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Thirty years: longer than any wait, and short enough that no clock overflows.
pub(crate) const NEVER: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The number of requests that the API still accepts, and the time of the reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: u64,
    /// The time of the reset, in Unix seconds by the server's clock.
    pub(crate) reset: u64,
}

/// Reads `X-RateLimit-Remaining`, `X-RateLimit-Reset` (in Unix seconds) and, if present, `X-RateLimit-Limit`.
pub(crate) fn budget(headers: &HeaderMap) -> Option<Budget> {
    let (remaining, reset) = (number(headers, &REMAINING)?, number(headers, &RESET)?);
    Some(Budget { limit: number(headers, &LIMIT), remaining, reset })
}

impl Budget {
    /// Returns the time until the reset, by the `Date` among `headers`, which are those of the same response. There is none
    /// if the reset is out of range.
    pub(crate) fn resets_in(&self, headers: &HeaderMap) -> Option<Duration> {
        Some(from_now(headers, UNIX_EPOCH.checked_add(Duration::from_secs(self.reset))?))
    }
}

/// Reads `Retry-After`: seconds or a date (RFC 9110 section 10.2.3). A date in the past gives zero.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    if let Some(seconds) = number(headers, &header::RETRY_AFTER) {
        return Some(Duration::from_secs(seconds));
    }
    Some(from_now(headers, date(headers, &header::RETRY_AFTER)?))
}

/// Returns the time until `time`, by the server's clock if the response has a `Date`: this machine's may be wrong.
fn from_now(headers: &HeaderMap, time: SystemTime) -> Duration {
    let now = date(headers, &header::DATE).unwrap_or_else(SystemTime::now);
    time.duration_since(now).unwrap_or_default()
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

/// Reads a header as a whole number. A number too large for 64 bits gives the largest one.
fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let digits = headers.get(name)?.as_bytes().trim_ascii();
    let mut number = (!digits.is_empty()).then_some(0_u64)?;
    for digit in digits {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number = number.saturating_mul(10).saturating_add(digit);
    }
    Some(number)
}

/// Returns the time `timeout` after `now`, or thirty years after it if `timeout` is longer.
pub(crate) fn deadline(now: Instant, timeout: Duration) -> Instant {
    now.checked_add(timeout.min(NEVER)).unwrap_or(now)
}

/// Returns the time thirty years after `now`.
pub(crate) fn far_future(now: Instant) -> Instant {
    deadline(now, NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        const DATE: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        for (value, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun Nov  6 08:50:37 1994", Some(60)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            let wait = retry_after(&headers(&[("retry-after", value), DATE]));
            assert_eq!(wait, seconds.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(retry_after(&headers(&[])), None);
    }

    #[test]
    fn without_a_date_the_clock_of_this_machine_is_used() {
        let in_an_hour = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
        let wait = retry_after(&headers(&[("retry-after", &in_an_hour)])).unwrap().as_secs();
        assert!((3500..=3600).contains(&wait), "{wait}");
    }

    #[test]
    fn a_budget_is_relative_to_the_clock_of_the_server() {
        let all = [
            ("x-ratelimit-limit", "120"),
            ("x-ratelimit-remaining", "7"),
            ("x-ratelimit-reset", "784111837"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ];
        let budget_of_all = budget(&headers(&all)).unwrap();
        assert_eq!(budget_of_all, Budget { limit: Some(120), remaining: 7, reset: 784_111_837 });
        assert_eq!(budget_of_all.resets_in(&headers(&all)), Some(Duration::from_secs(60)));
        assert_eq!(budget(&headers(&all[1..])).unwrap().limit, None);
        assert_eq!(budget(&headers(&all[..2])), None);
        assert_eq!(budget(&headers(&all[2..])), None);
        let implausible = [("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "99999999999999999999999")];
        let implausible = headers(&implausible);
        assert_eq!(budget(&implausible).unwrap().resets_in(&implausible), None, "the time is out of range");
    }

    #[test]
    fn the_longest_timeout_gives_a_valid_deadline() {
        let now = Instant::now();
        assert_eq!(deadline(now, Duration::from_secs(1)), now + Duration::from_secs(1));
        assert_eq!(deadline(now, Duration::MAX), far_future(now));
        assert!(far_future(now) > now);
    }
}
