//! The socket below HTTP. hyper reads and writes a connection through a [`Wire`]; a fault that HTTP has no words for
//! holds a second handle on it, writes bytes of its own, and says how the connection ends.

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

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// As every connection does (FIN).
    Close,
    /// At once (RST).
    Reset,
    /// Not before the client gives up.
    Stall,
}

/// How much of an answer is sent before the connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Nothing,
    HalfHead,
    HalfBody,
}

/// An answer as bytes.
pub(super) struct Reply {
    head: Vec<u8>,
    body: Bytes,
}

impl Reply {
    /// An answer that says it is `length` bytes long, whatever it is.
    pub(super) fn new(status: StatusCode, headers: &HeaderMap, body: Bytes, length: usize) -> Self {
        let mut head = format!("HTTP/1.1 {status}\r\n").into_bytes();
        for (name, value) in headers {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        head.extend(format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes());
        Self { head, body }
    }

    /// The bytes up to `extent`.
    fn up_to(&self, extent: Extent) -> Vec<u8> {
        match extent {
            Extent::Nothing => Vec::new(),
            Extent::HalfHead => self.head[..self.head.len() / 2].to_vec(),
            Extent::HalfBody => [&self.head[..], &self.body[..self.body.len() / 2]].concat(),
        }
    }

    fn whole(&self) -> Vec<u8> {
        [&self.head[..], &self.body[..]].concat()
    }
}

/// One accepted connection, and a handle on it.
#[derive(Clone)]
pub(super) struct Wire(Arc<Inner>);

struct Inner {
    stream: TcpStream,
    /// From now on hyper cannot write: it gives the connection up, and the last handle closes it.
    cut: AtomicBool,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        let cut = AtomicBool::new(false);
        Self(Arc::new(Inner { stream, cut }))
    }

    /// Sends `reply` as far as `extent`, then ends the connection.
    pub(super) async fn send_part(&self, reply: &Reply, extent: Extent, ending: Ending) {
        self.write(&reply.up_to(extent)).await;
        self.end(ending).await;
    }

    /// Sends `reply` and closes the connection.
    pub(super) async fn send_whole(&self, reply: &Reply) {
        self.write(&reply.whole()).await;
        self.end(Ending::Close).await;
    }

    /// Sends the head of `reply` one byte at a time, `every` so often, then the body at once, and closes the connection.
    pub(super) async fn trickle(&self, reply: &Reply, every: Duration) {
        // tokio has no interval of zero.
        let mut ticks = tokio::time::interval(every.max(Duration::from_nanos(1)));
        for byte in &reply.head {
            ticks.tick().await;
            self.write(&[*byte]).await;
        }
        self.write(&reply.body).await;
        self.end(Ending::Close).await;
    }

    /// Writes past hyper. A client that has gone is none of the mock's business.
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
            // A socket that does not linger sends RST instead of FIN.
            Ending::Reset => drop(self.0.stream.set_zero_linger()),
            // hyper sees the client leave, and drops this future with the connection.
            Ending::Stall => std::future::pending().await,
        }
        self.0.cut.store(true, Ordering::Relaxed);
    }

    fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::Relaxed)
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
        if self.is_cut() {
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

    /// The last handle closes the socket: shut down before, a reset would look like a close.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
