"""``review extract done, compare, settle, agreement``: one JSON object each, and nothing told before both are done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extraction import answers, appraisal, library
from extraction.answers import Answer
from extraction.appraisal import Judgement
from review.cli.main import cli
from review.errors import DecisionError, StageError
from review.protocol.reading import template
from review.stages import Workspace, open_workspace

STUDY, CASP = "maker2001", "casp-qualitative-2018"
TEAM = '\n[[team]]\nname = "Ann"\n\n[[team]]\nname = "Ben"\n'


@pytest.fixture
def folder(tmp_path: Path, fill: Callable[..., list[int]], include: Any) -> Path:
    """Give a review in which Ann and Ben extract one study independently, and differ on its kind."""
    text = template("mentoring")
    text = text[: text.index("[[team]]")] + text[text.index("[[team]]") :].partition("\n\n")[2] + TEAM
    text = text.replace("[synthesis]\n", '[synthesis]\nextraction = "double"\nappraisal = "double"\n')
    (tmp_path / "protocol.toml").write_text(text, "utf-8")
    workspace = open_workspace(tmp_path, {})
    fill(workspace.store, 2)
    include(workspace.store, workspace.actor("Ann"), [1])
    for name, kind in (("Ann", "research"), ("Ben", "commentary")):
        given = [Answer(STUDY, "kind", kind), Answer(STUDY, "aim", "To see", quote="We saw", place="2")]
        write(workspace, name, given)
    workspace.store.close()
    return tmp_path


def write(workspace: Workspace, name: str, given: list[Answer]) -> None:
    form = library.form(str(workspace.protocol.proforma))
    answers.put(workspace.store, workspace.actor(name), workspace.protocol, form, (STUDY,), given)


def run(folder: Path, name: str, *words: str) -> Any:
    result = CliRunner().invoke(cli, [*words, "-C", str(folder), "--as", name])
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_two_are_done_compare_settle_and_see_how_they_agree(folder: Path) -> None:
    with pytest.raises(DecisionError, match="cannot be compared yet"):
        run(folder, "Ann", "extract", "compare", STUDY)
    assert run(folder, "Ann", "extract", "done", STUDY) == (
        "maker2001: done.\nWhat the other one writes is shown once both are done.\n"
    )
    run(folder, "Ann", "extract", "reopen", STUDY)
    run(folder, "Ann", "extract", "done", STUDY)
    assert run(folder, "Ben", "extract", "done", STUDY, "--json")["comparable"] is True
    shown = run(folder, "Ann", "extract", "compare", STUDY)
    assert shown == (
        "maker2001, form:bitc-mentoring: 1 of 2 settled\n  kind: differs\n    Ann: Research paper\n"
        "    Ben: Commentary\nNext: review extract settle maker2001 FIELD left|right|new\n"
    )
    with pytest.raises(DecisionError, match="has no field 'kinds'") as caught:
        run(folder, "Ann", "extract", "settle", STUDY, "kinds", "left")
    assert caught.value.hint == "did you mean 'kind'?"
    said = run(folder, "Ann", "extract", "settle", STUDY, "kind", "left", "--note", "It has data", "--json")
    assert (said["value"], said["method"]) == ("research", "discussion")
    shown = run(folder, "Ann", "extract", "compare", STUDY, "--all")
    assert "    settled: Research paper (discussion, Ann: It has data)\n" in shown
    assert "    Ben: To see “We saw” (2)\n" in shown
    report = run(folder, "Ben", "extract", "agreement", "--json")
    assert (report["studies"], report["overall"]["n"], report["overall"]["raw"]) == (1, 2, 0.5)
    with pytest.raises(DecisionError, match="no secret any more"):
        run(folder, "Ann", "extract", "leave", STUDY)
    with pytest.raises(DecisionError, match="there is no study 'maker2009'"):
        run(folder, "Ann", "extract", "done", "maker2009")


def test_an_instrument_is_compared_and_settled_in_the_same_way(folder: Path) -> None:
    workspace = open_workspace(folder, {})
    casp = library.instrument(CASP)
    for name, response in (("Ann", "yes"), ("Ben", "no")):
        given = [Judgement(STUDY, "1", response)]
        appraisal.put(workspace.store, workspace.actor(name), workspace.protocol, casp, (STUDY,), given)
    workspace.store.close()
    if len(workspace.protocol.instruments) > 1:
        with pytest.raises(StageError, match="which instrument is meant"):
            run(folder, "Ann", "appraise", "done", STUDY)
    for name in ("Ann", "Ben"):
        run(folder, name, "appraise", "done", STUDY, "--instrument", CASP)
    said = run(folder, "Ben", "appraise", "settle", STUDY, "1", "new", "--instrument", CASP, "--value", "cant_tell",
               "--reason", "It is unclear", "--note", "Neither says", "--json")  # fmt: skip
    assert (said["value"], said["method"], said["sheet"]) == ("cant_tell", "discussion", f"instrument:{CASP}")
