"""The full text beside the decision without a browser: files, articles as HTML, plain forms, words in texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import papers
import pytest
import requests
from browser import Served, Visitor, review, served, visitors
from screen_page import RECORDS

from review.protocol import Concept
from review.store import Store
from screening import decisions, jats, retrieval
from screening.highlight import highlighter

BASE = "/screen/full-text"


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    """Give a site of two with reports 1 to 3 at full text."""
    workspace = review(tmp_path, store, RECORDS[:8], team=("Ann", "Ben"))
    for report in (1, 2, 3):
        decisions.decide(store, workspace.protocol, workspace.actor("Ann"), report=report, stage="title-abstract",
                         verdict="include")  # fmt: skip
    with served(workspace) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as make:
        yield make


def give(site: Served, report: int, data: bytes = b"%PDF-1.7 made up", **facts: object) -> str:
    pages = papers.numbered() if facts.get("kind") != "jats" else (("Methods", "We asked mentors & mentees"),)
    return papers.add(site.workspace.store, site.workspace.actor("Ann"), report, data, pages=pages, **facts)  # type: ignore[arg-type]


def test_a_file_is_given_as_it_is_to_be_shown_and_nothing_else_is(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, sha256 = visit(), give(site, 1)
    reply = ann.get(f"/fulltext/1/{sha256}")
    assert (reply.content, reply.headers["Content-Type"]) == (b"%PDF-1.7 made up", "application/pdf")
    assert reply.headers["Content-Disposition"] == 'inline; filename="report-1.pdf"'
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    part = ann.get(f"/fulltext/1/{sha256}", Range="bytes=0-3")
    assert (part.status_code, part.content) == (206, b"%PDF")
    for other in (f"/fulltext/2/{sha256}", "/fulltext/1/..%2f..%2fprotocol.toml", f"/fulltext/1/{'0' * 64}",
                  f"/fulltext/{10**30}/{sha256}", f"/fulltext/1/{sha256.upper()}"):  # fmt: skip
        assert ann.get(other).status_code == 404, other
    assert requests.get(f"{site.url}/fulltext/1/{sha256}", timeout=10, allow_redirects=False).status_code == 401
    site.workspace.store.files.path(sha256, "pdf").unlink()
    assert "missing on the server" in ann.get(f"/fulltext/1/{sha256}").text


def test_an_article_is_made_anew_from_its_elements(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, sha256 = visit(), give(site, 1, papers.JATS.encode(), kind="jats")
    page = ann.get(f"/fulltext/1/{sha256}/text").text
    article = page[page.index("<article") : page.index("</article>")]
    for part in ('<section data-page="Methods"><h2>Methods</h2>', "<h3>Sample</h3>", '<th colspan="2">All</th>', "<ol>",
                 "&lt;script&gt;hacked()&lt;/script&gt;", "<figcaption>Table 1</figcaption>", "<b><mark",
                 '<section data-page="References">', "Old work. 2001."):  # fmt: skip
        assert part in article, part
    for part in ("onclick", "style", "javascript", "elsewhere", "stolen", "<script", "<a ", "<img", "<graphic"):
        assert part not in article, part
    assert ann.get(f"/fulltext/1/{sha256}").headers["Content-Disposition"].startswith("attachment")
    broken = give(site, 2, b"<article><front></front><body><p>cut", kind="jats")
    assert "This text cannot be read" in ann.get(f"/fulltext/2/{broken}/text").text


def test_an_entity_of_a_file_is_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    bomb = f"""<!DOCTYPE article [<!ENTITY a SYSTEM "file://{secret}"><!ENTITY b "{"x" * 50}">]>
    <article><body><p>one &a; two &b;{"&b;" * 9}</p></body></article>"""
    made = jats.article(bomb.encode(), highlighter(()))
    assert "hidden" not in made
    assert "xxx" not in made


def test_quotes_are_kept_changed_and_deleted_by_plain_forms(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, ben, sha256 = visit(), visit("Ben"), give(site, 1)
    person = site.workspace.actor("Ann").person
    quote = {
        "person": person,
        "report": "1",
        "key": "k",
        "file": sha256,
        "page": "2",
        "text": "A peer sup-\r\nport group",
    }
    page = ann.post(f"{BASE}/quotes", {**quote, "note": "<b>mine"}).text
    assert "A peer support group" in page
    assert "&lt;b&gt;mine" in page
    assert f'href="/fulltext/1/{sha256}#page=2"' in page
    assert "not found word for word" not in page
    assert "A peer support group" not in ben.get(f"{BASE}?report=1").text
    assert "not found word for word on page 3" in ann.post(f"{BASE}/quotes", {**quote, "page": "3"}).text
    assert ann.post(f"{BASE}/quotes", {**quote, "text": ""}).status_code == 422
    assert ben.post(f"{BASE}/quotes", quote).status_code == 403
    sent = ann.post(f"{BASE}/quotes/delete", quote, Accept="application/json").json()
    assert (sent["report"], "peer support" in sent["html"]) == (1, False)


def test_a_quote_of_a_file_that_was_taken_back_says_so_and_can_be_changed(
    site: Served, visit: Callable[..., Visitor]
) -> None:  # fmt: skip
    ann, sha256, who = visit(), give(site, 1), site.workspace.actor("Ann")
    quote = {
        "person": who.person,
        "report": "1",
        "key": "k",
        "file": sha256,
        "page": "2",
        "text": "A peer support group",
    }
    ann.post(f"{BASE}/quotes", quote)
    retrieval.take_back(site.workspace.store, who, report=1, sha256=sha256, why="the protocol")
    page = ann.get(f"{BASE}?report=1").text
    assert f"/fulltext/1/{sha256}" not in page
    assert "from a file that is not here any more" in page
    assert "of the protocol" in ann.post(f"{BASE}/quotes", {**quote, "note": "of the protocol"}).text


def test_a_record_brings_what_stands_beside_it(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, sha256 = visit(), give(site, 1, name="<i>paper.pdf", version="acceptedVersion", licence="cc-by")
    card = ann.get(f"{BASE}/card?report=1", Accept="application/json").json()["html"]
    assert f'href="/fulltext/1/{sha256}"' in card
    assert "&lt;i&gt;paper.pdf" in card
    assert "PDF · 3 pages · accepted manuscript · cc-by" in card
    ahead = ann.post(f"{BASE}/ahead", {"count": "8"}, Accept="application/json").json()["cards"]
    assert [sha256 in one["html"] for one in ahead] == [True, False, False]
    without = ann.get(f"{BASE}?report=2").text
    assert "Nobody has looked for the full text yet." in without
    assert 'id="pane"' not in ann.get("/screen/title-abstract?report=4").text


def test_words_are_marked_and_counted_by_the_rules_of_the_record(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, sha256 = visit(), give(site, 1)
    text = "Young DOCTORS – and peer-support\nfor them"
    found = ann.post(f"{BASE}/marks", {"text": text}, Accept="application/json").json()["marks"]
    assert [(text[start:end], look) for start, end, look in found] == [("DOCTORS", "c1"), ("peer-support", "c2")]
    words = ann.get(f"/fulltext/1/{sha256}/words").json()
    assert words["pages"][1] == {"page": "2", "counts": {"c1": 1, "c2": 1}}
    assert highlighter([Concept("P", "x", "population", ("doctor*",))])(text).count("<mark") == 1


def test_words_are_found_in_the_stored_texts(site: Served, visit: Callable[..., Visitor]) -> None:
    ann, sha256 = visit(), give(site, 1)
    give(site, 5, b"%PDF-1.7 of a report that is not at full text")
    page = ann.get(f"{BASE}/find?q=Fórty+month").text
    assert "1 page</a> of stored full texts" in page
    assert f"{BASE}?report=1&amp;file={sha256}&amp;page=2&amp;q=F%C3%B3rty%20month" in page
    assert "<mark>forty</mark> physicians in three hospitals." in page
    assert "No page of a stored full text" in ann.get(f"{BASE}/find?q=%25").text
    assert "stored full text" not in ann.get("/screen/title-abstract/find?q=forty").text
