//! The rate limit: a bucket of requests that is filled up again when its window ends, and the headers that tell
//! the client about it. By tokio's clock, so that a paused clock empties and fills it without waiting.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::time::Instant;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// How many requests are let through in a window of time. A window begins with the first request after the last one.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    requests: u64,
    window: Duration,
    drip: Option<Duration>,
}

impl RateLimit {
    /// `requests` in every `window`, and none when they are used up.
    ///
    /// # Panics
    ///
    /// When one of them is zero: nothing could ever be let through.
    #[must_use]
    pub fn new(requests: u64, window: Duration) -> Self {
        assert!(requests > 0 && !window.is_zero(), "the limit lets nothing through");
        Self { requests, window, drip: None }
    }

    /// Salla's limit of a store: so many requests a minute (120 for Plus, 360 for Pro, 720 for Special), then one a
    /// second until the minute is over.
    #[must_use]
    pub fn of_store(requests: u64) -> Self {
        Self { drip: Some(Duration::from_secs(1)), ..Self::new(requests, Duration::from_secs(60)) }
    }

    /// Salla's limit of everything under `/admin/v2/customers`: 500 requests in 10 minutes.
    #[must_use]
    pub fn of_customers() -> Self {
        Self::new(500, Duration::from_secs(600))
    }

    /// A limit that no test reaches.
    pub(super) fn none() -> Self {
        Self::new(1_000_000_000, Duration::from_secs(60))
    }
}

/// What is left of a [`RateLimit`].
#[derive(Debug)]
pub(super) struct Bucket {
    limit: RateLimit,
    window_ends: Instant,
    taken: u64,
    last: Instant,
}

/// What the bucket says to one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    limit: u64,
    remaining: u64,
    resets_in: Duration,
    /// How long to wait, if the request is refused.
    pub(super) refused_for: Option<Duration>,
}

impl Bucket {
    pub(super) fn new(limit: RateLimit) -> Self {
        let now = Instant::now();
        Self { limit, window_ends: now, taken: 0, last: now }
    }

    /// One request asks to be let through.
    pub(super) fn take(&mut self) -> Verdict {
        let now = Instant::now();
        if now >= self.window_ends {
            self.window_ends = now + self.limit.window;
            self.taken = 0;
        }
        let next = self.next_opening(now);
        if next <= now {
            self.taken += 1;
            self.last = now;
        }
        Verdict {
            limit: self.limit.requests,
            remaining: self.limit.requests.saturating_sub(self.taken),
            resets_in: self.window_ends - now,
            refused_for: (next > now).then(|| next - now),
        }
    }

    /// When the next request is let through.
    fn next_opening(&self, now: Instant) -> Instant {
        if self.taken < self.limit.requests {
            return now;
        }
        let drip = self.limit.drip.map(|every| self.last + every);
        drip.map_or(self.window_ends, |drip| drip.min(self.window_ends))
    }
}

impl Verdict {
    /// The headers for the answer that is sent at `now`.
    pub(super) fn headers(&self, now: SystemTime) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, epoch_seconds(now + self.resets_in).into());
        if let Some(wait) = self.refused_for {
            headers.insert(header::RETRY_AFTER, whole_seconds(wait).into());
        }
        headers
    }
}

/// Rounded up: whoever waits that long has waited long enough.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

fn epoch_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, whole_seconds)
}

/// Wall clock time that goes on by tokio's clock.
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

/// A date as HTTP writes it.
pub(super) fn http_date(time: SystemTime) -> HeaderValue {
    let text = httpdate::fmt_http_date(time);
    HeaderValue::try_from(text).expect("a date is plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn let_through(bucket: &mut Bucket, seconds: u64) -> u64 {
        tokio::time::advance(Duration::from_secs(seconds)).await;
        (0..1000).take_while(|_| bucket.take().refused_for.is_none()).count() as u64
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_lets_its_requests_through_and_no_more() {
        let mut bucket = Bucket::new(RateLimit::new(3, Duration::from_secs(10)));
        for (seconds, expected) in [(0, 3), (9, 0), (1, 3), (100, 3)] {
            assert_eq!(let_through(&mut bucket, seconds).await, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_of_a_store_drips_until_its_minute_is_over() {
        let mut bucket = Bucket::new(RateLimit::of_store(120));
        for (seconds, expected) in [(0, 120), (1, 1), (0, 0), (30, 1), (28, 1), (1, 120)] {
            assert_eq!(let_through(&mut bucket, seconds).await, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_headers_say_what_the_bucket_does() {
        let mut bucket = Bucket::new(RateLimit::new(1, Duration::from_millis(2500)));
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let first = bucket.take().headers(now);
        assert_eq!((&first[LIMIT], &first[REMAINING], &first[RESET]), (&1.into(), &0.into(), &1003.into()));
        assert!(!first.contains_key(header::RETRY_AFTER));
        let second = bucket.take();
        assert_eq!(second.headers(now)[header::RETRY_AFTER], "3");
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(bucket.take().refused_for, None, "who waits as told is let through");
    }
}
