"""Labelled records: which column of a file says what was relevant, and what its words mean. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.errors import ReviewError
from review.record import Reading, Record
from review.text import fold, many

COLUMNS = (
    "label included", "included", "final label", "final decision", "final inclusion", "asreview label", "label",
    "relevant", "relevance", "inclusion", "include", "decision", "screening decision", "label abstract",
    "title abstract decision",
)  # fmt: skip
"""Names of columns that hold labels, as ``fold`` spells them; what was decided last comes first."""
RELEVANT = frozenset({"1", "1.0", "true", "yes", "y", "include", "included", "relevant", "in"})
IRRELEVANT = frozenset(
    {"0", "0.0", "false", "no", "n", "exclude", "excluded", "irrelevant", "not relevant", "not included", "out"}
)
SILENT = frozenset({"", "-1", "-1.0", "na", "n/a", "nan", "none", "null", "unlabelled", "unlabeled", "not seen"})
"""What a cell says that says nothing; -1 is ASReview's before version 2."""
NOTES = "notes of ASReview"
_TAG = re.compile(r"\bASReview_(relevant|irrelevant|not_seen)\b")
_TAGS = {"relevant": "1", "irrelevant": "0", "not_seen": ""}


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labelled records of a file, in its order.

    Attributes
    ----------
    records, labels, ids : tuples of one length
        Whether each is relevant, and the record's own id where all have one, else its number in the file.
    column : str
        Where the labels stand.
    unlabelled, rejected : int
        Records that are left out: without a label, and unreadable.
    notes : tuple of str
        What to know before the numbers are believed.
    """

    records: tuple[Record, ...]
    labels: tuple[bool, ...]
    ids: tuple[str, ...]
    column: str
    unlabelled: int
    rejected: int
    notes: tuple[str, ...]

    @property
    def relevant(self) -> int:
        """How many are relevant."""
        return sum(self.labels)


def labelled(reading: Reading, name: str, column: str | None = None) -> Labelled:
    """Find the labels of a file that was read.

    Parameters
    ----------
    reading : Reading
        Columns that are no field of a record are in ``extra``; ASReview's labels in RIS are notes.
    name : str
        The file, for messages.
    column : str, optional
        Where the labels stand; otherwise the first of ``COLUMNS`` that is there.

    Raises
    ------
    ReviewError
        There is no such column, a label is neither relevant nor irrelevant, or nothing is relevant, or all is.
    """
    places = _places(reading)
    chosen, said = _said(reading, places, name, column)
    known = [(place, record, text) for place, record, text in zip(places, reading.records, said, strict=True)
             if text.casefold() not in SILENT]  # fmt: skip
    labels = []
    for place, record, text in known:
        if text.casefold() not in RELEVANT | IRRELEVANT:
            raise ReviewError(
                f"{name}: {_where(reading, place)} ({(record.title or 'no title')[:60]}) has the label '{text[:40]}', "
                "which is neither relevant nor irrelevant",
                hint="labels are 1 and 0, include and exclude, yes and no; an empty cell is no label",
            )
        labels.append(text.casefold() in RELEVANT)
    if not any(labels) or all(labels):
        which = "relevant" if not any(labels) else "irrelevant"
        raise ReviewError(
            f"{name}: of its {many(len(labels), 'labelled record')} none is {which} (labels from {chosen})",
            hint="there is nothing to simulate; are the labels in another column? Say --label COLUMN",
        )
    ids = _ids([record for _, record, _ in known], [place for place, *_ in known])
    notes = [*reading.losses, *_twice(ids), *_others(reading, chosen, column)]
    return Labelled(
        tuple(record for _, record, _ in known), tuple(labels), ids, chosen, len(said) - len(known),
        len(reading.rejected), tuple(notes),
    )  # fmt: skip


def _places(reading: Reading) -> list[int]:
    """Give the place of each record in the file, counted from 1, those that could not be read included."""
    rejected = {one.position for one in reading.rejected}
    every = range(1, len(reading.records) + len(rejected) + 1)
    return [place for place in every if place not in rejected]


def _where(reading: Reading, place: int) -> str:
    """Name a row as a spreadsheet does, whose first row is the header."""
    return f"row {place + 1}" if reading.format in ("csv", "xlsx") else f"record {place}"


def _said(reading: Reading, places: Sequence[int], name: str, column: str | None) -> tuple[str, list[str]]:
    cells = [{fold(key): text for key, text in record.extra} for record in reading.records]
    there = {key: header for record in reading.records for header, _ in record.extra if (key := fold(header))}
    wanted = (fold(column),) if column else COLUMNS
    chosen = next((key for key in wanted if key in there), None)
    if chosen is not None:
        return f"the column {there[chosen]}", [row.get(chosen, "").strip() for row in cells]
    tags = [_TAG.findall(" ".join(record.notes)) for record in reading.records]
    if column is None and any(tags):
        return f"the {NOTES}", [_TAGS[found[-1]] if found else "" for found in tags]
    others = ", ".join(list(dict.fromkeys(there.values()))[:20]) or "none"
    what = f"no column '{column}' with text in it" if column else "no column of labels"
    raise ReviewError(
        f"{name}: there is {what}; columns that are no field of a record: {others}",
        hint="say which column tells what is relevant: --label COLUMN",
    )


def _ids(records: Sequence[Record], places: Sequence[int]) -> tuple[str, ...]:
    own = [record.source_id for record in records]
    return tuple(one for one in own if one) if all(own) else tuple(map(str, places))


def repeated(ids: Sequence[str]) -> tuple[str, ...]:
    """Give the ids that more than one record has."""
    return tuple(one for one, times in Counter(ids).items() if times > 1)


def _twice(ids: Sequence[str]) -> list[str]:
    twice = repeated(ids)
    if not twice:
        return []
    return [f"{many(len(twice), 'id')} ({', '.join(twice[:3])}{' …' if twice[3:] else ''}) on more than one record: "
            "if these are the same papers, the numbers are too good"]  # fmt: skip


def _others(reading: Reading, chosen: str, column: str | None) -> list[str]:
    """Say where else labels may stand, when the column was not named."""
    headers: Mapping[str, str] = {fold(key): key for record in reading.records for key, _ in record.extra}
    more = [headers[key] for key in COLUMNS if key in headers and chosen != f"the column {headers[key]}"]
    return [f"labels also stand in {', '.join(more)}: --label says which to take"] if more and not column else []
