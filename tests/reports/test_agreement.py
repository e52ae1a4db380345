"""The table of agreement: which figures apply to what, and what is said where nobody can be compared."""

from __future__ import annotations

from reports.agreement import agreement
from review.agreement import Rated, TwoRaters, two_raters

PARADOX = [("y", "y")] * 5 + [("y", "n")] * 4 + [("n", "y")] * 3 + [("n", "n")] * 188
"""Nearly all agree, and kappa is middling: values of irrCAC, to three places 0.965, 0.570, 0.962 and 0.930."""


def test_each_kind_of_answer_has_the_figures_that_apply_to_it() -> None:
    votes = Rated("Screening", "Ann and Ben", "votes", two_raters(PARADOX, ("y", "n")))
    codes = Rated("Extraction", "Design", "codes", two_raters([("a", "a")] * 3, ("a", "b", "c")))
    text = Rated("Extraction", "Aim", "text", TwoRaters(4, 0.75, *[None] * 7))
    (one,) = agreement([votes, codes, text, Rated("Appraisal", "", why="nothing to compare yet")])
    assert [row[2:] for row in one.rows] == [
        ("200", "96.5%", "58.8%", "98.2%", "0.57 (0.28 to 0.86)", "0.96", "0.93"),
        ("3", "100.0%", "–", "–", "not defined", "1.00", "1.00"),
        ("4", "75.0%", "–", "–", "–", "–", "–"),
        ("", "", "", "", "", "", ""),
    ]
    assert one.rows[3][1] == "nothing to compare yet"


def test_one_person_has_no_agreement_and_no_figures() -> None:
    (one,) = agreement([Rated("Screening", "", why="not applicable: one person")])
    assert (one.columns, one.rows) == (("Step", "Agreement"), (("Screening", "not applicable: one person"),))
    assert agreement([]) == ()
