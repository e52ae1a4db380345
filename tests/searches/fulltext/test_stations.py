"""What each place is asked, what it says, and that its facts are on the page of sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.fulltext.places import Place, Wanted, ordered
from searches.fulltext.stations import LOCATORS, open_fetcher, open_stations
from searches.source import Credentials

ROOT = Path(__file__).parents[3]
PAPER = Wanted(1, "A title", "10.5555/a(b):c", "77", "PMC88")
OPEN = {"is_oa": True, "license": "cc-by", "version": "publishedVersion"}
HOSTS = "https://a.example"


def read(name: str, body: Any) -> tuple[Place, ...]:
    return LOCATORS[name].read(json.dumps(body).encode(), PAPER)


def test_every_place_is_in_the_documents() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    table = text.split("## Places that know open-access full texts")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(LOCATORS)
    for row, locator in zip(rows, LOCATORS.values(), strict=True):
        about = locator.about
        assert all(fact in row for fact in (about.label, about.docs, about.checked, about.key or "nothing")), row
        taken = [("DOI", Wanted(1, doi="10.5555/a")), ("PMID", Wanted(1, pmid="7")), ("PMCID", Wanted(1, pmcid="PMC7"))]
        known = [scheme for scheme, one in taken if locator.ask(one, Credentials())]
        assert f"| {', '.join(known)} |" in row


@pytest.mark.parametrize("name", LOCATORS)
def test_identifiers_are_asked_as_they_are_and_keys_are_secret(name: str) -> None:
    locator = LOCATORS[name]
    request = locator.ask(PAPER, Credentials("s3cr3t", "me@example.org"))
    assert request is not None
    said = f"{request.url} {request.params}"
    assert "10.5555/a%28b%29%3Ac" in request.url or "10.5555/a(b):c" in said
    assert request.url.startswith(locator.about.base_url + "/")
    sent = [key for key, value in (*request.params, *request.headers) if "s3cr3t" in value]
    assert set(sent) <= set(request.secret)
    assert bool(sent) == (locator.about.key is not None)
    assert locator.ask(Wanted(1, "A title"), Credentials()) is None


def test_unpaywall() -> None:
    one = {"url_for_pdf": f"{HOSTS}/1.pdf", "url": f"{HOSTS}/1", "version": "submittedVersion", "license": None,
           "host_type": "repository", "repository_institution": "Example University"}  # fmt: skip
    two = {"url_for_pdf": None, "url": f"{HOSTS}/2", "version": "acceptedVersion", "license": "cc-by",
           "host_type": "publisher", "repository_institution": None}  # fmt: skip
    assert read("unpaywall", {"is_oa": True, "oa_locations": [one, two, one]}) == (
        Place(f"{HOSTS}/2", "page", "acceptedVersion", "cc-by", "publisher"),
        Place(f"{HOSTS}/1.pdf", "pdf", "submittedVersion", None, "Example University"),
    )
    assert read("unpaywall", {"is_oa": False, "oa_locations": []}) == ()


def test_openalex() -> None:
    best = {**OPEN, "pdf_url": f"{HOSTS}/1.pdf", "landing_page_url": f"{HOSTS}/1", "source": {"display_name": "J"}}
    page = {**OPEN, "pdf_url": None, "landing_page_url": f"{HOSTS}/2", "source": None}
    shut = {**best, "is_oa": False, "pdf_url": f"{HOSTS}/3.pdf"}
    assert read("openalex", {"best_oa_location": best, "locations": [shut, page, best]}) == (
        Place(f"{HOSTS}/1.pdf", "pdf", "publishedVersion", "cc-by", "J"),
        Place(f"{HOSTS}/2", "page", "publishedVersion", "cc-by", None),
    )
    assert read("openalex", {"best_oa_location": None, "locations": []}) == ()


def test_europe_pmc_takes_open_files_of_the_paper_and_xml_only_of_open_access() -> None:
    def link(code: str, style: str, name: str) -> dict[str, str]:
        return {"availabilityCode": code, "documentStyle": style, "url": f"{HOSTS}/{name}", "site": "Europe_PMC"}

    links = [link("S", "doi", "shut"), link("F", "html", "page"), link("F", "pdf", "free"), link("OA", "pdf", "open")]
    mine = {
        "source": "MED", "doi": "10.5555/A(b):c", "pmid": "77", "isOpenAccess": "Y", "license": "cc by",
        "fullTextUrlList": {"fullTextUrl": links}, "fullTextIdList": {"fullTextId": ["PMC88"]},
    }  # fmt: skip
    other = {**mine, "doi": "10.5555/x", "pmid": "1", "fullTextIdList": {"fullTextId": ["PMC1"]}}
    xml = "https://www.ebi.ac.uk/europepmc/webservices/rest/PMC88/fullTextXML"
    found = read("europepmc", {"resultList": {"result": [other, mine]}})
    assert [(place.url, place.kind) for place in found] == [
        (f"{HOSTS}/free", "pdf"), (f"{HOSTS}/open", "pdf"), (xml, "jats"),
    ]  # fmt: skip
    assert {(place.version, place.licence) for place in found} == {("publishedVersion", "cc by")}

    def versions(**more: Any) -> set[str | None]:
        return {place.version for place in read("europepmc", {"resultList": {"result": [{**mine, **more}]}})}

    assert (versions(nihAuthMan="Y"), versions(source="PPR")) == ({"acceptedVersion"}, {"submittedVersion"})
    shut = {**mine, "isOpenAccess": "N", "fullTextUrlList": None}
    assert read("europepmc", {"resultList": {"result": [shut]}}) == ()
    with pytest.raises(SourceRefused):  # how it refuses a parameter, with status 200
        read("europepmc", {"version": "6.9"})


def test_semantic_scholar() -> None:
    found = read("semanticscholar", {"paperId": "x", "openAccessPdf": {"url": f"{HOSTS}/1", "license": "CCBY"}})
    assert found == (Place(f"{HOSTS}/1", "pdf", None, "CCBY", None),)
    for none in (None, {"url": "", "status": "CLOSED"}):
        assert read("semanticscholar", {"paperId": "x", "openAccessPdf": none}) == ()
    with pytest.raises(SourceBusy):
        read("semanticscholar", {"message": "Too Many Requests", "code": "429"})


def test_core_gives_the_copies_of_works_with_the_doi() -> None:
    mine = {"doi": "10.5555/A(b):c", "downloadUrl": f"{HOSTS}/1.pdf", "dataProviders": [{"name": ""}, {"name": "Rep"}],
            "sourceFulltextUrls": [f"{HOSTS}/1.pdf", f"{HOSTS}/2"]}  # fmt: skip
    found = read("core", {"results": [{"doi": "10.5555/x", "downloadUrl": f"{HOSTS}/x"}, mine, {"doi": None}]})
    assert [(place.url, place.host) for place in found] == [(f"{HOSTS}/1.pdf", "Rep"), (f"{HOSTS}/2", "Rep")]


@pytest.mark.parametrize("name", LOCATORS)
@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"resultList": 1, "results": 1, "oa_locations": [1]}', b"{}"])
def test_a_reply_of_another_shape_is_no_paper_without_copies(name: str, body: bytes) -> None:
    with pytest.raises((SourceChanged, SourceRefused)):
        LOCATORS[name].read(body, PAPER)


def test_versions_go_before_kinds_and_each_address_comes_once() -> None:
    places = [Place("d", "pdf", "submittedVersion"), Place("c", "pdf"), Place("b", "page", "publishedVersion"),
              Place("a", "pdf", "publishedVersion"), Place("c", "pdf", "publishedVersion")]  # fmt: skip
    assert [place.url for place in ordered(places)] == ["a", "b", "c", "d"]


def test_who_lacks_a_key_is_named_and_the_others_are_asked() -> None:
    protocol = Protocol("t", "q", "h", "")
    stations, lacking = open_stations(protocol, {})
    assert ([one.name for one in lacking], len(stations)) == (["unpaywall", "core"], 3)
    stations, lacking = open_stations(protocol, {"REVIEW_CONTACT": "me@example.org", "CORE_API_KEY": "k"})
    assert (lacking, stations[0].label, len(stations)) == ((), "Unpaywall", 5)
    assert open_fetcher(protocol, {}) is not None
