"""Appraisal: responses of the instrument only, open items as text, items by design, and no total anywhere."""

from __future__ import annotations

from dataclasses import fields

import pytest

from extraction import appraisal, library, rows
from extraction.appraisal import Appraised, Judgement
from review.errors import DecisionError
from review.store import Actor, Store

KEYS = ("maker2001", "maker2002")
CASP = library.instrument("casp-qualitative-2018")
MMAT = library.instrument("mmat-2018")


def test_judgements_are_kept_by_code_with_reason_and_place(two_studies: Store, ann: Actor) -> None:
    given = [
        Judgement("maker2001", "1", "Can't tell", reason="aim is implied", quote="we wondered", place="p. 1"),
        Judgement("maker2001", "10", "Adds the view of trainees"),
        Judgement("maker2002", "10", "not reported"),
    ]
    appraisal.put(two_studies, ann, CASP, KEYS, given)
    with two_studies.read() as connection:
        kept = rows.judgements(connection, CASP.name)
    assert [(row["study"], row["item"], row["response"]) for row in kept] == [
        ("maker2001", "1", "cant_tell"),
        ("maker2001", "10", "Adds the view of trainees"),
        ("maker2002", "10", "not_reported"),
    ]
    assert (kept[0]["reason"], kept[0]["quote"], kept[0]["place"]) == ("aim is implied", "we wondered", "p. 1")


def test_a_judgement_is_taken_back(two_studies: Store, ann: Actor) -> None:
    appraisal.put(two_studies, ann, CASP, KEYS, [Judgement("maker2001", "1", "yes")])
    appraisal.put(two_studies, ann, CASP, KEYS, [Judgement("maker2001", "1", cleared=True)])
    with two_studies.read() as connection:
        assert rows.judgements(connection, CASP.name) == []


def test_faults_are_told_together_and_nothing_is_saved(two_studies: Store, ann: Actor) -> None:
    given = [
        Judgement("maker2001", "1", "yes"),
        Judgement("maker2001", "11", "yes"),
        Judgement("maker2001", "2", "partly"),
        Judgement("maker2001", "3"),
        Judgement("nobody", "1", "yes"),
    ]
    with pytest.raises(DecisionError) as caught:
        appraisal.put(two_studies, ann, CASP, KEYS, given)
    for words in (
        "casp-qualitative-2018 has no item '11'",
        "item 2: 'partly' is not one of: yes, cant_tell, no, not_reported",
        "item 3: no response is given",
        "there is no study 'nobody'",
    ):
        assert words in caught.value.message
    with two_studies.read() as connection:
        assert rows.judgements(connection, CASP.name) == []


def test_an_instrument_is_for_its_designs_and_mmat_has_a_set_for_each() -> None:
    assert appraisal.fits(CASP, "qualitative") and not appraisal.fits(CASP, "mixed")
    assert appraisal.fits(CASP, None)
    assert [item.id for item in appraisal.items_for(MMAT, "mixed")] == ["S1", "S2", "5.1", "5.2", "5.3", "5.4", "5.5"]
    assert appraisal.items_for(CASP, "mixed") == CASP.items


def test_designs_come_from_the_answers() -> None:
    said = [
        {"study": "a", "field": "design", "value": "mixed", "missing": None},
        {"study": "b", "field": "design", "value": None, "missing": "not_applicable"},
        {"study": "c", "field": "design", "value": None, "missing": "unclear"},
        {"study": "a", "field": "aim", "value": "qualitative", "missing": None},
    ]
    assert appraisal.designs(said) == {"a": "mixed", "b": "none"}


def test_progress_counts_items_and_not_a_score() -> None:
    said = [
        {"study": "a", "item": "1", "response": "no"},
        {"study": "a", "item": "2", "response": "yes"},
        {"study": "a", "item": "3", "response": "not_reported"},
    ]
    (first,) = appraisal.progress(CASP, ["a", "b"], said, {"b": "mixed"})
    assert first == Appraised("a", CASP.name, items=10, judged=3, not_reported=1, screening_no=True)
    assert not {"score", "total"} & {field.name for field in fields(Appraised)}


def test_progress_under_mmat_counts_only_the_sets_of_the_design() -> None:
    said = [{"study": "a", "item": item, "response": "yes"} for item in ("S1", "S2", "5.1")]
    (known,) = appraisal.progress(MMAT, ["a"], said, {"a": "mixed"})
    assert (known.items, known.judged) == (7, 3)
