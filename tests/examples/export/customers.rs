//! Reads the ids of the customers from a CSV: each id once, in the order of the file.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use salla_loyalty_points_tests::example::Failure;

/// The header of the column with the ids.
const COLUMN: &str = "customer_id";

/// Reads the ids from a file or from stdin. They are in the column `customer_id` if the first line has that header,
/// else in the first field of every line.
pub fn read(path: Option<&Path>) -> Result<Vec<String>, Failure> {
    match path {
        Some(path) => {
            let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
            parse(file)
        }
        None => parse(io::stdin().lock()),
    }
}

fn parse(input: impl Read) -> Result<Vec<String>, Failure> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(input);
    let (mut column, mut seen, mut customers) = (None, HashSet::new(), Vec::new());
    for record in reader.records() {
        let record = record?;
        let Some(column) = column else {
            let header = record.iter().position(|field| field == COLUMN);
            column = Some(header.unwrap_or(0));
            if header.is_none() {
                customers.extend(record.get(0).map(str::to_owned));
            }
            continue;
        };
        customers.extend(record.get(column).map(str::to_owned));
    }
    customers.retain(|customer| !customer.is_empty() && seen.insert(customer.clone()));
    Ok(customers)
}
