"""Two coders compared: only what both finished, cell by cell; and the codebook that they share."""

from __future__ import annotations

import pytest

from extraction import fillings, final, library
from extraction.synthesis import coders, coding, coding_rows, memos, themes
from extraction.synthesis.codebook import codebook
from extraction.synthesis.coding import Coding
from review.errors import DecisionError
from review.protocol import Protocol
from review.protocol.model import Synthesis
from review.store import Actor, Entry, Store, append_many

KEYS = ("maker2001", "maker2002")
WORKWELL = library.framework("bitc-workwell")
DOUBLE = Protocol("Mentoring", "What is known?", "0" * 64, "", synthesis=Synthesis(coding="double"))
SHEET = fillings.framework_sheet(WORKWELL)


def test_what_two_coded_is_compared_once_both_are_done(two_studies: Store, ann: Actor, ben: Actor) -> None:
    def code(actor: Actor, study: str, component: str, sign: str) -> None:
        given = Coding(study, f"{component}{sign}", "Text", component, sign)
        coding.put(two_studies, actor, DOUBLE, WORKWELL, KEYS, [given])

    for actor, component, sign in (
        (ann, "health", "+"), (ann, "work", "+"), (ann, "work", "-"), (ben, "work", "+"), (ben, "emergent:cost", "-"),
    ):  # fmt: skip
        code(actor, KEYS[0], component, sign)
        code(actor, KEYS[1], component, sign)
    with two_studies.read() as connection, pytest.raises(DecisionError, match="no study yet that Ann and Ben both"):
        coders.compare(connection, DOUBLE, WORKWELL, ann.person, ben.person)
    for actor in (ann, ben):
        fillings.done(two_studies, actor, DOUBLE, SHEET, KEYS[0], WORKWELL.version)
    fillings.done(two_studies, ann, DOUBLE, SHEET, KEYS[1], WORKWELL.version)
    with two_studies.read() as connection:
        assert coders.pairs(connection, DOUBLE, WORKWELL) == [tuple(sorted((ann.person, ben.person)))]
        found = coders.compare(connection, DOUBLE, WORKWELL, ann.person, ben.person)
    assert (found.names, found.studies, found.waiting) == (("Ann", "Ben"), (KEYS[0],), (KEYS[1],))
    assert {cell.component: (cell.by, cell.differs) for cell in found.cells} == {
        "relationships": ("neither", False), "health": ("first", False), "specialist_support": ("neither", False),
        "work": ("both", True), "emergent:cost": ("second", False),
    }  # fmt: skip
    assert (found.overall.n, found.overall.observed) == (5, 0.6)
    # pe = 2/5·2/5 + 3/5·3/5 = 0.52: kappa (0.6 − 0.52) / 0.48; AC1: pi = 0.4, pe = 0.48: (0.6 − 0.48) / 0.52
    assert found.overall.kappa == pytest.approx(1 / 6)
    assert found.overall.ac1 == pytest.approx(3 / 13)
    assert dict(found.components)["work"].observed == 1


def test_the_codebook_counts_what_stands_under_each_code(two_studies: Store, ann: Actor) -> None:
    single = Protocol("Mentoring", "What is known?", "0" * 64, "")
    given = [
        Coding(KEYS[0], "H1", "Calm", "health", "+", subelement="stress"),
        Coding(KEYS[1], "H1", "Calm", "health", "+"),
        Coding(KEYS[1], "E1", "Cost", "emergent:cost", "-"),
        Coding(KEYS[0], "E2", "Money", "emergent:money", "-"),
    ]
    coding.put(two_studies, ann, single, WORKWELL, KEYS, given)
    themes.merge(two_studies, ann, "emergent:money", "emergent:cost")
    memos.save(two_studies, ann, WORKWELL, "emergent:cost", "Who pays?")
    themes.make(two_studies, ann, "Time", gloss="Hours")
    with two_studies.read() as connection:
        codes = {one.id: one for one in codebook(connection, WORKWELL)}
        hidden = codebook(connection, WORKWELL, lambda rows: [])
        assert coding_rows.codings(connection)
    assert [codes["health"].codings, codes["stress"].codings, codes["stress"].under] == [2, 1, "health"]
    cost = codes["emergent:cost"]
    assert (cost.codings, cost.studies, cost.merged) == (2, KEYS, ("money",))
    assert [memo["text"] for memo in cost.memos] == ["Who pays?"]
    assert (codes["emergent:Time"].gloss, codes["emergent:Time"].codings) == ("Hours", 0)
    assert [one.id for one in hidden if one.kind == "theme"] == ["emergent:Time"]


def test_reports_keep_the_words_of_both_coders_and_leave_out_a_study_excluded_since(
    two_studies: Store, ann: Actor, ben: Actor
) -> None:
    """Of two codings with one key the words of the older one were printed for both, under the component of either."""
    for actor, text, component in ((ann, "More sleep", "health"), (ben, "No pay", "work")):
        given = [Coding(study, "S1", text, component, "+") for study in KEYS]
        coding.put(two_studies, actor, DOUBLE, WORKWELL, KEYS, given)
        for study in KEYS:
            fillings.done(two_studies, actor, DOUBLE, SHEET, study, WORKWELL.version)
    said = {"report": 2, "stage": "full-text", "verdict": "exclude", "reasons": [], "note": None}
    with two_studies.write() as connection:
        append_many(two_studies, connection, ann, [Entry("decision", said)])
    with two_studies.read() as connection:
        taken = final.extracted(connection, DOUBLE, None, WORKWELL, ())
    assert {(row["study"], row["text"], row["component"]) for row in taken.codings} == {
        (KEYS[0], "More sleep", "health"), (KEYS[0], "No pay", "work"),
    }  # fmt: skip
