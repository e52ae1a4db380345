"""Read what people write in a protocol or copy from a publication, into the tree. Nothing is guessed: see ``parse``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from review.errors import QueryError
from review.query.tree import FIELDS, And, Field, Heading, Near, Node, Not, Or, Phrase, Term, in_order
from review.text import fold

TAGS: dict[str, tuple[str, ...]] = {
    "ti": ("title",),
    "title": ("title",),
    "ab": ("abstract",),
    "abstract": ("abstract",),
    "kw": ("keywords",),
    "kf": ("keywords",),
    "ot": ("keywords",),
    "keyword": ("keywords",),
    "keywords": ("keywords",),
    # PubMed's [tiab] covers author keywords too: https://pubmed.ncbi.nlm.nih.gov/help/#tiab, checked 2026-11-21
    "tiab": FIELDS,
    "su": ("subjects",),
    "sh": ("subjects",),
    "subjects": ("subjects",),
    "nm": ("substances",),
    "substances": ("substances",),
    "au": ("authors",),
    "authors": ("authors",),
    "ta": ("journal",),
    "journal": ("journal",),
    "pt": ("type",),
    "type": ("type",),
    "all": ("anywhere",),
    "anywhere": ("anywhere",),
}
"""Names of fields; of those that mean one field, the first is the one that ``show`` writes."""

VOCABULARIES: dict[str, str | None] = {
    "mh": "mesh",
    "mesh": "mesh",
    "majr": "mesh",
    "emtree": "emtree",
    "cinahl": "cinahl",
    "psycinfo": "psycinfo",
    "heading": None,
}
"""Tags of subject headings; ``majr`` is ``mh:major``, and ``:noexp`` leaves the narrower headings out."""

_OPEN, _CLOSE = '"“„‟«″', '"”“‟»″'
_TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<open>\()
  | (?P<close>\))
  | [{_OPEN}](?P<phrase>[^{_OPEN}{_CLOSE}]*)[{_CLOSE}]
  | \[(?P<tag>[^\[\]]*)\]
  | \.(?P<suffix>[A-Za-z]{{2,}}(?:,[A-Za-z]{{2,}})*)\.(?=\s|\)|$)
  | (?P<prefix>[A-Za-z]+(?:,[A-Za-z]+)*):
  | (?P<near>(?i:near|pre)/\d+)(?=[\s({_OPEN}]|$)
  | (?P<operator>(?i:and|or|not))(?=[\s(){_OPEN}]|$)
  | (?P<word>(?:(?!\.[A-Za-z]{{2,}}(?:,[A-Za-z]{{2,}})*\.(?:\s|\)|$))[\w*?.'’/&+‐‑‒–—-])+)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


LEADING = re.compile(r"(?:^|[^\w*?])[*?]")
_DEEPEST = 40
_MOST_FIELDS = 3
"""Brackets in each other, and fields in a row: more than people write, and far fewer than calls can be nested."""


def parse(text: str) -> Node:
    """Read a query.

    Operators AND, OR, NOT, NEAR/n and PRE/n (n words between at most; PRE keeps the order) in any case, brackets,
    quotes straight or curly, ``*`` at the end of a word, ``?`` for one character, fields as ``[tiab]``, ``.ti,ab,kw.``
    or ``ti:(...)``, subject headings as ``"Mentors"[mh]``, ``[majr]``, ``"Mentors/education"[mh:noexp]`` or
    ``[emtree]``, ``[cinahl]``, ``[psycinfo]``, ``[heading]``. AND and OR are never mixed without brackets, because
    platforms disagree on which binds first.

    Raises
    ------
    QueryError
        With the column: unbalanced brackets or quotes, AND and OR mixed in one level, an empty group, an operator
        without its two sides, two words without an operator, a wildcard in a place where none can stand, an unknown
        field or character.

    Examples
    --------
    >>> parse("Ment* AND (doctor* OR well-being)")
    And(items=(Term(text='Ment*'), Or(items=(Term(text='doctor*'), Term(text='well-being')))))
    """
    return _Parser(text).query()


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        hit = _TOKEN.match(text, at)
        if hit is None or hit.lastgroup is None:
            raise _unreadable(text, at)
        if hit.lastgroup != "space":
            found.append(_Token(hit.lastgroup, hit[hit.lastgroup], at + 1))
        at = hit.end()
    return found


def _unreadable(text: str, at: int) -> QueryError:
    character = text[at]
    if character in _OPEN + _CLOSE:
        return QueryError("This quote is never closed", text, at + 1, hint="Close it, or take it away.")
    if character in "[]":
        return QueryError("This bracket has no partner", text, at + 1, hint="Fields are written like mentor*[tiab].")
    hint = "Use * at the end of a word for any letters, and ? for exactly one character."
    if character not in "$#":
        hint = "Take it away, or put quotes around the words that it belongs to."
    return QueryError(f"The character {character!r} has no meaning here", text, at + 1, hint=hint)


class _Parser:
    """Recursive descent over the tokens; one method per level, the loosest binding first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0

    def query(self) -> Node:
        if not self.tokens:
            raise self.error("The query is empty", None, "Write at least one word.")
        self.refuse_depth()
        node = self.level()
        if (token := self.peek()) is not None:
            raise self.error("This bracket closes nothing", token, "Take it away, or open one before it.")
        return node

    def refuse_depth(self) -> None:
        """Refuse brackets in each other, or fields in a row, that would exhaust whatever walks the tree."""
        depth = fields = 0
        for token in self.tokens:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            fields = fields + 1 if token.kind in ("prefix", "tag", "suffix") else 0
            if depth > _DEEPEST or fields > _MOST_FIELDS:
                raise self.error("Too many brackets or fields in each other", token, "Take some of them away.")

    def level(self) -> Node:
        """Read items joined by AND and NOT, or by OR, up to a closing bracket or the end."""
        items = [self.negated()]
        joined_by: str | None = None
        while (token := self.peek()) is not None and token.kind != "close":
            if token.kind != "operator":
                hint = 'Put quotes around words that belong together ("peer mentor"), or write AND or OR between them.'
                raise self.error("There is no operator before this", token, hint)
            word = token.text.upper()
            kind = "OR" if word == "OR" else "AND"
            if joined_by not in (None, kind):
                hint = "Platforms disagree on which binds first: put brackets around the part that belongs together."
                raise self.error("AND (or NOT) and OR are mixed without brackets", token, hint)
            joined_by = kind
            if word != "NOT":
                self.at += 1
            items.append(self.negated())
        if joined_by is None:
            return items[0]
        return Or(tuple(items)) if joined_by == "OR" else And(tuple(items))

    def negated(self) -> Node:
        token = self.peek()
        if token is not None and token.kind == "operator" and token.text.upper() == "NOT":
            self.at += 1
            return Not(self.near())
        return self.near()

    def near(self) -> Node:
        left = self.tagged()
        token = self.peek()
        if token is None or token.kind != "near":
            return left
        self.at += 1
        right = self.tagged()
        word, distance = token.text.split("/")
        if (more := self.peek()) is not None and more.kind == "near":
            raise self.error(
                f"{word.upper()} joins two sides, not three", more, "Ask for two of them with AND between."
            )
        if not (_can_be_near(left) and _can_be_near(right)):
            hint = "Only words, phrases and (a OR b) can stand there; a field goes behind brackets: (a NEAR/3 b)[ti]."
            raise self.error(f"A side of {word.upper()} is too complex", token, hint)
        return Near(left, right, int(distance), word.upper() == "PRE")

    def tagged(self) -> Node:
        """Read one item with the fields before or behind it."""
        token = self.peek()
        if token is not None and token.kind == "prefix":
            self.at += 1
            return Field(self.fields(token), self.tagged())
        node = self.item()
        while (token := self.peek()) is not None and token.kind in ("tag", "suffix"):
            self.at += 1
            name, *options = (part.strip() for part in token.text.casefold().split(":"))
            is_heading = name in VOCABULARIES
            node = self.heading(node, name, options, token) if is_heading else Field(self.fields(token), node)
        return node

    def heading(self, node: Node, name: str, options: list[str], token: _Token) -> Heading:
        """Turn the word or phrase before a tag such as ``[mh:noexp]`` into a subject heading."""
        if not isinstance(node, Term | Phrase) or not {*options} <= {"noexp", "major"}:
            hint = 'Write "Mentors"[mh], [mh:noexp], [majr] or [majr:noexp] behind one heading.'
            raise self.error("A subject heading cannot be written like this", token, hint)
        text, _, qualifiers = node.text.partition("/")
        if "*" in text or "?" in text:
            hint = "Write it as it stands in the thesaurus, or look for its words: mentor*[su]."
            raise self.error("A subject heading has no wildcards", token, hint)
        return Heading(
            text.strip(),
            VOCABULARIES[name],
            explode="noexp" not in options,
            major=name == "majr" or "major" in options,
            qualifiers=tuple(q for part in qualifiers.split(",") if (q := part.strip())),
        )

    def item(self) -> Node:
        token = self.peek()
        if token is None or token.kind not in ("open", "phrase", "word"):
            raise self.missing(token)
        self.at += 1
        if token.kind == "open":
            return self.group(token)
        self.check(token)
        return Phrase(" ".join(token.text.split())) if token.kind == "phrase" else Term(token.text)

    def group(self, opened: _Token) -> Node:
        if (token := self.peek()) is not None and token.kind == "close":
            raise self.error("These brackets are empty", opened, "Write at least one word between them.")
        node = self.level()
        if self.peek() is None:
            raise self.error("This bracket is never closed", opened, "Close it, or take it away.")
        self.at += 1
        return node

    def fields(self, token: _Token) -> tuple[str, ...]:
        wanted: set[str] = set()
        for name in token.text.casefold().split(","):
            if name.strip() not in TAGS:
                known = "Known are ti, ab, kw and tiab: mentor*[tiab], mentor*.ti,ab,kw. or ti:(mentor*)."
                if close := meant(name, (*TAGS, *VOCABULARIES)):
                    known = f"Did you mean [{close}]? {known}"
                raise self.error(f"The field {name.strip()!r} is not known", token, known)
            wanted.update(TAGS[name.strip()])
        return in_order(wanted)

    def check(self, token: _Token) -> None:
        """Refuse a wildcard that no platform takes, and a word without a letter."""
        if LEADING.search(token.text):
            raise self.error("A word starts with a wildcard", token, "Write its first letters: platforms need them.")
        if not fold(token.text):
            raise self.error("There is no word to look for", token, "Write at least one letter or digit.")
        if "*" in token.text.strip()[:-1]:
            hint = "Truncate at the end only; for two truncated words write mentor* PRE/0 program*."
            if "*." in token.text:
                hint = "If a field is meant, write mentor*[tiab], or mentor*.tiab. with a point behind."
            raise self.error("The wildcard * stands inside", token, hint)

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def missing(self, token: _Token | None) -> QueryError:
        before = self.tokens[self.at - 1] if self.at else None
        blame = before if before is not None and before.kind in ("operator", "near", "prefix") else token
        hint = "An operator stands between two, a field beside one."
        return self.error("A word, a phrase or a group is missing here", blame, hint)

    def error(self, message: str, token: _Token | None, hint: str) -> QueryError:
        return QueryError(message, self.text, token.column if token else 1, hint=hint)


def meant(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that was perhaps meant by an unknown one.

    >>> meant("tiabs", TAGS)
    'tiab'
    """
    return next(iter(get_close_matches(name.strip().casefold(), sorted(known), n=1, cutoff=0.7)), None)


def _can_be_near(node: Node) -> bool:
    if isinstance(node, Or):
        return all(isinstance(item, Term | Phrase) for item in node.items)
    return isinstance(node, Term | Phrase)
