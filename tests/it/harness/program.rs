//! The real program as a child process: its arguments, what it prints, how it ends.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// Returns standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e} in {self:#?}"))
    }
}

/// Makes a command that no variable of the machine and no zhida.toml reaches, in an empty folder.
fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhida"));
    command.args(arguments).current_dir(dir).env_clear().stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn zhida(arguments: &[&str]) -> Run {
    let dir = TempDir::new().unwrap();
    zhida_in(dir.path(), &[], arguments)
}

/// Runs the program to its end with something on its standard input.
pub(crate) fn zhida_typed(arguments: &[&str], typed: &str) -> Run {
    let dir = TempDir::new().unwrap();
    let mut command = command(dir.path(), arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // What is typed fits the pipe, and is there before anybody reads.
    child.stdin.take().expect("standard input is a pipe").write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program to its end in a folder, with variables.
pub(crate) fn zhida_in(dir: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let output = command(dir, arguments).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program to its end in a folder, where it may take so many kilobytes of addresses and no more.
pub(crate) fn zhida_within(kilobytes: u64, dir: &Path, arguments: &[&str]) -> Run {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -v {kilobytes} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_zhida")]);
    let output = shell.args(arguments).current_dir(dir).env_clear().stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A running `zhida serve`; it is killed with the value.
#[derive(Debug)]
pub(crate) struct Serving {
    child: Child,
    /// The working folder, and with it the data folder.
    dir: Option<TempDir>,
    out: BufReader<ChildStdout>,
    /// The first line that it printed.
    pub(crate) ready: String,
}

impl Serving {
    /// Starts the program and waits for its first line.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        let mut serving = Serving::start_in(dir.path(), arguments);
        serving.dir = Some(dir);
        serving
    }

    /// The same in a folder of the test's own.
    pub(crate) fn start_in(dir: &Path, arguments: &[&str]) -> Self {
        Serving::start_with(dir, &[], arguments)
    }

    /// The same with variables.
    pub(crate) fn start_with(dir: &Path, variables: &[(&str, &OsStr)], arguments: &[&str]) -> Self {
        Serving::begin(dir, variables, arguments, Stdio::null())
    }

    /// The same with a file that the log goes to.
    pub(crate) fn start_logging(dir: &Path, arguments: &[&str], log: &Path) -> Self {
        Serving::begin(dir, &[], arguments, std::fs::File::create(log).unwrap().into())
    }

    fn begin(dir: &Path, variables: &[(&str, &OsStr)], arguments: &[&str], log: Stdio) -> Self {
        let mut command = command(dir, arguments);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut ready = String::new();
        out.read_line(&mut ready).expect("the program prints");
        Serving { child, dir: None, out, ready }
    }

    /// Returns the address at the end of the ready line.
    pub(crate) fn url(&self) -> &str {
        self.ready.trim_end().rsplit(' ').next().unwrap_or_default()
    }

    /// Sends a signal by its name, such as `HUP`.
    pub(crate) fn signal(&self, name: &str) {
        // The shell's own kill is there on the barest machine.
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Sends SIGTERM, and returns when the port is closed: what is under way is brought to its end from then on.
    pub(crate) fn begin_to_stop(&self) {
        self.signal("TERM");
        let address = self.url().trim_start_matches("http://").trim_end_matches('/');
        while TcpStream::connect(address).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Sends SIGTERM; returns how it ended and what else it printed.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (status, rest)
    }

    /// Sends SIGKILL, which no process can prepare for.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only when the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
