//! A content folder made of drafts, and what a person should look at in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use crate::base::{ArticleId, Locale};
use crate::content::{self, Severity};
use crate::exchange::draft::{Draft, LocalFile, Note, name};
use crate::exchange::links::{FILES, Links};
use crate::exchange::rewrite::rewrite;
use crate::exchange::source::{Form, NO_TITLE};
use crate::exchange::summary;
use crate::text::fold::fold;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// How many articles there are now.
    pub articles: usize,
    /// How many other files were copied.
    pub files: usize,
    /// What a person should look at, by file.
    pub notes: Vec<Note>,
}

/// What the source does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// The language of drafts that do not say theirs; without it their script tells.
    pub locale: Option<Locale>,
    /// Where the pictures and other files of the source will be.
    pub files_url: Option<Url>,
}

/// Says why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is an article of that name.
    #[error("{} exists; import into a new folder", .0.display())]
    Exists(PathBuf),
    /// The disk says no.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// An article that is ready to be written.
struct Page<'d> {
    draft: &'d Draft,
    file: PathBuf,
    title: String,
    summary: String,
    related: Vec<ArticleId>,
    aliases: Vec<ArticleId>,
    codes: Vec<String>,
    body: String,
}

/// Writes drafts as articles below a content folder. No file is written over.
///
/// # Errors
/// When a file exists, or cannot be written.
pub fn write(drafts: &[Draft], wishes: &Wishes, folder: &Path) -> Result<Written, WriteError> {
    let locale_of = |d: &Draft| d.locale.as_ref().or(wishes.locale.as_ref()).cloned().unwrap_or_else(|| d.language());
    let locales: Vec<Locale> = drafts.iter().map(locale_of).collect();
    let ids = name(drafts, &locales);
    let place = |i: usize| format!("{}/{}.md", locales[i], ids[i]);
    if let Some(taken) = (0..drafts.len()).map(|i| folder.join(place(i))).find(|file| file.exists()) {
        return Err(WriteError::Exists(taken));
    }
    let links = Links::new(drafts, &locales, &ids, folder, wishes.files_url.as_ref());
    let mut claims = Claims::of(&ids);
    let mut written = Written::default();
    let mut pages = Vec::with_capacity(drafts.len());
    for (i, draft) in drafts.iter().enumerate() {
        let mut note = |what: String| written.notes.push(Note { place: place(i), what });
        draft.notes.iter().cloned().for_each(&mut note);
        let own = (&locales[i], &ids[i]);
        let body = rewrite(&draft.body, draft.form == Form::Markdown, &mut |kind, target| {
            let led = links.lead(kind, target, draft, own);
            led.note.into_iter().for_each(&mut note);
            led.lead
        });
        let title = title(draft, &body, &ids[i], &mut note);
        let summary = short_answer(draft, &title, &body, &mut note);
        let related = related(draft, &links, own, folder, &mut note);
        let aliases = claims.aliases(draft, own.1, &mut note);
        let codes = claims.codes(draft, own.1, &mut note);
        let page = Page { draft, file: folder.join(place(i)), title, summary, related, aliases, codes, body };
        put(&page.file, page.text().as_bytes())?;
        pages.push(page);
        written.articles += 1;
    }
    let site = folder.join("site.toml");
    if let Some(text) = category_names(drafts, &locales, &ids).filter(|_| !site.exists()) {
        put(&site, text.as_bytes())?;
        let what = "it has the categories' names alone; put them into their order and add what is yours".to_owned();
        written.notes.push(Note { place: "site.toml".to_owned(), what });
    }
    mend(&pages, folder, &mut written)?;
    let files: BTreeMap<&str, &LocalFile> =
        drafts.iter().flat_map(|d| &d.files).map(|file| (file.name.as_str(), file)).collect();
    for (name, file) in files {
        copy(file, &folder.join(FILES).join(name))?;
        written.files += 1;
    }
    written.notes.sort();
    written.notes.dedup();
    Ok(written)
}

/// Writes down what categories are called where their folders do not tell, such as “Power & light” of `power-light`.
/// Folders' own names, and those of our ids, say no more than they did.
fn category_names(drafts: &[Draft], locales: &[Locale], ids: &[ArticleId]) -> Option<String> {
    let mut order: Vec<&str> = Vec::new();
    let mut names: HashMap<&str, BTreeMap<&Locale, String>> = HashMap::new();
    let named = |d: &Draft| d.form != Form::Markdown && d.id.is_none() && !d.category.trim().is_empty();
    for ((draft, locale), id) in drafts.iter().zip(locales).zip(ids).filter(|((draft, _), _)| named(draft)) {
        if !names.contains_key(id.category()) {
            order.push(id.category());
        }
        names.entry(id.category()).or_default().entry(locale).or_insert_with(|| one_line(&draft.category));
    }
    let told = |id: &str, name: &String| name.to_lowercase().replace(' ', "-") == id;
    if order.iter().all(|id| names[id].values().all(|name| told(id, name))) {
        return None;
    }
    let table = |id: &&str| {
        let names: Vec<String> =
            names[id].iter().map(|(locale, name)| format!("{locale} = {}", quoted(name))).collect();
        format!("[[categories]]\nid = {}\nname = {{ {} }}\n", quoted(id), names.join(", "))
    };
    Some(order.iter().map(table).collect::<Vec<_>>().join("\n"))
}

/// Returns the title; makes one of the body where there is none.
fn title(draft: &Draft, body: &str, id: &ArticleId, note: &mut impl FnMut(String)) -> String {
    let title = one_line(&draft.title);
    if !title.is_empty() {
        return title;
    }
    let made = one_line(&summary::title(body));
    let made = if made.is_empty() { id.slug().replace('-', " ") } else { made };
    note(NO_TITLE.to_owned());
    made
}

/// Returns the summary; makes one of the first sentences where there is none.
fn short_answer(draft: &Draft, title: &str, body: &str, note: &mut impl FnMut(String)) -> String {
    let written = one_line(&draft.summary);
    if !written.is_empty() {
        return written;
    }
    let made = one_line(&summary::summary(body));
    note(match made.is_empty() {
        true => "it has no text to make a summary of; write one".to_owned(),
        false => "its summary is its first sentences; see that it answers by itself".to_owned(),
    });
    if made.is_empty() { title.to_owned() } else { made }
}

/// Returns where to go on, as the articles are called now.
fn related(
    draft: &Draft,
    links: &Links<'_>,
    own: (&Locale, &ArticleId),
    folder: &Path,
    note: &mut impl FnMut(String),
) -> Vec<ArticleId> {
    let mut out = Vec::new();
    for written in &draft.related {
        let name = written.trim_end_matches(".md");
        let found = links.find(name, own.0, own.0).map(|(_, id)| id.clone());
        let there = || name.parse::<ArticleId>().ok().filter(|id| folder.join(format!("{}/{id}.md", own.0)).is_file());
        match found.or_else(there) {
            Some(id) if !out.contains(&id) => out.push(id),
            Some(_) => {}
            None => note(format!("`related` names `{written}`, which was not imported; name another article")),
        }
    }
    out
}

/// What one article alone may have.
struct Claims<'a> {
    ids: HashSet<&'a ArticleId>,
    aliases: HashMap<ArticleId, &'a ArticleId>,
    codes: HashMap<String, &'a ArticleId>,
}

impl<'a> Claims<'a> {
    fn of(ids: &'a [ArticleId]) -> Self {
        Claims { ids: ids.iter().collect(), aliases: HashMap::new(), codes: HashMap::new() }
    }

    fn aliases(&mut self, draft: &Draft, own: &'a ArticleId, note: &mut impl FnMut(String)) -> Vec<ArticleId> {
        let mut out = Vec::new();
        for written in &draft.aliases {
            let id = written.trim_end_matches(".md").parse::<ArticleId>().ok().filter(|id| !self.ids.contains(id));
            match id {
                Some(id) if *self.aliases.entry(id.clone()).or_insert(own) == own => out.push(id),
                _ => note(format!("the former id `{written}` is none, or another article's, and was left out")),
            }
        }
        out
    }

    fn codes(&mut self, draft: &Draft, own: &'a ArticleId, note: &mut impl FnMut(String)) -> Vec<String> {
        let mut out = Vec::new();
        for code in &draft.codes {
            let folded: String = fold(code).chars.into_iter().filter(|c| c.is_alphanumeric()).collect();
            if folded.is_empty() {
                note(format!("the code `{code}` holds no letter or digit, and was left out"));
            } else if *self.codes.entry(folded).or_insert(own) == own {
                out.push(code.clone());
            } else {
                note(format!("another article answers the code `{code}` already, so it was left out here"));
            }
        }
        out
    }
}

/// Reads what was written as the server will, and takes from each article what that refuses: an import is never the reason
/// that a help centre is not served.
fn mend(pages: &[Page<'_>], folder: &Path, written: &mut Written) -> Result<(), WriteError> {
    // Twice, as the first time may take what the second needs.
    for round in 0..2 {
        let Ok(loaded) = content::load(folder) else { return Ok(()) };
        let mut wrong: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        for problem in loaded.problems.into_iter().filter(|p| p.severity == Severity::Error) {
            wrong.entry(folder.join(&problem.file)).or_default().push(problem.message);
        }
        let mut mended = false;
        for page in pages {
            let Some(messages) = wrong.get(&page.file) else { continue };
            let place = page.file.strip_prefix(folder).unwrap_or(&page.file).display().to_string();
            for message in messages.iter().take(3) {
                written.notes.push(Note { place: place.clone(), what: format!("{message} (left out here)") });
            }
            let bare = Page {
                draft: page.draft,
                file: page.file.clone(),
                title: page.title.clone(),
                summary: page.summary.clone(),
                related: Vec::new(),
                aliases: Vec::new(),
                codes: if round == 0 { page.codes.clone() } else { Vec::new() },
                body: bare(&page.body),
            };
            put(&page.file, bare.text().as_bytes())?;
            mended = true;
        }
        if !mended {
            break;
        }
    }
    Ok(())
}

/// The largest body that is written without its markup, in bytes.
const LARGEST_BARE: usize = 1 << 20;

/// Returns the words of a body, without anything that could be markup.
fn bare(body: &str) -> String {
    let mut out = String::new();
    for line in body.lines() {
        if out.len() + line.len() * 2 > LARGEST_BARE {
            break;
        }
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || "#>-+*=~|`".contains(c));
        for c in line.chars() {
            if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '?' | '"' | '\'' | '/') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('\n');
    }
    out
}

fn put(file: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |source| WriteError::Io { path: file.to_owned(), source };
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(file, bytes).map_err(failed)
}

fn copy(file: &LocalFile, to: &Path) -> Result<(), WriteError> {
    if to.exists() {
        return Err(WriteError::Exists(to.to_owned()));
    }
    let failed = |source| WriteError::Io { path: to.to_owned(), source };
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::copy(&file.path, to).map_err(failed).map(|_| ())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page<'_> {
    /// Writes the article as authors do.
    fn text(&self) -> String {
        let mut out = format!("---\ntitle: {}\nsummary: {}\n", quoted(&self.title), quoted(&self.summary));
        let ids = |ids: &[ArticleId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (key, values) in [
            ("codes", &self.codes),
            ("messages", &self.draft.messages),
            ("questions", &self.draft.questions),
            ("keywords", &self.draft.keywords),
            ("related", &ids(&self.related)),
            ("aliases", &ids(&self.aliases)),
        ] {
            let mut seen = HashSet::new();
            let values: Vec<&str> =
                values.iter().map(|v| v.trim()).filter(|v| !v.is_empty() && seen.insert(*v)).collect();
            if !values.is_empty() {
                out.push_str(&format!("{key}:\n"));
                values.iter().for_each(|value| out.push_str(&format!("  - {}\n", quoted(value))));
            }
        }
        if self.draft.internal {
            out.push_str("audience: agent\n");
        }
        if self.draft.money_at_risk {
            out.push_str("money_at_risk: true\n");
        }
        if let Some(day) = self.draft.updated {
            out.push_str(&format!("updated: {day}\n"));
        }
        let body = self.body.trim_start_matches('\n');
        // What has no end of its own gets one; ours are kept to the last line break.
        let end = if body.is_empty() || body.ends_with('\n') { "" } else { "\n" };
        format!("{out}---\n\n{body}{end}")
    }
}

/// Writes a text in YAML or TOML: in quotes, as JSON does, and what they do not allow as it stands by its number.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for c in Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(origin: &str, category: &str, title: &str, body: &str) -> Draft {
        Draft {
            form: Form::Markdown,
            origin: origin.into(),
            category: category.into(),
            title: title.into(),
            body: body.into(),
            ..Draft::default()
        }
    }

    fn english() -> Wishes {
        Wishes { locale: "en".parse().ok(), files_url: None }
    }

    #[test]
    fn links_between_articles_still_lead_there() {
        let drafts = [
            draft(
                "guide/setup",
                "guide",
                "Setup",
                "See [fees](../money/fees.md#now), [gone](gone.md), [out](https://e.com), ![p](p.png), `[c](gone.md)`.",
            ),
            draft("money/fees", "money", "Fees", "Back to [setup](/guide/setup) or [x](../guide/setup/?a=1#b)."),
        ];
        let dir = tempfile::tempdir().unwrap();
        let written = write(&drafts, &english(), dir.path()).unwrap();
        let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
        let setup = read("en/guide/setup.md");
        assert!(
            setup.contains("[fees](../money/fees.md#now), gone, [out](https://e.com), ![p](p.png), `[c](gone.md)`."),
            "{setup}"
        );
        assert!(read("en/money/fees.md").contains("[setup](../guide/setup.md) or [x](../guide/setup.md#b)"));
        let of_setup: Vec<&str> =
            written.notes.iter().filter(|n| n.place == "en/guide/setup.md").map(|n| n.what.as_str()).collect();
        assert_eq!(of_setup.len(), 3, "{of_setup:#?}");
        let again = write(&drafts, &english(), dir.path()).unwrap_err();
        assert!(again.to_string().ends_with("exists; import into a new folder"), "{again}");
    }

    #[test]
    fn what_the_loader_refuses_is_taken_out_and_told() {
        let deep = format!("{}x and [a](javascript:alert(1))\n", ">".repeat(100));
        let drafts = [draft("a", "c", "Deep", &deep), draft("b", "c", "", ""), draft("c", "c", "\u{7f}\u{85}", "T.")];
        let dir = tempfile::tempdir().unwrap();
        let written = write(&drafts, &english(), dir.path()).unwrap();
        let loaded = content::load(dir.path()).unwrap();
        assert!(!loaded.has_errors() && loaded.content.articles.len() == 3, "{:#?}", loaded.problems);
        assert!(written.notes.iter().any(|n| n.what.contains("nest more than 32 deep")), "{:#?}", written.notes);
        assert!(written.notes.iter().any(|n| n.what.contains("it had no title")), "{:#?}", written.notes);
    }

    #[test]
    fn what_one_article_may_have_is_not_given_to_two() {
        let claiming = |title: &str| Draft {
            codes: vec!["E1".into(), "-".into()],
            aliases: vec!["c/old".into(), "c/two".into()],
            related: vec!["c/gone".into(), "one".into()],
            ..draft(title, "c", title, "Text.")
        };
        let dir = tempfile::tempdir().unwrap();
        let written = write(&[claiming("one"), claiming("two")], &english(), dir.path()).unwrap();
        let loaded = content::load(dir.path()).unwrap();
        assert!(!loaded.has_errors(), "{:#?}", loaded.problems);
        let articles = &loaded.content.articles;
        assert_eq!((articles[0].codes.join("+"), articles[1].codes.len()), ("E1".to_owned(), 0));
        assert_eq!((articles[0].aliases.len(), articles[1].aliases.len()), (1, 0));
        assert!(articles.iter().all(|a| a.related.len() == 1), "{articles:#?}");
        assert_eq!(written.notes.iter().filter(|n| n.what.contains("E1")).count(), 1);
    }
}
