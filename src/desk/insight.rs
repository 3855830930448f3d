//! What those who improve the content should know: where customers were left without an answer.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::base::{ArticleId, Locale};
use crate::desk::{DeskError, HelpCentre};
use crate::text::terms::terms;

pub use crate::store::insight::{ArticleRating, Asked, DayRate};
pub use crate::store::{FeedbackRow, QueryCount};

/// How many lines a list has.
const MOST: u32 = 50;
/// How many unanswered questions are grouped.
const MOST_QUESTIONS: u32 = 1_000;
/// Questions that share this part of their words belong together; measured on nothing finer than reading the groups.
const ALIKE: f64 = 0.4;

/// Everything for one span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Insight {
    /// Searches that found nothing.
    pub found_nothing: Vec<QueryCount>,
    /// Searches of which nothing was opened.
    pub opened_nothing: Vec<QueryCount>,
    /// Questions that the chat could not answer, alike ones together.
    pub unanswered: Vec<QuestionGroup>,
    /// Articles that did not help.
    pub ratings: Vec<ArticleRating>,
    /// What customers wrote who were not helped, newest first.
    pub comments: Vec<FeedbackRow>,
    /// Codes by how often they were asked for.
    pub codes: Vec<Asked>,
    /// What became of conversations.
    pub days: Vec<DayRate>,
}

/// Questions that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionGroup {
    /// The language of the replies.
    pub locale: String,
    /// The different wordings, the most recent first.
    pub questions: Vec<String>,
    /// How often any of them was asked.
    pub times: usize,
}

impl HelpCentre {
    /// Looks back over so many days.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn insight(&self, days: u32) -> Result<Insight, DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let age = SignedDuration::from_hours(24 * i64::from(days));
        let since = self.clock.now().saturating_sub(age).unwrap_or(Timestamp::UNIX_EPOCH);
        // What was just said counts, and a database that is away is told at once.
        store.flush().await?;
        let asked = store.unanswered(since, MOST_QUESTIONS).await?;
        let mut comments = store.feedback_since(since, 500).await?;
        comments.retain(|f| !f.helpful && !f.comment.is_empty());
        comments.truncate(MOST as usize);
        Ok(Insight {
            found_nothing: store.unlucky_searches(since, false, MOST).await?,
            opened_nothing: store.unlucky_searches(since, true, MOST).await?,
            unanswered: grouped(asked.into_iter().map(|q| (q.locale, q.said))),
            ratings: store.article_ratings(since, MOST).await?,
            comments,
            codes: store.codes_asked(since, MOST).await?,
            days: store.day_rates(since).await?,
        })
    }
}

/// Puts alike questions together, the largest group first.
fn grouped(asked: impl Iterator<Item = (String, String)>) -> Vec<QuestionGroup> {
    let mut groups: Vec<(QuestionGroup, HashSet<String>)> = Vec::new();
    for (locale, said) in asked {
        let words: HashSet<String> = terms(&said).into_iter().map(|term| term.text).collect();
        let alike = |known: &HashSet<String>| {
            let shared = known.intersection(&words).count();
            let all = known.len() + words.len() - shared;
            (all == 0) || shared as f64 / all as f64 >= ALIKE
        };
        match groups.iter_mut().find(|(group, known)| group.locale == locale && alike(known)) {
            Some((group, _)) => {
                group.times += 1;
                if !group.questions.contains(&said) {
                    group.questions.push(said);
                }
            }
            None => groups.push((QuestionGroup { locale, questions: vec![said], times: 1 }, words)),
        }
    }
    let mut out: Vec<QuestionGroup> = groups.into_iter().map(|(group, _)| group).collect();
    out.sort_by_key(|group| std::cmp::Reverse(group.times));
    out.truncate(MOST as usize);
    out
}

/// Returns a patch for `git apply` that makes a stub article which answers a question.
#[must_use]
pub fn stub_patch(locale: &Locale, id: &ArticleId, question: &str) -> String {
    let question = quoted(question);
    let lines = [
        "---".to_owned(),
        format!("title: {question}"),
        "summary: \"TODO\"".to_owned(),
        "questions:".to_owned(),
        format!("  - {question}"),
        "---".to_owned(),
        String::new(),
        "TODO".to_owned(),
    ];
    let path = format!("content/{locale}/{id}.md");
    let mut out = format!(
        "diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{} @@\n",
        lines.len()
    );
    for line in lines {
        out.push_str(&format!("+{line}\n"));
    }
    out
}

/// Returns a patch for `git apply` that adds a question to an article's front matter; none where the file has none.
/// `written` is the file as it is.
#[must_use]
pub fn question_patch(file: &str, written: &str, question: &str) -> Option<String> {
    let lines: Vec<&str> = written.lines().collect();
    if lines.first() != Some(&"---") {
        return None;
    }
    let end = 1 + lines[1..].iter().position(|line| *line == "---")?;
    let (after, added) = match lines[..end].iter().position(|line| line.trim_end() == "questions:") {
        // Below the last of them.
        Some(key) => {
            let items = lines[key + 1..end].iter().take_while(|line| line.starts_with([' ', '-'])).count();
            let indent: String =
                lines.get(key + 1).map_or("  ", |line| line).chars().take_while(|c| *c == ' ').collect();
            let indent = if items == 0 { "  ".to_owned() } else { indent };
            (key + items, vec![format!("{indent}- {}", quoted(question))])
        }
        None if lines[..end].iter().any(|line| line.starts_with("questions:")) => return None,
        None => (end - 1, vec!["questions:".to_owned(), format!("  - {}", quoted(question))]),
    };
    let from = after.saturating_sub(2);
    let until = (after + 4).min(lines.len());
    let context = until - from;
    let mut out = format!(
        "diff --git a/content/{file} b/content/{file}\n--- a/content/{file}\n+++ b/content/{file}\n@@ -{},{context} +{},{} @@\n",
        from + 1,
        from + 1,
        context + added.len()
    );
    for (at, line) in lines.iter().enumerate().take(until).skip(from) {
        out.push_str(&format!(" {line}\n"));
        if at == after {
            for line in &added {
                out.push_str(&format!("+{line}\n"));
            }
        }
    }
    Some(out)
}

/// Returns a text as a YAML string on one line.
fn quoted(text: &str) -> String {
    let one_line: Vec<&str> = text.split_whitespace().collect();
    // JSON strings are YAML strings.
    serde_json::to_string(&one_line.join(" ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_questions_stand_together() {
        let asked = ["how do I change my avatar", "change avatar how", "优惠券在哪里领", "优惠券哪里领"];
        let groups = grouped(asked.iter().map(|q| ("x".to_owned(), (*q).to_owned())));
        let seen: Vec<(usize, usize)> = groups.iter().map(|g| (g.times, g.questions.len())).collect();
        assert_eq!(seen, [(2, 2), (2, 2)], "{groups:#?}");
    }

    #[test]
    fn a_patch_adds_a_question_where_questions_are() {
        let file = "---\ntitle: T\nquestions:\n  - one\n  - two\nkeywords: [a]\n---\n\nText\n";
        let patch = question_patch("en/a/b.md", file, "a \"new\"\none").unwrap();
        assert!(
            patch.contains("@@ -3,6 +3,7 @@\n questions:\n   - one\n   - two\n+  - \"a \\\"new\\\" one\"\n keywords"),
            "{patch}"
        );
        let none = "---\ntitle: T\nsummary: S\n---\nText\n";
        let patch = question_patch("en/a/b.md", none, "q").unwrap();
        assert!(patch.contains(" summary: S\n+questions:\n+  - \"q\"\n ---\n"), "{patch}");
        assert_eq!(question_patch("en/a/b.md", "no front matter", "q"), None);
    }
}
