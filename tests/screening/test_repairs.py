"""Repairs on both databases: what is kept of a text, what is shown then, who gave it, and how it is taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import DecisionError
from review.store import append
from review.store.chosen import REPAIRABLE
from review.store.verify import verify
from review.text import plain
from screening import exchange_rows, repairs, worklist
from screening.repairs import cleaned

PASTED = """Background
We asked doctors about mentoring in a survey that was sent by post twice and
answered by 12 of them. CO<sub>2</sub> was not measured.

METHODS: We asked for inter-
views where p<0.05 &amp; a <b or c> d."""


def now(panel, report):
    with panel.store.read() as connection:
        verify(connection)
        return repairs.of(connection, report)


def test_a_pasted_abstract_keeps_its_words_and_paragraphs():
    assert cleaned("abstract", PASTED) == (
        "Background\n"
        "We asked doctors about mentoring in a survey that was sent by post twice and answered by 12 of them."
        " CO2 was not measured.\n"
        "METHODS: We asked for inter-views where p<0.05 & a < b or c> d."
    )


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("title", "A  title\nin two\tlines\x00", "A title in two lines"),
        ("title", "<script>alert(1)</script> & <b>bold</b>", "< script>alert(1)< /script> & bold"),
        ("authors", "Oak, Ann\n\n Elm,  B. \n", "Oak, Ann\nElm, B."),
        ("date", " 2014-05 ", "2014-05"),
        ("language", "German", "ger"),
        ("language", "tgl", "tgl"),
        ("doi", "https://doi.org/10.5555/ABC", "10.5555/abc"),
        ("title", "half \ud800 a pair", "half ? a pair"),
    ],
)
def test_what_is_kept_of_a_text(field, text, kept):
    assert cleaned(field, text) == kept


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("title", " \n ", "the title is empty"),
        ("pages", "1", "'pages' is no field that can be repaired"),
        ("date", "2014-13", "'2014-13' is no date"),
        ("date", "May 2014", "'May 2014' is no date"),
        ("date", "2014-02-30", "is no date"),
        ("language", "Klingon", "'Klingon' is no language"),
        ("doi", "n/a", "holds no DOI"),
        ("doi", "10.5555/a 10.5555/b", "holds several DOIs"),
        ("journal", "x" * 2_001, "more than 2,000 characters"),
        ("abstract", "x" * 50_001, "more than 50,000 characters"),
    ],
)
def test_what_cannot_be_of_a_field_is_refused(field, text, message):
    with pytest.raises(DecisionError, match=message):
        cleaned(field, text)


@given(st.sampled_from(["title", "abstract", "keywords"]), st.text(st.sampled_from("ab <>/=\"'&;.\n-é"), min_size=1))
def test_nothing_is_lost_and_nothing_grows_by_cleaning_and_showing(field, text):
    try:
        kept = cleaned(field, text)
    except DecisionError:
        return
    for line in kept.split("\n"):
        assert plain(line) == line, "what is kept is shown as it is"
    assert kept.count("é") == text.count("é"), "the other letters may be markup"


def test_a_missing_abstract_is_given_shown_and_taken_back(solo):
    put = {"report": 3, "field": "abstract", "text": "We looked.\nWe saw.", "source": "the publisher’s page"}
    made = repairs.put(solo.store, solo.ann, **put)
    assert (made.person, made.before, made.source) == ("Ann", None, "the publisher’s page")
    assert repairs.put(solo.store, solo.ben, **put) == made, "the same again changes nothing"
    with solo.store.read() as connection:
        assert worklist.show(connection, 3, solo.ben.person, "title-abstract").record.abstract == put["text"]
        assert exchange_rows.whole(connection)[3].abstract == put["text"]
        fields = {one.name: one for one in repairs.fields(connection, 3)}
    assert (fields["abstract"].text, fields["abstract"].record, fields["abstract"].said[0][2]) == (
        put["text"], None, None,
    )  # fmt: skip
    assert (fields["title"].text, fields["title"].record, fields["title"].repair) == ("Synthetic report 3", 3, None)
    second = repairs.put(solo.store, solo.ben, **{**put, "text": "We looked twice."})
    assert (second.person, second.before, now(solo, 3)) == ("Ben", None, (second,))
    repairs.take_back(solo.store, solo.ann, report=3, field="abstract")
    assert now(solo, 3) == ()
    with solo.store.read() as connection:
        assert worklist.show(connection, 3, solo.ben.person, "title-abstract").record.abstract is None
        told = [(one.person, one.text) for one in repairs.past(connection, 3)]
    assert told == [("Ann", None), ("Ben", "We looked twice."), ("Ann", put["text"])]
    with pytest.raises(DecisionError, match="the abstract of report 3 is not repaired"):
        repairs.take_back(solo.store, solo.ann, report=3, field="abstract")


def test_a_repair_needs_a_source_and_something_to_repair(solo):
    for wrong, message in (
        ({"source": " "}, "not said where"), ({"source": "x" * 501}, "at most 500"), ({"report": 99}, "no report 99"),
        ({"text": "Synthetic report 1"}, "shows this already"),
    ):  # fmt: skip
        with pytest.raises(DecisionError, match=message):
            repairs.put(solo.store, solo.ann, **{"report": 1, "field": "title", "text": "T", "source": "PDF"} | wrong)
    assert now(solo, 1) == ()


def test_a_repair_holds_for_the_whole_that_a_report_was_merged_into(solo):
    repairs.put(solo.store, solo.ann, report=2, field="authors", text="Oak, Ann\nElm, B", source="PDF")
    solo.merge(1, 2)
    (made,) = now(solo, 1)
    assert (made.report, made.text, made.before) == (1, "Oak, Ann\nElm, B", "Maker, A1")
    append(solo.store, solo.ann, "value", {"report": 1, "field": "title", "record": 2})
    with solo.store.read() as connection:
        assert repairs.all_repairs(connection) == [made], "choosing a record is no repair"
        assert repairs.root_of(connection, 2) == 1
    repairs.take_back(solo.store, solo.ben, report=2, field="authors")
    assert now(solo, 1) == ()


def test_hidden_fields_are_no_part_of_the_page_and_a_known_doi_is_told(solo):
    with solo.store.read() as connection:
        names = [one.name for one in repairs.fields(connection, 1, ("authors", "year"))]
        assert names == [one for one in REPAIRABLE if one not in ("authors", "date")]
        assert repairs.of_the_same_doi(connection, 1, "10.5555/2") == [2]
        assert repairs.of_the_same_doi(connection, 1, "10.5555/1") == []
