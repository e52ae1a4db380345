"""The harvest plot: one bar per study and theme, under its direction, as high as the level or the kind of evidence."""

from __future__ import annotations

import pytest
from plot_review import (
    CODINGS,
    LEVELS,
    LIST,
    THEMES,
    bars_of,
    coded,
    judged,
    many_codings,
    material,
    rows_of,
    sound,
    studies,
    texts,
)  # fmt: skip

from reports.plots.harvest import harvest


def test_a_study_has_one_bar_per_theme_under_its_direction() -> None:
    (one,) = harvest(material(studies(4), codings=CODINGS, themes=THEMES))
    assert sorted(rows_of([one])) == sorted(f"study:{s}" for s in ("s1", "s2", "s3", "s2", "s3", "s3"))
    shown = texts(sound(one))
    assert shown[:4] == ["− Adverse", "± Both", "0 Condition", "+ Supports"]
    at = shown.index("n = 3 of 4")
    assert shown[at + 1 : at + 10] == ["n = 0", "n = 1", "M", "1", "n = 0", "n = 2", "P", "3", "2"]
    assert "by the direction of its findings, never by statistical significance" in " ".join(shown)
    assert shown[-1] == "Nothing coded: 1 study."
    assert list(harvest(material(studies(4)))) == list(harvest(material(()))) == []


def test_bars_are_as_high_as_the_teams_level_where_its_rule_gives_one_else_alike() -> None:
    given = judged(LIST, ("s1", "1", "no"), ("s1", "2", "yes"), ("s2", "1", "yes"), ("s2", "2", "yes"))
    codings = [coded(f"s{i}", "work", "+", evidence="opinion") for i in (1, 2, 3)]
    (one,) = harvest(material(studies(3), judgements=given, codings=codings, levels=LEVELS))
    assert bars_of(one) == {"study:s1": 11, "study:s2": 34, "study:s3": 4}
    assert any("Height: level of the study by the team's own rule" in text for text in texts(one))
    plain = [coded(f"s{i}", "work", "+") for i in (1, 2, 3)]
    (alike,) = harvest(material(studies(3), codings=plain))
    assert len(set(bars_of(alike).values())) == 1


def test_a_long_name_of_a_theme_stays_in_its_row() -> None:
    hostile = "<script>alert(1)</script> & \x00 \u05d3\u05d5\u05d7 =cmd() " + "x" * 400
    (one,) = harvest(material(studies(3), codings=[coded("s1", "emergent:a", "-")], themes={"emergent:a": hostile}))
    assert "<script>alert(1)" in " ".join(texts(sound(one)))


@pytest.mark.parametrize("n", [60, 300])
def test_hundreds_of_studies_stand_on_pages_of_a4_and_all_are_in_the_key(n: int) -> None:
    codings = many_codings(n)
    parts = [sound(one) for one in harvest(material(studies(n), codings=codings))]
    assert all(one.width <= 682 and one.height <= 982 for one in parts)
    assert len(rows_of(parts)) == len({(one["study"], one["component"]) for one in codings})
    last = " ".join(text for one in parts for text in texts(one))
    assert all(f"{study.label.split()[0]}" in last for study in studies(7))
