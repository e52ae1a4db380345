"""``review dedupe FILES``: what is written, what is said, what is refused."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.cli.streams import write_streams
from review.formats import read

Run = Callable[..., tuple[int, str, str]]
HEADER = "ID,title,author,year,journal,volume,pages,doi\n"
MENTORING = 'Mentoring for doctors in remote hospitals,"Elm, A; Fir, B",2004,J Imag Med,1,5-9,10.5555/a\n'
FIRST = f"{HEADER}a1,{MENTORING}a2,{MENTORING}a3,Wellbeing of nurses on night shifts,Oak C,2003,,,,\n"
SECOND = (
    f"{HEADER}b1,{MENTORING}b2,Ash on islands,Yew D,2001,,,,\nb3,Wellbeing of nurses on night shifts,Ash E,2003,,,,\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two files: three records are one document, two pairs of others are alike."""
    one, other = tmp_path / "first.csv", tmp_path / "second.csv"
    one.write_text(FIRST, "utf-8")
    other.write_text(SECOND, "utf-8")
    return one, other


def test_it_says_what_became_of_each_file_and_why(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    code, out, err = run("dedupe", *files, "-o", tmp_path / "o.ris")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].startswith("6 records, 2 duplicates merged: 4 reports; 1 pair to look at (")
    assert [" ".join(line.split()) for line in lines[1:5]] == [
        "records removed: same file removed: other file kept",
        "first.csv 3 1 0 2",
        "second.csv 3 0 1 2",
        "all files 6 1 1 4",
    ]
    assert "A document that several files hold is counted as kept for the file that was named first." in lines
    assert "          2  every bibliographic field is the same" in lines
    assert lines[-4] == "Perhaps duplicates, but not merged:"
    assert lines[-3].startswith("          1  ")
    assert lines[-2:] == ["To look at them add: --unsure unsure.csv", f"Written: {tmp_path / 'o.ris'}"]


def test_the_numbers_of_json_add_up(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.csv"
    code, out, _ = run("dedupe", *files, "--report", pairs, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["records"] == found["reports"] + found["duplicates"] == 6
    for one in found["files"]:
        assert one["records"] == one["duplicates_within"] + one["duplicates_elsewhere"] + one["kept"]
    assert sum(one["kept"] for one in found["files"]) == found["reports"]
    counted = {verdict: sum(row["pairs"] for row in found["reasons"] if row["verdict"] == verdict)
               for verdict in ("merged", "unsure")}  # fmt: skip
    assert counted == {"merged": found["duplicates"], "unsure": found["unsure"]}
    assert found["written"] == [str(pairs)]
    assert pairs.read_text("utf-8").count("\n") == 1 + found["duplicates"] + found["unsure"]


def test_the_order_of_files_does_not_change_what_is_written(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    one, other, kept = tmp_path / "1.csv", tmp_path / "2.csv", tmp_path / "3.csv"
    assert run("dedupe", *files, "-o", one)[0] == run("dedupe", *files[::-1], "-o", other)[0] == 0
    assert one.read_bytes() == other.read_bytes()
    assert run("dedupe", *files[::-1], "-o", kept, "--keep-source-order")[0] == 0
    titles = [record.title or "" for record in read(kept.read_bytes(), name="3.csv").records]
    assert [title.split()[0] for title in titles] == ["Mentoring", "Ash", "Wellbeing", "Wellbeing"]


@pytest.mark.parametrize(
    ("target", "words"),
    [("o.csv", ("--to", "rayyan")), ("o.ris", ("--to", "covidence")), ("o.xml", ()), ("o.nbib", ()), ("o.xlsx", ()),
     ("o.bib", ()), ("o.json", ())],
)  # fmt: skip
def test_every_format_is_written(
    run: Run, files: tuple[Path, Path], tmp_path: Path, target: str, words: tuple[str, ...]
) -> None:
    code, out, _ = run("dedupe", *files, "-o", tmp_path / target, *words, "--json")
    assert code == 0
    assert len(read((tmp_path / target).read_bytes(), name=target).records) == 4
    assert bool(json.loads(out)["losses"]) == (bool(words) or target == "o.nbib")


def test_losses_are_said(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    _, out, _ = run("dedupe", *files, "-o", tmp_path / "o.nbib")
    assert "Note: MEDLINE (PubMed) has no place for all of the field “extra”" in out


def test_a_file_named_twice_is_said_and_collapses(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    once, twice = tmp_path / "1.csv", tmp_path / "2.csv"
    assert run("dedupe", files[0], "-o", once)[0] == 0
    _, out, _ = run("dedupe", files[0], files[0], "-o", twice)
    assert f"Note: {files[0]} is named more than once" in out
    assert once.read_bytes() == twice.read_bytes()


def test_files_of_one_name_are_told_apart(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = files[0].rename(tmp_path / "b" / "second.csv")
    _, out, _ = run("dedupe", other, files[1], "--json")
    assert [one["file"] for one in json.loads(out)["files"]] == [str(other), str(files[1])]


def test_records_set_aside_are_counted_and_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.ris"
    path.write_text("TY  - JOUR\nN1  - nothing\nER  - \n" * 12 + "TY  - JOUR\nTI  - Ash\nER  - \n", "utf-8")
    _, out, _ = run("dedupe", path)
    assert "set aside" in out.splitlines()[1]
    assert out.splitlines()[2].split() == ["list.ris", "1", "0", "0", "1", "12"]
    assert "Note: list.ris: record 10 was set aside: the record has no title" in out
    assert "Note: list.ris: 2 more were set aside; --json names all" in out
    (one,) = json.loads(run("dedupe", path, "--json")[1])["files"]
    assert (one["rejected"], len([loss for loss in one["losses"] if "set aside" in loss])) == (12, 12)


def test_no_records_are_no_failure(run: Run, tmp_path: Path) -> None:
    path, target = tmp_path / "none.csv", tmp_path / "o.ris"
    path.write_text("title,year\n", "utf-8")
    code, out, _ = run("dedupe", path, "-o", target)
    assert code == 0
    assert out.startswith("0 records, 0 duplicates merged: 0 reports; 0 pairs to look at (")
    assert "Note: none.csv: the file holds no records" in out
    assert target.read_bytes() == b""


@pytest.mark.parametrize("option", ["-o", "--report", "--clusters", "--unsure"])
def test_an_input_is_never_written_over(run: Run, files: tuple[Path, Path], option: str) -> None:
    link = files[0].with_name("link.csv")
    link.symlink_to(files[0])
    for path in (files[0], link):
        code, _, err = run("dedupe", *files, option, path)
        assert code == 1
        assert f"{path} is one of the files to read" in err
    assert files[0].read_text("utf-8") == FIRST


def test_what_cannot_be_written_is_refused_before_reading(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "not-there.ris"
    assert f"there is no folder {tmp_path / 'none'}" in run("dedupe", missing, "-o", tmp_path / "none" / "o.ris")[2]
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder, not a file" in run("dedupe", missing, "--report", tmp_path / "folder.csv")[2]
    assert "“word” is not written" in run("dedupe", missing, "-o", tmp_path / "o.ris", "--to", "word")[2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file"),
        (b"", "the file is empty"),
        (b"<html><body>Log in</body></html>", "this is a web page"),
        (b"%PDF-1.4", "is a PDF document"),
        (b"Titel,Jahr\nAsh,2004\n", "The table has no column for titles, authors or DOIs"),
    ],
)
def test_unreadable_inputs_stop_the_run_with_a_sentence(
    run: Run, files: tuple[Path, Path], tmp_path: Path, content: bytes | None, said: str
) -> None:
    bad, target = tmp_path / "bad.csv", tmp_path / "o.ris"
    if content is not None:
        bad.write_bytes(content)
    code, _, err = run("dedupe", *files, bad, "-o", target)
    assert code == 1
    assert said in err
    assert not target.exists()


def test_columns_can_be_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Titel,Jahr\nAsh,2004\nAsh,2004\n", "utf-8")
    assert json.loads(run("dedupe", path, "--column", "Titel=title", "--json")[1])["reports"] == 1


def test_a_foreign_encoding_is_read_and_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("title,year\nÄrzte auf Inseln,2004\n".encode("cp1252"))
    _, out, _ = run("dedupe", path, "-o", tmp_path / "o.csv")
    assert "Note: list.csv: " in out
    assert "Ärzte auf Inseln" in (tmp_path / "o.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "csv"), "--to and --keep-source-order go with -o OUT"),
        (("--keep-source-order",), "--to and --keep-source-order go with -o OUT"),
        (("--all",), "--all is for a review"),
        (("--scheduler", "tcp://127.0.0.1:1"), "--scheduler goes with --engine dask"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    run: Run, files: tuple[Path, Path], words: tuple[str, ...], said: str
) -> None:
    code, _, err = run("dedupe", *files, *words)
    assert code == 2
    assert said in err


def test_cochrane_updates_of_a_review_are_said_by_its_protocol(run: Run, folder: Path) -> None:
    code, _, err = run("dedupe", "-C", folder, "--cochrane-updates")
    assert code == 1
    assert "cochrane_updates = true under [dedupe]" in err


def test_cochrane_updates_are_merged_on_demand(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    row = 'Mentoring for doctors,"Elm, A",{},Cochrane Database of Systematic Reviews,10.1002/14651858.CD000001.pub{}\n'
    path.write_text("title,author,year,journal,doi\n" + row.format(2004, 2) + row.format(2007, 3), "utf-8")
    assert json.loads(run("dedupe", path, "--json")[1])["reports"] == 2
    assert json.loads(run("dedupe", path, "--cochrane-updates", "--json")[1])["reports"] == 1


def breaking(error: BaseException) -> Iterator[bytes]:
    yield b"half"
    raise error


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()], ids=["disk", "stop"])
def test_what_is_broken_off_leaves_every_file_as_it_was(tmp_path: Path, error: BaseException) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.ris"
    other.write_bytes(b"before")
    with pytest.raises(type(error)):
        write_streams({one: iter([b"whole"]), other: breaking(error)})
    assert [path.name for path in tmp_path.iterdir()] == ["other.ris"]
    assert other.read_bytes() == b"before"


def test_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_bytes(b"before")
    link.symlink_to(target)
    write_streams({link: [b"af", b"ter"]})
    assert link.is_symlink()
    assert target.read_bytes() == b"after"


def test_a_full_disk_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as raised:
        write_streams({tmp_path / "o.csv": breaking(OSError(errno.ENOSPC, "No space left"))})
    assert raised.value.filename == str(tmp_path / "o.csv")


def test_something_that_is_no_file_is_written_to(tmp_path: Path) -> None:
    write_streams({Path("/dev/null"): [b"gone"]})
    assert Path("/dev/null").is_char_device()
