"""Which of several records' values of one field a merged report shows: a table of rules. Pure.

A rule never makes a value up: it picks one that a record holds. docs/methods.md prints the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from review.identifiers import doi

Rank: TypeAlias = Callable[[Any, int], tuple[Any, ...]]
"""Gives the worth of a value that so many records state; the largest wins."""

_TRANSLATED = re.compile(r"\[[^\]]*\]\W*|.*\[\s*translated\b.*", re.IGNORECASE | re.DOTALL)
"""A title in square brackets as a whole (so MEDLINE marks one that it translated), or one that says so."""
_CUT = ("…", "...")
_OTHERS = re.compile(r"(?:et\s+al|(?:and\s+)?others)\W*", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"[^\W\d_][^\W\d_A-Z]")
"""Two letters of a name, not two initials."""
_ABBREVIATED = re.compile(r"\w\.(?:\s|$)")
_RANGE = re.compile(r"\d\s*[-\u2010-\u2015]\s*\w*\d")
_NO_ABSTRACT = re.compile(
    r"\W*(?:(?:©|\(c\)|copyright\b|all rights reserved).{0,600}"
    r"|no (?:author )?abstract\b.{0,60}|(?:author )?abstract(?: is| was)? (?:not |un)\w+.{0,60}"
    r"|abstract from author)\W*",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(r"[a-z]{3}")
_WEAK_KINDS = {"other": 0, "web": 0, "preprint": 1}


@dataclass(frozen=True, slots=True)
class Best:
    """How one field is chosen: ``rank`` for the program, ``says`` and ``why`` for people."""

    says: str
    why: str
    rank: Rank


def best(name: str, known: Sequence[tuple[int, Any]]) -> tuple[int, Any]:
    """Choose among the known values of one field, given with the positions of their records.

    Of values of equal worth the first in the order of letters is taken, and of records that state it the first.
    """
    rank = BEST.get(name, STATED).rank
    stated = Counter(value for _, value in known)
    if len(stated) == 1:
        return known[0]
    worth = {value: rank(value, votes) for value, votes in stated.items()}
    most = max(worth.values())
    value = min(value for value, some in worth.items() if some == most)
    return next(one for one in known if one[1] == value)


def _title(value: str, votes: int) -> tuple[Any, ...]:
    text = value.strip()
    return not text.endswith(_CUT), not _TRANSLATED.fullmatch(text), not text.isupper(), len(text), votes


def _authors(value: tuple[str, ...], votes: int) -> tuple[Any, ...]:
    names = [name for name in value if not _OTHERS.fullmatch(name.strip())]
    written_out = sum(bool(_WRITTEN_OUT.search(name.partition(",")[2])) for name in names)
    return len(names), written_out, not all(name.isupper() for name in names), sum(map(len, names)), votes


def _date(value: str, votes: int) -> tuple[Any, ...]:
    return len(value), votes, value


def _journal(value: str, votes: int) -> tuple[Any, ...]:
    return not _ABBREVIATED.search(value), not value.isupper(), len(value), votes


def _number(value: str, votes: int) -> tuple[Any, ...]:
    return votes, len(value)


def _pages(value: str, votes: int) -> tuple[Any, ...]:
    return bool(_RANGE.search(value)), len(value), votes


def _abstract(value: str, votes: int) -> tuple[Any, ...]:
    return not _NO_ABSTRACT.fullmatch(value.strip()), len(value), votes


def _kind(value: str, votes: int) -> tuple[Any, ...]:
    return _WEAK_KINDS.get(value, 2), votes, value != "article"


def _language(value: str, votes: int) -> tuple[Any, ...]:
    return bool(_CODE.fullmatch(value)), votes


def _doi(value: str, votes: int) -> tuple[Any, ...]:
    return doi(value) == value, votes


STATED = Best(
    "what most records state",
    "a slip is made once, not in every source",
    lambda value, votes: (votes,),
)
"""The rule of every field without one of its own."""

BEST: Mapping[str, Best] = {
    "title": Best(
        "the longest that is not cut off (…), not a translation in square brackets, not all in capitals",
        "sources drop subtitles, MEDLINE prints translated titles in brackets, export files cut titles off",
        _title,
    ),
    "authors": Best(
        "the longest list, *et al.* not counted; of equally long ones that with most given names written out",
        "sources stop after some authors, and many keep initials only",
        _authors,
    ),
    "date": Best(
        "the most exact; of equally exact ones what most records state, then the later",
        "a year can be read from a day; the date of an issue is later than that of *online first*",
        _date,
    ),
    "journal": Best(
        "a name without the full stops of an abbreviation, not all in capitals, the longest",
        "a reader needs the full name",
        _journal,
    ),
    "volume": Best("what most records state, then the longest", "*12 (Suppl 1)* tells more than *12*", _number),
    "issue": Best("what most records state, then the longest", "*2 Suppl 1* tells more than *2*", _number),
    "pages": Best(
        "a range before a first page, the longest", "*123-130* tells more than *123* and than *123-30*", _pages
    ),
    "abstract": Best(
        "the longest that is more than a copyright line or a note that there is none",
        "some sources cut abstracts off, some print only who owns them",
        _abstract,
    ),
    "kind": Best(
        "what most records state, *preprint*, *web* and *other* only where nothing else is stated; then not *article*",
        "what also came out as an article is one; a source that says *review* says more than one that says *article*",
        _kind,
    ),
    "language": Best(
        "a code of ISO 639-2 before a word, then what most records state",
        "a word is what could not be told when it was read",
        _language,
    ),
    "doi": Best("one that is formed as a DOI, then what most records state", "what is no DOI leads nowhere", _doi),
}
"""Field -> rule. The fields in ``review.record.UNION`` are joined instead; all others follow ``STATED``."""
