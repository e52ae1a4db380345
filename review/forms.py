"""What a proforma, an appraisal instrument and a framework are, as frozen values.

The TOML files that define them live in ``extraction/`` and are read by ``extraction.library``; ``reports`` is handed
these values, so that the two rooms need not know each other (docs/decisions/0001-rooms.md). No IO here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

FieldType = Literal["text", "number", "single", "multiple", "date", "country", "counts", "group", "table"]
"""What an answer's value is: ``text`` a str; ``number`` an int or float; ``single`` the code of an option;
``multiple`` a list of codes in the form's order; ``date`` ISO 8601 cut to what is known (``"2014"``, ``"2014-05"``,
``"2014-05-31"``); ``country`` a list of ISO 3166-1 alpha-2 codes (``review.countries`` gives their names); ``counts``
a list of ``{"label": str, "score": number or None, "n": int or None}``, how many gave each response.

``group`` (fields that repeat: one row per arm, per outcome, per survey item) and ``table`` (the same with rows that
the form names) are lists of rows: each a dict of sub-field id -> value or ``{"missing": code}``, empty cells left out;
a row of a table has the code of its row under ``"row"``. Sub-fields are of the other types."""

COMPOUND: tuple[FieldType, ...] = ("group", "table")

Prefill = Literal["authors", "year", "title", "journal", "doi", "author_country"]
"""What of a bibliographic record can be offered as the value of a field."""

Missing = Literal["not_reported", "not_applicable", "unclear"]
"""Why an answer has no value: three different things, and none of them is an empty cell."""

MISSING: dict[str, str] = {
    "not_reported": "not reported",
    "not_applicable": "not applicable",
    "unclear": "unclear",
}
"""Missing code -> how it reads in a table."""

NOT_REPORTED = "not_reported"
"""A response that every item of every instrument takes: a publication whose appraisal is taken over does not say."""

OVERALL = "overall"
"""The item of the overall judgement, of instruments that have one."""

FINDING = "finding:"
"""What stands before the key of a finding where a judgement is about one, in the place of a study's key."""

POLARITIES: dict[str, str] = {"+": "supports", "-": "adverse or against", "0": "condition or context"}
"""What a coded finding says about its component -> how it reads."""

EMERGENT = "emergent:"
"""What a component or sub-element begins with that the framework does not have, so that a typing slip is no theme."""


def themes_of(coding: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the columns of the matrix that a coding belongs in: its component, and a theme that is a part of it.

    >>> themes_of({"component": "work", "subelement": "emergent:pay"}), themes_of({"component": "a", "subelement": "b"})
    (('work', 'emergent:pay'), ('a',))
    """
    component, part = coding["component"], coding.get("subelement")
    return (component, part) if part and part.startswith(EMERGENT) and part != component else (component,)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a single or multiple field, or one response of an instrument."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class When:
    """A condition: the value of another field is, or has among several, one of these codes."""

    field: str
    among: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: what is asked, of which type, and whether a quote with its place is expected.

    ``fields`` are the sub-fields of a group or a table, ``rows`` the rows of a table. It is asked only ``when`` its
    condition holds. ``prefill`` names what of the bibliographic record is offered as its value.
    """

    id: str
    label: str
    type: FieldType = "text"
    required: bool = False
    quote: bool = False
    guidance: str | None = None
    options: tuple[Option, ...] = ()
    unit: str | None = None
    when: When | None = None
    prefill: Prefill | None = None
    fields: tuple[Field, ...] = ()
    rows: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields, asked only ``when`` its condition holds."""

    title: str
    fields: tuple[Field, ...]
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A proforma. ``version`` is part of every answer's form id: ``"name@version"``."""

    name: str
    version: str
    label: str
    source: str
    sections: tuple[Section, ...]

    @property
    def id(self) -> str:
        """Name and version, as answers cite it."""
        return f"{self.name}@{self.version}"

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in order."""
        return tuple(field for section in self.sections for field in section.fields)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an appraisal instrument, cue in our own words.

    ``open`` items have no responses to choose from: the response is the text itself. ``designs`` names the study
    designs that the item is for (MMAT's five sets); ``()`` is every design.
    """

    id: str
    cue: str
    section: str
    screening: bool = False
    open: bool = False
    designs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """An appraisal instrument of a named edition: structure only, with a link to the official form.

    ``of`` says what is appraised: studies, or the findings of the synthesis (GRADE-CERQual). ``overall`` are the levels
    of an overall judgement, which a person makes and nothing computes; ``()`` when the instrument has none.
    """

    name: str
    edition: str
    label: str
    url: str
    licence: str
    designs: tuple[str, ...]
    responses: tuple[Option, ...]
    items: tuple[Item, ...]
    of: Literal["study", "finding"] = "study"
    overall: tuple[Option, ...] = ()

    @property
    def judged(self) -> tuple[Item, ...]:
        """All that is judged: the items, and last the overall judgement where there is one."""
        return (*self.items, Item(OVERALL, "Overall judgement", "Overall")) if self.overall else self.items

    def choices(self, item: Item) -> tuple[Option, ...]:
        """Give the responses that an item has to choose from; ``()`` for an open one."""
        return () if item.open else self.overall if item.id == OVERALL else self.responses


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a framework, with the sub-elements that its source names; ``core`` is its middle segment."""

    id: str
    label: str
    gloss: str
    subelements: tuple[str, ...] = ()
    core: bool = False


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework that findings are coded under."""

    name: str
    label: str
    version: str
    source: str
    components: tuple[Component, ...]
    allow_emergent: bool = True


# -- what was extracted, as the reports are handed it


@dataclass(frozen=True, slots=True)
class Final:
    """What counts for one field of one study, or one item of one instrument.

    ``method`` tells how it came about: ``single`` one person; ``agreed`` two said the same; ``discussion``, ``third``,
    ``checked`` as noted when it was settled; ``open`` two differ, or are not done: then there is no value. ``text`` is
    an answer's value in words.
    """

    study: str
    sheet: str
    field: str
    value: Any
    missing: str | None
    reason: str | None
    quote: str | None
    place: str | None
    method: Literal["single", "agreed", "discussion", "third", "checked", "open"]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """Everything that was taken out of the included studies, as it counts now.

    ``answers`` by (study, field), ``judgements`` by (study, instrument, item). ``codings`` are rows with the columns of
    the store's table, component and sub-element as they stand after merges and splits of themes; ``themes`` gives the
    label of every emergent one by its key. ``findings`` and ``cmos`` are rows of their tables. ``warnings`` say in
    sentences what is not settled, and left out therefore.
    """

    answers: Mapping[tuple[str, str], Final]
    judgements: Mapping[tuple[str, str, str], Final]
    codings: Sequence[Mapping[str, Any]]
    themes: Mapping[str, str]
    findings: Sequence[Mapping[str, Any]]
    cmos: Sequence[Mapping[str, Any]]
    warnings: tuple[str, ...] = ()
