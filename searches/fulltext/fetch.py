"""The one loop that seeks full texts: ask the places one after the other, fetch what they name, keep what is the paper.

Each try is told to ``note`` when it has ended, so a run that stops loses nothing: a place that was asked to its end has
an outcome without an address, and is not asked again; one that was under way is asked anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from review.errors import DecisionError, SourceError, SourceRefused
from review.text import many
from searches.fetching import Fetched, Fetcher, Missed
from searches.fulltext.places import Check, File, Kind, Outcome, Place, Wanted
from searches.fulltext.stations import Station
from searches.transport import rebase, scrub

FAILURES = 3
"""A place that failed so many times in a row is not asked again in this run."""
NOT_LONG_AGO = 30
"""Days for which a place is not asked again for the same report."""

_START, _PAGE = 4096, 2_000_000
_NOT_FOUND = "(HTTP 404"
_UNSURE = "nothing in it could be compared with the record: look whether it is the paper"
_PREPRINT = "it is the manuscript as submitted (a preprint), not the published text"
_A_PAGE = "it is a web page (a login, or one about the paper) and names no PDF file"


@dataclass(frozen=True, slots=True)
class Before:
    """What was tried for a report not long ago: places asked to their end, addresses; files taken back at any time."""

    routes: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sought:
    """What seeking one report has come to; ``why`` says what stood in the way, or that a person has to look."""

    report: int
    result: Literal["got", "tried", "skipped"]
    why: str | None = None
    route: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """A place that could not be asked, for how many reports, and why: nothing is known of what it has.

    ``exit_code`` is that of the error (review/errors.py), 0 where it is only that a key is missing.
    """

    place: str
    label: str
    reports: int
    why: str
    hint: str | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a run has come to: every report that was wanted is among ``reports`` once."""

    reports: tuple[Sought, ...]
    unasked: tuple[Unasked, ...] = ()

    def count(self, result: Literal["got", "tried", "skipped"]) -> int:
        """Count the reports with a result."""
        return sum(one.result == result for one in self.reports)

    def summary(self) -> str:
        """Say it in one line."""
        got, tried, skipped = (f"{self.count(result):,}" for result in ("got", "tried", "skipped"))
        return f"{many(len(self.reports), 'full text')} wanted: {got} got, {tried} not had, {skipped} skipped"


class _Stopped(Exception):
    """The run is to end."""


@dataclass(slots=True)
class _Asked:
    """A place that has answered for a report; ``later`` says that an address of it may give a file another day."""

    station: Station
    places: tuple[Place, ...]
    later: bool = False


@dataclass
class Seeker:
    """Seeks reports, one after the other.

    Parameters
    ----------
    stations : sequence of Station
        The places, in the order in which they are asked.
    check : callable
        Says whether a file is the paper.
    keep : callable
        Stores a file of a kind and gives its SHA-256.
    note : callable
        Is told each outcome at once.
    stop : callable
        Is asked before each request whether to end.
    """

    stations: Sequence[Station]
    fetcher: Fetcher
    check: Check
    keep: Callable[[Path, Kind], str]
    note: Callable[[Outcome], None]
    stop: Callable[[], bool] = lambda: False
    _failed: Counter[str] = field(default_factory=Counter)
    _unasked: Counter[str] = field(default_factory=Counter)
    _faults: dict[str, SourceError] = field(default_factory=dict)

    def seek(
        self, everything: Iterable[tuple[Wanted, Before]], told: Callable[[Sought], None], limit: int | None = None
    ) -> Found:
        """Seek some reports, at most ``limit`` of those that a place is due for; ``told`` hears what each came to."""
        done: list[Sought] = []
        ended: str | None = None
        for wanted, before in everything:
            try:
                came = Sought(wanted.report, "skipped", ended) if ended else _Search(self, wanted, before).go()
            except DecisionError as error:  # somebody merged it meanwhile, or decided that it is not sought
                came = Sought(wanted.report, "skipped", error.message)
            except _Stopped:
                ended = "the run was stopped before it was through with it"
                came = Sought(wanted.report, "skipped", ended)
            done.append(came)
            told(came)
            if limit is not None and sum(one.result != "skipped" for one in done) >= limit:
                ended = ended or f"it comes after the {many(limit, 'report')} of this run"
        return Found(tuple(done), self._not_asked())

    def ask(self, station: Station, wanted: Wanted) -> tuple[Place, ...] | None:
        """Ask one place for one report; ``None`` when it does not say, or has failed too often to be asked."""
        about = station.locator.about
        request = station.locator.ask(wanted, station.credentials)
        if request is None or self._failed[about.name] >= FAILURES:
            self._unasked[about.name] += request is not None
            return None
        try:
            places = station.locator.read(station.send(request).body, wanted)
        except SourceError as fault:
            if isinstance(fault, SourceRefused) and _NOT_FOUND in fault.message:
                places = ()
            else:
                self._failed[about.name] += 1
                self._unasked[about.name] += 1
                self._faults[about.name] = fault
                return None
        self._failed[about.name] = 0
        return places

    def _not_asked(self) -> tuple[Unasked, ...]:
        labels = {station.locator.about.name: station.label for station in self.stations}
        return tuple(
            Unasked(name, labels[name], self._unasked[name], fault.message, fault.hint, fault.exit_code)
            for name, fault in self._faults.items()
        )


class _Search:
    """The search for one report."""

    def __init__(self, run: Seeker, wanted: Wanted, before: Before) -> None:
        self._run, self._wanted, self._before = run, wanted, before
        self._tried = set(before.urls)
        self._whys: list[str] = []

    def go(self) -> Sought:
        """Ask the places, try what they name: files and pages first, then the text in XML, preprints last.

        A preprint is another version of the paper than the one that was included: the published text, even without
        its layout, goes before it.
        """
        report, stations = self._wanted.report, self._run.stations
        apt = [one for one in stations if one.locator.ask(self._wanted, one.credentials) is not None]
        due = [one for one in apt if one.label not in self._before.routes]
        if not due:
            asked = f"every place was asked in the last {NOT_LONG_AGO} days"
            return Sought(report, "skipped", asked if apt else "it has no identifier to ask for it by")
        answered: list[_Asked] = []
        for station in due:
            self._stop_here()
            places = self._run.ask(station, self._wanted)
            if places is not None:
                answered.append(_Asked(station, places))
                if (got := self._try(answered[-1], 0)) is not None:
                    return got
        for wave in (1, 2):
            for one in answered:
                if (got := self._try(one, wave)) is not None:
                    return got
        if not answered:
            return Sought(report, "skipped", "the places still to be asked for it could not be asked")
        return Sought(report, "tried", "; ".join(dict.fromkeys(self._whys)) or "no place knows an open copy")

    def _stop_here(self) -> None:
        if self._run.stop():
            raise _Stopped

    def _try(self, one: _Asked, wave: int) -> Sought | None:
        """Try what a place names for a wave, and note when that was all."""
        for place in one.places:
            url = scrub(place.url)
            if _wave(place) != wave or url in self._tried:
                continue
            self._stop_here()
            self._tried.add(url)
            outcome, later = self._attempt(one.station, place, url)
            self._run.note(outcome)
            if outcome.file is not None:
                return Sought(outcome.report, "got", outcome.why, outcome.route, url)
            self._whys.append(f"{urlsplit(url).hostname}: {outcome.why}")
            one.later |= later
        if wave == max((_wave(place) for place in one.places), default=0) and not one.later:
            named = many(len(one.places), "address")
            why = f"no file of the paper at {named} that it names" if one.places else "it knows no open copy"
            self._run.note(Outcome(self._wanted.report, "tried", one.station.label, None, why))
        return None

    def _attempt(self, station: Station, place: Place, url: str) -> tuple[Outcome, bool]:
        """Fetch and look at one file; gives the outcome, and whether it may be another one another day."""
        report, route = self._wanted.report, station.label
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            came = self._fetched(_address(station, place), path)
            if isinstance(came, Missed):
                return Outcome(report, "tried", route, url, came.why), came.later
            if came.sha256 in self._before.withdrawn:
                return Outcome(report, "tried", route, url, "this very file was taken back before"), False
            verdict = self._run.check(path, self._wanted)
            if verdict.kind is None or verdict.why is not None:
                why = verdict.why or "it is neither a PDF file nor an article in XML"
                return Outcome(report, "tried", route, url, why), False
            kept = self._run.keep(path, verdict.kind)
        name = unquote(urlsplit(came.url).path.rpartition("/")[2])
        file = File(kept, verdict.kind, came.size, verdict.pages, name or None, place.licence, place.version)
        remarks = [] if verdict.sure else [_UNSURE]
        remarks += [_PREPRINT] if place.version == "submittedVersion" else []
        return Outcome(report, "retrieved", route, url, "; ".join(remarks) or None, file), False

    def _fetched(self, url: str, path: Path) -> Fetched | Missed:
        """Fetch a file; of a page about the paper, the file that it names, once."""
        came = self._run.fetcher.fetch(url, path)
        if isinstance(came, Missed) or not _is_page(path):
            return came
        named = _named(path, came.url)
        if named is None:
            return Missed(_A_PAGE)
        if scrub(named) in self._tried:
            return Missed("it is a web page, and the PDF file that it names was tried before")
        self._tried.add(scrub(named))
        came = self._run.fetcher.fetch(named, path)
        if isinstance(came, Fetched) and _is_page(path):
            return Missed("it is a web page, and so is what it names as the PDF file")
        return came


def _wave(place: Place) -> int:
    if place.kind == "jats":
        return 1
    return 2 if place.version == "submittedVersion" else 0


def _address(station: Station, place: Place) -> str:
    """Give where to fetch from: what lies at the place itself moves with the protocol's ``base_url``."""
    own = place.url.startswith(f"{station.locator.about.base_url}/")
    return rebase(place.url, station.base_url) if own else place.url


def _is_page(path: Path) -> bool:
    """Say whether a file is a web page, whatever it was called: hosts send their login under the name of the file."""
    with path.open("rb") as file:
        start = file.read(_START).lower()
    return b"%pdf-" not in start[:1024] and (b"<html" in start or b"<!doctype html" in start)


def _named(path: Path, url: str) -> str | None:
    """Give the address of the PDF file that a page names for indexes of papers.

    Source: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing (``citation_pdf_url``), checked
    2026-11-22.
    """
    with path.open("rb") as file:
        page = etree.fromstring(file.read(_PAGE), etree.HTMLParser())
    metas = [] if page is None else list(page.iter("meta"))
    named = [str(m.get("content") or "").strip() for m in metas if str(m.get("name")).lower() == "citation_pdf_url"]
    try:
        return next((urljoin(url, address) for address in named if address), None)
    except ValueError:
        return None
