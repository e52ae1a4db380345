"""How much of the scores hangs on rules and thresholds that were made with the very sets they are measured on.

Leave one set out: of the tables, every row is taken away that the other sets would not have taught, and the rest is
scored on the set left out. *Never used there* takes away the rows of ``MERGE`` that decide about no pair of the other
sets and the vetoes that stop no pair there that would else be merged; *not needed there* takes away, one after another
from the last to the first, every row without which the other sets still score as well, which no author would.

Shift: the rules see every similarity of titles, authors and abstracts raised or lowered, on each set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dedupe_rules as rules
from dedupe_rules import Tables
from dedupe_sets import Scores, score

from review.record import Record
from searches.dedupe import find_duplicates
from searches.dedupe.engines import Here

SHIFTS = (-0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03)


@dataclass(frozen=True)
class Labelled:
    """One set: one list of records, or many small ones that are deduplicated each by itself (edge cases).

    ``truth`` holds positions, counted through all lists, as texts.
    """

    name: str
    lists: Sequence[Sequence[Record]]
    truth: Sequence[Sequence[str]]


def scores(one: Labelled, tables: Tables) -> Scores:
    """Score a set with these tables."""
    clusters, unsure, start = list[list[str]](), list[tuple[str, str]](), 0
    with rules.using(tables):
        for records in one.lists:
            result = find_duplicates(records, engine=Here())
            clusters += [[str(start + i) for i in cluster] for cluster in result.clusters]
            unsure += [(str(start + link.left), str(start + link.right)) for link in result.unsure]
            start += len(records)
    return score([str(i) for i in range(start)], one.truth, clusters, unsure)


def check(one: Labelled) -> None:
    """Make sure that changed tables reach the judging: without rows to merge, fewer pairs are found."""
    if scores(one, {**rules.full(), "MERGE": rules.full()["UNSURE"][:0]}).recall >= scores(one, rules.full()).recall:
        raise SystemExit("searches.dedupe.judge no longer reads MERGE from itself: bench/dedupe_rules.py must follow")


def used(one: Labelled) -> set[tuple[str, str]]:
    """Give the rows that decide about a pair of this set."""
    rows: set[tuple[str, str]] = set()
    scores(one, rules.recorded(rules.full(), rows))
    return rows


def needed(others: Sequence[Labelled]) -> set[tuple[str, str]]:
    """Take rows away from the last to the first while all these sets score as before; give those that must stay."""
    others = sorted(others, key=lambda one: sum(map(len, one.lists)))  # the quick ones say no first
    tables, away = rules.full(), set[tuple[str, str]]()
    before = [scores(one, tables) for one in others]
    every = [(name, row.name) for name in ("MERGE", "VETO") for row in reversed(tables[name])]
    for row in every:
        less = rules.without(tables, away | {row})
        if all(_as_right(scores(one, less), was) for one, was in zip(others, before, strict=True)):
            away.add(row)
    return set(every) - away


def _as_right(now: Scores, was: Scores) -> bool:
    return now.precision >= was.precision and now.recall >= was.recall


def leave_out(sets: Sequence[Labelled]) -> Iterator[str]:
    """Give the table of the sets left out in turn, and below it the rows that were taken away."""
    full = rules.full()
    every = {(name, row.name) for name in ("MERGE", "VETO") for row in full[name]}
    use = {one.name: used(one) for one in sets}
    yield f"| set left out | table ({len(every)} rows) | rows away | precision | recall | lost | unsure (true) |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    notes = [""]
    for one in sets:
        others = [other for other in sets if other is not one]
        kept = {
            "full": every,
            "never used there": set().union(*(use[other.name] for other in others)),
            "not needed there": needed(others),
        }
        for name, rows in kept.items():
            away = every - rows
            yield _line([one.name, name, str(len(away))], scores(one, rules.without(full, away)))
            if away:
                notes.append(f"{one.name}, {name}: " + ", ".join(f"{t.lower()} {row}" for t, row in sorted(away)))
    yield from notes


def shift(sets: Sequence[Labelled]) -> Iterator[str]:
    """Give the table of shifted similarities."""
    yield "| set | similarities | precision | recall | lost | unsure (true) |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for one in sets:
        for by in SHIFTS:
            tables = rules.shifted(rules.full(), by) if by else rules.full()
            yield _line([one.name, f"{by:+.2f}"], scores(one, tables))


def _line(first: list[str], s: Scores) -> str:
    rest = [f"{s.precision:.4f}", f"{s.recall:.4f}", str(s.lost), f"{s.unsure} ({s.true_unsure})"]
    return f"| {' | '.join([*first, *rest])} |"
