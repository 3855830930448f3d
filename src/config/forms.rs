//! The forms that values have: what is accepted, and the sentence that says what is wanted.

pub(super) const WATCH: &str = "a way to watch; write on, poll or off";
pub(super) const COLLECTOR: &str = "the address of a collector; write http://127.0.0.1:4318";
pub(super) const SECRET: &str = "long enough; write at least 32 random characters";
pub(super) const ORIGINS: &str =
    "a list of origins; write https://shop.example,https://www.shop.example without paths, or *";
pub(super) const ADDRESS: &str = "an address; write host:port, such as 127.0.0.1:8080";
pub(super) const ORIGIN: &str = "an address without a path; write https://help.example.com";
pub(super) const CONTACTS: &str =
    "a contact; write mailto:security@example.com or https://example.com/report, several with commas between";
pub(super) const DATABASE: &str = "a database address; write postgres://user@host/name, or leave it out for SQLite";
pub(super) const WEBHOOK_SECRET: &str = "a webhook's secret; write whsec_ and the base64 of 24 to 64 random bytes";

pub(super) fn is_days(text: &str) -> bool {
    text == "off" || text.parse::<u32>().is_ok_and(|days| (1..=36_500).contains(&days))
}

pub(super) fn is_address(text: &str) -> bool {
    let bare_v6 = |host: &str| host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !bare_v6(host) && !host.contains(char::is_whitespace) && port.parse::<u16>().is_ok()
    })
}

pub(super) fn is_one_origin(text: &str) -> bool {
    matches!(origins(text).as_deref(), Some([one]) if one.starts_with("http"))
}

pub(super) fn is_web_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Reads a list of origins in the form in which browsers send them.
pub(super) fn origins(text: &str) -> Option<Vec<String>> {
    let written = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let origin = |part: &str| match part {
        "*" | "null" => Some(part.to_owned()),
        _ => {
            let url = url::Url::parse(part).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
            let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            (bare && url.username().is_empty()).then(|| url.origin().ascii_serialization())
        }
    };
    written.map(origin).collect()
}

/// Reads where finders of security holes write to, as RFC 9116 wants it: addresses that say by themselves what they are, and
/// of the web only such that nobody on the way can change.
pub(super) fn contacts(text: &str) -> Option<Vec<String>> {
    let written = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let contact = |part: &str| {
        let url = url::Url::parse(part).ok()?;
        let is_good = match url.scheme() {
            "https" => url.host().is_some(),
            "mailto" => url.path().split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
            "tel" => url.path().contains(|c: char| c.is_ascii_digit()),
            _ => false,
        };
        is_good.then(|| url.to_string())
    };
    written.map(contact).collect::<Option<Vec<_>>>().filter(|contacts| !contacts.is_empty())
}

pub(super) fn is_filter(text: &str) -> bool {
    tracing_subscriber::EnvFilter::try_new(text).is_ok()
}
