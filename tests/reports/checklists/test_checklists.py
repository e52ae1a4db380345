"""The checklists: every item of each guideline, what the log says of it, and nothing that it does not show."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from docx import Document
from report_log import FORM, FRAMEWORK, INSTRUMENT, Log, papers, whole_review

from reports.checklists.answers import answers
from reports.checklists.files import checklist_files
from reports.checklists.items import IN_PART, KNOWN, NAMES, TO_FILL, filled, read
from reports.material import Material
from reports.table import Table
from review.store import Actor
from review.store.events import enrol

ITEMS = {"prisma_2020": 42, "prisma_abstracts": 12, "prisma_scr": 22, "entreq": 21, "swim": 10}
"""Items with their parts: 27 of PRISMA 2020 have 42, 9 of SWiM have 10."""


def tables(log: Log) -> dict[str, Table]:
    with log.store.read() as connection:
        taken = log.extracted(connection)
        known = answers(Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), taken))
        return {name: filled(read(name), known) for name in NAMES}


def told(table: Table) -> dict[str, tuple[str, str, str, str]]:
    """Give item -> (where, what the log says, state, prompt)."""
    return {str(row[0]): tuple(str(cell) for cell in row[4:]) for row in table.rows}  # type: ignore[misc]


def test_every_item_is_there_and_every_fact_is_asked_for(log: Log) -> None:
    assert {name: len(read(name).items) for name in NAMES} == ITEMS
    asked = {item.fact for name in NAMES for item in read(name).items} - {None}
    with log.store.read() as connection:
        assert asked == set(answers(Material(connection, log.protocol)))
    whole = [item.number.rstrip("abcdef") for item in read("prisma_2020").items]
    assert list(dict.fromkeys(whole)) == [str(n) for n in range(1, 28)]


def test_an_empty_review_claims_nothing(log: Log) -> None:
    for name, table in tables(log).items():
        for number, (_, said, state, prompt) in told(table).items():
            assert state in (TO_FILL, IN_PART, KNOWN), (name, number)
            assert prompt or state == KNOWN, (name, number)
            assert "independently" not in said
    first = told(tables(log)["prisma_2020"])
    assert [first[n][2] for n in ("6", "8", "9", "18", "20a")] == [TO_FILL] * 5
    assert first["8"][1] == "Nothing is screened yet."


def test_what_the_log_holds_is_said_with_its_place(log: Log) -> None:
    whole_review(log)
    said = told(tables(log)["prisma_2020"])
    assert said["8"][1].startswith("On titles and abstracts, 13 reports decided on by 1 person. On full texts,")
    assert said["16b"][:2] == (
        "tables/excluded_full_text", "3 reports excluded at full text, each cited with its reason.",
    )  # fmt: skip
    assert said["13a"][1] == "4 of 4 studies coded for the synthesis."
    assert said["18"][1:3] == ("1 of 4 studies appraised.", IN_PART) and "3 more studies" in said["18"][3]
    assert said["23c"][1].startswith("To be weighed: titles and abstracts and full texts screened by one person each;")
    assert "1 report not retrieved" in said["23c"][1]
    assert told(tables(log)["entreq"])["19"][1] == "2 themes given by the framework, 1 came from the data."


def test_two_people_are_counted_where_two_decided(log: Log) -> None:
    log.search(papers(3))
    log.vote([1, 2, 3], "exclude")
    with log.store.write() as connection:
        ben = Actor(enrol(log.store, connection, "Ben"), log.protocol.hash)
    replace(log, actor=ben).vote([1, 2], "exclude")
    said = told(tables(log)["entreq"])["7"][1]
    assert said.startswith("On titles and abstracts, 3 reports decided on by 2 people, 2 of 3 reports by two or more")


@pytest.mark.parametrize("ending", ["csv", "docx"])
def test_files_hold_all_items_and_are_the_same_each_time(log: Log, ending: str) -> None:
    whole_review(log, hostile="<script>alert(1)</script> =cmd() \\input{x}")
    with log.store.read() as connection:
        made = Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))
        twice = [{f.path: f.make() for f in checklist_files(made) if f.path.endswith(ending)} for _ in range(2)]
    assert twice[0] == twice[1]
    for name, n in ITEMS.items():
        data = twice[0][f"checklists/{name}.{ending}"]
        if ending == "csv":
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
            assert len(rows) == n + 1 and not any(cell.startswith("=") for row in rows for cell in row)
        else:
            assert len(Document(io.BytesIO(data)).tables[0].rows) == n + 1
