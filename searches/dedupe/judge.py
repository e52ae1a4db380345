"""Put the rules to the compared pairs. The rules themselves are in ``rules``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from searches.dedupe.rules import MERGE, UNSURE, VETO, Pairs, Rule, Veto


def judge(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say of every pair what it is.

    Parameters
    ----------
    pairs : DataFrame of ``compare``

    Returns
    -------
    DataFrame, as many rows
        ``left, right, score``; ``verdict``: ``same``, ``unsure``, ``different`` (a veto holds) or ``""`` (nothing is
        known either way); ``rule``: the name of the row that decided, a veto's with ``not_`` before it; ``stopped``:
        the two may not meet in one cluster either.
    """
    columns = Pairs(**{field.name: pairs[field.name].to_numpy() for field in fields(Pairs)})
    merge, veto, unsure = (_first(rows, columns, len(pairs)) for rows in (MERGE, VETO, UNSURE))
    stopped, ask = veto >= 0, np.array([row.ask for row in VETO] + [False])[veto]
    likely = (merge >= 0) | (unsure >= 0)
    verdict = np.select(
        [~stopped & (merge >= 0), likely & (~stopped | ask), stopped], ["same", "unsure", "different"], ""
    )
    names = _names(MERGE)[merge]
    names = np.where(merge >= 0, names, _names(UNSURE)[unsure])
    names = np.where(stopped, "not_" + _names(VETO)[veto], names)
    out = pairs[["left", "right", "score"]].copy()
    out["verdict"], out["rule"] = verdict.astype(object), names
    out["stopped"] = stopped & np.array([row.whole for row in VETO] + [False])[veto]
    return out


def _first(rows: Sequence[Rule | Veto], pairs: Pairs, n: int) -> npt.NDArray[np.int64]:
    """Give the number of the first row that holds for each of n pairs, -1 where none does."""
    found = np.full(n, -1, dtype=np.int64)
    for number, row in enumerate(rows):
        found[(found < 0) & row.when(pairs)] = number
    return found


def _names(rows: Sequence[Rule | Veto]) -> npt.NDArray[np.object_]:
    """Give the names as an array whose last item, which -1 picks, is empty."""
    return np.array([row.name for row in rows] + [""], dtype=object)
