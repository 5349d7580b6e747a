//! Changes of the whole API.

use super::changes::{Changes, Owner, Place};
use super::rules::Kind;
use crate::document::Pointer;
use crate::model::Api;

/// Compares the servers and the versions.
pub fn compare(changes: &mut Changes, old: &Api, new: &Api) {
    let (servers, version) = (Pointer::root().key("servers"), Pointer::root().key("info").key("version"));
    let (was, is) = (Place::old(&servers, Owner::Api), Place::new(&servers, Owner::Api));
    match (&old.info.server, &new.info.server) {
        (Err(_), Ok(_)) => changes.add(Kind::ServerAdded, is, "Client::BASE_URL"),
        (Ok(_), Err(_)) => changes.add(Kind::ServerRemoved, was, "Client::BASE_URL"),
        (Ok(old), Ok(new)) if old.url != new.url => {
            changes.add_values(Kind::ServerMoved, is, "Client::BASE_URL", [old.url.clone(), new.url.clone()]);
        }
        _ => {}
    }
    if old.info.version != new.info.version {
        let versions = [old.info.version.clone(), new.info.version.clone()];
        changes.add_values(Kind::VersionChanged, Place::new(&version, Owner::Api), "", versions);
    }
}
