//! The database server goes away under three programs, and comes back.

use std::path::Path;

use crate::faults::Customer;
use crate::harness::help;
use crate::harness::postgres::Cluster;
use crate::harness::program::Serving;

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_answer_on_and_recover_by_themselves() {
    let Some(mut cluster) = tokio::task::spawn_blocking(Cluster::start).await.unwrap() else { return };
    let (url, dir) = (cluster.database().await, tempfile::tempdir().unwrap());
    let content = help().display().to_string();
    let start = |n: usize, dir: &Path| {
        let data = dir.join(format!("data-{n}")).display().to_string();
        let usual =
            ["serve", "--content", &content, "--data", &data, "--listen", "127.0.0.1:0", "--database-url", &url];
        Serving::start_in(dir, &usual)
    };
    let servers: Vec<Serving> = (0..3).map(|n| start(n, dir.path())).collect();
    let customers: Vec<Customer> = servers.iter().map(|server| Customer::of(server.url())).collect();
    let mut talks = Vec::new();
    for customer in &customers {
        let id = customer.say(None, "L-101").await["conversation_id"].as_str().unwrap().to_owned();
        assert_eq!(customer.rate(&id).await, 202);
        talks.push((id, vec!["L-101".to_owned()]));
    }

    cluster.stop();
    for (customer, (id, said)) in customers.iter().zip(&mut talks) {
        for n in 0..5 {
            said.push(format!("L-102 while it is away {n}"));
            let turn = customer.say(Some(id), &said[said.len() - 1]).await;
            assert_eq!(turn["conversation_id"], id.as_str(), "the conversation goes on");
            assert!(turn.get("conversation_unsaved").is_none(), "the journal has it: {turn:#}");
        }
        customer.reads_on().await;
        assert_eq!(customer.until_ready_is(503).await["code"], "no_database");
        customer.is_told_to_come_back(id).await;
        assert_eq!(customer.metric("zhida_database_available").await, 0.0);
        assert!(customer.metric("zhida_journal_waiting_bytes").await > 0.0);
    }
    // One starts while the database is away, and one is killed.
    let late = start(3, dir.path());
    let newcomer = Customer::of(late.url());
    let begun = newcomer.say(None, "hello").await["conversation_id"].as_str().unwrap().to_owned();
    newcomer.reads_on().await;
    let mut servers = servers;
    servers.pop().unwrap().kill();

    cluster.restart();
    let rest = [&customers[..2], &[newcomer]].concat();
    for customer in &rest {
        customer.until_ready_is(200).await;
        while customer.metric("zhida_journal_waiting_bytes").await > 0.0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    for (id, said) in &talks[..2] {
        // Any of them has all of it.
        for customer in &rest {
            assert_eq!(customer.said(id).await, *said);
        }
        assert_eq!(rest[0].rate(id).await, 202);
    }
    assert_eq!(rest[0].said(&begun).await, ["hello"]);
    // The journal of the one that was killed waits for its next start.
    assert_eq!(rest[0].said(&talks[2].0).await, ["L-101"]);
    let again = start(2, dir.path());
    assert_eq!(Customer::of(again.url()).said(&talks[2].0).await, talks[2].1);
}
