"""What a title says: the words to compare, what sort of document it announces, its numbers. Tables and pure functions.

Nothing here looks at two records at once.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from review.text import fold, plain

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_LANGUAGES = (
    r"afrikaans|arabic|bulgarian|catalan|chinese|croatian|czech|danish|dutch|english|finnish|french|german|greek|"
    r"hebrew|hungarian|italian|japanese|korean|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|"
    r"serbian|slovak|slovene|slovenian|spanish|swedish|turkish|ukrainian"
)
_NOTICE = re.compile(
    r"(?<=[^\s\[(])\s*[\[(](?:(?:(?:published )?(?:erratum|correction)|corrected|corrigendum|retract\w+|withdrawn|"
    r"republished|comments?|summary for patients|see comments?|letter|abstract|editorial|review|in process citation|"
    rf"author'?s'? transl|translated|\d+ refs?|(?:article )?(?:in )?(?:{_LANGUAGES}))\b[^\])]*)[\])]?\.?\s*$",
    re.IGNORECASE,
)
_ERRATUM = re.compile(
    r"\s*[\[(](?:published )?(?:erratum|correction|corrigendum|comment) (?:appears )?in\b.*$", re.IGNORECASE
)
"""MEDLINE's note of an erratum, which may hold brackets of its own."""
_RETRACTED = re.compile(r"^\W*(?:retracted|withdrawn|retracted article|withdrawn article)\s*[:.\]-]+\s*", re.IGNORECASE)
_TRANSLATED = re.compile(r"^\s*\[translated\]\s*", re.IGNORECASE)
_ENCLOSED = re.compile(r"^\[+(.*?)\]*\.?\]*$")
_UNKNOWN = frozenset({"", "unknown", "untitled", "no title", "no title available", "title not available", "n a", "na"})

_TWICE = re.compile("[\u00c2\u00c3\u00c4\u00c5\u00ce\u00cf\u00e2][\u0080-\u00bf\u0152-\u2122]")
"""UTF-8 that was read as Windows-1252: two or three odd letters for one."""

_LETTERS = str.maketrans(
    {
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
        "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
        "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
        "ω": "omega", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    }
)  # fmt: skip

_SORTS = (
    ("erratum", r"^(?:(?:author|publisher) )?(?:erratum|errata|corrigend\w+|correction)\b|^department of error$"
                r"|\b(?:erratum|corrigendum)$"),
    ("retraction", r"^(?:retraction|expression of concern|notice of retraction|withdrawal)\b"),
    ("reply", r"^(?:authors? |in )?(?:reply|response|rejoinder|rebuttal)\b|\breply$|\bauthors? response$"),
    ("comment", r"^(?:(?:capsule|editorial|invited|expert) )?comment(?:s|ary)? (?:on|to|by)\b"
                r"|\b(?:commentary|editorial comment)$"),
    ("book review", r"^book reviews?\b|\bbook review$"),
    ("protocol", r"\b(?:study|trial|review) protocol\b|\bprotocol (?:for|of) an?\b|\bprotocol$"),
)  # fmt: skip
SORTS = tuple((name, re.compile(pattern)) for name, pattern in _SORTS)
_ANY_SORT = re.compile(
    "error|errat|corrig|correction|retract|concern|withdr|reply|respons|rejoind|rebut|comment|review|protoc"
)
"""What every pattern of ``SORTS`` needs: most titles hold none of it."""
"""Documents about a document, told from the folded title; the first that fits counts."""

_GENERIC = re.compile(
    r"^(?:(?:guest |special issue )?editor(?:ial|s|s? (?:comments?|notes?|introduction|choice))?|"
    r"introduction|foreword|preface|abstracts?|announcements?|author index|subject index|index|contents|"
    r"table of contents|correspondence|letters?|letters? to the editors?|news|news and notes|notes?|obituary|"
    r"in memoriam|in this issue|department of error|errata|erratum|corrigendum|corrections?|reply|replies|response|"
    r"authors? (?:reply|response)|the authors? repl(?:y|ies)|in reply|comments?|commentary|discussion|questions?|"
    r"book reviews?|reviews?|review articles?|case reports?|conclusions?|summary|overview|acknowledge?ments?|"
    r"president s (?:message|page)|calendar|meeting report|conference report|proceedings|perspectives?|viewpoint|"
    r"interviews?|annual report|research highlights?|highlights?|welcome|(?:a )?(?:message|letter|note|word)s? from|"
    r"from the (?:guest )?editors?|about (?:the|our) (?:authors?|contributors?)|contributors|reviewers?|"
    r"(?:list of|thanks to|thank you to) (?:our )?(?:peer )?reviewers|call for papers|issue information|"
    r"publication information|front matter|back matter|masthead|cover|keynotes?|panels?|tutorials?|workshops?|"
    r"special issue)\b"
)
"""Titles of regular columns."""
_SHORT = 4
"""A column's name is generic with so many words after it; *Editorial* and its like are so however they go on."""
_SERIAL = re.compile(
    r"^(?:editorial|editors?|guest editors?|introduction|preface|foreword|book reviews?|call for papers|"
    r"special (?:issue|section)s?)\b"
    r"|\bmini ?tracks?\b|\bannual report\b|(?<!\ban )(?<!\bbrief )\bintroduction$"
)

_NTH = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
    "ninth": "9", "tenth": "10", "ii": "2", "iii": "3", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}  # fmt: skip
"""Words that number what they stand by, wherever they stand."""
_AFTER = {"i": "1", "iv": "4", "v": "5", "x": "10", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
"""Words that are numbers after ``_PARTS`` only; the Roman ones also at the end."""
_COUNTED = {word: number for word, number in _AFTER.items() if len(word) > 2}
_LETTERED = frozenset("abcdefgh")
_PARTS = frozenset(
    word + s
    for word in ("part", "pt", "paper", "report", "study", "phase", "volume", "chapter", "no", "number", "section",
                 "wave", "series")
    for s in ("", "s")
)  # fmt: skip
_ENDINGS = frozenset(("st", "nd", "rd", "th"))


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
    if _TWICE.search(value):
        with suppress(UnicodeError):  # then it was no such text
            value = value.encode("cp1252").decode("utf-8")
    return fold(value).translate(_LETTERS)


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
    text = _TRANSLATED.sub("", text)
    if "[" in text or "(" in text:
        text = _ERRATUM.sub("", text)
    while (shorter := _NOTICE.sub("", text)) != text:
        text = shorter
    words = folded(_ENCLOSED.sub(r"\1", text.strip()))
    if words in _UNKNOWN or words == folded(journal):
        return Title("", "", (), True)
    sort = next((name for name, pattern in SORTS if pattern.search(words)), "") if _ANY_SORT.search(words) else ""
    return Title(words, sort, _numbers(words), _is_generic(words))


def _is_generic(words: str) -> bool:
    return (
        bool(_SERIAL.search(words))
        or words.count(" ") == 0
        or (words.count(" ") < _SHORT and bool(_GENERIC.match(words)))
    )


def _numbers(words: str) -> tuple[str, ...]:
    """Find the numbers that tell two titles of one series apart.

    >>> _numbers("care of burns part ii"), _numbers("7th report study b"), _numbers("vitamin c and iv iron i")
    (('2',), ('7',), ('1',))
    """
    found, before = list[str](), ""
    for word in words.split():
        number = (
            word if word.isdigit() else word[:-2] if word[0].isdigit() and word[-2:] in _ENDINGS else _NTH.get(word)
        )
        if number is None and before in _PARTS:
            number = _AFTER.get(word) or (word if before in ("part", "section") and word in _LETTERED else None)
        if number:
            found.append(number.lstrip("0") or "0")
        before = word
    if before in _AFTER and len(before) < 3 and words != before and (not found or found[-1] != _AFTER[before]):
        found.append(_AFTER[before])
    return tuple(found)


def goes_on_with_a_number(rest: str) -> bool:
    """Tell whether what one title says after the end of another one is the number of a part.

    >>> goes_on_with_a_number("part ii"), goes_on_with_a_number("2 the outcome"), goes_on_with_a_number("a review of 2")
    (True, True, False)
    """
    first = rest.split()[0]
    return bool(_numbers(rest if first in _PARTS else f"no {first}"))


_COUNTER = (
    ("hypo", "hyper"), ("pre", "post"), ("intra", "inter"), ("in", "out"), ("under", "over"), ("ad", "ab"),
    ("ureter", "urethr"), ("", "un"), ("", "non"), ("", "in"), ("", "im"), ("", "a"), ("with", "without"),
)  # fmt: skip
"""Beginnings that turn a word into another one and leave most of its letters."""
_NOT = frozenset(("no", "non", "not", "without"))
_ALIKE, _ALIKE_BEGUN = 90, 85
"""Letters in common (percent) that make two words spellings of one; fewer if they begin with the same letter."""
_NO_DIGITS = re.compile(r"\D+")
_SHORT_WORD = 3
"""Letters of a word too short to have a beginning of its own."""


def exchanged(one: str, other: str) -> bool:
    """Tell whether a word of one title stands in the place of another word: *men* for *women*, *one* for *five*.

    Spellings, words run together and words that only one title has are no exchange; but *not* and *without* are.

    >>> exchanged("tumour in men", "tumor in women"), exchanged("tumours of the lung", "tumors of lungs")
    (True, False)
    >>> exchanged("hepatitis b", "hepatitis c"), exchanged("two knees vs hips", "2 knees versus hips")
    (True, False)
    """
    left, right = ([_NTH.get(word) or _COUNTED.get(word) or word for word in title.split()] for title in (one, other))
    ours, theirs = [w for w in left if w not in right], [w for w in right if w not in left]
    if not ours or not theirs:
        return not _NOT.isdisjoint(ours or theirs)
    if _opposite(ours, theirs):
        return True
    if one.replace(" ", "") == other.replace(" ", ""):
        return False  # only the gaps between the words differ
    if len(ours) != len(theirs) and fuzz.ratio("".join(ours), "".join(theirs)) >= _ALIKE:
        return False
    return not _met(ours, right) and not _met(theirs, left)


def _met(ours: list[str], theirs: list[str]) -> bool:
    """Tell whether every word has a like one in the other title, or is made of words of it run together."""
    return all(any(_one_word(a, b) for b in theirs) or _run_together(a, theirs) for a in ours)


def _run_together(word: str, others: list[str]) -> bool:
    return len(word) > _SHORT and word in "".join(others) and not any(word in other for other in others)


@lru_cache(maxsize=100_000)
def _one_word(a: str, b: str) -> bool:
    """Tell spellings, slips of one letter, abbreviations and contractions of one word; numbers in it must be equal."""
    if len(a) == len(b) == 1 or (not (a.isalpha() and b.isalpha()) and _NO_DIGITS.sub("", a) != _NO_DIGITS.sub("", b)):
        return a == b
    least = _ALIKE_BEGUN if a[0] == b[0] else _ALIKE
    if fuzz.ratio(a, b, score_cutoff=least) or (abs(len(a) - len(b)) <= 1 and OSA.distance(a, b, score_cutoff=1) <= 1):
        return not _opposite([a], [b])
    if a[0] != b[0]:
        return False
    short, long = sorted((a, b), key=len)
    return (len(short) > 2 and long.startswith(short)) or (
        len(short) < _SHORT and short[0] == long[0] and short[-1] == long[-1]
    )


def _opposite(ours: list[str], theirs: list[str]) -> bool:
    return any(not _counterparts(word).isdisjoint(theirs) for word in ours)


@lru_cache(maxsize=100_000)
def _counterparts(word: str) -> frozenset[str]:
    """Give what a word becomes with the beginning of the opposite; short words have none."""
    swaps = (swap for x, y in _COUNTER for swap in ((x, y), (y, x)))
    others = (new + word[len(old) :] for old, new in swaps if len(word) > _SHORT_WORD and word.startswith(old))
    return frozenset(other for other in others if len(other) > _SHORT_WORD)
