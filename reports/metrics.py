"""How wide a text is in Liberation Sans (the metrics of Arial and Helvetica), and where its lines break.

Widths are read from the two font files that the PNG and PDF are drawn with, so that a measured line is a drawn line.
Only the TrueType tables that this needs: head, hhea, hmtx, cmap format 4.
Source: https://learn.microsoft.com/en-us/typography/opentype/spec/, checked 2026-11-22.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from importlib.resources import files

FOLDER = files("reports") / "fonts"
_UNKNOWN = 0.6
"""Width, in ems, of a character that the font lacks; East Asian wide characters take a whole em."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Give the width of a line of text, in the unit of ``size``.

    >>> width("Records", 14) < width("Records", 14, bold=True)
    True
    """
    known = _advances("LiberationSans-Bold.ttf" if bold else "LiberationSans-Regular.ttf")
    return size * sum(known[code] if (code := ord(c)) in known else _guess(c) for c in text)


def wrap(text: str, room: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines no wider than ``room``: at spaces, and inside a word only when it alone is too wide.

    No-break spaces hold: ``"(n = 41)"`` written with them stays on one line.

    >>> wrap("Reports sought for retrieval", 100, 14)
    ('Reports sought', 'for retrieval')
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, room, size, bold)
        lines += whole
    return (*lines, line)


def missing(text: str) -> str:
    """Give the characters that the fonts lack, each once: in PNG and PDF they are empty boxes.

    Arabic is drawn with the DejaVu Sans Mono inside typst, whose letters are as wide as ``width`` takes them to be.

    >>> missing("Stress 中文"), missing("Ängste, תשישות")
    ('中文', '')
    """
    known = _advances("LiberationSans-Regular.ttf")
    lacking = (c for c in text if ord(c) not in known and c.isprintable() and not c.isspace())
    return "".join(dict.fromkeys(c for c in lacking if not unicodedata.name(c, "").startswith("ARABIC")))


def _pieces(word: str, room: float, size: float, bold: bool) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and width(piece + character, size, bold=bold) > room:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _guess(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else _UNKNOWN


@cache
def _advances(name: str) -> dict[int, float]:
    """Read code point -> advance width in ems from a font file."""
    font = (FOLDER / name).read_bytes()
    tables = {
        tag: offset
        for tag, _, offset, _ in (struct.unpack_from(">4sLLL", font, 12 + 16 * i) for i in range(_u16(font, 4)))
    }
    em = _u16(font, tables[b"head"] + 18)
    long = _u16(font, tables[b"hhea"] + 34)
    glyphs = _glyphs(font, tables[b"cmap"])
    return {
        code: _u16(font, tables[b"hmtx"] + 4 * min(glyph, long - 1)) / em for code, glyph in glyphs.items() if glyph
    }


def _glyphs(font: bytes, cmap: int) -> dict[int, int]:
    subtables = [struct.unpack_from(">HHL", font, cmap + 4 + 8 * i) for i in range(_u16(font, cmap + 2))]
    at = next(cmap + offset for platform, encoding, offset in subtables if (platform, encoding) == (3, 1))
    count = _u16(font, at + 6) // 2
    ends, starts = at + 14, at + 16 + 2 * count
    result: dict[int, int] = {}
    for i in range(count):
        start, end = _u16(font, starts + 2 * i), _u16(font, ends + 2 * i)
        delta, here = _u16(font, starts + 2 * (count + i)), starts + 2 * (2 * count + i)
        offset = _u16(font, here)
        for code in range(start, end + 1 if end < 0xFFFF else 0xFFFF):
            glyph = _u16(font, here + offset + 2 * (code - start)) if offset else code
            result[code] = (glyph + delta) % 65536 if glyph or not offset else 0
    return result


def _u16(font: bytes, at: int) -> int:
    value: int = struct.unpack_from(">H", font, at)[0]
    return value
