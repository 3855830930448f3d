//! English word forms: stems, and the words that carry no topic.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// So many words of each thread's are remembered with their stems; with more, all are forgotten.
const MOST_REMEMBERED: usize = 2_048;

thread_local! {
    /// A word and its stem, none where that is the word. A turn stems its words several times, and all messages have most
    /// words in common.
    static STEMS: RefCell<FxHashMap<Box<str>, Option<Box<str>>>> = RefCell::default();
}

/// Returns the stem of a folded word by the Snowball English algorithm, of an irregular form that of its verb. A word with
/// another letter than a–z, or of fewer than three letters, is its own stem.
#[must_use]
pub fn stem(word: &str) -> Cow<'_, str> {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Cow::Borrowed(word);
    }
    STEMS.with_borrow_mut(|stems| {
        if let Some(known) = stems.get(word) {
            return known.as_ref().map_or(Cow::Borrowed(word), |stem| Cow::Owned(stem.to_string()));
        }
        let stem = STEMMER.stem(base_of_irregular(word).unwrap_or(word));
        if stems.len() >= MOST_REMEMBERED {
            stems.clear();
        }
        stems.insert(word.into(), (stem != word).then(|| stem.as_ref().into()));
        stem
    })
}

/// Returns the word that a folded short form of text messages stands for, where it stands for one alone.
#[must_use]
pub fn spelled_out(word: &str) -> Option<&'static str> {
    static WORDS: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
        SHORT_FORMS.iter().flat_map(|(word, forms)| forms.split(' ').map(|form| (form, *word))).collect()
    });
    WORDS.get(word).copied()
}

/// Words, and how they are written in text messages.
#[rustfmt::skip]
const SHORT_FORMS: &[(&str, &str)] = &[
    ("account", "acc acct accnt"), ("amount", "amt"), ("and", "n nd"), ("anyone", "any1"), ("are", "r"),
    ("balance", "bal"), ("because", "bcoz bcz bcos coz cuz"), ("before", "b4"), ("cannot", "cnt cant"),
    ("could", "cud"), ("customer", "cust custmr"), ("details", "deets dtls"), ("every", "evry evr"),
    ("everytime", "evrytime"), ("for", "fr"), ("have", "hv hav"), ("hours", "hrs"), ("how", "hw"),
    ("message", "msg mesg"), ("messages", "msgs"), ("minutes", "mins"), ("money", "mny moni"), ("much", "mch"),
    ("network", "netwrk ntwrk"), ("not", "nt"), ("now", "rn"), ("number", "num nbr"),
    ("password", "pw pwd pswd passwd psw pword"), ("payment", "pymt pymnt paymt pmt"), ("people", "ppl"),
    ("phone", "fone fon ph"), ("please", "plz pls plss plzz"), ("problem", "prob prblm"),
    ("received", "recd rcvd recvd"), ("second", "2nd"), ("should", "shud"), ("someone", "some1 sum1"),
    ("something", "smth sth"), ("thanks", "tnx thnx"), ("that", "dat tht"), ("there", "dere"), ("this", "dis"),
    ("through", "thru"), ("today", "2day tdy"), ("tomorrow", "2moro tmr tmrw"),
    ("transaction", "txn txns trx tranx trxn"), ("transfer", "trf trnsfr"), ("want", "wnt"), ("what", "wat wt wht"),
    ("where", "whr wer"), ("which", "wch"), ("why", "y"), ("will", "wil"), ("with", "wit wid wiv"),
    ("working", "wrking workin"), ("would", "wud"), ("yesterday", "ystrdy yest"), ("you", "u"), ("your", "ur yr"),
];

/// Returns the base form of an irregular one that no suffix tells, where it is that of one verb alone: “left” and “saw” stay
/// as they are, and so does what is a word of its own, like “stuck” and “gone”.
fn base_of_irregular(form: &str) -> Option<&'static str> {
    static BASES: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
        IRREGULAR.iter().flat_map(|(base, forms)| forms.split(' ').map(|form| (form, *base))).collect()
    });
    BASES.get(form).copied()
}

/// Verbs and their irregular forms.
#[rustfmt::skip]
const IRREGULAR: &[(&str, &str)] = &[
    ("become", "became"), ("begin", "began begun"), ("break", "broke broken"), ("bring", "brought"), ("build", "built"),
    ("buy", "bought"), ("catch", "caught"), ("choose", "chose chosen"), ("come", "came"), ("draw", "drew drawn"),
    ("fall", "fell fallen"), ("feel", "felt"), ("find", "found"), ("forget", "forgot forgotten"), ("freeze", "froze frozen"),
    ("give", "gave given"), ("hear", "heard"), ("hide", "hid hidden"), ("hold", "held"), ("keep", "kept"),
    ("know", "knew known"), ("lend", "lent"), ("lose", "lost"), ("make", "made"), ("mean", "meant"), ("pay", "paid"),
    ("run", "ran"), ("say", "said"), ("see", "seen"), ("sell", "sold"), ("send", "sent"), ("show", "shown"),
    ("speak", "spoke spoken"), ("spend", "spent"), ("steal", "stole stolen"), ("take", "took taken"), ("tell", "told"),
    ("think", "thought"), ("throw", "threw thrown"), ("understand", "understood"), ("win", "won"),
    ("withdraw", "withdrew withdrawn"), ("write", "wrote written"),
];

/// Tells whether a folded word says nothing of a query's topic. A query of such words alone is searched all the same.
#[must_use]
pub fn is_stop_word(word: &str) -> bool {
    static SET: LazyLock<FxHashSet<&str>> = LazyLock::new(|| STOP_WORDS.iter().copied().collect());
    SET.contains(word)
}

/// In order, each once.
const STOP_WORDS: &[&str] = &[
    "a", "about", "ah", "aiya", "aiyo", "alamak", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
    "being", "bloody", "but", "by", "can", "could", "did", "do", "does", "doing", "dude", "else", "for", "from", "get",
    "go", "going", "got", "guys", "had", "has", "have", "he", "her", "hers", "hi", "him", "his", "hmm", "hor", "how",
    "i", "id", "if", "ill", "im", "in", "innit", "into", "is", "it", "its", "ive", "just", "la", "lah", "leh", "lor",
    "mate", "may", "me", "meh", "might", "mine", "must", "my", "now", "of", "on", "or", "our", "please", "pls", "po",
    "s", "shall", "she", "should", "sia", "sis", "so", "some", "t", "than", "that", "thats", "the", "their", "them",
    "then", "there", "these", "they", "this", "those", "to", "too", "u", "ugh", "um", "us", "use", "wah", "want",
    "was", "we", "were", "what", "whats", "when", "where", "which", "who", "whom", "whose", "why", "will", "with",
    "would", "wow", "you", "your", "yours",
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

    #[test]
    fn irregular_forms_have_the_stem_of_their_verb() {
        for (form, base) in [("stolen", "steal"), ("stole", "stealing"), ("forgotten", "forget"), ("paid", "paying")] {
            assert_eq!(stem(form), stem(base), "{form}");
        }
        assert_eq!(stem("left"), "left", "it is a side too");
        assert_eq!(
            (spelled_out("acc"), spelled_out("wat"), spelled_out("cash")),
            (Some("account"), Some("what"), None)
        );
        let forms: Vec<&str> = SHORT_FORMS.iter().flat_map(|(_, forms)| forms.split(' ')).collect();
        assert_eq!(forms.iter().collect::<FxHashSet<_>>().len(), forms.len(), "each stands for one word");
        let forms: Vec<&str> = IRREGULAR.iter().flat_map(|(_, forms)| forms.split(' ')).collect();
        assert_eq!(forms.iter().collect::<FxHashSet<_>>().len(), forms.len(), "each form is of one verb");
    }

    #[test]
    fn a_remembered_word_has_the_same_stem() {
        let made = |n: usize| format!("payment{}s", char::from(b'a' + (n % 26) as u8).to_string().repeat(n / 26 + 1));
        for n in (0..MOST_REMEMBERED + 100).chain([0, 1]) {
            let word = made(n);
            assert_eq!(stem(&word), STEMMER.stem(&word));
            assert_eq!(stem(&word), STEMMER.stem(&word));
        }
    }
}
