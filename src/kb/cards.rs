//! What a search asks of each hit, close together.

use std::collections::HashMap;

use crate::base::Locale;
use crate::content::{Article, Audience};

/// What of an article a search asks for each hit, close together: an article itself is spread over many cache lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Card {
    /// The locale's place in [`Cards::locales`].
    pub(crate) locale: u32,
    /// The category's place in [`Cards::categories`].
    pub(crate) category: u32,
    pub(crate) public: bool,
    /// The day of its last change, counted from a day long ago; the least number where none is given.
    pub(crate) updated: i32,
}

/// Every article's card, in the order of the articles.
#[derive(Debug, Default)]
pub(crate) struct Cards {
    pub(crate) locales: Vec<Locale>,
    pub(crate) categories: Vec<String>,
    pub(crate) cards: Vec<Card>,
}

impl Cards {
    pub(crate) fn of(articles: &[Article]) -> Self {
        let mut cards = Cards::default();
        let (mut locales, mut categories) = (HashMap::new(), HashMap::new());
        for article in articles {
            let next = locales.len() as u32;
            let locale = *locales.entry(&article.locale).or_insert_with(|| {
                cards.locales.push(article.locale.clone());
                next
            });
            let next = categories.len() as u32;
            let category = *categories.entry(article.id.category()).or_insert_with(|| {
                cards.categories.push(article.id.category().to_owned());
                next
            });
            let public = article.audience == Audience::Public;
            let updated = article.updated.map_or(i32::MIN, |day| {
                // Good enough to be compared: every month has 31 days.
                (i32::from(day.year()) * 12 + i32::from(day.month())) * 31 + i32::from(day.day())
            });
            cards.cards.push(Card { locale, category, public, updated });
        }
        cards
    }
}
