//! OpenID Connect: asks the identity provider of a company who somebody is.
//!
//! The authorization code flow with state, nonce and PKCE (OpenID Connect Core 1.0, RFC 7636), and nothing else of the
//! standard. `provider.rs` holds the two halves of a sign-in, `id_token.rs` decides what of the provider's answer is
//! believed, `key.rs` checks signatures.
//!
//! May call: base. Must not know: agents, sessions, HTTP from the browser's side. What a person may do is for others to
//! say; this room says who they are, or that nobody knows.

mod id_token;
mod key;
mod provider;

pub use id_token::Untrusted;
pub use provider::{Attempt, Begun, OidcError, Provider, Settings};
