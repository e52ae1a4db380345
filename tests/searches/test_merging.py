"""Merging in the store: what rules are sure of, what people judge, and nothing lost either way."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from review.errors import DecisionError
from review.protocol import read_protocol, template
from review.store import Actor, Store
from review.store.events import SOFTWARE, enrol
from review.store.tally import tally
from review.store.verify import verify
from searches import pair_rows, rows
from searches.imports import Ran, import_file
from searches.judging import judge, undo
from searches.merging import merge_duplicates

PROTOCOL = read_protocol(template("mentoring").encode())
EXAMPLE = Path(__file__).parents[2] / "examples" / "mentoring"


@pytest.fixture
def actors(store: Store) -> tuple[Actor, Actor]:
    with store.write() as connection:
        return tuple(Actor(enrol(store, connection, name), PROTOCOL.hash) for name in (SOFTWARE, "Ann"))  # type: ignore[return-value]


@pytest.fixture
def lists(store: Store, tmp_path: Path) -> Store:
    """The two real reference lists: records 1 to 27 and 28 to 117."""
    for name, source in (("article_2008.ris", "article-2008"), ("report_refs.ris", "report-2016")):
        import_file(store, PROTOCOL, tmp_path, (EXAMPLE / "imports" / name).read_bytes(), name, Ran(source))
    return store


def together(store: Store) -> list[list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    with store.read() as connection:
        for member, root in sorted(rows.root_of_reports(connection).items()):
            groups[root].append(member)
    return [members for members in groups.values() if len(members) > 1]


# Judged by hand from the printed lists; report n of the second list is record 27 + n
TRUE = [[1, 27 + 29], [15, 27 + 38], [19, 27 + 31], [27 + 1, 27 + 7]]
LOOK_ALIKES = [
    (1, 17), (17, 27 + 29), (27 + 51, 27 + 55), (27 + 12, 27 + 84), (27 + 34, 27 + 35), (27 + 40, 27 + 41),
    (27 + 60, 27 + 61), (27 + 71, 27 + 79),
]  # fmt: skip


def test_what_is_merged_is_true_and_the_rest_is_asked(lists: Store, actors: tuple[Actor, Actor]) -> None:
    merge_duplicates(lists, PROTOCOL, actors[0])
    merged = together(lists)
    assert all(group in TRUE for group in merged)
    with lists.read() as connection:
        asked = [[pair.left, pair.right] for pair in pair_rows.waiting(connection)]
    assert sorted(merged + [pair for pair in asked if pair in TRUE]) == sorted(TRUE)


def test_no_look_alike_is_merged(lists: Store, actors: tuple[Actor, Actor]) -> None:
    merge_duplicates(lists, PROTOCOL, actors[0])
    with lists.read() as connection:
        roots = rows.root_of_reports(connection)
    assert [pair for pair in LOOK_ALIKES if roots[pair[0]] == roots[pair[1]]] == []


def test_records_in_are_reports_plus_duplicates_and_a_second_run_changes_nothing(
    lists: Store, actors: tuple[Actor, Actor]
) -> None:
    first = merge_duplicates(lists, PROTOCOL, actors[0])
    again = merge_duplicates(lists, PROTOCOL, actors[0])
    assert first.records == 117 == first.reports + first.duplicates
    assert (again.reports, again.merged_now, again.unsure) == (first.reports, 0, first.unsure)


def test_what_has_been_looked_at_is_noted(lists: Store, tmp_path: Path, actors: tuple[Actor, Actor]) -> None:
    def new_records() -> int:
        with lists.read() as connection:
            return tally(connection).new_records

    assert new_records() == 117
    merge_duplicates(lists, PROTOCOL, actors[0])
    assert new_records() == 0
    import_file(lists, PROTOCOL, tmp_path, b"TY  - JOUR\nTI  - One more\nER  - \n", "more.ris", Ran("cinahl"))
    assert new_records() == 1
    merge_duplicates(lists, PROTOCOL, actors[0])
    assert new_records() == 0


def test_a_judgement_overrules_the_rules_in_every_later_run(lists: Store, actors: tuple[Actor, Actor]) -> None:
    software, ann = actors
    merge_duplicates(lists, PROTOCOL, software)
    (left, right, *_), *_ = together(lists)
    judge(lists, ann, left, right, "different")
    assert [left, right] not in together(lists)
    merge_duplicates(lists, PROTOCOL, software)
    assert [left, right] not in together(lists)
    undo(lists, ann, left, right)
    merge_duplicates(lists, PROTOCOL, software)
    assert [left, right] in together(lists)


def test_same_merges_and_undo_splits_again(lists: Store, actors: tuple[Actor, Actor]) -> None:
    _, ann = actors
    judge(lists, ann, 3, 40, "same")
    assert together(lists) == [[3, 40]]
    undo(lists, ann, 40, 3)
    assert together(lists) == []
    with lists.read() as connection:
        assert verify(connection).events == 4


def test_two_reports_of_one_study_are_not_merged(lists: Store, actors: tuple[Actor, Actor]) -> None:
    judge(lists, actors[1], 3, 40, "study")
    assert together(lists) == []


@pytest.mark.parametrize(("left", "right"), [(1, 999), (4, 4)])
def test_pairs_that_cannot_be_judged(lists: Store, actors: tuple[Actor, Actor], left: int, right: int) -> None:
    with pytest.raises(DecisionError):
        judge(lists, actors[1], left, right, "same")


def test_undoing_what_nobody_judged(lists: Store, actors: tuple[Actor, Actor]) -> None:
    with pytest.raises(DecisionError, match="nobody has judged"):
        undo(lists, actors[1], 1, 2)


def test_every_merge_says_why(lists: Store, actors: tuple[Actor, Actor]) -> None:
    from review.store.events import read_events
    from searches.dedupe import REASONS

    merge_duplicates(lists, PROTOCOL, actors[0])
    with lists.read() as connection:
        events = list(read_events(connection, "merge"))
    assert events
    for event in events:
        assert event.payload["links"]
        assert all(rule in REASONS for _, _, rule, _ in event.payload["links"])
