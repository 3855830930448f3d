//! The privacy filter: private data out of a customer's message before anything is stored, logged or shown.
//!
//! People paste card numbers, codes and passwords into support chats. [`redact`] puts a placeholder in the place of each
//! and leaves everything else as it was, so that error codes, amounts and dates still find their articles. [`Redacted`]
//! is the proof that it happened: nothing else makes one. [`redact_answer`] also knows what the last turn spoke of.
//!
//! Each pass folds the message (`reading`, with `uttered`), then has it read by one finder after the other, the surest first: e-mail
//! addresses (`contact`), IBANs (`account`), passports (`document`), codes in Chinese digits (`spelled`), passwords (`credential`, with
//! `phrase`), long numbers (`number`, with `card`, `identity` and phones from `contact`), numbers in two parts (`parts`), CVVs and one-time codes (`code`), then words that look like passwords
//! (`token`), and what answers the last turn (`answer`). To add a finder, write `fn find(…, &mut Spans)` beside the others and call it in `spans_of`; an earlier
//! finder's span is never given to a later one.
//!
//! Masking one secret can lay bare another ("密码 12345678 4111…": the digits no longer touch), so passes repeat until
//! one finds nothing. That is also what makes the filter idempotent.

mod account;
mod answer;
mod card;
mod clause;
mod code;
mod contact;
mod credential;
mod digits;
mod document;
mod identity;
mod number;
mod parts;
mod phrase;
mod reading;
mod spelled;
mod token;
mod uttered;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

pub use answer::Awaited;

use clause::Clauses;
use reading::Reading;

/// Passes before the filter gives up on a message and masks it whole. Ordinary messages need two: one that masks, one
/// that finds nothing.
const MOST_PASSES: usize = 8;

/// What any secret must contain: a digit, an at sign, four Chinese digits in a row, the name of a password or a sign inside
/// a word; or something that folding would change.
static WORTH_READING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) [\p{N}@＠Ａ-Ｚａ-ｚ\u{AD}\u{34F}\u{61C}\u{180E}\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}]
        | [\u{FE00}-\u{FE0F}\u{E0000}-\u{E01EF}]
        | (?:[零〇○一二三四五六七八九幺壹贰貳叁參肆伍陆陸柒捌玖][\x20\u{3000}.·–-]{0,3}){4} | 三位 | 三[个個][数數字]
        | 密 | 口令 | [验驗][证證証] | [码碼玛瑪] | [A-Za-z][@\#$%^*!][A-Za-z] | 点[cn] | 點c | 艾特 | 圈a
        | (?i-u:pas+w|pas+o?rd|pss?w|pass|pwd|psw|\bpw\b|\bpin\b|mi\s?ma|otp|cvv|cvc|\(at\)|\[at\]|\x20dot\x20)
        | (?-u:\b)(?i:zero|oh|one|two|three|four|five|six|seven|eight|nine|nought|double|triple|treble)[\x20\u{A0},.–-]{1,3}
            (?i:zero|oh|one|two|three|four|five|six|seven|eight|nine|nought|double|triple|treble|o)(?-u:\b)",
    )
});

/// What a password has in it that nothing but the conversation says to be one.
const SIGNS_OF_PASSWORDS: [char; 6] = ['!', '#', '$', '%', '*', '_'];

/// A kind of private data that the filter masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretKind {
    /// The number of a bank card.
    Card,
    /// A card's security code.
    Cvv,
    /// A code that is good for one login or payment.
    OneTimeCode,
    /// A password or PIN.
    Password,
    /// The number of an ID card, a passport or the like.
    IdNumber,
    /// The number of a bank account, an IBAN.
    BankAccount,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Card,
        Self::Cvv,
        Self::OneTimeCode,
        Self::Password,
        Self::IdNumber,
        Self::BankAccount,
        Self::Phone,
        Self::Email,
    ];

    /// What stands in the text instead of the data.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Card => "[card]",
            Self::Cvv => "[cvv]",
            Self::OneTimeCode => "[code]",
            Self::Password => "[password]",
            Self::IdNumber => "[id-number]",
            Self::BankAccount => "[bank-account]",
            Self::Phone => "[phone]",
            Self::Email => "[email]",
        }
    }

    /// Whether someone who has it can do harm, so that the customer should be warned: all but phone and e-mail.
    pub fn is_secret(self) -> bool {
        !matches!(self, Self::Phone | Self::Email)
    }
}

/// A customer's text with private data masked. Only [`redact`] and [`redact_answer`] make one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Redacted {
    text: String,
    found: Vec<SecretKind>,
}

impl Redacted {
    /// The text, with a placeholder in the place of each masked part.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The customer's own words: the text without its placeholders, to be matched against content that has words such
    /// as “card” and “code” in it.
    pub fn words(&self) -> Cow<'_, str> {
        let mut words = Cow::Borrowed(self.text.as_str());
        for kind in &self.found {
            words = Cow::Owned(words.replacen(kind.placeholder(), " ", 1));
        }
        words
    }

    /// What was masked, in the order of the text.
    pub fn found(&self) -> &[SecretKind] {
        &self.found
    }

    /// Whether nothing had to be masked.
    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }
}

/// Masks private data in a customer's text.
///
/// Deterministic and idempotent; takes time linear in the text's length and never panics.
pub fn redact(text: &str) -> Redacted {
    redact_within(text, Awaited::NOTHING, MOST_PASSES)
}

/// Masks private data in a message that may be the answer to what the last turn spoke of: after “收不到验证码” a number is a
/// code.
///
/// What is masked for that is masked for good: the result is stable under [`redact`] too.
pub fn redact_answer(text: &str, awaited: Awaited) -> Redacted {
    redact_within(text, awaited, MOST_PASSES)
}

fn redact_within(text: &str, awaited: Awaited, most_passes: usize) -> Redacted {
    let mut text = text.to_owned();
    let worth_reading = WORTH_READING.is_match(&text) || awaited.password && text.contains(SIGNS_OF_PASSWORDS);
    if !worth_reading {
        return Redacted { text, found: Vec::new() };
    }
    // Where in `text` each placeholder of ours begins.
    let mut masks: Vec<(usize, SecretKind)> = Vec::new();
    for _ in 0..most_passes {
        let spans = spans_of(&Reading::of(&text), awaited);
        if spans.is_empty() {
            return Redacted { text, found: masks.into_iter().map(|(_, kind)| kind).collect() };
        }
        (text, masks) = mask(&text, &masks, spans);
    }
    // Only a text built to defeat the filter gets here. Nothing of it is shown.
    let kind = SecretKind::Password;
    Redacted { text: kind.placeholder().to_owned(), found: vec![kind] }
}

/// Spans of the original text to mask, ordered.
fn spans_of(reading: &Reading, awaited: Awaited) -> Vec<(Range<usize>, SecretKind)> {
    let clauses = Clauses::of(reading.text());
    let runs = digits::runs(reading.text());
    let mut spans = Spans::over(reading.text());
    contact::find_emails(reading, &mut spans);
    contact::find_spoken_emails(reading, &mut spans);
    account::find(reading, &mut spans);
    document::find(reading, &mut spans);
    spelled::find(reading, &mut spans);
    credential::find(reading, &runs, &mut spans);
    number::find(reading, &clauses, &runs, &mut spans);
    account::find_bare(reading, &mut spans);
    document::find_bare(reading, &mut spans);
    parts::find(reading, &clauses, &runs, &mut spans);
    code::find_cvvs(reading, &runs, &mut spans);
    code::find_one_time_codes(reading, &clauses, &runs, &mut spans);
    token::find(reading, &clauses, &mut spans);
    answer::find(reading, awaited, &runs, &mut spans);
    let mut found: Vec<_> = spans.found.into_iter().map(|(span, kind)| (reading.original(&span), kind)).collect();
    found.sort_by_key(|(span, _)| span.start);
    // Two figures may come from one word ("double one"), and then two spans of the reading from one of the original.
    found.dedup_by(|next, last| {
        let touch = next.0.start < last.0.end;
        last.0.end = if touch { last.0.end.max(next.0.end) } else { last.0.end };
        touch
    });
    found
}

/// Puts placeholders for `spans` and moves the earlier `masks` along.
fn mask(
    text: &str,
    masks: &[(usize, SecretKind)],
    spans: Vec<(Range<usize>, SecretKind)>,
) -> (String, Vec<(usize, SecretKind)>) {
    let mut masked = String::with_capacity(text.len());
    let mut moved = Vec::with_capacity(masks.len() + spans.len());
    let mut earlier = masks.iter().copied().peekable();
    let mut at = 0;
    for (span, kind) in spans {
        while let Some((start, kind)) = earlier.next_if(|&(start, _)| start < span.start) {
            moved.push((masked.len() + start - at, kind));
        }
        masked.push_str(&text[at..span.start]);
        moved.push((masked.len(), kind));
        masked.push_str(kind.placeholder());
        at = span.end;
    }
    moved.extend(earlier.map(|(start, kind)| (masked.len() + start - at, kind)));
    masked.push_str(&text[at..]);
    (masked, moved)
}

/// The spans of a reading that the finders have taken so far.
struct Spans {
    found: Vec<(Range<usize>, SecretKind)>,
    taken: Vec<bool>,
}

impl Spans {
    fn over(text: &str) -> Self {
        Self { found: Vec::new(), taken: vec![false; text.len()] }
    }

    fn is_free(&self, span: &Range<usize>) -> bool {
        !self.taken[span.clone()].contains(&true)
    }

    /// Takes `span` unless it is empty or part of it is taken.
    fn take(&mut self, span: Range<usize>, kind: SecretKind) {
        if !span.is_empty() && self.is_free(&span) {
            self.taken[span.clone()].fill(true);
            self.found.push((span, kind));
        }
    }
}

/// A regular expression of this room's own; each is compiled by some test.
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the filter's own patterns are valid")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SecretKind::{BankAccount, Card, Cvv, Email, IdNumber, OneTimeCode, Password, Phone};
    use super::*;

    /// A message, the part of it that must be gone, and what that part is.
    const MASKED: &[(&str, &str, SecretKind)] = &[
        // Cards.
        ("我的卡号是4111111111111111，付不了款", "4111111111111111", Card),
        ("4111 1111 1111 1111", "4111 1111 1111 1111", Card),
        ("卡 4111-1111-1111-1111 被拒了", "4111-1111-1111-1111", Card),
        ("4111.1111.1111.1111 declined", "4111.1111.1111.1111", Card),
        ("4111–1111–1111–1111", "4111–1111–1111–1111", Card),
        ("４１１１　１１１１　１１１１　１１１１ 绑不上", "４１１１　１１１１　１１１１　１１１１", Card),
        ("41\u{200b}11111\u{200b}111111111 怎么绑", "41\u{200b}11111\u{200b}111111111", Card),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", Card),
        ("4111 - 1111 - 1111 - 1111", "4111 - 1111 - 1111 - 1111", Card),
        ("my amex 378282246310005 fails", "378282246310005", Card),
        ("我的卡号是四一一一一一一一一一一一一一一一，付不了", "四一一一一一一一一一一一一一一一", Card),
        ("四一一一一一一一一一一一一一一一一直付不了", "四一一一一一一一一一一一一一一一", Card),
        ("四一一一 一一一一 一一一一 一一一一", "四一一一 一一一一 一一一一 一一一一", Card),
        ("四-一-一-一-一-一-一-一-一-一-一-一-一-一-一-一", "四-一-一-一-一-一-一-一-一-一-一-一-一-一-一-一", Card),
        ("我的卡六二二二零二一二三四五六七八九零一二八绑不上", "六二二二零二一二三四五六七八九零一二八", Card),
        ("我的卡六二二二零二一二三四五六七八九零一绑不上", "六二二二零二一二三四五六七八九零一", Card),
        ("肆壹壹壹壹壹壹壹壹壹壹壹壹壹壹壹", "肆壹壹壹壹壹壹壹壹壹壹壹壹壹壹壹", Card),
        ("四111一一一一1111一一一一", "四111一一一一1111一一一一", Card),
        ("卡号 4111/1111/1111/1111", "4111/1111/1111/1111", Card),
        ("4111、1111、1111、1111 绑不上", "4111、1111、1111、1111", Card),
        ("4111 / 1111 / 1111 / 1111", "4111 / 1111 / 1111 / 1111", Card),
        ("3782/822463/10005", "3782/822463/10005", Card),
        ("我的卡 62220212345678901 被拒", "62220212345678901", Card),
        ("amex 3782 822463 10005", "3782 822463 10005", Card),
        ("银联卡6222021234567890128绑定失败", "6222021234567890128", Card),
        ("卡号：6222 0212 3456 7890 123", "6222 0212 3456 7890 123", Card),
        ("银行卡 6222021234567891 加不上去", "6222021234567891", Card),
        ("My card number is 4111111111111112.", "4111111111111112", Card),
        ("1234 5678 9012 3456 被拒绝", "1234 5678 9012 3456", Card),
        ("card4111111111111111ok", "4111111111111111", Card),
        ("5500000000000004 and 4111111111111111", "5500000000000004", Card),
        ("5500000000000004 4111111111111111", "4111111111111111", Card),
        ("我有 2 张，第 2 4111 1111 1111 1111", "4111 1111 1111 1111", Card),
        ("4111 1111 1111 1111 12/27 cvv 123", "4111 1111 1111 1111", Card),
        ("6222020000000000001234 这是我的银行卡", "6222020000000000001234", Card),
        ("④①①①①①①①①①①①①①①①", "④①①①①①①①①①①①①①①①", Card),
        // CVVs.
        ("cvv 123", "123", Cvv),
        ("4111 1111 1111 1111 12/27 cvv 123", "123", Cvv),
        ("CVV是456", "456", Cvv),
        ("CVC: 789", "789", Cvv),
        ("安全码 321", "321", Cvv),
        ("ＣＶＶ２：１２３", "１２３", Cvv),
        ("背面三位是 987", "987", Cvv),
        ("cvv2 1 2 3", "1 2 3", Cvv),
        ("123 是安全码", "123", Cvv),
        ("1234 is the cvv", "1234", Cvv),
        ("the security code is 4821", "4821", Cvv),
        ("4111111111111111 123（安全码）", "123", Cvv),
        ("the three digits on the back are 321", "321", Cvv),
        ("the last 3 digits on the back of my credit card: 321", "321", Cvv),
        ("后面三个数字 778", "778", Cvv),
        ("卡背面的三位数字是778", "778", Cvv),
        ("背后那三位：778", "778", Cvv),
        ("卡背面三位是七七八", "七七八", Cvv),
        ("cvv三二一", "三二一", Cvv),
        ("有效期12/27，后三位 321", "321", Cvv),
        ("卡后三位 123", "123", Cvv),
        ("我的信用卡末三位是123", "123", Cvv),
        ("卡验证码 123", "123", Cvv),
        ("背面三位数 123", "123", Cvv),
        ("the three digits on the back 123", "123", Cvv),
        ("the number on the back of my card is 123", "123", Cvv),
        ("last 3 digits of my card: 123", "123", Cvv),
        // One-time codes.
        ("482913 是我收到的码", "482913", OneTimeCode),
        ("我收到的六位数是 882211", "882211", OneTimeCode),
        ("我收到的数字：4829", "4829", OneTimeCode),
        ("我收到的六位数是八八二二一一", "八八二二一一", OneTimeCode),
        ("they texted me 551177", "551177", OneTimeCode),
        ("verification: 882 211", "882 211", OneTimeCode),
        ("G-482913", "G-482913", OneTimeCode),
        ("it says G-482913", "G-482913", OneTimeCode),
        ("验 证 码：482913", "482913", OneTimeCode),
        ("我刚收到482913", "482913", OneTimeCode),
        ("收到一条短信：482913", "482913", OneTimeCode),
        ("短信上写着 482913", "482913", OneTimeCode),
        ("the code I got is 482913", "482913", OneTimeCode),
        ("otp 是八八二二一一", "八八二二一一", OneTimeCode),
        ("验证码 482913", "482913", OneTimeCode),
        ("验证码是061 835，还是不行", "061 835", OneTimeCode),
        ("收到验证码了，是 061-835", "061-835", OneTimeCode),
        ("新的码是 482913，你帮我填上吧", "482913", OneTimeCode),
        ("这个码是482913", "482913", OneTimeCode),
        ("校验码：4829", "4829", OneTimeCode),
        ("动态码 ４８２９１３", "４８２９１３", OneTimeCode),
        ("482913 这是验证码", "482913", OneTimeCode),
        ("他让我把短信里的数字告诉他，我说了 482913", "482913", OneTimeCode),
        ("短信里的是 482913", "482913", OneTimeCode),
        ("我收到了短信验证码。482913", "482913", OneTimeCode),
        ("My OTP is 482913", "482913", OneTimeCode),
        ("verification code G-123456", "123456", OneTimeCode),
        ("G-123456 is your verification code", "G-123456", OneTimeCode),
        ("one-time code 4821 does not work", "4821", OneTimeCode),
        ("passcode: 482 913", "482 913", OneTimeCode),
        ("SMS code 48291375", "48291375", OneTimeCode),
        ("I got 482913 as the SMS code", "482913", OneTimeCode),
        ("I received 482913, it's my verification code", "482913", OneTimeCode),
        ("the code is 482913", "482913", OneTimeCode),
        ("验证码是2024", "2024", OneTimeCode),
        ("验证码 4 8 2 9 1 3 输进去没用", "4 8 2 9 1 3", OneTimeCode),
        ("动态密码123456", "123456", OneTimeCode),
        ("驗證碼 482913", "482913", OneTimeCode),
        ("验证码123456点了提交没反应", "123456", OneTimeCode),
        ("验证码（482913）5分钟有效", "482913", OneTimeCode),
        ("security code 482913", "482913", OneTimeCode),
        ("验证码482913，提示错误码 E1102", "482913", OneTimeCode),
        ("验\u{200b}证码 482\u{200b}913", "482\u{200b}913", OneTimeCode),
        // Passwords.
        ("密码是Tiger#2023啊", "Tiger#2023", Password),
        ("密码：abc123", "abc123", Password),
        ("我密码Abc!23", "Abc!23", Password),
        ("pwd=s3cret", "s3cret", Password),
        ("pwd = qwerty", "qwerty", Password),
        ("password is hunter2", "hunter2", Password),
        ("my password is hunter.", "hunter", Password),
        ("my pass: Passw0rd!", "Passw0rd!", Password),
        ("PIN 4821", "4821", Password),
        ("my pin is 482913", "482913", Password),
        ("支付密码123456", "123456", Password),
        ("密码改成了 xxx", "xxx", Password),
        ("密码改成了 tiger2023 还是登不上", "tiger2023", Password),
        ("密码是“Tiger 2023”", "Tiger 2023", Password),
        ("密码是“芝麻开门”", "芝麻开门", Password),
        ("password: \"correct horse\"", "correct horse", Password),
        ("{\"password\":\"hunter2\"}", "hunter2", Password),
        ("登录密码 １２３４５６", "１２３４５６", Password),
        ("ｐａｓｓｗｏｒｄ：Ｔｉｇｅｒ＃２０２３", "Ｔｉｇｅｒ＃２０２３", Password),
        ("changed my password to hunter2 yesterday", "hunter2", Password),
        ("Tiger#2023是我的密码", "Tiger#2023", Password),
        ("hunter2 is my password", "hunter2", Password),
        ("密码是abc123或者abc1234", "abc1234", Password),
        ("密码是我生日900101", "900101", Password),
        ("我密码就是我名字加生日 lihua1990", "lihua1990", Password),
        ("支付密码 123456 654321 都试了", "654321", Password),
        ("use password123 as password", "password123", Password),
        ("pwd123456", "123456", Password),
        ("密碼：abc123", "abc123", Password),
        ("密码应该是tiger", "tiger", Password),
        ("PIN: 48 21", "48 21", Password),
        ("user tom password Abc@xyz", "Abc@xyz", Password),
        ("账号 tom 密码 tom2020", "tom2020", Password),
        ("口令是abc123", "abc123", Password),
        ("密码错误，我的密码是abc123", "abc123", Password),
        ("密码（abc123）", "abc123", Password),
        ("密码提示不对，我输的是tiger99", "tiger99", Password),
        ("password rejected, I typed hunter2", "hunter2", Password),
        ("密码是一二三四五六", "一二三四五六", Password),
        ("my password is correct horse battery staple", "correct horse battery staple", Password),
        ("My password is Correct Horse Battery Staple.", "Correct Horse Battery Staple", Password),
        ("password: correct horse battery staple, and E1102 comes up", "correct horse battery staple", Password),
        ("my password for gopay is purple monkey dishwasher", "purple monkey dishwasher", Password),
        ("the password to my account is purple monkey dishwasher but it fails", "purple monkey dishwasher", Password),
        ("passphrase = correct-horse-battery-staple", "correct-horse-battery-staple", Password),
        ("changed my password to purple monkey", "purple monkey", Password),
        ("password is purple monkey, still locked out", "purple monkey", Password),
        ("我的密码是芝麻开门", "芝麻开门", Password),
        ("支付密码是天王盖地虎，登不上", "天王盖地虎", Password),
        ("密码改成了床前明月光 还是不行", "床前明月光", Password),
        ("口令是宝塔镇河妖！", "宝塔镇河妖", Password),
        ("我密码：我爱北京天安门", "我爱北京天安门", Password),
        ("密碼是芝麻開門", "芝麻開門", Password),
        ("验证码：八三七二一零", "八三七二一零", OneTimeCode),
        ("驗證碼是 四 四 〇 九 二 一", "四 四 〇 九 二 一", OneTimeCode),
        ("安全码是七三一", "七三一", Cvv),
        ("the code they sent me is 44-21-09", "44-21-09", OneTimeCode),
        ("密码 4111 1111 1111 1111", "4111 1111 1111 1111", Card),
        // Passwords that nothing introduces, or a word behind them, or another verb.
        ("我用 P@ssw0rd 登录不了", "P@ssw0rd", Password),
        ("Tiger#2023", "Tiger#2023", Password),
        ("Tiger#2023这个密码没错啊", "Tiger#2023", Password),
        ("tiger2023这个密码不对", "tiger2023", Password),
        ("用abc123做密码行吗", "abc123", Password),
        ("tiger99 密码不对", "tiger99", Password),
        ("I set it to \"Blue$ky22\" but can't log in", "Blue$ky22", Password),
        ("I set it to bluesky22 but can't log in", "bluesky22", Password),
        ("I typed “Blue$ky” and cannot sign in", "Blue$ky", Password),
        ("my password's Fluffy!2", "Fluffy!2", Password),
        ("my password’s hunter2", "hunter2", Password),
        ("Passw0rd 登录不上", "Passw0rd", Password),
        ("登录的时候输了tiger2023，没反应", "tiger2023", Password),
        ("{\"user\":\"tom\",\"key\":\"Sunny#88river\"}", "Sunny#88river", Password),
        ("密码由abc123改成def456后登不上", "abc123", Password),
        ("密码由abc123改成def456后登不上", "def456", Password),
        ("changed my password from hunter2 to hunter3", "hunter2", Password),
        ("changed my password from hunter2 to hunter3", "hunter3", Password),
        ("我的密码 老虎2023", "老虎2023", Password),
        ("密码是老虎2023，登不上", "老虎2023", Password),
        ("我密码 tiger 不对", "tiger", Password),
        ("密　码：ｓｅｃｒｅｔ９９", "ｓｅｃｒｅｔ９９", Password),
        ("口 令：secret99", "secret99", Password),
        // ID numbers.
        ("身份证11010119900307758X", "11010119900307758X", IdNumber),
        ("110101199003077715", "110101199003077715", IdNumber),
        ("身份证号是 11010519491231002X", "11010519491231002X", IdNumber),
        ("11010519491231002Ｘ", "11010519491231002Ｘ", IdNumber),
        ("110101 19900307 1234", "110101 19900307 1234", IdNumber),
        ("110101-1990-0307-123x 实名不了", "110101-1990-0307-123x", IdNumber),
        ("１１０１０１１９９００３０７１２３４", "１１０１０１１９９００３０７１２３４", IdNumber),
        ("老身份证 110101900307123", "110101900307123", IdNumber),
        ("my ID number is 110101900307123", "110101900307123", IdNumber),
        ("110101199003071234 13812345678", "110101199003071234", IdNumber),
        ("身份证一一零一零五一九四九一二三一零零二X", "一一零一零五一九四九一二三一零零二X", IdNumber),
        ("一一〇一〇五一九四九一二三一〇〇二X 实名不了", "一一〇一〇五一九四九一二三一〇〇二X", IdNumber),
        // Phones.
        ("13812345678", "13812345678", Phone),
        ("手机138-1234-5678换了", "138-1234-5678", Phone),
        ("138 1234 5678", "138 1234 5678", Phone),
        ("+86 138 1234 5678", "+86 138 1234 5678", Phone),
        ("+8613812345678", "+8613812345678", Phone),
        ("86-13812345678", "13812345678", Phone),
        ("１３８１２３４５６７８", "１３８１２３４５６７８", Phone),
        ("1-3-8-1-2-3-4-5-6-7-8", "1-3-8-1-2-3-4-5-6-7-8", Phone),
        ("13812345678 482913 验证码", "13812345678", Phone),
        ("家里电话021-12345678", "021-12345678", Phone),
        ("(010) 12345678", "12345678", Phone),
        ("0755 1234567", "0755 1234567", Phone),
        ("+1 (415) 555-2671", "(415) 555-2671", Phone),
        ("+44 20 7946 0958", "+44 20 7946 0958", Phone),
        ("call me at 415-555-2671", "415-555-2671", Phone),
        ("手机号 9123 4567", "9123 4567", Phone),
        ("电话一三八一二三四五六七八", "一三八一二三四五六七八", Phone),
        ("我手机幺三八 幺二三四 五六七八换了", "幺三八 幺二三四 五六七八", Phone),
        ("一三八一二三四五六七八 和 13912345678", "一三八一二三四五六七八", Phone),
        // E-mail.
        ("发到 tom.li@example.com 吧", "tom.li@example.com", Email),
        ("tom＠qq.com", "tom＠qq.com", Email),
        ("邮箱ｔｏｍ＠ｑｑ．ｃｏｍ", "ｔｏｍ＠ｑｑ．ｃｏｍ", Email),
        ("tom+pay@mail.example.co.uk.", "tom+pay@mail.example.co.uk", Email),
        ("tom@qq.com。thanks", "tom@qq.com", Email),
        ("tom @ qq.com", "tom @ qq.com", Email),
        ("foo@中国.cn 收不到", "foo@中国.cn", Email),
        ("foo@例子.中国收不到", "foo@例子.中国", Email),
        ("write to john dot smith at gmail dot com", "john dot smith at gmail dot com", Email),
        ("my mail is tom at outlook dot com", "tom at outlook dot com", Email),
        ("邮箱tom艾特qq点com", "tom艾特qq点com", Email),
        ("tom@qq点com", "tom@qq点com", Email),
        // Codes in groups, and what only their number of digits says to be one.
        ("i got code 4-8-1-9-0-2 but it says expired", "4-8-1-9-0-2", OneTimeCode),
        ("code 481-902 not accepted", "481-902", OneTimeCode),
        ("code 481902 was rejected", "481902", OneTimeCode),
        ("code: 48 19 02", "48 19 02", OneTimeCode),
        ("verification code 4.8.1.9.0.2 expired", "4.8.1.9.0.2", OneTimeCode),
        ("校验码 4·8·1·9·0·2", "4·8·1·9·0·2", OneTimeCode),
        ("他问我要的六位数是 771 204 我给了", "771 204", OneTimeCode),
        ("对方要的6位數字是771204", "771204", OneTimeCode),
        ("the six digit number he asked for was 771 204", "771 204", OneTimeCode),
        ("verfication code 481902", "481902", OneTimeCode),
        ("o t p 481902", "481902", OneTimeCode),
        ("驗証碼 481902", "481902", OneTimeCode),
        ("otp: 4,8,1,9,0,2", "4,8,1,9,0,2", OneTimeCode),
        ("验证码 4、8、1、9、0、2", "4、8、1、9、0、2", OneTimeCode),
        ("验证码是4/8/1/9/0/2", "4/8/1/9/0/2", OneTimeCode),
        ("otp 4819 02", "4819 02", OneTimeCode),
        ("cvv 2.7.3", "2.7.3", Cvv),
        ("背面三位 2、7、3", "2、7、3", Cvv),
        ("验证码前三位481后三位902", "481", OneTimeCode),
        ("验证码前三位481后三位902", "902", OneTimeCode),
        ("the otp: first three are 481, last three are 902", "902", OneTimeCode),
        ("他要的码是 481902", "481902", OneTimeCode),
        ("p/w hunter22", "hunter22", Password),
        // Digits in words.
        ("my sms code ... it was five two nine one one six", "five two nine one one six", OneTimeCode),
        ("otp four-eight-one-nine-zero-two", "four-eight-one-nine-zero-two", OneTimeCode),
        ("OTP Double four one nine oh two", "Double four one nine oh two", OneTimeCode),
        ("verification code four eight 1 nine 0 two", "four eight 1 nine 0 two", OneTimeCode),
        ("cvv two seven three", "two seven three", Cvv),
        ("card four one one one / 1111 / 1111 / 1111 pin 2580", "four one one one / 1111 / 1111 / 1111", Card),
        ("card four one one one / 1111 / 1111 / 1111 pin 2580", "2580", Password),
        ("my pin is two five eight oh", "two five eight oh", Password),
        ("驗證碼係五五二一九八", "五五二一九八", OneTimeCode),
        ("驗證碼係552198", "552198", OneTimeCode),
        ("支付密码六个八", "六个八", Password),
        ("支付密碼係六個8", "六個8", Password),
        ("密码是三个六三个八，登不上", "三个六三个八", Password),
        ("验证码 6️⃣2️⃣1️⃣9️⃣0️⃣4️⃣ 不对", "6️⃣2️⃣1️⃣9️⃣0️⃣4️⃣", OneTimeCode),
        ("验证码 ❻②➊⑼⓪⒋ 不对", "❻②➊⑼⓪⒋", OneTimeCode),
        ("6222O2l234567890l28 is my card", "6222O2l234567890l28", Card),
        ("我的卡 6222 O212 3456 7890 l28 绑不上", "6222 O212 3456 7890 l28", Card),
        // Cues that are misspelt or spaced.
        ("c v v 273", "273", Cvv),
        ("c.v.v. 273", "273", Cvv),
        ("ccv: 273", "273", Cvv),
        ("pasword is Hunter2!!", "Hunter2!!", Password),
        ("my pasword is bluesky", "bluesky", Password),
        ("passwrd hunter22", "hunter22", Password),
        ("passw0rd: hello2you", "hello2you", Password),
        ("the pw i chose was correct-horse", "correct-horse", Password),
        ("登陆蜜码是 lovecat520", "lovecat520", Password),
        ("密玛：lovecat520", "lovecat520", Password),
        ("密碼係 lovecat520", "lovecat520", Password),
        // Numbers that are given in parts.
        ("我的卡号前八位是62220210后面是01116245039", "62220210", Card),
        ("我的卡号前八位是62220210后面是01116245039", "01116245039", Card),
        ("卡号前面62220210，剩下的是01116245039", "01116245039", Card),
        ("身份证尾号是2817X前面是440106199203", "440106199203", IdNumber),
        ("身份证尾号是2817X前面是440106199203", "2817X", IdNumber),
        ("card starts with 62220210 then 01116245039", "62220210", Card),
        ("card starts with 62220210 then 01116245039", "01116245039", Card),
        ("my card number: first half is 41111111 and the rest is 11111111", "11111111", Card),
        ("my card is 6222021234 and the last part is 567890128", "6222021234", Card),
        ("credit card 6222 0212 then 3456 7890", "6222 0212", Card),
        ("card no 6 2 2 2 O 2 1 2 3 4 5 6 7 8 9 O 1 2 8, it is my card", "6 2 2 2 O 2 1 2 3 4 5 6 7 8 9 O 1 2 8", Card),
        ("身份证前六位440106，中间19920312，后四位2817", "19920312", IdNumber),
        ("身份证前六位440106，中间19920312，后四位2817", "2817", IdNumber),
        // Other documents.
        ("passport G1234567X", "G1234567X", IdNumber),
        ("passport number c01x00t47 and name li", "c01x00t47", IdNumber),
        ("我的护照号是E12345678", "E12345678", IdNumber),
        ("護照號碼：E 12345678", "E 12345678", IdNumber),
        ("E12345678是我的护照", "E12345678", IdNumber),
        ("SSN 078-05-1120", "078-05-1120", IdNumber),
        ("my social security number is 078051120", "078051120", IdNumber),
        ("it is 078-05-1120", "078-05-1120", IdNumber),
        ("护照 E 1234 5678", "E 1234 5678", IdNumber),
        // Accounts.
        ("my bank account number is 123456789", "123456789", BankAccount),
        ("银行账号：123456789", "123456789", BankAccount),
        ("银行账号 6222021234567891", "6222021234567891", Card),
        ("iban DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00", BankAccount),
        ("DE89370400440532013000", "DE89370400440532013000", BankAccount),
        ("pay to GB82 WEST 1234 5698 7654 32 from my wallet", "GB82 WEST 1234 5698 7654 32", BankAccount),
        ("BE68 5390 0754 7034 from Brussels", "BE68 5390 0754 7034", BankAccount),
        ("iban: DE89 3704 0044 0532 0130 01 fails", "DE89 3704 0044 0532 0130 01", BankAccount),
    ];

    const SURVIVING: &[&str] = &[
        "",
        "你好",
        "错误码 E1101",
        "code 1102",
        "error code 1102",
        "报错1104",
        "E 1104",
        "E-1104",
        "出现e1303",
        "输入验证码后出现e1303",
        "收不到验证码，错误码 1102",
        "收不到验证码，报错1104",
        "验证码错误 E1102",
        "验证码错误 1102",
        "验证码 E 1104",
        "输了验证码，提示 1104",
        "I entered the OTP and got code 1102",
        "OTP error 1102",
        "verification code failed with error code 1102",
        "after the OTP it shows 1303",
        "验证码 60 秒还没到",
        "等验证码等了 1000 秒",
        "验证码是6位吗",
        "收不到验证码，我要转 5000 元",
        "没收到验证码，充值了1000",
        "没收到验证码，¥1234.56 没到账",
        "verification code never came and I paid $2500",
        "2023年注册的，现在收不到验证码",
        "since 2023 the verification code never arrives",
        "验证码 12:30 收到的",
        "验证码2024-05-06就没收到过",
        "验证码 2024年5月6日 收到",
        "收不到验证码，手续费涨了 1500%",
        "95588发来的验证码",
        "尾号6789的卡收不到验证码",
        "the card ending in 6789 gets no OTP",
        "订单号 12345678 没收到验证码",
        "app 版本 1.2.3.4 收不到验证码",
        "iOS17 收不到验证码",
        "收不到短信验证码",
        "cvv在哪里看",
        "卡后三位在哪看，要付 100 元",
        "cvv 错误，错误码 1104",
        "where is the CVV? I paid 500 dollars",
        "安全码是什么，要付 100 元",
        "security code error 1102",
        "密码错误",
        "密码错误1102",
        "密码错误 E1102",
        "密码 E1102 怎么办",
        "密码忘了",
        "验证码一二十分钟都没来",
        "密码一直错",
        "密码错误，我输了三遍",
        "password wrong, I tried it 3 times",
        "密码是6-20位字符吗",
        "密码是对的但登不进去",
        "password length is 8-20 characters",
        "银行卡绑定失败 20240506123045",
        "密码要多复杂",
        "密码用生日行不行",
        "密码是什么",
        "密码是不是要8位",
        "密码要8位以上",
        "密码6位还是8位",
        "密码输错了5次",
        "密码2023年改的",
        "密码是2023年设的",
        "密码是12:30改的",
        "忘记密码了怎么办？",
        "提示“密码错误”",
        "密码是“无效”的",
        "怎么改密码 app里找不到",
        "支付密码和登录密码一样吗",
        "修改密码要99元吗",
        "password is wrong",
        "my password is not working",
        "password is too weak",
        "password reset",
        "password reset link expired",
        "password: forgot it",
        "password isn't accepted",
        "My password was changed by someone",
        "password don't work",
        "password must have 8 characters",
        "pin 6-digit or 4-digit?",
        "PIN is blocked",
        "my pass was denied",
        "forgot my password, what now",
        "password to my account",
        "password error 1102",
        "my password is correct but I cannot log in",
        "my password is correct, I checked it twice",
        "my password is correct according to my notes",
        "my password is correct I double checked everything",
        "my password is right there in the app",
        "password is wrong screen shows red text",
        "password is strong enough for me",
        "password is secret nobody knows it",
        "password is case-sensitive",
        "password is up-to-date",
        "password: reset link never arrived on my phone",
        "password for my account is wrong",
        "the password on this phone was changed yesterday",
        "我的密码是不是错了",
        "密码是正确的",
        "密码是正确输入",
        "密码是多少来着",
        "密码是系统自动生成",
        "密码是我老婆生日",
        "密码是昨天刚改",
        "密码是六位数字",
        "密码是银行卡密码吗",
        "密码是大小写字母混合",
        "密码是客服重置",
        "密码是别人在用",
        "密码改成什么才安全",
        "忘记密码：找回流程",
        "登录密码：连续报错",
        "支付密码：收不到短信",
        "密码是为什么登不上",
        "我收到的金额是 1000 元",
        "我收到的钱数是 5000 元",
        "收到的是5000",
        "they sent me 5000 dollars",
        "they texted me 3 times",
        "verification: 3 days",
        "the number on the back is 400 820 8820",
        "后面三个步骤 123",
        "后面三天 778 元",
        "A-482913",
        "2021/2022/2023/2024",
        "1000/2000/3000/4001",
        "look at the dot com boom",
        "meet us at example dot com",
        "在qq上点确认",
        "@客服.谢谢",
        "收到482913元",
        "收到100000",
        "收到了 3 条短信",
        "验证码发到138****1234了",
        "GOpay3.2.1 登录不了",
        "用Visa4242登录",
        "登录报0x80070005",
        "登录报错code:AB1002",
        "订单TX20240506AB12登录后看不到",
        "用小米14Ultra登录不上",
        "Mate60Pro登录不上",
        "用OPPO Reno11登录",
        "登录时提示 ERR-2001",
        "客服电话是四零零八二零八八二零",
        "二零二四年一月一日到二零二四年二月一日",
        "一二三四五六七八九十",
        "一二三四五六七八九零一二三四",
        "二零二四零五零六一二三零四五",
        "试了一次两次三次四次五次",
        "二零二四年五月六日",
        "一五一十地说，三三两两都试了",
        "第一二三四五六步都做了",
        "一千二百三十四万五千六百七十八元",
        "密码由系统生成",
        "密码由客服重置过",
        "密码从昨天开始不对",
        "密码由6位变成8位",
        "密码从来没对过",
        "my password's length is 8",
        "my password's wrong",
        "my password's reset link expired",
        "我的密码 出现1302",
        "我的密码 充值100元时不对",
        "我的密码 改了2次",
        "我密码 app 不对",
        "我的密码 reset 不了",
        "我用 iPhone15 登录不了",
        "我用 iPhone15Pro 登录不了",
        "用 Win10 登录，密码错误",
        "用4G登录不了",
        "用 P40pro 登录不了",
        "Windows11 密码错误",
        "HarmonyOS4 登录不了",
        "Chrome120 密码输不进去",
        "I use MacBook2019 to log in",
        "log in with WiFi6 fails",
        "ERR_404 password error",
        "AUTH-1001 登录失败",
        "密码错误！E1302",
        "Help!E1101又来了",
        "Help!1101",
        "order#12345 is missing",
        "Ref#A2024-88",
        "ticket#4521",
        "US$100.50 没到账",
        "HK$1,200 fee",
        "pay$100",
        "paid$50now",
        "100%OK",
        "50%off是什么",
        "10USDT@7.2",
        "Visa****1234 绑不上",
        "**E1101**",
        "2*3=6",
        "AT&T5G",
        "Q&A2024",
        "https://x.example.com/Login#A1b2",
        "gopay.example.com/a?b=C1#D2",
        "/search?q=A1%2FB2%20c",
        "redis@7.2.1 and root@localhost",
        "@Support24 help",
        "#GOpay2024",
        "code=E1101",
        "error:E1101",
        "GMT+8 12:30",
        "T+1到账",
        "USDT(TRC20)能充吗",
        "RedmiNote12打不开",
        "this bull$hit won't let me log in",
        "Sh*t，登录不了",
        "GOpay2.0",
        "Wi-Fi6 下登录失败",
        "订单 A1B2C3D4E5F6",
        "密码在iPhone15上改不了",
        "密码 iPhone15 改不了",
        "passport 12345",
        "转了 5000 元没到账",
        "$1,234.56",
        "100 块变成 1000 块",
        "2024-05-06 12:30:45 付的",
        "2024-05-06 2024-06-07 两天都失败",
        "2024年5月6日下午3点",
        "20240506",
        "20240506123045",
        "v1.2.3",
        "版本 10.15.7",
        "192.168.100.100",
        "订单号 20240506123456789012345",
        "订单 1234567890123456789012 没到账",
        "98765432109876543210",
        "订单号 123456789012345",
        "交易流水号 1234567890123",
        "550e8400-e29b-41d4-a716-446655440000",
        "客服电话 95588",
        "400-123-4567 打不通",
        "客服热线 400 820 8820",
        "10086 发的短信",
        "手续费 0.6%",
        "1/2/3/4/5",
        "3 天 5 小时 20 分钟",
        "top up 1000 2000 failed",
        "QQ 12345678",
        "@客服 在吗",
        "a@b",
        "100@200",
        "我有 3 张银行卡，2 张绑不上，报错1104",
        "银行卡尾号 1234",
        "身份证过期了 2025 年",
        "[card] [password] [code]",
        "my card number is [card] and cvv [cvv]",
        "😀 1️⃣ 2️⃣",
        "２０２４年",
        "error code 482-913",
        "error, code 482913 was rejected",
        "country code 86",
        "zip code 100 084",
        "promo code 482913 was rejected",
        "sort code 12-34-56",
        "code 123 456 789 is my order",
        "the booking code 12-34-56 was refused",
        "my voucher code 4821-9033-11 was not accepted",
        "student code 482913 is not accepted",
        "error: code 100-234",
        "the QR code 482913 expired",
        "收款码 482913",
        "验证码页面 1、2、3、4 都点了",
        "验证码 5 次都错，2 天了",
        "the last four digits 1234 of the card that gets no otp",
        "our card: first 6 digits 411111, last four 1111",
        "two or three, four hours",
        "first 6 digits of my card are 411111 and last 4 are 1111",
        "the rest is 12345678 dollars on my card",
        "我的卡后面扣了12345678",
        "护照照片 IMG_2024 传不上去",
        "code 4102 not accepted",
        "code E1101 was rejected",
        "版本 1.2.3.4.5 收不到验证码",
        "six digits are needed for the pin",
        "验证码是六位数吗",
        "金额是六位数",
        "one on one support",
        "I tried one, two, three times",
        "the password needs one two or three digits",
        "two or three days for one code",
        "六个八",
        "密码六个一样的字符",
        "密码输了三个一直不对",
        "密码六个字符",
        "pasword is wrong",
        "passwrd not accepted",
        "the password I chose was rejected",
        "the password I used was case-sensitive",
        "密碼係錯嘅",
        "秘密武器 2024",
        "银行卡前六位 622202 不支持",
        "银行卡尾号是 1234",
        "my card ends with 6789",
        "the card ending in 6789, first 6 digits 411111",
        "银行卡绑定后20240506才到账",
        "我的卡前面扣了 100000 元后面又扣 200000 元",
        "银行卡付的，订单号前面是20240506后面是12345678",
        "passport is needed",
        "护照2025年到期",
        "passport expires 20301231",
        "passport photo IMG20240506 is rejected",
        "护照审核要 3 天",
        "order DE2024050612345678",
        "订单 GB29202405061234567890",
        "last four of my ssn 1120",
        "订单 123-45-6789 没发货",
        "order number 123-45-6789 never came",
        "CSC 2024",
        "my card 6789 then 12345678",
        "bank account 100000 dollars short",
        "提现到银行账户 10000000",
        "bank account number is not shown, paid 123456789",
        "cvv 要 2、3 天才更新",
        "cvv 2、3、4 次都错",
        "my card 500000 then 300000 were taken",
        "银行卡 200000 然后 300000",
    ];

    fn digits_of(text: &str) -> String {
        let reading = Reading::of(text);
        reading.text().chars().filter(char::is_ascii_digit).collect()
    }

    #[test]
    fn masks_private_data() {
        let mut wrong = Vec::new();
        for &(line, secret, kind) in MASKED {
            assert!(line.contains(secret), "{secret} is not in {line}");
            let redacted = redact(line);
            let digits = digits_of(secret);
            let gone = !redacted.text().contains(secret)
                && (digits.len() < 3 || !digits_of(redacted.text()).contains(&digits));
            if !gone || !redacted.found().contains(&kind) || redacted.is_clean() {
                wrong.push(format!("{line} → {}, {:?} instead of {kind:?}", redacted.text(), redacted.found()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn leaves_everything_else() {
        let changed: Vec<_> = SURVIVING
            .iter()
            .map(|line| (line, redact(line)))
            .filter(|(line, redacted)| redacted.text() != **line || !redacted.is_clean())
            .map(|(line, redacted)| format!("{line} → {}", redacted.text()))
            .collect();
        assert!(changed.is_empty(), "{}", changed.join("\n"));
    }

    #[test]
    fn masks_only_the_secret_itself() {
        for (line, masked) in [
            ("密码是Tiger#2023啊", "密码是[password]啊"),
            ("验证码482913，提示错误码 E1102，付了 500 元", "验证码[code]，提示错误码 E1102，付了 500 元"),
            ("My card number is 4111111111111112.", "My card number is [card]."),
            ("4111 1111 1111 1111 12/27 cvv 123", "[card] 12/27 cvv [cvv]"),
            ("+86 138 1234 5678 或 tom@qq.com", "[phone] 或 [email]"),
            ("身份证11010519491231002X。", "身份证[id-number]。"),
            ("password is hunter2.", "password is [password]."),
            ("G-123456 is your verification code", "[code] is your verification code"),
            ("密码（abc123）", "密码（[password]）"),
            ("验证码 6️⃣2️⃣1️⃣9️⃣0️⃣4️⃣ 不对", "验证码 [code] 不对"),
            ("iban DE89 3704 0044 0532 0130 00 please", "iban [bank-account] please"),
            ("otp four-eight-one-nine-zero-two!", "otp [code]!"),
            ("otp double four double one", "otp [code]"),
            ("passport number c01x00t47 and name li", "passport number [id-number] and name li"),
        ] {
            assert_eq!(redact(line).text(), masked);
        }
    }

    #[test]
    fn names_what_it_found_in_the_order_of_the_text() {
        let redacted = redact("13812345678，验证码 482913，卡 4111111111111111，密码是abc123");
        assert_eq!(redacted.found(), [Phone, OneTimeCode, Card, Password]);
        // The password lays the card bare, which the next pass finds.
        let redacted = redact("tom@qq.com 密码 12345678 4111111111111111 cvv 123");
        assert_eq!(redacted.found(), [Email, Password, Card, Cvv]);
    }

    const PASSWORD: Awaited = Awaited { password: true, code: false };
    const CODE: Awaited = Awaited { password: false, code: true };

    #[test]
    fn an_answer_to_what_was_spoken_of_is_masked() {
        for (awaited, line, masked) in [
            (PASSWORD, "tiger2023", "[password]"),
            (PASSWORD, "我记得是tiger2023", "我记得是[password]"),
            (PASSWORD, "我记得是Tiger#2023", "我记得是[password]"),
            (PASSWORD, "I think it was fluffy_cat", "I think it was [password]"),
            (PASSWORD, "应该是老虎2023吧", "应该是[password]吧"),
            (PASSWORD, "tiger2023 不对", "[password] 不对"),
            (PASSWORD, "123456", "[password]"),
            (
                PASSWORD,
                "it's bluesky22, why does it fail on my phone?",
                "it's [password], why does it fail on my phone?",
            ),
            (CODE, "482913", "[code]"),
            (CODE, "4829", "[code]"),
            (CODE, "482 913", "[code]"),
            (CODE, "我收到了，482913", "我收到了，[code]"),
            (CODE, "they sent me 482913 twice", "they sent me [code] twice"),
            (CODE, "the new one is 482913, type it for me", "the new one is [code], type it for me"),
            (CODE, "新的是482913，你帮我填", "新的是[code]，你帮我填"),
        ] {
            let redacted = redact_answer(line, awaited);
            assert_eq!(redacted.text(), masked, "{line}");
            assert!(redact(redacted.text()).is_clean(), "{line}");
        }
    }

    #[test]
    fn what_answers_nothing_that_was_spoken_of_stays() {
        for line in [
            "E1101",
            "1101",
            "5000",
            "好的",
            "hi",
            "iPhone15",
            "iOS17.1",
            "ios17",
            "Windows11",
            "10000",
            "100000",
            "20240506",
            "95588",
            "换了3次都不行",
            "错误码 E1302",
            "收款5000扣多少",
            "13:30",
            "2024-05-06",
            "还是不行，我试了 3 次",
            "still not working!",
            "why?!",
            "no!!!",
            "C++",
            "AT&T",
            "那3万呢？",
        ] {
            assert!(redact_answer(line, PASSWORD).is_clean(), "{line}: {}", redact_answer(line, PASSWORD).text());
        }
        for line in
            ["500 元", "5000", "等了60秒", "收到3条", "2024", "20240506", "12:30", "E1303", "10000", "tiger2023"]
        {
            assert!(redact_answer(line, CODE).is_clean(), "{line}: {}", redact_answer(line, CODE).text());
        }
        assert!(redact("482913").is_clean() && redact("tiger2023").is_clean());
    }

    #[test]
    fn a_text_tells_what_it_speaks_of() {
        for (text, password, code) in [
            ("登录提示密码不对", true, false),
            ("密　码忘了", true, false),
            ("收不到验证码", false, true),
            ("I forgot my password", true, false),
            ("the verification code never came", false, true),
            ("手续费多少", false, false),
            ("code E1101", false, false),
        ] {
            assert_eq!(Awaited::after(text), Awaited { password, code }, "{text}");
        }
    }

    #[test]
    fn every_placeholder_is_stable() {
        for kind in SecretKind::ALL {
            assert!(redact(kind.placeholder()).is_clean());
            assert_eq!(kind.is_secret(), !matches!(kind, Phone | Email));
        }
    }

    #[test]
    fn a_text_that_outlasts_the_passes_is_masked_whole() {
        let whole = redact_within("E1102，密码是abc123", Awaited::NOTHING, 1);
        assert_eq!((whole.text(), whole.found()), ("[password]", &[Password][..]));
        assert!(redact(whole.text()).is_clean());
        assert_eq!(redact_within("E1102，密码是abc123", Awaited::NOTHING, 2).text(), "E1102，密码是[password]");
    }

    #[test]
    fn a_long_list_is_masked_line_by_line() {
        let redacted = redact(&"密码 12345678 4111111111111111，E1102\n".repeat(40));
        assert_eq!(redacted.text(), "密码 [password] [card]，E1102\n".repeat(40));
    }

    fn with_check_digit(mut digits: String) -> String {
        for check in '0'..='9' {
            digits.push(check);
            if card::has_check_digit(&digits) {
                break;
            }
            digits.pop();
        }
        digits
    }

    /// A number in our digits, full-width ones or Chinese ones.
    fn separated(number: &str, separators: &[&str], writing: usize) -> String {
        let mut text = String::new();
        for (i, c) in number.chars().enumerate() {
            if i > 0 {
                text.push_str(separators[i % separators.len()]);
            }
            let digit = c.to_digit(10).unwrap() as usize;
            text.extend(["0123456789", "０１２３４５６７８９", "零一二三四五六七八九"][writing].chars().nth(digit));
        }
        text
    }

    const SENTENCES: [(&str, &str); 6] = [
        ("", ""),
        ("我的卡是", "，一直付不了"),
        ("Why is ", " declined?"),
        ("E1102 错误。", "。充值 500 元"),
        ("密码忘了，", "，验证码也收不到"),
        ("卡号：", "（招行）"),
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_card_number_survives(
            body in "[1-9][0-9]{11,17}",
            separators in prop::collection::vec(
                prop::sample::select(vec!["", "", "", " ", "-", ".", "–", "\u{200b}", "\u{3000}", " - "]), 1..20),
            writing in 0..3usize,
            sentence in prop::sample::select(SENTENCES.to_vec()),
        ) {
            let number = with_check_digit(body);
            // A moment such as 20240506123045 is kept on purpose.
            prop_assume!(!digits::is_moment(&number));
            let text = format!("{}{}{}", sentence.0, separated(&number, &separators, writing), sentence.1);
            let redacted = redact(&text);
            prop_assert!(!digits_of(redacted.text()).contains(&number), "{} → {}", text, redacted.text());
        }

        #[test]
        fn no_password_with_a_sign_survives(
            head in "[A-Z][a-z]{2,8}",
            sign in prop::sample::select(vec!["@", "#", "^", "@!", "#$"]),
            tail in "[0-9]{2,6}",
            sentence in prop::sample::select(vec![("我用", "登录不了"), ("", ""), ("是“", "”吗"), ("why is ", " refused?")]),
        ) {
            // Labelled numbers are no passwords, whatever the label is.
            let word = format!("{head}{sign}{tail}");
            prop_assume!(!token::is_something_else(&word.to_lowercase()));
            let text = format!("{}{word}{}", sentence.0, sentence.1);
            let redacted = redact(&text);
            prop_assert!(!redacted.text().contains(&word), "{}", redacted.text());
        }

        #[test]
        fn no_amount_code_or_date_is_masked(
            amount in 1u32..100_000,
            day in 1u32..29,
            code in 1_000u32..10_000,
            sentence in prop::sample::select(vec!["登录", "付款", "充值", "log in", "refund"]),
        ) {
            for text in [
                format!("{sentence}的时候报错 E{code}，扣了{amount}元"),
                format!("{sentence}: error E{code}!E{code}"),
                format!("{sentence} 2026-11-{day:02} ${amount}.50"),
                format!("{sentence} US${amount} HK${amount} {amount}USD {amount}%"),
                format!("我{sentence}了{amount}块，11月{day}号"),
            ] {
                let redacted = redact(&text);
                prop_assert!(redacted.is_clean(), "{} → {}", text, redacted.text());
            }
        }

        #[test]
        fn any_text_is_stable_after_one_redaction(text in any::<String>()) {
            let once = redact(&text);
            let again = redact(once.text());
            prop_assert_eq!(again.text(), once.text());
            prop_assert!(again.is_clean());
            for awaited in [PASSWORD, CODE, Awaited { password: true, code: true }] {
                let once = redact_answer(&text, awaited);
                prop_assert!(redact(once.text()).is_clean());
                let again = redact_answer(once.text(), awaited);
                prop_assert_eq!(again.text(), once.text());
            }
        }

        #[test]
        fn any_chat_is_stable_after_one_redaction(parts in prop::collection::vec(prop::sample::select(vec![
            "密码", "是", "：", "password", " is ", " ", "，", "。", "\n", "验证码", "OTP", "cvv", "安全码", "卡号", "身份证", "手机号",
            "4111111111111111", "4111 1111", "13812345678", "110101199003071234", "abc123", "482913", "061 835", "1102", "E1104", "123",
            "2024", "-", ".", "(", ")", "“", "”", "\"", "或者", " or ", "@", "qq.com", "+86", "x", "元", "[card]", "[", "]", "\u{200b}",
            "１２３４", "pin", "pwd=", "!", "我的", "G-", "/", ":", "一次性", "Tiger#20", "用", "登录", "由", "改成", "老虎", "不对", "Pass", "#", "这个",
            "one ", "two ", "double ", "oh-", "seven", "passport ", "iban ", "DE89 3704 0044 0532 0130 00", "G1234567X", "078-05-1120",
            "前八位是", "后面是", "62220210", "01116245039", "六个八", "6️⃣", "l28", "6222O2", "code ", "4-8-1-9-0-2", "六位数是",
        ]), 0..24)) {
            let once = redact(&parts.concat());
            let again = redact(once.text());
            prop_assert_eq!(again.text(), once.text());
            prop_assert!(again.is_clean());
            let answer = redact_answer(&parts.concat(), Awaited { password: true, code: true });
            prop_assert!(redact(answer.text()).is_clean());
        }
    }
}
