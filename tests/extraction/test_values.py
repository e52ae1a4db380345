"""Values of fields: what is understood, what is refused in which words, and that a kept value stays itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.values import LONGEST, parse, show, text_of
from review.errors import DecisionError
from review.forms import Field, Form, Option

OPTIONS = (Option("a", "First"), Option("b-2", "Second"))
TEXT, NUMBER = Field("t", "T"), Field("n", "N", "number")
ONE, SOME = Field("s", "S", "single", options=OPTIONS), Field("m", "M", "multiple", options=OPTIONS)
DAY, COUNTRY = Field("d", "D", "date"), Field("c", "C", "country")


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (TEXT, "  two\r\nlines \x00", "two\nlines"),
        (TEXT, 2014, "2014"),
        (TEXT, 3.0, "3"),
        (TEXT, "   ", None),
        (NUMBER, "49", 49),
        (NUMBER, "12.50", 12.5),
        (NUMBER, 12.0, 12),
        (NUMBER, "", None),
        (ONE, "FIRST", "a"),
        (ONE, "b-2", "b-2"),
        (SOME, "second; a;a", ["a", "b-2"]),
        (SOME, " ; ", None),
        (SOME, ["b-2"], ["b-2"]),
        (DAY, "2014-05", "2014-05"),
        (DAY, 2014, "2014"),
        (DAY, datetime(2014, 5, 31, 0, 0), "2014-05-31"),
        (DAY, date(2014, 5, 31), "2014-05-31"),
        (COUNTRY, "UK; Nigeria", ["GB", "NG"]),
        (COUNTRY, None, None),
    ],
)
def test_what_is_understood(field: Field, raw: object, value: object) -> None:
    assert parse(field, raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "words"),
    [
        (TEXT, datetime(2024, 5, 3, 0, 0), r"turned this into a date \(2024-05-03\)"),
        (TEXT, "x" * (LONGEST + 1), "30,001 characters"),
        (NUMBER, "about 49", "'about 49' is not a number"),
        (NUMBER, True, "True is not a number"),
        (NUMBER, datetime(2024, 5, 3, 0, 0), "turned this into a date"),
        (NUMBER, float("nan"), "is not a number"),
        (NUMBER, "9" * 400, "is not a number that a study reports"),
        (NUMBER, "9" * 5_000, "is not a number that a study reports"),  # more digits than Python reads
        (NUMBER, 10**400, "is not a number"),
        (DAY, "²²²²²", "'²²²²²' is not a date"),
        (TEXT, "😀" * 15_001, "30,002 characters"),  # as a spreadsheet counts them
        (ONE, "c", "'c' is not one of: a, b-2"),
        (SOME, "a; c", "'c' is not one of: a, b-2"),
        (DAY, "31/05/2014", "'31/05/2014' is not a date"),
        (DAY, "2014-02-31", "is not a day of the calendar"),
        (COUNTRY, "UAS", "'UAS' is no country"),
    ],
)
def test_what_is_refused(field: Field, raw: object, words: str) -> None:
    with pytest.raises(DecisionError, match=words):
        parse(field, raw)


def test_a_number_too_small_for_its_exponent_is_read_back_from_all_its_digits() -> None:
    small = -2.2250738585e-313
    assert parse(NUMBER, format(Decimal(repr(small)), "f")) == small


def test_a_date_that_a_spreadsheet_turned_into_a_number_is_named() -> None:
    with pytest.raises(DecisionError) as caught:
        parse(DAY, 41640)  # 1 January 2014 in the 1900 date system
    assert "2014-01-01" in str(caught.value.hint)


@given(st.text())
def test_clean_text_stays_clean(raw: str) -> None:
    once = text_of(raw)
    assert text_of(once) == once


@given(st.data())
def test_a_value_survives_being_written_as_a_cell(data: st.DataObject) -> None:
    field, raw = data.draw(
        st.one_of(
            st.tuples(st.just(NUMBER), st.integers() | st.floats(-1e15, 1e15).map(lambda x: round(x, 3))),
            st.tuples(st.just(SOME), st.lists(st.sampled_from(["a", "b-2"]))),
            st.tuples(st.just(COUNTRY), st.lists(st.sampled_from(["GB", "US", "NG"]))),
            st.tuples(st.just(TEXT), st.text()),
            st.tuples(st.just(DAY), st.dates(date(1000, 1, 1)).map(str)),
        )
    )
    value = parse(field, raw)
    assert parse(field, show(value)) == value
    assert parse(field, value) == value


def test_every_type_of_field_has_its_test(form: Form) -> None:
    assert {field.type for field in form.fields} == {f.type for f in (TEXT, NUMBER, ONE, SOME, DAY, COUNTRY)}
