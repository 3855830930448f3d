//! What only the whole content can show: links to headings that are not there, articles without a translation.

use std::collections::{HashMap, HashSet};

use crate::base::{ArticleId, Locale};
use crate::content::load::Draft;
use crate::content::walk::Inventory;
use crate::content::{Article, Audience, Problem, Site};

/// Checks the articles against each other.
pub(crate) fn across(drafts: &[Draft], site: &Site, inventory: &Inventory, problems: &mut Vec<Problem>) {
    let by_name: HashMap<(&Locale, &ArticleId), &Article> =
        drafts.iter().map(|d| ((&d.article.locale, &d.article.id), &d.article)).collect();
    let internal: HashSet<&ArticleId> =
        drafts.iter().filter(|d| d.article.audience == Audience::Agent).map(|d| &d.article.id).collect();
    for draft in drafts {
        let article = &draft.article;
        related(draft, inventory, problems);
        for place in &draft.places {
            let mut warn = |message: String| problems.push(Problem::warning(&article.file, Some(place.line), message));
            let (target, id) = (&place.value, &place.value.id);
            if article.audience == Audience::Public && internal.contains(id) {
                warn(format!(
                    "customers read this, but `{id}` is for agents: the link tells them of it and leads nowhere"
                ));
            }
            let Some(anchor) = &target.anchor else { continue };
            // A file that could not be read has its own problem, and a missing translation its own warning.
            let Some(to) = by_name.get(&(&target.locale, id)) else { continue };
            if !to.headings.iter().any(|h| h.anchor == *anchor) {
                let known: Vec<String> = to.headings.iter().map(|h| format!("#{}", h.anchor)).collect();
                let known = if known.is_empty() { "it has no headings".to_owned() } else { known.join(", ") };
                warn(format!("{} has no heading `#{anchor}`: {known}", to.file.display()));
            }
        }
    }
    messages(drafts, problems);
    aliases(drafts, inventory, problems);
    translations(drafts, site, inventory, problems);
}

/// Reports on-screen messages that two articles claim: whoever sends one gets the first.
fn messages(drafts: &[Draft], problems: &mut Vec<Problem>) {
    let mut owners: HashMap<(&Locale, &str), &Article> = HashMap::new();
    for Draft { article, .. } in drafts {
        for message in &article.messages {
            let first = owners.entry((&article.locale, message)).or_insert(article);
            if first.id != article.id {
                let other = first.file.display();
                let message = format!("the message “{message}” is claimed by {other} too; take it out of one");
                problems.push(Problem::warning(&article.file, None, message));
            }
        }
    }
}

/// Reports former names that are somebody's name today, or were two articles': nobody could tell where they lead. An
/// alias is never an article, so that no alias leads to another and there is no way round in circles.
fn aliases(drafts: &[Draft], inventory: &Inventory, problems: &mut Vec<Problem>) {
    let mut owners: HashMap<&ArticleId, &Article> = HashMap::new();
    for Draft { article, aliases, .. } in drafts {
        for alias in aliases {
            let id = &alias.value;
            let message = if *id == article.id {
                format!("`{id}` is this article's name today; `aliases` holds the names that it had before")
            } else if inventory.has(id) {
                format!("`{id}` is an article, so that no alias can lead away from it; take it out of `aliases`")
            } else {
                let first = owners.entry(id).or_insert(article);
                if first.id == article.id {
                    continue;
                }
                format!("the alias `{id}` is claimed by {} too; take it out of one", first.file.display())
            };
            problems.push(Problem::error(&article.file, Some(alias.line), message));
        }
    }
}

fn related(draft: &Draft, inventory: &Inventory, problems: &mut Vec<Problem>) {
    let file = &draft.article.file;
    for id in &draft.related {
        if id.value == draft.article.id {
            let message = "an article is not related to itself; take it out of `related`";
            problems.push(Problem::warning(file, Some(id.line), message));
        } else if !inventory.has(&id.value) {
            problems.push(Problem::error(file, Some(id.line), inventory.missing(&id.value, "related")));
        }
    }
}

fn translations(drafts: &[Draft], site: &Site, inventory: &Inventory, problems: &mut Vec<Problem>) {
    let mut audiences: HashMap<&ArticleId, &Article> = HashMap::new();
    for Draft { article, .. } in drafts {
        match audiences.get(&article.id) {
            None => {
                audiences.insert(&article.id, article);
                let have = inventory.locales_of(&article.id);
                for locale in site.locales.iter().filter(|l| !have.contains(l)) {
                    let message = format!(
                        "`{}` has no translation into `{locale}`; its readers get `{}`",
                        article.id, article.locale
                    );
                    problems.push(Problem::warning(&article.file, None, message));
                }
            }
            Some(first) if first.audience != article.audience => {
                let message = format!(
                    "`audience` differs from {}: one translation is for agents and the other for everybody; make them the \
                     same",
                    first.file.display()
                );
                problems.push(Problem::warning(&article.file, None, message));
            }
            Some(_) => {}
        }
    }
}
