//! Who is looking: the one value that decides whether internal articles exist.

/// Decides which articles a request may see.
///
/// Every look-up that could return an article takes one, so that no caller can forget the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Viewer {
    /// A customer, or anybody who is not signed in: sees `audience: public` alone.
    #[default]
    Public,
    /// A signed-in support agent: sees internal articles too.
    Agent,
}
