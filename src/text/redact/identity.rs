//! Mainland ID numbers: region, day of birth, sequence, check character (GB 11643-1999), and the old ones of 15 digits.

use std::sync::LazyLock;

use regex::Regex;

use super::{digits, pattern};

/// Words that say that a long number is an ID's.
pub(super) static CUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) 身份证 | 身分证 | 身份證 | 证件号 | 證件號 | 证号
        | (?-u:\b)(?: id\s?(?:card|number|num|no(?-u:\b)) | identity\s?(?:card|number) | national\sid )",
    )
});

/// Weights of the first 17 digits, and check characters by remainder (ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10x98765432";

/// Whether 18 characters, the last one a digit or `x`, are an ID number. A wrong check character is forgiven where the
/// day of birth is one: people mistype, and the rest still gives them away.
pub(super) fn is_id_number(id: &str) -> bool {
    id.len() == 18 && (has_birthday(id) || has_region(id) && has_check_character(id))
}

/// Whether an 18-character ID number is right in every respect; asked where it is only part of a longer run.
pub(super) fn is_sure(id: &str) -> bool {
    id.len() == 18 && has_birthday(id) && has_check_character(id)
}

/// Whether 15 digits are an old ID number: its day of birth has no century.
pub(super) fn is_old_id_number(id: &str) -> bool {
    id.len() == 15 && digits::is_calendar_day(&format!("19{}", &id[6..8]), &id[8..10], &id[10..12])
}

fn has_birthday(id: &str) -> bool {
    digits::is_calendar_day(&id[6..10], &id[10..12], &id[12..14])
}

fn has_region(id: &str) -> bool {
    matches!(id[..2].parse(), Ok(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91))
}

fn has_check_character(id: &str) -> bool {
    let sum: u32 = id.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    id.as_bytes()[17] == CHECKS[sum as usize % 11]
}
