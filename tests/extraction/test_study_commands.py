"""``review extract studies``, ``join``, ``split``, ``apart``, ``rename``; an action refuses what is not its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from review.cli.main import cli
from review.protocol.reading import template
from review.stages import open_workspace
from review.store import Actor, Entry, Store, append_many

Include = Callable[[Store, Actor, Sequence[int]], None]


@pytest.fixture
def folder(tmp_path: Path, fill: Callable[..., list[int]], include: Include) -> Path:
    """Give a review folder with three included reports, of which two were judged to be of one study."""
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    workspace = open_workspace(tmp_path, {})
    actor = workspace.actor(workspace.protocol.team[0].name)
    fill(workspace.store, 3, file_name="list.ris")
    include(workspace.store, actor, [1, 2, 3])
    with workspace.store.write() as connection:
        append_many(workspace.store, connection, actor, [Entry("pair", {"reports": [1, 2], "verdict": "study"})])
    workspace.store.close()
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    name = open_workspace(folder, {}).protocol.team[0].name
    return CliRunner().invoke(cli, [*words, "-C", str(folder), "--as", name])


def told(folder: Path, *words: str) -> Any:
    result = run(folder, "extract", *words, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_a_suggestion_is_joined_split_and_kept_apart(folder: Path) -> None:
    (asked,) = told(folder, "studies")["suggestions"]
    assert (asked["studies"], asked["strength"]) == (["maker2001", "maker2002"], "strong")
    said = run(folder, "extract", "studies").output
    assert "One study? maker2001 and maker2002 (strong): judged to be two reports of one study" in said
    joined = told(folder, "join", "maker2001", "2")
    assert joined["stays"] == []
    assert {one["study"]: one["reports"] for one in joined["studies"]} == {"maker2001": [1, 2], "maker2003": [3]}
    assert told(folder, "split", "maker2001", "2")["study"] == "maker2002"
    assert told(folder, "studies")["suggestions"] == []
    assert told(folder, "apart", "maker2001", "maker2002", "--undo") == {
        "apart": False, "studies": ["maker2001", "maker2002"],
    }  # fmt: skip
    assert len(told(folder, "studies")["suggestions"]) == 1
    assert told(folder, "apart", "maker2001", "maker2002", "--note", "other years")["apart"] is True
    assert told(folder, "studies")["suggestions"] == []
    assert told(folder, "rename", "maker2003", "own")["study"] == "own"


def test_what_stays_behind_is_said_when_joining_and_listed_afterwards(folder: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    form.write_text("study,field,value,missing,quote,place\nmaker2002,sample_n,49,,,\n", "utf-8")
    assert run(folder, "extract", "in", str(form)).exception is None
    said = run(folder, "extract", "join", "maker2001", "2").output
    assert (
        "What is written under maker2002 (1 answer) stays there and counts no more: the study goes on as maker2001."
        in said
    )
    said = run(folder, "extract", "studies").output
    assert "What is written under maker2002 (1 answer) counts no more: it belongs to maker2001 now." in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("extract", "studies", "--yes"), "'cli extract studies' takes no --yes: that is for 'in'."),
        (("extract", "statsu"), "There is no action 'statsu'. Did you mean 'status'?"),
        (("extract", "join", "maker2001", "two"), "'two' is no number of a report"),
    ],
)
def test_what_an_action_does_not_take_is_refused_in_a_sentence(folder: Path, words: Sequence[str], said: str) -> None:
    result = CliRunner().invoke(cli, [*words, "-C", str(folder)])
    assert result.exit_code == 2
    assert said in result.output


def test_options_may_stand_before_the_action(folder: Path) -> None:
    result = CliRunner().invoke(cli, ["extract", "-C", str(folder), "--json", "studies"])
    assert len(json.loads(result.stdout)["studies"]) == 3
    assert "3 studies" in CliRunner().invoke(cli, ["extract", "-C", str(folder)]).output


def test_the_status_counts_nothing_of_what_is_hidden(folder: Path, tmp_path: Path) -> None:
    protocol = folder / "protocol.toml"
    two = protocol.read_text("utf-8").replace("[synthesis]\n", '[synthesis]\nextraction = "double"\n')
    two = two.replace('name = "Illustrative reviewer"', 'name = "Ann"\n\n[[team]]\nname = "Ben"')
    protocol.write_text(two, "utf-8")
    form = tmp_path / "form.csv"
    for who, kind in (("Ann", "research"), ("Ben", "commentary")):
        form.write_text(f"study,field,value,missing,quote,place\nmaker2001,kind,{kind},,,\n", "utf-8")
        for words in (("in", str(form)), ("done", "maker2001")):
            assert CliRunner().invoke(cli, ["extract", *words, "-C", str(folder), "--as", who]).exception is None
            status = CliRunner().invoke(cli, ["extract", "status", "-C", str(folder), "--json"])
            one = json.loads(status.stdout)["studies"][0]
            if (who, words[0]) != ("Ben", "done"):
                told = [one[key] for key in ("hidden", "answered", "required_open", "to_settle")]
                assert told == [True, None, None, None]
    assert (one["hidden"], one["people"], one["done"], one["to_settle"]) == (False, 2, 2, 1)
    said = CliRunner().invoke(cli, ["extract", "-C", str(folder)]).output
    assert "2 of 2 done; 1 field to settle" in said
