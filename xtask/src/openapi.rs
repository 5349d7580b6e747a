//! The objects of OpenAPI: their shapes, the walk through a document, and the readings that several stages share.
//!
//! Takes the values of a document and gives views of them. It changes nothing, reports nothing but slips in the
//! generator's own extensions, which two stages look for, and does not know which Rust code is generated.

pub mod examples;
pub mod extensions;
pub mod instance;
pub mod media_type;
pub mod own_extensions;
pub mod pattern;
pub mod references;
pub mod scope;
pub mod servers;
pub mod shapes;
pub mod template;
pub mod trail;
pub mod version;
pub mod walk;
