"""Places: two fill in a sheet, a third does not; nothing is shown before both are done; both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from extraction import answers, fillings, rows
from extraction.answers import Answer
from review.errors import DecisionError
from review.forms import Form
from review.protocol import Protocol
from review.protocol.model import By, Synthesis
from review.store import Actor, Store
from review.store.events import enrol, read_events
from review.store.verify import verify

KEYS = ("maker2001", "maker2002")
STUDY = KEYS[0]
SHEET = "form:small"


def protocol(by: By) -> Protocol:
    return Protocol("Mentoring", "What is known?", "0" * 64, "", synthesis=Synthesis(extraction=by))


DOUBLE, CHECKED, SINGLE = protocol("double"), protocol("checked"), protocol("single")


@pytest.fixture
def team(any_filled: Store) -> Callable[[str], Actor]:
    def person(name: str) -> Actor:
        with any_filled.write() as connection:
            return Actor(enrol(any_filled, connection, name), "0" * 64)

    return person


def give(store: Store, actor: Actor, form: Form, n: int, by: Protocol = DOUBLE, study: str = STUDY) -> None:
    answers.put(store, actor, by, form, KEYS, [Answer(study, "n", n)])


def standing(store: Store, person: Actor, by: Protocol = DOUBLE, study: str = STUDY) -> fillings.Standing:
    with store.read() as connection:
        verify(connection)
        return fillings.state(connection, by, SHEET, study, person.person)


def test_two_extract_and_a_third_is_refused_without_learning_what(
    any_filled: Store, team: Callable[[str], Actor], form: Form
) -> None:
    store, ann, ben, cy = any_filled, team("Ann"), team("Ben"), team("Cy")
    give(store, ann, form, 49)
    give(store, ben, form, 50)
    with pytest.raises(DecisionError) as caught:
        answers.put(store, cy, DOUBLE, form, KEYS, [Answer(STUDY, "n", 51), Answer(KEYS[1], "n", 5)])
    assert caught.value.message == "nothing was saved, because maker2001: Ann and Ben extract it"
    assert caught.value.hint == "the protocol says two people do; there is a place when one of them leaves"
    with store.read() as connection:
        assert {row["person"] for row in rows.answers(connection, "small")} == {ann.person, ben.person}
        assert KEYS[1] not in fillings.states(connection, DOUBLE, SHEET, cy.person)
    fillings.leave(store, ben, DOUBLE, SHEET, STUDY, "1")
    give(store, cy, form, 51)
    assert standing(store, ben).why_not == "Ann and Cy extract it"


def test_nothing_is_shown_before_both_are_done_and_nothing_is_changed_after(
    any_filled: Store, team: Callable[[str], Actor], form: Form
) -> None:
    store, ann, ben = any_filled, team("Ann"), team("Ben")
    give(store, ann, form, 49)
    give(store, ben, form, 50)

    def seen(person: Actor | None) -> list[object]:
        with store.read() as connection:
            all_rows = rows.answers(connection, "small")
            who = person.person if person else None
            return [row["value"] for row in fillings.seen(connection, DOUBLE, SHEET, all_rows, who)]

    fillings.done(store, ann, DOUBLE, SHEET, STUDY, "1")
    assert (seen(ann), seen(ben), seen(None)) == ([49], [50], [])
    mine = standing(store, ann)
    assert (mine.mine, mine.others, mine.others_done, mine.comparable, mine.hidden) == ("done", (), 0, False, True)
    with pytest.raises(DecisionError, match="you said that you are done with it"):
        give(store, ann, form, 51)
    fillings.reopen(store, ann, DOUBLE, SHEET, STUDY, "1")
    give(store, ann, form, 52)
    fillings.done(store, ann, DOUBLE, SHEET, STUDY, "1")
    fillings.done(store, ben, DOUBLE, SHEET, STUDY, "1")
    assert seen(None) == [52, 50] or seen(None) == [50, 52]
    mine = standing(store, ann)
    assert (mine.others, mine.others_done, mine.comparable, mine.why_not) == (
        ("Ben",), 1, True, "all who extract it are done",
    )  # fmt: skip
    for change in (fillings.reopen, fillings.leave):
        with pytest.raises(DecisionError, match="no secret any more"):
            change(store, ann, DOUBLE, SHEET, STUDY, "1")
    with pytest.raises(DecisionError, match="all who extract it are done"):
        give(store, ben, form, 53)


def test_one_extracts_and_another_checks(any_filled: Store, team: Callable[[str], Actor], form: Form) -> None:
    store, ann, ben, cy = any_filled, team("Ann"), team("Ben"), team("Cy")

    def check(actor: Actor) -> None:
        with store.write() as connection:
            fillings.check_in(store, connection, actor, CHECKED, SHEET, STUDY)

    give(store, ann, form, 49, CHECKED)
    with pytest.raises(DecisionError, match="Ann extracts it"):
        give(store, ben, form, 50, CHECKED)
    with pytest.raises(DecisionError, match="not ready to be checked"):
        check(ben)
    fillings.done(store, ann, CHECKED, SHEET, STUDY, "1")
    with pytest.raises(DecisionError, match="another person checks it"):
        check(ann)
    check(ben)
    with pytest.raises(DecisionError, match="is checked by Ben"):
        check(cy)
    assert standing(store, ben, CHECKED).why_not == "who checks does not extract"
    fillings.reopen(store, ann, CHECKED, SHEET, STUDY, "1")  # the check is not done yet
    fillings.done(store, ann, CHECKED, SHEET, STUDY, "1")
    fillings.done(store, ben, CHECKED, SHEET, STUDY, "1")
    with pytest.raises(DecisionError, match="has been checked"):
        fillings.reopen(store, ann, CHECKED, SHEET, STUDY, "1")


def test_anybody_extracts_where_one_does_and_older_answers_hold_a_place(
    any_filled: Store, team: Callable[[str], Actor], form: Form
) -> None:
    store, ann, ben, cy = any_filled, team("Ann"), team("Ben"), team("Cy")
    for person in (ann, ben, cy):
        give(store, person, form, 49, SINGLE)
    assert standing(store, cy, SINGLE).others == ("Ann", "Ben")
    with store.write() as connection:  # a review that was begun before there were fillings
        from review.store import Entry, append_many

        said = {"study": KEYS[1], "form": "small@1", "field": "n", "value": 3}
        for person in (ann, ben):
            append_many(store, connection, person, [Entry("answer", said)])
    with pytest.raises(DecisionError, match="Ann and Ben extract it"):
        give(store, cy, form, 1, study=KEYS[1])
    give(store, ann, form, 4, study=KEYS[1])
    assert standing(store, ann, study=KEYS[1]).mine == "open"


def test_two_who_begin_at_once_do_not_both_take_the_last_place(
    any_filled: Store, team: Callable[[str], Actor], form: Form
) -> None:
    store, ann = any_filled, team("Ann")
    others = [team(name) for name in ("Ben", "Cy", "Dee")]
    give(store, ann, form, 1)
    start, refused = threading.Barrier(len(others)), []

    def begin(person: Actor) -> None:
        start.wait()
        try:
            give(store, person, form, 2)
        except DecisionError as error:
            refused.append(error.message)

    threads = [threading.Thread(target=begin, args=(person,)) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2
    with store.read() as connection:
        assert len(list(read_events(connection, "filling"))) == 2
        verify(connection)


def test_an_answer_that_was_changed_in_another_window_is_not_overwritten(
    any_filled: Store, team: Callable[[str], Actor], form: Form
) -> None:
    store, ann = any_filled, team("Ann")
    first = answers.save(store, ann, DOUBLE, form, KEYS, Answer(STUDY, "n", 49), None)
    answers.save(store, ann, DOUBLE, form, KEYS, Answer(STUDY, "n", 50), first.id)
    for base in (first.id, None):
        with pytest.raises(DecisionError, match="there it is 50 people"):
            answers.save(store, ann, DOUBLE, form, KEYS, Answer(STUDY, "n", 51), base)
    with store.read() as connection:
        assert [row["value"] for row in rows.answers(connection, "small")] == [50]
