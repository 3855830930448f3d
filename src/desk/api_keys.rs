//! API keys, for servers that act for the support team.

use jiff::SignedDuration;
use uuid::Uuid;

use crate::desk::DeskError;
use crate::desk::agents::Accounts;
use crate::model::ApiKey;
use crate::store::NewApiKey;

/// What a key may be allowed to do.
pub const SCOPES: [&str; 1] = [SEARCH_INTERNAL];
/// Searching and reading internal articles over the API.
pub const SEARCH_INTERNAL: &str = "search:internal";

/// How a key begins.
pub const PREFIX: &str = "zk_";

/// How often the use of a key is written down.
const TOUCH: SignedDuration = SignedDuration::from_mins(1);

impl Accounts {
    /// Makes a key and returns it; it cannot be shown again.
    ///
    /// # Errors
    /// When a scope is none of [`SCOPES`], or the database is away.
    pub async fn add_api_key(&self, agent: &str, name: &str, scopes: &[String]) -> Result<String, DeskError> {
        if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
            return Err(DeskError::Unknown("scope"));
        }
        let key = format!("{PREFIX}{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let id = &key[..11];
        let new = NewApiKey { id, key_hash: &hash(&key), name, scopes, created_by: agent };
        self.store.add_api_key(&new, self.clock.now()).await?;
        self.note("key.add", agent, id, &scopes.join(" ")).await?;
        Ok(key)
    }

    /// Returns every key, the newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, DeskError> {
        Ok(self.store.api_keys().await?)
    }

    /// Revokes a key for good.
    ///
    /// # Errors
    /// When there is no such key to revoke, or the database is away.
    pub async fn revoke_api_key(&self, agent: &str, id: &str) -> Result<(), DeskError> {
        if !self.store.revoke_api_key(id, self.clock.now()).await? {
            return Err(DeskError::Unknown("key"));
        }
        self.note("key.revoke", agent, id, "").await
    }

    /// Tells whether a key exists and may do something.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn allows(&self, key: &str, scope: &str) -> Result<bool, DeskError> {
        let Some(known) = self.store.api_key(&hash(key)).await? else { return Ok(false) };
        let now = self.clock.now();
        if known.last_used_at.is_none_or(|last| now.duration_since(last) > TOUCH) {
            self.store.api_key_used(&known.id, now).await?;
        }
        Ok(known.scopes.iter().any(|s| s == scope))
    }
}

/// A key has 244 random bits: a fast hash is enough.
fn hash(key: &str) -> String {
    blake3::hash(key.as_bytes()).to_hex().to_string()
}
