"""The search appendix: what it says of each search, that it balances with the flow, and that it stays text."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from report_log import HOSTILE, Log, gather, papers, whole_review
from search_log import HISTORY, KNOWN, fill, protocol_of
from sqlalchemy import insert

from reports import rows as rows_of_store
from reports import search_facts as facts
from reports.appendix import as_docx, as_markdown, balanced
from reports.clean import legal
from reports.flow.counts import Flow
from reports.material import Material
from reports.render_csv import comma_separated
from reports.rows import Merging, SearchRow
from reports.search_facts import Known, SearchLog
from reports.search_tables import by_source, citations, counts, full, places, rules
from review.errors import CountError
from review.store import schema


def material(log: Log, known: Known = KNOWN) -> Material:
    with log.store.read() as connection:
        return gather(connection, protocol_of(log), None, None, (), known=known)


@pytest.fixture
def searched(log: Log) -> SearchLog:
    fill(log)
    return material(log).searches


def a_row(**given: Any) -> SearchRow:
    names = {column.name: None for column in schema.search.columns}
    row = {**names, "id": 1, "source": "s", "label": "S", "kind": "database", "method": "api", "status": "complete",
           "started_at": "2026-01-02T00:00:00Z", "losses": [], "notes": []}  # fmt: skip
    counts = {name: given.pop(name, 0) for name in ("records", "rejected", "matched", "unmatched", "duplicates")}
    return SearchRow({**row, **given}, **counts)


def columns(table: Any, *names: str) -> list[tuple[str | None, ...]]:
    at = [table.columns.index(name) for name in names]
    return [tuple(row[i] for i in at) for row in table.rows]


# -- counts


def test_every_count_of_every_search(searched: SearchLog) -> None:
    wanted = (
        "Hits", "Records", "Match the query here", "Do not match", "Cannot be told", "Duplicates", "Found here first",
        "Found here only",
    )  # fmt: skip
    silent = ("not recorded",) * 8
    assert columns(counts(searched.rows), *wanted) == [
        ("10", "10", "4", "4", "2", "0", "10", "7"),
        ("7", "6", "6", "0", "0", "2", "4", "4"),
        ("2", "2", "2", "0", "0", "1", "1", "1"),
        ("2", "2", "2", "0", "0", "0", "2", "2"),
        ("not recorded", "1", "1", "0", "0", "0", "1", "1"),
        ("3", "3", "not evaluated", "not evaluated", "not evaluated", "1", "2", "2"),
        ("2", "2", "2", "0", "0", "0", "2", "2"),
        silent,
        ("at least 26", "at least 26", "at least 17", "at least 4", "at least 2", "at least 4", "at least 22",
         "at least 19"),
    ]  # fmt: skip


def test_overlaps_are_counted_in_reports(searched: SearchLog) -> None:
    assert [row.shared for row in searched.rows[:4]] == [
        ((2, 2), (3, 1), (6, 1)), ((1, 2), (3, 1)), ((1, 1), (2, 1)), (),
    ]  # fmt: skip
    assert [row.reports for row in searched.rows] == [10, 6, 2, 2, 1, 3, 2, 0]


def test_searches_of_one_source_are_added_up(searched: SearchLog) -> None:
    table = by_source(searched.rows)
    assert columns(table, "Source", "Searches", "Records identified", "Duplicates", "Found here first") == [
        ("PubMed", "2", "12", "0", "12"), ("CINAHL", "1", "6", "2", "4"), ("BEI", "1", "2", "1", "1"),
        ("Europe PMC", "1", "not recorded", "not recorded", "not recorded"), ("Trials", "1", "2", "0", "2"),
        ("Bma", "1", "1", "0", "1"), ("Citation searching", "1", "3", "1", "2"),
        ("All", "8", "at least 26", "at least 4", "at least 22"),
    ]  # fmt: skip


def test_sources_are_counted_before_and_after_deduplication(searched: SearchLog) -> None:
    table = by_source(searched.rows)
    assert columns(table, "Source", "Records identified", "Reports", "Found here only") == [
        ("PubMed", "12", "12", "9"), ("CINAHL", "6", "6", "4"), ("BEI", "2", "2", "1"),
        ("Europe PMC", "not recorded", "not recorded", "not recorded"), ("Trials", "2", "2", "2"),
        ("Bma", "1", "1", "1"), ("Citation searching", "3", "3", "2"),
        ("All", "at least 26", "at least 22", "at least 19"),
    ]  # fmt: skip


def test_what_a_source_finds_again_is_its_duplicate_and_still_its_own(log: Log) -> None:
    for label in ("S", "T"):
        log.search(papers(2), source=label.lower(), label=label)
    log.search(papers(1), source="s", label="S")  # report 5, a copy of 1
    log.note([("merge", {"reports": [1, 5], "rule": "doi", "score": 1.0})])
    with log.store.read() as connection:
        read = rows_of_store.search_rows(connection)
    names = ("Source", "Records identified", "Duplicates", "Found here first", "Reports", "Found here only")
    assert columns(by_source(read), *names) == [
        ("S", "3", "1", "2", "2", "2"), ("T", "2", "0", "2", "2", "2"), ("All", "5", "1", "4", "4", "4"),
    ]  # fmt: skip
    assert [row.alone for row in read] == [1, 2, 0]


def test_an_update_that_failed_leaves_the_source_its_number() -> None:
    rows = (a_row(records=5), a_row(id=2, status="failed"))
    assert columns(by_source(rows), "Records identified") == [("5",), ("5",)]


def test_sources_add_up_to_the_boxes_of_the_flow(log: Log) -> None:
    fill(log)
    read = material(log)
    identified = {row[:2]: row[3] for row in by_source(read.searches.rows).rows}
    flow = read.flow
    boxes = {(count.label, kind): count.n for kind, of in (("Database", flow.databases), ("Register", flow.registers))
             for count in of}  # fmt: skip
    assert {key: facts.count(n) for key, n in boxes.items()} == {
        key: identified[key] for key in identified if key[1] in ("Database", "Register")
    }
    assert (flow.database_results, flow.register_results) == (20, 2)
    # by other methods 4 came; one of the 3 of the citation search was known already, and a footnote says so
    assert (flow.organisation_results, flow.citations_results) == (1, 2)
    balanced(read.searches.rows, flow)


@pytest.mark.parametrize("box", ["database_results", "register_results", "citations_results"])
def test_an_appendix_that_does_not_balance_is_refused(log: Log, box: str) -> None:
    fill(log)
    read = material(log)
    with pytest.raises(CountError, match="does not balance") as caught:
        balanced(read.searches.rows, replace(read.flow, **{box: getattr(read.flow, box) + 1}))
    assert "records of searches against" in str(caught.value)


def test_nothing_searched_balances_with_nothing() -> None:
    balanced((), Flow())


# -- facts


def test_where_and_when(searched: SearchLog) -> None:
    assert columns(places(searched), "Source", "Platform", "Searched on") == [
        ("PubMed", "API of PubMed", "2026-01-02, ended on 2026-01-03"),
        ("CINAHL", "EBSCOhost", "2026-01-02; file imported on 2026-01-02"),
        ("BEI", "EBSCOhost", "2026-01-02; file imported on 2026-01-02"),
        ("Trials", "not recorded", "2026-01-02; file imported on 2026-01-02"),
        ("Bma", "not recorded", "not recorded; file imported on 2026-01-02"),
        ("Citation searching", "API of OpenAlex", "2026-01-02"),
        ("PubMed", "API of PubMed", "2026-05-01"),
        ("Europe PMC", "API of europepmc", "2026-01-02"),
    ]


def test_the_interface_is_told_by_addresses_and_documents(searched: SearchLog) -> None:
    pubmed, cinahl, *_, europepmc = searched.rows
    assert facts.interface(pubmed, KNOWN) == (
        "asked at https://example.org/esearch, https://example.org/efetch; queries are written after"
        " https://example.org/pubmed, as of 2026-11-21"
    )
    assert facts.interface(cinahl, KNOWN) == (
        "version on the day of the search not recorded; queries are written after https://example.org/ebsco, not"
        " compared with them yet"
    )
    assert facts.interface(europepmc, KNOWN) is None
    assert pubmed.replies == 3 and cinahl.addresses == ()


def test_coverage_is_not_guessed_from_records() -> None:
    row = replace(a_row(), earliest="1998-05", latest="2016")
    assert facts.coverage(row) == "not recorded; the records retrieved are dated 1998 to 2016"
    assert facts.coverage(a_row()) == "not recorded"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hits": 3, "records": 2, "rejected": 1}, "Complete: all 3 hits came."),
        ({"hits": 0}, "Complete: all 0 hits came."),
        ({"records": 1}, "Complete as far as known: 1 record came, the source's own count is not recorded."),
        ({"hits": 5, "records": 4}, "Complete: the source counted 5 hits, 4 are kept; its remarks say why."),
        ({"status": "incomplete", "hits": 5, "records": 4, "error": "gap"}, "Not complete: gap. Kept: 4 of 5 hits."),
        ({"status": "failed", "error": "no"}, "Failed: no. Nothing came."),
        ({"status": "running", "records": 2}, "Not finished. Kept: 2 records."),
    ],
)
def test_completeness_is_one_sentence(given: dict[str, Any], said: str) -> None:
    assert facts.completeness(a_row(**given)) == said


def test_an_update_names_what_it_updates() -> None:
    assert facts.update_of(a_row(updates=4)) == 4
    assert facts.update_of(a_row()) is None


def test_a_search_shows_the_limits_of_its_own_protocol(searched: SearchLog) -> None:
    older = replace(searched.protocol, hash="old", limits=replace(searched.protocol.limits, start="1990"))
    row = a_row(protocol="old")
    log = replace(searched, rows=(row,), protocols={"old": older})
    said = "date of publication: from 1990 to 2016-01; language: English (eng)"
    assert columns(full(log), "Limits") == [(said,)]
    assert "limits of their own: search 1 (S)" in as_markdown(log)
    assert columns(full(replace(log, protocols={})), "Limits") == [("not recorded",)]


def test_limits_are_said_or_said_to_be_none(searched: SearchLog) -> None:
    assert facts.limits_of(searched.protocol) == (
        "date of publication: from 2006-01 to 2016-01", "language: English (eng)",
    )  # fmt: skip
    bare = replace(searched, protocol=replace(searched.protocol, limits=type(searched.protocol.limits)()))
    assert "No limits were used." in as_markdown(bare)


def test_citation_searches_tell_direction_seeds_and_ways(searched: SearchLog) -> None:
    table = citations(facts.of_kind(searched.rows, "citation"), KNOWN)
    wanted = ("With", "Direction", "Starting reports", "Ways to the records", "Records", "Known already", "New")
    ways = "round 1, backward: 1; round 1, forward: 2"
    assert columns(table, *wanted) == [("API of OpenAlex", "backward and forward", "2", ways, "3", "1", "2")]
    by_hand = a_row(kind="citation", method="file", records=1)
    assert columns(citations((by_hand,), KNOWN), "Direction", "Starting reports", "Ways to the records") == [
        ("not recorded", "not recorded", "not recorded")
    ]


def test_rules_of_deduplication_are_counted_and_explained(searched: SearchLog) -> None:
    assert searched.merging == Merging((("doi", 2), ("judged", 1), ("place", 1)), 0, ())
    assert rules(searched.merging, KNOWN).rows == (
        ("doi", "same DOI and same title", "2"), ("judged", "a person judged that they are the same", "1"),
        ("place", "not recorded", "1"),
    )  # fmt: skip
    assert "26 records became 22 reports; 4 duplicate records merged" in as_markdown(searched)


def test_judged_pairs_and_splits_are_said(log: Log) -> None:
    log.search(papers(4))
    log.merge((1, 2))
    log.note([("pair", {"reports": [3, 4], "verdict": "different"}), ("split", {"reports": [2]})])
    said = as_markdown(material(log).searches)
    assert "1 judged to be different documents" in said and "Merges taken back: 1." in said


# -- the text


def test_strategies_stand_there_as_they_were_sent(searched: SearchLog) -> None:
    said = as_markdown(searched)
    assert "Strategy as it was sent:\n\n```\nment*[tiab]\n```" in said
    assert (
        "Strategy as given at import (line numbers added here):\n\n```\n1  ment*\n2  doctor*\n3  1 AND 2\n```" in said
    )
    assert "### Search 5: Bma" in said and "Strategy as it was run: not recorded." in said
    assert "- no proximity (finds more than was asked)" in said
    assert "- PubMed read it so" in said
    assert "### Strategy “main”: The main one" in said and "| P | Doctors | doctor\\*; medic\\* |" in said
    assert columns(full(searched), "Query as sent")[2] == (HISTORY,)


def test_the_parts_of_a_long_query_are_all_given(searched: SearchLog) -> None:
    row = a_row(query="a OR b", parts=["a", "b"])
    said = as_markdown(replace(searched, rows=(row,)))
    assert "Asked in 2 parts, whose hits together are those of the whole:\n\n```\na\n```\n\n```\nb\n```" in said


@pytest.mark.parametrize(
    "query",
    ["1. ment*\n2. doctor*\n3. 1 AND 2", "S1 ment*\nS2 doctor*\nS3 S1 AND S2", "(ment* OR\ncoach*)", "1 AND 2", ""],
)
def test_lines_that_need_no_number_get_none(query: str) -> None:
    assert facts.spelled(query) == (query, False)


@pytest.mark.parametrize("last", ["or/1-2", "#1 AND #2", "(S1 or S2)", "1 not 2", "1 AND (2 OR 3)"])
def test_a_history_without_numbers_gets_them(last: str) -> None:
    assert facts.spelled(f"a\nb\n{last}") == (f"1  a\n2  b\n3  {last}", True)


def test_the_newest_hits_of_each_line_stand_below_the_strategy(log: Log) -> None:
    fill(log)
    line = {"source": "pubmed", "strategy": "main", "part": "term", "at": "2026-01-02T00:00:00Z", "protocol": "hash"}
    told = [("ment*", 5, None), ("doctor*", None, "busy"), ("ment*", 7, None)]
    with log.store.write() as connection:
        for text, hits, error in told:
            values = {**line, "line": text, "query": f"{text}[tiab]", "hits": hits, "error": error}
            connection.execute(insert(schema.hit_count).values(**values))
        connection.execute(insert(schema.hit_count).values({**line, "strategy": "other", "line": "z", "hits": 1}))
    said = as_markdown(material(log).searches)
    rows = [row for row in said.splitlines() if "2026-01-02 |" in row and "tiab" in row]
    assert rows == [
        "| 1 | doctor\\* | term | doctor\\*\\[tiab\\] | not recorded: busy | 2026-01-02 |",
        "| 2 | ment\\* | term | ment\\*\\[tiab\\] | 7 | 2026-01-02 |",
    ]
    assert "| z |" not in said


def test_an_update_is_said_with_both_dates(searched: SearchLog) -> None:
    said = as_markdown(searched)
    assert "Search 7 (PubMed, 2026-05-01) updates search 1 (2026-01-02, ended on 2026-01-03)." in said


def test_removed_or_kept_is_said(searched: SearchLog) -> None:
    removing = replace(searched, protocol=replace(searched.protocol, remove_unmatched=True))
    assert "were removed before screening" in as_markdown(removing)
    assert "none was removed for it" in as_markdown(searched)


def test_word_says_what_markdown_says(searched: SearchLog, log: Log) -> None:
    doc = Document(io.BytesIO(as_docx(searched, moment=material(log).moment)))
    headings = [p.text for p in doc.paragraphs if p.style.name.startswith("Heading")]
    in_markdown = re.findall(r"^#+ (.*)$", as_markdown(searched), re.MULTILINE)
    assert headings == in_markdown
    code = [p.text for p in doc.paragraphs if p.runs and p.runs[0].font.name == "Courier New"]
    assert code[:3] == ["ment* AND doctor*", "ment*[tiab]", "ment* AND doctor*"]
    assert len(doc.tables) == as_markdown(searched).count("| --- |") - sum(
        line.count("| --- |") - 1 for line in as_markdown(searched).splitlines() if line.startswith("| ---")
    )


def test_the_same_log_gives_the_same_bytes(log: Log) -> None:
    fill(log)
    first, second = material(log), material(log)
    assert as_docx(first.searches, moment=first.moment) == as_docx(second.searches, moment=second.moment)
    assert as_markdown(first.searches) == as_markdown(second.searches)


def test_an_empty_review_has_an_appendix(log: Log) -> None:
    empty = material(log).searches
    assert "The log holds no citation search." in as_markdown(empty)
    assert full(empty).rows == ()
    as_docx(empty, moment=material(log).moment)


# -- hostile text

BREAKS_OUT = "`````\n# not a heading\n<script>alert(1)</script>\n````` | x | \r\n~~~\n" + "x" * 40_000


def test_no_query_breaks_out_of_its_fence(log: Log) -> None:
    whole_review(log, hostile=BREAKS_OUT)
    said = as_markdown(material(log).searches)
    fence = "`" * 6
    assert f"{fence}\n{BREAKS_OUT}\n{fence}" in said
    outside = said.replace(f"{fence}\n{BREAKS_OUT}\n{fence}", "")
    assert "<script>" not in outside.replace("\\<script\\>", "")
    assert not any(line.startswith("# not") for line in outside.splitlines())
    rows = [line for line in outside.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) > 2 for line in rows)


def test_word_and_csv_hold_hostile_text_as_text(log: Log) -> None:
    whole_review(log, hostile=HOSTILE)
    read = material(log)
    doc = Document(io.BytesIO(as_docx(read.searches, moment=read.moment)))
    assert legal(HOSTILE) in {p.text for p in doc.paragraphs}
    rows = list(csv.DictReader(io.StringIO(comma_separated(full(read.searches)).decode("utf-8-sig"))))
    assert [row["Query as sent"] for row in rows] == [legal(HOSTILE), "ment* AND doctor*"]
    assert [row["Duplicates"] for row in rows] == ["0", "1"]
    assert [row["Hits"] for row in rows] == ["12", "2"]


def test_a_query_that_is_a_formula_is_none_in_the_csv(log: Log) -> None:
    log.search(papers(1), query="=HYPERLINK(1)")
    assert b"'=HYPERLINK" in comma_separated(full(material(log).searches))
