"""What stands in the controls of an entry page: read from a kept value, read from a sent form, and turned into a value.

Names of controls: ``v:FIELD`` the value (several where a field takes several), ``v:FIELD:ROW:SUB`` and
``m:FIELD:ROW:SUB`` a cell and why it is empty, ``missing:FIELD``, ``reason:FIELD``, ``quote:FIELD``, ``place:FIELD``,
``file:FIELD``, ``origin:FIELD``, and ``base:FIELD``, the event that the page was made from. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_of
from typing import Any

from extraction.compound import MISSING_KEY, ROW
from extraction.values import said, show, text_of
from review import countries
from review.errors import DecisionError
from review.forms import COMPOUND, Field
from review.web import Form

COUNTS = (Field("label", "Response"), Field("score", "Score", "number"), Field("n", "Number of people"))
"""The columns of counts, as sub-fields."""
BESIDE = ("reason", "quote", "place", "file", "origin")
"""What is said beside a value."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one control: a text, or several codes; or why there is no value."""

    texts: tuple[str, ...] = ()
    missing: str = ""

    @property
    def text(self) -> str:
        """The one text."""
        return self.texts[0] if self.texts else ""

    @property
    def empty(self) -> bool:
        """Nothing was given."""
        return not self.missing and not any(text.strip() for text in self.texts)


@dataclass(frozen=True, slots=True)
class Typed:
    """All that stands at one field. ``rows`` of a field of several parts by name; ``base`` is the event seen."""

    cell: Cell = Cell()
    rows: Mapping[str, Mapping[str, Cell]] = made_of(default_factory=dict)
    reason: str = ""
    quote: str = ""
    place: str = ""
    file: str = ""
    origin: str = ""
    base: str = ""

    @property
    def valued(self) -> bool:
        """A value was given."""
        return any(text.strip() for text in self.cell.texts) or any(
            not cell.empty for row in self.rows.values() for cell in row.values()
        )

    @property
    def nothing(self) -> bool:
        """Nothing at all was given."""
        return not (self.valued or self.cell.missing or self.reason or self.quote or self.place)


def parts(field: Field) -> tuple[Field, ...]:
    """Give the columns of a field of several parts; ``()`` for a field of one."""
    return COUNTS if field.type == "counts" else field.fields if field.type in COMPOUND else ()


# -- from what is kept


def of_value(field: Field, value: Any) -> Typed:
    """Show a value as it is kept; one of another type than the field has now is not shown."""
    if not _fits(field, value):
        return Typed()
    if field.type == "counts":
        lines: Iterable[tuple[str, Mapping[str, Any]]] = ((str(n), _count(row)) for n, row in enumerate(value or (), 1))
    elif field.type in COMPOUND:
        lines = ((str(row.get(ROW, n)), row) for n, row in enumerate(value or (), 1))
    else:
        return Typed(_cell(field, value))
    known = parts(field)
    return Typed(rows={key: {sub.id: _cell(sub, row.get(sub.id)) for sub in known} for key, row in lines})


def _fits(field: Field, value: Any) -> bool:
    """Say whether a value can stand in the controls of a field: the form may have been changed since."""
    if value is None:
        return True
    if parts(field):
        return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)
    if field.type in ("multiple", "country"):
        return isinstance(value, list) and not any(isinstance(one, Mapping) for one in value)
    return not isinstance(value, list)


def of_answer(field: Field, row: Mapping[str, Any] | None) -> Typed:
    """Show what a person wrote: a row of the table of answers, or of judgements; ``None``: nothing yet."""
    if row is None:
        return Typed()
    value = row["response"] if "response" in row else row["value"]
    typed = Typed(Cell(missing=row["missing"])) if row.get("missing") else of_value(field, value)
    given: dict[str, Any] = {name: row.get(name) or "" for name in BESIDE}
    return replace(typed, base=row["event"], **given)


def _count(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**row, "n": "not reported" if row.get("n") is None else row["n"]}


def _cell(field: Field, value: Any) -> Cell:
    if value is None:
        return Cell()
    if isinstance(value, Mapping):
        return Cell(missing=str(value.get(MISSING_KEY, "")))
    if isinstance(value, list) and field.type == "country":
        return Cell(tuple(countries.NAMES.get(str(code), str(code)) for code in value))
    if isinstance(value, list) and field.type == "multiple":
        return Cell(tuple(value))
    return Cell(("" if (text := show(value)) is None else str(text),))


# -- from what was sent


def of_form(field: Field, form: Form) -> Typed:
    """Read what stands at one field of a sent form."""
    name = field.id
    given: dict[str, Any] = {key: _lines(form.get(f"{key}:{name}") or "") for key in (*BESIDE, "base")}
    cell = Cell(tuple(_lines(one) for one in form.getlist(f"v:{name}")), str(form.get(f"missing:{name}") or ""))
    rows: dict[str, dict[str, Cell]] = {}
    for key in dict.fromkeys(form.keys()):
        kind, of, row, sub = [*key.split(":"), "", "", ""][:4]
        if of == name and sub and kind in ("v", "m"):
            rows.setdefault(row, {})[sub] = Cell(
                tuple(_lines(one) for one in form.getlist(f"v:{name}:{row}:{sub}")),
                str(form.get(f"m:{name}:{row}:{sub}") or ""),
            )
    return Typed(cell, rows, **given)


def _lines(sent: object) -> str:
    """Give a text with the line ends that are kept: browsers send their own."""
    return str(sent).replace("\r\n", "\n").strip()


def same(left: Typed, right: Typed) -> bool:
    """Say whether two fields say the same, whatever they were made from."""
    return _said(left) == _said(right)


def _said(typed: Typed) -> object:
    def cell(one: Cell) -> object:
        return one.missing, [text for text in one.texts if text]

    rows = [[(sub, cell(one)) for sub, one in sorted(row.items()) if not one.empty] for row in typed.rows.values()]
    return cell(typed.cell), [row for row in rows if row], typed.reason, typed.quote, typed.place


def raw(field: Field, typed: Typed) -> object:
    """Give what ``extraction.values.parse`` reads.

    Raises
    ------
    DecisionError
        A cell has both a value and a reason why there is none, or a count no number.
    """
    if field.type == "counts":
        return [_counted(row) for row in typed.rows.values() if any(not cell.empty for cell in row.values())]
    if field.type in COMPOUND:
        return [_row(field, key, row) for key, row in typed.rows.items()]
    if field.type in ("multiple", "country"):
        return [text for text in typed.cell.texts if text.strip()]
    return typed.cell.text


def _counted(row: Mapping[str, Cell]) -> dict[str, Any]:
    given = {key: text_of(cell.text) for key, cell in row.items()}
    if given.get("label") and not given.get("n"):
        raise DecisionError(f"{given['label']}: how many is not said", hint="a whole number, or: not reported")
    return given


def _row(field: Field, key: str, row: Mapping[str, Cell]) -> dict[str, Any]:
    made: dict[str, Any] = {ROW: key} if field.type == "table" else {}
    known = {sub.id: sub for sub in field.fields}
    for name, cell in row.items():
        texts = [text for text in cell.texts if text.strip()]
        if cell.missing and texts:
            label = known[name].label if name in known else name
            raise DecisionError(f"{label}: both a value and why there is none", hint="take one of them out")
        if cell.missing:
            made[name] = {MISSING_KEY: cell.missing}
        elif texts:
            made[name] = texts if name in known and known[name].type == "multiple" else texts[0]
    return made


# -- as the page shows it


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the page: what stands there, and what is said beside it.

    ``said`` is what was saved, in words; ``refused`` why what was typed was not. ``offer`` is what the bibliographic
    record has. ``when`` is its condition and its section's in words; ``applies`` says whether they hold now.
    ``again`` is why a new version of the form has it looked at again.
    """

    field: Field
    typed: Typed
    said: str = ""
    refused: str | None = None
    offer: Typed | None = None
    offered: str = ""
    when: str = ""
    applies: bool = True
    again: str | None = None
    below: str | None = None
    """The official wording of an item, where the review has it."""

    @property
    def answered(self) -> bool:
        """Something counts as its answer."""
        return bool(self.said)

    @property
    def open(self) -> bool:
        """Something is still expected: an answer, or the quote that belongs to one."""
        lacks_quote = self.field.quote and self.answered and not self.typed.quote and not self.typed.cell.missing
        return self.applies and (not self.answered or lacks_quote)

    @property
    def rows(self) -> list[tuple[str, str, Mapping[str, Cell]]]:
        """Name, label and cells of the rows to show: those of a table all, in their order."""
        if self.field.type == "table":
            return [(row.code, row.label, self.typed.rows.get(row.code, {})) for row in self.field.rows]
        return [(key, f"{n}", cells) for n, (key, cells) in enumerate(self.typed.rows.items(), start=1)]


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of the page."""

    title: str
    asked: tuple[Asked, ...]
    when: str = ""

    @property
    def answered(self) -> int:
        """Fields that are asked and have an answer."""
        return sum(one.answered for one in self.asked if one.applies)

    @property
    def total(self) -> int:
        """Fields that are asked."""
        return sum(one.applies for one in self.asked)


def in_words(field: Field, row: Mapping[str, Any] | None) -> str:
    """Say what a person wrote."""
    if row is None:
        return ""
    if "response" in row:
        return said(field, row["response"])
    return said(field, row["value"], row["missing"])


def conditions(field: Field, section: Any) -> list[dict[str, Any]]:
    """Give the conditions of a field and its section as the script reads them."""
    found: Sequence[Any] = [one for one in (section.when, field.when) if one is not None]
    return [{"field": one.field, "among": list(one.among)} for one in found]
