"""Findings, configurations and memos: on codings there are, never overwritten unseen, agreed with as they stand."""

from __future__ import annotations

import pytest

from extraction import library
from extraction.synthesis import cmo, coding, coding_rows, findings, memos, themes
from extraction.synthesis.cmo import Configuration
from extraction.synthesis.coding import Coding
from extraction.synthesis.findings import Finding
from review.errors import DecisionError
from review.protocol import Protocol
from review.store import Actor, Store
from review.store.verify import verify

KEYS = ("maker2001", "maker2002")
WORKWELL = library.framework("bitc-workwell")
PROTOCOL = Protocol("Mentoring", "What is known?", "0" * 64, "")


@pytest.fixture
def coded(two_studies: Store, ann: Actor) -> Store:
    given = [Coding(key, "H1", "Calm", "health", sign) for key, sign in zip(KEYS, "+-", strict=True)]
    coding.put(two_studies, ann, PROTOCOL, WORKWELL, KEYS, given)
    return two_studies


def stated(store: Store) -> list[dict[str, object]]:
    with store.read() as connection:
        verify(connection)
        return findings.all(connection)


def test_a_finding_names_codings_on_two_sides_and_who_agrees_is_asked_again_when_it_changes(
    coded: Store, ann: Actor, ben: Actor
) -> None:
    one, two = ((f"H1:{key}", ann.person) for key in KEYS)
    given = Finding("F1", "Better physical and psychological health", "It calms", [one, one], [two], "as coded")
    first = findings.save(coded, ann, WORKWELL, given, None).id
    findings.assent(coded, ben, "F1", True, acts_on=first)
    (row,) = stated(coded)
    assert (row["theme"], row["supporting"], row["contradicting"], row["gone"]) == ("health", [one], [two], [])
    assert [(a["name"], a["agrees"], a["current"]) for a in row["assents"]] == [("Ben", True, True)]  # type: ignore[attr-defined]
    findings.save(coded, ann, WORKWELL, Finding("F1", "health", "It calms some", [one], [two]), first)
    with pytest.raises(DecisionError, match="changed by Ann meanwhile: “It calms some”"):
        findings.assent(coded, ben, "F1", True, acts_on=first)
    (row,) = stated(coded)
    assert [a["current"] for a in row["assents"]] == [False]  # type: ignore[attr-defined]


def test_two_who_write_one_finding_at_once_both_learn_of_it(coded: Store, ann: Actor, ben: Actor) -> None:
    first = findings.save(coded, ann, WORKWELL, Finding("F1", "health", "Ann's"), None).id
    with pytest.raises(DecisionError, match="finding F1 was made by Ann meanwhile: “Ann's”"):
        findings.save(coded, ben, WORKWELL, Finding("F1", "health", "Ben's"), None)
    findings.save(coded, ben, WORKWELL, Finding("F1", "health", "Ben's"), first)
    with pytest.raises(DecisionError, match="changed by Ben meanwhile: “Ben's”"):
        findings.save(coded, ann, WORKWELL, Finding("F1", cleared=True), first)
    assert [row["statement"] for row in stated(coded)] == ["Ben's"]


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (Finding("F1", "helth", "It calms"), "there is no theme 'helth'"),
        (Finding("F1", "emergent:calm", "It calms"), "there is no theme 'emergent:calm'"),
        (Finding("F1", "health", " \x00 "), "finding F1: has no statement"),
        (Finding("F1", "health", "It calms", [("H9:x", "p")]), "there is no coding H9:x"),
        (Finding("F;1", "health", "It calms"), "has a ';'"),
        (Finding("", "health", "It calms"), "has no key"),
    ],
)
def test_findings_that_cannot_be(coded: Store, ann: Actor, finding: Finding, words: str) -> None:
    with pytest.raises(DecisionError, match=words):
        findings.save(coded, ann, WORKWELL, finding, None)
    assert stated(coded) == []


def test_one_coding_is_not_on_both_sides(coded: Store, ann: Actor) -> None:
    one = (f"H1:{KEYS[0]}", ann.person)
    with pytest.raises(DecisionError, match="both supports and contradicts"):
        findings.save(coded, ann, WORKWELL, Finding("F1", "health", "It calms", [one], [one]), None)
    with pytest.raises(DecisionError, match="both supports and refutes"):
        cmo.save(coded, ann, Configuration("C1", "a", "b", "c", supporting=[one], refuting=[one]), None)


def test_a_configuration_has_lines_of_context_and_mechanism(coded: Store, ann: Actor, ben: Actor) -> None:
    one = (f"H1:{KEYS[0]}", ann.person)
    given = Configuration(
        "C1", "Night work\n\n Rural ", ["Being heard", "Being heard"], "Calm", sources=[KEYS[0], "Report"]
    )
    first = cmo.save(coded, ann, given, None).id
    with coded.read() as connection:
        (row,) = cmo.all(connection)
    assert (row["context"], row["mechanism"]) == (["Night work", "Rural"], ["Being heard"])
    with pytest.raises(DecisionError, match="made by Ann meanwhile: “Calm”"):
        cmo.save(coded, ben, Configuration("C1", "x", "y", "z"), None)
    with pytest.raises(DecisionError, match="configuration C1: has no mechanism"):
        cmo.save(coded, ben, Configuration("C1", "x", " ", "z"), first)
    cmo.save(coded, ben, Configuration("C1", "x", "y", "z", supporting=[one]), first)


def test_what_is_said_of_a_theme_follows_it_when_it_is_merged(coded: Store, ann: Actor, ben: Actor) -> None:
    calm, rest = (themes.make(coded, ann, name) for name in ("calm", "rest"))
    findings.save(coded, ann, WORKWELL, Finding("F1", calm, "It calms"), None)
    for actor in (ann, ben):
        memos.save(coded, actor, WORKWELL, calm, f"Memo of {actor.person}")
    themes.merge(coded, ann, calm, rest)
    assert stated(coded)[0]["theme"] == rest
    with coded.read() as connection:
        assert [memo["name"] for memo in memos.all(connection, rest)] == ["Ann", "Ben"]
    memos.save(coded, ben, WORKWELL, rest, "Of rest too")
    with coded.read() as connection:
        assert len(memos.all(connection, rest)) == 3
        assert coding_rows.memos(connection, calm)


def test_an_empty_memo_takes_it_back(coded: Store, ann: Actor) -> None:
    memos.save(coded, ann, WORKWELL, "health", "Think of time")
    memos.save(coded, ann, WORKWELL, "health", " ")
    with coded.read() as connection:
        assert memos.all(connection) == []
