//! Makes one document of several files: of the files that a document refers to, and of several documents.
//!
//! [`embed`] takes a document as it was written, asks `source` for the files that its `$ref`s lead to, and makes each
//! part of a file that is used a component of the document. [`merge`] takes several documents in the
//! standard form, and gives one with the operations of all. The later stages see one document without references to
//! files. This room does not know how a document is normalized or validated.

mod components;
mod embed;
mod labels;
mod links;
mod meaning;
mod merge;
mod operations;
mod top;

pub use self::embed::embed;
pub use self::merge::{Input, merge};
