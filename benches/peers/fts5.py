"""Times SQLite's FTS5 on the articles and questions of `zhida export`: fts5.py ARTICLES QUERIES"""

import json
import re
import sqlite3
import sys
import time

articles, queries = ([json.loads(line) for line in open(file, encoding="utf8")] for file in sys.argv[1:3])


def tokens(text):
    """Characters and pairs of Chinese, words of the rest: what FTS5's own tokenizer does not do."""
    out = []
    for run in re.findall(r"[\u4e00-\u9fff]+|[^\W_\u4e00-\u9fff]+", text.lower()):
        if "\u4e00" <= run[0] <= "\u9fff":
            out += list(run) + [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            out.append(run)
    return out


db = sqlite3.connect(":memory:")
db.execute("CREATE VIRTUAL TABLE articles USING fts5(title, questions, keywords, body)")
for a in articles:
    fields = [a["title"], " ".join(a["questions"]), " ".join(a["keywords"]), a["markdown"]]
    db.execute("INSERT INTO articles VALUES (?, ?, ?, ?)", [" ".join(tokens(f)) for f in fields])

ask = "SELECT rowid FROM articles WHERE articles MATCH ? ORDER BY bm25(articles, 3.0, 2.0, 2.0, 1.0) LIMIT 10"
times = []
for round in range(4):
    for query in queries:
        start = time.perf_counter()
        words = " OR ".join(f'"{t}"' for t in dict.fromkeys(tokens(query["q"])))
        db.execute(ask, [words]).fetchall()
        if round:
            times.append((time.perf_counter() - start) * 1e6)
times.sort()
print(f"| SQLite FTS5 {sqlite3.sqlite_version}, search | {times[len(times) // 2]:.0f} | {times[len(times) * 99 // 100]:.0f} |")
