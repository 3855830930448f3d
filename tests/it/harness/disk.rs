//! Small disks for a test: one that can be filled, one that fails. Only root can mount them.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::skip;

/// A mounted disk; it is gone with the value.
#[derive(Debug)]
pub(crate) struct Disk {
    dir: TempDir,
}

/// Runs a program to its end, and tells whether it did what it should.
fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

impl Disk {
    /// Mounts a disk in memory; none where that is not allowed, after saying so.
    pub(crate) fn of_megabytes(n: u32) -> Option<Self> {
        let disk = Disk { dir: TempDir::new().unwrap() };
        std::fs::create_dir(disk.path()).unwrap();
        let place = disk.path().display().to_string();
        if run("mount", &["-t", "tmpfs", "-o", &format!("size={n}m"), "tmpfs", &place]) {
            return Some(disk);
        }
        skip("the right to mount a file system", "run the tests as root");
        None
    }

    /// Mounts a disk that may only be read once it has failed; none where that is not allowed, after saying so.
    pub(crate) fn that_can_fail() -> Option<Self> {
        let disk = Disk { dir: TempDir::new().unwrap() };
        std::fs::create_dir(disk.path()).unwrap();
        let image = disk.dir.path().join("image").display().to_string();
        File::create(&image).unwrap().set_len(16 * 1024 * 1024).unwrap();
        let place = disk.path().display().to_string();
        let is_mounted =
            run("mkfs.ext4", &["-q", &image]) && run("mount", &["-o", "loop,errors=remount-ro", &image, &place]);
        if is_mounted && disk.trigger().is_some_and(|trigger| trigger.exists()) {
            return Some(disk);
        }
        skip("a loop device with ext4", "run the tests as root, on Linux with e2fsprogs");
        None
    }

    /// Returns where it is mounted.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("disk")
    }

    /// Takes all room that is left with a file of a name; returns the file, which can be removed.
    pub(crate) fn fill(&self, name: &str) -> PathBuf {
        let filler = self.path().join(name);
        let mut file = File::create(&filler).unwrap();
        // The last page is filled by single bytes.
        for size in [64 * 1024, 1] {
            let piece = vec![0; size];
            while file.write_all(&piece).is_ok() {}
        }
        filler
    }

    /// Allows nobody to write any more, as long as no file is open to be written.
    pub(crate) fn make_read_only(&self) {
        assert!(run("mount", &["-o", "remount,ro", &self.path().display().to_string()]));
    }

    /// Allows writing again.
    pub(crate) fn make_writable(&self) {
        assert!(run("mount", &["-o", "remount,rw", &self.path().display().to_string()]));
    }

    /// Has the disk fail, after which the system allows nobody to write, whatever is open.
    pub(crate) fn fail(&self) {
        std::fs::write(self.trigger().unwrap(), "1").unwrap();
    }

    /// Returns the file by which the system is told that this disk has failed.
    fn trigger(&self) -> Option<PathBuf> {
        let found = Command::new("findmnt").args(["-no", "SOURCE"]).arg(self.path()).output().ok()?;
        let device = String::from_utf8(found.stdout).ok()?;
        let name = Path::new(device.trim()).file_name()?.to_owned();
        Some(Path::new("/sys/fs/ext4").join(name).join("trigger_fs_error"))
    }
}

/// A file that can be read and written, and not removed: it is a mount point. It can be removed again when the value is
/// gone.
#[derive(Debug)]
pub(crate) struct Pinned {
    file: PathBuf,
}

impl Pinned {
    /// Pins a file; none where that is not allowed, after saying so.
    pub(crate) fn at(file: &Path) -> Option<Self> {
        let place = file.display().to_string();
        if run("mount", &["--bind", &place, &place]) {
            return Some(Pinned { file: file.to_owned() });
        }
        skip("the right to mount a file", "run the tests as root");
        None
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        run("umount", &["--lazy", &self.file.display().to_string()]);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A process that is being killed may hold it for a moment longer.
        run("umount", &["--lazy", &self.path().display().to_string()]);
    }
}
