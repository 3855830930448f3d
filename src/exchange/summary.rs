//! What a reader sees of a Markdown text, without its marks: a summary of its first sentences, a title where it has none.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::exchange::rewrite::OPTIONS;
use crate::kb::passages::sentences;
use crate::text::script::is_han;

/// The longest summary that is made of an article's first sentences, in characters.
const LONGEST_SUMMARY: usize = 200;
/// The longest title that is made of a text, in characters.
const LONGEST_TITLE: usize = 60;
/// As much of a body is read for its first sentences, in bytes.
const ENOUGH: usize = 64 << 10;

/// Returns the first sentences of the prose of a body, as many as make a short answer; empty where there is no prose.
pub(crate) fn summary(body: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for Block { is_item, text: block } in prose(body) {
        // What a colon announces stands in the next block, and one step of a list is no answer.
        let announces = out.ends_with([':', '：']);
        let goes_on = before == Some(true) && is_item;
        if !(out.is_empty() || announces || goes_on) {
            break;
        }
        before = Some(is_item);
        if goes_on && out.ends_with(char::is_alphanumeric) {
            out.push(if out.ends_with(is_han) { '；' } else { ';' });
        }
        for (from, to) in sentences(&block) {
            let sentence = &block[from..to];
            if !out.is_empty() && out.chars().count() + sentence.chars().count() > LONGEST_SUMMARY {
                return cut(&out, LONGEST_SUMMARY);
            }
            join(&mut out, sentence);
        }
    }
    cut(&out, LONGEST_SUMMARY)
}

/// Returns a title for a body that has none: its first heading, or its first words; empty where it has neither.
pub(crate) fn title(body: &str) -> String {
    let heading = headings(body).into_iter().map(|(_, text)| text).find(|text| !text.is_empty());
    let first = || {
        let block = prose(body).into_iter().next()?.text;
        let (from, to) = *sentences(&block).first()?;
        Some(block[from..to].trim_end_matches(['.', '。', ':', '：']).to_owned())
    };
    cut(&heading.or_else(first).unwrap_or_default(), LONGEST_TITLE)
}

/// Takes a heading of the first rank off, if nothing but white space stands before it; returns its words.
pub(crate) fn take_heading(body: &mut String) -> Option<String> {
    let mut words = String::new();
    let mut events = Parser::new_ext(body, OPTIONS).into_offset_iter();
    let (Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }), range) = events.next()? else { return None };
    for (event, _) in events {
        match event {
            Event::End(TagEnd::Heading(_)) => break,
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    body.replace_range(..range.end, "");
    Some(words.trim().to_owned())
}

/// Returns the headings of a body: where each stands, and its words.
fn headings(body: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut out = Vec::new();
    let mut open = None;
    for (event, range) in Parser::new_ext(head(body), OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some((range, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                out.extend(open.take().map(|(range, text)| (range, text.trim().to_owned())));
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, words)) = &mut open {
                    words.push_str(&text);
                }
            }
            _ => {}
        }
    }
    out
}

/// Returns the beginning of a text, cut before a line.
fn head(body: &str) -> &str {
    if body.len() <= ENOUGH {
        return body;
    }
    let end = (0..=ENOUGH).rev().find(|at| body.is_char_boundary(*at)).unwrap_or_default();
    &body[..body[..end].rfind('\n').unwrap_or(end)]
}

/// A paragraph or an item of a list, on one line.
struct Block {
    is_item: bool,
    text: String,
}

/// Returns the paragraphs and items of the beginning of a body. Headings, quotes, tables, code, pictures and HTML are none
/// of it.
fn prose(body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut items = 0usize;
    let mut block = String::new();
    let mut hidden = 0usize;
    let mut end = |block: &mut String, is_item: bool| {
        let text = block.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().any(char::is_alphanumeric) {
            blocks.push(Block { is_item, text });
        }
        block.clear();
    };
    for event in Parser::new_ext(head(body), OPTIONS) {
        match event {
            Event::Start(
                Tag::Heading { .. }
                | Tag::BlockQuote(_)
                | Tag::CodeBlock(_)
                | Tag::HtmlBlock
                | Tag::Table(_)
                | Tag::Image { .. },
            ) => hidden += 1,
            Event::End(
                TagEnd::Heading(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::CodeBlock
                | TagEnd::HtmlBlock
                | TagEnd::Table
                | TagEnd::Image,
            ) => hidden = hidden.saturating_sub(1),
            _ if hidden > 0 => {}
            Event::Start(Tag::Paragraph | Tag::List(_)) | Event::End(TagEnd::Paragraph) => end(&mut block, items > 0),
            Event::Start(Tag::Item) => {
                end(&mut block, items > 0);
                items += 1;
            }
            Event::End(TagEnd::Item) => {
                end(&mut block, items > 0);
                items = items.saturating_sub(1);
            }
            Event::Text(text) | Event::Code(text) => block.push_str(&text),
            // Chinese is written without spaces, also where a line of the source ends.
            Event::SoftBreak | Event::HardBreak
                if block.ends_with(|c: char| is_han(c) || "，。！？；：、）”".contains(c)) => {}
            Event::SoftBreak | Event::HardBreak => block.push(' '),
            // `one<br>two` are two words, `H<sub>2</sub>O` is one.
            Event::InlineHtml(tag) if tag.to_ascii_lowercase().starts_with("<br") => block.push(' '),
            _ => {}
        }
    }
    end(&mut block, items > 0);
    blocks
}

fn join(out: &mut String, sentence: &str) {
    if out.ends_with(|c: char| c.is_ascii()) {
        out.push(' ');
    }
    out.push_str(sentence);
}

/// Cuts what is longer than `most` characters, where a word ends if it has words.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let end = text.char_indices().nth(most - 1).map_or(text.len(), |(at, _)| at);
    let whole = text[..end].rfind(char::is_whitespace).filter(|at| *at * 2 > end).unwrap_or(end);
    format!("{}…", text[..whole].trim_end_matches(|c: char| c.is_whitespace() || ",;:，；：、".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_whole_sentences_without_marks() {
        let body = "# Head\n\n**Open** the [wallet](x.md), then _pay_. It takes a minute. And so on.\n\nMore.";
        assert_eq!(summary(body), "Open the wallet, then pay. It takes a minute. And so on.");
        assert_eq!(summary("打开钱包。点付款。"), "打开钱包。点付款。");
        assert_eq!(summary("打开\n钱包。"), "打开钱包。");
        assert!(summary(&"word ".repeat(200)).chars().count() <= LONGEST_SUMMARY);
        assert_eq!(summary("# Only\n\n> quoted"), "");
    }

    #[test]
    fn pictures_code_and_tags_leave_nothing_behind() {
        for (body, expected) in [
            ("Plug it. ![Plug](p.png)", "Plug it."),
            ("![P](p.png)\n\nA second.", "A second."),
            ("A <b>bold</b> `two_tabs` snake_case word.", "A bold two_tabs snake_case word."),
            ("one<br>two\\*", "one two*"),
            ("```sh\nrm -rf\n```\n\nDo not.", "Do not."),
            ("<div>\nblock\n</div>\n\nText &amp; more.", "Text & more."),
            ("To reset:\n\n1. Press it.\n2. Wait.\n\nDone.", "To reset: Press it. Wait."),
            ("* Press it\n* Wait\n\nDone.", "Press it; Wait"),
        ] {
            assert_eq!(summary(body), expected, "{body}");
        }
        let long = format!("{} end. More.", "word ".repeat(60).trim());
        assert!(summary(&long).ends_with("word…"), "{}", summary(&long));
    }

    #[test]
    fn titles_are_the_first_heading_or_the_first_words() {
        assert_eq!(title("Text.\n\n## The `x` *heading*\n"), "The x heading");
        assert_eq!(title("Open the wallet. Then pay."), "Open the wallet");
        assert_eq!(title("![p](p.png)"), "");
        let mut body = "\n# The `x` page\n\nText.".to_owned();
        assert_eq!(take_heading(&mut body).as_deref(), Some("The x page"));
        assert_eq!(body.trim(), "Text.");
        let mut body = "Setext\n===\nText.".to_owned();
        assert_eq!((take_heading(&mut body).as_deref(), body.as_str()), (Some("Setext"), "Text."));
    }
}
