//! Passwords and PINs: what stands behind "密码是", "pwd=" or "PIN".
//!
//! Customers write about passwords far more often than they write one ("密码错误", "password reset", "my password is
//! wrong"), so what follows the cue is judged by how it is linked. After "是", "is", ":" or "=" almost any word that is no
//! common English one is a password; after the bare cue it must look like one, with a digit or a sign in it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::digits::{self, Run};
use super::reading::MASKED;
use super::{Reading, SecretKind, Spans, card, identity, pattern, phrase, token};

/// How much of a word is looked at before it is taken for a password; the rest of it is masked unseen.
const MOST_JUDGED: usize = 128;

pub(super) static CUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?: 密\s?[码碼玛瑪] | [蜜秘]\s?[码碼] | 口\s?令 | pin[码碼]
        | (?-u:\b|_)(?:my)?(?: pass\s?words? | passwd | passphrase
            | (?: pa?s{1,2}w?[o0]?rds? | pa?s{1,2}w(?:d|od|or|ort|rod)s? | pword | p/w | mi\sma )(?-u:\b) | pass | pwd | psw | pw | mima | pin(?:\s?(?:code|number))? ) )",
    )
});

/// What makes a password a one-time code, when it is short and all digits.
static ONE_TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:[动動][态態]|一次性|短信|one[-\s]?time\s?)$"));

/// Words that say that the password follows.
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?x)^ ["'”’]? \s{0,3}
        (?: (?: 我 | 应该 | 一直 | 现在 | 目前 | 原来 | 以前 | 之前 | 可能 | 好像 | 都 | 就 | 已经? | 刚刚? | 才 | 昨天 | 今天 | 被 | 给 | 重新 | 又
            | (?:for|to|of|on)\s(?:(?:my|the|this|our)\s)?[a-z]{1,12} | i\s(?:use|used|set|chose|picked|made|created|typed|entered|wrote|put) | now | currently | should | used\sto | has | been | just ) \s{0,2} ){0,3}
        (?: [:=] | -> | => | → | 是 | 为 | 為 | 係 | 叫 | 由 | 从 | 從 | [改换換变設设](?:置|定)?(?:成|为|為|回|到|的是) | (?:用|填|输入?|写|设置?)的是?
            | (?-u:\b)(?:is|was|be|being|shi|set\sto|set\sas|changed\sto|equals)(?-u:\b) )
        (?: [\s:=] | 了 | 的?是 | now\s | just\s | still\s | currently\s ){0,4}"#,
    )
});

/// "changed my password to": the verb before, "to" after.
static CHANGE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:changed?|changing|set|reset|updated?|switched)\s(?:it|my|the|our|his|her|a|new|login|payment|account|wallet|\s){0,6}$",
    )
});

static TO: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s(?:to|from):?\s{1,2}"));

/// "my password's tiger99", but also "my password's length".
static SHORT_IS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^['’]s\s{1,2}"));

/// What may stand between the bare cue and a password.
static GAP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:用了?|输入?了?|填了?|试了?)?[\s\-(\[<【]{0,3}"));

/// "密码提示不对，我输的是tiger99", "password rejected, I typed hunter2".
static TYPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^[^。！？!?\n]{0,20}? (?: (?:输入?|填写?|打|敲|用)(?:进去|了)?的(?:就|一直|明明|都)?是 [\s:]{0,2}
        | (?-u:\b)i(?:'m|\sam)?\s(?:typed|entered|entering|typing|tried|used|use)(?:\sin)?[\s:]{1,2} )",
    )
});

/// "密码是我生日900101": a few words before the digits.
static HINT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:\p{Han}{0,8}(?:生日|名字|拼音|号码?|数字)\s?|\p{Han}{1,6})"));

/// "我的密码".
static OWN_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:我|俺|咱)的?(?:登[录陆錄陸]|支付|交易|钱包|账[号户])?$"));

/// Ideographs with figures right behind them.
static MIXED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\p{Han}{1,6})[a-z@#$%^&*!_]{0,12}[0-9]{2,12}[a-z@#$%^&*!_]{0,12}"));

/// What stands before a number that is counted, named or paid.
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"出现|出現|弹|跳出|版本|订单|尾|余额|金额|买|卖|扣|花|收|约|共|近|第|每|前|后|上|下|年|月|日|次|在|到|等|最|长|至|从|多|少|满|超|手机|苹果|华为|小米|安卓|荣耀|三星|微信|支付宝|浏览器",
    )
});

/// What is said of a password that does not work.
static COMPLAINED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s?(?:一直|总是?|还是|就是|明明|也|都|怎么|为什么|又|老是?|输了?|试了?)?\s?(?:不对|不對|不行|不正确|错|錯|登不|进不|没用|无效|不能|没错|是对的)",
    )
});

/// What the wrong thing is when it is no password.
const NAMES: [&str; 18] = [
    "iphone", "ipad", "android", "windows", "safari", "chrome", "wechat", "alipay", "paypal", "gmail", "apple",
    "google", "huawei", "xiaomi", "facebook", "twitter", "visa", "browser",
];

static QUESTION: LazyLock<Regex> = LazyLock::new(|| pattern(r"[错報报误码碼不多几么吗啥哪何时次位要为因年]"));

/// "Tiger#2023是我的密码", and with a word less sure of it "用abc123做密码", "abc123这个密码".
static VALUE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?:^|[^!-~]) ([!-~]{4,40}?) [\x22'”’」]? \s{0,2}
        (?: (?: (?:这个?|就|才|也)?\s?(?:是|为)\s?(?:我|你|他|她|咱)?们?的? | (?:is|was|as)\s(?:(?:my|the|his|her|our|your|a)\s?)? )
        | ( (?:这个?|這個?|那个?|这串)的? | (?:用?来)?[做作当當](?:为|為|成|了)? | ) )
        \s? (?: 新 | 旧 | 支付 | 登[录陆] | 交易 | 钱包 | 取款 | 账[户号] | (?:new|old|current|login|payment|wallet|account|app)\s ){0,2} $",
    )
});

static COMPLAINT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s?(?:错|錯|不|有误|有問題|有问题|异常|问题|吗|么|嘛|过期|失效|输|重置|找回|error|wrong|reset|issue|problem|incorrect|invalid)",
    )
});

/// Another password after the first, or the one that it was changed to.
static ALTERNATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\s?(?:或者?是?|还是|和|跟|、|/|->|→|[改换換变變](?:成|为|為|到)了?|到|变回|改回)\s?|\s(?:or|and|to|then)\s)",
    )
});

/// A quoted text that is a message about passwords, not one.
static MESSAGE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[错錯误誤忘弱过過无無]|重置|不正确|不能|不一致|失败|简单|太|wrong|incorrect|invalid|reset|weak|expired|forg[eo]t|error|fail",
    )
});

/// What has digits and is no password: error codes, clock times, days, versions, percentages, amounts, counts, devices.
pub(super) static NO_PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^(?: e-?[0-9]{3,5} | [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:am|pm)? | [0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}
        | [0-9]{1,2}[-~][0-9]{1,2} | v?[0-9]+(?:\.[0-9]+)+ | [0-9.,]+% | [$¥€£][0-9.,]+ | [0-9.,]+(?:rmb|cny|usd|yuan|k|w)
        | [0-9]{1,3}[-+]? (?:digits? | char(?:s|acters?)? | letters? | times? | days? | hours? | h | hrs? | min(?:s|utes?)? | sec(?:s|onds?)?
            | months? | years? | st | nd | rd | th | am | pm)
        | (?:iphone|ipad|ios|android|windows|win|macos|huawei|mate|xiaomi|redmi|oppo|vivo|samsung|galaxy|chrome|pixel)[-0-9.a-z]{1,12}
        | [a-z]+://.* | www\..* | (?:[a-z0-9-]+\.)+[a-z]{2,}(?:/.*)? ) $",
    )
});

pub(super) static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s?(?:元|块|万|%|年|秒|分钟|小时|次|个|天|月|位|遍|(?:times|days|hours|minutes|seconds|characters|chars|digits|letters|usd|rmb|yuan|dollars)\b)",
    )
});

/// Words that follow "password is" and ":" in a complaint or a question.
const COMMON_WORDS: &str = " a about accepted after again all already also always am an and another any app are as asked asking at \
    automatically back bad because been before being blocked broken but by can cannot cant case change changed come coming compromised \
    correct correctly dead denied did didnt different do does doesnt doing done dont empty enough even ever every everything exactly \
    expired expiring exposed fail failed failing false fine for forbidden forget forgot forgotten from frozen fully gone good got hacked \
    had has have he help her here hidden his how i if ignored impossible in incorrect insecure invalid is issue it its just known leaked \
    least letters like linked locked long longer login lost make maybe me mine missing must my necessary need needed needs never new no \
    none nope not nothing now null of off ok okay old on one only optional or our out over please pls pretty private problem properly \
    public quite random really recover recovery refused rejected required reset resets resetting revealed right rubbish safe same saved \
    secret secure see sensitive set she short should shown simple since so some something still stolen strong stuck such sure than thanks \
    that the their them then there these they this to today together too true try trying two u unable under unknown unsafe until up \
    update updated urgent us used useless using valid very via visible vulnerable was way we weak were what when where whether which \
    while who why wifi will with without work working works wrong yes yesterday yet you your username user email sms otp null error ";

/// Finds passwords and PINs.
pub(super) fn find(reading: &Reading, runs: &[Run], spans: &mut Spans) {
    let text = reading.text();
    for cue in CUE.find_iter(text) {
        let cue = cue.range();
        // "pwd123456" is a cue and a value, "passport" is neither.
        let in_word = text[cue.clone()].is_ascii() && text[cue.end..].starts_with(|c: char| c.is_ascii_alphabetic());
        if in_word || !spans.is_free(&cue) {
            continue;
        }
        find_before(reading, &cue, spans);
        let Some(value) = value_after(reading, runs, &cue).or_else(|| typed_after(reading, &cue)) else { continue };
        let one_time = ONE_TIME.is_match(reading.before(cue.start, 12));
        if one_time && text[value.clone()].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            continue;
        }
        let first = text[value.clone()].to_owned();
        let mut end = take(reading, runs, value, spans);
        // "abc123 或者 abc1234"
        let numeric = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        loop {
            let link = ALTERNATIVE.find(reading.after(end, 8)).map(|link| link.end());
            // "654321" after "123456 ": tried one after the other.
            let Some(link) = link.or_else(|| text[end..].starts_with(' ').then_some(1)) else { break };
            let next = word(text, end + link);
            let listed = numeric(&first) && numeric(&text[next.clone()]) && next.len() == first.len();
            if link == 1 && text[end..].starts_with(' ') && !listed {
                break;
            }
            if !looks_secret(&text[next.clone()]) || UNIT.is_match(reading.after(next.end, 12)) {
                break;
            }
            end = take(reading, runs, next, spans);
        }
    }
}

/// Takes a value, with the rest of its number if it is one: "4111 1111 1111 1111", "48 21". Returns where it ends.
fn take(reading: &Reading, runs: &[Run], value: Range<usize>, spans: &mut Spans) -> usize {
    let text = reading.text();
    let next = runs.partition_point(|run| run.groups[0].start < value.start);
    let run = runs.get(next).filter(|run| run.groups[0].start == value.start);
    let Some(run) = run.filter(|_| text[value.clone()].bytes().all(|b| b.is_ascii_digit() || b"-._()".contains(&b)))
    else {
        let cut_short = value.len() > MOST_JUDGED / 2;
        let end = if cut_short { end_of_word(text, value.end, usize::MAX) } else { value.end };
        spans.take(value.start..end, SecretKind::Password);
        return end;
    };
    let whole = run.span(0, run.groups.len() - 1);
    let number = digits::digits(text, &run.groups);
    let lengths = digits::lengths(&run.groups);
    let (span, kind) =
        if card::LENGTHS.contains(&number.len()) && (card::has_check_digit(&number) || card::is_grouped(&lengths)) {
            (whole, SecretKind::Card)
        } else if identity::is_id_number(&number) {
            (whole, SecretKind::IdNumber)
        } else if number.len() <= 8 && lengths.iter().all(|&length| length <= 4) {
            (whole.start..whole.end.max(value.end), SecretKind::Password)
        } else {
            (value, SecretKind::Password)
        };
    let end = span.end;
    spans.take(span, kind);
    end
}

/// Whether four to eight digits in several short groups begin at `start`: "48 21".
fn is_split_pin(reading: &Reading, runs: &[Run], start: usize) -> bool {
    let next = runs.partition_point(|run| run.groups[0].start < start);
    let Some(run) = runs.get(next).filter(|run| run.groups[0].start == start && run.groups.len() > 1) else {
        return false;
    };
    let lengths = digits::lengths(&run.groups);
    let whole = run.span(0, run.groups.len() - 1);
    (4..=8).contains(&lengths.iter().sum::<usize>())
        && lengths.iter().all(|length| *length == lengths[0])
        && reading.text()[whole.clone()].bytes().all(|byte| byte != b'.')
        && !UNIT.is_match(reading.after(whole.end, 12))
}

/// The password after a cue, if there is one.
fn value_after(reading: &Reading, runs: &[Run], cue: &Range<usize>) -> Option<Range<usize>> {
    let text = reading.text();
    let pin = text[cue.clone()].starts_with("pin");
    let to = TO.find(reading.after(cue.end, 8)).filter(|_| CHANGE_BEFORE.is_match(reading.before(cue.start, 40)));
    let link = to.or_else(|| LINK.find(reading.after(cue.end, 48))).map(|link| link.end());
    let Some(link) = link else {
        let after = reading.after(cue.end, 8);
        let start = cue.end + SHORT_IS.find(after).or_else(|| GAP.find(after)).map_or(0, |gap| gap.end());
        let value = quoted(text, start).unwrap_or_else(|| word(text, start));
        if is_split_pin(reading, runs, value.start) {
            return Some(value);
        }
        if looks_secret(&text[value.clone()]) && !UNIT.is_match(reading.after(value.end, 12)) {
            return Some(value);
        }
        // "我的密码 老虎2023", "我密码 tiger 不对".
        let own = OWN_BEFORE.is_match(reading.before(cue.start, 6)) && text[cue.end..].starts_with(' ');
        return if own { mixed(reading, start).or_else(|| complained_of(reading, value)) } else { None };
    };
    let linked = &text[cue.end..cue.end + link];
    let start = cue.end + link;
    if let Some(value) = quoted(text, start) {
        let inside = &text[value.clone()];
        return (!inside.trim().is_empty() && !MESSAGE.is_match(inside) && !is_common(inside, false)).then_some(value);
    }
    let value = word(text, start);
    if value.is_empty() {
        if let Some(value) = mixed(reading, start) {
            return Some(value);
        }
        let hint = HINT.find(reading.after(start, 16)).filter(|hint| !QUESTION.is_match(hint.as_str()));
        let hinted = hint.map(|hint| word(text, start + hint.end()));
        let is_good =
            |value: &Range<usize>| looks_secret(&text[value.clone()]) && !UNIT.is_match(reading.after(value.end, 12));
        // After a colon Chinese is mostly a heading: "忘记密码：找回流程". After "由" and "从" it tells who and when.
        let sure = if linked.contains(':') {
            reading.before(cue.start, 6).contains('我')
        } else {
            !linked.contains(['由', '从', '從'])
        };
        return hinted.filter(is_good).or_else(|| if sure { phrase::chinese(text, start) } else { None });
    }
    if is_split_pin(reading, runs, value.start) {
        return Some(value);
    }
    let inside = &text[value.clone()];
    if UNIT.is_match(reading.after(value.end, 12)) && inside.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let has_letter_or_digit = inside.bytes().any(|byte| byte.is_ascii_alphanumeric());
    if inside.bytes().any(|byte| byte.is_ascii_digit()) {
        return (inside.len() >= 3 && !NO_PASSWORD.is_match(inside)).then_some(value);
    }
    // "My pass was denied": of a pass or a PIN, only a colon makes a plain word a password.
    let sure = linked.contains([':', '=']) || !(pin || text[cue.clone()] == *"pass");
    if !sure || inside.len() < 3 || !has_letter_or_digit {
        return None;
    }
    if is_common(inside, true) && !phrase::is_joined(inside) {
        return phrase::english(text, &value);
    }
    let end = phrase::end(text, &value).0;
    Some(value.start..end)
}

/// A password of ideographs and figures: "老虎2023". What is said about passwords has words in it that none of these has.
pub(super) fn mixed(reading: &Reading, start: usize) -> Option<Range<usize>> {
    let found = MIXED.captures(reading.after(start, 32))?;
    let (han, whole) = (found.get(1)?.as_str(), start..start + found.get(0)?.end());
    let told = phrase::is_sentence(han) || QUESTION.is_match(han) || COUNTED.is_match(han);
    let ends =
        !UNIT.is_match(reading.after(whole.end, 12)) && !reading.text()[whole.end..].starts_with(['/', ':', '.']);
    (!told && ends).then_some(whole)
}

/// A plain word that is said to be wrong: "tiger 不对".
fn complained_of(reading: &Reading, value: Range<usize>) -> Option<Range<usize>> {
    let word = &reading.text()[value.clone()];
    let plain = word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let common = is_common(word, true) || phrase::is_said(word) || NAMES.contains(&word);
    let own = plain && !common && !reading.typed(&value).contains(char::is_uppercase);
    (own && COMPLAINED.is_match(reading.after(value.end, 12))).then_some(value)
}

/// The password that the customer says to have typed, some words after a cue.
fn typed_after(reading: &Reading, cue: &Range<usize>) -> Option<Range<usize>> {
    let typed = TYPED.find(reading.after(cue.end, 40))?;
    let value = word(reading.text(), cue.end + typed.end());
    let inside = &reading.text()[value.clone()];
    let letters = inside.bytes().any(|byte| byte.is_ascii_alphabetic());
    (letters && looks_secret(inside) && !UNIT.is_match(reading.after(value.end, 12))).then_some(value)
}

/// Takes the password before a cue, if there is one.
fn find_before(reading: &Reading, cue: &Range<usize>, spans: &mut Spans) {
    let before = reading.before(cue.start, 80);
    let Some(found) = VALUE_BEFORE.captures(before) else { return };
    let Some(value) = found.get(1) else { return };
    let offset = cue.start - before.len();
    let value = trimmed(reading.text(), offset + value.start()..offset + value.end());
    let word = &reading.text()[value.clone()];
    let complained = COMPLAINT_AFTER.is_match(reading.after(cue.end, 12));
    // "iPhone15 密码" says nothing of a password, "tiger99 密码不对" does.
    let is_password = match found.get(2) {
        Some(weak) if weak.is_empty() => complained && looks_like_one(word),
        None if !complained => looks_secret(word),
        _ => looks_like_one(word),
    };
    if is_password {
        spans.take(value, SecretKind::Password);
    }
}

/// Whether a word is a password though little speaks for it: letters and digits, and not the name of a thing.
pub(super) fn looks_like_one(word: &str) -> bool {
    let has = |wanted: fn(&u8) -> bool| word.bytes().any(|byte| wanted(&byte));
    let has_both = has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit);
    word.len() >= 6 && has_both && looks_secret(word) && !token::is_something_else(word)
}

/// Whether a word that nothing introduces looks like a password: it has a digit, or a sign between letters.
pub(super) fn looks_secret(word: &str) -> bool {
    let starts_well =
        word.starts_with(|c: char| c.is_ascii_alphanumeric()) || word.bytes().any(|byte| byte.is_ascii_digit());
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    let has_sign = word.trim_end_matches('!').bytes().any(|byte| b"@#$%^&*!+=_~".contains(&byte));
    word.len() >= 4 && starts_well && (has_digit || has_sign) && !NO_PASSWORD.is_match(word)
}

/// Whether a word is one that people write about passwords rather than use as one; of several in quotes (not `alone`)
/// the whole must be.
pub(super) fn is_common(word: &str, alone: bool) -> bool {
    let plain: String = word.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let first = plain.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let known = |word: &str| !word.is_empty() && COMMON_WORDS.contains(&format!(" {word} "));
    known(plain) || alone && (known(first) || plain.len() > 5 && (plain.ends_with("ing") || plain.ends_with("ed")))
}

/// The word at `start`, as far as it is judged: ASCII signs without spaces, less the punctuation around it.
pub(super) fn word(text: &str, start: usize) -> Range<usize> {
    trimmed(text, start..end_of_word(text, start, MOST_JUDGED))
}

/// Where the word ends, or where `most` of its characters end.
fn end_of_word(text: &str, start: usize, most: usize) -> usize {
    let mut end = start;
    let mut characters = text[start..].chars().take(most).peekable();
    while let Some(c) = characters.next() {
        let inner = c == '！' && characters.peek().is_some_and(char::is_ascii_alphanumeric);
        if !c.is_ascii_graphic() && !inner {
            break;
        }
        end += c.len_utf8();
    }
    end
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let word = &text[span.clone()];
    let word = word.trim_start_matches(['"', '\'', '(', '[', '<', ',', ';', ':', '?', '.']);
    let start = span.end - word.len();
    start..start + word.trim_end_matches(['"', '\'', '(', ')', '[', ']', '<', '>', ',', ';', ':', '?', '.']).len()
}

/// What stands in the quotes that open at `start`.
fn quoted(text: &str, start: usize) -> Option<Range<usize>> {
    let open = text[start..].chars().next()?;
    let close = match open {
        '"' | '\'' | '`' => open,
        '“' | '”' => '”',
        '‘' | '’' => '’',
        '「' => '」',
        '『' => '』',
        '【' => '】',
        '《' => '》',
        _ => return None,
    };
    let from = start + open.len_utf8();
    let inside =
        text[from..].chars().take(64).take_while(|&c| c != '\n' && c != close).map(char::len_utf8).sum::<usize>();
    let span = from..from + inside;
    let closed = inside > 0 && text[span.end..].starts_with(close);
    (closed && !text[span.clone()].contains(MASKED)).then_some(span)
}
