"""Evaluate the protocol's query here, on what a record says: the same answer whatever source it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from review.protocol import Protocol
from review.query import Or, compile
from review.record import Record
from review.store.records import Matched

_WORDS: dict[bool | None, Matched] = {True: "yes", False: "no", None: "unknown"}


def matcher(protocol: Protocol, strategies: Iterable[str] = ()) -> Callable[[Record], Matched]:
    """Give the function that says whether a record matches one of some strategies (of all, when none is named).

    ``unknown`` means that what is known of the record does not match but something that could is missing, such as
    the abstract. Without any strategy in the protocol nothing can be said, so everything is ``unknown``.
    """
    wanted = set(strategies)
    queries = [s.query for s in protocol.strategies if not wanted or s.id in wanted]
    if not queries:
        return lambda record: "unknown"
    verdict = compile(queries[0] if len(queries) == 1 else Or(tuple(queries)), protocol.limits.fields)
    return lambda record: _WORDS[verdict(record)]
