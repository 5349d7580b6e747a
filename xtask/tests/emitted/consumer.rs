//! A crate that uses the crates of the corpus, after the API has changed.

use std::collections::{BTreeMap, HashSet};

use enumerations::types::{Board, BoardEvent, BoardPlace, Colour, Corner, Move};
use serde_json::{Value, json};

fn board(change: impl FnOnce(&mut Value)) -> Result<Board, serde_json::Error> {
    let mut board = json!({"next": "blue", "winners": ["red"], "owners": {"a1": "blue"}});
    change(&mut board);
    let decoded: Board = serde_json::from_value(board.clone())?;
    assert_eq!(serde_json::to_value(&decoded)?, board);
    Ok(decoded)
}

#[test]
fn an_unknown_value_decodes_and_round_trips_in_every_place() {
    let decoded = board(|board| {
        board["next"] = json!("green");
        board["winners"] = json!(["red", "green"]);
        board["owners"]["a2"] = json!("green");
        board["place"] = json!("east");
        board["event"] = json!({"kind": "lost", "to": "green"});
    })
    .unwrap();
    let green = Colour::from("green");
    assert_eq!((&decoded.next, &decoded.winners[1], &decoded.owners["a2"]), (&green, &green, &green));
    assert!(matches!(&decoded.place, Some(BoardPlace::Corner(Corner::Unknown(east))) if east.as_str() == "east"));
    assert!(matches!(&decoded.event, Some(BoardEvent::Lost(lost)) if lost.to == Some(green)));
    let received: Move = serde_json::from_str(r#"{"state":"refunded"}"#).unwrap();
    assert_eq!(received.state.as_ref().map(ToString::to_string).as_deref(), Some("refunded"));
    let keys: BTreeMap<Colour, i64> = serde_json::from_str(r#"{"red":1,"green":2}"#).unwrap();
    assert_eq!(serde_json::to_string(&keys).unwrap(), r#"{"red":1,"green":2}"#);
}

#[test]
fn a_text_has_one_form() {
    let red: Colour = "red".parse().unwrap();
    assert_eq!([red, Colour::from("red".to_owned())], [Colour::Red, Colour::Red]);
    assert!(serde_json::from_str::<Colour>("1").is_err());
    let texts = ["red", "green", "green", "Red"];
    assert_eq!(texts.map(Colour::from).into_iter().collect::<HashSet<_>>().len(), 3);
    assert_eq!(texts.map(|text| Colour::from(text).as_str() == text), [true; 4]);
    assert_eq!(Corner::from("unknown"), Corner::Unknown2);
}

#[test]
fn a_value_that_the_client_does_not_know_is_matched() {
    let described = |colour: &Colour| match colour {
        Colour::Red | Colour::Blue => format!("known {colour}"),
        Colour::Unknown(text) => format!("unknown {text}"),
        _ => "added".to_owned(),
    };
    assert_eq!(["red", "green"].map(|text| described(&text.into())), ["known red", "unknown green"]);
}

#[test]
fn a_tag_of_a_choice_is_told_apart() {
    let with = |kind: &str| board(|board| board["event"] = json!({"kind": kind}));
    assert!(matches!(with("sold").unwrap().event, Some(BoardEvent::Sold(_))));
    assert!(matches!(with("lost").unwrap().event, Some(BoardEvent::Lost(_))));
    assert!(matches!(with("stolen").unwrap().event, Some(BoardEvent::Unknown(_))));
}

#[test]
fn a_request_sends_a_value_that_the_client_does_not_know() {
    let board: Board = Board::builder().next("green").winners(["red".into()]).owners(BTreeMap::new()).try_into().unwrap();
    assert_eq!(serde_json::to_value(board).unwrap(), json!({"next": "green", "winners": ["red"], "owners": {}}));
}
