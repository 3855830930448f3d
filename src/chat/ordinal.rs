//! Choices by number: “第二个”, “the last one”.

use crate::chat::searched::Searched;

/// What a customer says for the first to fourth of what was offered; the last list is for the last.
const ORDINALS: [&[&str]; 5] = [
    &[
        "第一个",
        "第1个",
        "第一条",
        "第一项",
        "前者",
        "1",
        "the first",
        "first one",
        "first",
        "number one",
        "option one",
        "number 1",
        "option 1",
    ],
    &[
        "第二个",
        "第2个",
        "第二条",
        "第二项",
        "2",
        "the second",
        "second one",
        "second",
        "number two",
        "option two",
        "number 2",
        "option 2",
    ],
    &[
        "第三个",
        "第3个",
        "第三条",
        "第三项",
        "3",
        "the third",
        "third one",
        "third",
        "number three",
        "option three",
        "number 3",
        "option 3",
    ],
    &[
        "第四个",
        "第4个",
        "第四条",
        "第四项",
        "4",
        "the fourth",
        "fourth one",
        "fourth",
        "number four",
        "option four",
        "number 4",
        "option 4",
    ],
    &["最后一个", "最后那个", "后者", "the last", "last one", "the latter"],
];

/// A choice by number may stand beside this many words or ideographs of substance (“选第二个”).
const BESIDE_ORDINAL: usize = 1;

/// What asks chooses nothing: “what should I do first”.
const ASKS: [&str; 8] = ["what", "how", "why", "should i", "do i", "什么", "怎么", "为什么"];

/// Returns the place that a message names among so many, counted from 0; none when it says more or names none of them.
pub(crate) fn chosen(text: &Searched, of: usize) -> Option<usize> {
    if ASKS.iter().any(|word| text.has(word)) {
        return None;
    }
    let named = |terms: &[&str]| {
        terms.iter().any(|t| text.has(t)) && text.rest(terms.iter().copied().chain(["one"])) <= BESIDE_ORDINAL
    };
    let place = ORDINALS.iter().position(|terms| named(terms))?;
    if place + 1 == ORDINALS.len() { of.checked_sub(1) } else { Some(place).filter(|place| *place < of) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_both_languages() {
        let of = |text: &str, of: usize| chosen(&Searched::new(text), of);
        assert_eq!(
            (of("第二个", 3), of("选第一个吧", 3), of("2", 3), of("the last one please", 4)),
            (Some(1), Some(0), Some(1), Some(3))
        );
        assert_eq!(
            (of("第三个", 2), of("第二个问题是怎么充值", 3), of("two cards", 3), of("last", 0)),
            (None, None, None, None)
        );
        assert_eq!((of("what should I do first", 3), of("第一个怎么做", 3)), (None, None));
    }
}
