"""Papers known to be relevant beforehand: what the ranking and the advice make of them, and that nobody sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from review.protocol import Stage
from review.store import Actor, schema
from review.store.events import SOFTWARE, enrol
from review.store.verify import verify
from screening import key_papers, order_rows, stops, tags, worklist
from screening.ranked import Ranker
from screening.ranking.order import unpacked

TA: Stage = "title-abstract"


def keep(panel: Any, *reports: int) -> int:
    with panel.store.write() as connection:
        software = Actor(enrol(panel.store, connection, SOFTWARE), panel.protocol.hash)
    return key_papers.keep(panel.store, software, reports)


def first_places(panel: Any) -> list[int]:
    ranker = Ranker(panel.store, panel.protocol)
    while ranker.step():
        pass
    with panel.store.read() as connection:
        found = order_rows.ranking(connection, "", TA)
    assert found is not None
    assert (found.trained, found.relevant) == (0, 0)  # no vote was learnt from
    return unpacked(found.places, found.bits).places.tolist()[:4]


def test_the_order_begins_with_what_is_like_the_known_papers(pair: Any) -> None:
    with pair.store.write() as connection:
        record = schema.record
        for number in connection.scalars(select(record.c.id)).all():
            topic = "Orchards and bees" if number % 3 == 0 else "Membranes of cells"
            connection.execute(update(record).where(record.c.id == number).values(title=topic, abstract=topic))
    assert keep(pair, 6) == 1
    assert first_places(pair) == [3, 6, 9, 12]
    assert keep(pair, 1, 2) == 2
    assert set(first_places(pair)).isdisjoint({3, 6, 9, 12})
    with pair.store.read() as connection:
        verify(connection)
        shown = worklist.show(connection, 1, pair.ann.person, TA)
        assert (shown.tags, tags.offered(connection, pair.ann.person)) == ((), [tags.BACKGROUND])


def test_the_advice_counts_those_that_were_found(pair: Any) -> None:
    keep(pair, 1, 2, 3)
    pair.vote(pair.ann, 1, "include")
    pair.vote(pair.ann, 2, "exclude")
    with pair.store.read() as connection:
        advice = stops.look(connection, pair.protocol, TA, pair.ann.person).advice
    assert advice is not None
    line = next(one for one in advice.safe if one.code == "key_papers")
    assert (line.state, line.have, line.need) == ("no", "1 of 3", "3 of 3")
