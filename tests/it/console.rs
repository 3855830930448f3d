//! The agents' console over HTTP, as a browser without JavaScript uses it.

mod content_history;
mod single_sign_on;

use reqwest::{Method, Response};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use zhida::base::Clock;
use zhida::desk::agents::Accounts;
use zhida::model::Role;
use zhida::web;

use crate::harness::Server;
use crate::harness::identity::{SECRET, token};

const PASSWORD: &str = "correct horse battery";

/// An agent with a browser.
struct Visitor<'a> {
    server: &'a Server,
    cookie: String,
}

impl<'a> Visitor<'a> {
    /// Makes an account and signs in.
    async fn new(server: &'a Server, name: &str, role: Role) -> Self {
        let accounts = Accounts::new(server.store.clone(), Clock::System);
        accounts.add_agent(name, Some(role), Some(PASSWORD)).await.unwrap();
        let response = sign_in(server, name, PASSWORD).await;
        assert_eq!((response.status().as_u16(), &response.headers()["location"]), (303, &"/agent".parse().unwrap()));
        Visitor { server, cookie: cookie(&response) }
    }

    async fn get(&self, path: &str) -> Response {
        self.server.get_with(path, &[("cookie", &self.cookie), ("accept-language", "en")]).await
    }

    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
        response.text().await.unwrap()
    }

    async fn post_raw(&self, path: &str, form: &[(&str, &str)]) -> Response {
        post(self.server, path, &[("cookie", &self.cookie), ("accept-language", "en")], form).await
    }

    /// Sends a form with the token that the console's pages carry.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let page = self.page("/agent").await;
        let csrf = value(&page, "input[name=csrf]");
        self.post_raw(path, &[&[("csrf", csrf.as_str())], form].concat()).await
    }
}

async fn post(server: &Server, path: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> Response {
    let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let mut request = server
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.join("&"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn sign_in(server: &Server, name: &str, password: &str) -> Response {
    post(server, "/agent/login", &[("accept-language", "en")], &[("name", name), ("password", password)]).await
}

fn cookie(response: &Response) -> String {
    response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

fn value(page: &str, selector: &str) -> String {
    let page = Html::parse_document(page);
    let found = page.select(&Selector::parse(selector).unwrap()).next();
    found.unwrap_or_else(|| panic!("no {selector}")).value().attr("value").unwrap_or_default().to_owned()
}

fn text(page: &str, selector: &str) -> String {
    let page = Html::parse_document(page);
    let found = page.select(&Selector::parse(selector).unwrap()).next();
    found.unwrap_or_else(|| panic!("no {selector}")).text().collect()
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    let server = Server::start().await;
    for path in ["/agent", "/agent/tickets", "/agent/improve", "/agent/audit", "/agent/keys", "/agent/content"] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 303, "{path}");
        assert!(response.headers()["location"].to_str().unwrap().starts_with("/agent/login"), "{path}");
    }
    let response = server.get("/agent/tickets?state=closed").await;
    assert_eq!(response.headers()["location"], "/agent/login?next=%2Fagent%2Ftickets%3Fstate%3Dclosed");
    assert_eq!(post(&server, "/agent", &[], &[("text", "x")]).await.status(), 303);
    let login = server.get_with("/agent/login", &[("accept-language", "zh-CN")]).await.text().await.unwrap();
    assert_eq!(text(&login, "h1"), "登录");
}

#[tokio::test]
async fn a_session_is_kept_from_scripts_and_other_sites_and_ends() {
    let server = Server::start().await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    let plain = sign_in(&server, "Amy ", PASSWORD).await;
    let set = plain.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/agent"), "{set}");
    assert!(!set.contains("Secure"));
    let form = [("name", "amy"), ("password", PASSWORD)];
    let tls = post(&server, "/agent/login", &[("x-forwarded-proto", "https")], &form).await;
    assert!(tls.headers()["set-cookie"].to_str().unwrap().contains("Secure"));
    let foreign = post(&server, "/agent/login", &[("origin", "https://evil.example")], &form).await;
    assert_eq!(foreign.status(), 403);

    let forged = amy.post_raw("/agent/logout", &[("csrf", "guess")]).await;
    assert_eq!(forged.status(), 403, "a form without the session's token does nothing");
    assert_eq!(amy.get("/agent").await.status(), 200);
    assert_eq!(amy.post("/agent/logout", &[]).await.status(), 303);
    assert_eq!(amy.get("/agent").await.status(), 303, "the session has ended on the server too");

    let bob = Visitor::new(&server, "bob", Role::Agent).await;
    Accounts::new(server.store.clone(), Clock::System).remove_agent("bob").await.unwrap();
    assert_eq!(bob.get("/agent").await.status(), 303, "who was removed is out at once");
}

#[tokio::test]
async fn guessing_passwords_is_slowed_and_nobody_learns_which_names_exist() {
    let clock = Clock::fixed(1_800_000_000);
    let server = Server::with(web::Settings::default(), clock.clone()).await;
    Accounts::new(server.store.clone(), clock.clone()).add_agent("amy", None, Some(PASSWORD)).await.unwrap();
    let known = sign_in(&server, "amy", "wrong wrong wrong").await;
    let unknown = sign_in(&server, "nobody", "wrong wrong wrong").await;
    assert_eq!((known.status().as_u16(), unknown.status().as_u16()), (401, 401));
    let (known, unknown) = (known.text().await.unwrap(), unknown.text().await.unwrap());
    assert_eq!(text(&known, ".complaint"), text(&unknown, ".complaint"));
    for _ in 0..4 {
        assert_eq!(sign_in(&server, "amy", "wrong wrong wrong").await.status(), 401);
    }
    for _ in 0..3 {
        assert_eq!(sign_in(&server, "amy", PASSWORD).await.status(), 429, "the right one is not looked at either");
    }
    clock.advance(15 * 60 + 1);
    assert_eq!(sign_in(&server, "amy", PASSWORD).await.status(), 303);
}

#[tokio::test]
async fn the_look_up_shows_what_is_internal_and_never_in_a_reply() {
    let server = Server::start().await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    let page = amy.post("/agent", &[("text", "the machine shows L-101, my card is 4111 1111 1111 1111")]).await;
    let page = page.text().await.unwrap();
    assert!(!page.contains("1111 1111") && !page.contains("11111111"), "a card number is not shown again");
    assert_eq!(text(&page, ".found .meta code"), "machines/card-not-read");
    let reply = text(&page, ".found textarea");
    assert!(reply.contains("L-101") && reply.contains("\n1. "), "the answer and its steps: {reply}");

    let page = amy.post("/agent", &[("text", "waive a fee for a reader")]).await.text().await.unwrap();
    let parsed = Html::parse_document(&page);
    let internal: Vec<_> = parsed.select(&Selector::parse(".found.internal").unwrap()).collect();
    assert_eq!(internal.len(), 1);
    assert!(internal[0].text().collect::<String>().contains("Internal"));
    assert!(internal[0].select(&Selector::parse("textarea").unwrap()).next().is_none(), "it has no reply to send");
    let replies: String = parsed.select(&Selector::parse("textarea").unwrap()).flat_map(|t| t.text()).collect();
    assert!(!replies.contains("quagmire-9") && !replies.contains("xylophone-7"), "{replies}");

    let part = amy.post("/agent", &[("text", "L-202"), ("part", "1")]).await.text().await.unwrap();
    assert!(part.contains("machines/return-slot-stuck") && !part.contains("<html"), "the part alone, for the script");
    let script = amy.post("/agent", &[("text", "<script>alert(1)</script>")]).await.text().await.unwrap();
    assert!(!script.contains("<script>alert"));
}

async fn ticket(server: &Server, message: &str) -> String {
    let turn: Value =
        server.post_json("/api/v1/chat", &json!({"message": message, "locale": "en"})).await.json().await.unwrap();
    let body = json!({"conversation_id": turn["conversation_id"], "contact": "li@example.com", "note": "please"});
    let opened: Value = server.post_json("/api/v1/handoff", &body).await.json().await.unwrap();
    opened["ticket_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_ticket_is_worked_on_in_somebodys_name() {
    let server = Server::start().await;
    let admin = Visitor::new(&server, "root", Role::Admin).await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    let id = ticket(&server, "it says L-101 <b>now</b>").await;
    let path = format!("/agent/tickets/{id}");
    assert!(amy.page("/agent/tickets").await.contains(&id));
    let page = amy.page(&path).await;
    assert_eq!(text(&page, ".customer-said"), "it says L-101 <b>now</b>");
    assert!(page.contains("li@example.com") && page.contains("machines/card-not-read"));
    assert!(text(&page, "details.why").contains("code") && page.contains("the message names the code L-101"));

    let forged = amy.post_raw(&path, &[("action", "close")]).await;
    assert_eq!(forged.status(), 403);
    for form in [
        &[("action", "take")][..],
        &[("action", "note"), ("text", "called back")],
        &[("action", "draft"), ("text", "Dear Li")],
        &[("action", "close")],
    ] {
        assert_eq!(amy.post(&path, form).await.status(), 303, "{form:?}");
    }
    assert_eq!(amy.post(&path, &[("action", "explode")]).await.status(), 400);
    assert_eq!(amy.post(&path, &[("action", "assign"), ("agent", "nobody")]).await.status(), 404);
    let page = amy.page(&path).await;
    assert_eq!(text(&page, "#_draft"), "Dear Li");
    assert!(text(&page, ".history").contains("called back"));
    assert!(!amy.page("/agent/tickets").await.contains(&id));
    assert!(amy.page("/agent/tickets?state=closed").await.contains(&id));
    assert_eq!(amy.post(&path, &[("action", "reopen")]).await.status(), 303);
    assert!(amy.page("/agent/tickets").await.contains(&id));
    assert_eq!(amy.get("/agent/tickets/0000-0000").await.status(), 404);

    assert_eq!(amy.get("/agent/audit").await.status(), 403, "the audit log is for admins");
    let audit = admin.page("/agent/audit?agent=amy").await;
    for action in ["login", "ticket.view", "ticket.assign", "ticket.note", "ticket.close", "ticket.reopen"] {
        assert!(audit.contains(&format!("<code>{action}</code>")), "{action}");
    }
    assert!(!audit.contains("Dear Li") && !audit.contains("called back"), "it tells what was done, not what was said");
}

#[tokio::test]
async fn a_ticket_says_what_of_the_customer_is_verified_and_what_is_their_own_word() {
    let clock = Clock::fixed(1_800_000_000);
    let identity = Some(web::IdentityRules::new(SECRET, "zhida", false));
    let server = Server::with(web::Settings { identity, ..web::Settings::default() }, clock).await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    let signed = |sub: &str| format!("Bearer {}", token(&json!({"sub": sub, "aud": "zhida", "exp": 1_800_000_300})));
    let turn: Value = server.post_json("/api/v1/chat", &json!({"message": "L-101"})).await.json().await.unwrap();
    let hand_over = async |authorization: Option<String>, note: &str| -> String {
        let body = json!({"conversation_id": turn["conversation_id"], "contact": "u-9@bank.example", "note": note});
        let mut request = server.request(Method::POST, "/api/v1/handoff").json(&body);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let opened: Value = request.send().await.unwrap().json().await.unwrap();
        opened["ticket_id"].as_str().unwrap().to_owned()
    };
    let id = hand_over(None, "Verified: u-9").await;
    let page = amy.page(&format!("/agent/tickets/{id}")).await;
    assert_eq!(text(&page, ".facts .trust"), "Not verified");
    assert!(!page.contains("class=\"verified\""), "what a customer writes verifies nothing");
    assert!(page.contains("u-9@bank.example <span class=\"hint\">as the customer wrote it, unchecked"));

    assert_eq!(hand_over(Some(signed("u-7")), "and now").await, id, "the ticket is the same");
    let page = amy.page(&format!("/agent/tickets/{id}")).await;
    assert!(text(&page, ".facts .verified").contains("Verified u-7"), "{}", text(&page, ".facts .verified"));
    assert!(page.contains("vouches for it") && !page.contains("Not verified"));
    assert!(text(&page, ".history").contains("Backend of the app or site vouches for u-7"));
    hand_over(Some(signed("u-7")), "again").await;
    hand_over(Some(signed("<b>u-8</b>")), "it is my phone").await;
    let page = amy.page(&format!("/agent/tickets/{id}")).await;
    assert_eq!(page.matches("class=\"verified\"").count(), 2, "each once");
    assert!(page.contains("Different signed-in customers") && !page.contains("<b>u-8"));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let server = Server::start().await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    let other = Visitor { server: &server, cookie: cookie(&sign_in(&server, "amy", PASSWORD).await) };
    for (present, new) in [("wrong", "a new long password"), (PASSWORD, "short")] {
        assert_eq!(amy.post("/agent/account", &[("present", present), ("new", new)]).await.status(), 400);
    }
    let done = amy.post("/agent/account", &[("present", PASSWORD), ("new", "a new long password")]).await;
    assert_eq!(done.status(), 200);
    assert_eq!(amy.get("/agent").await.status(), 200);
    assert_eq!(other.get("/agent").await.status(), 303, "the other sessions have ended");
    assert_eq!(sign_in(&server, "amy", PASSWORD).await.status(), 401);
    assert_eq!(sign_in(&server, "amy", "a new long password").await.status(), 303);
}

#[tokio::test]
async fn what_was_not_answered_is_shown_counted_and_becomes_a_patch() {
    let server = Server::start().await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    for message in ["qwzx zzkq vvbn", "zzkq qwzx vvbn", "L-101"] {
        server.post_json("/api/v1/chat", &json!({"message": message, "locale": "en"})).await;
    }
    server.get("/en/search?q=zzqqxx").await;
    let verdict = json!({"article_id": "loans/renew", "helpful": false, "locale": "en", "comment": "=cmd"});
    server.post_json("/api/v1/feedback", &verdict).await;
    let page = amy.page("/agent/improve").await;
    assert!(text(&page, ".groups").contains("2×"), "two alike questions are one group: {}", text(&page, ".groups"));
    for (heading, told) in [("_found_nothing", "zzqqxx"), ("_ratings", "loans/renew"), ("_codes", "L-101")] {
        assert!(text(&page, &format!("[aria-labelledby={heading}]")).contains(told), "{heading}");
    }
    assert!(page.contains("<svg class=\"chart\"") && page.contains("<polyline points=\""));
    let csv = amy.get("/agent/improve?csv=rates").await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let csv = csv.text().await.unwrap();
    assert!(csv.starts_with("day,locale,conversations,resolved,handed_over\r\n") && csv.contains(",en,3,1,0"), "{csv}");
    assert_eq!(amy.get("/agent/improve?csv=nothing").await.status(), 404);

    let stub = amy.get("/agent/improve/patch?question=qwzx%20x&locale=en&article=loans/new-one&kind=stub").await;
    assert!(stub.headers()["content-disposition"].to_str().unwrap().contains("new-one.patch"));
    let stub = stub.text().await.unwrap();
    // Git itself says whether it is a patch.
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("p.patch"), &stub).unwrap();
    let git = |arguments: &[&str]| {
        std::process::Command::new("git").current_dir(dir.path()).args(arguments).status().unwrap().success()
    };
    assert!(git(&["init", "-q"]) && git(&["apply", "p.patch"]), "{stub}");
    let written = std::fs::read_to_string(dir.path().join("content/en/loans/new-one.md")).unwrap();
    assert!(written.contains("  - \"qwzx x\"\n"), "{written}");
    let climbing = amy.get("/agent/improve/patch?question=q&locale=en&article=../../etc&kind=stub").await;
    assert_eq!(climbing.status(), 400);
    assert!(amy.page("/agent/content").await.contains("zh-CN"));
}

#[tokio::test]
async fn a_key_opens_internal_search_until_it_is_revoked() {
    let server = Server::start().await;
    let admin = Visitor::new(&server, "root", Role::Admin).await;
    let amy = Visitor::new(&server, "amy", Role::Agent).await;
    let form = [("action", "add"), ("name", "the app"), ("scope", "search:internal")];
    assert_eq!(amy.post("/agent/keys", &form).await.status(), 403);
    let page = admin.post("/agent/keys", &form).await.text().await.unwrap();
    let key = text(&page, ".done code");
    assert!(key.starts_with("zk_") && !admin.page("/agent/keys").await.contains(&key), "it is shown once");

    let search = async |key: &str| -> (u16, String) {
        let bearer = format!("Bearer {key}");
        let response = server.get_with("/api/v1/search?q=waive&locale=en", &[("authorization", &bearer)]).await;
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, hits) = search(&key).await;
    assert!(status == 200 && hits.contains("loans/waive-fees"), "{hits}");
    let bearer = format!("Bearer {key}");
    let article = server.get_with("/api/v1/articles/loans/waive-fees?locale=en", &[("authorization", &bearer)]).await;
    assert_eq!((article.status().as_u16(), &article.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    assert_eq!(search("zk_guess").await.0, 401);
    let refused = server.get_with("/api/v1/search?q=waive", &[("authorization", "Bearer zk_guess")]).await;
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert!(!server.get("/api/v1/search?q=waive&locale=en").await.text().await.unwrap().contains("waive-fees"));
    let id = &key[..11];
    assert_eq!(admin.post("/agent/keys", &[("action", "revoke"), ("id", id)]).await.status(), 303);
    assert_eq!(search(&key).await.0, 401);
}

#[tokio::test]
async fn a_customer_asks_for_a_person_without_javascript() {
    let server = Server::start().await;
    let turn: Value =
        server.post_json("/api/v1/chat", &json!({"message": "L-101", "locale": "en"})).await.json().await.unwrap();
    let id = turn["conversation_id"].as_str().unwrap();
    let form = server.get(&format!("/en/contact?conversation={id}")).await.text().await.unwrap();
    assert_eq!(value(&form, "[name=conversation_id]"), id);
    let send = async |fields: &[(&str, &str)]| post(&server, "/en/contact", &[], fields).await;
    let empty = send(&[("conversation_id", id), ("contact", " "), ("note", "n")]).await;
    assert_eq!(empty.status(), 400);
    assert_eq!(text(&empty.text().await.unwrap(), "#_note"), "n", "what was written is still there");
    let done = send(&[("conversation_id", id), ("contact", "13812345678"), ("note", "")]).await;
    assert_eq!(done.status(), 201);
    let number = text(&done.text().await.unwrap(), ".ticket-number strong");
    assert_eq!(server.store.ticket(&number).await.unwrap().unwrap().contact, "13812345678");
    let gone = send(&[("conversation_id", "nobody's"), ("contact", "x@y.example")]).await;
    assert_eq!(gone.status(), 404);
}

#[tokio::test]
async fn an_admin_has_the_content_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let article = dir.path().join("en/lamps/light.md");
    std::fs::create_dir_all(article.parent().unwrap()).unwrap();
    std::fs::write(&article, "---\ntitle: Light it\nsummary: Turn the knob\n---\nTurn it.\n").unwrap();
    let server = Server::publishing(dir.path()).await;
    let (amy, bob) = (Visitor::new(&server, "amy", Role::Admin).await, Visitor::new(&server, "bob", Role::Agent).await);
    assert!(amy.page("/agent/content").await.contains("/agent/reload"));
    assert!(!bob.page("/agent/content").await.contains("/agent/reload"));
    assert_eq!(bob.post("/agent/reload", &[]).await.status(), 403);
    assert_eq!(amy.post_raw("/agent/reload", &[("csrf", "guess")]).await.status(), 403);

    std::fs::write(&article, "---\ntitel: Light it\nsummary: Turn the knob\n---\nTurn it.\n").unwrap();
    let refused = amy.post("/agent/reload", &[]).await;
    assert_eq!(refused.headers()["location"], "/agent/content?read=refused");
    let page = bob.page("/agent/content?read=refused").await;
    assert!(text(&page, "section[aria-labelledby=_refused]").contains("en/lamps/light.md:2"), "{page}");

    std::fs::write(&article, "---\ntitle: Light them\nsummary: Turn the knob\n---\nTurn it.\n").unwrap();
    assert_eq!(amy.post("/agent/reload", &[]).await.headers()["location"], "/agent/content?read=published");
    assert!(!amy.page("/agent/content").await.contains("_refused"));
    let audit = amy.page("/agent/audit").await;
    assert!(audit.contains("content.reload"));
}
