//! The content that ships in `content/`: complete in both locales, its codes in place, its key facts stated, and no
//! figure that nobody can vouch for.
//!
//! These tables are the editors' agreement, written out: whoever drops an article, a code or a fact from the content
//! is told so here.

use std::collections::BTreeMap;

use regex::Regex;
use zhida::base::{ArticleId, Locale};
use zhida::content::{self, Article, Content, Severity};
use zhida::kb::{BuildOptions, Snapshot};

use crate::cli::import::assert_round_trip;
use crate::harness::repository;

/// Every article.
const IDS: [&str; 32] = [
    "account/cannot-log-in",
    "account/device-compatibility",
    "account/how-gopay-works",
    "account/recover-password",
    "account/register-and-verify",
    "account/support-is-slow",
    "errors/account-info-mismatch",
    "errors/customer-retrying",
    "errors/network-unstable",
    "errors/payment-channel-unavailable",
    "errors/system-maintenance",
    "errors/transaction-delayed",
    "fees/cross-border",
    "fees/merchant",
    "fees/overview",
    "fixes/check-account-info",
    "fixes/check-network",
    "fixes/clear-cache",
    "fixes/contact-support",
    "fixes/switch-payment-channel",
    "security/account-stolen",
    "security/common-risks",
    "security/phishing",
    "security/protect-your-account",
    "security/public-wifi",
    "security/strong-password",
    "security/two-factor",
    "top-ups/bank-card",
    "top-ups/methods",
    "top-ups/phone-credit",
    "top-ups/retail-store",
    "top-ups/third-party",
];

const LOCALES: [&str; 2] = ["zh-CN", "en"];

/// Every code, its messages in Chinese and English, and the article that answers it.
const CODES: [(&str, &str, &str, &str); 11] = [
    ("E1001", "客户异常重试中", "Customer abnormal, retrying", "errors/customer-retrying"),
    ("E1101", "网络连接不稳定", "Network unstable", "errors/network-unstable"),
    ("E1102", "账户信息不一致", "Account information mismatch", "errors/account-info-mismatch"),
    ("E1103", "支付渠道暂不可用", "Payment channel unavailable", "errors/payment-channel-unavailable"),
    ("E1104", "系统维护中", "System under maintenance", "errors/system-maintenance"),
    ("E1201", "交易处理中，资金未到账", "Transaction pending", "errors/transaction-delayed"),
    ("E1301", "账户已锁定", "Account locked", "account/cannot-log-in"),
    ("E1302", "登录密码错误", "Wrong password", "account/recover-password"),
    ("E1303", "验证码已过期", "Verification code expired", "account/recover-password"),
    ("E1401", "当前设备或系统不支持", "Device or system not supported", "account/device-compatibility"),
    ("E1501", "账户存在安全风险", "Account at risk", "security/account-stolen"),
];

/// What each article must say, as patterns: in Chinese, in English.
const FACTS: [(&str, &[&str], &[&str]); 32] = [
    ("account/cannot-log-in", &["忘记密码", "锁定"], &["Forgot password", "locked"]),
    ("account/device-compatibility", &["系统", "更新"], &["operating system", "update"]),
    (
        "account/how-gopay-works",
        &["购物", "转账", "充值", "加密", "网关", "银行卡", "确认", "商户|商家"],
        &["shopping", "transfer", "top", "encrypt", "gateway", "bank card", "confirmation", "merchant"],
    ),
    (
        "account/recover-password",
        &["忘记密码", "手机号", "邮箱", "验证码", "链接", "字母", "数字", "特殊字符|符号"],
        &["Forgot password", "phone number", "e-?mail", "code", "link", "letters", "digits|numbers", "special|symbol"],
    ),
    ("account/register-and-verify", &["注册", "身份验证", "银行卡"], &["regist|sign up", "verif", "bank card"]),
    ("account/support-is-slow", &["客服", "官方"], &["support", "official|in the app"]),
    ("errors/account-info-mismatch", &["银行卡", "手机号", "登录"], &["card", "phone number", "log in"]),
    (
        "errors/customer-retrying",
        &["网络", "信息", "渠道", "维护", "缓存", "客服", "交易记录"],
        &["network|connection", "information|details", "channel", "maintenance", "cache", "support", "record|history"],
    ),
    ("errors/network-unstable", &["路由器", "信号"], &["router", "signal"]),
    (
        "errors/payment-channel-unavailable",
        &["接口", "银行", "渠道"],
        &["interface|connection|link", "bank", "channel"],
    ),
    ("errors/system-maintenance", &["服务器|系统", "升级|维护"], &["server|system", "upgrade|maintenance"]),
    ("errors/transaction-delayed", &["到账", "确认", "交易记录"], &["arriv", "confirm", "record|history"]),
    ("fees/cross-border", &["跨境", "特殊", "额外"], &["cross-border", "special", "extra|additional"]),
    ("fees/merchant", &["0\\.5 ?%", "2 ?%", "协议"], &["0\\.5 ?%", "2 ?%", "agreement"]),
    (
        "fees/overview",
        &["类型", "金额", "渠道", "免费", "0\\.5 ?%", "2 ?%", "跨境"],
        &["type", "amount", "channel", "free", "0\\.5 ?%", "2 ?%", "cross-border"],
    ),
    ("fixes/check-account-info", &["登录", "银行卡", "手机号", "注册"], &["log in", "card", "phone number", "regist"]),
    (
        "fixes/check-network",
        &["Wi-?Fi", "路由器", "移动数据|流量", "信号"],
        &["Wi-?Fi", "router", "mobile data", "signal"],
    ),
    (
        "fixes/clear-cache",
        &["缓存", "数据", "设置", "重新登录", "临时文件"],
        &["cache", "data", "settings", "log (back )?in", "temporary files"],
    ),
    ("fixes/contact-support", &["客服", "原因"], &["support", "cause|reason"]),
    ("fixes/switch-payment-channel", &["渠道|支付方式"], &["channel|payment method"]),
    ("security/account-stolen", &["密码", "客服", "双重"], &["password", "support", "two-factor"]),
    (
        "security/common-risks",
        &["双重", "Wi-?Fi", "加密", "钓鱼", "官方"],
        &["two-factor", "Wi-?Fi", "encrypt", "phishing", "official"],
    ),
    ("security/phishing", &["链接", "邮件", "短信", "官方"], &["link", "mail", "message", "official"]),
    (
        "security/protect-your-account",
        &["双重", "密码", "Wi-?Fi", "更新|最新版", "客服"],
        &["two-factor", "password", "Wi-?Fi", "update|up to date", "support"],
    ),
    ("security/public-wifi", &["Wi-?Fi", "加密", "私人|私有|自己的"], &["Wi-?Fi", "encrypt", "private|own"]),
    (
        "security/strong-password",
        &["字母", "数字", "特殊字符|符号", "定期"],
        &["letters", "digits|numbers", "special|symbol", "regular"],
    ),
    ("security/two-factor", &["双重", "盗"], &["two-factor", "theft|stolen|steal"]),
    ("top-ups/bank-card", &["绑定", "银行卡", "金额"], &["bind|link|add", "bank card", "amount"]),
    (
        "top-ups/methods",
        &["银行卡", "支付宝", "微信支付", "话费", "门店|商店", "现金"],
        &["bank card", "Alipay", "WeChat Pay", "phone credit", "store", "cash"],
    ),
    ("top-ups/phone-credit", &["话费", "余额", "金额"], &["phone credit", "balance", "amount"]),
    ("top-ups/retail-store", &["现金", "合作", "金额"], &["cash", "partner", "amount"]),
    ("top-ups/third-party", &["支付宝", "微信支付", "金额"], &["Alipay", "WeChat Pay", "amount"]),
];

fn shipped() -> Content {
    let loaded = content::load(&repository("content")).unwrap();
    let errors: Vec<String> =
        loaded.problems.iter().filter(|p| p.severity == Severity::Error).map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    loaded.content
}

fn by_id(content: &Content) -> BTreeMap<(&str, &str), &Article> {
    content.articles.iter().map(|a| ((a.id.as_str(), a.locale.as_str()), a)).collect()
}

fn locale(tag: &str) -> Locale {
    tag.parse().unwrap()
}

/// Everything that a customer may read of an article.
fn readable(article: &Article) -> String {
    format!("{}\n{}\n{}", article.title, article.summary, article.markdown)
}

#[test]
fn every_article_is_there_in_both_locales_with_enough_questions() {
    let content = shipped();
    let articles = by_id(&content);
    let expected: Vec<(&str, &str)> = IDS.iter().flat_map(|id| LOCALES.map(|l| (*id, l))).collect();
    for key in &expected {
        let article = articles.get(key).unwrap_or_else(|| panic!("{key:?} is missing"));
        assert!(
            article.questions.len() >= 8,
            "{key:?} has {} questions, too few to learn from",
            article.questions.len()
        );
        assert!(article.updated.is_some(), "{key:?} does not say when it was updated");
    }
    assert_eq!(articles.len(), expected.len(), "an article is not in the list above");
    assert_eq!(content.site.default_locale, locale("zh-CN"));
}

#[test]
fn no_question_is_claimed_twice() {
    let content = shipped();
    let mut owners: BTreeMap<&str, &ArticleId> = BTreeMap::new();
    for article in &content.articles {
        for question in &article.questions {
            if let Some(other) = owners.insert(question, &article.id) {
                assert_eq!(other, &article.id, "both articles claim “{question}”");
            }
        }
    }
}

#[test]
fn every_code_leads_to_its_article_with_its_messages() {
    let content = shipped();
    let articles = by_id(&content);
    assert_eq!(content.codes.len(), CODES.len());
    for (code, chinese, english, id) in CODES {
        let record = content.codes.iter().find(|c| c.code == code).unwrap_or_else(|| panic!("{code} is missing"));
        assert_eq!(record.article.as_str(), id, "{code}");
        for (tag, message) in [("zh-CN", chinese), ("en", english)] {
            assert!(record.messages[&locale(tag)].iter().any(|m| m == message), "{code} {tag}: {:?}", record.messages);
            let article = articles[&(id, tag)];
            assert!(article.codes.iter().any(|c| c == code), "{tag}/{id} does not name {code}");
            assert!(article.messages.iter().any(|m| m == message), "{tag}/{id} does not quote “{message}”");
        }
    }
}

#[test]
fn every_article_states_its_facts() {
    let content = shipped();
    let articles = by_id(&content);
    let mut missing = Vec::new();
    for (id, chinese, english) in FACTS {
        for (tag, patterns) in [("zh-CN", chinese), ("en", english)] {
            let text = readable(articles[&(id, tag)]);
            let lacks = patterns.iter().filter(|p| !Regex::new(&format!("(?i){p}")).unwrap().is_match(&text));
            missing.extend(lacks.map(|p| format!("{tag}/{id} does not say {p}")));
        }
    }
    assert_eq!(FACTS.map(|f| f.0), IDS);
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_article_invents_a_figure() {
    let content = shipped();
    // What may carry digits: the codes, the two percentages of the merchants' fee, numbered lists, and link targets.
    let allowed = Regex::new(r"E1\d{3}|\b0\.5 ?[%％]|\b2 ?[%％]|(?m:^\s*\d+\.\s)|\]\([^)]*\)").unwrap();
    let figure = Regex::new(r"[0-9０-９][0-9０-９,.]*").unwrap();
    let mut invented = Vec::new();
    for article in &content.articles {
        let worked = if article.id.as_str() == "fees/merchant" { worked_examples() } else { Vec::new() };
        let text = readable(article);
        let rest = allowed.replace_all(&text, " ");
        let figures = figure.find_iter(&rest).map(|m| m.as_str().trim_end_matches([',', '.']));
        let unknown = figures.filter(|f| !worked.contains(&f.replace(',', "").parse().unwrap_or(f64::NAN)));
        invented.extend(unknown.map(|f| format!("{}: {f}", article.file.display())));
    }
    assert!(invented.is_empty(), "{invented:#?}");
}

/// The amounts in the merchants' table, and what 0.5 % and 2 % of each are: arithmetic, and no new facts.
fn worked_examples() -> Vec<f64> {
    let amounts = [100.0, 500.0, 1_000.0, 10_000.0, 100_000.0];
    amounts.into_iter().flat_map(|a| [a, a / 200.0, a / 50.0]).collect()
}

#[test]
fn nobody_is_told_to_share_a_secret_and_money_is_looked_up_before_paying_again() {
    let content = shipped();
    let refuses = Regex::new("不会|Nobody|never").unwrap();
    for tag in LOCALES {
        let notice = content.site.notice.get(&locale(tag), &locale(tag)).unwrap_or_default();
        assert!(refuses.is_match(notice), "{tag}: {notice}");
    }
    let articles = by_id(&content);
    for (id, tag, pattern) in [
        ("errors/customer-retrying", "zh-CN", "重复|两次"),
        ("errors/customer-retrying", "en", "twice"),
        ("errors/transaction-delayed", "zh-CN", "重复|两次"),
        ("errors/transaction-delayed", "en", "twice"),
    ] {
        assert!(Regex::new(pattern).unwrap().is_match(&readable(articles[&(id, tag)])), "{tag}/{id}: {pattern}");
    }
}

#[test]
fn words_that_the_content_lacks_are_not_put_right_into_others_of_the_same_sound() {
    let snapshot =
        Snapshot::build_with(shipped(), &BuildOptions { classifier: false, ..BuildOptions::default() }).unwrap();
    for (typed, meant) in
        [("景点", None), ("冲值", Some("充值")), ("手须费", Some("手续费")), ("登陆不上", Some("登录不上"))]
    {
        let corrected = zhida::search::corrected_chinese(&snapshot, typed);
        assert_eq!(corrected.as_deref(), meant, "{typed}");
    }
}

#[test]
fn every_article_is_exported_and_imported_field_by_field() {
    let dir = tempfile::tempdir().unwrap();
    assert_round_trip(dir.path(), &repository("content"));
}
