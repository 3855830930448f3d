//! Counts for those who improve the content: what was not answered, what did not help, what is asked most.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::store::pool::read;
use crate::store::{Store, StoreError, millis};

/// A question that the chat could not answer.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Unanswered {
    /// The customer's words, private data masked.
    pub said: String,
    /// The language of the reply.
    pub locale: String,
}

/// How an article was rated.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ArticleRating {
    /// The article.
    pub article_id: String,
    /// How many it helped.
    pub helpful: i64,
    /// How many it did not help.
    pub unhelpful: i64,
}

/// How often something was asked for.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Asked {
    /// The code.
    pub what: String,
    /// How often.
    pub times: i64,
}

/// What became of the conversations of one day in one language.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DayRate {
    /// Days since 1970-01-01, in UTC.
    pub day: i64,
    /// The language.
    pub locale: String,
    /// How many began.
    pub conversations: i64,
    /// How many got an answer and asked for nobody.
    pub resolved: i64,
    /// How many became a ticket.
    pub handed_over: i64,
}

impl Store {
    /// Returns the questions since an instant that were not answered, newest first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn unanswered(&self, since: Timestamp, most: u32) -> Result<Vec<Unanswered>, StoreError> {
        Ok(read!(self, db => sqlx::query_as(
            "SELECT said, locale FROM turns WHERE kind = 'fallback' AND at >= $1 ORDER BY at DESC, id DESC LIMIT $2")
            .bind(millis(since)).bind(i64::from(most)).fetch_all(db).await?))
    }

    /// Returns the articles that did not help somebody since an instant, the worst first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn article_ratings(&self, since: Timestamp, most: u32) -> Result<Vec<ArticleRating>, StoreError> {
        Ok(read!(self, db => sqlx::query_as(
            "SELECT article_id, SUM(CASE WHEN helpful THEN 1 ELSE 0 END) AS helpful, \
                    SUM(CASE WHEN helpful THEN 0 ELSE 1 END) AS unhelpful \
             FROM feedback WHERE article_id <> '' AND at >= $1 GROUP BY article_id \
             HAVING SUM(CASE WHEN helpful THEN 0 ELSE 1 END) > 0 ORDER BY unhelpful DESC, article_id LIMIT $2")
            .bind(millis(since)).bind(i64::from(most)).fetch_all(db).await?))
    }

    /// Returns the codes that were asked for since an instant, most often first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn codes_asked(&self, since: Timestamp, most: u32) -> Result<Vec<Asked>, StoreError> {
        Ok(read!(self, db => sqlx::query_as(
            "SELECT rule AS what, COUNT(*) AS times FROM turns WHERE matched_by = 'code' AND rule <> '' AND at >= $1 \
             GROUP BY rule ORDER BY times DESC, rule LIMIT $2")
            .bind(millis(since)).bind(i64::from(most)).fetch_all(db).await?))
    }

    /// Returns what became of the conversations since an instant, by day and language.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn day_rates(&self, since: Timestamp) -> Result<Vec<DayRate>, StoreError> {
        Ok(read!(self, db => sqlx::query_as(
            "SELECT day, locale, COUNT(*) AS conversations, \
                    SUM(CASE WHEN answered = 1 AND ticket = 0 THEN 1 ELSE 0 END) AS resolved, SUM(ticket) AS handed_over \
             FROM (SELECT c.started_at / 86400000 AS day, c.locale AS locale, \
                    CASE WHEN EXISTS (SELECT 1 FROM turns t WHERE t.conversation_id = c.id \
                        AND t.kind IN ('answer', 'step', 'safety')) THEN 1 ELSE 0 END AS answered, \
                    CASE WHEN EXISTS (SELECT 1 FROM tickets k WHERE k.conversation_id = c.id) THEN 1 ELSE 0 END AS ticket \
                   FROM conversations c WHERE c.started_at >= $1) AS each_one \
             GROUP BY day, locale ORDER BY day, locale")
            .bind(millis(since)).fetch_all(db).await?))
    }
}
