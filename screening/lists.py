"""What people look for and through: their own decisions, any report of a stage, the useful background.

Blind: nothing here says how anybody else voted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape
from sqlalchemy import Connection

from review import identifiers
from review.protocol import STAGES, Stage, StageRules
from review.record import Record
from review.text import fold, tidy
from screening import exchange_rows, list_rows, page_rows, rows
from screening.list_rows import Counted, Filters
from screening.tags import BACKGROUND

MOST_WORDS = 12
"""More words than that name no report better."""
AROUND = 120
"""Characters of a text that are shown before and behind a word that was found in it."""
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_QUOTES = "'\u2018\u2019\u02bc\u2032"
_AROUND = " \"'“”„«»‘’,;()[]"
_LETTERS = (range(0xC0, 0x530), range(0x1E00, 0x2000))
"""Where letters with accents stand in Unicode: Latin, Greek and Cyrillic."""


@dataclass(frozen=True, slots=True)
class Facets:
    """How many own decisions each choice of a filter would leave, the other filters being as they are."""

    total: int
    verdict: Mapping[str, int]
    reason: Mapping[str, int]
    day: Mapping[str, int]
    tag: Mapping[str, int]
    changed: int


@dataclass(frozen=True, slots=True)
class Found:
    """A report that was looked for, and this person's own verdict on it, if there is one."""

    report: int
    record: Record
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a person decided on a report at some time; ``cleared`` when a decision was taken back."""

    at: str
    verdict: str
    reasons: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Background:
    """A report that is useful background, the names of those who say so, and this person's verdict at each stage."""

    report: int
    record: Record
    people: tuple[str, ...]
    verdicts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class InText:
    """A page of a stored full text that holds what was looked for, with the words around it."""

    file: str
    page: str
    excerpt: Markup


# -- my decisions


def facets(counted: Iterable[Counted], wanted: Filters) -> Facets:
    """Add up counts for every choice of a filter."""
    total = changed = 0
    verdict: Counter[str] = Counter()
    reason: Counter[str] = Counter()
    day: Counter[str] = Counter()
    tag: Counter[str] = Counter()
    for one in counted:
        fits = {
            "verdict": wanted.verdict in ("", one.verdict),
            "reason": wanted.reason in ("", *one.reasons),
            "day": wanted.day in ("", one.day),
            "tag": wanted.tag in ("", *one.tags),
            "changed": one.changed or not wanted.changed,
        }
        failed = [name for name, holds in fits.items() if not holds]
        if not failed:
            total += one.n
        if failed in ([], ["verdict"]):
            verdict[one.verdict] += one.n
        if failed in ([], ["reason"]):
            reason.update(dict.fromkeys(one.reasons, one.n))
        if failed in ([], ["day"]):
            day[one.day] += one.n
        if failed in ([], ["tag"]):
            tag.update(dict.fromkeys(one.tags, one.n))
        if failed in ([], ["changed"]) and one.changed:
            changed += one.n
    return Facets(total, verdict, reason, dict(sorted(day.items(), reverse=True)), dict(sorted(tag.items())), changed)


def history(connection: Connection, person: str, stage: Stage, report: int) -> list[Earlier]:
    """Give everything that a person decided on a report at a stage, newest first, what stands included."""
    said = list_rows.history(connection, person, stage, report)
    return [Earlier(at, p["verdict"], tuple(p.get("reasons", ())), p.get("note")) for at, p in said]


# -- any report


def find(
    connection: Connection, person: str, stage: Stage, text: str, rules: StageRules, *, limit: int, offset: int = 0
) -> tuple[int, list[Found]]:
    """Look for reports of a stage by their words; give how many there are, and some of them.

    What the stage hides from its screeners is not looked at.
    """
    wanted = patterns(text)
    if not wanted:
        return 0, []
    total, roots = list_rows.find(
        connection, stage, wanted, numbers(text), without=hidden(rules), limit=limit, offset=offset
    )
    records = exchange_rows.whole(connection, roots)
    own = _own_verdicts(connection, person, stage, roots)
    return total, [Found(root, records[root], own.get(root)) for root in roots]


def find_in_texts(
    connection: Connection, stage: Stage, text: str, *, limit: int
) -> tuple[int, list[tuple[Found, list[InText]]]]:
    """Look in the stored full texts of a stage for pages with every word; give how many, and the first by report."""
    wanted = patterns(text)
    if not wanted:
        return 0, []
    total, hits = page_rows.holding(connection, stage, wanted, limit)
    records = exchange_rows.whole(connection, sorted({hit.report for hit in hits}))
    by_report: dict[int, list[InText]] = {}
    for hit in hits:
        place = InText(hit.file, hit.page.label, excerpt(hit.page.text, wanted))
        by_report.setdefault(hit.report, []).append(place)
    return total, [(Found(root, records[root], None), places) for root, places in by_report.items()]


def excerpt(text: str, wanted: Sequence[str], around: int = AROUND) -> Markup:
    """Give the surroundings of the first place where one of some words stands, escaped, the words marked.

    >>> excerpt("One <b>. Two mentors met.", patterns("mentor"), around=9)
    Markup('… &lt;b&gt;. Two <mark>mentor</mark>s met.')
    """
    text = tidy(text) or ""
    words = re.compile("|".join(f"(?:{one})" for one in wanted), re.IGNORECASE)
    first = words.search(text)
    if first is None:  # the words of a page stand over the ends of its lines
        return Markup("{}").format(text[: 2 * around])
    start, end = max(0, first.start() - around), min(len(text), first.end() + around)
    parts, at = [Markup("…" if start else "")], start
    for hit in words.finditer(text, start, end):
        parts += [escape(text[at : hit.start()]), Markup("<mark>{}</mark>").format(hit[0])]
        at = hit.end()
    return Markup("").join([*parts, escape(text[at:end]), Markup("…" if end < len(text) else "")])


def hidden(rules: StageRules) -> tuple[str, ...]:
    """Name the columns of records that a stage hides from its screeners."""
    return tuple({"year": "date"}.get(name, name) for name in rules.hide)


def background(connection: Connection, person: str) -> list[Background]:
    """Give the useful background: what this person tagged so, and what others did once all is decided about it."""
    tagged = list_rows.with_tag(connection, person, BACKGROUND)
    records = exchange_rows.whole(connection, list(tagged))
    names = rows.people(connection)
    own = {stage: _own_verdicts(connection, person, stage, tagged) for stage in STAGES}
    return [
        Background(
            root,
            records[root],
            tuple(names[who] for who in people),
            {stage: verdicts[root] for stage, verdicts in own.items() if root in verdicts},
        )
        for root, people in tagged.items()
    ]


def _own_verdicts(connection: Connection, person: str, stage: Stage, roots: Collection[int]) -> dict[int, str]:
    cast = rows.votes(connection, stage, roots)
    return {root: vote.verdict for root, votes in cast.items() for vote in votes if vote.person == person}


# -- words


def patterns(text: str | None) -> tuple[str, ...]:
    """Give a regular expression for each word of what a person looks for.

    Case and accents are left out of account, and one dash or apostrophe is as good as another. A number must stand by
    itself; of an address or a sentence with a DOI, the DOI is looked for.

    >>> [bool(re.search(patterns("muller")[0], name)) for name in ("MÜLLER", "Mueller", "Straßmüller")]
    [True, False, True]
    >>> [bool(re.search(patterns("12")[0], text)) for text in ("10.5555/12", "2012")]
    [True, False]
    """
    return tuple(map(_pattern, _words(text)))


def numbers(text: str | None) -> tuple[int, ...]:
    """Give the number that somebody looks for, when it is nothing but the number of a report."""
    bare = (tidy(text) or "").removeprefix("#")
    return (int(bare),) if bare.isascii() and bare.isdecimal() and len(bare) < 16 else ()


def _words(text: str | None) -> list[str]:
    bare = tidy((text or "").encode("utf-8", "replace").decode()) or ""
    words = [
        identifiers.doi(word) or re.sub(r"^(?:pmid|doi):", "", word.strip(_AROUND), flags=re.I) for word in bare.split()
    ]
    return [word for word in dict.fromkeys(words) if word][:MOST_WORDS]


def _pattern(word: str) -> str:
    if word.isdecimal():
        return f"{word}(?<![0-9]{word})(?![0-9])"
    return "".join(map(_any_form, word))


@cache
def _any_form(letter: str) -> str:
    if letter in _DASHES or letter in _QUOTES:
        return f"[{re.escape(_DASHES if letter in _DASHES else _QUOTES)}]"
    base = fold(letter).replace(" ", "")
    if not base:
        return re.escape(letter)
    forms = "".join(_class(one) for one in base)
    return forms if len(base) == 1 else f"(?:{letter}|{forms})"


def _class(base: str) -> str:
    forms = sorted({base, base.upper(), base.lower(), *_variants().get(base, ())})
    return f"[{''.join(one for one in forms if len(one) == 1)}]"


@cache
def _variants() -> Mapping[str, Collection[str]]:
    found: dict[str, list[str]] = {}
    for code in (code for some in _LETTERS for code in some):
        found.setdefault(fold(chr(code)), []).append(chr(code))
    return found
