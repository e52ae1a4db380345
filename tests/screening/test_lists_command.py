"""``review screen background``, ``repair`` and ``repairs`` as they are typed, and where repaired texts go."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import click
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import reports.rows
from review.cli.screening import screen
from review.errors import DecisionError, ReviewError
from review.protocol import Criterion, Member, template
from review.stages import open_workspace
from review.store import open_store
from screening import decisions, exports, repairs, tags
from screening.exchange import import_decisions

TA = "title-abstract"


@pytest.fixture
def folder(tmp_path, fill, monkeypatch):
    """Give a review folder with three reports."""
    (tmp_path / "protocol.toml").write_text(template("blank").replace("YOUR NAME", "Ann"), "utf-8")
    store = open_store(tmp_path)
    fill(store, 3)
    store.close()
    for variable in ("REVIEW_DIR", "REVIEW_DATABASE", "REVIEW_USER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    result = CliRunner().invoke(screen, [str(w) for w in words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.output


def test_an_abstract_is_repaired_from_a_file_listed_and_taken_back(folder):
    (folder / "abstract.txt").write_text("We looked.\nWe saw.", "utf-8-sig")
    given = ("repair", 3, "--field", "abstract", "--text-file", "abstract.txt", "--source", "=the PDF")
    made = json.loads(run(*given, "--json"))
    assert (made["text"], made["person"], made["before"]) == ("We looked.\nWe saw.", "Ann", None)
    assert "3  abstract: We looked. / We saw.  [Ann, from =the PDF]" in run("repairs", "repairs.csv")
    (row,) = csv.DictReader(io.StringIO((folder / "repairs.csv").read_text("utf-8-sig")))
    assert (row["report"], row["field"], row["source"]) == ("3", "abstract", "'=the PDF")
    run("repair", 3, "--field", "abstract", "--undo")
    assert json.loads(run("repairs", "--json")) == {"repairs": []}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--field", "title", "--text", "T"), click.UsageError),
        (("--field", "title", "--source", "S"), click.UsageError),
        (("--field", "title", "--source", "S", "--undo"), click.UsageError),
        (("--field", "pages", "--text", "T", "--source", "S"), click.BadParameter),
        (("--field", "date", "--text", "soon", "--source", "S"), DecisionError),
        (("--field", "title", "--undo"), DecisionError),
        (("--field", "title", "--text-file", "binary", "--source", "S"), ReviewError),
    ],
)
def test_a_repair_that_is_none_is_refused(folder, words, error):
    (folder / "binary").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(error):
        run("repair", 1, *words)


def test_useful_background_is_written_in_the_format_of_the_ending(folder):
    workspace = open_workspace(folder, {})
    tags.put(workspace.store, workspace.actor("Ann", "vote"), report=2, tags=["background"])
    workspace.store.close()
    assert "1 record written" in run("background", "b.ris")
    assert b"Synthetic report 2" in (folder / "b.ris").read_bytes()
    assert json.loads(run("background", "b.csv", "--json"))["records"] == 1
    with pytest.raises(ReviewError, match="does not end as a file that is written"):
        run("background", "b.xyz")


def test_what_the_report_of_the_review_shows_is_repaired(solo):
    repairs.put(solo.store, solo.ann, report=1, field="title", text="Put right", source="PDF")
    for stage in (TA, "full-text"):
        solo.vote(solo.ann, 1, "include", stage=stage)
    with solo.store.read() as connection:
        (paper,) = reports.rows.papers(connection, "included")
    assert paper.record.title == "Put right"


def test_tags_answers_and_repairs_go_out_and_the_first_two_come_back(any_store, fill, make_panel, tmp_path):
    fill(any_store, 3)
    panel = make_panel(any_store)
    criteria = (Criterion("c1", "Doctors", True, "wrong_population"), Criterion("c2", "Students", False))
    protocol = dataclasses.replace(panel.protocol, criteria=criteria, team=(Member("Ann"), Member("Ben")))
    (tmp_path / "other").mkdir()
    other = open_store(tmp_path / "other")
    fill(other, 3)
    there = make_panel(other)
    decisions.decide(
        panel.store, protocol, panel.ann, report=1, stage=TA, verdict="exclude", reasons=("wrong_population",),
        criteria={"c1": "no", "c2": "unclear"},
    )  # fmt: skip
    panel.vote(panel.ben, 2, "maybe")
    tags.put(panel.store, panel.ann, report=1, tags=["background", "=1+1; x"])
    tags.put(panel.store, panel.ben, report=3, tags=["no vote here"])
    repairs.put(panel.store, panel.ann, report=2, field="title", text="=Put right", source="PDF")
    with panel.store.read() as connection:
        found = exports.export(connection)
        mine = exports.export(connection, only=panel.ben.person)
    book = load_workbook(io.BytesIO(exports.write(found, ".xlsx")))
    assert [cell.value for cell in book["repairs"][2]][:5] == ["2", "title", "'=Put right", "PDF", "Ann"]
    assert mine.repairs == () and [vote.tags for vote in mine.votes] == [""]
    for ending in (".csv", ".xlsx"):
        done = import_decisions(other, protocol, there.ben, exports.write(found, ending))
        assert done.rejected == ()
    with other.read() as connection:
        back = exports.export(connection)
        assert tags.on(connection, there.ben.person, 3) == ()
    told = [(v.report, v.person, v.verdict, v.reasons, v.criteria, v.tags) for v in back.votes]
    assert told == [(v.report, v.person, v.verdict, v.reasons, v.criteria, v.tags) for v in found.votes]
    assert told[0][4:] == ("c1=no; c2=unclear", '["=1+1; x", "background"]')
    tags.put(other, there.ann, report=1, tags=[])
    import_decisions(other, protocol, there.ben, exports.write(found, ".csv"))
    with other.read() as connection:
        assert tags.on(connection, there.ann.person, 1) == (), "the same file again changes nothing"
    other.close()
