"""What the sift drops no rule would have joined or asked about."""

from __future__ import annotations

import random
from dataclasses import fields

import numpy as np

from review.record import Record
from searches.dedupe.compare import compare
from searches.dedupe.engines import Here
from searches.dedupe.normalise import normalise
from searches.dedupe.rules import MERGE, UNSURE, Pairs
from searches.dedupe.sift import LEAST, LEAST_ABSTRACT, sift

LEVELS = np.array([np.nan, 0.0, 0.3, 0.5, 0.65, LEAST - 0.001, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0])
YEARS = np.array([np.nan, 0.0, 1.0, 2.0])
TRUTH = np.array([np.nan, 0.0, 1.0])
SCALES = ("title", "words", "authors", "journal", "abstract")


def any_pairs(n: int) -> dict[str, np.ndarray]:
    """Pairs that agree and differ in every way; most of what a pair says agrees, so that every rule meets many."""
    rng = np.random.default_rng(11)
    columns = {}
    for field in fields(Pairs):
        if field.type == "Mask":
            columns[field.name] = rng.random(n) < 0.4
            continue
        levels = YEARS if field.name == "gap" else LEVELS if field.name in SCALES else TRUTH
        best = 0.0 if field.name == "gap" else 1.0
        columns[field.name] = np.where(rng.random(n) < 0.5, best, rng.choice(levels, n))
    return columns


def test_no_rule_holds_for_titles_below_the_least_without_an_identifier() -> None:
    p = any_pairs(300_000)
    assert [row.name for row in (*MERGE, *UNSURE) if row.when(Pairs(**p)).sum() < 100] == []
    rng = np.random.default_rng(12)
    for name in ("doi", "pmid", "trial"):
        p[name] = rng.choice(TRUTH[:2], len(p[name]))
    p["title"] = rng.choice(LEVELS[LEVELS < LEAST], len(p["title"]))
    p["abstract"] = rng.choice(LEVELS[~(LEVELS >= LEAST_ABSTRACT)], len(p["title"]))
    p["starts"], p["version"] = np.zeros((2, len(p["title"])), dtype=bool)
    dropped = ~((p["volume"] == 1) & ((p["page"] == 1) | (p["span"] == 1)))
    pairs = Pairs(**{name: values[dropped] for name, values in p.items()})
    assert dropped.sum() > 100_000
    assert [row.name for row in (*MERGE, *UNSURE) if row.when(pairs).any()] == []


def some_records(n: int) -> list[Record]:
    rng = random.Random(2)
    words = ("sleep", "nurses", "night", "shift", "rural", "mentor", "trial", "of", "the", "and", "stroke", "care")
    return [
        Record(
            title=rng.choice([None, "Editorial", " ".join(rng.choices(words, k=rng.randint(2, 7)))]),
            authors=(f"{rng.choice(words)}, A",),
            abstract=rng.choice([None, " ".join(rng.choices(words, k=30)), *["Aim: to see whether nurses sleep"] * 2]),
            volume=rng.choice([None, "1", "2", "3"]),
            issue=rng.choice([None, "1", "2", "3"]),
            pages=rng.choice([None, "1-9", "7-9", "7", "8-12"]),
            doi=rng.choice([None, "10.5555/a", "10.5555/b", "10.1002/14651858.CD000001.pub2", *[None] * 9]),
            url=rng.choice(["https://doi.org/10.5555/b", "https://example.org/NCT00000001", *[None] * 9]),
            identifiers=rng.choice([(("doi", "10.5555/a"),), *[()] * 9]),
            pmid=rng.choice(["7", "8", *[None] * 7]),
        )
        for _ in range(n)
    ]


def test_what_compares_as_alike_or_shares_an_identifier_or_a_place_is_kept() -> None:
    table = normalise(some_records(220))
    left, right = np.triu_indices(len(table), 1)
    kept = set(zip(*(rows.tolist() for rows in sift(table, left, right, Here())), strict=True))
    c = compare(table, left, right, cochrane_updates=True, every=True)
    place = (c["volume"] == 1) & ((c["page"] == 1) | (c["span"] == 1))
    alike = (c["title"] >= LEAST) | c["starts"] | (c["title"].notna() & (c["abstract"] >= LEAST_ABSTRACT))
    worth = c[alike | (c["doi"] == 1) | (c["pmid"] == 1) | place | c["version"] | (c["trial"] == 1)]
    assert 500 < len(worth) < len(left) / 2
    assert set(zip(worth["left"].tolist(), worth["right"].tolist(), strict=True)) <= kept
    assert len(kept) < len(left) * 0.9


def test_pairs_without_titles_or_anything_else_are_dropped() -> None:
    table = normalise([Record(), Record(), Record(title="Sleep of nurses"), Record(title="Care of stroke, rural")])
    left, right = np.triu_indices(4, 1)
    assert sift(table, left, right, Here())[0].tolist() == []
