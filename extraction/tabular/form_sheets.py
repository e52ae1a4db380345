"""The table of a form: a row per study and field, out with what a person answered, and in with what was filled in.

A filled table is checked whole before anything is saved. A row that is not there, or that is left empty, changes
nothing: to take something back, its column ``clear`` says yes. Each row says the version of the form that it was
written out under, and is read by that one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from extraction import answers, conditions
from extraction.tabular import form_cells
from extraction.tabular.exchange import Cell, Choices, Row, Table
from extraction.tabular.filled import CLEAR, about, as_written, blank, cleared, doubtful, rows_of, study_of
from extraction.tabular.plans import Claim, Part, Plan, absent, compare, differences
from extraction.values import missing_code, show, text_of
from review.countries import NAMES
from review.errors import DecisionError, ReviewError
from review.forms import COMPOUND, MISSING, Field, Form
from review.store import Entry
from review.text import many

ANSWERS = ("study", "field", "label", "hint", "value", "missing", "quote", "place", "origin", "clear", "form")
_ENTRY = ("value", "missing", "quote", "place", "origin", "clear")
_SAYING = ("value", "missing", "quote", "place", "clear")
FROM_RECORD, CHECK = "from the record", "from the record: check"
"""Marks of what was taken over from the bibliographic record, and of what is offered from it."""
RECORD = "record"

Offered = Mapping[str, Mapping[str, Any]]
"""Study key -> field -> the value that its bibliographic record offers (``prefill.of``)."""


# -- out


def answers_table(
    form: Form, keys: Iterable[str], mine: Iterable[Mapping[str, Any]], offered: Offered | None = None
) -> Table:
    """Make the table of a form: one row per study and field, with what this person answered so far.

    A group or a table has a row for each of its cells below its own; a group has one empty row more.
    """
    have = answers.newest(mine)
    hints = _hints(form)
    rows: list[tuple[Cell, ...]] = []
    lists: dict[tuple[tuple[str, ...], bool], list[int]] = {}
    fields = form.fields
    for key in keys:
        for one in fields:
            given = have.get((key, one.id), {})
            new = offered.get(key, {}).get(one.id) if offered and not given else None
            value = None if one.type in COMPOUND else show(new if new is not None else given.get("value"))
            origin = CHECK if new is not None else FROM_RECORD if given.get("origin") == RECORD else None
            ends = (given.get("missing"), given.get("quote"), given.get("place"), origin, None, form.id)
            _list(lists, one, len(rows))
            rows.append((key, one.id, one.label, hints[one.id], value, *ends))
            for place in _places(one, given.get("value")):
                cell, missing = form_cells.split(form_cells.cell_of(given.get("value") or (), place))
                _list(lists, place.sub, len(rows))
                ends = (missing, None, None, None, None, form.id)
                rows.append((key, place.path, place.label, hints[one.id, place.sub.id], cell, *ends))
    choices = (Choices("value", words, tuple(at), strict) for (words, strict), at in lists.items() if words)
    return Table("answers", ANSWERS, tuple(rows), _ENTRY, choices=(*choices, Choices("missing", tuple(MISSING)), CLEAR))


def _places(one: Field, value: Any, spare: int = 1) -> Iterator[form_cells.Place]:
    return form_cells.places(one, len(value or ()) + spare) if one.type in COMPOUND else iter(())


def _list(lists: dict[tuple[tuple[str, ...], bool], list[int]], one: Field, at: int) -> None:
    words = tuple(NAMES) if one.type == "country" else tuple(option.code for option in one.options)
    lists.setdefault((words, one.type == "single"), []).append(at)


def _hints(form: Form) -> dict[str | tuple[str, str], str]:
    found: dict[str | tuple[str, str], str] = {}
    for section in form.sections:
        for one in section.fields:
            whens = [conditions.words(form, when) for when in (section.when, one.when) if when]
            found[one.id] = _hint(one, " and ".join(whens))
            found |= {(one.id, sub.id): _hint(sub, "") for sub in one.fields}
    return found


def _hint(one: Field, when: str) -> str:
    kinds = {"multiple": "one or more of, separated by ; ", "single": "one of "}
    forms = {
        "country": "ISO codes or names, separated by ;",
        "date": "2014, 2014-05 or 2014-05-31",
        "counts": "each response with its number: Agree [4]: 12; Neutral [3]: not_reported",
        "group": "fill in the rows below, one set of them each; here: quote, place, or why there is none",
        "table": "fill in the rows below; here: quote, place, or why there is none",
    }
    parts = [
        f"asked {when}" if when else "",
        kinds.get(one.type, "") + ", ".join(option.code for option in one.options) if one.options else "",
        forms.get(one.type, ""),
        f"number, {one.unit}" if one.unit else "number" if one.type == "number" else "",
        ("required then" if when else "required") if one.required else "",
        "with quote and place" if one.quote else "",
        one.guidance or "",
    ]
    return " · ".join(part for part in parts if part)


# -- in


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the rows of a filled table are read with.

    ``fields`` are those of each version by its id; ``old`` counts answers kept under an older version, per field.
    """

    form: Form
    keys: Collection[str]
    have: Mapping[tuple[str, str], Mapping[str, Any]]
    offered: Offered
    older: Mapping[str, Form]
    day_zero: datetime
    fields: Mapping[str, Mapping[str, Field]]
    old: Counter[tuple[str, str]] = field(default_factory=Counter)
    unchecked: list[int] = field(default_factory=list)


def answers_plan(
    form: Form,
    keys: Collection[str],
    mine: Iterable[Mapping[str, Any]],
    data: bytes,
    offered: Offered | None = None,
    version: Callable[[str], Form | None] = lambda _: None,
) -> Plan:
    """Read a filled table of a form and say what it would change in this person's answers.

    Parameters
    ----------
    offered : mapping, optional
        What the records offer now. Where the table still says ``from the record: check``, it is not taken.
    version : callable
        Gives the form as it was in an older version, ``None`` when there was none.

    Raises
    ------
    ReviewError
        The file cannot be read, or was written out for another form or an unknown version of it.
    """
    mine = list(mine)
    given = rows_of(data, "answers", ANSWERS)
    older = _older(form, given.rows, version)
    fields = {each.id: {one.id: one for one in each.fields} for each in (form, *older.values())}
    reading = _Reading(form, keys, answers.newest(mine), offered or {}, older, given.day_zero, fields)
    grouped: dict[object, list[Row]] = defaultdict(list)
    compounds = _compounds(form, older)
    for row in given.rows:
        owner = _owner(str(row.cells["field"]))
        same = (str(row.cells["study"]), owner) if owner in compounds else row.line
        grouped[same].append(row)
    claims = [_claim(reading, rows) for rows in grouped.values()]
    names = {name: one for each in (*older.values(), form) for name, one in fields[each.id].items()}
    plan = compare(claims, mine, ("study", "field"), given.notes, lambda old, new: _differences(names, old, new))
    plan = replace(plan, empty=plan.empty - len(reading.unchecked))
    return plan.noting((*_notes(reading, given.rows, plan), *doubtful(given.rows, plan, ("value", "quote", "place"))))


def _owner(path: str) -> str:
    """Give the field that a path is of."""
    return path.partition("#" if "#" in path else "/")[0]


def _compounds(form: Form, older: Mapping[str, Form]) -> set[str]:
    return {one.id for each in (form, *older.values()) for one in each.fields if one.type in COMPOUND}


def _older(form: Form, rows: Iterable[Row], version: Callable[[str], Form | None]) -> dict[str, Form]:
    """Give the older versions of the form that rows name."""
    found: dict[str, Form] = {}
    for named in sorted({text for row in rows if (text := text_of(row.cells["form"])) and text != form.id}):
        name, _, number = named.partition("@")
        if name != form.name:
            raise ReviewError(f"the table is of the form '{name}', not of '{form.name}': nothing was read")
        old = version(number)
        if old is None:
            raise ReviewError(
                f"the table is of version {number or '?'} of the form, which was never in use here: nothing was read",
                hint=f"write it out again; or delete the column form, to have it read as version {form.version}",
            )
        found[named] = old
    return found


def _claim(reading: _Reading, rows: Sequence[Row]) -> Claim:
    return Claim(rows[0].line, lambda: _entry(reading, rows))


def _entry(reading: _Reading, rows: Sequence[Row]) -> Entry | None:
    """Make the event of the rows of one answer: its own, and those of its cells."""
    said = [row for row in rows if not blank(row, _SAYING)]
    if not said:
        return None
    study, name = study_of(rows[0], reading.keys), about(rows[0], "field")
    owner = _owner(name)
    before = reading.have.get((study, owner))
    form = _form_of(reading, rows[0], owner)
    one = reading.fields[form.id].get(owner)
    if one is None or (one.type not in COMPOUND and owner != name):
        return answers.entry(form, reading.keys, answers.Answer(study, name))  # raises: there is no such field
    if one.type in COMPOUND:
        given = _compound(reading, one, rows, before)
        if before and not given.cleared and _stands(one, before, given):
            return Entry("answer", before)
    elif before and as_written(rows[0], before, ("value", "missing", "quote", "place")) and not cleared(rows[0]):
        return Entry("answer", before)
    else:
        taken = _scalar(reading, one, rows[0], before)
        if taken is None:
            reading.unchecked.append(rows[0].line)
            return None
        given = taken
    made = answers.entry(form, reading.keys, replace(given, study=study, field=owner))
    if form is not reading.form and _differs(reading, owner, before, made):
        reading.old[owner, form.version] += 1
    return made


def _differs(reading: _Reading, owner: str, before: Mapping[str, Any] | None, made: Entry) -> bool:
    return before is None or any(before.get(name) != made.payload.get(name) for name in ("value", "missing", "quote"))


def _form_of(reading: _Reading, row: Row, owner: str) -> Form:
    """Give the form to read a row with: that of its own version where the field is another one by now."""
    old = reading.older.get(text_of(row.cells["form"]) or "")
    if old is None or _shape(reading, old, owner) == _shape(reading, reading.form, owner):
        return reading.form
    return old


def _shape(reading: _Reading, form: Form, name: str) -> object:
    """Give what of a field its values depend on; ``None`` when the form has it not."""
    one = reading.fields[form.id].get(name)
    return None if one is None else _takes(one)


def _takes(one: Field) -> object:
    return one.id, one.type, one.unit, one.options, one.rows, tuple(_takes(sub) for sub in one.fields)


def _scalar(reading: _Reading, one: Field, row: Row, before: Mapping[str, Any] | None) -> answers.Answer | None:
    names = {name: row.cells[name] for name in ("missing", "quote", "place")}
    value = form_cells.undated(one, row.cells["value"], before and before["value"], reading.day_zero)
    new = None if before else reading.offered.get(str(row.cells["study"]), {}).get(one.id)
    as_offered = new is not None and value is not None and _same_cell(value, new)
    marked = (text_of(row.cells["origin"]) or "").casefold() == CHECK
    if as_offered and marked and blank(row, ("missing", "quote", "place", "clear")):
        return None
    as_taken = before is not None and before["origin"] == RECORD and _same_cell(value, before["value"])
    origin = RECORD if as_offered or as_taken else None
    return answers.Answer("", one.id, value, cleared=cleared(row), origin=origin, **names)  # type: ignore[arg-type]


def _same_cell(cell: object, value: Any) -> bool:
    try:
        return text_of(cell) == text_of(show(value))
    except DecisionError:
        return False


def _compound(reading: _Reading, one: Field, rows: Sequence[Row], before: Mapping[str, Any] | None) -> answers.Answer:
    """Put the rows of a group or a table together: cells that were left empty stay as they were."""
    whole = [row for row in rows if row.cells["field"] == one.id]
    parts = [row for row in rows if row.cells["field"] != one.id]
    for row in whole[1:]:
        raise DecisionError(f"row {row.line} is about the same as row {whole[0].line}: {one.id}")
    names: dict[str, Any] = dict.fromkeys(("missing", "quote", "place"))
    names = {name: whole[0].cells[name] for name in names} if whole else {n: before and before[n] for n in names}
    if whole and whole[0].cells["value"] is not None:
        raise DecisionError(f"row {whole[0].line}: the value of {one.id} stands in the rows below it")
    if whole and cleared(whole[0]):
        return answers.Answer("", one.id, cleared=True)
    have = (before and before["value"]) or ()
    said = any(not blank(row, _SAYING) for row in parts)
    if missing_code(names["missing"]) is not None and not said:
        have = ()
    value = form_cells.filled(one, parts, have, reading.day_zero)
    if whole and blank(whole[0], ("missing", "quote", "place")) and before and before["missing"] is None:
        names |= {name: before[name] for name in ("quote", "place")}
    if value is None and missing_code(names["missing"]) is None and before:
        return answers.Answer("", one.id, cleared=True)
    return answers.Answer("", one.id, value, **names)


def _stands(one: Field, before: Mapping[str, Any], given: answers.Answer) -> bool:
    """Say whether an answer is as it was, whatever cells it has of an older version of the form."""
    same = form_cells.alike(one, before["value"] or (), given.value or ())  # type: ignore[arg-type]  # rows
    return same and all(before[name] == text_of(getattr(given, name)) for name in ("missing", "quote", "place"))


def _differences(names: Mapping[str, Field], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    found = differences(before, after)
    values = [part for part in found if part[0] == "value"]
    one = names[after["field"]]
    if not values or one.type not in COMPOUND:
        return found
    return (*form_cells.differences(one, before.get("value"), after["value"]), *(p for p in found if p not in values))


# -- what is to be said


def _notes(reading: _Reading, rows: Sequence[Row], plan: Plan) -> Iterator[str]:
    form = reading.form
    yield from absent(*_absent(reading, rows))
    known = reading.fields[form.id]
    for old in reading.older.values():
        more = [one.id for one in form.fields if one.id not in reading.fields[old.id]]
        if more:
            yield f"version {form.version} of the form asks more ({', '.join(more)}): write the table out again for it"
    for (name, version), number in reading.old.items():
        what = "changed" if name in known else "has no more"
        yield (
            f"version {form.version} of the form {what} the field '{name}': {many(number, 'answer')} to it "
            f"{'is' if number == 1 else 'are'} kept as given under version {version}, to be looked at again"
        )
    if reading.unchecked:
        yield f"{many(len(reading.unchecked), 'value')} from the record still to be checked: not taken"
    yield from _not_asked(reading, plan)


def _absent(reading: _Reading, rows: Sequence[Row]) -> tuple[int, int]:
    """Count the rows that the table would have and the file has not, and those of them that hold something."""
    there = {(str(row.cells["study"]), str(row.cells["field"])) for row in rows}
    missing = held = 0
    fields = reading.form.fields
    for key in reading.keys:
        for one in fields:
            value = (given := reading.have.get((key, one.id), {})).get("value")
            paths = [place.path for place in _places(one, value, spare=0)]
            gone = sum((key, path) not in there for path in (one.id, *paths))
            missing, held = missing + gone, held + (gone if given else 0)
    return missing, held


def _not_asked(reading: _Reading, plan: Plan) -> Iterator[str]:
    """Say of answers to fields that a study is not asked, that they are kept all the same."""
    values: dict[str, dict[str, Any]] = defaultdict(dict)
    for (study, name), row in reading.have.items():
        values[study][name] = row["value"]
    for change in plan.changes:
        values[change.entry.payload["study"]][change.entry.payload["field"]] = change.entry.payload.get("value")
    known = reading.fields[reading.form.id].keys()
    asked = {study: conditions.asked(reading.form, said) for study, said in values.items()}
    for change in plan.changes:
        payload = change.entry.payload
        if change.kind == "cleared" or payload.get("missing") == "not_applicable":
            continue
        if payload["field"] in known - asked[payload["study"]]:
            yield f"row {change.line}: {change.what} is not asked as things stand; the answer is kept all the same"
