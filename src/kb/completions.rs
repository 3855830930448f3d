//! What a search box can offer while somebody types: titles, customers' questions and error codes, by any of their
//! words, in characters, in pinyin and by pinyin initials.
//!
//! Three sorted arrays of the places where a word begins (every ideograph, every Latin word). What has been typed is a
//! prefix of some of them, and those stand together.

use rayon::prelude::*;

use crate::content::{Article, CodeRecord};
use crate::text::fold::fold;
use crate::text::pinyin;
use crate::text::script::{CharClass, class, is_han};

/// What a completion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An error code: its place in the catalogue.
    Code(u32),
    /// An article by its title: its place in the snapshot's list.
    Title(u32),
    /// An article by one of its questions: its place in the list, and the question's in the article.
    Question(u32, u32),
}

/// One completion that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completed {
    /// What it leads to.
    pub target: Target,
    /// Whether what was typed is where the text begins, and not only where one of its words does.
    pub at_start: bool,
    /// The length of the whole text in characters.
    pub length: u32,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    target: Target,
    length: u32,
}

/// One way of writing the entries, and the places at which one of their words begins.
#[derive(Debug, Default)]
struct Spellings {
    /// All of them, each ended by [`END`]: one allocation, and a place is one number.
    letters: String,
    /// (first byte of a spelling, its entry), in order.
    starts: Vec<(u32, u32)>,
    /// In the order of what stands there.
    places: Vec<u32>,
}

/// Sorts before every letter, digit and space.
const END: char = '\n';

/// Every completion of a snapshot.
#[derive(Debug, Default)]
pub struct Completions {
    entries: Vec<Entry>,
    texts: Spellings,
    pinyin: Spellings,
    initials: Spellings,
}

/// One syllable of a text, or a character that has no reading.
#[derive(Debug, Clone, Copy)]
enum Syllable {
    Read(&'static str),
    Kept(char),
}

/// Questions are offered up to this many in all; beyond it a site's titles say enough, and the arrays stay small.
const MOST_QUESTIONS: usize = 300_000;
/// How many matching places are looked at for one query, at most.
const MOST_PLACES: usize = 400;
/// Characters with several readings make several spellings of a text; at most this many.
const MOST_SPELLINGS: usize = 4;
/// With more texts than this each is spelt in the first reading of its characters only: other spellings double the
/// memory of a large site for the few texts that begin with such a character.
const SPELT_ONCE_FROM: usize = 50_000;

impl Completions {
    /// Collects the completions of every article and code; who may see them is decided when they are used.
    #[must_use]
    pub fn build(articles: &[Article], codes: &[CodeRecord]) -> Self {
        let mut completions = Completions::default();
        let questions: usize = articles.iter().map(|a| a.questions.len()).sum();
        let questions = if questions <= MOST_QUESTIONS { questions } else { 0 };
        let spellings = if articles.len() + questions <= SPELT_ONCE_FROM { MOST_SPELLINGS } else { 1 };
        for (code, at) in codes.iter().zip(0..) {
            completions.add(Target::Code(at), &code.code, spellings);
        }
        for (article, at) in articles.iter().zip(0..) {
            completions.add(Target::Title(at), &article.title, spellings);
        }
        for (article, at) in articles.iter().zip(0..).filter(|_| questions > 0) {
            for (question, number) in article.questions.iter().zip(0..) {
                completions.add(Target::Question(at, number), question, spellings);
            }
        }
        let Completions { texts, pinyin, initials, .. } = &mut completions;
        [texts, pinyin, initials].into_par_iter().for_each(Spellings::sort);
        completions
    }

    fn add(&mut self, target: Target, text: &str, spellings: usize) {
        let Ok(entry) = u32::try_from(self.entries.len()) else { return };
        let folded = fold(text);
        let mut key = String::with_capacity(text.len());
        let mut starts = Vec::new();
        let mut before = CharClass::Other;
        for &c in &folded.chars {
            let kind = class(c);
            let begins = match kind {
                CharClass::Other => false,
                CharClass::Ideograph => true,
                CharClass::Letter | CharClass::Digit => !matches!(before, CharClass::Letter | CharClass::Digit),
            };
            if begins {
                if !key.is_empty() && matches!(kind, CharClass::Letter | CharClass::Digit) {
                    key.push(' ');
                }
                starts.push(key.len());
            }
            if kind != CharClass::Other {
                key.push(c);
            }
            before = kind;
        }
        if key.is_empty() {
            return;
        }
        self.texts.push(entry, &key, starts.into_iter());
        if key.chars().any(is_han) {
            self.spell(entry, &key, spellings);
        }
        let length = u32::try_from(folded.chars.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { target, length });
    }

    /// Adds the pinyin of a text and its initials, in every reading up to a limit.
    fn spell(&mut self, entry: u32, key: &str, most: usize) {
        let mut spellings: Vec<Vec<Syllable>> = vec![Vec::new()];
        for c in key.chars().filter(|c| *c != ' ') {
            let mut readings: Vec<Syllable> = pinyin::readings(c).into_iter().map(Syllable::Read).collect();
            if readings.is_empty() {
                readings.push(Syllable::Kept(c));
            }
            if spellings.len() * readings.len() > most {
                readings.truncate(1);
            }
            if let [only] = readings[..] {
                spellings.iter_mut().for_each(|s| s.push(only));
            } else {
                spellings = spellings
                    .iter()
                    .flat_map(|s| readings.iter().map(move |r| s.iter().copied().chain([*r]).collect()))
                    .collect();
            }
        }
        for syllables in spellings {
            let (mut whole, mut initials) = (String::new(), String::new());
            let (mut starts, mut initial_starts) = (Vec::new(), Vec::new());
            for syllable in syllables {
                starts.push(whole.len());
                initial_starts.push(initials.len());
                match syllable {
                    Syllable::Read(letters) => {
                        whole.push_str(letters);
                        initials.extend(letters.chars().next());
                    }
                    Syllable::Kept(c) => {
                        whole.push(c);
                        initials.push(c);
                    }
                }
            }
            self.pinyin.push(entry, &whole, starts.into_iter());
            self.initials.push(entry, &initials, initial_starts.into_iter());
        }
    }

    /// Returns what completes the typed text: by its own characters, and by pinyin when it is Latin.
    #[must_use]
    pub fn complete(&self, typed: &str) -> Vec<Completed> {
        let key: String = {
            let words = crate::text::fold_str(typed);
            let kept = words.chars().map(|c| if class(c) == CharClass::Other { ' ' } else { c }).collect::<String>();
            let mut out = String::new();
            for word in kept.split(' ').filter(|w| !w.is_empty()) {
                if !out.is_empty() && word.starts_with(|c| class(c) != CharClass::Ideograph) {
                    out.push(' ');
                }
                out.push_str(word);
            }
            out
        };
        if key.is_empty() {
            return Vec::new();
        }
        let mut out = Vec::new();
        self.completed(&self.texts, &key, &mut out);
        let letters: String = key.chars().filter(|c| *c != ' ').collect();
        if letters.len() >= 2 && letters.bytes().all(|b| b.is_ascii_lowercase()) {
            self.completed(&self.pinyin, &letters, &mut out);
            self.completed(&self.initials, &letters, &mut out);
        }
        out
    }

    fn completed(&self, spellings: &Spellings, prefix: &str, out: &mut Vec<Completed>) {
        for &place in spellings.prefixed(prefix) {
            let (start, entry) = spellings.owner(place);
            let Entry { target, length } = self.entries[entry as usize];
            out.push(Completed { target, at_start: place == start, length });
        }
    }
}

impl Spellings {
    /// Adds a spelling; what would not fit into 4 GiB is left out.
    fn push(&mut self, entry: u32, text: &str, places: impl Iterator<Item = usize>) {
        let from = self.letters.len();
        let Ok(start) = u32::try_from(from) else { return };
        if u32::try_from(from + text.len()).is_err() {
            return;
        }
        self.starts.push((start, entry));
        self.places.extend(places.map(|place| start + place as u32));
        self.letters.push_str(text);
        self.letters.push(END);
    }

    fn sort(&mut self) {
        let Spellings { letters, places, .. } = self;
        // Most places differ in their first letters, which one number holds.
        let mut keyed: Vec<(u128, u32)> = places.iter().map(|place| (first_letters(letters, *place), *place)).collect();
        // The same text stands in the order of the entries.
        keyed.par_sort_unstable_by(|a, b| {
            let further = || rest(letters, a.1).cmp(rest(letters, b.1)).then(a.1.cmp(&b.1));
            a.0.cmp(&b.0).then_with(further)
        });
        places.iter_mut().zip(keyed).for_each(|(place, (_, sorted))| *place = sorted);
        self.letters.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.places.shrink_to_fit();
    }

    /// Returns the first byte of the spelling that a place is in, and its entry.
    fn owner(&self, place: u32) -> (u32, u32) {
        let after = self.starts.partition_point(|s| s.0 <= place);
        self.starts[after - 1]
    }

    /// Returns the places at which a prefix stands, at most [`MOST_PLACES`].
    fn prefixed(&self, prefix: &str) -> &[u32] {
        let letters = self.letters.as_bytes();
        let head = |place: u32| {
            let from = place as usize;
            &letters[from..(from + prefix.len()).min(letters.len())]
        };
        let from = self.places.partition_point(|p| head(*p) < prefix.as_bytes());
        let same = self.places[from..].iter().take(MOST_PLACES).take_while(|p| head(**p) == prefix.as_bytes());
        &self.places[from..from + same.count()]
    }
}

/// Returns the first sixteen bytes of a spelling from a place on as a number that sorts as they do.
fn first_letters(letters: &str, place: u32) -> u128 {
    let mut bytes = [0; 16];
    let from = &letters.as_bytes()[place as usize..];
    bytes.iter_mut().zip(from.iter().take_while(|b| **b != END as u8)).for_each(|(byte, letter)| *byte = *letter);
    u128::from_be_bytes(bytes)
}

/// Returns a spelling from a place to its end.
fn rest(letters: &str, place: u32) -> &[u8] {
    let from = &letters.as_bytes()[place as usize..];
    let length = from.iter().position(|b| *b == END as u8).unwrap_or(from.len());
    &from[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_in_the_order_of_what_stands_there() {
        let texts =
            ["chongzhi shibai zenmeban", "chongzhi shibai", "chongzhi shibai zenme", "chong", "充值失败", "chong"];
        let mut spellings = Spellings::default();
        for (text, entry) in texts.iter().zip(0..) {
            spellings.push(entry, text, text.char_indices().map(|(at, _)| at));
        }
        let mut expected = spellings.places.clone();
        expected.sort_by_key(|place| (rest(&spellings.letters, *place).to_vec(), *place));
        spellings.sort();
        assert_eq!(spellings.places, expected);
        let found: Vec<u32> = spellings.prefixed("chong").iter().map(|place| spellings.owner(*place).1).collect();
        assert_eq!(found, [3, 5, 1, 2, 0]);
    }
}
