//! The folders that are in the program: a whole sample, and a small beginning of one's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

/// The content of GOpay, a digital wallet: what the program serves where there is nothing else.
static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/content");

/// Settings and a few articles in two languages, to be replaced by one's own.
static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/starter");

/// Says why a folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is something already.
    #[error("{} is not empty; name a new folder", .0.display())]
    Occupied(PathBuf),
    /// The disk says no.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Writes the sample below a folder, unless it is there, and returns the folder that it is in. Its name changes with the
/// sample, so that a newer program does not serve an older one's.
///
/// # Errors
/// When it cannot be written.
pub fn write_sample(below: &Path) -> Result<PathBuf, WriteError> {
    let mut hasher = blake3::Hasher::new();
    hash(&SAMPLE, &mut hasher);
    let folder = below.join(format!("sample-{}", &hasher.finalize().to_hex()[..16]));
    if folder.is_dir() {
        return Ok(folder);
    }
    // A folder of the right name is whole; of two that write at once one comes first, and the other finds it there.
    let unfinished = below.join(format!("sample-{}.unfinished", std::process::id()));
    write(&SAMPLE, &unfinished)?;
    match fs::rename(&unfinished, &folder) {
        Err(_) if folder.is_dir() => {
            // What is left over harms nobody.
            let _ = fs::remove_dir_all(&unfinished);
            Ok(folder)
        }
        Err(source) => Err(WriteError::Io { path: folder, source }),
        Ok(()) => Ok(folder),
    }
}

/// Writes the beginning of a help centre into a new or empty folder.
///
/// # Errors
/// When the folder has something in it, or cannot be written.
pub fn write_starter(folder: &Path) -> Result<(), WriteError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(WriteError::Occupied(folder.to_owned())),
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(WriteError::Io { path: folder.to_owned(), source })
        }
        _ => write(&STARTER, folder),
    }
}

fn write(from: &Dir<'_>, to: &Path) -> Result<(), WriteError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteError::Io { path, source }
    };
    fs::create_dir_all(to).map_err(failed(to))?;
    for file in from.files() {
        let place = to.join(file.path().file_name().unwrap_or_default());
        fs::write(&place, file.contents()).map_err(failed(&place))?;
    }
    from.dirs().try_for_each(|dir| write(dir, &to.join(dir.path().file_name().unwrap_or_default())))
}

fn hash(dir: &Dir<'_>, hasher: &mut blake3::Hasher) {
    for file in dir.files() {
        hasher.update(file.path().as_os_str().as_encoded_bytes()).update(&[0]);
        hasher.update(blake3::hash(file.contents()).as_bytes());
    }
    dir.dirs().for_each(|dir| hash(dir, hasher));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_written_whole_and_without_a_finding() {
        let dir = tempfile::tempdir().unwrap();
        let sample = write_sample(dir.path()).unwrap();
        assert_eq!(write_sample(dir.path()).unwrap(), sample);
        let starter = dir.path().join("my/help");
        write_starter(&starter).unwrap();
        let shipped = crate::content::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/content"))).unwrap();
        assert_eq!(crate::content::load(&sample).unwrap().content.hash, shipped.content.hash);
        let loaded = crate::content::load(&starter.join("content")).unwrap();
        assert_eq!(loaded.problems, []);
        assert!(starter.join(".gitignore").is_file());
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mine"), "").unwrap();
        let error = write_starter(dir.path()).unwrap_err();
        assert!(error.to_string().ends_with("is not empty; name a new folder"), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
