"""Evaluate the protocol's query and limits here, on what a record says: one answer whatever source it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from review.formats.languages import CODES, language
from review.protocol import Limits, Protocol
from review.query import Or, compile
from review.record import Record
from review.store import Store
from review.store.records import Matched
from searches import rows

_WORDS: dict[bool | None, Matched] = {True: "yes", False: "no", None: "unknown"}
_BATCH = 5_000
_LANGUAGES = frozenset(CODES.values())


def matcher(protocol: Protocol, strategies: Iterable[str] = ()) -> Callable[[Record], Matched]:
    """Give the function that says whether a record matches one of some strategies (of all, when none is named).

    ``no`` also means that the record is known to lie outside the protocol's limits. ``unknown`` means that what is
    known of the record does not match but something that could is missing, such as the abstract. Without any strategy
    in the protocol nothing can be said of the query.
    """
    wanted = set(strategies)
    queries = [s.query for s in protocol.strategies if not wanted or s.id in wanted]
    limits = protocol.limits
    if not queries:
        return lambda record: "no" if outside(limits, record) else "unknown"
    verdict = compile(queries[0] if len(queries) == 1 else Or(tuple(queries)), limits.fields)
    return lambda record: "no" if outside(limits, record) else _WORDS[verdict(record)]


def matcher_of(protocol: Protocol, search: Mapping[str, Any]) -> Callable[[Record], Matched] | None:
    """Give what evaluates the records of one search (a row of the search table).

    ``None`` when nothing can be said anew: the hits of a citation search were not asked by words, and a strategy that
    the protocol no longer has cannot be evaluated.
    """
    if search["method"] == "snowball":
        return None
    strategy = search["strategy"]
    if strategy is None:
        return matcher(protocol)
    return matcher(protocol, (strategy,)) if strategy in {s.id for s in protocol.strategies} else None


def evaluate_again(store: Store, protocol: Protocol, notify: Callable[[str, int, int | None], None]) -> int:
    """Evaluate every record anew when the strategies or limits are not those by which it was evaluated.

    Returns
    -------
    int
        How many records are now evaluated otherwise.
    """
    asked = repr(([(s.id, s.syntax, s.text) for s in protocol.strategies], replace(protocol.limits, words=())))
    mark = hashlib.sha256(asked.encode()).hexdigest()
    with store.read() as connection:
        if rows.last_evaluated(connection) == mark:
            return 0
        searches = rows.searches(connection)
    changed = 0
    for number, search in enumerate(searches, start=1):
        match = matcher_of(protocol, search)
        if match is not None:
            changed += _evaluate(store, search["id"], match)
        notify("the strategies or limits have changed: evaluating again", number, len(searches))
    with store.write() as connection:
        rows.note_evaluated(connection, mark)
    return changed


def _evaluate(store: Store, search: int, match: Callable[[Record], Matched]) -> int:
    with store.read() as connection:
        ids = sorted(rows.record_keys(connection, search, by_position=True).values())
    changed = 0
    for start in range(0, len(ids), _BATCH):
        with store.write() as connection:
            held = rows.records_with_matched(connection, ids[start : start + _BATCH])
            differing = [(i, r, new) for i, (r, old) in held.items() if (new := match(r)) != old]
            rows.change_records(connection, differing)
        changed += len(differing)
    return changed


def outside(limits: Limits, record: Record) -> bool:
    """Say whether a record is known to lie outside the limits on date, language or kind; what is not known stays in.

    A date is compared as far as it is known: of the limit January 2016 only a year other than 2016, or a later month
    of it, is outside.

    >>> outside(Limits(end="2016-01"), Record(date="2016")), outside(Limits(end="2016-01"), Record(date="2016-02"))
    (False, True)
    """
    date = record.date
    if date and limits.start and date[: len(limits.start)] < limits.start[: len(date)]:
        return True
    if date and limits.end and date[: len(limits.end)] > limits.end[: len(date)]:
        return True
    spoken = language(record.language) if record.language else None
    if spoken in _LANGUAGES and limits.languages and spoken not in map(language, limits.languages):
        return True
    return bool(record.kind and limits.kinds and record.kind not in limits.kinds)
