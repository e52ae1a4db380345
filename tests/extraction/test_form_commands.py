"""``review extract preview``, ``versions``, ``pilot``, ``freeze``, ``surveys`` on a review with a form of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from extraction import compound
from review.cli.main import cli
from review.errors import DecisionError, ProtocolError
from review.protocol.reading import template
from review.stages import open_workspace
from review.store import Actor, Entry, Store, append_many

FORM = """
name = "own"
version = "1"
label = "Our form"
source = "made up"
[[sections]]
title = "All"
[[sections.fields]]
id = "length"
label = "Length"
type = "number"
unit = "weeks"
required = true
[[sections.fields]]
id = "survey"
label = "Survey"
type = "group"
fields = [
  { id = "item", label = "Question" },
  { id = "responses", label = "Responses", type = "counts" },
  { id = "skipped", label = "Skipped", type = "number" },
]
"""


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["extract", *words, "-C", str(folder)])


def told(folder: Path, *words: str) -> Any:
    result = run(folder, *words, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


@pytest.fixture
def folder(
    tmp_path: Path, fill: Callable[..., list[int]], include: Callable[[Store, Actor, Sequence[int]], None]
) -> Path:
    """Give a review folder with three included reports and a form of its own."""
    own = template("mentoring").replace('proforma = "bitc-mentoring"', 'proforma = "own.toml"')
    (tmp_path / "protocol.toml").write_text(own, "utf-8")
    (tmp_path / "own.toml").write_text(FORM, "utf-8")
    workspace = open_workspace(tmp_path, {})
    fill(workspace.store, 3)
    include(workspace.store, workspace.actor(None), [1, 2, 3])
    workspace.store.close()
    return tmp_path


def note(folder: Path, *entries: Entry) -> None:
    workspace = open_workspace(folder, {})
    actor = workspace.actor(None)
    with workspace.store.write() as connection:
        append_many(workspace.store, connection, actor, entries)
    workspace.store.close()


def test_a_form_is_tried_changed_frozen_and_changed_again(folder: Path) -> None:
    assert "Not in use yet" in run(folder, "versions").output
    assert isinstance(run(folder, "freeze").exception, DecisionError)
    assert run(folder, "pilot").exit_code == 2  # neither studies nor a size
    tried = told(folder, "pilot", "--size", "2", "--seed", "3")
    assert len(tried["pilot"]) == 2 and tried == told(folder, "pilot", "--size", "2", "--seed", "3")
    assert told(folder, "pilot", "maker2001")["pilot"] == ["maker2001"]
    note(folder, Entry("answer", {"study": "maker2001", "form": "own@1", "field": "length", "value": 6}))
    with pytest.raises(DecisionError, match="the pilot of form:own is not done: maker2001"):
        raise run(folder, "freeze").exception  # type: ignore[misc]
    frozen = told(folder, "freeze", "--note", "one is enough")
    assert (frozen["state"], frozen["version"]) == ("frozen", "1")
    (folder / "own.toml").write_text(FORM.replace("weeks", "months"), "utf-8")
    assert isinstance(run(folder, "freeze").exception, ProtocolError)
    (folder / "own.toml").write_text(FORM.replace("weeks", "months").replace('version = "1"', 'version = "2"'), "utf-8")
    said = told(folder, "versions")
    assert [one["state"] for one in said["versions"]] == ["open", "pilot", "pilot", "pilot", "frozen"]
    assert said["changes"] == ["length: its unit was weeks, and is months now"]
    assert said["revisit"] == {"maker2001": {"length": "its unit was weeks, and is months now"}}
    assert said["gone"] == {}
    words = run(folder, "versions").output
    assert "version 1: frozen (one is enough)" in words and "    length: its unit was weeks" in words


def test_survey_results_are_summarised(folder: Path) -> None:
    assert "they are entered under survey" in run(folder, "surveys").output
    rows = [
        {"item": "Useful?", "responses": compound.counts("Yes [1]: 3; No [0]: 1; Unsure: not_reported"), "skipped": 2}
    ]
    more = [{"item": "Again?", "responses": compound.counts("Yes [1]: 3; No [0]: 1")}]
    note(folder, Entry("answer", {"study": "maker2001", "form": "own@1", "field": "survey", "value": rows + more}))
    first, second = told(folder, "surveys")["summaries"]
    assert (first["answered"], first["mean"], first["responses"][2]["n"]) == (None, None, None)
    assert (second["answered"], second["mean"]) == (4, 0.75)
    words = run(folder, "surveys").output
    assert "Yes [1]: 3 (75.0%)" in words and "mean score 0.75, standard deviation 0.50" in words
    assert "Unsure: not reported" in words and "answered not reported, skipped 2, asked not reported" in words


def test_a_form_is_shown_with_conditions_and_a_broken_one_with_its_faults(folder: Path) -> None:
    words = run(folder, "preview", "own.toml").output
    assert "length: Length [number, in weeks, required]" in words and "- responses: Responses [counts]" in words
    assert "asked when Kind of paper is Research paper" in run(folder, "preview", "bitc-mentoring").output
    assert run(folder, "preview", "own.toml", "--text").output == FORM
    (folder / "own.toml").write_text(FORM.replace("number", "nummer"), "utf-8")
    broken = run(folder, "preview", "own.toml").exception
    assert isinstance(broken, ProtocolError) and [fault.line for fault in broken.faults] == [11, 12, 21]
