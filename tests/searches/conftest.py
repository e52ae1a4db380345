"""Sources in miniature: what each API would answer over a made-up collection, with faults on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses

from review.protocol import Protocol
from review.protocol.model import Limits, Strategy
from review.query import parse
from review.store import Store
from searches.registry import SOURCES
from searches.run import Access, Place
from searches.source import Credentials
from searches.transport import Line

Q1 = "Ment* AND (doctor* OR medic* OR physician) AND (health OR well-being)"
Q2 = (
    "Ment* AND (doctor* OR medic* OR physician) AND "
    "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)"
)
Answer = tuple[int, dict[str, str], bytes]
Fault = Answer | BaseException | Callable[[bytes], bytes]


@dataclass
class Asked:
    """One request as a server sees it."""

    url: str
    params: dict[str, str]
    headers: Mapping[str, str]


@dataclass
class Miniature:
    """One source's API over ``count`` made-up records, numbered from 1; ``extra`` is promised and never sent."""

    name: str
    count: int
    extra: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request: requests.PreparedRequest) -> Answer:
        parts = urlsplit(str(request.url))
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        params = dict(parse_qsl(parts.query or str(body)))
        self.asked.append(Asked(str(request.url), params, request.headers))
        fault = self.faults.get(len(self.asked))
        if isinstance(fault, BaseException):
            raise fault
        if isinstance(fault, tuple):
            return fault
        reply = ANSWERS[self.name](self, parts.path, params)
        return 200, {}, fault(reply) if fault else reply


def pubmed(server: Miniature, path: str, params: dict[str, str]) -> bytes:
    """Record n was created on the first of January n years after 1990; the web environment names the slice."""
    if path.endswith("esearch.fcgi"):
        days = re.search(r'"(\S+)"\[crdt\] : "(\S+)"\[crdt\]', params["term"])
        start, end = days.groups() if days else ("", "9")
        inside = [n for n in range(1, server.count + server.extra + 1) if start <= f"{1990 + n}/01/01" <= end]
        ids = [str(1000 + n) for n in inside]
        found = {
            "querytranslation": params["term"],
            "count": str(len(ids)),
            "idlist": ids[: int(params["retmax"])],
            "querykey": "1",
        }
        environment = "MCID_" + ",".join(map(str, inside)) if days else "MCID"
        return json.dumps({"esearchresult": {**found, "webenv": environment}}).encode()
    first, size = int(params["retstart"]), int(params["retmax"])
    sliced = params["WebEnv"].removeprefix("MCID").removeprefix("_")
    numbers = list(map(int, sliced.split(","))) if sliced else range(1, server.count + 1)
    return (
        "<PubmedArticleSet>" + "".join(map(pubmed_article, numbers[first : first + size])) + "</PubmedArticleSet>"
    ).encode()


def pubmed_article(n: int) -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{1000 + n}</PMID><Article><Journal><JournalIssue><PubDate>"
        f"<Year>2014</Year><Month>May</Month></PubDate></JournalIssue></Journal><ArticleTitle>{title(n)}"
        f"</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


def title(n: int) -> str:
    """Give a title that matches the first published query when its number is odd."""
    return f"Mentoring and the health of doctors {n}" if n % 2 else f"Nurses {n}"


def europepmc(server: Miniature, path: str, params: dict[str, str]) -> bytes:
    cursor = params["cursorMark"]
    first = 0 if cursor == "*" else int(cursor.removeprefix("AoI"))
    numbers = range(first + 1, min(first + int(params["pageSize"]), server.count) + 1)
    results = [
        {"id": str(1000 + n), "source": "MED", "pmid": str(1000 + n), "title": title(n), "pubYear": "2014",
         "journalInfo": {"dateOfPublication": "2014 May"}}
        for n in numbers
    ]  # fmt: skip
    body = {"version": "6.9", "hitCount": server.count + server.extra, "resultList": {"result": results}}
    return json.dumps({**body, "nextCursorMark": f"AoI{first + len(numbers)}" if numbers else cursor}).encode()


def openalex(server: Miniature, path: str, params: dict[str, str]) -> bytes:
    size = int(params["per_page"])
    page = params.get("page")
    cursor = params.get("cursor", "*")
    first = (int(page) - 1) * size if page else 0 if cursor == "*" else int(cursor)
    numbers = range(first + 1, min(first + size, server.count) + 1)
    results = [
        {"id": f"https://openalex.org/W{1000 + n}", "title": title(n), "publication_date": "2014-05-01",
         "publication_year": 2014}
        for n in numbers
    ]  # fmt: skip
    following = None if page or len(numbers) < size else str(first + size)
    meta = {"count": server.count + server.extra, "page": int(page) if page else None, "next_cursor": following}
    return json.dumps({"meta": meta, "results": results}).encode()


ANSWERS: dict[str, Callable[[Miniature, str, dict[str, str]], bytes]] = {
    "pubmed": pubmed,
    "europepmc": europepmc,
    "openalex": openalex,
}


@pytest.fixture
def miniature() -> type[Miniature]:
    """Give the maker of a source in miniature: ``(name, count, extra=, faults=)``."""
    return Miniature


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Give the mock that answers all HTTP of a test."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def naps() -> list[float]:
    """Give the list of seconds that lines have slept."""
    return []


@pytest.fixture
def reach(wire: responses.RequestsMock, naps: list[float]) -> Callable[..., tuple[Access, Miniature]]:
    """Give the function ``(name, count, key=, contact=, …)`` that puts a miniature on the wire and opens a line."""

    def open_line(
        name: str, count: int = 3, *, key: str | None = None, contact: str | None = None, **rest: Any
    ) -> tuple[Access, Miniature]:
        server = Miniature(name, count, **rest)
        source = SOURCES[name]
        address = re.compile(re.escape(source.about.base_url))
        wire.add_callback(responses.GET, address, callback=server.answer)
        wire.add_callback(responses.POST, address, callback=server.answer)
        known = Credentials(key, contact)
        line = Line(source.about, known, now=lambda: 0.0, sleep=naps.append, random=lambda: 0.0)
        return Access(source, known, line.send), server

    return open_line


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Place:
    """Give a store and folder to search in; nobody is told."""
    return Place(store, tmp_path, lambda label, done, total: None)


@pytest.fixture
def protocol() -> Protocol:
    """Give the published review's two strategies and its limits."""
    strategies = tuple(Strategy(name, name, (), text, parse(text)) for name, text in (("q1", Q1), ("q2", Q2)))
    return Protocol(
        title="Mentoring",
        question="?",
        hash="0" * 64,
        text="",
        strategies=strategies,
        limits=Limits("2006-01", "2016-01", ("eng",)),
    )


@pytest.fixture
def data() -> Path:
    """Give the folder of recorded and hand-written replies."""
    return Path(__file__).parent.parent / "data" / "api"
