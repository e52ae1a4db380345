"""Identifiers in every disguise, text, and several records shown as one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import identifiers
from review.record import Record, combine
from review.store.records import as_row, from_row
from review.text import fold, plain, tidy

DISGUISES = {
    "https://doi.org/10.1136/BMJ.n71": "10.1136/bmj.n71",
    "http://dx.doi.org/10.1136%2Fbmj.n71": "10.1136/bmj.n71",
    "doi:10.1136/bmj.n71.": "10.1136/bmj.n71",
    "10.1136/bmj.n71 [doi]": "10.1136/bmj.n71",
    "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2":
        "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2",
    '<a href="x">10.1136/bmj.n71</a>': "10.1136/bmj.n71",
    "(see 10.1000/abc)": "10.1000/abc",
    "10.1000/abc(x)": "10.1000/abc(x)",
    "none": None,
    "": None,
    None: None,
}  # fmt: skip


@pytest.mark.parametrize(("disguise", "expected"), DISGUISES.items())
def test_a_doi_in_disguise(disguise: str | None, expected: str | None) -> None:
    assert identifiers.doi(disguise) == expected


def test_two_dois_in_one_field_are_both_found() -> None:
    assert identifiers.dois("10.1000/a and http://dx.doi.org/10.1000/b") == ("10.1000/a", "10.1000/b")


@given(st.text(max_size=40))
def test_a_doi_once_found_is_found_again(text: str) -> None:
    for one in identifiers.dois(f"10.1234/{text}"):
        assert identifiers.dois(one) == (one,)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_markup_becomes_text_and_less_than_stays() -> None:
    assert plain("<jats:p>p &lt; 0.05</jats:p><jats:p>Next</jats:p>") == "p < 0.05 Next"


def test_combining_takes_the_best_of_each_field_and_says_where_from() -> None:
    short = Record(title="Mentoring", authors=("One, A",), date="2014", doi="10.1/a", keywords=("x",))
    long = Record(title="Mentoring for doctors", authors=("One, A", "Two, B"), date="2014-05", keywords=("y", "x"))
    shown, origin = combine([short, long])
    assert shown == Record(
        title="Mentoring for doctors", authors=("One, A", "Two, B"), date="2014-05", doi="10.1/a", keywords=("x", "y")
    )
    assert origin == {"title": 1, "authors": 1, "date": 1, "doi": 0, "keywords": 0}


def test_combining_one_record_is_that_record() -> None:
    one = Record(title="t", notes=("ref 1",), extra=(("XX", "y"),))
    assert combine([one])[0] == one


@pytest.mark.parametrize(
    "record",
    [
        Record(),
        Record(
            title="t", authors=("A, B", "Organisation"), date="2014", keywords=("k",), issns=("1234-5678",), place="P",
            flags=("retracted",), identifiers=(("openalex", "W1"),), notes=("n",), extra=(("XX", "y"), ("XX", "z")),
            url="https://x",
        ),
    ],
)  # fmt: skip
def test_a_record_survives_its_row(record: Record) -> None:
    assert from_row(as_row(record)) == record
