//! An article: its text, what it answers, and where to go on.

use askama::Template;
use axum::extract::{Form, FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use std::sync::Arc;
use url::Url;

use crate::base::{ArticleId, SafeHtml, Viewer};
use crate::desk::{HelpCentre, Rating};
use crate::kb::Heading;
use crate::web::discovery::{plain, structured};
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, CategoryCard, Frame, Place, card, categories};
use crate::web::reader::{Asked, Keep, Reader, moved};
use crate::web::state::{AppState, Settings};

#[derive(Debug, Template)]
#[template(path = "pages/article.html")]
struct Article {
    frame: Frame,
    /// None when the folder is no category of the site.
    category: Option<CategoryCard>,
    title: String,
    summary: String,
    /// The text's language.
    lang: String,
    /// Whether the reader gets another language than they asked for.
    untranslated: bool,
    codes: Vec<String>,
    /// The day of the last change, for people and for programs.
    updated: Option<(String, String)>,
    /// Empty when there are too few for a table of contents.
    contents: Vec<Heading>,
    html: SafeHtml,
    related: Vec<ArticleCard>,
    /// The same as Markdown.
    markdown_url: String,
    /// Where a verdict is sent.
    feedback_url: String,
    /// Whether the reader has just sent one.
    thanked: bool,
    max_comment: usize,
}

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// `thanks` after a verdict was sent.
    feedback: String,
}

/// A verdict as the form sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Verdict {
    /// `yes` or `no`.
    helpful: String,
    comment: String,
}

/// `GET /{locale}/articles/{category}/{slug}`.
pub(crate) async fn show(
    reader: Reader,
    State(desk): State<Arc<HelpCentre>>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    Path((_, category, slug)): Path<(String, String, String)>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Failure> {
    let missing = || Failure::not_found("unknown_article", "no such article");
    let id = ArticleId::new(&category, &slug).map_err(|_| missing())?;
    let Some(article) = reader.article(&id) else { return elsewhere(&reader, &id).ok_or_else(missing) };
    if let Some(query) = searched_for(&headers) {
        desk.note_click(&query, &reader.locale, &id);
    }
    let contents: Vec<Heading> = article.headings.iter().filter(|h| h.level <= 3).cloned().collect();
    let mut frame = Frame::new(&reader, Place::Elsewhere, &article.title, &article.summary);
    let untranslated = article.locale.language() != reader.locale.language();
    let category = categories(&reader).into_iter().find(|c| c.id == category);
    let translations = reader.snapshot.translations(&id, Viewer::Public);
    frame = frame.translated_into(&reader, &translations, |l| crate::kb::article_url(l, &id));
    frame.social.kind = "article";
    frame.social.image = reader.absolute(&structured::card_url(&reader, article));
    if untranslated {
        // The same text stands at its own address; search engines should find it there.
        frame = frame.hidden();
    } else {
        frame.structured = structured::article(&reader, article, category.as_ref());
    }
    let page = Article {
        category,
        markdown_url: format!("{}.md", reader.article_url(&id)),
        feedback_url: format!("{}/feedback", reader.article_url(&id)),
        thanked: wanted.feedback == "thanks",
        max_comment: settings.max_message_chars,
        title: article.title.clone(),
        summary: article.summary.clone(),
        lang: article.locale.to_string(),
        untranslated,
        codes: article.codes.clone(),
        updated: article.updated.map(|day| ((reader.ui.date)(day), day.to_string())),
        contents: if contents.len() < 2 { Vec::new() } else { contents },
        html: article.html.clone(),
        related: article.related.iter().filter_map(|id| reader.article(id)).map(|a| card(&reader, a)).collect(),
        frame,
    };
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page))
}

/// `POST /{locale}/articles/{category}/{slug}/feedback`: keeps the verdict and goes back to the article.
pub(crate) async fn rate(
    reader: Reader,
    State(state): State<AppState>,
    Path((_, category, slug)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Failure> {
    let missing = || Failure::not_found("unknown_article", "no such article");
    let id = ArticleId::new(&category, &slug).map_err(|_| missing())?;
    let Form(verdict) = Form::<Verdict>::from_request(request, &state)
        .await
        .map_err(|cause| Failure::new(cause.status(), "invalid_form", format!("the form cannot be read: {cause}")))?;
    let helpful = match verdict.helpful.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Failure::bad_request("invalid_form", "`helpful` must be yes or no")),
    };
    if verdict.comment.chars().count() > state.settings.max_message_chars {
        return Err(Failure::bad_request("message_too_long", "the comment is too long"));
    }
    let rating =
        Rating { article: Some(&id), conversation: None, locale: &reader.locale, helpful, comment: &verdict.comment };
    state.desk.rate(&reader.snapshot, &rating).await?;
    let back = format!("{}?feedback=thanks#_helpful", reader.article_url(&id));
    // 303: reloading the page does not send the verdict again.
    let location = HeaderValue::from_str(&back).map_err(|_| missing())?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}

/// Answers an address that no article has: with the article as Markdown, or with its present address.
fn elsewhere(reader: &Reader, id: &ArticleId) -> Option<Response> {
    if let Some(slug) = id.slug().strip_suffix(".md") {
        let id = ArticleId::new(id.category(), slug).ok()?;
        if let Some(article) = reader.article(&id) {
            return Some(plain::article(reader, article));
        }
        let renamed = reader.snapshot.renamed(&id)?;
        return reader.article(renamed).map(|a| moved(&format!("{}.md", reader.article_url(&a.id))));
    }
    let article = reader.article(reader.snapshot.renamed(id)?)?;
    let query = reader.rest.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    Some(moved(&format!("{}{query}", reader.article_url(&article.id))))
}

/// Returns what was searched for when the reader comes from our own results: the browser says so, without any script.
fn searched_for(headers: &HeaderMap) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let from = Url::parse(text(header::REFERER)?).ok()?;
    let host = text(header::HOST)?;
    let ours = from.host_str().is_some_and(|name| match from.port() {
        Some(port) => host == format!("{name}:{port}"),
        None => host == name,
    });
    if !ours || !from.path().ends_with("/search") {
        return None;
    }
    let query = from.query_pairs().find(|(name, _)| name == "q")?.1.trim().to_owned();
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_reader_comes_from_our_results_or_from_elsewhere() {
        let from = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("help.example:8080"));
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
            searched_for(&headers)
        };
        assert_eq!(from("http://help.example:8080/en/search?q=late+fee").as_deref(), Some("late fee"));
        for other in [
            "http://evil.example/en/search?q=x",
            "http://help.example:8080/en/search?q=",
            "http://help.example:8080/en/",
            "nonsense",
        ] {
            assert_eq!(from(other), None, "{other}");
        }
    }
}
