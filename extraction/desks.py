"""What an entry page fills in, a proforma or an instrument, behind one face: parts, rows, saving."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import Connection

from extraction import answers, appraisal, conditions, entry, entry_rows, fillings, library, official, prefill, versions
from extraction.entry import Asked, Part, Typed
from extraction.values import parse
from review.errors import DecisionError, StageError
from review.forms import NOT_REPORTED, Field, Form, Instrument, Item, Option, When
from review.record import Record
from review.store import Event
from review.web import Here

Rows = Mapping[str, Mapping[str, Any]]
"""Field or item -> what one person wrote there."""
Held = Mapping[str, tuple[Typed, str]]
"""Field or item -> what was typed and could not be saved, and why."""


class Desk(Protocol):
    """A sheet as it is filled in for one study."""

    @property
    def sheet(self) -> str:
        """How its fillings are named."""

    @property
    def version(self) -> str:
        """Of the text that is filled in."""

    @property
    def label(self) -> str:
        """What people call it."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """All that is asked for the study, in order."""

    def parts(self, record: Record, have: Rows, held: Held, again: Mapping[str, str]) -> tuple[Part, ...]:
        """Lay out the page."""

    def save(self, at: Here, study: str, keys: Collection[str], field: Field, typed: Typed) -> Event | None:
        """Save what stands at one field; ``None`` when nothing is there and nothing was."""


def own(connection: Connection, at: Here, desk: Desk, study: str) -> dict[str, Mapping[str, Any]]:
    """Give what the person who asks wrote, by field or item."""
    column = "field" if desk.sheet.startswith("form:") else "item"
    return {row[column]: row for row in entry_rows.own(connection, desk.sheet, study, at.actor.person)}


# -- a proforma


@dataclass(frozen=True, slots=True)
class FormDesk:
    """A proforma; ``name`` is what the protocol calls it."""

    name: str
    form: Form

    @property
    def sheet(self) -> str:
        return fillings.form_sheet(self.form)

    @property
    def version(self) -> str:
        return self.form.version

    @property
    def label(self) -> str:
        return self.form.label

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.form.fields

    def parts(self, record: Record, have: Rows, held: Held, again: Mapping[str, str]) -> tuple[Part, ...]:
        offers = prefill.of(self.form, record)
        applies = conditions.asked(self.form, {name: row["value"] for name, row in have.items()})
        made = []
        for section in self.form.sections:
            asked = tuple(
                _asked(
                    one,
                    have.get(one.id),
                    held.get(one.id),
                    again.get(one.id),
                    offers.get(one.id),
                    applies=one.id in applies,
                    when=", and ".join(self._words(section.when, one.when)),
                )
                for one in section.fields
            )
            made.append(Part(section.title, asked, " ".join(self._words(section.when))))
        return tuple(made)

    def _words(self, *given: When | None) -> list[str]:
        return [conditions.words(self.form, when) for when in given if when is not None]

    def save(self, at: Here, study: str, keys: Collection[str], field: Field, typed: Typed) -> Event | None:
        if typed.nothing and not typed.base:
            return None
        answer = answers.Answer(study, field.id, cleared=True)
        if not typed.nothing:
            value = parse(field, entry.raw(field, typed))
            if value is None and not typed.cell.missing:
                raise _quote_alone()
            answer = answers.Answer(
                study, field.id, value, typed.cell.missing or None, typed.quote, typed.place, file=typed.file or None,
                origin=typed.origin or None,
            )  # fmt: skip
        versions.adopt(at.store, at.actor, "form", self.name, at.folder)
        return answers.save(at.store, at.actor, at.protocol, self.form, keys, answer, typed.base or None)


def form_desk(at: Here) -> FormDesk:
    """Give the proforma of the protocol.

    Raises
    ------
    StageError
        The protocol names none.
    """
    if at.protocol.proforma is None:
        raise StageError(
            "the protocol names no proforma to fill in",
            hint='write proforma = "bitc-mentoring", or the name of a file of your own, under [synthesis]',
        )
    return FormDesk(at.protocol.proforma, library.form(at.protocol.proforma, at.folder))


# -- an instrument


@dataclass(frozen=True, slots=True)
class InstrumentDesk:
    """An appraisal instrument for a study of one design; ``texts`` is its official wording, where the review has it."""

    name: str
    instrument: Instrument
    design: str | None
    texts: Mapping[str, str]

    @property
    def sheet(self) -> str:
        return fillings.instrument_sheet(self.instrument)

    @property
    def version(self) -> str:
        return self.instrument.edition

    @property
    def label(self) -> str:
        return f"{self.instrument.label} ({self.instrument.edition})"

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(self._field(item) for item in appraisal.items_for(self.instrument, self.design))

    def _field(self, item: Item) -> Field:
        options = self.instrument.choices(item)
        if not options:
            return Field(item.id, item.cue, "text", required=True)
        return Field(item.id, item.cue, "single", True, options=(*options, Option(NOT_REPORTED, "Not reported")))

    def parts(self, record: Record, have: Rows, held: Held, again: Mapping[str, str]) -> tuple[Part, ...]:
        items = appraisal.items_for(self.instrument, self.design)
        titles = dict.fromkeys("Screening" if item.screening else item.section for item in items)
        made = []
        for title in sorted(titles, key=lambda one: one != "Screening"):
            asked = tuple(
                _asked(self._field(item), have.get(item.id), held.get(item.id), below=self.texts.get(item.id))
                for item in items
                if ("Screening" if item.screening else item.section) == title
            )
            made.append(Part(title, asked))
        return tuple(made)

    def save(self, at: Here, study: str, keys: Collection[str], field: Field, typed: Typed) -> Event | None:
        if typed.nothing and not typed.base:
            return None
        judgement = appraisal.Judgement(study, field.id, cleared=True)
        if not typed.nothing:
            if not typed.valued:
                raise _quote_alone()
            judgement = appraisal.Judgement(
                study, field.id, typed.cell.text, typed.reason, typed.quote, typed.place, file=typed.file or None
            )
        versions.adopt(at.store, at.actor, "instrument", self.name, at.folder)
        return appraisal.save(at.store, at.actor, at.protocol, self.instrument, keys, judgement, typed.base or None)


def instrument_named(at: Here, wanted: str, design: str | None = None) -> InstrumentDesk:
    """Give an instrument as the protocol calls it."""
    found = library.instrument(wanted, at.folder)
    return InstrumentDesk(wanted, found, design, official.texts(found, at.folder))


def instrument_desk(at: Here, name: str, design: str | None) -> InstrumentDesk:
    """Give one of the instruments of the protocol by its own name.

    Raises
    ------
    StageError
        The protocol does not name it.
    """
    for wanted in at.protocol.instruments:
        desk = instrument_named(at, wanted, design)
        if desk.instrument.name == name:
            return desk
    raise StageError(f"the protocol names no instrument '{name}'", hint="add it to instruments under [synthesis]")


# -- one field


def _asked(
    field: Field, row: Mapping[str, Any] | None, held: tuple[Typed, str] | None, again: str | None = None,
    offer: Any = None, *, applies: bool = True, when: str = "", below: str | None = None,
) -> Asked:  # fmt: skip
    offered = replace(entry.of_value(field, offer), origin="record") if row is None and offer is not None else None
    return Asked(
        field=field,
        typed=held[0] if held else entry.of_answer(field, row),
        said=entry.in_words(field, row),
        refused=held[1] if held else None,
        offer=offered,
        offered=entry.in_words(field, {"value": offer, "missing": None}) if offered else "",
        when=when,
        applies=applies,
        again=again,
        below=below,
    )


def _quote_alone() -> DecisionError:
    return DecisionError("there is no answer yet", hint="give one, or say why there is none; the rest waits for it")
