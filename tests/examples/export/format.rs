//! Encodes a history as rows of CSV or as JSON lines.

use std::fmt::Display;
use std::path::Path;

use salla_loyalty_points::types::LoyaltyPointsEntry;
use salla_loyalty_points_tests::example::Failure;
use serde::Serialize;

const COLUMNS: [&str; 11] = [
    "customer_id",
    "created_at",
    "points",
    "used_points",
    "status",
    "name",
    "expiry_date",
    "used_at",
    "order_id",
    "reference_id",
    "notes",
];

/// The format of the output.
#[derive(Clone, Copy)]
pub enum Format {
    /// A table. Dates are in the form of the response, followed by their time zone if they have one.
    Csv,
    /// JSON objects as in the response, with `customer_id` in front.
    Jsonl,
}

/// An entry as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    customer_id: &'a str,
    #[serde(flatten)]
    entry: &'a LoyaltyPointsEntry,
}

impl Format {
    /// Returns the format for a file: CSV if its name ends in `.csv`, else JSON lines.
    pub fn of(path: &Path) -> Self {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_csv { Self::Csv } else { Self::Jsonl }
    }

    /// Returns the first line of the file, if the format has a header.
    pub fn header(self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Csv => rows([COLUMNS.map(str::to_owned)]),
            Self::Jsonl => Ok(Vec::new()),
        }
    }

    /// Encodes the history of a customer.
    pub fn history(self, customer: &str, entries: &[LoyaltyPointsEntry]) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Csv => rows(entries.iter().map(|entry| row(customer, entry))),
            Self::Jsonl => lines(customer, entries),
        }
    }
}

fn lines(customer_id: &str, entries: &[LoyaltyPointsEntry]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut bytes, &Line { customer_id, entry })?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn rows(rows: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.into_inner()?)
}

fn row(customer: &str, entry: &LoyaltyPointsEntry) -> [String; COLUMNS.len()] {
    [
        customer.to_owned(),
        entry.created_at.to_string(),
        entry.points.to_string(),
        entry.used_points.to_string(),
        entry.status.clone(),
        entry.name.clone(),
        text(entry.expiry_date.as_ref()),
        text(entry.used_at.as_ref()),
        text(entry.order_id.as_ref()),
        text(entry.reference_id.as_ref()),
        text(entry.notes.as_ref()),
    ]
}

fn text(value: Option<&impl Display>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
