//! What the web makes once of a snapshot: the site's look, and the documents that are the same for every reader.
//!
//! A new snapshot begins a new edition, so that nothing kept can outlive the content it was made of.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, Uri, header};

use crate::kb::Snapshot;
use crate::web::assets::Asset;
use crate::web::document::Document;
use crate::web::kept_search::KeptSearches;
use crate::web::kept_turn::KeptTurns;
use crate::web::reader::origin_of;
use crate::web::state::AppState;
use crate::web::style::Style;

/// The most bytes of documents that are kept, uncompressed. The shipped help centre needs two megabytes; a site of
/// 100,000 articles keeps those that are read.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A snapshot as the web shows it.
#[derive(Debug)]
pub(crate) struct Edition {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) style: Style,
    /// The site's mark: its logo, or the design's own in the site's colour.
    pub(crate) icon: Asset,
    /// The style sheet as a file, for the console, whose pages are many and whose readers stay.
    pub(crate) sheet: Asset,
    kept: RwLock<Kept>,
    /// The answers of the search API.
    pub(crate) searches: KeptSearches,
    /// The answers of the chat API to first messages.
    pub(crate) turns: KeptTurns,
}

/// A document that was made before.
#[derive(Debug, Clone)]
pub(crate) struct KeptDocument {
    pub(crate) document: Arc<Document>,
    /// The route that it was made at, for the log and the figures.
    route: Option<MatchedPath>,
}

impl KeptDocument {
    /// Returns the route that it was made at.
    pub(crate) fn route(&self) -> Option<&str> {
        self.route.as_ref().map(MatchedPath::as_str)
    }
}

/// Under which name the answer to a request may be kept, and the route that made it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    name: String,
    route: Option<MatchedPath>,
}

#[derive(Debug, Default)]
struct Kept {
    documents: HashMap<String, KeptDocument>,
    bytes: usize,
}

impl Edition {
    fn new(snapshot: Arc<Snapshot>) -> Self {
        let style = Style::of_site(snapshot.site());
        let icon = match &snapshot.site().logo {
            Some(logo) => {
                let extension = if logo.media_type == "image/png" { "png" } else { "svg" };
                Asset::new("logo", extension, logo.media_type, logo.bytes.clone())
            }
            None => Asset::new("icon", "svg", "image/svg+xml", style.mark().into_bytes()),
        };
        let sheet = Asset::new("site", "css", "text/css; charset=utf-8", style.css().to_string());
        let (kept, searches, turns) = (RwLock::default(), KeptSearches::default(), KeptTurns::default());
        Edition { style, icon, sheet, snapshot, kept, searches, turns }
    }

    /// Returns a document that was made before.
    fn kept(&self, name: &str) -> Option<KeptDocument> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).documents.get(name).cloned()
    }

    /// Keeps a document. When there is no room all others go: a walk through a large site would otherwise fill the
    /// memory, and keeping count of the least read costs every reader more than making a page anew costs one.
    pub(crate) fn keep(&self, place: Place, document: Arc<Document>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        // Its compressed forms take about half as much again.
        let bytes = document.len() * 3 / 2 + place.name.len();
        if kept.bytes + bytes > MOST_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += bytes;
        kept.documents.insert(place.name, KeptDocument { document, route: place.route });
    }
}

/// Holds the edition of the current snapshot.
#[derive(Debug, Default)]
pub(crate) struct Press {
    current: RwLock<Option<Arc<Edition>>>,
}

impl Press {
    /// Returns the edition of a snapshot.
    pub(crate) fn edition(&self, snapshot: Arc<Snapshot>) -> Arc<Edition> {
        let is_of = |edition: &&Arc<Edition>| Arc::ptr_eq(&edition.snapshot, &snapshot);
        if let Some(edition) = self.current.read().unwrap_or_else(PoisonError::into_inner).as_ref().filter(is_of) {
            return Arc::clone(edition);
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(edition) = current.as_ref().filter(is_of) {
            return Arc::clone(edition);
        }
        let edition = Arc::new(Edition::new(snapshot));
        *current = Some(Arc::clone(&edition));
        edition
    }
}

/// Returns where the answer to a request may be kept. One to an address with a query is not: anybody can make up as many of
/// them as they like.
pub(crate) fn place(origin: &str, uri: &Uri, route: Option<&MatchedPath>) -> Option<Place> {
    Some(Place { name: name(origin, uri)?, route: route.cloned() })
}

fn name(origin: &str, uri: &Uri) -> Option<String> {
    uri.query().is_none().then(|| format!("{origin}{}", uri.path()))
}

/// Returns what is kept for a request.
pub(crate) fn kept(state: &AppState, request: &Request) -> Option<KeptDocument> {
    if request.method() != Method::GET {
        return None;
    }
    // Whoever comes from the results tells which of them was opened; the page's handler notes it.
    let from_results = request.headers().get(header::REFERER).is_some_and(|v| {
        v.to_str().is_ok_and(|from| from.split('?').next().is_some_and(|path| path.ends_with("/search")))
    });
    if from_results {
        return None;
    }
    let name = name(&origin_of(&state.settings, request.headers()), request.uri())?;
    state.edition().kept(&name)
}
