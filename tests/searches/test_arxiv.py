"""arXiv: windows by day of submission, errors that look like papers, empty pages, and what its entries hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from review.errors import SourceBusy, SourceChanged, SourceRefused
from review.protocol import Protocol
from searches.run import Place, run_search
from searches.source import Credentials, Translation, Window
from searches.sources.arxiv import ABOUT, ask, read

NOBODY = Credentials()
ENTRY = "<entry><id>http://arxiv.org/abs/1405.0001v1</id></entry>"


def feed(total: object, *entries: str) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        f"<o:totalResults>{total}</o:totalResults>{''.join(entries)}</feed>"
    ).encode()


def test_the_first_page_and_the_next() -> None:
    first = ask(Translation("ti:a OR abs:a"), None, None, NOBODY)
    assert first.url == "https://export.arxiv.org/api/query"
    assert dict(first.params) == {
        "search_query": "ti:a OR abs:a", "start": "0", "max_results": "200", "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }  # fmt: skip
    assert dict(ask(Translation("x"), None, "200", NOBODY).params)["start"] == "200"


def test_windows_and_what_was_added_are_by_day_of_submission() -> None:
    request = ask(Translation("ti:a OR ti:b"), Window("2014-01-01", "2014-06-30"), None, NOBODY)
    expected = "(ti:a OR ti:b) AND submittedDate:[201401010000 TO 201406302359]"
    assert dict(request.params)["search_query"] == expected
    assert ABOUT.added is not None
    since = ABOUT.added.format(query="ti:a OR ti:b", since=date(2026, 11, 1))
    assert since == "(ti:a OR ti:b) AND submittedDate:[202611010000 TO 299912312359]"


def test_a_colon_reaches_arxiv_as_it_is(place: Place, protocol: Protocol, reach: Callable[..., Any]) -> None:
    access, server = reach("arxiv", 1)
    run_search(place, protocol, access, protocol.strategies[0])
    assert "ti:Ment" in server.asked[0].url


def test_where_the_pages_end() -> None:
    assert read(feed(3, ENTRY), None).next_cursor == "1"
    assert read(feed(3, ENTRY, ENTRY), "1").next_cursor is None
    assert read(feed(203), "3").next_cursor is None, "the count may be too high; the loop then says so"
    with pytest.raises(SourceBusy, match="empty page in the middle"):
        read(feed(204), "3")


@pytest.mark.parametrize(("total", "split"), [(30_000, False), (30_001, True)])
def test_more_than_arxiv_gives_is_split(total: int, split: bool) -> None:
    page = read(feed(total, ENTRY), None)
    assert (page.split, page.next_cursor is None, len(page.records)) == (split, split, 1)


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b"Rate exceeded.", SourceBusy, "rate was exceeded"),  # with status 200
        (
            feed(
                1,
                "<entry><id>http://arxiv.org/api/errors#bad</id><title>Error</title><summary>bad id</summary></entry>",
            ),
            SourceRefused,
            "bad id",
        ),
        (
            feed(1, "<entry><title>Error</title><summary>no such field</summary></entry>"),
            SourceRefused,
            "no such field",
        ),
        (feed(""), SourceChanged, "names no hits"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', SourceChanged, "names no hits"),
        (b"<rss/>", SourceChanged, "rss instead of"),
        (feed(3, ENTRY)[:-20], SourceChanged, "cannot be read"),
        (b"", SourceChanged, "cannot be read"),
    ],
)
def test_a_feed_that_is_none(body: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        read(body, None)


def test_an_entity_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret")
    declared = f'<!DOCTYPE feed [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    body = declared + feed(1, "<entry><id>http://arxiv.org/abs/1v1</id><title>T &x;</title></entry>")
    assert "s3cret" not in str(read(body, None))


def test_an_exceeded_rate_is_waited_for(
    place: Place, protocol: Protocol, reach: Callable[..., Any], naps: list[float]
) -> None:
    busy = (200, {"Content-Type": "text/plain"}, b"Rate exceeded.")
    access, _ = reach("arxiv", 3, faults={1: busy, 2: busy})
    outcome = run_search(place, protocol, access, protocol.strategies[0])
    assert (outcome.status, outcome.records) == ("complete", 3)
    assert [nap for nap in naps if nap != ABOUT.interval[0]] == [1.0, 2.0]


def test_recorded_feed(data: Path) -> None:
    page = read((data / "arxiv_feed_recorded.xml").read_bytes(), None)
    first, second = page.records
    assert (page.total, page.next_cursor, page.rejected) == (2, None, ())
    assert first.title == "A Multitask Deep Learning Approach for User Depression Detection on Sina Weibo"
    assert (first.authors[0], first.date, first.kind, first.source_id) == (
        "Wang, Yiding", "2020-08-25", "preprint", "2008.11708",
    )  # fmt: skip
    assert ("comment", "23 pages, 32 figures") in first.extra
    assert (second.authors[0], second.url) == ("Shi, Zheyuan Ryan", "http://arxiv.org/abs/2008.11707v1")


def test_quirks_of_entries(data: Path) -> None:
    page = read((data / "arxiv_feed_synthetic.xml").read_bytes(), None)
    paper, old = page.records
    assert paper.title == "Bounds where $p<a$ and $q>b$ hold", "LaTeX is no markup"
    assert paper.abstract == "Made up over two lines with $x < y$."
    assert paper.authors == ("van der Maker, Ada B.", "Mononym")
    assert (paper.date, paper.doi, paper.source_id) == ("2014-05-02", "10.5555/printed.1", "1405.00001")
    assert (paper.identifiers, paper.url) == ((("arxiv", "1405.00001"),), "http://arxiv.org/abs/1405.00001v3")
    assert paper.extra == (
        ("journal_ref", "J. Made-Up Stud. 12 (2014) 17"), ("comment", "4 pages"), ("updated", "2015-01-01T00:00:00Z"),
        ("category", "math.PR"), ("affiliation", "Nowhere University"), ("version", "v3"),
    )  # fmt: skip
    assert (old.source_id, old.title, old.url) == ("hep-th/9901001", "Error", "https://arxiv.org/abs/hep-th/9901001")
    (rejected,) = page.rejected
    assert (rejected.position, rejected.reason) == (3, "it has no arXiv id")
    assert "No id" in rejected.raw
