"""Whose turn it is when work is shared out, in rounds, or on somebody else's screen; on both databases."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest

from review.errors import DecisionError
from review.protocol.model import Criterion
from review.store import append
from review.store.engine import moment
from screening import decisions, worklist
from screening.checks import follows

STAGE = "title-abstract"


def hand(panel: Any, kind: str, who: Any, *reports: int, name: str | None = None) -> None:
    about = {"name": name or kind, "kind": kind, "seed": 1, "how": {}}
    append(panel.store, panel.ann, "assignment", {"stage": STAGE, "round": about, "add": {who.person: list(reports)}})


def given(panel: Any, who: Any, count: int = 3, **more: Any) -> list[int]:
    return worklist.hand_out(panel.store, who.person, STAGE, count, **more)


def left(panel: Any, who: Any) -> int:
    with panel.store.read() as connection:
        return worklist.progress(connection, who.person, STAGE).left


def later(panel: Any, minutes: int) -> Any:
    """Give the panel with a clock that is some minutes ahead."""
    clock = panel.store.clock

    def ahead() -> str:
        return moment(datetime.fromisoformat(clock()) + timedelta(minutes=minutes))

    return dataclasses.replace(panel, store=dataclasses.replace(panel.store, clock=ahead))


def test_two_people_are_not_handed_the_same_record_when_one_vote_is_enough(solo: Any) -> None:
    assert given(solo, solo.ann) == [1, 2, 3]
    assert given(solo, solo.ben) == [4, 5, 6]
    assert given(solo, solo.ann, holding=[1, 2, 3]) == [7, 8, 9]
    solo.vote(solo.ann, 1, "include")
    assert given(solo, solo.ben, holding=[4, 5, 6]) == [10, 11, 12], "2, 3, 7, 8 and 9 are on Ann's screen"
    assert given(later(solo, 16), solo.ben, holding=[4, 5, 6]) == [2, 3, 7], "leases end"
    assert left(solo, solo.ben) == 11, "what is leased is still left"


def test_records_that_need_two_votes_are_handed_to_two_people_and_no_more(pair: Any) -> None:
    with pair.store.write() as connection:
        from review.store.events import enrol

        cy = dataclasses.replace(pair.ann, person=enrol(pair.store, connection, "Cy"))
    assert given(pair, pair.ann) == given(pair, pair.ben) == [1, 2, 3]
    assert given(pair, cy) == [4, 5, 6]
    pair.vote(pair.ann, 1, "include")
    assert given(pair, cy, holding=[4, 5, 6]) == [7, 8, 9], "Ben has record 1, which needs one more vote"


def test_a_vote_gives_the_record_back(solo: Any) -> None:
    given(solo, solo.ann, 1)
    solo.vote(solo.ann, 1, "include")
    decisions.clear(solo.store, solo.protocol, solo.ann, report=1, stage=STAGE)
    assert given(solo, solo.ben, 1) == [1]


def test_shared_out_records_come_to_their_people_only(solo: Any) -> None:
    hand(solo, "main", solo.ann, 2, 4)
    hand(solo, "main", solo.ben, 1, 3)
    assert given(solo, solo.ann, 4) == [2, 4, 5, 6]
    assert given(solo, solo.ben, 3) == [1, 3, 7]
    assert (left(solo, solo.ann), left(solo, solo.ben)) == (10, 10)
    with solo.store.read() as connection:
        assert worklist.next_report(connection, solo.ann.person, STAGE, solo.store.clock(), after=2) == 4


def test_rounds_come_first_and_leave_the_queue_when_voted_on(pair: Any) -> None:
    hand(pair, "pilot", pair.ann, 9, 11)
    hand(pair, "pilot", pair.ben, 9, 11)
    assert given(pair, pair.ann, 4) == given(pair, pair.ben, 4) == [11, 9, 1, 2], (
        "a pilot's come in the order of chance"
    )
    assert left(pair, pair.ann) == 12
    pair.vote(pair.ann, 9, "include")
    assert given(pair, pair.ann, 2) == [11, 1]
    assert given(pair, pair.ann, 2, holding=[11]) == [1, 2]


def test_a_quality_check_asks_for_a_decided_record(solo: Any) -> None:
    solo.vote(solo.ann, 5, "exclude", "wrong_outcome")
    hand(solo, "quality", solo.ben, 5)
    assert given(solo, solo.ben, 2) == [5, 1]
    assert left(solo, solo.ben) == 12
    assert solo.status(5) == "excluded"
    solo.vote(solo.ben, 5, "include")
    assert solo.status(5) == "conflict"


def test_a_second_look_counts_a_vote_that_says_the_same(solo: Any) -> None:
    first = solo.vote(solo.ann, 5, "exclude", "wrong_outcome")
    assert solo.vote(solo.ann, 5, "exclude", "wrong_outcome") == first
    hand(solo, "again", solo.ann, 5)
    assert given(solo, solo.ann, 1) == [5]
    assert solo.vote(solo.ann, 5, "exclude", "wrong_outcome") != first
    assert given(solo, solo.ann, 1) == [1]


def test_a_second_look_at_what_awaits_another_vote_is_left_too(pair: Any) -> None:
    pair.vote(pair.ann, 5, "exclude", "wrong_outcome")
    assert left(pair, pair.ann) == 11
    hand(pair, "again", pair.ann, 5)
    assert left(pair, pair.ann) == 12
    assert given(pair, pair.ann, 1) == [5]


def test_a_merged_record_of_a_round_is_asked_for_once(pair: Any) -> None:
    hand(pair, "pilot", pair.ann, 1, 2)
    pair.merge(1, 2)
    assert given(pair, pair.ann, 3) == [1, 3, 4]
    pair.vote(pair.ann, 1, "include")
    assert given(pair, pair.ann, 2) == [3, 4]


CRITERIA = (
    Criterion("doctors", "Doctors are studied.", True, "wrong_population"),
    Criterion("editorial", "It is an editorial.", False, "wrong_outcome"),
)


@pytest.fixture
def by_criteria(solo: Any) -> Any:
    rules = dataclasses.replace(solo.protocol.title_abstract, mode="criteria")
    return dataclasses.replace(
        solo, protocol=dataclasses.replace(solo.protocol, criteria=CRITERIA, title_abstract=rules)
    )


@pytest.mark.parametrize(
    ("doctors", "editorial", "verdict", "reasons"),
    [
        ("yes", "no", "include", ()),
        ("no", "no", "exclude", ("wrong_population",)),
        ("no", "yes", "exclude", ("wrong_population", "wrong_outcome")),
        ("unclear", "yes", "exclude", ("wrong_outcome",)),
        ("unclear", "no", "maybe", ()),
    ],
)
def test_the_verdict_follows_from_the_criteria(
    by_criteria: Any, doctors: str, editorial: str, verdict: str, reasons: tuple[str, ...]
) -> None:
    answers = {"editorial": editorial, "doctors": doctors}
    assert follows(by_criteria.protocol, STAGE, answers) == (verdict, reasons)
    said = {"report": 1, "stage": STAGE, "verdict": verdict, "reasons": reasons, "criteria": answers}
    event = decisions.decide(by_criteria.store, by_criteria.protocol, by_criteria.ann, **said)
    assert list(event.payload["criteria"].items()) == [("doctors", doctors), ("editorial", editorial)]
    with by_criteria.store.read() as connection:
        mine = worklist.show(connection, 1, by_criteria.ann.person, STAGE).mine
    assert mine is not None
    assert dict(mine.criteria) == answers


@pytest.mark.parametrize(
    ("answers", "verdict", "message"),
    [
        ({"doctors": "yes", "editorial": "no"}, "exclude", "'exclude' does not follow"),
        ({"doctors": "yes"}, "include", "not answered: editorial"),
        ({"doctors": "perhaps"}, "include", "'perhaps' is no answer"),
        ({"nurses": "yes"}, "include", "there is no criterion 'nurses'"),
    ],
)
def test_answers_that_do_not_fit_are_refused(by_criteria: Any, answers: Any, verdict: str, message: str) -> None:
    with pytest.raises(DecisionError, match=message):
        decisions.decide(
            by_criteria.store, by_criteria.protocol, by_criteria.ann,
            report=1, stage=STAGE, verdict=verdict, criteria=answers,
        )  # fmt: skip
    assert by_criteria.status(1) == "waiting"


def test_one_failed_criterion_is_enough(by_criteria: Any) -> None:
    decisions.decide(
        by_criteria.store, by_criteria.protocol, by_criteria.ann,
        report=1, stage=STAGE, verdict="exclude", reasons=("wrong_population",), criteria={"doctors": "no"},
    )  # fmt: skip
    assert by_criteria.status(1) == "excluded"
