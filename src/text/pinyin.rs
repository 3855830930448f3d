//! How Chinese characters sound, and how Latin letters are cut into syllables.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti;
use rustc_hash::FxHashSet;

/// Returns every reading of a character without tones (重 → `zhong`, `chong`), each once; `ü` is written `v`.
#[must_use]
pub fn readings(c: char) -> Vec<&'static str> {
    let Some(multi) = c.to_pinyin_multi() else { return Vec::new() };
    let mut out: Vec<&'static str> = Vec::with_capacity(2);
    for reading in multi.into_iter().map(pinyin::Pinyin::plain).map(ascii) {
        if !out.contains(&reading) {
            out.push(reading);
        }
    }
    out
}

/// Returns the commonest reading of a character without its tone.
#[must_use]
pub fn reading(c: char) -> Option<&'static str> {
    c.to_pinyin_multi()?.into_iter().next().map(|r| ascii(r.plain()))
}

/// The crate writes `ü`; keyboards write `v`.
fn ascii(reading: &'static str) -> &'static str {
    match reading {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        other => other,
    }
}

static SYLLABLES: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let all: BTreeSet<&'static str> = ('\u{4E00}'..='\u{9FFF}').flat_map(readings).collect();
    // The tables also hold interjections (`m`, `ng`, `hng`) that nobody spells words with.
    all.into_iter().filter(|s| s.is_ascii() && s.contains(['a', 'e', 'i', 'o', 'u', 'v'])).collect()
});

/// Tells whether the letters are one full syllable.
#[must_use]
pub fn is_syllable(letters: &str) -> bool {
    SYLLABLES.contains(letters)
}

/// The longest syllables (`zhuang`) have six letters.
pub const LONGEST_SYLLABLE: usize = 6;

/// Tells whether lower-case letters can be cut into full syllables with none left over.
#[must_use]
pub fn is_spelled_out(letters: &str) -> bool {
    if !letters.is_ascii() || letters.is_empty() {
        return false;
    }
    let mut reachable = vec![false; letters.len() + 1];
    reachable[0] = true;
    for from in 0..letters.len() {
        if reachable[from] {
            for to in from + 1..=(from + LONGEST_SYLLABLE).min(letters.len()) {
                if is_syllable(&letters[from..to]) {
                    reachable[to] = true;
                }
            }
        }
    }
    reachable[letters.len()]
}

/// Returns the fewest syllables that lower-case letters can be cut into, with none left over.
#[must_use]
pub fn syllables(letters: &str) -> Option<Vec<&str>> {
    if !letters.is_ascii() || letters.is_empty() {
        return None;
    }
    let mut best: Vec<Option<(usize, usize)>> = vec![None; letters.len() + 1];
    best[0] = Some((0, 0));
    for from in 0..letters.len() {
        let Some((count, _)) = best[from] else { continue };
        for to in from + 1..=(from + LONGEST_SYLLABLE).min(letters.len()) {
            if is_syllable(&letters[from..to]) && best[to].is_none_or(|(c, _)| count + 1 < c) {
                best[to] = Some((count + 1, from));
            }
        }
    }
    let mut out = Vec::new();
    let mut at = letters.len();
    while at > 0 {
        let (_, from) = best[at]?;
        out.push(&letters[from..at]);
        at = from;
    }
    out.reverse();
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_every_reading() {
        let of = |c| {
            let mut r = readings(c);
            r.sort_unstable();
            r
        };
        assert!(of('重').contains(&"chong") && of('重').contains(&"zhong"));
        assert!(of('行').contains(&"hang") && of('行').contains(&"xing"));
        assert!(of('绿').contains(&"lv"));
        assert!(readings('a').is_empty());
    }

    #[test]
    fn cuts_letters_into_syllables() {
        assert_eq!(syllables("chongzhi"), Some(vec!["chong", "zhi"]));
        assert_eq!(syllables("mimawangle"), Some(vec!["mi", "ma", "wang", "le"]));
        assert_eq!(syllables("bank"), None);
        assert!(is_spelled_out("zhanghubeidao"));
        assert!(!is_spelled_out("lxkf"));
    }
}
