"""``review appraise``: the instrument for each study, tables out and in, findings, what is hidden, faults in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from review.cli.main import cli
from review.errors import ProtocolError, StageError
from review.protocol.reading import template
from review.stages import open_workspace
from review.store import Actor, Entry, Store, append_many

Include = Callable[[Store, Actor, Sequence[int]], None]
CASP, MMAT, JBI = "casp-qualitative-2018", "mmat-2018", "jbi-text-opinion"


@pytest.fixture
def folder(tmp_path: Path, fill: Callable[..., list[int]], include: Include) -> Path:
    """Give a review folder with two included reports, a team of two and an instrument for findings."""
    text = template("mentoring").replace('name = "Illustrative reviewer"', 'name = "Ann"\n\n[[team]]\nname = "Ben"')
    (tmp_path / "protocol.toml").write_text(text.replace(f'"{JBI}"]', f'"{JBI}", "grade-cerqual"]'), "utf-8")
    workspace = open_workspace(tmp_path, {})
    assert workspace.protocol.instruments == (CASP, MMAT, JBI, "grade-cerqual")
    fill(workspace.store, 3, file_name="list.ris")
    include(workspace.store, workspace.actor("Ann"), [1, 2])
    workspace.store.close()
    return tmp_path


def run(folder: Path, *words: str, person: str = "Ann") -> Result:
    return CliRunner().invoke(cli, [*words, "-C", str(folder), "--as", person])


def told(folder: Path, *words: str, person: str = "Ann") -> Any:
    result = run(folder, *words, "--json", person=person)
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def fill_in(folder: Path, command: str, header: str, *lines: str, person: str = "Ann") -> Any:
    path = folder / f"{command}.csv"
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return told(folder, command, "in", str(path), person=person)


def judge(folder: Path, *lines: str, person: str = "Ann") -> Any:
    return fill_in(
        folder, "appraise", "study,instrument,item,response,reason,quote,place", *(f"{line},,," for line in lines),
        person=person,
    )  # fmt: skip


def extract(folder: Path, *lines: str) -> None:
    fill_in(folder, "extract", "study,field,value,missing,quote,place", *(f"{line},,," for line in lines))


def test_each_study_is_told_its_instrument_and_one_that_does_not_fit_is_named(folder: Path) -> None:
    assert told(folder, "appraise", "out", str(folder / "out.csv"))["rows"] == 2 * (10 + 27 + 7)
    extract(folder, "maker2001,design,qualitative", "maker2002,kind,commentary")
    assert judge(folder, f"maker2001,{CASP},1,yes", f"maker2002,{CASP},1,no")["new"] == 2
    given = told(folder, "appraise")
    assert [(one["study"], one["instrument"], one["others"]) for one in given["suggestions"]] == [
        ("maker2001", CASP, [MMAT]), ("maker2002", JBI, []),
    ]  # fmt: skip
    wrong = "maker2002: CASP qualitative (2018) is not made for papers that are not research"
    assert given["warnings"] == [wrong]
    judged = {(one["study"], one["instrument"]): one for one in given["appraisals"]}
    assert set(judged) == {
        ("maker2001", CASP), ("maker2001", MMAT), ("maker2002", CASP), ("maker2002", JBI),
    }  # fmt: skip
    assert (judged["maker2002", CASP]["judged"], judged["maker2002", CASP]["screening_no"]) == (1, True)
    lines = run(folder, "appraise").output.splitlines()
    assert lines == [
        f"maker2001: take {CASP}, made for qualitative studies; {MMAT} would fit too",
        f"  {CASP}: 1 of 10 items judged",
        f"maker2002: take {JBI}, made for papers that are not research",
        f"  {CASP}: 1 of 10 items judged; a screening item got a no",
        f"  {JBI}: 0 of 7 items judged",
        f"Note: {wrong}",
    ]
    assert told(folder, "appraise", "out", str(folder / "out.csv"))["rows"] == 10 + 7 + 7 + 10


def test_findings_are_appraised_under_their_key(folder: Path) -> None:
    workspace = open_workspace(folder, {})
    ann = workspace.actor("Ann")
    finding = {
        "key": "calm", "theme": "health", "statement": "It calms", "supporting": [], "contradicting": [], "note": None,
    }  # fmt: skip
    with workspace.store.write() as connection:
        append_many(workspace.store, connection, ann, [Entry("finding", finding)])
    workspace.store.close()
    assert judge(folder, "finding:calm,grade-cerqual,coherence,minor", "finding:calm,grade-cerqual,overall,high")["new"]
    assert "finding:calm:\n  grade-cerqual: 2 of 5 items judged\n" in run(folder, "appraise").output
    told(folder, "report", "--format", "md")
    profile = (folder / "out/tables/cerqual.md").read_text("utf-8")
    assert "| It calms | none | not judged | Minor concerns | not judged | not judged | High |" in profile


def test_while_two_appraise_nothing_is_told_of_what_they_said(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    protocol.write_text(
        protocol.read_text("utf-8").replace("[synthesis]", '[synthesis]\nappraisal = "double"'), "utf-8"
    )
    judge(folder, f"maker2001,{CASP},1,no")
    judge(folder, f"maker2001,{CASP},1,yes", f"maker2001,{CASP},2,yes", person="Ben")
    (one,) = (
        a for a in told(folder, "appraise")["appraisals"] if a["study"] == "maker2001" and a["instrument"] == CASP
    )
    assert (one["judged"], one["not_reported"], one["screening_no"]) == (None, None, None)
    assert (one["people"], one["done"], one["hidden"]) == (2, 0, True)
    assert f"{CASP}: 2 of 2 people appraise it, 0 done; hidden until both are" in run(folder, "appraise").output


def test_a_wrong_rule_or_a_wrong_official_file_is_told_before_anything_is_counted(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    before = protocol.read_text("utf-8")
    protocol.write_text(before + '\n[[synthesis.levels]]\nlabel = "High"\nat_most = { nein = 0 }\n', "utf-8")
    for command in ("appraise", "check"):
        error = run(folder, command).exception
        assert isinstance(error, ProtocolError)
        assert "'nein' of level 'High' is a response of no instrument" in str(error.faults[0])
    protocol.write_text(before, "utf-8")
    (folder / "instruments").mkdir()
    (folder / "instruments" / f"{CASP}.official.toml").write_text('"11" = "x"', "utf-8")
    error = run(folder, "appraise").exception
    assert isinstance(error, ProtocolError)
    assert "11: the instrument has no such item" in str(error.faults[0])


def test_without_instruments_it_says_what_to_write(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    lines = [line for line in protocol.read_text("utf-8").splitlines() if not line.startswith("instruments")]
    protocol.write_text("\n".join(lines), "utf-8")
    error = run(folder, "appraise").exception
    assert isinstance(error, StageError) and error.hint == "set instruments in protocol.toml"
