"""What a record is known to say against the protocol's query and limits; what is not known never counts against it."""

from __future__ import annotations

import pytest

from review.protocol import Limits, read_protocol, template
from review.record import Record
from searches.evaluation import matcher, outside

MENTORING = read_protocol(template("mentoring").encode())
MATCHING = Record(title="Mentoring doctors for health", abstract="Words.")


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2005", True), ("2005-12", True), ("2006", False), ("2006-01", False), ("2005-12-31", True),
        ("2016", False), ("2016-01", False), ("2016-01-31", False), ("2016-02", True), ("2017", True), (None, False),
    ],
)  # fmt: skip
def test_dates_are_compared_as_far_as_they_are_known(date: str | None, expected: bool) -> None:
    assert outside(Limits(start="2006-01", end="2016-01"), Record(date=date)) is expected


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("eng", False),
        ("English", False),
        ("en", False),
        ("ger", True),
        ("German", True),
        (None, False),
        ("Klingon", False),
    ],
)
def test_a_language_that_is_not_known_stays_in(spoken: str | None, expected: bool) -> None:
    assert outside(Limits(languages=("eng",)), Record(language=spoken)) is expected


def test_both_codes_of_a_language_are_the_same_language() -> None:
    assert not outside(Limits(languages=("deu",)), Record(language="ger"))


@pytest.mark.parametrize(("kind", "expected"), [("article", False), ("book", True), (None, False)])
def test_kinds(kind: str | None, expected: bool) -> None:
    assert outside(Limits(kinds=("article", "review")), Record(kind=kind)) is expected  # type: ignore[arg-type]


def test_yes_no_and_unknown() -> None:
    match = matcher(MENTORING)
    assert match(MATCHING) == "yes"
    assert match(Record(title="Bees", abstract="Honey.")) == "no"
    assert match(Record(title="Mentoring for doctors")) == "unknown"


def test_outside_the_limits_is_no_even_when_the_words_match_or_could() -> None:
    match = matcher(MENTORING)
    assert match(Record(title=MATCHING.title, abstract="Words.", date="1999")) == "no"
    assert match(Record(title="Mentoring for doctors", date="1999")) == "no"


def test_one_strategy_may_be_asked_alone() -> None:
    record = Record(title="Mentoring doctors: barriers", abstract="Words.")
    assert matcher(MENTORING, ["wellbeing"])(record) == "no"
    assert matcher(MENTORING, ["effects"])(record) == "yes"
    assert matcher(MENTORING)(record) == "yes"
