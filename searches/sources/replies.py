"""What the replies of several sources have in common: JSON, records one by one, parameters behind a query. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from review.errors import SourceChanged
from review.record import Record, Rejected
from review.text import tidy
from searches.source import About

UNREADABLE = (KeyError, TypeError, AttributeError, ValueError)
"""What reading foreign JSON raises where it is not of the documented shape."""


def as_json(reply: bytes, about: About) -> dict[str, Any]:
    """Read a reply that is one JSON object.

    Raises
    ------
    SourceChanged
        It is not, or it was cut short.
    """
    try:
        found = json.loads(reply, strict=False)
    except (ValueError, RecursionError) as fault:
        raise SourceChanged(f"the reply of {about.label} is not whole JSON", source=about.name) from fault
    if not isinstance(found, dict):
        raise SourceChanged(f"the reply of {about.label} is not the documented JSON", source=about.name)
    return found


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


def next_offset(cursor: str | None, sent: int, total: int) -> str | None:
    """Give the cursor after a page of ``sent`` items, where cursors are numbers of items; ``None`` at the end.

    >>> next_offset(None, 100, 250), next_offset("200", 50, 250), next_offset("100", 0, 250)
    ('100', None, None)
    """
    following = int(cursor or 0) + sent
    return str(following) if sent and following < total else None
