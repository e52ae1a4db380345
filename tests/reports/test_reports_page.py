"""docs/reports.md: the files, parts, endings, tables, figures and checklists that it lists are those that there are."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from report_log import FORM, FRAMEWORK, INSTRUMENT, Log, whole_review

from reports.build import FORMATS, PARTS, PLANS, TABLES
from reports.checklists.items import NAMES
from reports.material import Material
from reports.plots.files import FIGURES

PAGE = (Path(__file__).parents[2] / "docs" / "reports.md").read_text("utf-8")
ALONE = {"index.html", "manifest.json"}
"""What is written with a whole report only: no part has them."""


def listed(head: str) -> list[list[str]]:
    """Give the rows of the table whose head begins so."""
    rows = PAGE.partition(f"\n| {head} |")[2].split("\n")[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in itertools.takewhile(bool, rows)]


def names(head: str) -> list[str]:
    return [row[0].strip("`") for row in listed(head)]


def paths(written: str) -> list[str]:
    """Give the paths that a name with braces stands for."""
    pieces = [piece.split(",") for piece in re.split(r"[{}]", written.strip("`"))]
    return ["".join(some) for some in itertools.product(*pieces)]


FILES = {path: row[1] for row in listed("file") for path in paths(row[0])}
"""Every path that the page lists, with its part; what stands in <> is a name."""


def entry(path: str) -> str:
    """Give what the page lists a file as."""
    found = [one for one in FILES if re.fullmatch(re.sub(r"<\w+>", "[^/.]+", one.replace(".", r"\.")), path)]
    exact = [one for one in found if "<" not in one]
    assert len(exact or found) == 1, (path, found)
    return (exact or found)[0]


def test_every_file_stands_on_the_page_under_its_parts_and_every_one_there_is_written(log: Log) -> None:
    whole_review(log)
    with log.store.read() as connection:
        m = Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))
        planned = {one.path: one.parts for _, plan in PLANS for one in plan(m)}
    for path, parts in planned.items():
        said = re.findall(r"`(\w+)`", FILES[entry(path)])
        assert said and set(said) <= set(parts), path
        folder, _, name = path.rpartition("/")
        if folder == "tables":
            assert name.partition(".")[0] in names("table")
    assert {entry(path) for path in planned} | ALONE == set(FILES)


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("table", TABLES),
        ("figure", [one.__name__ for one in FIGURES]),
        ("checklist", [*NAMES[:2], "prisma_s", *NAMES[2:], "press"]),
    ],
)
def test_names_are_those_of_the_code_in_its_order(head: str, known: list[str]) -> None:
    assert names(head) == list(known)


def test_parts_and_endings_are_all_named() -> None:
    assert {part for said in FILES.values() for part in re.findall(r"`(\w+)`", said)} == set(PARTS) - set(TABLES)
    assert {path.rpartition(".")[2] for path in FILES} == set(FORMATS)
