//! The content folder under watch: changes are noted as the system tells of them, and published once they are whole.
//!
//! What is watched is the folder's inode. Deployments replace the folder itself (a symbolic link that is turned to the
//! next release, a fresh clone under the old name), so that every two seconds it is looked whether the name still leads
//! to what is watched.

use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use rustc_hash::FxHasher;

use crate::config::Watch;
use crate::desk::HelpCentre;
use crate::desk::publish::Changes;

/// How often it is looked whether the folder is still the one that is watched, and how often a folder is gone through
/// whose changes nobody tells.
const LOOK: Duration = Duration::from_secs(2);

/// Where Git keeps what is its own.
const GIT: &str = ".git";

/// The folder under watch.
pub(super) struct Watching {
    folder: PathBuf,
    changes: Arc<Changes>,
    place: Option<Place>,
    /// Watches for as long as it is there; none where the folder is gone through instead.
    watcher: Option<RecommendedWatcher>,
    /// What going through the folder found.
    found: Option<u64>,
}

/// What a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Place {
    fn of(folder: &Path) -> Option<Self> {
        let path = std::fs::canonicalize(folder).ok()?;
        let found = std::fs::metadata(&path).ok()?;
        #[cfg(unix)]
        let (device, inode) = {
            use std::os::unix::fs::MetadataExt as _;
            (found.dev(), found.ino())
        };
        #[cfg(not(unix))]
        let (device, inode) = (0, found.len());
        Some(Place { path, device, inode })
    }
}

/// Returns a number that is another one when a file below a folder was added, taken away or written. None is opened.
fn fingerprint(folder: &Path) -> u64 {
    fn walk(folder: &Path, hash: &mut FxHasher) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries.into_iter().filter(|entry| entry.file_name() != GIT) {
            let path = entry.path();
            path.hash(hash);
            let Ok(found) = std::fs::metadata(&path) else { continue };
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                walk(&path, hash);
            } else {
                (found.len(), found.modified().ok()).hash(hash);
            }
        }
    }
    let mut hash = FxHasher::default();
    walk(folder, &mut hash);
    hash.finish()
}

impl Watching {
    /// Begins to note the changes of a folder; none when the settings say that nobody is to watch.
    pub(super) fn begin(folder: &Path, how: Watch) -> Option<Self> {
        if how == Watch::Off {
            return None;
        }
        let mut watching = Watching {
            folder: folder.to_owned(),
            changes: Arc::default(),
            place: Place::of(folder),
            watcher: None,
            found: None,
        };
        if how == Watch::On {
            watching.start();
        }
        if watching.watcher.is_none() {
            // Between two rounds a folder looks as quiet as one that is at rest.
            watching.changes = Arc::new(Changes::that_rest_for(LOOK + LOOK / 4));
            watching.found = Some(fingerprint(folder));
        }
        Some(watching)
    }

    /// Returns what it notes.
    pub(super) fn changes(&self) -> Arc<Changes> {
        Arc::clone(&self.changes)
    }

    /// Publishes what changes, for as long as the program runs.
    pub(super) async fn follow(mut self, desk: Arc<HelpCentre>) {
        let changes = Arc::clone(&self.changes);
        let publish = async {
            loop {
                changes.settled().await;
                desk.reload().await;
            }
        };
        let look = async {
            loop {
                tokio::time::sleep(LOOK).await;
                self.look().await;
            }
        };
        tokio::join!(publish, look);
    }

    /// Looks whether the folder is still the one that is watched, and goes through one that is not.
    async fn look(&mut self) {
        let (folder, goes_through) = (self.folder.clone(), self.watcher.is_none());
        // A folder on a network may take long to tell.
        let looked = move || (Place::of(&folder), goes_through.then(|| fingerprint(&folder)));
        let Ok((place, found)) = tokio::task::spawn_blocking(looked).await else { return };
        let is_other = place.is_some() && place != self.place;
        if is_other {
            self.place = place;
            if !goes_through {
                self.start();
            }
        }
        if is_other || found != self.found {
            self.found = found;
            self.changes.note();
        }
    }

    /// Has the system tell of changes where the folder is now.
    fn start(&mut self) {
        self.watcher = None;
        let Some(place) = &self.place else { return };
        match watcher(&place.path, Arc::clone(&self.changes)) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(cause) => tracing::warn!(%cause, folder = %place.path.display(),
                "the system does not tell of changes of the content; it is gone through every two seconds instead. On \
                 Linux the cause is often fs.inotify.max_user_watches"),
        }
    }
}

fn watcher(folder: &Path, changes: Arc<Changes>) -> notify::Result<RecommendedWatcher> {
    let root = folder.to_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.map_or(true, |event| is_a_change(&event, &root)) {
            changes.note();
        }
    })?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// Tells whether an event may have changed the content: somebody who reads does not, nor what Git writes for itself.
fn is_a_change(event: &Event, root: &Path) -> bool {
    let of_git = |path: &PathBuf| {
        path.strip_prefix(root).is_ok_and(|within| within.components().any(|part| part.as_os_str() == GIT))
    };
    match event.kind {
        EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => false,
        _ => event.paths.is_empty() || !event.paths.iter().all(of_git),
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, ModifyKind};

    use super::*;

    #[test]
    fn reading_is_no_change_and_neither_is_what_git_writes_for_itself() {
        let root = Path::new("/srv/help");
        let event = |kind, path: &str| is_a_change(&Event::new(kind).add_path(root.join(path)), root);
        assert!(event(EventKind::Create(CreateKind::File), "en/a/one.md"));
        assert!(event(EventKind::Access(AccessKind::Close(AccessMode::Write)), "site.toml"));
        assert!(!event(EventKind::Access(AccessKind::Open(AccessMode::Read)), "site.toml"));
        assert!(!event(EventKind::Modify(ModifyKind::Any), ".git/index"));
        assert!(is_a_change(&Event::new(EventKind::Other), root), "some were lost");
    }

    #[test]
    fn a_written_file_changes_the_fingerprint() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("en/a/one.md");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let mut seen = vec![fingerprint(dir.path())];
        for text in ["one", "other"] {
            std::fs::write(&file, text).unwrap();
            seen.push(fingerprint(dir.path()));
        }
        std::fs::rename(&file, dir.path().join("en/a/two.md")).unwrap();
        seen.push(fingerprint(dir.path()));
        assert_eq!(*seen.last().unwrap(), fingerprint(dir.path()));
        seen.dedup();
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn a_folder_of_the_same_name_is_another_place() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two, current) = (dir.path().join("1"), dir.path().join("2"), dir.path().join("current"));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&two).unwrap();
        std::fs::rename(&one, &current).unwrap();
        let first = Place::of(&current).unwrap();
        assert_eq!(Place::of(&current), Some(first.clone()));
        std::fs::rename(&current, &one).unwrap();
        assert_eq!(Place::of(&current), None);
        std::fs::rename(&two, &current).unwrap();
        assert_ne!(Place::of(&current), Some(first));
    }
}
