//! The style sheet, which pages carry within them: a page is painted after one round trip.
//!
//! It is the same text on every page of a site, so that the content policy can name its hash and needs no
//! `unsafe-inline`. The script that puts on the reader's own choice of light or dark stands beside it for the same
//! reason: loaded later, it would flash.

use std::fmt;

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::kb::Site;
use crate::web::theme::Theme;

/// One text for the browser, several for whoever reads them.
const SHEETS: &str = concat!(
    include_str!("../../static/css/base.css"),
    include_str!("../../static/css/frame.css"),
    include_str!("../../static/css/browse.css"),
    include_str!("../../static/css/article.css"),
    include_str!("../../static/css/chat.css"),
    include_str!("../../static/css/print.css"),
);
const LIGHT: &str = include_str!("../../static/css/light.css");
const DARK: &str = include_str!("../../static/css/dark.css");
const MARK: &str = include_str!("../../static/icon.svg");
/// The colour that [`MARK`] is drawn in.
const MARK_COLOUR: &str = "#0b6e5b";
/// `--accent-deep` of `light.css`.
const DEEP: &str = "#0a4a3e";

/// Puts on the reader's choice before anything is painted. No cookie: the server need not know.
const CHOICE: &str = r#"try{const t=localStorage.getItem("theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}"#;

/// Articles may show pictures from other hosts over https; nothing else comes from elsewhere.
const POLICY: &str = "img-src 'self' https:; object-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// Text that stands in a page between tags of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verbatim<'a>(&'a str);

impl fmt::Display for Verbatim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

// Made of files of the program and of a colour's six digits; a test holds that none can end its element.
impl askama::filters::HtmlSafe for Verbatim<'_> {}

/// A site's look.
#[derive(Debug, Clone)]
pub(crate) struct Style {
    css: String,
    /// The content policy of its pages.
    pub(crate) policy: HeaderValue,
    /// The accent on light paper, `#rrggbb`.
    pub(crate) accent: String,
    /// The shade behind the home page's banner, `#rrggbb`.
    pub(crate) deep: String,
}

impl Style {
    /// Makes the style of a site.
    pub(crate) fn of_site(site: &Site) -> Self {
        let theme = Theme::of_site(site);
        let (light, dark) = theme.as_ref().map_or(("", ""), |t| (t.light.as_str(), t.dark.as_str()));
        let css = compact(&format!(
            ":root {{ {LIGHT} {light} }}\n\
             @media (prefers-color-scheme: dark) {{ :root:not([data-theme=\"light\"]) {{ {DARK} {dark} }} }}\n\
             :root[data-theme=\"light\"] {{ color-scheme: light; }}\n\
             :root[data-theme=\"dark\"] {{ color-scheme: dark; {DARK} {dark} }}\n\
             {SHEETS}"
        ));
        let policy = format!(
            "default-src 'self'; style-src 'self' '{}'; script-src 'self' '{}'; {POLICY}",
            hash(&css),
            hash(CHOICE)
        );
        Style {
            policy: HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")),
            deep: theme.as_ref().map_or_else(|| DEEP.to_owned(), |t| t.deep.clone()),
            accent: theme.map_or_else(|| MARK_COLOUR.to_owned(), |t| t.accent),
            css,
        }
    }

    /// Returns the style sheet, for templates.
    pub(crate) fn css(&self) -> Verbatim<'_> {
        Verbatim(&self.css)
    }

    /// Returns the script that puts on the reader's choice, for templates.
    #[expect(clippy::unused_self, reason = "templates call it on the style, beside the sheet")]
    pub(crate) fn choice(&self) -> Verbatim<'static> {
        Verbatim(CHOICE)
    }

    /// Returns the design's mark in the site's colour.
    pub(crate) fn mark(&self) -> String {
        MARK.replace(MARK_COLOUR, &self.accent)
    }
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Takes out the comments and the indentation.
fn compact(css: &str) -> String {
    let mut rest = css;
    let mut bare = String::with_capacity(css.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let lines: Vec<&str> = bare.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.join("\n").replace(" {\n", "{").replace(";\n", ";").replace(": ", ":").replace(";}", "}").replace("}\n", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compacting_keeps_what_a_browser_reads() {
        let css = "/* a */\n.a {\n  color: red;\n  content: \"x\";\n}\n\n.b:hover,\n.c {\n  margin: 0 auto;\n}\n";
        assert_eq!(compact(css), ".a{color:red;content:\"x\"}.b:hover,\n.c{margin:0 auto}");
    }

    #[test]
    fn nothing_in_the_sheets_could_end_their_element() {
        for text in [SHEETS, LIGHT, DARK, CHOICE] {
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
        for text in [SHEETS, LIGHT, DARK] {
            // `compact` knows no strings: one with a comment's marks would be cut.
            assert_eq!(text.matches("/*").count(), text.matches("*/").count());
            assert!(!text.contains("\": ") && !text.contains("//"));
        }
    }
}
