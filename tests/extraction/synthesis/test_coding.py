"""Coding: only the framework's components or ones marked as emergent; nobody's work is overwritten; coverage."""

from __future__ import annotations

import pytest

from extraction import fillings, library
from extraction.synthesis import coding, coding_rows, themes
from extraction.synthesis.coding import Coding
from review.errors import DecisionError
from review.protocol import Protocol
from review.protocol.model import Synthesis
from review.store import Actor, Store

KEYS = ("maker2001", "maker2002")
WORKWELL = library.framework("bitc-workwell")
SINGLE = Protocol("Mentoring", "What is known?", "0" * 64, "")
DOUBLE = Protocol("Mentoring", "What is known?", "0" * 64, "", synthesis=Synthesis(coding="double"))
SHEET = fillings.framework_sheet(WORKWELL)


def test_a_coding_is_kept_with_all_it_says(two_studies: Store, ann: Actor) -> None:
    given = Coding(
        "maker2001", "W7", "More equal", "Better work", "+",
        subelement="Trust and respect", perspective="mentee", evidence="perceived", quote="we talk", place="p. 554",
        file="f" * 64,
    )  # fmt: skip
    coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, [given])
    with two_studies.read() as connection:
        (kept,) = coding_rows.codings(connection)
    expected = {
        "key": "W7:maker2001", "study": "maker2001", "statement": "W7", "text": "More equal", "component": "work",
        "subelement": "trust and respect", "polarity": "+", "perspective": "mentee", "evidence": "perceived",
        "quote": "we talk", "place": "p. 554", "person": ann.person,
        "file": "f" * 64, "framework": "bitc-workwell@2013", "name": "Ann",
    }  # fmt: skip
    assert {name: kept[name] for name in expected} == expected


def test_the_same_key_supersedes_and_clearing_takes_back(two_studies: Store, ann: Actor) -> None:
    for polarity in ("+", "-"):
        coding.put(
            two_studies, ann, SINGLE, WORKWELL, KEYS, [Coding("maker2001", "H1", "Text", "health", polarity, key="k")]
        )
    with two_studies.read() as connection:
        assert [(row["key"], row["polarity"]) for row in coding_rows.codings(connection)] == [("k", "-")]
    coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, [Coding("maker2001", "H1", key="k", cleared=True)])
    with two_studies.read() as connection:
        assert coding_rows.codings(connection) == []


def test_an_emergent_theme_must_be_marked_as_one(two_studies: Store, ann: Actor) -> None:
    coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, [Coding("maker2001", "E1", "Burden", "emergent: burden", "-")])
    with two_studies.read() as connection:
        assert coding_rows.codings(connection)[0]["component"] == "emergent:burden"
    with pytest.raises(DecisionError, match="has no component 'relationship'"):
        coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, [Coding("maker2001", "R1", "Text", "relationship", "+")])


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
        coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, given)
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
        assert coding_rows.codings(connection) == []


def test_coverage_counts_studies_and_polarities() -> None:
    def row(study: str, component: str, polarity: str) -> dict[str, object]:
        return {"study": study, "component": component, "polarity": polarity}

    said = [row("b", "health", "+"), row("a", "health", "-"), row("a", "emergent:x", "0"), row("z", "work", "+")]
    cover = {one.component: one for one in coding.coverage(WORKWELL, said)}
    assert list(cover) == ["relationships", "health", "specialist_support", "work", "working_well", "emergent:x"]
    assert cover["health"].studies == ("a", "b")
    assert cover["health"].polarities == {"+": 1, "-": 1, "0": 0}


def test_a_page_saves_only_over_what_it_showed(two_studies: Store, ann: Actor) -> None:
    def save(text: str, base: str | None, key: str | None = None) -> str:
        given = Coding("maker2001", "H1", text, "health", "+", key=key)
        return coding.save(two_studies, ann, SINGLE, WORKWELL, KEYS, given, base).id

    first = save("One", None)
    second = save("Another excerpt of the same statement", None)
    changed = save("One, changed", first, "H1:maker2001")
    with pytest.raises(DecisionError, match="was changed by Ann meanwhile: “One, changed” under health"):
        save("From a window left open", first, "H1:maker2001")
    with pytest.raises(DecisionError, match="meanwhile"):
        coding.remove(two_studies, ann, SINGLE, WORKWELL, "H1:maker2001", first)
    coding.remove(two_studies, ann, SINGLE, WORKWELL, "H1:maker2001", changed)
    with two_studies.read() as connection:
        left = coding_rows.codings(connection)
    assert [(row["key"], row["event"]) for row in left] == [("H1:maker2001.2", second)]


def test_coded_by_two_nobody_sees_the_other_and_a_third_is_refused(
    two_studies: Store, ann: Actor, ben: Actor, cleo: Actor
) -> None:
    given = Coding("maker2001", "H1", "Text", "health", "+")
    for actor in (ann, ben):
        coding.put(two_studies, actor, DOUBLE, WORKWELL, KEYS, [given])
    with pytest.raises(DecisionError, match="maker2001: Ann and Ben code it"):
        coding.put(two_studies, cleo, DOUBLE, WORKWELL, KEYS, [given])
    for actor in (ann, ben):
        with two_studies.read() as connection:
            rows = fillings.seen(connection, DOUBLE, SHEET, coding_rows.codings(connection), actor.person)
            assert [row["person"] for row in rows] == [actor.person]
        fillings.done(two_studies, actor, DOUBLE, SHEET, "maker2001", WORKWELL.version)
    with two_studies.read() as connection:
        assert len(fillings.seen(connection, DOUBLE, SHEET, coding_rows.codings(connection), cleo.person)) == 2


def test_another_spelling_of_a_theme_is_that_theme_and_an_explicit_choice_undoes_a_split(
    two_studies: Store, ann: Actor
) -> None:
    def put(component: str) -> str:
        coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, [Coding("maker2001", "E1", "Text", component, "-")])
        with two_studies.read() as connection:
            return str(coding_rows.codings(connection)[0]["component"])

    assert [put(name) for name in ("emergent: Night  work", "EMERGENT:night WORK")] == ["emergent:Night work"] * 2
    mine = [("E1:maker2001", ann.person)]
    themes.split(two_studies, ann, WORKWELL, "emergent:Night work", "shifts", mine)
    assert put("emergent:shifts") == "emergent:shifts"
    assert put("emergent:night work") == "emergent:Night work"


def test_ids_that_would_break_a_table_are_refused(two_studies: Store, ann: Actor) -> None:
    given = [
        Coding("maker2001", "A;B", "Text", "health", "+"),
        Coding("maker2001", "C", "Text", "health", "+", key="x" * 201),
        Coding("maker2001", "D", "Text", "emergent:" + "y" * 201, "+"),
    ]
    with pytest.raises(DecisionError) as caught:
        coding.put(two_studies, ann, SINGLE, WORKWELL, KEYS, given)
    assert caught.value.message.count("more than 200") == 2
    assert "has a ';'" in caught.value.message
