//! Decodes JSON as PHP writes it: functions for serde's `deserialize_with`.
//!
//! A PHP back end is not strict about types. A number may be text, an absent value may be null or an empty string, and
//! an empty associative array is `[]`, since PHP cannot distinguish it from an empty list. Each function accepts one
//! type in all its forms; each field of a generated type names the function that it needs.
//!
//! All functions decode into `T` and into `Option<T>`. For an `Option`, null and the empty values that the function
//! accepts are `None`.
//!
//! ```
//! use salla_runtime::php;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Balance {
//!     #[serde(deserialize_with = "php::integer")]
//!     points: i64,
//!     #[serde(default, deserialize_with = "php::integer")]
//!     used_points: Option<i64>,
//! }
//!
//! let balance: Balance = serde_json::from_str(r#"{"points": "900", "used_points": ""}"#)?;
//! assert_eq!((balance.points, balance.used_points), (900, None));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod date_time;
mod empty_as_none;
mod identifier;
mod integer;
mod maybe_absent;
mod messages;
mod object;

pub use date_time::date_time;
pub use empty_as_none::{Nullable, empty_as_none, nullable, nullable_empty_as_none};
pub use identifier::identifier;
pub use integer::integer;
pub use messages::messages;
pub use object::object;
