//! The update of loyalty points: its documented request and answers, and what the client sends and returns.

use salla_loyalty_points::mock::Mock;
use salla_loyalty_points::types::{
    BadRequestBody, ErrorCode, LoyaltyPointsUpdate, LoyaltyPointsUpdated, NotificationChannel, PointsChange,
    UnauthorizedBody, ValidationFailedBody,
};
use salla_loyalty_points::{
    Client, UpdateCustomerLoyaltyPoints as Update, UpdateCustomerLoyaltyPointsError as ApiError,
};
use salla_loyalty_points_tests::documented;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Decodes a payload, and asserts that the value encodes to the same payload.
#[track_caller]
fn round_trip<T: DeserializeOwned + Serialize>(payload: &Value) -> T {
    let value: T = serde_json::from_value(payload.clone()).expect("the payload decodes");
    assert_eq!(serde_json::to_value(&value).expect("the value encodes"), *payload);
    value
}

fn documented_update() -> LoyaltyPointsUpdate {
    serde_json::from_value(documented::update_request()).expect("the documented request decodes")
}

// The payloads.

#[test]
fn every_value_of_the_documented_request_is_in_its_field() {
    let update: LoyaltyPointsUpdate = round_trip(&documented::update_request());
    assert_eq!(update.points, 900);
    assert_eq!((update.reset_points, update.reset_point), (None, Some(false)));
    assert_eq!(update.type_, PointsChange::Plus);
    assert_eq!(update.reason, "Valid reason text");
    assert_eq!(update.channel_send, [NotificationChannel::Email, NotificationChannel::Sms]);
    assert_eq!(update.customers, [748_394_059, 873_874_834]);
    assert_eq!(update.select_all, None);
}

#[test]
fn a_value_that_is_not_documented_is_sent_and_decoded() {
    let mut request = documented::update_request();
    request["type"] = json!("refund");
    request["channel_send"] = json!(["email", "whatsapp"]);
    let update: LoyaltyPointsUpdate = round_trip(&request);
    assert_eq!((update.type_.as_str(), update.type_.to_string().as_str()), ("refund", "refund"));
    assert_eq!(update.channel_send, [NotificationChannel::Email, "whatsapp".into()]);
    assert!(matches!(&update.channel_send[1], NotificationChannel::Unknown(channel) if channel.as_str() == "whatsapp"));
}

#[test]
fn both_documented_forms_of_a_201_round_trip() {
    let with_code: LoyaltyPointsUpdated = round_trip(&documented::update_payload(201));
    assert_eq!((with_code.status, with_code.success), (201, true));
    assert_eq!(with_code.data.code, Some(201));
    assert_eq!(with_code.data.message, "تم تحديث نقاط الولاء للعملاء بنجاح");

    let message_alone = json!({"status": 201, "success": true, "data": {"message": "تم"}});
    let message_alone: LoyaltyPointsUpdated = round_trip(&message_alone);
    assert_eq!(message_alone.data.code, None);
    assert_eq!(message_alone.data.message, "تم");
}

#[test]
fn both_documented_forms_of_a_400_round_trip() {
    let with_error: BadRequestBody = round_trip(&documented::update_payload(400));
    assert_eq!((with_error.status, with_error.success), (400, false));
    let error = with_error.error.expect("the documented 400 has an error");
    assert_eq!(error.code, None);
    assert_eq!(error.message, "حدث خطأ أثناء تحديث نقاط الولاء للعملاء");
    assert_eq!(with_error.data, None);

    let with_data = json!({"status": 400, "success": false, "data": {"message": "خطأ"}});
    let with_data: BadRequestBody = round_trip(&with_data);
    assert_eq!(with_data.error, None);
    assert_eq!(with_data.data.expect("this 400 has data").message, "خطأ");
}

#[test]
fn the_documented_401_and_422_round_trip() {
    let unauthorized: UnauthorizedBody = round_trip(&documented::update_payload(401));
    assert_eq!(unauthorized.error.code, ErrorCode::Name("Unauthorized".to_owned()));
    assert!(unauthorized.error.message.ends_with("customers.read_write"));

    let refused: ValidationFailedBody = round_trip(&documented::update_payload(422));
    assert_eq!(refused.error.fields["customers"], ["حقل customers غير صالح"]);
}

// The client.

#[tokio::test]
async fn the_builder_sends_what_was_set_and_no_more() {
    let mock = Mock::new();
    mock.answer::<Update>(&serde_json::from_value(documented::update_payload(201)).unwrap());
    let client: Client = mock.client().unwrap();
    let answer = client
        .update_customer_loyalty_points()
        .body_map(|update| {
            update.points(50).type_(PointsChange::Minus).reason("خطأ").channel_send([]).customers([1_257_881_496])
        })
        .send()
        .await
        .unwrap();
    assert_eq!(answer.data.code, Some(201));

    let requests = mock.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/customers/loyalty/points"));
    let sent: Value = serde_json::from_slice(request.body.as_deref().expect("an update has a body")).unwrap();
    let expected =
        json!({"points": 50, "type": "minus", "reason": "خطأ", "channel_send": [], "customers": [1_257_881_496]});
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_missing_value_is_an_error_that_names_it_and_nothing_is_sent() {
    let mock = Mock::new();
    let client: Client = mock.client().unwrap();
    let update = client
        .update_customer_loyalty_points()
        .body_map(|update| update.points(50).reason("r").channel_send([NotificationChannel::Mobile]).customers([1]));
    let error = update.send().await.unwrap_err();
    assert!(error.to_string().contains("type"), "{error}");
    assert!(mock.requests().is_empty());
}

#[tokio::test]
async fn a_documented_failure_is_the_typed_error_of_its_status() {
    for status in [400, 401, 422] {
        let payload = documented::update_payload(status);
        let mock = Mock::new();
        mock.refuse::<Update>(status, &payload);
        let client: Client = mock.client().unwrap();
        let error = client.update_customer_loyalty_points().body(documented_update()).send().await.unwrap_err();
        let body = match error.api() {
            Some(ApiError::BadRequest(body)) => serde_json::to_value(body),
            Some(ApiError::Unauthorized(body)) => serde_json::to_value(body),
            Some(ApiError::ValidationFailed(body)) => serde_json::to_value(body),
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!(body.unwrap(), payload, "{status}");
    }
}

#[tokio::test]
async fn an_update_that_may_have_arrived_is_sent_once() {
    let mock = Mock::new();
    mock.refuse::<Update>(503, &json!({}));
    let client: Client = mock.client().unwrap();
    client.update_customer_loyalty_points().body(documented_update()).send().await.unwrap_err();
    assert_eq!(mock.requests().len(), 1);
}
