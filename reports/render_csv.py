"""Tables as CSV that a spreadsheet opens as it is: UTF-8 with byte order mark, and no cell that starts a formula."""

from __future__ import annotations

import csv
import io

from reports.table import Table, shown

# Source: https://owasp.org/www-community/attacks/CSV_Injection, checked 2026-11-22.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SIGNS = frozenset({"+", "-"})


def comma_separated(*blocks: Table) -> bytes:
    """Write a table as CSV with a header row; of several blocks each has its own, after an empty line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for number, table in enumerate(blocks):
        writer.writerows([[]] if number else [])
        writer.writerow([harmless(column) for column in table.columns])
        writer.writerows([harmless(shown(cell)) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; a lone sign is left.

    >>> harmless("=cmd()"), harmless("-"), harmless("plain")
    ("'=cmd()", '-', 'plain')
    """
    return "'" + text if text.startswith(_STARTS_FORMULA) and text not in _SIGNS else text
