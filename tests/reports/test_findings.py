"""Findings and configurations in tables: labels of themes, studies as cited, what contradicts, quotes, who agrees."""

from __future__ import annotations

from typing import Any

from extraction import library
from reports import synthesis
from reports.findings import configurations, findings
from reports.studies import Study
from review.forms import Extracted

WORKWELL = library.framework("bitc-workwell")
FOUND = tuple(Study(key, f"{key.title()} 2011", ()) for key in ("ada", "bell", "cox"))


def coding(
    key: str, study: str, component: str = "health", sign: str = "+", quote: str | None = None
) -> dict[str, Any]:
    return {
        "key": key, "person": "p", "study": study, "statement": key, "text": f"Text {key}", "component": component,
        "subelement": None, "polarity": sign, "quote": quote, "place": "p. 3" if quote else None,
    }  # fmt: skip


CODINGS = (
    coding("H1", "ada", quote="so calm"), coding("H2", "bell"), coding("H3", "bell", sign="-"),
    coding("E1", "cox", "emergent:x", "-"),
)  # fmt: skip
FINDING = {
    "key": "F1", "theme": "health", "statement": "It calms", "supporting": [("H1", "p"), ("H2", "p"), ("H9", "p")],
    "contradicting": [("H3", "p"), ("E1", "p")], "note": None,
    "assents": [
        {"agrees": True, "current": True}, {"agrees": False, "current": True}, {"agrees": True, "current": False},
    ],
}  # fmt: skip
EMERGED = {
    **FINDING,
    "key": "F0",
    "theme": "emergent:x",
    "supporting": [("E1", "p")],
    "contradicting": [],
    "assents": [],
}
CMO = {
    "key": "C1", "context": ["Nights", "Wards"], "mechanism": ["Rest"], "outcome": "Calm", "statement": None,
    "sources": ["ada", "A report"], "supporting": [("H1", "p")], "refuting": [("H3", "p")], "note": None,
}  # fmt: skip


def taken(**more: Any) -> Extracted:
    return Extracted({}, {}, CODINGS, {"emergent:x": "Burden"}, **{"findings": (), "cmos": (), **more})


def test_a_review_without_findings_has_no_tables_of_them() -> None:
    assert (findings(FOUND, WORKWELL, taken()), configurations(FOUND, taken())) == ((), ())


def test_findings_stand_in_the_order_of_the_framework_with_what_contradicts_them() -> None:
    (one,) = findings(FOUND, WORKWELL, taken(findings=(EMERGED, FINDING)))
    assert one.rows == (
        (
            "Better physical and psychological health", "It calms", "2 of 3: Ada 2011; Bell 2011",
            "Text H3 (Bell 2011); Text E1 (Cox 2011)", "“so calm” (Ada 2011, p. 3)", "1; 1 member did not",
        ),
        ("Burden", "It calms", "1 of 3: Cox 2011", "none named", "", ""),
    )  # fmt: skip


def test_what_two_coders_say_is_neither_doubled_nor_put_in_each_others_mouth() -> None:
    """Two coders took one id for different statements: one's words were printed under the other's component."""
    ann = [coding("S1", "ada"), coding("S2", "bell", sign="-") | {"text": "Harm"}]
    ben = [
        coding("S1", "ada", "work", "-") | {"text": "No sleep"}, coding("S9", "bell", sign="-") | {"text": "harm"},
        coding("S1", "cox") | {"text": "Something else"},
    ]  # fmt: skip
    rows = synthesis.themes(FOUND, WORKWELL, [*ann, *(one | {"person": "q"} for one in ben)]).rows
    said = [row[1:] for row in rows if row[0] == "Better physical and psychological health"][1:]
    assert said == [
        ("Text S1", "+", "Ada 2011", "", ""),
        ("Something else", "+", "Cox 2011", "", ""),
        ("Harm", "-", "Bell 2011", "", ""),
    ]
    assert [row[1:] for row in rows if row[0] == "Better work"][1:] == [("No sleep", "-", "Ada 2011", "", "")]


def test_a_theme_that_is_part_of_a_component_has_a_column_as_on_the_page() -> None:
    part = coding("H9", "cox") | {"subelement": "emergent:x"}
    matrix = synthesis.theme_matrix(FOUND, WORKWELL, [part], {"emergent:x": "Burden"})
    assert (matrix.columns[-1], matrix.rows[2][2], matrix.rows[2][-1]) == ("Burden", "+", "+")
    rows = synthesis.themes(FOUND, WORKWELL, [part], {"emergent:x": "Burden"}).rows
    assert rows[-1][:4] == ("Burden", "Text H9", "+", "Cox 2011")


def test_a_configuration_is_one_row() -> None:
    (one,) = configurations(FOUND, taken(cmos=(CMO,)))
    assert one.rows == (
        ("Nights; Wards", "Rest", "Calm", "", "Ada 2011; A report", "Text H1 (Ada 2011)", "Text H3 (Bell 2011)", ""),
    )


def test_the_synthesis_calls_themes_by_their_labels_and_names_what_findings_name_against() -> None:
    names = {"emergent:x": "Burden"}
    assert synthesis.theme_matrix(FOUND, WORKWELL, CODINGS, names).columns[-1] == "Burden"
    rows = synthesis.themes(FOUND, WORKWELL, CODINGS, names, (FINDING,)).rows
    summary = next(row for row in rows if row[0] == "Better physical and psychological health")
    assert summary[4] == "Text E1 (Cox 2011); Text H3 (Bell 2011)"
    assert rows[-1][:2] == ("Burden", "Text E1")
