"""What the truncated terms of the strategies really find among the records that are kept: words, each counted."""

from __future__ import annotations

from dataclasses import dataclass

from review.protocol import Protocol
from review.query import Stem, stems
from review.store import Store
from searches import rows

MOST = 20_000
"""Records that are looked at, the first in the order of ids: enough for the words, and seconds to go through."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The truncated terms of each strategy with the words that they met in so many ``records``; ``more`` were left."""

    records: int
    more: int
    stems: tuple[tuple[str, Stem], ...] = ()


def vocabulary(store: Store, protocol: Protocol, most: int = MOST) -> Vocabulary:
    """Look for every truncated term of a protocol's strategies in the records, in the fields that it is looked for in.

    No more than ``most`` records are looked at, the first in the order of ids; without any there are no stems.
    """
    with store.read() as connection:
        records = rows.texts_of_records(connection, most)
        held = rows.count_all_records(connection)
    if not records:
        return Vocabulary(0, 0)
    fields = protocol.limits.fields
    met = ((strategy.id, stem) for strategy in protocol.strategies for stem in stems(strategy.query, records, fields))
    return Vocabulary(len(records), held - len(records), tuple(met))
