//! What the widget says, in both languages; `{}` is where a number or a name goes.
//!
//! A few sentences are in the script itself, for the customer who opens it where there is no network. The others are
//! sent when it is opened. Those that the chat page says too are taken from there.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::Locale;
use crate::web::ui_text::UiText;

/// The sentences that only the widget says.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Own {
    title: &'static str,
    unread: &'static str,
    person: &'static str,
    close: &'static str,
    more: &'static str,
    new_talk: &'static str,
    erase: &'static str,
    erase_hint: &'static str,
    erase_now: &'static str,
    cancel: &'static str,
    erased: &'static str,
    #[serde(skip)]
    unreachable: &'static str,
    offline: &'static str,
    slow_down: &'static str,
    down: &'static str,
    sign_in: &'static str,
    refused: &'static str,
    unsent: &'static str,
    step: &'static str,
    incident: &'static str,
    details: &'static str,
    helpful: &'static str,
    yes: &'static str,
    no: &'static str,
    thanks: &'static str,
    what_missing: &'static str,
    submit: &'static str,
    handoff_hint: &'static str,
    contact: &'static str,
    note: &'static str,
    hand_over: &'static str,
    ticket: &'static str,
    ask_person: &'static str,
    other_ways: &'static str,
    back: &'static str,
    opening: &'static str,
    open_page: &'static str,
    article_failed: &'static str,
}

/// All sentences in one language, under the names that the script knows.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Words {
    #[serde(flatten)]
    own: &'static Own,
    assistant: &'static str,
    launcher: &'static str,
    greeting: &'static str,
    starters: &'static str,
    label: &'static str,
    placeholder: &'static str,
    send: &'static str,
    log: &'static str,
    waiting: &'static str,
    failed: &'static str,
    retry: &'static str,
    you: &'static str,
    read_more: &'static str,
    which_one: &'static str,
    near_misses: &'static str,
    quick_replies: &'static str,
    urgent: &'static str,
    handoff: &'static str,
}

impl Words {
    /// Returns the sentences for a reader, as the pages choose them.
    pub(crate) fn of(locale: &Locale) -> Self {
        let ui = UiText::of(locale);
        Words {
            own: if locale.is_chinese() { &ZH } else { &EN },
            assistant: ui.assistant,
            launcher: ui.chat,
            greeting: ui.chat_greeting,
            starters: ui.chat_starters,
            label: ui.chat_label,
            placeholder: ui.chat_placeholder,
            send: ui.chat_send,
            log: ui.chat_log,
            waiting: ui.chat_waiting,
            failed: ui.chat_failed,
            retry: ui.retry,
            you: ui.you,
            read_more: ui.read_more,
            which_one: ui.which_one,
            near_misses: ui.near_misses,
            quick_replies: ui.quick_replies,
            urgent: ui.urgent,
            handoff: ui.handoff,
        }
    }
}

/// What the widget can say before anything is fetched.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Basics {
    launcher: &'static str,
    failed: &'static str,
    offline: &'static str,
    retry: &'static str,
    close: &'static str,
}

/// Returns the sentences that stand in the script, by language.
pub(crate) fn basics() -> BTreeMap<&'static str, Basics> {
    let basics = |ui: &'static UiText, own: &'static Own| Basics {
        launcher: ui.chat,
        failed: own.unreachable,
        offline: ui.chat_offline,
        retry: ui.retry,
        close: own.close,
    };
    BTreeMap::from([("zh", basics(UiText::chinese(), &ZH)), ("en", basics(UiText::english(), &EN))])
}

const ZH: Own = Own {
    title: "{} 在线问答",
    unread: "在线问答，有新回答",
    person: "人工",
    close: "关闭",
    more: "更多",
    new_talk: "新的对话",
    erase: "删除这次对话",
    erase_hint: "删除后，服务器和这台设备上都不再保留这次对话，也不能恢复。",
    erase_now: "删除",
    cancel: "取消",
    erased: "对话已删除。",
    unreachable: "暂时连不上帮助中心，可能是网络不稳。请再试一次。",
    offline: "设备现在没有联网。你的问题还在，连上网络后会再发一次。",
    slow_down: "问得太快了，请过 {} 秒再试。",
    down: "服务器暂时不能回答。你的问题还在，过一会儿再试。",
    sign_in: "请先登录，再来提问。",
    refused: "没能发送。请看看写的内容，再试一次。",
    unsent: "还没有发出",
    step: "一步一步来",
    incident: "服务公告",
    details: "查看详情",
    helpful: "有帮助吗？",
    yes: "有",
    no: "没有",
    thanks: "谢谢，已经记下。",
    what_missing: "缺了什么？（选填）",
    submit: "提交",
    handoff_hint: "人工客服会看到这次对话。留下联系方式，方便他们回复你。",
    contact: "手机号或邮箱（选填）",
    note: "还想补充什么（选填）",
    hand_over: "转给人工客服",
    ticket: "已转给人工客服，编号 {}",
    ask_person: "转人工",
    other_ways: "其他方式",
    back: "返回对话",
    opening: "正在打开……",
    open_page: "打开完整页面",
    article_failed: "没能打开这篇文章",
};

const EN: Own = Own {
    title: "{}: ask a question",
    unread: "Ask a question: there is a new answer",
    person: "A person",
    close: "Close",
    more: "More",
    new_talk: "New conversation",
    erase: "Delete this conversation",
    erase_hint: "It is removed from the server and from this device, and cannot be brought back.",
    erase_now: "Delete",
    cancel: "Cancel",
    erased: "The conversation is deleted.",
    unreachable: "The help centre cannot be reached just now; the connection may be unstable. Try again.",
    offline: "This device is offline. Your question is still here, and is sent once you are connected.",
    slow_down: "Too many messages at once. Try again in {} seconds.",
    down: "The server cannot answer just now. Your question is still here; try again in a moment.",
    sign_in: "Sign in first, then ask again.",
    refused: "This could not be sent. Look it over and try again.",
    unsent: "Not sent",
    step: "Step by step",
    incident: "Service notice",
    details: "See details",
    helpful: "Was this helpful?",
    yes: "Yes",
    no: "No",
    thanks: "Thank you. Noted.",
    what_missing: "What was missing? (optional)",
    submit: "Send",
    handoff_hint: "Support will see this conversation. Leave a way to reach you, so that they can reply.",
    contact: "Phone or email (optional)",
    note: "Anything to add (optional)",
    hand_over: "Pass to support",
    ticket: "Passed to support. Your number is {}",
    ask_person: "Talk to a person",
    other_ways: "Other ways",
    back: "Back to the conversation",
    opening: "Opening…",
    open_page: "Open the full page",
    article_failed: "The article could not be opened",
};

/// The sentences of the demo page.
#[derive(Debug)]
pub(crate) struct Demo {
    pub(crate) title: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) home: &'static str,
    pub(crate) top_up: &'static str,
    pub(crate) transactions: &'static str,
    pub(crate) intro: &'static str,
    pub(crate) try_it: &'static str,
    pub(crate) open: &'static str,
    pub(crate) ask: &'static str,
    pub(crate) question: &'static str,
    pub(crate) reset: &'static str,
    pub(crate) left: &'static str,
    pub(crate) right: &'static str,
    pub(crate) dark: &'static str,
    pub(crate) light: &'static str,
    pub(crate) accent: &'static str,
    pub(crate) embed: &'static str,
    pub(crate) events: &'static str,
}

impl Demo {
    /// Returns the sentences for a reader.
    pub(crate) fn of(locale: &Locale) -> &'static Self {
        if locale.is_chinese() { &ZH_DEMO } else { &EN_DEMO }
    }
}

const ZH_DEMO: Demo = Demo {
    title: "问答小窗示例",
    pages: "示例页面",
    home: "首页",
    top_up: "充值",
    transactions: "交易记录",
    intro: "这一页像一个嵌入了问答小窗的网站。换到别的页面，小窗推荐的问题也会跟着变。",
    try_it: "试一试",
    open: "打开",
    ask: "提一个问题",
    question: "付款一直重试怎么办",
    reset: "重新开始",
    left: "放在左边",
    right: "放在右边",
    dark: "深色",
    light: "浅色",
    accent: "换个颜色",
    embed: "嵌入代码",
    events: "收到的事件",
};

const EN_DEMO: Demo = Demo {
    title: "The chat widget on a page",
    pages: "Sample pages",
    home: "Home",
    top_up: "Top up",
    transactions: "Transactions",
    intro: "This page stands for a site that embeds the widget. On its other pages the widget offers other questions.",
    try_it: "Try it",
    open: "Open",
    ask: "Ask a question",
    question: "My payment keeps retrying",
    reset: "Start again",
    left: "On the left",
    right: "On the right",
    dark: "Dark",
    light: "Light",
    accent: "Another colour",
    embed: "How it is embedded",
    events: "Events received",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_have_a_place_in_both_languages() {
        for own in [&ZH, &EN] {
            for text in [own.title, own.slow_down, own.ticket] {
                assert_eq!(text.matches("{}").count(), 1, "{text}");
            }
        }
    }

    #[test]
    fn the_script_gets_one_object_of_sentences() {
        let words = serde_json::to_value(Words::of(&"zh-TW".parse().unwrap())).unwrap();
        assert_eq!((words["newTalk"].as_str(), words["retry"].as_str()), (Some("新的对话"), Some("再试一次")));
    }
}
