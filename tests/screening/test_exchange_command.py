"""``review screen export`` and ``import`` as they are typed: formats, one's own votes, other tools, bundles."""

from __future__ import annotations

import json
import shutil

import click
import pytest
from click.testing import CliRunner

from review.cli.screening import screen
from review.errors import ReviewError, RoleError, StageError
from review.protocol import template
from review.store import open_store

TA = ("--stage", "title-abstract")


@pytest.fixture
def folder(tmp_path, fill, monkeypatch):
    """Give a review folder with three reports; Ann leads, Ben reviews."""
    text = template("blank").replace("YOUR NAME", "Ann") + '\n[[team]]\nname = "Ben"\n'
    place = tmp_path / "ann"
    place.mkdir()
    (place / "protocol.toml").write_text(text, "utf-8")
    store = open_store(place)
    fill(store, 3)
    store.close()
    for variable in ("REVIEW_DIR", "REVIEW_DATABASE", "REVIEW_USER"):
        monkeypatch.delenv(variable, raising=False)
    run("decide", 1, "include", *TA, "-C", place, "--as", "Ann")
    return place


def run(*words):
    result = CliRunner().invoke(screen, [str(w) for w in words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.output


def asked(*words):
    return json.loads(run(*words, "--json"))


@pytest.mark.parametrize(("ending", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("ris", b"TY  - ")])
def test_the_ending_says_the_format(folder, ending, start):
    file = folder / f"out.{ending}"
    assert "1 decision written" in run("export", file, "-C", folder, "--as", "Ann")
    assert file.read_bytes().startswith(start)


def test_only_the_lead_sees_all_votes_while_a_stage_goes_on(folder):
    file = folder / "out.csv"
    with pytest.raises(RoleError, match="reports still wait for votes"):
        run("export", file, "-C", folder, "--as", "Ben")
    assert not file.exists()
    assert asked("export", file, "--mine", "-C", folder, "--as", "Ben")["decisions"] == 0


def test_another_tools_file_with_names_and_reasons(folder):
    file = folder / "articles.csv"
    file.write_text(
        "key,title,doi,notes\n"
        '1,A,10.5555/2,"RAYYAN-INCLUSION: {""kofi""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: a = b"\n'
        '2,B,10.5555/77,"RAYYAN-INCLUSION: {""kofi""=>""Included""}"\n',
        "utf-8",
    )
    words = ("import", file, "-C", folder, "--as", "Ann", *TA, "--person", "kofi=Ben", "--reason", "a = b=")
    done = asked(*words)
    assert (done["read"], done["kept"]) == (2, 1)
    assert done["rejected"] == [{"row": 3, "reason": "there is no report with the DOI 10.5555/77 or the title “B”"}]
    assert "row 3: there is no report" in run(*words)
    assert "reason: a = b" in run("mine", *TA, "-C", folder, "--as", "Ben")


@pytest.mark.parametrize("words", [("--person", "kofi"), ("--reason", "a=b", "--reason", "a=c")])
def test_a_pair_that_is_none_is_a_usage_error(folder, words):
    file = folder / "x.csv"
    file.write_text("report,stage,verdict\n1,title-abstract,include\n", "utf-8")
    with pytest.raises(click.UsageError):
        run("import", file, "-C", folder, "--as", "Ann", *words)


def test_two_laptops(folder, tmp_path):
    there = tmp_path / "ben"
    shutil.copytree(folder, there)
    run("decide", 1, "exclude", *TA, "-C", there, "--as", "Ben")
    run("decide", 2, "include", *TA, "-C", folder, "--as", "Ann")
    ann, ben = tmp_path / "ann.bundle", tmp_path / "ben.bundle"
    assert asked("export", "--bundle", ann, "-C", folder)["records"] == 3
    assert "It is packed, not encrypted" in run("export", "--bundle", ben, "-C", there)
    done = asked("import", "--bundle", ben, "-C", folder)
    assert (done["events"], done["votes"], done["twice"]) == (1, {"Ben": 1}, [])
    said = run("import", "--bundle", ann, "-C", there)
    assert "1 event taken (1 vote of Ann)" in said and "include" not in said
    assert asked("import", "--bundle", ann, "-C", there)["events"] == 0
    left, right = (asked("conflicts", *TA, "-C", place, "--as", "Ann") for place in (folder, there))
    assert left == right


def test_another_protocol_on_the_other_laptop(folder, tmp_path):
    there = tmp_path / "ben"
    shutil.copytree(folder, there)
    protocol = there / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8") + "\n# a remark\n", "utf-8")
    run("export", "--bundle", tmp_path / "b", "-C", there)
    with pytest.raises(StageError, match="another version of the protocol"):
        run("import", "--bundle", tmp_path / "b", "-C", folder)


@pytest.mark.parametrize("words", [("export", "--mine"), ("export", *TA), ("import", "--list", "select")])
def test_what_a_bundle_does_not_take(folder, words):
    (folder / "b").write_bytes(b"")
    with pytest.raises(click.UsageError, match="bundle"):
        run(*words, "--bundle", folder / "b", "-C", folder)


def test_a_table_is_no_bundle(folder):
    (folder / "b.csv").write_text("report,stage,verdict\n", "utf-8")
    with pytest.raises(ReviewError, match="no bundle of this program"):
        run("import", "--bundle", folder / "b.csv", "-C", folder)


def test_one_person_on_both_laptops(folder, tmp_path):
    there = tmp_path / "ben"
    shutil.copytree(folder, there)
    run("decide", 2, "include", *TA, "-C", folder, "--as", "Ann")
    run("decide", 2, "exclude", *TA, "-C", there, "--as", "Ann")
    bundles = tmp_path / "1", tmp_path / "2"
    for place, bundle in zip((folder, there), bundles, strict=True):
        run("export", "--bundle", bundle, "-C", place)
    (said,) = asked("import", "--bundle", bundles[1], "-C", folder)["twice"]
    assert said.startswith("Ann voted otherwise on report 2 at title-abstract in two places: the later vote, of ")
    run("import", "--bundle", bundles[0], "-C", there)
    assert asked("mine", *TA, "-C", folder, "--as", "Ann") == asked("mine", *TA, "-C", there, "--as", "Ann")


def test_one_person_who_first_works_on_both_laptops_separately(folder, tmp_path):
    there = tmp_path / "ben"
    shutil.copytree(folder, there)
    run("decide", 1, "include", *TA, "-C", folder, "--as", "Ben")
    run("decide", 2, "exclude", *TA, "-C", there, "--as", "Ben")
    run("export", "--bundle", tmp_path / "b", "-C", there)
    assert asked("import", "--bundle", tmp_path / "b", "-C", folder)["votes"] == {"Ben": 1}
    assert len(asked("mine", *TA, "-C", folder, "--as", "Ben")["decisions"]) == 2
