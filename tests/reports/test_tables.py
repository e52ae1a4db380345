"""What the tables say: studies, characteristics, appraisal, synthesis, and the renderers' small rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from report_log import FORM, FRAMEWORK, INSTRUMENT, Log, answer, coding, gather, judgement, papers, whole_review

from reports.clean import legal
from reports.material import Material
from reports.render_csv import comma_separated
from reports.render_markdown import escaped, markdown
from reports.rows import Paper
from reports.studies import studies
from reports.synthesis import sign
from reports.table import Table, table
from review.forms import Component, Instrument, Item, Option
from review.protocol.model import Reporting
from review.record import Record
from review.store import Actor
from review.store.events import enrol


def read(log: Log) -> Material:
    with log.store.read() as connection:
        return gather(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))


def by_name(log: Log) -> dict[str, Table]:
    """Give the tables by name; of several blocks the first."""
    return {one.name: one for one in reversed(read(log).tables)}


@pytest.fixture
def tables(log: Log) -> dict[str, Table]:
    whole_review(log)
    return by_name(log)


def test_research_and_other_papers_are_apart(tables: dict[str, Table]) -> None:
    research, other = tables["characteristics_research"], tables["characteristics_other"]
    assert [row[0] for row in research.rows] == ["Eisen et al. 2014", "Tietjen and Griner 2013"]
    assert other.rows[0][0] == "A 2013"
    assert other.columns == ("Study", "Title", "Kind", "Aim", "Location")
    assert other.rows[0][2:] == ("Essay", "not extracted", "not extracted")


def test_countries_are_counted_by_kind_and_what_is_not_known_comes_last(tables: dict[str, Table]) -> None:
    one = tables["origins"]
    assert one.columns == ("Country", "Research", "Essay", "not extracted", "All")
    assert one.rows == (("United Kingdom", "1", "0", "0", "1"), ("not extracted", "1", "1", "1", "3"))
    assert one.note == "4 studies: United Kingdom 1, not extracted 3."


def test_the_protocol_says_which_fields_are_shown_and_an_unknown_one_is_told(log: Log) -> None:
    whole_review(log)
    chosen = replace(log.protocol, reporting=Reporting(research=("aim", "nonsense")))
    made = read(replace(log, protocol=chosen))
    research = next(one for one in made.tables if one.name == "characteristics_research")
    assert research.columns == ("Study", "Title", "Aim")
    assert "[reports] names the field 'nonsense', which the proforma does not have" in made.warnings


def test_missing_codes_stay_apart(tables: dict[str, Table]) -> None:
    row = dict(zip(tables["characteristics_research"].columns, tables["characteristics_research"].rows[0], strict=True))
    assert (row["Design"], row["Participants"], row["Location"]) == ("unclear", None, "United Kingdom")
    assert row["Data collection"] == "Interviews"
    second = tables["characteristics_research"].rows[1]
    assert second[-1] == "49" and second[-2] == "not extracted"


def test_not_applicable_is_said(log: Log) -> None:
    log.search(papers(1))
    log.include(1)
    log.note([("study", {"study": "s", "reports": [1]}), answer("s", "kind", "research"),
              answer("s", "design", missing="not_applicable")])  # fmt: skip
    assert "not applicable" in by_name(log)["characteristics_research"].rows[0]


def test_excluded_reports_come_with_their_reason_in_the_protocols_order(log: Log) -> None:
    log.search(papers(3))
    log.vote([1, 2, 3], "include")
    log.vote([1], "exclude", "review", stage="full-text")
    log.vote([2], "exclude", "passing_mention", stage="full-text")
    log.vote([3], "exclude", stage="full-text")
    rows = by_name(log)["excluded_full_text"].rows
    assert [(row[0], row[3]) for row in rows] == [
        ("Author2 2014", "Only a passing mention of mentoring"), ("Author1 2014", "A literature review"),
        ("Author3 2014", None),
    ]  # fmt: skip


def test_appraisal_is_studies_by_items_without_a_score(tables: dict[str, Table]) -> None:
    one = tables["appraisal"]
    assert one.columns == ("Study", "Instrument", "1", "2")
    assert one.rows[0] == ("Eisen et al. 2014", "Small list", "Yes", "not judged")
    assert one.rows[3] == ("Tietjen and Griner 2013", "not appraised", "", "")
    assert one.note == "Small list (2018): 1 Aims are clear; 2 Design fits. Official form: https://example.org."


def test_the_newest_judgement_counts(log: Log) -> None:
    log.search(papers(1))
    log.include(1)
    log.note(
        [
            ("study", {"study": "s", "reports": [1]}),
            judgement("s", "1", "yes"),
            judgement("s", "1", "cant_tell"),
            judgement("s", "2", "not_reported"),
        ]
    )
    assert by_name(log)["appraisal"].rows[0][2:] == ("Can't tell", "not reported")


TWO_SETS = Instrument(
    "sets", "2020", "Two sets", "https://example.org/sets", "free", ("qualitative", "mixed"),
    (Option("yes", "Yes"),),
    (Item("S1", "Question", "S"), Item("1.1", "Depth", "1", designs=("qualitative",)),
     Item("1.2", "Fit", "1", designs=("qualitative",)), Item("2.1", "Mix", "2", designs=("mixed",)),
     Item("3.1", "Sums", "3", designs=("numbers",))),
)  # fmt: skip


def test_each_instrument_has_a_block_with_its_own_items(log: Log) -> None:
    log.search(papers(4))
    log.include(1, 2, 3, 4)
    log.note([("study", {"study": f"s{i}", "reports": [i]}) for i in (1, 2, 3, 4)])
    given = [("s2", "S1"), ("s2", "1.1"), ("s3", "S1"), ("s3", "2.1")]
    log.note([judgement("s1", "1", "yes")])
    log.note([(kind, {**what, "instrument": "sets"}) for kind, what in (judgement(s, i, "yes") for s, i in given)])
    with log.store.read() as connection:
        taken = log.extracted(connection, TWO_SETS)
        tables = gather(connection, log.protocol, None, None, (INSTRUMENT, TWO_SETS), taken).tables
    blocks = [one for one in tables if one.name == "appraisal"]
    assert [one.heading.partition(": ")[2] for one in blocks] == [
        "Small list (2018)", "Two sets (2020)", "studies not appraised",
    ]  # fmt: skip
    assert blocks[0].rows == (("Author1 2014", "Small list", "Yes", "not judged"),)
    assert blocks[1].columns == ("Study", "Instrument", "S1", "1.1", "1.2", "2.1")
    assert blocks[1].rows == (
        ("Author2 2014", "Two sets", "Yes", "Yes", "not judged", "–"),
        ("Author3 2014", "Two sets", "Yes", "–", "–", "Yes"),
    )
    assert blocks[1].note is not None and blocks[1].note.endswith("– The item is for another study design.")
    assert blocks[0].note is not None and "–" not in blocks[0].note
    assert blocks[2].rows == (("Author4 2014", "not appraised"),)


def test_without_any_judgement_every_study_is_not_appraised(log: Log) -> None:
    log.search(papers(1))
    log.include(1)
    one = by_name(log)["appraisal"]
    assert (one.heading, one.rows) == ("Critical appraisal of included studies", (("Author1 2014", "not appraised"),))


def test_the_core_of_a_framework_is_shown_only_when_something_is_coded_under_it(log: Log) -> None:
    whole_review(log)
    core = replace(FRAMEWORK, components=(*FRAMEWORK.components, Component("well", "Working well", "All", core=True)))

    def matrix_and_themes() -> tuple[Table, Table]:
        with log.store.read() as connection:
            made = gather(connection, log.protocol, FORM, core, (), log.extracted(connection))
        tables = {t.name: t for t in made.tables}
        return tables["theme_matrix"], tables["themes"]

    said = "Working well, the core of the framework, is left out: nothing is coded under it."
    for one in matrix_and_themes():
        assert one.note is not None and one.note.splitlines()[-1] == said
        assert "Working well" not in (*one.columns, *(row[0] for row in one.rows))
    log.note([coding("eisen2014", "C1", "well", "+")])
    matrix, themes = matrix_and_themes()
    assert matrix.columns[3] == "Working well" and said not in str(matrix.note)
    assert "Working well" in {row[0] for row in themes.rows}


def test_theme_matrix_has_one_sign_per_study_and_component(tables: dict[str, Table]) -> None:
    one = tables["theme_matrix"]
    assert one.columns == ("Study", "Better work", "Better health", "emergent")
    rows = {row[0]: row[1:] for row in one.rows}
    assert rows["Eisen et al. 2014"] == ("±", "", "")
    assert rows["A 2013"] == ("", "0", "")
    assert one.note is not None and "of 4: Better work 2, Better health 1, emergent 1." in one.note


def test_synthesis_shows_what_contradicts(tables: dict[str, Table]) -> None:
    work = [row[1:-1] for row in tables["themes"].rows if row[0] == "Better work"]
    assert work == [
        ("All findings: A good job", "±", "2 of 4: Eisen et al. 2014; Tietjen and Griner 2013",
         "finding W2 (Tietjen and Griner 2013); A title (Eisen et al. 2014)"),
        ("finding W2", "±", "Eisen et al. 2014; Tietjen and Griner 2013", "Tietjen and Griner 2013"),
        ("A title", "-", "Eisen et al. 2014", ""),
    ]  # fmt: skip
    health = next(row for row in tables["themes"].rows if row[0] == "Better health")
    assert health[4] == "none coded"


@pytest.mark.parametrize(
    ("polarities", "shown"), [("+", "+"), ("-", "-"), ("0", "0"), ("+0", "+"), ("-0", "-"), ("+-0", "±"), ("", "")]
)
def test_sign(polarities: str, shown: str) -> None:
    assert sign(polarities) == shown


def test_equal_names_get_letters_and_reports_of_a_study_stand_together() -> None:
    def paper(report: int, study: str, date: str) -> Paper:
        return Paper(report, study, Record(title="T", authors=("Lee, A",), date=date))

    found = studies([paper(1, "b", "2014"), paper(2, "a", "2014-05"), paper(3, "a", "2013")])
    assert [(s.label, s.key, [p.report for p in s.papers]) for s in found] == [
        ("Lee 2013", "a", [3, 2]), ("Lee 2014", "b", [1]),
    ]  # fmt: skip
    same = studies([paper(1, "x", "2014"), paper(2, "y", "2014")])
    assert [s.label for s in same] == ["Lee 2014a", "Lee 2014b"]


def test_where_extractors_differ_no_side_is_shown_and_the_field_is_named(log: Log) -> None:
    log.search(papers(1))
    log.include(1)
    log.note([("study", {"study": "s", "reports": [1]}), answer("s", "kind", "research"), answer("s", "aim", "x"),
              judgement("s", "1", "yes"), judgement("s", "2", "yes")])  # fmt: skip
    with log.store.write() as connection:
        ben = Actor(enrol(log.store, connection, "Ben"), log.protocol.hash)
    replace(log, actor=ben).note(
        [answer("s", "kind", "research"), answer("s", "aim", "y"), judgement("s", "1", "cant_tell")]
    )
    made = read(log)
    tables = {one.name: one for one in reversed(made.tables)}
    research = tables["characteristics_research"]
    assert dict(zip(research.columns, research.rows[0], strict=True))["Aim"] == "not settled"
    assert tables["appraisal"].rows[0][2:] == ("not settled", "Yes")
    assert [w for w in made.warnings if "not settled" in w] == [
        "study s: 'aim' of proforma is not settled, and not shown: review extract compare s",
        "study s: '1' of list is not settled, and not shown: review appraise compare s --instrument list",
    ]


def test_search_counts(log: Log) -> None:
    log.search(papers(4), unmatched=(2, 3), platform="EBSCOhost")
    log.search(papers(2), source="scopus", hits=None, searched_on=None)
    log.merge((1, 5))
    rows = by_name(log)["searches"].rows
    assert rows[0][1:] == ("Medline", "EBSCOhost", "database", "2026-01-02", "4", "4", "0", "2", "0", "complete")
    assert rows[1][4:] == ("not recorded", "not recorded", "2", "0", "2", "1", "complete")


def test_a_row_must_have_a_cell_for_every_column() -> None:
    with pytest.raises(ValueError, match="table t: a row has not 2 cells"):
        table("t", "T", ("a", "b"), [("1",)])


@pytest.mark.parametrize("start", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\uff1d1"])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert f",'{start}".encode() in comma_separated(table("t", "T", ("a", "b"), [("1", start)])).replace(b'"', b"")


def test_markdown_escapes_what_means_something_and_keeps_signs() -> None:
    assert escaped("a|b *c* <d>\n# e") == "a\\|b \\*c\\* \\<d\\> \\# e"
    assert [escaped(c) for c in ("+", "-", "±", "", "1. x", "- x")] == ["+", "-", "±", "", "1\\. x", "\\- x"]
    text = markdown(table("t", "T", ("A", "B"), [("x", None)], note="one\ntwo"))
    assert text == "## T\n\n| A | B |\n| --- | --- |\n| x | not reported |\n\none\n\ntwo\n"


def test_characters_that_xml_forbids_go() -> None:
    assert legal("a\ud800\ufffe\x0b\x7fb\tc😀é") == "ab\tc😀é"


def test_no_module_of_the_room_asks_the_clock() -> None:
    for path in Path("reports").glob("*.py"):
        assert "now(" not in path.read_text("utf-8") and "time()" not in path.read_text("utf-8"), path
