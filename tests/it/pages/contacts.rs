//! The official contacts, the check of what was sent, the incident banner and the list of codes.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use zhida::app;
use zhida::base::Clock;

use super::{all, attribute, main_text, one, page, text};
use crate::harness::{Server, copy_folder, help};

async fn check(server: &Server, pasted: &str) -> Response {
    let body: String = pasted.bytes().map(|b| format!("%{b:02X}")).collect();
    server
        .request(Method::POST, "/en/contacts")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("text={body}"))
        .send()
        .await
        .expect("the server answers")
}

#[tokio::test]
async fn the_contacts_are_listed_and_lead_somewhere() {
    let server = Server::start().await;
    let page = page(server.get("/en/contacts").await).await;
    assert_eq!(text(one(&page, "h1")), "Is this really Lantern?");
    let links: Vec<&str> = all(&page, ".contacts a").into_iter().map(|a| attribute(a, "href")).collect();
    assert_eq!(links, ["https://lantern.example", "mailto:desk@lantern.example", "tel:+442079460018"]);
    assert_eq!(all(&page, ".contacts dt").len(), 4);
}

#[tokio::test]
async fn what_is_official_is_told_from_what_is_not() {
    let server = Server::start().await;
    for (pasted, class, title) in [
        ("https://lantern.example/renew", "good", "It is on the official list"),
        ("020 7946 0018", "good", "It is on the official list"),
        ("https://lantern.example@evil.example/", "danger", "It is not on the official list"),
        ("lantern-renew.example", "danger", "It looks like the official one, but is not"),
        ("@lantern", "caution", "It cannot be shown to be genuine"),
    ] {
        let response = check(&server, pasted).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
        let page = page(response).await;
        let finding = one(&page, ".finding");
        assert!(finding.value().has_class(class, scraper::CaseSensitivity::CaseSensitive), "{pasted}");
        assert_eq!(text(one(&page, ".finding-title")), title, "{pasted}");
    }
}

#[tokio::test]
async fn a_code_that_was_pasted_along_is_not_shown_again() {
    let server = Server::start().await;
    let answer = check(&server, "Your code is 483920. Open https://evil.example/483920?code=483920").await;
    let answer = answer.text().await.unwrap();
    assert!(answer.contains("evil.example") && !answer.contains("483920"));
}

#[tokio::test]
async fn nothing_to_check_is_said_on_the_page() {
    let server = Server::start().await;
    let empty = check(&server, "  ").await;
    assert_eq!(empty.status(), 400);
    assert!(text(one(&page(empty).await, ".complaint")).starts_with("There is nothing to check"));
    let odd = page(check(&server, "hello there").await).await;
    assert!(text(one(&odd, ".findings")).contains("No link"));
}

#[tokio::test]
async fn a_code_is_looked_up_in_any_spelling() {
    let server = Server::start().await;
    let list = page(server.get("/en/codes").await).await;
    let links: Vec<&str> = all(&list, ".code-row").into_iter().map(|a| attribute(a, "href")).collect();
    assert_eq!(links, ["/en/codes/L%2D101", "/en/codes/L%2D202"]);
    let known = server.get("/en/codes?code=l+101").await;
    assert_eq!((known.status().as_u16(), known.headers()["location"].to_str().unwrap()), (307, "/en/codes/L%2D101"));
    assert_eq!(server.get("/en/codes?code=L-999").await.status(), 404);
}

#[tokio::test]
async fn an_incident_is_told_on_every_page_and_before_the_chats_answers() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&help(), folder.path());
    let incident = "severity = \"outage\"\narticle = \"machines/card-not-read\"\n\
                    text = { en = \"The machines are <down>.\", zh-CN = \"自助机器停用。\" }\n";
    std::fs::write(folder.path().join("incident.toml"), incident).unwrap();
    let snapshot = app::open(folder.path(), Clock::System).unwrap().desk.snapshot();
    let server = Server::over(snapshot).await;
    for path in ["/en/", "/en/articles/loans/renew", "/en/chat", "/en/nothing"] {
        let page = page(server.get(path).await).await;
        assert_eq!(text(one(&page, ".incident.outage")), "Service down The machines are <down>. Read more", "{path}");
    }
    let chinese = page(server.get("/zh-CN/").await).await;
    assert!(text(one(&chinese, ".incident")).contains("自助机器停用。"));
    let answer = server.post_json("/api/v1/chat", &json!({ "message": "L-202", "locale": "en" })).await;
    let answer: Value = answer.json().await.unwrap();
    let notice = json!({
        "severity": "outage",
        "text": "The machines are <down>.",
        "url": "/en/articles/machines/card-not-read",
    });
    assert_eq!(answer["notice"], notice);
    let opened: Value = server.get("/api/v1/widget?locale=en").await.json().await.unwrap();
    assert_eq!(opened["incident"], notice, "the widget tells it before anything is asked");
}

#[tokio::test]
async fn the_chat_page_tells_an_incident_once_before_the_first_answer() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&help(), folder.path());
    let incident = "severity = \"degraded\"\narticle = \"machines/card-not-read\"\n\
                    text = { en = \"The machines are <slow>.\", zh-CN = \"自助机器变慢。\" }\n";
    std::fs::write(folder.path().join("incident.toml"), incident).unwrap();
    let server = Server::over(app::open(folder.path(), Clock::System).unwrap().desk.snapshot()).await;
    let say = async |fields: String| {
        let form = server.request(Method::POST, "/en/chat").header("content-type", "application/x-www-form-urlencoded");
        page(form.body(fields).send().await.unwrap()).await
    };
    let first = say("message=L-202".to_owned()).await;
    let told = one(&first, ".turn.told.degraded");
    assert_eq!(text(told), "AssistantService disruptedThe machines are <slow>.Read more");
    assert_eq!(attribute(told, "id"), "_latest", "the page opens where it stands, not below it");
    let turns: Vec<_> = all(&first, ".turn").into_iter().skip(1).map(|t| attribute(t, "class").to_owned()).collect();
    assert_eq!(turns, ["turn customer", "turn bot told degraded", "turn bot "]);
    let carried = ["conversation_id", "transcript", "seal"].map(|name| {
        let value = attribute(one(&first, &format!(".composer [name={name}]")), "value");
        format!("&{name}={}", value.bytes().map(|b| format!("%{b:02X}")).collect::<String>())
    });
    let second = say(format!("message=L-101{}", carried.concat())).await;
    assert_eq!(all(&second, ".turn.customer").len(), 2);
    assert_eq!(all(&second, ".turn.told").len(), 1, "it is not told with every answer");
}

#[tokio::test]
async fn without_an_incident_nothing_is_said() {
    let server = Server::start().await;
    let home = page(server.get("/en/").await).await;
    assert!(all(&home, ".incident").is_empty() && !main_text(&home).is_empty());
    let answer = server.post_json("/api/v1/chat", &json!({ "message": "L-202", "locale": "en" })).await;
    assert!(answer.json::<Value>().await.unwrap().get("notice").is_none());
    let opened: Value = server.get("/api/v1/widget?locale=en").await.json().await.unwrap();
    assert!(opened.get("incident").is_none());
}
