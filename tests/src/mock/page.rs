//! The payloads: pages of entries cut out of the documented answer, and the documented failures. Nothing of a
//! payload is written here but the numbers; the rest is read from the contract.

use std::sync::LazyLock;

use serde_json::{Value, json};
use url::form_urlencoded;

use super::fault::Lie;
use crate::documented;

/// The most entries that a page of Salla's API holds, by its documentation of pagination.
pub(super) const MAX_PER_PAGE: u64 = 60;

static PAGE: LazyLock<Value> = LazyLock::new(|| documented::payload(200));
static UNAUTHORIZED: LazyLock<Value> = LazyLock::new(|| documented::payload(401));
static VALIDATION_FAILED: LazyLock<Value> = LazyLock::new(|| documented::payload(422));

/// The documented 401.
pub(super) fn unauthorized() -> Value {
    UNAUTHORIZED.clone()
}

/// The documented 422.
pub(super) fn validation_failed() -> Value {
    VALIDATION_FAILED.clone()
}

/// A failure that has no documented payload, in the form that the documented ones have.
pub(super) fn failure(status: u16, message: &str) -> Value {
    let mut body = unauthorized();
    body["status"] = status.into();
    body["error"] = json!({"code": status, "message": message});
    body
}

/// A number in the documented answer.
pub(super) fn documented_number(pointer: &str) -> u64 {
    let number = PAGE.pointer(pointer).and_then(Value::as_u64);
    number.expect("the documented answer has the number")
}

/// The entry that every customer has at `index`, counted from 0: the documented ones in turn, with points (and
/// numbers, where there are some) that go up by one from entry to entry. The first is the documented one.
///
/// # Panics
///
/// When the contract documents no entry.
#[must_use]
pub fn entry(index: u64) -> Value {
    let examples = PAGE["data"].as_array().expect("documented entries");
    let count = examples.len() as u64;
    let mut entry =
        usize::try_from(index % count).map(|example| examples[example].clone()).expect("fewer examples than memory");
    for key in ["points", "order_id", "reference_id"] {
        if let Some(number) = entry[key].as_u64() {
            entry[key] = number.saturating_add(index).into();
        }
    }
    entry
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) customer_id: String,
    pub(super) page: u64,
    per_page: Option<u64>,
    /// The query without `page`: what the links repeat.
    rest: String,
}

impl Ask {
    /// Reads a query as PHP does: the last value of a name wins, and what is no page number means the first page.
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

/// The decoded value of the last parameter called `name`.
pub(super) fn param(query: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(key, _)| key == name).last().map(|(_, value)| value.into_owned())
}

/// The whole list that a page is cut out of.
#[derive(Debug)]
pub(super) struct List<'a> {
    pub(super) entries: u64,
    pub(super) per_page: u64,
    pub(super) max_per_page: u64,
    /// The address of the list, without a query.
    pub(super) url: &'a str,
}

impl List<'_> {
    /// The answer to `ask`.
    pub(super) fn answer(&self, ask: &Ask, lie: Option<&Lie>) -> Value {
        let mut ask = ask.clone();
        if let Some(Lie::Instead(page)) = lie {
            ask.page = *page;
        }
        let from = match lie {
            Some(Lie::Disguised(page)) => *page,
            _ => ask.page,
        };
        let mut answer = self.page(&ask, from);
        if let Some(lie) = lie {
            lie.tell(&mut answer);
        }
        answer
    }

    /// The page that `ask` asks for, with the entries of page `from`.
    fn page(&self, ask: &Ask, from: u64) -> Value {
        let per_page = ask.per_page.unwrap_or(self.per_page).min(self.max_per_page);
        let data = self.entries_of(from, per_page);
        let pages = self.entries.div_ceil(per_page).max(1);
        json!({
            "status": PAGE["status"],
            "success": PAGE["success"],
            "pagination": {
                "count": data.len(),
                "total": self.entries,
                "perPage": per_page,
                "currentPage": ask.page,
                "totalPages": pages,
                "links": self.links(ask, pages),
            },
            "data": data,
        })
    }

    fn entries_of(&self, page: u64, per_page: u64) -> Vec<Value> {
        let start = (page - 1).saturating_mul(per_page).min(self.entries);
        let end = start.saturating_add(per_page).min(self.entries);
        (start..end).map(entry).collect()
    }

    /// The addresses of the pages around it; PHP's empty array when there are none.
    fn links(&self, ask: &Ask, pages: u64) -> Value {
        let link = |page| Value::from(format!("{}?{}&page={page}", self.url, ask.rest));
        let mut links = json!({});
        if ask.page < pages {
            links["next"] = link(ask.page + 1);
        }
        if ask.page > 1 {
            links["previous"] = link(ask.page - 1);
        }
        if links == json!({}) { json!([]) } else { links }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: u64) -> List<'static> {
        List {
            entries,
            per_page: documented_number("/pagination/perPage"),
            max_per_page: MAX_PER_PAGE,
            url: "http://host/points",
        }
    }

    fn answer(entries: u64, query: &str) -> Value {
        list(entries).answer(&Ask::parse(query), None)
    }

    #[test]
    fn the_first_page_is_numbered_as_the_documented_one() {
        let page = answer(documented_number("/pagination/total"), "customer_id=7");
        let mut expected = PAGE["pagination"].clone();
        expected["links"] = json!({"next": "http://host/points?customer_id=7&page=2"});
        assert_eq!(page["pagination"], expected);
        assert_eq!(page["data"][0], PAGE["data"][0]);
        assert_eq!((&page["status"], &page["success"]), (&PAGE["status"], &PAGE["success"]));
    }

    #[test]
    fn entries_differ_and_stand_in_order() {
        let points = |index| entry(index)["points"].as_u64().unwrap();
        assert!((0..100).all(|index| points(index + 1) == points(index) + 1));
        assert_ne!(entry(2)["reference_id"], entry(0)["reference_id"]);
        assert!(entry(3)["reference_id"].is_null());
    }

    #[test]
    fn pages_are_cut_at_their_ends_and_empty_beyond_the_last() {
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
            let page = answer(entries, query);
            let number = |name: &str| page["pagination"][name].as_u64().unwrap();
            let counted = (number("count"), number("currentPage"), number("totalPages"));
            assert_eq!(counted, counts, "{entries} entries, {query}");
            assert_eq!(page["data"].as_array().unwrap().len() as u64, counts.0);
            assert_eq!(number("total"), entries);
        }
    }

    #[test]
    fn links_lead_to_the_pages_around_and_are_an_empty_array_without_any() {
        assert_eq!(answer(1, "customer_id=7")["pagination"]["links"], json!([]));
        let middle = answer(90, "customer_id=a%26b&page=2&per_page=30");
        let link = |page| format!("http://host/points?customer_id=a%26b&per_page=30&page={page}");
        let expected = json!({"next": link(3), "previous": link(1)});
        assert_eq!(middle["pagination"]["links"], expected);
    }

    #[test]
    fn each_lie_is_told() {
        let told = |lie: &Lie| list(90).answer(&Ask::parse("page=2"), Some(lie));
        let current = |page: &Value| page["pagination"]["currentPage"].clone();
        let instead = told(&Lie::Instead(1));
        assert_eq!((&instead["data"][0], current(&instead)), (&entry(0), json!(1)));
        let disguised = told(&Lie::Disguised(1));
        assert_eq!((&disguised["data"][0], current(&disguised)), (&entry(0), json!(2)));
        let short = told(&Lie::Short(4));
        assert_eq!(short["data"].as_array().unwrap().len(), 26);
        assert_eq!(short["pagination"]["count"], 30);
        let empty = told(&Lie::Empty);
        assert_eq!((&empty["data"], &empty["pagination"]["count"]), (&json!([]), &json!(0)));
        assert_eq!(told(&Lie::TotalPages(9))["pagination"]["totalPages"], 9);
        assert_eq!(told(&Lie::Total(9))["pagination"]["total"], 9);
        let elsewhere = "http://elsewhere.example/".to_owned();
        assert_eq!(told(&Lie::Next(elsewhere.clone()))["pagination"]["links"]["next"], elsewhere);
    }
}
