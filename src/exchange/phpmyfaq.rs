//! phpMyFAQ's own exports, XML and JSON. Both escape the answers' HTML once more than their form asks for.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;

use crate::base::Locale;
use crate::exchange::draft::Draft;
use crate::exchange::html::to_markdown;
use crate::exchange::loose;
use crate::exchange::source::{Entries, Form, ReadError, room_for_one_more};

/// One entry, as both forms have it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(deserialize_with = "loose::text")]
    id: String,
    #[serde(deserialize_with = "loose::text")]
    language: String,
    #[serde(deserialize_with = "loose::text")]
    category: String,
    #[serde(deserialize_with = "loose::text")]
    keywords: String,
    #[serde(deserialize_with = "loose::text")]
    question: String,
    #[serde(deserialize_with = "loose::text")]
    answer: String,
    #[serde(deserialize_with = "loose::text")]
    last_modified: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wrapped {
    faq: Option<Entry>,
}

/// Reads the JSON form.
///
/// # Errors
/// When it is no JSON of this kind.
pub(crate) fn json(text: &str) -> Result<Vec<Draft>, ReadError> {
    let entries: Entries<Option<Wrapped>> =
        serde_json::from_str(text).map_err(|e| ReadError::at(e.line(), e.to_string()))?;
    Ok(drafts(entries.0.into_iter().flatten().filter_map(|wrapped| wrapped.faq).collect()))
}

/// Reads the XML form.
///
/// # Errors
/// When it is no XML.
pub(crate) fn xml(text: &str) -> Result<Vec<Draft>, ReadError> {
    let mut reader = Reader::from_str(text);
    let mut out: Vec<Entry> = Vec::new();
    let mut entry: Option<Entry> = None;
    let mut field = String::new();
    let mut value = String::new();
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                return Err(ReadError::at(line_at(text, reader.error_position()), error.to_string()));
            }
        };
        let line = || line_at(text, reader.buffer_position());
        match event {
            Event::Start(tag) => {
                field = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                value.clear();
                if field == "article" {
                    room_for_one_more(out.len(), 1)?;
                    let id = tag.try_get_attribute("id").ok().flatten();
                    let id = id.map(|id| String::from_utf8_lossy(&id.value).into_owned()).unwrap_or_default();
                    entry = Some(Entry { id, ..Entry::default() });
                }
            }
            Event::Text(part) => value.push_str(&part.decode().map_err(|e| ReadError::at(line(), e.to_string()))?),
            Event::CData(part) => value.push_str(&part.decode().map_err(|e| ReadError::at(line(), e.to_string()))?),
            Event::GeneralRef(name) => {
                let name = name.decode().map_err(|e| ReadError::at(line(), e.to_string()))?;
                let resolved = quick_xml::escape::unescape(&format!("&{name};")).map(std::borrow::Cow::into_owned);
                value.push_str(&resolved.map_err(|e| ReadError::at(line(), e.to_string()))?);
            }
            Event::End(tag) => {
                if let Some(entry) = entry.as_mut() {
                    let value = std::mem::take(&mut value);
                    match field.as_str() {
                        "language" => entry.language = value,
                        "category" => entry.category = value,
                        "keywords" => entry.keywords = value,
                        "question" => entry.question = value,
                        "answer" => entry.answer = value,
                        // The export spells the name of the date like this.
                        "data" => entry.last_modified = value,
                        _ => {}
                    }
                }
                field.clear();
                if tag.name().as_ref() == b"article" {
                    out.extend(entry.take());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if entry.is_some() {
        return Err(ReadError::at(text.lines().count(), "the file ends within an article".to_owned()));
    }
    Ok(drafts(out))
}

/// Makes drafts of the entries. An entry that stands in several categories is in an export once for each.
fn drafts(entries: Vec<Entry>) -> Vec<Draft> {
    // What a category is called in one language and in another, only an entry that is in both tells.
    let mut names_of_entry: HashMap<&str, &str> = HashMap::new();
    let mut keys: HashMap<String, String> = HashMap::new();
    for entry in &entries {
        let own = last_category(&entry.category);
        let first = *names_of_entry.entry(&entry.id).or_insert(own);
        let key = keys.get(first).cloned().unwrap_or_else(|| first.to_owned());
        keys.entry(own.to_owned()).or_insert(key);
    }
    let mut out: Vec<Draft> = Vec::with_capacity(entries.len());
    let mut seen: HashMap<(String, Option<Locale>), usize> = HashMap::new();
    for entry in entries {
        let mut draft = draft(entry);
        draft.category_key = keys.get(&draft.category).cloned().unwrap_or_default();
        let same = seen.get(&(draft.origin.clone(), draft.locale.clone())).and_then(|at| out.get_mut(*at));
        match same.filter(|same| !same.origin.is_empty() && same.title == draft.title && same.body == draft.body) {
            Some(same) if same.category != draft.category => {
                same.notes.push(format!("it was in the category `{}` too; it can be in one here", draft.category));
            }
            Some(_) => {}
            None => {
                seen.entry((draft.origin.clone(), draft.locale.clone())).or_insert(out.len());
                out.push(draft);
            }
        }
    }
    out
}

/// Returns the last of a path of categories: folders are one deep here.
fn last_category(path: &str) -> &str {
    path.rsplit(" >> ").next().unwrap_or_default().trim()
}

/// Returns the line of a place in a text, counted from 1.
fn line_at(text: &str, position: u64) -> usize {
    let before = usize::try_from(position).ok().and_then(|p| text.as_bytes().get(..p)).unwrap_or_default();
    before.iter().filter(|b| **b == b'\n').count() + 1
}

fn draft(entry: Entry) -> Draft {
    // An entity beyond XML's five means that it was escaped no further.
    let html =
        quick_xml::escape::unescape(&entry.answer).map_or_else(|_| entry.answer.clone(), std::borrow::Cow::into_owned);
    let (body, mut notes) = to_markdown(&html);
    let locale = entry.language.replace('_', "-").parse().ok();
    if locale.is_none() && !entry.language.is_empty() {
        notes.push(format!(
            "its language `{}` is no language tag; see that its folder is the right one",
            entry.language
        ));
    }
    Draft {
        form: Form::Phpmyfaq,
        // One entry's translations have one number.
        origin: entry.id,
        locale,
        category: last_category(&entry.category).to_owned(),
        title: entry.question.split_whitespace().collect::<Vec<_>>().join(" "),
        keywords: entry
            .keywords
            .split([',', '，', ';'])
            .map(str::trim)
            .filter(|k| !k.is_empty())
            .map(str::to_owned)
            .collect(),
        updated: entry.last_modified.get(..10).and_then(|day| day.parse().ok()),
        body,
        notes,
        ..Draft::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- made by hand -->\n<phpmyfaq>\n <article id=\"12\">\n  \
        <language>en</language>\n  <category>Money &gt;&gt; Top-ups</category>\n  <keywords>card, bank</keywords>\n  \
        <question>How do I top up?</question>\n  <answer>&lt;p&gt;Open &lt;b&gt;Wallet&lt;/b&gt; &amp;amp; go.&lt;/p&gt;</answer>\n  \
        <author/>\n  <data>2021-02-03 10:00</data>\n </article>\n</phpmyfaq>\n";

    #[test]
    fn both_forms_say_the_same() {
        let from_xml = xml(XML).unwrap();
        let json = json(
            r#"[{"faq": {"id": 12, "language": "en", "category": "Money >> Top-ups", "keywords": "card, bank",
            "question": "How do I top up?", "answer": "&lt;p&gt;Open &lt;b&gt;Wallet&lt;/b&gt; &amp;amp; go.&lt;/p&gt;",
            "author": null, "last_modified": "2021-02-03 10:00"}}]"#,
        );
        assert_eq!(from_xml, json.unwrap());
        assert_eq!((from_xml[0].body.as_str(), from_xml[0].category.as_str()), ("Open **Wallet** & go.", "Top-ups"));
        assert_eq!(from_xml[0].keywords, ["card", "bank"]);
        assert_eq!(from_xml[0].updated.unwrap().to_string(), "2021-02-03");
    }

    #[test]
    fn nulls_are_nothing_and_an_entry_of_two_categories_is_one_article() {
        let entry = |id: u32, language: &str, category: &str| {
            format!(
                "{{\"faq\": {{\"id\": {id}, \"language\": \"{language}\", \"category\": \"{category}\", \"keywords\": \
                 null, \"question\": \"Q\", \"answer\": null, \"last_modified\": null}}}}"
            )
        };
        let entries = [
            entry(1, "zh", "账单"),
            entry(1, "en", "Billing"),
            entry(2, "zh", "账单"),
            entry(2, "zh", "其他"),
            "null".into(),
        ];
        let drafts = json(&format!("[{}]", entries.join(", "))).unwrap();
        assert_eq!(drafts.len(), 3);
        assert!(drafts.iter().all(|d| d.category_key == "账单"), "{drafts:#?}");
        assert!(drafts[2].notes[0].contains("`其他` too"), "{:?}", drafts[2].notes);
    }

    #[test]
    fn broken_files_are_told_with_a_line() {
        for text in ["<phpmyfaq>\n<article id='1'>", "<phpmyfaq>\n<article></phpmyfaq>", "<a>\n&bomb;</a>"] {
            let error = xml(text).unwrap_err().to_string();
            assert!(error.starts_with("line "), "{error}");
        }
    }
}
