//! What MkDocs and Docusaurus write beyond Markdown, made Markdown: admonitions become alerts, tabs bold headings.
//!
//! Code is left as it is.

use std::sync::LazyLock;

use regex::Regex;

/// Blocks within blocks are understood this deep.
const DEEPEST: usize = 8;

const SCRIPT: &str = "it used JavaScript (MDX), which is left out; see that nothing is missing";
const TABS: &str = "it had tabs, which stand one below the other now; see that they read well";

/// A tag of a component of MDX; its name begins with a capital letter.
static COMPONENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"</?[A-Z][\w.]*(?:\s[^<>]*)?/?>").expect("the pattern is one"));
/// What a tab is called.
static LABEL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\blabel\s*=\s*\{?["']([^"']*)["']"#).expect("the pattern is one"));
/// What a tab is called that has no label.
static VALUE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bvalue\s*=\s*\{?["']([^"']*)["']"#).expect("the pattern is one"));

/// Returns the text in Markdown that everybody understands, and adds to `notes` what is lost.
pub(crate) fn markdown(text: &str, notes: &mut Vec<String>) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut converter = Converter { out: String::with_capacity(text.len()), notes };
    converter.lines(&lines, "", 0);
    converter.out
}

struct Converter<'n> {
    out: String,
    notes: &'n mut Vec<String>,
}

/// A fence of a block of code: its character and how many of them.
#[derive(Clone, Copy)]
struct Fence(char, usize);

impl Fence {
    fn opens(line: &str) -> Option<Self> {
        let first = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = line.chars().take_while(|c| *c == first).count();
        let closed_at_once = first == '`' && line[length..].contains('`');
        (length >= 3 && !closed_at_once).then_some(Fence(first, length))
    }

    fn is_closed_by(self, line: &str) -> bool {
        line.chars().take_while(|c| *c == self.0).count() >= self.1 && line.trim_start_matches(self.0).trim().is_empty()
    }
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// Takes so many columns of white space off.
fn dedent(line: &str, columns: usize) -> &str {
    let mut left = columns;
    let mut rest = line;
    while left > 0 {
        let Some(c) = rest.chars().next().filter(|c| c.is_whitespace()) else { break };
        left = left.saturating_sub(if c == '\t' { 4 } else { 1 });
        rest = &rest[c.len_utf8()..];
    }
    rest
}

fn begins_item(bare: &str) -> bool {
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &bare[digits..];
    let mark = if digits > 0 { rest.strip_prefix(['.', ')']) } else { rest.strip_prefix(['-', '*', '+']) };
    mark.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

impl Converter<'_> {
    fn note(&mut self, what: &str) {
        if !self.notes.iter().any(|note| note == what) {
            self.notes.push(what.to_owned());
        }
    }

    fn push(&mut self, prefix: &str, line: &str) {
        if line.is_empty() {
            self.out.push_str(prefix.trim_end());
        } else {
            self.out.push_str(prefix);
            self.out.push_str(line);
        }
        self.out.push('\n');
    }

    fn lines(&mut self, lines: &[&str], prefix: &str, depth: usize) {
        let mut fence: Option<Fence> = None;
        let mut in_list = false;
        let mut i = 0;
        while i < lines.len() {
            let line = lines[i];
            i += 1;
            let bare = line.trim_start();
            if let Some(open) = fence {
                if open.is_closed_by(bare) {
                    fence = None;
                }
                self.push(prefix, line);
                continue;
            }
            let columns = indent(line);
            in_list = begins_item(bare) || (in_list && (bare.is_empty() || columns > 0));
            // What is indented that far outside a list is code.
            if columns >= 4 && !in_list {
                self.push(prefix, line);
                continue;
            }
            if let Some(open) = Fence::opens(bare) {
                fence = Some(open);
                self.push(prefix, line);
                continue;
            }
            if depth < DEEPEST {
                let inner = &lines[i..];
                let taken = self.block(line, bare, columns, inner, prefix, depth);
                if let Some(taken) = taken {
                    i += taken;
                    continue;
                }
            }
            self.line(line, bare, prefix);
        }
        if fence.is_some() {
            self.note("a block of code has no end");
        }
    }

    /// Writes a block of the other generator, if `line` begins one; returns how many of the lines behind are its own.
    fn block(
        &mut self,
        line: &str,
        bare: &str,
        columns: usize,
        behind: &[&str],
        prefix: &str,
        depth: usize,
    ) -> Option<usize> {
        let pad = " ".repeat(columns);
        let admonition = ["!!! ", "??? ", "???+ "].iter().find_map(|mark| bare.strip_prefix(mark));
        let tab = ["=== \"", "===! \"", "===+ \""].iter().find_map(|mark| bare.strip_prefix(mark));
        if let Some(kind) = admonition.or(tab) {
            let own = |l: &&&str| l.trim().is_empty() || indent(l) >= columns + 4;
            let taken = behind.iter().take_while(own).count();
            let inner: Vec<&str> = behind[..taken].iter().map(|l| dedent(l, columns + 4)).collect();
            let filled = inner.iter().rposition(|l| !l.trim().is_empty()).map_or(0, |last| last + 1);
            if tab.is_some() {
                self.note(TABS);
                self.push(prefix, &format!("{pad}**{}**", kind.trim_end().trim_end_matches('"')));
                self.push(prefix, "");
                self.lines(&inner[..filled], &format!("{prefix}{pad}"), depth + 1);
            } else {
                let quote = format!("{prefix}{pad}> ");
                self.begin(kind, &quote);
                self.lines(&inner[..filled], &quote, depth + 1);
            }
            self.push(prefix, "");
            return Some(taken);
        }
        if bare.starts_with(":::") {
            let colons = bare.chars().take_while(|c| *c == ':').count();
            let kind = bare[colons..].trim();
            if kind.is_empty() {
                // The end of a block that nothing began.
                return Some(0);
            }
            let end = end_of(behind, colons);
            let quote = format!("{prefix}{pad}> ");
            self.begin(&kind.replace(['[', ']'], " "), &quote);
            let inner: Vec<&str> = behind[..end.unwrap_or(behind.len())].iter().map(|l| dedent(l, columns)).collect();
            self.lines(&inner, &quote, depth + 1);
            self.push(prefix, "");
            if end.is_none() {
                self.note("a block `:::` has no end, so that all behind it is in it");
            }
            return Some(end.map_or(behind.len(), |end| end + 1));
        }
        if line.starts_with("import ") && line.contains(" from ")
            || line.starts_with("export const ")
            || line.starts_with("export default ")
        {
            self.note(SCRIPT);
            return Some(0);
        }
        None
    }

    /// Writes a line without what only the other generator understands.
    fn line(&mut self, line: &str, bare: &str, prefix: &str) {
        if bare.starts_with('#') {
            return self.push(prefix, strip_anchor(line));
        }
        if bare.starts_with("--8<--") {
            self.note("it included another file (`--8<--`), which is left out; write it here");
            return;
        }
        if bare.starts_with("{/*") && bare.trim_end().ends_with("*/}") {
            return;
        }
        // A tag in code is code; whoever writes both in a line reads the note.
        if bare.contains('<') && COMPONENT.is_match(bare) && !bare.contains('`') {
            let is_tab = bare.starts_with("<Tab") || bare.starts_with("</Tab");
            self.note(if is_tab { TABS } else { SCRIPT });
            let label = LABEL.captures(bare).or_else(|| VALUE.captures(bare));
            let label = label.filter(|_| bare.starts_with("<TabItem")).map(|found| found[1].to_owned());
            if let Some(label) = label {
                self.push(prefix, "");
                self.push(prefix, &format!("**{label}**"));
                self.push(prefix, "");
            }
            let left = COMPONENT.replace_all(line, "");
            if !left.trim().is_empty() {
                self.push(prefix, &left);
            }
            return;
        }
        if bare.contains("{{") || bare.contains("{%") {
            self.note("it used a template (`{{ … }}`), which is left as it was; write what it stood for");
        }
        self.push(prefix, line);
    }

    /// Begins an alert: `warning "Mind the gap"`.
    fn begin(&mut self, kind: &str, quote: &str) {
        let (kind, title) = kind.trim().split_once(' ').unwrap_or((kind.trim(), ""));
        let alert = match kind.to_ascii_lowercase().as_str() {
            "tip" | "hint" | "success" | "check" => "TIP",
            "warning" | "caution" | "attention" => "WARNING",
            "danger" | "error" | "bug" | "failure" => "CAUTION",
            "important" => "IMPORTANT",
            _ => "NOTE",
        };
        self.push(quote, &format!("[!{alert}]"));
        let title = title.trim().trim_matches('"').trim();
        if !title.is_empty() {
            self.push(quote, &format!("**{title}**"));
            self.push(quote, "");
        }
    }
}

/// Returns where a block of Docusaurus ends: it is closed by as many colons as opened it, outside of code.
fn end_of(lines: &[&str], colons: usize) -> Option<usize> {
    let mut fence: Option<Fence> = None;
    for (i, line) in lines.iter().enumerate() {
        let bare = line.trim();
        match fence {
            Some(open) if open.is_closed_by(bare) => fence = None,
            Some(_) => {}
            None if bare.len() == colons && bare.bytes().all(|b| b == b':') => return Some(i),
            None => fence = Fence::opens(bare),
        }
    }
    None
}

/// Takes `{#an-anchor}` off the end of a heading.
fn strip_anchor(line: &str) -> &str {
    match line.rfind("{#") {
        Some(at) if line.trim_end().ends_with('}') => line[..at].trim_end(),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> (String, Vec<String>) {
        let mut notes = Vec::new();
        let out = markdown(text, &mut notes);
        (out, notes)
    }

    #[test]
    fn admonitions_become_alerts_also_within_lists_and_each_other() {
        for (text, expected) in [
            (
                "!!! warning \"Mind\"\n    Not in the rain.\n\n    Nor in snow.\n\nAfter.\n",
                "> [!WARNING]\n> **Mind**\n>\n> Not in the rain.\n>\n> Nor in snow.\n\nAfter.\n",
            ),
            (
                "1. One\n\n    !!! note\n        In the item.\n\n2. Two\n",
                "1. One\n\n    > [!NOTE]\n    > In the item.\n\n2. Two\n",
            ),
            (
                "::::tip[Good]\n:::danger\nInner.\n:::\n::::\nAfter.\n",
                "> [!TIP]\n> **Good**\n>\n> > [!CAUTION]\n> > Inner.\n>\n\nAfter.\n",
            ),
        ] {
            assert_eq!(converted(text).0, expected, "{text}");
        }
    }

    #[test]
    fn tabs_stand_below_each_other_and_are_told() {
        let (out, notes) = converted("=== \"Phone\"\n\n    Tap it.\n\n=== \"Web\"\n\n    Click it.\n");
        assert_eq!(out, "**Phone**\n\n\nTap it.\n\n**Web**\n\n\nClick it.\n\n");
        assert_eq!(notes, [TABS]);
        let (out, notes) = converted("<Tabs>\n<TabItem value=\"a\" label=\"Phone\">\nTap it.\n</TabItem>\n</Tabs>\n");
        assert_eq!(out, "\n**Phone**\n\nTap it.\n");
        assert_eq!(notes, [TABS]);
        let (out, notes) = converted("import A from 'a';\n{/* no */}\n<Box kind=\"x\">Text</Box> {{ version }}\n");
        assert_eq!(out, "Text {{ version }}\n");
        assert_eq!(notes.len(), 1, "{notes:?}");
    }

    #[test]
    fn code_is_code() {
        for text in [
            "````\n```\n!!! note\n    x\n```\n:::tip\n````\n",
            "    !!! note\n        x\n",
            "```jsx\nimport A from 'a'\n<Tabs>\n# x {#y}\n```\n",
            "Use `<Tabs>` here.\n",
        ] {
            assert_eq!(converted(text).0, text);
        }
    }
}
