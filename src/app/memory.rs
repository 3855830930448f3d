//! Memory that is freed, and not yet the system's again.

#[cfg(unix)]
use tikv_jemalloc_ctl::{Access as _, AsName as _, arenas};

/// Gives the system what was freed so far, at once. The allocator does so by itself half a second later: it keeps freed
/// pages for whoever asks next, and after a start nobody asks for that much again.
pub fn give_back() {
    #[cfg(unix)]
    for arena in 0..arenas::narenas::read().unwrap_or_default() {
        let key = format!("arena.{arena}.dirty_decay_ms\0");
        let decay = key.name();
        // One that no thread has used says nothing.
        let Ok(usual): Result<isize, _> = decay.read() else { continue };
        let given = decay.write(0_isize).and_then(|()| decay.write(usual));
        if let Err(cause) = given {
            tracing::debug!(%cause, arena, "freed memory goes back to the system later");
        }
    }
}
