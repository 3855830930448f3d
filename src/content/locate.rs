//! Where a text stands in a content file, for findings that are made long after the file was read.

use std::path::Path;

/// Returns the first line of `file` that holds `text`, counted from 1. None when it is not there as it is, for example
/// because YAML folds it over several lines.
#[must_use]
pub fn line_of(file: &Path, text: &str) -> Option<usize> {
    let whole = std::fs::read_to_string(file).ok()?;
    whole.lines().position(|line| line.contains(text)).map(|i| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_first_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.md");
        std::fs::write(&file, "---\nquestions:\n  - 断线怎么办\n---\n断线怎么办\n").unwrap();
        assert_eq!(line_of(&file, "断线怎么办"), Some(3));
        assert_eq!(line_of(&file, "没有"), None);
        assert_eq!(line_of(&dir.path().join("b.md"), "断线怎么办"), None);
    }
}
