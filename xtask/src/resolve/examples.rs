//! The documented examples: widens schemas to them where the policy asks for it, and lists them for the tests of the
//! crate, each with the type that decodes it and the value that the type encodes.

mod absence;
mod address;
mod choice;
mod codec;
mod collect;
mod constants;
mod formats;
mod function_names;
mod infer;
mod parts;
mod sites;
mod test_names;
#[cfg(test)]
mod testing;
mod widen;

pub use absence::distinguish_null;
pub use collect::collect;
pub use constants::drop_lossy_constants;
pub use widen::widen;
