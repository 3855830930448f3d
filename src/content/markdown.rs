//! The body of an article: from Markdown to HTML that is safe to send, its headings, and its text for search.
//!
//! One pass over the parser's events writes all three. The writer escapes every text and attribute itself, so that its
//! output is safe as it stands; a body with raw HTML goes through the sanitiser as a whole.

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::base::html::push_escaped;
use crate::base::{Locale, SafeHtml};
use crate::content::anchor::Anchors;
use crate::content::fields::{Findings, Located};
use crate::content::links::{Place, is_doubtful, resolve};
use crate::content::node::Lines;
use crate::content::sanitize::{sanitize, unfolds, visible_text};
use crate::content::walk::{ArticleFile, Inventory};
use crate::content::{Heading, Section};

/// How deep quotes, lists and emphasis may nest. What lies deeper keeps its text and loses its markup.
const MAX_DEPTH: usize = 32;

/// How many raw HTML tags a body may have: the HTML parser's time grows with the square of their depth.
const MAX_RAW_TAGS: usize = 4000;

/// A body, rendered.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rendered {
    /// Safe HTML.
    pub html: SafeHtml,
    /// The headings in order.
    pub headings: Vec<Heading>,
    /// The text by section.
    pub sections: Vec<Section>,
    /// The places in articles that it links to.
    pub places: Vec<Located<Place>>,
}

/// Renders a body whose first line is line `body_line` of its file.
pub(crate) fn render(
    body: &str,
    body_line: usize,
    from: &ArticleFile,
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Rendered {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    let events: Vec<_> = Parser::new_ext(body, options).into_offset_iter().collect();
    let lines = Lines::of(body);
    let mut writer = Writer {
        from,
        inventory,
        findings,
        first_line: body_line,
        line: body_line,
        last: None,
        html: String::with_capacity(body.len() * 3 / 2),
        plain: String::new(),
        rendered: Rendered::default(),
        anchors: Anchors::default(),
        section: None,
        heading: None,
        alt: None,
        links: Vec::new(),
        table: None,
        depth: 0,
        too_deep: false,
        raw_block: String::new(),
        raw_tags: 0,
    };
    for (i, (event, range)) in events.iter().enumerate() {
        writer.line = body_line + lines.at(range.start) - 1;
        match event {
            Event::SoftBreak => writer.soft_break(events[i + 1..].iter().find_map(|(e, _)| first_char(e))),
            event => writer.event(event),
        }
    }
    writer.finish()
}

/// Returns the character with which the text of an event begins.
fn first_char(event: &Event<'_>) -> Option<char> {
    match event {
        Event::Text(text) | Event::Code(text) => text.chars().next(),
        Event::Start(_) | Event::End(_) => None,
        _ => Some(' '),
    }
}

struct OpenHeading {
    level: u8,
    html_from: usize,
    text: String,
}

struct OpenTable {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

struct OpenImage {
    source: String,
    title: String,
    text: String,
    nested: usize,
}

struct Writer<'r, 'a> {
    from: &'r ArticleFile,
    inventory: &'r Inventory,
    findings: &'r mut Findings<'a>,
    /// The body's first line in the file.
    first_line: usize,
    /// The line of the present event in the file.
    line: usize,
    html: String,
    /// The last character that a reader sees.
    last: Option<char>,
    /// The plain text of the present section.
    plain: String,
    rendered: Rendered,
    anchors: Anchors,
    section: Option<(String, String)>,
    heading: Option<OpenHeading>,
    alt: Option<OpenImage>,
    /// For every open link, whether its tag was written.
    links: Vec<bool>,
    table: Option<OpenTable>,
    depth: usize,
    too_deep: bool,
    raw_block: String,
    raw_tags: usize,
}

impl Writer<'_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    if !self.too_deep {
                        let message =
                            format!("quotes, lists and emphasis nest more than {MAX_DEPTH} deep here; write it flat");
                        self.findings.error(self.line, message);
                    }
                    self.too_deep = true;
                } else {
                    self.start(tag);
                }
            }
            Event::End(tag) => {
                if self.depth <= MAX_DEPTH {
                    self.end(*tag);
                }
                self.depth = self.depth.saturating_sub(1);
            }
            Event::Text(text) => self.text(text),
            Event::Code(code) => {
                if self.alt.is_none() {
                    self.html.push_str("<code>");
                }
                self.text(code);
                if self.alt.is_none() {
                    self.html.push_str("</code>");
                }
            }
            Event::HardBreak => {
                self.plain_text("\n");
                if self.alt.is_none() {
                    self.html.push_str("<br />\n");
                }
            }
            Event::Rule => self.html.push_str("<hr />\n"),
            Event::Html(raw) | Event::InlineHtml(raw) => self.raw(raw, matches!(event, Event::Html(_))),
            // The extensions that emit the others are off.
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.plain_text(text);
        if self.alt.is_none() {
            push_escaped(&mut self.html, text);
        }
    }

    fn plain_text(&mut self, text: &str) {
        self.last = text.chars().next_back().or(self.last);
        match (&mut self.alt, &mut self.heading) {
            (Some(image), _) => image.text.push_str(text),
            (None, Some(heading)) => heading.text.push_str(text),
            (None, None) => self.plain.push_str(text),
        }
    }

    /// Writes a line break of the source as white space, but for one between two Chinese or Japanese characters, where a
    /// reader would see a gap inside a sentence.
    fn soft_break(&mut self, next: Option<char>) {
        if self.last.is_some_and(is_unspaced) && next.is_some_and(is_unspaced) {
            return;
        }
        self.plain_text(" ");
        if self.alt.is_none() {
            self.html.push('\n');
        }
    }

    /// Ends a line of the plain text.
    fn end_line(&mut self) {
        let kept = self.plain.trim_end().len();
        self.plain.truncate(kept);
        if kept > 0 {
            self.plain.push('\n');
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph => self.html.push_str("<p>"),
            Tag::Heading { level, .. } => {
                self.end_section();
                // The page's own `h1` is the article's title.
                let level = (*level as u8).max(2);
                self.heading = Some(OpenHeading { level, html_from: self.html.len(), text: String::new() });
            }
            Tag::BlockQuote(None) => self.html.push_str("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let (class, title) = alert(*kind, &self.from.locale);
                self.html.push_str("<div class=\"alert alert-");
                self.html.push_str(class);
                self.html.push_str("\" role=\"note\">\n<p class=\"alert-title\">");
                push_escaped(&mut self.html, title);
                self.html.push_str("</p>\n");
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => self.html.push_str("<pre><code>"),
            Tag::List(None) => {
                self.end_line();
                self.html.push_str("<ul>\n");
            }
            Tag::List(Some(first)) => {
                self.end_line();
                match first {
                    1 => self.html.push_str("<ol>\n"),
                    first => self.html.push_str(&format!("<ol start=\"{first}\">\n")),
                }
            }
            Tag::Item => self.html.push_str("<li>"),
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => {
                if let Some(table) = &mut self.table {
                    (table.column, table.in_head) = (0, true);
                }
                self.html.push_str("<thead>\n<tr>");
            }
            Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    (table.column, table.in_head) = (0, false);
                }
                self.html.push_str("<tr>");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis if self.alt.is_none() => self.html.push_str("<em>"),
            Tag::Strong if self.alt.is_none() => self.html.push_str("<strong>"),
            Tag::Strikethrough if self.alt.is_none() => self.html.push_str("<del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(*link_type, dest_url, title),
            Tag::Image { dest_url, title, .. } => match &mut self.alt {
                Some(image) => image.nested += 1,
                None => {
                    let (source, title) = (dest_url.to_string(), title.to_string());
                    self.alt = Some(OpenImage { source, title, text: String::new(), nested: 0 });
                }
            },
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.html.push_str("</p>\n");
                self.end_line();
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(None) => self.html.push_str("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.html.push_str("</div>\n"),
            TagEnd::CodeBlock => {
                self.html.push_str("</code></pre>\n");
                self.end_line();
            }
            TagEnd::HtmlBlock => {
                let raw = std::mem::take(&mut self.raw_block);
                self.plain.push_str(visible_text(&raw).trim());
                self.end_line();
            }
            TagEnd::List(ordered) => self.html.push_str(if ordered { "</ol>\n" } else { "</ul>\n" }),
            TagEnd::Item => {
                self.html.push_str("</li>\n");
                self.end_line();
            }
            TagEnd::Table => {
                self.html.push_str("</tbody>\n</table></div>\n");
                self.table = None;
            }
            TagEnd::TableHead => {
                self.html.push_str("</tr>\n</thead>\n<tbody>\n");
                self.end_line();
            }
            TagEnd::TableRow => {
                self.html.push_str("</tr>\n");
                self.end_line();
            }
            TagEnd::TableCell => {
                self.html.push_str(if self.table.as_ref().is_some_and(|t| t.in_head) { "</th>" } else { "</td>" });
                self.plain_text(" ");
            }
            TagEnd::Emphasis if self.alt.is_none() => self.html.push_str("</em>"),
            TagEnd::Strong if self.alt.is_none() => self.html.push_str("</strong>"),
            TagEnd::Strikethrough if self.alt.is_none() => self.html.push_str("</del>"),
            TagEnd::Link => self.html.push_str(if self.links.pop() == Some(true) { "</a>" } else { "" }),
            TagEnd::Image => self.end_image(),
            _ => {}
        }
    }

    /// Opens a table in a box that scrolls on a narrow screen, also by keyboard; what can be focused needs a name.
    fn start_table(&mut self, alignments: &[Alignment]) {
        let word = if self.from.locale.is_chinese() { "表格" } else { "Table" };
        self.html.push_str("<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
        self.html.push_str(word);
        if let Some((_, heading)) = self.section.as_ref().filter(|(_, heading)| !heading.is_empty()) {
            self.html.push_str(if self.from.locale.is_chinese() { "：" } else { ": " });
            push_escaped(&mut self.html, heading);
        }
        self.html.push_str("\"><table>\n");
        self.table = Some(OpenTable { alignments: alignments.to_vec(), column: 0, in_head: true });
    }

    fn start_cell(&mut self) {
        let Some(table) = &mut self.table else { return };
        let class = match table.alignments.get(table.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        };
        table.column += 1;
        self.html.push_str(if table.in_head { "<th scope=\"col\"" } else { "<td" });
        self.html.push_str(class);
        self.html.push('>');
    }

    fn start_link(&mut self, kind: LinkType, target: &str, title: &str) {
        if self.alt.is_some() {
            self.links.push(false);
            return;
        }
        let mail;
        let target = if kind == LinkType::Email {
            mail = format!("mailto:{target}");
            &mail
        } else {
            target
        };
        match resolve(target, self.from, self.inventory) {
            Ok(resolved) => {
                self.html.push_str("<a href=\"");
                push_escaped(&mut self.html, &resolved.href);
                if !title.is_empty() {
                    self.html.push_str("\" title=\"");
                    push_escaped(&mut self.html, title);
                }
                self.html.push_str(if resolved.external { "\" rel=\"noopener noreferrer\">" } else { "\">" });
                if let Some(warning) = resolved.warning {
                    self.findings.warning(self.line, warning);
                }
                self.rendered.places.extend(resolved.place.map(|value| Located { line: self.line, value }));
                self.links.push(true);
            }
            Err(message) => {
                if is_doubtful(target) {
                    self.findings.warning(self.line, message);
                } else {
                    self.findings.error(self.line, message);
                }
                self.links.push(false);
            }
        }
    }

    fn end_image(&mut self) {
        match &mut self.alt {
            Some(image) if image.nested > 0 => image.nested -= 1,
            _ => {
                let Some(image) = self.alt.take() else { return };
                if image.source.starts_with("https://") {
                    self.html.push_str("<img src=\"");
                    push_escaped(&mut self.html, &image.source);
                    self.html.push_str("\" alt=\"");
                    push_escaped(&mut self.html, &image.text);
                    if !image.title.is_empty() {
                        self.html.push_str("\" title=\"");
                        push_escaped(&mut self.html, &image.title);
                    }
                    self.html.push_str("\" loading=\"lazy\" />");
                } else {
                    let message = format!(
                        "the picture `{}` is not served, its description is shown instead; link it by an https: address",
                        image.source
                    );
                    self.findings.warning(self.line, message);
                    push_escaped(&mut self.html, &image.text);
                }
                self.plain_text(&image.text);
            }
        }
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let anchor = self.anchors.of(&text);
        let mut tag = format!("<h{} id=\"", heading.level);
        push_escaped(&mut tag, &anchor);
        tag.push_str("\">");
        self.html.insert_str(heading.html_from, &tag);
        self.html.push_str(&format!("</h{}>\n", heading.level));
        self.section = Some((anchor.clone(), text.clone()));
        self.rendered.headings.push(Heading { level: heading.level, text, anchor });
    }

    fn end_section(&mut self) {
        let text = std::mem::take(&mut self.plain).trim().to_owned();
        let (anchor, heading) = match self.section.take() {
            Some((anchor, heading)) => (Some(anchor), heading),
            None if text.is_empty() => return,
            None => (None, String::new()),
        };
        self.rendered.sections.push(Section { anchor, heading, text });
    }

    fn raw(&mut self, raw: &str, is_block: bool) {
        let before = self.raw_tags;
        self.raw_tags += raw.bytes().filter(|b| *b == b'<').count();
        if self.raw_tags > MAX_RAW_TAGS {
            if before <= MAX_RAW_TAGS {
                let message = format!(
                    "this page has more than {MAX_RAW_TAGS} raw HTML tags, which is too many; write it in Markdown"
                );
                self.findings.error(self.line, message);
            }
            self.text(raw);
            return;
        }
        if is_block {
            self.raw_block.push_str(raw);
        }
        if self.alt.is_none() {
            self.html.push_str(raw);
        }
    }

    fn finish(mut self) -> Rendered {
        self.end_section();
        let html = if self.raw_tags == 0 {
            self.html
        } else if unfolds(&self.html) {
            let message = "raw HTML tags are left open here, and each paragraph repeats them; close every tag";
            self.findings.error(self.first_line, message);
            let mut shown = String::new();
            push_escaped(&mut shown, &self.html);
            shown
        } else {
            sanitize(&self.html)
        };
        Rendered { html: SafeHtml::trusted(html), ..self.rendered }
    }
}

/// Returns the class and the title of an alert.
fn alert(kind: BlockQuoteKind, locale: &Locale) -> (&'static str, &'static str) {
    let (class, zh, en) = match kind {
        BlockQuoteKind::Note => ("note", "注意", "Note"),
        BlockQuoteKind::Tip => ("tip", "提示", "Tip"),
        BlockQuoteKind::Important => ("important", "重要", "Important"),
        BlockQuoteKind::Warning => ("warning", "警告", "Warning"),
        BlockQuoteKind::Caution => ("caution", "当心", "Caution"),
    };
    (class, if locale.is_chinese() { zh } else { en })
}

/// Tells whether a character belongs to a script that is written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};

    use proptest::prelude::*;

    use super::*;

    fn file(locale: &str, id: &str) -> ArticleFile {
        let (locale, id) = (locale.parse().unwrap(), id.parse().unwrap());
        ArticleFile { file: PathBuf::from(format!("{locale}/{id}.md")), locale, id }
    }

    fn inventory() -> Inventory {
        let files = [("zh-CN", "fixes/check-network"), ("zh-CN", "errors/down"), ("en", "fixes/check-network")];
        Inventory::of(files.map(|(locale, id)| file(locale, id)).to_vec())
    }

    fn render_in(locale: &str, body: &str) -> (Rendered, Vec<crate::content::Problem>) {
        let mut findings = Findings::new(Path::new("f.md"));
        let rendered = render(body, 10, &file(locale, "fixes/here"), &inventory(), &mut findings);
        (rendered, findings.problems)
    }

    /// Shows everything that rendering gave.
    fn show(locale: &str, body: &str) -> String {
        let (rendered, problems) = render_in(locale, body);
        let mut out = rendered.html.into_string();
        for s in &rendered.sections {
            writeln!(out, "-- #{} {}\n{}", s.anchor.as_deref().unwrap_or("-"), s.heading, s.text).unwrap();
        }
        for problem in problems {
            writeln!(out, "!! {problem}").unwrap();
        }
        out
    }

    #[test]
    fn renders_markdown_as_authors_know_it() {
        let body = r####"Intro with *emphasis*, **strong**, ~~gone~~, `a < b` & "quotes".
Second line.

# Top

1. one
2. two
   - deep

3) three

> plain quote

    indented <code>

***
"####;
        insta::assert_snapshot!(show("en", body), @r####"
<p>Intro with <em>emphasis</em>, <strong>strong</strong>, <del>gone</del>, <code>a &lt; b</code> &amp; &quot;quotes&quot;.
Second line.</p>
<h2 id="top">Top</h2>
<ol>
<li>one</li>
<li>two<ul>
<li>deep</li>
</ul>
</li>
</ol>
<ol start="3">
<li>three</li>
</ol>
<blockquote>
<p>plain quote</p>
</blockquote>
<pre><code>indented &lt;code&gt;
</code></pre>
<hr />
-- #- 
Intro with emphasis, strong, gone, a < b & "quotes". Second line.
-- #top Top
one
two
deep
three
plain quote
indented <code>
"####);
    }

    #[test]
    fn renders_alerts_with_a_title_in_the_articles_language() {
        let body = r####"> [!WARNING]
> 不要把**验证码**告诉
> 任何人。

> [!TIP]
> 先试
> `重启`
"####;
        insta::assert_snapshot!(show("zh-CN", body), @r####"
<div class="alert alert-warning" role="note">
<p class="alert-title">警告</p>
<p>不要把<strong>验证码</strong>告诉任何人。</p>
</div>
<div class="alert alert-tip" role="note">
<p class="alert-title">提示</p>
<p>先试<code>重启</code></p>
</div>
-- #- 
不要把验证码告诉任何人。
先试重启
"####);
    }

    #[test]
    fn renders_tables_that_scroll() {
        let body = r####"## 费用

| 金额 | 费率 |
| :--- | ---: |
| 100 | `0.5%` |
| a \| b | <b>2%</b> |
"####;
        insta::assert_snapshot!(show("zh-CN", body), @r####"
<h2 id="费用">费用</h2>
<div class="table-scroll" tabindex="0" role="region" aria-label="表格：费用"><table>
<thead>
<tr><th scope="col" class="align-left">金额</th><th scope="col" class="align-right">费率</th></tr>
</thead>
<tbody>
<tr><td class="align-left">100</td><td class="align-right"><code>0.5%</code></td></tr>
<tr><td class="align-left">a | b</td><td class="align-right"><b>2%</b></td></tr>
</tbody>
</table></div>
-- #费用 费用
金额 费率
100 0.5%
a | b 2%
"####);
    }

    #[test]
    fn resolves_links_between_files() {
        let body = r####"[a](check-network.md), [b](../errors/down.md#原因), [c](../../en/fixes/check-network.md), [d](errors/down), [e](#本页)
[f](https://example.com/?a=1&b=2 "T"), <help@example.com>, [g](tel:+861234), [h](/zh-CN/chat), [i](article:errors/down)
![图](https://example.com/a.png "t") ![本地](a.png) [![内 *部*](https://e.com/b.png)](https://e.com)

## 本页
"####;
        insta::assert_snapshot!(show("zh-CN", body), @r####"
<p><a href="/zh-CN/articles/fixes/check-network">a</a>, <a href="/zh-CN/articles/errors/down#%E5%8E%9F%E5%9B%A0">b</a>, <a href="/en/articles/fixes/check-network">c</a>, <a href="/zh-CN/articles/errors/down">d</a>, <a href="#%E6%9C%AC%E9%A1%B5">e</a>
<a href="https://example.com/?a=1&amp;b=2" title="T" rel="noopener noreferrer">f</a>, <a href="mailto:help@example.com">help@example.com</a>, <a href="tel:+861234">g</a>, <a href="/zh-CN/chat">h</a>, <a href="/zh-CN/articles/errors/down">i</a>
<img src="https://example.com/a.png" alt="图" title="t" loading="lazy" /> 本地 <a href="https://e.com" rel="noopener noreferrer"><img src="https://e.com/b.png" alt="内 部" loading="lazy" /></a></p>
<h2 id="本页">本页</h2>
-- #- 
a, b, c, d, e f, help@example.com, g, h, i 图 本地 内 部
-- #本页 本页

!! f.md:12: warning: the picture `a.png` is not served, its description is shown instead; link it by an https: address
"####);
    }

    #[test]
    fn takes_the_danger_out_of_raw_html() {
        let body = r####"<div onclick="x()" class="alert evil" style="color:red">Raw <b>text</b> &amp; more</div>

<script>alert(1)</script>

Inline <a href="javascript:x()" onmouseover=x>link</a>, <a href="https://example.com">out</a>, <a href="//evil.example">rel</a>,
<img src=x onerror=alert(1)> <iframe src="https://e.com"></iframe> <h1>Big</h1> <kbd>Ctrl</kbd>

[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](data:text/html,x) <javascript:alert(1)> [w](vbscript&colon;x) [v](//evil.example)
"####;
        insta::assert_snapshot!(show("en", body), @r####"
<div class="alert">Raw <b>text</b> &amp; more</div>

<p>Inline <a rel="noopener noreferrer">link</a>, <a href="https://example.com" rel="noopener noreferrer">out</a>, <a rel="noopener noreferrer">rel</a>,
<img>  </p>Big <kbd>Ctrl</kbd><p></p>
<p>x y z javascript:alert(1) w v</p>
-- #- 
Raw text & more
Inline link, out, rel,   Big Ctrl
x y z javascript:alert(1) w v
!! f.md:17: error: links to `javascript:` are not served; link to https:, mailto:, tel: or an article's file
!! f.md:17: error: links to `javascript:` are not served; link to https:, mailto:, tel: or an article's file
!! f.md:17: error: links to `data:` are not served; link to https:, mailto:, tel: or an article's file
!! f.md:17: error: links to `javascript:` are not served; link to https:, mailto:, tel: or an article's file
!! f.md:17: error: links to `vbscript:` are not served; link to https:, mailto:, tel: or an article's file
!! f.md:17: error: the link `//evil.example` is no complete address; begin it with https:// or write a path with `/`
"####);
    }

    #[test]
    fn joins_lines_of_chinese_without_a_gap() {
        assert_eq!(
            render_in("zh-CN", "先看\n屏幕，\n**再**\n做 a\nb").0.html.as_str(),
            "<p>先看屏幕，<strong>再</strong>做 a\nb</p>\n"
        );
    }

    #[test]
    fn deep_nesting_keeps_its_text_and_is_a_problem() {
        for deep in ["> ".repeat(60_000), "- ".repeat(20_000), "*a **b ".repeat(2_000), "[".repeat(50_000)] {
            let (rendered, problems) = render_in("en", &format!("{deep}bottom"));
            assert!(rendered.sections[0].text.ends_with("bottom"));
            assert!(problems.len() <= 1, "{problems:?}");
        }
        let (_, problems) = render_in("en", &format!("{}x", "> ".repeat(40)));
        let expected = "f.md:10: error: quotes, lists and emphasis nest more than 32 deep here; write it flat";
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn a_flood_of_raw_tags_is_shown_as_text_and_is_a_problem() {
        let (rendered, problems) = render_in("en", &"<div>\n\n".repeat(20_000));
        assert!(rendered.html.as_str().contains("&lt;div&gt;"));
        assert_eq!(problems.len(), 1);
    }

    /// Fails when the markup holds an element, attribute or address that no article may have.
    fn assert_safe(html: &str) {
        const ELEMENTS: &str = " html head body p h2 h3 h4 h5 h6 blockquote div pre code ul ol li table thead tbody tr th td em \
                                strong del a img br hr b i u s q kbd span sub sup small details summary dl dt dd ";
        const ATTRIBUTES: &str = " id class role tabindex aria-label scope start href rel title src alt loading ";
        let page = scraper::Html::parse_fragment(html);
        for node in page.tree.nodes() {
            let Some(element) = node.value().as_element() else { continue };
            assert!(ELEMENTS.contains(&format!(" {} ", element.name())), "<{}> in {html}", element.name());
            for (name, value) in element.attrs() {
                assert!(ATTRIBUTES.contains(&format!(" {name} ")), "{name} in {html}");
                let safe = ["https:", "http:", "mailto:", "tel:", "/", "#"].iter().any(|s| {
                    let value: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
                    value.to_lowercase().starts_with(s) && !value.starts_with("//")
                });
                assert!(safe || !matches!(name, "href" | "src"), "{name}={value} in {html}");
            }
        }
    }

    /// Markdown's own punctuation and what attackers write, in any order.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:x\">",
            "javascript:alert(1)",
            "](",
            "[",
            "]",
            "(",
            ")",
            "![",
            "\n",
            "\n\n",
            "\n> ",
            "\n- ",
            "\n| a | b |\n|--|--|\n| ",
            "|",
            "# ",
            "`",
            "```\n",
            "**",
            "~~",
            "<",
            ">",
            "\"",
            "'",
            "&",
            "&#106;avascript:",
            "\\",
            "onload=x ",
            " ",
            "https://e.com/",
            "//e.com",
            "../a/b.md#",
            "汉字",
            "<svg/onload=x>",
            "<style>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<div ",
            "\" onclick=\"x",
            "> [!NOTE]\n",
            ":",
            "\t",
            "\u{0}",
            "<b>",
            "</b>",
            "<details>",
            "<table>",
            "<math><mtext>",
            "<noscript>",
            "<textarea>",
            "<?x",
            "[r]: javascript:x\n",
            "[r]",
        ]);
        prop::collection::vec(prop_oneof![8 => pieces.prop_map(str::to_owned), 1 => "\\PC{0,4}"], 0..40)
            .prop_map(|p| p.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn any_markdown_gives_safe_html(body in hostile()) {
            let (rendered, problems) = render_in("en", &body);
            let html = rendered.html.as_str();
            assert_safe(html);
            assert!(!html.to_lowercase().contains("<script"), "{html}");
            let lines = body.matches('\n').count() + 10;
            for problem in problems {
                prop_assert!(problem.line.is_some_and(|l| (10..=lines).contains(&l)), "{problem}");
            }
        }
    }
}
