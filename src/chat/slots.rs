//! The slots that a message fills, and the texts that repeat them.

use std::rc::Rc;

use crate::base::Localized;
use crate::chat::message::{Look, Message};
use crate::kb::{Formula, SlotKind};
use crate::text::redact::SecretKind;
use crate::text::slots::{Date, Quantity, SlotValue, Unit, find};

/// One slot that is filled.
#[derive(Debug, Clone)]
pub(crate) struct Filled {
    pub(crate) kind: SlotKind,
    /// The customer's words for it.
    pub(crate) text: String,
    value: Value,
}

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

    /// Works out a rule's formulas; none when one cannot be.
    pub(crate) fn compute<'f>(&self, formulas: &'f [(String, Formula)]) -> Option<Vec<(&'f str, Quantity)>> {
        let mut results: Vec<(&str, Quantity)> = Vec::with_capacity(formulas.len());
        for (name, formula) in formulas {
            let known = |wanted: &str| {
                let computed = results.iter().find(|(name, _)| *name == wanted).map(|(_, q)| *q);
                computed.or_else(|| self.quantity(wanted))
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

    /// Puts slots and results in the place of their names in a text.
    pub(crate) fn told(&self, text: &str, slots: &[&SlotKind], results: &[(&str, Quantity)]) -> String {
        let chinese = self.message.locale.is_chinese();
        let mut told = text.to_owned();
        for (name, quantity) in results {
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

/// Looks for every slot. Of several amounts the first with a currency counts, of the others the first.
fn fill(message: &Message<'_>, look: &Look) -> Vec<Filled> {
    let mut filled: Vec<Filled> = Vec::new();
    let mut add = |kind: SlotKind, text: String, value: Value| {
        let money = |value: &Value| matches!(value, Value::Quantity(Quantity { unit: Unit::Money(_), .. }));
        match filled.iter_mut().find(|f| f.kind == kind) {
            None => filled.push(Filled { kind, text, value }),
            Some(other) if money(&value) && !money(&other.value) => *other = Filled { kind, text, value },
            Some(_) => {}
        }
    };
    let codes = message.snapshot.find_codes(message.text);
    for slot in find(message.text) {
        match slot.value {
            // What is spelt with a space is still a code: “E 1101”.
            SlotValue::Amount(q) if q.unit == Unit::None && codes.iter().any(|c| c.code.ends_with(&slot.text)) => {}
            SlotValue::Amount(quantity) => add(SlotKind::Amount, slot.text, Value::Quantity(quantity)),
            SlotValue::Percentage(quantity) => add(SlotKind::Percentage, slot.text, Value::Quantity(quantity)),
            SlotValue::Date(date) => add(SlotKind::Date, slot.text, Value::Date(date)),
        }
    }
    for code in codes.iter().filter(|c| c.record.is_some()) {
        add(SlotKind::Code, code.code.clone(), Value::Verbatim);
    }
    if message.redacted.found().contains(&SecretKind::Phone) {
        add(SlotKind::Phone, SecretKind::Phone.placeholder().to_owned(), Value::Verbatim);
    }
    for concept in message.snapshot.concepts() {
        let said = concept.values.iter().flat_map(|v| v.words().map(move |word| (v, word)));
        let best = said.filter(|(_, word)| look.text.has(word)).max_by_key(|(_, word)| word.chars().count());
        if let Some((value, word)) = best {
            let label = Value::Label(value.label.clone());
            add(SlotKind::Concept(concept.id.clone()), word.to_owned(), label);
        }
    }
    filled
}
