"""Tags: each person's own, added and taken away as events, on what was merged as well."""

from __future__ import annotations

from typing import Any

import pytest

from review.errors import DecisionError
from review.store import Actor
from review.store.events import read_events
from screening import tags, worklist


def events(panel: Any) -> list[tuple[int, str, bool]]:
    with panel.store.read() as connection:
        found = [event.payload for event in read_events(connection, "tag")]
    return [(p["report"], p["tag"], p.get("cleared", False)) for p in found]


def put(panel: Any, who: Actor, report: int, *names: str, client: str | None = None) -> tuple[str, ...]:
    return tags.put(panel.store, who, report=report, tags=names, client=client)


def test_a_set_of_tags_becomes_the_events_that_are_missing(solo: Any) -> None:
    assert put(solo, solo.ann, 3, "qualitative", "background") == ("background", "qualitative")
    assert put(solo, solo.ann, 3, "background", "to do") == ("background", "to do")
    assert events(solo) == [
        (3, "qualitative", False), (3, "background", False), (3, "to do", False), (3, "qualitative", True),
    ]  # fmt: skip
    with solo.store.read() as connection:
        assert worklist.show(connection, 3, solo.ann.person, "title-abstract").tags == ("background", "to do")
        assert worklist.show(connection, 3, solo.ben.person, "title-abstract").tags == (), "nobody sees another's tags"


def test_tags_sent_twice_count_once_and_never_undo_what_came_between(solo: Any) -> None:
    put(solo, solo.ann, 3, "a", "b", client="c1")
    put(solo, solo.ann, 3, client="c2")
    assert put(solo, solo.ann, 3, "a", "b", client="c1") == ()
    assert len(events(solo)) == 4


def test_tags_of_a_merged_report_are_shown_and_taken_away_on_all_of_it(solo: Any) -> None:
    put(solo, solo.ann, 4, "later")
    solo.merge(3, 4)
    with solo.store.read() as connection:
        assert tags.on(connection, solo.ann.person, 3) == ("later",)
    assert put(solo, solo.ann, 4) == (), "the report that it was merged into is meant"
    assert events(solo)[-1] == (4, "later", True)


def test_known_tags_come_first_and_keep_their_spelling(solo: Any) -> None:
    put(solo, solo.ann, 1, "RCT")
    put(solo, solo.ann, 2, "rct", "Useful  background", "once", " ")
    put(solo, solo.ben, 2, "other")
    assert [tag for _, tag, _ in events(solo)] == ["RCT", "RCT", "background", "once", "other"]
    with solo.store.read() as connection:
        assert tags.offered(connection, solo.ann.person) == ["background", "RCT", "once"]
    assert tags.name("background") == "Useful background"


def test_a_tag_that_is_none_is_refused(solo: Any) -> None:
    with pytest.raises(DecisionError, match="at most 60 characters"):
        put(solo, solo.ann, 1, "x" * 61)
    with pytest.raises(DecisionError, match="no report 99"):
        put(solo, solo.ann, 99, "a")


def test_an_id_of_somebody_else_is_refused_and_not_swallowed(solo: Any) -> None:
    put(solo, solo.ann, 3, "mine", client="one")
    with pytest.raises(DecisionError, match="already used"):
        put(solo, solo.ben, 3, "other", client="one")
    assert events(solo) == [(3, "mine", False)]
