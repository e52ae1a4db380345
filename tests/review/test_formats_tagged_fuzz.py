"""Damaged tagged files: whatever is cut, flipped, doubled or put in, a reading or a ReviewError comes out, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import formats
from review.errors import ReviewError
from review.record import Reading

FORMATS = ["wos-tagged", "ovid-tagged", "endnote-refer", "refworks", "medline", "ris", None]
DATA = Path(__file__).parents[1] / "data" / "formats"
NAMES = ("web_of_science.ciw", "endnote.enw", "refworks.txt", "ovid_names.txt", "ovid_letters.txt", "pubmed.nbib")
SEEDS = [(DATA / name).read_bytes() for name in NAMES]
NASTY = [
    b"\0",
    b"\x1a",
    b"\x1c\x1d",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b"\n   ",
    b"\nER",
    b"\nEF\n",
    b"\n%0\n",
]
NASTY += [
    b"\n<1>\n",
    b"\nPT J\n",
    b"\nRT \n",
    b"\nAU  - ",
    b"\nPMID- 1\n",
    "\u2028".encode(),
    b"[" * 50,
    b"1" * 50,
    b";;, ,",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Take a small valid file and cut, overwrite, double or add to it at a few places."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 200)))
        part = data[start:end]
        new = draw(
            st.sampled_from([b"", part + part, part[::-1], *NASTY])
            | st.binary(max_size=6)
            | st.just(bytes(b ^ 0x80 for b in part))
        )
        data = data[:start] + new + data[end:]
    return data


def consistent(reading: Reading) -> None:
    """What was read can be written and read again, and an empty reading says so."""
    assert reading.records or reading.rejected or reading.losses
    for format in ("ris", "medline"):
        data = formats.write(reading.records, format)
        assert not reading.records or len(formats.read(data, name="x", format=format).records) <= len(reading.records)


@given(damaged(), st.sampled_from(FORMATS))
def test_no_damage_crashes_a_reader(data: bytes, format: str | None) -> None:
    try:
        reading = formats.read(data, name="x.txt", format=format)
    except ReviewError:
        return
    consistent(reading)


@pytest.mark.parametrize("format", FORMATS[:-1])
@pytest.mark.parametrize(
    "value",
    ["1" * 50_000 + "x", "[" * 50_000, "a. " * 20_000, "A, B; " * 10_000, ". 1, 1111" * 60, "Oak " + "A. B " * 10_000],
)
def test_no_value_keeps_a_reader_busy(format: str, value: str) -> None:
    tags = ("TI", "AU", "SO", "PD", "PY", "T1", "A1", "%A", "%T", "%D", "DT", "PT", "KW", "DE")
    text = "\n".join(["PT J", *(f"{tag} {value}\n{tag}  - {value}" for tag in tags)])
    begun = time.process_time()
    formats.read(text.encode(), name="x", format=format)
    assert time.process_time() - begun < 20


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_every_record_of_a_cut_file_is_accounted_for(cuts: list[int]) -> None:
    """Each record keeps its PT line and any number of further lines: as many items come out as records went in."""
    lines = SEEDS[0].decode().splitlines()[3:]
    text = "FN Clarivate\n" + "".join("\n".join(["PT J", *lines[:cut], ""]) for cut in cuts)
    reading = formats.read(text.encode(), name="x.txt")
    assert len(reading.records) + len(reading.rejected) == len(cuts)
