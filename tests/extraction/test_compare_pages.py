"""Pages of comparing without a browser: what is hidden stays hidden, and what has changed is open again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browser import Visitor, review, served, visitors
from lxml import html
from two_extractors import STUDY, TEAM, Pair

from extraction import appraisal, final, library, versions
from extraction.appraisal import Judgement
from review.protocol.model import Synthesis
from review.record import Record
from review.stages import Workspace
from review.store import Store

CASP = library.instrument("casp-qualitative-2018")
TEXT = """
name = "small"
version = "{version}"
label = "Small form"
source = "made up for tests"

[[sections]]
title = "All"
fields = [
  {{ id = "aim", label = "Aim" }},
  {{ id = "n", label = "Participants", type = "number", unit = "{unit}" }},
]
"""


def adopt(pair: Pair, folder: Path, version: str, unit: str) -> None:
    (folder / "small.toml").write_text(TEXT.format(version=version, unit=unit), "utf-8")
    versions.adopt(pair.store, pair.person("Ann"), "form", "small.toml", folder)


@pytest.fixture
def pair(tmp_path: Path, store: Store, include: Any) -> Pair:
    """Give a study that Ann is done with, and Ben is not."""
    workspace = review(tmp_path, store, [Record(title="Report 1", authors=("Maker, A",), date="2001")], team=TEAM)
    include(store, workspace.actor("Ann"), [1])
    rules = Synthesis(extraction="double", appraisal="double")
    names = {"proforma": "small.toml", "instruments": (CASP.name,), "synthesis": rules}
    pair = Pair(store, replace(workspace.protocol, **names))
    adopt(pair, tmp_path, "1", "people")
    form = library.form("small.toml", tmp_path)
    pair.answer("Ann", form, aim="Secret of Ann", n=4711)
    pair.answer("Ben", form, aim="Secret of Ben", n=4712)
    pair.done("Ann", subject=form)
    return pair


@pytest.fixture
def visitor(pair: Pair, tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    with served(Workspace(tmp_path, pair.protocol, pair.store, {})) as site, visitors(site) as sign_in:
        yield sign_in


@pytest.mark.parametrize("name", ["Ann", "Ben", "Cy"])
def test_no_page_shows_what_another_wrote_before_both_are_done(visitor: Callable[..., Visitor], name: str) -> None:
    who = visitor(name)
    pages = [f"/extract/{STUDY}/compare", f"/extract/{STUDY}/compare?show=all", f"/extract/{STUDY}", "/extract",
             "/extract/agreement", "/extract/table"]  # fmt: skip
    mine = {"Ann": ("4711", "Ann"), "Ben": ("4712", "Ben")}
    secrets = {"4711", "4712", "Secret of Ann", "Secret of Ben"} - {
        word for owner, (n, person) in mine.items() if owner == name for word in (n, f"Secret of {person}")
    }
    for page in pages:
        said = who.get(page).text
        assert not [secret for secret in secrets if secret in said], page
    refused = who.get(f"/extract/{STUDY}/compare")
    assert refused.status_code == 422 and "cannot be compared yet" in refused.text
    sent = who.post(f"/extract/{STUDY}/compare", {"field": "n", "take": "left", "person": ""})
    assert sent.status_code in (403, 422)


def test_what_a_new_version_changed_is_open_to_those_who_are_done_and_hidden_from_the_other(
    visitor: Callable[..., Visitor], pair: Pair, tmp_path: Path
) -> None:
    pair.done("Ben", subject=library.form("small.toml", tmp_path))
    ann, ben = visitor("Ann"), visitor("Ben")
    assert "4711" in ben.get(f"/extract/{STUDY}/compare").text
    adopt(pair, tmp_path, "2", "doctors")
    page = html.fromstring(ann.get(f"/extract/{STUDY}").text)
    assert page.xpath("//fieldset[@disabled]/@data-field") == ["aim"]
    base = page.xpath("//input[@name='base:n']/@value")[0]
    sent = ann.post(f"/extract/{STUDY}/field", {"field": "n", "v:n": "4713", "base:n": base}, Accept="application/json")
    assert sent.status_code == 200, sent.text
    shown = ben.get(f"/extract/{STUDY}/compare?show=all").text
    assert "Secret of Ann" in shown and "4713" not in shown and "to be answered again" in shown


def test_an_appraisal_is_settled_item_by_item(visitor: Callable[..., Visitor], pair: Pair) -> None:
    for name, response in (("Ann", "yes"), ("Ben", "no")):
        given = [Judgement(STUDY, "1", response, reason=f"{name} thinks so"), Judgement(STUDY, "2", "yes")]
        appraisal.put(pair.store, pair.person(name), pair.protocol, CASP, (STUDY,), given)
    pair.done("Ann", "Ben", subject=CASP)
    cy, address = visitor("Cy"), f"/appraise/{STUDY}/{CASP.name}/compare"
    page = html.fromstring(cy.get(address).text)
    assert page.xpath("//section[contains(@class, 'pair')]/@id") == ["c-1"]
    assert "Ben thinks so" in page.text_content()
    hidden = {one.get("name"): one.get("value") for one in page.xpath("(//form[.//h3])[1]//input[@type='hidden']")}
    sent = cy.post(address, {**hidden, "take": "right", "note": "Table 1"})
    assert "Nothing is left to settle." in sent.text and "Take back" in sent.text
    again = cy.post(address, {**hidden, "take": "left"})  # a page that is older than what was settled
    assert again.status_code == 422 and "made by Cy meanwhile: No" in again.text
    assert pair.sides(CASP)["1"].settled is not None and pair.sides(CASP)["1"].state == "settled"


def test_a_field_that_nobody_answered_can_be_filled_in_when_both_are_done(
    visitor: Callable[..., Visitor], pair: Pair, tmp_path: Path
) -> None:
    form = library.form("small.toml", tmp_path)
    pair.done("Ben", subject=form)
    more = TEXT.removesuffix("]\n") + '  {{ id = "cost", label = "Cost", type = "number" }},\n]\n'
    (tmp_path / "small.toml").write_text(more.format(version="2", unit="people"), "utf-8")
    ann, address = visitor("Ann"), f"/extract/{STUDY}/compare"
    assert "c-cost" not in ann.get(address).text  # nothing has to be settled there
    page = html.fromstring(ann.get(f"{address}?show=all").text)
    (section,) = page.xpath("//section[@id='c-cost']")
    assert "not answered" in section.text_content() and "Fill it in" in section.text_content()
    hidden = {one.get("name"): one.get("value") or "" for one in section.xpath("(.//form)[last()]//input[@name]")}
    sent = ann.post(address, {**hidden, "take": "new", "v:cost": "0", "note": "It was free"})
    assert sent.status_code == 200, sent.text
    with pair.store.read() as connection:
        used = versions.in_use(connection, "form:small")
        cost = final.answers(connection, pair.protocol, library.form("small.toml", tmp_path))[STUDY, "cost"]
    assert (cost.value, cost.method, used and used.version) == (0, "discussion", "2")
