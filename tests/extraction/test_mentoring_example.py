"""The example's tables say what the published review reports, and go through the room whole."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from extraction import answers, appraisal, library
from extraction.synthesis import checks, cmo, coding, coding_rows, coding_tables, findings
from extraction.tabular import form_sheets, plans, sheets
from review.claims import check_claims, read_claims
from review.store import Actor, Store, append_many
from review.store.events import enrol

FOLDER = Path(__file__).parents[2] / "examples" / "mentoring" / "extraction"
FORM = library.form("bitc-mentoring")
CASP = library.instrument("casp-qualitative-2018")
WORKWELL = library.framework("bitc-workwell")


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KEYS = tuple(row["study"] for row in table("studies.csv"))
PAYLOADS = dict[str, object]


def payloads(plan: plans.Plan) -> list[PAYLOADS]:
    assert plan.faults == ()
    return [{**change.entry.payload, "at": ""} for change in plan.changes]


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, PAYLOADS]]:
    """Give the example's answers by field, then study."""
    result: dict[str, dict[str, PAYLOADS]] = defaultdict(dict)
    for row in payloads(form_sheets.answers_plan(FORM, KEYS, [], (FOLDER / "answers.csv").read_bytes())):
        result[str(row["field"])][str(row["study"])] = row
    return result


@pytest.fixture(scope="module")
def coded() -> list[PAYLOADS]:
    """Give the example's codings."""
    return payloads(sheets.codings_plan(WORKWELL, KEYS, [], (FOLDER / "codings.csv").read_bytes()))


def test_thirteen_studies_each_at_its_place_in_the_reference_list() -> None:
    rows = table("studies.csv")
    assert [(row["file"], row["position"]) for row in rows] == [
        ("report_refs.ris", str(n)) for n in (28, *range(46, 58))
    ]
    assert len(set(KEYS)) == 13


def test_every_required_field_of_every_study_is_answered_or_coded_missing(
    said: dict[str, dict[str, PAYLOADS]],
) -> None:
    rows = [row for by_study in said.values() for row in by_study.values()]
    assert [one.study for one in answers.progress(FORM, KEYS, rows) if one.required_open] == []


def test_the_characteristics_are_those_of_the_publication(said: dict[str, dict[str, PAYLOADS]]) -> None:
    def count(field: str) -> dict[str, int]:
        values = [str(row["value"] if row["missing"] is None else row["missing"]) for row in said[field].values()]
        return {value: values.count(value) for value in values}

    assert count("kind") == {"research": 10, "commentary": 1, "personal_account": 1, "discussion": 1}
    assert count("location") == {"['GB']": 4, "['US']": 6, "['CA']": 1, "['PR']": 1, "['NG']": 1}
    assert count("design") == {"qualitative": 4, "quantitative": 3, "mixed": 3, "not_applicable": 3}
    assert count("focus") == {"one_scheme": 7, "general": 3, "not_reported": 3}
    assert count("sample_n") == {"49": 1, "not_reported": 9, "not_applicable": 3}
    assert {key for key, row in said["mentor_training"].items() if row["value"] == "yes"} == {
        "eisen2014", "mann2011", "tietjen2013",
    }  # fmt: skip


def test_37_statements_give_74_codings_over_5_8_12_and_11_studies(coded: list[PAYLOADS]) -> None:
    assert len({row["statement"] for row in coded}) == 37
    assert len({row["key"] for row in coded}) == len(coded) == 74
    cover = {one.component: len(one.studies) for one in coding.coverage(WORKWELL, coded)}
    assert cover == {"relationships": 5, "health": 8, "specialist_support": 12, "work": 11, "working_well": 0}


def test_an_adverse_experience_and_a_cost_are_what_speaks_against(coded: list[PAYLOADS]) -> None:
    against = {
        row["key"]: (row["study"], row["component"], str(row["text"])) for row in coded if row["polarity"] == "-"
    }
    assert {key: said[:2] for key, said in against.items()} == {
        "H10:49": ("mann2011", "health"), "S8:46": ("eisen2014", "specialist_support"),
    }  # fmt: skip
    assert "adverse experience" in against["H10:49"][2]
    assert "Cost" in against["S8:46"][2]
    signs: dict[tuple[object, object], set[object]] = defaultdict(set)
    for row in coded:
        signs[row["study"], row["component"]].add(row["polarity"])
    assert {cell for cell, some in signs.items() if {"+", "-"} <= some} == {said[:2] for said in against.values()}


@pytest.fixture
def stated(store: Store, coded: list[PAYLOADS]) -> Store:
    """Give a store with the example's codings, findings and configurations, taken in as tables."""
    with store.write() as connection:
        actor = Actor(enrol(store, connection, "Ann"), "0" * 64)
        entries = [
            c.entry for c in sheets.codings_plan(WORKWELL, KEYS, [], (FOLDER / "codings.csv").read_bytes()).changes
        ]
        append_many(store, connection, actor, entries)
    for name in ("findings", "cmo"):
        with store.read() as connection:
            known, rows = findings.known(connection, WORKWELL), coding_rows.codings(connection)
            desk = coding_tables.desk(connection, known, actor.person, rows)
        plan = coding_tables.plan(name, desk, (FOLDER / f"{name}.csv").read_bytes())
        coding_tables.save(store, actor, WORKWELL, name, plan)
    return store


def test_findings_stand_on_the_studies_that_the_publication_cites(stated: Store) -> None:
    with stated.read() as connection:
        by_ref = {(row["key"], row["person"]): row for row in coding_rows.codings(connection)}
        found: dict[str, dict[str, Any]] = {row["key"]: row for row in findings.all(connection)}
    count = {key: len(findings.studies(row, by_ref)) for key, row in found.items()}
    assert count == {"relationships": 5, "health": 8, "support": 12, "training": 3, "work": 11}
    against = {key: findings.studies(row, by_ref, "contradicting") for key, row in found.items()}
    assert {key: some for key, some in against.items() if some} == {"health": ["mann2011"], "support": ["eisen2014"]}
    assert {row["study"] for row in by_ref.values()} == set(KEYS)


def test_only_quotes_are_open_as_the_publication_gives_none(stated: Store) -> None:
    with stated.read() as connection:
        known = checks.Known(
            keys=KEYS, framework=WORKWELL, now=coding_rows.resolver(connection),
            codings=coding_rows.codings(connection), findings=findings.all(connection), cmos=cmo.all(connection),
        )  # fmt: skip
    assert [gap.kind for gap in checks.gaps(known)] == ["no_quote"]


def test_four_configurations_each_with_its_context_and_mechanisms(stated: Store) -> None:
    with stated.read() as connection:
        rows = cmo.all(connection)
    assert [(len(row["context"]), len(row["mechanism"]), row["outcome"]) for row in rows] == [
        (1, 3, "Mentorship as a vehicle for better specialist support"),
        (1, 2, "Better personal and professional relationship building"),
        (1, 2, "Better professional and personal well being"),
        (1, 2, "Better working communities and cultures"),
    ]
    assert all(row["sources"] and not row["statement"] for row in rows)  # no sentence of theirs is made up


def test_what_the_publication_prints_contradicts_itself_four_times() -> None:
    data = (FOLDER.parent / "published_claims.toml").read_bytes()
    assert [(one.kind, one.about) for one in check_claims(*read_claims(data))] == [
        ("number", "focus-scheme-other"),  # the other five of six schemes
        ("citation", "better-work"),  # all 13, with 11 cited
        ("label", "study 57"),  # 2014 and 2012
        ("label", "study 52"),  # UAS
    ]
    given = tomllib.loads(data.decode())
    assert set(given) == {"claims", "studies"}
    assert {key for claim in given["claims"] for key in claim} == {"id", "text", "says", "of", "cites", "besides"}


def test_the_form_and_the_codings_agree_on_the_components(
    said: dict[str, dict[str, PAYLOADS]], coded: list[PAYLOADS]
) -> None:
    for component in ("relationships", "health", "specialist_support", "work"):
        yes = {key for key, row in said[f"bitc_{component}"].items() if row["value"] == "yes"}
        assert yes == {row["study"] for row in coded if row["component"] == component}


def test_no_appraisal_result_is_made_up() -> None:
    rows = payloads(sheets.judgements_plan([CASP], KEYS, {}, (FOLDER / "judgements.csv").read_bytes()))
    assert {row["response"] for row in rows} == {"not_reported"}
    done = appraisal.progress(CASP, KEYS, rows, dict.fromkeys(KEYS, "none"))
    assert [(one.study, one.judged, one.not_reported) for one in done] == [
        (key, 10, 10) for key in ("steven2008", "harrison2014", "lockyer2010", "strong2013")
    ]
