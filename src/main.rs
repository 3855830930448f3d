//! The program: hands over to the command line.

use std::process::ExitCode;

// A turn makes and frees a thousand small things, and training and a reload large ones. Measured beside glibc's: a fifth
// more turns and searches a second, and what training needed goes back to the system within seconds.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    zhida::cli::run()
}
