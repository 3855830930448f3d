//! From a draft to the reply that the customer reads: paragraphs, sources, quick replies.

use crate::base::SafeHtml;
use crate::chat::message::{Cited, Draft, Message};
use crate::chat::wording::{self, Wording};
use crate::model::{QuickReply, Reply, ReplyKind, Source, Turn};
use crate::text::redact::SecretKind;

/// Puts a draft into words.
pub(crate) fn compose(message: &Message<'_>, draft: &Draft) -> Reply {
    let words = wording::of(message.locale);
    let mut paragraphs = Vec::new();
    if let Some(warning) = secret_warning(message, words) {
        paragraphs.push(warning);
    }
    if draft.outcome_unknown {
        paragraphs.push(words.check_record_first.to_owned());
    }
    if draft.paragraphs.is_empty() {
        paragraphs.extend(draft.cited.first().map(|c| message.snapshot.articles()[c.ordinal].summary.clone()));
    } else {
        paragraphs.extend(draft.paragraphs.iter().cloned());
    }
    if !draft.alternatives.is_empty() {
        paragraphs.push(words.if_another.to_owned());
    }
    paragraphs.extend(private_notice(message, words));
    let text = paragraphs.join("\n\n");
    let html = paragraphs.iter().map(|p| format!("<p>{}</p>", SafeHtml::escape(p))).collect();
    let sources = draft.cited.iter().map(|c| source(message, c)).collect();
    Reply { kind: draft.kind, text, html, sources, quick_replies: quick_replies(message, draft, words) }
}

/// Tells a customer before the reply that their conversation is forgotten, so that what they said before has to be said again.
pub fn say_restarted(turn: &mut Turn) {
    let told = wording::of(&turn.locale).restarted;
    turn.reply.text.insert_str(0, &format!("{told}\n\n"));
    turn.reply.html.insert_str(0, &format!("<p>{}</p>", SafeHtml::escape(told)));
}

fn source(message: &Message<'_>, cited: &Cited) -> Source {
    let article = &message.snapshot.articles()[cited.ordinal];
    let mut url = article.url();
    if let Some(anchor) = cited.anchor(message.snapshot) {
        url.push('#');
        url.push_str(&anchor);
    }
    Source { id: article.id.clone(), title: article.title.clone(), url }
}

/// Returns the draft's own choices, what else may be meant, and always a person.
fn quick_replies(message: &Message<'_>, draft: &Draft, words: &Wording) -> Vec<QuickReply> {
    let mut out = draft.quick_replies.clone();
    out.extend(draft.alternatives.iter().map(|&ordinal| {
        let title = &message.snapshot.articles()[ordinal].title;
        QuickReply { label: title.clone(), message: title.clone() }
    }));
    let mut add = |label: &str| out.push(QuickReply { label: label.to_owned(), message: label.to_owned() });
    if draft.kind != ReplyKind::Handoff {
        add(words.person);
    }
    out
}

/// Returns the warning for a message that held something nobody may be told.
pub(crate) fn secret_warning(message: &Message<'_>, words: &Wording) -> Option<String> {
    found(message, words, SecretKind::is_secret).map(|names| (words.secret_removed)(&names))
}

/// Returns the notice for a message that held what is private though no secret: a phone number is less grave than a card,
/// so that it comes last and warns of nothing.
fn private_notice(message: &Message<'_>, words: &Wording) -> Option<String> {
    found(message, words, |kind| !kind.is_secret()).map(|names| (words.private_removed)(&names))
}

/// Names the kinds of private data that a message held, each once.
fn found(message: &Message<'_>, words: &Wording, wanted: impl Fn(SecretKind) -> bool) -> Option<String> {
    let mut kinds: Vec<SecretKind> = message.redacted.found().iter().copied().filter(|kind| wanted(*kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let names: Vec<&str> = kinds.into_iter().map(|kind| name(kind, words)).collect();
    (!names.is_empty()).then(|| words.list(&names))
}

fn name(kind: SecretKind, words: &Wording) -> &'static str {
    match kind {
        SecretKind::Card => words.card,
        SecretKind::Cvv => words.cvv,
        SecretKind::OneTimeCode => words.one_time_code,
        SecretKind::Password => words.password,
        SecretKind::IdNumber => words.id_number,
        SecretKind::BankAccount => words.bank_account,
        SecretKind::Phone => words.phone,
        SecretKind::Email => words.email,
    }
}
