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
    "the other|other|another|the remaining|remaining|a further|further|an additional|additional|these|those|the same|"
    "at least|at most|up to|more than|fewer than|less than|over|about|around|nearly|almost|to|or"
)
_COUNT = re.compile(
    rf"\b(?:(?P<both>both)\s+|(?P<every>(?:all|each|every)(?: of)?(?: the)?)\s+(?={_WHOLE}\s)"
    rf"|(?:(?P<before>all(?: of)?(?: the)?|{_UNCERTAIN})\s+)?(?P<n>{_NUMBER})\s+(?:of\s+the\s+)?)"
    rf"(?P<kind>(?:[a-z-]+\s+){{0,2}}?)(?P<noun>{_NOUN}|(?<=included\s)study)\b(?P<after>\s+[a-z]+)?",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b(?:table|figure|box|appendix|section|part|phase|type|level|grade|tier|class|group|wave)\s+$", re.I
)
"""A number after such a word is a name, and counts nothing."""
_NOT = re.compile(r"(?:\s+[a-z]+){0,2}?\s+(?:not|no|none|never|neither|nothing|without|lack\w*)\b", re.IGNORECASE)
_SOME = frozenset(
    "about among at by from in of on reporting that using were which who whose with without where conducted".split()
)
"""Words after a noun that may tell of which studies it speaks: fewer than all then."""
_NAMED = 8
"""Up to so many studies are named; of more, how many more there are."""


@dataclass(frozen=True, slots=True)
class Said:
    """A number of studies that a text states, as it stands there; ``None``: every included one.

    ``all`` when it says that these are all; ``some`` when it may speak of some of them only (a word narrows it down).
    ``of`` is the whole that it is a part of (five of the *six* studies). ``others`` when it may be those of which the
    text is not true (three studies did *not* ask).
    """

    text: str
    n: int | None
    all: bool = False
    some: bool = False
    of: int | None = None
    others: bool = False


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
        if before in _UNCERTAIN.split("|") or _NAME.search(rest[: found.start()]):
            continue
        narrowed = [word for word in found["kind"].casefold().split() if not re.fullmatch(_WHOLE, word)]
        after = (found["after"] or "").strip().casefold()
        everyone = bool(found["both"] or found["every"]) or before.startswith("all")
        yield Said(
            _plain(found[0].removesuffix(found["after"] or "")),
            2 if found["both"] else None if found["every"] else _value(found["n"]),
            all=everyone,
            some=bool(narrowed) or after in _SOME or found["noun"].casefold() == "schemes",
            others=not everyone and _NOT.match(rest, found.end("noun")) is not None,
        )


def contradictions(
    text: str, included: Collection[str], sides: tuple[Collection[str], Collection[str]], *, stated: bool
) -> Iterator[str]:
    """Say what the studies contradict of the numbers in a text.

    ``stated`` is a text that says how many support it. In another text, and once the right number was named, a smaller
    one may count some of them; a number that was named before may speak of the same studies again.

    >>> three = "Eight studies report it; three papers measured it, and all three papers were small"
    >>> list(contradictions(three, "abcdefghijklm", ("abcdefgh", ""), stated=True))
    []
    """
    named: set[int | None] = set()
    for said in numbers(text):
        wrong = contradiction(said, included, sides)
        n = len(included) if said.n is None else said.n
        part = not said.all and said.of is None and n < len({*sides[0], *sides[1]})
        part = part and (not stated or len(set(sides[0])) in named)
        part = part or (not stated and n == len(set(sides[1])))
        if wrong and not part and (n not in named or n >= len(included)):
            yield wrong
        named.add(n)


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
    n = total if said.n is None else said.n
    concerned = len(supporting | against)
    counts = {len(supporting), len(against), concerned, total}
    count = _number(len(supporting), "support") + (f" and {_number(len(against), 'contradict')}" if against else "")
    if said.of is not None and n > said.of:
        return f"says “{said.text}”: a part that is larger than the whole"
    if max(n, said.of or 0) > total:
        return f"says “{said.text}”, but {total} {'is' if total == 1 else 'are'} included"
    if said.of is not None:
        whole = said.of in (concerned, total)
        wrong = said.of > concerned and not whole
        wrong = wrong or n > max(len(supporting), len(against)) or (whole and n not in counts)
    elif said.all and n == total and not said.some:
        lacking = sorted(set(included) - supporting)
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        return f"says “{said.text}”, but {count}: not {', '.join(lacking[:_NAMED])}{more}" if lacking else None
    elif said.others:
        wrong = False
    elif said.some:
        wrong = n > concerned and n != total
    else:
        wrong = n not in ({len(supporting)} if said.all else counts)
    return f"says “{said.text}”, but {count}" if wrong else None


def _number(studies: int, does: str) -> str:
    return f"{studies} {does}{'s' if studies == 1 else ''} it"


def _value(text: str) -> int:
    return int(text) if text.isdigit() else _WORDS.index(text.casefold()) + 1


def _plain(text: str) -> str:
    return " ".join(text.split())
