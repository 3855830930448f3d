//! A folder: Markdown as MkDocs and Docusaurus keep it, question-answer pairs, or the pages of an export.
//!
//! The first folder is the category, the rest of the path the article's name. Translations are told by
//! `page.zh.md`, by a first folder `zh/` or by `i18n/zh-CN/…/current/`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::base::Locale;
use crate::exchange::draft::{Draft, LocalFile, Note};
use crate::exchange::rewrite::{Kind, Lead, rewrite};
use crate::exchange::source::{Form, Gathered, ReadError, guess, text_of};
use crate::exchange::{page, pairs};

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 32;
/// The largest page that is read, in bytes, as in our own content.
const LARGEST: u64 = 2 << 20;
/// The largest picture or other file that is copied, in bytes.
const LARGEST_FILE: u64 = 32 << 20;

/// Files by which a project of MkDocs or Docusaurus is told.
const PROJECTS: [&str; 6] = [
    "mkdocs.yml",
    "mkdocs.yaml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "docusaurus.config.mjs",
    "docusaurus.config.cjs",
];

/// What a folder holds.
#[derive(Default)]
struct Found {
    pages: Vec<PathBuf>,
    data: Vec<PathBuf>,
    notes: Vec<Note>,
}

/// Reads every file below a folder that holds articles, by path; `form` says which alone are to be read.
///
/// # Errors
/// When a folder or file cannot be read, or one that holds articles has a mistake.
pub(crate) fn read(root: &Path, form: Option<Form>) -> Result<(Vec<Draft>, Vec<Note>), ReadError> {
    let mut found = Found::default();
    walk(root, root, 0, &mut found).map_err(|source| ReadError::Io { path: root.to_owned(), source })?;
    let Found { mut pages, mut data, mut notes } = found;
    pages.sort();
    data.sort();
    let within = |file: &PathBuf| file.strip_prefix(root).unwrap_or(file).to_owned();
    // A whole project has its pages in a folder of their own, beside much else.
    let is_project = PROJECTS.iter().any(|name| root.join(name).is_file());
    let named = |file: &PathBuf| {
        let file = within(file);
        if is_project { file.strip_prefix("docs").map(Path::to_owned).unwrap_or(file) } else { file }
    };
    if is_project {
        let is_version = |page: &PathBuf| within(page).starts_with("versioned_docs");
        if pages.iter().any(is_version) {
            let what = "older versions of the pages were left out".to_owned();
            notes.push(Note { place: "versioned_docs".to_owned(), what });
            pages.retain(|page| !is_version(page));
        }
    }
    let first = |file: &PathBuf| {
        let file = named(file);
        let folder = file.parent()?.components().next()?.as_os_str().to_str()?.to_owned();
        (!folder.is_empty() && folder != "i18n").then_some(folder)
    };
    let folders: BTreeSet<String> = pages.iter().chain(&data).filter_map(first).collect();
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let languages = page::languages(&folders);
    let mut drafts = Vec::with_capacity(pages.len());
    if form.is_none_or(|form| form == Form::Markdown) {
        let mut files = Files::of(root);
        for path in pages {
            if let Some(draft) = read_page(&path, (&within(&path), &named(&path)), &languages, &mut files, &mut notes)?
            {
                drafts.push(draft);
            }
        }
    }
    let mut gathered = Gathered::default();
    for path in data.iter().filter(|_| form != Some(Form::Markdown)) {
        read_data(path, &within(path), form, &languages, &mut gathered, &mut notes)?;
    }
    drafts.extend(gathered.drafts());
    let others: BTreeSet<&Locale> =
        drafts.iter().filter_map(|d| d.locale.as_ref()).filter(|l| !["en", "zh"].contains(&l.language())).collect();
    for locale in others {
        let what = "taken for a language, whose articles the site shows among its own words in English; move them if it \
                    is none";
        notes.push(Note { place: locale.to_string(), what: what.to_owned() });
    }
    Ok((drafts, notes))
}

fn walk(root: &Path, dir: &Path, depth: usize, found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let hidden = name.to_string_lossy().starts_with(['.', '_']) || name == "node_modules";
        // A link may lead back up; what it leads to is read where it stands.
        let kind = entry.file_type()?;
        if kind.is_dir() && !hidden && depth < DEEPEST {
            walk(root, &path, depth + 1, found)?;
        } else if kind.is_file() && !hidden {
            let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
            let left_out = match extension.as_str() {
                "md" | "mdx" | "markdown" => {
                    found.pages.push(path);
                    continue;
                }
                "csv" | "tsv" | "jsonl" | "ndjson" | "json" | "xml" => {
                    found.data.push(path);
                    continue;
                }
                "rst" | "adoc" | "html" => "it is not Markdown and was left out",
                "zip" | "gz" | "tgz" | "7z" | "tar" | "xz" | "bz2" => "archives are not opened; unpack it first",
                "xlsx" | "xls" | "ods" => "it is a spreadsheet and was left out; save it as CSV, in UTF-8, first",
                _ => continue,
            };
            let place = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            found.notes.push(Note { place, what: left_out.to_owned() });
        }
    }
    Ok(())
}

fn read_page(
    path: &Path,
    (within, named): (&Path, &Path),
    languages: &[(&str, Locale)],
    files: &mut Files,
    notes: &mut Vec<Note>,
) -> Result<Option<Draft>, ReadError> {
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    let place = || within.display().to_string();
    if fs::metadata(path).map_err(failed)?.len() > LARGEST {
        notes.push(Note { place: place(), what: format!("it is larger than {} MiB and was left out", LARGEST >> 20) });
        return Ok(None);
    }
    let Ok(text) = String::from_utf8(fs::read(path).map_err(failed)?) else {
        notes.push(Note { place: place(), what: "it is not UTF-8 and was left out".to_owned() });
        return Ok(None);
    };
    let mut draft = page::draft(named, &text, languages);
    files.find(within, &mut draft);
    Ok(Some(draft))
}

/// Reads a file of entries. One that nobody can tell is left out and told: a folder of documents has tables and settings
/// too.
fn read_data(
    path: &Path,
    within: &Path,
    form: Option<Form>,
    languages: &[(&str, Locale)],
    gathered: &mut Gathered,
    notes: &mut Vec<Note>,
) -> Result<(), ReadError> {
    let mut left_out = |what: String| notes.push(Note { place: within.display().to_string(), what });
    let text = match text_of(path) {
        Ok(text) => text,
        Err(source @ ReadError::Io { .. }) => return Err(source),
        Err(why) => {
            left_out(format!("it was left out: {why}"));
            return Ok(());
        }
    };
    let told = match guess(path, &text) {
        Ok(told) => told,
        Err(why) => {
            left_out(format!("it was left out, as it is no JSON: {why}"));
            return Ok(());
        }
    };
    let form = match (form, told) {
        // `--from jsonl` is said of a list of JSON objects as well, and a table beside it is none.
        (Some(wanted), Some(told)) if wanted != told => return Ok(()),
        (Some(wanted), _) => wanted,
        (None, Some(Form::Csv)) if !pairs::has_columns(&text) => {
            left_out("its first line names no columns of questions and answers, so it was left out".to_owned());
            return Ok(());
        }
        (None, Some(told)) => told,
        (None, None) => {
            left_out("it holds no articles in a form that is known, and was left out".to_owned());
            return Ok(());
        }
    };
    let in_file = |source| ReadError::InFile { path: within.to_owned(), source: Box::new(source) };
    let mut folders: Vec<&str> = within.parent().into_iter().flat_map(Path::iter).filter_map(|p| p.to_str()).collect();
    let mut locale = None;
    if let Some((_, found)) = folders.first().and_then(|first| languages.iter().find(|(folder, _)| folder == first)) {
        locale = Some(found.clone());
        folders.remove(0);
    }
    for draft in gathered.add(&text, form).map_err(in_file)? {
        if draft.category.is_empty() {
            draft.category = folders.first().map(|folder| (*folder).to_owned()).unwrap_or_default();
        }
        draft.locale = draft.locale.take().or_else(|| locale.clone());
    }
    Ok(())
}

/// The pictures and other files that pages link, looked for where the generators look.
struct Files {
    /// Folders whose files may be taken, by where they really are, and what their files' names begin with.
    roots: Vec<(PathBuf, &'static str)>,
    known: HashMap<PathBuf, Option<(PathBuf, String)>>,
}

impl Files {
    fn of(root: &Path) -> Self {
        let canonical = |path: &Path| fs::canonicalize(path).ok();
        let mut roots: Vec<_> = canonical(root).map(|root| (root, "")).into_iter().collect();
        // Docusaurus has a folder of files beside that of the pages.
        let beside = roots.first().and_then(|(root, _)| canonical(&root.parent()?.join("static")));
        roots.extend(beside.map(|path| (path, "static/")));
        Files { roots, known: HashMap::new() }
    }

    /// Adds to a draft the files that its body names and that exist.
    fn find(&mut self, page: &Path, draft: &mut Draft) {
        let mut named: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        rewrite(&draft.body, false, &mut |kind, target| {
            let is_page = || {
                let path = target.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
                [".md", ".mdx", ".markdown"].iter().any(|end| path.ends_with(end))
            };
            let picture = matches!(kind, Kind::Picture | Kind::HtmlPicture);
            if (picture || !is_page()) && seen.insert(target.trim().to_owned()) {
                named.push(target.trim().to_owned());
            }
            Lead::Stays
        });
        for written in named {
            if let Some((path, name)) = self.look(page, &written) {
                draft.files.push(LocalFile { written, path, name });
            }
        }
    }

    fn look(&mut self, page: &Path, written: &str) -> Option<(PathBuf, String)> {
        let path = written.strip_prefix("pathname://").unwrap_or(written);
        let path = path.split(['?', '#']).next().filter(|path| !path.is_empty())?;
        let path = percent_decode_str(path).decode_utf8().ok()?.replace('\\', "/");
        let path = path.strip_prefix("@site").unwrap_or(&path);
        let (root, _) = self.roots.first()?.clone();
        let tries = match path.strip_prefix('/') {
            Some(rest) => {
                let bare = rest.strip_prefix("static/").unwrap_or(rest);
                let mut tries = vec![root.join(rest), root.join("static").join(bare)];
                tries.extend(self.roots.get(1).map(|(beside, _)| beside.join(bare)));
                tries
            }
            None => vec![root.join(page.parent()?).join(path), root.join(path)],
        };
        tries.into_iter().find_map(|path| self.take(path))
    }

    /// Returns where a file really is and what it is to be called, if it may be taken.
    fn take(&mut self, path: PathBuf) -> Option<(PathBuf, String)> {
        if let Some(known) = self.known.get(&path) {
            return known.clone();
        }
        let allowed = || {
            let real = fs::canonicalize(&path).ok()?;
            let data = fs::metadata(&real).ok()?;
            let (root, prefix) = self.roots.iter().find(|(root, _)| real.starts_with(root))?;
            let parts: Option<Vec<&str>> = real.strip_prefix(root).ok()?.components().map(plain).collect();
            let name = format!("{prefix}{}", parts?.join("/"));
            (data.is_file() && data.len() <= LARGEST_FILE).then_some((real, name))
        };
        let found = allowed();
        self.known.insert(path, found.clone());
        found
    }
}

/// Returns a part of a path that anybody may see.
fn plain(part: Component<'_>) -> Option<&str> {
    match part {
        Component::Normal(name) => name.to_str().filter(|name| !name.starts_with('.')),
        _ => None,
    }
}
