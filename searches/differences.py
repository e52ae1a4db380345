"""Which characters of two texts differ: compared word by word, then letter by letter. Pure; knows no records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel, Levenshtein

Change = tuple[int, int, int, int]
"""What differs: from and to in the one sequence, from and to in the other."""

MOST = 20_000
"""Characters of one text that are compared; what follows is not shown."""
ALIKE = 0.6
"""Share of letters that two words must have in common for their letters to be compared one by one."""
LETTERS = 400
"""Characters of a longest changed part whose letters are compared one by one."""
APART = 0.75
"""Share of a longer text that differs, above which marking it would say nothing."""
LONG = 600
"""Characters of an unchanged part that is shortened to its ends."""
END = 160
"""Characters that stay at each end of such a part."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: ``same`` in both, ``only`` here, or a ``gap``: so many words of what is the same left out."""

    kind: Literal["same", "only", "gap"]
    text: str
    words: int = 0


@dataclass(frozen=True, slots=True)
class Marked:
    """Two texts in pieces, and what differs in words: (here, there) for each place."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    changes: tuple[tuple[str, str], ...]
    apart: bool = False
    """Two long texts with next to nothing in common: nothing is marked in them."""


def mark(left: str, right: str) -> Marked:
    """Mark what differs between two texts.

    Composed and decomposed accents count as the same. Parts that are the same are shortened where they are long, and
    no more than the first 20,000 characters are compared, so that no text makes it slow.

    >>> mark("randomised trial", "randomized trial").left
    (Piece(kind='same', text='randomi', words=0), Piece(kind='only', text='s', words=0), Piece(kind='same', text='ed trial', words=0))
    >>> mark("a b", "a c").changes
    (('b', 'c'),)
    """  # noqa: E501
    left, right = (unicodedata.normalize("NFC", text)[:MOST] for text in (left, right))
    words_left, words_right = _TOKEN.findall(left), _TOKEN.findall(right)
    found = _joined(words_left, _changed(words_left, words_right))
    here, there = _starts(words_left), _starts(words_right)
    coarse = [(here[a], here[b], there[c], there[d]) for a, b, c, d in found]
    fine = [small for change in coarse for small in _letters(left, right, change)]
    spans_left, spans_right = [(a, b) for a, b, _, _ in fine], [(c, d) for _, _, c, d in fine]
    if _apart(left, spans_left) and _apart(right, spans_right):
        return Marked(plain_pieces(left), plain_pieces(right), (), apart=True)
    said = ((left[a:b].strip(), right[c:d].strip()) for a, b, c, d in coarse)
    return Marked(_pieces(left, spans_left), _pieces(right, spans_right), tuple(two for two in said if any(two)))


def plain_pieces(text: str) -> tuple[Piece, ...]:
    """Give a text that has nothing to be compared with, shortened where it is long."""
    return _pieces(text[:MOST], [])


def _apart(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    return len(text) > LETTERS and sum(end - start for start, end in spans) > APART * len(text)


def _changed(left: Sequence[str], right: Sequence[str]) -> list[Change]:
    codes = Levenshtein.opcodes(left, right)
    return [(c.src_start, c.src_end, c.dest_start, c.dest_end) for c in codes if c.tag != "equal"]


def _joined(left: Sequence[str], changes: Sequence[Change]) -> list[Change]:
    """Join changes with nothing but white space between them: they read as one."""
    done: list[Change] = []
    for change in changes:
        if done and not "".join(left[done[-1][1] : change[0]]).strip():
            a, _, c, _ = done.pop()
            done.append((a, change[1], c, change[3]))
        else:
            done.append(change)
    return done


def _starts(tokens: Sequence[str]) -> list[int]:
    found = [0]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found


def _letters(left: str, right: str, change: Change) -> list[Change]:
    """Find the letters that differ in a changed part; parts that have little in common differ as a whole."""
    a, b, c, d = change
    one, other = left[a:b], right[c:d]
    if not one or not other or max(len(one), len(other)) > LETTERS or Indel.normalized_similarity(one, other) < ALIKE:
        return [change]
    found: list[Change] = []
    for start, end, begin, stop in _changed(one, other):
        if found and start - found[-1][1] < 2:  # one letter between two changes would read as confetti
            first, _, third, _ = found.pop()
            found.append((first, end, third, stop))
        else:
            found.append((start, end, begin, stop))
    return [(a + w, a + x, c + y, c + z) for w, x, y, z in found]


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    done: list[Piece] = []
    at = 0
    for start, end in spans:
        done += _same(text[at:start], first=at == 0)
        if end > start:
            done.append(Piece("only", text[start:end]))
        at = end
    return (*done, *_same(text[at:], first=at == 0, last=True))


def _same(text: str, *, first: bool, last: bool = False) -> list[Piece]:
    if len(text) <= LONG:
        return [Piece("same", text)] if text else []
    head, tail = (END * 2 if first else END), (0 if last else END)
    start = text.rfind(" ", 0, head) + 1 or head
    stop = (text.find(" ", len(text) - tail) if tail else len(text)) % (len(text) + 1)
    between = text[start:stop]
    ending = [Piece("same", text[stop:])] if stop < len(text) else []
    return [Piece("same", text[:start]), Piece("gap", "", len(between.split())), *ending]
