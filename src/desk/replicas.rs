//! Several servers on one database: they share keys, and tell each other of new content.
//!
//! Each server writes down which content it serves, every few seconds and whenever that changes. One that learns of other
//! content reads its own folder again, which may be the same one, or a copy that is brought up to date at about the same
//! time. Nobody decides which content is the right one: while living servers differ, all of them say so.

use std::sync::Mutex;
use std::time::Duration;

use uuid::Uuid;

use crate::base::lock;
use crate::desk::{DeskError, HelpCentre};
use crate::store::{Store, StoreError};

/// How soon it is tried again when the database was away.
const RETRY: Duration = Duration::from_secs(1);
/// How often a server tells that it lives; a third of the time after which it is taken to be gone.
const BEAT: Duration = Duration::from_secs(5);

/// What a server knows of the others on its database.
#[derive(Debug)]
pub(crate) struct Others {
    /// The name of this server among them; a restart is another server.
    name: String,
    /// The versions of the content that they serve, in order.
    contents: Mutex<Vec<String>>,
    /// The version that they were last told of; none when it is not sure that they were.
    told: Mutex<Option<String>>,
}

impl Default for Others {
    fn default() -> Self {
        Others { name: Uuid::new_v4().simple().to_string(), contents: Mutex::default(), told: Mutex::default() }
    }
}

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

    /// Tells whether all living servers on the database serve the same content, as far as this one knows.
    #[must_use]
    pub fn is_converged(&self) -> bool {
        let snapshot = self.snapshot();
        lock(&self.others.contents).iter().all(|version| version == snapshot.version())
    }

    /// Tells others of the content that is served, and follows what they tell, for as long as the program runs. Returns
    /// at once where nothing is shared.
    pub async fn follow_others(&self) {
        let Some(store) = self.store().filter(|store| store.is_shared()) else { return };
        tokio::join!(self.beat(store), self.listen(store));
    }

    async fn beat(&self, store: &Store) {
        loop {
            let met = async {
                self.tell(store).await?;
                self.heed(store).await
            };
            let pause = match met.await {
                Ok(()) => BEAT,
                Err(cause) => {
                    complain(&cause);
                    RETRY
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn listen(&self, store: &Store) {
        loop {
            if let Err(cause) = self.heed_news(store).await {
                complain(&cause);
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn heed_news(&self, store: &Store) -> Result<(), StoreError> {
        let mut news = store.content_news().await?;
        loop {
            // Also at first: what was told while nobody listened.
            self.heed(store).await?;
            news.next().await?;
        }
    }

    /// Learns what the others serve, and reads the folder again where that is news and differs.
    async fn heed(&self, store: &Store) -> Result<(), StoreError> {
        let now = store.contents_of_others(&self.others.name).await?;
        let is_news = *lock(&self.others.contents) != now;
        lock(&self.others.contents).clone_from(&now);
        if is_news && !self.is_converged() {
            self.reload().await;
            if !self.is_converged() {
                tracing::warn!(others = ?now, "other servers serve other content; this one serves what its folder holds");
            }
        }
        Ok(())
    }

    async fn tell(&self, store: &Store) -> Result<(), StoreError> {
        let version = self.snapshot().version().to_owned();
        // Until it is done, it is owed.
        let told = lock(&self.others.told).take();
        store.serve_content(&self.others.name, &version, told.as_ref() != Some(&version)).await?;
        *lock(&self.others.told) = Some(version);
        Ok(())
    }

    /// Tells the others what is served here. Where the database is away they are told when it is back.
    pub(crate) async fn announce(&self) {
        let Some(store) = self.store().filter(|store| store.is_shared()) else { return };
        if let Err(cause) = self.tell(store).await {
            tracing::warn!(%cause, "other servers could not be told of the content; it is tried again");
        }
    }

    /// Tells the others that this server stops.
    pub(crate) async fn take_leave(&self) {
        let Some(store) = self.store().filter(|store| store.is_shared() && store.is_available()) else { return };
        if let Err(cause) = store.stop_serving(&self.others.name).await {
            tracing::debug!(%cause, "other servers could not be told of the stop; they notice");
        }
    }
}

fn complain(cause: &StoreError) {
    if !cause.is_away() {
        tracing::error!(%cause, "other servers' content cannot be heard of; it is tried again");
    }
}
