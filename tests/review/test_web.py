"""The page kit over real HTTP: the one-time link, guards, headers, static files, errors as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from browser import Served, review, served
from starlette.datastructures import Headers

from review.record import Record
from review.store import Store
from review.web import Sessions, local_path
from review.web.guards import from_our_pages, host_allowed
from review.web.kit import WEB

RECORDS = [Record(title=f"Report {n}") for n in range(1, 4)]


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(review(tmp_path, store, RECORDS)) as running:
        yield running


@pytest.fixture
def pair_site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(review(tmp_path, store, RECORDS, team=("Ann", "Ben"))) as running:
        yield running


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def test_without_the_link_nothing_is_shown(site: Served, client: requests.Session) -> None:
    for path in ("/", "/screen/title-abstract", "/who", "/nowhere"):
        reply = client.get(site.url + path)
        assert reply.status_code == 401
        assert "Report 1" not in reply.text
        assert "well-being" not in reply.text
        assert "open the link that review serve printed" in reply.text


def test_the_link_opens_once(site: Served, client: requests.Session) -> None:
    link = site.link
    assert client.get(link).status_code == 200
    with requests.Session() as other:
        other.trust_env = False
        refused = other.get(link)
        assert refused.status_code == 401
        assert "used already" in refused.text
        assert other.get(site.link).status_code == 200
    assert client.get(link).status_code == 200, "the browser that is signed in may follow its link again"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Served, client: requests.Session) -> None:
    cookie = client.get(site.link, allow_redirects=False).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert cookie.startswith(f"review_{site.workspace.store.installation}=")


def test_the_next_link_is_announced_when_one_is_used(mint: Callable[[], str]) -> None:
    told: list[str] = []
    sessions = Sessions(mint, told.append)
    first = sessions.token
    cookie = sessions.open(first)
    assert cookie is not None
    assert sessions.find(cookie) is not None
    assert told == [sessions.token]
    assert sessions.token != first
    assert sessions.open(first) is None
    assert sessions.find("made up") is None
    assert sessions.find(None) is None


def test_a_team_of_one_is_not_asked_who(site: Served, client: requests.Session) -> None:
    assert "Ann" in client.get(site.link).text


def test_a_team_of_several_is_asked_once(pair_site: Served, client: requests.Session) -> None:
    first = client.get(pair_site.link)
    assert first.url.startswith(f"{pair_site.url}/who")
    asked = client.get(f"{pair_site.url}/screen/title-abstract")
    assert asked.url == f"{pair_site.url}/who?next=/screen/title-abstract"
    assert 'name="next" value="/screen/title-abstract"' in asked.text, "the page goes on where one wanted to be"
    reply = client.post(f"{pair_site.url}/who", data={"name": "Ben", "next": "/screen/title-abstract"})
    assert reply.url == f"{pair_site.url}/screen/title-abstract"
    assert "Report 1" in reply.text
    assert client.get(pair_site.url).url == f"{pair_site.url}/"


@pytest.mark.parametrize(
    ("name", "sentence"), [("Eve", "Eve is not in the team (Ann, Ben)"), ("", "No name was given")]
)
def test_a_stranger_is_refused_with_a_sentence(
    pair_site: Served, client: requests.Session, name: str, sentence: str
) -> None:
    client.get(pair_site.link)
    reply = client.post(f"{pair_site.url}/who", data={"name": name})
    assert reply.status_code == 409
    assert sentence in reply.text
    assert "What to do" in reply.text
    assert client.get(pair_site.url).url.startswith(f"{pair_site.url}/who")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "127.0.0.1:80/open/"]
)
def test_a_foreign_host_is_refused(site: Served, client: requests.Session, host: str) -> None:
    client.get(site.link)
    assert client.get(site.url, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("path", ["/extract/%00/compare", "/appraise/%00/x", "/?show=%00"])
def test_an_address_with_a_character_that_no_database_takes_is_no_page(
    site: Served, client: requests.Session, path: str
) -> None:
    client.get(site.link)
    assert client.get(site.url + path).status_code == 404


def test_hosts_that_were_given_are_allowed() -> None:
    assert host_allowed("review.example:443", ("127.0.0.1", "review.example"))
    assert host_allowed("REVIEW.example", ("review.example",))
    assert not host_allowed("::1", ("127.0.0.1",))


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, False),
        ({"origin": "http://127.0.0.1:1", "host": "127.0.0.1:1"}, True),
        ({"origin": "http://127.0.0.1:2", "host": "127.0.0.1:1"}, False),
        ({"origin": "null", "host": "127.0.0.1:1"}, False),
        ({}, True),
    ],
)
def test_changes_come_from_our_own_pages(headers: dict[str, str], allowed: bool) -> None:
    assert from_our_pages("POST", Headers(headers)) is allowed
    assert from_our_pages("GET", Headers(headers))


def test_a_vote_from_another_site_is_refused(site: Served, client: requests.Session) -> None:
    client.get(site.link)
    vote = {"report": "1", "verdict": "include"}
    votes = f"{site.url}/screen/title-abstract/votes"
    assert client.post(votes, data=vote, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(votes, data=vote, headers={"Origin": "https://evil.example"}).status_code == 403
    assert "0 <span" in client.get(site.url).text, "nothing was decided"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/web/style.css", "/open/wrong", "/screen/title-abstract"])
def test_every_reply_carries_the_security_headers(site: Served, client: requests.Session, path: str) -> None:
    client.get(site.link)
    headers = client.get(site.url + path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_static_files_are_kept_for_a_year_under_their_version(site: Served, client: requests.Session) -> None:
    url = site.app.state.site.static.url("web/style.css")
    versioned = client.get(site.url + url)
    assert versioned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert versioned.headers["content-type"] == "text/css; charset=utf-8"
    assert client.get(f"{site.url}/static/web/style.css?v=old").headers["cache-control"] == "no-cache"
    for path in ("../web/kit.py", "web/..%2fkit.py", "web/none.css", "%2fetc%2fpasswd"):
        assert client.get(f"{site.url}/static/{path}").status_code in (401, 404)


def test_pages_are_not_kept(site: Served, client: requests.Session) -> None:
    assert client.get(site.link).headers["cache-control"] == "no-store"


def test_a_missing_page_says_so(site: Served, client: requests.Session) -> None:
    client.get(site.link)
    for path in ("/nowhere", "/screen/abstracts"):
        reply = client.get(site.url + path)
        assert reply.status_code == 404
        assert "There is no such page" in reply.text


def test_the_theme_is_kept(site: Served, client: requests.Session) -> None:
    client.get(site.link)
    assert '<html lang="en" data-theme="auto">' in client.get(site.url).text
    back = client.post(f"{site.url}/theme", data={"theme": "dark", "next": "/screen/title-abstract"})
    assert back.url == f"{site.url}/screen/title-abstract"
    assert '<html lang="en" data-theme="dark">' in back.text
    client.post(f"{site.url}/theme", data={"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get(site.url).text
    client.cookies.set("review_theme", '"><script>', domain="127.0.0.1", path="/")
    assert "><script>" not in client.get(site.url).text.split("<head>")[0]


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", None, "/a\nb"]
)
def test_nobody_is_sent_to_another_site(path: str | None) -> None:
    assert local_path(path) == "/"


def test_too_large_a_request_is_refused(site: Served, client: requests.Session) -> None:
    client.get(site.link)
    reply = client.post(f"{site.url}/screen/title-abstract/votes", data={"note": "x" * 1_100_000})
    assert reply.status_code == 413


def test_htmx_comes_with_its_licence() -> None:
    static = WEB / "static"
    assert [path.name for path in sorted(static.glob("htmx*"))] == ["htmx-2.0.11.LICENSE.txt", "htmx-2.0.11.min.js"]
    assert "Zero-Clause BSD" in (static / "htmx-2.0.11.LICENSE.txt").read_text("utf-8")
