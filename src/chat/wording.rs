//! What the chat says in its own words, in both languages. Everything about the product comes from the content.

use crate::base::Locale;

/// The sentences of one language.
#[derive(Debug)]
pub(crate) struct Wording {
    pub(crate) check_record_first: &'static str,
    pub(crate) unknown_code: fn(&str) -> String,
    pub(crate) near_codes: &'static str,
    pub(crate) code_means: fn(&str, &str) -> String,
    pub(crate) clarify: &'static str,
    pub(crate) if_another: &'static str,
    pub(crate) language_set: &'static str,
    pub(crate) restarted: &'static str,
    pub(crate) fallback: &'static str,
    pub(crate) fallback_near: &'static str,
    pub(crate) fallback_person: &'static str,
    pub(crate) secret_removed: fn(&str) -> String,
    pub(crate) private_removed: fn(&str) -> String,
    pub(crate) person: &'static str,
    pub(crate) person_too: &'static str,
    pub(crate) secret_alone: &'static str,
    pub(crate) secret_in_flow: &'static str,
    pub(crate) still_not: &'static str,
    pub(crate) worked: &'static str,
    pub(crate) resume: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) flow_done: &'static str,
    pub(crate) no_help: &'static str,
    pub(crate) flow_handoff: &'static str,
    pub(crate) flow_stopped: &'static str,
    pub(crate) flow_others: &'static str,
    pub(crate) flow_declined: &'static str,
    pub(crate) flow_noted: &'static str,
    pub(crate) ask_away: &'static str,
    list_separator: &'static str,
    last_separator: &'static str,
    pub(crate) card: &'static str,
    pub(crate) cvv: &'static str,
    pub(crate) one_time_code: &'static str,
    pub(crate) password: &'static str,
    pub(crate) id_number: &'static str,
    pub(crate) bank_account: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) email: &'static str,
}

impl Wording {
    /// Lists names as a sentence does: “a card number, a password and an ID number”.
    pub(crate) fn list(&self, names: &[&str]) -> String {
        match names {
            [first @ .., before, last] => {
                let all_but_last: Vec<&str> = first.iter().chain([before]).copied().collect();
                format!("{}{}{last}", all_but_last.join(self.list_separator), self.last_separator)
            }
            _ => names.concat(),
        }
    }
}

/// Returns the sentences for a reader: Chinese in any region, else English.
pub(crate) fn of(locale: &Locale) -> &'static Wording {
    if locale.is_chinese() { &ZH } else { &EN }
}

static ZH: Wording = Wording {
    check_record_first: "这笔付款的结果还不确定：再次付款之前，请先查看交易记录，以免重复付款。",
    unknown_code: |code| {
        format!("帮助中心里没有错误代码 {code} 的说明，我不想猜。请核对屏幕上的代码，或把屏幕上的文字原样发给我。")
    },
    near_codes: "你看到的会不会是下面这个代码？",
    code_means: |code, shown| format!("{code}：{shown}"),
    clarify: "我想先确认一下，你问的是哪一个？",
    if_another: "我不太确定你问的是不是这个；如果不是，请看看下面的几个。",
    language_set: "好的，之后都用中文回答你。遇到什么问题了？",
    restarted: "之前的对话已经过期，这是一次新的对话。",
    fallback: "这个问题我没有把握回答，不想给你错误的信息。",
    fallback_near: "下面这些页面也许有关；如果都不是，可以换个说法，或把屏幕上的提示原样发给我。",
    fallback_person: "你可以换个说法，把屏幕上的提示或错误代码发给我，或者找人工客服。",
    secret_removed: |what| {
        format!(
            "你的消息里有{what}，我已经隐去，不会保存。请不要把这些发给任何人：客服不会向你索要密码、验证码或完整的银行卡号。"
        )
    },
    private_removed: |what| format!("另外，你发的{what}我已经隐去，不会保存：在聊天里不用发，也别随便告诉别人。"),
    person: "转人工",
    person_too: "想找人工客服，点“转人工”就行。",
    secret_alone: "如果已经告诉了别人，请马上修改密码并联系客服。你遇到了什么问题？",
    secret_in_flow: "如果已经告诉了别人，请马上修改密码并联系客服。刚才的这一步接着做：",
    still_not: "还是不行",
    worked: "好了",
    resume: "继续排查",
    skip: "跳过这一步",
    flow_done: "太好了，问题解决了就好。还有别的问题随时问我。",
    no_help: "这个办法没有用的话，接下来请联系人工客服：说明屏幕上的提示、发生的时间，以及你已经试过的步骤。请不要把密码或验证码告诉任何人。",
    flow_handoff: "能试的办法都试过了，接下来请联系人工客服：说明屏幕上的提示、发生的时间，以及你已经试过的步骤。请不要把密码或验证码告诉任何人。",
    flow_stopped: "好的，先到这里。想接着查的时候说“继续排查”就行。",
    flow_others: "刚才没查完的还可以接着查，说“继续排查”就行。",
    flow_declined: "好的。有别的问题随时问我。",
    flow_noted: "好的，弄完了告诉我结果就行。",
    ask_away: "好的，请说说你的问题；把屏幕上的提示或错误代码发给我也行。",
    list_separator: "、",
    last_separator: "和",
    card: "银行卡号",
    cvv: "卡的安全码",
    one_time_code: "验证码",
    password: "密码",
    id_number: "证件号码",
    bank_account: "银行账号",
    phone: "电话号码",
    email: "邮箱地址",
};

static EN: Wording = Wording {
    check_record_first: "The outcome of this payment is not certain yet: look at your transaction record before you pay again, so that you do not pay twice.",
    unknown_code: |code| {
        format!(
            "The help centre has no entry for the error code {code}, and I will not guess. Please check the code on your screen, or send me the words that it shows."
        )
    },
    near_codes: "Could it be this code?",
    code_means: |code, shown| format!("{code}: {shown}"),
    clarify: "Let me make sure: which of these do you mean?",
    if_another: "I am not quite sure that this is what you asked. If it is not, try one of these.",
    language_set: "Of course, in English from now on. What has gone wrong?",
    restarted: "The earlier conversation has expired; this is a new one.",
    fallback: "I am not sure about this one, and I do not want to tell you something wrong.",
    fallback_near: "One of these pages may be about it. If none is, try other words, or send me the message on your screen.",
    fallback_person: "Try other words, send me the message or error code on your screen, or ask for a person.",
    secret_removed: |what| {
        format!(
            "Your message held {what}, which I have removed and will not keep. Please do not send such things to anybody: support never asks for a password, a verification code or a full card number."
        )
    },
    private_removed: |what| {
        format!(
            "By the way, I have hidden {what} that you sent and will not keep it: there is no need to send it in this chat, or to tell it to strangers."
        )
    },
    person: "Talk to a person",
    person_too: "For a person, tap “Talk to a person”.",
    secret_alone: "If somebody else has it already, change your password and contact support now. What is the problem?",
    secret_in_flow: "If somebody else has it already, change your password and contact support now. Back to the step that we were at:",
    still_not: "Still not working",
    worked: "It works now",
    resume: "Continue troubleshooting",
    skip: "Skip this step",
    flow_done: "Glad it works now. Ask me any time if something else comes up.",
    no_help: "If that did not help, a person should look at it now: tell support the message you saw, when it happened and what you have tried. Never tell anybody your password or a code.",
    flow_handoff: "That was everything you can try yourself. A person should look at it now: contact support and tell them the message on your screen, when it happened and the steps you have tried. Never tell anybody your password or a verification code.",
    flow_stopped: "All right, we stop here. Say “continue troubleshooting” whenever you want to go on.",
    flow_others: "We had not finished the other problem: say “continue troubleshooting” to go on with it.",
    flow_declined: "All right. Ask me any time if something else comes up.",
    flow_noted: "All right. Tell me how it goes.",
    ask_away: "Of course: what is your question? The message or error code on your screen will do too.",
    list_separator: ", ",
    last_separator: " and ",
    card: "a card number",
    cvv: "a card's security code",
    one_time_code: "a verification code",
    password: "a password",
    id_number: "an ID number",
    bank_account: "a bank account number",
    phone: "a phone number",
    email: "an e-mail address",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        for (names, zh, en) in [
            (&[][..], "", ""),
            (&["A"], "A", "A"),
            (&["A", "B"], "A和B", "A and B"),
            (&["A", "B", "C"], "A、B和C", "A, B and C"),
        ] {
            assert_eq!((ZH.list(names).as_str(), EN.list(names).as_str()), (zh, en));
        }
    }
}
