"""Deal reports out to people, and draw samples of them: pure functions of reports, people and a seeded generator.

The same reports, people and seed give the same result, in whatever order they come.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Why = Literal["barred", "core", "cap"]
"""Why a report cannot be dealt out: too few people may have it, no core screener may, or the cap is reached."""


@dataclass(frozen=True, slots=True)
class Work:
    """One report to deal out, so that ``size`` people have it in all.

    Those in ``has`` have it already or have voted on it, and count; the ``barred`` must not get it.
    """

    report: int
    size: int
    has: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """To whom, and on which terms.

    With ``groups`` one group has a report together, and they take turns; ``size`` does not matter then. With ``core``
    at least one of these is among any two or more who have a report. Nobody gets more than ``cap``.
    """

    people: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...] = ()
    core: frozenset[str] = frozenset()
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Dealt:
    """Person -> the reports that are new for the person, in order; and why others went to nobody."""

    given: Mapping[str, tuple[int, ...]]
    left: Mapping[int, Why]


def deal(work: Iterable[Work], terms: Terms, rng: Random) -> Dealt:
    """Deal reports out in random order, each to those who have the fewest so far (permuted blocks).

    Without constraints what two people get differs by one report at most. Reports with constraints go first, so that
    the others even it out. A report that cannot go to as many people as asked for goes to nobody.
    """
    order = sorted(work, key=lambda one: one.report)
    rng.shuffle(order)
    order.sort(key=lambda one: -len(one.barred | one.has))
    people = tuple(sorted(set(terms.people).union(*terms.groups)))
    groups = tuple(sorted({tuple(sorted(group)) for group in terms.groups}))
    given: dict[str, list[int]] = {person: [] for person in people}
    turns: Counter[tuple[str, ...]] = Counter()
    left: dict[int, Why] = {}
    for one in order:
        loads = {person: len(given[person]) for person in people}
        ranked = sorted(people, key=lambda person: (loads[person], rng.random()))
        if groups:
            turn = sorted(groups, key=lambda group: (-len(one.has & set(group)), turns[group], rng.random()))
            chosen = _take_turns(one, turn, turns, ranked, loads, terms)
        else:
            chosen = _choose(one, one.size - len(one.has), ranked, loads, terms)
        if isinstance(chosen, tuple):
            for person in chosen:
                given[person].append(one.report)
        else:
            left[one.report] = chosen
    return Dealt({person: tuple(sorted(some)) for person, some in given.items()}, dict(sorted(left.items())))


Loads = Mapping[str, int]


def _take_turns(
    one: Work,
    order: Sequence[tuple[str, ...]],
    turns: Counter[tuple[str, ...]],
    ranked: Sequence[str],
    loads: Loads,
    terms: Terms,
) -> tuple[str, ...] | Why:
    """Give a report to the first group that can have it, and count its turn; else say why the very first cannot."""
    first: Why | None = None
    for group in order:
        members = [person for person in ranked if person in group]
        chosen = _choose(one, max(len(group) - len(one.has), 0), members, loads, terms)
        if isinstance(chosen, tuple):
            turns[group] += 1
            return chosen
        first = first or chosen
    return first or "barred"


def _choose(one: Work, need: int, ranked: Sequence[str], loads: Loads, terms: Terms) -> tuple[str, ...] | Why:
    """Choose as many people as a report still needs, those first who come first in ``ranked``."""
    able = [person for person in ranked if person not in one.has | one.barred]
    free = [person for person in able if terms.cap is None or loads[person] < terms.cap]
    core = bool(terms.core) and need > 0 and len(one.has) + need > 1 and not one.has & terms.core
    if len(able) < need:
        return "barred"
    if core and not terms.core & set(able):
        return "core"
    if len(free) < need or (core and not terms.core & set(free)):
        return "cap"
    chosen = free[:need]
    if core and not terms.core & set(chosen):
        chosen[-1] = next(person for person in free if person in terms.core)
    return tuple(chosen)


# -- samples


def part(reports: Iterable[int], percent: float, rng: Random) -> frozenset[int]:
    """Draw so many percent of some reports, to the nearest whole report."""
    ordered = sorted(reports)
    return frozenset(rng.sample(ordered, int(len(ordered) * percent / 100 + 0.5)))


def stratified(strata: Mapping[int, str], size: int, rng: Random, *, at_least: int = 0) -> list[int]:
    """Draw a sample in proportion to strata, in the order of ids.

    Parameters
    ----------
    strata : mapping
        Report -> its stratum.
    size : int
        How many; more when ``at_least`` of every stratum are more, and never more than there are.

    Notes
    -----
    Proportional allocation with largest remainders; which of equal remainders is rounded up is drawn.
    """
    within: dict[str, list[int]] = defaultdict(list)
    for report, stratum in sorted(strata.items()):
        within[stratum].append(report)
    quotas = _quotas(
        {stratum: len(within[stratum]) for stratum in sorted(within)}, min(size, len(strata)), rng, at_least
    )
    return sorted(report for stratum, quota in quotas.items() for report in rng.sample(within[stratum], quota))


def _quotas(there: Mapping[str, int], size: int, rng: Random, at_least: int) -> dict[str, int]:
    share = {stratum: size * count / (sum(there.values()) or 1) for stratum, count in there.items()}
    lot = {stratum: rng.random() for stratum in there}
    least = {stratum: min(at_least, count) for stratum, count in there.items()}
    quotas = {stratum: max(least[stratum], int(share[stratum])) for stratum in there}
    while (missing := size - sum(quotas.values())) != 0:
        step = 1 if missing > 0 else -1
        can = [s for s in there if (quotas[s] < there[s] if step > 0 else quotas[s] > least[s])]
        if not can:
            break
        quotas[max(can, key=lambda s: (step * (share[s] - quotas[s]), lot[s]))] += step
    return quotas
