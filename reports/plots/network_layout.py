"""What stands where in the snowball network: which reports are drawn, in which column, in which order. Pure.

Columns are ordered so that few lines cross: each item goes to the mean height of those that it is
joined to, to and fro.
Method: Sugiyama K et al. 1981, doi:10.1109/TSMC.1981.4308636.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.plots.network_rows import Chase, Link, State

MOST, TALL = 100, 40
"""Reports that are drawn, in all and in a column; what is beyond is counted in the note."""
_ASSESSED: tuple[State, ...] = ("included", "excluded", "open")
_SWEEPS = 6

Item = int | tuple[int, int, int]
"""A report (its root), or the place at which the line from a seed to a hit passes a column (seed, hit, column)."""


@dataclass(frozen=True, slots=True)
class Node:
    """A report that is drawn: what it is called, where it stands, and what else was found from it, by sort."""

    label: str
    state: State
    also: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Net:
    """What the drawing shows.

    ``columns`` hold items from top to bottom; ``links`` join drawn reports of an earlier and a later column;
    ``found`` is how many reports each round found that were known from nowhere else (round 0: the first seeds);
    ``counts`` is each hit once, by where it stands; ``left`` is how many reports of each sort found no room.
    """

    columns: tuple[tuple[Item, ...], ...]
    nodes: Mapping[int, Node]
    links: tuple[Link, ...]
    found: tuple[int, ...]
    counts: Mapping[str, int]
    left: Mapping[str, int]


def rounds(chase: Chase) -> dict[int, int]:
    """Give report -> the round that found it; 0 for a seed, or a hit, that was found otherwise."""
    first: dict[int, int] = {}
    for link in chase.links:
        first[link.hit] = min(first.get(link.hit, link.round), link.round)
    known = {one: 0 for link in chase.links for one in (link.seed, link.hit) if one in chase.elsewhere}
    return {link.seed: 0 for link in chase.links} | first | known


def chosen(chase: Chase) -> frozenset[int]:
    """Choose what is drawn: included hits first, then the other assessed ones, each with its seeds, then all seeds."""
    at = rounds(chase)
    parents: dict[int, set[int]] = defaultdict(set)
    for link in chase.links:
        if at[link.seed] < at[link.hit] and chase.states[link.hit] in _ASSESSED:
            parents[link.hit].add(link.seed)
    shown: set[int] = set()
    wanted = sorted(parents, key=lambda hit: (_ASSESSED.index(chase.states[hit]), at[hit], hit))
    for group in (
        *({hit} | parents[hit] for hit in wanted),
        *({seed} for seed in sorted({s.seed for s in chase.links})),
    ):
        tallest = max(Counter(at[one] for one in shown | group).values())
        if len(shown | group) <= MOST and tallest <= TALL:
            shown |= group
    return frozenset(shown)


def net(chase: Chase, shown: frozenset[int], names: Mapping[int, str]) -> Net:
    """Say where everything stands that is drawn, and count what is not."""
    at = rounds(chase)
    links = tuple(x for x in chase.links if {x.seed, x.hit} <= shown and at[x.seed] < at[x.hit])
    joined = {(link.seed, link.hit) for link in links}
    also: dict[int, Counter[str]] = defaultdict(Counter)
    for seed, hit in sorted({(link.seed, link.hit) for link in chase.links} - joined):
        also[seed][_sort(chase, at, seed, hit)] += 1
    nodes = {
        one: Node(
            names[one], chase.states[one], tuple(sorted(also[one].items(), key=lambda pair: SORTS.index(pair[0])))
        )
        for one in sorted(shown)
    }
    hits = sorted({link.hit for link in chase.links})
    seeds = sorted({link.seed for link in chase.links})
    missed = (hit for hit in hits if at[hit] and hit not in shown)
    left: Counter[str] = Counter(chase.states[hit] for hit in missed if chase.states[hit] in _ASSESSED)
    left["seed"] = sum(seed not in shown for seed in seeds if not at[seed])
    found = Counter(at[hit] for hit in hits if at[hit])
    found[0] = sum(not at[seed] for seed in seeds)
    return Net(
        _columns(shown, joined, at),
        nodes,
        links,
        tuple(found[number] for number in range(max(at.values()) + 1)),
        Counter("known" if not at[hit] else chase.states[hit] for hit in hits),
        {sort: n for sort, n in left.items() if n},
    )


SORTS = ("included", "excluded", "open", "screened_out", "undecided", "known")
"""Of what was found from a seed and is not joined to it, in the order in which it is said."""


def _sort(chase: Chase, at: Mapping[int, int], seed: int, hit: int) -> str:
    return chase.states[hit] if at[seed] < at[hit] else "known"


def _columns(
    shown: frozenset[int], joined: set[tuple[int, int]], at: Mapping[int, int]
) -> tuple[tuple[Item, ...], ...]:
    """Put every report into the column of its round, and order the columns so that few lines cross."""
    columns: list[list[Item]] = [[] for _ in range(max(at[one] for one in shown) + 1)]
    for one in sorted(shown):
        columns[at[one]].append(one)
    near: dict[Item, list[Item]] = defaultdict(list)
    for seed, hit in sorted(joined):
        via: list[Item] = [(seed, hit, column) for column in range(at[seed] + 1, at[hit])]
        for column, item in enumerate(via, start=at[seed] + 1):
            columns[column].append(item)
        for left, right in zip([seed, *via], [*via, hit], strict=True):
            near[left].append(right)
            near[right].append(left)
    for sweep in range(_SWEEPS):
        there = range(1, len(columns)) if sweep % 2 == 0 else range(len(columns) - 2, -1, -1)
        for number in there:
            beside = columns[number - 1 if sweep % 2 == 0 else number + 1]
            columns[number] = _ordered(columns[number], beside, near)
    return tuple(map(tuple, columns))


def _ordered(column: Sequence[Item], beside: Sequence[Item], near: Mapping[Item, Sequence[Item]]) -> list[Item]:
    """Sort a column by the mean place of what each item is joined to in the column beside it."""
    place = {item: (n + 0.5) / len(beside) for n, item in enumerate(beside)}
    own = {item: (n + 0.5) / len(column) for n, item in enumerate(column)}

    def mean(item: Item) -> tuple[float, float]:
        there = [place[other] for other in near.get(item, ()) if other in place]
        return (sum(there) / len(there) if there else own[item], own[item])

    return sorted(column, key=mean)
