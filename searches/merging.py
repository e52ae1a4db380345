"""Merge duplicate records into reports in the store: what the rules are sure of, and what people judge.

Every merge and split is an event with its reason; a human judgement on a pair overrules the rules, now and in every
later run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from review.errors import DecisionError
from review.protocol import Protocol
from review.store import Actor, Entry, Store, append_many
from searches import rows
from searches.dedupe import REASONS, Link, Options, find_duplicates

Verdict = Literal["same", "different", "study"]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a run did, and where that leaves the review. ``records == reports + duplicates``."""

    records: int
    reports: int
    duplicates: int
    merged_now: int
    unsure: int


def merge_duplicates(store: Store, protocol: Protocol, actor: Actor) -> Merged:
    """Find duplicates among all records and merge them into reports; a second run changes nothing."""
    with store.read() as connection:
        known = rows.all_records(connection)
        roots = rows.root_of_reports(connection)
        judged = rows.judged_pairs(connection)
    ids = [i for i, _ in known]
    place = {identity: at for at, identity in enumerate(ids)}
    options = Options(
        cochrane_updates=protocol.cochrane_updates,
        judged=tuple((place[a], place[b], verdict == "same") for a, b, verdict in judged),
    )
    result = find_duplicates([record for _, record in known], options=options)
    why: dict[int, list[Link]] = defaultdict(list)
    for link in result.links:
        why[link.left].append(link)
    entries = [
        Entry("merge", _payload(cluster, [link for i in cluster for link in why[i]], ids))
        for cluster in result.clusters
        if len({roots[ids[i]] for i in cluster}) > 1
    ]
    unsure = [(ids[p.left], ids[p.right], p.score, REASONS[p.rule]) for p in result.unsure]
    with store.write() as connection:
        append_many(store, connection, actor, entries)
        rows.replace_unsure(connection, unsure)
        rows.note_deduplicated(connection, max(ids, default=0))
        after = rows.root_of_reports(connection)
        waiting = open_pairs(rows.pairs(connection), after)
    reports = len(set(after.values()))
    return Merged(len(after), reports, len(after) - reports, len(set(roots.values())) - reports, len(waiting))


def _payload(cluster: tuple[int, ...], links: list[Link], ids: list[int]) -> dict[str, Any]:
    return {
        "reports": [ids[i] for i in cluster],
        "rule": ", ".join(sorted({link.rule for link in links})),
        "score": min((link.score for link in links), default=None),
        "links": [_link(link, ids) for link in links],
    }


def _link(link: Link, ids: list[int]) -> list[Any]:
    return [ids[link.left], ids[link.right], link.rule, round(link.score, 4)]


def open_pairs(pairs: list[Mapping[str, Any]], roots: Mapping[int, int]) -> list[Mapping[str, Any]]:
    """Keep the pairs that still wait for a person: not judged, and not in one report by now."""
    return [p for p in pairs if p["verdict"] is None and roots[p["left"]] != roots[p["right"]]]


def judge_pair(store: Store, actor: Actor, left: int, right: int, verdict: Verdict) -> None:
    """Say what two reports are: the same document (merged), different, or two reports of one study.

    Raises
    ------
    DecisionError
        One of them does not exist, or they are one and the same.
    """
    with store.write() as connection:
        roots = rows.root_of_reports(connection)
        _check(roots, left, right)
        entries = [Entry("pair", {"reports": sorted((left, right)), "verdict": verdict})]
        together = roots[left] == roots[right]
        if verdict == "same" and not together:
            entries.append(Entry("merge", {"reports": sorted((left, right)), "rule": "judged", "score": None}))
        elif verdict != "same" and together:
            entries.append(Entry("split", {"reports": [_later(roots, left, right)]}))
        append_many(store, connection, actor, entries)


def undo_pair(store: Store, actor: Actor, left: int, right: int) -> None:
    """Take a judgement on a pair back; a merge that it made is split again."""
    with store.write() as connection:
        roots = rows.root_of_reports(connection)
        _check(roots, left, right)
        verdicts = {(a, b): verdict for a, b, verdict in rows.judged_pairs(connection)}
        before = verdicts.get((min(left, right), max(left, right)))
        if before is None:
            raise DecisionError(f"nobody has judged {left} and {right}", hint="see: review pairs list")
        entries = [Entry("pair", {"reports": sorted((left, right)), "verdict": "cleared"})]
        if before == "same" and roots[left] == roots[right]:
            entries.append(Entry("split", {"reports": [_later(roots, left, right)]}))
        append_many(store, connection, actor, entries)


def _check(roots: Mapping[int, int], left: int, right: int) -> None:
    for one in (left, right):
        if one not in roots:
            raise DecisionError(f"there is no report {one}", hint="see: review pairs list")
    if left == right:
        raise DecisionError(f"{left} and {right} are one and the same report", hint="name two different reports")


def _later(roots: Mapping[int, int], left: int, right: int) -> int:
    """Choose which of two leaves their common report: the one that is not its root, else the newer."""
    outside = [one for one in (left, right) if one != roots[one]]
    return max(outside)
