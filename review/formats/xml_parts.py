"""From the bytes of an XML file to one element per record; what the elements mean is the readers' business.

A file is never parsed as a whole: records are cut out of its text and each is parsed alone. So memory stays flat, a cut
or damaged file gives every record that is whole, and no DTD, entity or address in it ever reaches a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from review.errors import ReviewError
from review.formats.decode import decode
from review.formats.losses import Losses
from review.formats.xml_repair import repaired
from review.record import Rejected
from review.text import plain, tidy

if TYPE_CHECKING:  # 50 ms: lxml is loaded when an XML file is read or written
    from lxml.etree import XMLParser
    from lxml.etree import _Element as Element

_DECLARED = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)[\"']")
_CODED = re.compile(
    r"(?:iso-?8859-\d+|latin-?\d|us-ascii|(?:windows|cp)-?\d+|mac-?roman|macintosh|koi8-[ru]|gb2312|gbk|gb18030|big5|"
    r"euc-(?:jp|kr)|iso-2022-jp|shift[_-]jis|tis-620)\Z",
    re.IGNORECASE,
)
"""Encodings other than Unicode that a declaration is believed about; UTF-8 and UTF-16 are seen in the bytes."""
_CLOSED = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_OPENERS = rb"<!--|<!\[CDATA\[|<\?|<!ENTITY\b"
_TAGS = re.compile(rb"<!DOCTYPE[^<>\[]*\[|<[^<>]*>")
_COMMENTS = re.compile(rb"<!--.*?-->", re.DOTALL)
_PREFIX = re.compile(rb"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=")
_TELLING = ("type", "Type", "IdType", "EIdType", "PubStatus", "Source")
"""Attributes that say which of several elements of one name this is."""
_MOST_PREFIXES = 50
"""Prefixes of namespaces that are declared for a record that uses them undeclared: no format has so many."""
_NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


def elements(
    data: bytes, names: tuple[str, ...], losses: Losses, *, inner: frozenset[str] = frozenset()
) -> Iterator[Element | Rejected]:
    """Give the elements of a file that are records, one by one, without namespaces.

    Parameters
    ----------
    data : bytes
        The whole file, in any encoding that it declares or that can be told from its bytes.
    names : tuple of str
        Names of the elements to give, without prefix.
    losses : Losses
        Filled while the elements are taken: what was repaired, and text outside any record.
    inner : frozenset of str
        Those of the names that also stand inside the others, where they are no records of their own.

    Yields
    ------
    Element or Rejected
        One for each record of the file, whole or not, in order.

    Raises
    ------
    ReviewError
        The file is empty or declares entities.

    Notes
    -----
    Source: Extensible Markup Language 1.0, https://www.w3.org/TR/xml/, checked 2026-11-22.
    """
    text = _text(data, losses)
    for position, piece in enumerate(_pieces(text, names, losses, inner), 1):
        if piece.fault:
            yield Rejected(position, piece.fault, _shown(text[piece.start : piece.end]))
        else:
            yield _element(text[piece.start : piece.end], position, losses)


def parse(data: bytes, *, encoding: str | None = None) -> Element:
    """Parse a whole document strictly, without following any entity, DTD or address.

    Raises
    ------
    SyntaxError
        It is not well-formed.
    """
    from lxml import etree

    root: Element = etree.fromstring(data, _parser(encoding))
    return root


@lru_cache(maxsize=2)
def _parser(encoding: str | None) -> XMLParser:
    from lxml import etree

    return etree.XMLParser(
        encoding=encoding, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _text(data: bytes, losses: Losses) -> bytes:
    """Give the text of the file as UTF-8 with LF line ends."""
    declared = _DECLARED.match(data[:1000])
    encoding = declared[1].decode("ascii", errors="replace") if declared else ""
    if _CODED.match(encoding):
        try:
            data = data.decode(encoding).encode("utf-8")
        except (LookupError, UnicodeError):
            losses.add(f"the file says that it is {encoding} but is not, or that is not known")
    text = decode(data, losses).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for noncharacter in _NONCHARACTERS:
        text = text.replace(noncharacter, b"\xef\xbf\xbd")
    return text


class _Piece(NamedTuple):
    start: int
    end: int
    fault: str | None


def _pieces(text: bytes, names: tuple[str, ...], losses: Losses, inner: frozenset[str]) -> Iterator[_Piece]:
    """Cut the text at the tags of records; a record that lacks one of its tags is a piece with a fault."""
    opened: tuple[int, str] | None = None
    done = 0
    for name, tag in _record_tags(text, names):
        if opened and name in inner and name != opened[1]:
            continue
        if tag[1]:
            if opened and opened[1] == name:
                yield _Piece(opened[0], tag.end(), None)
            elif opened:
                continue  # the record in hand is not well-formed, which its parser will say
            else:
                yield _Piece(done, tag.end(), f"the beginning of the record is missing: </{name}> has no <{name}>")
            opened = None
        else:
            if opened:
                yield _Piece(opened[0], tag.start(), f"the record has no end: </{opened[1]}> is missing")
            else:
                _outside(text[done : tag.start()], losses)
            opened = (tag.start(), name)
            if tag[3] and tag[3].endswith(b"/"):
                yield _Piece(tag.start(), tag.end(), None)
                opened = None
        done = tag.end()
    if opened:
        yield _Piece(opened[0], len(text), f"the record has no end: the file is cut off before </{opened[1]}>")
    else:
        _outside(text[done:], losses)


def _record_tags(text: bytes, names: tuple[str, ...]) -> Iterator[tuple[str, re.Match[bytes]]]:
    """Find the tags of records, but not in comments and CDATA sections."""
    listed = "|".join(names).encode()
    pattern = re.compile(_OPENERS + rb"|<(/?)(?:[A-Za-z_][\w.-]*:)?(" + listed + rb")(\s[^<>]*|/)?>")
    unclosed: set[bytes] = set()
    at = 0
    while match := pattern.search(text, at):
        at = match.end()
        if match[2]:
            yield match[2].decode(), match
        elif match[0] == b"<!ENTITY":
            raise ReviewError(
                "the file declares XML entities of its own, through which a file can fill the memory or read other"
                " files: it is not read.",
                hint="No database exports such files. Export it again from where it came.",
            )
        elif match[0] not in unclosed:
            end = text.find(_CLOSED[match[0]], at)
            at = at if end < 0 else end
            unclosed |= {match[0]} if end < 0 else set()


def _outside(gap: bytes, losses: Losses) -> None:
    """Say that text stands outside any record; tags around records are no text."""
    if not gap.strip():
        return
    if gap.rfind(b"<!--") < gap.rfind(b"-->"):  # else the search for each end would run through the whole gap
        gap = _COMMENTS.sub(b" ", gap)
    found = tidy(_TAGS.sub(b" ", gap).strip(b" \n\t]>").decode("utf-8", errors="replace"))
    if found:
        losses.add("text outside any record was not read", f"“{found[:80]}”")


def _element(piece: bytes, position: int, losses: Losses) -> Element | Rejected:
    """Parse one record, repaired where it must be and as narrowly as possible."""
    try:
        return _parsed(piece)
    except SyntaxError as fault:
        reason = fault.msg
    better = repaired(piece, f"record {position}", losses)
    if better != piece:
        try:
            return _parsed(better)
        except SyntaxError as fault:
            reason = fault.msg
    return Rejected(position, f"the XML of the record is damaged: {tidy(reason)}", _shown(piece))


def _parsed(piece: bytes) -> Element:
    """Parse one record and take the namespaces away, whether they were declared with it, around it or not at all."""
    try:
        root = parse(piece, encoding="utf-8")
    except SyntaxError:
        prefixes = {a or b for a, b in _PREFIX.findall(piece)}
        declared = [b' xmlns:%s="urn:%s"' % (p, p) for p in sorted(prefixes) if not p.lower().startswith(b"xml")]
        if not declared or len(declared) > _MOST_PREFIXES:
            raise
        root = parse(b"<file" + b"".join(declared) + b">" + piece + b"</file>", encoding="utf-8")[0]
    if b"xmlns" in piece or root.getparent() is not None:
        for element in root.iter():
            if isinstance(element.tag, str) and "}" in element.tag:
                element.tag = element.tag.rpartition("}")[2]
    return root


def _shown(piece: bytes) -> str:
    return piece.decode("utf-8", errors="replace")


def source(element: Element) -> str:
    """Give the XML of an element again, for quarantine."""
    from lxml import etree

    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def text_of(element: Element | None) -> str | None:
    """Give all text inside, whatever markup it is cut up by (b, sup, MathML)."""
    if element is None:
        return None
    text = "".join(map(str, element.itertext())) if len(element) else element.text
    return text if text and text.isalnum() else plain(text)  # most are one word or number, with nothing to tidy


def leaves(element: Element, handled: frozenset[str]) -> list[tuple[str, str]]:
    """Give (name, text) of all that stands below an element and in no field.

    Parameters
    ----------
    handled : frozenset of str
        Paths below the element, joined by ``/``, that went into fields, with all that they hold.

    Returns
    -------
    list of (str, str)
        In the order of the file, the name with the attribute that tells one from another (``PubMedPubDate entrez``);
        an element that holds only short ones (a grant, a date) is one value.
    """
    found: list[tuple[str, str]] = []
    _gather(element, _tree(handled), found)
    return found


_Tree: TypeAlias = "dict[str, _Tree | None]"
"""Paths step by step; ``None`` is the end of one."""
_NOWHERE: _Tree = {}


@lru_cache(maxsize=128)
def _tree(paths: frozenset[str]) -> _Tree:
    heads: dict[str, set[str]] = {}
    for path in paths:
        head, _, rest = path.partition("/")
        heads.setdefault(head, set()).add(rest)
    return {head: None if "" in rests else _tree(frozenset(rests)) for head, rests in heads.items()}


def _gather(element: Element, handled: _Tree, found: list[tuple[str, str]]) -> None:
    for child in element:
        below = handled.get(child.tag, _NOWHERE)
        if below is None:
            continue
        inner = list(child)
        if not inner or (child.text or "").strip():
            text = text_of(child)
        elif any(map(len, inner)) or (below and any(below.get(e.tag, below) is None for e in inner)):
            _gather(child, below, found)
            continue
        else:
            text = "; ".join(filter(None, map(text_of, inner)))
        if text:
            kind = next((value for name in _TELLING if (value := child.get(name))), "") if child.keys() else ""
            found.append((f"{child.tag} {kind}".strip(), text))
