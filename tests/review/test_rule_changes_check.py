"""``review check`` shows what a changed protocol would do before it is in force."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

TEXT = """
[review]
title = "T"
question = "Q"
[[criteria]]
id = "doctors"
text = "Doctors are studied."
reason = "population"
[screening.title-abstract]
reasons = [{ code = "population", text = "Not about doctors" }, { code = "other", text = "Other" }]
[screening.full-text]
reason_required = false
"""


def test_check_shows_the_effect(tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    (place / "protocol.toml").write_text(TEXT, "utf-8")
    (place / "found.csv").write_text("title,doi\nOne,10.5555/1\nTwo,10.5555/2\n", "utf-8")
    assert run("import", place / "found.csv", "--source", "other", "-C", place, "--as", "Ann")[0] == 0
    assert run("screen", "decide", "1", "include", "--stage", "title-abstract", "-C", place, "--as", "Ann")[0] == 0
    assert json.loads(run("check", "-C", place, "--json")[1])["effect"] == {"moves": [], "again": []}
    with_two = TEXT.replace("[screening.title-abstract]", "[screening.title-abstract]\nvotes = 2")
    (place / "protocol.toml").write_text(with_two.replace("Not about", "Nothing about"), "utf-8")
    for _ in range(2):
        out = run("check", "-C", place)[1]
        assert "title-abstract: 1 report now included would be awaiting a further vote" in out
        assert "review screen again --stage title-abstract --reason population" in out
    assert run("screen", "next", "--stage", "title-abstract", "-C", place, "--as", "Ann")[0] == 0
    assert "not in force yet" not in run("check", "-C", place)[1]


def test_check_counts_the_pilot_that_ends_without_who_leaves(
    tmp_path: Path, run: Callable[..., tuple[int, str, str]]
) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    team = "".join(f'[[team]]\nname = "{name}"\n' for name in ("Ann", "Ben", "Cy"))
    (place / "protocol.toml").write_text(TEXT + team, "utf-8")
    (place / "found.csv").write_text("title,doi\nOne,10.5555/1\n", "utf-8")
    assert run("import", place / "found.csv", "--source", "other", "-C", place, "--as", "Ann")[0] == 0
    stage = ("--stage", "title-abstract", "-C", place, "--as")
    assert run("screen", "pilot", "--size", "1", *stage, "Ann")[0] == 0
    for name in ("Ann", "Ben"):
        assert run("screen", "decide", "1", "include", *stage, name)[0] == 0
    (place / "protocol.toml").write_text(TEXT + team.replace('[[team]]\nname = "Cy"\n', ""), "utf-8")
    told = json.loads(run("check", "-C", place, "--json")[1])["effect"]["moves"]
    assert told == [
        {"stage": "full-text", "before": None, "after": "waiting", "reports": 1},
        {"stage": "title-abstract", "before": "started", "after": "included", "reports": 1},
    ]
    assert json.loads(run("status", "-C", place, "--json")[1])["screened"] == 1
