//! The anchors of headings: what stands behind `#` in an address.

use std::collections::HashSet;

/// Makes the anchors of one article, each used once.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    used: HashSet<String>,
}

impl Anchors {
    /// Returns the anchor of the next heading: `检查网络`, and `检查网络-1` the second time.
    pub(crate) fn of(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let mut anchor = slug.clone();
        for i in 1.. {
            if self.used.insert(anchor.clone()) {
                break;
            }
            anchor = format!("{slug}-{i}");
        }
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
