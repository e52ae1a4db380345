"""Evaluate a query on a record: yes, no, or unknown; and say which words a truncated term really met. No IO.

Texts are compared folded: markup, case, accents, hyphens, quotes and invisible characters do not count, so the answer
does not depend on the source that a record came from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from review.query.tree import FIELDS, And, Field, Heading, Near, Node, Not, Or, Phrase, Term, leaves
from review.record import Record
from review.text import fold, plain

Verdict: TypeAlias = bool | None
"""Kleene's three values: ``None`` is unknown."""

_Texts: TypeAlias = dict[str, str | None]
_Test: TypeAlias = Callable[[_Texts], Verdict]

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
"""Soft hyphen, zero-width and direction marks: they would cut a word in two without a reader seeing it."""

_KEYWORDS_APART = " | "
"""Stands between keywords, so that no phrase runs from one into the next; folded text never holds a bar."""

_HEADINGS = "headings"
"""Where the keywords of a record stand among its texts as headings: closed in by bars, without their subheadings."""

ONE = "ᚠ"
"""Takes the place of ``?`` while a term is folded: a letter that folding leaves alone and no one writes."""


@lru_cache(maxsize=128)
def compile(node: Node, fields: tuple[str, ...] = FIELDS) -> Callable[[Record], Verdict]:
    """Make a function that evaluates a query on one record; see ``evaluate``.

    Notes
    -----
    100,000 records with abstracts take about eight seconds for a query of six terms, most of it for folding the
    texts; several queries on one record fold it once.
    """
    test = _test(node, fields)
    return lambda record: test(_texts(record))


def evaluate(node: Node, record: Record, fields: tuple[str, ...] = FIELDS) -> Verdict:
    """Say whether a record matches: ``True``, ``False``, or ``None`` where a missing text could still decide.

    A term met in any known field is true. A term not met is unknown while the title or the abstract that it is looked
    for in is missing, else false. A record without keywords has none: many sources never give any. What only a
    platform can look into is never false: a term in a further field (``FURTHER``) that is not met in its other fields,
    and a subject heading that is not a keyword. Keywords do not say which headings are main topics, and of their
    subheadings too little, so a heading that asks for one is unknown. ``anywhere`` takes in all three fields.

    >>> query = And((Term("ment*"), Term("doctor*")))
    >>> evaluate(query, Record(title="Mentoring")), evaluate(query, Record(title="Mentoring", abstract="Nurses."))
    (None, False)
    """
    return compile(node, fields)(record)


def matched_words(node: Node, records: Iterable[Record], fields: tuple[str, ...] = FIELDS) -> dict[str, Counter[str]]:
    """Count the literal words that each truncated term met.

    Returns
    -------
    dict, one key per term or phrase with ``*`` or ``?``, as written, in the order of the query
        The folded words that it met, each with the number of records that hold it.
    """
    scopes: dict[str, set[str]] = {}
    for leaf, names in leaves(node, fields):
        if "?" in leaf.text or leaf.text.endswith("*"):
            scopes.setdefault(leaf.text, set()).update(_looked_into(names)[0])
    # with the space before it as a part of the pattern a word is found many times faster than by looking behind
    patterns = {text: re.compile(_pattern(text).pattern.replace("(?<= )", " (", 1).replace("(?= )", ")(?= )"))
                for text in scopes}  # fmt: skip
    found: dict[str, Counter[str]] = {text: Counter() for text in scopes}
    for record in records:
        texts = _texts(record)
        for text, pattern in patterns.items():
            found[text].update({word for name in scopes[text] for word in pattern.findall(texts[name] or "")})
    return found


def spelled(text: str) -> tuple[str, bool]:
    """Fold a term or phrase to the words that are looked for (``?`` becomes ``ONE``), and say whether it is truncated.

    >>> spelled("Well-Be*")
    ('well be', True)
    """
    return fold(text.replace("?", ONE)), text.endswith("*")


def _test(node: Node, fields: tuple[str, ...]) -> _Test:
    match node:
        case Term(text) | Phrase(text):
            return _anywhere(_finder(text), fields)
        case Heading():
            return _heading(node)
        case Near(left, right, distance, ordered):
            return _anywhere(_near(_any_pattern(left), _any_pattern(right), distance, ordered), fields)
        case And(items):
            return _decide([_test(item, fields) for item in items], False)
        case Or(items):
            return _decide([_test(item, fields) for item in items], True)
        case Not(item):
            return _negate(_test(item, fields))
        case Field(names, item):
            return _test(item, names)


def _anywhere(finds: Callable[[str], bool], fields: tuple[str, ...]) -> _Test:
    looked, further = _looked_into(fields)

    def test(texts: _Texts) -> Verdict:
        verdict: Verdict = None if further else False
        for name in looked:
            text = texts[name]
            if text is None:
                verdict = None
            elif finds(text):
                return True
        return verdict

    return test


def _looked_into(names: Collection[str]) -> tuple[tuple[str, ...], bool]:
    """Give the fields of a record that are looked into, and whether only a platform can look into more."""
    looked = FIELDS if "anywhere" in names else tuple(name for name in FIELDS if name in names)
    return looked, not {*names} <= {*FIELDS}


def _heading(node: Heading) -> _Test:
    needle = f"| {fold(node.text)} |"

    def test(texts: _Texts) -> Verdict:
        known = not (node.major or node.qualifiers)
        return True if known and needle in (texts[_HEADINGS] or "") else None

    return test


def _decide(tests: Sequence[_Test], decisive: bool) -> _Test:
    """Join as AND (``decisive`` is False) or OR (True): one decisive part decides, else one unknown leaves it open."""

    def test(texts: _Texts) -> Verdict:
        verdict: Verdict = not decisive
        for part in tests:
            value = part(texts)
            if value is decisive:
                return decisive
            if value is None:
                verdict = None
        return verdict

    return test


def _negate(inner: _Test) -> _Test:
    def test(texts: _Texts) -> Verdict:
        value = inner(texts)
        return None if value is None else not value

    return test


def _finder(text: str) -> Callable[[str], bool]:
    """Look for a term or phrase; without ``?`` plain containment does, many times faster than a pattern."""
    if "?" in text:
        pattern = _pattern(text)
        return lambda inside: pattern.search(inside) is not None
    needle = f" {fold(text)}" if text.endswith("*") else f" {fold(text)} "
    return lambda inside: needle in inside


def _pattern(text: str) -> re.Pattern[str]:
    """Match a term or phrase as whole words of a folded text."""
    words, truncated = spelled(text)
    words = words.replace(ONE, r"\w")
    rest = r"\w*" if truncated else ""
    return re.compile(f"(?<= ){words}{rest}(?= )")


def _any_pattern(node: Node) -> re.Pattern[str]:
    return re.compile("|".join(_pattern(leaf.text).pattern for leaf, _ in leaves(node)))


def _near(left: re.Pattern[str], right: re.Pattern[str], distance: int, ordered: bool) -> Callable[[str], bool]:
    def close(text: str, start: int, end: int) -> bool:
        between = text[start:end]
        return start < end and "|" not in between and len(between.split()) <= distance

    def finds(text: str) -> bool:
        rights = [hit.span() for hit in right.finditer(text)]
        for hit in left.finditer(text) if rights else ():
            start, end = hit.span()
            for other_start, other_end in rights:
                if close(text, end, other_start) or (not ordered and close(text, other_end, start)):
                    return True
        return False

    return finds


@lru_cache(maxsize=16)
def _texts(record: Record) -> _Texts:
    """Fold the three fields of a record, each with a space at both ends so that whole words can be told.

    MEDLINE writes a heading with its subheading as ``Mentors/*education``.
    """
    keywords = headings = _KEYWORDS_APART.join(_folded(keyword) for keyword in record.keywords)
    if any("/" in keyword for keyword in record.keywords):
        headings = _KEYWORDS_APART.join(_folded(keyword.partition("/")[0]) for keyword in record.keywords)
    return {
        "title": None if record.title is None else f" {_folded(record.title)} ",
        "abstract": None if record.abstract is None else f" {_folded(record.abstract)} ",
        "keywords": f" {keywords} ",
        _HEADINGS: f"| {headings} |",
    }


def _folded(text: str) -> str:
    if "<" in text or "&" in text:
        text = plain(text) or ""
    return fold(text if text.isascii() else _INVISIBLE.sub("", text))
