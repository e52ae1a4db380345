"""How well raters agree: chance-corrected coefficients for nominal codes, from the published formulas. Pure.

A coefficient that is not defined (nothing rated twice, no variation to agree on) is ``None``, never 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Z95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class TwoRaters:
    """Agreement of two raters on ``n`` units.

    ``positive`` and ``negative`` are the agreement specific to the first and the second category: of all ratings in
    it, the share that the other rater joined. ``low`` and ``high`` bound the 95 % confidence interval of kappa.
    """

    n: int
    observed: float | None
    positive: float | None
    negative: float | None
    kappa: float | None
    low: float | None
    high: float | None
    ac1: float | None
    pabak: float | None


@dataclass(frozen=True, slots=True)
class Rated:
    """How two agree on one thing, as a report shows it; without ``agreement``, ``why`` says why there is none.

    ``step`` is the part of the review, ``what`` who or what was compared. ``kind``: ``votes`` have a positive and a
    negative category; ``codes`` are several, without those two; of ``text`` only the share that is the same is known.
    """

    step: str
    what: str
    kind: Literal["votes", "codes", "text"] = "votes"
    agreement: TwoRaters | None = None
    why: str = ""


def first_votes(votes: Iterable[tuple[int, str, str | None]]) -> dict[int, dict[str, str]]:
    """Give each person's first independent vote on each report: what was said before anybody could have discussed it.

    Parameters
    ----------
    votes : iterable of (report, person, verdict or None)
        In the order in which they were cast. ``None`` takes a vote back: it is forgotten when nobody else had voted on
        the report yet (a slip of the keyboard), and stays the first vote otherwise.

    >>> first_votes([(7, "a", "include"), (7, "a", None), (7, "a", "exclude"), (7, "b", "maybe"), (7, "b", "exclude")])
    {7: {'a': 'exclude', 'b': 'maybe'}}
    """
    first: dict[int, dict[str, str]] = {}
    for report, person, verdict in votes:
        given = first.setdefault(report, {})
        if verdict is not None:
            given.setdefault(person, verdict)
        elif set(given) == {person}:
            del given[person]
    return first


def two_raters(pairs: Sequence[tuple[str, str]], categories: Sequence[str]) -> TwoRaters:
    """Compute the agreement of two raters.

    Parameters
    ----------
    pairs : sequence of (str, str), n units
        What the first and the second rater said of each unit.
    categories : sequence of str, at least two
        Every code that could be given, the positive one first, the negative one second.

    Raises
    ------
    ValueError
        A code that is not among the categories.

    Notes
    -----
    Kappa: Cohen 1960, doi:10.1177/001316446002000104; its large-sample standard error: Fleiss, Cohen & Everitt 1969,
    doi:10.1037/h0028106. Positive and negative agreement: Cicchetti & Feinstein 1990,
    doi:10.1016/0895-4356(90)90159-M. PABAK: Byrt, Bishop & Carlin 1993, doi:10.1016/0895-4356(93)90018-V, for k
    categories (k po - 1) / (k - 1). AC1: Gwet 2008, doi:10.1348/000711006X126600.
    """
    unknown = sorted({code for pair in pairs for code in pair} - set(categories))
    if unknown:
        raise ValueError(f"not among the categories: {', '.join(unknown)}")
    n, k = len(pairs), len(categories)
    if n == 0:
        return TwoRaters(0, None, None, None, None, None, None, None, None)
    table = Counter(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(table[c, c] for c in categories) / n
    by_chance = sum(first[c] * second[c] for c in categories) / n**2
    kappa = _corrected(observed, by_chance)
    low, high = _interval(table, first, second, categories, kappa) if kappa is not None else (None, None)
    shares = [(first[c] + second[c]) / (2 * n) for c in categories]
    return TwoRaters(
        n=n,
        observed=observed,
        positive=_specific(table, first, second, categories[0]),
        negative=_specific(table, first, second, categories[1]),
        kappa=kappa,
        low=low,
        high=high,
        ac1=_corrected(observed, sum(p * (1 - p) for p in shares) / (k - 1)),
        pabak=(k * observed - 1) / (k - 1),
    )


def fleiss_kappa(units: Sequence[Sequence[str]]) -> float | None:
    """Compute Fleiss' kappa: units rated by the same number of raters, not necessarily the same persons.

    Returns
    -------
    float or None
        ``None`` when there is no unit, fewer than two ratings each, unequal numbers of ratings, or one code only.

    Notes
    -----
    Source: Fleiss 1971, doi:10.1037/h0031619.
    """
    sizes = {len(unit) for unit in units}
    if len(sizes) != 1 or max(sizes) < 2:
        return None
    m, n = sizes.pop(), len(units)
    alike = _alike(units)
    observed = sum(times * c * (c - 1) for unit, times in alike for c in unit.values()) / (n * m * (m - 1))
    total = _total(alike)
    return _corrected(observed, sum((c / (n * m)) ** 2 for c in total.values()))


def krippendorff_alpha(units: Sequence[Sequence[str]]) -> float | None:
    """Compute Krippendorff's alpha for nominal codes; a unit may have any number of ratings, one is as good as none.

    Returns
    -------
    float or None
        ``None`` when no unit has two ratings or all ratings are one code.

    Notes
    -----
    Source: Hayes & Krippendorff 2007, doi:10.1080/19312450709336664, from coincidences within units.
    """
    rated = _alike([unit for unit in units if len(unit) > 1])
    total = _total(rated)
    disagreeing = 0.0
    for unit, times in rated:
        m = unit.total()
        disagreeing += times * (m * m - sum(c * c for c in unit.values())) / (m - 1)
    n = total.total()
    expected = n * n - sum(c * c for c in total.values())
    return 1 - (n - 1) * disagreeing / expected if expected else None


def _alike(units: Iterable[Sequence[str]]) -> list[tuple[Counter[str], int]]:
    """Give the different units, as the number of ratings per code, and how many there are of each: they are few."""
    return [(Counter(unit), times) for unit, times in Counter(tuple(sorted(unit)) for unit in units).items()]


def _total(alike: Iterable[tuple[Counter[str], int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for unit, times in alike:
        total.update({code: times * c for code, c in unit.items()})
    return total


def _corrected(observed: float, by_chance: float) -> float | None:
    """Give the share of agreement beyond chance; undefined when chance alone agrees always."""
    return None if math.isclose(by_chance, 1.0) else (observed - by_chance) / (1 - by_chance)


def _specific(
    table: Counter[tuple[str, str]], first: Counter[str], second: Counter[str], category: str
) -> float | None:
    given = first[category] + second[category]
    return 2 * table[category, category] / given if given else None


def _interval(
    table: Counter[tuple[str, str]],
    first: Counter[str],
    second: Counter[str],
    categories: Sequence[str],
    kappa: float,
) -> tuple[float, float] | tuple[None, None]:
    """Give the 95 % interval of kappa, cut at -1 and 1 (Fleiss, Cohen & Everitt 1969, equation 14).

    Where the large-sample variance vanishes (one report, or no disagreement at all) it says nothing: no interval.
    """
    n = table.total()
    by_chance = sum(first[c] * second[c] for c in categories) / n**2
    agreeing = sum(table[c, c] / n * (1 - (first[c] + second[c]) / n * (1 - kappa)) ** 2 for c in categories)
    crossed = sum(table[a, b] / n * ((second[a] + first[b]) / n) ** 2 for a in categories for b in categories if a != b)
    variance = agreeing + (1 - kappa) ** 2 * crossed - (kappa - by_chance * (1 - kappa)) ** 2
    if variance < 1e-12:
        return None, None
    half = Z95 * math.sqrt(variance / n) / (1 - by_chance)
    return max(kappa - half, -1.0), min(kappa + half, 1.0)
