//! The time of day as a value that tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the time; the only place of the library that reads the machine's clock.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until a test moves it; seconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// Makes a clock that stands at `seconds` after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn fixed(seconds: i64) -> Self {
        Clock::Fixed(Arc::new(AtomicI64::new(seconds)))
    }

    /// Moves a fixed clock on by `seconds`; the machine's clock is left alone.
    pub fn advance(&self, seconds: i64) {
        if let Clock::Fixed(at) = self {
            at.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// Returns the present instant, to the second for a fixed clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the room that may read the clock")]
            Clock::System => Timestamp::now(),
            Clock::Fixed(at) => Timestamp::from_second(at.load(Ordering::SeqCst)).unwrap_or_default(),
        }
    }
}
