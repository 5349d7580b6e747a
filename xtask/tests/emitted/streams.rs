//! A crate that reads answers whose items arrive one after another.

use streams::mock::Mock;
use streams::salla_runtime::{Event, ItemStream};
use streams::types::{Problem, Reading};
use streams::{
    Client, FollowAlarms, FollowReports, ListReadings, ListReadingsError, ListReadingsHeaders, Measure, MeasureSuccess,
    Response,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-station: north\r\ncontent-type: ";

/// A server that answers one request, and whose test writes the answer.
struct Station(TcpListener);

impl Station {
    async fn new() -> (Self, Client) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::builder().token("t").base_url(format!("http://{}", listener.local_addr().unwrap()));
        (Self(listener), client.build().unwrap())
    }

    /// Reads a request, and answers with these bytes.
    async fn answer(&self, head: &str) -> (String, TcpStream) {
        let (mut stream, _) = self.0.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            stream.read_buf(&mut request).await.unwrap();
        }
        stream.write_all(head.as_bytes()).await.unwrap();
        (String::from_utf8(request).unwrap(), stream)
    }

    /// Reads a request, and answers with the headers of a stream.
    async fn open(&self, media_type: &str) -> (String, TcpStream) {
        self.answer(&format!("{HEAD}{media_type}\r\n\r\n")).await
    }
}

/// Sends a part of a body.
async fn send(stream: &mut TcpStream, part: &[u8]) {
    stream.write_all(format!("{:x}\r\n", part.len()).as_bytes()).await.unwrap();
    stream.write_all(part).await.unwrap();
    stream.write_all(b"\r\n").await.unwrap();
}

/// Opens the stream of the readings.
async fn readings() -> (Response<ItemStream<Reading>>, TcpStream) {
    let (station, client) = Station::new().await;
    let (response, (request, stream)) =
        tokio::join!(client.list_readings().send(), station.open("application/x-ndjson"));
    assert!(request.contains("\r\naccept: application/x-ndjson\r\n"), "{request}");
    (response.unwrap(), stream)
}

fn shown(reading: &Reading) -> String {
    format!("{} {}", reading.degrees, reading.place.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn a_line_is_there_as_soon_as_it_has_arrived_however_it_is_divided() {
    let (response, mut server) = readings().await;
    assert_eq!(ListReadingsHeaders::from(&response).x_station().as_deref(), Ok("north"));
    assert_eq!(response.status(), 200);
    let mut items = response.into_inner();
    let line = "{\"degrees\": 1, \"place\": \"مكة\"}\r\n".as_bytes();
    for byte in line {
        send(&mut server, &[*byte]).await;
    }
    assert_eq!(shown(&items.try_next().await.unwrap().unwrap()), "1 مكة");
    send(&mut server, b"\n{\"degrees\": 2}\n{\"degrees\": 3}\n{\"degr").await;
    assert_eq!(shown(&items.try_next().await.unwrap().unwrap()), "2 ");
    assert_eq!(shown(&items.try_next().await.unwrap().unwrap()), "3 ");
    send(&mut server, b"ees\": 4}").await;
    server.write_all(b"0\r\n\r\n").await.unwrap();
    assert_eq!(shown(&items.try_next().await.unwrap().unwrap()), "4 ");
    assert!(items.try_next().await.unwrap().is_none() && items.next().await.is_none());
}

#[tokio::test]
async fn an_item_that_does_not_decode_is_an_error_with_that_item() {
    let (response, mut server) = readings().await;
    let mut items = response.into_inner();
    send(&mut server, b"{\"degrees\": \"marked\"}\n{\"degrees\": 5}\n").await;
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_undecodable() && error.status().is_some_and(|status| status == 200), "{error}");
    assert_eq!(error.body().unwrap(), "{\"degrees\": \"marked\"}");
    assert!(!format!("{error} {error:?} {items:?}").contains("marked"));
    assert_eq!(shown(&items.next().await.unwrap().unwrap()), "5 ");
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let (response, mut server) = readings().await;
    send(&mut server, b"{\"degrees\": 1}\n").await;
    let mut items = response.into_inner();
    assert!(items.try_next().await.unwrap().is_some());
    drop(items);
    assert!(matches!(server.read(&mut [0]).await, Ok(0) | Err(_)), "the client closed it");
}

#[tokio::test]
async fn an_interruption_is_an_error_and_never_an_end() {
    let (response, mut server) = readings().await;
    let mut items = response.into_inner();
    send(&mut server, b"{\"degrees\": 1}\n{\"deg").await;
    assert!(items.try_next().await.unwrap().is_some());
    drop(server);
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_interrupted() && error.body().is_some_and(|rest| rest == "{\"deg"), "{error}");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn events_have_their_data_decoded_and_their_other_fields() {
    let (station, client) = Station::new().await;
    let watch = client.watch_readings().station("north").send();
    let (response, (request, mut server)) = tokio::join!(watch, station.open("text/event-stream; charset=utf-8"));
    assert!(request.starts_with("GET /readings/live?station=north ") && request.contains("accept: text/event-stream\r"));
    let mut events = response.unwrap().into_inner();
    send(&mut server, b"\xef\xbb").await;
    send(&mut server, b"\xbf: hello\r\n\r\nevent: warm\r").await;
    send(&mut server, b"\nid: 7\r\ndata: {\"degrees\":\r\ndata: 30}\r\n\r").await;
    let event = events.try_next().await.unwrap().unwrap();
    assert_eq!((event.event.as_deref(), event.id.as_deref(), event.data.degrees.to_string()), (Some("warm"), Some("7"), "30".to_owned()));
    send(&mut server, b"\ndata: {\"degrees\": 31}\n\ndata: [DONE]\n\n").await;
    let event = events.try_next().await.unwrap().unwrap();
    assert_eq!((event.event, event.id.as_deref(), event.data.degrees.to_string()), (None, Some("7"), "31".to_owned()));
    assert!(events.try_next().await.unwrap().is_none(), "the data `[DONE]` is the end");
}

#[tokio::test]
async fn documented_failures_keep_their_types() {
    for (status, body, expected) in [
        ("404 Not Found", "{\"text\": \"no\"}", "NotFound"),
        ("503 Service Unavailable", "{\"text\": \"no\"}\n", "ServiceUnavailable"),
    ] {
        let (station, client) = Station::new().await;
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let list = client.list_readings().retry(streams::RetryPolicy::none()).send();
        let (response, _) = tokio::join!(list, station.answer(&answer));
        let error = response.unwrap_err();
        let found = match error.api() {
            Some(ListReadingsError::NotFound(problem)) if problem.text == "no" => "NotFound",
            Some(ListReadingsError::ServiceUnavailable(text)) if text == body => "ServiceUnavailable",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_stream_can_be_one_of_several_successes() {
    let (station, client) = Station::new().await;
    let (response, (_, mut server)) = tokio::join!(client.measure().send(), station.open("application/jsonl"));
    let MeasureSuccess::Ok(mut items) = response.unwrap().into_inner() else { panic!("another success") };
    send(&mut server, b"{\"degrees\": 1}\n").await;
    assert!(items.try_next().await.unwrap().is_some());
    let (station, client) = Station::new().await;
    let later = "HTTP/1.1 202 Accepted\r\ncontent-length: 14\r\n\r\n{\"text\":\"soon\"";
    let later = later.replace("14", "15") + "}";
    let (response, _) = tokio::join!(client.measure().send(), station.answer(&later));
    assert!(matches!(response.unwrap().into_inner(), MeasureSuccess::Accepted(problem) if problem.text == "soon"));
}

#[tokio::test]
async fn streams_can_be_mocked() {
    let mock = Mock::new();
    let reading = || streams::examples::reading();
    mock.answer::<ListReadings>(&vec![reading(), reading()]);
    mock.answer::<Measure>(&vec![reading()]);
    mock.answer::<FollowReports>(&vec![Event::new("a\nb".to_owned()), Event::new(String::new())]);
    mock.answer::<FollowAlarms>(&vec![Event::new(streams::examples::problem())]);
    let client: Client = mock.client().unwrap();
    let mut items = client.list_readings().send().await.unwrap().into_inner();
    let mut found = Vec::new();
    while let Some(item) = items.try_next().await.unwrap() {
        found.push(shown(&item));
    }
    assert_eq!(found, ["21.5 مكة", "21.5 مكة"]);
    let mut reports = client.follow_reports().send().await.unwrap().into_inner();
    assert_eq!(reports.try_next().await.unwrap().unwrap().data, "a\nb");
    assert_eq!(reports.try_next().await.unwrap().unwrap().data, "");
    assert!(reports.try_next().await.unwrap().is_none());
    let mut alarms = client.follow_alarms().send().await.unwrap().into_inner();
    let alarm: Event<Problem> = alarms.try_next().await.unwrap().unwrap();
    assert_eq!(alarm.data.text, "snow");
    assert!(matches!(client.measure().send().await.unwrap().into_inner(), MeasureSuccess::Ok(_)));
}
