"""Survey results: numbers worked out by hand from an invented questionnaire of three questions."""

from __future__ import annotations

import pytest

from extraction import compound, library, surveys
from review.forms import Form

FORM = library.form("bitc-mentoring")
# Invented. 20 people were asked. A: 4 x 8, 3 x 6, 2 x 4 = 58 / 18 answered; squares 8(7/9)^2 + 6(2/9)^2 + 4(11/9)^2.
VALUE: list[dict[str, object]] = [
    {"item": "A", "who": "Mentees", "responses": compound.counts("Agree [4]: 8; Neutral [3]: 6; Disagree [2]: 4"),
     "skipped": 2, "asked": 20},
    {"item": "B", "responses": compound.counts("Yes: 15; No: not_reported"), "skipped": 1, "asked": 20},
    {"item": "C", "responses": compound.counts("Never: 0; Often: 5"), "skipped": {"missing": "not_reported"}},
    {"item": "D", "responses": {"missing": "unclear"}, "asked": 20},
]  # fmt: skip


def made(value: list[dict[str, object]], form: Form = FORM) -> tuple[surveys.Summary, ...]:
    return surveys.summaries(form, [("s1", "survey", value), ("s1", "aim", "none of it")])


def test_numbers_shares_mean_and_deviation() -> None:
    a = made(VALUE)[0]
    assert (a.study, a.item, a.who, a.answered, a.skipped, a.asked) == ("s1", "A", "Mentees", 18, 2, 20)
    assert [r.n for r in a.responses] == [8, 6, 4]
    assert [r.percent for r in a.responses] == pytest.approx([44.444, 33.333, 22.222], abs=0.001)  # of 18, not of 20
    assert a.mean == pytest.approx(3.2222, abs=0.0001)
    assert a.sd == pytest.approx(0.8085, abs=0.0001)
    assert a.notes == ()


def test_a_number_that_is_not_reported_is_not_zero() -> None:
    b = made(VALUE)[1]
    assert [r.n for r in b.responses] == [15, None]
    assert b.answered == 19 and b.responses[0].percent == pytest.approx(78.947, abs=0.001)
    assert b.responses[1].percent is None and (b.mean, b.sd) == (None, None)
    assert "not every response has a number" in b.notes[0]
    without = made([{**VALUE[1], "asked": {"missing": "not_reported"}}])[0]
    assert without.answered is None and without.responses[0].percent is None


def test_zero_is_a_number_and_no_scores_give_no_mean() -> None:
    c = made(VALUE)[2]
    assert [r.percent for r in c.responses] == [0, 100] and c.mean is None
    assert (c.answered, c.skipped, c.asked) == (5, None, None)
    assert len(made(VALUE)) == 3  # D has no responses to summarise


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"asked": 25}, "18 answered and 2 skipped, but 25 were asked"),
        ({"skipped": None, "asked": 25}, "18 answered, but 25 were asked"),
        (
            {"responses": compound.counts("Agree: 30; Neutral: not_reported")},
            "30 gave a response, more than the 18 who can have answered",
        ),
    ],
)
def test_what_does_not_add_up_is_said(change: dict[str, object], note: str) -> None:
    assert note in made([{**VALUE[0], **change}])[0].notes


def test_one_who_answered_has_a_mean_and_no_deviation() -> None:
    only = made([{"item": "A", "responses": compound.counts("Agree [4]: 1; Neutral [3]: 0")}])[0]
    assert (only.mean, only.sd) == (4, None)
