"""Which fields of a form apply to a study, given what was answered so far; and what is wrong with conditions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from review.errors import Fault
from review.forms import Field, FieldType, Form, When
from review.protocol.faults import meant

ANSWERABLE: tuple[FieldType, ...] = ("single", "multiple")
"""Types of field that a condition can look at: those with options."""


def asked(form: Form, values: Mapping[str, Any]) -> frozenset[str]:
    """Give the ids of the fields that apply now: of those without a condition, and of those whose condition holds.

    Parameters
    ----------
    values : mapping
        Field id -> its value as kept; a field with a missing code, or without an answer, is left out or ``None``.

    Notes
    -----
    A condition on a field that is not answered, or that is not asked itself, does not hold (yet).
    """
    conditions = _conditions(form)
    known = {field: True for field, whens in conditions.items() if not whens}

    def applies(field: str) -> bool:
        if field not in known:
            known[field] = False  # while it is worked out: a ring holds nowhere
            known[field] = field in conditions and all(
                _holds(when, values.get(when.field)) and applies(when.field) for when in conditions[field]
            )
        return known[field]

    return frozenset(field for field in conditions if applies(field))


def looked_at(form: Form) -> frozenset[str]:
    """Give the ids of the fields that conditions look at."""
    return frozenset(when.field for conditions in _conditions(form).values() for when in conditions)


def _conditions(form: Form) -> dict[str, tuple[When, ...]]:
    """Give for each field its own condition and that of its section."""
    found: dict[str, tuple[When, ...]] = {}
    for section in form.sections:
        above = () if section.when is None else (section.when,)
        for field in section.fields:
            found[field.id] = above if field.when is None else (*above, field.when)
    return found


def _holds(when: When, value: Any) -> bool:
    given = value if isinstance(value, list) else [value]
    return any(code in given for code in when.among)


def faults(form: Form) -> Iterator[Fault]:
    """Name every condition that cannot work: it names no field or no option, or goes round in a ring.

    ``where`` is the key path in the form's file: ``sections[2].fields[1].when``.
    """
    fields = {field.id: field for field in form.fields}
    for where, owner, when in _placed(form):
        field = fields.get(when.field)
        if field is None:
            yield Fault(where, f"{owner} waits for '{when.field}', which is no field", meant(when.field, fields))
        elif field.type not in ANSWERABLE:
            yield Fault(where, f"{owner} waits for '{field.id}', which is {field.type}", "name a field with options")
        else:
            codes = [option.code for option in field.options]
            for code in when.among:
                if code not in codes:
                    yield Fault(where, f"'{code}' is no option of '{field.id}'", meant(code, codes))
    yield from _rings(form)


def _placed(form: Form) -> Iterator[tuple[str, str, When]]:
    for number, section in enumerate(form.sections, start=1):
        if section.when is not None:
            yield f"sections[{number}].when", f"section '{section.title}'", section.when
        for position, field in enumerate(section.fields, start=1):
            if field.when is not None:
                yield f"sections[{number}].fields[{position}].when", f"'{field.id}'", field.when


def _rings(form: Form) -> Iterator[Fault]:
    """Name each ring once, at the first of its fields."""
    conditions = _conditions(form)
    places = {
        field.id: f"sections[{number}].fields[{position}]"
        for number, section in enumerate(form.sections, start=1)
        for position, field in enumerate(section.fields, start=1)
    }
    told: set[str] = set()
    for start in conditions:
        ring = _ring(start, conditions)
        if ring and not told & set(ring):
            told |= set(ring)
            line = " for ".join(f"'{field}'" for field in (*ring, start))
            yield Fault(places[start], f"conditions go round in a ring: {line}", "take one of them out")


def _ring(start: str, conditions: Mapping[str, tuple[When, ...]]) -> list[str]:
    """Give the fields from a field back to itself along the conditions, ``[]`` when none leads back."""
    lines = [[start]]
    seen = set()
    while lines:
        line = lines.pop(0)
        for when in conditions.get(line[-1], ()):
            if when.field == start:
                return line
            if when.field not in seen:
                seen.add(when.field)
                lines.append([*line, when.field])
    return []


def words(form: Form, when: When) -> str:
    """Say a condition: ``when Kind of paper is Research paper``."""
    field = next((f for f in form.fields if f.id == when.field), Field(when.field, when.field))
    labels = {option.code: option.label for option in field.options}
    among = " or ".join(labels.get(code, code) for code in when.among)
    return f"when {field.label} {'has' if field.type == 'multiple' else 'is'} {among}"
