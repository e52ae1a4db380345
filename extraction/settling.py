"""The third record: what two who differ come to, what a third person decides, and what a checker accepts or corrects.

Who settles says how: one of the two does it in a discussion, somebody who is neither of them as a third person, and
where one fills in and another checks, the checker. What was settled names the answers that it acts on, and is open
again once one of them is another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from extraction import answers, appraisal, comparison, filling_rows, fillings
from extraction.comparison import Compared, Comparison, Subject
from extraction.shared import unchanged
from extraction.values import said, text_of
from review.errors import DecisionError
from review.forms import Form
from review.protocol import Protocol
from review.protocol.rights import require
from review.store import Actor, Entry, Event, Store, append_many
from review.store.events import take_turn

Take = Literal["left", "right", "new"]
Method = Literal["discussion", "third", "checked"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a field shall be: what the left or the right side says, or a new value, for which ``note`` says why.

    ``acts_on`` are the events of the answers that were seen, ``base`` the event of what was settled before, if that
    was seen. ``value``, ``missing``, ``reason``, ``quote``, ``place`` and ``file`` are of a new value.
    """

    field: str
    take: Take
    acts_on: frozenset[str]
    base: str | None = None
    note: object = None
    value: object = None
    missing: str | None = None
    reason: object = None
    quote: object = None
    place: object = None
    file: str | None = None


def settle(
    store: Store, actor: Actor, protocol: Protocol, subject: Subject, study: str, rulings: Sequence[Ruling]
) -> list[Event]:
    """Settle fields of one study, all or none.

    Raises
    ------
    DecisionError
        It cannot be compared yet, a value cannot stand, or what was seen is not what stands there now; nothing was
        saved.
    RoleError
        The person is neither of the two, and may not resolve.
    """
    with store.write() as connection:
        found, method = _begin(store, connection, actor, protocol, subject, study)
        fields = {one.field: one for one in found.fields}
        entries = []
        for ruling in rulings:
            one = fields.get(ruling.field)
            if one is None:
                raise DecisionError(f"{fillings.sheet_of(subject)} has no field '{ruling.field}'")
            _current(subject, study, one, ruling)
            entries.append(_entry(subject, found, one, ruling, method))
        return append_many(store, connection, actor, entries)


def withdraw(
    store: Store, actor: Actor, protocol: Protocol, subject: Subject, study: str, field: str, base: str
) -> Event:
    """Take back what was settled for a field; raises as ``settle``."""
    with store.write() as connection:
        found, _ = _begin(store, connection, actor, protocol, subject, study)
        one = next((one for one in found.fields if one.field == field), None)
        if one is None:
            raise DecisionError(f"{found.sheet} has no field '{field}'")
        _unchanged(subject, study, one, base)
        payload = {"study": study, "sheet": found.sheet, "field": field, "cleared": True}
        return append_many(store, connection, actor, [Entry("settled", payload)])[0]


def done(store: Store, actor: Actor, protocol: Protocol, subject: Subject, study: str, version: str) -> Event:
    """Note that a person is done: who fills in as it stands, who checks once every field is checked.

    Raises
    ------
    DecisionError
        The person has no part in it, is done already, or has not checked every field.
    """
    sheet = fillings.sheet_of(subject)
    with store.read() as connection:
        if fillings.state(connection, protocol, sheet, study, actor.person).role == "checker":
            left = comparison.compare(connection, protocol, subject, study).count("open", "again")
            if left:
                raise DecisionError(
                    f"{study}: fields that are not checked yet: {left}", hint="accept or correct each of them first"
                )
    return fillings.done(store, actor, protocol, sheet, study, version)


def method_of(protocol: Protocol, found: Comparison, person: str, name: str) -> Method:
    """Say how a person settles what differs.

    Raises
    ------
    DecisionError
        The person filled it in, and another one is to check it.
    RoleError
        The person is neither of the two, and may not resolve.
    """
    mine = person in {one.person for one in (found.left, found.right) if one is not None}
    if found.by == "checked":
        if mine:
            raise DecisionError(f"you filled in {found.study} yourself", hint="another person checks it")
        require(protocol, name, "extract")
        return "checked"
    if not mine:
        require(protocol, name, "resolve")
    return "discussion" if mine else "third"


# -- parts


def _begin(
    store: Store, connection: Connection, actor: Actor, protocol: Protocol, subject: Subject, study: str
) -> tuple[Comparison, Method]:
    take_turn(connection, actor)
    filling_rows.alone(connection)
    found = comparison.compare(connection, protocol, subject, study)
    method = method_of(protocol, found, actor.person, filling_rows.names(connection)[actor.person])
    if method == "checked":
        fillings.check_in(store, connection, actor, protocol, found.sheet, study)
    return found, method


def _current(subject: Subject, study: str, one: Compared, ruling: Ruling) -> None:
    """Let nobody settle what was not seen, or is not there to be settled."""
    where = f"{study}, {one.field}"
    if one.state == "again":
        raise DecisionError(f"{where} has to be answered again first", hint="the form has changed since")
    if one.state == "waits":
        raise DecisionError(f"{where} does not apply", hint="settle first what it depends on")
    _unchanged(subject, study, one, ruling.base)
    if ruling.acts_on != one.events:
        raise DecisionError(f"{where}: an answer has changed since you looked", hint="look at both sides again")


def _unchanged(subject: Subject, study: str, one: Compared, base: str | None) -> None:
    now = None if one.settled is None else {"event": one.settled.event, "name": one.settled.name}
    unchanged(f"{study}, {one.field}", now, base, lambda _: in_words(subject, one.field, one.settled))


def in_words(subject: Subject, field: str, given: Any) -> str:
    """Say what a side or a settled value says, in words."""
    if given is None:
        return "no answer"
    if isinstance(subject, Form):
        return said(next(one for one in subject.fields if one.id == field), given.value, given.missing)
    return appraisal.said(subject, next(one for one in subject.judged if one.id == field), given.value)


def _entry(subject: Subject, found: Comparison, one: Compared, ruling: Ruling, method: Method) -> Entry:
    note = text_of(ruling.note)
    if ruling.take == "new":
        if note is None:
            raise DecisionError(f"{found.study}, {one.field}: say why it is neither side's", hint="add a reason")
        content = _new(subject, found.study, one.field, ruling)
    else:
        side = one.left if ruling.take == "left" else one.right
        if side is None:
            raise DecisionError(f"{found.study}, {one.field}: there is no answer on that side")
        content = {name: getattr(side, name) for name in ("value", "missing", "reason", "quote", "place", "file")}
    about = {"study": found.study, "sheet": found.sheet, "field": one.field}
    return Entry("settled", {**about, **content, "method": method, "note": note, "acts_on": sorted(one.events)})


def _new(subject: Subject, study: str, field: str, ruling: Ruling) -> dict[str, Any]:
    """Check a new value as if it were an answer, and give its parts."""
    keys: Collection[str] = (study,)
    where: dict[str, Any] = {"quote": ruling.quote, "place": ruling.place, "file": ruling.file}
    if isinstance(subject, Form):
        answer = answers.Answer(study, field, ruling.value, ruling.missing, **where)
        made = answers.entry(subject, keys, answer).payload
        return {"reason": None, **{name: made[name] for name in ("value", "missing", "quote", "place", "file")}}
    judgement = appraisal.Judgement(study, field, ruling.value, ruling.reason, **where)
    made = appraisal.entry(subject, keys, judgement).payload
    return {"value": made["response"], "missing": None, **{n: made[n] for n in ("reason", "quote", "place", "file")}}
