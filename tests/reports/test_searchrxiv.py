"""The JSON of one search: read by search-query's own loader, exact in its query, null where nothing is recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from report_log import HOSTILE, Log, gather, papers
from search_log import HISTORY, KNOWN, fill, protocol_of

from reports.rows import SearchRow
from reports.search_facts import SearchLog
from reports.searchrxiv import as_json, path


def read(log: Log) -> SearchLog:
    with log.store.read() as connection:
        return gather(connection, protocol_of(log), None, None, (), known=KNOWN).searches


def contents(log: Log) -> list[dict[str, Any]]:
    found = read(log)
    return [json.loads(as_json(row, found)) for row in found.rows]


def test_what_the_published_structure_has_keys_for(log: Log) -> None:
    fill(log)
    first, *_, update, _ = contents(log)
    assert {key: first[key] for key in ("record_info", "authors", "string_name", "platform", "database")} == {
        "record_info": {"internal_id": "1"}, "authors": [{"name": "Ann"}, {"name": "Ben"}], "string_name": "main",
        "platform": "PubMed", "database": ["PubMed"],
    }  # fmt: skip
    assert first["search_string"] == "ment*[tiab]"
    assert first["date"]["search_conducted"] == "2026.01.02"
    assert first["keywords"] == ["Doctors"]
    assert first["settings"] == {"interface": "API", "kind_of_document": []}
    assert (first["search_time_span"], first["search_language"]) == ({"from": "2006.01", "to": "2016.01"}, ["eng"])
    assert first["review_question"] == "Does mentoring help doctors?"
    assert first["generic_query"] == [{"name": "main", "label": "The main one", "query": "ment* AND doctor*"}]
    assert first["parent_record"] is None and update["parent_record"] == "1"


def test_counts_and_losses_are_those_of_the_log(log: Log) -> None:
    fill(log)
    results = [one["results"] for one in contents(log)]
    first = results[0]
    assert first == {
        "hits": 10, "retrieved": 10, "unreadable_parts": 0, "records": 10, "match": 4, "do_not_match": 4,
        "cannot_be_told": 2, "duplicates": 0, "found_here_first": 10, "found_here_only": 7, "status": "complete",
        "losses": [{"what": "no proximity", "effect": "broader"}], "remarks": ["PubMed read it so"],
        "protocol": "hash",
    }  # fmt: skip
    assert results[5]["match"] is None and results[5]["records"] == 3
    assert (results[7]["hits"], results[7]["records"], results[7]["retrieved"]) == (None, None, None)


def test_what_is_not_recorded_is_null(log: Log) -> None:
    log.search(papers(1), query=None, searched_on=None, hits=None)
    (one,) = contents(log)
    assert one["search_string"] is None and one["platform"] is None
    assert one["date"]["search_conducted"] is None and one["results"]["hits"] is None
    assert one["database_time_coverage"] is None


def test_the_query_is_exact(log: Log) -> None:
    for query in (HISTORY, HOSTILE, "x" * 50_000):
        log.search([], query=query)
    assert [one["search_string"] for one in contents(log)] == [HISTORY, HOSTILE, "x" * 50_000]


def test_another_tool_reads_the_file(log: Log, tmp_path: Path) -> None:
    loader = pytest.importorskip("search_query.search_file")
    fill(log)
    found = read(log)
    file = tmp_path / "one.json"
    file.write_bytes(as_json(found.rows[0], found))
    loaded = loader.load_search_file(file)
    assert (loaded.search_string, loaded.platform) == ("ment*[tiab]", "PubMed")
    assert loaded.authors == [{"name": "Ann"}, {"name": "Ben"}]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("pubmed", "3-pubmed"), ("../../etc/passwd", "3-etc-passwd"), ("CON", "3-con"), ("אגודה", "3-source"),
        ("a" * 300, "3-" + "a" * 60),
    ],
)  # fmt: skip
def test_a_source_of_any_name_has_a_harmless_file(source: str, name: str) -> None:
    row = SearchRow({"id": 3, "source": source}, 0, 0, 0, 0, 0)
    assert path(row) == f"search_strategies/{name}.json"
