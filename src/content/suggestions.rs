//! Questions that the widget offers on certain pages of the host site or app: `suggestions.toml`.

use std::collections::BTreeMap;

use crate::base::Locale;
use crate::content::fields::{Fields, Findings, Located};
use crate::content::node::Node;

/// What to offer on some pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// Patterns of addresses, in which `*` stands for any characters; one that begins with `/` is matched with the path.
    pub pages: Vec<String>,
    /// The questions, best first.
    pub questions: BTreeMap<Locale, Vec<String>>,
}

impl Suggestions {
    /// Tells whether a page, given by its whole address, is among those meant.
    #[must_use]
    pub fn are_for(&self, page: &str) -> bool {
        let after_scheme = page.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
        let matches = |pattern: &String| matches(pattern, if pattern.starts_with('/') { path } else { page });
        !page.is_empty() && self.pages.iter().any(matches)
    }
}

/// Checks the `[[suggestions]]` tables.
pub(crate) fn read(tables: Vec<Node>, locales: &[Locale], findings: &mut Findings<'_>) -> Vec<Suggestions> {
    tables.into_iter().filter_map(|table| read_one(table, locales, findings)).collect()
}

fn read_one(table: Node, locales: &[Locale], findings: &mut Findings<'_>) -> Option<Suggestions> {
    let mut fields = Fields::of(table, &["pages", "questions"], findings)?;
    let (line, pages) = (fields.line, fields.texts("pages"));
    let questions = fields.localized_lists("questions", locales);
    for Located { line, value } in pages.iter().filter(|p| !is_pattern(&p.value)) {
        let message = format!(
            "`{value}` matches no page; begin with `/` for a path, with `https://`, or with `*` for any beginning"
        );
        findings.error(*line, message);
    }
    if pages.is_empty() {
        findings.error(line, "`pages` is missing; write on which pages to offer this: `pages = [\"/checkout*\"]`");
    }
    if questions.values().all(Vec::is_empty) {
        findings.error(line, "`questions` is missing; write what to offer: `questions.en = [\"…\"]`");
    }
    Some(Suggestions { pages: pages.into_iter().map(|p| p.value).collect(), questions })
}

fn is_pattern(text: &str) -> bool {
    text.starts_with(['/', '*']) || text.starts_with("https://") || text.starts_with("http://")
}

/// Matches a text with a pattern in which `*` stands for any characters, none among them. Each piece between two `*` is
/// found at its first place, so that no pattern takes longer than its length times the text's.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(pages: &[&str], page: &str) -> bool {
        let pages = pages.iter().map(ToString::to_string).collect();
        Suggestions { pages, questions: BTreeMap::new() }.are_for(page)
    }

    #[test]
    fn a_path_is_matched_on_every_host() {
        assert!(on(&["/checkout*"], "https://shop.example/checkout/2"));
        assert!(on(&["/"], "https://shop.example") && on(&["/"], "https://shop.example/"));
        assert!(!on(&["/checkout"], "https://shop.example/checkout/2"));
        assert!(!on(&["/shop.example"], "https://shop.example/"));
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(on(&["*/pay/*/done"], "https://a.example/x/pay/7/8/done"));
        assert!(on(&["https://*.example/#/top-up"], "https://a.example/#/top-up"));
        assert!(on(&["/no", "*"], "file:///android_asset/index.html"));
        assert!(!on(&["*/done*done"], "https://a.example/done"), "no piece is used twice");
        assert!(!on(&["*"], ""), "a page that says nothing of itself gets what all get");
    }

    #[test]
    fn mistakes_are_named() {
        let text = "[[suggestions]]\npages = ['checkout']\n";
        let (entries, _) = crate::content::node::parse_toml(text);
        let mut findings = Findings::new(std::path::Path::new("suggestions.toml"));
        let tables = Fields::new(1, entries, &["suggestions"], &mut findings).tables("suggestions");
        read(tables, &["en".parse().unwrap()], &mut findings);
        let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
        assert!(told.len() == 2 && told[0].contains("`checkout` matches no page"), "{told:#?}");
    }
}
