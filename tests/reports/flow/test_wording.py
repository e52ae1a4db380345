"""The words of each language: the same keys and places everywhere, no label broken inside a word, its own numbers."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from reports.flow.as_table import flow_table
from reports.flow.boxes import chart
from reports.flow.counts import BOXES, EXTRA, Count, Flow, Footnote
from reports.flow.layout import INDENT, PAD, SIZE, WIDTHS
from reports.metrics import width
from reports.words import NBSP, counted, number, wording
from review.protocol.model import Reporting
from review.protocol.reporting import LANGUAGES

FLOW = replace(
    Flow(**dict.fromkeys((*BOXES, *EXTRA), 1234)), dbr_reasons=(Count("No reason given", 1234, code=""),),
    footnotes=(Footnote("duplicates", "found_late", 12345),),
)  # fmt: skip


def leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield path + key, value


def places(text: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_the_same_numbers_in_them(language: str) -> None:
    english, other = dict(leaves(wording("en"))), dict(leaves(wording(language)))
    assert other.keys() == english.keys()
    for key, text in other.items():  # `how` is a sentence in English, which other languages leave to the methods
        assert places(text) | {"how"} == places(english[key]) | {"how"}, key
    assert all(text for text in other.values())


def test_every_language_that_a_protocol_may_name_has_a_table() -> None:
    tables = {one.name for one in (files("reports") / "wording").iterdir() if len(one.name) == len("en.toml")}
    assert tables == {f"{language}.toml" for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_is_broken_inside_a_word(language: str) -> None:
    """A word is broken only when it is wider than its box: none of ours is, with its sign behind it."""
    for box in chart(FLOW, "T", Reporting(language=language, boxes=("appraisal", "synthesis"))).boxes:
        for item in box.items:
            room = WIDTHS[box.column] - 2 * PAD - item.indent * INDENT - (INDENT / 2 if item.indent else 0)
            assert max(width(word + "**", SIZE) for word in item.text.split(" ")) <= room, item.text


def test_numbers_are_written_as_the_language_does() -> None:
    said = {
        language: (number(4669, language), number(12345, language), number(None, language)) for language in LANGUAGES
    }
    assert said == {
        "en": ("4,669", "12,345", "not reported"),
        "de": ("4.669", "12.345", "nicht berichtet"),
        "es": ("4669", "12\u202f345", "no se informa"),
        "fr": ("4\u202f669", "12\u202f345", "non rapporté"),
    }
    both = counted("PubMed", 2310, after=1904, language="de").replace(NBSP, " ")
    assert both == "PubMed (n = 2.310; 1.904 ohne Duplikate)"


def test_the_whole_diagram_is_in_the_language_of_the_protocol() -> None:
    made = chart(FLOW, "T", Reporting(language="fr"))
    texts = {box.id: [item.text.replace(NBSP, " ") for item in box.items] for box in made.boxes}
    assert texts["screened"] == ["Enregistrements examinés (n = 1\u202f234)"]
    assert texts["identified"][0] == "Enregistrements identifiés à partir de :"
    assert texts["reports_excluded"][1] == "Aucune raison donnée (n = 1\u202f234)"
    assert [label for label, _, _ in made.phases] == ["Identification", "Sélection", "Inclusion"]
    assert made.footnotes[0].startswith("* Parmi les doublons, 12\u202f345 ont été")
    rows = dict(flow_table(FLOW, Reporting(language="fr")).rows)
    assert rows["– Aucune raison donnée"] == "1\u202f234" and "Rapports exclus (autres méthodes)" in rows
