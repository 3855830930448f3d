//! What the store promises, on both real databases: every record comes back as it was written, column by column.

use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;
use zhida::model::{
    Dialogue, FlowState, Match, MatchedBy, QuickReply, Reply, ReplyKind, Role, Source, Stage, TicketState,
};
use zhida::store::{
    Click, Event, Failed, NewApiKey, NewAuditEntry, NewFeedback, NewTicket, NewTurn, OpenError, Searched, Settings,
    Store, TicketChange, TurnBody,
};
use zhida::text::redact;

use crate::harness::postgres;

/// Where a test keeps things; the folder goes with it.
pub(crate) struct Place {
    pub(crate) settings: Settings,
    pub(crate) dir: TempDir,
}

/// Returns a new place on each database.
pub(crate) async fn places() -> Vec<Place> {
    let place = |url| {
        let dir = TempDir::new().unwrap();
        Place { settings: Settings { data: dir.path().to_owned(), url }, dir }
    };
    let mut places = vec![place(None)];
    places.extend(postgres::database().await.map(|url| place(Some(url))));
    places
}

async fn on_both(test: impl AsyncFn(&Store)) {
    for place in places().await {
        println!("on {:?}", place.settings.url.as_deref().unwrap_or("SQLite"));
        let store = Store::open(&place.settings).await.unwrap();
        test(&store).await;
        store.close().await;
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn reply(text: &str) -> Reply {
    Reply {
        kind: ReplyKind::Answer,
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        sources: vec![Source { id: "a/b".parse().unwrap(), title: "题".to_owned(), url: "/zh-CN/a".to_owned() }],
        quick_replies: vec![QuickReply { label: "还是不行".to_owned(), message: "不行".to_owned() }],
    }
}

fn matched() -> Match {
    Match {
        by: MatchedBy::Code,
        rule: "E1".to_owned(),
        confidence: 0.75,
        evidence: vec!["E1".to_owned()],
        content: "v1".to_owned(),
        stages: vec![Stage { name: "code".to_owned(), won: true, why: "x".to_owned(), candidates: vec![] }],
    }
}

/// Records a turn: `said` in `conversation`, the `n`th.
pub(crate) fn turn(store: &Store, conversation: Uuid, n: u32, said: &str, at: Timestamp) {
    let before = Dialogue { turns: n - 1, offered_flow: Some("f".to_owned()), ..Dialogue::default() };
    let flow = FlowState { flow: "f".to_owned(), step: "s".to_owned(), visited: vec![] };
    let after = Dialogue { turns: n, flow: Some(flow), ..Dialogue::default() };
    let new = NewTurn {
        said: &redact(said),
        locale: "zh-CN",
        reply: &reply(&format!("答 {n}")),
        matched: &matched(),
        before: &before,
        after: &after,
    };
    store.record_turn(conversation, at, &TurnBody::of(&new).unwrap()).unwrap();
}

#[tokio::test]
async fn a_conversation_comes_back_as_it_was() {
    on_both(async |store| {
        let id = Uuid::now_v7();
        turn(store, id, 1, "付不了款 \0 E1", at(0));
        turn(store, id, 2, "my card 4111 1111 1111 1111", at(60));
        let kept = store.conversation(id).await.unwrap().unwrap();
        assert_eq!((kept.id.as_str(), kept.locale.as_str()), (id.to_string().as_str(), "zh-CN"));
        assert_eq!((kept.started_at, kept.last_at), (at(0), at(60)));
        let said: Vec<&str> = kept.turns.iter().map(|t| t.said.as_str()).collect();
        assert_eq!(said, ["付不了款 \u{fffd} E1", "my card [card]"]);
        let first = &kept.turns[0];
        assert_eq!((first.at, first.locale.as_str()), (at(0), "zh-CN"));
        assert_eq!((&first.reply, &first.matched), (&reply("答 1"), &matched()));
        assert_eq!((first.before.turns, first.before.offered_flow.as_deref()), (0, Some("f")));
        let remembered = store.remembered(id).await.unwrap().unwrap();
        assert_eq!((remembered.dialogue.turns, remembered.last_at), (2, at(60)));
        assert_eq!(remembered.dialogue.flow.map(|f| f.step).as_deref(), Some("s"));
        assert_eq!(store.remembered(Uuid::now_v7()).await.unwrap(), None);
        assert_eq!(store.conversation(Uuid::now_v7()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn two_turns_at_once_are_both_kept() {
    on_both(async |store| {
        let id = Uuid::now_v7();
        turn(store, id, 1, "one", at(0));
        turn(store, id, 1, "another", at(0));
        assert_eq!(store.conversation(id).await.unwrap().unwrap().turns.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_and_an_open_ticket_stays() {
    on_both(async |store| {
        let id = Uuid::now_v7();
        turn(store, id, 1, "secret worry", at(0));
        let feedback = NewFeedback {
            at: at(1),
            locale: "en",
            article: "",
            conversation: Some(id),
            helpful: true,
            comment: Some(&redact("thanks")),
        };
        store.add_feedback(&feedback).await.unwrap();
        let ticket = store.open_ticket(&new_ticket(id)).await.unwrap();
        assert!(store.delete_conversation(id).await.unwrap());
        assert!(!store.delete_conversation(id).await.unwrap());
        assert_eq!(store.conversation(id).await.unwrap(), None);
        assert_eq!(store.feedback_since(at(0), 10).await.unwrap(), []);
        let kept = store.ticket(&ticket).await.unwrap().unwrap();
        assert_eq!((kept.conversation_id, kept.contact.as_str()), (None, "li@example.com"));
    })
    .await;
}

#[tokio::test]
async fn feedback_comes_back_as_it_was() {
    on_both(async |store| {
        let comment = redact("call 13812345678");
        for (seconds, article, helpful, comment) in [(5, "a/b", false, Some(&comment)), (6, "c/d", true, None)] {
            let feedback = NewFeedback { at: at(seconds), locale: "en", article, conversation: None, helpful, comment };
            store.add_feedback(&feedback).await.unwrap();
        }
        let kept = store.feedback_since(at(0), 10).await.unwrap();
        let seen: Vec<_> = kept
            .iter()
            .map(|f| (f.at, f.locale.as_str(), f.article_id.as_str(), f.helpful, f.comment.as_str()))
            .collect();
        let second = (at(6).as_millisecond(), "en", "c/d", true, "");
        assert_eq!(seen, [second, (at(5).as_millisecond(), "en", "a/b", false, "call [phone]")]);
        assert!(kept.iter().all(|f| f.conversation_id.is_none()));
        assert_eq!(store.feedback_since(at(6), 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn searches_are_counted_by_query_and_by_what_was_opened() {
    on_both(async |store| {
        let search = |seconds, query: &str, total| Event::Search {
            at: at(seconds),
            took_us: 12,
            searched: Arc::new(Searched {
                locale: "zh-CN".to_owned(),
                query: redact(query),
                corrected: "对".to_owned(),
                total,
                results: vec!["a/b".to_owned()],
            }),
        };
        // Two of one second, and one of the next.
        let asked = [search(0, "退款", 3), search(0, "退款", 3), search(1, "退款", 4)];
        for event in asked.into_iter().chain([search(2, "无", 0), search(3, "开过", 2)]) {
            store.note(event);
        }
        let click = Click { at: at(4), locale: "zh-CN".to_owned(), query: redact("开过"), article: "a/b".to_owned() };
        store.note(Event::Click(click));
        store.flush().await.unwrap();
        let nothing = store.unlucky_searches(at(0), false, 10).await.unwrap();
        assert_eq!(nothing.iter().map(|q| (q.query.as_str(), q.times)).collect::<Vec<_>>(), [("无", 1)]);
        let unopened = store.unlucky_searches(at(0), true, 10).await.unwrap();
        assert_eq!(unopened.len(), 1, "{unopened:?}");
        let q = &unopened[0];
        assert_eq!((q.query.as_str(), q.locale.as_str(), q.times, q.total, q.clicks), ("退款", "zh-CN", 3, 4, 0));
        assert_eq!(store.dropped(), 0);
    })
    .await;
}

fn new_ticket(conversation: Uuid) -> NewTicket<'static> {
    let note: &'static _ = Box::leak(Box::new(redact("please call")));
    let articles: &'static [String] = Box::leak(Box::new(["a/b".to_owned()]));
    let codes: &'static [String] = Box::leak(Box::new(["E1".to_owned()]));
    NewTicket {
        conversation,
        at: at(2),
        locale: "en",
        contact: "li@example.com",
        note: Some(note),
        articles,
        codes,
        customer: None,
        announce: true,
    }
}

#[tokio::test]
async fn a_ticket_goes_through_its_life() {
    on_both(async |store| {
        let id = Uuid::now_v7();
        turn(store, id, 1, "help", at(0));
        let ticket = store.open_ticket(&new_ticket(id)).await.unwrap();
        let again = store.open_ticket(&NewTicket { contact: "", note: None, ..new_ticket(id) }).await.unwrap();
        assert_eq!(again, ticket, "a conversation has one open ticket");
        let kept = store.ticket(&ticket).await.unwrap().unwrap();
        assert_eq!(
            (kept.conversation_id.as_deref(), kept.locale.as_str(), kept.state, kept.assignee.as_deref()),
            (Some(id.to_string().as_str()), "en", TicketState::Open, None)
        );
        assert_eq!(
            (kept.created_at, kept.contact.as_str(), kept.note.as_str()),
            (at(2), "li@example.com", "please call")
        );
        assert_eq!((kept.articles, kept.codes), (vec!["a/b".to_owned()], vec!["E1".to_owned()]));

        store.add_agent("amy", Role::Agent, "hash", at(0)).await.unwrap();
        for (n, change) in [
            TicketChange::Assign(Some("amy")),
            TicketChange::Note("called back"),
            TicketChange::Draft("Dear Li"),
            TicketChange::Close,
        ]
        .into_iter()
        .enumerate()
        {
            assert!(store.change_ticket(&ticket, "amy", change, at(10 + n as i64)).await.unwrap());
        }
        assert!(!store.change_ticket("0000-0000", "amy", TicketChange::Close, at(20)).await.unwrap());
        let kept = store.ticket(&ticket).await.unwrap().unwrap();
        assert_eq!(
            (kept.state, kept.assignee.as_deref(), kept.draft.as_str()),
            (TicketState::Closed, Some("amy"), "Dear Li")
        );
        assert_eq!(kept.updated_at, at(13));
        let events = store.ticket_events(&ticket).await.unwrap();
        let told: Vec<_> = events.iter().map(|e| (e.agent.as_str(), e.action.as_str(), e.text.as_str())).collect();
        let amy = |action, text| ("amy", action, text);
        assert_eq!(
            told,
            [
                ("", "created", ""),
                ("", "added", ""),
                amy("assigned", "amy"),
                amy("noted", "called back"),
                amy("drafted", ""),
                amy("closed", "")
            ]
        );
        assert_eq!(events[2].at, at(10));
        assert_eq!(store.count_tickets(TicketState::Open).await.unwrap(), 0);
        assert_eq!(store.tickets(TicketState::Closed, 10, 0).await.unwrap().len(), 1);
        assert!(store.tickets(TicketState::Closed, 10, 1).await.unwrap().is_empty());

        let next = store.open_ticket(&new_ticket(id)).await.unwrap();
        assert_ne!(next, ticket, "a settled ticket stays settled");
        assert!(store.change_ticket(&ticket, "amy", TicketChange::Reopen, at(30)).await.unwrap());
        store.remove_agent("amy").await.unwrap();
        assert_eq!(store.ticket(&ticket).await.unwrap().unwrap().assignee, None, "nobody has it any more");
    })
    .await;
}

#[tokio::test]
async fn a_delivery_is_claimed_by_one_and_tried_again() {
    on_both(async |store| {
        let id = Uuid::now_v7();
        turn(store, id, 1, "help", at(0));
        let ticket = store.open_ticket(&new_ticket(id)).await.unwrap();
        let lease = 60_000;
        assert!(store.claim_deliveries(10, at(1), lease).await.unwrap().is_empty(), "it is not due yet");
        // Whoever claims it for no time at all is as good as dead.
        let first = store.claim_deliveries(10, at(2), 0).await.unwrap();
        assert_eq!(first.len(), 1);
        let d = &first[0];
        assert_eq!((d.ticket_id.as_str(), d.event.as_str(), d.attempts), (ticket.as_str(), "ticket.created", 1));
        assert_eq!((d.created_at, d.state.as_str(), d.last_error.as_str()), (at(2), "pending", ""));
        assert!(d.id.starts_with("msg_"));
        let second = store.claim_deliveries(10, at(3), lease).await.unwrap();
        assert_eq!((second[0].id.as_str(), second[0].attempts), (d.id.as_str(), 2), "its holder died");
        assert!(store.claim_deliveries(10, at(4), lease).await.unwrap().is_empty(), "another replica gets nothing");

        store.not_delivered(&d.id, &Failed { error: "status 500", again_at: Some(at(100)) }).await.unwrap();
        assert!(store.claim_deliveries(10, at(99), lease).await.unwrap().is_empty());
        let third = store.claim_deliveries(10, at(100), lease).await.unwrap();
        assert_eq!((third[0].last_error.as_str(), third[0].attempts), ("status 500", 3));
        store.not_delivered(&d.id, &Failed { error: "gone", again_at: None }).await.unwrap();
        assert!(store.claim_deliveries(10, at(9_999), lease).await.unwrap().is_empty(), "a dead letter rests");
        assert_eq!(store.deliveries("dead", 10).await.unwrap()[0].last_error, "gone");
        assert!(store.revive_delivery(&d.id, at(200)).await.unwrap());
        assert_eq!(store.claim_deliveries(10, at(200), lease).await.unwrap().len(), 1);
        store.delivered(&d.id, at(201)).await.unwrap();
        assert!(store.claim_deliveries(10, at(9_999), lease).await.unwrap().is_empty());
        assert_eq!(store.deliveries("delivered", 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_claim_holds_whatever_the_clock_of_another_server_says() {
    let day = 86_400;
    for place in places().await.into_iter().filter(|place| place.settings.url.is_some()) {
        let (one, other) = (Store::open(&place.settings).await.unwrap(), Store::open(&place.settings).await.unwrap());
        let id = Uuid::now_v7();
        turn(&one, id, 1, "help", at(0));
        one.open_ticket(&new_ticket(id)).await.unwrap();
        assert_eq!(one.claim_deliveries(10, at(2), 60_000).await.unwrap().len(), 1);
        for seconds in [2, 61, 63, 3_600, day, -60, -day] {
            let claimed = other.claim_deliveries(10, at(seconds), 60_000).await.unwrap();
            assert!(claimed.is_empty(), "at {seconds} s by its clock it took a claim that is not over");
        }
        // Its clock tells it only when a message is due.
        let ahead = one.deliveries("pending", 10).await.unwrap().remove(0);
        one.not_delivered(&ahead.id, &Failed { error: "status 500", again_at: Some(at(100)) }).await.unwrap();
        assert!(other.claim_deliveries(10, at(99), 60_000).await.unwrap().is_empty());
        assert_eq!(other.claim_deliveries(10, at(100), 60_000).await.unwrap().len(), 1);
        one.close().await;
        other.close().await;
    }
}

#[tokio::test]
async fn agents_and_their_sessions_come_and_go() {
    on_both(async |store| {
        assert!(store.add_agent("amy", Role::Admin, "hash-1", at(0)).await.unwrap());
        assert!(!store.add_agent("amy", Role::Agent, "hash-2", at(1)).await.unwrap(), "the name is taken");
        assert_eq!(store.password_hash("amy").await.unwrap().as_deref(), Some("hash-1"));
        assert_eq!(store.password_hash("bob").await.unwrap(), None);
        let amy = store.agent("amy").await.unwrap().unwrap();
        assert_eq!((amy.role, amy.created_at, amy.last_login_at), (Role::Admin, at(0), None));

        store.open_session("t1", "amy", at(10), at(100)).await.unwrap();
        store.open_session("t2", "amy", at(11), at(100)).await.unwrap();
        assert_eq!(store.agent("amy").await.unwrap().unwrap().last_login_at, Some(at(11)));
        let session = store.session("t1", at(50)).await.unwrap().unwrap();
        assert_eq!((session.agent.as_str(), session.role), ("amy", Role::Admin));
        assert_eq!((session.created_at, session.last_at), (at(10), at(10)));
        store.prolong_session("t1", at(50), at(150)).await.unwrap();
        assert_eq!(store.session("t1", at(120)).await.unwrap().unwrap().last_at, at(50));
        assert_eq!(store.session("t2", at(120)).await.unwrap(), None, "it ran out");

        assert!(store.set_role("amy", Role::Agent).await.unwrap());
        assert_eq!(store.session("t1", at(60)).await.unwrap().unwrap().role, Role::Agent, "at once");
        store.open_session("t3", "amy", at(60), at(200)).await.unwrap();
        assert!(store.set_password("amy", "hash-3", Some("t3")).await.unwrap());
        assert_eq!(store.session("t1", at(61)).await.unwrap(), None, "the other sessions end with the old password");
        assert!(store.session("t3", at(61)).await.unwrap().is_some());
        store.close_session("t3").await.unwrap();
        assert_eq!(store.session("t3", at(61)).await.unwrap(), None);

        store.open_session("t4", "amy", at(70), at(200)).await.unwrap();
        assert!(store.remove_agent("amy").await.unwrap());
        assert_eq!(store.session("t4", at(71)).await.unwrap(), None, "the sessions go with the account");
        assert!(store.agents().await.unwrap().is_empty());
        assert!(!store.remove_agent("amy").await.unwrap());
        assert!(store.open_session("t5", "amy", at(80), at(200)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_read_backwards() {
    on_both(async |store| {
        for (n, agent) in ["amy", "bob", "amy"].into_iter().enumerate() {
            let entry = NewAuditEntry { agent, action: "login_failed", subject: agent, detail: "192.0.2.1" };
            store.audit(&entry, at(n as i64)).await.unwrap();
        }
        let log = store.audit_log(None, 10, 0).await.unwrap();
        assert_eq!(log.iter().map(|e| e.agent.as_str()).collect::<Vec<_>>(), ["amy", "bob", "amy"]);
        let newest = &log[0];
        assert_eq!(
            (newest.at, newest.action.as_str(), newest.subject.as_str(), newest.detail.as_str()),
            (at(2), "login_failed", "amy", "192.0.2.1")
        );
        assert_eq!(store.audit_log(Some("bob"), 10, 0).await.unwrap().len(), 1);
        assert_eq!(store.audit_log(None, 1, 1).await.unwrap()[0].agent, "bob");
        assert_eq!(store.count_audit("login_failed", "amy", at(1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_api_key_is_found_by_its_hash_until_it_is_revoked() {
    on_both(async |store| {
        let scopes = ["search".to_owned()];
        let key = NewApiKey { id: "zk_1", key_hash: "h1", name: "the app", scopes: &scopes, created_by: "amy" };
        store.add_api_key(&key, at(0)).await.unwrap();
        assert!(store.add_api_key(&NewApiKey { id: "zk_2", ..key }, at(0)).await.is_err(), "one hash, one key");
        let found = store.api_key("h1").await.unwrap().unwrap();
        assert_eq!((found.id.as_str(), found.name.as_str(), found.created_by.as_str()), ("zk_1", "the app", "amy"));
        assert_eq!((found.scopes.as_slice(), found.created_at), (&scopes[..], at(0)));
        assert_eq!((found.last_used_at, found.revoked_at), (None, None));
        store.api_key_used("zk_1", at(5)).await.unwrap();
        assert!(store.revoke_api_key("zk_1", at(9)).await.unwrap());
        assert!(!store.revoke_api_key("zk_1", at(10)).await.unwrap());
        assert_eq!(store.api_key("h1").await.unwrap(), None);
        let all = store.api_keys().await.unwrap();
        assert_eq!((all[0].last_used_at, all[0].revoked_at), (Some(at(5)), Some(at(9))));
    })
    .await;
}

#[tokio::test]
async fn what_is_too_old_is_deleted_and_what_somebody_works_on_stays() {
    on_both(async |store| {
        let (old, worked_on, settled, new) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        for id in [old, worked_on, settled] {
            turn(store, id, 1, "long ago", at(0));
        }
        turn(store, new, 1, "today", at(1_000));
        let open = store.open_ticket(&new_ticket(worked_on)).await.unwrap();
        let closed = store.open_ticket(&new_ticket(settled)).await.unwrap();
        store.change_ticket(&closed, "", TicketChange::Close, at(3)).await.unwrap();
        for seconds in [0, 1_000] {
            let feedback = NewFeedback {
                at: at(seconds),
                locale: "en",
                article: "a/b",
                conversation: None,
                helpful: true,
                comment: None,
            };
            store.add_feedback(&feedback).await.unwrap();
            let entry = NewAuditEntry { agent: "amy", action: "login", subject: "amy", detail: "" };
            store.audit(&entry, at(seconds)).await.unwrap();
            let (locale, query) = ("en".to_owned(), redact("q"));
            store.note(Event::Click(Click { at: at(seconds), locale, query, article: "a/b".to_owned() }));
        }
        store.flush().await.unwrap();
        let gone = store.sweep(at(500)).await.unwrap();
        assert_eq!(gone, [("clicks", 1), ("feedback", 1), ("tickets", 1), ("conversations", 2), ("audit", 1)]);
        for (id, kept) in [(old, false), (settled, false), (worked_on, true), (new, true)] {
            assert_eq!(store.conversation(id).await.unwrap().is_some(), kept);
        }
        assert!(store.ticket(&open).await.unwrap().is_some() && store.ticket(&closed).await.unwrap().is_none());
        assert_eq!(store.sweep(at(500)).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart() {
    for place in places().await {
        let id = Uuid::now_v7();
        let store = Store::open(&place.settings).await.unwrap();
        turn(&store, id, 1, "hello", at(0));
        store.close().await;
        let journals = std::fs::read_dir(place.dir.path().join("journal")).unwrap().count();
        assert_eq!(journals, 0, "a stop in good order leaves no journal");
        let store = Store::open(&place.settings).await.unwrap();
        assert_eq!(store.conversation(id).await.unwrap().unwrap().turns.len(), 1);
    }
}

#[tokio::test]
async fn a_database_of_a_later_program_is_refused() {
    const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                         VALUES (9999, 'later', TRUE, $1, 0)";
    for place in places().await {
        Store::open(&place.settings).await.unwrap().close().await;
        let checksum = vec![0_u8; 4];
        match &place.settings.url {
            None => {
                let url = format!("sqlite://{}", place.dir.path().join("zhida.db").display());
                let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
                sqlx::query(LATER).bind(checksum).execute(&pool).await.unwrap();
            }
            Some(url) => {
                let pool = sqlx::PgPool::connect(url).await.unwrap();
                sqlx::query(LATER).bind(checksum).execute(&pool).await.unwrap();
            }
        }
        let error = Store::open(&place.settings).await.unwrap_err();
        assert!(matches!(error, OpenError::Newer { version: 9999, .. }), "{error:?}");
        let told = error.to_string();
        assert!(told.contains("is newer than this program: it has migration 9999"), "{told}");
    }
}
