//! Messages with a known outcome, made from the content itself by leaving parts of it out.

use rayon::prelude::*;

use crate::kb::intent::confidence::{Case, Signals};
use crate::kb::intent::features::Cut;
use crate::kb::intent::linear::Descent;
use crate::kb::intent::space::Space;
use crate::kb::intent::stack::{Recipe, Scores, Seen, Source, Stack, Text, highest};
use crate::kb::intent::thresholds::CHOICES;
use crate::text::english::is_stop_word;
use crate::text::terms::is_stop_char;

/// How the content is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Holdout {
    /// One in this many classes is left out whole, and of the others one in this many questions.
    pub parts: u32,
    /// How many times at most. Many questions need fewer rounds: from 1,000 on two, from 6,000 on one.
    pub rounds: u32,
    /// How much all messages out of scope count together, against 1 for all those in scope.
    pub out_of_scope: f32,
    /// The same for messages about things that the content never names.
    pub foreign: f32,
    /// The same for the questions that authors say are out of scope.
    pub outside: f32,
}

impl Default for Holdout {
    fn default() -> Self {
        Holdout { parts: 3, rounds: 3, out_of_scope: 0.3, foreign: 0.3, outside: 0.45 }
    }
}

/// Passes of the descent in a round: as good for the signals as the full number.
const QUICK_PASSES: usize = 3;

/// Of contents with more questions than twice this, a sample of the classes is looked at.
const MOST_QUESTIONS: usize = 10_000;

/// Returns the cases of all rounds. `outside` is the class of what is out of scope, whose texts stand last.
pub(crate) fn cases(texts: &[Text], classes: usize, outside: Option<u32>, whole: &Space, recipe: &Recipe) -> Vec<Case> {
    let how = &recipe.holdout;
    let quick = Recipe { descent: Descent { passes: QUICK_PASSES, ..recipe.descent }, ..*recipe };
    // An article without questions is asked for by its title.
    let documents = texts.iter().map(|t| t.document as usize + 1).max().unwrap_or_default();
    let mut has_questions = vec![false; documents];
    for text in texts.iter().filter(|t| matches!(t.source, Source::Question(_))) {
        has_questions[text.document as usize] = true;
    }
    let may_be_asked = |t: &Text| match t.source {
        Source::Question(q) => Some(q),
        Source::Title if !has_questions[t.document as usize] => Some(u32::MAX),
        _ => None,
    };
    let questions = texts.iter().filter(|t| may_be_asked(t).is_some()).count();
    let stride = (questions / MOST_QUESTIONS) as u32 + 1;
    let is_outside = |t: &Text| Some(t.class) == outside;
    let sampled = |t: &Text| is_outside(t) || scatter(t.class ^ 0x5A5A).is_multiple_of(stride);
    let enough = match questions {
        0..1_000 => how.parts,
        1_000..6_000 => 2,
        _ => 1,
    };
    let one = |round: u32| -> Vec<(Case, Scope)> {
        let left_out = |t: &Text| !is_outside(t) && scatter(t.class) % how.parts == round;
        let asked = |t: &Text| {
            may_be_asked(t).is_some_and(|q| left_out(t) || scatter(q.wrapping_mul(31) ^ t.class) % how.parts == round)
        };
        let mut number = vec![u32::MAX; classes];
        let mut count = 0;
        for text in texts.iter().filter(|t| sampled(t) && !left_out(t)) {
            let slot = &mut number[text.class as usize];
            if *slot == u32::MAX {
                *slot = count;
                count += 1;
            }
        }
        if count < 2 {
            return Vec::new();
        }
        // A title that stands for questions is learnt, and asked as one who half remembers it would: an article without
        // any words of its own to be asked for is not what customers meet.
        let titled = |t: &Text| t.source == Source::Title;
        let kept: Vec<&Text> =
            texts.iter().filter(|t| sampled(t) && !left_out(t) && (titled(t) || !asked(t))).collect();
        let stack = Stack::train(&kept, &number, count as usize, outside.is_some(), Some(whole), &quick);
        let questions: Vec<&Text> = texts.iter().filter(|t| sampled(t) && asked(t)).collect();
        questions
            .par_iter()
            .flat_map_iter(|t| {
                let seen = if titled(t) { stack.see_cut(half_remembered(&t.cut, t.class)) } else { stack.see_text(t) };
                let class = number[t.class as usize];
                let scope = match class {
                    _ if is_outside(t) => Scope::Outside,
                    u32::MAX => Scope::LeftOut,
                    _ => Scope::Inside,
                };
                // The class of what is out of scope is no candidate, so that its number is nobody's.
                let own = (case(&stack, &seen, class), scope);
                let foreign = (!is_outside(t))
                    .then(|| foreign(&t.cut))
                    .flatten()
                    .map(|cut| (case(&stack, &stack.see_cut(cut), u32::MAX), Scope::Foreign));
                std::iter::once(own).chain(foreign)
            })
            .collect()
    };
    let rounds = how.rounds.min(how.parts).min(enough);
    let out: Vec<(Case, Scope)> = (0..rounds).into_par_iter().flat_map_iter(one).collect();
    let count = |scope: Scope| out.iter().filter(|c| c.1 == scope).count() as f32;
    let inside = count(Scope::Inside);
    let share = |scope: Scope, all: f32| all * inside / count(scope).max(1.0);
    // Where authors say what is out of scope, what is made up counts half.
    let made_up = if outside.is_some() { 0.5 } else { 1.0 };
    let left_out = share(Scope::LeftOut, made_up * how.out_of_scope);
    let foreign = share(Scope::Foreign, made_up * how.foreign);
    let outside = share(Scope::Outside, how.outside);
    let weight = |scope: Scope| match scope {
        Scope::Inside => 1.0,
        Scope::LeftOut => left_out,
        Scope::Foreign => foreign,
        Scope::Outside => outside,
    };
    out.iter().map(|&(case, scope)| Case { weight: weight(scope), ..case }).collect()
}

/// Returns what became of a message that asks for `class`, a number that no class has where it asks for none.
fn case(stack: &Stack, seen: &Seen, class: u32) -> Case {
    let scores = stack.score(seen);
    let (signals, first) = judge(seen, &scores);
    let ahead = |own: f32| scores.corrected.iter().filter(|other| **other > own).count();
    let among_first = scores.corrected.get(class as usize).is_some_and(|own| ahead(*own) < CHOICES);
    Case { signals, right: first as u32 == class, among_first, weight: 1.0 }
}

/// Where a message of known outcome comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// A question of an article that was learnt.
    Inside,
    /// A question of an article that was left out: near the content, and out of its scope.
    LeftOut,
    /// A question about something that the content never names.
    Foreign,
    /// A question that its authors say is out of scope.
    Outside,
}

/// Returns a question as it would stand about something else: what tells its topic becomes words that no content has,
/// what is said of anything stays. None where nothing tells a topic.
fn foreign(cut: &Cut) -> Option<Cut> {
    let mut cut = cut.clone();
    let mut any = false;
    for token in &mut cut.tokens {
        if !is_stop_word(&token.text) {
            // No keyboard has these letters; the word is as long as it was.
            token.text = token.text.chars().map(|c| strange(u32::from(c))).collect();
            token.stem.clone_from(&token.text);
            any = true;
        }
    }
    for c in cut.runs.iter_mut().flatten() {
        if !is_stop_char(*c) {
            *c = strange(u32::from(*c));
            any = true;
        }
    }
    any.then_some(cut)
}

/// Returns a title with a third of its words and of the ideographs of each run replaced by words that no content has.
fn half_remembered(cut: &Cut, seed: u32) -> Cut {
    let mut cut = cut.clone();
    let third = |len: usize| {
        let from = scatter(seed) as usize % len.max(1);
        (0..len / 3).map(move |i| (from + i) % len)
    };
    for i in third(cut.tokens.len()) {
        let token = &mut cut.tokens[i];
        token.text = token.text.chars().map(|c| strange(u32::from(c))).collect();
        token.stem.clone_from(&token.text);
    }
    for run in &mut cut.runs {
        third(run.len()).for_each(|i| run[i] = strange(u32::from(run[i])));
    }
    cut
}

/// Returns a character of a private use plane, another one for each number below 65,000.
fn strange(number: u32) -> char {
    char::from_u32(0xF_0000 + number % 65_000).unwrap_or('\u{F0000}')
}

/// Returns the signals and the first class.
pub(crate) fn judge(seen: &Seen, scores: &Scores) -> (Signals, usize) {
    let Some(first) = best(scores) else { return (Signals::default(), 0) };
    (Signals::read(seen, scores, first), first)
}

/// Returns the class that is ranked first, of equals the first.
pub(crate) fn best(scores: &Scores) -> Option<usize> {
    highest(&scores.corrected)
}

/// Scatters numbers, so that neighbours, which may be related, fall into different parts.
pub(crate) fn scatter(n: u32) -> u32 {
    n.wrapping_mul(0x9E37_79B1).rotate_left(15).wrapping_mul(0x85EB_CA77) >> 9
}
