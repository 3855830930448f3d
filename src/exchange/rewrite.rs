//! Changes where the links and pictures of a Markdown text lead, and not one letter else.
//!
//! The parser tells where they stand, so that code, which may look like a link, is left as it is. What is not changed stays
//! byte for byte. Where a link is to lead is for [`links`](crate::exchange::links) to say.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use regex::Regex;

/// What leads somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A link in Markdown.
    Link,
    /// A picture in Markdown.
    Picture,
    /// `<a href>`, whose address is the page's: nobody resolves the file names in it.
    HtmlLink,
    /// `<img src>`.
    HtmlPicture,
}

/// What is to become of a link or picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lead {
    /// It leads where it leads.
    Stays,
    /// It leads there now.
    To(String),
    /// It leads nowhere: of a link its text stays, of a picture its description.
    Nowhere,
}

/// The parser's options with which our own bodies are read.
pub(crate) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_GFM);

/// Attributes in HTML that lead somewhere.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let value = r#"(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'<>=`]+))"#;
    let tag = format!(r"(?is)<(?P<tag>a|img|source|video)\b[^<>]*?\s(?P<attribute>(?:href|src)\s*=\s*{value})");
    Regex::new(&tag).expect("the pattern is one")
});

/// What MkDocs writes behind a link for its looks: `{ width="300" .class }`.
static LOOKS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\{:?[ \t]*[.#\w][^{}\n]*\}"#).expect("the pattern is one"));

/// A link or picture whose end has not come.
struct Open<'a> {
    range: Range<usize>,
    kind: Kind,
    how: LinkType,
    target: CowStr<'a>,
    title: CowStr<'a>,
    /// Where what stands between its brackets ends, as far as was seen.
    inner_end: usize,
}

/// Asks `lead` for every link and picture of `body`, and returns the body with what it said.
pub(crate) fn rewrite(body: &str, without_looks: bool, lead: &mut dyn FnMut(Kind, &str) -> Lead) -> String {
    let mut events = Parser::new_ext(body, OPTIONS).into_offset_iter();
    let mut edits = Edits { body, list: Vec::new() };
    let mut open: Vec<Open<'_>> = Vec::new();
    // By what is written in their definitions.
    let mut referred: HashSet<(Kind, String)> = HashSet::new();
    for (event, range) in events.by_ref() {
        let (starts, ends) = match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => (true, false),
            Event::End(TagEnd::Link | TagEnd::Image) => (false, true),
            _ => (false, false),
        };
        if ends && let Some(done) = open.pop() {
            if without_looks && let Some(looks) = LOOKS.find(&body[done.range.end..]) {
                edits.cut(done.range.end..done.range.end + looks.end());
            }
            if is_reference(done.how) {
                referred.insert((done.kind, done.target.to_string()));
            }
            edits.link(&done, &lead(done.kind, &done.target));
        }
        if let Some(outer) = open.last_mut() {
            outer.inner_end = outer.inner_end.max(range.end);
        }
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) if starts => {
                let inner_end = range.start + 1;
                open.push(Open { range, kind: Kind::Link, how: link_type, target: dest_url, title, inner_end });
            }
            Event::Start(Tag::Image { link_type, dest_url, title, .. }) => {
                let inner_end = range.start + 2;
                open.push(Open { range, kind: Kind::Picture, how: link_type, target: dest_url, title, inner_end });
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => edits.html(range, lead),
            _ => {}
        }
    }
    for (_, definition) in events.reference_definitions().iter() {
        edits.definition(&definition.span, &definition.dest, definition.title.as_deref(), &referred, lead);
    }
    edits.apply()
}

fn is_reference(how: LinkType) -> bool {
    matches!(how, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut)
}

struct Edits<'a> {
    body: &'a str,
    list: Vec<(Range<usize>, String)>,
}

impl Edits<'_> {
    fn cut(&mut self, range: Range<usize>) {
        self.list.push((range, String::new()));
    }

    fn link(&mut self, link: &Open<'_>, lead: &Lead) {
        if *lead == Lead::Stays {
            return;
        }
        let is_picture = link.kind == Kind::Picture;
        if matches!(link.how, LinkType::Autolink | LinkType::Email) {
            let new = match lead {
                Lead::To(target) => format!("<{}>", encode(target)),
                _ if link.target.contains('`') => return,
                _ => format!("`{}`", link.target),
            };
            self.list.push((link.range.clone(), new));
            return;
        }
        let rest = &self.body[link.inner_end.min(link.range.end)..link.range.end];
        let bracket = if is_reference(link.how) { "]" } else { "](" };
        let Some(tail) = rest.find(bracket).map(|at| link.range.end - rest.len() + at) else { return };
        match lead {
            // The definition is changed, which serves all that refer to it.
            Lead::To(_) if is_reference(link.how) => {}
            Lead::To(target) => {
                let title = if link.title.is_empty() { None } else { Some(&*link.title) };
                self.list.push((tail..link.range.end, format!("]({})", destination(target, title))));
            }
            _ => {
                let start = link.range.start + 1 + usize::from(is_picture);
                self.list.push((link.range.start..start, String::new()));
                self.keep_words(start);
                self.cut(tail..link.range.end);
            }
        }
    }

    /// Keeps what stood in a link and stands in the open now from beginning a heading, a list or a quote.
    fn keep_words(&mut self, start: usize) {
        let text = &self.body[start..];
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let at = match text.as_bytes().get(digits) {
            Some(b'#' | b'>' | b'+' | b'-' | b'=' | b'|' | b'~') if digits == 0 => start,
            Some(b'*') if digits == 0 && text[1..].starts_with(char::is_whitespace) => start,
            Some(b'.' | b')') if digits > 0 => start + digits,
            _ => return,
        };
        self.list.push((at..at, "\\".to_owned()));
    }

    fn definition(
        &mut self,
        span: &Range<usize>,
        target: &str,
        title: Option<&str>,
        referred: &HashSet<(Kind, String)>,
        lead: &mut dyn FnMut(Kind, &str) -> Lead,
    ) {
        let by = |kind| referred.contains(&(kind, target.to_owned()));
        let kind = match (by(Kind::Link), by(Kind::Picture)) {
            (true, _) => Kind::Link,
            (false, true) => Kind::Picture,
            (false, false) => return,
        };
        // A link may go where a picture stays; whoever refers to a definition that is gone has its words.
        let Lead::To(new) = lead(kind, target) else { return };
        let written = self.body[span.clone()].trim_end();
        let mut escaped = false;
        let end = written.char_indices().skip(1).find(|(_, c)| {
            let found = *c == ']' && !escaped;
            escaped = *c == '\\' && !escaped;
            found
        });
        if let Some((at, _)) = end {
            let range = span.start + at..span.start + written.len();
            self.list.push((range, format!("]: {}", destination(&new, title))));
        }
    }

    fn html(&mut self, range: Range<usize>, lead: &mut dyn FnMut(Kind, &str) -> Lead) {
        let html = &self.body[range.clone()];
        if html.trim_start().starts_with("<!--") {
            return;
        }
        for found in ADDRESS.captures_iter(html) {
            let (Some(tag), Some(attribute)) = (found.name("tag"), found.name("attribute")) else { continue };
            let value = ["double", "single", "bare"].iter().find_map(|name| found.name(name));
            let Some(value) = value.map(|value| value.as_str()) else { continue };
            let is_link = tag.as_str().eq_ignore_ascii_case("a");
            let name = if is_link { "href" } else { "src" };
            if !attribute.as_str().to_ascii_lowercase().starts_with(name) {
                continue;
            }
            let kind = if is_link { Kind::HtmlLink } else { Kind::HtmlPicture };
            let plain = quick_xml::escape::unescape(value).unwrap_or(value.into());
            let new = match lead(kind, &plain) {
                Lead::Stays => continue,
                Lead::To(target) => {
                    let target = target.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
                    format!("{name}=\"{target}\"")
                }
                Lead::Nowhere => String::new(),
            };
            self.list.push((range.start + attribute.start()..range.start + attribute.end(), new));
        }
    }

    fn apply(mut self) -> String {
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(self.body.len());
        let mut at = 0;
        for (range, new) in self.list {
            // Two that overlap do not come of one parse of one text; the first is kept.
            if range.start >= at {
                out.push_str(&self.body[at..range.start]);
                out.push_str(&new);
                at = range.end;
            }
        }
        out.push_str(&self.body[at..]);
        out
    }
}

/// Writes an address, and a title behind it, so that the parser reads the same again.
fn destination(target: &str, title: Option<&str>) -> String {
    let target = encode(target);
    let target = if target.is_empty() || target.contains(['(', ')']) { format!("<{target}>") } else { target };
    match title {
        None => target,
        Some(title) => {
            let title = title.replace('\\', "\\\\").replace('"', "\\\"").replace('|', "\\|").replace('\n', " ");
            format!("{target} \"{title}\"")
        }
    }
}

/// Encodes what would end an address, or mean something else within it.
fn encode(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            '<' | '>' | '\\' | '|' | '`' => out.push_str(&format!("%{:02X}", u32::from(c))),
            '&' if target.contains(';') => out.push_str("&amp;"),
            c if c.is_whitespace() || c.is_control() => {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Links to `gone…` lead nowhere, those to `old…` to `new`, all others stay.
    fn rewritten(body: &str) -> String {
        rewrite(body, true, &mut |_, target| match target {
            gone if gone.starts_with("gone") => Lead::Nowhere,
            old if old.starts_with("old") => Lead::To(old.replace("old", "new")),
            _ => Lead::Stays,
        })
    }

    #[test]
    fn links_and_pictures_change_wherever_markdown_has_them() {
        for (body, expected) in [
            ("[a](old.md) and [b](stays.md)", "[a](new.md) and [b](stays.md)"),
            ("[*a* `c`](<old x.md> \"a \\\"t\\\"\")", "[*a* `c`](new%20x.md \"a \\\"t\\\"\")"),
            ("![a](old.png){ width=\"300\" } b", "![a](new.png) b"),
            ("[![a](old.png)](old.md)", "[![a](new.png)](new.md)"),
            ("[a][t], [t], [t][]\n\n[t]: old.md 'T'\n", "[a][t], [t], [t][]\n\n[t]: new.md \"T\"\n"),
            ("> [a\n> b](old.md)\n", "> [a\n> b](new.md)\n"),
            ("| a |\n|---|\n| [x](old.md) |\n", "| a |\n|---|\n| [x](new.md) |\n"),
            ("[a](old(1).md)", "[a](<new(1).md>)"),
            (
                "<p>\n<a class=x href='old.md?a=1&amp;b=2'>x</a></p>\n",
                "<p>\n<a class=x href=\"new.md?a=1&amp;b=2\">x</a></p>\n",
            ),
            ("a <img alt=x src=old.png> b", "a <img alt=x src=\"new.png\"> b"),
            ("[a\\]](old.md)", "[a\\]](new.md)"),
        ] {
            assert_eq!(rewritten(body), expected);
        }
    }

    #[test]
    fn what_leads_nowhere_leaves_its_words() {
        for (body, expected) in [
            ("see [**a** b](gone.md \"t\").", "see **a** b."),
            ("![a](gone.png)", "a"),
            ("[# a](gone.md)", "\\# a"),
            ("[1. a](gone.md)", "1\\. a"),
            ("[a][t]\n\n[t]: gone.md\n", "a\n\n[t]: gone.md\n"),
            ("<a href=\"gone\">x</a>", "<a >x</a>"),
        ] {
            assert_eq!(rewritten(body), expected);
        }
    }

    #[test]
    fn code_is_left_as_it_is() {
        for body in [
            "`[c](gone.md)` and\n\n```\n[c](old.md) ![p](old.png)\n<img src=\"old.png\">\n[t]: old.md\n```\n",
            "    [c](old.md)\n",
            "~~~~\n~~~\n[c](old.md)\n~~~\n~~~~\n",
            "``[c](gone.md) ` ``\n",
            "\\[c](old.md)\n",
            "<!-- [c](old.md) <a href=\"old\"> -->\n",
        ] {
            assert_eq!(rewritten(body), body);
        }
    }
}
