//! Retries: [`RetryPolicy`] computes the waits, [`run_attempts`] waits. The caller defines an attempt and decides
//! whether its outcome allows another one.
//!
//! The crate `backon` is not used: it adds its jitter to the full delay, so clients that failed together retry close
//! together. Full jitter spreads them over the whole delay.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::trace;

/// Default of [`RetryPolicy::max_attempts`]: 4 attempts, including the first one.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 4;

/// Default of [`RetryPolicy::base_delay`]: 500 milliseconds.
pub const DEFAULT_BASE_DELAY: Duration = Duration::from_millis(500);

/// Default of [`RetryPolicy::max_delay`]: 30 seconds.
pub const DEFAULT_MAX_DELAY: Duration = Duration::from_secs(30);

/// Default of [`RetryPolicy::max_retry_after`]: 60 seconds, the window of Salla's limits per store.
pub const DEFAULT_MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// The rules for retries of failed requests.
///
/// A request is retried if it may be repeated (`GET`, `HEAD`, `OPTIONS`, and operations that the API's description
/// marks as idempotent) and the response is missing or incomplete, or its status is 429, 502, 503 or 504. Any request is
/// retried if its connection was never made, TLS handshake included, unless the certificate of the server is not
/// trusted. Any other request is sent once.
///
/// The waits grow exponentially with full jitter: before the second attempt a random time between zero and
/// [`base_delay`](Self::base_delay), and twice that bound each time after, up to [`max_delay`](Self::max_delay). A
/// wait is never shorter than the `Retry-After` header of the response. If that is longer than
/// [`max_retry_after`](Self::max_retry_after), or if the wait would end after the call's
/// [timeout](crate::ClientBuilder::timeout), the error is returned at once.
///
/// ```
/// use std::time::Duration;
///
/// use salla_runtime::RetryPolicy;
///
/// // A nightly batch can wait.
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
    /// Creates the default policy: [`DEFAULT_MAX_ATTEMPTS`], [`DEFAULT_BASE_DELAY`], [`DEFAULT_MAX_DELAY`],
    /// [`DEFAULT_MAX_RETRY_AFTER`].
    pub const fn new() -> Self {
        Self {
            max_attempts: DEFAULT_MAX_ATTEMPTS,
            base_delay: DEFAULT_BASE_DELAY,
            max_delay: DEFAULT_MAX_DELAY,
            max_retry_after: DEFAULT_MAX_RETRY_AFTER,
        }
    }

    /// Creates the policy without retries: every request is sent once.
    pub const fn none() -> Self {
        Self::new().max_attempts(1)
    }

    /// Sets the number of attempts, including the first one. It is at least 1.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the upper bound of the first wait. It is more than zero and at most [`max_delay`](Self::max_delay).
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the upper bound of all waits. A `Retry-After` can be longer.
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the longest accepted `Retry-After`. After a longer one, the error is returned. Zero disables such waits.
    pub const fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Returns the reason why this policy is invalid. The reason completes a sentence that begins with `retry`.
    pub(crate) fn invalid_reason(&self) -> Option<&'static str> {
        if self.max_attempts == 0 {
            return Some("has max_attempts of zero");
        }
        if self.base_delay.is_zero() {
            return Some("has a base_delay of zero");
        }
        (self.base_delay > self.max_delay).then_some("has a base_delay longer than its max_delay")
    }

    /// Returns the wait between `failed` attempts and the next one, which is at least `after`; `None` if there is no next
    /// one. `remaining` is the time until the call's deadline, `random` is in `0.0..1.0`.
    fn wait(&self, failed: u32, after: Duration, remaining: Duration, random: f64) -> Option<Duration> {
        if failed >= self.max_attempts || after > self.max_retry_after {
            return None;
        }
        let wait = after.max(self.bound(failed).mul_f64(random));
        (wait < remaining).then_some(wait)
    }

    /// Returns the longest wait after `failed` attempts.
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

/// The decision about another attempt.
pub(crate) enum RetryDecision {
    /// The outcome is final: a success, or a failure that another attempt would not change.
    Stop,
    /// Another attempt may succeed, after a wait of at least `after`.
    Retry { after: Duration },
}

/// A task that can be attempted several times.
pub(crate) trait Attempts {
    type Outcome: Send;

    /// Makes one attempt.
    fn attempt(&mut self) -> impl Future<Output = Self::Outcome> + Send;

    /// Decides whether another attempt may follow this outcome.
    fn decide(&self, outcome: &Self::Outcome) -> RetryDecision;
}

/// Makes attempts until an outcome is final, or `policy` or `deadline` ends them. Returns the last outcome.
pub(crate) async fn run_attempts<A: Attempts + Send>(
    policy: RetryPolicy,
    deadline: Instant,
    attempts: &mut A,
) -> A::Outcome {
    let mut failed = 0;
    loop {
        let outcome = attempts.attempt().await;
        let RetryDecision::Retry { after } = attempts.decide(&outcome) else {
            return outcome;
        };
        failed += 1;
        let remaining = deadline.saturating_duration_since(Instant::now());
        let Some(wait) = policy.wait(failed, after, remaining, fastrand::f64()) else {
            return outcome;
        };
        trace::retry_event(failed, wait);
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const UNLIMITED: Duration = Duration::MAX;
    const AT_ONCE: Duration = Duration::ZERO;

    fn after(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Returns a random valid policy.
    fn any_policy() -> RetryPolicy {
        let base = Duration::from_nanos(fastrand::u64(1..=10_000_000_000));
        RetryPolicy::new()
            .max_attempts(fastrand::u32(1..=40))
            .base_delay(base)
            .max_delay(base.saturating_mul(fastrand::u32(1..=1000)))
            .max_retry_after(Duration::from_secs(fastrand::u64(0..=1000)))
    }

    #[test]
    fn the_bound_doubles_up_to_max_delay() {
        let policy = RetryPolicy::new();
        let bounds: Vec<_> = (1..=9).map(|failed| policy.bound(failed).as_millis()).collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(policy.bound(u32::MAX), DEFAULT_MAX_DELAY);
        assert_eq!(policy.base_delay(UNLIMITED).max_delay(UNLIMITED).bound(99), UNLIMITED);
    }

    #[test]
    fn any_wait_is_within_its_bound_and_the_deadline() {
        fastrand::seed(1);
        for _ in 0..100_000 {
            let (policy, failed) = (any_policy(), fastrand::u32(1..=50));
            let remaining = Duration::from_nanos(fastrand::u64(0..=20_000_000_000));
            let after = Duration::from_secs(fastrand::u64(0..=3));
            assert!(policy.invalid_reason().is_none() && policy.bound(failed) <= policy.bound(failed + 1));
            let Some(wait) = policy.wait(failed, after, remaining, fastrand::f64()) else {
                continue;
            };
            assert!(
                wait < remaining && wait >= after && failed < policy.max_attempts && after <= policy.max_retry_after
            );
            assert!(wait <= after.max(policy.max_delay) && wait <= after.max(policy.bound(failed)));
        }
    }

    #[test]
    fn jitter_covers_the_whole_bound() {
        let policy = RetryPolicy::new();
        let wait = |random| policy.wait(2, AT_ONCE, UNLIMITED, random).unwrap();
        assert_eq!((wait(0.0), wait(0.5)), (Duration::ZERO, DEFAULT_BASE_DELAY));
        assert!((Duration::from_millis(999)..=SECOND).contains(&wait(1.0 - f64::EPSILON)));
    }

    #[test]
    fn a_wait_is_as_long_as_retry_after_up_to_its_maximum() {
        let policy = RetryPolicy::new();
        assert_eq!(policy.wait(1, after(60), UNLIMITED, 0.9), Some(60 * SECOND));
        assert_eq!(policy.wait(1, after(61), UNLIMITED, 0.9), None, "a longer wait than the maximum ends the call");
        assert_eq!(policy.wait(1, after(86_400), UNLIMITED, 0.9), None);
        assert_eq!(policy.wait(1, after(5), 5 * SECOND, 0.9), None, "the wait would end at the deadline");
        assert_eq!(policy.max_retry_after(Duration::ZERO).wait(1, after(1), UNLIMITED, 0.9), None);
    }

    #[test]
    fn attempts_end_at_their_maximum_or_with_a_final_outcome() {
        let policy = RetryPolicy::new();
        assert!(policy.wait(3, AT_ONCE, UNLIMITED, 0.5).is_some());
        assert_eq!(policy.wait(4, AT_ONCE, UNLIMITED, 0.5), None);
        assert_eq!(RetryPolicy::none().wait(1, AT_ONCE, UNLIMITED, 0.5), None);
    }

    #[test]
    fn an_invalid_policy_has_a_reason() {
        let policy = RetryPolicy::new();
        for (policy, reason) in [
            (policy.max_attempts(0), "max_attempts of zero"),
            (policy.base_delay(Duration::ZERO), "base_delay of zero"),
            (policy.max_delay(Duration::from_millis(499)), "longer than its max_delay"),
        ] {
            assert!(policy.invalid_reason().unwrap().contains(reason));
        }
        assert_eq!(RetryPolicy::default().invalid_reason().or(RetryPolicy::none().invalid_reason()), None);
    }

    /// Attempts that take a second each. The script has the waits that they ask for; after its end, an outcome is final.
    struct Scripted<'a> {
        script: &'a [Duration],
        tried: Vec<Instant>,
    }

    impl Attempts for Scripted<'_> {
        type Outcome = usize;

        async fn attempt(&mut self) -> usize {
            self.tried.push(Instant::now());
            sleep(SECOND).await;
            self.tried.len()
        }

        fn decide(&self, outcome: &usize) -> RetryDecision {
            let after = self.script.get(outcome - 1);
            after.map_or(RetryDecision::Stop, |after| RetryDecision::Retry { after: *after })
        }
    }

    /// Returns the number of attempts, and the seconds between the starts of each two.
    async fn run_script(script: &[Duration], policy: RetryPolicy, deadline: Duration) -> (usize, Vec<u64>) {
        let mut scripted = Scripted { script, tried: Vec::new() };
        let start = Instant::now();
        let tried = run_attempts(policy, start + deadline, &mut scripted).await;
        assert_eq!(tried, scripted.tried.len(), "the last outcome is returned");
        assert!(start.elapsed() <= deadline.saturating_add(SECOND), "no wait ends after the deadline");
        (tried, scripted.tried.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect())
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_end_with_the_first_final_outcome() {
        let policy = RetryPolicy::new();
        let long = Duration::from_secs(999);
        assert_eq!(run_script(&[], policy, long).await, (1, vec![]));
        assert_eq!(run_script(&[after(10), after(20)], policy, long).await, (3, vec![11, 21]));
        assert_eq!(run_script(&[after(10); 9], policy, long).await, (4, vec![11; 3]));
        assert_eq!(run_script(&[after(10), after(61)], policy, long).await, (2, vec![11]));
        assert_eq!(run_script(&[after(10); 9], RetryPolicy::none(), long).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_end_at_the_deadline() {
        let policy = RetryPolicy::new().max_attempts(u32::MAX);
        assert_eq!(run_script(&[after(10); 99], policy, Duration::from_secs(34)).await.0, 4);
        for seconds in 0..50 {
            run_script(&[AT_ONCE; 99], policy, Duration::from_secs(seconds)).await;
        }
    }

    #[test]
    fn the_first_wait_may_be_as_long_as_the_longest() {
        let policy = RetryPolicy::new().base_delay(Duration::from_secs(2));
        assert_eq!(policy.max_delay(Duration::from_secs(2)).invalid_reason(), None);
        assert!(policy.max_delay(Duration::from_secs(1)).invalid_reason().is_some());
    }
}
