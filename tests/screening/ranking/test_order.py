"""The order of reading: most likely first, a share drawn at random that no vote and no new ranking moves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screening.ranking.order import RANDOM_EVERY, arranged, packed, permutation, place_of, unpacked

STAGE = "title-abstract"


def test_what_is_drawn_at_random_is_a_fixed_order_of_all_reports() -> None:
    reports = range(1, 201)
    drawn = permutation(reports, STAGE)
    assert sorted(drawn) == [*reports]
    assert drawn == permutation(reversed(reports), STAGE)
    assert drawn != permutation(reports, "full-text")
    assert [one for one in permutation(range(1, 301), STAGE) if one <= 200] == drawn, (
        "newcomers change no other's place"
    )
    assert drawn[:5] == [152, 34, 193, 163, 115], "as sha256sum and sort say of: title-abstract 152"
    first_half = sum(one <= 100 for one in drawn[:100])
    assert 35 < first_half < 65


@given(votes=st.lists(st.booleans(), min_size=60, max_size=60), every=st.integers(1, 7))
def test_however_often_it_is_made_anew_every_twentieth_read_is_the_next_of_the_permutation(
    votes: list[bool], every: int
) -> None:
    left, read, by_chance = [*range(1, 101)], 0, []
    expected = permutation(left, STAGE)
    seen: list[int] = []
    while read < 60:
        likely = sorted(left, key=lambda report: (report % (2 + sum(votes[:read])), report))  # another one each time
        places, drawn = arranged(likely, permutation(left, STAGE), read)
        assert sorted(places) == left
        for report, at_random in [*zip(places, drawn, strict=True)][:every]:
            read += 1
            assert at_random == (read % RANDOM_EVERY == 0)
            if at_random:
                by_chance.append((report, [*seen]))
            seen.append(report)
            left.remove(report)
    for report, before in by_chance:
        assert report == next(one for one in expected if one not in before)


@given(places=st.lists(st.integers(1, 2**31 - 1), unique=True, max_size=70), data=st.data())
def test_an_order_is_kept_whole(places: list[int], data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.booleans(), min_size=len(places), max_size=len(places)))
    order = unpacked(*packed(places, drawn))
    assert order.places.tolist() == places
    assert [order.drawn(place) for place in range(len(places))] == drawn
    assert order.newest == max(places, default=0)
    assert order.place(2**31) is None
    assert [order.place(one) for one in places] == [*range(len(places))]
    assert [one for _, piece in order.pieces(2, 8) for one in piece] == places
    assert [first for first, _ in order.pieces(2, 8)][:3] == [0, 2, 6][: len([*order.pieces(2, 8)])]


def test_a_newcomer_falls_anywhere() -> None:
    at = [place_of(report, STAGE, 10) for report in range(1000)]
    assert set(at) == set(range(11)), "before the first, behind the last, and in between"
