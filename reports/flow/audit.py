"""Check a publication's flow numbers: which identities hold, fail, or cannot be checked. Pure; prints nothing.

Its own order of steps is followed as it stands (I…), then the boxes of PRISMA 2020 (F…, ``identities``).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reports.flow.counts import BOXES, EXTRA, Flow
from reports.flow.identities import MAY_DIFFER, Checked, check, judged
from reports.flow.published import Published, Step
from reports.words import number, wording
from review.text import many

_WIDTH = 110
_KEY = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")
_OPEN = re.compile(r" - open_\w+")


@dataclass(frozen=True, slots=True)
class AuditedBox:
    """One PRISMA box: its printed number, or what the rest implies when nothing unprinted was removed."""

    box: str
    label: str
    n: int | None
    implied: int | None

    @property
    def status(self) -> Literal["reported", "not reported"]:
        """Whether the publication prints it."""
        return "not reported" if self.n is None else "reported"


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome: identities of the publication's own steps and of PRISMA's boxes, and every box."""

    identities: tuple[Checked, ...]
    boxes: tuple[AuditedBox, ...]


def audit(published: Published) -> Audit:
    """Check the numbers of a publication.

    Returns
    -------
    Audit
        ``identities`` I1, I2, … in the order of its steps, then F1 … of the boxes. A number that is not printed makes
        an identity one that cannot be checked; it is never taken as 0. One that two sides may miss without being wrong
        ``differs`` instead of failing. ``boxes`` are those of every diagram, and others that are printed.
    """
    own = (
        Checked(f"I{i}", says, left, right, judged(left, right))
        for i, (says, left, right) in enumerate(_own(published.steps), start=1)
    )
    words = wording()["boxes"]
    implied = _implied(published.flow)
    shown = (*BOXES, *(key for key in EXTRA if getattr(published.flow, key) is not None))
    boxes = (
        AuditedBox(key, _LABELS.get(key, words[key]), getattr(published.flow, key), implied.get(key)) for key in shown
    )
    return Audit((*own, *map(_leniently, check(published.flow))), tuple(boxes))


def _leniently(one: Checked) -> Checked:
    return replace(one, status="differs") if one.status == "fails" and one.id in MAY_DIFFER else one


def _own(steps: Sequence[Step]) -> Iterator[tuple[str, int | None, int | None]]:
    """Give (what it says, left, right): each count against the one before it, each number against its parts."""
    last: Step | None = None
    since: list[Step] = []
    for step in steps:
        if step.what != "count":
            since.append(step)
        else:
            if last is not None:
                yield _equation(last, since, step), _total(last, since), step.n
            last, since = step, []
        if step.parts and any(part.n is not None for part in step.parts):
            says = " + ".join(part.label for part in step.parts) + f" = {step.label}"
            yield says, _sum(part.n for part in step.parts), step.n
    yield from _in_prisma_order(steps)


def _in_prisma_order(steps: Sequence[Step]) -> Iterator[tuple[str, int | None, int | None]]:
    """Take the same removals in PRISMA's order, from what was identified to what was assessed at full text."""
    at = next((i for i, step in enumerate(steps) if step.box == "dbr_assessed"), None)
    counts = [step for step in steps[:at] if step.what == "count"]
    if at is None or not counts:
        return
    order = {key: i for i, key in enumerate(BOXES)}
    changes = sorted((s for s in steps[:at] if s.what != "count"), key=lambda s: order.get(s.box or "", len(order)))
    yield _equation(counts[0], changes, steps[at]), _total(counts[0], changes), steps[at].n


def _equation(first: Step, changes: Iterable[Step], result: Step) -> str:
    terms = (f" {_sign(step)} {step.label}" for step in changes)
    return f"{first.label}{''.join(terms)} = {result.label}"


def _sign(step: Step) -> str:
    return "+" if step.what == "added" else "-"


def _total(first: Step, changes: Iterable[Step]) -> int | None:
    return _sum((first.n, *(None if s.n is None else s.n if s.what == "added" else -s.n for s in changes)))


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = list(numbers)
    return None if None in known else sum(n for n in known if n is not None)


def _implied(flow: Flow) -> dict[str, int]:
    """Work out the boxes between the printed ones, taking it that only what is printed was removed."""
    found = flow.database_results
    if found is None:
        return {}
    implied: dict[str, int] = {}
    removed = (flow.duplicates, flow.excluded_automatic, flow.excluded_other)
    screened = flow.records_screened
    if screened is None:
        screened = found + (flow.register_results or 0) - sum(n for n in removed if n is not None)
        implied["records_screened"] = screened
    if flow.dbr_sought_reports is None and flow.records_excluded is not None:
        implied["dbr_sought_reports"] = screened - flow.records_excluded
    return implied


def as_lines(published: Published, result: Audit) -> Iterator[str]:
    """Write the outcome for people: the flow in both orders, then every identity with both sides."""
    yield published.title
    if published.steps:
        yield from ("", "In the publication's own order")
    for step in published.steps:
        mark = {"count": "  ", "removed": "- ", "added": "+ "}[step.what]
        yield f"  {mark}{step.label:<58} {number(step.n):>12}"
        if any(part.n is not None for part in step.parts):
            yield from (f"        {part.label:<54} {number(part.n):>12}" for part in step.parts)
        elif step.parts:
            yield f"        {'in detail (' + many(len(step.parts), 'part') + ')':<54} {number(None):>12}"
    yield ""
    yield "In the order of PRISMA 2020"
    mine = [box for box in result.boxes if published.flow.updated or box.box not in _OF_UPDATES]
    for box in (box for box in mine if box.n is not None or box.implied is not None):
        beside = "" if box.implied is None else f"   ({box.implied:,} if only what is printed was removed)"
        yield f"    {_where(box)}{box.label:<{58 - len(_where(box))}} {number(box.n):>12}{beside}"
    unsaid = [_where(box) + box.label for box in mine if box.n is None and box.implied is None]
    yield from _wrapped(f"Not reported: {'; '.join(unsaid)}" if unsaid else "", "    ")
    yield ""
    yield "Identities"
    for one in result.identities:
        says = _plainly(one.says) if one.id.startswith("F") else one.says
        if one.status == "cannot be checked":
            yield f"  {one.id:<13} {one.status}"
            says = f"not reported: {', '.join(map(_plainly, one.missing))}" if one.missing else says
        else:
            yield f"  {one.id:<13} {one.status:<8} {number(one.left)} | {number(one.right)}"
        yield from _wrapped(says, "      ")
        yield from _wrapped(MAY_DIFFER[one.id] if one.status == "differs" else "", "      ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)


_OF_UPDATES = ("previous_studies", "previous_reports", "total_studies", "total_reports")
_LABELS = {
    "excluded_by_people": "Records excluded by people",
    "excluded_by_automation": "Records excluded by automation tools",
}  # fmt: skip
_SUMS = {
    "databases": "each database", "registers": "each register", "dbr_reasons": "each reason",
    "other_reasons": "each reason (other methods)", "title_abstract_reasons": "each reason at title and abstract",
    "after_duplicates": "each source without duplicates", "all_studies": "all studies of the review",
    "all_reports": "all reports of the review", **_LABELS,
}  # fmt: skip


def _plainly(says: str) -> str:
    """Put the labels of the boxes in the place of their keys; what is still open is none of a publication's."""
    words = wording()["boxes"]
    kept = _OPEN.sub("", says)
    return _KEY.sub(lambda key: _SUMS.get(key[0]) or _labelled(key[0], words), kept)


def _labelled(key: str, words: Mapping[str, str]) -> str:
    return words[key] + (" (other methods)" if _is_other(key) else "") if key in words else key


def _where(box: AuditedBox) -> str:
    return "Other methods: " if _is_other(box.box) else ""


def _is_other(key: str) -> bool:
    return key.startswith("other_") and key != "other_results"
