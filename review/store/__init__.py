"""Where a review is kept: engine, schema, events, projections, migrations.

The folder's rule: SQL lives here and in each room's ``rows.py``, nowhere else; the log is only ever appended to
(``events``), and what follows from it is written in the same transaction (``projection``).
"""

from review.store.engine import Store, open_store
from review.store.event import Actor, Entry, Event
from review.store.events import append, append_many

__all__ = ["Actor", "Entry", "Event", "Store", "append", "append_many", "open_store"]
