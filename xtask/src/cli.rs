//! The command line: the arguments, the pipeline that they ask for, and the exit status.
//!
//! Takes the arguments of the program and gives its exit status. It knows every room, and none of them knows it.

pub mod arguments;
pub mod report;
pub mod watch;
