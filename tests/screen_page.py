"""What tests of the screening page share: made-up records, hostile ones among them, and small steps on the page."""

from __future__ import annotations

from dataclasses import replace

from browser import Served
from playwright.sync_api import Page, expect

from review.record import Record
from review.store.events import read_events

BASE = "/screen/title-abstract"
TEXT = "BACKGROUND: Doctors are tired. METHODS: We asked mentors about health. RESULTS: They felt seen."
RECORDS = [
    Record(
        title=f"Report {n} on mentoring of doctors",
        authors=("Made, Up", "Also, Made"),
        date="2020",
        journal="Journal of Examples",
        abstract=TEXT,
        keywords=("Mentors", "Burnout"),
        doi=f"10.5555/{n}",
    )
    for n in range(1, 31)
]
RECORDS[1] = Record(title="<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'> & more",
                    abstract="<img src=x onerror='window.hacked=1'>", keywords=("<svg onload='window.hacked=1'>",),
                    journal="<b onclick=1>", authors=("</p><script>window.hacked=1</script>",))  # fmt: skip
RECORDS[2] = replace(RECORDS[2], title="رفاهية الأطباء والتوجيه", abstract="يشعر الأطباء بالتعب.", language="ara")
RECORDS[3] = replace(RECORDS[3], abstract="Mentors help doctors. " * 455)
RECORDS[4] = replace(RECORDS[4], title="Pneumonoultramicroscopicsilicovolcanoconiosis" * 4, abstract=None,
                     flags=("retracted",), kind="preprint", language="ger")  # fmt: skip


def heading(page: Page, text: str) -> None:
    """Wait for a record, which must have the focus."""
    expect(page.locator("#record h1")).to_contain_text(text)
    expect(page.locator("#record h1")).to_be_focused()


def saved(page: Page, site: Served, count: int) -> list[tuple[int, str, list[str], str | None]]:
    """Wait until so many decisions are in the log, and give them."""
    key = page.locator("main").get_attribute("data-outbox")
    page.wait_for_function(
        "key => !Object.keys(localStorage).some(name => name.startsWith(`${key}:waiting:`))", arg=key
    )
    with site.workspace.store.read() as connection:
        found = [event.payload for event in read_events(connection, "decision")]
    assert len(found) == count
    return [(p["report"], p["verdict"], p["reasons"], p["note"]) for p in found]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
