//! A crate that sends values of which the document describes more than their types express.

use constraints::mock::Mock;
use constraints::types::{Class, Format, Letter, LetterKind};
use constraints::{Client, SendLetter, examples};
use serde_json::{Value, json};

#[tokio::test]
async fn a_required_property_with_a_single_value_is_sent_without_being_set() {
    let mock = Mock::new();
    mock.answer::<SendLetter>(&examples::send_letter_body());
    let client: Client = mock.client().unwrap();
    client.send_letter().body_map(|body| body.to("Riyadh")).send().await.unwrap();
    let sent = mock.requests().pop().and_then(|request| request.body).unwrap();
    let sent: Value = serde_json::from_slice(&sent).unwrap();
    let expected = json!({"kind": "letter", "version": 2, "weight": 2.5, "sealed": true, "class": "first", "format": -1,
        "to": "Riyadh"});
    assert_eq!(sent, expected);
}

#[test]
fn a_single_value_can_be_set_and_an_optional_one_is_not_sent_unless_it_is() {
    let of = Letter::builder().to("Jeddah").kind(LetterKind::from("parcel")).version(3_i64).format(Format(5));
    let letter: Letter = of.class(Class::from("second")).weight(1_i64).sealed(false).try_into().unwrap();
    let expected = json!({"kind": "parcel", "version": 3, "weight": 1, "sealed": false, "class": "second", "format": 5,
        "to": "Jeddah"});
    assert_eq!(serde_json::to_value(letter).unwrap(), expected);
}

#[test]
fn a_required_property_without_a_single_value_has_to_be_set() {
    let error = Letter::try_from(Letter::builder()).unwrap_err();
    assert!(error.to_string().contains("no value supplied for to"), "{error}");
}
