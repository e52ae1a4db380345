"""Which candidate pairs may be more than candidates: a cheap look before the full comparison. Decides nothing.

In a large set most candidate pairs share no more than a first author and a year. Only titles and abstracts go along
with them here, a small part of what a full comparison needs, and no words are sorted, which takes longest there. What
is left out cannot meet any rule: a test puts that to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from searches.dedupe.block import Rows
from searches.dedupe.engines import Engine

Mask: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]
_Part: TypeAlias = tuple[Texts, Texts, Rows, Rows]

LEAST = 0.7
"""Likeness of titles below which no rule joins or asks, unless one title begins with the other, the abstract is alike
or an identifier or a place is shared."""
LEAST_ABSTRACT = 0.9
PAIRS = 200_000
"""Pairs looked at at a time."""
_MARGIN = 0.01
"""Taken off both, so that no rounding loses a pair."""


def sift(table: pd.DataFrame, left: Rows, right: Rows, engine: Engine) -> tuple[Rows, Rows]:
    """Keep the pairs whose titles are alike or that share an identifier or a place of publication.

    Parameters
    ----------
    table : DataFrame of ``normalise``, n rows
    left, right : row numbers, n_pairs each
    """
    shared = _shared(table, left, right)
    asked = np.flatnonzero(~shared)
    titles, abstracts = (table[name].to_numpy(dtype=object) for name in ("title", "abstract"))
    found = engine.map(_alike, _parts(titles, abstracts, left[asked], right[asked]))
    shared[asked] = np.concatenate([np.empty(0, dtype=bool), *found])
    return left[shared], right[shared]


def _shared(table: pd.DataFrame, left: Rows, right: Rows) -> Mask:
    """Tell which pairs share an identifier, or page and volume; a record with several DOIs may share any of them."""
    dois = table["dois"]
    several = (dois.map(len) > 1).to_numpy()
    first = dois.map(lambda known: known[0] if known else "")
    numbers = [_codes(values)[0] for values in (first, table["pmid"], table["cochrane"], table["trial"])]
    (page,) = _codes(table["page"])
    volume, issue = _codes(table["volume"], table["issue"])

    def shared(a: Rows, b: Rows) -> Mask:
        found: Mask = several[a] | several[b]
        for codes in numbers:
            found |= (codes[a] == codes[b]) & (codes[a] != 0)
        place = (page[a] == page[b]) & (page[a] != 0) & (volume[a] != 0)
        crossed = (volume[a] == issue[b]) & (issue[a] == volume[b])
        found |= place & ((volume[a] == volume[b]) | crossed)
        return found

    parts = (slice(start, start + PAIRS) for start in range(0, max(len(left), 1), PAIRS))  # so little is held twice
    return np.concatenate([shared(left[part], right[part]) for part in parts])


def _codes(*columns: pd.Series[str]) -> list[Rows]:
    """Number the texts of columns alike: 0 is the unknown, equal numbers are equal texts."""
    texts = np.concatenate([np.array([""], dtype=object), *(column.to_numpy(dtype=object) for column in columns)])
    codes: Rows = pd.factorize(texts)[0]
    return np.split(codes[1:], len(columns))


def _parts(titles: Texts, abstracts: Texts, left: Rows, right: Rows) -> Iterator[_Part]:
    for start in range(0, len(left), PAIRS):
        one, other = left[start : start + PAIRS], right[start : start + PAIRS]
        rows, places = np.unique(np.concatenate([one, other]), return_inverse=True)
        places = places.astype(np.int32)
        yield titles[rows], abstracts[rows], places[: len(one)], places[len(one) :]


def _alike(part: _Part) -> Mask:
    """Tell which pairs of one part are alike; an unknown title is like no other."""
    titles, abstracts, left, right = part
    one, other = titles[left], titles[right]
    alike = _close(one, other, LEAST)
    alike |= np.array([x.startswith(y) or y.startswith(x) for x, y in zip(one, other, strict=True)], dtype=bool)
    alike &= (one != "") & (other != "")
    rest = np.flatnonzero(~alike & (one != "") & (other != ""))
    one, other = abstracts[left[rest]], abstracts[right[rest]]
    alike[rest] = _close(one, other, LEAST_ABSTRACT) & (one != "") & (other != "")
    return alike


def _close(one: Texts, other: Texts, least: float) -> Mask:
    """Tell where texts have ``least`` of their letters in common, in order."""
    cutoff = (least - _MARGIN) * 100
    close: Mask = process.cpdist(
        one, other, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.float32, workers=-1
    ) > 0  # fmt: skip
    return close
