"""A made-up citation graph, and the four citation indexes in miniature over it (all synthetic)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
import responses

from review.record import Record
from searches.citations import Service, services
from searches.run import Access
from searches.source import Credentials
from searches.transport import Line

Answer = tuple[int, dict[str, str], str]
NAMES = ("openalex", "semanticscholar", "opencitations", "europepmc")
PAGE = 2
"""Links that Semantic Scholar in miniature sends at once."""


def record(n: int) -> Record:
    """Give document n as a database that has only its DOI would."""
    return Record(title=f"Document {n}", doi=f"10.5555/{n}")


def paper_id(n: int) -> str:
    """Give the id of document n in Semantic Scholar."""
    return f"{n:040x}"


@dataclass
class Graph:
    """``links[index]`` are pairs (citing, cited) that an index knows; ``unknown[index]`` documents that it lacks.

    ``extra[index]`` are further entries of every list of references, as the index would send them.
    """

    links: Mapping[str, Collection[tuple[int, int]]]
    unknown: Mapping[str, Collection[int]] = field(default_factory=dict)
    extra: Mapping[str, list[Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    faults: dict[str, Answer | BaseException] = field(default_factory=dict)
    """By a piece of the request: what is sent instead, or raised."""

    def linked(self, index: str, n: int, of: str) -> list[int]:
        """Give what document n cites, or what cites it."""
        pairs = sorted(self.links.get(index, ()))
        return [b for a, b in pairs if a == n] if of == "references" else [a for a, b in pairs if b == n]

    def has(self, index: str, n: int) -> bool:
        """Say whether an index knows a document."""
        return n not in self.unknown.get(index, ())

    def put(self, wire: responses.RequestsMock) -> None:
        """Put all four on the wire."""
        hosts = {
            "https://api.openalex.org": self._openalex,
            "https://api.semanticscholar.org": self._semanticscholar,
            "https://api.opencitations.net": self._opencitations,
            "https://www.ebi.ac.uk": self._europepmc,
        }
        for host, answer in hosts.items():
            for method in (responses.GET, responses.POST):

                def call(request: requests.PreparedRequest, answer: Any = answer) -> Answer:
                    url, body = unquote(str(request.url)), _text(request.body)
                    self.asked.append(f"{url} {body}".strip())
                    for piece, fault in self.faults.items():
                        if piece in self.asked[-1]:
                            if isinstance(fault, BaseException):
                                raise fault
                            return fault
                    return 200, {}, json.dumps(answer(request, body))

                wire.add_callback(method, re.compile(re.escape(host)), callback=call)

    def _openalex(self, request: requests.PreparedRequest, body: str) -> Any:
        params = dict(parse_qsl(urlsplit(str(request.url)).query))
        name, _, text = params["filter"].partition(":")
        values = text.split("|")
        if name == "cites":
            found = self.linked("openalex", int(values[0][1:]), "citations")
        else:
            found = [int(re.sub(r"\D", "", value.removeprefix("10.5555/"))) for value in values]
        works = [
            {
                "id": f"https://openalex.org/W{n}", "title": f"Document {n}", "doi": f"https://doi.org/10.5555/{n}",
                "referenced_works": [f"https://openalex.org/W{b}" for b in self.linked("openalex", n, "references")],
            }
            for n in found if self.has("openalex", n)
        ]  # fmt: skip
        return {"meta": {"count": len(works), "page": 1}, "results": works}

    def _semanticscholar(self, request: requests.PreparedRequest, body: str) -> Any:
        parts = urlsplit(str(request.url))
        if parts.path.endswith("/batch"):
            numbers = [int(i.rpartition("/")[2]) if ":" in i else int(i, 16) for i in json.loads(body)["ids"]]
            return [self._paper(n) if self.has("semanticscholar", n) else None for n in numbers]
        *_, identity, of = parts.path.split("/")
        key = {"references": "citedPaper", "citations": "citingPaper"}[of]
        every = [{key: self._paper(n)} for n in self.linked("semanticscholar", int(identity, 16), of)]
        every += [{key: paper} for paper in self.extra.get("semanticscholar", ())] if of == "references" else []
        start = int(dict(parse_qsl(parts.query))["offset"])
        page = {"offset": start, "data": every[start : start + PAGE]}
        return {**page, "next": start + PAGE} if start + PAGE < len(every) else page

    def _paper(self, n: int) -> dict[str, Any]:
        return {"paperId": paper_id(n), "title": f"Document {n}", "externalIds": {"DOI": f"10.5555/{n}"}, "year": 2014}

    def _opencitations(self, request: requests.PreparedRequest, body: str) -> Any:
        of, key = re.findall(r"/index/v2/(\w+)/(.*)", unquote(urlsplit(str(request.url)).path))[0]
        n = int(key.rpartition("/")[2])
        pairs = [(n, m) if of == "references" else (m, n) for m in self.linked("opencitations", n, of)]
        links = [{"oci": f"{a}-{b}", "citing": _pids(a), "cited": _pids(b)} for a, b in pairs]
        return links + (self.extra.get("opencitations", []) if of == "references" else [])

    def _europepmc(self, request: requests.PreparedRequest, body: str) -> Any:
        parts = urlsplit(str(request.url))
        params = dict(parse_qsl(parts.query or body))
        if "query" in params:
            numbers = map(int, _numbers(params))
            found = [{**_article(n), "abstractText": f"About {n}."} for n in numbers if self.has("europepmc", n)]
            return {"version": "6.9", "hitCount": len(found), "resultList": {"result": found}}
        source, identity, of = parts.path.split("/")[-3:]
        every: list[Any] = [
            {"id": str(n), "source": source, "title": f"Document {n}", "pubYear": 2014, "match": "Y"}
            for n in self.linked("europepmc", int(identity), of)
        ]
        every += self.extra.get("europepmc", []) if of == "references" else []
        names = {"references": ("referenceList", "reference"), "citations": ("citationList", "citation")}[of]
        size, page = int(params["pageSize"]), int(params["page"])
        return {"hitCount": len(every), names[0]: {names[1]: every[(page - 1) * size : page * size]}}


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else body or ""


def _pids(n: int) -> str:
    return f"omid:br/06{n} doi:10.5555/{n}"


def _numbers(params: Mapping[str, str]) -> Iterable[str]:
    return (a or b for a, b in re.findall(r'DOI:"10\.5555/(\d+)"|EXT_ID:(\d+)', params["query"]))


def _article(n: int) -> dict[str, Any]:
    return {
        "id": str(n),
        "source": "MED",
        "pmid": str(n),
        "doi": f"10.5555/{n}",
        "title": f"Document {n}",
        "pubYear": "2014",
    }


def opened(protocol: Any, names: Iterable[str] = NAMES) -> tuple[Service, ...]:
    """Open lines to some indexes, in this order, that wait for nothing."""
    every = {service.citing.about.name: service for service in services((), protocol, {})}
    return tuple(
        replace(one, access=_still(one.access), through=_still(one.through) if one.through else None)
        for one in (every[name] for name in names)
    )


def _still(access: Access, key: str | None = None) -> Access:
    known = Credentials(key)
    line = Line(access.source.about, known, now=lambda: 0.0, sleep=lambda seconds: None, random=lambda: 0.0)
    return replace(access, credentials=known, send=line.send, rest=line.rest)
