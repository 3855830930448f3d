//! Passwords of several plain words, which nothing quotes: "my password is correct horse battery staple", "密码是芝麻开门".
//!
//! Nothing in such words gives them away, so what gives them away is what is missing: a complaint or a question about a
//! password cannot do without words such as "not", "but" or "my", or without 的, 了, 不, 吗.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::credential::{is_common, word};
use super::pattern;

/// The most words of a passphrase; those that people are given have four to eight.
const MOST_WORDS: usize = 8;

/// As many words that only mean something together are no sentence, though the first is one that people write about
/// passwords. It is also the least that those who recommend passphrases recommend.
const SURE_WORDS: usize = 4;

/// Words that people write about passwords and also begin a passphrase with. "Wrong" and "expired" are not among them.
const AMBIGUOUS: &str = " correct hidden private random right safe same secret secure simple strong true ";

/// Words that end a passphrase, beside those that are common after "password is": what customers of a wallet speak of.
const ENDS: &str = " according account agent amount anymore anyway app asap balance bank card cards cash characters code codes customer \
    dear declined digits else email enter everywhere fails fix friend hello hi input keep keeps kindly know knows merchant message \
    minutes money month months nobody number order page pay paying payment payments people person phone please recharge refund said say \
    says screen send sent service show shows sir site someone somebody support system tell text thank time times top transaction \
    transfer twice type typed unlock urgently verify wallet website week withdraw ";

/// What no Chinese passphrase has, and hardly a sentence about passwords lacks.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) [的了着过過吗嗎呢吧么嘛啥什怎哪谁誰几幾是不没沒无無非未有被把给給让讓和跟与與或但還还也都就才很太可能会會要该該对對错錯误誤忘改设設输輸登位个個我你您他她它自这這那同号號码碼数數填打按]
        | 正确 | 正確 | 准确 | 有效 | 失效 | 过期 | 失败 | 失敗 | 异常 | 問題 | 问题 | 困难 | 泄露 | 泄漏 | 冻结 | 锁定 | 解锁 | 申诉 | 挂失 | 注销 | 重置 | 重新
        | 找回 | 修改 | 更换 | 更新 | 默认 | 初始 | 随机 | 生成 | 统一 | 发放 | 管理 | 加密 | 保存 | 显示 | 提示 | 操作 | 流程 | 多次 | 连续 | 多少
        | 生日 | 名字 | 姓名 | 拼音 | 手机 | 电话 | 身份 | 银行 | 密码 | 支付 | 交易 | 取款 | 提现 | 充值 | 转账 | 付款 | 账户 | 账号 | 短信 | 验证 | 指纹 | 人脸 | 面容
        | 手势 | 图案 | 字母 | 英文 | 中文 | 大写 | 小写 | 混合 | 组合 | 符号 | 简单 | 复杂 | 安全 | 一致 | 一样 | 昨天 | 今天 | 明天 | 前天 | 刚才 | 刚刚 | 以前 | 之前
        | 原来 | 后来 | 现在 | 一直 | 客服 | 系统 | 后台 | 别人 | 人家 | 对方 | 骗子 | 朋友 | 在用",
    )
});

/// Tells whether Chinese words are about a password rather than one.
pub(super) fn is_sentence(words: &str) -> bool {
    SENTENCE.is_match(words)
}

/// Tells whether customers of a wallet speak of what the word names.
pub(super) fn is_said(word: &str) -> bool {
    ENDS.contains(&format!(" {word} "))
}

/// Returns where the passphrase ends that begins with the word at `first`, and how many words it has.
pub(super) fn end(text: &str, first: &Range<usize>) -> (usize, usize) {
    let plain = |span: &Range<usize>| text[span.clone()].bytes().all(|byte| byte.is_ascii_alphabetic());
    let (mut end, mut words) = (first.end, 1);
    // A word with a digit or a sign in it is a password by itself.
    while plain(first) && words < MOST_WORDS {
        let gap = text[end..].bytes().take_while(|byte| *byte == b' ').count();
        let next = word(text, end + gap);
        let follows = (1..=2).contains(&gap) && next.start == end + gap && next.len() > 1 && plain(&next);
        if !follows || is_common(&text[next.clone()], true) || is_said(&text[next.clone()]) {
            break;
        }
        end = next.end;
        words += 1;
    }
    (end, words)
}

/// Returns a passphrase whose first word is one that people write about passwords.
pub(super) fn english(text: &str, first: &Range<usize>) -> Option<Range<usize>> {
    if !AMBIGUOUS.contains(&format!(" {} ", &text[first.clone()])) {
        return None;
    }
    let (end, words) = end(text, first);
    (words >= SURE_WORDS).then_some(first.start..end)
}

/// Tells whether a word is several that are joined: "correct-horse-battery", "correct-horse". "Up-to-date" is not.
pub(super) fn is_joined(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['-', '_', '.', '+']).collect();
    let is_part = |part: &&str| part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    // "Correct-horse": of what "case-sensitive" has two parts too, the first only has its sense alone.
    let is_pair = parts.len() == 2
        && AMBIGUOUS.contains(&format!(" {} ", parts[0]))
        && !is_common(parts[1], true)
        && !is_said(parts[1]);
    (parts.len() >= 3 || is_pair) && parts.iter().all(is_part) && parts[1..].iter().all(|part| !is_common(part, false))
}

/// Returns the passphrase in Chinese that begins at `start` and ends with the clause.
pub(super) fn chinese(text: &str, start: usize) -> Option<Range<usize>> {
    let is_han = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
    let characters = text[start..].chars().take_while(is_han).take(17).count();
    let length: usize = text[start..].chars().take(characters).map(char::len_utf8).sum();
    let ends = text[start + length..].chars().next().is_none_or(|c| !c.is_alphanumeric());
    if !(4..=16).contains(&characters) || !ends {
        return None;
    }
    let phrase = &text[start..start + length];
    // "我爱北京天安门", but not "我爱人的生日".
    let loved = phrase.strip_prefix("我爱").or(phrase.strip_prefix("我愛")).filter(|rest| !rest.starts_with('人'));
    (!SENTENCE.is_match(loved.unwrap_or(phrase))).then_some(start..start + length)
}
