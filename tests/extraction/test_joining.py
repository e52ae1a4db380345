"""One study or two: what is suggested, what joining and splitting do to what was written, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from extraction import rows, studies, suggestions
from reports import rows as of_reports
from review.errors import DecisionError
from review.store import Actor, Entry, Store, append_many

Include = Callable[[Store, Actor, Sequence[int]], None]


def keys(store: Store) -> dict[str, tuple[int, ...]]:
    with store.read() as connection:
        return {study.key: study.reports for study in studies.studies(connection)}


def answer(store: Store, actor: Actor, study: str, field: str) -> None:
    said = {"study": study, "form": "small@1", "field": field, "value": "x", "missing": None, "quote": None,
            "place": None, "file": None, "origin": None}  # fmt: skip
    with store.write() as connection:
        append_many(store, connection, actor, [Entry("answer", said)])


def behind(store: Store) -> list[tuple[str, dict[str, int], str, tuple[str, ...]]]:
    with store.read() as connection:
        return [
            (one.key, dict(one.written), one.why, one.now)
            for one in suggestions.left_behind(connection, rows.included(connection))
        ]


def suggested(store: Store) -> list[tuple[str, str, str, tuple[str, ...]]]:
    with store.read() as connection:
        return [
            (s.left.key, s.right.key, s.strength, s.reasons)
            for s in suggestions.suggestions(connection, rows.included(connection))
        ]


def test_joining_moves_nothing_says_what_stays_and_splitting_gives_it_back(two_studies: Store, ann: Actor) -> None:
    for study, field in (("maker2001", "aim"), ("maker2002", "aim"), ("maker2002", "n")):
        answer(two_studies, ann, study, field)
    assert behind(two_studies) == []
    stays = studies.join(two_studies, ann, {"maker2001": [1, 2]})
    assert stays == (
        "what is written under maker2002 (2 answers) stays there and counts no more: the study goes on as maker2001",
    )
    assert behind(two_studies) == [("maker2002", {"answer": 2}, "joined", ("maker2001",))]
    with two_studies.read() as connection:
        assert [(a["study"], a["field"]) for a in rows.answers(connection, "small")] == [
            ("maker2001", "aim"), ("maker2002", "aim"), ("maker2002", "n"),
        ]  # fmt: skip
    assert studies.split(two_studies, ann, "maker2001", [2]) == "maker2002"
    assert keys(two_studies) == {"maker2001": (1,), "maker2002": (2,)}
    assert behind(two_studies) == []


def test_a_study_whose_report_is_excluded_and_included_again_has_its_answers(
    two_studies: Store, ann: Actor, include: Include
) -> None:
    studies.join(two_studies, ann, {"own-key": [2]})
    answer(two_studies, ann, "own-key", "aim")
    out = {"report": 2, "stage": "full-text", "verdict": "exclude", "reasons": [], "note": None}
    with two_studies.write() as connection:
        append_many(two_studies, connection, ann, [Entry("decision", out)])
    assert keys(two_studies) == {"maker2001": (1,)}
    assert behind(two_studies) == [("own-key", {"answer": 1}, "excluded", ())]
    include(two_studies, ann, [2])
    assert keys(two_studies) == {"maker2001": (1,), "own-key": (2,)}
    assert behind(two_studies) == []


def test_a_split_of_reports_without_a_former_key_gets_a_new_one(filled: Store, ann: Actor, include: Include) -> None:
    include(filled, ann, [1, 2, 3])
    studies.join(filled, ann, {"maker2003": [1, 2, 3]})
    assert studies.split(filled, ann, "maker2003", [1, 2]) == "maker2001"
    assert keys(filled) == {"maker2001": (1, 2), "maker2003": (3,)}
    for key, some, words in (("maker2001", [1, 2], "but not all"), ("maker2001", [3], "but not all"),
                             ("maker201", [1], "did you mean maker2001")):  # fmt: skip
        with pytest.raises(DecisionError, match=words):
            studies.split(filled, ann, key, some)


def test_what_was_judged_among_the_duplicates_is_suggested_until_it_is_decided(two_studies: Store, ann: Actor) -> None:
    with two_studies.write() as connection:
        append_many(two_studies, connection, ann, [Entry("pair", {"reports": [1, 2], "verdict": "study"})])
    assert [(a, b, strength) for a, b, strength, _ in suggested(two_studies)] == [("maker2001", "maker2002", "strong")]
    studies.apart(two_studies, ann, ("maker2001", "maker2002"), "other years")
    assert suggested(two_studies) == []
    assert studies.ask_again(two_studies, ann, ("maker2001", "maker2002")) == 1
    assert len(suggested(two_studies)) == 1
    studies.apart(two_studies, ann, ("maker2001", "maker2002"))
    studies.join(two_studies, ann, {"maker2001": [1, 2]})
    assert suggested(two_studies) == []
    studies.join(two_studies, ann, {"maker2002": [2]})
    assert len(suggested(two_studies)) == 1, "joining took back that they are apart"
    studies.join(two_studies, ann, {"maker2001": [1, 2]})
    studies.split(two_studies, ann, "maker2001", [2])
    assert suggested(two_studies) == [], "who splits says that they are different"


def test_what_others_changed_meanwhile_is_not_overrun(two_studies: Store, ann: Actor) -> None:
    studies.name_new(two_studies, ann)
    seen = {"maker2001": (1,), "maker2002": (2,)}
    studies.join(two_studies, ann, {"maker2001": [1, 2]})
    for act in (
        lambda: studies.join(two_studies, ann, {"maker2002": [1, 2]}, seen),
        lambda: studies.split(two_studies, ann, "maker2001", [1], seen),
        lambda: studies.apart(two_studies, ann, ("maker2001", "maker2002"), None, seen),
    ):
        with pytest.raises(DecisionError, match="has been changed since"):
            act()
    assert keys(two_studies) == {"maker2001": (1, 2)}


def test_a_key_is_renamed_only_while_nothing_is_written_under_it(two_studies: Store, ann: Actor) -> None:
    studies.rename(two_studies, ann, "maker2001", "trial-a")
    assert keys(two_studies) == {"maker2002": (2,), "trial-a": (1,)}
    with pytest.raises(DecisionError, match="there is a study maker2002 already"):
        studies.rename(two_studies, ann, "trial-a", "maker2002")
    answer(two_studies, ann, "trial-a", "aim")
    with pytest.raises(DecisionError, match="written under trial-a already"):
        studies.rename(two_studies, ann, "trial-a", "b")


def test_reports_name_the_same_studies(filled: Store, ann: Actor, include: Include) -> None:
    include(filled, ann, [1, 2, 3])
    studies.name_new(filled, ann)
    studies.join(filled, ann, {"both": [1, 2]})
    with filled.write() as connection:
        append_many(filled, connection, ann, [Entry("merge", {"reports": [3, 9], "rule": "person", "score": None})])
    with filled.read() as connection:
        told = {(paper.report, paper.study) for paper in of_reports.papers(connection, "included")}
    assert told == {(report, key) for key, reports in keys(filled).items() for report in reports}
