"""What sources say of reports since they were published: requests, replies read by hand, and the loop that asks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import responses
from requests import PreparedRequest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from searches.notices import CHECKING, crossref, openalex, pubmed
from searches.notices.check import Access, Answer, Asked, ask, open_lines, sum_up
from searches.notices.model import Notice
from searches.source import Credentials
from searches.sources import crossref as crossref_source
from searches.sources import pubmed as pubmed_source
from searches.transport import Line

NOBODY = Credentials()
FLAGS = {"retracted": "retracted", "concern": "expression of concern", "corrected": "corrected"}


# -- Crossref


def works(*items: dict[str, Any]) -> bytes:
    return json.dumps({"status": "ok", "message": {"total-results": len(items), "items": items}}).encode()


def update(kind: str, doi: str | None = "10.5555/notice", day: Any = (2024, 5, 2), **more: Any) -> dict[str, Any]:
    return {"DOI": doi, "type": kind, "updated": {"date-parts": [list(day)]}, **more}


def test_crossref_is_asked_for_updates_only_and_for_one_work_without_filter() -> None:
    many = crossref.ask(("doi:10.5555/a", "doi:10.5555/b"), NOBODY)
    assert dict(many.params) == {"filter": "doi:10.5555/a,doi:10.5555/b", "select": "DOI,updated-by", "rows": "2"}
    one = crossref.ask(("doi:10.5555/a,b<1>",), NOBODY)
    assert (one.url, one.params) == ("https://api.crossref.org/works/10.5555%2Fa%2Cb%3C1%3E", ())


def test_what_publisher_and_retraction_watch_both_say_is_one_notice() -> None:
    both = [
        update("retraction", "10.5555/NOTICE", (2024, 5, 2), label="Retraction", source="publisher"),
        update("retraction", "10.5555/notice", (2024, 4), label="Retraction", source="retraction-watch"),
    ]
    said = crossref.read(works({"DOI": "10.5555/A", "updated-by": both}, {"DOI": "10.5555/b"}))
    label = "Retraction (publisher, Retraction Watch)"
    assert said == {
        "doi:10.5555/a": (Notice("retracted", "10.5555/notice", "2024-04", label),),
        "doi:10.5555/b": (),
    }


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("withdrawal", "retracted"), ("removal", "retracted"), ("partial_retraction", "retracted"),
        ("Expression-of-Concern", "concern"), ("expression of concern", "concern"), ("corrigendum", "corrected"),
        ("addendum", "corrected"), ("something nobody knows yet", "corrected"), (None, "corrected"),
        ("new_version", None), ("new-edition", None),
    ],
)  # fmt: skip
def test_no_type_of_update_is_dropped_but_new_versions(written: Any, kind: str | None) -> None:
    said = crossref.read(works({"DOI": "10.5555/a", "updated-by": [update(written)]}))
    assert [notice.kind for notice in said["doi:10.5555/a"]] == ([kind] if kind else [])


def test_an_update_without_doi_or_date_is_a_notice_all_the_same() -> None:
    bare = {"type": "expression_of_concern", "updated": {"date-parts": [[None]]}}
    one = json.dumps({"status": "ok", "message": {"DOI": "10.5555/a", "updated-by": [bare]}}).encode()
    assert crossref.read(one)["doi:10.5555/a"] == (Notice("concern", "", None, "Expression of concern"),)


@pytest.mark.parametrize(
    "body",
    [
        b'{"status": "ok", "message": {"total-results": 2, "items": [{"DOI": "10.5555/a"}]}}',  # one is missing
        b'{"status": "ok", "message": {"total-results": 1, "items": [{"title": []}]}}',
        b'{"status": "ok", "message": {"items": "none"}}',
        b'{"status": "ok", "message": {"total-results": 1, "items": [{"DOI": "10.5555/a", "updated-by": 7}]}}',
    ],
)
def test_a_reply_of_another_shape_is_never_no_notice(body: bytes) -> None:
    with pytest.raises(SourceChanged):
        crossref.read(body)


# -- PubMed


def article(pmid: int, links: str = "", types: str = "Journal Article") -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID Version='1'>{pmid}</PMID><Article><ArticleTitle>A</ArticleTitle>"
        f"<PublicationTypeList><PublicationType>{types}</PublicationType></PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{links}</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
    )


def link(kind: str, printed: str, pmid: int | None = None) -> str:
    own = f"<PMID Version='1'>{pmid}</PMID>" if pmid else ""
    return f"<CommentsCorrections RefType='{kind}'><RefSource>{printed}</RefSource>{own}</CommentsCorrections>"


def test_pubmed_links_an_article_to_its_notices() -> None:
    links = (
        link("RetractionIn", "Made Up J. 2010 Feb 6;375(9713):445. doi: 10.5555/notice", 201),
        link("ErratumIn", "Made Up J. 2009;1:2"),
        link("ErratumIn", "Made Up J. 2011 Mar. doi: 10.5555/erratum"),
        link("ExpressionOfConcernIn", "Made Up J. 2008 Jan;1:1", 202),
        link("CommentIn", "Made Up J. 2008;1:3", 203),
        link("RetractionOf", "Made Up J. 2001;1:4", 204),
    )
    whole = (
        f"<PubmedArticleSet>{article(101, ''.join(links), 'Retracted Publication')}{article(102)}</PubmedArticleSet>"
    )
    assert pubmed.read(whole.encode()) == {
        "pmid:101": (
            Notice("retracted", "201", "2010-02-06", "Retraction"),
            Notice("corrected", "Made Up J. 2009;1:2", "2009", "Erratum"),
            Notice("corrected", "10.5555/erratum", None, "Erratum"),
            Notice("concern", "202", "2008-01", "Expression of concern"),
        ),
        "pmid:102": (),
    }


def test_a_retracted_publication_without_a_link_is_retracted() -> None:
    whole = f"<PubmedArticleSet>{article(101, types='Retracted Publication')}</PubmedArticleSet>"
    assert pubmed.read(whole.encode()) == {"pmid:101": (Notice("retracted", label="Retracted publication"),)}
    republished = (
        f"<PubmedArticleSet>{article(101, link('RetractedandRepublishedIn', 'J. 2020;1', 7))}</PubmedArticleSet>"
    )
    assert [one.kind for one in pubmed.read(republished.encode())["pmid:101"]] == ["retracted"]


@pytest.mark.parametrize("kind", list(pubmed._KINDS))
def test_an_import_flags_what_a_check_would_tell(kind: str) -> None:
    whole = f"<PubmedArticleSet>{article(101, link(kind, 'J. 2020;1', 7))}</PubmedArticleSet>".encode()
    (notice,) = pubmed.read(whole)["pmid:101"]
    (record,) = pubmed_source.SOURCE.read(whole, "web|1|0|1").records
    assert record.flags == (FLAGS[notice.kind],)


def test_a_search_at_crossref_flags_what_a_check_would_tell() -> None:
    whole = works({"DOI": "10.5555/a", "updated-by": [update("partial-retraction")]})
    (record,) = crossref_source.SOURCE.read(whole, None).records
    assert record.flags == tuple(FLAGS[notice.kind] for notice in crossref.read(whole)["doi:10.5555/a"])


def test_pubmed_is_asked_by_number_in_a_form_where_that_is_long() -> None:
    request = pubmed.ask([f"pmid:{n}" for n in range(10_000_000, 10_000_200)], Credentials("k", "a@example.org"))
    assert (request.method, dict(request.params)["id"][:17]) == ("POST", "10000000,10000001")
    assert set(request.secret) == {"api_key", "email"}


# -- OpenAlex


def test_openalex_is_asked_for_many_or_one() -> None:
    many = openalex.ask(("pmid:1", "pmid:2"), Credentials("key"))
    assert dict(many.params)["filter"] == "pmid:1|2"
    assert many.headers == (("Authorization", "Bearer key"),)
    one = openalex.ask(("doi:10.5555/a,b",), NOBODY)
    assert one.url == "https://api.openalex.org/works/doi:10.5555%2Fa%2Cb"


def test_openalex_says_whether_a_work_is_retracted() -> None:
    found = [
        {
            "doi": "https://doi.org/10.5555/a",
            "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/7"},
            "is_retracted": True,
        },
        {"doi": "https://doi.org/10.5555/a", "ids": {}, "is_retracted": False},
        {"doi": None, "ids": None, "is_retracted": False},
    ]
    said = openalex.read(json.dumps({"meta": {"count": 3}, "results": found}).encode())
    retracted = (Notice("retracted", label="Retracted"),)
    assert said == {"doi:10.5555/a": retracted, "pmid:7": retracted}, "of two works with one DOI one is enough"
    for body in ({"meta": {"count": 2}, "results": found[:1]}, {"meta": {"count": 1}, "results": [{"doi": None}]}):
        with pytest.raises(SourceChanged):
            openalex.read(json.dumps(body).encode())
    with pytest.raises(SourceBusy):
        openalex.read(json.dumps({"meta": {"count": 0, "timed_out": True}, "results": []}).encode())


# -- the loop

Lookup = Callable[[list[str]], tuple[int, str]]


@pytest.fixture
def crossref_line() -> Iterator[Callable[[Lookup], tuple[Access, list[list[str]]]]]:
    """Give the function that puts Crossref on the wire: what it is asked for is answered by a function of DOIs."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:

        def open_line(look: Lookup) -> tuple[Access, list[list[str]]]:
            asked: list[list[str]] = []

            def answer(request: PreparedRequest) -> tuple[int, Mapping[str, str], str]:
                parts = urlsplit(str(request.url))
                filters = parse_qs(parts.query).get("filter", [""])[0]
                dois = re.findall(r"doi:([^,]+)", filters) or [unquote(parts.path.removeprefix("/works/"))]
                asked.append(dois)
                status, body = look(dois)
                return status, {}, body

            wire.add_callback(responses.GET, re.compile(r"https://api\.crossref\.org/"), answer)
            line = Line(crossref.ABOUT, NOBODY, now=lambda: 0.0, sleep=lambda s: None, random=lambda: 0.0)
            return Access(CHECKING["crossref"], NOBODY, line.send, line.rest), asked

        yield open_line


def known(dois: list[str], *, retracted: str = "") -> tuple[int, str]:
    """Answer as Crossref does: works that it knows, 404 for a single one that it does not."""
    items = [{"DOI": d, "updated-by": [update("retraction")] if d == retracted else []} for d in dois if "new" not in d]
    if len(dois) == 1:
        return (200, json.dumps({"status": "ok", "message": items[0]})) if items else (404, "Resource not found.")
    return 200, works(*items).decode()


def test_batches_fit_and_every_report_ends_somewhere(crossref_line: Any) -> None:
    access, asked = crossref_line(lambda dois: known(dois, retracted="10.5555/90"))
    reports = {n: (f"doi:10.5555/{n}",) for n in range(1, 101)}
    reports |= {200: ("doi:10.5555/new",), 201: ("pmid:7",), 202: (), 203: ("doi:10.5555/new", "doi:10.5555/90")}
    kept: list[Answer] = []
    told: list[tuple[int, int | None]] = []
    done = ask(access, reports, kept.append, lambda label, n, total: told.append((n, total)))
    assert [len(dois) for dois in asked] == [40, 40, 21], "each id is asked for once"
    assert (done.checked, done.unknown, done.failed) == ({*range(1, 101), 203}, {200}, frozenset())
    retracted = [report for answer in kept for report, notices in answer.notices.items() if notices]
    assert (retracted, told[-1], done.failure) == ([90, 203], (102, 102), None)
    totals = sum_up(reports, (done,))
    assert (totals.cannot_be_checked, totals.unknown) == ({201, 202}, {200})
    assert sum(map(len, (totals.checked, totals.unknown, totals.failed, totals.cannot_be_checked))) == len(reports)


def test_long_ids_and_those_with_commas_are_asked_in_smaller_parts(crossref_line: Any) -> None:
    access, asked = crossref_line(known)
    reports = {n: (f"doi:10.5555/{'x' * 1_000}{n}",) for n in range(4)} | {9: ("doi:10.5555/a,b",)}
    done = ask(access, reports, lambda answer: None)
    assert [len(dois) for dois in asked] == [2, 2, 1]
    assert done.checked == {0, 1, 2, 3, 9}


def test_one_bad_id_holds_up_no_other(crossref_line: Any) -> None:
    """Crossref refuses a whole list for one id of another form."""

    def look(dois: list[str]) -> tuple[int, str]:
        if "10.5555/bad" in dois:
            return 400, '{"status": "failed", "message": [{"message": "not a DOI"}]}'
        return known(dois)

    access, asked = crossref_line(look)
    reports = {1: ("doi:10.5555/1",), 2: ("doi:10.5555/bad",), 3: ("doi:10.5555/3",), 4: ("doi:10.5555/new",)}
    done = ask(access, reports, lambda answer: None)
    assert (done.checked, done.unknown, done.failed) == ({1, 3}, {4}, {2})
    assert isinstance(done.failure, SourceRefused)
    assert len(asked) == 5


def test_a_source_that_refuses_everything_is_not_asked_for_each_report(crossref_line: Any) -> None:
    access, asked = crossref_line(lambda dois: (403, "no"))
    done = ask(access, {n: (f"doi:10.5555/{n}",) for n in range(30)}, lambda answer: pytest.fail("nothing was said"))
    assert (len(done.failed), isinstance(done.failure, SourceRefused), len(asked)) == (30, True, 4)


def test_a_source_that_breaks_off_keeps_what_it_said(crossref_line: Any) -> None:
    access, _ = crossref_line(lambda dois: known(dois) if "10.5555/1" in dois else (503, "busy"))
    kept: list[Answer] = []
    done = ask(access, {n: (f"doi:10.5555/{n}",) for n in range(1, 61)}, kept.append)
    assert (len(done.checked), len(done.failed), len(kept)) == (40, 20, 1)
    assert isinstance(done.failure, SourceBusy)
    stopped = ask(access, {1: ("doi:10.5555/1",)}, kept.append, stop=lambda: True)
    assert (stopped.failed, stopped.failure, len(kept)) == ({1}, None, 1)


def test_an_answer_about_another_work_is_not_taken(crossref_line: Any) -> None:
    other = works({"DOI": "10.5555/other", "updated-by": [update("retraction")]}, {"DOI": "10.5555/1"})
    access, _ = crossref_line(lambda dois: (200, other.decode()))
    kept: list[Answer] = []
    ask(access, {1: ("doi:10.5555/1",), 2: ("doi:10.5555/2",)}, kept.append)
    assert kept == [Answer({1: ()}, (2,))]


def test_a_reply_that_cannot_be_read_is_asked_for_again(crossref_line: Any) -> None:
    replies = iter([(200, "{"), known(["10.5555/1"])])
    access, asked = crossref_line(lambda dois: next(replies))
    assert ask(access, {1: ("doi:10.5555/1",)}, lambda answer: None).checked == {1}
    assert len(asked) == 2


def test_totals_over_sources() -> None:
    reports: dict[int, tuple[str, ...]] = dict.fromkeys(range(1, 6), ("doi:x",))
    one = Asked("crossref", "Crossref", frozenset({1}), frozenset({2, 3}), frozenset({4}))
    two = Asked("openalex", "OpenAlex", frozenset({4}), frozenset({2}), frozenset({1, 3}))
    totals = sum_up(reports, (one, two))
    assert (totals.checked, totals.unknown, totals.failed, totals.cannot_be_checked) == ({1, 4}, {2}, {3}, {5})


def test_lines_take_the_address_of_the_protocol(protocol: Any) -> None:
    assert [one.checking.about.name for one in open_lines(protocol, {"OPENALEX_API_KEY": "k"})] == list(CHECKING)
