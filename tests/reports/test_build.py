"""Everything that out/ holds: the right names, the same bytes each time, and hostile text that stays text."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
import string
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from lxml import etree, html
from openpyxl import load_workbook
from pypdf import PdfReader
from report_log import FORM, FRAMEWORK, HOSTILE, INSTRUMENT, Log, judgement, make_log, papers, whole_review

from reports import build as build_module
from reports.build import TABLES, Built, _take_away, _written, build
from reports.material import Material
from reports.planned import Planned
from reports.render_html import asset
from review.cli.protocol import init
from review.cli.reports import report as command
from review.errors import ReviewError
from review.store import open_store

SOMETIMES = ("findings", "cmo", "cerqual", "cerqual_summary", "agreement")
ALWAYS = tuple(name for name in TABLES if name not in SOMETIMES)
"""The tables that every review has; those of findings, and of confidence in them, are there once there are some."""
CHECKLISTS = ("entreq", "press", "prisma_2020", "prisma_abstracts", "prisma_s", "prisma_scr", "swim")
PLOTS = ("appraisal", "appraisal_bars", "countries", "harvest", "overlap", "theme_map", "years")
EXPECTED = {
    "index.html", "manifest.json", "tables.docx", "tables.xlsx", "tables.tex",
    *(f"flow.{s}" for s in ("svg", "png", "pdf", "html", "docx", "csv", "mmd")),
    *(f"{name}.{s}" for name in ("methods", "results", "summary") for s in ("md", "docx")),
    *(f"search_appendix.{s}" for s in ("md", "docx", "csv")),
    *("included.ris", "included.bib", "excluded_full_text.ris"),
    *("search_strategies/1-medline.json", "search_strategies/2-openalex.json"),
    *(f"tables/{name}.{s}" for name in ALWAYS for s in ("md", "html", "docx", "csv", "tex")),
    *(f"checklists/{name}.{s}" for name in CHECKLISTS for s in ("docx", "csv")),
    "checklists/press.md",
    *(f"plots/{name}.{s}" for name in PLOTS for s in ("svg", "pdf", "png")),
    *(f"revman/{name}" for name in ("included.ris", "excluded.ris", "studies.csv", "appraisal_list.csv")),
}  # fmt: skip
"""Every file of the review that ``whole_review`` makes: authors link to these names."""
BASE64 = frozenset(string.ascii_letters + string.digits + "+/=")
LEGAL = "<script>alert(1)</script> & \"q\" 'a' | `x` [y](z) *b* _c_ , 6; 7"
"""What is left of HOSTILE in a format that can hold everything else."""


def made(log: Log, out: Path, **choice: tuple[str, ...]) -> Built:
    with log.store.read() as connection:
        taken = log.extracted(connection)
        return build(Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), taken), out, **choice)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the out/ of a review full of hostile text."""
    folder = tmp_path_factory.mktemp("hostile")
    ticks = itertools.count(100)
    store = open_store(folder, clock=lambda: f"2026-11-22T00:00:00.{next(ticks):06}Z", mint=lambda: "0001")
    log = make_log(store)
    whole_review(log, hostile=HOSTILE)
    made(log, folder / "out")
    yield folder / "out"
    store.close()


def test_all_stable_names_are_written_and_listed(log: Log, tmp_path: Path) -> None:
    whole_review(log)
    built = made(log, tmp_path / "out")
    assert {path for path, _ in built.files} == EXPECTED
    on_disk = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert on_disk == EXPECTED
    for path, sha256 in built.files:
        assert hashlib.sha256((tmp_path / "out" / path).read_bytes()).hexdigest() == sha256


def test_the_same_log_gives_the_same_bytes(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_review(log)
    first = made(log, tmp_path / "a")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    second = made(log, tmp_path / "b")
    assert first == second
    for path, _ in first.files:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes(), path


def test_files_bear_the_time_of_the_last_event_and_no_other(log: Log, tmp_path: Path) -> None:
    whole_review(log)
    made(log, tmp_path)
    last = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["last_event"]
    assert Document(str(tmp_path / "tables.docx")).core_properties.modified.isoformat()[:19] == last[:19]
    assert load_workbook(tmp_path / "tables.xlsx").properties.modified.isoformat() == last[:19]
    made_at = PdfReader(tmp_path / "flow.pdf").metadata.creation_date
    assert made_at is not None and made_at.strftime("%Y-%m-%dT%H:%M:%S") == last[:19]


def test_manifest_holds_heads_protocol_and_files(log: Log, tmp_path: Path) -> None:
    whole_review(log)
    built = made(log, tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert manifest["protocol"] == "hash"
    assert [f["path"] for f in manifest["files"]] == [p for p, _ in built.files if p != "manifest.json"]
    from review.store.verify import verify

    with log.store.read() as connection:
        verify(connection, [tuple(head) for head in manifest["heads"]])
    assert len(manifest["heads"]) == 1


def test_what_is_not_written_any_more_is_taken_away_and_what_was_changed_stays(log: Log, tmp_path: Path) -> None:
    out = tmp_path / "out"
    log.search(papers(1))
    made(log, out)
    files = json.loads((out / "manifest.json").read_text("utf-8"))
    listed, elsewhere, changed = ("plots/gone.svg", "../mine.txt", "plots/edited.svg")
    linked, aliased, impossible = ("link/mine.txt", "./flow.svg", "a\x00b")
    (out / "link").symlink_to(tmp_path)
    for path in (listed, elsewhere, changed, "plots/of-others.svg"):
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_bytes(b"as it was")
    for path in (listed, elsewhere, changed, linked, aliased, impossible, str(tmp_path / "mine.txt")):
        files["files"].append({"path": path, "sha256": hashlib.sha256(b"as it was").hexdigest()})
    files["files"][-3]["sha256"] = next(one["sha256"] for one in files["files"] if one["path"] == "flow.svg")
    (out / "manifest.json").write_text(json.dumps(files), "utf-8")
    (out / changed).write_bytes(b"changed since")
    warnings = made(log, out).warnings
    assert [one for one in warnings if "earlier" in one] == [
        "plots/edited.svg is of an earlier report and was changed since: it stays, and is out of date"
    ]
    there = {path for path in (listed, elsewhere, changed, "plots/of-others.svg") if (out / path).exists()}
    assert there == {elsewhere, changed, "plots/of-others.svg"}
    assert (out / "flow.svg").is_file()


@pytest.mark.parametrize("manifest", ["", "[]", '{"files": {"a": 1}}', '{"files": [1]}', "\xff"])
def test_a_manifest_that_is_none_of_ours_takes_nothing_away(log: Log, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest.encode("latin-1"))
    (tmp_path / "mine.txt").touch()
    assert list(_take_away(tmp_path, ())) == []
    assert (tmp_path / "mine.txt").is_file()


def test_an_interrupt_draws_nothing_further_and_leaves_no_unfinished_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, drawn = threading.Event(), []

    class Pool(ThreadPoolExecutor):
        """A pool whose pictures under way go on when the others were told to stop."""

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            gate.set()
            super().shutdown(wait=wait)

    def draw(name: str) -> bytes:
        if name == "0":
            raise KeyboardInterrupt
        gate.wait(10)
        drawn.append(name)
        return b"whole"

    monkeypatch.setattr(build_module, "ThreadPoolExecutor", Pool)
    plans = (Planned(f"{n}.png", ("plots",), "Plot", partial(draw, str(n)), beside=True) for n in range(9))
    with pytest.raises(KeyboardInterrupt):
        _written(plans, tmp_path)
    assert len(drawn) <= 2  # those under way
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.png" for name in drawn}


def test_formats_and_parts_choose(log: Log, tmp_path: Path) -> None:
    whole_review(log)
    assert [p for p, _ in made(log, tmp_path, only=("flow",), formats=("svg", "csv")).files] == ["flow.csv", "flow.svg"]
    assert [p for p, _ in made(log, tmp_path, only=("themes",), formats=("md",)).files] == ["tables/themes.md"]
    references = {f"{name}.ris" for name in ("included", "excluded_full_text", "revman/included", "revman/excluded")}
    assert {p for p, _ in made(log, tmp_path, formats=("ris", "xlsx")).files} == {*references, "tables.xlsx"}


@pytest.mark.parametrize("choice", [{"formats": ("doc",)}, {"only": ("flows",)}])
def test_an_unknown_choice_is_said(log: Log, tmp_path: Path, choice: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ReviewError, match=r"there is no (format 'doc'|part 'flows')") as caught:
        made(log, tmp_path, **choice)
    assert caught.value.hint and "did you mean" in caught.value.hint


def test_an_empty_review_can_be_reported(log: Log, tmp_path: Path) -> None:
    made(log, tmp_path)
    assert "Nothing to show yet." in (tmp_path / "tables" / "excluded_full_text.html").read_text("utf-8")
    Document(str(tmp_path / "tables.docx"))


def test_a_review_without_form_framework_and_instruments(log: Log, tmp_path: Path) -> None:
    whole_review(log)
    with log.store.read() as connection:
        build(Material(connection, log.protocol), tmp_path, only=("tables",))
    rows = table(tmp_path, "characteristics_research")
    assert rows[0] == ["Study", "Title"] and len(rows) == 5


def test_warnings_say_what_is_open(log: Log, tmp_path: Path) -> None:
    log.search([], status="incomplete")
    whole_review(log)
    assert made(log, tmp_path, formats=("csv",)).warnings == (
        "search 1 (Medline) is not complete",
        "reports still to be assessed at full text: 2",
        "it was never checked whether included reports were retracted: review retractions",
        "study long2015 has no answer to 'kind': it stands with the other papers",
    )


def test_a_review_that_is_not_screened_says_so(log: Log, tmp_path: Path) -> None:
    assert made(log, tmp_path, formats=("csv",)).warnings == (
        "there is nothing to report yet: no search was run, no file was imported",
    )
    log.search(papers(2))
    assert made(log, tmp_path, formats=("csv",)).warnings == (
        "nothing is screened yet (2 records): all that follows from screening is empty",
    )
    log.vote([1], "exclude")
    assert made(log, tmp_path, formats=("csv",)).warnings == ("records still to be screened: 1",)


def test_a_part_says_that_the_index_is_older(log: Log, tmp_path: Path) -> None:
    log.search(papers(1))
    log.vote([1], "exclude")
    assert made(log, tmp_path, only=("flow",)).warnings == ()
    assert [warning[:10] for warning in made(log, tmp_path).warnings] == ["methods.md"]  # places for the authors
    (said,) = made(log, tmp_path, only=("flow",)).warnings
    assert "index.html and manifest.json still describe the last whole report" in said
    (tmp_path / "index.html").unlink()
    (said,) = made(log, tmp_path, formats=("svg",)).warnings
    assert "index.html" not in said and "manifest.json" in said


def test_blocks_of_one_table_stand_below_each_other(log: Log, tmp_path: Path) -> None:
    whole_review(log)
    other = replace(INSTRUMENT, name="other", label="Other list", items=INSTRUMENT.items[:1])
    log.note([(kind, {**what, "instrument": "other"}) for kind, what in [judgement("long2015", "1", "yes")]])
    with log.store.read() as connection:
        taken = log.extracted(connection, other)
        build(Material(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT, other), taken), tmp_path)
    title = "Critical appraisal of included studies"
    blocks = [f"{title}: {name}" for name in ("Small list (2018)", "Other list (2018)", "studies not appraised")]
    folder = tmp_path / "tables"
    lines = (folder / "appraisal.md").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("#")] == [f"## {one}" for one in blocks]
    page = html.fromstring((folder / "appraisal.html").read_text("utf-8"))
    assert (page.xpath("//h1/text()"), page.xpath("//h2/text()")) == ([title], blocks)
    doc = Document(str(folder / "appraisal.docx"))
    captions = [p._p.xpath("string(.)") for p in doc.paragraphs if p.style.name == "Caption"]
    assert captions == [f"Table {number}. {block}" for number, block in enumerate(blocks, 1)]
    rows = table(tmp_path, "appraisal")
    assert rows[2:5] == [[], ["Study", "Instrument", "1"], [rows[4][0], "Other list", "Yes"]]
    book = load_workbook(tmp_path / "tables.xlsx")
    assert [name for name in book.sheetnames if name.startswith("app")] == [
        "appraisal", "appraisal 2", "appraisal 3", "appraisal_by_item", "appraisal_by_item 2", "appraisal_items",
        "appraisal_items 2", "appraisal_reasons",
    ]  # fmt: skip
    index = html.fromstring((tmp_path / "index.html").read_text("utf-8"))
    assert index.xpath("//section[@id='tables']//h3/text()").count(title) == 1


# -- hostile text


def table(out: Path, name: str) -> list[list[str]]:
    text = (out / "tables" / f"{name}.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_csv_is_whole_and_starts_no_formula(hostile: Path) -> None:
    rows = table(hostile, "characteristics_research")
    assert {len(row) for row in rows} == {len(rows[0])}
    assert any(LEGAL in cell for row in rows for cell in row)
    assert "'=1+1" in {row[2] for row in rows}
    for path in hostile.rglob("*.csv"):
        if path.name != "flow.csv":
            for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))):
                assert not any(cell[:1] in "=@\t\r" and cell for cell in row), path


def test_html_holds_no_script_but_its_own_and_asks_no_host(hostile: Path) -> None:
    for path in hostile.rglob("*.html"):
        page = html.fromstring(path.read_text("utf-8"))
        assert all(script.text == asset("records.js") for script in page.xpath("//script[not(@type)]")), path
        assert all(set(packed.text) <= BASE64 for packed in page.xpath("//script[@type]")), path
        assert not page.xpath("//@src | //link | //@onload | //*[starts-with(name(), 'on')]"), path
        for link in page.xpath("//a/@href[not(starts-with(., '#'))]"):
            assert (hostile / link).is_file(), link
    text = html.fromstring((hostile / "tables" / "themes.html").read_text("utf-8")).text_content()
    assert LEGAL in text


def test_svg_is_valid_xml_with_text_as_text(hostile: Path) -> None:
    root = etree.parse(hostile / "flow.svg").getroot()
    ns = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    assert not root.xpath("//s:script", namespaces=ns)
    said = " ".join("".join(root.xpath("//s:g//s:text/text()", namespaces=ns)).replace("\xa0", " ").split())
    assert "<script>alert(1)</script>" in said
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {"flow-title", "flow-desc", "box-identified", "box-new", "arrow-screened-excluded"} <= set(ids)


def test_markdown_tables_keep_their_columns(hostile: Path) -> None:
    for path in (hostile / "tables").glob("*.md"):
        rows = [line for line in path.read_text("utf-8").splitlines() if line.startswith("|")]
        pipes = {len(re.findall(r"(?<!\\)\|", line)) for line in rows}
        assert len(pipes) == 1, path
        assert not any(re.search(r"(?<!\\)<", line) for line in rows), path


def test_word_tables_are_real_with_a_header_that_repeats(hostile: Path) -> None:
    doc = Document(str(hostile / "tables.docx"))
    assert len(doc.tables) == len(ALWAYS)
    for grid in doc.tables:
        assert grid.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
        assert all(cell.text and cell._tc.xpath("./w:tcPr/w:shd") for cell in grid.rows[0].cells)
    assert any(LEGAL in cell.text for grid in doc.tables for row in grid.rows for cell in row.cells)
    captions = [p for p in doc.paragraphs if p.style.name == "Caption"]
    assert all("SEQ Table" in p._p.xpath("./w:fldSimple/@w:instr")[0] for p in captions)
    assert captions[0]._p.xpath("string(.)") == "Table 1. Characteristics of included research papers"
    assert captions[0]._p.xpath("./w:pPr/w:outlineLvl")  # a table of contents finds it, as a list of tables does
    sizes = {(s.orientation, s.page_width > s.page_height) for s in doc.sections}
    assert sizes == {(0, False), (1, True)}


def test_excel_cells_are_text_never_formulas(hostile: Path) -> None:
    book = load_workbook(hostile / "tables.xlsx")
    assert book.sheetnames == list(ALWAYS)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    values = {cell.value for cell in cells}
    assert {"=cmd()", "=1+1", LEGAL} <= values


def test_mermaid_and_the_pdf_hold_the_numbers(hostile: Path) -> None:
    text = (hostile / "flow.mmd").read_text("utf-8")
    assert "<script" not in text and "Records screened (n = 12)" in text
    assert "Records screened" in PdfReader(hostile / "flow.pdf").pages[0].extract_text()
    assert (hostile / "flow.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_included_ris_holds_the_included_reports(hostile: Path) -> None:
    text = (hostile / "included.ris").read_text("utf-8")
    assert text.count("TY  - ") == 4 and "10.5555/2" in text


def test_the_command_writes_out_and_gives_one_json_object(tmp_path: Path) -> None:
    runner = CliRunner()
    folder = tmp_path / "mine"
    assert runner.invoke(init, [str(folder)]).exit_code == 0
    result = runner.invoke(command, ["-C", str(folder), "--json", "--only", "flow", "--format", "svg"])
    assert result.exit_code == 0, result.output
    given = json.loads(result.stdout)
    assert given.keys() == {"files", "warnings"}
    assert given["files"] == [
        {"path": "flow.svg", "sha256": hashlib.sha256((folder / "out" / "flow.svg").read_bytes()).hexdigest()}
    ]
