"""Repair one record of XML that is not well-formed, as narrowly as possible; each kind of repair is said as a loss."""

from __future__ import annotations

import html
import re
from html.entities import html5

from review.formats.losses import Losses

_SUSPECT = re.compile(
    rb"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)|&(#[xX]?[0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,30});|&|<(?![A-Za-z_:/!?])",
    re.DOTALL,
)
_KEPT = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"))
_PREDEFINED = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


def repaired(piece: bytes, place: str, losses: Losses) -> bytes:
    """Write what XML does not allow as what was meant; comments and CDATA sections stay as they are.

    Parameters
    ----------
    piece : bytes
        One record in UTF-8, without control characters.
    place : str
        Which record it is, for the losses.

    Notes
    -----
    Source: Extensible Markup Language 1.0, sections 2.2 and 4.1, https://www.w3.org/TR/xml/, checked 2026-11-22.
    """
    if any(piece.rfind(start) > piece.rfind(end) for start, end in _KEPT):  # never closed: no repair finds its end
        return piece

    def repair(found: re.Match[bytes]) -> bytes:
        kept, name = found[1], found[2]
        if kept or (name in _PREDEFINED):
            return found[0]
        if name and name.startswith(b"#"):
            if _allowed(name.decode()):
                return found[0]
            losses.add("a reference to a character that XML forbids was replaced by a space", place)
            return b" "
        if name and (meant := html5.get(name.decode() + ";")):
            losses.add("a named character of HTML was read as the character that it stands for", place)
            return html.escape(meant).encode()
        losses.add("a bare & or < was read as that character", place)
        return html.escape(found[0].decode()).encode()

    return _SUSPECT.sub(repair, piece)


def _allowed(reference: str) -> bool:
    """Whether a numeric reference (``#160``, ``#xA0``) stands for a character that XML knows."""
    try:
        code = int(reference[2:], 16) if reference[1] in "xX" else int(reference[1:])
    except ValueError:
        return False
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
