"""Opening a review, who acts, and what comes next."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from review.errors import StageError
from review.protocol import Member, Protocol
from review.stages import STEPS, Workspace, names_not_known, next_step, open_workspace, write_reports
from review.store import schema
from review.store.events import read_events
from review.store.tally import Tally, tally

EXAMPLE = Path(__file__).parents[2] / "examples" / "mentoring"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "review")
    return tmp_path / "review"


def protocols(workspace: Workspace) -> list[str]:
    with workspace.store.read() as connection:
        return [event.protocol for event in read_events(connection, "protocol")]


def test_a_protocol_is_put_in_force_once_and_again_when_it_changes(folder: Path) -> None:
    first = open_workspace(folder, {})
    first.store.close()
    again = open_workspace(folder, {})
    assert protocols(again) == [first.protocol.hash]
    path = folder / "protocol.toml"
    path.write_text(path.read_text("utf-8") + "\n# amended\n", "utf-8")
    amended = open_workspace(folder, {})
    assert protocols(amended) == [first.protocol.hash, amended.protocol.hash]


def test_the_only_member_acts_unless_another_is_named(folder: Path) -> None:
    workspace = open_workspace(folder, {})
    assert workspace.actor(None) == workspace.actor("Illustrative reviewer")
    with pytest.raises(StageError, match="not in the team"):
        workspace.actor("Somebody")


def test_in_a_team_somebody_must_be_named(folder: Path) -> None:
    path = folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace("[[team]]", '[[team]]\nname = "Second"\n[[team]]', 1), "utf-8")
    with pytest.raises(StageError, match="who acts is not known"):
        open_workspace(folder, {}).actor(None)


def test_every_step_names_tables_or_places_that_exist() -> None:
    places = {"protocol.toml", "imports/", "out/"}
    for step in STEPS:
        assert set(step.reads + step.writes) <= set(schema.metadata.tables) | places


@pytest.fixture
def nothing(folder: Path) -> Tally:
    with open_workspace(folder, {}).store.read() as connection:
        return tally(connection)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "review search"),
        ({"searches": 1, "unfinished_searches": 1}, "resumes"),
        ({"searches": 1, "records": 5, "reports": 5, "new_records": 5}, "review dedupe"),
        ({"searches": 1, "records": 5, "reports": 5, "unjudged_pairs": 1}, "pairs list"),
        ({"searches": 1, "title_abstract": {"waiting": 2}}, "titles and abstracts"),
        ({"searches": 1, "title_abstract": {"conflict": 1}}, "conflicts"),
        ({"searches": 1, "full_text": {"waiting": 2}}, "full texts"),
        ({"searches": 1, "included_studies": 2}, "review extract"),
        ({"searches": 1, "included_studies": 2, "extracted_studies": 2}, "review code"),
        ({"searches": 1, "included_studies": 2, "extracted_studies": 2, "coded_studies": 2}, "review report"),
    ],
)
def test_the_first_step_that_is_due_is_next(nothing: Tally, changes: dict[str, object], expected: str) -> None:
    assert expected in next_step(dataclasses.replace(nothing, **changes))  # type: ignore[arg-type]


def test_a_name_that_could_be_anybodys_is_a_fault() -> None:
    team = (Member("Ann", papers_as=("Smith, A", "Smith")),)
    faults = names_not_known(Protocol("t", "q", "h", "", team=team))
    assert [str(fault) for fault in faults] == ["team: papers_as of Ann: 'Smith' could be anybody (write \"Smith, A\")"]


def test_the_check_of_the_protocol_reads_the_teams_own_files(tmp_path: Path) -> None:
    """A protocol was said to be usable though its instrument was not: the fault came up weeks later, in appraisal."""
    (tmp_path / "own.toml").write_text(
        'name = "own"\nedition = "1"\nlabel = "Own"\nurl = "javascript:alert(1)"\nlicence = "ours"\n'
        'designs = ["mixed"]\n[responses]\nyes = "Yes"\n[[items]]\nid = "1"\nsection = "S"\ncue = "A"\n',
        encoding="utf-8",
    )
    protocol = Protocol("t", "q", "h", "", instruments=("own.toml", "none.toml"))
    told = [str(fault) for fault in names_not_known(protocol, tmp_path)]
    assert len(told) == 2
    assert "own.toml, " in told[0] and "url: is no address of a page: javascript:alert(1)" in told[0]
    assert "none.toml" in told[1] and "there is no" in told[1]


def test_a_template_that_cannot_be_read_is_told_and_not_written_with_holes(folder: Path) -> None:
    own = folder / "templates" / "methods.md.jinja"
    own.mkdir(parents=True)
    workspace = open_workspace(folder, {})
    with pytest.raises(StageError, match=r"methods\.md\.jinja cannot be read"):
        write_reports(workspace, only=["methods"])
    own.rmdir()
    own.write_bytes(b"caf\xe9")
    with pytest.raises(StageError, match=r"methods\.md\.jinja is not UTF-8"):
        write_reports(workspace, only=["methods"])
    workspace.store.close()
