//! Replies and beginnings of flows that are typed by their sound or with a slip: “xia yi bu”, “还是步行”, “stil not working”.
//!
//! A few fixed terms are compared, so that this works for words that the articles never use. What is said plainly is
//! heard before; this is asked last.

use crate::kb::lexicon::Lexicon;
use crate::text::distance::{tolerated, within};
use crate::text::english::is_stop_word;
use crate::text::phrase::haystack;
use crate::text::pinyin::{is_spelled_out, readings, syllables};
use crate::text::script::is_han;

/// What may follow a term and says nothing.
const PARTICLES: &str = "了啊呀吧呢哦啦嘛哈的";
/// The same by its sound.
const PARTICLES_SPELLED: [&str; 10] = ["le", "a", "ya", "ba", "ne", "o", "la", "ma", "ha", "de"];
/// Of ideographs fewer than this sound like too much else: “盗了” is no “到了”.
const FEWEST_IDEOGRAPHS: usize = 3;
/// Of syllables in letters as many are enough.
const FEWEST_SYLLABLES: usize = 2;
/// Longer messages are more than a reply with a slip in it.
const LONGEST: usize = 80;

/// A part of a text: an ideograph, or letters.
#[derive(Debug)]
enum Part {
    Ideograph(char),
    Letters(String),
}

/// A short text that may be a term, typed otherwise.
#[derive(Debug)]
pub(crate) struct Slipped {
    /// None where its letters are no syllables.
    sound: Option<Vec<Part>>,
    words: Vec<String>,
}

impl Slipped {
    /// Takes a text; none where it is too long for a term.
    pub(crate) fn new(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let text = haystack(text);
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Some(Slipped { sound: sound(&words), words })
    }

    /// Tells whether the text is nothing but syllables in letters.
    pub(crate) fn is_in_letters(&self) -> bool {
        matches!(self.sound.as_deref(), Some([Part::Letters(_)]))
    }

    /// Tells whether the text means a term and says nothing else.
    pub(crate) fn means(&self, term: &str, lexicon: &Lexicon) -> bool {
        if term.chars().all(is_han) { self.sounds_like(term) } else { self.is_spelt_like(term, lexicon) }
    }

    fn sounds_like(&self, term: &str) -> bool {
        let Some(parts) = &self.sound else { return false };
        let in_letters = parts.iter().any(|part| matches!(part, Part::Letters(_)));
        let term: Vec<char> = term.chars().collect();
        term.len() >= if in_letters { FEWEST_SYLLABLES } else { FEWEST_IDEOGRAPHS } && sounds(parts, 0, &term)
    }

    /// Tells whether one word of the term was mistyped, as a word that nobody knows.
    fn is_spelt_like(&self, term: &str, lexicon: &Lexicon) -> bool {
        let meant = haystack(term);
        let meant: Vec<&str> = meant.split_whitespace().collect();
        if meant.len() != self.words.len() {
            return false;
        }
        let mut slips = self.words.iter().zip(&meant).filter(|(typed, meant)| typed.as_str() != **meant);
        let (Some((typed, meant)), None) = (slips.next(), slips.next()) else { return false };
        let known = lexicon.word_count(typed) > 0 || is_stop_word(typed);
        let (typed, meant): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
        let most = tolerated(typed.len().min(meant.len()));
        !known && most > 0 && !typed.iter().any(|c| is_han(*c)) && within(&typed, &meant, most).is_some()
    }

    /// Returns how many syllables the text has beside a term that it spells in letters; none where it does not.
    pub(crate) fn spells(&self, term: &str) -> Option<usize> {
        let [Part::Letters(letters)] = self.sound.as_deref()? else { return None };
        let term: Vec<char> = term.chars().collect();
        if term.len() < FEWEST_SYLLABLES || !term.iter().all(|c| is_han(*c)) {
            return None;
        }
        let left = |letters: &str| if letters.is_empty() { Some(0) } else { syllables(letters).map(|s| s.len()) };
        (0..letters.len()).find_map(|from| {
            let before = left(&letters[..from])?;
            ends(&letters[from..], &term).into_iter().find_map(|to| Some(before + left(&letters[from + to..])?))
        })
    }
}

fn sound(words: &[String]) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    for word in words {
        if word.chars().all(is_han) {
            parts.extend(word.chars().map(Part::Ideograph));
        } else if is_spelled_out(word) {
            match parts.last_mut() {
                Some(Part::Letters(letters)) => letters.push_str(word),
                _ => parts.push(Part::Letters(word.clone())),
            }
        } else {
            return None;
        }
    }
    Some(parts)
}

/// Returns where in the letters a spelling of the whole term ends.
fn ends(letters: &str, term: &[char]) -> Vec<usize> {
    let mut open = vec![0];
    for c in term {
        let readings = readings(*c);
        let next = open.iter().flat_map(|at| {
            let rest = &letters[*at..];
            readings.iter().filter(|r| rest.starts_with(**r)).map(|r| at + r.len()).collect::<Vec<_>>()
        });
        open = next.collect();
    }
    open
}

/// Tells whether parts sound like what is left of a term, from a place in the letters of the first.
fn sounds(parts: &[Part], from: usize, term: &[char]) -> bool {
    let Some((wanted, left)) = term.split_first() else { return says_nothing(parts, from) };
    match parts.first() {
        None => false,
        Some(Part::Ideograph(typed)) => {
            let typed = readings(*typed);
            readings(*wanted).iter().any(|reading| typed.contains(reading)) && sounds(&parts[1..], 0, left)
        }
        Some(Part::Letters(letters)) => readings(*wanted).iter().any(|reading| {
            let end = from + reading.len();
            letters[from..].starts_with(reading)
                && if end == letters.len() { sounds(&parts[1..], 0, left) } else { sounds(parts, end, left) }
        }),
    }
}

fn says_nothing(parts: &[Part], from: usize) -> bool {
    parts.iter().enumerate().all(|(at, part)| match part {
        Part::Ideograph(c) => PARTICLES.contains(*c),
        Part::Letters(letters) => PARTICLES_SPELLED.contains(&&letters[if at == 0 { from } else { 0 }..]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(text: &str, term: &str) -> bool {
        Slipped::new(text).is_some_and(|slipped| slipped.means(term, &Lexicon::default()))
    }

    #[test]
    fn hears_by_the_sound() {
        for (text, term) in [
            ("xia yi bu", "下一步"),
            ("xiayibu", "下一步"),
            ("haole", "好了"),
            ("hao le a", "好了"),
            ("hai shi bu xing", "还是不行"),
            ("还是步行", "还是不行"),
            ("hai是不行", "还是不行"),
        ] {
            assert!(means(text, term), "{text}");
        }
        assert!(
            !means("盗了", "到了") && !means("xia yi ge", "下一步") && !means("hello", "好了") && !means("", "好了")
        );
    }

    #[test]
    fn hears_through_a_slip() {
        assert!(means("stil not working", "still not working") && means("it workd", "it works"));
        assert!(!means("no", "nope") && !means("still not workng yet", "still not working"));
    }

    #[test]
    fn finds_what_is_spelled_among_more() {
        let spells = |text: &str| Slipped::new(text)?.spells("充值失败");
        assert_eq!((spells("chongzhi shibai"), spells("wo chongzhi shibai le")), (Some(0), Some(2)));
        assert_eq!((spells("chongzhi"), spells("top up failed"), spells("充值失败")), (None, None, None));
    }
}
