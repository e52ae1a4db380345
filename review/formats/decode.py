"""From the bytes of a file to clean text: which encoding, which line ends, which characters cannot stay.

Knows encodings only; what the lines mean is the readers' business. Text is kept as UTF-8 bytes until it is read line
by line, so that a large file is never held as one more copy.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

from review.errors import ReviewError
from review.formats.losses import Losses

_UTF8 = codecs.BOM_UTF8
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
"""Byte order marks; that of UTF-32 begins like that of UTF-16."""
_ZEROS = {".000": "utf-32-le", "000.": "utf-32-be", ".0.0": "utf-16-le", "0.0.": "utf-16-be"}
"""Where zero bytes stand in each four bytes of a text that is mostly Latin: ``0`` in most, ``.`` in few."""
_SAMPLE = 4_096
_FIRST = 16
"""Bytes that are looked at, and those that must say the same: a text in which NULs begin later is damaged."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"
_TO_SPACE = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_BREAKS = tuple(c.encode() for c in "\x85\u2028\u2029")
"""Line ends that stand inside values (next line, line and paragraph separator): they become spaces."""
_NON_ASCII = re.compile("[^\x00-\x7f]+")
_CHUNK = 1 << 20


def decode(data: bytes, losses: Losses) -> bytes:
    """Give the text of a file as UTF-8 bytes without marks and control characters.

    UTF-8, UTF-16 and UTF-32 are recognised with and without a byte order mark; anything else is read as Windows-1252,
    which is said as a loss, and so are control characters, which become spaces. A file that was put together from
    parts in UTF-8 and in Windows-1252 is read line by line.

    Raises
    ------
    ReviewError
        The file is empty.

    Notes
    -----
    Source: Encoding Standard, windows-1252 with its five free bytes, https://encoding.spec.whatwg.org/#windows-1252,
    checked 2026-11-22.
    """
    text = _to_utf8(data, losses)
    if not text[:_CHUNK].strip() and not text.strip():
        raise ReviewError("The file is empty: there is nothing to read.", hint="Export it again.")
    controls = len(text) - len(text.translate(None, _CONTROLS))
    if controls:
        text = text.translate(_TO_SPACE)
        losses.add(f"control characters (such as NUL) were replaced by spaces, {controls} in all")
    for mark in _BREAKS:
        text = text.replace(mark, b" ")
    return text.replace(_UTF8, b"")


def lines(text: bytes) -> Iterator[str]:
    """Give the lines of clean text one by one, each with ``\\n`` at its end; LF, CR LF and CR all end a line."""
    return io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline=None)


def wide(data: bytes) -> str | None:
    """Give the encoding of a text in UTF-16 or UTF-32, told from its mark or from where its zero bytes stand.

    >>> wide("Title".encode("utf-16")), wide("Title".encode("utf-16-le")), wide(b"Title"), wide(b"a\\0b c d")
    ('utf-16', 'utf-16-le', None, None)
    """
    marked = next((encoding for mark, encoding in _MARKED if data.startswith(mark)), None)
    if marked or b"\0" not in data[:_SAMPLE]:
        return marked
    told = _ZEROS.get(_zeros(data[:_SAMPLE]))
    return told if told and _ZEROS.get(_zeros(data[:_FIRST])) == told else None


def _zeros(sample: bytes) -> str:
    """Say for each of four places whether most of its bytes are zero (``0``), few (``.``) or some (``?``)."""
    parts = [sample[i::4] for i in range(4)] if len(sample) >= 4 else []
    shares = [part.count(0) / len(part) for part in parts]
    return "".join("0" if share > 0.5 else "." if share <= 0.1 else "?" for share in shares)


def _to_utf8(data: bytes, losses: Losses) -> bytes:
    if encoding := wide(data):
        try:
            return data.decode(encoding).encode("utf-8")
        except UnicodeError:
            name = encoding[:6].upper()
            losses.add(f"the file is {name} but is damaged: what could not be read became \ufffd")
            return data.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    if _is_utf8(data):
        return data
    return _damaged(data, losses)


def _damaged(data: bytes, losses: Losses) -> bytes:
    """Choose between UTF-8 with a few broken characters (a file cut or joined by bytes) and Windows-1252.

    Where both are there, a line without any whole character of UTF-8 is Windows-1252, if there are several.
    """
    text = data.decode("utf-8", errors="replace")
    if sum(len(run) for run in _NON_ASCII.findall(text)) < 2 * text.count("\ufffd"):
        losses.add("the file is not UTF-8: it was read as Windows-1252, so check accented letters")
        return data.decode("cp1252", errors="replace").encode("utf-8")
    parts = [_line(part) for part in data.split(b"\n")]
    foreign = sum(part is None for part in parts)
    if foreign >= _SEVERAL:
        losses.add(f"the file is UTF-8 but {foreign} lines are not: they were read as Windows-1252, so check them")
        lines = zip(data.split(b"\n"), parts, strict=True)
        text = "\n".join(part if part is not None else raw.decode("cp1252", errors="replace") for raw, part in lines)
    if broken := text.count("\ufffd"):
        losses.add(f"broken UTF-8 characters became \ufffd, {broken} in all")
    return text.encode("utf-8")


_SEVERAL = 3


def _line(raw: bytes) -> str | None:
    """Read a line as UTF-8, broken characters replaced; ``None`` when no character beyond ASCII is whole."""
    text = raw.decode("utf-8", errors="replace")
    runs = "".join(_NON_ASCII.findall(text)) if "\ufffd" in text else ""
    return None if runs and not runs.strip("\ufffd") else text


def _is_utf8(data: bytes) -> bool:
    """Check chunk by chunk, so that no decoded copy of a large file is made."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(view[start : start + _CHUNK], False)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True
