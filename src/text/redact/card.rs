//! Card numbers by themselves: check digit, usual grouping. Which digits to try is `number`'s business.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// Lengths of card numbers (ISO/IEC 7812-1; twelve for some debit cards).
pub(super) const LENGTHS: std::ops::RangeInclusive<usize> = 12..=19;

/// Words that say that a long number is a card's.
pub(super) static CUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) 卡号 | 卡號 | 卡的?号码 | 银行卡 | 銀行卡 | 信用卡 | 借记卡 | 储蓄卡 | 我的?卡 | [这那]张卡 | 绑卡 | [工建农中招交]行 | 银联 | 银行账[号户] | 银行帐号
        | (?-u:\b)(?: card\s?(?:number|num|no(?-u:\b)|\#) | (?:credit|debit|bank|my|the|this)\s?card(?-u:\b)
        | card\s(?:start|begin)(?:s|ing)?\s(?:with|in)
        | visa | mastercard | unionpay | amex )",
    )
});

/// Whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812-1 annex B).
pub(super) fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match place % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether digits are grouped as embossed on a card: four groups of four, for UnionPay with one to three more.
pub(super) fn is_grouped(lengths: &[usize]) -> bool {
    matches!(lengths, [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3])
}

/// Whether a card number can begin like this; asked where the digits are only part of a longer run.
pub(super) fn has_issuer(digits: &str) -> bool {
    matches!(digits.as_bytes().first(), Some(b'2'..=b'6' | b'9'))
}
