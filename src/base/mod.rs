//! The small types that every room speaks in: ids, locales, safe HTML, the clock.
//!
//! May call: nothing of ours. Must not know: files, the network, articles.

pub mod clock;
pub mod html;
pub mod id;
pub mod jwt;
pub mod locale;
pub mod localized;
pub mod lock;
pub mod nearest;
pub mod traces;
pub mod viewer;

pub use clock::Clock;
pub use html::SafeHtml;
pub use id::ArticleId;
pub use locale::Locale;
pub use localized::Localized;
pub use lock::lock;
pub use nearest::nearest;
pub use traces::TRACES;
pub use viewer::Viewer;
