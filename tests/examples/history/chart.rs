//! The balance over time, as a picture in SVG.

use std::fmt::Write as _;

use salla_loyalty_points::salla_runtime::jiff::Zoned;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;

/// The space around the line, for the labels.
const MARGIN: f64 = 36.0;

/// A change of the balance.
pub struct Change {
    /// The time of the change.
    pub at: Zoned,
    /// The points that were gained. Points that were lost are negative.
    pub points: i64,
}

/// Returns a picture of the balance after each change. The changes may be in any order.
pub fn svg(mut changes: Vec<Change>) -> String {
    changes.sort_by(|a, b| a.at.cmp(&b.at));
    let balances: Vec<i64> = changes
        .iter()
        .scan(0_i64, |balance, change| {
            *balance = balance.saturating_add(change.points);
            Some(*balance)
        })
        .collect();
    let (low, high) = balances.iter().fold((0, 0), |(low, high), of| (low.min(*of), high.max(*of)));
    let mut path = format!("M{MARGIN:.1} {:.1}", y(0, low, high));
    for (index, balance) in balances.iter().enumerate() {
        let _ = write!(path, " H{:.1} V{:.1}", x(index, balances.len()), y(*balance, low, high));
    }
    let _ = write!(path, " H{:.1}", WIDTH - MARGIN);
    picture(&path, &labels(&changes, &balances, low, high))
}

/// Returns the place of a change between the margins. All changes have the same distance.
#[expect(clippy::cast_precision_loss, reason = "a picture has no more than a few thousand dots")]
fn x(index: usize, count: usize) -> f64 {
    (WIDTH - 2.0 * MARGIN).mul_add((index + 1) as f64 / (count + 1) as f64, MARGIN)
}

#[expect(clippy::cast_precision_loss, reason = "a picture has no more than a few thousand dots")]
fn y(balance: i64, low: i64, high: i64) -> f64 {
    let range = high.saturating_sub(low).max(1) as f64;
    let share = balance.saturating_sub(low) as f64 / range;
    (2.0 * MARGIN - HEIGHT).mul_add(share, HEIGHT - MARGIN)
}

/// Returns the labels: the highest balance, the first and the last date, and the balance at the end.
fn labels(changes: &[Change], balances: &[i64], low: i64, high: i64) -> String {
    let date = |change: Option<&Change>| change.map(|change| change.at.date().to_string()).unwrap_or_default();
    let last = balances.last().copied().unwrap_or_default();
    let bottom = HEIGHT - MARGIN / 3.0;
    format!(
        "  <text x=\"{MARGIN}\" y=\"{:.1}\">{high} points</text>\n  \
           <text x=\"{MARGIN}\" y=\"{bottom:.1}\">{}</text>\n  \
           <text x=\"{:.1}\" y=\"{bottom:.1}\" text-anchor=\"end\">{}</text>\n  \
           <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">now {last}</text>\n",
        MARGIN - 10.0,
        date(changes.first()),
        WIDTH - MARGIN,
        date(changes.last()),
        WIDTH - MARGIN,
        y(last, low, high) - 8.0,
    )
}

fn picture(path: &str, labels: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n  \
           <title>The balance of loyalty points over time</title>\n  \
           <style>text {{ font: 13px sans-serif; fill: #888 }} path {{ fill: none; stroke: #2a9d8f; stroke-width: 2 }}</style>\n  \
           <path d=\"{path}\"/>\n{labels}</svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(at: &str, points: i64) -> Change {
        Change { at: at.parse().unwrap(), points }
    }

    #[test]
    fn the_balance_is_drawn_from_the_first_change_to_the_last() {
        let later = change("2025-03-02T10:00:00+03:00[Asia/Riyadh]", -400);
        let picture = svg(vec![later, change("2025-01-01T10:00:00+03:00[Asia/Riyadh]", 900)]);
        for part in [
            "M36.0 204.0 H252.0 V36.0 H468.0 V110.7 H684.0",
            ">900 points<",
            ">2025-01-01<",
            ">2025-03-02<",
            ">now 500<",
        ] {
            assert!(picture.contains(part), "no {part}: {picture}");
        }
    }

    #[test]
    fn a_customer_without_points_and_a_balance_below_zero_are_drawn() {
        assert!(svg(Vec::new()).contains("M36.0 204.0 H684.0"));
        let picture = svg(vec![change("2025-01-01T10:00:00+03:00[Asia/Riyadh]", i64::MIN)]);
        assert!(picture.contains("M36.0 36.0 H360.0 V204.0"), "{picture}");
    }
}
