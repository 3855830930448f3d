//! One page of a folder of Markdown: its front matter, its place, its language.

use std::path::Path;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::base::Locale;
use crate::content::fields::Findings;
use crate::content::front_matter::{self, entries};
use crate::content::node::{Entry, Node, Value};
use crate::exchange::dialect;
use crate::exchange::draft::Draft;
use crate::exchange::links::resolve;
use crate::exchange::source::Form;
use crate::exchange::summary::take_heading;

/// Languages in which people write help. Two letters that are none of these, such as `qa`, are a folder's name.
const LANGUAGES: [&str; 45] = [
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id",
    "is", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "sw",
    "th", "tr", "uk", "ur", "vi", "zh", "fil",
];

/// What Docusaurus orders pages by: `01-intro`.
static ORDER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{1,3}[-_.]\s*(\D.*)$").expect("the pattern is one"));

/// Returns the language that a folder or an ending names, if it names one: `de`, `pt-BR`, `zh_CN`.
pub(crate) fn language(tag: &str) -> Option<Locale> {
    let locale: Locale = tag.replace('_', "-").parse().ok()?;
    LANGUAGES.contains(&locale.language()).then_some(locale)
}

/// Tells which first folders of pages are languages. `it` alone may be a department: a folder is one where Chinese or
/// English stands beside it, where it names a region, or where all folders are.
pub(crate) fn languages<'a>(first_folders: &[&'a str]) -> Vec<(&'a str, Locale)> {
    let named: Vec<(&str, Locale)> = first_folders.iter().filter_map(|f| Some((*f, language(f)?))).collect();
    let plain = |locale: &Locale| ["en", "zh"].contains(&locale.language());
    let all = named.len() == first_folders.len() || named.iter().any(|(_, locale)| plain(locale));
    named.into_iter().filter(|(_, l)| all || plain(l) || l.as_str().contains('-')).collect()
}

/// Where a page stands, without what only says its language.
struct Place {
    locale: Option<Locale>,
    parts: Vec<String>,
}

/// Tells the language and the path of a page. `index` and `README` are their folder.
fn place(path: &Path, languages: &[(&str, Locale)]) -> Place {
    let mut parts: Vec<String> = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    let mut locale = None;
    if parts.first().is_some_and(|p| p == "i18n") && parts.len() > 2 {
        locale = parts[1].replace('_', "-").parse().ok();
        let from = parts.iter().position(|p| p == "current").map_or(2, |at| at + 1);
        parts.drain(..from);
    } else if parts.len() > 1
        && let Some((_, found)) = languages.iter().find(|(folder, _)| *folder == parts[0])
    {
        locale = Some(found.clone());
        parts.remove(0);
    }
    let (of_name, name) = name_of_link(&parts.join("/"));
    let parts = name.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Place { locale: of_name.or(locale), parts }
}

/// Returns the name of the page that a path leads to, and the language that its ending names: `a/b.zh.md` leads to `a/b`
/// in Chinese, `a/index.md` to `a`.
pub(crate) fn name_of_link(path: &str) -> (Option<Locale>, String) {
    let path = path.trim_end_matches('/');
    let stem = [".md", ".mdx", ".markdown", ".html"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    let (folder, file) = stem.rsplit_once('/').map_or(("", stem), |(folder, file)| (folder, file));
    let named = file.rsplit_once('.').and_then(|(file, tag)| Some((file, language(tag)?)));
    let (file, locale) = named.map_or((file, None), |(file, locale)| (file, Some(locale)));
    let is_folder = !folder.is_empty() && ["index", "readme"].contains(&file.to_lowercase().as_str());
    let name = match (is_folder, folder.is_empty()) {
        (true, _) => folder.to_owned(),
        (false, true) => file.to_owned(),
        (false, false) => format!("{folder}/{file}"),
    };
    (locale, name)
}

/// Makes a draft of a page.
pub(crate) fn draft(path: &Path, text: &str, languages: &[(&str, Locale)]) -> Draft {
    let text = front_matter::normalize(text.to_owned());
    let mut notes = Vec::new();
    let (front, body) = match front_matter::split(&text) {
        Ok(split) => (front(split.front, path, &mut notes), split.body),
        Err(_) => (Vec::new(), text.as_str()),
    };
    let value = |key: &str| front.iter().find(|e| e.key == key).and_then(|e| words(&e.node));
    let list = |key: &str| front.iter().find(|e| e.key == key).map(|e| texts(&e.node)).unwrap_or_default();
    let Place { locale, parts } = place(path, languages);
    let mut body = dialect::markdown(body, &mut notes);
    let heading = take_heading(&mut body).filter(|heading| !heading.is_empty());
    let ordered: Vec<String> = parts.iter().map(|part| without_order(part).to_owned()).collect();
    let name = ordered.last().cloned().unwrap_or_default();
    let title = value("title").or(heading).or_else(|| value("sidebar_label"));
    let title = title.unwrap_or_else(|| name.replace(['-', '_'], " "));
    let (category, mut slug) = match ordered.as_slice() {
        [] => (String::new(), String::new()),
        [only] => (String::new(), only.clone()),
        [category, rest @ ..] => (category.clone(), rest.join("-")),
    };
    let origin = parts.join("/");
    let mut also = vec![ordered.join("/")];
    if let Some(id) = value("id") {
        also.push(resolve(&ordered.join("/"), &id));
    }
    if let Some(written) = value("slug") {
        let address = match written.strip_prefix('/') {
            Some(absolute) => resolve("", absolute),
            None => resolve(&ordered.join("/"), &written),
        };
        let within = address.strip_prefix(&format!("{category}/")).unwrap_or(&address);
        if !within.is_empty() {
            slug = within.replace('/', "-");
        }
        also.push(address);
    }
    also.retain(|name| *name != origin);
    let is = |key: &str| value(key).is_some_and(|v| v == "true");
    let internal = is("draft") || is("unlisted");
    if internal {
        notes.push("it was a draft there, so only agents see it; remove `audience` to publish it".to_owned());
    }
    let written_locale = value("lang").or_else(|| value("locale")).and_then(|tag| language(&tag));
    notes.sort();
    notes.dedup();
    Draft {
        form: Form::Markdown,
        origin,
        also,
        locale: written_locale.or(locale),
        category,
        slug,
        title,
        summary: value("description").or_else(|| value("summary")).unwrap_or_default(),
        keywords: list("tags").into_iter().chain(list("keywords")).collect(),
        internal,
        updated: day(&front),
        body: body.trim_matches('\n').trim_end().to_owned(),
        notes,
        ..Draft::default()
    }
}

/// Reads the front matter; what is no YAML is told, and the rest of it kept.
fn front(text: &str, path: &Path, notes: &mut Vec<String>) -> Vec<Entry> {
    let mut findings = Findings::new(path);
    let found = entries(text, &mut findings);
    for problem in findings.problems {
        let line = problem.line.map(|line| format!("line {line} of ")).unwrap_or_default();
        notes.push(format!("{line}its front matter was not understood: {}", problem.message));
    }
    found
}

/// Returns the text of a value, on one line.
fn words(node: &Node) -> Option<String> {
    let text = match &node.value {
        Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Bool(yes) => yes.to_string(),
        Value::Integer(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Returns the texts of a list, or of a text with commas; of a tag that is a table its label.
fn texts(node: &Node) -> Vec<String> {
    let label = |node: &Node| match &node.value {
        Value::Table(entries) => entries.iter().find(|e| e.key == "label").and_then(|e| words(&e.node)),
        _ => words(node),
    };
    match &node.value {
        Value::List(items) => items.iter().filter_map(label).collect(),
        _ => {
            words(node).unwrap_or_default().split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
        }
    }
}

/// Returns the day of the last change: a day, or a table that has one.
fn day(front: &[Entry]) -> Option<Date> {
    let of = |node: &Node| words(node)?.get(..10)?.parse().ok();
    ["updated", "last_update", "date"].iter().find_map(|key| {
        let node = &front.iter().find(|e| e.key == *key)?.node;
        match &node.value {
            Value::Table(entries) => {
                ["updated", "date", "created"].iter().find_map(|key| of(&entries.iter().find(|e| e.key == *key)?.node))
            }
            _ => of(node),
        }
    })
}

fn without_order(part: &str) -> &str {
    ORDER.captures(part).and_then(|found| found.get(1)).map_or(part, |rest| rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Draft {
        draft(Path::new(path), text, &[])
    }

    #[test]
    fn an_mkdocs_page_becomes_an_article() {
        let text = "---\ntitle: \"Set up\"\ndescription: How to begin.\ntags: [start, 'first steps']\n---\n# Ignored here {#x}\n\n\
                    Hello.\n\n!!! warning \"Mind\"\n    Not in the rain.\n\n    Nor in snow.\n\nAfter.\n\n```\n!!! note\n```\n";
        let draft = read("guide/first/setup.zh.md", text);
        assert_eq!(
            (draft.category.as_str(), draft.slug.as_str(), draft.origin.as_str()),
            ("guide", "first-setup", "guide/first/setup")
        );
        assert_eq!(draft.locale.as_ref().unwrap().as_str(), "zh");
        assert_eq!((draft.title.as_str(), draft.summary.as_str()), ("Set up", "How to begin."));
        assert_eq!(draft.keywords, ["start", "first steps"]);
        assert_eq!(
            draft.body,
            "Hello.\n\n> [!WARNING]\n> **Mind**\n>\n> Not in the rain.\n>\n> Nor in snow.\n\nAfter.\n\n```\n!!! note\n```"
        );
    }

    #[test]
    fn a_docusaurus_page_becomes_an_article() {
        let text = "import Tabs from '@theme/Tabs';\n\n# Top up\n\n:::danger[Never share it]\nNobody asks.\n:::\n\n## Steps {#steps}\n";
        let draft = read("i18n/zh-CN/docusaurus-plugin-content-docs/current/money/index.mdx", text);
        assert_eq!((draft.title.as_str(), draft.origin.as_str()), ("Top up", "money"));
        assert_eq!(draft.locale.as_ref().unwrap().as_str(), "zh-CN");
        assert_eq!(draft.body, "> [!CAUTION]\n> **Never share it**\n>\n> Nobody asks.\n\n\n## Steps");
        assert_eq!(draft.notes.len(), 1);
    }

    #[test]
    fn front_matter_is_yaml() {
        let text = "---\nid: begin\nslug: /guide/start here\ntitle: >-\n  Two\n  lines\nsidebar_label: Short\ndescription: 'It''s # this'\n\
            tags:\n  - {label: One, permalink: /one}\n  - two\nkeywords: a, b\nlast_update:\n  date: 2024-05-06\n  author: x\n\
            draft: true\n---\n\nText.\n";
        let draft = read("guide/01-intro.md", text);
        assert_eq!((draft.title.as_str(), draft.summary.as_str()), ("Two lines", "It's # this"));
        assert_eq!(draft.keywords, ["One", "two", "a", "b"]);
        assert_eq!(draft.updated.unwrap().to_string(), "2024-05-06");
        assert_eq!(draft.also, ["guide/intro", "guide/begin", "guide/start here"]);
        assert!(draft.internal && draft.slug == "start here", "{draft:?}");
        let broken = read("a/b.md", "---\ntitle: a: b\ndescription: kept\n---\n# Heading\n\nText.\n");
        assert_eq!((broken.title.as_str(), broken.summary.as_str()), ("Heading", "kept"));
        assert!(broken.notes[0].starts_with("line 2 of its front matter"), "{:?}", broken.notes);
        let label = read("a/b.md", "---\nsidebar_label: Label\n---\nText.\n");
        assert_eq!(label.title, "Label");
    }

    #[test]
    fn folders_are_languages_only_where_they_must_be() {
        let told = |folders: &[&str]| {
            languages(folders).iter().map(|(_, locale)| locale.to_string()).collect::<Vec<_>>().join("+")
        };
        assert_eq!(told(&["de"]), "de");
        assert_eq!(told(&["en", "fr", "img"]), "en+fr");
        assert_eq!(told(&["hr", "it", "guide"]), "");
        assert_eq!(told(&["pt_BR", "guide"]), "pt-BR");
        assert_eq!(told(&["qa", "faq", "api"]), "");
        assert_eq!(name_of_link("a/setup.old.md"), (None, "a/setup.old".to_owned()));
    }
}
