//! The data folder may only be read: at the start, and from one moment to the next.

use crate::faults::Customer;
use crate::harness::disk::Disk;
use crate::harness::help;
use crate::harness::program::{Serving, zhida_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_does_not_start_and_says_why_and_so_does_doctor() {
    let Some(disk) = Disk::of_megabytes(12) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (content, data) = (help().display().to_string(), disk.path().join("data").display().to_string());
    let settings = ["--content", &content, "--data", &data, "--listen", "127.0.0.1:0"];
    let run = |command: &str| zhida_in(dir.path(), &[], &[&[command], &settings[..]].concat());
    // Before anything is in it, and with a database of ours.
    for exists in [false, true] {
        if exists {
            let serving = Serving::start_in(dir.path(), &[&["serve"], &settings[..]].concat());
            Customer::of(serving.url()).say(None, "L-101").await;
            let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
            assert_eq!(status.code(), Some(0));
        }
        disk.make_read_only();
        let served = run("serve");
        assert_eq!(served.code, Some(1), "{served:#?}");
        for part in [data.as_str(), "Read-only file system", "make it writable, or choose another with --data"] {
            assert!(served.err.contains(part), "{part} is not in {}", served.err);
        }
        let examined = run("doctor");
        assert_eq!(examined.code, Some(1), "{examined:#?}");
        assert!(examined.out.contains("cannot be written: Read-only file system"), "{}", examined.out);
        assert!(!examined.out.contains("error    database"), "the file is to no blame: {}", examined.out);
        disk.make_writable();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_costs_only_what_has_to_be_kept() {
    let Some(disk) = Disk::that_can_fail() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (content, data) = (help().display().to_string(), disk.path().join("data").display().to_string());
    let arguments = ["serve", "--content", &content, "--data", &data, "--listen", "127.0.0.1:0"];
    let serving = Serving::start_in(dir.path(), &arguments);
    let customer = Customer::of(serving.url());
    let id = customer.say(None, "L-101").await["conversation_id"].as_str().unwrap().to_owned();
    assert_eq!(customer.rate(&id).await, 202);
    disk.fail();
    let turn = customer.say(Some(&id), "hello").await;
    assert_eq!((&turn["conversation_id"], &turn["conversation_unsaved"]), (&id.clone().into(), &true.into()));
    customer.reads_on().await;
    customer.is_told_to_come_back(&id).await;
    assert_eq!(customer.until_ready_is(503).await["code"], "not_writable");
    let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
    assert_eq!(status.code(), Some(0), "it stops as ever");
}
