"""PNG and PDF: as many dots as were asked for, the size on paper said, and too many dots refused."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from reports.drawing import drawn
from reports.metrics import missing
from review.cli.reports import report
from review.errors import ReviewError

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 48" width="{0}" height="{1}"><rect width="9"/></svg>'


def chunks(png: bytes) -> dict[bytes, bytes]:
    """Read the chunks of a PNG; each must have the checksum that it says."""
    found, at = {}, 8
    while at < len(png):
        (long,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + long]
        assert struct.unpack_from(">I", png, at + 8 + long)[0] == zlib.crc32(kind + data)
        found[kind] = data
        at += 12 + long
    return found


@pytest.mark.parametrize("ppi", [72, 600, 1200])
def test_png_has_the_dots_asked_for_and_says_how_large_it_is(ppi: int) -> None:
    found = chunks(drawn(SQUARE.format(96, 48), "png", title="T", moment=MOMENT, ppi=ppi))
    assert list(found)[:2] == [b"IHDR", b"pHYs"]
    assert struct.unpack(">II", found[b"IHDR"][:8]) == (ppi, ppi // 2)
    across, down, unit = struct.unpack(">IIB", found[b"pHYs"])
    assert across == down == round(ppi / 0.0254) and unit == 1


def test_more_dots_than_a_machine_can_draw_are_refused_before_drawing() -> None:
    with pytest.raises(ReviewError, match=r"'Flow' at 2400 dots per inch would have 24,000 x 12,000 dots") as refused:
        drawn(SQUARE.format("960.0", 480), "png", title="Flow", moment=MOMENT, ppi=2400)
    assert "--dpi" in refused.value.hint
    assert drawn(SQUARE.format(960, 480), "pdf", title="Flow", moment=MOMENT).startswith(b"%PDF")


def test_letters_are_drawn_but_those_that_are_said_to_be_missing() -> None:
    """A letter that no font has is the same empty square as any other."""

    def picture(letter: str) -> bytes:
        words = f'<text x="2" y="30" font-size="28" font-family="Liberation Sans">{letter}</text></svg>'
        return drawn(SQUARE.format(96, 48).replace("</svg>", words), "png", title="T", moment=MOMENT, ppi=96)

    empty = picture("\u4e2d")
    for pair in ("中文", "بم", "אב", "ßé", "жЯ", "αβ"):
        a, b = pair
        assert (picture(a) == picture(b) == empty) == (missing(pair) == pair), pair


@pytest.mark.parametrize("dpi", ["71", "2401", "fine"])
def test_dots_per_inch_out_of_range_are_refused(dpi: str) -> None:
    refused = CliRunner().invoke(report, ["--dpi", dpi])
    assert refused.exit_code == 2 and ("72<=x<=2400" in refused.output or "not a valid integer" in refused.output)
