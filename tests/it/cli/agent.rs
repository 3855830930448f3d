//! `zhida agent`: accounts from the shell.

use std::path::Path;

use crate::harness::program::{Run, zhida_in};

fn agent(dir: &Path, arguments: &[&str]) -> Run {
    zhida_in(dir, &[], &[&["agent"], arguments].concat())
}

#[test]
fn accounts_are_made_listed_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let none = agent(dir.path(), &["list"]);
    assert_eq!(
        (none.code, none.out.as_str()),
        (Some(0), "there are no agents; `zhida agent add NAME` makes the first\n")
    );
    let amy = agent(dir.path(), &["add", "Amy"]);
    assert!(amy.code == Some(0) && amy.out.starts_with("added amy, admin\npassword: "), "the first one: {amy:#?}");
    let bob = agent(dir.path(), &["add", "bob"]);
    assert!(bob.out.starts_with("added bob, agent\n"), "{bob:#?}");
    let again = agent(dir.path(), &["add", "BOB"]);
    assert_eq!((again.code, again.err.as_str()), (Some(1), "zhida: there is an agent named `bob` already\n"));
    let listed = agent(dir.path(), &["list", "--json"]).json();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["amy", "bob"]);
    assert!(!listed.to_string().contains("argon2"), "{listed}");
    assert_eq!(agent(dir.path(), &["remove", "bob"]).out, "removed bob\n");
    assert_eq!(agent(dir.path(), &["remove", "bob"]).err, "zhida: there is no agent named `bob`\n");
    let changed = agent(dir.path(), &["password", "amy"]);
    assert!(changed.out.starts_with("amy has a new password\npassword: "), "{changed:#?}");
    let bad = agent(dir.path(), &["add", "a b"]);
    assert!(bad.code == Some(1) && bad.err.contains("is no name"), "{bad:#?}");
}
