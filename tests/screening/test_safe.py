"""The checklist of the SAFE procedure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening.safe import Counts, checklist, ready

DONE = Counts(
    total=1000, read=200, drawn=10, drawn_relevant=1, key_found=3, key_total=3, in_a_row=50, other_model=50, checked=50
)


def states(counts: Counts) -> dict[str, str]:
    return {line.code: line.state for line in checklist(counts)}


def test_every_line_is_yes_when_everything_is_done() -> None:
    lines = checklist(DONE)
    assert {line.state for line in lines} == {"yes"}
    assert [line.phase for line in lines] == [1, 2, 2, 2, 2, 3, 4]
    assert {line.source for line in lines} == {"10.1186/s13643-024-02502-7"}
    assert ready(lines)


@pytest.mark.parametrize(
    ("change", "code", "state"),
    [
        ({"drawn": 9}, "random_share", "no"),
        ({"drawn_relevant": 0}, "random_share", "no"),
        ({"drawn_relevant": 0}, "twice_estimated", "unknown"),
        ({"key_found": 2}, "key_papers", "no"),
        ({"key_found": 0, "key_total": 0}, "key_papers", "not_applicable"),
        ({"read": 199}, "twice_estimated", "no"),  # 1 in 10 drawn: 100 in all, twice that is 200
        ({"read": 99}, "tenth", "no"),
        ({"in_a_row": 49}, "in_a_row", "no"),
        ({"other_model": 49}, "other_model", "no"),
        ({"other_model": None}, "other_model", "unknown"),
        ({"checked": 49}, "checked", "no"),
        ({"checked": None}, "checked", "unknown"),
    ],
)
def test_one_short_is_not_enough(change: dict[str, int | None], code: str, state: str) -> None:
    counts = replace(DONE, **change)  # type: ignore[arg-type]  # every field is a number
    assert states(counts)[code] == state
    later = code in ("other_model", "checked")
    assert ready(checklist(counts)) == (later or state == "not_applicable")


def test_a_tenth_of_a_hundred_and_ten_is_eleven() -> None:
    assert states(replace(DONE, total=110, read=11))["tenth"] == "yes"


def test_it_says_what_there_is_and_what_is_needed() -> None:
    said = {
        line.code: (line.have, line.need) for line in checklist(replace(DONE, read=150, drawn=20, drawn_relevant=2))
    }
    assert said["random_share"] == ("20 reports drawn at random, 2 relevant", "at least 10 (1 %), one of them relevant")
    assert said["twice_estimated"] == (
        "150 reports read", "at least 200: the random share promises 100 relevant reports",
    )  # fmt: skip
