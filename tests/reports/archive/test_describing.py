"""What an archive says of itself: dictionary, RO-Crate, licence, citation; and names that are hidden in it."""

from __future__ import annotations

import csv
import json
import tomllib
import zipfile
from pathlib import Path

import archived
import pytest
from rocrate.rocrate import ROCrate

import reports.build
from reports.archive.contents import METADATA, SUMS, Piece, read_sums, safe
from reports.archive.crate import crate
from reports.archive.dictionary import dictionary, meaning
from reports.archive.notes import Facts, citation, licence_of, licence_text, readme
from reports.archive.pseudonyms import Pseudonyms, labels
from reports.archive.redaction import public_protocol
from review.archiving import archive
from review.errors import StageError
from review.protocol import read_protocol
from review.store import portable
from review.store.withheld import Withheld

HOSTILE = 'A "review": of\n- <script> & \\ |'
FACTS = Facts(HOSTILE, "Why?", "2026-11-22T10:00:00.000000Z", ("Ann Lee",), licence_of("CC-BY-4.0"), "1.0")


def test_every_table_and_column_has_a_meaning_and_nothing_else_has() -> None:
    rows = list(csv.reader(dictionary(portable.shape()).decode("utf-8-sig").splitlines()))[1:]
    assert [row for row in rows if not row[4]] == []
    columns = {(table, name) for table, some in portable.shape() for name, _, _ in some}
    known = tomllib.loads((Path(reports.build.__file__).parent / "archive/dictionary.toml").read_text("utf-8"))
    assert set(known["tables"]) == set(portable.ARCHIVED)
    assert [(t, c) for t, some in known["of"].items() for c in some if (t, c) not in columns] == []
    assert [c for c in known["every"] if all(meaning(t, n) != known["every"][c] for t, n in columns if n == c)] == []


def test_the_crate_names_every_file_and_the_library_of_its_makers_opens_it(
    tmp_path: Path, clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.build, "PLANS", ())
    workspace = archived.made(tmp_path / "review", clock)  # type: ignore[arg-type]
    archive(workspace, tmp_path / "a.zip", public=False, notify=lambda *_: None)
    workspace.store.close()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path / "crate")
        names = set(packed.namelist())
    found = ROCrate(str(tmp_path / "crate"))
    listed = {one.id: one for one in found.get_entities() if one.type == "File"}
    assert {name.replace(" ", "%20").replace("ü", "%C3%BC") for name in names} == {*listed, METADATA}
    assert found.name == "Mentors & <doctors>: a review"
    hashes = read_sums((tmp_path / "crate" / SUMS).read_bytes())
    for name, one in listed.items():
        if name != SUMS and "%" not in name:
            assert one["sha256"] == hashes[name]
            assert one["contentSize"] == str((tmp_path / "crate" / name).stat().st_size)
            assert one["encodingFormat"] != "application/octet-stream"
            assert one["description"] != "A file of the review"


def test_titles_stay_titles() -> None:
    lines = citation(FACTS).decode().splitlines()
    assert json.loads(lines[3].removeprefix("title: ")) == HOSTILE
    assert r"\<script\> \& \\ \|" in readme(FACTS, {}).decode()
    assert json.loads(crate(FACTS, [Piece("review/ä b.ris", "0" * 64, 1)]))["@graph"][1]["name"] == HOSTILE


def test_a_licence_is_named_and_none_is_invented() -> None:
    assert b"SPDX-License-Identifier: CC-BY-4.0" in licence_text(FACTS)
    none = Facts("T", "Q", FACTS.moment, ("A",), licence_of(None), "1.0")
    assert b"No licence was chosen" in licence_text(none)
    assert b"license" not in citation(none)
    assert json.loads(crate(none, []))["@graph"][1]["license"] == "No licence was chosen."
    other = licence_of("ODbL-1.0")
    assert other is not None
    assert other.url == "https://spdx.org/licenses/ODbL-1.0.html"


def test_a_public_one_says_what_is_not_there() -> None:
    public = Facts("T", "Q", FACTS.moment, ("A",), None, "1.0", Withheld(3, 2, 1, 0, {"a": "b"}, {}), ("raw/x.gz",))
    text = readme(public, {"record": 1}).decode()
    assert "Raw replies and imported files: 3. Full texts: 2. Abstracts: 1." in text
    assert "raw/x.gz" in text
    assert "What is not here" not in readme(FACTS, {}).decode()


NAMES = Pseudonyms({"Ann Lee": "Reviewer A", "B": "Reviewer B", "Lee, A.": "Reviewer A"})


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ann Lee, ann\nlee and ANN LEE", "Reviewer A, Reviewer A and Reviewer A"),
        ("Annabel Lee; Ann Leeds; Lee 2014", "Annabel Lee; Ann Leeds; Lee 2014"),
        ("Lee, A. wrote to x.y+z@mail.example.org.", "Reviewer A wrote to [e-mail]."),
        ("Ann-Lee", "Ann-Lee"),
    ],
)
def test_names_are_hidden_whole(text: str, hidden: str) -> None:
    names = Pseudonyms({name: label for name, label in NAMES.names.items() if name != "B"})
    assert names.text(text) == hidden
    assert names.text(hidden) == hidden


TRICKY = Pseudonyms(
    {
        "May": "Reviewer A",
        "Ben O'Hara": "Reviewer B",
        "Jos\u00e9 N\u00fa\u00f1ez": "Reviewer C",
        "Ali Idris": "Reviewer D",
    }
)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Seen in May 2015, on 12 May, by May", "Seen in May 2015, on 12 May, by Reviewer A"),
        ("Ben O\u2019Hara's, BEN O`HARA, Ben_O'Hara_2.pdf", "Reviewer B's, Reviewer B, Reviewer B_2.pdf"),
        ("Jose\u0301 Nu\u0301n\u0303ez and JOS\u00c9  N\u00da\u00d1EZ", "Reviewer C and Reviewer C"),
        ("AL\u0130 \u0130DR\u0130S", "Reviewer D"),
        ("/home/ben/x.ris C:\\Users\\Ben\\x.ris", "[home]/x.ris [home]\\x.ris"),
    ],
)
def test_tricky_names_are_hidden_and_a_month_is_not(text: str, hidden: str) -> None:
    assert TRICKY.text(text) == hidden
    assert TRICKY.text(hidden) == hidden


def test_what_cannot_be_hidden_is_said() -> None:
    with pytest.raises(StageError, match="too short"):
        NAMES.text("anything")
    names = Pseudonyms({"Ann Lee": "Reviewer A"})
    assert names.left(["Ann said, Lee 2014", "Lee"]) == (("Ann", 1), ("Lee", 2))
    names = Pseudonyms({"jdoe": "Reviewer A", "小龙 李": "Reviewer B"})
    assert names.left(["jdoe 2", "小龙"]) == (("jdoe", 1), ("小龙", 1))
    protocol = read_protocol(archived.PROTOCOL.replace('"Ann Lee"', '"mentor*"').encode())
    with pytest.raises(StageError, match="strategies or criteria"):
        public_protocol(protocol, Pseudonyms({"mentor": "Reviewer A"}))
    escaped = read_protocol(archived.PROTOCOL.replace('"Ann Lee"', '"Ann\\u0020Lee"').encode())
    with pytest.raises(StageError, match="cannot be replaced"):
        public_protocol(escaped, Pseudonyms({"Ann Lee": "Reviewer A", "Ben Okafor": "Reviewer B"}))


def test_pseudonyms_go_on_after_the_last_letter() -> None:
    assert labels(53)[25:28] == ["Reviewer Z", "Reviewer AA", "Reviewer AB"]
    assert labels(53)[-1] == "Reviewer BA"


@pytest.mark.parametrize("path", ["", "a/", "../a", "a/../b", "a\\b", "c:a", "a\x00", "a\n", 'a"b'])
def test_paths_that_lead_elsewhere_are_not_safe(path: str) -> None:
    assert not safe(path)
