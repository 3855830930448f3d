//! The anchors of headings: what stands behind `#` in an address.

use std::collections::HashMap;

/// Makes the anchors of one article, each used once.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    /// Every anchor in use, and the number that its next namesake tries first.
    used: HashMap<String, usize>,
}

impl Anchors {
    /// Returns the anchor of the next heading: `检查网络`, and `检查网络-1` the second time.
    pub(crate) fn of(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let Some(next) = self.used.get(&slug).copied() else {
            self.used.insert(slug.clone(), 1);
            return slug;
        };
        // A heading may be called `检查网络-1` by itself.
        let free = (next..).map(|i| (i, format!("{slug}-{i}"))).find(|(_, anchor)| !self.used.contains_key(anchor));
        let (number, anchor) = free.unwrap_or_else(|| (next, slug.clone()));
        self.used.insert(slug, number + 1);
        self.used.insert(anchor.clone(), 1);
        anchor
    }
}

/// Turns a heading into an anchor as GitHub does, so that a link works there too: letters and digits of every script stay
/// and become lower case, white space becomes `-`, punctuation goes.
fn slug(heading: &str) -> String {
    let mut slug = String::with_capacity(heading.len());
    for c in heading.trim().chars() {
        if c.is_alphanumeric() || matches!(c, '-' | '_') {
            slug.extend(c.to_lowercase());
        } else if c.is_whitespace() {
            slug.push('-');
        }
    }
    if slug.is_empty() { "section".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_githubs_and_unique() {
        let mut anchors = Anchors::default();
        let cases = [
            ("检查网络", "检查网络"),
            ("检查网络", "检查网络-1"),
            ("检查网络-1", "检查网络-1-1"),
            ("What's new?", "whats-new"),
            ("1. 先做什么", "1-先做什么"),
            ("“？”", "section"),
            ("", "section-1"),
        ];
        for (heading, anchor) in cases {
            assert_eq!(anchors.of(heading), anchor, "{heading}");
        }
    }
}
