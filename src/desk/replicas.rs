//! Several servers on one database: they share keys, and tell each other of new content.
//!
//! Whoever publishes content announces its version. The others then read their own folder again, which may be the same
//! one, or a copy that is brought up to date at about the same time. A server whose folder lags behind goes on serving
//! what it has, and says so.

use std::time::Duration;

use uuid::Uuid;

use crate::desk::{DeskError, HelpCentre};
use crate::store::{Store, StoreError};

/// How soon it is tried again to hear of others when the database was away.
const RETRY: Duration = Duration::from_secs(1);

impl HelpCentre {
    /// Returns 32 secret bytes that all servers on the database share, by the name of what they are for.
    ///
    /// # Errors
    /// When nothing is kept, or the database is away.
    pub async fn shared_key(&self, name: &str) -> Result<[u8; 32], DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let made = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let kept = store.shared_secret(name, &made, self.clock.now()).await?;
        Ok(blake3::derive_key("zhida shared key 1", format!("{name} {kept}").as_bytes()))
    }

    /// Tells whether this server serves the content that a server announced last.
    #[must_use]
    pub fn is_converged(&self) -> bool {
        self.announced().as_deref().is_none_or(|version| version == self.snapshot().version())
    }

    /// Announces the content that is served, and follows what others announce, for as long as the program runs. Returns
    /// at once where nothing is shared.
    pub async fn follow_others(&self) {
        let Some(store) = self.store().filter(|store| store.is_shared()) else { return };
        self.announce().await;
        loop {
            if let Err(cause) = self.listen(store).await
                && !cause.is_away()
            {
                tracing::error!(%cause, "other servers' content cannot be heard of; it is tried again");
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn listen(&self, store: &Store) -> Result<(), StoreError> {
        let mut news = store.content_news().await?;
        // What was announced while nobody listened.
        if let Some(version) = store.announced_content().await? {
            self.heed(version).await;
        }
        loop {
            let version = news.next().await?;
            self.heed(version).await;
        }
    }

    async fn heed(&self, version: String) {
        let known = self.announced().replace(version.clone());
        if version == self.snapshot().version() {
            return;
        }
        self.reload().await;
        if !self.is_converged() && known.as_ref() != Some(&version) {
            tracing::warn!(version, "another server serves other content; this one serves what its folder holds");
        }
    }

    /// Tells the others what is served here.
    pub(crate) async fn announce(&self) {
        let Some(store) = self.store().filter(|store| store.is_shared()) else { return };
        let version = self.snapshot().version().to_owned();
        match store.announce_content(&version, self.clock.now()).await {
            Ok(()) => *self.announced() = Some(version),
            Err(cause) => tracing::warn!(%cause, "other servers could not be told of the content"),
        }
    }
}
