//! The slots that a message fills, and the texts that repeat them.

use std::borrow::Cow;
use std::rc::Rc;

use crate::base::Localized;
use crate::chat::message::{Look, Message};
use crate::kb::codes::FoundCode;
use crate::kb::{Formula, SlotKind};
use crate::model::Dialogue;
use crate::text::redact::SecretKind;
use crate::text::slots::{Date, Quantity, Slot, SlotValue, Unit, find};

/// One slot that is filled.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub(crate) kind: SlotKind,
    /// The customer's words for it.
    pub(crate) text: String,
    value: Value,
    /// The amounts that are told together with it, and their words: “100、200、300”.
    others: Vec<(String, Quantity)>,
}

/// Of several amounts so many are worked out.
const MOST_AMOUNTS: usize = 5;

#[derive(Debug, Clone)]
enum Value {
    Quantity(Quantity),
    Date(Date),
    Label(Localized),
    Verbatim,
}

/// A message's slots; looked for when the first rule asks.
pub(crate) struct Slots<'m, 'a> {
    message: &'m Message<'a>,
    look: Rc<Look>,
}

impl<'m, 'a> Slots<'m, 'a> {
    pub(crate) fn of(message: &'m Message<'a>) -> Self {
        Slots { message, look: message.look() }
    }

    /// Returns what fills a slot.
    pub(crate) fn get(&self, kind: &SlotKind) -> Option<&Filled> {
        self.look.slots.get_or_init(|| fill(self.message, &self.look)).iter().find(|f| f.kind == *kind)
    }

    /// Works out a rule's formulas for each amount that the message tells; none when one cannot be.
    pub(crate) fn compute<'f>(&self, formulas: &'f [(String, Formula)]) -> Option<Vec<Worked<'f>>> {
        let of_amount = formulas.iter().any(|(_, formula)| formula.names().contains(&SlotKind::Amount.name()));
        let amount = if of_amount { self.get(&SlotKind::Amount) } else { None };
        let amounts = amount.map(Filled::quantities).unwrap_or_default();
        if amounts.len() < 2 {
            return Some(vec![Worked { amount: None, results: self.results(formulas, None)? }]);
        }
        let worked = amounts
            .into_iter()
            .map(|amount| Some(Worked { amount: Some(amount), results: self.results(formulas, Some(amount))? }));
        worked.collect()
    }

    fn results<'f>(
        &self,
        formulas: &'f [(String, Formula)],
        amount: Option<Quantity>,
    ) -> Option<Vec<(&'f str, Quantity)>> {
        let mut results: Vec<(&str, Quantity)> = Vec::with_capacity(formulas.len());
        for (name, formula) in formulas {
            let known = |wanted: &str| {
                let computed = results.iter().find(|(name, _)| *name == wanted).map(|(_, q)| *q);
                let amount = amount.filter(|_| wanted == SlotKind::Amount.name());
                computed.or(amount).or_else(|| self.quantity(wanted))
            };
            let result = formula.result(&known)?;
            results.push((name, result));
        }
        Some(results)
    }

    fn quantity(&self, name: &str) -> Option<Quantity> {
        [SlotKind::Amount, SlotKind::Percentage].iter().filter(|kind| kind.name() == name).find_map(|kind| {
            match self.get(kind)?.value {
                Value::Quantity(quantity) => Some(quantity),
                _ => None,
            }
        })
    }

    /// Puts slots and results in the place of their names in a text. Where several amounts were worked out, each has its
    /// paragraph, and the sentences that are the same for all come last.
    pub(crate) fn told(&self, text: &str, slots: &[&SlotKind], worked: &[Worked<'_>]) -> Vec<String> {
        let Some((first, [_, ..])) = worked.split_first() else {
            return worked.iter().map(|one| self.filled_in(text, slots, one)).collect();
        };
        let results = worked.iter().flat_map(|w| w.results.iter().zip(&first.results));
        let own = results.filter(|(one, first)| one != first).map(|((name, _), _)| *name);
        let own: Vec<String> = own.chain([SlotKind::Amount.name()]).map(|name| format!("{{{name}}}")).collect();
        let differs = |sentence: &&str| own.iter().any(|name| sentence.contains(name));
        let (own, same): (Vec<&str>, Vec<&str>) = sentences(text).into_iter().partition(differs);
        let own = own.concat();
        let mut paragraphs: Vec<String> =
            worked.iter().map(|w| self.filled_in(own.trim(), slots, w)).filter(|p| !p.is_empty()).collect();
        let same = same.concat();
        if !same.trim().is_empty() {
            paragraphs.push(self.filled_in(same.trim(), slots, first));
        }
        paragraphs
    }

    fn filled_in(&self, text: &str, slots: &[&SlotKind], worked: &Worked<'_>) -> String {
        let chinese = self.message.locale.is_chinese();
        let mut told = text.to_owned();
        let amount = worked.amount.map(|amount| (SlotKind::Amount.name(), amount));
        for (name, quantity) in worked.results.iter().copied().chain(amount) {
            told = told.replace(&format!("{{{name}}}"), &quantity.shown(chinese));
        }
        for kind in slots {
            if let Some(filled) = self.get(kind) {
                told = told.replace(&format!("{{{}}}", kind.name()), &self.shown(filled));
            }
        }
        told
    }

    fn shown(&self, filled: &Filled) -> String {
        let chinese = self.message.locale.is_chinese();
        match &filled.value {
            Value::Quantity(quantity) => quantity.shown(chinese),
            Value::Date(date) => date.shown(chinese),
            Value::Label(label) => {
                let default = &self.message.snapshot.site().default_locale;
                label.get(self.message.locale, default).unwrap_or(&filled.text).to_owned()
            }
            Value::Verbatim => filled.text.clone(),
        }
    }
}

/// What a rule's formulas come to for one amount.
#[derive(Debug)]
pub(crate) struct Worked<'f> {
    /// The amount, where the message tells several.
    amount: Option<Quantity>,
    results: Vec<(&'f str, Quantity)>,
}

impl Filled {
    fn of(kind: SlotKind, text: String, value: Value) -> Self {
        Filled { kind, text, value, others: Vec::new() }
    }

    /// The customer's words for it and for what is told together with it.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.text.as_str()).chain(self.others.iter().map(|(text, _)| text.as_str()))
    }

    /// Its quantities in the order of the message, each once.
    fn quantities(&self) -> Vec<Quantity> {
        let Value::Quantity(first) = self.value else { return Vec::new() };
        let mut out = vec![first];
        for (_, other) in &self.others {
            if !out.contains(other) && out.len() < MOST_AMOUNTS {
                out.push(*other);
            }
        }
        out
    }
}

/// Cuts a text behind its full stops.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.char_indices().find_map(|(at, c)| {
        let end = at + c.len_utf8();
        let stops = c == '。' || matches!(c, '.' | '!' | '?') && rest[end..].starts_with(' ');
        stops.then_some(end)
    }) {
        let (sentence, after) = rest.split_at(end);
        out.push(sentence);
        rest = after;
    }
    out.push(rest);
    out
}

/// Looks for every slot.
fn fill(message: &Message<'_>, look: &Look) -> Vec<Filled> {
    let codes = message.snapshot.find_codes(message.text);
    let slots = slots_beside(message, &codes);
    let mut filled = quantities(message, &slots);
    if let Some((slot, date)) = slots.iter().find_map(|slot| match slot.value {
        SlotValue::Date(date) => Some((slot, date)),
        _ => None,
    }) {
        filled.push(Filled::of(SlotKind::Date, slot.text.clone(), Value::Date(date)));
    }
    if let Some(code) = codes.iter().find(|c| c.record.is_some()) {
        filled.push(Filled::of(SlotKind::Code, code.code.clone(), Value::Verbatim));
    }
    if message.redacted.found().contains(&SecretKind::Phone) {
        let placeholder = SecretKind::Phone.placeholder().to_owned();
        filled.push(Filled::of(SlotKind::Phone, placeholder, Value::Verbatim));
    }
    for concept in message.snapshot.concepts() {
        let said = concept.values.iter().flat_map(|v| v.words().map(move |word| (v, word)));
        let best = said.filter(|(_, word)| look.text.has(word)).max_by_key(|(_, word)| word.chars().count());
        let kind = SlotKind::Concept(concept.id.clone());
        if let Some((value, word)) = best.filter(|_| filled.iter().all(|f| f.kind != kind)) {
            filled.push(Filled::of(kind, word.to_owned(), Value::Label(value.label.clone())));
        }
    }
    filled
}

/// Finds what is told in numbers, beside the codes. What is spelt with a space is still a code: “E 1101”.
fn slots_beside(message: &Message<'_>, codes: &[FoundCode]) -> Vec<Slot> {
    let mut slots = find(message.text);
    slots.retain(|slot| {
        let bare = matches!(slot.value, SlotValue::Amount(q) if q.unit == Unit::None);
        !(bare && codes.iter().any(|c| c.code.ends_with(&slot.text)))
    });
    slots
}

/// Returns the percentage and the amount, those included that the message leaves to what was told before. Of several amounts
/// the first with a currency counts, of the others the first, each with those that are told together with it. Percentages
/// that differ are no one percentage: “0.5%到2%”.
fn quantities(message: &Message<'_>, slots: &[Slot]) -> Vec<Filled> {
    let mut filled: Vec<Filled> = Vec::new();
    let shares: Vec<&Slot> = slots.iter().filter(|s| matches!(s.value, SlotValue::Percentage(_))).collect();
    if let Some((first, rest)) = shares.split_first()
        && rest.iter().all(|slot| slot.value == first.value)
        && let SlotValue::Percentage(quantity) = first.value
    {
        filled.push(Filled::of(SlotKind::Percentage, first.text.clone(), Value::Quantity(quantity)));
    }
    filled.extend(amounts(slots));
    recall(message, &mut filled, !shares.is_empty());
    filled
}

/// Adds what the customer told of the same article before, where it goes with what is told now: a rate with an amount, and an
/// amount with a rate.
fn recall(message: &Message<'_>, filled: &mut Vec<Filled>, has_shares: bool) {
    let has = |wanted: &SlotKind| filled.iter().any(|f| f.kind == *wanted);
    let told = match (has(&SlotKind::Amount), has(&SlotKind::Percentage)) {
        (true, false) if !has_shares => message.dialogue.rate.as_deref(),
        (false, true) => message.dialogue.amount.as_deref(),
        _ => None,
    };
    let slots = told.map(find).unwrap_or_default();
    filled.extend(slots.into_iter().next().and_then(|slot| match slot.value {
        SlotValue::Percentage(rate) => Some(Filled::of(SlotKind::Percentage, slot.text, Value::Quantity(rate))),
        SlotValue::Amount(amount) => Some(Filled::of(SlotKind::Amount, slot.text, Value::Quantity(amount))),
        SlotValue::Date(_) => None,
    }));
}

/// Keeps the rate and the amount that a message tells; those from before as long as the same article is talked about.
pub(crate) fn remember(message: &Message<'_>, next: &mut Dialogue) {
    let look = message.look();
    // Where no rule has asked for slots, these alone are worth looking for.
    let found = || quantities(message, &slots_beside(message, &message.snapshot.find_codes(message.text)));
    let filled = look.slots.get().map_or_else(|| Cow::Owned(found()), |filled| Cow::Borrowed(filled.as_slice()));
    let told = |kind: &SlotKind| filled.iter().find(|f| f.kind == *kind).map(|f| f.text.clone());
    next.rate = told(&SlotKind::Percentage);
    next.amount = told(&SlotKind::Amount);
    if next.topic == message.dialogue.topic {
        next.rate = next.rate.take().or_else(|| message.dialogue.rate.clone());
        next.amount = next.amount.take().or_else(|| message.dialogue.amount.clone());
    }
}

/// Returns the amount that counts, with those that are told together with it.
fn amounts(slots: &[Slot]) -> Option<Filled> {
    let quantity = |slot: &Slot| match slot.value {
        SlotValue::Amount(quantity) => Some(quantity),
        _ => None,
    };
    let of_money = |slot: &&Slot| quantity(slot).is_some_and(|q| matches!(q.unit, Unit::Money(_)));
    let first = slots.iter().position(|slot| of_money(&slot));
    let first = first.or_else(|| slots.iter().position(|slot| quantity(slot).is_some()))?;
    let told = &slots[first];
    let joined = slots[first + 1..].iter().take_while(|slot| slot.joined);
    Some(Filled {
        kind: SlotKind::Amount,
        text: told.text.clone(),
        value: Value::Quantity(quantity(told)?),
        others: joined.filter_map(|slot| Some((slot.text.clone(), quantity(slot)?))).collect(),
    })
}
