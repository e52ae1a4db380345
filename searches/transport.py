"""The only outgoing HTTP, with ``searches.fetching``: paced, patient, honest about who asks, and silent about secrets.

``Line.send`` gives a reply's bytes or raises one of three errors: SourceBusy (try later), SourceRefused (never in
this form), SourceChanged (an answer, but none that is documented). What a reply means is the sources' business.
"""

from __future__ import annotations

import json
import math
import random as chance
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

import requests
import tenacity
import urllib3

from review import __version__
from review.errors import SourceBusy, SourceChanged, SourceError, SourceRefused
from review.text import plain
from searches.source import About, Credentials, Request

TRIES = 5
TRIES_WITHOUT_NETWORK = 2
LONGEST_WAIT = 120.0
"""Seconds; a source that asks to wait longer is left alone until the next run."""
TIMEOUT = (15.0, 120.0)
"""Seconds to connect, and between two bytes of a reply."""
LARGEST = 100_000_000
"""Bytes of a reply, unpacked; the largest pages that sources send are a tenth of it."""
BUSY = frozenset({429, 500, 502, 503, 504})
SECRETS = frozenset({"api_key", "apikey", "key", "email", "mailto", "token", "insttoken", "authorization"})
"""Parameters and headers that hold a key or an address at one source or another; a source can name more."""

_CHUNK = 1 << 16
_SHORTEST_SECRET = 6  # a shorter value could be a word of any text
_LATER = "run the same command again later: what was found so far is kept, and the search goes on from there"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the bytes, and the address that was asked, without secrets."""

    body: bytes
    url: str


Send = Callable[[Request], Reply]


class _Session(requests.Session):
    """Follows a redirection on the same host only: keys in headers and forms would go wherever it leads."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        here, there = _origin(resp.url), _origin(urljoin(resp.url, target))
        return target if there and here and there in (here, ("https", here[1], None)) else None


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Give scheme, host and port of an address; of one that is none nothing."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return None


class _NoNetwork(SourceBusy):
    """The source's machine could not be reached at all; asking five times in a row would not help."""


class Line:
    """A line to one source.

    Parameters
    ----------
    about, credentials
        The source's facts and, from the environment, its key and the contact address.
    base_url : str, optional
        Takes the place of the documented scheme and host (a mirror, a proxy, a test), with any prefix.
    now, sleep, random : callables
        Seconds since 1970, waiting, and a number from 0 to 1.
    """

    def __init__(
        self,
        about: About,
        credentials: Credentials,
        *,
        base_url: str | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._about, self._base_url = about, base_url
        self._now, self._sleep, self._random = now, sleep, random
        self._documented = self._interval = about.interval[1 if credentials.key else 0]
        self._closed_until = 0.0
        secrets = (credentials.key, credentials.contact, credentials.institution)
        self._secrets = tuple(v for v in secrets if v and len(v) >= _SHORTEST_SECRET)
        self._last: float | None = None
        self._session = _Session()
        self._session.headers["User-Agent"] = signature(credentials.contact)

    def send(self, request: Request) -> Reply:
        """Send a request, again when the source is busy, and give its reply.

        Waits at least the source's interval between two requests; after a fault 1, 2, 4, 8 seconds and up to one more
        by chance, or what ``Retry-After`` says (seconds or a date), at most ``LONGEST_WAIT``.

        Raises
        ------
        SourceBusy
            429, 5xx, a timeout, a reply cut short or no network, after several tries; ``wait`` is what was asked for.
        SourceRefused
            Any other 4xx, with what the source says about it.
        SourceChanged
            An HTML page, or a redirection that leads nowhere.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_worth_a_try),
            stop=_enough,
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._once, request)

    def _once(self, request: Request) -> Reply:
        self._pace()
        url = rebase(request.url, self._base_url)
        query = urlencode(request.params, quote_via=quote, safe=",:|")
        shown = scrub(f"{url}?{query}" if query else url, request.secret)
        form = request.method == "POST" and request.content is None
        sent = query if form else request.content
        kind = {"Content-Type": _FORM if form else _JSON} if sent is not None else {}
        try:
            answer = self._session.request(
                request.method,
                url if form or not query else f"{url}?{query}",
                data=sent.encode() if sent is not None else None,
                headers={**dict(request.headers), **kind},
                timeout=TIMEOUT,
                stream=True,
            )
            body = self._body(answer, shown)
        except requests.RequestException as fault:
            # The fault's own text would show the whole address, secrets and all.
            raise self._unreachable(fault, shown) from None
        self._heed(answer)
        self._judge(answer, body, shown)
        return Reply(self._clean(body), shown)

    def _body(self, answer: requests.Response, url: str) -> bytes:
        """Take a reply's bytes, as many as any page can have: a small packed one can unpack to fill the memory."""
        body = bytearray()
        with answer:
            for chunk in answer.iter_content(_CHUNK):
                body += chunk
                if len(body) > LARGEST:
                    what = f"{self._about.label} sent a reply of more than {LARGEST // 1_000_000} MB"
                    raise SourceChanged(what, source=self._about.name, url=url, hint=f"see {self._about.docs}")
        return bytes(body)

    def rest(self, attempt: int) -> None:
        """Wait as after a fault: for a reply that came whole and says that the source is busy."""
        self._sleep(2.0 ** (attempt - 1) + self._random())

    def _pace(self) -> None:
        wait = 0.0 if self._last is None else min(self._interval, self._last + self._interval - self._now())
        closed = self._closed_until - self._now()
        if closed > LONGEST_WAIT:
            label = self._about.label
            raise SourceBusy(f"{label} takes no more requests for now", source=self._about.name, hint=_hint(closed),
                             wait=closed)  # fmt: skip
        if max(wait, closed) > 0:
            self._sleep(max(wait, closed))
        self._last = self._now()

    def _heed(self, answer: requests.Response) -> None:
        """Take the pace from the reply's headers, where the source tells one: never faster than documented."""
        told, headers = self._about.rate, answer.headers
        if (limit := _number(headers.get(told.limit or ""))) and (span := _number(headers.get(told.interval or ""))):
            self._interval = max(self._documented, min(span / limit, LONGEST_WAIT))
        left, reset = (_number(headers.get(name or "")) for name in (told.remaining, told.reset))
        if left is not None and left < 1 and reset is not None:
            now = self._now()
            at = reset / 1000 if reset > _MILLISECONDS else reset
            self._closed_until = at if at > _EPOCH else now + at

    def _pause(self, state: tenacity.RetryCallState) -> float:
        asked = getattr(_fault(state), "wait", None)
        return float(asked) if asked is not None else 2.0 ** (state.attempt_number - 1) + self._random()

    def _judge(self, answer: requests.Response, body: bytes, url: str) -> None:
        """Raise unless the reply is one that a source's ``read`` can be given."""
        about, status = self._about, answer.status_code
        if status in BUSY:
            wait = retry_after(answer.headers.get("Retry-After"), self._now())
            raise SourceBusy(
                f"{about.label} is busy (HTTP {status}{self._said(body)})",
                source=about.name, url=url, hint=_LATER if not wait else _hint(wait), wait=wait,
            )  # fmt: skip
        if 400 <= status < 500:
            hint = f"check the key in {about.key}" if status in (401, 403) and about.key else f"see {about.docs}"
            raise SourceRefused(
                f"{about.label} refused the request (HTTP {status}{self._said(body)})",
                source=about.name, url=url, hint=hint,
            )  # fmt: skip
        if status >= 300 or _is_page(answer, body):
            what = "sent a web page instead of data" if status < 300 else f"answered with HTTP {status}"
            elsewhere = _origin(answer.headers.get("Location", "")) if status < 400 else None
            if elsewhere is not None and elsewhere[1]:
                what += f" and points to {elsewhere[1]}, to which no key is sent"
            hint = "perhaps it is being serviced, or a proxy stands between: open the address in a browser"
            raise SourceChanged(f"{about.label} {what}", source=about.name, url=url, hint=hint)
        if not body.strip():
            raise SourceBusy(f"{about.label} sent an empty reply", source=about.name, url=url, hint=_LATER)

    def _unreachable(self, fault: requests.RequestException, url: str) -> SourceError:
        about = self._about
        if isinstance(fault, requests.Timeout):
            return SourceBusy(f"{about.label} did not answer in time", source=about.name, url=url, hint=_LATER)
        if cut_short(fault):
            return SourceBusy(f"the reply of {about.label} was cut short", source=about.name, url=url, hint=_LATER)
        if isinstance(fault, requests.ConnectionError):
            host = urlsplit(url).hostname
            hint = "check the network; then run the same command again: it goes on where it stopped"
            return _NoNetwork(f"{about.label} cannot be reached at {host}", source=about.name, url=url, hint=hint)
        return SourceRefused(
            f"{about.label} cannot be asked at this address: {url}", source=about.name, url=url,
            hint="check base_url of this source in protocol.toml",
        )  # fmt: skip

    def _said(self, body: bytes) -> str:
        """Give what the source says about an error, short, in plain text and without secrets."""
        text = self._clean(body).decode("utf-8", "replace")
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, dict):
            text = _told(found)
        return f": {said[:200]}" if (said := plain(text)) else ""

    def _clean(self, body: bytes) -> bytes:
        """Blot out a key or address that the source echoes."""
        for secret in self._secrets:
            body = body.replace(secret.encode(), b"(secret)")
        return body


_CUT = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)
_BROKEN_OFF = (urllib3.exceptions.ProtocolError, urllib3.exceptions.ReadTimeoutError)
"""What requests wraps in its ConnectionError when a connection stood and then broke."""


def cut_short(fault: requests.RequestException) -> bool:
    """Say whether a reply had begun and did not come to its end."""
    return isinstance(fault, _CUT) or bool(fault.args and isinstance(fault.args[0], _BROKEN_OFF))


_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_TELLING = ("message", "error", "errMsg", "details", "title", "detail", "statusText", "error-message", "description")
"""Members of an error's JSON that hold its text, at one source or another."""


def _told(found: object) -> str:
    """Look for the text of an error in its JSON, which may lie a few levels deep."""
    if isinstance(found, list):
        return _told(found[0]) if found else ""
    if not isinstance(found, dict):
        return str(found)
    named = [found[name] for name in _TELLING if found.get(name)]
    inner = [value for value in found.values() if isinstance(value, dict | list)]
    return next((text for value in (*named, *inner) if (text := _told(value))), "")


_EPOCH, _MILLISECONDS = 1e9, 1e11
"""A larger number is no longer seconds left but a moment, and a still larger one that moment in milliseconds."""


def _number(text: str | None) -> float | None:
    """Read a number, also with a unit behind it (``1s``); one without end is none."""
    try:
        number = float((text or "").strip().removesuffix("s"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def retry_after(value: str | None, now: float) -> float | None:
    """Read seconds, or an HTTP date as seconds from now (RFC 9110, section 10.2.3)."""
    if value is None:
        return None
    if (seconds := _number(value)) is not None:
        return max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def signature(contact: str | None) -> str:
    """Say who asks, with an address to complain to: the User-Agent."""
    return f"narrative-review/{__version__}" + (f" (mailto:{contact})" if contact else "")


def _fault(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _worth_a_try(fault: BaseException) -> bool:
    return isinstance(fault, SourceBusy) and (fault.wait or 0.0) <= LONGEST_WAIT


def _enough(state: tenacity.RetryCallState) -> bool:
    return state.attempt_number >= (TRIES_WITHOUT_NETWORK if isinstance(_fault(state), _NoNetwork) else TRIES)


def _hint(wait: float) -> str:
    if wait <= LONGEST_WAIT:
        return _LATER
    hours, minutes = divmod(int(wait + 59) // 60, 60)
    span = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"it asks to wait {span}; run the same command again then: it goes on where it stopped"


def _is_page(answer: requests.Response, body: bytes) -> bool:
    start = body.lstrip()[:15].lower()
    is_html = answer.headers.get("Content-Type", "").lower().startswith("text/html")
    return start.startswith((b"<!doctype html", b"<html")) or (is_html and not start.startswith((b"{", b"<?xml")))


def rebase(url: str, base_url: str | None) -> str:
    """Put another scheme and host, with any prefix, in the place of the documented ones.

    >>> rebase("https://api.openalex.org/works", "http://127.0.0.1:8000/mirror/")
    'http://127.0.0.1:8000/mirror/works'
    """
    if base_url is None:
        return url
    return base_url.rstrip("/") + urlsplit(url).path


def scrub(url: str, secret: tuple[str, ...] = ()) -> str:
    """Take keys, e-mail addresses and passwords out of an address.

    >>> scrub("https://me:pw@x.org/s?term=a&api_key=123&email=a@b.org")
    'https://x.org/s?term=a'
    """
    parts = urlsplit(url)
    hidden = SECRETS | {name.lower() for name in secret}
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k.lower() not in hidden]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query, quote_via=quote, safe=",:|/()*"), ""))
