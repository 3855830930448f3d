//! Our articles as a line of JSON each, for other systems and for [`pairs`](crate::exchange::pairs).

use std::io::{self, Write};

use serde::Serialize;

use crate::base::ArticleId;
use crate::content::{Article, Audience};

/// What is said of an article, in the names of its front matter.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    locale: &'a str,
    title: &'a str,
    summary: &'a str,
    codes: &'a [String],
    messages: &'a [String],
    questions: &'a [String],
    keywords: &'a [String],
    related: &'a [ArticleId],
    aliases: &'a [ArticleId],
    audience: &'static str,
    money_at_risk: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    markdown: &'a str,
}

/// Writes every article, internal ones too; returns how many there were.
///
/// # Errors
/// When the writer fails.
pub fn write_lines(articles: &[Article], out: &mut impl Write) -> io::Result<usize> {
    for article in articles {
        let line = Line {
            id: article.id.as_str(),
            locale: article.locale.as_str(),
            title: &article.title,
            summary: &article.summary,
            codes: &article.codes,
            messages: &article.messages,
            questions: &article.questions,
            keywords: &article.keywords,
            related: &article.related,
            aliases: &article.aliases,
            audience: match article.audience {
                Audience::Public => "public",
                Audience::Agent => "agent",
            },
            money_at_risk: article.money_at_risk,
            updated: article.updated.map(|day| day.to_string()),
            markdown: &article.markdown,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(articles.len())
}
