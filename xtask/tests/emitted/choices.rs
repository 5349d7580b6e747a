//! A crate that uses tagged choices, also after the API has got more alternatives.

use std::fmt::Debug;

use bases_of_choices::types::{Car, Fuel, Pump, Vehicle};
use choices_by_tags::mock::Mock;
use choices_by_tags::types::{
    Animal, Being, Cat, Dog, Either, Home, HomeMixed, HomeNone, Level, Meal, Move, Noise, Part, Rest, Stay, Toy, Visit,
};
use choices_by_tags::{AddAnimal, Client, examples};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Decodes a value, and asserts that it is encoded as it was.
#[track_caller]
fn decoded<T: DeserializeOwned + Serialize + Debug + PartialEq>(value: Value) -> T {
    let decoded: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&decoded).unwrap(), value, "{decoded:?}");
    let text = value.to_string();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), decoded, "from a text");
    decoded
}

#[track_caller]
fn error<T: DeserializeOwned + Debug>(value: Value) -> String {
    serde_json::from_value::<T>(value).unwrap_err().to_string()
}

#[test]
fn a_mapped_tag_distinguishes_alternatives_with_the_same_properties() {
    assert!(matches!(decoded(json!({"kind": "cat", "name": "Tom"})), Animal::Cat(cat) if cat.name.as_deref() == Some("Tom")));
    assert!(matches!(decoded(json!({"kind": "dog", "name": "Rex"})), Animal::Dog(_)));
    assert!(matches!(decoded(json!({"kind": "puppy"})), Animal::Dog(dog) if dog.kind == "puppy"));
}

#[test]
fn an_unknown_tag_is_kept_in_every_place() {
    let emu = json!({"kind": "emu", "legs": 2, "weight": 11511.486499999999, "herd": [{"kind": "cat"}, null]});
    assert!(matches!(decoded(emu.clone()), Animal::Unknown(unknown) if *unknown.as_json() == emu));
    let home: Home = decoded(json!({
        "first": emu, "last": emu, "best": emu, "none": emu, "mixed": emu, "part": {"is": "flower"},
        "all": [{"kind": "cat"}, emu], "byName": {"a": emu, "b": {"kind": "dog"}},
    }));
    assert!(matches!(&home.all[..], [Animal::Cat(_), Animal::Unknown(_)]));
    assert!(matches!((&home.by_name["a"], &home.by_name["b"]), (Animal::Unknown(_), Animal::Dog(_))));
    assert!(matches!(&home.mixed, Some(HomeMixed::Animal(Animal::Unknown(_)))));
    assert!(matches!(&home.none, Some(HomeNone::Unknown(_))));
    assert!(matches!(&home.part, Some(Part::Unknown(_))));
    assert_eq!(home.first, *home.best.as_ref().unwrap());
}

#[test]
fn a_missing_tag_is_an_unknown_one() {
    assert!(matches!(decoded(json!({"name": "Tom"})), Animal::Unknown(_)));
    assert!(matches!(decoded(json!({"kind": null})), Animal::Unknown(_)));
    assert!(matches!(decoded(json!({})), Animal::Unknown(_)));
}

#[test]
fn a_choice_may_be_null_or_absent() {
    let home = |last: Value| json!({"first": {"kind": "cat"}, "last": last, "all": [], "byName": {}});
    assert_eq!(decoded::<Home>(home(Value::Null)).last, None);
    assert!(matches!(decoded::<Home>(home(json!({"kind": "dog"}))).last, Some(Animal::Dog(_))));
    let message = error::<Home>(json!({"first": null, "all": [], "byName": {}}));
    assert!(message.contains("expected a map"), "{message}");
}

#[test]
fn an_object_that_does_not_fit_its_tag_is_an_error_that_names_it() {
    assert_eq!(
        error::<Animal>(json!({"kind": "puppy", "name": 1})),
        "invalid type: integer `1`, expected a string at `name` where `kind` is `puppy`"
    );
    assert_eq!(error::<Move>(json!({"by": "walk-home"})), "missing field `steps` where `by` is `walk-home`");
    assert!(error::<Animal>(json!("cat")).contains("expected a map"));
    let nested = error::<Part>(json!({"is": "branch", "next": {"is": "branch"}}));
    assert_eq!(nested, "missing field `next` where `is` is `branch` at `next` where `is` is `branch`");
}

#[test]
fn names_are_tags_where_no_mapping_is() {
    assert!(matches!(decoded(json!({"by": "walk-home", "steps": 7})), Move::WalkHome(walk) if walk.steps == 7));
    assert!(matches!(decoded(json!({"by": "Drive", "km": 3})), Move::Drive(drive) if drive.0.len() == 1));
    assert!(matches!(decoded(json!({"by": "WalkHome", "steps": 7})), Move::Unknown(_)));
    assert!(matches!(decoded(json!({"reason": "adopt", "day": "Monday"})), Visit::Adopt(_)));
    assert!(matches!(decoded(json!({"reason": "check-up"})), Visit::Check(_)));
    assert!(matches!(decoded(json!({"sound": "bark", "volume": 9})), Noise::Bark(_)));
    assert!(matches!(decoded(json!({"sound": "purr"})), Being::Noise(Noise::Purr(_))));
    assert!(matches!(decoded(json!({"sound": "hum"})), Being::Hum(_)));
    assert!(matches!(decoded(json!({"sound": "hiss"})), Being::Unknown(_)));
    assert!(matches!(decoded(json!({"v": 2, "top": true})), Level::High(_)));
    assert!(matches!(decoded(json!({"v": 3})), Level::Unknown(_)));
}

#[test]
fn a_tag_that_no_type_has_is_kept_in_its_variant_and_added() {
    let evening: Meal = decoded(json!({"served": "evening", "grams": 120.5}));
    assert!(matches!(decoded(json!({"served": "morning", "grams": 30})), Meal::Morning(_)));
    let Meal::Evening(bowl) = evening else { panic!("{evening:?}") };
    assert_eq!(serde_json::to_value(Meal::Morning(bowl)).unwrap(), json!({"served": "morning", "grams": 120.5}));
    let rest = Move::from(Rest(serde_json::Map::new()));
    assert_eq!(serde_json::to_string(&rest).unwrap(), r#"{"by":"Rest"}"#);
}

#[test]
fn an_optional_tag_is_added_where_it_is_not_set() {
    let mut meal: Meal = decoded(json!({"served": "live", "name": "mouse"}));
    if let Meal::Prey(prey) = &mut meal {
        prey.served = None;
    }
    assert_eq!(serde_json::to_value(&meal).unwrap(), json!({"served": "live", "name": "mouse"}));
}

#[test]
fn properties_beside_the_alternatives_are_those_of_each() {
    let stay: Stay = decoded(json!({"type": "yard", "since": "2024", "fenced": true}));
    assert!(matches!(stay, Stay::Yard(yard) if yard.since == "2024" && yard.fenced == Some(true)));
    assert!(matches!(decoded(json!({"type": "Rest", "since": "2023"})), Stay::Rest(rest) if rest.since == "2023"));
    assert!(error::<Stay>(json!({"type": "cage"})).contains("missing field `since`"));
}

#[test]
fn one_choice_does_not_take_the_objects_of_another() {
    assert!(matches!(decoded(json!({"reason": "adopt"})), Either::Visit(Visit::Adopt(_))));
    assert!(matches!(decoded(json!({"toy": "Ball", "size": 4})), Either::Toy(Toy::Ball(_))));
    assert!(matches!(decoded(json!({"toy": "Bone", "size": 4})), Either::Toy(Toy::Unknown(_))));
    assert_eq!(error::<Visit>(json!({"reason": "play"})), "no alternative has this `reason`");
}

#[tokio::test]
async fn a_choice_is_sent_as_a_body() {
    let mock = Mock::new();
    let client: Client = mock.client().unwrap();
    let dog: Dog = Dog::builder().kind("puppy").name("Rex".to_owned()).try_into().unwrap();
    let cat: Cat = Cat::builder().kind("cat").try_into().unwrap();
    let unknown: Animal = serde_json::from_str(r#"{"kind": "emu", "legs": 2}"#).unwrap();
    for (body, expected) in [
        (Animal::from(dog), json!({"kind": "puppy", "name": "Rex"})),
        (cat.into(), json!({"kind": "cat"})),
        (unknown, json!({"kind": "emu", "legs": 2})),
    ] {
        mock.answer::<AddAnimal>(&examples::home());
        let home = client.add_animal().body(body).send().await.unwrap();
        assert!(matches!(home.first, Animal::Cat(_)));
        let sent = mock.requests().pop().and_then(|request| request.body).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), expected);
    }
}

#[test]
fn a_base_is_one_of_what_extends_it_or_itself() {
    let truck: Vehicle = decoded(json!({"type": "Truck", "id": 4, "load": 2.5, "tows": {"type": "car", "id": 5}}));
    let Vehicle::Truck(truck) = truck else { panic!("{truck:?}") };
    assert!(matches!(truck.tows.as_deref(), Some(Vehicle::Car(Car { id: 5, .. }))));
    assert!(matches!(decoded(json!({"type": "FireTruck", "id": 1, "ladder": 9})), Vehicle::FireTruck(_)));
    assert!(matches!(decoded(json!({"type": "Bus", "id": 1})), Vehicle::Bus(_)));
    assert!(matches!(decoded(json!({"type": "Vehicle", "id": 1})), Vehicle::Vehicle(_)));
    assert!(matches!(decoded(json!({"type": "rocket", "stages": [1]})), Vehicle::Unknown(_)));
    assert!(error::<Vehicle>(json!({"type": "car"})).ends_with("where `type` is `car`"));
    let pump: Pump = decoded(json!({"fuel": {"sort": "petrol", "octane": 95}, "other": {"sort": "hydrogen"}}));
    assert!(matches!((pump.fuel, pump.other), (Some(Fuel::Petrol(_)), Some(Fuel::Unknown(_)))));
}
