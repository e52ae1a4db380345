"""Make the copy of a review that everybody may see: a whole review of its own, from which the archive is written.

So that a restored public archive gives the same reports and the same archive again, nothing is changed on the way into
the file: the copy is changed, checked and reported like any other review.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from reports.archive.contents import safe
from reports.archive.pseudonyms import Pseudonyms, labels
from reports.archive.redaction import Redaction, public_protocol
from review.protocol import read_protocol
from review.stages import PROTOCOL_FILE, TEMPLATE_FOLDER, Workspace, open_workspace
from review.store import portable
from review.store.engine import engine_of
from review.store.events import SOFTWARE
from review.store.migrate import HEAD
from review.store.withheld import people, withheld


def public_copy(
    workspace: Workspace, folder: Path, notify: Callable[[str, int, int | None], None]
) -> tuple[Workspace, tuple[tuple[str, int], ...]]:
    """Make a public copy of a review in an empty folder, and open it.

    Returns
    -------
    Workspace
        Of the copy: SQLite, whatever the review is kept in.
    tuple of (word, number)
        Single words of people's names that still stand in what the team wrote, and how often.
    """
    protocol = workspace.protocol
    with workspace.store.read() as connection:
        names = _pseudonyms(workspace, people(connection))
        redaction = Redaction(names, withheld(connection))
        text = public_protocol(protocol, names)
        (folder / PROTOCOL_FILE).write_bytes(text.encode())
        _copy_named(workspace, folder, names)
        engine = engine_of(folder)
        notify("Public copy", 0, None)
        tables = {name: redaction.rows(name, portable.rows(connection, name)) for name in portable.ARCHIVED}
        portable.build(engine, HEAD, tables)
        engine.dispose()
        notify("Public copy", 1, 1)
    environ = {key: value for key, value in workspace.environ.items() if key != "REVIEW_DATABASE"}
    return open_workspace(folder, environ, clock=workspace.store.clock), names.left(redaction.texts)


def _pseudonyms(workspace: Workspace, acted: tuple[str, ...]) -> Pseudonyms:
    """Name people in the order of their first events, then those of the team who did nothing yet."""
    team = workspace.protocol.team
    known = list(dict.fromkeys([*(name for name in acted if name != SOFTWARE), *(member.name for member in team)]))
    found = dict(zip(known, labels(len(known)), strict=True))
    for member in team:
        for name in member.papers_as:
            found.setdefault(name, found[member.name])
    return Pseudonyms(found)


def _copy_named(workspace: Workspace, folder: Path, names: Pseudonyms) -> None:
    """Copy the team's own form, framework, instruments and citation style; and its templates of texts without names."""
    protocol = read_protocol((folder / PROTOCOL_FILE).read_bytes())
    for name in (protocol.proforma, protocol.framework, *protocol.instruments, protocol.reporting.style):
        if name and safe(name) and (source := workspace.folder / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    for template in sorted((workspace.folder / TEMPLATE_FOLDER).glob("*.md.jinja")):
        (folder / TEMPLATE_FOLDER).mkdir(exist_ok=True)
        text = template.read_bytes().decode("utf-8", errors="replace")
        (folder / TEMPLATE_FOLDER / template.name).write_bytes(names.text(text).encode())
