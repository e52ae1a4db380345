"""The command line as a person meets it: help, one JSON object, clear sentences, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from review.cli.main import COMMANDS
from review.cli.protocol import PLACEHOLDERS
from review.protocol import template

ROOT = Path(__file__).parents[2]
HEAVY = ["pandas", "sqlalchemy", "alembic", "starlette", "requests", "docx", "openpyxl", "typst", "rapidfuzz", "Bio"]
Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert out.startswith("Usage: review ")


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['review', '--help']\n"
        "from review.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    script = (
        f"import sys; sys.argv = ['review', {command!r}, '--help']\n"
        "from review.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_mistyped_command_is_guessed(run: Run) -> None:
    code, _, err = run("dedup")
    assert code == 2
    assert "Did you mean 'dedupe'?" in err


def test_init_makes_a_folder_that_check_accepts(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "mine"
    code, out, _ = run("init", place, "--json")
    assert code == 0
    assert json.loads(out)["warnings"] == []
    assert run("check", "-C", place)[0] == 0


def test_init_leaves_a_protocol_that_is_there_alone(run: Run, folder: Path) -> None:
    before = (folder / "protocol.toml").read_bytes()
    code, _, err = run("init", folder)
    assert code == 7
    assert "there already" in err
    assert (folder / "protocol.toml").read_bytes() == before


def test_init_warns_about_a_synced_drive(run: Run, tmp_path: Path) -> None:
    _, out, _ = run("init", tmp_path / "Dropbox" / "mine")
    assert "synced drive" in out


def test_a_folder_without_a_protocol_is_no_review(run: Run, tmp_path: Path) -> None:
    code, _, err = run("status", "-C", tmp_path)
    assert code == 7
    assert "has no protocol.toml" in err
    assert "review init" in err


def test_a_protocol_full_of_faults_lists_them_all(run: Run, folder: Path) -> None:
    path = folder / "protocol.toml"
    path.write_text(
        path.read_text("utf-8").replace("votes = 1", "votes = 0").replace('role = "I"', 'rule = "I"'), "utf-8"
    )
    code, _, err = run("status", "-C", folder)
    assert code == 10
    assert err.count("must be from 1 to 3") == 2
    assert "did you mean 'role'?" in err
    code, out, _ = run("status", "-C", folder, "--json")
    assert code == 10
    assert len(json.loads(out)["faults"]) == 4


def test_an_unknown_source_or_form_is_a_fault(run: Run, folder: Path) -> None:
    path = folder / "protocol.toml"
    text_ = path.read_text("utf-8").replace("[sources.pubmed]", "[sources.pubmet]").replace('"bitc-workwell"', '"bitc"')
    path.write_text(text_, "utf-8")
    code, _, err = run("check", "-C", folder)
    assert code == 10
    assert "did you mean 'pubmed'?" in err
    assert "bitc-workwell" in err


def test_status_says_what_comes_next(run: Run, imported: Path) -> None:
    code, out, _ = run("status", "-C", imported, "--json")
    assert code == 0
    status = json.loads(out)
    assert (status["records"], status["reports"], status["next_step"]) == (117, 117, "review dedupe")


def test_dedupe_is_next_only_while_there_are_new_records(run: Run, folder: Path, tmp_path: Path) -> None:
    def following() -> str:
        step: str = json.loads(run("status", "-C", folder, "--json")[1])["next_step"]
        return step

    for name in ("One", "Two"):
        path = tmp_path / f"{name}.ris"
        path.write_text(f"TY  - JOUR\nTI  - {name} of a kind\nER  - \n", "utf-8")
        run("import", path, "--source", "cinahl", "-C", folder)
        assert following() == "review dedupe"
        assert "0 duplicates merged" in run("dedupe", "-C", folder)[1]
        assert following().startswith("screen titles and abstracts")


def test_status_leaves_out_what_is_none(run: Run, imported: Path) -> None:
    lines = [" ".join(line.split()) for line in run("status", "-C", imported)[1].splitlines()]
    assert lines[1:7] == [
        "Searches 2", "Records 117", "Reports 117", "Title/abstract 0 screened, 117 waiting", "Full text 0 assessed",
        "Included reports 0",
    ]  # fmt: skip


def test_one_is_no_plural(run: Run, folder: Path) -> None:
    said = run("verify", "-C", folder)[1]
    assert said.startswith("1 event in 1 log: ")
    assert "0 raw replies and 0 full texts as saved, none missing." in said


def test_what_the_template_left_to_be_written_is_named(run: Run, tmp_path: Path) -> None:
    assert all(f'"{text_}"' in template("blank") for text_ in PLACEHOLDERS)
    run("init", tmp_path / "mine")
    warnings = json.loads(run("check", "-C", tmp_path / "mine", "--json")[1])["warnings"]
    assert [one.partition(":")[0] for one in warnings] == ["review.title", "review.question", "team"]
    assert all(any(text_ in one for one in warnings) for text_ in PLACEHOLDERS)
    run("init", tmp_path / "other", "--template", "mentoring")
    assert "still stands there" not in run("check", "-C", tmp_path / "other")[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("cinhal",), "Note: 'cinhal' is not among the protocol's platforms (did you mean 'cinahl'?)"),
        (("Shelf",), "Note: 'Shelf' is not among the protocol's platforms (kept under that name)"),
        (("cinahl",), None),
        (("pubmed",), None),
        (("Shelf", "--kind", "website"), None),
    ],
)
def test_a_platform_that_the_protocol_does_not_have(
    run: Run, folder: Path, options: tuple[str, ...], said: str | None
) -> None:
    code, out, _ = run("import", folder / "imports" / "article_2008.ris", "-C", folder, "--source", *options)
    assert code == 0
    assert [line for line in out.splitlines() if "platforms" in line] == ([said] if said else [])


def test_import_says_what_the_query_says_of_the_file(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text("TY  - JOUR\nTI  - Honey\nAB  - Bees.\nKW  - bees\nER  - \n", "utf-8")
    out = run("import", path, "--source", "cinahl", "-C", folder)[1]
    assert out == "a.ris: 1 record read as ris.\n  Query and limits, evaluated here: no 1.\n"


def test_import_prints_one_object_with_every_stable_key(run: Run, folder: Path) -> None:
    _, out, _ = run("import", "-C", folder, "--json")
    keys = {"source", "status", "hits", "retrieved", "records", "rejected", "matched_locally", "losses", "error"}
    searches = json.loads(out)["searches"]
    assert [(s["records"], s["hits"], s["status"]) for s in searches] == [(27, 27, "complete"), (90, 90, "complete")]
    assert all(keys <= set(s) for s in searches)
