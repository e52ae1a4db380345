"""Ask a source for one page outside any search: a count, one record, or whether it answers as documented.

Nothing is kept of the reply but what it says: it is no part of any search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from review.errors import NotExpressible, SourceBusy, SourceChanged, SourceError, SourceRefused
from review.protocol.model import Limits
from review.query import Term
from review.record import Record
from searches.run import BUSY_READINGS, READINGS, Access
from searches.source import Page, Request, Translation, within
from searches.transport import Send

T = TypeVar("T")

STABLE_DOI = "10.1136/bmj.n71"
"""The PRISMA 2020 statement, which nearly every source of literature holds."""
STABLE_WORD = "health"
"""What every source finds something for, where it does not hold that paper or cannot be asked for it."""

Status = Literal["ok", "changed", "refused", "busy", "no key"]

_READINGS: Mapping[type[SourceError], int] = {SourceBusy: BUSY_READINGS, SourceChanged: READINGS}
_STATUS: tuple[tuple[type[SourceError], Status], ...] = (
    (SourceBusy, "busy"), (SourceChanged, "changed"), (SourceRefused, "refused"), (NotExpressible, "refused"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Probe:
    """How a source answered: what it counted, in how many seconds, and why it is not ``ok``."""

    source: str
    label: str
    status: Status
    hits: int | None = None
    seconds: float | None = None
    error: str | None = None


def probe(access: Access, now: Callable[[], float]) -> Probe:
    """Send a source its smallest request and say whether it answers as documented; never raises.

    Parameters
    ----------
    now : callable
        Seconds of a clock that only goes forward.
    """
    about = access.source.about
    refused = without_its_key(access)
    if refused is not None:
        return Probe(about.name, about.label, "no key", error=f"{refused.message}; {refused.hint}")
    began = now()
    try:
        hits = _answer(access)
    except SourceError as error:
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        return Probe(about.name, about.label, status, None, round(now() - began, 2), error.message)
    return Probe(about.name, about.label, "ok", hits, round(now() - began, 2))


def _answer(access: Access) -> int | None:
    source = access.source
    if source.identify("doi", STABLE_DOI) is not None:
        page = _page_of(access, "doi", STABLE_DOI)
        if page.records and not {STABLE_DOI, None} & {record.doi for record in page.records}:
            raise _another(access, STABLE_DOI)
        if page.records:
            return len(page.records)
    page = one_page(access, source.translate(Term(STABLE_WORD), Limits()), smallest=True)
    if not page.total and not page.records:
        what = f"{source.about.label} finds nothing for the word '{STABLE_WORD}'"
        raise SourceChanged(what, source=source.about.name, hint=source.about.docs)
    return page.total


def without_its_key(access: Access) -> SourceRefused | None:
    """Give the refusal of a source that answers only with a key and has none; ``None`` for any other."""
    about = access.source.about
    if not about.key_required or access.credentials.key:
        return None
    return SourceRefused(f"{about.label} answers only with a key", source=about.name, hint=f"set {about.key}")


def looked_up(access: Access, scheme: str, value: str) -> tuple[Record, ...]:
    """Ask a source for the records with an id, in the parts of it that are searched.

    Parameters
    ----------
    scheme, value : str
        ``doi`` or ``pmid``, and what it is; ``Source.identify`` must have an answer to it.

    Returns
    -------
    tuple of Record
        Empty when the source has none. Of several records those count that bear the id; one alone may bear none.

    Raises
    ------
    SourceError
        The source did not answer; SourceChanged when what it sent is not the record that was asked for.
    """
    page = _page_of(access, scheme, value)
    allowed = (value, None) if len(page.records) == 1 else (value,)
    found = tuple(record for record in page.records if getattr(record, scheme) in allowed)
    if page.records and not found:
        raise _another(access, value)
    return found


def _page_of(access: Access, scheme: str, value: str) -> Page:
    about = access.source.about
    text = access.source.identify(scheme, value)
    if text is None:
        raise NotExpressible(f"{about.label} cannot be asked for this {scheme.upper()}", source=about.name)
    translation = within(Translation(text), about, access.collections)
    page = one_page(access, translation)
    if not (page.records or page.rejected) and page.next_cursor is not None:  # PubMed counts before it sends
        page = one_page(access, translation, page.next_cursor)
    if page.rejected and not page.records:
        what = f"the record that {about.label} sent cannot be read: {page.rejected[0].reason}"
        raise SourceChanged(what, source=about.name)
    return page


def _another(access: Access, value: str) -> SourceChanged:
    about = access.source.about
    return SourceChanged(f"{about.label} was asked for {value} and sent another record", source=about.name)


def one_page(access: Access, translation: Translation, cursor: str | None = None, *, smallest: bool = False) -> Page:
    """Ask for one page of a query, again when the reply cannot be read or says that the source is busy.

    With ``smallest`` it holds as few records as the source can be asked for; only its count is then of use.
    """
    source = access.source
    request = source.ask(translation, None, cursor, access.credentials)
    if smallest:
        request = _smallest(request, access)
    return patiently(access.send, access.rest, request, lambda body: source.read(body, cursor))


def patiently(send: Send, rest: Callable[[int], None], request: Request, read: Callable[[bytes], T]) -> T:
    """Send a request and read its reply, again when it cannot be read or says that the source is busy.

    Raises
    ------
    SourceError
        What the line or ``read`` raises, once asking again has not helped.
    """
    reading = 0
    while True:
        reading += 1
        reply = send(request)
        try:
            return read(reply.body)
        except (SourceBusy, SourceChanged, SourceRefused) as error:
            error.url = reply.url
            if reading >= _READINGS.get(type(error), 1):
                raise
            if isinstance(error, SourceBusy):
                rest(reading)


def _smallest(request: Request, access: Access) -> Request:
    about = access.source.about
    params = tuple((key, str(about.fewest) if key == about.size else value) for key, value in request.params)
    return replace(request, params=params)
