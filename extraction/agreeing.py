"""How well two who worked independently agree, per field and over all, on what each wrote before it was settled."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from extraction import comparison, filling_rows, fillings, rows, studies
from extraction.comparison import Subject
from review.agreement import Rated, TwoRaters, two_raters
from review.forms import FINDING, NOT_REPORTED, Form
from review.protocol import Protocol
from review.text import many

CODED = ("single", "multiple")
"""Types of field whose answers are codes: for these agreement can be corrected for chance."""
_NONE = "no answer"

Given = tuple[str | None, str | None]
"""One answer: its value as JSON text, and the code of why there is none."""
Pair = tuple[Given | None, Given | None]
"""What two people said of one field of one study."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one field (or item) over ``n`` studies; ``raw`` is the share on which both say the same.

    Kappa with its 95 % interval, Gwet's AC1 and PABAK are given where answers are codes, else ``None``.
    """

    field: str
    label: str
    n: int
    agreed: int
    raw: float | None
    kappa: float | None = None
    low: float | None = None
    high: float | None = None
    ac1: float | None = None
    pabak: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Agreement per field, in the form's order, and ``overall``: all answers of all fields together."""

    studies: int
    fields: tuple[Agreement, ...]
    overall: Agreement


def agreement(connection: Connection, protocol: Protocol, subject: Subject) -> Report:
    """Compute how well two agree on the studies that both are done with.

    Only where the protocol says that two work independently: otherwise the second has seen what the first wrote. What
    was filled in under a key that is no included study any more is not counted. A field that only one answered is a
    disagreement. One that nobody answered, or that is to be answered again, is not counted. Several codes of one answer
    are one code: both have to choose the same ones.
    """
    sheet = fillings.sheet_of(subject)
    pairs: dict[str, list[str]] = {}
    if fillings.by(protocol, sheet) == "double":
        included = studies.keys(connection)
        for study, held in filling_rows.held(connection, sheet).items():
            counts = study in included or study.startswith(FINDING)
            if counts and fillings.comparable("double", there := fillings.extractors(held)):
                pairs[study] = [one.person for one in there]
    rated = _rated(connection, subject, pairs, fillings.again(connection, protocol, subject, tuple(pairs)))
    fields = tuple(
        _agreement(field, label, rated[field], codes) for field, label, codes in _asked(subject) if rated[field]
    )
    n, agreed = sum(one.n for one in fields), sum(one.agreed for one in fields)
    return Report(len(pairs), fields, Agreement("", "All together", n, agreed, agreed / n if n else None))


def rated(connection: Connection, protocol: Protocol, subjects: Iterable[Subject]) -> Iterator[Rated]:
    """Give the agreement on each form and instrument as a report shows it: over all, then per field or item."""
    for subject in subjects:
        sheet = fillings.sheet_of(subject)
        step = f"{'Extraction' if isinstance(subject, Form) else 'Appraisal'}: {subject.label}"
        if fillings.by(protocol, sheet) != "double":
            checked = fillings.by(protocol, sheet) == "checked"
            why = "a second person checked what the first wrote" if checked else "one person"
            yield Rated(step, "", why=f"not applicable: {why}")
            continue
        found = agreement(connection, protocol, subject)
        if not found.fields:
            yield Rated(step, "", why="nothing to compare yet")
            continue
        coded = {field for field, _, codes in _asked(subject) if codes is not None}
        for one in (found.overall, *found.fields):
            two = TwoRaters(one.n, one.raw, None, None, one.kappa, one.low, one.high, one.ac1, one.pabak)
            yield Rated(step, one.label, "codes" if one.field in coded else "text", two)


def _rated(
    connection: Connection, subject: Subject, pairs: Mapping[str, Sequence[str]], again: Mapping[str, Collection[str]]
) -> dict[str, list[Pair]]:
    """Give, per field, what the two of every study said, where one of them said anything."""
    read = rows.answered if isinstance(subject, Form) else rows.judged
    said: dict[tuple[str, str], dict[str, Given]] = defaultdict(dict)
    for study, person, field, value, missing in read(connection, subject.name, tuple(pairs)):
        said[study, person][field] = (value, missing)
    rated: dict[str, list[Pair]] = defaultdict(list)
    for study, (one, other) in pairs.items():
        left, right = said[study, one], said[study, other]
        for field in (left.keys() | right.keys()) - set(again.get(study, ())):
            rated[field].append((left.get(field), right.get(field)))
    return rated


def _asked(subject: Subject) -> Iterable[tuple[str, str, Sequence[str] | None]]:
    """Give (id, label, the codes that can be given); ``None`` where answers are no codes."""
    if isinstance(subject, Form):
        for field in subject.fields:
            yield field.id, field.label, [o.code for o in field.options] if field.type in CODED else None
        return
    for item in subject.judged:
        codes = [option.code for option in subject.choices(item)]
        yield item.id, item.cue, None if item.open else [*codes, NOT_REPORTED]


def _agreement(field: str, label: str, rated: Sequence[Pair], codes: Sequence[str] | None) -> Agreement:
    n, agreed = len(rated), sum(_same(*pair) for pair in rated)
    if codes is None:
        return Agreement(field, label, n, agreed, agreed / n)
    pairs = [(_code(left), _code(right)) for left, right in rated]
    known = dict.fromkeys((*codes, *(code for pair in pairs for code in pair)))
    two = two_raters(pairs, tuple(known) if len(known) > 1 else (*known, _NONE))
    return Agreement(field, label, n, agreed, agreed / n, two.kappa, two.low, two.high, two.ac1, two.pabak)


def _same(left: Given | None, right: Given | None) -> bool:
    """Say whether two answers are the same: most are to the letter, and are not read for it."""
    return left == right or (left is not None and right is not None and _read(left) == _read(right))


def _read(given: Given) -> tuple[Any, str | None]:
    value, missing = given
    return comparison.says(None if value is None else json.loads(value), missing)


def _code(given: Given | None) -> str:
    if given is None:
        return _NONE
    value, missing = _read(given)
    if missing is not None:
        return f"({missing})"  # no option's code: one may be called unclear too
    return "; ".join(value) if isinstance(value, list) else str(value)


def sentence(one: Agreement) -> str:
    """Say an agreement in one line."""
    if one.raw is None:
        return f"{one.label}: nothing to compare yet"
    parts = [f"{one.raw:.0%} of {many(one.n, 'answer')}"]
    if one.kappa is not None:
        interval = f" ({one.low:.2f} to {one.high:.2f})" if one.low is not None and one.high is not None else ""
        parts.append(f"kappa {one.kappa:.2f}{interval}")
    if one.ac1 is not None:
        parts.append(f"AC1 {one.ac1:.2f}")
    return f"{one.label}: {', '.join(parts)}"
