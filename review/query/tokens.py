"""Cut a query in a platform's language into tokens, driven by the facts of that language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from review.errors import QueryError
from review.query.parsing import meant
from review.query.syntax import Place, Syntax
from review.query.syntaxes import SYNTAXES

OPERAND = frozenset({"open", "phrase", "word", "heading", "limit", "several"})
"""Kinds of tokens that something to look for can begin with; ``prefix`` is one too."""

_EDGE = r"(?=[\s()\"{}]|$)"
_NUMBERS = r"[#S]?\d{1,4}(?:\s*[-–,]\s*[#S]?\d{1,4})*"
_DAY = r"\d{4}(?:/\d{1,2}){0,2}"
_CODES = r"[A-Za-z]{2,5}(?:\s*,\s*[A-Za-z]{2,5})*"
_HEADING_WORD = r"(?!(?:and|or|not|adj\d*)\b)[^\s()\"/\[\]]{1,60}"

_OWN: dict[str, tuple[str, ...]] = {
    "tag": (  # ("2006"[dp] : "2016/01/31"[dp]) and 2006:2016[dp]
        rf"(?P<limit>\"?{_DAY}\"?\s*(?:\[[^\[\]]*\])?\s*:\s*\"?{_DAY}\"?\s*\[[^\[\]]*\])",
        r"\[(?P<tag>[^\[\]]*)\]",
    ),
    "suffix": (  # 2006:2016.(sa_year). and exp *Mentors/ed,px and .ti,ab. with or without its last point
        r"(?P<limit>\d{4}(?:\s*[:-]\s*(?:\d{4}|current))?\.\(sa_year\)\.)",
        rf"(?P<heading>(?:exp(?:lode)?\s+)?\*?\s*(?:\"[^\"]*\"|{_HEADING_WORD}(?:\s+{_HEADING_WORD}){{0,11}})\s*/"
        r"(?:[a-z]{2}(?:\s*,\s*[a-z]{2})*)?)(?=[\s),]|$)",
        rf"\.(?P<suffix>{_CODES})(?:\.|(?=[\s)]|$))(?=[\s)]|$)",
    ),
    "word": (
        r"(?P<prefix>(?-i:CODES)|(?:ti|mh|mm|su|kw|tx)(?=\s))(?=[\s(\"])(?!\s*$)",
        r"(?P<unknown>(?-i:[A-Z]{2}(?<!OR)))\s*(?=[(\"])",
    ),
    "equals": (r"(?P<prefix>CODES)\s*[=:]\s*", r"(?P<unknown>[A-Za-z]{2,8})\s*="),
    "call": (  # PUBYEAR > 2005 and LIMIT-TO(LANGUAGE, "English")
        r"(?P<limit>pubyear\s*(?:>|<|=|aft|bef|is)\s*\d{4}\b|(?:limit-to|exclude)\s*\([^()]*\))",
        r"(?P<prefix>CODES)\s*(?=\()",
        r"(?P<unknown>(?-i:[A-Z][A-Z-]{2,}(?<!AND)(?<!NOT)))(?=\()",
        r"\{(?P<braced>[^{}]*)\}",
    ),
}
_STOP = rf"(?!\.{_CODES}\.?(?:[\s)]|$))"
_QUOTES = str.maketrans("“”„‟«»″‘", '"""""""\'')
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SINGLE = re.compile("(?<!\\w)‘([^‘’'\"]+)[’'](?!\\w)")
"""A phrase between single quotes, as word processors write it; a straight one may be an apostrophe."""
_COMMENT = re.compile(
    r"^[ \t]*(?://|--)[^\n]*$|(?:^|(?<=\s))#[ \t]+[^\d\s][^\n]*$|^[ \t]*[-=*_]{3,}[ \t]*$", re.MULTILINE
)
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what stands between the signs of its kind; ``number`` is of a proximity operator, by its row."""

    kind: str
    text: str
    column: int
    number: int | None = None
    row: int = 0


def cleaned(text: str, syntax: Syntax) -> str:
    """Blank what is no part of a query (comments, invisible characters) and straighten its quotes."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _SINGLE.sub(r'"\1"', text).translate(_QUOTES)
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    if syntax.code == "suffix":  # Ovid shows the names of fields and subheadings in brackets behind them
        text = _BRACKETED.sub(lambda found: " " * len(found[0]), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def tokens(text: str, syntax: Syntax) -> list[Token]:
    """Cut one query, without line numbers, into tokens; ``column`` counts from 1."""
    pattern = _pattern(syntax.name)
    found: list[Token] = []
    at = 0
    while at < len(text):
        hit = pattern.match(text, at)
        if hit is None or hit.lastgroup is None:
            raise _unreadable(text, at, syntax)
        kind = hit.lastgroup
        if kind == "unknown":
            raise unknown_code(hit[kind], text, at + 1, syntax)
        if kind.startswith("near"):
            number = hit.group(pattern.groupindex[kind] + 1)
            found.append(Token("near", hit[kind], at + 1, int(number) if number else None, int(kind[4:])))
        elif kind != "space":
            found.append(Token("phrase" if kind == "braced" else kind, hit[kind], at + 1))
        at = hit.end()
    return found


def place(code: str, syntax: Syntax) -> Place | None:
    """Look a field code up; platforms differ in case and spaces only."""
    name = " ".join(code.split()).casefold()
    return syntax.codes.get(code.strip(), syntax.codes.get(name, syntax.codes.get(name.replace(": ", ":"))))


def numbers(text: str) -> list[int]:
    """Give the line numbers of ``1-4,6``.

    >>> numbers("#1-#3, 7")
    [1, 2, 3, 7]
    """
    found: list[int] = []
    for part in text.split(","):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        found += range(ends[0], ends[-1] + 1) if ends else ()
    return found


def unknown_code(code: str, text: str, column: int, syntax: Syntax) -> QueryError:
    """Make the error for a field code that the platform does not have, with what was perhaps meant."""
    close = _run_together(code.strip(), syntax) or meant(code, syntax.codes)
    hint = "Write one that it has, or put quotes around the words if it is none."
    if close is not None:
        hint = f"Did you mean {close}? Otherwise put quotes around the words."
    return QueryError(f"{syntax.label} has no field {code.strip()!r}", text, column, hint=hint)


def _run_together(code: str, syntax: Syntax) -> str | None:
    """Part codes that were written without a comma: ``.tiab.`` in Ovid."""
    parts = [code[at : at + 2] for at in range(0, len(code), 2)]
    known = syntax.code == "suffix" and len(parts) > 1 and all(part.casefold() in syntax.codes for part in parts)
    return f".{','.join(parts)}." if known else None


@lru_cache(maxsize=16)
def _pattern(name: str) -> re.Pattern[str]:
    """Put the pattern of one language together: operators before words, and the longest code first."""
    syntax = SYNTAXES[name]
    codes = "|".join(re.escape(code) for code in sorted(syntax.codes, key=len, reverse=True))
    stop = _STOP if syntax.code == "suffix" else ""
    parts = [
        r"(?P<space>\s+)",
        rf"(?P<several>(?:and|or)\s*/\s*{_NUMBERS}){_EDGE}",
        rf"(?P<operator>and\s+not|and|or|not){_EDGE}",
        *(f"(?P<near{row}>{closeness.pattern}){_EDGE}" for row, closeness in enumerate(syntax.closeness)),
        rf"(?P<same>same){_EDGE}" if frozenset({"same"}) in syntax.binding else "(?!)",
        *(part.replace("CODES", f"(?:{codes})") for part in _OWN[syntax.code]),
        r"(?P<open>\()",
        r"(?P<close>\))",
        r'"(?P<phrase>[^"]*)"',
        rf"(?P<word>(?:{stop}[\w*?$#&+])(?:{stop}[\w*?$#&+'’‐‑‒–—/.%@:,;!-])*)",
    ]
    return re.compile("|".join(parts), re.IGNORECASE)


def _unreadable(text: str, at: int, syntax: Syntax) -> QueryError:
    character = text[at]
    if character == '"':
        return QueryError("This quote is never closed", text, at + 1, hint="Close it, or take it away.")
    if character == "'":
        hint = "Write double quotes around words that belong together."
        return QueryError("A single quote has no meaning here", text, at + 1, hint=hint)
    hint = f"{syntax.label} reads no such sign; if the query is from another platform, name that one."
    return QueryError(f"The character {character!r} has no meaning here", text, at + 1, hint=hint)
