//! Makes a number of calls to a fake server in another process, by the client or by `reqwest` alone, under a program
//! that counts instructions. The difference between the counts for 1,000 and for 2,000 calls is the cost of 1,000 calls,
//! without that of the start:
//!
//! ```console
//! $ cargo bench -p salla-loyalty-points-tests --bench instructions --no-run
//! $ valgrind --tool=callgrind target/release/deps/instructions-… client 1000
//! ```

mod support;

use support::FakeProcess;
use tokio::runtime;

/// The number of entries of a page. One entry gives an overhead the largest share.
const ENTRIES: u64 = 1;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [by, calls] = arguments.as_slice() else {
        return eprintln!("usage: instructions client|reqwest CALLS");
    };
    let calls: u32 = calls.parse().expect("a number of calls");
    let fake = FakeProcess::start(ENTRIES);
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if by == "client" {
        let client = support::client(&fake.base_url);
        (0..calls).for_each(|_| drop(runtime.block_on(support::by_client(&client))));
    } else {
        let (client, url) = (support::bare_client(), support::url(&fake.base_url));
        (0..calls).for_each(|_| drop(runtime.block_on(support::bare(&client, &url))));
    }
}
