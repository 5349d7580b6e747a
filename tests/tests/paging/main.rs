//! Streams of pages: a stream yields all entries of the list in order, or ends with an error, whatever the server does.
//! Tested with lists in memory and a paused clock, and with the client over real sockets.

mod changes;
mod client;
mod mocked;
mod properties;
mod scripted;
mod streams;
