"""What a request must pass before a page sees it, and the headers that every reply carries. No page, no store.

Host allow-list: a page of another site must not reach a server on this machine by a name that it controls (DNS
rebinding). Cross-site requests: ``Sec-Fetch-Site``, else ``Origin``, must say that the request comes from our own pages
(https://words.filippo.io/csrf/, https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site, checked
2026-11-22); so forms need no token.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
READING = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Say whether a Host header names this server; which port it names does not count, but it must be one.

    >>> host_allowed("127.0.0.1:8377", LOOPBACK), host_allowed("[::1]:1", LOOPBACK), host_allowed("evil.org", LOOPBACK)
    (True, True, False)
    >>> host_allowed("127.0.0.1:80@evil.org", LOOPBACK)  # the address of a request is put together with this
    False
    """
    name, colon, port = (host, "", "") if host.endswith("]") else host.rpartition(":")
    if colon and not (port.isascii() and port.isdecimal()):
        return False
    return (name or host).casefold() in allowed


def from_our_pages(method: str, headers: Headers) -> bool:
    """Say whether a request may change something: it reads only, comes from our own pages, or from no browser.

    >>> from_our_pages("POST", Headers({"sec-fetch-site": "cross-site"})), from_our_pages("POST", Headers({}))
    (False, True)
    """
    if method in READING:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


class Guard:
    """Middleware: refuse foreign hosts, cross-site changes, NUL in addresses; put security headers on every reply."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.hosts = (*LOOPBACK, *(host.casefold() for host in hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, then pass it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
                if not any(name == b"cache-control" for name, _ in message["headers"]):
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        headers = Headers(scope=scope)
        app = self.app
        if not host_allowed(headers.get("host", ""), self.hosts):
            app = PlainTextResponse("This server does not answer under that name.\n", status_code=421)
        elif not from_our_pages(scope["method"], headers):
            app = PlainTextResponse("This change came from another site's page and was refused.\n", status_code=403)
        elif "\0" in scope["path"] or b"%00" in scope["query_string"]:  # PostgreSQL takes none: nothing is called so
            app = PlainTextResponse("There is no page with such an address.\n", status_code=404)
        await app(scope, receive, with_headers)
