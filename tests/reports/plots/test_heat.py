"""What was coded, as a map of signs and as bars of sub-elements."""

from __future__ import annotations

import pytest
from plot_review import CODINGS, FRAMEWORK, THEMES, coded, many_codings, material, rows_of, sound, studies, texts

from reports.plots.heat import theme_map, theme_parts
from reports.synthesis import theme_matrix


def test_the_map_has_the_signs_and_the_totals_of_the_matrix() -> None:
    m = material(studies(4), codings=CODINGS, themes=THEMES)
    (one,) = theme_map(m)
    shown = texts(sound(one))
    at = shown.index("Brown 1990")
    assert shown[at : at + 10] == ["Brown 1990", "±", "Castillo and Ng 1990", "+", "0",
                                   "Fernández-Llamazares et al. 1990", "+", "−", "+", "Ito 1990"]  # fmt: skip
    totals = shown.index("+ supports")
    assert shown[totals : totals + 20] == [
        "+ supports", "2", "0", "1", "± both", "1", "0", "0", "− adverse", "0", "1", "0", "0 condition", "0", "1", "0",
        "Studies", "3", "2", "1",
    ]  # fmt: skip
    matrix = theme_matrix(m.studies, FRAMEWORK, CODINGS, THEMES)
    assert [row[1] for row in matrix.rows] == ["±", "+", "+", ""]
    assert (
        "Better work: 3 of 4 (supports 2, both 1). Better health: 2 of 4 (adverse 1, condition 1)." in one.description
    )


def test_a_name_too_long_for_a_column_stands_in_a_key() -> None:
    themes = {"emergent:a": "<script>" + "x" * 400}
    (one,) = theme_map(material(studies(3), codings=[coded("s1", "emergent:a", "-")], themes=themes))
    assert texts(sound(one))[:3] == ["1", "2", "3"]
    assert one.width <= 682


def test_sub_elements_are_counted_by_study_and_direction() -> None:
    (one,) = theme_parts(material(studies(4), codings=CODINGS, themes=THEMES))
    assert texts(sound(one))[:7] == ["Better work", "career", "+: 2", "n = 2", "Pay & money", "+: 1", "n = 1"]
    assert list(theme_parts(material(studies(4), codings=[coded("s1", "work", "+")]))) == []


@pytest.mark.parametrize("n", [12, 300])
def test_hundreds_of_studies_stand_on_pages_of_a4(n: int) -> None:
    m = material(studies(n), codings=many_codings(n))
    for make in (theme_map, theme_parts):
        assert all(one.width <= 682 and one.height <= 982 for one in map(sound, make(m)))
    assert rows_of(theme_map(m)) == [f"study:s{i}" for i in range(1, n + 1)]
