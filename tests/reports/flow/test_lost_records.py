"""A flow that has lost a record, or has one twice, is never drawn: the error names both sides and the report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from reports.flow.counting import count_flow
from reports.flow.counts import Count, Flow, Source, Terminal
from reports.flow.disputed import disputed
from reports.flow.identities import IDENTITIES, check, enforce
from reports.flow.members import members
from review.errors import CountError

BOXES = (
    "database_results", "duplicates", "excluded_automatic", "excluded_other", "open_records", "records_screened",
    "records_excluded", "excluded_by_people", "dbr_sought_reports", "dbr_notretrieved_reports", "open_reports",
    "dbr_assessed", "dbr_excluded", "other_sought_reports", "other_notretrieved_reports", "open_other_reports",
    "other_assessed", "other_excluded", "new_reports",
)  # fmt: skip
STATES = ("not_screened", "removed", "open_record", "excluded_title_abstract", "not_retrieved", "open_report",
          "excluded_full_text", "included")  # fmt: skip
SOURCES = (Source(1, "m", "M, of O", "database"), Source(2, "m", "M, of O", "database"),
           Source(3, "c", "C", "database"), Source(4, "r", "R", "register"),
           Source(5, "w", "W", "website"))  # fmt: skip


def ends() -> list[Terminal]:
    """Give records of every state in both columns, and a duplicate in the first."""
    found = [Terminal(20 * column + n, (1, 5)[column], 20 * column + n, state)  # type: ignore[arg-type]
             for column in (0, 1) for n, state in enumerate(STATES, start=1)]  # fmt: skip
    return [*found, Terminal(50, 2, 8, "duplicate"), Terminal(51, 4, 51, "included"), Terminal(52, 3, 8, "duplicate")]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("how", ["lost", "twice"])
def test_a_record_lost_from_a_box_or_counted_twice_stops_the_report_and_is_named(box: str, how: str) -> None:
    terminals = ends()
    listed = members(terminals, SOURCES)
    roots = {t.record: t.root for t in terminals}
    enforce(count_flow(terminals, SOURCES, records=len(terminals), listed=listed))
    for at, record in enumerate(listed[box]):
        some = listed[box][:at] + ((record, record) if how == "twice" else ()) + listed[box][at + 1 :]
        wrong = {**listed, box: some}
        flow = count_flow(terminals, SOURCES, records=len(terminals), listed=wrong)
        with pytest.raises(CountError, match=rf": [\d,]+ against [\d,]+; only (left|right): report {roots[record]}\b"):
            enforce(flow, lambda says, now=wrong: disputed(says, now, roots))  # type: ignore[misc]


@pytest.mark.parametrize(("name", "says"), IDENTITIES)
def test_every_identity_fails_when_a_number_of_it_is_wrong(name: str, says: str) -> None:
    whole = _whole()
    assert {c.status for c in check(whole) if c.id == name} == {"holds"}
    relation = "<=" if "<=" in says else "="
    first = says.split()[0]
    wrong = _more(whole, first, 100_000)
    if wrong is None:  # what is a sum of sums
        first = says.partition(f" {relation} ")[2].split()[0]
        wrong = _more(whole, first, 100_000)
    assert wrong is not None
    failed = {c.id: c for c in check(wrong) if c.status == "fails"}
    assert name in failed and failed[name].left != failed[name].right
    left, right = (re.escape(f"{n:,}") for n in (failed[name].left, failed[name].right) if n is not None)
    with pytest.raises(CountError, match=rf"{re.escape(name)}: {re.escape(says)}: {left} against {right}"):
        enforce(wrong)
    unknown = _more(whole, first, None)
    assert unknown is not None
    assert not {c.id for c in check(unknown) if c.status == "fails"}


def _whole() -> Flow:
    flow = count_flow(ends(), SOURCES, records=len(ends()))
    assert flow.new_reports is not None and flow.new_studies is not None
    return replace(
        flow, previous_studies=2, previous_reports=3, total_studies=2 + flow.new_studies,
        total_reports=3 + flow.new_reports, appraised=1, in_synthesis=1, total_studies_ma=1, total_reports_ma=1,
    )  # fmt: skip


def _more(flow: Flow, name: str, by: int | None) -> Flow | None:
    """Add to a number of a flow, to the first of a list; ``None`` makes it unknown."""
    if name == "after_duplicates":
        first, *rest = flow.databases
        return replace(flow, databases=(replace(first, after=None if by is None else (first.after or 0) + by), *rest))
    old: Any = getattr(flow, name)
    if isinstance(old, tuple):
        one: Count = old[0]
        return replace(flow, **{name: (replace(one, n=None if by is None else (one.n or 0) + by), *old[1:])})  # type: ignore[arg-type]
    return replace(flow, **{name: None if by is None else old + by})  # type: ignore[arg-type]
