"""A team's server over real HTTP: signing in and out, links, cookies, roles, the pages about people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from browser import Served, served
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from team_server import SENTENCE, TEAM, browser, door, join, link_for, team_of

from review.errors import StageError
from review.protocol.rights import Right
from review.store import Store, accounts, sessions
from review.web import Members, action, require

CY = TEAM[2].name


@pytest.fixture
def members(tmp_path: Path, any_store: Store) -> Members:
    return door(team_of(tmp_path, any_store))


@pytest.fixture
def site(tmp_path: Path, members: Members) -> Iterator[Served]:
    """A server with accounts for Ann, who leads, and Ben."""
    for name in ("Ann", "Ben"):
        join(members, name, name.lower())
    with members.store.write() as connection:
        for name in ("Ann", "Ben"):
            accounts.end(members.store, connection, name)
    with served(team_of(tmp_path, members.store), members) as running:
        yield running


@pytest.fixture
def ann(site: Served) -> Iterator[requests.Session]:
    with browser(site, "ann") as client:
        yield client


@pytest.fixture
def ben(site: Served) -> Iterator[requests.Session]:
    with browser(site, "ben") as client:
        yield client


@pytest.fixture
def stranger(site: Served) -> Iterator[requests.Session]:
    with browser(site) as client:
        yield client


def secret_on(page: str) -> str:
    found = re.search(r"/join/([\w-]+)", page)
    assert found is not None
    return found[1]


# -- the way in


def test_without_an_account_nothing_is_shown(site: Served, stranger: requests.Session) -> None:
    for path in ("/", "/screen/title-abstract", "/team", "/you", "/who", "/nowhere", "/open/x", "/pairs"):
        reply = stranger.get(site.url + path)
        assert reply.url == f"{site.url}/sign-in?next={path}"
        for text in ("Report 1", "well-being", "Ann", "Ben"):
            assert text not in reply.text
    for path in ("/screen/title-abstract/votes", "/team", "/you/sessions", "/you/password", "/sign-out"):
        reply = stranger.post(site.url + path, data={"report": "1", "verdict": "include"})
        assert reply.status_code in (401, 409), path
        assert "signed out" in reply.text
    reply = stranger.get(f"{site.url}/screen/title-abstract/card", headers={"Accept": "application/json"})
    assert (reply.status_code, reply.json()["error"]) == (401, "You are signed out")


def test_signing_in_goes_on_where_one_wanted_to_be(site: Served, stranger: requests.Session) -> None:
    page = stranger.get(f"{site.url}/screen/full-text?report=1&after=2")
    following = re.findall(r'name="next" value="([^"]*)"', page.text)[1].replace(
        "&amp;", "&"
    )  # the first is that of the theme
    data = {"login": "Ben", "password": SENTENCE, "next": following}
    assert stranger.post(f"{site.url}/sign-in", data=data).url == f"{site.url}/screen/full-text?report=1&after=2"
    assert stranger.get(f"{site.url}/sign-in").url == f"{site.url}/", "who is signed in is not asked again"


@pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"])
def test_signing_in_leads_to_no_other_site(site: Served, stranger: requests.Session, following: str) -> None:
    data = {"login": "ben", "password": SENTENCE, "next": following}
    reply = stranger.post(f"{site.url}/sign-in", data=data, allow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    assert "evil" not in stranger.get(f"{site.url}/sign-in", params={"next": following}).text


def test_wrong_passwords_and_unknown_logins_look_the_same(site: Served, stranger: requests.Session) -> None:
    pages = []
    for login in ("ben", "nob"):
        reply = stranger.post(f"{site.url}/sign-in", data={"login": login, "password": "<script>alert(1)</script>"})
        assert reply.status_code == 422
        assert "<script>alert" not in reply.text
        pages.append(reply.text.replace(login, ""))
    assert pages[0] == pages[1]
    assert "This login and password do not belong together." in pages[0]


def test_after_too_many_failures_the_page_says_how_long_to_wait(site: Served, stranger: requests.Session) -> None:
    for _ in range(5):
        stranger.post(f"{site.url}/sign-in", data={"login": "eve", "password": "x"})
    while (reply := stranger.post(f"{site.url}/sign-in", data={"login": "eve", "password": "x"})).status_code == 422:
        pass  # each look at the clock of these tests takes a second
    assert reply.status_code == 429
    assert int(reply.headers["retry-after"]) >= 1
    assert re.search(r"There were too many wrong passwords\.</strong> Try again in \d+ seconds?\.", reply.text)


def test_what_is_typed_comes_back_escaped(site: Served, stranger: requests.Session) -> None:
    hostile = '"><script>alert(1)</script>'
    reply = stranger.post(f"{site.url}/sign-in", data={"login": hostile, "password": "x", "next": f"/{hostile}"})
    assert "<script>alert" not in reply.text


def test_the_cookie_is_out_of_reach_of_scripts_and_lasts(site: Served, stranger: requests.Session) -> None:
    def signed_in(**headers: str) -> str:
        data = {"login": "ben", "password": SENTENCE}
        reply = stranger.post(f"{site.url}/sign-in", data=data, headers=headers, allow_redirects=False)
        return reply.headers["set-cookie"]

    cookie = signed_in()
    assert cookie.startswith(f"review_{site.workspace.store.installation}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=5184000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Host": "review.example"}
    assert "Secure" in signed_in(**https).split("; ")


def test_no_password_is_taken_over_a_connection_without_encryption(site: Served, stranger: requests.Session) -> None:
    data = {"login": "ben", "password": SENTENCE}
    reply = stranger.post(f"{site.url}/sign-in", data=data, headers={"Host": "review.example"})
    assert reply.status_code == 403
    assert "This connection is not encrypted" in reply.text
    assert "set-cookie" not in reply.headers


def test_a_planted_cookie_is_not_taken_over(site: Served, stranger: requests.Session) -> None:
    name = f"review_{site.workspace.store.installation}"
    reply = stranger.post(
        f"{site.url}/sign-in", data={"login": "ben", "password": SENTENCE},
        headers={"Cookie": f"{name}=planted"}, allow_redirects=False,
    )  # fmt: skip
    assert "planted" not in reply.headers["set-cookie"]
    stranger.cookies.clear()
    stranger.headers["Cookie"] = f"{name}=planted"
    assert "/sign-in" in stranger.get(site.url).url


def test_signing_out_ends_the_session_on_the_server(site: Served, ben: requests.Session) -> None:
    cookie = {c.name: c.value or "" for c in ben.cookies}
    assert ben.post(f"{site.url}/sign-out").url == f"{site.url}/sign-in"
    assert "/sign-in" in requests.get(site.url, cookies=cookie).url, "a copy of the cookie is of no use"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/team", "/you/password", "/you/sessions", "/join/x"])
def test_other_sites_can_do_nothing(site: Served, ann: requests.Session, path: str, headers: dict[str, str]) -> None:
    data = {"login": "ben", "password": SENTENCE, "do": "close", "name": "Ben"}
    assert ann.post(site.url + path, data=data, headers=headers).status_code == 403
    assert browser(site, "ben")


@pytest.mark.parametrize("path", ["/sign-in", "/join/x", "/you/password", "/team"])
def test_large_bodies_are_refused(site: Served, ann: requests.Session, path: str) -> None:
    reply = ann.post(site.url + path, data={"login": "l" * 10_000_000, "password": "x" * 10_000_000, "do": "link"})
    assert reply.status_code == 413


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "review.example.evil.example", "review.example@evil.example", "review.example:80@evil.example",
        "127.0.0.1:80/join/x", "review.example:80/../sign-in?",
    ],
)  # fmt: skip
def test_foreign_hosts_are_refused(site: Served, ann: requests.Session, host: str) -> None:
    assert ann.get(f"{site.url}/sign-in", headers={"Host": host}).status_code == 421
    assert ann.post(f"{site.url}/team", data={"do": "link", "name": "Ben"}, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("path", ["/sign-in", "/join/x", "/team", "/you", "/nowhere"])
def test_every_page_carries_the_security_headers(site: Served, ann: requests.Session, path: str) -> None:
    headers = ann.get(site.url + path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer", "or a link of invitation would leave with it"


@pytest.mark.parametrize("next_", ["/%0d%0aSet-Cookie:%20a=b", "/\r\nSet-Cookie: a=b"])
def test_no_header_can_be_slipped_in(site: Served, stranger: requests.Session, next_: str) -> None:
    reply = stranger.post(
        f"{site.url}/sign-in", data={"login": "ben", "password": SENTENCE, "next": next_}, allow_redirects=False
    )
    assert set(reply.cookies.keys()) == {f"review_{site.workspace.store.installation}"}


def test_a_database_that_does_not_answer_is_a_sentence(
    site: Served, ben: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StageError("the database did not answer: it sleeps", hint="check that the server runs")

    monkeypatch.setattr(sessions, "glance", fails)
    monkeypatch.setattr(sessions, "find", fails)
    reply = ben.get(site.url)
    assert reply.status_code == 409
    assert "The database did not answer" in reply.text


# -- links


def test_a_link_leads_to_an_account(site: Served, stranger: requests.Session) -> None:
    link = f"{site.url}/join/{link_for(site.workspace.store, CY)}"
    page = stranger.get(link)
    assert "&lt;b onclick=&#39;1&#39;&gt;Cy&lt;/b&gt;" in page.text
    assert "<b onclick" not in page.text
    assert stranger.get(link).status_code == 200, "looking does not use it up"
    data = {"login": "cy", "password": SENTENCE, "again": "another sentence"}
    reply = stranger.post(link, data=data)
    assert reply.status_code == 422
    assert "The two passwords are not the same." in reply.text
    assert SENTENCE not in reply.text
    assert stranger.post(link, data={**data, "login": "ben", "again": SENTENCE}).status_code == 422
    assert stranger.post(link, data={**data, "again": SENTENCE}).url == f"{site.url}/"
    assert "<b onclick" not in stranger.get(site.url).text
    for again in (stranger.get(link), stranger.post(link, data={**data, "again": SENTENCE})):
        assert again.status_code == 410
        assert "This link was used already, was withdrawn, or is too old." in again.text


def test_made_up_links_are_useless(site: Served, stranger: requests.Session) -> None:
    for secret in ("x", "x" * 5000, "%00", "..%2f..%2fetc"):
        assert stranger.get(f"{site.url}/join/{secret}").status_code in (404, 410, 303, 200)
        assert "Choose a login" not in stranger.get(f"{site.url}/join/{secret}").text


# -- the team


def test_the_lead_invites_and_the_link_is_shown_once(
    site: Served, ann: requests.Session, stranger: requests.Session
) -> None:
    page = ann.post(f"{site.url}/team", data={"do": "link", "name": "Dee"})
    secret = secret_on(page.text)
    assert f'value="{site.url}/join/{secret}"' in page.text
    assert secret not in ann.get(f"{site.url}/team").text
    data = {"login": "dee", "password": SENTENCE, "again": SENTENCE}
    assert stranger.post(f"{site.url}/join/{secret}", data=data).url == f"{site.url}/"
    assert "with a link that Ann made" in stranger.get(f"{site.url}/you").text


def test_a_link_made_behind_a_proxy_has_the_address_of_the_proxy(site: Served, ann: requests.Session) -> None:
    cookie = "; ".join(f"{c.name}={c.value}" for c in ann.cookies)
    headers = {"X-Forwarded-Proto": "https", "Host": "review.example", "Cookie": cookie}
    page = ann.post(f"{site.url}/team", data={"do": "link", "name": "Dee"}, headers=headers)
    assert f'value="https://review.example/join/{secret_on(page.text)}"' in page.text


def test_the_lead_withdraws_a_link(site: Served, ann: requests.Session, stranger: requests.Session) -> None:
    secret = secret_on(ann.post(f"{site.url}/team", data={"do": "link", "name": "Dee"}).text)
    page = ann.post(f"{site.url}/team", data={"do": "withdraw", "name": "Dee"})
    assert "The link for Dee no longer works." in page.text
    assert stranger.get(f"{site.url}/join/{secret}").status_code == 410


def test_the_lead_ends_sessions_and_they_stop_at_once(
    site: Served, ann: requests.Session, ben: requests.Session
) -> None:
    with browser(site, "ben") as phone:
        page = ann.get(f"{site.url}/team").text
        ids = re.findall(r'name="name" value="Ben"><input type="hidden" name="session" value="(\w+)"', page)
        assert len(ids) == 2
        ann.post(f"{site.url}/team", data={"do": "session", "name": "Ben", "session": ids[0]})
        ended = ["/sign-in" in one.get(site.url).url for one in (ben, phone)]
        assert sorted(ended) == [False, True]
        page = ann.post(f"{site.url}/team", data={"do": "end", "name": "Ben"}).text
        assert "Ben is signed out everywhere" in page
        assert all("/sign-in" in one.get(site.url).url for one in (ben, phone))
    assert browser(site, "ben")


def test_a_closed_account_stops_at_once_and_says_so(site: Served, ann: requests.Session, ben: requests.Session) -> None:
    assert "The account of Ben is closed." in ann.post(f"{site.url}/team", data={"do": "close", "name": "Ben"}).text
    vote = {"report": "1", "verdict": "include"}
    assert ben.post(f"{site.url}/screen/title-abstract/votes", data=vote).status_code == 401
    reply = ben.post(f"{site.url}/sign-in", data={"login": "ben", "password": SENTENCE})
    assert "The account of Ben is closed." in reply.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"do": "close", "name": "Ann"}, "Your own account cannot be closed here"),
        ({"do": "link", "name": "Eve"}, "Eve is not in the team"),
        ({"do": "link"}, "nobody is not in the team"),
        ({"do": "fly", "name": "Ben"}, "It was not said what to do"),
    ],
)
def test_what_cannot_be_done_is_said(site: Served, ann: requests.Session, data: dict[str, str], sentence: str) -> None:
    reply = ann.post(f"{site.url}/team", data=data)
    assert reply.status_code == 409
    assert sentence.casefold() in reply.text.casefold()


def test_only_who_leads_sees_the_page_of_the_team(site: Served, ann: requests.Session, ben: requests.Session) -> None:
    assert '<a href="/team"' in ann.get(site.url).text
    assert '<a href="/team"' not in ben.get(site.url).text
    for reply in (ben.get(f"{site.url}/team"), ben.post(f"{site.url}/team", data={"do": "link", "name": "Ann"})):
        assert reply.status_code == 403
        assert "Ben (reviewer) may not manage people" in reply.text
        assert "ask Ann" in reply.text
        assert "/join/" not in reply.text


def test_names_on_the_page_are_escaped(site: Served, ann: requests.Session) -> None:
    for page in (ann.get(f"{site.url}/team"), ann.get(f"{site.url}/team?done=close&name=<script>alert(1)</script>")):
        assert "<b onclick" not in page.text
        assert "<script>alert" not in page.text
    assert "is closed" not in page.text, "an address says nothing about a person who does not exist"


# -- oneself


def test_one_changes_the_own_password(site: Served, ben: requests.Session) -> None:
    with browser(site, "ben") as phone:
        new = {"current": SENTENCE, "password": "quite another sentence", "again": "quite another sentence"}
        wrong = ben.post(f"{site.url}/you/password", data={**new, "current": "a wrong sentence"})
        assert wrong.status_code == 422
        assert "The current password is another one." in wrong.text
        short = ben.post(f"{site.url}/you/password", data={**new, "password": "short", "again": "short"})
        assert "at least 12 characters" in short.text
        unlike = ben.post(f"{site.url}/you/password", data={**new, "again": "something else"})
        assert "The two new passwords are not the same." in unlike.text
        done = ben.post(f"{site.url}/you/password", data=new)
        assert done.url == f"{site.url}/you?done=password"
        assert "Your password is changed." in done.text
        assert "/sign-in" in phone.get(site.url).url
    assert browser(site, "ben", "quite another sentence")


def test_one_signs_out_everywhere_else(site: Served, ben: requests.Session, ann: requests.Session) -> None:
    with browser(site, "ben") as phone:
        page = ben.get(f"{site.url}/you").text
        assert page.count("(this one)") == 1
        others = re.findall(r'name="session" value="(\w+)"', page)
        assert len(others) == 1
        ann.post(f"{site.url}/you/sessions", data={"session": others[0]})
        assert phone.get(site.url).url == f"{site.url}/", "Ann cannot end it there"
        ben.post(f"{site.url}/you/sessions", data={})
        assert "/sign-in" in phone.get(site.url).url
        assert ben.get(site.url).url == f"{site.url}/"


def test_a_laptop_has_no_accounts_and_a_server_no_link(site: Served, ann: requests.Session, tmp_path: Path) -> None:
    for path in ("/open/x", "/who"):
        assert ann.get(site.url + path).status_code == 404
    assert ann.post(f"{site.url}/who", data={"name": "Ben"}).status_code == 404
    with served(team_of(tmp_path, site.workspace.store)) as laptop, browser(laptop) as client:
        client.get(laptop.link)
        client.post(f"{laptop.url}/who", data={"name": "Ann"})
        for path in ("/sign-in", "/team", "/you", "/join/x"):
            assert client.get(laptop.url + path).status_code == 404
        assert client.post(f"{laptop.url}/sign-in", data={"login": "ann", "password": SENTENCE}).status_code == 404


# -- roles


@pytest.fixture
def toy(site: Served) -> Served:
    """A server with a page of changes, one for each right."""

    def done(request: Request, *_: object) -> Response:
        return PlainTextResponse("done")

    def looked_at(request: Request) -> Response:
        require(request, "rules")
        return PlainTextResponse("done")

    rights: list[Right] = ["vote", "extract", "resolve", "rules", "people"]
    site.app.router.routes.extend(
        [
            *(Route(f"/toy/{right}", action(done, right), methods=["POST"]) for right in rights),
            Route("/toy/plain", action(done), methods=["POST"]),
            Route("/toy/look", looked_at, methods=["POST"]),
        ]
    )
    return site


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("Ann", "vote extract resolve rules people plain look"),
        ("Ben", "vote extract plain"),
        (CY, ""),
        ("Dee", "resolve"),
    ],
)
def test_roles_are_enforced_by_the_kit(toy: Served, members: Members, name: str, may: str) -> None:
    join(members, name, "someone")
    with browser(toy, "ann" if name == "Ann" else "ben" if name == "Ben" else "someone") as client:
        paths = ("vote", "extract", "resolve", "rules", "people", "plain", "look")
        replies = {path: client.post(f"{toy.url}/toy/{path}") for path in paths}
    assert {path for path, reply in replies.items() if reply.text == "done"} == set(may.split())
    assert {reply.status_code for reply in replies.values()} <= {200, 403}


def test_a_reader_is_told_who_may(toy: Served, members: Members) -> None:
    join(members, CY, "cy")
    with browser(toy, "cy") as client:
        reply = client.post(f"{toy.url}/toy/plain", headers={"Accept": "application/json"})
    assert reply.status_code == 403
    assert reply.json() == {"error": f"{CY} (reader) may not decide on records", "hint": "ask Ann or Ben"}


def test_a_reader_does_not_vote_on_the_real_pages(site: Served, members: Members) -> None:
    join(members, CY, "cy")
    with browser(site, "cy") as client:
        assert client.get(f"{site.url}/screen/title-abstract").status_code == 200
        reply = client.post(f"{site.url}/screen/title-abstract/votes", data={"report": "1", "verdict": "include"})
        assert reply.status_code == 403
        assert "may not decide on records" in reply.text
        assert "<b onclick" not in reply.text


def test_roles_hold_on_a_laptop_too(tmp_path: Path, store: Store) -> None:
    with served(team_of(tmp_path, store)) as laptop, browser(laptop) as client:
        client.get(laptop.link)
        client.post(f"{laptop.url}/who", data={"name": CY})
        vote = {"report": "1", "verdict": "include"}
        assert client.post(f"{laptop.url}/screen/title-abstract/votes", data=vote).status_code == 403
        client.post(f"{laptop.url}/who", data={"name": "Ben"})
        assert client.post(f"{laptop.url}/screen/title-abstract/votes", data=vote).status_code == 200
