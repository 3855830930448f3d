//! An answer that is the same for every reader until the content changes: made once, tagged, compressed and kept.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::web::encoding::{Encoded, Encoding};

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Document {
    body: Encoded,
    tag: HeaderValue,
    content_type: HeaderValue,
    /// Headers beside the usual ones.
    more: Vec<(HeaderName, HeaderValue)>,
}

impl Document {
    /// Makes a document of a media type.
    pub(crate) fn new(content_type: &'static str, body: Vec<u8>) -> Self {
        // Weak, because compression changes the bytes and not the meaning. Taken from the body itself, so that it
        // cannot miss anything that the reader sees.
        let tag = format!("W/\"{}\"", &blake3::hash(&body).to_hex()[..32]);
        Document {
            body: Encoded::new(body),
            tag: HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("W/\"\"")),
            content_type: HeaderValue::from_static(content_type),
            more: Vec::new(),
        }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more.push((name, value));
        self
    }

    /// Returns how many bytes it holds, uncompressed.
    pub(crate) fn len(&self) -> usize {
        self.body.plain().len()
    }

    /// Answers a request: in the smallest form that the client takes, or with "not modified".
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response {
        self.answer_in(Encoding::accepted(asked), asked)
    }

    /// Answers a request for what nobody will ask for again. The layer compresses it, which is done in a fraction of the
    /// time that the smallest form takes.
    pub(crate) fn answer_once(&self, asked: &HeaderMap) -> Response {
        self.answer_in(Encoding::Identity, asked)
    }

    fn answer_in(&self, encoding: Encoding, asked: &HeaderMap) -> Response {
        let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let mut response = if known.is_some_and(|tags| names_tag(tags, self.tag.to_str().unwrap_or_default())) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let (bytes, encoding) = self.body.body(encoding);
            let mut response = Response::new(Body::from(bytes));
            response.headers_mut().insert(header::CONTENT_TYPE, self.content_type.clone());
            if let Some(encoding) = encoding {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        for (name, value) in &self.more {
            headers.insert(name, value.clone());
        }
        response
    }
}

/// Tells whether an `If-None-Match` names a tag, weak or strong.
pub(crate) fn names_tag(if_none_match: &str, tag: &str) -> bool {
    let opaque = tag.trim_start_matches("W/");
    if_none_match.split(',').map(str::trim).any(|t| t == "*" || t.trim_start_matches("W/") == opaque)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_matches_itself_weak_or_strong() {
        assert!(names_tag("\"a\", W/\"b\"", "W/\"b\"") && names_tag("\"b\"", "W/\"b\"") && names_tag("*", "W/\"b\""));
        assert!(!names_tag("\"a\"", "W/\"b\""));
    }
}
