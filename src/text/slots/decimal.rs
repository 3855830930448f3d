//! A number with six decimal places that is exact: a fee worked out in binary fractions would be a cent off.

use std::fmt;

/// How many of the smallest steps make one.
const ONE: i128 = 1_000_000;
/// Nothing that a customer means is larger; what is, is no number of ours.
const MOST: i128 = 1_000_000_000_000_000 * ONE;

/// A decimal number of at most 15 digits before the point and six behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(0);

    /// Returns a whole number; none when it is too large.
    #[must_use]
    pub fn whole(n: u64) -> Option<Self> {
        Decimal::within(i128::from(n).checked_mul(ONE)?)
    }

    /// Reads digits with at most one point and no sign: `2000`, `0.5`. More than six decimal places are too many.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 15 || decimals.len() > 6 || !digits(whole) || !digits(decimals) {
            return None;
        }
        let decimals: i128 = format!("{decimals:0<6}").parse().ok()?;
        Decimal::within(whole.parse::<i128>().ok()?.checked_mul(ONE)?.checked_add(decimals)?)
    }

    fn within(steps: i128) -> Option<Self> {
        (steps.abs() <= MOST).then_some(Decimal(steps))
    }

    /// Adds; none when the sum is too large.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Decimal::within(self.0.checked_add(other.0)?)
    }

    /// Subtracts; none when the difference is too large.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        Decimal::within(self.0.checked_sub(other.0)?)
    }

    /// Multiplies, rounding half away from zero; none when the product is too large.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        Decimal::within(divided(self.0.checked_mul(other.0)?, ONE)?)
    }

    /// Divides, rounding half away from zero; none for a division by zero or a quotient that is too large.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        Decimal::within(divided(self.0.checked_mul(ONE)?, other.0)?)
    }

    /// Returns the number rounded half away from zero to so many decimal places, at most six.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        let step = 10i128.pow(6 - places.min(6));
        Decimal(divided(self.0, step).unwrap_or_default() * step)
    }

    /// Tells whether there is nothing behind the point.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.0 % ONE == 0
    }
}

/// Divides and rounds half away from zero.
fn divided(number: i128, by: i128) -> Option<i128> {
    let (quotient, rest) = (number.checked_div(by)?, number.checked_rem(by)?);
    let up = rest.checked_abs()?.checked_mul(2)? >= by.checked_abs()?;
    let away = if (number < 0) == (by < 0) { 1 } else { -1 };
    Some(if up { quotient + away } else { quotient })
}

impl fmt::Display for Decimal {
    /// Writes no more decimal places than there are, and thousands not apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0.abs() / ONE, self.0.abs() % ONE);
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if decimals == 0 {
            return Ok(());
        }
        let decimals = format!("{decimals:06}");
        write!(f, ".{}", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn reckons_like_a_till() {
        assert_eq!(d("2000").times(d("0.005")), Some(d("10")));
        assert_eq!(d("0.1").plus(d("0.2")), Some(d("0.3")));
        assert_eq!(d("1").over(d("3")).unwrap().to_string(), "0.333333");
        assert_eq!(d("2").over(Decimal::ZERO), None);
        assert_eq!(d("1").minus(d("3")).unwrap().to_string(), "-2");
        assert_eq!((d("2.345").rounded(2), d("2.5").rounded(0)), (d("2.35"), d("3")));
        assert_eq!(d("1.005").minus(d("3.01")).unwrap().rounded(2).to_string(), "-2.01");
    }

    #[test]
    fn refuses_what_is_no_number_or_too_large() {
        for text in ["", ".", ".5", "-1", "1.2.3", "1e5", "٣", "1.1234567", "1234567890123456"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(d("999999999999999").times(d("10")), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(whole in 0u64..1_000_000_000_000, decimals in 0u32..1_000_000) {
            let number = d(&format!("{whole}.{decimals:06}"));
            prop_assert_eq!(d(&number.to_string()), number);
        }
    }
}
