"""Cut a BibTeX file into entries and their fields, macros filled in; what the fields mean is in ``bibtex``.

An entry ends where its braces close, or at the latest where the next one begins on a line of its own or after a closing
brace: one unbalanced brace costs one entry, not the rest of the file, and no input is scanned twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from review.formats.losses import Losses

_BEGIN = re.compile(
    r"(?:^[ \t]*|(?<=\})[ \t]*(?=@[ \t]*[A-Za-z][\w-]*\s*\{[^\s{}=,\"]*\s*[,=]))@[ \t]*([A-Za-z][\w-]*)\s*([{(])",
    re.MULTILINE,
)
_KEY = re.compile(r"\s*([^,{}=\"]*?)\s*(?:,|(?=[})]\s*\Z))")
_NAME = re.compile(r"[\s,]*([A-Za-z_][\w:.+/-]*)\s*=\s*")
_BARE = re.compile(r"[^\s,#{}()\"=@\\%]+")
_SPACE = re.compile(r"\s*")
_CLOSE = {"{": re.compile(r"[\s,]*\}"), "(": re.compile(r"[\s,]*\)")}
_BRACE = re.compile(r"[{}]")
_QUOTE = re.compile(r"[{}\"]")
_FIELD_LINE = re.compile(r"(?:^|,)[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*(?=[{\"]|\w+[ \t]*[,})]*[ \t]*$)", re.MULTILINE)
_MONTHS = "january february march april may june july august september october november december"
MACROS = {month[:3]: month.capitalize() for month in _MONTHS.split()}
"""The macros that every BibTeX style defines."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: type and names of fields in lower case, values with their LaTeX, in the order of the file."""

    type: str
    key: str
    fields: tuple[tuple[str, str], ...]
    raw: str


def entries(text: str, losses: Losses) -> Iterator[Entry]:
    """Give the entries of a file one by one; comments and preambles are none, macros (``@string``) are filled in.

    Notes
    -----
    Source: Patashnik, BibTeXing (1988), https://ctan.org/pkg/bibtex; biblatex manual 2.2 and 3.15,
    https://ctan.org/pkg/biblatex; checked 2026-11-22.
    """
    macros = _Macros(len(text) + _LEAST)
    begins = list(_BEGIN.finditer(text))
    starts = [begin.start() for begin in begins] + [len(text)]
    outside = [text[: starts[0]]]
    number = 0
    for begin, start, stop in zip(begins, starts, starts[1:], strict=False):
        region, at = text[start:stop], begin.end() - start
        kind = begin[1].lower()
        if kind in ("comment", "preamble"):
            outside.append(region[_closing(region, at - 1) or len(region) :])
            continue
        key = _KEY.match(region, at) if kind != "string" else None
        fields, end, closed, undefined = _strict(region, key.end() if key else at, begin[2], macros)
        if kind == "string":
            macros.define(fields)
            continue
        number += 1
        place = f"entry {number}" + (f" ({key[1]})" if key and key[1] else "")
        for macro in undefined:
            losses.add("a macro is not defined or fills in too much, its name was kept", f"{macro} in {place}")
        if closed:
            outside.append(region[end:])
        else:
            losses.add(_CUT if stop == len(text) else _BROKEN, place)
            fields += _by_line(region, end)
        yield Entry(kind, key[1] if key else "", tuple(fields), region.strip())
    _report(outside, losses)


_CUT = "the last entry is not closed, what stands there was read: the file may be cut"
_BROKEN = "the braces or commas of an entry do not match, it was read line by line: check it"
_Pairs = list[tuple[str, str]]


class _Macros:
    """The macros of a file; together they fill in ``most`` characters, for one made of others can grow without end."""

    __slots__ = ("_left", "_texts")

    def __init__(self, most: int) -> None:
        self._texts = dict(MACROS)
        self._left = most

    def define(self, texts: _Pairs) -> None:
        self._texts.update(texts)

    def fill(self, word: str) -> str | None:
        text = self._texts.get(word.lower())
        self._left -= len(text or "")
        return text if self._left >= 0 else None


_LEAST = 100_000
"""Characters that the macros of a short file may fill in."""


def _strict(region: str, at: int, bracket: str, macros: _Macros) -> tuple[_Pairs, int, bool, list[str]]:
    """Read fields up to the closing bracket: the fields, where reading stopped, whether closed, unknown macros."""
    fields: _Pairs = []
    undefined: list[str] = []
    while name := _NAME.match(region, at):
        value, end = _value(region, name.end(), macros, undefined)
        if end is None:
            return fields, name.start(), False, undefined
        fields.append((name[1].lower(), value))
        at = end
    close = _CLOSE[bracket].match(region, at)
    return fields, close.end() if close else at, close is not None, undefined


def _value(region: str, at: int, macros: _Macros, undefined: list[str]) -> tuple[str, int | None]:
    """Read a value and the parts joined to it with ``#``, and where it ends; ``None`` when it is not closed."""
    parts: list[str] = []
    while True:
        bare = _BARE.match(region, at)
        if bare:
            end: int | None = bare.end()
            word = bare[0]
            filled = macros.fill(word)
            if filled is None and not word.isdigit():
                undefined.append(word)
            parts.append(word if filled is None else filled)
        else:
            end = _closing(region, at) if region[at : at + 1] in ("{", '"') else None
            parts.append(region[at + 1 : end - 1] if end else "")
        if end is None:
            return "", None
        at = _after_space(region, end)
        if region[at : at + 1] != "#":
            return "".join(parts), at
        at = _after_space(region, at + 1)


def _after_space(region: str, at: int) -> int:
    match = _SPACE.match(region, at)
    return match.end() if match else at


def _closing(region: str, at: int) -> int | None:
    """Give the place after the brace, bracket or quotation mark that closes the one at ``at``."""
    if region[at] == "(":
        end = region.find(")", at)
        return end + 1 if end >= 0 else None
    depth = 0
    quoted = region[at] == '"'
    for mark in (_QUOTE if quoted else _BRACE).finditer(region, at + quoted):
        if mark[0] == '"':
            if depth == 0:
                return mark.end()
            continue
        depth += 1 if mark[0] == "{" else -1
        if depth == 0 and not quoted:
            return mark.end()
    return None


def _by_line(region: str, at: int) -> _Pairs:
    """Read ``name = value`` wherever a line or a comma begins one; braces around values are left out."""
    found = list(_FIELD_LINE.finditer(region, at))
    ends = [match.start() for match in found[1:]] + [len(region)]
    return [
        (match[1].lower(), region[match.end() : end].strip(' \n\t,{}"'))
        for match, end in zip(found, ends, strict=False)
    ]


def _report(outside: list[str], losses: Losses) -> None:
    """Say what stands outside every entry: BibTeX takes it for comments."""
    lines = [line.strip() for part in outside for line in part.splitlines() if re.search(r"\w", line)]
    hidden = sum(bool(re.match(r"%.*@\w+\s*[{(]", line)) for line in lines)
    if hidden:
        losses.add(f"entries that are commented out with % were not read ({hidden})")
    said = [line for line in lines if not line.startswith("%")]
    if said:
        losses.add(f"text outside any entry was not read ({len(said)} lines); the first is “{said[0][:80]}”")
