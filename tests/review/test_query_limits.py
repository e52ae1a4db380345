"""Limits in the spellings of platforms, and how they are joined."""

import pytest

from review.query.limits import LANGUAGES, UNLIMITED, Limited, asked, both, dates, either, language

DATES = [
    ("2006", Limited("2006", "2006")),
    ("2006-2016", Limited("2006", "2016")),
    ("2006 - 2016", Limited("2006", "2016")),
    ("2006:2016", Limited("2006", "2016")),
    ("2006 to 2016", Limited("2006", "2016")),
    ('yr="2006 -Current"', Limited("2006", None)),
    ("2006/01/01", Limited("2006-01-01", "2006-01-01")),
    ('"2006/1/1" : "2016/01"', Limited("2006-01-01", "2016-01")),
    ("20060101-20160131", Limited("2006-01-01", "2016-01-31")),
    ("200601-201602", Limited("2006-01", "2016-02")),
    ("2006-01-01/2016-01-31", Limited("2006-01-01", "2016-01-31")),
    ("1000/01/01:2016", Limited(None, "2016")),
    ("2006:3000", Limited("2006", None)),
    ("2006/13/01", None),
    ("206", None),
    ("soon", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "limits"), DATES)
def test_dates(text: str, limits: Limited | None) -> None:
    assert dates(text) == limits


ASKED = [
    ("English Language", Limited(languages=("eng",))),
    ('"german"', Limited(languages=("ger",))),
    ("Narrow by Language: - english", Limited(languages=("eng",))),
    ("Language: French", Limited(languages=("fre",))),
    ("Published Date: 20060101-20161231", Limited("2006-01-01", "2016-12-31")),
    ('yr="2006-2016"', Limited("2006", "2016")),
    ("humans", None),
    ("English abstract", None),
    ("Klingon", None),
]


@pytest.mark.parametrize(("text", "limits"), ASKED)
def test_limits_beside_a_query(text: str, limits: Limited | None) -> None:
    assert asked(text) == limits


def test_languages_are_known_by_name_and_by_code() -> None:
    assert {language(name) for name in LANGUAGES} == {language(code) for code in LANGUAGES.values()}
    assert language("english") == "eng"


def test_and_keeps_what_both_allow() -> None:
    assert both(Limited("2006", "2016"), Limited("2006-03", "2016-01-31")) == Limited("2006-03", "2016-01-31")
    assert both(Limited("2006"), Limited(None, "2016")) == Limited("2006", "2016")
    assert both(Limited(languages=("eng", "ger")), Limited(languages=("ger", "fre"))) == Limited(languages=("ger",))
    assert both(Limited(languages=("eng",)), UNLIMITED) == Limited(languages=("eng",))


EITHER = [
    (Limited("2006", "2006"), Limited("2007", "2007"), Limited("2006", "2007"), False),
    (Limited("2007", "2007"), Limited("2006", "2006"), Limited("2006", "2007"), False),
    (Limited("2006", "2006"), Limited("2010", "2010"), Limited("2006", "2010"), True),
    (Limited("2006", "2012"), Limited("2010", None), Limited("2006", None), False),
    (Limited(None, "2006-03"), Limited("2006-03-15", "2007"), Limited(None, "2007"), False),
    (Limited(languages=("eng",)), Limited(languages=("ger", "eng")), Limited(languages=("eng", "ger")), False),
    (Limited(languages=("eng",)), Limited("2006", "2006"), UNLIMITED, True),
    (Limited(None, "2006"), Limited(None, "2010"), Limited(None, "2010"), False),
    (UNLIMITED, UNLIMITED, UNLIMITED, False),
]


@pytest.mark.parametrize(("one", "other", "joined", "wider"), EITHER)
def test_or_keeps_what_one_allows_and_says_when_it_takes_in_more(
    one: Limited, other: Limited, joined: Limited, wider: bool
) -> None:
    assert either(one, other) == (joined, wider)
