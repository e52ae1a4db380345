"""Papers as numbers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")

from screening.ranking import reading
from screening.ranking.reading import Paper, Reading

PAPERS = [
    Paper("Cold rivers", "Rivers are cold. Rivers flow.", ("cold water",)),
    Paper("Warm lakes", "Lakes are warm; rivers are not.", ("water",)),
    Paper("Warm lakes", None),
]


def terms(made: Reading, row: int) -> set[str]:
    """Name the terms of a paper's whole text."""
    columns = made.matrix.indices[made.matrix.indptr[row] : made.matrix.indptr[row + 1]]
    return {made.term(column) for column in columns if column < made.titles}


def test_words_and_pairs_that_two_papers_share_have_a_column() -> None:
    made = Reading(PAPERS, "")
    assert terms(made, 0) == {"rivers", "are", "rivers are", "water"}
    assert terms(made, 1) == {"warm", "lakes", "warm lakes", "rivers", "are", "rivers are", "water"}


def test_no_pair_spans_title_abstract_and_keywords() -> None:
    papers = [Paper("heart", "attack", ("cold", "water"))] * 2
    assert terms(Reading([*papers, Paper("x y", None)], ""), 0) == {"heart", "attack", "cold", "water"}


def test_a_title_has_columns_of_its_own() -> None:
    made = Reading(PAPERS, "")
    row = made.matrix[[2]].toarray()[0]
    assert {made.term(column) for column in np.flatnonzero(row[made.titles :]) + made.titles} == {
        "warm", "lakes", "warm lakes",
    }  # fmt: skip
    assert np.linalg.norm(row[made.titles :]) == pytest.approx(reading.TITLE)


def test_what_nearly_every_paper_says_has_no_column() -> None:
    made = Reading([Paper(f"background {word}", None) for word in ("a1", "b2", "c3") * 10], "")
    assert "background" not in terms(made, 0)


def test_the_question_is_a_last_row_and_counts_only_with_words_of_the_papers() -> None:
    made = Reading(PAPERS, "Are lakes warm?")
    assert made.asked and terms(made, 3) == {"are", "lakes", "warm"}
    assert not Reading(PAPERS, "zebra").asked and not Reading(PAPERS, "").asked


def test_counting_in_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Reading(PAPERS, "cold lakes").matrix
    monkeypatch.setattr(reading, "BLOCK", 2)
    assert (Reading(PAPERS, "cold lakes").matrix != whole).nnz == 0


def test_numbers_are_of_32_bits_as_scikit_learn_wants_them() -> None:
    matrix = Reading(PAPERS, "").matrix
    assert (matrix.dtype, matrix.indices.dtype, matrix.indptr.dtype) == (np.float32, np.int32, np.int32)
