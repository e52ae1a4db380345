"""Made-up records: sets with copies, and sets in which all records share what usually tells duplicates apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from review.record import Record


def synthetic(n: int, seed: int = 7, copies: float = 0.35) -> tuple[list[Record], list[list[int]]]:
    """Make n records, a share of them copies with one to three database-like changes; give them and the truth."""
    rng = random.Random(seed)
    make = _maker(rng)
    records: list[Record] = []
    first_of: list[int] = []
    for number in range(n):
        if records and rng.random() < copies:
            first_of.append(first_of[rng.randrange(number)])
            records.append(_changed(records[first_of[-1]], rng))
        else:
            first_of.append(number)
            records.append(make(number))
    clusters: dict[int, list[int]] = {}
    for number, first in enumerate(first_of):
        clusters.setdefault(first, []).append(number)
    return records, [cluster for cluster in clusters.values() if len(cluster) > 1]


def _maker(rng: random.Random) -> Callable[[int], Record]:
    words = ["".join(rng.choices("aeioubcdlmnprst", k=rng.randint(4, 10))) for _ in range(4000)]
    names = [word.capitalize() for word in rng.sample(words, 1500)]
    journals = [" ".join(["Journal of", *rng.sample(words, 2)]).title() for _ in range(400)]
    return lambda number: _paper(number, rng, words, names, journals)


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


ALIKE: dict[str, dict[str, Any]] = {
    "title Editorial": {"title": "Editorial"},
    "title Editorial, nothing else": {
        "title": "Editorial", "authors": (), "journal": None, "volume": None, "issue": None, "pages": None,
        "abstract": None, "doi": None, "date": None,
    },
    "one long title": {"title": "Proceedings of the annual meeting of the northern society of made-up medicine"},
    "one DOI": {"doi": "10.5555/supplement"},
    "first author and year": {"authors": ("Wang, Y.",), "date": "2019"},
    "volume and page": {"volume": "1", "pages": "1-8"},
    "one abstract": {"abstract": "This abstract was presented at the annual meeting and is printed there. " * 4},
    "one title, journal and authors": {
        "title": "Annual report of the northern society of made-up medicine", "authors": ("Wang, Y.", "Li, X."),
        "journal": "Journal of Made-up Medicine", "volume": str,
    },
}  # fmt: skip
"""What all records of a block share; in all else they are different papers (years, volumes and pages by chance).
A function makes a value of a record's number: with the same title, journal, authors and volume, two papers in a year
would rightly be taken for one.
"""


def alike(name: str, n: int, seed: int = 7) -> list[Record]:
    """Make n papers that share what ``ALIKE`` says, each with an accession number of its own."""
    rng = random.Random(seed)
    make = _maker(rng)
    return [_with(make(i), i, ALIKE[name]) for i in range(n)]


def _with(record: Record, number: int, shared: dict[str, Any]) -> Record:
    values = {key: value(number) if callable(value) else value for key, value in shared.items()}
    return replace(record, source_id=f"b{number}", **values)
