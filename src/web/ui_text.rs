//! Every sentence of the interface, in both languages.
//!
//! One struct and two constants: a sentence that lacks a language does not compile. Sentences that hold a number or a
//! name are functions, because languages put them in different places.

use jiff::civil::Date;

use crate::base::Locale;

/// The interface's sentences in one language.
#[derive(Debug)]
pub(crate) struct UiText {
    pub(crate) help_centre: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) language: &'static str,
    pub(crate) breadcrumbs: &'static str,

    pub(crate) home_heading: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_label: &'static str,
    pub(crate) search_placeholder: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) examples: &'static str,
    pub(crate) suggestions: &'static str,
    pub(crate) popular: &'static str,
    pub(crate) categories: &'static str,
    pub(crate) all_categories: &'static str,
    pub(crate) other_categories: &'static str,
    pub(crate) article_count: fn(usize) -> String,

    pub(crate) chat: &'static str,
    pub(crate) chat_hint: &'static str,
    pub(crate) chat_heading: &'static str,
    pub(crate) chat_invitation: &'static str,
    pub(crate) chat_open: &'static str,
    pub(crate) chat_greeting: &'static str,
    pub(crate) chat_starters: &'static str,
    pub(crate) chat_label: &'static str,
    pub(crate) chat_placeholder: &'static str,
    pub(crate) chat_send: &'static str,
    pub(crate) chat_log: &'static str,
    pub(crate) chat_new: &'static str,
    pub(crate) chat_shortened: &'static str,
    pub(crate) chat_restarted: &'static str,
    pub(crate) chat_waiting: &'static str,
    pub(crate) chat_failed: &'static str,
    pub(crate) chat_offline: &'static str,
    pub(crate) chat_closed: &'static str,
    pub(crate) chat_closed_advice: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) you: &'static str,
    pub(crate) assistant: &'static str,
    pub(crate) read_more: &'static str,
    pub(crate) which_one: &'static str,
    pub(crate) near_misses: &'static str,
    pub(crate) quick_replies: &'static str,
    pub(crate) urgent: &'static str,
    pub(crate) handoff: &'static str,
    pub(crate) say_something: &'static str,
    pub(crate) message_too_long: fn(usize) -> String,

    pub(crate) untranslated: &'static str,
    pub(crate) updated: &'static str,
    pub(crate) date: fn(Date) -> String,
    pub(crate) codes: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) related: &'static str,
    pub(crate) stuck: &'static str,
    pub(crate) stuck_advice: &'static str,
    pub(crate) support: &'static str,

    pub(crate) error_code: &'static str,
    pub(crate) also_written: &'static str,
    pub(crate) on_screen: &'static str,
    pub(crate) outcome_failed: &'static str,
    pub(crate) outcome_failed_advice: &'static str,
    pub(crate) outcome_unknown: &'static str,
    pub(crate) outcome_unknown_advice: &'static str,
    pub(crate) outcome_succeeded: &'static str,
    pub(crate) outcome_succeeded_advice: &'static str,
    pub(crate) answered_by: &'static str,
    pub(crate) open_article: &'static str,

    pub(crate) results_title: fn(&str) -> String,
    pub(crate) result_count: fn(usize) -> String,
    pub(crate) corrected: &'static str,
    pub(crate) search_exactly: fn(&str) -> String,
    pub(crate) filter: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) page_of: fn(usize, usize) -> String,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) nothing_found: fn(&str) -> String,
    pub(crate) nothing_found_advice: &'static str,
    pub(crate) ask_chat: &'static str,

    pub(crate) not_found: &'static str,
    pub(crate) not_found_advice: &'static str,
    pub(crate) unknown_code: fn(&str) -> String,
    pub(crate) unknown_code_advice: &'static str,
    pub(crate) bad_request: &'static str,
    pub(crate) bad_request_advice: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) too_long_advice: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) too_large_advice: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) busy_advice: &'static str,
    pub(crate) internal: &'static str,
    pub(crate) internal_advice: &'static str,
    pub(crate) request_id: &'static str,
    pub(crate) go_home: &'static str,
}

impl UiText {
    /// Returns the sentences for a reader: Chinese for every `zh`, else English.
    pub(crate) fn of(locale: &Locale) -> &'static UiText {
        if locale.is_chinese() { Self::chinese() } else { Self::english() }
    }

    /// Returns the sentences in Chinese.
    pub(crate) fn chinese() -> &'static UiText {
        &ZH
    }

    /// Returns the sentences in English.
    pub(crate) fn english() -> &'static UiText {
        &EN
    }
}

const ZH: UiText = UiText {
    help_centre: "帮助中心",
    skip: "跳到正文",
    language: "语言",
    breadcrumbs: "当前位置",

    home_heading: "遇到了什么问题？",
    search: "搜索",
    search_label: "搜索帮助文章",
    search_placeholder: "错误代码、提示文字或问题",
    search_hint: "输入错误代码、屏幕上的提示，或者用自己的话描述问题。",
    examples: "例如",
    suggestions: "搜索建议",
    popular: "大家常问",
    categories: "按主题浏览",
    all_categories: "全部",
    other_categories: "其他主题",
    article_count: |n| format!("{n} 篇文章"),

    chat: "在线问答",
    chat_hint: "把问题告诉自动助手，它会从帮助文章里找出答案。",
    chat_heading: "不想翻文章？直接问",
    chat_invitation: "把屏幕上的提示发过来，自动助手会从帮助文章里找出答案，并告诉你先做哪一步。",
    chat_open: "开始提问",
    chat_greeting: "你好，我是自动助手，只根据帮助中心的文章回答。把错误代码、屏幕上的提示，或者遇到的情况发给我就行。",
    chat_starters: "可以从这些问起",
    chat_label: "你的问题",
    chat_placeholder: "描述你遇到的问题",
    chat_send: "发送",
    chat_log: "对话记录",
    chat_new: "重新开始",
    chat_shortened: "更早的消息不再显示。",
    chat_restarted: "之前的对话已经过期，这是一次新的对话。",
    chat_waiting: "正在查找答案……",
    chat_failed: "没有收到回答，可能是网络不稳。你的问题还在，可以再试一次。",
    chat_offline: "设备现在没有联网。连上网络后再试。",
    chat_closed: "登录后才能提问",
    chat_closed_advice: "在线问答只对已登录的客户开放。请登录后从应用或网站里打开它。文章和错误代码不用登录也能看。",
    retry: "再试一次",
    you: "你",
    assistant: "自动助手",
    read_more: "详细步骤",
    which_one: "也可以直接打开文章",
    near_misses: "这几篇可能有关，但不一定是答案",
    quick_replies: "快捷回复",
    urgent: "请马上处理",
    handoff: "联系人工",
    say_something: "还没有写内容。请先写下你的问题。",
    message_too_long: |max| format!("这段话太长了，最多 {max} 个字。留下最要紧的几句再发送。"),

    untranslated: "这篇文章还没有中文版，下面显示的是原文。",
    updated: "更新于",
    date: |d| format!("{} 年 {} 月 {} 日", d.year(), d.month(), d.day()),
    codes: "相关错误代码",
    contents: "本页内容",
    related: "接着看",
    stuck: "还没解决？",
    stuck_advice: "把情况告诉自动助手，或者联系人工客服。",
    support: "获取帮助",

    error_code: "错误代码",
    also_written: "也写作",
    on_screen: "屏幕上的提示",
    outcome_failed: "没有成功",
    outcome_failed_advice: "这次操作没有完成。按下面的步骤处理好，再重新操作。",
    outcome_unknown: "结果还不确定",
    outcome_unknown_advice: "这次操作可能成功了，也可能没有。重新操作之前，先查看记录，以免重复。",
    outcome_succeeded: "已经成功",
    outcome_succeeded_advice: "这次操作已经完成，不要再做一次。",
    answered_by: "看看怎么处理",
    open_article: "打开完整文章",

    results_title: |q| format!("“{q}”的搜索结果"),
    result_count: |n| format!("找到 {n} 篇文章"),
    corrected: "显示的是这个词的结果：",
    search_exactly: |q| format!("仍然搜索“{q}”"),
    filter: "按主题筛选",
    pages: "分页",
    page_of: |page, last| format!("第 {page} / {last} 页"),
    previous: "上一页",
    next: "下一页",
    nothing_found: |q| format!("没有找到与“{q}”有关的文章"),
    nothing_found_advice: "试试换个说法，或只输入错误代码。也可以直接把问题发给自动助手。",
    ask_chat: "把问题发给自动助手",

    not_found: "没有这个页面",
    not_found_advice: "链接可能已经失效，或者地址有误。可以搜索一下，或从下面的常见问题开始。",
    unknown_code: |code| format!("没有收录错误代码“{code}”"),
    unknown_code_advice: "请对照屏幕再核对一遍，字母和数字都要一致。代码没有错的话，可以搜索屏幕上的提示文字，或联系客服。",
    bad_request: "看不懂这个请求",
    bad_request_advice: "地址或表单的内容有误。请返回上一页，再试一次。",
    too_long: "内容太长了",
    too_long_advice: "请缩短一些，留下错误代码或最要紧的几个词。",
    too_large: "发送的内容太大",
    too_large_advice: "请返回上一页，缩短内容后再发送。",
    busy: "暂时没能回答",
    busy_advice: "服务器现在很忙。请稍等片刻，再刷新页面。",
    internal: "我们这边出了问题",
    internal_advice: "这不是你的操作造成的。请稍后刷新页面；如果还不行，联系客服时请报上下面的请求编号。",
    request_id: "请求编号",
    go_home: "回到帮助中心首页",
};

const EN: UiText = UiText {
    help_centre: "Help centre",
    skip: "Skip to content",
    language: "Language",
    breadcrumbs: "You are here",

    home_heading: "What went wrong?",
    search: "Search",
    search_label: "Search the help articles",
    search_placeholder: "Error code, message or problem",
    search_hint: "Type an error code, the message on your screen, or the problem in your own words.",
    examples: "For example",
    suggestions: "Suggestions",
    popular: "Asked most",
    categories: "Browse by topic",
    all_categories: "All",
    other_categories: "Other topics",
    article_count: |n| if n == 1 { "1 article".to_owned() } else { format!("{n} articles") },

    chat: "Ask a question",
    chat_hint: "Tell the assistant what happened; it finds the answer in the help articles.",
    chat_heading: "Rather just ask?",
    chat_invitation: "Send the message on your screen. The assistant finds the answer in the help articles and says what to do first.",
    chat_open: "Ask the assistant",
    chat_greeting: "Hello. I’m an automatic assistant, and I answer only from the help articles. Send me an error code, the message on your screen, or what happened.",
    chat_starters: "You could start with",
    chat_label: "Your question",
    chat_placeholder: "Describe the problem",
    chat_send: "Send",
    chat_log: "Conversation",
    chat_new: "Start again",
    chat_shortened: "Earlier messages are no longer shown.",
    chat_restarted: "The earlier conversation has expired. This is a new one.",
    chat_waiting: "Looking for the answer…",
    chat_failed: "No answer arrived; the connection may be unstable. Your question is still here, so you can try again.",
    chat_offline: "This device is offline. Connect and try again.",
    chat_closed: "Sign in to ask",
    chat_closed_advice: "Questions are answered where you are signed in: in the app or on the site. Sign in there and open the chat. Articles and error codes can be read here by everybody.",
    retry: "Try again",
    you: "You",
    assistant: "Assistant",
    read_more: "The steps in full",
    which_one: "Or open the article",
    near_misses: "These may be related, but may not be the answer",
    quick_replies: "Quick replies",
    urgent: "Do this now",
    handoff: "Talk to a person",
    say_something: "There is nothing to send yet. Write your question first.",
    message_too_long: |max| {
        format!("That is too long: {max} characters at most. Keep what matters most and send again.")
    },

    untranslated: "This article is not available in English yet. Below is the original.",
    updated: "Updated",
    date: |d| {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = usize::try_from(d.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default();
        format!("{} {month} {}", d.day(), d.year())
    },
    codes: "Error codes",
    contents: "On this page",
    related: "Read next",
    stuck: "Still stuck?",
    stuck_advice: "Tell the assistant what happened, or talk to a person.",
    support: "Get help",

    error_code: "Error code",
    also_written: "Also written",
    on_screen: "On your screen",
    outcome_failed: "It did not go through",
    outcome_failed_advice: "Nothing was completed. Follow the steps below, then try again.",
    outcome_unknown: "The result is not certain yet",
    outcome_unknown_advice: "It may have gone through, or not. Look at your records before you do it again, so that it does not happen twice.",
    outcome_succeeded: "It went through",
    outcome_succeeded_advice: "It is done. Do not do it again.",
    answered_by: "See what to do",
    open_article: "Open the full article",

    results_title: |q| format!("Results for “{q}”"),
    result_count: |n| if n == 1 { "1 article found".to_owned() } else { format!("{n} articles found") },
    corrected: "Showing results for",
    search_exactly: |q| format!("Search for “{q}” instead"),
    filter: "Filter by topic",
    pages: "Pages",
    page_of: |page, last| format!("Page {page} of {last}"),
    previous: "Previous",
    next: "Next",
    nothing_found: |q| format!("No article found for “{q}”"),
    nothing_found_advice: "Try other words, or the error code alone. Or send the question to the assistant.",
    ask_chat: "Ask the assistant",

    not_found: "There is no such page",
    not_found_advice: "The link may be out of date or mistyped. Search instead, or start with one of the common questions.",
    unknown_code: |code| format!("The error code “{code}” is not listed here"),
    unknown_code_advice: "Compare it with your screen once more: every letter and digit counts. If it is right, search for the message on the screen, or contact support.",
    bad_request: "That request makes no sense to us",
    bad_request_advice: "The address or the form holds something unexpected. Go back and try again.",
    too_long: "That is too long",
    too_long_advice: "Shorten it: the error code or the few words that matter most are enough.",
    too_large: "That is too much to send",
    too_large_advice: "Go back, shorten it and send it again.",
    busy: "No answer just now",
    busy_advice: "The server is busy. Wait a moment, then reload the page.",
    internal: "Something broke on our side",
    internal_advice: "You did nothing wrong. Reload the page in a moment. If that does not help, give support the request number below.",
    request_id: "Request number",
    go_home: "To the help centre’s home page",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_chinese_to_every_chinese_reader_and_english_to_the_rest() {
        let text = |t: &str| UiText::of(&t.parse().unwrap()).search;
        assert_eq!([text("zh-CN"), text("zh-TW"), text("en"), text("fr")], ["搜索", "搜索", "Search", "Search"]);
    }

    #[test]
    fn counts_and_dates_read_well() {
        assert_eq!([(EN.article_count)(1), (EN.article_count)(0)], ["1 article", "0 articles"]);
        let day = jiff::civil::date(2026, 11, 3);
        assert_eq!([(EN.date)(day), (ZH.date)(day)], ["3 November 2026", "2026 年 11 月 3 日"]);
    }
}
