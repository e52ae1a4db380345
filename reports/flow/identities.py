"""What must hold between the boxes of a flow, as a table, and the one function that checks it.

Shared by the computed flow, which must satisfy all of them, and by the audit of published numbers, which reports them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reports.flow.counts import Flow
from review.errors import CountError

Status = Literal["holds", "fails", "differs", "cannot be checked"]

# Source: the arithmetic of the PRISMA 2020 flow diagram, doi:10.1136/bmj.n71; see docs/flow.md for each.
# open_* are records and reports without a decision yet (0 in a finished or published review).
IDENTITIES: tuple[tuple[str, str], ...] = (
    ("F1 databases", "databases = database_results"),
    ("F1 registers", "registers = register_results"),
    (
        "F2",
        "database_results + register_results - duplicates - excluded_automatic - excluded_other - open_records"
        " = records_screened",
    ),
    ("F2 per source", "after_duplicates = database_results + register_results - duplicates"),
    ("F3 by whom", "excluded_by_people + excluded_by_automation = records_excluded"),
    ("F3 reasons", "title_abstract_reasons = records_excluded"),
    ("F4", "records_screened - records_excluded = dbr_sought_reports"),
    ("F5 databases", "dbr_sought_reports - dbr_notretrieved_reports - open_reports = dbr_assessed"),
    ("F5 other", "other_sought_reports - other_notretrieved_reports - open_other_reports = other_assessed"),
    ("F6 databases", "dbr_reasons = dbr_excluded"),
    ("F6 other", "other_reasons = other_excluded"),
    (
        "F7",
        "other_sought_reports <= website_results + organisation_results + citations_results + other_results"
        " - open_other_records",
    ),
    ("F8", "dbr_assessed - dbr_excluded + other_assessed - other_excluded = new_reports"),
    ("F9", "new_studies <= new_reports"),
    ("F10 reports", "previous_reports + new_reports = total_reports"),
    ("F10 studies", "total_studies <= previous_studies + new_studies"),
    ("F11 appraisal", "appraised <= all_studies"),
    ("F11 synthesis", "in_synthesis <= all_studies"),
    ("F11 meta-analysis", "total_studies_ma <= all_studies"),
    ("F11 meta-analysis, reports", "total_reports_ma <= all_reports"),
)
"""(id, identity over the fields of Flow). A list of counts stands for its sum."""

MAY_DIFFER = {
    "F4": "two records of one report, or a record with several reports, make the two sides differ; then a publication"
    " should say so",
}
"""Identity that published numbers may miss without being wrong -> why. A counted flow keeps it: it counts reports."""

_OPTIONAL = frozenset({
    "databases", "registers", "after_duplicates", "dbr_reasons", "other_reasons", "title_abstract_reasons",
    "excluded_by_people", "total_reports", "total_studies", "appraised", "in_synthesis", "total_studies_ma",
    "total_reports_ma",
})  # fmt: skip
"""Identities over one of these are left out when the flow does not have it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One identity with what stands on both sides; a side is ``None`` when a number in it is not reported."""

    id: str
    says: str
    left: int | None
    right: int | None
    status: Status
    missing: tuple[str, ...] = ()


def check(flow: Flow) -> tuple[Checked, ...]:
    """Check every identity that the flow has numbers for.

    Returns
    -------
    tuple of Checked
        In the order of IDENTITIES; what is not reported makes an identity one that cannot be checked.
    """
    return tuple(_checked(flow, name, text) for name, text in IDENTITIES if _applies(flow, text))


def enforce(flow: Flow, disputed: Callable[[str], str] = lambda says: "") -> Flow:
    """Give the flow back when every identity holds.

    ``disputed`` names the records that stand on one side of an identity only; empty when that cannot be told.

    Raises
    ------
    CountError
        One fails; the message shows both sides, and the records in question.
    """
    wrong = [c for c in check(flow) if c.status == "fails"]
    if wrong:
        sides = "; ".join(f"{c.id}: {c.says}: {c.left:,} against {c.right:,}{disputed(c.says)}" for c in wrong)
        raise CountError(f"the flow does not balance ({sides})", hint="run: review verify")
    return flow


def judged(left: int | None, right: int | None, *, at_most: bool = False) -> Status:
    """Say whether two sides agree; an unknown one cannot be checked."""
    if left is None or right is None:
        return "cannot be checked"
    return "holds" if left == right or (at_most and left < right) else "fails"


def _applies(flow: Flow, text: str) -> bool:
    return all(getattr(flow, word) not in ((), None) for word in text.split() if word in _OPTIONAL)


def _checked(flow: Flow, name: str, text: str) -> Checked:
    relation = "<=" if "<=" in text else "="
    left, right = text.split(f" {relation} ")
    sides = _sum(flow, left), _sum(flow, right)
    missing = tuple(w for w in text.split() if w.isidentifier() and _value(flow, w) is None)
    return Checked(name, text, *sides, judged(*sides, at_most=relation == "<="), missing)


def _sum(flow: Flow, side: str) -> int | None:
    total, sign = 0, 1
    for word in side.split():
        if word in "+-":
            sign = -1 if word == "-" else 1
            continue
        value = _value(flow, word)
        if value is None:
            return None
        total += sign * value
    return total


def _value(flow: Flow, name: str) -> int | None:
    value: object = getattr(flow, name)
    if isinstance(value, tuple):
        parts = [count.n for count in value]
        return None if None in parts else sum(parts)
    return value if isinstance(value, int) else None
