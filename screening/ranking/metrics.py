"""How good a reading order was, from labels in that order. Pure.

With *N* reports, *R* of them relevant and *n(r)* reports read when ceil(*r* *R*) are found. Reports that were given
beforehand (priors) are no part of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

RECALL_AT = (5, 10, 20, 50)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Metrics:
    """One reading order in numbers.

    Attributes
    ----------
    recall : mapping of int to float, 0..1
        By percentage *p* of ``RECALL_AT``: what of the relevant is in the first floor(*p* *N* / 100) reports.
    wss95, wss100 : float, -1..1
        Work saved over sampling, (*N* - *n(r)*)/*N* - (1 - *r*). Source: Cohen AM, Hersh WR, Peterson K, Yen PY.
        J Am Med Inform Assoc 2006;13:206-219, doi:10.1197/jamia.M1929.
    atd : float, reports
        Average time to discovery: the mean place of the relevant reports, counted from 1. Source: Ferdinands G, et al.
        Syst Rev 2023;12:100, doi:10.1186/s13643-023-02257-7.
    first_relevant : int
        The place of the first one.
    """

    recall: dict[int, float]
    wss95: float
    wss100: float
    atd: float
    first_relevant: int


def metrics(labels: Sequence[bool]) -> Metrics:
    """Measure a reading order that holds at least one relevant report.

    >>> metrics([True, False, True, False]).wss100
    0.25
    """
    places = [place for place, relevant in enumerate(labels, 1) if relevant]
    if not places:
        raise ValueError("no relevant report in the order")
    total, relevant = len(labels), len(places)

    def found(read: int) -> int:
        return sum(place <= read for place in places)

    def saved(part: float) -> float:
        read = places[math.ceil(part * relevant - _ROUNDING) - 1]
        return (total - read) / total - (1 - part)

    return Metrics(
        recall={p: found(math.floor(p / 100 * total + _ROUNDING)) / relevant for p in RECALL_AT},
        wss95=saved(0.95),
        wss100=saved(1.0),
        atd=sum(places) / relevant,
        first_relevant=places[0],
    )


def mean(found: Sequence[Metrics]) -> Metrics:
    """Give the mean of several orders; the place of the first relevant report is rounded to whole reports."""
    runs = len(found)
    return Metrics(
        recall={p: sum(one.recall[p] for one in found) / runs for p in RECALL_AT},
        wss95=sum(one.wss95 for one in found) / runs,
        wss100=sum(one.wss100 for one in found) / runs,
        atd=sum(one.atd for one in found) / runs,
        first_relevant=round(sum(one.first_relevant for one in found) / runs),
    )
