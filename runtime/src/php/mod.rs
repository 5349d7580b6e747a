//! How PHP writes JSON, undone: functions for serde's `deserialize_with`.
//!
//! A PHP back end takes its types lightly. A number may come as text, an absent value as null or as an empty string,
//! and an empty associative array is `[]`, since PHP cannot tell it from an empty list. Each function here
//! takes one meaning in all its spellings; each field of a generated type names the one it needs.
//!
//! All of them decode into `T` and into `Option<T>`: for the latter, nothing (null, and what else the function takes
//! for nothing) is `None`.
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
mod integer;
mod messages;
mod nothing;
mod object;
mod or_nothing;

pub use date_time::date_time;
pub use integer::integer;
pub use messages::messages;
pub use nothing::{Nullable, not_empty, nullable, nullable_not_empty};
pub use object::object;
