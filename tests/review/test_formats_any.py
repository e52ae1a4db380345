"""Any file: encodings, recognition, what is refused and how, and that no bytes whatever crash a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import formats
from review.errors import ReviewError
from review.formats.tools import TOOLS
from review.record import Record

DATA = Path(__file__).parents[1] / "data" / "formats"
RIS = "TY  - JOUR\nTI  - Wohlbefinden für Ärzte\nAU  - Kalén, S.\nER  - \n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unicode_and_line_ends(encoding: str, end: str) -> None:
    reading = formats.read(RIS.replace("\n", end).encode(encoding), name="x.ris")
    assert (reading.records[0].title, reading.losses) == ("Wohlbefinden für Ärzte", ())


def test_windows_1252_is_read_and_said() -> None:
    reading = formats.read(RIS.encode("cp1252"), name="x.ris")
    assert reading.records[0].authors == ("Kalén, S.",)
    assert reading.losses == ("the file is not UTF-8: it was read as Windows-1252, so check accented letters",)


def test_one_broken_character_does_not_make_the_file_windows_1252() -> None:
    reading = formats.read((RIS * 2).encode().replace("Ä".encode(), b"\xc3", 1), name="x.ris")
    assert [record.authors for record in reading.records] == [("Kalén, S.",)] * 2
    assert reading.losses == ("broken UTF-8 characters became \ufffd, 1 in all",)


def test_control_characters_are_replaced_and_counted() -> None:
    reading = formats.read(b"TY  - JOUR\nTI  - a\x00b\x07c\nER  - \n", name="x.ris")
    assert reading.records[0].title == "a b c"
    assert reading.losses == ("control characters (such as NUL) were replaced by spaces, 2 in all",)


def test_exotic_line_ends_stay_inside_the_value() -> None:
    title = formats.read("TY  - JOUR\nTI  - a\u2028b\x85AU  - c\nER  - \n".encode(), name="x.ris").records[0].title
    assert title == "a b AU - c"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "x.ris", "x.ris: the file is empty"),
        (b"\xef\xbb\xbf \r\n", "x.csv", "x.csv: the file is empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "x.ris", "x.ris: this is a web page, not a RIS file"),
        (b"just some words", "x.doc", "x.doc: the format is not recognised"),
        (
            b"<?xml version='1.0'?><html4/>",
            "x.xml",
            "this is XML of another kind, which is recognised but not read yet",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_hint(data: bytes, name: str, message: str) -> None:
    with pytest.raises(ReviewError) as caught:
        formats.read(data, name=name)
    assert message in caught.value.message and caught.value.hint


def test_a_given_format_is_not_recognised_again_but_a_web_page_is_still_refused() -> None:
    assert formats.read(b"title\nT\n", name="x.dat", format="csv").records == (Record(title="T"),)
    with pytest.raises(ReviewError, match="web page"):
        formats.read(b"<html>", name="x.dat", format="csv")


def test_an_unknown_format_is_not_written() -> None:
    with pytest.raises(ReviewError, match="not written"):
        formats.write([], "docx")


@pytest.mark.parametrize(
    ("line", "platform"),
    [
        ("DP  - EBSCOhost", "EBSCOhost"),
        ("UR  - https://www.proquest.com/docview/1", "ProQuest"),
        ("L2  - http://ovidsp.ovid.com/ovidweb.cgi?T=JS", "Ovid"),
        ("DB  - Scopus", "Scopus"),
        ("DB  - Embase", "Embase"),
        ("AN  - WOS:000444108200009", "Web of Science"),
        ("DP  - NLM", "PubMed"),
        ("Y2  - 2019/03/28/10:11:12", "Zotero"),
        ("ST  - Short\nID  - 12", "EndNote"),
        ("DB  - Something else", None),
    ],
)
def test_the_platform_is_recognised_from_what_it_leaves(line: str, platform: str | None) -> None:
    assert formats.detect(f"TY  - JOUR\n{line}\nER  - \n".encode(), "x.ris") == ("ris", platform)


def test_every_format_is_documented_and_every_writer_has_a_reader() -> None:
    assert all(reader.docs.startswith("https://") and reader.endings for reader in formats.READERS.values())
    assert set(formats.WRITERS) - set(TOOLS) <= set(formats.READERS)
    assert not set(formats.UNREAD) & set(formats.READERS)


SEEDS = [(DATA / name).read_bytes() for name in ("ebscohost.ris", "pubmed.nbib", "scopus.csv")]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 20), st.binary(max_size=8)), max_size=6),
    st.sampled_from(["ris", "medline", "csv", "xlsx", None]),
)
def test_no_bytes_crash_a_reader(seed: bytes, cuts: list[tuple[int, int, bytes]], format: str | None) -> None:
    for start, length, new in cuts:
        seed = seed[:start] + new + seed[start + length :]
    try:
        reading = formats.read(seed, name="x.txt", format=format)
    except ReviewError:
        return
    again = formats.read(formats.write(reading.records, "ris"), name="y.ris") if reading.records else reading
    assert len(again.records) == len(reading.records)
    assert reading.records or reading.rejected or reading.losses


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_every_record_of_a_cut_file_is_accounted_for(cuts: list[int]) -> None:
    """Each block keeps its TY line and any number of its lines: as many items come out as blocks went in."""
    block = "TY  - JOUR\nTI  - T\nAU  - A, B\nER  - \n"
    text = "".join("TY  - JOUR\n" + block[11 : 11 + cut] + "\n" for cut in cuts)
    reading = formats.read(text.encode(), name="x.ris")
    assert len(reading.records) + len(reading.rejected) == len(cuts)
