//! The payloads: pages with the documented entries, and the documented failures. They are read from the contract; this
//! module computes only the numbers in them.

use std::sync::LazyLock;
use std::time::SystemTime;

use salla_loyalty_points::salla_runtime::jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::fault::PageFault;
use crate::documented;

/// The largest page size, from Salla's documentation of pagination.
pub(super) const MAX_PER_PAGE: u64 = 60;

static PAGE: LazyLock<Value> = LazyLock::new(|| documented::payload(200));
static UNAUTHORIZED: LazyLock<Value> = LazyLock::new(|| documented::payload(401));
static VALIDATION_FAILED: LazyLock<Value> = LazyLock::new(|| documented::payload(422));

/// Returns the documented 401.
pub(super) fn unauthorized() -> Value {
    UNAUTHORIZED.clone()
}

/// Returns the documented 401 for a token without one of these scopes.
pub(super) fn lacks_scope(scopes: &[String]) -> Value {
    let mut body = documented::update_payload(401);
    let message = body["error"]["message"].as_str().expect("the documented 401 has a message");
    let (words, _) = message.rsplit_once(' ').expect("the message ends with a scope");
    body["error"]["message"] = format!("{words} {}", scopes.join(", ")).into();
    body
}

/// Returns the documented 422.
pub(super) fn validation_failed() -> Value {
    VALIDATION_FAILED.clone()
}

/// Returns a payload for a failure without a documented payload, in the form of the documented ones.
pub(super) fn failure(status: u16, message: &str) -> Value {
    let mut body = unauthorized();
    body["status"] = status.into();
    body["error"] = json!({"code": status, "message": message});
    body
}

/// Returns a number from the documented 200.
pub(super) fn documented_number(pointer: &str) -> u64 {
    let number = PAGE.pointer(pointer).and_then(Value::as_u64);
    number.expect("the documented 200 has the number")
}

/// Returns the entry at `index`, counted from 0; it is the same for every customer. The documented entries alternate.
/// `index` is added to their points and ids, so entry 0 is a documented entry, and no two entries are equal.
///
/// # Panics
///
/// When the contract has no documented entry.
#[must_use]
pub fn entry(index: u64) -> Value {
    let documented = PAGE["data"].as_array().expect("documented entries");
    let count = documented.len() as u64;
    let mut entry = usize::try_from(index % count)
        .map(|position| documented[position].clone())
        .expect("a position in a list fits into usize");
    for key in ["points", "order_id", "reference_id"] {
        if let Some(number) = entry[key].as_u64() {
            entry[key] = number.saturating_add(index).into();
        }
    }
    entry
}

/// Returns the entry of an update: a documented entry with these points, whose note is the reason. The points of a
/// deduction are negative; no source states whether those of the API are.
pub(super) fn added_entry(points: i64, reason: &str, now: SystemTime) -> Value {
    let mut entry = entry(0);
    let zone = entry["created_at"]["timezone"].as_str().expect("a documented entry has a time zone");
    let now = Timestamp::try_from(now).and_then(|now| now.in_tz(zone)).expect("the time zone exists");
    entry["created_at"]["date"] = now.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string().into();
    entry["points"] = points.into();
    entry["used_points"] = 0.into();
    entry["notes"] = reason.into();
    for key in ["expiry_date", "order_id", "reference_id", "used_at"] {
        entry[key] = Value::Null;
    }
    entry
}

/// The query of a request for a list.
#[derive(Clone, Debug)]
pub(super) struct ListQuery {
    pub(super) customer_id: String,
    pub(super) page: u64,
    per_page: Option<u64>,
    /// The query without `page`, for the links to other pages.
    rest: String,
}

impl ListQuery {
    /// Parses a query as PHP does: the last value of a parameter counts. A fault is chosen by the page before the query is
    /// checked, so an invalid number means the first page.
    pub(super) fn parse(query: &str) -> Self {
        let number = |name| param(query, name)?.parse().ok().filter(|number| *number > 0);
        let rest = query.split('&').filter(|pair| !pair.starts_with("page=")).collect::<Vec<_>>();
        Self {
            customer_id: param(query, "customer_id").unwrap_or_default(),
            page: number("page").unwrap_or(1),
            per_page: number("per_page"),
            rest: rest.join("&"),
        }
    }
}

/// Returns the decoded value of the last parameter named `name`.
pub(super) fn param(query: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(key, _)| key == name).last().map(|(_, value)| value.into_owned())
}

/// A complete list, from which pages are made.
#[derive(Debug)]
pub(super) struct List<'a> {
    /// The entries that updates added. They precede the others.
    pub(super) added: Vec<Value>,
    /// The number of the other entries.
    pub(super) entries: u64,
    pub(super) per_page: u64,
    pub(super) max_per_page: u64,
    /// The URL of the list, without a query.
    pub(super) url: &'a str,
}

impl List<'_> {
    /// Returns the response to `query`, with a fault if there is one.
    pub(super) fn respond(&self, query: &ListQuery, fault: Option<&PageFault>) -> Value {
        let mut query = query.clone();
        if let Some(PageFault::OtherPage(page)) = fault {
            query.page = *page;
        }
        let from = match fault {
            Some(PageFault::EntriesOfPage(page)) => *page,
            _ => query.page,
        };
        let mut response = self.page(&query, from);
        if let Some(fault) = fault {
            fault.apply(&mut response);
        }
        response
    }

    /// Returns the page that `query` asks for, with the entries of page `from`.
    fn page(&self, query: &ListQuery, from: u64) -> Value {
        let per_page = query.per_page.unwrap_or(self.per_page).min(self.max_per_page);
        let data = self.entries_of(from, per_page);
        let pages = self.total().div_ceil(per_page).max(1);
        json!({
            "status": PAGE["status"],
            "success": PAGE["success"],
            "pagination": {
                "count": data.len(),
                "total": self.total(),
                "perPage": per_page,
                "currentPage": query.page,
                "totalPages": pages,
                "links": self.links(query, pages),
            },
            "data": data,
        })
    }

    fn entries_of(&self, page: u64, per_page: u64) -> Vec<Value> {
        let start = (page - 1).saturating_mul(per_page).min(self.total());
        let end = start.saturating_add(per_page).min(self.total());
        (start..end).map(|index| self.entry(index)).collect()
    }

    fn entry(&self, index: u64) -> Value {
        let added = usize::try_from(index).ok().and_then(|index| self.added.get(index));
        added.cloned().unwrap_or_else(|| entry(index - self.added.len() as u64))
    }

    fn total(&self) -> u64 {
        self.entries + self.added.len() as u64
    }

    /// Returns the links to the next and the previous page. Without either, PHP encodes the empty object as `[]`.
    fn links(&self, query: &ListQuery, pages: u64) -> Value {
        let link = |page| Value::from(format!("{}?{}&page={page}", self.url, query.rest));
        let mut links = json!({});
        if query.page < pages {
            links["next"] = link(query.page + 1);
        }
        if query.page > 1 {
            links["previous"] = link(query.page - 1);
        }
        if links == json!({}) { json!([]) } else { links }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn list(entries: u64) -> List<'static> {
        List {
            added: Vec::new(),
            entries,
            per_page: documented_number("/pagination/perPage"),
            max_per_page: MAX_PER_PAGE,
            url: "http://host/points",
        }
    }

    fn page(entries: u64, query: &str) -> Value {
        list(entries).respond(&ListQuery::parse(query), None)
    }

    #[test]
    fn the_first_page_has_the_numbers_of_the_documented_one() {
        let page = page(documented_number("/pagination/total"), "customer_id=7");
        let mut expected = PAGE["pagination"].clone();
        expected["links"] = json!({"next": "http://host/points?customer_id=7&page=2"});
        assert_eq!(page["pagination"], expected);
        assert_eq!(page["data"][0], PAGE["data"][0]);
        assert_eq!((&page["status"], &page["success"]), (&PAGE["status"], &PAGE["success"]));
    }

    #[test]
    fn entries_differ_and_their_points_increase() {
        let points = |index| entry(index)["points"].as_u64().unwrap();
        assert!((0..100).all(|index| points(index + 1) == points(index) + 1));
        assert_ne!(entry(2)["reference_id"], entry(0)["reference_id"]);
        assert!(entry(3)["reference_id"].is_null());
    }

    #[test]
    fn the_last_page_is_partial_and_later_pages_are_empty() {
        for (entries, query, counts) in [
            (39, "page=2", (9, 2, 2)),
            (39, "page=3", (0, 3, 2)),
            (39, "page=18446744073709551615", (0, u64::MAX, 2)),
            (39, "per_page=7&page=6", (4, 6, 6)),
            (39, "per_page=1000", (39, 1, 1)),
            (1_000_000, "per_page=1000&page=16667", (40, 16_667, 16_667)),
            (60, "page=0&per_page=0", (30, 1, 2)),
            (60, "page=x&per_page=-1", (30, 1, 2)),
            (60, "page=1&page=2", (30, 2, 2)),
            (0, "", (0, 1, 1)),
        ] {
            let page = page(entries, query);
            let number = |name: &str| page["pagination"][name].as_u64().unwrap();
            let counted = (number("count"), number("currentPage"), number("totalPages"));
            assert_eq!(counted, counts, "{entries} entries, {query}");
            assert_eq!(page["data"].as_array().unwrap().len() as u64, counts.0);
            assert_eq!(number("total"), entries);
        }
    }

    #[test]
    fn added_entries_precede_the_others_on_all_pages() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(500);
        let added = vec![added_entry(5, "new", now), added_entry(-4, "old", now)];
        let list = List { added, ..list(3) };
        let points = |query| {
            let page = list.respond(&ListQuery::parse(query), None);
            let total = page["pagination"]["total"].clone();
            let points: Vec<_> = page["data"].as_array().unwrap().iter().map(|entry| entry["points"].clone()).collect();
            (total, points)
        };
        assert_eq!(points("per_page=3"), (json!(5), vec![json!(5), json!(-4), entry(0)["points"].clone()]));
        assert_eq!(points("per_page=3&page=2").1, [entry(1)["points"].clone(), entry(2)["points"].clone()]);
        assert_eq!(list.added[0]["created_at"]["date"], "1970-01-01 03:00:00.500000");
    }

    #[test]
    fn links_lead_to_the_neighbouring_pages_and_are_an_empty_array_without_any() {
        assert_eq!(page(1, "customer_id=7")["pagination"]["links"], json!([]));
        let middle = page(90, "customer_id=a%26b&page=2&per_page=30");
        let link = |page| format!("http://host/points?customer_id=a%26b&per_page=30&page={page}");
        let expected = json!({"next": link(3), "previous": link(1)});
        assert_eq!(middle["pagination"]["links"], expected);
    }

    #[test]
    fn each_page_fault_changes_the_page() {
        let faulty = |fault: &PageFault| list(90).respond(&ListQuery::parse("page=2"), Some(fault));
        let current = |page: &Value| page["pagination"]["currentPage"].clone();
        let other = faulty(&PageFault::OtherPage(1));
        assert_eq!((&other["data"][0], current(&other)), (&entry(0), json!(1)));
        let entries_of = faulty(&PageFault::EntriesOfPage(1));
        assert_eq!((&entries_of["data"][0], current(&entries_of)), (&entry(0), json!(2)));
        let short = faulty(&PageFault::MissingEntries(4));
        assert_eq!(short["data"].as_array().unwrap().len(), 26);
        assert_eq!(short["pagination"]["count"], 30);
        let empty = faulty(&PageFault::NoEntries);
        assert_eq!((&empty["data"], &empty["pagination"]["count"]), (&json!([]), &json!(0)));
        assert_eq!(faulty(&PageFault::TotalPages(9))["pagination"]["totalPages"], 9);
        assert_eq!(faulty(&PageFault::Total(9))["pagination"]["total"], 9);
        let elsewhere = "http://elsewhere.example/".to_owned();
        assert_eq!(faulty(&PageFault::Next(elsewhere.clone()))["pagination"]["links"]["next"], elsewhere);
    }
}
