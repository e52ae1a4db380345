"""Answers: checked against the form, superseded but never lost, all saved or none."""

from __future__ import annotations

import pytest

from extraction import answers, rows
from extraction.answers import Answer
from review.errors import DecisionError
from review.forms import Form
from review.protocol import Protocol
from review.store import Actor, Store
from review.store.events import read_events
from review.store.verify import verify

KEYS = ("maker2001", "maker2002")
PROTOCOL = Protocol("Mentoring", "What is known?", "0" * 64, "")


def current(store: Store, form: Form, person: str | None = None) -> list[tuple[str, str, object, str | None]]:
    with store.read() as connection:
        return [(r["study"], r["field"], r["value"], r["missing"]) for r in rows.answers(connection, form.name, person)]


def test_values_and_missing_codes_are_kept_with_quote_and_place(two_studies: Store, ann: Actor, form: Form) -> None:
    given = [
        Answer("maker2001", "aim", "To see", quote="We aimed to see", place="p. 2"),
        Answer("maker2001", "roles", "mentees; mentors"),
        Answer("maker2001", "n", missing="not reported"),
    ]
    answers.put(two_studies, ann, PROTOCOL, form, KEYS, given)
    assert current(two_studies, form) == [
        ("maker2001", "aim", "To see", None),
        ("maker2001", "roles", ["mentors", "mentees"], None),
        ("maker2001", "n", None, "not_reported"),
    ]
    with two_studies.read() as connection:
        first = rows.answers(connection, form.name)[0]
        assert (first["quote"], first["place"]) == ("We aimed to see", "p. 2")
        verify(connection)


def test_a_new_answer_supersedes_and_the_old_one_stays_in_the_log(two_studies: Store, ann: Actor, form: Form) -> None:
    for number in (49, 94):
        answers.put(two_studies, ann, PROTOCOL, form, KEYS, [Answer("maker2001", "n", number)])
    assert current(two_studies, form) == [("maker2001", "n", 94, None)]
    with two_studies.read() as connection:
        assert [event.payload["value"] for event in read_events(connection, "answer")] == [49, 94]


def test_an_answer_is_taken_back(two_studies: Store, ann: Actor, form: Form) -> None:
    answers.put(two_studies, ann, PROTOCOL, form, KEYS, [Answer("maker2001", "n", 49)])
    answers.put(two_studies, ann, PROTOCOL, form, KEYS, [Answer("maker2001", "n", cleared=True)])
    assert current(two_studies, form) == []


def test_two_people_answer_beside_each_other_and_the_newest_counts(
    two_studies: Store, ann: Actor, ben: Actor, form: Form
) -> None:
    answers.put(two_studies, ben, PROTOCOL, form, KEYS, [Answer("maker2001", "n", 1)])
    answers.put(two_studies, ann, PROTOCOL, form, KEYS, [Answer("maker2001", "n", 2)])
    answers.put(two_studies, ben, PROTOCOL, form, KEYS, [Answer("maker2001", "n", 3)])
    assert current(two_studies, form, ann.person) == [("maker2001", "n", 2, None)]
    assert current(two_studies, form, ben.person) == [("maker2001", "n", 3, None)]
    with two_studies.read() as connection:
        assert answers.newest(rows.answers(connection, form.name))["maker2001", "n"]["value"] == 3


def test_one_fault_and_nothing_is_saved_and_every_fault_is_told(two_studies: Store, ann: Actor, form: Form) -> None:
    given = [
        Answer("maker2001", "aim", "Fine"),
        Answer("maker2009", "aim", "X"),
        Answer("maker2001", "aims", "X"),
        Answer("maker2001", "design", "quantitative"),
        Answer("maker2001", "n", 4, missing="unclear"),
        Answer("maker2001", "n"),
        Answer("maker2001", "n", missing="n/a"),
    ]
    with pytest.raises(DecisionError) as caught:
        answers.put(two_studies, ann, PROTOCOL, form, KEYS, given)
    for words in (
        "there is no study 'maker2009'",
        "the form small@1 has no field 'aims' (did you mean 'aim'?)",
        "maker2001, design: 'quantitative' is not one of: qualitative, mixed",
        "maker2001, n: both a value and a missing code",
        "maker2001, n: neither a value nor a missing code",
        "'n/a' is no missing code",
    ):
        assert words in caught.value.message
    assert current(two_studies, form) == []


def test_progress_tells_what_is_answered_and_what_is_still_required(two_studies: Store, ann: Actor, form: Form) -> None:
    given = [Answer("maker2001", "aim", "To see"), Answer("maker2001", "design", missing="unclear")]
    answers.put(two_studies, ann, PROTOCOL, form, KEYS, given)
    with two_studies.read() as connection:
        first, second = answers.progress(form, KEYS, rows.answers(connection, form.name))
    assert (first.answered, first.fields, first.required_open, first.quotes_open) == (2, 6, (), ("aim",))
    assert (second.answered, second.required_open, second.quotes_open) == (0, ("aim", "design"), ())
