"""Join pairs into clusters without chaining: a cluster is accepted only if no two of its records contradict.

Works on row numbers only; knows nothing of titles or DOIs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from types import MappingProxyType
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]

_NOTHING: Mapping[int, int] = MappingProxyType({})

LARGEST = 50
"""Different records of one document; more are not believed. It also bounds the work of checking a cluster."""


class Groups:
    """Disjoint groups of row numbers, which are only ever joined."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._group: dict[int, list[int]] = {}
        for pair in pairs:
            self.join(*pair)

    def of(self, row: int) -> list[int]:
        """Give the rows of the group that a row is in; a row that was never joined is alone."""
        return self._group.get(row) or [row]

    def together(self, one: int, other: int) -> bool:
        """Tell whether two rows are in one group."""
        return one == other or (one in self._group and self._group[one] is self._group.get(other))

    def join(self, one: int, other: int) -> None:
        """Make one group of the groups of two rows."""
        if self.together(one, other):
            return
        small, large = sorted((self.of(one), self.of(other)), key=len)
        large.extend(small)
        self._group.update(dict.fromkeys([*small, one, other], large))

    def all(self) -> list[list[int]]:
        """Give every group of two rows or more, sorted."""
        return sorted({id(group): sorted(group) for group in self._group.values()}.values())


@dataclass(frozen=True, slots=True)
class Clustering:
    """``used`` links connect the groups; ``crowded`` and ``disputed`` ones were refused.

    So were ``crossing`` ones, each with the old reports that it would have joined.
    """

    groups: Groups
    used: tuple[Pair, ...]
    crowded: tuple[Pair, ...]
    disputed: tuple[Pair, ...]
    crossing: tuple[tuple[Pair, Pair], ...] = ()


def cluster(
    links: Sequence[Pair],
    contradicting: Callable[[Iterable[Pair]], set[Pair]],
    *,
    certain: Sequence[Pair] = (),
    sure: Sequence[Pair] = (),
    apart: frozenset[Pair] = frozenset(),
    settled: Sequence[Pair] = (),
    report_of: Mapping[int, int] = _NOTHING,
) -> Clustering:
    """Join rows by their links, strongest first, refusing what would put contradicting rows together.

    Parameters
    ----------
    links : pairs that are thought to be the same, strongest first
    contradicting : gives those of the pairs that may not be in one cluster
    certain : pairs that are joined before all others and however large the cluster grows
    sure : links that explain contradictions: who fits one of the two fits both; certain pairs do so as well
    apart : pairs, smaller row first, that are never in one cluster
    settled : pairs that are together from the beginning, and explain nothing
    report_of : row to the report that it was in before; two such reports are never joined

    Notes
    -----
    Two rounds. The first finds who could meet, in groups of at most ``LARGEST``; then all pairs inside a group are
    checked at once (at most ``LARGEST / 2`` for each row); the second joins again and refuses.
    """
    ordered = [*certain, *links]
    provisional, crowded = _gather(ordered, len(certain), settled)
    inner = chain.from_iterable(combinations(group, 2) for group in provisional.all() if len(group) > 2)
    kin = Groups(pair for pair in (*certain, *sure) if provisional.together(*pair))
    foes = _Foes(_unexplained(contradicting(inner), ordered, kin) | apart)
    reports = _Reports(report_of)
    final, used, disputed, crossing = Groups(), list[Pair](), list[Pair](), list[tuple[Pair, Pair]]()
    for one, other in settled:
        foes.meet(final.of(one), final.of(other))
        final.join(one, other)
    for one, other in (pair for pair in ordered if pair not in crowded):
        if final.together(one, other):
            continue
        if foes.between(final.of(one), final.of(other)):
            disputed.append((one, other))
            continue
        if between := reports.between(final.of(one), final.of(other)):
            crossing.append(((one, other), between))
            continue
        foes.meet(final.of(one), final.of(other))
        reports.meet(final.of(one), final.of(other))
        final.join(one, other)
        used.append((one, other))
    return Clustering(final, tuple(used), tuple(crowded), tuple(disputed), tuple(crossing))


class _Foes:
    """Which rows may not come to a group, kept for each group, so that no link needs a look at all pairs of rows."""

    def __init__(self, forbidden: Iterable[Pair]) -> None:
        self._of: dict[int, set[int]] = {}
        for one, other in forbidden:
            self._of.setdefault(one, set()).add(other)
            self._of.setdefault(other, set()).add(one)

    def between(self, group: list[int], other: list[int]) -> bool:
        """Tell whether a row of one group is forbidden to a row of the other."""
        return not self._of.get(group[0], _NOBODY).isdisjoint(other)

    def meet(self, group: list[int], other: list[int]) -> None:
        """Make the foes of two groups those of either: which group begins the joined one does not matter then."""
        if group[0] in self._of or other[0] in self._of:
            every = self._of.get(group[0], _NOBODY) | self._of.get(other[0], _NOBODY)
            self._of[group[0]] = self._of[other[0]] = set(every)


_NOBODY: frozenset[int] = frozenset()


class _Reports:
    """Which old report each group holds, kept as the foes are."""

    def __init__(self, report_of: Mapping[int, int]) -> None:
        self._of = dict(report_of)

    def between(self, group: list[int], other: list[int]) -> Pair | None:
        """Give the old reports of two groups when they are two."""
        one, two = self._of.get(group[0]), self._of.get(other[0])
        return None if one is None or two is None or one == two else _in_order(one, two)

    def meet(self, group: list[int], other: list[int]) -> None:
        """Make the old report of either group that of both."""
        report = self._of.get(group[0], self._of.get(other[0]))
        if report is not None:
            self._of[group[0]] = self._of[other[0]] = report


def _gather(ordered: Sequence[Pair], certain: int, settled: Sequence[Pair]) -> tuple[Groups, dict[Pair, None]]:
    """Join whatever is linked, up to ``LARGEST`` rows; give the links that would make a larger group."""
    groups = Groups(settled)
    crowded: dict[Pair, None] = {}
    for number, (one, other) in enumerate(ordered):
        if groups.together(one, other):
            continue
        if number >= certain and len(groups.of(one)) + len(groups.of(other)) > LARGEST:
            crowded[one, other] = None
            continue
        groups.join(one, other)
    return groups, crowded


def _unexplained(forbidden: set[Pair], linked: Iterable[Pair], same: Groups) -> set[Pair]:
    """Drop contradictions that a sure pair explains: who fits one of two records known to be the same fits both."""
    if not forbidden:
        return forbidden
    explained = {_kin(same, *pair) for pair in linked}
    return {pair for pair in forbidden if _kin(same, *pair) not in explained}


def _kin(same: Groups, one: int, other: int) -> Pair:
    """Name the groups of two rows by their first rows."""
    return _in_order(same.of(one)[0], same.of(other)[0])


def _in_order(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
