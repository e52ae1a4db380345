"""Votes by day, and the relevant reports found in the order of reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from report_log import Log, papers

from reports.material import Material
from reports.plots import progress_rows
from reports.plots.canvas import Figure, Path, Words
from reports.plots.progress import progress
from reports.plots.recall import recall
from reports.words import NBSP
from review.store import Store

TA = "title-abstract"


class Days:
    """A clock that stands still until it is told the day."""

    def __init__(self) -> None:
        self.day, self.second = 1, 0

    def __call__(self) -> str:
        self.second += 1
        return f"2027-03-{self.day:02}T09:{self.second // 60:02}:{self.second % 60:02}.000000Z"


@pytest.fixture
def days(log: Log) -> tuple[Log, Days]:
    """Give a log whose days the test sets; the protocol came before the first of them."""
    clock = Days()
    clock.day = 28
    return replace(log, store=replace(log.store, clock=clock)), clock


def vote(log: Log, reports: Iterable[int], verdict: str, by: str | None = "plain", stage: str = TA) -> None:
    served: dict[str, Any] | None = by and {"by": by, "model": None, "position": 1}  # type: ignore[assignment]
    log.note(
        ("decision", {"report": n, "stage": stage, "verdict": verdict, "reasons": [], "note": None, "served": served})
        for n in reports
    )


def stopped(log: Log, reports: list[int], **how: Any) -> None:
    known = {"whose": "everybody", "unread": len(reports), "recall": None}
    log.note([("stop", {"stage": TA, "reports": reports, "how": known | how, "why": "A rule"})])


def made(log: Log) -> tuple[list[Figure], list[Figure]]:
    with log.store.read() as connection:
        material = Material(connection, log.protocol)
        return list(progress(material)), list(recall(material))


def words(figure: Figure) -> list[str]:
    return [shape.text for shape in figure.shapes if isinstance(shape, Words)]


def test_votes_add_up_by_day_and_rounds_and_stops_are_marked(days: tuple[Log, Days]) -> None:
    log, clock = days
    log.search(papers(12))
    given = {"stage": TA, "round": {"name": "first <b>", "kind": "pilot", "seed": 1, "how": {}},
             "add": {log.actor.person: [1, 2, 3]}}  # fmt: skip
    log.note([("assignment", given)])
    vote(log, [1, 2, 3, 4], "include")
    assert made(log)[0] == []  # one day is no progress
    clock.day = 30
    vote(log, [5, 6], "exclude")
    vote(log, [4], "exclude")  # a change of mind: it counts on its day
    stopped(log, [7, 8, 9, 10, 11, 12])
    vote(log, [1], "include", stage="full-text")
    with log.store.read() as connection:
        assert progress_rows.votes_by_day(connection) == (
            (TA, "2027-03-28", 3), ("full-text", "2027-03-30", 1), (TA, "2027-03-30", 3),
        )  # fmt: skip
    (figure,) = made(log)[0]
    assert "Title and abstract: 6 votes from 2027-03-28 to 2027-03-30, half by 2027-03-28" in figure.description
    assert "Full text: 1 vote" in figure.description
    assert "2027-03-28: Pilot “first <b>” (title and abstract): 3 reports" in words(figure)
    assert "2027-03-30: Stop (title and abstract) with 6 reports unread" in words(figure)
    assert {"2027-03-28", "2027-03-29", "2027-03-30"} <= set(words(figure))


def test_the_curve_rises_where_an_included_report_was_first_read(days: tuple[Log, Days]) -> None:
    log, clock = days
    log.search(papers(8))
    vote(log, [1], "include")
    vote(log, [2, 3], "exclude")
    vote(log, [4], "include")
    vote(log, [5], "maybe")
    clock.day = 29
    vote(log, [1, 3], "include")  # 3 counts as relevant, at the place where it was read first
    with log.store.read() as connection:
        read = progress_rows.read(connection)
    assert (read.relevant, len(read.moments), read.total, read.undecided) == ((1, 3, 4), 5, 8, 1)
    assert (read.votes, read.unordered) == (5, 0)
    (figure,) = made(log)[1]
    said = " ".join(words(figure))
    assert "5 of 8 reports read, 3 of them relevant" in said
    assert "Recall among all 8 is not known: 3 were not read." in figure.description
    assert "1 of those read are not decided" in figure.description
    line = next(s for s in figure.shapes if isinstance(s, Path) and s.tone == "first" and len(s.points) > 2)
    heights = [y for _, y in line.points]
    assert len(line.points) == 6
    assert [above == below for above, below in pairwise(heights)] == [
        False, True, False, False, True,
    ]  # fmt: skip


def test_a_stop_shows_its_estimate_only_while_no_report_came_since(days: tuple[Log, Days]) -> None:
    log, _ = days
    log.search(papers(10))
    vote(log, [1, 2], "include", "random")
    vote(log, [3, 4], "exclude", None)
    estimate = {"recall": [0.8, None, 1.0], "total": 10, "read": 4, "relevant": 2}
    stopped(log, [5, 6, 7, 8, 9, 10], **estimate)
    (figure,) = made(log)[1]
    told = figure.description.replace(NBSP, " ")
    assert "stop after 4 reports, 6 unread; recall estimated then 95 % interval 80 % to 100 %" in told
    assert "The log does not say in what order reports came of 2 votes." in figure.description
    assert any("as estimated at the last stop" in text for text in words(figure))
    log.search(papers(2, start=20), source="later")
    (figure,) = made(log)[1]
    assert not any("as estimated at the last stop" in text for text in words(figure))


def test_without_an_order_in_the_log_there_is_no_curve(log: Log, store: Store) -> None:
    log.search(papers(3))
    log.vote([1, 2], "include")
    assert made(log) == ([], [])
