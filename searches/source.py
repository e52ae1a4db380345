"""The contract of a search source: three pure functions and one block of facts. No network, no clock, no disk here.

A source module (``searches/sources/pubmed.py``, …) has a module-level ``SOURCE = Source(...)``. ``searches.run`` is the
only loop; it sends what ``ask`` returns through ``searches.transport`` and hands the reply's bytes to ``read``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
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
    """A query as one source takes it, and what was lost on the way.

    ``parts`` are the queries to ask instead where ``text`` is longer than the source takes: their hits together are
    those of the whole.
    """

    text: str
    losses: tuple[Loss, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The queries that are asked, one after the other."""
        return self.parts or (self.text,)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request: ``params`` go into the URL for GET and into a form body for POST.

    ``content`` is a JSON body; the params then go into the URL whatever the method. ``secret`` names the params and
    headers that must never be saved or shown (keys, e-mail addresses).
    """

    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "POST", "PUT"] = "GET"
    secret: tuple[str, ...] = ()
    content: str | None = None


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
    what does not come can then be named. ``capped`` says that the source has more and why no more is taken: the search
    ends there and stays incomplete.
    """

    records: tuple[Record, ...]
    total: int | None
    next_cursor: str | None
    rejected: tuple[Rejected, ...] = ()
    split: bool = False
    notes: tuple[str, ...] = ()
    promised: tuple[str, ...] = ()
    capped: str | None = None


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The reply headers in which a source tells its pace: ``limit`` requests in ``interval`` (``1s``), and
    ``remaining`` of them until ``reset`` (seconds left, or seconds or milliseconds since 1970).
    """

    limit: str | None = None
    interval: str | None = None
    remaining: str | None = None
    reset: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Facts of a source, with the address and the date of the documents they come from.

    ``interval`` is the least number of seconds between two requests (without key, with key); ``key`` names the
    environment variable that holds the key, ``institution`` that of a second one, ``contact`` the one that holds an
    e-mail address to send along. ``size`` is the parameter that holds the number of records per page, and ``fewest``
    its least value. ``exact`` is whether the count of hits can be relied on. ``slices`` is the least span of dates
    that can be asked. ``collections`` are the parts of a source that a protocol can choose by name, as its query
    takes them. ``added`` is how it is asked for what has been added since a day (a format with ``query`` and
    ``since``), ``None`` where it cannot be.
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
    institution: str | None = None
    size: str | None = None
    fewest: int = 1
    exact: bool = True
    slices: Literal["day", "month", "year"] = "day"
    rate: RateHeaders = field(default_factory=RateHeaders)
    collections: tuple[tuple[str, str], ...] = ()
    added: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys and the contact address, from the environment only."""

    key: str | None = None
    contact: str | None = None
    institution: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One source: facts and three pure functions.

    ``translate(query, limits)`` raises NotExpressible when nothing can be asked. ``ask(translation, window, cursor,
    credentials)`` builds the request for one page (``cursor`` is ``None`` for the first one). ``read(reply, cursor)``
    raises SourceChanged, SourceBusy or SourceRefused when a reply with status 200 is none. ``identify(scheme, value)``
    gives the text that asks for the one record with this ``doi`` or ``pmid``, ``None`` where that cannot be asked.
    """

    about: About
    translate: Callable[[Node, Limits], Translation]
    ask: Callable[[Translation, Window | None, str | None, Credentials], Request]
    read: Callable[[bytes, str | None], Page]
    identify: Callable[[str, str], str | None] = lambda scheme, value: None


def within(translation: Translation, about: About, collections: Sequence[str]) -> Translation:
    """Narrow a query to the parts of a source that the protocol names."""
    if not collections:
        return translation
    known = dict(about.collections)
    parts = " OR ".join(known[name] for name in collections)
    texts = tuple(f"({text}) AND ({parts})" for text in (translation.text, *translation.parts))
    return replace(translation, text=texts[0], parts=texts[1:])
