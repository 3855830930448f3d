//! Takes out of raw HTML what could run, load or pretend: the only door by which an author's own tags reach a page.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Built once: its tables are large, and a site may have 100,000 bodies.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .url_relative(UrlRelative::Custom(Box::new(on_this_site)))
        // The page has its `h1`; image maps and `<header>`s would pretend to be the page's own.
        .rm_tags(["h1", "map", "area", "header", "footer", "nav"])
        .add_tag_attributes("h2", ["id"])
        .add_tag_attributes("h3", ["id"])
        .add_tag_attributes("h4", ["id"])
        .add_tag_attributes("h5", ["id"])
        .add_tag_attributes("h6", ["id"])
        .add_tag_attributes("div", ["aria-label"])
        .add_tag_attribute_values("div", "role", ["note", "region"])
        .add_tag_attribute_values("div", "tabindex", ["0"])
        .add_tag_attribute_values("img", "loading", ["lazy"])
        .add_allowed_classes("div", ["alert", "alert-note", "alert-tip", "alert-important", "alert-warning"])
        .add_allowed_classes("div", ["alert-caution", "table-scroll"])
        .add_allowed_classes("p", ["alert-title"])
        .add_allowed_classes("th", ["align-left", "align-center", "align-right"])
        .add_allowed_classes("td", ["align-left", "align-center", "align-right"])
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") if !value.starts_with("https://") => None,
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

static TEXT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.tags(HashSet::new());
    builder
});

/// Keeps paths on this site and anchors. `//host` and `/\host` are other sites to a browser.
fn on_this_site(url: &str) -> Option<Cow<'_, str>> {
    let path = url.starts_with('#') || (url.starts_with('/') && !url[1..].starts_with(['/', '\\']));
    path.then_some(Cow::Borrowed(url))
}

/// Elements that a parser opens again in each block that follows, while nobody has closed them.
const REOPENED: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// As many elements are made of one text at most: a few hundred megabytes.
const MOST_ELEMENTS: usize = 1_000_000;

/// Tells whether markup unfolds to far more elements than it has tags, as some kilobytes can unfold to gigabytes.
pub(crate) fn unfolds(html: &str) -> bool {
    let mut open = [0usize; REOPENED.len()];
    let mut elements = 0;
    for (at, _) in html.match_indices('<') {
        let rest = &html.as_bytes()[at + 1..];
        let (ends, rest) = match rest {
            [b'/', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = REOPENED.iter().position(|name| name.as_bytes().eq_ignore_ascii_case(&rest[..length]));
        match name {
            Some(name) if ends => open[name] = open[name].saturating_sub(1),
            Some(name) => open[name] += 1,
            None => {}
        }
        elements += 1 + open.iter().sum::<usize>();
        if elements > MOST_ELEMENTS {
            return true;
        }
    }
    false
}

/// Returns the markup without what is not allowed.
pub(crate) fn sanitize(html: &str) -> String {
    SANITIZER.clean(html).to_string()
}

/// Returns the text that a reader of the markup sees.
pub(crate) fn visible_text(html: &str) -> String {
    if unfolds(html) {
        return html.to_owned();
    }
    let escaped = TEXT.clean(html).to_string();
    if !escaped.contains('&') {
        return escaped;
    }
    // The sanitiser writes these entities alone; `&amp;` comes last, lest it make new ones.
    escaped
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
