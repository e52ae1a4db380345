"""Two requests that save the same field at the same moment, and lists that ask the store as often for many studies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from browser import Visitor, served, visitors
from entry_review import extracting
from sqlalchemy import event

from extraction import rows
from review.store import Store
from review.store.events import read_events

JSON = {"Accept": "application/json"}


def test_of_two_windows_that_save_at_once_one_is_told_what_the_other_wrote(tmp_path: Path, any_store: Store) -> None:
    with served(extracting(tmp_path, any_store, team=("Ann", "Ben"))) as site, visitors(site) as sign:
        windows = [sign("Ann"), sign("Ann"), sign("Ben")]
        together = Barrier(len(windows))

        def save(at: int) -> tuple[int, dict[str, Any]]:
            together.wait()
            sent = windows[at].post("/extract/maker2001/field", {"field": "aim", "v:aim": f"aim {at}"}, **JSON)
            return sent.status_code, sent.json()

        with ThreadPoolExecutor(len(windows)) as threads:
            first, second, ben = threads.map(save, range(len(windows)))
        assert ben[0] == 200  # another person's answer is another answer
        assert sorted((first[0], second[0])) == [200, 409]
        won, lost = (0, second[1]) if first[0] == 200 else (1, first[1])
        assert (lost["error"], lost["conflict"]) == ("This field was changed in another window.", f"aim {won}")
        again = {"field": "aim", "v:aim": f"aim {1 - won}", "base:aim": lost["base"]}
        assert windows[0].post("/extract/maker2001/field", again, **JSON).status_code == 200
    with any_store.read() as connection:
        kept = sorted(row["value"] for row in rows.answers(connection, "everything"))
        log = sorted(one.payload["value"] for one in read_events(connection, "answer"))
    assert kept == sorted([f"aim {1 - won}", "aim 2"])
    assert log == ["aim 0", "aim 1", "aim 2"]  # nothing is lost


@contextmanager
def counting(store: Store) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(store.engine, "before_cursor_execute", note)


def test_a_list_of_many_studies_asks_the_store_as_often_as_one_of_few(tmp_path: Path, store: Store) -> None:
    with served(extracting(tmp_path, store, count=12)) as site, visitors(site) as sign:
        ann = sign()
        few, many = [asked(ann, store, filled) for filled in (1, 11)]
    assert few == many
    assert min(few) > 3


def asked(ann: Visitor, store: Store, filled: int) -> list[int]:
    """Say how many statements each list runs when some studies have answers."""
    for n in range(1, filled + 1):
        ann.post(f"/extract/maker20{n:02d}/field", {"field": "kind", "v:kind": "research"}, **JSON)
        ann.post(f"/appraise/maker20{n:02d}/mmat-2018/field", {"field": "S1", "v:S1": "yes"}, **JSON)
    found = []
    for path in ("/extract", "/appraise"):
        with counting(store) as statements:
            assert ann.get(path).status_code == 200
        found.append(len(statements))
    return found
