"""Which value of a field a merged report shows: each rule of the table, and the table in the docs."""

from __future__ import annotations

from dataclasses import fields
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.best import BEST, STATED
from review.record import UNION, Record, combine

FULL = "Mentoring for doctors: a survey"


@pytest.mark.parametrize(
    ("field", "best", "others"),
    [
        ("title", FULL, ["Mentoring for doctors"]),
        ("title", FULL, ["MENTORING FOR DOCTORS IN ALL OF THE LARGE HOSPITALS"]),
        ("title", FULL, ["[Mentoring for doctors: a survey of all].", "Mentoring of doctors: a survey [Translated]"]),
        ("title", FULL, ["Mentoring for doctors: a survey of some of…", "Mentoring for doctors: a survey of ..."]),
        ("title", "[Mentoring].", ["[MENTORING OF SOME]."]),
        ("authors", ("One, A", "Two, B"), [("One, Anna",)]),
        ("authors", ("One, Anna", "Two, Bert"), [("One, A. B. C. D.", "Two, B. E. F. G."), ("One, A", "et al.")]),
        ("authors", ("One, Anna", "Two, Bert"), [("ONE, ANNA", "TWO, BERT")]),
        ("date", "2014-05-31", ["2014-05", "2014"]),
        ("date", "2015", ["2014"]),
        ("journal", "Journal of Mentoring", ["J. Ment.", "J Ment", "JOURNAL OF MENTORING AND SUCH"]),
        ("volume", "12", ["12345"]),
        ("volume", "12 (Suppl 1)", ["12"]),
        ("issue", "2 Suppl 1", ["2"]),
        ("pages", "123-130", ["123", "123-30", "1230000", "e123 (12 pages)"]),
        ("pages", "S12-S19", ["S12"]),
        ("abstract", "Why we did it.", ["Copyright of this journal is the property of its owner."]),
        ("abstract", "Why we did it.", ["© 2014 The Authors. All rights reserved.", "No abstract is available."]),
        ("abstract", "Why we did it, and what we found.", ["Why we did it.", "[ABSTRACT FROM AUTHOR]"]),
        ("kind", "article", ["preprint", "web", "other"]),
        ("kind", "review", ["article"]),
        ("language", "eng", ["Englisch"]),
        ("doi", "10.5555/abc", ["0.5555/abc", "10.5555/abc."]),
    ],
)  # fmt: skip
def test_the_best_of_a_field(field: str, best: Any, others: list[Any]) -> None:
    stated = [best, best] if (field, best) == ("volume", "12") else [best]  # what most records state
    for values in permutations([*stated, *others]):
        shown, origin = combine([Record(**{field: value}) for value in values])
        assert getattr(shown, field) == best
        assert origin == {field: values.index(best)}


def test_a_field_without_a_rule_shows_what_most_records_state() -> None:
    shown, origin = combine([Record(pmid="9"), Record(pmid="1"), Record(pmid="9"), Record()])
    assert (shown.pmid, origin) == ("9", {"pmid": 0})


_TEXTS = st.sampled_from([None, "a", "b", "A title", "[A title]", "10.5555/a", "1-9", "2004", "2004-05"])
_RECORD = st.builds(
    Record,
    **dict.fromkeys(("title", "journal", "volume", "pages", "abstract", "language", "doi", "pmid", "url"), _TEXTS),
    date=st.sampled_from([None, "2004", "2004-05", "2005"]),
    authors=st.sampled_from([(), ("One, A",), ("One, Anna",), ("Two, B", "One, A")]),
    kind=st.sampled_from([None, "article", "review", "other"]),
)


@given(st.lists(_RECORD, min_size=1, max_size=4))
def test_the_order_of_records_decides_nothing_and_every_value_is_one_of_theirs(records: list[Record]) -> None:
    shown, origin = combine(records)
    assert all(combine(order)[0] == shown for order in permutations(records))
    assert all(getattr(shown, name) == getattr(records[at], name) for name, at in origin.items())


def test_a_chosen_record_gives_the_value_also_when_it_has_none() -> None:
    long, short = Record(title=FULL, volume="1", keywords=("a",)), Record(title="M", keywords=("b",))
    shown, origin = combine([long, short], {"title": 1, "volume": 1, "keywords": 1})
    assert shown == Record(title="M", keywords=("b",))
    assert origin == {"title": 1, "keywords": 1}


def test_rules_are_about_fields_of_a_record_and_stand_in_the_docs() -> None:
    names = {field.name for field in fields(Record)}
    assert set(BEST) | UNION <= names
    assert not set(BEST) & UNION
    text = (Path(__file__).parents[2] / "docs" / "methods.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    assert [row for row in rows if row[0] in BEST] == [[name, rule.says, rule.why] for name, rule in BEST.items()]
    assert ["every other field", STATED.says, STATED.why] in rows
    assert [", ".join(f.name for f in fields(Record) if f.name in UNION)] == [r[0] for r in rows if "issns" in r[0]]
