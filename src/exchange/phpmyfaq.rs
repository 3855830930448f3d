//! phpMyFAQ's own exports, XML and JSON. Both escape the answers' HTML once more than their form asks for.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;

use crate::exchange::draft::Draft;
use crate::exchange::html::to_markdown;
use crate::exchange::source::{Entries, ReadError, room_for_one_more};

/// One entry, as both forms have it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    id: serde_json::Value,
    language: String,
    category: String,
    keywords: Option<String>,
    question: String,
    answer: String,
    last_modified: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Wrapped {
    faq: Entry,
}

/// Reads the JSON form.
///
/// # Errors
/// When it is no JSON of this kind.
pub(crate) fn json(text: &str) -> Result<Vec<Draft>, ReadError> {
    let entries: Entries<Wrapped> = serde_json::from_str(text).map_err(|e| ReadError::at(e.line(), e.to_string()))?;
    Ok(entries.0.into_iter().map(|wrapped| draft(wrapped.faq)).collect())
}

/// Reads the XML form.
///
/// # Errors
/// When it is no XML.
pub(crate) fn xml(text: &str) -> Result<Vec<Draft>, ReadError> {
    let mut reader = Reader::from_str(text);
    let mut out = Vec::new();
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
                    entry = Some(Entry { id: id.into(), ..Entry::default() });
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
                        "keywords" => entry.keywords = Some(value),
                        "question" => entry.question = value,
                        "answer" => entry.answer = value,
                        // The export spells the name of the date like this.
                        "data" => entry.last_modified = Some(value),
                        _ => {}
                    }
                }
                field.clear();
                if tag.name().as_ref() == b"article" {
                    out.extend(entry.take().map(draft));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if entry.is_some() {
        return Err(ReadError::at(text.lines().count(), "the file ends within an article".to_owned()));
    }
    Ok(out)
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
    let (body, notes) = to_markdown(&html);
    let keywords = entry.keywords.unwrap_or_default();
    let id = match entry.id {
        serde_json::Value::String(id) => id,
        other => other.to_string(),
    };
    Draft {
        // One entry's translations have one number.
        origin: id,
        locale: entry.language.replace('_', "-").parse().ok(),
        // Only the last of a path: folders are one deep here.
        category: entry.category.rsplit(" >> ").next().unwrap_or_default().trim().to_owned(),
        title: entry.question.split_whitespace().collect::<Vec<_>>().join(" "),
        keywords: keywords
            .split([',', '，', ';'])
            .map(str::trim)
            .filter(|k| !k.is_empty())
            .map(str::to_owned)
            .collect(),
        updated: entry.last_modified.and_then(|day| day.get(..10)?.parse().ok()),
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
    fn broken_files_are_told_with_a_line() {
        for text in ["<phpmyfaq>\n<article id='1'>", "<phpmyfaq>\n<article></phpmyfaq>", "<a>\n&bomb;</a>"] {
            let error = xml(text).unwrap_err().to_string();
            assert!(error.starts_with("line "), "{error}");
        }
    }
}
