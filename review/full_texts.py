"""Full texts between the rooms: the searches look at files, the screening room notes what came of them.

Like ``review.stages`` it knows several rooms; nothing here prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from review.errors import DecisionError
from review.store import Actor, Store, page_texts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from review.record import Record
    from searches.fulltext.drop import Dropped
    from searches.fulltext.places import Wanted


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file that a person gave for a report.

    ``stored`` says whether it was noted. ``why`` is what speaks against it; ``usable`` is false when it is no full text
    at all, so that nobody can want to keep it; ``sure`` whether its own words say that it is the paper.
    """

    stored: bool
    usable: bool
    sure: bool
    why: str | None


def wanted(connection: Connection) -> tuple[Wanted, ...]:
    """Give every report whose full text is sought, for the searches."""
    from screening import retrieval

    return tuple(_paper(report, record) for report, record in retrieval.papers(connection).items())


def _paper(report: int, record: Record) -> Wanted:
    from searches.fulltext.places import Wanted

    return Wanted(report, record.title, record.doi, record.pmid, record.pmcid, record.authors, record.year)


def add(store: Store, actor: Actor, given: Sequence[Path], report: int | None = None) -> Iterator[Dropped]:
    """Match files and folders to the reports sought; each that fits is stored and noted before the next is looked at.

    Parameters
    ----------
    report : int, optional
        The report that somebody says all of them are of.

    Raises
    ------
    DecisionError
        The full text of that report is not sought.
    ReviewError
        There is no such file.
    """
    from screening import retrieval, retrieval_rows
    from searches.fulltext.drop import Known, match_files

    with store.read() as connection:
        known = Known(wanted(connection), retrieval_rows.held(connection), retrieval.taken_back(connection))
        if report is not None:
            retrieval.must_be_sought(connection, (report,))
    for one in match_files(given, known, report):
        if one.outcome == "there" and one.report is not None:
            _put_back(store, one, one.report)
        if one.outcome != "matched" or one.report is None:
            yield one
            continue
        try:
            _keep(store, actor, one, one.report)
        except DecisionError as error:  # it is not sought any more, or the file has changed since it was read
            yield replace(one, outcome="refused", why=error.message, candidates=(one.report,), report=None)
        else:
            yield one


_BY = {
    "doi": "known by its DOI", "title": "known by its title", "person": None,
    "name": "known by the file's name only: a scan without text",
}  # fmt: skip
UNSURE = "not compared: a scan without text"


def _keep(store: Store, actor: Actor, one: Dropped, report: int) -> None:
    from screening import retrieval

    assert one.kind is not None
    sha256 = store.files.put(one.path, one.kind)
    if sha256 != one.sha256:
        raise DecisionError("it has changed while it was read", hint="add it again")
    page_texts.put(store, sha256, one.texts)
    file = {"sha256": sha256, "kind": one.kind, "size": one.size, "pages": one.pages, "name": one.name}
    note = _BY[one.by or "person"] or (None if one.sure else UNSURE)
    retrieval.note(store, actor, report=report, outcome="retrieved", route="file added", note=note, file=file)


def _put_back(store: Store, one: Dropped, report: int) -> None:
    """Store a file that the log knows and this folder lacks: the log came without it, or somebody has deleted it."""
    from screening import page_rows

    with store.read() as connection:
        held = next(f for f in page_rows.files(connection, (report,))[report] if f.sha256 == one.sha256)
    if not store.files.has(held.sha256, held.kind):
        store.files.put(one.path, "jats" if held.kind == "jats" else "pdf")
        _read(store, held.sha256, held.kind)


def receive(store: Store, actor: Actor, path: Path, *, name: str, report: int, anyway: bool = False) -> Received:
    """Take in a file that a person says is a report's full text.

    What does not look like the paper is stored only ``anyway``; what is no full text at all never is.

    Raises
    ------
    DecisionError
        The full text of that report is not sought, or this very file is held of it already.
    """
    from screening import retrieval, retrieval_rows
    from searches.fulltext.drop import printable
    from searches.fulltext.inspect import look, verdict

    with store.read() as connection:
        retrieval.must_be_sought(connection, (report,))
        record = retrieval.paper(connection, report)
        held = retrieval_rows.held(connection)
    contents = look(path)
    said = verdict(contents, _paper(report, record))
    usable = contents.why is None and contents.kind is not None
    if not usable or contents.kind is None or (said.why is not None and not anyway):
        return Received(False, usable, said.sure, said.why)
    sha256 = store.files.put(path, contents.kind)
    page_texts.put(store, sha256, contents.texts)
    if report in held.get(sha256, ()):
        raise DecisionError("this very file is there already", hint="nothing was changed")
    note = f"kept by a person although {said.why}" if said.why else None if said.sure else UNSURE
    file = {
        "sha256": sha256, "kind": contents.kind, "size": path.stat().st_size, "pages": contents.pages,
        "name": printable(name)[-200:] or None,
    }  # fmt: skip
    retrieval.note(store, actor, report=report, outcome="retrieved", route="file added", note=note, file=file)
    return Received(True, True, said.sure, said.why)


def read_next(store: Store, tried: set[str]) -> str | None:
    """Read the pages of one stored file whose text is not here, as when a log came from another installation.

    ``tried`` are the files that were read before, to no avail perhaps; gives the file's SHA-256, ``None`` without any.
    """
    with store.look() as connection:
        unread = page_texts.unread(connection)
    for sha256, kind in unread:
        if sha256 not in tried and store.files.has(sha256, kind):
            tried.add(sha256)
            _read(store, sha256, kind)
            return sha256
    return None


def _read(store: Store, sha256: str, kind: str) -> None:
    from searches.fulltext.inspect import look

    page_texts.put(store, sha256, look(store.files.path(sha256, kind)).texts)


def summary(found: Sequence[Dropped]) -> dict[str, int]:
    """Count what files have come to; the three add up to all of them."""
    return {
        "files": len(found),
        **{outcome: sum(one.outcome == outcome for one in found) for outcome in ("matched", "there", "refused")},
    }


def told(one: Dropped) -> dict[str, object]:
    """Give what a file has come to as plain data, without the text of its pages."""
    from searches.fulltext.drop import printable

    facts = asdict(replace(one, texts=()))
    del facts["texts"], facts["name"]
    return {**facts, "path": printable(str(one.path)), "candidates": list(one.candidates)}
