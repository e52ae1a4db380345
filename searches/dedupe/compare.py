"""Compare candidate pairs field by field. Says how far two records agree; what follows from it is for the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from searches.dedupe.block import Rows
from searches.dedupe.journals import agreement

Scores = npt.NDArray[np.float64]

WEIGHTS = {
    "title": 5.0, "authors": 2.0, "nearness": 1.0, "journal": 1.0, "volume": 1.0, "page": 2.0, "doi": 3.0, "pmid": 3.0,
    "abstract": 2.0,
}  # fmt: skip
"""What each field counts for in ``score``, which ranks pairs and decides none."""

_WORTH = 0.5
"""Least share of title words for a pair to be worth a full comparison when nothing else is shared."""
_SAME_NAME = 0.8


def compare(
    table: pd.DataFrame, left: Rows, right: Rows, *, cochrane_updates: bool = False, every: bool = False
) -> pd.DataFrame:
    """Score pairs; those whose titles have nothing in common and that share neither identifier nor place are dropped
    unless ``every`` is asked for.

    Parameters
    ----------
    table : DataFrame of ``normalise``
    left, right : row numbers, n_pairs each

    Returns
    -------
    DataFrame, at most n_pairs rows
        ``left, right``, the columns of ``rules.Pairs``, and ``score``, 0..1.
    """
    a, b = table.iloc[left], table.iloc[right]
    pairs = pd.DataFrame({"left": left, "right": right})
    pairs["title"] = _similar(fuzz.ratio, a["title"], b["title"])
    pairs["words"] = _similar(fuzz.token_set_ratio, a["title"], b["title"])
    for column in ("volume", "page", "pmid"):
        pairs[column] = _same(a[column], b[column])
    pairs["doi"] = _shared(a["dois"], b["dois"])
    worth = every | (
        (pairs["words"] >= _WORTH) | (pairs["doi"] == 1) | (pairs["pmid"] == 1)
        | ((pairs["volume"] == 1) & (pairs["page"] == 1))
    ).to_numpy()  # fmt: skip
    pairs, a, b = pairs[worth].reset_index(drop=True), a[worth], b[worth]
    _add_rest(pairs, a, b)
    pairs["version"] = pairs["cochrane"] & cochrane_updates
    pairs["score"] = _score(pairs)
    return pairs


def _add_rest(pairs: pd.DataFrame, a: pd.DataFrame, b: pd.DataFrame) -> None:
    """Fill the columns that only promising pairs need."""
    pairs["authors"] = _similar(fuzz.token_set_ratio, a["authors"], b["authors"])
    pairs["abstract"] = _similar(fuzz.ratio, a["abstract"], b["abstract"])
    pairs["journal"] = _journals(a, b)
    pairs["gap"] = np.abs(a["year"].to_numpy() - b["year"].to_numpy())
    pairs["issue"] = _same(a["issue"], b["issue"])
    pairs["trial"] = _same(a["trial"], b["trial"])
    pairs["venue"] = _same(a["venue"], b["venue"])
    pairs["sort"] = np.array([x == y for x, y in zip(a["sort"], b["sort"], strict=True)], dtype=float)
    pairs["numbers"] = _numbers(a["numbers"], b["numbers"])
    pairs["starts"] = np.array([_starts(x, y) for x, y in zip(a["title"], b["title"], strict=True)], dtype=bool)
    pairs["generic"] = a["generic"].to_numpy() | b["generic"].to_numpy()
    pairs["long"] = _long(a["title"]) & _long(b["title"])
    pairs["cochrane"] = _same(a["cochrane"], b["cochrane"]) == 1
    pairs["bare"] = (a["volume"].to_numpy() == "") | (b["volume"].to_numpy() == "")


def _similar(scorer: Callable[..., float], a: pd.Series[str], b: pd.Series[str]) -> Scores:
    """Compare two text columns, 0..1, NaN where either is empty."""
    one, other = a.to_numpy(dtype=object), b.to_numpy(dtype=object)
    scores = process.cpdist(one, other, scorer=scorer, dtype=np.float64, workers=-1) / 100
    return np.where((one == "") | (other == ""), np.nan, scores)


def _same(a: pd.Series[str], b: pd.Series[str]) -> Scores:
    """Tell 1 (equal), 0 (different), NaN (either unknown)."""
    one, other = a.to_numpy(dtype=object), b.to_numpy(dtype=object)
    return np.where((one == "") | (other == ""), np.nan, (one == other).astype(float))


def _shared(a: pd.Series[Any], b: pd.Series[Any]) -> Scores:
    """Tell 1 (one in common), 0 (none in common), NaN (either has none)."""
    return np.array(
        [float(not set(x).isdisjoint(y)) if x and y else np.nan for x, y in zip(a, b, strict=True)], dtype=np.float64
    )


def _numbers(a: pd.Series[Any], b: pd.Series[Any]) -> Scores:
    """Tell 1 or 0 when both titles hold as many numbers; else one may have lost some: NaN."""
    return np.array(
        [float(x == y) if x and len(x) == len(y) else np.nan for x, y in zip(a, b, strict=True)], dtype=np.float64
    )


def _starts(one: str, other: str) -> bool:
    """Tell whether a title of three words or more is the beginning of the other, which goes on."""
    short, long = sorted((one, other), key=len)
    return short.count(" ") >= 2 and long.startswith(short + " ")


def _long(titles: pd.Series[str]) -> npt.NDArray[np.bool_]:
    return np.array([title.count(" ") >= 4 for title in titles], dtype=bool)


def _journals(a: pd.DataFrame, b: pd.DataFrame) -> Scores:
    """Compare journal names, each two names once; an ISSN in common settles it.

    Names of conferences are too various to contradict each other: no likeness is NaN.
    """
    names = pd.MultiIndex.from_arrays([a["journal"].to_numpy(dtype=object), b["journal"].to_numpy(dtype=object)])
    codes, unique = names.factorize()
    each = np.array([agreement(x, y) if x and y else np.nan for x, y in unique], dtype=np.float64)
    scores = each[codes] if len(codes) else np.empty(0)
    conference = (a["venue"].to_numpy() == "conference") & (b["venue"].to_numpy() == "conference")
    scores = np.where(conference & (scores < _SAME_NAME), np.nan, scores)
    return np.where(_shared(a["issns"], b["issns"]) == 1, 1.0, scores)


def _score(pairs: pd.DataFrame) -> Scores:
    """Weigh what is known; what is unknown pulls to the middle."""
    total, weight = np.full(len(pairs), 1.0), np.full(len(pairs), 2.0)
    nearness = np.clip(1 - pairs["gap"] / 4, 0, None)
    for name, points in WEIGHTS.items():
        values = (nearness if name == "nearness" else pairs[name]).to_numpy()
        known = ~np.isnan(values)
        total += np.where(known, values, 0) * points
        weight += known * points
    scores: Scores = np.round(total / weight, 4)
    return scores
