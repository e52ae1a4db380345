"""Which included reports probably are of one study, and why, in words. Pure; nothing is joined here.

``traits`` reads what a record says of its study, an index of these finds the pairs that share something, and
``_reasons`` says what. Only pairs that share a trait are compared, so that hundreds of reports take no time.

Notes
-----
Sources: what the Cochrane Handbook names to link reports of one study (trial registration numbers, author names, the
setting, numbers of participants, dates), section 4.6.2, https://training.cochrane.org/handbook/current/chapter-04,
checked 2026-11-22.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from review import identifiers
from review.record import Record
from review.text import fold, many, words

Strength = Literal["strong", "possible"]

_NAMED = 3
"""A name of a place or programme tells something as long as no more reports than this have it, or 2 in 100."""
_LEAST = 10
"""Smaller numbers of people are shared by chance."""
_CORE = 3
"""So many words must a title have that is looked for in another."""
_MOST = 0.7
"""So large a part of the shorter title's words must stand in the other for the two to be alike."""
SAME, ALIKE = "the titles say the same", "the titles are alike"
_REFERENCES = "referenced_works"
"""The tag in ``Record.extra`` with the works that a record cites, as OpenAlex ids."""


@dataclass(frozen=True, slots=True)
class Companions:
    """Two reports that probably are of one study, the smaller id first; the reasons, the weightiest first."""

    left: int
    right: int
    strength: Strength
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a record says of its study. ``title`` are the words that say what it is about; ``links`` DOIs and PMIDs."""

    registrations: frozenset[str]
    authors: tuple[str, ...]
    title: frozenset[str]
    companion: str | None
    preprint: bool
    own: frozenset[str]
    links: frozenset[str]
    sizes: frozenset[int]
    names: frozenset[str]


def companions(reports: Mapping[int, Record], judged: Collection[tuple[int, int]] = ()) -> tuple[Companions, ...]:
    """Give the pairs of reports that probably are of one study, strong ones first.

    Parameters
    ----------
    reports : mapping of report id to record
    judged : collection of (report, report)
        Pairs of which a person said, when duplicates were judged, that they are two reports of one study.
    """
    return _companions(tuple(sorted(reports.items())), frozenset((min(two), max(two)) for two in judged))


@lru_cache(maxsize=4)  # a page asks again after each decision, and the reports are the same
def _companions(reports: tuple[tuple[int, Record], ...], judged: frozenset[tuple[int, int]]) -> tuple[Companions, ...]:
    known = {report: traits(record) for report, record in reports}
    often = Counter(name for one in known.values() for name in one.names)
    rare = frozenset(name for name, number in often.items() if number <= max(_NAMED, len(known) // 50))
    said = {two for two in judged if set(two) <= set(known)}
    found = []
    for left, right in sorted(_candidates(known, rare) | said):
        strength, reasons = _reasons(known[left], known[right], rare, judged=(left, right) in said)
        if strength is not None:
            found.append(Companions(left, right, strength, tuple(reasons)))
    return tuple(sorted(found, key=lambda c: (c.strength != "strong", c.left, c.right)))


@lru_cache(maxsize=1000)
def traits(record: Record) -> Traits:
    """Read what a record says of its study."""
    told = " ".join(text for text in (record.title, record.abstract, *record.notes) if text)
    everywhere = [told, *record.keywords, *(v for _, v in record.identifiers), *(v for _, v in record.extra)]
    own = frozenset(one for one in (record.doi, record.pmid, record.source_id) if one)
    title = " ".join(words(record.title))
    companion = next((word for word in _table()["companion"] if f" {word} " in f" {title} "), None)
    core = frozenset(title.replace(companion, " ").split() if companion else title.split())
    return Traits(
        registrations=registrations(*everywhere),
        authors=tuple(dict.fromkeys(key for author in record.authors if (key := author_key(author)))),
        title=core - _table()["empty"],
        companion=companion,
        preprint=record.kind == "preprint",
        own=own,
        links=_links(record) - own,
        sizes=_sizes(told),
        names=_names(record),
    )


def registrations(*texts: str) -> frozenset[str]:
    """Find the numbers under which studies are registered, each in one spelling.

    >>> sorted(registrations("Trial NCT 01234567 (isrctn: 12345678)", "PROSPERO CRD42020123456"))
    ['ISRCTN12345678', 'NCT01234567']
    """
    found = (match[0] for text in texts for match in _table()["registries"].finditer(text))
    return frozenset(re.sub(r"[\s:]|(?<=[A-Z])-(?=\d)", "", one.upper()) for one in found)


def registered(record: Record) -> tuple[str, ...]:
    """Give the numbers under which the study of a record is registered, as far as the record says."""
    return tuple(sorted(traits(record).registrations))


# -- which pairs are looked at, and what they share


def _candidates(known: Mapping[int, Traits], rare: frozenset[str]) -> set[tuple[int, int]]:
    """Give the pairs that share a registration, an author or a name, or of which one names the other."""
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for report, one in known.items():
        for kind, values in (
            ("registration", one.registrations), ("author", one.authors), ("name", one.names & rare),
            ("title", [" ".join(sorted(one.title))] if len(one.title) >= _CORE else []), ("own", one.own),
        ):  # fmt: skip
            for value in values:
                index[kind, value].append(report)
    pairs = {two for reports in index.values() for two in combinations(sorted(reports), 2)}
    named = {
        (report, other) for report, one in known.items() for link in one.links for other in index.get(("own", link), ())
    }
    return pairs | {(min(two), max(two)) for two in named}


def _reasons(a: Traits, b: Traits, rare: frozenset[str], *, judged: bool) -> tuple[Strength | None, list[str]]:
    shared = [author for author in a.authors if author in b.authors]
    certain = _certain(a, b, judged=judged)
    alike, says = _titles(a, b), _says(a, b)
    if alike == SAME and (shared or not a.authors or not b.authors):
        certain.append("one is a preprint with the title of the other" if a.preprint != b.preprint else alike)
        alike = None
    elif alike and alike != ALIKE and says and shared:
        certain.append(f"{alike}, and {says}")
        alike = says = None
    hints = [one for one in (alike, says if len(shared) > 1 else None) if one]
    hints += [f"both name {' and '.join(sorted(names))}"] if (names := a.names & b.names & rare) else []
    hints += [f"both count {max(sizes):,} people"] if (sizes := a.sizes & b.sizes) else []
    hints += ["one cites the other"] if any(_work(one) for one in _linked(a, b)) else []
    reasons = [*certain, *hints, *([_people(a, b, shared)] if shared else [])]
    if not certain and len(hints) < (1 if shared else 2):
        return None, []
    strong = bool(certain) or (len(shared) > 1 and len(hints) > 1)
    if a.registrations and b.registrations and not a.registrations & b.registrations:
        strong = judged
        other = [", ".join(sorted(one.registrations)) for one in (a, b)]
        reasons.append(f"but they name other registrations: {' – '.join(other)}")
    return ("strong" if strong else "possible"), reasons


def _certain(a: Traits, b: Traits, *, judged: bool) -> list[str]:
    """Give the reasons of which one is enough."""
    same = sorted(a.registrations & b.registrations)
    named = [one for one in _linked(a, b) if not _work(one)]
    return [
        *([f"both name the registration {', '.join(same)}"] if same else []),
        *(["judged to be two reports of one study when duplicates were looked for"] if judged else []),
        *([f"one names the other ({', '.join(named)})"] if named else []),
    ]


def _linked(a: Traits, b: Traits) -> list[str]:
    """Give the DOIs, PMIDs and works by which one names the other."""
    return sorted((a.own & b.links) | (b.own & a.links))


def _work(identity: str) -> bool:
    """Say whether an id is OpenAlex's: these stand in lists of references, and to be cited says less."""
    return identity.startswith("W")


def _titles(a: Traits, b: Traits) -> str | None:
    small, large = sorted((a.title, b.title), key=len)
    if len(small) < _CORE:
        return None
    if small <= large:
        return SAME if small == large and a.companion == b.companion else "one title holds the other"
    return ALIKE if len(small & large) >= max(_CORE, _MOST * len(small)) else None


def _says(a: Traits, b: Traits) -> str | None:
    """Say what one title calls itself and the other does not."""
    said = {one for one in (a.companion, b.companion) if one}
    return f"one title says “{min(said)}”" if said and a.companion != b.companion else None


def _people(a: Traits, b: Traits, shared: Sequence[str]) -> str:
    which = [name for name, at in (("first", 0), ("last", -1)) if a.authors[at] == b.authors[at]]
    same = f", the {' and the '.join(which)} the same" if which else ""
    return f"{many(len(shared), 'author')} in common{same}"


# -- what a record says


def author_key(name: str) -> str:
    """Give family name and first initial.

    >>> author_key("Laloë, Pierre-Antoine"), author_key("Smith JB"), author_key("MENTOR Study Group")
    ('laloe p', 'smith j', 'mentor study group')
    """
    family, _, given = name.partition(",")
    if not given and (bare := re.fullmatch(r"(.+?)\s+([A-Z]{1,3})\.?", name)):
        family, given = bare[1], bare[2]
    return f"{fold(family)} {fold(given)[:1]}".strip()


def _links(record: Record) -> frozenset[str]:
    """Give the DOIs and PMIDs that a record names besides its own, and the works that it cites."""
    texts = [value for _, value in (*record.identifiers, *record.extra)] + list(record.notes)
    pmids = re.findall(r"PMID:?\s*(\d{4,8})", " ".join(texts))
    bare = [v for tag, v in record.extra if tag in ("UpdateOf", "UpdateIn") and v.isdecimal()]
    cited = [work for tag, value in record.extra if tag == _REFERENCES for work in value.split()]
    return frozenset((*identifiers.dois(" ".join(texts)), *pmids, *bare, *cited))


def _sizes(text: str) -> frozenset[int]:
    """Give numbers of people: ``n = 482``, ``482 junior doctors``."""
    found = (match[1] or match[2] for match in _table()["sizes"].finditer(text))
    return frozenset(number for one in found if (number := int(one.replace(",", ""))) >= _LEAST)


def _names(record: Record) -> frozenset[str]:
    """Give the names of places and programmes: of the abstract, and short ones in capitals of the title, too."""
    abstract = record.abstract or ""
    short = {one for one in re.findall(r"\b[A-Z][\w-]*[A-Z][\w-]*\b", f"{record.title} {abstract}") if len(one) > 3}
    long = {" ".join(match[0].split()) for match in _table()["sites"].finditer(abstract)}
    return frozenset((short | long) - _table()["common"])


@cache
def _table() -> Mapping[str, Any]:
    """Read the table of words and patterns beside this module."""
    read = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    said = read["words"]
    sites, proper = "|".join(said["sites"]), r"[A-Z][\w’'&.-]+"
    return {
        "companion": said["companion"],
        "empty": frozenset(said["empty"]),
        "common": frozenset(said["common"]),
        "registries": _any(one["pattern"] for one in read["registries"]),
        "sizes": re.compile(
            rf"\bn\s*=\s*([\d,]*\d)|\b([\d,]*\d)\s+(?:[\w-]+\s+){{0,2}}?(?:{'|'.join(said['people'])})\b", re.IGNORECASE
        ),
        "sites": re.compile(
            rf"\b(?:{proper}\s+){{1,4}}(?:{sites})\b(?:\s+of\s+{proper})?"
            rf"|\b(?:{sites})\s+(?:of|for)\s+(?:the\s+)?{proper}(?:\s+{proper})?"
        ),
    }


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)
