//! Tells whoever supervises the process how it fares: systemd, for a unit of `Type=notify`, or anything else that names a
//! socket in `NOTIFY_SOCKET`. Each message is one datagram of `NAME=value` lines, as sd_notify(3) describes it.

use std::ffi::OsStr;

/// The supervisor, if there is one.
#[derive(Debug, Default)]
pub struct Supervisor {
    #[cfg(unix)]
    line: Option<line::Line>,
}

impl Supervisor {
    /// Finds the supervisor at a socket: a path, or on Linux `@` and an abstract name. One that cannot be reached is told
    /// nothing.
    #[must_use]
    pub fn at(socket: Option<&OsStr>) -> Self {
        #[cfg(unix)]
        {
            let open = |name| {
                line::Line::to(name)
                    .inspect_err(|cause| tracing::warn!(%cause, "the socket in NOTIFY_SOCKET cannot be used"))
                    .ok()
            };
            Supervisor { line: socket.and_then(open) }
        }
        #[cfg(not(unix))]
        {
            let _ = socket;
            Supervisor::default()
        }
    }

    /// Tells that requests are answered, and in a few words what is served.
    pub fn ready(&self, status: &str) {
        self.tell("READY=1", status);
    }

    /// Tells that the content is read again, until [ready](Supervisor::ready) is told anew. Requests are answered meanwhile.
    pub fn reloading(&self) {
        self.tell("RELOADING=1", "reading the content");
    }

    /// Tells that the server ends on purpose.
    pub fn stopping(&self) {
        self.tell("STOPPING=1", "requests under way are finished");
    }

    fn tell(&self, state: &str, status: &str) {
        // A line ends the value.
        let message = format!("{state}\nSTATUS={}\n", status.replace('\n', " "));
        #[cfg(unix)]
        if let Some(Err(cause)) = self.line.as_ref().map(|line| line.send(&message)) {
            tracing::warn!(%cause, state, "the supervisor could not be told");
        }
        #[cfg(not(unix))]
        let _ = message;
    }
}

#[cfg(unix)]
mod line {
    use std::ffi::OsStr;
    use std::io;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    use std::time::Duration;

    /// A supervisor that does not read must not keep the server from its work.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// A socket of ours, and the supervisor's address.
    #[derive(Debug)]
    pub(super) struct Line {
        own: UnixDatagram,
        supervisor: SocketAddr,
    }

    impl Line {
        pub(super) fn to(name: &OsStr) -> io::Result<Self> {
            let own = UnixDatagram::unbound()?;
            own.set_write_timeout(Some(PATIENCE))?;
            let supervisor = match name.as_bytes() {
                [b'@', name @ ..] => of_abstract(name)?,
                _ => SocketAddr::from_pathname(name)?,
            };
            Ok(Line { own, supervisor })
        }

        pub(super) fn send(&self, message: &str) -> io::Result<()> {
            self.own.send_to_addr(message.as_bytes(), &self.supervisor).map(drop)
        }
    }

    #[cfg(target_os = "linux")]
    fn of_abstract(name: &[u8]) -> io::Result<SocketAddr> {
        <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name)
    }

    #[cfg(not(target_os = "linux"))]
    fn of_abstract(_: &[u8]) -> io::Result<SocketAddr> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use super::*;

    fn heard(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).expect("there is a message");
        String::from_utf8(bytes[..length].to_vec()).expect("it is text")
    }

    #[test]
    fn is_told_by_a_path_and_by_an_abstract_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let name = format!("zhida-test-{}", std::process::id());
        let by_path = UnixDatagram::bind(&path).unwrap();
        let by_name = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        for (socket, place) in [(by_path, path.into_os_string()), (by_name, format!("@{name}").into())] {
            let supervisor = Supervisor::at(Some(&place));
            supervisor.ready("two\nlines");
            assert_eq!(heard(&socket), "READY=1\nSTATUS=two lines\n");
            supervisor.reloading();
            assert!(heard(&socket).starts_with("RELOADING=1\n"));
            supervisor.stopping();
            assert!(heard(&socket).starts_with("STOPPING=1\n"));
        }
    }

    #[test]
    fn nobody_and_somebody_who_is_gone_do_no_harm() {
        Supervisor::at(None).ready("here");
        Supervisor::at(Some(OsStr::new("/nowhere/at/all"))).ready("here");
    }
}
