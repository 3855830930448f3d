//! Which known word was perhaps meant by one that nobody knows, for the remedy in an error message.

/// Returns the word that was perhaps meant: the nearest, when it differs in no more than a third of its letters.
#[must_use]
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let written = written.to_lowercase();
    let near = known.iter().map(|k| (distance(&written, k), *k)).min()?;
    (near.0 <= near.1.chars().count().div_ceil(3)).then_some(near.1)
}

/// Counts the letters to insert, take out or replace to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    // A key that is not known may be of any length; beyond this it is like none of ours anyway.
    if a.len() > 64 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let replace = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgives_a_slip_and_not_another_word() {
        let known = ["summary", "title", "rate_limit"];
        assert_eq!(nearest("summry", &known), Some("summary"));
        assert_eq!(nearest("Title", &known), Some("title"));
        assert_eq!(nearest("rate-limit", &known), Some("rate_limit"));
        assert_eq!(nearest("colour", &known), None);
        assert_eq!(nearest(&"x".repeat(100), &known), None);
    }
}
