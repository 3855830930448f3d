//! The lattice of what a stretch of text may have been meant for, and the likeliest way through it (Viterbi).

use rustc_hash::FxHashMap;

use crate::kb::lexicon::{EDGE, Lexicon, Weighed};
use crate::text::fold::Folded;
use crate::text::pinyin;
use crate::text::shape;
use crate::text::terms::Run;

/// How often the content must use the pair that a changed character makes with a neighbour.
pub(crate) const SEEN: u32 = 4;
/// The cost of one character for another of the same sound, in nats; a slip of an input method, which is common.
const SAME_SOUND: f64 = 2.5;
/// The cost of one character for another that looks like it, in nats: rarer with input methods than the same sound.
const SAME_SHAPE: f64 = 3.5;
/// The cost of a character that was typed twice, or of two neighbours that changed places.
const SLIP: f64 = 3.0;
/// The cost of each letter that stands for a whole syllable.
const INITIAL: f64 = 0.3;
/// So many of the likeliest characters at one place are followed further. On the shipped content's questions and their
/// slips more change no correction; the work grows with their number.
const MOST_STATES: usize = 8;

/// One place of the lattice: a character as typed, or a letter of a Latin word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    Char(char),
    Letter {
        letter: char,
        /// Whether the word is read as initials.
        initials: bool,
        /// How many letters of the same word follow, itself included.
        left: usize,
    },
}

pub(crate) fn slots(folded: &Folded, runs: &[Run]) -> Vec<Slot> {
    let mut out = Vec::new();
    for run in runs {
        match run {
            Run::Ideographs(from, to) => out.extend(folded.chars[*from..*to].iter().map(|c| Slot::Char(*c))),
            Run::Word(word) => {
                let letters: Vec<char> = word.text.chars().collect();
                let initials = !pinyin::is_spelled_out(&word.text);
                let slots = letters.iter().enumerate();
                out.extend(slots.map(|(i, &letter)| Slot::Letter { letter, initials, left: letters.len() - i }));
            }
        }
    }
    out
}

pub(crate) struct Path {
    /// The characters.
    pub(crate) chars: Vec<char>,
    /// How likely they are, substitutions included, in nats.
    pub(crate) log_probability: f64,
}

pub(crate) fn log_probability(lexicon: &Lexicon, chars: &[char]) -> f64 {
    let mut before = EDGE;
    let mut sum = 0.0;
    for &c in chars.iter().chain(&[EDGE]) {
        sum += lexicon.log_probability(before, c);
        before = c;
    }
    sum
}

/// Returns the likeliest way to a character that the content never has behind any of `before`, but for the character's
/// own part.
fn best_unseen(before: &[(Weighed, f64)]) -> Option<(f64, char)> {
    let sums = before.iter().map(|(last, sum)| (sum + last.as_first(), last.char));
    sums.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
}

/// Returns the likeliest way to a character: behind one of `before` that the content has it behind, or behind the best
/// of all.
fn best_before(
    lexicon: &Lexicon,
    before: &[(Weighed, f64)],
    unseen: Option<(f64, char)>,
    c: char,
) -> Option<(f64, char)> {
    let next = lexicon.weighed(c);
    let seen = before.iter().filter_map(|(last, sum)| Some((sum + lexicon.follows(*last, next)?, last.char)));
    let unseen = unseen.map(|(sum, last)| (sum + next.as_second(), last));
    seen.chain(unseen).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
}

/// The best way to reach a place of the lattice with a certain last character.
struct State {
    log_probability: f64,
    /// The place and last character before, and what was written between.
    from: Option<(usize, char, Written)>,
}

/// What an edge of the lattice writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Written {
    /// Nothing: the character stood there twice.
    Nothing,
    /// The character that it leads to.
    One,
    /// This character, and then the one that it leads to.
    Two(char),
}

/// The states at the place from which edges lead on.
struct Before {
    at: usize,
    states: Vec<(Weighed, f64)>,
    unseen: Option<(f64, char)>,
}

/// The lattice while it is walked from left to right.
struct Lattice<'a> {
    lexicon: &'a Lexicon,
    states: Vec<FxHashMap<char, State>>,
}

impl Lattice<'_> {
    /// Offers the likeliest way over one edge to a place; what was written and its cost are the edge's.
    fn edge(&mut self, before: &Before, to: usize, c: char, written: Written, cost: f64) {
        let lexicon = self.lexicon;
        let best = match written {
            Written::Nothing => before.states.iter().find(|(last, _)| last.char == c).map(|(_, sum)| (*sum, c)),
            Written::One => best_before(lexicon, &before.states, before.unseen, c),
            Written::Two(first) => best_before(lexicon, &before.states, before.unseen, first)
                .map(|(sum, last)| (sum + lexicon.log_probability(first, c), last)),
        };
        let Some((sum, last)) = best else { return };
        let log_probability = sum - cost;
        let from = (before.at, last, written);
        let better = self.states[to].get(&c).is_none_or(|s| {
            // The tie-break makes the path independent of the map's order.
            log_probability > s.log_probability
                || (log_probability == s.log_probability && s.from.is_some_and(|f| from < f))
        });
        if better {
            self.states[to].insert(c, State { log_probability, from: Some(from) });
        }
    }

    fn read(&mut self, slots: &[Slot], at: usize) {
        let lexicon = self.lexicon;
        let mut states: Vec<(char, f64)> = self.states[at].iter().map(|(c, s)| (*c, s.log_probability)).collect();
        if states.is_empty() {
            return;
        }
        if states.len() > MOST_STATES {
            states.select_nth_unstable_by(MOST_STATES, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            states.truncate(MOST_STATES);
        }
        let states: Vec<(Weighed, f64)> = states.into_iter().map(|(c, sum)| (lexicon.weighed(c), sum)).collect();
        let before = Before { at, unseen: best_unseen(&states), states };
        match &slots[at] {
            Slot::Char(typed) => {
                self.edge(&before, at + 1, *typed, Written::One, 0.0);
                for reading in pinyin::readings(*typed) {
                    for &c in
                        lexicon.with_reading(reading).iter().filter(|c| *c != typed && fits(lexicon, slots, at, **c))
                    {
                        self.edge(&before, at + 1, c, Written::One, SAME_SOUND);
                    }
                }
                for &c in shape::similar(*typed).iter().filter(|c| fits(lexicon, slots, at, **c)) {
                    self.edge(&before, at + 1, c, Written::One, SAME_SHAPE);
                }
                if at > 0 && slots[at - 1] == slots[at] {
                    self.edge(&before, at + 1, *typed, Written::Nothing, SLIP);
                }
                if let Some(Slot::Char(next)) = slots.get(at + 1).filter(|n| **n != slots[at]) {
                    self.edge(&before, at + 2, *typed, Written::Two(*next), SLIP);
                }
            }
            Slot::Letter { letter, initials: true, .. } => {
                for &c in lexicon.with_initial(*letter) {
                    self.edge(&before, at + 1, c, Written::One, INITIAL);
                }
            }
            Slot::Letter { initials: false, left, .. } => {
                let letters: String = slots[at..at + left]
                    .iter()
                    .take(pinyin::LONGEST_SYLLABLE)
                    .map_while(|s| if let Slot::Letter { letter, .. } = s { Some(*letter) } else { None })
                    .collect();
                for length in 1..=letters.len() {
                    for &c in lexicon.with_reading(&letters[..length]) {
                        self.edge(&before, at + length, c, Written::One, 0.0);
                    }
                }
            }
        }
    }
}

/// Tells whether the content often has a character beside one of the neighbours that it would get: no other is worth
/// following, for [`supported`](crate::search::correct) would take it back. What a neighbouring letter stands for is open.
fn fits(lexicon: &Lexicon, slots: &[Slot], at: usize, c: char) -> bool {
    let before = match at.checked_sub(1).map(|b| &slots[b]) {
        Some(Slot::Char(before)) => lexicon.pair_count(*before, c) >= SEEN,
        other => other.is_some(),
    };
    before
        || match slots.get(at + 1) {
            Some(Slot::Char(after)) => lexicon.pair_count(c, *after) >= SEEN,
            other => other.is_some(),
        }
}

/// Finds the likeliest characters for the slots; costs of substitutions are part of the probability.
pub(crate) fn decode(lexicon: &Lexicon, slots: &[Slot]) -> Option<Path> {
    let states = (0..=slots.len()).map(|_| FxHashMap::default()).collect();
    let mut lattice = Lattice { lexicon, states };
    lattice.states[0].insert(EDGE, State { log_probability: 0.0, from: None });
    for at in 0..slots.len() {
        lattice.read(slots, at);
    }
    let last = lattice.states.last()?;
    let (end, best) = last
        .iter()
        .map(|(c, s)| (*c, s.log_probability + lexicon.log_probability(*c, EDGE)))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let mut chars = Vec::new();
    let mut at = (slots.len(), end);
    while let Some(State { from: Some((place, last, written)), .. }) = lattice.states[at.0].get(&at.1) {
        match written {
            Written::Nothing => {}
            Written::One => chars.push(at.1),
            Written::Two(first) => chars.extend([at.1, *first]),
        }
        at = (*place, *last);
    }
    chars.reverse();
    Some(Path { chars, log_probability: best })
}
