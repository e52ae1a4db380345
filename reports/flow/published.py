"""Read a publication's flow numbers as it prints them: one key per PRISMA box, absent means not reported. No checking.

``[[steps]]`` hold the same numbers in the publication's own order. Pure: bytes in, values out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import Literal

from reports.flow.counts import BOXES, EXTRA, Count, Flow
from review.errors import Fault, ProtocolError
from review.protocol.faults import Notes, Reader

Change = Literal["count", "removed", "added"]
_CHANGES: tuple[Change, ...] = ("count", "removed", "added")
_SOURCES = ("databases", "registers")
_REASONS = ("dbr_reasons", "other_reasons", "title_abstract_reasons")


@dataclass(frozen=True, slots=True)
class Step:
    """One number of the publication's own account: what is left (count), what went (removed) or came (added).

    ``box`` is the PRISMA box that it stands for, if any; ``parts`` are what it is said to consist of.
    """

    label: str
    what: Change
    n: int | None
    box: str | None = None
    parts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A publication's numbers; ``claims`` names a file beside it with what its prose claims."""

    title: str
    flow: Flow
    steps: tuple[Step, ...]
    claims: str | None = None


def read_published(data: bytes) -> Published:
    """Read the TOML file that ``review audit`` takes.

    Raises
    ------
    ProtocolError
        With every fault found: unknown boxes, numbers that are none.
    """
    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProtocolError("the published numbers are not valid TOML", (Fault("the file", str(error)),)) from error
    notes = Notes(text)
    top = Reader(table, "", notes)
    title, claims = top.text("title", required=True), top.text("claims")
    boxes = {key: _number(top, key) for key in (*BOXES, *EXTRA)}
    lists = {key: tuple(_source(entry) for entry in top.listed(key)) for key in _SOURCES}
    lists |= {key: tuple(_part(entry) for entry in top.listed(key)) for key in _REASONS}
    steps = tuple(_step(entry) for entry in top.listed("steps"))
    top.close()
    if notes.faults:
        raise ProtocolError("the published numbers cannot be used", tuple(notes.faults))
    return Published(title or "", _flow(boxes, lists), steps, claims)


def _flow(boxes: dict[str, int | None], lists: dict[str, tuple[Count, ...]]) -> Flow:
    return Flow(
        **boxes,  # type: ignore[arg-type]
        **lists,  # type: ignore[arg-type]
    )


def _step(entry: Reader) -> Step:
    what = entry.choice("what", _CHANGES, "count")
    box = entry.text("box")
    step = Step(
        label=entry.text("label", required=True) or "",
        what=next((change for change in _CHANGES if change == what), "count"),
        n=_number(entry, "n"),
        box=entry.one_of("box", box, BOXES) if box else None,
        parts=tuple(_part(part) for part in entry.listed("parts")),
    )
    entry.close()
    return step


def _part(entry: Reader) -> Count:
    count = Count(entry.text("label", required=True) or "", _number(entry, "n"))
    entry.close()
    return count


def _source(entry: Reader) -> Count:
    after = _number(entry, "after")
    return replace(_part(entry), after=after)


def _number(entry: Reader, key: str) -> int | None:
    entry.known.append(key)
    value = entry.table.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        entry.fault(key, f"must be a whole number from 0 on, not {value!r}", "leave out what is not reported")
        return None
    return value
