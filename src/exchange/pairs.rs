//! Question-answer pairs: a table (CSV), a line of JSON for each, or a list of JSON objects.
//!
//! A row has at least a question and an answer. Rows with the same answer are one article, asked in several ways. The lines
//! that [`export`](crate::exchange::export) writes are read here too, whole.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::base::{ArticleId, Locale};
use crate::exchange::draft::Draft;
use crate::exchange::html::to_markdown;
use crate::exchange::loose::{Columns, is_true};
use crate::exchange::source::{Entries, Form, ReadError, room_for_one_more};

/// What the column of a question may be called.
pub(crate) const QUESTION: [&str; 4] = ["question", "q", "问题", "utterance"];
/// What the column of an answer may be called. `markdown` is a body of ours, taken as it is.
pub(crate) const ANSWER: [&str; 7] = ["answer", "a", "答案", "回答", "markdown", "body", "content"];
/// What the column of more questions may be called.
const QUESTIONS: [&str; 4] = ["questions", "similar_questions", "相似问题", "相似问法"];
const TITLE: [&str; 2] = ["title", "标题"];

/// Columns that a table may have.
const COLUMNS: &str = "question, answer, and if there are any title, category, locale, id, summary, questions, keywords, \
                       codes, messages, related, aliases, audience, money_at_risk, updated";

/// Keys under which a JSON object keeps its list of pairs.
pub(crate) const LISTS: [&str; 7] = ["faqs", "pairs", "items", "data", "entries", "results", "questions"];

/// What divides several words, and several sentences, in one cell of a table.
const BETWEEN_WORDS: [char; 7] = [',', '，', '、', ';', '；', '|', '\n'];
const BETWEEN_SENTENCES: [char; 2] = ['|', '\n'];

/// Tells whether the first line of a table names the columns of pairs.
pub(crate) fn has_columns(text: &str) -> bool {
    let (text, delimiter) = delimiter(text);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    reader.headers().is_ok_and(|headers| named(&names(headers)))
}

/// Tells whether columns have an answer and a name for it.
fn named(columns: &[String]) -> bool {
    let has = |names: &[&str]| columns.iter().any(|column| names.contains(&column.as_str()));
    has(&ANSWER) && (has(&QUESTION) || has(&QUESTIONS) || has(&TITLE))
}

fn names(headers: &csv::StringRecord) -> Vec<String> {
    headers.iter().map(|header| header.trim().to_lowercase()).collect()
}

/// Tells what divides the cells. Excel writes it into a line of its own, `sep=;`, which is taken off.
fn delimiter(text: &str) -> (&str, u8) {
    let first = text.lines().next().unwrap_or_default();
    if let Some([byte]) = first.strip_prefix("sep=").map(|rest| rest.trim_end().as_bytes())
        && byte.is_ascii()
    {
        return (text.split_once('\n').map_or("", |(_, rest)| rest), *byte);
    }
    let delimiter = match (first.contains('\t'), first.contains(';')) {
        (true, _) => b'\t',
        (_, true) if !first.contains(',') => b';',
        _ => b',',
    };
    (text, delimiter)
}

/// Reads a table with a header.
///
/// # Errors
/// When a row cannot be read, or no column is a question's or an answer's.
pub(crate) fn csv(text: &str) -> Result<Vec<Draft>, ReadError> {
    let (rest, delimiter) = delimiter(text);
    // A line `sep=;` counts as a line all the same.
    let taken_off = text[..text.len() - rest.len()].lines().count();
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(rest.as_bytes());
    let columns = names(reader.headers().map_err(|e| ReadError::at(1, e.to_string()))?);
    if !named(&columns) {
        return Err(ReadError::at(1, format!("the first line must name the columns: {COLUMNS}")));
    }
    let mut pairs = Pairs::default();
    let line_of =
        |position: Option<&csv::Position>| position.map_or(0, |p| usize::try_from(p.line()).unwrap_or(0)) + taken_off;
    for (i, record) in reader.records().enumerate() {
        let record = record.map_err(|e| ReadError::at(line_of(e.position()), e.to_string()))?;
        let line = line_of(record.position());
        room_for_one_more(i, line)?;
        let mut row = Columns::default();
        columns.iter().zip(&record).for_each(|(column, cell)| row.add(column, cell));
        pairs.add(&row).map_err(|message| ReadError::at(line, message))?;
    }
    Ok(pairs.drafts)
}

/// Reads a JSON object a line.
///
/// # Errors
/// When a line is no JSON object of this kind.
pub(crate) fn json_lines(text: &str) -> Result<Vec<Draft>, ReadError> {
    let mut pairs = Pairs::default();
    for (n, (i, line)) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).enumerate() {
        room_for_one_more(n, i + 1)?;
        let row = serde_json::from_str::<Map<String, Value>>(line).map_err(|e| ReadError::at(i + 1, e.to_string()))?;
        pairs.add(&Columns::of(row)).map_err(|message| ReadError::at(i + 1, message))?;
    }
    Ok(pairs.drafts)
}

/// Reads a JSON list of objects, or an object that has one in a key such as `faqs`.
///
/// # Errors
/// When it is no JSON of this kind.
pub(crate) fn json(text: &str) -> Result<Vec<Draft>, ReadError> {
    type Rows = Entries<Map<String, Value>>;
    let wrong = |e: serde_json::Error| ReadError::at(e.line(), e.to_string());
    let rows = if text.trim_start().starts_with('{') {
        let mut object: Map<String, Value> = serde_json::from_str(text).map_err(wrong)?;
        let key = LISTS.into_iter().find(|key| object.get(*key).is_some_and(is_list_of_rows));
        match key.and_then(|key| object.remove(key)) {
            Some(list) => serde_json::from_value::<Rows>(list).map_err(wrong)?,
            // One pair alone.
            None => Entries(vec![object]),
        }
    } else {
        serde_json::from_str::<Rows>(text).map_err(wrong)?
    };
    let mut pairs = Pairs::default();
    for (i, row) in rows.0.into_iter().enumerate() {
        pairs.add(&Columns::of(row)).map_err(|message| ReadError::Entry { number: i + 1, message })?;
    }
    Ok(pairs.drafts)
}

/// Tells whether an answer is HTML from end to end, as editors in a browser save it.
fn is_html(answer: &str) -> bool {
    let begins = answer.strip_prefix('<').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    begins && answer.ends_with('>') && answer.contains("</")
}

fn is_list_of_rows(value: &Value) -> bool {
    value.as_array().is_some_and(|rows| !rows.is_empty() && rows.iter().all(Value::is_object))
}

/// Where an article stands already: its language, its category, and its answer or its id.
type Place = (Option<Locale>, String, String);

/// Puts rows together to articles.
#[derive(Debug, Default)]
struct Pairs {
    drafts: Vec<Draft>,
    by_answer: HashMap<Place, usize>,
    by_id: HashMap<Place, usize>,
}

impl Pairs {
    /// Adds a row; an empty one adds nothing.
    ///
    /// # Errors
    /// Says what the row lacks.
    fn add(&mut self, row: &Columns) -> Result<(), String> {
        let question = row.words(&QUESTION);
        let title = row.words(&TITLE);
        let summary = row.words(&["summary", "摘要"]);
        let more = row.list(&QUESTIONS, &BETWEEN_SENTENCES);
        let is_ours = row.get(&["markdown"]).is_some();
        let (answer, mut notes) = match row.get(&ANSWER) {
            Some(Value::String(text)) if is_ours => (text.clone(), Vec::new()),
            _ => match row.words(&ANSWER) {
                html if is_html(&html) => to_markdown(&html),
                text => (text, Vec::new()),
            },
        };
        if answer.trim().is_empty() {
            if question.is_empty() && title.is_empty() && more.is_empty() {
                return Ok(());
            }
            // An article of ours may be no more than its summary.
            if title.is_empty() || summary.is_empty() {
                return Err("there is no answer; write one or remove the row".to_owned());
            }
        }
        let locale = match row.words(&["locale", "language", "lang", "语言"]).as_str() {
            "" => None,
            tag => Some(tag.replace('_', "-").parse::<Locale>().map_err(|e| e.to_string())?),
        };
        let id = row.words(&["id", "编号"]);
        let (of_id, slug) = id.split_once('/').unwrap_or(("", id.as_str()));
        let category = Some(row.words(&["category", "topic", "分类", "类别"])).filter(|c| !c.is_empty());
        let category = category.unwrap_or_else(|| of_id.to_owned());
        let place = |what: &str| (locale.clone(), category.clone(), what.to_owned());
        let same = if id.is_empty() { self.by_answer.get(&place(&answer)) } else { self.by_id.get(&place(&id)) };
        let same = same.copied().and_then(|at: usize| self.drafts.get_mut(at));
        if let Some(same) = same.filter(|draft| draft.body == answer) {
            let asked = more.into_iter().chain([question]).filter(|q| !q.is_empty() && *q != same.title);
            same.questions.extend(asked);
            return Ok(());
        }
        let made = [&title, &question].into_iter().chain(more.first()).find(|t| !t.is_empty()).cloned();
        let made = made.ok_or("there is neither a question nor a title; write one of them")?;
        let mut questions = more;
        if title.is_empty() {
            questions.retain(|q| *q != made);
        }
        if !question.is_empty() && question != made {
            questions.push(question);
        }
        let updated = row.words(&["updated", "updated_at", "last_modified"]);
        let day = updated.get(..10).and_then(|day| day.parse().ok());
        if day.is_none() && !updated.is_empty() {
            notes.push(format!("its day of change `{updated}` is none like 2026-11-22, and was left out"));
        }
        let audience = row.words(&["audience"]).to_lowercase();
        let internal = !["", "public", "all", "everybody"].contains(&audience.as_str());
        if internal && !["agent", "agents", "internal"].contains(&audience.as_str()) {
            notes
                .push(format!("nobody knows the audience `{audience}`, so only agents see it; see that this is right"));
        }
        self.by_answer.entry(place(&answer)).or_insert(self.drafts.len());
        self.by_id.entry(place(&id)).or_insert(self.drafts.len());
        let words = |names: &[&str]| row.list(names, &BETWEEN_WORDS);
        self.drafts.push(Draft {
            form: Form::Jsonl,
            id: id.parse::<ArticleId>().ok().filter(|id| id.category() == category),
            origin: id.clone(),
            locale,
            category,
            slug: slug.to_owned(),
            title: made,
            summary,
            questions,
            keywords: words(&["keywords", "tags", "关键词"]),
            codes: words(&["codes", "code"]),
            messages: row.list(&["messages", "message"], &BETWEEN_SENTENCES),
            related: words(&["related"]),
            aliases: words(&["aliases"]),
            internal,
            money_at_risk: is_true(&row.words(&["money_at_risk"])),
            updated: day,
            body: answer,
            notes,
            ..Draft::default()
        });
        Ok(())
    }
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
        assert_eq!(csv("sep=|\nq|a\nhow|so, so\n").unwrap()[0].body, "so, so");
    }

    #[test]
    fn a_table_has_every_field_of_an_article() {
        let table = "title,answer,summary,questions,keywords,codes,related,audience,money_at_risk,updated\n\
            T,A,S,how?|why?,\"a, b\",E1;E2,x/y,agent,true,2024-01-02\n";
        let draft = csv(table).unwrap().remove(0);
        assert_eq!((draft.summary.as_str(), draft.questions.as_slice()), ("S", &["how?".into(), "why?".into()][..]));
        assert_eq!((draft.keywords.join("+"), draft.codes.join("+")), ("a+b".into(), "E1+E2".into()));
        assert!(draft.internal && draft.money_at_risk && draft.related == ["x/y"]);
        assert_eq!(draft.updated.unwrap().to_string(), "2024-01-02");
    }

    #[test]
    fn answers_in_html_become_markdown() {
        let drafts = csv("q,a\nhow,<p>Press <b>it</b>.</p>\nwhy,1 < 2 <b>so</b>\n").unwrap();
        assert_eq!((drafts[0].body.as_str(), drafts[1].body.as_str()), ("Press **it**.", "1 < 2 <b>so</b>"));
    }

    #[test]
    fn lists_of_objects_are_read_whatever_their_values() {
        let one =
            r#"{"Question": "How?", "answer": "So.", "keywords": null, "tags": "a, b", "id": 7, "updated": "soon"}"#;
        for text in [format!("[{one}]"), format!("{{\"faqs\": [{one}], \"n\": 1}}"), one.to_owned()] {
            let drafts = json(&text).unwrap();
            assert_eq!((drafts.len(), drafts[0].title.as_str(), drafts[0].origin.as_str()), (1, "How?", "7"), "{text}");
            assert_eq!(drafts[0].keywords, ["a", "b"]);
            assert!(drafts[0].notes[0].contains("`soon`"), "{:?}", drafts[0].notes);
        }
        let error = json(r#"[{"q": "1", "a": "2"}, {"q": "1"}]"#).unwrap_err();
        assert_eq!(error.to_string(), "entry 2: there is no answer; write one or remove the row");
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
        assert!(json_lines("{\"question\": \"q\"}\n{").unwrap_err().to_string().starts_with("line 1: "));
    }
}
