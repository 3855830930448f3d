//! `zhida serve`: the server, until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::terminal::{Terminal, count};
use crate::app::{self, Opened, Server, Supervisor};
use crate::base::Clock;
use crate::config::Settings;
use crate::kb::Snapshot;
use crate::web;

pub(super) fn run(settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let ended = runtime.block_on(serve(settings, terminal));
    // Work that was cut off must not keep the process alive.
    runtime.shutdown_background();
    ended.map(|()| ExitCode::SUCCESS)
}

async fn serve(settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<()> {
    let supervisor = Arc::new(Supervisor::at(settings.notify_socket.as_deref()));
    let Opened { desk, warnings, mut background } = app::open_keeping(settings, Clock::System).await?;
    background.spawn(app::reload_on_hangup(Arc::clone(&desk), Arc::clone(&supervisor)));
    let snapshot = desk.snapshot();
    tracing::info!(content = %settings.content.display(), version = snapshot.version(), warnings = warnings.len(),
        "the content is read; `zhida check` lists the warnings");
    let outside = web::Settings { oidc: app::identity_provider(settings)?, ..app::web_settings(settings) };
    let server = Server::bind(desk, &settings.listen, outside).await?.with_background(background);
    let stop_signal = app::stop_signal();
    let ready = ready_line(&snapshot, &server.url());
    drop(snapshot);
    app::give_back();
    // A supervisor that reads the line and closes the pipe still wants the server.
    let _ = terminal.line(&ready).and_then(|()| terminal.flush());
    // Connections wait at the port from here on.
    supervisor.ready(ready.trim_start_matches("zhida: "));
    let stop = async {
        stop_signal.await;
        supervisor.stopping();
    };
    server.run(stop).await;
    Ok(())
}

/// Returns the line that tells people and scripts that requests will be answered, and where.
fn ready_line(snapshot: &Snapshot, url: &str) -> String {
    let site = snapshot.site();
    let name = site.name.get(&site.default_locale, &site.default_locale).unwrap_or("a help centre");
    let mut ids: Vec<_> = snapshot.articles().iter().map(|a| &a.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let (articles, locales) = (count(ids.len(), "article"), count(site.locales.len(), "locale"));
    format!("zhida: serving {name} ({articles}, {locales}) at {url}")
}
