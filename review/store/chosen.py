"""What a report shows when it is made of several records: the best value of each field, or the one a person chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from review.record import Record, combine
from review.store import schema

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """The record whose value a person wants to see."""

    record: int
    person: str


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
        Report -> the combined view, and for each field that is not absent the id of the record that it comes from.
    """
    merged = {root: [number for number, _ in members] for root, members in groups.items() if len(members) > 1}
    choices = chosen(connection, merged)
    found: dict[int, tuple[Record, dict[str, int]]] = {}
    for root, members in groups.items():
        ids = [number for number, _ in members]
        wanted = {field: ids.index(choice.record) for field, choice in choices.get(root, {}).items()}
        record, origin = combine([one for _, one in members], wanted)
        found[root] = record, {field: ids[at] for field, at in origin.items()}
    return found


def chosen(connection: Connection, groups: Mapping[int, Sequence[int]]) -> dict[int, dict[str, Choice]]:
    """Give report -> field -> what people chose, for groups of report -> ids of all its records.

    A choice made under the number of any member holds as long as the record is in the report; the newest counts, also
    where it goes back to the rule.
    """
    value, event = schema.value.c, schema.event.c
    root_of = {member: root for root, members in groups.items() for member in members}
    rows = [
        row
        for chunk in _chunks(sorted(root_of))
        for row in connection.execute(
            select(schema.value, event.at, event.log, event.seq)
            .join(schema.event, event.id == value.event)
            .where(value.report.in_(chunk))
        )
    ]
    newest: dict[tuple[int, str], Choice | None] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.log, row.seq)):
        root = root_of[row.report]
        if row.record is None or root_of.get(row.record) == root:
            newest[root, row.field] = None if row.record is None else Choice(row.record, row.person)
    found: dict[int, dict[str, Choice]] = defaultdict(dict)
    for (root, field), choice in newest.items():
        if choice is not None:
            found[root][field] = choice
    return found


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
