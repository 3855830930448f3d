//! `zhida doctor`: whether a server could run here, and what to do where it could not.
//!
//! It changes nothing: no database is made or migrated, and the port is given back.

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;

use super::terminal::{Terminal, count};
use super::wait_for;
use crate::app;
use crate::base::Clock;
use crate::config::Settings;
use crate::content::Severity;
use crate::desk::publish::{self, OpenError};
use crate::store;

/// Less room than this on the data folder's disk is an error, in bytes: a busy day writes about as much.
const LEAST_ROOM: u64 = 100 * 1024 * 1024;
/// Less than this is worth a look.
const LITTLE_ROOM: u64 = 1024 * 1024 * 1024;
/// The clock is wrong that tells an earlier time: 2026-01-01, before this program was made.
const EARLIEST: i64 = 1_767_225_600;
/// Signed identities and webhooks are refused when clocks are further apart than this, in seconds.
const MOST_APART: i64 = 60;
/// How long whoever holds the port may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// As much is read of that, in bytes: what a server measures is smaller.
const MOST_READ: u64 = 256 * 1024;
/// As many findings of the content are printed.
const MOST_FINDINGS: usize = 10;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Ok,
    Warning,
    Error,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Grade::Ok => "ok",
            Grade::Warning => "warning",
            Grade::Error => "error",
        })
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    grade: Grade,
    about: &'static str,
    sentence: String,
}

fn finding(grade: Grade, about: &'static str, sentence: impl Into<String>) -> Finding {
    Finding { grade, about, sentence: sentence.into() }
}

pub(super) fn run(settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    wait_for(async {
        let mut findings = configuration(settings);
        findings.extend(content(settings));
        findings.extend(disk(&settings.data));
        findings.extend(database(settings).await);
        findings.extend(rejected(settings));
        findings.push(port(&settings.listen));
        findings.extend(files(settings));
        for Finding { grade, about, sentence } in &findings {
            terminal.line(format!("{grade:<8} {about}: {sentence}"))?;
        }
        let bad = findings.iter().any(|f| f.grade == Grade::Error);
        Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    })
}

/// What the settings say; those that cannot be read have been told already.
fn configuration(settings: &Settings) -> Vec<Finding> {
    let about = "configuration";
    let mut findings = Vec::new();
    if let Err(cause) = app::check_webhook(settings) {
        findings.push(finding(Grade::Error, about, format!("{cause:#}")));
    }
    if settings.limits.rates.is_none() {
        let sentence = "rate_limit is off: anybody can keep the server busy; set it to on unless this is a load test";
        findings.push(finding(Grade::Warning, about, sentence));
    }
    if settings.public_url.is_none() && !settings.limits.trusted_proxies.is_empty() {
        let sentence = "there are trusted_proxies and no public_url: the sitemap and shared links name what each request \
                        says; set public_url";
        findings.push(finding(Grade::Warning, about, sentence));
    }
    if findings.is_empty() {
        findings.push(finding(Grade::Ok, about, "every setting can be used"));
    }
    findings
}

fn content(settings: &Settings) -> Vec<Finding> {
    let about = "content";
    if !settings.content_named && !settings.content.exists() {
        let sentence = format!(
            "there is no folder {}, so that the sample is served; `zhida init` begins one",
            settings.content.display()
        );
        return vec![finding(Grade::Warning, about, sentence)];
    }
    match publish::read(&settings.content) {
        Ok(loaded) => {
            let articles = count(loaded.content.articles.len(), "article");
            let warnings = loaded.problems.len();
            vec![if warnings == 0 {
                finding(Grade::Ok, about, format!("{articles}, all in order"))
            } else {
                let sentence = format!("{articles}, {}; `zhida check` lists them", count(warnings, "warning"));
                finding(Grade::Warning, about, sentence)
            }]
        }
        Err(cause) => {
            let mut findings = vec![finding(Grade::Error, about, cause.to_string())];
            if let OpenError::Broken { problems, .. } = &cause {
                let errors = problems.iter().filter(|p| p.severity == Severity::Error);
                findings.extend(errors.take(MOST_FINDINGS).map(|p| finding(Grade::Error, about, p.to_string())));
            }
            findings
        }
    }
}

fn disk(data: &Path) -> Vec<Finding> {
    let about = "data folder";
    // The nearest folder that exists is where the data folder would be made.
    let existing = data.ancestors().map(|dir| if dir.as_os_str().is_empty() { Path::new(".") } else { dir });
    let Some(folder) = existing.into_iter().find(|dir| dir.is_dir()) else {
        return vec![finding(
            Grade::Error,
            about,
            format!("{} cannot be made; choose another with --data", data.display()),
        )];
    };
    let mut findings = Vec::new();
    let probe = folder.join(format!(".zhida-doctor-{}", std::process::id()));
    match fs::write(&probe, b"x").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => findings.push(finding(Grade::Ok, about, format!("{} can be written", data.display()))),
        Err(cause) => {
            let sentence = format!("{} cannot be written: {cause}; make it writable for this user", folder.display());
            findings.push(finding(Grade::Error, about, sentence));
        }
    }
    match fs4::available_space(folder) {
        Ok(free) => findings.push(room(free)),
        Err(cause) => {
            findings.push(finding(Grade::Warning, "disk", format!("nobody tells how much room there is: {cause}")));
        }
    }
    findings
}

/// Judges how many bytes are free on the data folder's disk.
fn room(free: u64) -> Finding {
    let grade = match free {
        ..LEAST_ROOM => Grade::Error,
        LEAST_ROOM..LITTLE_ROOM => Grade::Warning,
        _ => Grade::Ok,
    };
    let remedy = if grade == Grade::Ok { "" } else { "; make room, or keep less with retention_days" };
    finding(grade, "disk", format!("{} MB are free{remedy}", free / (1024 * 1024)))
}

async fn database(settings: &Settings) -> Vec<Finding> {
    let about = "database";
    let now = Clock::System.now();
    let examined = match store::examine(&app::store_settings(settings)).await {
        Ok(examined) => examined,
        Err(cause) => return vec![finding(Grade::Error, about, cause.to_string()), clock(now, None)],
    };
    let place = &examined.place;
    let found = if !examined.damage.is_empty() {
        let sentence = format!("{place} is damaged ({}); restore a backup with `zhida db restore`", examined.damage);
        finding(Grade::Error, about, sentence)
    } else if examined.migration > examined.newest {
        let sentence = format!("{place} is newer than this program; start the newer program, or restore a backup");
        finding(Grade::Error, about, sentence)
    } else if !examined.exists {
        finding(Grade::Ok, about, format!("{place} has no tables yet; the first start makes them"))
    } else if examined.migration < examined.newest {
        finding(Grade::Ok, about, format!("{place} is in order; the next start brings it up to date"))
    } else {
        finding(Grade::Ok, about, format!("{place} is in order"))
    };
    vec![found, clock(now, examined.clock)]
}

/// Turns that no database took.
fn rejected(settings: &Settings) -> Option<Finding> {
    let file = store::rejected(&app::store_settings(settings))?;
    let sentence =
        format!("turns were refused and are in {}; each line is one, look at them and remove the file", file.display());
    Some(finding(Grade::Warning, "journal", sentence))
}

fn clock(now: Timestamp, servers: Option<Timestamp>) -> Finding {
    let about = "clock";
    if now.as_second() < EARLIEST {
        return finding(Grade::Error, about, format!("it is not {now}; set the clock, best by NTP"));
    }
    let apart = servers.map(|server| (now.as_second() - server.as_second()).abs());
    match apart {
        Some(seconds) if seconds > MOST_APART => {
            let sentence = format!("the database's clock is {seconds} seconds from ours; set both by NTP");
            finding(Grade::Error, about, sentence)
        }
        Some(_) => finding(Grade::Ok, about, format!("it is {now:.0}, and so says the database")),
        None => finding(Grade::Ok, about, format!("it is {now:.0}")),
    }
}

fn port(listen: &str) -> Finding {
    let about = "port";
    match TcpListener::bind(listen) {
        Ok(_) => finding(Grade::Ok, about, format!("{listen} is free")),
        // Before an upgrade the old server runs still, and stops for the new one. Anything else keeps it from starting.
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse && is_ours(listen) => {
            let sentence = format!("{listen} is in use by a zhida that answers; stop it before another starts there");
            finding(Grade::Warning, about, sentence)
        }
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {
            let sentence = format!("{listen} is in use by another program; stop it, or choose another with --listen");
            finding(Grade::Error, about, sentence)
        }
        Err(cause) => {
            finding(Grade::Error, about, format!("{listen} cannot be had: {cause}; choose another with --listen"))
        }
    }
}

/// Tells whether a server of this program answers at an address.
fn is_ours(listen: &str) -> bool {
    let Some(address) = listen.to_socket_addrs().ok().and_then(|mut all| all.next()) else { return false };
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    measured(SocketAddr::new(ip, address.port())).is_ok_and(|text| text.contains("# HELP zhida_"))
}

/// Asks for what a server measures.
fn measured(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut text = Vec::new();
    stream.take(MOST_READ).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Whether the system lets the program have as many connections as the settings do.
fn files(settings: &Settings) -> Option<Finding> {
    // The server raises the limit of its own accord up to this.
    let (_, allowed) = rlimit::Resource::NOFILE.get().ok()?;
    let wanted = app::web_settings(settings).max_connections as u64 + app::OTHER_FILES;
    Some(if allowed < wanted {
        let sentence = format!(
            "the system allows {allowed} open files, and {wanted} may be needed; raise the limit (LimitNOFILE in a unit, \
             ulimit -Hn in a shell), or lower max_connections"
        );
        finding(Grade::Warning, "open files", sentence)
    } else {
        finding(Grade::Ok, "open files", format!("{wanted} may be needed and are allowed"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_worth_a_look_and_less_is_an_error() {
        let megabytes = |n: u64| room(n * 1024 * 1024);
        assert_eq!(megabytes(1024), finding(Grade::Ok, "disk", "1024 MB are free"));
        let little = megabytes(1023);
        assert_eq!((little.grade, little.sentence.contains("make room")), (Grade::Warning, true));
        assert_eq!((megabytes(100).grade, megabytes(99).grade), (Grade::Warning, Grade::Error));
    }

    #[test]
    fn a_clock_is_wrong_before_the_program_was_made_or_apart_from_the_database() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = at(EARLIEST);
        let early = clock(at(EARLIEST - 1), Some(at(EARLIEST - 1)));
        assert_eq!((early.grade, early.sentence.contains("set the clock")), (Grade::Error, true), "{early:?}");
        assert_eq!(clock(now, None).grade, Grade::Ok);
        for (apart, grade) in
            [(0, Grade::Ok), (60, Grade::Ok), (-60, Grade::Ok), (61, Grade::Error), (-61, Grade::Error)]
        {
            let judged = clock(now, Some(at(EARLIEST + apart)));
            assert_eq!(judged.grade, grade, "{judged:?}");
            assert_eq!(judged.sentence.contains("61 seconds from ours"), grade == Grade::Error, "{judged:?}");
        }
    }
}
