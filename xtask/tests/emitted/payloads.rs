//! A crate that decodes the payloads of webhooks and callbacks.

use callbacks::types::{ClosedPostPayload, ClosedPostPayloadWhy, ClosedPutPayload};
use open_api_3_1::examples::play_moved_payload;
use open_api_3_1::types::{PlacedPayload, PlayMovedPayload, PlayMovedPayloadTo};

#[test]
fn a_payload_with_values_that_are_not_documented_decodes() {
    let text = r#"{"play": {"kind": "play", "title": "Faust"}, "to": "attic", "by": {"hand": true}}"#;
    let payload: PlayMovedPayload = serde_json::from_str(text).unwrap();
    assert_eq!(payload.play.title.as_deref(), Some("Faust"));
    assert!(matches!(&payload.to, PlayMovedPayloadTo::Unknown(_)) && payload.to.to_string() == "attic");
}

#[test]
fn the_example_of_a_payload_is_a_value() {
    assert_eq!(play_moved_payload().to, PlayMovedPayloadTo::Cellar);
}

#[test]
fn the_payload_of_a_callback_of_a_webhook_has_a_type() {
    let placed: PlacedPayload = serde_json::from_str(r#"{"seat": 4}"#).unwrap();
    assert_eq!(placed.seat, Some(4));
}

#[test]
fn the_payloads_of_a_callback_with_several_requests_have_types_of_their_own() {
    let closed: ClosedPostPayload = serde_json::from_str(r#"{"why": "rain"}"#).unwrap();
    assert_eq!((closed.why, closed.secret), (ClosedPostPayloadWhy::from("rain"), None));
    let draws: ClosedPutPayload = serde_json::from_str(r#"[{"numbers": [1]}]"#).unwrap();
    assert_eq!(draws.0[0].numbers.as_deref(), Some(&[1][..]));
}
