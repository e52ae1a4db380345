"""Appraisal: responses of the instrument only, open items as text, items by design, and no total anywhere."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from extraction import appraisal, fillings, library, rows
from extraction.appraisal import Appraised, Judgement
from review.errors import DecisionError
from review.protocol import Protocol
from review.protocol.levels import faults
from review.protocol.model import Level, Synthesis
from review.store import Actor, Store
from review.store.events import enrol

KEYS = ("maker2001", "maker2002")
CASP = library.instrument("casp-qualitative-2018")
MMAT = library.instrument("mmat-2018")
JBI = library.instrument("jbi-text-opinion")
CERQUAL = library.instrument("grade-cerqual")
PROTOCOL = Protocol("Mentoring", "What is known?", "0" * 64, "")


def test_judgements_are_kept_by_code_with_reason_and_place(two_studies: Store, ann: Actor) -> None:
    given = [
        Judgement("maker2001", "1", "Can't tell", reason="aim is implied", quote="we wondered", place="p. 1"),
        Judgement("maker2001", "10", "Adds the view of trainees"),
        Judgement("maker2002", "10", "not reported"),
    ]
    appraisal.put(two_studies, ann, PROTOCOL, CASP, KEYS, given)
    with two_studies.read() as connection:
        kept = rows.judgements(connection, CASP.name)
    assert [(row["study"], row["item"], row["response"]) for row in kept] == [
        ("maker2001", "1", "cant_tell"),
        ("maker2001", "10", "Adds the view of trainees"),
        ("maker2002", "10", "not_reported"),
    ]
    assert (kept[0]["reason"], kept[0]["quote"], kept[0]["place"]) == ("aim is implied", "we wondered", "p. 1")


def test_a_judgement_is_taken_back(two_studies: Store, ann: Actor) -> None:
    appraisal.put(two_studies, ann, PROTOCOL, CASP, KEYS, [Judgement("maker2001", "1", "yes")])
    appraisal.put(two_studies, ann, PROTOCOL, CASP, KEYS, [Judgement("maker2001", "1", cleared=True)])
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
        appraisal.put(two_studies, ann, PROTOCOL, CASP, KEYS, given)
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
        {"study": "a", "field": "kind", "value": "commentary", "missing": None},
        {"study": "d", "field": "kind", "value": "commentary", "missing": None},
        {"study": "e", "field": "kind", "value": "research", "missing": None},
    ]
    assert appraisal.designs(said) == {"a": "mixed", "b": "none", "d": "none"}
    settled = [{"study": "b", "field": "design", "value": "qualitative", "missing": None},
               {"study": "a", "field": "design", "value": None, "missing": "not_applicable"}]  # fmt: skip
    assert appraisal.designs([*said, *settled]) == {"a": "none", "b": "qualitative", "d": "none"}


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
    parts = [*said, *({"study": "a", "item": item, "response": "no"} for item in ("1.1", "4.1"))]
    (mixed,) = appraisal.progress(MMAT, ["a"], parts, {"a": "mixed"})
    assert (mixed.items, mixed.judged) == (9, 5)  # the sets of its parts count once they are judged


def test_the_overall_judgement_has_levels_of_its_own_and_nothing_computes_it(two_studies: Store, ann: Actor) -> None:
    given = [Judgement("maker2001", "1", "yes"), Judgement("maker2001", "overall", "Seek further information")]
    appraisal.put(two_studies, ann, PROTOCOL, JBI, KEYS, given)
    with two_studies.read() as connection:
        kept = rows.judgements(connection, JBI.name)
    assert [(row["item"], row["response"]) for row in kept] == [("1", "yes"), ("overall", "seek_info")]
    assert [item.id for item in appraisal.items_for(JBI, "none")] == ["1", "2", "3", "4", "5", "6", "overall"]
    assert "overall" not in {item.id for item in appraisal.items_for(CASP, "qualitative")}
    with pytest.raises(DecisionError, match="'yes' is not one of: include, exclude, seek_info, not_reported"):
        appraisal.put(two_studies, ann, PROTOCOL, JBI, KEYS, [Judgement("maker2001", "overall", "yes")])
    with pytest.raises(DecisionError, match="has no item 'overall'"):
        appraisal.put(two_studies, ann, PROTOCOL, CASP, KEYS, [Judgement("maker2001", "overall", "include")])


def test_cerqual_appraises_findings_and_no_study(two_studies: Store, ann: Actor) -> None:
    keys = (*KEYS, "finding:calm")
    appraisal.put(two_studies, ann, PROTOCOL, CERQUAL, keys, [Judgement("finding:calm", "coherence", "Minor concerns")])
    for instrument, key in ((CERQUAL, "maker2001"), (CASP, "finding:calm")):
        with pytest.raises(DecisionError, match="does not appraise"):
            appraisal.put(
                two_studies, ann, PROTOCOL, instrument, keys, [Judgement(key, instrument.items[0].id, "minor")]
            )
    assert [one.study for one in appraisal.progress(CERQUAL, keys, [], {})] == ["finding:calm"]
    assert [one.study for one in appraisal.progress(CASP, keys, [], {})] == list(KEYS)


def test_a_judgement_is_saved_over_the_one_that_was_seen(two_studies: Store, ann: Actor) -> None:
    def save(response: str, base: str | None) -> str:
        said = Judgement("maker2001", "1", response, file="f" * 64)
        return appraisal.save(two_studies, ann, PROTOCOL, CASP, KEYS, said, base).id

    first = save("yes", None)
    with pytest.raises(DecisionError, match="item 1 was changed in another window: there it is Yes"):
        save("no", None)
    save("no", first)
    with two_studies.read() as connection:
        (kept,) = rows.judgements(connection, CASP.name)
    assert (kept["response"], kept["file"]) == ("no", "f" * 64)


def test_two_appraise_without_seeing_each_other_and_a_third_has_no_place(
    two_studies: Store, ann: Actor, ben: Actor
) -> None:
    double = replace(PROTOCOL, synthesis=Synthesis(appraisal="double"))
    for actor, response in ((ann, "yes"), (ben, "no")):
        appraisal.put(two_studies, actor, double, CASP, KEYS, [Judgement("maker2001", "1", response)])
    with two_studies.write() as connection:
        cat = Actor(enrol(two_studies, connection, "Cat"), "0" * 64)
    with pytest.raises(DecisionError, match="maker2001: Ann and Ben appraise it"):
        appraisal.put(two_studies, cat, double, CASP, KEYS, [Judgement("maker2001", "1", "yes")])
    sheet = fillings.instrument_sheet(CASP)
    with two_studies.read() as connection:
        current = rows.judgements(connection, CASP.name)
        own = fillings.seen(connection, double, sheet, current, ann.person)
        nobody = fillings.seen(connection, double, sheet, current)
    assert ([row["response"] for row in own], nobody) == (["yes"], [])
    for actor in (ann, ben):
        fillings.done(two_studies, actor, double, sheet, "maker2001", CASP.edition)
    with two_studies.read() as connection:
        assert len(fillings.seen(connection, double, sheet, current, ann.person)) == 2


SHIPPED = tuple(library.instrument(name) for name in library.names("instruments"))


@pytest.mark.parametrize(
    ("design", "kind", "instrument"),
    [
        ("qualitative", "research", "casp-qualitative-2018"),
        ("randomised", "research", "casp-rct-2018"),
        ("cohort", None, "casp-cohort-2018"),
        ("case-control", None, "casp-case-control-2018"),
        ("cross-sectional", None, "casp-cross-sectional-2024"),
        ("analytical-cross-sectional", None, "casp-cross-sectional-2024"),
        ("non-randomised", None, "mmat-2018"),
        ("prevalence", None, "jbi-prevalence"),
        ("diagnostic", None, "casp-diagnostic-2018"),
        ("economic", None, "casp-economic-2018"),
        ("prediction-rule", None, "casp-prediction-rule-2018"),
        ("systematic-review", None, "casp-systematic-review-2018"),
        ("mixed", "research", "mmat-2018"),
        ("quantitative", "research", "mmat-2018"),
        ("none", "commentary", "jbi-text-opinion"),
        (None, "commentary", "jbi-text-opinion"),
        (None, "research", None),
        (None, None, None),
        ("ethnomusicological", None, None),
    ],
)
def test_the_instrument_for_each_design(design: str | None, kind: str | None, instrument: str | None) -> None:
    assert appraisal.suggest(SHIPPED, design, kind).instrument == instrument


def test_a_suggestion_says_why_and_what_else_would_do() -> None:
    one = appraisal.suggest((MMAT, CASP, JBI, CERQUAL), "qualitative", "research")
    assert (one.instrument, one.why, one.others) == (CASP.name, "made for qualitative studies", (MMAT.name,))
    assert appraisal.suggest((CASP,), "mixed").why == "no instrument of the protocol is made for mixed studies"
    assert appraisal.suggest((CASP,), None).why == "the design of the study is not extracted yet"


def test_an_instrument_that_does_not_fit_is_said() -> None:
    assert appraisal.misfit(CASP, "mixed") == "CASP qualitative (2018) is not made for mixed studies"
    assert appraisal.misfit(CASP, None, "commentary") == (
        "CASP qualitative (2018) is not made for papers that are not research"
    )
    assert appraisal.misfit(CASP, None) is None and appraisal.misfit(CASP, "qualitative") is None
    assert appraisal.misfit(CERQUAL, "mixed") is None


HIGH, MIDDLE = Level("High", (("no", 0), ("cant_tell", 1))), Level("Middle", (("no", 2),))


@pytest.mark.parametrize(
    ("responses", "level"),
    [
        (["yes", "yes", "cant_tell"], "High"),
        (["yes", "cant_tell", "cant_tell"], "Middle"),
        (["no", "no", "yes"], "Middle"),
        (["no", "no", "no"], None),
        (["yes", "yes", None], None),
        (["yes", "yes", "not_reported"], None),
        ([], None),
    ],
)
def test_a_level_is_the_first_that_fits_and_what_is_unknown_has_none(
    responses: list[str | None], level: str | None
) -> None:
    assert appraisal.level_of((HIGH, MIDDLE), responses) == level


def test_a_rule_that_counts_a_response_of_no_instrument_is_a_fault() -> None:
    assert faults((HIGH, MIDDLE), ("yes", "no", "cant_tell")) == ()
    (fault,) = faults((HIGH, MIDDLE), ("yes", "no", "cannot_tell"))
    assert str(fault) == (
        "synthesis.levels: 'cant_tell' of level 'High' is a response of no instrument (did you mean 'cannot_tell'?)"
    )
