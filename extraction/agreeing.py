"""How well two who worked independently agree, per field and over all, on what each wrote before it was settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from extraction import comparison, fillings
from extraction.comparison import Compared, Comparison, Side, Subject
from review.agreement import two_raters
from review.forms import NOT_REPORTED, Form
from review.protocol import Protocol
from review.text import many

CODED = ("single", "multiple")
"""Types of field whose answers are codes: for these agreement can be corrected for chance."""
_NONE = "no answer"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one field (or item) over ``n`` studies; ``raw`` is the share on which both say the same.

    Kappa with its 95 % interval, and Gwet's AC1, are given where answers are codes, else ``None``.
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


@dataclass(frozen=True, slots=True)
class Report:
    """Agreement per field, in the form's order, and ``overall``: all answers of all fields together."""

    studies: int
    fields: tuple[Agreement, ...]
    overall: Agreement


def agreement(connection: Connection, protocol: Protocol, subject: Subject) -> Report:
    """Compute how well two agree on the studies that both are done with.

    Only where the protocol says that two work independently: otherwise the second has seen what the first wrote.
    """
    independent = fillings.by(protocol, fillings.sheet_of(subject)) == "double"
    return of(subject, comparison.comparisons(connection, protocol, subject) if independent else ())


def of(subject: Subject, found: Sequence[Comparison]) -> Report:
    """Compute the agreement on some comparisons; pure.

    A field that only one answered is a disagreement. One that nobody answered, or that is to be answered again, is not
    counted. Several codes of one answer are one code: both have to choose the same ones.
    """
    rated: dict[str, list[Compared]] = defaultdict(list)
    for one in (one for study in found for one in study.fields):
        if one.state != "again" and one.sides:
            rated[one.field].append(one)
    fields = tuple(
        _agreement(field, label, rated[field], codes) for field, label, codes in _asked(subject) if rated[field]
    )
    n, agreed = sum(one.n for one in fields), sum(one.agreed for one in fields)
    return Report(len(found), fields, Agreement("", "All together", n, agreed, agreed / n if n else None))


def _asked(subject: Subject) -> Iterable[tuple[str, str, Sequence[str] | None]]:
    """Give (id, label, the codes that can be given); ``None`` where answers are no codes."""
    if isinstance(subject, Form):
        for field in subject.fields:
            yield field.id, field.label, [o.code for o in field.options] if field.type in CODED else None
        return
    for item in subject.judged:
        codes = [option.code for option in subject.choices(item)]
        yield item.id, item.cue, None if item.open else [*codes, NOT_REPORTED]


def _agreement(field: str, label: str, rated: Sequence[Compared], codes: Sequence[str] | None) -> Agreement:
    n, agreed = len(rated), sum(one.same for one in rated)
    if codes is None:
        return Agreement(field, label, n, agreed, agreed / n)
    pairs = [(_code(one.left), _code(one.right)) for one in rated]
    known = dict.fromkeys((*codes, *(code for pair in pairs for code in pair)))
    two = two_raters(pairs, tuple(known) if len(known) > 1 else (*known, _NONE))
    return Agreement(field, label, n, agreed, agreed / n, two.kappa, two.low, two.high, two.ac1)


def _code(side: Side | None) -> str:
    if side is None:
        return _NONE
    if side.missing is not None:
        return f"({side.missing})"  # no option's code: one may be called unclear too
    return "; ".join(side.value) if isinstance(side.value, list) else str(side.value)


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
