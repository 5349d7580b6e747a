//! Crates that send and receive the values of their documents: each test compares the bytes that arrive at a server on
//! this machine, and reads an answer that the document allows.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// A server on this machine that gives each request the next answer, and keeps the requests.
struct Server {
    url: String,
    requests: JoinHandle<Vec<Request>>,
}

/// A request as it arrived.
#[derive(Debug)]
struct Request {
    /// The method and the path with the query.
    target: String,
    head: String,
    body: String,
}

impl Request {
    /// Returns the value of a header.
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

impl Server {
    /// Starts a server that gives these answers: each a status and a body of JSON.
    fn start(answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<_> = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let serve = move || answers.iter().map(|answer| serve(&listener, answer)).collect();
        Self { url, requests: thread::spawn(serve) }
    }

    /// Returns the requests once all answers are given.
    fn requests(self) -> Vec<Request> {
        self.requests.join().unwrap()
    }
}

fn serve(listener: &TcpListener, (status, body): &(u16, String)) -> Request {
    let (mut stream, _) = listener.accept().unwrap();
    let request = read(&mut stream);
    let length = body.len();
    let content = if body.is_empty() { String::new() } else { "content-type: application/json\r\n".to_owned() };
    let head = format!("HTTP/1.1 {status} Answer\r\n{content}content-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    request
}

fn read(stream: &mut TcpStream) -> Request {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let target = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
        let request = Request { target, head: head.to_owned(), body: body.to_owned() };
        let expected: usize = request.header("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() >= expected {
            return request;
        }
    }
}

/// Builds a client of a crate for a server.
macro_rules! client {
    ($library:ident, $server:expr) => {
        $library::Client::builder().base_url(&$server.url).token("test").build().unwrap()
    };
}

#[tokio::test]
async fn integers_are_sent_and_decoded_in_every_form_and_size() {
    let answer = r#"{"id": 18446744073709551615.0, "size": 5.0, "billions": 1e9, "list": [1, 2.0], "map": {"a": 3.0},
        "choice": 4.0, "shape": {"kind": "circle", "radius": 6.0}, "price": 7.5, "wide": 9223372036854775808, "x": 8.0}"#;
    let server = Server::start(&[(200, answer), (204, ""), (200, "[1.0, 2e3, 9007199254740993.0]"), (200, "[1, 2.5]")]);
    let client = client!(integers, server);
    let sizes = vec![1, 9_223_372_036_854_775_808_u64];
    let count = client.get_count().id(u64::MAX).step(2).sizes(sizes).send().await.unwrap().into_inner();
    assert_eq!((count.id, count.size, count.billions), (u64::MAX, Some(5), Some(1_000_000_000)));
    assert_eq!((count.list, count.map.unwrap()["a"], count.extra["x"]), (Some(vec![1, 2]), 3, 8));
    assert!(matches!(count.choice, Some(integers::types::CountChoice::Integer(4))), "{:?}", count.choice);
    assert!(matches!(count.shape, Some(integers::types::Shape::Circle(circle)) if circle.radius == 6));
    assert!(count.price.unwrap() == 7.5 && count.wide.unwrap().as_u64() == Some(9_223_372_036_854_775_808));
    let put = client.put_count().id(7).body_map(|body| body.size(u64::MAX).sizes(vec![9_223_372_036_854_775_808_u64]));
    put.send().await.unwrap();
    let totals = client.list_totals().send().await.unwrap().into_inner();
    assert_eq!(totals.0, [1, 2000, 9_007_199_254_740_993]);
    let error = client.list_totals().send().await.unwrap_err().to_string();
    assert!(error.contains("[1]"), "a fraction is no integer: {error}");
    let requests = server.requests();
    assert_eq!(requests[0].target, "GET /counts/18446744073709551615?step=2&sizes=1,9223372036854775808");
    assert_eq!(requests[1].target, "PUT /counts/7");
    assert_eq!(requests[1].body, r#"{"size":18446744073709551615,"sizes":[9223372036854775808]}"#);
}

#[tokio::test]
async fn a_read_only_property_is_not_sent_and_a_write_only_one_is_not_expected() {
    let answer = r#"{"id":1,"name":"Ada","home":{"id":2,"street":"Main"},"note":null}"#;
    let pets = r#"[{"kind":"Cat","id":3,"lives":9},{"kind":"Dog"}]"#;
    let server = Server::start(&[(201, answer), (201, answer), (200, pets), (200, r#"{"number":7}"#), (204, "")]);
    let client = client!(directions, server);
    let home = directions::types::Home::builder().street("Main");
    let body = |body: directions::types::builder::User| body.name("Ada").home(home.clone());
    let error = client.add_user().body_map(body).send().await.unwrap_err().to_string();
    assert!(error.contains("no value supplied for password"), "{error}");
    let user = client.add_user().body_map(|user| body(user).password("secret".to_owned()));
    let user = user.send().await.unwrap().into_inner();
    assert_eq!((user.id.as_ref().map(|id| id.0), user.home.id, user.password.as_ref()), (Some(1), Some(2), None));
    // A value that was received is sent without what the API sets.
    client.add_user().body(user.clone()).send().await.unwrap();
    let received: serde_json::Value = serde_json::from_str(answer).unwrap();
    assert_eq!(serde_json::to_value(&user).unwrap(), received, "anywhere else, it is encoded as it was");
    let cat = directions::types::Cat::builder().kind("Cat").id(5).lives(9);
    let cat = directions::types::Cat::try_from(cat).unwrap();
    let homes = [("a".to_owned(), user.home.clone())].into_iter().collect::<std::collections::BTreeMap<_, _>>();
    let pets = client.put_pets().body_map(|body| body.pets(vec![cat.into()]).by_name(homes)).send().await.unwrap().into_inner();
    assert!(matches!(&pets.0[0], directions::types::Pet::Cat(cat) if cat.id == Some(3)));
    let receipt = client.get_receipt().send().await.unwrap().into_inner();
    assert_eq!((receipt.number, receipt.code), (7, None));
    client.add_photo().secret("s").place(user.home).send().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].body, r#"{"name":"Ada","password":"secret","home":{"street":"Main"}}"#);
    assert_eq!(requests[1].body, r#"{"name":"Ada","home":{"street":"Main"}}"#);
    assert_eq!(requests[2].body, r#"{"pets":[{"kind":"Cat","lives":9}],"byName":{"a":{"street":"Main"}}}"#);
    assert!(requests[4].body.contains("\r\n\r\n{\"street\":\"Main\"}\r\n"), "{}", requests[4].body);
    assert!(!requests[4].body.contains("name=\"id\""), "{}", requests[4].body);
}

#[tokio::test]
async fn a_patch_sends_null_and_absence_as_two_values() {
    let answers = [(200, r#"{"nickname":null}"#), (200, "{}"), (204, ""), (204, ""), (204, ""), (204, "")];
    let server = Server::start(&answers);
    let client = client!(null_in_requests, server);
    let change = client.change_profile().body_map(|body| {
        let street = null_in_requests::types::Place::builder().street(None::<String>);
        let home = null_in_requests::types::Place::try_from(street).unwrap();
        body.nickname(None::<String>).age(Some(36)).tags(None::<Vec<String>>).home(Some(home))
    });
    let profile = change.send().await.unwrap().into_inner();
    assert_eq!(profile.nickname, None, "one value is enough in an answer");
    client.change_profile().send().await.unwrap();
    client.put_profile().body_map(|body| body.title(None::<String>)).send().await.unwrap();
    client.put_profile().send().await.unwrap();
    client.add_profile().send().await.unwrap();
    client.add_profile().body_map(|body| body.colour(None::<String>).size(Some(null_in_requests::types::Size(7)))).send().await.unwrap();
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    let change = r#"{"nickname":null,"age":36,"tags":null,"home":{"street":null}}"#;
    let [unset, default] = [r#"{"nickname":null,"mood":null}"#, r#"{"nickname":null,"colour":null,"size":7,"mood":null}"#];
    assert_eq!(bodies, [change, "{}", r#"{"title":null}"#, "{}", unset, default]);
}

/// Returns the parts of a multipart body, each with its headers.
fn parts(request: &Request) -> Vec<&str> {
    let (_, boundary) = request.header("content-type").unwrap().split_once("boundary=").unwrap();
    let body = request.body.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let body = body.strip_suffix(&format!("\r\n--{boundary}--\r\n")).unwrap();
    body.split(&format!("\r\n--{boundary}\r\n")).map(|part| part.strip_prefix("Content-Disposition: form-data; ").unwrap()).collect()
}

#[tokio::test]
async fn parts_have_the_types_headers_and_styles_of_their_document() {
    let server = Server::start(&[(204, ""), (204, "")]);
    let client = client!(parts, server);
    let place = parts::types::Place::try_from(parts::types::Place::builder().city("Oslo").zip(150)).unwrap();
    let call = client.add_report().page("<p/>").table(("t.csv", "a;b")).pages2(vec!["1".to_owned(), "2".to_owned()]);
    let photo = parts::salla_runtime::File::new("p.jpg", "JPG").content_type("image/jpeg");
    let call = call.photo(photo).quoted("q").place(place.clone()).patch(place.clone()).filter(place.clone());
    let call = call.spread(place).tags(vec!["a".to_owned(), "b".to_owned()]).ids(vec![1, 2]).plain("p").any("x");
    let call = call.raw(("r", "R")).icons(vec![parts::salla_runtime::File::from(("i.png", "I"))]);
    call.send().await.unwrap();
    let table = parts::salla_runtime::File::new("t.tsv", "a").content_type("text/tab-separated-values");
    client.add_report().page("p").table(table).send().await.unwrap();
    let requests = server.requests();
    let mut found = parts(&requests[0]);
    found.sort_unstable();
    let expected = [
        "name=\"any\"\r\n\r\nx",
        "name=\"filter[city]\"\r\n\r\nOslo",
        "name=\"filter[zip]\"\r\n\r\n150",
        "name=\"icons\"; filename=\"i.png\"\r\nContent-Type: image/png\r\n\r\nI",
        "name=\"raw\"; filename=\"r\"\r\nContent-Type: application/octet-stream\r\n\r\nR",
        "name=\"ids\"\r\n\r\n1",
        "name=\"ids\"\r\n\r\n2",
        "name=\"city\"\r\n\r\nOslo",
        "name=\"zip\"\r\n\r\n150",
        "name=\"page\"\r\nContent-Type: application/xml\r\nX-Kind: report\r\nX-Version: 2\r\n\r\n<p/>",
        "name=\"pages\"\r\nContent-Type: text/markdown\r\n\r\n1",
        "name=\"pages\"\r\nContent-Type: text/markdown\r\n\r\n2",
        "name=\"patch\"\r\nContent-Type: application/merge-patch+json\r\n\r\n{\"city\":\"Oslo\",\"zip\":150}",
        "name=\"photo\"; filename=\"p.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nJPG",
        "name=\"place\"\r\nContent-Type: application/json\r\n\r\n{\"city\":\"Oslo\",\"zip\":150}",
        "name=\"plain\"\r\n\r\np",
        "name=\"quoted\"\r\nContent-Type: application/json\r\n\r\n\"q\"",
        "name=\"table\"; filename=\"t.csv\"\r\nContent-Type: text/csv\r\nX-Kind: table\r\n\r\na;b",
        "name=\"tags\"\r\n\r\na|b",
    ];
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let types: Vec<_> = parts(&requests[1]);
    assert!(types.iter().any(|part| part.contains("Content-Type: text/tab-separated-values\r\n")), "{types:?}");
}

#[tokio::test]
async fn a_parameter_with_json_as_its_content_is_json_text() {
    let server = Server::start(&[(204, ""), (204, "")]);
    let client = client!(json_parameters, server);
    let filter = json_parameters::types::Filter::builder().field("name").op("eq");
    let filter = json_parameters::types::Filter::try_from(filter).unwrap();
    let call = client.search().key(filter.clone()).filter(filter.clone()).word("a b").count(5);
    let call = call.list(vec!["a".to_owned(), "b,c".to_owned()]).maybe("m").plain("p q");
    call.x_filter(filter.clone()).x_word("w").session(filter.clone()).send().await.unwrap();
    client.search().key(filter).send().await.unwrap();
    let requests = server.requests();
    let object = "%7B%22field%22%3A%22name%22%2C%22op%22%3A%22eq%22%7D";
    assert_eq!(
        requests[0].target,
        format!(
            "GET /search/{object}?filter={object}&word=%22a+b%22&count=5&list=%5B%22a%22%2C%22b%2Cc%22%5D&maybe=%22m%22&plain=p+q"
        )
    );
    assert_eq!(requests[0].header("x-filter"), Some(r#"{"field":"name","op":"eq"}"#));
    assert_eq!(requests[0].header("x-word"), Some(r#""w""#));
    let cookie = "session={%22field%22:%22name%22%2C%22op%22:%22eq%22}";
    assert_eq!(requests[0].header("cookie"), Some(cookie));
    assert_eq!(requests[1].target, format!("GET /search/{object}"));
    assert_eq!((requests[1].header("x-filter"), requests[1].header("cookie")), (None, None));
}
