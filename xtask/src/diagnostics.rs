//! The findings of the generator: where, what, why it matters, and what to do.
//!
//! Every stage reports a problem as a [`Diagnostic`]. A [`Reporter`] prints the findings in the order of the document:
//! as text, as JSON for programs, and as annotations for GitHub. This room does not know how a finding is made.

pub mod codes;
mod diagnostic;
mod drift;
mod github;
mod json;
pub mod nearest;
mod render;
mod report;
mod summary;

pub use self::codes::Code;
pub use self::diagnostic::{Diagnostic, Place, Severity, distinct};
pub use self::drift::{Change, Drift};
pub use self::render::render;
pub use self::report::{Format, Reporter, print};
pub use self::summary::{Counts, Outcome, Summary, Tally, counted};
