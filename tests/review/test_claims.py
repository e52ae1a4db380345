"""Claims against the values printed beside them: what contradicts is found, what agrees is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.claims import Claim, Printed, check_claims, read_claims
from review.errors import ProtocolError

PUBLISHED = Path(__file__).parents[2] / "examples" / "mentoring" / "published_claims.toml"


def printed(ref: str, where: str = "table", **values: str) -> Printed:
    return Printed(ref, where, tuple(values.items()))


THREE = (printed("1", kind="research"), printed("2", kind="research"), printed("3", kind="essay"))


def test_a_number_that_the_values_give_and_the_citations_bear_is_no_finding() -> None:
    claim = Claim("c", "two research papers", 2, of=(("kind", "Research"),), cites=("1", "2"))
    assert check_claims([claim], THREE) == ()


def test_a_number_that_the_values_do_not_give() -> None:
    (found,) = check_claims([Claim("c", "the other two", 2, of=(("kind", "research"),), besides=("1",))], THREE)
    assert (found.about, found.kind, found.refs) == ("c", "number", ("2",))
    assert found.what == "“the other two” says 2, but the printed values give 1: 2"


def test_a_number_that_is_not_the_number_of_citations() -> None:
    (found,) = check_claims([Claim("c", "three papers", 3, cites=("1", "2"))], THREE)
    assert found.kind == "citation"
    assert found.what == "“three papers” says 3, but it cites 2: 1, 2"


def test_said_of_all_but_not_cited_for_all() -> None:
    (found,) = check_claims([Claim("c", "better work", "all", of=(), cites=("1", "3"))], THREE)
    assert found.refs == ("2",)
    assert found.what == "“better work” is said of all 3 but cited for 2: not for 2"


def test_said_of_all_and_cited_for_all_is_no_finding() -> None:
    assert check_claims([Claim("c", "research", "all", of=(("kind", "research"),), cites=("1", "2"))], THREE) == ()


def test_two_places_that_print_different_values() -> None:
    studies = (printed("7", "table", year="2014"), printed("7", "reference list", year="2012"))
    (found,) = check_claims([], studies)
    assert found.what == "the year of study 7 differs: 2014 in the table; 2012 in the reference list"


def test_two_places_that_spell_the_same_differently_are_no_finding() -> None:
    studies = (printed("7", "table", author="Laloë"), printed("7", "text", author="Laloe", location="UK"))
    assert check_claims([], (*studies, printed("7", "list", location="United Kingdom"))) == ()


def test_a_country_that_is_none_is_told_once_and_counts_as_the_one_meant() -> None:
    studies = (printed("1", location="USA"), printed("2", location="UAS"), printed("3", location="UK"))
    (found,) = check_claims([Claim("c", "from the USA", 2, of=(("location", "USA"),))], studies)
    assert found.what == "the location of study 2 in the table is UAS, which is no country: did you mean USA?"


def test_the_published_claims_give_the_four_known_contradictions_and_no_other() -> None:
    claims, studies = read_claims(PUBLISHED.read_bytes())
    found = check_claims(claims, studies)
    assert [(finding.about, finding.refs) for finding in found] == [
        ("focus-scheme-other", ("48", "49", "50", "52", "53", "54")),
        ("better-work", ("47", "48")),
        ("study 57", ("57",)),
        ("study 52", ("52",)),
    ]
    assert "all 13 but cited for 11" in found[1].what


def test_the_input_holds_every_study_and_none_of_the_findings() -> None:
    text = PUBLISHED.read_text("utf-8")
    assert {study.ref for study in read_claims(text.encode())[1]} == {"28", *map(str, range(46, 58))}
    assert "slip" not in text and "suspect" not in text


FAULTS = b"""
[[claims]]
id = "a"
text = "nobody knows how many"
says = "some"
cite = [1]

[[claims]]
id = "b"
text = "one"
says = 1
of = "research"
cites = [9]

[[studies]]
ref = 1
"""


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ProtocolError) as caught:
        read_claims(FAULTS)
    told = "\n".join(map(str, caught.value.faults))
    for words in (
        "must be a whole number or 'all', not 'some'",
        "there is no 'cite' here (did you mean 'cites'?)",
        "must be a table of values",
        "'where' is missing",
        "claim b names study 9, of which no value is given",
    ):
        assert words in told


def test_text_that_is_no_toml() -> None:
    with pytest.raises(ProtocolError, match="not valid TOML"):
        read_claims(b"<html>")
    with pytest.raises(ProtocolError, match="not valid TOML"):
        read_claims(b"a = " + b"[" * 3000 + b"]" * 3000)
