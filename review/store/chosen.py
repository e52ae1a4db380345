"""What a report shows: of several records the best value of each field, the one a person chose, or a repaired one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from review.record import Record, combine
from review.store import schema
from review.store.among import Among

_CHUNK = 400


REPAIRABLE = ("title", "abstract", "authors", "date", "journal", "keywords", "language", "doi")
"""Fields whose text a person may give; of authors and keywords one on each line."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants to see: the value of one record, or a text given instead and where it was taken from."""

    person: str
    record: int | None = None
    text: str | None = None
    source: str | None = None


def shown(
    connection: Connection, groups: Mapping[int, Sequence[tuple[int, Record]]]
) -> dict[int, tuple[Record, dict[str, int]]]:
    """Show the records of each report as one.

    Parameters
    ----------
    groups : mapping of report to (id, record) of all its members, at least one

    Returns
    -------
    dict
        Report -> the combined view, and for each field that is not absent the id of the record that it comes from;
        a field that a person repaired comes from none.
    """
    choices = chosen(connection, {root: [number for number, _ in members] for root, members in groups.items()})
    return {root: view(members, choices.get(root, {})) for root, members in groups.items()}


def view(
    members: Sequence[tuple[int, Record]], choices: Mapping[str, Choice] = MappingProxyType({})
) -> tuple[Record, dict[str, int]]:
    """Show (id, record) of one report as one; ``choices`` go before the rules."""
    ids = [number for number, _ in members]
    wanted = {field: ids.index(c.record) for field, c in choices.items() if c.record is not None}
    record, origin = combine([one for _, one in members], wanted)
    repaired = {field: c.text for field, c in choices.items() if c.text is not None}
    from_record = {field: ids[at] for field, at in origin.items() if field not in repaired}
    if repaired:
        record = replace(record, **{field: _typed(field, text) for field, text in repaired.items()})
    return record, from_record


def _typed(field: str, text: str) -> Any:
    return tuple(text.splitlines()) if field in ("authors", "keywords") else text


def chosen(connection: Connection, groups: Mapping[int, Sequence[int]]) -> dict[int, dict[str, Choice]]:
    """Give report -> field -> what people chose, for groups of report -> ids of all its records.

    A choice made under the number of any member holds as long as the record is in the report; the newest counts, also
    where it goes back to the rule.
    """
    root_of = {member: root for root, members in groups.items() for member in members}
    rows = [row for chunk in _chunks(sorted(root_of)) for row in _VALUES(connection, chunk)]
    newest: dict[tuple[int, str], Choice | None] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.log, row.seq)):
        root = root_of[row.report]
        if row.record is None or root_of.get(row.record) == root:
            given = row.record is not None or row.text is not None
            newest[root, row.field] = Choice(row.person, row.record, row.text, row.source) if given else None
    found: dict[int, dict[str, Choice]] = defaultdict(dict)
    for (root, field), choice in newest.items():
        if choice is not None:
            found[root][field] = choice
    return found


_value, _event = schema.value.c, schema.event.c
_VALUES = Among(
    lambda has: (
        select(schema.value, _event.at, _event.log, _event.seq)
        .join(schema.event, _event.id == _value.event)
        .where(has(_value.report))
    )
)


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
