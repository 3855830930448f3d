//! `zhida import` and `zhida export`: what other systems have becomes a content folder that `check` accepts.

use std::fs;
use std::path::Path;

use zhida::content;

use crate::harness::program::{Run, zhida, zhida_in};
use crate::harness::{help, repository};

fn import(dir: &Path, source: &str, more: &[&str]) -> Run {
    zhida_in(dir, &[], &[&["import", source, "--to", "help"], more].concat())
}

/// Returns the path of an export in tests/fixtures/import.
fn fixture(name: &str) -> String {
    repository("tests/fixtures/import").join(name).display().to_string()
}

/// Returns what was written to a file.
fn read(dir: &Path, file: &str) -> String {
    fs::read_to_string(dir.join("help").join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// Checks what was imported; returns the findings.
fn check(dir: &Path) -> String {
    let run = zhida_in(dir, &[], &["check", "--content", "help"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.out
}

#[test]
fn pairs_become_articles_that_answer() {
    let dir = tempfile::tempdir().unwrap();
    let table = "question,answer,category\n\
        How do I reset the lamp?,Hold the button for ten seconds.,Lamp\n\
        the lamp does not react,Hold the button for ten seconds.,Lamp\n\
        灯不亮怎么办,\"先充电，再按一下开关。\",Lamp\n";
    fs::write(dir.path().join("faq.csv"), table).unwrap();
    let run = import(dir.path(), "faq.csv", &[]);
    assert!(run.code == Some(0) && run.out.contains("2 articles written to help"), "{run:#?}");
    assert!(run.out.contains("en/lamp/how-do-i-reset-the-lamp.md: its summary is its first sentences"), "{run:#?}");
    check(dir.path());
    let ask = |q: &str| zhida_in(dir.path(), &[], &["ask", q, "--content", "help"]).out;
    assert!(ask("lamp doesn't react").contains("Hold the button for ten seconds."));
    assert!(ask("灯不亮").contains("先充电"));
}

#[test]
fn a_zendesk_export_of_several_files_keeps_sections_languages_links_and_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let run = import(dir.path(), &fixture("zendesk"), &[]);
    assert!(run.code == Some(0) && run.out.contains("4 articles written"), "{run:#?}");
    let charging = read(dir.path(), "en-US/power-light/charging-the-lamp.md");
    for part in [
        "  - \"battery\"\n",
        "updated: 2024-05-02\n",
        "summary: \"A full charge takes two hours. Use the cable in the box.\"\n",
        "[the lights](360007654321.md#h_01H)",
        "![The socket](https://lumen.zendesk.com/hc/article_attachments/360009/socket.png)",
        "[the first model](https://lumen.zendesk.com/hc/en-us/articles/999-Gone)",
        "[this section](https://lumen.zendesk.com/hc/en-us/sections/360000000007-Power)",
        "[read about USB](https://example.org/usb)",
        "[status](status.md) ![x](x.png)\n```",
    ] {
        let part = part.replace("360007654321", "what-the-lights-mean");
        assert!(charging.contains(&part), "{part} is not in {charging}");
    }
    // One file serves all languages, and its name is one that an address can show.
    assert!(read(dir.path(), "zh-CN/power-light/charging-the-lamp.md").contains("title: \"给灯充电\""));
    let site = read(dir.path(), "site.toml");
    let power = "id = \"power-light\"\nname = { en-US = \"Power & light\", zh-CN = \"电源\" }\n";
    assert!(site.contains(power) && site.contains("en-US = \"Orders\""), "{site}");
    let refund = read(dir.path(), "en-US/orders/refund-of-a-lamp.md");
    assert!(refund.contains("audience: agent") && run.out.contains("it was a draft there"), "{run:#?}");
    assert!(read(dir.path(), "en-US/power-light/what-the-lights-mean.md").contains("title: \"What the lights mean\""));
    for told in [
        "what-the-lights-mean.md: it had no title",
        "the picture `/hc/article_attachments/360009/socket.png` still comes from the old help centre",
        "the picture `https://lumen.zendesk.com/hc/article_attachments/360010/light.png` still comes from",
        "the link to `/hc/en-us/articles/999-Gone` leads to the old help centre",
        "the link to `/hc/en-us/sections/360000000007-Power` leads to the old help centre",
        "the link to `https://lumen.zendesk.com/hc/en-us/requests/new` leads to the old help centre",
    ] {
        assert!(run.out.contains(told), "{told} is not in {}", run.out);
    }
    assert!(!run.out.contains("example.org") && !run.out.contains("status.md"), "{}", run.out);
    check(dir.path());
}

#[test]
fn zendesk_lists_and_nulls_are_read_and_links_without_an_address_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let article = |more: &str| {
        format!(
            r#"{{"id": 1, "title": "", "body": "<p>See <a href=\"/hc/en-us/articles/999-Gone\">that</a>.</p>", "locale": null,
            "label_names": null, "section_id": null, "draft": null, "html_url": null, "edited_at": null {more}}}"#
        )
    };
    let list = format!("[{}]", article(""));
    for (i, export) in [list.clone(), format!("{{\"articles\": {list}, \"sections\": null}}")].iter().enumerate() {
        fs::write(dir.path().join("export.json"), export).unwrap();
        let to = format!("to{i}");
        let run = zhida_in(dir.path(), &[], &["import", "export.json", "--to", &to]);
        assert_eq!(run.code, Some(0), "{run:#?}");
        let page = fs::read_to_string(dir.path().join(to).join("en/general/see-that.md")).unwrap();
        assert!(page.contains("title: \"See that\"") && page.ends_with("\nSee that.\n"), "{page}");
        assert!(run.out.contains("`/hc/en-us/articles/999-Gone` leads to nothing that was imported"), "{run:#?}");
    }
}

#[test]
fn a_phpmyfaq_export_keeps_its_links_in_every_spelling() {
    let dir = tempfile::tempdir().unwrap();
    let run = import(dir.path(), &fixture("phpmyfaq/export.xml"), &["--files-url", "https://files.example/faq"]);
    assert!(run.code == Some(0) && run.out.contains("3 articles written"), "{run:#?}");
    let charge = read(dir.path(), "en/power/how-do-i-charge-the-lamp.md");
    for part in [
        "  - \"battery\"\n",
        "updated: 2023-02-01\n",
        "[the lights](what-do-the-lights-mean.md)",
        "[again](what-do-the-lights-mean.md)",
        ", a page that is gone and all.",
        "![Socket](https://files.example/faq/content/user/images/socket.png)",
    ] {
        assert!(charge.contains(part), "{part} is not in {charge}");
    }
    assert!(read(dir.path(), "zh/power/what-do-the-lights-mean.md").contains("绿色是满的"));
    for told in [
        "`index.php?action=faq&cat=1&id=77&artlang=en` leads to nothing that was imported",
        "`index.php?action=show&cat=1` leads to nothing that was imported",
        "it was in the category `Colours` too",
    ] {
        assert!(run.out.contains(told), "{told} is not in {}", run.out);
    }
    check(dir.path());
    let run = zhida_in(dir.path(), &[], &["import", &fixture("phpmyfaq/export.json"), "--to", "json"]);
    assert!(run.code == Some(0) && run.out.contains("2 articles written"), "{run:#?}");
    let charge = fs::read_to_string(dir.path().join("json/en/power/how-do-i-charge-the-lamp.md")).unwrap();
    assert!(charge.contains("[the lights](what-do-the-lights-mean.md)"), "{charge}");
}

#[test]
fn an_mkdocs_project_keeps_its_shape_links_files_and_code() {
    let dir = tempfile::tempdir().unwrap();
    let run = import(dir.path(), &fixture("mkdocs"), &["--locale", "en"]);
    assert!(run.code == Some(0) && run.out.contains("4 articles written"), "{run:#?}");
    let index = read(dir.path(), "en/general/index.md");
    assert!(index.contains("[the setup](../guide/setup.md)") && index.contains("[what changed](../guide/changes.md)"));
    let setup = read(dir.path(), "en/guide/setup.md");
    for part in [
        "title: \"Set up the lamp\"\nsummary: \"Plug it in: that is all.\"\n",
        "keywords:\n  - \"start\"\n",
        "---\n\nPlug it in. ![Plug](img/plug.png)\n",
        "**Phone**",
        "Tap [the light][lights].",
        "> [!CAUTION]\n> **Careful**\n>\n> Not in the rain.",
        "<a href=\"/en/articles/guide/changes\">the changes</a> <img src=\"img/plug.png\" alt=\"Plug\">",
        "[changes](changes.md), gone, manual\n",
        "```md\n[c](missing.md) ![p](img/plug.png)\n```",
        "[lights]: changes.md#lights \"Lights\"",
    ] {
        assert!(setup.contains(part), "{part} is not in {setup}");
    }
    assert!(read(dir.path(), "zh/guide/setup.md").contains("[首页](../general/index.md)"));
    for told in [
        "the picture `img/plug.png` was copied to _files/docs/guide/img/plug.png",
        "`img/manual.pdf` was copied to _files/docs/guide/img/manual.pdf",
        "the picture `img/gone.png` is not at an https: address",
        "`gone.md` leads to nothing that was imported",
        "it had tabs",
        "2 files copied",
    ] {
        assert!(run.out.contains(told), "{told} is not in {}", run.out);
    }
    assert!(!run.out.contains("missing.md"), "{}", run.out);
    let copied = fs::read(dir.path().join("help/_files/docs/guide/img/plug.png")).unwrap();
    assert_eq!(copied, fs::read(fixture("mkdocs/docs/guide/img/plug.png")).unwrap());
    check(dir.path());
}

#[test]
fn a_docusaurus_project_keeps_its_ids_slugs_languages_and_files() {
    let dir = tempfile::tempdir().unwrap();
    let run = import(dir.path(), &fixture("docusaurus"), &["--files-url", "https://files.example"]);
    assert!(run.code == Some(0) && run.out.contains("3 articles written"), "{run:#?}");
    let top_up = read(dir.path(), "en/money/top-up.md");
    for part in [
        "title: \"Top up\"\nsummary: \"Open Wallet and choose Top up.\"\n",
        "keywords:\n  - \"Money\"\n  - \"card\"\n  - \"bank\"\n",
        "updated: 2024-05-06\n",
        "[limits](limits.md) and [again](limits.md)",
        "**By card**\n\n\nChoose the card.",
        "> [!WARNING]\n> **Never share it**\n>\n> Nobody asks for your code.",
        "![Wallet](https://files.example/static/img/wallet.svg)",
    ] {
        assert!(top_up.contains(part), "{part} is not in {top_up}");
    }
    let limits = read(dir.path(), "en/money/limits.md");
    assert!(limits.contains("title: \"Limits\"") && limits.contains("[top up](top-up.md) or [by id](top-up.md)"));
    assert!(read(dir.path(), "zh-CN/money/top-up.md").contains("title: \"充值\""));
    assert!(dir.path().join("help/_files/static/img/wallet.svg").is_file());
    check(dir.path());
}

#[test]
fn a_folder_of_pairs_is_read_file_by_file() {
    let dir = tempfile::tempdir().unwrap();
    let run = import(dir.path(), &fixture("pairs"), &[]);
    assert!(run.code == Some(0) && run.out.contains("6 articles written"), "{run:#?}");
    for file in [
        "en/lamp/how-do-i-reset-the-lamp.md",
        "en/cards/where-is-my-card.md",
        "en/general/is-it-waterproof.md",
        "en/general/can-it-float.md",
        "en/general/how-bright-is-it.md",
        "zh/general/灯不亮怎么办.md",
    ] {
        assert!(dir.path().join("help").join(file).is_file(), "{file}: {run:#?}");
    }
    assert!(run.out.contains("sizes.csv: its first line names no columns"), "{run:#?}");
    check(dir.path());
    let source = dir.path().join("faq");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("a.csv"), "question,answer\nhow,\n").unwrap();
    let run = zhida_in(dir.path(), &[], &["import", "faq", "--to", "other"]);
    assert!(run.code == Some(1) && run.err.contains("a.csv: line 2: there is no answer"), "{run:#?}");
}

#[test]
fn folders_of_languages_are_languages_and_others_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let page = |path: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "# Titel\n\nEin Text.\n").unwrap();
    };
    page("l/de/guide/x.md");
    page("m/it/x.md");
    page("m/guide/setup.old.md");
    let run = zhida_in(dir.path(), &[], &["import", "l", "--to", "one"]);
    assert!(run.code == Some(0) && run.out.contains("de: taken for a language"), "{run:#?}");
    assert!(dir.path().join("one/de/guide/x.md").is_file(), "{run:#?}");
    let run = zhida_in(dir.path(), &[], &["import", "m", "--to", "two"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(dir.path().join("two/en/it/x.md").is_file() && dir.path().join("two/en/guide/setup-old.md").is_file());
}

#[test]
fn archives_are_named_and_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, told) in [
        ("b.zip", &b"PK\x03\x04rest"[..], "b.zip is a ZIP archive; unpack it first"),
        ("b.json.gz", b"\x1f\x8b\x08rest", "b.json.gz is compressed with gzip; unpack it first"),
        ("b.csv", b"PK\x03\x04rest", "b.csv is a ZIP archive; unpack it first"),
        ("b.xlsx", b"PK\x03\x04rest", "b.xlsx is a spreadsheet; save it as CSV"),
    ] {
        fs::write(dir.path().join(name), bytes).unwrap();
        let run = import(dir.path(), name, &[]);
        assert!(run.code == Some(1) && run.err.contains(told), "{run:#?}");
    }
    let folder = dir.path().join("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.md"), "# A\n\nText.\n").unwrap();
    fs::write(folder.join("b.zip"), b"PK\x03\x04").unwrap();
    let run = import(dir.path(), "folder", &[]);
    assert!(run.code == Some(0) && run.out.contains("b.zip: archives are not opened; unpack it first"), "{run:#?}");
}

/// Articles with something in every field, in forms that an importer of other people's files would tidy up.
const ODD: [(&str, &str); 4] = [
    (
        "en/errors/E_1.2.md",
        "---\ntitle: \"Odd: one\"\nsummary: It is   so.\ncodes: [E-12, e13]\nmessages: [\"No  network,  sorry\"]\n\
         questions: [\"Odd: one\", why]\nkeywords: [\"a, b\"]\nrelated: [errors/plain, errors/inside]\n\
         aliases: [errors/old, old/one]\nmoney_at_risk: true\nupdated: 2024-02-29\n---\n\n    code\n\n\
         See [plain](../errors/plain.md#a), [it](article:errors/plain), [bare](../errors/plain), [id](errors/plain), [zh](../../zh-CN/errors/plain.md), [home](/en/).\n\n\
         `[x](gone.md)` and ![p](https://e.com/p.png \"t\"){ x }\n\n\n",
    ),
    ("en/errors/plain.md", "---\ntitle: Plain\nsummary: Plain.\n---\n\n## A\n\n[odd](E_1.2.md)\n"),
    ("en/errors/inside.md", "---\ntitle: Inside\nsummary: For us.\naudience: agent\n---\n"),
    ("zh-CN/errors/plain.md", "---\ntitle: 平\nsummary: 平。\naliases: [old/two]\n---\n\n## A\n\n正文\n"),
];

#[test]
fn every_field_of_an_article_is_exported_and_imported() {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in ODD {
        let path = dir.path().join("odd").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let before = content::load(&dir.path().join("odd")).unwrap();
    assert!(!before.has_errors(), "{:#?}", before.problems);
    assert_round_trip(dir.path(), &dir.path().join("odd"));
}

/// Exports a folder, imports that, and compares the articles field by field.
pub(crate) fn assert_round_trip(dir: &Path, from: &Path) {
    let exported = zhida(&["export", "--content", &from.display().to_string()]);
    assert_eq!(exported.code, Some(0), "{exported:#?}");
    fs::write(dir.join("all.jsonl"), &exported.out).unwrap();
    let run = import(dir, "all.jsonl", &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let articles = |folder: &Path| {
        let mut articles = content::load(folder).unwrap().content.articles;
        articles.sort_by(|a, b| (&a.locale, &a.id).cmp(&(&b.locale, &b.id)));
        articles
    };
    let (before, after) = (articles(from), articles(&dir.join("help")));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after, "{} is not what it was", before.file.display());
    }
}

#[test]
fn what_is_exported_is_imported_whole() {
    let dir = tempfile::tempdir().unwrap();
    let content = help().display().to_string();
    let first = zhida(&["export", "--content", &content]);
    assert_eq!(first.code, Some(0), "{first:#?}");
    fs::write(dir.path().join("all.jsonl"), &first.out).unwrap();
    let run = import(dir.path(), "all.jsonl", &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let again = zhida_in(dir.path(), &[], &["export", "--content", "help"]);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&again.out), sorted(&first.out));
}

#[test]
fn nothing_is_written_over_and_nonsense_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(dir.path().join(name), text).unwrap();
    write("a.csv", b"question,answer\nq,a\n");
    assert_eq!(import(dir.path(), "a.csv", &[]).code, Some(0));
    let again = import(dir.path(), "a.csv", &[]);
    assert!(again.code == Some(1) && again.err.contains("exists; import into a new folder"), "{again:#?}");
    write("b.bin", &[0xFF, 0xFE]);
    write("c.txt", b"hello");
    write("d.csv", b"x,y\n1,2\n");
    write("e.csv", b"question,answer\n");
    for (source, part) in [
        ("b.bin", "b.bin is not UTF-8"),
        ("c.txt", "cannot tell what c.txt is"),
        ("d.csv", "line 1: the first line must name the columns"),
        ("e.csv", "e.csv holds no article"),
        ("nowhere.csv", "cannot read nowhere.csv"),
    ] {
        let run = zhida_in(dir.path(), &[], &["import", source, "--to", "other"]);
        assert!(run.code == Some(1) && run.err.contains(part), "{part} is not in {run:#?}");
    }
    assert!(!dir.path().join("other").exists());
}
