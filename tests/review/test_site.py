"""The start page: where the review stands and what comes next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import requests
from browser import review, served

from review.protocol import Stage
from review.record import Record
from review.site import next_step
from review.store import Store
from screening import decisions
from screening.worklist import Progress

NONE = Progress(total=0, mine=0, left=0, waiting=0, started=0, conflicts=0, included=0, excluded=0, not_retrieved=0)
DONE = replace(NONE, total=9, mine=9, included=4, excluded=5)


@pytest.mark.parametrize(
    ("first", "second", "step", "link"),
    [
        (NONE, NONE, "There is nothing to screen yet: run review search or review import, then review dedupe.", None),
        (replace(NONE, total=9, left=9, waiting=9), NONE,
         "9 records wait for your decision on title and abstract.", ("Start screening", "/screen/title-abstract")),
        (replace(NONE, total=9, left=1, waiting=1, mine=8), NONE,
         "1 record waits for your decision on title and abstract.", ("Go on screening", "/screen/title-abstract")),
        (replace(DONE, conflicts=2), replace(NONE, total=1, left=1),
         "2 conflicts to resolve on title and abstract.", ("Resolve", "/screen/title-abstract/conflicts")),
        (DONE, replace(NONE, total=4, left=4, waiting=4),
         "4 records wait for your decision on full text.", ("Start screening", "/screen/full-text")),
        (replace(DONE, started=3), NONE, "You are done for now: 3 records wait for other members of the team.", None),
        (DONE, replace(DONE, total=4),
         "Screening is finished: next come data extraction and synthesis.", ("Extract", "/extract")),
    ],
)  # fmt: skip
def test_the_next_step_follows_from_the_counts(
    first: Progress, second: Progress, step: str, link: tuple[str, str] | None
) -> None:
    counted: dict[Stage, Progress] = {"title-abstract": first, "full-text": second}
    assert next_step(counted) == (step, link)


def test_the_start_page_shows_both_stages(tmp_path: Path, store: Store) -> None:
    workspace = review(tmp_path, store, [Record(title=f"Report {n}") for n in range(1, 6)])
    ann = workspace.actor("Ann")
    for report, verdict in ((1, "include"), (2, "exclude")):
        decisions.decide(store, workspace.protocol, ann, report=report, stage="title-abstract", verdict=verdict)
    with served(workspace) as site, requests.Session() as client:
        client.trust_env = False
        text = " ".join(client.get(site.link).text.split())
    assert "3 records wait for your decision on title and abstract." in text
    assert '2 <span class="muted">of 5 settled</span>' in text
    assert '0 <span class="muted">of 1 settled</span>' in text
    assert "<dt>Included</dt><dd>1</dd>" in text.split('id="full-text"')[0], "who is alone knows how the votes fell"
