"""One search of a citation index: its line, its replies (kept ones first), and its hits written at once.

The walk itself is ``searches.citing.chase``; which seeds are followed when is ``searches.snowball``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from review.errors import NotExpressible, StageError
from review.protocol import Limits, Protocol
from review.query import Node
from review.store.records import Matched
from searches import raw, rows
from searches.citing import CITING
from searches.citing.chase import Chased, Direction, Seed, chase
from searches.citing.model import Citing, Question
from searches.registry import credentials
from searches.run import Access, Outcome, Place, Run
from searches.source import Credentials, Page, Request, Source, Translation, Window
from searches.transport import Line, Reply

_UNKNOWN: Matched = "unknown"
"""What the strategies say of hits: nothing was asked by words."""


@dataclass(frozen=True, slots=True)
class Service:
    """A citation index and the way to it, and to the one that it is completed from."""

    citing: Citing
    access: Access
    through: Access | None = None


def services(names: Sequence[str], protocol: Protocol, environ: Mapping[str, str]) -> tuple[Service, ...]:
    """Open a line to some citation indexes, to all when none is named.

    Raises
    ------
    StageError
        There is no such index, or one needs a key that is not in the environment.
    """
    for name in names:
        if name not in CITING:
            near = difflib.get_close_matches(name, CITING, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(CITING)}"
            raise StageError(f"citations cannot be searched in {name}", hint=hint)
    wanted = [citing for name, citing in CITING.items() if not names or name in names]
    addresses = {choice.name: choice.base_url for choice in protocol.sources}
    lines = {
        citing.about.name: _line(citing, environ, addresses.get(citing.about.name))
        for some in wanted
        for citing in (some, some.through)
        if citing is not None
    }
    lacking = [c.about for c in wanted if c.about.key_required and not lines[c.about.name].credentials.key]
    if lacking:
        raise StageError(
            "; ".join(f"{about.label} answers only with a key, and {about.key} is not set" for about in lacking),
            hint="set it, or name the others with --service",
        )
    through = {c.about.name: c.through.about.name for c in wanted if c.through}
    return tuple(Service(c, lines[c.about.name], lines.get(through.get(c.about.name, ""))) for c in wanted)


def _line(citing: Citing, environ: Mapping[str, str], base_url: str | None) -> Access:
    source = Source(citing.about, _untold, _unasked, citing.read)
    known = credentials(citing.about, environ)
    line = Line(citing.about, known, base_url=base_url)
    return Access(source, known, line.send, line.rest)


def _untold(query: Node, limits: Limits) -> Translation:
    raise NotExpressible("a citation index is not asked by words", source="snowball")


def _unasked(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    raise NotExpressible("a citation index is asked by questions", source="snowball")


def follow(
    place: Place,
    service: Service,
    direction: Direction,
    seeds: Sequence[Seed],
    facts: Mapping[str, Any],
    *,
    number: int,
) -> Outcome:
    """Run one search of a round, go on with it where it stopped, or give what it has come to.

    ``facts`` are the columns of the search that do not follow from the index; ``number`` is the round's.
    """
    about = service.citing.about
    mine = {"source": about.name, "label": f"Citation searching ({about.label})"}
    losses = [asdict(loss) for loss in service.citing.losses]
    run = Run(place, _Talk(service).access(), {**facts, **mine, "losses": losses})
    if not run.ended:
        with run.kept():
            replies = _Replies(place, run, service.citing, number)
            chased = chase(service.citing, seeds, direction, replies, number=number)
            _finish(place, run, chased, replies.whole)
    return run.outcome()


class _Talk:
    """Which index the next request goes to: the questions of one search are asked of two at most."""

    def __init__(self, service: Service) -> None:
        self._service, self._text = service, ""

    def access(self) -> Access:
        """Give the access that a search is run with."""
        mine = self._service.access
        about = self._service.citing.about
        return Access(Source(about, _untold, self._ask, self._read), mine.credentials, self._send, mine.rest)

    def _asked(self) -> tuple[Citing, Access]:
        citing, through = self._service.citing, self._service.through
        if through is not None and citing.through is not None and Question.parse(self._text).of == "fetch":
            return citing.through, through
        return citing, self._service.access

    def _ask(
        self, translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials
    ) -> Request:
        self._text = translation.text
        citing, access = self._asked()
        return citing.ask(Question.parse(self._text), access.credentials)

    def _send(self, request: Request) -> Reply:
        return self._asked()[1].send(request)

    def _read(self, reply: bytes, cursor: str | None) -> Page:
        return self._service.citing.read(reply, self._text)


class _Replies:
    """The answers to questions: replies that are kept, then the index; ``whole`` are those that hold the hits."""

    def __init__(self, place: Place, run: Run, citing: Citing, number: int) -> None:
        self._place, self._run, self._citing = place, run, citing
        self._label = f"{citing.about.label}, round {number}"
        self.whole: set[int] = set()
        self._came = 0
        with place.store.read() as connection:
            self._kept = {page["cursor"]: page for page in rows.pages(connection, run.search) if page["cursor"]}

    def __call__(self, question: Question) -> tuple[int, Page]:
        text = str(question)
        kept = self._kept.get(text)
        body = _saved(self._place.folder, kept) if kept is not None else None
        if kept is not None and body is not None:
            number, page = int(kept["id"]), self._citing.read(body, text)
        else:
            page = self._run.aside(text)
            with self._place.store.write() as connection:
                number = rows.note_question(connection, self._run.search, text)
        if question.of != "find":
            partial = question.of != "fetch" and any(self._citing.lacking(record) for record in page.records)
            self.whole |= set() if partial else {number}
            self._came += 0 if question.of == "fetch" else len(page.records)
            self._place.notify(self._label, self._came, None)
        return number, page


def _saved(folder: Path, page: Mapping[str, Any]) -> bytes | None:
    """Give the bytes of a reply, ``None`` when they are not there as they were saved: the question is asked again."""
    try:
        return raw.saved(folder, page)
    except StageError:
        return None


def _finish(place: Place, run: Run, chased: Chased, whole: Iterable[int]) -> None:
    """Write all hits of a search and that it is complete, in one transaction."""
    with place.store.write() as connection:
        if rows.search_row(connection, run.search, lock=True)["status"] == "complete":
            return  # another process was faster, with the same hits
        position = 0
        for page, hits in groupby(sorted(chased.hits, key=lambda hit: hit.page), key=lambda hit: hit.page):
            numbered = [(n, hit.record, _UNKNOWN) for n, hit in enumerate(hits, start=position + 1)]
            rows.add_records(connection, run.search, numbered, page=page)
            position += len(numbered)
        for page, part in chased.rejected:
            rows.add_records(connection, run.search, (), page=page, rejected=(part,))
        rows.note_hits(connection, {hit.page for hit in chased.hits}.intersection(whole))
        rows.change_search(
            connection, run.search, status="complete", error=None, hits=chased.listed,
            losses=[asdict(loss) for loss in dict.fromkeys(chased.losses)],
            notes=list(dict.fromkeys(chased.notes)), finished_at=place.store.clock(),
        )  # fmt: skip
