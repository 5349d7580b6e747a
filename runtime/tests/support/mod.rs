//! A server of a few lines on this machine, which says what it is told to say.

#![allow(dead_code, reason = "no test needs all of it")]

use std::sync::{Arc, Mutex};

use salla_runtime::{ClientBuilder, RetryPolicy, Transport};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

pub const TOKEN: &str = "ory_at_marked-TOKEN";

/// The answer that never comes, on a connection that stays open.
pub const HANG: &str = "hang";

/// One answer per connection, each closed after it. When there are no more answers, nobody listens.
pub struct Server {
    pub base_url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers whatever is asked with these answers, one after another.
    pub async fn answering<A: Into<String>>(answers: impl IntoIterator<Item = A>) -> Self {
        let answers: Vec<String> = answers.into_iter().map(Into::into).collect();
        let (count, mut answers) = (answers.len(), answers.into_iter());
        Self::with(count, move |_| answers.next().unwrap()).await
    }

    /// Answers so many requests with what `answer` makes of them.
    pub async fn with(count: usize, mut answer: impl FnMut(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/admin/v2/", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut open = Vec::new();
            for _ in 0..count {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                let answer = closing(answer(&request), count);
                seen.lock().unwrap().push(request);
                match answer.as_str() {
                    HANG => open.push(stream),
                    // A client that has read enough closes the connection before the end of the answer.
                    answer => drop(stream.write_all(answer.as_bytes()).await),
                }
            }
            drop(listener);
            std::future::pending::<()>().await;
        });
        Self { base_url, requests }
    }

    /// A builder of clients that send everything once.
    pub fn builder(&self) -> ClientBuilder<Transport> {
        let builder = ClientBuilder::new("https://api.salla.dev/admin/v2").token(TOKEN).base_url(&self.base_url);
        builder.retry(RetryPolicy::none())
    }

    pub fn transport(&self) -> Transport {
        self.builder().build().unwrap()
    }

    /// The requests that were answered so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// An answer that says so if it is followed by others: else the client may take up a connection that is being closed.
fn closing(answer: String, count: usize) -> String {
    if count > 1 { answer.replacen("\r\n", "\r\nconnection: close\r\n", 1) } else { answer }
}

/// A port that nobody listens on, and nobody else can have meanwhile.
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }
}

/// A request up to the end of its headers, and what came with them.
pub async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        stream.read_buf(&mut request).await.unwrap();
    }
    String::from_utf8(request).unwrap()
}

/// An answer with this status and body.
pub fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
