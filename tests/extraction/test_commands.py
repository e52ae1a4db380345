"""``review extract`` and ``code``: one JSON object each, tables out and in, errors in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from review.cli.main import cli
from review.errors import DecisionError, ReviewError, StageError
from review.protocol.reading import template
from review.stages import open_workspace
from review.store import Actor, Store

Include = Callable[[Store, Actor, Sequence[int]], None]
CLAIMS = Path(__file__).parents[2] / "examples" / "mentoring" / "published_claims.toml"


@pytest.fixture
def folder(tmp_path: Path, fill: Callable[..., list[int]], include: Include) -> Path:
    """Give a review folder with two included reports."""
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    workspace = open_workspace(tmp_path, {})
    fill(workspace.store, 3, file_name="list.ris")
    include(workspace.store, workspace.actor(workspace.protocol.team[0].name), [1, 2])
    workspace.store.close()
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    name = open_workspace(folder, {}).protocol.team[0].name
    return CliRunner().invoke(cli, [*words, "-C", str(folder), "--as", name])


def told(folder: Path, *words: str) -> Any:
    result = run(folder, *words, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def fill_in(path: Path, study: str, field: str, value: str) -> None:
    text = path.read_text("utf-8-sig")
    lines = [line for line in text.splitlines() if line.startswith(f"{study},{field},")]
    assert lines
    path.write_text("study,field,value,missing,quote,place\n" + f"{study},{field},{value},,,\n", "utf-8")


def test_extract_out_fill_in_preview_save_status(folder: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    assert told(folder, "extract", "out", str(form)) == {"file": str(form), "rows": 190}
    fill_in(form, "maker2001", "kind", "research")
    shown = told(folder, "extract", "in", str(form), "--preview")
    assert (shown["new"], shown["saved"]) == (1, False)
    assert told(folder, "extract")["studies"][0]["answered"] == 0
    saved = told(folder, "extract", "in", str(form))
    assert saved == {
        "new": 1, "changed": 0, "cleared": 0, "same": 0, "empty": 0, "saved": True,
        "changes": [{"row": 2, "kind": "new", "what": "maker2001, kind", "text": "value: research"}],
    }  # fmt: skip
    assert told(folder, "extract", "in", str(form))["saved"] is False
    assert "form.csv: 1 the same as before. There is nothing to save." in run(folder, "extract", "in", str(form)).output
    status = told(folder, "extract", "status")
    assert [(one["study"], one["answered"]) for one in status["studies"]] == [("maker2001", 1), ("maker2002", 0)]
    assert told(folder, "extract", "in", str(form))["same"] == 1


def test_extract_in_says_what_changes_and_xlsx_goes_out(folder: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    form.write_text("study,field,value,missing,quote,place\nmaker2001,sample_n,49,,,p. 3\n", "utf-8")
    said = run(folder, "extract", "in", str(form), "--preview").output
    assert "row 2, new: maker2001, sample_n: value: 49; place: p. 3" in said
    assert "form.csv: 1 new. Nothing was saved." in said
    run(folder, "extract", "out", str(tmp_path / "form.xlsx"))
    assert (tmp_path / "form.xlsx").read_bytes().startswith(b"PK")


def test_studies_are_listed_and_joined(folder: Path, tmp_path: Path) -> None:
    assert [one["study"] for one in told(folder, "extract", "studies")["studies"]] == ["maker2001", "maker2002"]
    table = tmp_path / "studies.csv"
    table.write_text("file,position,study\nlist.ris,1,both\nlist.ris,2,both\n", "utf-8")
    joined = told(folder, "extract", "join", str(table))
    assert joined["studies"] == [{"study": "both", "reports": [1, 2], "title": "Synthetic report 1"}]


def test_listing_studies_needs_nobody(folder: Path) -> None:
    protocol = folder / "protocol.toml"
    two = protocol.read_text("utf-8").replace(
        'name = "Illustrative reviewer"', 'name = "Ann"\n\n[[team]]\nname = "Bob"'
    )
    protocol.write_text(two, "utf-8")
    listed = CliRunner().invoke(cli, ["extract", "studies", "-C", str(folder)], env={"REVIEW_USER": None})
    assert listed.output.startswith("2 studies, 2 reports\n  maker2001: Synthetic report 1 (report 1)\n")


def test_joining_what_is_not_included_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "studies.csv"
    table.write_text("file,position,study\nlist.ris,3,both\n", "utf-8")
    error = run(folder, "extract", "join", str(table)).exception
    assert isinstance(error, DecisionError)
    assert "report 3 is not included at full text" in error.message
    assert error.hint and "review extract studies" in error.hint


def test_a_preview_shows_eight_rows_and_json_all(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "codings.csv"
    header = "key,study,statement,text,component,subelement,polarity,perspective,evidence,quote,place\n"
    table.write_text(header + "".join(f",maker2001,H{i},{'calm ' * 40},health,,+,,,,\n" for i in range(10)), "utf-8")
    lines = run(folder, "code", "in", str(table), "--preview").output.splitlines()
    assert len(lines) == 10
    assert lines[8:] == ["  and 2 more", "codings.csv: 10 new. Nothing was saved."]
    assert lines[0].endswith("calm …") and len(lines[0]) < 150
    assert len(told(folder, "code", "in", str(table), "--preview")["changes"]) == 10


def test_what_goes_out_says_what_comes_next(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "codings.csv"
    said = run(folder, "code", "out", str(table)).output
    assert f"Wrote the headings to {table}: each finding is one row, new ones go below." in said
    assert f"Next: fill it in, then: review code in {table}" in said
    assert f"Wrote 190 rows to {table}.\nNext: fill it in, then: review extract in" in run(
        folder, "extract", "out", str(table)
    ).output  # fmt: skip


def test_open_fields_are_named_when_they_are_few(folder: Path, tmp_path: Path) -> None:
    assert "Nothing is extracted yet. In the browser: review serve. As a table: review extract out" in run(
        folder, "extract"
    ).output  # fmt: skip
    open_ = told(folder, "extract")["studies"][0]["required_open"]
    form = tmp_path / "form.csv"
    rows = "".join(f"maker2001,{field},,not_reported,,\n" for field in open_[2:])
    form.write_text("study,field,value,missing,quote,place\n" + rows, "utf-8")
    run(folder, "extract", "in", str(form))
    said = run(folder, "extract").output
    assert f" fields; still required: {open_[0]}, {open_[1]}; not done\n" in said
    assert "maker2002: nobody has begun\n" in said
    assert "Nothing is extracted" not in said


def test_code_in_status_check(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "codings.csv"
    header = "key,study,statement,text,component,subelement,polarity,perspective,evidence,quote,place\n"
    table.write_text(header + ",maker2001,H1,Calm,health,,+,,,so calm,p. 1\n", "utf-8")
    assert told(folder, "code", "in", str(table))["new"] == 1
    status = told(folder, "code")
    assert status["codings"] == 1
    assert status["components"][1] == {
        "component": "health", "studies": ["maker2001"], "polarities": {"+": 1, "-": 0, "0": 0},
    }  # fmt: skip
    assert "study maker2002 is in no finding" in run(folder, "code", "check").output
    assert told(folder, "code", "out", str(table))["rows"] == 1


def test_code_check_of_a_publication(folder: Path) -> None:
    found = told(folder, "code", "check", str(CLAIMS))
    assert (found["claims"], len(found["findings"])) == (11, 4)
    assert "is said of all 13 but cited for 11" in run(folder, "code", "check", str(CLAIMS)).output


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (("extract", "out", "form.doc"), ReviewError, "neither .xlsx nor .csv"),
        (("extract", "out"), ReviewError, "which file is meant"),
        (("extract", "in", "nowhere.csv"), ReviewError, "there is no file"),
    ],
)
def test_what_cannot_be_done_says_why(folder: Path, words: Sequence[str], kind: type, message: str) -> None:
    result = run(folder, *words)
    assert isinstance(result.exception, kind)
    assert message in str(result.exception)


def test_a_faulty_table_is_an_error_even_in_a_preview(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "form.csv"
    table.write_text("study,field,value,missing,quote,place\nmaker2001,kind,novel,,,\n", "utf-8")
    result = run(folder, "extract", "in", str(table), "--preview")
    assert isinstance(result.exception, DecisionError)
    assert "row 2: maker2001, kind: 'novel' is not one of" in str(result.exception)


def test_before_anything_is_included_there_is_no_form(tmp_path: Path) -> None:
    (tmp_path / "protocol.toml").write_text(template("mentoring"), "utf-8")
    result = run(tmp_path, "extract", "out", str(tmp_path / "form.csv"))
    assert isinstance(result.exception, StageError)
    assert "no report is included at full text yet" in str(result.exception)
