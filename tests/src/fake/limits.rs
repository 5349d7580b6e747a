//! The rate limit: counts the requests of a time window, and reports the count in headers. It uses tokio's clock, so a
//! test with a paused clock need not wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::time::Instant;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The number of requests that are admitted in a time window. A window begins with the first request after the end of
/// the last window.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    requests: u64,
    window: Duration,
    /// After the requests of a window are used up, one more is admitted per interval.
    refill_interval: Option<Duration>,
}

impl RateLimit {
    /// Creates a limit of `requests` per `window`.
    ///
    /// # Panics
    ///
    /// When `requests` or `window` is zero.
    #[must_use]
    pub fn new(requests: u64, window: Duration) -> Self {
        assert!(requests > 0 && !window.is_zero(), "the limit admits no request");
        Self { requests, window, refill_interval: None }
    }

    /// Creates Salla's limit for a store: `requests` per minute (Plus: 120, Pro: 360, Special: 720), then one per
    /// second until the minute ends.
    #[must_use]
    pub fn for_store(requests: u64) -> Self {
        Self { refill_interval: Some(Duration::from_secs(1)), ..Self::new(requests, Duration::from_secs(60)) }
    }

    /// Creates Salla's limit for all paths under `/admin/v2/customers`: 500 requests per 10 minutes.
    #[must_use]
    pub fn for_customers() -> Self {
        Self::new(500, Duration::from_secs(600))
    }

    /// Creates a limit that no test reaches.
    pub(super) fn none() -> Self {
        Self::new(1_000_000_000, Duration::from_secs(60))
    }
}

/// The requests of the current window of a [`RateLimit`].
#[derive(Debug)]
pub(super) struct Counter {
    limit: RateLimit,
    window_ends: Instant,
    admitted: u64,
    last_admitted: Instant,
}

/// The decision about one request, and the state of the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Admission {
    limit: u64,
    remaining: u64,
    resets_in: Duration,
    /// The time to wait, if the request is not admitted.
    pub(super) retry_after: Option<Duration>,
}

impl Counter {
    pub(super) fn new(limit: RateLimit) -> Self {
        let now = Instant::now();
        Self { limit, window_ends: now, admitted: 0, last_admitted: now }
    }

    /// Decides on one request, and counts it if it is admitted.
    pub(super) fn admit(&mut self) -> Admission {
        let now = Instant::now();
        if now >= self.window_ends {
            self.window_ends = now + self.limit.window;
            self.admitted = 0;
        }
        let next = self.next_admission(now);
        if next <= now {
            self.admitted += 1;
            self.last_admitted = now;
        }
        Admission {
            limit: self.limit.requests,
            remaining: self.limit.requests.saturating_sub(self.admitted),
            resets_in: self.window_ends - now,
            retry_after: (next > now).then(|| next - now),
        }
    }

    /// Returns the time at which the next request is admitted.
    fn next_admission(&self, now: Instant) -> Instant {
        if self.admitted < self.limit.requests {
            return now;
        }
        let refill_at = self.limit.refill_interval.map(|interval| self.last_admitted + interval);
        refill_at.map_or(self.window_ends, |refill_at| refill_at.min(self.window_ends))
    }
}

impl Admission {
    /// Returns the headers for the response that is sent at `now`.
    pub(super) fn headers(&self, now: SystemTime) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, epoch_seconds(now + self.resets_in).into());
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, rounded_up_seconds(wait).into());
        }
        headers
    }
}

/// Rounds up to whole seconds, so that a client that waits this long is admitted.
fn rounded_up_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Converts a time into Unix seconds, rounded up.
fn epoch_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, rounded_up_seconds)
}

/// A wall clock that advances with tokio's clock.
#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    wall: SystemTime,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), wall: SystemTime::now() }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.wall + self.started.elapsed()
    }
}

/// Formats a date for an HTTP header.
pub(super) fn http_date(time: SystemTime) -> HeaderValue {
    let text = httpdate::fmt_http_date(time);
    HeaderValue::try_from(text).expect("a date is plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn admitted(counter: &mut Counter, seconds: u64) -> u64 {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        (0..1000).take_while(|_| counter.admit().retry_after.is_none()).count() as u64
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_admits_its_number_of_requests() {
        let mut counter = Counter::new(RateLimit::new(3, Duration::from_secs(10)));
        for (seconds, expected) in [(0, 3), (9, 0), (1, 3), (100, 3)] {
            assert_eq!(admitted(&mut counter, seconds).await, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_of_a_store_admits_one_request_per_second_until_the_minute_ends() {
        let mut counter = Counter::new(RateLimit::for_store(120));
        for (seconds, expected) in [(0, 120), (1, 1), (0, 0), (30, 1), (28, 1), (1, 120)] {
            assert_eq!(admitted(&mut counter, seconds).await, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_headers_report_the_state_of_the_limit() {
        let mut counter = Counter::new(RateLimit::new(1, Duration::from_millis(2500)));
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let first = counter.admit().headers(now);
        assert_eq!((&first[LIMIT], &first[REMAINING], &first[RESET]), (&1.into(), &0.into(), &1003.into()));
        assert!(!first.contains_key(header::RETRY_AFTER));
        let second = counter.admit();
        assert_eq!(second.headers(now)[header::RETRY_AFTER], "3");
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(counter.admit().retry_after, None, "a client that waits for `Retry-After` is admitted");
    }
}
