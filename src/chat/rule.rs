//! The stage for the rules that authors declare under `rules/`.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::searched::Searched;
use crate::kb::{Rule, RuleAction};
use crate::model::{MatchedBy, ReplyKind};

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let text = Searched::new(message.text);
    let mut matching: Vec<(&Rule, Vec<String>)> =
        message.snapshot.rules().iter().filter_map(|rule| Some((rule, matches(rule, &text)?))).collect();
    // The higher priority; then the one that asks for more; then the one that stands first.
    matching.sort_by_key(|(rule, evidence)| (std::cmp::Reverse(rule.priority), std::cmp::Reverse(evidence.len())));
    let candidates: Vec<(String, f32)> = matching.iter().map(|(r, _)| (r.id.clone(), r.priority as f32)).collect();
    for (rule, evidence) in matching {
        let said = said(rule, message);
        let (kind, cited) = match &rule.action {
            RuleAction::Say { kind } => (*kind, None),
            RuleAction::Article { kind, article } => {
                let Some(article) = message.snapshot.article(article, message.locale, message.viewer) else { continue };
                (*kind, Some(Cited { ordinal: message.snapshot.ordinal(article), anchor: None }))
            }
        };
        let mut draft = Draft::new(kind, MatchedBy::Rule, rule.id.clone(), 1.0);
        draft.evidence = evidence;
        draft.cited.extend(cited);
        draft.paragraphs.extend(said);
        if kind == ReplyKind::Fallback {
            draft.confidence = 0.0;
        }
        let why = format!("the rule `{}` matches ({}:{})", rule.id, rule.file.display(), rule.line);
        return Verdict { draft: Some(draft), why, candidates };
    }
    Verdict { candidates, ..Verdict::pass("no rule matches") }
}

fn said(rule: &Rule, message: &Message<'_>) -> Option<String> {
    let language = || rule.text.iter().find(|(l, _)| l.language() == message.locale.language()).map(|(_, t)| t);
    rule.text.get(message.locale).or_else(language).cloned()
}

/// Returns the terms by which a rule matches, or none when it does not.
fn matches(rule: &Rule, text: &Searched) -> Option<Vec<String>> {
    let evidence = text.matches(&rule.any, &rule.all, &rule.none)?;
    if rule.whole {
        let alternatives = rule.all.iter().flat_map(|a| a.split('|'));
        if !text.is_nothing_but(rule.any.iter().map(String::as_str).chain(alternatives)) {
            return None;
        }
    }
    Some(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(any: &[&str], all: &[&str], none: &[&str], whole: bool) -> Rule {
        let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Rule {
            id: "r".to_owned(),
            file: "rules/r.toml".into(),
            line: 1,
            priority: 0,
            any: strings(any),
            all: strings(all),
            none: strings(none),
            whole,
            action: RuleAction::Say { kind: ReplyKind::Smalltalk },
            text: Default::default(),
        }
    }

    fn hit(rule: &Rule, text: &str) -> bool {
        matches(rule, &Searched::new(text)).is_some()
    }

    #[test]
    fn needs_all_one_of_any_and_none_of_none() {
        let rule = rule(&["人工", "human"], &["找|want"], &["费用"], false);
        assert!(hit(&rule, "我要找人工"));
        assert!(hit(&rule, "I want a HUMAN!"));
        assert!(!hit(&rule, "人工"));
        assert!(!hit(&rule, "找人工要费用吗"));
        assert!(!hit(&rule, "I want humanity"));
    }

    #[test]
    fn a_whole_rule_leaves_questions_to_others() {
        let rule = rule(&["你好", "hello", "hi", "there"], &[], &[], true);
        assert!(hit(&rule, "你好啊！"));
        assert!(hit(&rule, "hello there"));
        assert!(!hit(&rule, "你好，怎么充值"));
        assert!(!hit(&rule, "hello, how do I top up"));
    }
}
