//! Settings from outside: a bad one ends the program with one sentence that says where it was written.

use crate::harness::help;
use crate::harness::program::{zhida, zhida_in};

#[test]
fn a_bad_settings_file_is_named_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("zhida.toml"), "# mine\nlisen = \"127.0.0.1:0\"\n").unwrap();
    let run = zhida_in(dir.path(), &[], &[]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.err, "zhida: zhida.toml:2: there is no setting `lisen`; did you mean `listen`?\n");
    let run = zhida_in(dir.path(), &[], &["--config", "other.toml"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("zhida: cannot read the settings file other.toml: "), "{run:#?}");
}

#[test]
fn an_unreadable_file_is_an_error_and_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    // A folder where a file is expected cannot be read by anybody, not even by root.
    std::fs::create_dir(dir.path().join("zhida.toml")).unwrap();
    let run = zhida_in(dir.path(), &[], &["check"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with("zhida: cannot read the settings file zhida.toml: "), "{run:#?}");
    let cases = dir.path().display().to_string();
    let run = zhida(&["eval", &cases]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.starts_with(&format!("zhida: cannot read {cases}: ")), "{run:#?}");
}

#[test]
fn the_environment_wins_over_the_file_and_a_flag_over_both() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("zhida.toml"), "content = \"from-the-file\"\n").unwrap();
    let missing = |variables: &[(&str, &str)], arguments: &[&str]| {
        let run = zhida_in(dir.path(), variables, &[&["check"], arguments].concat());
        assert_eq!(run.code, Some(1), "{run:#?}");
        run.err
    };
    assert!(missing(&[], &[]).contains("from-the-file"));
    let variable = [("ZHIDA_CONTENT", "from-the-environment")];
    assert!(missing(&variable, &[]).contains("at from-the-environment;"));
    assert!(missing(&variable, &["--content", "from-the-flag"]).contains("at from-the-flag;"));
}

#[test]
fn a_command_line_that_is_not_understood_is_a_usage_error() {
    let content = help().display().to_string();
    for arguments in [&["serv"][..], &["check", "--format", "xml"], &["search"], &["search", "x", "--limit", "0"]] {
        let run = zhida(&[arguments, &["--content", &content]].concat());
        assert_eq!(run.code, Some(2), "{run:#?}");
    }
    assert_eq!(zhida(&["--help"]).code, Some(0));
}
