//! A Zendesk help centre as its API gives it: articles with HTML bodies, and the sections that they are in.
//!
//! One JSON object, or several files' objects in an array: `articles`, and where they were exported too `sections` and
//! `categories` (<https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/>).

use std::collections::HashMap;

use serde::Deserialize;

use crate::exchange::draft::Draft;
use crate::exchange::html::to_markdown;
use crate::exchange::source::{Entries, ReadError};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page {
    articles: Entries<Article>,
    sections: Entries<Section>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Article {
    id: u64,
    title: Option<String>,
    name: Option<String>,
    body: Option<String>,
    locale: Option<String>,
    source_locale: Option<String>,
    section_id: Option<u64>,
    label_names: Vec<String>,
    draft: bool,
    user_segment_id: Option<u64>,
    edited_at: Option<String>,
    updated_at: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Section {
    id: u64,
    name: String,
}

/// Reads an export.
///
/// # Errors
/// When it is no JSON of this kind.
pub(crate) fn read(text: &str) -> Result<Vec<Draft>, ReadError> {
    let wrong = |e: serde_json::Error| ReadError::at(e.line(), e.to_string());
    let pages = if text.trim_start().starts_with('[') {
        serde_json::from_str::<Entries<Page>>(text).map_err(wrong)?.0
    } else {
        vec![serde_json::from_str::<Page>(text).map_err(wrong)?]
    };
    let sections: HashMap<u64, String> =
        pages.iter().flat_map(|p| &p.sections.0).map(|s| (s.id, s.name.clone())).collect();
    Ok(pages.into_iter().flat_map(|p| p.articles.0).map(|article| draft(article, &sections)).collect())
}

fn draft(article: Article, sections: &HashMap<u64, String>) -> Draft {
    let (body, mut notes) = to_markdown(article.body.as_deref().unwrap_or_default());
    if article.draft {
        notes.push("it was a draft there, so only agents see it; remove `audience` to publish it".to_owned());
    }
    if article.user_segment_id.is_some() {
        notes.push(
            "not everybody could read it there, so only agents see it here; remove `audience` to publish it".to_owned(),
        );
    }
    let locale = article.locale.or(article.source_locale);
    let section = article.section_id.and_then(|id| sections.get(&id).cloned());
    if section.is_none() && article.section_id.is_some() {
        notes.push("its section was not exported with it; move it to the right category".to_owned());
    }
    let day = article.edited_at.or(article.updated_at);
    Draft {
        origin: article.id.to_string(),
        locale: locale.and_then(|tag| tag.parse().ok()),
        category: section.unwrap_or_default(),
        title: article.title.or(article.name).unwrap_or_default().trim().to_owned(),
        keywords: article.label_names,
        internal: article.draft || article.user_segment_id.is_some(),
        updated: day.and_then(|day| day.get(..10)?.parse().ok()),
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
    fn what_is_no_export_is_told_with_its_line() {
        assert!(read("{\n\"articles\": 7}").unwrap_err().to_string().starts_with("line 2: "));
    }
}
