//! The objects of OpenAPI: their shapes, the walk through a document, and the functions that several stages use to read
//! them.
//!
//! Takes the values of a document, and gives views of them. It does not change them, and does not know which Rust code
//! is generated. It reports only slips in the generator's own extensions, which two stages look for.

pub mod deviation;
pub mod examples;
pub mod extensions;
pub mod instance;
pub mod media_type;
pub mod method;
pub mod own_extensions;
pub mod parameter_name;
pub mod part_headers;
pub mod pattern;
pub mod payloads;
pub mod references;
pub mod scope;
pub mod security;
pub mod servers;
pub mod shapes;
pub mod streams;
pub mod template;
pub mod trail;
pub mod version;
pub mod walk;
