//! An article on its way from another system into ours.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::base::{ArticleId, Locale};
use crate::text::script::is_han;

/// An article as another system had it, its body in Markdown already.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// What it was called there: an id or a path, by which others link to it.
    pub origin: String,
    /// Its language; none where the source does not say.
    pub locale: Option<Locale>,
    /// The category's name as people read it.
    pub category: String,
    /// What its file is to be called; made of the title where it is empty.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its short answer; made of the first sentences where it is empty.
    pub summary: String,
    /// Ways of asking for it.
    pub questions: Vec<String>,
    /// Search words.
    pub keywords: Vec<String>,
    /// Error codes.
    pub codes: Vec<String>,
    /// On-screen messages.
    pub messages: Vec<String>,
    /// Whether only agents may see it.
    pub internal: bool,
    /// When it was changed.
    pub updated: Option<Date>,
    /// Its body.
    pub body: String,
    /// What was noticed while it was read.
    pub notes: Vec<String>,
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file that was written, or the place in the source where nothing was.
    pub place: String,
    /// One sentence.
    pub what: String,
}

/// The longest name of a file or folder, in characters.
const LONGEST_SLUG: usize = 60;

/// Makes a name for files and addresses: letters and digits in lower case, everything else a hyphen.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
            length += 1;
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
            length += 1;
        }
        if length >= LONGEST_SLUG {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

impl Draft {
    /// Returns the language that the text is in, as far as its script tells: Chinese where a fifth of it is ideographs.
    #[must_use]
    pub fn language(&self) -> Locale {
        let text = || self.title.chars().chain(self.body.chars()).filter(|c| c.is_alphabetic());
        let (han, all) = (text().filter(|c| is_han(*c)).count(), text().count());
        let tag = if han * 5 >= all.max(1) { "zh-CN" } else { "en" };
        tag.parse().expect("both are language tags")
    }
}

/// Gives each draft an id that no other of its locale has. Drafts of one origin and slug in several locales share theirs.
#[must_use]
pub(crate) fn name(drafts: &[Draft], locales: &[Locale]) -> Vec<ArticleId> {
    let mut taken: HashMap<(Locale, String), usize> = HashMap::new();
    let mut of_origin: HashMap<&str, ArticleId> = HashMap::new();
    let mut out = Vec::with_capacity(drafts.len());
    for (draft, locale) in drafts.iter().zip(locales) {
        let or = |made: String, usual: &str| if made.is_empty() { usual.to_owned() } else { made };
        let category = or(slug(&draft.category), "general");
        let wanted = or(slug(if draft.slug.is_empty() { &draft.title } else { &draft.slug }), "article");
        let shared = of_origin.get(draft.origin.as_str()).filter(|_| !draft.origin.is_empty()).cloned();
        let free = |id: &ArticleId, taken: &HashMap<(Locale, String), usize>| {
            !taken.contains_key(&(locale.clone(), id.as_str().to_owned()))
        };
        let id = shared.filter(|id| free(id, &taken)).unwrap_or_else(|| {
            let numbered = |n: usize| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") };
            (1..)
                .filter_map(|n| ArticleId::new(&category, &numbered(n)).ok())
                .find(|id| free(id, &taken))
                .expect("some number is free, and a slug makes an id")
        });
        taken.insert((locale.clone(), id.as_str().to_owned()), out.len());
        of_origin.entry(&draft.origin).or_insert_with(|| id.clone());
        out.push(id);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_slugs_in_any_script() {
        for (text, expected) in [
            ("How do I pay?", "how-do-i-pay"),
            ("  --", ""),
            ("找回密码（忘记）", "找回密码-忘记"),
            ("E-1101: No network", "e-1101-no-network"),
            ("../../etc/passwd", "etc-passwd"),
        ] {
            assert_eq!(slug(text), expected);
            assert!(expected.is_empty() || crate::base::id::is_slug(expected), "{expected}");
        }
        assert_eq!(slug(&"a".repeat(500)).len(), LONGEST_SLUG);
    }

    #[test]
    fn the_same_title_twice_gets_two_names_and_a_translation_shares_one() {
        let draft =
            |origin: &str, title: &str| Draft { origin: origin.into(), title: title.into(), ..Draft::default() };
        let drafts = [draft("1", "Fees"), draft("2", "Fees"), draft("1", "费用")];
        let locale = |tag: &str| tag.parse::<Locale>().unwrap();
        let ids = name(&drafts, &[locale("en"), locale("en"), locale("zh-CN")]);
        let ids: Vec<&str> = ids.iter().map(ArticleId::as_str).collect();
        assert_eq!(ids, ["general/fees", "general/fees-2", "general/fees"]);
    }
}
