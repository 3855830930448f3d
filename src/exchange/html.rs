//! HTML as other systems keep it, made Markdown.

use std::rc::Rc;

use htmd::{HtmlToMarkdown, Node};

use crate::content::sanitize::unfolds;

/// Elements deeper than this are not looked into: nobody writes them, and the converter calls itself for each.
const DEEPEST: usize = 200;

/// Returns the Markdown of a piece of HTML, and what was lost.
pub(crate) fn to_markdown(html: &str) -> (String, Vec<String>) {
    let only_text = |because: String| (bare(html), vec![format!("{because}, so only the bare text was taken")]);
    let too_deep = || only_text(format!("elements stand more than {DEEPEST} deep in each other"));
    if unfolds(html) {
        return only_text("its elements are left open over and over".to_owned());
    }
    if deepest(html) > DEEPEST {
        return too_deep();
    }
    let skipped = vec!["script", "style", "iframe", "video", "form", "svg", "noscript"];
    let converter = HtmlToMarkdown::builder().skip_tags(skipped).build();
    let tree = match converter.html_to_tree(html) {
        Ok(tree) => tree,
        Err(error) => return only_text(format!("its HTML was not understood ({error})")),
    };
    if is_deeper(&tree, DEEPEST) {
        return too_deep();
    }
    let lower = html.to_ascii_lowercase();
    let lost = [("<iframe", "an embedded page or film"), ("<video", "a film"), ("<form", "a form")];
    let notes = lost.into_iter().filter(|(tag, _)| lower.contains(tag));
    let notes = notes.map(|(_, what)| format!("it had {what}, which is left out; link to it")).collect();
    (converter.tree_to_markdown(&tree).trim().to_owned(), notes)
}

/// Returns how deep elements stand in each other, at most, as far as their tags tell: a tower takes the parser time in
/// proportion to its square. End tags that close nothing are taken for some that do.
fn deepest(html: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    let bytes = html.as_bytes();
    for (at, _) in html.match_indices('<') {
        match bytes.get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(c) if c.is_ascii_alphabetic() && !is_void(&html[at + 1..]) => {
                depth += 1;
                most = most.max(depth);
            }
            _ => {}
        }
    }
    most
}

/// Tells whether a tag is of an element that has no end, or is often left without one.
fn is_void(tag: &str) -> bool {
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    [
        "br", "img", "hr", "input", "meta", "link", "col", "wbr", "source", "area", "base", "embed", "track", "p",
        "li", "tr", "td", "th",
    ]
    .contains(&name.as_str())
}

/// Tells whether a tree is deeper than `most`; which end tags close what, only the parser knows.
fn is_deeper(tree: &Rc<Node>, most: usize) -> bool {
    let mut left = vec![(Rc::clone(tree), 0)];
    while let Some((node, depth)) = left.pop() {
        if depth > most {
            return true;
        }
        left.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    false
}

/// Returns the text without anything that looks like a tag.
fn bare(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lists_links_tables_and_pictures_stay() {
        let html = "<h2>Steps</h2><ol><li>Open <b>Pay</b></li><li>Go</li></ol><p><a href='https://e.com/a'>More</a> \
                    <img src='https://e.com/p.png' alt='Screen'></p><table><tr><th>A</th></tr><tr><td>1</td></tr></table>";
        let (markdown, notes) = to_markdown(html);
        for part in ["## Steps", "Open **Pay**", "[More](https://e.com/a)", "![Screen](https://e.com/p.png)", "| A"] {
            assert!(markdown.contains(part), "{part} is not in {markdown}");
        }
        assert!(notes.is_empty());
    }

    #[test]
    fn scripts_go_and_what_is_lost_is_told() {
        let (markdown, notes) =
            to_markdown("<p>Hi<script>alert(1)</script></p><iframe src='https://v.example'></iframe>");
        assert_eq!(markdown, "Hi");
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn a_tower_of_elements_is_no_trouble() {
        let html = format!("{}deep{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        let (markdown, notes) = to_markdown(&html);
        assert_eq!(markdown, "deep");
        assert!(notes[0].contains("200 deep"), "{notes:?}");
        // End tags that close nothing take nothing off.
        for level in ["<div></x>", "<b><div></b>", "<div><table><td></div>", "<ul><li><p></ul2>"] {
            let (markdown, notes) = to_markdown(&format!("{}deep", level.repeat(2_000)));
            assert!(markdown == "deep" && notes.len() == 1, "{level}: {notes:?}");
        }
    }

    #[test]
    fn elements_that_are_left_open_over_and_over_take_no_memory() {
        let fonts: String = (0..150).map(|n| format!("<font color=#{n}>")).collect();
        let (markdown, notes) = to_markdown(&format!("{fonts}{}", "<p>x".repeat(200_000)));
        assert!(markdown.starts_with("x x x") && notes[0].contains("left open"), "{notes:?}");
        // What people write, sloppy as it may be.
        let sloppy = "<p><b>Open <i>Pay</i> <font size=2>and go</p><p>Then</b> wait<br>".repeat(2_000);
        let (markdown, notes) = to_markdown(&sloppy);
        assert!(markdown.contains("wait"), "{notes:?}");
    }
}
