//! What a rule works out from a customer's numbers: `amount * 0.5%`.
//!
//! Numbers, percentages, names, the four operations and brackets; exact to six decimal places. The names are a message's
//! slots and what the same rule worked out before.

use std::str::FromStr;

use crate::text::slots::{Decimal, Quantity, Unit};

/// How deep brackets may nest.
const MOST_DEPTH: usize = 16;

/// A formula as an author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub enum Formula {
    /// A number, with a percent sign or without a unit.
    Number(Quantity),
    /// Something that is known when the formula is worked out.
    Name(String),
    /// Two formulas and what is done with them.
    Operation(Box<Formula>, Operator, Box<Formula>),
}

/// What is done with two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// Says why a text is no formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFormula {
    /// Something else was expected.
    #[error("{expected} is expected at “{rest}”")]
    Unexpected {
        /// What would have fitted.
        expected: &'static str,
        /// What stands there.
        rest: String,
    },
    /// A number that is too long, or none.
    #[error("the number {0} cannot be read")]
    Number(String),
    /// Brackets in brackets in brackets.
    #[error("its brackets nest too deep")]
    Depth,
}

impl Formula {
    /// Returns the names that must be known, in the order in which they stand.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Formula::Number(_) => Vec::new(),
            Formula::Name(name) => vec![name],
            Formula::Operation(a, _, b) => a.names().into_iter().chain(b.names()).collect(),
        }
    }

    /// Works the formula out; none when a name is unknown, two units do not go together, or a number gets too large.
    #[must_use]
    pub fn result(&self, known: &dyn Fn(&str) -> Option<Quantity>) -> Option<Quantity> {
        match self {
            Formula::Number(quantity) => Some(*quantity),
            Formula::Name(name) => known(name),
            Formula::Operation(a, operator, b) => {
                let (a, b) = (a.result(known)?, b.result(known)?);
                let (number, unit) = match operator {
                    Operator::Plus => (a.number.plus(b.number)?, same(a.unit, b.unit)?),
                    Operator::Minus => (a.number.minus(b.number)?, same(a.unit, b.unit)?),
                    Operator::Times => (a.number.times(b.number)?, product(a.unit, b.unit)?),
                    Operator::Over => (a.number.over(b.number)?, quotient(a.unit, b.unit)?),
                };
                Some(Quantity { number, unit })
            }
        }
    }
}

/// Money and money, percent and percent; a bare number goes with each.
fn same(a: Unit, b: Unit) -> Option<Unit> {
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Unit::None, other) | (other, Unit::None) => Some(other),
        _ => None,
    }
}

/// A share of money is money.
fn product(a: Unit, b: Unit) -> Option<Unit> {
    match (a, b) {
        (Unit::Money(_), Unit::Money(_)) => None,
        (Unit::Money(m), _) | (_, Unit::Money(m)) => Some(Unit::Money(m)),
        _ => Some(Unit::None),
    }
}

fn quotient(a: Unit, b: Unit) -> Option<Unit> {
    match (a, b) {
        (a, b) if a == b => Some(Unit::None),
        (a, Unit::None) => Some(a),
        (Unit::Money(m), Unit::Percent) => Some(Unit::Money(m)),
        (Unit::None, Unit::Percent) => Some(Unit::None),
        _ => None,
    }
}

impl FromStr for Formula {
    type Err = NoFormula;

    fn from_str(text: &str) -> Result<Self, NoFormula> {
        let mut parser = Parser { rest: text };
        let formula = parser.sum(0)?;
        parser.skip_spaces();
        if parser.rest.is_empty() { Ok(formula) } else { Err(parser.unexpected("`+`, `-`, `*`, `/` or the end")) }
    }
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self, expected: &'static str) -> NoFormula {
        NoFormula::Unexpected { expected, rest: self.rest.chars().take(12).collect() }
    }

    fn operator(&mut self, operators: &[(char, Operator)]) -> Option<Operator> {
        self.skip_spaces();
        let (c, operator) = operators.iter().find(|(c, _)| self.rest.starts_with(*c))?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(*operator)
    }

    fn sum(&mut self, depth: usize) -> Result<Formula, NoFormula> {
        let mut sum = self.product(depth)?;
        while let Some(operator) = self.operator(&[('+', Operator::Plus), ('-', Operator::Minus)]) {
            sum = Formula::Operation(Box::new(sum), operator, Box::new(self.product(depth)?));
        }
        Ok(sum)
    }

    fn product(&mut self, depth: usize) -> Result<Formula, NoFormula> {
        let mut product = self.factor(depth)?;
        while let Some(operator) = self.operator(&[('*', Operator::Times), ('/', Operator::Over)]) {
            product = Formula::Operation(Box::new(product), operator, Box::new(self.factor(depth)?));
        }
        Ok(product)
    }

    fn factor(&mut self, depth: usize) -> Result<Formula, NoFormula> {
        self.skip_spaces();
        if let Some(inside) = self.rest.strip_prefix('(') {
            if depth >= MOST_DEPTH {
                return Err(NoFormula::Depth);
            }
            self.rest = inside;
            let formula = self.sum(depth + 1)?;
            self.skip_spaces();
            self.rest = self.rest.strip_prefix(')').ok_or_else(|| self.unexpected("`)`"))?;
            return Ok(formula);
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let text = self.take(|c| c.is_ascii_digit() || c == '.');
            let number = Decimal::parse(&text).ok_or(NoFormula::Number(text))?;
            self.skip_spaces();
            let Some(rest) = self.rest.strip_prefix('%') else {
                return Ok(Formula::Number(Quantity { number, unit: Unit::None }));
            };
            self.rest = rest;
            let number = Decimal::whole(100).and_then(|hundred| number.over(hundred)).unwrap_or(number);
            return Ok(Formula::Number(Quantity { number, unit: Unit::Percent }));
        }
        if self.rest.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Ok(Formula::Name(self.take(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')));
        }
        Err(self.unexpected("a number, a name or `(`"))
    }

    fn take(&mut self, of: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !of(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::slots::Currency;

    fn worked_out(text: &str) -> Option<String> {
        let amount = Quantity { number: Decimal::parse("2000").unwrap(), unit: Unit::Money(Currency::Yuan) };
        let known = |name: &str| (name == "amount").then_some(amount);
        text.parse::<Formula>().unwrap().result(&known).map(|q| q.shown(false))
    }

    #[test]
    fn works_out_fees() {
        assert_eq!(worked_out("amount * 0.5%").as_deref(), Some("10 yuan"));
        assert_eq!(worked_out("amount*2% + 3").as_deref(), Some("43 yuan"));
        assert_eq!(worked_out("(amount - 500) / 2").as_deref(), Some("750 yuan"));
        assert_eq!(worked_out("0.5%").as_deref(), Some("0.5%"));
        assert_eq!(worked_out("10 / 4").as_deref(), Some("2.50"));
        assert_eq!(worked_out("amount / 0"), None);
        assert_eq!(worked_out("amount * amount"), None);
        assert_eq!(worked_out("unknown + 1"), None);
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, why) in [
            ("", "a number, a name or `(` is expected at “”"),
            ("amount *", "a number, a name or `(` is expected at “”"),
            ("amount 2", "`+`, `-`, `*`, `/` or the end is expected at “2”"),
            ("(1", "`)` is expected at “”"),
            ("1.2.3", "the number 1.2.3 cannot be read"),
        ] {
            assert_eq!(text.parse::<Formula>().unwrap_err().to_string(), why, "{text}");
        }
        assert_eq!("(".repeat(40).parse::<Formula>(), Err(NoFormula::Depth));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9a-z().%+*/ -]{0,30}") {
            if let Ok(formula) = text.parse::<Formula>() {
                let _ = formula.result(&|_| None);
            }
        }
    }
}
