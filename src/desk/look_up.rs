//! What an agent sees who pastes a customer's complaint: the answer, the articles, and replies to send.

use crate::base::{ArticleId, Locale, SafeHtml, Viewer};
use crate::chat::{Spoken, reply};
use crate::desk::HelpCentre;
use crate::kb::{Article, Audience, Snapshot};
use crate::model::{Dialogue, ReplyKind, Turn};
use crate::search::{Query, search};
use crate::text::redact;
use crate::text::script::is_han;

/// How many articles are shown.
const MOST_ARTICLES: usize = 6;
/// As much of a complaint as is searched for, in characters.
const SEARCHED_CHARS: usize = 300;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct LookedUp {
    /// The complaint, private data masked.
    pub text: String,
    /// What the chat would tell an agent, with every stage.
    pub turn: Turn,
    /// The articles, best first.
    pub articles: Vec<FoundArticle>,
}

/// An article as an agent needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundArticle {
    /// `category/slug`.
    pub id: ArticleId,
    /// The language of the text.
    pub locale: Locale,
    /// Its title.
    pub title: String,
    /// Its short answer.
    pub summary: String,
    /// The whole text.
    pub html: SafeHtml,
    /// Its error codes.
    pub codes: Vec<String>,
    /// Whether it is for agents alone.
    pub internal: bool,
    /// A reply to send; empty for an internal article, which no customer may read.
    pub reply: String,
}

impl HelpCentre {
    /// Looks up a code, a pasted complaint or words for an agent. Keeps nothing.
    #[must_use]
    pub fn look_up(&self, snapshot: &Snapshot, typed: &str, locale: &Locale) -> LookedUp {
        let text = redact(typed.trim());
        let locale = language_of_customer(&text.words(), snapshot.locales(), locale);
        let ask =
            |viewer, explain| reply(snapshot, &Dialogue::default(), &Spoken { text: &text, locale, viewer, explain }).0;
        // What goes to the customer is made of what customers may see.
        let (turn, public) = (ask(Viewer::Agent, true), ask(Viewer::Public, false));
        let words: String = text.words().chars().take(SEARCHED_CHARS).collect();
        let query = Query {
            text: words.trim(),
            locale: &turn.locale,
            category: None,
            limit: MOST_ARTICLES,
            offset: 0,
            viewer: Viewer::Agent,
            verbatim: false,
        };
        let hits = if query.text.is_empty() { Vec::new() } else { search(snapshot, query).hits };
        let mut articles: Vec<FoundArticle> = Vec::new();
        let ids = turn.reply.sources.iter().map(|s| &s.id).chain(hits.iter().map(|h| &h.id));
        for id in ids {
            if articles.len() >= MOST_ARTICLES || articles.iter().any(|a| a.id == *id) {
                continue;
            }
            let Some(article) = snapshot.article(id, &turn.locale, Viewer::Agent) else { continue };
            articles.push(found(article, &public));
        }
        LookedUp { text: text.text().to_owned(), turn, articles }
    }
}

/// Returns the language that a customer writes in. The chat goes by the page that the customer is on; a complaint that an
/// agent pastes comes from no page, so that its own words decide: two Latin words are a language, one may be a name.
fn language_of_customer<'a>(text: &str, available: &'a [Locale], agents: &'a Locale) -> &'a Locale {
    let chinese = text.chars().any(is_han);
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let latin = words.filter(|w| w.len() > 1 && w.chars().all(|c| c.is_alphabetic() || c == '\'')).count();
    if agents.is_chinese() == chinese || (!chinese && latin < 2) {
        return agents;
    }
    available.iter().find(|locale| locale.is_chinese() == chinese).unwrap_or(agents)
}

fn found(article: &Article, public: &Turn) -> FoundArticle {
    let internal = article.audience == Audience::Agent;
    FoundArticle {
        id: article.id.clone(),
        locale: article.locale.clone(),
        title: article.title.clone(),
        summary: article.summary.clone(),
        html: article.html.clone(),
        codes: article.codes.clone(),
        internal,
        reply: if internal { String::new() } else { reply_from(article, public) },
    }
}

/// Writes a reply: what the chat says where it answers with this article, else the article's short answer; then its steps.
fn reply_from(article: &Article, public: &Turn) -> String {
    let answers = matches!(public.reply.kind, ReplyKind::Answer | ReplyKind::Safety)
        && public.reply.sources.first().is_some_and(|s| s.id == article.id);
    let mut out = if answers { public.reply.text.clone() } else { article.summary.clone() };
    let steps = steps(&article.markdown);
    if !steps.is_empty() {
        out.push_str("\n\n");
        out.push_str(&steps.join("\n"));
    }
    out
}

/// Returns the first numbered list of a text, numbered anew, without markup.
fn steps(markdown: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in markdown.lines() {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let item = line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") "));
        match item.filter(|_| digits > 0) {
            Some(item) => out.push(format!("{}. {}", out.len() + 1, without_markup(item))),
            // What belongs to an item is indented; the list ends with the next line that is not.
            None if !out.is_empty() && !line.is_empty() && !line.starts_with(' ') => break,
            None => {}
        }
    }
    out
}

/// Returns a line of Markdown as a person would read it: no emphasis, no code marks, links as their words.
fn without_markup(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.trim();
    while let Some(at) = rest.find(['[', '*', '`', '\\']) {
        out.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(1);
        rest = after;
        match mark {
            "[" => {
                let link = after.split_once("](").and_then(|(text, tail)| Some((text, tail.split_once(')')?.1)));
                match link {
                    Some((text, tail)) => {
                        out.push_str(&without_markup(text));
                        rest = tail;
                    }
                    None => out.push('['),
                }
            }
            "\\" => {
                let next = after.chars().next().map_or(0, char::len_utf8);
                out.push_str(&after[..next]);
                rest = &after[next..];
            }
            _ => {}
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_the_first_list_without_markup() {
        let text = "Intro.\n\n1. Open **Records**, see [the list](records.md).\n   More.\n1. Press `Retry`\n\nThen 2. rest\n\n1. x";
        assert_eq!(steps(text), ["1. Open Records, see the list.", "2. Press Retry"]);
        assert!(steps("No list 1. here\n- a").is_empty());
    }

    #[test]
    fn a_pasted_complaint_speaks_its_own_language() {
        let [zh, en]: [Locale; 2] = ["zh-CN", "en"].map(|t| t.parse().unwrap());
        let both = [zh.clone(), en.clone()];
        for (text, agents, customer) in [
            ("my payment failed", &zh, &en),
            ("E1101", &zh, &zh),
            ("E1101 failed", &zh, &zh),
            ("付款失败 payment failed", &en, &zh),
            ("付款失败", &zh, &zh),
        ] {
            assert_eq!(language_of_customer(text, &both, agents), customer, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        assert_eq!(without_markup("a [b] \\*c\\* d"), "a [b] *c* d");
    }
}
