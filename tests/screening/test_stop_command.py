"""Stopping as it is typed: advice, the stop, taking it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from review.cli.screening import screen
from review.cli.status import status
from review.errors import DecisionError, RoleError
from review.protocol import template
from review.store import open_store

TA = ("--stage", "title-abstract")
TEAM = '\n[[team]]\nname = "Ben"\n'


def run(command: click.Command, *words: object) -> str:
    result = CliRunner().invoke(command, [str(w) for w in words], standalone_mode=False)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_advice_is_printed_and_only_yes_stops(tmp_path: Path, fill: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "protocol.toml").write_text(template("blank").replace("YOUR NAME", "Ann") + TEAM, "utf-8")
    store = open_store(tmp_path)
    fill(store, 12)
    store.close()
    monkeypatch.setenv("REVIEW_DIR", str(tmp_path))
    monkeypatch.setenv("REVIEW_USER", "Ann")
    assert run(screen, "stop", *TA).startswith("0 of 12 reports read")
    run(screen, "decide", 3, "include", *TA)
    said = run(screen, "stop", *TA, "--why", "Enough", "--target", 80)
    assert "Less than 80 % could well have been found" in said
    assert "  not yet    The last reports were all irrelevant: 0 in a row" in said
    assert "Nothing is stopped yet: add --yes to leave 11 reports unread." in said
    with pytest.raises(click.UsageError):
        run(screen, "stop", *TA, "--yes")
    with pytest.raises(RoleError):
        run(screen, "stop", *TA, "--why", "Enough", "--yes", "--as", "Ben")
    made = json.loads(run(screen, "stop", *TA, "--why", "Enough", "--yes", "--json"))
    assert (made["read"], made["relevant"], made["waiting"], made["target"]) == (1, 1, 11, 95)
    (stop,) = made["stops"]
    assert (stop["event"], stop["person"], stop["why"], stop["not_screened"]) == (made["made"], "Ann", "Enough", 11)
    assert json.loads(run(status, "--json"))["not_screened"] == 11
    assert "11 left unread when screening was stopped" in run(status)
    assert json.loads(run(screen, "next", *TA, "--json"))["report"] is None
    assert (
        run(screen, "resume", *TA, "--why", "More")
        == "1 stop taken back; what was left unread is in the queue again.\n"
    )
    with pytest.raises(DecisionError, match="not stopped"):
        run(screen, "resume", *TA, "--why", "More")
    assert json.loads(run(status, "--json"))["not_screened"] == 0
