"""Quotes looked up in the stored full texts: whether they stand there, and on the page that they name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from review.passages import Page
from review.text import fold

_LEFT_OUT = re.compile(r"\s*[\[(]?\s*(?:…|\.{3,})\s*[\])]?\s*|\s*\[[^\[\]]{0,80}\]\s*")
"""Words left out, or put in by who quotes: "helped [junior] doctors"."""
_PLACE = re.compile(r"^\s*(?:p(?:p|age|ages|\.)?\.?\s*)?(?P<label>[^,;–-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote that somebody took: of what (``coding H1:a``), from which study, its text, place and file."""

    about: str
    study: str
    text: str
    place: str | None
    file: str | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Where a quote stands: on its page (or it names none), on another ``page``, nowhere, or nobody can tell."""

    quote: Quote
    stands: Literal["yes", "elsewhere", "no", "unknown"]
    page: str | None = None


def look(
    quotes: Iterable[Quote], files: Mapping[str, Sequence[str]], texts: Mapping[str, Sequence[Page]]
) -> tuple[Looked, ...]:
    """Look every quote up.

    Parameters
    ----------
    files : mapping of study to SHA-256 of its stored full texts
        They are all looked at when a quote does not name its file.
    texts : mapping of SHA-256 to pages
        A file of which nothing can be read is not there.
    """
    letters = {file: [_letters(page.text) for page in pages] for file, pages in texts.items()}
    return tuple(_look(one, files.get(one.study, ()), texts, letters) for one in quotes)


def _look(
    quote: Quote, files: Sequence[str], texts: Mapping[str, Sequence[Page]], letters: Mapping[str, Sequence[str]]
) -> Looked:
    readable = [file for file in ([quote.file] if quote.file else files) if file in texts]
    parts = [part for text in _LEFT_OUT.split(quote.text) if (part := _letters(text))]
    if not readable or not parts or not any("".join(letters[file]) for file in readable):
        return Looked(quote, "unknown")
    named, found = _label(quote.place), None
    for file in readable:
        at = [_pages(part, letters[file]) for part in parts]
        if not all(at):
            continue
        pages = texts[file]
        here = [n for n in at[0] if named in (fold(pages[n].label), str(pages[n].number))]
        known = any(named in (fold(page.label), str(page.number)) for page in pages)
        if here or not named or not known:
            return Looked(quote, "yes")
        found = pages[at[0][0]].label
    return Looked(quote, "elsewhere", found) if found else Looked(quote, "no")


def _pages(part: str, letters: Sequence[str]) -> list[int]:
    """Give the pages on which a part of a quote stands; it may run on to the next, and stands on both then."""
    found: dict[int, None] = {}
    for n, (one, other) in enumerate(zip(letters, (*letters[1:], ""), strict=True)):
        if part in one:
            found[n] = None
        elif part in one + other[: len(part) - 1]:
            found |= {n: None, n + 1: None}
    return sorted(found)


def _label(place: str | None) -> str:
    """Give the page that a place names, as pages are called: ``p. 554, left`` is 554."""
    found = _PLACE.match(place or "")
    return fold(found["label"]) if found else ""


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")
