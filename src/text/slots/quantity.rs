//! A number with its unit, and how it is shown to readers.

use super::decimal::Decimal;

/// Money as customers name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Currency {
    /// 元, 块, RMB.
    Yuan,
    /// The same, written with its sign.
    YuanSign,
    /// US dollars.
    Dollar,
    /// Hong Kong dollars.
    HongKongDollar,
    /// Singapore dollars.
    SingaporeDollar,
    /// New Taiwan dollars.
    TaiwanDollar,
    /// Euros.
    Euro,
    /// Pounds sterling.
    Pound,
    /// Japanese yen.
    Yen,
    /// Malaysian ringgit.
    Ringgit,
}

impl Currency {
    /// Returns the name in Chinese, the sign for English, and whether that stands before the number.
    fn words(self) -> (&'static str, &'static str, bool) {
        match self {
            Currency::Yuan => ("元", " yuan", false),
            Currency::YuanSign => ("元", "¥", true),
            Currency::Dollar => ("美元", "$", true),
            Currency::HongKongDollar => ("港元", "HK$", true),
            Currency::SingaporeDollar => ("新元", "S$", true),
            Currency::TaiwanDollar => ("新台币", "NT$", true),
            Currency::Euro => ("欧元", "€", true),
            Currency::Pound => ("英镑", "£", true),
            Currency::Yen => ("日元", " yen", false),
            Currency::Ringgit => ("林吉特", "RM", true),
        }
    }
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Nothing that was said.
    None,
    /// Hundredths; the number is the fraction, `0.005` for 0.5 %.
    Percent,
    /// Money.
    Money(Currency),
}

/// A number and what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// The number.
    pub number: Decimal,
    /// Its unit.
    pub unit: Unit,
}

impl Quantity {
    /// Writes the quantity for a reader of Chinese, or of another language: money to the cent, below one to a tenth of it,
    /// and below a cent that it is less. Thousands stand apart, in Chinese from five digits on; elsewhere cents are two
    /// digits.
    #[must_use]
    pub fn shown(&self, chinese: bool) -> String {
        let money = |number: Decimal| {
            let small = Decimal::whole(1).is_some_and(|one| number < one);
            grouped(number.rounded(if small { 3 } else { 2 }), chinese)
        };
        match self.unit {
            Unit::Percent => {
                let hundred = Decimal::whole(100).and_then(|hundred| self.number.times(hundred));
                format!("{}%", hundred.unwrap_or(self.number))
            }
            Unit::None => money(self.number),
            Unit::Money(currency) => {
                let (name, sign, before) = currency.words();
                // Nobody pays half a cent.
                let cent = Decimal::parse("0.01").filter(|cent| self.number > Decimal::ZERO && self.number < *cent);
                if let Some(cent) = cent {
                    let cent = Quantity { number: cent, unit: self.unit }.shown(chinese);
                    return if chinese { format!("不到 {cent}") } else { format!("less than {cent}") };
                }
                let number = money(self.number);
                match (chinese, before) {
                    (true, _) => format!("{number} {name}"),
                    (false, true) => format!("{sign}{number}"),
                    (false, false) => format!("{number}{sign}"),
                }
            }
        }
    }
}

/// Writes a sum of money as a reader of Chinese, or of another language, expects it.
fn grouped(number: Decimal, chinese: bool) -> String {
    let text = number.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let apart = whole.len() > if chinese { 4 } else { 3 };
    let mut out = String::with_capacity(text.len() + 4);
    for (at, digit) in whole.chars().enumerate() {
        if apart && at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !decimals.is_empty() {
        out.push('.');
        out.push_str(decimals);
        if !chinese && decimals.len() == 1 {
            out.push('0');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_sums_are_readable() {
        let of = |number: &str, chinese| {
            let number = Decimal::parse(number).unwrap();
            Quantity { number, unit: Unit::None }.shown(chinese)
        };
        assert_eq!(
            (of("48500", false), of("242.5", false), of("9700000", false)),
            ("48,500".to_owned(), "242.50".to_owned(), "9,700,000".to_owned())
        );
        assert_eq!(
            (of("120000", true), of("2400", true), of("242.5", true)),
            ("120,000".to_owned(), "2400".to_owned(), "242.5".to_owned())
        );
    }

    #[test]
    fn shows_money_in_the_readers_language() {
        let of = |number: &str, unit| Quantity { number: Decimal::parse(number).unwrap(), unit };
        let dollars = of("1.5", Unit::Money(Currency::Dollar));
        assert_eq!((dollars.shown(true), dollars.shown(false)), ("1.5 美元".to_owned(), "$1.50".to_owned()));
        assert_eq!(of("10.004", Unit::Money(Currency::Yuan)).shown(true), "10 元");
        assert_eq!(of("0.005", Unit::Money(Currency::Yuan)).shown(true), "不到 0.01 元");
        assert_eq!(of("0.005", Unit::Money(Currency::Dollar)).shown(false), "less than $0.01");
        assert_eq!(of("0.01", Unit::Money(Currency::Yuan)).shown(true), "0.01 元");
        assert_eq!(of("0.005", Unit::None).shown(true), "0.005");
        assert_eq!(of("0.005", Unit::Percent).shown(true), "0.5%");
    }
}
