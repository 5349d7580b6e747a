//! Answers that are streams of items: lines of JSON (`application/x-ndjson`) and server-sent events
//! (`text/event-stream`). An [`ItemStream`] yields each item when it has arrived.

mod body;
mod event;
mod frames;

use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

pub(crate) use self::body::{Reading, Rest, Stop};
pub use self::body::{Streamed, StreamedBody};
pub use self::event::Event;
pub use self::frames::Framing;
use self::frames::{Frame, Frames, TooLong};
use crate::answer::Answer;
use crate::authentication::Authentication;
use crate::call_error::CallError;
use crate::classify;
use crate::decode::{self, DecodeError};
use crate::error::{Error, ErrorKind};
use crate::operation::Operation;
use crate::response::{RawResponse, Response};

/// The data of the event after the last item, as several APIs send it. It is no JSON.
const DONE: &[u8] = b"[DONE]";

/// The items of an answer, in order, as a [`Stream`]: the lines of JSON, or the [`Event`]s.
///
/// Each item is there as soon as it has arrived. Dropping the stream closes the connection.
///
/// - An item that does not decode is an [undecodable body](Error::is_undecodable), with the item as its
///   [`body`](Error::body). The stream goes on after it, and ends after any other error.
/// - The timeouts of the client cover the request up to the headers of its response. After that, the stream may last as
///   long as the server sends it. It ends with a [timeout](Error::is_timeout) if no byte arrives for the
///   [`timeout`](crate::ClientBuilder::timeout) of a call. Comments and empty lines count.
/// - A line, with the name of its field, may be as long as a body:
///   [`max_body_bytes`](crate::ClientBuilder::max_body_bytes). So may an event. All items together may be longer.
/// - A request is not repeated once its response has begun. After an interruption, the caller sends it again.
/// - The last item may lack the end of its line, and the last event the empty line after it. Events of JSON end at the
///   data `[DONE]`.
///
/// ```
/// use salla_runtime::{Error, ItemStream};
///
/// async fn sum(mut points: ItemStream<i64>) -> Result<i64, Error> {
///     let mut sum = 0;
///     while let Some(points) = points.try_next().await? {
///         sum += points;
///     }
///     Ok(sum)
/// }
/// ```
#[must_use = "the items arrive when the stream is polled"]
pub struct ItemStream<T>(Box<State<T>>);

/// The state of a stream, which is boxed because one of several successes may be a stream.
struct State<T> {
    operation: Operation,
    authentication: Authentication,
    /// The response; its body is the current item.
    answer: Answer,
    attempts: u32,
    /// `None` after the last bytes of the body.
    rest: Option<Rest>,
    frames: Frames,
    decode: Decode<T>,
    ended: bool,
}

/// Decodes a frame, whose data is the body of the response. The frame after the last item gives `None`.
type Decode<T> = fn(Frame, &Answer) -> Result<Option<T>, DecodeError>;

impl<T> ItemStream<T> {
    /// Returns the next item, or `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "the next item of a stream, as in `futures`")]
    pub fn next(&mut self) -> impl Future<Output = Option<Result<T, Error>>> + Send + Unpin + '_ {
        future::poll_fn(|context| self.0.poll_item(context))
    }

    /// Returns the next item, or `None` at the end.
    ///
    /// # Errors
    ///
    /// When the item does not decode or is too long, or the stream is interrupted.
    pub fn try_next(&mut self) -> impl Future<Output = Result<Option<T>, Error>> + Send + Unpin + '_ {
        future::poll_fn(|context| self.0.poll_item(context).map(Option::transpose))
    }

    /// Returns the stream of the items of a response, with the body in `rest`, or in the response.
    fn of(response: RawResponse, body: StreamedBody, decode: Decode<T>) -> Result<Response<Self>, Error> {
        let StreamedBody { framing, rest } = body;
        let response = if rest.is_none() { checked(response, framing)? } else { response };
        let (operation, authentication, mut answer, attempts) = response.into_parts();
        let mut frames = Frames::new(framing, rest.as_ref().map_or(usize::MAX, |rest| rest.limit));
        if rest.is_none() {
            frames.push(&std::mem::take(&mut answer.body));
        }
        let whole = answer.clone();
        let state = State { operation, authentication, answer, attempts, rest, frames, decode, ended: false };
        Ok(Response::from_parts(Self(Box::new(state)), whole, attempts))
    }
}

impl<T> State<T> {
    /// Returns the next item, or the error in its place.
    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        let item = if self.ended { None } else { ready!(self.poll_decoded(context)) };
        if item.is_none() {
            self.end();
        }
        Poll::Ready(item.map(|item| item.map_err(|error| error.with_attempts(self.attempts))))
    }

    fn poll_decoded(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        Poll::Ready(match ready!(self.poll_frame(context)) {
            Some(Ok(frame)) => self.item(frame).transpose(),
            Some(Err(error)) => {
                self.end();
                Some(Err(error))
            }
            None => None,
        })
    }

    /// Returns the next frame, or the error that ends the stream.
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame, Error>>> {
        loop {
            match self.frames.next() {
                Ok(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                Ok(None) => {}
                Err(TooLong { limit }) => {
                    let error = Error::body_too_large(self.operation.clone(), limit, self.unread());
                    return Poll::Ready(Some(Err(error)));
                }
            }
            let rest = self.rest.as_mut();
            match rest.map_or(Poll::Ready(None), |rest| rest.chunks.as_mut().poll_next(context)) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(chunk))) => self.frames.push(&chunk),
                Poll::Ready(Some(Err(stop))) => return Poll::Ready(Some(Err(self.stopped(stop)))),
                Poll::Ready(None) => {
                    self.ended = true;
                    return Poll::Ready(self.frames.last().map(Ok));
                }
            }
        }
    }

    /// Returns the error of a body that ended too early.
    fn stopped(&mut self, stop: Stop) -> Error {
        let (operation, answer) = (self.operation.clone(), Some(self.unread()));
        match stop {
            Stop::Idle => Error::response_timeout(operation, answer),
            Stop::Broken(error) => Error::broken(operation, error, answer),
        }
    }

    /// Returns the response with the bytes that are no complete item.
    fn unread(&mut self) -> Answer {
        Answer { body: self.frames.take_rest(), ..self.answer.clone() }
    }

    /// Returns the item in a frame, or `None` after the last one.
    fn item(&mut self, frame: Frame) -> Result<Option<T>, Error> {
        self.answer.body = frame.data.clone();
        (self.decode)(frame, &self.answer).map_err(|reason| {
            let reason = reason.redacted(&self.authentication);
            Error::undecodable(self.operation.clone(), self.answer.clone(), reason, self.authentication.clone())
        })
    }

    /// Closes the connection.
    fn end(&mut self) {
        self.ended = true;
        self.rest = None;
    }
}

impl<T> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().0.poll_item(context)
    }
}

/// Omits the item that was read last, which may be personal data.
impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream").field("ended", &self.0.ended).finish_non_exhaustive()
    }
}

impl RawResponse {
    /// Returns the lines of JSON of a response, for an operation whose documented failures are of type `E`.
    ///
    /// # Errors
    ///
    /// When the answer has another media type and is an envelope with `"success": false`, or a page in HTML.
    #[doc(hidden)]
    pub fn json_lines<T: DeserializeOwned, E>(
        self,
        body: StreamedBody,
    ) -> Result<Response<ItemStream<T>>, CallError<E>> {
        let decode: Decode<T> = |_, answer| decode::decode(answer).map(Some);
        ItemStream::of(self, body, decode).map_err(CallError::from)
    }

    /// Returns the events of a response, with data of JSON, for an operation whose documented failures are of type `E`.
    ///
    /// # Errors
    ///
    /// When the answer has another media type. If it is an envelope with `"success": false`, it is a reported failure.
    #[doc(hidden)]
    pub fn json_events<T: DeserializeOwned, E>(
        self,
        body: StreamedBody,
    ) -> Result<Response<ItemStream<Event<T>>>, CallError<E>> {
        let decode: Decode<Event<T>> = |frame, answer| match &*frame.data {
            DONE => Ok(None),
            _ => decode::decode(answer).map(|data| Some(frame.map(|_| data))),
        };
        ItemStream::of(self, body, decode).map_err(CallError::from)
    }

    /// Returns the events of a response, with data of text, for an operation whose documented failures are of type `E`.
    ///
    /// # Errors
    ///
    /// As for [`json_events`](Self::json_events).
    #[doc(hidden)]
    pub fn text_events<E>(self, body: StreamedBody) -> Result<Response<ItemStream<Event<String>>>, CallError<E>> {
        // Server-sent events are always in UTF-8.
        let decode: Decode<Event<String>> =
            |frame, _| decode::utf8(&frame.data, "utf-8").map(|data| Some(frame.map(|_| data)));
        ItemStream::of(self, body, decode).map_err(CallError::from)
    }
}

impl Streamed {
    /// Reports whether the body of a response with this status and these headers is a stream.
    pub(crate) fn contains(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        self.framing(status).is_some_and(|framing| is_stream(framing, headers))
    }

    /// Returns how the items of an answer with this status follow each other, if it is a stream.
    pub(crate) fn framing(&self, status: StatusCode) -> Option<Framing> {
        let status = status.as_u16();
        let range = self.0.iter().find(|(first, last, _)| (*first..=*last).contains(&status));
        range.map(|(_, _, framing)| *framing)
    }
}

/// Reports whether a body can be a stream, as far as the headers show. One JSON value is often that of a failure, and a page
/// in HTML is that of another server.
fn is_stream(framing: Framing, headers: &HeaderMap) -> bool {
    let Some(name) = media_type(headers) else { return true };
    match framing {
        Framing::Lines => !matches!(&*name, "application/json" | "text/html"),
        Framing::Events => name == "text/event-stream",
    }
}

/// Returns the media type of a response, in lower case and without parameters.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let name = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Checks the whole body of an answer that should be a stream, unless its media type is that of one: it may report a failure,
/// or be something else. A short list of lines may be called `application/json`.
fn checked(response: RawResponse, framing: Framing) -> Result<RawResponse, Error> {
    if is_stream(framing, response.headers()) {
        return Ok(response);
    }
    if classify::reports_failure(response.body()) {
        return Err(response.failure(ErrorKind::ReportedFailure));
    }
    let found = media_type(response.headers()).unwrap_or_default();
    let expected = match framing {
        Framing::Lines if found == "application/json" => return Ok(response),
        Framing::Lines => "lines of JSON",
        Framing::Events => "a stream of events",
    };
    Err(response.undecodable(DecodeError::of_whole_body(&format!("expected {expected}, found {found}"))))
}
