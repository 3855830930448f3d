//! What customers may do with what is kept of them: read it, and have it deleted. Whoever has a conversation's id, which
//! nobody can guess, may do both.

use uuid::Uuid;

use crate::desk::{DeskError, HelpCentre};
use crate::model::Conversation;

impl HelpCentre {
    /// Returns everything that is kept of a conversation.
    ///
    /// # Errors
    /// When there is no such conversation, or the database is away.
    pub async fn export_conversation(&self, id: &str) -> Result<Conversation, DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let id = Uuid::try_parse(id).map_err(|_| DeskError::Unknown("conversation"))?;
        store.conversation(id).await?.ok_or(DeskError::Unknown("conversation"))
    }

    /// Deletes a conversation: its turns, its feedback and what the chat remembers.
    ///
    /// # Errors
    /// When there is no such conversation, or the database is away.
    pub async fn delete_conversation(&self, id: &str) -> Result<(), DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let id = Uuid::try_parse(id).map_err(|_| DeskError::Unknown("conversation"))?;
        let deleted = store.delete_conversation(id).await?;
        self.conversations.forget(id);
        if deleted { Ok(()) } else { Err(DeskError::Unknown("conversation")) }
    }
}
