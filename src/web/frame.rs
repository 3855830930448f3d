//! What surrounds every page: the header, the locale switch, the footer and the links between them.
//!
//! Templates extend `partials/layout.html` and have a field `frame`.

use std::sync::Arc;

use crate::base::{ArticleId, Locale, Viewer};
use crate::desk::Notice;
use crate::kb::{IncidentSeverity, Snapshot};
use crate::web::assets::Assets;
use crate::web::discovery::structured::JsonLd;
use crate::web::edition::Edition;
use crate::web::icons::{Drawing, Icon};
use crate::web::locale::own_name;
use crate::web::reader::Reader;
use crate::web::ui_text::UiText;

/// The part of a page that is the same on all.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) ui: &'static UiText,
    pub(crate) assets: Arc<Assets>,
    pub(crate) edition: Arc<Edition>,
    /// The page's language, for `<html lang>` and the API.
    pub(crate) lang: String,
    /// The product's name.
    pub(crate) brand: String,
    /// What the browser's tab says.
    pub(crate) title: String,
    /// What a search engine says below the title.
    pub(crate) description: String,
    /// Which link of the header is the page itself.
    pub(crate) place: Place,
    /// What the search box of the header holds.
    pub(crate) query: String,
    /// This page in every locale, this one among them.
    pub(crate) locales: Vec<LocaleLink>,
    pub(crate) support: Vec<Link>,
    /// The site's safety advice; may be empty.
    pub(crate) notice: String,
    /// What is wrong right now, for everybody.
    pub(crate) incident: Option<IncidentView>,
    /// Whether search engines should leave the page out.
    pub(crate) hidden: bool,
    /// The page's one address, absolute.
    pub(crate) canonical: String,
    /// Where the page stands in other languages, absolute; empty where it does not.
    pub(crate) alternates: Vec<(String, String)>,
    /// What a shared link shows.
    pub(crate) social: Social,
    /// What the page is, for search engines.
    pub(crate) structured: Vec<JsonLd>,
}

/// What a shared link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Social {
    /// `website` or `article`.
    pub(crate) kind: &'static str,
    /// The title without the site's name.
    pub(crate) title: String,
    /// The picture's address, absolute.
    pub(crate) image: String,
    /// The locale as Open Graph writes it, `zh_CN`.
    pub(crate) locale: String,
}

/// An incident for one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IncidentView {
    /// The class that colours it.
    pub(crate) class: &'static str,
    /// How bad it is, in a word.
    pub(crate) word: &'static str,
    pub(crate) text: String,
    /// The article that tells more.
    pub(crate) url: Option<String>,
}

/// Where in the site a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The home page, which has a search box of its own.
    Home,
    /// The results, which have one too.
    Search,
    /// The chat.
    Chat,
    /// Anything else.
    Elsewhere,
}

/// This page in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocaleLink {
    pub(crate) tag: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) current: bool,
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) label: String,
    pub(crate) url: String,
}

/// A category with its drawing.
#[derive(Debug, Clone)]
pub(crate) struct CategoryCard {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) icon: Icon,
    pub(crate) count: String,
    pub(crate) url: String,
}

/// An article in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArticleCard {
    pub(crate) id: ArticleId,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) codes: Vec<String>,
    pub(crate) url: String,
    /// The text's language, where it is not the page's.
    pub(crate) other_lang: Option<String>,
}

impl Frame {
    /// Makes the frame of a page: its title (empty on the home page) and its description.
    pub(crate) fn new(reader: &Reader, place: Place, title: &str, description: &str) -> Self {
        let site = reader.site();
        let text =
            |t: &crate::base::Localized| t.get(&reader.locale, &site.default_locale).unwrap_or_default().to_owned();
        let brand = brand(reader);
        let whole = if title.is_empty() {
            format!("{brand} · {}", reader.ui.help_centre)
        } else {
            format!("{title} · {brand}")
        };
        let locales = site.locales.iter().map(|l| LocaleLink {
            tag: l.to_string(),
            name: own_name(l),
            url: format!("/{l}{}", reader.rest),
            current: *l == reader.locale,
        });
        let path = reader.rest.split_once('?').map_or(reader.rest.as_str(), |(path, _)| path);
        let others = site.locales.iter().filter(|_| site.locales.len() > 1);
        let mut alternates: Vec<(String, String)> =
            others.map(|l| (l.to_string(), reader.absolute(&format!("/{l}{path}")))).collect();
        if !alternates.is_empty() {
            // The bare root asks the browser; elsewhere the default locale serves whoever reads none of these.
            let anybody = if path == "/" { "/".to_owned() } else { format!("/{}{path}", site.default_locale) };
            alternates.push(("x-default".to_owned(), reader.absolute(&anybody)));
        }
        Frame {
            ui: reader.ui,
            assets: Arc::clone(&reader.assets),
            edition: Arc::clone(&reader.edition),
            incident: incident(reader),
            canonical: reader.absolute(&reader.url(path)),
            alternates,
            social: Social {
                kind: "website",
                title: if title.is_empty() { format!("{brand} {}", reader.ui.help_centre) } else { title.to_owned() },
                image: reader.absolute(&reader.url("/card.png")),
                locale: reader.locale.as_str().replace('-', "_"),
            },
            structured: Vec::new(),
            lang: reader.locale.to_string(),
            title: whole,
            description: description.to_owned(),
            place,
            query: String::new(),
            locales: locales.collect(),
            support: support(reader),
            notice: text(&site.notice),
            hidden: false,
            brand,
        }
    }

    pub(crate) fn is_home(&self) -> bool {
        self.place == Place::Home
    }

    pub(crate) fn is_chat(&self) -> bool {
        self.place == Place::Chat
    }

    /// Tells whether the page has a box of its own to type into, so that the header needs none.
    pub(crate) fn has_own_search(&self) -> bool {
        self.place != Place::Elsewhere
    }

    /// Names the locales that have a text of their own for this page, instead of all; `path` is its address in one.
    pub(crate) fn translated_into(
        mut self,
        reader: &Reader,
        locales: &[&Locale],
        path: impl Fn(&Locale) -> String,
    ) -> Self {
        self.alternates.clear();
        if locales.len() > 1 {
            self.alternates = locales.iter().map(|l| (l.to_string(), reader.absolute(&path(l)))).collect();
            let default = &reader.site().default_locale;
            let anybody = locales.iter().find(|l| **l == default).or(locales.first());
            self.alternates.extend(anybody.map(|l| ("x-default".to_owned(), reader.absolute(&path(l)))));
        }
        self
    }

    /// Keeps the page out of search engines.
    pub(crate) fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Returns a drawing, for templates.
    #[expect(clippy::unused_self, reason = "templates call it on the frame, the one value that all of them have")]
    pub(crate) fn icon(&self, name: &str) -> Icon {
        Icon::named(name)
    }

    /// Returns a larger drawing, for pages that have nothing to show.
    #[expect(clippy::unused_self, reason = "templates call it on the frame, the one value that all of them have")]
    pub(crate) fn drawing(&self, name: &str) -> Drawing {
        Drawing::named(name)
    }

    /// Returns the address of a page in the reader's locale, for templates.
    pub(crate) fn url(&self, rest: &str) -> String {
        format!("/{}{rest}", self.lang)
    }

    /// Returns the address of a code's page.
    pub(crate) fn code_url(&self, code: &str) -> String {
        format!("/{}/codes/{}", self.lang, encode(code))
    }

    /// Returns the address of the results for a query.
    pub(crate) fn search_url(&self, query: &str) -> String {
        format!("/{}/search?q={}", self.lang, encode(query))
    }
}

/// Percent-encodes a text for one segment of a path or one value of a query.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Returns the product's name for a reader.
pub(crate) fn brand(reader: &Reader) -> String {
    let site = reader.site();
    match site.name.get(&reader.locale, &site.default_locale).unwrap_or_default() {
        "" => reader.ui.help_centre.to_owned(),
        name => name.to_owned(),
    }
}

fn incident(reader: &Reader) -> Option<IncidentView> {
    let notice = Notice::now(&reader.snapshot, &reader.locale, Viewer::Public)?;
    Some(IncidentView::new(reader.ui, notice))
}

impl IncidentView {
    /// Shows a notice among words in the language of `ui`.
    pub(crate) fn new(ui: &UiText, notice: Notice) -> Self {
        let word = match notice.severity {
            IncidentSeverity::Notice => ui.incident_notice,
            IncidentSeverity::Degraded => ui.incident_degraded,
            IncidentSeverity::Outage => ui.incident_outage,
        };
        IncidentView { class: notice.severity.as_str(), word, text: notice.text, url: notice.url }
    }
}

/// Returns the ways to reach a person.
pub(crate) fn support(reader: &Reader) -> Vec<Link> {
    let site = reader.site();
    let link = |s: &crate::kb::SupportLink| {
        let label = s.label.get(&reader.locale, &site.default_locale)?.to_owned();
        let url = match s.url.strip_prefix("article:") {
            Some(id) => reader.article(&id.parse().ok()?).map(|a| reader.article_url(&a.id))?,
            None => s.url.clone(),
        };
        // The content room has checked it; a page must not depend on that to be safe.
        let sound = ["https://", "http://", "mailto:", "tel:", "/"].iter().any(|p| url.starts_with(p));
        sound.then_some(Link { label, url })
    };
    site.support.iter().filter_map(link).collect()
}

/// Returns the categories that have something to read.
pub(crate) fn categories(reader: &Reader) -> Vec<CategoryCard> {
    let card = |c: crate::kb::CategoryView| CategoryCard {
        icon: Icon::named(if c.icon.is_empty() { &c.id } else { &c.icon }),
        count: (reader.ui.article_count)(c.articles),
        url: reader.url(&format!("/categories/{}", encode(&c.id))),
        id: c.id,
        name: c.name,
        summary: c.summary,
    };
    reader.snapshot.categories(&reader.locale, Viewer::Public).into_iter().map(card).collect()
}

/// Returns what the home page and an empty result offer first: the site's choice, else each category's first article.
pub(crate) fn popular(reader: &Reader) -> Vec<ArticleCard> {
    let snapshot: &Snapshot = &reader.snapshot;
    let chosen: Vec<_> = snapshot.site().popular.iter().filter_map(|id| reader.article(id)).collect();
    let articles = if chosen.is_empty() {
        let categories = snapshot.categories(&reader.locale, Viewer::Public);
        let first = |c: &crate::kb::CategoryView| {
            snapshot.articles_in(&c.id, &reader.locale, Viewer::Public).into_iter().next()
        };
        categories.iter().filter_map(first).collect()
    } else {
        chosen
    };
    articles.into_iter().take(8).map(|a| card(reader, a)).collect()
}

/// Shows an article in a list.
pub(crate) fn card(reader: &Reader, article: &crate::kb::Article) -> ArticleCard {
    ArticleCard {
        url: reader.article_url(&article.id),
        id: article.id.clone(),
        title: article.title.clone(),
        summary: article.summary.clone(),
        codes: article.codes.clone(),
        other_lang: (article.locale != reader.locale).then(|| article.locale.to_string()),
    }
}
