"""The methods and results sections: every number from the log, no claim that it does not show, nothing that acts."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from report_log import FORM, FRAMEWORK, HOSTILE, INSTRUMENT, Log, make_log, papers, whole_review

from reports.material import Material
from reports.narrative import process, results, summary
from reports.narrative.files import narrative_files, reference_files
from reports.narrative.handed import Handed
from reports.narrative.process_rows import stage
from review.agreement import Rated, two_raters
from review.errors import ReviewError
from review.formats import read
from review.record import Record
from review.store import Actor, Entry, Store, append_many
from review.store.events import enrol

RATED = two_raters([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")], ("a", "b"))
ROOT = Path(__file__).parents[3]
LEGAL = "<script>alert(1)</script> & \"q\" 'a' | `x` [y](z) *b* _c_ , 6; 7"


def material(log: Log, connection: Any, **own: str) -> Material:
    handed = Handed(("no finding on Better work mentions what speaks against it",), own, "go on")
    taken = log.extracted(connection)
    return Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), taken, beside=lambda: handed,
                    rated=lambda: (Rated("Screening", "AB", "votes", RATED),))  # fmt: skip


def written(log: Log, **own: str) -> dict[str, bytes]:
    with log.store.read() as connection:
        m = material(log, connection, **own)
        return {one.path: one.make() for plan in (narrative_files, reference_files) for one in plan(m)}


def words(data: bytes) -> str:
    doc = Document(io.BytesIO(data))
    cells = [cell.text for grid in doc.tables for row in grid.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in doc.paragraphs), *cells]).replace("\u00a0", " ")


def vote(log: Log, person: str, reports: range, verdict: str) -> None:
    with log.store.write() as connection:
        actor = Actor(enrol(log.store, connection, person), log.protocol.hash)
        said = {"stage": "title-abstract", "verdict": verdict, "reasons": [], "note": None}
        append_many(log.store, connection, actor, [Entry("decision", {"report": n, **said}) for n in reports])


def test_numbers_and_citations_come_from_the_log(log: Log) -> None:
    whole_review(log)
    files = written(log)
    methods, found = files["methods.md"].decode(), files["results.md"].decode()
    assert "Titles and abstracts of 13 reports were screened in narrative-review" in methods
    assert "Small list, 2018 edition (3 items) [1] was used for 1 study" in methods
    assert "The searches identified 12 records in databases. 0 duplicate records were removed." in found
    assert "4 studies in 4 reports were included [3–6] (flow diagram)." in found
    assert "Papers originated in the United Kingdom (n = 1) [4]; not extracted or not settled (n = 3) [3,5,6]." in found
    assert "not reported" not in found.partition("## Study characteristics")[0]
    assert "Reported against, or as adverse: A title [4]; finding W2 [6]." in found
    assert "[Authors: check: no finding on Better work mentions what speaks against it]" in found.replace("\\", "")
    references = found.partition("## References\n\n")[2].split("\n\n")
    assert [int(line.partition("\\.")[0]) for line in references] == list(range(1, len(references) + 1))
    assert references[3].startswith("4\\. Eisen S, Sukhani S, Long A. A title. A title. 2014. doi:10.5555/1.")
    assert references[5].startswith("6\\. Tietjen P, Griner PF. ")
    assert "4 studies in 4 reports were included [3–6] (flow diagram)." in words(files["results.docx"])
    assert written(log) == files


def test_two_people_are_claimed_only_of_what_two_people_decided(store: Store) -> None:
    log = make_log(store, votes=2)
    log.search(papers(5))
    vote(log, "Ann Bell", range(1, 6), "exclude")
    vote(log, "Cy Dow", range(1, 5), "exclude")
    assert "were screened in narrative-review" in written(log)["methods.md"].decode()
    with store.read() as connection:
        one = stage(connection, "title-abstract")
        assert (one.decided, dict(one.votes), one.people) == (4, {2: 4}, ("Ann Bell", "Cy Dow"))
    text = written(log)["methods.md"].decode()
    assert re.search(r"Titles and abstracts of 4 reports .* by two people independently \(AB and CD\)\.", text)
    assert "- Screening, AB: 75.0% of 4 decisions were the same (Cohen’s kappa 0.50, 95% confidence" in text
    with log.store.write() as connection:  # a version of the protocol under which one vote is enough
        stage_ = {"votes": 1, "maybe": "discuss", "reasons": [], "remove_unmatched": False}
        payload = {"hash": "hash", "rules": {"title-abstract": stage_, "full-text": stage_}}
        append_many(log.store, connection, log.actor, [Entry("protocol", payload)])
    text = written(log)["methods.md"].decode()
    assert "by two people independently for 4 of 5 reports, by one person for 1 of 5 reports (AB and CD)" in text


@pytest.fixture
def hostile(log: Log) -> Iterator[dict[str, bytes]]:
    whole_review(log, hostile=HOSTILE)
    yield written(log)


def test_hostile_text_stays_text(hostile: Mapping[str, bytes]) -> None:
    for name in ("methods.docx", "results.docx", "summary.docx"):
        assert "\x00" not in words(hostile[name])
    text = words(hostile["results.docx"])
    assert "Reported in support: finding W2 [4,6]." in text
    assert LEGAL in text  # an adverse finding, a title, a reason
    assert "alert(1)" in text and "דו״ח על חונכות" in text and "(z)" in text
    from markdown_it import MarkdownIt

    for name in ("methods.md", "results.md", "summary.md"):
        tokens = MarkdownIt("commonmark").enable("table").parse(hostile[name].decode())
        kinds = {child.type for token in tokens for child in token.children or ()} | {token.type for token in tokens}
        assert not {"html_inline", "html_block", "link_open", "code_inline", "image", "em_open"} & kinds


def test_a_record_without_anything_is_cited(log: Log) -> None:
    log.search([Record(), Record(authors=("World Health Organization",), title="A <i>b</i>?", kind="report")])
    log.include(1, 2)
    found = written(log)["results.md"].decode().replace("\\", "")
    assert "2 studies in 2 reports were included [2,3]" in found
    assert "World Health Organization. A b? date not known." in found


def test_an_empty_review_claims_nothing(log: Log) -> None:
    files = written(log)
    methods, found = files["methods.md"].decode(), files["results.md"].decode()
    assert "No titles and abstracts have been screened yet." in methods and "independently" not in methods
    assert "No study is included yet." in found
    assert "No search has been run." in files["summary.md"].decode()


def test_a_template_of_the_team_takes_the_place_of_ours(log: Log) -> None:
    whole_review(log)
    own = {"summary.md.jinja": "{{ flow.new_studies|many('study') }} {{ review.title }}"}
    assert written(log, **own)["summary.md"] == b"4 studies Mentoring and doctors\n"
    own = {"methods.md.jinja": '{% extends "shipped/methods.md.jinja" %}{% block reporting %}Ours.{% endblock %}'}
    text = written(log, **own)["methods.md"].decode()
    assert "Ours." in text and "## Selection process" in text and "Software and reporting" not in text


@pytest.mark.parametrize(
    ("template", "line", "why"),
    [
        ("a\n{{ flow.boxes }}", 2, "no attribute 'boxes'"),
        ("a\n\n{% if %}", 3, "Expected an expression"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("a\n{{ cite('nobody') }}", 2, "nothing to cite as 'nobody'"),
        ("{{ 1 / 0 }}", 1, "division"),
        ("{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}", 1, "its ranges have more"),
        ("a\n{{ 'x' * 1000000000 }}", 2, "for numbers only"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", 1, "recursion"),
    ],
)
def test_a_fault_of_a_template_is_told_with_its_line(log: Log, template: str, line: int, why: str) -> None:
    with pytest.raises(ReviewError) as caught:
        written(log, **{"methods.md.jinja": template})
    assert caught.value.message.startswith(f"templates/methods.md.jinja, line {line}: ") and why in caught.value.message


def test_references_carry_reasons(log: Log) -> None:
    whole_review(log)
    files = written(log)
    excluded = read(files["excluded_full_text.ris"], name="x.ris").records
    assert [one.notes[0] for one in excluded] == [
        f"Excluded at full text: {reason}" for reason in ("A literature review", "a, b; c", "A title")
    ]  # fmt: skip
    for name in ("included.ris", "included.bib"):
        assert [one.doi for one in read(files[name], name=name).records] == [None, "10.5555/1", None, "10.5555/2"]


def names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield str(key)
            yield from names(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from names(inside)


def test_every_fact_is_documented_and_every_documented_fact_is_there(log: Log) -> None:
    whole_review(log)
    with log.store.read() as connection:
        m = material(log, connection)
        told = {**process.facts(m), **results.facts(m), "state": summary.facts(m)}
        told["flow"] = {
            name: told["flow"][name] for name in ("databases", "registers", "found_late", "updated", "by_other_methods")
        }
    page = (ROOT / "docs" / "writing.md").read_text("utf-8").partition("## Facts")[2]
    assert sorted(set(names(told)) - set(re.findall(r"`(\w+)`", page))) == []
    source = "".join(
        (ROOT / "reports" / "narrative" / f"{one}.py").read_text() for one in ("process", "results", "summary")
    )
    said = set(re.findall(r"`(\w+)`", page)) - {"title_abstract", "full_text", "summary"}
    missing = {name for name in said - set(names(told)) if f'"{name}"' not in source}
    assert missing == set()
