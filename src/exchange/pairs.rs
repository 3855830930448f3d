//! Question-answer pairs: a table (CSV) or a line of JSON for each.
//!
//! A row has at least a question and an answer. Rows with the same answer are one article, asked in several ways. The lines
//! that [`export`](crate::exchange::export) writes are read here too, whole.

use std::collections::HashMap;

use serde::Deserialize;

use crate::base::Locale;
use crate::exchange::draft::Draft;
use crate::exchange::source::{ReadError, room_for_one_more};

/// A row, whatever its columns are called in the source.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    #[serde(alias = "q", alias = "Question", alias = "问题")]
    question: String,
    #[serde(alias = "a", alias = "Answer", alias = "答案", alias = "回答", alias = "markdown", alias = "body")]
    answer: String,
    #[serde(alias = "Title", alias = "标题")]
    title: String,
    #[serde(alias = "Category", alias = "topic", alias = "分类")]
    category: String,
    #[serde(alias = "lang", alias = "language", alias = "语言")]
    locale: String,
    id: String,
    summary: String,
    questions: Vec<String>,
    keywords: Vec<String>,
    codes: Vec<String>,
    messages: Vec<String>,
    audience: String,
    updated: String,
}

/// Columns that a table may have.
const COLUMNS: &str = "question, answer, and if there are any title, category, locale, id";

/// Reads a table with a header.
///
/// # Errors
/// When a row cannot be read, or no column is a question's or an answer's.
pub(crate) fn csv(text: &str) -> Result<Vec<Draft>, ReadError> {
    let delimiter = text.lines().next().map_or(b',', |header| match (header.contains('\t'), header.contains(';')) {
        (true, _) => b'\t',
        (_, true) if !header.contains(',') => b';',
        _ => b',',
    });
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| ReadError::at(1, e.to_string()))?.clone();
    let column = |names: &[&str]| headers.iter().position(|h| names.contains(&h.trim().to_lowercase().as_str()));
    let missing = || ReadError::at(1, format!("the first line must name the columns: {COLUMNS}"));
    let question = column(&["question", "q", "问题", "questions", "utterance"]).ok_or_else(missing)?;
    let answer = column(&["answer", "a", "答案", "回答", "body"]).ok_or_else(missing)?;
    let others = [
        column(&["title", "标题"]),
        column(&["category", "topic", "分类"]),
        column(&["locale", "language", "lang", "语言"]),
        column(&["id"]),
    ];
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| {
            let line = e.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
            ReadError::at(line, e.to_string())
        })?;
        let line = record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(0));
        let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        room_for_one_more(rows.len(), line)?;
        let [title, category, locale, id] = others.map(|at| at.map(cell).unwrap_or_default());
        rows.push((
            line,
            Row { question: cell(question), answer: cell(answer), title, category, locale, id, ..Row::default() },
        ));
    }
    drafts(rows)
}

/// Reads a JSON object a line.
///
/// # Errors
/// When a line is no JSON object of this kind.
pub(crate) fn json_lines(text: &str) -> Result<Vec<Draft>, ReadError> {
    let mut rows = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        room_for_one_more(rows.len(), i + 1)?;
        let row = serde_json::from_str::<Row>(line).map_err(|e| ReadError::at(i + 1, e.to_string()))?;
        rows.push((i + 1, row));
    }
    drafts(rows)
}

fn drafts(rows: Vec<(usize, Row)>) -> Result<Vec<Draft>, ReadError> {
    let mut out: Vec<Draft> = Vec::new();
    // The first draft of each answer and of each id.
    let mut by_answer: HashMap<(Option<Locale>, String, String), usize> = HashMap::new();
    let mut by_id = by_answer.clone();
    for (line, row) in rows {
        if row.answer.trim().is_empty() && row.question.trim().is_empty() && row.title.trim().is_empty() {
            continue;
        }
        if row.answer.trim().is_empty() {
            return Err(ReadError::at(line, "there is no answer; write one or remove the row".to_owned()));
        }
        let locale = match row.locale.trim() {
            "" => None,
            tag => Some(tag.replace('_', "-").parse().map_err(|e| ReadError::at(line, format!("{e}")))?),
        };
        let (category, slug) = row.id.split_once('/').unwrap_or(("", row.id.as_str()));
        let category = if row.category.trim().is_empty() { category } else { row.category.trim() };
        let questions = row.questions.iter().map(String::as_str).chain([row.question.as_str()]);
        let questions: Vec<String> = questions.map(str::trim).filter(|q| !q.is_empty()).map(str::to_owned).collect();
        let answer = row.answer.trim();
        let place = |what: &str| (locale.clone(), category.to_owned(), what.to_owned());
        let same = if row.id.is_empty() { by_answer.get(&place(answer)) } else { by_id.get(&place(&row.id)) };
        let same = same.copied().and_then(|at: usize| out.get_mut(at));
        if let Some(same) = same.filter(|d| d.body == answer) {
            same.questions.extend(questions);
            continue;
        }
        let title = [row.title.trim(), row.question.trim(), questions.first().map_or("", String::as_str)];
        let title = title.into_iter().find(|t| !t.is_empty()).unwrap_or_default().to_owned();
        if title.is_empty() {
            return Err(ReadError::at(line, "there is neither a question nor a title; write one of them".to_owned()));
        }
        by_answer.entry(place(answer)).or_insert(out.len());
        by_id.entry(place(&row.id)).or_insert(out.len());
        out.push(Draft {
            origin: row.id.clone(),
            locale,
            category: category.to_owned(),
            slug: slug.to_owned(),
            questions: questions.into_iter().filter(|q| *q != title).collect(),
            title,
            summary: row.summary,
            keywords: row.keywords,
            codes: row.codes,
            messages: row.messages,
            internal: row.audience == "agent",
            updated: row.updated.get(..10).and_then(|day| day.parse().ok()),
            body: answer.to_owned(),
            notes: Vec::new(),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_answer_are_one_article() {
        let table = "question,answer,category\nHow do I pay?,\"Open Pay.\nThen go.\",Payments\nwhere is pay,\"Open Pay.\nThen go.\",Payments\n退款多久到,三天。,\n";
        let drafts = csv(table).unwrap();
        assert_eq!(drafts.len(), 2);
        assert_eq!(
            (drafts[0].title.as_str(), drafts[0].questions.as_slice()),
            ("How do I pay?", &["where is pay".to_owned()][..])
        );
        assert_eq!(drafts[1].language().as_str(), "zh-CN");
    }

    #[test]
    fn semicolons_tabs_and_chinese_headers_are_read() {
        assert_eq!(csv("问题;答案\n怎么付;打开付款\n").unwrap()[0].body, "打开付款");
        assert_eq!(csv("q\ta\nhow\tso\n").unwrap()[0].title, "how");
    }

    #[test]
    fn what_is_missing_is_told_with_its_line() {
        for (table, line, part) in
            [("a,b\n1,2\n", 1, "must name the columns"), ("question,answer\nhow,\n", 2, "there is no answer")]
        {
            let error = csv(table).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("line {line}: ")) && error.to_string().contains(part),
                "{error}"
            );
        }
        assert!(json_lines("{\"question\": \"q\"}\n{").unwrap_err().to_string().starts_with("line 2: "));
    }
}
