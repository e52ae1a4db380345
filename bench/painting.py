"""Measure how long a key press takes to the next record on the screen, with 100,000 records in the queue.

Run: ``python bench/painting.py [--reports N] [--presses N]``. Real Chromium, the real command in a process of its own,
a team's account. A press is timed in the page, from the key event to the second frame after the record was exchanged,
so up to two frames (33 ms) of each number are the screen's own.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser import chromium
from playwright.sync_api import Page
from voters import BASE, prepare, serving

from bench.load import made_up

WATCH = """() => {
  const record = document.getElementById("record"), shown = () => record.querySelector("article")?.dataset.report;
  window.times = [];
  document.addEventListener("keydown", (event) => {
    const before = shown();
    const observer = new MutationObserver(() => {
      if (shown() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => window.times.push(performance.now() - event.timeStamp)));
    });
    observer.observe(record, { childList: true, subtree: true });
  }, true);
}"""


def main() -> None:
    """Print one line per pace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        (cookie,) = prepare(folder, {}, [made_up(n) for n in range(1, asked.reports + 1)], people=1)
        with serving(folder) as (_, told), chromium() as browser:
            name, _, value = cookie.partition("=")
            context = browser.new_context()
            context.add_cookies([{"name": name, "value": value, "url": told["url"]}])
            page = context.new_page()
            page.goto(told["url"] + BASE)
            print(f"{asked.reports:,} reports, {browser.version}, Python {platform.python_version()}")
            for pause in (150, 30):
                times = presses(page, asked.presses, pause)
                p50, p95 = (times[int(len(times) * part)] for part in (0.5, 0.95))
                print(
                    f"{len(times)} presses, {pause} ms apart: p50 {p50:.1f} ms, p95 {p95:.1f} ms, longest "
                    f"{times[-1]:.0f} ms; load average {os.getloadavg()[0]:.1f}"
                )


def presses(page: Page, count: int, pause: int) -> list[float]:
    """Press the key of an inclusion again and again; give the milliseconds of each, sorted."""
    page.reload()
    page.wait_for_selector("#record article")
    time.sleep(1)
    page.evaluate(WATCH)
    for _ in range(count):
        page.keyboard.press("i")
        page.wait_for_timeout(pause)
    page.wait_for_timeout(1000)
    times: list[float] = page.evaluate("window.times")
    return sorted(times)


if __name__ == "__main__":
    main()
