"""Tables as CSV that a spreadsheet opens as it is: UTF-8 with byte order mark, and no cell that starts a formula."""

from __future__ import annotations

import csv
import io

from reports.table import Table, shown
from review.formats.cells import guarded


def comma_separated(*blocks: Table) -> bytes:
    """Write a table as CSV with a header row; of several blocks each has its own, after an empty line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for number, table in enumerate(blocks):
        writer.writerows([[]] if number else [])
        writer.writerow([guarded(column) for column in table.columns])
        writer.writerows([guarded(shown(cell)) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")
