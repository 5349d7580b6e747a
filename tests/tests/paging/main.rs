//! Lists that come in pages: whatever the server does, the stream gives exactly the entries that the server holds, in
//! order, or it ends in an error. Over lists in memory by a paused clock, and through the client over real sockets.

mod client;
mod properties;
mod scripted;
mod streams;
