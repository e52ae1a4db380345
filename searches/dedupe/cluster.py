"""Join pairs into clusters without chaining: a cluster is accepted only if no two of its records contradict.

Works on row numbers only; knows nothing of titles or DOIs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]

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
    """``used`` links connect the groups; ``crowded`` and ``disputed`` ones were refused."""

    groups: Groups
    used: tuple[Pair, ...]
    crowded: tuple[Pair, ...]
    disputed: tuple[Pair, ...]


def cluster(
    links: Sequence[Pair],
    contradicting: Callable[[list[Pair]], set[Pair]],
    *,
    certain: Sequence[Pair] = (),
    sure: Sequence[Pair] = (),
    apart: frozenset[Pair] = frozenset(),
) -> Clustering:
    """Join rows by their links, strongest first, refusing what would put contradicting rows together.

    Parameters
    ----------
    links : pairs that are thought to be the same, strongest first
    contradicting : gives those of the pairs that may not be in one cluster
    certain : pairs that are joined before all others and however large the cluster grows
    sure : links that explain contradictions: who fits one of the two fits both; certain pairs do so as well
    apart : pairs, smaller row first, that are never in one cluster

    Notes
    -----
    Two rounds. The first finds who could meet, in groups of at most ``LARGEST``; then all pairs inside a group are
    checked at once (at most ``LARGEST / 2`` for each row); the second joins again and refuses.
    """
    ordered = [*certain, *links]
    provisional, crowded = _gather(ordered, len(certain))
    inner = [pair for group in provisional.all() if len(group) > 2 for pair in combinations(group, 2)]
    kin = Groups(pair for pair in (*certain, *sure) if provisional.together(*pair))
    forbidden = _unexplained(contradicting(inner), set(ordered), kin) | apart
    final, used, disputed = Groups(), list[Pair](), list[Pair]()
    for one, other in (pair for pair in ordered if pair not in crowded):
        if final.together(one, other):
            continue
        if any(_in_order(a, b) in forbidden for a, b in product(final.of(one), final.of(other))):
            disputed.append((one, other))
            continue
        final.join(one, other)
        used.append((one, other))
    return Clustering(final, tuple(used), tuple(crowded), tuple(disputed))


def _gather(ordered: Sequence[Pair], certain: int) -> tuple[Groups, dict[Pair, None]]:
    """Join whatever is linked, up to ``LARGEST`` rows; give the links that would make a larger group."""
    groups = Groups()
    crowded: dict[Pair, None] = {}
    for number, (one, other) in enumerate(ordered):
        if groups.together(one, other):
            continue
        if number >= certain and len(groups.of(one)) + len(groups.of(other)) > LARGEST:
            crowded[one, other] = None
            continue
        groups.join(one, other)
    return groups, crowded


def _unexplained(forbidden: set[Pair], linked: set[Pair], same: Groups) -> set[Pair]:
    """Drop contradictions that a sure pair explains: who fits one of two records known to be the same fits both."""
    return {
        (one, other)
        for one, other in forbidden
        if not any(_in_order(a, b) in linked for a, b in product(same.of(one), same.of(other)))
    }


def _in_order(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
