"""SVG to PNG and PDF through typst, with the fonts of this folder only: the same SVG gives the same bytes anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import as_file
from typing import Any, Literal

from reports.metrics import FOLDER

PPI = 600
"""Line art: 600 dots per inch, as Wiley asks of figures."""

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
        PNG at ``ppi`` dots per inch; PDF with its text as text.
    title : str
        The document's title and the picture's alternative text.
    moment : datetime
        The time that a PDF says it was made; the log's, never the clock's.
    """
    inputs: Mapping[str, str] = {"svg": svg, "title": title}
    result = _compiler().compile(
        input=_PAGE, format=format, ppi=ppi, sys_inputs=dict(inputs), timestamp=moment.replace(microsecond=0)
    )
    return bytes(result[0] if isinstance(result, list) else result)


@cache
def _compiler() -> Any:
    import typst

    with as_file(FOLDER) as folder:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
        return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
