"""What a proforma, an appraisal instrument and a framework are, as frozen values.

The TOML files that define them live in ``extraction/`` and are read by ``extraction.library``; ``reports`` is handed
these values, so that the two rooms need not know each other (docs/decisions/0001-rooms.md). No IO here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "number", "single", "multiple", "date", "country"]
"""What an answer's value is: ``text`` a str; ``number`` an int or float; ``single`` the code of an option;
``multiple`` a list of codes in the form's order; ``date`` ISO 8601 cut to what is known (``"2014"``, ``"2014-05"``,
``"2014-05-31"``); ``country`` a list of ISO 3166-1 alpha-2 codes (``review.countries`` gives their names)."""

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

POLARITIES: dict[str, str] = {"+": "supports", "-": "adverse or against", "0": "condition or context"}
"""What a coded finding says about its component -> how it reads."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a single or multiple field, or one response of an instrument."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: what is asked, of which type, and whether a quote with its place is expected."""

    id: str
    label: str
    type: FieldType = "text"
    required: bool = False
    quote: bool = False
    guidance: str | None = None
    options: tuple[Option, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields."""

    title: str
    fields: tuple[Field, ...]


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
    """An appraisal instrument of a named edition: structure only, with a link to the official form."""

    name: str
    edition: str
    label: str
    url: str
    licence: str
    designs: tuple[str, ...]
    responses: tuple[Option, ...]
    items: tuple[Item, ...]


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
