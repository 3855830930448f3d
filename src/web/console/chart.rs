//! Charts as SVG: lines over days, in the page's own colours, so that they are read in the dark too. The table beside a
//! chart holds the same numbers.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::date;

use crate::desk::insight::DayRate;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
/// Room for the labels at the left and below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 24.0;

/// A chart of shares from 0 to 100 per cent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) lines: Vec<Line>,
    /// The first and the last day.
    pub(crate) from: String,
    pub(crate) until: String,
}

/// One language's line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// The number of its style; the strokes differ, not the colours alone.
    pub(crate) style: usize,
    /// `x,y` pairs for `<polyline>`.
    pub(crate) points: String,
    /// The same as circles, so that a single day shows.
    pub(crate) dots: Vec<(String, String)>,
}

impl Chart {
    /// Draws the share that `part` gives of each day's conversations.
    pub(crate) fn of(title: &'static str, days: &[DayRate], part: impl Fn(&DayRate) -> i64) -> Option<Self> {
        let first = days.iter().map(|d| d.day).min()?;
        let last = days.iter().map(|d| d.day).max()?;
        let span = (last - first).max(1) as f64;
        let mut by_locale: BTreeMap<&str, Vec<&DayRate>> = BTreeMap::new();
        for day in days {
            by_locale.entry(&day.locale).or_default().push(day);
        }
        let lines = by_locale.into_iter().enumerate().map(|(style, (name, days))| {
            let dots: Vec<(String, String)> = days
                .iter()
                .map(|day| {
                    let share = part(day) as f64 / day.conversations.max(1) as f64;
                    let x = LEFT + (day.day - first) as f64 / span * (WIDTH - LEFT - 10.0);
                    let y = 10.0 + (1.0 - share) * (HEIGHT - BELOW - 10.0);
                    (format!("{x:.1}"), format!("{y:.1}"))
                })
                .collect();
            let points = dots.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
            Line { name: name.to_owned(), style: style % 4, points, dots }
        });
        Some(Chart { title, lines: lines.collect(), from: day_name(first), until: day_name(last) })
    }
}

/// Returns a day as `2026-11-24`.
pub(crate) fn day_name(day: i64) -> String {
    date(1970, 1, 1).checked_add(day.days()).map(|d| d.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_shares_between_the_edges() {
        let day = |day, conversations, resolved| DayRate {
            day,
            locale: "en".to_owned(),
            conversations,
            resolved,
            handed_over: 0,
        };
        let chart = Chart::of("t", &[day(20_000, 4, 4), day(20_010, 2, 1)], |d| d.resolved).unwrap();
        assert_eq!(chart.lines[0].points, "44.0,10.0 630.0,93.0");
        assert_eq!((chart.from.as_str(), chart.until.as_str()), ("2024-10-04", "2024-10-14"));
        assert_eq!(Chart::of("t", &[], |d| d.resolved), None);
    }
}
