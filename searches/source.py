"""The contract of a search source: three pure functions and one block of facts. No network, no clock, no disk here.

A source module (``searches/pubmed.py``, …) has a module-level ``SOURCE = Source(...)``. ``searches.run`` is the only
loop; it sends what ``ask`` returns through ``searches.transport`` and hands the reply's bytes to ``read``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from review.protocol.model import Limits
from review.query import Node
from review.record import Record, Rejected

Effect = Literal["none", "broader", "narrower", "impossible"]


@dataclass(frozen=True, slots=True)
class Loss:
    """What a source could not be asked, and what that does to the hits."""

    what: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Translation:
    """A query as one source takes it, and what was lost on the way."""

    text: str
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: ``params`` go into the URL for GET and into a form body for POST.

    ``secret`` names the params and headers that must never be saved or shown (keys, e-mail addresses).
    """

    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "POST"] = "GET"
    secret: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A slice of the search by date, both ends inclusive ISO days; ``None`` asks for everything at once."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one reply held.

    ``total`` is what the source says it has for this window (``None``: it does not say); ``next_cursor`` is ``None``
    at the end. ``split`` asks the loop to halve the window, because the source will not give ``total`` records at once.
    ``notes`` are warnings of the source that belong into the log (terms it ignored, its own reading of the query).
    ``promised`` are the source's ids of everything in this window, where it tells them before it sends the records:
    what does not come can then be named.
    """

    records: tuple[Record, ...]
    total: int | None
    next_cursor: str | None
    rejected: tuple[Rejected, ...] = ()
    split: bool = False
    notes: tuple[str, ...] = ()
    promised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """Facts of a source, with the address and the date of the documents they come from.

    ``interval`` is the least number of seconds between two requests (without key, with key); ``key`` names the
    environment variable that holds the key, ``contact`` the one that holds an e-mail address to send along.
    """

    name: str
    label: str
    docs: str
    checked: str
    base_url: str
    interval: tuple[float, float]
    page_size: int
    key: str | None = None
    key_required: bool = False
    contact: str | None = None
    kind: Literal["database", "register"] = "database"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The key and the contact address, from the environment only."""

    key: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One source: facts and three pure functions.

    ``translate(query, limits)`` raises NotExpressible when nothing can be asked. ``ask(translation, window, cursor,
    credentials)`` builds the request for one page (``cursor`` is ``None`` for the first one). ``read(reply, cursor)``
    raises SourceChanged, SourceBusy or SourceRefused when a reply with status 200 is none.
    """

    about: About
    translate: Callable[[Node, Limits], Translation]
    ask: Callable[[Translation, Window | None, str | None, Credentials], Request]
    read: Callable[[bytes, str | None], Page]
