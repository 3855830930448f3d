//! E-mail addresses and phone numbers: private, though no secrets.
//!
//! A company's hotline (400…, 95588) is neither; it survives.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Reading, SecretKind, Spans, digits, pattern};

/// Longest local part and domain, in bytes (RFC 5321, 4.5.3.1).
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_DOMAIN: usize = 255;

static AT_SIGN: LazyLock<Regex> = LazyLock::new(|| pattern(r" ?(?:@|\(at\)|\[at\]) ?"));

static DOMAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^[a-z0-9\p{Han}-]{1,63}(?:\.[a-z0-9\p{Han}-]{1,63}){0,6}
        \.(?:[a-z]{2,24} | 中国 | 中國 | 公司 | 网络 | 網絡 | 网址 | 集团 | 商城 | 在线 | 我爱你 | 政务 | 公益 | 香港 | 台湾 | 台灣)",
    )
});

/// "john dot smith at gmail dot com", "tom艾特qq点com". Without a provider of mailboxes "look at the dot com" is alike.
static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) [a-z0-9_+-]{1,64} (?:(?:\.|\s(?:dot|point|underscore)\s|\s?点)[a-z0-9_+-]{1,64}){0,4}
        (?: \s?(?:@|艾特|圈a)\s? | \s(?:at|\(at\)|\[at\])\s )
        (?: gmail | googlemail | qq | vip\.qq | 163 | 126 | 139 | 189 | yeah | foxmail | sina | sohu | aliyun | outlook | hotmail | live | msn
            | yahoo | icloud | me | proton | protonmail | mail | gmx | yandex | naver | aol )
        (?: (?:\.|\s?(?:dot|点|點)\s?)(?:com|cn|net|org|hk|tw|uk|co|me|de|fr|jp|ru|sg|my|edu|gov) (?-u:\b) ){1,2}",
    )
});

static PHONE_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: 手机号?码? | 手機號?碼? | 电话号?码? | 電話號?碼? | 联系方式 | (?:phone|mobile|cell|whatsapp|telephone|tel)
        (?:\s(?:number|no\.?|phone))? | call\sme\s(?:at|on) ) [\s:=\#.]{0,3} (?:是|为|is|at)? [\s:]{0,2} \(?$",
    )
});

static HOTLINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:客服|热线|熱線|官方|银行|hotline|support|service|helpline)[^0-9]{0,8}$"));

/// Finds e-mail addresses.
pub(super) fn find_emails(reading: &Reading, spans: &mut Spans) {
    let text = reading.text();
    for sign in AT_SIGN.find_iter(text) {
        let local = text[..sign.start()]
            .bytes()
            .rev()
            .take(LONGEST_LOCAL_PART)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"._%+'-".contains(byte))
            .count();
        let domain = DOMAIN.find(reading.after(sign.end(), LONGEST_DOMAIN));
        if let (1.., Some(domain)) = (local, domain) {
            spans.take(sign.start() - local..sign.end() + domain.end(), SecretKind::Email);
        }
    }
}

/// Finds e-mail addresses in words.
pub(super) fn find_spoken_emails(reading: &Reading, spans: &mut Spans) {
    let text = reading.text();
    // The pattern can begin anywhere, so that it is the dearest of all; few messages have one of these.
    if ![" dot ", "点c", "点n", "點c", "艾特", "圈a"].iter().any(|sign| text.contains(sign)) {
        return;
    }
    for found in SPOKEN.find_iter(text) {
        spans.take(found.range(), SecretKind::Email);
    }
}

/// Whether these groups, as a whole, are a phone number; `whole` if they are all of their run.
pub(super) fn is_phone(reading: &Reading, groups: &[Range<usize>], whole: bool) -> bool {
    let (Some(first), text) = (groups.first(), reading.text()) else { return false };
    let number = digits::digits(text, groups);
    let lengths = digits::lengths(groups);
    let international = text[..first.start].trim_end_matches(['(', ' ']).ends_with('+');
    if whole && international && (7..=15).contains(&number.len()) {
        return true;
    }
    let domestic = number.strip_prefix("0086").or_else(|| number.strip_prefix("86")).unwrap_or(&number);
    if is_mobile(domestic) {
        let usual = matches!(lengths[..], [_] | [3, 4, 4] | [3, 3, 5] | [3, 8] | [7, 4] | [4, 4, 3] | [5, 6])
            || number.len() > domestic.len() && lengths.len() <= 5;
        return usual || whole && has_one_separator(text, groups);
    }
    if is_landline(&number)
        && (whole || lengths.len() == 1 || matches!(lengths[..], [3 | 4, 7 | 8] | [3 | 4, 3 | 4, 4]))
    {
        return true;
    }
    if whole && number.starts_with("00") && !number.starts_with("000") && lengths.len() > 1 {
        return (11..=16).contains(&number.len());
    }
    let hotline = ["400", "800", "95"].iter().any(|prefix| number.starts_with(prefix));
    whole
        && (7..=13).contains(&number.len())
        && !hotline
        && PHONE_LABEL.is_match(reading.before(first.start, 24))
        && !HOTLINE.is_match(reading.before(first.start, 24))
}

/// The span of a phone number in these groups: with its plus sign, if it has one.
pub(super) fn phone_span(text: &str, span: Range<usize>) -> Range<usize> {
    let before = text[..span.start].trim_end_matches(['(', ' ']);
    if before.ends_with('+') { before.len() - 1..span.end } else { span }
}

fn is_mobile(number: &str) -> bool {
    number.len() == 11 && number.starts_with('1') && matches!(number.as_bytes()[1], b'3'..=b'9')
}

/// An area code of three (010, 02x) or four digits, then seven or eight.
fn is_landline(number: &str) -> bool {
    match number.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => matches!(number.len(), 10 | 11),
        [b'0', b'3'..=b'9', ..] => matches!(number.len(), 11 | 12),
        _ => false,
    }
}

fn has_one_separator(text: &str, groups: &[Range<usize>]) -> bool {
    let mut between = groups.windows(2).map(|pair| &text[pair[0].end..pair[1].start]);
    between.next().is_none_or(|first| between.all(|separator| separator == first))
}
