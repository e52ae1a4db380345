"""Agreement coefficients against published examples and sums done by hand."""

from __future__ import annotations

import pytest

from review.agreement import first_votes, fleiss_kappa, krippendorff_alpha, two_raters

YES_NO = ("yes", "no")


def pairs(both_yes: int, yes_no: int, no_yes: int, both_no: int) -> list[tuple[str, str]]:
    return [("yes", "yes")] * both_yes + [("yes", "no")] * yes_no + [("no", "yes")] * no_yes + [("no", "no")] * both_no


def test_rare_includes():
    """200 reports, 5 included by both, 4 and 3 by one, 188 by none: the paradox of kappa at low prevalence."""
    found = two_raters(pairs(5, 4, 3, 188), YES_NO)
    assert found.n == 200
    assert found.observed == pytest.approx(0.965)  # 193 / 200
    assert found.kappa == pytest.approx(0.570, abs=5e-4)  # (.965 - .9186) / (1 - .9186)
    assert found.ac1 == pytest.approx(0.962, abs=5e-4)  # chance 2 * .0425 * .9575
    assert found.pabak == pytest.approx(0.930)  # 2 * .965 - 1
    assert found.positive == pytest.approx(10 / 17)
    assert found.negative == pytest.approx(376 / 383)


def test_interval_of_kappa_by_hand():
    """20, 5, 10, 15: kappa .4; variance (.10972 + .10188 - .01) / (50 * .25), standard error .126996."""
    found = two_raters(pairs(20, 5, 10, 15), YES_NO)
    assert found.kappa == pytest.approx(0.4)
    assert found.low == pytest.approx(0.4 - 1.959964 * 0.126996, abs=1e-5)
    assert found.high == pytest.approx(0.4 + 1.959964 * 0.126996, abs=1e-5)


def test_the_interval_stays_within_what_kappa_can_be():
    few = two_raters(pairs(1, 1, 0, 1), YES_NO)  # kappa .4, far too few for a narrow interval
    assert few.high == 1.0
    assert few.low < 0


def test_a_third_category_changes_chance():
    """Two of three agree: PABAK (3 * 2/3 - 1) / 2; shares of all ratings 2/6, 3/6, 1/6 give AC1's chance 11/36."""
    found = two_raters([("yes", "yes"), ("no", "no"), ("no", "maybe")], ("yes", "no", "maybe"))
    assert found.pabak == pytest.approx(0.5)
    assert found.ac1 == pytest.approx((2 / 3 - 11 / 36) / (1 - 11 / 36))
    assert found.kappa == pytest.approx((2 / 3 - 1 / 3) / (1 - 1 / 3))  # chance (1*1 + 2*1 + 0*1) / 9


def test_undefined_is_none_and_never_zero():
    nothing = two_raters([], YES_NO)
    assert (nothing.n, nothing.observed, nothing.kappa, nothing.ac1, nothing.pabak) == (0, None, None, None, None)
    all_no = two_raters(pairs(0, 0, 0, 9), YES_NO)
    assert (all_no.kappa, all_no.low, all_no.high, all_no.positive) == (None, None, None, None)
    assert (all_no.observed, all_no.ac1, all_no.negative) == (1.0, 1.0, 1.0)


def test_a_code_outside_the_categories_is_refused():
    with pytest.raises(ValueError, match="not among the categories: perhaps"):
        two_raters([("yes", "perhaps")], YES_NO)


def test_fleiss_and_krippendorff_of_two_raters():
    same = pairs(5, 4, 3, 188)
    assert fleiss_kappa(same) == pytest.approx(0.56996, abs=5e-6)
    assert krippendorff_alpha(same) == pytest.approx(0.57103, abs=5e-6)


def test_fleiss_fourteen_raters():
    """Ten units, five codes, fourteen raters, kappa .210 (https://en.wikipedia.org/wiki/Fleiss%27_kappa)."""
    counts = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    units = [[str(code) for code, count in enumerate(unit) for _ in range(count)] for unit in counts]
    assert fleiss_kappa(units) == pytest.approx(0.210, abs=5e-4)


def test_fleiss_is_undefined_without_equal_numbers_of_ratings():
    assert fleiss_kappa([]) is None
    assert fleiss_kappa([["yes"], ["no"]]) is None
    assert fleiss_kappa([["yes", "no"], ["yes", "no", "no"]]) is None
    assert fleiss_kappa([["yes", "yes"], ["yes", "yes"]]) is None


def test_krippendorff_with_missing_ratings():
    """Four observers, twelve units, some not rated: alpha .743 (Krippendorff 2011, example C)."""
    observers = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    units = [[code for code in column if code != "."] for column in zip(*observers, strict=True)]
    assert [len(unit) for unit in units] == [3, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2, 1]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_krippendorff_undefined():
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["yes"], ["no"]]) is None
    assert krippendorff_alpha([["no", "no"], ["no", "no"]]) is None


def test_a_slip_taken_back_before_anybody_else_voted_is_forgotten():
    assert first_votes([(1, "a", "yes"), (1, "a", None)]) == {1: {}}


def test_a_vote_changed_after_the_other_came_in_stays_the_first_one():
    cast = [(1, "a", "yes"), (1, "b", "no"), (1, "a", None), (1, "a", "no")]
    assert first_votes(cast) == {1: {"a": "yes", "b": "no"}}


def test_no_interval_where_the_large_sample_variance_vanishes() -> None:
    same = two_raters([("include", "include"), ("exclude", "exclude")], ("include", "exclude"))
    assert (same.kappa, same.low, same.high) == (1.0, None, None)
    one = two_raters([("include", "exclude")], ("include", "exclude"))
    assert (one.low, one.high) == (None, None)
