"""OpenAIRE Graph: cursor and parameters, nulls everywhere, and what its products hold. Products here are made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.errors import SourceChanged
from searches.source import Credentials, Translation
from searches.sources.openaire import ABOUT, ask, identify, read

NOBODY = Credentials()
COPY: dict[str, Any] = {
    "type": "Article",
    "urls": ["https://x.org/1?a=1&amp;b=2"],
    "pids": [{"scheme": "doi", "value": "10.5555/made.up"}],
    "alternateIdentifiers": [{"scheme": "doi", "value": "10.5555/copy"}],
}
PRODUCT: dict[str, Any] = {
    "id": "made_up_::1",
    "type": "publication",
    "mainTitle": "<i>Mentoring</i>",
    "subTitle": "of doctors",
    "descriptions": ["Short.", "<p>Twelve were asked &amp; all agreed.</p>"],
    "publicationDate": "2014-05-09",
    "publisher": "A Press",
    "authors": [
        {"fullName": "MacPerson, Made-Up", "name": "Made-Up", "surname": "Macperson"},
        {"fullName": "Another Person", "name": "Another", "surname": "Person"},
        {"fullName": "World Made-Up Organization", "name": None, "surname": None},
    ],
    "pids": [
        {"scheme": "doi", "value": "10.5555/MADE.up"}, {"scheme": "doi", "value": "10.5555/second"},
        {"scheme": "pmid", "value": "70000001"}, {"scheme": "pmc", "value": "PMC7000001"},
        {"scheme": "handle", "value": "1/2"},
    ],
    "language": {"code": "eng", "label": "English"},
    "container": {
        "name": "Journal of Made-Up Studies", "issnPrinted": "1234-5678", "issnOnline": "8765-432X", "vol": "3",
        "iss": None, "sp": "142", "ep": "145",
    },
    "subjects": [
        {"subject": {"scheme": "FOS", "value": "03 medical and health sciences"}},
        {"subject": {"scheme": "keyword", "value": "Mentors"}}, {"subject": {"scheme": "keyword", "value": "Mentors"}},
    ],
    "instances": [COPY, {"type": "Preprint", "urls": None, "pids": None}],
    "bestAccessRight": {"label": "OPEN"},
}  # fmt: skip


def reply(*products: dict[str, Any], following: str | None = None) -> bytes:
    header = {"numFound": len(products), "pageSize": 100, "nextCursor": following}
    return json.dumps({"header": header, "results": list(products)}).encode()


def test_parameters_behind_the_query_stay_parameters() -> None:
    text = "a AND b\nfromPublicationDate=2006-01-01&toPublicationDate=2016-01-31"
    request = ask(Translation(text), None, None, Credentials("a-token"))
    assert request.url == "https://api.openaire.eu/graph/v3/research-products"
    assert request.params == (
        ("search", "a AND b"), ("fromPublicationDate", "2006-01-01"), ("toPublicationDate", "2016-01-31"),
        ("pageSize", "100"), ("cursor", "*"),
    )  # fmt: skip
    assert (request.headers, request.secret) == ((("Authorization", "Bearer a-token"),), ("Authorization",))


def test_no_filter_on_the_type_is_added() -> None:
    request = ask(Translation("a"), None, "next", NOBODY)
    assert dict(request.params) == {"search": "a", "pageSize": "100", "cursor": "next"}


def test_without_a_token_it_is_asked_once_a_minute() -> None:
    assert ABOUT.interval == (60.0, 0.5)


@pytest.mark.parametrize(
    ("body", "sent", "following"),
    [
        (reply(PRODUCT, following="n"), None, "n"),
        (reply(PRODUCT, following="n"), "n", None),
        (reply(PRODUCT, following="*"), None, None),
        (reply(PRODUCT), "n", None),
        (reply(following="other"), "n", None),
    ],
)
def test_where_the_pages_end(body: bytes, sent: str | None, following: str | None) -> None:
    assert read(body, sent).next_cursor == following


def test_what_a_product_holds() -> None:
    (record,) = read(reply(PRODUCT), None).records
    assert (record.title, record.abstract) == ("Mentoring: of doctors", "Twelve were asked & all agreed.")
    assert record.authors == ("MacPerson, Made-Up", "Person, Another", "World Made-Up Organization")
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/made.up", "70000001", "PMC7000001")
    assert record.identifiers == (("doi", "10.5555/second"), ("doi", "10.5555/copy"), ("handle", "1/2"))
    assert (record.journal, record.volume, record.issue) == ("Journal of Made-Up Studies", "3", None)
    assert (record.pages, record.issns) == ("142-145", ("1234-5678", "8765-432X"))
    assert (record.kind, record.language, record.date) == ("article", "eng", "2014-05-09")
    assert (record.url, record.publisher) == ("https://x.org/1?a=1&b=2", "A Press")
    assert record.keywords == ("Mentors",)
    assert record.extra == (
        ("type", "publication"), ("access", "OPEN"), ("instance type", "Article"), ("instance type", "Preprint"),
        ("FOS assigned", "03 medical and health sciences"), ("description", "Short."),
    )  # fmt: skip


def test_nearly_everything_may_be_null() -> None:
    (record,) = read(reply({**dict.fromkeys(PRODUCT), "id": "x"}), None).records
    assert {name: getattr(record, name) for name in record.__slots__ if getattr(record, name)} == {"source_id": "x"}


def test_the_id_of_a_copy_stands_in() -> None:
    (record,) = read(reply(PRODUCT | {"pids": None}), None).records
    assert (record.doi, record.pmid) == ("10.5555/made.up", None)


@pytest.mark.parametrize(
    ("product", "types", "kind"),
    [
        ("publication", ["Article", "Other literature type"], "article"),
        ("publication", ["Preprint", "Article"], "article"),
        ("publication", ["Preprint"], "preprint"),
        ("publication", ["Doctoral thesis"], "thesis"),
        ("publication", ["Part of book or chapter of book"], "chapter"),
        ("publication", ["Conference object"], "conference"),
        ("publication", ["Review"], "review"),
        ("publication", ["Other literature type"], "other"),
        ("publication", [], None),
        ("dataset", [], "dataset"),
        ("software", ["Software"], "other"),
    ],
)
def test_the_kind_is_that_of_the_copies(product: str, types: list[str], kind: str | None) -> None:
    copies = [{"type": t} for t in types]
    assert read(reply(PRODUCT | {"type": product, "instances": copies}), None).records[0].kind == kind


def test_undetermined_is_no_language_and_new_year_no_day() -> None:
    (record,) = read(reply(PRODUCT | {"language": {"code": "und"}, "publicationDate": "2014-01-01"}), None).records
    assert (record.language, record.date) == (None, "2014")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"header": {}, "results": []}', b'{"header": {"numFound": 1}}'])
def test_a_reply_that_is_none(body: bytes) -> None:
    with pytest.raises(SourceChanged):
        read(body, None)


def test_one_record_is_asked_for_by_its_id_alone() -> None:
    text = identify("doi", "10.5555/x")
    assert text is not None
    assert ask(Translation(text), None, None, NOBODY).params[0] == ("pid", "10.5555/x")
    assert "search" not in dict(ask(Translation(text), None, None, NOBODY).params)
    assert identify("pmid", "70000001") == "\npid=70000001"
    assert identify("doi", "10.5555/x&y") is None
