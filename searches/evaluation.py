"""Evaluate the protocol's query and limits here, on what a record says: one answer whatever source it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from review.formats.languages import CODES, language
from review.protocol import Limits, Protocol
from review.query import Or, compile
from review.record import Record
from review.store.records import Matched

_WORDS: dict[bool | None, Matched] = {True: "yes", False: "no", None: "unknown"}
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
