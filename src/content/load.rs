//! Reads a content folder: what was understood, and every problem.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::base::{ArticleId, Locale};
use crate::content::codes::Claim;
use crate::content::fields::{Fields, Findings, Located};
use crate::content::links::Place;
use crate::content::node::{Entry, parse_toml};
use crate::content::site::Logo;
use crate::content::walk::{ArticleFile, Inventory, walk};
use crate::content::{
    Article, CodeRecord, Concept, Conversation, Flow, Incident, Problem, Rule, Severity, Site, Suggestions, Synonyms,
};
use crate::content::{
    check, codes, concepts, conversations, flows, front_matter, incident, markdown, out_of_scope, rules, site,
    suggestions, synonyms,
};
use crate::text::fold::fold;

/// Everything the content folder says, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What is one per site.
    pub site: Site,
    /// Every article in every locale, ordered by locale (the default first), category and slug.
    pub articles: Vec<Article>,
    /// The catalogue of error codes, in the order of the codes.
    pub codes: Vec<CodeRecord>,
    /// What rules call by one name.
    pub concepts: Vec<Concept>,
    /// The chat's declared rules, in the order of files and lines.
    pub rules: Vec<Rule>,
    /// The troubleshooting flows, by id.
    pub flows: Vec<Flow>,
    /// The example conversations, in the order of files and lines.
    pub conversations: Vec<Conversation>,
    /// Words for the same thing.
    pub synonyms: Vec<Synonyms>,
    /// What is wrong right now, for everybody.
    pub incident: Option<Incident>,
    /// What the widget offers on which pages, in the order of the file.
    pub suggestions: Vec<Suggestions>,
    /// Questions that are none of this help centre's.
    pub out_of_scope: BTreeMap<Locale, Vec<String>>,
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

/// How many problems of one article are told; a file that is something else altogether has one in every line.
const MAX_PROBLEMS: usize = 100;

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
    let mut written = site::read(entries, &inventory, &mut findings);
    written.site.logo = written.logo.and_then(|logo| files.logo(&logo, &mut findings));
    let site = written.site;
    found.append(&mut findings.problems);
    problems.append(&mut found);

    // What folding needs is unpacked at its first use, 20 ms of work for one thread: better beside the reading of files.
    let read_all = || inventory.articles.par_iter().map(|article| read_article(dir, article, &inventory)).collect();
    let (read, ()): (Vec<Read>, ()) = rayon::join(read_all, || drop(fold("網路")));
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
    for draft in &mut drafts {
        let category = site.categories.iter().find(|c| c.id == draft.article.id.category());
        draft.article.money_at_risk = draft.money_at_risk.unwrap_or_else(|| category.is_some_and(|c| c.money_at_risk));
    }
    check::across(&drafts, &site, &inventory, &mut problems);

    let codes = read_codes(&mut files, &drafts, &site, &inventory, &mut problems);
    let synonyms = read_synonyms(&mut files, &site, &mut problems);
    let concepts = read_concepts(&mut files, &site, &mut problems);
    let suggestions = read_suggestions(&mut files, &site, &mut problems);
    let out_of_scope = read_out_of_scope(&mut files, &site, &mut problems);
    let known = rules::Known { locales: &site.locales, inventory: &inventory, concepts: &concepts };
    let rules = read_rules(&mut files, &known, &mut problems);
    let flows = read_flows(&mut files, &drafts, &codes, &site, &inventory, &mut problems);
    let conversations = read_conversations(&mut files, &site, &inventory, &mut problems);
    let incident = read_incident(&mut files, &site, &inventory, &mut problems);
    let articles: Vec<Article> = drafts.into_iter().map(|d| d.article).collect();
    problems.sort();
    problems.dedup();
    if articles.is_empty() && !problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(LoadError::Empty(dir.to_owned()));
    }
    let hash = files.hash();
    let content = Content {
        site,
        articles,
        codes,
        concepts,
        rules,
        flows,
        conversations,
        synonyms,
        incident,
        suggestions,
        out_of_scope,
        hash,
    };
    Ok(Loaded { content, problems })
}

/// An article, and what only the whole content can check.
#[derive(Debug)]
pub(crate) struct Draft {
    pub article: Article,
    /// What the article itself says; without it its category does.
    pub money_at_risk: Option<bool>,
    pub codes: Vec<Located<String>>,
    pub related: Vec<Located<ArticleId>>,
    pub aliases: Vec<Located<ArticleId>>,
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
    let mut problems = findings.problems;
    if problems.len() > MAX_PROBLEMS {
        problems.sort_by_key(|p| (Reverse(p.severity), p.line));
        let more = problems.len() - MAX_PROBLEMS;
        problems.truncate(MAX_PROBLEMS);
        problems.push(Problem::warning(
            &from.file,
            None,
            format!("there are {more} more problems; mend the others first"),
        ));
    }
    Read { draft, hash, problems }
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
        aliases: front.aliases.iter().map(|a| a.value.clone()).collect(),
        audience: front.audience,
        money_at_risk: front.money_at_risk.unwrap_or_default(),
        updated: front.updated,
        markdown: parts.body.trim_start_matches('\n').to_owned(),
        html: rendered.html,
        headings: rendered.headings,
        sections: rendered.sections,
    };
    Some(Draft {
        article,
        money_at_risk: front.money_at_risk,
        codes: front.codes,
        related: front.related,
        aliases: front.aliases,
        places: rendered.places,
    })
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
    codes::merge(written, file, &claims, site.code_pattern.as_deref(), problems)
}

/// Reads a file of the root, and adds what is wrong with it to the problems.
fn read_root<T>(
    files: &mut Files<'_>,
    file: &str,
    problems: &mut Vec<Problem>,
    read: impl FnOnce(Vec<Entry>, &mut Findings<'_>) -> T,
) -> T {
    let file = Path::new(file);
    let (entries, mut found) = files.toml(file);
    problems.append(&mut found);
    let mut findings = Findings::new(file);
    let read = read(entries, &mut findings);
    problems.append(&mut findings.problems);
    read
}

fn read_synonyms(files: &mut Files<'_>, site: &Site, problems: &mut Vec<Problem>) -> Vec<Synonyms> {
    read_root(files, "synonyms.toml", problems, |entries, findings| {
        let mut fields = Fields::new(1, entries, &["two_way", "one_way"], findings);
        let (two_way, one_way) = (fields.tables("two_way"), fields.tables("one_way"));
        synonyms::read(two_way, one_way, &site.locales, findings)
    })
}

fn read_concepts(files: &mut Files<'_>, site: &Site, problems: &mut Vec<Problem>) -> Vec<Concept> {
    read_root(files, "concepts.toml", problems, |entries, findings| {
        let tables = Fields::new(1, entries, &["concept"], findings).tables("concept");
        concepts::read(tables, &site.locales, findings)
    })
}

fn read_suggestions(files: &mut Files<'_>, site: &Site, problems: &mut Vec<Problem>) -> Vec<Suggestions> {
    read_root(files, "suggestions.toml", problems, |entries, findings| {
        let tables = Fields::new(1, entries, &["suggestions"], findings).tables("suggestions");
        suggestions::read(tables, &site.locales, findings)
    })
}

fn read_out_of_scope(files: &mut Files<'_>, site: &Site, problems: &mut Vec<Problem>) -> BTreeMap<Locale, Vec<String>> {
    read_root(files, "out-of-scope.toml", problems, |entries, findings| {
        out_of_scope::read(entries, &site.locales, findings)
    })
}

fn read_rules(files: &mut Files<'_>, known: &rules::Known<'_>, problems: &mut Vec<Problem>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for file in &known.inventory.rules {
        let (entries, mut found) = files.toml(file);
        problems.append(&mut found);
        let mut findings = Findings::new(file);
        let tables = Fields::new(1, entries, &["rule"], &mut findings).tables("rule");
        for rule in rules::read(tables, known, &mut findings) {
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

fn read_flows(
    files: &mut Files<'_>,
    drafts: &[Draft],
    codes: &[CodeRecord],
    site: &Site,
    inventory: &Inventory,
    problems: &mut Vec<Problem>,
) -> Vec<Flow> {
    let known = flows::Known { inventory, drafts, codes, site };
    let mut read = Vec::new();
    for file in &inventory.flows {
        let (entries, mut found) = files.toml(file);
        problems.append(&mut found);
        let mut findings = Findings::new(file);
        read.extend(flows::read(entries, &known, &mut findings));
        problems.append(&mut findings.problems);
    }
    read
}

fn read_conversations(
    files: &mut Files<'_>,
    site: &Site,
    inventory: &Inventory,
    problems: &mut Vec<Problem>,
) -> Vec<Conversation> {
    let mut read = Vec::new();
    for file in &inventory.tests {
        let (entries, mut found) = files.toml(file);
        problems.append(&mut found);
        let mut findings = Findings::new(file);
        let tables = Fields::new(1, entries, &["conversation"], &mut findings).tables("conversation");
        read.append(&mut conversations::read(tables, &site.locales, inventory, &mut findings));
        problems.append(&mut findings.problems);
    }
    read
}

fn read_incident(
    files: &mut Files<'_>,
    site: &Site,
    inventory: &Inventory,
    problems: &mut Vec<Problem>,
) -> Option<Incident> {
    let file = Path::new("incident.toml");
    let (entries, mut found) = files.toml(file);
    problems.append(&mut found);
    let mut findings = Findings::new(file);
    let incident = incident::read(entries, &site.locales, inventory, &mut findings);
    problems.append(&mut findings.problems);
    incident
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

    /// Reads the logo that `site.toml` names.
    fn logo(&mut self, named: &Located<String>, findings: &mut Findings<'_>) -> Option<Logo> {
        let file = Path::new(&named.value);
        if !self.dir.join(file).exists() {
            let message = format!("there is no file {}; put it beside site.toml or take `logo` out", named.value);
            findings.error(named.line, message);
            return None;
        }
        let bytes = read_bytes(self.dir, file).map_err(|problem| findings.problems.push(problem)).ok()?;
        self.hashes.insert(file.to_owned(), blake3::hash(&bytes));
        site::read_logo(&named.value, bytes).map_err(|message| findings.error(named.line, message)).ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Locale;

    /// A content folder in the making.
    struct Folder(tempfile::TempDir);

    const GOOD: &str = "---\ntitle: One\nsummary: The first.\n---\n\nText.\n\n## Head\n\nMore.\n";

    impl Folder {
        fn with(files: &[(&str, &str)]) -> Self {
            let folder = Folder(tempfile::tempdir().unwrap());
            for (file, text) in files {
                folder.write(file, text.as_bytes());
            }
            folder
        }

        fn write(&self, file: &str, bytes: &[u8]) {
            let path = self.0.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }

        fn load(&self) -> Loaded {
            load(self.0.path()).unwrap()
        }

        fn problems(&self) -> Vec<String> {
            self.load().problems.iter().map(ToString::to_string).collect()
        }
    }

    /// Loads `text` as `file` beside one good article and returns what `check` would print.
    fn problems_of(file: &str, text: &str) -> String {
        Folder::with(&[("en/a/one.md", GOOD), (file, text)]).problems().join("\n")
    }

    #[test]
    fn front_matter_problems_name_file_line_and_remedy() {
        let article = |front: &str| problems_of("en/a/two.md", &format!("---\n{front}\n---\nText.\n"));
        let ok = "title: Two\nsummary: S.";
        let cases = [
            ("title: Two", "en/a/two.md:1: error: `summary` is missing; every one needs it: `summary: …`"),
            ("title:\nsummary: S.", "en/a/two.md:2: error: `title` is empty; write a text behind it"),
            ("title: \"  \"\nsummary: S.", "en/a/two.md:2: error: `title` is empty; write a text behind it"),
            ("title: [a]\nsummary: S.", "en/a/two.md:2: error: `title` must be a text, but this is a list"),
            (
                "title: Two: more\nsummary: S.",
                "en/a/two.md:2: error: this is not valid YAML (mapping values are not allowed in this context); put double \
                 quotes around a text that holds `: ` or ` #` or begins with a punctuation mark",
            ),
            (&format!("{ok}\ntitel: x"), "en/a/two.md:4: error: unknown key `titel`; did you mean `title`?"),
            (
                &format!("{ok}\nlayout: x"),
                "en/a/two.md:4: error: unknown key `layout`; known are `title`, `summary`, `codes`, `messages`, \
                 `questions`, `keywords`, `related`, `aliases`, `audience`, `money_at_risk` and `updated`",
            ),
            (&format!("{ok}\ntitle: x"), "en/a/two.md:4: error: `title` is there twice, first in line 2; keep one"),
            (
                &format!("{ok}\nkeywords: a, b"),
                "en/a/two.md:4: error: `keywords` must be a list, as in `keywords: [one, two]`, but this is a text",
            ),
            (
                &format!("{ok}\nquestions:\n  - fine\n  - not: fine"),
                "en/a/two.md:6: error: an item of `questions` must be a text, but this is a table; put quotes around a text \
                 that holds `: `",
            ),
            (
                &format!("{ok}\nquestions:\n  - Why?\n  - Why not?\n  - why"),
                "en/a/two.md:7: warning: the question “why” is there already in line 5; take one out",
            ),
            (
                &format!("{ok}\nrelated: [one]"),
                "en/a/two.md:4: error: `one` is not an article id of the form `category/slug` (letters, digits, `-`, `_` \
                 and `.`), which `related` must hold",
            ),
            (
                &format!("{ok}\nrelated: [b/one]"),
                "en/a/two.md:4: error: there is no article `b/one`, which `related` names; did you mean `a/one`?",
            ),
            (
                &format!("{ok}\nrelated: [a/two]"),
                "en/a/two.md:4: warning: an article is not related to itself; take it out of `related`",
            ),
            (
                &format!("{ok}\nupdated: 2026-13-01"),
                "en/a/two.md:4: error: `2026-13-01` is no day of the calendar; write it like 2026-11-22",
            ),
            (
                &format!("{ok}\naudience: agents"),
                "en/a/two.md:4: error: `agents` is no audience: there are `public` and `agent`; did you mean `agent`?",
            ),
            (
                &format!("{ok}\nkeywords: &a [x]\ncodes: *a"),
                "en/a/two.md:5: error: aliases (`*name`) are not understood here; write the value out",
            ),
            ("- title", "en/a/two.md:2: error: keys with values are expected here (`title: …`), but this is a list"),
        ];
        for (front, expected) in cases {
            let found = article(front);
            assert!(found.lines().any(|l| l == expected), "{front}\nexpected: {expected}\nfound:\n{found}");
        }
        assert_eq!(article(ok), "");
    }

    #[test]
    fn one_mistake_does_not_hide_the_next() {
        let text =
            "---\ntitle: Two: more\nsumary: S.\nupdated: soon\naudience: agnt\nrelated: [x]\n---\n[l](gone.md)\n";
        let found = problems_of("en/a/two.md", text);
        let lines: Vec<&str> = found.lines().map(|l| l.split(": error").next().unwrap_or(l)).collect();
        // The first line misses the summary; the title of line 2 is broken and not reported as missing.
        let expected = [1, 2, 3, 4, 5, 6, 8].map(|line| format!("en/a/two.md:{line}"));
        assert_eq!(lines, expected, "{found}");
    }

    #[test]
    fn an_unclear_audience_stays_hidden() {
        let text = "---\ntitle: T\nsummary: S\naudience: agnet\n---\n";
        let loaded = Folder::with(&[("en/a/two.md", text)]).load();
        assert_eq!(loaded.content.articles[0].audience, crate::content::Audience::Agent);
    }

    #[test]
    fn other_files_problems_name_file_line_and_remedy() {
        let rule = |rest: &str| format!("[[rule]]\nid = \"r\"\nany = [\"x\"]\n{rest}\n");
        let cases: [(&str, &str, &str); 30] = [
            (
                "en/a/two.md",
                "Text",
                "en/a/two.md:1: error: an article begins with a line `---`, its `title: …` and `summary: …`, and another line `---`; add them",
            ),
            (
                "en/a/two.md",
                "---\ntitle: T\n",
                "en/a/two.md:1: error: the front matter has no end; write a line `---` between it and the body",
            ),
            (
                "en/two.md",
                GOOD,
                "en/two.md: error: an article lies in a category's folder; move this to en/<category>/two.md",
            ),
            (
                "en/a/b/two.md",
                GOOD,
                "en/a/b/two.md: error: categories have no folders inside; move this to en/a/two.md",
            ),
            (
                "en/a/two two.md",
                GOOD,
                "en/a/two two.md: error: `two two` cannot be an article's name: it has letters, digits, `-`, `_` and `.` and begins with a letter or digit; rename the file",
            ),
            (
                "en/a b/two.md",
                GOOD,
                "en/a b: error: `a b` cannot be a category: a name has letters, digits, `-`, `_` and `.` and begins with a letter or digit; rename the folder",
            ),
            ("en/a/two.markdown", GOOD, "en/a/two.markdown: error: an article's file ends in `.md`; rename this one"),
            (
                "en/a/two.png",
                "",
                "en/a/two.png: warning: this file is not served: articles are `.md` files, and pictures are linked by an https: address",
            ),
            (
                "zh_CN/a/two.md",
                GOOD,
                "zh_CN: warning: this folder is read by nobody: a locale's is called `en` or `zh-CN`; rules, flows and tests have theirs; put `_` before the name of what is no content",
            ),
            (
                "notes.txt",
                "",
                "notes.txt: warning: this file is read by nobody: beside the locales there are site.toml, codes.toml, concepts.toml, synonyms.toml, suggestions.toml, out-of-scope.toml, incident.toml and the logo; an article goes to <locale>/<category>/<slug>.md",
            ),
            (
                "zh-CN/a/two.md",
                GOOD,
                "en/a/one.md: warning: `a/one` has no translation into `zh-CN`; its readers get `en`",
            ),
            ("site.toml", "nam = \"x\"", "site.toml:1: error: unknown key `nam`; did you mean `name`?"),
            ("site.toml", "name = \"x\"\nname = \"y\"", "site.toml:2: error: this is not valid TOML: duplicate key"),
            (
                "site.toml",
                "name = \n",
                "site.toml:1: error: this is not valid TOML: string values must be quoted, expected literal string",
            ),
            (
                "site.toml",
                "\ndefault_locale = \"fr\"",
                "site.toml:2: error: the default locale `fr` has no article: there is no folder fr/ with one; choose another or write fr/getting-started/welcome.md",
            ),
            ("site.toml", "accent = \"red\"", "site.toml:1: error: `red` is no colour; write it like \"#0a7d5a\""),
            (
                "site.toml",
                "code_pattern = 'E('",
                "site.toml:1: error: `E(` is no regular expression: unclosed group; write it like 'E\\d{4}'",
            ),
            (
                "site.toml",
                "code_pattern = 'E*'",
                "site.toml:1: error: the pattern `E*` matches an empty text; say what a code holds",
            ),
            (
                "site.toml",
                "popular = [\n  \"a/one\",\n  \"b/one\",\n]",
                "site.toml:3: error: there is no article `b/one`, which `popular` names; did you mean `a/one`?",
            ),
            (
                "site.toml",
                "[[categories]]\nid = \"b\"",
                "site.toml:2: warning: the category `b` has no article: no locale has a folder b/",
            ),
            (
                "site.toml",
                "[[support]]\nlabel = \"x\"\nurl = \"javascript:alert(1)\"",
                "site.toml:3: error: `javascript:alert(1)` is no address for a customer; write https://…, mailto:…, tel:…, article:<category>/<slug> or a path that begins with one `/`",
            ),
            (
                "codes.toml",
                "[[code]]\ncode = \"E1\"",
                "codes.toml:2: error: no article answers `E1`; add `article = \"<category>/<slug>\"` here, or the code to an article's front matter",
            ),
            (
                "codes.toml",
                "[[code]]\ncode = \"E1\"\narticle = \"a/one\"\noutcome = \"faild\"",
                "codes.toml:4: error: `faild` is no outcome: there are `failed`, `unknown`, `succeeded` and `none`; did you mean `failed`?",
            ),
            (
                "codes.toml",
                "[[code]]\ncode = \"E1\"\narticle = \"a/one\"\naliases = [\"e 1\"]",
                "codes.toml:4: error: the alias `e 1` is already a name of the code `E1`; take it out",
            ),
            (
                "codes.toml",
                "[[code]]\ncode = \"E1\"\narticle = \"a/one\"\nmessages = { fr = \"x\" }",
                "codes.toml:4: warning: `messages` has a text for `fr`, but there is no folder fr/; nobody will read it",
            ),
            (
                "rules/r.toml",
                "[[rule]]\nid = \"r\"\nkind = \"handoff\"\ntext = \"x\"",
                "rules/r.toml:1: error: this rule has neither `any` nor `all`, so that it matches nothing or everything",
            ),
            (
                "rules/r.toml",
                &rule("kind = \"handof\""),
                "rules/r.toml:4: error: `handof` is no kind of rule: there are `answer`, `safety`, `handoff`, `smalltalk` and `fallback`; did you mean `handoff`?",
            ),
            (
                "rules/r.toml",
                &rule("kind = \"answer\""),
                "rules/r.toml:1: error: the rule `r` rests on no article; add `article = \"<category>/<slug>\"`",
            ),
            (
                "rules/r.toml",
                &rule("kind = \"smalltalk\""),
                "rules/r.toml:1: error: the rule `r` has no text to say; add `text = { zh-CN = \"…\", en = \"…\" }`",
            ),
            (
                "rules/r.toml",
                &(rule("kind = \"smalltalk\"\ntext = \"x\"") + &rule("kind = \"handoff\"\ntext = \"x\"")),
                "rules/r.toml:6: error: the rule `r` is there already, in rules/r.toml:1; give this one another id",
            ),
        ];
        for (file, text, expected) in cases {
            let found = problems_of(file, text);
            assert!(found.lines().any(|l| l == expected), "{file}: {text}\nexpected: {expected}\nfound:\n{found}");
        }
    }

    fn article(front: &str) -> String {
        format!("---\ntitle: T\nsummary: S\n{front}\n---\nText.\n")
    }

    #[test]
    fn two_articles_cannot_claim_one_code() {
        let folder = Folder::with(&[
            ("en/a/one.md", &article("codes: [E1101]")),
            ("en/a/two.md", &article("codes: [E1, e-1101]")),
        ]);
        let expected = "en/a/two.md:4: error: the code `e-1101` belongs to two articles, `a/two` and `a/one` \
                        (en/a/one.md:4); take it out of one";
        assert_eq!(folder.problems(), [expected]);
    }

    #[test]
    fn an_alias_leads_to_one_article_and_is_none() {
        let folder = Folder::with(&[
            ("en/a/one.md", &article("aliases: [a/one, a/two, a/old]")),
            ("en/a/two.md", &article("aliases:\n  - a/old\n  - a/older\n  - older")),
        ]);
        let expected = [
            "en/a/one.md:4: error: `a/one` is this article's name today; `aliases` holds the names that it had before",
            "en/a/one.md:4: error: `a/two` is an article, so that no alias can lead away from it; take it out of `aliases`",
            "en/a/two.md:5: error: the alias `a/old` is claimed by en/a/one.md too; take it out of one",
            "en/a/two.md:7: error: `older` is not an article id of the form `category/slug` (letters, digits, `-`, `_` and \
             `.`), which `aliases` must hold",
        ];
        assert_eq!(folder.problems(), expected);
        let translated = Folder::with(&[
            ("en/a/one.md", &article("aliases: [a/old]")),
            ("zh-CN/a/one.md", &article("aliases: [a/old]")),
        ]);
        assert_eq!(translated.problems(), [""; 0]);
    }

    #[test]
    fn contacts_and_incidents_are_checked() {
        let contact = |lines: &str| problems_of("site.toml", &format!("[[contacts]]\nlabel = \"L\"\n{lines}\n"));
        assert_eq!(contact("kind = \"website\"\nvalue = \"lantern.example\""), "");
        for (lines, wanted) in [
            ("kind = \"fax\"", "site.toml:3: error: `fax` is no kind of contact: there are `website`, `email`, "),
            ("kind = \"website\"\nvalue = \"localhost\"", "site.toml:4: error: `localhost` is not a website; "),
            ("kind = \"email\"\nvalue = \"a\"", "site.toml:4: error: `a` is not an e-mail address; "),
            ("kind = \"phone\"\nvalue = \"110\"", "site.toml:4: error: `110` is not a telephone number; "),
            ("kind = \"place\"\nvalue = \"x\"", "site.toml:4: error: a place has no `value`; "),
        ] {
            let got = contact(lines);
            assert!(got.starts_with(wanted), "{got}");
        }
        assert_eq!(problems_of("incident.toml", "text = \"Down.\"\nseverity = \"outage\""), "");
        let typo = problems_of("incident.toml", "text = \"Down.\"\nseverity = \"bad\"\narticle = \"a/none\"");
        assert!(typo.contains("incident.toml:2: error: `bad` is no severity") && typo.contains("`a/none`"), "{typo}");
        assert!(problems_of("incident.toml", "severity = \"notice\"").contains("`text` is missing"));
        let logo = problems_of("site.toml", "logo = \"logo.svg\"");
        assert!(logo.starts_with("site.toml:1: error: there is no file logo.svg"), "{logo}");
    }

    #[test]
    fn codes_toml_must_agree_with_the_front_matter() {
        let folder = Folder::with(&[
            ("en/a/one.md", &article("codes: [E1]")),
            ("en/a/two.md", &article("")),
            ("codes.toml", "[[code]]\ncode = \"E1\"\narticle = \"a/two\"\n[[code]]\ncode = \"e 1\"\n"),
        ]);
        let expected = [
            "codes.toml:3: error: `E1` belongs to `a/two` here but to `a/one` in its front matter (en/a/one.md:4); name the \
             same article in both",
            "codes.toml:5: error: the code `e 1` is there twice, first in line 2; keep one",
        ];
        assert_eq!(folder.problems(), expected);
    }

    #[test]
    fn the_catalogue_joins_both_places() {
        let folder = Folder::with(&[
            ("en/a/one.md", &article("codes: [E1]\nmessages: [\"No network\", \"Offline\"]")),
            ("en/a/two.md", &article("codes: [E2, E3]\nmessages: [\"Locked\"]")),
            ("zh-CN/a/one.md", &article("codes: [E1]\nmessages: [\"没有网络\"]")),
            ("zh-CN/a/two.md", &article("")),
            (
                "codes.toml",
                "[[code]]\ncode = \"E1\"\naliases = [\"NET\"]\noutcome = \"unknown\"\n\
                 messages = { en = \"No network\", zh-CN = [\"断网\"] }\n\
                 [[code]]\ncode = \"X9\"\narticle = \"a/two\"\noutcome = \"none\"\n",
            ),
        ]);
        let loaded = folder.load();
        assert_eq!(loaded.problems, []);
        let line = |c: &CodeRecord| {
            let messages: Vec<String> = c.messages.iter().map(|(l, m)| format!("{l}={}", m.join("+"))).collect();
            format!("{} {:?} {:?} {} {}", c.code, c.aliases, c.outcome, c.article, messages.join(" "))
        };
        let expected = [
            "E1 [\"NET\"] Unknown a/one en=No network+Offline zh-CN=断网+没有网络",
            "E2 [] None a/two ",
            "E3 [] None a/two ",
            "X9 [] None a/two ",
        ];
        assert_eq!(loaded.content.codes.iter().map(line).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_code_of_another_shape_is_a_warning() {
        let folder =
            Folder::with(&[("en/a/one.md", &article("codes: [e1, E22]")), ("site.toml", "code_pattern = 'E\\d'")]);
        let expected = "en/a/one.md:4: warning: the code `E22` is not of the shape `E\\d` that site.toml gives; mend one of \
                        them";
        assert_eq!(folder.problems(), [expected]);
    }

    #[test]
    fn without_site_toml_the_folders_say_everything() {
        let folder = Folder::with(&[
            ("en/top-ups/one.md", GOOD),
            ("zh-cn/account/two.md", GOOD),
            ("zh-cn/top-ups/one.md", GOOD),
            ("README.md", "How to write articles"),
            ("_drafts/x.md", ""),
            ("img/.keep", ""),
        ]);
        let loaded = folder.load();
        let site = &loaded.content.site;
        let zh: Locale = "zh-CN".parse().unwrap();
        assert_eq!(site.default_locale, zh, "it has most articles");
        assert_eq!(site.locales.iter().map(Locale::as_str).collect::<Vec<_>>(), ["zh-CN", "en"]);
        let names: Vec<_> = site.categories.iter().map(|c| (c.id.as_str(), c.name.get(&zh, &zh))).collect();
        assert_eq!(names, [("account", Some("Account")), ("top-ups", Some("Top ups"))]);
        assert_eq!(site.name.get(&zh, &zh), Some("帮助中心"));
        let order: Vec<String> = loaded.content.articles.iter().map(|a| format!("{}/{}", a.locale, a.id)).collect();
        assert_eq!(order, ["zh-CN/account/two", "zh-CN/top-ups/one", "en/top-ups/one"]);
        assert!(!loaded.has_errors());
        let texts: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
        let expected = [
            "img: warning: this folder would be the locale `img`, but it holds no article",
            "zh-cn/account/two.md: warning: `account/two` has no translation into `en`; its readers get `zh-CN`",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn the_version_changes_with_any_file_that_is_read() {
        let files = [("en/a/one.md", GOOD), ("en/a/two.md", GOOD), ("codes.toml", "")];
        let version = || Folder::with(&files).load().content.hash;
        assert_eq!(version(), version());
        assert_eq!(version().len(), 64);
        for (file, _) in files {
            let folder = Folder::with(&files);
            let mut bytes = std::fs::read(folder.0.path().join(file)).unwrap();
            bytes.push(b'\n');
            folder.write(file, &bytes);
            assert_ne!(folder.load().content.hash, version(), "{file}");
        }
        let folder = Folder::with(&files);
        std::fs::rename(folder.0.path().join("en/a/two.md"), folder.0.path().join("en/a/three.md")).unwrap();
        assert_ne!(folder.load().content.hash, version(), "a new name");
    }

    #[test]
    fn files_that_are_no_text_are_problems() {
        let folder = Folder::with(&[("en/a/one.md", GOOD)]);
        folder.write("en/a/latin.md", b"---\ntitle: caf\xe9\n---\n");
        folder.write("en/a/large.md", &vec![b'a'; 2 * 1024 * 1024 + 1]);
        let expected = [
            "en/a/large.md: error: this file is larger than 2 MiB; split it",
            "en/a/latin.md:2: error: this is not valid UTF-8; save the file in that encoding",
        ];
        assert_eq!(folder.problems(), expected);
    }

    #[test]
    fn byte_order_mark_and_windows_line_breaks_are_understood() {
        let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
        let folder = Folder::with(&[("en/a/one.md", &text)]);
        let loaded = folder.load();
        assert_eq!(loaded.problems, []);
        let article = &loaded.content.articles[0];
        assert_eq!((article.title.as_str(), article.markdown.as_str()), ("One", "Text.\n\n## Head\n\nMore.\n"));
        folder.write("en/a/two.md", text.replace("summary", "sumary").as_bytes());
        assert_eq!(folder.problems()[1], "en/a/two.md:3: error: unknown key `sumary`; did you mean `summary`?");
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_may_not_leave_the_folder() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(outside.path(), GOOD).unwrap();
        let folder = Folder::with(&[("en/a/one.md", GOOD)]);
        let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, folder.0.path().join(name)).unwrap();
        link(outside.path(), "en/a/out.md");
        link(Path::new("one.md"), "en/a/two.md");
        link(Path::new("nowhere.md"), "en/a/three.md");
        let loaded = folder.load();
        assert_eq!(loaded.content.articles.len(), 2);
        let expected = [
            "en/a/out.md: error: this symbolic link leaves the content folder and is not followed; copy the file here",
            "en/a/three.md: error: this symbolic link leads nowhere; take it out",
        ];
        assert_eq!(folder.problems(), expected);
    }

    #[test]
    fn a_folder_without_articles_says_where_the_first_goes() {
        let folder = Folder::with(&[("site.toml", "")]);
        assert!(matches!(load(folder.0.path()), Err(LoadError::Empty(_))));
        assert!(matches!(load(&folder.0.path().join("gone")), Err(LoadError::Missing(_))));
        let misplaced = Folder::with(&[("en/one.md", GOOD)]);
        assert!(misplaced.load().has_errors(), "its problem says where the article goes");
    }

    #[test]
    fn links_are_checked_across_articles() {
        let body = "[ok](./one.md#head) [ok](../a/one.md) [gone](gone.md)\n\n[no anchor](one.md#tail)\n[self](#nope)\n\n\
                    [secret](../b/secret.md)\n";
        let secret = article("audience: agent");
        let folder = Folder::with(&[
            ("en/a/one.md", GOOD),
            ("en/a/two.md", &format!("---\ntitle: T\nsummary: S\n---\n{body}")),
            ("en/b/secret.md", &secret),
        ]);
        let expected = [
            "en/a/two.md:5: error: `gone.md` leads to no article; link an existing file such as ../<category>/<slug>.md",
            "en/a/two.md:7: warning: en/a/one.md has no heading `#tail`: #head",
            "en/a/two.md:8: warning: en/a/two.md has no heading `#nope`: it has no headings",
            "en/a/two.md:10: warning: customers read this, but `b/secret` is for agents: the link tells them of it and leads \
             nowhere",
        ];
        assert_eq!(folder.problems(), expected);
    }

    #[test]
    fn rules_keep_their_words_and_place() {
        let rules = "# first\n[[rule]]\nid = \"stolen\"\npriority = 100\nall = [\"stolen|hacked\", \"account\"]\n\
                     none = [\"prevent\"]\nkind = \"safety\"\narticle = \"a/one\"\n\n\
                     [[rule]]\nid = \"hi\"\nany = [\"hello\"]\nwhole = true\nkind = \"smalltalk\"\ntext = \"Hello!\"\n";
        let loaded = Folder::with(&[("en/a/one.md", GOOD), ("rules/10-safety.toml", rules)]).load();
        assert_eq!(loaded.problems, []);
        let [stolen, hi] = loaded.content.rules.as_slice() else { panic!("two rules") };
        assert_eq!((stolen.line, stolen.priority, stolen.all.len()), (2, 100, 2));
        let article = "a/one".parse().unwrap();
        assert_eq!(stolen.action, rules::RuleAction::Article { kind: crate::model::ReplyKind::Safety, article });
        assert_eq!((hi.line, hi.whole), (10, true));
        assert_eq!(hi.text[&"en".parse().unwrap()], "Hello!");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_problems_inside_the_file(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            check_any(&bytes);
        }

        #[test]
        fn any_front_matter_gives_problems_inside_the_file(
            front in "((title|summary|codes|x)?: ?[-a\\[\\]{}&*!|>'\"%@` \n:,#\t]{0,12}\n){0,6}",
        ) {
            check_any(format!("---\n{front}---\ntext [x](y)\n").as_bytes());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_toml_gives_problems_inside_the_file(
            text in "(\\[?\\[?(categories|support|code|rule|x)\\]?\\]?\n|(id|name|code|any|kind|text|url|article|popular|x) = \
                     ?[-a\\[\\]{}=\"'\\\\,.0-9 #\t]{0,10}\n){0,8}",
        ) {
            let (entries, errors) = parse_toml(&text);
            let file = Path::new("f.toml");
            let mut findings = Findings::new(file);
            let inventory = Inventory::default();
            site::read(entries.clone(), &inventory, &mut findings);
            let tables = |key: &str| entries.iter().filter(|e| e.key == key).filter_map(|e| match &e.node.value {
                crate::content::node::Value::List(items) => Some(items.clone()),
                _ => None,
            }).flatten().collect::<Vec<_>>();
            codes::read(tables("code"), &[], &inventory, &mut findings);
            rules::read(
                tables("rule"),
                &rules::Known { locales: &[], inventory: &inventory, concepts: &[] },
                &mut findings,
            );
            let lines = text.split('\n').count();
            let found = findings.problems.iter().filter_map(|p| p.line);
            for line in found.chain(errors.iter().map(|e| e.line)) {
                assert!((1..=lines).contains(&line), "{line} of {lines}");
            }
        }
    }

    #[test]
    fn a_file_full_of_mistakes_shows_the_first_hundred() {
        let body = "![a](b.png)\n\n".repeat(150) + "[gone](gone.md)";
        let problems = Folder::with(&[("en/a/one.md", &format!("---\ntitle: T\nsummary: S\n---\n{body}"))]).problems();
        assert_eq!(problems.len(), 101);
        assert_eq!(problems[0], "en/a/one.md: warning: there are 51 more problems; mend the others first");
        assert!(problems[100].contains("error: `gone.md`"), "an error is not cut off by warnings");
    }

    /// Reads bytes as an article: no panic, and every problem on a line that the file has.
    fn check_any(bytes: &[u8]) {
        let from = ArticleFile {
            locale: "en".parse().unwrap(),
            id: "a/one".parse().unwrap(),
            file: PathBuf::from("en/a/one.md"),
        };
        let problems = match text_of(bytes.to_vec(), &from.file) {
            Err(problem) => vec![problem],
            Ok(text) => {
                let mut findings = Findings::new(&from.file);
                parse_article(&text, &from, &Inventory::default(), &mut findings);
                findings.problems
            }
        };
        let lines = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
        for problem in problems {
            assert!(problem.line.is_some_and(|l| (1..=lines).contains(&l)), "{problem} of {lines}");
        }
    }
}
