"""Agreement of screeners on their first independent votes."""

from __future__ import annotations

import pytest

from review.store import Actor
from review.store.events import enrol
from screening import decisions
from screening.reliability import reliability


def measured(panel, stage="title-abstract"):
    with panel.store.read() as connection:
        return reliability(connection, stage)


def cast(panel, ann: str, ben: str) -> None:
    """Let Ann, then Ben vote on the reports from 1 on: i, e or m each."""
    words = {"i": "include", "e": "exclude", "m": "maybe"}
    for who, letters in ((panel.ann, ann), (panel.ben, ben)):
        for report, letter in enumerate(letters, start=1):
            panel.vote(who, report, words[letter])


def test_one_screener_has_nobody_to_agree_with(solo):
    solo.vote(solo.ann, 1, "include")
    found = measured(solo)
    assert (found.screeners, found.reports, found.pairs, found.fleiss, found.alpha) == (("Ann",), 0, (), None, None)


def test_two_screeners(pair):
    cast(pair, "iieeeeeeee", "ieeeeeeee")  # the tenth report has one vote
    found = measured(pair)
    assert (found.screeners, found.reports) == (("Ann", "Ben"), 9)
    (both,) = found.pairs
    assert (both.first, both.second, both.agreement.n) == ("Ann", "Ben", 9)
    assert both.agreement.observed == pytest.approx(8 / 9)
    assert both.agreement.pabak == pytest.approx(7 / 9)  # two categories: nobody said maybe
    assert both.agreement.kappa == pytest.approx((72 - 58) / (81 - 58))  # chance (2*1 + 7*8) / 81


def test_what_was_changed_after_the_others_vote_does_not_count(pair):
    cast(pair, "ie", "ee")
    pair.vote(pair.ann, 1, "exclude")  # after Ben's exclude
    decisions.undo(pair.store, pair.protocol, pair.ann, "title-abstract")
    pair.vote(pair.ann, 1, "exclude")
    assert measured(pair).pairs[0].agreement.observed == 0.5


def test_a_slip_taken_back_at_once_does_not_count(pair):
    pair.vote(pair.ann, 1, "include")
    decisions.undo(pair.store, pair.protocol, pair.ann, "title-abstract")
    cast(pair, "ee", "ei")
    assert measured(pair).pairs[0].agreement.observed == 0.5


def test_a_maybe_is_a_category_of_its_own(pair):
    cast(pair, "ime", "iee")
    agreement = measured(pair).pairs[0].agreement
    assert agreement.observed == pytest.approx(2 / 3)
    assert agreement.pabak == pytest.approx(0.5)  # three categories: (3 * 2/3 - 1) / 2


def test_votes_on_reports_merged_later_meet(pair):
    pair.vote(pair.ann, 2, "include")
    pair.vote(pair.ben, 7, "include")
    assert measured(pair).reports == 0
    pair.merge(2, 7)
    assert measured(pair).reports == 1


def test_the_other_stage_is_left_out(pair):
    cast(pair, "i", "i")
    pair.vote(pair.ann, 1, "include", stage="full-text")
    pair.vote(pair.ben, 1, "exclude", "wrong_outcome", stage="full-text")
    assert measured(pair).pairs[0].agreement.observed == 1.0
    assert measured(pair, "full-text").pairs[0].agreement.observed == 0.0


def test_three_screeners_get_every_pair_and_a_figure_for_all(pair):
    with pair.store.write() as connection:
        cy = Actor(enrol(pair.store, connection, "Cy"), "h")
    cast(pair, "ie", "ie")
    pair.vote(cy, 1, "include")
    pair.vote(cy, 2, "include")
    found = measured(pair)
    assert [(p.first, p.second) for p in found.pairs] == [("Ann", "Ben"), ("Ann", "Cy"), ("Ben", "Cy")]
    # observed (1 + 1/3) / 2; chance (4/6)^2 + (2/6)^2
    assert found.fleiss == pytest.approx((2 / 3 - 5 / 9) / (1 - 5 / 9))
    # coincidences: 2 of 6 ratings disagree; 1 - (6 - 1) * 2 / (36 - 16 - 4)
    assert found.alpha == pytest.approx(1 - 5 * 2 / 16)
