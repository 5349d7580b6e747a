//! The request for one page. It makes progress while nobody polls the stream, so a slow reader does not use up its
//! timeout.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle};

use super::paged::{Fetched, Paged};

/// A request for one page that was sent. Dropping it cancels the request.
pub(super) struct Fetch<P: Paged> {
    request: P,
    number: i64,
    state: State<P>,
}

enum State<P: Paged> {
    /// The response arrived at once.
    Ready(Option<Box<Fetched<P>>>),
    /// A task of its own waits for the response.
    Task(Task<Fetched<P>>),
    /// The stream waits for the response itself.
    Inline(BoxFuture<'static, Fetched<P>>),
}

impl<P: Paged> Fetch<P> {
    /// Sends the request for page `number`, and leaves the wait for its response to a task. The request is sent before
    /// this returns, so requests are sent in the order of their pages.
    pub(super) fn start(request: &P, number: i64, context: &mut Context<'_>) -> Self {
        let mut fetched = fetch(request.clone(), number);
        let state = match (fetched.poll_unpin(context), Handle::try_current()) {
            (Poll::Ready(fetched), _) => State::Ready(Some(Box::new(fetched))),
            (Poll::Pending, Ok(runtime)) => State::Task(Task(runtime.spawn(fetched))),
            (Poll::Pending, Err(_)) => State::Inline(fetched),
        };
        Self { request: request.clone(), number, state }
    }
}

fn fetch<P: Paged>(request: P, number: i64) -> BoxFuture<'static, Fetched<P>> {
    Box::pin(async move { request.fetch(number).await })
}

impl<P: Paged> Future for Fetch<P> {
    type Output = Fetched<P>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match &mut this.state {
                State::Ready(fetched) => match fetched.take() {
                    Some(fetched) => return Poll::Ready(*fetched),
                    None => return Poll::Pending,
                },
                State::Inline(fetched) => return fetched.poll_unpin(context),
                State::Task(task) => match ready!(task.poll(context)) {
                    Some(fetched) => return Poll::Ready(fetched),
                    // The runtime of the task was shut down: this one reads the page again.
                    None => this.state = State::Inline(fetch(this.request.clone(), this.number)),
                },
            }
        }
    }
}

/// A task that ends when it is dropped.
struct Task<T>(JoinHandle<T>);

impl<T> Task<T> {
    /// Returns the result of the task, or `None` if its runtime was shut down. Continues its panic.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.0.poll_unpin(context).map(|joined| match joined.map_err(JoinError::try_into_panic) {
            Ok(result) => Some(result),
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => None,
        })
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
