//! The socket of a connection. hyper reads and writes it through a [`Wire`]. A fault that HTTP cannot express uses a
//! second handle on the same socket: it writes raw bytes, and ends the connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The way in which a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Normally (FIN).
    Close,
    /// By a reset (RST).
    Reset,
    /// When the client gives up.
    Stall,
}

/// The part of a response that is sent before the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SentPart {
    None,
    HalfHead,
    HalfBody,
}

/// A response as bytes.
pub(super) struct RawResponse {
    head: Vec<u8>,
    body: Bytes,
}

impl RawResponse {
    /// Creates a response with a `Content-Length` of `length`, whatever the length of the body is.
    pub(super) fn new(status: StatusCode, headers: &HeaderMap, body: Bytes, length: usize) -> Self {
        let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
        for (name, value) in headers {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        head.extend(format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes());
        Self { head, body }
    }

    /// Returns the bytes of `part`.
    fn part(&self, part: SentPart) -> Vec<u8> {
        match part {
            SentPart::None => Vec::new(),
            SentPart::HalfHead => self.head[..self.head.len() / 2].to_vec(),
            SentPart::HalfBody => [&self.head[..], &self.body[..self.body.len() / 2]].concat(),
        }
    }

    fn whole(&self) -> Vec<u8> {
        [&self.head[..], &self.body[..]].concat()
    }
}

/// A handle on an accepted connection.
#[derive(Clone)]
pub(super) struct Wire(Arc<Inner>);

struct Inner {
    stream: TcpStream,
    /// Makes hyper's writes fail. Then hyper drops its handle, and the last handle closes the connection.
    cut_off: AtomicBool,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        let cut_off = AtomicBool::new(false);
        Self(Arc::new(Inner { stream, cut_off }))
    }

    /// Sends `part` of `response`, and ends the connection.
    pub(super) async fn send_part(&self, response: &RawResponse, part: SentPart, ending: Ending) {
        self.write(&response.part(part)).await;
        self.end(ending).await;
    }

    /// Sends `response`, and closes the connection.
    pub(super) async fn send_whole(&self, response: &RawResponse) {
        self.write(&response.whole()).await;
        self.end(Ending::Close).await;
    }

    /// Sends the head of `response` one byte per `interval`, then the whole body, and closes the connection.
    pub(super) async fn send_head_slowly(&self, response: &RawResponse, interval: Duration) {
        // tokio has no interval of zero.
        let mut ticks = tokio::time::interval(interval.max(Duration::from_nanos(1)));
        for byte in &response.head {
            ticks.tick().await;
            self.write(&[*byte]).await;
        }
        self.write(&response.body).await;
        self.end(Ending::Close).await;
    }

    /// Writes to the socket without hyper. Stops silently if the client has closed the connection.
    async fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.0.stream.writable().await.is_err() {
                return;
            }
            match self.0.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    async fn end(&self, ending: Ending) {
        match ending {
            Ending::Close => {}
            // With a linger time of zero, closing the socket sends RST instead of FIN.
            Ending::Reset => drop(self.0.stream.set_zero_linger()),
            // hyper drops this future when the client closes the connection.
            Ending::Stall => std::future::pending().await,
        }
        self.0.cut_off.store(true, Ordering::Relaxed);
    }

    fn is_cut_off(&self) -> bool {
        self.0.cut_off.load(Ordering::Relaxed)
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.stream.poll_read_ready(cx))?;
            match self.0.stream.try_read(buffer.initialize_unfilled()) {
                Ok(read) => {
                    buffer.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_cut_off() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        loop {
            ready!(self.0.stream.poll_write_ready(cx))?;
            match self.0.stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Does nothing: dropping the last handle closes the socket. A shutdown would send FIN before a reset.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
