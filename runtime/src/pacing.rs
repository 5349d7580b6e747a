//! Rate limits: [`Pacing`] configures them, and a [`Pacer`], which all clones of a client share, enforces them.
//!
//! All requests wait in one queue, first come, first served. Only the first request in the queue waits for a limit. It
//! counts against the quotas when it is sent, so a request that is cancelled in the queue does not count.
//!
//! A quota is a log of the times of the last requests: a sliding window, so that the quota holds for any start of the
//! server's windows. The crate `governor` is not used: it can let twice the quota through in one window (a full bucket
//! and its refill), and it has its own clock, which a paused clock of tests cannot control.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::limits::{self, Budget};
use crate::trace;

/// The longest wait that the API's headers can cause: 15 minutes. Salla's longest window is 10 minutes, so a longer
/// time is an error of the server.
const MAX_WAIT: Duration = Duration::from_secs(15 * 60);

/// The tolerance for comparing reset times, which are rounded to seconds.
const SAME_RESET: Duration = Duration::from_secs(2);

/// The assumed length of a new window that no response has described yet: 60 seconds.
const PRESUMED_WINDOW: Duration = Duration::from_secs(60);

const MINUTE: Duration = Duration::from_secs(60);

/// A limit of requests in any period of a given length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    requests: u32,
    per: Duration,
}

impl Quota {
    /// Salla's limit for a store with the plan Plus: 120 requests a minute.
    pub const PLUS: Self = Self::new(120, MINUTE);
    /// Salla's limit for a store with the plan Pro: 360 requests a minute.
    pub const PRO: Self = Self::new(360, MINUTE);
    /// Salla's limit for a store with the plan Special: 720 requests a minute.
    pub const SPECIAL: Self = Self::new(720, MINUTE);
    /// Salla's limit for an IP address under `/admin/v2/customers`: 500 requests in 10 minutes.
    pub const CUSTOMERS: Self = Self::new(500, Duration::from_secs(600));

    /// Creates a quota of `requests` in any period of length `per`. Neither can be zero.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }
}

/// The rate limits of a client. All clones of a client share them; two clients do not.
///
/// A request that would have to wait past its call's [timeout](crate::ClientBuilder::timeout) is not sent: the error
/// is [rate limited](crate::Error::is_rate_limited) and has the [time to wait](crate::Error::retry_after), if that is
/// known. With [`Quota::CUSTOMERS`] it can be ten minutes: set a longer timeout, or handle the error.
///
/// Quotas count requests when they are sent. If the latency varies, the server may receive a few more of them in a
/// window than the quota: choose a smaller quota if that matters.
///
/// ```
/// use salla_runtime::{Pacing, Quota};
///
/// // An app for one store with the plan Pro, on an IP address of its own.
/// let pacing = Pacing::observed().quota(Quota::PRO).quota(Quota::CUSTOMERS);
/// # let _ = pacing;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Pacing {
    observed: bool,
    quotas: Vec<Quota>,
}

impl Pacing {
    /// Sets no limit.
    pub const fn none() -> Self {
        Self { observed: false, quotas: Vec::new() }
    }

    /// Delays requests by the headers of responses: until `X-RateLimit-Reset` once `X-RateLimit-Remaining` is used up,
    /// and after a 429 for the time of its `Retry-After`. There is no limit before the first response. The default.
    pub const fn observed() -> Self {
        Self { observed: true, quotas: Vec::new() }
    }

    /// Adds a quota.
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quotas.push(quota);
        self
    }

    /// Returns the reason why this pacing is invalid. The reason completes a sentence that begins with `pacing`.
    pub(crate) fn invalid_reason(&self) -> Option<&'static str> {
        if self.quotas.iter().any(|quota| quota.requests == 0) {
            return Some("has a quota of zero requests");
        }
        self.quotas.iter().any(|quota| quota.per.is_zero()).then_some("has a quota with a period of zero")
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self::observed()
    }
}

/// Enforces the rate limits of all clones of a client.
pub(crate) struct Pacer {
    /// The queue. This mutex is fair: it is locked in the order of the calls, and a caller can stop waiting.
    queue: tokio::sync::Mutex<Vec<Log>>,
    /// The limits that responses reported. `None` if they are ignored.
    observed: Option<Mutex<Observed>>,
    off: bool,
}

/// The error of a request that cannot be sent before its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimited {
    /// The time until the request can be sent, if it is known.
    pub(crate) wait: Option<Duration>,
}

impl Pacer {
    pub(crate) fn new(pacing: &Pacing) -> Self {
        let logs: Vec<_> = pacing.quotas.iter().copied().map(Log::new).collect();
        let off = !pacing.observed && logs.is_empty();
        let observed = pacing.observed.then(Mutex::default);
        Self { queue: tokio::sync::Mutex::new(logs), observed, off }
    }

    /// Waits until one request may be sent. The caller must send it when this returns.
    pub(crate) async fn admit(&self, deadline: Instant) -> Result<(), RateLimited> {
        if self.off {
            return Ok(());
        }
        let mut logs = timeout_at(deadline, self.queue.lock()).await.map_err(|_| RateLimited { wait: None })?;
        loop {
            let now = Instant::now();
            let Some(available_at) = self.try_take(&mut logs, now) else {
                return Ok(());
            };
            if available_at >= deadline {
                return Err(RateLimited { wait: Some(available_at - now) });
            }
            trace::rate_limit_event(available_at - now);
            sleep_until(available_at).await;
        }
    }

    /// Counts a request against all limits if they allow it. Otherwise counts nothing and returns the time to try
    /// again.
    fn try_take(&self, logs: &mut [Log], now: Instant) -> Option<Instant> {
        let mut observed = self.observed.as_ref().map(lock);
        let observed_at = observed.as_deref().and_then(Observed::available_at);
        let times = logs.iter().map(Log::available_at).chain([observed_at]);
        let available_at = times.flatten().max().filter(|at| *at > now);
        if available_at.is_none() {
            for log in logs {
                log.take(now);
            }
            if let Some(observed) = observed.as_deref_mut() {
                observed.take(now);
            }
        }
        available_at
    }

    /// Records the limits that a response reports.
    pub(crate) fn observe(&self, status: StatusCode, headers: &HeaderMap) {
        let Some(observed) = &self.observed else {
            return;
        };
        let now = Instant::now();
        if let Some(budget) = limits::budget(headers).filter(|budget| budget.resets_in <= MAX_WAIT) {
            lock(observed).update(budget, now);
        }
        if status == StatusCode::TOO_MANY_REQUESTS
            && let Some(wait) = limits::retry_after(headers).filter(|wait| *wait <= MAX_WAIT)
        {
            lock(observed).block(now + wait);
        }
    }
}

/// Locks the observed limits. They are consistent even if a thread panicked while it held the lock.
fn lock(observed: &Mutex<Observed>) -> MutexGuard<'_, Observed> {
    observed.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The times of the last requests under a quota: at most as many as the quota allows.
struct Log {
    quota: Quota,
    sent: VecDeque<Instant>,
}

impl Log {
    fn new(quota: Quota) -> Self {
        Self { quota, sent: VecDeque::new() }
    }

    fn is_full(&self) -> bool {
        u32::try_from(self.sent.len()).is_ok_and(|sent| sent >= self.quota.requests)
    }

    /// Returns the time at which the quota allows one more request, if that is not now.
    fn available_at(&self) -> Option<Instant> {
        let oldest = self.sent.front().filter(|_| self.is_full())?;
        oldest.checked_add(self.quota.per).or(Some(limits::far_future(*oldest)))
    }

    /// Records a request that is sent now. Removes requests that are older than the period.
    fn take(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|sent| now - *sent >= self.quota.per) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}

/// The limits that responses reported.
#[derive(Default)]
struct Observed {
    window: Option<Window>,
    /// The latest end of a `Retry-After` of a 429.
    blocked_until: Option<Instant>,
}

/// The API's current window: the number of requests that are left until it resets.
struct Window {
    resets_at: Instant,
    remaining: u64,
    limit: Option<u64>,
}

impl Observed {
    /// Returns the time at which the API accepts one more request, if it is known and not now.
    fn available_at(&self) -> Option<Instant> {
        let reset = self.window.as_ref().filter(|window| window.remaining == 0).map(|window| window.resets_at);
        reset.max(self.blocked_until)
    }

    fn take(&mut self, now: Instant) {
        let Some(window) = &mut self.window else {
            return;
        };
        if window.resets_at > now {
            window.remaining = window.remaining.saturating_sub(1);
        } else {
            self.window = window.next(now);
        }
    }

    /// Records the budget of a response. Within one window the lowest number counts: responses arrive in any order
    /// while other requests are in flight.
    fn update(&mut self, budget: Budget, now: Instant) {
        let resets_at = now + budget.resets_in;
        let is_same = |window: &&Window| window.resets_at > now && distance(window.resets_at, resets_at) <= SAME_RESET;
        let known = self.window.as_ref().filter(is_same);
        let remaining = known.map_or(budget.remaining, |window| window.remaining.min(budget.remaining));
        self.window = Some(Window { resets_at, remaining, limit: budget.limit });
    }

    fn block(&mut self, until: Instant) {
        self.blocked_until = self.blocked_until.max(Some(until));
    }
}

impl Window {
    /// Returns the window after this one, with one request counted. Until a response describes the new window, its
    /// limit is assumed to be the same. Without this assumption, all requests that waited for the reset would be sent
    /// at once.
    fn next(&self, now: Instant) -> Option<Self> {
        let limit = self.limit.filter(|limit| *limit > 0)?;
        Some(Self { resets_at: now + PRESUMED_WINDOW, remaining: limit - 1, limit: Some(limit) })
    }
}

fn distance(a: Instant, b: Instant) -> Duration {
    a.saturating_duration_since(b).max(b.saturating_duration_since(a))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use futures_util::future::{self, FutureExt as _};
    use http::{HeaderName, HeaderValue};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pacer(quotas: &[Quota]) -> Arc<Pacer> {
        let pacing = quotas.iter().fold(Pacing::observed(), |pacing, quota| pacing.quota(*quota));
        Arc::new(Pacer::new(&pacing))
    }

    fn never() -> Instant {
        limits::far_future(Instant::now())
    }

    /// Makes requests at the same time. Returns the times at which they were admitted, in the order of the calls.
    async fn admit_together(pacer: &Arc<Pacer>, requests: usize) -> Vec<Instant> {
        let admit = async |pacer: Arc<Pacer>| pacer.admit(never()).await.map(|()| Instant::now());
        future::try_join_all((0..requests).map(|_| admit(Arc::clone(pacer)))).await.unwrap()
    }

    /// Checks that no period of the quota's length holds more requests than the quota.
    fn assert_within(quota: Quota, sent: &[Instant]) {
        let more = quota.requests as usize;
        assert!(sent.iter().zip(&sent[more.min(sent.len())..]).all(|(first, next)| *next - *first >= quota.per));
    }

    /// Returns the headers of a response with `remaining` requests for `resets_in` seconds.
    fn headers(remaining: u64, resets_in: u64) -> HeaderMap {
        let pairs = [
            ("date", "Thu, 01 Jan 1970 00:00:00 GMT".to_owned()),
            ("x-ratelimit-limit", "3".to_owned()),
            ("x-ratelimit-remaining", remaining.to_string()),
            ("x-ratelimit-reset", resets_in.to_string()),
        ];
        let headers = pairs.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::try_from(value).unwrap()));
        HeaderMap::from_iter(headers)
    }

    fn refusal(seconds: u64) -> HeaderMap {
        HeaderMap::from_iter([(http::header::RETRY_AFTER, HeaderValue::from(seconds))])
    }

    /// Returns the seconds until one more request is admitted.
    async fn next(pacer: &Pacer) -> u64 {
        let start = Instant::now();
        pacer.admit(never()).await.unwrap();
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_concurrent_requests_are_admitted_in_order_within_all_quotas() {
        let quotas = [Quota::PLUS, Quota::CUSTOMERS];
        let start = Instant::now();
        let sent = admit_together(&pacer(&quotas), 1000).await;
        assert!(sent.is_sorted(), "first come, first served");
        for quota in quotas {
            assert_within(quota, &sent);
        }
        // 500 requests in the first ten minutes, the first 120 of them at once; then the same again.
        assert_eq!(start.elapsed().as_secs(), 600 + 4 * 60);
    }

    #[tokio::test(start_paused = true)]
    async fn quotas_are_enforced_without_unnecessary_waits() {
        fastrand::seed(2);
        for _ in 0..200 {
            let quota = || Quota::new(fastrand::u32(1..=9), Duration::from_millis(fastrand::u64(1..=5000)));
            let (quotas, requests) = ([quota(), quota()], fastrand::usize(1..=40));
            let start = Instant::now();
            let sent = admit_together(&pacer(&quotas), requests).await;
            for quota in quotas {
                assert_within(quota, &sent);
            }
            let single = |quota: Quota| quota.per * u32::try_from(requests - 1).unwrap().div_euclid(quota.requests);
            let slack = Duration::from_millis(u64::try_from(requests).unwrap());
            assert!(sent[requests - 1] - start <= quotas.map(single).iter().sum::<Duration>() + slack);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_request_does_not_count() {
        let pacer = pacer(&[Quota::new(1, 10 * SECOND)]);
        let start = Instant::now();
        pacer.admit(never()).await.unwrap();
        {
            let (mut head, mut second) = (pin!(pacer.admit(never())), pin!(pacer.admit(never())));
            assert!(head.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        }
        assert_eq!(next(&pacer).await, 10);
        assert_eq!((next(&pacer).await, start.elapsed().as_secs()), (10, 20));
    }

    #[tokio::test(start_paused = true)]
    async fn no_request_waits_past_its_deadline() {
        let pacer = pacer(&[Quota::new(1, 10 * SECOND)]);
        let start = Instant::now();
        pacer.admit(start).await.unwrap();
        assert_eq!(
            pacer.admit(start + 10 * SECOND).await,
            Err(RateLimited { wait: Some(10 * SECOND) }),
            "the wait is known at once"
        );
        assert_eq!(start.elapsed(), Duration::ZERO);
        let (head, behind) = tokio::join!(pacer.admit(never()), pacer.admit(start + 5 * SECOND));
        assert_eq!((head, behind), (Ok(()), Err(RateLimited { wait: None })));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_wait_for_the_reset_when_none_remain() {
        let pacer = pacer(&[]);
        assert_eq!(next(&pacer).await, 0, "nothing is known yet");
        pacer.observe(StatusCode::OK, &headers(2, 40));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 40]);
        // The next window is assumed to be as large, until a response describes it.
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 60]);
        pacer.observe(StatusCode::OK, &headers(3, 30));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 0, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_window_does_not_limit_the_next_one() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::OK, &headers(0, 1));
        tokio::time::advance(SECOND).await;
        pacer.observe(StatusCode::OK, &headers(2, 1));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 1]);
    }

    #[test]
    fn a_quota_keeps_only_the_requests_of_its_period() {
        let (mut log, start) = (Log::new(Quota::new(u32::MAX, SECOND)), Instant::now());
        for tenths in 0..1000 {
            log.take(start + tenths * SECOND / 10);
        }
        assert_eq!(log.sent.len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn responses_out_of_order_do_not_raise_the_remaining_count() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::OK, &headers(1, 40));
        pacer.observe(StatusCode::OK, &headers(3, 41));
        assert_eq!([next(&pacer).await, next(&pacer).await], [0, 41]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_retry_after_of_a_429_delays_requests() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::TOO_MANY_REQUESTS, &refusal(20));
        pacer.observe(StatusCode::TOO_MANY_REQUESTS, &refusal(5));
        assert_eq!([next(&pacer).await, next(&pacer).await], [20, 0]);
        pacer.observe(StatusCode::SERVICE_UNAVAILABLE, &refusal(20));
        assert_eq!(next(&pacer).await, 0, "only a 429 is about the rate limit");
    }

    #[tokio::test(start_paused = true)]
    async fn implausible_limits_are_ignored() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::OK, &headers(0, u64::MAX));
        pacer.observe(StatusCode::OK, &headers(0, 86_400));
        pacer.observe(StatusCode::TOO_MANY_REQUESTS, &refusal(86_400));
        assert_eq!(next(&pacer).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn reported_limits_are_ignored_by_pacing_none() {
        for pacing in [Pacing::none(), Pacing::none().quota(Quota::SPECIAL)] {
            let pacer = Pacer::new(&pacing);
            pacer.observe(StatusCode::OK, &headers(0, 40));
            assert_eq!(next(&pacer).await, 0);
        }
    }
}
