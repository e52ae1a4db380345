"""What a possible duplicate looks like: two reports side by side, a row for each field, what differs marked.

Read only, and blind: it says how many votes others cast on a report, never which.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from review.errors import DecisionError
from review.record import Record
from review.store.chosen import Choice, chosen, view
from review.text import fold, many, plain
from searches import pair_rows as rows
from searches.dedupe import OFFERS, REASONS
from searches.differences import MOST, Marked, Piece, mark, plain_pieces

Choices = Mapping[str, Choice]
State = Literal["same", "differs", "left", "right"]

FIELDS = {
    "title": "Title", "authors": "Authors", "date": "Published", "journal": "Journal", "volume": "Volume",
    "issue": "Issue", "pages": "Pages", "doi": "DOI", "pmid": "PMID", "kind": "Type", "language": "Language",
    "abstract": "Abstract",
}  # fmt: skip
"""What is compared, in this order: field of a record and what people call it."""

STAGES = {"title-abstract": "title and abstract", "full-text": "full text"}
VERDICTS = {"same": "one report", "different": "two reports", "study": "two reports of one study"}
"""What each verdict says that the two are."""

STUDY = frozenset(REASONS[rule] for rule, offer in OFFERS.items() if offer == "study")
"""Reasons that suggest two reports of one study: a conference abstract or a preprint, and the article."""
ALIKE = (
    (0.97, "nearly all that both state is the same"), (0.9, "most of what both state is the same"),
    (0.75, "much of what both state is the same"), (0.0, "some of what both state is the same"),
)  # fmt: skip
"""From which score on what is said."""
MOST_NAMED = 3
"""Differences that are read out for one field."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two reports: its number, the one it was named by, its records, where they came from, its votes."""

    report: int
    named: int
    members: tuple[int, ...]
    sources: tuple[str, ...]
    votes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: the record that it is from, its text, whole and in pieces; whether it is the one that is shown."""

    record: int
    text: str
    pieces: tuple[Piece, ...]
    by_rule: bool
    chosen: bool

    @property
    def shortened(self) -> bool:
        """Whether the pieces leave some of the text out."""
        return any(piece.kind == "gap" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both reports. ``said`` puts in words what is marked; ``by`` is who chose the value, if anybody."""

    field: str
    label: str
    state: State
    left: Cell | None
    right: Cell | None
    said: str
    shown: int | None
    """The record whose value the merged report shows, and the one that the rule shows."""
    rule: int | None
    by: str | None

    @property
    def elsewhere(self) -> bool:
        """Whether the value that is shown is neither of the two."""
        return not any(cell and cell.chosen for cell in (self.left, self.right))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Two reports side by side."""

    pair: rows.Pair
    left: Side
    right: Side
    table: tuple[Row, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def together(self) -> bool:
        """Whether the two are one report by now."""
        return self.left.report == self.right.report

    @property
    def suggests_study(self) -> bool:
        """Whether the reason suggests two reports of one study."""
        return self.pair.reason in STUDY

    def labels(self, *states: State) -> list[str]:
        """Name the fields in some states."""
        return [inner(row.label) for row in self.table if row.state in states]


def inner(label: str) -> str:
    """Spell a label within a sentence.

    >>> inner("Title"), inner("DOI")
    ('title', 'DOI')
    """
    return label if label.isupper() else label.lower()


def likeness(score: float | None) -> str | None:
    """Put a score in words.

    >>> likeness(0.98), likeness(0.4), likeness(None)
    ('nearly all that both state is the same', 'some of what both state is the same', None)
    """
    return None if score is None else next(words for least, words in ALIKE if score >= least)


def sheet(connection: Connection, left: int, right: int, person: str) -> Sheet:
    """Lay two reports side by side, as a person may see them.

    Raises
    ------
    DecisionError
        One of them does not exist, or they are one and the same.
    """
    low, high = sorted((left, right))
    tops = known_roots(connection, low, high)
    held = rows.members(connection, {tops[low], tops[high]})
    together = tops[low] == tops[high]
    groups = {one: [m for m in held[tops[one]] if not together or m.id == one] for one in (low, high)}
    every = sorted((m for some in held.values() for m in some), key=lambda m: m.id)
    ids = [m.id for m in every]
    cast = rows.votes(connection, ids)
    sides = [[m.id for m in groups[one]] for one in (low, high)]
    choices = [chosen(connection, {0: some}).get(0, {}) for some in (*sides, ids)]
    table = compare(groups[low], groups[high], every, (choices[0], choices[1], choices[2]), rows.names(connection))
    shown = {row.field for row in table}
    return Sheet(
        rows.pair(connection, low, high),
        _side(low, tops[low], groups[low], cast, person),
        _side(high, tops[high], groups[high], cast, person),
        table,
        tuple(inner(label) for field, label in FIELDS.items() if field not in shown),
        _notes(low, high, tops, [m.id for m in held[tops[low]]]),
    )


def known_roots(connection: Connection, left: int, right: int) -> dict[int, int]:
    """Give the roots of two reports.

    Raises
    ------
    DecisionError
        One of them does not exist, or they are one and the same.
    """
    tops = rows.roots(connection, (left, right))
    for one in (left, right):
        if one not in tops:
            raise DecisionError(f"there is no report {one}", hint="see: review pairs list")
    if left == right:
        raise DecisionError(f"{left} and {right} are one and the same report", hint="name two different reports")
    return tops


def compare(
    left: Sequence[rows.Member],
    right: Sequence[rows.Member],
    every: Sequence[rows.Member],
    choices: tuple[Choices, Choices, Choices],
    names: Mapping[str, str],
) -> tuple[Row, ...]:
    """Make a row for each field that either side has.

    Parameters
    ----------
    left, right : sequence of Member
        The records of each side.
    every : sequence of Member
        All records of what would be, or is, the merged report: the rule of each field chooses among them.
    choices : (mapping, mapping, mapping)
        Field to what people chose, for the left, the right and the merged report.
    names : mapping
        Person to name.
    """
    here, here_from = merged(left, choices[0])
    there, there_from = merged(right, choices[1])
    by_rule, rule_from = merged(every)
    shown, shown_from = merged(every, choices[2])
    found = []
    for field, label in FIELDS.items():
        one, other = text_of(here, field), text_of(there, field)
        if not one and not other:
            continue
        marked = mark(one, other)
        state = _state(one, other)
        rule, now = text_of(by_rule, field), text_of(shown, field)
        cells = []
        for text, pieces, origin in ((one, marked.left, here_from), (other, marked.right, there_from)):
            parts = pieces if state == "differs" else plain_pieces(text)
            cells.append(Cell(origin[field], text, parts, text == rule, text == now) if text else None)
        by = names[choices[2][field].person] if field in choices[2] else None
        said = _said(one, other, marked, state)
        found.append(
            Row(field, label, state, cells[0], cells[1], said, shown_from.get(field), rule_from.get(field), by)
        )
    return tuple(found)


def merged(members: Sequence[rows.Member], choices: Choices | None = None) -> tuple[Record, dict[str, int]]:
    """Show records as one report, with the record that each value is from; ``choices`` go before the rules."""
    return view([(m.id, m.record) for m in members], choices or {})


def text_of(record: Record, field: str) -> str:
    """Give a field as it is shown, ``""`` when it is absent."""
    value = getattr(record, field)
    text = "; ".join(shown for name in value if (shown := plain(name))) if field == "authors" else plain(value)
    return unicodedata.normalize("NFC", text or "")


def _state(one: str, other: str) -> State:
    if one and other:
        return "same" if one == other else "differs"
    return "left" if one else "right"


def _said(one: str, other: str, marked: Marked, state: State) -> str:
    """Put in words what differs, for those who do not see the marks."""
    if state != "differs":
        return ""
    if marked.apart:
        return "another text"
    if fold(one) == fold(other):
        return "only punctuation, accents or capital letters differ"
    if not marked.changes:
        return f"what follows the first {MOST:,} characters differs"
    named = [f"“{_cut(a) or '—'}” against “{_cut(b) or '—'}”" for a, b in marked.changes[:MOST_NAMED]]
    rest = len(marked.changes) - MOST_NAMED
    return ", ".join(named) + (f" and {many(rest, 'further difference')}" if rest > 0 else "")


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _side(named: int, report: int, members: Sequence[rows.Member], cast: Sequence[rows.Vote], person: str) -> Side:
    ids = tuple(m.id for m in members)
    return Side(report, named, ids, tuple(dict.fromkeys(m.source for m in members)), _votes(cast, ids, person))


def _votes(cast: Sequence[rows.Vote], ids: Sequence[int], person: str) -> tuple[str, ...]:
    said = []
    for stage, name in STAGES.items():
        here = [vote for vote in cast if vote.stage == stage and vote.report in ids]
        said += [f"your vote on {name}: {vote.verdict}" for vote in here if vote.person == person]
        others = Counter(vote.person for vote in here if vote.person != person)
        if others:
            said.append(f"{many(len(others), 'vote')} of others on {name}")
    return tuple(dict.fromkeys(said))


def _notes(low: int, high: int, tops: Mapping[int, int], together: Sequence[int]) -> tuple[str, ...]:
    if tops[low] == tops[high]:
        others = [one for one in together if one not in (low, high)]
        beside = f", together with {' and '.join(map(str, others))}" if others else ""
        return (f"{low} and {high} are one report now, report {tops[low]}{beside}.",)
    return tuple(f"{one} was merged into report {tops[one]}." for one in (low, high) if tops[one] != one)
