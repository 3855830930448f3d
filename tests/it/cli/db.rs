//! `zhida db`: what is kept goes into a file and comes back, from either database into either.

use tempfile::TempDir;
use uuid::Uuid;
use zhida::model::Role;
use zhida::store::{NewFeedback, NewTicket, Settings, Store};
use zhida::text::redact;

use crate::harness::postgres;
use crate::harness::program::{Run, zhida_in};
use crate::store_contract::{Place, at, places, turn};

fn db(place: &Place, arguments: &[&str]) -> Run {
    let url: Vec<(&str, &str)> = place.settings.url.iter().map(|url| ("ZHIDA_DATABASE_URL", url.as_str())).collect();
    let data = place.dir.path().display().to_string();
    zhida_in(place.dir.path(), &url, &[&["db"], arguments, &["--data", &data]].concat())
}

async fn filled(place: &Place) -> (Uuid, String) {
    let store = Store::open(&place.settings).await.unwrap();
    let id = Uuid::now_v7();
    turn(&store, id, 1, "付不了款", at(0));
    let feedback =
        NewFeedback { at: at(1), locale: "en", article: "a/b", conversation: Some(id), helpful: false, comment: None };
    store.add_feedback(&feedback).await.unwrap();
    store.add_agent("amy", Role::Admin, "hash-of-amy", at(0)).await.unwrap();
    let ticket = NewTicket {
        conversation: id,
        at: at(2),
        locale: "en",
        contact: "13812345678",
        note: Some(&redact("quick")),
        articles: &[],
        codes: &[],
        announce: true,
        customer: None,
    };
    let ticket = store.open_ticket(&ticket).await.unwrap();
    store.close().await;
    (id, ticket)
}

async fn other(url: Option<String>) -> Place {
    let dir = TempDir::new().unwrap();
    Place { settings: Settings { data: dir.path().to_owned(), url }, dir }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_restores_into_either_database() {
    for place in places().await {
        let (id, ticket) = filled(&place).await;
        let file = place.dir.path().join("all.jsonl").display().to_string();
        let run = db(&place, &["backup", &file]);
        assert_eq!((run.code, run.out), (Some(0), format!("7 records written to {file}\n")), "{}", run.err);
        let again = db(&place, &["backup", &file]);
        assert!(again.code == Some(1) && again.err.contains("exists; choose another name"), "{again:#?}");
        for target in [other(None).await, other(postgres::database().await).await] {
            let run = db(&target, &["restore", &file]);
            assert_eq!((run.code, run.out), (Some(0), format!("7 records restored from {file}\n")), "{}", run.err);
            let store = Store::open(&target.settings).await.unwrap();
            let conversation = store.conversation(id).await.unwrap().unwrap();
            assert_eq!((conversation.turns.len(), conversation.turns[0].said.as_str()), (1, "付不了款"));
            assert_eq!(store.remembered(id).await.unwrap().unwrap().dialogue.turns, 1);
            assert_eq!(store.password_hash("amy").await.unwrap().as_deref(), Some("hash-of-amy"));
            assert_eq!(store.ticket(&ticket).await.unwrap().unwrap().contact, "13812345678");
            assert!(!store.feedback_since(at(0), 9).await.unwrap()[0].helpful);
            assert_eq!(store.deliveries("pending", 9).await.unwrap().len(), 1);
            store.close().await;
            let full = db(&target, &["restore", &file]);
            assert!(full.code == Some(1) && full.err.contains("the database is not empty"), "{full:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_no_hash_and_what_is_cut_off_is_not_restored() {
    let place = places().await.swap_remove(0);
    filled(&place).await;
    let export = db(&place, &["export"]);
    assert!(export.out.contains("付不了款") && !export.out.contains("hash-of-amy"), "{export:#?}");
    assert!(export.out.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    let file = place.dir.path().join("all.jsonl");
    db(&place, &["backup", &file.display().to_string()]);
    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let target = other(None).await;
    for (content, complaint) in [
        (lines[..lines.len() - 1].join("\n"), "the backup is cut off"),
        (whole.replacen("\"table\":\"turns\"", "\"table\":\"turnips\"", 1), "there is no table `turnips`"),
        (export.out.clone(), "this is an export"),
        ("{}\n".to_owned(), "line 1 of the backup: this is no backup of zhida's"),
        (String::new(), "the backup is cut off"),
    ] {
        let bad = target.dir.path().join("bad.jsonl");
        std::fs::write(&bad, content).unwrap();
        let run = db(&target, &["restore", &bad.display().to_string()]);
        assert!(run.code == Some(1) && run.err.contains(complaint), "{complaint}: {run:#?}");
    }
    let whole = db(&target, &["restore", &file.display().to_string()]);
    assert_eq!(whole.code, Some(0), "a failed one leaves the database empty: {whole:#?}");
}
