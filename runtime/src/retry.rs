//! When a request is sent again: [`RetryPolicy`] does the arithmetic, [`repeat`] the waiting. What an attempt is, and
//! whether its outcome is worth another one, is for the caller to say.
//!
//! The arithmetic is a few lines of its own: `backon` adds its jitter on top of the full delay, which keeps clients
//! that failed together close together. Full jitter spreads them over the whole delay.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::trace;

/// How often a request is tried, the first time included, unless [`RetryPolicy::max_attempts`] says otherwise: 4 times.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 4;

/// The longest that the first wait can be, unless [`RetryPolicy::base_delay`] says otherwise: 500 milliseconds.
pub const DEFAULT_BASE_DELAY: Duration = Duration::from_millis(500);

/// The longest that any wait can be which the server did not ask for, unless [`RetryPolicy::max_delay`] says
/// otherwise: 30 seconds.
pub const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(30);

/// The longest `Retry-After` that is waited for, unless [`RetryPolicy::max_retry_after`] says otherwise: 60 seconds,
/// the window of Salla's limits per store.
pub const DEFAULT_MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Whether and when a request that failed is sent again.
///
/// Sent again are requests that may be repeated (`GET`, `HEAD`, `OPTIONS`, and what the API's description marks as
/// idempotent) when there was no connection, no answer, not all of it, or one of the statuses 429, 502, 503 and 504.
/// Any other request is sent once.
///
/// The waits grow exponentially with full jitter: before the second attempt a random time between zero and
/// [`base_delay`](Self::base_delay), and twice that bound each time after, up to [`max_delay`](Self::max_delay). A
/// `Retry-After` header is obeyed: the wait is never shorter than it says. When it says more than
/// [`max_retry_after`](Self::max_retry_after), or when a wait would end after the call's
/// [timeout](crate::ClientBuilder::timeout), nothing is waited for: the error comes at once.
///
/// ```
/// use std::time::Duration;
///
/// use salla_runtime::RetryPolicy;
///
/// // A batch at night has time.
/// let patient = RetryPolicy::new().max_attempts(10).max_retry_after(Duration::from_secs(600));
/// assert_ne!(patient, RetryPolicy::none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl RetryPolicy {
    /// The policy that is used unless another is set: [`DEFAULT_MAX_ATTEMPTS`], [`DEFAULT_BASE_DELAY`],
    /// [`DEFAULT_MAX_DELAY`], [`DEFAULT_MAX_RETRY_AFTER`].
    pub const fn new() -> Self {
        Self {
            max_attempts: DEFAULT_MAX_ATTEMPTS,
            base_delay: DEFAULT_BASE_DELAY,
            max_delay: DEFAULT_MAX_DELAY,
            max_retry_after: DEFAULT_MAX_RETRY_AFTER,
        }
    }

    /// Every request is sent once.
    pub const fn none() -> Self {
        Self::new().max_attempts(1)
    }

    /// How often a request is tried, the first time included. At least 1.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest that the first wait can be. More than zero, and no more than [`max_delay`](Self::max_delay).
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest that any wait can be which the server did not ask for.
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is waited for. Zero waits for none.
    pub const fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Why this policy cannot be used, to be read after its name.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.max_attempts == 0 {
            return Some("allows no attempt: its max_attempts is zero");
        }
        if self.base_delay.is_zero() {
            return Some("would not wait: its base_delay is zero");
        }
        (self.base_delay > self.max_delay).then_some("contradicts itself: its base_delay is longer than its max_delay")
    }

    /// How long to wait after `failed` attempts before the next one, if there is to be one. `left` is the time until
    /// the call's deadline, `random` is in `0.0..1.0`.
    fn wait(&self, failed: u32, verdict: Verdict, left: Duration, random: f64) -> Option<Duration> {
        let Verdict::Again { after } = verdict else {
            return None;
        };
        if failed >= self.max_attempts || after > self.max_retry_after {
            return None;
        }
        let wait = after.max(self.bound(failed).mul_f64(random));
        (wait < left).then_some(wait)
    }

    /// The longest that the wait after `failed` attempts can be.
    fn bound(&self, failed: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failed.saturating_sub(1));
        self.base_delay.saturating_mul(factor).min(self.max_delay)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// What the outcome of an attempt means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There is none: the outcome is a success, or would be the same again.
    Final,
    /// Another attempt may succeed, not sooner than `after` from now.
    Again { after: Duration },
}

/// What can be tried several times.
pub(crate) trait Attempts {
    type Outcome: Send;

    fn attempt(&mut self) -> impl Future<Output = Self::Outcome> + Send;

    fn verdict(&self, outcome: &Self::Outcome) -> Verdict;
}

/// Tries until an outcome is final, or `policy` or `deadline` allows no more. Gives the last outcome.
pub(crate) async fn repeat<A: Attempts + Send>(policy: RetryPolicy, deadline: Instant, attempts: &mut A) -> A::Outcome {
    let mut failed = 0;
    loop {
        let outcome = attempts.attempt().await;
        failed += 1;
        let left = deadline.saturating_duration_since(Instant::now());
        let Some(wait) = policy.wait(failed, attempts.verdict(&outcome), left, fastrand::f64()) else {
            return outcome;
        };
        trace::retry(failed, wait);
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const EVER: Duration = Duration::MAX;
    const AT_ONCE: Verdict = Verdict::Again { after: Duration::ZERO };

    fn after(seconds: u64) -> Verdict {
        Verdict::Again { after: Duration::from_secs(seconds) }
    }

    /// A policy that can be used, drawn at random.
    fn any_policy() -> RetryPolicy {
        let base = Duration::from_nanos(fastrand::u64(1..=10_000_000_000));
        RetryPolicy::new()
            .max_attempts(fastrand::u32(1..=40))
            .base_delay(base)
            .max_delay(base.saturating_mul(fastrand::u32(1..=1000)))
            .max_retry_after(Duration::from_secs(fastrand::u64(0..=1000)))
    }

    #[test]
    fn the_bound_doubles_up_to_its_cap() {
        let policy = RetryPolicy::new();
        let bounds: Vec<_> = (1..=9).map(|failed| policy.bound(failed).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(policy.bound(u32::MAX), DEFAULT_MAX_DELAY);
        assert_eq!(policy.base_delay(EVER).max_delay(EVER).bound(99), EVER);
    }

    #[test]
    fn any_wait_stays_within_jitter_cap_and_deadline() {
        fastrand::seed(1);
        for _ in 0..100_000 {
            let (policy, failed) = (any_policy(), fastrand::u32(1..=50));
            let left = Duration::from_nanos(fastrand::u64(0..=20_000_000_000));
            let asked = Duration::from_secs(fastrand::u64(0..=3));
            assert!(policy.fault().is_none() && policy.bound(failed) <= policy.bound(failed + 1));
            let Some(wait) = policy.wait(failed, Verdict::Again { after: asked }, left, fastrand::f64()) else {
                continue;
            };
            assert!(wait < left && wait >= asked && failed < policy.max_attempts && asked <= policy.max_retry_after);
            assert!(wait <= asked.max(policy.max_delay) && wait <= asked.max(policy.bound(failed)));
        }
    }

    #[test]
    fn jitter_takes_up_the_whole_bound() {
        let policy = RetryPolicy::new();
        let wait = |random| policy.wait(2, AT_ONCE, EVER, random).unwrap();
        assert_eq!((wait(0.0), wait(0.5)), (Duration::ZERO, DEFAULT_BASE_DELAY));
        assert!((Duration::from_millis(999)..=SECOND).contains(&wait(1.0 - f64::EPSILON)));
    }

    #[test]
    fn the_server_is_obeyed_up_to_the_cap() {
        let policy = RetryPolicy::new();
        assert_eq!(policy.wait(1, after(60), EVER, 0.9), Some(60 * SECOND));
        assert_eq!(policy.wait(1, after(61), EVER, 0.9), None, "more than the cap is not waited for");
        assert_eq!(policy.wait(1, after(86_400), EVER, 0.9), None);
        assert_eq!(policy.wait(1, after(5), 5 * SECOND, 0.9), None, "the deadline would be over");
        assert_eq!(policy.max_retry_after(Duration::ZERO).wait(1, after(1), EVER, 0.9), None);
    }

    #[test]
    fn attempts_are_bounded_and_what_is_final_is_final() {
        let policy = RetryPolicy::new();
        assert!(policy.wait(3, AT_ONCE, EVER, 0.5).is_some());
        assert_eq!(policy.wait(4, AT_ONCE, EVER, 0.5), None);
        assert_eq!(RetryPolicy::none().wait(1, AT_ONCE, EVER, 0.5), None);
        assert_eq!(policy.wait(1, Verdict::Final, EVER, 0.5), None);
    }

    #[test]
    fn policies_that_cannot_be_used_say_why() {
        let policy = RetryPolicy::new();
        for (policy, reason) in [
            (policy.max_attempts(0), "max_attempts is zero"),
            (policy.base_delay(Duration::ZERO), "base_delay is zero"),
            (policy.max_delay(Duration::from_millis(499)), "longer than its max_delay"),
        ] {
            assert!(policy.fault().unwrap().contains(reason));
        }
        assert_eq!(RetryPolicy::default().fault().or(RetryPolicy::none().fault()), None);
    }

    /// Attempts that take a second each and end as the script says; what comes after it is final.
    struct Scripted<'a> {
        script: &'a [Verdict],
        tried: Vec<Instant>,
    }

    impl Attempts for Scripted<'_> {
        type Outcome = usize;

        async fn attempt(&mut self) -> usize {
            self.tried.push(Instant::now());
            sleep(SECOND).await;
            self.tried.len()
        }

        fn verdict(&self, outcome: &usize) -> Verdict {
            self.script.get(outcome - 1).copied().unwrap_or(Verdict::Final)
        }
    }

    /// How many attempts there were, and the seconds between the beginnings of each two.
    async fn play(script: &[Verdict], policy: RetryPolicy, deadline: Duration) -> (usize, Vec<u64>) {
        let mut scripted = Scripted { script, tried: Vec::new() };
        let start = Instant::now();
        let tried = repeat(policy, start + deadline, &mut scripted).await;
        assert_eq!(tried, scripted.tried.len(), "the last outcome is given");
        assert!(start.elapsed() <= deadline.saturating_add(SECOND), "nobody waits past the deadline");
        (tried, scripted.tried.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect())
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_end_with_the_first_that_is_final() {
        let policy = RetryPolicy::new();
        let long = Duration::from_secs(999);
        assert_eq!(play(&[], policy, long).await, (1, vec![]));
        assert_eq!(play(&[after(10), after(20)], policy, long).await, (3, vec![11, 21]));
        assert_eq!(play(&[after(10); 9], policy, long).await, (4, vec![11; 3]));
        assert_eq!(play(&[after(10), after(61)], policy, long).await, (2, vec![11]));
        assert_eq!(play(&[after(10); 9], RetryPolicy::none(), long).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_end_at_the_deadline() {
        let policy = RetryPolicy::new().max_attempts(u32::MAX);
        assert_eq!(play(&[after(10); 99], policy, Duration::from_secs(34)).await.0, 4);
        for seconds in 0..50 {
            play(&[AT_ONCE; 99], policy, Duration::from_secs(seconds)).await;
        }
    }
}
