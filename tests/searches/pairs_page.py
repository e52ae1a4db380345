"""What tests of the pages for duplicates share: made-up records, hostile ones among them, and the pairs of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from browser import Served, review, served

from review.record import Record
from review.store import Store
from searches import merge_rows
from searches.dedupe import REASONS

NEAR, SIMILAR, STUDY = REASONS["near_year"], REASONS["similar_title"], REASONS["not_venue"]
BASE = Record(
    title="Mentoring for doctors: a randomised trial", authors=("Smith, Ann", "Jones, Bob"), date="2014",
    journal="Journal of Examples", volume="12", pages="123-8", abstract="We asked doctors.", kind="article",
    language="eng",
)  # fmt: skip
SCRIPT = "<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'> & more"
LONG = "We asked doctors how they felt at work, and what their mentors did about it. " * 130
RECORDS = [
    BASE,
    replace(BASE, title="Mentoring for doctors: a randomized trial", date="2014-05", pages="123-128", doi="10.5555/2"),
    Record(title=SCRIPT, journal="<b onclick=1>", authors=("</td><script>window.hacked=1</script>",)),
    Record(title=f"{SCRIPT} again", authors=tuple(f"Author{n}, Given" for n in range(300)), abstract=LONG),
    replace(BASE, title="رفاهية الأطباء والتوجيه", abstract="يشعر الأطباء بالتعب.", language="ara"),
    replace(BASE, title="رفاهية الاطباء والتوجيه", abstract="يشعر الأطباء.", language="ara"),
    Record(),
    Record(),
    replace(BASE, title="Burnout", kind="conference"),
    replace(BASE, title="Burnout"),
    replace(BASE, title="Pneumonoultramicroscopicsilicovolcanoconiosis" * 4, abstract=LONG),
    replace(BASE, title="Pneumonoultramicroscopicsilicovolcanoconiosis" * 5, abstract=LONG.replace("felt", "feel", 3)),
]
ASKED = [
    (1, 2, 0.97, SIMILAR), (3, 4, 0.95, SIMILAR), (5, 6, 0.93, SIMILAR), (7, 8, 0.91, NEAR), (9, 10, 0.9, STUDY),
    (11, 12, 0.6, SIMILAR),
]  # fmt: skip


@contextmanager
def pairs_site(
    folder: Path,
    store: Store,
    *,
    team: Sequence[str] = ("Ann",),
    records: Sequence[Record] = RECORDS,
    asked: Sequence[tuple[int, int, float, str]] = tuple(ASKED),
) -> Iterator[Served]:
    """Serve a review in which rules asked about some pairs."""
    workspace = review(folder, store, records, team=team)
    with store.write() as connection:
        merge_rows.offer(connection, asked, instead=True)
    with served(workspace) as site:
        yield site
