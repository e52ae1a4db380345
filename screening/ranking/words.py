"""Which words moved a paper to its place: what is kept of a model to tell it of any paper, and how it is told. Pure.

A model has a weight for every term; kept are the strongest, and what a paper's own weights are divided by. That is
enough to give of any text the very words and numbers that the model has, without the model.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from screening.ranking.reading import Reading

WORD = re.compile(r"\w\w+")
KEPT = 20_000
"""Terms that are kept of a model, the strongest. What is weaker moves no paper by itself."""
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word or pair of words of a paper, and what it adds to the paper's score."""

    term: str
    weight: float


def strongest(added: Mapping[str, float], count: int) -> list[Word]:
    """Give the terms that move a paper most, for (positive) and against (negative), the strongest first."""
    ordered = sorted(added.items(), key=lambda item: (-abs(item[1]), item[0]))
    return [Word(term, weight) for term, weight in ordered[:count] if weight]


def kept(reading: Reading, weights: NDArray[np.float64], papers: Sequence[int]) -> bytes:
    """Write what is kept of a model; ``papers`` are the reports that the rows of the reading are."""
    gains = weights * reading.rarity
    columns = np.argsort(-np.abs(gains), kind="stable")[:KEPT]
    columns = np.sort(columns[gains[columns] != 0])
    file = BytesIO()
    np.savez_compressed(
        file,
        terms=np.frombuffer("\n".join(map(reading.term, columns)).encode(), dtype=np.uint8),
        titles=columns >= reading.titles,
        gains=gains[columns].astype(np.float32),
        papers=np.array(papers, dtype=np.int32),
        lengths=reading.lengths[: len(papers)].astype(np.float16),
    )
    return file.getvalue()


def words(
    kept: bytes, paper: int, title: str | None, others: Iterable[str | None], count: int = SHOWN
) -> list[Word] | None:
    """Name the terms that move a paper most, as ``Model.words`` does; ``None`` for one that the model has not read.

    Parameters
    ----------
    others : iterable of str
        Abstract and keywords.
    """
    with np.load(BytesIO(kept), allow_pickle=False) as file:
        row = np.flatnonzero(file["papers"] == paper)
        if not len(row):
            return None
        body, heading = file["lengths"][row[0]].tolist()
        parts = ({term: times / body for term, times in _weighed([title, *others]).items()} if body else {},
                 {term: times / heading for term, times in _weighed([title]).items()} if heading else {})  # fmt: skip
        terms = file["terms"].tobytes().decode().split("\n")
        added: dict[str, float] = defaultdict(float)
        for term, in_title, gain in zip(terms, file["titles"].tolist(), file["gains"].tolist(), strict=True):
            if term in parts[in_title]:
                added[term] += gain * parts[in_title][term]
    return strongest(added, count)


def _weighed(texts: Iterable[str | None]) -> dict[str, float]:
    """Count words and pairs of neighbouring words, damped as the reading does."""
    found = Counter[str]()
    for text in texts:
        each = WORD.findall((text or "").lower())
        found.update(each)
        found.update(map(" ".join, pairwise(each)))
    return {term: 1 + float(np.log(times)) for term, times in found.items()}
