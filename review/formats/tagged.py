"""Read tagged text that is not RIS: cut by a layout into records and fields, which become RIS pairs and then a record.

A layout is a table and a few patterns (``wos_tags``, ``ovid_tags``, ``refer_tags``, ``refworks_tags``): how a line is
cut, where a record begins and ends, and which RIS tag each tag means. What the fields of a record hold is decided in
one place for all of them, ``ris_record``. No knowledge of a single format here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from review.formats import ris_record
from review.formats.decode import decode, lines
from review.formats.losses import NO_RECORD, Losses, Outside
from review.record import Record, Rejected


class Field(NamedTuple):
    """One value of a record: the tag of the file, the RIS tag that it means, the value."""

    tag: str
    meaning: str
    value: str

    def means(self, meaning: str, value: str | None = None) -> Field:
        """Give the same field with another meaning, or another value as well."""
        return Field(self.tag, meaning, self.value if value is None else value)

    def kept(self, value: str | None = None) -> Field:
        """Give the field as one that only goes to ``extra``, under the tag of the file."""
        return self.means(f"{_KEPT}{self.tag}", value)


_KEPT = "="
"""Begins the meaning of a tag that RIS has no tag for: no RIS tag begins like this."""
_LONE = "line"
"""The tag of a line that looks like an unknown tag but has no value: it may be text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one tagged format is written."""

    tags: Mapping[str, str]
    """Every tag of the format to the RIS tag that it means, ``""`` for one that is only kept; others are kept too."""
    line: re.Pattern[str]
    """A line that begins a value, with the groups ``tag`` and ``value``; any other line goes on with the value."""
    start: re.Pattern[str]
    """A line that begins a record wherever it stands."""
    noise: re.Pattern[str]
    """Lines between records that say nothing (numbers, headers, legends)."""
    prepare: Callable[[list[Field]], Iterable[Field]]
    """What the format puts otherwise than RIS does."""
    end: str | None = None
    """The tag that closes a record, where the format has one."""
    frame: frozenset[str] = frozenset()
    """Tags of the file, not of a record (header, footer): they close a record that is still open."""
    heads: frozenset[str] = frozenset()
    """Tags that a record has once: met again after a blank line, they begin the next record."""
    many: frozenset[str] = frozenset()
    """Tags with one value per line."""
    prose: frozenset[str] = frozenset()
    """Tags whose text may hold line ends; what follows it is believed to be a tag only when the tag is known."""
    apart: bool = False
    """Whether a blank line ends a record that did not begin with a start line."""


def iterate(data: bytes, losses: Losses, layout: Layout) -> Iterator[Record | Rejected]:
    """Read the records of a tagged file one by one.

    Parameters
    ----------
    data : bytes
        The whole file, as it is on disk.
    losses : Losses
        Filled while the records are taken.
    layout : Layout
        How the format is written.

    Yields
    ------
    Record or Rejected
        One for each block of the file, in order.

    Raises
    ------
    ReviewError
        The file is empty.
    """
    for position, block in enumerate(_blocks(decode(data, losses).replace(b"\t", b" "), losses, layout), 1):
        yield _record(block, layout) or Rejected(position, NO_RECORD, "\n".join(block.raw))


class _Block:
    """The lines of one record and what was read from them."""

    __slots__ = ("pairs", "raw", "started")

    def __init__(self, *, started: bool) -> None:
        self.started = started
        self.pairs: list[tuple[str, list[str]]] = []
        self.raw: list[str] = []

    def has(self, tag: str) -> bool:
        return any(tag == known for known, _ in self.pairs)

    def go_on(self, text: str, many: frozenset[str]) -> None:
        """Add a line without a tag to the value before it."""
        tag, before = self.pairs[-1]
        if before and tag in many:
            self.pairs.append((tag, [text]))
        else:
            before.append(text)


def _blocks(text: bytes, losses: Losses, layout: Layout) -> Iterator[_Block]:
    """Cut the lines into records."""
    block: _Block | None = None
    blank = False
    done = 0
    outside = Outside(layout.noise)
    for number, line in enumerate(map(str.rstrip, lines(text)), 1):
        if not line:
            blank = True
            continue
        tag, value = _tagged(line, block, layout)
        started = layout.start.match(line) is not None
        closes = tag is not None and (tag == layout.end or tag in layout.frame)
        if block and (started or closes or (tag and blank and _next(block, tag, layout))):
            done += 1
            if layout.end and tag != layout.end:
                losses.add(f"a record has no {layout.end} line, it was read up to the next record", f"record {done}")
            yield block
            block = None
        if started or (block is None and tag in layout.tags and not closes):
            block = _Block(started=started)
        blank = False
        if block is None:
            if not closes:
                outside.add(number, line)
            continue
        block.raw.append(line)
        if tag is not None:
            block.pairs.append((tag, [value] if value else []))
        elif block.pairs:
            block.go_on(" ".join(line.split()), layout.many)
        elif not started:
            outside.add(number, line)
    if block:
        if layout.end:
            losses.add(
                f"the last record has no {layout.end} line, it was read to the end: the file may be cut",
                f"record {done + 1}",
            )
        yield block
    outside.report(losses)


def _tagged(line: str, block: _Block | None, layout: Layout) -> tuple[str | None, str]:
    """Cut a line into tag and value; a line that only looks like it has no tag."""
    match = layout.line.match(line)
    if match is None:
        return None, ""
    tag = match["tag"]
    if tag not in layout.tags and block and block.pairs and block.pairs[-1][0] in layout.prose:
        return None, ""
    return tag, " ".join((match["value"] or "").split())


def _next(block: _Block, tag: str, layout: Layout) -> bool:
    """Whether a tag after a blank line begins the next record."""
    return (layout.apart and not block.started) or (tag in layout.heads and block.has(tag))


def _record(block: _Block, layout: Layout) -> Record | None:
    """Give the record of one block; what only goes to ``extra`` gets the tag of the file back."""
    fields = [Field(tag, layout.tags.get(tag) or _KEPT + tag, " ".join(parts)) for tag, parts in block.pairs if parts]
    lone = [tag for tag, parts in block.pairs if not parts and tag not in layout.tags]
    prepared = [*layout.prepare(fields), *(Field(_LONE, _KEPT + _LONE, tag) for tag in lone)]
    record = ris_record.build([(field.meaning, field.value) for field in prepared])
    if record is None:
        return None
    tags = {(field.meaning, field.value): field.tag for field in reversed(prepared)}
    extra = tuple((tags.get(pair, pair[0].removeprefix(_KEPT)), pair[1]) for pair in record.extra)
    return replace(record, extra=extra)


def values(fields: Iterable[Field], *tags: str) -> list[str]:
    """Give the values of some tags of the file, in order."""
    return [field.value for field in fields if field.tag in tags]


def typed(field: Field, types: Mapping[str, str]) -> Field:
    """Turn a type of document in words into the RIS type; one that is not in the table is only kept."""
    known = types.get(field.value.casefold())
    return Field("TY", "TY", known) if known else field.kept()


def each(field: Field, meaning: str, separator: str = ";") -> Iterator[Field]:
    """Cut a value that is a list into fields of their own."""
    for part in field.value.split(separator):
        if part := part.strip():
            yield field.means(meaning, part)
