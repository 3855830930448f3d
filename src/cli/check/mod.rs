//! `zhida check`: mistakes in the content, and questions that the chat answers with another article than their own.
//!
//! The first is what `content::load` reports. The second asks the chat everything that the content itself says a
//! customer might send: each article's questions, each code, each on-screen message. Then it holds the example
//! conversations. It must not judge by any other means than the ones that customers get.

mod conversations;
mod out_of_scope;
mod overlap;
mod suggestions;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use crate::base::{ArticleId, Clock, Locale, Viewer};
use crate::cli::terminal::{Style, Terminal, count};
use crate::config::Settings;
use crate::content::{self, Audience, Content, Problem, Severity};
use crate::desk::{HelpCentre, Question};
use crate::kb::Snapshot;
use crate::model::{Reply, ReplyKind};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to print what is found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Findings<'a> {
    content: &'a Path,
    articles: usize,
    /// How many questions, codes and messages the chat was asked; none when errors kept it from being built.
    asked: usize,
    /// How many example conversations were held.
    conversations: usize,
    errors: usize,
    warnings: usize,
    problems: &'a [Problem],
    /// Which articles' questions others answer, the most first.
    confusions: &'a [Confusion],
}

/// An article whose questions another answers.
#[derive(Debug, Serialize)]
struct Confusion {
    article: ArticleId,
    answered_by: ArticleId,
    /// How many of its questions, codes and messages.
    count: usize,
    /// The first of them.
    example: String,
}

/// Returns a finding with its file's path as seen from here, so that an editor can go there.
pub(super) fn located(dir: &Path, problem: &Problem) -> Problem {
    Problem { file: dir.join(&problem.file), ..problem.clone() }
}

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let dir = settings.content.as_path();
    let content::Loaded { content, mut problems } = content::load(dir)?;
    let articles = content.articles.len();
    let (mut asked, mut held) = (0, 0);
    let mut confusions = Vec::new();
    // A chat built from half the content would send questions astray that are in good order.
    if problems.iter().all(|p| p.severity != Severity::Error) {
        problems.extend(overlap::claimed_twice(&content, dir));
        problems.extend(overlap::never_winning(&content.rules));
        let probes = probes(&content);
        let conversations = content.conversations.clone();
        let suggested = content.suggestions.clone();
        let outside = content.out_of_scope.clone();
        let desk = HelpCentre::new(Arc::new(Snapshot::build(content)?), Clock::System);
        let snapshot = desk.snapshot();
        asked = probes.len();
        let answers: Vec<Answered> = probes.par_iter().map(|probe| probe.put(&desk, &snapshot)).collect();
        let put = || probes.iter().zip(&answers);
        problems.extend(put().filter_map(|(probe, answered)| probe.problem(answered, dir)));
        confusions = confused(put());
        problems.extend(unreached(put(), &desk, &snapshot));
        problems.extend(suggestions::unanswered(&suggested, &desk, &snapshot, dir));
        problems.extend(out_of_scope::answered(&outside, &desk, &snapshot, dir));
        held = conversations.len();
        problems.par_extend(conversations.par_iter().flat_map_iter(|c| conversations::hold(c, &desk, &snapshot)));
        problems.sort();
    }
    let problems: Vec<Problem> = problems.iter().map(|p| located(dir, p)).collect();
    let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
    let asked_nothing = asked == 0 && held == 0;
    let warnings = problems.len() - errors;
    match args.format {
        Format::Json => {
            terminal.json(&Findings {
                content: dir,
                articles,
                asked,
                conversations: held,
                errors,
                warnings,
                problems: &problems,
                confusions: &confusions,
            })?;
        }
        Format::Text => {
            for problem in &problems {
                let line = colored(problem, terminal);
                terminal.line(line)?;
            }
            for Confusion { article, answered_by, count: n, example } in &confusions {
                let line = format!(
                    "confused: {} of {article} answered by {answered_by}, such as “{example}”",
                    count(*n, "question")
                );
                let line = terminal.paint(Style::Faint, line);
                terminal.line(line)?;
            }
            let found = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
            let style = if errors > 0 { Style::Bad } else { Style::Good };
            let found = terminal.paint(style, found);
            let asked = if errors > 0 && asked_nothing {
                "the chat is asked its questions once the errors are mended".to_owned()
            } else {
                format!("the chat was asked {} and held {}", count(asked, "question"), count(held, "conversation"))
            };
            terminal.line(format_args!("{}: {found}; {asked}", count(articles, "article file")))?;
        }
    }
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn colored(problem: &Problem, terminal: &Terminal) -> String {
    let (word, style) = match problem.severity {
        Severity::Error => (" error: ", Style::Bad),
        Severity::Warning => (" warning: ", Style::Doubtful),
    };
    problem.to_string().replacen(word, &terminal.paint(style, word), 1)
}

/// Something that the content says a customer may send, and the article that ought to answer.
#[derive(Debug)]
struct Probe {
    what: &'static str,
    text: String,
    locale: Locale,
    expected: ArticleId,
    /// The files that may say so, relative to the content folder; the first is blamed where none does.
    files: Vec<PathBuf>,
}

fn probes(content: &Content) -> Vec<Probe> {
    let mut probes = Vec::new();
    // Customers never get an article for agents, so nothing they send can lead there.
    for article in content.articles.iter().filter(|a| a.audience == Audience::Public) {
        let probe = |what, text: &String, files: &[&Path]| Probe {
            what,
            text: text.clone(),
            locale: article.locale.clone(),
            expected: article.id.clone(),
            files: files.iter().map(|&f| f.to_owned()).collect(),
        };
        let own: [&Path; 1] = [&article.file];
        probes.extend(article.questions.iter().map(|q| probe("question", q, &own)));
        let records = || content.codes.iter().filter(|c| c.article == article.id);
        let in_catalogue = [article.file.as_path(), Path::new("codes.toml")];
        for record in records() {
            let names = std::iter::once(&record.code).chain(&record.aliases);
            probes.extend(names.map(|name| probe("code", name, &in_catalogue)));
        }
        let declared = records().filter_map(|c| c.messages.get(&article.locale)).flatten();
        let mut messages: Vec<&String> = article.messages.iter().chain(declared).collect();
        messages.sort_unstable();
        messages.dedup();
        probes.extend(messages.into_iter().map(|m| probe("message", m, &in_catalogue)));
    }
    probes
}

impl Probe {
    /// Asks the chat.
    fn put(&self, desk: &HelpCentre, snapshot: &Snapshot) -> Answered {
        let reply = ask(desk, snapshot, &self.text, &self.locale);
        let astray = astray(&reply, &self.expected);
        let asserted = !matches!(reply.kind, ReplyKind::Clarify | ReplyKind::Fallback);
        Answered { astray, by: reply.sources.into_iter().next().map(|s| s.id).filter(|_| asserted) }
    }

    /// Returns a warning when another article, or none, answers.
    fn problem(&self, answered: &Answered, dir: &Path) -> Option<Problem> {
        let got = answered.astray.as_ref()?;
        // Only where something is wrong: reading the file again is what a line number costs.
        let found = self.files.iter().find_map(|f| Some((f, content::line_of(&dir.join(f), &self.text)?)));
        let (file, line) = found.map_or((self.files.first()?, None), |(file, line)| (file, Some(line)));
        let message = format!("the {} “{}” {got}", self.what, self.text);
        Some(Problem::warning(file.clone(), line, message))
    }
}

/// What the chat made of a probe.
#[derive(Debug)]
struct Answered {
    /// What it did instead of answering with the probe's article.
    astray: Option<String>,
    /// The article that it answered with.
    by: Option<ArticleId>,
}

fn ask(desk: &HelpCentre, snapshot: &Snapshot, message: &str, locale: &Locale) -> Reply {
    let question = Question { message, conversation_id: None, locale, viewer: Viewer::Public, explain: false };
    desk.ask(snapshot, &question).turn.reply
}

/// Counts which articles' probes others answer.
fn confused<'a>(put: impl Iterator<Item = (&'a Probe, &'a Answered)>) -> Vec<Confusion> {
    let mut counts: BTreeMap<(&ArticleId, &ArticleId), (usize, &str)> = BTreeMap::new();
    for (probe, answered) in put {
        if let Some(by) = answered.by.as_ref().filter(|by| **by != probe.expected) {
            counts.entry((&probe.expected, by)).or_insert((0, &probe.text)).0 += 1;
        }
    }
    let mut confusions: Vec<Confusion> = counts
        .into_iter()
        .map(|((article, by), (count, example))| Confusion {
            article: article.clone(),
            answered_by: by.clone(),
            count,
            example: example.to_owned(),
        })
        .collect();
    confusions.sort_by_key(|c| std::cmp::Reverse(c.count));
    confusions
}

/// Warns of articles that customers can read and that nothing leads the chat to, not even their titles.
fn unreached<'a>(
    put: impl Iterator<Item = (&'a Probe, &'a Answered)>,
    desk: &HelpCentre,
    snapshot: &Snapshot,
) -> Vec<Problem> {
    let reached: HashSet<(&Locale, &ArticleId)> = put
        .filter(|(probe, answered)| answered.by.as_ref() == Some(&probe.expected))
        .map(|(probe, _)| (&probe.locale, &probe.expected))
        .collect();
    let mut problems: Vec<Problem> = snapshot
        .articles()
        .par_iter()
        .filter(|a| a.audience == Audience::Public && !reached.contains(&(&a.locale, &a.id)))
        .filter(|a| ask(desk, snapshot, &a.title, &a.locale).sources.first().is_none_or(|s| s.id != a.id))
        .map(|a| {
            let message = "the chat answers nothing with this article, not even its title; add `questions`";
            Problem::warning(&a.file, None, message)
        })
        .collect();
    problems.sort();
    problems
}

/// Says what a reply did instead of answering with `expected`; none when it did that, or asked back with it among the
/// candidates, or handed over or warned with it as its source.
fn astray(reply: &Reply, expected: &ArticleId) -> Option<String> {
    let ids: Vec<&str> = reply.sources.iter().map(|s| s.id.as_str()).collect();
    let right = match reply.kind {
        ReplyKind::Clarify => ids.contains(&expected.as_str()),
        ReplyKind::Fallback => false,
        _ => ids.first() == Some(&expected.as_str()),
    };
    if right {
        return None;
    }
    Some(match (reply.kind, ids.first()) {
        (ReplyKind::Clarify, _) => {
            format!("is asked back about without this article among the choices ({})", ids.join(", "))
        }
        (ReplyKind::Fallback, _) => "is not answered; is it too short or too far from the article?".to_owned(),
        (_, Some(other)) => format!("is answered by {other}; move it there, or tell the two articles apart"),
        (kind, None) => format!("gets a reply without an article ({kind:?}); look at the rules in rules/"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Source;

    fn reply(kind: ReplyKind, ids: &[&str]) -> Reply {
        let source = |id: &&str| Source { id: id.parse().unwrap(), title: String::new(), url: String::new() };
        let sources = ids.iter().map(source).collect();
        Reply { kind, text: String::new(), html: String::new(), sources, quick_replies: vec![] }
    }

    #[test]
    fn a_question_may_be_asked_back_about_but_not_answered_by_another() {
        let own: ArticleId = "a/own".parse().unwrap();
        assert_eq!(astray(&reply(ReplyKind::Answer, &["a/own", "a/other"]), &own), None);
        assert_eq!(astray(&reply(ReplyKind::Clarify, &["a/other", "a/own"]), &own), None);
        let other = astray(&reply(ReplyKind::Answer, &["a/other", "a/own"]), &own).unwrap();
        assert!(other.starts_with("is answered by a/other"), "{other}");
        let near_miss = astray(&reply(ReplyKind::Fallback, &["a/own"]), &own).unwrap();
        assert!(near_miss.starts_with("is not answered"), "{near_miss}");
        assert!(astray(&reply(ReplyKind::Smalltalk, &[]), &own).is_some());
    }
}
