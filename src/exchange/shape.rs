//! Which system a JSON file comes from, told by the keys of its first object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::exchange::pairs::{ANSWER, LISTS, QUESTION};
use crate::exchange::source::Form;

/// The keys of an object, or of the first object of a list.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    keys: Vec<String>,
    is_list: bool,
}

/// What an article of Zendesk may have that others have too.
const ARTICLE: [&str; 14] = [
    "id",
    "url",
    "title",
    "name",
    "body",
    "locale",
    "source_locale",
    "draft",
    "promoted",
    "position",
    "created_at",
    "updated_at",
    "edited_at",
    "outdated",
];

/// As many keys are looked at; an object with more is none that anybody exports.
const MOST_KEYS: usize = 100;

/// Tells the shape of a text that is one JSON value.
///
/// # Errors
/// When it is not.
pub(crate) fn of(text: &str) -> Result<Shape, serde_json::Error> {
    serde_json::from_str(text)
}

impl Shape {
    /// Returns the form that has these keys.
    pub(crate) fn form(&self) -> Option<Form> {
        let has = |names: &[&str]| self.keys.iter().any(|key| names.contains(&key.as_str()));
        let is_article = has(&["body"]) && self.keys.iter().all(|key| ARTICLE.contains(&key.as_str()));
        if self.is_list && has(&["faq"]) {
            Some(Form::Phpmyfaq)
        } else if has(&["articles", "article", "sections", "section_id", "label_names", "html_url"])
            || (self.is_list && is_article)
        {
            Some(Form::Zendesk)
        } else if has(&ANSWER) && has(&[QUESTION.as_slice(), &["title", "标题", "questions"]].concat())
            || (!self.is_list && has(&LISTS))
        {
            Some(Form::Jsonl)
        } else {
            None
        }
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look {
            within_list: bool,
        }
        struct First(Shape);

        impl<'de> Deserialize<'de> for First {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Look { within_list: true }).map(First)
            }
        }

        impl<'de> Visitor<'de> for Look {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
                let mut shape = Shape::default();
                while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    if shape.keys.len() < MOST_KEYS {
                        shape.keys.push(key.trim().to_lowercase());
                    }
                }
                Ok(shape)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                if self.within_list {
                    while list.next_element::<IgnoredAny>()?.is_some() {}
                    return Ok(Shape::default());
                }
                let mut shape = Shape::default();
                while shape.keys.is_empty()
                    && let Some(First(first)) = list.next_element()?
                {
                    shape = first;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Shape { is_list: true, ..shape })
            }

            fn visit_unit<E>(self) -> Result<Shape, E> {
                Ok(Shape::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
                Ok(Shape::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape::default())
            }

            fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape::default())
            }
        }
        deserializer.deserialize_any(Look { within_list: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_the_system_and_words_in_answers_do_not() {
        for (text, form) in [
            (r#"[{"faq": {"id": 1}}]"#, Some(Form::Phpmyfaq)),
            (r#"{"articles": []}"#, Some(Form::Zendesk)),
            (r#"[null, {"id": 1, "title": "T", "body": "B", "section_id": 2}]"#, Some(Form::Zendesk)),
            (r#"[{"question": "what is \"faq\"?", "answer": "\"articles\""}]"#, Some(Form::Jsonl)),
            (r#"{"faqs": [{"question": "q", "answer": "a"}]}"#, Some(Form::Jsonl)),
            (r#"[{"id": 1, "title": null, "body": "B", "locale": "en-us"}]"#, Some(Form::Zendesk)),
            (r#"[{"title": "T", "body": "B", "category": "C"}]"#, Some(Form::Jsonl)),
            (r#"{"name": "package", "version": "1"}"#, None),
            ("[]", None),
            ("[[[]], 7, \"x\"]", None),
        ] {
            assert_eq!(of(text).unwrap().form(), form, "{text}");
        }
        assert!(of("{").is_err());
    }
}
