//! Searches and the results that were opened. They are statistics: written in batches, and given up when the queue is
//! full rather than slow an answer.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::store::pool::{Pool, by_statement, read, write_all};
use crate::store::{Store, StoreError, millis, plain};
use crate::text::Redacted;

/// A search, or a result that was opened.
#[derive(Debug, Clone)]
pub enum Event {
    /// Somebody searched.
    Search {
        /// When.
        at: Timestamp,
        /// How long it took, in microseconds.
        took_us: u64,
        /// What for. Shared, because what is searched for again and again is found once.
        searched: Arc<Searched>,
    },
    /// Somebody opened a result.
    Click(Click),
}

/// What was searched for, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Searched {
    /// The reader's locale.
    pub locale: String,
    /// What was typed.
    pub query: Redacted,
    /// What was searched for instead; may be empty.
    pub corrected: String,
    /// How many articles matched.
    pub total: u64,
    /// The ids of the articles that were shown, best first.
    pub results: Vec<String>,
}

/// A result that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// When.
    pub at: Timestamp,
    /// The reader's locale.
    pub locale: String,
    /// What had been typed.
    pub query: Redacted,
    /// The article that was opened.
    pub article: String,
}

/// Searches in the words of one query, as counted.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QueryCount {
    /// What was typed, private data masked.
    pub query: String,
    /// The reader's locale.
    pub locale: String,
    /// How often.
    pub times: i64,
    /// The most articles that it found.
    pub total: i64,
    /// How many results were opened.
    pub clicks: i64,
}

impl Store {
    /// Puts an event into the queue, or counts it as dropped when that is full. Takes no time.
    pub fn note(&self, event: Event) {
        if self.inner.signals.events.try_send(event).is_err() {
            self.inner.dropped.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    /// Returns how many events were dropped since the start.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.inner.dropped.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Counts the searches since an instant by query and locale: those that found nothing, or those that found
    /// something of which nothing was opened. Most frequent first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn unlucky_searches(
        &self,
        since: Timestamp,
        found_something: bool,
        most: u32,
    ) -> Result<Vec<QueryCount>, StoreError> {
        let query = "SELECT query, locale, times, total, clicks FROM ( \
             SELECT s.query AS query, s.locale AS locale, CAST(SUM(s.times) AS BIGINT) AS times, MAX(s.total) AS total, \
                (SELECT COUNT(*) FROM clicks c WHERE c.query = s.query AND c.locale = s.locale AND c.at >= $1) AS clicks \
             FROM searches s WHERE s.at >= $1 GROUP BY s.query, s.locale) AS counted \
             WHERE (($2 AND total > 0 AND clicks = 0) OR (NOT $2 AND total = 0)) \
             ORDER BY times DESC, query LIMIT $3";
        Ok(read!(self, db => sqlx::query_as(query)
            .bind(millis(since)).bind(found_something).bind(i64::from(most)).fetch_all(db).await?))
    }
}

/// Events that are written together. Searches of one second that are alike become one row with their number: a site that
/// is searched a thousand times a second is mostly asked the same.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    searches: Vec<Repeated>,
    places: HashMap<(Arc<Searched>, i64), usize>,
    clicks: Vec<Click>,
    events: usize,
}

/// Searches that are alike.
#[derive(Debug)]
struct Repeated {
    searched: Arc<Searched>,
    at: Timestamp,
    times: u64,
    took_us: u64,
}

impl Batch {
    pub(crate) fn add(&mut self, event: Event) {
        self.events += 1;
        match event {
            Event::Search { at, took_us, searched } => {
                let place = self.places.entry((Arc::clone(&searched), at.as_second())).or_insert(self.searches.len());
                match self.searches.get_mut(*place) {
                    Some(alike) => {
                        alike.times += 1;
                        alike.took_us = alike.took_us.saturating_add(took_us);
                    }
                    None => self.searches.push(Repeated { searched, at, times: 1, took_us }),
                }
            }
            Event::Click(click) => self.clicks.push(click),
        }
    }

    /// Returns how many events it holds.
    pub(crate) fn events(&self) -> usize {
        self.events
    }

    /// Returns how many rows they become.
    pub(crate) fn rows(&self) -> usize {
        self.searches.len() + self.clicks.len()
    }
}

/// Adds events in one transaction.
pub(crate) async fn add_events(pool: &Pool, batch: &Batch) -> Result<(), StoreError> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut searches = Vec::with_capacity(batch.searches.len());
    for Repeated { searched, at, times, took_us } in &batch.searches {
        let numbers = [searched.total, took_us / times, *times].map(number);
        searches.push((at, searched, numbers, serde_json::to_string(&searched.results)?));
    }
    write_all!(pool, tx => {
        for searches in by_statement(&searches) {
            let mut insert = QueryBuilder::new(
                "INSERT INTO searches (id, at, locale, query, corrected, total, took_us, times, results) ",
            );
            insert.push_values(searches, |mut row, (at, searched, [total, took_us, times], results)| {
                row.push_bind(Uuid::now_v7().to_string()).push_bind(millis(**at)).push_bind(&searched.locale)
                    .push_bind(plain(searched.query.text())).push_bind(plain(&searched.corrected)).push_bind(*total)
                    .push_bind(*took_us).push_bind(*times).push_bind(results);
            });
            insert.build().execute(&mut *tx).await?;
        }
        for clicks in by_statement(&batch.clicks) {
            let mut insert = QueryBuilder::new("INSERT INTO clicks (id, at, locale, query, article_id) ");
            insert.push_values(clicks, |mut row, click| {
                row.push_bind(Uuid::now_v7().to_string()).push_bind(millis(click.at)).push_bind(&click.locale)
                    .push_bind(plain(click.query.text())).push_bind(plain(&click.article));
            });
            insert.build().execute(&mut *tx).await?;
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::redact;

    #[test]
    fn searches_alike_in_one_second_are_one_row() {
        let searched = |query| Searched {
            locale: "zh-CN".to_owned(),
            query: redact(query),
            corrected: String::new(),
            total: 1,
            results: Vec::new(),
        };
        let search = |query, millis, took_us| Event::Search {
            at: Timestamp::from_millisecond(millis).unwrap(),
            took_us,
            searched: Arc::new(searched(query)),
        };
        let mut batch = Batch::default();
        for event in [search("退款", 0, 10), search("退款", 999, 30), search("充值", 999, 1), search("退款", 1000, 1)]
        {
            batch.add(event);
        }
        assert_eq!((batch.events(), batch.rows()), (4, 3));
        let first = &batch.searches[0];
        assert_eq!((first.times, first.took_us, first.at.as_millisecond()), (2, 40, 0));
    }
}
