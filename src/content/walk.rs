//! Finds the files of a content folder: which article lies where, and which file is in a place where nobody reads it.
//!
//! It opens no file. What exists is known before anything is parsed, so that links can be checked while the articles are
//! read, in any order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::id::is_slug;
use crate::base::{ArticleId, Locale};
use crate::content::Problem;
use crate::content::fields::{Findings, Located};
use crate::content::site::LOGOS;

/// Files of the root.
const ROOT_FILES: [&str; 9] = [
    "site.toml",
    "codes.toml",
    "concepts.toml",
    "synonyms.toml",
    "suggestions.toml",
    "out-of-scope.toml",
    "incident.toml",
    LOGOS[0],
    LOGOS[1],
];

/// The folder of example conversations, in the root or beside a category's articles.
const TESTS: &str = "tests";

/// An article's file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ArticleFile {
    /// The locale of its folder.
    pub locale: Locale,
    /// Its id.
    pub id: ArticleId,
    /// The file, relative to the content folder.
    pub file: PathBuf,
}

/// What there is in a content folder.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    /// Every article's file, by locale and id.
    pub articles: Vec<ArticleFile>,
    /// The files of `rules/`, sorted, relative to the content folder.
    pub rules: Vec<PathBuf>,
    /// The files of `flows/`, sorted, relative to the content folder.
    pub flows: Vec<PathBuf>,
    /// The files of every folder `tests/`, sorted, relative to the content folder.
    pub tests: Vec<PathBuf>,
    /// The locales that hold an article, sorted.
    pub locales: Vec<Locale>,
    by_id: HashMap<ArticleId, Vec<Locale>>,
}

impl Inventory {
    /// Takes the files that were found.
    pub(crate) fn of(mut articles: Vec<ArticleFile>) -> Self {
        articles.sort();
        let mut inventory = Inventory::default();
        for article in &articles {
            inventory.by_id.entry(article.id.clone()).or_default().push(article.locale.clone());
            if inventory.locales.last() != Some(&article.locale) {
                inventory.locales.push(article.locale.clone());
            }
        }
        Inventory { articles, ..inventory }
    }

    /// Tells whether an article exists in any locale.
    pub(crate) fn has(&self, id: &ArticleId) -> bool {
        self.by_id.contains_key(id)
    }

    /// Returns the locales in which an article exists, sorted.
    pub(crate) fn locales_of(&self, id: &ArticleId) -> &[Locale] {
        self.by_id.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the ids of all articles, sorted.
    pub(crate) fn ids(&self) -> Vec<&ArticleId> {
        let mut ids: Vec<_> = self.by_id.keys().collect();
        ids.sort_unstable();
        ids
    }

    /// Reads an article's id that must exist; reports one that does not.
    pub(crate) fn existing(&self, id: &Located<String>, key: &str, findings: &mut Findings<'_>) -> Option<ArticleId> {
        match id.value.parse::<ArticleId>() {
            Ok(id) if self.has(&id) => return Some(id),
            Ok(missing) => findings.error(id.line, self.missing(&missing, key)),
            Err(invalid) => findings.error(id.line, format!("{invalid}, which `{key}` must be")),
        }
        None
    }

    /// Says that `key` names an article that does not exist, and which one was perhaps meant.
    pub(crate) fn missing(&self, id: &ArticleId, key: &str) -> String {
        match self.ids().iter().find(|other| other.slug() == id.slug()) {
            Some(near) => format!("there is no article `{id}`, which `{key}` names; did you mean `{near}`?"),
            None => format!("there is no article `{id}`, which `{key}` names; write it or name another"),
        }
    }

    /// Returns how many articles each category holds, over all locales, sorted by name.
    pub(crate) fn categories(&self) -> BTreeMap<&str, usize> {
        let mut categories = BTreeMap::new();
        for article in &self.articles {
            *categories.entry(article.id.category()).or_default() += 1;
        }
        categories
    }
}

/// Walks the folder `root`.
///
/// # Errors
/// When the folder itself cannot be read; a folder below it that cannot is a problem.
pub(crate) fn walk(root: &Path, problems: &mut Vec<Problem>) -> io::Result<Inventory> {
    let canonical = fs::canonicalize(root)?;
    let mut walker = Walker { root, canonical, problems, inventory: Inventory::default(), looked_into: HashSet::new() };
    let entries = walker.entries(Path::new(""))?;
    let mut spelt: HashMap<Locale, String> = HashMap::new();
    for entry in entries {
        let name = entry.name.as_str();
        if entry.is_folder {
            if name == "rules" {
                let files = walker.toml_files(&entry, "rules are files rules/<name>.toml");
                walker.inventory.rules.extend(files);
            } else if name == "flows" {
                let files = walker.toml_files(&entry, "flows are files flows/<id>.toml");
                walker.inventory.flows.extend(files);
            } else if name == TESTS {
                walker.tests(&entry);
            } else if let Ok(locale) = name.parse::<Locale>() {
                if let Some(other) = spelt.insert(locale.clone(), name.to_owned()) {
                    let message =
                        format!("{other}/ and {name}/ are the same locale `{locale}`; put the articles into one");
                    walker.problems.push(Problem::error(&entry.path, None, message));
                }
                walker.locale(&locale, &entry);
            } else {
                let message = "this folder is read by nobody: a locale's is called `en` or `zh-CN`; rules, flows and tests \
                               have theirs; put `_` before the name of what is no content";
                walker.problems.push(Problem::warning(&entry.path, None, message));
            }
        } else if !ROOT_FILES.contains(&name) {
            let message = "this file is read by nobody: beside the locales there are site.toml, codes.toml, \
                           concepts.toml, synonyms.toml, suggestions.toml, out-of-scope.toml, incident.toml and \
                           the logo; an article goes to <locale>/<category>/<slug>.md";
            walker.problems.push(Problem::warning(&entry.path, None, message));
        }
    }
    let Inventory { articles, rules, flows, mut tests, .. } = walker.inventory;
    tests.sort();
    Ok(Inventory { rules, flows, tests, ..Inventory::of(articles) })
}

struct Entry {
    name: String,
    path: PathBuf,
    is_folder: bool,
}

struct Walker<'p> {
    root: &'p Path,
    canonical: PathBuf,
    problems: &'p mut Vec<Problem>,
    inventory: Inventory,
    /// The folders inside categories that were looked into, by where they really are.
    looked_into: HashSet<PathBuf>,
}

impl Walker<'_> {
    /// Lists a folder by name, without what is skipped.
    fn entries(&mut self, folder: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let name = entry.file_name();
            let path = folder.join(&name);
            let Some(name) = name.to_str() else {
                let message = "the name is not valid UTF-8; rename it with letters, digits and `-`";
                self.problems.push(Problem::error(path, None, message));
                continue;
            };
            if is_skipped(name) {
                continue;
            }
            let mut kind = entry.file_type()?;
            if kind.is_symlink() {
                match self.follow(&entry.path()) {
                    Ok(target) => kind = target,
                    Err(message) => {
                        self.problems.push(Problem::error(path, None, message));
                        continue;
                    }
                }
            }
            if !kind.is_file() && !kind.is_dir() {
                self.problems.push(Problem::error(path, None, "this is neither a file nor a folder; take it out"));
                continue;
            }
            entries.push(Entry { name: name.to_owned(), path, is_folder: kind.is_dir() });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Returns the kind of what a link leads to, if that lies in the content folder.
    fn follow(&self, link: &Path) -> Result<fs::FileType, &'static str> {
        let target = fs::canonicalize(link).map_err(|_| "this symbolic link leads nowhere; take it out")?;
        if !target.starts_with(&self.canonical) {
            return Err("this symbolic link leaves the content folder and is not followed; copy the file here");
        }
        fs::metadata(&target).map(|m| m.file_type()).map_err(|_| "this symbolic link leads nowhere; take it out")
    }

    /// Lists a folder below the root; one that cannot be read is a problem.
    fn entries_or_problem(&mut self, folder: &Path) -> Vec<Entry> {
        match self.entries(folder) {
            Ok(entries) => entries,
            Err(e) => {
                let message = format!("this folder cannot be read: {e}; change its permissions");
                self.problems.push(Problem::error(folder, None, message));
                Vec::new()
            }
        }
    }

    /// Lists the TOML files of a folder; reports what else is there.
    fn toml_files(&mut self, folder: &Entry, instead: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in self.entries_or_problem(&folder.path) {
            if !entry.is_folder && entry.name.ends_with(".toml") {
                files.push(entry.path);
            } else {
                let message = format!("this is read by nobody: {instead}");
                self.problems.push(Problem::warning(entry.path, None, message));
            }
        }
        files
    }

    fn tests(&mut self, folder: &Entry) {
        let files = self.toml_files(folder, "example conversations are files tests/<name>.toml");
        self.inventory.tests.extend(files);
    }

    fn locale(&mut self, locale: &Locale, folder: &Entry) {
        let found = self.inventory.articles.len();
        let mut misplaced = false;
        for entry in self.entries_or_problem(&folder.path) {
            if entry.is_folder {
                self.category(locale, &entry);
            } else if let Some(slug) = entry.name.strip_suffix(".md") {
                misplaced = true;
                let message = format!(
                    "an article lies in a category's folder; move this to {}/<category>/{slug}.md",
                    folder.name
                );
                self.problems.push(Problem::error(entry.path, None, message));
            } else {
                self.problems.push(Problem::warning(entry.path, None, NOT_SERVED));
            }
        }
        if self.inventory.articles.len() == found && !misplaced {
            let message = format!("this folder would be the locale `{locale}`, but it holds no article");
            self.problems.push(Problem::warning(&folder.path, None, message));
        }
    }

    fn category(&mut self, locale: &Locale, folder: &Entry) {
        let category = folder.name.as_str();
        if !is_slug(category) {
            let message = format!(
                "`{category}` cannot be a category: a name has letters, digits, `-`, `_` and `.` and begins with a letter \
                 or digit; rename the folder"
            );
            self.problems.push(Problem::error(&folder.path, None, message));
            return;
        }
        for entry in self.entries_or_problem(&folder.path) {
            if entry.is_folder && entry.name == TESTS {
                self.tests(&entry);
            } else if entry.is_folder {
                self.too_deep(locale, category, &entry);
            } else if let Some(slug) = entry.name.strip_suffix(".md") {
                match ArticleId::new(category, slug) {
                    Ok(id) => {
                        self.inventory.articles.push(ArticleFile { locale: locale.clone(), id, file: entry.path });
                    }
                    Err(_) => {
                        let message = format!(
                            "`{slug}` cannot be an article's name: it has letters, digits, `-`, `_` and `.` and begins \
                             with a letter or digit; rename the file"
                        );
                        self.problems.push(Problem::error(entry.path, None, message));
                    }
                }
            } else if has_markdown_extension(&entry.name) {
                let message = "an article's file ends in `.md`; rename this one";
                self.problems.push(Problem::error(entry.path, None, message));
            } else {
                self.problems.push(Problem::warning(entry.path, None, NOT_SERVED));
            }
        }
    }

    /// Reports the articles in a folder inside a category; they would be lost silently otherwise.
    fn too_deep(&mut self, locale: &Locale, category: &str, folder: &Entry) {
        // Links to folders above lead round in more ways than anybody can go: each folder is looked into once.
        if !fs::canonicalize(self.root.join(&folder.path)).is_ok_and(|real| self.looked_into.insert(real)) {
            return;
        }
        for entry in self.entries_or_problem(&folder.path) {
            if entry.is_folder {
                self.too_deep(locale, category, &entry);
            } else if entry.name.ends_with(".md") {
                let message =
                    format!("categories have no folders inside; move this to {locale}/{category}/{}", entry.name);
                self.problems.push(Problem::error(entry.path, None, message));
            } else {
                self.problems.push(Problem::warning(entry.path, None, NOT_SERVED));
            }
        }
    }
}

const NOT_SERVED: &str =
    "this file is not served: articles are `.md` files, and pictures are linked by an https: address";

fn has_markdown_extension(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    extension.is_some_and(|e| matches!(e.as_str(), "md" | "markdown" | "mdx" | "mkd"))
}

/// Tells whether a name is none of ours: hidden, set aside with `_`, a README, or an editor's backup.
fn is_skipped(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    name.starts_with(['.', '_', '#'])
        || lower == "readme.md"
        || [".bak", ".orig", ".rej", ".swp", ".swo", ".tmp", "~"].iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_what_is_no_content() {
        for name in [".git", "_drafts", "README.md", "readme.md", "a.md~", "a.md.bak", ".a.md.swp", "#a.md#"] {
            assert!(is_skipped(name), "{name}");
        }
        for name in ["a.md", "site.toml", "top-ups", "a_b.md"] {
            assert!(!is_skipped(name), "{name}");
        }
    }
}
