//! A Zendesk help centre as its API gives it: articles with HTML bodies, and the sections that they are in.
//!
//! An answer of the API (`articles`, and where they were asked for too `sections`), several of them in a list or in files
//! of their own, or a bare list of articles
//! (<https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/>).

use std::collections::HashMap;

use serde::Deserialize;

use crate::base::Locale;
use crate::exchange::draft::Draft;
use crate::exchange::html::to_markdown;
use crate::exchange::loose;
use crate::exchange::source::{Entries, Form, ReadError};

/// Anything that the API gives: an answer, an article, a translation of one, or a section.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    articles: Option<Entries<Option<Object>>>,
    article: Option<Box<Object>>,
    sections: Option<Entries<Option<Object>>>,
    translations: Option<Entries<Option<Object>>>,
    #[serde(deserialize_with = "loose::text")]
    id: String,
    #[serde(deserialize_with = "loose::text")]
    title: String,
    #[serde(deserialize_with = "loose::text")]
    name: String,
    #[serde(deserialize_with = "loose::text")]
    body: String,
    #[serde(deserialize_with = "loose::text")]
    locale: String,
    #[serde(deserialize_with = "loose::text")]
    source_locale: String,
    #[serde(deserialize_with = "loose::text")]
    section_id: String,
    #[serde(deserialize_with = "loose::text")]
    category_id: String,
    #[serde(deserialize_with = "loose::texts")]
    label_names: Vec<String>,
    #[serde(deserialize_with = "loose::flag")]
    draft: bool,
    #[serde(deserialize_with = "loose::flag")]
    outdated: bool,
    #[serde(deserialize_with = "loose::text")]
    user_segment_id: String,
    #[serde(deserialize_with = "loose::texts")]
    user_segment_ids: Vec<String>,
    #[serde(deserialize_with = "loose::text")]
    edited_at: String,
    #[serde(deserialize_with = "loose::text")]
    updated_at: String,
    #[serde(deserialize_with = "loose::text")]
    html_url: String,
}

/// Reads what one file holds.
///
/// # Errors
/// When it is no JSON of this kind.
pub(crate) fn objects(text: &str) -> Result<Vec<Object>, ReadError> {
    let wrong = |e: serde_json::Error| ReadError::at(e.line(), e.to_string());
    if text.trim_start().starts_with('[') {
        let list = serde_json::from_str::<Entries<Option<Object>>>(text).map_err(wrong)?;
        Ok(list.0.into_iter().flatten().collect())
    } else {
        Ok(vec![serde_json::from_str::<Object>(text).map_err(wrong)?])
    }
}

/// Makes drafts of what all files hold: a section may stand in another file than its articles.
pub(crate) fn drafts(objects: Vec<Object>) -> Vec<Draft> {
    let mut articles = Vec::new();
    let mut sections: HashMap<String, Vec<(Option<Locale>, String)>> = HashMap::new();
    let listed = |list: Option<Entries<Option<Object>>>| list.map(|l| l.0).unwrap_or_default().into_iter().flatten();
    for mut object in objects {
        for section in listed(object.sections.take()) {
            add_section(section, &mut sections);
        }
        let is_answer = object.articles.is_some() || object.article.is_some();
        articles.extend(listed(object.articles.take()));
        articles.extend(object.article.take().map(|article| *article));
        if is_answer {
            continue;
        }
        // A section names the category that it is in; an article has a text and names its section.
        let is_section = !object.category_id.is_empty() && object.body.is_empty() && object.section_id.is_empty();
        let says = [&object.title, &object.name, &object.body].iter().any(|text| !text.is_empty());
        match is_section {
            true => add_section(object, &mut sections),
            false if says || !object.id.is_empty() => articles.push(object),
            false => {}
        }
    }
    let mut out: Vec<Draft> = Vec::with_capacity(articles.len());
    // Pages of an answer overlap where articles were added between them.
    let mut seen: HashMap<(String, Option<Locale>), usize> = HashMap::new();
    let mut add = |draft: Draft| {
        let key = (draft.origin.clone(), draft.locale.clone());
        let same = seen.get(&key).and_then(|at| out.get(*at));
        if draft.origin.is_empty() || same.is_none_or(|same| same.title != draft.title || same.body != draft.body) {
            seen.entry(key).or_insert(out.len());
            out.push(draft);
        }
    };
    for mut article in articles {
        let others = listed(article.translations.take());
        let translations: Vec<Object> = others.filter(|other| other.locale != article.locale).collect();
        for translation in translations {
            add(draft(&translation, &article, &sections));
        }
        add(draft(&article, &article, &sections));
    }
    out
}

fn add_section(section: Object, sections: &mut HashMap<String, Vec<(Option<Locale>, String)>>) {
    if !section.id.is_empty() && !section.name.trim().is_empty() {
        sections.entry(section.id).or_default().push((locale(&section.locale), section.name));
    }
}

fn locale(tag: &str) -> Option<Locale> {
    tag.replace('_', "-").parse().ok()
}

/// Makes a draft of a text, which is the article's own or a translation of it.
fn draft(text: &Object, article: &Object, sections: &HashMap<String, Vec<(Option<Locale>, String)>>) -> Draft {
    let (body, mut notes) = to_markdown(&text.body);
    if text.draft {
        notes.push("it was a draft there, so only agents see it; remove `audience` to publish it".to_owned());
    }
    let restricted = !article.user_segment_id.is_empty() || !article.user_segment_ids.is_empty();
    if restricted {
        notes.push(
            "not everybody could read it there, so only agents see it here; remove `audience` to publish it".to_owned(),
        );
    }
    if text.outdated {
        notes.push("it was marked as outdated there; compare it with the other languages".to_owned());
    }
    let tag = if text.locale.is_empty() { &article.source_locale } else { &text.locale };
    let locale = locale(tag);
    if locale.is_none() && !tag.is_empty() {
        notes.push(format!("its language `{tag}` is no language tag; see that its folder is the right one"));
    }
    let names = sections.get(&article.section_id);
    if names.is_none() && !article.section_id.is_empty() {
        notes.push("its section was not exported with it; move it to the right category".to_owned());
    }
    let named = names.and_then(|names| names.iter().find(|(l, _)| *l == locale).or(names.first()));
    let day = if text.edited_at.is_empty() { &text.updated_at } else { &text.edited_at };
    let title = if text.title.trim().is_empty() { &text.name } else { &text.title };
    Draft {
        form: Form::Zendesk,
        origin: article.id.clone(),
        address: text.html_url.parse().or_else(|_| article.html_url.parse()).ok(),
        locale,
        category: named.map(|(_, name)| name.clone()).unwrap_or_default(),
        category_key: if names.is_some() { format!("section {}", article.section_id) } else { String::new() },
        title: title.trim().to_owned(),
        keywords: article.label_names.clone(),
        internal: text.draft || article.draft || restricted,
        updated: day.get(..10).and_then(|day| day.parse().ok()),
        body,
        notes,
        ..Draft::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: &str = r#"{"sections": [{"id": 7, "name": "Billing & fees"}],
      "articles": [
        {"id": 360001, "title": "Why was I charged?", "body": "<p>Fees apply.</p>", "locale": "en-us", "section_id": 7,
         "label_names": ["fee", "charge"], "draft": false, "updated_at": "2024-05-06T07:08:09Z"},
        {"id": 360002, "title": "Secret", "body": null, "locale": "en-us", "section_id": 8, "draft": true}]}"#;

    fn read(text: &str) -> Result<Vec<Draft>, ReadError> {
        objects(text).map(drafts)
    }

    #[test]
    fn articles_keep_their_section_labels_and_day() {
        let drafts = read(EXPORT).unwrap();
        assert_eq!((drafts[0].category.as_str(), drafts[0].body.as_str()), ("Billing & fees", "Fees apply."));
        assert_eq!(drafts[0].keywords, ["fee", "charge"]);
        assert_eq!(drafts[0].locale.as_ref().unwrap().as_str(), "en-US");
        assert_eq!(drafts[0].updated.unwrap().to_string(), "2024-05-06");
        assert!(drafts[1].internal && drafts[1].notes.len() == 2, "{:?}", drafts[1].notes);
    }

    #[test]
    fn a_bare_list_one_article_and_several_answers_are_read() {
        let article =
            r#"{"id": 1, "title": null, "name": "N", "body": "<p>B</p>", "label_names": null, "section_id": "7"}"#;
        let section = r#"{"id": 7, "name": "S", "category_id": 1, "locale": "en-us"}"#;
        for text in [
            format!("[{article}, {section}, {article}]"),
            format!("{{\"article\": {article}, \"sections\": [{section}, null]}}"),
            format!("[{{\"articles\": [{article}], \"count\": 1}}, {{\"sections\": [{section}], \"articles\": null}}]"),
        ] {
            let drafts = read(&text).unwrap();
            assert_eq!(drafts.len(), 1, "{text}");
            assert_eq!((drafts[0].title.as_str(), drafts[0].category.as_str()), ("N", "S"), "{text}");
        }
    }

    #[test]
    fn a_section_is_called_as_in_the_articles_language() {
        let text = r#"{"sections": [{"id": 7, "name": "账单", "locale": "zh-cn"}, {"id": 7, "name": "Billing", "locale": "en-us"}],
            "articles": [{"id": 1, "title": "Fees", "locale": "en-us", "section_id": 7, "body": "x",
                "translations": [{"title": "费用", "locale": "zh-cn", "body": "y"}, {"title": "Fees", "locale": "en-us"}]}]}"#;
        let drafts = read(text).unwrap();
        let told: Vec<_> = drafts.iter().map(|d| (d.title.as_str(), d.category.as_str(), d.origin.as_str())).collect();
        assert_eq!(told, [("费用", "账单", "1"), ("Fees", "Billing", "1")]);
    }

    #[test]
    fn what_is_no_export_is_told_with_its_line() {
        assert!(read("{\n\"articles\": 7}").unwrap_err().to_string().starts_with("line 2: "));
    }
}
