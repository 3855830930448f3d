//! HTML that may be put into a page as it is.

use std::fmt;

/// Markup that is safe to send: made by [`SafeHtml::escape`], or by the sanitiser from somebody's Markdown.
///
/// The constructor from raw markup is crate-private and called by the renderer and the snippet maker alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Takes markup that the caller has sanitised or put together from escaped parts.
    #[must_use]
    pub(crate) fn trusted(markup: String) -> Self {
        SafeHtml(markup)
    }

    /// Escapes plain text for an element's content or a quoted attribute.
    #[must_use]
    pub fn escape(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 8);
        push_escaped(&mut out, text);
        SafeHtml(out)
    }

    /// Returns the markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the markup as an owned string.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Appends `text` with `& < > " '` as entities.
pub fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_html_reads_as_markup() {
        assert_eq!(SafeHtml::escape("<a href=\"x\">'&").as_str(), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
