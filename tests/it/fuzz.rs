//! Whatever anybody types: no panic, the same answer twice, no markup of theirs in ours, and an answer in time.
//!
//! Inputs are drawn from the fixture help centre's own words, whole, cut and misspelt, between codes, pinyin, markup,
//! digits and characters of any kind. A few thousand of them run with all tests. For more, and with the limit on time
//! asserted, say how many:
//!
//! ```sh
//! ZHIDA_FUZZ_CASES=1000000 cargo test --release --test it fuzz:: -- --nocapture
//! ```

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

use zhida::base::{Locale, Viewer};
use zhida::chat::{Spoken, reply};
use zhida::kb::{Audience, Snapshot};
use zhida::model::{Dialogue, Reply, Turn};
use zhida::search::{self, Query};
use zhida::text::redact;

use crate::harness;

/// How many inputs a property gets unless the environment says otherwise; quick without optimisation too.
const CASES: u32 = 3_000;

/// The same for conversations: each is several turns, and said three times.
const CONVERSATIONS: u32 = 500;

/// No input may take longer, when that is asserted.
const LIMIT: Duration = Duration::from_millis(50);

/// How often a slow input is tried again: a machine that was busy with something else does not count.
const TRIES: usize = 5;

static SNAPSHOT: LazyLock<Arc<Snapshot>> = LazyLock::new(harness::snapshot);

/// What the fixture says: titles, questions, messages, codes and the sentences of its pages.
static PHRASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut phrases: Vec<String> = SNAPSHOT.codes().iter().map(|c| c.code.clone()).collect();
    for article in SNAPSHOT.articles() {
        phrases.extend([article.title.clone(), article.summary.clone(), article.id.to_string()]);
        phrases.extend(article.questions.iter().chain(&article.keywords).chain(&article.messages).cloned());
        phrases.extend(article.sections.iter().flat_map(|s| s.text.lines()).map(str::to_owned));
    }
    phrases.retain(|p| !p.trim().is_empty());
    phrases
});

/// What is typed by nobody, by machines and by those who mean harm.
const ODDITIES: [&str; 24] = [
    "<mark>",
    "</mark>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;",
    "\"'&<>",
    "\u{0}",
    "\r\n",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "e\u{301}\u{301}\u{301}",
    "👩\u{200d}👩\u{200d}👧",
    "ﬁ",
    "㍿",
    "𠮷野家",
    "İ",
    "ẞ",
    "ＷＩＦＩ",
    "網路不穩定",
    "行動電話",
    "((((",
    "\\d+[",
    "AND OR NOT \"~2",
];

fn phrase() -> impl Strategy<Value = String> {
    any::<Index>().prop_map(|at| PHRASES[at.index(PHRASES.len())].clone())
}

/// A phrase cut at both ends, with two neighbours swapped or one character for another.
fn mistyped() -> impl Strategy<Value = String> {
    (phrase(), any::<[Index; 3]>(), select(&['x', '的', '9', ' ', '-'][..]), any::<bool>()).prop_map(
        |(phrase, [from, to, at], other, swap)| {
            let mut chars: Vec<char> = phrase.chars().collect();
            let from = from.index(chars.len());
            let to = from + 1 + to.index(chars.len() - from);
            chars.truncate(to);
            chars.drain(..from);
            let at = at.index(chars.len());
            if swap && at > 0 {
                chars.swap(at - 1, at);
            } else {
                chars[at] = other;
            }
            chars.into_iter().collect()
        },
    )
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => phrase(),
        4 => mistyped(),
        2 => "[a-z]{1,14}",
        1 => "(zh|ch|sh|x|j|b|k)(ang|ong|i|ie|u|uan)( ?(zh|d|h|l)(ang|ao|i|u)){0,6}",
        1 => "[a-zA-Z]{0,2}[-_ ]?[0-9]{1,8}",
        1 => "[一-龥]{1,12}",
        1 => "\\PC{1,12}",
        1 => any::<String>(),
        1 => select(&ODDITIES[..]).prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let glue = select(&["", " ", "，", "？", "\n", " - "][..]);
    let short = (vec(piece(), 0..5), glue.clone()).prop_map(|(pieces, glue)| pieces.join(glue));
    let long = (vec(piece(), 1..4), glue, 1usize..200).prop_map(|(pieces, glue, times)| {
        let mut long = vec![pieces.join(glue); times].join(glue);
        long.truncate((0..=long.len().min(6_000)).rev().find(|&at| long.is_char_boundary(at)).unwrap_or_default());
        long
    });
    prop_oneof![40 => short, 1 => long]
}

fn locale() -> impl Strategy<Value = Locale> {
    select(&["en", "en-GB", "zh-CN", "zh-TW", "fr"][..]).prop_map(|tag| tag.parse().unwrap())
}

fn viewer() -> impl Strategy<Value = Viewer> {
    prop_oneof![4 => Just(Viewer::Public), 1 => Just(Viewer::Agent)]
}

/// The longest that one step took, and on what.
#[derive(Default)]
struct Slowest {
    took: Duration,
    input: String,
    /// How long all inputs took together.
    total: Duration,
    inputs: u32,
}

/// Holds a property against many inputs and reports the slowest. `timed` is what must be done in time.
fn fuzz<T, S>(what: &str, cases: u32, inputs: S, timed: impl Fn(&T), holds: impl Fn(&T) -> TestCaseResult)
where
    T: std::fmt::Debug,
    S: Strategy<Value = T>,
{
    #[expect(clippy::disallowed_methods, reason = "a test's own switch, which is no setting of the program")]
    let asked = std::env::var("ZHIDA_FUZZ_CASES").ok();
    let cases = asked.as_ref().map_or(cases, |n| n.parse().expect("ZHIDA_FUZZ_CASES is a number"));
    // What is made once, on the first use, is no input's fault.
    LazyLock::force(&PHRASES);
    let slowest = RefCell::new(Slowest::default());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&inputs, |input| {
        let measure = || {
            let start = Instant::now();
            timed(&input);
            start.elapsed()
        };
        let mut took = measure();
        let mut slowest = slowest.borrow_mut();
        slowest.total += took;
        slowest.inputs += 1;
        if took > slowest.took {
            let tries = if took > Duration::from_millis(1) { TRIES } else { 1 };
            took = (0..tries).map(|_| measure()).min().unwrap_or(took).min(took);
        }
        if took > slowest.took && slowest.inputs > 1 {
            (slowest.took, slowest.input) = (took, format!("{input:?}"));
        }
        drop(slowest);
        prop_assert!(asked.is_none() || took <= LIMIT, "it takes {took:?}");
        holds(&input)
    });
    let slowest = slowest.into_inner();
    let mean = slowest.total / slowest.inputs.max(1);
    let input: String = slowest.input.chars().take(300).collect();
    println!("{what}: {} inputs, {mean:?} on average, {:?} at most, on {input}", slowest.inputs, slowest.took);
    if let Err(failure) = outcome {
        panic!("{what}: {failure}");
    }
}

/// Tells whether markup has no tag but `<mark>`, each closed before the next is opened.
fn only_marks(html: &str) -> bool {
    let mut open = false;
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>']) {
        let tag = if open { "</mark>" } else { "<mark>" };
        let Some(after) = rest[at..].strip_prefix(tag) else { return false };
        rest = after;
        open = !open;
    }
    !open
}

#[test]
fn any_search_answers_alike_in_time_and_marks_only_its_own() {
    let place = (
        prop_oneof![3 => Just(None), 1 => select(&["loans", "card", "nowhere"][..]).prop_map(Some)],
        0usize..12,
        0usize..4,
    );
    let inputs = (text(), locale(), viewer(), any::<bool>(), place);
    type Input = (String, Locale, Viewer, bool, (Option<&'static str>, usize, usize));
    fn query((text, locale, viewer, verbatim, (category, limit, offset)): &Input) -> Query<'_> {
        let (category, viewer, verbatim) = (*category, *viewer, *verbatim);
        Query { text, locale, category, limit: *limit, offset: *offset, viewer, verbatim }
    }
    let timed = |input: &Input| drop(search::search(&SNAPSHOT, query(input)));
    fuzz("search", CASES, inputs, timed, |input| {
        let query = query(input);
        let results = search::search(&SNAPSHOT, query);
        prop_assert_eq!(&results, &search::search(&SNAPSHOT, query));
        prop_assert!(results.hits.len() <= query.limit && results.total >= results.hits.len());
        let explained = search::explain(&SNAPSHOT, query);
        prop_assert_eq!(explained.len(), results.hits.len());
        let mut last = f32::INFINITY;
        for (hit, why) in results.hits.iter().zip(&explained) {
            prop_assert!(only_marks(hit.snippet.as_str()), "{}", hit.snippet);
            prop_assert!(only_marks(hit.title_html.as_str()), "{}", hit.title_html);
            prop_assert!(hit.score.is_finite() && hit.score <= last, "{} after {last}", hit.score);
            last = hit.score;
            prop_assert_eq!((&hit.id, hit.score.to_bits()), (&why.id, why.score.to_bits()));
            prop_assert!((why.sum() - hit.score).abs() <= hit.score * 1e-4, "{} is not {why:?}", why.sum());
            let article = SNAPSHOT.article(&hit.id, &hit.locale, Viewer::Agent);
            let public = article.is_some_and(|a| a.audience == Audience::Public);
            prop_assert!(public || query.viewer == Viewer::Agent, "{} is internal", hit.id);
        }
        prop_assert_eq!(search::reading(&SNAPSHOT, query), search::reading(&SNAPSHOT, query));
        Ok(())
    });
}

#[test]
fn any_text_is_put_right_alike_and_in_time() {
    let timed = |text: &String| drop(search::corrected_chinese(&SNAPSHOT, text));
    fuzz("correction", CASES, text(), timed, |text| {
        let corrected = search::corrected_chinese(&SNAPSHOT, text);
        prop_assert_eq!(&corrected, &search::corrected_chinese(&SNAPSHOT, text));
        prop_assert!(corrected.is_none_or(|c| !c.trim().is_empty()));
        Ok(())
    });
}

#[test]
fn any_beginning_is_completed_alike_and_in_time() {
    type Input = (String, Locale, Viewer, usize);
    let suggest = |(typed, locale, viewer, limit): &Input| search::suggest(&SNAPSHOT, typed, locale, *limit, *viewer);
    let timed = |input: &Input| drop(suggest(input));
    fuzz("suggest", CASES, (text(), locale(), viewer(), 0usize..12), timed, |input| {
        let suggestions = suggest(input);
        prop_assert_eq!(&suggestions, &suggest(input));
        prop_assert!(suggestions.len() <= input.3);
        prop_assert!(suggestions.iter().all(|s| !s.text.is_empty() && s.url.starts_with('/')), "{suggestions:?}");
        Ok(())
    });
}

#[test]
fn any_conversation_goes_alike_and_in_time() {
    type Input = (Vec<String>, Locale, Viewer);
    let message =
        prop_oneof![4 => text(), 1 => "(ok|yes|no|第二个|the second one|还是不行|still not working|转人工|hi)[.!？]?"];
    let inputs = (vec(message, 1..4), locale(), viewer());
    let turns = |(messages, locale, viewer): &Input, explain: bool| {
        let mut dialogue = Dialogue::default();
        let mut turns = Vec::new();
        for message in messages {
            let text = redact(message);
            let spoken = Spoken { text: &text, locale, viewer: *viewer, explain };
            let (turn, next) = reply(&SNAPSHOT, &dialogue, &spoken);
            turns.push(turn);
            dialogue = next;
        }
        turns
    };
    let timed = |input: &Input| drop(turns(input, false));
    fuzz("chat (one to three turns)", CONVERSATIONS, inputs, timed, |input| {
        let first = turns(input, false);
        prop_assert_eq!(&first, &turns(input, false));
        // To be asked why must not change what is said.
        let said = |turns: &[Turn]| turns.iter().map(|t| t.reply.clone()).collect::<Vec<Reply>>();
        prop_assert_eq!(said(&first), said(&turns(input, true)));
        for Turn { reply, matched, .. } in &first {
            prop_assert!(!reply.text.trim().is_empty());
            prop_assert!(!reply.html.contains("<script") && !reply.html.contains("<img"), "{}", reply.html);
            prop_assert!((0.0..=1.0).contains(&matched.confidence), "{}", matched.confidence);
        }
        Ok(())
    });
}

/// The shipped content has what the fixture lacks: flows, rules with slots, safety rules.
static SHIPPED: LazyLock<Arc<Snapshot>> = LazyLock::new(|| {
    zhida::app::open(&harness::repository("content"), zhida::base::Clock::System).unwrap().desk.snapshot()
});

/// What customers of the shipped content say: its questions, codes, messages, the labels of its flows, and what is said to
/// a step.
static SAID: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut said: Vec<String> = SHIPPED.codes().iter().map(|c| c.code.clone()).collect();
    for article in SHIPPED.articles() {
        said.extend(std::iter::once(&article.title).chain(&article.questions).chain(&article.messages).cloned());
    }
    for step in SHIPPED.flows().iter().flat_map(|f| &f.steps) {
        said.extend(step.choices.iter().flat_map(|c| c.label.iter().map(|(_, label)| label.to_owned())));
    }
    let short = [
        "还是不行",
        "好了",
        "下一步",
        "上一步",
        "跳过",
        "算了",
        "继续排查",
        "再说一遍",
        "第二个",
        "最后一个",
        "转人工",
        "那5000呢",
        "要多久",
        "为什么",
        "那商户呢？",
        "still not working",
        "it worked",
        "next",
        "back",
        "skip",
        "stop",
        "continue",
        "the first one",
        "and for 300 dollars?",
        "how long",
        "thanks",
        "what are you",
        "this app sucks",
        "我的账户被盗了",
        "两千块要扣多少手续费",
    ];
    said.extend(short.map(str::to_owned));
    said
});

/// Secrets, and the part of each that nobody may see again.
const SECRETS: [(&str, &str); 5] = [
    ("我的卡号是6222 0202 0000 0000 003", "0000 0000 003"),
    ("验证码是 739204", "739204"),
    ("my password is Sunny#88river", "Sunny#88river"),
    ("身份证 310101190102039905", "310101190102039905"),
    ("otp 550917", "550917"),
];

/// What a conversation remembers, as it is stored, is never larger.
const MOST_REMEMBERED: usize = 8 * 1024;

#[test]
fn any_conversation_about_the_shipped_content_stays_bounded_and_keeps_its_secrets() {
    type Input = (Vec<(String, Option<usize>)>, Locale);
    let said = any::<Index>().prop_map(|at| SAID[at.index(SAID.len())].clone());
    let cut = (any::<Index>(), any::<Index>()).prop_map(|(at, end)| {
        let said = &SAID[at.index(SAID.len())];
        said.chars().take(1 + end.index(said.chars().count())).collect::<String>()
    });
    let pair = (any::<Index>(), any::<Index>(), select(&["，", "？", " ", "。另外", ". Also "][..]))
        .prop_map(|(a, b, glue)| format!("{}{glue}{}", SAID[a.index(SAID.len())], SAID[b.index(SAID.len())]));
    let message = prop_oneof![6 => said, 1 => cut, 2 => pair, 1 => text()];
    let secret = prop_oneof![9 => Just(None), 1 => (0..SECRETS.len()).prop_map(Some)];
    let inputs = (vec((message, secret), 1..9), locale());
    let turns = |(messages, locale): &Input, explain: bool| {
        let mut dialogue = Dialogue::default();
        let mut turns = Vec::new();
        for (message, secret) in messages {
            let typed = secret.map_or_else(|| message.clone(), |at| format!("{message}，{}", SECRETS[at].0));
            let text = redact(&typed);
            let spoken = Spoken { text: &text, locale, viewer: Viewer::Public, explain };
            let (turn, next) = reply(&SHIPPED, &dialogue, &spoken);
            dialogue = next;
            turns.push((turn, serde_json::to_string(&dialogue).unwrap(), *secret));
        }
        turns
    };
    LazyLock::force(&SAID);
    let timed = |input: &Input| drop(turns(input, false));
    fuzz("chat on the shipped content (one to eight turns)", CONVERSATIONS / 5, inputs, timed, |input| {
        let first = turns(input, false);
        prop_assert_eq!(&first, &turns(input, false));
        let explained = turns(input, true);
        for ((turn, remembered, secret), (why, ..)) in first.iter().zip(&explained) {
            prop_assert_eq!(&turn.reply, &why.reply);
            prop_assert!(!turn.reply.text.trim().is_empty());
            prop_assert!(remembered.len() <= MOST_REMEMBERED, "{} bytes", remembered.len());
            let person = turn.reply.quick_replies.iter().any(|q| q.label == "转人工" || q.label == "Talk to a person");
            prop_assert!(person || turn.reply.kind == zhida::model::ReplyKind::Handoff, "{:?}", turn.reply);
            if let Some(secret) = secret.map(|at| SECRETS[at].1) {
                // All but the scores, whose digits may be any.
                let told = [turn, why].map(|turn| {
                    let mut told = turn.clone();
                    told.matched.confidence = 0.0;
                    let candidates = told.matched.stages.iter_mut().flat_map(|stage| &mut stage.candidates);
                    candidates.for_each(|(_, score)| *score = 0.0);
                    told
                });
                let everything = format!("{told:?} {remembered}");
                prop_assert!(!everything.contains(secret), "{everything}");
            }
        }
        Ok(())
    });
}
