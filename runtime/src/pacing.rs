//! Requests at the pace that the API allows: [`Pacing`] says which limits are kept, the [`Pacer`] that all clones of a
//! client share keeps them.
//!
//! Every request takes its turn in one queue, first come, first served. Only the head of the queue waits for time to
//! pass; it takes its place in the quotas when its time has come, so a caller who gives up leaves no gap behind.
//!
//! A quota is a log of the last times at which requests were sent: no more than the quota in any stretch of time,
//! however the server places its windows. `governor` would let through up to twice the quota in a stretch (a full
//! bucket, and what drips into it meanwhile), and it keeps its own clock, which tests with a paused one cannot move.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::limits::{self, Budget};
use crate::trace;

/// The longest that the API's headers can hold requests back: 15 minutes. Salla's longest window lasts 10. Whoever
/// says more is mistaken, or better asked again.
const MAX_HOLD: Duration = Duration::from_secs(15 * 60);

/// Two resets that lie this close together are the same one: they come in whole seconds.
const SAME_RESET: Duration = Duration::from_secs(2);

/// How long a window is thought to last when it has begun and no answer has spoken of it yet: 60 seconds.
const PRESUMED_WINDOW: Duration = Duration::from_secs(60);

const MINUTE: Duration = Duration::from_secs(60);

/// So many requests in any stretch of time of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    requests: u32,
    per: Duration,
}

impl Quota {
    /// What Salla allows a store with the plan Plus: 120 requests a minute.
    pub const PLUS: Self = Self::new(120, MINUTE);
    /// What Salla allows a store with the plan Pro: 360 requests a minute.
    pub const PRO: Self = Self::new(360, MINUTE);
    /// What Salla allows a store with the plan Special: 720 requests a minute.
    pub const SPECIAL: Self = Self::new(720, MINUTE);
    /// What Salla allows an IP address under `/admin/v2/customers`: 500 requests in 10 minutes.
    pub const CUSTOMERS: Self = Self::new(500, Duration::from_secs(600));

    /// `requests` in any stretch of time as long as `per`. Neither can be zero.
    #[must_use]
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests, per }
    }
}

/// How fast requests are sent. All clones of a client keep the pace together; two clients know nothing of each other.
///
/// A request that would have to wait past its call's [timeout](crate::ClientBuilder::timeout) is not sent: the error
/// is [rate limited](crate::Error::is_rate_limited) and says [how long](crate::Error::retry_after) to wait, if that
/// is known. With [`Quota::CUSTOMERS`] that can be ten minutes: give calls the time, or expect the error.
///
/// Quotas count requests as they leave. Where the way to the server is of uneven length it may see a few more of them
/// in a window: leave a margin if that matters.
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
    /// Nothing is held back.
    pub const fn none() -> Self {
        Self { observed: false, quotas: Vec::new() }
    }

    /// Requests are held back by what the answers say: until `X-RateLimit-Reset` once `X-RateLimit-Remaining` is used
    /// up, and after a 429 for as long as its `Retry-After` says. Nothing is known before the first answer. The default.
    pub const fn observed() -> Self {
        Self { observed: true, quotas: Vec::new() }
    }

    /// Keeps this quota too.
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quotas.push(quota);
        self
    }

    /// Why this pacing cannot be used, to be read after its name.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.quotas.iter().any(|quota| quota.requests == 0) {
            return Some("has a quota of zero requests");
        }
        self.quotas.iter().any(|quota| quota.per.is_zero()).then_some("has a quota per zero time")
    }
}

impl Default for Pacing {
    fn default() -> Self {
        Self::observed()
    }
}

/// Keeps the pace of all clones of a client.
pub(crate) struct Pacer {
    /// Fair: whoever waits for it gets it in the order of asking, and waiting for it can be given up.
    queue: tokio::sync::Mutex<Vec<Log>>,
    /// What the API said; `None` if that is not to be heeded.
    heard: Option<Mutex<Heard>>,
    off: bool,
}

/// A request cannot be sent before the deadline, and for how long not, if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held(pub(crate) Option<Duration>);

impl Pacer {
    pub(crate) fn new(pacing: &Pacing) -> Self {
        let logs: Vec<_> = pacing.quotas.iter().copied().map(Log::new).collect();
        let off = !pacing.observed && logs.is_empty();
        let heard = pacing.observed.then(Mutex::default);
        Self { queue: tokio::sync::Mutex::new(logs), heard, off }
    }

    /// Waits for the turn of one request, which is to be sent when this returns.
    pub(crate) async fn admit(&self, deadline: Instant) -> Result<(), Held> {
        if self.off {
            return Ok(());
        }
        let mut logs = timeout_at(deadline, self.queue.lock()).await.map_err(|_| Held(None))?;
        loop {
            let now = Instant::now();
            let Some(opening) = self.take(&mut logs, now) else {
                return Ok(());
            };
            if opening >= deadline {
                return Err(Held(Some(opening - now)));
            }
            trace::hold(opening - now);
            sleep_until(opening).await;
        }
    }

    /// Takes a place in every limit; or takes none and says when to ask again.
    fn take(&self, logs: &mut [Log], now: Instant) -> Option<Instant> {
        let mut heard = self.heard.as_ref().map(lock);
        let openings = logs.iter().map(Log::opening).chain([heard.as_deref().and_then(Heard::opening)]);
        let opening = openings.flatten().max().filter(|opening| *opening > now);
        if opening.is_none() {
            for log in logs {
                log.take(now);
            }
            if let Some(heard) = heard.as_deref_mut() {
                heard.take(now);
            }
        }
        opening
    }

    /// Takes note of what an answer says about the limits.
    pub(crate) fn observe(&self, status: StatusCode, headers: &HeaderMap) {
        let Some(heard) = &self.heard else {
            return;
        };
        let now = Instant::now();
        if let Some(budget) = limits::budget(headers).filter(|budget| budget.resets_in <= MAX_HOLD) {
            lock(heard).hear(budget, now);
        }
        if status == StatusCode::TOO_MANY_REQUESTS
            && let Some(wait) = limits::retry_after(headers).filter(|wait| *wait <= MAX_HOLD)
        {
            lock(heard).refuse(now + wait);
        }
    }
}

/// What is guarded is whole at any time: a panic elsewhere changes nothing about it.
fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When the last requests of a quota were sent: never more of them than the quota has.
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

    /// When the quota has place for one more request, if it has to wait for that.
    fn opening(&self) -> Option<Instant> {
        let oldest = self.sent.front().filter(|_| self.is_full())?;
        oldest.checked_add(self.quota.per).or(Some(limits::far(*oldest)))
    }

    /// One request is sent now. Forgets those that no longer count.
    fn take(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|sent| now - *sent >= self.quota.per) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}

/// What the API said of its own limit.
#[derive(Default)]
struct Heard {
    window: Option<Window>,
    /// The API refuses requests until then.
    refuses_until: Option<Instant>,
}

/// The API's window of time: so many requests are left until it resets.
struct Window {
    resets_at: Instant,
    remaining: u64,
    limit: Option<u64>,
}

impl Heard {
    fn opening(&self) -> Option<Instant> {
        let reset = self.window.as_ref().filter(|window| window.remaining == 0).map(|window| window.resets_at);
        reset.max(self.refuses_until)
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

    /// Of one window, the lowest number counts: answers come in any order, and requests are under way.
    fn hear(&mut self, budget: Budget, now: Instant) {
        let resets_at = now + budget.resets_in;
        let same = |window: &&Window| window.resets_at > now && apart(window.resets_at, resets_at) <= SAME_RESET;
        let known = self.window.as_ref().filter(same);
        let remaining = known.map_or(budget.remaining, |window| window.remaining.min(budget.remaining));
        self.window = Some(Window { resets_at, remaining, limit: budget.limit });
    }

    fn refuse(&mut self, until: Instant) {
        self.refuses_until = self.refuses_until.max(Some(until));
    }
}

impl Window {
    /// The window after this one, from which one request is taken: as large as this one was, until an answer tells
    /// more. Else all who waited for the reset would go at once.
    fn next(&self, now: Instant) -> Option<Self> {
        let limit = self.limit.filter(|limit| *limit > 0)?;
        Some(Self { resets_at: now + PRESUMED_WINDOW, remaining: limit - 1, limit: Some(limit) })
    }
}

fn apart(one: Instant, other: Instant) -> Duration {
    one.saturating_duration_since(other).max(other.saturating_duration_since(one))
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
        limits::far(Instant::now())
    }

    /// So many requests at the same time; the times at which they were let through, in the order of their asking.
    async fn crowd(pacer: &Arc<Pacer>, requests: usize) -> Vec<Instant> {
        let ask = async |pacer: Arc<Pacer>| pacer.admit(never()).await.map(|()| Instant::now());
        future::try_join_all((0..requests).map(|_| ask(Arc::clone(pacer)))).await.unwrap()
    }

    /// No stretch of time as long as the quota's holds more requests than the quota.
    fn assert_kept(quota: Quota, sent: &[Instant]) {
        let more = quota.requests as usize;
        assert!(sent.iter().zip(&sent[more.min(sent.len())..]).all(|(first, next)| *next - *first >= quota.per));
    }

    /// The headers of an answer: so many requests are left for so many seconds.
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

    /// The seconds until one more request is let through.
    async fn next(pacer: &Pacer) -> u64 {
        let asked = Instant::now();
        pacer.admit(never()).await.unwrap();
        asked.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_requests_at_once_keep_all_quotas_and_all_finish_in_order() {
        let quotas = [Quota::PLUS, Quota::CUSTOMERS];
        let start = Instant::now();
        let sent = crowd(&pacer(&quotas), 1000).await;
        assert!(sent.is_sorted(), "first come, first served");
        for quota in quotas {
            assert_kept(quota, &sent);
        }
        // 500 in the first ten minutes, 120 of them at once; and the same once more.
        assert_eq!(start.elapsed().as_secs(), 600 + 4 * 60);
    }

    #[tokio::test(start_paused = true)]
    async fn any_quotas_are_kept_and_nobody_waits_longer_than_needed() {
        fastrand::seed(2);
        for _ in 0..200 {
            let quota = || Quota::new(fastrand::u32(1..=9), Duration::from_millis(fastrand::u64(1..=5000)));
            let (quotas, requests) = ([quota(), quota()], fastrand::usize(1..=40));
            let start = Instant::now();
            let sent = crowd(&pacer(&quotas), requests).await;
            for quota in quotas {
                assert_kept(quota, &sent);
            }
            let single = |quota: Quota| quota.per * u32::try_from(requests - 1).unwrap().div_euclid(quota.requests);
            let slack = Duration::from_millis(u64::try_from(requests).unwrap());
            assert!(sent[requests - 1] - start <= quotas.map(single).iter().sum::<Duration>() + slack);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_leaves_no_gap_behind() {
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
    async fn nobody_waits_past_the_deadline() {
        let pacer = pacer(&[Quota::new(1, 10 * SECOND)]);
        let start = Instant::now();
        pacer.admit(start).await.unwrap();
        assert_eq!(pacer.admit(start + 10 * SECOND).await, Err(Held(Some(10 * SECOND))), "known at once");
        assert_eq!(start.elapsed(), Duration::ZERO);
        let (head, behind) = tokio::join!(pacer.admit(never()), pacer.admit(start + 5 * SECOND));
        assert_eq!((head, behind), (Ok(()), Err(Held(None))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_used_up_and_then_the_reset_is_waited_for() {
        let pacer = pacer(&[]);
        assert_eq!(next(&pacer).await, 0, "nothing is known yet");
        pacer.observe(StatusCode::OK, &headers(2, 40));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 40]);
        // The window after it is as large, until an answer speaks of it.
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 60]);
        pacer.observe(StatusCode::OK, &headers(3, 30));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 0, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_over_says_nothing_of_the_next_however_short_they_are() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::OK, &headers(0, 1));
        tokio::time::advance(SECOND).await;
        pacer.observe(StatusCode::OK, &headers(2, 1));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 1]);
    }

    #[test]
    fn a_quota_remembers_no_more_than_it_needs() {
        let (mut log, start) = (Log::new(Quota::new(u32::MAX, SECOND)), Instant::now());
        for tenths in 0..1000 {
            log.take(start + tenths * SECOND / 10);
        }
        assert_eq!(log.sent.len(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn answers_out_of_order_do_not_give_back_what_is_used() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::OK, &headers(1, 40));
        pacer.observe(StatusCode::OK, &headers(3, 41));
        assert_eq!([next(&pacer).await, next(&pacer).await], [0, 41]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_obeyed_and_the_longer_of_two_waits_counts() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::TOO_MANY_REQUESTS, &refusal(20));
        pacer.observe(StatusCode::TOO_MANY_REQUESTS, &refusal(5));
        assert_eq!([next(&pacer).await, next(&pacer).await], [20, 0]);
        pacer.observe(StatusCode::SERVICE_UNAVAILABLE, &refusal(20));
        assert_eq!(next(&pacer).await, 0, "only a 429 speaks of the rate");
    }

    #[tokio::test(start_paused = true)]
    async fn nonsense_does_not_stop_a_client() {
        let pacer = pacer(&[]);
        pacer.observe(StatusCode::OK, &headers(0, u64::MAX));
        pacer.observe(StatusCode::OK, &headers(0, 86_400));
        pacer.observe(StatusCode::TOO_MANY_REQUESTS, &refusal(86_400));
        assert_eq!(next(&pacer).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_api_says_does_not_count_where_it_is_not_heeded() {
        for pacing in [Pacing::none(), Pacing::none().quota(Quota::SPECIAL)] {
            let pacer = Pacer::new(&pacing);
            pacer.observe(StatusCode::OK, &headers(0, 40));
            assert_eq!(next(&pacer).await, 0);
        }
    }
}
