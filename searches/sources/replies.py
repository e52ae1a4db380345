"""What the replies of several sources have in common: JSON, XML, records one by one, a query's parameters. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from review.errors import SourceChanged
from review.formats.losses import Losses
from review.formats.xml_parts import parse
from review.formats.xml_repair import repaired
from review.record import Record, Rejected
from review.text import tidy
from searches.source import About

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

UNREADABLE = (KeyError, TypeError, AttributeError, ValueError, OverflowError)
"""What reading foreign JSON raises where it is not of the documented shape."""

_MOST_HITS = 2**31 - 1  # what a column of whole numbers holds in either database
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|\x00")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_UNKEEPABLE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd") | {0: " "}
"""Halves of a character and NUL, which no database keeps, to what stands for them."""


def loaded(reply: bytes, about: About) -> Any:
    """Read a reply that is JSON; bytes and escapes that are no characters become the sign for such.

    Raises
    ------
    SourceChanged
        It is not, or it was cut short.
    """
    text = reply.decode(json.detect_encoding(reply), "replace")
    try:
        found = json.loads(text, strict=False)
        return _sound(found) if _ESCAPED.search(text) else found
    except (ValueError, RecursionError) as fault:
        raise SourceChanged(f"the reply of {about.label} is not whole JSON", source=about.name) from fault


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_UNKEEPABLE)
    if isinstance(value, list):
        return [_sound(one) for one in value]
    return {_sound(k): _sound(v) for k, v in value.items()} if isinstance(value, dict) else value


def as_json(reply: bytes, about: About) -> dict[str, Any]:
    """Read a reply that is one JSON object.

    Raises
    ------
    SourceChanged
        It is not, or it was cut short.
    """
    found = loaded(reply, about)
    if not isinstance(found, dict):
        raise SourceChanged(f"the reply of {about.label} is not the documented JSON", source=about.name)
    return found


def as_xml(reply: bytes, about: About) -> Element:
    """Read a reply that is one XML document; single characters that XML does not allow are mended.

    Raises
    ------
    SourceChanged
        It is not, or it was cut short.
    """
    try:
        return parse(reply)
    except SyntaxError:
        text = _FORBIDDEN.sub(" ", reply.decode("utf-8", "replace"))
    try:
        return parse(repaired(text.encode(), about.label, Losses()), encoding="utf-8")
    except SyntaxError as fault:
        raise SourceChanged(f"the XML of {about.label} cannot be read: {tidy(fault.msg)}", source=about.name) from fault


def each(items: Iterable[Any], record: Callable[[Any], Record]) -> tuple[tuple[Record, ...], tuple[Rejected, ...]]:
    """Read the items of a page one by one; what cannot be read as a record is kept with its reason."""
    records: list[Record] = []
    rejected: list[Rejected] = []
    for position, item in enumerate(items, start=1):
        try:
            records.append(record(item))
        except UNREADABLE as fault:
            reason = f"it has no {fault}" if isinstance(fault, KeyError) else "a field is not of the documented shape"
            rejected.append(Rejected(position, reason, json.dumps(item, ensure_ascii=False)))
    return tuple(records), tuple(rejected)


def parted(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Part a translation's text into the query and the parameters that stand behind it (``searches.dialects``).

    >>> parted("a +b\\nyear=2006-2016&open=1\\nsince=2026-01-01")
    ('a +b', (('year', '2006-2016'), ('open', '1'), ('since', '2026-01-01')))
    """
    query, *lines = text.split("\n")
    pairs = (part.partition("=") for line in lines for part in line.split("&") if part)
    return query, tuple((key, value) for key, _, value in pairs)


def identity(item: dict[str, Any], key: str) -> str:
    """Give the id of an item; an empty one is none.

    Raises
    ------
    KeyError
        It has none.
    """
    value = as_text(item.get(key))
    if value is None:
        raise KeyError(key)
    return value


def as_text(value: Any) -> str | None:
    """Give a text, or a number as one; what is empty or of another type is none.

    >>> as_text(" 12 "), as_text(12), as_text(""), as_text(["12"])
    ('12', '12', None, None)
    """
    return tidy(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def as_count(value: Any) -> int:
    """Read a number of hits, which some sources give as text.

    >>> as_count("12"), as_count(0)
    (12, 0)

    Raises
    ------
    ValueError
        It is no number, or none that hits can have.
    """
    count = int(str(value))
    if not 0 <= count <= _MOST_HITS:
        raise ValueError(f"{count} hits")
    return count


def next_offset(cursor: str | None, sent: int, total: int) -> str | None:
    """Give the cursor after a page of ``sent`` items, where cursors are numbers of items; ``None`` at the end.

    >>> next_offset(None, 100, 250), next_offset("200", 50, 250), next_offset("100", 0, 250)
    ('100', None, None)
    """
    following = int(cursor or 0) + sent
    return str(following) if sent and following < total else None
