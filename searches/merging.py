"""Merge duplicate records into reports in the store, and say which record's value a merged report shows.

Every merge and split is an event with its reason; a human judgement on a pair overrules the rules, now and in every
later run. A run looks at the records that are new and leaves the reports of the others as they are; only a run over
everything, which somebody has to ask for, compares old records with one another again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection

from review.errors import DecisionError
from review.protocol import Protocol
from review.protocol.faults import meant
from review.record import Record
from review.store import Actor, Entry, Store, append_many
from review.store.chosen import chosen
from review.store.events import read_events
from review.store.grouping import Grouping
from review.store.tally import unjudged_pairs
from searches import merge_rows, pair_rows, rows
from searches.dedupe import REASONS, Link, Options, Result, find_duplicates
from searches.dedupe.engines import Engine

RESTORED = "restored"
"""What a merge names as its rule when it only puts back what a judgement, now taken back, had parted."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A merged report that stands in conflict because its parts had been decided differently.

    ``outcomes`` are (report, status at the stage) of the parts, as they stood before.
    """

    report: int
    stage: str
    outcomes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a run did, and where that leaves the review. ``records == reports + duplicates``.

    ``new`` is how many records were looked at: those that no run had seen, or all of them with ``everything``.
    """

    records: int
    reports: int
    duplicates: int
    merged_now: int
    unsure: int
    new: int = 0
    everything: bool = False
    conflicts: tuple[Clash, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """What the store holds when a run begins; ``new_from`` is the position of the first record that is new."""

    ids: tuple[int, ...]
    records: tuple[Record, ...]
    roots: Mapping[int, int]
    judged: tuple[tuple[int, int, str], ...]
    new_from: int

    def settled(self) -> tuple[tuple[int, ...], ...]:
        """Give the positions of the old records that are one report, for every report of two or more."""
        groups: dict[int, list[int]] = defaultdict(list)
        for position, identity in enumerate(self.ids[: self.new_from]):
            groups[self.roots[identity]].append(position)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def merge_duplicates(
    store: Store, protocol: Protocol, actor: Actor, *, everything: bool = False, engine: Engine | None = None
) -> Merged:
    """Compare the records that no run has seen with all others and merge duplicates; a second run changes nothing.

    ``everything`` compares all records with one another again, as after a change of the rules. When somebody judges
    pairs meanwhile, the run begins again: no merge may overrule a judgement that it did not know.
    """
    while True:
        held = _held(store, everything=everything)
        new = len(held.ids) - held.new_from
        result = _compared(held, protocol, engine) if new else Result((), (), ())
        with store.write() as connection:
            merge_rows.take_turns(connection)
            if new and _state(connection) != (held.roots, held.judged):
                continue
            return _written(store, connection, actor, held, result, everything=everything)


def _held(store: Store, *, everything: bool) -> _Held:
    with store.read() as connection:
        seen = 0 if everything else merge_rows.deduplicated(connection)
        if merge_rows.newest_record(connection) <= seen:
            return _Held((), (), {}, (), 0)
        known = merge_rows.all_records(connection)
        roots, judged = _state(connection)
    ids = tuple(number for number, _ in known)
    return _Held(ids, tuple(record for _, record in known), roots, judged, sum(number <= seen for number in ids))


def _state(connection: Connection) -> tuple[dict[int, int], tuple[tuple[int, int, str], ...]]:
    """Give what must not change under a run; records that came meanwhile are the next run's business."""
    return rows.root_of_reports(connection), tuple(merge_rows.judged_pairs(connection))


def _compared(held: _Held, protocol: Protocol, engine: Engine | None) -> Result:
    place = {identity: at for at, identity in enumerate(held.ids)}
    options = Options(
        cochrane_updates=protocol.cochrane_updates,
        judged=tuple((place[a], place[b], verdict == "same") for a, b, verdict in held.judged),
        settled=held.settled(),
        new_from=held.new_from,
    )
    return find_duplicates(held.records, options=options, engine=engine)


def _written(
    store: Store, connection: Connection, actor: Actor, held: _Held, result: Result, *, everything: bool
) -> Merged:
    ids, roots = held.ids, held.roots
    merging = [cluster for cluster in result.clusters if len({roots[ids[at]] for at in cluster}) > 1]
    parts = {roots[ids[at]] for cluster in merging for at in cluster}
    before = merge_rows.standings(connection, parts)
    append_many(store, connection, actor, _merges(merging, result.links, held))
    after = rows.root_of_reports(connection)
    unsure = [(ids[p.left], ids[p.right], p.score, REASONS[p.rule]) for p in result.unsure]
    if not everything:
        asked = {_ends(after, pair.left, pair.right) for pair in pair_rows.waiting(connection)}
        unsure = [pair for pair in unsure if _ends(after, *pair[:2]) not in asked]
    if ids:
        merge_rows.offer(connection, unsure, instead=everything)
        merge_rows.note_deduplicated(connection, ids[-1])
    every, reports = merge_rows.count_reports(connection)
    return Merged(
        every, reports, every - reports,
        merged_now=len(parts) - len({after[part] for part in parts}),
        unsure=unjudged_pairs(connection),
        new=len(ids) - held.new_from,
        everything=everything,
        conflicts=clashes(connection, before, {part: after[part] for part in parts}),
    )  # fmt: skip


def _merges(merging: Sequence[tuple[int, ...]], links: Sequence[Link], held: _Held) -> list[Entry]:
    """Give an event for each cluster: it names the records that were told to be the same, and says why.

    Not the others of their reports: these came there by events of their own, which may be taken back.
    """
    ids, roots = held.ids, held.roots
    of = {at: number for number, cluster in enumerate(merging) for at in cluster}
    why: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        if link.left in of and roots[ids[link.left]] != roots[ids[link.right]]:
            why[of[link.left]].append(link)
    return [
        Entry(
            "merge",
            {
                "reports": sorted({ids[at] for link in some for at in (link.left, link.right)}),
                "rule": ", ".join(sorted({link.rule for link in some})),
                "score": min(link.score for link in some),
                "links": [[ids[link.left], ids[link.right], link.rule, round(link.score, 4)] for link in some],
            },
        )
        for _, some in sorted(why.items())
    ]


def _ends(roots: Mapping[int, int], left: int, right: int) -> tuple[int, int]:
    one, other = sorted((roots[left], roots[right]))
    return one, other


def clashes(
    connection: Connection, before: Mapping[tuple[int, str], str], into: Mapping[int, int]
) -> tuple[Clash, ...]:
    """Give the reports that a merge brought into conflict.

    Parameters
    ----------
    before : (report, stage) -> status of the former reports
    into : former report -> the report that it belongs to now
    """
    now = merge_rows.standings(connection, into.values())
    parts: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for (report, stage), status in sorted(before.items()):
        parts[into[report], stage].append((report, status))
    return tuple(
        Clash(root, stage, tuple(outcomes))
        for (root, stage), outcomes in sorted(parts.items())
        if now.get((root, stage)) == "conflict"
        and any(status not in ("conflict", "waiting", "not_screened") for _, status in outcomes)
    )


# -- what people say


def undoing(connection: Connection, pairs: Iterable[tuple[int, int]]) -> list[Entry]:
    """Give the events that bring reports back to where they are without what the judgements on some pairs did.

    The log is walked twice in one go, with the merges and splits of these judgements and without. So groups of several
    records come back whole, and whatever was merged since stays with the record that it was merged for.
    """
    deeds = merge_rows.deeds(connection, pairs)
    now, then, named = Grouping(), Grouping(), set[int]()
    for event in read_events(connection, "merge", "split"):
        about = event.payload["reports"]
        undone = set(about) <= deeds.get((event.log, event.seq), frozenset())
        named.update(about if undone else ())
        for groups in (now,) if undone else (now, then):
            (groups.merge if event.kind == "merge" else groups.split)(about)
    concerned = set().union(*(now.of(other) for one in named for other in now.of(one) | then.of(one)))
    wanted = sorted({tuple(sorted(then.of(one) & concerned)) for one in concerned})
    leaving = sorted(one for one in concerned if min(then.of(one)) != min(then.of(min(now.of(one)))))
    entries = [Entry("split", {"reports": leaving})] if leaving else []
    now.split(leaving)
    parted = [group for group in wanted if not set(group) <= now.of(group[0])]
    return entries + [Entry("merge", {"reports": list(g), "rule": RESTORED, "score": None}) for g in parted]


def value_entries(connection: Connection, report: int, wanted: Mapping[str, int | None]) -> list[Entry]:
    """Give the events that say which record's value a merged report shows of some fields; ``None`` is back to the rule.

    They are for a transaction that does more; what is chosen already gives none.

    Raises
    ------
    DecisionError
        There is no such report, no such field, or the record is not of this report.
    """
    members = merge_rows.members(connection, report)
    if not members:
        raise DecisionError(f"there is no report {report}", hint="see: review pairs list")
    root, known = members[0], [field.name for field in fields(Record)]
    stands = chosen(connection, {root: members}).get(root, {})
    entries = []
    for field, record in sorted(wanted.items()):
        if field not in known:
            near = meant(field, known)
            raise DecisionError(
                f"'{field}' is no field of a record{f'; {near}' if near else ''}", hint=", ".join(known)
            )
        if record is not None and record not in members:
            of = ", ".join(map(str, members))
            raise DecisionError(f"record {record} is not of report {root}", hint=f"its records are: {of}")
        now = stands.get(field)
        if (record, None) != ((now.record, now.text) if now else (None, None)):
            entries.append(Entry("value", {"report": root, "field": field, "record": record}))
    return entries
