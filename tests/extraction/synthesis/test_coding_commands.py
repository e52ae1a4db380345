"""``review code``: themes, findings, configurations, the codebook and two coders on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from review.cli.main import cli
from review.errors import DecisionError, ReviewError
from review.protocol.reading import template
from review.stages import open_workspace
from review.store import Actor, Store

PROTOCOL = (
    template("mentoring")
    .replace('name = "Illustrative reviewer"', 'name = "Ann"')
    .replace("\n[[team]]", '\n[[team]]\nname = "Ben"\n\n[[team]]', 1)
)
CODINGS = """key,study,statement,text,component,subelement,polarity,perspective,evidence,quote,place
,maker2001,H1,Calm,health,stress,+,,,so calm,p. 1
,maker2002,H1,Calm,emergent:Calm,,-,,,,
,maker2002,E1,Cost,emergent:Cost,,-,,,,
"""
FINDINGS = "key,theme,statement,supporting,contradicting,note\nF1,health,Seen in all two studies,H1:maker2001,,\n"
CMO = "key,context,mechanism,outcome,statement,sources,supporting,refuting,note\nC1,Nights,Rest,Calm,,maker2001,H1,,\n"


@pytest.fixture
def folder(
    tmp_path: Path, fill: Callable[..., list[int]], include: Callable[[Store, Actor, Sequence[int]], None]
) -> Path:
    """Give a review folder with two included reports, coded by Ann."""
    (tmp_path / "protocol.toml").write_text(PROTOCOL, "utf-8")
    workspace = open_workspace(tmp_path, {})
    fill(workspace.store, 3)
    include(workspace.store, workspace.actor("Ann"), [1, 2])
    workspace.store.close()
    for name, text in (("codings", CODINGS), ("findings", FINDINGS), ("cmo", CMO)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        told(tmp_path, "in", str(tmp_path / f"{name}.csv"), "--table", name)
    return tmp_path


def run(folder: Path, *words: str, who: str = "Ann") -> Result:
    return CliRunner().invoke(cli, ["code", *words, "-C", str(folder), "--as", who])


def told(folder: Path, *words: str, who: str = "Ann") -> Any:
    result = run(folder, *words, "--json", who=who)
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_a_theme_is_renamed_merged_split_and_its_history_told(folder: Path) -> None:
    told(folder, "rename", "calm", "--label", "Being calm", "--note", "clearer")
    assert told(folder, "merge", "cost", "calm", "--note", "one idea", who="Ben")["codings"] == ["E1:maker2002"]
    assert told(folder, "split", "calm", "money", "E1:maker2002")["theme"] == "emergent:money"
    (calm, money) = told(folder, "themes")["themes"]
    assert [(one["label"], one["codings"], one["merged"]) for one in (calm, money)] == [
        ("Being calm", 1, ["Cost"]), ("money", 1, []),
    ]  # fmt: skip
    said = run(folder, "themes", "calm").output
    for words in (
        "Ann: called it “Being calm” (clearer)",
        "Ben: merged emergent:Cost into it (one idea)",
        "to emergent:money",
    ):
        assert words.replace("called", "named") in said or words in said
    assert isinstance(run(folder, "drop", "money").exception, DecisionError)
    told(folder, "merge", "money", "calm")


def test_findings_are_listed_and_agreed_with(folder: Path) -> None:
    assert told(folder, "agree", "F1", who="Ben") == {
        "finding": "F1", "statement": "Seen in all two studies", "agrees": True,
    }  # fmt: skip
    (one,) = told(folder, "findings")["findings"]
    assert (one["supporting"], one["assents"]) == (["maker2001"], {"Ben": True})
    assert "agreed: Ben" in run(folder, "findings").output
    error = run(folder, "agree", "F2").exception
    assert isinstance(error, DecisionError) and error.hint == "review code findings lists them"
    (two,) = told(folder, "cmo")["configurations"]
    assert (two["context"], two["supporting"]) == (["Nights"], ["H1:maker2001", "H1:maker2002"])
    assert "2 codings in support" in run(folder, "cmo").output


def test_the_check_says_every_gap_in_a_sentence(folder: Path) -> None:
    found = told(folder, "check")
    assert [gap["what"] for gap in found["gaps"]] == [
        "study maker2002 is in no finding",
        "2 codings have no quote: H1:maker2002, E1:maker2002",
        "1 quote could not be looked up, as no text of the study is stored: coding H1:maker2001",
        "finding F1 says “all two studies”, but 1 supports it: not maker2002",
    ]
    assert "3 codings, 1 finding, 2 studies: 4 gaps" in run(folder, "check").output


def test_the_codebook_tells_what_is_under_each_code_and_its_versions(folder: Path) -> None:
    found = told(folder, "codebook")
    assert [(one["version"], one["state"]) for one in found["versions"]] == [("2013", "open")]
    codes = {one["id"]: one["codings"] for one in found["codes"]}
    assert (codes["health"], codes["stress"], codes["emergent:Cost"]) == (1, 1, 1)
    said = run(folder, "codebook").output
    assert "Sub-elements: stress (1), anxiety" in said
    assert "Calm (theme): 1 coding of 1 study" in said


def test_two_coders_see_nothing_of_each_other_until_both_are_done(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    protocol.write_text(PROTOCOL.replace("[synthesis]", '[synthesis]\ncoding = "double"'), "utf-8")
    table = folder / "ben.csv"
    table.write_text(CODINGS.replace("health,stress", "work,"), "utf-8")
    told(folder, "in", str(table), who="Ben")
    assert told(folder)["codings"] == 0
    assert told(folder)["hidden"] == ["maker2001", "maker2002"]
    assert told(folder, "out", str(folder / "out.csv"))["rows"] == 3
    assert isinstance(run(folder, "compare").exception, DecisionError)
    assert told(folder, "done", "maker2001")["comparable"] is False
    assert told(folder, "done", "maker2001", who="Ben")["comparable"] is True
    found = told(folder, "compare")
    assert (found["studies"], found["waiting"]) == (["maker2001"], ["maker2002"])
    differ = {cell["component"]: cell["by"] for cell in found["cells"] if cell["by"] != "neither"}
    assert set(differ.values()) == {"first", "second"} and set(differ) == {"health", "work"}
    said = run(folder, "compare", "Ann", "Ben").output
    assert "50% of 4 cells the same" in said
    assert "maker2001, health: only Ann coded it" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("out",), "which file is meant"),
        (("out", "findings.doc", "--table", "findings"), "neither .xlsx nor .csv"),
        (("in", "nowhere.csv", "--table", "themes"), "there is no file"),
        (("split", "cost", "money", "E9"), "there is no coding or statement 'E9'"),
        (("compare", "Ann", "Nobody"), "nobody called Nobody"),
    ],
)
def test_what_cannot_be_done_says_why(folder: Path, words: Sequence[str], message: str) -> None:
    error = run(folder, *words).exception
    assert isinstance(error, ReviewError)
    assert message in str(error)
