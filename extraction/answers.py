"""Answers to a proforma: one value, or one reason why there is none, per study and field and person, with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from extraction import conditions, fillings, rows
from extraction.shared import same_window
from extraction.values import collect, missing_code, parse, said, text_of
from review.errors import DecisionError
from review.forms import MISSING, Field, Form
from review.protocol import Protocol
from review.protocol.faults import meant
from review.store import Actor, Entry, Event, Store, append_many
from review.store.events import take_turn


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says about one field of one study: a ``value``, or a ``missing`` code; ``cleared`` takes it back.

    ``value`` is as typed or as kept (``extraction.values.parse``); ``place`` is where the quote stands (``"p. 554"``),
    ``file`` the SHA-256 of the full text that it was taken from. ``origin`` is ``"record"`` for what was taken over
    from the bibliographic record as it stood.
    """

    study: str
    field: str
    value: object = None
    missing: str | None = None
    quote: object = None
    place: object = None
    cleared: bool = False
    file: object = None
    origin: object = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one study is: fields answered (values and missing codes), required ones open, quotes still to come."""

    study: str
    answered: int
    fields: int
    required_open: tuple[str, ...]
    quotes_open: tuple[str, ...]


def put(
    store: Store, actor: Actor, protocol: Protocol, form: Form, keys: Collection[str], given: Sequence[Answer]
) -> list[Event]:
    """Save answers, all or none; a person's earlier answer to the same field is superseded.

    Parameters
    ----------
    keys : collection of str
        The keys of the review's studies.

    Raises
    ------
    DecisionError
        With one line per answer that cannot stand, or the person has no place there: nothing was saved.
    """
    entries = collect(given, lambda answer: entry(form, keys, answer))
    with store.write() as connection:
        guard(store, connection, actor, protocol, form, entries)
        return append_many(store, connection, actor, entries)


def save(
    store: Store,
    actor: Actor,
    protocol: Protocol,
    form: Form,
    keys: Collection[str],
    answer: Answer,
    base: str | None,
) -> Event:
    """Save one answer over the one that the person saw.

    Parameters
    ----------
    base : str, optional
        The event of the answer that was shown; ``None`` when there was none.

    Raises
    ------
    DecisionError
        The answer cannot stand, the person has no place there, or the answer is another one by now: says what it is.
    """
    made = entry(form, keys, answer)
    with store.write() as connection:
        take_turn(connection, actor)
        current = rows.answer(connection, form.name, answer.study, answer.field, actor.person)
        field = _field(form, answer.field)
        same_window(
            f"{answer.study}, {answer.field}", current, base,
            lambda row: said(field, row["value"], row["missing"]) if row else "no answer",
        )  # fmt: skip
        guard(store, connection, actor, protocol, form, (made,))
        return append_many(store, connection, actor, (made,))[0]


def guard(
    store: Store, connection: Connection, actor: Actor, protocol: Protocol, form: Form, entries: Sequence[Entry]
) -> None:
    """Let nobody answer where there is no place (``fillings.guard``), for events of one form.

    Who is done may still answer what has to be answered again because the form has changed.
    """
    take_turn(connection, actor)
    studies = {made.payload["study"] for made in entries}
    again = fillings.again_for(connection, protocol, form, actor.person, studies)
    rest = {m.payload["study"] for m in entries if m.payload["field"] not in again.get(m.payload["study"], ())}
    fillings.guard(store, connection, actor, protocol, fillings.form_sheet(form), rest, form.version)


def entry(form: Form, keys: Collection[str], answer: Answer) -> Entry:
    """Check one answer against the form and make its event.

    Raises
    ------
    DecisionError
        No such study or field, a value that the field does not take, both or neither of value and missing code.
    """
    field = _field(form, answer.field)
    if answer.study not in keys:
        raise DecisionError(f"there is no study '{answer.study}'", hint=meant(answer.study, keys))
    payload: dict[str, Any] = {"study": answer.study, "form": form.id, "field": field.id}
    if answer.cleared:
        return Entry("answer", {**payload, "cleared": True})
    try:
        value, missing = parse(field, answer.value), missing_code(answer.missing)
        payload |= {"value": value, "missing": missing, "quote": text_of(answer.quote), "place": text_of(answer.place)}
        payload |= {"file": text_of(answer.file), "origin": text_of(answer.origin)}
    except DecisionError as error:
        raise DecisionError(f"{answer.study}, {field.id}: {error.message}", hint=error.hint) from error
    if (value is None) == (missing is None):
        both = "both a value and a missing code" if missing else "neither a value nor a missing code"
        raise DecisionError(f"{answer.study}, {field.id}: {both}", hint=f"give a value or one of: {', '.join(MISSING)}")
    return Entry("answer", payload)


def newest(current: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Give, per (study, field), the newest of the answers given.

    Parameters
    ----------
    current : iterable of mapping
        From ``rows.answers``: older ones first.
    """
    return {(row["study"], row["field"]): row for row in current}


def progress(form: Form, keys: Sequence[str], current: Iterable[Mapping[str, Any]]) -> tuple[Progress, ...]:
    """Say for each study how far its form is: of the fields that are asked as things stand, how many are answered.

    A missing code counts as answered, and needs no quote.
    """
    have: dict[str, dict[str, Mapping[str, Any]]] = {}
    for (study, field), row in newest(current).items():
        have.setdefault(study, {})[field] = row
    return tuple(_progress(form, key, have.get(key, {})) for key in keys)


def _progress(form: Form, key: str, have: Mapping[str, Mapping[str, Any]]) -> Progress:
    valued = {field: row for field, row in have.items() if not row["missing"]}
    applies = conditions.asked(form, {field: row["value"] for field, row in valued.items()})
    fields = [field for field in form.fields if field.id in applies]
    return Progress(
        study=key,
        answered=sum(field.id in have for field in fields),
        fields=len(fields),
        required_open=tuple(f.id for f in fields if f.required and f.id not in have),
        quotes_open=tuple(f.id for f in fields if f.quote and f.id in valued and not valued[f.id]["quote"]),
    )


def _field(form: Form, name: str) -> Field:
    known = {field.id: field for field in form.fields}
    if name not in known:
        raise DecisionError(f"the form {form.id} has no field '{name}'", hint=meant(name, known))
    return known[name]
