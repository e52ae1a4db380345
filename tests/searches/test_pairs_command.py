"""``review pairs`` as a person runs it: list, show, judge, accept after a sample, take back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review.store import Store, open_store
from searches.dedupe import REASONS
from tests.searches.test_pairs import BASE, put, waiting

Run = Callable[..., tuple[int, str, str]]
PAIRS = 15


@pytest.fixture
def asked(review_folder: Path) -> Iterator[Store]:
    """Give pairs (1, 2), (3, 4) … of scores 0.99, 0.98 … in the folder that ``review`` runs in."""
    path = review_folder / "protocol.toml"
    two = path.read_text("utf-8").replace('name = "Illustrative reviewer"', 'name = "Ann"\n\n[[team]]\nname = "Ben"')
    path.write_text(two, "utf-8")
    opened = open_store(review_folder)
    records = [replace(BASE, title=f"Report {n}") for n in range(2 * PAIRS)]
    near = REASONS["near_year"]
    put(opened, records, [(2 * n + 1, 2 * n + 2, round(0.99 - n / 100, 2), near) for n in range(PAIRS)])
    yield opened
    opened.close()


def batch_of(text: str) -> str:
    return text.split("--batch ")[1].split()[0]


def test_list_and_show_say_what_is_asked(asked: Store, review: Run) -> None:
    code, out, _ = review("pairs", "list")
    assert code == 0
    assert out.startswith("1 and 2: same title and authors, years one apart (alike: 0.99)\n       1  Report 0\n")
    code, out, _ = review("pairs", "show", "2", "1", "--as", "Ann")
    assert code == 0
    assert "How alike: nearly all that both state is the same." in out
    assert "Title\n       1  Report 0 (shown)\n       2  Report 1\n" in out
    assert "Authors (the same)\n       1  Smith, Ann; Jones, Bob\n" in out
    assert "Neither has: issue, DOI, PMID" in out


def test_a_judgement_of_somebody_else_is_said(asked: Store, review: Run) -> None:
    assert review("pairs", "same", "1", "2", "--as", "Ann")[1] == "Noted: 1 and 2 are one report.\n"
    out = review("pairs", "different", "1", "2", "--as", "Ben")[1]
    assert out.startswith("Noted: 1 and 2 are two reports.\nAnn had judged on ")
    listed = review("pairs", "list", "--judged")[1]
    assert "Ben judged on" in listed
    assert "two reports" in listed
    assert review("pairs", "undo", "1", "2", "--as", "Ann")[1].startswith("Taken back: the judgement on 1 and 2.")
    assert review("pairs", "list", "--judged")[1] == "No pair is judged yet.\n"


def test_accepting_asks_for_the_sample_then_accepts_and_can_be_taken_back(asked: Store, review: Run) -> None:
    code, out, _ = review("pairs", "accept", "--above", "0.5", "--as", "Ann")
    assert code == 0
    assert out.startswith("Nothing is accepted yet. First judge a random sample, 10 of 10 left (seed ")
    found = json.loads(review("pairs", "accept", "--above", "0.5", "--as", "Ann", "--json")[1])
    assert (found["state"], found["to_judge"], found["accepted"], found["batch"]) == ("sample", 10, 0, None)
    for pair in found["sample"]:
        assert review("pairs", "same", str(pair["left"]), str(pair["right"]), "--as", "Ann")[0] == 0
    assert len(waiting(asked)) == 5
    code, out, _ = review("pairs", "accept", "--above", "0.5", "--as", "Ann")
    assert code == 0
    assert out.startswith("Accepted: 5 pairs at or above 0.5, after a sample of 10 (seed ")
    assert waiting(asked) == []
    code, undone, _ = review("pairs", "undo", "--batch", batch_of(out), "--as", "Ann")
    assert (code, undone) == (0, "Taken back: 5 judgements. Those pairs wait again.\n")
    assert len(waiting(asked)) == 5


def test_one_that_is_no_duplicate_refuses(asked: Store, review: Run) -> None:
    found = json.loads(review("pairs", "accept", "--above", "0.5", "--as", "Ann", "--json")[1])
    for verdict, pair in zip(["different", *["same"] * 9], found["sample"], strict=True):
        review("pairs", verdict, str(pair["left"]), str(pair["right"]), "--as", "Ann")
    code, out, err = review("pairs", "accept", "--above", "0.5", "--as", "Ann")
    assert (code, out) == (1, "")
    assert "nothing is accepted at 0.5" in err
    assert len(waiting(asked)) == 5


@pytest.mark.parametrize(
    "words", [("undo",), ("undo", "1"), ("undo", "1", "2", "--batch", "b"), ("accept",), ("accept", "--above", "much"),
              ("accept", "--above", "0.9", "--sample", "3")],
)  # fmt: skip
def test_what_the_command_line_does_not_understand(asked: Store, review: Run, words: tuple[str, ...]) -> None:
    assert review("pairs", *words, "--as", "Ann")[0] == 2
