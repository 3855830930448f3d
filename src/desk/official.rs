//! “Is this really you?”: compares a link, number or name that a customer was sent with the site's official contacts.
//!
//! It says what is on the list and what is not, and never more: that a sender can be forged, and that a site which
//! declares no number cannot vouch for one, is for the page to say. Where a text can be read in two ways it takes the
//! one that costs the customer least when it is wrong: it does not call an address official.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

use crate::kb::contacts::{email, handle, phone, website};
use crate::kb::{Contact, ContactKind, Site};
use crate::text::distance;

/// The most findings that one text gives; a text with more is no message that somebody was sent.
const MOST: usize = 12;
/// The shortest name of a host that is recognised in another: shorter ones occur in ordinary words.
const SHORTEST_NAME: usize = 4;
/// The longest name on a platform.
const LONGEST_HANDLE: usize = 64;

/// What the list says about one link, number or name; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is not on the list, and is made to look like something that is.
    Imitation,
    /// It is not on the list.
    NotListed,
    /// It runs into other characters, so that what a tap on it opens cannot be told.
    Unclear,
    /// The site declares no contact of this kind, so that the list cannot tell.
    NothingDeclared,
    /// It is on the list.
    Listed,
}

/// One link, number or name in what a customer pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What it is.
    pub kind: ContactKind,
    /// The part of it that was compared and may be shown. A number that is not on the list keeps its last two digits
    /// only, and a name nothing: either may be a code or a password that was pasted along.
    pub shown: String,
    /// What the list says.
    pub verdict: Verdict,
    /// Its place among the site's contacts: the one that it is, or that it imitates.
    pub contact: Option<usize>,
}

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[a-z][a-z0-9+.-]*://[^\s<>]+|\b(?:javascript|vbscript|data|file|intent|weixin|alipays):[^\s<>]+")
});
static SCHEME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:mailto|tel|sms):"));
static EMAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z0-9._%+'-]+@[^\s<>,;:()/]+"));
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[^\s<>,;:()/@'？！，。；：（）【】《》、“”]+(?:\.[^\s<>,;:()/@'？！，。；：（）【】《》、“”.]+)+(?:/[!-~]*)?",
    )
});
static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?\(?[0-9][0-9 ().–-]{3,}[0-9]"));

#[expect(clippy::expect_used, reason = "the patterns are constants, which a test compiles")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

/// Compares everything in a pasted text that could be a contact with the site's list: the worst finding first, none for a
/// text that holds nothing of the kind.
#[must_use]
pub fn check_contact(site: &Site, pasted: &str) -> Vec<Checked> {
    // Full-width digits and letters are what they look like.
    let mut rest: String = pasted.nfkc().collect();
    rest = SCHEME.replace_all(&rest, " ").into_owned();
    let mut found: Vec<Checked> = Vec::new();
    let mut add = |checked: Checked| {
        if found.len() < MOST && !found.contains(&checked) {
            found.push(checked);
        }
    };
    for link in take(&mut rest, &LINK) {
        if let Some(checked) = check_website(site, trimmed(&link)) {
            add(checked);
        }
    }
    for address in take(&mut rest, &EMAIL) {
        if let Some(checked) = check_email(site, trimmed(&address)) {
            add(checked);
        }
    }
    for host in take(&mut rest, &HOST) {
        let host = trimmed(&host);
        // `3.50` and `400.000.0000` are numbers.
        if host.split('/').next().unwrap_or_default().chars().any(char::is_alphabetic) {
            if let Some(checked) = check_website(site, host) {
                add(checked);
            }
        } else {
            rest.push(' ');
            rest.push_str(host);
        }
    }
    for number in take(&mut rest, &PHONE) {
        if let Some(checked) = check_phone(site, &number) {
            add(checked);
        }
    }
    if found.is_empty()
        && pasted.chars().count() <= LONGEST_HANDLE
        && let Some(name) = handle(&pasted.nfkc().collect::<String>())
    {
        found.push(check_handle(site, &name));
    }
    found.sort_by_key(|c| c.verdict);
    found
}

/// Takes every match out of the text, so that no later pattern sees a part of it.
fn take(text: &mut String, pattern: &Regex) -> Vec<String> {
    let found = pattern.find_iter(text).map(|m| m.as_str().to_owned()).collect();
    *text = pattern.replace_all(text, " ").into_owned();
    found
}

/// Cuts the punctuation of the sentence around an address.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | ')' | '(' | '。' | '”' | '“')
    })
}

fn declared(site: &Site, kind: ContactKind) -> impl Iterator<Item = (usize, &Contact)> {
    site.contacts.iter().enumerate().filter(move |(_, c)| c.kind == kind)
}

/// Judges what is on no list.
fn unlisted(site: &Site, kind: ContactKind) -> Verdict {
    if declared(site, kind).next().is_some() { Verdict::NotListed } else { Verdict::NothingDeclared }
}

fn check_website(site: &Site, written: &str) -> Option<Checked> {
    let kind = ContactKind::Website;
    let Some(address) = website(written) else {
        // A link that opens an app, a file or a bare number of the net: no website of anybody's.
        let scheme = written.split_once(':').map(|(scheme, _)| scheme)?;
        let shown = if scheme.contains('.') { return None } else { format!("{scheme}:…") };
        return Some(Checked { kind, shown, verdict: Verdict::NotListed, contact: None });
    };
    let host = address.split('/').next().unwrap_or_default().to_owned();
    if let Some((at, _)) = declared(site, kind).find(|(_, c)| covers(&c.canonical, &address)) {
        return Some(Checked { kind, shown: host, verdict: Verdict::Listed, contact: Some(at) });
    }
    // `点击example.com登录`: a program may link less than what stands there, or more.
    let ascii = |c: char| c.is_ascii_graphic();
    let parts: Vec<&str> = written.split(|c| !ascii(c)).filter(|part| part.contains('.')).collect();
    let runs_on = !written.chars().all(ascii);
    let within = || parts.iter().filter_map(|part| website(trimmed(part)));
    let listed = declared(site, kind).find(|(_, c)| runs_on && within().any(|part| covers(&c.canonical, &part)));
    if let Some((at, contact)) = listed {
        let shown = contact.canonical.clone();
        return Some(Checked { kind, shown, verdict: Verdict::Unclear, contact: Some(at) });
    }
    let imitated = declared(site, kind).find(|(_, c)| imitates(&host, &c.canonical));
    let verdict = if imitated.is_some() { Verdict::Imitation } else { unlisted(site, kind) };
    Some(Checked { kind, shown: host, verdict, contact: imitated.map(|(at, _)| at) })
}

/// Tells whether an address belongs to a declared one: its host or one below it, or a path below where one is declared.
fn covers(declared: &str, address: &str) -> bool {
    let host = address.split('/').next().unwrap_or_default();
    if declared.contains('/') {
        return address.strip_prefix(declared).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    }
    host.strip_suffix(declared).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Tells whether a host would be taken for a declared one at a glance: it holds the declared name, or nearly.
fn imitates(host: &str, declared: &str) -> bool {
    let declared = declared.split('/').next().unwrap_or_default();
    // The name is the longest part: `gopay` of `www.gopay.example`.
    let labels = declared.rsplit_once('.').map_or(declared, |(rest, _)| rest);
    let Some(name) = labels.split('.').max_by_key(|l| l.len()).filter(|n| n.len() >= SHORTEST_NAME) else {
        return false;
    };
    let name = look(name);
    // The letters that a reader sees, where the host is written in ASCII for machines.
    let seen = look(&idna::domain_to_unicode(host).0);
    if seen.contains(&name) {
        return true;
    }
    let letters: Vec<char> = name.chars().collect();
    let most = distance::tolerated(letters.len()).max(1);
    seen.split(['.', '-']).any(|part| distance::within(&part.chars().collect::<Vec<_>>(), &letters, most).is_some())
}

/// Brings letters that look alike to one of them.
fn look(name: &str) -> String {
    let one = |c: char| match c {
        '0' | 'о' | 'ο' | 'ө' | 'օ' => 'o',
        '1' | 'і' | 'ı' | 'ӏ' | '|' | 'i' => 'l',
        'а' | 'α' | 'ɑ' | 'á' | 'à' | 'ä' | 'â' | 'ā' => 'a',
        'е' | 'é' | 'è' | 'ë' | 'ê' | 'ē' | '3' => 'e',
        'р' | 'ρ' => 'p',
        'с' | 'ϲ' => 'c',
        'у' | 'ү' | 'ÿ' | 'ý' | 'γ' => 'y',
        'ɡ' | 'ġ' | 'ğ' | '9' => 'g',
        'ѕ' | '5' => 's',
        'ò' | 'ó' | 'ö' | 'ô' | 'ō' => 'o',
        c => c,
    };
    name.to_lowercase().chars().map(one).collect::<String>().replace("rn", "m").replace("vv", "w")
}

fn check_email(site: &Site, written: &str) -> Option<Checked> {
    let kind = ContactKind::Email;
    let address = email(written)?;
    let listed = declared(site, kind).find(|(_, c)| c.canonical == address);
    let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    let imitated = || {
        let domain_of = |c: &Contact| c.canonical.rsplit_once('@').map(|(_, d)| d.to_owned()).unwrap_or_default();
        let by_mail = declared(site, kind).find(|(_, c)| imitates(&domain, &domain_of(c)));
        by_mail.or_else(|| declared(site, ContactKind::Website).find(|(_, c)| imitates(&domain, &c.canonical)))
    };
    let (verdict, contact) = match (listed, imitated()) {
        (Some((at, _)), _) => (Verdict::Listed, Some(at)),
        (None, Some((at, _))) => (Verdict::Imitation, Some(at)),
        (None, None) => (unlisted(site, kind), None),
    };
    Some(Checked { kind, shown: address, verdict, contact })
}

fn check_phone(site: &Site, written: &str) -> Option<Checked> {
    let kind = ContactKind::Phone;
    let number = phone(written)?;
    if let Some((at, contact)) = declared(site, kind).find(|(_, c)| same_number(&c.canonical, &number)) {
        return Some(Checked { kind, shown: contact.value.clone(), verdict: Verdict::Listed, contact: Some(at) });
    }
    let shown = format!("…{}", &number[number.len() - 2..]);
    Some(Checked { kind, shown, verdict: unlisted(site, kind), contact: None })
}

/// Tells whether two numbers reach the same telephone. One without its country is the declared one's, and may begin with
/// the zero of a long-distance call.
fn same_number(declared: &str, typed: &str) -> bool {
    if declared == typed {
        return true;
    }
    let (Some(declared), false) = (declared.strip_prefix('+'), typed.starts_with('+')) else { return false };
    let national = typed.strip_prefix('0').unwrap_or(typed);
    // A country's code has one to three digits.
    national.len() >= 7 && declared.strip_suffix(national).is_some_and(|code| (1..=3).contains(&code.len()))
}

fn check_handle(site: &Site, name: &str) -> Checked {
    let kind = ContactKind::Handle;
    if let Some((at, contact)) = declared(site, kind).find(|(_, c)| c.canonical == name) {
        return Checked { kind, shown: contact.value.clone(), verdict: Verdict::Listed, contact: Some(at) };
    }
    let near = |c: &Contact| {
        let (a, b) = (look(&c.canonical), look(name));
        let letters: Vec<char> = a.chars().collect();
        let most = distance::tolerated(letters.len());
        a.len() >= SHORTEST_NAME
            && (b.contains(&a) || distance::within(&b.chars().collect::<Vec<_>>(), &letters, most).is_some())
    };
    match declared(site, kind).find(|(_, c)| near(c)) {
        Some((at, _)) => Checked { kind, shown: String::new(), verdict: Verdict::Imitation, contact: Some(at) },
        None => Checked { kind, shown: String::new(), verdict: unlisted(site, kind), contact: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Localized;

    fn contact(kind: ContactKind, value: &str) -> Contact {
        let canonical = match kind {
            ContactKind::Website => website(value),
            ContactKind::Email => email(value),
            ContactKind::Phone => phone(value),
            ContactKind::Handle | ContactKind::Place => handle(value),
        };
        Contact { kind, value: value.to_owned(), label: Localized::everywhere("x"), canonical: canonical.unwrap() }
    }

    fn site(contacts: Vec<Contact>) -> Site {
        let en: crate::base::Locale = "en".parse().unwrap();
        Site {
            name: Localized::default(),
            tagline: Localized::default(),
            notice: Localized::default(),
            accent: None,
            logo: None,
            default_locale: en.clone(),
            locales: vec![en],
            categories: Vec::new(),
            code_pattern: None,
            popular: Vec::new(),
            secret_article: None,
            support: Vec::new(),
            contacts,
        }
    }

    fn lantern() -> Site {
        site(vec![
            contact(ContactKind::Website, "lantern.example"),
            contact(ContactKind::Website, "https://social.example/lantern"),
            contact(ContactKind::Email, "desk@lantern.example"),
            contact(ContactKind::Phone, "+86 400 000 1234"),
            contact(ContactKind::Handle, "@LanternHelp"),
        ])
    }

    fn verdicts(pasted: &str) -> Vec<Verdict> {
        check_contact(&lantern(), pasted).into_iter().map(|c| c.verdict).collect()
    }

    #[test]
    fn what_is_declared_is_recognised_in_any_spelling() {
        for pasted in [
            "https://lantern.example/a?b=c",
            "LANTERN.EXAMPLE",
            "help.lantern.example.",
            "Open https://www.lantern.example/renew now",
            "https://social.example/lantern/posts",
            "desk@lantern.example",
            "mailto:desk@lantern.example",
            "Tel:400 000 1234",
            "Website:https://lantern.example/",
            "＋86 400 000 1234",
            "0086-400-000-1234",
            "400 000 1234",
            "@lanternhelp",
        ] {
            assert_eq!(verdicts(pasted), [Verdict::Listed], "{pasted}");
        }
    }

    #[test]
    fn what_only_looks_official_never_is() {
        for pasted in [
            "https://lantern.example@evil.example/",
            "https://evil.example/lantern.example",
            "https://lantern.example.evil.example/",
            "lantern-help.example",
            "lanterm.example",
            "1antern.example",
            "https://lаntern.example/",
            "xn--lntern-3ve.example",
            "desk@lantern.example.evil.example",
            "help@lantern-desk.example",
            "social.example/lantern2",
            "social.example",
            "+1 400 000 1234",
            "4000001235",
            "@lantern_help_desk",
            "javascript:alert(1)",
            "https://192.0.2.7/lantern.example",
            "data:text/html,lantern.example",
        ] {
            let found = verdicts(pasted);
            assert!(!found.is_empty() && found.iter().all(|v| *v <= Verdict::NotListed), "{pasted}: {found:?}");
        }
    }

    #[test]
    fn an_imitation_is_called_one() {
        for pasted in ["lantern-help.example", "1antern.example", "https://lаntern.example/", "@lantern_help"] {
            assert_eq!(verdicts(pasted)[0], Verdict::Imitation, "{pasted}");
        }
    }

    #[test]
    fn an_address_that_runs_into_a_sentence_is_not_called_official() {
        assert_eq!(verdicts("请登录lantern.example办理"), [Verdict::Unclear]);
        assert_eq!(verdicts("https://lantern.example续借"), [Verdict::Unclear]);
        assert_eq!(verdicts("请登录 lantern.example 办理"), [Verdict::Listed]);
    }

    #[test]
    fn every_address_in_a_message_is_judged_the_worst_first() {
        let message =
            "Your card lapses. Call 400 000 1234 or open https://lantern-renew.example/x, desk@lantern.example";
        assert_eq!(verdicts(message), [Verdict::Imitation, Verdict::Listed, Verdict::Listed]);
    }

    #[test]
    fn a_site_without_contacts_vouches_for_nothing_and_condemns_nothing() {
        let found = check_contact(&site(Vec::new()), "https://lantern.example 4000001234");
        assert!(found.len() == 2 && found.iter().all(|c| c.verdict == Verdict::NothingDeclared), "{found:?}");
    }

    #[test]
    fn codes_and_cards_that_were_pasted_along_are_not_repeated() {
        for pasted in ["验证码 482913，请勿泄露", "4111 1111 1111 1111", "378282246310005", "hunter2"] {
            let found = check_contact(&lantern(), pasted);
            assert!(found.iter().all(|c| c.shown.len() <= "…00".len()), "{pasted}: {found:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,200}") {
            let _ = check_contact(&lantern(), &text);
        }

        #[test]
        fn no_other_host_is_ever_listed(host in "[a-z0-9-]{1,20}\\.[a-z]{2,8}") {
            let found = check_contact(&lantern(), &format!("https://{host}/lantern.example"));
            proptest::prop_assert!(found.iter().all(|c| c.verdict != Verdict::Listed || host == "lantern.example"));
        }
    }
}
