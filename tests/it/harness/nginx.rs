//! nginx as it is shipped in `deploy/nginx.conf`, in front of servers of a test's own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{repository, skip};

/// A running nginx; it ends with the value.
#[derive(Debug)]
pub(crate) struct Nginx {
    child: Child,
    port: u16,
    // Goes last: nginx writes to it.
    _dir: TempDir,
}

impl Nginx {
    /// Starts nginx in front of servers, given by `host:port`; none where it is missing, after saying so.
    pub(crate) fn before(servers: &[String]) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]
            .into_iter()
            .find(|p| std::path::Path::new(p).exists());
        let Some(program) = program else {
            skip("nginx", "get it with `apt-get install nginx-light`");
            return None;
        };
        let dir = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let shipped = std::fs::read_to_string(repository("deploy/nginx.conf")).unwrap();
        let mut site = shipped.replace("listen 80;", &format!("listen 127.0.0.1:{port};"));
        for (n, server) in servers.iter().enumerate() {
            let example = format!("127.0.0.1:{}", 8081 + n);
            assert!(site.contains(&example), "the example has a server {example}");
            site = site.replace(&example, server);
        }
        let root = dir.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {root}/{kind};\n"))
            .concat();
        // One process, so that nothing is left when it is killed.
        let config = format!(
            "daemon off;\nmaster_process off;\npid {root}/pid;\nerror_log {root}/error.log;\n\
             events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
        );
        let file = dir.path().join("nginx.conf");
        std::fs::write(&file, config).unwrap();
        let child = Command::new(program)
            .arg("-p")
            .arg(dir.path())
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let mut nginx = Nginx { child, port, _dir: dir };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = nginx.child.try_wait().unwrap();
            assert!(ended.is_none(), "nginx does not run: {ended:?}");
            std::thread::yield_now();
        }
        Some(nginx)
    }

    /// Returns its address, with a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
