"""What the commands of extraction, appraisal and coding share: whose studies, which file, what the protocol names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.cli.kit import PATH, Call
from review.errors import ReviewError, StageError
from review.protocol.rights import Right

if TYPE_CHECKING:
    from review.stages import Workspace
    from review.store import Actor

NONE = "No report is included at full text yet: review status says what is next."

YES = click.option("--yes", is_flag=True, help="Save without asking (a terminal is asked).")
PREVIEW = click.option("--preview", is_flag=True, help="Show what would change, save nothing.")
FILE = click.argument("file", required=False, type=PATH)


def begin(call: Call, workspace: Workspace, right: Right = "extract") -> tuple[Actor, list[str]]:
    """Say who acts, and settle the keys of the studies before anything is written under them."""
    from extraction import studies

    actor = call.actor(workspace, right)
    studies.name_new(workspace.store, workspace.software())
    keys = study_keys(workspace)
    if not keys:
        raise StageError("no report is included at full text yet", hint="screen first: review status says what is next")
    return actor, keys


def study_keys(workspace: Workspace) -> list[str]:
    """Give the keys of the review's studies."""
    from extraction import studies

    with workspace.store.read() as connection:
        return [study.key for study in studies.studies(connection)]


def set_in_protocol(name: str | None, key: str) -> str:
    """Give what the protocol names under a key, or say that it names nothing."""
    if name is None:
        raise StageError(f"the protocol names no {key}", hint=f"set {key} in protocol.toml")
    return name


def named(file: Path | None) -> Path:
    """Give the file that the user named."""
    if file is None:
        raise ReviewError("which file is meant?", hint="name it: review extract out answers.xlsx")
    return file
