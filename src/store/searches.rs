//! Searches and the results that were opened. They are statistics: written in batches, and given up when the queue is
//! full rather than slow an answer.

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
        /// The reader's locale.
        locale: String,
        /// What was typed.
        query: Redacted,
        /// What was searched for instead; may be empty.
        corrected: String,
        /// How many articles matched.
        total: u64,
        /// How long it took, in microseconds.
        took_us: u64,
        /// The ids of the articles that were shown, best first.
        results: Vec<String>,
    },
    /// Somebody opened a result.
    Click {
        /// When.
        at: Timestamp,
        /// The reader's locale.
        locale: String,
        /// What had been typed.
        query: Redacted,
        /// The article that was opened.
        article: String,
    },
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
             SELECT s.query AS query, s.locale AS locale, COUNT(*) AS times, MAX(s.total) AS total, \
                (SELECT COUNT(*) FROM clicks c WHERE c.query = s.query AND c.locale = s.locale AND c.at >= $1) AS clicks \
             FROM searches s WHERE s.at >= $1 GROUP BY s.query, s.locale) AS counted \
             WHERE (($2 AND total > 0 AND clicks = 0) OR (NOT $2 AND total = 0)) \
             ORDER BY times DESC, query LIMIT $3";
        Ok(read!(self, db => sqlx::query_as(query)
            .bind(millis(since)).bind(found_something).bind(i64::from(most)).fetch_all(db).await?))
    }
}

/// Adds events in one transaction.
pub(crate) async fn add_events(pool: &Pool, events: &[Event]) -> Result<(), StoreError> {
    let (mut searches, mut clicks) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Search { at, locale, query, corrected, total, took_us, results } => {
                let numbers = [*total, *took_us].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
                searches.push((at, locale, query, corrected, numbers, serde_json::to_string(results)?));
            }
            Event::Click { at, locale, query, article } => clicks.push((at, locale, query, article)),
        }
    }
    write_all!(pool, tx => {
        for searches in by_statement(&searches) {
            let mut insert =
                QueryBuilder::new("INSERT INTO searches (id, at, locale, query, corrected, total, took_us, results) ");
            insert.push_values(searches, |mut row, (at, locale, query, corrected, [total, took_us], results)| {
                row.push_bind(Uuid::now_v7().to_string()).push_bind(millis(**at)).push_bind(*locale)
                    .push_bind(plain(query.text())).push_bind(plain(corrected)).push_bind(*total).push_bind(*took_us)
                    .push_bind(results);
            });
            insert.build().execute(&mut *tx).await?;
        }
        for clicks in by_statement(&clicks) {
            let mut insert = QueryBuilder::new("INSERT INTO clicks (id, at, locale, query, article_id) ");
            insert.push_values(clicks, |mut row, (at, locale, query, article)| {
                row.push_bind(Uuid::now_v7().to_string()).push_bind(millis(**at)).push_bind(*locale)
                    .push_bind(plain(query.text())).push_bind(plain(article));
            });
            insert.build().execute(&mut *tx).await?;
        }
    });
    Ok(())
}
