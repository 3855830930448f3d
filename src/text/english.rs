//! English word forms: stems, and the words that carry no topic.

use std::borrow::Cow;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// Returns the stem of a folded word by the Snowball English algorithm. A word with another letter than a–z, or of
/// fewer than three letters, is its own stem.
#[must_use]
pub fn stem(word: &str) -> Cow<'_, str> {
    if word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase()) {
        STEMMER.stem(word)
    } else {
        Cow::Borrowed(word)
    }
}

/// Tells whether a folded word says nothing of a query's topic. A query of such words alone is searched all the same.
#[must_use]
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// In order, for the binary search.
const STOP_WORDS: &[&str] = &[
    "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "being", "but", "by", "can",
    "could", "did", "do", "does", "doing", "else", "for", "from", "get", "go", "going", "got", "had", "has", "have",
    "he", "her", "hers", "hi", "him", "his", "how", "i", "id", "if", "ill", "im", "in", "into", "is", "it", "its",
    "ive", "just", "may", "me", "might", "mine", "must", "my", "now", "of", "on", "or", "our", "please", "pls", "s",
    "shall", "she", "should", "so", "some", "t", "than", "that", "thats", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "to", "too", "u", "us", "use", "want", "was", "we", "were", "what", "whats",
    "when", "where", "which", "who", "whom", "whose", "why", "will", "with", "would", "you", "your", "yours",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(STOP_WORDS.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        assert_eq!(stem("payments"), stem("payment"));
        assert_eq!(stem("retrying"), stem("retried"));
        assert_eq!(stem("e1101"), "e1101");
    }
}
