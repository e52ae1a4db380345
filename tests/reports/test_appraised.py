"""The table of appraisal: what counts per item, counts per response, the team's own rule, confidence in findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reports.appraised import appraisal, reasons
from reports.cerqual import cerqual
from reports.rows import Paper
from reports.studies import Study
from reports.table import Table
from review.forms import Extracted, Final, Instrument, Item, Option
from review.protocol.model import Level
from review.record import Record

LIST = Instrument(
    "list", "2018", "Small list", "https://example.org", "free", ("qualitative",),
    (Option("yes", "Yes"), Option("cant_tell", "Can't tell"), Option("no", "No")),
    (Item("1", "Aims are clear", "A"), Item("2", "Design fits", "A"), Item("3", "Worth", "B", open=True)),
)  # fmt: skip
OVERALL = replace(LIST, name="with-overall", overall=(Option("include", "Include"), Option("exclude", "Exclude")))
PROFILE = Instrument(
    "profile", "2018", "Profile", "https://example.org", "free", (),
    (Option("minor", "Minor concerns"), Option("serious", "Serious concerns")),
    (Item("coherence", "Coherence: how well it fits", "F"), Item("adequacy", "Adequacy: how much", "F")),
    of="finding", overall=(Option("high", "High"), Option("low", "Low")),
)  # fmt: skip
FOUND = tuple(Study(key, f"{key.upper()} 2014", (Paper(number, key, Record()),)) for number, key in enumerate("abcd"))
RULE = (Level("High", (("no", 0), ("cant_tell", 0))), Level("Low", ()))


def final(study: str, sheet: str, field: str, value: Any, missing: str | None = None, **more: Any) -> Final:
    facts = {"reason": None, "quote": None, "place": None, "method": "single", **more}
    return Final(study, sheet, field, value, missing, **facts)


def extracted(
    *judged: tuple[str, str, Any], name: str = "list", settled: str = "single", answers: tuple[Final, ...] = ()
) -> Extracted:
    """Give what was extracted; a judgement is (study, item, response), ``None`` where it is not settled."""
    judgements = {
        (study, name, item): final(study, name, item, value, method=settled if value else "open")
        for study, item, value in judged
    }
    return Extracted({(one.study, one.field): one for one in answers}, judgements, (), {}, (), ())


def rows(one: Table) -> list[tuple[str | None, ...]]:
    return list(one.rows)


GIVEN = (
    ("a", "1", "yes"), ("a", "2", "yes"), ("b", "1", "yes"), ("b", "2", "no"), ("c", "1", "not_reported"),
    ("c", "2", "yes"), ("d", "1", None), ("d", "2", "yes"),
)  # fmt: skip


def test_responses_are_counted_per_item_and_what_is_not_known_is_apart() -> None:
    by_study, across, by_item = appraisal(FOUND, (LIST,), extracted(*GIVEN, ("a", "3", "Much")))
    assert across.columns[2:] == tuple(row[0] for row in by_study.rows)
    assert [row[2:] for row in across.rows] == list(zip(*(row[2:] for row in by_study.rows), strict=True))
    assert [row[2:] for row in rows(by_study)] == [
        ("Yes", "Yes"), ("Yes", "No"), ("not reported", "Yes"), ("not settled", "Yes"),
    ]  # fmt: skip
    assert by_item.columns == ("Item", "What it asks", "Yes", "Can't tell", "No", "not reported", "not settled")
    assert rows(by_item) == [
        ("1", "Aims are clear", "2 (100%)", "0 (0%)", "0 (0%)", "1", "1"),
        ("2", "Design fits", "3 (75%)", "0 (0%)", "1 (25%)", "0", "0"),
    ]
    assert by_item.heading == "Critical appraisal: responses to each item: Small list (2018)"
    assert by_item.note == "4 studies. Per cent of the studies with a known response to the item."


def test_no_total_is_shown_anywhere() -> None:
    for one in appraisal(FOUND, (LIST,), extracted(*GIVEN), RULE):
        text = " ".join((*one.columns, one.note or "", *(cell or "" for row in one.rows for cell in row))).casefold()
        assert not {"score", "total", "of 2", "/2"} & set(text.replace(",", " ").split())


def test_the_teams_rule_is_printed_as_theirs_and_what_is_unknown_has_no_level() -> None:
    by_study, *_ = appraisal(FOUND, (LIST,), extracted(*GIVEN), RULE)
    assert by_study.columns[-1] == "Level (the team's rule)"
    assert [row[-1] for row in by_study.rows] == ["High", "Low", "no level", "no level"]
    assert by_study.note is not None
    assert "The team's own rule, not the instrument's (the first that holds): High: No at most 0" in by_study.note
    assert by_study.note.endswith("The rule excludes no study.")
    unjudged, *_ = appraisal(FOUND[:1], (LIST,), extracted(("a", "1", "yes")), RULE)
    assert unjudged.rows[0][2:] == ("Yes", "not judged", "no level")


def test_a_rule_that_counts_what_an_instrument_lacks_is_not_applied_to_it() -> None:
    unclear = replace(LIST, responses=(Option("yes", "Yes"), Option("unclear", "Unclear"), Option("no", "No")))
    by_study, *_ = appraisal(FOUND, (unclear,), extracted(("a", "1", "unclear"), ("a", "2", "unclear")), RULE)
    assert by_study.columns[-1] == "2"
    assert by_study.note is not None
    assert by_study.note.endswith("It is not applied here, because this instrument lacks a response that it counts.")


def test_the_overall_judgement_has_a_column_and_is_no_response() -> None:
    given = (("a", "1", "yes"), ("a", "2", "no"), ("a", "overall", "exclude"), ("b", "overall", "not_reported"))
    by_study, _, by_item = appraisal(FOUND, (OVERALL,), extracted(*given, name="with-overall"), RULE)
    assert by_study.columns[2:] == ("1", "2", "Overall", "Level (the team's rule)")
    assert by_study.rows[0][2:] == ("Yes", "No", "Exclude", "Low")
    assert by_study.rows[1][2:] == ("not judged", "not judged", "not reported", "no level")
    assert [row[0] for row in by_study.rows] == ["A 2014", "B 2014", "C 2014", "D 2014"]
    assert [row[0] for row in by_item.rows] == ["1", "2"]
    assert by_item.note is not None and by_item.note.endswith("Overall: Exclude 1, not reported 1.")


def test_an_instrument_that_does_not_fit_is_said_in_the_note() -> None:
    answers = (
        final("a", "form:f", "design", "qualitative"),
        final("b", "form:f", "design", "mixed"),
        final("c", "form:f", "kind", "commentary"),
        final("d", "form:f", "design", None, method="open"),
    )
    by_study, *_ = appraisal(FOUND, (LIST,), extracted(*GIVEN, answers=answers))
    assert by_study.note is not None
    assert by_study.note.endswith(
        "Official form: https://example.org. B 2014 is mixed: the instrument is made for qualitative."
        " C 2014 is not research: the instrument is made for qualitative."
    )


def test_reasons_quotes_and_open_items_have_a_table_of_their_own() -> None:
    taken = extracted(("a", "1", "yes"), ("a", "3", "Shows what trainees fear"), ("b", "2", "no"), ("c", "3", None))
    because = final("b", "list", "2", "no", reason="no plan", quote="we improvised", place="p. 2")
    taken = replace(taken, judgements={**taken.judgements, ("b", "list", "2"): because})
    (one,) = reasons(FOUND, (LIST, PROFILE), taken)
    assert rows(one) == [
        ("A 2014", "Small list (2018)", "3 Worth", "Shows what trainees fear", "", "", ""),
        ("B 2014", "Small list (2018)", "2 Design fits", "No", "no plan", "we improvised", "p. 2"),
    ]
    assert reasons(FOUND, (LIST,), extracted(("a", "1", "yes"))) == ()


def finding(key: str, statement: str, *supporting: str, against: tuple[str, ...] = ()) -> dict[str, Any]:
    refs = [[[key, "p"] for key in some] for some in (supporting, against)]
    return {"key": key, "statement": statement, "supporting": refs[0], "contradicting": refs[1]}


def test_the_evidence_profile_has_components_with_reasons_confidence_and_explanation() -> None:
    key = "finding:calm"
    codings = [{"key": f"k{study}", "person": "p", "study": study} for study in "abc"]
    taken = replace(
        extracted(answers=(final("b", "form:f", "kind", "commentary"),)),
        judgements={
            (key, "profile", "coherence"): final(key, "s", "coherence", "minor", reason="one contrary case"),
            (key, "profile", "adequacy"): final(key, "s", "adequacy", None, method="open"),
            (key, "profile", "overall"): final(key, "s", "overall", "low", reason="thin data"),
        },
        codings=codings,
        findings=[
            finding("calm", "Mentoring calms", "kb", "ka", "gone", against=("kc",)),
            finding("work", "Mentoring helps at work"),
        ],
    )
    one, summary = cerqual(FOUND, (LIST, PROFILE), taken)
    assert (one.name, summary.name) == ("cerqual", "cerqual_summary")
    assert summary.rows == tuple((row[0], row[1], row[4], row[5]) for row in one.rows)
    assert one.columns == (
        "Review finding", "Studies contributing", "Coherence", "Adequacy", "Confidence", "Explanation",
    )  # fmt: skip
    assert rows(one) == [
        ("Mentoring calms", "2: A 2014; B 2014 (not research). Against it: C 2014",
         "Minor concerns: one contrary case", "not settled", "Low", "thin data"),
        ("Mentoring helps at work", "none", "not judged", "not judged", "not judged", ""),
    ]  # fmt: skip
    assert one.note is not None
    assert one.note.endswith("taken back, not settled or of a study not included, not counted here: 1.")


def test_without_a_finding_appraised_there_is_no_profile_and_no_study_is_in_it() -> None:
    taken = replace(extracted(*GIVEN), findings=[finding("calm", "Mentoring calms")])
    assert cerqual(FOUND, (LIST, PROFILE), taken) == ()
    assert {one.name for one in appraisal(FOUND, (LIST, PROFILE), taken)} == {
        "appraisal", "appraisal_by_item", "appraisal_items",
    }  # fmt: skip
