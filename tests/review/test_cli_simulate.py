"""``review simulate``: what is written, what is said, what is refused."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]
WORDS = {1: "mentor mentee guidance career peer supervision", 0: "soil harvest orchard beetle pollen drought"}


def table(labels: list[int]) -> str:
    """Give an invented labelled set; the words of a title turn with its number."""
    rows = []
    for number, label in enumerate(labels, 1):
        words = WORDS[label].split()
        title = " ".join(words[(number + step) % 6] for step in (0, 1, 3))
        rows.append(f"p{number},{title},a study with results {words[number % 6]},{label}")
    return "\n".join(("record_id,title,abstract,label_included", *rows, ""))


LABELS = [int(number % 9 == 4) for number in range(36)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text(table(LABELS), "utf-8")
    return path


def test_the_order_holds_every_record_once_and_gives_the_numbers(run: Run, file: Path, tmp_path: Path) -> None:
    order = tmp_path / "order.csv"
    code, out, err = run("simulate", file, "--seed", 3, "--order", order, "--json")
    assert code == 0, err
    (found,) = json.loads(out)["files"]
    rows = list(csv.DictReader(order.read_text("utf-8").splitlines()))
    assert sorted(row["record_id"] for row in rows) == sorted(f"p{n}" for n in range(1, 37))
    assert all(LABELS[int(row["record_id"][1:]) - 1] == int(row["label"]) for row in rows)
    assert [row["label"] for row in rows[:2]] == ["1", "0"]  # what was given comes first
    places = [place for place, row in enumerate(rows[2:], 1) if row["label"] == "1"]
    assert (found["records"], found["relevant"], found["priors"]) == (36, 4, {"relevant": 1, "irrelevant": 1})
    assert found["wss95"] == pytest.approx((34 - places[-1]) / 34 - 0.05)
    assert found["atd"] == pytest.approx(sum(places) / 3)
    assert found["first_relevant"] == places[0]
    assert found["recall"]["50"] == sum(place <= 17 for place in places) / 3
    assert run("simulate", file, "--seed", 3, "--order", order, "--json")[0] == 0
    assert rows == list(csv.DictReader(order.read_text("utf-8").splitlines()))


def test_several_runs_and_the_question_are_said_in_plain_lines(run: Run, file: Path, tmp_path: Path) -> None:
    curve = tmp_path / "curve.svg"
    code, out, _ = run("simulate", file, "--question", "Mentoring and career", "--runs", 2, "--curve", curve)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "labelled.csv: 36 labelled records, 4 relevant (11.1 %; labels from the column label_included)"
    assert re.fullmatch(r"  began with the question; 2 runs, [\d.]+ s", lines[1])
    assert any(
        re.match(r"  50 irrelevant in a row +36  100 % 100\.0 % +0\.0 +100\.0 %  never says stop", x) for x in lines
    )
    assert lines[-1] == f"Written: {curve}"
    assert "50 irrelevant" not in curve.read_text("utf-8")  # a rule that never says stop has no place on the line
    assert "mean of 2 runs" in curve.read_text("utf-8")


def test_what_is_left_out_is_said(run: Run, file: Path) -> None:
    file.write_text(file.read_text("utf-8") + "p37,no label here,text,\n", "utf-8")
    code, out, _ = run("simulate", file, "--priors", "0+0")
    assert code == 0
    assert "  Note: 1 record without a label left out" in out.splitlines()
    assert "began with nothing given" in out


def test_two_files_of_one_name_are_called_by_their_path(run: Run, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "more" / "labelled.csv"
    other.parent.mkdir()
    other.write_text(table([1, 0, 0, 1, 0]), "utf-8")
    code, out, _ = run("simulate", file, other, "--json")
    assert code == 0
    assert [one["file"] for one in json.loads(out)["files"]] == [str(file), str(other)]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--priors", "1"], 2, "1 is not of the form 1+1"),
        (["--priors", "4+0"], 1, "holds 4 relevant and 32 irrelevant records: too few to give 4+0"),
        (["--question", " "], 2, "--question is empty"),
        (["--order", "x.csv", "--runs", "2"], 2, "--order writes one order"),
        (["--order", "x.svg", "--curve", "x.svg"], 2, "name one file"),
        (["--label", "abstract"], 1, "there is no column 'abstract' with text in it"),
        (["--curve", "nowhere/x.svg"], 1, "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    got, _, err = run("simulate", file, *words)
    assert (got, message in err) == (code, True), err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["labelled.csv"]


def test_ids_that_are_not_unique_make_no_order(run: Run, file: Path, tmp_path: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("p36,", "p1,"), "utf-8")
    assert run("simulate", file)[0] == 0
    code, _, err = run("simulate", file, "--order", tmp_path / "o.csv")
    assert code == 1
    assert "the id p1 is on more than one record" in err
    assert not (tmp_path / "o.csv").exists()


def test_without_scikit_learn_one_sentence_says_what_to_install(file: Path) -> None:
    program = (
        "import sys; sys.modules['sklearn'] = None\n"
        f"sys.argv = ['review', 'simulate', {str(file)!r}]\n"
        "from review.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert done.stderr.endswith("What to do: pip install 'narrative-review[ranking]'\n")
    assert "Traceback" not in done.stderr
