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
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"
_TO_SPACE = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_BREAKS = tuple(c.encode() for c in "\x85\u2028\u2029")
"""Line ends that stand inside values (next line, line and paragraph separator): they become spaces."""
_NON_ASCII = re.compile("[^\x00-\x7f]+")
_CHUNK = 1 << 20


def decode(data: bytes, losses: Losses) -> bytes:
    """Give the text of a file as UTF-8 bytes without marks and control characters.

    UTF-8 with or without byte order mark and UTF-16 with one are recognised; anything else is read as Windows-1252,
    which is said as a loss, and so are control characters, which become spaces.

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


def _to_utf8(data: bytes, losses: Losses) -> bytes:
    if data.startswith(_UTF16):
        try:
            return data.decode("utf-16").encode("utf-8")
        except UnicodeError:
            losses.add("the file says that it is UTF-16 but is damaged: what could not be read became \ufffd")
            return data.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    if _is_utf8(data):
        return data
    return _damaged(data, losses)


def _damaged(data: bytes, losses: Losses) -> bytes:
    """Choose between UTF-8 with a few broken characters (a file cut or joined by bytes) and Windows-1252."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if sum(len(run) for run in _NON_ASCII.findall(text)) >= 2 * broken:
        losses.add(f"broken UTF-8 characters became \ufffd, {broken} in all")
        return text.encode("utf-8")
    losses.add("the file is not UTF-8: it was read as Windows-1252, so check accented letters")
    return data.decode("cp1252", errors="replace").encode("utf-8")


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
