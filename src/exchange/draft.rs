//! An article on its way from another system into ours.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use jiff::civil::Date;
use url::Url;

use crate::base::{ArticleId, Locale};
use crate::exchange::source::Form;
use crate::text::script::is_han;

/// A file of the source that a page links or shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// The link as the page has it.
    pub written: String,
    /// Where the file lies.
    pub path: PathBuf,
    /// What it is called below the folder to which files are copied.
    pub name: String,
}

/// An article as another system had it, its body in Markdown already.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// Where it comes from, which tells how links are to be read.
    pub form: Form,
    /// What it was called there: an id or a path, by which others link to it.
    pub origin: String,
    /// Other names by which others link to it.
    pub also: Vec<String>,
    /// The id that it had with us; kept if it is free.
    pub id: Option<ArticleId>,
    /// The page's address there, which completes links and pictures.
    pub address: Option<Url>,
    /// Its language; none where the source does not say.
    pub locale: Option<Locale>,
    /// The category's name as people read it.
    pub category: String,
    /// What the category is called in every language of the source: one folder serves all of them.
    pub category_key: String,
    /// What its file is to be called; made of the title where it is empty.
    pub slug: String,
    /// Its title; made of the body where it is empty.
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
    /// Where to go on: names as in `origin`.
    pub related: Vec<String>,
    /// Ids that it had before.
    pub aliases: Vec<String>,
    /// Whether only agents may see it.
    pub internal: bool,
    /// Whether a wrong answer from it costs customers money.
    pub money_at_risk: bool,
    /// When it was changed.
    pub updated: Option<Date>,
    /// Its body.
    pub body: String,
    /// The files beside it that it links or shows.
    pub files: Vec<LocalFile>,
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

/// The longest id that is kept as it is, in bytes: half of it is a file's name, and some systems take 255.
const LONGEST_ID: usize = 240;

/// Gives each draft an id that no other of its locale has. Drafts of one origin in several locales share theirs.
///
/// Folder and file are the same in every language, so that of several languages' names one is taken that reads in an
/// address: one in Latin letters, if there is any.
#[must_use]
pub(crate) fn name(drafts: &[Draft], locales: &[Locale]) -> Vec<ArticleId> {
    let mut categories: HashMap<&str, String> = HashMap::new();
    let mut slugs: HashMap<&str, String> = HashMap::new();
    for draft in drafts {
        prefer(&mut categories, category_key(draft), &draft.category);
        if !draft.origin.is_empty() {
            prefer(&mut slugs, &draft.origin, own_slug(draft));
        }
    }
    let mut taken: HashSet<(&Locale, ArticleId)> = HashSet::new();
    let mut next: HashMap<(&Locale, String, String), usize> = HashMap::new();
    let mut of_origin: HashMap<&str, ArticleId> = HashMap::new();
    let mut out = Vec::with_capacity(drafts.len());
    for (draft, locale) in drafts.iter().zip(locales) {
        let or = |made: Option<String>, usual: &str| made.filter(|m| !m.is_empty()).unwrap_or_else(|| usual.to_owned());
        let category = or(categories.get(category_key(draft)).cloned(), "general");
        let wanted = slugs.get(draft.origin.as_str()).cloned().unwrap_or_else(|| slug(own_slug(draft)));
        let wanted = match or(Some(wanted), "article") {
            // A README is passed over in a content folder.
            readme if readme == "readme" => "read-me".to_owned(),
            wanted => wanted,
        };
        let same = of_origin.get(draft.origin.as_str()).filter(|_| !draft.origin.is_empty()).cloned();
        let kept = draft.id.clone().filter(|id| id.as_str().len() <= LONGEST_ID && id.slug() != "readme");
        let known = [kept, same].into_iter().flatten().find(|id| !taken.contains(&(locale, id.clone())));
        let id = known.unwrap_or_else(|| {
            let number = next.entry((locale, category.clone(), wanted.clone())).or_insert(1);
            loop {
                let numbered = if *number == 1 { wanted.clone() } else { format!("{wanted}-{number}") };
                *number += 1;
                let id = ArticleId::new(&category, &numbered).expect("two slugs make an id");
                if !taken.contains(&(locale, id.clone())) {
                    break id;
                }
            }
        });
        taken.insert((locale, id.clone()));
        of_origin.entry(&draft.origin).or_insert_with(|| id.clone());
        out.push(id);
    }
    out
}

/// Tells what a category is called in every language.
fn category_key(draft: &Draft) -> &str {
    if draft.category_key.is_empty() { &draft.category } else { &draft.category_key }
}

fn own_slug(draft: &Draft) -> &str {
    if draft.slug.is_empty() { &draft.title } else { &draft.slug }
}

/// Keeps the first name of a thing, but for one in Latin letters that comes after one in others.
fn prefer<'a>(names: &mut HashMap<&'a str, String>, key: &'a str, name: &str) {
    let made = slug(name);
    let kept = names.entry(key).or_default();
    if kept.is_empty() || (!kept.is_ascii() && made.is_ascii() && !made.is_empty()) {
        *kept = made;
    }
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

    #[test]
    fn one_folder_and_one_file_serve_all_languages() {
        let draft = |locale: &str, category: &str, title: &str| Draft {
            origin: "7".into(),
            locale: locale.parse().ok(),
            category: category.into(),
            category_key: "section 1".into(),
            title: title.into(),
            ..Draft::default()
        };
        let drafts = [draft("zh-CN", "账单", "费用"), draft("en-US", "Billing", "Fees")];
        let locales: Vec<Locale> = drafts.iter().filter_map(|d| d.locale.clone()).collect();
        assert!(name(&drafts, &locales).iter().all(|id| id.as_str() == "billing/fees"));
    }

    #[test]
    fn ids_of_ours_are_kept_and_no_file_is_called_readme() {
        let draft = |id: &str, title: &str| Draft { id: id.parse().ok(), title: title.into(), ..Draft::default() };
        let drafts = [draft("errors/E_1.2", "x"), draft("", "README"), draft("errors/E_1.2", "x")];
        let en: Locale = "en".parse().unwrap();
        let ids = name(&drafts, &[en.clone(), en.clone(), en]);
        let ids: Vec<&str> = ids.iter().map(ArticleId::as_str).collect();
        assert_eq!(ids, ["errors/E_1.2", "general/read-me", "general/x"]);
    }
}
