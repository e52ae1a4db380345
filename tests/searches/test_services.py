"""Five sources on one real server, with faults: the command, killed again and again, loses and doubles nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from searches.registry import SOURCES
from searches.source import Credentials, Translation, Window
from searches.transport import rebase
from searches.walk import EARLIEST
from tests.searches import services as module
from tests.searches.services import FAULTS, Services, fault_of, serving
from tests.searches.speaking import SERVICES, Asked

ROOT = Path(__file__).parents[2]
PROTOCOL = """
[review]
title = "Synthetic"
question = "Is anything lost?"
[concepts.who]
role = "P"
terms = ["doctor*"]
[concepts.what]
role = "I"
terms = ["mentor*"]
[strategies.main]
concepts = ["who", "what"]
[screening.full-text]
reasons = [{ code = "other", text = "Other" }]
"""
COUNTS = {"pubmed": 230, "europepmc": 210, "openalex": 190, "crossref": 170, "doaj": 210}
HURRIED = """
import dataclasses, time
time.sleep = lambda seconds: None
from searches.sources import crossref, doaj, europepmc, openalex, pubmed
pubmed.MOST, doaj.MOST, crossref.MOST = 90, 80, 180
for module in (crossref, doaj, europepmc, openalex, pubmed):
    module.ABOUT = dataclasses.replace(module.ABOUT, page_size=20)
from review.cli.main import main
main()
"""
"""The real command, but for its naps, in small pages, and with sources that give little at once."""


def folder_for(services: Services, folder: Path) -> Path:
    sources = (f'[sources.{name}]\nbase_url = "{services.base_url(name)}"\n' for name in services.counts)
    (folder / "protocol.toml").write_text(PROTOCOL + "".join(sources))
    return folder


def review(folder: Path, *arguments: str, key: str = "0123456789") -> subprocess.Popen[str]:
    environ = {"PATH": os.environ["PATH"], "OPENALEX_API_KEY": key}
    command = [sys.executable, "-c", HURRIED, *arguments, "--json", "-C", str(folder)]
    return subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Killer:
    """Kills whatever runs at certain requests, some while it waits for the reply and some while it works on it."""

    def __init__(self, at: dict[int, float]) -> None:
        self.at, self.kills = at, 0
        self.running: subprocess.Popen[str] | None = None

    def __call__(self, number: int) -> None:
        if number in self.at and self.running is not None:
            threading.Timer(self.at[number], self.running.kill).start()
            self.kills += 1


def search_until_complete(folder: Path, killer: Killer, *, key: str = "0123456789") -> dict[str, dict[str, Any]]:
    """Run the command again until it says that nothing is left to ask; give what it says, by source."""
    for _ in range(30):
        killer.running = review(folder, "search", key=key)
        out, said = killer.running.communicate()
        assert "Traceback" not in said
        if killer.running.returncode == 0:
            return {found["source"]: found for found in json.loads(out)["searches"]}
    raise AssertionError(f"something is still left to ask: {said}")


def ids(folder: Path) -> dict[str, list[str]]:
    """Give the source's own ids of all records in the store, by source."""
    with sqlite3.connect(folder / "review.sqlite") as store:
        rows = store.execute("SELECT s.source, r.source_id FROM record r JOIN search s ON s.id = r.search").fetchall()
    store.close()
    found: dict[str, list[str]] = {}
    for source, identity in rows:
        found.setdefault(source, []).append(identity)
    return found


def verified(folder: Path) -> dict[str, Any]:
    process = review(folder, "verify")
    out, said = process.communicate()
    assert process.returncode == 0, said
    return dict(json.loads(out))


def test_killed_again_and_again_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    killer = Killer({5: 0.0, 17: 0.005, 34: 0.002, 48: 0.01, 61: 0.0})
    with serving(Services(COUNTS, seed=4, before=killer)) as services:
        folder = folder_for(services, tmp_path)
        found = search_until_complete(folder, killer)
        held, raw = ids(folder), verified(folder)
    assert killer.kills == 5
    for name, count in COUNTS.items():
        facts = ("status", "hits", "records", "rejected")
        assert tuple(found[name][k] for k in facts) == ("complete", count, count, 0), found[name]
        assert sorted(held[name]) == sorted(services.ids(name))
    assert (raw["missing"], raw["stray"]) == ([], [])
    assert {"cut", "429", "500"} <= services.sent.keys(), "there were faults"


def test_where_a_source_gives_no_more_what_it_gave_is_kept_once(tmp_path: Path) -> None:
    """Crossref takes the most relevant works only, and OpenAlex numbers its pages when there is no key."""
    with serving(Services({"crossref": 200, "openalex": 90})) as services:
        folder = folder_for(services, tmp_path)
        found = search_until_complete(folder, Killer({}), key="")
        held = ids(folder)
        assert set(held["crossref"]) < services.ids("crossref")
        assert sorted(held["openalex"]) == sorted(services.ids("openalex"))
    assert (found["crossref"]["status"], found["crossref"]["capped"]) == ("incomplete", True)
    assert (len(held["crossref"]), len(set(held["crossref"]))) == (180, 180)
    assert found["openalex"]["status"] == "complete"


# -- the server itself


def first_page(services: Services, name: str) -> requests.Response:
    source = SOURCES[name]
    text = "bibjson.title:(mentor)" if name == "doaj" else "mentor"
    asked = source.ask(Translation(text), None, None, Credentials("0123456789"))
    return requests.get(
        rebase(asked.url, services.base_url(name)), params=asked.params, headers=dict(asked.headers), timeout=5
    )


@pytest.mark.parametrize("name", SERVICES)
def test_the_same_page_holds_the_same_records(name: str) -> None:
    with serving(Services(dict.fromkeys(SERVICES, 30))) as services:
        replies = [first_page(services, name).content for _ in range(2)]
    assert replies[0] == replies[1]
    page = SOURCES[name].read(replies[0], None)
    assert page.total == 30
    assert {record.source_id for record in page.records} == (set() if name == "pubmed" else services.ids(name))


def test_what_is_not_documented_is_refused() -> None:
    with serving(Services({"crossref": 30, "doaj": 30})) as services:
        assert (
            requests.get(services.base_url("crossref") + "/works?rows=5&offset=0&page=2", timeout=5).status_code == 400
        )
        beyond = services.base_url("doaj") + "/api/v4/search/articles/bibjson.year:2014?page=11&pageSize=100"
        assert requests.get(beyond, timeout=5).status_code == 400
        assert requests.get(services.base_url("crossref") + "/journals", timeout=5).status_code == 404


@pytest.mark.parametrize("name", ["pubmed", "doaj"])
def test_windows_part_the_records(name: str) -> None:
    """Every record lies in one of three windows that follow each other, also those without a month."""
    found: Counter[str] = Counter()
    for start, end in ((EARLIEST, "2004-06-30"), ("2004-07-01", "2012-02-29"), ("2012-03-01", "2030-12-31")):
        text = "bibjson.title:(mentor)" if name == "doaj" else "mentor"
        asked = SOURCES[name].ask(Translation(text), Window(start, end), None, Credentials())
        path = asked.url.removeprefix(SOURCES[name].about.base_url)
        reply = SERVICES[name].answer(Asked(unquote(path), dict(asked.params), {}), 400)
        said = json.loads(reply)
        found.update([int(said["esearchresult"]["count"]) if name == "pubmed" else said["total"]])
    assert sum(count * times for count, times in found.items()) == 400
    assert 0 not in found


def test_a_tenth_of_the_replies_says_that_the_source_is_busy() -> None:
    drawn = Counter(fault_of(7, number) for number in range(20_000))
    assert drawn == Counter(fault_of(7, number) for number in range(20_000))
    busy = sum(count for kind, count in drawn.items() if kind and kind[0] in "45")
    assert busy == pytest.approx(2_000, rel=0.1)
    assert drawn.keys() == {None, *FAULTS}


def test_faults_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Services({"crossref": 30}, seed=1)) as services:

        def ask(kind: str) -> requests.Response:
            monkeypatch.setattr(module, "fault_of", lambda seed, number: kind)
            return first_page(services, "crossref")

        assert (ask("429 in 1 s").status_code, ask("429 in 1 s").headers["Retry-After"]) == (429, "1")
        assert "Retry-After" not in ask("503").headers
        assert ask("page").text.startswith("<!DOCTYPE html>")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            ask("cut")
        with pytest.raises(requests.ConnectionError):
            ask("reset")
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            ask("half").json()
