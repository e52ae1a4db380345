"""The places that know open copies, and the way to each: keys from the environment, addresses from the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.protocol import Protocol
from searches.fetching import Fetcher
from searches.fulltext import core, europepmc, openalex, semanticscholar, unpaywall
from searches.fulltext.places import Locator
from searches.registry import credentials
from searches.source import About, Credentials
from searches.transport import Line, Send

_ALL = (unpaywall.LOCATOR, europepmc.LOCATOR, openalex.LOCATOR, semanticscholar.LOCATOR, core.LOCATOR)
LOCATORS: Mapping[str, Locator] = {locator.about.name: locator for locator in _ALL}
"""By name, in the order in which they are asked, the quick ones first; docs/sources.md lists them (a test compares)."""


@dataclass(frozen=True, slots=True)
class Station:
    """A place with the way to it; ``base_url`` is the protocol's."""

    locator: Locator
    credentials: Credentials
    send: Send
    base_url: str | None = None

    @property
    def label(self) -> str:
        """What it is called in outcomes."""
        return self.locator.about.label


def open_stations(protocol: Protocol, environ: Mapping[str, str]) -> tuple[tuple[Station, ...], tuple[About, ...]]:
    """Open a line to every place that knows open copies; and give the facts of those that lack what they ask for."""
    stations, lacking = [], []
    for name, locator in LOCATORS.items():
        known = credentials(locator.about, environ)
        if locator.about.key_required and not known.key:
            lacking.append(locator.about)
            continue
        base_url = _addresses(protocol).get(name)
        stations.append(Station(locator, known, Line(locator.about, known, base_url=base_url).send, base_url))
    return tuple(stations), tuple(lacking)


def open_fetcher(protocol: Protocol, environ: Mapping[str, str]) -> Fetcher:
    """Open what fetches files; a host that the protocol itself names may lie in the own network."""
    contact = environ.get("REVIEW_CONTACT", "").strip() or None
    return Fetcher(contact, allowed=tuple(_addresses(protocol).values()))


def _addresses(protocol: Protocol) -> dict[str, str]:
    return {one.name: one.base_url for one in protocol.sources if one.base_url and one.name in LOCATORS}
