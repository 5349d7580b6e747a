//! Types for values that Salla writes in more than one form.

pub(crate) mod clock;
mod date_time;
pub(crate) mod id;
mod number;
mod tagged;
mod unknown;

pub(crate) use date_time::Form;
pub use date_time::{DateTime, DateTimeError};
pub use id::Id;
pub use number::{Number, NumberError};
pub use tagged::{Tagged, UnknownAlternative, with_tag};
pub use unknown::{UnknownValue, enumeration, unknown_value};
