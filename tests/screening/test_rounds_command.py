"""Who screens what, as it is typed: shares, pilots, checks, second looks, and replacing somebody."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from review.cli.screening import screen
from review.cli.status import status
from review.errors import DecisionError, RoleError
from review.protocol import template
from review.store import open_store

TA = ("--stage", "title-abstract")
TEAM = '\n[[team]]\nname = "Ben"\n\n[[team]]\nname = "Cy"\n'


@pytest.fixture
def folder(tmp_path, fill, monkeypatch):
    """Give a review folder with twelve reports; Ann leads and screens, Ben and Cy screen; one vote decides."""
    (tmp_path / "protocol.toml").write_text(template("blank").replace("YOUR NAME", "Ann") + TEAM, "utf-8")
    store = open_store(tmp_path)
    fill(store, 12)
    store.close()
    monkeypatch.setenv("REVIEW_DIR", str(tmp_path))
    monkeypatch.setenv("REVIEW_USER", "Ann")
    return tmp_path


def run(command, *words):
    result = CliRunner().invoke(command, [str(w) for w in words], standalone_mode=False)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def asked(*words):
    return json.loads(run(screen, *words, "--json"))


def test_a_dry_run_says_what_the_same_seed_then_does(folder):
    words = ("assign", *TA, "--people", "Ann", "--people", "Ben", "--overlap", 50, "--range", "1-8", "--seed", 4)
    planned = asked(*words, "--dry-run")
    assert (planned["made"], planned["reports"], planned["left"]) == (False, 8, {"outside": 4})
    assert asked("rounds", *TA)["rounds"] == []
    assert asked(*words) == {**planned, "made": True}
    assert {"people": ["Ann", "Ben"], "reports": 4} in planned["together"]
    told = run(screen, "assign", *TA, "--seed", 4, "--cap", 1).splitlines()
    assert told[0] == "share 2 (title-abstract, seed 4): 3 reports handed out."
    assert told[-3:] == ["Not handed out:", "  8 are shared out already", "  1 are beyond the cap"]


def test_pilot_check_second_look_and_handing_over(folder):
    drawn = asked("pilot", *TA, "--size", 2, "--people", "Ann", "--people", "Ben", "--name", "first try")
    assert isinstance(drawn["seed"], int)
    for who in ("Ann", "Ben"):
        for _ in range(2):
            report = asked("next", *TA, "--as", who)["report"]
            asked("decide", report, "exclude", "--reason", "kind", *TA, "--as", who)
    assert "Cy: 2 to vote on" in run(screen, "quality", *TA, "--percent", 100)
    assert "Ben: 2 to vote on" in run(screen, "again", *TA, "--reason", "kind", "--person", "Ben")
    told = run(screen, "handover", "Cy", "--to", "Ben", "--dry-run").splitlines()
    assert told[0] == "2 reports would be taken from Cy; votes stay as they are."
    assert told[1:] == ["  2 of a quality check: not checked"]
    lead, own = run(screen, "rounds", *TA), run(screen, "rounds", *TA, "--as", "Ben")
    assert "first try: 2 reports, complete (by Ann, " in lead
    assert "  Cy: 0 of 2" in lead
    assert "Cy" not in own
    assert "  Ben: 2 of 2" in own


def test_only_who_leads_hands_out(folder):
    for words in (("assign", *TA), ("pilot", *TA), ("handover", "Cy")):
        with pytest.raises(RoleError, match="Ben"):
            run(screen, *words, "--as", "Ben")


def test_what_is_typed_wrongly_is_said(folder):
    for words, why in (
        (("--range", "9-1"), "such as 1-500"),
        (("--pairs", "Ann"), "two different people"),
        (("--each", "4"), "cannot go to 4 people out of 3"),
        (("--people", "Dee"), "Dee may not vote"),
    ):
        with pytest.raises((DecisionError, click.UsageError), match=why):
            run(screen, "assign", *TA, *words)


def test_who_leaves_the_protocol_leaves_nothing_waiting(folder):
    run(screen, "assign", *TA, "--people", "Cy")
    assert asked("next", *TA)["report"] is None
    protocol = folder / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8").replace('\n[[team]]\nname = "Cy"\n', ""), "utf-8")
    run(status)  # any command puts the protocol in force
    assert asked("next", *TA)["left"] == 12
    assert asked("rounds", *TA)["rounds"][0]["people"] == []
