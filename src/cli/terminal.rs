//! What a command prints on: standard output, in colour where a person is looking.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use serde::Serialize;

use crate::base::SafeHtml;

/// Standard output. Colours are sent only to a terminal whose owner has not set `NO_COLOR`.
#[derive(Debug)]
pub(super) struct Terminal {
    out: BufWriter<StdoutLock<'static>>,
    color: bool,
}

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// A title, or the words that matched.
    Strong,
    /// What is there for those who look for it.
    Faint,
    /// An error, or a failure.
    Bad,
    /// A warning.
    Doubtful,
    /// A success.
    Good,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Strong => "1",
            Style::Faint => "2",
            Style::Bad => "31",
            Style::Doubtful => "33",
            Style::Good => "32",
        }
    }
}

impl Terminal {
    /// Takes standard output; `color` is what the settings allow.
    pub(super) fn new(color: bool) -> Self {
        let color = color && io::stdout().is_terminal();
        Terminal { out: BufWriter::new(io::stdout().lock()), color }
    }

    /// Prints a line.
    pub(super) fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Prints a value as indented JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value).map_err(io::Error::from)?;
        writeln!(self.out)?;
        Ok(())
    }

    /// Prints bytes as they are.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Sends what was printed on its way.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Returns `text` in a style, or as it is where there are no colours.
    pub(super) fn paint(&self, style: Style, text: impl Display) -> String {
        paint(self.color, style, text)
    }

    /// Returns a snippet as text, with the marked words standing out.
    pub(super) fn snippet(&self, html: &SafeHtml) -> String {
        snippet(self.color, html.as_str())
    }
}

fn paint(color: bool, style: Style, text: impl Display) -> String {
    if color { format!("\x1b[{}m{text}\x1b[0m", style.code()) } else { text.to_string() }
}

fn snippet(color: bool, html: &str) -> String {
    let (on, off) = if color { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let text = html.replace("<mark>", on).replace("</mark>", off);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&").replace('\n', " ")
}

/// Returns how many columns a text takes: two for Chinese and other wide characters.
pub(super) fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3
            | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f
            | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// Returns `text` followed by spaces up to `columns`.
pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Returns `text` after as many spaces as fill `columns`.
pub(super) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Returns a count with its noun, `1 article` or `2 articles`, thousands apart.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// Returns a number with its thousands apart: `12,345`.
pub(super) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_by_columns_and_not_by_characters() {
        assert_eq!(pad("知答", 6), "知答  ");
        assert_eq!(pad_left("a答", 4), " a答");
    }

    #[test]
    fn counts_like_a_person() {
        assert_eq!(
            [count(1, "article"), count(1234, "line"), count(0, "error")],
            ["1 article", "1,234 lines", "0 errors"]
        );
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn a_snippet_reads_as_text_without_colours() {
        assert_eq!(snippet(false, "a &lt;b&gt; <mark>c &amp;amp;</mark>\nd"), "a <b> c &amp; d");
        assert_eq!(snippet(true, "<mark>c</mark>"), "\x1b[1mc\x1b[0m");
        assert_eq!(paint(false, Style::Bad, "x"), "x");
    }
}
