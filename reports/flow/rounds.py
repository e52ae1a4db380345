"""Citation searching round by round: what its lists named, what was known before, and what became of the rest. Pure.

An entry is one document on the list of one seed in one citation index. Counted so, every round can be checked (F13):
entries = known from databases or registers + from other methods + from an earlier round + repeated + new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from reports.flow.counts import MAIN_KINDS, Footnote, Source, State, Terminal
from review.errors import CountError

_UNSCREENED: frozenset[State] = frozenset({"removed", "not_screened", "open_record"})


@dataclass(frozen=True, slots=True)
class Chase:
    """One search of a round: its index, the direction asked, the names of its seeds, and the entries of its lists.

    ``hits`` is ``None`` until the search is complete; ``rejected`` of them could not be read as records.
    """

    search: int
    label: str
    direction: str | None
    round: int | None
    seeds: tuple[str, ...]
    hits: int | None
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """How a record was found: on the list of one seed (a report), in one round and direction, by one search."""

    record: int
    search: int
    round: int | None = None
    direction: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Citing:
    """What the store holds of citation searching; ``named`` says of a seed how a text cites it."""

    chases: tuple[Chase, ...]
    ways: tuple[Way, ...]
    named: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """One round in one direction, all indexes together.

    ``hits`` are entries: ``main + elsewhere + earlier + repeated + new``. ``unfinished`` are the ``searches`` that gave
    none yet.
    """

    number: int | None
    direction: str | None
    indexes: tuple[str, ...]
    seeds: int
    searches: int
    unfinished: int
    hits: int
    main: int
    elsewhere: int
    earlier: int
    repeated: int
    new: int
    screened: int
    included: int


@dataclass(frozen=True, slots=True)
class Followed:
    """One seed: the entries of its lists in each direction, and how many different reports these are."""

    report: int
    label: str
    backward: int
    forward: int
    reports: int
    included: int


@dataclass(frozen=True, slots=True)
class Rounds:
    """Citation searching as a whole: every round, every seed, and how many different reports their lists named.

    ``seeds`` counts what was followed, ``included`` those of the reports that are included.
    """

    rounds: tuple[Round, ...]
    followed: tuple[Followed, ...]
    seeds: int
    reports: int
    included: int


def count_rounds(citing: Citing, terminals: Iterable[Terminal], sources: Iterable[Source]) -> Rounds:
    """Count every round and every seed.

    A report is new in the round whose list named it first, when no other search had brought it in. One that a database
    or register holds is known from there, whichever came first, as in the flow.

    Raises
    ------
    CountError
        F13 does not hold; both sides, and the searches or records in question, are in the message.
    """
    ends = {t.record: t for t in terminals}
    kind = {s.id: s.kind for s in sources}
    chased = {chase.search for chase in citing.chases}
    main = {t.root for t in ends.values() if kind[t.search] in MAIN_KINDS}
    brought = {t.root for t in ends.values() if t.state != "duplicate" and t.search in chased and t.root not in main}
    counts: dict[tuple[int | None, str | None], Counter[str]] = defaultdict(Counter)
    first: dict[int, int | None] = {}
    for way in _in_order(citing):
        root = ends[way.record].root
        row = counts[way.round, way.direction]
        row["hits"] += 1
        if root in main or root not in brought:
            row["main" if root in main else "elsewhere"] += 1
        elif root in first:
            row["repeated" if first[root] == way.round else "earlier"] += 1
        else:
            first[root] = way.round
            row.update(_became(ends[root].state))
    _enforce(citing, brought, first)
    roots = {way.record: ends[way.record].root for way in citing.ways}
    reports, included = set(roots.values()), {root for root, t in ends.items() if t.state == "included"}
    return Rounds(
        tuple(_rounds(citing, counts)),
        tuple(_followed(citing, roots, included)),
        seeds=len({seed for chase in citing.chases for seed in chase.seeds}),
        reports=len(reports),
        included=len(reports & included),
    )


def _in_order(citing: Citing) -> list[Way]:
    """Order the ways as they were gone: by search, then as the lists were read."""
    asked = {chase.search: chase.direction for chase in citing.chases}
    every = (way if way.direction else replace(way, direction=asked.get(way.search)) for way in citing.ways)
    return sorted(every, key=lambda w: (w.search, w.direction or "", w.seed or 0, w.record))


def _became(state: State) -> Mapping[str, int]:
    return {"new": 1, "screened": int(state not in _UNSCREENED), "included": int(state == "included")}


def _enforce(citing: Citing, brought: Iterable[int], first: Mapping[int, object]) -> None:
    """Check what was counted against what the index said of each search, and against the flow's own second column."""
    noted = Counter(way.search for way in citing.ways)
    for chase in citing.chases:
        if chase.hits is not None and chase.hits < noted[chase.search] + chase.rejected:
            raise CountError(
                f"citation searching does not balance (F13): search {chase.search} had {chase.hits:,} entries, but"
                f" {noted[chase.search] + chase.rejected:,} are kept of it",
                hint="run: review verify",
            )
    lost = sorted(set(brought).symmetric_difference(first))
    if lost:
        which = ", ".join(map(str, lost[:10])) + (f" and {len(lost) - 10:,} more" if len(lost) > 10 else "")
        raise CountError(
            f"citation searching does not balance (F13): {len(set(brought)):,} reports in the flow, {len(first):,} in"
            f" its rounds; in question: report {which}",
            hint="run: review verify",
        )


def _rounds(citing: Citing, counts: Mapping[tuple[int | None, str | None], Counter[str]]) -> Iterator[Round]:
    by_row: dict[tuple[int | None, str | None], list[Chase]] = defaultdict(list, {key: [] for key in counts})
    for chase in citing.chases:
        both = chase.direction == "both" and chase.round is not None
        for direction in ("backward", "forward") if both else (chase.direction,):
            by_row[chase.round, direction].append(chase)
    for (number, direction), some in sorted(by_row.items(), key=lambda row: (row[0][0] or 0, row[0][1] or "")):
        n = counts.get((number, direction), Counter[str]())
        yield Round(
            number, direction,
            indexes=tuple(dict.fromkeys(chase.label for chase in some)),
            seeds=len({seed for chase in some for seed in chase.seeds}),
            searches=len(some),
            unfinished=sum(chase.hits is None for chase in some),
            **{name: n[name] for name in _SUMMED},
        )  # fmt: skip


_SUMMED = ("hits", "main", "elsewhere", "earlier", "repeated", "new", "screened", "included")


def _followed(citing: Citing, roots: Mapping[int, int], included: Set[int]) -> Iterator[Followed]:
    of_seed: dict[int, list[Way]] = defaultdict(list)
    for way in citing.ways:
        if way.seed is not None:
            of_seed[way.seed].append(way)
    for seed, ways in sorted(of_seed.items()):
        directions = Counter(way.direction for way in ways)
        reports = {roots[way.record] for way in ways}
        label = citing.named.get(seed, f"report {seed}")
        yield Followed(
            seed, label, directions["backward"], directions["forward"], len(reports), len(reports & included)
        )


def total(rounds: Sequence[Round]) -> Mapping[str, int]:
    """Add the rounds up."""
    return {name: sum(getattr(one, name) for one in rounds) for name in _SUMMED}


def note_of_rounds(counted: Rounds, box: str) -> Footnote:
    """Give the denominators of citation searching for the diagram."""
    n = total(counted.rounds)
    more = (
        ("seeds", counted.seeds), ("rounds", len({one.number for one in counted.rounds})),
        *((name, n[name]) for name in ("main", "elsewhere", "earlier", "repeated", "new")),
    )  # fmt: skip
    return Footnote(box, "snowballing", n["hits"], more=more)
