//! What a message says beside its words: amounts of money, percentages and dates, with their values.
//!
//! A slot is something of a known type that a rule can ask for and a reply can repeat. This room reads those that any
//! text can hold; error codes and the names that an author declares are for the rooms that know the content.

mod amount;
mod counted;
mod date;
mod decimal;
mod english;
mod numeral;
mod quantity;

pub use date::Date;
pub use decimal::Decimal;
pub use quantity::{Currency, Quantity, Unit};

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

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
    /// Whether it is an amount beside the one before it: `100、200`, `1000到2000`.
    pub joined: bool,
}

/// What stands between amounts of which each is meant.
const AND: [&str; 14] = ["、", "/", "，", ",", "和", "跟", "与", "或", "或者", "还是", "以及", "还有", "and", "or"];
/// What stands between the ends of a range.
const TO: [&str; 8] = ["到", "至", "~", "-", "–", "—", "to", "−"];

/// Finds amounts, percentages and dates, in the order of the text.
#[must_use]
pub fn find(text: &str) -> Vec<Slot> {
    let chars = characters(text);
    if names_nothing(&chars) { Vec::new() } else { search(&chars) }
}

/// Tells whether a text is in Latin letters and has no word that is, or is part of, a number or a day.
fn names_nothing(chars: &[char]) -> bool {
    static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| english::words().chain(date::words()).collect());
    if !chars.iter().all(|c| c.is_ascii() && !c.is_ascii_digit()) {
        return false;
    }
    let text: String = chars.iter().collect();
    !text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(word))
}

fn search(chars: &[char]) -> Vec<Slot> {
    let mut found: Vec<(Slot, usize)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let range = found.last().is_some_and(|(slot, end)| *end == at && is_amount(slot)) && dash_at(chars, at);
        if range {
            at = finish_range(chars, at, &mut found);
            continue;
        }
        // Nothing begins inside a Latin word, and most of a message is the inside of words.
        if is_inside_word(chars, at) {
            at += 1;
            continue;
        }
        let read = date::date_at(chars, at)
            .map(|(date, end)| (Some(SlotValue::Date(date)), end))
            .or_else(|| amount::amount_at(chars, at));
        match read {
            Some((value, end)) => {
                if let Some(value) = value {
                    push(chars, value, at, end, &mut found);
                }
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    let parts: Vec<bool> = parts_of_something(chars, &found);
    share_units(found.into_iter().zip(parts).filter(|(_, part)| !part).map(|((slot, _), _)| slot).collect())
}

/// Tells of each slot whether it is a bare number with nothing but a space between it and another: `100 200` is two numbers,
/// one or anything else, and half of it is not what was told.
fn parts_of_something(chars: &[char], found: &[(Slot, usize)]) -> Vec<bool> {
    let bare = |slot: &Slot| matches!(slot.value, SlotValue::Amount(Quantity { unit: Unit::None, .. }));
    let beside = |first: &(Slot, usize), second: &(Slot, usize)| {
        let from = second.1 - second.0.text.chars().count();
        bare(&first.0) && bare(&second.0) && first.1 < from && chars[first.1..from].iter().all(|c| *c == ' ')
    };
    let before = |i: usize| i > 0 && beside(&found[i - 1], &found[i]);
    let behind = |i: usize| i + 1 < found.len() && beside(&found[i], &found[i + 1]);
    (0..found.len()).map(|i| before(i) || behind(i)).collect()
}

/// Folds a text to characters. A comma of Chinese sentences stays one: it sets no thousands apart.
fn characters(text: &str) -> Vec<char> {
    let folded = fold(text);
    let is_wide = |i: usize| folded.spans.get(i).is_some_and(|(start, end)| end - start > 1);
    let mut chars = folded.chars.clone();
    for i in (0..chars.len()).filter(|&i| folded.chars[i] == ',' && is_wide(i)) {
        let in_number = i > 0 && folded.chars[i - 1].is_ascii_digit() && is_wide(i - 1);
        if !in_number {
            chars[i] = '，';
        }
    }
    chars
}

fn push(chars: &[char], value: SlotValue, at: usize, end: usize, found: &mut Vec<(Slot, usize)>) {
    let mut slot = Slot { value, text: chars[at..end].iter().collect(), joined: false };
    if let Some((before, place)) = found.last_mut().filter(|(slot, _)| is_amount(slot)) {
        let between: String = chars[*place..at].iter().filter(|c| **c != ' ').collect();
        let ranges = TO.contains(&between.as_str());
        slot.joined = is_amount(&slot) && (ranges || AND.contains(&between.as_str()));
        if ranges {
            share_scale(before, &slot);
            share_sign(before, &slot);
        }
    }
    found.push((slot, end));
}

fn is_amount(slot: &Slot) -> bool {
    matches!(slot.value, SlotValue::Amount(_))
}

/// Tells whether a range goes on here: the dash of `1000-2000`.
fn dash_at(chars: &[char], at: usize) -> bool {
    matches!(chars.get(at), Some('-' | '–' | '—' | '~')) && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

/// Reads the end of a range, and returns where it ends. `3-5天` is no amount, nor is what goes on with more dashes.
fn finish_range(chars: &[char], dash: usize, found: &mut Vec<(Slot, usize)>) -> usize {
    let Some((value, end)) = amount::number_at(chars, dash + 1) else { return dash + 1 };
    match value {
        Some(value) if !dash_at(chars, end) => push(chars, value, dash + 1, end, found),
        _ => {
            found.pop();
        }
    }
    let mut end = end;
    while dash_at(chars, end) {
        end = (end + 1..).find(|&i| !chars.get(i).is_some_and(char::is_ascii_digit)).unwrap_or(chars.len());
    }
    end
}

/// What makes a number larger, as a range shares it. The longer first.
const SCALES: [(&str, u64); 12] = [
    ("million", 1_000_000),
    ("thousand", 1_000),
    ("grand", 1_000),
    ("lakh", 100_000),
    ("crore", 10_000_000),
    ("wan", 10_000),
    ("亿", 100_000_000),
    ("万", 10_000),
    ("千", 1_000),
    ("百", 100),
    ("w", 10_000),
    ("k", 1_000),
];

/// In “1到2万” the first number is of the second one's scale too.
fn share_scale(before: &mut Slot, after: &Slot) {
    let (SlotValue::Amount(low), SlotValue::Amount(high)) = (&mut before.value, &after.value) else { return };
    let plain = before.text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let scale = SCALES
        .iter()
        .find(|(word, _)| after.text.contains(word))
        .and_then(|(_, scale)| low.number.times(Decimal::whole(*scale)?));
    if let Some(scaled) = scale.filter(|scaled| plain && *scaled <= high.number) {
        low.number = scaled;
    }
}

/// In “0.5到2%” the first number is a percentage too.
fn share_sign(before: &mut Slot, after: &Slot) {
    let SlotValue::Amount(Quantity { number, unit: Unit::None }) = before.value else { return };
    if matches!(after.value, SlotValue::Percentage(_))
        && let Some(number) = Decimal::whole(100).and_then(|hundred| number.over(hundred))
    {
        before.value = SlotValue::Percentage(Quantity { number, unit: Unit::Percent });
    }
}

/// Gives amounts that are told together the one unit that is told: “100、200、300元”.
fn share_units(mut slots: Vec<Slot>) -> Vec<Slot> {
    let mut first = 0;
    for end in 1..=slots.len() {
        if slots.get(end).is_some_and(|slot| slot.joined) {
            continue;
        }
        let unit = |slot: &Slot| match slot.value {
            SlotValue::Amount(Quantity { unit: Unit::Money(currency), .. }) => Some(Unit::Money(currency)),
            _ => None,
        };
        if let Some(told) = slots[first..end].iter().rev().find_map(unit) {
            for slot in &mut slots[first..end] {
                if let SlotValue::Amount(quantity) = &mut slot.value
                    && quantity.unit == Unit::None
                {
                    quantity.unit = told;
                }
            }
        }
        first = end;
    }
    slots
}

/// Tells whether the character before `at` ends where a number can begin: `E1001`, `v2` and `0.5` go on with what is there.
fn begins(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|i| chars.get(i)) else { return true };
    let dotted = matches!(before, '.' | ',' | '-' | '/' | ':' | '_')
        && at.checked_sub(2).and_then(|i| chars.get(i)).is_some_and(char::is_ascii_alphanumeric);
    // 五六百 is a guess, of which 六百 is no part.
    let guessed = numeral::digit(*before).is_some() && chars.get(at).is_some_and(|c| numeral::digit(*c).is_some());
    !before.is_ascii_alphanumeric() && *before != '第' && !dotted && !guessed
}

/// Tells whether a letter stands at `at` with another before it.
fn is_inside_word(chars: &[char], at: usize) -> bool {
    let is_letter = |i: usize| chars.get(i).is_some_and(char::is_ascii_lowercase);
    is_letter(at) && at.checked_sub(1).is_some_and(is_letter)
}

/// Tells whether the characters at `at` are `word`, and do not go on as a longer Latin word.
fn word_at(chars: &[char], at: usize, word: &str) -> bool {
    let Some(end) = end_of(chars, at, word) else { return false };
    let goes_on = chars.get(end).is_some_and(char::is_ascii_alphanumeric);
    !(goes_on && word.ends_with(|c: char| c.is_ascii_alphabetic()))
}

/// Returns where `word` ends that begins at `at`; none where the characters are others. Most differ in the first.
fn end_of(chars: &[char], at: usize, word: &str) -> Option<usize> {
    word.chars().try_fold(at, |place, c| (chars.get(place) == Some(&c)).then_some(place + 1))
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

    proptest! {
        #[test]
        fn what_names_nothing_holds_nothing(
            words in proptest::collection::vec("a|one|half|hundred|and|twenty-five|today|night|last|the day|may|rmb|usd|minus|rate|of|5|%|percent|\\$|point", 0..8),
        ) {
            let chars = characters(&words.join(" "));
            prop_assert!(!names_nothing(&chars) || search(&chars).is_empty());
        }
    }

    #[test]
    fn reads_amounts_in_every_writing() {
        for (text, amount) in [
            ("我店里收了2000元要扣多少", "2,000 yuan"),
            ("商户收款5万，手续费大概多少", "50,000"),
            ("两千块的手续费", "2,000 yuan"),
            ("一万二块钱", "12,000 yuan"),
            ("收人家一块钱", "1 yuan"),
            ("三块五", "3.50 yuan"),
            ("五毛钱", "0.50 yuan"),
            ("１２００元", "1,200 yuan"),
            ("¥300", "¥300"),
            ("￥ 300", "¥300"),
            ("and for 300 dollars?", "$300"),
            ("$1,250.50 a day", "$1,250.50"),
            ("HK$88", "HK$88"),
            ("50 quid", "£50"),
            ("a sale of 10,000", "10,000"),
            ("1.5k per week", "1,500"),
            ("1.5k usd", "$1,500"),
            ("20欧元", "€20"),
            ("收二千五百元", "2,500 yuan"),
            ("流水10w", "100,000"),
            ("500块钱", "500 yuan"),
            ("收100人民币", "100 yuan"),
            ("rmb 100", "100 yuan"),
            ("sales of 1.5 million", "1,500,000"),
            ("$1.5 million in sales", "$1,500,000"),
            ("two thousand dollars", "$2,000"),
            ("a hundred and fifty dollars", "$150"),
            ("five bucks", "$5"),
            ("收2k手续费", "2,000"),
            ("2000 yuan", "2,000 yuan"),
            ("1.000,50 €", "€1,000.50"),
            ("€1.000,50", "€1,000.50"),
            ("12,50 euro", "€12.50"),
            ("1.000 €", "€1,000"),
            ("€ 1.000", "€1,000"),
            ("$1.234", "$1.23"),
            ("10 000元", "10,000 yuan"),
            ("100€", "€100"),
            ("5000，怎么算", "5,000"),
            ("１，０００元", "1,000 yuan"),
            ("十万零五百元", "100,500 yuan"),
            ("half a million dollars", "$500,000"),
            ("$1.5m in sales", "$1,500,000"),
            ("1'000 usd", "$1,000"),
            ("$100usd", "$100"),
            ("50 cents", "$0.50"),
            ("merchant fee for 1,5 million", "1,500,000"),
            ("€1,5 million", "€1,500,000"),
            ("on 1,5k", "1,500"),
            ("on 1 500", "1,500"),
            ("on 48 500 euro", "€48,500"),
            ("on 1 and a half thousand", "1,500"),
            ("on one and a half million dollars", "$1,500,000"),
            ("on 15 wan", "150,000"),
            ("on 20 lakh", "2,000,000"),
            ("on 15 k", "15,000"),
            ("5000 in fees", "5,000"),
            ("a 500 payment", "500"),
            ("5000单笔怎么算", "5,000"),
            ("merchant 5000 fees?", "5,000"),
            ("500 rupees", "500"),
            ("1 lakh per month", "100,000"),
        ] {
            assert_eq!(values(text), [format!("amount {amount}")], "{text}");
        }
    }

    #[test]
    fn reads_each_of_several_amounts() {
        for (text, amounts) in [
            ("100、200、300", ["100", "200", "300"].as_slice()),
            ("收了100、200、300元", &["100 yuan", "200 yuan", "300 yuan"]),
            ("收了100，200", &["100", "200"]),
            ("1000到2000元", &["1,000 yuan", "2,000 yuan"]),
            ("1000-2000元", &["1,000 yuan", "2,000 yuan"]),
            ("1000 ~ 2000 元", &["1,000 yuan", "2,000 yuan"]),
            ("$100 to $200", &["$100", "$200"]),
            ("100 and 200 dollars", &["$100", "$200"]),
            ("500元或者800", &["500 yuan", "800 yuan"]),
            ("1到2万", &["10,000", "20,000"]),
            ("5000到1万元", &["5,000 yuan", "10,000 yuan"]),
            ("1000元/2000元", &["1,000 yuan", "2,000 yuan"]),
        ] {
            let read = find(text);
            let told: Vec<String> = amounts.iter().map(|a| format!("amount {a}")).collect();
            assert_eq!(values(text), told, "{text}");
            let joined: Vec<bool> = read.iter().map(|s| s.joined).collect();
            assert_eq!(joined, (0..amounts.len()).map(|i| i > 0).collect::<Vec<_>>(), "{text}");
        }
        assert!(find("收款5000元，我在2号付了100元").iter().all(|s| !s.joined));
    }

    #[test]
    fn what_is_below_nothing_is_no_amount() {
        for text in ["负100元", "收款-100元", "-$100", "¥-100", "minus 100 dollars", "−5元", "negative 20 yuan"]
        {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_rate_without_its_sign_is_no_amount() {
        assert_eq!(values("我的费率是1.2，收款5000"), ["share 1.2%", "amount 5,000"]);
        assert_eq!(values("my rate is 0.8, on 5000"), ["share 0.8%", "amount 5,000"]);
        assert_eq!(values("费率0.006"), [""; 0]);
        assert_eq!(values("0.5-2%"), ["share 0.5%", "share 2%"]);
        assert_eq!(values("0.5到2%之间"), ["share 0.5%", "share 2%"]);
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
            "3-5天",
            "138-1234-5678",
            "two hundred times",
            "五六百块",
            "一两千块",
            "两三千",
            "0元购",
            "$5x",
            "a couple of days",
            "a hundred people",
            "12 orders of 50 each",
            "12 orders of $50 each",
            "3 payments on 12.5.2026",
            "my shop number is 45",
            "店铺编号是45",
            "我的店號：45",
            "order 45",
            "table #45",
            "45 new customers",
            "收了12单",
            "收了 3 笔",
            "120筆訂單",
            "100 200",
            "100 200 300",
            "1,2,3",
            "1,5",
            "on 5/12",
            "at 10:30",
            "in 2026",
            "since 2019",
            "15 m",
            "1.2.3",
            "$1.2.3",
        ] {
            assert_eq!(values(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn reads_shares_and_days() {
        assert_eq!(values("费率0.6%"), ["share 0.6%"]);
        assert_eq!(values("百分之二"), ["share 2%"]);
        assert_eq!(values("百分之零点六"), ["share 0.6%"]);
        assert_eq!(values("百分之一點五"), ["share 1.5%"]);
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
        fn never_panics_and_keeps_the_words(text in "(\\PC|[0-9一二三十百千万块元%$¥€.,，、~到月日号kK -]|two |hundred |and ){0,40}") {
            let folded: String = characters(&text).into_iter().collect();
            for slot in find(&text) {
                prop_assert!(!slot.text.is_empty() && folded.contains(&slot.text));
            }
        }

        #[test]
        fn an_amount_is_read_as_it_is_written(n in 1u64..10_000_000) {
            let number = Decimal::whole(n).unwrap();
            let yuan = SlotValue::Amount(Quantity { number, unit: Unit::Money(Currency::Yuan) });
            let read: Vec<SlotValue> = find(&format!("收了{n}元")).into_iter().map(|slot| slot.value).collect();
            prop_assert_eq!(read, [yuan]);
        }
    }
}
