"""The only loop that asks for notices: a source, batch after batch of reports, each handed over when it is whole.

A source that fails is a failure: what it has not answered is counted as such, never as "no notices".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from review.errors import SourceError, SourceRefused, StageError
from review.protocol import Protocol
from searches.notices import CHECKING
from searches.notices.model import Checking, Notice, Said
from searches.probing import patiently
from searches.registry import credentials
from searches.source import Credentials
from searches.transport import Line, Send

LONGEST = 3_000
"""Characters of the keys of one request as an address spells them: Crossref and OpenAlex take 4,094 of all of it."""

_REFUSALS = 3
"""So many single keys refused before any was answered: the source refuses everything, a wrong key perhaps."""

Keys = Mapping[int, Sequence[str]]
"""Report -> its keys: ``doi:…``, ``pmid:…``."""


@dataclass(frozen=True, slots=True)
class Access:
    """A source of notices and the way to it."""

    checking: Checking
    credentials: Credentials
    send: Send
    rest: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source said of one batch: the notices of each report that it knows, and the reports that it does not.

    ``refused`` is why it would not be asked for the others: one id that is none to it holds up no other.
    """

    notices: Mapping[int, tuple[Notice, ...]]
    unknown: tuple[int, ...]
    refused: SourceRefused | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """How asking one source ended: reports that it knows, that it does not know, and that it did not answer for."""

    source: str
    label: str
    checked: frozenset[int] = frozenset()
    unknown: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    failure: SourceError | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Where all reports ended; the four add up to their number.

    ``checked``: a source that knows it answered. ``unknown``: every source that was asked answered, none knows it.
    ``failed``: none that knows it answered, and one did not answer. ``cannot_be_checked``: it has no DOI and no PMID.
    """

    checked: frozenset[int]
    unknown: frozenset[int]
    failed: frozenset[int]
    cannot_be_checked: frozenset[int]


def open_lines(protocol: Protocol, environ: Mapping[str, str], names: Iterable[str] = CHECKING) -> tuple[Access, ...]:
    """Open a line to the sources of notices; a ``base_url`` of the protocol holds here too.

    Raises
    ------
    StageError
        There is no source of that name.
    """
    addresses = {choice.name: choice.base_url for choice in protocol.sources}
    opened = []
    for name in names:
        if name not in CHECKING:
            raise StageError(f"{name} says nothing of retractions", hint=f"known are: {', '.join(CHECKING)}")
        known = credentials(CHECKING[name].about, environ)
        line = Line(CHECKING[name].about, known, base_url=addresses.get(name))
        opened.append(Access(CHECKING[name], known, line.send, line.rest))
    return tuple(opened)


def ask(
    access: Access,
    reports: Keys,
    keep: Callable[[Answer], None],
    say: Callable[[str, int, int | None], None] = lambda label, done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Asked:
    """Ask a source about every report that it can be asked for, and hand over each batch as soon as it is whole.

    Errors of the source are in the result, never raised. With ``stop`` no further batch is begun.
    """
    checking = access.checking
    wanted = {report: own for report, keys in reports.items() if (own := _own(checking, keys))}
    checked: set[int] = set()
    unknown: set[int] = set()
    failure: SourceError | None = None
    for batch in _batches(checking, wanted):
        if stop():
            break
        try:
            answer = _answer(access, batch)
        except SourceError as error:
            failure = error
            break
        keep(answer)
        failure = failure or answer.refused
        checked.update(answer.notices)
        unknown.update(answer.unknown)
        say(f"{checking.about.label}: reports", len(checked) + len(unknown), len(wanted))
    failed = frozenset(wanted) - checked - unknown
    return Asked(checking.about.name, checking.about.label, frozenset(checked), frozenset(unknown), failed, failure)


def sum_up(reports: Keys, asked: Iterable[Asked]) -> Totals:
    """Say where each report ended over all sources."""
    asked = tuple(asked)
    every = frozenset(reports)
    none: frozenset[int] = frozenset()
    checked = none.union(*(one.checked for one in asked))
    failed = none.union(*(one.failed for one in asked)) - checked
    unknown = none.union(*(one.unknown for one in asked)) - checked - failed
    return Totals(checked, unknown, failed, every - checked - failed - unknown)


def _own(checking: Checking, keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in dict.fromkeys(keys) if key.partition(":")[0] in checking.takes)


def _batches(checking: Checking, wanted: Keys) -> Iterator[dict[int, Sequence[str]]]:
    """Part the reports, in their order, so that the keys of each scheme in a batch fit one request."""
    batch: dict[int, Sequence[str]] = {}
    for report in sorted(wanted):
        every = [key for keys in (*batch.values(), wanted[report]) for key in keys]
        if batch and (len(every) > checking.many or sum(len(quote(key, safe="")) + 1 for key in every) > LONGEST):
            yield batch
            batch = {}
        batch[report] = wanted[report]
    if batch:
        yield batch


def _answer(access: Access, batch: Keys) -> Answer:
    keys = list(dict.fromkeys(key for some in batch.values() for key in some))
    alone = [key for key in keys if access.checking.alone(key)]
    said: dict[str, tuple[Notice, ...]] = {}
    refused: dict[str, SourceRefused] = {}
    for scheme in access.checking.takes:
        together = [key for key in keys if key.partition(":")[0] == scheme and key not in alone]
        try:
            said |= _said(access, together) if together else {}
        except SourceRefused:  # perhaps because of one of them
            alone += together
    for key in alone:
        try:
            said |= _said(access, (key,))
        except SourceRefused as error:
            if access.checking.unknown not in error.message:
                refused[key] = error
                if not said and len(refused) == min(_REFUSALS, len(keys)):
                    raise
    notices = {
        report: tuple(dict.fromkeys(notice for key in some for notice in said.get(key, ())))
        for report, some in batch.items()
        if any(key in said for key in some)
    }
    unknown = (report for report, some in batch.items() if report not in notices and not refused.keys() & some)
    return Answer(notices, tuple(unknown), next(iter(refused.values()), None))


def _said(access: Access, keys: Sequence[str]) -> Said:
    """Give what a source says of the keys that were asked; of a further work in its reply nothing is taken."""
    checking = access.checking
    request = checking.ask(keys, access.credentials)
    found = patiently(access.send, access.rest, request, checking.read)
    return {key: notices for key, notices in found.items() if key in keys}
