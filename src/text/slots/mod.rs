//! What a message says beside its words: amounts of money, percentages and dates, with their values.
//!
//! A slot is something of a known type that a rule can ask for and a reply can repeat. This room reads those that any
//! text can hold; error codes and the names that an author declares are for the rooms that know the content.

mod amount;
mod date;
mod decimal;
mod numeral;
mod quantity;

pub use date::Date;
pub use decimal::Decimal;
pub use quantity::{Currency, Quantity, Unit};

use crate::text::fold::fold;

/// What a slot holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotValue {
    /// An amount of money, or a bare number that can be one.
    Amount(Quantity),
    /// A share: `0.6%`, `百分之二`, `2个点`.
    Percentage(Quantity),
    /// A day, as far as it is said.
    Date(Date),
}

/// A slot and the words that fill it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The value.
    pub value: SlotValue,
    /// The words, folded.
    pub text: String,
}

/// Finds amounts, percentages and dates, in the order of the text.
#[must_use]
pub fn find(text: &str) -> Vec<Slot> {
    let chars = fold(text).chars;
    let mut slots = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let found = date::date_at(&chars, at)
            .map(|(date, end)| (Some(SlotValue::Date(date)), end))
            .or_else(|| amount::amount_at(&chars, at));
        match found {
            Some((value, end)) => {
                slots.extend(value.map(|value| Slot { value, text: chars[at..end].iter().collect() }));
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    slots
}

/// Tells whether the character before `at` ends where a number can begin: `E1001`, `v2` and `0.5` go on with what is there.
fn begins(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|i| chars.get(i)) else { return true };
    let dotted = matches!(before, '.' | ',' | '-' | '/' | ':' | '_')
        && at.checked_sub(2).and_then(|i| chars.get(i)).is_some_and(char::is_ascii_alphanumeric);
    !before.is_ascii_alphanumeric() && *before != '第' && !dotted
}

/// Tells whether the characters at `at` are `word`, and do not go on as a longer Latin word.
fn word_at(chars: &[char], at: usize, word: &str) -> bool {
    let length = word.chars().count();
    let same = chars.get(at..at + length).is_some_and(|part| part.iter().copied().eq(word.chars()));
    let joined = word.ends_with(|c: char| c.is_ascii_alphabetic())
        && chars.get(at + length).is_some_and(char::is_ascii_alphanumeric);
    same && !joined
}

/// Returns the first place from `at` on that is no space; at most two are passed over.
fn past_spaces(chars: &[char], at: usize) -> usize {
    (at..at + 2).find(|&i| chars.get(i).is_none_or(|c| *c != ' ')).unwrap_or(at + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The values of a text's slots, in English.
    fn values(text: &str) -> Vec<String> {
        let show = |value: &SlotValue| match value {
            SlotValue::Amount(q) => format!("amount {}", q.shown(false)),
            SlotValue::Percentage(q) => format!("share {}", q.shown(false)),
            SlotValue::Date(d) => format!("date {}", d.shown(false)),
        };
        find(text).iter().map(|s| show(&s.value)).collect()
    }

    #[test]
    fn reads_amounts_in_every_writing() {
        for (text, amount) in [
            ("我店里收了2000元要扣多少", "2000 yuan"),
            ("商户收款5万，手续费大概多少", "50000"),
            ("两千块的手续费", "2000 yuan"),
            ("一万二块钱", "12000 yuan"),
            ("收人家一块钱", "1 yuan"),
            ("三块五", "3.5 yuan"),
            ("五毛钱", "0.5 yuan"),
            ("１２００元", "1200 yuan"),
            ("¥300", "¥300"),
            ("￥ 300", "¥300"),
            ("and for 300 dollars?", "$300"),
            ("$1,250.50 a day", "$1250.5"),
            ("HK$88", "HK$88"),
            ("50 quid", "£50"),
            ("a sale of 10,000", "10000"),
            ("1.5k per week", "1500"),
            ("1.5k usd", "$1500"),
            ("20欧元", "€20"),
            ("收二千五百元", "2500 yuan"),
            ("流水10w", "100000"),
            ("500块钱", "500 yuan"),
            ("收100人民币", "100 yuan"),
            ("rmb 100", "100 yuan"),
        ] {
            assert_eq!(values(text), [format!("amount {amount}")], "{text}");
        }
    }

    #[test]
    fn what_is_counted_is_no_amount() {
        for text in [
            "E1001",
            "第2个",
            "等了40分钟",
            "3天了",
            "two-factor 2fa",
            "4g",
            "一直重试",
            "一下",
            "24 hours",
            "试了5次",
            "万一",
            "千万别点",
            "2个人",
            "一个月",
            "第一步",
            "十分着急",
            "5g",
            "v2.1",
            "我们一块去",
        ] {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn reads_shares_and_days() {
        assert_eq!(values("费率0.6%"), ["share 0.6%"]);
        assert_eq!(values("百分之二"), ["share 2%"]);
        assert_eq!(values("百分之零点六"), ["share 0.6%"]);
        assert_eq!(values("千分之六"), ["share 0.6%"]);
        assert_eq!(values("扣我2个点"), ["share 2%"]);
        assert_eq!(values("1.5 percent"), ["share 1.5%"]);
        assert_eq!(values("2026-11-22 付的"), ["date 2026-11-22"]);
        assert_eq!(values("11月22日付的"), ["date 11-22"]);
        assert_eq!(values("2026年1月3号"), ["date 2026-01-03"]);
        assert_eq!(values("昨天转的300元"), ["date yesterday", "amount 300 yuan"]);
        assert_eq!(values("paid on Nov 22"), ["date 11-22"]);
        assert_eq!(values("13月40日"), [""; 0]);
    }

    proptest! {
        #[test]
        fn never_panics_and_keeps_the_words(text in "(\\PC|[0-9一二三十百千万块元%$¥.,月日号kK ]){0,40}") {
            let folded: String = fold(&text).chars.into_iter().collect();
            for slot in find(&text) {
                prop_assert!(!slot.text.is_empty() && folded.contains(&slot.text));
            }
        }

        #[test]
        fn an_amount_is_read_as_it_is_written(n in 1u64..10_000_000) {
            prop_assert_eq!(values(&format!("收了{n}元")), [format!("amount {n} yuan")]);
        }
    }
}
