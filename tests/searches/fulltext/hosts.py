"""Hosts of full texts on 127.0.0.1, with all that hosts do; and a place (Unpaywall) that names what lies there.

``http://…/<case>`` does what the case says; ``http://…/unpaywall/v2/10.5555/<case>`` names that address.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

PDF = b"%PDF-1.7 an invented paper\n%%EOF"
OTHER = b"%PDF-1.7 another paper\n%%EOF"
LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
LARGEST = 5_000

Do = Callable[["_Handler"], None]


@dataclass
class Host:
    """One server: what it does at a path, how often each path was asked, and what it was told."""

    does: dict[str, Do] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: Host

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.host.asked[path] += 1
        self.host.headers.append({key.lower(): value for key, value in self.headers.items()})
        self.close_connection = True
        with suppress(OSError):  # who asks may hang up
            self.host.does.get(path, answer(404, b"no such page"))(self)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def running(host: Host) -> Iterator[Host]:
    """Let a host listen."""
    handler = type("Handler", (_Handler,), {"host": host})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    host.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


def answer(status: int, body: bytes = b"", kind: str = "application/pdf", **headers: str) -> Do:
    """Answer whole."""

    def do(handler: _Handler) -> None:
        handler.send_response(status)
        for key, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **headers,
        }.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return do


def lead(to: str) -> Do:
    """Redirect."""
    return answer(302, Location=to)


def raw(*parts: bytes, between: float = 0.0, endless: bool = False) -> Do:
    """Send these very bytes, one part after the other; ``endless`` sends the last one until nobody listens."""

    def do(handler: _Handler) -> None:
        for part in parts:
            handler.wfile.write(part)
            time.sleep(between)
        while endless:
            handler.wfile.write(parts[-1])
            time.sleep(between)

    return do


def first(*some: Do) -> Do:
    """Do one thing after the other, the last one for good."""
    left = list(some)

    def do(handler: _Handler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return do


def names(*urls: str, version: str = "publishedVersion") -> Do:
    """Answer as Unpaywall does."""
    found = [{"url_for_pdf": url, "version": version, "license": "cc-by", "host_type": "repository"} for url in urls]
    return answer(200, json.dumps({"oa_locations": found}).encode(), "application/json")


def page(named: str) -> bytes:
    """Make a page about a paper that names its file."""
    return f'<!doctype html><html><head><meta name="citation_pdf_url" content="{named}"></head></html>'.encode()


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"


def cases(other: str, inside: str) -> dict[str, tuple[Do, str | None, bool]]:
    """Give what hosts do: case -> (what it does, the outcome's words, ``None`` for a file that is kept, and whether it
    is tried again another day). ``other`` and ``inside`` are further hosts; the last one must not be asked.
    """
    never, again = False, True
    return {
        "right.pdf": (answer(200, PDF), None, never),
        "right.php": (answer(200, PDF, "text/html; charset=utf-8"), None, never),
        "packed": (answer(200, gzip.compress(PDF), Content_Encoding="gzip"), None, never),
        "relative": (lead("right.pdf"), None, never),
        "to another host": (lead(f"{other}/right.pdf"), None, never),
        "busy once": (first(answer(429, Retry_After="7"), answer(200, PDF)), None, never),
        "about": (answer(200, page("right.pdf?of=about"), "text/html"), None, never),
        "loop": (lead("/loop"), "it redirects more than 10 times", never),
        "inside": (lead(f"{inside}/right.pdf"), "127.0.0.1 lies inside a private network", never),
        "other scheme": (lead("file:///etc/passwd"), "this is no address on the web", never),
        "shadow": (lead("https://sci-hub.example/10.1/x"), "sci-hub.example gives out papers without a right", never),
        "locked": (answer(403, LOGIN, "text/html"), "HTTP 403: the host lets in nobody without a login", never),
        "gone": (answer(404), "HTTP 404: nothing lies at this address", never),
        "teapot": (answer(418), "HTTP 418", never),
        "login": (answer(200, LOGIN, "text/html"), "it is a web page (a login, or one about the paper)", never),
        "login.pdf": (answer(200, LOGIN), "it is a web page (a login, or one about the paper)", never),
        "about a login": (answer(200, page("login"), "text/html"), "a web page, and so is what it names", never),
        "wrong.pdf": (answer(200, OTHER), "it is another paper", never),
        "picture": (answer(200, b"\x89PNG", "image/png"), "it is neither a PDF file nor", never),
        "empty": (answer(202), "HTTP 202 and nothing else", never),
        "large": (raw(_OK + b"Content-Length: 5001\r\n\r\n"), "it is larger than 0.005 MB", never),
        "without end": (raw(_OK + b"\r\n", b"%PDF" * 999, endless=True), "it is larger than 0.005 MB", never),
        "bomb": (answer(200, gzip.compress(bytes(9_999)), Content_Encoding="gzip"), "it is larger than", never),
        "slow": (raw(_OK + b"\r\n%PDF-", b"x", between=0.05, endless=True), "it took longer than 0.5 seconds", again),
        "slow head": (raw(_OK, b"X-More: x\r\n", between=0.05, endless=True), "it took longer than 0.5 seconds", again),
        "cut": (raw(_OK + b"Content-Length: 99\r\n\r\n" + PDF), "the file was cut short", again),
        "cut in pieces": (raw(_OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n%PDF-1.7 \r\n9\r\n"), "cut short", again),
        "silent": (raw(), "the file was cut short", again),
        "busy": (answer(503), "HTTP 503: the host is busy", again),
        "busy for long": (answer(429, Retry_After="9999"), "busy and asks to wait 9,999 seconds", again),
    }  # fmt: skip
