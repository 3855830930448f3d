//! What English words mean, as vectors: words that are used alike point the same way.
//!
//! An author writes “how do I add money” and a customer “how do I deposit cash”: no letter of it is the same. The vectors were
//! learnt from other texts (`word_vectors/make.py` tells which and how) and are the same for every content.

/// So many numbers a vector has.
pub const DIMENSIONS: usize = 64;

/// Words' hashes, rising, little-endian, and then their vectors in the same order.
static TABLE: &[u8] = include_bytes!("word_vectors/english.bin");

/// A hash and a vector.
const ENTRY: usize = HASH + DIMENSIONS;
const HASH: usize = size_of::<u32>();

/// Bytes of the table make a vector of this length.
const LENGTH: f32 = 320.0;

/// Returns the vector of a folded word, of length 1 but for rounding; none where the word is not among the 30,000 most
/// frequent ones.
#[must_use]
pub fn vector(word: &str) -> Option<[f32; DIMENSIONS]> {
    let words = TABLE.len() / ENTRY;
    let (hashes, vectors) = TABLE.split_at(words * HASH);
    let (hashes, _) = hashes.as_chunks::<HASH>();
    let (vectors, _) = vectors.as_chunks::<DIMENSIONS>();
    let at = hashes.binary_search_by_key(&hash(word), |bytes| u32::from_le_bytes(*bytes)).ok()?;
    vectors.get(at).map(|bytes| bytes.map(|byte| f32::from(byte.cast_signed()) / LENGTH))
}

/// FNV-1a of 64 bits (Fowler, Noll, Vo 1991), folded to 32.
fn hash(word: &str) -> u32 {
    let hash = word
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    ((hash >> 32) ^ (hash & 0xFFFF_FFFF)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let (a, b) = (vector(a).unwrap(), vector(b).unwrap());
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn words_that_are_used_alike_are_near() {
        for (word, near, far) in [
            ("money", "cash", "weather"),
            ("fee", "fees", "umbrella"),
            ("phone", "mobile", "salary"),
            ("stolen", "theft", "monday"),
            ("cant", "cannot", "purple"),
        ] {
            assert!(
                cosine(word, near) > cosine(word, far) + 0.3,
                "{word}: {} {}",
                cosine(word, near),
                cosine(word, far)
            );
        }
    }

    #[test]
    fn every_vector_has_length_1_and_an_unknown_word_has_none() {
        let (words, rest) = (TABLE.len() / ENTRY, TABLE.len() % ENTRY);
        assert_eq!((words, rest), (30_000, 0));
        for word in ["the", "money", "bitcoin", "refund"] {
            assert!((cosine(word, word) - 1.0).abs() < 0.02, "{word}");
        }
        for word in ["", "xyzzyq", "密码", "Money", "1101"] {
            assert_eq!(vector(word), None, "{word}");
        }
    }
}
