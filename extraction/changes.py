"""What two versions of a form say differently, field by field, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from review.forms import Field, Form, Option

_KINDS = {
    "text": "a text", "number": "a number", "single": "one of several options", "multiple": "several options",
    "date": "a date", "country": "countries", "counts": "counts of responses", "group": "a group of rows",
    "table": "a table",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise about a field: ``why``, a sentence.

    With ``codes`` it concerns only an answer that names one of these (an option that is gone); with ``unquoted`` only
    one that has no quote. A ``soft`` one leaves the answer standing: it is listed, but opens nothing again.
    """

    why: str
    codes: frozenset[str] = frozenset()
    unquoted: bool = False
    soft: bool = False

    def concerns(self, value: Any, quote: str | None) -> bool:
        """Say whether an answer with this value and quote has to be looked at again."""
        if self.codes:
            return bool(self.codes & _named(value))
        return not (self.unquoted and (quote or value is None))


def _named(value: Any) -> frozenset[str]:
    """Give every code in a value, in the cells of its rows too."""
    if isinstance(value, Mapping):
        return frozenset().union(*(_named(part) for part in value.values()))
    if isinstance(value, list):
        return frozenset().union(*(_named(part) for part in value))
    return frozenset({value}) if isinstance(value, str) else frozenset()


def changed(old: Form, new: Form) -> dict[str, tuple[Change, ...]]:
    """Give, for each field that both have and that is not the same, what is otherwise; the order is the new form's."""
    before = {field.id: field for field in old.fields}
    found = {field.id: tuple(_field(before[field.id], field)) for field in new.fields if field.id in before}
    return {field: changes for field, changes in found.items() if changes}


def sentences(old: Form, new: Form) -> tuple[str, ...]:
    """Say everything that is otherwise: fields that are new, changed, gone."""
    before, after = [{field.id: field for field in form.fields} for form in (old, new)]
    lines = [f"{f.id} ({f.label}) is new{', required' if f.required else ''}" for f in new.fields if f.id not in before]
    lines += [f"{field}: {change.why}" for field, changes in changed(old, new).items() for change in changes]
    for field in new.fields:
        if field.id in before and field.required != before[field.id].required:
            lines.append(f"{field.id}: is {'required now' if field.required else 'no longer required'}")
    lines += [f"{f.id} ({f.label}) is gone: its answers are kept" for f in old.fields if f.id not in after]
    lines += _conditions(old, new)
    return tuple(lines)


def _conditions(old: Form, new: Form) -> Iterator[str]:
    before, after = [
        {field.id: (section.when, field.when) for section in form.sections for field in section.fields}
        for form in (old, new)
    ]
    for field in after:
        if field in before and before[field] != after[field]:
            yield f"{field}: it is asked under another condition"


def _field(old: Field, new: Field) -> Iterator[Change]:
    if old.type != new.type:
        yield Change(f"it was {_KINDS[old.type]}, and is {_KINDS[new.type]} now")
        return
    if old.unit != new.unit:
        yield Change(f"its unit was {old.unit or 'not said'}, and is {new.unit or 'not said'} now")
    yield from _options("option", old.options, new.options)
    yield from _options("row", old.rows, new.rows)
    yield from _sub_fields(old, new)
    if new.quote and not old.quote:
        yield Change("a quote is expected now", unquoted=True, soft=True)
    if old.label != new.label:
        yield Change(
            f"it is called '{new.label}' now, it was '{old.label}': see whether the answer still fits", soft=True
        )
    if old.guidance != new.guidance:
        yield Change("its guidance has changed: see whether the answer still fits", soft=True)


def _options(word: str, old: Sequence[Option], new: Sequence[Option]) -> Iterator[Change]:
    before, after = [{option.code: option.label for option in options} for options in (old, new)]
    for code, label in before.items():
        if code not in after:
            yield Change(f"the {word} '{label}' ({code}) is gone", frozenset({code}))
        elif after[code] != label:
            yield Change(f"the {word} {code} reads '{after[code]}' now, it was '{label}'", frozenset({code}))
    added = [f"'{label}' ({code})" for code, label in after.items() if code not in before]
    if added:
        yield Change(f"there {'is a new ' + word if len(added) == 1 else 'are new ' + word + 's'}: {', '.join(added)}")


def _sub_fields(old: Field, new: Field) -> Iterator[Change]:
    before, after = [{field.id: field for field in form.fields} for form in (old, new)]
    for name, field in after.items():
        if name not in before:
            yield Change(f"the sub-field {name} ({field.label}) is new")
        else:
            for change in _field(before[name], field):
                yield replace(change, why=f"sub-field {name}: {change.why}")
    for name, field in before.items():
        if name not in after:
            yield Change(f"the sub-field {name} ({field.label}) is gone")
