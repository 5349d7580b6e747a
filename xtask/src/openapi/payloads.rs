//! The payloads of the requests that a server sends: those of `webhooks`, and those of the `callbacks` of operations.

use serde_json::{Map, Value};

use super::media_type::{Format, by_preference};
use super::method::Method;
use super::references::targets;
use super::version::Version;
use super::walk::is_extension;
use crate::document::Pointer;
use crate::document::fields::Fields as _;

/// The JSON body of a request that a server sends.
#[derive(Debug)]
pub struct Payload<'d> {
    /// The words that name its type.
    pub words: String,
    /// The webhook or the callback, in words.
    pub sender: String,
    /// Its media type.
    pub media_type: &'d str,
    /// The object of the media type, which has a schema.
    pub media: &'d Map<String, Value>,
    /// The place of that object.
    pub at: Pointer,
}

/// An object and its place.
type Placed<'d> = (Pointer, &'d Map<String, Value>);

/// Returns the payloads with a schema, those of webhooks first. A payload that several of them share is there once.
#[must_use]
pub fn payloads(root: &Value) -> Vec<Payload<'_>> {
    let mut found: Vec<Payload<'_>> = Vec::new();
    for payload in senders(root).iter().flat_map(|sender| sender.payloads(root)) {
        if found.iter().all(|known| known.at != payload.at) {
            found.push(payload);
        }
    }
    found
}

/// Returns the places of all callbacks: those of operations, and those of the requests that a server sends.
#[must_use]
pub fn callback_places(root: &Value) -> Vec<Pointer> {
    let callbacks = senders(root).into_iter().filter(|sender| sender.kind == CALLBACK);
    callbacks.map(|callback| callback.written_at).collect()
}

/// Returns the webhooks, the callbacks of operations, and the callbacks of the requests of all of these. A callback whose
/// requests have itself as a callback is there once.
fn senders(root: &Value) -> Vec<Sender<'_>> {
    let mut found: Vec<Sender<'_>> = webhooks(root).into_iter().chain(callbacks(root)).collect();
    let mut next = 0;
    while let Some(sender) = found.get(next) {
        let requests = sender.requests.iter();
        let nested = requests.flat_map(|(_, (at, fields))| callbacks_of(root, &at.key("callbacks"), fields));
        for callback in nested.collect::<Vec<_>>() {
            if found.iter().all(|known| known.at != callback.at) {
                found.push(callback);
            }
        }
        next += 1;
    }
    found
}

/// The kind of a sender that is a callback.
const CALLBACK: &str = "callback";

/// A webhook or a callback.
struct Sender<'d> {
    kind: &'static str,
    name: &'d str,
    /// The place in the webhooks, or in the callbacks of a request.
    written_at: Pointer,
    /// The same place, or that of the target of its `$ref`.
    at: Pointer,
    requests: Vec<(Method, Placed<'d>)>,
}

impl<'d> Sender<'d> {
    fn payloads(&self, root: &'d Value) -> Vec<Payload<'d>> {
        let with_body = self.requests.iter().filter_map(|(method, (at, fields))| {
            let (media_type, media, at) = json_body(root, at, fields)?;
            Some((method, fields.field("operationId"), media_type, media, at))
        });
        let with_body: Vec<_> = with_body.collect();
        let is_only = with_body.len() == 1;
        let all = with_body.into_iter().map(|(method, id, media_type, media, at)| Payload {
            words: format!("{}_payload", self.words(*method, id, is_only)),
            sender: self.text(),
            media_type,
            media,
            at,
        });
        all.collect()
    }

    /// Returns the words for a request: its id, or the name of the sender, with the method if it sends others too.
    fn words(&self, method: Method, id: Option<&Value>, is_only: bool) -> String {
        let id = id.and_then(Value::as_str).filter(|id| id.chars().any(char::is_alphanumeric));
        match id {
            Some(id) => id.to_owned(),
            None if is_only => self.name.to_owned(),
            None => format!("{}_{}", self.name, method.key()),
        }
    }

    /// Returns the text for the documentation. A backtick would end the code.
    fn text(&self) -> String {
        let name = self.name.replace('`', "'");
        let name: Vec<_> = name.split_whitespace().collect();
        format!("{} `{}`", self.kind, name.join(" "))
    }
}

/// Returns the webhooks, which are a feature of OpenAPI 3.1.
fn webhooks(root: &Value) -> Vec<Sender<'_>> {
    let at = Pointer::root().key("webhooks");
    let webhooks = root.field("webhooks").filter(|_| Version::of(root) == Version::V3_1);
    let senders = entries(webhooks).map(|(name, item)| Sender {
        kind: "webhook",
        name,
        written_at: at.key(name),
        at: at.key(name),
        requests: operations(root, at.key(name), item),
    });
    senders.collect()
}

/// Returns the callbacks of the operations under `paths`.
fn callbacks(root: &Value) -> Vec<Sender<'_>> {
    let paths = Pointer::root().key("paths");
    let items = entries(root.field("paths"));
    let operations = items.flat_map(|(path, item)| operations(root, paths.key(path), item));
    operations.flat_map(|(_, (at, fields))| callbacks_of(root, &at.key("callbacks"), fields)).collect()
}

fn callbacks_of<'d>(root: &'d Value, at: &Pointer, operation: &'d Map<String, Value>) -> Vec<Sender<'d>> {
    let senders = entries(operation.field("callbacks")).map(|(name, callback)| {
        let written_at = at.key(name);
        let (at, callback) = followed(root, written_at.clone(), callback);
        let items = entries(Some(callback)).filter(|(expression, _)| !is_extension(expression));
        let requests = items.flat_map(|(expression, item)| operations(root, at.key(expression), item));
        let requests = requests.collect();
        Sender { kind: CALLBACK, name, written_at, at, requests }
    });
    senders.collect()
}

/// Returns the operations of a path item. Those of the item itself override those that its `$ref` leads to.
fn operations<'d>(root: &'d Value, at: Pointer, item: &'d Value) -> Vec<(Method, Placed<'d>)> {
    let layers = [(at.clone(), item), followed(root, at, item)];
    let of = |method: Method| {
        layers.iter().find_map(|(at, layer)| Some((at.key(method.key()), layer.field(method.key())?.as_object()?)))
    };
    Method::ALL.into_iter().filter_map(|method| Some((method, of(method)?))).collect()
}

/// Returns the JSON body of a request, if it has a schema: its media type, the object of that, and the place.
fn json_body<'d>(
    root: &'d Value,
    at: &Pointer,
    operation: &'d Map<String, Value>,
) -> Option<(&'d str, &'d Map<String, Value>, Pointer)> {
    let (at, body) = followed(root, at.key("requestBody"), operation.field("requestBody")?);
    let types = by_preference(root, body.field("content")?.as_object()?);
    let (name, media, _) = types.into_iter().find(|(_, _, format)| *format == Format::Json)?;
    let media = media.as_object().filter(|media| media.has("schema"))?;
    Some((name, media, at.keys(["content", name])))
}

/// Follows the `$ref`s of a value.
fn followed<'d>(root: &'d Value, at: Pointer, value: &'d Value) -> (Pointer, &'d Value) {
    targets(root, value).last().unwrap_or((at, value))
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns each payload as its words, its sender and its place.
    fn found(root: &Value) -> Vec<String> {
        let all = payloads(root).into_iter();
        all.map(|payload| format!("{} {} {}", payload.words, payload.sender, payload.at)).collect()
    }

    fn body() -> Value {
        json!({"content": {"application/json": {"schema": {}}}})
    }

    #[test]
    fn a_payload_is_named_by_its_id_or_its_sender_and_by_the_method_if_there_are_several() {
        let post = json!({"requestBody": body()});
        let root = json!({"openapi": "3.1.0", "webhooks": {
            "order.created": {"post": post},
            "a": {"post": {"operationId": "onOrder", "requestBody": body()}},
            "b": {"post": post, "put": post, "get": {}},
        }});
        let end = "requestBody/content/application~1json";
        assert_eq!(
            found(&root),
            [
                format!("order.created_payload webhook `order.created` /webhooks/order.created/post/{end}"),
                format!("onOrder_payload webhook `a` /webhooks/a/post/{end}"),
                format!("b_put_payload webhook `b` /webhooks/b/put/{end}"),
                format!("b_post_payload webhook `b` /webhooks/b/post/{end}"),
            ]
        );
    }

    #[test]
    fn webhooks_are_a_feature_of_3_1() {
        let webhooks = json!({"a": {"post": {"requestBody": body()}}});
        assert_eq!(found(&json!({"openapi": "3.0.3", "webhooks": webhooks})), [""; 0]);
        assert_eq!(found(&json!({"openapi": "3.1.0", "webhooks": webhooks})).len(), 1);
    }

    #[test]
    fn references_are_followed_and_what_they_share_is_there_once() {
        let reference = |of: &str| json!({"$ref": format!("#/components/{of}/A")});
        let root = json!({
            "openapi": "3.1.0",
            "webhooks": {"a": reference("pathItems"), "b": reference("pathItems")},
            "paths": {"/a": {
                "post": {"callbacks": {"c": reference("callbacks")}},
                "trace": {"callbacks": {"d": reference("callbacks")}},
            }},
            "components": {
                "pathItems": {"A": {"post": {"requestBody": reference("requestBodies")}}},
                "callbacks": {"A": {"{$url}": {"post": {"requestBody": body()}}, "x-a": {"post": {"requestBody": body()}}}},
                "requestBodies": {"A": body()},
            },
        });
        assert_eq!(
            found(&root),
            [
                "a_payload webhook `a` /components/requestBodies/A/content/application~1json",
                "c_payload callback `c` /components/callbacks/A/{$url}/post/requestBody/content/application~1json",
            ]
        );
    }

    #[test]
    fn the_requests_of_a_server_have_callbacks_too_also_in_a_circle() {
        let shared = json!({"$ref": "#/components/callbacks/A"});
        let inner = json!({"{$url}": {"post": {"requestBody": body(), "callbacks": {"again": shared}}}});
        let root = json!({
            "openapi": "3.1.0",
            "webhooks": {"a": {"post": {"callbacks": {"b": inner}}}},
            "components": {"callbacks": {"A": {"{$url}": {"put": {"requestBody": body(), "callbacks": {"c": shared}}}}}},
        });
        let end = "requestBody/content/application~1json";
        let expected = [
            format!("b_payload callback `b` /webhooks/a/post/callbacks/b/{{$url}}/post/{end}"),
            format!("again_payload callback `again` /components/callbacks/A/{{$url}}/put/{end}"),
        ];
        assert_eq!(found(&root), expected);
        let places: Vec<_> = callback_places(&root).iter().map(ToString::to_string).collect();
        assert_eq!(places.len(), 2, "{places:?}");
    }

    #[test]
    fn only_a_body_of_json_with_a_schema_is_a_payload() {
        let of = |content: Value| {
            found(&json!({"openapi": "3.1.0", "webhooks": {"a": {"post": {"requestBody": {"content": content}}}}}))
        };
        let schema = json!({"schema": {"type": "object"}});
        assert_eq!(of(json!({"application/json": {}, "text/plain": schema, "application/xml": schema})), [""; 0]);
        assert_eq!(of(json!({"text/plain": schema, "application/json": schema})).len(), 1);
    }

    #[test]
    fn a_name_stays_code_in_the_documentation() {
        let root = json!({"openapi": "3.1.0", "webhooks": {"a`\n\n b": {"post": {"requestBody": body()}}}});
        assert_eq!(payloads(&root)[0].sender, "webhook `a' b`");
    }
}
