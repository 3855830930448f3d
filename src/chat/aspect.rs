//! What is asked about the last answer without naming it: how long, why, how, where, what it costs, whether it is safe. The
//! answer is the sentence or the section of its article that tells.

use crate::chat::act;
use crate::chat::flow_says::opening;
use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::searched::Searched;
use crate::kb::passages::sentences;
use crate::kb::replies::DialogueAct;
use crate::kb::{Article, Section};
use crate::model::{MatchedBy, ReplyKind};

/// What can be asked about any subject without naming it, and the words that an answer to it has.
struct Aspect {
    asked: &'static [&'static str],
    answered: AnsweredBy,
}

/// What of an article answers an aspect.
enum AnsweredBy {
    /// The sentence that has most of these words.
    Sentence(&'static [&'static str]),
    /// The section that tells what to do. That takes more than a sentence, and one with “first” in it may tell what others do.
    Steps,
}

const ASPECTS: [Aspect; 6] = [
    Aspect {
        asked: &[
            "要多久",
            "多久",
            "多长时间",
            "什么时候",
            "几天",
            "几个小时",
            "何时",
            "几点",
            "到几点",
            "等到几点",
            "要等到几点",
            "到什么时候",
            "要等多久",
            "等多久",
            "要等",
            "等到什么时候",
            "等着",
            "就等",
            "干等",
            "how long",
            "how soon",
            "when",
            "long",
            "take",
            "takes",
            "wait",
            "finished",
            "ready",
            "over",
        ],
        answered: AnsweredBy::Sentence(&[
            "多久",
            "时间",
            "时限",
            "尽快",
            "恢复后",
            "立即",
            "how long",
            "time",
            "at once",
            "soon",
            "as soon as",
        ]),
    },
    Aspect {
        asked: &[
            "为什么",
            "为啥",
            "怎么会",
            "什么原因",
            "原因",
            "怎么回事",
            "why",
            "why is that",
            "reason",
            "cause",
            "come",
        ],
        answered: AnsweredBy::Sentence(&["因为", "原因", "所以", "because", "cause", "reason", "so that"]),
    },
    Aspect {
        asked: &[
            "怎么办",
            "怎么做",
            "怎么弄",
            "怎么操作",
            "怎么搞",
            "怎么处理",
            "具体怎么",
            "具体步骤",
            "步骤",
            "具体",
            "详细",
            "说详细点",
            "说具体点",
            "哪几样",
            "哪几项",
            "看哪些",
            "检查哪些",
            "核对哪些",
            "how do i do that",
            "what do i do",
            "what should i do",
            "steps",
            "details",
            "more details",
            "exactly",
            "tell me more",
            "more",
            "first",
            "先",
        ],
        answered: AnsweredBy::Steps,
    },
    Aspect {
        asked: &[
            "在哪",
            "哪里",
            "去哪",
            "哪儿",
            "在哪里",
            "从哪里",
            "去哪看",
            "在哪看",
            "哪里看",
            "去哪查",
            "在哪查",
            "哪里查",
            "where",
            "where is that",
            "find",
        ],
        answered: AnsweredBy::Sentence(&["在", "设置", "界面", "where", "in the", "on the", "settings", "screen"]),
    },
    Aspect {
        asked: &[
            "多少钱",
            "要钱吗",
            "收费吗",
            "要收费吗",
            "收钱吗",
            "贵吗",
            "how much",
            "cost",
            "costs",
            "charge",
            "free",
        ],
        answered: AnsweredBy::Sentence(&["费用", "手续费", "免费", "fee", "cost", "free", "charge"]),
    },
    Aspect {
        asked: &["安全吗", "靠谱吗", "可靠吗", "有风险吗", "safe", "risky", "secure", "reliable"],
        answered: AnsweredBy::Sentence(&["安全", "风险", "safe", "risk", "secure"]),
    },
];

/// What leads to such a question and says nothing itself.
const LEAD_INS: [&str; 43] = [
    "那", "那么", "这个", "这", "它", "大概", "一般", "通常", "需要", "具体", "到底", "然后", "ok", "okay", "usually",
    "normally", "roughly", "it", "that", "this", "does", "about", "but", "好", "恢复", "结束", "修好", "完成", "弄好",
    "改好", "以后", "之后", "才", "能用", "多少", "again", "back", "see", "look", "enter", "got", "要看", "要",
];

/// What stands above the steps of an article.
const STEPS: [&str; 17] = [
    "怎么做",
    "怎么办",
    "步骤",
    "顺序",
    "怎样",
    "如何",
    "几步",
    "现在就",
    "what to do",
    "what you can do",
    "step by step",
    "steps",
    "in order",
    "in this order",
    "how to",
    "try these",
    "checklist",
];
/// What stands above those for another case.
const IN_CASE: [&str; 3] = ["如果", "if", "已经"];

/// Goes on with the last answer's article when the message asks nothing but one of the [`ASPECTS`] of it.
pub(crate) fn aspect_of(message: &Message<'_>, about: &Article) -> Option<Verdict> {
    let look = message.look();
    let text = &look.text;
    let aspect = ASPECTS.iter().find(|aspect| {
        let words = || aspect.asked.iter().copied();
        words().any(|word| text.has(word)) && text.rest(words().chain(LEAD_INS)) == 0
    })?;
    let (section, said) = match aspect.answered {
        AnsweredBy::Steps => steps(about).map(|section| (section, opening(&section.text))),
        AnsweredBy::Sentence(words) => {
            telling_sentence(about, words).map(|(section, sentence)| (section, vec![sentence.to_owned()]))
        }
    }
    .unzip();
    let mut draft = drafted(message, about, section, said.unwrap_or_default());
    draft.confidence = message.thresholds().answer.max(0.5);
    draft.evidence = aspect.asked.iter().filter(|word| text.has(word)).map(ToString::to_string).collect();
    let why = format!("it asks about {}, the last answer, without naming it", about.id);
    Some(Verdict { draft: Some(draft), why, candidates: Vec::new() })
}

/// Tells how what the last answer told is done, where a message asks that in words of no aspect.
pub(crate) fn how(message: &Message<'_>, about: &Article) -> Option<Verdict> {
    let heard = act::heard(message, None).filter(|heard| heard.act == DialogueAct::AskHow)?;
    let section = steps(about)?;
    let draft = drafted(message, about, Some(section), opening(&section.text));
    let why = format!("it asks how to do what {} tells, the last answer", about.id);
    Some(act::told(Verdict { draft: Some(draft), why, candidates: Vec::new() }, heard))
}

/// Drafts an answer with the last answer's article: what is said, and the section that it is from.
fn drafted(message: &Message<'_>, about: &Article, section: Option<&Section>, said: Vec<String>) -> Draft {
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Question, about.id.to_string(), 1.0);
    draft.paragraphs = said;
    draft.cited.push(Cited::section(message.snapshot.ordinal(about), section.and_then(|found| found.anchor.clone())));
    draft
}

/// Returns the section that tells what to do, by its heading; not the one for when that does not help.
fn steps(article: &Article) -> Option<&Section> {
    article.sections.iter().find(|section| {
        let heading = Searched::new(&section.heading);
        STEPS.iter().any(|word| heading.has(word)) && !IN_CASE.iter().any(|word| heading.has(word))
    })
}

/// Returns the sentence of an article that has most of the words, and its section. Headings and rows of tables are none.
pub(crate) fn telling_sentence<'a>(article: &'a Article, words: &[&str]) -> Option<(&'a Section, &'a str)> {
    let mut best: Option<(usize, &Section, &str)> = None;
    for section in &article.sections {
        for (from, to) in sentences(&section.text) {
            let sentence = &section.text[from..to];
            let text = Searched::new(sentence);
            let hits = words.iter().filter(|word| text.has(word)).count();
            let whole = sentence.ends_with(['。', '.', '！', '!', '？', '?']);
            if hits > 0 && whole && best.is_none_or(|(most, ..)| hits > most) {
                best = Some((hits, section, sentence));
            }
        }
    }
    best.map(|(_, section, sentence)| (section, sentence))
}
