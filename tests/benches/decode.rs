//! Measures the decoding of a page of 65 entries: by the client into the generated types, and by serde into
//! hand-written structs with dates as plain strings.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points_tests::fake::FakeApi;
use salla_runtime::codegen::{Method, Operation, Request};
use salla_runtime::{ClientBuilder, RawResponse, Transport};
use serde::Deserialize;

const ENTRIES: u64 = 65;

/// Minimal hand-written types for the same JSON.
mod plain {
    #![expect(
        dead_code,
        clippy::struct_field_names,
        reason = "the fields are only decoded, and have the names of the JSON"
    )]

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

/// Returns a response before it is decoded.
fn page() -> RawResponse {
    static OPERATION: Operation = Operation::new("list", Method::GET, "/customers/loyalty/points");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        // The list has more entries than the page, so that the page has links.
        let fake = FakeApi::builder().entries(2 * ENTRIES).per_page(ENTRIES).max_per_page(ENTRIES).start().await;
        let builder = ClientBuilder::<Transport>::new("http://localhost").token("any").base_url(fake.base_url());
        let transport = builder.build().expect("a transport");
        let request = Request::new(&OPERATION).query("customer_id", "1257881496");
        transport.call(request).await.expect("a page")
    })
}

fn decode(criterion: &mut Criterion) {
    let page = page();
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(page.body().len() as u64));
    group.bench_function("plain", |bencher| {
        let decode = |page: RawResponse| {
            let decoded: plain::Page = serde_json::from_slice(page.body()).expect("the page decodes");
            assert_eq!(decoded.data.len() as u64, ENTRIES);
            (decoded, page)
        };
        bencher.iter_batched(|| page.clone(), |page| decode(black_box(page)), BatchSize::SmallInput);
    });
    group.bench_function("client", |bencher| {
        let decode = |page: RawResponse| {
            let decoded = page.json::<LoyaltyPointsPage>().expect("the page decodes");
            assert_eq!(decoded.data.len() as u64, ENTRIES);
            decoded
        };
        bencher.iter_batched(|| page.clone(), |page| decode(black_box(page)), BatchSize::SmallInput);
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
