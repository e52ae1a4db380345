"""Advice on stopping, put together from a history."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening.stopping import History, advice
from screening.stopping_rules import IN_A_ROW, LABELS, RISKS, InARow

LABELS_READ = [True, False, True, *[False] * 60]
SHUFFLED = [True, *[False] * 20, *[None] * 137, True, *[False] * 41]


def test_everything_follows_from_one_history() -> None:
    found = advice(History(LABELS_READ, SHUFFLED, partly_read=5, votes_left=6, key_found=1, key_total=2, expected=1.0))
    assert (found.total, found.read, found.unread, found.found, found.in_a_row) == (200, 63, 137, 2, 60)
    assert (found.partly_read, found.votes_left) == (5, 6)
    assert [(run.code, run.needed, run.reached) for run in found.runs] == [
        ("row_50", 50, True), ("row_100", 100, False), ("row_200", 200, False), ("row_5_percent", 10, True),
        ("row_10_percent", 20, True),
    ]  # fmt: skip
    assert found.test.missed == 1
    assert found.test.p == pytest.approx(137 / 197)  # one left, and none of the 60 read last was it
    assert found.sample is not None
    assert (found.sample.drawn, found.sample.relevant) == (21, 1)
    assert found.guess is not None
    assert (found.guess.unread_relevant, found.guess.recall) == (1.0, 2 / 3)
    assert {line.code: line.state for line in found.safe} == {
        "random_share": "yes", "key_papers": "no", "twice_estimated": "yes", "tenth": "yes", "in_a_row": "yes",
        "other_model": "unknown", "checked": "unknown",
    }  # fmt: skip


def test_before_anything_is_read_nothing_speaks_for_stopping() -> None:
    found = advice(History([], [None] * 3))
    assert (found.read, found.unread, found.sample, found.guess) == (0, 3, None, None)
    assert found.test.p == 1
    assert not any(run.reached for run in found.runs)


def test_a_run_of_irrelevant_reports_before_any_relevant_one_is_no_reason() -> None:
    assert not any(run.reached for run in advice(History([False] * 90, [False] * 90 + [None])).runs)
    assert InARow("x", 2, 0).stop_after([False, False, False, True, False, False, False], 9) == 6


def test_two_tales_of_one_history_are_refused() -> None:
    with pytest.raises(ValueError, match="not of the same reports"):
        advice(History([True], [False, None]))


def test_the_risk_that_is_shown_is_the_one_in_the_methods() -> None:
    text = (Path(__file__).parents[2] / "docs/methods.md").read_text("utf-8")
    assert {*LABELS} == {*RISKS} >= {rule.code for rule in IN_A_ROW}
    for code, risk in RISKS.items():
        row = re.search(rf"^\| {re.escape(LABELS[code])} \| (.+) \|$", text, re.MULTILINE)
        assert row is not None, code
        read, mean, worst, reached, _ = row.group(1).split(" | ")
        shown = (f"{risk.read} %", f"{risk.recall} %", f"{risk.worst} %", f"{risk.reached} of {risk.runs}")
        assert shown == (read, mean, worst, reached)
