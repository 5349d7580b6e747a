//! A small server on this machine with a list of responses.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::error::Error as StdError;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use salla_runtime::{ClientBuilder, RetryPolicy, Transport, reqwest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

pub const TOKEN: &str = "ory_at_marked-TOKEN";

/// Stands for no response: the connection stays open.
pub const HANG: &str = "hang";

/// A server that sends one response per connection and closes it. After the last response it stops listening.
pub struct Server {
    pub base_url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server with these responses, one after another.
    pub async fn start<A: Into<String>>(answers: impl IntoIterator<Item = A>) -> Self {
        let answers: Vec<String> = answers.into_iter().map(Into::into).collect();
        let (count, mut answers) = (answers.len(), answers.into_iter());
        Self::start_with(count, move |_| answers.next().unwrap()).await
    }

    /// Starts a server that responds to `count` requests with the result of `answer`.
    pub async fn start_with(count: usize, mut answer: impl FnMut(&str) -> String + Send + 'static) -> Self {
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
                    // A client may close the connection before the end of the response.
                    answer => drop(stream.write_all(answer.as_bytes()).await),
                }
            }
            drop(listener);
            std::future::pending::<()>().await;
        });
        Self { base_url, requests }
    }

    /// Returns a builder of clients without retries.
    pub fn builder(&self) -> ClientBuilder<Transport> {
        let builder = ClientBuilder::new("https://api.salla.dev/admin/v2").token(TOKEN).base_url(&self.base_url);
        builder.retry(RetryPolicy::none())
    }

    pub fn transport(&self) -> Transport {
        self.builder().build().unwrap()
    }

    /// Returns the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Adds `connection: close` if more responses follow, so that the client does not reuse a connection that is being
/// closed.
fn closing(answer: String, count: usize) -> String {
    if count > 1 { answer.replacen("\r\n", "\r\nconnection: close\r\n", 1) } else { answer }
}

/// A bound port without a listener.
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

/// Reads a request up to the end of its headers. It may read a part of the body too.
pub async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        stream.read_buf(&mut request).await.unwrap();
    }
    String::from_utf8(request).unwrap()
}

/// Returns a response with this status and body.
pub fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Returns a client with the defaults of `reqwest`, which follows redirects.
pub fn redirecting_client() -> reqwest::Client {
    custom_client(reqwest::Client::builder().no_proxy())
}

/// Builds a client of the caller.
pub fn custom_client(builder: reqwest::ClientBuilder) -> reqwest::Client {
    #[cfg(feature = "rustls")]
    let builder = {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.unwrap().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        builder.tls_backend_preconfigured(config)
    };
    builder.build().unwrap()
}

/// Returns all forms in which `error` and its causes can be printed.
pub fn all_output(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| StdError::source(*error));
    causes.fold(String::new(), |shown, error| shown + &debug(&error) + &error.to_string())
}

pub fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}
