"""Exports: every vote and how the reports stand, in three formats; our own tables come back exactly."""

from __future__ import annotations

import csv
import dataclasses
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from review.errors import DecisionError, RoleError
from review.formats import registry
from review.protocol import Member
from review.store import open_store, schema
from review.store.verify import verify
from screening import decisions
from screening.comments import comment
from screening.exchange import import_decisions
from screening.exports import export, may_export_all, write


def held(panel, stage=None, only=None):
    with panel.store.read() as connection:
        return export(connection, stage, only=only)


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
def busy(pair):
    """Give a panel with an include, a resolved conflict, an open one, and a full-text vote."""
    for who in (pair.ann, pair.ben):
        pair.vote(who, 1, "include")
    pair.vote(pair.ann, 2, "include")
    pair.vote(pair.ben, 2, "exclude", "wrong_outcome")
    decisions.resolve(pair.store, pair.protocol, pair.ann, report=2, stage="title-abstract", verdict="exclude",
                      reasons=["wrong_outcome"], note="agreed; see the aims")  # fmt: skip
    pair.vote(pair.ann, 3, "include")
    pair.vote(pair.ben, 3, "exclude")
    pair.vote(pair.ben, 1, "exclude", "wrong_population", stage="full-text")
    return pair


def test_votes_say_who_what_why_when_and_how_a_conflict_ended(busy):
    found = table(write(held(busy), ".csv"))
    assert [(r["report"], r["stage"], r["person"], r["verdict"], r["reasons"], r["outcome"]) for r in found] == [
        ("1", "title-abstract", "Ann", "include", "", "included"),
        ("1", "title-abstract", "Ben", "include", "", "included"),
        ("2", "title-abstract", "Ann", "include", "", "excluded"),
        ("2", "title-abstract", "Ben", "exclude", "wrong_outcome", "excluded"),
        ("3", "title-abstract", "Ann", "include", "", "conflict"),
        ("3", "title-abstract", "Ben", "exclude", "", "conflict"),
        ("1", "full-text", "Ben", "exclude", "wrong_population", "started"),
    ]
    second = found[2]
    assert (second["resolution"], second["resolution_reasons"], second["resolution_note"], second["resolved_by"]) == (
        "exclude", "wrong_outcome", "agreed; see the aims", "Ann",
    )  # fmt: skip
    assert second["resolved_at"] > found[3]["at"] > second["at"]
    assert (found[0]["title"], found[0]["doi"], found[0]["resolution"]) == ("Synthetic report 1", "10.5555/1", "")


def test_a_workbook_has_a_second_sheet_of_reports(busy):
    data = write(held(busy), ".xlsx")
    assert data == write(held(busy), ".xlsx")
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["votes", "reports", "repairs", "comments"]
    votes, reports, repairs, comments = ([list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book)
    assert repairs == [["report", "field", "text", "source", "person", "at", "before"]]
    assert comments == [["report", "stage", "person", "at", "text", "id", "replies_to"]]
    assert len(votes) == 8
    rows = [dict(zip(reports[0], row, strict=True)) for row in reports[1:]]
    assert len(rows) == 13  # twelve at title and abstract, one of them at full text
    (second,) = [r for r in rows if r["report"] == "2"]
    wanted = {"outcome": "excluded", "votes": "2", "include": "1", "exclude": "1", "maybe": "0", "year": "2002",
              "primary_reason": "wrong_outcome", "conflict": "resolved", "resolution": "exclude", "pmid": "1002",
              "resolved_by": "Ann"}  # fmt: skip
    assert {key: second[key] for key in wanted} == wanted
    assert next(r["conflict"] for r in rows if r["report"] == "3") == "open"
    assert next(r["conflict"] or "" for r in rows if r["report"] == "1") == ""


def test_a_workbook_holds_what_was_said_of_conflicts(busy):
    what = {"report": 3, "stage": "title-abstract"}
    first = comment(busy.store, busy.protocol, busy.ann, text="=1+1", **what).id
    busy.merge(1, 3)
    comment(busy.store, busy.protocol, busy.ben, text="No.", replies_to=first, **{**what, "report": 1})
    sheet = load_workbook(io.BytesIO(write(held(busy), ".xlsx")))["comments"]
    rows = [[row[0], row[2], row[4], row[6]] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [["1", "Ann", "'=1+1", None], ["1", "Ben", "No.", first]]
    assert export_mine(busy).comments == ()


def export_mine(panel):
    with panel.store.read() as connection:
        return export(connection, only=panel.ann.person)


def test_ris_holds_every_vote_as_a_note(busy):
    data = write(held(busy), ".ris")
    records = {record.doi: record for record in registry.read(data, name="x.ris").records}
    assert len(records) == 12
    second = records["10.5555/2"]
    assert second.title == "Synthetic report 2"
    assert second.notes[0] == "Screening outcome | title-abstract | excluded | wrong_outcome"
    assert second.notes[1].startswith("Screening vote | title-abstract | Ann | include | - | 2026-")
    assert second.notes[2].startswith("Screening vote | title-abstract | Ben | exclude | wrong_outcome | 2026-")
    assert second.keywords == ("screening title-abstract: excluded",)
    assert "screening full-text: started" in records["10.5555/1"].keywords


def test_ones_own_export_tells_nothing_of_others(busy):
    mine = held(busy, only=busy.ann.person)
    assert mine.reports == ()
    assert [(v.report, v.person, v.outcome, v.resolution) for v in mine.votes] == [
        (1, "Ann", None, None), (2, "Ann", None, None), (3, "Ann", None, None)
    ]  # fmt: skip
    assert b"Ben" not in write(mine, ".csv")
    (first, *_), text = registry.read(write(mine, ".ris"), name="x.ris").records, write(mine, ".ris")
    assert first.keywords == ("screening title-abstract: include",)
    assert b"Ben" not in text and b"conflict" not in text


def test_while_a_stage_goes_on_only_a_lead_exports_everybodys_votes(busy):
    protocol = dataclasses.replace(busy.protocol, team=(Member("Ann", ("lead", "reviewer")), Member("Ben")))
    with busy.store.read() as connection:
        may_export_all(connection, protocol, busy.ann.person, None)
        may_export_all(connection, busy.protocol, busy.ben.person, None)  # no lead: nobody to ask
        with pytest.raises(RoleError, match="9 reports still wait for votes at title-abstract: until then only Ann"):
            may_export_all(connection, protocol, busy.ben.person, None)
    for report in range(4, 13):
        for who in (busy.ann, busy.ben):
            busy.vote(who, report, "exclude")
    with busy.store.read() as connection:
        may_export_all(connection, protocol, busy.ben.person, "title-abstract")
        with pytest.raises(RoleError, match="1 reports still wait for votes at full-text"):
            may_export_all(connection, protocol, busy.ben.person, None)


def test_another_ending_is_refused(busy):
    with pytest.raises(DecisionError, match=r"not written as '\.xls'"):
        write(held(busy), ".xls")


def test_a_note_too_long_for_a_workbook_is_refused_not_cut(solo):
    note = "x" * 32_767
    decisions.decide(solo.store, solo.protocol, solo.ann, report=1, stage="title-abstract", verdict="maybe", note=note)
    assert write(held(solo), ".xlsx")
    decisions.decide(solo.store, solo.protocol, solo.ann, report=1, stage="title-abstract", verdict="maybe",
                     note=note + "x")  # fmt: skip
    assert write(held(solo), ".csv")
    with pytest.raises(DecisionError, match="a text of report 1 is longer than a cell"):
        write(held(solo), ".xlsx")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_nothing_runs_in_a_spreadsheet(solo, ending):
    with solo.store.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id == 1).values(title="=1+1"))
    decisions.decide(solo.store, solo.protocol, solo.ann, report=1, stage="title-abstract", verdict="maybe",
                     note='@SUM(1)')  # fmt: skip
    data = write(held(solo), ending)
    if ending == ".csv":
        (row,) = table(data)
        assert (row["title"], row["note"]) == ("'=1+1", "'@SUM(1)")
    else:
        cells = [cell for row in load_workbook(io.BytesIO(data))["votes"].iter_rows(min_row=2) for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}  # an empty one is "n"; none "f"
        assert "'=1+1" in [cell.value for cell in cells]


# -- there and back

NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=30) | st.sampled_from(
    ["=1+1", "'=1", "''", '"', 'a "b"; c\nd,e', "-5", "\t+", "\u200dx", "1", "1.0", "TRUE", "مرحبا"]
)
CAST = st.lists(
    st.tuples(
        st.sampled_from(["Ann", "Ben"]),
        st.integers(1, 5),
        st.sampled_from(["title-abstract", "full-text"]),
        st.sampled_from(["include", "exclude", "maybe"]),
        st.lists(st.sampled_from(["wrong_population", "wrong_outcome"]), max_size=2),
        NOTES,
    ),
    max_size=12,
)


@pytest.fixture
def begun(filled, make_panel):
    """Give a panel of one vote, and the file of its database, to copy."""
    panel = make_panel(filled)
    path = Path(filled.engine.url.database)
    filled.close()  # everything stands in the one file then
    return panel, path


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cast=CAST, ending=st.sampled_from([".csv", ".xlsx"]))
def test_what_we_export_comes_back_exactly(begun, cast, ending):
    panel, file = begun
    with tempfile.TemporaryDirectory() as name:
        panels = []
        for copy in ("first", "second"):
            (Path(name) / copy).mkdir()
            (Path(name) / copy / "review.sqlite").write_bytes(file.read_bytes())
            panels.append(dataclasses.replace(panel, store=open_store(Path(name) / copy)))
        first, second = panels
        for who, report, stage, verdict, reasons, note in cast:
            actor = first.ann if who == "Ann" else first.ben
            kept = reasons if verdict == "exclude" else []
            try:
                decisions.decide(first.store, first.protocol, actor, report=report, stage=stage, verdict=verdict,
                                 reasons=kept, note=note)  # fmt: skip
            except DecisionError:  # not at the stage, or no reason where one is needed
                continue
        before = held(first)
        done = import_decisions(second.store, second.protocol, second.ben, write(before, ending))
        assert (done.kept, done.unchanged, done.rejected) == (len(before.votes), 0, ())
        assert [dataclasses.replace(v, at="") for v in held(second).votes] == [
            dataclasses.replace(v, at="") for v in before.votes
        ]
        with second.store.read() as connection:
            verify(connection)
            kinds = connection.execute(select(schema.event.c.kind, func.count()).group_by(schema.event.c.kind)).all()
        assert dict(map(tuple, kinds)) == {"protocol": 1} | ({"decision": len(before.votes)} if before.votes else {})
        again = import_decisions(second.store, second.protocol, second.ben, write(held(second), ending))
        assert again.kept == 0
        first.store.close()
        second.store.close()
