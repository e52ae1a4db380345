"""Which merges were made before screening: a walk over the log. Pure; ``rows`` hands in the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def early_groups(events: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[int, int]:
    """Give record -> lowest number of the records that it was merged with before screening, as far as still merged.

    A merge is late when somebody had decided before it on a report of the groups that it joins. The groups that late
    merges joined are parts here, so a report of n parts holds n - 1 duplicates that were found late.

    Parameters
    ----------
    events : iterable of (kind, payload)
        Of the kinds ``decision``, ``merge`` and ``split``, in the order of the log.

    Returns
    -------
    dict
        Of the records that a merge or split names; any other record is a part by itself.
    """
    decided: set[int] = set()
    group: dict[int, frozenset[int]] = {}
    part: dict[int, frozenset[int]] = {}
    for kind, payload in events:
        if kind == "decision":
            decided.add(payload["report"])
        elif kind == "merge":
            whole = _join(group, payload["reports"])
            if whole.isdisjoint(decided):
                _join(part, payload["reports"])
        else:
            for one in payload["reports"]:
                _leave(group, one)
                _leave(part, one)
    return {record: min(some) for record, some in part.items()}


def _join(sets: dict[int, frozenset[int]], named: Iterable[int]) -> frozenset[int]:
    whole = frozenset[int]().union(*(sets.get(one, {one}) for one in named))
    sets |= dict.fromkeys(whole, whole)
    return whole


def _leave(sets: dict[int, frozenset[int]], one: int) -> None:
    rest = sets.get(one, frozenset({one})) - {one}
    sets |= {one: frozenset({one}), **dict.fromkeys(rest, rest)}
