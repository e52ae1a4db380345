"""Every shipped instrument: its structure as published, its cues in our own words, and the page that lists them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extraction import library
from review.forms import NOT_REPORTED, OVERALL, Instrument

ROOT = Path(__file__).parents[2]
SHIPPED = {name: library.instrument(name) for name in library.names("instruments")}
YES_NO = ("yes", "cant_tell", "no")
JBI = ("yes", "no", "unclear", "not_applicable")

EXPECTED: dict[str, tuple[int, str, str, str]] = {
    # name: cells, screening items, open items, sections in order (first letters, one per cell)
    "casp-case-control-2018": (12, "1 2", "7 8", "AAAAAAABBBCC"),
    "casp-cohort-2018": (14, "1 2", "7 8 12", "AAAAAAAABBBCCC"),
    "casp-cross-sectional-2024": (11, "1 2", "7 11", "AAAAAABBBCC"),
    "casp-diagnostic-2018": (12, "1 2", "7 8 12", "AAAAAABBCCCC"),
    "casp-economic-2018": (12, "1 2", "7", "AAABBBBBBCCC"),
    "casp-prediction-rule-2018": (11, "1 2 3", "8", "AAAAAABBCCC"),
    "casp-qualitative-2018": (10, "1 2", "10", "AAAAAABBBC"),
    "casp-qualitative-2024": (10, "1 2", "", "AAAAAABBBC"),
    "casp-rct-2018": (11, "1 2 3", "7 8", "AAAAAABBCCC"),
    "casp-rct-2024": (13, "1 2 3", "", "AAABBBBBCCCDD"),
    "casp-systematic-review-2018": (10, "1 2", "6 7", "AAAAABBCCC"),
    "grade-cerqual": (4, "", "", "CCCC"),
    "jbi-cross-sectional": (8, "", "", "A" * 8),
    "jbi-prevalence": (9, "", "", "P" * 9),
    "jbi-qualitative": (10, "", "", "Q" * 10),
    "jbi-text-opinion": (6, "", "", "T" * 6),
    "mmat-2018": (27, "S1 S2", "", "SS" + "11111" + "22222" + "33333" + "44444" + "55555"),
}
"""CASP's printed forms and secondary sources, JBI's and MMAT's as published reviews print them."""

OFFICIAL = (
    "clearly focused", "clear statement", "results valid", "results of the study", "what are the results",
    "will the results", "help locally", "acceptable way", "accurately measured", "minimise bias",
    "confounding factors", "harms and costs", "local population", "sufficiently rigorous", "adequately considered",
    "taken into consideration", "how valuable", "do you believe", "fit with other", "implications of",
    "how precise", "how large", "treated equally", "properly accounted", "is there congruity", "flow from",
    "reliable way", "described in detail", "standing in the", "field of expertise", "extant literature",
    "logically defended", "sample frame", "coverage of the identified", "response rate", "objective, standard",
    "clear research questions", "allow to address", "adequate rationale", "effectively integrated",
    "nonresponse bias", "assigned intervention", "comprehensive description", "competing alternatives",
    "clearly defined", "spectrum of patients", "appropriate reference", "test and reference", "blinded fashion",
)  # fmt: skip
"""Telltale pieces of the official wording, which is licensed or may not be reproduced."""


def test_every_shipped_instrument_is_known() -> None:
    assert set(SHIPPED) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_structure_is_that_of_the_form(name: str) -> None:
    one = SHIPPED[name]
    cells, screening, open_, sections = EXPECTED[name]
    assert len(one.items) == cells
    assert [item.id for item in one.items if item.screening] == screening.split()
    assert [item.id for item in one.items if item.open] == open_.split()
    assert "".join(item.section[0] for item in one.items) == sections
    codes = tuple(option.code for option in one.responses)
    assert codes == (JBI if name.startswith("jbi") else YES_NO) or one.of == "finding"
    assert NOT_REPORTED not in codes
    assert bool(one.overall) == (name.startswith("jbi") or one.of == "finding")


@pytest.mark.parametrize("name", EXPECTED)
def test_cues_are_short_and_our_own(name: str) -> None:
    one = SHIPPED[name]
    assert len({item.id for item in one.judged}) == len(one.judged)
    assert len({item.cue for item in one.items}) >= len(one.items) - 1  # MMAT asks twice for complete data
    for item in one.items:
        assert len(item.cue) < 90 and not item.cue.endswith(("?", "."))
        text = f"{item.section}: {item.cue}?".casefold()
        assert [piece for piece in OFFICIAL if piece in text] == []
    assert "our own words" in one.licence and one.url.startswith("http")
    assert "checked" in source(name) or "secondary sources" in source(name) or "published sources" in source(name)


def source(name: str) -> str:
    """Give what the comment above an instrument says of its source."""
    text = (ROOT / "extraction/instruments" / f"{name}.toml").read_text("utf-8")
    return " ".join(line.removeprefix("# ") for line in text.split("\n\n", 1)[0].splitlines())


def test_cerqual_judges_findings_by_four_components_and_a_level() -> None:
    one = SHIPPED["grade-cerqual"]
    assert (one.of, one.designs) == ("finding", ())
    assert [item.cue.partition(":")[0] for item in one.items] == [
        "Methodological limitations", "Coherence", "Adequacy", "Relevance",
    ]  # fmt: skip
    assert [option.label for option in one.responses] == [
        "No or very minor concerns", "Minor concerns", "Moderate concerns", "Serious concerns",
    ]  # fmt: skip
    assert [option.label for option in one.overall] == ["High", "Moderate", "Low", "Very low"]
    assert one.judged[-1].id == OVERALL and one.choices(one.judged[-1]) == one.overall


def test_an_instruments_overall_judgement_is_no_item_and_its_kind_is_checked(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'name="own"\nedition="1"\nlabel="Own"\nurl="u"\nlicence="l"\nof="patients"\ndesigns=["mixed"]\n'
        '[responses]\nyes="Yes"\n[[items]]\nid="overall"\nsection="All"\ncue="Fine"\n',
        "utf-8",
    )
    with pytest.raises(library.ProtocolError) as caught:
        library.instrument("own.toml", tmp_path)
    told = "\n".join(str(fault) for fault in caught.value.faults)
    assert "'overall' is the overall judgement" in told and "'patients' is not one of: study, finding" in told


@pytest.mark.parametrize("name", library.names("forms"))
def test_there_is_an_instrument_for_every_design_that_a_shipped_form_offers(name: str) -> None:
    fields = {field.id: field for field in library.form(name).fields}
    made_for = {design for one in SHIPPED.values() for design in one.designs}
    assert {option.code for option in fields["design"].options} - made_for == set()


def listed() -> dict[str, tuple[str, ...]]:
    """Give the rows of the table in docs/instruments.md by name."""
    text = (ROOT / "docs/instruments.md").read_text("utf-8")
    rows = [re.split(r" \| ", line.strip("| \n")) for line in text.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): tuple(cells[1:]) for cells in rows}


def row(one: Instrument) -> tuple[str, ...]:
    numbers = len({item.id.rstrip("abc") for item in one.items})
    cells = str(numbers) if numbers == len(one.items) else f"{numbers} ({len(one.items)} cells)"
    designs = ", ".join(one.designs) or "findings of the synthesis"
    return one.label, one.edition, cells, designs, one.licence.removesuffix(" Cues here: our own words.")


def test_the_page_lists_each_instrument_as_it_is() -> None:
    page = listed()
    assert list(page) == sorted(SHIPPED)
    for name, cells in page.items():
        assert cells[:5] == row(SHIPPED[name]), name
        assert len(cells) == 6 and cells[5]
