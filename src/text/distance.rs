//! How many slips of the finger lie between two words.

/// Returns the optimal-string-alignment distance (insert, delete, replace, swap of neighbours; each costs 1) of two
/// words, or none when it is more than `most`.
///
/// F. J. Damerau, “A technique for computer detection and correction of spelling errors”, CACM 7 (1964).
#[must_use]
pub fn within(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    let mut row = vec![0; width];
    for i in 1..=a.len() {
        row[0] = i;
        let mut best = i;
        for j in 1..width {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row[j] = cost;
            best = best.min(cost);
        }
        if best > most {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    (above[b.len()] <= most).then_some(above[b.len()])
}

/// Returns how many slips a word of this many letters may hold and still be meant: none up to three, one up to six,
/// two beyond.
#[must_use]
pub fn tolerated(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
        within(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), most)
    }

    #[test]
    fn counts_each_sort_of_slip_once() {
        for (a, b) in [("walet", "wallet"), ("walllet", "wallet"), ("wollet", "wallet"), ("bnak", "bank")] {
            assert_eq!(distance(a, b, 2), Some(1), "{a} {b}");
        }
        assert_eq!(distance("authentcaton", "authentication", 2), Some(2));
        assert_eq!(distance("fees", "cash", 2), None);
    }

    proptest! {
        #[test]
        fn is_symmetric_and_zero_only_for_equals(a in "[ab]{0,6}", b in "[ab]{0,6}") {
            prop_assert_eq!(distance(&a, &b, 9), distance(&b, &a, 9));
            prop_assert_eq!(distance(&a, &b, 9) == Some(0), a == b);
        }
    }
}
