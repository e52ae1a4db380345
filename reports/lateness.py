"""Which duplicates were found after screening had begun: a walk over the log. Pure; ``rows`` hands in the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def late_duplicates(events: Iterable[tuple[str, Mapping[str, Any]]]) -> frozenset[int]:
    """Give the records that became duplicates after a first decision on one of the reports merged.

    Of the groups that a merge joins, the one with the lowest number keeps its place; the tops of the others are the
    new duplicates. A split takes the mark away again, so a group of n records never has more than n - 1 marks.

    Parameters
    ----------
    events : iterable of (kind, payload)
        Of the kinds ``decision``, ``merge`` and ``split``, in the order of the log.
    """
    decided: set[int] = set()
    group: dict[int, frozenset[int]] = {}
    late: set[int] = set()

    def of(report: int) -> frozenset[int]:
        return group.get(report, frozenset({report}))

    for kind, payload in events:
        if kind == "decision":
            decided.add(payload["report"])
        elif kind == "merge":
            parts = {of(report) for report in payload["reports"]}
            whole = frozenset[int]().union(*parts)
            if not whole.isdisjoint(decided):
                late |= {min(part) for part in parts} - {min(whole)}
            group |= dict.fromkeys(whole, whole)
        else:
            for one in payload["reports"]:
                rest = of(one) - {one}
                group |= {one: frozenset({one}), **dict.fromkeys(rest, rest)}
                late -= {one, min(rest, default=one)}
    return frozenset(late)
