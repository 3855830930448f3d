//! The desk with the shipped content's flows: what a dialogue remembers and what it does not.

use std::sync::Arc;

use zhida::app;
use zhida::base::{Clock, Locale, Viewer};
use zhida::desk::{Asked, HelpCentre, Question};
use zhida::model::{MatchedBy, ReplyKind, Turn};

use crate::harness::{help, repository};

/// A customer at the desk.
struct Customer {
    desk: Arc<HelpCentre>,
    locale: Locale,
    conversation: Option<String>,
}

impl Customer {
    fn at(content: &std::path::Path, locale: &str) -> Self {
        let desk = app::open(content, Clock::System).unwrap().desk;
        Customer { desk, locale: locale.parse().unwrap(), conversation: None }
    }

    fn say(&mut self, message: &str) -> Asked {
        let question = Question {
            message,
            conversation_id: self.conversation.as_deref(),
            locale: &self.locale,
            viewer: Viewer::Public,
            explain: false,
        };
        let asked = self.desk.ask(&self.desk.snapshot(), &question);
        self.conversation = Some(asked.conversation_id.clone());
        asked
    }
}

#[test]
fn a_step_cites_the_section_that_explains_it() {
    let mut customer = Customer::at(&repository("content"), "en");
    customer.say("E1001");
    let asked = customer.say("still not working");
    let (reply, matched) = (&asked.turn.reply, &asked.turn.matched);
    assert_eq!(
        (reply.kind, matched.by, matched.rule.as_str()),
        (ReplyKind::Step, MatchedBy::Flow, "customer-retrying/network")
    );
    assert_eq!(reply.sources[0].url, "/en/articles/fixes/check-network");
    let asked = customer.say("next");
    assert_eq!(asked.turn.reply.sources[0].url, "/en/articles/fixes/check-account-info#how-to-check");
    let reply = asked.turn.reply;
    assert!(reply.quick_replies.iter().any(|q| q.label == "Talk to a person"), "{:?}", reply.quick_replies);
}

#[test]
fn a_short_reply_means_nothing_to_a_stranger() {
    let mut customer = Customer::at(&repository("content"), "zh-CN");
    for message in ["还是不行", "下一步", "继续排查"] {
        let asked = customer.say(message);
        assert_ne!(asked.turn.matched.by, MatchedBy::Flow, "{message}: {asked:?}");
        customer.conversation = None;
    }
}

#[test]
fn a_choice_by_number_takes_what_was_offered() {
    let mut customer = Customer::at(&help(), "en");
    let offered = customer.say("L-102").turn.reply.sources;
    assert!(!offered.is_empty(), "an unknown code asks about its neighbours");
    let asked = customer.say("the first one");
    assert_eq!((asked.turn.reply.kind, &asked.turn.reply.sources[0].id), (ReplyKind::Answer, &offered[0].id));
    let again = customer.say("the first one");
    assert_ne!(again.turn.reply.sources.first(), asked.turn.reply.sources.first(), "nothing is on offer any more");
}

#[test]
fn what_answers_the_last_turn_is_masked_before_anything_sees_it() {
    let mut customer = Customer::at(&repository("content"), "zh-CN");
    for (first, then, masked) in [
        ("登录提示密码不对", "Tiger#2023", "[password]"),
        ("密码忘了", "我记得是tiger2023", "我记得是[password]"),
        ("收不到验证码", "482913", "[code]"),
        ("E1303", "482913", "[code]"),
        // What the content knows as an error code is one.
        ("收不到验证码", "1104", "1104"),
        ("商户收款手续费是百分之几", "482913", "482913"),
    ] {
        customer.conversation = None;
        customer.say(first);
        let asked = customer.say(then);
        assert_eq!(asked.message, masked, "{first}, {then}");
        assert_eq!(asked.turn.reply.kind == ReplyKind::Safety, then != masked, "{first}, {then}: {:?}", asked.turn);
    }
}

#[test]
fn a_conversation_that_nobody_remembers_begins_anew_and_says_so() {
    let mut customer = Customer::at(&help(), "en");
    assert!(!customer.say("hello").restarted);
    assert!(!customer.say("hello").restarted);
    customer.conversation = Some("00000000-0000-7000-8000-000000000000".to_owned());
    assert!(customer.say("hello").restarted);
    assert!(!customer.say("hello").restarted);
}

#[test]
fn an_answer_that_is_not_sure_says_so_and_offers_what_else_may_be_meant() {
    let mut customer = Customer::at(&repository("content"), "en");
    let sure = customer.desk.snapshot().thresholds(Viewer::Public).sure;
    let titles: Vec<String> = customer.desk.snapshot().articles().iter().map(|article| article.title.clone()).collect();
    let offered = |turn: &Turn| -> Vec<String> {
        let said = turn.reply.quick_replies.iter().map(|q| q.message.clone());
        said.filter(|message| titles.contains(message)).collect()
    };
    // Of these at least one lies between the lines; which, each new question in the content may change.
    let (vague, turn) =
        ["problem with my phone", "the app is slow", "I am on wifi", "my card and my phone", "payment problem"]
            .into_iter()
            .find_map(|vague| {
                customer.conversation = None;
                let turn = customer.say(vague).turn;
                let is_unsure = turn.reply.kind == ReplyKind::Answer && turn.matched.confidence < sure;
                (is_unsure && offered(&turn).len() > 1).then_some((vague, turn))
            })
            .expect("one of them is not sure");
    assert!(turn.reply.text.contains("not quite sure"), "{}", turn.reply.text);
    assert_eq!(turn.reply.sources.len(), 1, "what is only offered is no source: {:?}", turn.reply.sources);
    let others = offered(&turn);
    let title = |asked: &Asked| asked.turn.reply.sources[0].title.clone();
    // A tap, or a number, takes what was offered.
    let tapped = customer.say(&others[1]);
    assert_eq!((tapped.turn.reply.kind, title(&tapped)), (ReplyKind::Answer, others[1].clone()));
    customer.conversation = None;
    customer.say(vague);
    let chosen = customer.say("the second one");
    assert_eq!(title(&chosen), others[1], "{:?}", chosen.turn.matched);
    // Who is sure offers nothing else.
    customer.conversation = None;
    let sure_of = customer.say("how do I clear the cache").turn;
    assert!(sure_of.matched.confidence >= sure && !sure_of.reply.text.contains("not quite sure"), "{sure_of:?}");
}
