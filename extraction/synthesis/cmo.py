"""Context-mechanism-outcome configurations of a realist synthesis, on top of codings, with their sources.

Shape: Pawson & Tilley 1997; reported as RAMESES asks, https://www.ramesesproject.org (doi:10.1186/1741-7015-11-21).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from extraction.filling_rows import alone
from extraction.shared import must, name_of, texts, unchanged
from extraction.synthesis import coding_rows
from extraction.synthesis.coding_rows import Row
from extraction.synthesis.findings import apart, pairs, refs
from extraction.synthesis.resolving import Ref
from extraction.values import text_of
from review.errors import DecisionError
from review.store import Actor, Entry, Event, Store, append_many


@dataclass(frozen=True, slots=True)
class Configuration:
    """One configuration as a person gives it.

    ``context``, ``mechanism`` and ``sources`` are lists of texts, or one text with a line for each; a source is the key
    of a study or the name of another source. ``supporting`` and ``refuting`` are codings: (key, coder's id).
    """

    key: str
    context: object = ()
    mechanism: object = ()
    outcome: object = None
    statement: object = None
    sources: object = ()
    supporting: Sequence[Sequence[str]] = ()
    refuting: Sequence[Sequence[str]] = ()
    note: object = None
    cleared: bool = False


def save(store: Store, actor: Actor, configuration: Configuration, base: str | None) -> Event:
    """Save a configuration, which the team shares; ``base`` as for ``findings.save``.

    Raises
    ------
    DecisionError
        It cannot stand, or somebody else changed it meanwhile. Nothing was saved.
    """
    with store.write() as connection:
        alone(connection)
        there = coding_rows.refs(connection)
        made = entry(there, configuration)
        key = made.payload["key"]
        now = next((row for row in coding_rows.cmos(connection) if row["key"] == key), None)
        unchanged(f"configuration {key}", now, base, lambda row: f"“{row['outcome']}”")
        return append_many(store, connection, actor, [made])[0]


def entry(there: Collection[Ref], given: Configuration) -> Entry:
    """Check a configuration against the codings there are, and make its event.

    Raises
    ------
    DecisionError
        No key, outcome, context or mechanism; a coding that is not there, or that both supports and refutes.
    """
    key = name_of("key", given.key)
    if given.cleared:
        return Entry("cmo", {"key": key, "cleared": True})
    try:
        said: dict[str, Any] = {"key": key, **_lists(given), "outcome": must("outcome", given.outcome)}
        said |= {"statement": text_of(given.statement), "note": text_of(given.note)}
        said |= {side: refs(getattr(given, side), there) for side in ("supporting", "refuting")}
        apart(said["supporting"], said["refuting"], "refutes")
    except DecisionError as error:
        raise DecisionError(f"configuration {key}: {error.message}", hint=error.hint) from error
    return Entry("cmo", said)


def all(connection: Connection) -> list[Row]:
    """Give the configurations, by key; ``gone`` are codings that they name and that are not there any more."""
    there = coding_rows.refs(connection)
    return [
        {
            **row,
            "supporting": pairs(row["supporting"]),
            "refuting": pairs(row["refuting"]),
            "gone": [one for one in pairs([*row["supporting"], *row["refuting"]]) if one not in there],
        }
        for row in coding_rows.cmos(connection)
    ]


def _lists(given: Configuration) -> dict[str, list[str]]:
    lists = {name: texts(getattr(given, name)) for name in ("context", "mechanism", "sources")}
    for name in ("context", "mechanism"):
        if not lists[name]:
            raise DecisionError(f"has no {name}")
    return lists
