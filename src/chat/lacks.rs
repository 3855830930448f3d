//! What a message says that somebody has not, or does not use: “我没有银行卡，能往里存钱吗” asks for anything but bank cards, and
//! the word for them makes it no question about them.

use crate::chat::clauses::{asks, clauses};
use crate::chat::message::Message;
use crate::chat::searched::Searched;
use crate::text::phrase::needle;

/// What says that something is not there, or not used.
const LACKS: [&str; 24] = [
    "没有",
    "冇",
    "不会用",
    "不用",
    "不想用",
    "不爱用",
    "不敢用",
    "用不来",
    "don't have",
    "doesn't have",
    "do not have",
    "does not have",
    "haven't got",
    "hasn't got",
    "have no",
    "has no",
    "got no",
    "don't use",
    "doesn't use",
    "do not use",
    "does not use",
    "never use",
    "never used",
    "without",
];
/// So many characters behind that it is said of what.
const REACH: usize = 16;

/// Returns a message without its clauses of the kind “I have no bank card”, where the card is a value of one of the content's
/// concepts. None where there is no such clause, or what is left asks nothing.
pub(crate) fn without_lacks(message: &Message<'_>) -> Option<String> {
    if !LACKS.iter().any(|word| message.look().text.has(word)) {
        return None;
    }
    let concepts = message.snapshot.concepts().iter().flat_map(|concept| &concept.values);
    let values: Vec<String> = concepts.flat_map(|value| value.words().map(needle)).collect();
    let lacks = |clause: &&str| {
        let said = Searched::new(clause);
        let behind = |word: &&str| {
            let (_, behind) = said.haystack().split_once(&needle(word))?;
            Some(std::iter::once(' ').chain(behind.chars().take(REACH)).collect::<String>())
        };
        let of_a_value = |behind: String| values.iter().any(|value| behind.contains(value.as_str()));
        !asks(clause) && LACKS.iter().filter_map(behind).any(of_a_value)
    };
    let (gone, left): (Vec<&str>, Vec<&str>) = clauses(message.text).partition(lacks);
    (!gone.is_empty() && left.iter().any(|clause| asks(clause))).then(|| left.join(", "))
}
