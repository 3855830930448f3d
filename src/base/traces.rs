//! The name under which spans are made that are for traces alone, and are no part of the log.

/// The target of every span that goes to a collector of traces. What its fields hold leaves the machine: names of routes,
/// statuses, kinds of replies, and nothing that a customer typed.
pub const TRACES: &str = "traces";
