//! A content folder made of drafts, and what a person should look at in it.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::{ArticleId, Locale};
use crate::exchange::draft::{Draft, Note, name};
use crate::kb::passages::sentences;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// How many articles there are now.
    pub articles: usize,
    /// What a person should look at, by file.
    pub notes: Vec<Note>,
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

/// The longest summary that is made of an article's first sentences, in characters.
const LONGEST_SUMMARY: usize = 200;

/// Writes drafts as articles below a content folder. `locale` is that of drafts which do not say theirs; without it their
/// script tells. No file is written over.
///
/// # Errors
/// When a file exists, or cannot be written.
pub fn write(drafts: &[Draft], locale: Option<&Locale>, folder: &Path) -> Result<Written, WriteError> {
    let locales: Vec<Locale> =
        drafts.iter().map(|d| d.locale.as_ref().or(locale).cloned().unwrap_or_else(|| d.language())).collect();
    let ids = name(drafts, &locales);
    let place = |i: usize| format!("{}/{}.md", locales[i], ids[i]);
    if let Some(taken) = (0..drafts.len()).map(|i| folder.join(place(i))).find(|file| file.exists()) {
        return Err(WriteError::Exists(taken));
    }
    let links = Links::new(drafts, &locales, &ids);
    let mut written = Written::default();
    for (i, draft) in drafts.iter().enumerate() {
        let mut note = |what: String| written.notes.push(Note { place: place(i), what });
        draft.notes.iter().cloned().for_each(&mut note);
        let body = links.rewrite(&draft.body, draft, &locales[i], &ids[i], &mut note);
        let summary = if draft.summary.trim().is_empty() {
            let made = first_sentences(&body);
            note(match made.is_empty() {
                true => "it has no text to make a summary of; write one".to_owned(),
                false => "its summary is its first sentences; see that it answers by itself".to_owned(),
            });
            if made.is_empty() { draft.title.clone() } else { made }
        } else {
            draft.summary.clone()
        };
        let text = article(draft, &summary, &body);
        let file = folder.join(place(i));
        let failed = |source| WriteError::Io { path: file.clone(), source };
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&file, text).map_err(failed)?;
        written.articles += 1;
    }
    written.notes.sort();
    written.notes.dedup();
    Ok(written)
}

/// Writes an article as authors do.
fn article(draft: &Draft, summary: &str, body: &str) -> String {
    // A JSON string is a YAML one.
    let quoted =
        |text: &str| serde_json::Value::from(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string();
    let mut out = format!("---\ntitle: {}\nsummary: {}\n", quoted(&draft.title), quoted(summary));
    for (key, values) in [
        ("codes", &draft.codes),
        ("messages", &draft.messages),
        ("questions", &draft.questions),
        ("keywords", &draft.keywords),
    ] {
        let mut seen = Vec::new();
        for value in values.iter().filter(|v| !v.trim().is_empty()) {
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        if !seen.is_empty() {
            out.push_str(&format!("{key}:\n"));
            seen.iter().for_each(|value| out.push_str(&format!("  - {}\n", quoted(value))));
        }
    }
    if draft.internal {
        out.push_str("audience: agent\n");
    }
    if let Some(day) = draft.updated {
        out.push_str(&format!("updated: {day}\n"));
    }
    format!("{out}---\n\n{}\n", body.trim())
}

/// Returns the sentences of the first paragraph, as many as make a short answer.
fn first_sentences(body: &str) -> String {
    let is_prose =
        |block: &&str| !block.trim().is_empty() && !block.trim_start().starts_with(['#', '|', '>', '!', '`', '<']);
    let Some(block) = body.split("\n\n").find(is_prose) else { return String::new() };
    let text = plain(block);
    let mut out = String::new();
    for (from, to) in sentences(&text) {
        let sentence = text[from..to].trim();
        if !out.is_empty() && out.chars().count() + sentence.chars().count() > LONGEST_SUMMARY {
            break;
        }
        if !out.is_empty() && out.ends_with(|c: char| c.is_ascii()) {
            out.push(' ');
        }
        out.push_str(sentence);
    }
    if out.chars().count() > LONGEST_SUMMARY {
        out = out.chars().take(LONGEST_SUMMARY - 1).collect::<String>().trim_end().to_owned() + "…";
    }
    out
}

/// Returns a paragraph without the marks of emphasis, lists and links.
fn plain(block: &str) -> String {
    let mut out = String::new();
    let mut chars = block.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' | '_' | '`' | '[' | '\\' => {}
            ']' if chars.peek() == Some(&'(') => {
                let mut depth = 0;
                for c in chars.by_ref() {
                    depth += i32::from(c == '(') - i32::from(c == ')');
                    if depth == 0 {
                        break;
                    }
                }
            }
            ']' => {}
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ").trim_start_matches("- ").to_owned()
}

/// Where the articles of the source are now.
struct Links<'a> {
    by_origin: HashMap<&'a str, Vec<(&'a Locale, &'a ArticleId)>>,
}

impl<'a> Links<'a> {
    fn new(drafts: &'a [Draft], locales: &'a [Locale], ids: &'a [ArticleId]) -> Self {
        let mut by_origin: HashMap<&str, Vec<_>> = HashMap::new();
        for (i, draft) in drafts.iter().enumerate().filter(|(_, d)| !d.origin.is_empty()) {
            by_origin.entry(draft.origin.as_str()).or_default().push((&locales[i], &ids[i]));
        }
        Links { by_origin }
    }

    /// Leads links between articles of the source to where these are now; one that leads nowhere becomes its text.
    fn rewrite(
        &self,
        body: &str,
        draft: &Draft,
        locale: &Locale,
        own: &ArticleId,
        note: &mut impl FnMut(String),
    ) -> String {
        let mut out = String::with_capacity(body.len());
        let mut lost: BTreeSet<String> = BTreeSet::new();
        let mut rest = body;
        while let Some(at) = rest.find("](") {
            let Some(end) = rest[at + 2..].find([')', ' ', '\n']).map(|e| at + 2 + e) else { break };
            let target = &rest[at + 2..end];
            let picture = rest[..at].rfind('[').is_some_and(|open| rest[..open].ends_with('!'));
            let new = if picture { None } else { self.lead(target, draft, locale, own) };
            out.push_str(&rest[..at + 2]);
            match new {
                Some(Ok(new)) => out.push_str(&new),
                Some(Err(())) => {
                    lost.insert(target.to_owned());
                    // An address of the site that fits every page: the link stays, and does no harm.
                    out.push('#');
                }
                None => {
                    if picture && !target.starts_with("https://") {
                        note(format!("the picture `{target}` is not at an https: address; upload it and link it"));
                    }
                    out.push_str(target);
                }
            }
            rest = &rest[end..];
        }
        out.push_str(rest);
        lost.iter().for_each(|target| {
            note(format!("the link to `{target}` leads to nothing that was imported; link another page"));
        });
        out
    }

    /// Returns where a link leads now: none where it is not to an article of the source, an error where that is gone.
    fn lead(&self, target: &str, draft: &Draft, locale: &Locale, own: &ArticleId) -> Option<Result<String, ()>> {
        let (path, anchor) = target.split_once('#').map_or((target, ""), |(path, anchor)| (path, anchor));
        let found = if let Some(id) = zendesk_article(path) {
            self.find(id, locale)?
        } else {
            if path.contains(':') || path.starts_with('/') || path.is_empty() {
                return None;
            }
            let bare = path.trim_end_matches('/').trim_end_matches(".mdx").trim_end_matches(".md");
            let known = self.find(&resolve(&draft.origin, bare), locale);
            if known.is_none() && !path.ends_with(".md") && !path.ends_with(".mdx") {
                return None;
            }
            match known {
                Some(id) => id,
                None => return Some(Err(())),
            }
        };
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        Some(Ok(if found.category() == own.category() {
            format!("{}.md{anchor}", found.slug())
        } else {
            format!("../{found}.md{anchor}")
        }))
    }

    fn find(&self, origin: &str, locale: &Locale) -> Option<&'a ArticleId> {
        let all = self.by_origin.get(origin)?;
        all.iter().find(|(l, _)| *l == locale).or(all.first()).map(|(_, id)| *id)
    }
}

/// Returns the number of the article that an address of a Zendesk help centre names.
fn zendesk_article(address: &str) -> Option<&str> {
    let at = address.find("/articles/").filter(|_| address.contains("/hc/"))?;
    let rest = &address[at + "/articles/".len()..];
    let id = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
    (!id.is_empty()).then_some(id)
}

/// Follows a relative link from a page: `guide/setup` and `../fees/index` give `fees`.
fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    if parts.len() > 1 && parts.last().is_some_and(|p| ["index", "readme"].contains(&p.to_lowercase().as_str())) {
        parts.pop();
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_whole_sentences_without_marks() {
        let body = "# Head\n\n**Open** the [wallet](x.md), then _pay_. It takes a minute. And so on.\n\nMore.";
        assert_eq!(first_sentences(body), "Open the wallet, then pay. It takes a minute. And so on.");
        assert_eq!(first_sentences("打开钱包。点付款。"), "打开钱包。点付款。");
        assert!(first_sentences(&"word ".repeat(200)).chars().count() <= LONGEST_SUMMARY);
        assert_eq!(first_sentences("# Only\n\n> quoted"), "");
    }

    #[test]
    fn links_between_articles_still_lead_there() {
        let draft = |origin: &str, category: &str, title: &str, body: &str| Draft {
            origin: origin.into(),
            category: category.into(),
            title: title.into(),
            body: body.into(),
            ..Draft::default()
        };
        let drafts = [
            draft(
                "guide/setup",
                "guide",
                "Setup",
                "See [fees](../money/fees.md#now), [gone](gone.md), [out](https://e.com), ![p](p.png).",
            ),
            draft(
                "money/fees",
                "money",
                "Fees",
                "Back to [setup](../guide/setup) or [12](https://x.zendesk.com/hc/en-us/articles/12-How).",
            ),
            draft("12", "money", "Twelve", "Nothing."),
        ];
        let dir = tempfile::tempdir().unwrap();
        let written = write(&drafts, Some(&"en".parse().unwrap()), dir.path()).unwrap();
        let read = |file: &str| fs::read_to_string(dir.path().join(file)).unwrap();
        let setup = read("en/guide/setup.md");
        assert!(
            setup.contains("[fees](../money/fees.md#now), [gone](#), [out](https://e.com), ![p](p.png)"),
            "{setup}"
        );
        assert!(read("en/money/fees.md").contains("[setup](../guide/setup.md) or [12](twelve.md)"));
        let of_setup: Vec<&str> =
            written.notes.iter().filter(|n| n.place == "en/guide/setup.md").map(|n| n.what.as_str()).collect();
        assert_eq!(of_setup.len(), 3, "{of_setup:#?}");
        let again = write(&drafts, Some(&"en".parse().unwrap()), dir.path()).unwrap_err();
        assert!(again.to_string().ends_with("exists; import into a new folder"), "{again}");
    }
}
