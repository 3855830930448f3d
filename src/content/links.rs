//! Where a link in an article leads: from the path that works in an editor and on GitHub to the page's address.
//!
//! Authors link files (`../fixes/check-network.md#anchor`), so that the folder can be read without this program; readers
//! get `/zh-CN/articles/fixes/check-network#anchor`. A link to what does not exist is found here, not by a customer.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::base::{ArticleId, Locale};
use crate::content::article::url;
use crate::content::walk::{ArticleFile, Inventory};

/// What may not stand in an address as it is; `%` may, because authors write addresses that are encoded already.
const NOT_IN_URLS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'|').add(b'\\').add(b'^');

/// A place in an article, to be looked for once all articles are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The locale of the text that the reader gets.
    pub locale: Locale,
    /// The article.
    pub id: ArticleId,
    /// The heading's anchor, where the link names one.
    pub anchor: Option<String>,
}

/// A link that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The address, ready to be escaped into an attribute.
    pub href: String,
    /// Whether it leaves this site.
    pub external: bool,
    /// The article it leads to.
    pub place: Option<Place>,
    /// A doubt that does not keep the link from being served.
    pub warning: Option<String>,
}

/// Resolves a link's target as written in the article `from`.
///
/// # Errors
/// Says why the link leads nowhere, and what to write.
pub(crate) fn resolve(written: &str, from: &ArticleFile, inventory: &Inventory) -> Result<Resolved, String> {
    let written = written.trim();
    let to = |href: String| Resolved { href, external: false, place: None, warning: None };
    if let Some((scheme, rest)) = scheme(written) {
        return match scheme.to_ascii_lowercase().as_str() {
            "https" | "http" => Ok(Resolved { external: true, ..to(encode(written)) }),
            "mailto" | "tel" => Ok(to(encode(written))),
            "article" => match split_anchor(rest) {
                (id, anchor) if id.parse::<ArticleId>().is_ok_and(|id| inventory.has(&id)) => {
                    let id = id.parse().map_err(|_| missing(written, id, inventory))?;
                    Ok(article(from.locale.clone(), id, anchor, inventory))
                }
                (id, _) => Err(missing(written, id, inventory)),
            },
            other => {
                Err(format!("links to `{other}:` are not served; link to https:, mailto:, tel: or an article's file"))
            }
        };
    }
    if written.is_empty() {
        return Err("this link has no target; write a file or an address into the brackets".to_owned());
    }
    if written.starts_with("//") || written.contains('\\') {
        return Err(format!(
            "the link `{written}` is no complete address; begin it with https:// or write a path with `/`"
        ));
    }
    let (path, anchor) = split_anchor(written);
    if path.is_empty() {
        // The bare anchor works wherever the text is shown: on its page, in a preview, in another locale's place.
        let place = Place { locale: from.locale.clone(), id: from.id.clone(), anchor };
        return Ok(Resolved { place: Some(place), ..to(encode(written)) });
    }
    if path.starts_with('/') {
        return Ok(to(encode(written)));
    }
    let path = decode(path);
    match file(&path, from) {
        Some((locale, id)) if inventory.has(&id) => Ok(article(locale, id, anchor, inventory)),
        _ => match path.trim_start_matches("./").trim_end_matches(".md").parse::<ArticleId>() {
            Ok(id) if inventory.has(&id) => Ok(article(from.locale.clone(), id, anchor, inventory)),
            _ => Err(missing(written, &path, inventory)),
        },
    }
}

/// Tells whether a link that leads nowhere may have been none of an article's: a bare word, or a path of another site
/// that the text was taken from. It is told, and shown as plain text, but keeps nobody's help centre from being served.
pub(crate) fn is_doubtful(written: &str) -> bool {
    let (path, _) = split_anchor(written.trim());
    let foreign = scheme(written).is_some() || path.starts_with("//") || path.contains('\\');
    !foreign && !path.is_empty() && !path.ends_with(".md")
}

/// Returns the article that a relative path names: `../fixes/check-network.md`, also without `.md`.
fn file(path: &str, from: &ArticleFile) -> Option<(Locale, ArticleId)> {
    let folder = from.file.components().next()?.as_os_str().to_str()?;
    let mut parts = vec![folder, from.id.category()];
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let [locale, category, slug] = parts.as_slice() else { return None };
    Some((locale.parse().ok()?, ArticleId::new(category, slug.strip_suffix(".md").unwrap_or(slug)).ok()?))
}

fn article(locale: Locale, id: ArticleId, anchor: Option<String>, inventory: &Inventory) -> Resolved {
    let mut href = url(&locale, &id);
    if let Some(anchor) = &anchor {
        href.push('#');
        href.push_str(&encode(anchor));
    }
    let translated = inventory.locales_of(&id).contains(&locale);
    let warning =
        (!translated).then(|| format!("`{id}` is not translated into `{locale}`; the reader gets another language"));
    Resolved { href, external: false, place: Some(Place { locale, id, anchor }), warning }
}

fn missing(written: &str, path: &str, inventory: &Inventory) -> String {
    let slug = path.trim_end_matches(".md").rsplit('/').next().unwrap_or(path);
    let ids = inventory.ids();
    match ids.iter().find(|id| id.slug() == slug) {
        Some(id) => format!("`{written}` leads to no article; `{id}` has that name: link ../{id}.md"),
        None => format!("`{written}` leads to no article; link an existing file such as ../<category>/<slug>.md"),
    }
}

/// Splits a target before its `#`; the anchor is decoded, as headings' anchors are.
fn split_anchor(written: &str) -> (&str, Option<String>) {
    match written.split_once('#') {
        Some((path, anchor)) if !anchor.is_empty() => (path, Some(decode(anchor))),
        Some((path, _)) => (path, None),
        None => (written, None),
    }
}

/// Returns the scheme of an absolute address and what follows it.
///
/// Browsers drop tabs and line breaks from addresses, so `java\tscript:` is a scheme as well; anything that stands before
/// the first colon, and before any `/`, `#` or `?`, counts.
fn scheme(written: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = written.split_once(':')?;
    (!scheme.contains(['/', '#', '?'])).then_some((scheme, rest))
}

fn encode(written: &str) -> String {
    utf8_percent_encode(written, NOT_IN_URLS).to_string()
}

fn decode(written: &str) -> String {
    percent_decode_str(written).decode_utf8().map_or_else(|_| written.to_owned(), std::borrow::Cow::into_owned)
}
