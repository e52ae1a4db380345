"""What a source in miniature is: a server over ``count`` made-up records, numbered from 1, with faults on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import requests

Answer = tuple[int, dict[str, str], bytes]
Fault = Answer | BaseException | Callable[[bytes], bytes]


@dataclass
class Asked:
    """One request as a server sees it; ``body`` is what came as JSON."""

    url: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True)
class Miniature:
    """One source in miniature.

    ``answer(server, asked)`` gives the reply's bytes. ``queries`` are the texts that the first request must hold for
    the two published strategies (``q1``, ``q2``), and ``text`` takes them out of it (all parts of it that make up the
    query and its limits). ``parameters`` are all that a first request may hold: a filter of our own among them would
    change the hits. ``losing`` are pieces of a reply without which record 2 has no id. ``before`` is how many requests
    come before the one that brings the first records.
    """

    answer: Callable[[Server, Asked], bytes]
    queries: Mapping[str, str]
    parameters: frozenset[str]
    text: Callable[[Asked], str]
    losing: tuple[bytes, ...]
    before: int = 0


@dataclass
class Server:
    """A miniature that runs; ``extra`` records are promised and never sent."""

    miniature: Miniature
    count: int
    extra: int = 0
    faults: dict[int, Fault] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request: requests.PreparedRequest) -> Answer:
        """Answer as the source would, or with the fault set for this request (counted from 1)."""
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        form = "" if body.startswith("{") else body
        params = dict(parse_qsl(urlsplit(str(request.url)).query or str(form)))
        asked = Asked(str(request.url), params, request.headers, str(body))
        self.asked.append(asked)
        fault = self.faults.get(len(self.asked))
        if isinstance(fault, BaseException):
            raise fault
        if isinstance(fault, tuple):
            return fault
        reply = self.miniature.answer(self, asked)
        return 200, {}, fault(reply) if fault else reply


def title(n: int) -> str:
    """Give a title that matches the first published query when its number is odd."""
    return f"Mentoring and the health of doctors {n}" if n % 2 else f"Nurses {n}"
