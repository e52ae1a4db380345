"""Drop 300 PDFs on a review: how long until each is matched or refused, and whether all of it is right.

usage: python bench/dropping.py [FILES]

The papers are made up, and so it is known of every file what it must come to. Some files are of papers that nobody
seeks, some encrypted, cut off, scanned, web pages, corrections; one has a script, one 200 MB. Then, for the threshold
of ``searches.fulltext.matching``: how like a title the pages of other papers are, and what is left of a title when one
letter in twenty is lost or changed.
"""

from __future__ import annotations

import platform
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rapidfuzz import fuzz
from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from made_papers import encrypted, huge, include, pages_of, paper_pdf, papers, pdf

from review.full_texts import add, summary
from review.record import Record
from review.store import Actor, Store, append, open_store, schema
from review.store.events import enrol
from review.store.projection import open_reports
from review.store.records import as_row
from searches.dedupe.titles import read_title
from searches.fulltext.contents import Contents
from searches.fulltext.inspect import READERS
from searches.fulltext.matching import LIKE, opening

UNSOUGHT = 20
LARGE = 200
PAGES = 10


def main(count: int) -> None:
    """Make the files, drop them, and print what came of it."""
    made = papers(count)
    print(f"{count} files, Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as place:
        store = open_store(Path(place))
        actor = _seek(store, made, count - UNSOUGHT)
        folder = Path(place, "dropped")
        folder.mkdir()
        expected = _files(folder, made)
        before, began = time.process_time(), time.perf_counter()
        found = list(add(store, actor, [folder]))
        seconds = time.perf_counter() - began
        READERS.close()  # what they took is counted when they have ended
        store.close()
    wrong = [one.name for one in found if (one.outcome, one.report) != expected[one.name]]
    ours, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = f"{ours.ru_utime + ours.ru_stime - before:.1f}, {theirs.ru_utime + theirs.ru_stime:.1f}"
    peak = f"{ours.ru_maxrss / 1024:.0f}, {theirs.ru_maxrss / 1024:.0f}"
    print("| files | matched | there | refused | wrong | seconds (target 60) | CPU s, readers' | peak MB, a reader's |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    counted = summary(found)
    print(f"| {' | '.join(str(n) for n in counted.values())} | {len(wrong)} | {seconds:.1f} | {spent} | {peak} |")
    for why, n in Counter((one.why or "").partition(":")[0] for one in found if one.outcome == "refused").most_common():
        print(f"- {n} refused: {why}")
    for name in wrong:
        print("wrong:", name)
    _likeness(made)


def _seek(store: Store, made: list[Record], sought: int) -> Actor:
    with store.write() as connection:
        facts = {"source": "bench", "label": "Bench", "kind": "database", "method": "file", "status": "complete"}
        connection.execute(insert(schema.search).values(id=1, **facts, started_at="", losses=[], notes=[]))
        rows = [
            {**as_row(r), "search": 1, "page": None, "position": n, "matched": "yes"} for n, r in enumerate(made, 1)
        ]
        connection.execute(insert(schema.record), rows)
        open_reports(connection, 1)
        actor = Actor(enrol(store, connection, "Bench"), "bench")
    append(store, actor, "protocol", {"hash": "bench", "rules": {}})
    include(store, actor, range(1, sought + 1))
    return actor


def _files(folder: Path, made: list[Record]) -> dict[str, tuple[str, int | None]]:
    """Write a file of each paper; give what each must come to."""
    expected: dict[str, tuple[str, int | None]] = {}
    for n, paper in enumerate(made, 1):
        name, path, sought = f"file {n}.pdf", folder / f"file {n}.pdf", n <= len(made) - UNSOUGHT
        expected[name] = ("matched", n) if sought else ("refused", None)
        cited = made[n % len(made) : n % len(made) + 20]
        whole = pdf(pages_of(paper, doi=n % 3 > 0, pages=PAGES, cited=cited))
        if n == 7:
            huge(paper, path, LARGE)
        elif n == 8:
            path.write_bytes(paper_pdf(paper, javascript=True))
        elif n % 25 == 0:
            path.write_bytes(encrypted(whole, ""))
        elif n % 25 in (1, 2, 3, 4):
            kinds = (whole[:-2_000], encrypted(whole, "secret"), b"<html>Sign in</html>", _correction(paper))
            path.write_bytes(kinds[n % 25 - 1])
            expected[name] = ("refused", None)
        elif n % 25 == 5 and sought:
            path = folder / f"{(paper.doi or '').replace('/', '_')}.pdf"
            expected[path.name] = expected.pop(name)
            path.write_bytes(pdf([[]] * (n % 7 + 2 + n), picture=True))
        else:
            path.write_bytes(whole)
    return expected


def _correction(paper: Record) -> bytes:
    title = paper.title or ""
    return pdf([["Correction to: " + title[:40], title[40:], *paper.authors, f"doi:{paper.doi}", *["A word."] * 99]])


def _likeness(made: list[Record]) -> None:
    titles = [read_title(one.title).words.replace(" ", "") for one in made]
    starts = [
        opening(Contents("pdf", texts=tuple((str(n), "\n".join(page)) for n, page in enumerate(pages_of(one), 1))))
        for one in made[::5]
    ]
    others = [
        max(fuzz.partial_ratio(title, text) for text, _ in start.squeezed)
        for n, start in enumerate(starts)
        for m, title in enumerate(titles)
        if m != n * 5
    ]
    print(f"\n{len(others):,} pages of one paper and title of another: the likest {max(others):.1f}, at {LIKE} or more "
          f"{sum(one >= LIKE for one in others)}")  # fmt: skip
    pick = random.Random(1)
    for rate in (0.02, 0.05, 0.1):
        torn = ["".join(pick.choice(("", "x")) if pick.random() < rate else c for c in title) for title in titles]
        kept = [fuzz.partial_ratio(a, f"lorem{b}ipsum") >= LIKE for a, b in zip(titles, torn, strict=True)]
        print(
            f"one letter in {1 / rate:.0f} lost or changed: {100 * sum(kept) / len(kept):.0f}% of titles still {LIKE}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
