"""Compare candidate pairs field by field. Says how far two records agree; what follows from it is for the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from searches.dedupe.block import Rows
from searches.dedupe.journals import acronym, agreement
from searches.dedupe.titles import exchanged, goes_on_with_a_number

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
    pairs["volume"] = _volumes(a, b)
    pairs["page"] = _pages(a["page"], b["page"])
    pairs["pmid"] = _same(a["pmid"], b["pmid"])
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
    pairs["authors"] = _authors(a, b)
    pairs["abstract"] = _similar(fuzz.ratio, a["abstract"], b["abstract"])
    pairs["journal"] = _journals(a, b)
    pairs["gap"] = np.abs(a["year"].to_numpy() - b["year"].to_numpy())
    pairs["issue"] = _same(a["issue"], b["issue"])
    pairs["span"] = _same(a["span"], b["span"])
    pairs["trial"] = _same(a["trial"], b["trial"])
    pairs["venue"] = _same(a["venue"], b["venue"])
    pairs["sort"] = _sorts(a, b)
    pairs["numbers"] = _numbers(a["numbers"], b["numbers"])
    rests = [_rest(x, y) for x, y in zip(a["title"], b["title"], strict=True)]
    pairs["starts"] = np.array([rest != "" for rest in rests], dtype=bool)
    pairs["sequel"] = np.array([rest != "" and goes_on_with_a_number(rest) for rest in rests], dtype=bool)
    pairs["exchanged"] = _exchanged(a["title"], b["title"], near=(pairs["title"] >= _WORTH).to_numpy())
    pairs["generic"] = a["generic"].to_numpy() | b["generic"].to_numpy()
    pairs["long"] = _long(a["title"]) & _long(b["title"])
    pairs["cochrane"] = _same(a["cochrane"], b["cochrane"]) == 1
    pairs["ahead"] = (a["volume"] != "").to_numpy() ^ (b["volume"] != "").to_numpy()
    pairs["registers"] = _both(a, b, "trial") & (a["trial"].str[:3].to_numpy() != b["trial"].str[:3].to_numpy())
    pairs["entry"] = (pairs["trial"] == 1) & _both(a, b, "venue", "trial")


def _similar(scorer: Callable[..., float], a: pd.Series[str], b: pd.Series[str]) -> Scores:
    """Compare two text columns, 0..1, NaN where either is empty."""
    one, other = a.to_numpy(dtype=object), b.to_numpy(dtype=object)
    scores = process.cpdist(one, other, scorer=scorer, dtype=np.float64, workers=-1) / 100
    return np.where((one == "") | (other == ""), np.nan, scores)


def _same(a: pd.Series[str], b: pd.Series[str]) -> Scores:
    """Tell 1 (equal), 0 (different), NaN (either unknown)."""
    one, other = a.to_numpy(dtype=object), b.to_numpy(dtype=object)
    return np.where((one == "") | (other == ""), np.nan, (one == other).astype(float))


def _volumes(a: pd.DataFrame, b: pd.DataFrame) -> Scores:
    """Compare volumes; two that changed places with the issue in one record are the same."""
    one, other = a["volume"].to_numpy(dtype=object), b["volume"].to_numpy(dtype=object)
    crossed = (one != "") & (one == b["issue"].to_numpy(dtype=object)) & (other == a["issue"].to_numpy(dtype=object))
    return np.where(crossed, 1.0, _same(a["volume"], b["volume"]))


def _pages(a: pd.Series[str], b: pd.Series[str]) -> Scores:
    """Compare first pages. Articles with a number instead of a place are often given pages from 1: against any other
    page, 1 says nothing."""
    same = _same(a, b)
    return np.where((same == 0) & ((a == "1").to_numpy() | (b == "1").to_numpy()), np.nan, same)


def _authors(a: pd.DataFrame, b: pd.DataFrame) -> Scores:
    """Compare family names; where they differ, also with the given names of the other side, for some sources have the
    two the wrong way round."""
    scores = _similar(fuzz.token_set_ratio, a["authors"], b["authors"])
    unlike = np.flatnonzero(scores < _SAME_NAME)
    one, other = a.iloc[unlike], b.iloc[unlike]
    for left, right in (("authors", "given"), ("given", "authors")):
        turned = _similar(fuzz.token_set_ratio, one[left], other[right])
        scores[unlike] = np.fmax(scores[unlike], turned)
    return scores


def _sorts(a: pd.DataFrame, b: pd.DataFrame) -> Scores:
    """Tell 1 or 0; of a record without title the sort is not known."""
    same = (a["sort"].to_numpy() == b["sort"].to_numpy()).astype(float)
    return np.where((a["title"] == "").to_numpy() | (b["title"] == "").to_numpy(), np.nan, same)


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


def _rest(one: str, other: str) -> str:
    """Give the words with which a title goes on where the other one, of three words or more, ends."""
    short, long = sorted((one, other), key=len)
    return long[len(short) + 1 :] if short.count(" ") >= 2 and long.startswith(short + " ") else ""


def _exchanged(a: pd.Series[str], b: pd.Series[str], *, near: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Look for exchanged words where the titles are ``near``; of others nobody would ask."""
    return np.array([n and x != y and exchanged(x, y) for n, x, y in zip(near, a, b, strict=True)], dtype=bool)


def _long(titles: pd.Series[str]) -> npt.NDArray[np.bool_]:
    return np.array([title.count(" ") >= 4 for title in titles], dtype=bool)


def _journals(a: pd.DataFrame, b: pd.DataFrame) -> Scores:
    """Compare journal names, each two names once; an ISSN in common settles it.

    Names of conferences without volumes are too various to contradict each other: no likeness is NaN, unless both
    are acronyms.
    """
    names = pd.MultiIndex.from_arrays([a["journal"].to_numpy(dtype=object), b["journal"].to_numpy(dtype=object)])
    codes, unique = names.factorize()
    each = np.array([agreement(x, y) if x and y else np.nan for x, y in unique], dtype=np.float64)
    scores = each[codes] if len(codes) else np.empty(0)
    conference = _both(a, b, "venue", "conference") & ~_both(a, b, "volume") & (scores < _SAME_NAME)
    known = np.array([acronym(x) != "" and acronym(y) != "" for x, y in unique], dtype=bool)
    scores = np.where(conference & ~(known[codes] if len(codes) else False), np.nan, scores)
    return np.where(_shared(a["issns"], b["issns"]) == 1, 1.0, scores)


def _both(a: pd.DataFrame, b: pd.DataFrame, column: str, value: str = "") -> npt.NDArray[np.bool_]:
    """Tell where a column has a value on both sides; without ``value``, any."""
    one, other = a[column].to_numpy(dtype=object), b[column].to_numpy(dtype=object)
    there: npt.NDArray[np.bool_] = (one == value) & (other == value) if value else (one != "") & (other != "")
    return there


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
