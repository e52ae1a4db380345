"""Numbers of studies in prose, against the studies there are. Pure; what may speak of some of them is left alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBER = rf"(?:(?<![\w.,/–-])\d{{1,3}}|(?<![\w-])(?:{'|'.join(_WORDS)}))(?![\w%/–-]|[.,]\d)"
_NOUN = r"(?:studies|papers|articles|schemes|publications)"
_WHOLE = r"(?:included|eligible|reviewed)"
_PART = re.compile(
    rf"\b(?P<part>{_NUMBER})\s+(?:out\s+)?of\s+(?:all\s+|the\s+|these\s+|all\s+the\s+)?(?P<whole>{_NUMBER})"
    rf"(?:\s+{_WHOLE})?\s+{_NOUN}\b",
    re.IGNORECASE,
)
_UNCERTAIN = (
    "the other|other|another|at least|at most|up to|more than|fewer than|less than|over|about|nearly|almost|to|or"
)
_COUNT = re.compile(
    rf"\b(?:(?P<both>both)\s+|(?:(?P<before>all(?: of)?(?: the)?|{_UNCERTAIN})\s+)?(?P<n>{_NUMBER})\s+)"
    rf"(?P<kind>(?:[a-z-]+\s+){{0,2}}?)(?P<noun>{_NOUN})\b(?P<after>\s+[a-z]+)?",
    re.IGNORECASE,
)
_SOME = frozenset(
    "about among at by from in of on reporting that using were which who whose with without where conducted".split()
)
"""Words after a noun that may tell of which studies it speaks: fewer than all then."""


@dataclass(frozen=True, slots=True)
class Said:
    """A number of studies that a text states, as it stands there.

    ``all`` when it says that these are all; ``some`` when it may speak of some of them only (a word narrows it down).
    ``of`` is the whole that it is a part of (five of the *six* studies).
    """

    text: str
    n: int
    all: bool = False
    some: bool = False
    of: int | None = None


def numbers(text: str) -> Iterator[Said]:
    """Find the numbers of studies in a text.

    >>> [(one.n, one.all, one.some, one.of) for one in numbers("Five of the six studies; all 13 papers; 2 UK studies.")]
    [(5, False, False, 6), (13, True, False, None), (2, False, True, None)]
    """
    rest = text
    for found in _PART.finditer(text):
        yield Said(_plain(found[0]), _value(found["part"]), of=_value(found["whole"]))
        rest = rest[: found.start()] + " " * len(found[0]) + rest[found.end() :]
    for found in _COUNT.finditer(rest):
        before = " ".join((found["before"] or "").casefold().split())
        if before in _UNCERTAIN.split("|"):
            continue
        narrowed = [word for word in found["kind"].casefold().split() if not re.fullmatch(_WHOLE, word)]
        after = (found["after"] or "").strip().casefold()
        yield Said(
            _plain(found[0].removesuffix(found["after"] or "")),
            2 if found["both"] else _value(found["n"]),
            all=bool(found["both"]) or before.startswith("all"),
            some=bool(narrowed) or after in _SOME or found["noun"].casefold() == "schemes",
        )


def contradiction(said: Said, included: Collection[str], sides: tuple[Collection[str], Collection[str]]) -> str | None:
    """Say what the studies contradict of a number; ``None`` when it can be right.

    Parameters
    ----------
    included : collection of str
        All included studies.
    sides : (collection of str, collection of str)
        The studies that support, and those that contradict.

    >>> contradiction(Said("all 13 papers", 13, all=True), "abcdefghijklm", ("abcdefghijk", ""))
    'says “all 13 papers”, but 11 support it: not l, m'
    """
    supporting, against, total = set(sides[0]), set(sides[1]), len(included)
    concerned = len(supporting | against)
    counts = {len(supporting), len(against), concerned, total}
    count = f"{len(supporting)} support it" + (f" and {len(against)} contradict it" if against else "")
    if said.of is not None and said.n > said.of:
        return f"says “{said.text}”: a part that is larger than the whole"
    if max(said.n, said.of or 0) > total:
        return f"says “{said.text}”, but {total} are included"
    if said.of is not None:
        whole = said.of in (concerned, total)
        wrong = said.of > concerned and not whole
        wrong = wrong or said.n > max(len(supporting), len(against)) or (whole and said.n not in counts)
    elif said.all and said.n == total and not said.some:
        lacking = sorted(set(included) - supporting)
        return f"says “{said.text}”, but {count}: not {', '.join(lacking)}" if lacking else None
    elif said.some:
        wrong = said.n > concerned and said.n != total
    else:
        wrong = said.n not in ({len(supporting)} if said.all else counts)
    return f"says “{said.text}”, but {count}" if wrong else None


def _value(text: str) -> int:
    return int(text) if text.isdigit() else _WORDS.index(text.casefold()) + 1


def _plain(text: str) -> str:
    return " ".join(text.split())
