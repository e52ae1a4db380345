"""Coding: only the framework's components or ones marked as emergent; coverage and gaps."""

from __future__ import annotations

import pytest

from extraction import coding, library, rows
from extraction.coding import Coding
from review.errors import DecisionError
from review.store import Actor, Store

KEYS = ("maker2001", "maker2002")
WORKWELL = library.framework("bitc-workwell")


def test_a_coding_is_kept_with_all_it_says(two_studies: Store, ann: Actor) -> None:
    given = Coding(
        "maker2001", "W7", "More equal", "Better work", "+",
        subelement="trust and respect", perspective="mentee", evidence="perceived", quote="we talk", place="p. 554",
    )  # fmt: skip
    coding.put(two_studies, ann, WORKWELL, KEYS, [given])
    with two_studies.read() as connection:
        (kept,) = rows.codings(connection)
    expected = {
        "key": "W7:maker2001", "study": "maker2001", "statement": "W7", "text": "More equal", "component": "work",
        "subelement": "trust and respect", "polarity": "+", "perspective": "mentee", "evidence": "perceived",
        "quote": "we talk", "place": "p. 554", "person": ann.person,
    }  # fmt: skip
    assert {name: kept[name] for name in expected} == expected


def test_the_same_key_supersedes_and_clearing_takes_back(two_studies: Store, ann: Actor) -> None:
    for polarity in ("+", "-"):
        coding.put(two_studies, ann, WORKWELL, KEYS, [Coding("maker2001", "H1", "Text", "health", polarity, key="k")])
    with two_studies.read() as connection:
        assert [(row["key"], row["polarity"]) for row in rows.codings(connection)] == [("k", "-")]
    coding.put(two_studies, ann, WORKWELL, KEYS, [Coding("maker2001", "H1", key="k", cleared=True)])
    with two_studies.read() as connection:
        assert rows.codings(connection) == []


def test_an_emergent_theme_must_be_marked_as_one(two_studies: Store, ann: Actor) -> None:
    coding.put(two_studies, ann, WORKWELL, KEYS, [Coding("maker2001", "E1", "Burden", "emergent: burden", "-")])
    with two_studies.read() as connection:
        assert rows.codings(connection)[0]["component"] == "emergent: burden"
    with pytest.raises(DecisionError, match="has no component 'relationship'"):
        coding.put(two_studies, ann, WORKWELL, KEYS, [Coding("maker2001", "R1", "Text", "relationship", "+")])


def test_faults_are_told_together_and_nothing_is_saved(two_studies: Store, ann: Actor) -> None:
    given = [
        Coding("maker2001", "A", "Text", "health", "+"),
        Coding("nobody", "A", "Text", "health", "+"),
        Coding("maker2001", "B", None, "health", "+"),
        Coding("maker2001", "C", "Text", "health", "++"),
        Coding("maker2001", "D", "Text", "health", "+", subelement="stres"),
        Coding("maker2001", "E", "Text", "health", "+", perspective="patient"),
        Coding("maker2001", "", "Text", "health", "+"),
    ]
    with pytest.raises(DecisionError) as caught:
        coding.put(two_studies, ann, WORKWELL, KEYS, given)
    for words in (
        "A:nobody: there is no study 'nobody'",
        "B:maker2001: has no text",
        "C:maker2001: '++' is not one of: +, -, 0",
        "'health' has no sub-element 'stres' (did you mean 'stress'?)",
        "'patient' is not one of: mentor, mentee, organisation",
        "the statement has no id",
    ):
        assert words in caught.value.message
    with two_studies.read() as connection:
        assert rows.codings(connection) == []


def test_coverage_and_gaps() -> None:
    def row(study: str, component: str, polarity: str, quote: str | None = "said") -> dict[str, object]:
        key = f"{component}:{study}"
        return {"key": key, "study": study, "component": component, "polarity": polarity, "quote": quote}

    said = [row("b", "health", "+"), row("a", "health", "-"), row("a", "emergent: x", "0"), row("z", "work", "+", None)]
    cover = {one.component: one for one in coding.coverage(WORKWELL, said)}
    assert list(cover) == ["relationships", "health", "specialist_support", "work", "working_well", "emergent: x"]
    assert cover["health"].studies == ("a", "b")
    assert cover["health"].polarities == {"+": 1, "-": 1, "0": 0}
    assert coding.gaps(["a", "b", "c"], said) == (
        "study c is in no finding",
        "coding work:z is of z, which is not an included study",
    )
    assert coding.gaps(["a"], [row("a", "work", "+", None)]) == ("coding work:a of a has no quote",)
