"""Read RIS, in every dialect that platforms write: first blocks of (tag, value), then a record from each block.

Nothing is dropped in silence: a block that is no record is quarantined, a value without a field of its own goes to
``extra``, and what the file lacks is said. Writing is in ``ris_writer``, the meaning of tags in ``ris_tags``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.formats import ris_record
from review.formats.decode import decode, lines
from review.formats.losses import NO_RECORD, Losses, Outside
from review.formats.ris_tags import KNOWN, MAPPED, NUMBERED
from review.record import Record, Rejected

Pairs = list[tuple[str, str]]

_MORE = ""
"""The tag of a line that continues the value before it."""
_HEADS = {f"{tag}  - ": tag for tag in KNOWN - {"TY", "ER"}}
_EXACT = re.compile(r"([A-Z][A-Z0-9]{1,3})  -(?:\s+(.*))?\s*\Z")
_LOOSE = re.compile(r"\s{0,4}([A-Z][A-Z0-9]) {1,3}-(?:\s+(.*))?\s*\Z")


def iterate(data: bytes, losses: Losses) -> Iterator[Record | Rejected]:
    """Read the records of a RIS file one by one.

    Parameters
    ----------
    data : bytes
        The whole file, as it is on disk.
    losses : Losses
        Filled while the records are taken.

    Yields
    ------
    Record or Rejected
        One for each block of the file, in order.

    Raises
    ------
    ReviewError
        The file is empty.

    Notes
    -----
    Source: RIS format, https://en.wikipedia.org/wiki/RIS_(file_format), checked 2026-11-22.
    """
    for position, pairs in enumerate(_blocks(decode(data, losses).replace(b"\t", b" "), losses), 1):
        record = ris_record.build(pairs)
        if record is None:
            raw = "\n".join(f"{tag}  - {value}" for tag, value in pairs)
            yield Rejected(position, NO_RECORD, raw)
        else:
            yield record


def _blocks(text: bytes, losses: Losses) -> Iterator[Pairs]:
    """Cut the lines into blocks at TY and ER; a line without a tag continues the value before it."""
    pairs: Pairs = []
    closed = False  # the block in hand has met its ER; Ovid still adds a few tags of its own after it
    done = 0
    outside = Outside(NUMBERED)
    usual = _HEADS.get
    for number, line in enumerate(lines(text), 1):
        tag = usual(line[:6])
        if tag is not None and pairs and not closed:  # nearly every line
            value = line[6:].strip()
            if "  " in value or not value.isascii():
                value = " ".join(value.split())
            pairs.append((tag, value))
            continue
        tag, value = _tagged(line)
        if tag == "ER":
            closed = bool(pairs)
            outside.add(number, value)
        elif tag == "TY" or (tag in MAPPED and (closed or not pairs)):
            if pairs:
                done += 1
                if not closed:
                    losses.add("a record has no ER line, it was read up to the next TY", f"record {done}")
                yield _joined(pairs)
            if tag != "TY":
                losses.add("a record has no TY line, its type is not known", f"record {done + 1}")
            pairs, closed = [(str(tag), value)], False
        elif pairs and (tag or not closed):
            _extend(pairs, tag, value)
        else:
            outside.add(number, line)
    if pairs and not closed:
        losses.add("the last record has no ER line, it was read to the end: the file may be cut", f"record {done + 1}")
    if pairs:
        yield _joined(pairs)
    outside.report(losses)


def _tagged(line: str) -> tuple[str | None, str]:
    """Recognise TY, ER and lines not spaced as usual (``A1<tab>- x``, ``PMID  - 1``); other lines have no tag."""
    match = _EXACT.match(line)
    if match is None:
        match = _LOOSE.match(line)
        if match is None or match[1] not in KNOWN:
            return None, " ".join(line.split())
    return match[1], " ".join((match[2] or "").split())


def _extend(pairs: Pairs, tag: str | None, value: str) -> None:
    """Add a line to the block in hand."""
    if tag is not None:
        pairs.append((tag, value))
    elif value and pairs[-1][0] == "KW":  # Rayyan and EndNote write one keyword per line after a single KW
        pairs[-1:] = [pairs[-1], ("KW", value)] if pairs[-1][1] else [("KW", value)]
    elif value:
        pairs.append((_MORE, value))


def _joined(pairs: Pairs) -> Pairs:
    """Join the lines that continue a value to it: once for all, for a value can have a million."""
    if all(tag for tag, _ in pairs):
        return pairs
    values: list[tuple[str, list[str]]] = []
    for tag, value in pairs:
        if tag == _MORE:
            values[-1][1].append(value)
        else:
            values.append((tag, [value]))
    return [(tag, " ".join(filter(None, parts))) for tag, parts in values]
