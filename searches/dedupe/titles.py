"""What a title says: the words to compare, what sort of document it announces, its numbers. Tables and pure functions.

Nothing here looks at two records at once.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from review.text import fold, plain

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_LANGUAGES = (
    r"afrikaans|arabic|bulgarian|catalan|chinese|croatian|czech|danish|dutch|english|finnish|french|german|greek|"
    r"hebrew|hungarian|italian|japanese|korean|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|"
    r"serbian|slovak|slovene|slovenian|spanish|swedish|turkish|ukrainian"
)
_NOTICE = re.compile(
    r"(?<=[^\s\[(])\s*[\[(](?:(?:erratum|corrected|retraction|republished|comment|summary for patients|see comment|"
    rf"review|author'?s'? transl|\d+ refs?|{_LANGUAGES})\b[^\])]*)[\])]?\.?\s*$",
    re.IGNORECASE,
)
_RETRACTED = re.compile(r"^\W*(?:retracted|withdrawn|retracted article|withdrawn article)\s*[:.\]-]+\s*", re.IGNORECASE)
_ENCLOSED = re.compile(r"^\[+(.*?)\]*\.?\]*$")
_NUMBER = re.compile(r"\b\d+\b")
_UNKNOWN = frozenset({"", "unknown", "untitled", "no title", "no title available", "title not available", "n a", "na"})

_GREEK = str.maketrans(
    {
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
        "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
        "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
        "ω": "omega",
    }
)  # fmt: skip

_SORTS = (
    ("erratum", r"^(?:(?:author|publisher) )?(?:erratum|errata|corrigend\w+|correction)\b|\b(?:erratum|corrigendum)$"),
    ("retraction", r"^(?:retraction|expression of concern|notice of retraction|withdrawal)\b"),
    ("reply", r"^(?:authors? |in )?(?:reply|response|rejoinder|rebuttal)\b|\breply$|\bauthors? response$"),
    ("comment", r"^(?:(?:capsule|editorial|invited|expert) )?comment(?:s|ary)? (?:on|to|by)\b"
                r"|\b(?:commentary|editorial comment)$"),
    ("book review", r"^book reviews?\b|\bbook review$"),
    ("protocol", r"\b(?:study|trial|review) protocol\b|\bprotocol (?:for|of) an?\b"),
)  # fmt: skip
SORTS = tuple((name, re.compile(pattern)) for name, pattern in _SORTS)
"""Documents about a document, told from the folded title; the first that fits counts."""

_GENERIC = re.compile(
    r"^(?:(?:guest |special issue )?editor(?:ial|s|s? (?:comments?|notes?|introduction|choice))?|"
    r"introduction|foreword|preface|abstracts?|announcements?|author index|subject index|index|contents|"
    r"table of contents|correspondence|letters?|letters? to the editors?|news|news and notes|notes?|obituary|"
    r"in memoriam|in this issue|errata|erratum|corrigendum|corrections?|reply|replies|response|"
    r"authors? (?:reply|response)|the authors? repl(?:y|ies)|in reply|comments?|commentary|discussion|questions?|"
    r"book reviews?|reviews?|review articles?|case reports?|conclusions?|summary|overview|acknowledge?ments?|"
    r"president s (?:message|page)|calendar|meeting report|conference report|proceedings|perspectives?|viewpoint|"
    r"interviews?|annual report|research highlights?|highlights?)\b"
)
"""Titles of regular columns."""
_SHORT = 4
"""A column's name is generic with so many words after it; *Editorial* and its like are so however they go on."""
_SERIAL = re.compile(
    r"^(?:editorial|editors?|guest editors?|introduction|preface|foreword|book reviews?)\b|\bminitrack\b"
)

_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_SPELT = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "first": "1", "second": "2", "third": "3",
    "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10",
}  # fmt: skip
_PART = re.compile(
    r"\b(?:part|pt|paper|report|study|phase|volume|chapter|no|number|section|wave)s? "
    r"([ivx]+|\d+|one|two|three|four|five)\b"
)
_NTH = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b|\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b")
_LAST = re.compile(r" (i|ii|iii|iv|v)$")


class Title(NamedTuple):
    """One title, ready to compare."""

    words: str
    """Folded words without notices, brackets and markup; ``""`` when the title is not known."""
    sort: str
    """A row of ``SORTS`` when the title announces one, else ``""``."""
    numbers: tuple[str, ...]
    """Part, report and other numbers in order: ``("2",)`` for *Part II*."""
    generic: bool
    """So common (*Editorial*, *Reply*) that the title alone says nothing about which document this is."""


def folded(value: str | None) -> str:
    """Fold as ``review.text.fold`` does (with Greek letters spelt out), faster where the text is plain ASCII.

    >>> folded("TNF-α, β-cell"), folded("A-B")
    ('tnf alpha beta cell', 'a b')
    """
    if not value:
        return ""
    if value.isascii():
        return " ".join(_ASCII_WORD.findall(value.lower()))
    return fold(value).translate(_GREEK)


def read_title(title: str | None, journal: str | None = None) -> Title:
    """Take a title apart.

    A title that only repeats the journal's name, or says that it is unknown, counts as absent.

    >>> read_title("[Care of <i>β</i>-cells. Part II]. [Chinese]")
    Title(words='care of beta cells part ii', sort='', numbers=('2',), generic=False)
    >>> read_title("Erratum"), read_title("UNKNOWN").words
    (Title(words='erratum', sort='erratum', numbers=(), generic=True), '')
    """
    text = (plain(title) if title and ("<" in title or "&" in title) else title) or ""
    text = _RETRACTED.sub("", text)
    while (shorter := _NOTICE.sub("", text)) != text:
        text = shorter
    words = folded(_ENCLOSED.sub(r"\1", text.strip()))
    if words in _UNKNOWN or words == folded(journal):
        return Title("", "", (), True)
    sort = next((name for name, pattern in SORTS if pattern.search(words)), "")
    return Title(words, sort, _numbers(words), _is_generic(words))


def _is_generic(words: str) -> bool:
    return (
        bool(_SERIAL.search(words))
        or words.count(" ") == 0
        or (words.count(" ") < _SHORT and bool(_GENERIC.match(words)))
    )


def _numbers(words: str) -> tuple[str, ...]:
    """Find the numbers that tell two titles of one series apart."""
    found = {m.start(1): m.group(1) for m in _PART.finditer(words)}
    found |= {m.start(): m.group(1) or m.group(2) for m in _NTH.finditer(words)}
    found |= {m.start(): m.group() for m in _NUMBER.finditer(words)}
    found |= {m.start(1): m.group(1) for m in _LAST.finditer(words)}
    return tuple((_ROMAN.get(v) or _SPELT.get(v) or v).lstrip("0") or "0" for _, v in sorted(found.items()))
