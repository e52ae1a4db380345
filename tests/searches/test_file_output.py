"""Files written in parts: the same bytes as written whole, in every format; losses are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import ReviewError
from review.formats import WRITERS, lost, write
from review.record import Record
from searches import file_output
from searches.file_output import Output

TEXT = st.text("aé; =+'\"[]{},|\\\n中😀", min_size=1, max_size=12).filter(lambda text: text.strip() == text)
RECORDS = [
    Record(title=f"Ärzte auf Insel {n}", authors=("Elm, A",), date="2004", source_id=str(n), flags=("seen",))
    for n in range(1, 6)
]


@pytest.mark.parametrize("format", WRITERS)
@pytest.mark.parametrize("records", [[], RECORDS[:1], RECORDS[:2], RECORDS[:4], RECORDS], ids=len)
def test_parts_make_the_file_that_is_written_whole(
    monkeypatch: pytest.MonkeyPatch, format: str, records: list[Record]
) -> None:
    monkeypatch.setattr(file_output, "PART", 2)
    assert b"".join(Output(records, format).parts()) == write(records, format)


@pytest.mark.parametrize("format", ["csv", "ris", "medline", "endnote-xml"])
def test_formats_of_large_files_come_in_parts(monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    monkeypatch.setattr(file_output, "PART", 2)
    assert len(list(Output(RECORDS, format).parts())) == 3


def test_losses_name_records_of_a_whole_file_and_fields_of_one_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Output(RECORDS, "medline")
    assert list(whole.parts())
    assert "MEDLINE (PubMed) has no place for all of the field “flags”: record 1, record 2, record 3 and 2 more" in (
        whole.losses
    )
    monkeypatch.setattr(file_output, "PART", 2)
    parted = Output(RECORDS, "medline")
    assert list(parted.parts())
    assert [loss for loss in parted.losses if "flags" in loss] == [
        "MEDLINE (PubMed) has no place for all of the field “flags”"
    ]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    st.lists(
        st.builds(
            Record,
            title=TEXT,
            abstract=TEXT,
            authors=st.lists(TEXT, max_size=2).map(tuple),
            notes=st.lists(TEXT, max_size=2).map(tuple),
            extra=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
        ),
        max_size=4,
    )
)
def test_csv_is_exact_and_need_not_be_read_back(records: list[Record]) -> None:
    assert lost(records, write(records, "csv"), "csv") == ()


def test_formats_that_carry_everything_lose_nothing() -> None:
    for format in ("csv", "ris", "csl-json", "bibtex", "xlsx", "endnote-xml"):
        output = Output(RECORDS, format)
        assert list(output.parts())
        assert output.losses == (), format


def test_limits_of_a_tool_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    output = Output([Record(title="Ash")] * 15_001, "covidence")
    assert len(list(output.parts())) == 1
    assert output.losses[-1].startswith("Covidence takes 15,000 records in one file")


def test_progress_counts_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_output, "PART", 2)
    said: list[tuple[int, int | None]] = []
    assert list(Output(RECORDS, "ris").parts(lambda label, done, total: said.append((done, total))))
    assert said == [(2, 5), (4, 5), (5, 5)]


def test_a_format_that_is_not_written_is_refused() -> None:
    with pytest.raises(ReviewError, match="is not written"):
        next(Output(RECORDS, "docx").parts())
