"""Citations in a text, and the list of references at its end, in a CSL style. Pure: texts in, texts out.

A text is first written with marks where something is cited. Here the marks are read in their order, which is what the
numbers of a numeric style follow, and become citations. citeproc-py knows no year suffixes and no runs of numbers
(https://github.com/citeproc-py/citeproc-py, checked 2026-11-22): both are made here.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib.resources import files
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any

from reports.clean import legal
from reports.render_markdown import escaped
from review.errors import ReviewError
from review.formats import write
from review.protocol.faults import meant
from review.record import Record

STYLES = ("vancouver", "author-date")
"""The styles that come with the program, written for it; any other is a ``.csl`` file of the review folder."""
NO_TITLE = "[no title]"
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
"""Characters without a meaning of their own (private use), taken out of every text that goes in."""
_MARK = re.compile(f" ?{OPEN}([^{CLOSE}]*){CLOSE}")
_ITALIC, _BOLD = "\ue003", "\ue004"
_RAISED = str.maketrans("0123456789-–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_TAG = re.compile(r"</?(?:i|b|em|strong|sup|sub|sc|u|span|jats:\w+)(?:\s[^<>]*)?>", re.IGNORECASE)
"""Markup that databases leave in titles."""
_TWICE = re.compile(f"([.?!…][”’»){_ITALIC}{_BOLD}]?)\\.(?= |$)")
_NUMBERED = re.compile(r"^(\d+\.|\[\d+\]|\(\d+\))(?=[^\s\d])")
"""The number of a reference that a style sets in a column of its own."""
_NUMBERS = re.compile(r"\d+(?:, ?\d+){2,}")
_INITIALS = re.compile(r"[^\W\d_]{2,4}")
_CODE = 7_770_000
_CODED = re.compile(r"\b(\d{4})777(\d{4})\b")
_KEPT = ("type", "title", "author", "issued", "container-title", "volume", "issue", "page", "publisher",
         "publisher-place", "DOI", "URL")  # fmt: skip
_PRIVATE = re.compile("[\ue000-\uf8ff]")
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cited:
    """A text with its citations written, and its references; ``every`` are those of all texts numbered with it."""

    text: str
    references: tuple[str, ...]
    every: tuple[str, ...] = ()


def mark(keys: Sequence[str]) -> str:
    """Give what stands in a text where some works are cited."""
    return f"{OPEN}{BETWEEN.join(keys)}{CLOSE}"


def safe(text: str) -> str:
    """Take out of a text what no document may hold, and what would be taken for a mark."""
    return _PRIVATE.sub("", legal(text))


def item(record: Record) -> Item:
    """Give a record as a CSL item, with what references show."""
    (made,) = json.loads(write([record], "csl-json"))
    kept = {name: made[name] for name in _KEPT if name in made}
    for name, value in kept.items():
        if isinstance(value, str):
            kept[name] = " ".join(safe(unescape(_TAG.sub("", value))).split())
    kept["title"] = kept.get("title", "").removesuffix(".") or NO_TITLE
    kept["author"] = [
        {part: _name(safe(text)) if part == "given" else safe(text) for part, text in person.items()}
        for person in kept.get("author", ())
    ]
    return {name: value for name, value in kept.items() if value}


def _name(text: str) -> str:
    """Set initials that stand together apart, as citeproc-py would take them for one name.

    >>> _name("PF"), _name("Paul F"), _name("WHO Team")
    ('P F', 'Paul F', 'WHO Team')
    """
    return " ".join(text) if _INITIALS.fullmatch(text) and text.isupper() else text


def cited(texts: Sequence[str], works: Mapping[str, Item], style: str) -> tuple[Cited, ...]:
    """Write the citations of some texts, numbered through them all, and give each its references.

    Parameters
    ----------
    texts : sequence of str
        Markdown with marks.
    works : mapping of str to Item
        Every key that a mark names.
    style : str
        The text of a CSL style.
    """
    marks = [tuple(found.split(BETWEEN)) for text in texts for found in _MARK.findall(text)]
    order = list(dict.fromkeys(key for keys in marks for key in keys))
    if not order:
        return tuple(Cited(text, ()) for text in texts)
    suffix = 'disambiguate-add-year-suffix="true"' in style
    try:
        said, entries = _processed(marks, {key: works[key] for key in order}, style, suffix=suffix)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ReviewError(
            f"citeproc-py cannot write references in the citation style ([reports] style): {error}",
            hint=f"take another style; {' and '.join(STYLES)} come with the program",
        ) from error
    made = []
    for text in texts:
        own = {key for found in _MARK.findall(text) for key in found.split(BETWEEN)}
        written = _MARK.sub(lambda found: _placed(said[tuple(found[1].split(BETWEEN))], found[0]), text)
        references = tuple(entry for key, entry in entries.items() if key in own)
        made.append(Cited(written, references, tuple(entries.values())))
    return tuple(made)


def _placed(citation: str, found: str) -> str:
    """Put a citation where its mark stood; raised numbers stand close to the word."""
    return citation if citation[:1] in "⁰¹²³⁴⁵⁶⁷⁸⁹" or not found.startswith(" ") else f" {citation}"


def _processed(
    marks: Sequence[tuple[str, ...]], items: Mapping[str, Item], style: str, *, suffix: bool
) -> tuple[dict[tuple[str, ...], str], dict[str, str]]:
    """Give every citation by its keys, and every reference by its key in the order of the style."""
    if not suffix:
        return _run(marks, items, style)
    said, entries = _run([*marks, *((key,) for key in items)], items, style)
    alike: dict[str, list[str]] = defaultdict(list)
    for key in entries:
        alike[said[key,]].append(key)
    letters = {key: at for some in alike.values() if len(some) > 1 for at, key in enumerate(some)}
    if not letters:
        return said, entries
    again = {key: _coded(one, letters.get(key)) for key, one in items.items()}
    said, entries = _run(marks, again, style)
    return {keys: _read(text) for keys, text in said.items()}, {key: _read(text) for key, text in entries.items()}


def _coded(one: Item, letter: int | None) -> Item:
    """Put a letter into the number of a year, which must stay one and keep its order."""
    if "issued" not in one:
        return one
    year = one["issued"]["date-parts"][0][0]
    at = 0 if letter is None else letter + 1
    return {**one, "issued": {"date-parts": [[year * 10_000_000 + _CODE + at]]}}


def _read(text: str) -> str:
    return _CODED.sub(lambda found: found[1] + _suffix(int(found[2])), text)


def _suffix(at: int) -> str:
    """Give the letters behind a year; none for 0.

    >>> _suffix(0), _suffix(1), _suffix(26), _suffix(27), _suffix(53)
    ('', 'a', 'z', 'aa', 'ba')
    """
    before, last = divmod(at - 1, len(ascii_lowercase))
    return _suffix(before) + ascii_lowercase[last] if at else ""


def _run(
    marks: Sequence[tuple[str, ...]], items: Mapping[str, Item], style: str
) -> tuple[dict[tuple[str, ...], str], dict[str, str]]:
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON

    ids = {key: f"w{at}" for at, key in enumerate(items)}  # citeproc-py folds the case of ids
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it does not know in a style; what it prints is shown
        source = CiteProcJSON([{**one, "id": ids[key]} for key, one in items.items()])
        made = CitationStylesBibliography(_style(style), source, _FORMATTER)
        citations = {keys: Citation([CitationItem(ids[key]) for key in keys]) for keys in dict.fromkeys(marks)}
        for citation in citations.values():
            made.register(citation)
        made.sort()
        runs = 'collapse="citation-number"' in style
        said = {keys: _citation(str(made.cite(one, _lost)), runs) for keys, one in citations.items()}
        keys = {number: key for key, number in ids.items()}
        entries = {keys[number]: _entry(str(one)) for number, one in zip(made.keys, made.bibliography(), strict=True)}
    return said, entries


def _lost(one: Any) -> str:
    raise KeyError(one.key)


def _citation(text: str, runs: bool) -> str:
    """Write a citation as Markdown; numbers in brackets stay readable in the source of the text."""
    text = _NUMBERS.sub(lambda found: _joined(found[0]), text) if runs else text
    return text if re.fullmatch(r"\[[\d,–-]+\]", text) else _markdown(text)


def _joined(numbers: str) -> str:
    """Join numbers that follow each other.

    >>> _joined("1,2,3,5,7,8")
    '1–3,5,7,8'
    """
    runs: list[list[int]] = []
    for number in map(int, numbers.split(",")):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)


def _entry(text: str) -> str:
    return _markdown(_NUMBERED.sub(r"\1 ", _TWICE.sub(r"\1", text)))


def _markdown(text: str) -> str:
    return escaped(text).replace(_ITALIC, "*").replace(_BOLD, "**")


def _wrapped(sign: str) -> Any:
    return lambda text: f"{sign}{text}{sign}" if str(text).strip() else text


_FORMATTER = SimpleNamespace(
    preformat=str, Italic=_wrapped(_ITALIC), Oblique=_wrapped(_ITALIC), Bold=_wrapped(_BOLD), Light=str, Underline=str,
    Superscript=lambda text: str(text).translate(_RAISED), Subscript=str, SmallCaps=str,
)  # fmt: skip
"""How citeproc-py is told to write what a style sets in italics, bold or raised."""


def style_text(name: str, own: Mapping[str, str]) -> str:
    """Give the text of a style: a file of the review folder, or one of ours.

    Raises
    ------
    ReviewError
        There is no such style, or it only points at another one, or it is one of footnotes.
    """
    if name in own:
        text = own[name]
    elif name in STYLES:
        text = (files("reports") / "narrative" / "styles" / f"{name}.csl").read_text("utf-8")
    else:
        hint = meant(name, STYLES) or f"there are {' and '.join(STYLES)}; any other: put its .csl file into the folder"
        raise ReviewError(f"there is no citation style '{name}'", hint=hint)
    if 'rel="independent-parent"' in text and "<citation" not in text:
        raise ReviewError(
            f"the style {name} only points at another one", hint="take the style that its parent link names"
        )
    if re.search(r"<style\b[^>]*\bclass=[\"']note[\"']", text):
        raise ReviewError(
            f"the style {name} puts references into footnotes, which these texts do not have",
            hint="take the author-date or numbered style of the same publisher",
        )
    _style(text, name)
    return text


@cache
def _style(text: str, name: str = "") -> Any:
    from citeproc import CitationStylesStyle
    from lxml import etree

    fault = ReviewError(f"the citation style {name} cannot be read", hint="styles: https://www.zotero.org/styles")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise fault
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return CitationStylesStyle(io.BytesIO(text.encode()), validate=False)
    except (etree.LxmlError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise fault from error
