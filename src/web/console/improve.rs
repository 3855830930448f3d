//! Where customers were left without an answer, as tables, charts, CSV and patches.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::base::{ArticleId, Locale};
use crate::desk::insight::{Insight, stub_patch};
use crate::web::console::chart::{Chart, day_name};
use crate::web::console::page::{Page, download, show};
use crate::web::console::session::Agent;
use crate::web::error::Failure;
use crate::web::state::AppState;

const DAYS: u32 = 30;

#[derive(Debug, Template)]
#[template(path = "console/improve.html")]
struct Improve {
    page: Page,
    days: u32,
    insight: Insight,
    charts: Vec<Chart>,
    rates: Vec<[String; 5]>,
}

/// Over which time, and which table as CSV.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    days: String,
    csv: String,
}

/// What a patch is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PatchWanted {
    question: String,
    locale: String,
    article: String,
    kind: String,
}

/// `GET /agent/improve`.
pub(crate) async fn open(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let days = wanted.days.parse::<u32>().unwrap_or(DAYS).clamp(1, 3650);
    let insight = state.desk.insight(days).await?;
    let rates: Vec<[String; 5]> = insight
        .days
        .iter()
        .map(|d| {
            let numbers = [d.conversations, d.resolved, d.handed_over].map(|n| n.to_string());
            let [conversations, resolved, handed_over] = numbers;
            [day_name(d.day), d.locale.clone(), conversations, resolved, handed_over]
        })
        .collect();
    if !wanted.csv.is_empty() {
        let text = csv(&wanted.csv, &insight, &rates)
            .ok_or_else(|| Failure::not_found("unknown_table", "there is no such table"))?;
        state.desk.accounts()?.note("csv", agent.name(), &wanted.csv, &days.to_string()).await?;
        return Ok(download(&format!("{}.csv", wanted.csv), "text/csv; charset=utf-8", text));
    }
    let page = Page::new(&state, &headers, Some(&agent), "improve", |ui| ui.improve);
    let charts = [
        Chart::of(page.ui.rate_resolved, &insight.days, |d| d.resolved),
        Chart::of(page.ui.rate_handed, &insight.days, |d| d.handed_over),
    ];
    let charts = charts.into_iter().flatten().collect();
    Ok(show(StatusCode::OK, &Improve { page, days, insight, charts, rates }))
}

/// `GET /agent/improve/patch`.
pub(crate) async fn patch(
    agent: Agent,
    State(state): State<AppState>,
    Query(wanted): Query<PatchWanted>,
) -> Result<Response, Failure> {
    let invalid = |what: &str| Failure::bad_request("invalid_patch", format!("{what} is missing or not valid"));
    let question: String = wanted.question.chars().take(state.settings.max_message_chars).collect();
    if question.trim().is_empty() {
        return Err(invalid("question"));
    }
    let locale: Locale = wanted.locale.parse().map_err(|_| invalid("locale"))?;
    let id: ArticleId = wanted.article.trim().parse().map_err(|_| invalid("article"))?;
    let text = if wanted.kind == "stub" {
        stub_patch(&locale, &id, &question)
    } else {
        let snapshot = state.desk.snapshot();
        let article = snapshot
            .article(&id, &locale, crate::base::Viewer::Agent)
            .filter(|article| article.locale == locale)
            .ok_or_else(|| Failure::not_found("unknown_article", "no such article in this language"))?;
        state.desk.question_patch(&article.file, &question).ok_or_else(|| {
            Failure::bad_request("no_patch", "the article's file cannot be read or has no front matter")
        })?
    };
    state.desk.accounts()?.note("patch", agent.name(), id.as_str(), &wanted.kind).await?;
    Ok(download(&format!("{}.patch", id.slug()), "text/x-diff; charset=utf-8", text))
}

/// Writes one table as CSV.
fn csv(table: &str, insight: &Insight, rates: &[[String; 5]]) -> Option<String> {
    let queries = |list: &[crate::desk::insight::QueryCount]| -> Vec<Vec<String>> {
        list.iter().map(|q| vec![q.query.clone(), q.locale.clone(), q.times.to_string(), q.total.to_string()]).collect()
    };
    let (head, rows): (&[&str], Vec<Vec<String>>) = match table {
        "found-nothing" => (&["query", "locale", "times", "results"], queries(&insight.found_nothing)),
        "opened-nothing" => (&["query", "locale", "times", "results"], queries(&insight.opened_nothing)),
        "unanswered" => {
            let row = |g: &crate::desk::insight::QuestionGroup| {
                vec![g.questions.join(" | "), g.locale.clone(), g.times.to_string()]
            };
            (&["questions", "locale", "times"], insight.unanswered.iter().map(row).collect())
        }
        "ratings" => {
            let row = |r: &crate::desk::insight::ArticleRating| {
                vec![r.article_id.clone(), r.helpful.to_string(), r.unhelpful.to_string()]
            };
            (&["article", "helpful", "not_helpful"], insight.ratings.iter().map(row).collect())
        }
        "codes" => {
            let row = |c: &crate::desk::insight::Asked| vec![c.what.clone(), c.times.to_string()];
            (&["code", "times"], insight.codes.iter().map(row).collect())
        }
        "rates" => {
            let rows = rates.iter().map(|row| row.to_vec()).collect();
            (&["day", "locale", "conversations", "resolved", "handed_over"], rows)
        }
        _ => return None,
    };
    let mut out = head.join(",");
    for row in rows {
        out.push_str("\r\n");
        out.push_str(&row.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(","));
    }
    out.push_str("\r\n");
    Some(out)
}

/// Returns a cell as RFC 4180 has it. Spreadsheets run cells that begin like a formula, and customers wrote these.
fn csv_cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_cell("退款"), "退款");
    }
}
