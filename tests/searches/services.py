"""One HTTP server on 127.0.0.1 that speaks for five sources (``speaking``), with faults switched on or off.

Some replies are those of a source that is busy, broken or cut off, decided by a seed and the number of the request,
so that asking again ends in a reply.
"""

from __future__ import annotations

import itertools
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.searches.speaking import SERVICES, Asked, Refused, Service

FAULTS: Mapping[str, float] = {
    "429 at once": 0.03, "429 in 1 s": 0.01, "429": 0.01, "500": 0.02, "502": 0.015, "503": 0.015,
    "cut": 0.02, "reset": 0.01, "half": 0.01, "page": 0.005, "error": 0.005, "slow": 0.02,
}  # fmt: skip
"""Kinds of faults and their shares of all replies: a tenth 429 and 5xx, and some that are worse than that."""
_SLOW = 0.2
_HTML = "<!DOCTYPE html><html><body>{}</body></html>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire: ``length`` is what the header says, ``None`` for no reply at all."""

    status: int
    body: bytes
    length: int | None
    headers: tuple[str, ...] = ()


def fault_of(seed: int, request: int) -> str | None:
    """Decide what goes wrong with a request."""
    drawn = random.Random(seed * 1_000_003 + request).random()
    for kind, until in zip(FAULTS, itertools.accumulate(FAULTS.values()), strict=True):
        if drawn < until:
            return kind
    return None


def _spoilt(kind: str, service: Service, body: bytes) -> Reply:
    """Give what comes in the place of a body."""
    status, _, wait = kind.partition(" ")
    if status.isdigit():
        html = _HTML.format(f"WWW Error {status}").encode()
        after = {"at once": ("Retry-After: 0",), "in 1 s": ("Retry-After: 1",)}.get(wait, ())
        return Reply(int(status), html, len(html), after)
    if kind == "reset":
        return Reply(200, b"", None)
    if kind == "cut":
        return Reply(200, body[: len(body) // 2], len(body))
    spoilt = {"half": body[: len(body) // 2], "page": _HTML.format("Maintenance").encode()}.get(
        kind, service.error.encode()
    )
    return Reply(200, spoilt, len(spoilt))


@dataclass(slots=True)
class Services:
    """A running server: how many records each source has, the seed of its faults, and what happened.

    ``before`` is called with the number of a request before it is answered, ``sent`` counts the replies by kind.
    """

    counts: Mapping[str, int]
    seed: int | None = None
    before: Callable[[int], None] = lambda number: None
    port: int = 0
    requests: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)

    def base_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    def ids(self, name: str) -> set[str]:
        """Give the source's own ids of all of its records."""
        return {SERVICES[name].identity(n) for n in range(1, self.counts[name] + 1)}

    def reply(self, target: str, form: str, headers: Mapping[str, str]) -> Reply:
        """Answer one request, or spoil the answer."""
        with self._lock:
            self.requests += 1
            number = self.requests
        self.before(number)
        parts = urlsplit(target)
        name, _, path = parts.path.removeprefix("/").partition("/")
        params = dict(parse_qsl(parts.query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True))
        asked = Asked("/" + unquote(path), params, headers)
        kind = fault_of(self.seed, number) if self.seed is not None else None
        try:
            body = _answer(SERVICES[name], asked, self.counts[name])
            reply = Reply(200, body, len(body))
        except Refused as refused:
            kind, body = None, refused.body.encode()
            reply = Reply(refused.status, body, len(body))
        if kind == "slow":
            time.sleep(_SLOW)
        elif kind is not None:
            reply = _spoilt(kind, SERVICES[name], body)
        with self._lock:
            self.sent[kind or str(reply.status)] = self.sent.get(kind or str(reply.status), 0) + 1
        return reply


def _answer(service: Service, asked: Asked, count: int) -> bytes:
    if not re.fullmatch(service.path, asked.path):
        raise Refused(404, "Resource not found.")
    if unknown := asked.params.keys() - service.params:
        raise Refused(400, f"unknown parameters: {sorted(unknown)}")
    return service.answer(asked, count).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    services: Services

    def do_GET(self) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        reply = self.services.reply(self.path, form, dict(self.headers))
        if reply.length is None:  # a lingering time of nothing makes closing a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        lines = (f"HTTP/1.1 {reply.status} Made Up", f"Content-Length: {reply.length}", *reply.headers)
        try:
            self.wfile.write("\r\n".join((*lines, "", "")).encode() + reply.body)
        except ConnectionError:
            self.close_connection = True  # whoever asked was killed meanwhile
        self.close_connection |= reply.length != len(reply.body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        """Close at once, so that a reset is one: the library would first say that all has been sent."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients are killed on purpose."""


@contextmanager
def serving(services: Services) -> Iterator[Services]:
    """Serve on a free port of 127.0.0.1."""
    handler = type("Handler", (_Handler,), {"services": services})
    with _Server(("127.0.0.1", 0), handler) as server:
        services.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield services
        finally:
            server.shutdown()
            thread.join()
