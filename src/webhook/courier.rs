//! The courier: takes what is due from the outbox, sends it, and records how it went.

use std::pin::pin;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use uuid::Uuid;

use crate::base::Clock;
use crate::store::{Delivery, Failed, Store, StoreError};
use crate::webhook::payload::Payload;
use crate::webhook::{Secret, Template};

/// How many messages are under way at once.
const AT_ONCE: u32 = 8;
/// The wait after the first failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// After so many attempts, which take about two days, a message is a dead letter.
const MOST_ATTEMPTS: u32 = 60;
/// How often the outbox is looked at.
const PAUSE: Duration = Duration::from_secs(1);

/// Where messages go, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The receiver's address.
    pub url: String,
    /// The secret that signs; unsigned without one.
    pub secret: Option<Secret>,
    /// The receiver's own form of a message, where it has one.
    pub template: Option<Template>,
    /// The `Authorization` header, where the receiver wants one.
    pub authorization: Option<String>,
    /// How long the receiver may take to answer. A claim lasts twice as long, so that no other replica sends meanwhile.
    pub timeout: Duration,
}

impl Settings {
    /// Returns how long a claim lasts.
    fn lease(&self) -> Duration {
        self.timeout * 2
    }

    /// Returns how long after the claim a message may be sent: the receiver's time after that, and some in which its
    /// answer can be written down, are within the claim.
    fn latest_start(&self) -> Duration {
        self.timeout / 2
    }
}

/// How an attempt went.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Arrived,
    /// To be tried again, not before the wait that the receiver asked for.
    Later(String, Option<Duration>),
    /// The receiver wants no more of it.
    Never(String),
}

/// Delivers what the outbox holds.
#[derive(Debug, Clone)]
pub struct Courier {
    store: Store,
    clock: Clock,
    client: Client,
    settings: Settings,
}

impl Courier {
    /// Makes a courier.
    ///
    /// # Errors
    /// When the machine has no certificates to check others by.
    pub fn new(store: Store, clock: Clock, settings: Settings) -> Result<Self, reqwest::Error> {
        // The libraries are built without a favourite; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(settings.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("zhida/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Courier { store, clock, client, settings })
    }

    /// Delivers until `stop` comes about. What is under way then is brought to its end: a message whose answer nobody
    /// waits for would be sent again.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let pause = match self.deliver_due().await {
                // There may be more.
                Ok(n) if n >= AT_ONCE as usize => Duration::ZERO,
                Ok(_) => PAUSE,
                // The store says so itself.
                Err(cause) if cause.is_passing() => PAUSE,
                Err(cause) => {
                    tracing::error!(%cause, "the outbox cannot be read");
                    PAUSE
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Sends what is due now, a few at once; returns how many attempts were made.
    ///
    /// # Errors
    /// When the database is away or refuses, after all attempts were brought to their end. What was sent and could not be
    /// recorded until the claim ran out is sent again under the same id.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let claimed = Instant::now();
        let lease = i64::try_from(self.settings.lease().as_millis()).unwrap_or(i64::MAX);
        let due = self.store.claim_deliveries(AT_ONCE, self.clock.now(), lease).await?;
        let attempts = due.len();
        let mut under_way = tokio::task::JoinSet::new();
        for delivery in due {
            let courier = self.clone();
            under_way.spawn(async move { courier.deliver(&delivery, claimed).await });
        }
        let mut done = Ok(attempts);
        while let Some(ended) = under_way.join_next().await {
            // The others go on: one that is cut off after it was sent would be sent again.
            if let Err(cause) = ended.unwrap_or_else(|panic| Err(StoreError::Damaged(panic.to_string()))) {
                done = Err(cause);
            }
        }
        done
    }

    async fn deliver(&self, delivery: &Delivery, claimed: Instant) -> Result<(), StoreError> {
        let outcome = self.attempt(delivery, claimed).await?;
        let now = self.clock.now();
        let result = match &outcome {
            Outcome::Arrived => "delivered",
            Outcome::Later(..) if delivery.attempts < MOST_ATTEMPTS => "failed",
            Outcome::Later(..) | Outcome::Never(_) => "dead",
        };
        metrics::counter!("zhida_webhook_attempts_total", "result" => result).increment(1);
        match outcome {
            Outcome::Arrived => self.note_arrival(&delivery.id, claimed).await,
            Outcome::Later(error, asked) if delivery.attempts < MOST_ATTEMPTS => {
                let wait = wait_after(delivery.attempts, jitter()).max(asked.unwrap_or_default());
                tracing::warn!(id = delivery.id, attempt = delivery.attempts, error, "a webhook was not delivered");
                let again_at = now.checked_add(SignedDuration::try_from(wait).unwrap_or_default()).ok();
                self.store.not_delivered(&delivery.id, &Failed { error: &error, again_at }).await
            }
            Outcome::Later(error, _) | Outcome::Never(error) => {
                tracing::error!(id = delivery.id, error, "a webhook is given up; the console can send it again");
                self.store.not_delivered(&delivery.id, &Failed { error: &error, again_at: None }).await
            }
        }
    }

    /// Writes down that a message arrived. While the database is away it is tried for as long as the claim lasts: after
    /// that the message is sent again.
    async fn note_arrival(&self, id: &str, claimed: Instant) -> Result<(), StoreError> {
        loop {
            match self.store.delivered(id, self.clock.now()).await {
                Err(cause) if cause.is_passing() && claimed.elapsed() < self.settings.lease() => {
                    tokio::time::sleep(self.settings.timeout.min(PAUSE) / 10).await;
                }
                done => return done,
            }
        }
    }

    async fn attempt(&self, delivery: &Delivery, claimed: Instant) -> Result<Outcome, StoreError> {
        let Some(ticket) = self.store.ticket(&delivery.ticket_id).await? else {
            return Ok(Outcome::Never("the ticket is gone".to_owned()));
        };
        let conversation = match ticket.conversation_id.as_deref().and_then(|id| Uuid::try_parse(id).ok()) {
            Some(id) => self.store.conversation(id).await?,
            None => None,
        };
        let payload = Payload::new(&delivery.event, delivery.created_at, &ticket, conversation.as_ref());
        let body = match &self.settings.template {
            Some(template) => template.render(&delivery.id, &payload),
            None => serde_json::to_string(&payload)?,
        };
        let timestamp = self.clock.now().as_second();
        let mut request = self
            .client
            .post(&self.settings.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &delivery.id)
            .header("webhook-timestamp", timestamp);
        if let Some(secret) = &self.settings.secret {
            request = request.header("webhook-signature", secret.sign(&delivery.id, timestamp, &body));
        }
        if let Some(authorization) = self.settings.authorization.as_deref().and_then(|a| HeaderValue::from_str(a).ok())
        {
            request = request.header(AUTHORIZATION, authorization);
        }
        if claimed.elapsed() > self.settings.latest_start() {
            // The database was slow. Sent now, it might be under way still when another replica may claim it.
            return Err(StoreError::Away("a message was read too late to be sent".to_owned()));
        }
        Ok(match request.body(body).send().await {
            Ok(response) if response.status().is_success() => Outcome::Arrived,
            Ok(response) if response.status() == StatusCode::GONE => Outcome::Never("status 410".to_owned()),
            Ok(response) => {
                let asked = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
                let asked = asked.map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
                Outcome::Later(format!("status {}", response.status().as_u16()), asked)
            }
            // The address may hold a password.
            Err(cause) => Outcome::Later(cause.without_url().to_string(), None),
        })
    }
}

/// Returns how long to wait after so many attempts; `jitter` from 0 to 1 moves it by a fifth either way, so that messages
/// that failed together do not come back together.
fn wait_after(attempts: u32, jitter: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    doubled.min(LONGEST_WAIT).mul_f64(0.8 + 0.4 * jitter)
}

/// Returns a random number from 0 to 1.
fn jitter() -> f64 {
    f64::from(u16::from_le_bytes([Uuid::new_v4().as_bytes()[0], Uuid::new_v4().as_bytes()[1]])) / f64::from(u16::MAX)
}

/// Tells whether a text may be a receiver's address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_and_never_longer_than_an_hour() {
        let waits: Vec<u64> = (1..=12).map(|n| wait_after(n, 0.5).as_secs()).collect();
        assert_eq!(&waits[..4], [5, 10, 20, 40]);
        assert_eq!(waits[11], 3600);
        assert_eq!((wait_after(1, 0.0), wait_after(1, 1.0)), (Duration::from_secs(4), Duration::from_secs(6)));
        let days: u64 = (1..MOST_ATTEMPTS).map(|n| wait_after(n, 0.5).as_secs()).sum::<u64>() / 3600;
        assert!((44..60).contains(&days), "{days} hours");
    }
}
