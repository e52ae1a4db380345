"""Limits that are changed after decisions, with unmatched records removed: nothing is lost and every sum holds."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Review = Callable[..., tuple[int, str, str]]
STAGE = ("--stage", "title-abstract")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, review_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``review`` work on SQLite and on PostgreSQL."""
    if request.param == "postgres":
        monkeypatch.setenv("REVIEW_DATABASE", request.getfixturevalue("postgres_database"))


def flow(review: Review, folder: Path) -> tuple[int, int, int, int, int]:
    """Give records found, duplicates, removed, screened, and excluded by people."""
    assert review("report", "--only", "flow")[0] == 0
    with (folder / "out" / "flow.csv").open(encoding="utf-8-sig") as file:
        boxes = {row["data"]: row["n"] for row in csv.DictReader(file)}
    names = ("database_results", "duplicates", "excluded_other", "records_screened", "records_excluded")
    found, duplicates, removed, screened, excluded = (int(boxes[name]) for name in names)
    return found, duplicates, removed, screened, excluded


@pytest.mark.usefixtures("database")
def test_limits_changed_after_decisions_lose_nothing(
    review: Review, review_folder: Path, reach: Callable[..., Any]
) -> None:
    reach("openalex", 6)  # all of 2014, each found by both strategies
    protocol = review_folder / "protocol.toml"
    whole = protocol.read_text("utf-8")
    kept = whole.partition("[[imports]]")[0] + "[[criteria]]" + whole.partition("[[criteria]]")[2]
    protocol.write_text(kept, "utf-8")
    for command in (
        ("search", "--source", "openalex"),
        ("dedupe",),
        ("screen", "decide", "1", "include", *STAGE),
        ("screen", "decide", "2", "exclude", "--reason", "not_mentoring", *STAGE),
    ):
        assert review(*command)[0] == 0
    assert flow(review, review_folder) == (12, 6, 0, 2, 1)
    narrowed = kept.replace('from = "2006-01"', 'from = "2015-01"')
    protocol.write_text(narrowed.replace("remove_unmatched = false", "remove_unmatched = true"), "utf-8")
    assert "12 records now evaluated otherwise" in review("import")[1]
    assert flow(review, review_folder) == (12, 6, 6, 0, 0)
    assert json.loads(review("verify", "--json")[1])["chain"]["ok"]
    protocol.write_text(kept, "utf-8")
    assert review("import")[0] == 0
    assert flow(review, review_folder) == (12, 6, 0, 2, 1)
    assert review("verify")[0] == 0
