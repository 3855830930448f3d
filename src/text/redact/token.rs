//! Passwords that nothing introduces: "我用 P@ssw0rd 登录不了", "Tiger#2023".
//!
//! Letters, digits and a sign in one word are hardly anything else, so such a word goes wherever it stands. What has less
//! of these goes only near words of passwords and logging in, and mostly only behind a verb that says that it was typed.
//!
//! The danger is what is written alike: amounts (`US$100`), numbers with their label (`order#1234`), addresses, phones'
//! models (`iPhone15`), error codes glued to a word (`help!E1101`). Each has its line below.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clause::{Clauses, Reach};
use super::credential::{NO_PASSWORD, UNIT, is_common};
use super::{Reading, SecretKind, Spans, pattern};

/// How long a password is that nothing introduces. Longer words are pasted code, keys and hashes.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=64;

/// Words of passwords and of logging in.
static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) 密\s?[码碼玛瑪] | [蜜秘][码碼] | 口令 | 登[录陆錄陸入] | 登不[上进進了] | [进進]不去 | 解[锁鎖]
        | (?-u:\b)(?: pass\s?(?:words?|code|phrase) | passwd | pwd | log(?:ged|ging)?[\s-]?(?:me\s)?(?:in|on|into)
            | sign(?:ed|ing)?[\s-]?in | unlock )(?-u:\b)",
    )
});

/// Says that what follows was typed or set.
static TYPED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: (?:用|使用|输入?|輸入?|填写?|敲|打|试|試|拿|写|寫|设置?|設置?|改|换|換|变|變)(?:的|了|过|過|成|为|為|回|到|的是|成了|成的是|进去|就是)?
            | (?-u:\b)(?: (?:used|using|use|typed|type|typing|entered|entering|enter|tried|trying|try)(?:\sin)? | with
            | (?:set|changed|reset|updated)\s(?:it|mine|this|that)\s(?:to|as) ) )
        [\s:=“”‘’「」\x22'(\[]{0,3} $",
    )
});

/// Signs that stand in a password and hardly anywhere else in a word.
const SIGNS: &[u8] = b"@#$%^*!";

/// What looks like a password and is something else: prices, labelled numbers, error codes behind a sign, models of
/// devices and versions of systems.
static ELSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) ^[0-9.,]+[a-z]{0,6}@[$¥€£]?[0-9.,]+[a-z]{0,4}$
        | @(?:localhost|v?[0-9]+(?:\.[0-9]+)+|[0-9]|10)$
        | ^(?:orders?|ref|references?|tickets?|invoices?|cases?|errors?|err|codes?|no|num|numbers?|ids?|uid|items?|rooms?|issues?|bugs?|txn?|trans
            |transactions?|trades?|accounts?|acct?|apt|units?|steps?|channels?|chapters?|parts?|questions?|versions?|ver|cards?|users?|phones?|tel|ext
            |top|part|level|season|player|seat|gate|flight|batch|model|serial|sn|sku|coupon|promo|po|pr|job|line|page|table|version)\#
        | (?:^|[^a-z0-9])e-?[0-9]{3,5}(?:[^a-z0-9]|$)
        | ^[a-z]{1,6}[-_][0-9]{1,6}$ | ^[a-z]+[-_]?[0-9]+(?:\.[0-9]+)+$
        | ^(?:us|hk|nt|sg|au|ca|nz|mx|r|s|a|c)\$[0-9]
        | ^[a-z]{1,2}[0-9]{1,3}(?:pro|max|ultra|plus|mini|lite|se|fe|[a-z])*$
        | ^(?:[a-z]*os|[a-z]*book[a-z]*|oneplus|honor|nova|reno|note|redmi[a-z]*|huawei[a-z]*|mate|iphone[a-z]*|ipad[a-z]*|galaxy[a-z]*|android
            |windows|win|office|outlook|firefox|safari|edge|chrome|opera|wechat|alipay|qq|ie|wifi|usdt|trc|erc|web|ipv|oauth|sha|md|utf|http|tls|ssl
            |mp|h|rtx|gtx|intel|core|ryzen
            |visa|mastercard|amex|unionpay|jcb)[-_]?[0-9][0-9a-z.]{0,8}$",
    )
});

/// Letters and then one to three digits: also how devices and programs are named.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[a-z]+[0-9]{1,3}(?:pro|promax|max|plus|ultra|mini|lite|se|fe|[a-z])?$"));

/// An address of the web, with or without its scheme, or a file's name.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"://|^www\.|^/[a-z]|%(?:20|2f|3[adf])|[a-z0-9-]\.[a-z]{2,}(?:[/?#:]|$)"));

/// Swear words that a sign stands in.
static SWEARING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\$hit|sh[*!1@#]t|f[*@#$!]{1,2}c?k|f[u*]c[*@#]|a[$@]{2}|[b8][*!1@]tch|d[*@]mn"));

/// Finds words that look like passwords, and near words of logging in those that may be.
pub(super) fn find(reading: &Reading, clauses: &Clauses, spans: &mut Spans) {
    let text = reading.text();
    let mut near: Option<Reach> = None;
    let mut at = 0;
    while let Some(start) = text.as_bytes()[at..].iter().position(u8::is_ascii_graphic).map(|gap| at + gap) {
        let length = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_graphic()).count();
        at = start + length;
        let speaks = text.as_bytes()[start..at].iter().any(|byte| byte.is_ascii_digit() || SIGNS.contains(byte));
        if length < *LENGTHS.start() || !speaks || ADDRESS.is_match(&text[start..at]) {
            continue;
        }
        for word in words(text, start..at) {
            if !LENGTHS.contains(&word.len()) || !spans.is_free(&word) {
                continue;
            }
            let shape = Shape::of(reading, &word);
            if !shape.may_be_password() || is_something_else(&text[word.clone()]) {
                continue;
            }
            let mut is_near = || near.get_or_insert_with(|| clauses.reach(text, &LOGIN)).holds(word.start);
            if shape.is_password() || is_near() && shape.is_likely(reading, &word) {
                spans.take(word, SecretKind::Password);
            }
        }
    }
}

/// The words of a stretch without spaces: what stands between its brackets, quotes, commas, slashes
/// and the marks of a query.
fn words(text: &str, stretch: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let separates = |byte: u8| b"\"'`()[]{}<>,;:|\\/?=&".contains(&byte);
    let (bytes, mut at) = (text.as_bytes(), stretch.start);
    std::iter::from_fn(move || {
        let start = (at..stretch.end).find(|&i| !separates(bytes[i]))?;
        at = (start..stretch.end).find(|&i| separates(bytes[i])).unwrap_or(stretch.end);
        let word = text[start..at].trim_end_matches(['.', '!', '-', '~', '*', '_', '+']);
        let trimmed = word.trim_start_matches(['.', '-', '~', '*', '_', '+', '!', '@', '#', '$', '%']);
        let from = start + word.len() - trimmed.len();
        Some(from..from + trimmed.len())
    })
}

/// Whether a word of letters, digits and signs is known to be no password.
pub(super) fn is_something_else(word: &str) -> bool {
    NO_PASSWORD.is_match(word) || ELSE.is_match(word) || SWEARING.is_match(word)
}

/// What a word is made of.
struct Shape {
    lower: bool,
    upper: bool,
    letters: usize,
    digits: usize,
    /// A sign inside that only passwords have.
    sign: bool,
}

impl Shape {
    fn of(reading: &Reading, word: &Range<usize>) -> Self {
        let text = &reading.text()[word.clone()];
        let bytes = text.as_bytes();
        let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
        let typed = reading.typed(word);
        let sign = (1..bytes.len()).any(|at| is_sign(text, at));
        let (lower, upper) = (typed.contains(char::is_lowercase), typed.contains(char::is_uppercase));
        Self { lower, upper, letters, digits, sign }
    }

    /// Whether it can be a password at all; the cheapest question first.
    fn may_be_password(&self) -> bool {
        self.letters >= 2 && (self.digits > 0 || self.sign)
    }

    /// Whether it is one wherever it stands.
    fn is_password(&self) -> bool {
        self.letters >= 2 && self.digits > 0 && self.sign
    }

    /// Whether it is one beside words of logging in.
    fn is_likely(&self, reading: &Reading, word: &Range<usize>) -> bool {
        let mixed = self.lower && self.upper;
        if self.sign && mixed {
            return true;
        }
        let has_both = self.letters >= 2 && self.digits > 0;
        let typed = TYPED_BEFORE.is_match(reading.before(word.start, 24));
        has_both
            && !UNIT.is_match(reading.after(word.end, 12))
            && (typed || mixed && word.len() >= 8 && !NAME.is_match(&reading.text()[word.clone()]))
    }
}

/// Whether the sign at a place of a word speaks for a password.
fn is_sign(word: &str, at: usize) -> bool {
    let bytes = word.as_bytes();
    if !SIGNS.contains(&bytes[at]) {
        return false;
    }
    let (before, after) = (bytes[at - 1], bytes.get(at + 1).copied().unwrap_or(b' '));
    match bytes[at] {
        // "100%ok", "pay$100".
        b'%' => {
            let encoded = bytes[at + 1..].iter().take(2).filter(|byte| byte.is_ascii_hexdigit()).count() == 2;
            !before.is_ascii_digit() && after.is_ascii_alphanumeric() && !encoded
        }
        b'$' => !after.is_ascii_digit() && after != b' ' && !before.is_ascii_digit(),
        // "visa****1234" is masked already, "2*3" is a product.
        b'*' => before != b'*' && after.is_ascii_alphanumeric() && !(before.is_ascii_digit() && after.is_ascii_digit()),
        // "Help!1101".
        b'!' => {
            let said = word[..at].rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
            after.is_ascii_alphanumeric() && !is_common(said, true) && !GREETINGS.contains(&said)
        }
        _ => true,
    }
}

/// What is called out before a message goes on without a space.
const GREETINGS: [&str; 12] =
    ["hi", "hello", "hey", "wow", "omg", "great", "sorry", "urgent", "ok", "thx", "welcome", "attention"];
