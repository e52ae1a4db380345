"""The data dictionary of an archive: what every table and column means. Knowledge in ``dictionary.toml``; pure."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _meanings() -> dict[str, Any]:
    return tomllib.loads(files("reports.archive").joinpath("dictionary.toml").read_text("utf-8"))


def meaning(table: str, column: str | None = None) -> str | None:
    """Say what a row of a table, or one of its columns, is; ``None`` when nobody wrote it down."""
    known = _meanings()
    if column is None:
        found = known["tables"].get(table)
    else:
        found = known["of"].get(table, {}).get(column) or known["every"].get(column)
    return str(found) if found else None


def dictionary(shape: Iterable[tuple[str, Sequence[tuple[str, str, bool]]]]) -> bytes:
    """Write the data dictionary as CSV.

    Parameters
    ----------
    shape : iterable of (table, [(column, type, may be empty)])
        The tables of the archive, in their order.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("table", "column", "type", "may_be_empty", "meaning"))
    for table, columns in shape:
        writer.writerow((table, "", "table", "", meaning(table) or ""))
        for name, kind, empty in columns:
            writer.writerow((table, name, kind, "yes" if empty else "no", meaning(table, name) or ""))
    return out.getvalue().encode("utf-8-sig")
