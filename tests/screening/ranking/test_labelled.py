"""Which column of a file says what was relevant, and what its words mean."""

from __future__ import annotations

import pytest

from review.errors import ReviewError
from review.formats import read
from screening.ranking.labelled import Labelled, labelled


def of(text: str, column: str | None = None, name: str = "x.csv") -> Labelled:
    return labelled(read(text.encode(), name=name), name, column)


@pytest.mark.parametrize(
    "header", ["label", "included", "label_included", "asreview_label", "Final decision", "Label Included", "relevant"]
)
def test_the_usual_names_are_known(header: str) -> None:
    found = of(f"record_id,title,{header}\nr1,One,1\nr2,Two,0\n")
    assert (found.labels, found.ids, found.column) == ((True, False), ("r1", "r2"), f"the column {header}")
    assert found.notes == ()


@pytest.mark.parametrize(("yes", "no"), [("1.0", "0.0"), ("Include", "Exclude"), ("yes", "NO"), ("TRUE", "False")])
def test_the_usual_words_are_known(yes: str, no: str) -> None:
    assert of(f"title,label\nOne,{yes}\nTwo,{no}\n").labels == (True, False)


def test_what_was_decided_last_is_taken_and_the_other_column_named() -> None:
    text = "title,label_abstract,label_included\nOne,1,1\nTwo,1,0\nThree,0,0\n"
    assert of(text).labels == (True, False, False)
    assert of(text).notes == ("labels also stand in label_abstract: --label says which to take",)
    other = of(text, "Label_Abstract")
    assert (other.labels, other.notes) == ((True, True, False), ())


def test_records_without_a_label_are_left_out_and_counted() -> None:
    found = of("record_id,title,included\nr1,One,1\nr2,Two,\nr3,Three,-1\nr4,Four,NA\nr5,Five,0\n")
    assert (found.ids, found.unlabelled) == (("r1", "r5"), 3)


def test_rows_that_are_no_record_are_counted_and_numbers_stay_those_of_the_file() -> None:
    found = of("title,year,label\nOne,2001,1\n,2002,0\nThree,2003,0\n")
    assert (found.ids, found.rejected) == (("1", "3"), 1)
    with pytest.raises(ReviewError, match=r"x\.csv: row 4 \(Three\) has the label 'maybe'"):
        of("title,year,label\nOne,2001,1\n,2002,0\nThree,2003,maybe\n")


def test_labels_of_asreview_stand_in_the_notes_of_ris() -> None:
    notes = ("ASReview_relevant", "ASReview_irrelevant", "ASReview_not_seen", "a note of mine")
    text = "".join(f"TY  - JOUR\nTI  - Paper {n}\nN1  - {note}\nER  - \n" for n, note in enumerate(notes))
    found = of(text, name="x.ris")
    assert (found.labels, found.unlabelled, found.column) == ((True, False), 2, "the notes of ASReview")


def test_one_id_twice_is_said() -> None:
    found = of("record_id,title,label\nr1,One,1\nr1,Two,0\n")
    assert "1 id (r1) on more than one record" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("title,mood\nOne,1\n", None, "there is no column of labels; columns that are no field of a record: mood"),
        ("title,mood\nOne,1\n", "label", "there is no column 'label' with text in it"),
        ("title,label\nOne,0\nTwo,0\n", None, "of its 2 labelled records none is relevant"),
        ("title,label\nOne,1\n", None, "of its 1 labelled record none is irrelevant"),
        ("title,label,x\nOne,,1\n", None, "no column of labels"),
    ],
)
def test_what_cannot_be_simulated_is_said(text: str, column: str | None, message: str) -> None:
    with pytest.raises(ReviewError, match=message):
        of(text, column)
