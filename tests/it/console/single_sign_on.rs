//! Signing in to the console with an identity provider that runs on a port of its own: who gets in, who does not, and
//! what is said.

use reqwest::Response;
use scraper::{Html, Selector};
use serde_json::json;
use zhida::base::Clock;
use zhida::desk::agents::Accounts;
use zhida::model::Role;
use zhida::oidc::{Provider, Settings};
use zhida::web;

use crate::harness::Server;
use crate::harness::provider::{CLIENT, IdentityProvider};

async fn server_asking(issuer: &str) -> Server {
    let settings = Settings {
        issuer: issuer.to_owned(),
        client_id: CLIENT.0.to_owned(),
        client_secret: Some(CLIENT.1.to_owned()),
        claim: "email".to_owned(),
    };
    let oidc = Some(Provider::new(settings).unwrap());
    let server = Server::with(web::Settings { oidc, ..web::Settings::default() }, Clock::System).await;
    let accounts = Accounts::new(server.store.clone(), Clock::System);
    accounts.add_agent("root", None, Some("correct horse battery")).await.unwrap();
    accounts.add_agent("amy@example.com", Some(Role::Agent), None).await.unwrap();
    server
}

/// A browser without JavaScript, at the moment when it is to go somewhere.
struct Browser<'a> {
    server: &'a Server,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    fn new(server: &'a Server) -> Self {
        Browser { server, cookies: Vec::new() }
    }

    async fn get(&mut self, path: &str) -> Response {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [("cookie", cookies.join("; ")), ("accept-language", "en".to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let response = self.server.get_with(path, &headers).await;
        for set in response.headers().get_all("set-cookie") {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap().to_owned();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value));
            }
        }
        response
    }

    /// Goes to the provider, has the person agree, and comes back.
    async fn sign_in(&mut self, provider: &IdentityProvider, next: &str) -> Response {
        let left = self.get(&format!("/agent/login/oidc{next}")).await;
        assert_eq!(left.status(), 303);
        let back = provider.agree(left.headers()["location"].to_str().unwrap());
        self.get(back.strip_prefix(&self.server.url("")).unwrap()).await
    }
}

async fn complaint(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let page = Html::parse_document(&response.text().await.unwrap());
    let found = page.select(&Selector::parse(".complaint").unwrap()).next();
    (status, found.map(|e| e.text().collect()).unwrap_or_default())
}

#[tokio::test]
async fn an_agent_whom_the_provider_vouches_for_gets_in_as_what_the_account_says() {
    let provider = IdentityProvider::start().await;
    let server = server_asking(&provider.issuer).await;
    let mut amy = Browser::new(&server);
    let login = amy.get("/agent/login?next=%2Fagent%2Ftickets%3Fstate%3Dclosed").await.text().await.unwrap();
    assert!(login.contains("/agent/login/oidc?next=%2Fagent%2Ftickets%3Fstate%3Dclosed"), "{login}");
    let back = amy.sign_in(&provider, "?next=%2Fagent%2Ftickets%3Fstate%3Dclosed").await;
    assert_eq!(
        (back.status().as_u16(), &back.headers()["location"]),
        (303, &"/agent/tickets?state=closed".parse().unwrap())
    );
    assert_eq!(amy.cookies.len(), 1, "what was carried there and back is gone: {:?}", amy.cookies);
    let page = amy.get("/agent/tickets").await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("amy@example.com"));
    assert_eq!(amy.get("/agent/audit").await.status(), 403, "the provider says who she is, not what she may do");
    let log =
        Accounts::new(server.store.clone(), Clock::System).audit_log(Some("amy@example.com"), 10, 0).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.action == "login.oidc" && entry.detail == "127.0.0.1").count(), 1);
    let elsewhere = Browser::new(&server).sign_in(&provider, "?next=https%3A%2F%2Fevil.example").await;
    assert_eq!(elsewhere.headers()["location"], "/agent");
}

#[tokio::test]
async fn a_stranger_stays_outside_and_it_is_written_down() {
    let provider = IdentityProvider::start().await;
    let server = server_asking(&provider.issuer).await;
    for email in ["eve@example.com", "<b>", "amy@example.com.evil.example"] {
        provider.behave(|conduct| conduct.claims = json!({ "email": email }));
        let mut eve = Browser::new(&server);
        let (status, words) = complaint(eve.sign_in(&provider, "").await).await;
        assert_eq!(
            (status, words.as_str()),
            (403, "Your company account has no access here yet. Ask an admin to add you.")
        );
        assert_eq!(eve.get("/agent").await.status(), 303);
        let log = Accounts::new(server.store.clone(), Clock::System).audit_log(None, 1, 0).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].subject.as_str()), ("login.oidc_refused", email));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_for_this_sign_in_is_not_believed() {
    let provider = IdentityProvider::start().await;
    let server = server_asking(&provider.issuer).await;
    for claims in [
        json!({"nonce": "that-of-another-sign-in"}),
        json!({"nonce": null}),
        json!({"aud": "another-service"}),
        json!({"iss": "https://id.example"}),
        json!({"exp": 1_600_000_000}),
        json!({"email_verified": false}),
        json!({"email": null}),
    ] {
        provider.behave(|conduct| conduct.claims = claims.clone());
        let mut amy = Browser::new(&server);
        let (status, words) = complaint(amy.sign_in(&provider, "").await).await;
        assert!(status == 403 && words.contains("did not pass the checks"), "{claims}: {status} {words}");
        assert!(amy.cookies.is_empty(), "{claims}");
    }
    provider.behave(|conduct| {
        conduct.claims = json!({});
        conduct.foreign_key = true;
    });
    let (status, words) = complaint(Browser::new(&server).sign_in(&provider, "").await).await;
    assert!(status == 403 && words.contains("did not pass the checks"), "{words}");
    provider.behave(|conduct| conduct.foreign_key = false);
    assert_eq!(Browser::new(&server).sign_in(&provider, "").await.status(), 303, "nothing else was wrong");
}

#[tokio::test]
async fn what_another_browser_began_is_not_ended_here() {
    let provider = IdentityProvider::start().await;
    let server = server_asking(&provider.issuer).await;
    let mut amy = Browser::new(&server);
    let left = amy.get("/agent/login/oidc").await;
    let back = provider.agree(left.headers()["location"].to_str().unwrap());
    let path = back.strip_prefix(&server.url("")).unwrap();
    let mut victim = Browser::new(&server);
    let stale = (400, "This sign-in is no longer valid. Start again.".to_owned());
    assert_eq!(complaint(victim.get(path).await).await, stale);
    victim.get("/agent/login/oidc").await;
    assert_eq!(complaint(victim.get(path).await).await, stale, "a sign-in of one's own does not fit either");
    let elsewhere = path.replace("&iss=", "&iss=https%3A%2F%2Fevil.example%2F");
    assert!(complaint(amy.get(&elsewhere).await).await.1.contains("did not pass the checks"));

    let mut bob = Browser::new(&server);
    let left = bob.get("/agent/login/oidc").await;
    let set = left.headers()["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/agent/login"), "{set}");
    let state = left.headers()["location"].to_str().unwrap().split("state=").nth(1).unwrap().split('&').next().unwrap();
    let cancelled = bob.get(&format!("/agent/login/callback?error=access_denied&state={state}")).await;
    assert_eq!(complaint(cancelled).await.0, 403);
    let mut eve = Browser::new(&server);
    let left = eve.get("/agent/login/oidc").await;
    let back = provider.agree(left.headers()["location"].to_str().unwrap());
    let path = back.strip_prefix(&server.url("")).unwrap();
    let cookies = eve.cookies.clone();
    assert_eq!(eve.get(path).await.status(), 303);
    eve.cookies = cookies;
    assert_eq!(complaint(eve.get(path).await).await.0, 403, "a code is good for once");
}

#[tokio::test]
async fn while_the_provider_is_away_passwords_still_open_the_door() {
    let away =
        "Your company’s sign-in service cannot be reached just now. Use your password, or try again in a moment.";
    let provider = IdentityProvider::start().await;
    let server = server_asking(&provider.issuer).await;
    provider.behave(|conduct| conduct.is_broken = true);
    let mut root = Browser::new(&server);
    assert_eq!(complaint(root.get("/agent/login/oidc").await).await, (503, away.to_owned()));
    provider.behave(|conduct| {
        conduct.is_broken = false;
        conduct.alias = Some("https://id.example".to_owned());
    });
    assert!(complaint(root.get("/agent/login/oidc").await).await.1.contains("did not pass the checks"));
    let issuer = provider.issuer.clone();
    drop(provider);
    let gone = server_asking(&issuer).await;
    let mut root = Browser::new(&gone);
    assert_eq!(complaint(root.get("/agent/login/oidc").await).await, (503, away.to_owned()));
    let form =
        gone.request(reqwest::Method::POST, "/agent/login").header("content-type", "application/x-www-form-urlencoded");
    let entered = form.body("name=root&password=correct+horse+battery").send().await.unwrap();
    assert_eq!((entered.status().as_u16(), &entered.headers()["location"]), (303, &"/agent".parse().unwrap()));
    let form =
        gone.request(reqwest::Method::POST, "/agent/login").header("content-type", "application/x-www-form-urlencoded");
    let refused = form.body("name=amy%40example.com&password=").send().await.unwrap();
    assert_eq!(refused.status(), 401, "an account without a password has no password");
}

#[tokio::test]
async fn without_a_provider_there_is_nothing_to_sign_in_with() {
    let server = Server::start().await;
    assert_eq!(server.get("/agent/login/oidc").await.status(), 404);
    assert_eq!(server.get("/agent/login/callback?code=x&state=y").await.status(), 404);
    assert!(!server.get("/agent/login").await.text().await.unwrap().contains("oidc"));
}
