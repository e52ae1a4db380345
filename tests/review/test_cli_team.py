"""``review team``: links, lists and closed accounts from the command line, and how the pages are served then."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
import requests

from review.protocol import template

Run = Callable[..., tuple[int, str, str]]
SENTENCE = "a sentence to remember"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review with a team of two."""
    for name in ("REVIEW_ALLOWED_HOSTS", "REVIEW_TRUSTED_PROXIES", "REVIEW_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    text = template("mentoring").replace('name = "Illustrative reviewer"', 'name = "Ben"\n\n[[team]]\nname = "Ann"')
    (tmp_path / "protocol.toml").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def told(place: Path, run: Run) -> Callable[..., dict[str, Any]]:
    """Give a function that runs ``review team …`` and gives what it prints as JSON."""

    def call(*words: str) -> dict[str, Any]:
        code, out, err = run("team", *words, "-C", place, "--json")
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    return call


def test_from_the_invitation_to_the_closed_account(told: Callable[..., dict[str, Any]], place: Path) -> None:
    def states() -> dict[str, tuple[str, int]]:
        return {row["name"]: (row["state"], row["sessions"]) for row in told("list")["people"]}

    assert states() == {"Ben": ("none", 0), "Ann": ("none", 0)}
    link = told("invite", "Ann")["link"]
    assert re.fullmatch(r"http://127\.0\.0\.1:8377/join/[\w-]{43}", link)
    assert states() == {"Ben": ("none", 0), "Ann": ("invited", 0)}
    with serving(place) as url, visitor() as ann:
        assert joined(ann, link.replace("http://127.0.0.1:8377", url), "ann").url == f"{url}/"
        assert states() == {"Ben": ("none", 0), "Ann": ("open", 1)}
        assert told("revoke", "Ann") == {"name": "Ann", "sessions": 1, "links": 0}
        assert "/sign-in" in ann.get(url).url, "an ended session stops at once in the server that runs"
        reset = told("reset", "Ann")["link"].replace("http://127.0.0.1:8377", url)
        assert joined(ann, reset, "ann").url == f"{url}/"
        assert told("disable", "Ann") == {"name": "Ann", "closed": True}
        assert told("disable", "Ann") == {"name": "Ann", "closed": False}
        assert "/sign-in" in ann.get(url).url
        assert states()["Ann"] == ("closed", 0)
        again = told("invite", "Ann")["link"].replace("http://127.0.0.1:8377", url)
        assert joined(ann, again, "ann").url == f"{url}/"
    text = (place / "protocol.toml").read_text("utf-8").replace('name = "Ann"', 'name = "Eve"')
    (place / "protocol.toml").write_text(text, "utf-8")
    assert states() == {"Ben": ("none", 0), "Eve": ("none", 0), "Ann": ("left", 1)}


def test_people_read_sentences(place: Path, run: Run) -> None:
    def say(*words: str) -> str:
        code, out, err = run("team", *words, "-C", place)
        return err if code else out

    invited = say("invite", "Ann")
    assert "Send this link to Ann and to nobody else." in invited
    assert "if review serve is running, stop it and start it again" in invited
    assert "start it again" not in say("invite", "Ann"), "said the first time only"
    assert re.search(r"^Ann \(.*\): invited; link open until \d{4}-\d\d-\d\d \d\d:\d\d UTC$", say("list"), re.MULTILINE)
    assert "Ann: 0 sessions ended, 1 link withdrawn." in say("revoke", "Ann")
    assert "Ann has no account yet" in say("reset", "Ann")
    assert "Ann has no account" in say("disable", "Ann")
    assert "Ann has no account" in say("revoke", "Ann"), "the link is withdrawn already"
    assert "Eve is not in the team (Ben, Ann)" in say("invite", "Eve")
    assert "ftp://x is no address of a page" in say("invite", "Ann", "--url", "ftp://x")


def test_links_lead_to_the_address_of_the_server(
    told: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told("invite", "Ann", "--url", "https://a.example/")["link"].startswith("https://a.example/join/")
    monkeypatch.setenv("REVIEW_ALLOWED_HOSTS", "review.example, other.example")
    assert told("invite", "Ann")["link"].startswith("https://review.example/join/")


def test_without_an_account_the_pages_are_served_to_this_machine_only(
    place: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_ALLOWED_HOSTS", "review.example")
    code, _, err = run("serve", "-C", place, "--port", "0")
    assert code == 1
    assert "nobody has an account yet" in err
    assert "review team invite NAME" in err


@pytest.mark.parametrize("listed", ["*", "proxy.example", "10.0.0.0/8, x"])
def test_proxies_are_addresses(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch, listed: str) -> None:
    monkeypatch.setenv("REVIEW_TRUSTED_PROXIES", listed)
    code, _, err = run("serve", "-C", place, "--port", "0")
    assert code == 1
    assert "which is no address" in err


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_servers_on_one_database_share_sessions_and_failures(
    place: Path, told: Callable[..., dict[str, Any]], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
    database: str,
) -> None:  # fmt: skip
    if database == "postgres":
        monkeypatch.setenv("REVIEW_DATABASE", request.getfixturevalue("postgres_database"))
    link = told("invite", "Ann")["link"]
    with ExitStack() as stack:
        first, second = (stack.enter_context(serving(place)) for _ in range(2))
        ann, other = stack.enter_context(visitor()), stack.enter_context(visitor())
        joined(ann, link.replace("http://127.0.0.1:8377", first), "ann")
        assert ann.get(second).url == f"{second}/", "one cookie opens both"
        ann.post(f"{second}/sign-out")
        assert "/sign-in" in ann.get(first).url
        wrong = {"login": "ann", "password": "a wrong sentence"}
        replies = [other.post(f"{url}/sign-in", data=wrong) for url in (first, second, first, second, first)]
        assert [reply.status_code for reply in replies] == [422] * 5
        further = islice(cycle((first, second)), 12)  # the wait doubles: it catches up with the slowest machine
        assert any(other.post(f"{url}/sign-in", data=wrong).status_code == 429 for url in further)


def test_no_secret_is_printed_or_logged(place: Path, told: Callable[..., dict[str, Any]]) -> None:
    link = told("invite", "Ann")["link"]
    with serving(place, printed := []) as url, visitor() as ann:
        joined(ann, link.replace("http://127.0.0.1:8377", url), "ann")
        cookie = next(iter(ann.cookies)).value or "none"
    for secret in (link.rpartition("/")[2], cookie, SENTENCE):
        assert secret not in "".join(printed)


@contextmanager
def serving(place: Path, printed: list[str] | None = None) -> Iterator[str]:
    """Start ``review serve`` as a process of its own on a free port, and give its address."""
    command = [sys.executable, "-m", "review.cli.main", "serve", "-C", str(place), "--port", "0", "--json"]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        line = server.stdout.readline()
        said = json.loads(line)
        assert said["link"] is None, "with accounts there is no link"
        try:
            yield said["url"]
        finally:
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=30)
            if printed is not None:
                printed += [line, out, err]


def visitor() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def joined(client: requests.Session, link: str, login: str) -> requests.Response:
    return client.post(link, data={"login": login, "password": SENTENCE, "again": SENTENCE})


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("screen", "decide", "1", "include"), "Ann (reader) may not decide on records"),
        (("screen", "resolve", "1", "include"), "Ann (reader) may not resolve conflicts"),
        (("screen", "undo"), "Ann (reader) may not decide on records"),
        (("pairs", "same", "1", "2"), "Ann (reader) may not decide on records"),
    ],
)
def test_a_command_is_refused_to_whom_it_is_not_given(place: Path, run: Run, words: tuple[str, ...], says: str) -> None:
    protocol = place / "protocol.toml"
    text = protocol.read_text("utf-8").replace('roles = ["lead", "reviewer"]', 'roles = ["reader"]')
    protocol.write_text(text, "utf-8")
    stage = ("--stage", "title-abstract") if words[0] == "screen" else ()
    code, out, err = run(*words, *stage, "-C", place, "--as", "Ann")
    assert (code, out) == (1, "")
    assert says in err and "ask Ben" in err
