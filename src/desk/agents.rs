//! Support agents' accounts: who they are, how they sign in, and what is written down of what they do.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use jiff::SignedDuration;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::base::Clock;
use crate::desk::{DeskError, HelpCentre};
use crate::model::{Agent, AuditEntry, Role, Session};
use crate::store::{NewAuditEntry, Store};

/// The shortest password, in characters. NIST SP 800-63B asks for at least 8, and for no rules on what it is made of.
pub const SHORTEST_PASSWORD: usize = 10;
/// The longest password, in characters: long enough for any sentence, short enough to hash.
pub const LONGEST_PASSWORD: usize = 200;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 64;

/// How long a session lasts that nobody uses.
const IDLE: SignedDuration = SignedDuration::from_hours(8);
/// How long any session lasts: a day's work, with a margin.
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(16);
/// How often the use of a session is written down.
const TOUCH: SignedDuration = SignedDuration::from_mins(1);

/// Servers' clocks may differ by so much. What was written down later than that from now on is of a clock that was wrong.
const MOST_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Failed sign-ins count for this long.
const FAILURES_COUNT: SignedDuration = SignedDuration::from_mins(15);
/// After so many under one name from one address, that address has to wait.
const MOST_BY_PAIR: u64 = 5;
/// After so many from one address under any names. A call centre shares one address.
const MOST_BY_ADDRESS: u64 = 50;
/// After so many under one name from anywhere. Others could lock an agent out that way, so that it is far higher.
const MOST_BY_NAME: u64 = 100;

/// Hashing takes 19 MiB and some ten milliseconds: no more than this many at once.
static HASHING: Semaphore = Semaphore::const_new(2);

/// A hash that no password has, for names that do not exist: they take as long as those that do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash(&Uuid::new_v4().to_string()).unwrap_or_default());

/// Says why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name or the password is wrong; nobody learns which.
    #[error("the name or the password is wrong")]
    Wrong,
    /// There were too many failures; the right password is not looked at either.
    #[error("too many failed sign-ins; try again in 15 minutes")]
    TooMany,
    /// It could not be looked up.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Says why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name is taken.
    #[error("there is an agent named `{0}` already")]
    Taken(String),
    /// There is no such agent.
    #[error("there is no agent named `{0}`")]
    Unknown(String),
    /// The name is of no use.
    #[error("`{0}` is no name; write 1 to 64 letters, digits, `-`, `_`, `.` or `@`")]
    Name(String),
    /// The password is too short or too long.
    #[error("a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")]
    Password,
    /// The present password is wrong.
    #[error("the present password is wrong")]
    WrongPassword,
    /// It could not be kept.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Somebody who is signed in, as each request finds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who, and since when.
    pub session: Session,
    /// What every form has to send along, so that no other site can send one.
    pub csrf: String,
    token_hash: String,
}

/// The accounts, and what is written down of what their owners do.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
}

impl HelpCentre {
    /// Returns the accounts.
    ///
    /// # Errors
    /// When this help centre keeps nothing.
    pub fn accounts(&self) -> Result<Accounts, DeskError> {
        Ok(Accounts::new(self.store().ok_or(DeskError::NoStore)?.clone(), self.clock.clone()))
    }
}

impl Accounts {
    /// Opens the accounts in a store.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Accounts { store, clock }
    }

    /// Closes the store.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Lets an agent in and returns the session's token, which only the agent's browser keeps. `address` is where the
    /// request came from; failures are counted by it.
    ///
    /// # Errors
    /// When the name or the password is wrong, or there were too many failures.
    pub async fn sign_in(&self, name: &str, password: &str, address: &str) -> Result<String, SignInError> {
        let store = &self.store;
        let name = canonical(name);
        let now = self.clock.now();
        let since = now.saturating_sub(FAILURES_COUNT).unwrap_or_default();
        // What was written down ahead of the clock, before it was put right, would lock people out until it is that late.
        let until = now.saturating_add(MOST_AHEAD).unwrap_or(now);
        let failed = store.failed_logins(&name, address, since, until).await.map_err(DeskError::from)?;
        if failed.by_pair >= MOST_BY_PAIR || failed.by_address >= MOST_BY_ADDRESS || failed.by_name >= MOST_BY_NAME {
            return Err(SignInError::TooMany);
        }
        let known = store.password_hash(&name).await.map_err(DeskError::from)?.filter(|hash| !hash.is_empty());
        let exists = known.is_some();
        let right = verify(password.to_owned(), known.unwrap_or_else(|| NOBODY.clone())).await;
        if !(exists && right) {
            self.note("login_failed", &name, &name, address).await?;
            return Err(SignInError::Wrong);
        }
        Ok(self.open_session(&name, "login", address).await?)
    }

    /// Lets an agent in for whom the identity provider has vouched, and returns the session's token; none where there is
    /// no such agent. `name` is whatever the provider calls the person: only those who have an account are let in.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn admit(&self, name: &str, address: &str) -> Result<Option<String>, DeskError> {
        let name: String = canonical(name).chars().take(LONGEST_NAME + 1).collect();
        if !is_name(&name) || self.store.password_hash(&name).await?.is_none() {
            self.note("login.oidc_refused", "", &name, address).await?;
            return Ok(None);
        }
        self.open_session(&name, "login.oidc", address).await.map(Some)
    }

    async fn open_session(&self, name: &str, action: &str, address: &str) -> Result<String, DeskError> {
        let (now, token) = (self.clock.now(), random_token());
        let expires = now.saturating_add(IDLE).unwrap_or(now);
        self.store.open_session(&hash_token(&token), name, now, expires).await?;
        self.note(action, name, name, address).await?;
        Ok(token)
    }

    /// Returns who holds a token; none when the session has ended.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, DeskError> {
        let store = &self.store;
        let (now, token_hash) = (self.clock.now(), hash_token(token));
        let Some(session) = store.session(&token_hash, now).await? else { return Ok(None) };
        // Of one that begins in the future nobody can tell how long it has lasted: the clock was put back.
        let ahead = session.created_at.max(session.last_at).duration_since(now);
        if now.duration_since(session.created_at) > LONGEST_SESSION || ahead > MOST_AHEAD {
            store.close_session(&token_hash).await?;
            return Ok(None);
        }
        if now.duration_since(session.last_at) > TOUCH {
            store.prolong_session(&token_hash, now, now.saturating_add(IDLE).unwrap_or(now)).await?;
        }
        let csrf = blake3::Hash::from(blake3::derive_key("zhida console form token 1", token.as_bytes()));
        Ok(Some(SignedIn { session, csrf: csrf.to_hex().to_string(), token_hash }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sign_out(&self, who: &SignedIn) -> Result<(), DeskError> {
        self.store.close_session(&who.token_hash).await?;
        self.note("logout", &who.session.agent, &who.session.agent, "").await
    }

    /// Changes an agent's own password; their other sessions end.
    ///
    /// # Errors
    /// When the present password is wrong, or the new one is too short.
    pub async fn change_password(&self, who: &SignedIn, present: &str, new: &str) -> Result<(), AccountError> {
        let store = &self.store;
        let name = &who.session.agent;
        let known = store.password_hash(name).await.map_err(DeskError::from)?.unwrap_or_default();
        if !verify(present.to_owned(), known).await {
            return Err(AccountError::WrongPassword);
        }
        let hash = checked_hash(new).await?;
        store.set_password(name, &hash, Some(&who.token_hash)).await.map_err(DeskError::from)?;
        Ok(self.note("password", name, name, "").await?)
    }

    /// Makes an account; without a password its owner signs in with the identity provider alone. The first one is an
    /// admin's whatever was asked for, because somebody has to be.
    ///
    /// # Errors
    /// When the name is taken or of no use, or the password is too short.
    pub async fn add_agent(
        &self,
        name: &str,
        role: Option<Role>,
        password: Option<&str>,
    ) -> Result<Agent, AccountError> {
        let store = &self.store;
        let name = canonical(name);
        if !is_name(&name) {
            return Err(AccountError::Name(name));
        }
        let hash = match password {
            Some(password) => checked_hash(password).await?,
            None => String::new(),
        };
        let first = store.agents().await.map_err(DeskError::from)?.is_empty();
        let role = if first { Role::Admin } else { role.unwrap_or(Role::Agent) };
        let now = self.clock.now();
        if !store.add_agent(&name, role, &hash, now).await.map_err(DeskError::from)? {
            return Err(AccountError::Taken(name));
        }
        self.note("agent.add", "", &name, role.as_str()).await?;
        Ok(Agent { name, role, created_at: now, last_login_at: None })
    }

    /// Gives an agent a new password; all their sessions end.
    ///
    /// # Errors
    /// When there is no such agent, or the password is too short.
    pub async fn reset_password(&self, name: &str, password: &str) -> Result<(), AccountError> {
        let name = canonical(name);
        let hash = checked_hash(password).await?;
        if !self.store.set_password(&name, &hash, None).await.map_err(DeskError::from)? {
            return Err(AccountError::Unknown(name));
        }
        Ok(self.note("agent.password", "", &name, "").await?)
    }

    /// Removes an account; its sessions end and its tickets are nobody's.
    ///
    /// # Errors
    /// When there is no such agent.
    pub async fn remove_agent(&self, name: &str) -> Result<(), AccountError> {
        let name = canonical(name);
        if !self.store.remove_agent(&name).await.map_err(DeskError::from)? {
            return Err(AccountError::Unknown(name));
        }
        Ok(self.note("agent.remove", "", &name, "").await?)
    }

    /// Returns the accounts by name.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn agents(&self) -> Result<Vec<Agent>, DeskError> {
        Ok(self.store.agents().await?)
    }

    /// Writes down that an agent saw or did something.
    ///
    /// # Errors
    /// When the database is away: what cannot be written down must not be done.
    pub async fn note(&self, action: &str, agent: &str, subject: &str, detail: &str) -> Result<(), DeskError> {
        let entry = NewAuditEntry { agent, action, subject, detail };
        Ok(self.store.audit(&entry, self.clock.now()).await?)
    }

    /// Returns entries of the audit log, newest first: all, or one agent's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn audit_log(&self, agent: Option<&str>, limit: u32, offset: u32) -> Result<Vec<AuditEntry>, DeskError> {
        Ok(self.store.audit_log(agent, limit, offset).await?)
    }
}

/// Makes a password that can be read out: 80 random bits in four groups.
#[must_use]
pub fn generate_password() -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bits = Uuid::new_v4().as_u128() ^ Uuid::new_v4().as_u128().rotate_left(64);
    let letter = |i: u32| char::from(LETTERS[usize::try_from((bits >> (5 * i)) & 31).unwrap_or(0)]);
    let group = |g: u32| (g * 4..g * 4 + 4).map(letter).collect::<String>();
    (0..4).map(group).collect::<Vec<_>>().join("-")
}

fn canonical(name: &str) -> String {
    name.trim().to_lowercase()
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || "-_.@".contains(c))
}

/// Returns 244 random bits as text.
fn random_token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

fn hash_token(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_hex().to_string()
}

async fn checked_hash(password: &str) -> Result<String, AccountError> {
    if !(SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&password.chars().count()) {
        return Err(AccountError::Password);
    }
    let password = password.to_owned();
    let hashed = on_a_thread(move || hash(&password)).await.flatten();
    hashed.ok_or(AccountError::Password)
}

fn hash(password: &str) -> Option<String> {
    // Argon2id with OWASP's parameters: 19 MiB, two passes.
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Tells whether a password has a hash; takes as long when it has not.
async fn verify(password: String, hash: String) -> bool {
    if password.chars().count() > LONGEST_PASSWORD {
        return false;
    }
    let verified = on_a_thread(move || {
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    verified.await.unwrap_or(false)
}

/// Runs slow work where it holds up no other request.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = HASHING.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for good in ["amy", "李雷", "amy.li@example.com"] {
            assert!(is_name(&canonical(good)), "{good}");
        }
        for bad in ["", "a b", "<b>", &"x".repeat(65)] {
            assert!(!is_name(&canonical(bad)), "{bad}");
        }
        assert_eq!(canonical(" Amy "), "amy");
    }

    #[test]
    fn a_generated_password_is_long_enough_and_never_the_same() {
        let password = generate_password();
        assert_eq!(password.len(), 19);
        assert_ne!(generate_password(), password);
    }
}
