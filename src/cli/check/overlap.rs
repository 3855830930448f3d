//! Where the content gets in its own way: questions that two articles claim, rules that another always beats.

use std::collections::HashMap;
use std::path::Path;

use crate::chat::covers;
use crate::content::{self, Article, Content, Problem, Rule, SlotKind, Term};
use crate::text::fold_str;

/// Warns of questions that two articles claim: the chat cannot learn which of them is meant.
pub(super) fn claimed_twice(content: &Content, dir: &Path) -> Vec<Problem> {
    let mut owners: HashMap<String, &Article> = HashMap::new();
    let mut problems = Vec::new();
    for article in &content.articles {
        for question in &article.questions {
            let folded: String = fold_str(question).chars().filter(|c| c.is_alphanumeric()).collect();
            let first = *owners.entry(folded).or_insert(article);
            if first.id != article.id {
                let line = content::line_of(&dir.join(&article.file), question);
                let message =
                    format!("the question “{question}” is claimed by {} too; take it out of one", first.file.display());
                problems.push(Problem::warning(&article.file, line, message));
            }
        }
    }
    problems
}

/// Warns of rules that can never win: whatever they match, one that comes before them matches too.
pub(super) fn never_winning(rules: &[Rule]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let winner = rules
            .iter()
            .enumerate()
            .find(|(other, winner)| comes_before((*other, winner), (place, rule)) && implies(rule, winner));
        if let Some((_, winner)) = winner {
            let message = format!(
                "the rule `{}` never wins: `{}` ({}:{}) comes first and matches all that it matches, for example “{}”; raise \
                 its priority or take it out",
                rule.id,
                winner.id,
                winner.file.display(),
                winner.line,
                witness(rule)
            );
            problems.push(Problem::warning(&rule.file, Some(rule.line), message));
        }
    }
    problems
}

/// Tells whether the chat prefers the first of two rules that both match: priority, then how much is asked for, then
/// the place.
fn comes_before((a_at, a): (usize, &Rule), (b_at, b): (usize, &Rule)) -> bool {
    let rank = |at: usize, rule: &Rule| {
        let asked = rule.all.len() + usize::from(!rule.any.is_empty());
        (std::cmp::Reverse(rule.priority), std::cmp::Reverse(asked), at)
    };
    a_at != b_at && rank(a_at, a) < rank(b_at, b)
}

/// Tells whether every message that `rule` matches is matched by `winner`. It errs on the side of no.
fn implies(rule: &Rule, winner: &Rule) -> bool {
    // One that goes on from an answer has messages of its own.
    if winner.whole || !winner.about.is_empty() || !rule.after.is_empty() {
        return false;
    }
    let groups = |r: &Rule| -> Vec<Vec<Term>> {
        let any = (!r.any.is_empty()).then(|| r.any.clone());
        r.all.iter().cloned().chain(any).collect()
    };
    let has = groups(rule);
    let met = |wanted: &Vec<Term>| {
        has.iter().any(|group| group.iter().all(|term| wanted.iter().any(|other| has_both(term, other))))
    };
    // What the winner refuses the rule must refuse as well.
    let refused = |term: &Term| rule.none.iter().any(|own| has_both(term, own));
    groups(winner).iter().all(met) && winner.none.iter().all(refused)
}

/// Tells whether every text in which `term` is found has `other` too.
fn has_both(term: &Term, other: &Term) -> bool {
    match (term, other) {
        (Term::Slot(_) | Term::Pattern(_), _) | (_, Term::Slot(_) | Term::Pattern(_)) => term == other,
        _ => term.words().iter().all(|word| other.words().iter().any(|o| covers(word.text(), o.text()))),
    }
}

/// Returns a message that the rule matches.
fn witness(rule: &Rule) -> String {
    let all = rule.all.iter().filter_map(|alternatives| alternatives.first());
    let terms: Vec<String> = all.chain(rule.any.first()).map(sample).collect();
    let spaced = terms.iter().any(|t| t.is_ascii());
    terms.join(if spaced { " " } else { "" })
}

/// Returns a text in which a term is found.
fn sample(term: &Term) -> String {
    match term {
        Term::Words(words) => words.text().to_owned(),
        Term::Concept { words, .. } => words.first().map(|w| w.text().to_owned()).unwrap_or_default(),
        Term::Slot(SlotKind::Amount) => "2000 元".to_owned(),
        Term::Slot(SlotKind::Percentage) => "2%".to_owned(),
        Term::Slot(SlotKind::Date) => "2026-11-22".to_owned(),
        Term::Slot(kind) => format!("{{{}}}", kind.name()),
        Term::Pattern(pattern) => format!("/{}/", pattern.source()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{RuleAction, Words};
    use crate::model::ReplyKind;

    fn rule(id: &str, priority: i32, any: &[&str], all: &[&str], none: &[&str]) -> Rule {
        let word = |text: &str| Term::Words(Words::new(text));
        let words = |list: &[&str]| list.iter().copied().map(word).collect::<Vec<Term>>();
        Rule {
            id: id.to_owned(),
            file: "rules/r.toml".into(),
            line: 1,
            priority,
            any: words(any),
            all: all.iter().map(|a| a.split('|').map(word).collect()).collect(),
            none: words(none),
            whole: false,
            about: Vec::new(),
            after: Vec::new(),
            on_screen_first: false,
            compute: Vec::new(),
            action: RuleAction::Say { kind: ReplyKind::Smalltalk },
            text: Default::default(),
        }
    }

    fn beaten(rules: &[Rule]) -> Vec<String> {
        never_winning(rules).into_iter().map(|p| p.message).collect()
    }

    #[test]
    fn names_both_rules_and_a_message() {
        let rules = [rule("narrow", 0, &["转人工客服"], &[], &[]), rule("wide", 10, &["人工", "真人"], &[], &[])];
        let found = beaten(&rules);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("`narrow` never wins: `wide`") && found[0].contains("“转人工客服”"), "{found:?}");
    }

    #[test]
    fn a_rule_with_messages_of_its_own_can_win() {
        let wide = || rule("wide", 10, &["人工"], &[], &["费用"]);
        assert_eq!(beaten(&[rule("other", 0, &["人工", "经理"], &[], &["费用"]), wide()]), [""; 0], "经理 is its own");
        assert_eq!(beaten(&[rule("other", 0, &["人工"], &[], &[]), wide()]), [""; 0], "人工费用 is its own");
        assert_eq!(beaten(&[rule("other", 20, &["转人工"], &[], &["费用"]), wide()]), [""; 0], "it comes first");
        assert_eq!(beaten(&[rule("same", 10, &["转人工"], &[], &["费用"]), wide()]), [""; 0], "it stands first");
        assert_eq!(beaten(&[wide(), rule("same", 10, &["转人工"], &[], &["费用"])]).len(), 1);
        let of_something = Rule { about: vec!["fees/overview".parse().unwrap()], ..wide() };
        assert_eq!(
            beaten(&[of_something, rule("same", 10, &["转人工"], &[], &["费用"])]),
            [""; 0],
            "others are its own"
        );
    }
}
