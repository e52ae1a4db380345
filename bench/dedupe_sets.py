"""Labelled sets of records, and the scores of what a tool found in them. No tool is called here.

A set is a folder with ``records.csv`` (its ids in the column ``ID``) and ``clusters.csv``, whose one column
``merged_ids`` holds the ids of one publication, joined by ``;``. A record in no cluster is a publication by itself.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True, slots=True)
class Scores:
    """How right a tool was.

    ``precision, recall, f1`` over pairs of records. ``sensitivity, specificity`` over records, as ASySD counts
    (10.1186/s12915-023-01686-z): of each cluster that the tool made, the first record stays and the others go. Right
    to go are all but one record of a publication; a publication is ``lost`` when none of its records stays, and
    that is what lowers the specificity. Of the pairs that a tool leaves to a person, ``unsure``, ``true_unsure`` are
    duplicates that it has not merged.
    """

    records: int
    precision: float
    recall: float
    f1: float
    sensitivity: float
    specificity: float
    lost: int
    unsure: int
    true_unsure: int


def score(
    ids: Sequence[str],
    truth: Iterable[Sequence[str]],
    found: Iterable[Sequence[str]],
    unsure: Iterable[Sequence[str]] = (),
) -> Scores:
    """Compare the clusters that a tool found with the labels; ``ids`` are all records in the order of the file."""
    truth, found, unsure = list(truth), list(found), list(unsure)
    publication = dict(zip(ids, ids, strict=True)) | {i: cluster[0] for cluster in truth for i in cluster}
    cluster_of: dict[str, object] = {i: number for number, cluster in enumerate(found) for i in cluster}
    first = {cluster_of[i]: i for i in reversed(ids) if i in cluster_of}
    records = Counter(publication.values())
    stay = Counter(publication[i] for i in ids if i not in cluster_of or first[cluster_of[i]] == i)
    to_go, left_over = (sum(n - 1 for n in counts.values()) for counts in (records, stay))
    lost = len(records) - len(stay)
    return Scores(
        len(ids),
        *pair_scores(found, truth),
        1 - left_over / to_go if to_go else 1.0,
        1 - lost / len(records),
        lost,
        len(unsure),
        sum(publication[a] == publication[b] and cluster_of.get(a, a) != cluster_of.get(b, b) for a, b in unsure),
    )


def pair_scores(found: Iterable[Sequence[Hashable]], truth: Iterable[Sequence[Hashable]]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records; a record in no cluster is alone. Where no pair is, they are 1."""
    one = {i: number for number, cluster in enumerate(found) for i in cluster}
    other = {i: number for number, cluster in enumerate(truth) for i in cluster}
    both = _pairs((one[i], other[i]) for i in one.keys() & other.keys())
    made, true = _pairs(one.values()), _pairs(other.values())
    f1 = 2 * both / (made + true) if made + true else 1.0
    return both / made if made else 1.0, both / true if true else 1.0, f1


def _pairs(labels: Iterable[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def folders(data: Path) -> list[Path]:
    """Give the labelled sets under a folder."""
    return [path.parent for path in sorted(data.glob("*/clusters.csv"))]


def read_ids(path: Path) -> list[str]:
    """Read the ids of a ``records.csv``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        column = next(rows).index("ID")
        return [row[column] for row in rows]


def read_groups(path: Path) -> list[list[str]]:
    """Read a ``clusters.csv``, as labels or as a tool wrote it."""
    with path.open(encoding="utf-8", newline="") as file:
        return [[name.strip() for name in row["merged_ids"].split(";")] for row in csv.DictReader(file)]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Read the pairs that ``review dedupe --unsure`` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["left"], row["right"]) for row in csv.DictReader(file)]
