"""Part a strategy that was copied as numbered lines into its lines, with the hits behind them. No operators here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.query.reading import COMBINATION
from review.query.syntax import Syntax

_LABEL = re.compile(
    r"^\s*(?P<mark>[#S])?\s?(?P<number>\d{1,3})(?P<end>[.)](?!\d)|:(?=\s|$)|(?=\s|$))\s*(?P<body>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_CERTAIN = re.compile(r"^[ \t]*(?:[#S] ?\d|\d{1,3}[.):\t])", re.IGNORECASE | re.MULTILINE)
_OPERATOR = r"(?:and|or|not|same|near(?:\s*/\s*\d+)?|adj\d*|[nw]\d+|(?:w|pre)/\d+)"
_STARTS = re.compile(rf"\s*{_OPERATOR}(?=[\s(\"]|$)", re.IGNORECASE)
_ENDS = re.compile(rf"(?:^|[\s()\"]){_OPERATOR}\s*$", re.IGNORECASE)
_UNFINISHED = re.compile(rf"(?:(?:^|[\s()\"])(?:{_OPERATOR}|to|(?-i:[A-Z]{{2}}))|[=,(-])\s*$", re.IGNORECASE)
_HITS = re.compile(r"(?:[ ]+\((?P<inside>\d{1,3}(?:,\d{3})+|\d+)\)|[ ]{2,}(?P<behind>\d{1,3}(?:,\d{3})+|\d+))\s*$")
_COUNT = re.compile(r"(?:View Results)?\s*\(?(\d{1,3}(?:,\d{3})+|\d+)\)?", re.IGNORECASE)
_NOISE = re.compile(
    r"\s*(?:(?:search modes?|search screen|interface|expanders?|database|view results|view details|edit|rerun)\b.*"
    r"|add|actions?|advanced(?: search)?|contract|expand|\d{1,2}:\d{2}(?::\d{2})?)\s*",
    re.IGNORECASE,
)
_REFERS = re.compile(r"\s*(?:limit|remove duplicates from)\s+#?\d", re.IGNORECASE)
_LIMITERS = re.compile(r"\s*(?:limiters|narrow by [^:-]*)\s*[-:]\s*(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered line; ``hits`` is ``None`` where none were copied, ``limiters`` were chosen beside the query."""

    number: int
    text: str
    hits: int | None = None
    limiters: tuple[str, ...] = ()


def lines(text: str, syntax: Syntax) -> tuple[tuple[Line, ...], str]:
    """Part a text into its numbered lines, lowest number first, and what stands before them.

    A text without numbered lines gives none, unless one of them joins others by number: they are counted from 1.
    Lines without a number belong to the line before them, but for those that only join lines: they are the next line.
    """
    found: list[tuple[int, list[str]]] = []
    before: list[str] = []
    for row in text.split("\n"):
        if not row.strip():
            continue
        labelled = _labelled(row, [number for number, _ in found], syntax)
        if labelled is not None:
            found.append((labelled[0], [labelled[1]]))
        elif not found:
            before.append(row)
        elif _combines(row) and not _ENDS.search(found[-1][1][-1]):
            found.append((found[-1][0] + 1, [row]))
        else:
            found[-1][1].append(row)
    rows = sorted(((number, parts) for number, parts in found), key=lambda pair: pair[0])
    if len(rows) == 1 and not _CERTAIN.search(text):
        return (), ""  # a number that a query begins with
    if not rows and any(_REFERS.match(row) or (_combines(row) and re.search("[a-z]", row, re.I)) for row in before):
        return tuple(_line(number, [row]) for number, row in enumerate(before, 1)), ""
    return tuple(_line(number, parts) for number, parts in rows), " ".join(before).strip()


def listed(text: str, syntax: Syntax) -> str | None:
    """Give the query of a text whose lines are numbered and joined by operators between them, else ``None``.

    Only the numbers are taken away; ``1 a AND`` and ``2 b`` under each other are ``a AND b``.
    """
    numbered = [line for line in lines(text, syntax)[0] if line.text]
    if len(numbered) < 2 or any(_combines(line.text) for line in numbered):
        return None
    joined = all(_ENDS.search(line.text) for line in numbered[:-1])
    return " ".join(line.text for line in numbered) if joined else None


def _labelled(row: str, numbers: list[int], syntax: Syntax) -> tuple[int, str] | None:
    """Read the number before a line; a bare number is one only where it goes on from the line before."""
    found = _LABEL.match(row)
    if found is None or _STARTS.match(found["body"]):
        return None
    number, certain = int(found["number"]), bool(found["mark"] or found["end"])
    if number in numbers or (not certain and not found["body"].strip()):
        return None
    if not certain and numbers and abs(number - numbers[-1]) != 1:
        return None
    if not certain and not numbers and number != 1 and not re.search(r"\t|\s{2,}", row.strip()):
        return None
    body = found["body"]
    return number, re.sub(r"^search:?\s+", "", body, flags=re.IGNORECASE) if syntax.code == "tag" else body


def _combines(row: str) -> bool:
    bare = _HITS.sub("", row)
    return COMBINATION.fullmatch(bare) is not None and re.search(r"\d.*[ /]|[ /].*\d", bare.strip()) is not None


def _line(number: int, parts: list[str]) -> Line:
    texts: list[str] = []
    limiters: list[str] = []
    hits: int | None = None
    cells = [cell.strip() for part in parts for cell in part.split("\t") if cell.strip()]
    for position, cell in enumerate(cells):
        count = _COUNT.fullmatch(cell)
        if count is not None and position and not _ENDS.search(texts[-1] if texts else ""):
            hits = int(count[1].replace(",", ""))
        elif limited := _LIMITERS.fullmatch(cell):
            limiters += [part.strip() for part in limited[1].split(";") if part.strip()]
        elif not _NOISE.fullmatch(cell):
            texts.append(cell)
    text = " ".join(texts)
    counted = _HITS.search(text)
    if counted is not None and hits is None and not _UNFINISHED.search(text[: counted.start()]):
        hits = int((counted["inside"] or counted["behind"]).replace(",", ""))
        text = text[: counted.start()]
    return Line(number, text.strip(), hits, tuple(limiters))
