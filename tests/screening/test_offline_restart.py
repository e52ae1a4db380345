"""Records taken along while the server, a real process, is killed and started again: every decision once, in order."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect
from screen_page import BASE, heading, press

from review.store import open_store
from review.store.events import read_events

pytestmark = pytest.mark.browser

PROTOCOL = """
[review]
title = "Synthetic"
question = "Synthetic?"
[[team]]
name = "Ann"
[screening.full-text]
reasons = [{ code = "other", text = "Other" }]
"""


def run(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "review.cli.main", *words, "-C", str(folder), "--json"]


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Start the server as the command does and give it with its address and link; kill it in the end."""
    with subprocess.Popen(run(folder, "serve", "--port", str(port)), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server, json.loads(server.stdout.readline())
        finally:
            server.kill()


def test_a_server_that_dies_twice_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "protocol.toml").write_text(PROTOCOL, "utf-8")
    records = "".join(f"TY  - JOUR\nTI  - Report {n} on mentoring\nER  - \n\n" for n in range(1, 31))
    (tmp_path / "list.ris").write_text(records, "utf-8")
    subprocess.run(run(tmp_path, "import", str(tmp_path / "list.ris"), "--source", "Scopus"), check=True)
    store = open_store(tmp_path)

    def said() -> list[tuple[int, str]]:
        with store.read() as connection:
            return [(e.payload["report"], e.payload["verdict"]) for e in read_events(connection, "decision")]

    page = browser.new_page()
    with serving(tmp_path) as (server, told):
        page.goto(told["link"])
        page.goto(f"{told['url']}{BASE}/offline")
        page.get_by_role("button", name="Take the next 200 along").click()
        expect(page.get_by_text("30 of 30 left")).to_be_focused(timeout=60_000)
        page.goto(f"{told['url']}{BASE}")
        expect(page.locator("#record h1")).to_contain_text("Report 1 ")
        press(page, "i")
        heading(page, "Report 2 ")
        server.send_signal(signal.SIGSTOP)  # as on a train: connected, and nothing comes
        page.reload()
        expect(page.locator("#unsaved")).to_contain_text("Offline: 29 of 30 taken along left")
    for n in range(2, 21):
        heading(page, f"Report {n} ")
        press(page, "i" if n % 2 else "m")
    heading(page, "Report 21 ")

    port = int(told["url"].rsplit(":", 1)[1])
    with serving(tmp_path, port) as (server, again):
        page.get_by_role("button", name="Try now").click()
        expect(page.locator("#unsaved")).to_contain_text("This browser is not signed in: open the link")
        sent: list[Route] = []

        def kill_before_the_sixth(route: Route) -> None:
            sent.append(route)
            if len(sent) == 6:
                server.kill()
                server.wait()
            route.continue_()

        page.route("**/votes", kill_before_the_sixth)
        page.goto(again["link"])
        page.goto(f"{again['url']}{BASE}")
        expect(page.locator("#unsaved")).to_contain_text("Offline: 10 of 30 taken along left; 1")
    assert 5 <= len(said()) <= 6, "the first may have come through before the server died the first time"
    with serving(tmp_path, port) as (_, third):
        page.goto(third["link"])
        page.goto(f"{third['url']}{BASE}")
        heading(page, "Report 21 ")
        expect(page.locator("#saved")).to_contain_text("Saved: 1", timeout=60_000)
        assert said() == [(1, "include"), *((n, "include" if n % 2 else "maybe") for n in range(2, 21))]
    page.close()
    store.close()
