"""The drawn flow: exact labels, the right template, text inside its boxes, nothing overlapping."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from lxml import etree

from reports.flow.boxes import chart
from reports.flow.counts import BOXES, Count, Flow, Footnote
from reports.flow.layout import SIZE, Figure, Shape, figure, svg, unprintable
from reports.metrics import width, wrap
from reports.plots.canvas import TONES
from reports.words import NBSP
from review.protocol.model import Remark, Reporting
from review.protocol.reporting import LANGUAGES

NEW = Flow(
    database_results=4669, register_results=0, duplicates=41, excluded_automatic=0, excluded_other=0,
    records_screened=4628, records_excluded=4591, dbr_sought_reports=37, dbr_notretrieved_reports=0, dbr_assessed=37,
    dbr_excluded=28, website_results=0, organisation_results=0, citations_results=0, other_results=0,
    other_sought_reports=0, other_notretrieved_reports=0, other_assessed=0, other_excluded=0, new_studies=13,
    new_reports=13, dbr_reasons=(Count("Only a passing mention", 6), Count("A " + "very " * 60 + "long reason", 22)),
    footnotes=(Footnote("duplicates", "found_late", 41),),
)  # fmt: skip
OTHER = replace(NEW, citations_results=4, other_sought_reports=4, other_assessed=4)
UPDATED = replace(OTHER, previous_studies=9, previous_reports=11, total_studies=22, total_reports=24)
MANY = replace(NEW, databases=tuple(Count(f"Database {i} " + "x" * 70, i) for i in range(12)), register_results=None)
FLOWS = {"new": NEW, "other": OTHER, "updated": UPDATED, "updated without other": replace(UPDATED, citations_results=0),
         "many sources": MANY, "nothing reported": Flow()}  # fmt: skip
ALL = replace(
    UPDATED, databases=(Count("PubMed", 2310, 1904, "pubmed"), Count("CINAHL", 2359, 1400, "cinahl")), appraised=13,
    title_abstract_reasons=(Count("Not about doctors", 4591, code="p"),), excluded_by_automation=9, in_synthesis=12,
    excluded_by_people=4582, total_studies_ma=7, total_reports_ma=8, website_results=3,
    other_sources=(("website_results", Count("World Health Organization", 2)), ("website_results", Count("NICE", 1))),
)  # fmt: skip
EVERYTHING = Reporting(
    title_abstract_reasons=True, after_duplicates=True, boxes=("appraisal", "synthesis"),
    footnotes=(Remark("dbr_assessed", "Two of us read each report, " + "and again " * 60),),
)  # fmt: skip
CHARTS = {
    **{name: chart(flow, "T") for name, flow in FLOWS.items()},
    **{language: chart(ALL, "T", replace(EVERYTHING, language=language)) for language in LANGUAGES},
    "hidden": chart(OTHER, "T", Reporting(hide_empty=True)),
    "all but nothing hidden": chart(Flow(**dict.fromkeys(BOXES, 0)), "T", Reporting(hide_empty=True)),
}
"""Every template, with every option, in every language."""


def texts(flow: Flow) -> dict[str, str]:
    return {box.id: " ".join(i.text for i in box.items).replace(NBSP, " ") for box in chart(flow, "T").boxes}


def test_labels_are_those_of_prisma_2020() -> None:
    assert {key: text for key, text in texts(OTHER).items() if key != "reports_excluded"} == {
        "identified": "Records identified from: Databases (n = 4,669) Registers (n = 0)",
        "removed": "Records removed before screening: Duplicate records removed* (n = 41) Records marked as ineligible"
        " by automation tools (n = 0) Records removed for other reasons (n = 0)",
        "screened": "Records screened (n = 4,628)",
        "excluded": "Records excluded (n = 4,591)",
        "sought": "Reports sought for retrieval (n = 37)",
        "not_retrieved": "Reports not retrieved (n = 0)",
        "assessed": "Reports assessed for eligibility (n = 37)",
        "other_identified": "Records identified from: Citation searching (n = 4)",
        "other_sought": "Reports sought for retrieval (n = 4)",
        "other_not_retrieved": "Reports not retrieved (n = 0)",
        "other_assessed": "Reports assessed for eligibility (n = 4)",
        "other_reports_excluded": "Reports excluded (n = 0)",
        "new": "Studies included in review (n = 13) Reports of included studies (n = 13)",
    }
    assert texts(OTHER)["reports_excluded"].startswith(
        "Reports excluded (n = 28): Only a passing mention (n = 6) A very"
    )


def test_template_follows_from_the_numbers() -> None:
    heads = {name: [label for _, label in chart(flow, "T").heads] for name, flow in FLOWS.items()}
    assert heads["new"] == ["Identification of studies via databases and registers"]
    assert heads["other"] == [*heads["new"], "Identification of studies via other methods"]
    assert heads["updated"] == [
        "Previous studies",
        "Identification of new studies via databases and registers",
        "Identification of new studies via other methods",
    ]
    assert heads["updated without other"] == heads["updated"][:2]
    assert (
        texts(UPDATED)["total"]
        == "Total studies included in review (n = 22) Reports of total included studies (n = 24)"
    )
    assert texts(UPDATED)["new"] == "New studies included in review (n = 13) Reports of new included studies (n = 13)"


def test_unknown_is_not_reported_and_never_0() -> None:
    said = texts(Flow())
    assert said["screened"] == "Records screened (n = not reported)"
    assert "other_identified" in said and "(n = 0)" not in " ".join(said.values())


def test_sources_are_listed_when_there_are_several() -> None:
    flow = replace(NEW, databases=(Count("MEDLINE", 3000), Count("CINAHL", 1669)))
    assert texts(flow)["identified"].endswith(
        "Databases (n = 4,669) MEDLINE (n = 3,000) CINAHL (n = 1,669) Registers (n = 0)"
    )
    assert "MEDLINE" not in texts(replace(NEW, databases=(Count("MEDLINE", 4669),)))["identified"]


def test_footnotes_are_marked_and_said_below() -> None:
    notes = (Footnote("duplicates", "found_late", 41), Footnote("other_identified", "known_already", 1200))
    made = chart(replace(OTHER, footnotes=notes), "T")
    assert made.footnotes[0] == "* Of the duplicate records, 41 were found after screening had begun."
    assert made.footnotes[1].startswith("† ") and made.footnotes[1].endswith("1,200.")
    assert texts(replace(OTHER, footnotes=notes))["other_identified"].startswith("Records identified from†:")


@pytest.mark.parametrize("name", CHARTS)
def test_every_line_is_inside_its_box_and_no_boxes_overlap(name: str) -> None:
    drawing = figure(CHARTS[name])
    for shape in drawing.shapes:
        for line in shape.lines:
            assert _inside(shape, line.text, line.x, line.y), (shape.id, line.text)
        assert shape.x >= 0 and shape.x + shape.w <= drawing.width and shape.y + shape.h <= drawing.height
    for a, b in itertools.combinations(drawing.shapes, 2):
        assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y, (a.id, b.id)


def _inside(shape: Shape, text: str, x: float, y: float) -> bool:
    long = width(text, SIZE, bold=shape.kind != "box")
    if shape.kind == "phase":
        return long <= shape.h
    left = x if shape.kind == "box" else x - long / 2
    return shape.x + 4 <= left and left + long <= shape.x + shape.w - 4 and shape.y + 8 < y < shape.y + shape.h - 2


@pytest.mark.parametrize("name", CHARTS)
def test_arrows_run_from_box_to_box_through_no_other(name: str) -> None:
    drawing = figure(CHARTS[name])
    boxes = {shape.id: shape for shape in drawing.shapes}
    for identity, points in drawing.arrows:
        _, start, end = identity.split("-")
        assert _touches(boxes[f"box-{start}"], points[0]) and _touches(boxes[f"box-{end}"], points[-1]), identity
        for shape in boxes.values():
            assert not any(_crosses(shape, p, q) for p, q in itertools.pairwise(points)), (identity, shape.id)


def _touches(s: Shape, p: tuple[float, float]) -> bool:
    on_side = abs(p[0] - s.x) < 0.1 or abs(p[0] - s.x - s.w) < 0.1
    on_end = abs(p[1] - s.y) < 0.1 or abs(p[1] - s.y - s.h) < 0.1
    return s.x - 0.1 <= p[0] <= s.x + s.w + 0.1 and s.y - 0.1 <= p[1] <= s.y + s.h + 0.1 and (on_side or on_end)


def _crosses(s: Shape, p: tuple[float, float], q: tuple[float, float]) -> bool:
    (x1, x2), (y1, y2) = sorted((p[0], q[0])), sorted((p[1], q[1]))
    return x1 < s.x + s.w - 0.2 and x2 > s.x + 0.2 and y1 < s.y + s.h - 0.2 and y2 > s.y + 0.2


def test_every_template_is_readable_at_the_width_of_a_journal() -> None:
    """Letters are 7 points or more on paper: one column of boxes at 85 mm, two at 130, everything at 170."""
    for flow, millimetres in ((NEW, 85), (replace(UPDATED, citations_results=0), 130), (OTHER, 170), (UPDATED, 170)):
        drawing: Figure = figure(chart(flow, "T"))
        assert SIZE / drawing.width * millimetres / 25.4 * 72 >= 7


def test_what_counts_one_thing_can_be_chosen_and_says_what() -> None:
    root = etree.fromstring(svg(CHARTS["en"]).encode())
    spots = {g.get("data-key"): "".join(g.itertext()).split() for g in root.iter("{*}g") if g.get("data-key")}
    assert spots["database_results:pubmed"][0] == "PubMed" and "duplicates)" in spots["database_results:pubmed"]
    assert {"duplicates", "records_excluded:p", "dbr_assessed", "new_studies", "appraised"} <= set(spots)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids)) and {"box-total", "arrow-previous-total", "phase-2", "head-other"} <= set(ids)


def test_colours_are_of_the_tones_that_a_page_turns_dark() -> None:
    for one in etree.fromstring(svg(CHARTS["en"]).encode()).iter():
        for part, letter in (("fill", "f"), ("stroke", "s")):
            if one.get(part, "none") != "none":
                assert TONES[re.findall(rf"{letter}-(\w+)", one.get("class"))[0]][0] == one.get(part)


def test_letters_that_the_fonts_lack_are_warned_of() -> None:
    flow = replace(NEW, dbr_reasons=(Count("Chinese only: 中文", 20), Count("סקירת ספרות, né à Łódź", 8)))
    (said,) = unprintable(chart(flow, "T"))
    assert "for 中文 in 'Chinese only: 中文" in said and not list(unprintable(CHARTS["es"]))


def test_svg_says_what_it_shows() -> None:
    root = etree.fromstring(svg(chart(OTHER, 'A & "B" <i>')).encode())
    title, desc = root[0], root[1]
    assert title.text == 'PRISMA 2020 flow diagram: A & "B" <i>'
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert "Records screened (n = 4,628)" in desc.text and "41 were found after" in desc.text
    assert root.get("font-family") == 'Arial, Helvetica, "Liberation Sans", sans-serif'


def test_a_right_to_left_reason_does_not_turn_its_number_round() -> None:
    flow = replace(NEW, dbr_reasons=(Count("סקירת ספרות", 28),))
    assert "\u2068סקירת ספרות\u2069 (n = 28)" in texts(flow)["reports_excluded"]


def test_a_long_word_is_broken_and_a_count_is_not() -> None:
    lines = wrap("x" * 50 + f" (n{NBSP}={NBSP}4,628)", 100, 14)
    assert all(width(line, 14) <= 100 for line in lines)
    assert lines[-1] == f"(n{NBSP}={NBSP}4,628)" and "".join(lines[:-1]) == "x" * 50


def test_widths_are_those_of_the_font() -> None:
    """Advance widths of Helvetica in thousandths of an em: Adobe core font metrics, which Liberation Sans shares."""
    known = {"A": 667, "i": 222, "W": 944, " ": 278, "n": 556, "=": 584}
    assert {c: round(1000 * width(c, 1)) for c in known} == known
    assert round(1000 * width("A", 1, bold=True)) == 722
