"""Filled tables of appraisal and coding: what they change is shown first, and nothing is lost by what is not there."""

from __future__ import annotations

import pytest

from extraction import appraisal, library, rows
from extraction.appraisal import Judgement
from extraction.synthesis import coding, coding_rows
from extraction.synthesis.coding import Coding
from extraction.tabular import sheets
from extraction.tabular.exchange import write_csv
from extraction.tabular.plans import Plan, carry_out
from extraction.tabular.workbooks import write_xlsx
from review.errors import DecisionError
from review.forms import FINDING
from review.protocol import Protocol
from review.store import Actor, Store

KEYS = ("maker2001", "maker2002")
PROTOCOL = Protocol("Mentoring", "What is known?", "0" * 64, "")
CASP, MMAT = library.instrument("casp-qualitative-2018"), library.instrument("mmat-2018")
JBI, CERQUAL = library.instrument("jbi-text-opinion"), library.instrument("grade-cerqual")
WORKWELL = library.framework("bitc-workwell")
JUDGED = "study,instrument,item,response,reason,quote,place,clear\n"
CODED = "key,study,statement,text,component,subelement,polarity,perspective,evidence,quote,place,clear\n"


def changes(result: Plan) -> list[tuple[str, str, str]]:
    return [(change.kind, change.what, change.text) for change in result.changes]


def judged(store: Store, actor: Actor) -> dict[str, list[dict[str, object]]]:
    with store.read() as connection:
        return {CASP.name: rows.judgements(connection, CASP.name, actor.person)}


def coded(store: Store, actor: Actor) -> list[dict[str, object]]:
    with store.read() as connection:
        return coding_rows.codings(connection, person=actor.person)


def save(store: Store, actor: Actor, plan: Plan) -> int:
    return carry_out(
        store,
        actor,
        plan,
        lambda connection, entries: coding.guard(store, connection, actor, PROTOCOL, WORKWELL, entries),
        lambda connection: coding_rows.codings(connection, person=actor.person),
    )


def test_appraisal_offers_the_instrument_that_fits_with_its_overall_judgement() -> None:
    design = {"maker2001": "qualitative", "maker2002": "none"}
    table = sheets.judgements_table([CASP, MMAT, JBI, CERQUAL], (*KEYS, FINDING + "work"), {}, design)
    offered = [(row[0], row[1]) for row in table.rows]
    assert {pair: offered.count(pair) for pair in offered} == {
        ("maker2001", CASP.name): 10, ("maker2001", MMAT.name): 7, ("maker2002", JBI.name): 7,
        (FINDING + "work", CERQUAL.name): len(CERQUAL.judged),
    }  # fmt: skip
    hints = {row[2]: row[4] for row in table.rows if row[1] == JBI.name}
    assert hints["overall"] == "one of include, exclude, seek_info, not_reported"
    assert hints["1"] == "one of yes, no, unclear, not_applicable, not_reported"


def test_judgements_come_back_with_their_files_where_the_quote_stayed(two_studies: Store, ann: Actor) -> None:
    given = [
        Judgement("maker2001", "1", "yes", "plain", "We asked", "p. 2", file="a" * 64),
        Judgement("maker2001", "2", "no", None, "They said", "p. 3", file="b" * 64),
    ]
    appraisal.put(two_studies, ann, PROTOCOL, CASP, KEYS, given)
    have = judged(two_studies, ann)
    table = sheets.judgements_table([CASP], KEYS, have, {"maker2001": "qualitative", "maker2002": "none"})
    again = sheets.judgements_plan([CASP], KEYS, have, write_xlsx(table))
    assert (again.changes, again.faults, again.same, again.empty, again.notes) == ((), (), 2, 8, ())
    text = JUDGED + (
        "maker2001,casp-qualitative-2018,1,no,plain,We asked,p. 2,\nmaker2001,casp-qualitative-2018,2,no,,They,p. 3,\n"
    )
    result = sheets.judgements_plan([CASP], KEYS, have, text.encode())
    assert changes(result) == [
        ("changed", "maker2001, casp-qualitative-2018, 1", "response: yes → no"),
        ("changed", "maker2001, casp-qualitative-2018, 2", "quote: They said → They"),
    ]
    assert [change.entry.payload["file"] for change in result.changes] == ["a" * 64, None]
    wrong = sheets.judgements_plan([CASP], KEYS, have, text.replace("casp-qualitative-2018", "casp").encode())
    assert "'casp' is no instrument of this review" in str(wrong.faults[0])


def test_codings_round_trip_and_new_rows_are_taken(two_studies: Store, ann: Actor) -> None:
    text = CODED + "H1:x,maker2001,H1,=Calm,health,stress,-,,,,,\n,maker2002,H1,Calm,health,,0,,,,3-Mar,\n"
    first = sheets.codings_plan(WORKWELL, KEYS, [], text.encode())
    assert [change.what for change in first.changes] == ["H1:x", "H1:maker2002"]
    assert first.notes == ("row 3, place: '3-Mar' looks like a date that a spreadsheet made of something else",)
    assert save(two_studies, ann, first) == 2
    have = coded(two_studies, ann)
    for write in (write_csv, write_xlsx):
        again = sheets.codings_plan(WORKWELL, KEYS, have, write(sheets.codings_table(WORKWELL, KEYS, have)))
        assert (again.changes, again.faults, again.same, again.notes) == ((), (), 2, ())
    short = sheets.codings_plan(WORKWELL, KEYS, have, (CODED + "H1:x,maker2001,H1,,,,,,,,,yes\n").encode())
    assert changes(short) == [("cleared", "H1:x", "taken back")]
    assert "1 row of the table is not in the file: nothing is deleted by that" in short.notes[0]


def test_what_changed_since_the_plan_was_made_is_not_written_over(two_studies: Store, ann: Actor) -> None:
    text = CODED + "H1:x,maker2001,H1,Calm,health,,-,,,,,\n"
    plan = sheets.codings_plan(WORKWELL, KEYS, [], text.encode())
    later = Coding("maker2001", "H1", "Calmer", "health", "-", key="H1:x")
    coding.put(two_studies, ann, PROTOCOL, WORKWELL, KEYS, [later])
    with pytest.raises(DecisionError, match=r"changed while you looked \(H1:x\): nothing was saved"):
        save(two_studies, ann, plan)
    assert [row["text"] for row in coded(two_studies, ann)] == ["Calmer"]
