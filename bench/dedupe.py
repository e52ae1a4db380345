"""Measure deduplication: how right on labelled sets, how fast and how large on made-up ones.

    python bench/dedupe.py DATA_DIR     labelled sets: folders with records.csv and clusters.csv
    python bench/dedupe.py --sizes 10000 50000

A labelled set's ``clusters.csv`` has one column ``merged_ids``, the ids of one cluster joined by ``;``.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.formats import read
from review.record import Record
from searches.dedupe import Result, find_duplicates

HEAD = "| set | records | seconds | peak MB | precision | recall | F1 | unsure |\n|---|---|---|---|---|---|---|---|"


def pair_scores(predicted: Iterable[Sequence[int]], truth: Iterable[Sequence[int]]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records; a record in no cluster is alone."""
    found = {i: number for number, cluster in enumerate(predicted) for i in cluster}
    true = {i: number for number, cluster in enumerate(truth) for i in cluster}

    def pairs(labels: Iterable[object]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    both = pairs((found[i], true[i]) for i in found.keys() & true.keys())
    precision = both / (pairs(found.values()) or 1)
    recall = both / (pairs(true.values()) or 1)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def read_records(path: Path) -> list[Record]:
    """Read a labelled set as an import would."""
    return list(read(path.read_bytes(), name=path.name).records)


def read_clusters(path: Path, records: Sequence[Record]) -> list[list[int]]:
    """Read the labels as positions of the records."""
    position = {record.source_id: i for i, record in enumerate(records)}
    with path.open(encoding="utf-8", newline="") as file:
        return [[position[name.strip()] for name in row["merged_ids"].split(";")] for row in csv.DictReader(file)]


def synthetic(n: int, seed: int = 7, copies: float = 0.35) -> tuple[list[Record], list[list[int]]]:
    """Make n records, a share of them copies with one to three database-like changes; give them and the truth."""
    rng = random.Random(seed)
    words = ["".join(rng.choices("aeioubcdlmnprst", k=rng.randint(4, 10))) for _ in range(4000)]
    names = [word.capitalize() for word in rng.sample(words, 1500)]
    journals = [" ".join(["Journal of", *rng.sample(words, 2)]).title() for _ in range(400)]
    records: list[Record] = []
    first_of: list[int] = []
    for number in range(n):
        if records and rng.random() < copies:
            first_of.append(first_of[rng.randrange(number)])
            records.append(_changed(records[first_of[-1]], rng))
        else:
            first_of.append(number)
            records.append(_paper(number, rng, words, names, journals))
    clusters: dict[int, list[int]] = {}
    for number, first in enumerate(first_of):
        clusters.setdefault(first, []).append(number)
    return records, [cluster for cluster in clusters.values() if len(cluster) > 1]


def _paper(number: int, rng: random.Random, words: list[str], names: list[str], journals: list[str]) -> Record:
    first = rng.randint(1, 2500)
    return Record(
        title=" ".join(rng.choices(words, k=rng.randint(6, 16))).capitalize(),
        authors=tuple(f"{rng.choice(names)}, {rng.choice('ABCDEFGH')}." for _ in range(rng.randint(1, 7))),
        date=str(rng.randint(1990, 2024)),
        journal=rng.choice(journals),
        volume=str(rng.randint(1, 90)),
        issue=str(rng.randint(1, 12)),
        pages=f"{first}-{first + rng.randint(2, 14)}",
        abstract=" ".join(rng.choices(words, k=150)) if rng.random() < 0.8 else None,
        doi=f"10.5555/s.{number}" if rng.random() < 0.7 else None,
    )


def _changed(record: Record, rng: random.Random) -> Record:
    title, pages = record.title or "", record.pages or ""
    cut = rng.randrange(2, len(title) - 2)
    changes = (
        {"title": title[:cut] + title[cut + 1 :]},
        {"title": f"[{title}]. [Chinese]"},
        {"authors": tuple(name.replace(".", "").replace(",", "") for name in record.authors)},
        {"journal": " ".join(word[:4] for word in (record.journal or "").split() if word != "Of")},
        {"pages": pages.split("-")[0]},
        {"doi": None},
        {"abstract": None},
        {"issue": None},
    )
    for change in rng.sample(changes, rng.randint(1, 3)):
        record = replace(record, **change)  # type: ignore[arg-type]
    return record


def measure(records: Sequence[Record]) -> tuple[Result, float, float]:
    """Run twice: once for the seconds, once for the peak of memory that the run itself takes."""
    start = time.perf_counter()
    result = find_duplicates(records)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    find_duplicates(records)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return result, seconds, peak


def line(name: str, records: Sequence[Record], truth: Sequence[Sequence[int]]) -> str:
    result, seconds, peak = measure(records)
    precision, recall, f1 = pair_scores(result.clusters, truth)
    return (
        f"| {name} | {len(records):,} | {seconds:.1f} | {peak:.0f} | {precision:.4f} | {recall:.4f} | {f1:.4f} "
        f"| {len(result.unsure)} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder of labelled sets")
    parser.add_argument("--sizes", nargs="*", type=int, default=[], help="made-up sets of so many records")
    arguments = parser.parse_args()
    print(HEAD)
    for path in sorted(arguments.data.glob("*/clusters.csv")) if arguments.data else ():
        records = read_records(path.with_name("records.csv"))
        print(line(path.parent.name, records, read_clusters(path, records)))
    for size in arguments.sizes:
        print(line(f"made up, seed 7, {size}", *synthetic(size)))


if __name__ == "__main__":
    main()
