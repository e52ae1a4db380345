"""``review screen`` and ``review fulltext`` as they are typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from made_papers import paper_pdf

from review.cli.fulltext import fulltext
from review.cli.screening import screen
from review.cli.status import status
from review.errors import DecisionError, ReviewError
from review.protocol import template
from review.record import Record
from review.store import open_store

TA = ("--stage", "title-abstract")


@pytest.fixture
def folder(tmp_path, fill, monkeypatch):
    """Give a review folder with three reports and a team of two; its reasons are population, intervention, kind."""
    text = template("blank").replace("YOUR NAME", "Ann") + '\n[[team]]\nname = "Ben"\n'
    (tmp_path / "protocol.toml").write_text(text, "utf-8")
    store = open_store(tmp_path)
    fill(store, 3)
    store.close()
    monkeypatch.setenv("REVIEW_DIR", str(tmp_path))
    monkeypatch.setenv("REVIEW_USER", "Ann")
    return tmp_path


def run(command, *words, keys=""):
    result = CliRunner().invoke(command, [str(w) for w in words], input=keys)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def asked(command, *words):
    return json.loads(run(command, *words, "--json").stdout)


def test_next_decide_undo(folder):
    first = asked(screen, "next", *TA)
    assert (first["report"], first["record"]["title"], first["left"], first["mine"]) == (
        1,
        "Synthetic report 1",
        3,
        None,
    )
    voted = asked(screen, "decide", 1, "exclude", "--reason", "kind", "--reason", "population", "--note", "n", *TA)
    assert (voted["report"], voted["verdict"], voted["reasons"], voted["note"]) == (
        1, "exclude", ["population", "kind"], "n"
    )  # fmt: skip
    assert asked(screen, "next", *TA)["report"] == 2
    assert [d["report"] for d in asked(screen, "mine", *TA)["decisions"]] == [1]
    assert asked(screen, "undo", *TA) == {"report": 1, "stage": "title-abstract"}
    assert asked(screen, "undo", *TA)["report"] is None
    run(screen, "decide", 2, "include", *TA)
    assert asked(screen, "undo", 2, *TA)["report"] == 2


def test_a_report_is_shown_with_what_there_is(folder):
    shown = run(screen, "next", *TA).output.splitlines()
    assert shown[0] == "Report 1 · 3 left"
    assert "Maker, A1" in shown
    assert "A made-up abstract about topic 1." in shown
    assert shown[-1] == "From: Synthetic list"
    run(screen, "decide", 1, "exclude", "--reason", "kind", *TA)
    output = run(screen, *TA, keys="sseu").output  # to report 3, an exclusion called off
    assert "(no abstract)" in output
    run(screen, "decide", 1, "exclude", "--reason", "kind", *TA)
    assert "1: exclude (kind)  Synthetic report 1" in run(screen, "mine", *TA).output


def test_options_may_stand_before_the_subcommand(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    result = run(screen, *TA, "-C", folder, "--json", "--as", "Ben", "decide", 1, "include")
    assert json.loads(result.stdout)["stage"] == "title-abstract"
    assert asked(screen, "next", *TA)["left"] == 2
    with pytest.raises(ReviewError, match="no review folder"):
        run(screen, *TA, "-C", folder, "next", "-C", elsewhere)


def test_the_stage_must_be_said(folder):
    result = run(screen, "decide", 1, "include")
    assert result.exit_code == 2
    assert "--stage title-abstract or --stage full-text" in result.output
    assert run(screen, *TA, "--json").exit_code == 2


def test_conflicts_comment_resolve_agreement(folder, monkeypatch):
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8").replace("votes = 1", "votes = 2", 1), "utf-8")
    with pytest.raises(DecisionError, match="shown to you once you have decided on all your records"):
        run(screen, "agreement", *TA)
    for name, first in (("Ann", "include"), ("Ben", "exclude")):
        run(screen, "decide", 1, first, "--as", name, *TA)
        run(screen, "decide", 2, "exclude", "--as", name, *TA)
    (conflict,) = asked(screen, "conflicts", *TA)["conflicts"]
    told = [(v["person_name"], v["verdict"], v["yours"]) for v in conflict["votes"]]
    assert told == [("Ann", "include", True), ("Ben", "exclude", False)]
    said = asked(screen, "comment", 1, "Why not?", *TA)["event"]
    asked(screen, "comment", 1, "No doctors.", "--reply-to", said[:8], "--as", "Ben", *TA)
    output = run(screen, "conflicts", "--mine", *TA).output
    for text in ("Some include, some exclude.", "Ben: exclude", f": Why not?  [{said[:8]}]", "      Ben, 20"):
        assert text in output
    settled = asked(screen, "resolve", 1, "include", *TA)
    assert len(settled["acts_on"]) == 2
    assert asked(screen, "conflicts", *TA)["conflicts"] == []
    for name in ("Ann", "Ben"):
        run(screen, "decide", 3, "exclude", "--as", name, *TA)
    found = asked(screen, "agreement", *TA)
    assert (found["reports"], found["pairs"][0]["table"], found["pairs"][0]["kappa"]) == (3, [[0, 1], [0, 2]], 0.0)
    assert [one["report"] for one in found["disagreements"]] == [1]
    assert "agreed on 66.7%" in run(screen, "agreement", *TA).output
    assert "They differ on: 1" in run(screen, "agreement", *TA).output


def test_status_hides_how_a_stage_splits_from_who_has_records_left(folder, monkeypatch):
    run(screen, "decide", 1, "exclude", "--as", "Ben", *TA)
    of_ann = asked(status)
    numbers = ("screened", "excluded", "conflicts", "included_reports", "included_studies")
    assert {of_ann[key] for key in numbers} == {None}
    assert of_ann["hidden"] == ["title-abstract", "full-text"]
    text = run(status).output
    assert "1   with all their votes, 2 still waiting for votes" in text
    assert "is shown to Ann once nothing is left there for Ann" in text
    monkeypatch.delenv("REVIEW_USER")
    assert [asked(status)[key] for key in (*numbers, "hidden")] == [1, 1, 0, 0, 0, []]


def test_export_and_import(folder, tmp_path):
    run(screen, "decide", 1, "include", *TA)
    file = tmp_path / "decisions.csv"
    assert asked(screen, "export", file) == {"file": str(file), "decisions": 1}
    file.write_text("report,stage,verdict\n2,title-abstract,include\n9,title-abstract,include\n", "utf-8")
    done = asked(screen, "import", file)
    assert (done["read"], done["kept"], done["unchanged"]) == (2, 1, 0)
    assert done["rejected"] == [{"row": 3, "reason": "there is no report with number 9"}]
    assert "row 3: there is no report with number 9" in run(screen, "import", file).output
    with pytest.raises(ReviewError, match="there is no file"):
        run(screen, "import", tmp_path / "none.csv")


def test_one_key_per_report(folder):
    """Exclude 1 for the second reason, skip 2, maybe on 3, back to 2, undo 3, include it, then 2."""
    result = run(screen, *TA, keys="e2\nsm\nu i i")
    assert result.exit_code == 0
    assert "2  Wrong intervention" in result.output
    assert result.output.endswith("Nothing at title-abstract needs your vote.\n")
    decided = {d["report"]: (d["verdict"], d["reasons"]) for d in asked(screen, "mine", *TA)["decisions"]}
    assert decided == {1: ("exclude", ["intervention"]), 2: ("include", []), 3: ("include", [])}


def test_an_exclusion_can_be_called_off_or_have_no_reason(folder):
    result = run(screen, *TA, keys="exi e0q")
    assert "Stopped. Every vote so far is saved." in result.output
    decided = {d["report"]: (d["verdict"], d["reasons"]) for d in asked(screen, "mine", *TA)["decisions"]}
    assert decided == {1: ("include", []), 2: ("exclude", [])}


def test_full_text_wants_a_reason(folder):
    run(screen, "decide", 1, "include", *TA)
    result = run(screen, "--stage", "full-text", keys="e0")
    assert "0  no reason" not in result.output
    assert "Not saved: an exclusion at this stage needs a reason" in result.output
    assert asked(screen, "mine", "--stage", "full-text")["decisions"] == []


def test_the_end_of_input_ends_the_loop(folder):
    assert "Stopped." in run(screen, *TA, keys="i").output
    assert asked(screen, "next", *TA)["report"] == 2


def test_full_texts_got_and_missing(folder):
    assert asked(fulltext) == {"pending": []}
    run(screen, "decide", 1, "include", *TA)
    assert "1  Synthetic report 1  https://doi.org/10.5555/1  [to be got]" in run(fulltext).output
    noted = asked(fulltext, "missing", 1, "--note", "no loan")
    assert (noted["outcome"], noted["note"]) == ("not_retrieved", "no loan")
    assert asked(fulltext)["pending"][0]["outcome"] == "not_retrieved"
    assert asked(fulltext, "retrieved", 1, "--route", "library")["route"] == "library"
    with pytest.raises(DecisionError, match="not included"):
        run(fulltext, "missing", 2, "--note", "no loan")


def test_files_are_added_and_what_became_of_each_is_said(folder, tmp_path):
    run(screen, "decide", 1, "include", *TA)
    paper = Record(title="Synthetic report 1", authors=("Maker, A1",), date="2001", doi="10.5555/1")
    (tmp_path / "dropped").mkdir()
    (tmp_path / "dropped/a.pdf").write_bytes(paper_pdf(paper))
    (tmp_path / "dropped/b\x1b.pdf").write_bytes(b"<html>Sign in</html>")
    lines = run(fulltext, "add", tmp_path / "dropped").output.splitlines()
    assert lines == [
        "a.pdf: report 1, by its DOI",
        "b\\x1b.pdf: refused, it is no PDF but a web page that asks to sign in",
        "2 files: 1 matched, 0 there already, 1 refused.",
    ]
    assert run(fulltext, "add", tmp_path / "dropped/a.pdf").output.startswith("a.pdf: report 1 has it already")
    assert "[got, to be assessed]" in run(fulltext).output
    with pytest.raises(ReviewError, match="there is no file"):
        run(fulltext, "add", tmp_path / "none")
    with pytest.raises(DecisionError, match="not included"):
        run(fulltext, "add", tmp_path / "dropped", "--report", 2)
    assert asked(fulltext, "asked", 1, "--on", "2026-03-02")["asked_on"] == "2026-03-02"
