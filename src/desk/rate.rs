//! What customers think of an answer.

use uuid::Uuid;

use crate::base::{ArticleId, Locale, Viewer};
use crate::desk::{DeskError, HelpCentre, measure};
use crate::kb::Snapshot;
use crate::store::NewFeedback;

/// A verdict on an article, a conversation, or both.
#[derive(Debug, Clone)]
pub struct Rating<'a> {
    /// The article.
    pub article: Option<&'a ArticleId>,
    /// The conversation.
    pub conversation: Option<&'a str>,
    /// The language that the customer reads.
    pub locale: &'a Locale,
    /// Whether it helped.
    pub helpful: bool,
    /// What the customer added, as typed; may be empty.
    pub comment: &'a str,
}

impl HelpCentre {
    /// Keeps a verdict; when this returns it is in the database.
    ///
    /// # Errors
    /// When the article or conversation does not exist for customers, or the verdict cannot be kept now.
    pub async fn rate(&self, snapshot: &Snapshot, rating: &Rating<'_>) -> Result<(), DeskError> {
        if let Some(id) = rating.article {
            snapshot.article(id, rating.locale, Viewer::Public).ok_or(DeskError::Unknown("article"))?;
        }
        let store = self.store().ok_or(DeskError::NoStore)?;
        let conversation = match rating.conversation {
            Some(id) => Some(self.known(id).await?),
            None => None,
        };
        let comment = measure::masked(rating.comment.trim());
        let feedback = NewFeedback {
            at: self.clock.now(),
            locale: rating.locale.as_str(),
            article: rating.article.map(ArticleId::as_str).unwrap_or_default(),
            conversation,
            helpful: rating.helpful,
            comment: Some(&comment),
        };
        if store.add_feedback(&feedback).await? { Ok(()) } else { Err(DeskError::Unknown("conversation")) }
    }

    /// Returns the id of a conversation that exists.
    pub(crate) async fn known(&self, id: &str) -> Result<Uuid, DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let id = Uuid::try_parse(id).map_err(|_| DeskError::Unknown("conversation"))?;
        if self.conversations.turns(id).is_some() || store.remembered(id).await?.is_some() {
            Ok(id)
        } else {
            Err(DeskError::Unknown("conversation"))
        }
    }
}
