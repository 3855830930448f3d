//! The `locale` that an API request names, or the one that its headers ask for.

use axum::http::HeaderMap;

use crate::base::Locale;
use crate::kb::Site;
use crate::web::error::Failure;
use crate::web::locale::negotiate;

/// Returns the site's locale for a request: the one named or one in the same language; without a name, the best by
/// `Accept-Language`, else the default.
pub(crate) fn choose(named: Option<&str>, headers: &HeaderMap, site: &Site) -> Result<Locale, Failure> {
    let Some(tag) = named.filter(|tag| !tag.is_empty()) else { return Ok(negotiate(headers, site)) };
    let wanted: Locale =
        tag.parse().map_err(|cause| Failure::bad_request("invalid_locale", format!("locale: {cause}")))?;
    wanted.best_of(&site.locales).cloned().ok_or_else(|| {
        let known: Vec<&str> = site.locales.iter().map(Locale::as_str).collect();
        Failure::bad_request("unknown_locale", format!("no content is in `{wanted}`; use one of {}", known.join(", ")))
    })
}
