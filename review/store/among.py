"""Statements about rows with some ids, built once: every vote runs many, and building one takes longer than running it.

A vote is about one report. Where there is one id only, the statement says ``=``: an ``IN`` has to be written anew each
time for the number of ids that it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, CursorResult, Executable, bindparam

Has: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Says of a column that it holds one of the ids."""


class Among:
    """A statement about some ids; ``make`` writes it with the condition that a column holds one of them.

    Called with a connection, the ids (few enough for one statement) and values for what else the
    statement names, it runs.
    """

    def __init__(self, make: Callable[[Has], Executable]) -> None:
        self._one = make(lambda column: column == bindparam("id"))
        self._some = make(lambda column: column.in_(bindparam("ids", expanding=True)))

    def __call__(self, connection: Connection, ids: Sequence[Any], **values: Any) -> CursorResult[Any]:
        """Run the statement."""
        if len(ids) == 1:
            return connection.execute(self._one, {"id": ids[0], **values})
        return connection.execute(self._some, {"ids": ids, **values})
