//! A server for a test: the real parts on a free port, over the fixture help centre.

pub(crate) mod disk;
pub(crate) mod identity;
pub(crate) mod nginx;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod provider;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use tokio::task::JoinHandle;
use zhida::app;
use zhida::base::Clock;
use zhida::desk::HelpCentre;
use zhida::desk::publish::Origin;
use zhida::kb::Snapshot;
use zhida::store::{self, Store};
use zhida::web;

/// Returns a path inside the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns the folder of the fixture help centre.
pub(crate) fn help() -> PathBuf {
    repository("tests/fixtures/help")
}

/// Runs Git in a folder, under a name of the test's own.
pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=李雷", "-c", "user.email=li@example.com", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Copies a folder with everything in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Tells whether a test that needs `what` may be skipped, after saying so; panics where nothing may be skipped.
pub(crate) fn skip(what: &str, remedy: &str) {
    #[expect(clippy::disallowed_methods, reason = "a test's own switch, which is no setting of the program")]
    let required = std::env::var("ZHIDA_TEST_REQUIRE").unwrap_or_default();
    assert!(required != "all", "{what} is missing and ZHIDA_TEST_REQUIRE=all forbids skipping; {remedy}");
    println!("\n==== SKIPPED: {what} is missing. {remedy} ====\n");
}

/// Makes a client. Redirects are for the test to see, and a proxy of the machine must not come between.
pub(crate) fn client() -> Client {
    // The libraries are built without a favourite; a second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
    client.expect("a client needs nothing of the machine")
}

/// A running server; it ends with the value.
#[derive(Debug)]
pub(crate) struct Server {
    address: String,
    client: Client,
    serving: JoinHandle<()>,
    /// What answers.
    pub(crate) desk: Arc<HelpCentre>,
    /// Where things are kept.
    pub(crate) store: Store,
    // The data folder goes last: the others write to it.
    _data: tempfile::TempDir,
}

/// The fixture's snapshot, built once: it is immutable, so that every server can stand on it.
pub(crate) fn snapshot() -> Arc<Snapshot> {
    static SNAPSHOT: OnceLock<Arc<Snapshot>> = OnceLock::new();
    let open = || app::open(&help(), Clock::System).expect("the fixture help centre is in order").desk.snapshot();
    Arc::clone(SNAPSHOT.get_or_init(open))
}

impl Server {
    /// Starts a server over the fixture help centre, with no conversation yet.
    pub(crate) async fn start() -> Self {
        Server::with(web::Settings::default(), Clock::System).await
    }

    /// Starts a server with settings and a clock of the test's own.
    pub(crate) async fn with(settings: web::Settings, clock: Clock) -> Self {
        Server::keeping(settings, clock, None).await
    }

    /// The same with a database server.
    pub(crate) async fn keeping(settings: web::Settings, clock: Clock, database_url: Option<String>) -> Self {
        Server::launch(snapshot(), settings, clock, database_url).await
    }

    /// Starts a server over content of the test's own.
    pub(crate) async fn over(snapshot: Arc<Snapshot>) -> Self {
        Server::launch(snapshot, web::Settings::default(), Clock::System, None).await
    }

    /// Starts a server over a content folder of the test's own, which it can read again. Nobody is kept from asking much.
    pub(crate) async fn publishing(folder: &Path) -> Self {
        let snapshot = app::open(folder, Clock::System).expect("the test's content is in order").desk.snapshot();
        let origin = Origin { folder: folder.to_owned(), ..Origin::default() };
        let settings = web::Settings { rates: None, ..web::Settings::default() };
        Server::start_over(snapshot, origin, settings, Clock::System, None).await
    }

    async fn launch(
        snapshot: Arc<Snapshot>,
        settings: web::Settings,
        clock: Clock,
        database_url: Option<String>,
    ) -> Self {
        Server::start_over(snapshot, Origin::default(), settings, clock, database_url).await
    }

    async fn start_over(
        snapshot: Arc<Snapshot>,
        origin: Origin,
        settings: web::Settings,
        clock: Clock,
        database_url: Option<String>,
    ) -> Self {
        let data = tempfile::tempdir().expect("a folder can be made");
        let store = store::Settings { data: data.path().to_owned(), url: database_url };
        let store = Store::open(&store).await.expect("the database opens");
        let desk = Arc::new(HelpCentre::new(snapshot, clock).keeping(store.clone()).read_from(origin));
        let server = app::Server::bind(Arc::clone(&desk), "127.0.0.1:0", settings).await.expect("some port is free");
        let address = server.url().trim_end_matches('/').to_owned();
        let serving = tokio::spawn(server.run(std::future::pending()));
        Server { address, client: client(), serving, desk, store, _data: data }
    }

    /// Returns the address of a path such as `/en/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Asks for a path. Redirects are not followed.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.get_with(path, &[]).await
    }

    /// Asks for a path with headers.
    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name: HeaderName = name.parse().expect("a test writes valid header names");
                (name, HeaderValue::from_str(value).expect("a test writes valid header values"))
            })
            .collect();
        self.client.get(self.url(path)).headers(headers).send().await.expect("the server answers")
    }

    /// Posts a value as JSON.
    pub(crate) async fn post_json(&self, path: &str, value: &impl serde::Serialize) -> Response {
        self.client.post(self.url(path)).json(value).send().await.expect("the server answers")
    }

    /// Starts a request of any other kind.
    pub(crate) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, self.url(path))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
