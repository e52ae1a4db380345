"""Decisions out to CSV and in again: every row is checked, nothing is taken twice, nothing runs in a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from sqlalchemy import func, select, update

from review.errors import DecisionError, ReviewError
from review.protocol import Member
from review.store import Actor, Store, open_store, schema
from review.store.events import enrol
from review.store.verify import verify
from screening import decisions
from screening.exchange import Refused, import_decisions
from screening.exports import export, write_csv

HEAD = "report,stage,verdict,reasons,note"


def take(panel, *lines, head=HEAD, protocol=None):
    data = "\n".join([head, *lines]).encode()
    return import_decisions(panel.store, protocol or panel.protocol, panel.ann, data)


def exported(panel, stage=None):
    with panel.store.read() as connection:
        return list(export(connection, stage).votes)


def events(panel):
    with panel.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.event))


def standing(panel, report, stage="title-abstract"):
    return next(((r.verdict, r.reasons, r.note) for r in exported(panel, stage) if r.report == report), None)


# -- out and in


def test_what_is_exported_is_read_back_exactly(pair, tmp_path, clock, mint, fill, make_panel):
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ben, 1, "include")
    pair.vote(pair.ann, 1, "exclude", "wrong_population", "wrong_outcome", stage="full-text")
    decisions.decide(
        pair.store, pair.protocol, pair.ben, report=2, stage="title-abstract", verdict="maybe",
        note='=HYPERLINK("x")\nsecond, "line"',
    )  # fmt: skip
    before = exported(pair)
    assert [(r.report, r.stage, r.person, r.verdict, r.reasons) for r in before] == [
        (1, "title-abstract", "Ann", "include", ""),
        (1, "title-abstract", "Ben", "include", ""),
        (2, "title-abstract", "Ben", "maybe", ""),
        (1, "full-text", "Ann", "exclude", "wrong_population;wrong_outcome"),
    ]
    (tmp_path / "copy").mkdir()
    other = open_store(tmp_path / "copy", clock=clock, mint=mint)
    fill(other, 12)
    copy = make_panel(other, votes=2)
    done = import_decisions(other, copy.protocol, copy.ann, write_csv(before))
    assert (done.read, done.kept, done.unchanged, done.rejected) == (4, 4, 0, ())
    assert [dataclasses.replace(r, at="") for r in exported(copy)] == [dataclasses.replace(r, at="") for r in before]
    with other.read() as connection:
        verify(connection)
    other.close()


def test_one_stage_can_be_exported(solo):
    solo.vote(solo.ann, 1, "include")
    solo.vote(solo.ann, 1, "include", stage="full-text")
    assert [r.stage for r in exported(solo, "full-text")] == ["full-text"]


def test_the_file_is_for_spreadsheets(solo):
    with solo.store.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id == 1).values(title="=1+1"))
    note = "'-minus"
    decisions.decide(
        solo.store, solo.protocol, solo.ann, report=1, stage="title-abstract", verdict="include", note=note
    )
    data = write_csv(exported(solo))
    assert data.startswith(b"\xef\xbb\xbfreport,stage,person,verdict,reasons,note,at,title,doi,outcome,")
    row = next(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert (row["title"], row["note"]) == ("'=1+1", "''-minus")
    assert import_decisions(solo.store, solo.protocol, solo.ann, data).unchanged == 1  # one apostrophe off again


@pytest.mark.parametrize("cell", ["=a", "+a", "-a", "@a", "\ta"])
def test_a_cell_that_would_run_is_neutralised(solo, cell):
    solo.vote(solo.ann, 1, "include")
    row = dataclasses.replace(exported(solo)[0], title=cell)
    assert f"'{cell}" in write_csv([row]).decode()


# -- what a row may name


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("report", "4"),
        ("file,position", "synthetic.ris,4"),
        ("doi", "https://doi.org/10.5555/4"),
        ("pmid", "1004"),
        ("report,doi,pmid", ",,1004"),
        ("Report , DOI", "4,10.5555/4"),
    ],
)
def test_a_report_is_named_in_several_ways(solo, head, cells):
    done = take(
        solo, f"{cells},title-abstract,Exclude,wrong_outcome; wrong_population", head=f"{head},stage,verdict,reasons"
    )
    assert (done.kept, done.rejected) == (1, ())
    assert standing(solo, 4) == ("exclude", "wrong_population;wrong_outcome", None)


def test_a_row_about_a_merged_report_is_a_vote_on_the_whole(solo):
    solo.merge(2, 7)
    done = take(solo, "7,title-abstract,include,,")
    assert (done.kept, solo.status(2)) == (1, "included")
    with solo.store.read() as connection:
        assert connection.execute(select(schema.decision.c.report)).scalars().all() == [2]


def test_two_rows_about_one_merged_report_must_agree(solo):
    solo.merge(2, 7)
    solo.merge(3, 8)
    done = take(
        solo,
        "2,title-abstract,include,,", "7,title-abstract,include,,",
        "3,title-abstract,include,,", "8,title-abstract,exclude,,",
    )  # fmt: skip
    assert (done.read, done.kept, done.unchanged) == (4, 2, 1)
    assert done.rejected == (Refused(5, "row 4 says otherwise about the same report (3)"),)


@pytest.mark.parametrize(
    ("head", "cells", "reason"),
    [
        ("report", "99", "there is no report with number 99"),
        ("report", "four", "there is no report with number four"),
        ("report,doi", "4,10.5555/5", "report 4 does not have the DOI 10.5555/5: is the file of another review?"),
        ("file,position", "synthetic.ris,99", "there is no report with record 99 of the file synthetic.ris"),
        ("file,position", "synthetic.ris,x", "there is no report with record x of the file synthetic.ris"),
        ("doi", "10.5555/none", "there is no report with the DOI 10.5555/none"),
        ("doi", "10.5555/same", "the DOI 10.5555/same belongs to the reports 5, 6: name one by number"),
        ("pmid", "1", "there is no report with the PubMed id 1"),
        ("doi,pmid", ",", "the row does not say which report it is about"),
    ],
)
def test_a_row_that_names_no_one_report_is_refused(filled: Store, make_panel, head, cells, reason):
    panel = make_panel(filled)
    with filled.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id.in_([5, 6])).values(doi="10.5555/same"))
    if head == "report,doi":
        with filled.write() as connection:
            connection.execute(update(schema.record).where(schema.record.c.id == 5).values(doi="10.5555/5"))
    done = take(panel, f"{cells},title-abstract,include", head=f"{head},stage,verdict")
    assert (done.read, done.kept, done.rejected) == (1, 0, (Refused(2, reason),))


# -- checks


def test_each_refused_row_says_why_and_the_others_are_kept(solo):
    done = take(
        solo,
        "1,title-abstract,include,,ok",
        "2,title-abstract,exlude,,",
        " , ,",
        "3,abstracts,include,,",
        "4,title-abstract,exclude,boring,",
        "5,full-text,exclude,wrong_outcome,",
        "6,title-abstract,include,wrong_outcome,",
        "1,full-text,exclude,wrong_outcome,",
    )
    assert (done.read, done.kept, done.unchanged) == (7, 2, 0)
    assert [(r.row, r.reason) for r in done.rejected] == [
        (3, "'exlude' is no verdict; did you mean 'exclude'?"),
        (5, "'abstracts' is no stage: say title-abstract or full-text"),
        (6, "'boring' is no exclusion reason of this stage; say which it is: --reason \"boring=CODE\""),
        (7, "report 5 is not at the full-text stage: it is not included at title-abstract"),
        (8, "a reason cannot go with 'include'"),
    ]
    assert solo.status(1, "full-text") == "excluded"  # opened by row 2 of the same file


def test_rows_may_be_of_several_people_of_the_team(pair):
    team = dataclasses.replace(pair.protocol, team=(Member("Ann"), Member("Ben")))
    head = f"person,{HEAD}"
    done = take(
        pair, "Ben,1,title-abstract,include,,", ",1,title-abstract,exclude,,", "Eve,1,title-abstract,include,,",
        head=head, protocol=team,
    )  # fmt: skip
    stranger = Refused(4, 'Eve is not in the protocol\'s team; say who it is: --person "Eve=NAME"')
    assert (done.kept, done.rejected) == (2, (stranger,))
    assert [(r.person, r.verdict) for r in exported(pair)] == [("Ann", "exclude"), ("Ben", "include")]
    with pair.store.read() as connection:
        logs = connection.execute(select(schema.event.c.log).where(schema.event.c.kind == "decision")).scalars()
        assert sorted(log.partition("@")[0] for log in logs) == sorted([pair.ann.person, pair.ben.person])


# -- again


def test_the_same_file_again_changes_nothing(solo):
    lines = ["1,title-abstract,include,,", "2,title-abstract,exclude,wrong_outcome,"]
    assert take(solo, *lines).kept == 2
    before = events(solo)
    done = take(solo, *lines)
    assert (done.kept, done.unchanged, events(solo)) == (0, 2, before)


def test_the_same_file_from_a_second_person_is_a_second_persons_votes(pair):
    lines = ["1,title-abstract,include,,", "2,title-abstract,exclude,wrong_outcome,"]
    assert take(pair, *lines).kept == 2
    data = "\n".join([HEAD, *lines]).encode()
    assert import_decisions(pair.store, pair.protocol, pair.ben, data).kept == 2
    assert pair.status(1) == "included"
    assert import_decisions(pair.store, pair.protocol, pair.ben, data).kept == 0


def test_the_same_file_again_does_not_undo_what_was_decided_since(solo):
    take(solo, "1,title-abstract,include,,")
    solo.vote(solo.ann, 1, "exclude")
    done = take(solo, "1,title-abstract,include,,")
    assert (done.kept, done.unchanged, solo.status(1)) == (0, 1, "excluded")


def test_another_file_can_change_a_vote_and_change_it_back(solo):
    take(solo, "1,title-abstract,include,,")
    assert take(solo, "1,title-abstract,exclude,,", "2,title-abstract,include,,").kept == 2
    assert take(solo, "1,title-abstract,include,,", "3,title-abstract,include,,").kept == 2
    assert solo.status(1) == "included"


def test_a_vote_that_stands_already_is_left_alone(solo):
    solo.vote(solo.ann, 1, "include")
    before = events(solo)
    done = take(solo, "1,title-abstract,include,,")
    assert (done.unchanged, events(solo)) == (1, before)


# -- files that are not what they should be


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" , ,\n", "no column stage and no column verdict"),
        (b"report,stage\n1,title-abstract\n", "no column verdict"),
        (b"<html><body>Sign in</body></html>\n", "no column stage and no column verdict"),
        (b"stage,verdict,authors\ntitle-abstract,include,A\n", "which report"),
        (b"file,stage,verdict\na.ris,title-abstract,include\n", "which report"),
    ],
)
def test_a_file_without_the_columns_is_refused_whole(filled: Store, make_panel, data, message):
    panel = make_panel(filled)
    with pytest.raises(ReviewError, match=message):
        import_decisions(panel.store, panel.protocol, panel.ann, data)


def test_a_table_saved_by_a_spreadsheet_is_read(filled: Store, make_panel):
    panel = make_panel(filled)
    table = 'report;stage;verdict;reasons;note\r\n1;title-abstract;exclude;"wrong_population;wrong_outcome";Müller\r\n'
    done = import_decisions(panel.store, panel.protocol, panel.ann, table.encode("cp1252"))
    assert (done.kept, done.rejected) == (1, ())
    assert standing(panel, 1) == ("exclude", "wrong_population;wrong_outcome", "Müller")
    assert "Windows-1252" in done.losses[0]


def test_a_cut_row_is_refused_and_said(filled: Store, make_panel):
    panel = make_panel(filled)
    done = take(panel, "1,title-abstract,include,,", "2,title-abs")
    assert (done.kept, done.rejected) == (1, (Refused(3, "'title-abs' is no stage: say title-abstract or full-text"),))


def test_five_thousand_decisions_at_once(store: Store, fill, make_panel):
    fill(store, 5000)
    panel = make_panel(store)
    done = take(panel, *(f"10.5555/{n},title-abstract,exclude,wrong_outcome" for n in range(1, 5001)),
                head="doi,stage,verdict,reasons")  # fmt: skip
    assert done.kept == 5000


def test_nothing_is_kept_when_the_import_breaks_half_way(filled: Store, make_panel):
    panel = make_panel(filled)
    with filled.write() as connection:
        enrol(filled, connection, "Cy")
    broken = dataclasses.replace(filled, clock=iter(["2026-11-22T10:00:00.000000Z"]).__next__)
    before = events(panel)
    lines = ["1,title-abstract,include,,", "2,title-abstract,include,,"]
    with pytest.raises(StopIteration):
        import_decisions(broken, panel.protocol, Actor(panel.ann.person, "h"), "\n".join([HEAD, *lines]).encode())
    assert events(panel) == before


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(filled: Store, make_panel):
    panel = make_panel(filled)
    with pytest.raises(DecisionError, match="cannot be read as CSV"):
        take(panel, '1,title-abstract,include,,"never closed', "2,title-abstract,include,,")
    assert exported(panel) == []
