//! What customers thought of an answer.

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::pool::write_one;
use crate::store::{Store, StoreError, millis, plain};
use crate::text::Redacted;

/// A customer's verdict.
#[derive(Debug, Clone, Copy)]
pub struct NewFeedback<'a> {
    /// When it was given.
    pub at: Timestamp,
    /// The language that it was given in.
    pub locale: &'a str,
    /// The article that it is about; empty when it is about a conversation.
    pub article: &'a str,
    /// The conversation that it is about.
    pub conversation: Option<Uuid>,
    /// Whether it helped.
    pub helpful: bool,
    /// What the customer added.
    pub comment: Option<&'a Redacted>,
}

/// The most recent verdict, as the tests and the console read it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FeedbackRow {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The language.
    pub locale: String,
    /// The article; may be empty.
    pub article_id: String,
    /// The conversation.
    pub conversation_id: Option<String>,
    /// Whether it helped.
    pub helpful: bool,
    /// What the customer added; may be empty.
    pub comment: String,
}

impl Store {
    /// Keeps a verdict; when this returns it is in the database. Tells whether the conversation that it is about is there.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn add_feedback(&self, feedback: &NewFeedback<'_>) -> Result<bool, StoreError> {
        if feedback.conversation.is_some() {
            // The conversation must be there before what refers to it.
            self.flush().await?;
        }
        let comment = feedback.comment.map(Redacted::text).unwrap_or_default();
        let kept = write_one!(self, db => sqlx::query(
            "INSERT INTO feedback (id, at, locale, article_id, conversation_id, helpful, comment) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(Uuid::now_v7().to_string()).bind(millis(feedback.at)).bind(feedback.locale).bind(plain(feedback.article))
            .bind(feedback.conversation.map(|id| id.to_string())).bind(feedback.helpful).bind(plain(comment))
            .execute(db).await.map(drop));
        match kept {
            Err(sqlx::Error::Database(cause)) if cause.is_foreign_key_violation() => Ok(false),
            kept => Ok(kept.map(|()| true)?),
        }
    }

    /// Returns the verdicts since an instant, newest first, `most` at most.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn feedback_since(&self, since: Timestamp, most: u32) -> Result<Vec<FeedbackRow>, StoreError> {
        Ok(crate::store::pool::read!(self, db => sqlx::query_as(
            "SELECT at, locale, article_id, conversation_id, helpful, comment FROM feedback \
             WHERE at >= $1 ORDER BY at DESC, id DESC LIMIT $2")
            .bind(millis(since)).bind(i64::from(most)).fetch_all(db).await?))
    }
}
