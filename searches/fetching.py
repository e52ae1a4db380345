"""Fetching one file from whatever host it lies on; beside ``searches.transport`` the only outgoing HTTP.

``Fetcher.fetch`` gives the file or says why not: what strangers' hosts do is no error of ours. Bounded in bytes and in
time, one request after the other, no keys, and nothing from inside the network that the program runs in: the addresses
come from outside (OWASP, Server-Side Request Forgery Prevention Cheat Sheet, checked 2026-11-22).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from searches.transport import BUSY, LONGEST_WAIT, cut_short, retry_after, signature

LARGEST = 250_000_000
"""Bytes of a file, unpacked; a scanned book has less."""
LONGEST = 300.0
"""Seconds for a file from the first connection to the last byte; whatever trickles longer is given up."""
TIMEOUT = (15.0, 60.0)
"""Seconds to connect, and between two bytes."""
PAUSE = 2.0
"""Seconds between two requests to the same host, which was not made for programs."""
HOPS = 10
TRIES = 3
FAILURES = 3
"""A host that was busy or away so many times in a row is left alone by this fetcher."""

_CHUNK = 1 << 16
_SHADOW = re.compile(
    r"(?:^|\.)(?:sci-?hub[\w-]*|scidb|libgen[\w-]*|library-?genesis|gen\.lib\.rus|annas-archive|z-?lib(?:rary)?|"
    r"1lib|b-ok|booksc|bookzz|singlelogin|nexusstc|sci-net|libstc)\.[\w.-]+\Z",
    re.IGNORECASE,
)
"""Hosts that give out papers without a right to: never asked, whoever names them."""
_ACCEPT = "application/pdf, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
_LOCKED = frozenset({401, 402, 403, 407, 451})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that came whole; ``url`` is where it lay in the end."""

    url: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Why there is no file; ``later`` says that asking again another day may help, ``wait`` in how many seconds."""

    why: str
    later: bool = False
    wait: float | None = None


class _Gone(Exception):
    """Ends one try."""

    def __init__(self, missed: Missed) -> None:
        super().__init__(missed.why)
        self.missed = missed


class Fetcher:
    """Fetches files, one after the other.

    Parameters
    ----------
    contact : str, optional
        The address that hosts are told, to complain to.
    allowed : collection of str
        Addresses whose host and port may lie in a private network: those that the protocol itself names.
    now, sleep : callables
        Seconds since 1970, and waiting.
    """

    def __init__(
        self,
        contact: str | None,
        *,
        allowed: Collection[str] = (),
        largest: int = LARGEST,
        longest: float = LONGEST,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._headers = {"User-Agent": signature(contact), "Accept": _ACCEPT, "Connection": "close"}
        self._allowed = {_end(url) for url in allowed}
        self._largest, self._longest = largest, longest
        self._now, self._sleep = now, sleep
        self._last: dict[str, float] = {}
        self._failed: Counter[str] = Counter()

    def fetch(self, url: str, into: Path) -> Fetched | Missed:
        """Write the file at an address to ``into``, whole or not at all.

        A host that is busy is asked again after 2 seconds, or as long as ``Retry-After`` says, if that is at most
        ``LONGEST_WAIT``; three times in all.
        """
        host = _host(url)
        if self._failed[host] >= FAILURES:
            return Missed(f"{host} was busy or away {FAILURES} times in a row and is not asked again now", later=True)
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_result(_worth_a_try),
            stop=tenacity.stop_after_attempt(TRIES),
            wait=lambda state: float(state.outcome.result().wait) if state.outcome else 0.0,
            sleep=self._sleep,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )
        came: Fetched | Missed = retrying(self._once, url, into)
        self._failed[host] = self._failed[host] + 1 if isinstance(came, Missed) and came.later else 0
        return came

    def _once(self, url: str, into: Path) -> Fetched | Missed:
        came: Fetched | Missed
        try:
            with _Bound(self._longest) as bound, self._session(bound) as session:
                try:
                    with self._follow(session, url) as answer:
                        self._judge(answer)
                        came = self._take(answer, into)
                except _Gone as gone:
                    came = gone.missed
                except requests.RequestException as fault:
                    came = _said(fault)
                if bound.reached:
                    came = Missed(f"it took longer than {self._longest:g} seconds and was given up", later=True)
        except BaseException:
            into.unlink(missing_ok=True)
            raise
        if isinstance(came, Missed):
            into.unlink(missing_ok=True)
        return came

    def _session(self, bound: _Bound) -> requests.Session:
        """Open a session of one file: cookies live as long, and no password of this machine is ever sent."""

        def meet(connection: HTTPConnection) -> None:
            bound.watch(connection.sock)
            peer = connection.sock.getpeername()[0] if connection.sock is not None else ""
            if (connection.host, connection.port) not in self._allowed and not _is_public(peer):
                connection.close()
                raise _Gone(_inside(connection.host))

        session = requests.Session()
        session.headers.update(self._headers)
        session.auth = lambda request: request
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(meet))
        return session

    def _follow(self, session: requests.Session, url: str) -> requests.Response:
        """Follow redirections, each looked at before it is gone to."""
        for _ in range(HOPS):
            self._look(url)
            self._pace(_host(url))
            answer = session.get(url, timeout=TIMEOUT, stream=True, allow_redirects=False)
            target = session.get_redirect_target(answer)
            if target is None:
                return answer
            answer.close()
            url = urljoin(url, target)
        raise _Gone(Missed(f"it redirects more than {HOPS} times"))

    def _look(self, url: str) -> None:
        """Let no address pass that must not be asked; where it leads is looked at again once it is connected."""
        try:
            host, port = _end(url)
        except ValueError:
            raise _Gone(_NO_ADDRESS) from None
        if urlsplit(url).scheme not in ("http", "https") or not host:
            raise _Gone(_NO_ADDRESS)
        if _SHADOW.search(host.rstrip(".")):
            raise _Gone(Missed(f"{host} gives out papers without a right to: it is never asked"))
        if (host, port) in self._allowed or select_proxy(url, get_environ_proxies(url)):
            return  # a proxy looks names up itself, and goes where it lets people go
        try:
            found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except (OSError, UnicodeError):
            raise _Gone(_unreachable(host)) from None
        if not all(_is_public(address) for address in found):
            raise _Gone(_inside(host))

    def _pace(self, host: str) -> None:
        if host in self._last and (wait := min(PAUSE, self._last[host] + PAUSE - self._now())) > 0:
            self._sleep(wait)
        self._last[host] = self._now()

    def _judge(self, answer: requests.Response) -> None:
        """Raise unless there is a body to take."""
        status = answer.status_code
        if status in BUSY:
            asked = retry_after(answer.headers.get("Retry-After"), self._now())
            told = f" and asks to wait {asked:,.0f} seconds" if asked else ""
            raise _Gone(Missed(f"HTTP {status}: the host is busy{told}", True, PAUSE if asked is None else asked))
        if status in _LOCKED:
            raise _Gone(Missed(f"HTTP {status}: the host lets in nobody without a login, or no programs"))
        if status in (404, 410):
            raise _Gone(Missed(f"HTTP {status}: nothing lies at this address"))
        if status >= 300:
            raise _Gone(Missed(f"HTTP {status}"))

    def _take(self, answer: requests.Response, into: Path) -> Fetched:
        too_large = _Gone(Missed(f"it is larger than {self._largest / 1e6:g} MB"))
        if int(_digits(answer.headers.get("Content-Length"))) > self._largest:
            raise too_large
        digest, size = hashlib.sha256(), 0
        with into.open("wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                size += len(chunk)
                if size > self._largest:
                    raise too_large
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise _Gone(Missed(f"HTTP {answer.status_code} and nothing else: the host sent no file"))
        return Fetched(answer.url, digest.hexdigest(), size)


class _Bound:
    """Cuts a connection after some time, whatever it is waiting for: a byte now and then never runs into a timeout."""

    def __init__(self, seconds: float) -> None:
        self.reached = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> _Bound:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, connected: socket.socket | None) -> None:
        self._socket = connected
        if self.reached:
            self._cut()

    def _cut(self) -> None:
        self.reached = True
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # an SSL socket's own is not for a second thread


class _Adapter(HTTPAdapter):
    """Shows every new connection to ``meet`` before anything is asked over it; those to a proxy are the proxy's."""

    def __init__(self, meet: Callable[[HTTPConnection], None]) -> None:
        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                meet(self)

        class Safe(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                meet(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SafePool(HTTPSConnectionPool):
            ConnectionCls = Safe

        self._pools = {"http": PlainPool, "https": SafePool}
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools


_NO_ADDRESS = Missed("this is no address on the web")


def _end(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))


def _host(url: str) -> str:
    """Give the host of an address, nothing of one that is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_public(address: str) -> bool:
    """Say whether an IP address is one of the open internet.

    >>> [_is_public(a) for a in ("1.1.1.1", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "")]
    [True, False, False, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast


def _inside(host: str) -> Missed:
    return Missed(f"{host} lies inside a private network, where no paper is fetched from")


def _unreachable(host: str) -> Missed:
    return Missed(f"{host} cannot be reached", later=True)


def _said(fault: requests.RequestException) -> Missed:
    """Say what a fault means; its own text would show the whole address."""
    host = _host(str(fault.request.url)) if fault.request is not None else "the host"
    if isinstance(fault, requests.exceptions.SSLError):
        return Missed(f"there is no safe connection to {host}")
    if isinstance(fault, requests.Timeout):
        return Missed(f"{host} did not answer in time", later=True)
    if cut_short(fault):
        return Missed("the file was cut short on the way", later=True, wait=PAUSE)
    if isinstance(fault, requests.ConnectionError):
        return _unreachable(host)
    return _NO_ADDRESS


def _digits(value: str | None) -> str:
    return value if value and value.isdecimal() and len(value) < 20 else "0"


def _worth_a_try(came: object) -> bool:
    return isinstance(came, Missed) and came.wait is not None and came.wait <= LONGEST_WAIT
