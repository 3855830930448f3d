//! What somebody most likely meant to type: pinyin read as characters, homophones and slips put right.
//!
//! A noisy channel over the content's own language: the typed text is cut into stretches, each stretch becomes a lattice
//! of characters it may stand for, and the likeliest path under the content's bigram model wins (Viterbi). Only words
//! that the content uses can come out. It is a last resort: the caller asks when the text itself finds nothing good.

use serde::Serialize;

use crate::kb::lexicon::Lexicon;
use crate::search::lattice::{SEEN, Slot, decode, log_probability, slots};
use crate::text::fold::{Folded, fold};
use crate::text::pinyin;
use crate::text::script::is_han;
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

/// By how much the corrected reading must be likelier than the typed one, in nats, for each change.
const GAIN: f64 = 2.5;
/// One slip is put right, and one more for each so many characters.
const TYPED_PER_SLIP: usize = 5;
/// How much such a pair must be a word.
const COHESIVE: f32 = 0.62;
/// The least mean log probability of a character for letters to be read as pinyin. Measured on the shipped content:
/// questions and titles lie above −4, chance readings of English words below −6.
const PLAUSIBLE: f64 = -5.2;
/// Initials alone are a weak sign: the phrase must be one that the content uses often.
const PLAUSIBLE_INITIALS: f64 = -2.9;
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
                // What the likeliest reading pays for its substitutions, of which those that stay pay their share.
                let cost = log_probability(lexicon, &path.chars) - path.log_probability;
                let replaced = changes(&typed, &path.chars).max(1);
                let meant = supported(lexicon, &typed, path.chars);
                let changed = changes(&typed, &meant);
                let cost = cost * changed as f64 / replaced as f64;
                let gain = log_probability(lexicon, &meant) - cost - log_probability(lexicon, &typed);
                if changed > 0 && changed <= 1 + typed.len() / TYPED_PER_SLIP && gain >= GAIN * changed as f64 {
                    self.push(&meant.iter().collect::<String>());
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

/// Returns what was meant with those changes alone that turn an unknown word into a known one: each character that is new
/// where it stands must make a pair that the content uses often, where the typed one did not. Beside a slip the likeliest
/// reading may change what was typed well, and a word that the content lacks.
fn supported(lexicon: &Lexicon, typed: &[char], mut meant: Vec<char>) -> Vec<char> {
    // Two characters that stand together by chance make no word, however often they do: 经点 is in 已经点了.
    let uses = |a: char, b: char| if lexicon.cohesion(a, b) >= COHESIVE { lexicon.pair_count(a, b) } else { 0 };
    let strength = |chars: &[char], i: usize| {
        let before = i.checked_sub(1).map_or(0, |b| uses(chars[b], chars[i]));
        let after = chars.get(i + 1).map_or(0, |a| uses(chars[i], *a));
        before.max(after)
    };
    if typed.len() != meant.len() {
        // A doubled character was dropped; what remains must hold together where it was.
        let holds = (1..meant.len()).filter(|&i| typed[i] != meant[i]).take(1).all(|i| strength(&meant, i) >= SEEN);
        return if holds { meant } else { typed.to_vec() };
    }
    // A change that is taken back may have held its neighbour.
    while let Some(at) = (0..typed.len()).find(|&i| {
        let new = strength(&meant, i);
        typed[i] != meant[i] && !(new >= SEEN && new > 2 * strength(typed, i))
    }) {
        meant[at] = typed[at];
    }
    meant
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
    fn one_slip_is_put_right_beside_words_that_the_content_lacks() {
        for (typed, meant) in [("火锅冲值方式", "火锅充值方式"), ("忘计密玛的猫", "忘记密码的猫")]
        {
            assert_eq!(corrected(typed).as_deref(), Some(meant), "{typed}");
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
