//! What customers say when they are asked whether something helped: a few words, the same in every flow.
//!
//! Authors do not have to declare them. The words decide only where such an answer is expected; what else a message
//! asks is for the stages that follow.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::chat::searched::{FixedTerms, Searched};

/// The sense of a short reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ShortReply {
    /// It did not help.
    NotYet,
    /// It helped.
    Worked,
    /// Go on, with the flow that was interrupted if one was.
    Resume,
    /// Go on with the flow before this one.
    Return,
    /// Not this step.
    Skip,
    /// It is done; whether it helped is not said.
    Did,
    /// What comes next?
    Next,
    /// The step before.
    Back,
    /// Say it again.
    Repeat,
    /// Enough of this.
    Stop,
    /// Enough of this, for another question that is still to come.
    NewQuestion,
    /// Once more from the beginning.
    Restart,
    /// Show me one thing after the other.
    StepByStep,
}

/// The words of one reply, each list as one text with commas between them.
struct Words {
    reply: ShortReply,
    /// They tell by themselves, whatever stands beside them.
    anywhere: &'static str,
    /// They tell beside a few words more.
    short: &'static str,
    /// They tell only alone.
    alone: &'static str,
}

/// How many words or ideographs of substance may stand beside a `short` one.
const FEW: usize = 4;

/// In the order in which they are tried: “好了吗？还是不行” did not help.
#[rustfmt::skip]
const WORDS: [Words; 13] = [
    Words {
        reply: ShortReply::Stop,
        anywhere: "",
        short: "don't want to continue, try later, do it later, enough already, no more steps, \
            不想继续, 不用继续, 不继续, 别弄了, 别查了, 不想再, 放弃, 退出排查, 结束排查, 没时间, stop here, \
            不弄了, 不查了, 不试了, 不排查了, 不搞了, 不折腾了, 不想弄, 不想查, 不想试, 先这样, 下次再说, 以后再说, \
            改天再说, 改天再弄, 回头再说, 回头再弄, 晚点再说, 晚点再弄, 到此为止, 我放弃, 放弃了, 不需要了, \
            never mind, nevermind, forget it, give up, giving up, that's enough, enough of this, another time, \
            maybe later, some other time, leave it, don't bother",
        alone: "不用了, 不必了, 不需要, 不了, 算了, 停, 停止, 退出, 取消, 结束, 结束吧, 够了, 先到这, 先到这里, 到这里, \
            就到这, 就这样, 没必要, stop, stop it, stop here, cancel, quit, exit, end, end it, enough, no thanks, \
            no thank you, no more, not now, no need, later, that's all, i'm done, i am done, we're done, \
            we are done, i'm done here, i'm done now, done for now, done for today, done with this, done here, that will be all, \
            that is all, 弄完就这样, 我这边结束了, 到此结束",
    },
    Words {
        reply: ShortReply::NewQuestion,
        anywhere: "",
        short: "",
        alone: "change topic, change the topic, something else to ask, \
            还有一个问题, 还有个问题, 有一个问题, 有个问题, 别的事, 别的事情, 其他事, ask about something else, \
            换个问题, 换一个问题, 换问题, 换个话题, 问个别的, 问别的, 问点别的, 问个别的问题, 问个新问题, 新问题, \
            新的问题, 另一个问题, 另外一个问题, 另外的问题, 其他问题, 其它问题, 别的问题, 另有问题, 想问, 问, \
            问一下, 一个, another question, a different question, different question, new question, other question, \
            other questions, one more question, ask something else, ask something different, ask another question, \
            ask a question, different topic, change the subject, something different, let",
    },
    Words {
        reply: ShortReply::Restart,
        anywhere: "",
        short: "",
        alone: "从第一步开始, 从第一步, 第一步开始, 重新来一遍, 重新走一遍, 再从头开始, 再从头来, from step one, from step 1, \
            重新开始, 重新来, 重新来过, 重头来, 重头开始, 从头开始, 从头来, 从头再来, 从头来一遍, 重来, 重来一遍, \
            再来一遍, start over, start again, start from scratch, start from the beginning, from the beginning, \
            from the start, from the top, begin again, restart, restart this",
    },
    Words {
        reply: ShortReply::NotYet,
        anywhere: "没搞定, 没弄好, 没修好, 没弄成, 没搞好, 没通过, same issue, not successful, unfortunately not, not helpful, \
            还是不行, 还不行, 仍然不行, 仍不行, 依然不行, 也不行, 都不行, 没用, 没有用, 不管用, 不起作用, 没效果, \
            没有效果, 没变化, 没有变化, 没解决, 没有解决, 还是一样, 也一样, 也还是一样, 还是老样子, 还是没好, 还没好, 还是不好, \
            还是不可以, 还是没有, 还是失败, 还是报错, 还是付不了, 还是登不上, 还是充不进, 不管事, 不顶用, 不顶事, \
            没好使, 没恢复, 没好转, 没改善, 没起作用, 没什么用, 没啥用, 没啥效果, 没生效, 解决不了, 唔得, 唔掂, \
            唔work, 冇用, 未得, 没成功, 没有成功, 不成功, \
            still not, still no, still doesn't, still does not, still can't, \
            still cannot, still isn't, still fails, still failing, still the same, still happening, still broken, \
            still stuck, didn't help, did not help, doesn't help, does not help, no help, didn't work, \
            did not work, didn't fix, did not fix, no luck, same thing, same error, same problem, same result, \
            same message, same again, same as before, but same, but the same, \
            no change, no difference, nothing changed, no good, tried that, tried it already, no effect, no joy, \
            no dice, no success, to no avail, no improvement, hasn't helped, has not helped, hasn't worked, \
            has not worked, hasn't fixed, made no difference, not any better, didn't do anything, did nothing, \
            nothing works, nothing worked, nothing happens, nothing happened, still dead, still down, still nothing, \
            still error, still fail, still same, still hangs, still spinning, also failed, failed also, failed too, \
            no use, that's not it, thats not it, not the problem, not the issue, \
            没戏, 白搭, 老毛病, 还是那句话, 还是那个提示, 还是这个提示, 还是重试, 还是那样, 还是这样, 一个样, 没起色, 没辙",
        short: "不行, 没好, 没反应, 不好使, 不好用, 不灵, 不可以, 无效, 没效, 还那样, 照旧, 搞不定, 老样子, it failed, \
            failed again, didn't go through, did not go through, not working, doesn't work, does not work, \
            not fixed, not solved, not resolved, won't work, will not work, isn't working, not helping, no go, \
            unsuccessful",
        alone: "没, 没有, 一样, 不, 还没, 失败, 失败了, 又失败了, 还不, 还没有, 没呢, 不是, 没改, 还没弄, 还没做, \
            试过了, 都试过了, 试了, no, nope, nah, not yet, not really, same, it didn't, it did not, didn't, \
            did not, it doesn't, it isn't, it's not, it is not, it hasn't, haven't, i haven't, failed, it fails, \
            fails, failing, not done, nothing, negative, still",
    },
    Words {
        reply: ShortReply::Worked,
        anywhere: "",
        short: "成功, 解决啦, 修好啦, 可以了, went through, is through, successfully, successful, able to, \
            好了, 好啦, 好使了, 好用了, 没事了, 没问题了, 妥了, 妥妥的, 搞掂, 搞掂了, 掂咗, 得咗, 弄好了, 整好了, \
            通了, 可以啦, 行啦, 成了, 已解决, 已恢复, 恢复正常, 不报错了, ok了, 可以了, 解决了, 成功了, 搞定了, \
            搞定, 恢复了, 正常了, 行了, 修好了, 能用了, 能付了, 付成功, 登上了, 登进去了, 到账了, 充上了, 有用, \
            管用, it worked, it works, it's working, it is working, working again, works again, works fine, \
            works great, works perfectly, did the trick, back to normal, up and running, problem solved, all fixed, \
            it went through, all set, works now, working now, that worked, that works, that helped, that did it, \
            that fixed it, fixed it, it's fixed, now it worked, worked now, method worked, card worked, finally worked, is fixed, solved, resolved, all good, sorted, i'm in, it arrived, \
            money arrived",
        alone: "是, 是的, 嗯, 嗯嗯, 对, 对的, yes, yep, yeah, yup, fixed, success, worked, works, working, it does, \
            it did, it is, it has, that is it, succeeded, successful, good now, got in, ok now",
    },
    Words {
        reply: ShortReply::Return,
        anywhere: "",
        short: "回到刚才, 回到上一个, 继续上一个, 继续刚才, 接着刚才, 接着上一个, 先弄刚才, back to the previous problem, \
            back to the last one, back to the other, where were we, where was i, back to what",
        alone: "刚才那个, 上一个问题, 之前那个, 先前那个, 前一个问题, previous problem, earlier problem, \
            the other problem, back to it, back to that, back to before",
    },
    Words {
        reply: ShortReply::Resume,
        anywhere: "",
        short: "继续排查, 接着排查, continue troubleshooting, resume troubleshooting, back to troubleshooting",
        alone: "继续, 继续吧, 接着来, 接着, continue, resume, carry on, keep going",
    },
    Words {
        reply: ShortReply::Skip,
        anywhere: "",
        short: "跳过, 略过, 做不了, 没法做, 做不到, 没办法做, 不想做, 不方便, skip, can't do that, cannot do that, \
            can't do this, cannot do this, can't do it, cannot do it, unable to do that",
        alone: "这步不用, 做过了, 做过这步, 没有这个, pass, already did, did that already, done that, \
            done that already, not this one, not possible",
    },
    Words {
        reply: ShortReply::Did,
        anywhere: "",
        short: "做完了, 弄完了, 操作完了, 做好了, 照做了, 已完成, 都做了, 按你说的做了, finished it, i've done it, \
            done it, done as you said",
        alone: "just did, i just did, \
            完成, 完成了, 做了, 试好了, done, did it, did that, did this, completed, finished, all done",
    },
    Words {
        reply: ShortReply::Back,
        anywhere: "",
        short: "前面一步, 前面那一步, take me back, last step, \
            上一步, 前一步, 前面那步, 上一项, 前一项, 上一个步骤, 前一个步骤, 退回, 回退, 倒回去, go back, \
            step back, previous step, one step back, back one step, step before, previous one",
        alone: "返回, 上一个, 前一个, 后退, back, back one, previous",
    },
    Words {
        reply: ShortReply::Next,
        anywhere: "",
        short: "下一步, 下一项, 下步, 下一个步骤, 然后呢, 接下来怎么做, 接下来怎么办, 接下来做什么, 接着怎么做, \
            然后怎么做, 接下来呢, 再下一步, next step, then what, what's next, what is next, what next, what now, \
            what else, after that, move on, do next",
        alone: "然后, 往下走, 往下吧, 再往下, \
            下一个, 下一条, 接下来, 接着呢, 还有呢, 还有吗, 往下, 还有别的办法吗, 还有别的办法, 还有其他办法吗, \
            还有什么能试的, 还有什么可以试的, 还能试什么, 还有什么办法, 还有啥办法, 还有什么招, what else can i try, \
            what else can i do, anything else to try, anything else i can try, 别的办法, 别的办法呢, next, go on, \
            go ahead, proceed, and then, anything else, next one, next please",
    },
    Words {
        reply: ShortReply::Repeat,
        anywhere: "",
        short: "重复一下, 再讲一遍, 再发一遍, \
            再说一遍, 再说一次, 重复一遍, 没看清, 没看懂, 没听懂, say that again, say it again, repeat",
        alone: "重复, again, come again, pardon",
    },
    Words {
        reply: ShortReply::StepByStep,
        anywhere: "step by step, walk me through, one step at a time, 一步一步, 一步步",
        short: "怎么排查, 帮我排查, 带我排查, guide me, troubleshoot",
        alone: "排查, 怎么做, 怎么弄, how, show me how",
    },
];

/// What stands beside a reply and says nothing: “yes thanks”, “好的，下一步”.
#[rustfmt::skip]
pub(crate) const FILLER_WORDS: &str = "好的, 好, 嗯, 再, 一下, 已经, let, 哦, 那, 谢谢, 多谢, 谢了, 谢啦, 感谢, 现在, 终于, 真的, 麻烦, 吧, 啦, ok, okay, thanks, \
    thank you, thx, ty, great, cool, please, well, right, all right, alright, really, finally, then, so, \
    sorry";
/// What makes a question of what was done and how it went.
#[rustfmt::skip]
const ASKS: &str = "怎么, 怎样, 如何, 才能, 为什么, 是不是, 是否, 能不能, 会不会, 有没有, 多少, 多久, how, why, when";
/// What says that something goes on as before; with one of [`SYMPTOMS`] it did not help: “依然失败”, “still retrying”.
#[rustfmt::skip]
const PERSISTS: &str = "还是, 依然, 仍然, 仍旧, 依旧, 仍在, 还在, 还会, 还显示, 还提示, 照样, 又, 总是, 一直, 老是, still, \
    keeps, keep, again, continues";
/// What goes on as before.
#[rustfmt::skip]
const SYMPTOMS: &str = "不, 没, 未, 失败, 重试, 异常, 报错, 出错, 错误, 提示, 显示, 弹出, 弹窗, 跳出, 转圈, 卡住, 卡着, 处理中, \
    过期, 锁, 拒绝, 这样, 那样, 问题, error, errors, retry, retrying, retries, fail, fails, failed, \
    failing, abnormal, declined, rejected, stuck, loading, spinning, says, saying, show, shows, showing, \
    gives, get, getting, happening, pending, locked, expired, wrong, invalid, not, no, can't, won't, doesn't";
/// What makes a question of that.
#[rustfmt::skip]
const UNSURE_OF_IT: &str = "吗, 多久, 什么时候, 多少, 是不是, 要不要, how long, when, if";
/// So many words or ideographs of substance may stand beside what goes on.
const MOST_BESIDE_SYMPTOM: usize = 10;

/// Returns what a message says as a short reply and the words that say it; none when it says more than that. `own` are
/// words that mean a reply where it is said.
pub(crate) fn short_reply<'t>(message: &str, own: &[(ShortReply, &'t str)]) -> Option<(ShortReply, &'t str)> {
    said(message, own).or_else(|| {
        // “重启路由器了，好了”: what was done, and in the last clause how it went.
        let (before, last) = last_clause(message)?;
        let short = Searched::new(before).rest(std::iter::empty()) <= MOST_BEFORE;
        let outcome = |(reply, _): &(ShortReply, _)| matches!(reply, ShortReply::Worked | ShortReply::NotYet);
        // “可以付了，谢谢”: the last one may say nothing.
        let nothing = || Searched::new(last).is_nothing_but(READ.fillers.iter().copied());
        let of_last = said(last, own).filter(|found| short && outcome(found));
        of_last.or_else(|| nothing().then(|| said(before, own)).flatten().filter(outcome))
    })
}

/// Cuts a message before its last clause; none where it has only one.
pub(crate) fn last_clause(message: &str) -> Option<(&str, &str)> {
    message.trim_end_matches(CLAUSE_ENDS).rsplit_once(CLAUSE_ENDS)
}

/// Where clauses end.
const CLAUSE_ENDS: [char; 9] = ['，', ',', '。', '.', '；', ';', '！', '!', '…'];
/// What was done is told in so many words or ideographs of substance; more is a story.
const MOST_BEFORE: usize = 12;

/// One text's words.
type List = Vec<&'static str>;

/// [`WORDS`] and the rest, read.
struct Read {
    replies: Vec<(ShortReply, [List; 3])>,
    fillers: List,
    persists: List,
    symptoms: List,
    /// All of them, and what makes a question of them.
    terms: FixedTerms,
    filler_terms: FixedTerms,
    /// Those that tell whatever stands beside them, or in a long message too.
    tells_in_a_story: HashSet<&'static str>,
}

static READ: LazyLock<Read> = LazyLock::new(|| {
    let list = |words: &'static str| words.split(", ").filter(|word| !word.is_empty()).collect::<List>();
    let lists = |words: &Words| (words.reply, [words.anywhere, words.short, words.alone].map(list));
    let replies: Vec<(ShortReply, [List; 3])> = WORDS.iter().map(lists).collect();
    let [fillers, persists, symptoms] = [FILLER_WORDS, PERSISTS, SYMPTOMS].map(list);
    let said = replies.iter().flat_map(|(_, lists)| lists.iter().flatten()).copied();
    let terms = FixedTerms::new(said.chain([UNSURE]).chain(persists.iter().chain(&symptoms).copied()));
    let filler_terms = FixedTerms::new(fillers.iter().copied());
    let anywhere = replies.iter().flat_map(|(_, [anywhere, ..])| anywhere);
    let tells_in_a_story = anywhere.chain(&persists).copied().collect();
    Read { replies, fillers, persists, symptoms, terms, filler_terms, tells_in_a_story }
});

/// Returns every word for a reply, and which.
pub(crate) fn every_word() -> impl Iterator<Item = (ShortReply, &'static str)> {
    let of = |(reply, lists): &'static (ShortReply, [List; 3])| lists.iter().flatten().map(|word| (*reply, *word));
    READ.replies.iter().flat_map(of)
}

/// Tells whether a text has no words but those of one reply: “tried that, no luck” says it twice, and nothing else.
pub(crate) fn says_only(text: &Searched, reply: ShortReply) -> bool {
    let mut of_reply = READ.replies.iter().filter(|(of, _)| *of == reply);
    of_reply.any(|(_, lists)| text.is_nothing_but(lists.iter().flatten().chain(&READ.fillers).copied()))
}

/// Tells whether one of some words occurs.
fn has_one_of(text: &Searched, words: &'static str) -> bool {
    words.split(", ").any(|word| text.has(word))
}

/// What turns words of success round.
const TURNED: [&str; 11] = ["没", "不", UNSURE, "not", "never", "no", "isn't", "didn't", "hasn't", "if", "how"];
/// What makes a question of “不行”.
const UNSURE: &str = "行不行";

fn said<'t>(message: &str, own: &[(ShortReply, &'t str)]) -> Option<(ShortReply, &'t str)> {
    let text = Searched::new(message);
    let has = text.those_of(&READ.terms);
    let own: Vec<(ShortReply, &'t str)> = own.iter().copied().filter(|(_, term)| text.has(term)).collect();
    if has.is_empty() && own.is_empty() && !text.has("能") && !text.has("可以") {
        return None;
    }
    let little_else = says_little_else(&text, has.iter().copied().chain(own.iter().map(|(_, term)| *term)));
    let asks = || message.contains(['?', '？', '吗']) || has_one_of(&text, ASKS);
    let can = || can_now(&text).filter(|_| !asks()).map(|term| (ShortReply::Worked, term));
    if !little_else && !has.iter().any(|term| READ.tells_in_a_story.contains(term)) {
        return can();
    }
    let asks = asks();
    let is_alike = asks_whether_alike(message);
    for (reply, [anywhere, short, alone]) in &READ.replies {
        let questions_are_other = matches!(reply, ShortReply::Worked | ShortReply::Did) && asks;
        let all = || anywhere.iter().chain(short).chain(alone).chain(&READ.fillers).copied();
        let found = |terms: &List| terms.iter().copied().filter(|t| has.contains(t)).max_by_key(|t| t.chars().count());
        let few = |term: &&str| {
            little_else
                && !questions_are_other
                && text.rest(all().chain([*term])) <= FEW
                && !turned(*reply, &text, term)
        };
        let asks_anyway = |term: &str| has.contains(&UNSURE) || (is_alike && term.ends_with("一样"));
        let anywhere = found(anywhere).filter(|term| !asks_anyway(term));
        let short = || found(short).filter(few);
        // “都是一样的吗” asks.
        let alone_is_other = questions_are_other || *reply == ShortReply::NotYet && asks;
        let alone = || found(alone).filter(|_| little_else && !alone_is_other && text.is_nothing_but(all()));
        let declared = || {
            let of_this = own.iter().filter(|(own, _)| own == reply).map(|(_, term)| *term);
            of_this.filter(|_| !asks).filter(few).max_by_key(|term| term.chars().count())
        };
        if let Some(term) = anywhere.or_else(short).or_else(alone).or_else(declared) {
            return Some((*reply, term));
        }
    }
    goes_on(&text, &has).map(|term| (ShortReply::NotYet, term)).or_else(can)
}

/// Tells whether a message asks about another one, which is alike or not: “微信也一样吗” tells of nothing that persists.
pub(crate) fn asks_whether_alike(message: &str) -> bool {
    ["一样吗", "一样么", "一样嘛"].iter().any(|words| message.contains(words))
}

/// Tells whether a message can be a short reply: of a long one the terms that occur, and what says nothing beside them, leave
/// more than a reply has. Counted once, it spares taking each reply's words away from every story.
fn says_little_else<'t>(text: &Searched, terms: impl Iterator<Item = &'t str>) -> bool {
    let fillers = text.those_of(&READ.filler_terms);
    let most: usize = terms.chain(fillers).map(|term| text.substance_of(term)).sum();
    text.rest(std::iter::empty()) <= most + FEW
}

/// Returns the word by which a message says that something can be done now: “可以付了”, “能登录了”.
fn can_now(text: &Searched) -> Option<&'static str> {
    let said = text.haystack().trim();
    let can = ["可以", "能"].into_iter().find(|can| text.has(can))?;
    let turned = ["不", "没", "才", "别"].into_iter().any(|word| text.has(word));
    let ends = said.trim_end_matches(['啦', '呀', '啊']).ends_with('了') || said.ends_with('啦');
    let (_, what) = said.split_once(can)?;
    (ends && !turned && what.chars().count() <= LONGEST_DEED).then_some(can)
}

/// What can be done is told in so many ideographs at most, the last “了” among them.
const LONGEST_DEED: usize = 4;

/// Returns the word by which a message says that what was wrong goes on; none when it asks whether it does.
fn goes_on(text: &Searched, has: &[&'static str]) -> Option<&'static str> {
    let Read { fillers, persists, symptoms, .. } = &*READ;
    let goes_on = persists.iter().copied().filter(|t| has.contains(t)).max_by_key(|t| t.chars().count())?;
    let symptom = symptoms.iter().any(|t| has.contains(t) && !goes_on.contains(t));
    let asks = has_one_of(text, UNSURE_OF_IT) || has.contains(&UNSURE);
    let all = persists.iter().chain(symptoms).chain(fillers).copied();
    (symptom && !asks && text.rest(all) <= MOST_BESIDE_SYMPTOM).then_some(goes_on)
}

/// Tells whether words of success are turned round by others: “没有用” is none of them, “能不能好了” neither.
fn turned(reply: ShortReply, text: &Searched, term: &str) -> bool {
    let rest = Searched::new(&text.without(std::iter::once(term)));
    matches!(reply, ShortReply::Worked | ShortReply::Did) && TURNED.iter().any(|t| rest.has(t)) || text.has(UNSURE)
}

#[cfg(test)]
mod tests {
    use super::ShortReply::*;
    use super::*;

    #[test]
    fn understands_both_languages() {
        let cases = [
            (
                NotYet,
                vec![
                    "还是不行",
                    "不行啊",
                    "没用",
                    "重启路由器了，还是不行",
                    "没变化",
                    "still not working",
                    "didn't help",
                    "nope",
                    "nope same thing",
                    "same",
                    "It still doesn't work!!",
                    "NO",
                    "都试过了",
                    "还是重试",
                    "还是客户异常重试中",
                    "失败了",
                    "依然失败",
                    "不好使",
                    "无效",
                    "還係唔得",
                    "no it didn't",
                    "still retrying",
                    "it's still showing customer abnormal",
                    "still nothing",
                ],
            ),
            (
                Worked,
                vec![
                    "好了",
                    "好了，谢谢",
                    "重启路由器了，好了",
                    "I restarted the router, it works now",
                    "可以了！",
                    "解决了",
                    "it worked, thanks",
                    "yes",
                    "Yep!",
                    "works now",
                    "是的",
                    "好使了",
                    "妥了",
                    "搞掂",
                    "yes thanks",
                    "that did the trick",
                    "没问题了",
                    "可以付了",
                    "可以付了，谢谢",
                    "能登录了",
                    "成功付款了",
                    "I was able to pay",
                ],
            ),
            (Did, vec!["做完了", "照做了", "done", "I've done it"]),
            (
                NewQuestion,
                vec!["换个问题", "新问题", "我有别的问题", "another question", "I have a different question"],
            ),
            (Restart, vec!["重新开始", "从头来一遍", "start over", "restart"]),
            (
                Next,
                vec![
                    "下一項",
                    "接下来怎么做",
                    "ok next",
                    "下一步",
                    "下一个",
                    "然后呢？",
                    "next",
                    "next step please",
                    "what next?",
                ],
            ),
            (Skip, vec!["做不了", "can't do that", "跳过", "跳过这一步", "skip", "skip this one"]),
            (Back, vec!["前一步", "one step back", "上一步", "back", "go back"]),
            (
                Stop,
                vec![
                    "不用了",
                    "算了",
                    "结束",
                    "不需要了",
                    "够了",
                    "算了不弄了",
                    "下次再说",
                    "stop",
                    "cancel",
                    "never mind",
                    "I give up",
                    "that's enough",
                    "no more",
                    "not now",
                    "no thanks",
                ],
            ),
            (Repeat, vec!["再说一遍", "没看懂", "repeat", "say that again"]),
            (Return, vec!["继续上一个", "回到刚才那个问题", "back to the previous problem"]),
            (Resume, vec!["继续排查", "continue troubleshooting", "继续"]),
            (StepByStep, vec!["一步一步教我", "walk me through it", "step by step please"]),
        ];
        for (reply, messages) in cases {
            for message in messages {
                assert_eq!(short_reply(message, &[]).map(|r| r.0), Some(reply), "{message}");
            }
        }
    }

    #[test]
    fn leaves_questions_alone() {
        for message in [
            "好了吗",
            "用生日当密码行不行",
            "怎么充值",
            "银行卡充值手续费多少",
            "is it fixed?",
            "does it work with Alipay?",
            "继续付款会扣两次吗",
            "",
            "转人工",
            "取消订单怎么退款",
            "用银行卡还是支付宝",
            "付成功了吗",
            "怎样才能付成功了",
            "能不能充值了",
            "新问题：怎么充值",
            "重新开始付款会扣两次吗",
            "都是一样的吗",
            "微信也一样吗",
        ] {
            assert_eq!(short_reply(message, &[]), None, "{message}");
        }
    }
}
