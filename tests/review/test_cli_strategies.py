"""``review strategies`` on a file, and what ``review check`` says of strategies and of the words that they find."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

HISTORY = """\
Synthetic database <1946 to 2016>
1     exp Mentors/ (912)
2     ment*.ti,ab. (20345)
3     (junior adj3 doctor*).ti. (0)
4     (1 or 2) and 3
5     limit 4 to (english language and yr="2006 - 2016")
"""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "medline.txt"
    path.write_text(HISTORY, "utf-8")
    return path


def test_a_file_is_translated_without_a_folder(run: Run, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(history.parent)
    code, out, _ = run("strategies", "--query-file", history.name, "--syntax", "ovid", "--source", "web_of_science")
    assert code == 0
    assert out == (
        "medline, written for Ovid, is read as\n"
        "\n"
        '    ("Mentors"[heading] OR ti,ab:ment*) AND ti:(junior NEAR/2 doctor*)\n'
        "\n"
        "  limits in it (printed with each translation): from 2006, to 2016, in English\n"
        "  loss (none): the text before the first line is left out: Synthetic database <1946 to 2016>\n"
        "  to look at: line 3: it found nothing: (junior adj3 doctor*).ti. (look for a slip in spelling or field)\n"
        "\n"
        "Web of Science (web_of_science), strategy medline: to paste there\n"
        "\n"
        '    ((TI=("Mentors") OR AB=("Mentors") OR AK=("Mentors")) OR (TI=(ment*) OR AB=(ment*))) '
        "AND (TI=(junior NEAR/2 doctor*))\n"
        "    LA=(English) AND PY=(2006-2016)\n"
        "\n"
        "  or line by line:\n"
        '    #1 (TI=("Mentors") OR AB=("Mentors") OR AK=("Mentors")) OR (TI=(ment*) OR AB=(ment*))\n'
        "    #2 TI=(junior NEAR/2 doctor*)\n"
        "    #3 #1 AND #2\n"
        "    #4 #3 AND LA=(English) AND PY=(2006-2016)\n"
        "\n"
        "  loss (narrower): there are no subject headings: 'Mentors' is asked as the words 'Mentors'\n"
        "  loss (none): turn on Exact Search, or inflected forms of whole words are found too\n"
        "\n"
    )
    assert [path.name for path in history.parent.iterdir()] == ["medline.txt"]


def test_a_file_as_json(run: Run, history: Path) -> None:
    code, out, _ = run("strategies", "--query-file", history, "--syntax", "ovid", "--source", "ovid", "--json")
    given = json.loads(out)
    assert code == 0
    (read,), (one,) = given["strategies"], given["sources"]
    assert (read["strategy"], read["syntax"]) == ("medline", "ovid")
    assert read["read_as"] == '("Mentors"[heading] OR ti,ab:ment*) AND ti:(junior NEAR/2 doctor*)'
    assert read["limits"] == {"from": "2006", "to": "2016", "languages": ["eng"]}
    assert [loss["effect"] for loss in read["losses"]] == ["none"]
    assert (one["source"], one["kind"], one["parts"]) == ("ovid", "platform", [])
    assert [loss["effect"] for loss in one["losses"]] == ["none"]  # headings are to be looked up
    assert one["lines"] == one["query"].splitlines()
    assert one["lines"][-1] == '4. limit 3 to (english language and yr="2006 - 2016")'


def test_parts_are_numbered(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(" OR\n".join(f"{letter}mentor" for letter in "abcdefghijkl"), "utf-8")
    out = run("strategies", "--query-file", path, "--source", "sciencedirect")[1]
    assert "\n  part 1 of 2:\n    Title, abstract or author-specified keywords: amentor OR bmentor" in out
    assert "\n  part 2 of 2:\n    Title, abstract or author-specified keywords: gmentor OR hmentor" in out


def test_a_file_in_another_encoding_is_read_and_it_is_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("“peer support”.ti.\r\n".encode("cp1252"))
    out = run("strategies", "--query-file", path, "--syntax", "ovid", "--source", "ovid")[1]
    assert "loss (none): the file is not UTF-8: it was read as Windows-1252" in out
    assert '    1. ("peer support").ti.' in out


def test_what_cannot_be_read_is_shown_with_its_place(run: Run, history: Path) -> None:
    history.write_text(HISTORY.replace("doctor*)", "doctor*"), "utf-8")
    code, _, err = run("strategies", "--query-file", history, "--syntax", "ovid")
    assert code == 10
    assert "medline.txt cannot be read as Ovid writes it\n  medline.txt: Line 3: This bracket is never closed" in err
    assert "\n  (junior adj3 doctor*.ti.\n  ^" in err
    code, _, err = run("strategies", "--query-file", history)
    assert (code, "say which one: --syntax ovid" in err) == (10, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--syntax", "ovid"), 2, "name the file too"),
        (("--query-file", "nowhere.txt"), 1, "there is no file nowhere.txt"),
        (("--syntax", "ovit", "--query-file", "nowhere.txt"), 2, "ovit"),
    ],
)
def test_what_does_not_go_together_is_said(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    found, _, err = run("strategies", *words)
    assert (found, said in err) == (code, True)


# -- in a review


def bring_in(folder: Path, text: str) -> None:
    """Add a strategy that was written for Ovid to the protocol of a folder."""
    path = folder / "protocol.toml"
    brought = f'[strategies.brought]\nsyntax = "ovid"\nquery = """\n{text}"""\n\n[limits]\n'
    path.write_text(path.read_text("utf-8").replace("[limits]\n", brought, 1), "utf-8")


def test_a_brought_strategy_is_shown_as_it_was_read(run: Run, folder: Path) -> None:
    bring_in(folder, HISTORY.replace("2006 - 2016", "1999 - 2016"))
    code, out, _ = run("check", "-C", folder)
    assert code == 0
    assert "  brought, written for Ovid, is read as\n" in out
    assert '\n      ("Mentors"[heading] OR ti,ab:ment*) AND ti:(junior NEAR/2 doctor*)\n' in out
    assert "\n    limits in it (not asked: [limits] is): from 1999, to 2016, in English\n" in out
    assert "\n  strategies.brought: it says from 1999 and to 2016, and [limits] something else: only [limits]" in out
    assert out.count("it found nothing: (junior adj3 doctor*).ti.") == 1
    out = run("strategies", "-C", folder, "--source", "pubmed")[1]
    assert "limits in it (not asked: [limits] is): from 1999" in out
    assert '("2006/01/01"[dp] : "2016/01/31"[dp])' in out
    assert "1999/01/01" not in out


def test_a_fault_of_a_brought_strategy_names_line_and_column(run: Run, folder: Path) -> None:
    bring_in(folder, HISTORY.replace("doctor*)", "doctor*"))
    code, out, _ = run("check", "-C", folder, "--json")
    (fault,) = json.loads(out)["faults"]
    assert code == 10
    assert "strategies.brought.query: Line 3: This bracket is never closed (column 1)" in fault


def ris(*titles: str) -> str:
    return "".join(f"TY  - JOUR\nTI  - {title}\nER  - \n\n" for title in titles)


def test_the_words_that_truncated_terms_find_are_counted(run: Run, folder: Path) -> None:
    found = run("check", "-C", folder)[1]
    assert "What the truncated terms find" not in found
    assert not (folder / "review.sqlite").exists()
    titles = ["Mental health"] * 3 + ["Mentoring doctors"] * 2 + ["Mention of a medical mentor"]
    (folder / "few.ris").write_text(ris(*titles), "utf-8")
    assert run("import", folder / "few.ris", "--source", "cinahl", "-C", folder)[0] == 0
    code, out, _ = run("check", "-C", folder)
    assert code == 0
    assert "What the truncated terms find in 6 records kept here" in out
    assert "\n  Ment*         mental 3, mentoring 2, mention 1, mentor 1\n" in out
    assert "\n  barrier*      no word\n" in out
    assert (
        "\n  strategies.wellbeing, effects: Ment*: it finds mental (3 records), mentoring (2 records), "
        "mention (1 record), which are words of 3 families (if not all are meant, write those that are, joined by OR)\n"
    ) in out
    given = json.loads(run("check", "-C", folder, "--json")[1])
    assert given["stems"][0] == {
        "strategy": "wellbeing",
        "term": "Ment*",
        "words": {"mental": 3, "mentoring": 2, "mention": 1, "mentor": 1},
        "suspicious": True,
    }
    assert any("Ment*: it finds mental (3 records)" in warning for warning in given["warnings"])


def test_only_twelve_words_are_shown(run: Run, folder: Path) -> None:
    words = [f"medic{letter}{letter}" for letter in "abcdefghijklmn"]
    (folder / "few.ris").write_text(ris(" ".join(words)), "utf-8")
    run("import", folder / "few.ris", "--source", "cinahl", "-C", folder)
    out = run("check", "-C", folder)[1]
    (start,) = [row for row in out.splitlines() if row.startswith("  medic*")]
    rest = out[out.index(start) + len(start) :].splitlines()[1]
    assert start.split()[1:3] == ["medicaa", "1,"]
    assert rest.endswith("medicll 1 … and 2 words more")
    assert rest.startswith(" " * 16)
    assert len(json.loads(run("check", "-C", folder, "--json")[1])["stems"][2]["words"]) == 14
