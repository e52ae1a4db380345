"""What counts: the answers of the one who extracted, what two agree on, and what was settled. A view, never stored.

A field on which two differ, or that is not done yet, is ``open`` and has no value: no side is preferred in silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from extraction import appraisal, comparison, filling_rows, fillings, revisiting, studies
from extraction.comparison import Compared, Side, Subject
from extraction.synthesis import cmo, coding_rows, findings
from extraction.values import said
from review.forms import FINDING, Extracted, Final, Form, Framework, Instrument
from review.protocol import Protocol
from review.text import many

_NAMED = 5
"""Up to so many open fields of a study are named in a warning; of more, how many more there are."""

Answers = dict[tuple[str, str], Final]


def extracted(
    connection: Connection,
    protocol: Protocol,
    form: Form | None,
    framework: Framework | None,
    instruments: Sequence[Instrument],
) -> Extracted:
    """Give everything that was taken out of the studies, as it counts now."""
    given = answers(connection, protocol, form) if form else {}
    judged = judgements(connection, protocol, instruments, given)
    coded, left_out = codings(connection, protocol, framework)
    resolver = coding_rows.resolver(connection)
    stated = findings.all(connection)
    known = studies.keys(connection)
    found = [row for row in coded if row["study"] in known]
    names = {name for row in found for name in (row["component"], row["subelement"]) if name is not None}
    names |= {one["theme"] for one in stated}
    return Extracted(
        answers=given,
        judgements=judged,
        codings=found,
        themes={name: resolver.label(name) for name in sorted(names)},
        findings=stated,
        cmos=cmo.all(connection),
        warnings=(
            *_warnings(given.values(), known),
            *(_overtaken(connection, protocol, form, known) if form else ()),
            *(_gone(connection, form, known) if form else ()),
            *_warnings(judged.values(), known),
            *(f"study {key} is not coded by both yet: its codings are left out" for key in left_out if key in known),
        ),
    )


def answers(connection: Connection, protocol: Protocol, form: Form) -> Answers:
    """Give what counts for every field of a form that has an answer, or is open; by (study, field)."""
    fields = {field.id: field for field in form.fields}
    found = {}
    for one in _finals(connection, protocol, form, lambda study: tuple(fields)):
        found[one.study, one.field] = replace(one, text=said(fields[one.field], one.value, one.missing) or None)
    return found


def judgements(
    connection: Connection,
    protocol: Protocol,
    instruments: Sequence[Instrument],
    given: Mapping[tuple[str, str], Final],
) -> dict[tuple[str, str, str], Final]:
    """Give what counts for every item judged, or open; by (study, instrument, item).

    ``given`` are the answers that count: of a study whose appraisal is not done, the items for its design are open.
    """
    found = {}
    for instrument in instruments:
        expected = _expected(instrument, given)
        for one in _finals(connection, protocol, instrument, expected):
            found[one.study, instrument.name, one.field] = one
    return found


def codings(
    connection: Connection, protocol: Protocol, framework: Framework | None
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Give the codings of all coders, and the studies whose codings are left out because not both are done."""
    rows = coding_rows.codings(connection)
    if framework is None:
        return rows, ()
    sheet = fillings.framework_sheet(framework)
    hidden = fillings.hidden(connection, protocol, sheet)
    held = filling_rows.held(connection, sheet)
    left = {(study, one.person) for study, some in held.items() for one in some if one.state == "left"}
    found = [row for row in rows if row["study"] not in hidden and (row["study"], row["person"]) not in left]
    return found, tuple(sorted({row["study"] for row in rows} & hidden))


def _expected(instrument: Instrument, given: Mapping[tuple[str, str], Final]) -> Callable[[str], Sequence[str]]:
    def items(study: str) -> Sequence[str]:
        design = given.get((study, "design"))
        known = str(design.value) if design is not None and design.value else None
        return [item.id for item in appraisal.items_for(instrument, known) if known or not item.designs]

    return items


def _finals(
    connection: Connection, protocol: Protocol, subject: Subject, expected: Callable[[str], Sequence[str]]
) -> Iterator[Final]:
    """Give the finals of one sheet; of a study that is hidden, the ``expected`` fields are open."""
    sheet = fillings.sheet_of(subject)
    how = fillings.by(protocol, sheet)
    given = comparison.read(connection, subject)
    settled = comparison.settled_of(connection, subject, given)
    again = fillings.again(connection, protocol, subject)
    for study, held in filling_rows.held(connection, sheet).items():
        people = fillings.extractors(held)
        if how != "single" and not fillings.comparable(how, people):
            if people:
                yield from (_open(study, sheet, field) for field in expected(study))
            continue
        sides = _two([given.get((study, one.person), {}) for one in people])
        for one in comparison.lay(how, subject, sides, settled.get(study, {}), again.get(study, ())):
            final = _final(study, sheet, one)
            if final is not None:
                yield final


def _two(given: Sequence[Mapping[str, Side]]) -> Sequence[Mapping[str, Side]]:
    """Give two sides of more than two people: of each field, the first, and the first that says something else."""
    if len(given) < 3:
        return given
    every: dict[str, list[Side]] = defaultdict(list)
    for one in given:
        for field, side in one.items():
            every[field].append(side)
    other = {f: next((s for s in some if s.says != some[0].says), some[-1]) for f, some in every.items()}
    return {field: some[0] for field, some in every.items()}, {f: s for f, s in other.items() if len(every[f]) > 1}


def _final(study: str, sheet: str, one: Compared) -> Final | None:
    if one.state in ("open", "again"):
        return _open(study, sheet, one.field)
    counts = one.counts
    if counts is None:
        return None
    words = (counts.value, counts.missing, counts.reason, counts.quote, counts.place)
    if isinstance(counts, Side):
        return Final(study, sheet, one.field, *words, "agreed" if len(one.sides) > 1 else "single")
    return Final(study, sheet, one.field, *words, counts.method)


def _open(study: str, sheet: str, field: str) -> Final:
    return Final(study, sheet, field, None, None, None, None, None, "open")


def _overtaken(connection: Connection, protocol: Protocol, form: Form, known: Collection[str]) -> Iterator[str]:
    """Name the answers that a change of the form has overtaken, where that does not open them again by itself."""
    if fillings.by(protocol, fillings.form_sheet(form)) != "single":
        return
    for study, listed in revisiting.revisits(connection, form, reopening=True).items():
        if study in known:
            told = "; ".join(f"'{field}': {why}" for field, why in listed)
            yield f"study {study} was extracted before the form changed: {told}: review extract versions"


def _gone(connection: Connection, form: Form, known: Collection[str]) -> Iterator[str]:
    """Name the fields that the form has no more, and that somebody answered."""
    fields = sorted({row["field"] for _, row in revisiting.gone(connection, form) if row["study"] in known})
    if fields:
        named = ", ".join(f"'{field}'" for field in fields)
        yield f"{form.name} has no field {named} any more: the answers are kept, and not shown: review extract versions"


def _warnings(finals: Iterable[Final], known: Collection[str]) -> Iterator[str]:
    """Name what is open of the studies that are (still) included, and of findings."""
    fields: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in finals:
        if one.method == "open" and (one.study in known or one.study.startswith(FINDING)):
            fields[one.study, one.sheet].append(one.field)
    for (study, sheet), some in sorted(fields.items()):
        kind, _, name = sheet.partition(":")
        command = f"extract compare {study}" if kind == "form" else f"appraise compare {study} --instrument {name}"
        named = ", ".join(f"'{field}'" for field in some[:_NAMED])
        more = f" and {many(len(some) - _NAMED, 'more field')}" if len(some) > _NAMED else ""
        verb = "is" if len(some) == 1 else "are"
        about = f"finding {study.removeprefix(FINDING)}" if study.startswith(FINDING) else f"study {study}"
        yield f"{about}: {named}{more} of {name} {verb} not settled, and not shown: review {command}"
