"""The example review, every command of its script, run twice: the numbers that it must end with, and the same bytes."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from examples import run_example, written
from review.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "mentoring"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    patch = pytest.MonkeyPatch()
    folders = tuple(tmp_path_factory.mktemp("whole") / "review" for _ in range(2))
    for folder in folders:
        run_example("mentoring", folder, patch)
    patch.undo()
    return folders  # type: ignore[return-value]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "out" / name).read_text("utf-8-sig").splitlines()))


def json_of(folder: Path, *words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setattr(sys, "argv", ["review", *words, "-C", str(folder), "--json"])
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main()
    found: dict = json.loads(capsys.readouterr().out)
    return found


def test_it_ends_with_the_thirteen_published_studies(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status = json_of(runs[0], "status", capsys=capsys, monkeypatch=monkeypatch)
    assert (status["records"], status["reports"]) == (117, 113)
    assert (status["included_reports"], status["included_studies"], status["conflicts"]) == (13, 13, 0)


def test_the_flow_has_the_numbers_of_the_illustrative_decisions(runs: tuple[Path, Path]) -> None:
    # data/mentoring: 117 records less 4 duplicates are 113 documents: 93 excluded, 20 assessed, 13 included
    boxes = {row["data"]: row["n"] for row in rows(runs[0], "flow.csv")}
    assert boxes["database_results"] == "117"
    assert boxes["duplicates"] == "4"
    assert boxes["records_screened"] == "113"
    assert boxes["records_excluded"] == "93"
    assert boxes["dbr_assessed"] == "20"
    assert boxes["new_studies"] == "13"


def test_research_and_other_studies_are_in_two_tables(runs: tuple[Path, Path]) -> None:
    assert len(rows(runs[0], "tables/characteristics_research.csv")) == 10
    assert len(rows(runs[0], "tables/characteristics_other.csv")) == 3


def test_the_matrix_has_the_published_studies_per_component(runs: tuple[Path, Path]) -> None:
    matrix = rows(runs[0], "tables/theme_matrix.csv")
    assert len(matrix) == 13
    columns = list(matrix[0])[1:]
    assert [sum(1 for row in matrix if row[c]) for c in columns[:4]] == [5, 8, 12, 11]
    cells = {row[next(iter(row))]: row for row in matrix}
    mann = next(row for study, row in cells.items() if "Mann" in study)
    assert mann[columns[1]] == "±"


def test_findings_and_configurations_are_in_tables_of_their_own(runs: tuple[Path, Path]) -> None:
    found = rows(runs[0], "tables/findings.csv")
    assert [row["Studies"].partition(":")[0] for row in found] == [f"{n} of 13" for n in (5, 8, 12, 3, 11)]
    assert ["Mann" in row["Contradictory evidence"] for row in found] == [False, True, False, False, False]
    assert len(rows(runs[0], "tables/cmo.csv")) == 4


def test_two_runs_give_the_same_bytes(runs: tuple[Path, Path]) -> None:
    first, second = map(written, runs)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert {f"out/{name}" for name in ("index.html", "flow.svg", "flow.png", "tables.docx", "manifest.json")} <= set(
        first
    )


def test_the_audit_of_the_publication_finds_what_it_printed(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs[0])
    words = ("audit", "published.toml")
    audit = json_of(runs[0], *words, capsys=capsys, monkeypatch=monkeypatch)
    assert {identity["status"] for identity in audit["identities"]} == {"holds", "cannot be checked"}
    boxes = {box["box"]: box["n"] for box in audit["boxes"]}
    assert (boxes["database_results"], boxes["citations_results"]) == (4669, None)
    found = {finding["about"]: finding["what"] for finding in audit["findings"]}
    assert len(found) == 4
    assert "said of all 13 but cited for 11" in found["better-work"]


def test_the_csv_of_the_r_package_is_audited_too(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = json_of(runs[0], "audit", str(runs[0] / "out/flow.csv"), capsys=capsys, monkeypatch=monkeypatch)
    boxes = {box["box"]: box["n"] for box in audit["boxes"]}
    assert (boxes["database_results"], boxes["duplicates"], boxes["new_studies"]) == (117, 4, 13)
    assert {one["status"] for one in audit["identities"]} <= {"holds", "cannot be checked"} and audit["steps"] == []


def test_the_picture_in_the_readme_is_what_the_example_makes(runs: tuple[Path, Path]) -> None:
    shown = EXAMPLE.parents[1] / "docs" / "images" / "example-flow.svg"
    assert shown.read_bytes() == (runs[0] / "out" / "flow.svg").read_bytes(), "copy demo/out/flow.svg to docs/images"


def cells(page: str, heading: str, column: int = -1) -> dict[str, str]:
    """Give row label -> a cell, of every table below a heading of docs/published.md."""
    part = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return {row[0].strip(): row[column].strip() for row in lines}


def test_what_stands_beside_the_publication_is_what_comes_out(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = EXAMPLE.parents[1] / "docs"
    page = (docs / "published.md").read_text("utf-8")
    monkeypatch.chdir(runs[0])
    audit = json_of(runs[0], "audit", "published.toml", "--out", str(tmp_path), capsys=capsys, monkeypatch=monkeypatch)
    for shown, made in (("published-flow.svg", "flow.svg"), ("published-steps.svg", "steps.svg")):
        assert (docs / "images" / shown).read_bytes() == (tmp_path / made).read_bytes(), f"copy {made} to docs/images"
    assert {"flow.pdf", "steps.png"} <= {one["path"] for one in audit["files"]}
    boxes = {box["label"]: box["n"] for box in reversed(audit["boxes"])}
    shown = cells(page, "The flow, in both orders")
    said = {label: "not reported" if boxes[label] is None else f"{boxes[label]:,}" for label in boxes if label in shown}
    assert len(said) == 10 and said.items() <= shown.items()
    research, other = (rows(runs[0], f"tables/characteristics_{kind}.csv") for kind in ("research", "other"))
    shown = cells(page, "Tables 3 and 4: characteristics")
    assert (shown["Research papers"], shown["Other papers"]) == (str(len(research)), str(len(other)))
    designs = Counter(row["Design"] for row in research)
    assert {name: str(designs[name]) for name in designs}.items() <= shown.items() and len(designs) == 3
    countries = Counter(row["Location"] for row in (*research, *other))
    listed = cells(page, "Papers originated in")
    assert {name: str(n) for name, n in countries.items()}.items() <= listed.items() and len(countries) == 5
    matrix = rows(runs[0], "tables/theme_matrix.csv")
    listed = cells(page, "The matrix of studies by component")
    counted = {name: str(sum(bool(row[name]) for row in matrix)) for name in list(matrix[0])[1:]}
    assert counted.items() <= listed.items() and len(counted) == 4
