//! Bytes that are compressed once and sent many times.
//!
//! What is served again and again is worth the slow, small compression; the layer compresses only what is made anew for
//! each request.

use std::io::Write as _;
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};

/// How a body is written for one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// Returns the smallest form that the client takes.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let takes = |wanted: &str| {
            accepted.split(',').any(|item| {
                let mut parts = item.split(';').map(str::trim);
                let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
                let refused = parts.any(|p| p.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)));
                named && !refused
            })
        };
        if takes("br") {
            Encoding::Brotli
        } else if takes("gzip") {
            Encoding::Gzip
        } else {
            Encoding::Identity
        }
    }
}

/// Bytes with their compressed forms, which are made when they are first asked for.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    plain: Bytes,
    brotli: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
}

impl Encoded {
    /// Takes the plain bytes.
    pub(crate) fn new(plain: impl Into<Bytes>) -> Self {
        Encoded { plain: plain.into(), brotli: OnceLock::new(), gzip: OnceLock::new() }
    }

    /// Returns the plain bytes.
    pub(crate) fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// Returns the bytes for a client, and the name of their encoding; none where the plain ones are no larger.
    pub(crate) fn body(&self, wanted: Encoding) -> (Bytes, Option<&'static str>) {
        let (made, name) = match wanted {
            Encoding::Brotli => (self.brotli.get_or_init(|| smaller(&self.plain, brotli)), "br"),
            Encoding::Gzip => (self.gzip.get_or_init(|| smaller(&self.plain, gzip)), "gzip"),
            Encoding::Identity => (&None, ""),
        };
        match made {
            Some(bytes) => (bytes.clone(), Some(name)),
            None => (self.plain.clone(), None),
        }
    }
}

fn smaller(plain: &Bytes, compress: fn(&[u8]) -> std::io::Result<Vec<u8>>) -> Option<Bytes> {
    // Writing into memory does not fail; a client would get the plain bytes if it did.
    compress(plain).ok().filter(|made| made.len() < plain.len()).map(Bytes::from)
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    // A page is compressed while its first reader waits: 5 takes a few milliseconds, and 9 many for a few per cent less.
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    let mut made = Vec::with_capacity(plain.len() / 3);
    brotli::BrotliCompress(&mut &plain[..], &mut made, &parameters)?;
    Ok(made)
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 3), flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &'static str) -> Encoding {
        let headers = [(header::ACCEPT_ENCODING, axum::http::HeaderValue::from_static(value))];
        Encoding::accepted(&headers.into_iter().collect())
    }

    #[test]
    fn the_smallest_form_that_is_taken_is_chosen() {
        assert_eq!(accepted("gzip, deflate, br, zstd"), Encoding::Brotli);
        assert_eq!(accepted("gzip, br;q=0"), Encoding::Gzip);
        assert_eq!(accepted("GZIP"), Encoding::Gzip);
        assert_eq!(accepted("deflate"), Encoding::Identity);
        assert_eq!(accepted(""), Encoding::Identity);
    }

    #[test]
    fn what_would_grow_is_sent_as_it_is() {
        let long = Encoded::new("a".repeat(1000));
        assert_eq!(long.body(Encoding::Brotli).1, Some("br"));
        assert_eq!(long.body(Encoding::Gzip).1, Some("gzip"));
        assert_eq!(Encoded::new("a").body(Encoding::Brotli), (Bytes::from("a"), None));
    }
}
