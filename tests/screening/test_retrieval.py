"""Which full texts are wanted, asked for, got, or could not be had; what was noted stays."""

from __future__ import annotations

import pytest

from review.errors import DecisionError
from review.store import append
from review.store.verify import verify
from screening import board, retrieval
from screening.retrieval import Wanted


def read(panel, what, *given, **named):
    with panel.store.read() as connection:
        return what(connection, *given, **named)


def pending(panel):
    return read(panel, retrieval.pending)


def stored(panel, tmp_path, text):
    """Store a file, and give the facts that an event holds."""
    path = tmp_path / "one.pdf"
    path.write_text(text)
    return {
        "sha256": panel.store.files.put(path, "pdf"),
        "kind": "pdf",
        "size": len(text),
        "pages": 1,
        "name": "one.pdf",
    }


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
    assert event.payload == {
        "report": 1, "outcome": "not_retrieved", "route": "library", "note": "asked twice", "asked_on": None,
        "url": None,
    }  # fmt: skip
    assert solo.status(1, "full-text") == "not_retrieved"
    assert [w.outcome for w in pending(solo)] == ["not_retrieved"]
    retrieval.note(solo.store, solo.ann, report=1, outcome="retrieved")
    assert solo.status(1, "full-text") == "waiting"


def test_a_full_text_found_for_a_merged_report_is_found_for_the_whole(solo):
    for report in (2, 7):
        solo.vote(solo.ann, report, "include")
    retrieval.note(solo.store, solo.ann, report=7, outcome="not_retrieved", note="no loan")
    solo.merge(2, 7)
    assert [(w.report, w.outcome) for w in pending(solo)] == [(2, "not_retrieved")]
    retrieval.note(solo.store, solo.ann, report=2, outcome="retrieved")
    assert solo.status(2, "full-text") == "waiting"
    assert [(w.report, w.outcome) for w in pending(solo)] == [(2, "retrieved")]


def test_what_cannot_be_noted_says_why(solo):
    solo.vote(solo.ann, 1, "include")
    solo.vote(solo.ann, 2, "include")
    solo.merge(1, 2)
    file = {"sha256": "a" * 64, "kind": "pdf", "size": 1}
    for said, message in (
        ({"report": 99, "outcome": "retrieved"}, "there is no report 99"),
        ({"report": 2, "outcome": "retrieved"}, "merged into report 1"),
        ({"report": 3, "outcome": "retrieved"}, "not included at title-abstract"),
        ({"report": 1, "outcome": "lost"}, "'lost' is no outcome"),
        ({"report": 1, "outcome": "not_retrieved", "note": "  "}, "needs a reason"),
        ({"report": 1, "outcome": "asked", "asked_on": "2026-02-30"}, "is no day until today"),
        ({"report": 1, "outcome": "asked", "asked_on": "2027-01-01"}, "is no day until today"),
        ({"report": 1, "outcome": "retrieved", "asked_on": "2026-01-01"}, "belongs to what was asked"),
        ({"report": 1, "outcome": "retrieved", "file": file}, "not stored with the review"),
        ({"report": 1, "outcome": "tried", "note": "no", "file": file}, "belongs to a full text that was got"),
    ):
        with pytest.raises(DecisionError, match=message):
            retrieval.note(solo.store, solo.ann, **said)
    assert read(solo, retrieval.ledger, 1) == ()


def test_noting_for_some_reports_is_all_or_nothing(solo):
    for report in (1, 2, 3):
        solo.vote(solo.ann, report, "include")
    with pytest.raises(DecisionError):
        retrieval.note_each(solo.store, solo.ann, reports=(1, 2, 9), outcome="asked")
    assert [one.outcome for one in pending(solo)] == [None, None, None]
    made = retrieval.note_each(solo.store, solo.ben, reports=(1, 3), outcome="asked", route="library")
    assert [event.payload["report"] for event in made] == [1, 3]
    assert [one.outcome for one in pending(solo)] == ["asked", None, "asked"]
    (said,) = read(solo, retrieval.ledger, 3)
    assert (said.person, said.outcome, said.route, said.asked_on) == ("Ben", "asked", "library", "2026-11-22")


def test_the_board_adds_up_to_the_reports_sought(solo):
    for report in range(1, 8):
        solo.vote(solo.ann, report, "include")
    retrieval.note(solo.store, solo.ann, report=2, outcome="tried", note="no open copy")
    retrieval.note(solo.store, solo.ann, report=3, outcome="asked")
    retrieval.note(solo.store, solo.ann, report=4, outcome="not_retrieved", note="no loan")
    solo.vote(solo.ann, 5, "include", stage="full-text")  # who assessed it has had it
    retrieval.note(solo.store, solo.ann, report=5, outcome="not_retrieved", note="no loan")
    retrieval.note(solo.store, solo.ann, report=6, outcome="not_retrieved", note="no loan")
    solo.merge(6, 7)
    found = read(solo, board.board, limit=50)
    assert found.counts == {"wanted": 1, "tried": 1, "asked": 1, "retrieved": 1, "not_retrieved": 2}
    states = {line.report: line.state for line in found.lines}
    assert states == {1: "wanted", 2: "tried", 3: "asked", 4: "not_retrieved", 5: "retrieved", 6: "not_retrieved"}
    lost = [report for report in states if solo.status(report, "full-text") == "not_retrieved"]
    assert lost == [report for report, state in states.items() if state == "not_retrieved"]
    page = read(solo, board.board, state="not_retrieved", limit=1)
    assert ([line.report for line in page.lines], page.found, page.more) == ([4], 2, True)
    after = read(solo, board.board, state="not_retrieved", after=4, limit=1)
    assert ([line.report for line in after.lines], after.more) == ([6], False)
    assert [line.report for line in read(solo, board.board, among={1, 3}, limit=9).lines] == [1, 3]


def test_a_wrong_file_taken_back_leaves_nothing_got(solo, tmp_path):
    for report in (2, 7):
        solo.vote(solo.ann, report, "include")
    file = stored(solo, tmp_path, "one")
    retrieval.note(solo.store, solo.ann, report=7, outcome="retrieved", file=file)
    solo.merge(2, 7)
    retrieval.note(solo.store, solo.ann, report=2, outcome="tried", note="no open copy")
    assert pending(solo)[0].outcome == "retrieved"
    with pytest.raises(DecisionError, match="not said why"):
        retrieval.take_back(solo.store, solo.ann, report=2, sha256=file["sha256"], why=" ")
    with pytest.raises(DecisionError, match="no such file"):
        retrieval.take_back(solo.store, solo.ann, report=2, sha256="b" * 64, why="wrong")
    with pytest.raises(DecisionError, match="a file of report 2 is here"):
        retrieval.note(solo.store, solo.ann, report=2, outcome="not_retrieved", note="no loan")
    lost = {"report": 7, "outcome": "not_retrieved", "note": "no loan"}  # from a log that did not know of the file
    append(solo.store, solo.ben, "retrieval", lost)
    assert (pending(solo)[0].outcome, solo.status(2, "full-text")) == ("retrieved", "waiting")
    retrieval.take_back(solo.store, solo.ben, report=2, sha256=file["sha256"], why="the protocol, not the trial")
    assert pending(solo)[0].outcome == "tried"
    entries = read(solo, retrieval.ledger, 2)
    assert [(one.outcome, bool(one.file), bool(one.withdrawn)) for one in entries] == [
        ("retrieved", True, False), ("tried", False, False), ("not_retrieved", False, False), ("tried", False, True),
    ]  # fmt: skip
    assert read(solo, retrieval.taken_back) == {file["sha256"]: {2}}
    read(solo, verify)


def test_a_file_taken_back_leaves_what_was_got_without_it(solo, tmp_path):
    solo.vote(solo.ann, 1, "include")
    one, two = stored(solo, tmp_path, "one"), stored(solo, tmp_path, "two")
    for file in (one, two):
        retrieval.note(solo.store, solo.ann, report=1, outcome="retrieved", file=file)
    retrieval.take_back(solo.store, solo.ann, report=1, sha256=one["sha256"], why="wrong")
    assert pending(solo)[0].outcome == "retrieved"
    retrieval.note(solo.store, solo.ann, report=1, outcome="retrieved", route="library", note="on paper")
    retrieval.take_back(solo.store, solo.ann, report=1, sha256=two["sha256"], why="wrong too")
    assert pending(solo)[0].outcome == "retrieved"
