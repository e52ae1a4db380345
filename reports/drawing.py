"""SVG to PNG and PDF through typst: the same SVG gives the same bytes anywhere.

Only the fonts of this folder, and those inside typst for the letters that these lack (Arabic): none of the machine's.
"""

from __future__ import annotations

import re
import struct
import threading
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import as_file
from typing import Any, Literal

from reports.metrics import FOLDER
from review.errors import ReviewError

PPI = 600
"""Line art: 600 dots per inch, as Wiley asks of figures; Dove asks 1200."""
MOST_DOTS = 200_000_000
"""Of one picture: drawing takes 12 bytes a dot (2.4 GB; measured with typst 0.15)."""
_SIZE = re.compile(r'<svg [^>]*\bwidth="([0-9.]+)" height="([0-9.]+)"')

_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt)
#set document(title: sys.inputs.title)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.title)
"""


def drawn(svg: str, format: Literal["png", "pdf"], *, title: str, moment: datetime, ppi: int = PPI) -> bytes:
    """Draw an SVG.

    Parameters
    ----------
    svg : str
        The drawing; sizes are in CSS pixels.
    format : "png" or "pdf"
        PNG at ``ppi`` dots per inch, which it says of itself; PDF with its text as text.
    title : str
        The document's title and the picture's alternative text.
    moment : datetime
        The time that a PDF says it was made; the log's, never the clock's.

    Raises
    ------
    ReviewError
        A PNG would have more than ``MOST_DOTS``.
    """
    if format == "png":
        _drawable(svg, title, ppi)
    inputs: Mapping[str, str] = {"svg": svg, "title": title}
    result = _compiler().compile(
        input=_PAGE, format=format, ppi=ppi, sys_inputs=dict(inputs), timestamp=moment.replace(microsecond=0)
    )
    data = bytes(result[0] if isinstance(result, list) else result)
    if format == "pdf":
        return data
    _forget()
    return _measured(data, ppi)


def _forget() -> None:
    """Have typst drop the dots that it keeps for ten compilations more: 93 MB for a page of A4 at 600 dots per inch.

    Measured with typst 0.15: 24 such pages take 1.24 GB without this, 0.45 GB with it, in the same time.
    """
    for _ in range(11):
        _compiler().compile(input=b"", format="pdf")


def _drawable(svg: str, title: str, ppi: int) -> None:
    size = _SIZE.search(svg)
    wide, high = (round(float(side) / 96 * ppi) for side in (size.groups() if size else (0, 0)))
    if wide * high > MOST_DOTS:
        raise ReviewError(
            f"'{title}' at {ppi} dots per inch would have {wide:,} x {high:,} dots: more than most machines can draw",
            hint="choose a lower --dpi, or hand in the PDF, which is sharp at any size",
        )


def _measured(png: bytes, ppi: int) -> bytes:
    """Say in a PNG how large it is on paper, so that Word and journals see its size: typst 0.15 leaves that out.

    Source: https://www.w3.org/TR/png-3/#11pHYs, checked 2026-11-22: dots per metre, after IHDR and before IDAT.
    """
    after_header = 8 + 12 + 13
    if b"pHYs" in png[: after_header + 64]:
        return png
    said = b"pHYs" + struct.pack(">IIB", *(round(ppi / 0.0254),) * 2, 1)
    chunk = struct.pack(">I", 9) + said + struct.pack(">I", zlib.crc32(said))
    return png[:after_header] + chunk + png[after_header:]


def _compiler() -> Any:
    """Give this thread's compiler: one cannot serve two at a time."""
    return _compiler_of(threading.get_ident())


@cache
def _compiler_of(_thread: int) -> Any:
    import typst

    with as_file(FOLDER) as folder:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])
        return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
