"""`review count`: which lines are asked and how, what is kept of the answers, and what a person reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceRefused
from review.protocol import Protocol
from review.protocol.model import Limits, Strategy
from review.query import parse
from review.store import Store
from searches import rows
from searches.counting import Counted, count_lines, lines, nothing_found
from searches.run import Place
from searches.source import Loss, Translation
from tests.searches.miniatures import Server

Reach = Callable[..., Any]
LIMITS = Limits("2006-01", "2016-01", ("eng",))


def strategy(text: str, name: str = "s") -> Strategy:
    return Strategy(name, name, (), text, parse(text))


def kept(store: Store, source: str = "pubmed") -> list[tuple[Any, ...]]:
    with store.read() as connection:
        found = rows.counts_since(connection, source, "")
    return [tuple(row[key] for key in ("strategy", "part", "line", "hits", "error")) for row in found]


def terms(server: Server) -> list[str]:
    return [asked.params["term"] for asked in server.asked]


def test_lines_are_terms_concepts_the_whole_and_the_whole_with_limits() -> None:
    found = lines(strategy("ment* AND (doctor* OR nurse)"), LIMITS)
    assert [(line.part, line.text) for line in found] == [
        ("term", "ment*"), ("concept", "ment*"), ("term", "doctor*"), ("term", "nurse"),
        ("concept", "doctor* OR nurse"), ("whole", "ment* AND (doctor* OR nurse)"),
        ("limited", "ment* AND (doctor* OR nurse)"),
    ]  # fmt: skip
    bare = [(line.limits.start, line.limits.languages, line.limits.fields) for line in found[:-1]]
    assert set(bare) == {(None, (), LIMITS.fields)} and found[-1].limits == LIMITS
    assert lines(strategy("ment*"), Limits())[-1].part == "whole"


def test_each_query_is_asked_once_for_its_count_alone(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 5)
    told = count_lines(place, protocol, access, strategy("ment* AND (doctor* OR nurse)"))
    assert [one.told.hits for one in told] == [5] * 7
    assert terms(server) == [
        "ment*[tiab]", "doctor*[tiab]", "nurse[tiab]", "doctor*[tiab] OR nurse[tiab]",
        "(ment*[tiab]) AND (doctor*[tiab] OR nurse[tiab])",
        '(ment*[tiab]) AND (doctor*[tiab] OR nurse[tiab]) AND english[la] AND ("2006/01/01"[dp] : "2016/01/31"[dp])',
    ]  # fmt: skip
    assert {asked.params["retmax"] for asked in server.asked} == {"0"}
    assert [one.told.asked for one in told] == [True, False, True, True, True, True, True]
    assert kept(place.store)[0] == ("s", "term", "ment*", 5, None)


def test_more_hits_than_a_source_gives_at_once_are_counted(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed", 5, faults={1: lambda body: body.replace(b'"count": "5"', b'"count": "20010"')})
    assert count_lines(place, protocol, access, strategy("ment*"))[0].told.hits == 20_010


def test_the_same_day_asks_only_what_is_missing_or_failed(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 5, faults={2: (400, {}, b"no")})
    query = strategy("(a OR b)")
    first = count_lines(place, protocol, access, query)
    assert [(one.line.text, one.told.hits) for one in first[:3]] == [("a", 5), ("b", None), ("a OR b", 5)]
    assert isinstance(first[1].told.failure, SourceRefused)
    server.asked.clear()
    server.faults.clear()
    again = count_lines(place, protocol, access, query)
    assert terms(server) == ["b[tiab]"]
    assert [one.told.hits for one in again] == [5] * 5
    assert (again[0].at, again[0].told.asked) == (first[0].at, False)
    assert len(kept(place.store)) == 6  # five lines, and one of them anew
    other = count_lines(place, protocol, access, strategy("(b OR c)", "other"))
    assert terms(server)[1] == "c[tiab]"
    assert (other[0].told.asked, other[0].told.hits) == (False, 5)


def test_another_day_asks_again(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 5)
    count_lines(place, replace(protocol, limits=Limits()), access, strategy("a"))
    asked = len(server.asked)
    with place.store.write() as connection:
        connection.exec_driver_sql("UPDATE hit_count SET at = '2026-11-21T23:59:59.000000Z'")
    count_lines(place, replace(protocol, limits=Limits()), access, strategy("a"))
    assert len(server.asked) == 2 * asked


def test_a_failure_is_kept_and_is_no_zero(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed", 0, faults={1: (400, {}, b"no")})
    told = count_lines(place, protocol, access, strategy("(a OR b)"))
    assert [one.told.hits for one in told[:2]] == [None, 0]
    assert "refused the request (HTTP 400" in str(kept(place.store)[0][4])
    assert [one.line.text for one in nothing_found(told)] == ["b", "a OR b", "(a OR b)", "(a OR b)"]


def test_a_source_too_busy_is_left_alone(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 5, faults={n: (503, {}, b"") for n in range(2, 9)})
    told = count_lines(place, protocol, access, strategy("(a OR b OR c)"))
    assert len(server.asked) == 1 + 5
    assert [one.told.hits for one in told] == [5, None, None, None, None, None]
    assert all(isinstance(one.told.failure, SourceBusy) for one in told[1:])
    assert [one.told.asked for one in told] == [True, True, False, False, False, False]


def test_what_was_counted_is_kept_when_a_person_stops_it(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed", 5, faults={3: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        count_lines(place, protocol, access, strategy("(a OR b OR c)"))
    assert [row[2] for row in kept(place.store)] == ["a", "b"]


def test_what_cannot_be_asked_is_null_with_its_reason(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 5)
    told = count_lines(place, protocol, access, strategy("(ab* OR mentor)"))
    assert (told[0].told.query, told[0].told.hits, told[0].told.failure) == (None, None, None)
    assert "ab*" in str(told[0].told.error)
    assert told[1].told.hits == 5
    assert all("ab*" not in term for term in terms(server))
    before = len(kept(place.store))
    count_lines(place, protocol, access, strategy("(ab* OR mentor)"))
    assert len(kept(place.store)) == before  # nothing new to say


@pytest.mark.parametrize(
    ("translation", "error"),
    [
        (Translation("q", (), ("a", "b")), "it is asked in 2 parts, whose hits overlap and cannot be added up"),
        (Translation("q", (Loss("too long: split the strategy", "impossible"),)), "too long: split the strategy"),
    ],
)
def test_a_query_that_is_not_asked_as_one_has_no_count(
    translation: Translation, error: str, place: Place, protocol: Protocol, reach: Reach
) -> None:
    access, server = reach("pubmed", 5)
    split = replace(access, source=replace(access.source, translate=lambda query, limits: translation))
    told = count_lines(place, protocol, split, strategy("a"))
    assert {(one.told.query, one.told.hits, one.told.error) for one in told} == {("q", None, error)}
    assert server.asked == []


def test_a_source_that_names_no_count_gives_none(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, _ = reach("europepmc", 5)
    read = access.source.read
    mute = replace(access.source, read=lambda reply, cursor: replace(read(reply, cursor), total=None))
    (first, *_) = count_lines(place, protocol, replace(access, source=mute), strategy("a"))
    assert (first.told.hits, first.told.error) == (None, "Europe PMC does not say how many hits it has")


def test_a_source_without_its_key_is_not_asked(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("core", 5)
    keyless = replace(access, credentials=replace(access.credentials, key=None))
    told = count_lines(place, protocol, keyless, strategy("a"))
    assert {(one.told.hits, one.told.error) for one in told} == {(None, "CORE answers only with a key")}
    assert (server.asked, type(told[0].told.failure)) == ([], SourceRefused)


def test_collections_narrow_each_line(place: Place, protocol: Protocol, reach: Reach) -> None:
    access, server = reach("europepmc", 5)
    count_lines(place, protocol, replace(access, collections=("preprints",)), strategy("a"))
    assert all("SRC:PPR" in asked.params["query"] for asked in server.asked)


def test_progress_is_told_line_by_line(place: Place, protocol: Protocol, reach: Reach) -> None:
    told: list[tuple[str, int, int | None]] = []
    access, _ = reach("pubmed", 5)
    count_lines(replace(place, notify=lambda *one: told.append(one)), protocol, access, strategy("a"))
    assert told == [("PubMed, s: lines", n, 4) for n in (1, 2, 3, 4)]


# -- the command

KEYS = {"source", "strategy", "part", "line", "query", "hits", "error", "at"}


def test_the_command_as_json(review: Callable[..., Any], reach: Reach) -> None:
    reach("pubmed", 5)
    reach("europepmc", 0)
    choice = ("--source", "pubmed", "--source", "europepmc", "--strategy", "wellbeing")
    code, out, _ = review("count", *choice, "--json")
    found = json.loads(out)["lines"]
    assert code == 0
    assert all(set(line) == KEYS for line in found)
    assert {line["strategy"] for line in found} == {"wellbeing"}
    assert {(line["source"], line["hits"]) for line in found} == {("pubmed", 5), ("europepmc", 0)}
    parts = [line["part"] for line in found if line["source"] == "pubmed"]
    assert parts == ["term", "concept", *["term"] * 3, "concept", *["term"] * 2, "concept", "whole", "limited"]


def test_the_command_as_a_table(review: Callable[..., Any], reach: Reach) -> None:
    reach("pubmed", 1234)
    reach("europepmc", 0)
    choice = ("--source", "pubmed", "--source", "europepmc", "--strategy", "wellbeing")
    code, out, _ = review("count", *choice)
    assert code == 0
    assert re.search(r"^ +PubMed +Europe PMC +line$", out, re.MULTILINE)
    assert re.search(r"^   1 +1,234 +0 +Ment\*$", out, re.MULTILINE)
    assert re.search(r"^   2 +1,234 +0 +concept: Ment\*$", out, re.MULTILINE)
    assert "No hits (a slip of spelling or field?): Europe PMC, wellbeing: Ment*; doctor*; medic*; physician; " in out
    assert "20 queries asked; 2 lines counted today by the same query were not asked again." in out
    assert "review report --only checklists writes out/checklists/press.docx" in out
    assert "0 queries asked; 22 lines counted today" in review("count", *choice)[1]


def test_a_failure_decides_the_exit_code_and_is_said_once(review: Callable[..., Any], reach: Reach) -> None:
    _, server = reach("pubmed", 5)
    server.faults.update({n: (400, {}, b"no") for n in range(1, 99)})
    code, out, _ = review("count", "--source", "pubmed", "--strategy", "wellbeing")
    assert code == 4
    assert len([line for line in out.splitlines() if line.startswith("? PubMed: ")]) == 1


def test_counts_that_are_estimates_are_said_to_be(
    review: Callable[..., Any], review_folder: Path, reach: Reach
) -> None:
    protocol = review_folder / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8").replace("[sources.pubmed]", "[sources.semanticscholar]"), "utf-8")
    reach("semanticscholar", 5)
    out = review("count", "--source", "semanticscholar", "--strategy", "wellbeing")[1]
    assert "The counts of Semantic Scholar are estimates." in out
    reach("europepmc", 5)
    assert "estimates" not in review("count", "--source", "europepmc", "--strategy", "wellbeing")[1]


def test_a_strategy_that_is_not_there(review: Callable[..., Any]) -> None:
    code, _, said = review("count", "--strategy", "wellbeings")
    assert (code, "the protocol has no strategy wellbeings" in said, "it has: wellbeing, effects" in said) == (
        7, True, True,
    )  # fmt: skip


def test_counted_lines_stand_in_the_store_as_the_reports_read_them(
    place: Place, protocol: Protocol, reach: Reach
) -> None:
    from reports.rows import line_counts

    access, _ = reach("pubmed", 5)
    told: tuple[Counted, ...] = count_lines(place, protocol, access, strategy("a"))
    with place.store.read() as connection:
        read = line_counts(connection)
    assert [(row["part"], row["line"], row["hits"], row["at"]) for row in read] == [
        (one.line.part, one.line.text, one.told.hits, one.at) for one in told
    ]
