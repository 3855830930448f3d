//! What is one per site: `site.toml`. The file is optional, and so is every key in it.

use regex::RegexBuilder;

use crate::base::{ArticleId, Locale, Localized};
use crate::content::contacts::{self, Contact};
use crate::content::fields::{Fields, Findings, Located};
use crate::content::node::{Entry, Node};
use crate::content::walk::Inventory;

/// Every key of `site.toml`.
const KEYS: [&str; 12] = [
    "name",
    "tagline",
    "notice",
    "accent",
    "logo",
    "default_locale",
    "code_pattern",
    "popular",
    "secret_article",
    "categories",
    "support",
    "contacts",
];

/// The names that a logo's file may have.
pub(crate) const LOGOS: [&str; 2] = ["logo.svg", "logo.png"];

/// The brand's drawing.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub media_type: &'static str,
    /// The file as it was read.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// Every key of a category.
const CATEGORY_KEYS: [&str; 5] = ["id", "name", "summary", "icon", "money_at_risk"];

/// A category as the site presents it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The folder's name.
    pub id: String,
    /// Its name; the folder's where empty.
    pub name: Localized,
    /// One sentence; may be empty.
    pub summary: Localized,
    /// The name of a drawing of the design; may be empty.
    pub icon: String,
    /// Whether a wrong answer from its articles costs customers money, unless an article says otherwise.
    pub money_at_risk: bool,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportLink {
    /// What the link says.
    pub label: Localized,
    /// An absolute `https:`, `mailto:` or `tel:` address, or a path on this site (an article's is written
    /// `article:category/slug`).
    pub url: String,
}

/// The site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The product's name: `GOpay 钱包`.
    pub name: Localized,
    /// The line under the search box's heading; may be empty.
    pub tagline: Localized,
    /// A sentence of safety advice on the home page and beside the chat's input; may be empty.
    pub notice: Localized,
    /// The brand's colour as `#rrggbb`; none keeps the design's own.
    pub accent: Option<String>,
    /// The brand's drawing; none leaves the design's own mark.
    pub logo: Option<Logo>,
    /// The locale of readers who asked for none that exists.
    pub default_locale: Locale,
    /// Every locale that has a folder, the default first.
    pub locales: Vec<Locale>,
    /// Every category that has a folder, in the site's order.
    pub categories: Vec<Category>,
    /// A regular expression for the shape of an error code, such as `E\d{4}`; it is matched without regard to case.
    pub code_pattern: Option<String>,
    /// The articles that the home page and an empty result offer first.
    pub popular: Vec<ArticleId>,
    /// The article that is cited when a customer typed a password, a code or a card number and asked nothing.
    pub secret_article: Option<ArticleId>,
    /// Ways to reach a person.
    pub support: Vec<SupportLink>,
    /// What is officially this company's; customers compare with it what they were sent.
    pub contacts: Vec<Contact>,
}

/// Site as written, and the logo's file, which is read later.
pub(crate) struct Written {
    pub(crate) site: Site,
    pub(crate) logo: Option<Located<String>>,
}

/// Checks the keys of `site.toml`; without the file, of none. What is not written follows from the folders.
pub(crate) fn read(entries: Vec<Entry>, inventory: &Inventory, findings: &mut Findings<'_>) -> Written {
    let mut fields = Fields::new(1, entries, &KEYS, findings);
    let default_locale = default_locale(&mut fields, inventory);
    let mut locales = inventory.locales.clone();
    locales.sort_by_key(|l| *l != default_locale);
    let name = fields.localized("name", &locales);
    let site = Site {
        name: if name.is_empty() { default_name(&locales) } else { name },
        tagline: fields.localized("tagline", &locales),
        notice: fields.localized("notice", &locales),
        accent: accent(&mut fields),
        logo: None,
        code_pattern: code_pattern(&mut fields),
        popular: popular(&mut fields, inventory),
        secret_article: fields
            .text("secret_article")
            .and_then(|id| inventory.existing(&id, "secret_article", fields.findings)),
        categories: Vec::new(),
        support: Vec::new(),
        contacts: Vec::new(),
        default_locale,
        locales,
    };
    let logo = logo(&mut fields);
    let categories = fields.tables("categories");
    let support = fields.tables("support");
    let contacts = fields.tables("contacts");
    let site = Site {
        categories: read_categories(categories, &site.locales, inventory, findings),
        support: support.into_iter().filter_map(|n| support_link(n, &site.locales, inventory, findings)).collect(),
        contacts: contacts::read(contacts, &site.locales, findings),
        ..site
    };
    Written { site, logo }
}

fn logo(fields: &mut Fields<'_, '_>) -> Option<Located<String>> {
    let written = fields.text("logo")?;
    if LOGOS.contains(&written.value.as_str()) {
        return Some(written);
    }
    let message = format!("`{}` is no logo; put logo.svg or logo.png beside site.toml and name it here", written.value);
    fields.findings.error(written.line, message);
    None
}

/// Checks the bytes of a logo.
///
/// # Errors
/// A sentence for the author.
pub(crate) fn read_logo(file: &str, bytes: Vec<u8>) -> Result<Logo, String> {
    if bytes.len() > MAX_LOGO {
        return Err(format!("the logo {file} is larger than {} KiB; every reader loads it", MAX_LOGO / 1024));
    }
    let (media_type, sound) = if file.ends_with(".png") {
        ("image/png", bytes.starts_with(b"\x89PNG\r\n\x1a\n"))
    } else {
        ("image/svg+xml", std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg")))
    };
    if sound { Ok(Logo { media_type, bytes }) } else { Err(format!("{file} is not what its name says")) }
}

/// The largest logo, in bytes: two drawings of the size of the whole page are enough.
const MAX_LOGO: usize = 64 * 1024;

fn default_locale(fields: &mut Fields<'_, '_>, inventory: &Inventory) -> Locale {
    let most_articles = || {
        let count = |l: &Locale| inventory.articles.iter().filter(|a| a.locale == *l).count();
        inventory.locales.iter().max_by_key(|l| (count(l), std::cmp::Reverse(*l))).cloned()
    };
    let written = fields.text("default_locale").and_then(|written| match written.value.parse::<Locale>() {
        Ok(locale) if inventory.locales.contains(&locale) => Some(locale),
        Ok(locale) => {
            let message = format!(
                "the default locale `{locale}` has no article: there is no folder {locale}/ with one; choose another or \
                 write {locale}/getting-started/welcome.md"
            );
            fields.findings.error(written.line, message);
            None
        }
        Err(invalid) => {
            fields.findings.error(written.line, format!("{invalid}, which `default_locale` must be"));
            None
        }
    });
    // Without any article there is nobody to serve; English is as good as another.
    written.or_else(most_articles).or_else(|| "en".parse().ok()).unwrap_or_else(|| unreachable!("`en` is a locale"))
}

fn default_name(locales: &[Locale]) -> Localized {
    let name = |l: &Locale| if l.is_chinese() { "帮助中心" } else { "Help centre" };
    locales.iter().map(|l| (l.clone(), name(l).to_owned())).collect()
}

fn accent(fields: &mut Fields<'_, '_>) -> Option<String> {
    let written = fields.text("accent")?;
    let digits = written.value.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(written.value);
    }
    fields.findings.error(written.line, format!("`{}` is no colour; write it like \"#0a7d5a\"", written.value));
    None
}

fn code_pattern(fields: &mut Fields<'_, '_>) -> Option<String> {
    let written = fields.text("code_pattern")?;
    match RegexBuilder::new(&written.value).case_insensitive(true).size_limit(1 << 20).build() {
        Ok(pattern) if pattern.is_match("") => {
            let message = format!("the pattern `{}` matches an empty text; say what a code holds", written.value);
            fields.findings.error(written.line, message);
            None
        }
        Ok(_) => Some(written.value),
        Err(e) => {
            // The last line of the report says what is wrong; those before it draw the pattern.
            let report = e.to_string();
            let why = report.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let message = format!("`{}` is no regular expression: {why}; write it like 'E\\d{{4}}'", written.value);
            fields.findings.error(written.line, message);
            None
        }
    }
}

fn popular(fields: &mut Fields<'_, '_>, inventory: &Inventory) -> Vec<ArticleId> {
    let written = fields.texts("popular");
    written.iter().filter_map(|id| inventory.existing(id, "popular", fields.findings)).collect()
}

fn read_categories(
    tables: Vec<Node>,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Vec<Category> {
    let folders = inventory.categories();
    let mut categories: Vec<Category> = Vec::new();
    for table in tables {
        let Some(mut fields) = Fields::of(table, &CATEGORY_KEYS, findings) else { continue };
        let Some(id) = fields.required("id") else { continue };
        let category = Category {
            name: fields.localized("name", locales),
            summary: fields.localized("summary", locales),
            icon: fields.text("icon").map(|t| t.value).unwrap_or_default(),
            money_at_risk: fields.boolean("money_at_risk").unwrap_or_default(),
            id: id.value,
        };
        if categories.iter().any(|c| c.id == category.id) {
            findings.error(id.line, format!("the category `{}` is there twice; keep one", category.id));
        } else if !folders.contains_key(category.id.as_str()) {
            let message =
                format!("the category `{}` has no article: no locale has a folder {}/", category.id, category.id);
            findings.warning(id.line, message);
        } else {
            categories.push(category);
        }
    }
    for folder in folders.keys() {
        if !categories.iter().any(|c| c.id == *folder) {
            categories.push(Category {
                id: (*folder).to_owned(),
                name: Localized::default(),
                summary: Localized::default(),
                icon: String::new(),
                money_at_risk: false,
            });
        }
    }
    for category in &mut categories {
        if category.name.is_empty() {
            category.name = Localized::everywhere(readable(&category.id));
        }
    }
    categories
}

/// Makes a name of a folder's: `top-ups` becomes “Top ups”.
fn readable(folder: &str) -> String {
    let spaced = folder.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn support_link(
    table: Node,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Option<SupportLink> {
    let mut fields = Fields::of(table, &["label", "url"], findings)?;
    let line = fields.line;
    let label = fields.localized("label", locales);
    if label.is_empty() {
        fields.findings.error(line, "`label` is missing; write what the link says");
    }
    let url = fields.required("url")?;
    if let Some(id) = url.value.strip_prefix("article:") {
        let id = Located { line: url.line, value: id.to_owned() };
        inventory.existing(&id, "url", findings)?;
    } else if !is_reachable(&url.value) {
        let message = format!(
            "`{}` is no address for a customer; write https://…, mailto:…, tel:…, article:<category>/<slug> or a path \
             that begins with one `/`",
            url.value
        );
        findings.error(url.line, message);
        return None;
    }
    (!label.is_empty()).then_some(SupportLink { label, url: url.value })
}

fn is_reachable(address: &str) -> bool {
    if address.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return false;
    }
    if let Some(path) = address.strip_prefix('/') {
        return !path.starts_with('/');
    }
    url::Url::parse(address).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "mailto" | "tel" => !url.path().is_empty(),
        _ => false,
    })
}
