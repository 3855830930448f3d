//! What somebody most likely meant to type: pinyin read as characters, homophones and slips put right.
//!
//! A noisy channel over the content's own language: the typed text is cut into stretches, each stretch becomes a lattice
//! of characters it may stand for, and the likeliest path under the content's bigram model wins (Viterbi). Only words
//! that the content uses can come out. It is a last resort: the caller asks when the text itself finds nothing good.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::kb::lexicon::{EDGE, Lexicon, Weighed};
use crate::text::fold::{Folded, fold};
use crate::text::pinyin;
use crate::text::script::is_han;
use crate::text::shape;
use crate::text::terms::{Run, TermKind, Word, runs};

/// A text as it was probably meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The text to search for instead.
    pub text: String,
    /// Whether Latin letters were read as pinyin.
    pub from_pinyin: bool,
    /// How many characters or words were replaced.
    pub changes: usize,
}

/// What became of the thought that a query may be mistyped. A coverage is the share of the query's telling words (by
/// rarity) that the best hit has.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Considered {
    /// The reader insists on the words as typed.
    Verbatim,
    /// The query holds an error code or an on-screen message; there is nothing to put right.
    Exact,
    /// The words as typed find something good.
    NotNeeded {
        /// What the best hit has of the query.
        coverage: f32,
        /// What is good enough.
        enough: f32,
    },
    /// The words as typed find nothing good, but nothing else is likely to be meant.
    NothingBetter {
        /// What the best hit has of the query.
        coverage: f32,
    },
    /// Other words may be meant, but they do not find enough more.
    Rejected {
        /// The other words.
        text: String,
        /// What the best hit has of the query as typed.
        coverage: f32,
        /// What the best hit has of the other words.
        instead: f32,
        /// What it would need.
        needed: f32,
    },
    /// Other words were searched for instead.
    Taken {
        /// The other words.
        text: String,
        /// What the best hit has of the query as typed.
        coverage: f32,
        /// What the best hit has of the other words.
        instead: f32,
        /// What it needed.
        needed: f32,
    },
}

/// The cost of one character for another of the same sound, in nats; a slip of an input method, which is common.
const SAME_SOUND: f64 = 2.5;
/// The cost of one character for another that looks like it, in nats: rarer with input methods than the same sound.
const SAME_SHAPE: f64 = 3.5;
/// The cost of a character that was typed twice, or of two neighbours that changed places.
const SLIP: f64 = 3.0;
/// The cost of each letter that stands for a whole syllable.
const INITIAL: f64 = 0.3;
/// By how much the corrected reading must be likelier than the typed one, in nats, for each change.
const GAIN: f64 = 2.5;
/// How often the content must use the pair that a changed character makes with a neighbour.
const SEEN: u32 = 4;
/// How much such a pair must be a word.
const COHESIVE: f32 = 0.62;
/// The least mean log probability of a character for letters to be read as pinyin. Measured on the shipped content:
/// questions and titles lie above −4, chance readings of English words below −6.
const PLAUSIBLE: f64 = -5.2;
/// Initials alone are a weak sign: the phrase must be one that the content uses often.
const PLAUSIBLE_INITIALS: f64 = -2.9;
/// So many of the likeliest characters at one place are followed further. On the shipped content's questions and their
/// slips more change no correction; the work grows with their number.
const MOST_STATES: usize = 8;
/// Longer stretches are not corrected: nobody mistypes that much, and the work grows with the length.
const LONGEST_STRETCH: usize = 64;

/// Returns what was probably meant, or none when the text is fine or nothing better is known.
#[must_use]
pub fn correct(lexicon: &Lexicon, text: &str) -> Option<Correction> {
    put_right(lexicon, text, false)
}

/// The same, but none unless ideographs come out: of a text without any Chinese no word is looked up.
#[must_use]
pub fn correct_chinese(lexicon: &Lexicon, text: &str) -> Option<Correction> {
    put_right(lexicon, text, true).filter(|correction| correction.text.contains(is_han))
}

fn put_right(lexicon: &Lexicon, text: &str, only_chinese: bool) -> Option<Correction> {
    let folded = fold(text);
    if folded.chars.len() > 4 * LONGEST_STRETCH {
        return None;
    }
    let runs = runs(&folded);
    let pinyin_throughout = spelled_throughout(lexicon, &runs);
    let speaks = |run: &Run| speaks_chinese(lexicon, run, pinyin_throughout);
    if only_chinese && !runs.iter().any(speaks) {
        return None;
    }
    let mut out = Out::default();
    let mut i = 0;
    while i < runs.len() {
        // Neighbouring stretches that may be one phrase: syllables, and syllables beside characters.
        let stretch = i + runs[i..].iter().take_while(|run| speaks(run)).count();
        if stretch > i {
            out.phrase(lexicon, &folded, &runs[i..stretch]);
        } else if let Run::Word(word) = &runs[i] {
            out.word(lexicon, word);
        }
        i = stretch.max(i + 1);
    }
    (out.changes > 0).then_some(Correction { text: out.text, from_pinyin: out.from_pinyin, changes: out.changes })
}

/// Tells whether every Latin word could be pinyin and at least one is nothing else. Then even those that are also
/// English words (`he`, `women`, `can`) are read as pinyin.
fn spelled_throughout(lexicon: &Lexicon, runs: &[Run]) -> bool {
    let mut only_pinyin = false;
    for run in runs {
        let Run::Word(word) = run else { continue };
        if word.kind != TermKind::Word {
            continue;
        }
        if !pinyin::is_spelled_out(&word.text) {
            return false;
        }
        only_pinyin |= lexicon.word_count(&word.text) == 0 && word.text.len() >= 3;
    }
    only_pinyin
}

fn speaks_chinese(lexicon: &Lexicon, run: &Run, pinyin_throughout: bool) -> bool {
    match run {
        Run::Ideographs(..) => true,
        Run::Word(word) if word.kind == TermKind::Word && word.text.is_ascii() => {
            let known = lexicon.word_count(&word.text) > 0 || crate::text::english::is_stop_word(&word.text);
            let initials = (2..=8).contains(&word.text.len()) && !word.text.contains(['a', 'e', 'i', 'o', 'u', 'v']);
            (pinyin_throughout || !known) && (pinyin::is_spelled_out(&word.text) || (initials && !known))
        }
        Run::Word(_) => false,
    }
}

#[derive(Default)]
struct Out {
    text: String,
    changes: usize,
    from_pinyin: bool,
}

impl Out {
    fn push(&mut self, part: &str) {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(self.text.chars().last()) && latin(part.chars().next()) {
            self.text.push(' ');
        }
        self.text.push_str(part);
    }

    /// Appends a word, put right where it is none of the content's.
    fn word(&mut self, lexicon: &Lexicon, word: &Word) {
        let known = lexicon.word_count(&word.text) > 0 || crate::text::english::is_stop_word(&word.text);
        if word.kind == TermKind::Word && !known {
            let stem = crate::text::english::stem(&word.text);
            if let Some((a, b)) = two_words(lexicon, &word.text) {
                self.push(&format!("{a} {b}"));
                self.changes += 1;
                return;
            }
            if let Some((near, _)) = lexicon.nearest_word(&word.text)
                && crate::text::english::stem(near) != stem
            {
                self.push(near);
                self.changes += 1;
                return;
            }
        }
        self.push(&word.text);
    }

    /// Appends a stretch of characters and syllables as the likeliest characters.
    fn phrase(&mut self, lexicon: &Lexicon, folded: &Folded, runs: &[Run]) {
        let slots = slots(folded, runs);
        let typed: Vec<char> =
            slots.iter().filter_map(|s| if let Slot::Char(c) = s { Some(*c) } else { None }).collect();
        let has_letters = typed.len() < slots.len();
        if slots.len() <= LONGEST_STRETCH
            && let Some(path) = decode(lexicon, &slots)
        {
            if has_letters {
                let floor = if slots.iter().all(|s| matches!(s, Slot::Letter { initials: true, .. })) {
                    PLAUSIBLE_INITIALS
                } else {
                    PLAUSIBLE
                };
                if path.log_probability / (path.chars.len() as f64 + 1.0) >= floor {
                    self.push(&path.chars.iter().collect::<String>());
                    self.changes += 1;
                    self.from_pinyin = true;
                    return;
                }
            } else {
                let changed = changes(&typed, &path.chars);
                let gain = path.log_probability - log_probability(lexicon, &typed);
                if changed > 0
                    && changed <= 1 + typed.len() / 6
                    && gain >= GAIN * changed as f64
                    && makes_known_pairs(lexicon, &typed, &path.chars)
                {
                    self.push(&path.chars.iter().collect::<String>());
                    self.changes += changed;
                    return;
                }
            }
        }
        for run in runs {
            match run {
                Run::Ideographs(from, to) => self.push(&folded.chars[*from..*to].iter().collect::<String>()),
                Run::Word(word) => self.word(lexicon, word),
            }
        }
    }
}

/// Returns how many slips lie between what was typed and what was meant.
fn changes(typed: &[char], meant: &[char]) -> usize {
    crate::text::distance::within(typed, meant, typed.len()).unwrap_or(typed.len())
}

/// Tells whether each character that is new where it stands makes a pair that the content uses often, where the typed
/// one did not: a correction turns an unknown word into a known one.
fn makes_known_pairs(lexicon: &Lexicon, typed: &[char], meant: &[char]) -> bool {
    // Two characters that stand together by chance make no word, however often they do: 经点 is in 已经点了.
    let uses = |a: char, b: char| if lexicon.cohesion(a, b) >= COHESIVE { lexicon.pair_count(a, b) } else { 0 };
    let strength = |chars: &[char], i: usize| {
        let before = i.checked_sub(1).map_or(0, |b| uses(chars[b], chars[i]));
        let after = chars.get(i + 1).map_or(0, |a| uses(chars[i], *a));
        before.max(after)
    };
    if typed.len() != meant.len() {
        // A doubled character was dropped; what remains must hold together where it was.
        return (1..meant.len()).filter(|&i| typed[i] != meant[i]).take(1).all(|i| strength(meant, i) >= SEEN);
    }
    (0..typed.len()).filter(|&i| typed[i] != meant[i]).all(|i| {
        let new = strength(meant, i);
        new >= SEEN && new > 2 * strength(typed, i)
    })
}

/// Returns two words of the content that a word is made of when only the space between them is missing.
fn two_words<'a>(lexicon: &Lexicon, word: &'a str) -> Option<(&'a str, &'a str)> {
    const SHORTEST: usize = 2;
    if !word.is_ascii() || word.len() < 2 * SHORTEST + 1 {
        return None;
    }
    let known = |w: &str| lexicon.word_count(w).max(u32::from(crate::text::english::is_stop_word(w)));
    (SHORTEST..=word.len() - SHORTEST)
        .map(|at| word.split_at(at))
        .map(|(a, b)| (known(a).min(known(b)), a, b))
        .filter(|(least, a, b)| *least > 1 && a.len() + b.len() >= 5)
        .max_by_key(|(least, a, _)| (*least, a.len()))
        .map(|(_, a, b)| (a, b))
}

/// One place of the lattice: a character as typed, or a letter of a Latin word.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Char(char),
    Letter {
        letter: char,
        /// Whether the word is read as initials.
        initials: bool,
        /// How many letters of the same word follow, itself included.
        left: usize,
    },
}

fn slots(folded: &Folded, runs: &[Run]) -> Vec<Slot> {
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

struct Path {
    chars: Vec<char>,
    log_probability: f64,
}

fn log_probability(lexicon: &Lexicon, chars: &[char]) -> f64 {
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
/// following, for [`makes_known_pairs`] would refuse it. What a neighbouring letter stands for is open.
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
fn decode(lexicon: &Lexicon, slots: &[Slot]) -> Option<Path> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::load;

    fn lexicon() -> Lexicon {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("zh-CN/help");
        std::fs::create_dir_all(&folder).unwrap();
        let questions = ["充值方式有哪些", "忘记密码怎么办", "登录不上怎么办", "识别钓鱼链接", "联系客服", "清除缓存"];
        for (number, question) in questions.iter().enumerate() {
            let text =
                format!("---\ntitle: {question}\nsummary: {question}\n---\n\n{question}。How to top up a wallet.\n");
            std::fs::write(folder.join(format!("a{number}.md")), text).unwrap();
        }
        Lexicon::build(&load(dir.path()).unwrap().content.articles)
    }

    fn corrected(typed: &str) -> Option<String> {
        correct(&lexicon(), typed).map(|c| c.text)
    }

    #[test]
    fn puts_slips_right() {
        for (typed, meant) in [
            ("冲值方式", "充值方式"),
            ("钩鱼链接", "钓鱼链接"),
            ("登录录不上", "登录不上"),
            ("忘记码密怎么办", "忘记密码怎么办"),
            ("清楚缓存", "清除缓存"),
            ("how to topup", "how to top up"),
            ("walet", "wallet"),
        ] {
            assert_eq!(corrected(typed).as_deref(), Some(meant), "{typed}");
            let chinese = correct_chinese(&lexicon(), typed).map(|c| c.text);
            assert_eq!(chinese.as_deref(), Some(meant).filter(|meant| meant.contains(is_han)), "{typed}");
        }
    }

    #[test]
    fn reads_pinyin() {
        for (typed, meant) in [
            ("chongzhi fangshi", "充值方式"),
            ("chongzhifangshi", "充值方式"),
            ("chong值", "充值"),
            ("lxkf", "联系客服"),
            ("wangji mima", "忘记密码"),
        ] {
            assert_eq!(corrected(typed).as_deref(), Some(meant), "{typed}");
            assert_eq!(correct_chinese(&lexicon(), typed).map(|c| c.text).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn leaves_what_is_right_or_unknown_alone() {
        for typed in ["充值方式", "how to top up", "E1101", "景点", "elephant", "", "？"] {
            assert_eq!(corrected(typed), None, "{typed}");
        }
    }
}
