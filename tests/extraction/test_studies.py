"""Studies: default keys that stay, joining and splitting, and finding a report by its place in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from extraction import rows, studies
from extraction.pages import room
from extraction.studies import PAGES
from review.errors import DecisionError
from review.record import Record
from review.store import Actor, Entry, Store, append_many

Include = Callable[[Store, Actor, Sequence[int]], None]


def keys(store: Store) -> dict[str, tuple[int, ...]]:
    with store.read() as connection:
        return {study.key: study.reports for study in studies.studies(connection)}


def test_each_included_report_is_a_study_named_by_author_and_year(two_studies: Store) -> None:
    assert keys(two_studies) == {"maker2001": (1,), "maker2002": (2,)}


def test_reports_that_are_not_included_are_no_studies(filled: Store) -> None:
    assert keys(filled) == {}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (Record(authors=("Cruz–Correa, M.",), date="2014"), "cruzcorrea2014"),
        (Record(authors=("Laloë, P-A",)), "laloend"),
        (Record(title="The mentoring of doctors", date="2008-05"), "thementoring2008"),
        (Record(), "studynd"),
    ],
)
def test_default_keys(record: Record, key: str) -> None:
    assert studies.default_key(record) == key


def test_two_reports_with_one_author_and_year_get_letters(filled: Store, ann: Actor, include: Include) -> None:
    with filled.write() as connection:
        connection.exec_driver_sql("UPDATE record SET date = '2001' WHERE id = 2")
    include(filled, ann, [1, 2])
    assert keys(filled) == {"maker2001a": (1,), "maker2001b": (2,)}


def test_a_noted_key_stays_when_another_report_of_that_name_comes(filled: Store, ann: Actor, include: Include) -> None:
    with filled.write() as connection:
        connection.exec_driver_sql("UPDATE record SET date = '2001' WHERE id = 2")
    include(filled, ann, [1])
    assert studies.name_new(filled, ann) == 1
    include(filled, ann, [2])
    assert studies.name_new(filled, ann) == 1
    assert keys(filled) == {"maker2001": (1,), "maker2001a": (2,)}
    assert studies.name_new(filled, ann) == 0


def test_joined_and_split_again(two_studies: Store, ann: Actor) -> None:
    studies.join(two_studies, ann, {"trial-a": [1, 2]})
    assert keys(two_studies) == {"trial-a": (1, 2)}
    studies.join(two_studies, ann, {"trial-b": [2]})
    assert keys(two_studies) == {"trial-a": (1,), "trial-b": (2,)}


def test_a_report_merged_later_keeps_its_study(filled: Store, ann: Actor, include: Include) -> None:
    include(filled, ann, [2])
    studies.join(filled, ann, {"kept": [2]})
    with filled.write() as connection:
        append_many(filled, connection, ann, [Entry("merge", {"reports": [1, 2], "rule": "person", "score": None})])
    assert keys(filled) == {"kept": (1,)}


def test_no_study_has_the_address_of_a_page_for_its_key() -> None:
    """A study called "themes" or "table" was never shown: another page has that address."""
    parts = [route.path.split("/") for route in room().routes]
    rooms = {one[1] for one in parts if one[2:3] == ["{study}"]}
    assert {one[2] for one in parts if one[1] in rooms and len(one) > 2} - {"{study}"} == PAGES


@pytest.mark.parametrize(
    ("key", "reports", "words"),
    [("a b", [1], "no study key"), ("themes", [2], "address of a page"), ("ok", [3], "not included")],
)
def test_a_join_that_cannot_be_changes_nothing(
    two_studies: Store, ann: Actor, key: str, reports: list[int], words: str
) -> None:
    with pytest.raises(DecisionError, match=words):
        studies.join(two_studies, ann, {"good": [1], key: reports})
    assert keys(two_studies) == {"maker2001": (1,), "maker2002": (2,)}


def test_reports_are_found_by_their_place_in_a_file_even_when_merged(two_studies: Store, ann: Actor) -> None:
    with two_studies.write() as connection:
        merge = Entry("merge", {"reports": [1, 7], "rule": "person", "score": None})
        append_many(two_studies, connection, ann, [merge])
    with two_studies.read() as connection:
        found = studies.at_positions(connection, [("synthetic.ris", 7, "x"), ("synthetic.ris", 2, "y")])
        assert found == {"x": [1], "y": [2]}
        assert rows.report_at(connection, "synthetic.ris", 13) is None
        with pytest.raises(DecisionError, match="no record 1 of a file"):
            studies.at_positions(connection, [("other.ris", 1, "x")])


def test_a_table_of_studies_is_read() -> None:
    assert studies.read_places(b"file,position,study,ref\nlist.ris,28,steven2008,28\n") == [
        ("list.ris", 28, "steven2008")
    ]
    with pytest.raises(DecisionError, match="row 2 needs a file, a position"):
        studies.read_places(b"file,position,study\nlist.ris,first,steven2008\n")


def test_the_keys_alone_are_those_of_the_studies_named_or_not(filled: Store, ann: Actor, include: Include) -> None:
    def both() -> tuple[frozenset[str], frozenset[str]]:
        with filled.read() as connection:
            return studies.keys(connection), frozenset(one.key for one in studies.studies(connection))

    include(filled, ann, [1])
    studies.join(filled, ann, {"first": (1,)})
    assert both() == ({"first"}, {"first"})
    include(filled, ann, [2])
    assert both() == ({"first", "maker2002"}, {"first", "maker2002"})
    studies.join(filled, ann, {"first": (1, 2)})
    assert both() == ({"first"}, {"first"})
