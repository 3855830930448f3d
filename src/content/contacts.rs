//! The official contacts: what a customer who was sent a link, a number or a name can compare it with.
//!
//! Each value is brought to the form in which it is compared when it is read, so that a contact that could never be
//! recognised is an error in the file and not a wrong warning to a customer.

use url::Url;

use crate::base::{Locale, Localized};
use crate::content::fields::{Fields, Findings, Located, list};
use crate::content::node::Node;

/// What sort of contact a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// A website: a host with everything below it, or a part of a host that others share.
    Website,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A name on another platform.
    Handle,
    /// A place without an address, such as the product's own menu.
    Place,
}

/// Every kind as authors write it.
const KINDS: [(&str, ContactKind); 5] = [
    ("website", ContactKind::Website),
    ("email", ContactKind::Email),
    ("phone", ContactKind::Phone),
    ("handle", ContactKind::Handle),
    ("place", ContactKind::Place),
];

/// One official contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// The address as its author wrote it; empty for a place.
    pub value: String,
    /// What it is for, or where the place is.
    pub label: Localized,
    /// The value as [`website`], [`email`], [`phone`] or [`handle`] give it; empty for a place.
    pub canonical: String,
}

/// Reads the tables of `[[contacts]]`.
pub(crate) fn read(tables: Vec<Node>, locales: &[Locale], findings: &mut Findings<'_>) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = Vec::new();
    for table in tables {
        let Some(contact) = contact(table, locales, findings) else { continue };
        let same = |c: &Contact| c.kind == contact.value.kind && c.canonical == contact.value.canonical;
        if contact.value.kind != ContactKind::Place && contacts.iter().any(same) {
            findings.error(contact.line, format!("the contact `{}` is there twice; keep one", contact.value.value));
        } else {
            contacts.push(contact.value);
        }
    }
    contacts
}

fn contact(table: Node, locales: &[Locale], findings: &mut Findings<'_>) -> Option<Located<Contact>> {
    let mut fields = Fields::of(table, &["kind", "value", "label"], findings)?;
    let line = fields.line;
    let label = fields.localized("label", locales);
    if label.is_empty() {
        fields.findings.error(line, "`label` is missing; write what the contact is for");
    }
    let written = fields.required("kind")?;
    let Some((_, kind)) = KINDS.into_iter().find(|(name, _)| *name == written.value) else {
        let known = list(&KINDS.map(|(name, _)| name));
        fields.findings.error(written.line, format!("`{}` is no kind of contact: there are {known}", written.value));
        return None;
    };
    if kind == ContactKind::Place {
        if let Some(value) = fields.text("value") {
            let message = "a place has no `value`; say in `label` where it is found, or choose another kind";
            fields.findings.error(value.line, message);
        }
        return Some(Located { line, value: Contact { kind, value: String::new(), label, canonical: String::new() } });
    }
    let value = fields.required("value")?;
    let (canonical, wanted) = match kind {
        ContactKind::Website => {
            (website(&value.value), "a website; write help.example.com or https://example.com/help")
        }
        ContactKind::Email => (email(&value.value), "an e-mail address; write help@example.com"),
        ContactKind::Phone => (phone(&value.value), "a telephone number; write +86 400 000 0000, with 5 to 15 digits"),
        ContactKind::Handle | ContactKind::Place => (handle(&value.value), "a name; write it as the platform shows it"),
    };
    let Some(canonical) = canonical else {
        findings.error(value.line, format!("`{}` is not {wanted}", value.value));
        return None;
    };
    (!label.is_empty()).then_some(Located { line, value: Contact { kind, value: value.value, label, canonical } })
}

/// Returns the host and path of a web address as browsers see them: `Help.Example.com` becomes `help.example.com`, and a
/// host in other letters its ASCII form. None for what is no address of the web.
#[must_use]
pub fn website(written: &str) -> Option<String> {
    let written = written.trim();
    let whole = match written {
        whole if whole.contains("://") => whole.to_owned(),
        // An e-mail address; behind `https://` its first half would be a user's name.
        address if address.contains('@') => return None,
        host => format!("https://{host}"),
    };
    let url = Url::parse(&whole).ok().filter(|u| matches!(u.scheme(), "https" | "http"))?;
    let host = url.domain()?.trim_end_matches('.').to_owned();
    host.contains('.').then(|| format!("{host}{}", url.path().trim_end_matches('/')))
}

/// Returns an e-mail address in lower case; none for what is no address.
#[must_use]
pub fn email(written: &str) -> Option<String> {
    let (local, domain) = written.trim().rsplit_once('@')?;
    let sound = !local.is_empty() && !local.contains(|c: char| c.is_whitespace() || c == '@' || c.is_control());
    let domain = Url::parse(&format!("https://{domain}")).ok()?.domain()?.to_owned();
    (sound && domain.contains('.')).then(|| format!("{}@{domain}", local.to_lowercase()))
}

/// Returns the digits of a telephone number, with a `+` where the country is said; none for less than 5 or more than 15.
#[must_use]
pub fn phone(written: &str) -> Option<String> {
    let written = written.trim();
    if written.chars().any(|c| !c.is_ascii_digit() && !matches!(c, '+' | '-' | '–' | '(' | ')' | '.' | ' ' | '\u{a0}'))
    {
        return None;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let (plus, digits) = match digits.strip_prefix("00") {
        Some(rest) if !written.starts_with('+') => (true, rest.to_owned()),
        _ => (written.starts_with('+'), digits),
    };
    // E.164 has at most 15 digits; the shortest service numbers have 5.
    (5..=15).contains(&digits.len()).then(|| if plus { format!("+{digits}") } else { digits })
}

/// Returns a name on a platform without its `@` and without regard to case; none for one with spaces.
#[must_use]
pub fn handle(written: &str) -> Option<String> {
    let name = written.trim().trim_start_matches('@').to_lowercase();
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websites_are_compared_as_browsers_see_them() {
        assert_eq!(website("Help.Example.COM").as_deref(), Some("help.example.com"));
        assert_eq!(website("https://example.com/help/").as_deref(), Some("example.com/help"));
        assert_eq!(website("https://example.com@evil.example/").as_deref(), Some("evil.example"));
        assert_eq!(website("例子.example").as_deref(), Some("xn--fsqu00a.example"));
        for none in ["", "localhost", "javascript://example.com/x", "https://192.0.2.1/", "not a host", "mailto:a@b.c"]
        {
            assert_eq!(website(none), None, "{none}");
        }
    }

    #[test]
    fn numbers_keep_their_country_and_lose_their_spaces() {
        assert_eq!(phone("+86 400-000 0000").as_deref(), Some("+864000000000"));
        assert_eq!(phone("0086 400 000 0000").as_deref(), Some("+864000000000"));
        assert_eq!(phone("(010) 555 0100").as_deref(), Some("0105550100"));
        assert_eq!((phone("1234"), phone("12x45"), phone("1234567890123456")), (None, None, None));
    }

    #[test]
    fn addresses_and_names_are_compared_without_case() {
        assert_eq!(email("Help@Example.com").as_deref(), Some("help@example.com"));
        assert_eq!((email("@example.com"), email("a b@example.com"), email("a@b")), (None, None, None));
        assert_eq!(handle(" @Lantern_Help").as_deref(), Some("lantern_help"));
    }
}
