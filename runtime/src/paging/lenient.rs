//! Pages with items that cannot be decoded: finds these items, and decodes the rest of the page.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::paged::Paged;
use crate::answer::Answer;
use crate::decode::{self, DecodeError};
use crate::error::Error;
use crate::response::Response;

/// The largest number of broken items of a page. A page with more of them is not repaired.
const MAX_BROKEN: usize = 1000;

/// An item of a list that cannot be decoded.
#[derive(Clone)]
pub struct ItemError {
    page: i64,
    index: usize,
    json: Bytes,
    error: DecodeError,
}

impl ItemError {
    /// Returns the number of the item's page.
    #[must_use]
    pub fn page(&self) -> i64 {
        self.page
    }

    /// Returns the position of the item on its page, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns the JSON of the item, as received.
    #[must_use]
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// Returns the place in the item's JSON, such as `created_at`, and the reason. Both are without the access token,
    /// even if the server repeats it as a key.
    #[must_use]
    pub fn decode_error(&self) -> &DecodeError {
        &self.error
    }
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {}, item {}: {}", self.page, self.index, self.error)
    }
}

/// Omits the JSON, which may hold personal data.
impl fmt::Debug for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemError")
            .field("page", &self.page)
            .field("index", &self.index)
            .field("json_bytes", &self.json.len())
            .field("error", &self.error)
            .finish()
    }
}

impl StdError for ItemError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

/// A page without its broken items, and these items in their order.
pub(super) type Repaired<P> = (Response<<P as Paged>::Page>, Vec<ItemError>);

/// Repairs page `number`, if only some of its items cannot be decoded.
pub(super) fn repair<P>(error: &Error, number: i64) -> Option<Repaired<P>>
where
    P: Paged<Page: DeserializeOwned, Item: DeserializeOwned>,
{
    let status = error.status().filter(StatusCode::is_success)?;
    let body = error.body().filter(|_| error.is_undecodable())?;
    let items = find_items(body, path_of_items(error)?)?;
    let (mut broken, mut intact) = (Vec::new(), Vec::new());
    for (index, item) in items.elements.iter().enumerate() {
        let json = body.slice_ref(item.get().as_bytes());
        match decode::decode::<P::Item>(&answer(status, json.clone())) {
            Ok(_) => intact.push(item.get()),
            Err(_) if broken.len() == MAX_BROKEN => return None,
            Err(reason) => broken.push(ItemError { page: number, index, json, error: error.redact(reason) }),
        }
    }
    let without_broken = [items.before, "[", &intact.join(","), "]", items.after].concat();
    let page: P::Page = decode::decode(&answer(status, without_broken.into())).ok()?;
    if P::items(&page).len() != intact.len() {
        return None;
    }
    let answer = Answer { headers: error.headers()?.clone(), ..answer(status, body.clone()) };
    Some((Response::from_parts(page, answer, error.attempts()), broken))
}

fn answer(status: StatusCode, body: Bytes) -> Answer {
    Answer { status, headers: HeaderMap::new(), body }
}

/// Returns the path of the array of items: in an error at `data[3].points`, it is `data`.
fn path_of_items(error: &Error) -> Option<&str> {
    let decode_error = error.source()?.downcast_ref::<DecodeError>()?;
    decode_error.path().split_once('[').map(|(path, _)| path)
}

/// The array of items in a body.
struct Array<'a> {
    before: &'a str,
    elements: Vec<&'a RawValue>,
    after: &'a str,
}

/// Finds the array at `path`, whose keys are separated by dots.
fn find_items<'a>(body: &'a Bytes, path: &str) -> Option<Array<'a>> {
    let body = std::str::from_utf8(body).ok()?;
    let mut json: &RawValue = serde_json::from_str(body).ok()?;
    for key in path.split('.').filter(|key| !key.is_empty()) {
        let object: HashMap<String, &RawValue> = serde_json::from_str(json.get()).ok()?;
        json = object.get(key)?;
    }
    let start = json.get().as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    Some(Array {
        before: body.get(..start)?,
        elements: serde_json::from_str(json.get()).ok()?,
        after: body.get(start + json.get().len()..)?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use http::Method;

    use super::*;
    use crate::call_error::CallError;
    use crate::operation::Operation;
    use crate::paging::Extent;
    use crate::response::RawResponse;
    use crate::token::AccessToken;

    static LIST: Operation = Operation::new("list", Method::GET, "/list");

    /// A list whose items are maps.
    #[derive(Clone)]
    struct Maps;

    impl Paged for Maps {
        type Page = Vec<BTreeMap<String, u8>>;
        type Item = BTreeMap<String, u8>;
        type Api = Infallible;

        fn operation(&self) -> &'static Operation {
            &LIST
        }

        fn start(&self) -> Option<i64> {
            None
        }

        async fn fetch(&self, _: i64) -> Result<Response<Self::Page>, CallError<Infallible>> {
            std::future::pending().await
        }

        fn extent(_: &Self::Page) -> Extent {
            Extent::default()
        }

        fn items(page: &Self::Page) -> &[Self::Item] {
            page
        }

        fn into_items(page: Self::Page) -> Vec<Self::Item> {
            page
        }
    }

    #[test]
    fn an_item_error_has_its_place_and_does_not_show_a_token_that_is_a_key() {
        let token = AccessToken::parse("ory_at_marked").unwrap();
        let body = br#"[{"a":1},{"of ory_at_marked":"x"}]"#;
        let mut received = answer(StatusCode::OK, Bytes::from_static(body));
        received.headers.insert("x-id", http::HeaderValue::from_static("7"));
        let response = RawResponse::new(LIST.clone(), token.into(), received);
        let error = response.json::<Vec<BTreeMap<String, u8>>>().unwrap_err();
        let (page, broken) = repair::<Maps>(&error, 5).unwrap();
        assert_eq!((page.len(), broken.len(), &page.headers()["x-id"]), (1, 1, &"7".parse().unwrap()));
        assert_eq!((broken[0].page(), broken[0].index()), (5, 1));
        assert_eq!(broken[0].source().unwrap().to_string(), broken[0].decode_error().to_string());
        assert!(format!("{:?}", broken[0]).starts_with("ItemError { page: 5, index: 1, json_bytes: 24, error: "));
        let shown = format!("{} {:?} {:?}", broken[0], broken[0], error);
        assert_eq!(broken[0].decode_error().path(), "of [token]");
        assert!(!shown.contains("marked"), "{shown}");
    }
}
