"""What the team shares and anybody may change (themes, findings): clean names, nothing overwritten in silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from extraction.values import text_of
from review.errors import DecisionError

LONGEST_LINE = 200
"""Characters of a key, a statement's id or a label: they stand in lists, headings and addresses."""


def must(what: str, raw: object) -> str:
    """Give clean text that has to be there."""
    text = text_of(raw)
    if text is None:
        raise DecisionError(f"has no {what}")
    return text


def line(what: str, raw: object) -> str:
    """Give clean text of one short line that has to be there."""
    text = " ".join(must(what, raw).split())
    if len(text) > LONGEST_LINE:
        raise DecisionError(
            f"the {what} has {len(text):,} characters, more than {LONGEST_LINE}", hint="make it shorter"
        )
    return text


def name_of(what: str, raw: object) -> str:
    """Give a line that can be listed: ``;`` separates names in tables, so that none has one."""
    text = line(what, raw)
    if ";" in text:
        raise DecisionError(f"the {what} '{text}' has a ';', which separates several of them", hint="write it without")
    return text


def texts(raw: object) -> list[str]:
    """Give the lines of a cell, or of a list, cleaned; empty ones and repetitions left out."""
    parts = raw if isinstance(raw, Sequence) and not isinstance(raw, str) else (text_of(raw) or "").split("\n")
    return list(dict.fromkeys(" ".join(text.split()) for part in parts if (text := text_of(part))))


def unchanged(
    what: str, now: Mapping[str, Any] | None, base: str | None, said: Callable[[Mapping[str, Any]], str]
) -> None:
    """Refuse to write over what the person did not see.

    Parameters
    ----------
    now : mapping or None
        The row as it stands in the store, with ``event`` and ``name``.
    base : str or None
        The event that the person saw; ``None`` when nothing was there.
    said : function
        Gives what stands there now in words.

    Raises
    ------
    DecisionError
        Another event is in force: says whose, and what stands there. Nothing was saved.
    """
    if (now["event"] if now else None) == base:
        return
    hint = "nothing was saved: look at both, then save yours again if it should stand"
    if now is None:
        raise DecisionError(f"{what} was taken away meanwhile", hint=hint)
    raise DecisionError(
        f"{what} was {'changed' if base else 'made'} by {now['name']} meanwhile: {said(now)}", hint=hint
    )


def same_window(
    what: str, now: Mapping[str, Any] | None, base: str | None, said: Callable[[Mapping[str, Any] | None], str]
) -> None:
    """Refuse to write over what the same person saved in another window; ``said`` puts what stands there in words.

    Raises
    ------
    DecisionError
        ``base`` is not the event of the row ``now``. Nothing was saved.
    """
    if base != (now["event"] if now else None):
        raise DecisionError(
            f"{what} was changed in another window: there it is {said(now)}",
            hint="look at both, and save again what it should be",
        )
