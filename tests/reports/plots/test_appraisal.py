"""Appraisal as a grid of signs and as bars: any instrument, any number of studies, what is not known never a No."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from plot_review import LEVELS, LIST, judged, material, rows_of, sound, studies, texts

from extraction import library
from reports.appraised import BEYOND, NOT_JUDGED
from reports.appraised import appraisal as tables
from reports.characteristics import NOT_SETTLED
from reports.plots.appraisal import appraisal
from reports.plots.appraisal_bars import appraisal_bars
from reports.plots.marks import marks_of
from review.forms import Final, Instrument, Item, Option

GIVEN = (
    ("s1", "1", "yes"), ("s1", "2", "no"), ("s2", "1", "cant_tell"), ("s3", "1", "not_reported"), ("s3", "2", None),
    ("s4", "1", "yes"), ("s4", "2", "yes"),
)  # fmt: skip


def filled(instrument: Instrument, n: int) -> dict[tuple[str, str, str], Final]:
    chance = random.Random(7)
    sets = sorted({item.designs for item in instrument.items if item.designs}) or [()]
    return judged(
        instrument,
        *(
            (f"s{i}", item.id, chance.choice([*(one.code for one in instrument.choices(item)), "not_reported", None]))
            for i in range(1, n + 1)
            for own in [chance.choice(sets)]
            for item in instrument.judged
            if not item.open and item.designs in ((), own)
        ),
    )


def test_each_response_has_its_letter_and_what_is_not_known_a_sign_of_its_own() -> None:
    (one,) = appraisal(material(studies(5), judgements=judged(LIST, *GIVEN)))
    assert (one.name, one.title) == ("appraisal", "Critical appraisal: Small list (2018)")
    shown = texts(sound(one))
    assert shown[:2] == ["1", "2"]
    assert shown[2:11] == ["Brown 1990", "Y", "N", "Castillo and Ng 1990", "?", "…", "Fernández-Llamazares et al. 1990",
                           "nr", "≠"]  # fmt: skip
    assert shown[-1] == "Not appraised: 1 study."
    assert rows_of([one]) == ["study:s1", "study:s2", "study:s3", "study:s4"]
    assert one.description == (
        "4 studies by 2 items of Small list (2018): Yes 3, Can't tell 1, No 1, not reported 1, not settled 1,"
        " not judged 1. 1 Aims are clear: Yes 2, Can't tell 1, not reported 1."
        " 2 Design fits the aims: Yes 1, No 1, not settled 1, not judged 1."
    )


@pytest.mark.parametrize("name", library.names("instruments"))
def test_signs_of_an_instrument_differ_in_letter_or_form_without_colour(name: str) -> None:
    marks = marks_of(library.instrument(name))
    assert (
        len({(mark.letter, mark.form) for label, mark in marks.items() if label not in ("unclear", "not applicable")})
        == len(marks) - 2
    )
    no = marks.get("No")
    assert no is None or no not in [marks[state] for state in ("not reported", NOT_SETTLED, NOT_JUDGED, BEYOND)]


def test_risk_of_bias_begins_with_low_and_an_unknown_code_is_neither_good_nor_bad() -> None:
    risk = replace(LIST, responses=tuple(Option(c, c) for c in ("low", "some_concerns", "high", "partly")))
    tones = {label: mark.tone for label, mark in marks_of(risk).items()}
    assert [tones[c] for c in ("low", "some_concerns", "high", "partly")] == ["good", "unsure", "bad", "none"]
    assert marks_of(replace(risk, responses=risk.responses[::-1]))["high"].tone == "good"


@pytest.mark.parametrize(
    ("name", "n"),
    [("casp-qualitative-2018", 300), ("mmat-2018", 120), ("jbi-qualitative", 12), ("jbi-qualitative", 60)],
)
def test_hundreds_of_studies_are_drawn_once_each_on_pages_of_a4(name: str, n: int) -> None:
    instrument = library.instrument(name)
    m = material(studies(n), (instrument,), judgements=filled(instrument, n), levels=LEVELS)
    parts = [sound(one) for one in appraisal(m)]
    assert sorted(rows_of(parts)) == sorted(f"study:s{i}" for i in range(1, n + 1))
    assert all(one.width <= 682 and one.height <= 982 for one in parts)
    assert len(parts) <= 6
    assert [one.name for one in parts] == (
        [f"appraisal_{i}" for i in range(1, len(parts) + 1)] if n > 12 else ["appraisal"]
    )
    assert all(one.width <= 682 and one.height <= 982 for one in map(sound, appraisal_bars(m)))


def test_bars_count_what_the_table_counts_and_leave_out_items_for_another_design() -> None:
    sets = replace(LIST, items=(*LIST.items[:2], Item("4", "For trials", "B", designs=("randomised",))))
    m = material(studies(4), (sets,), judgements=judged(sets, *GIVEN, ("s1", "4", "yes")))
    (one,) = appraisal_bars(m)
    table = next(t for t in tables(m.studies, (sets,), m.extracted) if t.name == "appraisal_items")
    assert [row[0] for row in table.rows] == ["1", "2", "4"] and table.rows[2][-1] == "3"
    shown = texts(sound(one))
    assert [text for text in shown if text.startswith("n = ")] == ["n = 4", "n = 4", "n = 1"]
    assert "Y 2" in shown and "nr 1" in shown
    assert "4 For trials: Yes 1." in one.description


def test_several_instruments_have_a_figure_each_and_one_without_a_known_response_has_none() -> None:
    other, silent = replace(LIST, name="other 1"), replace(LIST, name="silent")
    given = judged(LIST, *GIVEN) | judged(other, ("s5", "1", "yes")) | judged(silent, ("s6", "1", "not_reported"))
    m = material(studies(6), (LIST, other, silent), judgements=given)
    assert [one.name for one in appraisal(m)] == ["appraisal_list_2018", "appraisal_other_1"]
    assert [one.name for one in appraisal_bars(m)] == ["appraisal_bars_list_2018", "appraisal_bars_other_1"]
    assert (
        list(appraisal(material(studies(6), (silent,), judgements=judged(silent, ("s6", "1", "not_reported"))))) == []
    )
    assert list(appraisal(material(()))) == list(appraisal_bars(material(()))) == []


def test_the_teams_level_and_the_overall_judgement_have_columns() -> None:
    overall = replace(LIST, overall=(Option("include", "Include"), Option("exclude", "Exclude")))
    m = material(
        studies(4), (overall,), judgements=judged(overall, *GIVEN, ("s1", "overall", "exclude")), levels=LEVELS
    )
    shown = texts(sound(next(appraisal(m))))
    assert shown[:9] == ["1", "2", "Overall", "Level", "Brown 1990", "Y", "N", "E", "L"]
    assert any(text.startswith("Level: the team's own rule, not the instrument's") for text in shown)


def test_hostile_texts_are_escaped_and_kept_inside() -> None:
    hostile = "<script>alert(1)</script> & \x00\x1f \u05d3\u05d5\u05d7 =cmd() " + "x" * 400
    evil = replace(LIST, label=hostile, items=(Item("1", hostile, hostile), Item("2" * 9, "b", "A")))
    found = tuple(replace(study, label=f"{hostile} 2014") for study in studies(3))
    m = material(found, (evil,), judgements=judged(evil, ("s1", "1", "yes"), ("s2", "1", "removed response")))
    parts = [sound(one) for one in (*appraisal(m), *appraisal_bars(m))]
    assert len(parts) == 2
    assert "… 2014" in texts(parts[0]) and "*" in texts(parts[0])
