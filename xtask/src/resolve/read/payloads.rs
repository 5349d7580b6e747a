//! Reads the payloads of webhooks and callbacks.

use super::Reader;
use crate::openapi::examples::is_held;
use crate::openapi::payloads::{self, payloads};
use crate::resolve::decisions::Decisions;
use crate::resolve::draft::Payload;
use crate::resolve::schema::Schema;
use crate::resolve::text::not_blank;

impl Reader<'_> {
    /// Reads the payloads of the requests that the server sends.
    pub fn payloads(&self, decisions: &mut Decisions) -> Vec<Payload> {
        payloads(self.root).into_iter().map(|payload| self.payload(payload, decisions)).collect()
    }

    fn payload(&self, payload: payloads::Payload<'_>, decisions: &mut Decisions) -> Payload {
        let at = payload.at.key("schema");
        let mut schema =
            payload.media.get("schema").map_or_else(|| Schema::any(&at), |schema| self.schema(schema, &at, decisions));
        if schema.reference.is_none() {
            describe(&mut schema, &payload.sender);
        }
        let examples = is_held(payload.media_type).then(|| self.examples_of_holder(payload.media, &payload.at));
        Payload { words: payload.words, schema, examples: examples.unwrap_or_default() }
    }
}

/// Adds to the description of a schema which webhook or callback sends it.
fn describe(schema: &mut Schema, sender: &str) {
    let own = not_blank(schema.place.description.as_deref()).or(not_blank(schema.title.as_deref()));
    let sentence = format!("The payload of the {sender}.");
    schema.place.description = Some(own.map_or(sentence.clone(), |own| format!("{}\n\n{sentence}", own.trim_end())));
}
