//! Card and ID numbers that are given in parts: "卡号前八位是62220210，后面是01116245039". No part is a number by itself; that
//! it is one is said before it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clause::Clauses;
use super::code::UNIT;
use super::digits::{self, Run};
use super::{Reading, SecretKind, Spans, card, code, identity, pattern};

/// The last four digits and the first six are on every receipt; what is shorter than this says nothing by itself.
const LEAST_ALONE: usize = 8;
/// The least that counts beside another part.
const LEAST_BESIDE: usize = 4;
/// The least that counts behind the name of the whole: “我的卡 622202123456”.
const LEAST_NAMED: usize = 6;

/// How many digits a code has.
const CODE_LENGTHS: std::ops::RangeInclusive<usize> = 4..=8;

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: (?: [前后後] (?:面|边|邊|半段?|半部分|[0-9一二三四五六七八九十两]{1,3}[位个個])+ | 最?[后後末尾]的?[0-9一二三四五六七八九十]{1,3}[位个個]
                | 尾[号號数數巴] | [开開]头 | [开開]頭 | [结結]尾 | 剩下的? | 其[余餘]的? | 另一半 | 中[间間](?:的?[0-9一二三四五六七八九十]{1,2}[位个個])? | [头頭][0-9一二三四五六七八九十]{1,3}[位个個] )
            (?:[数數]字?|[号號][码碼]?)? (?:就|分别)? (?:是|为|為|係|有)? [\s:=,，]{0,2}
        | (?-u:\b)(?: (?:start|begin|end)(?:s|ing|ning)?\s(?:with|in|by) | (?:first|last)\s(?:half|part|(?:[0-9]{1,2}|two|three|four|six|eight|nine|ten|eleven|twelve)
                (?:\s(?:digits?|numbers?))?) | (?:second|other)\s(?:half|part) | the\s(?:rest|others?) | remaining(?:\s(?:digits?|numbers?))? )
            (?:\sof\s(?:it|the\scard|my\scard))? (?:\s(?:is|are|was|were))? [\s:=,]{1,2} ) $",
    )
});

/// Words that only go on with what another label began.
static GOING_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: (?:然[后後]|接[着著]|跟[着著]|再)(?:是|来|來)? [\s:]{0,2} | (?-u:\b)(?:then|followed\sby)\s(?:comes\s|it's\s|is\s)? ) $",
    )
});

/// What may stand between the name of a number and its beginning.
static LINK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[\s:=,，]|[号號][码碼]?|是|为|為|係|(?-u:\b)(?:is|was|number|no)(?-u:\b)){0,5}$"));

static ORDER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"订单|訂單|单号|單號|流水|交易号|order|transaction|invoice|reference|ticket"));

/// A number that is said to be part of another.
struct Part {
    /// Which cue's reach it stands in.
    place: usize,
    span: Range<usize>,
    digits: usize,
    /// Whether a word says that it is a part.
    sure: bool,
    /// Whether another may go on with it: it is a part, or stands behind the name of the whole.
    begins: bool,
    moment: bool,
}

/// Finds the parts of card and ID numbers.
pub(super) fn find(reading: &Reading, clauses: &Clauses, runs: &[Run], spans: &mut Spans) {
    let text = reading.text();
    for (cue, kind) in
        [(&card::CUE, SecretKind::Card), (&identity::CUE, SecretKind::IdNumber), (&code::CODE, SecretKind::OneTimeCode)]
    {
        let reach = clauses.reach(text, cue);
        let parts: Vec<Part> = runs
            .iter()
            .filter_map(|run| Some((reach.part(run.groups[0].start)?, run)))
            .filter_map(|(place, run)| part(reading, run, place, cue))
            .filter(|part| spans.is_free(&part.span))
            .collect();
        for whole in parts.chunk_by(|left, right| left.place == right.place) {
            if kind == SecretKind::OneTimeCode {
                take_code(whole, spans);
                continue;
            }
            let digits: usize = whole.iter().map(|part| part.digits).sum();
            let together = digits >= *card::LENGTHS.start() && whole.len() > 1 && whole.iter().any(|part| part.begins);
            for part in whole {
                let alone = part.sure && part.digits >= LEAST_ALONE && !part.moment;
                // A day of birth is part of an ID number; beside a card a day is one of a payment.
                let together = together && !(part.moment && part.digits > 4 && kind == SecretKind::Card);
                if alone || together && part.digits >= LEAST_BESIDE {
                    spans.take(part.span.clone(), kind);
                }
            }
        }
    }
}

/// Takes the halves of a code: "前三位481后三位902".
fn take_code(whole: &[Part], spans: &mut Spans) {
    let digits: usize = whole.iter().map(|part| part.digits).sum();
    let short = whole.iter().all(|part| part.digits <= LEAST_BESIDE && part.sure);
    if whole.len() > 1 && short && CODE_LENGTHS.contains(&digits) {
        for part in whole {
            spans.take(part.span.clone(), SecretKind::OneTimeCode);
        }
    }
}

fn part(reading: &Reading, run: &Run, place: usize, cue: &Regex) -> Option<Part> {
    let text = reading.text();
    let mut span = run.span(0, run.groups.len() - 1);
    let before = reading.before(span.start, 32);
    let sure = LABEL.is_match(before);
    let number = digits::digits(text, &run.groups);
    let named = || {
        let name = cue.find_iter(before).last();
        number.len() >= LEAST_NAMED && name.is_some_and(|name| LINK.is_match(&before[name.end()..]))
    };
    // Sums are round: "my card 500000 then 300000".
    let plain = !number.ends_with("000");
    let begins = sure || plain && named();
    let goes_on = begins || plain && GOING_ON.is_match(before);
    if !goes_on || ORDER.is_match(before) || UNIT.is_match(reading.after(span.end, 12)) {
        return None;
    }
    // An ID number's check character.
    let after = &text[span.end..];
    if after.starts_with('x') && !after[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
        span.end += 1;
    }
    Some(Part { place, span, digits: number.len(), sure, begins, moment: digits::is_moment(&number) })
}
