//! Rate limits: [`Pacing`] configures them, and a [`Pacer`], which all clones of a client share, enforces them.
//!
//! A request that has to wait reserves the time at which it may be sent. Requests behind it count that reservation as a
//! sent request, so they are admitted first come, first served. No lock is held during a wait, and a reservation that
//! is not used expires like a sent request: a call that nobody polls delays the others no longer than one that is sent.
//! A request counts against the quotas when it is sent, so a request that is cancelled while it waits does not count.
//!
//! A quota is a log of the times of the last requests: a sliding window, so that the quota holds for any start of the
//! server's windows. The crate `governor` is not used: it can let twice the quota through in one window (a full bucket
//! and its refill), and it has its own clock, which a paused clock of tests cannot control.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::limits::{self, Budget};
use crate::trace;

/// The longest wait that the API's headers can cause: 15 minutes. Salla's longest window is 10 minutes, so a longer
/// time is an error of the server.
const MAX_WAIT: Duration = Duration::from_secs(15 * 60);

/// The tolerance for comparing reset times, which are rounded to seconds.
const SAME_RESET: Duration = Duration::from_secs(2);

/// The assumed length of a new window that no response has described yet: 60 seconds.
const PRESUMED_WINDOW: Duration = Duration::from_secs(60);

/// The time for which a reservation in a window of the API is kept: 1 second.
const RESERVED: Duration = Duration::from_secs(1);

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
/// A request that would have to wait past its call's [timeout](crate::ClientBuilder::timeout) is not sent: the call
/// ends at once, and its error is [rate limited](crate::Error::is_rate_limited) and has the
/// [time to wait](crate::Error::retry_after). With [`Quota::CUSTOMERS`] it can be ten minutes: set a longer timeout, or handle the error.
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
    /// and after a 429 for the time of its `Retry-After`. There is no limit before the first response. The newest
    /// response counts, but it does not move the reset of a window that an earlier one reported. The default.
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
    limits: Mutex<Limits>,
    /// Wakes the waiting requests when they may be sent earlier, or not before their deadlines.
    changed: Notify,
    observes: bool,
    off: bool,
}

/// The permission to send one request. Its number counts the admitted requests, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admission(u64);

/// The error of a request that cannot be sent before its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimited {
    /// The time until the request can be sent.
    pub(crate) wait: Duration,
}

impl Pacer {
    pub(crate) fn new(pacing: &Pacing) -> Self {
        let logs: Vec<_> = pacing.quotas.iter().copied().map(Log::new).collect();
        let off = !pacing.observed && logs.is_empty();
        let limits = Mutex::new(Limits { logs, ..Limits::default() });
        Self { limits, changed: Notify::new(), observes: pacing.observed, off }
    }

    /// Waits until one request may be sent. The caller must send it when this returns.
    pub(crate) async fn admit(&self, deadline: Instant) -> Result<Admission, RateLimited> {
        if self.off {
            return Ok(Admission(0));
        }
        let mut place = Place { pacer: self, ticket: None };
        match place.try_admit(deadline)? {
            Turn::Now(admission) => Ok(admission),
            Turn::Later { wait, .. } => {
                trace::rate_limit_event(wait);
                // Boxed, since few requests wait: the future of the others stays small.
                Box::pin(place.wait(deadline)).await
            }
        }
    }

    /// Returns the time at which one more request may be sent, as far as is known, if that is not now.
    pub(crate) fn available_at(&self) -> Option<Instant> {
        if self.off {
            return None;
        }
        let limits = self.lock();
        limits.available_at(limits.waiting.len(), Instant::now())
    }

    /// Records the limits that the response to an admitted request reports.
    pub(crate) fn observe(&self, admission: Admission, status: StatusCode, headers: &HeaderMap) {
        if !self.observes {
            return;
        }
        let now = Instant::now();
        let budget = limits::budget(headers);
        let is_refusal = status == StatusCode::TOO_MANY_REQUESTS;
        let wait = is_refusal.then(|| limits::retry_after(headers)).flatten().filter(|wait| *wait <= MAX_WAIT);
        if budget.is_none() && wait.is_none() {
            return;
        }
        let mut limits = self.lock();
        let before = limits.observed.available_at();
        if let Some(budget) = budget {
            limits.update(budget, headers, admission, now);
        }
        if let Some(wait) = wait {
            limits.observed.block(now + wait);
        }
        let is_changed = limits.observed.available_at() != before;
        drop(limits);
        if is_changed {
            self.changed.notify_waiters();
        }
    }

    /// Locks the limits for a calculation, never during a wait. They are consistent even if a thread panicked while it
    /// held the lock.
    fn lock(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a request among the waiting ones. Dropping it gives the place up.
struct Place<'a> {
    pacer: &'a Pacer,
    ticket: Option<u64>,
}

/// Whether a request may be sent now.
enum Turn {
    Now(Admission),
    Later { wait: Duration, at: Instant },
}

impl Place<'_> {
    /// Admits the request if it may be sent now, and keeps its place otherwise.
    fn try_admit(&mut self, deadline: Instant) -> Result<Turn, RateLimited> {
        let now = Instant::now();
        match self.pacer.lock().try_admit(&mut self.ticket, now) {
            Ok(admission) => Ok(Turn::Now(admission)),
            Err(at) if at >= deadline => Err(RateLimited { wait: at - now }),
            Err(at) => Ok(Turn::Later { wait: at - now, at }),
        }
    }

    /// Waits until the request may be sent.
    async fn wait(mut self, deadline: Instant) -> Result<Admission, RateLimited> {
        loop {
            let mut changed = pin!(self.pacer.changed.notified());
            // Registers before the limits are read, so that no change is missed.
            changed.as_mut().enable();
            match self.try_admit(deadline)? {
                Turn::Now(admission) => return Ok(admission),
                // Either the time has come or the limits have changed: both need another look.
                Turn::Later { at, .. } => _ = timeout_at(at, changed).await,
            }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else {
            return;
        };
        let removed = self.pacer.lock().remove(ticket);
        if removed {
            self.pacer.changed.notify_waiters();
        }
    }
}

/// The state of all limits, and the requests that wait for them.
#[derive(Default)]
struct Limits {
    logs: Vec<Log>,
    /// The limits that responses reported. They stay empty if they are ignored.
    observed: Observed,
    /// The waiting requests, in the order of their tickets.
    waiting: VecDeque<Waiting>,
    /// The number of tickets so far.
    tickets: u64,
    /// The number of admitted requests so far.
    admitted: u64,
}

/// A request that waits.
struct Waiting {
    ticket: u64,
    /// The time at which it may be sent, as far as is known.
    reserved: Instant,
}

impl Limits {
    /// Counts a request against all limits if they allow it. Otherwise reserves a place for it, and returns the time to
    /// try again.
    fn try_admit(&mut self, ticket: &mut Option<u64>, now: Instant) -> Result<Admission, Instant> {
        let place = ticket.and_then(|ticket| self.place(ticket));
        let available_at = self.available_at(place.unwrap_or(self.waiting.len()), now);
        let Some(reserved) = available_at else {
            if let Some(place) = place {
                self.waiting.remove(place);
            }
            *ticket = None;
            return Ok(self.take(now));
        };
        match place.and_then(|place| self.waiting.get_mut(place)) {
            Some(waiting) => waiting.reserved = reserved,
            None => {
                self.tickets += 1;
                self.waiting.push_back(Waiting { ticket: self.tickets, reserved });
                *ticket = Some(self.tickets);
            }
        }
        Err(reserved)
    }

    fn place(&self, ticket: u64) -> Option<usize> {
        self.waiting.binary_search_by_key(&ticket, |waiting| waiting.ticket).ok()
    }

    fn remove(&mut self, ticket: u64) -> bool {
        self.place(ticket).and_then(|place| self.waiting.remove(place)).is_some()
    }

    /// Returns the time at which one more request may be sent after the `ahead` first waiting ones, if that is not now.
    fn available_at(&self, ahead: usize, now: Instant) -> Option<Instant> {
        let times = self.logs.iter().map(|log| log.available_at(&self.waiting, ahead));
        let observed = [self.observed.available_at(), self.observed.reserved_until(&self.waiting, ahead, now)];
        times.chain(observed).flatten().max().filter(|at| *at > now)
    }

    fn take(&mut self, now: Instant) -> Admission {
        for log in &mut self.logs {
            log.take(now);
        }
        self.observed.take(now);
        self.admitted += 1;
        Admission(self.admitted)
    }

    fn update(&mut self, budget: Budget, headers: &HeaderMap, admission: Admission, now: Instant) {
        if let Some(resets_at) = self.observed.resets_at(budget, headers, now) {
            self.observed.update(budget, resets_at, admission, self.admitted, now);
        }
    }
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

    /// Returns the time at which the quota allows one more request, if it is full. The `ahead` first waiting requests
    /// count as sent at the times that are reserved for them.
    fn available_at(&self, waiting: &VecDeque<Waiting>, ahead: usize) -> Option<Instant> {
        let allowed = usize::try_from(self.quota.requests).unwrap_or(usize::MAX);
        let surplus = (self.sent.len() + ahead).checked_sub(allowed)?;
        let leaving = if ahead == 0 {
            self.sent.get(surplus).copied()
        } else {
            latest_first(&self.sent, waiting.iter().take(ahead)).nth(allowed.saturating_sub(1))
        }?;
        leaving.checked_add(self.quota.per).or(Some(limits::far_future(leaving)))
    }

    /// Records a request that is sent now. Removes requests that are older than the period.
    fn take(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|sent| now - *sent >= self.quota.per) {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }
}

/// Merges the times of sent requests and of reservations. A reservation that was not used may be older than the last
/// sent requests.
fn latest_first<'a>(
    sent: &'a VecDeque<Instant>,
    waiting: impl DoubleEndedIterator<Item = &'a Waiting>,
) -> impl Iterator<Item = Instant> {
    let mut sent = sent.iter().copied().rev().peekable();
    let mut reserved = waiting.map(|waiting| waiting.reserved).rev().peekable();
    std::iter::from_fn(move || if reserved.peek() > sent.peek() { reserved.next() } else { sent.next() })
}

/// The limits that responses reported.
#[derive(Default)]
struct Observed {
    window: Option<Window>,
    /// The latest end of a `Retry-After` of a 429.
    blocked_until: Option<Instant>,
}

/// The API's current window: the number of requests that are left until it resets.
#[derive(Clone, Copy)]
struct Window {
    /// The time of the reset by the first response in this window. Later responses do not move it.
    resets_at: Instant,
    /// The same time by the server's clock, in Unix seconds, as the newest response has it.
    reset: Option<u64>,
    remaining: u64,
    limit: Option<u64>,
    /// The number of requests that were admitted before the newest report arrived. A response to a later request is
    /// newer than that report.
    reported_at: u64,
}

impl Observed {
    /// Returns the time at which the API accepts one more request, if it is known and not now.
    fn available_at(&self) -> Option<Instant> {
        let reset = self.window.filter(|window| window.remaining == 0).map(|window| window.resets_at);
        reset.max(self.blocked_until)
    }

    /// Returns the time until which the requests that the window still allows are reserved for the `ahead` first
    /// waiting ones, if all of them are. Each reservation ends a second after its time.
    fn reserved_until(&self, waiting: &VecDeque<Waiting>, ahead: usize, now: Instant) -> Option<Instant> {
        let remaining = self.window.and_then(|window| window.remaining_at(now)).filter(|remaining| *remaining > 0)?;
        let ends = waiting.iter().take(ahead).map(|waiting| waiting.reserved + RESERVED).filter(|end| *end > now);
        let (count, first) = ends.fold((0, None), |(count, first): (u64, Option<Instant>), end| {
            (count + 1, Some(first.map_or(end, |first| first.min(end))))
        });
        first.filter(|_| count >= remaining)
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

    /// Returns the time of the reset that a response reports, unless it is implausible. Most responses report that of the
    /// known window: then no date is parsed.
    fn resets_at(&self, budget: Budget, headers: &HeaderMap, now: Instant) -> Option<Instant> {
        match self.window {
            Some(known) if known.reset == Some(budget.reset) && known.resets_at > now => Some(known.resets_at),
            _ => budget.resets_in(headers).filter(|wait| *wait <= MAX_WAIT).map(|wait| now + wait),
        }
    }

    /// Records the budget of the response to an admitted request. `admitted` requests were admitted so far.
    ///
    /// Within one window, the response to a request that was sent after the last report replaces that report; requests
    /// that were sent in between may not be counted in it yet. Of other responses the lowest number counts, since they
    /// arrive in any order.
    fn update(
        &mut self,
        budget: Budget,
        resets_at: Instant,
        Admission(number): Admission,
        admitted: u64,
        now: Instant,
    ) {
        let Budget { limit, remaining, reset } = budget;
        let reported = Window { resets_at, reset: Some(reset), remaining, limit, reported_at: admitted };
        let is_same = |window: &Window| window.resets_at > now && distance(window.resets_at, resets_at) <= SAME_RESET;
        let Some(known) = self.window.filter(is_same) else {
            self.window = Some(reported);
            return;
        };
        let (remaining, reported_at) = if number > known.reported_at {
            (budget.remaining.saturating_sub(admitted.saturating_sub(number)), admitted)
        } else {
            (known.remaining.min(budget.remaining), known.reported_at)
        };
        self.window = Some(Window { resets_at: known.resets_at, remaining, reported_at, ..reported });
    }

    fn block(&mut self, until: Instant) {
        self.blocked_until = self.blocked_until.max(Some(until));
    }
}

impl Window {
    /// Returns the number of requests that are left at `now`, if it is known: after the reset, the limit.
    fn remaining_at(self, now: Instant) -> Option<u64> {
        if self.resets_at > now { Some(self.remaining) } else { self.limit.filter(|limit| *limit > 0) }
    }

    /// Returns the window after this one, with one request counted. Until a response describes the new window, its
    /// limit is assumed to be the same. Without this assumption, all requests that waited for the reset would be sent
    /// at once.
    fn next(self, now: Instant) -> Option<Self> {
        let limit = self.limit.filter(|limit| *limit > 0)?;
        let resets_at = now + PRESUMED_WINDOW;
        Some(Self { resets_at, reset: None, remaining: limit - 1, limit: Some(limit), reported_at: 0 })
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
        let admit = async |pacer: Arc<Pacer>| pacer.admit(never()).await.map(|_| Instant::now());
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

    /// Records a response to a request that was sent before all others.
    fn observe(pacer: &Pacer, status: StatusCode, headers: &HeaderMap) {
        pacer.observe(Admission(0), status, headers);
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
            Err(RateLimited { wait: 10 * SECOND }),
            "the wait is known at once"
        );
        let (head, behind) = tokio::join!(pacer.admit(never()), async {
            let behind = pacer.admit(start + 15 * SECOND).await;
            (behind, start.elapsed())
        });
        assert!(head.is_ok() && start.elapsed() == 10 * SECOND);
        assert_eq!(behind, (Err(RateLimited { wait: 20 * SECOND }), Duration::ZERO), "the queue counts");
    }

    #[tokio::test(start_paused = true)]
    async fn requests_wait_for_the_reset_when_none_remain() {
        let pacer = pacer(&[]);
        assert_eq!(next(&pacer).await, 0, "nothing is known yet");
        observe(&pacer, StatusCode::OK, &headers(2, 40));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 40]);
        // The next window is assumed to be as large, until a response describes it.
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 60]);
        observe(&pacer, StatusCode::OK, &headers(3, 30));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 0, 30]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_window_does_not_limit_the_next_one() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::OK, &headers(0, 1));
        tokio::time::advance(SECOND).await;
        observe(&pacer, StatusCode::OK, &headers(2, 1));
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
        observe(&pacer, StatusCode::OK, &headers(1, 40));
        observe(&pacer, StatusCode::OK, &headers(3, 41));
        assert_eq!([next(&pacer).await, next(&pacer).await], [0, 40]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_always_reports_the_same_budget_stops_nobody() {
        let pacer = pacer(&[]);
        let start = Instant::now();
        for _ in 0..100 {
            let admission = pacer.admit(never()).await.unwrap();
            tokio::time::advance(Duration::from_millis(20)).await;
            pacer.observe(admission, StatusCode::OK, &headers(20, 3));
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2), "each request takes 20 ms, and none waits");
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_ends_at_the_reset_of_its_first_response() {
        let pacer = pacer(&[]);
        for _ in 0..3 {
            observe(&pacer, StatusCode::OK, &headers(0, 3));
            tokio::time::advance(SECOND / 2).await;
        }
        let start = Instant::now();
        pacer.admit(never()).await.unwrap();
        assert_eq!(start.elapsed(), 3 * SECOND / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_newer_report_counts_the_requests_that_are_still_in_flight() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::OK, &headers(3, 40));
        let first = pacer.admit(never()).await.unwrap();
        pacer.admit(never()).await.unwrap();
        pacer.observe(first, StatusCode::OK, &headers(2, 40));
        assert_eq!([next(&pacer).await, next(&pacer).await], [0, 40]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_response_does_not_make_the_next_report_older() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::OK, &headers(3, 40));
        let first = pacer.admit(never()).await.unwrap();
        pacer.admit(never()).await.unwrap();
        observe(&pacer, StatusCode::OK, &headers(3, 40));
        pacer.observe(first, StatusCode::OK, &headers(3, 40));
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 40]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_of_zero_says_nothing_about_the_next_window() {
        let pacer = pacer(&[]);
        let mut headers = headers(0, 40);
        headers.insert("x-ratelimit-limit", HeaderValue::from_static("0"));
        observe(&pacer, StatusCode::OK, &headers);
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [40, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_nobody_polls_delays_no_other() {
        for quota in [Quota::new(1, 10 * SECOND), Quota::new(2, 20 * SECOND)] {
            let pacer = pacer(&[quota]);
            let start = Instant::now();
            for _ in 0..quota.requests {
                pacer.admit(never()).await.unwrap();
            }
            let mut abandoned = pin!(pacer.admit(never()));
            assert!(abandoned.as_mut().now_or_never().is_none());
            // The abandoned request reserves one request of the next period. Later periods are free.
            let mut sent = Vec::new();
            for _ in 0..7 {
                pacer.admit(never()).await.unwrap();
                sent.push(start.elapsed().as_secs());
            }
            let expected =
                if quota.requests == 1 { [20, 30, 40, 50, 60, 70, 80] } else { [20, 40, 40, 60, 60, 80, 80] };
            assert_eq!(sent, expected);
            abandoned.await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_nobody_polls_does_not_use_up_a_window() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::OK, &headers(0, 40));
        let mut abandoned = [pin!(pacer.admit(never())), pin!(pacer.admit(never())), pin!(pacer.admit(never()))];
        assert!(abandoned.iter_mut().all(|admit| admit.as_mut().now_or_never().is_none()));
        assert_eq!(next(&pacer).await, 41, "the places in the new window are kept for a second");
        assert_eq!([next(&pacer).await, next(&pacer).await, next(&pacer).await], [0, 0, 60]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_request_gets_only_the_places_of_a_new_window_that_are_not_kept() {
        for (abandoned, expected) in [(3, [750, 0, 0]), (2, [0, 750, 0]), (1, [0, 0, 750])] {
            let pacer = pacer(&[]);
            observe(&pacer, StatusCode::OK, &headers(0, 40));
            let mut abandoned: Vec<_> = (0..abandoned).map(|_| Box::pin(pacer.admit(never()))).collect();
            assert!(abandoned.iter_mut().all(|admit| admit.as_mut().now_or_never().is_none()));
            tokio::time::advance(40 * SECOND + SECOND / 4).await;
            let mut waits = Vec::new();
            for _ in expected {
                let start = Instant::now();
                pacer.admit(never()).await.unwrap();
                waits.push(start.elapsed().as_millis());
            }
            assert_eq!(waits, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_gives_up_makes_way_for_those_behind_it() {
        let pacer = pacer(&[Quota::new(1, 10 * SECOND)]);
        let start = Instant::now();
        pacer.admit(never()).await.unwrap();
        let head = tokio::time::timeout(5 * SECOND, pacer.admit(never()));
        let (head, behind) = tokio::join!(head, pacer.admit(never()));
        assert!(head.is_err() && behind.is_ok());
        assert_eq!(start.elapsed(), 10 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_ends_the_wait_of_a_request_that_cannot_be_sent_any_more() {
        let pacer = pacer(&[Quota::new(1, 10 * SECOND)]);
        let start = Instant::now();
        let sent = pacer.admit(never()).await.unwrap();
        let refused = async {
            tokio::time::sleep(SECOND).await;
            pacer.observe(sent, StatusCode::TOO_MANY_REQUESTS, &refusal(600));
        };
        let (limited, ()) = tokio::join!(pacer.admit(start + 30 * SECOND), refused);
        assert_eq!((limited, start.elapsed()), (Err(RateLimited { wait: 600 * SECOND }), SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_retry_after_of_a_429_delays_requests() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::TOO_MANY_REQUESTS, &refusal(20));
        observe(&pacer, StatusCode::TOO_MANY_REQUESTS, &refusal(5));
        assert_eq!([next(&pacer).await, next(&pacer).await], [20, 0]);
        observe(&pacer, StatusCode::SERVICE_UNAVAILABLE, &refusal(20));
        assert_eq!(next(&pacer).await, 0, "only a 429 is about the rate limit");
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_reset_is_at_the_same_time_whatever_the_clock_of_a_later_response_says() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::OK, &headers(1, 60));
        let mut later = headers(0, 60);
        later.insert(http::header::DATE, HeaderValue::from_static("Thu, 01 Jan 1970 00:00:50 GMT"));
        observe(&pacer, StatusCode::OK, &later);
        assert_eq!(next(&pacer).await, 60);
        // The window has ended, so this reset is that of another one.
        observe(&pacer, StatusCode::OK, &later);
        assert_eq!(next(&pacer).await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn implausible_limits_are_ignored() {
        let pacer = pacer(&[]);
        observe(&pacer, StatusCode::OK, &headers(0, u64::MAX));
        observe(&pacer, StatusCode::OK, &headers(0, 86_400));
        observe(&pacer, StatusCode::TOO_MANY_REQUESTS, &refusal(86_400));
        assert_eq!(next(&pacer).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn reported_limits_are_ignored_by_pacing_none() {
        for pacing in [Pacing::none(), Pacing::none().quota(Quota::SPECIAL)] {
            let pacer = Pacer::new(&pacing);
            observe(&pacer, StatusCode::OK, &headers(0, 40));
            assert_eq!(next(&pacer).await, 0);
        }
    }
}
