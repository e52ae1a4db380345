"""What a change of the protocol would do is said before, and nothing is changed by asking."""

from __future__ import annotations

from typing import Any

from review.protocol import read_protocol
from review.store import Store
from review.store.protocols import Move, effect
from review.store.verify import verify
from screening.rule_changes import moves, second_looks

TWO = {"title-abstract": {"votes": 2, "reasons": ["wrong_outcome"]}}
TEXT = """
[review]
title = "T"
question = "Q"
[[criteria]]
id = "doctors"
text = "Doctors are studied."
reason = "population"
[screening.title-abstract]
reasons = [{ code = "population", text = "Not about doctors" }, { code = "other", text = "Other" }]
[screening.full-text]
reason_required = false
"""


def test_the_effect_of_new_rules_is_told_and_taken_back(solo: Any) -> None:
    solo.vote(solo.ann, 1, "include")
    solo.vote(solo.ann, 2, "exclude", "wrong_population")
    told = effect(solo.store, "new", "the new text", TWO)
    assert told is not None
    assert told.moves == (
        Move("full-text", "waiting", None, 1),
        Move("title-abstract", "excluded", "started", 1),
        Move("title-abstract", "included", "started", 1),
    )
    assert moves(told.moves)[1] == "title-abstract: 1 report now excluded would be awaiting a further vote"
    assert [solo.status(report) for report in (1, 2)] == ["included", "excluded"]
    with solo.store.read() as connection:
        verify(connection)
    assert effect(solo.store, "h", "", {}) is None, "this one is in force"


def test_nothing_is_told_before_there_is_a_protocol(store: Store) -> None:
    assert effect(store, "new", "text", TWO) is None


def test_changed_reasons_and_criteria_name_the_second_look() -> None:
    before = read_protocol(TEXT.encode())
    after = TEXT.replace("Not about doctors", "No doctors").replace('"other", text = "Other"', '"date", text = "Date"')
    assert second_looks(before, read_protocol(after.encode())) == [
        "title-abstract: reason 'population' now says 'No doctors', not 'Not about doctors': "
        "review screen again --stage title-abstract --reason population",
        "title-abstract: reason 'other' is gone; votes that name it keep it: "
        "review screen again --stage title-abstract --reason other",
        "title-abstract: reason 'date' is new: 'Date'",
    ]
    changed = read_protocol(TEXT.replace("are studied", "or nurses are studied").encode())
    assert second_looks(before, changed) == [
        "criterion 'doctors' changed: review screen again --stage title-abstract --reason population"
    ]
    assert second_looks(before, before) == []
