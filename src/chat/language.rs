//! The stage for a customer who asks to be answered in another language: “说中文”, “in English, please”.
//!
//! It only answers what is nothing but that wish, with the last answer once more. What is asked beside it (“in English:
//! 怎么充值”) is for the other stages, in that language.

use crate::base::Locale;
use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::{code, flow_says, on_screen, question, rule, wording};
use crate::kb::Target;
use crate::model::{LastAnswer, MatchedBy, ReplyKind};
use crate::text::fold::fold;
use crate::text::phrase::haystack;
use crate::text::script::is_han;

/// What the languages are called.
const CHINESE: [&str; 13] = [
    "简体中文",
    "繁体中文",
    "中国话",
    "普通话",
    "中文",
    "汉语",
    "国语",
    "华语",
    "简体",
    "繁体",
    "chinese",
    "mandarin",
    "zhongwen",
];
const ENGLISH: [&str; 5] = ["英文", "英语", "english", "yingwen", "yingyu"];

/// The words that stand beside the name in a wish for the language; any other makes it one of something else: “英文名”,
/// “why is it in English”.
#[rustfmt::skip]
const BESIDE: &str = "in please pls can could you u do speak talk answer reply respond write switch change to use the language let s i want \
    would like prefer me we only back now ok okay hi hello thanks thank instead with help sorry dont cant not understand read know \
    say that it again tell explain repeat translate into give someone anybody somebody once more plz thx a an translation of \
    qing yong shuo jiang hui ma keyi neng ni wo";
/// The same, by ideographs.
const BESIDE_HAN: &str = "请问说讲用可以能会切换成改转回答复交流沟通对话聊我你您们要想希望麻烦给跟和到为语言吗嘛呢吧么啊了一下行好谢还是帮来后都不懂看听别认识太只把刚才遍再次重述翻译解释告诉";
/// What asks whether something can be done, and denies nothing.
const WHETHER: [&str; 6] = ["能不能", "可不可以", "会不会", "要不要", "行不行", "好不好"];
/// What says that a language is not wanted, or not understood.
const DENIES: [&str; 12] =
    ["不懂", "不会", "不要", "不想", "不用", "不是", "不认识", "不太", "别", " not ", " dont ", " cant "];
/// What makes a clause a wish, where more stands beside it: “用英文，怎么充值”.
const WISHES: [&str; 11] =
    ["用", "说", "讲", "回答", "回复", "换", " in ", " speak ", " answer ", " reply ", " switch "];
/// What makes a wish of a named language inside a question.
const POLITE: [&str; 22] = [
    "please",
    "pls",
    "plz",
    "thanks",
    "thank you",
    "tell me",
    "explain",
    "answer",
    "reply",
    "say ",
    "repeat",
    "说",
    "讲",
    "回答",
    "回复",
    "告诉",
    "解释",
    "答复",
    "翻译",
    "谢谢",
    "请",
    "麻烦",
];
/// What may follow the language of a wish that a question follows.
const ASIDE: [&str; 13] = [
    "please",
    "pls",
    "plz",
    "告诉我",
    "跟我说",
    "回答我",
    "回答",
    "回复",
    "解释一下",
    "解释",
    "说一下",
    "说一遍",
    "说",
];
/// What stands before “in English” where that tells of something, and before 用英文 where somebody else does it.
const STATED: [&str; 16] = [
    " is", " are", " was", " were", " be", " all", " only", "'s", "written", "shown", "能", "会", "可以", "是", "不",
    "都",
];
/// Who wonders at a language.
const WONDERS: [&str; 5] = ["why ", "how come", "为什么", "为啥", "怎么是"];
/// Where such a clause ends.
const CLAUSE_ENDS: [char; 13] = ['，', ',', '。', '.', '；', ';', '：', ':', '！', '!', '？', '?', '\n'];

/// Returns the language that a message asks for, and what it says beside that; none where it asks for none that there is.
/// `folded` is the text as a [`haystack`].
pub(crate) fn asked<'a, 't>(text: &'t str, folded: &str, available: &'a [Locale]) -> Option<(&'a Locale, &'t str)> {
    if !CHINESE.iter().chain(&ENGLISH).any(|name| folded.contains(name)) {
        return None;
    }
    if let Some(locale) = wanted(folded, available) {
        return Some((locale, ""));
    }
    let of_clause = |clause: &str| {
        let clause = haystack(clause);
        // “I don't read Chinese” is one too.
        let wishes = WISHES.iter().chain(&DENIES).any(|wish| clause.contains(wish));
        wishes.then(|| wanted(&clause, available)).flatten()
    };
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || CLAUSE_ENDS.contains(&c));
    let Some((first, rest)) = text.split_once(CLAUSE_ENDS) else { return at_an_end(text, available) };
    if let Some(locale) = of_clause(first) {
        return Some((locale, rest.trim()));
    }
    let (rest, last) = text.rsplit_once(CLAUSE_ENDS)?;
    if let Some(locale) = of_clause(last) {
        return Some((locale, rest.trim()));
    }
    at_an_end(text, available)
}

/// Finds a wish that no mark sets apart from the question before or behind it: “how do I top up in English please”,
/// “用英文告诉我怎么充值”.
fn at_an_end<'a, 't>(text: &'t str, available: &'a [Locale]) -> Option<(&'a Locale, &'t str)> {
    let folded = fold(text);
    let chars: String = folded.chars.iter().collect();
    // Who asks why it is in a language does not wish for it.
    if WONDERS.iter().any(|word| chars.contains(word)) {
        return None;
    }
    let byte = |place: usize| folded.spans.get(place).map_or(text.len(), |(start, _)| *start as usize);
    let names = CHINESE.iter().chain(&ENGLISH);
    let mut places: Vec<(usize, usize)> = names
        .flat_map(|name| chars.match_indices(name).map(|(at, name)| (at, at + name.len())))
        .map(|(from, to)| (chars[..from].chars().count(), chars[..to].chars().count()))
        .collect();
    places.sort_unstable();
    let ((first, _), (last, _)) = (*places.first()?, *places.last()?);
    // The longest name that begins at the first place.
    let end = places.iter().filter(|(from, _)| *from == first).map(|(_, to)| *to).max()?;
    let of = |from: usize, to: usize| -> String { folded.chars[from..to].iter().collect() };
    if let Some(from) = heads(&of(0, last)).filter(|from| *from > 0) {
        let tail = of(from, folded.chars.len());
        let before = of(0, from);
        let stated = STATED.iter().any(|word| before.trim_end().ends_with(word));
        if !stated
            && polite(&tail, &before)
            && let Some(locale) = wanted(&haystack(&tail), available)
        {
            let rest = text[..byte(from)].trim();
            let rest =
                ["麻烦", "麻煩", "请", "請", " please"].iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest);
            return Some((locale, rest.trim()));
        }
    }
    let behind = of(end, folded.chars.len());
    let more = ASIDE.iter().find(|word| behind.trim_start().starts_with(**word));
    let blanks = behind.chars().take_while(|c| *c == ' ').count();
    let end = end + more.map_or(0, |word| blanks + word.chars().count());
    let head = of(0, end);
    let wish = heads(&head).is_some() && polite(&head, "");
    let locale = wish.then(|| wanted(&haystack(&head), available)).flatten()?;
    let rest = text[byte(end)..].trim();
    (!rest.is_empty()).then_some((locale, rest))
}

/// Returns where the last “in” or 用 of a folded text begins, in characters.
fn heads(text: &str) -> Option<usize> {
    let at = text.rfind(" in ").map(|at| at + 1).into_iter().chain(text.rfind('用')).max();
    let at = at.or_else(|| text.starts_with("in ").then_some(0))?;
    Some(text[..at].chars().count())
}

/// Tells whether a wish is made, and not only a language named: by its own words, or by those right before it.
fn polite(wish: &str, before: &str) -> bool {
    let before = before.trim_end();
    POLITE.iter().any(|word| wish.contains(word))
        || ["请", "麻烦"].iter().any(|word| before.ends_with(word))
        || before.ends_with(" please")
}

/// Reads a folded text as the wish for a language and nothing else.
fn wanted<'a>(text: &str, available: &'a [Locale]) -> Option<&'a Locale> {
    let names = |names: &[&str]| names.iter().any(|name| text.contains(name));
    let chinese = match (names(&CHINESE), names(&ENGLISH)) {
        (true, false) => true,
        (false, true) => false,
        _ => return None,
    };
    let mut rest = text.to_owned();
    for name in CHINESE.iter().chain(&ENGLISH).chain(&WHETHER) {
        rest = rest.replace(name, " ");
    }
    let known = |part: &str| {
        if part.contains(is_han) {
            part.chars().all(|c| BESIDE_HAN.contains(c))
        } else {
            BESIDE.split_whitespace().any(|word| word == part)
        }
    };
    if !rest.split_whitespace().all(known) {
        return None;
    }
    let of = |chinese: bool| {
        let is = move |locale: &&Locale| if chinese { locale.is_chinese() } else { locale.language() == "en" };
        available.iter().find(is)
    };
    let denied = DENIES.iter().any(|word| rest.contains(word));
    of(chinese != denied)
}

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let look = message.look();
    let Some((locale, "")) = asked(message.text, look.text.haystack(), message.snapshot.locales()) else {
        return Verdict::pass("the message asks for no language alone");
    };
    let before = message.dialogue.answered.as_ref().and_then(|last| again(message, last));
    let draft = before.unwrap_or_else(|| {
        let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::None, "", 1.0);
        draft.paragraphs.push(wording::of(message.locale).language_set.to_owned());
        draft
    });
    let why = format!("it asks to be answered in {locale}");
    Verdict { draft: Some(draft), why, candidates: Vec::new() }
}

/// Gives the last answer once more, in the language of the message; none where the content has it no longer.
fn again(message: &Message<'_>, last: &LastAnswer) -> Option<Draft> {
    match last.by {
        MatchedBy::Code => return code::decide(&Message { text: &last.rule, ..*message }).draft,
        MatchedBy::Message => return on_screen::decide(&Message { text: &last.rule, ..*message }).draft,
        MatchedBy::Flow => {
            if let Some(draft) = step_again(message, last) {
                return Some(draft);
            }
        }
        MatchedBy::Rule => {
            if let Some(draft) = rule::again(message, &last.rule) {
                return Some(draft);
            }
        }
        _ => {}
    }
    let articles = last.articles.iter().filter_map(|id| message.snapshot.article(id, message.locale, message.viewer));
    let articles: Vec<usize> = articles.map(|article| message.snapshot.ordinal(article)).collect();
    if articles.is_empty() {
        return None;
    }
    if last.kind == ReplyKind::Clarify {
        return Some(question::ask_back(message, last.rule.clone(), 1.0, Vec::new(), articles.into_iter()));
    }
    let mut draft = Draft::new(last.kind, last.by, last.rule.clone(), 1.0);
    let summary = |ordinal: usize| message.snapshot.articles()[ordinal].summary.clone();
    draft.paragraphs = articles.iter().map(|ordinal| summary(*ordinal)).collect();
    draft.cited = articles.into_iter().map(Cited::article).collect();
    Some(draft)
}

/// Says again what a flow said: the step that it is at, or that nothing is left to try.
fn step_again(message: &Message<'_>, last: &LastAnswer) -> Option<Draft> {
    if last.kind == ReplyKind::Handoff {
        let flow = message.snapshot.flows().iter().find(|flow| last.rule.strip_suffix("/handoff") == Some(&flow.id))?;
        return flow_says::go(message, flow, None, Target::Handoff, Vec::new()).draft;
    }
    let here = crate::chat::flow::here(message, message.dialogue.flow.as_ref())?;
    flow_says::say(message, here.flow, here.step, here.state.clone(), Vec::new()).draft
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_in(text: &str) -> Option<(String, &str)> {
        let both = ["zh-CN", "en"].map(|tag| tag.parse::<Locale>().unwrap());
        asked(text, &haystack(text), &both).map(|(locale, rest)| (locale.to_string(), rest))
    }

    #[test]
    fn hears_a_wish_for_a_language() {
        for text in [
            "说中文",
            "用中文",
            "可以讲中文吗？",
            "請用中文回答",
            "能不能说普通话",
            "Chinese please",
            "shuo zhongwen",
            "I don't understand English",
            "can you say that in Chinese please",
            "刚才用中文再说一遍",
            "看不懂英文",
        ] {
            assert_eq!(asked_in(text), Some(("zh-CN".to_owned(), "")), "{text}");
        }
        for text in [
            "英文",
            "in English please",
            "can you speak English?",
            "Could we switch to English",
            "请切换成英语",
            "会不会说英文",
            "English",
            "not Chinese please",
            "Can you say that in English please",
            "say it again in English",
            "用英文说一遍",
            "用英語再說一次",
            "翻译成英文",
            "我不懂中文",
        ] {
            assert_eq!(asked_in(text), Some(("en".to_owned(), "")), "{text}");
        }
    }

    #[test]
    fn tells_what_is_asked_beside_it() {
        for (text, locale, rest) in [
            ("in English please: 怎么充值？", "en", "怎么充值"),
            ("用中文回答，how do I top up", "zh-CN", "how do I top up"),
            ("手续费多少？请用英文", "en", "手续费多少"),
            ("how do I top up in English please", "en", "how do I top up"),
            ("怎么充值 in English please", "en", "怎么充值"),
            ("怎么充值用英文说一遍", "en", "怎么充值"),
            ("怎麼充值請用英語回答", "en", "怎麼充值"),
            ("用英文告诉我怎么充值", "en", "怎么充值"),
            ("please answer in English how do I top up", "en", "how do I top up"),
            ("tell me in Chinese how to top up", "zh-CN", "how to top up"),
            ("my screen says 系统维护中, can someone explain in English please", "en", "my screen says 系统维护中"),
            ("what does 客户异常重试中 mean, i don't read Chinese", "en", "what does 客户异常重试中 mean"),
            ("怎么充值，我看不懂英文", "zh-CN", "怎么充值"),
        ] {
            assert_eq!(asked_in(text), Some((locale.to_owned(), rest)), "{text}");
        }
    }

    #[test]
    fn a_language_that_is_only_named_is_no_wish() {
        for text in [
            "英文名怎么改",
            "提示是英文，看不懂",
            "why is it in English",
            "中文还是英文",
            "有中文客服吗",
            "密码能用中文吗，怎么设",
            "the message is in English, what does it mean",
            "",
            "怎么充值",
            "English support hours",
            "why is it in Chinese please",
            "客服能用英文回答吗",
            "the page is in Chinese please help",
            "in Chinese it says 客户异常重试中, what is it",
            "用中文名注册怎么办",
            "这是英文",
            "有英文的吗",
            "what does it say in English letters",
        ] {
            assert_eq!(asked_in(text), None, "{text}");
        }
        let chinese: [Locale; 1] = ["zh-CN".parse().unwrap()];
        let wish = "in English please";
        assert!(asked(wish, &haystack(wish), &chinese).is_none(), "there is no English");
    }
}
