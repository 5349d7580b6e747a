//! Lowerings for the document's own examples: what they show is kept beside the schemas that they are of, widens
//! these if that was asked for, and says at the end what the types have to decode.

mod absence;
mod infer;
mod model;
mod sites;
mod tests_of;
mod widen;

pub use absence::{TOLD, tell_null_from_absence};
pub use sites::set_examples_aside;
pub use tests_of::{LEFT_OUT, SHOWN, collect_examples};
pub use widen::widen_to_examples;
