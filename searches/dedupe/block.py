"""Which pairs are worth comparing. Every block is bounded: the number of pairs never grows faster than the records.

Rows come in canonical order (``canonical``), in which likely duplicates stand close together. Each key puts the rows
that share it side by side without changing that order, and a row is paired with the next ``WINDOW`` rows of its block:
all pairs of a block of ordinary size, and the nearest ones of a huge block.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

Rows = npt.NDArray[np.int64]

WINDOW = 10
"""Rows that follow a row in its block and are compared with it (docs/decisions/0005-dedupe-rules.md)."""

_ROOM = 4_000_000
"""Pairs gathered before those found by several keys are put together: bounds memory."""
_ENDS = 18
_HEAD = 60


def canonical(table: pd.DataFrame, digests: list[str]) -> Rows:
    """Order rows by what they say, so that nothing depends on the order in which records came."""
    keys = table[["title", "year", "volume", "page", "authors"]].assign(digest=digests)
    order = keys.reset_index(drop=True).sort_values(list(keys.columns), kind="stable", na_position="last")
    return order.index.to_numpy(dtype=np.int64)


def block(table: pd.DataFrame) -> tuple[Rows, Rows]:
    """Give candidate pairs.

    Parameters
    ----------
    table : DataFrame in canonical order, n rows

    Returns
    -------
    (left, right)
        Row numbers with ``left < right``, each pair once, sorted; at most ``WINDOW`` x n x the number of keys.
    """
    n = np.int64(max(len(table), 1))
    found: Rows = np.empty(0, dtype=np.int64)
    fresh: list[Rows] = []
    for rows, values in _keys(table):
        fresh.append(_neighbours(rows, values, n))
        if sum(map(len, fresh)) >= max(len(found), _ROOM):
            found, fresh = _distinct([found, *fresh]), []
    found = _distinct([found, *fresh])
    return found // n, found % n


def _distinct(parts: list[Rows]) -> Rows:
    """Sort numbers and give each once. Sorting in place takes less time and memory than the hashing of np.unique."""
    every = np.concatenate(parts)
    every.sort()
    return every[np.concatenate(([True], every[1:] != every[:-1]))] if len(every) else every


def _neighbours(rows: Rows, values: pd.Series[str], n: np.int64) -> Rows:
    """Pair each row with the next rows of its block, as ``left * n + right``."""
    codes, _ = pd.factorize(values.to_numpy(dtype=object))
    known = values.to_numpy(dtype=object) != ""
    codes, rows = codes[known], rows[known]
    order = np.argsort(codes, kind="stable")
    codes, rows = codes[order], rows[order]
    pairs = [np.empty(0, dtype=np.int64)]
    for step in range(1, WINDOW + 1):
        same = np.flatnonzero(codes[:-step] == codes[step:])
        if not same.size:
            break
        one, other = rows[same], rows[same + step]
        pairs.append((np.minimum(one, other) * n + np.maximum(one, other))[one != other])
    return np.concatenate(pairs)


def _keys(table: pd.DataFrame) -> Iterator[tuple[Rows, pd.Series[str]]]:
    """Give each blocking key: the rows that it is known for (row numbers) and its text, ``""`` where unknown."""
    rows = np.arange(len(table), dtype=np.int64)
    year = table["year"].map(lambda y: "" if y != y else str(int(y)))
    title = table["title"].mask(table["generic"], "")  # a title that many documents bear finds nobody
    solid = title.str.replace(" ", "")
    dois = table["dois"].reset_index(drop=True).explode().dropna()
    yield dois.index.to_numpy(dtype=np.int64), dois
    yield rows, table["pmid"]
    yield rows, table["cochrane"]
    yield rows, table["trial"]
    yield rows, solid.str[:_ENDS]
    yield rows, solid.str[-_ENDS:]
    yield rows, title.map(_longest_words)
    yield rows, _both(table["volume"], table["page"])
    yield rows, _both(table["page"], year)
    yield rows, _both(table["first_author"], year)
    yield rows, _both(table["first_author"], table["page"])
    yield rows, table["abstract"].str[:_HEAD]


def _both(one: pd.Series[str], other: pd.Series[str]) -> pd.Series[str]:
    return (one + "|" + other).where((one != "") & (other != ""), "")


def _longest_words(title: str) -> str:
    """Give the three longest words in alphabetical order; fewer than three are no key."""
    words = sorted(set(title.split()), key=lambda word: (-len(word), word))[:3]
    return " ".join(sorted(words)) if len(words) == 3 else ""
