"""Where a search stands between two replies: windows, cursors, and what was promised against what came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from review.errors import SourceChanged, SourceRefused
from review.record import Record, Rejected
from searches import walk
from searches.source import About, Page

ABOUT = About("x", "X", "https://docs.example.org", "2026-11-22", "https://api.example.org", (1.0, 1.0), 10)


def page(*ids: int, total: int | None = 3, cursor: str | None = None, **rest: Any) -> Page:
    return Page(tuple(Record(title=str(i), source_id=str(i)) for i in ids), total, cursor, **rest)


def test_a_state_survives_json() -> None:
    state = walk.advance(
        walk.plan(walk.State(before=(5, 5, 3)), ["q"]), page(1, cursor="b", promised=("1", "2")), ABOUT, ""
    )
    assert walk.State.from_json(state.as_json()) == state
    assert (state.pages, state.promised, state.here, state.awaited) == (1, 3, 1, ("2",))


def test_a_window_is_halved_without_gap_or_overlap() -> None:
    state = walk.plan(walk.State(), ["q"])
    too_many = page(total=20_000, split=True)
    state = walk.advance(state, too_many, ABOUT, "2026-11-22")
    state = walk.advance(state, too_many, ABOUT, "2026-11-22")
    windows = [(t.start, t.end) for t in state.tasks]
    # 90,175 days lie between the ends: the first half ends 45,087 days after the first day, its half 22,543 after it
    assert windows == [
        ("1780-01-01", "1841-09-21"),
        ("1841-09-22", "1903-06-13"),
        ("1903-06-14", "2026-11-22"),
    ]
    assert state.promised == 20_000, "halves are no new promise"


def test_a_day_that_holds_too_much_fails_loudly() -> None:
    state = replace(walk.plan(walk.State(), ["q"]), tasks=(walk.Task("q", "2014-05-01", "2014-05-01"),))
    with pytest.raises(SourceRefused, match=r"10,000 records of one day \(2014-05-01\)"):
        walk.advance(state, page(total=10_000, split=True), ABOUT, "2026-11-22")


@pytest.mark.parametrize(
    ("slices", "ends"),
    [("month", ["1905-01-31", "1905-02-01", "1966-07-31"]), ("year", ["1905-12-31", "1906-01-01", "1966-12-31"])],
)
def test_windows_end_with_a_month_or_a_year_where_a_source_knows_no_days(slices: Any, ends: list[str]) -> None:
    about = replace(ABOUT, slices=slices)
    state = walk.plan(walk.State(), ["q"])
    too_many = page(total=20_000, split=True)
    state = walk.advance(state, too_many, about, "2028-11-22")
    # by date of publication: to the end of the next year; 1780 to 2029 are 250 years, whose middle is the first of 1905
    assert [(t.start, t.end) for t in state.tasks] == [("1780-01-01", ends[0]), (ends[1], "2029-12-31")]
    state = replace(state, tasks=(walk.Task("q", "1905-01-01", "2027-12-31"),), cursor=None)
    state = walk.advance(state, too_many, about, "2028-11-22")
    assert state.tasks[0].end == ends[2]


def test_a_year_that_holds_too_much_fails_loudly() -> None:
    state = replace(walk.plan(walk.State(), ["q"]), tasks=(walk.Task("q", "2014-01-01", "2014-12-31"),))
    with pytest.raises(SourceRefused, match=r"10,000 records of one year \(2014-01-01\)"):
        walk.advance(state, page(total=10_000, split=True), replace(ABOUT, slices="year"), "2026-11-22")


def test_records_sent_twice_are_kept_once_and_explained() -> None:
    state = walk.plan(walk.State(), ["q"])
    state = walk.advance(state, page(1, 2, cursor="b"), ABOUT, "")
    state = walk.advance(state, page(2), ABOUT, "")
    ended = walk.compare(state, 2, 0)
    error, notes = ended.error, ended.notes
    assert error is None
    assert notes == ("1 records were sent more than once and are kept once",)


def test_what_did_not_come_is_named() -> None:
    state = walk.plan(walk.State(), ["q"])
    state = walk.advance(state, page(cursor="b", promised=("1", "2", "3")), ABOUT, "")
    state = walk.advance(state, page(1, rejected=(Rejected(2, "why", "raw"),)), ABOUT, "")
    ended = walk.compare(state, 1, 1)
    state, error = ended.state, ended.error
    assert error == "3 records were promised and 2 came; missing: 2, 3"
    assert state.before == (3, 3, 2)


def test_only_the_very_same_gap_is_explained() -> None:
    state = walk.State(promised=5, covered=5, got=3, before=(5, 5, 2))
    assert walk.compare(state, 3, 0).error == "5 records were promised and 3 came"
    assert walk.compare(replace(state, before=(5, 5, 3)), 3, 0).error is None


def test_slices_must_add_up_even_when_as_many_came() -> None:
    state = walk.State(promised=4, covered=3, got=4)
    assert walk.compare(state, 4, 0).error == "the slices by date add up to 3, the whole search has 4"


def test_a_longer_circle_of_cursors_is_found_too() -> None:
    state = walk.plan(walk.State(), ["q"])
    for cursor in ("a", "b"):
        state = walk.advance(state, page(cursor=cursor), ABOUT, "")
    with pytest.raises(SourceChanged, match="circle"):
        walk.advance(state, page(cursor="a"), ABOUT, "")


def test_a_source_that_promises_nothing_is_complete_with_what_it_gave() -> None:
    state = walk.advance(walk.plan(walk.State(), ["q"]), page(1, 2, total=None), ABOUT, "")
    assert walk.compare(state, 2, 0).error is None
    assert state.promised == 2
