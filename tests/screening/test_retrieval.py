"""Which full texts are wanted, got, or could not be had."""

from __future__ import annotations

import pytest

from review.errors import DecisionError
from screening import retrieval
from screening.retrieval import Wanted


def pending(panel):
    with panel.store.read() as connection:
        return retrieval.pending(connection)


def test_only_included_reports_without_a_full_text_decision_are_wanted(solo):
    for report in (1, 2, 3):
        solo.vote(solo.ann, report, "include")
    solo.vote(solo.ann, 4, "exclude")
    solo.vote(solo.ann, 3, "include", stage="full-text")
    retrieval.note(solo.store, solo.ann, report=2, outcome="retrieved", route="open access")
    assert pending(solo) == [
        Wanted(1, "Synthetic report 1", "10.5555/1", None),
        Wanted(2, "Synthetic report 2", "10.5555/2", "retrieved"),
    ]


def test_the_last_outcome_counts(solo):
    solo.vote(solo.ann, 1, "include")
    event = retrieval.note(solo.store, solo.ann, report=1, outcome="not_retrieved", route="library", note="asked twice")
    assert event.payload == {"report": 1, "outcome": "not_retrieved", "route": "library", "note": "asked twice"}
    assert solo.status(1, "full-text") == "not_retrieved"
    assert [w.outcome for w in pending(solo)] == ["not_retrieved"]
    retrieval.note(solo.store, solo.ann, report=1, outcome="retrieved")
    assert solo.status(1, "full-text") == "waiting"


def test_a_full_text_found_for_a_merged_report_is_found_for_the_whole(solo):
    for report in (2, 7):
        solo.vote(solo.ann, report, "include")
    retrieval.note(solo.store, solo.ann, report=7, outcome="not_retrieved")
    solo.merge(2, 7)
    assert [(w.report, w.outcome) for w in pending(solo)] == [(2, "not_retrieved")]
    retrieval.note(solo.store, solo.ann, report=2, outcome="retrieved")
    assert solo.status(2, "full-text") == "waiting"
    assert [(w.report, w.outcome) for w in pending(solo)] == [(2, "retrieved")]


def test_what_cannot_be_noted_says_why(solo):
    solo.vote(solo.ann, 1, "include")
    solo.vote(solo.ann, 2, "include")
    solo.merge(1, 2)
    for report, outcome, message in (
        (99, "retrieved", "there is no report 99"),
        (2, "retrieved", "merged into report 1"),
        (3, "retrieved", "not included at title-abstract"),
        (1, "lost", "'lost' is no outcome"),
    ):
        with pytest.raises(DecisionError, match=message):
            retrieval.note(solo.store, solo.ann, report=report, outcome=outcome)
