//! Connections over TLS that fail, against small servers on this machine. A connection that was never made sent no
//! request, so any request may be repeated, unless the next connection would fail in the same way.

#![cfg(feature = "rustls")]

mod support;

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};
use salla_runtime::codegen::{Method, Operation, Request, Server, Servers};
use salla_runtime::{ClientBuilder, Error, RetryPolicy, Transport};
use support::{ClosedPort, TOKEN};

const GET: Operation = Operation::new("list", Method::GET, "/points");
const POST: Operation = Operation::new("add", Method::POST, "/points");

/// A certificate that nobody trusts, and its key.
const CERTIFICATE: &[u8] = include_bytes!("support/certificate.der");
const KEY: &[u8] = include_bytes!("support/key.der");

/// Starts a server that accepts connections and does nothing with them but `handle`. Returns its URL and the number of
/// connections so far.
fn serve(handle: impl Fn(std::net::TcpStream) + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let count = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming() {
            counter.fetch_add(1, Ordering::SeqCst);
            handle(stream.unwrap());
        }
    });
    (url, count)
}

/// Starts a server with a certificate that nobody trusts. Returns its URL and the number of connections so far.
fn untrusted() -> (String, Arc<AtomicUsize>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let config = config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key);
    let config = Arc::new(config.unwrap());
    serve(move |mut stream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        // The client ends the handshake.
        let _ = connection.complete_io(&mut stream);
    })
}

async fn failure(base_url: &str, operation: &Operation) -> Error {
    let policy = RetryPolicy::new().base_delay(Duration::from_millis(1));
    let builder = ClientBuilder::<Transport>::new("").token(TOKEN).base_url(base_url).retry(policy);
    builder.build().unwrap().call(Request::new(operation)).await.unwrap_err()
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_tried_once() {
    let (url, connections) = untrusted();
    for operation in [&GET, &POST] {
        let error = failure(&url, operation).await;
        assert!(error.is_connect() && !error.is_retryable() && error.attempts() == 1, "{error:?}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_server_of_an_operation_has_tls_also_where_the_base_url_has_none() {
    const OWN: Operation = Operation::new("own", Method::GET, "/own").served_by(0);
    static API: Servers = Servers { base: None, own: &[Server::new("https://own.example", &[])] };
    let (url, connections) = untrusted();
    let builder = ClientBuilder::<Transport>::new("http://localhost:1").token(TOKEN).retry(RetryPolicy::none());
    let transport = builder.served_by(&API).server("https://own.example", &url).build().unwrap();
    let error = transport.call(Request::new(&OWN)).await.unwrap_err();
    assert!(error.is_connect() && error.to_string().contains("certificate"), "{error}");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_request_is_repeated_after_an_interrupted_handshake_with_any_method() {
    // The server closes the connection after the first bytes of the handshake.
    let (url, connections) = serve(|mut stream| drop(stream.read(&mut [0; 16])));
    for operation in [&GET, &POST] {
        let error = failure(&url, operation).await;
        assert!(error.is_connect() && error.is_retryable() && error.attempts() == 4, "{error:?}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 8);
}

#[tokio::test]
async fn a_request_is_repeated_after_a_refused_connection_with_any_method() {
    let error = failure(&ClosedPort::new().base_url(), &POST).await;
    assert!(error.is_connect() && error.is_retryable() && error.attempts() == 4, "{error:?}");
}
