"""The server killed under load: what it said it has saved is there, once, and what it did not say can be sent again."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
from conftest import synthetic
from voters import Line, Voter, all_at_once, counted, prepare, serving

PEOPLE = 6
VERDICTS = {"include": 0.3, "exclude": 0.6, "maybe": 0.1}


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_server_killed_under_load_has_every_acknowledged_vote_once(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_database") if database == "postgres" else None
    environ = {"REVIEW_DATABASE": url} if url else {}
    cookies = prepare(tmp_path, environ, [synthetic(n) for n in range(1, 201)], people=PEOPLE)

    def voters(url: str, seed: int) -> list[Voter]:
        return [Voter(Line(url, cookie), random.Random(seed + n), VERDICTS) for n, cookie in enumerate(cookies)]

    with serving(tmp_path, url) as (server, told):
        before = voters(told["url"], 0)
        threads = all_at_once(before, threading.Event())
        while sum(len(one.acknowledged) for one in before) < 60 and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        server.kill()
        for thread in threads:
            thread.join()

    assert [one.errors for one in before] == [[]] * PEOPLE
    assert any(one.open for one in before), "nothing was under way when the server was killed"

    with serving(tmp_path, url) as (server, told):
        after = voters(told["url"], 1000)
        for one, killed in zip(after, before, strict=True):
            if killed.open:
                one.vote(killed.open)
                one.vote(killed.open)
        for thread in all_at_once(after, threading.Event(), most=5):
            thread.join()

    assert [one.errors for one in after] == [[]] * PEOPLE
    found = counted(tmp_path, environ, [*before, *after])
    assert (found.lost, found.twice, found.of_nobody) == ((), 0, 0)
    sent_again = sum(len(one.acknowledged) for one in after) - len(
        {vote.client for one in after for vote in one.acknowledged}
    )
    assert found.acknowledged == found.logged + sent_again
