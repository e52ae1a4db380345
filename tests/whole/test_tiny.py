"""The smallest whole review: two votes, a conflict, citation searching, a paper not retrieved; on both databases."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from examples import run_example, written


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    run_example("tiny", tmp_path / "review", monkeypatch)
    return tmp_path / "review"


def test_the_flow_has_both_columns(tiny: Path) -> None:
    # By hand: 6 from the database, two of them one paper; 2 from citations, one of them known. 2 excluded at title and
    # abstract, the one in conflict resolved to be read and not to be had.
    rows = csv.DictReader((tiny / "out/flow.csv").read_text("utf-8-sig").splitlines())
    boxes = {row["data"]: row["n"] for row in rows}
    expected = {
        "database_results": "6", "citations_results": "1", "duplicates": "1", "records_screened": "5",
        "records_excluded": "2", "dbr_sought_reports": "3", "dbr_notretrieved_reports": "1", "dbr_assessed": "2",
        "other_sought_reports": "1", "other_assessed": "1", "new_studies": "3", "new_reports": "3",
    }  # fmt: skip
    assert {key: boxes[key] for key in expected} == expected


@pytest.mark.postgres
def test_postgresql_gives_the_very_same_bytes(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_database: str
) -> None:
    run_example("tiny", tmp_path / "team", monkeypatch, database=postgres_database)
    first, second = written(tiny), written(tmp_path / "team")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
