//! The data folder's disk is full: what is read goes on, what has to be kept is refused, and nothing that was
//! acknowledged is lost.

use crate::faults::Customer;
use crate::harness::disk::Disk;
use crate::harness::help;
use crate::harness::postgres::database;
use crate::harness::program::Serving;

fn arguments<'a>(content: &'a str, data: &'a str) -> Vec<&'a str> {
    vec!["serve", "--content", content, "--data", data, "--listen", "127.0.0.1:0"]
}

/// Talks until the journal's last block is full, and returns what was said.
async fn talk_until_unsaved(customer: &Customer, conversation: &str) -> Vec<String> {
    let mut said = Vec::new();
    loop {
        said.push(format!("L-101 again {}", said.len()));
        let turn = customer.say(Some(conversation), &said[said.len() - 1]).await;
        assert_eq!(turn["conversation_id"], conversation, "the conversation goes on");
        if turn["conversation_unsaved"] == true {
            return said;
        }
        assert!(said.len() < 1_000, "a full disk takes no end of turns");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_and_all_goes_on_when_there_is_room() {
    let Some(disk) = Disk::of_megabytes(12) else { return };
    let (content, data) = (help().display().to_string(), disk.path().join("data").display().to_string());
    let log = disk.path().with_extension("log");
    let serving = Serving::start_logging(disk.path().parent().unwrap(), &arguments(&content, &data), &log);
    let customer = Customer::of(serving.url());
    let turn = customer.say(None, "L-101").await;
    let first = turn["conversation_id"].as_str().unwrap().to_owned();
    assert!(turn.get("conversation_unsaved").is_none(), "{turn:#}");
    assert_eq!(customer.rate(&first).await, 202);

    let filler = disk.fill("filler");
    let mut said = vec!["L-101".to_owned()];
    said.extend(talk_until_unsaved(&customer, &first).await);
    let second = customer.say(None, "hello").await["conversation_id"].as_str().unwrap().to_owned();
    customer.reads_on().await;
    customer.is_told_to_come_back(&first).await;
    customer.is_told_to_come_back(&second).await;
    assert_eq!(customer.until_ready_is(503).await["code"], "not_writable");
    assert_eq!(customer.metric("zhida_storage_writable").await, 0.0);
    assert_eq!(customer.metric("zhida_turns_lost_total").await, 0.0);

    std::fs::remove_file(&filler).unwrap();
    customer.until_ready_is(200).await;
    assert_eq!(customer.rate(&second).await, 202, "a conversation that began without room is kept too");
    assert_eq!(customer.said(&first).await, said);
    let told = std::fs::read_to_string(&log).unwrap();
    let times = |what: &str| told.lines().filter(|line| line.contains(what)).count();
    assert_eq!((times("ERROR"), times("everything can be written again")), (1, 1), "it is told once: {told}");

    serving.kill();
    let serving = Serving::start_in(disk.path().parent().unwrap(), &arguments(&content, &data));
    let customer = Customer::of(serving.url());
    assert_eq!(customer.said(&first).await, said, "the same after the process was killed");
    assert_eq!(customer.said(&second).await, ["hello"]);

    // A server that is stopped without room says that it stops, and a later start finds what was written.
    let filler = disk.fill("filler");
    talk_until_unsaved(&customer, &first).await;
    let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    std::fs::remove_file(filler).unwrap();
    let serving = Serving::start_in(disk.path().parent().unwrap(), &arguments(&content, &data));
    let kept = Customer::of(serving.url()).said(&first).await;
    assert_eq!(kept[..said.len()], said, "{kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_on_another_disk_takes_what_the_data_folder_cannot() {
    let Some(url) = database().await else { return };
    let Some(disk) = Disk::of_megabytes(4) else { return };
    let (content, data) = (help().display().to_string(), disk.path().join("data").display().to_string());
    let arguments = [arguments(&content, &data), vec!["--database-url", &url]].concat();
    let serving = Serving::start_in(disk.path().parent().unwrap(), &arguments);
    let customer = Customer::of(serving.url());
    disk.fill("filler");
    let id = customer.say(None, "L-101").await["conversation_id"].as_str().unwrap().to_owned();
    let mut said = vec!["L-101".to_owned()];
    for n in 0..40 {
        said.push(format!("L-101 again {n}"));
        let turn = customer.say(Some(&id), &said[said.len() - 1]).await;
        assert!(turn.get("conversation_unsaved").is_none(), "the database has it: {turn:#}");
    }
    assert_eq!(customer.until_ready_is(503).await["code"], "not_writable");
    assert_eq!(customer.rate(&id).await, 202);
    serving.kill();
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().display().to_string();
    let arguments = [self::arguments(&content, &data), vec!["--database-url", &url]].concat();
    let serving = Serving::start_in(elsewhere.path(), &arguments);
    assert_eq!(Customer::of(serving.url()).said(&id).await, said, "nothing was in the data folder alone");
}
