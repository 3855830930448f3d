//! CVVs and one-time codes: short numbers that are secret only because a word nearby says so.
//!
//! The danger here is to mask too much. An error code, an amount or a year beside "验证码" must survive, or the chat loses
//! the very thing that it could have answered. So a number needs a cue within reach and no label of its own ("错误码",
//! "尾号", "元"); a cue directly before it ("验证码是2024") outweighs the weaker labels.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clause::Clauses;
use super::digits::{self, Run};
use super::reading::MASKED;
use super::{Reading, SecretKind, Spans, pattern};

/// How far before a number its label is looked for, in characters.
const LABEL_REACH: usize = 32;

/// As many digits as most one-time codes have.
const USUAL_LENGTH: usize = 6;

/// How far before a number a phrase begins that says what it is, in characters.
const PHRASE_REACH: usize = 64;

pub(super) const CODE_CUE: &str = r"(?: [验驗]\s?[证證証正]\s?[码碼玛瑪] | 校[验驗][码碼] | [动動][态態](?:[密][码碼]|[码碼]|口令) | 一次性(?:密?[码碼]|口令)
    | 短信(?:里面?|中|上)?(?:收到)?的?(?:那个|那串)?(?:[数數]字|[号號]?[码碼]|口令) | 短信密[码碼] | 短信(?:里面?|中|上)(?:的|写的|说的|发的)?是
    | (?:收到|发来|發來|发过来|发给我)的?(?:那个|那串|这个|这串)?(?:[四五六4-6]位)?(?:[数數](?:字)?|[号號]?[码碼])
    | [确確][认認][码碼] | [认認][证證][码碼] | 激活[码碼] | 重置[码碼] | 安全[码碼]
    | (?-u:\b)(?: o[\s.]?t[\s.]?p\.? (?:\s?code)? | 2fa (?:\s?code)? | pass\s?code | verify\s?code | ver[a-z]{5,11}n\s(?:code|number|pin)
    | one[-\s]?time\s?(?:code|password|passcode|pin) | (?:sms|text|texted|auth|authentication|authorization|security|confirmation
    |activation|reset|login|log-in|sign-?in|access)\s(?:message\s)?code | code\s(?:from|in|by|via)\s(?:the\s|my\s|an?\s)?(?:sms|text)
    | (?:texted|sent|sms(?:'d)?)\sme\s(?:the\s|a\s|this\s)?code )(?-u:\b) )";

const LINK: &str = r"(?:[\s:=\-,，\x22'“”‘’「」()\[\]<>\#【】] | 是 | 为 | 為 | 係 | 系 | 就 | 了 | 的 | 收到 | 发来 | 填 | 输入? | (?-u:\b)(?:is|was|are|were)(?-u:\b)){0,8}";

pub(super) static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x){CODE_CUE}")));

static CODE_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x){CODE_CUE}{LINK}$")));

/// "My code is", "they texted me", "verification:", "收到了": a one-time code if six digits or more follow, for error codes
/// are shorter. Round ones are sums that arrived.
static BARE_CODE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?-u:\b)(?:texted|messaged|sms'?d|sms)\s(?:me|us)[\s:]{1,2}$ | (?-u:\b)(?:verification|verify|confirmation|2fa)\s?[:=]\s?$
            | 收到(?:了|过)?(?:一?条)?(?:短信|消息)?[\s:,，]{0,2}$ | 短信(?:里面?|上面?|中)?(?:写着?|显示)(?:的?是)?[\s:]{0,2}$
            | (?-u:\b)(?:the|my|your|this)\scode(?:\s(?:that\s)?i\s(?:got|received|have|entered|typed))(?:\s(?:is|was))?[\s:]{1,2}$
            | (?-u:\b)(?:the|my|your|this)\scode (?:\s(?:that\s)?(?:they|he|she|you|it|support)\s(?:sent|texted|gave|read)(?:\sme|\sus)?)?
            (?:\s(?:is|was)|\s?[:=])[\s:]{0,2}$
            | [四五六八4568]\s?位的?(?:[数數]字?|[号號]?[码碼])[^，。,.!?！？\s0-9]{0,4}(?:[就也]?(?:是|为|為|係)|[\s:=])[\s:]{0,2}$
            | (?:[要给給报報发發说說收]的|新的?|[这那這]个?|我的?|到的?)[码碼](?:[就也]?(?:是|为|為|係)|[\s:=])[\s:]{0,2}$
            | (?-u:\b)(?:four|six|eight|[4568])[-\s](?:digits?|numbers?|figures?)(?:\s(?:code|number|pin|they|he|she|that|sent|gave|wanted|asked|for
                |me|i|got|from|the|sms|text)){0,6}(?:\s(?:is|was|are|were)|\s?[:=])[\s:]{0,2}$",
    )
});

/// “Code” by itself, and the word before it.
static CODE_WORD_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?:^|[^a-z])(?:([a-z-]{1,16})[\s,:;.]{1,3})? codes?
            (?:\s(?:that\s)?(?:i|they|he|she|you)\s(?:got|received|have|entered|typed|put|used|sent|texted|gave)(?:\sme|\sin)?)?
            (?:\s(?:is|was|were|are))?[\s:=\#]{1,3}$",
    )
});

/// What stands before "code" where it says no more than that: of an error, a voucher or a country it is another.
const BEFORE_CODE: &str = " a an the this that my your his her their our its got get received receive entered enter typed type typing put used \
    use using tried try gave give given sent send read told and but so is was it says said new old first second last same wrong right \
    correct real digit long numeric me him them i ";

/// What is said of a code that did not work.
static CODE_COMPLAINT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^[\s,]{1,2}(?:(?:but|and|it|that|which|is|was|has|keeps?|still|always|just|says|said|got|being|been|already)\s){0,4}
            (?:not|never|expired|invalid|wrong|incorrect|rejected|refused|denied|declined|fails?|failed|(?:is|was|does|did)n['’]?t|won['’]?t)(?-u:\b)",
    )
});

pub(super) const CVV_CUE: &str = r"(?: (?-u:\b)(?: c[\s.]?v[\s.]?[vcn]\.?2? | ccv2? | (?:card\s)?security\scode | card\sverification\s(?:code|value) )
    | (?-u:\b)(?:last\s)?(?:three|3)[-\s](?:digits?|numbers?)(?:\s(?:code|number))?(?:\sprinted)?\s(?:on|at)\s(?:the|its|my)\s(?:card's\s)?
        (?:back|rear|reverse)(?:\sside)?(?:\sof\s(?:my|the)\s(?:[a-z]{4,9}\s)?card)?
    | (?-u:\b)(?:digits?|numbers?|code)\s(?:on|at|from)\s(?:the|its|my)\s(?:back|rear|reverse)(?:\sside)?\sof\s(?:my|the)\s(?:[a-z]{4,9}\s)?card
    | (?-u:\b)last\s(?:three|3)(?:\s(?:digits?|numbers?))?\s(?:on|of)\s(?:my|the)\s(?:[a-z]{4,9}\s)?card
    | 卡片?的?(?:[后後末]|最后)(?:面)?(?:的)?[三3]位(?:[数數]字?|[字码碼])? | 卡片?(?:验证|驗證|校验|识别)[码碼]
    | 有效期[\s0-9/年月:是，,]{0,12}(?:后|末)三位 | 安全[码碼] | (?:卡片?|信用卡)?(?:背面|后面|後面|反面|背后)(?:签名栏)?(?:上|旁)?(?:边|面)?的?(?:末|后|那|最后)?[三3](?:位的?[数數]?[字码碼]?|[个個](?:[数數]字?|[字码碼])) )";

static CVV: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x){CVV_CUE}")));

static CVV_BEFORE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?x){CVV_CUE}{LINK}$")));

/// What may stand between a CVV and the cue after it.
static CVV_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?x)^ [\s,，:()\-\x22”’]{{0,3}} (?:这个?|就|都)? (?:是|为|(?-u:\b)(?:is|was|as|for)(?-u:\b))? \s?
        (?:我的?卡?的?|卡的?|the|my|its)? \s? {CVV_CUE}"
    ))
});

/// Labels that say of the number after them that it is something else.
static OTHER_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: 错误 | 錯誤 | 错误?[码号] | 代[码碼] | 报错 | 報錯 | 故障码?号? | 状态码 | 异常码?
        | (?:^|[^a-z]) (?: e[-\s]? | (?:error|errors|err|status|fault|code|codes)(?:\s?(?:code|number|no\.?))? )
        | [¥$€£\#] | rmb | cny | usd | hkd | eur | gbp
        | 金额 | 余额 | 充值? | 转[账给]? | 付款? | 支付 | 扣款? | 提现 | 收款 | 花 | 收 | 到账 | 手续费
        | (?-u:\b)(?:amount|balance|paid|pay|charged?|costs?|price|fee|transfer(?:red)?|topp?(?:ed)?[-\s]up|deposit(?:ed)?
            |withdr[ae]w|refund(?:ed)?|spent)
        | 尾号 | 末四位 | [后前][四六4 6]位 | 订单编?号? | 单号 | 流水号? | 编号 | 工号 | 版本号? | 型号 | 客服 | 热线 | 拨打 | 致电 | 来自
        | 账号 | 帐号 | 账户 | 用户名 | 端口 | 邮编 | 分机 | qq号? | 微信号?
        | (?-u:\b)(?:last\s(?:four|4)(?:\sdigits)?|ending(?:\s(?:in|with))?|order(?:\s(?:number|no\.?|id))?|transaction(?:\sid)?|ref|ticket
            |version|ver|v|ios|android|model|hotline|from|account(?:\snumber)?|user(?:\s?id)?|uid|id|port|zip|room|ext|extension|year|since|in|by|until)
        ) (?:了|过)? [\s:=\#.\-]{0,3} (?:是|为|(?-u:\b)(?:is|was|of)(?-u:\b))? [\s:]{0,2} $",
    )
});

/// Verbs that bring up an error: the four digits after them are its code.
static ERROR_VERB: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:提示|出现|弹出|跳出|报|\b(?:error|shows|says|got|get|getting))了?[\s:]{0,2}$"));

/// Units that no code has after it.
pub(super) static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^\s? (?: 元 | 块 | 塊 | 圆 | 万 | 萬 | 亿 | % | ‰ | 年 | 秒 | 分钟 | 小时 | 毫秒 | 发来 | 发的 | 发过来
        | (?:rmb|cny|usd|hkd|eur|dollars?|yuan|bucks|percent|seconds?|secs?|minutes?|mins?|hours?|days?|k|w|mb|gb|kb)(?-u:\b) )",
    )
});

/// Counters that four digits or a round number may have after it.
static COUNTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s?(?:个|次|天|条|人|遍|日|月|号|分|位|积分|版|(?:times|people|users|points|attempts|messages)(?-u:\b))")
});

/// Finds card security codes.
pub(super) fn find_cvvs(reading: &Reading, runs: &[Run], spans: &mut Spans) {
    let text = reading.text();
    let groups: Vec<Vec<Range<usize>>> = runs
        .iter()
        .flat_map(|run| pieces(text, run, spans, |lengths| matches!(lengths, [3 | 4] | [1, 1, 1] | [1, 1, 1, 1])))
        .collect();
    for cue in CVV.find_iter(text) {
        let next = groups.partition_point(|piece| piece[0].start < cue.end());
        let after = groups.get(next).map(|piece| (whole(piece), nearby(text, cue.end()..piece[0].start)));
        let mut masked_already = reading.after(cue.end(), 24).chars().take_while(|&c| !ends_sentence(c));
        if let Some((span, true)) = after {
            let direct = CVV_BEFORE.is_match(reading.before(span.start, LABEL_REACH));
            if is_code(reading, &span, direct) {
                spans.take(span, SecretKind::Cvv);
                continue;
            }
        }
        // A CVV that is masked by now has answered this cue.
        if masked_already.any(|c| c == MASKED) {
            continue;
        }
        let Some(previous) = groups.partition_point(|piece| piece[0].start < cue.start()).checked_sub(1) else {
            continue;
        };
        let span = whole(&groups[previous]);
        let linked =
            CVV_AFTER.find(reading.after(span.end, LABEL_REACH)).is_some_and(|link| span.end + link.end() == cue.end());
        if linked && is_code(reading, &span, false) {
            spans.take(span, SecretKind::Cvv);
        }
    }
}

/// Digits one by one, with signs between them that join no other number: "4,8,1,9,0,2".
static LISTED: LazyLock<[(Regex, SecretKind); 2]> = LazyLock::new(|| {
    let of = |cue: &str, signs: &str, times: &str| {
        pattern(&format!(r"(?x){cue}{LINK} ((?:[0-9]\s?[{signs}]\s?){{{times}}}[0-9])(?:[^0-9]|$)"))
    };
    let signs = r",，、/|*+_~\\";
    [(of(CVV_CUE, &format!("{signs}."), "2,3"), SecretKind::Cvv), (of(CODE_CUE, signs, "3,7"), SecretKind::OneTimeCode)]
});

static PAIR: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]\s?[,，、/|*+_~\\.]\s?[0-9]"));

/// Finds codes right behind their cue that are written as nothing else is.
fn find_listed(reading: &Reading, spans: &mut Spans) {
    let text = reading.text();
    // Dear patterns, and few messages have two digits so.
    if !PAIR.is_match(text) {
        return;
    }
    for (pattern, kind) in LISTED.iter() {
        for listed in pattern.captures_iter(text).filter_map(|found| found.get(1)) {
            let number: String = listed.as_str().chars().filter(char::is_ascii_digit).collect();
            let after = reading.after(listed.end(), 12);
            // "验证码页面 1、2、3、4" lists steps.
            if !number.starts_with("1234") && !UNIT.is_match(after) && !COUNTER.is_match(after) {
                spans.take(listed.range(), *kind);
            }
        }
    }
}

/// The six digits, grouped unevenly, that begin with some group right behind a cue: "otp 4819 02".
fn find_uneven(reading: &Reading, run: &Run, spans: &mut Spans) {
    let text = reading.text();
    for stretch in digits::free_stretches(run, spans) {
        let groups = &run.groups[stretch];
        let Some(first) = groups.first().filter(|_| groups.len() > 1) else { continue };
        let lengths = digits::lengths(groups);
        let joined = groups.windows(2).all(|pair| !text[pair[0].end..pair[1].start].contains('.'));
        let uneven = lengths.iter().sum::<usize>() == USUAL_LENGTH && !is_code_shape(&lengths);
        let span = whole(groups);
        if uneven
            && joined
            && CODE_BEFORE.is_match(reading.before(first.start, LABEL_REACH))
            && is_code(reading, &span, true)
        {
            spans.take(span, SecretKind::OneTimeCode);
        }
    }
}

/// Finds one-time codes.
pub(super) fn find_one_time_codes(reading: &Reading, clauses: &Clauses, runs: &[Run], spans: &mut Spans) {
    let text = reading.text();
    let reach = clauses.reach(text, &CODE);
    find_listed(reading, spans);
    for run in runs {
        find_uneven(reading, run, spans);
        for piece in pieces(text, run, spans, is_code_shape) {
            let number = digits::digits(text, &piece);
            let span = with_letter(text, whole(&piece), &number);
            let (before, wider) = (reading.before(span.start, LABEL_REACH), reading.before(span.start, PHRASE_REACH));
            // The shape in which the best known sender of codes writes them needs no word beside it.
            let branded = number.len() == 6 && piece.len() == 1 && text[span.clone()].starts_with("g-");
            let direct = branded
                || CODE_BEFORE.is_match(before)
                || number.len() >= 6 && !number.ends_with("000") && BARE_CODE_BEFORE.is_match(wider);
            let direct = direct || is_code_by_name(&number, &piece, wider, reading.after(span.end, LABEL_REACH));
            // A version has as many dots at times.
            let dotted = is_digit_by_digit(&piece) && text[span.clone()].contains('.');
            if (direct || !dotted && reach.holds(span.start)) && is_code(reading, &span, direct) {
                spans.take(span, SecretKind::OneTimeCode);
            }
        }
    }
}

/// Four to eight digits in one group or in groups of like size.
pub(super) fn is_code_shape(lengths: &[usize]) -> bool {
    (4..=8).contains(&lengths.iter().sum::<usize>())
        && match lengths {
            [_] | [3, 4] | [4, 3] => true,
            [first, rest @ ..] => rest.iter().all(|length| length == first),
            [] => false,
        }
}

/// The parts of a run's free groups that have the wanted shape: all of them, or some between spaces.
fn pieces(text: &str, run: &Run, spans: &Spans, wanted: fn(&[usize]) -> bool) -> Vec<Vec<Range<usize>>> {
    let mut pieces = Vec::new();
    for stretch in digits::free_stretches(run, spans) {
        let groups = &run.groups[stretch];
        let apart = |left: usize| {
            left == 0
                || left == groups.len()
                || text[groups[left - 1].end..groups[left].start].contains([' ', '(', ')'])
        };
        // Two decimals make an amount, a few single digits between dots a version.
        let dotted = |from: usize, to: usize| {
            !is_digit_by_digit(&groups[from..to])
                && groups[from..to]
                    .windows(2)
                    .any(|pair| pair[1].len() < 3 && text[pair[0].end..pair[1].start].contains('.'))
        };
        let mut at = 0;
        while at < groups.len() {
            let most = groups.len().min(at + 8);
            let end = (at + 1..=most)
                .rev()
                .find(|&end| apart(at) && apart(end) && !dotted(at, end) && wanted(&digits::lengths(&groups[at..end])));
            if let Some(end) = end {
                pieces.push(groups[at..end].to_vec());
            }
            at = end.unwrap_or(at + 1);
        }
    }
    pieces
}

/// Whether the groups are five or more digits, each by itself; a version has fewer.
fn is_digit_by_digit(groups: &[Range<usize>]) -> bool {
    groups.len() >= 5 && groups.iter().all(|group| group.len() == 1)
}

/// Whether "code" alone makes a number a one-time code: one in groups, as error codes are not written, or of the usual six
/// digits that did not work.
fn is_code_by_name(number: &str, piece: &[Range<usize>], before: &str, after: &str) -> bool {
    let Some(found) = CODE_WORD_BEFORE.captures(before) else { return false };
    let alone = found.get(1).is_none_or(|word| BEFORE_CODE.contains(&format!(" {} ", word.as_str())));
    let goes_on = after.trim_start_matches([' ', '-', '.']).starts_with(|c: char| c.is_ascii_digit());
    let shaped = piece.len() > 1 && !goes_on || number.len() == USUAL_LENGTH && CODE_COMPLAINT.is_match(after);
    alone && number.len() >= 6 && shaped
}

fn whole(groups: &[Range<usize>]) -> Range<usize> {
    groups[0].start..groups[groups.len() - 1].end
}

/// `G-123456`: the letter belongs to the code; but `E-1104` is an error.
fn with_letter(text: &str, span: Range<usize>, number: &str) -> Range<usize> {
    match text.as_bytes()[..span.start] {
        [.., before, letter, b'-'] if letter.is_ascii_lowercase() && !before.is_ascii_alphanumeric() => {
            if letter == b'e' && number.len() == 4 { span } else { span.start - 2..span.end }
        }
        [letter, b'-'] if letter.is_ascii_lowercase() && letter != b'e' => 0..span.end,
        _ => span,
    }
}

/// Whether nothing at the number itself says that it is no code; `direct` if a cue stands right before it.
fn is_code(reading: &Reading, span: &Range<usize>, direct: bool) -> bool {
    let text = reading.text();
    let (before, after) = (reading.before(span.start, LABEL_REACH), reading.after(span.end, 12));
    let number: String = text[span.clone()].chars().filter(char::is_ascii_digit).collect();
    let clock = |side: &str, reversed: bool| {
        let mut near: Vec<char> =
            if reversed { side.chars().rev().take(2).collect() } else { side.chars().take(2).collect() };
        near.retain(|c| c.is_ascii_digit() || matches!(c, ':' | '/'));
        near.len() == 2 && !near[0].is_ascii_digit()
    };
    if UNIT.is_match(after)
        || !direct && clock(before, true)
        || clock(after, false)
        || after.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        return false;
    }
    if direct {
        return true;
    }
    let round = number.len() == 4 || number.ends_with("00");
    // "138****1234" is masked already.
    let otherwise = before.ends_with(|c: char| c.is_ascii_alphabetic() || c == '*')
        || OTHER_LABEL.is_match(before)
        || number.len() == 4 && ERROR_VERB.is_match(before)
        || digits::is_moment(&number)
        || round && COUNTER.is_match(after);
    !otherwise
}

/// Whether a gap is short and stays within one sentence and before the next placeholder.
fn nearby(text: &str, gap: Range<usize>) -> bool {
    gap.len() <= 64 && text[gap].chars().enumerate().all(|(i, c)| i < 16 && !ends_sentence(c) && c != MASKED)
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '!' | '?' | '；' | ';' | '\n')
}
