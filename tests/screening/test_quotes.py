"""Quotes: what is kept of a passage, where it is found again, whose it is; on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import papers
import pytest

from review.errors import DecisionError
from review.passages import mend
from review.store.events import read_events
from review.store.verify import verify
from screening import page_rows, quotes, reading
from screening.quotes import Kept

if TYPE_CHECKING:
    from tests.screening.conftest import Panel

STAGE = "full-text"


@pytest.fixture
def paper(solo: Panel) -> str:
    """Give the hash of a PDF with text that report 1 has at full text."""
    solo.vote(solo.ann, 1, "include")
    return papers.add(solo.store, solo.ann, 1, b"%PDF-1.7 made up", pages=papers.numbered())


def held(panel: Panel, person: str | None = None) -> tuple[Kept, ...]:
    with panel.store.read() as connection:
        return reading.of_each(connection, person or panel.ann.person, (1,))[1].quotes


def events(panel: Panel) -> int:
    with panel.store.read() as connection:
        return len(list(read_events(connection, "quote")))


def test_a_quote_is_kept_once_changed_and_taken_away(solo: Panel, paper: str) -> None:
    passage = {"key": "k1", "report": 1, "page": " 2 ", "text": "A peer sup-\nport group  met every\nmonth."}
    kept = quotes.keep(solo.store, solo.ann, **passage)  # type: ignore[arg-type]
    assert (kept.text, kept.page, kept.file) == ("A peer support group met every month.", "2", paper)
    quotes.keep(solo.store, solo.ann, **passage)  # type: ignore[arg-type]
    assert events(solo) == 1
    quotes.keep(solo.store, solo.ann, key="k2", report=1, page="1", text="Doctors are tired", note=" Why\n")
    quotes.keep(solo.store, solo.ann, key="k1", report=1, page="2", text="It never met.", file=paper)
    assert [(one.quote.key, one.place, one.stands) for one in held(solo)] == [
        ("k2", "page 1", "yes"), ("k1", "page 2", "no"),
    ]  # fmt: skip
    assert held(solo)[0].quote.note == "Why"
    assert quotes.remove(solo.store, solo.ann, key="k1") == 1
    assert quotes.remove(solo.store, solo.ann, key="k1") is None
    assert [one.quote.key for one in held(solo)] == ["k2"]
    with solo.store.read() as connection:
        verify(connection)


def test_each_sees_and_changes_the_own_quotes_only(solo: Panel, paper: str) -> None:
    quotes.keep(solo.store, solo.ann, key="k", report=1, page="1", text="Doctors are tired")
    assert held(solo, solo.ben.person) == ()
    with pytest.raises(DecisionError, match="another person's"):
        quotes.keep(solo.store, solo.ben, key="k", report=1, page="1", text="Mine now")
    with pytest.raises(DecisionError, match="another person's"):
        quotes.remove(solo.store, solo.ben, key="k")


def test_what_cannot_be_kept_is_refused_with_a_sentence(solo: Panel, paper: str) -> None:
    for change, sentence in (
        ({"text": " \n"}, "the quote is empty"), ({"text": "x" * 4001}, "at most 4,000 characters; this one has 4,001"),
        ({"page": " "}, "no page was given"), ({"file": "f" * 64}, "no file of report 1"),
        ({"report": 2}, "not at full text"), ({"report": 99}, "not at full text"), ({"key": ""}, "without its key"),
        ({"note": "n" * 2001}, "2,000 characters"),
    ):  # fmt: skip
        asked = {"key": "k", "report": 1, "page": "1", "text": "Doctors are tired"} | change
        with pytest.raises(DecisionError, match=sentence):
            quotes.keep(solo.store, solo.ann, **asked)  # type: ignore[arg-type]
    assert events(solo) == 0


def test_files_and_quotes_of_a_merged_copy_come_along(solo: Panel, paper: str) -> None:
    solo.vote(solo.ann, 2, "include")
    other = papers.add(solo.store, solo.ben, 2, papers.JATS.encode(), kind="jats", pages=(("Methods", "We asked"),))
    quotes.keep(solo.store, solo.ann, key="k", report=2, page="Methods", text="We asked mentors")
    solo.merge(1, 2)
    with solo.store.read() as connection:
        assert [file.sha256 for file in page_rows.files(connection, (1,))[1]] == [paper, other]
    assert [(one.quote.report, one.place, one.stands) for one in held(solo)] == [(1, "Methods", "no")]


@pytest.mark.parametrize(
    ("written", "told", "kept"),
    [("long-\nterm care", "", "longterm care"), ("long-\nterm care", "of long-term care", "long-term care"),
     ("COVID-\n19", "", "COVID-19"), ("Mann-\r\nWhitney", "", "Mann-Whitney"), ("soft\u00ad\nware", "", "software"),
     ("3-\nfold", "", "3-fold"), ("a - \nb", "", "a - b"), ("half \ud800", "", "half ?")],
)  # fmt: skip
def test_words_broken_at_the_end_of_a_line_are_mended(written: str, told: str, kept: str) -> None:
    assert mend(written, told) == kept
