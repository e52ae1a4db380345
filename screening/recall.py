"""How much of what is relevant has been found: a test and an estimate from what was read. Pure statistics.

Neither looks at the model. Both need SciPy (extra ``ranking``); the rest of the program works without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from review.errors import StageError

TARGET = 0.95
CONFIDENCE = 0.95
_ROUNDING = 1e-9
"""19 / 0.95 is 20, whatever the last bit says."""


@dataclass(frozen=True, slots=True)
class RecallTest:
    """The test of the hypothesis that the recall is below the target.

    ``p`` is the smallest over all windows of what was read last, ``window`` reports of which ``found`` were relevant.
    ``missed`` is the smallest number of relevant reports that would have to be unread for the hypothesis to be true.
    """

    p: float
    target: float
    window: int
    found: int
    missed: int

    @property
    def rejected(self) -> bool:
        """Whether the hypothesis can be given up, with 95 % confidence."""
        return self.p < 1 - CONFIDENCE


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % interval; ``point`` is ``None`` where the sample holds nothing relevant."""

    low: float
    point: float | None
    high: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What a random share says: ``relevant`` of its ``drawn`` reports, so many in all, so much of it found."""

    drawn: int
    relevant: int
    in_all: Interval
    recall: Interval


def missed_target(labels: Sequence[bool], total: int, target: float = TARGET) -> RecallTest:
    """Test whether the recall could still be below the target.

    Parameters
    ----------
    labels : sequence of bool
        Reports in the order in which they were read; true is relevant.
    total : int
        All reports, read and unread.
    target : float, 0..1
        The recall that should be reached.

    Notes
    -----
    What was read last is taken as a draw from an urn of itself and everything unread. If the target is missed, at
    least ``missed`` of the unread reports are relevant; ``p`` is the chance of then having drawn as few relevant ones
    as were drawn. The test is made for every window that reaches to the end, and the smallest chance counts. It holds
    when the reading order is no worse than chance: the better the order, the more it errs towards reading on.

    A window that begins in the middle of a run of irrelevant reports never has a smaller chance than one that takes
    in the whole run, so only these are computed.

    Source: Callaghan MW, Müller-Hansen F. Statistical stopping criteria for automated screening in systematic reviews.
    Syst Rev 2020;9:273, doi:10.1186/s13643-020-01521-4, checked 2026-11-22.
    """
    return _test(np.flatnonzero(np.asarray(labels, dtype=bool)), len(labels), total, target)


def stop_after(labels: Sequence[bool], total: int, target: float = TARGET) -> int | None:
    """Give how many reports are read when the test first rejects; ``None`` when it never does.

    While nothing relevant is found the chance only falls, so that the last report before each find tells whether to
    look closer.
    """
    found = np.flatnonzero(np.asarray(labels, dtype=bool))
    first = 0
    for count, last in enumerate([*found.tolist(), len(labels)]):
        if _test(found[:count], last, total, target, exact=False).rejected:
            low, high = first, last
            while low < high:
                middle = (low + high) // 2
                if _test(found[:count], middle, total, target, exact=False).rejected:
                    high = middle
                else:
                    low = middle + 1
            return low
        first = last + 1
    return None


def _test(found: NDArray[np.int64], read: int, total: int, target: float, *, exact: bool = True) -> RecallTest:
    """Compute the test; where ``exact`` is false, windows whose chance is a half or more are not looked at."""
    relevant, unread = len(found), total - read
    missed = math.floor(relevant / target + _ROUNDING) + 1 - relevant
    if missed > unread:
        return RecallTest(0.0, target, read, relevant, missed)
    sizes = read - np.concatenate([[0], found + 1])
    drawn = np.arange(relevant, -1, -1)
    looked_at = sizes > 0  # if the last report read was relevant, the empty window behind it tells nothing
    if not exact:  # a median is at least the mean rounded down
        looked_at &= missed > (drawn + missed) * unread // (sizes + unread)
    sizes, drawn = sizes[looked_at], drawn[looked_at]
    if not len(sizes):
        return RecallTest(1.0, target, 0, 0, missed)
    chances = _hypergeometric().cdf(drawn, sizes + unread, drawn + missed, sizes)
    best = int(chances.argmin())
    return RecallTest(float(chances[best]), target, int(sizes[best]), int(drawn[best]), missed)


def random_share(shuffled: Sequence[bool | None]) -> list[bool]:
    """Give the labels of the reports that are a random sample: the longest beginning that is wholly read.

    Parameters
    ----------
    shuffled : sequence of bool or None
        All reports in one order that chance drew before anything was read; ``None`` is unread. How a report came to
        be read does not matter.

    Notes
    -----
    How far the share reaches depends a little on what is in it, since the ranking reads relevant reports sooner. In the
    extreme, where it has read them all, the share ends before the next irrelevant one: sampling until a given number of
    irrelevant reports, for which the share of relevant ones is unbiased and ``relevant_in_all`` is as cautious as for a
    sample of fixed size. Source: Haldane JBS. Biometrika 1945;33:222, doi:10.1093/biomet/33.3.222.
    """
    return list(takewhile(lambda label: label is not None, shuffled))  # type: ignore[arg-type]  # no None is left


def estimate(shuffled: Sequence[bool | None]) -> Sample | None:
    """Estimate from the random share how many relevant reports there are and how many of them are found.

    Returns
    -------
    Sample or None
        ``None`` while the first report of the order is unread. Both intervals are exact: they hold the truth in at
        least 95 of 100 reviews, most often in more.
    """
    share = random_share(shuffled)
    if not share:
        return None
    read = [label for label in shuffled if label is not None]
    found, unread, drawn, relevant = sum(read), len(shuffled) - len(read), len(share), sum(share)
    low, high = relevant_in_all(relevant, drawn, len(shuffled))
    most = found + unread
    low, high = min(max(low, found), most), max(min(high, most), found)  # what was read is known
    point = min(max(relevant / drawn * len(shuffled), found), most) if relevant else None
    recall = Interval(_part(found, high), _part(found, point) if point else None, _part(found, low))
    return Sample(drawn, relevant, Interval(low, point, high), recall)


def relevant_in_all(relevant: int, drawn: int, total: int) -> tuple[int, int]:
    """Give the exact 95 % interval for the number of relevant reports among ``total``.

    ``relevant`` of ``drawn`` reports, drawn by chance without putting back, were relevant. Every number under which as
    many, and as few, have a chance of more than 2.5 % is in it. Source: Clopper CJ, Pearson ES. Biometrika 1934;26:404,
    doi:10.1093/biomet/26.4.404 (there for draws with putting back).

    >>> relevant_in_all(0, 10, 10), relevant_in_all(2, 10, 10)
    ((0, 0), (2, 2))
    """
    tail = (1 - CONFIDENCE) / 2
    law = _hypergeometric()

    def enough(number: int) -> bool:
        return bool(law.sf(relevant - 1, total, number, drawn) > tail)

    def not_too_many(number: int) -> bool:
        return bool(law.cdf(relevant, total, number, drawn) > tail)

    least, most = relevant, total - (drawn - relevant)
    low, high = least, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    first, high = low, most
    low = least
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if not_too_many(middle) else (low, middle - 1)
    return first, low


def _part(found: int, number: float) -> float:
    return found / number if number else 1.0


def _hypergeometric() -> Any:
    try:
        from scipy.stats import hypergeom
    except ImportError as error:
        raise StageError(
            "these statistics need SciPy, which is not installed", hint="pip install 'narrative-review[ranking]'"
        ) from error
    return hypergeom
