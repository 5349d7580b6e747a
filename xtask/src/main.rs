//! `cargo xtask`: generates the client crate of an OpenAPI document, and checks that a crate is up to date.

use std::ffi::OsString;
use std::process::ExitCode;
use std::{env, thread};

use anyhow::{Context as _, anyhow};
use mimalloc::MiMalloc;
use xtask::cli;

/// Half of the time goes into allocations: values, tokens and syntax trees are small and many.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A document may be nested deeper than the stack of a main thread lets recursion go.
const STACK_BYTES: usize = 256 << 20;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || cli::run(arguments));
    let outcome = match worker.map(thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(anyhow!("the generator stopped for the reason above: please report it with the document")),
        Err(error) => Err(error).context("no thread could be started"),
    };
    cli::status(outcome).into()
}
