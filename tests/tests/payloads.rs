//! Decodes the documented payloads and variations of them into the generated types, by serde alone.

use std::collections::HashSet;
use std::fmt::Debug;

use salla_loyalty_points::types::{
    ErrorBody, ErrorCode, LoyaltyPointsEntry, LoyaltyPointsPage, PaginationLinks, UnauthorizedBody,
    ValidationFailedBody,
};
use salla_loyalty_points::{DateTime, Id};
use salla_loyalty_points_tests::documented;
use serde_json::{Value, json};

/// Encodes a decoded value as JSON.
macro_rules! encoded {
    ($value:expr) => {
        serde_json::to_value($value).expect("every decoded value encodes")
    };
}

// The documented payloads.

#[test]
fn every_value_of_the_documented_page_is_in_its_field() {
    let page = page(documented::payload(200));
    assert_eq!(page.status, 200);
    assert!(page.success);
    assert_eq!(page.data.len(), 2);

    let [first, second] = &page.data[..] else { panic!("two entries") };
    assert_eq!(first.name, "مخصصة");
    assert_eq!(first.points, 900);
    assert_eq!(first.used_points, 0);
    assert_eq!(first.status, "مؤكدة");
    assert_eq!(first.created_at.civil().to_string(), "2024-12-17T17:42:14");
    assert_eq!(first.created_at.zone(), Some("Asia/Riyadh"));
    assert_eq!(first.created_at.to_zoned().unwrap().to_string(), "2024-12-17T17:42:14+03:00[Asia/Riyadh]");
    let expiry_date = first.expiry_date.as_ref().unwrap();
    assert_eq!(expiry_date.civil().to_string(), "2029-02-17T17:42:14");
    assert_eq!(expiry_date.zone(), None);
    assert_eq!(first.order_id, Some(Id::from(98_787_845_454_i64)));
    assert_eq!(first.used_at, None);
    assert_eq!(first.notes.as_deref(), Some("reason text"));
    assert_eq!(first.reference_id, Some(Id::from(3_215_487)));

    assert_eq!(second.name, "مخصصة");
    assert_eq!(second.points, 900);
    assert_eq!(second.used_points, 0);
    assert_eq!(second.status, "مؤكدة");
    assert_eq!(second.created_at.civil().to_string(), "2024-12-17T17:15:47");
    assert_eq!(second.created_at.zone(), Some("Asia/Riyadh"));
    assert_eq!(second.created_at.to_zoned().unwrap().timestamp().to_string(), "2024-12-17T14:15:47Z");
    assert_eq!(second.expiry_date, Some("2029-02-17 17:15:47".parse().unwrap()));
    assert_eq!(second.order_id, None);
    assert_eq!(second.used_at, None);
    assert_eq!(second.notes.as_deref(), Some("sample note"));
    assert_eq!(second.reference_id, None);

    let pagination = &page.pagination;
    assert_eq!(pagination.count, 30);
    assert_eq!(pagination.total, 39);
    assert_eq!(pagination.per_page, 30);
    assert_eq!(pagination.current_page, 1);
    assert_eq!(pagination.total_pages, 2);
    assert_eq!(
        pagination.links.next.as_deref(),
        Some("http://api.salla.dev/admin/v2/customers/loyalty/points?customer_id=1227534533&page=2")
    );
    assert_eq!(pagination.links.previous, None);
}

#[test]
fn every_value_of_the_documented_401_is_in_its_field() {
    let body = unauthorized(documented::payload(401));
    assert_eq!(body.status, 401);
    assert!(!body.success);
    assert_eq!(body.error.code, ErrorCode::Name("Invalid-token".to_owned()));
    assert_eq!(body.error.message, "please provide a valid API Key");
}

#[test]
fn every_value_of_the_documented_422_is_in_its_field() {
    let body = validation_failed(documented::payload(422));
    assert_eq!(body.status, 422);
    assert!(!body.success);
    assert_eq!(body.error.code, ErrorCode::Name("error".to_owned()));
    assert_eq!(body.error.message, "alert.invalid_fields");
    assert_eq!(body.error.fields.len(), 1);
    assert_eq!(body.error.fields["customer_id"], ["حقل customer id مطلوب."]);
}

#[test]
fn the_documented_payloads_round_trip() {
    let (ok, unauthorized_, refused) = (documented::payload(200), documented::payload(401), documented::payload(422));
    assert_eq!(encoded!(&page(ok.clone())), ok);
    assert_eq!(encoded!(&unauthorized(unauthorized_.clone())), unauthorized_);
    assert_eq!(encoded!(&validation_failed(refused.clone())), refused);
}

#[test]
fn the_documented_page_encodes_in_the_documented_order() {
    let text = serde_json::to_string(&page(documented::payload(200))).unwrap();
    let mut rest = text.as_str();
    for key in [
        "status",
        "success",
        "data",
        "name",
        "points",
        "used_points",
        "status",
        "created_at",
        "date",
        "timezone_type",
        "timezone",
        "expiry_date",
        "order_id",
        "used_at",
        "notes",
        "reference_id",
        "pagination",
        "count",
        "total",
        "perPage",
        "currentPage",
        "totalPages",
        "links",
        "next",
    ] {
        let (_, behind) = rest.split_once(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key} is missing: {text}"));
        rest = behind;
    }
}

#[test]
fn decoded_values_are_equal_and_hash_alike_after_a_round_trip() {
    let once = page(documented::payload(200));
    let again = page(encoded!(&once));
    assert_eq!(once, again);
    assert_eq!(once.clone(), again);
    assert_eq!(HashSet::from([once.clone(), again]).len(), 1);
    assert_ne!(once, page(documented_page("/data/0/points", json!(901))));
}

// Variations of an entry.

#[test]
fn numbers_decode_from_every_form_and_sign() {
    for (written, expected) in [
        (json!(0), 0),
        (json!(-250), -250),
        (json!(-1), -1),
        (json!(i64::MAX), i64::MAX),
        (json!(i64::MIN), i64::MIN),
        (json!(900.0), 900),
        (json!("900"), 900),
        (json!("0"), 0),
        (json!("-250"), -250),
        (json!("900.00"), 900),
        (json!(" 900 "), 900),
    ] {
        for field in ["points", "used_points"] {
            let entry = entry(field, &written);
            let found = if field == "points" { entry.points } else { entry.used_points };
            assert_eq!(found, expected, "{field}: {written}");
            assert_eq!(encoded!(&entry)[field], json!(expected), "{field}: {written}");
        }
        for field in ["count", "total", "perPage", "currentPage", "totalPages"] {
            let pagination = page(documented_page(&format!("/pagination/{field}"), written.clone())).pagination;
            let found = match field {
                "count" => pagination.count,
                "total" => pagination.total,
                "perPage" => pagination.per_page,
                "currentPage" => pagination.current_page,
                _ => pagination.total_pages,
            };
            assert_eq!(found, expected, "{field}: {written}");
        }
    }
}

#[test]
fn ids_decode_from_numbers_text_null_and_absence() {
    for (written, expected) in [
        (json!(98_787_845_454_i64), Some(Id::from(98_787_845_454_i64))),
        (json!("98787845454"), Some(Id::from(98_787_845_454_i64))),
        (json!(u64::MAX), Some(Id::from(u64::MAX.to_string()))),
        (json!(0), Some(Id::from(0))),
        (json!("0"), Some(Id::from(0))),
        (json!("A-17"), Some(Id::from("A-17"))),
        (json!("طلب-٧"), Some(Id::from("طلب-٧"))),
        (json!("007"), Some(Id::from("007"))),
        (Value::Null, None),
    ] {
        for field in ["order_id", "reference_id"] {
            let entry = entry(field, &written);
            let found = if field == "order_id" { &entry.order_id } else { &entry.reference_id };
            assert_eq!(*found, expected, "{field}: {written}");
            assert_eq!(encoded!(&entry)[field], written, "{field} encodes in its decoded form");
        }
    }
    let none = entry("order_id", &json!(false));
    assert_eq!((none.order_id.clone(), encoded!(&none)["order_id"].clone()), (None, Value::Null));
    let absent = entry_without(&["order_id", "reference_id"]);
    assert_eq!((absent.order_id, absent.reference_id), (None, None));
}

#[test]
fn ids_are_equal_and_hash_alike_in_all_forms() {
    let number = entry("order_id", &json!(3_215_487));
    let text = entry("order_id", &json!("3215487"));
    assert_eq!(number, text);
    assert_eq!(HashSet::from([number.clone(), text.clone()]).len(), 1);
    assert_eq!(number.order_id, text.order_id);
    assert_eq!(HashSet::from([number.order_id.clone(), text.order_id, number.reference_id.clone()]).len(), 1);
    assert_eq!(number.order_id, number.reference_id, "the same number in two fields");
    for different in ["03215487", " 3215487", "3215487.0", "+3215487"] {
        assert_ne!(number.order_id, entry("order_id", &json!(different)).order_id, "{different}");
    }
}

#[test]
fn expiry_dates_decode_from_every_form_of_a_date_and_of_no_date() {
    for (written, expected) in [
        (json!("2029-02-17 17:42:14"), Some("2029-02-17T17:42:14")),
        (json!("2029-02-17 17:42:14.000000"), Some("2029-02-17T17:42:14")),
        (json!("2029-02-17"), Some("2029-02-17T00:00:00")),
        (riyadh("2029-02-17 17:42:14.000000"), Some("2029-02-17T17:42:14")),
        (Value::Null, None),
        (json!(""), None),
    ] {
        let found = entry("expiry_date", &written).expiry_date;
        assert_eq!(found.map(|date| date.civil().to_string()).as_deref(), expected, "{written}");
    }
    assert_eq!(entry_without(&["expiry_date"]).expiry_date, None);
}

#[test]
fn used_at_decodes_from_every_known_form() {
    for (written, expected) in [
        (Value::Null, None),
        (json!({}), None),
        (json!([]), None),
        (json!(""), None),
        (json!("2025-12-31 23:59:59"), Some("2025-12-31T23:59:59")),
        (riyadh("2025-12-31 23:59:59.000000"), Some("2025-12-31T23:59:59")),
    ] {
        let found = entry("used_at", &written).used_at;
        assert_eq!(found.map(|date| date.civil().to_string()).as_deref(), expected, "{written}");
    }
    assert_eq!(entry_without(&["used_at"]).used_at, None);
}

#[test]
fn dates_encode_in_their_decoded_form() {
    for written in
        [json!("2025-12-31 23:59:59"), json!("2025-12-31"), riyadh("2025-12-31 23:59:59.000000"), riyadh("2025-12-31")]
    {
        for field in ["expiry_date", "used_at", "created_at"] {
            assert_eq!(encoded!(&entry(field, &written))[field], written, "{field}");
        }
    }
}

#[test]
fn notes_decode_from_text_null_and_absence() {
    for (written, expected) in [
        (json!("reason text"), Some("reason text")),
        (json!(""), Some("")),
        (json!("سطر أول\nسطر «ثانٍ» 🎁"), Some("سطر أول\nسطر «ثانٍ» 🎁")),
        (Value::Null, None),
    ] {
        let entry = entry("notes", &written);
        assert_eq!(entry.notes.as_deref(), expected, "{written}");
        assert_eq!(encoded!(&entry)["notes"], written);
    }
    assert_eq!(entry_without(&["notes"]).notes, None);
}

#[test]
fn each_kind_of_zone_gives_the_same_instant() {
    for (kind, zone) in [(3, "Asia/Riyadh"), (1, "+03:00"), (2, "AST")] {
        let written = json!({"date": "2024-12-17 17:42:14.000000", "timezone_type": kind, "timezone": zone});
        let entry = entry("created_at", &written);
        let zoned = entry.created_at.to_zoned().unwrap();
        assert_eq!(zoned.timestamp().to_string(), "2024-12-17T14:42:14Z", "{written}");
        assert_eq!(zoned.offset().to_string(), "+03", "{written}");
        assert_eq!(entry.created_at.zone(), Some(zone));
        assert_eq!(encoded!(&entry)["created_at"], written);
    }
    let elsewhere = json!({"date": "2024-07-01 09:00:00.000000", "timezone_type": 3, "timezone": "Europe/Berlin"});
    let berlin = entry("created_at", &elsewhere).created_at.to_zoned().unwrap();
    assert_eq!(berlin.timestamp().to_string(), "2024-07-01T07:00:00Z", "a zone with summer time");
}

#[test]
fn a_date_without_a_zone_needs_a_zone_to_be_an_instant() {
    let date = entry("expiry_date", &json!("2029-02-17 17:42:14")).expiry_date.unwrap();
    assert!(date.to_zoned().is_err(), "the zone of this machine is not used");
    assert_eq!(date.to_zoned_in("Asia/Riyadh").unwrap().timestamp().to_string(), "2029-02-17T14:42:14Z");
    assert_eq!(date.to_zoned_in("UTC").unwrap().timestamp().to_string(), "2029-02-17T17:42:14Z");
}

#[test]
fn text_in_any_script_is_unchanged() {
    for text in
        ["مخصصة", "نِقَاطُ ٱلْوَلَاءِ", "خصم ٪١٥", "mixed عربي English", "\u{202e}override\u{202c}", "🎁", "a\u{0}b", ""]
    {
        for field in ["name", "status"] {
            let entry = entry(field, &json!(text));
            let found = if field == "name" { &entry.name } else { &entry.status };
            assert_eq!(found, text, "{field}");
            assert_eq!(encoded!(&entry)[field], json!(text), "{field}");
        }
    }
}

#[test]
fn unknown_keys_are_ignored_at_every_level() {
    let mut payload = documented::payload(200);
    for place in ["", "/data/0", "/data/1", "/data/0/created_at", "/pagination", "/pagination/links"] {
        set(&mut payload, &format!("{place}/added_later"), json!({"deep": [null, {"ق": 1}]}));
    }
    assert_eq!(page(payload), page(documented::payload(200)));
    for status in [401, 422] {
        let mut payload = documented::payload(status);
        for place in ["", "/error"] {
            set(&mut payload, &format!("{place}/added_later"), json!([[], {}]));
        }
        if status == 401 {
            assert_eq!(unauthorized(payload), unauthorized(documented::payload(401)));
        } else {
            assert_eq!(validation_failed(payload), validation_failed(documented::payload(422)));
        }
    }
}

// Variations of the envelope.

#[test]
fn links_decode_from_an_object_and_from_phps_empty_array() {
    let links = |next: Option<&str>, previous: Option<&str>| {
        let mut links = PaginationLinks::default();
        links.next = next.map(str::to_owned);
        links.previous = previous.map(str::to_owned);
        links
    };
    for (written, expected) in [
        (json!([]), links(None, None)),
        (json!({}), links(None, None)),
        (json!({"next": "http://x/?page=2"}), links(Some("http://x/?page=2"), None)),
        (json!({"previous": "http://x/?page=1"}), links(None, Some("http://x/?page=1"))),
        (json!({"next": "n", "previous": "p"}), links(Some("n"), Some("p"))),
        (json!({"next": null, "previous": null}), links(None, None)),
    ] {
        let found = page(documented_page("/pagination/links", written.clone())).pagination.links;
        assert_eq!(found, expected, "{written}");
    }
}

#[test]
fn a_page_without_entries_decodes() {
    let empty = page(documented_page("/data", json!([])));
    assert!(empty.data.is_empty());
    assert_eq!(encoded!(&empty)["data"], json!([]));
}

#[test]
fn a_full_page_decodes_in_order() {
    let template = documented::payload(200)["data"][0].clone();
    let entries = (0..65).map(|points| with(&template, "points", &json!(points))).collect();
    let page = page(documented_page("/data", Value::Array(entries)));
    assert_eq!(page.data.iter().map(|entry| entry.points).collect::<Vec<_>>(), (0..65).collect::<Vec<_>>());
}

// Variations of the errors.

#[test]
fn error_codes_decode_from_names_and_numbers() {
    for (written, expected, displayed) in [
        (json!("Unauthorized"), ErrorCode::Name("Unauthorized".to_owned()), "Unauthorized"),
        (json!("validation_failed"), ErrorCode::Name("validation_failed".to_owned()), "validation_failed"),
        (json!("غير مصرح"), ErrorCode::Name("غير مصرح".to_owned()), "غير مصرح"),
        (json!(401), ErrorCode::Number(401), "401"),
        (json!(422), ErrorCode::Number(422), "422"),
        (json!("401"), ErrorCode::Name("401".to_owned()), "401"),
    ] {
        for status in [401, 422] {
            let payload = documented_with(status, "/error/code", written.clone());
            let code = match status {
                401 => unauthorized(payload).error.code,
                _ => validation_failed(payload).error.code,
            };
            assert_eq!(code, expected, "{status}: {written}");
            assert_eq!(code.to_string(), displayed);
            assert_eq!(encoded!(&code), written);
        }
    }
}

#[test]
fn messages_of_a_401_decode_in_every_language() {
    for message in [
        "The access token is invalid",
        "The access token should have access to one of those scopes: products.read_write",
        "الحساب غير نشط",
        "",
    ] {
        let body = unauthorized(documented_with(401, "/error/message", json!(message)));
        assert_eq!(body.error.message, message);
    }
}

#[test]
fn field_messages_decode_from_every_form() {
    for (written, expected) in [
        (json!({"customer_id": ["a", "b"]}), vec![("customer_id", vec!["a", "b"])]),
        (json!({"locales.0.iso_code": ["مطلوب"]}), vec![("locales.0.iso_code", vec!["مطلوب"])]),
        (json!({"customer_id": "bare"}), vec![("customer_id", vec!["bare"])]),
        (json!({"a": "bare", "b": ["listed"]}), vec![("a", vec!["bare"]), ("b", vec!["listed"])]),
        (json!({"رقم العميل": ["حقل customer id مطلوب."]}), vec![("رقم العميل", vec!["حقل customer id مطلوب."])]),
        (json!({"customer_id": []}), vec![("customer_id", vec![])]),
        (json!([]), vec![]),
        (json!({}), vec![]),
    ] {
        let body = validation_failed(documented_with(422, "/error/fields", written.clone()));
        let found: Vec<(&str, Vec<&str>)> = body
            .error
            .fields
            .iter()
            .map(|(name, messages)| (name.as_str(), messages.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(found, expected, "{written}");
    }
    let absent = validation_failed(without(&documented::payload(422), "/error", "fields"));
    assert!(absent.error.fields.is_empty());
}

#[test]
fn the_shared_error_body_decodes_the_errors_of_any_endpoint() {
    for (status, code) in [(400, json!(400)), (404, json!(404)), (403, json!("Forbidden")), (500, json!("error"))] {
        let mut payload = documented::payload(422);
        set(&mut payload, "/status", json!(status));
        set(&mut payload, "/error/code", code.clone());
        let body: ErrorBody = serde_json::from_value(payload.clone()).unwrap();
        assert_eq!((body.status, body.success), (status, false));
        assert_eq!(encoded!(&body.error.code), code);
        assert_eq!(body.error.fields["customer_id"].len(), 1);
        assert_eq!(encoded!(&body), payload);
    }
    let bare: ErrorBody = serde_json::from_value(documented::payload(401)).unwrap();
    assert!(bare.error.fields.is_empty());
    assert_eq!(encoded!(&bare), documented::payload(401));
}

// Invalid payloads.

#[test]
fn an_invalid_value_in_a_page_is_refused_at_its_place() {
    for (place, written, reason) in [
        ("/status", json!("200 OK"), "invalid type: string"),
        ("/success", json!("yes"), "expected a boolean"),
        ("/success", json!(1), "expected a boolean"),
        ("/data", json!({}), "expected a sequence"),
        ("/data", json!(null), "expected a sequence"),
        ("/data/1", json!("entry"), "expected struct LoyaltyPointsEntry"),
        ("/data/1/name", json!(7), "expected a string"),
        ("/data/1/name", json!(null), "expected a string"),
        ("/data/1/points", json!("nine hundred"), "a whole number"),
        ("/data/1/points", json!("٩٠٠"), "a whole number"),
        ("/data/1/points", json!(900.5), "a whole number"),
        ("/data/1/points", json!("900.5"), "a whole number"),
        ("/data/1/points", json!(9_223_372_036_854_775_808_u64), "a whole number"),
        ("/data/1/points", json!(null), "a whole number"),
        ("/data/1/points", json!(""), "a whole number"),
        ("/data/1/points", json!(true), "a whole number"),
        ("/data/1/points", json!([900]), "a whole number"),
        ("/data/1/used_points", json!("0 points"), "a whole number"),
        ("/data/1/status", json!(["مؤكدة"]), "expected a string"),
        ("/data/1/created_at", json!(null), "a date such as"),
        ("/data/1/created_at", json!({}), "a date such as"),
        ("/data/1/created_at", json!("yesterday"), "a date such as"),
        ("/data/1/created_at", json!(1_734_446_534), "a date such as"),
        ("/data/1/created_at/date", json!("2024-02-30 00:00:00"), "a date such as"),
        ("/data/1/created_at/timezone_type", json!(4), "1, 2 or 3"),
        ("/data/1/created_at/timezone", json!(3), "expected a string"),
        ("/data/1/expiry_date", json!("2029-13-01 00:00:00"), "a date such as"),
        ("/data/1/expiry_date", json!(20_290_217), "a date such as"),
        ("/data/1/used_at", json!([1]), "a date such as"),
        ("/data/1/used_at", json!(false), "a date such as"),
        ("/data/1/order_id", json!(1.5), "an identifier"),
        ("/data/1/order_id", json!(true), "an identifier"),
        ("/data/1/reference_id", json!({"id": 7}), "an identifier"),
        ("/data/1/notes", json!({"text": "x"}), "expected a string"),
        ("/pagination", json!([]), "invalid length 0"),
        ("/pagination", json!(null), "expected struct Pagination"),
        ("/pagination/count", json!("many"), "a whole number"),
        ("/pagination/totalPages", json!(1.5), "a whole number"),
        ("/pagination/links", json!(["http://x"]), "an object"),
        ("/pagination/links", json!("http://x"), "an object"),
        ("/pagination/links/next", json!(2), "expected a string"),
    ] {
        let payload = documented_page(place, written.clone());
        let text = serde_json::to_string_pretty(&payload).unwrap();
        let error = serde_json::from_str::<LoyaltyPointsPage>(&text).unwrap_err();
        assert!(error.to_string().contains(reason), "{place} = {written}: {error}");
        assert_place(&error, &text, place, &written);
    }
}

#[test]
fn an_invalid_value_in_an_error_body_is_refused_at_its_place() {
    for (place, written, reason) in [
        ("/status", json!(null), "expected i64"),
        ("/success", json!(0), "expected a boolean"),
        ("/error", json!("Unauthorized"), "expected struct"),
        ("/error/message", json!(401), "expected a string"),
    ] {
        for status in [401, 422] {
            let text = serde_json::to_string_pretty(&documented_with(status, place, written.clone())).unwrap();
            let error = match status {
                401 => serde_json::from_str::<UnauthorizedBody>(&text).unwrap_err(),
                _ => serde_json::from_str::<ValidationFailedBody>(&text).unwrap_err(),
            };
            assert!(error.to_string().contains(reason), "{place} = {written}: {error}");
            assert_place(&error, &text, place, &written);
        }
    }
    for (written, reason) in [
        (json!("customer_id"), "an object of lists of messages"),
        (json!({"customer_id": 7}), "a message or a list of messages"),
        (json!({"customer_id": [7]}), "expected a string"),
        (json!({"customer_id": {"required": "x"}}), "a message or a list of messages"),
    ] {
        let error = serde_json::from_value::<ValidationFailedBody>(documented_with(422, "/error/fields", written));
        let error = error.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    for written in [json!(null), json!(1.5), json!([]), json!({})] {
        let error = serde_json::from_value::<UnauthorizedBody>(documented_with(401, "/error/code", written.clone()));
        assert!(error.unwrap_err().to_string().contains("ErrorCode"), "{written}");
    }
}

#[test]
fn a_missing_required_field_is_named() {
    for (place, field) in [
        ("", "status"),
        ("", "success"),
        ("", "data"),
        ("", "pagination"),
        ("/data/1", "name"),
        ("/data/1", "points"),
        ("/data/1", "used_points"),
        ("/data/1", "status"),
        ("/data/1", "created_at"),
        ("/data/1/created_at", "date"),
        ("/data/1/created_at", "timezone_type"),
        ("/data/1/created_at", "timezone"),
        ("/pagination", "count"),
        ("/pagination", "total"),
        ("/pagination", "perPage"),
        ("/pagination", "currentPage"),
        ("/pagination", "totalPages"),
        ("/pagination", "links"),
    ] {
        let payload = without(&documented::payload(200), place, field);
        let error = serde_json::from_value::<LoyaltyPointsPage>(payload).unwrap_err();
        assert_eq!(error.to_string(), format!("missing field `{field}`"), "{place}/{field}");
    }
    for (place, field) in [("", "status"), ("", "success"), ("", "error"), ("/error", "code"), ("/error", "message")] {
        let expected = format!("missing field `{field}`");
        let error = serde_json::from_value::<UnauthorizedBody>(without(&documented::payload(401), place, field));
        assert_eq!(error.unwrap_err().to_string(), expected, "401 {place}/{field}");
        let error = serde_json::from_value::<ValidationFailedBody>(without(&documented::payload(422), place, field));
        assert_eq!(error.unwrap_err().to_string(), expected, "422 {place}/{field}");
    }
}

#[test]
fn other_bodies_do_not_decode_as_a_page() {
    for text in ["", "null", "[]", "\"ok\"", "<html></html>", "{}", "{\"error\":\"invalid_grant\"}", "{\"status\":200"]
    {
        assert!(serde_json::from_str::<LoyaltyPointsPage>(text).is_err(), "{text}");
    }
    for status in [401, 422] {
        assert!(serde_json::from_value::<LoyaltyPointsPage>(documented::payload(status)).is_err(), "{status}");
    }
}

// Functions that edit and decode the documented payloads.

fn page(payload: Value) -> LoyaltyPointsPage {
    serde_json::from_value(payload).unwrap_or_else(|error| panic!("the page decodes: {error}"))
}

fn unauthorized(payload: Value) -> UnauthorizedBody {
    serde_json::from_value(payload).unwrap_or_else(|error| panic!("the 401 decodes: {error}"))
}

fn validation_failed(payload: Value) -> ValidationFailedBody {
    serde_json::from_value(payload).unwrap_or_else(|error| panic!("the 422 decodes: {error}"))
}

/// Decodes the first documented entry with a changed field.
fn entry(field: &str, value: &Value) -> LoyaltyPointsEntry {
    let payload = with(&documented::payload(200)["data"][0], field, value);
    serde_json::from_value(payload).unwrap_or_else(|error| panic!("{field} = {value} decodes: {error}"))
}

/// Decodes the first documented entry without these fields.
fn entry_without(fields: &[&str]) -> LoyaltyPointsEntry {
    let payload =
        fields.iter().fold(documented::payload(200)["data"][0].clone(), |entry, field| without(&entry, "", field));
    serde_json::from_value(payload).unwrap_or_else(|error| panic!("an entry without {fields:?} decodes: {error}"))
}

/// Returns the documented page with a changed value at `place`, a JSON pointer.
fn documented_page(place: &str, value: Value) -> Value {
    documented_with(200, place, value)
}

/// Returns the documented payload of a status with a changed value at `place`.
fn documented_with(status: u16, place: &str, value: Value) -> Value {
    let mut payload = documented::payload(status);
    set(&mut payload, place, value);
    payload
}

fn with(object: &Value, field: &str, value: &Value) -> Value {
    let mut object = object.clone();
    set(&mut object, &format!("/{field}"), value.clone());
    object
}

fn without(payload: &Value, place: &str, field: &str) -> Value {
    let mut payload = payload.clone();
    let object = payload.pointer_mut(place).and_then(Value::as_object_mut).expect("an object is there");
    assert!(object.remove(field).is_some(), "{place}/{field} is documented");
    payload
}

/// Sets the value at a JSON pointer. Its last key may be new.
fn set(payload: &mut Value, place: &str, value: Value) {
    let (holder, key) = place.rsplit_once('/').expect("a place begins with a slash");
    match payload.pointer_mut(holder).expect("the place is documented") {
        Value::Array(items) => items[key.parse::<usize>().expect("an index")] = value,
        holder => holder[key] = value,
    }
}

fn riyadh(date: &str) -> Value {
    json!({"date": date, "timezone_type": 3, "timezone": "Asia/Riyadh"})
}

/// Checks that the line of the error is one of the lines of the value at `place`.
fn assert_place(error: &serde_json::Error, text: &str, place: &str, written: &Value) {
    let first = line_of(text, place);
    let lines = serde_json::to_string_pretty(written).unwrap().lines().count();
    assert!((first..first + lines).contains(&error.line()), "{place} is on line {first}: {error}\n{text}");
}

/// Returns the line of a pretty-printed payload on which the value at `place` begins.
fn line_of(text: &str, place: &str) -> usize {
    const MARK: &str = "the marked place";
    let mut marked: Value = serde_json::from_str(text).unwrap();
    set(&mut marked, place, json!(MARK));
    let marked = serde_json::to_string_pretty(&marked).unwrap();
    marked.lines().position(|line| line.contains(MARK)).expect("the mark is there") + 1
}

#[test]
fn the_types_implement_the_common_traits() {
    fn is_value<T: Clone + Debug + PartialEq + Eq + std::hash::Hash + Send + Sync + Unpin + 'static>() {}
    is_value::<LoyaltyPointsPage>();
    is_value::<UnauthorizedBody>();
    is_value::<ValidationFailedBody>();
    is_value::<ErrorBody>();
    is_value::<DateTime>();
    is_value::<Id>();
}
