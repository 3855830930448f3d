//! Reads a content folder: what was understood, and every problem.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::base::ArticleId;
use crate::content::codes::Claim;
use crate::content::fields::{Fields, Findings, Located};
use crate::content::links::Place;
use crate::content::node::{Entry, parse_toml};
use crate::content::walk::{ArticleFile, Inventory, walk};
use crate::content::{Article, CodeRecord, Problem, Rule, Severity, Site};
use crate::content::{check, codes, front_matter, markdown, rules, site};

/// Everything the content folder says, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What is one per site.
    pub site: Site,
    /// Every article in every locale, ordered by locale (the default first), category and slug.
    pub articles: Vec<Article>,
    /// The catalogue of error codes, in the order of the codes.
    pub codes: Vec<CodeRecord>,
    /// The chat's declared rules, in the order of files and lines.
    pub rules: Vec<Rule>,
    /// BLAKE3 of every file that was read, by path: the version of this content, 64 hexadecimal digits.
    pub hash: String,
}

/// What reading a folder gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What was understood.
    pub content: Content,
    /// Every problem, ordered by file and line.
    pub problems: Vec<Problem>,
}

/// Says why a folder could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder is not there.
    #[error("there is no content folder at {0}; create it, or name another with --content")]
    Missing(std::path::PathBuf),
    /// The folder has no article.
    #[error("{0} holds no article; the first goes to {0}/en/getting-started/welcome.md")]
    Empty(std::path::PathBuf),
    /// The folder cannot be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// What was being read.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl Loaded {
    /// Tells whether a problem keeps this content from being served.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
}

/// The largest file that is read. A novel is smaller; what is larger is not an article.
const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Reads a content folder.
///
/// # Errors
/// When the folder is missing, unreadable or without any article. Everything else is a [`Problem`].
pub fn load(dir: &Path) -> Result<Loaded, LoadError> {
    if !dir.is_dir() {
        return Err(LoadError::Missing(dir.to_owned()));
    }
    let mut problems = Vec::new();
    let inventory = walk(dir, &mut problems).map_err(|source| LoadError::Io { path: dir.to_owned(), source })?;
    let mut files = Files { dir, hashes: BTreeMap::new() };

    let (entries, mut found) = files.toml(Path::new("site.toml"));
    let mut findings = Findings { file: Path::new("site.toml"), problems: Vec::new() };
    let site = site::read(entries, &inventory, &mut findings);
    found.append(&mut findings.problems);
    problems.append(&mut found);

    let read: Vec<Read> = inventory.articles.par_iter().map(|article| read_article(dir, article, &inventory)).collect();
    let mut drafts = Vec::with_capacity(read.len());
    for (mut read, article) in read.into_iter().zip(&inventory.articles) {
        problems.append(&mut read.problems);
        files.hashes.extend(read.hash.map(|hash| (article.file.clone(), hash)));
        drafts.extend(read.draft);
    }
    drafts.sort_by(|a, b| {
        let rank = |d: &Draft| (d.article.locale != site.default_locale, d.article.locale.clone());
        rank(a).cmp(&rank(b)).then_with(|| {
            let (a, b) = (&a.article.id, &b.article.id);
            (a.category(), a.slug()).cmp(&(b.category(), b.slug()))
        })
    });
    check::across(&drafts, &site, &inventory, &mut problems);

    let codes = read_codes(&mut files, &drafts, &site, &inventory, &mut problems);
    let rules = read_rules(&mut files, &site, &inventory, &mut problems);
    let articles: Vec<Article> = drafts.into_iter().map(|d| d.article).collect();
    problems.sort();
    problems.dedup();
    if articles.is_empty() && !problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(LoadError::Empty(dir.to_owned()));
    }
    let hash = files.hash();
    Ok(Loaded { content: Content { site, articles, codes, rules, hash }, problems })
}

/// An article, and what only the whole content can check.
#[derive(Debug)]
pub(crate) struct Draft {
    pub article: Article,
    pub codes: Vec<Located<String>>,
    pub related: Vec<Located<ArticleId>>,
    pub places: Vec<Located<Place>>,
}

/// What one article's file gave.
struct Read {
    draft: Option<Draft>,
    hash: Option<blake3::Hash>,
    problems: Vec<Problem>,
}

fn read_article(dir: &Path, from: &ArticleFile, inventory: &Inventory) -> Read {
    let bytes = match read_bytes(dir, &from.file) {
        Ok(bytes) => bytes,
        Err(problem) => return Read { draft: None, hash: None, problems: vec![problem] },
    };
    let hash = Some(blake3::hash(&bytes));
    let mut findings = Findings::new(&from.file);
    let draft = text_of(bytes, &from.file)
        .map_err(|problem| findings.problems.push(problem))
        .ok()
        .and_then(|text| parse_article(&text, from, inventory, &mut findings));
    Read { draft, hash, problems: findings.problems }
}

fn parse_article(text: &str, from: &ArticleFile, inventory: &Inventory, findings: &mut Findings<'_>) -> Option<Draft> {
    let parts = match front_matter::split(text) {
        Ok(parts) => parts,
        Err(why) => {
            findings.error(1, why.to_string());
            return None;
        }
    };
    let front = front_matter::read(parts.front, findings);
    let rendered = markdown::render(parts.body, parts.body_line, from, inventory, findings);
    let article = Article {
        id: from.id.clone(),
        locale: from.locale.clone(),
        file: from.file.clone(),
        // An article without a title is an error and never served; the rest of it is checked all the same.
        title: front.title.unwrap_or_else(|| from.id.slug().to_owned()),
        summary: front.summary.unwrap_or_default(),
        codes: front.codes.iter().map(|c| c.value.clone()).collect(),
        messages: front.messages,
        questions: front.questions,
        keywords: front.keywords,
        related: front.related.iter().map(|r| r.value.clone()).collect(),
        audience: front.audience,
        updated: front.updated,
        markdown: parts.body.trim_start_matches('\n').to_owned(),
        html: rendered.html,
        headings: rendered.headings,
        sections: rendered.sections,
    };
    Some(Draft { article, codes: front.codes, related: front.related, places: rendered.places })
}

fn read_codes(
    files: &mut Files<'_>,
    drafts: &[Draft],
    site: &Site,
    inventory: &Inventory,
    problems: &mut Vec<Problem>,
) -> Vec<CodeRecord> {
    let file = Path::new("codes.toml");
    let (entries, mut found) = files.toml(file);
    problems.append(&mut found);
    let mut findings = Findings::new(file);
    let tables = Fields::new(1, entries, &["code"], &mut findings).tables("code");
    let written = codes::read(tables, &site.locales, inventory, &mut findings);
    problems.append(&mut findings.problems);
    let claims: Vec<Claim<'_>> =
        drafts.iter().flat_map(|d| d.codes.iter().map(|code| Claim { article: &d.article, code })).collect();
    codes::merge(written, file, &claims, problems)
}

fn read_rules(files: &mut Files<'_>, site: &Site, inventory: &Inventory, problems: &mut Vec<Problem>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for file in &inventory.rules {
        let (entries, mut found) = files.toml(file);
        problems.append(&mut found);
        let mut findings = Findings::new(file);
        let tables = Fields::new(1, entries, &["rule"], &mut findings).tables("rule");
        for rule in rules::read(tables, &site.locales, inventory, &mut findings) {
            match rules.iter().find(|r| r.id == rule.id) {
                Some(first) => {
                    let at = format!("{}:{}", first.file.display(), first.line);
                    let message = format!("the rule `{}` is there already, in {at}; give this one another id", rule.id);
                    findings.error(rule.line, message);
                }
                None => rules.push(rule),
            }
        }
        problems.append(&mut findings.problems);
    }
    rules
}

/// Reads files, and remembers what it read for the content's version.
struct Files<'d> {
    dir: &'d Path,
    hashes: BTreeMap<PathBuf, blake3::Hash>,
}

impl Files<'_> {
    /// Reads a TOML file; one that is absent has no entries.
    fn toml(&mut self, file: &Path) -> (Vec<Entry>, Vec<Problem>) {
        if !self.dir.join(file).exists() {
            return (Vec::new(), Vec::new());
        }
        let text = read_bytes(self.dir, file).and_then(|bytes| {
            self.hashes.insert(file.to_owned(), blake3::hash(&bytes));
            text_of(bytes, file)
        });
        match text {
            Ok(text) => {
                let (entries, errors) = parse_toml(&text);
                (entries, errors.into_iter().map(|e| Problem::error(file, Some(e.line), e.message)).collect())
            }
            Err(problem) => (Vec::new(), vec![problem]),
        }
    }

    fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (path, hash) in &self.hashes {
            let path = path.as_os_str().as_encoded_bytes();
            // Each path's length first, so that no two folders run together into the same bytes.
            hasher.update(&(path.len() as u64).to_le_bytes());
            hasher.update(path);
            hasher.update(hash.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

fn read_bytes(dir: &Path, file: &Path) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = File::open(dir.join(file)).and_then(|f| f.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Err(e) => Err(Problem::error(file, None, format!("this file cannot be read: {e}; change its permissions"))),
        Ok(_) if bytes.len() as u64 > MAX_BYTES => {
            let message = format!("this file is larger than {} MiB; split it", MAX_BYTES / 1024 / 1024);
            Err(Problem::error(file, None, message))
        }
        Ok(_) => Ok(bytes),
    }
}

fn text_of(bytes: Vec<u8>, file: &Path) -> Result<String, Problem> {
    String::from_utf8(bytes).map(front_matter::normalize).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        Problem::error(file, Some(line), "this is not valid UTF-8; save the file in that encoding")
    })
}
