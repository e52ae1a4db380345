"""`review known`: found and by what, missed and why, not indexed, not asked; and what is not asked for again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.protocol import Protocol
from review.protocol.model import Concept, Limits, Platform, SourceChoice, Strategy
from review.query import parse
from review.record import Record
from searches import rows
from searches.concepts import Verdict, judged, labelled
from searches.known import Finding, found_of, look
from searches.papers import distinct
from searches.run import Access, Place, run_search

Reach = Callable[..., Any]
TEXT = "ment* AND (doctor* OR medic*) AND health"
CONCEPTS = (
    Concept("mentoring", "Mentoring", "I", ("ment*",)), Concept("doctors", "Doctors", "P", ("doctor*", "medic*")),
    Concept("health", "Health", "O", ("health",)),
)  # fmt: skip
MAIN = Strategy("main", "Main", ("mentoring", "doctors", "health"), TEXT, parse(TEXT))


@pytest.fixture
def mine(protocol: Protocol) -> Protocol:
    """Give a protocol of one strategy, PubMed and Europe PMC, and one platform."""
    return replace(
        protocol, strategies=(MAIN,), concepts=CONCEPTS, limits=Limits("2006", "2016", ("eng",)),
        sources=(SourceChoice("pubmed"), SourceChoice("europepmc")),
        platforms=(Platform("cinahl", "CINAHL", "ebscohost"),),
    )  # fmt: skip


def imported(place: Place, records: Sequence[Record], source: str = "cinahl", **more: Any) -> int:
    with place.store.write() as connection:
        facts = {"source": source, "label": source.upper(), "kind": "database", "method": "file", "status": "complete"}
        search = rows.start_search(connection, {**facts, "started_at": place.store.clock(), **more})
        rows.add_records(connection, search, [(n, record, "yes") for n, record in enumerate(records, start=1)])
    return search


def seek(
    place: Place, protocol: Protocol, records: Sequence[Record], *accesses: Access
) -> dict[tuple[str, str], Finding]:
    findings = look(place.store, protocol, distinct(records), accesses, place.notify)
    return {(finding.paper.id, finding.spot.source): finding for finding in findings}


def with_abstract(text: str) -> Callable[[bytes], bytes]:
    """Put an abstract and a language into every record of PubMed."""
    more = f"</ArticleTitle><Abstract><AbstractText>{text}</AbstractText></Abstract>".encode()
    return lambda body: body.replace(b"</ArticleTitle>", more)


# -- found


def test_found_among_the_kept_records_by_id(place: Place, mine: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 3)
    run_search(place, mine, access, MAIN)
    server.asked.clear()
    found = seek(place, mine, [Record(pmid="1001")], access)["1001", "pubmed"]
    assert (found.found, found.status, found.failed, found.why) == (True, "found", (), "found by PMID")
    assert server.asked == []  # what is kept is not asked for


def test_found_by_title_and_year_where_there_is_no_id(place: Place, mine: Protocol) -> None:
    imported(place, [Record(title="On mentors", date="2010-05")])
    found = seek(place, mine, [Record(title="On Mentors", date="2010", doi="10.1000/x")])
    assert found["10.1000/x", "cinahl"].why == "found by title and year"


def test_found_through_a_record_with_another_id(place: Place, mine: Protocol) -> None:
    imported(place, [Record(pmid="7", doi="10.1000/x")], source="medline")
    imported(place, [Record(doi="10.1000/x")])
    assert seek(place, mine, [Record(pmid="7")])["7", "cinahl"].found is True


def test_found_as_a_duplicate_that_was_merged(place: Place, mine: Protocol) -> None:
    imported(place, [Record(doi="10.1000/x", title="One title")], source="medline")
    imported(place, [Record(title="A title that was mistyped")])
    with place.store.write() as connection:
        connection.exec_driver_sql("UPDATE report SET merged_into = 1 WHERE id = 2")
    found = seek(place, mine, [Record(doi="10.1000/x")])["10.1000/x", "cinahl"]
    assert (found.found, found.why) == (True, "found as a duplicate of a record found by DOI")


def test_found_by_the_id_of_the_record_that_the_source_has(place: Place, mine: Protocol, reach: Reach) -> None:
    access, server = reach("europepmc", 3)
    run_search(place, mine, access, MAIN)
    with place.store.write() as connection:
        connection.exec_driver_sql("UPDATE record SET pmid = NULL")
    server.asked.clear()
    found = seek(place, mine, [Record(pmid="1001")], access)["1001", "europepmc"]
    assert (found.found, found.why) == (True, "found by source id")
    assert server.asked[0].params["query"] == "EXT_ID:1001 AND SRC:MED"


def test_records_of_an_older_strategy_do_not_count(place: Place, mine: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed", 3)
    run_search(place, mine, access, MAIN)
    wider = replace(MAIN, text="ment*", query=parse("ment*"))
    found = seek(place, replace(mine, strategies=(wider,)), [Record(pmid="1001")])["1001", "pubmed"]
    assert (found.found, found.status) == (None, "not asked")
    assert found.why == "review search has not asked this yet; it matches here"


# -- missed


@pytest.fixture
def pubmed_after(place: Place, mine: Protocol, reach: Reach) -> Callable[..., Finding]:
    """Give the function that searches PubMed in vain and then lets it have three records, changed as it says."""

    def sought(change: Callable[[bytes], bytes] = bytes, pmid: str = "1002", count: int = 3) -> Finding:
        access, server = reach("pubmed", 0)
        run_search(place, mine, access, MAIN)
        server.asked.clear()
        server.count = count
        server.faults[2] = change
        return seek(place, mine, [Record(pmid=pmid)], access)[pmid, "pubmed"]

    return sought


def test_missed_names_the_concepts_that_failed(pubmed_after: Callable[..., Finding]) -> None:
    found = pubmed_after(with_abstract("Mentoring and health of nurses."))
    assert (found.found, found.status, found.failed) == (False, "missed", ("Doctors",))
    assert found.why == "its record does not hold 'Doctors'"


def test_a_record_without_an_abstract_at_its_source_failed_too(pubmed_after: Callable[..., Finding]) -> None:
    found = pubmed_after()
    assert found.failed == ("Mentoring", "Doctors", "Health")
    assert found.why.endswith("(it has no abstract)")


def test_a_limit_that_leaves_it_out_is_said(pubmed_after: Callable[..., Finding]) -> None:
    old = pubmed_after(lambda body: body.replace(b"<Year>2014</Year>", b"<Year>1999</Year>"), "1001")
    assert (old.status, old.failed, old.why) == ("missed", (), "the limits leave it out: date 1999-05")


def test_a_record_that_matches_here_was_not_given(pubmed_after: Callable[..., Finding]) -> None:
    found = pubmed_after(pmid="1001")
    assert (found.found, found.status, found.failed) == (False, "missed", ())
    assert found.why == "it matches here, but PubMed did not give it"


def test_a_search_that_is_not_complete_says_so(place: Place, mine: Protocol, reach: Reach) -> None:
    access, _ = reach("pubmed", 0, extra=2)
    run_search(place, mine, access, MAIN)
    told = seek(place, mine, [Record(pmid="1001")], reach("pubmed", 0)[0])["1001", "pubmed"]
    assert told.why.startswith("the search is not complete: 2 records were promised and 0 came")


def test_a_query_that_was_asked_more_narrowly_is_said(place: Place, mine: Protocol, reach: Reach) -> None:
    text = "mentor"
    crossref = replace(
        mine, strategies=(replace(MAIN, text=text, query=parse(text)),), sources=(SourceChoice("crossref"),)
    )
    imported(place, [Record(pmid="1", title="A mentor", abstract="x", date="2010")])
    found = seek(place, crossref, [Record(pmid="1")])["1", "crossref"]
    assert "there it was asked less: title, authors, journal and year are searched, not abstract" in found.why


def test_not_indexed(pubmed_after: Callable[..., Finding]) -> None:
    found = pubmed_after(count=0)
    assert (found.found, found.status, found.failed) == (False, "not indexed", ())
    assert found.why == "PubMed has no record of it"


# -- not asked


def test_offline_asks_nobody_and_judges_by_what_is_known(place: Place, mine: Protocol, reach: Reach) -> None:
    access, server = reach("pubmed", 0)
    run_search(place, mine, access, MAIN)
    server.asked.clear()
    paper = Record(doi="10.1000/x", title="Mentoring doctors", abstract="Pay.", date="2010")
    found = seek(place, mine, [paper])["10.1000/x", "pubmed"]
    assert (found.found, found.status, found.failed) == (False, "not asked", ("Health",))
    assert found.why == "nobody was asked; its record elsewhere does not hold 'Health'"
    assert server.asked == []


@pytest.mark.parametrize(
    ("faults", "why", "requests"),
    [
        ({n: (400, {}, b"no") for n in range(1, 9)}, "refused the request (HTTP 400", 2),
        ({n: (503, {}, b"") for n in range(1, 9)}, "is busy (HTTP 503", 5),
    ],
)
def test_a_source_that_fails_is_not_asked_and_left_alone_when_busy(
    faults: dict[int, Any], why: str, requests: int, place: Place, mine: Protocol, reach: Reach
) -> None:
    access, server = reach("europepmc", 3, faults=faults)
    told = seek(place, mine, [Record(pmid="1"), Record(pmid="2")], access)
    for pmid in ("1", "2"):
        assert (told[pmid, "europepmc"].status, why in told[pmid, "europepmc"].why) == ("not asked", True)
    assert len(server.asked) == requests


def test_a_source_that_cannot_look_up_says_so(place: Place, mine: Protocol, reach: Reach) -> None:
    access, server = reach("eric", 3)
    told = seek(place, replace(mine, sources=(SourceChoice("eric"),)), [Record(doi="10.1000/x")], access)
    assert "ERIC cannot be asked for it by DOI or PMID" in told["10.1000/x", "eric"].why
    assert server.asked == []


def test_a_source_without_its_key_says_so(place: Place, mine: Protocol, reach: Reach) -> None:
    access, server = reach("core", 3)
    keyless = replace(access, credentials=replace(access.credentials, key=None))
    told = seek(place, replace(mine, sources=(SourceChoice("core"),)), [Record(doi="10.1000/x")], keyless)
    assert ("CORE answers only with a key" in told["10.1000/x", "core"].why, server.asked) == (True, [])


def test_an_id_that_one_source_tells_serves_at_the_next(place: Place, mine: Protocol, reach: Reach) -> None:
    first, _ = reach("pubmed", 1)
    second, server = reach("europepmc", 0)
    seek(place, mine, [Record(doi="10.1000/x")], first, second)
    asked = [one.params["query"] for one in server.asked]
    assert asked == ['DOI:"10.1000/x"', "EXT_ID:1001 AND SRC:MED"]


# -- platforms


def test_a_platform_is_judged_by_what_is_known_elsewhere(place: Place, mine: Protocol) -> None:
    imported(place, [Record(doi="10.1000/other", title="Other")])
    known = Record(doi="10.1000/x", title="Mentoring doctors", abstract="On pay.", date="2010")
    imported(place, [known], source="medline")
    told = seek(place, mine, [Record(doi="10.1000/x")])
    found = told["10.1000/x", "cinahl"]
    assert (found.found, found.status, found.failed) == (False, "missed or not indexed", ("Health",))
    assert found.why == "its record elsewhere does not hold 'Health'"
    assert found.spot.strategy is None and told["10.1000/x", "medline"].found is True


def test_what_is_not_known_of_a_record_elsewhere_fails_nothing(place: Place, mine: Protocol) -> None:
    imported(place, [Record(doi="10.1000/other")])
    found = seek(place, mine, [Record(doi="10.1000/x", title="Mentoring doctors")])["10.1000/x", "cinahl"]
    assert (found.failed, found.why) == ((), "whether it holds 'Health' cannot be told (it has no abstract)")


def test_a_platform_without_an_export_was_not_asked(place: Place, mine: Protocol) -> None:
    found = seek(place, mine, [Record(doi="10.1000/x")])["10.1000/x", "cinahl"]
    assert (found.found, found.status, found.failed) == (None, "not asked", ())
    assert found.why == "no export of it is imported yet; nothing is known of its text"


# -- counted once


def test_a_paper_that_turns_out_to_be_given_twice_counts_once(place: Place, mine: Protocol) -> None:
    imported(place, [Record(doi="10.1000/x", pmid="7")])
    findings = look(place.store, mine, distinct([Record(doi="10.1000/x"), Record(pmid="7")]), (), place.notify)
    assert {finding.paper.id for finding in findings} == {"10.1000/x"}
    assert found_of([finding for finding in findings if finding.spot.source == "cinahl"]) == (1, 1)


def test_also_by_what_a_source_answers(place: Place, mine: Protocol, reach: Reach) -> None:
    access, _ = reach("europepmc", 1)
    told = seek(place, mine, [Record(pmid="1001"), Record(doi="10.1000/x")], access)
    assert {paper for paper, _ in told} == {"1001"}


# -- concepts


def test_labels_are_those_of_the_protocol_else_the_text(mine: Protocol) -> None:
    text = 'ment* AND (medic* OR doctor*) AND (pay OR "work load") NOT health'
    strategy = replace(MAIN, text=text, query=parse(text))
    assert [label for label, _ in labelled(mine, strategy)] == [
        "Mentoring", "Doctors", 'pay OR "work load"', "NOT Health",
    ]  # fmt: skip


def test_of_several_strategies_the_nearest_counts(mine: Protocol) -> None:
    other = replace(MAIN, id="other", text="pay AND health", query=parse("pay AND health"))
    record = Record(title="Pay", abstract="Nothing else.", date="2010")
    assert judged(mine, (MAIN, other), record, whole=True).failed == ("Health",)
    assert judged(mine, (), record, whole=True) == Verdict()


@pytest.mark.parametrize(
    ("record", "limits"),
    [
        (Record(date="2005"), ("date 2005",)),
        (Record(date="2010", language="ger"), ("language ger",)),
        (Record(date="2017", language="ger"), ("date 2017", "language ger")),
        (Record(), ()),
    ],
)
def test_limits_that_leave_a_record_out(record: Record, limits: tuple[str, ...], mine: Protocol) -> None:
    assert judged(mine, (MAIN,), record, whole=False).limits == limits


# -- the command

KEYS = {"id", "title", "source", "strategy", "found", "status", "failed_concepts", "why"}


@pytest.fixture
def known(review_folder: Path) -> str:
    (review_folder / "known.txt").write_text("PMID: 1001\n1002\n10.1000/x\nno id\n1001\n", "utf-8")
    return str(review_folder / "known.txt")


def test_the_command_as_json(review: Callable[..., Any], known: str, reach: Reach) -> None:
    reach("pubmed", 1)
    assert review("search", "--source", "pubmed")[0] == 0
    code, out, _ = review("known", known, "--offline", "--json")
    told = json.loads(out)
    assert (code, {frozenset(paper) for paper in told["papers"]}) == (0, {frozenset(KEYS)})
    of_pubmed = [paper for paper in told["papers"] if paper["source"] == "pubmed"]
    assert [(paper["id"], paper["strategy"], paper["found"]) for paper in of_pubmed] == [
        ("1001", "wellbeing", True), ("1001", "effects", True), ("1002", "wellbeing", False),
        ("1002", "effects", False), ("10.1000/x", "wellbeing", False), ("10.1000/x", "effects", False),
    ]  # fmt: skip
    assert {"source": "pubmed", "strategy": "effects", "found": 1, "of": 3} in told["recall"]
    assert told["union"] == {"found": 1, "of": 3}
    assert told["rejected"] == [{"position": 4, "reason": "it holds no DOI, PMID or PMCID"}]


def test_the_command_in_words(review: Callable[..., Any], known: str, reach: Reach) -> None:
    _, server = reach("pubmed", 1)
    review("search", "--source", "pubmed")
    server.count = 2
    code, out, _ = review("known", known)
    assert code == 0  # what others do not answer is no failure of this
    assert "PubMed, wellbeing: 1 of 3 found, 1 missed" in out
    assert "All together: 1 of 3 found" in out
    missed = "PubMed, wellbeing: missed: its record does not hold 'Mentoring', 'Doctors', 'Health and well-being'"
    assert missed in out
    assert "Concept that failed: Health and well-being: 1 paper" in out
    assert "Europe PMC, effects: not asked: review search has not asked this yet; Europe PMC cannot be reached" in out
    assert "CINAHL: no export of it is imported yet" in out and "  CINAHL" not in out
    assert "Not looked for: no. 4 of known.txt: it holds no DOI, PMID or PMCID" in out


def test_a_file_without_papers(review: Callable[..., Any], review_folder: Path) -> None:
    (review_folder / "none.txt").write_text("nothing\n", "utf-8")
    assert review("known", str(review_folder / "none.txt"))[0] == 1
    assert review("known", str(review_folder / "missing.txt"))[0] == 1


def test_a_look_up_keeps_nothing(place: Place, mine: Protocol, reach: Reach) -> None:
    access, _ = reach("europepmc", 3)
    seek(place, mine, [Record(pmid="1001")], access)
    assert not (place.folder / "raw").exists()
    with place.store.read() as connection:
        assert rows.searches(connection) == []


def test_collections_are_those_that_are_searched(place: Place, mine: Protocol, reach: Reach) -> None:
    access, server = reach("europepmc", 3)
    seek(place, mine, [Record(pmid="1001")], replace(access, collections=("preprints",)))
    assert server.asked[0].params["query"] == "(EXT_ID:1001 AND SRC:MED) AND (SRC:PPR)"
