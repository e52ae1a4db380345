"""Two processes write at once: every vote is kept and the log stays whole."""

from __future__ import annotations

import subprocess
import sys

from sqlalchemy import select

from review.store import Store, schema
from review.store.verify import verify

VOTER = """
import sys
from pathlib import Path
from review.protocol.model import Protocol
from review.store import Actor, open_store
from screening import decisions

folder, person, verdict = sys.argv[1:]
store = open_store(Path(folder))
print("ready", flush=True)
sys.stdin.readline()
for report in range(1, 61):
    decisions.decide(
        store, Protocol("T", "?", "h", ""), Actor(person, "h"), report=report, stage="title-abstract", verdict=verdict
    )
"""


def voter(folder, person, verdict):
    command = [sys.executable, "-c", VOTER, str(folder), person, verdict]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_vote_at_once_and_nothing_is_lost(store: Store, tmp_path, fill, make_panel):
    fill(store, 60)
    panel = make_panel(store, votes=2)
    # Ann from two places at once (one log), Ben from a third
    voters = [voter(tmp_path, who.person, v) for who, v in
              ((panel.ann, "include"), (panel.ann, "maybe"), (panel.ben, "exclude"))]  # fmt: skip
    for one in voters:
        assert one.stdout.readline() == "ready\n"
    for one in voters:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in voters:
        _, errors = one.communicate(timeout=120)
        assert (one.returncode, errors) == (0, "")
    with store.read() as connection:
        kinds = connection.execute(select(schema.event.c.kind)).scalars().all()
        assert kinds.count("decision") == 180
        verify(connection)
        statuses = connection.execute(select(schema.standing.c.status, schema.standing.c.votes)).all()
    assert [tuple(row) for row in statuses] == [("conflict", 2)] * 60
