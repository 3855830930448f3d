//! A private PostgreSQL cluster for a test run: made in a temporary folder, gone with the test program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{Connection as _, Executor as _, PgConnection};

use super::skip;

/// Makes the cluster, then starts and stops it as it is told, and removes it when its input ends: the shell outlives even
/// a test program that is killed.
const SCRIPT: &str = r#"
set -e
bin="$1"; port="$2"
dir=$(mktemp -d)
"$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
start() {
    "$bin/postgres" -D "$dir/data" -p "$port" -k "$dir" -c listen_addresses=127.0.0.1 -c fsync=off \
        -c max_connections=200 >"$dir/log" 2>&1 </dev/null &
    pid=$!
    until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do sleep 0.1; done
    echo started
}
stop() { kill -QUIT "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; }
start
while read -r order; do
    case "$order" in
        stop) stop; echo stopped ;;
        start) start ;;
    esac
done
stop
rm -rf "$dir"
"#;

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    port: u16,
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<std::process::ChildStdout>,
}

/// Returns the newest PostgreSQL of this machine, where there is one.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    versions.sort();
    if let Some((_, bin)) = versions.pop() {
        return Some(bin);
    }
    let found = Command::new("sh").args(["-c", "command -v initdb"]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(found.stdout).ok()?.trim());
    let bin = path.parent()?.to_owned();
    bin.join("postgres").exists().then_some(bin)
}

impl Cluster {
    /// Starts a cluster of the test's own; none where PostgreSQL is missing, after saying so.
    pub(crate) fn start() -> Option<Self> {
        let Some(bin) = programs() else {
            skip("PostgreSQL", "get it with `apt-get install postgresql`");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
        // PostgreSQL refuses to run as root; Debian's package has made a user for it.
        let mut command = if root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        let mut shell = command
            .args(["-c", SCRIPT, "sh", &bin.display().to_string(), &port.to_string()])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let (orders, answers) = (shell.stdin.take(), BufReader::new(shell.stdout.take().unwrap()));
        let mut cluster = Cluster { port, shell, orders, answers };
        cluster.hear("started");
        Some(cluster)
    }

    fn hear(&mut self, expected: &str) {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), expected, "PostgreSQL does not do as it is told");
    }

    /// Stops the server as a crash would.
    pub(crate) fn stop(&mut self) {
        writeln!(self.orders.as_mut().unwrap(), "stop").unwrap();
        self.hear("stopped");
    }

    /// Starts the server again.
    pub(crate) fn restart(&mut self) {
        writeln!(self.orders.as_mut().unwrap(), "start").unwrap();
        self.hear("started");
    }

    /// Makes an empty database and returns its address.
    pub(crate) async fn database(&self) -> String {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("zhida_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&self.url("postgres")).await.unwrap();
        admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        self.url(&name)
    }

    fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The shell cleans up when its input ends.
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}

/// Makes an empty database in the cluster that the tests share; none where PostgreSQL is missing, after saying so.
pub(crate) async fn database() -> Option<String> {
    static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
    let shared = tokio::task::spawn_blocking(|| SHARED.get_or_init(Cluster::start)).await.unwrap();
    match shared {
        Some(cluster) => Some(cluster.database().await),
        None => None,
    }
}
