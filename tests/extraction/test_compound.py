"""Counts, groups and tables: what is understood and refused, and that a kept value stays itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.values import parse, said, show
from review.errors import DecisionError
from review.forms import Field, FieldType, Option

SIDES = (Option("new", "New care"), Option("usual", "Usual care"))
CELLS = (
    Field("name", "Name", required=True),
    Field("n", "People", "number", unit="people"),
    Field("side", "Side", "single", options=SIDES),
    Field("where", "Where", "country"),
    Field("since", "Since", "date"),
    Field("said", "Said", "counts"),
    Field("both", "Both", "multiple", options=SIDES),
)
ARMS = Field("arms", "Arms", "group", fields=CELLS)
TIMES = Field("times", "Times", "table", fields=CELLS, rows=(Option("start", "At the start"), Option("end", "At end")))
COUNTS = Field("votes", "Votes", "counts")


def count(label: str, n: int | None, score: float | None = None) -> dict[str, Any]:
    return {"label": label, "score": score, "n": n}


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (COUNTS, "Agree [4]: 12; Neutral: not_reported", [count("Agree", 12, 4), count("Neutral", None)]),
        (COUNTS, "Not reported: Not reported; ratio 1:2: 0", [count("Not reported", None), count("ratio 1:2", 0)]),
        (COUNTS, [count("Agree [4]", 12)], [count("Agree", 12, 4)]),
        (COUNTS, " ; ", None),
        (ARMS, [{"name": " A ", "n": "12", "side": "New care"}], [{"name": "A", "n": 12, "side": "new"}]),
        (ARMS, [{"name": ""}, {}, {"n": {"missing": "Not reported"}}], [{"n": {"missing": "not_reported"}}]),
        (ARMS, [{"name": "", "n": {"missing": ""}}], None),
        (ARMS, '[{"said": "Yes: 3"}]', [{"said": [count("Yes", 3)]}]),
        (TIMES, [{"row": "end", "n": 0}, {"row": "At the start", "n": 9}],
         [{"row": "start", "n": 9}, {"row": "end", "n": 0}]),
        (TIMES, [{"row": "end", "n": ""}], None),
    ],
)  # fmt: skip
def test_what_is_understood(field: Field, raw: object, value: object) -> None:
    assert parse(field, raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "words"),
    [
        (COUNTS, "Agree", "'Agree' has no number"),
        (COUNTS, "Agree: ", "Agree: '' is no number of people"),
        (COUNTS, "Agree: 12.5", "Agree: '12.5' is no number of people"),
        (COUNTS, "Agree: -1", "Agree: '-1' is no number of people"),
        (COUNTS, "Agree: 1; Agree [2]: 2", "'Agree' stands there twice"),
        (COUNTS, ": 12", "a response has no name"),
        (COUNTS, [count("Yes; no", 1)], "has a semicolon in its name"),
        (COUNTS, [{"name": "Yes"}], "no count of a response"),
        (ARMS, [{"name": "A", "nn": 12}], "row 1: there is no sub-field 'nn'"),
        (ARMS, [{"name": "A"}, {"n": "many"}], "row 2, n: 'many' is not a number"),
        (ARMS, [{"n": {"missing": "lost"}}], "row 1, n: 'lost' is no missing code"),
        (ARMS, [{"n": {"missing": "unclear", "value": 3}}], "row 1, n: a cell is a value or a missing code"),
        (ARMS, "12 people", "'12 people' is no list of rows"),
        (ARMS, "12", "'12' is no list of rows"),
        (ARMS, ["A"], "row 1 is not a row of cells"),
        (ARMS, "[" * 20_000, "is no list of rows"),
        (ARMS, [{"name": ["A", "B"]}], "row 1, name: that is several things, where one text belongs"),
        (TIMES, [{"row": "middle", "n": 1}], "'middle' is not one of: start, end"),
        (TIMES, [{"row": "end", "n": 1}, {"row": "end", "n": 2}], "the row 'end' stands there 2 times"),
    ],
)
def test_what_is_refused(field: Field, raw: object, words: str) -> None:
    with pytest.raises(DecisionError, match=words):
        parse(field, raw)


def test_what_a_value_says_to_people() -> None:
    rows = parse(ARMS, [{"name": "A", "n": 12, "where": "UK", "said": "Yes [1]: 3"}, {"n": {"missing": "unclear"}}])
    assert (
        said(ARMS, rows)
        == "Name: A; People: 12 people; Where: United Kingdom; Said: Yes (score 1): 3 | People: unclear"
    )
    assert said(TIMES, [{"row": "end", "both": ["new", "usual"]}]) == "At end: Both: New care; Usual care"
    assert (
        said(COUNTS, parse(COUNTS, "Agree [4]: 1200; No: not_reported")) == "Agree (score 4): 1,200; No: not reported"
    )
    assert said(ARMS, None, "not_reported") == "not reported" and said(ARMS, None) == ""
    assert said(Field("rate", "Rate", "number", unit="%"), 61) == "61%"
    gone = [{"old": "x", "name": "A"}]
    assert said(ARMS, gone) == "Name: A; old: x" and said(Field("arms", "Arms"), gone) == "name: A; old: x"


TEXT = st.text(max_size=20)
NUMBER = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9).map(lambda x: round(x, 3))
N = st.integers(0, 10**6) | st.none()
LABEL = st.sampled_from(["Agree", "Agree [4]", "yes: no", " x\ny ", "[3]"]) | st.text(max_size=8)
VOTES = st.lists(st.builds(count, LABEL, N, st.none() | NUMBER), max_size=3)
CODE = st.sampled_from(["not_reported", "unclear"]).map(lambda code: {"missing": code})
CELL = {
    "name": TEXT, "n": NUMBER | CODE, "side": st.sampled_from(["new", "Usual care", ""]),
    "where": st.lists(st.sampled_from(["GB", "Nigeria"])), "since": st.dates().map(lambda day: str(day)),
    "said": VOTES | CODE, "both": st.lists(st.sampled_from(["usual", "new"])),
}  # fmt: skip
ROW = st.fixed_dictionaries({}, optional=CELL)
RAW: dict[FieldType, tuple[Field, st.SearchStrategy[Any]]] = {
    "counts": (COUNTS, VOTES),
    "group": (ARMS, st.lists(ROW, max_size=4)),
    "table": (TIMES, st.fixed_dictionaries({"start": ROW, "end": ROW}).map(lambda r: [{"row": k, **r[k]} for k in r])),
}


@given(st.data())
def test_a_value_survives_being_read_again_and_written_as_a_cell(data: st.DataObject) -> None:
    field, strategy = RAW[data.draw(st.sampled_from(sorted(RAW)))]
    try:
        value = parse(field, data.draw(strategy))
    except DecisionError:  # a response without a name, or one that stands there twice
        return
    assert parse(field, value) == value
    assert parse(field, show(value)) == value
