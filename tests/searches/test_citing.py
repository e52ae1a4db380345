"""Each citation index: what it is asked, what its replies say, and that nothing of a list is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import responses

from review.errors import SourceChanged, SourceRefused
from review.protocol import Protocol
from review.record import Record
from review.store import Store
from searches import rows
from searches.citing import CITING, chase, europepmc, semanticscholar
from searches.citing.model import Citing, Question
from searches.run import Place
from searches.snowball import Snowballed, snowball
from searches.source import Credentials, Page
from tests.searches.citation_graph import NAMES, Graph, opened, paper_id, record

REFERENCES = Question("references", ("id:1",))
CITATIONS = Question("citations", ("id:1",))


@pytest.fixture
def walked(place: Place, protocol: Protocol, wire: responses.RequestsMock, store: Store) -> Callable[..., Any]:
    """Give the function ``(graph, index)`` that searches backward from document 1, and gives outcome and records."""
    facts = {"source": "x", "label": "X", "kind": "database", "method": "file", "started_at": "", "status": "complete"}
    with store.write() as connection:
        number = rows.start_search(connection, facts)
        rows.add_records(connection, number, [(1, record(1), "yes")])

    def run(graph: Graph, name: str, direction: Any = "backward") -> tuple[Snowballed, dict[str | None, Record]]:
        graph.put(wire)
        (done,) = snowball(place, protocol, opened(protocol, [name]), direction, reports=[1])
        with store.read() as connection:
            kept = rows.records_in(connection, done.outcome.search)
        return done, {one.title: one for one in kept}

    return run


def read(name: str, body: Any, question: Question = REFERENCES) -> Page:
    return CITING[name].read(json.dumps(body).encode(), str(question))


@pytest.mark.parametrize("citing", CITING.values(), ids=CITING)
def test_every_index_keeps_the_contract(citing: Citing) -> None:
    about = citing.about
    assert about.docs.startswith("https://") and about.checked and about.interval[0] > 0
    assert citing.takes.fullmatch("doi:10.5555/1") and citing.takes.fullmatch("pmid:1")
    assert not citing.takes.fullmatch("id:no id of any index")
    assert citing.losses and citing.many > 0
    with pytest.raises(SourceChanged):
        citing.read(b'{"data": [{"citedPaper"', str(REFERENCES))
    with pytest.raises(SourceChanged):
        citing.read(b'"a text"', str(REFERENCES))


def test_the_indexes_of_the_tests_are_those_of_the_program() -> None:
    assert tuple(CITING) == NAMES


@pytest.mark.parametrize(
    ("name", "header", "value"),
    [("semanticscholar", "x-api-key", "s3cr3t-key"), ("opencitations", "authorization", "s3cr3t-key"),
     ("openalex", "Authorization", "Bearer s3cr3t-key")],
)  # fmt: skip
def test_keys_go_into_headers_that_are_never_kept(name: str, header: str, value: str) -> None:
    request = CITING[name].ask(Question("citations", ("doi:10.5555/1",)), Credentials("s3cr3t-key"))
    assert dict(request.headers)[header] == value
    assert header in request.secret
    assert "s3cr3t-key" not in request.url + str(request.params) + str(request.content)
    assert CITING[name].ask(Question("citations", ("doi:10.5555/1",)), Credentials()).headers == ()


# -- Semantic Scholar


def test_a_reference_without_an_id_is_a_record_as_far_as_it_has_a_title() -> None:
    data = [{"citedPaper": {"paperId": None, "title": "Gender Info"}}, {"citedPaper": {"paperId": None}},
            {"citedPaper": None}, {"citedPaper": {"paperId": "a" * 40, "title": "Known"}}]  # fmt: skip
    page = read("semanticscholar", {"offset": 0, "data": data})
    assert [(r.title, r.source_id) for r in page.records] == [("Gender Info", None), ("Known", "a" * 40)]
    assert [(r.position, r.raw) for r in page.rejected] == [(2, '{"paperId": null}'), (3, "null")]
    assert "paperId and no title" in page.rejected[0].reason


def test_papers_that_are_not_known_are_null() -> None:
    page = read("semanticscholar", [None, {"paperId": "a" * 40, "title": "Known"}], Question("find", ("doi:10.5/1",)))
    assert [r.title for r in page.records] == ["Known"]


def test_papers_are_asked_as_json() -> None:
    request = CITING["semanticscholar"].ask(Question("find", ("pmid:7", "pmid:8")), Credentials())
    assert (request.method, request.content) == ("POST", '{"ids": ["PMID:7", "PMID:8"]}')
    assert request.url == "https://api.semanticscholar.org/graph/v1/paper/batch"
    assert "abstract" in dict(request.params)["fields"]


def test_a_list_that_is_withheld_is_said() -> None:
    page = read("semanticscholar", {"citingPaperInfo": {}, "data": None})
    assert (page.records, page.notes) == ((), ("the references of 1 are withheld at its publisher's wish",))


def test_a_list_longer_than_is_given_is_capped() -> None:
    item = {"citingPaper": {"paperId": "a" * 40, "title": "Known"}}
    assert read("semanticscholar", {"next": 9_000, "data": [item]}, CITATIONS).next_cursor == "9000"
    page = read("semanticscholar", {"next": 9_500 + semanticscholar.LIMIT, "data": [item]}, CITATIONS)
    assert page.next_cursor is None and page.capped and "10,000" in page.capped


def test_an_error_that_comes_as_an_answer() -> None:
    with pytest.raises(SourceRefused, match="Unrecognized"):
        read("semanticscholar", {"error": "Unrecognized or unsupported fields"})


# -- OpenCitations


def test_a_link_gives_identifiers() -> None:
    link = {"oci": "1-2", "citing": "omid:br/061 doi:10.7717/PEERJ-cs.421 pmid:33817056", "cited": "10.1108/jd-12"}
    (one,) = read("opencitations", [link], CITATIONS).records
    assert (one.doi, one.pmid, one.identifiers) == ("10.7717/peerj-cs.421", "33817056", (("omid", "br/061"),))
    (other,) = read("opencitations", [link]).records
    assert other.doi == "10.1108/jd-12", "version 1 gave bare DOIs"


def test_a_doi_is_asked_as_an_address_needs_it() -> None:
    request = CITING["opencitations"].ask(Question("citations", ("doi:10.1002/(sici)1<1::aid-x>2#3",)), Credentials())
    assert request.url.endswith("/index/v2/citations/doi:10.1002/(sici)1%3C1::aid-x%3E2%233")


def test_links_that_cannot_be_completed_stay_records(walked: Callable[..., Any], store: Store) -> None:
    links = [{"citing": "doi:10.5555/1", "cited": "omid:br/9"}, {"citing": "doi:10.5555/1", "cited": ""}]
    graph = Graph({"opencitations": {(1, 2), (1, 3)}}, {"openalex": {3}}, {"opencitations": links})
    done, kept = walked(graph, "opencitations")
    with store.read() as connection:
        bare = [one for one in rows.records_in(connection, done.outcome.search) if one.title is None]
    assert kept["Document 2"].source_id == "W2"
    assert {(one.doi, one.identifiers) for one in bare} == {
        ("10.5555/3", (("omid", "br/063"),)), (None, (("omid", "br/9"),)),
    }  # fmt: skip
    assert (done.outcome.hits, done.outcome.records, done.outcome.rejected) == (4, 3, 1)
    assert "1 hit not found in OpenAlex" in done.outcome.notes[0]


# -- Europe PMC


def test_a_reference_that_was_not_matched_keeps_its_words(walked: Callable[..., Any]) -> None:
    entries = [
        {
            "title": "A book",
            "authorString": "Onck PR, Koeman T.",
            "pubYear": 2005,
            "publicationTitle": "Press",
            "match": "N",
        },
        {"unstructuredInformation": "Kim J. A chapter. 2004.", "citedOrder": 4},
        {"citedOrder": 5, "match": "N"},
    ]
    graph = Graph({"europepmc": {(1, 2), (1, 3)}}, {"europepmc": set()}, {"europepmc": entries})
    done, kept = walked(graph, "europepmc")
    assert set(kept) == {"Document 2", "Document 3", "A book", "Kim J. A chapter. 2004."}
    assert kept["Document 2"].abstract == "About 2.", "lists have no abstracts: they are fetched"
    book = kept["A book"]
    assert (book.authors, book.date, book.journal, book.source_id) == (("Onck, PR", "Koeman, T"), "2005", "Press", None)
    assert (done.outcome.hits, done.outcome.rejected, done.new) == (5, 1, 4)


def test_lists_come_in_pages(walked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(europepmc, "LIMIT", 2)
    graph = Graph({"europepmc": {(n, 1) for n in range(2, 7)}})
    done, kept = walked(graph, "europepmc", "forward")
    assert (done.outcome.status, len(kept)) == ("complete", 5)
    assert sum("citations?page=" in asked for asked in graph.asked) == 3


def test_a_matched_reference_that_is_not_found_keeps_what_the_list_says(walked: Callable[..., Any]) -> None:
    done, kept = walked(Graph({"europepmc": {(1, 2)}}, {"europepmc": {2}}), "europepmc")
    assert (kept["Document 2"].source_id, kept["Document 2"].pmid) == ("MED:2", "2")
    assert "1 hit not found in Europe PMC" in done.outcome.notes[0]


def test_a_refusal_that_comes_as_an_answer() -> None:
    with pytest.raises(SourceRefused, match="not valid"):
        read("europepmc", {"version": "6.9", "errMsg": "not valid"})
    with pytest.raises(SourceChanged):
        read("europepmc", {"version": "6.9"})


# -- the walk


def test_a_list_that_is_shorter_than_promised_is_read_twice(walked: Callable[..., Any], wire: Any) -> None:
    graph = Graph({"europepmc": {(1, 2)}})
    body = {"hitCount": 2, "referenceList": {"reference": [{"id": "2", "source": "MED", "title": "Document 2"}]}}
    graph.faults = {"/references?": (200, {}, json.dumps(body))}
    done, kept = walked(graph, "europepmc")
    assert set(kept) == {"Document 2"}
    assert sum("/references?" in asked for asked in graph.asked) == 2
    assert "1 of 2 references of MED:1 came, twice: no more is shown" in done.outcome.notes


def test_a_list_that_comes_whole_the_second_time(walked: Callable[..., Any]) -> None:
    class Once(dict[str, Any]):
        def items(self) -> Any:
            return [(key, self.pop(key)) for key in list(self)] if self.armed() else []

        def armed(self) -> bool:
            return "/references?" in graph.asked[-1]

    graph = Graph({"europepmc": {(1, 2), (1, 3)}})
    body = {"hitCount": 2, "referenceList": {"reference": [{"id": "2", "source": "MED", "title": "Document 2"}]}}
    graph.faults = Once({"/references?": (200, {}, json.dumps(body))})
    done, kept = walked(graph, "europepmc")
    assert set(kept) == {"Document 2", "Document 3"}
    assert (done.outcome.hits, done.doubles, done.outcome.notes) == (2, 0, ())


def test_no_such_list_is_an_empty_one(walked: Callable[..., Any]) -> None:
    graph = Graph({}, faults={"/references": (404, {}, '{"error": "no such document"}')})
    done, kept = walked(graph, "opencitations")
    assert (done.outcome.status, done.outcome.hits, kept) == ("complete", 0, {})
    assert done.outcome.notes == ("OpenCitations has no references of 10.5555/1",)
    done, _ = walked(replace(graph, faults={"/citations": (403, {}, "{}")}), "opencitations", "forward")
    assert done.outcome.status == "failed"


def test_cursors_that_go_round_in_a_circle() -> None:
    page = Page((Record(source_id="a"),), None, "same")
    with pytest.raises(SourceChanged, match="same cursor twice"):
        chase.chase(
            replace(CITING["opencitations"]), [chase.Seed(1, (record(1),))], "backward", lambda q: (1, page), number=1
        )


def test_questions_are_neither_too_many_nor_too_long_and_of_one_kind() -> None:
    short = [f"doi:10.5555/{n}" for n in range(5)]
    assert list(chase._chunks([*short, "pmid:1"], 3)) == [tuple(short[:3]), tuple(short[3:]), ("pmid:1",)]
    long = [f"doi:10.5555/{'<>' * 100}{n}" for n in range(5)]
    assert [len(chunk) for chunk in chase._chunks(long, 50)] == [3, 2]


def test_paper_ids_of_the_tests_are_of_the_documented_form() -> None:
    assert CITING["semanticscholar"].takes.fullmatch(f"id:{paper_id(7)}")
