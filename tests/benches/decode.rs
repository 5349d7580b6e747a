//! How long it takes to make a page of 65 entries out of its bytes: the generated types by the client's own way of
//! decoding an answer, beside a hand-written struct that takes dates as strings and numbers as numbers.

use std::convert::Infallible;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points_tests::mock::Mock;
use salla_runtime::codegen::{Method, Operation, Request};
use salla_runtime::{ClientBuilder, RawResponse, Transport};
use serde::Deserialize;

const ENTRIES: u64 = 65;

/// What one writes who only wants to see the numbers.
mod plain {
    #![expect(dead_code, clippy::struct_field_names, reason = "they are only decoded, and called as they are in JSON")]

    use super::Deserialize;

    #[derive(Deserialize)]
    pub struct Page {
        status: i64,
        success: bool,
        pub data: Vec<Entry>,
        pagination: Pagination,
    }

    #[derive(Deserialize)]
    pub struct Entry {
        name: String,
        points: i64,
        used_points: i64,
        status: String,
        created_at: Date,
        expiry_date: Option<String>,
        order_id: Option<i64>,
        used_at: Option<String>,
        notes: Option<String>,
        reference_id: Option<i64>,
    }

    #[derive(Deserialize)]
    pub struct Date {
        date: String,
        timezone_type: i64,
        timezone: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Pagination {
        count: i64,
        total: i64,
        per_page: i64,
        current_page: i64,
        total_pages: i64,
        links: Links,
    }

    #[derive(Deserialize)]
    pub struct Links {
        next: Option<String>,
        previous: Option<String>,
    }
}

/// A page as the client has it before it is decoded.
fn page() -> RawResponse {
    static OPERATION: Operation = Operation::new("list", Method::GET, "/customers/loyalty/points");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        // More entries than a page has, so that there are links.
        let mock = Mock::builder().entries(2 * ENTRIES).per_page(ENTRIES).max_per_page(ENTRIES).start().await;
        let builder = ClientBuilder::<Transport>::new("http://localhost").token("any").base_url(mock.base_url());
        let transport = builder.build().expect("a transport");
        let request = Request::new(&OPERATION).query("customer_id", "1257881496");
        transport.call::<Infallible>(request).await.expect("a page")
    })
}

fn decode(criterion: &mut Criterion) {
    let page = page();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(page.body().len() as u64));
    group.bench_function("plain", |bencher| {
        let decode = |page: RawResponse| {
            let decoded: plain::Page = serde_json::from_slice(page.body()).expect("it decodes");
            assert_eq!(decoded.data.len() as u64, ENTRIES);
            (decoded, page)
        };
        bencher.iter_batched(|| page.clone(), |page| decode(black_box(page)), BatchSize::SmallInput);
    });
    group.bench_function("client", |bencher| {
        let decode = |page: RawResponse| {
            let decoded = page.decode::<LoyaltyPointsPage, Infallible>().expect("it decodes");
            assert_eq!(decoded.data.len() as u64, ENTRIES);
            decoded
        };
        bencher.iter_batched(|| page.clone(), |page| decode(black_box(page)), BatchSize::SmallInput);
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
