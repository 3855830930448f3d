//! What a search box can offer while somebody types: titles, customers' questions and error codes, by any of their
//! words, in characters, in pinyin and by pinyin initials.
//!
//! Three sorted arrays of the places where a word begins (every ideograph, every Latin word). What has been typed is a
//! prefix of some of them, and those stand together.

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

#[derive(Debug)]
struct Entry {
    target: Target,
    /// Letters and digits, folded.
    text: String,
    length: u32,
}

/// A spelling of an entry in Latin letters.
#[derive(Debug)]
struct Spelling {
    entry: u32,
    letters: String,
}

/// Every completion of a snapshot.
#[derive(Debug, Default)]
pub struct Completions {
    entries: Vec<Entry>,
    by_text: Vec<(u32, u32)>,
    spelled: Vec<Spelling>,
    by_pinyin: Vec<(u32, u32)>,
    initials: Vec<Spelling>,
    by_initials: Vec<(u32, u32)>,
}

/// Questions are offered up to this many in all; beyond it a site's titles say enough, and the arrays stay small.
const MOST_QUESTIONS: usize = 300_000;
/// How many matching places are looked at for one query, at most.
const MOST_PLACES: usize = 400;
/// Characters with several readings make several spellings of a text; at most this many.
const MOST_SPELLINGS: usize = 4;

impl Completions {
    /// Collects the completions of every article and code; who may see them is decided when they are used.
    #[must_use]
    pub fn build(articles: &[Article], codes: &[CodeRecord]) -> Self {
        let mut completions = Completions::default();
        for (code, at) in codes.iter().zip(0..) {
            completions.add(Target::Code(at), &code.code);
        }
        for (article, at) in articles.iter().zip(0..) {
            completions.add(Target::Title(at), &article.title);
        }
        let questions: usize = articles.iter().map(|a| a.questions.len()).sum();
        if questions <= MOST_QUESTIONS {
            for (article, at) in articles.iter().zip(0..) {
                for (question, number) in article.questions.iter().zip(0..) {
                    completions.add(Target::Question(at, number), question);
                }
            }
        }
        completions.sort();
        completions
    }

    fn add(&mut self, target: Target, text: &str) {
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
        self.by_text.extend(starts.iter().filter_map(|s| Some((entry, u32::try_from(*s).ok()?))));
        if key.chars().any(is_han) {
            self.spell(entry, &key);
        }
        let length = u32::try_from(folded.chars.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { target, text: key, length });
    }

    /// Adds the pinyin of a text and its initials, in every reading up to a limit.
    fn spell(&mut self, entry: u32, key: &str) {
        let mut spellings: Vec<Vec<String>> = vec![Vec::new()];
        for c in key.chars().filter(|c| *c != ' ') {
            let mut readings: Vec<String> = pinyin::readings(c).into_iter().map(str::to_owned).collect();
            if readings.is_empty() {
                readings.push(c.to_string());
            }
            if spellings.len() * readings.len() > MOST_SPELLINGS {
                readings.truncate(1);
            }
            spellings = spellings
                .iter()
                .flat_map(|s| readings.iter().map(move |r| s.iter().cloned().chain([r.clone()]).collect()))
                .collect();
        }
        for syllables in spellings {
            let Ok(at) = u32::try_from(self.spelled.len()) else { return };
            let mut offset = 0u32;
            for (syllable, number) in syllables.iter().zip(0..) {
                self.by_pinyin.push((at, offset));
                self.by_initials.push((at, number));
                offset += u32::try_from(syllable.len()).unwrap_or(0);
            }
            self.initials
                .push(Spelling { entry, letters: syllables.iter().filter_map(|s| s.chars().next()).collect() });
            self.spelled.push(Spelling { entry, letters: syllables.concat() });
        }
    }

    fn sort(&mut self) {
        let Completions { entries, by_text, spelled, by_pinyin, initials, by_initials } = self;
        by_text.sort_by_key(|&(entry, at)| (&entries[entry as usize].text[at as usize..], entry));
        by_pinyin.sort_by_key(|&(s, at)| (&spelled[s as usize].letters[at as usize..], s));
        // Initials are single characters of any script; offsets count them, not bytes.
        by_initials.sort_by_key(|&(s, at)| (after(&initials[s as usize].letters, at), s));
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
        for &(entry, at) in prefixed(&self.by_text, &key, |&(e, at)| &self.entries[e as usize].text[at as usize..]) {
            out.push(self.completed(entry, at == 0));
        }
        let letters: String = key.chars().filter(|c| *c != ' ').collect();
        if letters.len() >= 2 && letters.bytes().all(|b| b.is_ascii_lowercase()) {
            for &(s, at) in
                prefixed(&self.by_pinyin, &letters, |&(s, at)| &self.spelled[s as usize].letters[at as usize..])
            {
                out.push(self.completed(self.spelled[s as usize].entry, at == 0));
            }
            for &(s, at) in
                prefixed(&self.by_initials, &letters, |&(s, at)| after(&self.initials[s as usize].letters, at))
            {
                out.push(self.completed(self.initials[s as usize].entry, at == 0));
            }
        }
        out
    }

    fn completed(&self, entry: u32, at_start: bool) -> Completed {
        let entry = &self.entries[entry as usize];
        Completed { target: entry.target, at_start, length: entry.length }
    }
}

/// Returns what is left of a text after some characters.
fn after(text: &str, characters: u32) -> &str {
    text.char_indices().nth(characters as usize).map_or("", |(at, _)| &text[at..])
}

/// Returns the places of a sorted array whose text begins with a prefix, at most [`MOST_PLACES`].
fn prefixed<'a, 'k, K>(sorted: &'a [(u32, u32)], prefix: &str, key: K) -> &'a [(u32, u32)]
where
    K: Fn(&(u32, u32)) -> &'k str,
{
    let from = sorted.partition_point(|p| key(p) < prefix);
    let count = sorted[from..].iter().take(MOST_PLACES).take_while(|p| key(p).starts_with(prefix)).count();
    &sorted[from..from + count]
}
