//! Where a link of another system leads here.
//!
//! Each system names its articles in links in a way of its own: Zendesk and phpMyFAQ by number, folders of Markdown by
//! path. Whatever leads to an article that was imported leads there again; whatever leads nowhere any more is told.

use std::collections::HashMap;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::base::{ArticleId, Locale};
use crate::content::article;
use crate::exchange::draft::Draft;
use crate::exchange::page;
use crate::exchange::rewrite::{Kind, Lead};
use crate::exchange::source::Form;

/// An article as it is now.
type Place<'a> = (&'a Locale, &'a ArticleId);

/// An article that a link names, and the language in which it is to be read.
pub(crate) type Found<'a> = (Locale, &'a ArticleId);

/// Where the articles of a source are now.
pub(crate) struct Links<'a> {
    by_origin: HashMap<&'a str, Vec<Place<'a>>>,
    /// The content folder, which may hold other articles.
    folder: &'a Path,
    /// Where the files of the source will be.
    files_url: Option<&'a Url>,
}

/// What is to become of a link, and what a person should know of it.
pub(crate) struct Led {
    pub lead: Lead,
    pub note: Option<String>,
}

impl Led {
    fn quietly(lead: Lead) -> Self {
        Led { lead, note: None }
    }

    fn told(lead: Lead, note: String) -> Self {
        Led { lead, note: Some(note) }
    }

    fn nowhere(target: &str) -> Self {
        let note = format!("the link to `{}` leads to nothing that was imported; link another page", short(target));
        Led::told(Lead::Nowhere, note)
    }
}

impl<'a> Links<'a> {
    pub(crate) fn new(
        drafts: &'a [Draft],
        locales: &'a [Locale],
        ids: &'a [ArticleId],
        folder: &'a Path,
        files_url: Option<&'a Url>,
    ) -> Self {
        let mut by_origin: HashMap<&str, Vec<Place<'a>>> = HashMap::new();
        let mut add = |name: &'a str, i: usize| {
            if !name.is_empty() {
                by_origin.entry(name).or_default().push((&locales[i], &ids[i]));
            }
        };
        // What something is called comes before what else it may be called.
        drafts.iter().enumerate().for_each(|(i, draft)| add(&draft.origin, i));
        drafts.iter().enumerate().for_each(|(i, draft)| draft.also.iter().for_each(|name| add(name, i)));
        Links { by_origin, folder, files_url }
    }

    /// Returns the article of that name, in the language `wanted` where it is there. Where it is not, the language stays
    /// that of the text: its readers get another until there is a translation.
    pub(crate) fn find(&self, name: &str, wanted: &Locale, own: &Locale) -> Option<Found<'a>> {
        let all = self.by_origin.get(name)?;
        match all.iter().find(|(locale, _)| *locale == wanted) {
            Some((locale, id)) => Some(((*locale).clone(), *id)),
            None => all.first().map(|(_, id)| (own.clone(), *id)),
        }
    }

    /// Tells what is to become of a link or picture of an article that is `own` now.
    pub(crate) fn lead(&self, kind: Kind, target: &str, draft: &Draft, own: Place<'_>) -> Led {
        let target = target.trim();
        match kind {
            Kind::Link | Kind::HtmlLink => self.link(kind, target, draft, own),
            Kind::Picture | Kind::HtmlPicture => self.picture(target, draft),
        }
    }

    fn link(&self, kind: Kind, target: &str, draft: &Draft, own: Place<'_>) -> Led {
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        if target.is_empty() {
            return Led::told(Lead::Nowhere, "a link had no address, and is its words alone now".to_owned());
        }
        if path.is_empty() {
            return Led::quietly(Lead::Stays);
        }
        let there = |found: Found<'a>| Led::quietly(to(kind, &found, own, anchor));
        let scheme = scheme(path).map(str::to_ascii_lowercase);
        match scheme.as_deref() {
            Some("mailto" | "tel") => return Led::quietly(Lead::Stays),
            Some("http" | "https") | None => {}
            Some("article") if draft.form == Form::Jsonl => {
                let name = &path["article:".len()..];
                return match self.find(name, own.0, own.0) {
                    Some((_, id)) if id.as_str() == name => Led::quietly(Lead::Stays),
                    Some(found) => there(found),
                    None => Led::nowhere(target),
                };
            }
            Some("pathname") => return self.file(target, draft).unwrap_or_else(|| Led::nowhere(target)),
            Some(_) => {
                let note = format!("the link to `{}` is none that a website serves; link a page", short(target));
                return Led::told(Lead::Nowhere, note);
            }
        }
        if let Some(found) = self.by_number(path, draft, own.0) {
            return there(found);
        }
        if scheme.is_some() || path.starts_with("//") {
            return elsewhere(path, target, draft);
        }
        if let Some(file) = self.file(target, draft) {
            return file;
        }
        match draft.form {
            Form::Zendesk | Form::Phpmyfaq => match draft.address.as_ref().and_then(|base| base.join(target).ok()) {
                Some(address) => Led::told(Lead::To(address.to_string()), old_help_centre(target)),
                None => Led::nowhere(target),
            },
            Form::Csv | Form::Jsonl | Form::Markdown => {
                if path.starts_with('/') && draft.form != Form::Markdown {
                    // A page of this very site, such as its search.
                    return Led::quietly(Lead::Stays);
                }
                match self.by_path(path, draft, own.0) {
                    // An address that is right already is left as its author wrote it.
                    Some(found) if kind == Kind::Link && leads(path, draft, own, &found) => Led::quietly(Lead::Stays),
                    Some(found) => there(found),
                    None if self.is_there_already(path, own) => Led::quietly(Lead::Stays),
                    None => Led::nowhere(target),
                }
            }
        }
    }

    /// Returns the article that an address of Zendesk or phpMyFAQ names by its number.
    fn by_number(&self, path: &str, draft: &Draft, own: &Locale) -> Option<Found<'a>> {
        match draft.form {
            Form::Zendesk => self.find(zendesk_article(path)?, own, own),
            Form::Phpmyfaq => {
                let (id, language) = phpmyfaq_article(path)?;
                let language = language.and_then(|tag| tag.replace('_', "-").parse().ok());
                self.find(&id, language.as_ref().unwrap_or(own), own)
            }
            _ => None,
        }
    }

    /// Returns the article that a path names: of a file, of a page's address, or of one of ours.
    fn by_path(&self, path: &str, draft: &Draft, own: &Locale) -> Option<Found<'a>> {
        let path = path.split('?').next().unwrap_or_default().replace('\\', "/");
        let path = percent_decode_str(&path).decode_utf8().ok()?;
        let path = path.strip_prefix("@site/").map_or_else(|| path.to_string(), |rest| format!("/{rest}"));
        let from = draft.origin.as_str();
        let mut names = Vec::new();
        if let Some(rest) = path.strip_prefix('/') {
            names.push(resolve("", rest));
            names.extend(rest.split_once('/').map(|(_, rest)| resolve("", rest)));
        } else {
            // From the folder of the file, from its address, and from the content folder as our own links are.
            names.extend([resolve(from, &path), resolve(&format!("{from}/"), &path), resolve("", &path)]);
        }
        names.iter().find_map(|name| {
            let (language, name) = page::name_of_link(name);
            let with_language = || {
                let (first, rest) = name.split_once('/')?;
                self.find(rest, &page::language(first)?, own)
            };
            self.find(&name, language.as_ref().unwrap_or(own), own).or_else(with_language)
        })
    }

    /// Tells whether a link leads to an article that the content folder had before.
    fn is_there_already(&self, path: &str, own: Place<'_>) -> bool {
        place(own, path).is_some_and(|(locale, id)| self.folder.join(format!("{locale}/{id}.md")).is_file())
    }

    /// Tells of a file beside the page, if it is one.
    fn file(&self, target: &str, draft: &Draft) -> Option<Led> {
        let name = &draft.files.iter().find(|file| file.written == target)?.name;
        Some(match self.files_url.and_then(|base| base.join(&as_path(name)).ok()) {
            Some(address) => Led::quietly(Lead::To(address.to_string())),
            None => {
                let note = format!(
                    "`{}` was copied to {FILES}/{name}; put that folder on the web and import with --files-url, or link \
                     the file where it is",
                    short(target)
                );
                Led::told(Lead::Nowhere, note)
            }
        })
    }

    fn picture(&self, target: &str, draft: &Draft) -> Led {
        if target.starts_with("//") {
            return Led::quietly(Lead::To(format!("https:{target}")));
        }
        let scheme = scheme(target).map(str::to_ascii_lowercase);
        match scheme.as_deref() {
            Some("https") if is_of(target, draft) => {
                let note = format!(
                    "the picture `{}` still comes from the old help centre; upload it elsewhere before that closes",
                    short(target)
                );
                return Led::told(Lead::Stays, note);
            }
            Some("https") => return Led::quietly(Lead::Stays),
            Some("data") => {
                let note = "a picture was written into the text (`data:`) and is left out; upload it and link it";
                return Led::told(Lead::Nowhere, note.to_owned());
            }
            Some(_) if scheme.as_deref() != Some("pathname") => {
                let note =
                    format!("the picture `{}` is not at an https: address; upload it and link it", short(target));
                return Led::told(Lead::Stays, note);
            }
            _ => {}
        }
        // A picture stays in the text where a link would not: its description is shown, and its name found again.
        let file = self.file(target, draft).map(|led| match led.note {
            Some(note) => Led::told(Lead::Stays, format!("the picture {note}")),
            None => led,
        });
        if let Some(file) = file {
            return file;
        }
        let base = draft.address.as_ref().or(self.files_url.filter(|_| draft.form != Form::Markdown));
        match base.and_then(|base| base.join(target).ok()).filter(|address| address.scheme() == "https") {
            Some(address) if draft.address.is_some() => {
                let note = format!(
                    "the picture `{}` still comes from the old help centre; upload it elsewhere before that closes",
                    short(target)
                );
                Led::told(Lead::To(address.to_string()), note)
            }
            Some(address) => Led::quietly(Lead::To(address.to_string())),
            None => {
                let note =
                    format!("the picture `{}` is not at an https: address; upload it and link it", short(target));
                Led::told(Lead::Stays, note)
            }
        }
    }
}

/// The folder below the content folder to which files of the source are copied. Nobody reads it as content.
pub(crate) const FILES: &str = "_files";

/// Tells what to do with an address of another site.
fn elsewhere(path: &str, target: &str, draft: &Draft) -> Led {
    let lead = || match target.strip_prefix("//") {
        Some(rest) => Lead::To(format!("https://{rest}")),
        None => Lead::Stays,
    };
    if path.contains(['\\', '\n']) || path.len() <= "https://".len() {
        return Led::nowhere(target);
    }
    let is_old = is_of(path, draft) || (draft.form == Form::Phpmyfaq && phpmyfaq_article(path).is_some());
    if is_old { Led::told(lead(), old_help_centre(target)) } else { Led::quietly(lead()) }
}

fn old_help_centre(target: &str) -> String {
    format!("the link to `{}` leads to the old help centre; link another page before that closes", short(target))
}

/// Tells whether an absolute address is of the help centre that an article comes from.
fn is_of(address: &str, draft: &Draft) -> bool {
    if draft.form == Form::Zendesk && (address.contains("/hc/") || address.contains(".zendesk.com/")) {
        return true;
    }
    let host = draft.address.as_ref().and_then(|own| own.host_str());
    host.is_some() && Url::parse(address).is_ok_and(|address| address.host_str() == host)
}

/// Returns the article to which a relative link of the article `own` leads, as our own links do.
fn place(own: Place<'_>, path: &str) -> Option<(Locale, ArticleId)> {
    let mut parts = vec![own.0.as_str(), own.1.category()];
    let path = percent_decode_str(path).decode_utf8().ok()?;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    let [locale, category, slug] = parts.as_slice() else { return None };
    Some((locale.parse().ok()?, ArticleId::new(category, slug.strip_suffix(".md").unwrap_or(slug)).ok()?))
}

/// Tells whether a link leads to an article as it stands; ours may also be written as a bare id.
fn leads(path: &str, draft: &Draft, own: Place<'_>, (locale, id): &Found<'_>) -> bool {
    let bare = path.trim_start_matches("./").trim_end_matches(".md");
    let by_id = draft.form == Form::Jsonl && own.0 == locale && bare == id.as_str();
    by_id || place(own, path).is_some_and(|there| there.0 == *locale && there.1 == **id)
}

/// Writes where an article is: its file for Markdown, its page's address for HTML.
fn to(kind: Kind, (locale, id): &Found<'_>, own: Place<'_>, anchor: &str) -> Lead {
    let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    Lead::To(match kind {
        Kind::HtmlLink | Kind::HtmlPicture => format!("{}{anchor}", article::url(locale, id)),
        _ if locale != own.0 => format!("../../{locale}/{id}.md{anchor}"),
        _ if id.category() == own.1.category() => format!("{}.md{anchor}", id.slug()),
        _ => format!("../{id}.md{anchor}"),
    })
}

/// Returns the scheme of an address; browsers take for one whatever stands before the first colon.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    (!scheme.contains(['/', '#', '?'])).then_some(scheme)
}

/// Returns the number of the article that an address of a Zendesk help centre names.
fn zendesk_article(address: &str) -> Option<&str> {
    let at = address.find("/articles/").filter(|_| address.contains("/hc/"))?;
    let rest = &address[at + "/articles/".len()..];
    let id = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
    (!id.is_empty()).then_some(id)
}

/// Returns the number and the language that an address of a phpMyFAQ names, in any spelling of its versions:
/// `index.php?action=faq&cat=1&id=2&artlang=en`, `?action=artikel…`, `content/1/2/en/title.html`, `1_2_en.html`.
fn phpmyfaq_article(address: &str) -> Option<(String, Option<String>)> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let value = |key: &str| {
        url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == key).map(|(_, value)| value.into_owned())
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if value("action").is_some_and(|action| ["faq", "artikel"].contains(&action.as_str())) {
        return Some((value("id").filter(|id| is_number(id))?, value("artlang")));
    }
    let parts: Vec<&str> = path.split('/').collect();
    if let Some(at) = parts.iter().rposition(|part| *part == "content")
        && let [category, id, language, _, ..] = &parts[at + 1..]
        && is_number(category)
        && is_number(id)
    {
        return Some(((*id).to_owned(), Some((*language).to_owned())));
    }
    let file: Vec<&str> = parts.last()?.strip_suffix(".html")?.split('_').collect();
    match file.as_slice() {
        [category, id, language] if is_number(category) && is_number(id) => {
            Some(((*id).to_owned(), Some((*language).to_owned())))
        }
        _ => None,
    }
}

/// Follows a relative link from a page: `guide/setup` and `../fees/index.md` give `fees/index.md`.
pub(crate) fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Writes a path so that it can stand in an address.
fn as_path(name: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');
    utf8_percent_encode(name, ENCODED).to_string()
}

/// Returns an address so that it fits into a sentence.
fn short(target: &str) -> String {
    let line: String = target.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    match line.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phpmyfaq_has_had_many_addresses() {
        for (address, id, language) in [
            ("index.php?action=faq&cat=1&id=2&artlang=en", "2", Some("en")),
            ("https://faq.example/index.php?sid=3&action=artikel&cat=1&id=2", "2", None),
            ("/content/1/2/de/how-to.html", "2", Some("de")),
            ("1_2_pt-br.html", "2", Some("pt-br")),
        ] {
            assert_eq!(phpmyfaq_article(address), Some((id.to_owned(), language.map(str::to_owned))), "{address}");
        }
        for address in ["index.php?action=show&cat=1", "index.php?action=faq&id=x", "a_b.html", "content/x/y.html"] {
            assert_eq!(phpmyfaq_article(address), None, "{address}");
        }
    }

    #[test]
    fn zendesk_articles_have_a_number() {
        assert_eq!(zendesk_article("https://x.zendesk.com/hc/en-us/articles/12-How"), Some("12"));
        assert_eq!(zendesk_article("/hc/articles/360001?x"), Some("360001"));
        assert_eq!(zendesk_article("/hc/en-us/sections/7"), None);
    }
}
