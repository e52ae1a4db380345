"""An article in JATS (Europe PMC's full texts) as HTML: made anew from its elements, every text escaped and marked.

Nothing of the file but its text, and numbers of columns and rows, gets into the page: no attribute, no address, no
image. The file is parsed without entities, DTD or network (``review.formats.xml_parts``).
JATS 1.3: https://jats.nlm.nih.gov/archiving/tag-library/1.3/, checked 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from review.errors import StageError
from review.formats.xml_parts import parse
from review.text import tidy
from screening.highlight import Finder

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_AS = {
    "p": "p", "italic": "i", "bold": "b", "sup": "sup", "sub": "sub", "underline": "u", "monospace": "code",
    "list-item": "li", "disp-quote": "blockquote", "def-list": "dl", "term": "dt", "def": "dd", "table": "table",
    "thead": "thead", "tbody": "tbody", "tfoot": "tfoot", "tr": "tr", "th": "th", "td": "td", "caption": "div",
    "fn": "div", "ref": "li", "verse-line": "p", "speech": "div", "statement": "div",
    "disp-formula": "div", "supplementary-material": "div", "table-wrap-foot": "div", "ack": "section",
}  # fmt: skip
"""Elements that have a counterpart; what is in any other element is shown as if the element were not there."""
_LEFT_OUT = frozenset({
    "graphic", "inline-graphic", "media", "object-id", "tex-math", "alternatives-graphic", "processing-meta", "pub-id",
    "permissions", "custom-meta-group", "journal-meta",
})  # fmt: skip
_HEAD = ("title", "label")
_FIGURES = ("table-wrap", "fig", "disp-formula-group", "boxed-text", "chem-struct-wrap")
_LOOSE = "Text"
"""What the text is called that stands in no section: as the page is called that its text is stored under."""
_CALLED = {"ack": "Acknowledgements", "ref-list": "References", "app-group": "Appendices", "fn-group": "Notes"}


def article(data: bytes, mark: Finder) -> Markup:
    """Give the abstract, the body and the back matter of an article as sections; ``mark`` escapes a text.

    Each has ``data-page``, the name of its outermost section: that is what a quote from it gives as its page.

    Raises
    ------
    StageError
        The file is not well-formed XML, or no article.
    """
    try:
        root = parse(data)
    except SyntaxError as error:
        raise _unreadable() from error
    made = Markup("").join(_part(name, parts, mark) for name, parts in _parts(root))
    if not made:
        raise _unreadable()
    return made


def _unreadable() -> StageError:
    return StageError(
        "this text cannot be read", hint="open the article at its DOI, and take the file back under Get full texts"
    )


def _parts(root: Element) -> list[tuple[str, list[Element]]]:
    """Give name and elements of each outermost section, in the order in which one reads."""
    found = [("Abstract", [one]) for one in root.iterfind("{*}front/{*}article-meta/{*}abstract")]
    for child in root.iterfind("{*}body/*"):
        name = _title(child) or _LOOSE
        if found and name == found[-1][0] == _LOOSE:
            found[-1][1].append(child)
        else:
            found.append((name, [child]))
    return found + [(_title(one) or _CALLED.get(_name(one), "Notes"), [one]) for one in root.iterfind("{*}back/*")]


def _part(name: str, parts: list[Element], mark: Finder) -> Markup:
    inside = Markup("").join(
        _children(part, mark, 3) if _name(part) in _WHOLE else _shown(part, mark, 3) for part in parts
    )
    if not inside.striptags().strip():
        return Markup("")
    head = Markup("<h2>{}</h2>").format(mark(name)) if name != _LOOSE else Markup("")
    return Markup('<section data-page="{}">{}{}</section>').format(name, head, inside)


_WHOLE = frozenset({"abstract", "sec", "ack", "app-group", "fn-group", "notes", "glossary"})


def _children(element: Element, mark: Finder, level: int, without: tuple[str, ...] = _HEAD) -> Markup:
    """Give what is in an element: its texts marked, its children as HTML, those of some names left out."""
    made = [_text(element.text, mark)]
    for child in element:
        if _name(child) not in without:
            made.append(_shown(child, mark, level))
        made.append(_text(child.tail, mark))
    return Markup("").join(made)


def _shown(element: Element, mark: Finder, level: int) -> Markup:
    name = _name(element)
    if name in _LEFT_OUT:
        return Markup("")
    if name == "break":
        return Markup("<br>")
    if name in ("sec", "app"):
        title = _title(element)
        head = Markup("<h{0}>{1}</h{0}>").format(min(level, 6), mark(title)) if title else Markup("")
        return Markup("<section>{}{}</section>").format(head, _children(element, mark, level + 1))
    if name in _FIGURES:
        label = Markup("<figcaption>{}</figcaption>").format(mark(found)) if (found := _label(element)) else Markup("")
        return Markup("<figure>{}{}</figure>").format(label, _children(element, mark, level))
    if name in ("list", "ref-list"):
        ordered = name == "ref-list" or element.get("list-type") in ("order", "alpha-lower", "roman-lower")
        return Markup("<{0}>{1}</{0}>").format("ol" if ordered else "ul", _children(element, mark, level))
    inside = _children(element, mark, level, ("label",) if name in ("ref", "list-item") else ())
    if name in _AS:
        return Markup("<{0}{1}>{2}</{0}>").format(_AS[name], _spans(element), inside)
    return inside + " " if name in _SPACED else inside


_SPACED = frozenset(
    {"name", "surname", "given-names", "article-title", "source", "year", "volume", "fpage", "person-group"}
)
"""Parts of a reference, which often come without white space between them."""


def _spans(element: Element) -> Markup:
    """Give a cell's columns and rows, if they are numbers."""
    asked = [(name, element.get(name) or "") for name in ("colspan", "rowspan")]
    return Markup("").join(
        Markup(' {}="{}"').format(name, int(value)) for name, value in asked if value.isdecimal() and int(value) < 1000
    )


def _text(text: str | None, mark: Finder) -> Markup:
    return mark(text) if text and text.strip() else escape(text or "")


def _title(element: Element) -> str:
    return _said(element.find("{*}title"))[:200]


def _label(element: Element) -> str:
    return _said(element.find("{*}label"))


def _said(element: Element | None) -> str:
    return (tidy("".join(str(text) for text in element.itertext())) or "") if element is not None else ""


def _name(element: Element) -> str:
    """Give an element's name without its namespace; what is no element (an entity) has none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
