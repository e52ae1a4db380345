"""What Rayyan, Covidence, ASReview, EPPI-Reviewer and Zotero import, the limits they have, and ``review convert``."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from review import formats
from review.errors import ReviewError
from review.formats import tools
from review.formats.registry import WRITERS, format_for
from review.record import Record

Run = Callable[..., tuple[int, str, str]]

RECORD = Record(
    title="=Mentoring", authors=("Oak, Ann", "Elm, Bo"), date="2014-05-31", journal="Synth Med", volume="12", issue="3",
    pages="142-156", abstract="Ab.", keywords=("mentors", "Burnout"), kind="review", language="eng", doi="10.9999/s.1",
    pmid="99999991", issns=("1234-5678", "8765-4321"), url="https://x.org", publisher="Pub", place="London",
    flags=("retracted",), source_id="S1", identifiers=(("arxiv", "1"),), notes=("n",), extra=(("Label_Included", "1"),),
)  # fmt: skip


def rows(format: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(formats.write([RECORD, Record(title="T")], format).decode("utf-8-sig"))))


def test_rayyan() -> None:
    first, second = rows("rayyan")
    assert first == {
        "key": "1", "title": "'=Mentoring", "year": "2014", "month": "5", "day": "31", "journal": "Synth Med",
        "issn": "1234-5678, 8765-4321", "volume": "12", "issue": "3", "pages": "142-156",
        "authors": "Oak, Ann and Elm, Bo", "url": "https://x.org", "language": "eng", "publisher": "Pub",
        "location": "London", "abstract": "Ab.", "notes": "n", "doi": "10.9999/s.1", "keywords": "mentors; Burnout",
        "pubmed_id": "99999991", "pmc_id": "",
    }  # fmt: skip
    assert (second["key"], second["title"], second["year"], second["month"]) == ("2", "T", "", "")


def test_asreview_with_the_labels_of_a_labelled_table() -> None:
    first, second = rows("asreview")
    assert (first["record_id"], first["title"], first["abstract"], first["included"]) == (
        "1",
        "'=Mentoring",
        "Ab.",
        "1",
    )
    assert (first["authors"], first["keywords"], first["doi"]) == (
        "Oak, Ann; Elm, Bo",
        "mentors; Burnout",
        "10.9999/s.1",
    )
    assert second["included"] == ""


@pytest.mark.parametrize(
    ("tool", "tags"),
    [("covidence", ("TI", "T2")), ("eppi", ("T1", "JF")), ("zotero", ("TI", "T2"))],
)
def test_ris_for_tools(tool: str, tags: tuple[str, str]) -> None:
    lines = formats.write([RECORD], tool).decode().splitlines()
    assert lines[0] == "TY  - JOUR" and lines[-1] == "ER  - "
    assert f"{tags[0]}  - =Mentoring" in lines and f"{tags[1]}  - Synth Med" in lines
    assert {"AU  - Oak, Ann", "AB  - Ab.", "PY  - 2014", "SP  - 142", "EP  - 156", "DO  - 10.9999/s.1"} <= set(lines)
    assert not [line for line in lines if "review:" in line or "retracted" in line or "Label" in line]


@pytest.mark.parametrize("tool", tools.TOOLS)
def test_what_a_tool_gets_is_a_file_that_we_read_with_the_same_fields(tool: str) -> None:
    data = formats.write([RECORD], tool)
    (back,) = formats.read(data, name="x" + WRITERS[tool].ending).records
    for field in ("authors", "journal", "abstract", "doi", "keywords"):
        assert getattr(back, field) == getattr(RECORD, field)
    assert back.year == 2014 and data == formats.write([RECORD], tool)
    assert WRITERS[tool].docs.startswith("https://")


def test_limits_are_said() -> None:
    assert tools.exceeded("covidence", 15_000, 50_000_000) == ()
    assert "15,001 records: split it" in tools.exceeded("covidence", 15_001, 1)[0]
    assert "up to 100 MB, this one has 101 MB" in tools.exceeded("rayyan", 1, 101_000_000)[0]
    assert tools.exceeded("ris", 10**9, 10**12) == ()


def test_the_first_format_of_an_ending_is_meant_by_it() -> None:
    found = [format_for(f"x{ending}") for ending in (".csv", ".RIS", ".bib", ".json", ".xlsx", ".nbib")]
    assert found == ["csv", "ris", "bibtex", "csl-json", "xlsx", "medline"]
    with pytest.raises(ReviewError, match=r"x\.pdf does not end as") as caught:
        format_for("x.pdf")
    assert ".csv, .ris" in (caught.value.hint or "")


def test_convert_says_what_it_read_and_joins_any_two(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_bytes(formats.write([RECORD], "ris"))
    chain = ["in.ris", "a.bib", "b.json", "c.xlsx", "d.csv", "e.ris"]
    for source, target in itertools.pairwise(chain):
        code, out, _ = run("convert", tmp_path / source, tmp_path / target, "--json")
        assert code == 0 and json.loads(out)["records"] == 1
    assert (tmp_path / "e.ris").read_bytes() == (tmp_path / "in.ris").read_bytes()


def test_convert_to_a_tool_and_from_a_named_format(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.dat").write_bytes(b"title,doi\nT,10.9999/s.1\n")
    code, out, err = run("convert", tmp_path / "in.dat", tmp_path / "o.csv", "--from", "csv", "--to", "rayyan")
    assert code == 0, err
    assert "1 record written" in out and (tmp_path / "o.csv").read_text("utf-8-sig").startswith("key,title,year")


def test_convert_with_columns_of_ones_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("Titel;Jahr\nÜber Mentoren;2014\n", "utf-8")
    words = ("convert", tmp_path / "in.csv", tmp_path / "o.json")
    code, _, err = run(*words)
    assert code == 1 and "it has: Titel, Jahr" in err and '--column "Titel=title"' in err
    assert run(*words, "--column", "Titel=title", "--column", "Jahr=date")[0] == 0
    (item,) = json.loads((tmp_path / "o.json").read_text("utf-8"))
    assert (item["title"], item["issued"]) == ("Über Mentoren", {"date-parts": [[2014]]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "docx"], "“docx” is not written"),
        (["--from", "docx"], "“docx” is not read"),
        (["--column", "Titel"], "this is not NAME=FIELD"),
        (["--column", "title=name"], "“name” is no field"),
    ],
)
def test_wrong_options_are_a_sentence(run: Run, tmp_path: Path, options: list[str], message: str) -> None:
    (tmp_path / "in.csv").write_text("title\nT\n", "utf-8")
    code, _, err = run("convert", tmp_path / "in.csv", tmp_path / "o.ris", *options)
    assert code == 1 and message in err and not (tmp_path / "o.ris").exists()
