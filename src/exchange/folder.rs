//! A folder of Markdown as MkDocs and Docusaurus keep it.
//!
//! The first folder is the category, the rest of the path the article's name. Translations are told by
//! `page.zh.md` or `i18n/zh-CN/…/current/`. Admonitions become alerts; the first heading is the title.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::Locale;
use crate::exchange::draft::{Draft, Note};
use crate::exchange::source::ReadError;

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 32;
/// The largest file that is read, in bytes, as in our own content.
const LARGEST: u64 = 2 << 20;

/// Reads every Markdown file below a folder, by path.
///
/// # Errors
/// When a folder or file cannot be read.
pub(crate) fn read(root: &Path) -> Result<(Vec<Draft>, Vec<Note>), ReadError> {
    let mut files = Vec::new();
    let mut notes = Vec::new();
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReadError::Io { path, source }
    };
    walk(root, 0, &mut files, &mut notes).map_err(failed(root))?;
    files.sort();
    let mut drafts = Vec::with_capacity(files.len());
    for file in files {
        let relative = file.strip_prefix(root).unwrap_or(&file);
        let place = relative.display().to_string();
        if fs::metadata(&file).map_err(failed(&file))?.len() > LARGEST {
            notes.push(Note { place, what: format!("it is larger than {} MiB and was left out", LARGEST >> 20) });
            continue;
        }
        match String::from_utf8(fs::read(&file).map_err(failed(&file))?) {
            Ok(text) => drafts.push(draft(relative, &text)),
            Err(_) => notes.push(Note { place, what: "it is not UTF-8 and was left out".to_owned() }),
        }
    }
    Ok((drafts, notes))
}

fn walk(dir: &Path, depth: usize, files: &mut Vec<PathBuf>, notes: &mut Vec<Note>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let hidden = name.to_string_lossy().starts_with(['.', '_']) || name == "node_modules";
        // A link may lead back up; what it leads to is read where it stands.
        let kind = entry.file_type()?;
        if kind.is_dir() && !hidden && depth < DEEPEST {
            walk(&path, depth + 1, files, notes)?;
        } else if kind.is_file() && !hidden {
            match path.extension().and_then(|e| e.to_str()) {
                Some("md" | "mdx" | "markdown") => files.push(path),
                Some("rst" | "adoc" | "html") => {
                    let what = "it is not Markdown and was left out".to_owned();
                    notes.push(Note { place: path.display().to_string(), what });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn draft(path: &Path, text: &str) -> Draft {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let (front, body) = front_matter(&text);
    let (locale, parts) = place(path);
    let mut notes = Vec::new();
    let mut body = alerts(body, &mut notes);
    let heading = take_heading(&mut body);
    let value = |key: &str| {
        let found = front.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        found.map(|v| v.trim().trim_matches(['"', '\'']).trim().to_owned()).filter(|v| !v.is_empty())
    };
    let name = parts.last().cloned().unwrap_or_default();
    let title = value("title").or(heading).unwrap_or_else(|| name.replace(['-', '_'], " "));
    let (category, slug) = match parts.as_slice() {
        [] => (String::new(), String::new()),
        [only] => (String::new(), only.clone()),
        [category, rest @ ..] => (category.clone(), rest.join("-")),
    };
    Draft {
        origin: parts.join("/"),
        locale: value("lang").or_else(|| value("locale")).and_then(|tag| tag.parse().ok()).or(locale),
        category,
        slug,
        title,
        summary: value("description").or_else(|| value("summary")).unwrap_or_default(),
        keywords: list(front, "tags").into_iter().chain(list(front, "keywords")).collect(),
        updated: ["updated", "last_update", "date"].iter().find_map(|key| value(key)?.get(..10)?.parse().ok()),
        body: body.trim().to_owned(),
        notes,
        ..Draft::default()
    }
}

/// Splits off what stands between two lines `---` at the top.
fn front_matter(text: &str) -> (&str, &str) {
    let Some(rest) = text.strip_prefix("---\n") else { return ("", text) };
    match rest.find("\n---\n") {
        Some(at) => (&rest[..=at], &rest[at + 5..]),
        None => ("", text),
    }
}

/// Reads a list of the front matter, in one line or in several.
fn list(front: &str, key: &str) -> Vec<String> {
    let mut lines = front.lines().skip_while(|line| !line.starts_with(&format!("{key}:")));
    let Some(first) = lines.next() else { return Vec::new() };
    let inline = first[key.len() + 1..].trim();
    let items: Vec<&str> = if inline.is_empty() {
        lines.map_while(|line| line.trim_start().strip_prefix("- ")).collect()
    } else {
        inline.trim_matches(['[', ']']).split(',').collect()
    };
    let items = items.into_iter().map(|item| item.trim().trim_matches(['"', '\'']).to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// Tells the language and the path without what only says the language. `index` and `README` are their folder.
fn place(path: &Path) -> (Option<Locale>, Vec<String>) {
    let mut parts: Vec<String> = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    let mut locale = None;
    if parts.first().is_some_and(|p| p == "i18n") && parts.len() > 2 {
        locale = parts[1].parse().ok();
        let from = parts.iter().position(|p| p == "current").map_or(2, |at| at + 1);
        parts.drain(..from);
    } else if parts.len() > 1
        && let Some(first) = parts.first().and_then(|p| p.parse::<Locale>().ok())
        && ["en", "zh"].contains(&first.language())
    {
        locale = Some(first);
        parts.remove(0);
    }
    if let Some(last) = parts.last_mut() {
        let stem = last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem).to_owned();
        *last = match stem.rsplit_once('.').and_then(|(stem, tag)| Some((stem, tag.parse::<Locale>().ok()?))) {
            Some((stem, tag)) => {
                locale = Some(tag);
                stem.to_owned()
            }
            None => stem,
        };
        if ["index", "readme"].contains(&last.to_lowercase().as_str()) && parts.len() > 1 {
            parts.pop();
        }
    }
    (locale, parts)
}

/// Takes the first heading of the first rank off, if nothing but space stands before it.
fn take_heading(body: &mut String) -> Option<String> {
    let start = body.len() - body.trim_start().len();
    let line = body[start..].lines().next()?;
    let heading = line.strip_prefix("# ")?.to_owned();
    let end = start + line.len();
    body.replace_range(..end, "");
    Some(strip_anchor(&heading).trim().to_owned())
}

/// Takes `{#an-anchor}` off the end of a heading.
fn strip_anchor(line: &str) -> &str {
    match line.rfind("{#") {
        Some(at) if line.trim_end().ends_with('}') => line[..at].trim_end(),
        _ => line,
    }
}

/// Makes alerts of admonitions, and takes out what only the other generator understands. Code is left as it is.
fn alerts(body: &str, notes: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(body.len());
    let mut lines = body.lines().peekable();
    let mut fence: Option<String> = None;
    // Docusaurus closes an admonition with as many colons as opened it.
    let mut open: Option<usize> = None;
    while let Some(line) = lines.next() {
        let quoted = if open.is_some() { "> " } else { "" };
        let bare = line.trim_start();
        if let Some(mark) = &fence {
            if bare.starts_with(mark.as_str()) {
                fence = None;
            }
        } else if bare.starts_with("```") || bare.starts_with("~~~") {
            fence = Some(bare[..3].to_owned());
        } else if let Some(kind) = line.strip_prefix("!!! ").or_else(|| line.strip_prefix("??? ")) {
            begin(kind.trim_start_matches('+'), &mut out);
            while let Some(inner) = lines.next_if(|l| l.starts_with("    ") || l.starts_with('\t') || l.is_empty()) {
                let inner = inner.strip_prefix("    ").or_else(|| inner.strip_prefix('\t')).unwrap_or(inner);
                out.push_str(format!("> {inner}").trim_end());
                out.push('\n');
            }
            while out.ends_with(">\n") {
                out.truncate(out.len() - 2);
            }
            out.push('\n');
            continue;
        } else if bare.starts_with(":::") {
            let colons = bare.chars().take_while(|c| *c == ':').count();
            let kind = bare[colons..].trim();
            match (kind.is_empty(), open) {
                (false, None) => {
                    open = Some(colons);
                    begin(&kind.replace(['[', ']'], " "), &mut out);
                }
                (true, Some(opened)) if opened == colons => {
                    open = None;
                    out.push('\n');
                }
                _ => {}
            }
            continue;
        } else if is_script(line) {
            notes.push("it used JavaScript (MDX), which is left out; see that nothing is missing".to_owned());
            continue;
        } else if line.starts_with('#') {
            out.push_str(quoted);
            out.push_str(strip_anchor(line));
            out.push('\n');
            continue;
        }
        out.push_str(format!("{quoted}{line}").trim_end());
        out.push('\n');
    }
    if fence.is_some() {
        notes.push("a block of code has no end".to_owned());
    }
    notes.sort();
    notes.dedup();
    out
}

/// Begins an alert: `warning "Mind the gap"`.
fn begin(kind: &str, out: &mut String) {
    let (kind, title) = kind.split_once(' ').unwrap_or((kind, ""));
    let alert = match kind.to_ascii_lowercase().as_str() {
        "tip" | "hint" | "success" | "check" => "TIP",
        "warning" | "caution" | "attention" => "WARNING",
        "danger" | "error" | "bug" | "failure" => "CAUTION",
        "important" => "IMPORTANT",
        _ => "NOTE",
    };
    out.push_str(&format!("> [!{alert}]\n"));
    let title = title.trim().trim_matches('"').trim();
    if !title.is_empty() {
        out.push_str(&format!("> **{title}**\n>\n"));
    }
}

/// Tells whether a line is code of MDX and not text.
fn is_script(line: &str) -> bool {
    (line.starts_with("import ") && line.contains(" from "))
        || line.starts_with("export const ")
        || line.starts_with("export default ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mkdocs_page_becomes_an_article() {
        let text = "---\ntitle: \"Set up\"\ndescription: How to begin.\ntags: [start, 'first steps']\n---\n# Ignored here {#x}\n\n\
                    Hello.\n\n!!! warning \"Mind\"\n    Not in the rain.\n\n    Nor in snow.\n\nAfter.\n\n```\n!!! note\n```\n";
        let draft = draft(Path::new("guide/first/setup.zh.md"), text);
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
        let draft = draft(Path::new("i18n/zh-CN/docusaurus-plugin-content-docs/current/money/index.mdx"), text);
        assert_eq!((draft.title.as_str(), draft.origin.as_str()), ("Top up", "money"));
        assert_eq!(draft.locale.as_ref().unwrap().as_str(), "zh-CN");
        assert_eq!(draft.body, "> [!CAUTION]\n> **Never share it**\n>\n> Nobody asks.\n\n\n## Steps");
        assert_eq!(draft.notes.len(), 1);
    }
}
