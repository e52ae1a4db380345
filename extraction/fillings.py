"""Who fills in what: the places that a sheet has per study, being done, and what is hidden until both are.

With "double" two people fill in a sheet independently: neither, nor anybody else, is shown what the other wrote before
both are done; after that nobody changes an answer in silence, and what differs is settled (``extraction.settling``).
With "checked" one fills in and another person checks. With "single" nothing is hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from extraction import filling_rows, library, revisiting, sheet_rows
from extraction.filling_rows import Held, Role, State
from review.errors import DecisionError
from review.forms import Form, Framework, Instrument
from review.protocol import Protocol
from review.protocol.model import By
from review.store import Actor, Entry, Event, Store, append_many
from review.store.events import take_turn

PLACES: Mapping[By, int] = {"single": 1_000, "checked": 1, "double": 2}
"""How many people may fill in one sheet for one study."""
_DOES = {"form": "extract", "instrument": "appraise", "framework": "code"}

Row = TypeVar("Row", bound=Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one sheet of one study stands for one person.

    ``others`` names those who fill it in or check it besides; nobody while what they wrote is hidden. ``may_write``
    is about answers; ``why_not`` says what stands in the way.
    """

    study: str
    sheet: str
    by: By
    mine: State | None
    role: Role | None
    people: int
    others: tuple[str, ...]
    others_done: int
    may_write: bool
    why_not: str | None
    hint: str | None
    comparable: bool
    hidden: bool


def form_sheet(form: Form) -> str:
    """Name the sheet of a form."""
    return f"form:{form.name}"


def instrument_sheet(instrument: Instrument) -> str:
    """Name the sheet of an instrument."""
    return f"instrument:{instrument.name}"


def framework_sheet(framework: Framework) -> str:
    """Name the sheet of a framework."""
    return f"framework:{framework.name}"


def sheet_of(one: Form | Instrument | Framework) -> str:
    """Name the sheet of a form, an instrument or a framework."""
    if isinstance(one, Form):
        return form_sheet(one)
    return instrument_sheet(one) if isinstance(one, Instrument) else framework_sheet(one)


def by(protocol: Protocol, sheet: str) -> By:
    """Say how many people the protocol asks for."""
    rules = protocol.synthesis
    return {"form": rules.extraction, "instrument": rules.appraisal, "framework": rules.coding}[_kind(sheet)]


def state(connection: Connection, protocol: Protocol, sheet: str, study: str, person: str) -> Standing:
    """Say where one study stands for a person."""
    held = filling_rows.held(connection, sheet, (study,)).get(study, ())
    return _standing(protocol, sheet, study, person, held)


def states(connection: Connection, protocol: Protocol, sheet: str, person: str) -> dict[str, Standing]:
    """Say where every study stands that anybody has begun; one that is not there waits for its first person."""
    found = filling_rows.held(connection, sheet)
    return {study: _standing(protocol, sheet, study, person, held) for study, held in found.items()}


def hidden(
    connection: Connection, protocol: Protocol, sheet: str, studies: Collection[str] | None = None
) -> frozenset[str]:
    """Give the studies of which nobody is shown any answer but own ones, among some or of all."""
    if by(protocol, sheet) != "double":
        return frozenset()
    held = filling_rows.held(connection, sheet, studies)
    return frozenset(study for study, some in held.items() if not comparable("double", extractors(some)))


def seen(
    connection: Connection, protocol: Protocol, sheet: str, rows: Iterable[Row], person: str | None = None
) -> list[Row]:
    """Keep the rows that may be shown to a person: own ones, and others' where nothing is hidden any more.

    Of a form that has changed, others' answers to what is to be answered again are hidden too. What somebody else wrote
    who left since counts no more, and is left out.

    Parameters
    ----------
    rows : iterable of mapping
        From ``rows``: answers, judgements or codings, each with ``study`` and ``person``.
    """
    given = list(rows)
    studies = frozenset(row["study"] for row in given)
    kept_back = hidden(connection, protocol, sheet, studies)
    once_more = _again_in_use(connection, protocol, sheet, studies)
    left = filling_rows.left(connection, sheet)
    return [
        row
        for row in given
        if row["person"] == person
        or (
            row["study"] not in kept_back
            and (row["study"], row["person"]) not in left
            and row.get("field") not in once_more.get(row["study"], ())
        )
    ]


def _again_in_use(
    connection: Connection, protocol: Protocol, sheet: str, studies: Collection[str]
) -> dict[str, set[str]]:
    """Give what is to be answered ``again`` under the form that is in use."""
    taken = sheet_rows.newest(connection, sheet) if _kind(sheet) == "form" and by(protocol, sheet) == "double" else None
    return again(connection, protocol, library.form_of(sheet, taken.text), studies) if taken else {}


def again(
    connection: Connection, protocol: Protocol, one: Form | Instrument, studies: Collection[str] | None = None, *,
    reopening: bool = True,
) -> dict[str, set[str]]:  # fmt: skip
    """Give study -> fields that somebody who is done has to answer once more, because the form has changed since.

    They are open to all who filled in the study, and hidden from everybody, until all have. With "single" nobody is
    kept from changing an answer, and there is nothing to hide. Not only ``reopening``: with the fields that are merely
    worded otherwise, which stay as they are until somebody answers them otherwise.
    """
    sheet = sheet_of(one)
    if isinstance(one, Instrument) or by(protocol, sheet) == "single":
        return {}
    held = filling_rows.held(connection, sheet, studies)
    finished: dict[str, set[str]] = defaultdict(set)
    for study, some in held.items():
        for each in extractors(some):
            if each.state == "done":
                finished[each.person].add(study)
    found: dict[str, set[str]] = defaultdict(set)
    for person, ended in sorted(finished.items()):
        for study, listed in revisiting.revisits(connection, one, person, reopening=reopening).items():
            if study in ended:
                found[study] |= {field for field, _ in listed}
    return dict(found)


def again_for(
    connection: Connection, protocol: Protocol, form: Form, person: str, studies: Collection[str] | None = None
) -> dict[str, set[str]]:
    """Give study -> fields that a person who is done with it may answer once more (``again``), or confirm."""
    found = again(connection, protocol, form, studies, reopening=False)
    held = filling_rows.held(connection, form_sheet(form), tuple(found)) if found else {}
    return {study: fields for study, fields in found.items() if _mine(person, extractors(held.get(study, ())))}


# -- writing


def guard(
    store: Store, connection: Connection, actor: Actor, protocol: Protocol, sheet: str,
    studies: Iterable[str], version: str,
) -> None:  # fmt: skip
    """Let nobody write where there is no place, and note the work of a person who begins.

    Belongs into the transaction (``store.write()``) of every save of answers, judgements or codings, before it.

    Raises
    ------
    DecisionError
        The person may not write into some of the studies: all are named, nothing was saved.
    """
    take_turn(connection, actor)
    wanted = sorted(set(studies))
    found = filling_rows.held(connection, sheet, wanted)
    if any(_mine(actor.person, found.get(study, ())) is None for study in wanted):
        filling_rows.alone(connection)
        found = filling_rows.held(connection, sheet, wanted)
    refused: dict[tuple[str, str], list[str]] = {}
    for study in wanted:
        why = _refusal(protocol, sheet, found.get(study, ()), actor.person)
        if why is not None:
            refused.setdefault(why, []).append(study)
    if refused:
        raise _refused(refused)
    fresh = [study for study in wanted if _mine(actor.person, found.get(study, ())) is None]
    append_many(store, connection, actor, [_entry(study, sheet, "extractor", "open", version) for study in fresh])


def done(store: Store, actor: Actor, protocol: Protocol, sheet: str, study: str, version: str) -> Event:
    """Note that a person's work on a sheet is done; from then on it is only changed after ``reopen``.

    Raises
    ------
    DecisionError
        The person has not begun, or is done already.
    """
    return _move(store, actor, protocol, sheet, study, "done", version)


def reopen(store: Store, actor: Actor, protocol: Protocol, sheet: str, study: str, version: str) -> Event:
    """Take back that a person is done, as long as the others are not.

    Raises
    ------
    DecisionError
        The person is not done, or the others are too: what each wrote is no secret any more.
    """
    return _move(store, actor, protocol, sheet, study, "open", version)


def leave(store: Store, actor: Actor, protocol: Protocol, sheet: str, study: str, version: str) -> Event:
    """Give up a place, so that somebody else can take it; what the person wrote stays in the log and counts no more.

    Raises
    ------
    DecisionError
        The person has no place, or the others are done too.
    """
    return _move(store, actor, protocol, sheet, study, "left", version)


def check_in(store: Store, connection: Connection, actor: Actor, protocol: Protocol, sheet: str, study: str) -> None:
    """Note that a person begins to check what another filled in; belongs into the transaction of what is noted.

    Raises
    ------
    DecisionError
        The study is not ready to be checked, the person filled it in, or somebody else checks it.
    """
    take_turn(connection, actor)
    filling_rows.alone(connection)
    held = filling_rows.held(connection, sheet, (study,)).get(study, ())
    working = _working(held)
    if by(protocol, sheet) != "checked" or not comparable("checked", extractors(held)):
        raise DecisionError(f"{study} is not ready to be checked", hint="whoever fills it in has to be done first")
    if any(one.person == actor.person and one.role == "extractor" for one in working):
        raise DecisionError(f"you filled in {study} yourself: another person checks it")
    checkers = [one for one in working if one.role == "checker"]
    if any(one.person != actor.person for one in checkers):
        raise DecisionError(f"{study} is checked by {_named(checkers)}", hint="one person checks a study")
    if any(one.state == "done" for one in checkers):
        raise DecisionError(f"your check of {study} is done", hint="reopen it first")
    if not checkers:
        append_many(store, connection, actor, [_entry(study, sheet, "checker", "open", None)])


def _move(
    store: Store, actor: Actor, protocol: Protocol, sheet: str, study: str, to: State, version: str
) -> Event:  # fmt: skip
    with store.write() as connection:
        take_turn(connection, actor)
        filling_rows.alone(connection)
        held = filling_rows.held(connection, sheet, (study,)).get(study, ())
        mine = _mine(actor.person, held)
        if mine is None:
            raise DecisionError(f"you do not {_does(sheet)} {study}", hint="nothing of yours is there to change")
        if mine.state == to:
            raise DecisionError(f"{study} is {'done' if to == 'done' else 'open'} already")
        if to != "done" and _over(by(protocol, sheet), mine, held):
            checked = f"{study} has been checked"
            known = f"{study}: all who {_does(sheet)} it are done, and what each wrote is no secret any more"
            raise DecisionError(
                checked if by(protocol, sheet) == "checked" else known, hint="say in the comparison what it should be"
            )
        return append_many(store, connection, actor, [_entry(study, sheet, mine.role, to, version)])[0]


def _entry(study: str, sheet: str, role: Role, to: State, version: str | None) -> Entry:
    return Entry("filling", {"study": study, "sheet": sheet, "role": role, "state": to, "version": version})


# -- the rules


def _standing(protocol: Protocol, sheet: str, study: str, person: str, held: Sequence[Held]) -> Standing:
    how, mine = by(protocol, sheet), _mine(person, held)
    ready = comparable(how, extractors(held))
    hides = how == "double" and not ready
    others = [one for one in _working(held) if one.person != person]
    last = next((one.state for one in held if one.person == person), None)
    why = _refusal(protocol, sheet, held, person)
    return Standing(
        study=study,
        sheet=sheet,
        by=how,
        mine=last,
        role=mine.role if mine else None,
        people=len(_working(held)),
        others=() if hides else tuple(one.name for one in others),
        others_done=sum(one.state == "done" for one in others),
        may_write=why is None,
        why_not=None if why is None else why[0],
        hint=None if why is None else why[1],
        comparable=ready,
        hidden=hides,
    )


def extractors(held: Iterable[Held]) -> list[Held]:
    """Give those who fill in a sheet of a study, by name; who left or checks is none of them."""
    return [one for one in _working(held) if one.role == "extractor"]


def comparable(how: By, filling: Sequence[Held]) -> bool:
    """Say whether what ``extractors`` wrote can be laid side by side: in single as soon as there are two."""
    if how == "single":
        return len(filling) == 2
    return len(filling) == PLACES[how] and all(one.state == "done" for one in filling)


def _refusal(protocol: Protocol, sheet: str, held: Sequence[Held], person: str) -> tuple[str, str] | None:
    """Say why a person may not write into a study, and what to do."""
    how, mine, does = by(protocol, sheet), _mine(person, held), _does(sheet)
    there = extractors(held)
    if mine is None and len(there) >= PLACES[how]:
        rule = "one person does" if PLACES[how] == 1 else "two people do"
        free = f"there is a place when {'that person' if PLACES[how] == 1 else 'one of them'} leaves"
        return f"{_named(there)} {does}{'s' if PLACES[how] == 1 else ''} it", f"the protocol says {rule}; {free}"
    if mine is None or mine.state != "done":
        checks = mine is not None and mine.role == "checker"
        return (f"who checks does not {does}", "say in the comparison what it should be") if checks else None
    if not _over(how, mine, held):
        return "you said that you are done with it", "reopen it first"
    if _kind(sheet) == "framework":  # codings are not settled one by one: coders go on together
        return None
    return f"all who {does} it are done", "say in the comparison what it should be"


def _over(how: By, mine: Held, held: Sequence[Held]) -> bool:
    """Say whether the others are done too: then nothing is reopened in silence."""
    if how == "double":
        return comparable(how, extractors(held))
    checked = any(one.role == "checker" and one.state == "done" for one in _working(held))
    return how == "checked" and mine.role == "extractor" and checked


def _mine(person: str, held: Iterable[Held]) -> Held | None:
    return next((one for one in _working(held) if one.person == person), None)


def _working(held: Iterable[Held]) -> list[Held]:
    return [one for one in held if one.state != "left"]


def _kind(sheet: str) -> str:
    return sheet.partition(":")[0]


def _does(sheet: str) -> str:
    return _DOES[_kind(sheet)]


def _named(people: Sequence[Held]) -> str:
    return " and ".join(one.name for one in people)


def _refused(reasons: Mapping[tuple[str, str], Collection[str]]) -> DecisionError:
    lines = "; ".join(f"{', '.join(studies)}: {why}" for (why, _), studies in reasons.items())
    hints = dict.fromkeys(hint for _, hint in reasons)
    return DecisionError(f"nothing was saved, because {lines}", hint="; ".join(hints))
