//! Amounts of money and shares: a number with its currency, its percent sign, or nothing that makes it a count.

use super::counted::{counts, is_apart, is_named, past_rest};
use super::decimal::Decimal;
use super::numeral::{Numeral, numeral_at};
use super::quantity::{Currency, Quantity, Unit};
use super::{SlotValue, begins, end_of, past_spaces, word_at};

/// What stands before an amount. The longer first.
const BEFORE: [(&str, Currency); 14] = [
    ("hk$", Currency::HongKongDollar),
    ("us$", Currency::Dollar),
    ("nt$", Currency::TaiwanDollar),
    ("s$", Currency::SingaporeDollar),
    ("$", Currency::Dollar),
    ("€", Currency::Euro),
    ("£", Currency::Pound),
    ("¥", Currency::YuanSign),
    ("usd", Currency::Dollar),
    ("rmb", Currency::Yuan),
    ("cny", Currency::Yuan),
    ("hkd", Currency::HongKongDollar),
    ("eur", Currency::Euro),
    ("rm", Currency::Ringgit),
];

/// What stands behind an amount. The longer first.
const BEHIND: [(&str, Currency); 40] = [
    ("€", Currency::Euro),
    ("£", Currency::Pound),
    ("$", Currency::Dollar),
    ("人民币", Currency::Yuan),
    ("新台币", Currency::TaiwanDollar),
    ("林吉特", Currency::Ringgit),
    ("美元", Currency::Dollar),
    ("美金", Currency::Dollar),
    ("美刀", Currency::Dollar),
    ("港元", Currency::HongKongDollar),
    ("港币", Currency::HongKongDollar),
    ("港纸", Currency::HongKongDollar),
    ("台币", Currency::TaiwanDollar),
    ("新币", Currency::SingaporeDollar),
    ("新元", Currency::SingaporeDollar),
    ("欧元", Currency::Euro),
    ("英镑", Currency::Pound),
    ("日元", Currency::Yen),
    ("马币", Currency::Ringgit),
    ("块", Currency::Yuan),
    ("元", Currency::Yuan),
    ("圆", Currency::Yuan),
    ("蚊", Currency::HongKongDollar),
    ("dollars", Currency::Dollar),
    ("dollar", Currency::Dollar),
    ("bucks", Currency::Dollar),
    ("usd", Currency::Dollar),
    ("euros", Currency::Euro),
    ("euro", Currency::Euro),
    ("eur", Currency::Euro),
    ("pounds", Currency::Pound),
    ("pound", Currency::Pound),
    ("quid", Currency::Pound),
    ("gbp", Currency::Pound),
    ("hkd", Currency::HongKongDollar),
    ("yuan", Currency::Yuan),
    ("kuai", Currency::Yuan),
    ("rmb", Currency::Yuan),
    ("cny", Currency::Yuan),
    ("yen", Currency::Yen),
];

/// Reads the amount or share that begins here, and returns where it ends. A number that is neither is none, but is passed
/// over as a whole.
pub(super) fn amount_at(chars: &[char], at: usize) -> Option<(Option<SlotValue>, usize)> {
    if let Some(found) = fraction(chars, at) {
        return Some(found);
    }
    let before = BEFORE.iter().find(|(word, _)| starts_before(chars, at, word));
    if let Some((word, currency)) = before {
        let from = past_spaces(chars, at + word.chars().count());
        if let Some(numeral) = numeral_at(chars, from).filter(|n| n.sure) {
            let (value, end) = spoken_in(*currency, &numeral);
            let (value, end) = millions(chars, value, end)?;
            if let Some(end) = past_rest(chars, end) {
                return Some((None, end));
            }
            let told = value.filter(|value| *value > Decimal::ZERO && !is_negative(chars, at));
            let told = told.filter(|_| !is_apart(chars, end));
            return Some((told.map(|value| money(value, *currency)), end));
        }
    }
    if !begins(chars, at) {
        return None;
    }
    let (value, end) = number_at(chars, at)?;
    let value = match value {
        Some(SlotValue::Amount(Quantity { number, unit: Unit::None })) if is_rate(chars, at) => as_rate(number),
        Some(SlotValue::Amount(Quantity { number, unit: Unit::None })) if is_named(chars, at, number) => None,
        Some(SlotValue::Amount(_)) if is_apart(chars, end) => None,
        value => value,
    };
    // What is owed or taken back is no amount to work a fee out of, and its opposite even less.
    let nothing = |value: &SlotValue| matches!(value, SlotValue::Amount(q) if q.number <= Decimal::ZERO);
    Some((value.filter(|value| !nothing(value) && !is_negative(chars, at)), end))
}

/// Reads the letter behind a sum with its currency before it: `$1.5m`. With another it is no sum that we know.
fn millions(chars: &[char], value: Decimal, end: usize) -> Option<(Option<Decimal>, usize)> {
    let goes_on = |i: usize| chars.get(i).is_some_and(char::is_ascii_alphanumeric);
    // “$100usd”.
    if let Some((word, _)) = BEHIND.iter().find(|(word, _)| word_at(chars, end, word)) {
        return Some((Some(value), end + word.chars().count()));
    }
    let scale = match chars.get(end) {
        Some('m') if !goes_on(end + 1) => 1_000_000,
        Some('b') if !goes_on(end + 1) => 1_000_000_000,
        _ if goes_on(end) => return Some((None, end)),
        _ => return Some((Some(value), end)),
    };
    Some((value.times(Decimal::whole(scale)?), end + 1))
}

/// Tells whether a minus stands before a number: 负100, -100, minus 100.
fn is_negative(chars: &[char], at: usize) -> bool {
    let before = |i: usize| at.checked_sub(i).and_then(|i| chars.get(i));
    let word = |word: &str| {
        let length = word.chars().count() + 1;
        at >= length && before(1) == Some(&' ') && word_at(chars, at - length, word)
    };
    before(1) == Some(&'负')
        || matches!(before(1), Some('-' | '−')) && !before(2).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '-')
        || word("minus")
        || word("negative")
}

/// Returns the value and the end of a number as those write it who pay in a currency: `1.000,50 €`, `12,50 €`.
fn spoken_in(currency: Currency, numeral: &Numeral) -> (Decimal, usize) {
    numeral.comma.filter(|_| currency == Currency::Euro).unwrap_or((numeral.value, numeral.end))
}

/// Tells whether a rate is named right before a number: 费率是1.2.
fn is_rate(chars: &[char], at: usize) -> bool {
    let before: String = chars[at.saturating_sub(12)..at].iter().collect();
    let before = before.trim_end_matches([' ', ':', '=']);
    let link = ["是", "为", "就是", " is", " of", " at", "'s"].iter().find_map(|link| before.strip_suffix(link));
    let label = link.unwrap_or(before);
    ["费率", "比例", " rate"].iter().any(|word| label.ends_with(word)) || label == "rate"
}

/// A rate that is told without its sign is a percentage; 0.006 may be one or the fraction.
fn as_rate(number: Decimal) -> Option<SlotValue> {
    let number = number.over(Decimal::whole(100)?)?;
    let plain = number >= Decimal::parse("0.001")? && number <= Decimal::whole(1)?;
    plain.then_some(SlotValue::Percentage(Quantity { number, unit: Unit::Percent }))
}

/// Reads the number that begins here, and tells what it is by what stands behind it.
pub(super) fn number_at(chars: &[char], at: usize) -> Option<(Option<SlotValue>, usize)> {
    let numeral = numeral_at(chars, at)?;
    let (value, end) = told_behind(chars, &numeral).unwrap_or((None, numeral.end));
    Some(past_rest(chars, end).map_or((value, end), |end| (None, end)))
}

fn told_behind(chars: &[char], numeral: &Numeral) -> Option<(Option<SlotValue>, usize)> {
    if let Some((value, end)) = numeral.comma {
        let next = past_spaces(chars, end);
        let euro = BEHIND.iter().find(|(word, c)| *c == Currency::Euro && word_at(chars, next, word));
        if let Some((word, currency)) = euro {
            return Some((Some(money(value, *currency)), next + word.chars().count()));
        }
    }
    let next = past_spaces(chars, numeral.end);
    if let Some(found) = share(chars, numeral.value, numeral.end, next) {
        return Some(found);
    }
    if let Some((word, currency)) = BEHIND.iter().find(|(word, _)| word_at(chars, next, word)) {
        let end = next + word.chars().count();
        return Some(behind(chars, numeral.value, numeral.sure, *currency, end));
    }
    if let Some(word) = ["cents", "cent"].iter().find(|word| word_at(chars, next, word)) {
        let value = Decimal::whole(100).and_then(|hundred| numeral.value.over(hundred))?;
        return Some((Some(money(value, Currency::Dollar)), next + word.len()));
    }
    // 五毛.
    if matches!(chars.get(numeral.end), Some('毛' | '角')) {
        let value = Decimal::whole(10).and_then(|ten| numeral.value.over(ten))?;
        let end = numeral.end + 1;
        let end = if chars.get(end) == Some(&'钱') { end + 1 } else { end };
        return Some((Some(money(value, Currency::Yuan)), end));
    }
    let bare = numeral.sure && !counts(chars, numeral.end) && numeral.value > Decimal::ZERO;
    let value = bare.then_some(SlotValue::Amount(Quantity { number: numeral.value, unit: Unit::None }));
    Some((value, numeral.end))
}

fn money(number: Decimal, currency: Currency) -> SlotValue {
    SlotValue::Amount(Quantity { number, unit: Unit::Money(currency) })
}

fn starts_before(chars: &[char], at: usize, word: &str) -> bool {
    end_of(chars, at, word).is_some()
        && !at.checked_sub(1).and_then(|i| chars.get(i)).is_some_and(char::is_ascii_alphanumeric)
}

/// Reads what may follow a currency: 三块五, 500块钱. 一块 alone is “together”.
fn behind(chars: &[char], value: Decimal, sure: bool, currency: Currency, end: usize) -> (Option<SlotValue>, usize) {
    let (mut value, mut end) = (value, end);
    let piece = chars.get(end - 1) == Some(&'块');
    let tenths = piece
        .then(|| numeral_at(chars, end))
        .flatten()
        .filter(|n| n.end == end + 1 && Decimal::whole(10).is_some_and(|ten| n.value < ten));
    let with_tenths = tenths.and_then(|n| Some((value.plus(n.value.over(Decimal::whole(10)?)?)?, n.end)));
    let told = match with_tenths {
        Some((sum, at)) => {
            (value, end) = (sum, at);
            true
        }
        None => sure || !piece || Decimal::whole(1) != Some(value),
    };
    let money_word = chars.get(end) == Some(&'钱');
    end += usize::from(money_word);
    ((told || money_word).then(|| money(value, currency)), end)
}

/// Reads a percent sign, or 个点, behind a number.
fn share(chars: &[char], value: Decimal, end: usize, next: usize) -> Option<(Option<SlotValue>, usize)> {
    let words = ["%", "percent", "per cent", "个百分点", "个点"];
    let word = words.iter().find(|word| word_at(chars, next, word) || word_at(chars, end, word))?;
    let from = if word_at(chars, end, word) { end } else { next };
    let number = value.over(Decimal::whole(100)?)?;
    let value = SlotValue::Percentage(Quantity { number, unit: Unit::Percent });
    Some((Some(value), from + word.chars().count()))
}

/// Reads 百分之二, 千分之六, 百分之零点六.
fn fraction(chars: &[char], at: usize) -> Option<(Option<SlotValue>, usize)> {
    let over = if word_at(chars, at, "百分之") {
        Decimal::whole(100)
    } else if word_at(chars, at, "千分之") {
        Decimal::whole(1_000)
    } else {
        None
    }?;
    let (value, end) = spoken_decimal(chars, at + 3)?;
    let value = SlotValue::Percentage(Quantity { number: value.over(over)?, unit: Unit::Percent });
    Some((Some(value), end))
}

/// Reads a number that may have 点 for its point: 零点六, 一点五, 2.
fn spoken_decimal(chars: &[char], at: usize) -> Option<(Decimal, usize)> {
    let (whole, end) = match chars.get(at)? {
        '零' => (Decimal::ZERO, at + 1),
        _ => numeral_at(chars, at).map(|n| (n.value, n.end))?,
    };
    if chars.get(end) != Some(&'点') {
        return (whole > Decimal::ZERO).then_some((whole, end));
    }
    let tenths = numeral_at(chars, end + 1).filter(|n| n.end == end + 2)?;
    let tenths_value = tenths.value.over(Decimal::whole(10)?)?;
    Some((whole.plus(tenths_value)?, tenths.end))
}
