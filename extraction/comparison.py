"""What two people filled in for one study side by side: where they say the same, where they differ, what was settled.

Nothing of it is there before both are done (``extraction.fillings``). The rules are pure; what is settled is written by
``extraction.settling``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection

from extraction import conditions, filling_rows, fillings, revisiting, rows
from extraction.filling_rows import Held
from extraction.fillings import PLACES
from review.errors import DecisionError
from review.forms import Form, Instrument
from review.protocol import Protocol
from review.protocol.model import By

Subject: TypeAlias = Form | Instrument
"""What is filled in and compared: the fields of a form, or the items of an instrument."""

Said: TypeAlias = "dict[tuple[str, str], dict[str, Side]]"
"""(study, person) -> field -> what the person says."""

State = Literal["open", "agreed", "settled", "again", "waits", "empty"]
"""``open``: to be settled. ``agreed``: both say the same. ``again``: the field changed and is to be answered once more,
so both sides are hidden. ``waits``: by what is agreed so far the field does not apply. ``empty``: nobody answered."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one person says about one field; ``reason`` is that of a judgement."""

    person: str
    value: Any
    missing: str | None
    reason: str | None
    quote: str | None
    place: str | None
    file: str | None
    event: str

    @property
    def says(self) -> tuple[Any, str | None]:
        """What is compared: quotes and reasons may differ, and the order of countries and codes."""
        return says(self.value, self.missing)


def says(value: Any, missing: str | None) -> tuple[Any, str | None]:
    """Give what is compared of an answer."""
    plain = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return sorted(value) if plain else value, missing


@dataclass(frozen=True, slots=True)
class Settled:
    """What was settled for one field, by whom, how and why.

    It is ``stale`` when an answer that it acts on says something else now, or the form has changed what it may be.
    """

    value: Any
    missing: str | None
    reason: str | None
    quote: str | None
    place: str | None
    file: str | None
    method: Literal["agreed", "discussion", "third", "checked"]
    note: str | None
    acts_on: frozenset[str]
    name: str
    at: str
    event: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One field: both sides (``None``: not answered), what was settled, and where that leaves it.

    While it is to be answered again both sides are ``None``, for everybody.
    """

    field: str
    left: Side | None
    right: Side | None
    settled: Settled | None
    state: State

    @property
    def same(self) -> bool:
        """Whether both sides say the same."""
        return self.left is not None and self.right is not None and self.left.says == self.right.says

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that there are."""
        return tuple(side for side in (self.left, self.right) if side is not None)

    @property
    def events(self) -> frozenset[str]:
        """The events of the answers that there are: what settling the field acts on."""
        return frozenset(side.event for side in self.sides)

    @property
    def counts(self) -> Side | Settled | None:
        """What counts for the field: what was settled, else what the sides agree on; ``None`` while that is open."""
        if self.state == "settled":
            return self.settled
        if self.state == "agreed":
            return max(self.sides, key=lambda side: side.quote is not None)
        return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One sheet of one study; ``right`` is empty where one person fills in and another checks."""

    study: str
    sheet: str
    by: By
    left: Held
    right: Held | None
    fields: tuple[Compared, ...]

    def count(self, *states: State) -> int:
        """Count the fields in some states."""
        return sum(one.state in states for one in self.fields)


def ids(subject: Subject) -> tuple[str, ...]:
    """Give the ids of the fields or items, in order; of an instrument with the overall judgement."""
    return tuple(one.id for one in (subject.fields if isinstance(subject, Form) else subject.judged))


def compare(connection: Connection, protocol: Protocol, subject: Subject, study: str) -> Comparison:
    """Lay what was filled in for a study side by side.

    Raises
    ------
    DecisionError
        Both are not done yet: nobody is shown anything before.
    """
    sheet = fillings.sheet_of(subject)
    how = fillings.by(protocol, sheet)
    extractors = fillings.extractors(filling_rows.held(connection, sheet, (study,)).get(study, ()))
    if not fillings.comparable(how, extractors):
        raise DecisionError(f"{study} cannot be compared yet", hint=_wait(how, len(extractors)))
    return next(iter(_laid(connection, protocol, subject, {study: extractors}, study)))


def comparisons(connection: Connection, protocol: Protocol, subject: Subject) -> list[Comparison]:
    """Lay every study side by side that can be compared, by study."""
    sheet = fillings.sheet_of(subject)
    how = fillings.by(protocol, sheet)
    found = {study: fillings.extractors(some) for study, some in filling_rows.held(connection, sheet).items()}
    return _laid(
        connection, protocol, subject, {s: some for s, some in found.items() if fillings.comparable(how, some)}
    )


def counting(found: Comparison) -> list[dict[str, Any]]:
    """Give what counts of a study as rows of answers; of a field on which two differ one side's: it is answered."""
    rows = []
    for one in found.fields:
        given = one.counts or next(iter(one.sides), None)
        if given is not None:
            names = ("value", "missing", "quote", "place")
            rows.append({"study": found.study, "field": one.field, **{name: getattr(given, name) for name in names}})
    return rows


def lay(
    how: By,
    subject: Subject,
    said: Sequence[Mapping[str, Side]],
    settled: Mapping[str, Mapping[str, Any]],
    again: Collection[str] = (),
) -> tuple[Compared, ...]:
    """Compare field by field; pure.

    Parameters
    ----------
    said : sequence of mapping, one or two
        Field -> what the first, and the second, person says.
    settled : mapping
        Field -> row of what was settled, from ``settled_of``.
    again : collection of str
        Fields that somebody still has to answer again.
    """
    found = []
    for field in ids(subject):
        sides = [one.get(field) for one in said]
        here = _settled(settled[field], [side for side in sides if side]) if field in settled else None
        left, right = None if field in again else sides[0], None if field in again or len(sides) == 1 else sides[1]
        found.append(Compared(field, left, right, here, "again" if field in again else _state(how, sides, here)))
    return _waiting(subject, found)


def _state(how: By, sides: Sequence[Side | None], here: Settled | None) -> State:
    if here is not None and not here.stale:
        return "settled"
    given = [side for side in sides if side is not None]
    if not given:
        return "open" if here is not None else "empty"
    if how == "checked" or (how == "double" and len(given) < len(sides)):
        return "open"
    return "agreed" if all(side.says == given[0].says for side in given) else "open"


def _waiting(subject: Subject, found: Sequence[Compared]) -> tuple[Compared, ...]:
    """Mark the open fields that do not apply by what counts so far."""
    if not isinstance(subject, Form):
        return tuple(found)
    values = {one.field: one.counts.value for one in found if one.counts is not None}
    applying = conditions.asked(subject, values)
    return tuple(
        Compared(one.field, one.left, one.right, one.settled, "waits")
        if one.state == "open" and one.field not in applying
        else one
        for one in found
    )


def _settled(row: Mapping[str, Any], sides: Sequence[Side]) -> Settled:
    names = ("value", "missing", "reason", "quote", "place", "file", "method", "note", "name", "at", "event")
    acts_on = frozenset(row["acts_on"])
    stale = row["overtaken"] or row["then"] != {side.person: side.says for side in sides}
    return Settled(**{name: row[name] for name in names}, acts_on=acts_on, stale=stale)


def _wait(how: By, there: int) -> str:
    if how == "single" and there < 2:
        return "the protocol says one person does it, and no two have"
    if how == "single":
        return f"{there} people have done it, and two can be compared: the others leave it"
    if there > PLACES[how]:
        return f"{there} people have done it, on copies of this review that were brought together: one has to leave"
    return "both have to be done first" if how == "double" else "whoever fills it in has to be done first"


# -- reading


def _laid(
    connection: Connection,
    protocol: Protocol,
    subject: Subject,
    people: Mapping[str, Sequence[Held]],
    study: str | None = None,
) -> list[Comparison]:
    said = read(connection, subject, study)
    settled = settled_of(connection, subject, said, study)
    again = fillings.again(connection, protocol, subject, tuple(people))
    sheet = fillings.sheet_of(subject)
    how = fillings.by(protocol, sheet)
    found = []
    for key, held in sorted(people.items()):
        sides = [said.get((key, one.person), {}) for one in held]
        fields = lay(how, subject, sides, settled.get(key, {}), again.get(key, ()))
        found.append(Comparison(key, sheet, how, held[0], held[1] if len(held) > 1 else None, fields))
    return found


def read(connection: Connection, subject: Subject, study: str | None = None) -> Said:
    """Give (study, person) -> field -> what the person says, of one study or of all."""
    found: dict[tuple[str, str], dict[str, Side]] = defaultdict(dict)
    for row in _rows(connection, subject, study):
        names = ("person", "value", "missing", "reason", "quote", "place", "file", "event")
        found[row["study"], row["person"]][row["field"]] = Side(**{name: row[name] for name in names})
    return dict(found)


def settled_of(
    connection: Connection, subject: Subject, said: Said, study: str | None = None
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Give study -> field -> row of what was settled.

    A row has besides ``overtaken``, whether the form has changed what it may be, and ``then``, what each person said:
    who confirms an answer makes another event, and says the same.

    Parameters
    ----------
    said : mapping
        What is said now, from ``read``.
    """
    rows = filling_rows.settled(connection, fillings.sheet_of(subject), study)
    overtaken = revisiting.overtaken(connection, subject, rows) if isinstance(subject, Form) else set()
    acted_on = {event for row in rows for event in row["acts_on"]}
    sides = (side for fields in said.values() for side in fields.values() if side.event in acted_on)
    then = {side.event: (side.person, side.says) for side in sides}
    for event, (person, value, missing) in filling_rows.said(connection, acted_on - then.keys()).items():
        then[event] = (person, says(value, missing))
    found: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        more = {"overtaken": (row["study"], row["field"]) in overtaken, "then": dict(then[e] for e in row["acts_on"])}
        found[row["study"]][row["field"]] = {**row, **more}
    return dict(found)


def _rows(connection: Connection, subject: Subject, study: str | None) -> Iterable[Mapping[str, Any]]:
    if isinstance(subject, Form):
        return ({**row, "reason": None} for row in rows.answers(connection, subject.name, study=study))
    found = rows.judgements(connection, subject.name, study=study)
    return ({**row, "field": row["item"], "value": row["response"], "missing": None} for row in found)
