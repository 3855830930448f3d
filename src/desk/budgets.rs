//! Budgets that all servers of one help centre count together. Who the client is stays with the server: the database
//! sees a hash that only the servers can make.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::desk::HelpCentre;
use crate::store::Spent;

/// How long a request waits to be counted. One that is not counted is let through: the server counts by itself too.
const PATIENCE: Duration = Duration::from_millis(250);

impl HelpCentre {
    /// Spends one request of a client's budget of `most` requests within a window; none where no other server counts with
    /// this one, or the database is away.
    pub async fn spend(&self, kind: &str, client: &[u8], most: NonZeroU32, window: Duration) -> Option<Spent> {
        let store = self.store().filter(|store| store.is_shared() && store.is_available())?;
        let spend = async {
            let key = self.budget_key.get_or_try_init(|| self.shared_key("budgets")).await.ok()?;
            let client = blake3::keyed_hash(key, &[kind.as_bytes(), b" ", client].concat()).to_hex();
            match store.spend(kind, &client, most, window).await {
                Ok(spent) => spent,
                Err(cause) => {
                    tracing::debug!(%cause, kind, "a request could not be counted together with other servers'");
                    None
                }
            }
        };
        tokio::time::timeout(PATIENCE, spend).await.ok().flatten()
    }
}
