"""The PRESS form: six elements in order, the lines with their hits, advice where it belongs, room for the verdict."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document
from report_log import Log, gather
from search_log import KNOWN, fill, protocol_of
from sqlalchemy import insert

from reports import press
from reports.prose import Heading
from reports.search_facts import Known, SearchLog
from review.protocol.model import Criterion, Limits, SourceChoice, Strategy
from review.query import lint, parse
from review.store import schema

# McGowan 2016, doi:10.1016/j.jclinepi.2016.01.021, table 1
ELEMENTS = (
    "Translation of the research question", "Boolean and proximity operators", "Subject headings",
    "Text word searching", "Spelling, syntax and line numbers", "Limits and filters",
)  # fmt: skip


def read(log: Log, known: Known = KNOWN) -> SearchLog:
    with log.store.read() as connection:
        return gather(connection, protocol_of(log), None, None, (), known=known).searches


def with_strategy(log: SearchLog, text: str, *concepts: str) -> SearchLog:
    strategy = Strategy("main", "The main one", concepts, text, parse(text))
    return replace(log, protocol=replace(log.protocol, strategies=(strategy,)))


def noted(log: SearchLog) -> dict[str, str]:
    """Give what the program notes per element of the only strategy."""
    elements, _ = press.as_tables(log)
    return {str(row[1]): str(row[4]) for row in elements.rows}


def count(log: Log, *told: tuple[str, str, str, int | None, str | None]) -> None:
    with log.store.write() as connection:
        for source, part, line, hits, error in told:
            row = {"source": source, "strategy": "main", "part": part, "line": line, "hits": hits, "error": error}
            connection.execute(insert(schema.hit_count).values(**row, at="2026-01-02T00:00:00Z", protocol="hash"))


def test_the_six_elements_stand_there_in_order_with_room_for_a_verdict(log: Log) -> None:
    elements, _ = press.as_tables(read(log))
    assert elements.columns[5] == "Verdict (no revision / revision suggested / revision required)"
    assert [(row[1], row[2]) for row in elements.rows] == [
        *((str(at), name) for at, name in enumerate(ELEMENTS, start=1)), ("", "Overall"),
    ]  # fmt: skip
    assert {(row[5], row[6]) for row in elements.rows} == {("", "")}
    assert all(row[3] for row in elements.rows)


def test_the_form_holds_question_concepts_criteria_strategy_and_people(log: Log) -> None:
    searched = read(log)
    criteria = (Criterion("a", "Doctors.", True), Criterion("b", "Reviews.", False))
    said = press.as_markdown(replace(searched, protocol=replace(searched.protocol, criteria=criteria)))
    assert "doi:10.1016/j.jclinepi.2016.01.021" in said
    assert f"| Question | {searched.protocol.question}" in said
    assert "| P | Doctors | doctor\\*; medic\\* |" in said
    assert "- include: Doctors." in said and "- exclude: Reviews." in said
    assert "## Strategy “main”: The main one\n\n```\nment* AND doctor*\n```" in said
    assert "| Reviewer (name, e-mail) |  |" in said


def test_lines_have_a_column_per_source_and_what_is_not_counted_is_no_zero(log: Log) -> None:
    count(
        log, ("pubmed", "term", "ment*", 4321, None), ("pubmed", "term", "doctor*", None, "it is busy"),
        ("eric", "limited", "ment* AND doctor*", 0, None),
    )  # fmt: skip
    said = press.as_markdown(read(log)).splitlines()
    assert "| No. | Line | Part | PubMed | eric |" in said
    assert [line for line in said if "| term |" in line or "| limited |" in line] == [
        "| 1 | ment\\* | term | 4,321 | not counted |",
        "| 3 | doctor\\* | term | not counted | not counted |",
        "| 6 | ment\\* AND doctor\\* | limited | not counted | 0 |",
    ]
    assert "PubMed: it is busy: doctor\\*" in said
    _, lines = press.as_tables(read(log))
    assert ("main", "3", "doctor*", "term", "PubMed", "not counted", "it is busy") in lines.rows


def test_without_counts_the_form_says_how_to_get_them(log: Log) -> None:
    assert "review count does that" in press.as_markdown(read(log))


def test_without_limits_no_line_is_limited(log: Log) -> None:
    searched = read(log)
    free = replace(searched, protocol=replace(searched.protocol, limits=Limits()))
    assert "limited" not in {row[3] for row in press.as_tables(free)[1].rows}
    assert "The protocol sets no limits." in noted(free)["6"]
    assert "Limits of the protocol: date of publication: from 2006-01 to 2016-01" in noted(searched)["6"]


def test_lines_without_any_hit_are_asked_about(log: Log) -> None:
    count(log, ("pubmed", "term", "ment*", 0, None), ("pubmed", "term", "doctor*", 3, None))
    assert noted(read(log))["5"] == "PubMed finds nothing for: ment*."


@pytest.mark.parametrize(
    ("text", "element", "note"),
    [
        ("men* AND x", "4", "men*: the stem has 3 letters"),
        ("wellbeing AND x", "4", "the spelling well-being is not found by it"),
        ("ment* OR mentors", "4", "mentors: ment* beside it finds this too"),
        ("mentor.ti AND x", "5", "mentor.ti: it ends like a field"),
        ("mentor NOT (nurse OR student)", "2", "NOT takes away: nurse OR student."),
        ("(mentor NEAR/3 doctor) AND x", "2", "Asked near each other: mentor NEAR/3 doctor."),
        ("mentor AND x", "2", "No words are asked near each other."),
        ('ti:(mentor) OR "Mentors"[mh]', "3", 'Subject headings used: "Mentors"[mh].'),
        ("mentor AND x", "3", "No subject heading is used."),
        ("mentor AND x", "4", "looked for in: title; abstract; keywords."),
        ("mentor AND x", "1", "Concepts of the question that this strategy does not ask for: Doctors."),
    ],
)
def test_what_the_program_notes_stands_under_its_element(text: str, element: str, note: str, log: Log) -> None:
    told = noted(with_strategy(read(log), text))
    assert note in told[element]
    assert not any(note in said for other, said in told.items() if other != element)


def test_no_advice_of_check_is_lost(log: Log) -> None:
    text = "(men* OR wellbeing OR ment* OR mentors OR doctor OR mentor.ti)"
    everything = " ".join(noted(with_strategy(read(log), text)).values())
    advice = lint(parse(text))
    assert len(advice) >= 4
    assert all(str(fault) in everything for fault in advice)


def test_a_strategy_that_asks_for_every_concept_has_none_left_out(log: Log) -> None:
    assert noted(with_strategy(read(log), "mentor AND doctor*", "doctors"))["1"] == "Nothing noted."


def test_losses_are_those_of_the_translation_else_of_the_searches(log: Log) -> None:
    fill(log)
    assert "- PubMed: no proximity (finds more than was asked)" in press.as_markdown(read(log))
    known = replace(KNOWN, losses={("pubmed", "main"): [{"what": "no stems", "effect": "narrower"}], ("x", "o"): []})
    said = press.as_markdown(read(log, known))
    assert "- PubMed: no stems (may miss records)" in said and "no proximity" not in said


def test_word_and_markdown_say_the_same(log: Log) -> None:
    fill(log)
    searched = read(log)
    with log.store.read() as connection:
        moment = gather(connection, protocol_of(log), None, None, (), known=KNOWN).moment
    data = press.as_docx(searched, moment=moment)
    assert data == press.as_docx(searched, moment=moment)
    doc = Document(io.BytesIO(data))
    headings = [p.text for p in doc.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [block.text for block in press.text(searched) if isinstance(block, Heading)]
    assert [row.cells[1].text for row in doc.tables[-1].rows][1:7] == list(ELEMENTS)


def test_a_protocol_without_strategies_has_a_form(log: Log) -> None:
    searched = read(log)
    bare = replace(searched, protocol=replace(searched.protocol, strategies=(), sources=(SourceChoice("eric"),)))
    assert "The protocol has no strategy yet." in press.as_markdown(bare)
    assert [table.rows for table in press.as_tables(bare)] == [(), ()]
