"""Papers known to be relevant before anybody screened: the ranking begins with them, and a stop is asked about them.

They are tags of the program itself. Nobody sees them on a record, so that nobody is told what to decide.
"""

from __future__ import annotations

from collections.abc import Collection

from review.store import Actor, Entry, Store, append_many
from screening import tag_rows

TAG = tag_rows.KNOWN


def keep(store: Store, software: Actor, reports: Collection[int]) -> int:
    """Make these the known papers of the review, in place of those kept before; give their number."""
    with store.write() as connection:
        before = tag_rows.tagged(connection, software.person, TAG)
        roots = set(before.values())
        changes = [{"report": one, "tag": TAG} for one in sorted(reports) if one not in roots]
        changes += [{"report": m, "tag": TAG, "cleared": True} for m, root in before.items() if root not in reports]
        append_many(store, connection, software, [Entry("tag", change) for change in changes])
    return len(reports)
