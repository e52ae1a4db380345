"""PRISMA-S, item by item: what the log answers, what it leaves to the authors, and that nothing is met by silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_log import Log, gather, papers
from search_log import KNOWN, fill, protocol_of

from reports.appendix import as_markdown
from reports.prisma_s import checklist, section
from reports.search_facts import WORDS, Known, SearchLog
from review.protocol.model import Limits

# Rethlefsen 2021, doi:10.1186/s13643-020-01542-z, table 1
ITEMS = (
    "Database name", "Multi-database searching", "Study registries", "Online resources and browsing",
    "Citation searching", "Contacts", "Other methods", "Full search strategies", "Limits and restrictions",
    "Search filters", "Prior work", "Updates", "Dates of searches", "Peer review", "Total records", "Deduplication",
)  # fmt: skip
PEOPLE_ONLY = {"6", "10", "11", "14"}


def read(log: Log, known: Known = KNOWN) -> SearchLog:
    with log.store.read() as connection:
        return gather(connection, protocol_of(log), None, None, (), known=known).searches


def items(log: SearchLog) -> dict[str, dict[str, str]]:
    table = checklist(log)
    return {str(row[0]): {name: str(cell) for name, cell in zip(table.columns, row, strict=True)} for row in table.rows}


@pytest.fixture
def full(log: Log) -> dict[str, dict[str, str]]:
    fill(log)
    return items(read(log))


def test_all_sixteen_items_are_there_in_order(full: dict[str, dict[str, str]]) -> None:
    assert [(number, row["Item"]) for number, row in full.items()] == [
        (str(at), name) for at, name in enumerate(ITEMS, start=1)
    ]


def test_every_place_is_a_heading_of_the_appendix(log: Log) -> None:
    headings = as_markdown(read(log)).splitlines()
    for row in items(read(log)).values():
        assert f"## {row['Where']}" in headings


def test_sections_are_numbered_in_order() -> None:
    assert [section(name)[:9] for name in WORDS["sections"]] == [f"Section {n}" for n in range(1, 9)]


def test_what_only_people_know_is_a_prompt_whatever_the_log_holds(log: Log, full: dict[str, dict[str, str]]) -> None:
    for number in PEOPLE_ONLY:
        assert full[number]["State"] == "to fill in"
        assert full[number]["For the authors"].startswith("To fill in: ")
        assert full[number]["What the log says"] == "The log cannot know this."


def test_an_empty_log_leaves_every_item_but_the_platforms_and_limits_to_the_authors(log: Log) -> None:
    states = {number: row["State"] for number, row in items(read(log)).items()}
    assert {number for number, state in states.items() if state != "to fill in"} == {"2", "9"}
    assert all(row["For the authors"] for number, row in items(read(log)).items() if number != "2")


@pytest.mark.parametrize(
    ("number", "says", "state", "asks"),
    [
        ("1", "5 searches: PubMed (API of PubMed); CINAHL (EBSCOhost); BEI (EBSCOhost); Europe PMC (API of europepmc).",
         "from the log", ""),
        ("2", "EBSCOhost: CINAHL, BEI. Each stands in the log as a search of its own.", "in part", "in one go"),
        ("3", "1 search: Trials (platform not recorded).", "from the log", ""),
        ("4", "1 search: Bma (platform not recorded).", "in part", "how search 5 (Bma) was browsed"),
        ("5", "Search 6: Citation searching, direction backward and forward, starting reports: 2, 3 records.",
         "from the log", ""),
        ("7", "The log holds no search by another method.", "to fill in", "no other method"),
        ("8", "Of 8 searches 7 with the strategy in full, as sent or as given at import.", "in part",
         "the strategy of search 5 (Bma)"),
        ("9", "date of publication: from 2006-01 to 2016-01; language: English (eng).", "in part", "why each limit"),
        ("12", "Search 7 (2026-05-01) updates search 1.", "from the log", ""),
        ("13", "From 2026-01-02 to 2026-05-01; the day of each search is given.", "in part", "date of search 5 (Bma)"),
        ("15", "PubMed: 12. CINAHL: 6. BEI: 2. Europe PMC: not recorded. Trials: 2. Bma: 1. Citation searching: 3. All:"
         " at least 26.", "in part", "searches 2 (CINAHL), 8 (Europe PMC) did not come to an end"),
        ("16", "4 duplicate records among 26, leaving 22 reports. Rules that merged: doi, judged, place.",
         "from the log", ""),
    ],
)  # fmt: skip
def test_what_the_log_says(full: dict[str, dict[str, str]], number: str, says: str, state: str, asks: str) -> None:
    row = full[number]
    assert says in row["What the log says"]
    assert (row["State"], bool(row["For the authors"])) == (state, bool(asks))
    assert asks in row["For the authors"]


def test_a_database_without_platform_is_asked_for(log: Log) -> None:
    log.search(papers(1), source="cinahl", label="CINAHL")
    row = items(read(log))["1"]
    assert row["State"] == "in part" and "the platform of search 1 (CINAHL)." in row["For the authors"]


def test_nothing_recorded_is_not_in_part(log: Log) -> None:
    log.search(papers(1), query=None, searched_on=None)
    rows = items(read(log))
    assert (rows["8"]["State"], rows["13"]["State"]) == ("to fill in", "to fill in")


def test_no_limits_need_no_reason(log: Log) -> None:
    found = read(log)
    row = items(replace(found, protocol=replace(found.protocol, limits=Limits())))["9"]
    assert (row["What the log says"], row["State"]) == ("No limits were used.", "from the log")


def test_searches_that_merged_nothing_leave_deduplication_to_the_authors(log: Log) -> None:
    log.search(papers(2))
    row = items(read(log))["16"]
    assert "0 duplicate records among 2, leaving 2 reports. Nothing was merged." in row["What the log says"]
    assert row["State"] == "to fill in"
